"""Exercises of notebook 05, training."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tutorlm.course.exercises import Exercise

NOTEBOOK = "05_training"


# -- 1. clipping ---------------------------------------------------------------------------------------


def clip_by_norm(gradients: list[np.ndarray], clip: float) -> list[np.ndarray]:
    """The gradients, all scaled by one factor if their norm, taken together, exceeds `clip`."""
    norm = math.sqrt(sum((gradient**2).sum() for gradient in gradients))
    factor = min(1.0, clip / norm) if norm else 1.0
    return [factor * gradient for gradient in gradients]


def _clip_cases() -> list[tuple]:
    chance = np.random.default_rng(4)
    layers = [chance.normal(size=(3, 2)), chance.normal(size=4)]
    return [
        ([np.array([3.0, 4.0])], 1.0),
        ([np.array([2.0, 1.0]), np.array([4.0, 2.0])], 1.0),  # two layers, one norm
        ([np.array([0.03, 0.04])], 0.25),  # short enough
        (layers, 0.25),
        (layers, 100.0),
        ([np.zeros(3)], 0.25),
    ]


def _clip_mistakes(arguments: tuple, expected: list[np.ndarray], got: Any) -> str | None:
    gradients, clip = arguments
    norm = math.sqrt(sum((gradient**2).sum() for gradient in gradients))
    if not norm:
        return "Where all gradients are 0, the norm is 0 too, and you divide by it."
    if _same(got, [np.clip(gradient, -clip, clip) for gradient in gradients]):
        return "You cut off each number by itself, which turns the gradient. Scale all numbers by one factor."
    if _same(got, [gradient * min(1.0, clip / np.linalg.norm(gradient)) for gradient in gradients]):
        return "You clip each array by itself. The norm is that of all arrays together, and so is the factor."
    if norm < clip and _same(got, [gradient * clip / norm for gradient in gradients]):
        return "You stretch a gradient that is short. Only those longer than `clip` are changed: min(1, clip / norm)."
    if norm > clip and _same(got, gradients):
        return "The gradients come back as they were, though their norm is above `clip`."
    if _same(got, [gradient * min(1.0, clip / norm**2) for gradient in gradients]):
        return "The norm is the square root of the sum of squares; you left out the root."
    if _same(got, [gradient / norm for gradient in gradients]):
        return "You scale to a norm of 1. Scale to a norm of `clip`."
    return None


def _same(got: Any, wanted: list[np.ndarray]) -> bool:
    return len(got) == len(wanted) and all(np.allclose(a, b) for a, b in zip(got, wanted, strict=True))


# -- 2. annealing on a plateau ------------------------------------------------------------------------------


def annealed_rates(valid_losses: list[float], learning_rate: float, anneal_factor: float, patience: int) -> list[float]:
    """The learning rate after each split: multiplied when more than `patience` splits in a row bring no new best."""
    best, without_a_best, rates = math.inf, 0, []
    for loss in valid_losses:
        if loss < best:
            best, without_a_best = loss, 0
        else:
            without_a_best += 1
        if without_a_best > patience:
            learning_rate, without_a_best = learning_rate * anneal_factor, 0
        rates.append(learning_rate)
    return rates


def _annealing_cases() -> list[tuple]:
    return [
        ([3.0, 2.9, 2.8, 2.7], 20.0, 0.25, 1),
        ([3.0, 3.1, 3.2, 2.9], 20.0, 0.25, 1),
        ([3.0, 3.1, 3.2, 2.9], 20.0, 0.25, 2),
        ([3.0, 3.2, 3.1, 3.15, 2.9, 3.0], 20.0, 0.25, 1),  # better than the last is no new best
        ([3.0, 3.1, 2.9, 3.0, 2.8, 2.9], 20.0, 0.25, 1),  # never two failures in a row
        ([3.0, 3.0, 3.0, 3.0, 3.0, 3.0], 20.0, 0.25, 1),  # equal is not better; counting begins anew
        ([3.0] * 30, 20.0, 0.25, 25),
        ([2.0, 2.5, 1.9, 2.5, 2.5, 1.8, 2.5, 2.5, 2.5], 5.0, 0.5, 0),
    ]


def _annealing_mistakes(arguments: tuple, expected: list[float], got: Any) -> str | None:
    losses, learning_rate, factor, patience = arguments
    if len(got) == len(losses) + 1:
        return "One rate too many: give the rate after each split, not the one before the first."
    if len(got) != len(losses):
        return "Give one rate for each split, whether it changed or not."
    if got == _anneal(losses, learning_rate, 1 / factor, patience):
        return "The rate grows. Multiply by `anneal_factor`, which is below 1; Flair's text calls 0.25 a factor of 4."
    if patience and got == annealed_rates(losses, learning_rate, factor, patience - 1):
        return "One split too early: `patience` splits may fail, and the next one makes the rate fall."
    if got == annealed_rates(losses, learning_rate, factor, patience + 1):
        return "One split too late: the rate falls as soon as more than `patience` splits in a row have failed."
    if got == _anneal(losses, learning_rate, factor, patience, against_last=True):
        return "You compare with the split before. What counts is a new best: lower than every loss so far."
    if got == _anneal(losses, learning_rate, factor, patience, forget=False):
        return "After the rate has fallen, counting begins anew at 0; yours falls with every further split."
    if got == _anneal(losses, learning_rate, factor, patience, equal=True):
        return "A loss equal to the best is not better. Only a lower one counts."
    if got == _anneal(losses, learning_rate, factor, patience, in_a_row=False):
        return "A new best sets the count back to 0: it counts splits in a row."
    return None


def _anneal(
    losses: list[float], rate: float, factor: float, patience: int, *, against_last: bool = False, forget: bool = True,
    equal: bool = False, in_a_row: bool = True,
) -> list[float]:  # fmt: skip
    """`annealed_rates` with one mistake or another."""
    best, count, rates = math.inf, 0, []
    for loss in losses:
        better = loss <= best if equal else loss < best
        count = (0 if in_a_row else count) if better else count + 1
        best = loss if against_last or better else best
        if count > patience:
            rate, count = rate * factor, 0 if forget else count
        rates.append(rate)
    return rates


# -- 3. temperature -----------------------------------------------------------------------------------------


def temperature_shares(scores: np.ndarray, temperature: float) -> np.ndarray:
    """The softmax of scores divided by a temperature: how likely each character is to be written."""
    weights = np.exp((scores - scores.max()) / temperature)
    return weights / weights.sum()


def _temperature_cases() -> list[tuple]:
    scores = np.array([2.0, 1.0, 0.0])
    chance = np.random.default_rng(4).normal(scale=3, size=44)
    return [(scores, 1.0), (scores, 0.5), (scores, 2.0), (chance, 0.7), (scores * 1000, 1.0), (scores, 0.001)]


def _temperature_mistakes(arguments: tuple, expected: np.ndarray, got: Any) -> str | None:
    scores, temperature = arguments
    relative = scores - scores.max()
    if np.isnan(got).any():
        return "exp of a large number is infinite. Subtract the largest score first; the shares stay the same."
    if np.allclose(got, _softmax(relative * temperature)) and temperature != 1:
        return "You multiply by the temperature. Divide: a low one must make the differences between scores larger."
    if np.allclose(got, _softmax(relative)) and temperature != 1:
        return "Those are the shares at temperature 1: the temperature has no effect yet."
    if np.allclose(got, _softmax(relative) / temperature) and temperature != 1:
        return "Divide the scores by the temperature, before exp, not the shares after it."
    if np.allclose(got, np.exp(scores / temperature)) or np.allclose(got, np.exp(relative / temperature)):
        return "These do not add up to 1 yet: divide by their sum."
    if np.allclose(got, scores / scores.sum()):
        return "Scores may be negative; exp comes first, then divide by the sum."
    return None


def _softmax(scores: np.ndarray) -> np.ndarray:
    weights = np.exp(scores - scores.max())
    return weights / weights.sum()


# -- 4. reading curves ---------------------------------------------------------------------------------------

CAUSES = {
    "too high": "A learning rate too high shows in the train loss: it jumps, or stays above that of a guess.",
    "too low": "With a learning rate too low the train loss creeps. Here it falls fast, and far.",
    "annealed": "After annealing too early both curves lie flat. Here the train loss still falls.",
}


def what_happened() -> str:
    """Train goes on falling while valid turns: the text is being learnt by heart."""
    return "overfitting"


def _reading_mistakes(arguments: tuple, expected: str, got: Any) -> str | None:
    return CAUSES.get(got)


EXERCISES = (
    Exercise(
        name="clip_by_norm",
        task=(
            "Write `clip_by_norm(gradients, clip)`: a list of arrays, one for each layer, scaled by one common factor "
            "so that their norm, taken over all numbers of all arrays, is at most `clip`. Shorter ones stay."
        ),
        hints=(
            "The norm is the square root of the sum of all squares, over all arrays.",
            "If the norm is above `clip`, every number is multiplied by clip / norm; otherwise by 1.",
            "`factor = min(1.0, clip / norm)`; mind a norm of 0. Then `[factor * gradient for gradient in gradients]`.",
        ),
        reference=clip_by_norm,
        cases=_clip_cases,
        diagnoses=_clip_mistakes,
        afterword="With a learning rate of 20 and clip=0.25, no step of SGD is longer than 5, whatever the text.",
    ),
    Exercise(
        name="annealed_rates",
        task=(
            "Write `annealed_rates(valid_losses, learning_rate, anneal_factor, patience)`: the list of learning rates "
            "after each split. When more than `patience` splits in a row bring no new best valid loss, the rate is "
            "multiplied by `anneal_factor`, and counting begins anew."
        ),
        hints=(
            "Keep three things while you go through the losses: the best so far, a count of failures, the rate.",
            "A loss lower than the best sets the best and puts the count to 0; any other adds 1 to the count.",
            "`if count > patience:` multiply the rate and put the count to 0. Append the rate after every split.",
        ),
        reference=annealed_rates,
        cases=_annealing_cases,
        diagnoses=_annealing_mistakes,
        afterword=(
            "Nothing in it knows how long a split is: cut the same text into ten times as many files, and patience "
            "lasts a tenth as long."
        ),
    ),
    Exercise(
        name="temperature_shares",
        task=(
            "Write `temperature_shares(scores, temperature)`: from the model's scores of all characters, an array, "
            "how likely each is to be written: the softmax of scores / temperature."
        ),
        hints=(
            "Softmax: exp of every score, divided by the sum of all of them.",
            "The temperature divides the scores before exp.",
            "exp(1000) is infinite. Subtract `scores.max()` first, which changes no share.",
        ),
        reference=temperature_shares,
        cases=_temperature_cases,
        diagnoses=_temperature_mistakes,
        afterword=(
            "Towards temperature 0 all goes to the likeliest character; towards infinity all become equally likely."
        ),
    ),
    Exercise(
        name="what_happened",
        task=(
            "In bits per character, a run has train 4.9, 3.2, 2.5, 1.9, 1.4 and valid 4.7, 3.5, 3.3, 3.5, 3.9. What "
            'happened? Answer "too high" or "too low" (the learning rate), "annealed" (too early) or "overfitting".'
        ),
        hints=(
            "Look at the train losses first: is the model still learning something?",
            "Then at the valid losses: where is the lowest, and which way do they go after it?",
            "What gets better on the text it sees, and worse on a text it does not, was learnt by heart.",
        ),
        reference=what_happened,
        diagnoses=_reading_mistakes,
        choices=("too high", "too low", "annealed", "overfitting"),
        afterword="The remedy is more text. Until then, best-lm.pt keeps the model of the third split.",
    ),
)
