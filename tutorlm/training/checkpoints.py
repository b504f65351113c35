"""Checkpoints: the state of every part of a run, saved and restored together."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import torch

from tutorlm.files.models import ModelFileError, read_model_file, write_model_file
from tutorlm.language_model import LanguageModel
from tutorlm.training.distributed import Team
from tutorlm.training.settings import Interval

VERSION = 2  # 1 had no number


class Stateful(Protocol):
    """A part of a run that can be saved and restored."""

    def state_dict(self) -> dict[str, Any]:
        """Its state, in plain values and tensors."""

    def load_state_dict(self, state: dict[str, Any]) -> Any:
        """Restore what `state_dict` returned."""


class RandomState:
    """The random states of all processes. This one is seeded when it is made."""

    def __init__(self, team: Team, seed: int) -> None:
        self.team = team
        self.on_gpu = team.device.type == "cuda"
        torch.manual_seed(seed + team.rank)

    def state_dict(self) -> dict[str, Any]:
        """For each process the state on the CPU and, if it has one, on its GPU."""
        own = [torch.get_rng_state(), torch.cuda.get_rng_state(self.team.device) if self.on_gpu else None]
        return {"processes": self.team.gather(own)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue with the same random numbers; with another number of processes, seed each with a new one."""
        if len(state["processes"]) != self.team.size:
            digest = hashlib.sha256(state["processes"][0][0].numpy().tobytes()).digest()
            torch.manual_seed(int.from_bytes(digest[:6], "big") + self.team.rank)
            return
        on_cpu, on_gpu = state["processes"][self.team.rank]
        torch.set_rng_state(on_cpu)
        if on_gpu is not None and self.on_gpu:
            torch.cuda.set_rng_state(on_gpu, self.team.device)


class Checkpoints:
    """The checkpoint file of a run.

    Args:
        path: the file.
        parts: name → part of the run, each saved and restored.
        facts: kinds of facts that must be equal on resuming: "corpus", "optimizer", "settings".
        interval: how often to save within a split.
    """

    def __init__(
        self, path: Path, parts: Mapping[str, Stateful], facts: dict[str, Any], interval: Interval, team: Team
    ) -> None:
        self.path, self.parts, self.facts, self.interval, self.team = path, parts, facts, interval, team
        self.saved_at = 0.0  # seconds of the run

    def is_due(self, step: int, seconds: float) -> bool:
        """Whether it is time to save within a split."""
        return step % self.interval.steps == 0 or seconds - self.saved_at >= self.interval.seconds

    def save(self, model: LanguageModel, seconds: float) -> None:
        """Write a model file that also holds the state of every part. All processes must call this."""
        states = {name: part.state_dict() for name, part in self.parts.items()}
        self.saved_at = seconds
        if self.team.rank == 0:
            for_flair = {
                "optimizer_state_dict": states["optimizer"], "epoch": states["windows"]["epoch"],
                "split": states["windows"]["split"], "loss": states["progress"]["best_valid_loss"],
            }  # fmt: skip
            training = {"version": VERSION, "facts": self.facts, "parts": states}
            write_model_file(self.path, {**model.to_state(), **for_flair, "training": training})

    def restore(self, training: dict[str, Any]) -> None:
        """Restore every part from the "training" of a checkpoint.

        Raises:
            ValueError: the run had other settings.
        """
        before, now = training["facts"]["settings"], self.facts["settings"]
        check_same("a run is resumed with the settings it had", before, now)
        for name, part in self.parts.items():
            part.load_state_dict(training["parts"][name])
        self.saved_at = training["parts"]["progress"]["seconds"]

    def advice(self, saving: bool) -> str:
        """How to resume the run."""
        return (
            f"LanguageModelTrainer.load_checkpoint({str(self.path)!r}, corpus).train(…), with the arguments of this "
            "run, goes on from here; on the command line --resume"
        ) if saving else "with checkpoint=True the run could be resumed"  # fmt: skip


def read_checkpoint(path: str | Path) -> dict[str, Any]:
    """The content of a checkpoint file.

    Raises:
        ModelFileError: a model without a run to resume, or a checkpoint of another version.
    """
    state = read_model_file(path)
    if "training" not in state:
        raise ModelFileError(
            f"{path} is a model, not a checkpoint to resume from. To train it further, load it with "
            "LanguageModel.load and give it to a new LanguageModelTrainer"
        )
    version = state["training"].get("version", 1)
    if version != VERSION:
        raise ModelFileError(
            f"{path} is a checkpoint of version {version}, and this version of the package reads version {VERSION}. "
            "Finish the run with the version that began it, or train its best-lm.pt further in a new run"
        )
    return state


def check_facts(path: str | Path, facts: Mapping[str, Any], corpus: Mapping[str, Any], optimizer: str) -> None:
    """Raise a ValueError if a checkpoint belongs to another corpus or optimizer."""
    check_same(f"{path} belongs to another corpus", facts["corpus"], corpus)
    if facts["optimizer"] != optimizer:
        raise ValueError(
            f"{path} was made with {facts['optimizer']}; give load_checkpoint that optimizer, not {optimizer}"
        )


def check_same(what: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Raise a ValueError that names the first difference between two collections of facts."""
    for name in [*before, *(name for name in now if name not in before)]:
        if before.get(name) != now.get(name):
            raise ValueError(f"{what}: {name} was {before.get(name)!r} and is {now.get(name)!r} now")
