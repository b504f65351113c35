"""Exercises of notebook 03, the language model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tutorlm.course.exercises import Exercise

NOTEBOOK = "03_language_model"


# -- 1. what guesses cost ---------------------------------------------------------------------------------


def bits_per_character(probabilities: Sequence[float]) -> float:
    """The mean of -log2 p over the characters of a text, p being what the model gave each of them."""
    return sum(-math.log2(p) for p in probabilities) / len(probabilities)


def _probability_cases() -> list[tuple]:
    return [([0.5, 0.25, 0.125],), ([1.0],), ([0.25] * 3,), ([0.9, 0.01, 0.3, 0.6],), ([1 / 832, 1 / 58, 1 / 61],)]


def _bits_mistakes(arguments: tuple, expected: float, got: Any) -> str | None:
    (probabilities,) = arguments
    count = len(probabilities)
    if expected and math.isclose(got, -expected):
        return "The sign: the log2 of a probability is negative, and bits are positive. Put a minus in front."
    if expected and math.isclose(abs(got), expected * math.log(2)):
        return "Those are nats, by the natural logarithm. For bits take math.log2."
    if count > 1 and math.isclose(got, expected * count):
        return "Those are the bits of the whole text. Divide by its number of characters."
    if math.isclose(got, -math.log2(sum(probabilities) / count)):
        return "You take the mean of the probabilities first. Take the bits of each, then the mean of those."
    if math.isclose(got, sum(-p * math.log2(p) for p in probabilities)):
        return (
            "You weigh each by its probability. Here each p belongs to one character that really stood there, so "
            "each counts once."
        )
    if math.isclose(got, 2**expected):
        return "That is the perplexity, 2 to the power of the bits."
    return None


# -- 2. one loss, three units --------------------------------------------------------------------------------


def bits_and_perplexity(nats: float) -> tuple[float, float]:
    """Bits per character and perplexity of a loss in nats per character."""
    return nats / math.log(2), math.exp(nats)


def _nats_cases() -> list[tuple]:
    return [(1.0,), (0.0,), (math.log(58),), (1.18,), (2.5,)]


def _units_mistakes(arguments: tuple, expected: tuple[float, float], got: Any) -> str | None:
    (nats,) = arguments
    if not isinstance(got, (tuple, list)) or len(got) != 2:
        return "Give back two numbers: the bits, then the perplexity."
    bits, perplexity = got
    if nats and math.isclose(bits, expected[1]) and math.isclose(perplexity, expected[0]):
        return "The two are exchanged: bits first, then the perplexity."
    if nats and math.isclose(bits, nats * math.log(2)):
        return "You multiply by ln 2. A bit is less than a nat, so the number of bits is the larger one: divide."
    if nats and math.isclose(bits, nats):
        return "Those are still nats. One nat is 1 / ln 2 bits, about 1.44."
    if nats and math.isclose(perplexity, 2**nats):
        return "2 to the power of the *bits* is the perplexity; with nats the base is e."
    if nats and math.isclose(perplexity, math.exp(expected[0])):
        return "e to the power of the *nats* is the perplexity; with bits the base is 2."
    return None


# -- 3. how large a model is -----------------------------------------------------------------------------------


def count_weights(V: int, E: int, H: int) -> int:
    """How many weights a LanguageModel of one layer has."""
    encoder = V * E
    rnn = 4 * H * E + 4 * H * H + 4 * H + 4 * H  # from x, from h, and two biases
    decoder = H * V + V
    return encoder + rnn + decoder


def _size_cases() -> list[tuple]:
    return [(7, 3, 5), (58, 100, 128), (832, 100, 128), (275, 100, 2048)]


def _size_mistakes(arguments: tuple, expected: int, got: Any) -> str | None:
    V, E, H = arguments
    biases, encoder, decoder = 8 * H, V * E, H * V + V
    lacking = {
        V: "The decoder's bias is missing: one weight for each of the V characters.",
        4 * H: "The LSTM has two biases of 4H each, one for x and one for h. (One would do, but PyTorch has two.)",
        biases: "The LSTM's biases are missing: two of 4H each.",
        biases + V: "The biases are missing: two of 4H each in the LSTM, one of V in the decoder.",
        4 * H + V: "One bias of 4H and the decoder's bias of V are missing.",
        encoder: "The encoder is missing: a vector of size E for each of the V characters.",
        decoder: "The decoder is missing: H weights and a bias for each of the V characters.",
        H * V: "The decoder's weights are missing: H for each of the V characters.",
        4 * H * H: "The weights from h to the gates are missing: 4 times H · H.",
        4 * H * E: "The weights from x to the gates are missing: 4 times H · E.",
    }
    if got == expected - 3 * (H * E + H * H + 2 * H):
        return "That is an LSTM with a single gate. There are four, i, f, g and o: 4H rows in place of H."
    return lacking.get(expected - got)


# -- 4. from scores to a loss -----------------------------------------------------------------------------------


def cross_entropy(scores: np.ndarray, target: int) -> float:
    """-ln of the probability that softmax gives to `target`; `scores` has shape (V,)."""
    relative = scores - scores.max()  # the softmax stays the same, and exp cannot overflow
    return float(np.log(np.exp(relative).sum()) - relative[target])


def _scores_cases() -> list[tuple]:
    even = np.zeros(4)
    return [
        (np.array([0.0, 1.0, 2.0]), 2),
        (np.array([0.0, 1.0, 2.0]), 0),
        (even, 1),
        (np.array([-3.5, 0.25, 4.0, 1.0, -0.5]), 3),
        (np.array([-800.0, -801.0, -803.0]), 1),
        (np.array([800.0, 799.0, 797.0]), 0),
    ]


def _softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def _entropy_mistakes(arguments: tuple, expected: float, got: Any) -> str | None:
    scores, target = arguments
    p = _softmax(scores)
    if isinstance(got, np.ndarray) and got.shape == scores.shape:
        return "You give back a number for each character. Only the one at `target` counts."
    if not math.isfinite(got):
        return (
            "The result is not a finite number: e to the power of 800 is larger than any float, and to the power of "
            "-800 it is 0. Subtract the largest score from all of them first; the probabilities stay the same."
        )
    if math.isclose(got, -expected, abs_tol=1e-9):
        return "The sign: the ln of a probability is negative, and a loss is positive."
    if math.isclose(got, p[target]):
        return "That is the probability of the target. The loss is minus its logarithm."
    if math.isclose(got, expected / math.log(2)):
        return "Those are bits. `F.cross_entropy` gives nats: take the natural logarithm, np.log."
    if math.isclose(got, -scores[target]):
        return "That is minus the score. The scores are not logarithms of probabilities yet: softmax comes first."
    if math.isclose(got, -(p * np.log(p)).sum()):
        return "That is the entropy of the whole distribution. The loss looks only at the character that came."
    return None


# -- 5. what detach is for ----------------------------------------------------------------------------------------

_WHY_DETACH = (
    "Why does the trainer detach the hidden state between two windows? "
    '"a": so that the model forgets the window before; '
    '"b": so that learning ends at the beginning of the window, while the numbers go on; '
    '"c": so that no gradient gets too large.'
)


def _why_mistakes(arguments: tuple, expected: str, got: Any) -> str | None:
    return {
        "a": "The numbers of the hidden state stay the same, so nothing is forgotten. What is cut is something else.",
        "c": "That is what clipping does. Detaching limits how far back gradients go, and not how large they are.",
    }.get(str(got).strip().lower())


EXERCISES = (
    Exercise(
        name="bits_per_character",
        task=(
            "Write `bits_per_character(probabilities)`: a model gave each character of a text, before it was read, a "
            "probability. How many bits per character did the text cost?"
        ),
        hints=(
            "A character that was given the probability p costs -log2 p bits.",
            "Add up the bits of all characters, and divide by how many there are.",
            "`sum(-math.log2(p) for p in probabilities) / len(probabilities)`.",
        ),
        reference=bits_per_character,
        cases=_probability_cases,
        diagnoses=_bits_mistakes,
        afterword=(
            "This is the number on every curve of this course. One confident mistake costs as much as many good "
            "guesses save."
        ),
    ),
    Exercise(
        name="count_weights",
        task=(
            "Write `count_weights(V, E, H)`: how many weights does a model with one LSTM layer have in all, in "
            "encoder, rnn and decoder, biases included?"
        ),
        hints=(
            "Print the names and shapes: `for name, p in model.named_parameters(): print(name, tuple(p.shape))`.",
            "Encoder V · E. Decoder H · V and a bias of V. The LSTM has four gates, so 4H rows: E columns from x, H "
            "from h.",
            "The LSTM: `4 * H * E + 4 * H * H + 8 * H`, for PyTorch keeps two biases of 4H.",
        ),
        reference=count_weights,
        cases=_size_cases,
        diagnoses=_size_mistakes,
        afterword="H counts with its square: the model for 2048 units has 12 times the weights of the one for 512.",
    ),
    Exercise(
        name="cross_entropy",
        task=(
            "Write `cross_entropy(scores, target)` in numpy: `scores` are the V scores at one place, `target` is the "
            "number of the character that came. Return -ln of the probability that softmax gives it, also when scores "
            "are as large as 800."
        ),
        hints=(
            "Softmax: np.exp of all scores, divided by their sum. Then minus the np.log of the one at `target`.",
            "e to the power of 800 is too large for a float. What happens to the probabilities if you subtract the "
            "same number from all scores?",
            "`relative = scores - scores.max()`, then `np.log(np.exp(relative).sum()) - relative[target]`, as a float.",
        ),
        reference=cross_entropy,
        cases=_scores_cases,
        diagnoses=_entropy_mistakes,
        afterword="F.cross_entropy does the same for all T · B places of a window at once and takes the mean.",
    ),
    Exercise(
        name="bits_and_perplexity",
        task=(
            "Write `bits_and_perplexity(nats)`: the loss of a model in nats per character is given. Return a tuple of "
            "its bits per character and its perplexity."
        ),
        hints=(
            "Nats are natural logarithms, bits are logarithms to the base 2. How does one change the base?",
            "Bits: divide by `math.log(2)`. The perplexity is e to the power of the nats, or 2 to that of the bits.",
            "`return nats / math.log(2), math.exp(nats)`.",
        ),
        reference=bits_and_perplexity,
        cases=_nats_cases,
        diagnoses=_units_mistakes,
        afterword="A loss needs its unit: 1.18 nats, 1.70 bits and a perplexity of 3.25 are the same model.",
    ),
    Exercise(
        name="why_detach",
        task=_WHY_DETACH,
        hints=(
            "Which of the three would change the bits per character of a model that only reads?",
            "Print the hidden state before and after `detach()`. Then look at its `grad_fn`.",
        ),
        reference="b",
        choices=("a", "b", "c"),
        diagnoses=_why_mistakes,
        afterword="What was read keeps its effect; only the blame ends at the window's first row.",
    ),
)
