"""Download model files into the cache folder; resume broken downloads, and check files by their SHA-256."""

import contextlib
import hashlib
import http.client
import math
import re
import ssl
import sys
import urllib.error
import zipfile
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

from filelock import FileLock, Timeout
from tqdm import tqdm

from tutorlm.files.atomic import atomic_write, cache_folder, exists
from tutorlm.files.connections import RefusedError, blocks, open_address, require_http
from tutorlm.files.regular import sha256_of

ATTEMPTS = 3
UNSAID = 2.0  # seconds that one process waits for another before it says so
STILL = 120.0  # seconds in which the other gets no further, after which it waits no longer
NETWORK_ERRORS = (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError, ssl.SSLError)
FINAL_STATUSES = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE)  # another attempt would not help


# -- the cache -----------------------------------------------------------------------------------------


def cached(address: str, advice: str = "", sha256: str = "") -> Path:
    """The cached file of an address, downloaded at the first use and checked at every later use.

    If several processes ask for a file at once, one downloads it and the others wait.

    Arguments and errors are those of `download`; and ValueError if the file is not the one that was downloaded.
    """
    require_http(address)
    path = _folder() / _name(address)
    if not (exists(path) and exists(_note(path))):
        with _alone(path):
            if not exists(path):
                download(address, path, advice, sha256)
                return path
    _check(address, path, sha256)
    return path


def _folder() -> Path:
    try:
        return cache_folder()
    except RuntimeError as error:  # the user has no home folder
        raise OSError(f"no folder for downloads: {error} Set TUTORLM_CACHE to a folder that you may write to") from None


def _name(address: str) -> str:
    """The name of an address in the cache: a digest that no other address has, and the address's end."""
    end = re.sub(r"[^A-Za-z0-9._-]", "_", address.rsplit("/", 1)[-1])
    return f"{hashlib.sha256(address.encode()).hexdigest()[:32]}-{end[-80:]}"


def _note(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


def _check(address: str, path: Path, sha256: str) -> None:
    """ValueError if a file has not the SHA-256 in its note or `sha256`; a whole file without a note is given one."""
    digest, note = sha256_of(path), _note(path)
    noted = note.read_bytes().strip() if exists(note) else digest.encode()
    if noted != digest.encode() or sha256.lower() not in ("", digest):
        differs = f"{path} is not the file that was downloaded from {address} (SHA-256 differs)"
        raise ValueError(f"{differs}. Delete it to download it again")
    if not exists(note) and not _fault(path):  # it was saved there by hand
        with contextlib.suppress(OSError), atomic_write(note) as file:  # a cache for all may be read-only
            file.write(digest.encode())


def _fault(path: Path) -> str:
    """Why a file is no model file, or not all of it; empty if nothing speaks against it."""
    with path.open("rb") as file:
        beginning = file.read(60)
    if not beginning.startswith((b"PK", b"\x80")):  # neither a zip archive nor a pickle, but a login page, perhaps
        return f"no model file; what it sent begins with {beginning!r}"
    return "an archive that lacks its end" if beginning.startswith(b"PK") and not zipfile.is_zipfile(path) else ""


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep other processes from downloading `path` meanwhile; the lock of a killed process is free.

    Where files cannot be locked, or nothing can be written, all go on at once.
    """
    lock = FileLock(f"{path}.lock")
    with contextlib.suppress(OSError, NotImplementedError):
        path.parent.mkdir(parents=True, exist_ok=True)
        _wait(lock, path)
    try:
        yield
    finally:
        lock.release()


def _wait(lock: FileLock, path: Path) -> None:
    """Take a lock, unless the process that has it stands still."""
    with contextlib.suppress(Timeout):
        lock.acquire(timeout=UNSAID)
        return
    tqdm.write(f"Another process is downloading {path}. This one waits for it.", file=sys.stderr)
    part, size = path.with_name(path.name + ".part"), -1
    while size != (grown := _size(part)):
        size = grown
        with contextlib.suppress(Timeout):
            lock.acquire(timeout=STILL)
            return


def _size(path: Path) -> int:
    with contextlib.suppress(OSError):  # the other process may move it at any time
        return path.stat().st_size
    return 0


# -- a download ----------------------------------------------------------------------------------------


def download(address: str, path: Path, advice: str = "", sha256: str = "") -> None:
    """Download the model file at a URL to `path`, where it appears only when it is complete.

    A partial file is kept beside it. The next attempt, or the next call, resumes from it if the server still has
    the same version of the file, and otherwise starts again. Missing folders are created.

    The file is complete if it has the length that the server said, and, if it is a zip archive, its end. From a server
    that says no length only an archive is taken: the end of any other file may be that of the connection.

    `advice` is what the user can do without a network ("use …"), for the error message.
    `sha256` is what the file must have, if that is known.

    ConnectionError if the server has no such model file, sends too slowly, or three attempts failed; OSError if it
    cannot be written; ValueError if the address is not of http or https, or the file has another SHA-256.
    """
    require_http(address)
    part, tag = path.with_name(path.name + ".part"), path.with_name(path.name + ".tag")
    _attempt(address, path, part, tag, advice)
    digest = sha256_of(part)
    if sha256.lower() not in ("", digest):
        part.unlink()
        raise ValueError(f"{address} has SHA-256 {digest}, and not {sha256}: it is another file, and was not kept")
    with atomic_write(_note(path)) as file:  # before the file has its name, so that none is ever without a note
        file.write(digest.encode())
    part.replace(path)
    tag.unlink(missing_ok=True)


def _attempt(address: str, path: Path, part: Path, tag: Path, advice: str) -> None:
    """Download to `part`, in several attempts."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _fetch(address, part, tag)
            return
        except NETWORK_ERRORS as error:
            status = getattr(error, "code", None)
            if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:  # it is complete, or of another version
                part.unlink(missing_ok=True)
            if attempt == ATTEMPTS or status in FINAL_STATUSES or isinstance(error, RefusedError):
                have, _ = _resumable(part, tag)
                kept = f"; {have:,} bytes are kept, and the next attempt resumes from them" if have else ""
                raise ConnectionError(
                    f"could not download {address} ({error}{kept}). Without a network, download it on another machine "
                    f"and save it as {path}{', or ' if advice else ''}{advice}"
                ) from None
        except OSError as error:
            raise OSError(
                error.errno,
                f"could not write {part} ({error.strerror}). Free some space, or set TUTORLM_CACHE to a folder that "
                "has room and that you may write to. A partial file is kept; the next attempt resumes from it",
            ) from None


def _resumable(part: Path, tag: Path) -> tuple[int, str]:
    """How many bytes there are of which version of the file: (0, "") if that is not known."""
    if not (exists(part) and exists(tag)):
        return 0, ""
    version = _strong(tag.read_text(encoding="utf-8", errors="replace"))
    return (_size(part), version) if version else (0, "")


def _strong(version: str) -> str:
    """A version of a file, as a header names it; empty if it does not promise equal bytes, or cannot be sent back."""
    return version if version.isascii() and version.isprintable() and not version.startswith("W/") else ""


def _fetch(address: str, part: Path, tag: Path) -> None:
    """Download to the file `part`; resume if the server still has the version that the file `tag` notes."""
    have, known = _resumable(part, tag)
    with open_address(address, {"Range": f"bytes={have}-", "If-Range": known} if have else {}) as answer:
        version = answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""
        is_part, total = answer.status == HTTPStatus.PARTIAL_CONTENT, _total(answer, have)
        if not (is_part and have and version == known and total is not None):
            have = 0
            part.unlink(missing_ok=True)  # before the tag of another version stands beside it
            tag.unlink(missing_ok=True)
            if is_part:
                raise ConnectionError("the server sent another part of the file, or of another version, than asked for")
            if _strong(version):
                tag.write_text(version, encoding="utf-8")
        bar = tqdm(total=total, initial=have, unit="B", unit_scale=True, desc=address.rsplit("/", 1)[-1], delay=1)
        with bar, part.open("ab") as file:
            for block in blocks(answer, math.inf if total is None else total - have):
                file.write(block)
                bar.update(len(block))
    size = _size(part)
    if total is not None and size != total:
        raise ConnectionError(f"the connection broke after {size:,} of {total:,} bytes")
    fault = _fault(part)
    if total is None and not answer.chunked and not zipfile.is_zipfile(part):
        fault = fault or "a file without saying how long it is, so that all of it cannot be told from a part"
    if fault:
        part.unlink()
        raise ConnectionError(f"the server sent {fault}")


def _total(answer: http.client.HTTPResponse, have: int) -> int | None:
    """The size of the whole file that an answer is, or is the rest of from byte `have` on; None if it does not say."""
    if answer.status == HTTPStatus.PARTIAL_CONTENT:
        found = re.fullmatch("bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})", answer.headers.get("Content-Range", ""))
        start, end, total = map(int, found.groups()) if found else (0, 0, 0)
        return total if found and (start, end) == (have, total - 1) else None
    if answer.status != HTTPStatus.OK:
        raise ConnectionError(f"the server answered with status {answer.status}")
    length = answer.headers.get("Content-Length", "").strip()
    return int(length) if re.fullmatch("[0-9]{1,18}", length) and not answer.chunked else None
