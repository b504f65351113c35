"""The settings of a training run, each written once: value, help text, bounds, and whether it may change on resume.

`LanguageModelTrainer.train`, the recipes, the checkpoints and the command line all take them from here.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any

from tutorlm.training.devices import PRECISIONS

SCHEDULES = ("plateau", "one_cycle", "cosine")


@dataclass(frozen=True)
class Bounds:
    """Which numbers are allowed. `str` gives them in words."""

    at_least: float | None = None
    above: float | None = None
    at_most: float | None = None
    below: float | None = None

    def __contains__(self, number: float) -> bool:
        tests = {"at_least": operator.ge, "above": operator.gt, "at_most": operator.le, "below": operator.lt}
        limits = ((test, getattr(self, name)) for name, test in tests.items())
        return all(limit is None or test(number, limit) for test, limit in limits)

    def __str__(self) -> str:
        limits = {name.replace("_", " "): limit for name, limit in vars(self).items() if limit is not None}
        return " and ".join(f"{name} {limit:g}" for name, limit in limits.items())


COUNT, AMOUNT, WHOLE = Bounds(at_least=1), Bounds(above=0), Bounds(at_least=0)
SEED = Bounds(at_least=0, at_most=2**63 - 1)


def setting(
    help: str, kind: type = str, default: Any = MISSING, *, bounds: Bounds | None = None,
    choices: tuple[str, ...] | None = None, free: bool = False,
) -> Any:  # fmt: skip
    """A field of a dataclass of settings; `free` ones may change when a run is resumed."""
    return field(default=default, metadata={
        "help": help, "kind": kind, "bounds": bounds, "choices": choices, "free": free,
    })  # fmt: skip


def checked(name: str, value: Any, about: Mapping[str, Any]) -> Any:
    """The value of a field as a plain number, say, not one of numpy's.

    Raises:
        ValueError: it is out of bounds, not one of the choices, or not a whole number where one is needed.
    """
    if about["choices"] and value not in about["choices"]:
        raise ValueError(f"{name}={value!r} is not one of {', '.join(about['choices'])}")
    if about["kind"] is dict and value is not None:
        return dict(value)
    if about["bounds"] is None or value is None:
        return value
    if value not in about["bounds"] or about["kind"](value) != value:
        whole = "a whole number " if about["kind"] is int else ""
        raise ValueError(f"{name}={value!r}: give {whole}for {name} {about['bounds']}".replace("give for", "give"))
    return about["kind"](value)


@dataclass(frozen=True, kw_only=True)
class TrainingSettings:
    """How to train: the arguments of `LanguageModelTrainer.train`."""

    sequence_length: int = setting("T, characters in a window", int, bounds=COUNT)
    mini_batch_size: int = setting("B, columns read in parallel", int, 100, bounds=COUNT)
    learning_rate: float = setting("initial rate (plateau), or highest rate (other schedules)", float, 20.0,
                                   bounds=AMOUNT)  # fmt: skip
    schedule: str = setting("how the learning rate changes: plateau reduces it when the valid loss stalls, one_cycle "
                            "rises briefly and falls to 0, cosine falls to 0", default="plateau",
                            choices=SCHEDULES)  # fmt: skip
    anneal_factor: float = setting("plateau: the learning rate is multiplied by it", float, 0.25,
                                   bounds=Bounds(above=0, below=1))  # fmt: skip
    patience: int = setting("plateau: consecutive splits without improvement that are tolerated; one more reduces "
                            "the learning rate", int, 25, bounds=WHOLE)  # fmt: skip
    min_learning_rate: float | None = setting("plateau: training ends below this rate (None: a hundred-thousandth of "
                                              "learning_rate)", float, None, bounds=WHOLE)  # fmt: skip
    clip: float = setting("maximum norm of all gradients together", float, 0.25, bounds=AMOUNT)
    grow_to_sequence_length: int = setting("increase T by one after each split, up to this", int, 0, bounds=WHOLE)
    layer_rates: Mapping[str, float] | None = setting("factors on the learning rate, by the beginning of a parameter's "
                                                      "name; 0 freezes: encoder=0,rnn=0.3", dict, None)  # fmt: skip
    precision: str = setting("bf16 or fp16 compute most in 16 bits, where the device can", default="fp32",
                             choices=tuple(PRECISIONS))  # fmt: skip
    seed: int = setting("random seed for dropout", int, 0, bounds=SEED)
    optimizer_settings: Mapping[str, Any] | None = setting("passed to the optimizer, such as weight_decay", dict, None)
    max_epochs: int = setting("passes over the corpus", int, 1000, bounds=COUNT, free=True)
    max_seconds: float | None = setting("time limit; such a run depends on the speed of the machine", float, None,
                                        bounds=AMOUNT, free=True)  # fmt: skip
    checkpoint: bool = setting("save after every split what is needed to resume", bool, False, free=True)
    checkpoint_every: int | str | None = setting("save also within splits, every 500 (steps) or '10 minutes'", str,
                                                 None, free=True)  # fmt: skip

    def __post_init__(self) -> None:
        for about in fields(self):
            value = checked(about.name, getattr(self, about.name), about.metadata)
            object.__setattr__(self, about.name, value)
        Interval.parse(self.checkpoint_every)

    @property
    def lowest_rate(self) -> float:
        """Below it training ends."""
        return self.learning_rate * 1e-5 if self.min_learning_rate is None else self.min_learning_rate

    def fixed(self) -> dict[str, Any]:
        """The settings in which a resumed run must agree with the run that it continues."""
        return {f.name: getattr(self, f.name) for f in fields(self) if not f.metadata["free"]}

    def arguments(self) -> dict[str, Any]:
        """The settings as arguments of `train`; limits and habits of saving only where they are set."""
        chosen = {f.name: getattr(self, f.name) for f in fields(self)
                  if not f.metadata["free"] or getattr(self, f.name) != f.default}  # fmt: skip
        for_optimizer = chosen.pop("optimizer_settings") or {}
        return {**chosen, **for_optimizer}


@dataclass(frozen=True)
class Interval:
    """Every so many steps, or every so many seconds."""

    steps: float = math.inf
    seconds: float = math.inf

    @classmethod
    def parse(cls, value: int | str | None) -> Interval:
        """`500`, "10 minutes", "30 s"; None is never."""
        if value is None:
            return cls()
        parts = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(steps?|s|sec|seconds?|min|minutes?|h|hours?)?\s*", str(value))
        unit = (parts[2] or "steps")[:2] if parts else ""
        if not parts or not float(parts[1]) or (unit == "st" and not float(parts[1]).is_integer()):
            raise ValueError(f"checkpoint_every={value!r}: give a number of steps, or a time such as '10 minutes'")
        number = float(parts[1])
        return cls(steps=int(number)) if unit == "st" else cls(seconds=number * {"s": 1, "m": 60, "h": 3600}[unit[0]])


def describe_settings(settings: type, indent: str) -> str:
    """The fields of a dataclass of settings as lines of a docstring."""

    def line(about: Field) -> str:
        default = "" if about.default is MISSING else f" (default: {about.default})"
        return f"{indent}{about.name}: {about.metadata['help']}{default}."

    return "\n".join(map(line, fields(settings)))


TrainingSettings.__doc__ = (
    f"{TrainingSettings.__doc__}\n\n    Attributes:\n{describe_settings(TrainingSettings, 8 * ' ')}"
)
