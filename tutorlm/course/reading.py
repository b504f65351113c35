"""A model's predictions and hidden states along a text, character by character."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from tutorlm.language_model import LanguageModel

Model = LanguageModel | str | Path


def as_model(model: Model) -> LanguageModel:
    """The model itself, or one loaded from a file or by a name known to `tutorlm.pretrained`."""
    if isinstance(model, LanguageModel):
        return model
    return LanguageModel.load(model)


@dataclass(frozen=True)
class TextReading:
    """A text as read by a model, in the reading order of people. n characters, V dictionary items.

    Attributes:
        text: in the model's normal form.
        known: which characters are in the dictionary, (n,).
        log_p: ln p of every dictionary item at each position, before the character there is read, (n, V).
        bits: surprise of each character, in bits, (n,).
        states: the LSTM's output after each character, (n, H).
        items: the dictionary's items.
    """

    text: str
    known: np.ndarray
    log_p: np.ndarray
    bits: np.ndarray
    states: np.ndarray
    items: list[str]

    def likeliest(self, position: int, number: int = 5) -> list[tuple[str, float]]:
        """The items that the model expected most at a position, with their probabilities."""
        best = np.argsort(-self.log_p[position])[:number]
        return [(self.items[index], float(np.exp(self.log_p[position, index]))) for index in best]


@torch.no_grad()
def read_text(model: LanguageModel, text: str) -> TextReading:
    """Read a text after a document delimiter in one pass; meant for a few thousand characters."""
    text = model.dictionary.normalize(text)
    ids = model.dictionary.encode(text).astype(np.int64)
    order = slice(None) if model.is_forward_lm else slice(None, None, -1)
    start = model.start_ids.astype(np.int64)
    stream = torch.from_numpy(np.concatenate([start, ids[order]])).to(model.device)
    decoded, output, _ = model.without_dropout()(stream[:, None], model.init_hidden(1))  # (k + n, 1, V), (k + n, 1, H)
    log_p = decoded[len(start) - 1 : -1, 0].float().log_softmax(-1).cpu().numpy()[order]
    states = output[len(start) :, 0].float().cpu().numpy()[order]
    known = ids != model.dictionary.unknown_index if model.dictionary.add_unk else np.ones(len(ids), bool)
    bits = np.maximum(0.0, 0.0 - log_p[np.arange(len(ids)), ids]) / np.log(2)
    return TextReading(text, known, log_p, bits, states, model.dictionary.get_items())
