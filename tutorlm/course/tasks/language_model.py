"""Exercises of notebook 03: bits, a table that counts, and a sampler that writes from it."""

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
        return "The sign: the log2 of a probability is negative, and bits are positive. Put a minus before it."
    if expected and math.isclose(abs(got), expected * math.log(2)):
        return "Those are nats, by the natural logarithm. For bits take math.log2."
    if math.isclose(abs(got), expected * math.log10(2)):
        return "That is the logarithm to base 10. For bits take math.log2."
    if count > 1 and math.isclose(got, expected * count):
        return "Those are the bits of the whole text. Divide by its number of characters."
    if math.isclose(got, -math.log2(sum(probabilities) / count)):
        return "You take the mean of the probabilities first. Take the bits of each, then the mean of those."
    if math.isclose(got, sum(-p * math.log2(p) for p in probabilities)):
        return (
            "You weigh each by its probability. Here each p belongs to one character that really came, so each "
            "counts once."
        )
    if math.isclose(got, 2**expected):
        return "That is the perplexity, 2 to the power of the bits."
    return None


# -- 2. one character from probabilities ----------------------------------------------------------------------


def draw(probabilities: np.ndarray, u: float) -> int:
    """The number of the character at which the running sum of the probabilities, (V,), passes u in [0, 1)."""
    return int(np.searchsorted(np.cumsum(probabilities), u, side="right"))


def _draw_cases() -> list[tuple]:
    five = np.array([0.1, 0.15, 0.1, 0.25, 0.4])
    many = np.random.default_rng(0).dirichlet(np.ones(30))
    holes = np.array([0.0, 0.5, 0.0, 0.5])
    return [
        (five, 0.22), (five, 0.5), (five, 0.05), (five, 0.9), (holes, 0.0), (holes, 0.5), (np.array([1.0]), 0.99),
        (many, 0.37), (many, 0.85),
    ]  # fmt: skip


def _draw_mistakes(arguments: tuple, expected: int, got: Any) -> str | None:
    probabilities, u = arguments
    running = np.cumsum(probabilities)
    if isinstance(got, (np.ndarray, tuple, list)):
        return "You give back several numbers. Draw one character, and give back its number, an int."
    if isinstance(got, (float, np.floating)):
        return "You give back a probability or a sum. Wanted is the number of the character, an int."
    if got == expected + 1:
        return "One too far. Characters are numbered from 0, so the first one is drawn as long as u < probabilities[0]."
    if got == np.searchsorted(running, u, side="left"):
        return (
            "The running sum only reaches u here; it must become larger than u. As it is, a character of probability "
            "0 may be drawn."
        )
    if got == probabilities.argmax():
        return (
            "That is the most probable character. Nothing but u may decide, neither the largest probability nor a "
            "random choice of your own. Take the running sum of the probabilities, and see where it passes u."
        )
    if got == next((n for n, p in enumerate(probabilities) if p > u), -1):
        return "You compare u with each probability by itself. Compare it with the sum of all up to there: np.cumsum."
    if got == int(u * len(probabilities)):
        return "You draw all characters equally often. How probable each is must make a difference."
    return None


# -- 3. the table -----------------------------------------------------------------------------------------


def bigram_table(ids: np.ndarray, V: int) -> np.ndarray:
    """Counts of pairs, (V, V): entry [a, b] is how often b comes directly after a in `ids`, (n,)."""
    table = np.zeros((V, V), dtype=int)
    np.add.at(table, (ids[:-1], ids[1:]), 1)
    return table


def _table_cases() -> list[tuple]:
    many = np.random.default_rng(1).integers(0, 7, 60)
    return [(np.array([0, 1, 0, 1, 2]), 3), (np.array([2]), 3), (np.array([1, 1, 1, 3]), 5), (many, 9)]


def _table_mistakes(arguments: tuple, expected: np.ndarray, got: Any) -> str | None:
    ids, V = arguments
    if isinstance(got, np.ndarray) and got.shape != expected.shape:
        return f"The table has a row and a column for each of the V = {V} characters, also for those not in `ids`."
    if (got == expected.T).all():
        return "Rows and columns are exchanged: the row is the character before, the column the one that comes after."
    if isinstance(got, list):
        return "Give back a numpy array, not lists. Begin with `np.zeros((V, V), dtype=int)`."
    if (got == expected).all():
        return "The counts are right, but not whole numbers. Begin with `np.zeros((V, V), dtype=int)`."
    if (got == (expected > 0)).all():
        return (
            "Each pair was counted once, however often it comes. `table[a, b] += 1` with whole arrays adds 1 only "
            "once to each place; `np.add.at(table, (a, b), 1)` adds it every time, and so does a loop."
        )
    around, last = expected.copy(), expected.copy()
    around[ids[-1], ids[0]] += 1
    last[ids[-2:-1], ids[-1:]] -= 1
    if (got == around).all():
        return "One pair too many: the last character has no successor, and the text does not go round in a ring."
    if (got == last).all():
        return "The last pair is missing: there are len(ids) - 1 pairs."
    if (np.asarray(got).sum(axis=1) <= 1 + 1e-9).all():
        return "Those are shares. This table keeps the counts; the next exercise makes probabilities of them."
    return None


# -- 4. from counts to probabilities ----------------------------------------------------------------------------


def bigram_probabilities(table: np.ndarray, added: float = 1) -> np.ndarray:
    """Probabilities (V, V) from counts (V, V): `added` is added to each count, and each row then sums to 1."""
    raised = table + added
    return raised / raised.sum(axis=1, keepdims=True)


def _smoothing_cases() -> list[tuple]:
    small = np.array([[2, 1, 0], [0, 0, 0], [0, 5, 3]])
    many = np.random.default_rng(2).integers(0, 9, (6, 6))
    return [(small,), (many,), (small, 0.01), (many, 1)]


@np.errstate(all="ignore")
def _smoothing_mistakes(arguments: tuple, expected: np.ndarray, got: Any) -> str | None:
    table, added = arguments if len(arguments) == 2 else (*arguments, 1)
    got, V = np.asarray(got), len(table)
    raised, totals = table + added, table.sum(axis=1, keepdims=True)

    def same(other: np.ndarray) -> bool:
        return bool(np.allclose(got, other, equal_nan=True))

    if same(raised):
        return "Those are still counts. Divide each row by its sum."
    if same(table / totals) or same(table / np.maximum(totals, 1)):
        return "Nothing was added to the counts, so what never came still has probability 0. Add first, then divide."
    if same((table + 1) / (table + 1).sum(axis=1, keepdims=True)):
        return "You add 1, whatever `added` is. Add `added`."
    if same(raised / raised.sum(axis=0)):
        return "Your columns sum to 1. A row holds what may come after one character, so rows sum to 1: axis=1."
    if same(raised / raised.sum()):
        return "The whole table sums to 1. Each row is a distribution of its own: sum with axis=1."
    if same(raised / raised.sum(axis=1)):
        return (
            "The sums are right, but numpy lays them along the columns. With keepdims=True they have shape (V, 1), "
            "and each row is divided by its own."
        )
    if same(raised / totals) or same(raised / (totals + added)):
        return f"Your rows sum to more than 1: `added` went into each of the V = {V} counts of a row. Sum after adding."
    return None


# -- 5. writing ---------------------------------------------------------------------------------------------


def write_from_table(probabilities: np.ndarray, start: int, us: Sequence[float]) -> list[int]:
    """Write one character for each u in `us`: each is drawn from the row, (V,), of the one before; `start` is first."""
    written, last = [], start
    for u in us:
        last = draw(probabilities[last], u)
        written.append(last)
    return written


def _writing_cases() -> list[tuple]:
    ring = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    rng = np.random.default_rng(3)
    many = rng.dirichlet(np.ones(8), size=8)
    return [(ring, 0, [0.5, 0.5, 0.5]), (ring, 2, []), (many, 3, list(rng.random(12))), (many, 0, [0.2, 0.9])]


def _no_list(arguments: tuple, expected: list[int], got: Any) -> str | None:
    if isinstance(got, str):
        return "You give back text. Give back the list of numbers; the notebook turns it into characters."
    if isinstance(got, (np.ndarray, tuple)):
        return "Give back a list of numbers: begin with `written = []` and append each one."
    return None


def _writing_mistakes(arguments: tuple, expected: list[int], got: Any) -> str | None:
    probabilities, start, us = arguments
    if got == [start, *expected]:
        return "`start` was there already. Give back only what was written after it, one number for each u."
    if us and got == [start, *expected[:-1]]:
        return (
            "You append the character before you draw the next one, so the last one drawn is lost. Draw, then append."
        )
    if got == [draw(probabilities[start], u) for u in us]:
        return "You draw from the row of `start` each time. After each draw, the character just drawn decides the row."
    if us and got == expected[-1:]:
        return "You give back the last character only. Append each one to a list."
    if us and got == expected[:1]:
        return "It ends after one character. Is `return` inside the loop?"
    if got == _column_by_column(probabilities, start, us):
        return "You draw from a column. What may come after character a is the row probabilities[a]."
    if us and got == _always_likeliest(probabilities, start, us):
        return "You take the most probable character each time. Use your `draw` with the u of this place."
    return None


def _column_by_column(probabilities: np.ndarray, start: int, us: Sequence[float]) -> list[int]:
    columns = probabilities / probabilities.sum(axis=0)
    either = (probabilities.T, columns.T)  # a column need not sum to 1
    written = [write_from_table(table, start, us) for table in either if np.allclose(table.sum(axis=1), 1)]
    return written[0] if written else []


def _always_likeliest(probabilities: np.ndarray, start: int, us: Sequence[float]) -> list[int]:
    written = [int(probabilities[start].argmax())]
    while len(written) < len(us):
        written.append(int(probabilities[written[-1]].argmax()))
    return written


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
        name="draw",
        task=(
            "Write `draw(probabilities, u)`: `probabilities` is an array of shape (V,) that sums to 1, and u is a "
            "random number, 0 ≤ u < 1. Add the probabilities up one by one; return the number (an int) of the "
            "character at which the sum becomes larger than u."
        ),
        hints=(
            "Lay the probabilities end to end on a line from 0 to 1. Character 0 owns the first stretch, character 1 "
            "the next one. On whose stretch does u fall?",
            "`np.cumsum(probabilities)` gives all ends of stretches. You want the first one that is larger than u.",
            'A loop does it, or `int(np.searchsorted(np.cumsum(probabilities), u, side="right"))`.',
        ),
        reference=draw,
        cases=_draw_cases,
        diagnoses=_draw_mistakes,
        afterword="Every text that any language model writes is drawn like this, one piece at a time.",
    ),
    Exercise(
        name="bigram_table",
        task=(
            "Write `bigram_table(ids, V)`: `ids` is an array of the numbers of a text's characters, in order. Return "
            "an array of ints of shape (V, V) whose entry [a, b] is how often b comes directly after a."
        ),
        hints=(
            "The pairs are (ids[0], ids[1]), (ids[1], ids[2]), and so on: `zip(ids[:-1], ids[1:])`.",
            "Begin with `np.zeros((V, V), dtype=int)`, and add 1 to [a, b] for each pair. A loop is fine.",
            "Without a loop: `np.add.at(table, (ids[:-1], ids[1:]), 1)`, then return the table.",
        ),
        reference=bigram_table,
        cases=_table_cases,
        diagnoses=_table_mistakes,
        afterword="That was the whole training: one pass over the text.",
    ),
    Exercise(
        name="bigram_probabilities",
        task=(
            "Write `bigram_probabilities(table, added=1)`: add `added` to every count of a (V, V) table, then divide "
            "each row by its sum, so that each row becomes a distribution over the next character."
        ),
        hints=(
            "`table + added` adds to all counts at once. Then each row needs its own sum.",
            "`.sum(axis=1)` sums each row. To divide row by row, the sums must have shape (V, 1).",
            "`raised = table + added`, then `raised / raised.sum(axis=1, keepdims=True)`.",
        ),
        reference=bigram_probabilities,
        cases=_smoothing_cases,
        diagnoses=_smoothing_mistakes,
        afterword="What was added for the unseen was taken from the seen: the row still sums to 1.",
    ),
    Exercise(
        name="write_from_table",
        task=(
            "Write `write_from_table(probabilities, start, us)`: `start` is the number of the character before the "
            "text. For each random number u in `us`, draw the next character from the row of the one before it. "
            "Return the list of the numbers drawn (without `start`)."
        ),
        hints=(
            "Keep the last character in a variable; at first it is `start`.",
            "In the loop: draw from `probabilities[last]` with your `draw`, append to a list, and go on from there.",
            "`last = draw(probabilities[last], u)`, then `written.append(last)`; after the loop, `return written`.",
        ),
        reference=write_from_table,
        cases=_writing_cases,
        diagnoses=(_no_list, _writing_mistakes),
        afterword="When the table becomes a network, this loop stays as it is. Only the row comes from elsewhere.",
    ),
)
