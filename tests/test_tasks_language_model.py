"""The exercises of notebook 03: what is right passes, and each known mistake hears its own message."""

# ruff: noqa: N803, N806 (V, E, H as in formulas)
from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from promises_of_tasks import mistakes_are_named, references_are_right
from torch.nn import functional

from tutorlm import Dictionary, LanguageModel
from tutorlm.course.tasks import language_model as tasks


def bits(p):
    return -math.log2(p)


def naive(scores, target):
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        powers = np.exp(scores)
        return -math.log(powers[target] / powers.sum())


def quiet(scores, target):
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        powers = np.exp(scores)
        return float(-np.log(powers[target] / powers.sum()))


def single_gate(V, E, H):
    return V * E + H * E + H * H + 2 * H + H * V + V


WRONG = [
    ("bits_per_character", lambda p: sum(map(math.log2, p)) / len(p), "The sign"),
    ("bits_per_character", lambda p: -sum(map(math.log, p)) / len(p), "Those are nats"),
    ("bits_per_character", lambda p: sum(map(bits, p)), "the whole text"),
    ("bits_per_character", lambda p: bits(sum(p) / len(p)), "the mean of the probabilities"),
    ("bits_per_character", lambda p: sum(q * bits(q) for q in p), "You weigh each"),
    ("bits_per_character", lambda p: 2 ** tasks.bits_per_character(p), "perplexity"),
    ("bits_and_perplexity", lambda nats: tasks.bits_and_perplexity(nats)[::-1], "exchanged"),
    ("bits_and_perplexity", lambda nats: (nats * math.log(2), math.exp(nats)), "You multiply"),
    ("bits_and_perplexity", lambda nats: (nats, math.exp(nats)), "still nats"),
    ("bits_and_perplexity", lambda nats: (nats / math.log(2), 2**nats), "with nats the base is e"),
    ("bits_and_perplexity", lambda nats: (nats / math.log(2), math.exp(nats / math.log(2))), "with bits the base is 2"),
    ("bits_and_perplexity", lambda nats: nats / math.log(2), "two numbers"),
    ("count_weights", single_gate, "a single gate"),
    ("count_weights", lambda V, E, H: tasks.count_weights(V, E, H) - V, "The decoder's bias"),
    ("count_weights", lambda V, E, H: tasks.count_weights(V, E, H) - 4 * H, "two biases"),
    ("count_weights", lambda V, E, H: tasks.count_weights(V, E, H) - 8 * H, "The LSTM's biases are missing"),
    ("count_weights", lambda V, E, H: tasks.count_weights(V, E, H) - 8 * H - V, "The biases are missing"),
    ("count_weights", lambda V, E, H: V * E + H * V, "The answer is"),
    ("cross_entropy", lambda s, t: -np.log(tasks._softmax(s)), "a number for each character"),
    ("cross_entropy", quiet, "Subtract the largest score"),
    ("cross_entropy", naive, "Subtract the largest score"),
    ("cross_entropy", lambda s, t: -tasks.cross_entropy(s, t), "The sign"),
    ("cross_entropy", lambda s, t: float(tasks._softmax(s)[t]), "the probability of the target"),
    ("cross_entropy", lambda s, t: tasks.cross_entropy(s, t) / math.log(2), "Those are bits"),
    ("cross_entropy", lambda s, t: -float(s[t]), "minus the score"),
    ("why_detach", "a", "nothing is forgotten"),
    ("why_detach", "c", "what clipping does"),
    ("why_detach", "d", 'one of "a", "b", "c"'),
]  # fmt: skip


test_a_known_mistake_hears_what_it_is = mistakes_are_named(WRONG)
test_the_reference_is_right_and_a_placeholder_is_not_yet = references_are_right(tasks.EXERCISES)


def test_weights_are_counted_as_the_package_has_them():
    for V, E, H in tasks._size_cases():
        dictionary = Dictionary()
        for number in range(V - 1):
            dictionary.add_item(chr(ord("가") + number))
        if H < 500:
            model = LanguageModel(dictionary, is_forward_lm=True, hidden_size=H, nlayers=1, embedding_size=E)
            assert sum(p.numel() for p in model.parameters()) == tasks.count_weights(V, E, H)


def test_the_loss_is_that_of_torch():
    for scores, target in tasks._scores_cases():
        loss = functional.cross_entropy(torch.from_numpy(scores), torch.tensor(target))
        assert tasks.cross_entropy(scores, target) == pytest.approx(loss.item(), abs=1e-9)


def test_what_the_afterwords_say_is_true():
    assert 11 < tasks.count_weights(275, 100, 2048) / tasks.count_weights(275, 100, 512) < 13
    told_bits, told_perplexity = tasks.bits_and_perplexity(1.18)
    assert (round(told_bits, 2), round(told_perplexity, 2)) == (1.70, 3.25)
