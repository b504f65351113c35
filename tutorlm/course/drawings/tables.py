"""Small tables of characters: columns, and the window cut from them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from tutorlm.course.barred import shown
from tutorlm.course.drawing import Drawing
from tutorlm.course.drawings.checks import characters_of, whole_number
from tutorlm.course.drawings.shapes import (
    WIDTH,
    arrows,
    colour_of,
    extent,
    fitting,
    group,
    letters,
    line,
    note,
    plain,
    tiles,
    title,
    write,
)
from tutorlm.course.editions import translate

COLUMN, ROW, HEAD = 26, 21, 20  # pixels: a column's width, a row's height, and the height of the columns' numbers
NUMBERS = 26  # pixels for the numbers of rows
MOST_ROWS, MOST_COLUMNS, IN_WINDOW = 60, 22, 8


def columns_table(
    table: np.ndarray, left: float, top: float, width: float = COLUMN, first: int | None = 0,
    faint: Collection[int] = (), reverse: bool = False,
) -> str:  # fmt: skip
    """Characters in tiles of their column's colour, under the columns' numbers and beside those of the rows.

    Args:
        table: (rows, B).
        first: the number of the first row; None leaves the rows' numbers out.
        faint: rows that are drawn faintly.
        reverse: column 0 is on the right, as text that is read from the right.
    """
    edges = [left + b * width for b in range(table.shape[1])][:: -1 if reverse else 1]
    items = [[str(item) for item in row] for row in table.tolist()]
    longest = max(extent(shown(item)) for row in items for item in row)
    size = min(13.0, 13 * (width - 5) / longest)

    def cells(rows: Collection[int]) -> str:
        corners = [[(x, top + HEAD + row * ROW) for row in rows] for x in edges]
        drawn = "".join(tiles(corner, width, ROW, colour_of(b)) for b, corner in enumerate(corners))
        middles = [(x + width / 2, y + ROW / 2) for corner in corners for x, y in corner]
        return drawn + letters(middles, (items[row][b] for b in range(table.shape[1]) for row in rows), size)

    marks = cells([row for row in range(len(table)) if row not in faint])
    head = "".join(write(x + width / 2, top + 13, str(b)) for b, x in enumerate(edges))
    marks += group(head, font_size=11, font_weight=600, text_anchor="middle")
    if first is not None:
        ys = (top + HEAD + (row + 0.5) * ROW + 4 for row in range(len(table)))
        side = "".join(write(left - 8, y, str(row)) for row, y in enumerate(ys, first))
        marks += group(side, font_size=11, opacity=0.7, text_anchor="end")
    return marks + (group(cells(faint), opacity=0.35) if faint else "")


def draw_columns(**titles_and_arrays: Any) -> Drawing:
    """Small tables side by side, each under its title.

    Args:
        titles_and_arrays: title → array of characters or numbers, (rows, B) or (n,). An underscore in a title is
            shown as a space.

    Raises:
        ValueError: nothing is given, or an array is empty or too large.
    """
    if not titles_and_arrays:
        raise ValueError("nothing to draw: give arrays by title, as in draw_columns(inputs=…, targets=…)")
    marks, said = "", []
    x, y, tallest, widest = 12.0, 8.0, 0.0, 0.0
    for name, array in titles_and_arrays.items():
        heading = plain(translate(name.replace("_", " ")))
        table = characters_of(heading, array, MOST_ROWS, MOST_COLUMNS)
        longest = max(extent(shown(str(item))) for item in table.ravel().tolist())
        width = min(max(COLUMN, longest + 8), (WIDTH - 24 - NUMBERS) / table.shape[1])
        wide = NUMBERS + max(width * table.shape[1], extent(heading) + 8)
        if x > 12 and x + wide > WIDTH - 12:
            x, y, tallest = 12.0, y + tallest + 22, 0.0
        marks += title(x + NUMBERS, y + 14, fitting(heading, WIDTH - 24 - NUMBERS, 14))
        marks += columns_table(table, x + NUMBERS, y + 22, width)
        tallest, widest = max(tallest, 22 + HEAD + len(table) * ROW), max(widest, x + wide)
        x += wide + 34
        said.append(_told(heading, table))
    return Drawing(min(WIDTH, widest + 12), y + tallest + 10, translate("Tables: ") + "; ".join(said) + ".", marks)


def _told(heading: str, table: np.ndarray) -> str:
    """A table in words: its shape, and its first column, or its only row."""
    rows, columns = table.shape
    items = [str(item) for item in (table[0] if rows == 1 else table[:, 0]).tolist()]
    written = plain((" " if max(map(len, items)) > 1 else "").join(items[:20])) + ("…" if len(items) > 20 else "")
    if rows == 1:
        return translate(f"{heading}, one row of {columns}: “{written}”")
    return translate(f"{heading}, {rows} rows and {columns} columns, the first of them “{written}”")


def draw_windows(columns: Any, T: int, start: int = 0) -> Drawing:  # noqa: N803
    """A window: its inputs and its targets, which are the characters one row further down.

    Args:
        columns: single characters, (rows, B); of more than 8 columns the first 8 are drawn.
        T: rows in the window; the last window of a stream may be shorter.
        start: the window's first row.

    Raises:
        ValueError: the window lies outside the columns.
    """
    whole_number("T", T, 24)
    every = np.asarray(columns)
    if every.ndim != 2 or not every.size:
        raise ValueError(f"columns have shape {every.shape}; (rows, B) is needed")
    if not isinstance(start, (int, np.integer)) or not 0 <= start < len(every) - 1:
        raise ValueError(
            f"start={start}: a window begins in row 0 to {len(every) - 2}, for its targets are a row below"
        )
    stop = min(start + T, len(every) - 1)
    first, last = max(0, start - 1), min(len(every), stop + 3)
    drawn = every[:, :IN_WINDOW]
    width = COLUMN if drawn.shape[1] <= 5 else 19
    wide, rows, left, top = drawn.shape[1] * width, stop - start, 108.0, 32.0
    faint = {row - first for row in range(first, last) if not start <= row <= stop}
    marks = title(left, 20, "columns") + columns_table(drawn[first:last], left, top, width, first, faint)
    y = top + HEAD + (start - first) * ROW  # of the first input
    marks += _bracket(left - 32, y + 2, y + rows * ROW - 2, "inputs", -1)
    marks += _bracket(left + wide + 8, y + ROW + 2, y + (rows + 1) * ROW - 2, "targets", 1)
    x = (left + wide + 78 + WIDTH - 12) / 2  # of the middle between the two tables
    apart = max(22.0, 52 - wide / 2)  # from the middle to a table, so that the titles have room
    for name, begin, corner in (("inputs", start, x - apart - wide), ("targets", start + 1, x + apart)):
        table = drawn[begin : begin + rows]
        marks += title(corner, y - HEAD - 10, f"{translate(name)} {table.shape[0]} × {every.shape[1]}")
        marks += columns_table(table, corner, y - HEAD, width, None)
    ys = [y + (row + 0.5) * ROW for row in range(rows)]
    marks += arrows(([(x - 15, level), (x + 15, level)] for level in ys), opacity=0.7)
    bottom = top + HEAD + (last - first) * ROW
    if every.shape[1] > IN_WINDOW:
        marks += note(left, bottom + 18, f"the first {IN_WINDOW} of {every.shape[1]} columns")
        bottom += 18
    return Drawing(WIDTH, bottom + 12, _window_alt(every, start, stop), marks)


def _window_alt(columns: np.ndarray, start: int, stop: int) -> str:
    inputs, targets = (plain("".join(map(str, columns[a : a + stop - start, 0]))) for a in (start, start + 1))
    return (
        f"A window of columns: rows {start} to {stop - 1} are the inputs; rows {start + 1} to {stop}, one row "
        f"further down, are the targets. In column 0 the inputs are “{inputs}” and the targets “{targets}”."
    )


def _bracket(x: float, begin: float, end: float, name: str, side: int) -> str:
    tip = x + side * 6
    marks = line([(x, begin), (tip, begin), (tip, end), (x, end)], stroke_width=2)
    return marks + write(tip + side * 7, (begin + end) / 2 + 4.5, name, "end" if side < 0 else "start", font_weight=600)
