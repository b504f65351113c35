"""Plots, jobs and explorers without a kernel: what they do to a run (nothing), to a page, and to each other."""

from __future__ import annotations

import html.parser
import itertools
import math
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
import types
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import SAMPLE, strong_model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tutorlm import Dictionary, FlairEmbeddings, LanguageModel, LanguageModelTrainer, Sentence, TextCorpus
from tutorlm.course import display, explorers, live, progress_line
from tutorlm.course.reading import read_text
from tutorlm.course.widgets import (
    LossPlot,
    ProgressLine,
    TrainingJob,
    explore_dictionary,
    explore_embeddings,
    explore_generation,
    explore_offsets,
    explore_surprise,
    explore_units,
    someone_looks_on,
    unit_correlations,
)
from tutorlm.events import Annealed, Finished, NewBest, Sample, Started, Step, Stopped, Validated, bits
from tutorlm.training.distributed import Team

ALONE = Team(torch.device("cpu"))

ROOT = Path(__file__).parents[1]
QUICK = {"sequence_length": 20, "mini_batch_size": 8}
NASTY = "<script>alert(1)</script>\"'>&amp;<b>"


@pytest.fixture
def corpus(small_corpus, english) -> TextCorpus:
    return TextCorpus(small_corpus, english, True)


@pytest.fixture
def looked_on(monkeypatch):
    """As if a person sat before a live front end."""
    for module in (live, explorers):
        monkeypatch.setattr(module, "someone_looks_on", lambda: True)


@pytest.fixture(autouse=True)
def no_job_is_left_behind():
    yield
    job = TrainingJob.active
    if job and job.running:
        job.stop()
        job._thread.join(20)
    TrainingJob.active = None


def new_trainer(corpus: TextCorpus, kind: type[LanguageModelTrainer] = LanguageModelTrainer) -> LanguageModelTrainer:
    torch.manual_seed(0)
    return kind(LanguageModel(corpus.dictionary, corpus.is_forward_lm, 24, 1), corpus)


def weights(model: LanguageModel) -> torch.Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def wait_until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.01)


def visible(page: str) -> str:
    """The text of a page, once it is sure that no tag of a learner's is in it."""
    assert "<script" not in page
    reader = html.parser.HTMLParser()
    found, tags = [], []
    reader.handle_starttag = lambda tag, _: tags.append(tag)
    reader.handle_data = lambda data: found.append(data) if tags[-1:] != ["style"] else tags.append("")
    reader.feed(page)
    reader.close()
    assert {*tags} - {""} <= {"div", "span", "b", "small", "bdi", "style", "table", "tr", "th", "td", "svg", "g",
        "line", "circle", "rect", "path", "text", "title", "defs", "use", "clippath", "tspan"}  # fmt: skip
    return "".join(found)


# -- live plots -----------------------------------------------------------------------------------------

STARTED = Started(Path("x"), True, 1000, 64, 4, 4.0)


def step(number: int, loss: float = 3.0, rate: float = 20.0) -> Step:
    return Step(number, 1, 1, loss, rate, 1e4, 0.5, 60.0)


def validated(number: int, loss: float) -> Validated:
    return Validated(1, 1, number, loss, loss, 20.0, 1e4, 1.0)


def finished(number: int, best: float = 3.0, test: float = math.nan) -> Finished:
    return Finished(number, best, test, 10.0)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def watched(durations: list[float], gaps: list[float]) -> list[tuple[float, float]]:
    """Begin and end of each drawing of a run with events that far apart, when drawings take so long."""
    clock, drawings = Clock(), []
    plot = LossPlot(clock=clock)

    def page() -> str:
        began = clock.now
        clock.now += durations[len(drawings) % len(durations)]
        drawings.append((began, clock.now))
        return f"drawing {len(drawings)}"

    plot.page = page
    plot(STARTED)
    for number, gap in enumerate(gaps):
        clock.now += gap
        plot(step(number))
    plot(finished(len(gaps)))
    assert plot.on
    assert plot.drawings == len(drawings)
    assert plot.html.value == f"drawing {len(drawings)}"
    return drawings


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=15)
@given(
    st.lists(st.floats(0.001, 100), min_size=1, max_size=5),
    st.lists(st.floats(0.0, 50), min_size=1, max_size=60),
)
def test_drawing_takes_no_more_than_a_21st_of_the_time_however_long_a_drawing_takes(looked_on, durations, gaps):
    drawings = watched(durations, gaps)[:-1]  # but for the last, which is always made
    for (began, ended), (following, _) in itertools.pairwise(drawings):
        assert following - ended >= 20 * (ended - began) * (1 - 1e-9)
    for number in range(1, len(drawings)):
        share = sum(ended - began for began, ended in drawings[:number]) / (drawings[number][0] - drawings[0][0])
        assert share <= 1 / 21 + 1e-9


def test_drawings_that_cost_little_come_often(looked_on):
    drawings = watched([0.01], [0.05] * 100)
    assert len(drawings) >= 5 / 0.3


def test_the_first_and_the_last_state_of_a_run_are_always_drawn(looked_on):
    assert len(watched([1000.0], [0.01] * 20)) == 2


def test_the_last_drawing_shows_the_last_step_and_sample(looked_on):
    plot = LossPlot()
    plot(STARTED)
    assert plot.drawings == 1
    plot.next_drawing = 1e9  # as after a drawing that took long
    for event in (step(10), validated(20, 2.0), NewBest(20, 2.0, Path("x")), Sample(20, f"안녕 {NASTY}\nx", True)):
        plot(event)
    plot(step(12_345, 2.5))
    assert plot.drawings == 1
    plot(finished(12_345))
    text = visible(plot.html.value)
    assert "step 12,345" in text
    assert f"best {bits(2.0):.3f}" in text
    assert f"안녕 {NASTY}\nx" in text


def test_a_plot_shows_losses_rates_speed_time_left_direction_and_baselines(looked_on):
    plot = LossPlot({"5-gram": 3.25})
    plot(Started(Path("x"), False, 1000, 64, 4, 4.0))
    assert "before the first step" in visible(plot.html.value)
    plot(step(10, 3.0, 12.5))
    plot(Sample(10, "x", False))
    text = visible(plot.page())
    for part in ("step 10", f"train {bits(3.0):.3f}", "12.5", "10,000 characters/s", "1:00 left", "uniform 6.00",
                 "5-gram 3.25", "backward", "bits per character"):  # fmt: skip
        assert part in text
    assert plot.summary().startswith("backward model: step 10")
    assert plot.summary() in plot.page()  # the label for those who cannot see it


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_losses_that_are_not_numbers_do_not_end_a_plot(looked_on, loss):
    plot = LossPlot()
    for event in (STARTED, step(1), step(2, loss), validated(2, loss), Stopped(2, "the loss became nan")):
        plot(event)
    assert "the loss became nan" in visible(plot.page())
    plot(finished(2, 4.0))
    assert plot.on


def test_a_valid_loss_that_is_no_number_at_the_start_does_not_end_a_plot(looked_on, capsys):
    plot = LossPlot()
    for event in (Started(Path("x"), True, 1, 64, 1, math.nan), step(1, math.nan), finished(1)):
        plot(event)
    assert (plot.on, capsys.readouterr().err) == (True, "")


def test_the_valid_loss_shown_is_the_last_one_after_hundreds_of_splits_too():
    plot = LossPlot()
    plot(STARTED)
    plot(step(1))
    for number in range(600):
        plot(validated(number, 4.0 - number / 300))
    assert f"valid {bits(4.0 - 599 / 300):.3f}" in visible(plot.page())


def test_the_line_below_the_picture_reads_well_where_all_epochs_were_done(looked_on):
    plot = LossPlot()
    for event in (STARTED, step(1), finished(1, test=2.0)):
        plot(event)
    assert visible(plot.run.numbers()).endswith("· all epochs done")


def test_the_test_text_is_not_looked_at_in_a_plot(looked_on):
    plot = LossPlot()
    for event in (STARTED, step(1), finished(1, best=3.0, test=2.0)):
        plot(event)
    shown = visible(plot.page()) + visible(plot.run.numbers()) + plot.summary()
    assert "test" not in shown and f"{bits(2.0):.3f}" not in shown


def test_an_error_in_drawing_switches_the_plot_off_with_one_line_and_training_goes_on(
    looked_on, corpus, tmp_path, capsys
):
    plain, watched_one = new_trainer(corpus), new_trainer(corpus)
    expected = plain.train(tmp_path / "a", max_epochs=2, observers=[], **QUICK)
    plot = LossPlot(clock=lambda: 0.0)  # draws at every event
    calls = []

    def page() -> str:
        calls.append(1)
        if len(calls) == 3:
            raise RuntimeError("no ink")
        return ""

    plot.page = page
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # the trainer does not drop it
        result = watched_one.train(tmp_path / "b", max_epochs=2, observers=[plot], **QUICK)
    assert capsys.readouterr() == ("", "the plot is switched off, training goes on (RuntimeError: no ink)\n")
    assert (plot.on, len(calls)) == (False, 3)
    assert result.best_valid_loss == expected.best_valid_loss
    assert torch.equal(weights(watched_one.model), weights(plain.model))


@pytest.mark.parametrize("looks_on", [True, False])
def test_the_same_seed_gives_the_same_weights_with_and_without_a_plot(monkeypatch, corpus, tmp_path, capsys, looks_on):
    monkeypatch.setattr(live, "someone_looks_on", lambda: looks_on)
    plain, watched_one = new_trainer(corpus), new_trainer(corpus)
    expected = plain.train(tmp_path / "a", max_epochs=2, observers=[], **QUICK)
    plot = LossPlot(clock=lambda: 0.0)
    result = watched_one.train(tmp_path / "b", max_epochs=2, observers=[plot], **QUICK)
    assert torch.equal(weights(watched_one.model), weights(plain.model))
    assert [row.train_loss for row in result.history] == [row.train_loss for row in expected.history]
    assert (plot.drawings > 10) is looks_on
    assert capsys.readouterr() == ("", "")


def test_a_plot_can_watch_one_run_after_another(looked_on):
    plot = LossPlot()
    for event in (STARTED, step(5000), Stopped(5000, "an earlier end"), finished(5000)):
        plot(event)
    plot(STARTED)
    text = visible(plot.page())
    assert "5,000" not in text
    assert "an earlier end" not in text
    plot(step(1))
    plot(finished(1))
    assert plot.on


def test_a_plot_of_a_run_that_failed_gets_a_place_of_its_own_for_the_next(looked_on):
    plot = LossPlot()
    plot(STARTED)
    place = plot._outputs
    plot(step(1))  # and here the run ends with an error
    plot(STARTED)
    assert plot._outputs is not place


def test_a_plot_keeps_the_place_that_was_made_for_it_before_the_run(looked_on):
    plot = LossPlot()
    plot.show()
    place = plot._outputs
    plot(STARTED)
    assert plot._outputs is place


def test_a_run_in_a_script_is_silent(small_corpus, tmp_path):
    code = f"""
        import torch
        from tutorlm import Dictionary, FlairEmbeddings, LanguageModel, LanguageModelTrainer, TextCorpus
        from tutorlm.course.widgets import *

        assert not someone_looks_on()
        dictionary = Dictionary.from_files({str(small_corpus / "train")!r})
        corpus = TextCorpus({str(small_corpus)!r}, dictionary, True)
        def new(): return LanguageModelTrainer(LanguageModel(dictionary, True, 8, 1), corpus)
        result = new().train({str(tmp_path / "a")!r}, 20, mini_batch_size=8, max_epochs=1, observers=[LossPlot()])
        job = TrainingJob(new()).start({str(tmp_path / "b")!r}, 20, mini_batch_size=8, max_epochs=2)
        assert job.wait().steps > result.steps
        model = job.trainer.model
        text = "“The 1st <b> day”, it is said,\\nwas good. " * 3
        for explorer in (explore_dictionary(text), explore_generation(model), explore_surprise(model, text),
                         explore_units(model, text), explore_offsets("a b", [FlairEmbeddings(model)]),
                         explore_embeddings(model, ["a b c"])):
            assert explorer._repr_mimebundle_()["text/html"]
    """
    code = textwrap.dedent(code)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    order = [sys.executable, "-c", code]
    done = subprocess.run(order, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# -- lines --------------------------------------------------------------------------------------------


@pytest.fixture
def shown(monkeypatch):
    """The outputs of a kernel: each a list of the lines that were shown in it."""
    outputs = []

    class Recorded:
        def __init__(self):
            self.lines = []

        def update(self, bundle):
            if not self.lines:
                outputs.append(self.lines)
            self.lines.append(bundle["text/plain"])

    monkeypatch.setattr(progress_line, "Output", Recorded)
    monkeypatch.setattr(progress_line, "kernel", lambda: True)
    return outputs


def test_a_line_is_updated_four_times_a_second_and_ends_with_the_result(shown):
    clock = Clock()
    line = ProgressLine("H = 24", clock=clock)
    line(STARTED)
    for number in range(1000):
        clock.now += 0.01
        line(step(number, 3.0))
        if number == 500:
            line(validated(number, 2.5))
            line(NewBest(number, 2.5, Path("x")))
    line(Finished(1000, 2.5, 1.0, 10.2))
    ((first, *lines),) = shown
    assert first == f"H = 24: before the first step, valid {bits(4.0):.2f} bits per character"
    assert 35 <= len(lines) <= 41
    assert lines[3].startswith(f"H = 24: step 99, train {bits(3.0):.2f}, best valid {bits(4.0):.2f} bits")
    assert f"best valid {bits(2.5):.2f} bits per character, 10 s" in lines[-3]
    assert lines[-1] == f"H = 24: 1,000 steps, best valid {bits(2.5):.2f} bits per character, 10 s"


def test_each_run_has_a_line_of_its_own_and_by_default_the_name_of_its_direction(shown):
    line = ProgressLine()
    for forward in (True, False):
        line(Started(Path("x"), forward, 1000, 64, 4, 4.0))
        line(finished(1))
    assert [one[-1].split(":")[0] for one in shown] == ["forward", "backward"]


def test_the_test_text_is_not_looked_at_in_a_line(shown):
    line = ProgressLine("a")
    line(STARTED)
    line(finished(1, 3.0, 2.0))
    assert f"{bits(2.0):.2f}" not in str(shown) and "test" not in str(shown)


def test_in_a_file_there_is_one_line_for_each_run(corpus, tmp_path, capsys):
    for name in ("a", "b"):
        line = ProgressLine(name)
        new_trainer(corpus).train(tmp_path / name, max_epochs=1, observers=[line], **QUICK)
    out, err = capsys.readouterr()
    assert re.fullmatch(r"a: [\d,]+ steps, best valid [\d.]+ bits per character, \d+ s\nb: .*\n", out)
    assert err == ""


def test_in_a_terminal_a_line_is_written_over_and_stays_at_the_end(monkeypatch, capsys):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    line = ProgressLine("a", clock=Clock())
    for event in (STARTED, finished(1)):
        line(event)
    out = capsys.readouterr().out
    assert out.count("\n") == 1 and out.endswith(" s\n")
    assert out.count("\r") == 2


def test_nobody_looks_on_outside_a_kernel():
    assert someone_looks_on() is False


@pytest.mark.parametrize(("shell", "answer"), [
    (None, False),
    (types.SimpleNamespace(), False),  # IPython in a terminal
    (types.SimpleNamespace(kernel=types.SimpleNamespace(_allow_stdin=False)), False),
    (types.SimpleNamespace(kernel=types.SimpleNamespace(_allow_stdin=True)), True),
])  # fmt: skip
def test_someone_looks_on_where_the_kernel_may_ask_for_input(monkeypatch, shell, answer):
    monkeypatch.setattr(display, "shell", lambda: shell)
    assert someone_looks_on() is answer


# -- jobs ------------------------------------------------------------------------------------------------

ENDLESS = {**QUICK, "max_epochs": 100_000, "patience": 10**9}  # and no annealing that would end it


class SlowToBegin(LanguageModelTrainer):
    """One that takes a while to begin, as where a model is moved to a GPU."""

    def train(self, *arguments, **settings):
        time.sleep(0.3)
        return super().train(*arguments, **settings)


def started(corpus, folder, kind=LanguageModelTrainer, **settings) -> tuple[TrainingJob, list]:
    events = []
    job = TrainingJob(new_trainer(corpus, kind)).start(folder, **{**ENDLESS, "observers": [events.append], **settings})
    return job, events


def steps(events: list) -> list[Step]:
    return [event for event in events if isinstance(event, Step)]


def test_a_job_ends_with_the_result_that_a_run_in_the_foreground_has(corpus, tmp_path):
    trainer = new_trainer(corpus)
    expected = trainer.train(tmp_path / "a", max_epochs=2, observers=[], **QUICK)
    job, _ = started(corpus, tmp_path / "b", max_epochs=2)
    result = job.wait()
    assert result is job.result
    assert job.state == "finished"
    assert not job.running
    assert (result.steps, result.best_valid_loss) == (expected.steps, expected.best_valid_loss)
    assert torch.equal(weights(job.trainer.model), weights(trainer.model))
    assert job.wait() is result


def test_arguments_may_be_sourcein_order_as_to_train(corpus, tmp_path):
    job = TrainingJob(new_trainer(corpus)).start(tmp_path, 20, 5.0, 8, max_epochs=1)
    assert job.rate.value == 5.0
    assert job.wait().history[0].learning_rate == 5.0


def test_an_error_in_the_thread_reaches_the_one_who_waits(corpus, tmp_path):
    job, _ = started(corpus, tmp_path, schedule="<b>uphill</b>")
    with pytest.raises(ValueError, match="uphill"):
        job.wait()
    assert job.state == "failed"
    assert not job.running
    assert "&lt;b&gt;uphill" in job.status.value
    assert "<b>" not in job.status.value
    with pytest.raises(ValueError, match="uphill"):  # each time
        job.wait()
    assert all(button.disabled for button in (job.pause_button, job.resume_button, job.stop_button, job.rate))


@pytest.mark.parametrize("rate", [0, -1.0])
def test_a_learning_rate_that_is_none_is_answered_as_by_train(corpus, tmp_path, rate):
    with pytest.raises(ValueError, match="learning_rate above 0"):
        started(corpus, tmp_path, learning_rate=rate)[0].wait()


def test_a_paused_job_stands_still_and_goes_on(corpus, tmp_path):
    job, events = started(corpus, tmp_path)
    wait_until(lambda: len(steps(events)) > 2)
    job.pause()
    assert job.state == "paused"
    time.sleep(0.15)
    before = len(events)
    time.sleep(0.3)
    assert len(events) == before
    assert job.running
    job.resume()
    wait_until(lambda: len(events) > before + 2)
    assert job.state == "training"
    job.stop()
    assert job.wait().stopped == "stopped on request"


def test_a_paused_job_can_be_stopped_and_saves_its_best_model(corpus, tmp_path):
    job, events = started(corpus, tmp_path)
    wait_until(lambda: len(steps(events)) > 2)
    job.pause()
    time.sleep(0.1)
    job.stop()
    assert job.state in ("stopping", "finished")
    result = job.wait(20)
    assert job.state == "finished"
    assert result.best_model.exists()


def test_stopping_twice_and_stopping_what_has_ended_does_no_harm(corpus, tmp_path):
    job, events = started(corpus, tmp_path)
    wait_until(lambda: len(steps(events)) > 2)
    job.stop()
    job.stop()
    result = job.wait()
    job.stop()
    job.pause()
    job.resume()
    assert job.state == "finished"
    assert job.wait() is result


@pytest.mark.parametrize("kind", [LanguageModelTrainer, SlowToBegin])
def test_a_job_stopped_right_after_its_start_ends_at_its_first_steps(corpus, tmp_path, kind):
    job, _ = started(corpus, tmp_path, kind)
    job.stop()
    result = job.wait(20)
    assert result.steps <= 1
    assert result.best_model.exists()


def test_a_job_paused_right_after_its_start_stands_still(corpus, tmp_path):
    job, events = started(corpus, tmp_path, SlowToBegin)
    job.pause()
    wait_until(lambda: events)
    time.sleep(0.5)
    assert job.state == "paused"
    assert len(steps(events)) <= 1


def test_a_learning_rate_changed_right_after_the_start_is_that_of_the_run(corpus, tmp_path):
    job, events = started(corpus, tmp_path, SlowToBegin)
    job.rate.value = 2.0
    wait_until(lambda: len(steps(events)) > 3)
    assert steps(events)[-1].learning_rate == pytest.approx(2.0)


def test_a_job_starts_only_once(corpus, tmp_path):
    job, _ = started(corpus, tmp_path)
    with pytest.raises(RuntimeError, match="started before"):
        job.start(tmp_path, **ENDLESS)
    job.stop()
    job.wait()
    with pytest.raises(RuntimeError, match="started before"):
        job.start(tmp_path, **ENDLESS)


def test_starting_another_job_stops_the_former_which_keeps_its_result(corpus, tmp_path):
    first, events = started(corpus, tmp_path / "a")
    wait_until(lambda: len(steps(events)) > 2)
    second, _ = started(corpus, tmp_path / "b")
    assert not first.running
    assert second.running
    assert TrainingJob.active is second
    assert first.wait().stopped == "stopped on request"
    second.stop()
    assert second.wait().best_model.parent == tmp_path / "b"


def test_starting_another_job_stops_one_that_is_paused_and_one_with_the_same_trainer(corpus, tmp_path):
    first, events = started(corpus, tmp_path / "a")
    wait_until(lambda: len(steps(events)) > 2)
    first.pause()
    second = TrainingJob(first.trainer).start(tmp_path / "b", **{**ENDLESS, "max_epochs": 1})
    assert first.state == "finished"
    assert second.wait().stopped == "all 1 epochs done"


def test_waiting_for_a_job_that_was_not_started_is_an_error(corpus):
    with pytest.raises(RuntimeError, match="start"):
        TrainingJob(new_trainer(corpus)).wait()


def test_waiting_no_longer_than_asked_for_lets_the_job_run_on(corpus, tmp_path):
    job, _ = started(corpus, tmp_path)
    began = time.monotonic()
    with pytest.raises(TimeoutError, match=r"0\.2 seconds"):
        job.wait(0.2)
    assert 0.15 < time.monotonic() - began < 5
    assert job.running
    assert job.state == "training"
    job.stop()
    assert job.wait(20).best_model.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no kill for SIGINT")
def test_an_interrupt_of_the_waiting_stops_the_job_and_everything_is_saved(corpus, tmp_path):
    job, events = started(corpus, tmp_path)
    wait_until(lambda: len(steps(events)) > 2)
    timer = threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGINT])
    timer.start()
    result = job.wait()
    assert job.state == "finished"
    assert result.stopped == "stopped on request"
    assert LanguageModel.load_language_model(result.best_model)
    timer.join()


def test_the_buttons_are_those_that_can_be_used(corpus, tmp_path):
    def usable() -> list[bool]:
        return [not button.disabled for button in (job.pause_button, job.resume_button, job.stop_button, job.rate)]

    job, events = started(corpus, tmp_path)
    assert usable() == [True, False, True, True]
    wait_until(lambda: steps(events))
    job.pause_button.click()
    assert usable() == [False, True, True, True]
    assert "paused" in job.status.value
    job.resume_button.click()
    assert usable() == [True, False, True, True]
    job.stop_button.click()
    assert usable() == [False] * 4
    assert job.wait().stopped == "stopped by the button"
    assert "finished" in job.status.value


@pytest.mark.parametrize("schedule", ["plateau", "cosine"])
def test_the_slider_changes_the_learning_rate_of_the_run(corpus, tmp_path, schedule):
    job, events = started(corpus, tmp_path, schedule=schedule)
    assert job.rate.description == {"plateau": "learning rate", "cosine": "highest rate"}[schedule]
    wait_until(lambda: len(steps(events)) > 2)
    assert steps(events)[-1].learning_rate == pytest.approx(20, rel=1e-3)
    job.rate.value = 1.5
    wait_until(lambda: steps(events)[-1].learning_rate == pytest.approx(1.5, rel=1e-3))


def test_the_slider_moved_back_to_where_it_was_changes_the_learning_rate_back(corpus, tmp_path):
    job, events = started(corpus, tmp_path)
    wait_until(lambda: len(steps(events)) > 2)
    job.rate.value = 1.0
    wait_until(lambda: steps(events)[-1].learning_rate == pytest.approx(1.0))
    job.rate.value = 20.0
    wait_until(lambda: steps(events)[-1].learning_rate == pytest.approx(20.0), 5)


def test_annealing_moves_the_slider(corpus, tmp_path):
    job, events = started(corpus, tmp_path, patience=0, learning_rate=20, max_epochs=12)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        job.wait()
    annealed = [event.learning_rate for event in events if isinstance(event, Annealed)]
    assert annealed  # or this says nothing
    assert job.rate.value == pytest.approx(annealed[-1])


@pytest.mark.parametrize("rate", [20, 5, 1, 0.1, 0.003])
def test_annealing_moves_the_slider_without_a_wish_to_the_trainer(corpus, rate):
    job = TrainingJob(new_trainer(corpus))
    job._thread = threading.current_thread()
    job._make_controls(float(rate), "plateau")
    job._set_state("training")
    for times in range(1, 12):
        now = rate * 0.25**times
        job._watch(Annealed(1, now))
        assert not job.trainer.agree(ALONE)[1]
        assert job.rate.value == pytest.approx(now, rel=1e-6)


def test_a_run_that_anneals_often_comes_to_the_same_weights_as_a_job(corpus, tmp_path):
    often = {"patience": 0, "max_epochs": 12, "anneal_factor": 0.3, "min_learning_rate": 0.0}
    plain = new_trainer(corpus)
    expected = plain.train(tmp_path / "a", observers=[], **{**QUICK, **often})
    job, _ = started(corpus, tmp_path / "b", **often)
    result = job.wait()
    assert len({row.learning_rate for row in expected.history}) > 2  # or this says nothing
    assert [row.learning_rate for row in result.history] == [row.learning_rate for row in expected.history]
    assert torch.equal(weights(job.trainer.model), weights(plain.model))


# -- on Colab ----------------------------------------------------------------------------------------------


@pytest.fixture
def on_colab(monkeypatch):
    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))


def test_on_colab_the_run_stands_in_the_foreground_and_says_so(on_colab, corpus, tmp_path, capsys):
    threads = set()
    note = lambda _: threads.add(threading.current_thread())  # noqa: E731
    job, _ = started(corpus, tmp_path, max_epochs=1, observers=[note])
    assert threads == {threading.current_thread()}
    assert job.state == "finished"
    assert not job.running
    assert job.wait() is job.result
    assert job.result.stopped == "all 1 epochs done"
    out, err = capsys.readouterr()
    assert "On Colab" in out
    assert (out.count("\n"), err) == (1, "")
    with pytest.raises(RuntimeError, match="started before"):
        job.start(tmp_path, **ENDLESS)


def test_on_colab_an_error_is_raised_where_the_run_stands_and_where_one_waits(on_colab, corpus, tmp_path):
    job = TrainingJob(new_trainer(corpus))
    with pytest.raises(ValueError, match="uphill"):
        job.start(tmp_path, **ENDLESS, schedule="uphill")
    assert job.state == "failed"
    with pytest.raises(ValueError, match="uphill"):
        job.wait()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no kill for SIGINT")
def test_on_colab_an_interrupt_ends_the_run_and_the_cell_with_the_wait_goes_on(on_colab, corpus, tmp_path):
    def interrupt(event):
        if isinstance(event, Step) and event.step == 20:
            os.kill(os.getpid(), signal.SIGINT)

    job, _ = started(corpus, tmp_path, observers=[interrupt])
    assert job.wait().stopped.startswith("interrupted")
    assert job.result.best_model.exists()


def test_on_colab_annealing_does_not_look_for_a_slider(on_colab, corpus, tmp_path):
    job, events = started(corpus, tmp_path, patience=0, max_epochs=6)
    assert any(isinstance(event, Annealed) for event in events)
    assert job.wait().steps > 0


# -- explorers ---------------------------------------------------------------------------------------------


@cache
def model_of(language: str, forward: bool = True) -> LanguageModel:
    return strong_model(Dictionary.from_files(SAMPLE / language / "train"), forward)


TEXTS = {
    "en": "“The 1st of 24 days”, it is <b>said</b>, was good & well.\nIt is said that the others were not.\n" * 2,
    "ko": "2024년 <b>어느</b> 날, 그는 말했다. “안녕하세요, 오늘은 날씨가 좋습니다.”\n그리고 나서 집으로 갔다.\n" * 2,
    "ar": "قال الرجل: «السلام عليكم» <b>ثم</b> ذهب إلى البيت.\nوكان ذلك في عام ٢٠٢٤، كما يقال.\n" * 2,
    "hi": "उसने कहा, “नमस्ते, आज मौसम <b>अच्छा</b> है।”\nफिर वह 2024 में घर गया।\n" * 2,
    "ja": "彼は「こんにちは、今日は<b>良い</b>天気です」と言った。\nそして2024年に家に帰った。\n" * 2,
}
languages = pytest.mark.parametrize("language", TEXTS)
both_ways = pytest.mark.parametrize("forward", [True, False], ids=["forward", "backward"])


def still_page(explorer) -> str:
    bundle = explorer._repr_mimebundle_()
    assert not explorer.live
    assert bundle["text/plain"] == repr(explorer) == explorer.label
    assert explorer.label in bundle["text/html"]
    return visible(bundle["text/html"])


def live_page(explorer) -> str:
    bundle = explorer._repr_mimebundle_()
    assert explorer.live
    assert bundle[display.VIEW]["model_id"] == explorer.box.model_id
    assert explorer.html in explorer.box.children
    return visible(explorer.html.value)


def with_returns(text: str) -> str:
    return text.replace("\n", "⏎\n")


@languages
def test_a_dictionary_of_any_script_stands_still_as_a_table(language):
    page = still_page(explore_dictionary(TEXTS[language]))
    assert "99.9%" in page
    assert "V" in page


def test_a_dictionary_of_files_and_folders_is_that_of_their_text(small_corpus):
    folder = small_corpus / "train"
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.iterdir()))
    pages = [explore_dictionary(source).still for source in (text, folder, sorted(folder.iterdir()))]
    numbers = [re.findall(r'<td dir="auto" class="tlm-number">([^<]*)', page) for page in pages]
    assert len(numbers[0]) >= 12
    assert numbers[0] == numbers[1] == numbers[2]


@pytest.mark.parametrize("text", ["", "a", "\n", "<", NASTY, "\u0301", "한"])
def test_a_dictionary_of_hardly_any_text_is_a_page_too(text):
    assert still_page(explore_dictionary(text))


def test_a_live_dictionary_answers_to_coverage_and_normal_form(looked_on):
    explorer = explore_dictionary("한국어 한국어 국어 <b> é" + "a" * 100)
    seen = {live_page(explorer)}
    for control, value in (("coverage", 0.8), ("coverage", 1.0), ("form", "NFD"), ("coverage", 0.8)):
        explorer.controls[control].value = value
        seen.add(live_page(explorer))
    assert len(seen) >= 4
    explorer.controls["coverage"].value = 1.0
    assert "Nothing is left out" in live_page(explorer)
    explorer.controls["coverage"].value = 0.8
    assert "Read as <unk>" in live_page(explorer)


@languages
@both_ways
def test_a_model_of_any_script_writes_at_three_temperatures(language, forward):
    page = still_page(explore_generation(model_of(language, forward), length=60))
    assert page.count("bits per character written") == 3
    assert "temperature 0.2" in page


@both_ways
def test_the_prompt_is_on_the_page_without_bars_and_the_rest_with(looked_on, forward):
    explorer = explore_generation(model_of("en", forward), "The <b>", length=50)
    live_page(explorer)
    explorer.controls["temperature"].value = 1.5
    spans = re.findall(r'<span class="tlm-up[^>]*', explorer.html.value)
    assert len(spans) == 57
    prompt = spans[:7] if forward else spans[-7:]
    assert all("--b:" not in span for span in prompt)
    assert sum("--b:" in span for span in spans) > 10


@both_ways
@pytest.mark.parametrize("prompt", ["\n", "", "\nHe", "He", "a\n"])
def test_the_bars_are_the_surprise_with_which_the_text_was_written(monkeypatch, forward, prompt):
    seen = []

    def surprise(read, label, part):
        seen.append((read.bits[part].mean(), label))
        return ""

    monkeypatch.setattr(explorers, "surprise", surprise)
    still_page(explore_generation(model_of("en", forward), prompt, length=30))
    assert seen
    for bits_of_bars, label in seen:
        assert f": {bits_of_bars:.2f} bits per character written" in label


@both_ways
def test_a_live_model_answers_to_prompt_temperature_and_seed_and_again_in_the_same_way(looked_on, forward):
    explorer = explore_generation(model_of("en", forward), length=50)
    first = live_page(explorer)
    for name, value in (("seed", 2), ("prompt", "한 <unk> A"), ("temperature", 0), ("prompt", "")):
        before = live_page(explorer)
        explorer.controls[name].value = value
        assert live_page(explorer) != before
    for name, value in (("seed", 1), ("prompt", "\n"), ("temperature", 0.7)):
        explorer.controls[name].value = value
    assert live_page(explorer) == first


def test_playing_does_not_change_the_model_nor_the_chance_of_a_run(looked_on):
    model = model_of("en")
    before, chance = weights(model).clone(), torch.get_rng_state()
    explorer = explore_generation(model, length=20)
    explorer.controls["seed"].value = 9
    explore_surprise(model, "abc")
    explore_units(model, TEXTS["en"])
    assert torch.equal(weights(model), before)
    assert torch.equal(torch.get_rng_state(), chance)
    assert not model.training


@languages
def test_the_surprise_of_both_directions_stands_side_by_side_on_the_whole_text(language):
    models = [model_of(language), model_of(language, False)]
    explorer = explore_surprise(models, TEXTS[language])
    page = still_page(explorer)
    assert page.count(with_returns(TEXTS[language])) == 2
    assert page.index("forward →") < page.index("backward ←")


def test_surprise_tells_how_much_is_unknown(looked_on):
    explorer = explore_surprise(model_of("en"), "abcdefgh")
    assert "unknown" not in live_page(explorer)
    explorer.controls["text"].value = "abcd한국어말"
    assert "50.0% unknown" in live_page(explorer)
    assert "한국어말" in live_page(explorer)


@pytest.mark.parametrize("text", ["a", "\n", "한", "\u0301", NASTY, "a" * 5000])
def test_the_surprise_of_any_text_is_a_page(text):
    page = still_page(explore_surprise(model_of("en"), text))
    assert with_returns(text[: explorers.AT_MOST]) in page


def test_the_surprise_of_no_text_is_an_empty_page():
    assert "no bits per character" in still_page(explore_surprise(model_of("en"), ""))


def test_a_learner_who_clears_the_text_sees_no_error(looked_on):
    explorer = explore_surprise(model_of("en"), "abc")
    explorer.controls["text"].value = ""
    assert "Error" not in live_page(explorer)


@languages
@both_ways
def test_hidden_units_of_any_script_stand_still_with_the_units_that_tell_best(language, forward):
    page = still_page(explore_units(model_of(language, forward), TEXTS[language]))
    assert "best unit" in page
    assert "a digit" in page
    assert "punctuation" in page
    assert with_returns(TEXTS[language]) in page


def test_a_text_too_short_for_signs_still_shows_a_unit_and_no_text_is_an_error(looked_on):
    explorer = explore_units(model_of("en"), "ab")
    assert "unit 0" in live_page(explorer)
    with pytest.raises(ValueError, match="empty"):
        explore_units(model_of("en"), "")


def test_a_unit_whose_bars_are_too_small_to_be_seen_is_not_the_best(looked_on):
    text = (SAMPLE / "en" / "test.txt").read_text(encoding="utf-8")[:450]
    model = FlairEmbeddings("books-forward").lm
    height = np.abs(read_text(model, text).states).max(0)
    explorer = explore_units(model, text)
    for _, name in explorer.controls["feature"].options:
        explorer.controls["feature"].value = name
        assert height[explorer.controls["unit"].value] >= 0.1, name


def test_the_sign_asked_for_brings_the_unit_that_tells_it_best(looked_on):
    model = model_of("en")
    explorer = explore_units(model, TEXTS["en"])
    names = [name for _, name in explorer.controls["feature"].options]
    assert len(names) >= 4
    for name in reversed(names):
        explorer.controls["feature"].value = name
        unit = explorer.controls["unit"].value
        page = live_page(explorer)
        assert f"unit {unit} of 16: correlation" in page
        assert f"with “{name}”" in page
    explorer.controls["unit"].value = 3
    assert "unit 3 of 16" in live_page(explorer)


def test_the_correlation_of_units_with_a_sign_is_pearsons():

    states = np.random.default_rng(0).normal(size=(50, 6)).astype("f")
    sign = states[:, 2] > 0.3
    found = unit_correlations(states, sign)
    assert found == pytest.approx([np.corrcoef(states[:, unit], sign)[0, 1] for unit in range(6)], abs=1e-6)
    assert int(np.abs(found).argmax()) == 2
    assert unit_correlations(np.ones((50, 2)), sign).tolist() == [0, 0]  # a unit that never moves


@pytest.mark.parametrize("sentence", [
    "word", "The <b> goes home .", "안녕하세요 오늘은", "ذهب الرجل إلى البيت .", "e\u0301a b", ".", "👩‍👩‍👧 🇩🇪",
])  # fmt: skip
@pytest.mark.parametrize("with_whitespace", [True, False])
def test_offsets_of_any_sentence_stand_still_for_its_first_and_last_word(sentence, with_whitespace):
    models = [FlairEmbeddings(model_of("en", forward), with_whitespace=with_whitespace) for forward in (True, False)]
    made = Sentence(sentence)
    page = still_page(explore_offsets(made, models))
    assert f"The vector of “{made[0].text}”" in page
    assert f"The vector of “{made[-1].text}”" in page
    assert page.count("row = k + end") == page.count("row = k + n − start") == min(len(made), 2)


def test_offsets_answer_to_the_word_chosen(looked_on):
    explorer = explore_offsets("The <b> goes home")  # by the two models that ship with the package
    assert [label for label, _ in explorer.controls["token"].options] == [
        token.text for token in Sentence("The <b> goes home")
    ]
    for token in (3, 0):
        explorer.controls["token"].value = token
        assert f"The vector of “{Sentence('The <b> goes home')[token].text}”" in live_page(explorer)
    assert "forward" in live_page(explorer)
    assert "backward" in live_page(explorer)


def test_a_sentence_without_words_is_an_error_that_says_so():
    with pytest.raises(ValueError, match="no words"):
        explore_offsets("")
    with pytest.raises(ValueError, match="three words"):
        explore_embeddings(model_of("en"), ["a b"])


@languages
@both_ways
def test_words_of_any_script_stand_in_the_plane(language, forward):
    sentences = TEXTS[language].splitlines()
    explorer = explore_embeddings(model_of(language, forward), sentences)
    page = still_page(explorer)
    assert "nearest" in page
    for token in Sentence(sentences[0]):
        assert token.text in page or not any(map(str.isalnum, token.text))


def test_the_nearest_words_are_those_by_cosine(looked_on):
    embedding = FlairEmbeddings(model_of("en"))
    sentences = ["the bank of the river", "the bank of England", "a <b> bank"]
    explorer = explore_embeddings(embedding, sentences)
    vectors = torch.from_numpy(embedding.matrix([Sentence(one) for one in sentences]))
    words = [token.text for one in sentences for token in Sentence(one)]
    assert words[explorer.controls["token"].value] == "bank"  # stands in more than one sentence
    for token in range(len(words)):
        explorer.controls["token"].value = token
        cosine = torch.cosine_similarity(vectors, vectors[token], dim=1)
        cosine[token] = -2
        best = int(cosine.argmax())
        text = live_page(explorer)
        assert f"nearestincosine{words[best]}" in text
        assert f"{cosine[best]:.2f}" in text


def test_words_that_are_all_the_same_can_be_drawn():
    assert still_page(explore_embeddings(model_of("en"), ["x", "x", "x", "x"]))


def test_an_error_in_drawing_shows_on_the_page_and_the_next_drawing_is_whole(looked_on):
    explorer = explore_surprise(model_of("en"), "abc")
    whole, draw = live_page(explorer), explorer.draw

    def fail(**values):
        raise RuntimeError(f"no <script> {values['text']}")

    explorer.draw = fail
    explorer.controls["text"].value = NASTY
    assert f"RuntimeError: no <script> {NASTY}" in live_page(explorer)
    explorer.draw = draw
    explorer.controls["text"].value = "abc"
    assert live_page(explorer) == whole
