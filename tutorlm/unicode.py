"""Code points, normal forms, scripts and words: what Unicode says about text."""

import functools
import itertools
import re
import unicodedata

import numpy as np

NORMAL_FORMS = (None, "NFC", "NFD", "NFKC", "NFKD")
CODE_POINTS = 0x110000  # number of code points in Unicode
_TABLE_SIZE = 0x20000  # rarer code points, mostly ideographs, are left to `unicodedata`
_LONG_RUN = 100  # marks in a row; no language has so many
_PROSE_PUNCTUATION = "‐‑‒–—―‘’‚“”„†‡•…‰′″‹›⁄€№™−"


def code_points(text: str) -> np.ndarray:
    """The characters of `text` as integers, uint32 of shape (len(text),)."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def columns(text: str) -> int:
    """How many columns of a terminal a text takes: two for a Hangul syllable or an ideograph, none for a mark."""
    text = unicodedata.normalize("NFC", text)
    marks = sum(unicodedata.category(character) in ("Mn", "Me", "Cf") for character in text)
    return len(text) - marks + sum(unicodedata.east_asian_width(character) in "WF" for character in text)


def padding(text: str, width: int) -> str:
    """The spaces that fill a text up to so many columns."""
    return " " * (width - columns(text))


def normalize(text: str, form: str | None) -> str:
    """`text` in a Unicode normal form; None returns it unchanged.

    Nearly all text is in NFC already. A table lookup finds the pieces that may not be, and only those go to
    `unicodedata`, which is several times slower.
    """
    if form is None or text.isascii():
        return text
    stable = _stable_alone(form)[_table_index(text)]
    if stable.all():
        return text
    if bytes(_LONG_RUN) in stable.tobytes():  # so many times False in a row
        return _normalized(_with_sorted_marks(text, form), form)
    places = np.flatnonzero(stable)
    cuts: list[int] = places[np.searchsorted(places, np.arange(0, places[-1], 4096))].tolist() if len(places) else []
    bounds = [0, *cuts, len(text)]
    pieces = [(text[a:b], stable[a:b].all()) for a, b in itertools.pairwise(bounds)]
    return "".join(piece if clean else _normalized(piece, form) for piece, clean in pieces)


def _normalized(text: str, form: str) -> str:
    return unicodedata.normalize(form, text)  # type: ignore[arg-type]  # an unknown form is an error there


def _with_sorted_marks(text: str, form: str) -> str:
    """`text` with long runs of marks taken apart and in their canonical order, which is the same in all normal forms.

    `unicodedata` would find that order, too, but in n² steps for n marks.
    """
    edges = np.flatnonzero(np.diff(_is_mark(form)[_table_index(text)], prepend=False, append=False)).tolist()
    pieces, done = [], 0
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        if end - begin >= _LONG_RUN:
            marks = "".join(_decomposed(mark, form) for mark in text[begin:end])
            pieces += [text[done:begin], *sorted(marks, key=unicodedata.combining)]
            done = end
    return "".join([*pieces, text[done:]])


def _decomposed(character: str, form: str) -> str:
    return unicodedata.normalize("NFKD" if "K" in form else "NFD", character)


def safe_to_cut_before(text: str, form: str) -> np.ndarray:
    """Where text may be cut so that its parts can be normalised separately: bool, (n,)."""
    return _starts_anew(form)[_table_index(text)]


def _table_index(text: str) -> np.ndarray:
    return np.minimum(code_points(text), _TABLE_SIZE)


@functools.cache
def _is_mark(form: str) -> np.ndarray:
    """For each code point: whether it is a combining mark that normalisation sorts, or made of such, bool."""
    first = (_decomposed(chr(point), form)[0] for point in range(_TABLE_SIZE))
    return np.array([*(unicodedata.combining(c) > 0 for c in first), False])


@functools.cache
def _starts_anew(form: str) -> np.ndarray:
    """For each code point: whether normalisation never joins it to what is before it, nor moves it there, bool."""
    parts = [unicodedata.decomposition(chr(point)).split() for point in range(_TABLE_SIZE)]
    joins = {chr(int(pair[1], 16)) for pair in parts if len(pair) == 2 and pair[0][0] != "<"}
    joins.update(map(chr, range(0x1160, 0x1200)))  # vowels and final consonants of Hangul
    first = (_decomposed(chr(point), form)[0] for point in range(_TABLE_SIZE))
    return np.array([*(not unicodedata.combining(c) and c not in joins for c in first), True])


@functools.cache
def _stable_alone(form: str) -> np.ndarray:
    """For each code point: whether normalisation neither changes it nor joins it to a neighbour, bool."""
    unchanged = [_normalized(character, form) == character for character in map(chr, range(_TABLE_SIZE))]
    return _starts_anew(form) & np.array([*unchanged, False])


def describe(character: str) -> str:
    """A character for a message, readable in any font: `'é' U+00E9 LATIN SMALL LETTER E WITH ACUTE`."""
    if len(character) != 1:
        return repr(character)
    controls = {"\n": "LINE FEED", "\t": "TAB", "\r": "CARRIAGE RETURN"}
    name = unicodedata.name(character, controls.get(character, "a character without a name"))
    shown = repr(character) if character.isprintable() else ""
    return f"{shown} U+{ord(character):04X} {name}".strip()


def script(character: str) -> str:
    """The script of a letter or mark, or of a word's first character, by its Unicode name; else "Common"."""
    character = character[:1]
    if not character or unicodedata.category(character)[0] not in "LM":
        return "Common"
    first = unicodedata.name(character, "UNKNOWN").split()[0].split("-")[0].title()
    return {"Cjk": "Han", "Combining": "Common", "Fullwidth": "Latin", "Halfwidth": "Katakana"}.get(first, first)


def split_words(text: str) -> list[str]:
    """The words of a text, split at white space; every line end is a word of its own."""
    return re.findall(r"\n|\S+", text)


def common_characters() -> list[str]:
    """ASCII, Latin-1, Latin Extended-A, Greek, Cyrillic and the punctuation of prose, in NFC."""
    blocks = [range(0x20, 0x7F), range(0xA0, 0x180), range(0x370, 0x400), range(0x400, 0x460), range(0x490, 0x492)]
    assigned = (chr(point) for block in blocks for point in block)
    kept = [c for c in itertools.chain(assigned, _PROSE_PUNCTUATION) if unicodedata.category(c)[0] in "LMNPSZ"]
    return list(dict.fromkeys(["\n", "\t", *(unicodedata.normalize("NFC", c) for c in kept)]))
