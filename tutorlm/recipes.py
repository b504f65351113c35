"""Recipes: settings of the trainer that go well together.

    recipes.RECOMMENDED.train(model, corpus, "my_model", max_seconds=180)

is `LanguageModelTrainer(model, corpus, AdamW).train("my_model", …)` with the settings below, any
of which may be changed by name.
"""

from __future__ import annotations

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


@dataclass(frozen=True)
class Recipe:
    """An optimizer and arguments for `LanguageModelTrainer.train`."""

    optimizer: type[Optimizer]
    settings: Mapping[str, Any]

    def train(self, model: LanguageModel, corpus: TextCorpus, base_path: str | Path, **changes: Any) -> TrainingResult:
        """Train `model` on `corpus` by this recipe; `changes` replace its settings by name.

        With `max_seconds`, and no `max_epochs` beside it, only time ends the run.
        """
        settings = dict(self.settings)
        if "max_seconds" in changes:
            settings.pop("max_epochs", None)
        return LanguageModelTrainer(model, corpus, self.optimizer).train(base_path, **{**settings, **changes})


# The most quality for a minute of CPU: a small batch, so many steps, and AdamW under a one-cycle
# schedule, which needs to know its end: give max_epochs or max_seconds. For hidden_size 128 to 512;
# for 1024 and more begin with learning_rate=2e-3.
RECOMMENDED = Recipe(
    AdamW,
    MappingProxyType({
        "sequence_length": 64, "mini_batch_size": 16, "learning_rate": 8e-3, "schedule": "one_cycle",
        "clip": 1.0, "weight_decay": 0.01, "max_epochs": 10,
    }),
)  # fmt: skip

# What Flair's published models were trained by (Akbik et al. 2018, section 3.2, and Flair's tutorial 9).
# It anneals by itself and needs no end, but a large corpus and days.
FLAIR = Recipe(
    SGD,
    MappingProxyType({
        "sequence_length": 250, "mini_batch_size": 100, "learning_rate": 20.0, "schedule": "plateau",
        "anneal_factor": 0.25, "patience": 25, "clip": 0.25,
    }),
)  # fmt: skip

# For a model that knows a language already. This rate is for a domain far from the old one, best after
# `fine_tuning.warm_start`. For a near one, or to forget little, take AdamW with 1e-3 to 2e-3: after the same
# six epochs of Python's reference, news-mini-forward stood at 2.16 bits per character with 1e-3, 1.96 with 2e-3,
# 1.70 with 8e-3; and on news, with 1.67 before, at 2.34, 2.51 and 2.94. SGD (clip 0.25) needs rates as Flair's: with
# 5 and 20 it came to 1.89 and 1.78, and to 2.79 and 3.13 on news.
FINE_TUNING = Recipe(AdamW, MappingProxyType({**RECOMMENDED.settings, "max_epochs": 5}))

RECIPES: Mapping[str, Recipe] = MappingProxyType({
    "recommended": RECOMMENDED, "fine-tuning": FINE_TUNING, "flair": FLAIR,
})  # fmt: skip
