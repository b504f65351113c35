"""What the drawings are made of: text, letters, tiles, boxes and arrows, as pieces of SVG.

Attributes are in single quotes, which need no escape inside the `src` of an image. Places are the centres of letters
and the upper left corners of tiles. Heads of arrows are paths: a marker's id would have to be unique on the page.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable, Sequence
from html import escape

from tutorlm.course.barred import shown
from tutorlm.course.colours import BLUE, GREEN, ORANGE, PINK, SKY, YELLOW
from tutorlm.course.editions import translate

WIDTH = 700
INK = "currentColor"
COLUMNS = (BLUE, ORANGE, GREEN, PINK, SKY, YELLOW)  # of the parts of a stream, in order; then from the first again
GATES = {"i": GREEN, "f": YELLOW, "g": SKY, "o": PINK}  # one colour in every drawing
Place = tuple[float, float]


def number(value: float) -> str:
    """Rounded to one decimal, without a needless zero."""
    short = f"{value:.1f}".removesuffix(".0")
    return "0" if short == "-0" else short


def plain(words: str) -> str:
    """A learner's text on one line: white space but for spaces, and what cannot be printed, made visible.

    Marks stay with their letters; a mark alone is on a circle.
    """
    if len(words) == 1 and words != " ":
        return shown(words)
    return "".join(c if c == " " or unicodedata.category(c)[0] == "M" else shown(c) for c in words)


def shortened(words: str, most: int) -> str:
    """At most that many characters, the last of them "…" if some were left out."""
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def extent(words: str, size: float = 13) -> float:
    """About how wide a text is, in pixels; rather too wide than too narrow."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in words)
    thin = sum(c in " .,:;'’|ijlt·()" or unicodedata.category(c)[0] == "M" for c in words)
    return size * (1.0 * wide + 0.36 * thin + 0.62 * (len(words) - wide - thin))


def fitting(words: str, room: float, size: float = 13) -> str:
    """As much of a text as a width has room for, in pixels; its last sign is "…" if some is left out."""
    if extent(words, size) <= room:
        return words
    ends = itertools.accumulate(extent(c, size) for c in words)
    return words[: sum(end <= room - size for end in ends)].rstrip() + "…"


def vector_of(word: str, room: float) -> str:
    """The title of a word's vector, in which the word is cut where it would be wider than the room."""
    return translate(f"vector of “{fitting(plain(word), room - extent('vector of “”', 14), 14)}”")


def write(x: float, y: float, words: str, anchor: str = "start", **attributes: object) -> str:
    """A line of text with its baseline at y, in the language of the edition; attributes such as `font_size=11`."""
    return verbatim(x, y, translate(words), anchor, **attributes)


def verbatim(x: float, y: float, words: str, anchor: str = "start", **attributes: object) -> str:
    """A learner's text, as it is, with its baseline at y. The words are escaped."""
    return f"<text x='{number(x)}' y='{number(y)}'{_written(attributes, anchor)}>{escape(words, quote=False)}</text>"


def title(x: float, y: float, words: str, anchor: str = "start") -> str:
    """A heading within a drawing."""
    return write(x, y, words, anchor, font_weight=600)


def note(x: float, y: float, words: str, anchor: str = "start", **attributes: object) -> str:
    """A small explanation."""
    return write(x, y, words, anchor, **{"font_size": 11.5, "opacity": 0.75, **attributes})


def _written(attributes: dict[str, object], anchor: str = "start") -> str:
    given = {**({"text_anchor": anchor} if anchor != "start" else {}), **attributes}
    return "".join(f" {name.replace('_', '-')}='{value}'" for name, value in given.items() if value is not None)


def group(marks: str, **attributes: object) -> str:
    """Elements that share attributes."""
    return f"<g{_written(attributes)}>{marks}</g>"


def letters(
    places: Iterable[Place], characters: Iterable[str], size: float = 13, room: float = 0, **attributes: object
) -> str:
    """Characters centred at their places: spaces and line ends visible, marks on a circle, Arabic letters unjoined.

    Args:
        room: longer items are written smaller, so that they fit this width.
    """
    rows: dict[float, list[tuple[float, str]]] = {}
    alone = ""
    for (x, y), character in zip(places, characters, strict=True):
        label = shown(str(character))
        if label.startswith("U+"):
            alone += verbatim(x, y + size * 0.2, label[2:], font_size=number(size * 0.5))
        elif len(label) > 1 or not _is_simple(label):
            fit = min(1, room / extent(label, size)) if room and len(label) > 2 else 1
            alone += verbatim(x, y + size * 0.36 * fit, label, font_size=None if fit == 1 else number(size * fit))
        else:
            rows.setdefault(y, []).append((x, label))
    for y, row in rows.items():
        alone += _spaced(row, y + size * 0.36)
    return group(alone, text_anchor="middle", font_size=number(size), **attributes)


def numerals(places: Iterable[Place], numbers: Iterable[str], size: float = 10) -> str:
    """Short numbers centred at their places; a row of them is one element, which keeps large tables small."""
    rows: dict[float, list[tuple[float, str]]] = {}
    for (x, y), digits in zip(places, numbers, strict=True):
        begin, pitch = x - (len(digits) - 1) * size * 0.3, size * 0.6
        rows.setdefault(y, []).extend((begin + place * pitch, digit) for place, digit in enumerate(digits))
    marks = "".join(_spaced(row, y + size * 0.36) for y, row in rows.items())
    return group(marks, text_anchor="middle", font_size=number(size))


def _spaced(row: list[tuple[float, str]], baseline: float) -> str:
    """Signs of one line, each at its own x."""
    xs = " ".join(number(x) for x, _ in row)
    return f"<text x='{xs}' y='{number(baseline)}'>{escape(''.join(sign for _, sign in row), quote=False)}</text>"


def _is_simple(character: str) -> bool:
    """Whether a character never joins its neighbours: then a whole row can be one element."""
    beyond = ord(character) > 0xFFFF or 0x1100 <= ord(character) <= 0x11FF  # jamo join to syllables
    return not beyond and unicodedata.bidirectional(character) in ("L", "EN", "ES", "ET", "CS", "ON")


def tiles(
    places: Iterable[Place], width: float, height: float, colour: str = INK, tint: float = 0.25, edge: bool = True
) -> str:  # fmt: skip
    """Tinted rectangles of one size and colour, as one path."""
    w, h = number(width), number(height)
    corners = [(round(x, 1), round(y, 1)) for x, y in places]
    moves = ((x - a, y - b) for (a, b), (x, y) in itertools.pairwise(corners))
    path = "".join(
        f"{move}h{w}v{h}h-{w}z"
        for move in [
            *(f"M{number(x)} {number(y)}" for x, y in corners[:1]),
            *(f"m{number(x)} {number(y)}" for x, y in moves),
        ]
    )
    stroke = f" stroke='{colour}' stroke-opacity='.55' stroke-linejoin='round'" if edge else ""
    return f"<path d='{path}' fill='{colour}' fill-opacity='{tint:g}'{stroke}/>" if path else ""


def box(
    x: float, y: float, width: float, height: float, colour: str = INK, tint: float = 0.14, radius: float = 6,
    **attributes: object,
) -> str:  # fmt: skip
    """A rounded box."""
    size = f"x='{number(x)}' y='{number(y)}' width='{number(width)}' height='{number(height)}' rx='{number(radius)}'"
    more = _written({"stroke_opacity": 0.8, **attributes})
    return f"<rect {size} fill='{colour}' fill-opacity='{tint:g}' stroke='{colour}'{more}/>"


def line(points: Sequence[Place], colour: str = INK, **attributes: object) -> str:
    """A line through points, its corners rounded."""
    more = _written({"stroke_width": 1.6, **attributes})
    return f"<path d='{_rounded(points)}' fill='none' stroke='{colour}'{more}/>"


def arrow(points: Sequence[Place], colour: str = INK, head: float = 7, **attributes: object) -> str:
    """A line through points with a head at the last."""
    return arrows([points], colour, head, **attributes)


def arrows(ways: Iterable[Sequence[Place]], colour: str = INK, head: float = 7, **attributes: object) -> str:
    """Several arrows of one kind: their shafts are one path, their heads another."""
    shafts = heads = ""
    for way in ways:
        (x0, y0), (x, y) = way[-2:]
        long = max(((x - x0) ** 2 + (y - y0) ** 2) ** 0.5, 1e-9)
        dx, dy = (x - x0) / long * head, (y - y0) / long * head
        shafts += _rounded([*way[:-1], (x - 0.8 * dx, y - 0.8 * dy)])
        corners = [(x - dx - dy / 2, y - dy + dx / 2), (x, y), (x - dx + dy / 2, y - dy - dx / 2)]
        heads += "M" + "L".join(f"{number(a)} {number(b)}" for a, b in corners) + "z"
    more = _written({"stroke_width": 1.6, **attributes})
    opacity = _written({"opacity": attributes.get("opacity")})
    return f"<path d='{shafts}' fill='none' stroke='{colour}'{more}/><path d='{heads}' fill='{colour}'{opacity}/>"


def _rounded(points: Sequence[Place], radius: float = 7) -> str:
    path = f"M{number(points[0][0])} {number(points[0][1])}"
    for before, here, after in zip(points, points[1:], points[2:], strict=False):
        into, out = _towards(here, before, radius), _towards(here, after, radius)
        path += f"L{number(into[0])} {number(into[1])}Q{number(here[0])} {number(here[1])} "
        path += f"{number(out[0])} {number(out[1])}"
    return path + f"L{number(points[-1][0])} {number(points[-1][1])}"


def _towards(here: Place, there: Place, radius: float) -> Place:
    dx, dy = there[0] - here[0], there[1] - here[1]
    share = min(radius / max((dx * dx + dy * dy) ** 0.5, 1e-9), 0.5)
    return here[0] + dx * share, here[1] + dy * share


def colour_of(column: int) -> str:
    """The colour of a part of a stream; after the last they begin again."""
    return COLUMNS[column % len(COLUMNS)]


def is_right_to_left(words: str) -> bool:
    """Whether people read a text from the right: its first letter says so."""
    kinds = (unicodedata.bidirectional(c) for c in words)
    return next((kind != "L" for kind in kinds if kind in ("L", "R", "AL")), False)


def heat(places: Sequence[Place], values: Sequence[float], width: float, height: float, colour: str) -> str:
    """Cells whose tint is a value from 0 to 1, in ten steps; each step is one path."""
    marks, cells = "", [(round(min(max(v, 0), 1) * 10), y, x) for v, (x, y) in zip(values, places, strict=True)]
    for step, of_step in itertools.groupby(sorted(cells), key=lambda cell: cell[0]):
        path, ended = "", (0.0, 0.0)
        for _, y, x in of_step:
            path += f"{'m' if path else 'M'}{number(x - ended[0])} {number(y - ended[1])}h{number(width)}"
            ended = x + width, y
        marks += f"<path d='{path}' stroke-opacity='{step / 10 * 0.9 + 0.06:.2g}'/>"
    below = {"stroke": colour, "stroke_width": number(height), "stroke_linecap": "butt", "fill": "none"}
    return group(marks, transform=f"translate(0 {number(height / 2)})", **below)
