"""What a training run reports to its observers.

An observer is any callable that takes one event. It gets numbers, not the model, and so cannot change the run.
One that fails is dropped with a warning. All losses are in nats per character.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


def bits(nats: float) -> float:
    """Convert nats, in which losses are computed, to bits, in which they are shown."""
    return nats / math.log(2)


@dataclass(frozen=True)
class Event:
    """Anything that happens in a run."""


@dataclass(frozen=True)
class Started(Event):
    """Before the first step. `valid_loss` is that of the model as given."""

    base_path: Path
    is_forward_lm: bool
    parameters: int
    dictionary_size: int
    splits: int
    valid_loss: float
    first_step: int = 0


@dataclass(frozen=True)
class Step(Event):
    """Every few steps. `progress` and `seconds_left` follow from `max_epochs` and `max_seconds`."""

    step: int
    epoch: int
    split: int
    loss: float  # the mean since the last such event
    learning_rate: float
    characters_per_second: float
    progress: float  # 0 … 1
    seconds_left: float
    characters: int = 1  # number that the loss is the mean of; fewer at the end of a split


@dataclass(frozen=True)
class Validated(Event):
    """After a split: one row of `loss.tsv`. Counts begin at 1."""

    epoch: int
    split: int
    step: int
    train_loss: float
    valid_loss: float
    learning_rate: float
    characters_per_second: float
    seconds: float


@dataclass(frozen=True)
class NewBest(Event):
    """The model is better than ever on the valid text and was saved to `path`."""

    step: int
    valid_loss: float
    path: Path


@dataclass(frozen=True)
class Annealed(Event):
    """The learning rate went down after more than `patience` splits without a better valid loss."""

    step: int
    learning_rate: float


@dataclass(frozen=True)
class Sample(Event):
    """What the model writes now, in reading order for both directions."""

    step: int
    text: str
    is_forward_lm: bool


@dataclass(frozen=True)
class Stopped(Event):
    """Training ended before its time; `reason` is a sentence."""

    step: int
    reason: str


@dataclass(frozen=True)
class Finished(Event):
    """The last event. `test_loss` (of the best weights) is NaN if the run was interrupted."""

    step: int
    best_valid_loss: float
    test_loss: float
    seconds: float


Observer = Callable[[Event], None]


@dataclass(frozen=True)
class TrainingResult:
    """What `LanguageModelTrainer.train` returns. Losses are in nats per character."""

    history: tuple[Validated, ...] = field(repr=False)  # one entry a split
    initial_valid_loss: float  # of the model as it was given
    best_valid_loss: float  # of the weights in `best_model`, which the trained model now holds
    test_loss: float  # of the same weights on the test text; NaN if the run was interrupted
    best_model: Path  # the file `best-lm.pt`
    stopped: str  # why training ended, as a sentence
    steps: int  # number of optimizer steps
    seconds: float  # without pauses; with the earlier parts of a resumed run

    @property
    def bits_per_character(self) -> float:
        """Best valid loss in bits per character."""
        return bits(self.best_valid_loss)

    def __str__(self) -> str:
        before, after, test = map(bits, (self.initial_valid_loss, self.best_valid_loss, self.test_loss))
        tested = "test text not read" if math.isnan(test) else f"{test:.3f} on the test text"
        return (
            f"bits per character: {before:.3f} before, {after:.3f} after on the valid text, {tested}; "
            f"{self.steps:,} steps in {self.seconds:.0f} s ({self.stopped}); {self.best_model}"
        )
