"""Download model files into the cache folder; resume broken downloads, and check files by their SHA-256."""

import hashlib
import http.client
import ssl
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path

from tqdm import tqdm

from tutorlm.files.atomic import atomic_write, cache_folder, exists

ATTEMPTS = 3
NETWORK_ERRORS = (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError, ssl.SSLError)
FINAL_STATUSES = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE)  # another attempt would not help


def cached(address: str, advice: str = "") -> Path:
    """The cached file of an address, downloaded at the first use and checked at every later use.

    Arguments and errors are those of `download`; and ValueError if the file is not the one that was downloaded.
    """
    path = cache_folder() / address.split("://")[1].replace("/", "_")
    note = path.with_name(path.name + ".sha256")
    if not exists(path):
        download(address, path, advice)
        note.unlink(missing_ok=True)  # the note of a deleted file, which may have been another version
    hashed = hashlib.sha256()
    with path.open("rb") as content:
        for block in iter(lambda: content.read(1 << 20), b""):
            hashed.update(block)
    digest = hashed.hexdigest()
    if not note.exists():
        with atomic_write(note) as file:
            file.write(digest.encode())
    elif note.read_text().strip() != digest:
        differs = f"{path} is not the file that was downloaded from {address} (SHA-256 differs)"
        raise ValueError(f"{differs}. Delete it to download it again")
    return path


def download(address: str, path: Path, advice: str = "") -> None:
    """Download the model file at a URL to `path`, where it appears only when it is complete.

    A partial file is kept beside it. The next attempt, or the next call, resumes from it if the server still has
    the same version of the file, and otherwise starts again. Missing folders are created.

    `advice` is what the user can do without a network ("use …"), for the error message.

    ConnectionError if the server has no such model file, or three attempts failed; OSError if it cannot be written.
    """
    part, tag = path.with_name(path.name + ".part"), path.with_name(path.name + ".tag")
    for attempt in range(1, ATTEMPTS + 1):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _fetch(address, part, tag)
            part.replace(path)
            tag.unlink(missing_ok=True)
            return
        except NETWORK_ERRORS as error:
            status = getattr(error, "code", None)
            if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:  # it is complete, or of another version
                part.unlink(missing_ok=True)
            if attempt == ATTEMPTS or status in FINAL_STATUSES:
                have = _resumable_bytes(part, tag)
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


def _resumable_bytes(part: Path, tag: Path) -> int:
    return part.stat().st_size if part.exists() and tag.exists() else 0


def _fetch(address: str, part: Path, tag: Path) -> None:
    """Download to the file `part`; resume if the server still has the version that the file `tag` notes."""
    have = _resumable_bytes(part, tag)
    known = tag.read_text() if have else ""
    resume = {"Range": f"bytes={have}-", "If-Range": known} if have else {}
    request = urllib.request.Request(address, headers={"User-Agent": "tutorlm", **resume})
    with urllib.request.urlopen(request, timeout=30) as answer:
        resumed = answer.status == HTTPStatus.PARTIAL_CONTENT
        version = answer.headers.get("ETag") or answer.headers.get("Last-Modified")
        if resumed and version != known:
            part.unlink(missing_ok=True)
            raise ConnectionError("the file on the server has changed since the download began")
        tag.unlink(missing_ok=True)
        if version and not version.startswith("W/"):  # a weak tag does not promise equal bytes
            tag.write_text(version)
        length, have = answer.headers.get("Content-Length"), have if resumed else 0
        total = have + int(length) if length else None
        bar = tqdm(total=total, initial=have, unit="B", unit_scale=True, desc=address.rsplit("/", 1)[-1], delay=1)
        with bar, part.open("ab" if resumed else "wb") as file:
            while block := answer.read(1 << 16):
                file.write(block)
                bar.update(len(block))
    if total is not None and part.stat().st_size != total:
        raise ConnectionError(f"the connection broke after {part.stat().st_size:,} of {total:,} bytes")
    with part.open("rb") as file:
        beginning = file.read(60)
    if not beginning.startswith((b"PK", b"\x80")):  # neither a zip archive nor a pickle, but a login page, perhaps
        part.unlink()
        raise ConnectionError(f"the server sent no model file; what it sent begins with {beginning!r}")
