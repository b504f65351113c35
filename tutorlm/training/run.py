"""A run of the trainer: how its parts are made, begun and ended. The loop itself is in `tutorlm.trainer`."""

import contextlib
import dataclasses
import math
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import torch
from torch.optim import Optimizer

from tutorlm.corpus import TextCorpus
from tutorlm.events import Event, Finished, Observer, Started, Step, Stopped, TrainingResult, Validated
from tutorlm.language_model import LanguageModel
from tutorlm.messages import warn_user
from tutorlm.training.checkpoints import Checkpoint, RandomState, RunFolder, check_same
from tutorlm.training.checks import check_enough_text, check_memory
from tutorlm.training.control import Control, Stop
from tutorlm.training.devices import choose_device, choose_precision, fastest_precision
from tutorlm.training.distributed import Team
from tutorlm.training.locking import locked
from tutorlm.training.metrics import Meter, Progress
from tutorlm.training.optimizers import make_optimizer, set_rate
from tutorlm.training.schedules import make_schedule
from tutorlm.training.settings import Interval, TrainingSettings
from tutorlm.training.states import checked_states
from tutorlm.training.threads import Pace
from tutorlm.windows import CarriedState, Windows

PARTS = ("windows", "carried", "schedule", "optimizer", "scaler", "progress", "random")  # saved in a checkpoint


class Diverged(Exception):  # noqa: N818 – named for the event
    """A loss is not a finite number any more."""


class Run(Control):
    """What a training needs beside its loop."""

    def __init__(self, model: LanguageModel, corpus: TextCorpus, optimizer: type[Optimizer]) -> None:
        super().__init__()
        self.model, self.corpus, self.optimizer_class = model, corpus, optimizer
        self.resumed: Checkpoint | None = None  # the one to go on from

    def set_up(self, settings: TrainingSettings, device: str | torch.device = "auto") -> None:
        """Make the parts of a run, to drive it yourself: `model.train()`, then `step(window)` for the windows of
        `windows.splits()`, with `windows.mark_read()` after each window and `windows.next_split()` after each split."""
        check_enough_text(self.corpus, settings.mini_batch_size)
        if str(device) != "auto" or self.model.device.type == "cpu":
            self.model.to(choose_device(device))
        model, device = self.model, self.model.device
        precision, rate = self._precision(settings, device), settings.highest_rate(model.hidden_size)
        self.settings = settings = dataclasses.replace(settings, precision=precision, learning_rate=rate)
        self.team = Team(device)
        own = self.team.columns(settings.mini_batch_size)
        check_memory(model, self.corpus, settings.sequence_length, own.stop - own.start)
        self.windows = Windows(
            self.corpus, settings.sequence_length, settings.mini_batch_size, settings.max_epochs,
            first=int(model.start_ids[-1]), grow_to=settings.grow_to_sequence_length, own=own, device=device,
        )  # fmt: skip
        self.carried = CarriedState(model, self.team, own)
        self.optimizer = make_optimizer(self.optimizer_class, model, settings, rate)
        self.scaler = torch.amp.GradScaler(device.type, enabled=self.settings.precision == "fp16")
        self.schedule = make_schedule(settings, rate)
        self.progress = Progress()
        self.random = RandomState(self.team, settings.seed)
        self.pace = Pace(adapt=device.type == "cpu" and self.team.size == 1)
        self.ending: Stop | None = None  # why the run is to end
        self.evaluation = 0.0  # seconds a character, as last measured

    def _precision(self, settings: TrainingSettings, device: torch.device) -> str:
        if settings.precision != "auto":
            return choose_precision(settings.precision, device)
        if self.resumed:  # a run goes on in the precision in which it began
            return choose_precision(self.resumed.facts["settings"]["precision"], device)
        return fastest_precision(device, settings.sequence_length * settings.mini_batch_size)

    @contextlib.contextmanager
    def alone_in(self, path: Path) -> Iterator[None]:
        """Inside the block no other run can begin in this folder, which process 0 locks for all."""
        with contextlib.ExitStack() as held:
            error = None
            if self.team.rank == 0:
                try:
                    held.enter_context(locked(path))
                except (OSError, ValueError) as refused:
                    error = refused
            (error, *_) = self.team.gather(error)
            if error:
                raise error
            yield

    def prepare(self, path: Path, observers: Iterable[Observer]) -> None:
        """Evaluate the model as it was given, or continue from a checkpoint. No file of an earlier run is changed."""
        settings, resumed = self.settings, self.resumed
        corpus = self.corpus.fingerprint() if settings.checkpoint else {}
        facts = {"corpus": corpus, "optimizer": self.optimizer_class.__name__, "settings": settings.fixed()}
        parts, every = {name: getattr(self, name) for name in PARTS}, Interval.parse(settings.checkpoint_every)
        self.folder = RunFolder(path, parts, facts, every, self.team)
        self.observers = list(observers) if self.team.rank == 0 else []
        self.folder.clean_up(resumed.file if resumed else None)
        if resumed:
            self.restore(resumed)
        self.team.broadcast(self.model.state_dict().values())
        if not resumed:
            self.start_clock(0.0)
            loss = self.evaluate(self.corpus.valid)
            self.progress.seconds = self.evaluation * len(self.corpus.valid)
            self.progress.initial_valid_loss = self.progress.best_valid_loss = loss
            if math.isfinite(loss):
                self.schedule.after_split(loss)  # the first loss to beat

    def restore(self, checkpoint: Checkpoint) -> None:
        """Give every part the state it has in a checkpoint, if all of them fit this run."""
        before, now = checkpoint.facts["settings"], self.folder.facts["settings"]
        check_same(f"{checkpoint.file}: a run is resumed with the settings it had", before, now)
        try:
            states = checked_states(self, checkpoint.parts)
        except ValueError as error:
            raise checkpoint.damaged(error) from None
        self.folder.restore(states)

    def begin(self, path: Path) -> None:
        """Save the model of a new run as the best one so far, and tell the observers."""
        if not self.resumed:
            self.folder.keep_previous()
            self.folder.save_best(self.model)
            if self.settings.checkpoint:
                self.save_checkpoint()
        self.resumed = None  # only now: a setting that was refused above can be corrected
        self.tell(Started(
            path, self.model.is_forward_lm, sum(p.numel() for p in self.model.parameters()),
            len(self.model.dictionary), len(self.corpus.train), self.progress.best_valid_loss, self.progress.step,
        ))  # fmt: skip
        self.start_clock(self.progress.seconds)  # what observers do before the first step is not counted

    def tell(self, event: Event) -> None:
        """Call every observer, which can neither change nor end the run. One that fails is dropped with a warning."""
        gpus = [self.model.device] if self.model.device.type == "cuda" else []
        for observer in list(self.observers):
            try:
                with torch.random.fork_rng(gpus):  # its random numbers are not taken from the run's
                    observer(event)
            except Exception as error:
                self.observers.remove(observer)
                reason = f"{type(error).__name__}: {error}"
                warn_user(f"the observer {observer!r} failed and is dropped; training goes on ({reason})")

    @property
    def learning_rate(self) -> float:
        """The learning rate of the last step, or one set since."""
        group = self.optimizer.param_groups[0]
        return group["lr"] / group["factor"]

    @property
    def time_for_steps(self) -> float:
        """`max_seconds` without the last evaluation on valid and test text; at least half of it; 0 without a limit."""
        limit, characters = self.settings.max_seconds or 0.0, len(self.corpus.valid) + len(self.corpus.test)
        return max(limit - self.evaluation * characters, limit / 2)

    def share_done(self) -> float:
        """0 at the first step, 1 at the last, by epochs or by seconds, whichever is further on."""
        limit = self.time_for_steps
        return min(1.0, max(self.windows.share_done(), self.progress.seconds / limit if limit else 0.0))

    def obey(self, reporting: bool) -> None:
        """Act on requests to pause, to stop or to change the learning rate, and on the time limit."""
        if self.team.size > 1 and self.team.device.type == "cuda" and not reporting:
            return  # between reports GPUs do not wait for each other's numbers
        self.progress.seconds, rate, stop = self.agree(self.team)
        if rate:
            self.schedule.learning_rate = rate
            set_rate(self.optimizer, self.schedule.rate(self.share_done()))
        if not stop and self.settings.max_seconds and self.progress.seconds >= self.time_for_steps:
            stop = Stop(f"max_seconds={self.settings.max_seconds:g} are over")
        self.ending = self.ending or stop

    def report(self, meter: Meter) -> None:
        """Tell observers the loss since the last report."""
        progress, place, done = self.progress, self.windows, self.share_done()
        loss, characters, speed = meter.report(progress, self.team, self.settings.mini_batch_size)
        seconds_left = progress.seconds * (1 / max(done, 1e-9) - 1)
        self.tell(Step(
            progress.step, place.epoch + 1, place.split + 1, loss, self.learning_rate, speed, done, seconds_left,
            characters,
        ))  # fmt: skip
        self.require_finite(loss, "loss")

    def evaluate(self, ids: np.ndarray) -> float:
        """`model.evaluate`, with the work shared among the processes; they agree on how long it took."""
        before = time.perf_counter()
        log_p = self.model.log_probabilities(ids, part=(self.team.rank, self.team.size))
        seconds = (time.perf_counter() - before) * (self.team.rank == 0)
        nats, characters, seconds = self.team.sum(-float(log_p.sum()), len(log_p), seconds)
        self.evaluation = seconds / max(1.0, characters)
        return nats / characters if characters else math.nan

    def add_to_history(self, row: Validated) -> None:
        """Add a row to the history and to `loss.tsv`."""
        self.progress.finish_split(row)
        if self.team.rank == 0:
            self.progress.write_losses(self.folder.losses)
        self.require_finite(row.valid_loss, "valid loss")

    def require_finite(self, loss: float, name: str) -> None:
        """Raise `Diverged`, with a remedy, if a loss is not a finite number."""
        if not math.isfinite(loss):
            raise Diverged(
                f"the {name} became {loss} at step {self.progress.step:,}, learning rate {self.learning_rate:g}; the "
                f"best model so far is kept in {self.folder.best_model}. Lower learning_rate (try a tenth) or clip"
            )

    def save_checkpoint(self) -> None:
        """Save everything that is needed to resume from here."""
        self.folder.save_checkpoint(self.model, self.progress.seconds)

    def finish(self) -> TrainingResult:
        """Go back to the best weights and test them."""
        progress, ending = self.progress, self.ending or Stop(f"all {self.settings.max_epochs} epochs done")
        if self.ending:
            self.tell(Stopped(progress.step, ending.reason))
        self.optimizer.state.clear()  # free its memory, which may be twice the model's
        self.folder.load_best(self.model)
        self.model.eval()
        test_loss = self.evaluate(self.corpus.test) if ending.final_test else math.nan
        self.tell(Finished(progress.step, progress.best_valid_loss, test_loss, progress.seconds))
        return progress.result(test_loss, self.folder.best_model, ending.reason)
