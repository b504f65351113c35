"""Learning-rate schedules: each gives the learning rate at every moment of a run."""

import math

from tutorlm.training import Stateful
from tutorlm.training.settings import TrainingSettings


class Schedule(Stateful):
    """A constant learning rate, and what all schedules have in common."""

    def __init__(self, learning_rate: float) -> None:
        self.learning_rate = float(learning_rate)  # of a plateau, or the highest of a curve; may be set

    def rate(self, done: float) -> float:
        """The learning rate when a share `done` (0 … 1) of the run is over."""
        return self.learning_rate

    def after_split(self, valid_loss: float) -> bool:
        """Take note of a valid loss; return whether it reduced the learning rate."""
        return False


class Plateau(Schedule):
    """Flair's rule: after more than `patience` consecutive splits without a new best, multiply the rate by `factor`."""

    def __init__(self, learning_rate: float, factor: float, patience: int) -> None:
        super().__init__(learning_rate)
        self.factor, self.patience = factor, patience
        self.best, self.bad_splits = math.inf, 0

    def after_split(self, valid_loss: float) -> bool:
        """Count the splits without improvement; reduce the rate after too many."""
        if valid_loss < self.best:
            self.best, self.bad_splits = valid_loss, 0
            return False
        self.bad_splits += 1
        reduced = self.bad_splits > self.patience
        if reduced:
            self.learning_rate, self.bad_splits = self.learning_rate * self.factor, 0
        return reduced


class Cosine(Schedule):
    """Half a cosine from the highest rate to 0."""

    RISE = 0.0  # share of the run in which the rate rises, from a twenty-fifth

    def rate(self, done: float) -> float:
        """The learning rate when a share `done` (0 … 1) of the run is over."""
        if done < self.RISE:
            return self.learning_rate * (0.04 + 0.96 * done / self.RISE)
        return self.learning_rate * (0.5 + 0.5 * math.cos(math.pi * (done - self.RISE) / (1 - self.RISE)))


class OneCycle(Cosine):
    """A short linear rise, then half a cosine (Smith & Topin 2018)."""

    RISE = 0.1


def make_schedule(settings: TrainingSettings, rate: float) -> Schedule:
    """The schedule that the settings name, with this highest rate."""
    if settings.schedule == "plateau":
        return Plateau(rate, settings.anneal_factor, settings.patience)
    return {"one_cycle": OneCycle, "cosine": Cosine}[settings.schedule](rate)
