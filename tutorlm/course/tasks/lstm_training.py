"""Exercises of notebook 04: a training step, temperature, and writing with one's own model, in torch."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from tutorlm.course.exercises import Exercise
from tutorlm.course.tasks.lstm import Hidden, like, random_tensor

NOTEBOOK = "04_lstm"

Weights = Mapping[str, Tensor]


# -- 1. one training step --------------------------------------------------------------------------------


def training_step(
    weights: Weights, window: Tensor, hidden: Hidden, bits_of: Callable[..., tuple[Tensor, Hidden]],
    learning_rate: float, clip: float,
) -> tuple[float, dict[str, Tensor], Hidden]:  # fmt: skip
    """One step of gradient descent on a window: its loss, the new weights, and the hidden state without its record."""
    loss, hidden = bits_of(weights, window, hidden)
    gradients = torch.autograd.grad(loss, list(weights.values()))
    norm = torch.cat([gradient.flatten() for gradient in gradients]).norm().item()
    factor = learning_rate * min(1.0, clip / norm)
    new = {
        name: (weight - factor * gradient).detach().requires_grad_()
        for (name, weight), gradient in zip(weights.items(), gradients, strict=True)
    }
    h, c = hidden
    return loss.item(), new, (h.detach(), c.detach())


@dataclass(frozen=True)
class _SmallModel:
    """A model of two weights to try a training step on; it carries a state, as an LSTM does."""

    def __call__(self, weights: Weights, window: Tensor, hidden: Hidden) -> tuple[Tensor, Hidden]:
        h, c = hidden
        c = c + weights["v"].sum() * window.float().mean()
        h = h * weights["w"].mean() + c
        return 2 * ((weights["w"] - window[-1]) ** 2).mean() + (weights["v"] * h).sum() ** 2, (h, c)

    def __repr__(self) -> str:
        return "bits_of"


def _training_cases() -> list[tuple]:
    w, v = torch.tensor([1.0, -2.0]), torch.tensor([[0.5]])
    window = torch.tensor([[0, 1], [1, 2], [1, 0]])
    hidden = torch.tensor([[0.1, -0.2]]), torch.tensor([[0.3, 0.0]])

    def weights() -> dict[str, Tensor]:
        return {"w": w.clone().requires_grad_(), "v": v.clone().requires_grad_()}

    model = _SmallModel()
    return [
        (weights(), window, hidden, model, 0.1, 100.0),
        (weights(), window, hidden, model, 0.5, 1.0),
        (weights(), window, hidden, model, 20.0, 1.0),
    ]


def _training_mistakes(arguments: tuple, expected: tuple, got: Any) -> str | None:
    weights, window, hidden, bits_of, _, _ = arguments
    if not isinstance(got, (tuple, list)) or len(got) != 3:
        return "Give back three things: the loss as a number, the new weights as a dict, and the pair (h, c)."
    loss, new, last = got
    if isinstance(loss, Tensor):
        return "Give the loss as a number: `loss.item()`. The tensor would keep its whole record alive."
    if not isinstance(new, dict):
        return "Give the new weights as a dict with the names of the old ones."
    if not math.isclose(loss, expected[0], rel_tol=1e-4):
        return None
    loss, _ = bits_of(weights, window, hidden)
    slopes = dict(zip(weights, torch.autograd.grad(loss, list(weights.values())), strict=True))
    wrong = _of_update(arguments, {name: weight.detach() for name, weight in weights.items()}, slopes, new)
    return wrong or _of_state(expected[2], hidden, last)


def _of_update(arguments: tuple, old: Weights, slopes: Weights, new: Weights) -> str | None:
    """What is wrong with the new weights."""
    *_, rate, clip = arguments
    norm = torch.cat([slope.flatten() for slope in slopes.values()]).norm().item()
    norms = {name: slope.norm().item() for name, slope in slopes.items()}
    share = min(1.0, clip / norm)

    def by(factor: float | Callable[[str], float]) -> dict[str, Tensor]:
        factors = {name: factor(name) if callable(factor) else factor for name in old}
        return {name: old[name] - factors[name] * slopes[name] for name in old}

    mistakes = {
        "The weights go up the slope, and the loss grows. Subtract the gradient.": by(-rate * share),
        "Each gradient is clipped by itself, which changes the direction of the step. There is one norm, that of all "
        "gradients together, and one factor.": by(lambda name: rate * min(1.0, clip / norms[name])),
        "The gradients are never clipped: where their norm is above `clip`, scale them down to it.": by(rate),
        "The gradients are always scaled to the length `clip`, also where they are shorter. The factor is at most 1.": (
            by(rate * clip / norm)
        ),
        "You clip the step after multiplying by the learning rate. Clip the gradients.": (
            by(rate * min(1.0, clip / (rate * norm)))
        ),
        "The learning rate is missing.": by(share),
        "You divide by the learning rate. Multiply.": by(share / rate),
        "The factor is upside down: min(1, clip / norm), which is small where the norm is large.": (
            by(rate * min(1.0, norm / clip))
        ),
        "The norm is too large. It is the root of the sum of all squares, not the sum of the norms.": (
            by(rate * min(1.0, clip / sum(norms.values())))
        ),
        "The norm lacks its root: it is the root of the sum of all squares.": by(rate * min(1.0, clip / norm**2)),
        "You clip each number of the gradients. The whole vector is scaled, so that its direction stays.": (
            {name: old[name] - rate * slopes[name].clamp(-clip, clip) for name in old}
        ),
        "The weights are the old ones.": dict(old),
    }
    for said, wrong in ({"": by(rate * share)} | mistakes).items():
        if all(name in new and like(new[name].detach(), wrong[name]) for name in old):
            if said:
                return said
            break  # the numbers are right
    if not all(name in new and new[name].requires_grad for name in old):
        return (
            "The new weights do not ask for gradients, so the next step could not learn. End with "
            "`.detach().requires_grad_()`."
        )
    if not all(new[name].is_leaf for name in old):
        return (
            "The new weights still have their record: it would grow with every step. End with "
            "`.detach().requires_grad_()`."
        )
    return None


def _of_state(expected: Hidden, before: Hidden, last: Any) -> str | None:
    """What is wrong with the hidden state."""
    if isinstance(last, Tensor) or len(last) != 2:
        return "The third part is the pair of the last h and c."
    if all(like(state.detach(), old) for state, old in zip(last, before, strict=True)):
        return "You give back the state from before the window. `bits_of` returns the one after it."
    if any(state.requires_grad for state in last):
        return (
            "The state still has its record, and the next step would go back into this window. Give it back detached: "
            "`h.detach()`, and `c` likewise."
        )
    return None


# -- 2. temperature ---------------------------------------------------------------------------------------


def temperature_shares(scores: Tensor, temperature: float) -> Tensor:
    """The softmax of scores, (V,), divided by a temperature: how probable each character is to be written."""
    return (scores / temperature).softmax(dim=-1)


def _temperature_cases() -> list[tuple]:
    few = torch.tensor([2.0, 1.0, 0.0])
    return [
        (few, 1.0),
        (few, 0.5),
        (few, 2.0),
        (3 * random_tensor(3, 8), 0.7),
        (torch.tensor([800.0, 799.0, 0.0]), 0.5),
    ]


def _temperature_mistakes(arguments: tuple, expected: Tensor, got: Any) -> str | None:
    scores, temperature = arguments
    plain, times = scores.softmax(-1), (scores * temperature).softmax(-1)
    if not got.isfinite().all():
        return "Not finite: `exp` of a large score overflows. Subtract the largest first, or let `softmax` do it."
    if like(got, plain):
        return "Those are the shares at temperature 1: the temperature has no effect yet."
    if like(got, times):
        return "You multiply by the temperature. Divide: a low one must make the differences between scores larger."
    if like(got, plain / temperature):
        return "Divide the scores, before softmax, not the shares after it. Now they do not sum to 1."
    if like(got, (scores / temperature).exp()) or like(got, (scores - scores.max()).div(temperature).exp()):
        return "Those are not shares yet: divide by their sum, so that they sum to 1."
    if like(got, scores / temperature):
        return "Those are still scores. Make probabilities of them: `softmax`."
    if like(got, (scores / temperature).log_softmax(-1)):
        return "Those are logarithms. Without the log they are probabilities."
    if like(got, plain**temperature / (plain**temperature).sum()):
        return "The power is the wrong way round: probabilities to the power of 1 / temperature."
    return None


# -- 3. writing ---------------------------------------------------------------------------------------------


def write_text(
    step: Callable[[int, Any], tuple[Tensor, Any]], start: Sequence[int], temperature: float, us: Sequence[float]
) -> list[int]:
    """Read the characters of `start`, then write one for each u in `us`: their numbers, without `start`."""
    state = None
    for number in start:
        scores, state = step(number, state)
    written = []
    for u in us:
        running_sum = temperature_shares(scores, temperature).cumsum(dim=0)
        number = int((running_sum <= u).sum())
        written.append(number)
        scores, state = step(number, state)
    return written


@dataclass(frozen=True)
class _SmallStep:
    """A model of V characters whose scores depend on the last character and on the sum of all before."""

    V: int

    def __call__(self, number: int, state: Any) -> tuple[Tensor, Any]:
        total = (0 if state is None else state) + number + 1
        places = torch.arange(self.V, dtype=torch.float64)
        return 2 * torch.sin(places * (number + 2) + total), total

    def __repr__(self) -> str:
        return "step"


def _writing_cases() -> list[tuple]:
    us = torch.rand(12, generator=torch.Generator().manual_seed(5), dtype=torch.float64).tolist()
    five, nine = _SmallStep(5), _SmallStep(9)
    return [(five, [0], 1.0, us[:3]), (five, [2, 0, 1], 1.0, us), (nine, [3, 8], 0.5, us), (nine, [1], 2.0, [])]


def _write(arguments: tuple, restart: bool = False, last_only: bool = False, plain: bool = False,
           likeliest: bool = False, start_twice: bool = False, frozen: bool = False) -> list[int]:  # fmt: skip
    """The loop with one mistake or another."""
    step, start, temperature, us = arguments
    state: Any = None
    for number in start[-1:] if last_only else start:
        scores, state = step(number, state)
    if start_twice:
        scores, state = step(start[-1], state)
    written: list[int] = []
    for u in us:
        shares = temperature_shares(scores, 1.0 if plain else temperature)
        written.append(int(shares.argmax()) if likeliest else int((shares.cumsum(0) <= u).sum()))
        if not frozen:
            scores, state = step(written[-1], None if restart else state)
    return written


def _writing_mistakes(arguments: tuple, expected: list[int], got: Any) -> str | None:
    _, start, _, us = arguments
    if isinstance(got, (Tensor, tuple)):
        return "Give back a list of numbers: begin with `written = []` and append each one."
    if got == [*start, *expected]:
        return "`start` was there already. Give back only what was written after it, one number for each u."
    if any(isinstance(number, Tensor) for number in got):
        return "Your list holds tensors. Make each an int: `int(…)`, or `.item()`."
    if us and got == expected[:1]:
        return "It ends after one character. Is `return` inside the loop?"
    mistakes = {
        "Each character is written from an empty state. Pass on the state that `step` returned.": {"restart": True},
        "Of `start` you read only the last character. Read all of them, one after another, to build up the state.": {
            "last_only": True
        },
        "The temperature has no effect yet: draw from `temperature_shares(scores, temperature)`.": {"plain": True},
        "You take the most probable character each time. Draw one, with the u of this place.": {"likeliest": True},
        "The last character of `start` is read twice: the scores after it are there already when writing begins.": {
            "start_twice": True
        },
        "You draw from the same scores each time. After each draw, let `step` read the character drawn.": {
            "frozen": True
        },
    }
    return next((said for said, how in mistakes.items() if us and got == _write(arguments, **how)), None)


EXERCISES = (
    Exercise(
        name="training_step",
        task=(
            "Write `training_step(weights, window, hidden, bits_of, learning_rate, clip)`. weights is a dict of "
            "tensors. `bits_of(weights, window, hidden)` returns the loss, a tensor, and the hidden state (h, c) after "
            "the window. Return the loss as a number, a dict of new weights, and (h, c) detached."
        ),
        hints=(
            "`torch.autograd.grad(loss, list(weights.values()))` gives one gradient for each weight, in the same "
            "order. Their common norm is the root of the sum of all squares.",
            "The factor min(1, clip / norm) is the same for all gradients. New weight: "
            "weight - learning_rate * factor * gradient.",
            "Of each new weight take `.detach().requires_grad_()`, so that it has no record and can learn again. "
            "At the end: `return loss.item(), new, (h.detach(), c.detach())`.",
        ),
        reference=training_step,
        cases=_training_cases,
        diagnoses=_training_mistakes,
        afterword="Every neural network you have heard of was trained by a step like this one, repeated.",
        tolerance=1e-5,
    ),
    Exercise(
        name="temperature_shares",
        task=(
            "Write `temperature_shares(scores, temperature)`: from the scores of the V characters, a tensor (V,), how "
            "probable each is to be written: the softmax of scores / temperature."
        ),
        hints=(
            "The temperature divides the scores before the softmax.",
            "`torch.softmax(…, dim=-1)`, or `.softmax(dim=-1)` at the end of a tensor.",
            "`return (scores / temperature).softmax(dim=-1)`.",
        ),
        reference=temperature_shares,
        cases=_temperature_cases,
        diagnoses=_temperature_mistakes,
        afterword="Towards temperature 0 all goes to the most probable character; towards infinity all become equal.",
        tolerance=1e-5,
    ),
    Exercise(
        name="write_text",
        task=(
            "Write `write_text(step, start, temperature, us)`. `step(number, state)` reads one character and returns "
            "the scores of the next one, (V,), and the new state; the state before any text is None. Read all of "
            "`start` first. Then, for each random number u in `us`, draw a character from "
            "`temperature_shares(scores, temperature)`, and let `step` read it. Return the list of the numbers drawn."
        ),
        hints=(
            "Begin with `state = None`. `for number in start: scores, state = step(number, state)` reads `start`.",
            "In the second loop: shares, draw, append, step. To draw: `int((shares.cumsum(dim=0) <= u).sum())`, as in "
            "notebook 03.",
            "`number = draw(temperature_shares(scores, temperature), u)`, `written.append(number)`, "
            "`scores, state = step(number, state)`; after the loop `return written`.",
        ),
        reference=write_text,
        cases=_writing_cases,
        diagnoses=_writing_mistakes,
        afterword="The loop of notebook 03, with a network in the place of the table.",
    ),
)
