"""Train the two small models that ship with the package, and write their cards: `make models`."""

from __future__ import annotations

import json
import os
import platform
import tempfile
from pathlib import Path

import torch

import tutorlm
from tutorlm import Dictionary, LanguageModel, TextCorpus
from tutorlm.events import bits
from tutorlm.files.atomic import atomic_write
from tutorlm.pretrained import SHIPPED
from tutorlm.recipes import RECOMMENDED

CORPUS = Path(__file__).parent / "sample_corpus" / "en"
HIDDEN_SIZE, DROPOUT, EPOCHS = 256, 0.25, 30


def main() -> None:
    """Train news-mini-forward and news-mini-backward."""
    dictionary = Dictionary.from_files(CORPUS, coverage=1.0)
    for character in map(chr, range(0x20, 0x7F)):  # room to be fine-tuned on other English text, code included
        dictionary.add_item(character)
    for direction in ("forward", "backward"):
        name = f"news-mini-{direction}"
        corpus = TextCorpus(CORPUS, dictionary, is_forward_lm=direction == "forward")
        torch.manual_seed(0)
        model = LanguageModel(dictionary, corpus.is_forward_lm, HIDDEN_SIZE, nlayers=1, dropout=DROPOUT)
        with tempfile.TemporaryDirectory() as folder:
            result = RECOMMENDED.train(model, corpus, folder, max_epochs=EPOCHS)
        model.save(SHIPPED / f"{name}.pt")
        card = {
            "name": name,
            "task": f"character language model of English, reading {direction}",
            "data": "data/sample_corpus/en: short news stories written for this project (CC0 1.0)",
            "licence": "CC0 1.0",
            "command": "make models",
            "hidden_size": HIDDEN_SIZE,
            "nlayers": 1,
            "embedding_size": model.embedding_size,
            "dictionary_size": len(dictionary),
            "epochs": EPOCHS,
            "steps": result.steps,
            "seconds": round(result.seconds),
            "machine": f"{os.cpu_count()} CPU cores, {platform.machine()}, torch {torch.__version__}",
            "valid_bits_per_character": round(result.bits_per_character, 4),
            "test_bits_per_character": round(bits(result.test_loss), 4),
            "tutorlm": tutorlm.__version__,
            "limits": "knows one small made-up town; for trying things out, not for real work",
        }
        with atomic_write(SHIPPED / f"{name}.json") as file:
            file.write(json.dumps(card, indent=2, ensure_ascii=False).encode("utf-8") + b"\n")
        print(f"{name}: {card['valid_bits_per_character']} bits per character, {card['seconds']} s")


if __name__ == "__main__":
    main()
