"""Exercises of notebook 05, training."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from tutorlm.course.exercises import Exercise

NOTEBOOK = "05_training"


# -- 1. annealing on a plateau ------------------------------------------------------------------------------


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
    if got[:1] != expected[:1]:
        return "After the first split nothing has failed yet: its loss is the best so far, whatever it is."
    arguments = losses, learning_rate, factor, patience
    for wrong, said in [
        (
            [learning_rate, *expected[:-1]],
            "Those are the rates that the splits were trained with. Give the rate after each split.",
        ),
        (
            _anneal(*arguments, first_fails=True),
            "The first split counts as a failure. Begin with a best of `math.inf`, and any loss is lower.",
        ),
        (
            _anneal(losses, learning_rate, 1 / factor, patience),
            "The rate grows. Multiply by `anneal_factor`, which is below 1; Flair's text calls 0.25 a factor of 4.",
        ),
        (
            annealed_rates(losses, learning_rate, factor, max(patience - 1, 0)),
            "One split too early: `patience` splits may fail, and the next one makes the rate fall.",
        ),
        (
            annealed_rates(losses, learning_rate, factor, patience + 1),
            "One split too late: the rate falls as soon as more than `patience` splits in a row have failed.",
        ),
        (
            _anneal(*arguments, against_last=True),
            "You compare with the split before. What counts is a new best: lower than every loss so far.",
        ),
        (
            _anneal(*arguments, forget=False),
            "After the rate has fallen, counting begins anew at 0; yours falls with every further split.",
        ),
        (_anneal(*arguments, equal=True), "A loss equal to the best is not better. Only a lower one counts."),
        (_anneal(*arguments, in_a_row=False), "A new best sets the count back to 0: it counts splits in a row."),
    ]:
        if got == wrong:
            return said
    return None


def _anneal(
    losses: list[float], rate: float, factor: float, patience: int, *, against_last: bool = False, forget: bool = True,
    equal: bool = False, in_a_row: bool = True, first_fails: bool = False,
) -> list[float]:  # fmt: skip
    """`annealed_rates` with one mistake or another."""
    best, count, rates = losses[0] if first_fails else math.inf, 0, []
    for loss in losses:
        better = loss <= best if equal else loss < best
        count = (0 if in_a_row else count) if better else count + 1
        best = loss if against_last or better else best
        if count > patience:
            rate, count = rate * factor, 0 if forget else count
        rates.append(rate)
    return rates


# -- 2. one cycle -------------------------------------------------------------------------------------------

RISE, START = 0.1, 0.04  # the share of the run in which the rate rises, and where it begins, as a share of the highest


def one_cycle_rate(done: float, highest: float) -> float:
    """The learning rate when a share `done` (0 … 1) of the run is over: a line up, then half a cosine down to 0."""
    if done < 0.1:
        return highest * (0.04 + 0.96 * done / 0.1)
    return highest * (0.5 + 0.5 * math.cos(math.pi * (done - 0.1) / 0.9))


def _one_cycle_cases() -> list[tuple]:
    shares = (1.0, 0.1, 0.0, 0.05, 0.55, 0.3, 0.9, 0.02)
    return [(share, 0.02) for share in shares] + [(0.7, 1.0)]


def _rise(done: float, start: float = START) -> float:
    return start + (1 - start) * done / RISE


def _fall(done: float) -> float:
    return 0.5 + 0.5 * math.cos(math.pi * (done - RISE) / (1 - RISE))


ONE_CYCLE_MISTAKES: tuple[tuple[Callable[[float], float], str], ...] = (
    (
        lambda done: _rise(done, 0.0) if done < RISE else _fall(done),
        "The rate starts at 0: the first step would do nothing. It rises from a twenty-fifth of the highest, 0.04.",
    ),
    (
        lambda done: _rise(done) if done < RISE else 0.5 + 0.5 * math.cos(math.pi * done),
        "Your cosine began at the start of the run. It begins when the rise is over: use (done - 0.1) / 0.9.",
    ),
    (
        lambda done: _rise(done) if done < RISE else 0.5 + 0.5 * math.cos(math.pi * (done - RISE)),
        "The fall does not reach 0 at the end. It has nine tenths of the run for half a cosine: divide by 0.9.",
    ),
    (
        lambda done: _rise(done) if done < RISE else math.cos(math.pi * (done - RISE) / (1 - RISE)),
        "A cosine runs from 1 to -1, and a rate below 0 climbs away from the goal. Take 0.5 + 0.5 * cos(…).",
    ),
    (
        lambda done: _rise(done) if done < RISE else math.cos(math.pi / 2 * (done - RISE) / (1 - RISE)),
        "Yours is a quarter of a cosine, which ends steeply. Half of one, from 1 to -1, is flat at both ends.",
    ),
    (
        lambda done: _rise(done) if done < RISE else 0.5 + 0.5 * math.cos(2 * math.pi * (done - RISE) / (1 - RISE)),
        "Yours is a whole cosine: the rate is back at its highest at the end. Half of one reaches up to pi.",
    ),
    (
        lambda done: _rise(done) if done < RISE else (1 - done) / (1 - RISE),
        "The fall is a straight line. It should follow half a cosine: flat, then steep, then flat again.",
    ),
    (
        lambda done: _rise(done) if done < RISE else 2 * _fall(done),
        "At a tenth of the run your cosine begins at twice the highest rate: 1 + cos(…) runs from 2 to 0. Halve it.",
    ),
    (
        lambda done: _rise(done) if done < RISE else 0.5 + 0.5 * math.cos(180 * (done - RISE) / (1 - RISE)),
        "`math.cos` counts angles in radians: half a turn is `math.pi`, not 180.",
    ),
    (
        lambda done: START + done / RISE if done < RISE else _fall(done),
        "The rise goes too far. It begins at 0.04, so 0.96 are left to climb.",
    ),
    (_fall, "There is no rise yet: in the first tenth of the run the rate climbs in a straight line."),
    (
        lambda done: 0.04 + 0.96 * done if done < RISE else _fall(done),
        "The rise is too slow: it has to arrive when a tenth of the run is over, so divide `done` by 0.1.",
    ),
)


def _one_cycle_mistakes(arguments: tuple, expected: float, got: Any) -> str | None:
    done, highest = arguments
    fits = [said for rate, said in ONE_CYCLE_MISTAKES if math.isclose(got, highest * rate(done), abs_tol=1e-9)]
    if len(fits) == 1:
        return fits[0]
    if math.isclose(got * highest, expected, abs_tol=1e-12):
        return "That is a share of the highest rate. Multiply by `highest`."
    return fits[0] if fits else None


# -- 3. when to stop ------------------------------------------------------------------------------------------


def best_split(valid_losses: list[float], wait: int) -> tuple[int, int]:
    """The number of the best split, from 0, and of splits run, if `wait` splits in a row without a new best end it."""
    best, run = 0, 0
    for number, loss in enumerate(valid_losses):
        run = number + 1
        if loss < valid_losses[best]:
            best = number
        if number - best == wait:
            break
    return best, run


def _best_cases() -> list[tuple]:
    return [
        ([3.0, 2.9, 2.8], 2),
        ([3.0, 2.5, 2.6, 2.7, 2.8, 2.0], 2),  # the lowest loss comes after the end
        ([3.0, 2.5, 2.7, 2.6, 2.8, 2.9, 2.0], 2),  # better than the last is no new best
        ([3.0, 2.5, 2.5, 2.5, 2.6, 2.7, 2.4], 2),  # equal is not better
        ([3.0, 3.1, 2.9, 3.0, 2.8, 2.9, 2.7], 2),  # never two failures in a row
        ([3.0, 3.1, 2.0], 1),
        ([4.5, 3.8, 3.5, 3.6, 3.4, 3.5, 3.3, 3.4, 3.6, 3.7, 3.2], 3),
    ]


def _best_mistakes(arguments: tuple, expected: tuple[int, int], got: Any) -> str | None:
    losses, wait = arguments
    (best, run), got = expected, tuple(got)
    lowest = losses.index(min(losses))
    if len(got) == 2 and got[0] == best and got[1] > len(losses):
        return f"There are only {len(losses)} splits: when the losses end, the run is over, too."
    for wrong, said in [
        ((run, best), "The two numbers are the other way round: first the best split, then how many splits were run."),
        ((best + 1, run), "You count the splits from 1. Count them from 0, as Python does."),
        ((lowest, run), "Your best split was never run: look only at the splits before the end."),
        (
            (lowest, len(losses)),
            f"Yours never stops. After {wait} splits in a row without a new best, the run is over.",
        ),
        (
            best_split(losses, wait + 1),
            f"One split too late: {wait} failures in a row, the value of `wait`, are enough.",
        ),
        (_stopped(losses, wait - 1), f"One split too early: the run stops when {wait} splits in a row have failed."),
        ((best, run - 1), "The second is a number of splits: if the last was number 3, counting from 0, 4 were run."),
        (_stopped(losses, wait, against_last=True), "You compare with the split before. A new best is lower than all."),
        (_stopped(losses, wait, equal=True), "A loss equal to the best is not better. Only a lower one counts."),
        (_stopped(losses, wait, in_all=True), "A new best sets the count back to 0: `wait` counts splits in a row."),
    ]:
        if got == wrong:
            return said
    if len(got) == 2 and got[0] == losses[best]:
        return "The first number is the loss of the best split. Return which split it was, counting from 0."
    return None


def _stopped(
    losses: list[float], wait: int, *, against_last: bool = False, equal: bool = False, in_all: bool = False
) -> tuple[int, int]:
    """`best_split` with one mistake or another."""
    best, before, count, run = 0, math.inf, 0, 0
    for number, loss in enumerate(losses):
        run = number + 1
        better = loss <= before if equal else loss < before
        best, count = (number, count if in_all else 0) if better else (best, count + 1)
        before = loss if against_last or better else before
        if count == wait:
            break
    return best, run


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
        name="one_cycle_rate",
        task=(
            "Write `one_cycle_rate(done, highest)`: the learning rate when a share `done` (0 … 1) of the run is over. "
            "In the first tenth it rises in a straight line from 0.04 of the highest rate to the highest; then it "
            "falls along half a cosine to 0."
        ),
        hints=(
            "Two cases: `done < 0.1` and the rest. At 0.1 both give the highest rate.",
            "The rise: 0.04 + 0.96 * done / 0.1. For the fall, say first how much of it is over, from 0 to 1: "
            "(done - 0.1) / 0.9.",
            "The fall: 0.5 + 0.5 * math.cos(math.pi * (done - 0.1) / 0.9). Both times `highest`.",
        ),
        reference=one_cycle_rate,
        cases=_one_cycle_cases,
        diagnoses=_one_cycle_mistakes,
        afterword="It needs to know when the run ends, and nothing else: no patience, no count of splits.",
    ),
    Exercise(
        name="best_split",
        task=(
            "Write `best_split(valid_losses, wait)`: go through the valid losses in order and stop as soon as `wait` "
            "splits in a row have brought no new best. Return the number of the best split, counting from 0, and how "
            "many splits were run."
        ),
        hints=(
            "Keep the number of the best split so far while you go through `enumerate(valid_losses)`.",
            "A loss lower than that of the best split makes its number the best. Anything else changes nothing.",
            "`number - best` is how many splits in a row have failed. If it is `wait`, leave the loop by `break`.",
        ),
        reference=best_split,
        cases=_best_cases,
        diagnoses=_best_mistakes,
        afterword="This is early stopping. It saves time; best-lm.pt holds the best model with or without it.",
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
