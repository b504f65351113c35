"""Two runs never share a folder: the second is told who is there. No lock outlives its process."""

from __future__ import annotations

import errno
import os
import platform
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import filelock
import pytest
import torch

from tutorlm import LanguageModel, LanguageModelTrainer, TextCorpus
from tutorlm.cli import main
from tutorlm.events import Started, Step
from tutorlm.training.locking import locked

QUICK = {"sequence_length": 20, "mini_batch_size": 8, "max_epochs": 1, "observers": []}
ME = rf"process {os.getpid()} on {re.escape(platform.node())}"
HOLDS_IT = """
import sys, time
from pathlib import Path
from tutorlm.training.locking import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""
TAKES_TURNS = """
import os, sys, time
from pathlib import Path
from tutorlm.training.locking import locked
folder, alone = Path(sys.argv[1]), Path(sys.argv[2])
turns, end = 0, time.monotonic() + 1
while time.monotonic() < end:
    try:
        with locked(folder):
            os.mkdir(alone)  # fails if another is inside
            os.rmdir(alone)
            turns += 1
    except ValueError:
        pass
print(turns)
"""


@pytest.fixture
def corpus(small_corpus, english) -> TextCorpus:
    return TextCorpus(small_corpus, english)


def trainer(corpus: TextCorpus, size: int = 8) -> LanguageModelTrainer:
    torch.manual_seed(0)
    return LanguageModelTrainer(LanguageModel(corpus.dictionary, True, size, 1), corpus)


def in_a_process(script: str, *arguments: object) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", script, *map(str, arguments)], stdout=subprocess.PIPE, text=True)


def hidden(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_the_second_run_is_refused_and_the_first_keeps_its_model_and_its_half_written_file(corpus, tmp_path):
    said = []

    def begin_another(event):
        if isinstance(event, Step) and not said:
            half_written = tmp_path / ".best-lm.pt.0123.tmp"
            half_written.touch()
            with pytest.raises(
                ValueError, match=rf"another run is at work in {tmp_path}: {ME}, which is this"
            ) as error:
                trainer(corpus, 16).train(tmp_path, **QUICK)
            said.append(str(error.value))
            assert half_written.exists() and not (tmp_path / "best-lm.before.pt").exists()

    first = trainer(corpus)
    result = first.train(tmp_path, **{**QUICK, "observers": [begin_another]})
    assert "give another folder" in said[0]
    assert first.model.evaluate(corpus.valid) == pytest.approx(result.best_valid_loss)
    assert LanguageModel.load(tmp_path / "best-lm.pt").hidden_size == 8
    trainer(corpus).train(tmp_path, **QUICK)  # the folder is free again
    assert sorted(path.name for path in tmp_path.glob("*.*") if path.is_file()) == [
        "best-lm.before.pt", "best-lm.pt", "loss.tsv",
    ]  # fmt: skip


def test_a_trainer_in_another_thread_is_refused_as_well(corpus, tmp_path):
    first, running = trainer(corpus), threading.Event()

    def tell(event):
        if isinstance(event, Step):
            running.set()

    thread = threading.Thread(
        target=first.train, args=(tmp_path, 20), kwargs={"mini_batch_size": 8, "observers": [tell]}
    )
    thread.start()
    assert running.wait(30)
    with pytest.raises(ValueError, match="another run is at work"):
        trainer(corpus).train(tmp_path, **QUICK)
    first.stop()
    thread.join(30)
    assert trainer(corpus).train(tmp_path, **QUICK).steps


def test_another_process_is_named_and_a_killed_one_holds_nothing(corpus, tmp_path, capsys):
    holder = in_a_process(HOLDS_IT, tmp_path)
    try:
        assert holder.stdout.readline() == "held\n"
        small = ["--hidden-size", "8", "--mini-batch-size", "8", "--max-epochs", "1"]
        assert main(["train", str(corpus.path), str(tmp_path), *small]) == 1
        told = capsys.readouterr().err
        assert f"another run is at work in {tmp_path}: process {holder.pid} on {platform.node()}. Wait" in told
        assert not (tmp_path / "best-lm.pt").exists() and not (tmp_path / "run.json").exists()
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    assert sorted(hidden(tmp_path)) == [".lock", ".running"]
    trainer(corpus).train(tmp_path, **QUICK)
    assert hidden(tmp_path) == []


@pytest.mark.parametrize("moment", ["at the first evaluation", "when it begins", "within an observer"])
def test_a_cell_that_was_interrupted_can_be_run_again(corpus, tmp_path, moment):
    trainer(corpus, 16).train(tmp_path / "out", **QUICK)
    before = (tmp_path / "out" / "best-lm.pt").read_bytes()
    interrupted = trainer(corpus)

    def press(event):
        if isinstance(event, Started):
            signal.raise_signal(signal.SIGINT)

    if moment == "at the first evaluation":
        evaluate = interrupted.evaluate
        interrupted.evaluate = lambda ids: signal.raise_signal(signal.SIGINT) or evaluate(ids)
        with pytest.raises(KeyboardInterrupt):
            interrupted.train(tmp_path / "out", **QUICK)
        assert (tmp_path / "out" / "best-lm.pt").read_bytes() == before  # nothing was changed
    else:
        observers = [press] if moment == "within an observer" else []
        if moment == "when it begins":
            begin = interrupted.begin
            interrupted.begin = lambda path: signal.raise_signal(signal.SIGINT) or begin(path)
        result = interrupted.train(tmp_path / "out", **{**QUICK, "observers": observers})
        assert result.stopped.startswith("interrupted") and result.steps == 1
        assert (tmp_path / "out" / "best-lm.before.pt").read_bytes() == before
        assert LanguageModel.load(tmp_path / "out" / "best-lm.pt").hidden_size == 8
    assert hidden(tmp_path / "out") == []
    assert trainer(corpus).train(tmp_path / "out", **QUICK).stopped == "all 1 epochs done"


def test_a_refused_run_leaves_no_folder_behind(corpus, tmp_path):
    trainer(corpus).train(tmp_path / "out", checkpoint=True, **QUICK)
    resumed = LanguageModelTrainer.load_checkpoint(tmp_path / "out" / "checkpoint.pt", corpus)
    with pytest.raises(FileNotFoundError):
        resumed.train(tmp_path / "elsewhere", **QUICK)
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("error", [OSError(errno.ENOLCK, "No locks available"), NotImplementedError("no flock")])
def test_where_there_are_no_locks_a_warning_says_so_and_the_run_goes_on(corpus, tmp_path, monkeypatch, error):
    def acquire(self, *arguments, **settings):
        raise error

    monkeypatch.setattr(filelock.FileLock, "acquire", acquire)
    with pytest.warns(UserWarning, match=rf"{tmp_path} cannot be locked .*start no second run there"):
        assert trainer(corpus).train(tmp_path, **QUICK).steps
    assert hidden(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="links as Unix has them")
def test_a_link_or_a_pipe_in_place_of_the_lock_is_not_followed(corpus, tmp_path):
    """A folder that came from elsewhere may have one to any file."""
    (tmp_path / "mine").write_text("of value")
    (tmp_path / "out").mkdir()
    for name in (".lock", ".running"):
        (tmp_path / "out" / name).symlink_to(tmp_path / "mine")
    trainer(corpus).train(tmp_path / "out", **QUICK)
    os.mkfifo(tmp_path / "out" / ".lock")
    trainer(corpus).train(tmp_path / "out", **QUICK)
    assert (tmp_path / "mine").read_text() == "of value" and hidden(tmp_path / "out") == []


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"\x1b[2J\x1b]0;title\x07", b"x" * 100_000])
def test_what_says_who_is_at_work_may_say_anything(content, tmp_path):
    with locked(tmp_path):
        (tmp_path / ".running").write_bytes(content)
        with pytest.raises(ValueError, match=rf"another run is at work in {tmp_path}: (unknown|x+)\. Wait") as error:
            locked(tmp_path).__enter__()
        assert len(str(error.value)) < 500


def test_of_many_that_come_and_go_one_at_a_time_is_inside(tmp_path):
    """The lock's file is deleted at each end, so one may lock a file that is no longer there."""
    (tmp_path / "out").mkdir()
    runs = [in_a_process(TAKES_TURNS, tmp_path / "out", tmp_path / "alone") for _ in range(3)]
    turns = [int(run.communicate(timeout=60)[0]) for run in runs]
    assert all(run.returncode == 0 for run in runs) and sum(turns) > 50, turns


def test_a_folder_that_cannot_be_written_is_named(corpus, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match=r"could not write into .*file.* Choose a writable folder"):
        trainer(corpus).train(tmp_path / "file", **QUICK)
    assert (tmp_path / "file").read_bytes() == b""
