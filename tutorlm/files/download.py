"""Download model files into the cache folder.

A broken download is resumed where it stopped, as long as the server still has the same version of the file. The
SHA-256 of every downloaded file is noted beside it and checked whenever the file is used.
"""

from __future__ import annotations

import hashlib
import http.client
import ssl
import urllib.error
import urllib.request
from pathlib import Path

from tqdm import tqdm

from tutorlm.files.atomic import atomic_write, cache_folder, exists

ATTEMPTS = 3
NETWORK_ERRORS = (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError, ssl.SSLError)
FINAL_STATUSES = (403, 404, 410)  # forbidden, not found, gone: another attempt would not help
RANGE_NOT_SATISFIABLE = 416
BLOCK = 1 << 16


def cached(address: str, advice: str = "") -> Path:
    """Return the cached file of an address; download it at the first use.

    Args:
        address: the URL of a model file.
        advice: what the user can do without a network, for the error message of `download`.

    Raises:
        ConnectionError: the file is not in the cache and could not be downloaded.
        OSError: the cache folder cannot be written.
        ValueError: the cached file is not the one that was downloaded.
    """
    path = cache_folder() / address.split("://")[1].replace("/", "_")
    note = path.with_name(path.name + ".sha256")
    if not exists(path):
        download(address, path, advice)
        note.unlink(missing_ok=True)  # the note of a deleted file, which may have been another version
    digest = sha256(path)
    if not note.exists():
        with atomic_write(note) as file:
            file.write(digest.encode())
    elif note.read_text().strip() != digest:
        raise ValueError(
            f"{path} is not the file that was downloaded from {address} (SHA-256 differs). "
            "Delete it to download it again"
        )
    return path


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def download(address: str, path: Path, advice: str = "") -> None:
    """Download a model file to `path`; it appears there only when it is complete.

    A partial file is kept beside it. The next attempt, or the next call, resumes from it if the server still has
    the same version of the file, and otherwise starts again.

    Args:
        address: the URL of a model file.
        path: where to put it; missing parent folders are created.
        advice: what the user can do without a network, as the end of a sentence ("use …").

    Raises:
        ConnectionError: the download failed three times, or the server does not have the file, or what it sent is
            not a model file.
        OSError: the file could not be written.
    """
    part = path.with_name(path.name + ".part")
    for attempt in range(1, ATTEMPTS + 1):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _fetch(address, part)
            _refuse_other_files(part)
            part.replace(path)
            _version_file(part).unlink(missing_ok=True)
            return
        except NETWORK_ERRORS as error:
            status = error.code if isinstance(error, urllib.error.HTTPError) else None
            if status == RANGE_NOT_SATISFIABLE:  # the partial file is complete, or of another version
                part.unlink(missing_ok=True)
            if attempt == ATTEMPTS or status in FINAL_STATUSES:
                raise ConnectionError(_what_to_do(address, path, part, error, advice)) from None
        except OSError as error:
            raise OSError(
                error.errno,
                f"could not write {part} ({error.strerror}). Free some space, or set TUTORLM_CACHE to a folder that "
                "has room and that you may write to. A partial file is kept; the next attempt resumes from it",
            ) from None


def _what_to_do(address: str, path: Path, part: Path, error: Exception, advice: str) -> str:
    have = _resumable_bytes(part)
    kept = f"; {have:,} bytes are kept, and the next attempt resumes from them" if have else ""
    otherwise = f", or {advice}" if advice else ""
    return (
        f"could not download {address} ({error}{kept}). "
        f"Without a network, download it on another machine and save it as {path}{otherwise}"
    )


def _refuse_other_files(part: Path) -> None:
    """Raise an error unless the file is a zip archive or a pickle; a login page, for example, is neither."""
    with part.open("rb") as file:
        beginning = file.read(60)
    if not beginning.startswith((b"PK", b"\x80")):
        part.unlink()
        raise ConnectionError(f"the server sent no model file; what it sent begins with {beginning!r}")


def _version_file(part: Path) -> Path:
    """The file that notes which version of the download the partial file belongs to."""
    return part.with_suffix(".tag")


def _resumable_bytes(part: Path) -> int:
    return part.stat().st_size if part.exists() and _version_file(part).exists() else 0


def _fetch(address: str, part: Path) -> None:
    """Download to the partial file; resume if the server still has the same version."""
    have = _resumable_bytes(part)
    known = _version_file(part).read_text() if have else ""
    resume = {"Range": f"bytes={have}-", "If-Range": known} if have else {}
    request = urllib.request.Request(address, headers={"User-Agent": "tutorlm", **resume})
    with urllib.request.urlopen(request, timeout=30) as answer:
        resumed = answer.status == http.client.PARTIAL_CONTENT
        _note_version(answer, part, known if resumed else None)
        have = have if resumed else 0
        length = answer.headers.get("Content-Length")
        total = have + int(length) if length else None
        bar = tqdm(total=total, initial=have, unit="B", unit_scale=True, desc=address.rsplit("/", 1)[-1], delay=1)
        with bar, part.open("ab" if resumed else "wb") as file:
            while block := answer.read(BLOCK):
                file.write(block)
                bar.update(len(block))
    if total is not None and part.stat().st_size != total:
        raise ConnectionError(f"the connection broke after {part.stat().st_size:,} of {total:,} bytes")


def _note_version(answer: http.client.HTTPResponse, part: Path, expected: str | None) -> None:
    """Note the version of the file that the server sends; discard the partial file of another version."""
    version = answer.headers.get("ETag") or answer.headers.get("Last-Modified")
    if expected is not None and version != expected:
        part.unlink(missing_ok=True)
        raise ConnectionError("the file on the server has changed since the download began")
    if version and not version.startswith("W/"):  # a weak tag does not promise equal bytes
        _version_file(part).write_text(version)
    else:
        _version_file(part).unlink(missing_ok=True)
