"""The trainer: one loop from a corpus and a model to a better model.

Truncated backpropagation through time: for every window of T rows and B columns, predict each next
character, send the loss back through these T steps, and let the optimizer take one step. The LSTM's
state is carried into the next window without its history. After every split the model is evaluated on
the valid text, and saved if it is better than ever.

A run consists of parts, which `training.run` makes: `windows` (the text), `carried` (the LSTM's state), `schedule` (the
learning rate), `progress` (counters and history: `training.metrics`), `folder` (best model and checkpoints).
"""

import contextlib
import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import SGD, Optimizer

from tutorlm.corpus import TextCorpus
from tutorlm.events import Annealed, NewBest, Observer, Sample, TrainingResult, Validated
from tutorlm.files.regular import expanded
from tutorlm.language_model import LanguageModel
from tutorlm.messages import printable, warn_user
from tutorlm.progress import default_observer
from tutorlm.training.checkpoints import check_same, read_checkpoint
from tutorlm.training.checks import check_fit
from tutorlm.training.control import Stop
from tutorlm.training.devices import PRECISIONS
from tutorlm.training.loss import mean_loss
from tutorlm.training.metrics import Meter
from tutorlm.training.optimizers import frozen, set_rate
from tutorlm.training.run import Diverged, Run
from tutorlm.training.settings import TrainingSettings, describe_settings

STEPS_PER_REPORT = 10


class LanguageModelTrainer(Run):
    """Trains a language model on a corpus.

    Args:
        model: a new `LanguageModel`, or one to fine-tune (`FlairEmbeddings(…).lm`).
        corpus: text as the model reads it: `TextCorpus.of(path, model)`.
        optimizer: a class from `torch.optim`.

    If model and corpus do not fit together, a ValueError says what to change.
    """

    def __init__(self, model: LanguageModel, corpus: TextCorpus, optimizer: type[Optimizer] = SGD) -> None:
        check_fit(model, corpus)
        if not isinstance(optimizer, type):
            raise TypeError("pass the optimizer's class, such as torch.optim.SGD; its settings go to train")
        super().__init__(model, corpus, optimizer)

    def train(
        self, base_path: str | Path, sequence_length: int, learning_rate: float | None = 20, mini_batch_size: int = 100,
        anneal_factor: float = 0.25, patience: int = 25, clip: float = 0.25, max_epochs: int = 1000,
        checkpoint: bool = False, grow_to_sequence_length: int = 0, num_workers: int = 0, use_amp: bool = False,
        *, precision: str = "fp32", device: str | torch.device = "auto", checkpoint_every: int | str | None = None,
        layer_rates: Mapping[str, float] | None = None, schedule: str = "plateau",
        min_learning_rate: float | None = None, max_seconds: float | None = None, seed: int = 0,
        observers: Sequence[Observer] | None = None, **optimizer_settings: Any,
    ) -> TrainingResult:  # fmt: skip
        """Train; afterwards `model` holds the best weights, as does `base_path/best-lm.pt`.

        Ctrl-C (■ in a notebook) ends the run at the next step; the best model is saved, and with
        `checkpoint=True` everything needed to resume. A `best-lm.pt` of an earlier run in the same
        folder is kept as `best-lm.before.pt`, `best-lm.before-2.pt` and so on.

        Args:
            base_path: folder for `best-lm.pt`, `loss.tsv` (one row a split) and `checkpoint.pt`; of one run at a time.
            num_workers: accepted for compatibility with Flair; ignored.
            use_amp: Flair's name for `precision="bf16"`.
            device: "auto" leaves a model on a GPU where it is, and otherwise takes the best of CUDA, MPS and
                CPU. On a CPU the number of threads follows what is faster, unless OMP_NUM_THREADS or
                `torch.set_num_threads` has set it.
            observers: called with each event (see `tutorlm.events`); by default a progress bar in a
                terminal and plain lines elsewhere. With an empty list nothing is printed.
        """
        given = locals()
        chosen = {field.name: given[field.name] for field in dataclasses.fields(TrainingSettings)}
        chosen["precision"] = "bf16" if use_amp and precision == "fp32" else precision
        chosen["checkpoint"] = checkpoint or checkpoint_every is not None
        settings, path = TrainingSettings(**chosen), expanded(base_path)
        try:
            with frozen(self.model, settings.layer_rates or {}):
                self.set_up(settings, device)
                with self.alone_in(path):
                    self.prepare(path, (default_observer(),) if observers is None else observers)
                    with self.signals(self.folder.advice(settings.checkpoint), alone=self.team.size == 1):
                        self.begin(path)
                        with self.pace:
                            self.loop()
                        return self.finish()
        finally:
            self.forget_requests()

    def loop(self) -> None:
        """All windows of all splits, until something ends the run."""
        try:
            with contextlib.closing(self.windows.splits()) as splits:
                for split in splits:
                    self.train_on(split)
                    if self.windows.split_is_read:
                        self.after_split()
                    if self.ending:
                        break
            if self.windows.row:  # the run ended within a split
                self.after_part_of_split()
        except Diverged as error:
            self.ending = Stop(str(error), final_test=not self.ending or self.ending.final_test)
            warn_user(str(error))

    def train_on(self, split: Iterator[Tensor]) -> None:
        """The windows of one split."""
        self.model.train()
        meter = Meter(self.model.device, self.clock)
        self.pace.begin()
        for window in split:
            meter.add(self.step(window), rows=len(window) - 1)
            self.windows.mark_read()
            self.progress.step += 1
            self.pace.step()
            saving = self.progress.step % self.folder.interval.steps == 0
            reporting = saving or self.progress.step % STEPS_PER_REPORT == 0 or self.windows.split_is_read
            self.obey(reporting)
            if reporting or self.ending:  # at the same steps in all processes, which exchange numbers here
                self.report(meter)
                if self.folder.is_due(self.progress.step, self.progress.seconds):
                    self.save_checkpoint()
            if self.ending:
                break

    def step(self, window: Tensor) -> Tensor:
        """One optimizer step on a window (T + 1, B); returns its loss, nats per character."""
        set_rate(self.optimizer, self.schedule.rate(self.share_done()))
        self.model.zero_grad()
        dtype = PRECISIONS[self.settings.precision]
        with torch.autocast(window.device.type, dtype, enabled=dtype != torch.float32):
            states, hidden = self.model.read(window[:-1], self.carried.before(window))  # (T, B, H)
            loss = mean_loss(self.model.require_decoder(), states, window[1:])
        self.scaler.scale(loss).backward()
        self.team.average_gradients(self.model)
        self.scaler.unscale_(self.optimizer)
        nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.clip)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.carried.hidden = hidden[0].detach().float(), hidden[1].detach().float()
        return loss.detach()

    def after_split(self) -> None:
        """Validate, adapt the learning rate, save a checkpoint, write a sample."""
        row = self.validate()
        self.windows.next_split()
        self.add_to_history(row)
        self.anneal(row.valid_loss)
        if self.settings.checkpoint:
            self.save_checkpoint()
        if self.observers:
            self.write_sample()

    def write_sample(self) -> None:
        """Let the model write some text for the observers."""
        generator = torch.Generator().manual_seed(self.progress.step)
        # The scores of a diverging model may overflow. The check of its loss reports that.
        with contextlib.suppress(ValueError):
            text, _ = self.model.generate_text("", 160, temperature=0.7, generator=generator)
            self.tell(Sample(self.progress.step, text.strip(), self.model.is_forward_lm))

    def after_part_of_split(self) -> None:
        """Validate once more when a run ends within a split."""
        row = self.validate()
        if self.settings.checkpoint and math.isfinite(row.valid_loss):
            self.save_checkpoint()  # without the row: if the run is resumed, the whole split gets one
        self.add_to_history(row)

    def validate(self) -> Validated:
        """Evaluate the model on the valid text, and save it if it is better than ever."""
        progress, loss = self.progress, self.evaluate(self.corpus.valid)
        row = progress.split_row(self.windows.epoch + 1, self.windows.split + 1, loss, self.learning_rate)
        self.tell(row)
        if loss < progress.best_valid_loss:
            progress.best_valid_loss = loss
            self.folder.save_best(self.model)
            self.tell(NewBest(progress.step, loss, self.folder.best_model))
        return row

    def anneal(self, valid_loss: float) -> None:
        """Let the schedule reduce the learning rate if the valid loss has stalled."""
        if self.schedule.after_split(valid_loss):
            set_rate(self.optimizer, self.schedule.rate(self.share_done()))
            lowest = self.settings.lowest_rate
            self.tell(Annealed(self.progress.step, self.learning_rate))
            if self.learning_rate < lowest:
                self.ending = self.ending or Stop(f"the learning rate fell below min_learning_rate={lowest:g}")

    @classmethod
    def load_checkpoint(
        cls, checkpoint_file: str | Path, corpus: TextCorpus, optimizer: type[Optimizer] = SGD
    ) -> "LanguageModelTrainer":
        """A trainer that continues where a run with `checkpoint=True` last saved.

        Call `train` with the same arguments as before: the run ends as if it had never stopped. But a run that was
        stopped within a split had its model validated there, too, which stays the best one if no later one is better.

        ModelFileError if the file is no checkpoint of this version; ValueError if corpus or optimizer are others.
        """
        found = read_checkpoint(checkpoint_file)
        trainer, facts, name = cls(found.model, corpus, optimizer), found.facts, optimizer.__name__
        check_same(f"{checkpoint_file} belongs to another corpus", facts["corpus"], corpus.fingerprint())
        if facts["optimizer"] != name:
            made_with = f"{checkpoint_file} was made with {printable(facts['optimizer'])}"
            raise ValueError(f"{made_with}; give load_checkpoint that optimizer, not {name}")
        trainer.resumed = found
        return trainer

    load_from_checkpoint = load_checkpoint  # its name in older Flair


LanguageModelTrainer.train.__doc__ = f"{LanguageModelTrainer.train.__doc__}\n{describe_settings(12 * ' ')}"
