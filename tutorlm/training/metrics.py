"""What a run measures."""

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
from tutorlm.training import Stateful
from tutorlm.training.distributed import Team


class Progress(Stateful):
    """Counters of a run. Losses are in nats per character."""

    def __init__(self) -> None:
        self.step, self.seconds = 0, 0.0  # optimizer steps, and time without pauses
        self.initial_valid_loss, self.best_valid_loss = math.nan, math.inf  # as given, and best so far
        self.split_loss, self.split_characters, self.split_seconds = 0.0, 0, 0.0  # sums, up to the last report
        self.history: list[dict[str, Any]] = []  # one row a split, as a dict of `Validated`

    def split_row(self, epoch: int, split: int, valid_loss: float, learning_rate: float) -> Validated:
        """The row of a split; epochs and splits count from 1."""
        characters = self.split_characters
        train_loss = self.split_loss / characters if characters else math.nan
        speed = characters / max(1e-9, self.split_seconds)
        return Validated(epoch, split, self.step, train_loss, valid_loss, learning_rate, speed, self.seconds)

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
            cells = {**row, **in_bits}.items()
            table.writerow({name: value if type(value) is int else f"{value:.6g}" for name, value in cells})
        with atomic_write(path) as file:
            file.write(text.getvalue().encode())

    def result(self, test_loss: float, best_model: Path, reason: str) -> TrainingResult:
        """The result of the run."""
        history = tuple(Validated(**row) for row in self.history)
        losses = self.initial_valid_loss, self.best_valid_loss, test_loss
        return TrainingResult(history, *losses, best_model, reason, self.step, self.seconds)


class Meter:
    """Sums the losses between two reports, without making a GPU wait. `clock` gives seconds."""

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

        Returns mean loss, number of characters, and characters a second since the last report, of all processes.
        """
        (nats,) = team.sum(self.nats.item() * mini_batch_size / team.size)
        characters, seconds = self.rows * mini_batch_size, self.clock() - self.since
        progress.split_loss += nats
        progress.split_characters += characters
        progress.split_seconds += seconds
        self.reset()
        return nats / characters, characters, characters / max(1e-9, seconds)
