"""Exercises of notebook 04: the LSTM step, the loop over a window, and its bits, in torch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from tutorlm.course.exercises import Exercise

NOTEBOOK = "04_lstm"

Hidden = tuple[Tensor, Tensor]  # h and c


def like(got: Any, other: Tensor) -> bool:
    """Whether a tensor is the result of a known mistake."""
    return isinstance(got, Tensor) and got.shape == other.shape and torch.allclose(got, other, rtol=1e-4, atol=1e-5)


def random_tensor(seed: int, *shape: int) -> Tensor:
    """Normally distributed numbers, always the same for a seed."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


# -- 1. one step --------------------------------------------------------------------------------------


def lstm_step(x: Tensor, h: Tensor, c: Tensor, W: Tensor, U: Tensor, b: Tensor) -> Hidden:
    """Read one character in each column: x (B, E), h and c (B, H) → the new h and c, (B, H)."""
    i, f, g, o = (x @ W.T + h @ U.T + b).chunk(4, dim=1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    h = o.sigmoid() * c.tanh()
    return h, c


def _weights(seed: int, E: int, H: int) -> tuple[Tensor, Tensor, Tensor]:
    return random_tensor(seed, 4 * H, E), random_tensor(seed + 1, 4 * H, H), random_tensor(seed + 2, 4 * H)


def _step_cases() -> list[tuple]:
    one = torch.tensor([[1.0], [2.0], [0.5], [-1.0]])
    small = (torch.tensor([[1.0]]), torch.tensor([[0.5]]), torch.tensor([[2.0]]), one, one / 2, torch.zeros(4))
    sizes = [(10, 3, 5, 2), (20, 4, 3, 3), (30, 1, 2, 4)]  # seed, B, E, H
    return [
        small,
        *(
            (random_tensor(s, B, E), random_tensor(s + 1, B, H), random_tensor(s + 2, B, H), *_weights(s + 3, E, H))
            for s, B, E, H in sizes
        ),
    ]


def _gates(arguments: tuple, order: str = "ifgo") -> dict[str, Tensor]:
    """The four products by name, in an order of the rows."""
    x, h, _, W, U, b = arguments
    return dict(zip(order, (x @ W.T + h @ U.T + b).chunk(4, dim=1), strict=True))


def _step(arguments: tuple, order: str = "ifgo") -> Hidden:
    """The step with the rows in another order."""
    a, c = _gates(arguments, order), arguments[2]
    c = a["f"].sigmoid() * c + a["i"].sigmoid() * a["g"].tanh()
    return a["o"].sigmoid() * c.tanh(), c


def _step_mistakes(arguments: tuple, expected: Hidden, got: Any) -> str | None:
    if isinstance(got, Tensor) or len(got) != 2:
        return "Give back two tensors, the new h and the new c, in this order."
    if like(got[0], expected[1]) and like(got[1], expected[0]):
        return "The two are exchanged: h first, then c."
    a = _gates(arguments)
    for order in ("ifog", "figo", "fiog", "igfo", "iogf", "oifg", "fgio", "gifo"):
        if like(got[1], _step(arguments, order)[1]) and like(got[0], _step(arguments, order)[0]):
            return f"You take the rows in the order {', '.join(order)}. PyTorch stacks them as i, f, g, o."
    if like(got[1], expected[1]):
        return _of_shown(a, expected, arguments[2], got[0])
    return _of_notepad(arguments, a, got[1])


def _of_shown(a: Mapping[str, Tensor], expected: Hidden, c: Tensor, h: Any) -> str | None:
    """What is wrong with h, while c is right."""
    opened = a["o"].sigmoid()
    if like(h, opened * expected[1]):
        return "c is right. For h, the notepad goes through tanh before the gate o: h = o * tanh(c)."
    if like(h, opened * c.tanh()):
        return "c is right, but your h shows the old notepad. Take the new c."
    if like(h, a["o"] * expected[1].tanh()):
        return "c is right. For h, the sigmoid of o is missing: a gate lies between 0 and 1."
    if like(h, a["o"].tanh() * expected[1].tanh()):
        return "c is right. o is a gate: it takes a sigmoid, not a tanh."
    return None


def _of_notepad(arguments: tuple, a: Mapping[str, Tensor], new: Any) -> str | None:
    """What is wrong with c."""
    x, h, c, W, U, b = arguments
    i, f = a["i"].sigmoid(), a["f"].sigmoid()
    mistakes = {
        "g takes a tanh, not a sigmoid: what is written on the notepad may be negative, too.": f * c
        + i * a["g"].sigmoid(),
        "g is not squeezed yet: it takes a tanh.": f * c + i * a["g"],
        "g goes through a sigmoid and then a tanh. Only i, f and o take a sigmoid.": f * c
        + i * a["g"].sigmoid().tanh(),
        "Nothing is forgotten here: the old notepad is multiplied by f before i * g is added.": c + i * a["g"].tanh(),
        "The old notepad is missing: c = f * c + i * g.": i * a["g"].tanh(),
        "The gate i is missing: it decides how much of g is written down.": f * c + a["g"].tanh(),
        "The two parts of the new c are added, not multiplied.": f * c * i * a["g"].tanh(),
        "The gates i and f need a sigmoid: they lie between 0 and 1.": a["f"] * c + a["i"] * a["g"].tanh(),
    }
    for said, wrong in mistakes.items():
        if like(new, wrong):
            return said
    without = {
        "The bias b is missing.": (x, h, c, W, U, torch.zeros_like(b)),
        "The part of h is missing: add h @ U.T. Without it, the gates do not know what came before.": (
            x, h, c, W, torch.zeros_like(U), b,
        ),
        "The part of x is missing: add x @ W.T.": (x, h, c, torch.zeros_like(W), U, b),
    }  # fmt: skip
    return next((said for said, others in without.items() if like(new, _step(others)[1])), None)


# -- 2. the loop over a window ------------------------------------------------------------------------


def lstm_states(embedded: Tensor, h: Tensor, c: Tensor, W: Tensor, U: Tensor, b: Tensor) -> tuple[Tensor, Hidden]:
    """Read a window: embedded (T, B, E) → the h after each character, (T, B, H), and the last h and c."""
    states = []
    for x in embedded:
        h, c = lstm_step(x, h, c, W, U, b)
        states.append(h)
    return torch.stack(states), (h, c)


def _loop_cases() -> list[tuple]:
    sizes = [(40, 2, 1, 2, 1), (50, 5, 3, 4, 2), (60, 3, 3, 2, 3), (70, 1, 2, 2, 2)]  # seed, T, B, E, H
    return [
        (random_tensor(s, T, B, E), random_tensor(s + 1, B, H), random_tensor(s + 2, B, H), *_weights(s + 3, E, H))
        for s, T, B, E, H in sizes
    ]


def _loop_mistakes(arguments: tuple, expected: tuple[Tensor, Hidden], got: Any) -> str | None:
    if isinstance(got, Tensor):
        return "Give back two things: all states, (T, B, H), and the pair of the last h and c."
    if len(got) == 3:
        return "Give the last h and c as a pair: `return states, (h, c)`."
    states, last = got
    if isinstance(states, list):
        return "The states are still a list. `torch.stack(states)` makes one tensor of it."
    if like(states, expected[0]):
        return _of_last(arguments, expected[1], last)
    return _of_states(arguments, expected[0], states)


def _of_states(arguments: tuple, expected: Tensor, states: Tensor) -> str | None:
    """What is wrong with the states."""
    embedded, *others = arguments
    mistakes = {
        "`torch.cat` puts the rows one after another. `torch.stack` gives them an axis of their own: (T, B, H).": (
            expected.flatten(0, 1)
        ),
        "The columns come first. Stack along axis 0, so that the shape is (T, B, H).": expected.transpose(0, 1),
        "One state too many: the one before the window does not belong to the output.": (
            torch.cat([others[0][None], expected])
        ),
        "You keep h before the step. Take the step first, then append the new h.": (
            torch.cat([others[0][None], expected[:-1]])
        ),
        "`torch.tensor` cannot make one tensor of several. `torch.stack(states)` does.": expected[:, 0, 0],
        "You take c for h: `lstm_step` returns h first, then c.": _exchanging(arguments),
        "Each step starts from the first h and c. Carry the state: `h, c = lstm_step(x, h, c, …)`.": (
            _carrying(arguments, carry_h=False, carry_c=False)
        ),
        "h is carried from step to step, and c is not. The notepad must go along: `h, c = lstm_step(…)`.": (
            _carrying(arguments, carry_c=False)
        ),
        "c is carried from step to step, and h is not: `h, c = lstm_step(x, h, c, …)`.": (
            _carrying(arguments, carry_h=False)
        ),
        "Those are the notepads c. What the LSTM gives out after each character is h.": _notepads(arguments),
        "You read the window from its end. Row 0 comes first.": lstm_states(embedded.flip(0), *others)[0].flip(0),
        "That is the last state only. Append the h of each row to a list.": expected[-1],
    }
    return next((said for said, wrong in mistakes.items() if like(states, wrong)), None)


def _of_last(arguments: tuple, expected: Hidden, last: Any) -> str | None:
    if isinstance(last, Tensor):
        return "The states are right. The second part is a pair: the last h and the last c."
    if like(last[0], expected[1]) and like(last[1], expected[0]):
        return "The states are right. The last two are exchanged: h first, then c."
    if like(last[0], arguments[1]) and like(last[1], arguments[2]):
        return "The states are right, but you give back the h and c from before the window. Give the last ones."
    return None


def _carrying(arguments: tuple, carry_h: bool = True, carry_c: bool = True) -> Tensor:
    embedded, h, c, W, U, b = arguments
    first, states = (h, c), []
    for x in embedded:
        new, c = lstm_step(x, h if carry_h else first[0], c if carry_c else first[1], W, U, b)
        h = new
        states.append(new)
    return torch.stack(states)


def _exchanging(arguments: tuple) -> Tensor:
    embedded, h, c, *weights = arguments
    states = []
    for x in embedded:
        c, h = lstm_step(x, h, c, *weights)
        states.append(h)
    return torch.stack(states)


def _notepads(arguments: tuple) -> Tensor:
    embedded, h, c, W, U, b = arguments
    notepads = []
    for x in embedded:
        h, c = lstm_step(x, h, c, W, U, b)
        notepads.append(c)
    return torch.stack(notepads)


# -- 3. from scores to bits ----------------------------------------------------------------------------


def window_bits(scores: Tensor, targets: Tensor) -> Tensor:
    """The mean bits of a window: -log2 of what softmax gives the targets, (T, B), by the scores, (T, B, V)."""
    relative = scores - scores.max(dim=-1, keepdim=True).values  # the softmax stays the same; exp cannot overflow
    log_p = relative - relative.exp().sum(dim=-1, keepdim=True).log()
    of_target = log_p.gather(-1, targets[..., None])
    return -of_target.mean() / math.log(2)


def _bits_cases() -> list[tuple]:
    small = torch.tensor([[[0.0, 1.0], [2.0, 0.0], [1.0, 1.5]], [[0.5, 0.0], [0.0, 3.0], [2.0, 1.0]]])
    large = torch.tensor([[[800.0, 799.0, 797.0], [-800.0, -801.0, -803.0]]])
    targets = torch.randint(4, (4, 4), generator=torch.Generator().manual_seed(0))
    return [
        (small, torch.tensor([[0, 0, 1], [1, 1, 0]])),
        (2 * random_tensor(1, 2, 3, 5), torch.tensor([[0, 4, 2], [1, 1, 3]])),
        (3 * random_tensor(2, 4, 4, 4), targets),
        (large, torch.tensor([[0, 1]])),
    ]


def _bits_mistakes(arguments: tuple, expected: Tensor, got: Any) -> str | None:
    scores, targets = arguments
    log_p = scores.log_softmax(-1)
    of_target = log_p.gather(-1, targets[..., None])[..., 0]
    if isinstance(got, float) and math.isclose(got, expected.item(), rel_tol=1e-4):
        return "The number is right, but a Python number has no gradient. Give back the tensor, without `.item()`."
    got = torch.as_tensor(got, dtype=scores.dtype)
    if not got.isfinite().all():
        return (
            "The result is not a finite number: e to the power of 800 is larger than any float, and to the power of "
            "-800 it is 0. Subtract the largest score of each place first; the probabilities stay the same."
        )
    if like(got, -of_target / math.log(2)):
        return "Those are the bits of each place. Give back their mean, one number for the window."
    if got.ndim:
        return "Give back one number for the whole window: a tensor of shape ()."
    return _of_mean(scores, targets, of_target, expected, got)


def _of_mean(scores: Tensor, targets: Tensor, of_target: Tensor, expected: Tensor, got: Tensor) -> str | None:
    """What is wrong with the one number."""
    T, B = targets.shape
    p = scores.softmax(-1)
    mistakes = {
        "Those are nats, by the natural logarithm. For bits, divide by ln 2.": expected * math.log(2),
        "The sign: the logarithm of a probability is negative, and bits are positive.": -expected,
        "You multiply by ln 2. A bit is less than a nat, so there are more bits than nats: divide.": (
            expected * math.log(2) ** 2
        ),
        "That is the sum over all places. Take the mean.": expected * T * B,
        "That is the sum of each column, or of each row. Take the mean over all T · B places.": expected * T,
        "That is the sum of each row. Take the mean over all T · B places.": expected * B,
        "You take the mean of the probabilities first. Take the logarithm of each, then the mean.": (
            -of_target.exp().mean().log2()
        ),
        "That is the mean probability of the targets. The bits are minus its logarithm.": of_target.exp().mean(),
        "You average over all V characters. Only the one that came counts: `gather` picks it.": (
            -scores.log_softmax(-1).mean() / math.log(2)
        ),
        "That is the entropy of the predictions. The loss looks only at the character that came.": (
            -(p * p.log2()).sum(-1).mean()
        ),
        "You pick the scores, which are not logarithms of probabilities yet: softmax comes first.": (
            -scores.gather(-1, targets[..., None]).mean() / math.log(2)
        ),
        "That is the perplexity, 2 to the power of the bits.": 2**expected,
    }
    for axis in (0, 1):
        wrong = -scores.log_softmax(axis).gather(-1, targets[..., None]).mean() / math.log(2)
        said = "Your softmax sums to 1 over the wrong axis. The V scores of a place are on the last one: dim=-1."
        mistakes |= {f"{said}{' ' * axis}": wrong}
    return next((said.strip() for said, wrong in mistakes.items() if like(got, wrong)), None)


EXERCISES = (
    Exercise(
        name="lstm_step",
        task=(
            "Write `lstm_step(x, h, c, W, U, b)`: one step for all B columns at once. x is (B, E), h and c are (B, H), "
            "W is (4H, E), U is (4H, H) and b is (4H,), their rows in the order i, f, g, o. Return the new h and c."
        ),
        hints=(
            "All four at once: `x @ W.T + h @ U.T + b` has shape (B, 4H). `chunk(4, dim=1)` cuts it into four.",
            "i, f and o go through `.sigmoid()`, g through `.tanh()`. Then the new c, and from the new c the new h.",
            "`c = f.sigmoid() * c + i.sigmoid() * g.tanh()`, then `h = o.sigmoid() * c.tanh()`, then `return h, c`.",
        ),
        reference=lstm_step,
        cases=_step_cases,
        diagnoses=_step_mistakes,
        afterword="That is the whole LSTM. Flair's models of 2,048 units take this very step.",
        tolerance=1e-5,
    ),
    Exercise(
        name="lstm_states",
        task=(
            "Write `lstm_states(embedded, h, c, W, U, b)`: read a window row by row with `lstm_step`. embedded is "
            "(T, B, E). Return the h after each row as one tensor (T, B, H), and the pair (h, c) after the last row."
        ),
        hints=(
            "`for x in embedded` gives the rows one by one, (B, E). Each step starts from the h and c of the last.",
            "Append each new h to a list. `torch.stack(states)` makes a tensor of the list.",
            "In the loop: `h, c = lstm_step(x, h, c, W, U, b)` and `states.append(h)`. At the end: "
            "`return torch.stack(states), (h, c)`.",
        ),
        reference=lstm_states,
        cases=_loop_cases,
        diagnoses=_loop_mistakes,
        afterword="The loop cannot run its rounds at the same time, for each one needs the state of the one before.",
        tolerance=1e-5,
    ),
    Exercise(
        name="window_bits",
        task=(
            "Write `window_bits(scores, targets)`: scores is (T, B, V), targets is (T, B). The softmax of the V scores "
            "of a place gives probabilities. Return the mean of -log2 of the targets' probabilities, a tensor of shape "
            "(), also where scores are as large as 800."
        ),
        hints=(
            "`scores.log_softmax(dim=-1)` is the ln of the softmax, and does not overflow. By hand: subtract the "
            "largest score of each place first; the probabilities stay the same.",
            "`log_p.gather(-1, targets[..., None])` picks the one character of each place. Then mean, sign, and ln 2.",
            "`-log_p.gather(-1, targets[..., None]).mean() / math.log(2)`.",
        ),
        reference=window_bits,
        cases=_bits_cases,
        diagnoses=_bits_mistakes,
        afterword="`torch.nn.functional.cross_entropy` is the same number in nats. Training makes it smaller.",
        tolerance=1e-5,
    ),
)
