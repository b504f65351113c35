"""Live plots and jobs in real kernels: by nbclient, where nobody looks on, and as a live front end would run them.

All kernels are of this very interpreter. A front end that can be asked for input is played by the client here:
it takes what the kernel publishes and sends what a browser would send on a click.
"""

from __future__ import annotations

import base64
import contextlib
import queue
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data" / "sample_corpus"
VIEW = "application/vnd.jupyter.widget-view+json"
SET_UP = f"""
import sys, time, threading
sys.path.insert(0, {str(ROOT)!r})
import torch
torch.set_num_threads(1)
from pathlib import Path
from tutorlm import Dictionary, LanguageModel, LanguageModelTrainer, TextCorpus
from tutorlm.course.widgets import *
from tutorlm.events import *
dictionary = Dictionary.from_files({str(SAMPLE / "en" / "train")!r})
corpus = TextCorpus({str(SAMPLE / "en")!r}, dictionary, True, cache=None)
def new_trainer():
    torch.manual_seed(0)
    return LanguageModelTrainer(LanguageModel(dictionary, True, 24, 1), corpus)
seen = []
"""

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module", autouse=True)
def environment(tmp_path_factory) -> Iterator[None]:
    """What kernels inherit: one thread, and no settings of the person who runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        patch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path_factory.mktemp("config")))
        patch.setenv("JUPYTER_PATH", str(Path(sys.prefix) / "share" / "jupyter"))
        yield


class Front:
    """A live front end: what it has sent and what the kernel has published since."""

    def __init__(self, manager: KernelManager) -> None:
        self.manager = manager
        self.client = manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self.published: list[dict[str, Any]] = []

    def send(self, code: str) -> str:
        """Run a cell without waiting for its end."""
        return self.client.execute(code, allow_stdin=True)

    def take(self, seconds: float = 0.05) -> None:
        with contextlib.suppress(queue.Empty):
            self.published.append(self.client.get_iopub_msg(timeout=seconds))

    def until(self, condition: Callable[[], Any], what: str, seconds: float = 30.0) -> Any:
        limit = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < limit, f"{what}: not within {seconds:g} s"
            self.take()
        return found

    def of(self, cell: str, kind: str) -> list[dict[str, Any]]:
        """The contents of the messages of a kind that a cell caused."""
        return [m["content"] for m in self.published if m["parent_header"].get("msg_id") == cell
                and m["header"]["msg_type"] == kind]  # fmt: skip

    def ended(self, cell: str) -> bool:
        return any(status["execution_state"] == "idle" for status in self.of(cell, "status"))

    def finish(self, cell: str, seconds: float = 60.0) -> dict[str, Any]:
        """Wait for the end of a cell: the kernel's reply."""
        self.until(lambda: self.ended(cell), "the end of the cell", seconds)
        while True:
            reply = self.client.get_shell_msg(timeout=10)
            if reply["parent_header"].get("msg_id") == cell:
                return reply["content"]

    def run(self, code: str) -> str:
        """Run a cell to its end, which must be a good one; what it printed."""
        cell = self.send(code)
        reply = self.finish(cell)
        assert reply["status"] == "ok", "\n".join(reply["traceback"])
        return "".join(stream["text"] for stream in self.of(cell, "stream"))

    def comm(self, model: str, data: dict[str, Any], subshell: str | None = None) -> None:
        """What a browser sends when a widget is used."""
        message = self.client.session.msg("comm_msg", {"comm_id": model, "data": data})
        if subshell:
            message["header"]["subshell_id"] = subshell
        self.client.shell_channel.send(message)

    def click(self, button: str, subshell: str | None = None) -> None:
        model = self.run(f"print(job.{button}.model_id)").strip()
        self.comm(model, {"method": "custom", "content": {"event": "click"}}, subshell)

    def subshell(self) -> str:
        """A subshell, or a skip where kernels of this version have none."""
        self.client.kernel_info()
        info = self.client.get_shell_msg(timeout=10)
        while info["header"]["msg_type"] != "kernel_info_reply":
            info = self.client.get_shell_msg(timeout=10)
        if "kernel subshells" not in info["content"].get("supported_features", []):
            pytest.skip("this ipykernel has no subshells")
        self.client.control_channel.send(self.client.session.msg("create_subshell_request", {}))
        return self.client.get_control_msg(timeout=10)["content"]["subshell_id"]


@pytest.fixture(scope="module")
def kernel() -> Iterator[Front]:
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    try:
        front = Front(manager)
        front.run(SET_UP)
        front.run("from tutorlm.course.running_figure import RunningFigure\nRunningFigure({}).svg('the first is slow')")
        yield front
        front.client.stop_channels()
    finally:
        manager.shutdown_kernel(now=True)


@pytest.fixture
def front(kernel, tmp_path) -> Iterator[Front]:
    """The one kernel, without anything of earlier cells on the line, and no job of theirs."""
    kernel.run(f"folder = Path({str(tmp_path)!r}); seen.clear()")
    kernel.published.clear()
    yield kernel
    kernel.run("if TrainingJob.active and TrainingJob.active.running:\n    TrainingJob.active.stop()\n"
               "    while TrainingJob.active.state == 'stopping': time.sleep(0.01)")  # fmt: skip


START_JOB = """
job = TrainingJob(new_trainer())
job.start(folder, 20, mini_batch_size=8, max_epochs=100_000, observers=[seen.append])
print(job.state)
"""


def start_job(front: Front) -> str:
    cell = front.send(START_JOB)
    assert front.finish(cell)["status"] == "ok"
    wait_for(front, "len(seen) > 5", "the first steps")
    return cell


def wait_for(front: Front, expression: str, what: str) -> None:
    """Ask the kernel, cell by cell, until an expression is true: between cells its main shell is idle."""
    limit = time.monotonic() + 15
    while front.run(f"print(bool({expression}))").strip() != "True":
        assert time.monotonic() < limit, f"{what}: {front.run('print(job.state, job.error, seen[-1:])')}"
        time.sleep(0.1)


def is_png(data: str) -> bool:
    return base64.b64decode(data).startswith(b"\x89PNG\r\n\x1a\n")


# -- where nobody looks on -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def executed(tmp_path_factory) -> nbformat.NotebookNode:
    """A notebook that nbclient has run from its first to its last cell, in one kernel."""
    folder = tmp_path_factory.mktemp("notebook")
    cells = [
        SET_UP + "print(sys.executable)\nprint(someone_looks_on())",
        f"""result = new_trainer().train(
            {str(folder / "a")!r}, 20, mini_batch_size=50, max_seconds=1, observers=[LossPlot()])""",
        f"""job = TrainingJob(new_trainer()).start({str(folder / "b")!r}, 20, mini_batch_size=50, max_seconds=1)""",
        "result = job.wait()\nprint(result.stopped)",
        "explore_surprise(result and job.trainer.model, '<b>한국어</b>')",
        f"""job = TrainingJob(new_trainer()).start({str(folder / "c")!r}, 20, schedule="uphill")""",
        "job.wait()",
        "print(job.state)",
        f"""for name in ("one", "two"):
            new_trainer().train({str(folder)!r} + name, 20, mini_batch_size=50, max_seconds=1,
                                observers=[ProgressLine(name)])
            print(name, "done")""",
        """from tutorlm.course.progress_line import counted
for number in counted([1, 2, 3], "counting"):
    time.sleep(1.1)""",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    NotebookClient(notebook, timeout=60, allow_errors=True, store_widget_state=False).execute()
    return notebook


def test_the_kernels_of_these_tests_are_this_interpreter_and_nobody_looks_on(executed, front):
    printed = executed.cells[0].outputs[-1]["text"].split()
    assert Path(printed[0]) == Path(sys.executable)
    assert printed[1] == "False"
    assert front.run("print(sys.executable, someone_looks_on())").split() == [sys.executable, "True"]


@pytest.mark.parametrize("number", [1, 2])
def test_a_run_leaves_a_picture_with_a_description_its_last_numbers_and_nothing_else(executed, number):
    outputs = executed.cells[number].outputs
    assert [output.output_type for output in outputs] == ["display_data"] * 2  # no stream, so nothing on stderr
    picture, words = outputs
    assert is_png(picture.data["image/png"])
    assert picture.metadata["image/png"]["alt"] == picture.data["text/plain"]
    assert picture.data["text/plain"].startswith("forward model: step ")
    assert "best valid" in picture.data["text/plain"]
    assert "bits per character" in words.data["text/html"]
    assert "max_seconds=1 are over" in words.data["text/html"]


def test_a_notebook_without_onlookers_keeps_no_widget_and_is_valid(executed):
    nbformat.validate(executed)
    for cell in executed.cells:
        for output in cell.outputs:
            assert VIEW not in output.get("data", {})
            assert output.get("name") != "stderr", output.get("text")
    assert "widgets" not in executed.metadata


def test_the_cell_that_waits_gets_the_result_and_an_explorer_stands_still(executed):
    assert executed.cells[3].outputs[0]["text"].startswith("max_seconds")
    assert "&lt;" in executed.cells[4].outputs[0].data["text/html"]


def test_an_error_in_the_thread_reaches_the_cell_that_waits(executed):
    assert [output.output_type for output in executed.cells[5].outputs].count("error") == 0
    (error,) = [output for output in executed.cells[6].outputs if output.output_type == "error"]
    assert error.ename == "ValueError"
    assert "uphill" in error.evalue
    assert executed.cells[7].outputs[0]["text"] == "failed\n"


def test_a_progress_line_leaves_one_line_for_each_run_in_its_place(executed):
    outputs = executed.cells[8].outputs
    assert [output.output_type for output in outputs] == ["display_data", "stream"] * 2
    for name, line in zip(("one", "two"), outputs[::2], strict=True):
        assert re.fullmatch(
            rf"{name}: [\d,]+ steps, best valid [\d.]+ bits per character, \d+ s", line.data["text/plain"]
        )


def test_a_slow_count_is_shown_and_leaves_nothing(executed, front):
    (output,) = executed.cells[9].outputs
    assert output.data == {"text/html": "", "text/plain": ""}
    cell = front.send("from tutorlm.course.progress_line import counted\n"
                      "for number in counted([1, 2, 3], 'counting'):\n    time.sleep(1.1)")  # fmt: skip
    front.finish(cell)
    shown = [*front.of(cell, "display_data"), *front.of(cell, "update_display_data")]
    assert [output["data"]["text/plain"] for output in shown] == ["counting: 2/3", ""]


# -- where someone looks on -----------------------------------------------------------------------------------


FOREGROUND = """
plot = LossPlot()
result = new_trainer().train(folder, 20, mini_batch_size=8, max_seconds=60, observers=[plot, seen.append])
print(result.stopped)
print(plot.on, plot.drawings, result.steps == seen[-1].step)
"""


def drawings(front: Front, cell: str) -> list[dict[str, Any]]:
    """The drawings of a live plot that a cell sent to the browser."""
    return [m for m in front.of(cell, "comm_msg") if "<svg" in str(m["data"].get("state", {}).get("value", ""))]


def test_a_live_run_is_drawn_while_it_runs_and_a_picture_takes_the_place_of_the_plot(front):
    cell = front.send(FOREGROUND)
    view = front.until(lambda: front.of(cell, "display_data"), "the plot")[0]
    assert VIEW in view["data"]
    front.until(lambda: len(drawings(front, cell)) >= 3, "three drawings")
    assert not front.ended(cell)  # so they came while it ran
    assert not front.of(cell, "update_display_data")
    front.manager.interrupt_kernel()
    assert front.finish(cell)["status"] == "ok"
    assert {stream["name"] for stream in front.of(cell, "stream")} == {"stdout"}
    first, last = front.of(cell, "display_data")[0], front.of(cell, "update_display_data")[0]
    assert last["transient"]["display_id"] == first["transient"]["display_id"]
    assert is_png(last["data"]["image/png"])
    assert VIEW not in last["data"]
    assert last["metadata"]["image/png"]["alt"] == last["data"]["text/plain"]


def test_an_interrupt_ends_a_run_at_a_step_and_the_cell_in_good_order(front, tmp_path):
    cell = front.send(FOREGROUND)
    front.until(lambda: drawings(front, cell), "a drawing")
    time.sleep(0.5)
    began = time.monotonic()
    front.manager.interrupt_kernel()
    reply = front.finish(cell)
    assert time.monotonic() - began < 10
    assert reply["status"] == "ok"
    first, second = "".join(stream["text"] for stream in front.of(cell, "stream")).splitlines()
    assert first.startswith("interrupted")
    on, drawn, told = second.split()
    assert (on, told) == ("True", "True")  # the interrupt did not land in the plot
    assert int(drawn) == len(drawings(front, cell)) >= 2
    assert (tmp_path / "best-lm.pt").exists()
    assert any("image/png" in update["data"] for update in front.of(cell, "update_display_data"))


@pytest.mark.parametrize("where", ["main shell", "subshell"])
def test_clicks_pause_resume_and_stop_a_job_while_no_cell_runs(front, where):
    subshell = front.subshell() if where == "subshell" else None
    cell = start_job(front)
    assert VIEW in front.of(cell, "display_data")[0]["data"]
    front.click("pause_button", subshell)
    wait_for(front, "job.state == 'paused'", "the pause")
    time.sleep(0.2)
    before = front.run("print(len(seen))")
    time.sleep(0.3)
    assert front.run("print(len(seen))") == before
    front.click("resume_button", subshell)
    wait_for(front, f"len(seen) > {before} + 3", "going on")
    front.click("stop_button", subshell)
    wait_for(front, "job.state == 'finished'", "the end")
    assert front.run("print(job.wait().stopped)") == "stopped by the button\n"
    pictures = lambda: [m for m in front.published if m["header"]["msg_type"] == "update_display_data"  # noqa: E731
                        and "image/png" in m["content"]["data"]]  # fmt: skip
    front.until(pictures, "the picture")
    display = front.of(cell, "display_data")[0]["transient"]["display_id"]
    assert pictures()[-1]["content"]["transient"]["display_id"] == display
    assert is_png(pictures()[-1]["content"]["data"]["image/png"])


@pytest.mark.parametrize("where", ["main shell", "subshell"])
def test_the_slider_of_a_job_changes_its_learning_rate(front, where):
    subshell = front.subshell() if where == "subshell" else None
    start_job(front)
    model = front.run("print(job.rate.model_id)").strip()
    front.comm(model, {"method": "update", "state": {"value": 2.5}, "buffer_paths": []}, subshell)
    last = "[event for event in seen if isinstance(event, Step)][-1].learning_rate"
    wait_for(front, f"abs({last} - 2.5) < 1e-6", "the new rate")


def test_other_cells_run_beside_a_job_and_an_error_does_not_reach_them(front):
    cell = front.send("job = TrainingJob(new_trainer()).start(folder, 20, schedule='uphill')")
    assert front.finish(cell)["status"] == "ok"
    assert front.run("job._thread.join(10); print(job.state, someone_looks_on())").split() == ["failed", "True"]
    reply = front.finish(front.send("job.wait()"))
    assert (reply["status"], reply["ename"]) == ("error", "ValueError")
    assert "uphill" in reply["evalue"]


def test_an_interrupt_of_the_cell_that_waits_stops_the_job_and_gives_its_result(front, tmp_path):
    start_job(front)
    cell = front.send("result = job.wait()\nprint(job.state, result.stopped)")
    time.sleep(0.5)
    front.manager.interrupt_kernel()
    reply = front.finish(cell)
    assert reply["status"] == "ok", reply.get("evalue")
    assert "".join(stream["text"] for stream in front.of(cell, "stream")) == "finished stopped on request\n"
    assert (tmp_path / "best-lm.pt").exists()


def test_an_explorer_answers_to_its_controls_and_shows_errors_on_its_page(front):
    front.run("from tutorlm.baselines import *\nmodel = new_trainer().model\nexplorer = explore_surprise(model, 'abc')")
    cell = front.send("explorer")
    assert front.finish(cell)["status"] == "ok"
    assert VIEW in front.of(cell, "execute_result")[0]["data"]
    text, page = front.run("print(explorer.controls['text'].model_id, explorer.html.model_id)").split()
    front.comm(text, {"method": "update", "state": {"value": "<b>한</b>"}, "buffer_paths": []})
    wait_for(front, "'한' in explorer.html.value and '&lt;' in explorer.html.value", "the new page")
    assert any(m["content"].get("comm_id") == page and "한" in str(m["content"]["data"]) for m in front.published
               if m["header"]["msg_type"] == "comm_msg")  # fmt: skip


def test_drawing_takes_a_twentieth_of_the_time_of_a_real_run(front):
    """Of a run of six seconds or more. What is drawn at the end, whenever that is, comes on top."""
    printed = front.run("""
spent = []
class Measured(LossPlot):
    def _draw(self):
        began = time.perf_counter()
        super()._draw()
        spent.append((began, time.perf_counter()))
trainer = new_trainer()
def enough(event):
    if len(spent) > 3 and time.perf_counter() - spent[0][0] > 6:
        trainer.stop()
result = trainer.train(folder, 20, mini_batch_size=8, max_seconds=60, observers=[Measured(), enough])
whole = spent[-2][0] - spent[0][0]
print(sum(end - begin for begin, end in spent[:-2]) / whole, whole, len(spent))
""")
    share, whole, number = map(float, printed.splitlines()[-1].split())  # a loaded machine is warned of before
    assert share <= 1 / 20
    assert whole > 1
    assert number > 4
