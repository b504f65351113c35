"""What a learner watches, stops and plays with in a notebook.

`LossPlot` shows a training run while it runs; `TrainingJob` runs it beside the notebook, with buttons.
The `explore_…` functions are each the last line of a cell. Where nobody looks on (a script, nbval,
nbclient) all of them are silent or show a page that stands still, through the same call.

Callbacks of widgets may run in another thread than the cell. They only call the four methods of the
trainer that are made for it, or draw a page anew from the model, which they do not change.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import math
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
import torch

from tutorlm.baselines import uniform_bits
from tutorlm.course import pages
from tutorlm.course.plots import RunningFigure, as_output
from tutorlm.course.reading import Model, as_model, read_text
from tutorlm.dictionary import CoverageReport, Dictionary, count_items
from tutorlm.embeddings import FlairEmbeddings, TokenEmbeddings
from tutorlm.events import (
    Annealed,
    Event,
    Finished,
    NewBest,
    Sample,
    Started,
    Step,
    Stopped,
    TrainingResult,
    Validated,
    bits,
)
from tutorlm.progress import minutes
from tutorlm.sentence import Sentence
from tutorlm.trainer import LanguageModelTrainer

VIEW = "application/vnd.jupyter.widget-view+json"
DRAWING_SHARE = 20  # the next drawing waits so many times as long as the last one took
AT_MOST = 3000  # characters of a text on a page


def someone_looks_on() -> bool:
    """Whether this cell was run by a front end with a person before it, one who could be asked for input.

    nbclient and nbval cannot answer `input()` and tell the kernel so; outside a kernel there is nothing to ask.
    """
    return bool(getattr(getattr(_shell(), "kernel", None), "_allow_stdin", False))


def _shell() -> Any:
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def _view(widget: ipywidgets.Widget, text: str) -> dict[str, Any]:
    """What shows a widget: the same for all versions of ipywidgets."""
    return {VIEW: {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}, "text/plain": text}


class _Output:
    """An output of the running cell, which can be replaced later and from any thread. Outside a kernel, nothing."""

    def __init__(self, bundle: dict[str, Any]) -> None:
        self._handle = None
        if getattr(_shell(), "kernel", None):
            from IPython.display import display

            self._handle = display(bundle, raw=True, display_id=True)

    def update(self, bundle: dict[str, Any], metadata: dict[str, Any] | None = None) -> None:
        if self._handle:
            self._handle.update(bundle, raw=True, metadata=metadata or {})


class LossPlot:
    """An observer that draws a training run while it runs, and leaves a picture of it.

        trainer.train(…, observers=[LossPlot()])

    Losses in bits per character over steps, the learning rate below, speed, time left and the last
    sample. Drawing takes at most a twentieth of the time. If it fails it is switched off with one
    line; training never notices.

    Args:
        baselines: name of a simpler model → its bits per character, drawn as a line: see `tutorlm.baselines`.
        clock: seconds.
    """

    def __init__(self, baselines: Mapping[str, float] | None = None, *, clock: Callable[[], float] = time.perf_counter):
        self.baselines = dict(baselines or {})
        self.clock = clock
        self.html = ipywidgets.HTML(layout={"width": "100%"})
        self.on = True
        self.drawings = 0
        self._outputs: tuple[_Output, _Output] | None = None
        self._lock = threading.Lock()

    def show(self, controls: Sequence[ipywidgets.Widget] = ()) -> None:
        """Make room in the output of this cell; `controls` stand above the plot. A run does so by itself."""
        self._live, self._used = someone_looks_on(), False
        box = ipywidgets.VBox([*controls, self.html]) if self._live else None
        first = _view(box, "a live plot of a training run") if box else {"text/plain": "training …"}
        self._outputs = _Output(first), _Output({"text/plain": "", "text/html": ""})

    def __call__(self, event: Event) -> None:
        """Take one event; draw if it is time."""
        if not self.on:
            return
        try:
            with self._lock:
                self._take(event)
        except Exception as error:
            self.on = False
            print(f"the plot is switched off, training goes on ({type(error).__name__}: {error})", file=sys.stderr)

    def _take(self, event: Event) -> None:
        if isinstance(event, Started):
            self._begin(event)
        elif isinstance(event, Step):
            self.most = max(self.most, event.characters)
            if event.characters < self.most / 2:  # the short rest of a split says little
                return
            self.step = event
            self.figure.train.add(event.step, bits(event.loss))
            self.figure.rates.add(event.step, event.learning_rate)
        elif isinstance(event, Validated):
            self.valid = event.valid_loss
            self.figure.valid.add(event.step, bits(event.valid_loss))
        elif isinstance(event, NewBest):
            self.best = event.valid_loss
        elif isinstance(event, Sample):
            self.sample = event
        elif isinstance(event, Stopped):
            self.endings = [event.reason]
        if isinstance(event, Finished):
            self._end(event)
        elif self._live and self.clock() >= self.next_drawing:
            self._draw()

    def _begin(self, event: Started) -> None:
        self.started, self.sample, self.step = event, None, None
        self.valid = self.best = event.valid_loss
        self.endings, self.most, self.next_drawing = [], 0, -math.inf
        self.figure = RunningFigure({"uniform": uniform_bits(event.dictionary_size), **self.baselines})
        self.figure.valid.add(event.first_step, bits(event.valid_loss))
        if self._outputs is None or self._used:  # another run gets a place of its own
            self.show()
        self._used = True
        if self._live:
            self.figure.svg("")  # not timed: matplotlib's first drawing takes longest

    def _draw(self) -> None:
        began = self.clock()
        self.html.value = self.page()
        self.drawings += 1
        self.next_drawing = self.clock() + DRAWING_SHARE * (self.clock() - began)

    def _end(self, event: Finished) -> None:
        """A picture in place of the plot, so that it is still there when the notebook is opened again."""
        if not math.isnan(event.test_loss):
            self.endings.append(f"{bits(event.test_loss):.3f} bits per character on the test text")
        if self._live:
            self._draw()
        label, outputs = self.summary(), self._outputs
        outputs[0].update(*as_output(self.figure.png(), label))
        words = pages.page("The end of the training", self._numbers(), self._sample())
        outputs[1].update({"text/html": words, "text/plain": label})

    def summary(self) -> str:
        """The state of the run in a line, for those who cannot see the curves."""
        direction = "forward" if self.started.is_forward_lm else "backward"
        steps = f"step {self.step.step:,}, train {bits(self.step.loss):.3f}, " if self.step else ""
        return f"{direction} model: {steps}best valid {bits(self.best):.3f} bits per character"

    def page(self) -> str:
        """The whole plot as HTML."""
        return pages.page(
            "Training", self.figure.svg(self.summary()), self._numbers(), f'<div style="height:8em;overflow:auto">'
            f"{self._sample()}</div>"
        )  # fmt: skip

    def _numbers(self) -> str:
        step, now = self.step, f"valid {bits(self.valid):.3f}, best {bits(self.best):.3f}"
        if step is None:
            return pages.note(f"before the first step: {now} bits per character")
        left = "; ".join(self.endings) or f"{minutes(step.seconds_left)} left"
        return pages.note(
            f"step {step.step:,}, epoch {step.epoch}, split {step.split} of {self.started.splits} · "
            f"train {bits(step.loss):.3f}, {now} bits per character · learning rate {step.learning_rate:.3g} · "
            f"{step.characters_per_second:,.0f} characters/s · {left}"
        )

    def _sample(self) -> str:
        if self.sample is None:
            return ""
        how = "forward" if self.sample.is_forward_lm else "backward, so from its last character to its first"
        return pages.note(f"At step {self.sample.step:,} the model writes ({how}):") + pages.plain(self.sample.text)


class TrainingJob:
    """A training run beside the notebook, with buttons to pause, resume and stop it and a slider for its learning rate.

        job = TrainingJob(trainer).start("my_model", 64, learning_rate=20, max_epochs=10)
        …                      # other cells run meanwhile
        result = job.wait()

    One job is active at a time: starting another stops the former. On Colab, which does not show what
    threads do, the run stands in the foreground, and ■ stops it.

    Attributes:
        state: "new", "training", "paused", "stopping", "finished" or "failed".
    """

    active: TrainingJob | None = None

    def __init__(self, trainer: LanguageModelTrainer) -> None:
        self.trainer = trainer
        self.state = "new"
        self.result: TrainingResult | None = None
        self.error: BaseException | None = None
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()

    def start(self, *arguments: Any, plot: LossPlot | None = None, **settings: Any) -> TrainingJob:
        """Begin; the arguments are those of `LanguageModelTrainer.train`, and `plot` shows it."""
        if self._thread or self.state != "new":
            raise RuntimeError("this job was started before; make a new TrainingJob for another run")
        self.plot = plot or LossPlot()
        observers = [self.plot, self._watch, *(settings.pop("observers", None) or ())]
        if "google.colab" in sys.modules:
            print("On Colab the run stands in the foreground: stop it with ■. The cell below waits until it ends.")
            self.state = "training"
            self._run(arguments, {**settings, "observers": observers})
            return self
        former = TrainingJob.active
        if former and former.running:
            former.stop()
            former._ended.wait()
        _release_threads()
        TrainingJob.active = self
        rate = settings.get("learning_rate", arguments[2] if len(arguments) > 2 else 20)
        self._make_controls(float(rate), settings.get("schedule", "plateau"))
        self.plot.show([self.controls])
        self._set_state("training")
        self._thread = threading.Thread(
            target=self._run, args=(arguments, {**settings, "observers": observers}), name="TrainingJob", daemon=True
        )
        self._thread.start()
        return self

    def __repr__(self) -> str:
        return f"TrainingJob: {self.state}"

    @property
    def running(self) -> bool:
        """Whether it has begun and not ended."""
        return self._thread is not None and not self._ended.is_set()

    def pause(self, _: object = None) -> None:
        """Stand still at the next step."""
        if self.state == "training":
            self.trainer.pause()
            self._set_state("paused")

    def resume(self, _: object = None) -> None:
        """Go on after a pause."""
        if self.state == "paused":
            self.trainer.resume()
            self._set_state("training")

    def stop(self, _: object = None) -> None:
        """End at the next step; the best model is saved. Asking twice does no harm."""
        if self.state in ("training", "paused"):
            self._set_state("stopping")
            self.trainer.stop("stopped by the button" if _ is not None else "stopped on request")

    def wait(self, timeout: float | None = None) -> TrainingResult:
        """Wait for the end; ■ meanwhile stops the job.

        A kernel that runs a cell hears no clicks, so the buttons rest while one waits.

        Raises:
            TimeoutError: it runs on after `timeout` seconds.
            whatever ended the training, if it failed.
        """
        if self.state == "new":
            raise RuntimeError("this job was not started: call start(…) first")
        try:
            if self.running:
                self._set_state(self.state, "a cell waits for its end, ■ stops it", rest=True)
            self._ended.wait(timeout)
        except KeyboardInterrupt:
            self.stop()
            self._ended.wait()
        if not self._ended.is_set():
            self._set_state(self.state)
            raise TimeoutError(f"the training still runs after {timeout:g} seconds of waiting")
        if self.error:
            raise self.error
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
            self._told_rate = event.learning_rate
            self.rate.min = min(self.rate.min, math.log10(event.learning_rate) - 0.01)
            self.rate.value = event.learning_rate

    # -- buttons -------------------------------------------------------------------------------------

    def _make_controls(self, rate: float, schedule: str) -> None:
        def button(name: str, icon: str, tip: str, action: Callable[[object], None]) -> ipywidgets.Button:
            made = ipywidgets.Button(description=name, icon=icon, tooltip=tip, layout={"width": "7em"})
            made.on_click(action)
            return made

        self.pause_button = button("Pause", "pause", "stand still at the next step", self.pause)
        self.resume_button = button("Resume", "play", "go on after a pause", self.resume)
        self.stop_button = button("Stop", "stop", "end at the next step; the best model is saved", self.stop)
        self.status = ipywidgets.HTML()
        rate = rate if 0 < rate < math.inf else 1.0  # `train` will say what is wrong with it
        most = math.ceil(math.log10(rate) + 0.5)
        self._told_rate = rate  # the last one heard of, from the learner or the run
        self.rate = ipywidgets.FloatLogSlider(
            rate, base=10, min=most - 4, max=most, step=0.05, readout_format=".3g", continuous_update=False,
            description="learning rate" if schedule == "plateau" else "highest rate",
            style={"description_width": "initial"}, layout={"width": "24em"},
        )  # fmt: skip
        self.rate.observe(self._change_rate, "value")
        row = {"flex_flow": "row wrap", "align_items": "center"}
        buttons = [self.pause_button, self.resume_button, self.stop_button, self.rate, self.status]
        self.controls = ipywidgets.Box(buttons, layout=row)

    def _change_rate(self, change: Mapping[str, float]) -> None:
        if not math.isclose(change["new"], self._told_rate) and self.state in ("training", "paused"):
            self._told_rate = change["new"]
            self.trainer.set_learning_rate(change["new"])

    def _set_state(self, state: str, reason: str = "", rest: bool = False) -> None:
        self.state = state
        if not hasattr(self, "controls"):
            return
        self.pause_button.disabled = rest or state != "training"
        self.resume_button.disabled = rest or state != "paused"
        self.stop_button.disabled = self.rate.disabled = rest or state not in ("training", "paused")
        text = f"{state}: {reason}" if reason else state
        self.status.value = f'<span role="status">{pages.escape(text)}</span>'


def _release_threads() -> None:
    """Let go of this thread's OpenMP workers.

    Where two threads have a team of workers each, more than there are cores, GNU's OpenMP wakes them so
    slowly that a small model trains at a third of its speed.
    """
    with contextlib.suppress(OSError, AttributeError):  # another OpenMP, or another system
        openmp = ctypes.CDLL("libgomp.so.1", os.RTLD_NOW | os.RTLD_NOLOAD)
        openmp.omp_pause_resource_all(1)  # softly: the team is made anew when it is needed


# -- playing -------------------------------------------------------------------------------------------


class Explorer:
    """Controls above a page that answers to them; the page alone, standing still, where nobody looks on.

    Args:
        label: what it is, in a few words.
        controls: name → widget. `draw` is called with the value of each, by these names.
        draw: makes the page, as HTML.
        still: makes the page that stands still.
    """

    def __init__(
        self, label: str, controls: Mapping[str, ipywidgets.Widget], draw: Callable[..., str], still: Callable[[], str]
    ) -> None:
        self.label, self.controls, self.draw = label, dict(controls), draw
        self.live = someone_looks_on()
        self.html = ipywidgets.HTML(layout={"width": "100%"}) if self.live else None
        self.still = "" if self.live else pages.page(label, still())
        if self.live:
            for control in self.controls.values():
                control.style.description_width = "initial"
                control.observe(self.redraw, "value")
            self.redraw()

    def redraw(self, _: object = None) -> None:
        """Draw the page for the controls as they are."""
        try:
            body = self.draw(**{name: control.value for name, control in self.controls.items()})
        except Exception as error:
            body = pages.note(f"{type(error).__name__}: {error}")
        self.html.value = pages.page(self.label, body)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        if not self.live:
            return {"text/html": self.still, "text/plain": self.label}
        row = ipywidgets.Box(tuple(self.controls.values()), layout={"flex_flow": "row wrap"})
        self.box = ipywidgets.VBox([row, self.html])
        return _view(self.box, f"{self.label} (live: run the cell to see it)")

    def __repr__(self) -> str:
        return self.label


def explore_dictionary(text: str | Path | Iterable[Path]) -> Explorer:
    """How large a dictionary a text needs, and what falls out of a smaller one.

    Args:
        text: a `str` is the text itself; a `Path`, or several, are files or folders.
    """
    forms = {"NFC: syllables, é as one": "NFC", "NFD: jamo, é as two": "NFD"}
    counts = {form: count_items(text, form) for form in forms.values()}
    if counts["NFC"] == counts["NFD"]:
        forms = {"NFC = NFD for this text": "NFC"}
    shares = (0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999, 1.0)

    def draw(coverage: float, form: str) -> str:
        dictionary = Dictionary.from_counts(counts[form], coverage=coverage, normalization=form)
        return pages.coverage(CoverageReport.of(counts[form], dictionary), len(dictionary), len(counts[form]))

    def still() -> str:
        rows = []
        for name, form in forms.items():
            for share in (0.9, 0.99, 0.999, 1.0):
                dictionary = Dictionary.from_counts(counts[form], coverage=share, normalization=form)
                out = CoverageReport.of(counts[form], dictionary).missing
                first = " ".join(pages.shown(m.character) for m in out[:12])
                rows.append((name, f"{share:.1%}", f"{len(dictionary):,}", f"{len(out):,}", first))
        return pages.table(("form", "coverage", "V", "kinds that fall out", "the most frequent of them"), rows)

    controls = {
        "coverage": ipywidgets.SelectionSlider(
            options=[(f"{share:.2%}", share) for share in shares], value=0.999, description="coverage"
        ),
        "form": ipywidgets.ToggleButtons(
            options=list(forms.items()), description="normal form", style={"button_width": "auto"}
        ),
    }
    return Explorer("Size and coverage of a dictionary", controls, draw, still)


def explore_generation(model: Model, prompt: str = "\n", length: int = 200) -> Explorer:
    """Let a model write, each character on a bar of its surprise; the pointer shows what was expected.

    Args:
        prompt: what it writes on from (a backward model: towards).
        length: characters to write.
    """
    model = as_model(model)

    def draw(prompt: str, temperature: float, seed: int) -> str:
        chance = torch.Generator().manual_seed(seed)
        text, nats = model.generate_text(prompt, length, temperature, generator=chance)
        read = read_text(model, text)
        begin = len(model.dictionary.normalize(prompt or model.document_delimiter))
        own = slice(begin, None) if model.is_forward_lm else slice(0, len(read.text) - begin)
        label = f"temperature {temperature:g}: {bits(nats):.2f} bits per character written"
        return pages.heading(label) + pages.surprise(read, label, own)

    controls = {
        "prompt": ipywidgets.Text(prompt, description="prompt" if model.is_forward_lm else "last words"),
        "temperature": ipywidgets.FloatSlider(
            0.7, min=0, max=2, step=0.1, description="temperature", continuous_update=False
        ),
        "seed": ipywidgets.IntSlider(1, min=1, max=50, description="seed", continuous_update=False),
    }
    still = lambda: "".join(draw(prompt, temperature, 1) for temperature in (0.2, 0.7, 1.2)) + pages.BARS  # noqa: E731
    return Explorer("Text written by a model", controls, lambda **values: draw(**values) + pages.BARS, still)


def explore_surprise(model: Model | Sequence[Model], text: str) -> Explorer:
    """A text, each character on a bar of the bits it costs one model, or several: forward and backward, say."""
    several = model if isinstance(model, (list, tuple)) else [model]
    models = [as_model(one) for one in several]

    def draw(text: str) -> str:
        parts = []
        for one in models:
            read = read_text(one, text[:AT_MOST])
            direction = "forward →" if one.is_forward_lm else "backward ←"
            mean = f"{read.bits.mean():.2f}" if len(read.bits) else "no"
            unknown = f", {1 - read.known.mean():.1%} unknown" if not read.known.all() else ""
            label = f"{direction} (H = {one.hidden_size}): {mean} bits per character{unknown}"
            parts.append(pages.heading(label) + pages.surprise(read, label))
        return pages.side_by_side(parts) + pages.BARS

    area = ipywidgets.Textarea(text, description="text", continuous_update=False, rows=3, layout={"width": "100%"})
    return Explorer("Surprise of a model along a text", {"text": area}, draw, lambda: draw(text))


def _signs(text: str) -> dict[str, np.ndarray]:
    """What a hidden unit might tell: name → whether it is so at each character, (n,)."""
    characters = np.array(list(text))
    opened = np.cumsum(np.isin(characters, list("“«「『"))) - np.cumsum(np.isin(characters, list("”»」』")))
    straight = np.cumsum(characters == '"') % 2
    signs = {
        "a space": characters == " ",
        "a space comes next": np.append(characters[1:] == " ", False),
        "a line end": characters == "\n",
        "inside quotation marks": (opened > 0) | (straight > 0),
        "a capital letter": np.array([character.isupper() for character in text]),
        "a digit": np.array([character.isdigit() for character in text]),
        "punctuation": np.isin(characters, list(".,;:!?…。、！？،؛؟।")),
    }
    return {name: sign for name, sign in signs.items() if 3 <= sign.sum() <= len(text) - 3}


def unit_correlations(states: np.ndarray, sign: np.ndarray) -> np.ndarray:
    """Correlation of each hidden unit with a sign that is there or not: (n, H), (n,) → (H,)."""
    centred = states - states.mean(0)
    wanted = sign - sign.mean()
    scale = np.sqrt((centred**2).sum(0) * (wanted**2).sum())
    return wanted @ centred / np.maximum(scale, 1e-12)


def explore_units(model: Model, text: str) -> Explorer:
    """One hidden unit's activation along a text, and a search for the unit that best tells something.

    Args:
        text: some hundred characters or more, in which the sign looked for occurs several times.
    """
    read = read_text(as_model(model), text[:AT_MOST])
    if not read.text:
        raise ValueError("the text is empty: give some hundred characters")
    signs = _signs(read.text)
    found = {name: unit_correlations(read.states, sign) for name, sign in signs.items()}
    best = {name: int(np.abs(values).argmax()) for name, values in found.items()}
    units = read.states.shape[1]

    def draw(sign: str, unit: int) -> str:
        told = f": correlation {found[sign][unit]:+.2f} with “{sign}”" if sign else ""
        label = f"unit {unit} of {units}{told}"
        return pages.heading(label) + pages.activation(read.text, read.states[:, unit], label) + pages.UNIT_BARS

    def still() -> str:
        rows = [(name, best[name], f"{found[name][best[name]]:+.2f}") for name in found]
        listed = pages.table(("sign", "unit that tells it best", "correlation"), rows)
        first = next(iter(found), "")
        return listed + draw(first, best.get(first, 0))

    options = [(f"{name} (best: unit {best[name]})", name) for name in found] or [
        ("nothing to tell in so short a text", "")
    ]
    controls = {
        "sign": ipywidgets.Dropdown(options=options, description="which unit tells"),
        "unit": ipywidgets.IntSlider(
            best.get(options[0][1], 0), min=0, max=units - 1, description="unit", continuous_update=False
        ),
    }
    explorer = Explorer("Hidden units along a text", controls, draw, still)
    controls["sign"].observe(lambda change: setattr(controls["unit"], "value", best.get(change["new"], 0)), "value")
    return explorer


def explore_offsets(sentence: str | Sentence, embeddings: Sequence[FlairEmbeddings] | None = None) -> Explorer:
    """Which hidden state becomes a word's vector.

    Args:
        embeddings: by default the two models that ship with the package, forward and backward.
    """
    sentence = Sentence(sentence) if isinstance(sentence, str) else sentence
    if not len(sentence):
        raise ValueError("the sentence has no words")
    embeddings = embeddings or [FlairEmbeddings(f"news-mini-{name}") for name in ("forward", "backward")]

    def draw(token: int) -> str:
        parts = [pages.heading(f"The vector of “{sentence[token].text}”")]
        for embedding in embeddings:
            reading = embedding.reading(sentence)
            items = [embedding.lm.dictionary.get_item_for_index(int(index)) for index in reading.ids]
            forward = embedding.is_forward_lm
            how = "forward: reads from the first character" if forward else "backward: reads from the last character"
            sum_ = pages.offset_arithmetic(reading, forward, embedding.with_whitespace, token)
            parts += [pages.heading(how), pages.offsets(reading, items, forward, token), pages.note(sum_)]
        return "".join(parts) + pages.OFFSETS

    words = ipywidgets.ToggleButtons(
        options=[(token.text, number) for number, token in enumerate(sentence)], description="word",
        style={"button_width": "auto"},
    )  # fmt: skip
    controls = {"token": words}
    still = lambda: draw(0) + (draw(len(sentence) - 1) if len(sentence) > 1 else "")  # noqa: E731
    return Explorer("From hidden states to word vectors", controls, draw, still)


def explore_embeddings(model: Model | TokenEmbeddings, sentences: Sequence[str | Sentence]) -> Explorer:
    """Words in the plane (the two principal components of their vectors) and the nearest of each, by cosine.

    Args:
        model: embeddings, or a language model to make them from.
        sentences: best some in which the same word occurs twice.
    """
    embedding = model if isinstance(model, TokenEmbeddings) else FlairEmbeddings(model)
    sentences = [Sentence(one) if isinstance(one, str) else one for one in sentences]
    tokens = [(number, place) for number, one in enumerate(sentences) for place in range(len(one))]
    if len(tokens) < 3:
        raise ValueError("give sentences of three words or more in all")
    vectors = embedding.matrix(sentences)
    is_word = [any(map(str.isalnum, token.text)) for one in sentences for token in one]
    if sum(is_word) >= 3:  # punctuation has vectors, too, but only clutters the picture
        tokens, vectors = list(itertools.compress(tokens, is_word)), vectors[is_word]
    words = [sentences[number][place].text for number, place in tokens]
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    cosine = unit @ unit.T
    centred = unit - unit.mean(0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    points = centred @ axes[:2].T

    def draw(token: int) -> str:
        near = [int(other) for other in np.argsort(-cosine[token]) if other != token][:5]
        groups = [number for number, _ in tokens]
        rows = [(words[i], sentences[groups[i]].text, f"{cosine[token, i]:.2f}") for i in near]
        title = pages.heading(f"“{words[token]}” in: {sentences[groups[token]].text}")
        listed = pages.table(("nearest", "in", "cosine"), rows)
        return pages.scatter(points, words, groups, token, near) + title + listed + pages.PLANE

    counted = Counter(words)
    repeated = [number for number, word in enumerate(words) if counted[word] > 1 and word.isalnum()]
    first = max(repeated, key=lambda number: len(words[number]), default=0)
    options = [(f"{words[i]} · {number + 1}", i) for i, (number, _) in enumerate(tokens)]
    controls = {
        "token": ipywidgets.ToggleButtons(
            options=options, value=first, description="word · sentence", style={"button_width": "auto"}
        )
    }
    return Explorer("Words in the plane", controls, draw, lambda: draw(first))
