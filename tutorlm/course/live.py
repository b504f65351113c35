"""Training runs in a notebook: `LossPlot` draws one live, `TrainingJob` runs one in the background with buttons.

Without a live front end (a script, nbval, nbclient) both work through the same calls: a plot leaves a picture in
the cell, or nothing outside a kernel. Callbacks of widgets may run in another thread than the cell. They only call
the four methods of the trainer that are thread-safe.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import ipywidgets

from tutorlm.course import pages
from tutorlm.course.charts import as_output
from tutorlm.course.display import NOTHING, Output, full_width, someone_looks_on, view
from tutorlm.course.drawing import folded
from tutorlm.course.editions import translate
from tutorlm.course.run_state import RunState
from tutorlm.events import Annealed, Event, Finished, Started, TrainingResult
from tutorlm.trainer import LanguageModelTrainer
from tutorlm.training.settings import suited_rate

PAUSE_FACTOR = 20  # the next drawing starts after this many times the duration of the last one


class LossPlot:
    """An observer that draws a training run live and leaves a picture of it.

        trainer.train(…, observers=[LossPlot()])

    It shows losses in bits per character, the learning rate, speed, time left and the last sample. Drawing takes at
    most a twentieth of the time. An error in drawing switches the plot off with one line; training continues.

    Args:
        baselines: name of a simpler model → its bits per character, drawn as a line: see `tutorlm.baselines`. One of
            more than twice the model's own bits before its first step is left out, as `uniform` is in fine-tuning.
        clock: gives the time in seconds.
    """

    def __init__(self, baselines: Mapping[str, float] | None = None, *, clock: Callable[[], float] = time.perf_counter):
        self.baselines = dict(baselines or {})
        self.clock = clock
        self.html = full_width()
        self.on = True
        self.run: RunState | None = None
        self.drawings = 0
        self.next_drawing = -math.inf
        self._live = False
        self._outputs: tuple[Output, Output] | None = None
        self._used = False  # whether a run has been shown in these outputs
        self._lock = threading.Lock()

    def show(self, controls: Sequence[ipywidgets.Widget] = ()) -> None:
        """Reserve the output of this cell, with `controls` above the plot. A run does so by itself."""
        self._live, self._used = someone_looks_on(), False
        box = ipywidgets.VBox([*controls, self.html]) if self._live else None
        words = translate("a live plot of a training run" if box else "training …")
        first = view(box, words) if box else {"text/plain": words}
        self._outputs = Output(first), Output(NOTHING)

    def __call__(self, event: Event) -> None:
        """Take one event, and draw if it is time."""
        if not self.on:
            return
        try:
            with self._lock:
                self._take(event)
        except Exception as error:
            self.on = False
            found = f"{type(error).__name__}: {error}"
            print(translate(f"the plot is switched off, training goes on ({found})"), file=sys.stderr)

    def _take(self, event: Event) -> None:
        if isinstance(event, Started):
            self._begin(event)
        elif self.run:
            self.run.update(event)
        if self.run and isinstance(event, Finished):
            self._end(self.run)
        elif self._live and self.clock() >= self.next_drawing:
            self._draw()

    def _begin(self, event: Started) -> None:
        self.run, self.next_drawing = RunState.of(event, self.baselines), -math.inf
        if self._outputs is None or self._used:  # another run gets outputs of its own
            self.show()
        self._used = True
        if self._live:
            self.run.figure.svg("")  # not timed: matplotlib's first drawing is the slowest

    def _draw(self) -> None:
        began = self.clock()
        self.html.value = self.page()
        self.drawings += 1
        self.next_drawing = self.clock() + PAUSE_FACTOR * (self.clock() - began)

    def _end(self, run: RunState) -> None:
        """Replace the plot by a picture, which is still there when the notebook is opened again."""
        if self._live:
            self._draw()
        if self._outputs:
            picture, words = self._outputs
            picture.update(*as_output(run.figure.png(), run.summary()))
            text = pages.page("The end of the training", run.numbers(), run.sample_text())
            words.update({"text/html": folded(text), "text/plain": run.summary()})

    def summary(self) -> str:
        """The state of the run in one line, also for screen readers."""
        return self.run.summary() if self.run else ""

    def page(self) -> str:
        """The whole plot as HTML."""
        return self.run.page() if self.run else ""


class TrainingJob:
    """A training run in the background, with buttons to pause, resume and stop it and a slider for the learning rate.

        job = TrainingJob(trainer).start("my_model", 64, learning_rate=20, max_epochs=10)
        …                      # run other cells
        result = job.wait()

    One job is active at a time: starting another stops the previous one. Colab does not show the output of
    threads, so there the run is in the foreground, and ■ stops it.

    Attributes:
        state: "new", "training", "paused", "stopping", "finished" or "failed".
    """

    active: TrainingJob | None = None

    def __init__(self, trainer: LanguageModelTrainer) -> None:
        self.trainer = trainer
        self.state = "new"
        self.result: TrainingResult | None = None
        self.error: BaseException | None = None
        self.plot = LossPlot()
        self.controls: ipywidgets.Box | None = None
        self._known_rate = 0.0  # the last learning rate set by the learner or reported by the run
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()

    def start(self, *arguments: Any, plot: LossPlot | None = None, **settings: Any) -> TrainingJob:
        """Start training with the arguments of `LanguageModelTrainer.train`; `plot` shows it."""
        if self._thread or self.state != "new":
            raise RuntimeError("this job was started before; create a new TrainingJob for another run")
        self.plot = plot or self.plot
        observers = [self.plot, self._watch, *(settings.pop("observers", None) or ())]
        if "google.colab" in sys.modules:
            told = "On Colab training runs in the foreground: stop it with ■. The next cells wait until it ends."
            print(translate(told))
            self.state = "training"
            self._run(arguments, {**settings, "observers": observers})
            return self
        previous = TrainingJob.active
        if previous and previous.running:
            previous.stop()
            previous._ended.wait()  # noqa: SLF001 – of its own class
        _release_threads()
        TrainingJob.active = self
        rate = settings.get("learning_rate", arguments[2] if len(arguments) > 2 else 20)
        rate = suited_rate(self.trainer.model.hidden_size) if rate is None else float(rate)
        self.controls = self._make_controls(rate, settings.get("schedule", "plateau"))
        self.plot.show([self.controls])
        self._set_state("training")
        self._thread = threading.Thread(
            target=self._run, args=(arguments, {**settings, "observers": observers}), name="TrainingJob", daemon=True
        )
        self._thread.start()
        return self

    def __repr__(self) -> str:
        return f"TrainingJob: {translate(self.state)}"

    @property
    def running(self) -> bool:
        """Whether it has started and not ended."""
        return self._thread is not None and not self._ended.is_set()

    def pause(self, _: object = None) -> None:
        """Pause at the next step."""
        if self.state == "training":
            self.trainer.pause()
            self._set_state("paused")

    def resume(self, _: object = None) -> None:
        """Continue after a pause."""
        if self.state == "paused":
            self.trainer.resume()
            self._set_state("training")

    def stop(self, _: object = None) -> None:
        """End at the next step; the best model is saved. A second call is a no-op."""
        if self.state in ("training", "paused"):
            self._set_state("stopping")
            self.trainer.stop("stopped by the button" if _ is not None else "stopped on request")

    def wait(self, timeout: float | None = None) -> TrainingResult:
        """Wait for the end and return the result; ■ stops the job.

        A kernel that runs a cell handles no clicks, so the buttons are disabled during the wait.

        Raises:
            TimeoutError: the job is still running after `timeout` seconds.
            BaseException: the error of a training that failed.
        """
        if self.state == "new":
            raise RuntimeError("this job was not started: call start(…) first")
        try:
            if self.running:
                self._set_state(self.state, "a cell is waiting for the end, ■ stops it", disabled=True)
            self._ended.wait(timeout)
        except KeyboardInterrupt:
            self.stop()
            self._ended.wait()
        if not self._ended.is_set():
            self._set_state(self.state)
            raise TimeoutError(f"the training is still running after {timeout:g} seconds")
        if self.error:
            raise self.error
        assert self.result is not None, "a run ends with a result or an error"
        return self.result

    def _run(self, arguments: tuple[Any, ...], settings: dict[str, Any]) -> None:
        try:
            self.result = self.trainer.train(*arguments, **settings)
            self._set_state("finished")
        except BaseException as error:
            self.error = error
            self._set_state("failed", f"{type(error).__name__}: {error}")
            if not self._thread:
                raise
        finally:
            self._ended.set()

    def _watch(self, event: Event) -> None:
        if isinstance(event, Annealed) and self._thread:
            self._known_rate = event.learning_rate
            self.rate.min = min(self.rate.min, math.log10(event.learning_rate) - 0.01)
            self.rate.value = event.learning_rate

    # -- buttons -------------------------------------------------------------------------------------

    def _make_controls(self, rate: float, schedule: str) -> ipywidgets.Box:
        def button(name: str, icon: str, tip: str, action: Callable[[object], None]) -> ipywidgets.Button:
            words = {"description": translate(name), "tooltip": translate(tip)}
            made = ipywidgets.Button(icon=icon, layout={"width": "7em"}, **words)
            made.on_click(action)
            return made

        self.pause_button = button("Pause", "pause", "pause at the next step", self.pause)
        self.resume_button = button("Resume", "play", "continue after a pause", self.resume)
        self.stop_button = button("Stop", "stop", "end at the next step; the best model is saved", self.stop)
        self.status = ipywidgets.HTML()
        rate = rate if 0 < rate < math.inf else 1.0  # `train` reports what is wrong with it
        most = math.ceil(math.log10(rate) + 0.5)
        self._known_rate = rate
        self.rate = ipywidgets.FloatLogSlider(
            rate, base=10, min=most - 4, max=most, step=0.05, readout_format=".3g", continuous_update=False,
            description=translate("learning rate" if schedule == "plateau" else "highest rate"),
            style={"description_width": "initial"}, layout={"width": "24em"},
        )  # fmt: skip
        self.rate.observe(self._change_rate, "value")
        row = {"flex_flow": "row wrap", "align_items": "center"}
        buttons = [self.pause_button, self.resume_button, self.stop_button, self.rate, self.status]
        return ipywidgets.Box(buttons, layout=row)

    def _change_rate(self, change: Mapping[str, float]) -> None:
        if not math.isclose(change["new"], self._known_rate) and self.state in ("training", "paused"):
            self._known_rate = change["new"]
            self.trainer.set_learning_rate(change["new"])

    def _set_state(self, state: str, reason: str = "", disabled: bool = False) -> None:
        self.state = state
        if self.controls is None:
            return
        self.pause_button.disabled = disabled or state != "training"
        self.resume_button.disabled = disabled or state != "paused"
        self.stop_button.disabled = self.rate.disabled = disabled or state not in ("training", "paused")
        text = ": ".join(map(translate, filter(None, (state, reason))))
        self.status.value = f'<span role="status">{escape(text)}</span>'


def _release_threads() -> None:
    """Release this thread's OpenMP workers.

    When two threads each have a team of workers, and together more than there are cores, GNU OpenMP wakes them so
    slowly that a small model trains at a third of its speed.
    """
    with contextlib.suppress(OSError, AttributeError):  # another OpenMP, or another system
        openmp = ctypes.CDLL("libgomp.so.1", os.RTLD_NOW | os.RTLD_NOLOAD)
        openmp.omp_pause_resource_all(1)  # a soft pause: the team is created again when needed
