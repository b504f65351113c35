"""Text files as blocks of clean characters.

One reader serves dictionary and corpus: UTF-8 (a byte-order mark is passed over), line
ends of any system become "\\n", `.gz` is unpacked, and memory stays flat however long
the file or its lines are.
"""

from __future__ import annotations

import contextlib
import functools
import gzip
import io
import itertools
import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import numpy as np

BLOCK_CHARACTERS = 1 << 18
_EDITOR_FILES = re.compile(r"^\.|~$|\.sw[a-p]$|\.(tmp|bak)$|^#.*#$|^__pycache__$|^(Thumbs\.db|desktop\.ini)$")


def list_text_files(source: str | Path | Iterable[str | Path]) -> list[Path]:
    """All text files that `source` names: a file, a folder (with all below it), or several of them.

    Whatever their names end in; numbers in names count as numbers (split_2 before split_10).
    Hidden files and what editors leave behind are passed over.

    Raises:
        FileNotFoundError: a named path does not exist, or there is no file at all.
    """
    sources = [source] if isinstance(source, (str, Path)) else list(source)
    files = [file for name in sources for file in _files_below(Path(name))]
    if not files:
        raise FileNotFoundError(f"no text file in {', '.join(map(str, sources)) or 'an empty list'}")
    return files


def _files_below(path: Path) -> list[Path]:
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist (looked from the folder {Path.cwd()})")
    if path.is_file():
        return [path]
    entries = [entry for entry in path.iterdir() if not _EDITOR_FILES.search(entry.name)]
    return [file for entry in sorted(entries, key=_natural) for file in _files_below(entry)]


def _natural(path: Path) -> tuple[list[tuple[int, int | str]], str]:
    parts = re.split(r"(\d+)", path.name)
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in parts], path.name


def read_blocks(
    path: str | Path, normalization: str | None = None, keep_whole: str = "", size: int = BLOCK_CHARACTERS
) -> Iterator[str]:
    """The text of a file, in a Unicode normal form, in blocks of about `size` characters.

    The blocks joined are the normalised text: no mark is parted from its letter. No occurrence
    of the string `keep_whole` is parted either.

    Raises:
        ValueError: not UTF-8 text; the message names file, line and byte.
    """
    path = Path(path)
    blocks = (normalize(block, normalization) for block in _safe_cuts(_decoded(path, size), normalization or "NFC"))
    line = 1
    for block in _without_cutting(keep_whole, blocks):
        if "\0" in block:
            line += block.count("\n", 0, block.index("\0"))
            raise ValueError(
                f"{path}, line {line}: a NUL character. This looks like UTF-16 or a binary file; "
                "save it as UTF-8 text, or take it out of the folder"
            )
        line += block.count("\n")
        yield block


def _decoded(path: Path, size: int) -> Iterator[str]:
    with _open_binary(path) as binary:
        text = io.TextIOWrapper(binary, encoding="utf-8-sig", newline=None)
        try:
            while block := text.read(size):
                yield block
        except UnicodeDecodeError:
            raise ValueError(_where_not_utf8(path)) from None
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise ValueError(f"{path} is a damaged .gz file ({error}); pack it anew") from None


def _open_binary(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def _where_not_utf8(path: Path) -> str:
    """The message for a file that failed to decode: a second reading, line by line."""
    offset = 0
    with _open_binary(path) as binary, contextlib.suppress(EOFError, zlib.error):
        for number, line in enumerate(binary, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                return (
                    f"{path}, line {number}, byte {offset + error.start}: 0x{line[error.start]:02x} is not UTF-8 "
                    f"({error.reason}). Save the file as UTF-8, or convert it: "
                    f"iconv -f ISO-8859-1 -t UTF-8 {path.name} (with the encoding it really has)"
                )
            offset += len(line)
    return f"{path} is not UTF-8 text"


def _safe_cuts(pieces: Iterator[str], form: str) -> Iterator[str]:
    """The same text in pieces that can each be normalised alone."""
    rest = ""
    for piece in pieces:
        text = rest + piece
        cut = max(text.rfind("\n"), text.rfind(" ")) + 1
        if cut < len(text) - 4096:  # no white space near the end: a script or a file that has none
            last = text[-4096:]
            stable = np.flatnonzero(_stable_alone(form)[np.minimum(code_points(last), _LOOKED_UP)])
            cut = len(text) - len(last) + int(stable[-1]) if len(stable) else cut
        if cut:
            yield text[:cut]
        rest = text[cut:]
    if rest:
        yield rest


def _without_cutting(string: str, pieces: Iterator[str]) -> Iterator[str]:
    """The same text in pieces none of which ends inside an occurrence of `string`."""
    rest, reach = "", len(string) - 1
    for piece in pieces:
        text = rest + piece
        cut = max(0, len(text) - max(0, reach))
        while reach > 0 and string in text[max(0, cut - reach) : cut + reach]:
            cut = text.index(string, max(0, cut - reach))
        if cut:
            yield text[:cut]
        rest = text[cut:]
    if rest:
        yield rest


def code_points(text: str) -> np.ndarray:
    """The characters of `text` as numbers, uint32 of shape (len(text),)."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def normalize(text: str, form: str | None) -> str:
    """`text` in a Unicode normal form; None leaves it as it is.

    Nearly all text is in NFC already. An array look-up finds the pieces that may not be, and
    only these go to `unicodedata`, which is several times slower.
    """
    if form is None or text.isascii():
        return text
    stable = _stable_alone(form)[np.minimum(code_points(text), _LOOKED_UP)]
    if stable.all():
        return text
    places = np.flatnonzero(stable)  # in front of each of these the text may be cut
    cuts = places[np.searchsorted(places, np.arange(0, places[-1], 4096))] if len(places) else []
    bounds = [0, *cuts, len(text)]
    pieces = [(text[a:b], stable[a:b].all()) for a, b in itertools.pairwise(bounds)]
    return "".join(piece if clean else unicodedata.normalize(form, piece) for piece, clean in pieces)


_LOOKED_UP = 0x20000  # code points from here on, rare ideographs mostly, are left to `unicodedata`


@functools.cache
def _stable_alone(form: str) -> np.ndarray:
    """For each code point: whether normalisation never changes it nor joins it to its neighbours, bool."""
    characters = [chr(point) for point in range(_LOOKED_UP)]
    decompositions = [unicodedata.decomposition(character).split() for character in characters]
    joins = {chr(int(parts[1], 16)) for parts in decompositions if len(parts) == 2 and parts[0][0] != "<"}
    joins.update(map(chr, range(0x1160, 0x1200)))  # vowels and final consonants of Hangul
    stable = [
        not unicodedata.combining(c) and c not in joins and unicodedata.normalize(form, c) == c for c in characters
    ]
    return np.array([*stable, False])


def describe(character: str) -> str:
    """A character for a message, readable in any font: `'é' U+00E9 LATIN SMALL LETTER E WITH ACUTE`."""
    if len(character) != 1:
        return repr(character)
    controls = {"\n": "LINE FEED", "\t": "TAB", "\r": "CARRIAGE RETURN"}
    name = unicodedata.name(character, controls.get(character, "a character without a name"))
    shown = repr(character) if character.isprintable() else ""
    return f"{shown} U+{ord(character):04X} {name}".strip()


def script(character: str) -> str:
    """The script of a letter or mark, by the first word of its Unicode name; else "Common".

    For a word, that of its first character.
    """
    character = character[:1]
    if not character or unicodedata.category(character)[0] not in "LM":
        return "Common"
    first = unicodedata.name(character, "UNKNOWN").split()[0].split("-")[0].title()
    return {"Cjk": "Han", "Combining": "Common", "Fullwidth": "Latin", "Halfwidth": "Katakana"}.get(first, first)
