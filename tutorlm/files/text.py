"""Text files as blocks of clean characters.

The reader takes UTF-8, and UTF-16 and UTF-32 with a byte-order mark, turns the line ends of any system into "\\n" and
unpacks what is packed. Memory stays flat however long the file or its lines are. Two things are refused, because no
text is like that: more than `LONGEST_RUN` combining marks in a row, and a file that unfolds to far more than text does.

A path may begin with `~`, the user's home folder. The path `-` is standard input, and the shell's `<(command)` a pipe.
"""

import atexit
import codecs
import contextlib
import errno
import functools
import io
import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from tutorlm.files.encodings import advice, escaped, marked_encoding, other_kind, unmarked_utf16
from tutorlm.files.packed import check_unfolded, open_unpacked, show_command
from tutorlm.files.regular import FILE_OR_INPUT, expanded, require_regular
from tutorlm.messages import warn_user
from tutorlm.unicode import normalize, safe_to_cut_before

BLOCK_CHARACTERS = 1 << 18
LONGEST_RUN = 1 << 18  # characters that cannot be parted, because normalisation may join or sort them
_HEAD, _SAMPLE = 1 << 12, 1 << 14  # bytes that tell what a file is, and in which encoding
_NO_TEXT = re.compile(r"^\.|~$|^#.*#$|^__pycache__$|^(thumbs\.db|desktop\.ini)$", re.IGNORECASE)
_EVERYWHERE = {
    ".ds_store", ".localized", ".directory", "thumbs.db", "desktop.ini", ".git", ".gitignore", ".gitattributes",
    ".gitkeep", ".encoded", ".lock", ".running", ".cache", ".ipynb_checkpoints", "__pycache__",
}  # fmt: skip


def list_text_files(source: str | Path | Iterable[str | Path]) -> list[Path]:
    """All text files that `source` names: a file, a folder (with everything below it), `-`, or several of them.

    Numbers in names are sorted as numbers (split_2 before split_10). Hidden files, and what certainly is no text, are
    passed over in folders; a warning names them, apart from those that are everywhere. Standard input is copied to a
    file first. FileNotFoundError if a named path does not exist, or no file is found; ValueError if something is
    neither file nor folder, or if links lead to one folder twice.
    """
    sources = [source] if isinstance(source, (str, Path)) else list(source)
    passed_over: list[Path] = []
    files = [file for name in sources for file in _files_below(_named(name), passed_over)]
    told = [str(path) for path in passed_over if path.name.lower() not in _EVERYWHERE]
    if told:
        more = f" and {len(told) - 5:,} more" if len(told) > 5 else ""
        warn_user(
            f"passed over, as hidden or no text: {', '.join(told[:5])}{more}. To read such a file, give its own name"
        )
    if not files:
        raise FileNotFoundError(f"no text file in {', '.join(map(str, sources)) or 'an empty list'}")
    return files


def _named(path: str | Path) -> Path:
    name = "-" if str(path) == "/dev/stdin" else str(path)
    return _copied(name) if name == "-" or re.fullmatch(r"/dev/fd/\d+", name) else expanded(path)


@functools.cache
def _copied(name: str) -> Path:
    """A copy of standard input, or of a pipe of the shell's, because some texts are read twice.

    It is deleted when Python ends.
    """
    if name == "-" and sys.stdin is None:
        raise ValueError("standard input is closed: name a file instead of -")
    folder = tempfile.mkdtemp(prefix="tutorlm-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    copy = Path(folder, "standard_input" if name == "-" else "pipe")
    try:
        source = contextlib.nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb")  # noqa: SIM115 – closed below
        with copy.open("wb") as file, source as pipe:
            shutil.copyfileobj(pipe, file, 1 << 20)
    except OSError as error:
        copy.unlink(missing_ok=True)
        remedy = "Name a folder with enough space by the environment variable TMPDIR"
        raise OSError(error.errno, f"could not copy {name} to {folder} ({error.strerror}). {remedy}") from None
    return copy


def _files_below(top: Path, passed_over: list[Path]) -> list[Path]:
    files: list[Path] = []
    seen: dict[tuple[int, int | Path], Path] = {}  # folders by their place on the disk
    waiting = [top]
    while waiting:
        path = waiting.pop()
        state = _state(path)
        if not stat.S_ISDIR(state.st_mode):
            require_regular(state.st_mode, path, FILE_OR_INPUT)
            files.append(path.absolute() if str(path)[0] in "-~" else path)  # it was found, and means itself
            continue
        first = seen.setdefault((state.st_dev, state.st_ino or path), path)  # some systems have no inodes
        if first is not path:
            raise ValueError(f"{path} is the folder {first} again, and its text would be read twice. Remove the link")
        entries = sorted(path.iterdir(), key=_natural_order, reverse=True)
        waiting += [entry for entry in entries if not _NO_TEXT.search(entry.name)]
        passed_over += [entry for entry in reversed(entries) if _NO_TEXT.search(entry.name)]
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
    string `keep_whole` is cut. Byte-order marks (U+FEFF) at the starts of lines are left out, with a warning.
    ValueError, with file, line and byte, if the file is not Unicode text; also if it is no file, or holds what no text
    holds.
    """
    blocks = (normalize(block, normalization) for block in _stable(_named(path), normalization or "NFC", size))
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

    before, told = "\n", False
    for block in _cut_again(_decoded(path, size), last_place):
        text = block
        if "\0" in block:
            raise ValueError(_what_nul_means(path, line + block.count("\n", 0, block.index("\0"))))
        if "\x1b$" in block and (found := escaped(block, path.name, show_command(path))):
            place = line + block.count("\n", 0, found[0])
            raise ValueError(f"{path}, line {place}: an escape sequence to another alphabet. {found[1]}")
        if "\ufeff" in block:
            text = re.sub("\n\ufeff+", "\n", before + block)[1:]
            if len(text) < len(block) and not told:
                _tell_mark(path, line, before + block)
                told = True
        before = text[-1:] or before
        line += block.count("\n")
        if text:
            yield text


def _tell_mark(path: Path, line: int, text: str) -> None:
    """Warn of the first mark; `text` is one character and the text from the start of `line` on, or within it."""
    line += text.count("\n", 1, text.index("\n\ufeff") + 1)
    warn_user(
        f"{path}, line {line}: a byte-order mark (U+FEFF) at the start of a line, as joining files leaves it there. "
        "It is left out, here and at the start of every other line of this file"
    )


def _decoded(path: Path, size: int) -> Iterator[str]:
    with open_unpacked(path) as binary:
        head = binary.read(_HEAD)
        if said := other_kind(head):
            raise ValueError(f"{path} {said}")
        encoding, mark = marked_encoding(head)
        binary.seek(mark)
        text = io.TextIOWrapper(binary, encoding=encoding, newline=None)
        try:
            while block := text.read(size):
                check_unfolded(path, binary)
                yield block
        except UnicodeDecodeError:
            raise ValueError(_where_undecodable(path, encoding)) from None


def _what_nul_means(path: Path, line: int) -> str:
    with open_unpacked(path) as binary:
        head = binary.read(_HEAD)
    place = f"{path}, line {line}: a NUL character. "
    if unmarked_utf16(head) and not marked_encoding(head)[1]:
        return place + advice(b"\0", head, path.name, show_command(path))
    return place + "This looks like UTF-16 or a binary file; save it as UTF-8 text, or remove it from the folder"


def _where_undecodable(path: Path, encoding: str) -> str:
    """The error message; the file is read again to find the place."""
    decoder, offset, line, ascii_only = codecs.getincrementaldecoder(encoding)(), 0, 1, True
    with open_unpacked(path) as binary:
        head, block = binary.read(_HEAD), b"first"
        binary.seek(0)
        while block:
            block = binary.read(1 << 16)
            pending = len(decoder.getstate()[0])  # bytes of a character that began in the block before
            try:
                text = decoder.decode(block, final=not block)
                line, ascii_only = line + text.count("\n"), ascii_only and text.isascii()
            except UnicodeDecodeError as error:
                sample = _sample(error) + binary.read(_SAMPLE)
                line += error.object[: error.start].decode(encoding).count("\n")
                byte = f"{path}, line {line}, byte {offset - pending + error.start}: 0x{error.object[error.start]:02x}"
                said = f"{byte} is not {encoding.upper()} ({error.reason}). "
                if encoding != "utf-8":
                    return f"{said}The file begins like {encoding.upper()} and is damaged here: save it again as UTF-8"
                if not block and not ascii_only:  # another encoding would have failed before the end
                    return f"{said}The file was cut within its last character: copy it whole, or remove that character"
                return said + advice(sample[:_SAMPLE], head, path.name, show_command(path))
            offset += len(block)
    return f"{path} is not {encoding.upper()} text"


def _sample(error: UnicodeDecodeError) -> bytes:
    """The bytes from the line on where decoding failed; of a long line, from the last ASCII character on."""
    before = error.object[: error.start]
    begin = before.rfind(b"\n") + 1
    return error.object[begin if error.start - begin < 1000 else len(before.rstrip(bytes(range(128, 256)))) :]


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
    the left. A word is not cut either, unless it is very long.
    """
    reach = max(0, len(string) - 1)
    cut = max(0, len(text) - reach)
    if reach:
        near = max(0, cut - 4096)
        cut = max(text.rfind(" ", near, cut), text.rfind("\n", near, cut)) + 1 or (near and cut)
    for _ in range(100):
        if not reach or string not in text[max(0, cut - reach) : cut + reach]:
            return cut
        cut = text.index(string, max(0, cut - reach))
    for match in re.finditer(re.escape(string), text):
        cut = match.end()
    return cut
