"""The exercises of notebook 03: what is right passes, and each known mistake hears its own message."""

# ruff: noqa: N803 (V as in formulas)
from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from promises_of_tasks import mistakes_are_named, references_are_right

from tutorlm.baselines import ngram_bits
from tutorlm.course.exercises import check
from tutorlm.course.tasks import language_model as tasks


def bits(p):
    return -math.log2(p)


def first_larger(p, u):
    return next((n for n, share in enumerate(p) if share > u), -1)


def counted_once(ids, V):
    table = np.zeros((V, V), dtype=int)
    table[ids[:-1], ids[1:]] += 1
    return table


def in_a_ring(ids, V):
    return tasks.bigram_table(np.append(ids, ids[0]), V)


def smoothed(divide):
    return lambda table, added=1: divide(table, table + added)


def late(p, start, us):
    written, last = [], start
    for u in us:
        written.append(last)
        last = tasks.draw(p[last], u)
    return written


WRONG = [
    ("bits_per_character", lambda p: sum(map(math.log2, p)) / len(p), "The sign"),
    ("bits_per_character", lambda p: -sum(map(math.log, p)) / len(p), "Those are nats"),
    ("bits_per_character", lambda p: sum(map(bits, p)), "the whole text"),
    ("bits_per_character", lambda p: bits(sum(p) / len(p)), "the mean of the probabilities"),
    ("bits_per_character", lambda p: sum(q * bits(q) for q in p), "You weigh each"),
    ("bits_per_character", lambda p: 2 ** tasks.bits_per_character(p), "perplexity"),
    ("bits_per_character", lambda p: -sum(map(math.log10, p)) / len(p), "base 10"),
    ("draw", lambda p, u: int(p.argmax()), "Nothing but u may decide"),
    ("draw", lambda p, u: np.where(np.cumsum(p) > u), "several numbers"),
    ("bigram_table", lambda ids, V: tasks.bigram_table(ids, V).tolist(), "not lists"),
    ("draw", lambda p, u: int(np.searchsorted(np.cumsum(p), u)), "only reaches u"),
    ("draw", lambda p, u: int(np.searchsorted(np.cumsum(p), u, side="right")) + 1, "One too far"),
    ("draw", first_larger, "each probability by itself"),
    ("draw", lambda p, u: int(u * len(p)), "equally often"),
    ("draw", lambda p, u: float(np.cumsum(p)[tasks.draw(p, u)]), "a probability or a sum"),
    ("draw", lambda p, u: np.cumsum(p) > u, "several numbers"),
    ("bigram_table", lambda ids, V: tasks.bigram_table(ids, V).T, "exchanged"),
    ("bigram_table", counted_once, "counted once"),
    ("bigram_table", in_a_ring, "in a ring"),
    ("bigram_table", lambda ids, V: tasks.bigram_table(ids[:-1], V), "The last pair is missing"),
    ("bigram_table", lambda ids, V: tasks.bigram_table(ids, V).astype(float), "not whole numbers"),
    ("bigram_table", lambda ids, V: tasks.bigram_table(ids, ids.max() + 1), "a row and a column for each"),
    ("bigram_table", lambda ids, V: tasks.bigram_probabilities(tasks.bigram_table(ids, V)), "Those are shares"),
    ("bigram_probabilities", smoothed(lambda t, r: r), "still counts"),
    ("bigram_probabilities", smoothed(lambda t, r: t / t.sum(axis=1, keepdims=True)), "Nothing was added"),
    ("bigram_probabilities", lambda t, added=1: tasks.bigram_probabilities(t), "You add 1, whatever"),
    ("bigram_probabilities", smoothed(lambda t, r: r / r.sum(axis=0)), "Your columns sum to 1"),
    ("bigram_probabilities", smoothed(lambda t, r: r / r.sum()), "The whole table sums to 1"),
    ("bigram_probabilities", smoothed(lambda t, r: r / r.sum(axis=1)), "keepdims=True"),
    ("bigram_probabilities", smoothed(lambda t, r: r / t.sum(axis=1, keepdims=True)), "sum to more than 1"),
    ("bigram_probabilities", lambda t: tasks.bigram_probabilities(t), "does not accept the arguments"),
    ("write_from_table", lambda p, start, us: [start, *tasks.write_from_table(p, start, us)], "was there already"),
    ("write_from_table", lambda p, start, us: [tasks.draw(p[start], u) for u in us], "from the row of `start`"),
    ("write_from_table", late, "the last one drawn is lost"),
    ("write_from_table", lambda p, s, us: tasks.write_from_table(p, s, us)[-1:], "the last character only"),
    ("write_from_table", lambda p, s, us: tasks.write_from_table(p, s, us)[:1], "ends after one character"),
    ("write_from_table", lambda p, s, us: tasks.write_from_table(p.T, s, us), "from a column"),
    ("write_from_table", lambda p, s, us: tasks._always_likeliest(p, s, us)[: len(us)], "the most probable"),
    ("write_from_table", lambda p, s, us: np.array(tasks.write_from_table(p, s, us)), "a list of numbers"),
    ("write_from_table", lambda p, s, us: "".join(map(str, tasks.write_from_table(p, s, us))), "You give back text"),
]  # fmt: skip


test_a_known_mistake_hears_what_it_is = mistakes_are_named(WRONG)
test_the_reference_is_right_and_a_placeholder_is_not_yet = references_are_right(tasks.EXERCISES)


def drawn_by_a_loop(probabilities, u):
    total = 0.0
    for number, p in enumerate(probabilities):
        total += p
        if total > u:
            return number
    raise AssertionError("the probabilities sum to less than u")


def counted_by_a_loop(ids, V):
    table = np.zeros((V, V), dtype=int)
    for a, b in itertools.pairwise(ids):
        table[a, b] += 1
    return table


@pytest.mark.parametrize(("name", "answer"), [("draw", drawn_by_a_loop), ("bigram_table", counted_by_a_loop)])
def test_a_plain_loop_is_right_too(name, answer):
    assert check(name, answer).outcome == "right"


def test_characters_are_drawn_as_often_as_they_are_probable():
    probabilities = np.array([0.5, 0.0, 0.2, 0.3])
    us = np.random.default_rng(0).random(5000)
    shares = np.bincount([tasks.draw(probabilities, u) for u in us], minlength=4) / 5000
    assert shares == pytest.approx(probabilities, abs=0.03)
    assert shares[1] == 0


def test_bits_of_a_table_are_near_those_of_the_package():
    ids = np.random.default_rng(0).integers(0, 5, 4000).cumsum() % 5 // 2  # numbers that depend on the one before
    probabilities = tasks.bigram_probabilities(tasks.bigram_table(ids[:3000], 3))
    new = ids[2999:]
    by_hand = tasks.bits_per_character(list(probabilities[new[:-1], new[1:]]))
    assert by_hand == pytest.approx(ngram_bits(ids[:3000], ids[3000:], 3, 2), abs=0.01)
