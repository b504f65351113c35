"""The LSTM: what happens in one step, and steps in a row."""

from __future__ import annotations

from tutorlm.course.colours import BLUE, PINK
from tutorlm.course.drawing import Drawing
from tutorlm.course.drawings.checks import require_text, whole_number
from tutorlm.course.drawings.models import LSTM
from tutorlm.course.drawings.shapes import (
    GATES,
    INK,
    WIDTH,
    arrow,
    box,
    group,
    letters,
    line,
    note,
    number,
    text,
    tiles,
    title,
)

NOTEPAD, GATE, INPUT = (
    74.0,
    176.0,
    238.0,
)  # pixels from above: the line of c, the middle of the gates, the line of x and h
MOST_STEPS = 16


def draw_cell() -> Drawing:
    """One step of an LSTM: the gates i, f, g and o, the notepad c, and the state h."""
    marks = box(110, 36, 480, 238, LSTM, 0.07, 14)
    marks += _lines_of_c() + _gates() + _line_of_h()
    marks += _formulas(310)
    alt = (
        "One step of an LSTM. Along the top goes the notepad c: first times the forget gate f, then plus the input "
        "gate i times the candidate g. Along the bottom come x and the h before; all four gates are made from them. "
        "The new h is the output gate o times tanh of the new c."
    )
    return Drawing(WIDTH, 392, alt, marks)


def _lines_of_c() -> str:
    """The notepad from left to right, through × and +."""
    marks = arrow([(40, NOTEPAD), (196, NOTEPAD)], BLUE, 9, stroke_width=3)
    marks += arrow([(220, NOTEPAD), (338, NOTEPAD)], BLUE, 9, stroke_width=3)
    marks += arrow([(362, NOTEPAD), (660, NOTEPAD)], BLUE, 9, stroke_width=3)
    marks += _named(22, NOTEPAD + 5, "c", "t−1") + _named(672, NOTEPAD + 5, "c", "t")
    marks += _operation(208, NOTEPAD, "×") + _operation(350, NOTEPAD, "+")
    return marks + note(500, NOTEPAD - 12, "the notepad", "middle")


def _gates() -> str:
    """Four small networks side by side, and what each of them does to the notepad."""
    marks = ""
    for name, x, function, job in (
        ("f", 208, "σ", "keep?"), ("i", 290, "σ", "write?"), ("g", 372, "tanh", "write what?"), ("o", 454, "σ", "show?")
    ):  # fmt: skip
        colour = GATES[name]
        marks += line([(x, INPUT), (x, GATE + 16)], opacity=0.8)
        marks += box(x - 25, GATE - 16, 50, 32, colour, 0.4)
        marks += text(x, GATE + 5, f"{name}", "middle", font_weight=700, font_size=15)
    marks += arrow([(208, GATE - 16), (208, NOTEPAD + 13)], GATES["f"], stroke_width=2.2)
    marks += arrow([(290, GATE - 16), (290, 124), (337, 124)], GATES["i"], stroke_width=2.2)
    marks += arrow([(372, GATE - 16), (372, 124), (363, 124)], GATES["g"], stroke_width=2.2)
    return marks


def _line_of_h() -> str:
    return ""


def _operation(x: float, y: float, sign: str) -> str:
    circle = f"<circle cx='{number(x)}' cy='{number(y)}' r='12' fill='none' stroke='currentColor' stroke-width='1.6'/>"
    return circle + text(x, y + 6, sign, "middle", font_size=17)


def _named(x: float, y: float, name: str, index: str) -> str:
    """A symbol with an index."""
    inner = f"{name}<tspan dy='4' font-size='10'>{index}</tspan>"
    return f"<text x='{number(x)}' y='{number(y)}' text-anchor='middle' font-size='17' font-weight='600'>{inner}</text>"


def _formulas(y: float) -> str:
    return ""
