"""What is measured before a model is given away: numbers on hidden text, and whether it recites its training text."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tutorlm.baselines import ngram_bits
from tutorlm.evaluation import Score
from tutorlm.files.text import list_text_files, read_blocks
from tutorlm.language_model import LanguageModel

ORDERS = range(1, 7)  # of the n-gram models
COUNTED = 3_000_000  # characters of training text that they count
SEARCHED = 100_000_000  # characters of training text in which samples are looked up
SAMPLES, LENGTH, TEMPERATURE = 5, 400, 0.7  # texts of so many characters, which each model writes
RECITED = 50  # so many characters in a row, word for word, are no chance
_PIECE = RECITED // 2  # whatever is recited has a piece of this length that begins at a multiple of it
_CHUNK, _OVERLAP = 4_000_000, 2 * LENGTH
_REPEATS, _VARIED = 200, 8  # places looked at for each piece; different characters that a recited passage has


@dataclass(frozen=True)
class Measured:
    """The numbers of one or two models, direction → …"""

    scores: dict[str, Score]
    order: int  # of the best n-gram model
    ngram_bits: float
    counted: int  # characters of training text that it counts
    samples: dict[str, str]  # with what is recited left out
    recited: dict[str, int]  # the longest passage, in characters; 0 if none is as long as RECITED

    def results(self) -> dict[str, dict[str, float]]:
        """Direction → the rounded numbers that config.json and the card give."""
        return {name: rounded(score) for name, score in self.scores.items()}


def rounded(score: Score) -> dict[str, float]:
    """Bits per character, bits per byte and share of unknown characters."""
    values = (score.bits_per_character, score.bits_per_byte, score.unknown_share)
    names = ("bits_per_character", "bits_per_byte", "unknown_share")
    return {name: float(round(value, 6)) for name, value in zip(names, values, strict=True)}


def measure(models: dict[str, LanguageModel], corpus: Path) -> Measured:
    """Score models on the test text of a corpus folder, beside n-gram models of its train text, and let them write."""
    test = "".join(read_blocks(corpus / "test.txt"))
    if not test.strip():
        raise ValueError(f"{corpus / 'test.txt'} holds no text: there is nothing to measure on")
    scores = {name: model.score(Path(corpus / "test.txt")) for name, model in models.items()}
    order, bits, counted = best_ngram(next(iter(models.values())), corpus)
    written = {name: _write(model) for name, model in models.items()}
    form = next(iter(models.values())).dictionary.normalization
    found = recited([sample for samples in written.values() for sample in samples], train_text(corpus, form, SEARCHED))
    samples, longest = {}, {}
    for name, texts in written.items():
        marks = [found[text] for text in texts]
        cleanest = min(range(len(texts)), key=lambda number: int(marks[number].sum()))
        samples[name] = _left_out(texts[cleanest], marks[cleanest])
        longest[name] = max(_longest(mark) for mark in marks)
    return Measured(scores, order, bits, counted, samples, longest)


def best_ngram(model: LanguageModel, corpus: Path) -> tuple[int, float, int]:
    """The best n-gram model of the training text: order, bits per character of the test text, characters counted."""
    dictionary = model.dictionary
    train = np.concatenate(
        [dictionary.encode(block) for block in train_text(corpus, dictionary.normalization, COUNTED)]
    )
    test = np.concatenate([dictionary.encode(b) for b in read_blocks(corpus / "test.txt", dictionary.normalization)])
    bits = {order: ngram_bits(train[:COUNTED], test, len(dictionary), order) for order in ORDERS}
    order = min(bits, key=lambda one: bits[one])
    return order, bits[order], min(len(train), COUNTED)


def train_text(corpus: Path, normalization: str | None, most: int) -> Iterator[str]:
    """The training text of a corpus folder, in blocks, up to some `most` characters."""
    for file in list_text_files(corpus / "train"):
        for block in read_blocks(file, normalization):
            yield block
            most -= len(block)
            if most <= 0:
                return


def _write(model: LanguageModel) -> list[str]:
    chance = torch.Generator().manual_seed(1)
    return [model.generate_text("", LENGTH, TEMPERATURE, generator=chance)[0].strip() for _ in range(SAMPLES)]


# -- reciting ----------------------------------------------------------------------------------------------


def recited(samples: Iterable[str], blocks: Iterable[str]) -> dict[str, np.ndarray]:
    """Sample → which of its characters are part of RECITED or more in a row that are in a text, too, (n,) of bool."""
    marks = {sample: np.zeros(len(sample), dtype=bool) for sample in samples}
    for chunk in _chunks(blocks):
        for sample, mark in marks.items():
            for at in range(0, len(sample) - _PIECE + 1, _PIECE):
                for begin, end in _passages(sample, at, chunk):
                    mark[begin:end] = True
    return marks


def _chunks(blocks: Iterable[str]) -> Iterator[str]:
    """The same text in larger blocks, each of which begins with the end of the one before."""
    chunk = ""
    for block in blocks:
        chunk += block
        if len(chunk) >= _CHUNK:
            yield chunk
            chunk = chunk[-_OVERLAP:]
    yield chunk


def _passages(sample: str, at: int, text: str) -> Iterator[tuple[int, int]]:
    """Begin and end of the passages around a piece of a sample that are in a text, and long enough."""
    piece, place = sample[at : at + _PIECE], -1
    for _ in range(_REPEATS):
        place = text.find(piece, place + 1)
        if place < 0:
            return
        begin = at - _common(sample[:at][::-1], text[max(0, place - at) : place][::-1])
        rest = text[place + _PIECE : place + _PIECE + len(sample)]
        end = at + _PIECE + _common(sample[at + _PIECE :], rest)
        if end - begin >= RECITED and len({*sample[begin:end]}) >= _VARIED:
            yield begin, end


def _common(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _longest(mark: np.ndarray) -> int:
    """The largest number of marks in a row."""
    runs = np.flatnonzero(np.diff(np.concatenate([[0], mark.astype(np.int8), [0]])))
    return int((runs[1::2] - runs[::2]).max(initial=0))


def _left_out(sample: str, mark: np.ndarray) -> str:
    """A sample with a note in place of what is recited."""
    edges = [0, *(np.flatnonzero(np.diff(mark.astype(np.int8))) + 1).tolist(), len(sample)]
    parts = [(sample[begin:end], bool(mark[begin])) for begin, end in pairwise(edges) if end > begin]
    return "".join(f"[… {len(part)} characters of the training text …]" if known else part for part, known in parts)


def text_digest(path: Path) -> str:
    """The SHA-256 of a text as it is read: line ends and byte-order marks do not count."""
    hashed = hashlib.sha256()
    for block in read_blocks(path):
        hashed.update(block.encode("utf-8", "surrogatepass"))
    return hashed.hexdigest()


def facts(model: LanguageModel) -> dict[str, Any]:
    """The sizes of a model that config.json gives."""
    names = ("hidden_size", "nlayers", "embedding_size", "nout", "document_delimiter")
    return {name: getattr(model, name) for name in names}
