"""The tasks of Flair, in its own Python: `python -m benchmarks.worker_flair TASK ARGUMENTS`, see `worker`."""

from __future__ import annotations

import json
import logging
import math
import random
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import flair
import numpy as np
import sklearn
import torch
from flair.data import Dictionary, Sentence
from flair.embeddings import FlairEmbeddings, StackedEmbeddings
from flair.models import LanguageModel
from flair.trainers.language_model_trainer import LanguageModelTrainer, TextCorpus

from benchmarks.worker import import_optimizers, peak_bytes, serve, timed, torch_facts

logging.disable(logging.CRITICAL)


def facts() -> dict[str, Any]:
    """Versions and threads."""
    found = torch_facts()
    found["versions"] |= {"flair": flair.__version__, "scikit-learn": sklearn.__version__}
    return found


def build_dictionary(folder: str) -> dict[str, Any]:
    """Count the characters of a folder as Flair's tutorial 9 does, without what it prints."""
    seconds, dictionary = timed(dictionary_of_tutorial_9, Path(folder))
    return {"seconds": seconds, "items": len(dictionary)}


def dictionary_of_tutorial_9(folder: Path) -> Dictionary:
    """All characters of a folder, the most frequent first."""
    dictionary, counter = Dictionary(), Counter()
    for file in folder.iterdir():
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                counter.update(list(line))
    for letter, _ in counter.most_common():
        dictionary.add_item(letter)
    return dictionary


def read_corpus(corpus: str, dictionary: str) -> dict[str, Any]:
    """Open a corpus folder and read its training split, twice; memory is that of the first time."""
    numbers = Dictionary.load_from_file(dictionary)
    before = peak_bytes()
    first, split = timed(lambda: TextCorpus(corpus, numbers).train[0])
    peak = peak_bytes() - before
    del split
    again, _ = timed(lambda: TextCorpus(corpus, numbers).train[0])
    return {"first": first, "again": again, "bytes": peak}


def new_model(dictionary: Dictionary, hidden_size: int, is_forward_lm: bool = True) -> LanguageModel:
    """An untrained model, always the same."""
    torch.manual_seed(0)
    random.seed(0)
    return LanguageModel(dictionary, is_forward_lm, hidden_size, nlayers=1, dropout=0.1)


class TimedTrainer(LanguageModelTrainer):
    """Flair's trainer, interrupted once, as by Ctrl-C, when its time is over."""

    ends = math.inf

    def _get_batch(self, source: torch.Tensor, i: int, sequence_length: int) -> tuple[torch.Tensor, torch.Tensor]:
        if time.perf_counter() >= self.ends:
            self.ends = math.inf
            raise KeyboardInterrupt
        return super()._get_batch(source, i, sequence_length)


def write_nothing(*_: Any, **__: Any) -> str:
    """Stands in for the 1,000 characters that Flair's trainer writes after each split."""
    return ""


def train(
    corpus: str,
    dictionary: str,
    hidden_size: int,
    sequence_length: int,
    mini_batch_size: int,
    out: str,
    **settings: Any,
) -> dict[str, Any]:
    """Train for one epoch with SGD; timed from the opening of the corpus to the end of `train`."""
    import_optimizers()
    before = peak_bytes()
    model = new_model(Dictionary.load_from_file(dictionary), hidden_size)
    model.generate_text = write_nothing

    def whole() -> None:
        trainer = LanguageModelTrainer(model, TextCorpus(corpus, model.dictionary))
        trainer.train(out, sequence_length, 20, mini_batch_size, max_epochs=1, num_workers=0, **settings)

    seconds, _ = timed(whole)
    return {"seconds": seconds, "bytes": peak_bytes() - before}


def train_for(
    seconds: float,
    corpus: str,
    dictionary: str,
    hidden_size: int,
    is_forward_lm: bool,
    sequence_length: int,
    mini_batch_size: int,
    out: str,
) -> dict[str, Any]:
    """Train with Flair's defaults for so long; the file of the best weights and that of the last."""
    import_optimizers()
    model = new_model(Dictionary.load_from_file(dictionary), hidden_size, is_forward_lm)
    model.generate_text = write_nothing
    trainer = TimedTrainer(model, TextCorpus(corpus, model.dictionary, is_forward_lm))
    trainer.ends = time.perf_counter() + seconds
    trainer.train(out, sequence_length, mini_batch_size=mini_batch_size, num_workers=0)
    model.save(Path(out) / "last-lm.pt")
    return {"files": [str(file) for file in Path(out).glob("*-lm.pt")]}


def generate(dictionary: str, hidden_size: int, characters: int) -> dict[str, Any]:
    """Let an untrained model write."""
    model = new_model(Dictionary.load_from_file(dictionary), hidden_size).eval()
    model.generate_text("\n", 20)
    seconds, _ = timed(model.generate_text, "\n", characters)
    return {"seconds": seconds}


def embed(models: Sequence[str], sentences: str, out: str, batch_size: int) -> dict[str, Any]:
    """The vectors of all words of all sentences, batch by batch; only the calls of `embed` are timed."""
    before, seconds, vectors = peak_bytes(), 0.0, []
    stack = StackedEmbeddings([FlairEmbeddings(model) for model in models])
    texts = [Sentence(words) for words in json.loads(Path(sentences).read_text(encoding="utf-8"))]
    stack.embed(texts[:8])
    for text in texts[:8]:
        text.clear_embeddings()
    for first in range(0, len(texts), batch_size):
        batch = texts[first : first + batch_size]
        seconds += timed(stack.embed, batch)[0]
        vectors.append(np.stack([token.get_embedding().cpu().numpy() for text in batch for token in text]))
        for text in batch:
            text.clear_embeddings()
    peak = peak_bytes() - before
    np.save(out, np.concatenate(vectors))
    return {"seconds": seconds, "bytes": peak}


if __name__ == "__main__":
    tasks = [facts, build_dictionary, read_corpus, train, train_for, generate, embed]
    serve({task.__name__: task for task in tasks})
