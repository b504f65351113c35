"""The exercises of notebook 11: what is right passes, and each known mistake hears its own message."""

from __future__ import annotations

import math

import pytest
import torch
from promises_of_tasks import mistakes_are_named, references_are_right
from torch.optim.lr_scheduler import ReduceLROnPlateau

from tutorlm import FlairEmbeddings
from tutorlm.course.exercises import check
from tutorlm.course.tasks import clinic as tasks

RIGHT = tasks.EXERCISES[-1].reference


def exchanged(place, cause):
    return (*RIGHT[:place], cause, *RIGHT[place + 1 :])


def stripped(documents):
    return [document.strip() for document in documents if document.strip()]


def never_reset(losses, rate, factor, patience):
    best, bad = math.inf, 0
    for loss in losses:
        best, bad = (loss, 0) if loss < best else (best, bad + 1)
        rate *= factor if bad > patience else 1
    return rate


WRONG = [
    ("word_perplexity", lambda bits, c, w: bits * c / w, "the bits per word"),
    ("word_perplexity", lambda bits, c, w: 2**bits, "the perplexity per character"),
    ("word_perplexity", lambda bits, c, w: 2**bits * c / w, "You multiply the perplexity"),
    ("word_perplexity", lambda bits, c, w: 2 ** (bits * w / c), "the other way round"),
    ("word_perplexity", lambda bits, c, w: math.exp(bits * c / w), "goes with nats"),
    ("word_perplexity", lambda bits, c, w: 2 ** (bits * c), "for the whole text"),
    ("leaked_documents", lambda t, h: len(tasks.leaked_documents(t, h)), "the documents themselves"),
    ("leaked_documents", lambda t, h: set(tasks.leaked_documents(t, h)), "A set loses the order"),
    ("leaked_documents", lambda t, h: [d for d in h if d in t], "as they stand"),
    ("leaked_documents", lambda t, h: [d for d in h if d.strip() in stripped(t)], "without blanks"),
    ("leaked_documents", lambda t, h: [d for d in stripped(t) if d in stripped(h)], "through the training documents"),
    ("leaked_documents", lambda t, h: [d for d in stripped(h) if any(d in o for o in t)], "inside a longer one"),
    ("leaked_documents", lambda t, h: [d.strip() for d in h if d.strip() in {o.strip() for o in t}], "An empty line"),
    ("leaked_documents", lambda t, h: list(dict.fromkeys(tasks.leaked_documents(t, h))), "only once"),
    ("rate_after", lambda losses, r, f, p: tasks._variant(losses, r, f, p, at=1), "One too early"),
    ("rate_after", lambda losses, r, f, p: tasks._variant(losses, r, f, p, last=True), "the best loss so far"),
    ("rate_after", lambda losses, r, f, p: tasks._variant(losses, r, f, p, reset=False), "only bad splits in a row"),
    ("rate_after", never_reset, "begins anew, or it would fall"),
    ("four_runs", exchanged(0, "train longer"), "Run A"),
    ("four_runs", exchanged(1, "train longer"), "Run B"),
    ("four_runs", exchanged(2, "train longer"), "Run C"),
    ("four_runs", exchanged(3, "too little text"), "Run D"),
    ("four_runs", exchanged(3, "patience"), "is not one of"),
    ("four_runs", "train longer", "Give four causes"),
]


test_a_known_mistake_hears_what_it_is = mistakes_are_named(WRONG)
test_the_reference_is_right_and_a_placeholder_is_not_yet = references_are_right(tasks.EXERCISES)


def test_four_placeholders_are_not_yet_an_answer():
    assert check("four_runs", (..., ..., ..., ...)).outcome == "not yet"


def test_the_word_perplexity_by_hand_is_that_of_a_models_score():
    text = "The ferry was late again on Monday."
    score = FlairEmbeddings("news-mini-forward").lm.score(text)
    expected = math.exp(-score.log_p.sum() / len(text.split()))
    assert tasks.word_perplexity(score.bits_per_character, len(text), len(text.split())) == pytest.approx(expected)


def test_the_rate_by_hand_is_that_of_the_trainers_scheduler():
    for losses, rate, factor, patience in tasks._rate_cases():
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=rate)
        scheduler = ReduceLROnPlateau(optimizer, factor=factor, patience=patience, threshold=0.0, eps=0.0)
        for loss in losses:
            scheduler.step(loss)
        assert tasks.rate_after(losses, rate, factor, patience) == pytest.approx(optimizer.param_groups[0]["lr"])
