"""What comes next, and how often: bars of probabilities, a table of counts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tutorlm.course.barred import shown
from tutorlm.course.colours import BLUE
from tutorlm.course.drawing import Drawing
from tutorlm.course.drawings.shapes import (
    arrow,
    extent,
    fitting,
    group,
    heat,
    letters,
    line,
    note,
    number,
    numerals,
    plain,
    shortened,
    verbatim,
)
from tutorlm.course.editions import translate

MOST_BARS, MOST_ITEMS = 14, 20
BAR, CELL = 22, 29  # pixels: height of a bar's row, a cell of the table


def named(item: str) -> str:
    """An item for a label: signs made visible, long ones shortened."""
    return shortened(shown(item) if len(item) < 2 else plain(item), 12)


def percent(share: float) -> str:
    """A probability as people say it: 12%, 3.4%, 0.02%, below 0.01%."""
    value = share * 100
    if 0 < value < 0.01:
        return "< 0.01%"
    return f"{value:.0f}%" if value >= 9.95 or value == 0 else f"{value:.1f}%" if value >= 0.095 else f"{value:.2f}%"


def lying_bars(rows: Sequence[tuple[str, float, str, str]], left: float, top: float, width: float) -> str:
    """Bars one below the other, each between its name and its number.

    Args:
        rows: name, value from 0 on, the value as it is written, and colour; what is not finite has no bar.
        left: where the bars begin; the names are to the left of it.
        width: of the longest bar.
    """
    largest = max((value for _, value, _, _ in rows if math.isfinite(value)), default=0) or 1
    bars, short, words = "", [], ""
    for row, (name, value, number_written, colour) in enumerate(rows):
        middle = top + (row + 0.5) * BAR
        long = value / largest * width if math.isfinite(value) else 0
        bars += f"<path d='M{number(left)} {number(middle)}h{number(max(long, 1))}' stroke='{colour}'/>"
        if len(named(name)) > 2:
            words += verbatim(left - 9, middle + 4.5, named(name), "end")
        else:
            short.append(((left - 16, middle), name))
        words += note(left + long + 8, middle + 4.5, number_written, opacity=0.85)
    marks = group(bars, stroke_opacity=0.75, stroke_width=BAR - 7, stroke_linecap="butt")
    return marks + letters((place for place, _ in short), (name for _, name in short), 14) + words


def share_bars(shares: Sequence[tuple[str, float]], left: float, top: float, width: float) -> str:
    """Bars of the probabilities of items, in the order given; places as for `lying_bars`."""
    return lying_bars([(item, share, percent(share), BLUE) for item, share in shares], left, top, width)


def draw_shares(probabilities_by_item: Mapping[str, float], title: str = "") -> Drawing:
    """Bars of the probabilities of what may come next, the likeliest first; the rest is summed up.

    Args:
        probabilities_by_item: character (or other item) → its probability.
        title: a line above the bars, cut where it is too long for one.

    Raises:
        ValueError: nothing is given, or these are no probabilities.
    """
    shares = sorted(((str(item), float(p)) for item, p in probabilities_by_item.items()), key=lambda pair: -pair[1])
    if not shares:
        raise ValueError("probabilities_by_item is empty: give a probability for each item, as in {'e': 0.7, 'a': 0.3}")
    if wrong := [(item, p) for item, p in shares if not (math.isfinite(p) and p >= 0)]:
        raise ValueError(f"the probability of {wrong[0][0]!r} is {wrong[0][1]}; it must be 0 or more")
    total = sum(p for _, p in shares)
    if total > 1.001:
        raise ValueError(f"the probabilities sum to {total:,.3g}, not to 1: divide each by their sum")
    drawn, rest = shares[:MOST_BARS], shares[MOST_BARS:]
    left = 12 + max(28.0, *(extent(named(item)) + 12 for item, _ in drawn))
    top = 36.0 if title else 8.0
    wide = left + 380 + 80
    title = translate(title)
    heading = verbatim(12, 20, fitting(plain(title), wide - 24, 14), font_weight=600) if title else ""
    marks = heading + share_bars(drawn, left, top, 380)
    bottom = top + len(drawn) * BAR
    marks += line([(left - 0.5, top + 1), (left - 0.5, bottom - 1)], stroke_width=1, opacity=0.5)
    if rest:
        marks += note(left + 8, bottom + 16, f"and {len(rest):,} more with {percent(sum(p for _, p in rest))} together")
        bottom += 22
    said = ", ".join(f"{named(item)} {percent(p)}" for item, p in drawn[:5])
    about = f"{plain(title)}: " if title else ""
    alt = f"{about}bars of {len(shares):,} probabilities; the largest: {said}."
    return Drawing(wide, bottom + 8, alt, marks)


def draw_table(counts: Any, items: Sequence[str]) -> Drawing:
    """A table of the counts of pairs of the most frequent items, tinted by their share in the row.

    Args:
        counts: how often the item of a row is followed by the item of a column, (V, V).
        items: the V items, as `dictionary.get_items()`.

    Raises:
        ValueError: shapes do not fit, or nothing is counted.
    """
    table = np.asarray(counts, dtype=np.float64)
    if table.shape != (len(items), len(items)):
        needed = (len(items), len(items))
        raise ValueError(f"counts have shape {table.shape}; for {len(items)} items {needed} is needed")
    if not table.size or not np.isfinite(table).all() or table.min() < 0 or not table.sum():
        raise ValueError("counts must be 0 or more, and some of them more: count a text first")
    often = table.sum(0) + table.sum(1)
    best = [int(index) for index in np.argsort(-often, kind="stable")[:MOST_ITEMS] if often[index]]
    part = table[np.ix_(best, best)]  # (n, n)
    shares = part / np.maximum(table[best].sum(1, keepdims=True), 1e-12)
    names, n = [str(items[index]) for index in best], len(best)
    left, top = 108.0, 70.0
    corners = [(left + b * CELL + 0.5, top + a * CELL + 0.5) for a in range(n) for b in range(n)]
    marks = heat(corners, [_step(share) for share in shares.ravel()], CELL - 1, CELL - 1, BLUE)
    counted = [(int(a), int(b)) for a, b in np.argwhere(part)]
    middles = [(left + (b + 0.5) * CELL, top + (a + 0.5) * CELL) for a, b in counted]
    marks += numerals(middles, (_short(part[at]) for at in counted), 10.5)
    marks += letters([(left + (b + 0.5) * CELL, top - 13) for b in range(n)], names, 14, CELL)
    marks += letters([(left - 15, top + (a + 0.5) * CELL) for a in range(n)], names, 14, CELL)
    marks += note(left, 22, "column: the character that comes after", opacity=0.85)
    marks += arrow([(left + 2, 34), (left + 48, 34)], opacity=0.6)
    marks += note(left, top + n * CELL + 20, f"Deeper blue: a larger share of its row.{_left_out(table, part)}")
    for row, words in enumerate(translate("row: the\ncharacter\nbefore").split("\n")):
        marks += note(12, top + 13 + 15 * row, words, opacity=0.85)
    marks += arrow([(20, top + 54), (20, top + 100)], opacity=0.6) if n > 3 else ""
    return Drawing(max(left + n * CELL + 12, 480), top + n * CELL + 32, _table_alt(part, shares, names), marks)


def _left_out(table: np.ndarray, part: np.ndarray) -> str:
    if len(part) == len(table):
        return ""
    return f" The {len(part)} most frequent of {len(table):,} are drawn."


def _table_alt(part: np.ndarray, shares: np.ndarray, names: list[str]) -> str:
    pairs = np.argsort(-part, axis=None, kind="stable")[:3]
    said = []
    for a, b in zip(*np.unravel_index(pairs, part.shape), strict=True):
        pair, share = (named(names[a]), named(names[b])), percent(shares[a, b])
        said.append(translate(f"{pair[0]} then {pair[1]} {part[a, b]:,.0f} times, {share} of its row"))
    return f"A table of which character follows which, for {len(names)} characters. Most often: {'; '.join(said)}."


def _step(share: float) -> float:
    """How deep a share is tinted: even small ones can be seen."""
    return math.sqrt(share) * 0.9


def _short(count: float) -> str:
    """A count in at most four characters: 987, 1.2k, 34k, 5.6M."""
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= limit * 0.9995:
            return f"{count / limit:.1f}{unit}" if count < limit * 9.95 else f"{count / limit:.0f}{unit}"
    return f"{count:.0f}" if count == int(count) else f"{count:.1f}"
