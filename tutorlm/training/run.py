"""A run of the trainer: its parts are made, begun and ended here; the loop itself is in `tutorlm.trainer`."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.optim import Optimizer

from tutorlm.corpus import TextCorpus
from tutorlm.events import Finished, Observer, Started, Step, Stopped, TrainingResult, Validated
from tutorlm.language_model import LanguageModel
from tutorlm.training.checkpoints import Checkpoints, RandomState
from tutorlm.training.checks import check_enough_text
from tutorlm.training.control import Control, Stop
from tutorlm.training.devices import choose_device, choose_precision
from tutorlm.training.distributed import Team
from tutorlm.training.folder import RunFolder
from tutorlm.training.metrics import Meter, Progress, require_finite
from tutorlm.training.observers import Observers
from tutorlm.training.optimizers import make_optimizer
from tutorlm.training.schedules import make_schedule
from tutorlm.training.settings import Interval, TrainingSettings
from tutorlm.windows import CarriedState, Windows

PARTS = ("windows", "carried", "schedule", "optimizer", "scaler", "progress", "random")  # what a checkpoint keeps


class Run:
    """What a training needs beside its loop.

    Attributes:
        windows, carried, schedule, optimizer, scaler, progress, random: the parts that a checkpoint keeps.
        learning_rate: the one in use.
        ending: why the run is to end, once something ends it.
    """

    def __init__(self, model: LanguageModel, corpus: TextCorpus, optimizer: type[Optimizer]) -> None:
        self.model, self.corpus, self.optimizer_class = model, corpus, optimizer
        self.control = Control()
        self.resumed: dict[str, Any] | None = None  # the "training" of a checkpoint

    # These four may be called from any thread. They take effect at the next step of `train`.

    def stop(self, reason: str = "stopped on request") -> None:
        """End training, paused or not."""
        self.control.stop(reason)

    def pause(self) -> None:
        """Make training wait. Its clock stops, too: `max_seconds` does not count a pause."""
        self.control.pause()

    def resume(self) -> None:
        """Continue training after a pause."""
        self.control.resume()

    def set_learning_rate(self, learning_rate: float) -> None:
        """Change the learning rate: with "plateau" the one in use, with other schedules the highest."""
        self.control.set_learning_rate(learning_rate)

    # -- begin -----------------------------------------------------------------------------------------

    def set_up(self, settings: TrainingSettings, device: str | torch.device = "auto") -> None:
        """Make the parts of a run. Afterwards `windows.splits()` gives windows, and `step` trains on one."""
        check_enough_text(self.corpus, settings.mini_batch_size)
        if str(device) != "auto" or self.model.device.type == "cpu":
            self.model.to(choose_device(device))
        model, device = self.model, self.model.device
        self.settings = dataclasses.replace(settings, precision=choose_precision(settings.precision, device))
        self.team = Team(device)
        own = self.team.columns(settings.mini_batch_size)
        self.windows = Windows(
            self.corpus, settings.sequence_length, settings.mini_batch_size, settings.max_epochs,
            first=int(model.start_ids[-1]), grow_to=settings.grow_to_sequence_length, own=own, device=device,
        )  # fmt: skip
        self.carried = CarriedState(model, self.team, own)
        self.optimizer = make_optimizer(self.optimizer_class, model, settings)
        self.scaler = torch.amp.GradScaler(device.type, enabled=self.settings.precision == "fp16")
        self.schedule = make_schedule(settings)
        self.learning_rate = settings.learning_rate
        self.progress = Progress()
        self.random = RandomState(self.team, settings.seed)
        self.ending: Stop | None = None

    def begin(self, folder: Path, observers: Iterable[Observer]) -> None:
        """Evaluate and save the model as it was given, or continue from a checkpoint."""
        settings, resumed, self.resumed = self.settings, self.resumed, None
        self.folder = RunFolder(folder, self.team)
        self.observers = Observers(observers if self.team.rank == 0 else (), self.model.device)
        parts = {name: getattr(self, name) for name in PARTS}
        corpus = self.corpus.fingerprint() if settings.checkpoint else {}
        facts = {"corpus": corpus, "optimizer": self.optimizer_class.__name__, "settings": settings.fixed()}
        every = Interval.parse(settings.checkpoint_every)
        self.checkpoints = Checkpoints(self.folder.checkpoint, parts, facts, every, self.team)
        if resumed:
            self.checkpoints.restore(resumed)
            self.folder.require_best()
        self.team.broadcast(self.model.state_dict().values())
        self.folder.clean()
        if not resumed:
            self.begin_new()
        self.control.start_clock(self.progress.seconds)
        self.observers.tell(Started(
            folder, self.model.is_forward_lm, sum(p.numel() for p in self.model.parameters()),
            len(self.model.dictionary), len(self.corpus.train), self.progress.best_valid_loss, self.progress.step,
        ))  # fmt: skip

    def begin_new(self) -> None:
        """The model as given is the best so far."""
        loss = self.evaluate(self.corpus.valid)
        self.progress.initial_valid_loss = self.progress.best_valid_loss = loss
        self.schedule.after_split(loss)
        self.folder.keep_previous()
        self.folder.save_best(self.model)
        if self.settings.checkpoint:
            self.save_checkpoint()

    # -- within ----------------------------------------------------------------------------------------

    def share_done(self) -> float:
        """0 at the first step, 1 at the last, by epochs or by seconds, whichever is further on."""
        limit = self.settings.max_seconds
        return min(1.0, max(self.windows.share_done(), self.progress.seconds / limit if limit else 0.0))

    def obey(self, reporting: bool) -> None:
        """Act on requests to pause, to stop or to change the learning rate, and on the time limit."""
        if self.team.size > 1 and self.team.device.type == "cuda" and not reporting:
            return  # between reports GPUs do not wait for each other's numbers
        decision, limit = self.control.obey(self.team), self.settings.max_seconds
        self.progress.seconds = decision.seconds
        if decision.learning_rate:
            self.schedule.learning_rate = decision.learning_rate
            self.learning_rate = self.schedule.rate(self.share_done())
        if decision.stop:
            self.ending = self.ending or decision.stop
        elif limit and decision.seconds >= limit:
            self.ending = self.ending or Stop(f"max_seconds={limit:g} are over")

    def report(self, meter: Meter) -> None:
        """Tell observers the loss since the last report."""
        progress, place, done = self.progress, self.windows, self.share_done()
        loss, characters, speed = meter.report(progress, self.team, self.settings.mini_batch_size)
        seconds_left = progress.seconds * (1 / max(done, 1e-9) - 1)
        self.observers.tell(Step(
            progress.step, place.epoch + 1, place.split + 1, loss, self.learning_rate, speed, done, seconds_left,
            characters,
        ))  # fmt: skip
        require_finite(loss, "loss", progress.step, self.learning_rate, self.folder.best_model)

    def evaluate(self, ids: np.ndarray) -> float:
        """`model.evaluate`, with the work shared among the processes."""
        log_p = self.model.log_probabilities(ids, part=(self.team.rank, self.team.size))
        nats, characters = self.team.sum(-float(log_p.sum()), len(log_p))
        return nats / characters if characters else math.nan

    def record(self, row: Validated) -> None:
        """Add a row to the history and to `loss.tsv`."""
        self.progress.finish_split(row)
        if self.team.rank == 0:
            self.progress.write_losses(self.folder.losses)
        require_finite(row.valid_loss, "valid loss", row.step, self.learning_rate, self.folder.best_model)

    def save_checkpoint(self) -> None:
        """Save everything that is needed to resume from here."""
        self.checkpoints.save(self.model, self.progress.seconds)

    # -- end -------------------------------------------------------------------------------------------

    def finish(self) -> TrainingResult:
        """Go back to the best weights and test them."""
        progress, ending = self.progress, self.ending or Stop(f"all {self.settings.max_epochs} epochs done")
        if self.ending:
            self.observers.tell(Stopped(progress.step, ending.reason))
        self.folder.load_best(self.model)
        self.model.eval()
        test_loss = self.evaluate(self.corpus.test) if ending.final_test else math.nan
        self.observers.tell(Finished(progress.step, progress.best_valid_loss, test_loss, progress.seconds))
        return progress.result(test_loss, self.folder.best_model, ending.reason)
