"""The exercises of notebook 05: what is right passes, and each known mistake hears its own message."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from promises_of_tasks import mistakes_are_named, references_are_right
from torch import nn

from tutorlm import LanguageModel
from tutorlm.course.tasks import training as tasks


def norm(gradients):
    return math.sqrt(sum((gradient**2).sum() for gradient in gradients))


def scaled(factor):
    """An answer that scales by a factor of (norm, clip)."""
    return lambda gradients, clip: [gradient * factor(norm(gradients), clip) for gradient in gradients]


def annealed(**mistake):
    return lambda losses, rate, factor, patience: tasks._anneal(losses, rate, factor, patience, **mistake)


def plain_softmax(scores, temperature):
    with np.errstate(all="ignore"):
        weights = np.exp(scores / temperature)
        return weights / weights.sum()


def each_by_itself(gradients, clip):
    return [gradient * min(1, clip / np.linalg.norm(gradient)) for gradient in gradients]


WRONG = [
    ("clip_by_norm", lambda gradients, clip: [np.clip(g, -clip, clip) for g in gradients], "each number by itself"),
    ("clip_by_norm", each_by_itself, "each array by itself"),
    ("clip_by_norm", scaled(lambda norm, clip: clip / norm), "stretch a gradient"),
    ("clip_by_norm", scaled(lambda norm, clip: 1.0), "come back as they were"),
    ("clip_by_norm", scaled(lambda norm, clip: min(1, clip / norm**2)), "left out the root"),
    ("clip_by_norm", scaled(lambda norm, clip: 1 / norm), "norm of 1"),
    ("clip_by_norm", scaled(lambda norm, clip: min(1, clip / norm) if norm else math.nan), "you divide by it"),
    ("clip_by_norm", scaled(lambda norm, clip: min(1, clip / norm)), "raised ZeroDivisionError"),
    ("annealed_rates", lambda *a: [a[1], *tasks.annealed_rates(*a)], "One rate too many"),
    ("annealed_rates", lambda *a: tasks.annealed_rates(*a)[-1:], "one rate for each split"),
    ("annealed_rates", lambda losses, rate, f, p: tasks._anneal(losses, rate, 1 / f, p), "The rate grows"),
    ("annealed_rates", lambda losses, rate, f, p: tasks.annealed_rates(losses, rate, f, p - 1), "too early"),
    ("annealed_rates", lambda losses, rate, f, p: tasks.annealed_rates(losses, rate, f, p + 1), "too late"),
    ("annealed_rates", annealed(against_last=True), "the split before"),
    ("annealed_rates", annealed(forget=False), "counting begins anew"),
    ("annealed_rates", annealed(equal=True), "equal to the best"),
    ("annealed_rates", annealed(in_a_row=False), "splits in a row"),
    ("temperature_shares", plain_softmax, "exp of a large number"),
    ("temperature_shares", lambda scores, t: tasks._softmax(scores * t), "You multiply"),
    ("temperature_shares", lambda scores, t: tasks._softmax(scores), "has no effect"),
    ("temperature_shares", lambda scores, t: tasks._softmax(scores) / t, "not the shares"),
    ("temperature_shares", lambda scores, t: np.exp((scores - scores.max()) / t), "add up to 1"),
    ("temperature_shares", lambda scores, t: scores / scores.sum(), "exp comes first"),
    ("what_happened", "too high", "it jumps"),
    ("what_happened", "too low", "creeps"),
    ("what_happened", "annealed", "lie flat"),
    ("what_happened", "bored", "Answer with one of"),
]


test_a_known_mistake_hears_what_it_is = mistakes_are_named(WRONG)
test_the_reference_is_right_and_a_placeholder_is_not_yet = references_are_right(tasks.EXERCISES)


def test_clipping_by_hand_is_that_of_the_trainer():
    for gradients, clip in tasks._clip_cases():
        parameters = [nn.Parameter(torch.zeros(g.shape, dtype=torch.float64)) for g in gradients]
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.grad = torch.from_numpy(gradient.copy())
        nn.utils.clip_grad_norm_(parameters, clip)
        for parameter, gradient in zip(parameters, tasks.clip_by_norm(gradients, clip), strict=True):
            assert np.allclose(parameter.grad.numpy(), gradient, atol=1e-5)


def test_annealing_by_hand_is_that_of_the_trainer():
    for losses, rate, factor, patience in tasks._annealing_cases():
        optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=rate)
        scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
            optimizer, factor=factor, patience=patience, threshold=0.0, eps=0.0
        )
        rates = []
        for loss in losses:
            scheduler.step(loss)
            rates.append(optimizer.param_groups[0]["lr"])
        assert tasks.annealed_rates(losses, rate, factor, patience) == pytest.approx(rates)


def test_the_shares_by_hand_are_those_that_generation_draws_by(english):
    torch.manual_seed(0)
    model = LanguageModel(english, True, hidden_size=8, nlayers=1).eval()
    model.decoder.weight.data *= 20
    index = int(english.encode("T")[0])
    with torch.no_grad():
        decoded, _, _ = model(torch.tensor([[index]]), model.init_hidden(1))
    shares = tasks.temperature_shares(decoded[0, 0].double().numpy(), 0.5)
    text, _ = zip(
        *(model.generate_text("T", 1, 0.5, generator=torch.Generator().manual_seed(s)) for s in range(600)), strict=True
    )
    drawn = np.bincount([int(english.encode(one[1:])[0]) for one in text], minlength=len(english)) / 600
    assert np.abs(drawn - shares).max() < 0.08
