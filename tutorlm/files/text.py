"""Text files as blocks of clean characters.

The reader takes UTF-8 with or without a byte-order mark, turns the line ends of any system into "\\n" and unpacks
`.gz`. Memory stays flat however long the file or its lines are.
"""

import contextlib
import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO

import numpy as np

from tutorlm.unicode import normalize, safe_to_cut_before

BLOCK_CHARACTERS = 1 << 18
_EDITOR_FILES = re.compile(r"^\.|~$|\.sw[a-p]$|\.(tmp|bak)$|^#.*#$|^__pycache__$|^(Thumbs\.db|desktop\.ini)$")


def list_text_files(source: str | Path | Iterable[str | Path]) -> list[Path]:
    """All text files that `source` names: a file, a folder (with everything below it), or several of them.

    Numbers in names are sorted as numbers (split_2 before split_10). Hidden files and the temporary files of editors
    are skipped. FileNotFoundError if a named path does not exist, or no file is found.
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
    return [file for entry in sorted(entries, key=_natural_order) for file in _files_below(entry)]


def _natural_order(path: Path) -> tuple[list[tuple[int, int | str]], str]:
    parts = re.split(r"(\d+)", path.name)
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in parts], path.name


def read_blocks(
    path: str | Path, normalization: str | None = None, keep_whole: str = "", size: int = BLOCK_CHARACTERS
) -> Iterator[str]:
    """The text of a file, in a Unicode normal form, in blocks of about `size` characters.

    The concatenated blocks are the normalised text: no mark is separated from its letter, and no occurrence of the
    string `keep_whole` is cut. ValueError, with file, line and byte, if the file is not UTF-8 text.
    """
    path, line = Path(path), 1
    stable = _cut_again(_decoded(path, size), lambda text: _last_stable_place(text, normalization or "NFC"))
    blocks = (normalize(block, normalization) for block in stable)
    for block in _cut_again(blocks, lambda text: _last_place_outside(text, keep_whole)):
        if "\0" in block:
            line += block.count("\n", 0, block.index("\0"))
            raise ValueError(
                f"{path}, line {line}: a NUL character. This looks like UTF-16 or a binary file; "
                "save it as UTF-8 text, or remove it from the folder"
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
            raise ValueError(f"{path} is a damaged .gz file ({error}); compress it again") from None


def _open_binary(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def _where_not_utf8(path: Path) -> str:
    """The error message; the file is read again, line by line, to find the place."""
    offset = 0
    with _open_binary(path) as binary, contextlib.suppress(EOFError, zlib.error):
        for number, line in enumerate(binary, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                return (
                    f"{path}, line {number}, byte {offset + error.start}: 0x{line[error.start]:02x} is not UTF-8 "
                    f"({error.reason}). Save the file as UTF-8, or convert it: "
                    f"iconv -f ISO-8859-1 -t UTF-8 {path.name} (with the file's actual encoding)"
                )
            offset += len(line)
    return f"{path} is not UTF-8 text"


def _cut_again(pieces: Iterable[str], last_place: Callable[[str], int]) -> Iterator[str]:
    """The same text in pieces that end where `last_place` says that the text read so far may be cut."""
    rest = ""
    for piece in pieces:
        text = rest + piece
        cut = last_place(text)
        if cut:
            yield text[:cut]
        rest = text[cut:]
    if rest:
        yield rest


def _last_stable_place(text: str, form: str) -> int:
    """The last place where `text` may be cut so that both parts can be normalised separately; 0 if there is none."""
    cut = max(text.rfind("\n"), text.rfind(" ")) + 1
    if cut < len(text) - 4096:  # no white space near the end: a script or a file without any
        safe = np.flatnonzero(safe_to_cut_before(text[-4096:], form))
        cut = len(text) - 4096 + int(safe[-1]) if len(safe) else cut
    return cut


def _last_place_outside(text: str, string: str) -> int:
    """The last place in `text` that is in no occurrence of `string`, however the text continues."""
    reach = max(0, len(string) - 1)
    cut = max(0, len(text) - reach)
    while reach and string in text[max(0, cut - reach) : cut + reach]:
        cut = text.index(string, max(0, cut - reach))
    return cut
