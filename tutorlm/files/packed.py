"""Packed files, unpacked while they are read: gzip, bzip2 and xz, whatever their names are.

What a file may unfold to is limited: to `PACKED_FACTOR` times its size, or to `PACKED_FREELY` bytes if that is more.
"""

import contextlib
import importlib
import os
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from tutorlm.files.regular import FILE_OR_INPUT, open_regular

PACKED_FACTOR, PACKED_FREELY = 100, 100_000_000  # text is packed to a third or a tenth of its size
XZ_MEMORY = 1 << 28  # bytes that unpacking may need; `xz -9` needs 65 MB


class Packing(NamedTuple):
    """A way of packing: how its files begin, Python's module, the commands that unpack a file and print its content."""

    begin: bytes
    module: str
    unpack: str
    show: str


_PACKINGS = {
    ".gz": Packing(rb"\x1f\x8b\x08", "gzip", "gunzip", "gzip -dc"),
    ".bz2": Packing(rb"BZh[1-9](1AY&SY|\x17rE8P\x90)", "bz2", "bunzip2", "bzip2 -dc"),
    ".xz": Packing(rb"\xfd7zXZ\0", "lzma", "unxz", "xz -dc"),
}


def packing_of(path: Path) -> str | None:
    """How a file is packed: ".gz", ".bz2" or ".xz", by its first bytes, or else by its name; None if it is not."""
    with open_regular(path, FILE_OR_INPUT) as file:
        return _packing(path, file.read(16))


def _packing(path: Path, begin: bytes) -> str | None:
    found = [kind for kind, packing in _PACKINGS.items() if re.match(packing.begin, begin)]
    named = path.suffix.lower()
    return found[0] if found else named if named in _PACKINGS else None


def likely_size(path: Path) -> int:
    """The number of bytes of a text, estimated if it is packed."""
    return path.stat().st_size * (4 if packing_of(path) else 1)


def show_command(path: Path) -> str:
    """The command that prints what a packed file holds, such as "gzip -dc"; empty if the file is not packed."""
    kind = packing_of(path)
    return _PACKINGS[kind].show if kind else ""


@contextlib.contextmanager
def open_unpacked(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for reading; what is read is unpacked. ValueError, also while reading, if it is damaged."""
    with open_regular(path, FILE_OR_INPUT) as file:
        begin = file.read(16)
        file.seek(0)
        kind = _packing(path, begin)
        if not kind:
            yield file
            return
        module = _module(path, kind)
        try:
            if kind == ".xz":
                module.LZMADecompressor(memlimit=XZ_MEMORY).decompress(file.read(1024), 1)
                file.seek(0)
            with module.open(file) as unfolded:
                yield unfolded
        except (EOFError, OSError, zlib.error, getattr(module, "LZMAError", EOFError)) as error:
            if getattr(error, "errno", None):  # of the disk
                raise
            raise ValueError(f"{path} is a damaged {kind} file ({error}); compress it again") from None


def _module(path: Path, kind: str) -> Any:
    """Python's module for a packing; some installations lack one."""
    packing = _PACKINGS[kind]
    try:
        return importlib.import_module(packing.module)
    except ImportError:
        raise ValueError(
            f"{path} is a {kind} file, and this Python was built without its module {packing.module}. "
            f"Unpack it first ({packing.unpack} {path.name})"
        ) from None


def check_unfolded(path: Path, file: IO[bytes]) -> None:
    """ValueError if more was read from an opened file than its size explains."""
    size = os.fstat(file.fileno()).st_size
    if file.tell() > max(PACKED_FREELY, PACKED_FACTOR * size):
        unpack = _PACKINGS[packing_of(path) or ".gz"].unpack
        raise ValueError(
            f"{path} unfolds to more than {PACKED_FACTOR} times its {size:,} bytes, as no ordinary text does. "
            f"If it is text all the same, unpack it ({unpack} {path.name}) and use the unpacked file"
        )
