"""Connections to servers that may be slow, broken or false: each ends in an answer or in an error."""

import http.client
import queue
import re
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from typing import Any

OPENING = 60.0  # seconds in which a server must answer, from the look-up of its name to the last header
WINDOW, SLOWEST = 60.0, 1_000  # fewer bytes a second than this, over so many seconds, are a broken connection


class RefusedError(ConnectionError):
    """An answer that is not taken, and would be the same at another attempt."""


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows no redirect to another scheme, and none from https to http, where others could put in their file."""

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        scheme = newurl.partition(":")[0].lower()
        if scheme not in ("http", "https") or (req.type == "https" and scheme == "http"):
            raise RefusedError(f"it redirects from {req.type} to {scheme}, which is refused: {newurl[:200]}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def require_http(address: str) -> None:
    """Raise a ValueError for an address that is not of http or https, or that cannot be one."""
    if not re.match("https?://", address, re.IGNORECASE):
        raise ValueError(f"{address!r} is no address that begins with https:// or http://. Others are not opened")
    if not (address.isascii() and address.isprintable() and " " not in address):
        raise ValueError(f"{address!r} has characters that an address cannot have. Write them as %20 and the like")


def open_address(address: str, headers: Mapping[str, str]) -> http.client.HTTPResponse:
    """The answer of a server, its content still to be read."""
    opener = urllib.request.build_opener(_Redirects)
    try:
        request = urllib.request.Request(address, headers={"User-Agent": "tutorlm", **headers})
        return _within(OPENING, lambda: opener.open(request, timeout=30))
    except (ValueError, OverflowError) as error:  # an impossible host or port, here or in a redirect
        raise RefusedError(str(error)) from None


def _within(seconds: float, call: Callable[[], Any]) -> Any:
    """The result of a call; TimeoutError if there is none in time, and the call is left to itself."""
    results: queue.SimpleQueue = queue.SimpleQueue()

    def put_result() -> None:
        try:
            results.put((call(), None))
        except Exception as error:
            results.put((None, error))

    threading.Thread(target=put_result, daemon=True).start()
    try:
        result, error = results.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError(f"no answer within {seconds:g} s") from None
    if error:
        raise error
    return result


def blocks(answer: http.client.HTTPResponse, room: float) -> Iterator[bytes]:
    """The content of an answer up to so many bytes; ConnectionError if it breaks off or comes too slowly."""
    end, received = time.monotonic() + WINDOW, 0
    while room > 0:
        try:
            block = answer.read1(int(min(room, 1 << 16)))
        except OSError as error:
            raise ConnectionError(str(error)) from None
        if not block:
            return
        yield block
        room, received = room - len(block), received + len(block)
        if time.monotonic() > end:
            if received < WINDOW * SLOWEST:
                raise ConnectionError(f"only {received:,} bytes came in {WINDOW:g} s")
            end, received = time.monotonic() + WINDOW, 0
