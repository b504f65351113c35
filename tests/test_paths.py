"""A path may begin with `~`, and the path of a text may be `-`, standard input."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from tutorlm import Dictionary, FlairEmbeddings, LanguageModel, LanguageModelTrainer, TextCorpus, prepare_corpus
from tutorlm.cli import main
from tutorlm.datasets import python_reference_corpus
from tutorlm.files.text import list_text_files, read_blocks
from tutorlm.fine_tuning import compare

LINES = "".join(f"Line {number} of a little text.\n" for number in range(500))


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home folder with a text, and another folder to be in, which stays empty."""
    folder, here = tmp_path / "home", tmp_path / "here"
    folder.mkdir()
    here.mkdir()
    (folder / "text").write_text(LINES, encoding="utf-8")
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    monkeypatch.chdir(here)
    yield folder
    assert list(here.iterdir()) == []


def test_texts_are_found_in_the_home_folder(home):
    assert list_text_files("~/text") == list_text_files(Path("~/text")) == [home / "text"]
    assert "".join(read_blocks("~/text")) == LINES
    assert len(Dictionary.from_files("~")) > 5
    assert Dictionary().coverage(Path("~/text")).total == len(LINES)


def test_a_corpus_is_made_and_read_in_the_home_folder(home):
    assert prepare_corpus("~/text", "~/corpus").path == home / "corpus"
    corpus = TextCorpus("~/corpus", Dictionary.from_files("~/corpus/train"), cache="~/cache")
    assert corpus.path == home / "corpus" and len(corpus.train[0])
    assert list((home / "cache").iterdir())


def test_a_dictionary_is_saved_and_loaded_in_the_home_folder(home):
    dictionary = Dictionary.from_files("~/text")
    dictionary.save("~/d.json")
    dictionary.save("~/d.pkl")
    assert dictionary == Dictionary.load("~/d.json") == Dictionary.load_from_file("~/d.json")
    assert (home / "d.pkl").is_file()


def test_a_model_is_trained_saved_and_loaded_in_the_home_folder(home):
    prepare_corpus("~/text", "~/corpus")
    dictionary = Dictionary.from_files("~/corpus/train")
    corpus, model = TextCorpus("~/corpus", dictionary), LanguageModel(dictionary, True, hidden_size=4, nlayers=1)
    model.save("~/model.pt")
    for load in (LanguageModel.load, LanguageModel.load_language_model):
        assert load("~/model.pt").hidden_size == 4
    assert FlairEmbeddings("~/model.pt").embedding_length == 4
    trainer = LanguageModelTrainer(model, corpus)
    result = trainer.train("~/run", 20, mini_batch_size=8, max_epochs=1, checkpoint=True, observers=[])
    assert result.best_model == home / "run" / "best-lm.pt"
    assert LanguageModelTrainer.load_checkpoint("~/run/checkpoint.pt", corpus).resumed
    assert compare({"model": "~/model.pt"}, {"text": Path("~/corpus/test.txt")}).scores


def test_the_command_line_writes_and_resumes_in_the_home_folder(home, capsys):
    small = ["--hidden-size", "4", "--mini-batch-size", "8", "--sequence-length", "20", "--max-epochs", "1"]
    assert main(["prepare", "~/text", "~/corpus"]) == 0
    assert main(["train", "~/corpus", "~/run", "--checkpoint", *small]) == 0
    assert main(["train", "~/corpus", "~/run", "--resume"]) == 0
    assert (home / "run" / "run.json").is_file()
    assert "to resume from" not in capsys.readouterr().err


def test_the_reference_of_python_is_put_into_the_home_folder(home):
    assert python_reference_corpus("~/python", splits=1) == home / "python"


def test_a_file_whose_name_begins_like_a_home_folder_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("~no one", "~", "-"):
        Path(name).write_text(name, encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "~" ends like a copy that an editor left
        found = list_text_files(".")
    assert ["".join(read_blocks(file)) for file in found] == ["-", "~no one"]
    assert "".join(read_blocks("~no one")) == "~no one"


# -- standard input ----------------------------------------------------------------------------------


def run(folder: Path, *arguments: str, given: bytes) -> subprocess.CompletedProcess[bytes]:
    environ = {**os.environ, "TMPDIR": str(folder), "TEMP": str(folder)}
    order = [sys.executable, *arguments]
    return subprocess.run(order, input=given, capture_output=True, env=environ, cwd=folder, check=False, timeout=100)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_prepare_reads_standard_input_and_leaves_no_copy_of_it(tmp_path, pack):
    done = run(tmp_path, "-m", "tutorlm", "prepare", "-", "out", given=pack(LINES.encode()))
    assert done.returncode == 0, done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    (tmp_path / "text").write_bytes(pack(LINES.encode()))
    prepare_corpus(tmp_path / "text", tmp_path / "same")
    for name in ("train/train_split_1", "valid.txt", "test.txt"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "same" / name).read_bytes()


def test_standard_input_can_be_read_twice(tmp_path):
    code = """
from tutorlm import Dictionary
from tutorlm.files.text import read_blocks
print(Dictionary.from_files("-").coverage(["-"]).share, len("".join(read_blocks("-"))))"""
    assert run(tmp_path, "-c", code, given=LINES.encode()).stdout.split() == [b"1.0", str(len(LINES)).encode()]


def test_what_is_wrong_with_standard_input_is_told(tmp_path):
    done = run(tmp_path, "-m", "tutorlm", "prepare", "-", "out", given="안녕하세요, 세계\n".encode("cp949") * 9)
    assert done.returncode == 1
    assert b"standard_input, line 1, byte 0: 0xbe is not UTF-8" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="there is no /dev/fd")
@pytest.mark.parametrize("command", ["cat text | {} /dev/stdin out", "{} <(cat text) out"])
def test_the_pipes_of_a_shell_are_read(tmp_path, command):
    (tmp_path / "text").write_text(LINES, encoding="utf-8")
    command = command.format(f"{sys.executable} -m tutorlm prepare")
    done = subprocess.run(["bash", "-c", command], capture_output=True, cwd=tmp_path, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    prepare_corpus(tmp_path / "text", tmp_path / "same")
    for name in ("train/train_split_1", "valid.txt", "test.txt"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "same" / name).read_bytes()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_named_pipe_is_refused_with_what_to_give_instead(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    done = run(tmp_path, "-m", "tutorlm", "prepare", "pipe", "out", given=b"")
    assert done.returncode == 1
    assert b"pipe is a named pipe, not a file." in done.stderr
    assert b"to read from a pipe, give - and connect it to standard input" in done.stderr
