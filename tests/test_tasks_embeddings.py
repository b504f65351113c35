"""The exercises of notebook 08: what is right passes, and each known mistake hears its own message."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from promises_of_tasks import mistakes_are_named, references_are_right

from tutorlm import FlairEmbeddings, Sentence
from tutorlm.course.tasks import embeddings as tasks

DATA = Path(__file__).parents[1] / "data" / "tagged_sentences"


def norm(a):
    return np.linalg.norm(a)


def pairs_of(sentences):
    return [pair for sentence in sentences for pair in sentence]


def known_only(train, held_out):
    known = {word for word, _ in pairs_of(train)}
    return [[pair for pair in sentence if pair[0] in known] for sentence in held_out]


def last_tag(train, held_out):
    tags = dict(pairs_of(train))
    return float(np.mean([tags.get(word, "NOUN") == tag for word, tag in pairs_of(held_out)]))


def share_of_known(train, held_out):
    kept = known_only(train, held_out)
    return tasks.lookup_accuracy(train, kept) * len(pairs_of(kept)) / len(pairs_of(held_out))


def mean_over_sentences(train, held_out):
    return float(np.mean([tasks.lookup_accuracy(train, [sentence]) for sentence in held_out]))


WRONG = [
    ("state_row", lambda start, end, n, k, forward: end if forward else n - start, "The start marker is missing"),
    ("state_row", lambda *a: tasks.state_row(*a) - 1, "own last character"),
    ("state_row", lambda *a: tasks.state_row(*a) + 1, "One too far"),
    ("state_row", lambda start, end, n, k, forward: k + start, "only come to the word"),
    ("state_row", lambda start, end, n, k, forward: k + end, "rows of the forward model"),
    (
        "state_row",
        lambda start, end, n, k, forward: k + end if forward else k + n - end,
        "through with it at its start",
    ),
    ("cosine", lambda a, b: a * b, "one number for each place"),
    ("cosine", lambda a, b: a @ b, "the dot product"),
    ("cosine", lambda a, b: a @ b / norm(a), "one length only"),
    ("cosine", lambda a, b: a @ b / ((a @ a) * (b @ b)), "squares of the lengths"),
    ("cosine", lambda a, b: 1 - tasks.cosine(a, b), "cosine distance"),
    ("cosine", lambda a, b: norm(a - b), "That is the distance"),
    ("changed_half", "forward", "made of what stands up to the word"),
    ("changed_half", "both", "One half has read nothing"),
    ("changed_half", "neither", "reads from the end"),
    ("changed_half", "left", "Answer with one of"),
    ("lookup_accuracy", lambda t, h: 100 * tasks.lookup_accuracy(t, h), "the percentage"),
    ("lookup_accuracy", lambda t, h: len(pairs_of(h)) * tasks.lookup_accuracy(t, h), "Divide by the number"),
    ("lookup_accuracy", lambda t, h: tasks.lookup_accuracy(t, known_only(t, h)), "leave unknown words out"),
    ("lookup_accuracy", share_of_known, "every unknown word as wrong"),
    ("lookup_accuracy", lambda t, h: tasks.lookup_accuracy(h, h), "learn from the held-out"),
    ("lookup_accuracy", mean_over_sentences, "the mean over sentences"),
    ("lookup_accuracy", last_tag, "the tag a word had last"),
]


test_a_known_mistake_hears_what_it_is = mistakes_are_named(WRONG)
test_the_reference_is_right_and_a_placeholder_is_not_yet = references_are_right(tasks.EXERCISES)


def test_the_row_by_hand_is_that_of_the_package():
    sentence = Sentence(["The", "ferry", "sails"])
    for name in ("forward", "backward"):
        embedding = FlairEmbeddings(f"news-mini-{name}")
        reading = embedding.reading(sentence)
        rows = [tasks.state_row(t.start_position, t.end_position, 15, 1, name == "forward") for t in sentence]
        assert rows == list(reading.rows)


def test_the_cosine_by_hand_is_that_of_torch():
    for a, b in tasks._cosine_cases():
        expected = torch.cosine_similarity(torch.tensor(a), torch.tensor(b), dim=0)
        assert tasks.cosine(a, b) == pytest.approx(float(expected))


def test_what_comes_later_changes_the_backward_half_only():
    one, other = Sentence("He saw a seal"), Sentence("He saw a goat")
    changed = [
        half
        for half in ("forward", "backward")
        if not np.array_equal(*(FlairEmbeddings(f"news-mini-{half}").matrix(s)[1] for s in (one, other)))
    ]
    assert changed == ["backward"]


@pytest.mark.parametrize(("name", "sentences", "tags"), [("en", 200, 9), ("ko", 60, 6)])
def test_the_tagged_sentences_are_as_described(name, sentences, tags):
    blocks = (DATA / f"{name}.tsv").read_text(encoding="utf-8").strip().split("\n\n")
    rows = [tuple(tuple(line.split("\t")) for line in block.splitlines()) for block in blocks]
    assert len(rows) >= sentences
    assert len(set(rows)) == len(rows)
    assert all(len(row) == 2 and all(row) for row in pairs_of(rows))
    assert len(Counter(tag for _, tag in pairs_of(rows))) == tags
    train = {word for number, row in enumerate(rows) if number % 4 != 3 for word, _ in row}
    held_out = pairs_of(row for number, row in enumerate(rows) if number % 4 == 3)
    assert sum(word not in train for word, _ in held_out) / len(held_out) > 0.25
