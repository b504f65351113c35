"""Writing text with a language model, one character at a time."""

import math
from typing import TYPE_CHECKING

import numpy as np
import torch

from tutorlm.coverage import warn_of_unknown_characters

if TYPE_CHECKING:
    from tutorlm.language_model import LanguageModel


def generate(
    model: "LanguageModel", prefix: str = "", number_of_characters: int = 1000, temperature: float = 1.0,
    break_on_suffix: str | None = None, generator: torch.Generator | None = None,
) -> tuple[str, float]:  # fmt: skip
    """Let a model write text.

    The prefix is read as the beginning of a document: a document delimiter precedes it, unless it has one. A backward
    model writes from right to left: its prefix is the *end* of a document, with the delimiter after it. Prefix and
    text are in reading order all the same.

    Args:
        prefix: the text to continue; by default the document delimiter, from which a new document begins.
        number_of_characters: how many to write.
        temperature: below 1 more predictable, above 1 more random; 0 always takes the most likely character.
        break_on_suffix: stop once the text ends with this (of a backward model, begins with this).
        generator: random generator; by default torch's global one.

    Returns:
        the text, prefix included, and the mean of -ln p of the written characters (nats).
    """
    if not 0 <= temperature < math.inf:
        raise ValueError(f"temperature={temperature}: give 0 (always the most likely character) or more")
    dictionary, forward = model.dictionary, model.is_forward_lm
    reading_order = slice(None, None, 1 if forward else -1)
    draws = torch.rand(max(0, number_of_characters), generator=generator, dtype=torch.float64).tolist()
    prefix = dictionary.normalize(prefix or model.document_delimiter)
    start, read = model.start_ids, dictionary.encode(prefix)[reading_order]
    if not np.array_equal(read[: len(start)], start):
        read = np.concatenate([start, read])
    stepper = Stepper(model)
    for index in read.tolist():
        scores = stepper.step(index)
    warn_of_unknown_characters(prefix, dictionary, "The prompt", "the model does not know what it continues")
    suffix = dictionary.normalize(break_on_suffix or "")
    written: list[int] = []
    nats = 0.0
    for draw in draws:
        index, index_nats = _sample(scores, temperature, draw)
        nats += index_nats
        written.append(index)
        if suffix:
            latest = dictionary.decode(written[-len(suffix) :][reading_order])
            if latest.endswith(suffix) if forward else latest.startswith(suffix):
                break
        scores = stepper.step(index)
    text = dictionary.decode(written[reading_order])
    space = "" if dictionary.character_level or not text else " "
    text = prefix + space + text if forward else text + space + prefix
    return text, nats / len(written) if written else math.nan


class Stepper:
    """Reads one character at a time, as fast as a CPU can, by matrix-vector products in numpy.

    The input part of the first layer, W_ih·x + b, takes only V values, which are computed beforehand. Since
    sigmoid(x) = ½ + ½ tanh(x/2), one tanh serves all four gates once the rows of i, f and o are halved.
    """

    def __init__(self, model: "LanguageModel") -> None:
        model.require_decoder()
        weights = {name: tensor.detach().float().cpu().numpy() for name, tensor in model.state_dict().items()}
        layers, halved = range(model.nlayers), np.repeat(np.array([0.5, 0.5, 1.0, 0.5], np.float32), model.hidden_size)
        self.w_ih = [weights[f"rnn.weight_ih_l{k}"] * halved[:, None] for k in layers]  # each (4H, E or H)
        self.w_hh = [weights[f"rnn.weight_hh_l{k}"] * halved[:, None] for k in layers]  # each (4H, H)
        self.bias = [(weights[f"rnn.bias_ih_l{k}"] + weights[f"rnn.bias_hh_l{k}"]) * halved for k in layers]
        self.first = weights["encoder.weight"] @ self.w_ih[0].T + self.bias[0]  # (V, 4H)
        self.proj = (weights["proj.weight"], weights["proj.bias"]) if model.proj is not None else None
        self.decoder = weights["decoder.weight"], weights["decoder.bias"]
        self.h = [np.zeros(model.hidden_size, np.float32) for _ in layers]
        self.c = [np.zeros(model.hidden_size, np.float32) for _ in layers]

    def step(self, index: int) -> np.ndarray:
        """Read one character; return the scores of the next one, (V,)."""
        for k, h in enumerate(self.h):
            gates = self.first[index] if k == 0 else self.w_ih[k] @ self.h[k - 1] + self.bias[k]
            gates = np.tanh(gates + self.w_hh[k] @ h).reshape(4, -1)
            i, f, _, o = 0.5 + 0.5 * gates
            self.c[k] = f * self.c[k] + i * gates[2]
            self.h[k] = o * np.tanh(self.c[k])
        output = self.h[-1]
        if self.proj is not None:
            output = self.proj[0] @ output + self.proj[1]
        return self.decoder[0] @ output + self.decoder[1]


def _sample(scores: np.ndarray, temperature: float, draw: float) -> tuple[int, float]:
    """The character at which the cumulative probability passes `draw`, and its -ln p at temperature 1."""
    relative = scores - scores.max()
    weights = np.exp(relative)
    nats = math.log(weights.sum())
    if math.isnan(nats):
        raise ValueError("the model's scores are NaN: its training went wrong; use an earlier best-lm.pt")
    if temperature == 0:
        index = int(relative.argmax())
    else:
        cumulative = (weights if temperature == 1 else np.exp(relative / temperature)).cumsum(dtype=np.float64)
        index = int(cumulative.searchsorted(draw * cumulative[-1], side="right"))
    return index, nats - float(relative[index])
