"""Atomic writes, so that a killed process or a full disk leaves the old content whole; and the cache folder."""

import contextlib
import glob
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from tutorlm.files.regular import expanded


@contextlib.contextmanager
def atomic_write(path: str | Path) -> Iterator[IO[bytes]]:
    """Open `path` for binary writing; the file appears, whole, only when the block succeeds.

    Missing parent folders are created. The bytes go to a hidden temporary file in the same folder, are flushed to
    disk, and take the name in one step. After an OSError (a full disk) the previous file, if any, is unchanged.
    """
    path = expanded(path)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise OSError(
            error.errno,
            f"could not write {path} ({error.strerror}). Free some space or choose a writable folder; "
            f"{'the previous file is unchanged' if exists(path) else 'nothing was left behind'}",
        ) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def remove_unfinished(path: Path) -> None:
    """Delete the temporary files of `atomic_write(path)` that killed processes left behind."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.tmp"):
        left.unlink(missing_ok=True)


def exists(path: Path) -> bool:
    """Whether a file or folder exists; False also if permission is denied or the name is too long."""
    return os.path.exists(path)  # noqa: PTH110 – Path.exists raises in these cases


def cache_folder() -> Path:
    """The folder for files that can be made or downloaded again: `TUTORLM_CACHE`, or `~/.cache/tutorlm`."""
    if chosen := os.environ.get("TUTORLM_CACHE"):
        return Path(chosen).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "tutorlm"
