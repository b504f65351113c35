"""What a run measures: losses, speed and time, one row a split, kept in `loss.tsv`."""

from __future__ import annotations

import csv
import dataclasses
import io
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from tutorlm.events import TrainingResult, Validated, bits
from tutorlm.files.atomic import atomic_write
from tutorlm.training.distributed import Team


class Progress:
    """Counters of a run. Losses are sums or means in nats per character.

    Attributes:
        step: optimizer steps taken.
        seconds: time taken, without pauses.
        initial_valid_loss, best_valid_loss: of the model as given, and of the best weights so far.
        split_loss, split_characters, split_seconds: of the current split, up to the last report.
        history: one row a split, as dicts of `Validated`.
    """

    def __init__(self) -> None:
        self.step = 0
        self.seconds = 0.0
        self.initial_valid_loss, self.best_valid_loss = math.nan, math.inf
        self.split_loss, self.split_characters, self.split_seconds = 0.0, 0, 0.0
        self.history: list[dict[str, Any]] = []

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        return dict(vars(self))

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from there."""
        vars(self).update(state)

    def split_row(self, epoch: int, split: int, valid_loss: float, learning_rate: float) -> Validated:
        """The row of a split; epochs and splits count from 1."""
        characters = self.split_characters
        return Validated(
            epoch=epoch,
            split=split,
            step=self.step,
            train_loss=self.split_loss / characters if characters else math.nan,
            valid_loss=valid_loss,
            learning_rate=learning_rate,
            characters_per_second=characters / max(1e-9, self.split_seconds),
            seconds=self.seconds,
        )

    def finish_split(self, row: Validated) -> None:
        """Add a row, and start counting for the next split."""
        self.history.append(dataclasses.asdict(row))
        self.split_loss, self.split_characters, self.split_seconds = 0.0, 0, 0.0

    def write_losses(self, path: Path) -> None:
        """Write the history as a table, with losses in nats and in bits per character."""
        text = io.StringIO()
        names = [*self.history[0], "train_bits_per_character", "valid_bits_per_character"]
        table = csv.DictWriter(text, names, delimiter="\t", lineterminator="\n")
        table.writeheader()
        for row in self.history:
            in_bits = {f"{part}_bits_per_character": bits(row[f"{part}_loss"]) for part in ("train", "valid")}
            table.writerow({name: f"{value:.6g}" for name, value in {**row, **in_bits}.items()})
        with atomic_write(path) as file:
            file.write(text.getvalue().encode())

    def result(self, test_loss: float, best_model: Path, reason: str) -> TrainingResult:
        """The result of the run."""
        return TrainingResult(
            tuple(Validated(**row) for row in self.history), self.initial_valid_loss, self.best_valid_loss,
            test_loss, best_model, reason, self.step, self.seconds,
        )  # fmt: skip


class Meter:
    """Sums the losses of a split between two reports, without making a GPU wait.

    Args:
        device: where the losses are.
        clock: gives seconds, pauses not counted.
    """

    def __init__(self, device: torch.device, clock: Callable[[], float]) -> None:
        self.device, self.clock = device, clock
        self.reset()

    def reset(self) -> None:
        """Start again."""
        self.nats, self.rows, self.since = torch.zeros((), device=self.device), 0, self.clock()

    def add(self, loss: Tensor, rows: int) -> None:
        """Add the mean loss of a window of `rows` rows."""
        self.nats += loss * rows
        self.rows += rows

    def report(self, progress: Progress, team: Team, mini_batch_size: int) -> tuple[float, int, float]:
        """Add the sums to `progress` and start again. Only here does a GPU have to wait for numbers.

        Returns:
            mean loss and number of characters since the last report, of all processes; characters a second.
        """
        (nats,) = team.sum(self.nats.item() * mini_batch_size / team.size)
        characters, seconds = self.rows * mini_batch_size, self.clock() - self.since
        progress.split_loss += nats
        progress.split_characters += characters
        progress.split_seconds += seconds
        self.reset()
        return nats / characters, characters, characters / max(1e-9, seconds)


class Diverged(Exception):  # noqa: N818 – it says what happened
    """A loss is not a finite number any more."""


def require_finite(loss: float, name: str, step: int, learning_rate: float, best_model: Path) -> None:
    """Raise `Diverged`, with a remedy, if a loss is not a finite number."""
    if not math.isfinite(loss):
        raise Diverged(
            f"the {name} became {loss} at step {step:,}, learning rate {learning_rate:g}; "
            f"the best model so far is kept in {best_model}. Lower learning_rate (try a tenth) or clip"
        )
