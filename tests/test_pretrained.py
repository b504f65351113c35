"""Models by name: those that ship work offline and are as good as their cards say; downloads survive a bad network."""

from __future__ import annotations

import hashlib
import http.server
import json
import resource
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tutorlm import FlairEmbeddings, LanguageModel, Sentence, TextCorpus
from tutorlm.events import bits
from tutorlm.files.atomic import cache_folder
from tutorlm.files.download import download
from tutorlm.pretrained import CATALOGUE, SHIPPED, find_model, model_card, shipped_models

CONTENT = b"PK" + bytes(range(256)) * 1000 + b"KP"  # what the server has for a model; the same from both ends
HALF = len(CONTENT) // 2
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
        self.asked: list[str | None] = []  # the range of each request

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/lm-de.pt"


class Answer(http.server.BaseHTTPRequestHandler):
    server: Shelf

    def do_GET(self) -> None:
        shelf, asked = self.server, self.headers["Range"]
        shelf.asked.append(asked)
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
    with pytest.raises(FileNotFoundError, match=r"Nearest names: news-mini-backward, news-mini-forward\."):
        find_model("xyzzy")


def test_a_path_is_a_model_too(tmp_path: Path) -> None:
    path = tmp_path / "news-forward"  # even where its name is one of the catalogue
    path.touch()
    assert find_model(path).path == find_model(str(path)).path == path


# -- the models that ship ------------------------------------------------------------------------------


def test_a_forward_and_a_backward_model_ship() -> None:
    assert shipped_models() == ["news-mini-backward", "news-mini-forward"]


@pytest.mark.parametrize("name", ["news-mini-forward", "news-mini-backward"])
def test_a_shipped_model_is_what_its_card_says(name: str, sample: Path, one_thread: None) -> None:
    path, card = find_model(name).path, model_card(name)
    model = LanguageModel.load_language_model(path)
    assert path.stat().st_size <= 2_000_000
    assert card["name"] == name
    assert card["command"] == "make models"
    assert "CC0" in card["licence"]
    assert "data/sample_corpus/en" in card["data"]
    assert card["seconds"] > 0
    assert (card["hidden_size"], card["nlayers"]) == (model.hidden_size, model.nlayers)
    assert (card["embedding_size"], card["dictionary_size"]) == (model.embedding_size, len(model.dictionary))
    assert model.is_forward_lm == name.endswith("-forward")
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
    assert cached(tmp_path) == {".pt": len(CONTENT), ".pt.sha256": 64}
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
    assert cached(tmp_path) == {".pt": len(CONTENT), ".pt.sha256": 64}


def test_the_next_call_resumes_a_download_that_was_given_up(shelf: Shelf, tmp_path: Path) -> None:
    shelf.cuts = 3
    with pytest.raises(ConnectionError, match="broke after 224,003 of 256,004 bytes"):
        find_model(NAME)
    assert cached(tmp_path)[".pt.part"] == 224_003
    assert ".pt" not in cached(tmp_path)
    assert find_model(NAME).path.read_bytes() == CONTENT
    assert shelf.asked == [None, "bytes=128002-", "bytes=192003-", "bytes=224003-"]


def test_a_server_that_knows_no_ranges_sends_all_of_it_again(shelf: Shelf) -> None:
    shelf.knows_ranges = False
    shelf.cuts = 1
    assert find_model(NAME).path.read_bytes() == CONTENT
    assert shelf.asked == [None, f"bytes={HALF}-"]


def test_a_file_that_changed_on_the_server_is_downloaded_from_the_start(shelf: Shelf) -> None:
    shelf.cuts = 3
    with pytest.raises(ConnectionError):
        find_model(NAME)
    shelf.content, shelf.tag = CONTENT[::-1], '"second"'
    assert find_model(NAME).path.read_bytes() == CONTENT[::-1]


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
    assert cached(tmp_path) == {}


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
    shelf.content, shelf.tag = CONTENT[::-1], '"second"'
    assert find_model(NAME).path.read_bytes() == CONTENT[::-1]
    assert find_model(NAME).path.read_bytes() == CONTENT[::-1], "the note of the new version was checked"


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
