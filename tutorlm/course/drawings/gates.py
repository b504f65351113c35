"""The gates of one unit of a trained LSTM while it reads a text, worked out by hand from its weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tutorlm.course.colours import BLUE, YELLOW
from tutorlm.course.drawing import Drawing
from tutorlm.course.drawings.checks import character_model, require_text
from tutorlm.course.drawings.shapes import (
    GATES,
    INK,
    WIDTH,
    extent,
    heat,
    is_right_to_left,
    letters,
    line,
    note,
    number,
    plain,
    shortened,
    tiles,
    title,
    write,
)
from tutorlm.course.editions import translate
from tutorlm.course.reading import Model
from tutorlm.course.units import QUOTES, SPACE, features, unit_correlations
from tutorlm.language_model import LanguageModel

MOST, ON_A_LINE = 400, 40  # characters
CELL, LEFT, HEAT, SWING = 16, 48, 12, 15  # pixels: a character, the names of rows, height of a gate, c up and down
FIRST, LINE = 72, 118  # pixels: from above to the first line, from line to line
ROWS = {"i": "write?", "f": "keep?", "o": "show?"}


@dataclass(frozen=True)
class Gates:
    """What an LSTM computes at each character of a text: gates, notepad and state, each (n, H)."""

    i: np.ndarray
    f: np.ndarray
    g: np.ndarray
    o: np.ndarray
    c: np.ndarray
    h: np.ndarray


def read_gates(model: LanguageModel, text: str) -> Gates:
    """The gates of a model of one layer along a text, after a document delimiter; in the order of the text.

    Raises:
        ValueError: the model has several layers.
    """
    if model.nlayers != 1:
        raise ValueError(f"this model has {model.nlayers} layers; the gates of a model with one layer can be drawn")
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    W, U, *biases = (getattr(model.rnn, name).detach().double().cpu().numpy() for name in names)  # noqa: N806
    ids = model.dictionary.encode(text).astype(np.int64)
    stream = np.concatenate([model.start_ids, ids if model.is_forward_lm else ids[::-1]]).astype(np.int64)
    x = model.encoder.weight.detach().double().cpu().numpy()[stream]  # (k + n, E)
    from_x = x @ W.T + sum(biases)  # (k + n, 4H)
    h = c = np.zeros(model.hidden_size)
    steps = []
    for row in from_x:
        i, f, g, o = np.split(row + U @ h, 4)  # PyTorch's order
        i, f, o = (0.5 + 0.5 * np.tanh(gate / 2) for gate in (i, f, o))  # the logistic function, never overflowing
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        steps.append((i, f, np.tanh(g), o, c, h))
    found = np.array(steps)[len(stream) - len(ids) :].transpose(1, 0, 2)  # (6, n, H)
    return Gates(*(found if model.is_forward_lm else found[:, ::-1]))


def draw_gates(model: Model, text: str, unit: int | None = None) -> Drawing:
    """The gates i, f and o and the notepad c of one unit while a model reads a text.

    Args:
        model: a trained model of one layer, or its name or file.
        text: at most 400 characters.
        unit: its number; None chooses the one whose notepad goes best with being inside quotation marks,
            if the text has some, else with spaces.

    Raises:
        ValueError: the text is empty or too long, there is no such unit, or the model has several layers.
    """
    lm = character_model(model)
    require_text(text, MOST)
    words = lm.dictionary.normalize(text)
    gates = read_gates(lm, words)
    if unit is not None and not (isinstance(unit, (int, np.integer)) and 0 <= unit < lm.hidden_size):
        raise ValueError(f"unit={unit!r}: the units of this model are 0 to {lm.hidden_size - 1}")
    found = features(words)
    name = next((name for name in (QUOTES, SPACE) if name in found), "")
    fits = unit_correlations(gates.c, found[name]) if name else np.ptp(gates.c, axis=0)
    unit = int(np.abs(fits).argmax()) if unit is None else int(unit)
    goes_with, fit = translate(name), _signed(fits[unit])
    head = f"Unit {unit} of {lm.hidden_size}"
    if name:
        head = f"{head}: its notepad c goes with “{goes_with}”: correlation {fit}"
    values = {key: getattr(gates, key)[:, unit] for key in "ifoc"}
    marks = title(12, 20, head) + _legend(goes_with, values["c"].min(), values["c"].max())
    lines = _broken(words)
    for number_of_line, (begin, end) in enumerate(lines):
        part = {key: value[begin:end] for key, value in values.items()}
        tinted = found[name][begin:end] if name else np.zeros(end - begin, bool)
        marks += _line(words[begin:end], part, tinted, FIRST + number_of_line * LINE, values["c"], words)
    way = "" if lm.is_forward_lm else " from its end"
    alt = translate(f"The gates of unit {unit} while the model reads “{plain(shortened(words, 60))}”{way}.")
    low, high = _signed(values["c"].min()), _signed(values["c"].max())
    if name:
        alt += f" Its notepad c is between {low} and {high} and goes with “{goes_with}”: correlation {fit}."
    else:
        alt += f" Its notepad c is between {low} and {high}."
    return Drawing(WIDTH, FIRST + len(lines) * LINE - 6, alt, marks)


def _broken(words: str) -> list[tuple[int, int]]:
    """Begin and end of each line, after a space where there is one near."""
    lines, begin = [], 0
    while len(words) - begin > ON_A_LINE:
        space = max(words.rfind(sign, begin, begin + ON_A_LINE) for sign in " \n")
        end = space + 1 if space >= begin + ON_A_LINE - 14 else begin + ON_A_LINE
        lines.append((begin, end))
        begin = end
    return [*lines, (begin, len(words))]


def _line(
    words: str, values: dict[str, np.ndarray], tinted: np.ndarray, y: float, all_c: np.ndarray, whole: str
) -> str:  # fmt: skip
    """One line of the text: characters, three rows of gates, and the notepad as bars up and down."""
    lefts = [LEFT + 8.0 + place * CELL for place in range(len(words))]
    if is_right_to_left(whole):
        lefts = [WIDTH - 12.0 - (place + 1) * CELL for place in range(len(words))]
    marks = tiles(
        [(x, y - 10) for x, chosen in zip(lefts, tinted, strict=True) if chosen], CELL, 21, YELLOW, 0.35, edge=False
    )
    marks += letters([(x + CELL / 2, y) for x in lefts], words, 14)
    for row, key in enumerate(ROWS):
        top = y + 16 + row * (HEAT + 3)
        marks += write(LEFT - 4, top + 10, key, "end", font_weight=600)
        marks += heat([(x + 0.5, top) for x in lefts], values[key].tolist(), CELL - 1, HEAT, GATES[key])
    middle, scale = y + 16 + 3 * (HEAT + 3) + SWING + 2, SWING / max(float(np.abs(all_c).max()), 1e-9)
    marks += write(LEFT - 4, middle + 4, "c", "end", font_weight=600)
    ends = min(lefts), max(lefts) + CELL
    marks += line([(ends[0], middle), (ends[1], middle)], stroke_width=0.8, opacity=0.6)
    bars = zip(lefts, values["c"].tolist(), strict=True)
    path = "".join(f"M{number(x + CELL / 2)} {number(middle)}v{number(-value * scale)}" for x, value in bars)
    return marks + f"<path d='{path}' stroke='{BLUE}' stroke-width='{CELL - 5}' stroke-linecap='butt'/>"


def _legend(name: str, low: float, high: float) -> str:
    """What the tint of characters, the tint of cells and the bars mean."""
    y, x, marks = 42.0, LEFT + 8.0, ""
    jobs = ",  ".join(f"{key} {translate(job)}" for key, job in ROWS.items())
    if name:
        marks += tiles([(x, y - 11)], CELL, 14, YELLOW, 0.35, edge=False) + note(x + 22, y, name, opacity=0.9)
        x += 22 + extent(name, 11.5) + 24
    marks += note(x, y, "0", opacity=0.9) + note(x + 75, y, "1", opacity=0.9)
    marks += heat([(x + 11 + cell * 12, y - 11) for cell in range(5)], [0, 0.25, 0.5, 0.75, 1], 11, HEAT, INK)
    marks += note(x + 90, y, translate("of  ") + jobs, opacity=0.9)
    return marks + note(WIDTH - 12, y, f"c: {_signed(low)} … {_signed(high)}", "end", opacity=0.9)


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")
