"""The trainer: one loop from a corpus and a model to a better model.

Truncated backpropagation through time. The text of a split stands in B columns; a window of T
rows is read, the loss goes back through these T steps, the weights take one step, and the
LSTM's state is carried into the next window without its history. After every split the model
is tried on the valid text and saved if it is better than ever.
"""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import inspect
import io
import math
import re
import signal
import threading
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim import SGD, Optimizer
from torch.optim.lr_scheduler import ReduceLROnPlateau

from tutorlm.corpus import TextCorpus, batchify
from tutorlm.devices import PRECISIONS, choose_device, choose_precision
from tutorlm.events import (
    Annealed,
    Event,
    Finished,
    NewBest,
    Observer,
    Sample,
    Started,
    Step,
    Stopped,
    TrainingResult,
    Validated,
    bits,
)  # fmt: skip
from tutorlm.language_model import Hidden, LanguageModel
from tutorlm.model_files import ModelFileError, read_model_file, write_model_file
from tutorlm.parallel import Team
from tutorlm.progress import default_observer
from tutorlm.safe_files import atomic_write, remove_unfinished

SCHEDULES = ("plateau", "one_cycle", "cosine")
STEPS_PER_REPORT = 10
FILES = ("best-lm.pt", "loss.tsv", "checkpoint.pt")


@dataclasses.dataclass
class _Progress:
    """Where a run stands: all that, beside weights and optimizer, decides how it goes on."""

    sequence_length: int
    learning_rate: float  # as given, or as set since
    epoch: int = 0
    turn: int = 0  # how many splits of this epoch are done
    row: int = 0  # how many rows of the current split are done
    step: int = 0
    seconds: float = 0.0
    best_valid_loss: float = math.inf
    initial_valid_loss: float = math.nan
    split_loss: float = 0.0  # nats and characters of the current split so far
    split_characters: int = 0
    split_seconds: float = 0.0
    history: list[dict[str, float]] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class _Stop:
    """Why a run ends, and what is left to do then."""

    reason: str
    diverged: bool = False
    final_test: bool = True


class LanguageModelTrainer:
    """Trains a language model on a corpus.

    Args:
        model: a new `LanguageModel`, or one to fine-tune (`FlairEmbeddings(…).lm`).
        corpus: text encoded by the model's own dictionary, in its direction.
        optimizer: a class from `torch.optim`.

    Raises:
        TypeError: `model` is not a `LanguageModel`.
        ValueError: model and corpus do not fit together; the message says what to change.
    """

    def __init__(self, model: LanguageModel, corpus: TextCorpus, optimizer: type[Optimizer] = SGD) -> None:
        _check_fit(model, corpus)
        if not isinstance(optimizer, type):
            raise TypeError("pass the optimizer's class, such as torch.optim.SGD; its settings go to train")
        self.model = model
        self.corpus = corpus
        self.optimizer = optimizer
        self._checkpoint: dict[str, Any] | None = None
        self._wish: _Stop | None = None
        self._new_rate = 0.0  # the learning rate asked for
        self._go = threading.Event()  # cleared while paused
        self._go.set()

    # These four may be called from any thread. They act on `train` at its next step boundary.

    def stop(self, reason: str = "stopped on request") -> None:
        """End training, paused or not."""
        self._wish = self._wish or _Stop(reason)
        self._go.set()

    def pause(self) -> None:
        """Make training wait. Its clock stands still: `max_seconds` does not count a pause."""
        self._go.clear()

    def resume(self) -> None:
        """Let training go on after a pause."""
        self._go.set()

    def set_learning_rate(self, learning_rate: float) -> None:
        """Change the learning rate: with "plateau" the one in use, with other schedules the highest."""
        if not 0 < learning_rate < math.inf:
            raise ValueError(f"learning_rate={learning_rate}: give a number above 0")
        self._new_rate = float(learning_rate)

    @classmethod
    def load_checkpoint(
        cls, checkpoint_file: str | Path, corpus: TextCorpus, optimizer: type[Optimizer] = SGD
    ) -> LanguageModelTrainer:
        """A trainer that goes on where a run with `checkpoint=True` was when it last saved.

        Call `train` with the same arguments as before: the run ends as if it had never stopped.

        Raises:
            ModelFileError: the file is no checkpoint of this package.
            ValueError: it belongs to another corpus, dictionary or optimizer.
        """
        state = read_model_file(checkpoint_file)
        if "training" not in state:
            raise ModelFileError(
                f"{checkpoint_file} is a model, not a checkpoint to resume from. To train it further, load it with "
                "LanguageModel.load_language_model and give it to a new LanguageModelTrainer"
            )
        trainer = cls(LanguageModel.from_state(state), corpus, optimizer)
        _check_same(f"{checkpoint_file} belongs to another corpus", state["training"]["corpus"], corpus.fingerprint())
        if state["training"]["optimizer"] != optimizer.__name__:
            raise ValueError(
                f"{checkpoint_file} was made with {state['training']['optimizer']}; "
                f"give load_checkpoint that optimizer, not {optimizer.__name__}"
            )
        trainer._checkpoint = state
        return trainer

    def train(
        self,
        base_path: str | Path,
        sequence_length: int,
        learning_rate: float = 20,
        mini_batch_size: int = 100,
        anneal_factor: float = 0.25,
        patience: int = 25,
        clip: float = 0.25,
        max_epochs: int = 1000,
        checkpoint: bool = False,
        grow_to_sequence_length: int = 0,
        num_workers: int = 0,
        use_amp: bool = False,
        *,
        precision: str = "fp32",
        device: str | torch.device = "auto",
        checkpoint_every: int | str | None = None,
        layer_rates: Mapping[str, float] | None = None,
        schedule: str = "plateau",
        min_learning_rate: float | None = None,
        max_seconds: float | None = None,
        seed: int = 0,
        observers: Sequence[Observer] | None = None,
        **optimizer_settings: Any,
    ) -> TrainingResult:
        """Train; afterwards `model` holds the best weights, as does `base_path/best-lm.pt`.

        Ctrl-C (■ in a notebook) ends the run at the next step; the best model is saved, and with
        `checkpoint=True` all that is needed to go on. A `best-lm.pt` of an earlier run in the same
        folder is kept as `best-lm.before.pt`.

        Args:
            base_path: folder for `best-lm.pt`, `loss.tsv` (one row a split) and `checkpoint.pt`.
            sequence_length: T, characters in a window.
            learning_rate: at the start (for "plateau"), or the highest (for the other schedules).
            mini_batch_size: B, columns read side by side.
            anneal_factor: what the learning rate is multiplied by when the valid loss stalls.
            patience: so many splits in a row may fail to improve; the next one makes it happen.
            clip: largest norm of all gradients together; longer ones are scaled down.
            max_epochs: passes over the corpus.
            checkpoint: save after every split all that `load_checkpoint` needs to go on.
            grow_to_sequence_length: lengthen T by one each split up to this.
            num_workers: taken for the sake of Flair's scripts; reading needs no workers here.
            use_amp: Flair's name for `precision="bf16"`.
            precision: "fp32"; "bf16" or "fp16" do most of the arithmetic in 16 bits, where the device
                can (else a warning says what is used). Weights stay in 32 bits.
            device: "auto" leaves the model where it is if that is not the CPU, else takes the best of
                CUDA, MPS and CPU. Threads are left alone: `torch.set_num_threads` sets them.
            checkpoint_every: save a checkpoint also within splits, every so many steps, or every so
                often: `500`, "10 minutes", "30 s". `checkpoint=True` is then implied.
            layer_rates: beginning of a parameter's name → factor on its learning rate; 0 freezes it.
                `{"encoder": 0, "rnn": 0.3}`: the longest beginning that fits counts.
            schedule: "plateau" as in Flair; "one_cycle" (a short rise, then a half cosine to 0) or
                "cosine" (from the start) over `max_epochs` or `max_seconds`, whichever ends first.
            min_learning_rate: with "plateau", training ends when the rate falls below it; by
                default a hundred-thousandth of `learning_rate`.
            max_seconds: stop after this time. Such a run depends on how quick the machine is.
            seed: for dropout. Shuffles and case flips follow the corpus's own seed.
            observers: called with each event (see `tutorlm.events`); by default a progress bar in a
                terminal and plain lines elsewhere. An empty list keeps quiet.
            optimizer_settings: passed on to the optimizer, such as `weight_decay`.
        """
        del num_workers
        if schedule not in SCHEDULES:
            raise ValueError(f"schedule={schedule!r} is not one of {', '.join(SCHEDULES)}")
        if min(sequence_length, mini_batch_size, max_epochs) < 1 or learning_rate <= 0:
            raise ValueError("sequence_length, mini_batch_size and max_epochs must be 1 or more, learning_rate above 0")
        if not 0 < anneal_factor < 1:
            raise ValueError(
                f"anneal_factor={anneal_factor}: the learning rate is multiplied by it, so between 0 and 1"
            )
        _check_enough_text(self.corpus, mini_batch_size)
        if str(device) != "auto" or self.model.device.type == "cpu":
            self.model.to(choose_device(device))
        settings = _Settings(
            base_path=Path(base_path),
            sequence_length=sequence_length,
            learning_rate=float(learning_rate),
            mini_batch_size=mini_batch_size,
            anneal_factor=anneal_factor,
            patience=patience,
            clip=clip,
            max_epochs=max_epochs,
            checkpoint=checkpoint or checkpoint_every is not None,
            checkpoint_every=_Interval.parse(checkpoint_every),
            grow_to_sequence_length=grow_to_sequence_length,
            precision=choose_precision("bf16" if use_amp and precision == "fp32" else precision, self.model.device),
            layer_rates=dict(layer_rates or {}),
            schedule=schedule,
            min_learning_rate=float(learning_rate * 1e-5 if min_learning_rate is None else min_learning_rate),
            max_seconds=max_seconds,
            seed=seed,
            observers=(default_observer(),) if observers is None else tuple(observers),
            optimizer_settings=optimizer_settings,
        )
        checkpoint_state, self._checkpoint = self._checkpoint, None
        try:
            with _frozen(self.model, settings.layer_rates):
                return _Run(self, settings, checkpoint_state).go()
        finally:
            self._wish, self._new_rate = None, 0.0
            self._go.set()


@dataclasses.dataclass(frozen=True)
class _Interval:
    """Every so many steps, or every so many seconds."""

    steps: float = math.inf
    seconds: float = math.inf

    @classmethod
    def parse(cls, value: int | str | None) -> _Interval:
        if value is None:
            return cls()
        parts = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(steps?|s|sec|seconds?|min|minutes?|h|hours?)?\s*", str(value))
        in_steps = parts and (parts[2] or "steps").startswith("st")
        if not parts or not float(parts[1]) or (in_steps and not float(parts[1]).is_integer()):
            raise ValueError(f"checkpoint_every={value!r}: give a number of steps, or a time such as '10 minutes'")
        number, unit = float(parts[1]), (parts[2] or "steps")[0:2]
        if unit == "st":
            return cls(steps=int(number))
        return cls(seconds=number * {"s": 1, "m": 60, "h": 3600}[unit[0]])


@dataclasses.dataclass(frozen=True)
class _Settings:
    """The arguments of `LanguageModelTrainer.train`."""

    base_path: Path
    sequence_length: int
    learning_rate: float
    mini_batch_size: int
    anneal_factor: float
    patience: int
    clip: float
    max_epochs: int
    checkpoint: bool
    checkpoint_every: _Interval
    grow_to_sequence_length: int
    precision: str
    layer_rates: dict[str, float]
    schedule: str
    min_learning_rate: float
    max_seconds: float | None
    seed: int
    observers: tuple[Observer, ...]
    optimizer_settings: dict[str, Any]

    def that_decide(self) -> dict[str, Any]:
        """Those that must be the same when a run is resumed, if it is to end the same."""
        free = ("base_path", "max_epochs", "checkpoint", "checkpoint_every", "max_seconds", "observers")
        return {name: value for name, value in vars(self).items() if name not in free}


class _Run:
    """One call of `train`."""

    def __init__(self, trainer: LanguageModelTrainer, settings: _Settings, checkpoint: dict[str, Any] | None) -> None:
        self.trainer, self.settings = trainer, settings
        self.model, self.corpus = trainer.model, trainer.corpus
        self.team = Team(self.model.device)
        self.own_columns = self.team.columns(settings.mini_batch_size)
        self.observers = list(settings.observers) if self.team.rank == 0 else []
        self.best_model = settings.base_path / "best-lm.pt"
        self.stop: _Stop | None = None
        self.saved_at = 0.0  # the second of the last checkpoint
        self.paused = 0.0  # seconds
        self.optimizer = self._make_optimizer(trainer.optimizer)
        self.scaler = torch.amp.GradScaler(self.model.device.type, enabled=settings.precision == "fp16")
        self.scheduler = ReduceLROnPlateau(
            self.optimizer, factor=settings.anneal_factor, patience=settings.patience, threshold=0.0, eps=0.0
        )
        self.progress = _Progress(sequence_length=settings.sequence_length, learning_rate=settings.learning_rate)
        self.rows = 1  # of the current split
        self.hidden: Hidden = self.model.init_hidden(settings.mini_batch_size // self.team.size)
        # What the stream holds beyond the rows already trained on: the row to go on from, and the
        # few characters at the end of a split that did not fill a row.
        self.last_row = np.full(settings.mini_batch_size, self.model.start_ids[-1], self.corpus.dictionary.dtype)
        self.left_over = np.empty(0, self.corpus.dictionary.dtype)
        self.start_ids = torch.tensor(self.model.start_ids.astype(np.int64), device=self.model.device)
        torch.manual_seed(settings.seed + self.team.rank)
        self.resumed = checkpoint is not None
        if checkpoint:
            self._restore(checkpoint)
        self.team.share(self.model.state_dict().values())
        self.fingerprint = self.corpus.fingerprint() if settings.checkpoint else {}

    def _make_optimizer(self, kind: type[Optimizer]) -> Optimizer:
        """The optimizer, with a group of parameters for each learning rate."""
        settings, groups = self.settings, {}
        for name, parameter in self.model.named_parameters():
            groups.setdefault(_layer_rate(name, settings.layer_rates), []).append(parameter)
        groups.pop(0.0, None)
        if not groups:
            raise ValueError("layer_rates freezes every layer: there is nothing left to train")
        quick = {"fused": True} if self.model.device.type == "cuda" and _has_option(kind, "fused") else {}
        return kind(
            [{"params": group, "lr": settings.learning_rate * rate, "rate": rate} for rate, group in groups.items()],
            lr=settings.learning_rate, **{**quick, **settings.optimizer_settings},
        )  # fmt: skip

    def go(self) -> TrainingResult:
        """Train to the end, or until something ends it."""
        progress = self.progress
        self._begin()
        self.began = self._clock() - progress.seconds
        self._end_epoch()
        splits = self.corpus.train.read_ahead(self.settings.max_epochs, progress.epoch, progress.turn)
        with _interrupt_calls(self.trainer, self.settings, self.team), contextlib.closing(splits):
            for index, ids in splits:
                ids = np.concatenate([self.left_over, ids])  # under the same name: so the shorter one is freed
                data = self._lay_out(ids)
                del ids
                self._train_split(index, data)
                del data
                self._end_epoch()
                if self.stop:
                    break
            return self._end()

    def _end_epoch(self) -> None:
        if self.progress.turn == len(self.corpus.train):
            self.progress.epoch, self.progress.turn = self.progress.epoch + 1, 0

    def _begin(self) -> None:
        progress = self.progress
        if self.team.rank == 0:
            for name in FILES:
                remove_unfinished(self.settings.base_path / name)
        if not self.resumed:
            progress.initial_valid_loss = progress.best_valid_loss = self._evaluate(self.corpus.valid)
            self.scheduler.best = progress.initial_valid_loss
            if self.team.rank == 0:
                self._make_room()
                self.model.save(self.best_model)
            if self.settings.checkpoint:
                self._save_checkpoint()
        elif not self.best_model.exists():
            raise FileNotFoundError(
                f"{self.best_model}, the best model of the run to be resumed, is missing: "
                "give train the folder in which that run's checkpoint.pt stands"
            )
        self._tell(Started(
            self.settings.base_path, self.model.is_forward_lm, sum(p.numel() for p in self.model.parameters()),
            len(self.model.dictionary), len(self.corpus.train), progress.best_valid_loss, progress.step,
        ))  # fmt: skip

    # -- one split -------------------------------------------------------------------------------

    def _lay_out(self, ids: np.ndarray) -> Tensor:
        """A split in columns, below the row that the last one ended with: (rows + 1, B), a byte or two each."""
        columns = batchify(ids, self.settings.mini_batch_size)
        self.rows = len(columns)
        last_row = columns[-1].copy() if self.rows else self.last_row
        self.following = last_row, ids[columns.size :].copy()
        first_row = self.last_row[self.own_columns]
        own = np.empty((self.rows + 1, len(first_row)), ids.dtype)
        own[0], own[1:] = first_row, columns[:, self.own_columns]
        return torch.from_numpy(own).to(self.model.device)

    def _train_split(self, index: int, data: Tensor) -> None:
        progress, settings = self.progress, self.settings
        if progress.row == 0:
            progress.sequence_length += progress.sequence_length < settings.grow_to_sequence_length
        self.model.train()
        nats, reported, since = torch.zeros((), device=self.model.device), progress.row, self._clock()
        for begin, end in self._windows(self.rows + 1, index):
            nats += self._step(data[begin : end + 1].long()) * (end - begin)
            progress.row = end
            progress.step += 1
            save = progress.step % settings.checkpoint_every.steps == 0
            report = progress.step % STEPS_PER_REPORT == 0 or end == self.rows or save
            self._listen(report)
            if report or self.stop:
                self._report(nats, end - reported, since)
                nats, reported, since = torch.zeros_like(nats), end, self._clock()
                if save or progress.seconds - self.saved_at >= settings.checkpoint_every.seconds:
                    self._save_checkpoint()
            if self.stop:
                break
        if progress.row == self.rows:
            self.last_row, self.left_over = self.following
            self._finish_split()

    def _listen(self, report: bool) -> None:
        """Look at the clock, and for wishes: to pause, to stop, to change the learning rate.

        Processes that train together must all see the same. They talk about it at every step on CPUs,
        and with each report on GPUs, which never wait for numbers in between.
        """
        team, trainer = self.team, self.trainer
        if team.size > 1 and team.device.type == "cuda" and not report:
            return
        if not trainer._go.is_set():
            began = time.perf_counter()
            trainer._go.wait()
            self.paused += time.perf_counter() - began
        wish, new_rate, trainer._new_rate = trainer._wish, trainer._new_rate, 0.0
        first = team.rank == 0
        self.progress.seconds, new_rate, wishes, no_tests = team.sum(
            (self._clock() - self.began) * first, new_rate * first, bool(wish), bool(wish and not wish.final_test)
        )
        if new_rate:
            self._change_learning_rate(new_rate)
        if wishes:
            wish = wish or _Stop("another process of this run was asked to stop")
            self.stop = self.stop or dataclasses.replace(wish, final_test=not no_tests)
        elif self.settings.max_seconds and self.progress.seconds >= self.settings.max_seconds:
            self.stop = self.stop or _Stop(f"max_seconds={self.settings.max_seconds:g} are over")

    def _windows(self, rows: int, split: int) -> Iterator[tuple[int, int]]:
        """Begin and end of each window: T rows, but the first is cut short at random.

        So the places where gradients stop differ from epoch to epoch.
        """
        length = self.progress.sequence_length
        first = int(np.random.default_rng([self.corpus.seed, self.progress.epoch, split, 1]).integers(1, length + 1))
        ends = [*range(first, rows - 1, length), rows - 1]
        return ((a, b) for a, b in zip([0, *ends], ends, strict=False) if self.progress.row <= a < b)

    def _step(self, window: Tensor) -> Tensor:
        """One step of the optimizer on a window (T + 1, B): returns its loss, nats per character."""
        self._set_learning_rate()
        self.optimizer.zero_grad()
        dtype = PRECISIONS[self.settings.precision]
        with torch.autocast(window.device.type, dtype, enabled=dtype != torch.float32):
            decoded, _, hidden = self.model(window[:-1], self._fresh_at_documents(window))
            loss = cross_entropy(decoded.flatten(0, 1), window[1:].flatten())
        self.scaler.scale(loss).backward()
        self.team.average_gradients(self.model)
        self.scaler.unscale_(self.optimizer)
        nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.clip)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.hidden = hidden[0].detach().float(), hidden[1].detach().float()
        return loss.detach()

    def _fresh_at_documents(self, window: Tensor) -> Hidden:
        """The carried state (h, c), zeroed in columns whose window begins with a document delimiter.

        So the model learns to start from nothing but a delimiter, as it must for every sentence
        it will embed. Nothing is lost: what came before is another, unrelated document.
        """
        if len(window) <= len(self.start_ids):
            return self.hidden
        begins = (window[: len(self.start_ids)] == self.start_ids[:, None]).all(0)  # (B,)
        keep = ~begins[:, None]
        return self.hidden[0] * keep, self.hidden[1] * keep

    def _finish_split(self) -> None:
        """Validate, anneal, save."""
        progress, settings = self.progress, self.settings
        progress.row, progress.turn = 0, progress.turn + 1
        if self._diverged():
            return
        row = self._validate()
        progress.split_loss, progress.split_characters, progress.split_seconds = 0.0, 0, 0.0
        progress.history.append(dataclasses.asdict(row))
        self._write_losses()
        if settings.schedule == "plateau" and not self._diverged():
            self._anneal(row.valid_loss)
        if settings.checkpoint and not self._diverged():
            self._save_checkpoint()
        if self.observers and not self._diverged():
            own_chance = torch.Generator().manual_seed(progress.step)
            text, _ = self.model.generate_text("", 160, temperature=0.7, generator=own_chance)
            self._tell(Sample(progress.step, text.strip(), self.model.is_forward_lm))

    def _validate(self) -> Validated:
        """Try the model on the valid text, and save it if it is better than ever."""
        progress = self.progress
        valid_loss = self._evaluate(self.corpus.valid)
        self._stop_if_not_finite(valid_loss, "valid loss")
        row = Validated(
            epoch=progress.epoch + 1,
            split=progress.turn + (progress.row > 0),
            step=progress.step,
            train_loss=progress.split_loss / progress.split_characters if progress.split_characters else math.nan,
            valid_loss=valid_loss,
            learning_rate=self._learning_rate(),
            characters_per_second=progress.split_characters / max(1e-9, progress.split_seconds),
            seconds=progress.seconds,
        )
        self._tell(row)
        if valid_loss < progress.best_valid_loss:
            progress.best_valid_loss = valid_loss
            if self.team.rank == 0:
                self.model.save(self.best_model)
            self._tell(NewBest(progress.step, valid_loss, self.best_model))
        return row

    def _evaluate(self, ids: np.ndarray) -> float:
        """`model.evaluate`, each process reading its part."""
        log_p = self.model.log_probabilities(ids, part=(self.team.rank, self.team.size))
        nats, characters = self.team.sum(-float(log_p.sum()), len(log_p))
        return nats / characters if characters else math.nan

    def _anneal(self, valid_loss: float) -> None:
        before = self._learning_rate()
        self.scheduler.step(valid_loss)
        if self._learning_rate() < before:
            self._tell(Annealed(self.progress.step, self._learning_rate()))
            if self._learning_rate() < self.settings.min_learning_rate:
                self.stop = self.stop or _Stop(
                    f"the learning rate fell below min_learning_rate={self.settings.min_learning_rate:g}"
                )

    def _report(self, nats: Tensor, rows: int, since: float) -> None:
        """Add up the loss of the rows since the last report and tell observers.

        The only place where a GPU has to wait for the numbers.
        """
        progress, characters = self.progress, rows * self.settings.mini_batch_size
        (total,) = self.team.sum(nats.item() * self.settings.mini_batch_size / self.team.size)
        seconds = self._clock() - since
        progress.split_loss += total
        progress.split_characters += characters
        progress.split_seconds += seconds
        self._stop_if_not_finite(total, "loss")
        done = self._fraction_done()
        self._tell(Step(
            progress.step, progress.epoch + 1, progress.turn + 1, total / characters, self._learning_rate(),
            characters / max(1e-9, seconds), done, progress.seconds * (1 / max(done, 1e-9) - 1), characters,
        ))  # fmt: skip

    def _stop_if_not_finite(self, value: float, name: str) -> None:
        if not math.isfinite(value):
            self.stop = _Stop(
                f"the {name} became {value} at step {self.progress.step:,}, learning rate {self._learning_rate():g}; "
                f"the best model so far is kept in {self.best_model}. Lower learning_rate (try a tenth) or clip",
                diverged=True,
            )

    def _diverged(self) -> bool:
        return self.stop is not None and self.stop.diverged

    # -- the learning rate -------------------------------------------------------------------------

    def _learning_rate(self) -> float:
        group = self.optimizer.param_groups[0]
        return group["lr"] / group["rate"]

    def _set_learning_rate(self) -> None:
        if self.settings.schedule != "plateau":
            share = scheduled_share(self.settings.schedule, self._fraction_done())
            for group in self.optimizer.param_groups:
                group["lr"] = self.progress.learning_rate * group["rate"] * share

    def _change_learning_rate(self, learning_rate: float) -> None:
        self.progress.learning_rate = learning_rate
        if self.settings.schedule == "plateau":
            for group in self.optimizer.param_groups:
                group["lr"] = learning_rate * group["rate"]

    def _clock(self) -> float:
        """Seconds, pauses not counted."""
        return time.perf_counter() - self.paused

    def _fraction_done(self) -> float:
        """0 at the first step, 1 at the last, by epochs or by seconds, whichever is further on."""
        progress = self.progress
        splits_done = progress.turn + progress.row / max(1, self.rows)
        by_epochs = (progress.epoch + splits_done / len(self.corpus.train)) / self.settings.max_epochs
        by_seconds = progress.seconds / self.settings.max_seconds if self.settings.max_seconds else 0.0
        return min(1.0, max(by_epochs, by_seconds))

    # -- files and the end ----------------------------------------------------------------------------

    def _make_room(self) -> None:
        """Keep what an earlier run left in the folder under another name."""
        for name in ("best-lm", "checkpoint"):
            former = self.settings.base_path / f"{name}.pt"
            if former.exists():
                former.replace(former.with_name(f"{name}.before.pt"))

    def _write_losses(self) -> None:
        if self.team.rank:
            return
        text = io.StringIO()
        names = [*self.progress.history[0], "train_bits_per_character", "valid_bits_per_character"]
        table = csv.DictWriter(text, names, delimiter="\t", lineterminator="\n")
        table.writeheader()
        for row in self.progress.history:
            in_bits = {f"{part}_bits_per_character": bits(row[f"{part}_loss"]) for part in ("train", "valid")}
            table.writerow({name: f"{value:.6g}" for name, value in {**row, **in_bits}.items()})
        with atomic_write(self.settings.base_path / "loss.tsv") as file:
            file.write(text.getvalue().encode())

    def _save_checkpoint(self) -> None:
        progress, device = self.progress, self.model.device
        chance = torch.get_rng_state(), torch.cuda.get_rng_state(device) if device.type == "cuda" else None
        states = self.team.gather((chance, [state.cpu() for state in self.hidden]))
        self.saved_at = progress.seconds
        if self.team.rank:
            return
        training = {
            "progress": dataclasses.asdict(progress),
            "corpus": self.fingerprint,
            "optimizer": type(self.optimizer).__name__,
            "settings": self.settings.that_decide(),
            "scheduler": {"best": self.scheduler.best, "num_bad_epochs": self.scheduler.num_bad_epochs},
            "scaler": self.scaler.state_dict(),
            "hidden": [torch.cat([hidden[k] for _, hidden in states], dim=1) for k in (0, 1)],
            "last_row": self.last_row.tolist(),
            "left_over": self.left_over.tolist(),
            "random_states": [list(chance) for chance, _ in states],  # one a process: CPU, GPU
        }
        write_model_file(
            self.settings.base_path / "checkpoint.pt",
            {
                **self.model.to_state(),
                "optimizer_state_dict": self.optimizer.state_dict(),
                "epoch": progress.epoch,
                "split": progress.turn,
                "loss": progress.best_valid_loss,
                "training": training,
            },
        )

    def _restore(self, state: dict[str, Any]) -> None:
        training, device = state["training"], self.model.device
        _check_same("a run is resumed with the settings it had", training["settings"], self.settings.that_decide())
        self.optimizer.load_state_dict(state["optimizer_state_dict"])
        self.scheduler.best = training["scheduler"]["best"]
        self.scheduler.num_bad_epochs = training["scheduler"]["num_bad_epochs"]
        if self.settings.precision == "fp16" and training["scaler"]:
            self.scaler.load_state_dict(training["scaler"])
        self.progress = _Progress(**training["progress"])
        self.saved_at = self.progress.seconds
        self.hidden = tuple(state[:, self.own_columns].to(device).contiguous() for state in training["hidden"])
        self.last_row = np.array(training["last_row"], self.corpus.dictionary.dtype)
        self.left_over = np.array(training["left_over"], self.corpus.dictionary.dtype)
        self._restore_chance(training["random_states"])

    def _restore_chance(self, states: list[list[Tensor | None]]) -> None:
        """The random states of the run, if as many processes go on; else new ones for each."""
        if len(states) != self.team.size:
            torch.manual_seed((self.settings.seed + self.team.rank) * 1_000_003 + self.progress.step)
            return
        on_cpu, on_gpu = states[self.team.rank]
        torch.set_rng_state(on_cpu)
        if on_gpu is not None and self.model.device.type == "cuda":
            torch.cuda.set_rng_state(on_gpu, self.model.device)

    def _end(self) -> TrainingResult:
        """Take the last unvalidated steps into account, go back to the best weights, test them."""
        progress = self.progress
        if progress.row and not self._diverged():
            row = self._validate()
            if self.settings.checkpoint and not self._diverged():
                self._save_checkpoint()  # without that row: resumed, the split will get its own at its end
            progress.history.append(dataclasses.asdict(row))
            self._write_losses()
        stop = self.stop or _Stop(f"all {self.settings.max_epochs} epochs done")
        if self.stop:
            self._tell(Stopped(progress.step, stop.reason))
        if stop.diverged:
            warnings.warn(stop.reason, stacklevel=4)
        if self.team.rank == 0:
            self.model.load_state_dict(read_model_file(self.best_model)["state_dict"])
        self.team.share(self.model.state_dict().values())
        self.model.eval()
        test_loss = self._evaluate(self.corpus.test) if stop.final_test else math.nan
        self._tell(Finished(progress.step, progress.best_valid_loss, test_loss, progress.seconds))
        history = tuple(Validated(**row) for row in progress.history)
        return TrainingResult(
            history, progress.initial_valid_loss, progress.best_valid_loss, test_loss, self.best_model,
            stop.reason, progress.step, progress.seconds,
        )  # fmt: skip

    def _tell(self, event: Event) -> None:
        device = self.model.device
        for observer in list(self.observers):
            try:
                with torch.random.fork_rng([device] if device.type == "cuda" else []):  # its chance is its own
                    observer(event)
            except Exception as error:
                self.observers.remove(observer)
                warnings.warn(
                    f"the observer {observer!r} failed and is dropped; training goes on "
                    f"({type(error).__name__}: {error})",
                    stacklevel=2,
                )


def scheduled_share(schedule: str, done: float) -> float:
    """The share of the highest learning rate when a run is `done` (0 … 1).

    "cosine": half a cosine from 1 to 0. "one_cycle": the first tenth rises from 1/25, then the same
    (Smith & Topin 2018).
    """
    rise = 0.1 if schedule == "one_cycle" else 0.0
    if done < rise:
        return 0.04 + 0.96 * done / rise
    return 0.5 + 0.5 * math.cos(math.pi * (done - rise) / (1 - rise))


def _check_same(what: str, before: dict[str, Any], now: dict[str, Any]) -> None:
    """Raise a ValueError that names the first difference between two collections of facts."""
    for name in [*before, *(name for name in now if name not in before)]:
        if before.get(name) != now.get(name):
            raise ValueError(f"{what}: {name} was {before.get(name)!r} and is {now.get(name)!r} now")


def _layer_rate(name: str, layer_rates: Mapping[str, float]) -> float:
    """The factor on the learning rate of the parameter of that name."""
    fitting = [key for key in layer_rates if name.startswith(key)]
    return layer_rates[max(fitting, key=len)] if fitting else 1.0


def _has_option(kind: type[Optimizer], name: str) -> bool:
    return name in inspect.signature(kind).parameters


@contextlib.contextmanager
def _frozen(model: LanguageModel, layer_rates: Mapping[str, float]) -> Iterator[None]:
    """Inside the block, layers whose rate is 0 need no gradients."""
    names = [name for name, _ in model.named_parameters()]
    for key, rate in layer_rates.items():
        if not 0 <= rate < math.inf or not any(name.startswith(key) for name in names):
            raise ValueError(f"layer_rates={{{key!r}: {rate}}}: give 0 or more for the beginning of {', '.join(names)}")
    frozen = [p for n, p in model.named_parameters() if p.requires_grad and _layer_rate(n, layer_rates) == 0]
    for parameter in frozen:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in frozen:
            parameter.requires_grad_(True)


@contextlib.contextmanager
def _interrupt_calls(trainer: LanguageModelTrainer, settings: _Settings, team: Team) -> Iterator[None]:
    """Ctrl-C asks the trainer to stop at the next step; pressed again it interrupts at once.

    So does SIGTERM, by which a cluster says that time is up. (torchrun repeats what its processes
    were told already, and kills those that do not end.)
    """
    go_on = (
        f"LanguageModelTrainer.load_checkpoint({str(settings.base_path / 'checkpoint.pt')!r}, corpus).train(…), "
        "with the arguments of this run, goes on from here; on the command line --resume"
        if settings.checkpoint
        else "with checkpoint=True the run could be resumed"
    )

    def handle(signum: int, frame: Any) -> None:
        if trainer._wish and signum == signal.SIGINT and team.size == 1:
            raise KeyboardInterrupt
        trainer._wish = _Stop(f"interrupted: the best model is saved; {go_on}", final_test=False)
        trainer._go.set()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    former = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _check_fit(model: LanguageModel, corpus: TextCorpus) -> None:
    if not isinstance(model, LanguageModel):
        raise TypeError(f"the trainer trains a LanguageModel, not a {type(model).__name__}; of embeddings, pass .lm")
    model._decoder()
    if len(model.dictionary) != model.encoder.num_embeddings:
        raise ValueError(
            f"the dictionary has grown to {len(model.dictionary)} items since the model was made for "
            f"{model.encoder.num_embeddings}: add items first, then make the model"
        )
    difference = model.dictionary.difference(corpus.dictionary)
    if difference:
        raise ValueError(
            f"model and corpus have different dictionaries: {difference}. "
            "Make the corpus with the model's own: TextCorpus(path, model.dictionary, …)"
        )
    for name in ("is_forward_lm", "document_delimiter"):
        of_model, of_corpus = getattr(model, name), getattr(corpus, name)
        if of_model != of_corpus:
            raise ValueError(
                f"{name} is {of_model!r} in the model and {of_corpus!r} in the corpus. A new model: make it with "
                f"{name}={of_corpus!r}. A model trained before: make the corpus with {name}=model.{name}"
            )


def _check_enough_text(corpus: TextCorpus, mini_batch_size: int) -> None:
    for name, ids in (("valid.txt", corpus.valid), ("test.txt", corpus.test)):
        if not len(ids):
            raise ValueError(f"{corpus.path / name} is empty; put some text there that is not in train/")
    largest = max(corpus.train.files, key=lambda file: file.stat().st_size)
    if largest.stat().st_size >= 8 * mini_batch_size:  # at most 4 bytes a character
        return
    characters = len(corpus.train.read(corpus.train.files.index(largest)))
    if characters < 2 * mini_batch_size:
        fits = characters // 2
        raise ValueError(
            f"{largest} has {characters:,} characters: too few for mini_batch_size={mini_batch_size}. "
            + (f"The largest that fits is {fits}; better, give more text" if fits else "Give it more text")
        )
