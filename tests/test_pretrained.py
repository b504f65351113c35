"""Models by name: those that ship work offline and are as good as their cards say; downloads survive a bad network."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import http.server
import io
import json
import os
import pickle
import resource
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from tutorlm import Dictionary, FlairEmbeddings, LanguageModel, Sentence, TextCorpus
from tutorlm.events import bits
from tutorlm.files import connections
from tutorlm.files import download as downloads
from tutorlm.files.atomic import cache_folder
from tutorlm.files.dictionaries import FLAIR_DICTIONARIES
from tutorlm.files.download import download
from tutorlm.files.pickles import UnsafeFileError
from tutorlm.pretrained import CATALOGUE, DIGESTS, SHIPPED, find_model, model_card, shipped_models


def archive(content: bytes) -> bytes:
    """A zip archive, as a model file is one."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as written:
        written.writestr("data", content)
    return file.getvalue()


CONTENT = archive(bytes(range(256)) * 1000)  # what the server has for a model
SECOND = archive(bytes(range(255, -1, -1)) * 1000)  # and in another version
SIZE = len(CONTENT)
HALF = SIZE // 2
COMPLETE = {".pt": SIZE, ".pt.sha256": 64, ".pt.lock": 0}  # the cache after a download: ending → size
NAME = "de-forward"


class Shelf(http.server.ThreadingHTTPServer):
    """A server with one file, and with the faults that servers have."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.content = CONTENT
        self.tag = '"first"'
        self.knows_ranges = True
        self.cuts = 0  # how many answers will break off half way
        self.missing = False
        self.faults: list[Callable[[Answer], None]] = []  # how the next requests are answered instead
        self.asked: list[str | None] = []  # the range of each request

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/lm-de.pt"


class Answer(http.server.BaseHTTPRequestHandler):
    server: Shelf

    def do_GET(self) -> None:
        shelf, asked = self.server, self.headers["Range"]
        shelf.asked.append(asked)
        if shelf.faults:
            shelf.faults.pop(0)(self)
        else:
            self.answer_well(asked)

    def answer_well(self, asked: str | None) -> None:
        shelf = self.server
        if shelf.missing:
            self.send_error(404)
            return
        same = self.headers["If-Range"] in (None, shelf.tag)
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and same and shelf.knows_ranges else 0
        if start and start >= len(shelf.content):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("ETag", shelf.tag)
        self.send_header("Content-Length", str(len(shelf.content) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(shelf.content) - 1}/{len(shelf.content)}")
        self.end_headers()
        end = len(shelf.content)
        if shelf.cuts:
            shelf.cuts -= 1
            end = (start + end) // 2
        self.wfile.write(shelf.content[start:end])

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Shelf]:
    """A server that has the model `NAME`, and an empty cache."""
    with Shelf() as server:
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        monkeypatch.setenv("TUTORLM_CACHE", str(tmp_path / "cache"))
        monkeypatch.setitem(CATALOGUE, NAME, server.address)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Two threads that wait for each other on a busy machine are far slower than one."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def cached(folder: Path) -> dict[str, int]:
    """The files in the cache: ending of each name → size."""
    return {path.name.partition("lm-de")[2]: path.stat().st_size for path in (folder / "cache").iterdir()}


# -- the catalogue ------------------------------------------------------------------------------------------


def test_the_catalogue_is_flairs() -> None:
    assert len(CATALOGUE) == 103
    assert len(set(CATALOGUE.values())) == 99
    assert all(
        address.startswith(("https://", "http://")) and address.endswith(".pt") for address in CATALOGUE.values()
    )


def test_the_templates_of_the_catalogue_name_the_direction_on_both_sides() -> None:
    data = json.loads((SHIPPED.parent / "flair_models.json").read_text(encoding="utf-8"))
    assert all("{}" in name and "{}" in address for name, address in data["pairs"].items())
    assert not any("{}" in text for pair in data["single"].items() for text in pair)


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("news-forward", "/news-forward-0.4.1.pt"),
        ("news-backward-fast", "/lm-news-english-backward-1024-v0.2rc.pt"),
        ("en-forward", "/news-forward-0.4.1.pt"),
        ("multi-forward", "/lm-jw300-forward-v0.1.pt"),
        ("de-forward", "/lm-mix-german-forward-v0.2rc.pt"),
        ("pubmed-2015-backward", "/pubmed-2015-bw-lm.pt"),
        ("ja-forward", "/japanese-forward.pt"),
        ("am-forward", "/best-lm.pt"),
    ],
)
def test_names_stand_for_flairs_files(name: str, end: str) -> None:
    assert CATALOGUE[name].endswith(end)


def test_a_model_may_be_asked_for_by_the_name_of_its_language(shelf: Shelf) -> None:
    assert find_model("german-forward") == find_model("de-forward") == find_model("DE-forward")


def test_models_of_lower_cased_text_are_known(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CATALOGUE, "de-impresso-hipe-v1-forward", shelf.address)
    assert find_model("de-impresso-hipe-v1-forward").is_lower
    assert not find_model("de-forward").is_lower


@pytest.mark.parametrize(
    ("name", "meant"),
    [("news-forwrad", "news-forward"), ("german-forwrd", "de-forward"), ("news-mini-foreward", "news-mini-forward")],
)
def test_an_unknown_name_is_answered_with_the_nearest(name: str, meant: str) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        find_model(name)
    assert name in str(caught.value)
    assert meant in str(caught.value).partition("Nearest names: ")[2].partition(". ")[0].split(", ")
    assert str(Path.cwd()) in str(caught.value)


def test_a_name_like_no_other_is_answered_with_the_models_that_are_here() -> None:
    with pytest.raises(FileNotFoundError, match=r"Nearest names: books-backward, books-forward"):
        find_model("xyzzy")


def test_a_path_is_a_model_too(tmp_path: Path) -> None:
    path = tmp_path / "news-forward"  # even where its name is one of the catalogue
    path.touch()
    assert find_model(path).path == find_model(str(path)).path == path


# -- the models that ship ------------------------------------------------------------------------------


def test_pairs_of_a_forward_and_a_backward_model_ship() -> None:
    pairs = ["books", "news-mini", "reviews-ko"]
    assert shipped_models() == [f"{name}-{direction}" for name in pairs for direction in ("backward", "forward")]


@pytest.mark.parametrize("name", shipped_models())
def test_a_shipped_model_is_what_its_card_says(name: str, sample: Path, one_thread: None) -> None:
    path, card = find_model(name).path, model_card(name)
    model = LanguageModel.load_language_model(path)
    assert path.stat().st_size <= 4_000_000
    assert card["name"] == name
    assert card["command"].startswith("make models")
    assert card["licence"] and card["data"] and card["limits"]
    assert card["seconds"] > 0 and card["steps"] > 0
    assert (card["hidden_size"], card["nlayers"]) == (model.hidden_size, model.nlayers)
    assert (card["embedding_size"], card["dictionary_size"]) == (model.embedding_size, len(model.dictionary))
    assert model.is_forward_lm == name.endswith("-forward")
    for part in ("valid", "test"):
        assert card[f"{part}_bits_per_character"] < card[f"{part}_bits_of_a_5_gram"]
    language = "ko" if "-ko-" in name else "en"
    score = model.score(sample / language / "test.txt")
    assert score.bits_per_character == pytest.approx(card[f"sample_corpus_{language}_bits_per_character"], abs=0.01)


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_the_bits_of_a_model_of_the_sample_corpus_can_be_had_again(
    direction: str, sample: Path, one_thread: None
) -> None:
    card, model = (read(f"news-mini-{direction}") for read in (model_card, LanguageModel.load))
    corpus = TextCorpus(sample / "en", model.dictionary, model.is_forward_lm)
    assert bits(model.evaluate(corpus.valid)) == pytest.approx(card["valid_bits_per_character"], abs=0.01)
    assert bits(model.evaluate(corpus.test)) == pytest.approx(card["test_bits_per_character"], abs=0.01)


def test_a_shipped_model_opens_by_name_without_network_and_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTORLM_CACHE", "/dev/null/no/folder")
    sentence = Sentence("The ferry is late .")
    FlairEmbeddings("news-mini-forward").embed(sentence)
    assert len(sentence[0].embedding) == model_card("news-mini-forward")["hidden_size"]


# -- a download ------------------------------------------------------------------------------------------------


def test_a_model_is_downloaded_whole_and_noted(shelf: Shelf, tmp_path: Path) -> None:
    path = find_model(NAME).path
    assert path.read_bytes() == CONTENT
    assert path.parent == tmp_path / "cache"
    note = path.with_name(path.name + ".sha256")
    assert note.read_text() == hashlib.sha256(CONTENT).hexdigest()
    assert cached(tmp_path) == COMPLETE
    assert shelf.asked == [None]


def test_a_cached_model_needs_no_network(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    path = find_model(NAME).path
    shelf.shutdown()
    shelf.server_close()
    assert find_model(NAME).path == path
    assert len(shelf.asked) == 1


def test_a_download_resumes_where_the_connection_broke(shelf: Shelf, tmp_path: Path) -> None:
    shelf.cuts = 1
    assert find_model(NAME).path.read_bytes() == CONTENT
    assert shelf.asked == [None, f"bytes={HALF}-"]
    assert cached(tmp_path) == COMPLETE


def test_the_next_call_resumes_a_download_that_was_given_up(shelf: Shelf, tmp_path: Path) -> None:
    shelf.cuts = 3
    parts = HALF, (HALF + SIZE) // 2, ((HALF + SIZE) // 2 + SIZE) // 2
    with pytest.raises(ConnectionError, match=f"broke after {parts[2]:,} of {SIZE:,} bytes"):
        find_model(NAME)
    assert cached(tmp_path)[".pt.part"] == parts[2]
    assert ".pt" not in cached(tmp_path)
    assert find_model(NAME).path.read_bytes() == CONTENT
    assert shelf.asked == [None, *(f"bytes={part}-" for part in parts)]


def test_a_server_that_knows_no_ranges_sends_all_of_it_again(shelf: Shelf) -> None:
    shelf.knows_ranges = False
    shelf.cuts = 1
    assert find_model(NAME).path.read_bytes() == CONTENT
    assert shelf.asked == [None, f"bytes={HALF}-"]


def test_a_file_that_changed_on_the_server_is_downloaded_from_the_start(shelf: Shelf) -> None:
    shelf.cuts = 3
    with pytest.raises(ConnectionError):
        find_model(NAME)
    shelf.content, shelf.tag = SECOND, '"second"'
    assert find_model(NAME).path.read_bytes() == SECOND


def test_a_partial_file_of_an_unknown_version_is_not_resumed(shelf: Shelf, tmp_path: Path) -> None:
    shelf.tag = 'W/"weak"'
    shelf.cuts = 1
    assert find_model(NAME).path.read_bytes() == CONTENT
    assert shelf.asked == [None, None]


def test_a_partial_file_that_is_complete_is_used(shelf: Shelf, tmp_path: Path) -> None:
    """The process was killed after the last byte and before the file was renamed."""
    shelf.cuts = 3
    with pytest.raises(ConnectionError):
        find_model(NAME)
    (part,) = (tmp_path / "cache").glob("*.part")
    part.write_bytes(CONTENT)
    assert find_model(NAME).path.read_bytes() == CONTENT


def test_a_download_that_fills_the_disk_says_where_and_what_to_do(shelf: Shelf, tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(OSError, match="File too large") as caught:
            find_model(NAME)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert str(tmp_path / "cache") in str(caught.value)
    assert "Free some space" in str(caught.value)
    assert ".pt" not in cached(tmp_path)


def test_a_file_that_is_not_there_is_asked_for_once(shelf: Shelf, tmp_path: Path) -> None:
    shelf.missing = True
    with pytest.raises(ConnectionError) as caught:
        find_model(NAME)
    assert shelf.address in str(caught.value)
    assert "404" in str(caught.value)
    assert len(shelf.asked) == 1
    assert cached(tmp_path) == {".pt.lock": 0}


def test_without_network_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/lm-de.pt"
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("TUTORLM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(CATALOGUE, NAME, address)
    with pytest.raises(ConnectionError) as caught:
        find_model(NAME)
    message = str(caught.value)
    assert address in message
    assert "news-mini-backward, news-mini-forward" in message
    (place,) = (word for word in message.replace(",", " ").split() if word.startswith(str(tmp_path)))
    Path(place).write_bytes(CONTENT)  # by hand, as the message says
    assert find_model(NAME).path.read_bytes() == CONTENT


def test_a_cached_file_that_changed_is_refused(shelf: Shelf) -> None:
    path = find_model(NAME).path
    path.write_bytes(CONTENT[:-1] + b"!")
    with pytest.raises(ValueError, match=r"SHA-256 differs") as caught:
        find_model(NAME)
    assert str(path) in str(caught.value)
    path.unlink()
    assert find_model(NAME).path.read_bytes() == CONTENT


def test_a_deleted_file_is_downloaded_again_even_in_another_version(shelf: Shelf) -> None:
    find_model(NAME).path.unlink()
    shelf.content, shelf.tag = SECOND, '"second"'
    assert find_model(NAME).path.read_bytes() == SECOND
    assert find_model(NAME).path.read_bytes() == SECOND, "the note of the new version was checked"


def test_a_download_offers_only_the_advice_of_its_caller(shelf: Shelf, tmp_path: Path) -> None:
    shelf.missing = True
    with pytest.raises(ConnectionError, match=rf"save it as {tmp_path}/a\.pt$"):
        download(shelf.address, tmp_path / "a.pt")
    with pytest.raises(ConnectionError, match=r"a\.pt, or ask a friend$"):
        download(shelf.address, tmp_path / "a.pt", "ask a friend")


def test_the_cache_is_where_the_user_wants_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TUTORLM_CACHE", str(tmp_path / "a"))
    assert cache_folder() == tmp_path / "a"
    monkeypatch.delenv("TUTORLM_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "b"))
    assert cache_folder() == tmp_path / "b" / "tutorlm"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "tutorlm"


def test_a_page_in_place_of_a_model_is_not_kept(shelf: Shelf) -> None:
    shelf.content = b"<html>Please log in to this network</html>"
    with pytest.raises(ConnectionError, match="no model file; what it sent begins with b'<html>Please log in"):
        find_model(NAME)
    shelf.content = CONTENT
    assert find_model(NAME).path.read_bytes() == CONTENT


# -- servers that are wrong -----------------------------------------------------------------------------------


def says(status: int, headers: dict[str, object], content: bytes) -> Callable[[Answer], None]:
    """A fault: an answer of just these words."""

    def answer(self: Answer) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, str(value))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(content)

    return answer


def chunks(content: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(content), content)


ALL_OF_IT = f"bytes 0-{SIZE - 1}/{SIZE}"
OLD_FORMAT = pickle.dumps(list(range(1000)))  # a file whose end says nothing


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (says(206, {"Content-Length": SIZE, "Content-Range": ALL_OF_IT}, CONTENT), "another part of the file"),
        (says(206, {"Content-Length": SIZE}, CONTENT), "another part of the file"),
        (says(200, {"Content-Length": "abc"}, CONTENT[:HALF]), "an archive that lacks its end"),
        (says(200, {"Content-Length": "-5"}, CONTENT[:HALF]), "an archive that lacks its end"),
        (says(200, {"Content-Length": "9" * 5000}, CONTENT[:HALF]), "an archive that lacks its end"),
        (says(200, {}, CONTENT[:HALF]), "an archive that lacks its end"),
        (says(200, {}, OLD_FORMAT), "without saying how long it is"),
        (says(200, {"Content-Length": "abc"}, OLD_FORMAT), "without saying how long it is"),
        (says(200, {"Content-Length": SIZE - 100}, CONTENT), "an archive that lacks its end"),
        (says(200, {"Content-Length": SIZE + 100}, CONTENT), f"broke after {SIZE:,} of {SIZE + 100:,} bytes"),
        (says(200, {"Content-Length": 0}, b""), "no model file; what it sent begins with b''"),
        (says(203, {"Content-Length": SIZE}, CONTENT), "status 203"),
        (says(204, {}, b""), "status 204"),
        (says(200, {"Transfer-Encoding": "chunked"}, chunks(CONTENT[:HALF])), "IncompleteRead"),
        (says(200, {"Transfer-Encoding": "chunked"}, b"xyz\r\n" + CONTENT), "IncompleteRead"),
        (says(416, {}, b""), "416"),
    ],
)  # fmt: skip
def test_a_wrong_answer_ends_in_a_message_and_not_in_a_model(shelf: Shelf, tmp_path: Path, answer, said: str) -> None:
    shelf.faults = [answer] * 3
    with pytest.raises(ConnectionError) as caught:
        find_model(NAME)
    assert said in str(caught.value)
    assert shelf.address in str(caught.value)
    assert not {".pt", ".pt.sha256"} & cached(tmp_path).keys()
    assert find_model(NAME).path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("headers", "sent", "kept"),
    [
        ({}, CONTENT, CONTENT),
        ({"Content-Length": "abc"}, CONTENT, CONTENT),
        ({"Content-Length": "-5"}, CONTENT, CONTENT),
        ({"Content-Length": SIZE}, CONTENT + b"more", CONTENT),
        ({"Transfer-Encoding": "chunked"}, chunks(CONTENT[:HALF]) + chunks(CONTENT[HALF:]) + chunks(b""), CONTENT),
        ({"Transfer-Encoding": "chunked"}, chunks(OLD_FORMAT) + chunks(b""), OLD_FORMAT),
        ({"Content-Length": len(OLD_FORMAT)}, OLD_FORMAT, OLD_FORMAT),
    ],
)
def test_a_complete_file_is_taken_however_its_length_is_told(
    shelf: Shelf, headers: dict[str, object], sent: bytes, kept: bytes
) -> None:
    shelf.faults = [says(200, headers, sent)]
    assert find_model(NAME).path.read_bytes() == kept
    assert len(shelf.asked) == 1


@pytest.mark.parametrize(
    "content_range",
    [
        ALL_OF_IT,
        f"bytes {HALF - 1}-{SIZE - 1}/{SIZE}",
        f"bytes {HALF + 1}-{SIZE - 1}/{SIZE}",
        f"bytes {HALF}-{SIZE - 2}/{SIZE}",
        f"bytes {HALF}-{SIZE - 1}/{SIZE + 1}",
        f"bytes {HALF}-{SIZE - 1}/*",
        "bytes */*",
        "lines 3-4",
        "",
    ],
)
def test_bytes_of_another_range_are_never_put_behind_those_that_are_there(shelf: Shelf, content_range: str) -> None:
    shelf.cuts = 1
    headers = {"ETag": shelf.tag, "Content-Range": content_range, "Content-Length": SIZE - HALF}
    shelf.faults = [lambda answer: answer.answer_well(None), says(206, headers, CONTENT[HALF:])]
    assert find_model(NAME).path.read_bytes() == CONTENT
    assert shelf.asked == [None, f"bytes={HALF}-", None]


def drips(before: bytes, pause: float) -> Callable[[Answer], None]:
    """A fault: a byte now and then after these."""

    def answer(self: Answer) -> None:
        with contextlib.suppress(OSError):
            self.wfile.write(before)
            for _ in range(int(2 / pause)):
                time.sleep(pause)
                self.wfile.write(b"x")

    return answer


HEADERS = b'HTTP/1.0 200 OK\r\nETag: "first"\r\nContent-Length: %d\r\n' % SIZE


def test_a_server_that_sends_too_slowly_is_given_up_and_what_came_is_kept(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(connections, "WINDOW", 0.2)
    monkeypatch.setattr(connections, "SLOWEST", 5 * SIZE)
    monkeypatch.setattr(downloads, "ATTEMPTS", 1)
    shelf.faults = [drips(HEADERS + b"\r\n" + CONTENT[:HALF], 0.01)]
    with pytest.raises(ConnectionError, match=r"bytes came in 0\.2 s; \d+,\d+ bytes are kept") as caught:
        find_model(NAME)
    assert shelf.address in str(caught.value)
    have = cached(tmp_path)[".pt.part"]
    assert have >= HALF
    shelf.content = CONTENT[:HALF] + b"x" * (have - HALF) + CONTENT[have:]  # as it came
    assert find_model(NAME).path.read_bytes() == shelf.content
    assert shelf.asked == [None, f"bytes={have}-"]


def test_a_server_that_never_comes_to_the_file_is_given_up(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "OPENING", 0.2)
    shelf.faults = [drips(HEADERS + b"Dripping: ", 0.01)]
    began = time.monotonic()
    assert find_model(NAME).path.read_bytes() == CONTENT
    assert time.monotonic() - began < 1.5


def test_a_slow_server_may_take_its_time_as_long_as_it_gets_on(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "WINDOW", 0.05)
    monkeypatch.setattr(connections, "SLOWEST", 1)

    def in_pieces(self: Answer) -> None:
        self.wfile.write(HEADERS + b"\r\n")
        for start in range(0, SIZE, SIZE // 10):
            self.wfile.write(CONTENT[start : start + SIZE // 10])
            time.sleep(0.02)

    shelf.faults = [in_pieces]
    assert find_model(NAME).path.read_bytes() == CONTENT
    assert len(shelf.asked) == 1


def test_a_network_that_fails_is_not_taken_for_a_full_disk(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(self: object, size: int) -> bytes:
        raise OSError(errno.EHOSTUNREACH, "No route to host")

    monkeypatch.setattr("http.client.HTTPResponse.read1", unreachable)
    with pytest.raises(ConnectionError, match="No route to host"):
        find_model(NAME)


# -- addresses -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["ftp://127.0.0.1/lm.pt", "file:///etc/passwd", "data:,PK", "gopher://x/lm.pt"])
def test_a_redirect_to_another_scheme_is_refused(shelf: Shelf, tmp_path: Path, place: str) -> None:
    shelf.faults = [says(302, {"Location": place}, b"")] * 3
    with pytest.raises(ConnectionError) as caught:
        find_model(NAME)
    assert shelf.address in str(caught.value)
    assert place in str(caught.value)
    assert cached(tmp_path) == {".pt.lock": 0}


def test_a_redirect_to_another_place_is_followed(shelf: Shelf) -> None:
    shelf.faults = [says(302, {"Location": "/elsewhere/lm-de.pt"}, b"")]
    assert find_model(NAME).path.read_bytes() == CONTENT


def test_a_redirect_to_no_possible_place_is_an_error_with_the_address(shelf: Shelf) -> None:
    for place in ("http://a..b/lm.pt", "http://127.0.0.1:99999/lm.pt", "http://[/lm.pt", "http://127.0.0.1:x/lm.pt"):
        shelf.faults = [says(302, {"Location": place}, b"")] * 3
        with pytest.raises(ConnectionError, match=shelf.address):
            find_model(NAME)


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl, for a certificate")
def test_a_redirect_from_https_to_http_is_refused(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    order = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    subprocess.run([*order.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with Shelf() as secure:
        secure.socket = context.wrap_socket(secure.socket, server_side=True)
        thread = threading.Thread(target=secure.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        address = secure.address.replace("http://", "https://")
        assert downloads.cached(address).read_bytes() == CONTENT
        secure.faults = [says(302, {"Location": shelf.address}, b"")]
        with pytest.raises(ConnectionError, match="redirects from https to http, which is refused") as caught:
            downloads.cached(address + "?again")
        assert address in str(caught.value)
        assert shelf.asked == []
        secure.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "ftp://127.0.0.1/lm.pt", "data:,PK", "lm.pt", "", "http:/lm.pt", "HTTP://a b/lm.pt",
     "http://127.0.0.1/배.pt", "http://127.0.0.1/\0.pt", "http://127.0.0.1/a\r\nHost: b/lm.pt"],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_refused_by_name(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str
) -> None:
    monkeypatch.setitem(CATALOGUE, NAME, address)
    for call in (lambda: find_model(NAME), lambda: download(address, tmp_path / "a.pt")):
        with pytest.raises(ValueError, match=r"no address that begins with https|characters that an address") as caught:
            call()
        assert repr(address) in str(caught.value)
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("address", ["http://a..b/lm.pt", "http://127.0.0.1:99999/lm.pt", "http://[/lm.pt", "http://"])
def test_an_impossible_address_is_an_error_that_names_it(shelf: Shelf, address: str) -> None:
    with pytest.raises(ConnectionError) as caught:
        downloads.cached(address)
    assert f"could not download {address} (" in str(caught.value)


def test_each_address_has_a_file_of_its_own_inside_the_cache(shelf: Shelf, tmp_path: Path) -> None:
    base = shelf.address.removesuffix("lm-de.pt")
    ends = ["lm-de.pt", "LM-DE.pt", "a/b_c", "a_b/c", "a/b/c", "..", ".", "", "../../a.pt", "%2e%2e%2fa.pt", "..\\a.pt",
            "a.pt?b=../../c", "a.pt?b", "a.pt#b", "~/a.pt", "con", "x" * 3000, "x" * 3001, "a:b*c|d<e>"]  # fmt: skip
    paths = [downloads.cached(base + end) for end in ends]
    assert {path.resolve().parent for path in paths} == {tmp_path / "cache"}
    assert len({path.name.lower() for path in paths}) == len(ends)
    assert {path.name for path in tmp_path.iterdir()} == {"cache"}


# -- several processes -----------------------------------------------------------------------------------------

PROCESS = """
import sys
from tutorlm.pretrained import CATALOGUE, find_model
CATALOGUE["de-forward"] = sys.argv[1]
print(find_model("de-forward").path)
"""


@pytest.fixture
def other(shelf: Shelf) -> Iterator[tuple[subprocess.Popen[str], threading.Event]]:
    """Another process, half way in downloading the same file; and what lets it go on."""
    go_on = threading.Event()

    def in_two_halves(self: Answer) -> None:
        self.wfile.write(HEADERS + b"\r\n" + CONTENT[:HALF])
        go_on.wait(30)
        with contextlib.suppress(OSError):
            self.wfile.write(CONTENT[HALF:])

    shelf.faults = [in_two_halves]
    process = subprocess.Popen([sys.executable, "-c", PROCESS, shelf.address], stdout=subprocess.PIPE, text=True)
    while not shelf.asked:
        assert process.poll() is None
        time.sleep(0.01)
    time.sleep(0.1)
    yield process, go_on
    go_on.set()
    process.kill()
    process.wait()
    process.stdout.close()


def test_two_processes_download_a_file_once(
    shelf: Shelf, other, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    process, go_on = other
    monkeypatch.setattr(downloads, "UNSAID", 0.1)
    threading.Timer(0.5, go_on.set).start()
    path = find_model(NAME).path
    assert path.read_bytes() == CONTENT
    assert process.communicate()[0].strip() == str(path)
    assert shelf.asked == [None]
    assert capsys.readouterr().err == f"Another process is downloading {path}. This one waits for it.\n"
    assert cached(tmp_path) == COMPLETE


def test_a_process_that_was_killed_stops_nobody(shelf: Shelf, other, capsys: pytest.CaptureFixture[str]) -> None:
    process, _ = other
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert find_model(NAME).path.read_bytes() == CONTENT
    assert shelf.asked == [None, f"bytes={HALF}-"], "and what it had is of use"
    assert capsys.readouterr().err == ""


def test_a_process_that_stands_still_is_not_waited_for(shelf: Shelf, other, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "UNSAID", 0.1)
    monkeypatch.setattr(downloads, "STILL", 0.2)
    assert find_model(NAME).path.read_bytes() == CONTENT


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
@pytest.mark.filterwarnings("ignore:flock not supported")
def test_where_files_cannot_be_locked_a_download_needs_no_lock(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def flock(*arguments: object) -> None:
        raise OSError(number, "no locks here")

    monkeypatch.setattr(fcntl, "flock", flock)
    monkeypatch.setattr(downloads, "UNSAID", 0.1)  # an older filelock cannot tell this from a lock that is taken
    monkeypatch.setattr(downloads, "STILL", 0.1)
    assert find_model(NAME).path.read_bytes() == CONTENT


# -- the cache -------------------------------------------------------------------------------------------------


def test_a_home_folder_may_be_written_as_a_tilde(shelf: Shelf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TUTORLM_CACHE", "~/x")
    path = find_model(NAME).path
    assert path.parent == tmp_path / "x"
    assert find_model(f"~/x/{path.name}").path == find_model(Path("~/x") / path.name).path == path
    with pytest.raises(FileNotFoundError, match=f"no model file {tmp_path}/x/y.pt: of this path, only {tmp_path}/x ex"):
        LanguageModel.load("~/x/y.pt")
    with pytest.raises(FileNotFoundError, match=r"no model file ~nobody-of-this-name/a\.pt"):
        find_model("~nobody-of-this-name/a.pt")


@pytest.mark.parametrize(
    "name", ["a\0b", "a\0.pt", "\ud800", "x" * 300, "x" * 100_000, "x/" * 3000, "news-\0", "", "/"]
)
def test_an_impossible_name_is_not_found_and_no_more(name: str) -> None:
    for call in (find_model, LanguageModel.load, model_card):
        with pytest.raises(FileNotFoundError, match="no model") as caught:
            call(name)
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 1000


def test_the_card_of_a_model_is_one_of_those_that_ship() -> None:
    for name in ("../flair_models", "", "news-mini", "de-forward"):
        with pytest.raises(FileNotFoundError, match="books-forward, news-mini-backward"):
            model_card(name)


@pytest.mark.parametrize("cache", ["file/cache", "~nobody-of-this-name/cache", "x" * 300])
def test_a_cache_that_cannot_be_written_says_what_to_do(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cache: str
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TUTORLM_CACHE", cache)
    with pytest.raises(OSError, match=r"[Ss]et TUTORLM_CACHE to a folder that"):
        find_model(NAME)


def test_a_cache_for_all_may_be_read_only(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    path = find_model(NAME).path
    path.with_name(path.name + ".sha256").unlink()

    def read_only(*arguments: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(downloads, "atomic_write", read_only)
    monkeypatch.setattr(downloads, "_wait", read_only)
    assert find_model(NAME).path == path


def test_a_file_half_copied_by_hand_is_not_noted(shelf: Shelf) -> None:
    path = find_model(NAME).path
    note = path.with_name(path.name + ".sha256")
    note.unlink()
    path.write_bytes(CONTENT[:HALF])
    assert find_model(NAME).path == path
    assert not note.exists()
    path.write_bytes(CONTENT)
    assert find_model(NAME).path == path
    assert note.read_text() == hashlib.sha256(CONTENT).hexdigest()


def interrupt(*arguments: object, **settings: object) -> None:
    raise KeyboardInterrupt


def test_a_download_that_is_killed_before_its_last_step_has_left_a_note_and_no_file(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    replace = Path.replace

    def killed(self: Path, target: Path) -> Path:
        return interrupt() if target.suffix == ".pt" else replace(self, target)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Path, "replace", killed)
        find_model(NAME)
    whole = cached(tmp_path)
    assert ".pt" not in whole and whole[".pt.sha256"] == 64
    shelf.content, shelf.tag = SECOND, '"second"'
    assert find_model(NAME).path.read_bytes() == SECOND
    assert find_model(NAME).path.read_bytes() == SECOND
    assert cached(tmp_path) == COMPLETE


def test_bytes_of_two_versions_are_not_mixed_by_a_download_that_is_killed_between_them(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.cuts = 3
    with pytest.raises(ConnectionError):
        find_model(NAME)
    shelf.content, shelf.tag = SECOND, '"second"'
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(downloads, "tqdm", interrupt)  # the answer has come, and not one byte of the file
        find_model(NAME)
    assert find_model(NAME).path.read_bytes() == SECOND


# -- digests in the catalogue ------------------------------------------------------------------------------------


def test_a_file_whose_digest_is_in_the_catalogue_must_have_it(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(DIGESTS, shelf.address, hashlib.sha256(SECOND).hexdigest())
    with pytest.raises(ValueError, match="it is another file, and was not kept") as caught:
        find_model(NAME)
    assert shelf.address in str(caught.value)
    assert cached(tmp_path).keys() <= {".pt.lock", ".pt.tag"}
    shelf.content, shelf.tag = SECOND, '"second"'
    path = find_model(NAME).path
    assert find_model(NAME).path.read_bytes() == SECOND
    monkeypatch.setitem(DIGESTS, shelf.address, hashlib.sha256(CONTENT).hexdigest().upper())
    with pytest.raises(ValueError, match="SHA-256 differs"):
        find_model(NAME)
    path.unlink()
    shelf.content, shelf.tag = CONTENT, '"first"'
    assert find_model(NAME).path.read_bytes() == CONTENT


def test_digests_are_of_addresses_in_the_catalogue() -> None:
    assert set(DIGESTS) <= set(CATALOGUE.values())
    assert all(len(bytes.fromhex(digest)) == 32 for digest in DIGESTS.values())


# -- dictionaries of Flair ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["flair-chars", "chars-large", "chars-xl", "chars-lemmatizer", "common-chars-large"])
def test_flairs_dictionaries_come_through_the_cache_and_the_safe_reader(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    assert FLAIR_DICTIONARIES[name].startswith("https://flair.informatik.hu-berlin.de/resources/characters/")
    items = [b"<unk>", b"\n", "é".encode()]
    shelf.content = pickle.dumps({"idx2item": items, "item2idx": {item: n for n, item in enumerate(items)}}, 4)
    monkeypatch.setitem(FLAIR_DICTIONARIES, name, shelf.address)
    for _ in range(2):
        assert Dictionary.load(name).get_items() == ["<unk>", "\n", "é"]
    assert len(shelf.asked) == 1


def test_a_hostile_dictionary_from_a_server_is_not_run(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.content = pickle.dumps(os.getcwd, 4)
    monkeypatch.setitem(FLAIR_DICTIONARIES, "chars-xl", shelf.address)
    with pytest.raises(UnsafeFileError, match="getcwd"):
        Dictionary.load("chars-xl")
