"""What real Flair does with our files, and files of its own: run by test_interchange_with_flair.py.

Usage: python flair_side.py FOLDER, with the Python of an environment that has Flair.
"""

from __future__ import annotations

import itertools
import json
import logging
import sys
from pathlib import Path

import numpy as np
import torch
from flair.data import Dictionary, Sentence
from flair.embeddings import FlairEmbeddings, StackedEmbeddings
from flair.models import LanguageModel

logging.disable(logging.CRITICAL)
folder = Path(sys.argv[1])
sentences = json.loads((folder / "sentences.json").read_text(encoding="utf-8"))


def vectors(embeddings, texts):
    embedded = [Sentence(text) for text in texts]
    embeddings.embed(embedded)
    return torch.stack([token.get_embedding() for sentence in embedded for token in sentence]).numpy()


def all_options(model_file):
    """Vectors under every combination of the two reading options, one array each."""
    return {
        f"{with_whitespace}-{tokenized_lm}": vectors(
            FlairEmbeddings(str(model_file), with_whitespace=with_whitespace, tokenized_lm=tokenized_lm), sentences
        )
        for with_whitespace, tokenized_lm in itertools.product((True, False), repeat=2)
    }


written = {}
for ours in sorted(folder.glob("ours-*.pt")):
    np.savez(folder / f"flair-vectors-{ours.stem}.npz", **all_options(ours))
    language_model = FlairEmbeddings(str(ours), has_decoder=True).lm
    written[ours.stem] = language_model.generate_text(prefix="\n", number_of_characters=30)[0]
    language_model.save(folder / f"back-{ours.stem}.pt")
(folder / "written.json").write_text(json.dumps(written), encoding="utf-8")
stack = StackedEmbeddings([FlairEmbeddings(str(folder / f"ours-{name}.pt")) for name in ("forward", "backward")])
np.save(folder / "flair-stack.npy", vectors(stack, sentences))

dictionary = Dictionary.load_from_file(folder / "ours.pkl")
dictionary.save(folder / "flair-dictionary")
dictionary.get_idx_for_items(list("abcß"))  # Flair then keeps a second mapping, which goes into its model files
torch.manual_seed(0)
for name, forward in (("forward", True), ("backward", False)):
    language_model = LanguageModel(dictionary, forward, hidden_size=24, nlayers=2, nout=12)
    for parameter in language_model.parameters():
        parameter.data *= 2
    language_model.eval()
    file = folder / f"flair-{name}.pt"
    language_model.save(file)
    np.savez(folder / f"flair-vectors-flair-{name}.npz", **all_options(file))
    state = torch.load(file, weights_only=False)
    for key in ("document_delimiter", "recurrent_type", "has_decoder"):
        del state[key]  # as files of Flair 0.4 were
    torch.save(state, folder / f"old-{name}.pt", pickle_protocol=2, _use_new_zipfile_serialization=False)
