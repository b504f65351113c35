"""The exercises of notebook 05: what is right passes, and each known mistake hears its own message."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from promises_of_tasks import mistakes_are_named, references_are_right
from torch import nn

from tutorlm.course.tasks import training as tasks
from tutorlm.training.schedules import OneCycle


def annealed(**mistake):
    return lambda losses, rate, factor, patience: tasks._anneal(losses, rate, factor, patience, **mistake)


def cycle(number):
    return lambda done, highest: highest * tasks.ONE_CYCLE_MISTAKES[number][0](done)


def stopped(**mistake):
    return lambda losses, wait: tasks._stopped(losses, wait, **mistake)


def lowest(losses, wait):
    return losses.index(min(losses)), tasks.best_split(losses, wait)[1]


def as_loss(losses, wait):
    best, run = tasks.best_split(losses, wait)
    return losses[best], run


def shifted(first, second):
    """An answer that is off by so many in either number."""
    return lambda *a: (tasks.best_split(*a)[0] + first, tasks.best_split(*a)[1] + second)


WRONG = [
    ("annealed_rates", lambda *a: [a[1], *tasks.annealed_rates(*a)], "One rate too many"),
    ("annealed_rates", lambda *a: tasks.annealed_rates(*a)[-1:], "one rate for each split"),
    ("annealed_rates", lambda losses, rate, f, p: tasks._anneal(losses, rate, 1 / f, p), "The rate grows"),
    ("annealed_rates", lambda losses, rate, f, p: tasks.annealed_rates(losses, rate, f, p - 1), "too early"),
    ("annealed_rates", lambda losses, rate, f, p: tasks.annealed_rates(losses, rate, f, p + 1), "too late"),
    ("annealed_rates", annealed(against_last=True), "the split before"),
    ("annealed_rates", annealed(forget=False), "counting begins anew"),
    ("annealed_rates", annealed(equal=True), "equal to the best"),
    ("annealed_rates", annealed(in_a_row=False), "splits in a row"),
    ("annealed_rates", lambda *a: [a[1], *tasks.annealed_rates(*a)][:-1], "were trained with"),
    ("annealed_rates", annealed(first_fails=True), "counts as a failure"),
    ("annealed_rates", lambda *a: tasks._anneal(*a[:3], a[3] - 1, first_fails=True), "nothing has failed yet"),
    ("one_cycle_rate", cycle(0), "starts at 0"),
    ("one_cycle_rate", cycle(1), "began at the start"),
    ("one_cycle_rate", cycle(2), "divide by 0.9"),
    ("one_cycle_rate", cycle(3), "a rate below 0"),
    ("one_cycle_rate", cycle(4), "a quarter of a cosine"),
    ("one_cycle_rate", cycle(5), "a whole cosine"),
    ("one_cycle_rate", cycle(6), "a straight line"),
    ("one_cycle_rate", cycle(7), "Halve it"),
    ("one_cycle_rate", cycle(8), "radians"),
    ("one_cycle_rate", cycle(9), "0.96 are left"),
    ("one_cycle_rate", cycle(10), "no rise yet"),
    ("one_cycle_rate", cycle(11), "too slow"),
    ("one_cycle_rate", lambda done, highest: tasks.one_cycle_rate(done, 1.0), "Multiply by `highest`"),
    ("best_split", lambda *a: tasks.best_split(*a)[::-1], "the other way round"),
    ("best_split", shifted(1, 0), "from 1"),
    ("best_split", shifted(0, -1), "a number of splits"),
    ("best_split", lowest, "never run"),
    ("best_split", lambda losses, wait: (losses.index(min(losses)), len(losses)), "never stops"),
    ("best_split", lambda losses, wait: tasks.best_split(losses, wait + 1), "too late"),
    ("best_split", lambda losses, wait: tasks._stopped(losses, wait - 1), "too early"),
    ("best_split", lambda losses, wait: (losses.index(min(losses)), losses.index(min(losses)) + wait + 1), "only 3"),
    ("best_split", stopped(against_last=True), "the split before"),
    ("best_split", stopped(equal=True), "not better"),
    ("best_split", stopped(in_all=True), "splits in a row"),
    ("best_split", as_loss, "which split it was"),
    ("what_happened", "too high", "it jumps"),
    ("what_happened", "too low", "creeps"),
    ("what_happened", "annealed", "lie flat"),
    ("what_happened", "bored", "Answer with one of"),
]


test_a_known_mistake_hears_what_it_is = mistakes_are_named(WRONG)
test_the_reference_is_right_and_a_placeholder_is_not_yet = references_are_right(tasks.EXERCISES)


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


def test_one_cycle_by_hand_is_that_of_the_trainer():
    for done in np.linspace(0, 1, 101):
        assert tasks.one_cycle_rate(done, 0.02) == pytest.approx(OneCycle(0.02).rate(done), abs=1e-12)


def test_the_two_ways_to_stop_early_agree():
    for losses, wait in tasks._best_cases():
        assert tasks.best_split(losses, wait) == tasks._stopped(losses, wait)
