"""The stream on its way to the model: stretches that become columns."""

from __future__ import annotations

import math

import numpy as np

from tutorlm.corpus import batchify
from tutorlm.course.drawing import Drawing
from tutorlm.course.drawings.checks import require_text, whole_number
from tutorlm.course.drawings.shapes import (
    INK,
    WIDTH,
    Place,
    arrow,
    colour_of,
    is_right_to_left,
    letters,
    line,
    note,
    number,
    plain,
    tiles,
    title,
    write,
)
from tutorlm.course.drawings.tables import COLUMN, HEAD, ROW, columns_table
from tutorlm.course.editions import translate

MOST_CHARACTERS, MOST_ROWS, MOST_COLUMNS = 600, 60, 20
CELL, GAP, MARGIN = 16, 8, 12  # pixels: a character of the stream, between two stretches, at the edges
FIRST, LINE = 58, 46  # pixels: middle of the stream's first line, from line to line


def draw_stream(text: str, B: int, T: int | None = None) -> Drawing:  # noqa: N803
    """A stream in B coloured stretches, and below it the same stretches as B columns, ruled into windows.

    Args:
        text: the stream, in characters; at most 600.
        B: number of columns, at most 20.
        T: rows in a window; None rules none.

    Raises:
        ValueError: the text is empty, too long or shorter than B.
    """
    require_text(text, MOST_CHARACTERS)
    whole_number("B", B, MOST_COLUMNS)
    rows = len(text) // B
    if not 1 <= rows <= MOST_ROWS:
        raise ValueError(f"{len(text)} characters in B = {B} columns make {rows} rows; 1 to {MOST_ROWS} can be drawn")
    if T is not None:
        whole_number("T", T)
    places = _places(text, B, rows)
    below = places[-1][1] + ROW / 2
    table = batchify(np.array(list(text)), B)  # (rows, B)
    left, top = (WIDTH - B * COLUMN) / 2, below + (60 if below < FIRST + LINE else 48)
    marks = title(MARGIN, 20, f"One stream of {len(text)} characters, cut into B = {B} parts of {rows}")
    marks += _stretches(text, B, rows, places) + _way_down(places, B, rows, left, below + 4, top - 4)
    marks += columns_table(table, left, top, reverse=is_right_to_left(text)) + _windows(
        rows, T, left, left + B * COLUMN, top + HEAD
    )
    return Drawing(WIDTH, top + HEAD + rows * ROW + 10, _description(table, len(text), T), marks)


def _places(words: str, B: int, rows: int) -> list[Place]:  # noqa: N803
    """The middle of every character of the stream: whole stretches on a line, or a stretch on several."""
    room = WIDTH - 2 * MARGIN
    on_a_line = max(1, min(B, int((room + GAP) // (rows * CELL + GAP))))  # stretches
    lines = math.ceil(rows * CELL / room)  # of one stretch
    length = math.ceil(rows / lines)
    spots: list[Place] = []  # x from the left, and line
    for place in range(B * rows):
        stretch, row = divmod(place, rows)
        if lines > 1:
            spots.append((row % length * CELL, stretch * lines + row // length))
        else:
            spots.append((stretch % on_a_line * (rows * CELL + GAP) + row * CELL, stretch // on_a_line))
    x, last = spots[-1][0] + CELL + GAP, spots[-1][1]
    if x + (len(words) - B * rows) * CELL > room:
        x, last = 0.0, last + 1
    spots += [(x + more * CELL, last) for more in range(len(words) - B * rows)]
    left = (WIDTH - max(x for x, _ in spots) - CELL) / 2
    middles = [(left + x + CELL / 2, FIRST + on * LINE) for x, on in spots]
    return [(WIDTH - x, y) for x, y in middles] if is_right_to_left(words) else middles


def _stretches(words: str, B: int, rows: int, places: list[Place]) -> str:  # noqa: N803
    """The characters in tiles of their stretch's colour, each stretch under its number; what is left over in ink."""
    marks, corner = "", lambda place: (place[0] - CELL / 2, place[1] - ROW / 2)
    for b in range(B):
        own = places[b * rows : (b + 1) * rows]
        marks += tiles(map(corner, own), CELL, ROW, colour_of(b))
        marks += write(own[0][0], own[0][1] - 16, str(b), "middle", font_size=11, font_weight=600)
    if rest := places[B * rows :]:
        marks += tiles(map(corner, rest), CELL, ROW, INK, 0.05)
        marks += note(rest[0][0], rest[0][1] - 16, "left over", "start" if rest[0][0] < WIDTH - 70 else "middle")
    return marks + letters(places, words)


def _way_down(places: list[Place], B: int, rows: int, left: float, begin: float, end: float) -> str:  # noqa: N803
    """From each stretch to its column, if all stretches are on one line; else a single arrow."""
    if len({y for _, y in places[: B * rows]}) > 1:
        return arrow([(WIDTH / 2, begin + 2), (WIDTH / 2, end - 2)], opacity=0.6)
    marks = ""
    for b in range(B):
        x, to = (places[b * rows][0] + places[(b + 1) * rows - 1][0]) / 2, left + (b + 0.5) * COLUMN
        to = WIDTH - to if places[0][0] > places[-1][0] else to
        middle = number((begin + end) / 2)
        curve = f"M{number(x)} {number(begin)}C{number(x)} {middle} {number(to)} {middle} {number(to)} {number(end)}"
        marks += f"<path d='{curve}' stroke='{colour_of(b)}'/>"
    return f"<g fill='none' stroke-width='1.8'>{marks}</g>"


def _windows(rows: int, T: int | None, left: float, right: float, top: float) -> str:  # noqa: N803
    """Rules between the windows, and their names; the last window may be shorter."""
    if T is None:
        x = left - 34
        return arrow([(x, top + 2), (x, top + rows * ROW - 2)], opacity=0.6) + note(x - 8, top + 16, "read down", "end")
    marks = ""
    for window, begin in enumerate(range(0, rows, T)):
        end = min(begin + T, rows)
        y, lower, x = top + begin * ROW, top + end * ROW, right + 10
        marks += line([(x, y + 4), (x + 6, y + 4), (x + 6, lower - 4), (x, lower - 4)], opacity=0.7)
        name = translate(f"window {window}")
        if not window or end - begin != T:
            name += f": {'T = ' if end - begin == T else ''}{translate(_rows(end - begin))}"
        marks += write(x + 16, (y + lower) / 2 + 4.5, name)
        if end < rows:
            marks += line([(left - 30, lower), (right + 6, lower)], stroke_dasharray="5 4")
    return marks


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _description(table: np.ndarray, n: int, T: int | None) -> str:  # noqa: N803
    rows, B = table.shape  # noqa: N806
    columns = [plain("".join(column)) for column in table.T]
    said = "; ".join(translate(f"column {b} “{words}”") for b, words in list(enumerate(columns))[:4])
    more = translate(f", and {B - 4} more") if B > 4 else ""
    over = f" Left over: {n - rows * B} at the end." if n > rows * B else ""
    ruled = f" Lines below every T = {T} rows rule the columns into windows." if T else ""
    stream = translate(f"A stream of {n} characters in {B} coloured parts of {rows}")
    below = translate(f"{stream}, and below it the same parts as columns: {said}{more}.")
    return below + translate(over) + translate(ruled)
