"""What a live plot knows of a training run, as text and HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tutorlm.baselines import uniform_bits
from tutorlm.course import pages
from tutorlm.course.editions import translate
from tutorlm.course.running_figure import RunningFigure
from tutorlm.events import Event, Finished, NewBest, Sample, Started, Step, Stopped, Validated, bits
from tutorlm.progress import minutes


@dataclass
class RunState:
    """The latest events of one run.

    Attributes:
        valid, best: losses on the valid text, in nats per character.
        ending: why the run ended.
        full_step: characters of the longest step so far.
    """

    started: Started
    figure: RunningFigure
    valid: float
    best: float
    step: Step | None = None
    sample: Sample | None = None
    ending: str = ""
    full_step: int = 0

    @classmethod
    def of(cls, event: Started, baselines: Mapping[str, float]) -> RunState:
        """The state before the first step. Baselines of more than twice its bits would only flatten the curves."""
        first, known = bits(event.valid_loss), {"uniform": uniform_bits(event.dictionary_size), **baselines}
        near = {name: value for name, value in known.items() if not value > 2 * first}
        figure = RunningFigure(near, from_zero=len(near) == len(known))
        figure.begin(event.first_step, first)
        return cls(event, figure, valid=event.valid_loss, best=event.valid_loss)

    def update(self, event: Event) -> None:
        """Take one event."""
        if isinstance(event, Step):
            self._update_step(event)
        elif isinstance(event, Validated):
            self.valid = event.valid_loss
            self.figure.valid.add(event.step, bits(event.valid_loss))
        elif isinstance(event, NewBest):
            self.best = event.valid_loss
        elif isinstance(event, Sample):
            self.sample = event
        elif isinstance(event, Stopped):
            self.ending = event.reason
        elif isinstance(event, Finished):
            self.ending = self.ending or "all epochs done"

    def _update_step(self, step: Step) -> None:
        self.full_step = max(self.full_step, step.characters)
        if step.characters < self.full_step / 2:  # the loss of the short rest of a split is noisy
            return
        self.step = step
        self.figure.train.add(step.step, bits(step.loss))
        self.figure.rates.add(step.step, step.learning_rate)

    def summary(self) -> str:
        """The state in one line, also for screen readers."""
        direction = "forward" if self.started.is_forward_lm else "backward"
        best = f"best valid {bits(self.best):.3f} bits per character"
        if self.step is None:
            return translate(f"{direction} model: {best}")
        step, train = f"{self.step.step:,}", f"{bits(self.step.loss):.3f}"
        return translate(f"{direction} model: step {step}, train {train}, {best}")

    def page(self) -> str:
        """Curves, numbers and sample."""
        sample = f'<div style="height:8em;overflow:auto">{self.sample_text()}</div>'
        return pages.page("Training", self.figure.svg(self.summary()), self.numbers(), sample)

    def numbers(self) -> str:
        """The current numbers, as a note."""
        step, now = self.step, f"valid {bits(self.valid):.3f}, best {bits(self.best):.3f}"
        if step is None:
            return pages.note(f"before the first step: {now} bits per character")
        left = self.ending or f"{minutes(step.seconds_left)} left"
        return pages.note(
            f"step {step.step:,}, epoch {step.epoch}, split {step.split} of {self.started.splits} · "
            f"train {bits(step.loss):.3f}, {now} bits per character · learning rate {step.learning_rate:.3g} · "
            f"{step.characters_per_second:,.0f} characters/s · {left}"
        )

    def sample_text(self) -> str:
        """The last sample of generated text, if there is one."""
        if self.sample is None:
            return ""
        how = "forward" if self.sample.is_forward_lm else "backward, so from its last character to its first"
        return pages.note(f"At step {self.sample.step:,} the model writes ({how}):") + pages.plain(self.sample.text)
