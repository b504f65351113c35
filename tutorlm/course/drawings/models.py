"""The model as a whole: its parts with their sizes, and a text on its way through it."""

from __future__ import annotations

import numpy as np
import torch

from tutorlm import FlairEmbeddings, Sentence
from tutorlm.course.colours import GREEN, PINK, SKY
from tutorlm.course.drawing import Drawing
from tutorlm.course.drawings.checks import character_model, require_text, whole_number
from tutorlm.course.drawings.counts import named, percent, share_bars
from tutorlm.course.drawings.shapes import (
    INK,
    WIDTH,
    arrow,
    arrows,
    box,
    extent,
    is_right_to_left,
    letters,
    line,
    note,
    number,
    numerals,
    plain,
    shortened,
    tiles,
    title,
    vector_of,
    write,
)
from tutorlm.course.editions import translate
from tutorlm.course.reading import Model, as_model
from tutorlm.language_model import LanguageModel

MOST, SEEN, CELL, INTO = 300, 12, 21, 286  # characters read and drawn; pixels: of each, where the arrow begins
EMBEDDING, LSTM, DECODER = GREEN, SKY, PINK  # the colours of the parts, in every drawing


def draw_model(model: Model, T: int, B: int) -> Drawing:  # noqa: N803
    """The parts of a model, with what goes from one to the next: T, B, E, H and V in numbers.

    Args:
        model: any language model, or its name or file.
        T: characters in a window.
        B: columns read side by side.
    """
    whole_number("T", T), whole_number("B", B)
    lm = as_model(model)
    parts, shapes = _parts(lm), _shapes(lm, T, B)
    wide = 82 if len(parts) == 4 else 112
    gap = (WIDTH - 24 - wide * len(parts)) / len(shapes)
    y, high = 104.0, 78.0
    way = "forward →" if lm.is_forward_lm else "backward ←"
    marks = title(12, 20, f"A {way} model with {sum(weights for *_, weights, _ in parts):,} weights")
    for place, (symbols, sizes, name) in enumerate(shapes):
        x, middle = 12 + place * (gap + wide), y + high / 2
        marks += arrow([(x + 4, middle), (x + gap - 4, middle)])
        marks += _fitted(x + gap / 2, middle - 11, symbols, gap - 12, 13, font_weight=600)
        marks += _fitted(x + gap / 2, middle + 21, sizes, gap - 6, 11.5)
        marks += _fitted(x + gap / 2, middle + 37, name, gap - 6, 11.5, opacity=0.75)
    for place, part in enumerate(parts):
        marks += _part(12 + gap + place * (gap + wide), y, wide, high, part, lm.nlayers)
        if part[0] == "LSTM":
            marks += _loop(12 + gap + place * (gap + wide) + wide / 2, y - 6 * (min(lm.nlayers, 3) - 1), lm, B)
    marks += _symbols(lm, T, B, y + high + 66)
    return Drawing(WIDTH, y + high + 104, _model_alt(lm, T, B, parts), marks)


def _fitted(x: float, y: float, words: str, room: float, size: float, **attributes: object) -> str:
    """Centred text, smaller if it would be wider than its room."""
    words = translate(words)
    return write(x, y, words, "middle", font_size=number(min(size, size * room / extent(words, size))), **attributes)


def _part(x: float, y: float, wide: float, high: float, part: tuple[str, str, int, str], layers: int) -> str:
    """A box with the part's name; an LSTM of several layers is a pile of boxes."""
    name, detail, weights, colour = part
    marks, middle = "", x + wide / 2
    for behind in range(min(layers, 3) - 1 if name == "LSTM" else 0, 0, -1):
        marks += box(x + behind * 5, y - behind * 6, wide - behind * 10, high, colour, 0.1)
    marks += box(x, y, wide, high, colour, 0.25) + title(middle, y + 34, name, "middle")
    marks += _fitted(middle, y + 54, detail, wide - 8, 12)
    return (
        marks + note(middle, y + high + 18, f"{weights:,}", "middle") + note(middle, y + high + 33, "weights", "middle")
    )


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
    start = f"{T}×{B}"
    return [("T×B", start, "numbers"), *((f"T×B×{s}", f"{start}×{n}", name) for s, n, name in sizes)]


def _loop(x: float, y: float, lm: LanguageModel, B: int) -> str:  # noqa: N803
    """The state that the LSTM hands on to itself."""
    way = [(x + 22, y - 3), (x + 22, y - 30), (x - 22, y - 30), (x - 22, y - 3)]
    several = ", in every layer" if lm.nlayers > 1 else ""
    words = f"state h and c: {B}×{lm.hidden_size} each{several}"
    return arrow(way, stroke_width=1.6) + note(x, y - 40, words, "middle", opacity=0.9)


def _symbols(lm: LanguageModel, T: int, B: int, y: float) -> str:  # noqa: N803
    """What the letters mean."""
    meanings = [
        ("T", T, "characters in a window"), ("B", B, "columns, read side by side"),
        ("V", len(lm.dictionary), "items in the dictionary"), ("E", lm.embedding_size, "numbers for a character"),
        ("H", lm.hidden_size, "units of the LSTM"),
    ]  # fmt: skip
    marks = ""
    for place, (symbol, value, meaning) in enumerate(meanings):
        x, line_y = 12 + place % 3 * 232, y + place // 3 * 20
        marks += write(x, line_y, symbol, font_size=12, font_weight=600)
        marks += note(x + 14, line_y, f"= {value:,} {translate(meaning)}", opacity=0.85)
    return marks


def _model_alt(lm: LanguageModel, T: int, B: int, parts: list[tuple[str, str, int, str]]) -> str:  # noqa: N803
    names = ", ".join(translate(f"{name} ({detail}, {weights:,} weights)") for name, detail, weights, _ in parts)
    sizes = f"T = {T}, B = {B}, E = {lm.embedding_size}, H = {lm.hidden_size}, V = {len(lm.dictionary):,}"
    direction = "forward" if lm.is_forward_lm else "backward"
    return f"The parts of a {direction} model, in the order in which numbers go through them: {names}. {sizes}."


def draw_pipeline(text: str, model: Model = "news-mini-forward") -> Drawing:
    """A text on its way through a model: numbers, the probabilities of what comes next, the last word's vector.

    Args:
        text: at most 300 characters, all of which the model reads; the last 12 are drawn.
        model: a forward model, or its name or file.

    Raises:
        ValueError: the text is empty or too long, or the model does not predict from left to right.
    """
    require_text(text, MOST)
    lm = character_model(model)
    if not lm.is_forward_lm:
        raise ValueError("this model reads backward: what it predicts comes before the text. Give a forward model")
    sentence = Sentence(text, tokenize=False)
    if not len(sentence):
        raise ValueError("text has no word: give at least one besides white space")
    words, ids = lm.dictionary.normalize(text), lm.dictionary.encode(text)
    shares = _next_shares(lm, ids)
    embeddings = FlairEmbeddings(lm)
    embeddings.warned = True  # of unknown characters: the drawing shows them
    word, vector = sentence[-1].text, embeddings.vectors([sentence])[0][-1].detach().cpu().numpy()
    marks = _letters_and_numbers(words, ids.tolist(), lm) + _reader(lm)
    marks += title(468, 20, "what comes next") + share_bars(shares[:6], 508, 30, 120) + _strip(word, vector)
    likely = ", ".join(f"{named(item)} {percent(share)}" for item, share in shares[:3])
    alt = (
        f"“{plain(shortened(words, 60))}” as numbers, read by a model with H = {lm.hidden_size}. Two things come out: "
        f"the probabilities of the next character ({likely}), and the vector of “{plain(word)}”, {len(vector)} numbers."
    )
    return Drawing(WIDTH, 262, alt, marks)


@torch.no_grad()
def _next_shares(lm: LanguageModel, ids: np.ndarray) -> list[tuple[str, float]]:
    """The items of the dictionary with their probability after a text, the likeliest first."""
    stream = torch.from_numpy(np.concatenate([lm.start_ids, ids]).astype(np.int64)).to(lm.device)
    decoded, _, _ = lm.without_dropout()(stream[:, None], lm.init_hidden(1))  # (k + n, 1, V)
    shares = decoded[-1, 0].float().softmax(-1).cpu().numpy()
    return [(lm.dictionary.get_item_for_index(int(i)), float(shares[i])) for i in np.argsort(-shares, kind="stable")]


def _letters_and_numbers(words: str, ids: list[int], lm: LanguageModel) -> str:
    """The text's last characters in tiles, and below them their numbers, up to the arrow into the model."""
    seen, more = list(words[-SEEN:]), len(words) > SEEN
    left = INTO - 6 - len(seen) * CELL
    xs = [left + (place + 0.5) * CELL for place in range(len(seen))]
    if is_right_to_left(words):
        xs.reverse()
    ellipsis = "".join(note(left - 8, y, "…", "end") for y in (47, 117)) if more else ""
    marks = title(left, 20, "text") + tiles([(x - CELL / 2, 30) for x in xs], CELL, 26, INK, 0.05) + ellipsis
    marks += letters([(x, 43) for x in xs], seen, 14)
    marks += arrows(([(x, 62), (x, 96)] for x in xs), head=5, opacity=0.5, stroke_width=1)
    marks += tiles([(x - CELL / 2, 100) for x in xs], CELL, 26, EMBEDDING, 0.18)
    digits = len(str(max(ids[-SEEN:])))  # of the longest number, which is to fit its cell
    marks += numerals([(x, 113) for x in xs], map(str, ids[-SEEN:]), min(10.5, (CELL - 1) / (0.6 * digits)))
    unknown = lm.dictionary.unknown_index if lm.dictionary.unknown_index in ids else None
    said = "" if unknown is None else f" ({unknown}: not in it)"
    words = translate(f"numbers in a dictionary of {len(lm.dictionary):,}{said}")
    return marks + note(min(left, INTO - 6 - extent(words, 11)), 146, words)


def _reader(lm: LanguageModel) -> str:
    """The model, with one arrow into it and two out of it."""
    x, y, wide, high = 318.0, 72.0, 104.0, 82.0
    marks = box(x, y, wide, high, LSTM, 0.22) + title(x + wide / 2, y + 34, "model", "middle")
    marks += note(x + wide / 2, y + 54, f"LSTM, H = {lm.hidden_size:,}", "middle", opacity=0.9)
    marks += arrow([(INTO + 2, y + high / 2), (x - 4, y + high / 2)], stroke_width=2)
    marks += arrow([(x + wide + 4, y + high / 2 - 14), (x + wide + 50, y + high / 2 - 14)], stroke_width=2)
    return marks + arrow([(x + wide / 2, y + high + 4), (x + wide / 2, 222), (x + wide + 50, 222)], stroke_width=2)


def _strip(word: str, vector: np.ndarray) -> str:
    """The first numbers of a vector as bars, up and down, and the first three in digits."""
    seen, left, y = vector[:40], 484.0, 222.0
    scale = 17 / max(float(np.abs(seen).max()), 1e-9)
    bars = "".join(f"M{number(left + place * 5)} {y:.0f}v{number(-v * scale)}" for place, v in enumerate(seen))
    marks = title(468, 188, vector_of(word, WIDTH - 468))
    marks += f"<path d='{bars}' stroke='{LSTM}' stroke-width='3.4' stroke-linecap='butt'/>"
    marks += line([(left - 4, y), (left + len(seen) * 5, y)], stroke_width=0.8, opacity=0.6)
    digits = ", ".join(f"{round(float(value), 2) + 0.0:.2f}".replace("-", "−") for value in vector[:3])
    return marks + note(468, 254, f"{digits}, … : {len(vector):,} numbers")
