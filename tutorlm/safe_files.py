"""Two habits with files: write all or nothing, and never run what a file brings along.

`atomic_write` gives a file its new content in one step, so that a killed process or a
full disk leaves the old content whole. `SafePickle` reads pickles that hold data only:
a pickle may name any function of any module and have it called while it is read, so
every name outside a short list is refused before anything happens.
"""

from __future__ import annotations

import contextlib
import glob
import os
import pickle
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

_UMASK_LOCK = threading.Lock()


class UnsafeFileError(ValueError):
    """A file asks for code to be run, or is not what its reader expects."""


@contextlib.contextmanager
def atomic_write(path: str | Path) -> Iterator[IO[bytes]]:
    """Open `path` for binary writing; it appears, whole, only when the block ends well.

    Missing parent folders are made. The bytes go to a hidden file in the same folder,
    reach the disk, and take the name by `os.replace`.

    Raises:
        OSError: the folder is not writable or the disk is full. The message says that
            whatever stood at `path` before stands there still.
    """
    path = Path(path)
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_default_mode())
        temporary.replace(path)
    except OSError as error:
        raise OSError(
            error.errno,
            f"could not write {path} ({error.strerror}). Free some space or choose a folder you may "
            f"write to; {'the former file is untouched' if exists(path) else 'nothing was left behind'}",
        ) from error
    finally:
        if temporary:
            temporary.unlink(missing_ok=True)


def exists(path: Path) -> bool:
    """Whether there is such a file or folder; False, too, where one may not look or the name is too long."""
    return os.path.exists(path)  # noqa: PTH110 – Path.exists raises in these cases


def cache_folder() -> Path:
    """Where files are kept that can be made or loaded again: `TUTORLM_CACHE`, or `~/.cache/tutorlm`."""
    if chosen := os.environ.get("TUTORLM_CACHE"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "tutorlm"


def remove_unfinished(path: Path) -> None:
    """Delete what killed processes left of their attempts to write `path` by `atomic_write`."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.tmp"):
        left.unlink(missing_ok=True)


def _default_mode() -> int:
    """The permissions an ordinary new file gets (a temporary file is private to its owner)."""
    with _UMASK_LOCK:  # it can only be asked for by setting it, for all threads
        mask = os.umask(0)
        os.umask(mask)
    return 0o666 & ~mask


class SafePickle:
    """A stand-in for the module `pickle`, for reading, that knows only the names given.

    Args:
        allowed: `{(module, name): object to use}`; every other name in a file is refused.

    `torch.load(pickle_module=…)` takes it in place of `pickle`, for zip and legacy files alike.
    """

    def __init__(self, allowed: Mapping[tuple[str, str], Any]) -> None:
        class Unpickler(pickle.Unpickler):
            def find_class(self, module: str, name: str) -> Any:
                if (module, name) not in allowed:
                    raise UnsafeFileError(
                        f"the file asks for '{module}.{name}', which data of this kind never needs; "
                        "it was not run. Do not use this file unless you know who made it"
                    )
                return allowed[module, name]

        self.Unpickler = Unpickler
        self.__name__ = "pickle"

    def load(self, file: IO[bytes], **options: Any) -> Any:
        """Read one pickled object from an open binary file."""
        return self.Unpickler(file, **options).load()
