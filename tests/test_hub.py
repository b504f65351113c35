"""Models go to the Hub, here a server on this machine, and come back; what is not there or not sound is told."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import strong_model
from hostile import model_pickle
from local_hub import LocalHub

from tutorlm import FlairEmbeddings, LanguageModel, Sentence, StackedEmbeddings, catalogue
from tutorlm.files.hub import Address, fetch
from tutorlm.files.pickles import UnsafeFileError
from tutorlm.pretrained import CATALOGUE, find_model, find_pair, shipped_models
from tutorlm.sharing import bundle, check_bundle, entry, push

pytest.importorskip("huggingface_hub")
ROOT = Path(__file__).parent.parent
ENGLISH = ROOT / "data" / "sample_corpus" / "en"
TOKENS = {"hf_ann": "ann", "hf_bob": "bob"}
AT_ONCE = 5.0  # seconds; the library by itself tries again for 23


@pytest.fixture
def hub(monkeypatch, tmp_path) -> Iterator[LocalHub]:
    """A Hub on this machine, to which ann is logged in. It must have an answer to every request."""
    with LocalHub(TOKENS) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.endpoint)
        monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
        monkeypatch.setenv("HF_TOKEN", "hf_ann")
        monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
        yield server
    assert server.unknown == []


@pytest.fixture
def shared(hub, bundled) -> str:
    """The pinned address of a pair that ann shares with everybody."""
    return push(bundled, "ann/news", private=False).address


@pytest.fixture
def nobody(monkeypatch) -> None:
    """Nobody is logged in."""
    monkeypatch.delenv("HF_TOKEN", raising=False)


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def vectors(name: str | Path):
    return FlairEmbeddings(name, precision="fp32").matrix(Sentence("The ferry is late ."))


def commit_of(address: str) -> str:
    return address.partition("@")[2]


# -- there and back --------------------------------------------------------------------------------------


def test_a_pair_that_was_pushed_makes_the_same_vectors_everywhere(shared, hub, nobody):
    for address in ("hub:ann/news", "hub:ann/news@main", "hub:ann/news/forward.pt", shared):
        assert (vectors(address) == vectors("news-mini-forward")).all()
    assert (vectors("hub:ann/news/backward.pt") == vectors("news-mini-backward")).all()
    model = LanguageModel.load(f"hub:ann/news/backward.pt@{commit_of(shared)}")
    assert not model.is_forward_lm and model.decoder is not None
    stack = StackedEmbeddings.from_pair("hub:ann/news", precision="fp32")
    mine = StackedEmbeddings.from_pair("news-mini", precision="fp32")
    sentence = Sentence("The ferry is late .")
    assert (stack.matrix(sentence) == mine.matrix(sentence)).all()


def test_a_push_is_private_and_its_card_names_the_repository(hub, bundled, nobody, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_ann")
    sent = push(bundled, "ann/news")
    assert hub.repos["ann/news"].private and sent.private
    assert sent.address == f"hub:ann/news@{hub.repos['ann/news'].refs['main']}"
    assert str(sent) == f"{sent.address} (private)"
    stored = hub.repos["ann/news"].commits[commit_of(sent.address)]
    assert {*stored} == {*contents(bundled), ".gitattributes"}
    card = stored["README.md"].content.decode()
    assert 'from_pair("hub:ann/news")' in card and "OWNER/NAME" not in card
    assert (vectors("hub:ann/news") == vectors("news-mini-forward")).all()
    monkeypatch.setenv("HF_TOKEN", "hf_bob")
    with pytest.raises(FileNotFoundError, match="no such model, or it is private"):
        fetch("hub:ann/news/backward.pt")


def test_a_dry_run_shows_files_and_card_and_asks_nothing(hub, bundled):
    shown = push(bundled, "ann/news", dry_run=True)
    assert hub.log == [] and shown.address == ""
    assert "1,611,455 bytes  forward.pt" in str(shown) and "private: only you" in str(shown)
    assert 'from_pair("hub:ann/news")' in str(shown) and "# news-mini" in shown._repr_markdown_()
    assert str(shown).startswith(f"{shown.listing}\n\n---\n") and "forward.pt" in shown.listing.splitlines()[-2]
    assert "PUBLIC: everybody" in str(push(bundled, "ann/news", private=False, dry_run=True))


def test_the_same_push_again_makes_no_new_commit_and_another_does(hub, bundled, tmp_path):
    first = push(bundled, "ann/news").address
    assert push(bundled, "hub:ann/news").address == first
    bundle("news-mini-forward", tmp_path / "b", licence="mit", language="en", corpus=ENGLISH)
    second = push(tmp_path / "b", "ann/news").address
    assert second != first
    assert check_bundle(first).ok and check_bundle(second).ok


def test_a_pinned_model_that_is_here_asks_nothing_of_the_network(shared, hub):
    vectors(shared)
    hub.log.clear()
    vectors(shared)
    assert find_model(f"hub:ann/news/forward.pt@{commit_of(shared)}").path.is_file()
    assert hub.log == []


def test_a_pair_comes_from_one_commit_and_is_asked_for_once(shared, hub, bundled, capfd):
    StackedEmbeddings.from_pair("hub:ann/news")
    assert f"hub:ann/news is {shared}" in capfd.readouterr().err
    files = [path for _, path in hub.log if "/resolve/" in path]
    assert {path.rsplit("/", 1)[1] for path in files} == {"config.json", "forward.pt", "backward.pt"}
    hub.log.clear()
    assert find_pair(shared) == tuple(f"hub:ann/news/{d}.pt@{commit_of(shared)}" for d in ("forward", "backward"))
    StackedEmbeddings.from_pair(shared)
    assert hub.log == []


def test_what_is_not_pinned_is_told_its_commit(shared, capfd):
    fetch("hub:ann/news")
    said = capfd.readouterr().err
    assert f"hub:ann/news is hub:ann/news/forward.pt@{commit_of(shared)}" in said and "other direction" in said
    fetch(shared)
    fetch(f"hub:ann/news/backward.pt@{commit_of(shared)}")
    assert capfd.readouterr().err == ""


def test_tags_and_branches_are_revisions(shared, hub, bundled, tmp_path):
    hub.repos["ann/news"].refs |= {"v1": commit_of(shared), "refs/pr/1": commit_of(shared)}
    assert fetch("hub:ann/news@v1") == fetch(shared) == fetch("hub:ann/news/forward.pt@refs/pr/1")


def test_no_token_is_sent_for_what_everybody_may_read(shared, hub):
    hub.seen_tokens.clear()
    fetch("hub:ann/news")
    assert hub.seen_tokens == set()


def test_models_that_others_uploaded_in_flairs_layout_open(hub, english, tmp_path):
    strong_model(english).save(tmp_path / "best-lm.pt")
    content = (tmp_path / "best-lm.pt").read_bytes()
    hub.put("uk/forward", {"best-lm.pt": content, "other.pt": b"PK", "README.md": b"# A card"})
    hub.put("uk/one", {"lm.pt": content, "config.json": b'{"model_type": "bert"}'})
    for address in ("hub:uk/forward", "hub:uk/forward/best-lm.pt", "hub:uk/one"):
        assert LanguageModel.load(address).hidden_size == 16


def test_a_download_that_breaks_goes_on(shared, hub):
    fetch("hub:ann/news/backward.pt")
    hub.cut_after = 300_000
    assert (vectors(shared) == vectors("news-mini-forward")).all()


# -- no network ------------------------------------------------------------------------------------------


def unplug(monkeypatch) -> None:
    """From now on, nobody answers at the Hub's address."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{closed.getsockname()[1]}")


@pytest.mark.parametrize("how", ["unplugged", "offline"])
@pytest.mark.parametrize("pinned", [True, False])
def test_without_a_network_the_answer_comes_at_once_and_says_what_to_do(hub, monkeypatch, how, pinned):
    unplug(monkeypatch) if how == "unplugged" else monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    address, began = "hub:ann/news" + f"@{'0' * 40}" * pinned, time.monotonic()
    for load in (fetch, StackedEmbeddings.from_pair, check_bundle, lambda name: entry(name, "x", "y")):
        with pytest.raises(ConnectionError, match=r"no copy of hub:ann/news.* in .*hub\. Connect to the network"):
            load(address)
    assert time.monotonic() - began < AT_ONCE
    assert hub.log == []


@pytest.mark.parametrize("how", ["unplugged", "offline"])
def test_without_a_network_a_push_fails_at_once(hub, bundled, monkeypatch, how):
    unplug(monkeypatch) if how == "unplugged" else monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    began = time.monotonic()
    with pytest.raises(ConnectionError, match="hub:ann/news: the Hub cannot be reached"):
        push(bundled, "ann/news")
    assert time.monotonic() - began < AT_ONCE


@pytest.mark.parametrize("how", ["unplugged", "offline"])
def test_without_a_network_the_copy_in_the_cache_is_used_and_that_is_said(shared, hub, monkeypatch, capfd, how):
    StackedEmbeddings.from_pair("hub:ann/news")
    capfd.readouterr()
    unplug(monkeypatch) if how == "unplugged" else monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert (vectors("hub:ann/news") == vectors("news-mini-forward")).all()
    assert f"the copy of {commit_of(shared)} in the cache is used" in capfd.readouterr().err
    StackedEmbeddings.from_pair("hub:ann/news")
    assert (vectors(shared) == vectors("news-mini-forward")).all()


def test_a_hub_with_a_fault_is_said_to_have_one(hub, shared):
    hub.fail = {"info": 503}
    with pytest.raises(ConnectionError, match=r"status 503.* Try again later"):
        fetch("hub:ann/news")


# -- what is not there, or not allowed -----------------------------------------------------------------------

WRONG = [
    ("hub:ann/nothing", FileNotFoundError, "hub:ann/nothing was not found: there is no such model, or it is private"),
    ("hub:ann/news@v9", FileNotFoundError, "no revision 'v9'"),
    (f"hub:ann/news@{'1' * 40}", FileNotFoundError, "no revision '1111"),
    ("hub:ann/news/none.pt", FileNotFoundError, "no file none.pt. It has: .*backward.pt"),
    ("hub:ann/empty", FileNotFoundError, "no model files. It has: README.md"),
    ("hub:ann/many", FileNotFoundError, "several model files. It has: a.pt, b.pt. Name one: hub:ann/many/a.pt"),
    ("hub:ann/gated", PermissionError, "gated.*accept them, then log in here with `hf auth login`"),
    ("hub:bob/secret", FileNotFoundError, "or it is private"),
    ("hub:ann", ValueError, "is no address of a model. Write hub:owner/name"),
    ("hub:ann/../x", ValueError, "is no address"),
    ("hub:ann/news/../../x.pt", ValueError, "is no address"),
    ("hub:ann/news@v1/forward.pt", ValueError, "the file comes before the revision"),
    ("hub:a b/c", ValueError, "is no address"),
    ("hub:ann/one--two", ValueError, "."),
]


@pytest.mark.parametrize("token", ["", "hf_ann"])
@pytest.mark.parametrize(("address", "kind", "said"), WRONG, ids=[address for address, *_ in WRONG])
def test_what_cannot_be_had_is_told_clearly(shared, hub, monkeypatch, address, kind, said, token):
    monkeypatch.setenv("HF_TOKEN", token)
    hub.put("ann/empty", {"README.md": b"# Nothing"})
    hub.put("ann/many", {"a.pt": b"PK", "b.pt": b"PK"})
    hub.put("ann/gated", {"best-lm.pt": b"PK"}, gated=True)
    hub.put("bob/secret", {"best-lm.pt": b"PK"}, private=True)
    if token and "gated" in address:
        pytest.skip("ann may read what is gated")
    began = time.monotonic()
    with pytest.raises(kind, match=said):
        FlairEmbeddings(address)
    assert time.monotonic() - began < AT_ONCE


def test_a_token_that_the_hub_does_not_know_is_said(shared, hub, bundled, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    fetch("hub:ann/news")
    with pytest.raises(PermissionError, match=r"does not know your token"):
        push(bundled, "ann/news")


def test_without_a_token_a_push_says_how_to_log_in(hub, bundled, nobody):
    with pytest.raises(PermissionError, match=r"no token for the Hub. Log in with `hf auth login`, or set HF_TOKEN"):
        push(bundled, "ann/news")
    assert hub.repos == {}


def test_nobody_pushes_to_a_strangers_repository_but_as_a_proposal(shared, hub, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_bob")
    bundle("news-mini-forward", tmp_path / "b", licence="mit", language="en", corpus=ENGLISH)
    with pytest.raises(PermissionError, match="your token may not do this"):
        push(tmp_path / "b", "ann/news", private=False)
    proposed = push(tmp_path / "b", "ann/news", create_pr=True)
    assert proposed.page.endswith("/ann/news/discussions/1") and proposed.page in str(proposed)
    assert hub.repos["ann/news"].refs["main"] == commit_of(shared)


def test_private_files_do_not_go_to_a_public_repository_by_mistake(shared, hub, bundled):
    before = dict(hub.repos["ann/news"].refs)
    with pytest.raises(ValueError, match=r"exists, and is public.*private=False"):
        push(bundled, "ann/news")
    assert hub.repos["ann/news"].refs == before


@pytest.mark.parametrize("name", ["news", "ann/news/x", "ann/../news", "", "ann/ne ws", "ann/a--b"])
def test_what_is_no_repository_is_refused_before_anything_is_asked(hub, bundled, name):
    with pytest.raises(ValueError, match="is no repository: write owner/name"):
        push(bundled, name)
    assert hub.log == []


def test_a_bundle_that_is_not_sound_is_not_sent(hub, bundled, tmp_path):
    folder = Path(shutil.copytree(bundled, tmp_path / "b"))
    (folder / "diary.txt").write_text("private")
    with pytest.raises(ValueError, match=r"nothing was sent: diary.txt is not in SHA256SUMS"):
        push(folder, "ann/news")
    assert hub.log == []


# -- false and hostile repositories -----------------------------------------------------------------------------


def test_a_file_that_is_not_the_one_of_config_json_is_refused(hub, bundled, english, tmp_path):
    files = contents(bundled)
    strong_model(english).save(tmp_path / "x.pt")
    hub.put("eve/news", {**files, "forward.pt": (tmp_path / "x.pt").read_bytes()})
    with pytest.raises(ValueError, match=r"hub:eve/news/forward.pt@.* is not the file it should be: its SHA-256 is"):
        FlairEmbeddings("hub:eve/news")
    found = check_bundle("hub:eve/news")
    assert not found.ok and "forward.pt is not the file of SHA256SUMS" in str(found)


def test_a_cached_file_that_was_changed_is_refused(shared):
    path = fetch(shared)
    content = bytearray(path.read_bytes())
    content[-40_000] ^= 1
    path.resolve().write_bytes(content)
    with pytest.raises(ValueError, match=r"delete .*blobs"):
        fetch(shared)


def test_nothing_of_a_hostile_model_is_run(hub, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    hub.put("eve/lm", {"best-lm.pt": b"cos\nsystem\n(S'touch ran'\ntR."})
    hub.put("eve/old", {"best-lm.pt": model_pickle({"dropout": b"cos\nsystem\n"})})
    for address in ("hub:eve/lm", "hub:eve/old"):
        with pytest.raises((UnsafeFileError, ValueError)):
            FlairEmbeddings(address)
    assert not (tmp_path / "ran").exists()


SUMS = [
    (f"{'0' * 64}  ../../../etc/passwd\n", "line 1: '0+  ../../../etc/passwd' is not a SHA-256"),
    (f"{'0' * 64}  /etc/passwd\n", "is not a SHA-256"),
    (f"{'0' * 64}  .bashrc\n", "is not a SHA-256"),
    ("x" * (1 << 21), "more than 1,048,576 bytes"),
    ("", "missing"),
]


@pytest.mark.parametrize(("sums", "said"), SUMS, ids=[said for _, said in SUMS])
def test_a_repository_whose_sums_name_other_files_is_not_copied(hub, bundled, sums, said):
    hub.put("eve/news", {**contents(bundled), "SHA256SUMS": sums.encode()})
    found = check_bundle("hub:eve/news")
    assert not found.ok
    assert re.search(said, str(found)), str(found)


@pytest.mark.parametrize("config", [b"{", b"[]", b'{"library_name": "tutorlm"}', b'{"a": 1, "a": 2}', b"[" * 100_000])
def test_a_repository_with_a_wrong_config_is_refused_with_its_name(hub, bundled, config):
    hub.put("eve/news", {**contents(bundled), "config.json": config})
    with pytest.raises(ValueError, match=r"config\.json"):
        FlairEmbeddings("hub:eve/news")


def test_a_file_that_is_too_large_is_not_downloaded(shared, hub, monkeypatch):
    monkeypatch.setattr("tutorlm.files.hub.MAX_FILE_BYTES", 1_000_000)
    with pytest.raises(ValueError, match="has 1,611,455 bytes: it is not downloaded"):
        fetch("hub:ann/news")
    assert not [path for _, path in hub.log if path.startswith("/cdn/")]


# -- the catalogue -----------------------------------------------------------------------------------------


def test_every_entry_of_the_catalogue_has_the_form_of_one():
    catalogue.entries.cache_clear()
    for name in catalogue.names():
        assert name not in shipped_models() and name not in CATALOGUE, f"{name} is taken"
    for entry_ in catalogue.entries(catalogue.FOLDER).values():
        assert entry_["models"]


def documented() -> dict:
    """The entry that the catalogue's README shows."""
    text = (catalogue.FOLDER / "README.md").read_text(encoding="utf-8")
    return json.loads(text.partition("```json\n")[2].partition("```")[0])


def test_the_documented_entry_has_the_form_of_one_and_each_field_is_explained():
    text = (catalogue.FOLDER / "README.md").read_text(encoding="utf-8")
    for name in catalogue.checked(documented()):
        assert f"`{name}`" in text


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "Ko Tales"), ("name", "ko-forward"), ("name", "../x"), ("address", "https://x.y"), ("language", []),
     ("address", "hub:ann/x@main"), ("address", "hub:ann/x/a.pt"), ("revision", "main"), ("language", ["Korean"]),
     ("models", {}), ("test", None), ("more", 1), ("models", {"forward": {"file": "../a.pt"}}), ("licence", "")],
)  # fmt: skip
def test_a_wrong_entry_is_told_its_field(field, value):
    with pytest.raises(ValueError, match=field if field != "name" else "entry.name"):
        catalogue.checked({**documented(), field: value})


@pytest.fixture
def listed(shared, tmp_path, monkeypatch) -> str:
    """ann's pair, in a catalogue as en-news."""
    folder = tmp_path / "catalogue"
    folder.mkdir()
    (folder / "en-news.json").write_text(json.dumps(entry("hub:ann/news", "en-news", "A made-up newspaper")))
    monkeypatch.setattr(catalogue, "FOLDER", folder)
    return shared


def test_a_model_of_the_catalogue_is_found_by_its_name_and_stays_the_same(listed, hub, bundled, tmp_path):
    bundle("books-forward", tmp_path / "b", licence="mit", language="en", corpus=ENGLISH)
    push(tmp_path / "b", "ann/news", private=False)  # later, and not what was listed
    for name, same in {"en-news": "forward", "EN-News-Forward": "forward", "en-news-backward": "backward"}.items():
        assert (vectors(name) == vectors(f"news-mini-{same}")).all()
    assert StackedEmbeddings.from_pair("en-news").embedding_length == 512
    hub.log.clear()
    vectors("en-news")
    assert hub.log == []


def test_a_model_of_the_catalogue_must_have_the_sum_that_was_listed(listed, tmp_path, monkeypatch):
    file = tmp_path / "catalogue" / "en-news.json"
    changed = json.loads(file.read_text())
    changed["models"]["forward"]["sha256"] = "0" * 64
    file.write_text(json.dumps(changed))
    catalogue.entries.cache_clear()
    with pytest.raises(ValueError, match="and not 0000"):
        find_model("en-news")


def test_a_misspelt_name_is_told_the_nearest_of_the_catalogue(listed):
    with pytest.raises(FileNotFoundError, match="en-news"):
        find_model("en-newz")


def test_an_entry_under_another_name_than_its_files_is_refused(tmp_path):
    (tmp_path / "other.json").write_text(json.dumps(documented()))
    with pytest.raises(ValueError, match=r"other\.json: entry.name"):
        catalogue.read_entry(tmp_path / "other.json")


# -- the command line, and a machine without the library ---------------------------------------------------------


def share(*arguments: object, **settings) -> subprocess.CompletedProcess[str]:
    order = [sys.executable, "-m", "tutorlm", "share", *map(str, arguments)]
    return subprocess.run(order, capture_output=True, text=True, timeout=120, cwd=ROOT, **settings)


def test_the_command_pushes_only_when_it_is_told_to(hub, bundled):
    asked = share("push", bundled, "ann/news", stdin=subprocess.DEVNULL)
    assert asked.returncode == 1 and "add --yes" in asked.stderr and "forward.pt" in asked.stderr
    dry = share("push", bundled, "ann/news", "--dry-run")
    assert dry.returncode == 0 and "# news-mini" in dry.stdout and hub.log == []
    done = share("push", bundled, "ann/news", "--yes", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["address"].startswith("hub:ann/news@") and said["private"] and hub.repos["ann/news"].private
    checked = share("check", "hub:ann/news", "--test", ENGLISH)
    assert checked.returncode == 0 and "measured again" in checked.stdout, checked.stdout + checked.stderr
    wrong = share("check", "hub:ann/none")
    assert wrong.returncode == 1 and wrong.stderr.startswith("error: hub:ann/none was not found")
    assert "hf_ann" not in done.stdout + done.stderr


def test_the_command_writes_an_entry_for_the_catalogue(shared, tmp_path):
    done = share("entry", "hub:ann/news", "en-news", "--about", "A made-up newspaper", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    found = catalogue.read_entry(tmp_path / "en-news.json")
    assert f"{found['address']}@{found['revision']}" == shared


WITHOUT = """
import sys
sys.modules["huggingface_hub"] = None  # as if it were not installed
from tutorlm import FlairEmbeddings, Sentence
print(FlairEmbeddings("news-mini-forward").matrix(Sentence("a b")).shape)
for call in (lambda: FlairEmbeddings("hub:ann/news"), lambda: __import__("tutorlm.sharing").sharing.bundle("x", "y")):
    try:
        call()
    except ImportError as error:
        print(error)
"""


def test_without_the_library_all_else_works_and_the_message_names_the_extra():
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, timeout=120, cwd=ROOT)
    lines = done.stdout.splitlines()
    assert lines[0] == "(2, 256)", done.stderr
    assert len(lines) == 3 and all("pip install 'tutorlm[hub]'" in line for line in lines[1:])


def test_an_address_is_written_as_it_is_read():
    for address in ("hub:a/b", "hub:a/b/c.pt", "hub:a/b@main", "hub:a/b/d/c.pt@refs/pr/1"):
        assert str(Address.parse(address)) == address
    assert os.environ.get("HF_HUB_DISABLE_XET") == "1"
