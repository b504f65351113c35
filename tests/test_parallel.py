"""Several processes train what one would: real torchrun, real signals, and runs that go on in another number."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

from tutorlm import LanguageModel
from tutorlm.cli import main
from tutorlm.files.models import read_model_file
from tutorlm.training.distributed import Team, name_lost_process, processes
from tutorlm.training.locking import locked

ROOT = Path(__file__).parent.parent
SMALL = ["--hidden-size", "24", "--embedding-size", "16", "--mini-batch-size", "8", "--sequence-length", "30"]
SGD = [*SMALL, "--recipe", "flair", "--learning-rate", "5", "--dropout", "0"]
ADAM = [*SMALL, "--dropout", "0.2", "--max-epochs", "4", "--checkpoint-every", "10"]  # by the recommended recipe
TIMES = ("seconds", "characters_per_second")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals as Unix has them")


class Run:
    """`torchrun --nproc-per-node N`, of the command line or of a script, with its output in files."""

    def __init__(self, folder: Path, number: int, *arguments: object) -> None:
        self.out, self.err = folder / "stdout", folder / "stderr"
        launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(number)]
        path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        with self.out.open("w") as out, self.err.open("w") as err:
            self.process = subprocess.Popen(
                [*launcher, *map(str, arguments)], stdout=out, stderr=err, start_new_session=True,
                env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": path},
            )  # fmt: skip

    def until(self, text: str) -> None:
        """Wait until standard output has the text."""
        end = time.monotonic() + 120
        while text not in self.out.read_text():
            assert self.process.poll() is None and time.monotonic() < end, self.err.read_text()
            time.sleep(0.01)

    def children(self) -> list[int]:
        """The numbers of the processes that torchrun started, in order."""
        table = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        pairs = (map(int, line.split()) for line in table.splitlines())
        return sorted(child for child, parent in pairs if parent == self.process.pid)

    def end(self, timeout: float = 120) -> int:
        """Wait for the end; the exit code."""
        return self.process.wait(timeout)

    def succeeds(self) -> Run:
        assert self.end() == 0, self.err.read_text()
        return self


@pytest.fixture(scope="module")
def launch(tmp_path_factory) -> Iterator:
    """Start torchrun; whatever still runs when the tests are over is ended."""
    runs: list[Run] = []

    def start(number: int, *arguments: object) -> Run:
        runs.append(Run(tmp_path_factory.mktemp("torchrun"), number, *arguments))
        return runs[-1]

    yield start
    for run in runs:
        if run.process.poll() is None:
            os.killpg(run.process.pid, signal.SIGKILL)
            run.process.wait()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Path:
    """Two short splits of real text."""
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "train").mkdir()
    text = ROOT / "data" / "sample_corpus" / "en" / "train" / "train_split_1"
    lines = text.read_text(encoding="utf-8").splitlines(keepends=True)
    parts = {"train/a": lines[:20], "train/b": lines[20:45], "valid.txt": lines[45:52], "test.txt": lines[52:58]}
    for name, part in parts.items():
        (folder / name).write_text("".join(part), encoding="utf-8")
    return folder


def losses(folder: Path) -> list[dict[str, float]]:
    """The rows of loss.tsv, without times."""
    with (folder / "loss.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [{name: float(value) for name, value in row.items() if name not in TIMES} for row in rows]


def weights(folder: Path, name: str = "best-lm.pt") -> torch.Tensor:
    return torch.cat([tensor.flatten() for tensor in read_model_file(folder / name)["state_dict"].values()])


def result(folder: Path) -> dict:
    return json.loads((folder / "run.json").read_text(encoding="utf-8"))["result"]


# -- two are as good as one ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def uninterrupted(corpus, tmp_path_factory, launch) -> dict[str, tuple[Path, Run]]:
    """Runs of two processes that nothing interrupts: their folders and their output."""
    cases = {"SGD": [*SGD, "--max-epochs", 2, "--json"], "AdamW, dropout": ADAM}
    runs = {}
    for name, arguments in cases.items():  # side by side, for most of the time they wait
        folder = tmp_path_factory.mktemp("uninterrupted") / "out"
        runs[name] = folder, launch(2, "-m", "tutorlm", "train", corpus, folder, *arguments)
    for _, run in runs.values():
        run.succeeds()
    return runs


def test_two_processes_find_the_losses_and_weights_that_one_finds(uninterrupted, corpus, tmp_path, capsys):
    folder, _ = uninterrupted["SGD"]
    assert main(["train", str(corpus), str(tmp_path), *SGD, "--max-epochs", "2"]) == 0
    one, two = losses(tmp_path), losses(folder)
    assert len(one) == len(two) == 4
    for alone, shared in zip(one, two, strict=True):
        assert shared == pytest.approx(alone, abs=1e-4)
    assert torch.allclose(weights(folder), weights(tmp_path), atol=1e-4, rtol=0)
    for name, value in result(tmp_path).items():
        if name != "seconds":
            assert result(folder)[name] == (value if isinstance(value, str) else pytest.approx(value, abs=1e-4)), name
    assert result(folder)["valid_bits_per_character"] < 0.7 * result(folder)["initial_bits_per_character"]


def test_only_process_0_writes_files_and_tells_the_result_once(uninterrupted):
    folder, run = uninterrupted["SGD"]
    told = json.loads(run.out.read_text())  # one document, and nothing beside it
    assert told == {"model": str(folder / "best-lm.pt"), **result(folder)}
    assert run.err.read_text().count("epoch 1, split 1,") == 1
    assert sorted(path.name for path in folder.iterdir()) == ["best-lm.pt", "loss.tsv", "run.json"]
    assert json.loads((folder / "run.json").read_text())["machine"]["processes"] == 2


def test_a_batch_that_cannot_be_dealt_out_evenly_is_refused_before_the_first_step(corpus, tmp_path, launch):
    run = launch(2, "-m", "tutorlm", "train", corpus, tmp_path / "out", *SGD, "--mini-batch-size", 7)
    assert run.end() != 0
    told = {line.split(": ", 1)[1] for line in run.err.read_text().splitlines() if line.startswith("error (process ")}
    message = "columns cannot be divided evenly among 2 processes: use a multiple of 2, such as 8"
    assert told == {f"mini_batch_size=7 {message}"}
    assert run.out.read_text() == "" and not (tmp_path / "out" / "best-lm.pt").exists()


# -- killed and resumed ----------------------------------------------------------------------------


def test_a_folder_in_which_another_run_is_at_work_is_refused_in_all_processes(corpus, tmp_path, launch):
    with locked(tmp_path):
        refused = launch(2, "-m", "tutorlm", "train", corpus, tmp_path, *ADAM)
        assert refused.end() != 0
    told = refused.err.read_text()
    for rank in (0, 1):
        assert f"error (process {rank}): another run is at work in {tmp_path}: process {os.getpid()} on " in told
    assert not list(tmp_path.glob("*.*"))


@pytest.fixture(scope="module")
def killed(corpus, tmp_path_factory, launch) -> tuple[Path, Run]:
    """A run of two processes one of which was killed in the first epoch: its folder and its output."""
    folder = tmp_path_factory.mktemp("killed") / "out"
    run = launch(
        2, "-m", "tutorlm", "train", corpus, folder, *SGD, "--max-epochs", 1000, "--checkpoint-every", 10
    )  # fmt: skip
    run.until("split 1,")
    *others, last = run.children()
    assert len(others) == 1
    os.kill(last, signal.SIGKILL)
    run.others = others
    return folder, run


@pytest.fixture(scope="module")
def epochs(killed) -> str:
    """So many that all runs still have two or three to go."""
    folder, run = killed
    run.end(60)
    return str(read_model_file(folder / "checkpoint.pt")["training"]["parts"]["windows"]["epoch"] + 3)


@pytest.fixture(scope="module")
def alone(corpus, epochs, tmp_path_factory) -> Path:
    """A run of one process that nothing interrupts."""
    folder = tmp_path_factory.mktemp("alone")
    assert main(["train", str(corpus), str(folder), *SGD, "--max-epochs", epochs]) == 0
    return folder


def test_when_one_process_is_killed_all_end_and_say_why(killed):
    folder, run = killed
    assert run.end(60) != 0
    assert "error (process " in run.err.read_text()
    assert "another process of this run has ended or cannot be reached" in run.err.read_text()
    assert "with --resume it continues from its last checkpoint" in run.err.read_text()
    for process in run.others:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
    assert read_model_file(folder / "checkpoint.pt")["training"]["parts"]["progress"]["step"] > 0


@pytest.fixture(scope="module")
def resumed(killed, epochs, corpus, launch) -> dict[int, Path]:
    """The killed run, brought to its end by one, two and four processes: number → folder."""
    folder, _ = killed
    folders = {number: Path(shutil.copytree(folder, folder.with_name(f"by {number}"))) for number in (1, 2, 4)}
    go_on = {n: ["train", str(corpus), str(f), "--resume", "--max-epochs", epochs] for n, f in folders.items()}
    runs = [launch(number, "-m", "tutorlm", *go_on[number]) for number in (2, 4)]
    assert main(go_on[1]) == 0
    for run in runs:
        run.succeeds()
    return folders


@pytest.mark.parametrize("number", [1, 2, 4])
def test_a_killed_run_goes_on_in_any_number_of_processes_and_ends_as_if_alone(number, resumed, alone):
    folder = resumed[number]
    assert json.loads((folder / "run.json").read_text())["machine"]["processes"] == number
    expected, found = losses(alone), losses(folder)
    assert [row["step"] for row in found] == [row["step"] for row in expected]
    for row, resumed in zip(expected, found, strict=True):
        assert resumed["valid_loss"] == pytest.approx(row["valid_loss"], abs=1e-3)
    for part in ("valid", "test"):
        name = f"{part}_bits_per_character"
        assert result(folder)[name] == pytest.approx(result(alone)[name], abs=1e-3)
    assert result(folder)["steps"] == result(alone)["steps"]


def test_a_run_killed_and_resumed_in_as_many_processes_ends_bit_for_bit_the_same(
    uninterrupted, corpus, tmp_path, launch
):
    whole, folder = uninterrupted["AdamW, dropout"][0], tmp_path / "out"
    first = launch(2, "-m", "tutorlm", "train", corpus, folder, *ADAM)
    first.until("split 1,")
    os.kill(first.children()[0], signal.SIGKILL)  # most likely process 0, which writes the files
    assert first.end(60) != 0
    assert (
        0 < read_model_file(folder / "checkpoint.pt")["training"]["parts"]["progress"]["step"] < result(whole)["steps"]
    )
    launch(2, "-m", "tutorlm", "train", corpus, folder, "--resume").succeeds()
    assert losses(folder) == losses(whole)
    for name in ("best-lm.pt", "checkpoint.pt"):
        assert torch.equal(weights(folder, name), weights(whole, name)), name
    ends = [read_model_file(run / "checkpoint.pt") for run in (folder, whole)]
    for one, other in zip(*(end["optimizer_state_dict"]["state"].values() for end in ends), strict=True):
        assert all(torch.equal(one[name], other[name]) for name in one)
    for one, other in zip(*(end["training"]["parts"]["random"]["processes"] for end in ends), strict=True):
        assert torch.equal(one[0], other[0])


def test_dropout_masks_differ_between_processes(uninterrupted):
    folder, _ = uninterrupted["AdamW, dropout"]
    (one, _), (other, _) = read_model_file(folder / "checkpoint.pt")["training"]["parts"]["random"]["processes"]
    masks = [torch.rand(8, 24, generator=torch.Generator().set_state(state)) >= 0.2 for state in (one, other)]
    assert 0.5 < (masks[0] == masks[1]).float().mean() < 0.85  # by chance alone 0.2² + 0.8² = 0.68 of them agree


def test_sigterm_to_torchrun_ends_the_run_in_time_with_a_checkpoint(corpus, tmp_path, launch):
    run = launch(2, "-m", "tutorlm", "train", corpus, tmp_path, *SGD, "--max-epochs", 1000, "--checkpoint")
    run.until("split 1,")
    run.process.terminate()
    run.end(30)
    assert result(tmp_path)["stopped"].startswith("interrupted: the best model is saved")
    state = read_model_file(tmp_path / "checkpoint.pt")["training"]
    assert state["parts"]["progress"]["step"] == result(tmp_path)["steps"] > 0  # not one step is lost
    assert len(state["parts"]["random"]["processes"]) == 2
    assert LanguageModel.load_language_model(tmp_path / "best-lm.pt")


@pytest.fixture(scope="module")
def own_program(corpus, tmp_path_factory, launch) -> Run:
    """A script in place of the command line, in two processes."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "own.py").write_text(
        f"""
import os
from pathlib import Path
import torch
from torch import distributed
from tutorlm import Dictionary, LanguageModel, LanguageModelTrainer, TextCorpus
from tutorlm.training.distributed import processes

with processes() as device:
    rank = distributed.get_rank()
    torch.manual_seed(rank)  # whatever models they begin with, that of process 0 counts
    corpus = TextCorpus({str(corpus)!r}, Dictionary.from_files({str(corpus / "train")!r}))
    model = LanguageModel(corpus.dictionary, True, 24, 1)
    result = LanguageModelTrainer(model, corpus).train(
        {str(folder / "out")!r}, 20, 5.0, 8, max_seconds=1, device=device)
    ends = [None, None]
    weights = torch.cat([p.detach().flatten() for p in model.parameters()])
    distributed.all_gather_object(ends, (weights, result.best_valid_loss, result.test_loss, result.steps))
    assert 0.5 <= result.seconds < 10 and result.stopped == "max_seconds=1 are over", result
    assert torch.equal(ends[0][0], ends[1][0]) and ends[0][1:] == ends[1][1:], ends
    os.write(1, b"agrees\\n")  # at once: lines of two processes must not run into each other
tasks = Path("/proc/self/task")
names = [(task / "comm").read_text() for task in tasks.iterdir()] if tasks.exists() else []
os.write(1, b"gloo threads: %d\\n" % sum("gloo" in name for name in names))
""",
        encoding="utf-8",
    )
    return launch(2, folder / "own.py").succeeds()


def test_a_program_of_ones_own_trains_in_several_processes_that_end_at_the_same_step(own_program):
    """Time ends the run, and all have then made the same steps, hold the same weights and tell the same result."""
    assert own_program.out.read_text().count("agrees") == 2
    assert own_program.out.read_text().count("split 1,") == 1


def test_behind_the_training_no_thread_of_the_process_group_is_left(own_program):
    """Now and then one would have Python abort at its very end, and torchrun fail when all was done and saved."""
    assert own_program.out.read_text().count("gloo threads: 0\n") == 2


# -- one process is a team, too ----------------------------------------------------------------------


@pytest.fixture
def team() -> Team:
    return Team(torch.device("cpu"))


def test_alone_a_process_keeps_all_columns_and_has_nothing_to_add_up(team):
    assert (team.rank, team.size) == (0, 1)
    assert list(range(7))[team.columns(7)] == list(range(7))
    assert team.sum(1.5, 2, False) == [1.5, 2, False]
    value = {"any": "thing"}
    assert team.gather(value)[0] is value and len(team.gather(value)) == 1


def test_alone_gradients_and_weights_are_left_as_they_are(team):
    layer = nn.Linear(2, 2)
    layer.weight.grad = torch.tensor([[1.0, 2.0], [3.0, 4.0]])  # and none for the bias
    before = layer.weight.detach().clone()
    team.average_gradients(layer)
    team.broadcast(layer.state_dict().values())
    assert torch.equal(layer.weight.grad, torch.tensor([[1.0, 2.0], [3.0, 4.0]])) and layer.bias.grad is None
    assert torch.equal(layer.weight, before)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 6])
def test_columns_are_dealt_out_each_to_one_process_in_order(team, size):
    team.size, dealt = size, []
    for team.rank in range(size):
        dealt += range(12)[team.columns(12)]
    assert dealt == list(range(12))


@pytest.mark.parametrize(
    ("columns", "size", "nearest"), [(10, 4, 8), (11, 4, 12), (1, 2, 2), (3, 8, 8), (100, 3, 99), (7, 2, 8)]
)
def test_columns_that_cannot_be_dealt_out_evenly_name_a_number_that_can(team, columns, size, nearest):
    team.size = size
    message = (
        f"mini_batch_size={columns} columns .* among {size} processes: use a multiple of {size}, such as {nearest}$"
    )
    with pytest.raises(ValueError, match=message):
        team.columns(columns)
    assert team.columns(nearest) == slice(0, nearest // size)


def test_a_lost_connection_is_told_in_words_that_help():
    with (
        pytest.raises(ConnectionError, match=r"another process .* ended .*\(Connection closed by peer.*with --resume"),
        name_lost_process(),
    ):
        raise RuntimeError("Connection closed by peer. This may be an error.\nand a long trace")


@pytest.mark.parametrize("device", ["auto", "cpu", "cuda:1", "anything"])
def test_without_torchrun_there_is_nobody_to_join(monkeypatch, device):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with processes(device) as own:
        assert own == device and not torch.distributed.is_initialized()


def test_more_processes_than_gpus_are_refused(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "100")
    monkeypatch.setenv("LOCAL_RANK", "99")
    with pytest.raises(ValueError, match=r"process 99 finds \d+ GPUs: start one process a GPU"), processes("cuda"):
        pass


@pytest.mark.parametrize("device", ["cuda:1", "gpu"])
def test_a_device_that_several_processes_cannot_share_is_refused(monkeypatch, device):
    monkeypatch.setenv("WORLD_SIZE", "2")
    for name in ("RANK", "MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ValueError, match=f"device='{device}'"), processes(device):
        pass
