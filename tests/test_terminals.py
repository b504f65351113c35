"""The command line in any terminal, with any file name: no traceback, no text lost, no training lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tutorlm import cli, starting
from tutorlm.cli import main
from tutorlm.files.models import read_model_file

ROOT = Path(__file__).parent.parent
SMALL = ["--hidden-size", "8", "--embedding-size", "8", "--mini-batch-size", "8", "--sequence-length", "30",
         "--max-epochs", "1"]  # fmt: skip
ODD = os.fsdecode(b"caf\xe9")  # Latin-1, as in archives of another time
ASCII = [{"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONIOENCODING": "ascii"}]
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LC_", "LANG"))}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="descriptors and signals as Unix has them")


def run(*arguments: object, shell: str = "", **environment: str) -> subprocess.CompletedProcess:
    """`python -m tutorlm …` as a process, with `shell` behind it, such as ">&-"; what it says, as bytes."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-m", "tutorlm", *map(str, arguments)]
    return subprocess.run(
        ["sh", "-c", f'exec "$@" {shell}', "sh", *command], capture_output=True, check=False, timeout=120,
        env={**PLAIN, "OMP_NUM_THREADS": "1", "PYTHONPATH": path, **environment},
    )  # fmt: skip


@pytest.fixture
def odd(tmp_path) -> Path:
    """A folder with a name that is not UTF-8."""
    folder = tmp_path / ODD
    try:
        folder.mkdir()
    except (OSError, UnicodeError):
        pytest.skip("this file system has no such names")
    return folder


# -- names that are not UTF-8 ------------------------------------------------------------------------------


def test_a_run_is_recorded_told_and_resumed_under_names_that_are_not_utf8(small_corpus, odd):
    (small_corpus / "train" / "a").rename(small_corpus / "train" / ODD)
    first = run("train", small_corpus, odd, *SMALL, "--checkpoint", "--json")
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout.decode("utf-8"))["model"] == str(odd / "best-lm.pt")
    second = run("train", small_corpus, odd, "--resume", "--max-epochs", "2")
    assert second.returncode == 0, second.stderr
    assert rb"caf\udce9/best-lm.pt" in second.stdout
    record = json.loads((odd / "run.json").read_text(encoding="utf-8"))
    assert str(odd) in record["command"] and f"train/{ODD}" in record["corpus"]["files"]


def test_models_and_texts_may_have_such_names(odd):
    text = odd / f"{ODD}.txt"
    text.write_text("Some text.\n")
    (found,) = json.loads(run("evaluate", "news-mini-forward", "--on", text, "--json").stdout)
    assert found["text"] == str(text)
    assert run("embed", "news-mini-forward", "--input", text, "--out", odd / "v.npz").returncode == 0
    refused = run("generate", odd / "nowhere.pt")
    assert refused.returncode == 1 and rb"error: no model file " in refused.stderr and rb"caf\udce9" in refused.stderr


def test_text_that_is_not_utf8_is_refused_at_once(small_corpus, tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        main(["generate", "news-mini-forward", "--prompt", ODD])
    assert end.value.code == 2 and "argument --prompt: invalid UTF-8 text value: 'caf" in capsys.readouterr().err
    assert main(["train", str(small_corpus), str(tmp_path / "out"), *SMALL, "--document-delimiter", ODD]) == 1
    assert "document_delimiter='caf\\udce9' is not UTF-8 text" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


# -- what output can carry -----------------------------------------------------------------------------------


@pytest.mark.parametrize("environment", ASCII)
def test_in_a_pipe_all_text_is_utf8_whatever_the_locale(environment, tmp_path):
    (tmp_path / "lines.txt").write_text("세계 é 😀\n", encoding="utf-8")
    told = run("embed", "news-mini-forward", "--input", tmp_path / "lines.txt", "--json", **environment)
    assert json.loads(told.stdout.decode("utf-8"))["tokens"] == ["세계", "é", "😀"], told
    told = run("generate", "news-mini-forward", "--prompt", "né", "--length", "0", **environment)
    assert told.stdout == "né\n".encode(), told


def test_a_terminal_without_these_characters_shows_escapes(tmp_path):
    import pty

    ours, theirs = pty.openpty()
    prompt = ["generate", "news-mini-forward", "--prompt", "né", "--length", "0"]
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**PLAIN, "PYTHONIOENCODING": "ascii", "PYTHONPATH": path}
    subprocess.run([sys.executable, "-m", "tutorlm", *prompt], stdout=theirs, env=environment, check=True)
    assert os.read(ours, 100).split() == [rb"n\xe9"]
    os.close(ours)
    os.close(theirs)


# -- streams that are closed or full ---------------------------------------------------------------------------


@pytest.mark.parametrize("shell", [">&-", "<&- >&- 2>&-", ">/dev/full", ">/dev/full 2>&1", "2>&1 | head -c 1"])
def test_a_training_is_finished_and_kept_whatever_becomes_of_its_output(shell, small_corpus, tmp_path):
    if "full" in shell and not Path("/dev/full").exists():
        pytest.skip("this system has no full device")
    told = run("train", small_corpus, tmp_path / "out", *SMALL, shell=shell)
    assert b"Traceback" not in told.stderr + told.stdout and b"Exception ignored" not in told.stderr
    assert told.returncode == (1 if ">/dev/full" in shell.split() else 0), told
    assert {"best-lm.pt", "loss.tsv", "run.json"} == {file.name for file in (tmp_path / "out").iterdir()}
    assert json.loads((tmp_path / "out" / "run.json").read_text())["result"]["stopped"] == "all 1 epochs done"
    assert read_model_file(tmp_path / "out" / "best-lm.pt")["hidden_size"] == 8  # and nothing was printed into it


def test_closed_streams_are_no_tracebacks_elsewhere(tmp_path):
    closed = run("embed", "news-mini-forward", "--json", shell="<&-")
    assert (closed.returncode, closed.stderr) == (1, b"error: standard input is closed: name a file by --input\n")
    assert run("generate", "nowhere", shell="2>&-").returncode == 1
    assert run("--help", shell=">&-").stderr == b""
    full = run("--version", shell=">/dev/full")
    assert (
        full.returncode == 1 and full.stderr.startswith(b"error: standard output: ") and full.stderr.count(b"\n") == 1
    )


# -- Ctrl-C ----------------------------------------------------------------------------------------------------


def test_ctrl_c_while_torch_is_imported_is_no_traceback(tmp_path):
    """A module in place of torch waits to be interrupted."""
    (tmp_path / "torch.py").write_text("import time\nprint('importing', flush=True)\ntime.sleep(60)\n")
    path = os.pathsep.join([str(tmp_path), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    running = subprocess.Popen(
        [sys.executable, "-m", "tutorlm", "generate", "news-mini-forward"], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**PLAIN, "PYTHONPATH": path},
    )  # fmt: skip
    assert running.stdout.readline() == "importing\n"
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=30)
    assert (running.returncode, err) == (130, "interrupted\n")


def test_ctrl_c_at_any_moment_is_no_traceback():
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    for delay in (0.3, 0.8, 2):
        running = subprocess.Popen(
            [sys.executable, "-m", "tutorlm", "generate", "news-mini-forward", "--length", "100000"], text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**PLAIN, "PYTHONPATH": path},
        )  # fmt: skip
        time.sleep(delay)
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=60)
        assert running.returncode == 130 and err == "interrupted\n", (delay, running.returncode, err)


def test_imported_into_another_program_the_package_leaves_ctrl_c_alone():
    assert signal.getsignal(signal.SIGINT) is not starting._end
    script = "import signal, tutorlm; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    told = subprocess.run(
        [sys.executable, "-c", script], env={**PLAIN, "PYTHONPATH": path}, capture_output=True, check=True
    )
    assert told.stdout == b"True\n"


# -- run.json --------------------------------------------------------------------------------------------------


@pytest.fixture
def finished(small_corpus, tmp_path) -> Path:
    assert main(["train", str(small_corpus), str(tmp_path / "out"), *SMALL, "--checkpoint"]) == 0
    return tmp_path / "out"


@pytest.mark.parametrize(
    ("name", "value"),
    [("hidden_size", "abc"), ("hidden_size", 1.5), ("nlayers", True), ("corpus", 5), ("corpus", None), ("dropout", "x"),
     ("learning_rate", [1]), ("schedule", "linear"), ("recipe", "mine"), ("recipe", {}), ("device", 1), ("seed", -5),
     ("layer_rates", [["rnn", 1]]), ("max_seconds", "soon"), ("threads", 0),
     ("backward", "no"), ("max_epochs", 10**400), ("checkpoint", "yes"), ("document_delimiter", 7), ("model", 7)],
)  # fmt: skip
def test_a_setting_of_another_kind_in_run_json_is_named_with_the_file(name, value, finished, capsys):
    record = json.loads((finished / "run.json").read_text())
    record["settings"][name] = value
    (finished / "run.json").write_text(json.dumps(record))
    capsys.readouterr()
    assert main(["train", record["settings"]["corpus"] if name != "corpus" else "x", str(finished), "--resume"]) == 1
    told = capsys.readouterr().err
    assert f"{finished / 'run.json'}, which has the settings" in told and name in told and told.count("\n") == 1


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b"[" * 100_000, b"", b"null", b'{"settings": 5}', b'{"settings": {}}']
)
def test_a_run_json_that_is_none_is_named(content, finished, small_corpus, capsys):
    (finished / "run.json").write_bytes(content)
    assert main(["train", str(small_corpus), str(finished), "--resume"]) == 1
    assert f"{finished / 'run.json'}, which has the settings" in capsys.readouterr().err


def test_a_pipe_in_place_of_run_json_is_refused_at_once(finished, small_corpus, capsys):
    (finished / "run.json").unlink()
    os.mkfifo(finished / "run.json")
    assert main(["train", str(small_corpus), str(finished), "--resume"]) == 1
    assert "run.json is a named pipe, not a file" in capsys.readouterr().err


def test_what_is_told_to_nobody_is_no_error(monkeypatch):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed:
        monkeypatch.setattr(sys, "stderr", closed)
        cli._note("warning")
        assert cli._fail("message") == 1


def test_rates_of_layers_that_are_no_numbers_are_refused_by_name(finished, capsys):
    record = json.loads((finished / "run.json").read_text())
    record["settings"]["layer_rates"] = {"rnn": "x"}
    (finished / "run.json").write_text(json.dumps(record))
    assert main(["train", record["settings"]["corpus"], str(finished), "--resume"]) == 1
    assert "error: layer_rates={'rnn': x}: give 0 or more" in capsys.readouterr().err
