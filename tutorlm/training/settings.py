"""The settings of a training run, each written once: help text, default, bounds, and whether it may change on resume.

`LanguageModelTrainer.train`, the recipes, the checkpoints and the command line all take them from here.
"""

import math
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from tutorlm.training.devices import PRECISIONS

OF_RECIPES = ("sequence_length", "mini_batch_size", "learning_rate", "schedule", "anneal_factor", "patience", "clip")
SCHEDULES = ("plateau", "one_cycle", "cosine")
BOUNDS: dict[str, Callable[[float], bool]] = {
    "at least 0": lambda number: number >= 0,
    "at least 1": lambda number: 1 <= number < math.inf,  # a count; infinity is no window, batch or epoch
    "above 0": lambda number: number > 0,
    "above 0 and below 1": lambda number: 0 < number < 1,
    "from 0 to 1": lambda number: 0 <= number <= 1,
    "from 1 to 100": lambda number: 1 <= number <= 100,
    "from 1 to 1024": lambda number: 1 <= number <= 1024,
    "from 0 to 2^63 - 1": lambda number: 0 <= number < 2**63,
}


def setting(
    help: str, kind: type = str, default: Any = MISSING, bounds: str = "", choices: tuple[str, ...] | None = None,
    free: bool = False, optional: bool = False,
) -> Any:  # fmt: skip
    """A field of a dataclass of settings. `free` ones may change when a run is resumed; `optional` ones may be None."""
    optional = optional or default is None
    about = {"help": help, "kind": kind, "bounds": bounds, "choices": choices, "free": free, "optional": optional}
    return field(default=default, metadata=about)


def suited_rate(hidden_size: int) -> float:
    """The learning rate that suits AdamW and a model of this size."""
    return 3 / hidden_size


def checked(name: str, value: Any, about: Mapping[str, Any]) -> Any:
    """The value of a field, as a plain number if it is one of numpy's; ValueError if it is not allowed."""
    kind, bounds = about["kind"], about["bounds"]
    if about["choices"] and value not in about["choices"]:
        raise ValueError(f"{name}={value!r} is not one of {', '.join(about['choices'])}")
    if kind not in (int, float, dict) or (value is None and about["optional"]):
        return value
    if bounds and (value is None or isinstance(value, bool | str) or not BOUNDS[bounds](value)):
        raise ValueError(f"{name}={value!r}: give {name} {bounds}")
    if value == math.inf:  # no limit
        return math.inf
    if kind is int and int(value) != value:
        raise ValueError(f"{name}={value!r} is not a whole number")
    if kind is not dict and value > (2**63 - 1 if kind is int else sys.float_info.max):
        raise ValueError(f"{name} is too large a number")
    return kind(value)


@dataclass(frozen=True, kw_only=True)
class TrainingSettings:
    """How to train: the arguments of `LanguageModelTrainer.train`."""

    sequence_length: int = setting("T, characters in a window", int, bounds="at least 1")
    mini_batch_size: int = setting("B, columns read in parallel", int, 100, "at least 1")
    learning_rate: float | None = setting(
        "initial rate (plateau), or highest rate (other schedules); None is 3 / hidden size, which suits AdamW",
        float,
        20.0,
        "above 0",
        optional=True,
    )
    schedule: str = setting("plateau reduces the rate when the valid loss stalls; one_cycle rises briefly, then falls "
                            "to 0; cosine falls to 0", default="plateau", choices=SCHEDULES)  # fmt: skip
    anneal_factor: float = setting("plateau: the learning rate is multiplied by it", float, 0.25, "above 0 and below 1")
    patience: int = setting("plateau: consecutive splits without improvement tolerated; one more reduces the rate",
                            int, 25, "at least 0")  # fmt: skip
    min_learning_rate: float | None = setting("plateau: training ends below this rate; learning_rate / 100,000 if not "
                                              "given", float, None, "at least 0")  # fmt: skip
    clip: float = setting("maximum norm of all gradients together", float, 0.25, "above 0")
    grow_to_sequence_length: int = setting("increase T by one after each split, up to this", int, 0, "at least 0")
    layer_rates: Mapping[str, float] | None = setting("factors on the learning rate, by the beginning of a parameter's "
                                                      "name; 0 freezes: encoder=0,rnn=0.3", dict, None)  # fmt: skip
    precision: str = setting("bf16 and fp16 compute mostly in 16 bits, where the device can; weights stay in 32 bits; "
                             "auto takes what is fastest", default="fp32", choices=("auto", *PRECISIONS))  # fmt: skip
    seed: int = setting("random seed for dropout; on the command line for weights and shuffles, too", int, 0,
                        "from 0 to 2^63 - 1")  # fmt: skip
    optimizer_settings: Mapping[str, Any] | None = setting("passed to the optimizer, such as weight_decay", dict, None)
    max_epochs: int = setting("passes over the corpus", int, 1000, "at least 1", free=True)
    max_seconds: float | None = setting("time limit, evaluation included; such a run depends on the speed of the "
                                        "machine", float, None, "above 0", free=True)  # fmt: skip
    checkpoint: bool = setting(
        "save after every split what is needed to resume; implied by checkpoint_every", bool, False, free=True
    )
    checkpoint_every: int | str | None = setting("save also within splits, every 500 (steps) or '10 minutes'", str,
                                                 None, free=True)  # fmt: skip

    def __post_init__(self) -> None:
        for about in fields(self):
            object.__setattr__(self, about.name, checked(about.name, getattr(self, about.name), about.metadata))
        Interval.parse(self.checkpoint_every)

    def highest_rate(self, hidden_size: int) -> float:
        """The learning rate as given, or as it suits a model of this size."""
        return suited_rate(hidden_size) if self.learning_rate is None else self.learning_rate

    @property
    def lowest_rate(self) -> float:
        """The learning rate below which training ends."""
        return (self.learning_rate or 0.0) * 1e-5 if self.min_learning_rate is None else self.min_learning_rate

    def fixed(self) -> dict[str, Any]:
        """The settings in which a resumed run must agree with the run that it continues."""
        found = {about.name: getattr(self, about.name) for about in fields(self) if not about.metadata["free"]}
        return {**found, "layer_rates": self.layer_rates or {}, "min_learning_rate": self.lowest_rate}

    def arguments(self) -> dict[str, Any]:
        """The settings as arguments of `train`: those of recipes, and others where they differ from the default."""
        chosen = {about.name: getattr(self, about.name) for about in fields(self)
                  if about.name in OF_RECIPES or getattr(self, about.name) != about.default}  # fmt: skip
        for_optimizer = chosen.pop("optimizer_settings", {})
        return {**chosen, **for_optimizer}


@dataclass(frozen=True)
class Interval:
    """An interval in steps or in seconds."""

    steps: float = math.inf
    seconds: float = math.inf

    @classmethod
    def parse(cls, value: int | str | None) -> "Interval":
        """`500`, "10 minutes", "30 s"; None is never."""
        if value is None:
            return cls()
        parts = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(steps?|s|sec|seconds?|min|minutes?|h|hours?)?\s*", str(value))
        unit = (parts[2] or "steps")[:2] if parts else ""
        if not parts or not float(parts[1]) or (unit == "st" and not float(parts[1]).is_integer()):
            raise ValueError(f"checkpoint_every={value!r}: give a number of steps, or a time such as '10 minutes'")
        number = float(parts[1])
        return cls(steps=int(number)) if unit == "st" else cls(seconds=number * {"s": 1, "m": 60, "h": 3600}[unit[0]])


def describe_settings(indent: str) -> str:
    """The settings as lines of a docstring."""
    return "\n".join(f"{indent}{about.name}: {about.metadata['help']}." for about in fields(TrainingSettings))


TrainingSettings.__doc__ = f"{TrainingSettings.__doc__}\n\n    Attributes:\n{describe_settings(8 * ' ')}"
