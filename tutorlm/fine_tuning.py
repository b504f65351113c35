"""Fine-tuning: make a trained model ready to learn, and compare what it has learnt and forgotten."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tutorlm.evaluation import Score
from tutorlm.events import bits
from tutorlm.language_model import LanguageModel
from tutorlm.unicode import columns, normalize, padding


def warm_start(model: LanguageModel, shrink: float = 0.5, dropout: float | None = 0.1) -> LanguageModel:
    """A copy of a model that learns a new domain quickly.

    A fully trained network has large weights: its gates are saturated, open or shut, and pass hardly any gradient.
    Smaller weights keep their relations to each other and can learn again (Ash & Adams 2020, "On Warm-Starting Neural
    Network Training"). The copy predicts badly until it is trained.

    Args:
        model: is not changed.
        shrink: factor on all weights; ½ for a domain whose `distance` is above `recipes.FAR`. Use 1 and half the
            learning rate for a nearer one, or to forget little.
        dropout: for the training that follows; None keeps the model's own.
    """
    if not 0 < shrink <= 1:
        raise ValueError(f"shrink={shrink}: weights are multiplied by it, so it must be above 0 and at most 1")
    state = model.to_state()
    tensors = {name: tensor * shrink for name, tensor in state["state_dict"].items()}
    dropout = state["dropout"] if dropout is None else dropout
    return LanguageModel.from_state({**state, "dropout": dropout, "state_dict": tensors}).to(model.device)


def distance(model: LanguageModel, text: str) -> float:
    """How far a text is from what a model knows: its bits per item ÷ those of the items' frequencies in the text alone.

    ½ to 0.9 for a text of the same language and another kind; above 1 the model knows less than a count of letters.
    Without <unk> in its dictionary, characters that it lacks are passed over. NaN if no text is left.
    """
    dictionary = model.dictionary
    if dictionary.unknown_index is None and dictionary.character_level:
        text = "".join(filter(dictionary.__contains__, dictionary.normalize(text)))
    if not text:
        return math.nan
    ids = dictionary.encode(text)
    frequencies = np.unique(ids, return_counts=True)[1] / len(ids)
    return bits(model.evaluate(ids)) / max(1e-9, -float(frequencies @ np.log2(frequencies)))


@dataclass(frozen=True)
class Comparison:
    """How well each of some models predicts each of some texts: `scores[model][text]`."""

    scores: dict[str, dict[str, Score]]

    def bits_per_character(self, model: str, text: str) -> float:
        """One figure of the table."""
        return self.scores[model][text].bits_per_character

    @property
    def one_form(self) -> bool:
        """Whether all models read the same characters. In another normal form a text has more of them, or fewer."""
        return self._all_read_the_same()

    def _all_read_the_same(self, form: str | None = None) -> bool:
        """Whether all models read the same texts, once these are brought into one normal form."""
        texts = [[normalize(score.text, form) for score in scores.values()] for scores in self.scores.values()]
        return all(read == texts[0] for read in texts)

    def __str__(self) -> str:
        unit = "character" if self.one_form else "byte"
        bits = {model: [getattr(score, f"bits_per_{unit}") for score in scores.values()]
                for model, scores in self.scores.items()}  # fmt: skip
        rows = [(f"bits per {unit}", list(next(iter(self.scores.values()), {})))]
        rows += [(model, [f"{value:.3f}" for value in values]) for model, values in bits.items()]
        if len(bits) == 2:
            changes = [after - before for before, after in zip(*bits.values(), strict=True)]
            rows.append(("difference", [f"{change:+.3f}" for change in changes]))
        for model, scores in self.scores.items():
            if any(score.unknown_share for score in scores.values()):
                rows.append((f"<unk> to {model}", [f"{score.unknown_share:.2%}" for score in scores.values()]))
        first = max(columns(name) for name, _ in rows)
        others = max((columns(cell) for _, row in rows for cell in row), default=0) + 2
        lines = [name + padding(name, first) + "".join(padding(cell, others) + cell for cell in row)
                 for name, row in rows]  # fmt: skip
        why = "Per byte of the text: in the models' different normal forms it has different numbers of characters."
        if not self._all_read_the_same("NFC"):
            why += " NFKC and NFKD lose differences, such as that of ２ and 2: their figures look too good."
        return "\n".join(lines if self.one_form else [*lines, why])


def compare(models: Mapping[str, LanguageModel | str | Path], texts: Mapping[str, str | Path]) -> Comparison:
    """Score every model (or model file, or known name) on every text (a `str`, or a file as `Path`).

    ValueError if a `str` is the name of a file.
    """
    scores = {}
    for name, model in models.items():
        model = model if isinstance(model, LanguageModel) else LanguageModel.load(model)
        scores[name] = {text_name: model.score(text) for text_name, text in texts.items()}
    return Comparison(scores)
