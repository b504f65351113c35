"""The exercises of notebook 04: what is right passes, and each known mistake hears its own message."""

# ruff: noqa: N803, N806 (W, U, T, B, H as in formulas)
from __future__ import annotations

import math

import pytest
import torch
from promises_of_tasks import mistakes_are_named, references_are_right
from torch import nn
from torch.nn import functional

from tutorlm.course.exercises import check
from tutorlm.course.tasks import lstm, lstm_training
from tutorlm.course.tasks.lstm import lstm_states, lstm_step, window_bits
from tutorlm.course.tasks.lstm_training import temperature_shares, training_step, write_text

# -- one step -------------------------------------------------------------------------------------


def gates(x, h, W, U, b, order="ifgo"):
    parts = (x @ W.T + h @ U.T + b).chunk(4, dim=1)
    return [parts[order.index(name)] for name in "ifgo"]


def ordered(order):
    def step(x, h, c, W, U, b):
        i, f, g, o = gates(x, h, W, U, b, order)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c

    return step


def stepping(new_c=None, new_h=None):
    """A step with other formulas for c or h."""

    def step(x, h, c, W, U, b):
        i, f, g, o = gates(x, h, W, U, b)
        i, f, o = i.sigmoid(), f.sigmoid(), o.sigmoid()
        old, c = c, new_c(i, f, g, c) if new_c else f * c + i * g.tanh()
        return (new_h(o, old, c) if new_h else o * c.tanh()), c

    return step


def raw_gates(x, h, c, W, U, b):
    i, f, g, o = gates(x, h, W, U, b)
    c = f * c + i * g.tanh()
    return o * c.tanh(), c


STEPS = [
    (ordered("ifog"), "in the order i, f, o, g"),
    (ordered("figo"), "in the order f, i, g, o"),
    (ordered("igfo"), "in the order i, g, f, o"),
    (stepping(new_h=lambda o, old, c: o * c), "through tanh before the gate o"),
    (stepping(new_h=lambda o, old, c: o * old.tanh()), "the old notepad"),
    (stepping(lambda i, f, g, c: f * c + i * g.sigmoid()), "g takes a tanh"),
    (stepping(lambda i, f, g, c: f * c + i * g), "not squeezed"),
    (stepping(lambda i, f, g, c: c + i * g.tanh()), "Nothing is forgotten"),
    (stepping(lambda i, f, g, c: i * g.tanh()), "The old notepad is missing"),
    (stepping(lambda i, f, g, c: f * c + g.tanh()), "The gate i is missing"),
    (stepping(lambda i, f, g, c: f * c * i * g.tanh()), "added, not multiplied"),
    (stepping(lambda i, f, g, c: f * c + i * g.sigmoid().tanh()), "a sigmoid and then a tanh"),
    (raw_gates, "need a sigmoid"),
    (lambda x, h, c, W, U, b: lstm_step(x, h, c, W, U, b)[::-1], "exchanged"),
    (lambda x, h, c, W, U, b: lstm_step(x, h, c, W, U, b)[0], "two tensors"),
    (lambda x, h, c, W, U, b: lstm_step(x, h, c, W, U, 0 * b), "The bias b is missing"),
    (lambda x, h, c, W, U, b: lstm_step(x, h, c, W, 0 * U, b), "The part of h is missing"),
    (lambda x, h, c, W, U, b: lstm_step(x, h, c, 0 * W, U, b), "The part of x is missing"),
]


# -- the loop -----------------------------------------------------------------------------------------


def looping(carry_h=True, carry_c=True, notepad=False, last="last"):
    def states_of(embedded, h, c, W, U, b):
        first, rows, hs = (h, c), [], h
        for x in embedded:
            hs, new_c = lstm_step(x, h, c, W, U, b)
            h, c = hs if carry_h else first[0], new_c if carry_c else first[1]
            rows.append(new_c if notepad else hs)
        return torch.stack(rows), first if last == "first" else (h, c)

    return states_of


def changed(states=lambda states: states, last=lambda last: last):
    def states_of(*arguments):
        right = lstm_states(*arguments)
        return states(right[0]), last(right[1])

    return states_of


LOOPS = [
    (looping(carry_h=False, carry_c=False), "Carry the state"),
    (looping(carry_c=False), "and c is not"),
    (looping(carry_h=False), "and h is not"),
    (looping(notepad=True), "Those are the notepads"),
    (looping(last="first"), "from before the window"),
    (changed(lambda states: states.flatten(0, 1)), "torch.stack"),
    (changed(lambda states: states.transpose(0, 1)), "The columns come first"),
    (changed(lambda states: list(states)), "still a list"),
    (changed(lambda states: states[-1]), "the last state only"),
    (changed(last=lambda last: last[::-1]), "exchanged"),
    (changed(last=lambda last: last[0]), "a pair"),
    (lambda *a: (torch.cat([a[1][None], lstm_states(*a)[0]]), lstm_states(*a)[1]), "One state too many"),
    (lambda *a: (torch.cat([a[1][None], lstm_states(*a)[0][:-1]]), lstm_states(*a)[1]), "before the step"),
    (lambda *a: (torch.tensor(list(lstm_states(*a)[0])), lstm_states(*a)[1]), "cannot make one tensor"),
    (lambda *a: (lstm._exchanging(a), lstm_states(*a)[1]), "h first, then c"),
    (lambda e, *others: changed(lambda s: s.flip(0))(e.flip(0), *others), "from its end"),
    (lambda *a: lstm_states(*a)[0], "two things"),
    (lambda *a: (lstm_states(*a)[0], *lstm_states(*a)[1]), "as a pair"),
]


# -- bits -------------------------------------------------------------------------------------------------


def of_target(log_p, targets):
    return log_p.gather(-1, targets[..., None])[..., 0]


def over(axis):
    return lambda scores, targets: -of_target(scores.log_softmax(axis), targets).mean() / math.log(2)


def overflowing(scores, targets):
    powers = scores.exp()
    return -of_target((powers / powers.sum(-1, keepdim=True)).log2(), targets).mean()


def entropy(scores, targets):
    p = scores.softmax(-1)
    return -(p * p.log2()).sum(-1).mean()


BITS = [
    (lambda s, t: window_bits(s, t) * math.log(2), "Those are nats"),
    (lambda s, t: -window_bits(s, t), "The sign"),
    (lambda s, t: window_bits(s, t) * math.log(2) ** 2, "You multiply"),
    (lambda s, t: window_bits(s, t) * t.numel(), "the sum over all places"),
    (lambda s, t: window_bits(s, t) * len(t), "the sum of each column"),
    (lambda s, t: window_bits(s, t) * t.shape[1], "the sum of each row"),
    (over(0), "the wrong axis"),
    (over(1), "the wrong axis"),
    (overflowing, "Subtract the largest score"),
    (entropy, "entropy"),
    (lambda s, t: -of_target(s.log_softmax(-1), t) / math.log(2), "the bits of each place"),
    (lambda s, t: -s.log_softmax(-1) / math.log(2), "one number for the whole window"),
    (lambda s, t: -of_target(s.softmax(-1), t).mean().log2(), "the mean of the probabilities"),
    (lambda s, t: of_target(s.softmax(-1), t).mean(), "the mean probability"),
    (lambda s, t: -s.log_softmax(-1).mean() / math.log(2), "all V characters"),
    (lambda s, t: -of_target(s, t).mean() / math.log(2), "You pick the scores"),
    (lambda s, t: 2 ** window_bits(s, t), "perplexity"),
    (lambda s, t: window_bits(s, t).item(), "without `.item()`"),
]


# -- training ---------------------------------------------------------------------------------------------


def training(factor=None, finish=None, last=None, loss=None):
    """A training step with another factor on each gradient, or another end."""

    def step(weights, window, hidden, bits_of, rate, clip):
        value, after = bits_of(weights, window, hidden)
        slopes = torch.autograd.grad(value, list(weights.values()))
        norm = math.sqrt(sum(float((slope**2).sum()) for slope in slopes))
        right = lambda slope, norm, rate, clip: rate * min(1, clip / norm) * slope  # noqa: E731
        new = {
            name: (weight - (factor or right)(slope, norm, rate, clip)).detach().requires_grad_()
            for (name, weight), slope in zip(weights.items(), slopes, strict=True)
        }
        after = last(hidden, after) if last else tuple(state.detach() for state in after)
        return (loss or Tensor.item)(value), (finish or dict)(new), after

    return step


def sum_of_norms(weights, window, hidden, bits_of, rate, clip):
    value, after = bits_of(weights, window, hidden)
    slopes = torch.autograd.grad(value, list(weights.values()))
    factor = rate * min(1, clip / sum(slope.norm().item() for slope in slopes))
    new = {n: (w - factor * s).detach().requires_grad_() for (n, w), s in zip(weights.items(), slopes, strict=True)}
    return value.item(), new, tuple(state.detach() for state in after)


Tensor = torch.Tensor
TRAINING = [
    (training(lambda s, norm, rate, clip: -rate * min(1, clip / norm) * s), "Subtract the gradient"),
    (training(lambda s, norm, rate, clip: rate * min(1, clip / s.norm()) * s), "clipped by itself"),
    (training(lambda s, norm, rate, clip: rate * s), "never clipped"),
    (training(lambda s, norm, rate, clip: rate * clip / norm * s), "The factor is at most 1"),
    (training(lambda s, norm, rate, clip: min(1, clip / norm) * s), "The learning rate is missing"),
    (training(lambda s, norm, rate, clip: min(1, clip / norm) * s / rate), "You divide"),
    (training(lambda s, norm, rate, clip: rate * s.clamp(-clip, clip)), "each number of the gradients"),
    (training(lambda s, norm, rate, clip: rate * min(1, clip / (rate * norm)) * s), "after multiplying"),
    (training(lambda s, norm, rate, clip: rate * min(1, clip / norm**2) * s), "lacks its root"),
    (training(lambda s, norm, rate, clip: 0 * s), "the old ones"),
    (training(lambda s, norm, rate, clip: rate * min(1, norm / clip) * s), "upside down"),
    (training(finish=lambda new: {name: 1 * w for name, w in new.items()}), "still have their record"),
    (sum_of_norms, "not the sum of the norms"),
    (training(finish=lambda new: {name: w.detach() for name, w in new.items()}), "do not ask for gradients"),
    (training(finish=lambda new: list(new.values())), "as a dict"),
    (training(last=lambda before, after: after), "still has its record"),
    (training(last=lambda before, after: before), "from before the window"),
    (training(last=lambda before, after: after[0].detach()), "the pair of the last h and c"),
    (training(loss=lambda value: value), "loss.item()"),
    (lambda *arguments: training_step(*arguments)[:2], "three things"),
]


# -- writing ------------------------------------------------------------------------------------------------

SHARES = [
    (lambda s, t: s.softmax(-1), "no effect yet"),
    (lambda s, t: (s * t).softmax(-1), "You multiply"),
    (lambda s, t: s.softmax(-1) / t, "not the shares after it"),
    (lambda s, t: (s / t).exp(), "divide by their sum"),
    (lambda s, t: (s / t).exp() / (s / t).exp().sum(), "overflows"),
    (lambda s, t: s / t, "still scores"),
    (lambda s, t: (s / t).log_softmax(-1), "logarithms"),
]


def writing(**how):
    return lambda *arguments: lstm_training._write(arguments, **how)


TEXTS = [
    (writing(restart=True), "an empty state"),
    (writing(last_only=True), "only the last character"),
    (writing(plain=True), "no effect yet"),
    (writing(likeliest=True), "the most probable character"),
    (writing(start_twice=True), "read twice"),
    (writing(frozen=True), "from the same scores"),
    (lambda step, start, t, us: [*start, *write_text(step, start, t, us)], "was there already"),
    (lambda *arguments: write_text(*arguments)[:1], "inside the loop"),
    (lambda *arguments: torch.tensor(write_text(*arguments)), "a list of numbers"),
    (lambda *arguments: list(torch.tensor(write_text(*arguments))), "holds tensors"),
]

WRONG = [
    *(("lstm_step", *one) for one in STEPS),
    *(("lstm_states", *one) for one in LOOPS),
    *(("window_bits", *one) for one in BITS),
    *(("training_step", *one) for one in TRAINING),
    *(("temperature_shares", *one) for one in SHARES),
    *(("write_text", *one) for one in TEXTS),
]

test_a_known_mistake_hears_what_it_is = mistakes_are_named(WRONG)
test_the_reference_is_right_and_a_placeholder_is_not_yet = references_are_right(
    [*lstm.EXERCISES, *lstm_training.EXERCISES]
)


# -- other right answers, and torch as the judge -------------------------------------------------------------


def test_the_loop_is_the_lstm_of_torch():
    embedded, h, c, W, U, b = lstm._loop_cases()[1]
    rnn = nn.LSTM(embedded.shape[-1], h.shape[-1])
    with torch.no_grad():
        for parameter, value in zip(rnn.parameters(), (W, U, b, torch.zeros_like(b)), strict=True):
            parameter.copy_(value)
        states, last = rnn(embedded, (h[None], c[None]))
    by_hand, last_by_hand = lstm_states(embedded, h, c, W, U, b)
    assert torch.allclose(by_hand, states, atol=1e-6)
    for one, other in zip(last_by_hand, last, strict=True):
        assert torch.allclose(one, other[0], atol=1e-6)


def test_the_bits_are_those_of_torch_and_so_is_their_gradient():
    def by_torch(scores, targets):
        return functional.cross_entropy(scores.flatten(0, 1), targets.flatten()) / math.log(2)

    assert check("window_bits", by_torch).outcome == "right"
    scores, targets = lstm._bits_cases()[1]
    slopes = [torch.autograd.grad(bits(s, targets), s)[0] for bits in (window_bits, by_torch)
              for s in [scores.clone().requires_grad_()]]  # fmt: skip
    assert torch.allclose(*slopes, atol=1e-6)


def test_a_training_step_may_be_taken_by_backward_and_the_clipping_of_torch():
    def by_backward(weights, window, hidden, bits_of, learning_rate, clip):
        loss, (h, c) = bits_of(weights, window, hidden)
        loss.backward()
        nn.utils.clip_grad_norm_(weights.values(), clip)
        new = {name: (w - learning_rate * w.grad).detach().requires_grad_() for name, w in weights.items()}
        return loss.item(), new, (h.detach(), c.detach())

    assert check("training_step", by_backward).outcome == "right"


def test_a_step_in_place_is_told_to_leave_its_input_alone():
    def in_place(weights, window, hidden, bits_of, learning_rate, clip):
        _, new, hidden = right = training_step(weights, window, hidden, bits_of, learning_rate, clip)
        with torch.no_grad():
            for name, weight in weights.items():
                weight.copy_(new[name])
        return right

    assert "changed its input" in check("training_step", in_place).message


def test_a_small_model_learns_by_training_steps():
    weights, window, hidden, bits_of, _, _ = lstm_training._training_cases()[0]
    losses = []
    for _ in range(20):
        loss, weights, _ = training_step(weights, window, hidden, bits_of, 0.1, 1.0)
        losses.append(loss)
    assert losses[-1] < losses[0] / 2


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_shares_may_be_computed_without_softmax(temperature):
    def by_hand(scores, temperature):
        powers = ((scores - scores.max()) / temperature).exp()
        return powers / powers.sum()

    assert check("temperature_shares", by_hand).outcome == "right"
    assert temperature_shares(torch.zeros(4), temperature).tolist() == [0.25] * 4
