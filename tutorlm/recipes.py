"""Recipes: settings of the trainer that go well together.

    recipes.RECOMMENDED.train(model, corpus, "my_model", max_seconds=180)

is `LanguageModelTrainer(model, corpus, AdamW).train("my_model", …)` with the settings below, any
of which can be changed by name.
"""

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from torch.optim import SGD, AdamW, Optimizer

from tutorlm.corpus import TextCorpus
from tutorlm.events import TrainingResult
from tutorlm.language_model import LanguageModel
from tutorlm.trainer import LanguageModelTrainer
from tutorlm.training.settings import TrainingSettings


@dataclass(frozen=True)
class Recipe:
    """An optimizer and settings for `LanguageModelTrainer.train`."""

    optimizer: type[Optimizer]
    training: TrainingSettings  # or a mapping of arguments for `train`

    def __post_init__(self) -> None:
        if isinstance(self.training, Mapping):
            known = {about.name for about in dataclasses.fields(TrainingSettings)}
            for_optimizer = {name: value for name, value in self.training.items() if name not in known}
            given = {name: value for name, value in self.training.items() if name in known}
            object.__setattr__(self, "training", TrainingSettings(optimizer_settings=for_optimizer or None, **given))

    @property
    def settings(self) -> Mapping[str, Any]:
        """The settings as arguments of `LanguageModelTrainer.train`, read-only."""
        return MappingProxyType(self.training.arguments())

    def train(self, model: LanguageModel, corpus: TextCorpus, base_path: str | Path, **changes: Any) -> TrainingResult:
        """Train `model` on `corpus` by this recipe; `changes` replace its settings by name.

        With `max_seconds` and without `max_epochs` among the changes, the recipe's own `max_epochs` does not count.
        """
        settings = {"precision": "auto", **self.settings}
        if changes.get("max_seconds") is not None:
            settings.pop("max_epochs", None)
        return LanguageModelTrainer(model, corpus, self.optimizer).train(base_path, **{**settings, **changes})


# The best quality per minute of CPU: a small batch, hence many steps, and AdamW with a one-cycle schedule, which needs
# to know its end: give max_epochs or max_seconds. The learning rate is 3 / hidden size. AdamW's mean of gradients goes
# back over few steps: with 0.9, as usual, in place of 0.7 a run of 1,000 steps (H = 128, English) ended at 2.05 bits
# instead of 1.98. With 0.95 in place of 0.999 it ended at 1.95, but little text was learnt worse (Korean, 50,000
# characters: 4.76 instead of 4.68).
RECOMMENDED = Recipe(
    AdamW,
    TrainingSettings(
        sequence_length=64, mini_batch_size=16, learning_rate=None, schedule="one_cycle", clip=1.0, max_epochs=10,
        optimizer_settings={"betas": [0.7, 0.999], "weight_decay": 0.01},
    ),
)  # fmt: skip

# What suits a new model, by the number of characters that it is trained on: little text is read often, with many values
# dropped and in small batches, which make more steps of it. Tried on Arabic, English, Hindi, Japanese and Korean; the
# valid loss is at its best, or nearly, when these epochs are over. With more text the time decides.
LITTLE_TEXT, MUCH_TEXT = 120_000, 2_000_000
_BY_TEXT: list[tuple[float, Mapping[str, Any]]] = [
    (30_000, {"hidden_size": 256, "dropout": 0.6, "mini_batch_size": 4, "max_epochs": 20}),
    (LITTLE_TEXT, {"hidden_size": 256, "dropout": 0.5, "mini_batch_size": 8, "max_epochs": 25}),
    (500_000, {"hidden_size": 384, "dropout": 0.5, "mini_batch_size": 16, "max_epochs": 25}),
    (MUCH_TEXT, {"hidden_size": 384, "dropout": 0.2, "mini_batch_size": 16, "max_epochs": 20}),
    (math.inf, {"hidden_size": 384, "dropout": 0.1}),
]


def for_text(characters: int) -> Mapping[str, Any]:
    """Settings for a new model, and for its training, that suit an amount of training text."""
    return next(settings for most, settings in _BY_TEXT if characters <= most)


# How Flair's published models were trained (Akbik et al. 2018, section 3.2, and Flair's tutorial 9): learning
# rate 20, B = 100, and a plateau schedule, which are the trainer's defaults. It anneals by itself and
# needs no end, but a large corpus and days.
FLAIR = Recipe(SGD, TrainingSettings(sequence_length=250))

# For a model that knows a language already; `for_fine_tuning` has what suits a text.
FINE_TUNING = Recipe(AdamW, dataclasses.replace(RECOMMENDED.training, max_epochs=5))

FAR = 1.0  # as `fine_tuning.distance` measures it


def for_fine_tuning(characters: int, distance: float, hidden_size: int) -> Mapping[str, Any]:
    """Settings for `fine_tuning.warm_start` and for the training after it, by the text's amount and distance.

    In a far domain a model learns at the full rate, and better from halved weights if there is enough text. In a near
    one both would make it forget more than it learns.
    """
    far, new = not distance <= FAR, for_text(characters)
    return {
        "shrink": 0.5 if far and characters > LITTLE_TEXT else 1.0,
        "dropout": max(0.1, round(new["dropout"] - 0.2, 1)) if far else 0.2,
        "mini_batch_size": new.get("mini_batch_size", RECOMMENDED.training.mini_batch_size),
        "max_epochs": 10 if far else 5,
        "learning_rate": (3 if far else 1) / hidden_size,
    }


RECIPES: Mapping[str, Recipe] = MappingProxyType({
    "recommended": RECOMMENDED, "fine-tuning": FINE_TUNING, "flair": FLAIR,
})  # fmt: skip
