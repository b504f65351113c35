"""The model as a whole: its parts with their sizes, and a text on its way through it."""

from __future__ import annotations

import numpy as np
import torch

from tutorlm import FlairEmbeddings, Sentence
from tutorlm.course.colours import GREEN, PINK, SKY
from tutorlm.course.drawing import Drawing
from tutorlm.course.drawings.checks import character_model, require_text, whole_number
from tutorlm.course.drawings.counts import BAR, named, percent, share_bars
from tutorlm.course.drawings.shapes import (
    INK,
    WIDTH,
    arrow,
    box,
    group,
    heat,
    letters,
    line,
    note,
    plain,
    shortened,
    text,
    tiles,
    title,
)
from tutorlm.course.reading import Model
from tutorlm.language_model import LanguageModel

MOST, SEEN, CELL = 300, 12, 21  # characters read, characters drawn, pixels of each
EMBEDDING, LSTM, DECODER = GREEN, SKY, PINK  # the colours of the parts, in every drawing


def draw_model(model: Model, T: int, B: int) -> Drawing:  # noqa: N803
    """The parts of a model, with what goes from one to the next: T, B, E, H and V in numbers.

    Args:
        model: any language model, or its name or file.
        T: characters in a window.
        B: columns read side by side.
    """
    whole_number("T", T), whole_number("B", B)
    lm = model if isinstance(model, LanguageModel) else LanguageModel.load(model)
    parts = _parts(lm)
    shapes = _shapes(lm, T, B)
    wide = 96 if len(parts) == 4 else 116
    gap = (WIDTH - 24 - wide * len(parts)) / (len(parts) + 1)
    y, high = 96.0, 74.0
    marks = ""
    for number, (symbols, sizes, name) in enumerate(shapes):
        x = 12 + number * (gap + wide)
        marks += arrow([(x + 3, y + high / 2), (x + gap - 3, y + high / 2)])
        marks += text(x + gap / 2, y + high / 2 - 10, symbols, "middle", font_weight=600)
        marks += note(x + gap / 2, y + high / 2 + 20, sizes, "middle", font_size=11)
        marks += note(x + gap / 2, y + high / 2 + 36, name, "middle", font_size=11)
    for number, (name, detail, weights, colour) in enumerate(parts):
        x = 12 + gap + number * (gap + wide)
        layers = lm.nlayers if name == "LSTM" else 1
        for behind in range(min(layers, 3) - 1, 0, -1):
            marks += box(x + behind * 5, y - behind * 5, wide, high, colour, 0.12)
        marks += box(x, y, wide, high, colour, 0.22)
        marks += title(x + wide / 2, y + 30, name, "middle") + note(x + wide / 2, y + 50, detail, "middle")
        marks += note(x + wide / 2, y + high + 20, f"{weights:,}", "middle")
        marks += note(x + wide / 2, y + high + 35, "weights", "middle")
        if name == "LSTM":
            marks += _loop(x + wide / 2, y - 5 * (min(layers, 3) - 1), lm, B)
    return Drawing(WIDTH, y + high + 100, _model_alt(lm, T, B), marks + _symbols(lm, T, B, y + high + 76))


def _parts(lm: LanguageModel) -> list[tuple[str, str, int, str]]:
    """Name, what it does, number of weights and colour of each part."""
    V, E, H = len(lm.dictionary), lm.embedding_size, lm.hidden_size  # noqa: N806

    def weights(part: torch.nn.Module) -> int:
        return sum(parameter.numel() for parameter in part.parameters())

    layers = "1 layer" if lm.nlayers == 1 else f"{lm.nlayers} layers"
    found = [("embedding", f"{V:,} → {E:,}", weights(lm.encoder), EMBEDDING), ("LSTM", layers, weights(lm.rnn), LSTM)]
    if lm.proj is not None:
        found.append(("projection", f"{H:,} → {lm.nout:,}", weights(lm.proj), INK))
    if lm.decoder is not None:
        found.append(("decoder", f"{lm.nout or H:,} → {V:,}", weights(lm.decoder), DECODER))
    return found


def _shapes(lm: LanguageModel, T: int, B: int) -> list[tuple[str, str, str]]:  # noqa: N803
    """What is on each arrow: the shape in letters, in numbers, and what it is."""
    sizes = [("E", lm.embedding_size, "vectors"), ("H", lm.hidden_size, "states")]
    if lm.nout:
        sizes.append(("nout", lm.nout, "states"))
    if lm.decoder is not None:
        sizes.append(("V", len(lm.dictionary), "scores"))
    start = f"{T} × {B}"
    return [("T × B", start, "numbers"), *((f"T × B × {s}", f"{start} × {n}", name) for s, n, name in sizes)]


def _loop(x: float, y: float, lm: LanguageModel, B: int) -> str:  # noqa: N803
    """The state that the LSTM hands on to itself."""
    way = [(x + 22, y - 3), (x + 22, y - 30), (x - 22, y - 30), (x - 22, y - 3)]
    marks = arrow(way, stroke_width=1.6)
    return marks + note(x, y - 38, f"state h and c: {lm.nlayers} × {B} × {lm.hidden_size} each", "middle", opacity=0.9)


def _symbols(lm: LanguageModel, T: int, B: int, y: float) -> str:  # noqa: N803
    """What the letters mean."""
    return ""


def _model_alt(lm: LanguageModel, T: int, B: int) -> str:  # noqa: N803
    return ""
