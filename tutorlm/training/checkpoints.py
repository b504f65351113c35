"""The files of a run: its best model, and checkpoints with the state of every part."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from tutorlm.files.atomic import remove_unfinished
from tutorlm.files.models import ModelFileError, model_from_file, read_model_file, write_model_file
from tutorlm.files.regular import expanded
from tutorlm.language_model import LanguageModel
from tutorlm.messages import printable
from tutorlm.training.distributed import Team
from tutorlm.training.forms import a, equal, fields, shown
from tutorlm.training.settings import Interval

VERSION = 3  # 2 compared only the ends of the corpus files, 1 had no number
FORM = fields({
    "version": a(int), "facts": fields({"corpus": a(dict), "optimizer": a(str), "settings": a(dict)}), "parts": a(dict)
})  # fmt: skip


class RandomState:
    """The random states of all processes. This one is seeded when it is made."""

    def __init__(self, team: Team, seed: int) -> None:
        self.team, self.on_gpu = team, team.device.type == "cuda"
        torch.manual_seed(seed + team.rank)

    def state_dict(self) -> dict[str, Any]:
        """For each process the state of its CPU and of its GPU, if it has one."""
        own = [torch.get_rng_state(), torch.cuda.get_rng_state(self.team.device) if self.on_gpu else None]
        return {"processes": self.team.gather(own)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue with the same random numbers; with another number of processes, derive new ones for each."""
        if len(state["processes"]) != self.team.size:
            digest = hashlib.sha256(state["processes"][0][0].numpy().tobytes()).digest()
            torch.manual_seed(int.from_bytes(digest[:6], "big") + self.team.rank)
            return
        on_cpu, on_gpu = state["processes"][self.team.rank]
        torch.set_rng_state(on_cpu)
        if on_gpu is not None and self.on_gpu:
            torch.cuda.set_rng_state(on_gpu, self.team.device)


class RunFolder:
    """The folder of a run. Process 0 writes its files.

    Args:
        path: the folder.
        parts: name → part of the run, with `state_dict` and `load_state_dict`.
        facts: what must be equal on resuming: "corpus", "optimizer", "settings".
        interval: how often to save a checkpoint within a split.
    """

    def __init__(
        self, path: Path, parts: dict[str, Any], facts: dict[str, Any], interval: Interval, team: Team
    ) -> None:
        self.parts, self.facts, self.interval, self.team = parts, facts, interval, team
        self.best_model, self.losses, self.checkpoint = (path / n for n in ("best-lm.pt", "loss.tsv", "checkpoint.pt"))
        self.saved_at = 0.0  # seconds of the run

    def clean_up(self, resumed: Path | None) -> None:
        """Clean up after killed runs; check that this folder has the checkpoint `resumed` and its best model."""
        advice = "give train the folder in which that run's checkpoint.pt is"
        if resumed and not self.best_model.exists():
            missing = f"{self.best_model}, the best model of the run to be resumed, is missing"
            raise FileNotFoundError(f"{missing}: {advice}")
        if resumed and resumed.resolve().parent != self.best_model.resolve().parent:
            raise ValueError(f"{self.best_model} is of another run than {resumed}: {advice}")
        if self.team.rank == 0:
            for file in (self.best_model, self.losses, self.checkpoint):
                remove_unfinished(file)

    def keep_previous(self) -> None:
        """Keep the model of every earlier run, as best-lm.before.pt, best-lm.before-2.pt and so on, and the last
        checkpoint as checkpoint.before.pt."""
        if self.team.rank == 0 and self.best_model.exists():
            kept, number = self.best_model.with_name("best-lm.before.pt"), 1
            while kept.exists():
                number += 1
                kept = kept.with_name(f"best-lm.before-{number}.pt")
            self.best_model.replace(kept)
        if self.team.rank == 0 and self.checkpoint.exists():
            self.checkpoint.replace(self.checkpoint.with_name("checkpoint.before.pt"))

    def save_best(self, model: LanguageModel) -> None:
        """Make these weights the best ones."""
        if self.team.rank == 0:
            model.save(self.best_model)

    def load_best(self, model: LanguageModel) -> None:
        """Give a model, on all processes, the best weights."""
        if self.team.rank == 0:
            model.load_state_dict(read_model_file(self.best_model)["state_dict"])
        self.team.broadcast(model.state_dict().values())

    def is_due(self, step: int, seconds: float) -> bool:
        """Whether it is time for a checkpoint within a split."""
        return step % self.interval.steps == 0 or seconds - self.saved_at >= self.interval.seconds

    def save_checkpoint(self, model: LanguageModel, seconds: float) -> None:
        """Write a model file that also holds the state of every part. All processes must call this."""
        states = {name: part.state_dict() for name, part in self.parts.items()}
        self.saved_at = seconds
        if self.team.rank == 0:
            for_flair = {
                "optimizer_state_dict": states["optimizer"], "epoch": states["windows"]["epoch"],
                "split": states["windows"]["split"], "loss": states["progress"]["best_valid_loss"],
            }  # fmt: skip
            training = {"version": VERSION, "facts": self.facts, "parts": states}
            write_model_file(self.checkpoint, {**model.to_state(), **for_flair, "training": training})

    def advice(self, saving: bool) -> str:
        """How an interrupted run is resumed."""
        trainer = f"LanguageModelTrainer.load_checkpoint({str(self.checkpoint)!r}, corpus, {self.facts['optimizer']})"
        command = f"{trainer}.train(…), with the arguments of this run, continues it; on the command line --resume"
        return command if saving else "with checkpoint=True the run could be resumed"

    def restore(self, states: dict[str, Any]) -> None:
        """Restore every part from its state in a checkpoint, which was checked."""
        for name, part in self.parts.items():
            part.load_state_dict(states[name])
        self.saved_at = states["progress"]["seconds"]


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint file: the model, and of its run the states of its parts and what must be equal on resuming."""

    file: Path
    model: LanguageModel
    facts: dict[str, Any]
    parts: dict[str, Any]

    def damaged(self, error: ValueError) -> ModelFileError:
        """The error to raise if a run like this one cannot have such states."""
        advice = "Copy the file again; or train its best-lm.pt further in a new run"
        return ModelFileError(f"{self.file} is a damaged checkpoint: {printable(error)}. {advice}")


def read_checkpoint(path: str | Path) -> Checkpoint:
    """Open a checkpoint file. ModelFileError for a plain model, a checkpoint of another version, or a damaged one."""
    path = expanded(path)
    return model_from_file(path, lambda state: _checkpoint(path, state))


def _checkpoint(path: Path, state: dict[str, Any]) -> Checkpoint:
    training = state.get("training")
    if training is None:
        advice = "To train it further, load it with LanguageModel.load and give it to a new LanguageModelTrainer"
        raise ModelFileError(f"is a model, not a checkpoint to resume from. {advice}")
    version = training.get("version", 1) if isinstance(training, dict) else training
    if type(version) is not int or version != VERSION:
        advice = "Finish the run with the package that began it, or train its best-lm.pt further in a new run"
        raise ModelFileError(f"is a checkpoint of version {shown(version)}; {VERSION} is read here. {advice}")
    FORM(training, "training")
    return Checkpoint(path, LanguageModel.from_state(state), training["facts"], training["parts"])


def check_same(what: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Raise a ValueError that names the first difference between two collections of facts."""
    for name in [*before, *(name for name in now if name not in before)]:
        was, found = before.get(name), now.get(name)
        if not equal(was, found):
            raise ValueError(f"{what}: {printable(name)} was {shown(was)} and is {shown(found)} now")
