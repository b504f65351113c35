"""The tasks of tutorlm: `python -m benchmarks.worker_ours TASK ARGUMENTS`, see `worker`."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

import tutorlm
from benchmarks.worker import import_optimizers, peak_bytes, serve, timed, torch_facts
from tutorlm import (
    Dictionary,
    FlairEmbeddings,
    LanguageModel,
    LanguageModelTrainer,
    Sentence,
    StackedEmbeddings,
    TextCorpus,
)
from tutorlm.datasets import python_reference_corpus
from tutorlm.fine_tuning import compare, warm_start
from tutorlm.recipes import FINE_TUNING, RECOMMENDED

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"  # hidden from the rows of the CPU
MATRIX = 2048


def facts() -> dict[str, Any]:
    """Versions, threads, the GPU if there is one, and the measured limit of this device."""
    found = torch_facts()
    found["versions"]["tutorlm"] = tutorlm.__version__
    gpu = torch.cuda.get_device_name() if DEVICE == "cuda" else None
    return {**found, "gpu": gpu, "bfloat16": computes_in_bfloat16(), "limit": best_gflops()}


def computes_in_bfloat16() -> bool:
    """Whether the device has instructions for bfloat16 and an LSTM runs in it."""
    if DEVICE == "cuda":
        native = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        cpu = Path("/proc/cpuinfo")
        native = cpu.exists() and not {"avx512_bf16", "amx_bf16", "bf16"}.isdisjoint(cpu.read_text().split())
    try:
        with torch.autocast(DEVICE, torch.bfloat16):
            nn.LSTM(8, 8, device=DEVICE)(torch.zeros(1, 1, 8, device=DEVICE))
    except RuntimeError:
        return False
    return native


def best_gflops() -> float:
    """The quickest of ten float32 products of two square matrices, in GFLOP/s."""
    a, b = torch.rand(2, MATRIX, MATRIX, device=DEVICE)
    seconds = min(timed(lambda: torch.mm(a, b)[0, 0].item())[0] for _ in range(10))
    return 2 * MATRIX**3 / seconds / 1e9


def build_dictionary(folder: str, file: str | None = None) -> dict[str, Any]:
    """Count the characters of a folder; save the dictionary if a file is named."""
    seconds, dictionary = timed(Dictionary.from_files, folder)
    if file:
        dictionary.save(file)
    return {"seconds": seconds, "items": len(dictionary)}


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
    return LanguageModel(dictionary, is_forward_lm, hidden_size, nlayers=1, dropout=0.1).to(DEVICE)


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

    def whole() -> None:
        trainer = LanguageModelTrainer(model, TextCorpus(corpus, model.dictionary))
        trainer.train(out, sequence_length, 20, mini_batch_size, max_epochs=1, observers=[], device=DEVICE, **settings)

    seconds, _ = timed(whole)
    return {"seconds": seconds, "bytes": peak_bytes() - before}


def train_for(
    seconds: float, corpus: str, dictionary: str, hidden_size: int, is_forward_lm: bool, out: str
) -> dict[str, Any]:
    """Train by the recommended recipe for so long; bits per character on the valid text."""
    import_optimizers()
    model = new_model(Dictionary.load_from_file(dictionary), hidden_size, is_forward_lm)
    text = TextCorpus(corpus, model.dictionary, is_forward_lm)
    whole_call, result = timed(
        lambda: RECOMMENDED.train(model, text, out, max_seconds=seconds, observers=[], device=DEVICE),
    )
    return {"seconds": whole_call, "bits": result.bits_per_character, "file": str(result.best_model)}


def bits(files: Sequence[str], corpus: str, dictionary: str) -> dict[str, Any]:
    """Bits per character on the valid text, of model files of either package; infinite where not a number."""
    models = [LanguageModel.load_language_model(file) for file in files]
    numbers = Dictionary.load_from_file(dictionary)
    texts = [TextCorpus(corpus, numbers, model.is_forward_lm).valid for model in models]
    nats = [model.evaluate(text) for model, text in zip(models, texts, strict=True)]
    return {"bits": [math.inf if math.isnan(loss) else loss / math.log(2) for loss in nats]}


def fine_tune(seconds: float, news: str, out: str) -> dict[str, Any]:
    """Python's language reference: a shipped model as it is, a new one and the shipped one trained for so long."""
    import_optimizers()
    folder, shipped = python_reference_corpus(Path(out) / "corpus"), "news-mini-forward"
    base = FlairEmbeddings(shipped).lm
    corpus = TextCorpus(folder, base.dictionary)
    new = new_model(base.dictionary, base.hidden_size)
    RECOMMENDED.train(new, corpus, Path(out) / "new", max_seconds=seconds, observers=[])
    tuned = warm_start(base)
    FINE_TUNING.train(tuned, corpus, Path(out) / "tuned", max_seconds=seconds, observers=[])
    texts = {"python": folder / "test.txt", "news": Path(news)}
    found = compare({"base": base, "new": new, "tuned": tuned}, texts)
    return {name: {text: found.bits_per_character(name, text) for text in texts} for name in found.scores}


def generate(dictionary: str, hidden_size: int, characters: int) -> dict[str, Any]:
    """Let an untrained model write."""
    model = new_model(Dictionary.load_from_file(dictionary), hidden_size).eval()
    model.generate_text("\n", 20)
    seconds, _ = timed(model.generate_text, "\n", characters)
    return {"seconds": seconds}


def save_untrained(dictionary: str, hidden_size: int, is_forward_lm: bool, out: str) -> dict[str, Any]:
    """Write the file of an untrained model."""
    new_model(Dictionary.load_from_file(dictionary), hidden_size, is_forward_lm).save(out)
    return {"file": out}


def embed(models: Sequence[str], sentences: str, out: str, precision: str = "fp32") -> dict[str, Any]:
    """The vectors of all words of all sentences in one call."""
    before = peak_bytes()
    found = [LanguageModel.load_language_model(model, has_decoder=False).to(DEVICE) for model in models]
    stack = StackedEmbeddings([FlairEmbeddings(model, precision=precision) for model in found])
    texts = [Sentence(words) for words in json.loads(Path(sentences).read_text(encoding="utf-8"))]
    stack.matrix(texts[:8])
    seconds, vectors = timed(stack.matrix, texts)
    peak = peak_bytes() - before
    np.save(out, vectors)
    return {"seconds": seconds, "bytes": peak}


def difference(a: str, b: str) -> dict[str, Any]:
    """The largest difference between two arrays of vectors; infinite where their shapes differ."""
    left, right = np.load(a), np.load(b)
    return {"difference": float(np.abs(left - right).max()) if left.shape == right.shape else math.inf}


if __name__ == "__main__":
    tasks = [
        facts, build_dictionary, read_corpus, train, train_for, bits, fine_tune, generate, save_untrained, embed,
        difference,
    ]  # fmt: skip
    serve({task.__name__: task for task in tasks})
