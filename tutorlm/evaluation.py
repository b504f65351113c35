"""Evaluation: ln p of every character of a text. Every valid, test and text score comes from here.

A long stream is cut into columns of 1,024 characters, so that many can be read in parallel. Each column
first reads some 256 characters before its own, which is memory enough:

    stream     d a b c d e f g h i j k l m n …        d: the document delimiter
    column 0   d|a b c d e f|                          read after zeros
    column 1         d e f|g h i j k l|                warm-up | scored
    column 2                     j k l|m n …

The cuts do not depend on the batch size, nor on the number of processes, and so neither do the figures.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from tutorlm.files.regular import require_text
from tutorlm.files.text import read_blocks

if TYPE_CHECKING:
    from tutorlm.language_model import Hidden, LanguageModel

COLUMN = 1024  # characters scored in a column
WARM_UP = 256  # characters read before them


@torch.no_grad()
def log_probabilities(
    model: "LanguageModel", ids: np.ndarray, batch_size: int = 64, part: tuple[int, int] = (0, 1)
) -> np.ndarray:
    """ln p of every character, given some 256 characters before it or more; a document delimiter precedes the first.

    Args:
        ids: numbers of characters in reading direction, (n,).
        batch_size: columns read at once: more memory, more speed.
        part: (r, N) reads only the r-th of N parts, so that N processes can share the work; their
            results, concatenated, are the whole.

    Returns:
        natural logarithms, float64 of shape (n,).
    """
    columns = math.ceil(len(ids) / COLUMN)
    own = range(columns * part[0] // part[1], columns * (part[0] + 1) // part[1])
    if not len(own):
        return np.empty(0)
    length, padding, warm_up, rows = _columns(ids, model.start_ids, own)
    scored, model = [], model.without_dropout()
    for first in range(0, len(own), batch_size):
        group = torch.from_numpy(rows[:, first : first + batch_size]).to(model.device)
        hidden = model.init_hidden(group.shape[1])
        if padding:
            _, hidden = model.read(group[:padding], hidden)
            if own[first] == 0:  # the text begins with the first column: its warm-up must leave no trace
                hidden[0][:, 0], hidden[1][:, 0] = 0.0, 0.0
        if warm_up > padding:
            _, hidden = model.read(group[padding:warm_up], hidden)
        scored.append(_log_p_of_next(model, group[warm_up:], hidden))
    log_p = torch.cat(scored, dim=1).T.reshape(-1)  # (B, length) → (B · length,)
    return log_p[: len(ids) - own[0] * length].double().numpy()


def _columns(ids: np.ndarray, start: np.ndarray, own: range) -> tuple[int, int, int, np.ndarray]:
    """The stream, after the delimiter `start`, laid out in columns.

    Returns:
        length of a column; padding before the first delimiter; warm-up, padding included; numbers of the columns `own`.
    """
    columns = math.ceil(len(ids) / COLUMN)
    length = min(COLUMN, len(ids))
    warm_up = WARM_UP + len(start) if columns > 1 else len(start) - 1
    padding = warm_up + 1 - len(start)
    stream = np.zeros(padding + len(start) + columns * length, dtype=np.int64)
    stream[padding:][: len(start) + len(ids)] = np.concatenate([start, ids])
    rows = np.stack([stream[b * length : b * length + warm_up + length + 1] for b in own], axis=1)
    return length, padding, warm_up, rows


def _log_p_of_next(model: "LanguageModel", window: Tensor, hidden: "Hidden") -> Tensor:
    """ln p of each row but the first, given those before it: (T + 1, B) → (T, B), on the CPU."""
    chunk = max(8, min(256, 4_000_000 // (window.shape[1] * len(model.dictionary))))
    log_p = torch.empty(len(window) - 1, window.shape[1])
    for begin in range(0, len(log_p), chunk):
        block = window[begin : begin + chunk + 1]
        decoded, _, hidden = model(block[:-1], hidden)  # (chunk, B, V)
        log_p[begin : begin + chunk] = decoded.float().log_softmax(-1).gather(-1, block[1:, :, None])[..., 0]
        del decoded
    return log_p


def score(model: "LanguageModel", text: str | Path) -> "Score":
    """How well a model predicts a text, or that of a file, as a whole and at each character."""
    if isinstance(text, Path):
        text = "".join(read_blocks(text))
    else:
        require_text(text)
    dictionary, given = model.dictionary, text
    text = dictionary.normalize(text)
    ids = dictionary.encode(text)
    log_p = log_probabilities(model, ids if model.is_forward_lm else ids[::-1])
    unknown = np.count_nonzero(ids == dictionary.unknown_index) if dictionary.add_unk else 0
    log_p = log_p if model.is_forward_lm else log_p[::-1].copy()
    return Score(text, log_p, unknown / max(1, len(ids)), len(given.encode("utf-8", "surrogatepass")))


@dataclass(frozen=True)
class Score:
    """How well a model predicts a text. For an empty text the figures are NaN."""

    text: str  # as read, in normal form
    log_p: np.ndarray  # ln p of each character, in reading order of the text, (n,)
    unknown_share: float  # of the text, read as `<unk>`; if it is high, the other figures look too good
    bytes: int  # of the text in UTF-8 as it was given, before it was brought into the normal form

    @property
    def bits(self) -> float:
        """Bits needed for the whole text."""
        return -float(self.log_p.sum()) / math.log(2)

    @property
    def bits_per_character(self) -> float:
        """Bits needed for the text, divided by its characters."""
        return self.bits / len(self.text) if self.text else math.nan

    @property
    def bits_per_byte(self) -> float:
        """Bits needed for the text, divided by its bytes: comparable between dictionaries, and between NFC and NFD.

        Only on the same text: a script that takes three bytes a character has fewer bits per byte for it.

        NFKC and NFKD read ２ as 2: what tells them apart need not be predicted, and the figure looks too good.
        """
        return self.bits / self.bytes if self.text else math.nan

    @property
    def perplexity(self) -> float:
        """exp of the mean of -ln p: the number of equally likely characters that would be as uncertain."""
        return math.exp(-self.log_p.mean()) if len(self.log_p) else math.nan
