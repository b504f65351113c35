"""Opening files that are files: no pipe that never ends, no device, no folder; and text that is no name of a file."""

import hashlib
import os
import stat
from pathlib import Path
from typing import IO

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
FILE_OR_INPUT = "Give the name of a regular file; to read from a pipe, give - and connect it to standard input"


def require_text(text: str) -> None:
    """Raise a ValueError for a string that is to be read as text, but looks like the name of a file and is one.

    Folders count, too, and a `~` at the beginning; but not "/", "." and "..", which are punctuation.
    """
    if "\n" in text or not ("/" in text or "." in text or os.sep in text) or not text.strip("./~" + os.sep):
        return
    if os.path.exists(os.path.expanduser(text)):  # noqa: PTH110, PTH111 – False for what cannot be a name
        kind = "folder" if os.path.isdir(os.path.expanduser(text)) else "file"  # noqa: PTH111, PTH112
        raise ValueError(f"{text!r} is the name of a {kind} here, and not a text: give Path({text!r}) to read it")


def expanded(path: str | Path) -> Path:
    """`path`, in which a leading `~` is the user's home folder."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 – Path.expanduser fails if `~name` is no user, but a file


def open_regular(path: str | Path, remedy: str = "Give the name of a regular file") -> IO[bytes]:
    """Open a file for reading; anything else under this name is refused at once.

    ValueError for a folder, pipe, device or socket; OSError, as from `open`, if there is no such file.
    """
    path = expanded(path)
    require_regular(os.stat(path).st_mode, path, remedy)  # noqa: PTH116 – before a device is touched
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    file = os.fdopen(os.open(path, flags), "rb")
    try:
        require_regular(os.fstat(file.fileno()).st_mode, path, remedy)
    except ValueError:
        file.close()
        raise
    return file


def require_regular(mode: int, path: str | Path, remedy: str = "Give the name of a regular file") -> None:
    """Raise a ValueError if `mode`, of `os.stat(path)`, is not that of a regular file."""
    if not stat.S_ISREG(mode):
        kind = _KINDS.get(stat.S_IFMT(mode), "something else")
        raise ValueError(f"{path} is {kind}, not a file. {remedy}")


def sha256_of(path: str | Path) -> str:
    """The SHA-256 of a regular file, in hexadecimal digits."""
    hashed = hashlib.sha256()
    with open_regular(path) as content:
        for block in iter(lambda: content.read(1 << 20), b""):
            hashed.update(block)
    return hashed.hexdigest()
