"""Text of any script with a bar above each sign, rendered by the reader's browser.

The text stays one run of inline elements, so letters join, lines wrap and right-to-left text runs as it should. Each
sign has room above it, in which its bar is a background; the scale is the background of the whole text, once a line.
"""

from __future__ import annotations

import bisect
import itertools
import unicodedata
from collections.abc import Sequence
from html import escape
from urllib.parse import quote

import numpy as np

from tutorlm.course.colours import BLUE, ORANGE
from tutorlm.course.editions import translate
from tutorlm.course.reading import TextReading

TALL = 40  # pixels of a full bar
FULL = 8.0  # bits of a full bar
LINE = 82  # pixels from one line of text to the next
FONT = 18  # pixels
GUTTER = 34  # pixels to the left, for the numbers of the scale
ROOM = 18  # pixels that a number above a bar takes, and 6 more from 10 bits on
NUMBERED = 2.0  # bits from which a bar may have its number
UPPER = 12  # pixels above a full bar in each line, for its number
_JOINERS = ("\u200c", "\u200d")
_FOLLOWERS = (  # skin tones, vowel and final jamo, tags of the flags of Scotland and others
    ("\U0001f3fb", "\U0001f3ff"), ("\u1160", "\u11ff"), ("\U000e0020", "\U000e007f"),
)  # fmt: skip
# Signs that join the next letter to this one: at the same offset in each block from Devanagari to Malayalam, then
# those of Burmese, Khmer, Tai Tham, Balinese and Javanese.
_VIRAMAS = (*(chr(block + 0x4D) for block in range(0x0900, 0x0D80, 0x80)), *"\u1039\u17d2\u1a60\u1b44\ua9c0")


def _numbers_of_scale(numbers: Sequence[str]) -> str:
    """CSS for a column of numbers beside each line, in grey, which reads on white and on black."""
    marks = "".join(
        f"<text x='{GUTTER - 8}' y='{UPPER + TALL * place / 2 + 3.5}' text-anchor='end'>{number}</text>"
        for place, number in enumerate(numbers)
    )
    image = (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{GUTTER}' height='{LINE}' font-family='sans-serif' "
        f"font-size='10' fill='#808080'>{marks}</svg>"
    )
    return f'background:url("data:image/svg+xml,{quote(image)}") 0 0/{GUTTER}px {LINE}px repeat-y'


def _bar(name: str, colour: str, top: str) -> str:
    """CSS for a sign with its bar and the three rules of the scale behind it."""
    rule = "linear-gradient(rgba(128,128,128,.4),rgba(128,128,128,.4))"
    rules = ",".join(f"{rule} 0 {TALL * place // 2}px/100% 1px" for place in range(3))
    bar = f"linear-gradient({colour},{colour}) 0 {top}/calc(100% - 1px) calc(var(--b)*1px)"
    return f".tlm-bars .tlm-{name}{{background:{bar},{rules};background-repeat:no-repeat}}"


STYLE = (
    f".tlm-bars{{--b:0;white-space:pre-wrap;overflow-wrap:anywhere;font-size:{FONT}px;line-height:{LINE}px;"
    f"padding:0 4px 0 {GUTTER}px}}"
    f".tlm-bars:dir(rtl){{padding:0 {GUTTER}px 0 4px;background-position:100% 0!important}}"
    f".tlm-bits{{{_numbers_of_scale(('8', '4', '0'))}}}.tlm-unit{{{_numbers_of_scale(('+1', '0', '−1'))}}}"
    f".tlm-bars span{{position:relative;padding-top:{TALL + 4}px;line-height:1;vertical-align:-25px}}"
    ".tlm-bars span:hover{outline:2px solid currentColor}"
    ".tlm-bars span::before{content:attr(data-bits);position:absolute;left:50%;transform:translateX(-50%);"
    f"top:calc({TALL - 11}px - var(--b)*1px);font-size:9px;line-height:10px;white-space:nowrap;opacity:.85}}"
    + _bar("up", ORANGE, f"calc({TALL}px - var(--b)*1px)")
    + _bar("over", ORANGE, f"calc({TALL // 2}px - var(--b)*1px)")
    + _bar("under", BLUE, f"{TALL // 2}px")
    + ".tlm-bars .tlm-missing{border-bottom:2px dotted currentColor}"
)


def clusters(text: str) -> list[slice]:
    """The slices that are rendered as one glyph: a letter with its marks, joined emoji, the jamo of a syllable.

    A tag inside a cluster would break the glyph apart, so tags go around it.
    """
    begins, flags = [], 0  # flags: the number of halves of flags in a row before this place
    for place, sign in enumerate(text):
        is_half = "\U0001f1e6" <= sign <= "\U0001f1ff"
        second_half = is_half and flags % 2 == 1
        if place == 0 or not (second_half or _continues_cluster(text, place)):
            begins.append(place)
        flags = flags + 1 if is_half else 0
    return [slice(a, b) for a, b in itertools.pairwise([*begins, len(text)])]


def _continues_cluster(text: str, place: int) -> bool:
    here, before = text[place], text[place - 1]
    if unicodedata.category(here)[0] == "M" or here in _JOINERS or before == "\u200d":
        return True
    if any(first <= here <= last for first, last in _FOLLOWERS):
        return True
    return before in _VIRAMAS and unicodedata.category(here)[0] == "L"


def shown(character: str) -> str:
    """A character for a tooltip or a table, with white space made visible."""
    names = {"\n": "⏎", " ": "␣", "\t": "⇥", "": "∅"}
    if character in names:
        return names[character]
    if not character.isprintable():
        return f"U+{ord(character[0]):04X}"
    return "◌" + character if unicodedata.category(character[0])[0] == "M" else character


def barred(
    text: str, heights: np.ndarray, tips: Sequence[str], label: str, missing: np.ndarray | None = None,
    bits: np.ndarray | None = None,
) -> str:  # fmt: skip
    """Text with a bar above each cluster, on a scale from 0 to 8 bits or from −1 to +1.

    Args:
        heights: one for each character, -1 … 1; a cluster gets the largest of its characters.
        tips: one for each character, shown on hover.
        label: the description for screen readers.
        missing: which characters are not in the dictionary, (n,); they are underlined.
        bits: one for each character, written above the highest bars where there is room; None for the scale −1 … +1.
    """
    places, parts = clusters(text), []
    numbers = {} if bits is None else _numbers(text, places, bits)
    for where in places:
        height = float(np.nan_to_num(heights[where][np.abs(heights[where]).argmax()], nan=1.0))
        full = TALL if bits is not None else TALL // 2
        pixels = round(min(abs(height), 1.0) * full)
        names = ["tlm-up" if bits is not None else "tlm-under" if height < 0 else "tlm-over"]
        if missing is not None and missing[where].any():
            names.append("tlm-missing")
        number = f' data-bits="{numbers[where.start]}"' if where.start in numbers else ""
        tip, cluster = escape("\n".join(tips[where])), escape(text[where].replace("\n", "⏎\n"))
        style = f' style="--b:{pixels}"' if pixels else ""
        parts.append(f'<span class="{" ".join(names)}"{style}{number} title="{tip}">{cluster}</span>')
    scale = "tlm-unit" if bits is None else "tlm-bits"
    body = "".join(parts)
    return f'<div class="tlm-bars {scale}" dir="auto" role="group" aria-label="{escape(label)}">{body}</div>'


def _numbers(text: str, places: Sequence[slice], bits: np.ndarray) -> dict[int, str]:
    """Where a cluster begins → the bits written above it: the highest first, and none so near that two would touch."""
    wide = [_wide(text[where][0]) for where in places]
    middles = np.cumsum([0.0, *wide])[:-1] + np.array(wide) / 2
    highest = np.array([float(bits[where].max()) for where in places])
    taken: list[tuple[float, int]] = []  # middle and room of each number, from left to right
    found = {}
    for number in np.argsort(-highest, kind="stable"):
        if highest[number] < NUMBERED:
            break
        room = ROOM + 6 * (highest[number] >= 10)
        at = bisect.bisect(taken, (middles[number], 0))
        beside = taken[max(0, at - 1) : at + 1]  # those beyond are too far away to touch
        if all(abs(middles[number] - other) >= max(room, needs) for other, needs in beside):
            taken.insert(at, (middles[number], room))
            found[places[number].start] = f"{highest[number]:.1f}"
    return found


def _wide(character: str) -> float:
    """About how many pixels a character takes; rather too few, so that numbers do not touch."""
    if unicodedata.east_asian_width(character) in "WF":
        return FONT
    return FONT / 4 if character in " iljtfrI.,:;'’!|()[]" or "\u0600" <= character <= "\u06ff" else FONT / 2.2


def surprise(reading: TextReading, label: str, places: slice = slice(None)) -> str:
    """A text with a bar of surprise above each character at `places` (full height: 8 bits or more)."""
    tips = []
    for place in range(len(reading.text)):
        likely = ", ".join(f"{shown(item)} {p:.0%}" for item, p in reading.likeliest(place))
        unknown = "" if reading.known[place] else translate(", not in the dictionary")
        surprise_of_it = translate(f"{reading.bits[place]:.1f} bits")
        expected = translate(f"expected: {likely}")
        tips.append(f"{shown(reading.text[place])}: {surprise_of_it}{unknown}\n{expected}")
    bits = np.zeros(len(reading.text))
    bits[places] = reading.bits[places]
    return barred(reading.text, np.minimum(1, bits / FULL), tips, label, ~reading.known, bits)


def activation(text: str, values: np.ndarray, label: str) -> str:
    """A text with a bar above each character: the activation (-1 … 1) of a hidden unit after it."""
    return barred(text, values, [f"{shown(c)}: {value:+.2f}" for c, value in zip(text, values, strict=True)], label)
