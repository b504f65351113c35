"""One run at a time in a folder.

While a run lasts, its folder has two hidden files: `.lock`, which the system keeps locked for as long as the process
lives, and `.running`, which says who that is.
"""

import contextlib
import os
import platform
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from filelock import FileLock, Timeout

from tutorlm.files.atomic import atomic_write, remove_unfinished
from tutorlm.files.regular import open_regular
from tutorlm.messages import warn_user


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Inside the block no other run can begin in this folder; a ValueError says which run is there already.

    The folder is made if it is missing. Where the file system has no locks, a warning says so.
    """
    lock, running, is_new = folder / ".lock", folder / ".running", not folder.exists()
    try:
        held = _acquire(lock)
    except Timeout:
        advice = "Wait for its end, stop it, or give another folder"
        raise ValueError(f"another run is at work in {folder}: {_read(running)}. {advice}") from None
    try:
        remove_unfinished(running)
        with atomic_write(running) as file:
            file.write(_me().encode())
        yield
    finally:
        for path in (running, lock):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        if is_new:
            with contextlib.suppress(OSError):  # as a rule it is not empty any more
                folder.rmdir()
        if held:
            held.release()


def _acquire(file: Path) -> FileLock | None:
    """Lock a file, which is made if it is missing; None if the file system has no locks, Timeout if it is locked."""
    while True:
        lock = FileLock(file, timeout=0, thread_local=False)
        with _made(file) as made:
            try:
                lock.acquire()
            except Timeout:
                raise
            except (OSError, NotImplementedError) as error:
                warn_user(f"{file.parent} cannot be locked ({error}): start no second run there while this one lasts")
                return None
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(made.fileno()), file.stat()):
                    return lock
        lock.release()  # of a file that the run before has just deleted


def _made(file: Path) -> IO[bytes]:
    """Open a file, which is made if it is missing; an OSError says what to do if that is impossible."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            if not stat.S_ISREG(file.lstat().st_mode):  # a link or a pipe: nothing of ours
                file.unlink()
        return file.open("ab")
    except OSError as error:
        reason = f"could not write into {file.parent} ({error.strerror}). Choose a writable folder"
        raise OSError(error.errno, reason) from error


def _me() -> str:
    return f"process {os.getpid()} on {platform.node()}"


def _read(running: Path) -> str:
    """Who is at work."""
    found = ""
    with contextlib.suppress(OSError, ValueError), open_regular(running) as file:
        found = file.read(200).decode()
    return f"{found}, which is this one" if found == _me() else found if found.isprintable() and found else "unknown"
