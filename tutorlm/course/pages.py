"""Pages of text as HTML, rendered by the reader's browser, which has the fonts and knows the text direction.

What a page says of itself (its label, headings, notes, the heads of tables) is in the language of the edition. Every
piece of a learner's text is escaped. Colours are translucent tints, which suit light and dark pages. They never carry
information alone: a bar's height, a border or a word repeats it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from html import escape

import numpy as np

from tutorlm.course.barred import STYLE, shown
from tutorlm.course.colours import BLUE, ORANGE, rgb
from tutorlm.course.drawings.shapes import shortened
from tutorlm.course.editions import translate
from tutorlm.dictionary import CoverageReport
from tutorlm.embeddings import Reading


def page(label: str, *parts: str) -> str:
    """Parts in a column, as one region with a label for screen readers."""
    return (
        f'<div role="group" aria-label="{escape(translate(label))}" style="line-height:1.5;max-width:60rem">{_STYLE}'
        + "".join(parts)
        + "</div>"
    )


_STYLE = (
    "<style>"
    + STYLE
    + ".tlm-text{white-space:pre-wrap;overflow-wrap:anywhere;font-size:1.15em;line-height:1.9;margin:.2em 0;"
    "padding:.2em .4em;border:1px solid rgba(128,128,128,.35);border-radius:4px}"
    ".tlm-table{border-collapse:collapse;margin:.3em 0}.tlm-table tr,.tlm-cells tr{background:none!important}"
    ".tlm-table.tlm-table th,.tlm-table.tlm-table td{color:inherit;padding:.1em .7em;text-align:start;"
    "border-bottom:1px solid rgba(128,128,128,.3)}"
    ".tlm-table.tlm-table th{word-break:keep-all}.tlm-table.tlm-table td.tlm-number{text-align:end}"
    ".tlm-cells{border-collapse:separate;border-spacing:2px;display:block;overflow-x:auto}"
    ".tlm-cells td{border:1px solid rgba(128,128,128,.35);border-radius:3px;min-width:1.3em;padding:.05em .15em;"
    "text-align:center}.tlm-cells tr+tr td{border:0;font-size:.72em;opacity:.8}"
    f".tlm-cells td.tlm-token{{background:rgba({rgb(ORANGE)},.35)}}"
    ".tlm-cells td.tlm-state{outline:3px solid currentColor;font-weight:bold;opacity:1}"
    ".tlm-note{opacity:.8;font-size:.92em;margin:.2em 0;word-break:normal;overflow-wrap:anywhere}"
    "</style>"
)


def heading(text: str, verbatim: str = "") -> str:
    """A bold line, escaped, in the text's own direction; what is a learner's at its end is not translated."""
    said = translate(text) + (f" {verbatim}" if verbatim else "")
    return f'<div dir="auto" style="margin-top:.5em"><b>{escape(said)}</b></div>'


def note(text: str) -> str:
    """A line of explanation, escaped."""
    return f'<div dir="auto" class="tlm-note">{escape(translate(text))}</div>'


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table of escaped cells, each in its own direction, with numbers aligned to the end."""
    return grid(list(map(translate, head)), rows)


def grid(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The same with titles as they are."""
    titles = "".join(f'<th scope="col">{escape(title)}</th>' for title in head)
    lines = ("".join(_cell(str(cell)) for cell in row) for row in rows)
    return f'<table class="tlm-table"><tr>{titles}</tr>' + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def _cell(text: str) -> str:
    number = ' class="tlm-number"' if re.fullmatch(r"[-+−]?[\d.,]+%?", text) else ""
    return f'<td dir="auto"{number}>{escape(text)}</td>'


def code(text: str) -> str:
    """Lines of code, escaped."""
    return f'<pre dir="ltr" style="font-family:monospace;white-space:pre;overflow-x:auto">{escape(text)}</pre>'


def plain(text: str) -> str:
    """A text without bars, escaped."""
    return f'<div class="tlm-text" dir="auto">{escape(text)}</div>'


def side_by_side(parts: Iterable[str]) -> str:
    """Parts in columns if the page is wide enough."""
    columns = "".join(f'<div style="flex:1 1 20rem;min-width:0">{part}</div>' for part in parts)
    return f'<div style="display:flex;flex-wrap:wrap;gap:1rem">{columns}</div>'


# -- which state becomes a word's vector ---------------------------------------------------------------


def offsets(reading: Reading, items: Sequence[str], is_forward_lm: bool, token: int) -> str:
    """The characters that a model reads for a sentence, their rows, and the state that becomes a token's vector.

    The layout follows the reading order of people: right to left for right-to-left text.

    Args:
        items: the item read at each row.
        token: number of the token, from 0.
    """
    start, end, row = (int(numbers[token]) for numbers in (reading.starts, reading.ends, reading.rows))
    k, n = reading.k, len(items) - reading.k - 1
    of_token = range(k + start, k + end) if is_forward_lm else range(k + n - end, k + n - start)
    letters = numbers = ""
    for place in range(len(items)) if is_forward_lm else reversed(range(len(items))):
        state = " tlm-state" if place == row else ""
        word = " tlm-token" if place in of_token else ""
        letters += f'<td class="{word}{state}">{escape(shown(items[place]))}</td>'
        numbers += f'<td class="{state}">{place}</td>'
    label = translate(f"Row {row} of {len(items)} becomes the vector of token {token + 1}")
    return f'<table class="tlm-cells" dir="auto" aria-label="{label}"><tr>{letters}</tr><tr>{numbers}</tr></table>'


def offset_arithmetic(reading: Reading, is_forward_lm: bool, with_whitespace: bool, token: int) -> str:
    """The formula for the row of a token's state, with its numbers."""
    start, end, row = (int(numbers[token]) for numbers in (reading.starts, reading.ends, reading.rows))
    k, n, offset = reading.k, len(reading.ids) - reading.k - 1, "" if with_whitespace else " − 1"
    if is_forward_lm:
        return f"row = k + end{offset} = {k} + {end}{offset} = {row}"
    return f"row = k + n − start{offset} = {k} + {n} − {start}{offset} = {row}"


# -- vectors in the plane ----------------------------------------------------------------------------

_MARKERS = (
    '<circle r="4"/>', '<rect x="-4" y="-4" width="8" height="8"/>', '<path d="M0-5L5 4H-5Z"/>',
    '<path d="M0-5L5 0L0 5L-5 0Z"/>', '<path d="M-5-4H5L0 5Z"/>', '<path d="M-4-4L4 4M4-4L-4 4" stroke-width="2.5"/>',
)  # fmt: skip


def scatter(points: np.ndarray, words: Sequence[str], groups: Sequence[int], chosen: int, near: Sequence[int]) -> str:
    """Words in the plane, with a marker for each group and lines from the chosen word to its neighbours.

    Args:
        points: (n, 2).
        groups: the number of each word's sentence.
        near: the neighbours of the chosen word.
    """
    width, height, edge = 720, 420, 40
    strong = [number == chosen or number in near for number in range(len(words))]
    sizes = [15 if large else 12 for large in strong]
    names = [shortened(word, 20) for word in words]
    wide = list(map(_wide, names, sizes))
    low, span = points.min(0), np.maximum(np.ptp(points, axis=0), 1e-9)
    places = (points - low) / span * (width - edge - min(max(wide) + 20, width / 2), height - 2 * edge) + edge
    lines = "".join(
        f'<line x1="{places[chosen][0]:.1f}" y1="{places[chosen][1]:.1f}" x2="{x:.1f}" y2="{y:.1f}" '
        'stroke="currentColor" stroke-dasharray="3 3" opacity=".6"/>'
        for x, y in places[list(near)]
    )
    marks, labels = "", _spread(places, wide, sorted(range(len(words)), key=lambda i: (i != chosen, i not in near)))
    for number, ((x, y), name, group) in enumerate(zip(places, names, groups, strict=True)):
        colour = ORANGE if number == chosen else BLUE if strong[number] else "currentColor"
        weight = "bold" if number == chosen else "normal"
        side, below = labels[number]
        leader = f'<line x2="{7 * side}" y2="{below}" stroke-width=".7"/>' if below else ""
        title = escape(f"{words[number]}, {translate(f'sentence {group + 1}')}")
        far, anchor = (11 if number == chosen else 8) * side, "start" if side > 0 else "end"
        ring = '<circle r="9" fill="none" stroke-width="2"/>' if number == chosen else ""
        marks += (
            f'<g transform="translate({x:.1f} {y:.1f})" opacity="{1 if strong[number] else 0.55}" fill="{colour}" '
            f'stroke="{colour}" stroke-width="0"><title>{title}</title>'
            f'{_MARKERS[group % len(_MARKERS)]}{ring}{leader}<text x="{far}" y="{4 + below}" text-anchor="{anchor}" '
            f'font-size="{sizes[number]}" font-weight="{weight}" fill="currentColor">{escape(name)}</text></g>'
        )
    height = max(height, *(places[number][1] + below + 15 for number, (_, below) in labels.items()))
    neighbours = ", ".join(words[i] for i in near)
    label = translate(f"{len(words)} words in the plane; nearest to “{words[chosen]}”:") + f" {neighbours}"
    return (
        f'<svg role="img" aria-label="{escape(label)}" viewBox="0 0 {width} {height:.0f}" font-family="sans-serif" '
        f'style="width:100%;max-width:{width}px;height:auto;color:inherit">{lines}{marks}</svg>'
    )


LINE = 17  # height of a label, in the picture's units
_SIDES = [(side, step * LINE) for step in (0, 1, -1, 2, -2, *range(3, 100)) for side in (1, -1)]


def _wide(word: str, size: float) -> float:
    """About how wide a word is; signs such as Hangul take a whole square."""
    return size * sum(1.0 if unicodedata.east_asian_width(sign) in "WF" else 0.6 for sign in word)


def _spread(places: np.ndarray, wide: Sequence[float], order: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Where each label is: right (1) or left (-1) of its marker, and how far below it.

    No label is on another or on another word's marker; the first in `order` have the choice.
    """
    taken = [(x - 6.0, x + 6.0, y, 12.0) for x, y in places.tolist()]  # left end, right end, middle, height
    chosen = {}
    for number in order:
        x, y = places[number]
        for side, below in _SIDES:
            left, right = (x + 7, x + 11 + wide[number]) if side > 0 else (x - 11 - wide[number], x - 7)
            free = all(right <= a or c <= left or abs(y + below - b) >= (LINE + h) / 2 for a, c, b, h in taken)
            if free and left >= 0 and y + below >= LINE / 2:
                break
        taken.append((left, right, y + below, LINE))
        chosen[number] = (side, below)
    return chosen


# -- what a dictionary holds ---------------------------------------------------------------------------


def coverage(report: CoverageReport, size: int, kinds: int) -> str:
    """How many of the distinct characters are in a dictionary, and what it leaves out, by script."""
    rows = []
    for name, (seen, covered) in report.scripts.items():
        missing = sum(m.script == name for m in report.missing)
        rows.append((name, f"{seen:,}", f"{covered / seen:.3%}", f"{missing:,}", f"{seen - covered:,}"))
    head = ("script", "characters", "covered", "distinct characters left out", "occurrences left out")
    title = (
        f"V = {size:,}: {kinds - len(report.missing):,} of {kinds:,} different characters cover "
        f"{report.share:.3%} of the text"
    )
    return heading(title) + table(head, rows) + left_out(report)


def left_out(report: CoverageReport, at_most: int = 60) -> str:
    """The characters that are not in a dictionary, most frequent first, with their counts and names."""
    if not report.missing:
        return note("Nothing is left out: every character is in the dictionary.")
    chips = " ".join(
        f'<bdi title="{escape(f"{m.code_point} {m.name}")}">{escape(shown(m.character))}<small>×{m.count}</small></bdi>'
        for m in report.missing[:at_most]
    )
    more = len(report.missing) - at_most
    remainder = f" … {translate(f'and {more:,} more')}" if more > 0 else ""
    return f'<div style="font-size:1.1em">{escape(translate("Read as <unk>:"))} {chips}{remainder}</div>'


BARS = (
    "The bar above a character is its surprise, from 0 to 8 bits; a full bar may be more. Point at a character to see "
    "its number, and what the model expected there. Dotted: not in its dictionary."
)
UNIT_BARS = (
    "The bar above a character is the unit's activation after it: up to +1 above the line, down to −1 below it. "
    "Point at a character to see its number."
)
OFFSETS = (
    "Above: what the model reads, with ⏎ for a line end and ␣ for a space. Below: the row of the state after it. "
    "Tinted: the word. Framed: the state that becomes its vector. k: length of the start marker, n: number of "
    "characters in the sentence."
)
PLANE = (
    "A marker for each sentence: ● 1, ■ 2, ▲ 3, ◆ 4, ▼ 5, × 6, then from ● again. The plane keeps two dimensions "
    "of hundreds: neighbours in the plane may be far apart, so the list is sorted by cosine similarity."
)
