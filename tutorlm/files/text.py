"""Text files as blocks of clean characters.

The reader takes UTF-8 with or without a byte-order mark, turns the line ends of any system into "\\n" and unpacks
`.gz`. Memory stays flat however long the file or its lines are. Two things are refused, because no text is like that:
more than `LONGEST_RUN` combining marks in a row, and a `.gz` that unfolds to more than `PACKED_FACTOR` times its size
(and to more than `PACKED_FREELY` bytes).
"""

import codecs
import contextlib
import errno
import gzip
import io
import os
import re
import stat
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, cast

import numpy as np

from tutorlm.files.regular import open_regular, require_regular
from tutorlm.unicode import normalize, safe_to_cut_before

BLOCK_CHARACTERS = 1 << 18
LONGEST_RUN = 1 << 18  # characters that cannot be parted, because normalisation may join or sort them
PACKED_FACTOR, PACKED_FREELY = 100, 100_000_000  # text is packed to a third or a tenth of its size
_EDITOR_FILES = re.compile(r"^\.|~$|\.sw[a-p]$|\.(tmp|bak)$|^#.*#$|^__pycache__$|^(Thumbs\.db|desktop\.ini)$")


def list_text_files(source: str | Path | Iterable[str | Path]) -> list[Path]:
    """All text files that `source` names: a file, a folder (with everything below it), or several of them.

    Numbers in names are sorted as numbers (split_2 before split_10). Hidden files and the temporary files of editors
    are skipped. FileNotFoundError if a named path does not exist, or no file is found; ValueError if something is
    neither file nor folder, or if links lead to one folder twice.
    """
    sources = [source] if isinstance(source, (str, Path)) else list(source)
    files = [file for name in sources for file in _files_below(Path(name))]
    if not files:
        raise FileNotFoundError(f"no text file in {', '.join(map(str, sources)) or 'an empty list'}")
    return files


def _files_below(top: Path) -> list[Path]:
    files: list[Path] = []
    seen: dict[tuple[int, int | Path], Path] = {}  # folders by their place on the disk
    waiting = [top]
    while waiting:
        path = waiting.pop()
        state = _state(path)
        if not stat.S_ISDIR(state.st_mode):
            require_regular(state.st_mode, path)
            files.append(path)
            continue
        first = seen.setdefault((state.st_dev, state.st_ino or path), path)  # some systems have no inodes
        if first is not path:
            raise ValueError(
                f"{path} is the folder {first} again, and its text would be read twice. Remove one of them"
            )
        entries = [entry for entry in path.iterdir() if not _EDITOR_FILES.search(entry.name)]
        waiting += sorted(entries, key=_natural_order, reverse=True)
    return files


def _state(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
            raise
        lost = "is a link that leads nowhere" if path.is_symlink() else "does not exist"
        raise FileNotFoundError(f"{path} {lost} (looked from the folder {Path.cwd()})") from None


def _natural_order(path: Path) -> tuple[list[tuple[int, int | str]], str]:
    parts = re.split(r"(\d+)", path.name)
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in parts], path.name


def read_blocks(
    path: str | Path, normalization: str | None = None, keep_whole: str = "", size: int = BLOCK_CHARACTERS
) -> Iterator[str]:
    """The text of a file, in a Unicode normal form, in blocks of about `size` characters.

    The concatenated blocks are the normalised text: no mark is separated from its letter, and no occurrence of the
    string `keep_whole` is cut. ValueError, with file, line and byte, if the file is not UTF-8 text; also if it is no
    file, or holds what no text holds.
    """
    blocks = (normalize(block, normalization) for block in _stable(Path(path), normalization or "NFC", size))
    yield from _cut_again(blocks, lambda text: _last_place_outside(text, keep_whole))


def _stable(path: Path, form: str, size: int) -> Iterator[str]:
    """The text in blocks that can be normalised separately."""
    line = 1

    def last_place(text: str) -> int:
        cut = _last_stable_place(text, form)
        if not cut and len(text) > LONGEST_RUN:
            raise ValueError(
                f"{path}, line {line}: {len(text):,} characters in a row that are combining marks. No text needs so "
                "many; remove them, or the file"
            )
        return cut

    for block in _cut_again(_decoded(path, size), last_place):
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
                _check_unfolded(path, binary)
                yield block
        except UnicodeDecodeError:
            raise ValueError(_where_not_utf8(path)) from None
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise ValueError(f"{path} is a damaged .gz file ({error}); compress it again") from None


@contextlib.contextmanager
def _open_binary(path: Path) -> Iterator[IO[bytes]]:
    with open_regular(path) as file:
        if path.suffix == ".gz":
            with gzip.GzipFile(fileobj=file) as unfolded:
                yield cast("IO[bytes]", unfolded)
        else:
            yield file


def _check_unfolded(path: Path, binary: IO[bytes]) -> None:
    if not isinstance(binary, gzip.GzipFile):
        return
    size = os.fstat(binary.fileno()).st_size
    if binary.tell() > max(PACKED_FREELY, PACKED_FACTOR * size):
        raise ValueError(
            f"{path} unfolds to more than {PACKED_FACTOR} times its {size:,} bytes, as no ordinary text does. "
            f"If it is text all the same, unpack it (gunzip {path.name}) and use the unpacked file"
        )


def _where_not_utf8(path: Path) -> str:
    """The error message; the file is read again to find the place."""
    decoder, offset, line = codecs.getincrementaldecoder("utf-8")(), 0, 1
    with _open_binary(path) as binary, contextlib.suppress(EOFError, zlib.error):
        block = b"first"
        while block:
            block = binary.read(1 << 16)
            pending = len(decoder.getstate()[0])  # bytes of a character that began in the block before
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                place, line = offset - pending + error.start, line + error.object.count(b"\n", 0, error.start)
                return (
                    f"{path}, line {line}, byte {place}: 0x{error.object[error.start]:02x} is not UTF-8 "
                    f"({error.reason}). Save the file as UTF-8, or convert it: "
                    f"iconv -f ISO-8859-1 -t UTF-8 {path.name} (with the file's actual encoding)"
                )
            offset, line = offset + len(block), line + block.count(b"\n")
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
        for begin in (len(text) - 4096, 0):
            safe = np.flatnonzero(safe_to_cut_before(text[begin:], form))
            if len(safe):
                return begin + int(safe[-1])
    return cut


def _last_place_outside(text: str, string: str) -> int:
    """The last place in `text` that is in no occurrence of `string`, however the text continues.

    Of occurrences that overlap in a long chain, such as empty lines for "\\n\\n", those count that do not overlap, from
    the left.
    """
    reach = max(0, len(string) - 1)
    cut = max(0, len(text) - reach)
    for _ in range(100):
        if not reach or string not in text[max(0, cut - reach) : cut + reach]:
            return cut
        cut = text.index(string, max(0, cut - reach))
    for match in re.finditer(re.escape(string), text):
        cut = match.end()
    return cut
