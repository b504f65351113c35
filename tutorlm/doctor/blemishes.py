"""What prose does not hold: markup, tables, control characters, the letters of a wrong encoding."""

import functools
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from tutorlm.unicode import CODE_POINTS, code_points, describe, normalize


class Blemish(NamedTuple):
    """Something in a piece of text that prose does not hold."""

    kind: str
    times: int
    position: int  # of the first, in the piece
    example: str


def find_blemishes(text: str) -> Iterator[Blemish]:
    """All kinds of blemishes in a piece of text, which consists of whole lines."""
    yield from _odd_characters(text)
    for kind, sign, search in _MARKUP:
        if sign in text and (first := search.search(text)):
            yield Blemish(kind, sum(1 for _ in search.finditer(text)), first.start(), first.group())
    for kind, sign, holds in _LINES:
        if sign in text:
            yield from _lines_that(kind, text, holds)
    if not text.isascii() and _MAYBE_MISREAD.search(text):
        yield from _lines_that("misread", text, _is_misread)
    composed = normalize(text, "NFC")
    if composed != text:
        pairs = zip(text.split("\n"), composed.split("\n"), strict=True)
        changed = {line for line, in_nfc in pairs if line != in_nfc}
        yield from _lines_that("decomposed", text, changed.__contains__)


def _lines_that(kind: str, text: str, holds: Callable[[str], Any]) -> Iterator[Blemish]:
    count, first, position, example = 0, 0, 0, ""
    for line in text.split("\n"):
        if line and holds(line):
            if not count:
                first, example = position, line
            count += 1
        position += len(line) + 1
    if count:
        yield Blemish(kind, count, first, example)


# -- characters ---------------------------------------------------------------------------------------

_INVISIBLE = [
    0xAD, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0x3164, 0xFEFF,
    *range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080),
]  # fmt: skip
# Arabic letters in their positions, Latin ligatures, and the narrow letters of old Japanese and Korean machines.
_PRESENTATION = [
    *range(0xFB00, 0xFB07), *range(0xFB50, 0xFBC0), *range(0xFBD3, 0xFD3E), *range(0xFE70, 0xFEFD),
    *range(0xFF61, 0xFFDD),
]  # fmt: skip
_NEEDED = re.compile(
    "(?<=[\u0e00-\u109f\u1780-\u17ff])\u200b|\u200b(?=[\u0e00-\u109f\u1780-\u17ff])"  # between words of Thai, Khmer …
    "|(?<=\U0001f3f4)[\U000e0020-\U000e007f]+"  # in flags
)
_CHARACTERS = ("control", "invisible", "private", "damaged", "presentation")


@functools.cache
def _kind_of_point() -> np.ndarray:
    """For each code point: 0, or the number of its kind in `_CHARACTERS`, from 1."""
    kinds = np.zeros(CODE_POINTS, np.uint8)
    kinds[[*range(32), *range(0x7F, 0xA0), 0x2028, 0x2029]] = 1
    kinds[[9, 10]] = 0
    kinds[_INVISIBLE] = 2
    kinds[[*range(0xE000, 0xF900), *range(0xF0000, 0xFFFFE), *range(0x100000, 0x10FFFE)]] = 3
    kinds[0xFFFD] = 4
    kinds[_PRESENTATION] = 5
    return kinds


def _odd_characters(text: str) -> Iterator[Blemish]:
    if "\u200b" in text or "\U0001f3f4" in text:
        text = _NEEDED.sub(lambda found: " " * len(found.group()), text)
    kinds = _kind_of_point()[code_points(text)]
    for number in np.flatnonzero(np.bincount(kinds, minlength=2)[1:]) + 1:
        places = np.flatnonzero(kinds == number)
        first = int(places[0])
        yield Blemish(_CHARACTERS[number - 1], len(places), first, describe(text[first]))


# -- markup ---------------------------------------------------------------------------------------------

_TAGS = "p|br|div|span|a|b|i|u|em|strong|table|t[rdh]|[uo]l|li|h[1-6]|html|body|img|font|su[pb]|ref"
_NAMED = r"\S+(?: \S+){0,4} (?:O|[BIES]-[A-Z]\w+)"  # a word, and of what kind of name it is a part
_MARKUP = [  # kind, a sign without which the search is spared, and the search
    ("html", "<", re.compile(rf"</?(?:{_TAGS})(?:\s[^<>\n]{{0,500}})?/?>|</(?!(?:s|doc)>)[a-z][\w:.-]{{0,40}}>", re.I)),
    ("entities", "&", re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{2,6}|#x[0-9a-f]{2,6});", re.I)),
    ("escapes", "\\u", re.compile(r"\\u[0-9a-f]{4}", re.I)),
    ("escapes", "=", re.compile(r"=[0-9A-F]{2}(?:=[0-9A-F]{2})+")),
    ("wiki", "[[", re.compile(r"\[\[[^\[\]\n]{1,200}\]\]")),
    ("wiki", "{{", re.compile(r"\{\{[^{}\n]{1,200}[|}]")),
    ("wiki", "'''", re.compile(r"'''[^'\n]{1,200}'''")),
    ("placeholders", "<", re.compile(r"<(?:unk|pad|mask|num)>", re.I)),
    ("document tags", "<", re.compile(r"<doc(?: [^<>\n]{0,500})?>|</doc>", re.I)),
    ("separators", "<", re.compile(r"<\|?(?:endoftext|eos|bos|sep|/s)\|?>", re.I)),
    ("separators", "[", re.compile(r"\[(?:SEP|CLS|EOS|BOS|DOC)\]")),
    ("rules", "\n", re.compile(r"^[ \t]*(?:([*#=~_+•-])(?:[ \t]*\1){2,}|%)[ \t]*$", re.M)),
    ("columns", " O\n", re.compile(rf"^{_NAMED}\n(?={_NAMED}$)", re.M)),
    ("lost", "??", re.compile(r"\?{2,50}(?: \?{1,50}){2,50}")),
]
_LINES: list[tuple[str, str, Callable[[str], Any]]] = [  # the same of whole lines
    ("json", '":', re.compile(r'[ \t]{0,100}\{?[ \t]{0,100}"[^"]{1,50}":\s?\S').match),
    ("columns", "\t", lambda line: "\t" in line.strip("\t")),
    ("headings", "=", lambda line: line.strip()[:1] == line.strip()[-1:] == "=" and bool(re.search(r"\w", line))),
]


# -- text of another encoding ------------------------------------------------------------------------------

_CP1252 = {ord(bytes([byte]).decode("cp1252")): byte for byte in range(128, 160) if byte not in b"\x81\x8d\x8f\x90\x9d"}
_CP1251 = "\u0400-\u040f\u0450-\u045f\xa0-\xbf‚„…†‡€‰‹‘’“”•–—™›Ґґ№"  # the second byte of a Russian letter
_SIGNS = (
    "(?<=[√├])[\xa0-\xff†ß≥±]"  # Latin letters that were read as those of a Mac or of DOS
    f"|(?<=[РС])[{_CP1251}](?:[РС][{_CP1251}]){{2}}"  # Russian ones, as those of Windows 1251
    "|쏙옙|斤拷"  # U+FFFD, as Korean or Chinese
)
_FOREIGN = re.compile(f"[РС√├占锟](?:{_SIGNS})")
_MAYBE_MISREAD = re.compile(  # it begins with a set of characters, because nothing is searched faster
    f"[\u00a1-\u00ffРС√├占锟](?:{_SIGNS}"
    f"|(?<=[\u00c2-\u00f4])[\u0080-\u00bf{''.join(map(chr, _CP1252))}]"  # two bytes of UTF-8, each as a character
    "|[\u00a1-\u00ff]{5})"  # words of an encoding of Korean, Chinese, Cyrillic …; no language in Latin letters has such
)
_HARDLY = re.compile(  # what a misread word is not: rare letters, and Latin letters beside those of another script
    "[\u0180-\u019f\u01a2-\u01ae\u01b1-\u0217\u021c-\u02ff]"
    r"|[A-Za-z][^\W\d_\u0000-\u024f\u1e00-\u1eff]|[^\W\d_\u0000-\u024f\u1e00-\u1eff][A-Za-z]"
)
_CAPITAL_AT_END = re.compile(r"[A-Z][À-ß]\W+$")  # as in AMANHÃ…


def _is_misread(line: str) -> bool:
    """Whether a line has words of UTF-8 that was read as Latin-1 or Windows' 1252, or of another encoding read so."""
    if not _MAYBE_MISREAD.search(line):
        return False
    if _FOREIGN.search(line):
        return True
    runs = re.findall("[\u00a1-\u00ff]{6,}", line)
    return any(len(set(run)) > 3 for run in runs) or any(map(_is_misread_word, line.split(" ")))


def _is_misread_word(word: str) -> bool:
    try:
        read = word.translate(_CP1252).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return False
    return read != word and not _HARDLY.search(read) and not _CAPITAL_AT_END.search(word)
