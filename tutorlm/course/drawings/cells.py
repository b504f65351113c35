"""The LSTM: what happens in one step, and steps in a row."""

from __future__ import annotations

from itertools import pairwise

from tutorlm.course.colours import BLUE, PINK
from tutorlm.course.drawing import Drawing
from tutorlm.course.drawings.checks import require_text, whole_number
from tutorlm.course.drawings.models import LSTM
from tutorlm.course.drawings.shapes import (
    GATES,
    INK,
    WIDTH,
    arrow,
    arrows,
    box,
    letters,
    line,
    note,
    number,
    plain,
    tiles,
    write,
)

NOTEPAD, TIMES, GATE, INPUT = 78.0, 128.0, 182.0, 246.0  # pixels from above: c, × of i and g, the gates, x and h
JOBS = {"f": "keep?", "i": "write?", "g": "what?", "o": "show?"}
AT = {"f": 212, "i": 296, "g": 380, "o": 464}  # pixels from the left
MOST_STEPS = 18


def draw_cell() -> Drawing:
    """One step of an LSTM: the gates i, f, g and o, the notepad c, and the state h."""
    marks = box(104, 36, 492, 244, LSTM, 0.08, 14, stroke_opacity=0.5)
    marks += _notepad() + _gates() + _state() + _formulas(362)
    alt = (
        "One step of an LSTM. Along the top goes the notepad c: it is multiplied by the forget gate f, and the input "
        "gate i times the candidate g is added to it. Along the bottom come x and h, from which all four gates are "
        "made. The new h is the output gate o times tanh of the new c."
    )
    return Drawing(WIDTH, 396, alt, marks)


def _notepad() -> str:
    """The line of c from left to right, through × and +."""
    plus = (AT["i"] + AT["g"]) / 2
    stops = [(56.0, AT["f"] - 13.0), (AT["f"] + 12.0, plus - 13), (plus + 12, 640.0)]
    marks = "".join(arrow([(a, NOTEPAD), (b, NOTEPAD)], BLUE, 10, stroke_width=3) for a, b in stops)
    marks += _operation(AT["f"], NOTEPAD, "×") + _operation(plus, NOTEPAD, "+") + _operation(plus, TIMES, "×")
    marks += arrow([(plus, TIMES - 12), (plus, NOTEPAD + 13)], stroke_width=2)
    marks += _symbol(36, NOTEPAD + 5, "c") + _symbol(668, NOTEPAD + 5, "new c")
    return marks + note(plus + 22, NOTEPAD - 12, "the notepad", opacity=0.9)


def _gates() -> str:
    """Four small networks side by side, made from x and h, and where each of them acts."""
    marks, top, plus = "", GATE - 20, (AT["i"] + AT["g"]) / 2
    for name, x in AT.items():
        marks += arrow([(x, INPUT), (x, GATE + 22)], opacity=0.8, stroke_width=1.6)
        marks += box(x - 27, top, 54, 40, GATES[name], 0.35)
        marks += write(x, GATE - 1, name, "middle", font_size=16, font_weight=700)
        marks += write(x, GATE + 14, "tanh" if name == "g" else "σ", "middle", font_size=11)
        marks += note(x + 8, GATE + 41, JOBS[name], opacity=0.9)
    marks += arrow([(AT["f"], top), (AT["f"], NOTEPAD + 13)], GATES["f"], stroke_width=2.4)
    marks += arrow([(AT["i"], top), (AT["i"], TIMES), (plus - 13, TIMES)], GATES["i"], stroke_width=2.4)
    marks += arrow([(AT["g"], top), (AT["g"], TIMES), (plus + 13, TIMES)], GATES["g"], stroke_width=2.4)
    return marks + arrow([(AT["o"] + 28, GATE), (535, GATE)], GATES["o"], stroke_width=2.4)


def _state() -> str:
    """The old h and x from below into the gates; the notepad through tanh and o to the new h."""
    marks = line([(56, INPUT), (AT["o"], INPUT)], BLUE, stroke_width=2.2)
    marks += line([(148, 302), (148, INPUT)]) + f"<circle cx='148' cy='{number(INPUT)}' r='3.5'/>"
    marks += _symbol(36, INPUT + 5, "h") + _symbol(148, 320, "x") + _symbol(668, INPUT + 5, "new h")
    marks += note(164, 319, "the character, as a vector")
    marks += f"<circle cx='548' cy='{number(NOTEPAD)}' r='3.5' fill='{BLUE}'/>"
    marks += line([(548, NOTEPAD), (548, TIMES - 12)], BLUE, stroke_width=2.2)
    marks += box(524, TIMES - 12, 48, 24, INK, 0.05, 12) + write(548, TIMES + 4, "tanh", "middle", font_size=12)
    marks += arrow([(548, TIMES + 12), (548, GATE - 13)], BLUE, stroke_width=2.2) + _operation(548, GATE, "×")
    return marks + arrow([(548, GATE + 12), (548, INPUT), (640, INPUT)], BLUE, 9, stroke_width=2.2)


def _operation(x: float, y: float, sign: str) -> str:
    circle = f"<circle cx='{number(x)}' cy='{number(y)}' r='12' fill='none' stroke='currentColor' stroke-width='1.6'/>"
    return circle + write(x, y + 6, sign, "middle", font_size=17)


def _symbol(x: float, y: float, name: str) -> str:
    return write(x, y, name, "middle", font_size=16, font_weight=600)


def _formulas(y: float) -> str:
    """What is computed, below the drawing."""
    marks = write(12, y, "i, f, o  =  σ(W x + U h + b)") + note(216, y, "0 … 1: how much")
    marks += write(12, y + 22, "g  =  tanh(W x + U h + b)") + note(216, y + 22, "−1 … 1: what")
    marks += write(412, y, "new c  =  f · c + i · g") + write(412, y + 22, "new h  =  o · tanh(new c)")
    return marks


def draw_unrolled(text: str, T: int = 4, windows: int = 3) -> Drawing:  # noqa: N803
    """Windows of T steps: the state goes through all of them, gradients go back to the start of their own.

    Args:
        text: at least T × windows characters, one for each step; the one after it is the last to be predicted.
        T, windows: at most 18 steps together.

    Raises:
        ValueError: the text is too short, or the steps are too many.
    """
    steps = whole_number("T", T) * whole_number("windows", windows)
    if steps > MOST_STEPS:
        raise ValueError(f"T = {T} and windows = {windows} make {steps} steps; at most {MOST_STEPS} can be drawn")
    require_text(text, 100_000, steps)
    gap = 30.0  # between windows
    pitch = min(56.0, (WIDTH - 98 - gap * (windows - 1)) / steps)
    xs = [78 + (step + 0.5) * pitch + step // T * gap for step in range(steps)]
    inputs, targets = list(text[:steps]), list(text[1 : steps + 1])
    marks = _steps(xs, inputs, targets, pitch) + _states(xs, pitch) + _gradients(xs, T, pitch)
    for window in range(windows):
        left, right = xs[window * T] - pitch / 2 + 3, xs[window * T + T - 1] + pitch / 2 - 3
        marks += line([(left, 212), (left, 217), (right, 217), (right, 212)], opacity=0.6)
        marks += write((left + right) / 2, 235, f"window {window}", "middle")
    alt = (
        f"{windows} windows of {T} steps that read “{plain(''.join(inputs))}”. Arrows of the state go forward through "
        f"all windows. Dashed arrows of the gradients go back, and stop at the line “detach” before each window."
    )
    return Drawing(WIDTH, 290, alt, marks + _legend(278))


def _steps(xs: list[float], inputs: list[str], targets: list[str], pitch: float) -> str:
    """For each step the character that is read, the LSTM, and the character to be predicted."""
    marks, half = "", pitch * 0.31
    for y, label in ((53, "to predict"), (117, "LSTM"), (187, "read")):
        marks += note(66, y, label, "end", opacity=0.9)
    marks += tiles([(x - 12, 170) for x in xs], 24, 25, INK, 0.06)
    marks += letters([(x, 182.5) for x in xs], inputs, 14) + letters(
        [(x, 48.5) for x in xs[: len(targets)]], targets, 14
    )
    marks += "".join(box(x - half, 92, 2 * half, 42, LSTM, 0.25, 5) for x in xs)
    ways = [[(x, 167.0), (x, 137.0)] for x in xs] + [[(x, 90.0), (x, 61.0)] for x in xs[: len(targets)]]
    return marks + arrows(ways, head=5, stroke_width=1.2, opacity=0.6)


def _states(xs: list[float], pitch: float) -> str:
    """From step to step, through all windows."""
    half = pitch * 0.31 + 1.5
    ways = [[(x + half, 105.0), (to - half, 105.0)] for x, to in pairwise([*xs, xs[-1] + 2 * half + 16])]
    return arrows(ways, BLUE, 6.5, stroke_width=2.2, stroke_linecap="butt")


def _gradients(xs: list[float], T: int, pitch: float) -> str:  # noqa: N803
    """From step to step back, but not over the line before a window."""
    half, marks, back = pitch * 0.31 + 1.5, "", []
    for step in range(1, len(xs)):
        begin, end = xs[step] - half, xs[step - 1] + half
        middle = (begin + end) / 2
        if step % T:
            back.append([(begin, 122.0), (end, 122.0)])
            continue
        marks += line([(begin, 122), (middle + 5, 122)], PINK, stroke_width=2, stroke_dasharray="3 3")
        marks += line([(middle + 4, 115), (middle + 4, 129)], PINK, stroke_width=3)
        marks += line([(middle, 28), (middle, 200)], stroke_dasharray="5 5", opacity=0.8, stroke_width=1.3)
        marks += write(middle, 20, "detach", "middle")
    return marks + (arrows(back, PINK, 6.5, stroke_width=2, stroke_dasharray="3 3") if back else "")


def _legend(y: float) -> str:
    marks = arrow([(78, y - 4), (112, y - 4)], BLUE, 8, stroke_width=2.2)
    marks += note(122, y, "state h and c: goes on, through all windows", opacity=0.9)
    marks += arrow([(442, y - 4), (408, y - 4)], PINK, 8, stroke_width=2, stroke_dasharray="3 3")
    return marks + note(452, y, "gradients: stop at detach", opacity=0.9)
