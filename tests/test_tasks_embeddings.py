"""The exercises of notebook 08: what is right passes, and each known mistake hears its own message."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from promises_of_tasks import mistakes_are_named, references_are_right

from tutorlm import FlairEmbeddings, Sentence
from tutorlm.course.tasks import embeddings as tasks


def norm(a):
    return np.linalg.norm(a)


def mean_of_letters(states, start, end, n, k, forward):
    return states[k + start : k + end].mean(axis=0) if forward else states[k + n - end : k + n - start].mean(axis=0)


def other_way(states, start, end, n, k, forward):
    return states[tasks.state_row(start, end, n, k, not forward)]


def ranked(cosines, words, word):
    return list(dict.fromkeys(words[place] for place in np.argsort(-cosines) if words[place] != word))


def with_duplicates(word, vector, vectors, words, number):
    order = np.argsort(-vectors @ vector / norm_of_rows(vectors))
    return [words[place] for place in order if words[place] != word][:number]


def with_the_word(word, vector, vectors, words, number):
    return ranked(vectors @ vector / norm_of_rows(vectors), words, None)[:number]


def cut_too_early(word, vector, vectors, words, number):
    order = np.argsort(-vectors @ vector / norm_of_rows(vectors))[:number]
    return list(dict.fromkeys(words[place] for place in order if words[place] != word))


def by_last_occurrence(word, vector, vectors, words, number):
    cosines = dict(zip(words, vectors @ vector / norm_of_rows(vectors), strict=True))
    return sorted(cosines.keys() - {word}, key=cosines.get, reverse=True)[:number]


def places(word, vector, vectors, words, number):
    return [int(place) for place in np.argsort(-vectors @ vector)[:number]]


def norm_of_rows(vectors):
    return np.linalg.norm(vectors, axis=1)


WRONG = [
    ("state_row", lambda start, end, n, k, forward: end if forward else n - start, "The start marker is missing"),
    (
        "state_row",
        lambda start, end, n, k, forward: 1 + (end if forward else n - start),
        "one row for the start marker",
    ),
    ("state_row", lambda start, end, n, k, forward: k + end if forward else start - 1, "A backward model reads from"),
    ("state_row", lambda start, end, n, k, forward: k + end if forward else n - end, "through at the word's start"),
    ("state_row", lambda *a: tasks.state_row(*a) - 1, "own last letter"),
    ("state_row", lambda *a: tasks.state_row(*a) + 1, "One too far"),
    ("state_row", lambda start, end, n, k, forward: k + start, "about to begin the word"),
    ("state_row", lambda start, end, n, k, forward: k + end, "rows of the forward model"),
    ("state_row", lambda start, end, n, k, forward: k + end if forward else k + n - end, "through at the word's start"),
    ("word_vector", lambda states, *a: tasks.state_row(*a), "Return the state in it"),
    ("word_vector", lambda states, *a: tasks.word_vector(states, *a)[None], "a table with one row"),
    ("word_vector", lambda states, start, end, n, k, f: states[k + start : k + end], "several states"),
    ("word_vector", other_way, "row for the other direction"),
    ("word_vector", mean_of_letters, "the mean over the word's letters"),
    ("word_vector", lambda states, *a: states[tasks.state_row(*a) - 1], "own last letter"),
    ("word_vector", lambda states, start, end, n, k, f: states[k + start], "about to begin the word"),
    ("cosine", lambda a, b: a * b, "one number for each place"),
    ("cosine", lambda a, b: a @ b, "the dot product"),
    ("cosine", lambda a, b: a @ b / norm(a), "one length only"),
    ("cosine", lambda a, b: a @ b / ((a @ a) * (b @ b)), "squares of the lengths"),
    ("cosine", lambda a, b: 1 - tasks.cosine(a, b), "cosine distance"),
    ("cosine", lambda a, b: a @ b / norm(a) * norm(b), "from left to right"),
    ("cosine", lambda a, b: a @ b / (len(a) * len(b)), "`len` counts"),
    ("cosine", lambda a, b: np.arccos(tasks.cosine(a, b)), "the angle"),
    ("cosine", lambda a, b: np.cos(a @ b), "No function"),
    ("cosine", lambda a, b: abs(tasks.cosine(a, b)), "The sign is lost"),
    ("cosine", lambda a, b: norm(a - b), "That is the distance"),
    ("nearest_words", places, "Those are places in the list"),
    ("nearest_words", with_the_word, "itself is among them"),
    ("nearest_words", with_duplicates, "listed twice"),
    ("nearest_words", cut_too_early, "Only 2 of 3"),
    ("nearest_words", by_last_occurrence, "counts by its nearest occurrence"),
    ("nearest_words", lambda *a: tasks.nearest_words(*a)[::-1], "the nearest should come first"),
    ("nearest_words", lambda w, v, vs, words, n: tasks.nearest_words(w, v, vs, words, n + 1), "Return the first"),
    ("nearest_words", lambda w, v, vs, words, n: ranked(-vs @ v / norm_of_rows(vs), words, w)[:n], "the farthest"),
    ("nearest_words", lambda w, v, vs, words, n: ranked(vs @ v, words, w)[:n], "by the dot product"),
    ("nearest_words", lambda w, v, vs, words, n: ranked(-norm_of_rows(vs - v), words, w)[:n], "by distance"),
]


test_a_known_mistake_hears_what_it_is = mistakes_are_named(WRONG)
test_the_reference_is_right_and_a_placeholder_is_not_yet = references_are_right(tasks.EXERCISES)


@pytest.mark.parametrize("name", ["news-mini-forward", "books-backward"])
def test_the_row_by_hand_is_that_of_the_package(name):
    sentence = Sentence(["The", "ferry", "sails"])
    reading = FlairEmbeddings(name).reading(sentence)
    rows = [tasks.state_row(t.start_position, t.end_position, 15, 1, name.endswith("forward")) for t in sentence]
    assert rows == list(reading.rows)


def test_a_backward_row_can_also_be_counted_from_the_end():
    for states, start, end, n, k, forward in tasks._vector_cases():
        if not forward:
            assert np.array_equal(states[-1 - start], tasks.word_vector(states, start, end, n, k, forward))


def test_the_cosine_by_hand_is_that_of_torch():
    for a, b in tasks._cosine_cases():
        expected = torch.cosine_similarity(torch.tensor(a), torch.tensor(b), dim=0)
        assert tasks.cosine(a, b) == pytest.approx(float(expected))


def test_neighbours_are_sorted_by_the_cosine_of_the_nearest_occurrence():
    for word, vector, vectors, words, number in tasks._nearest_cases():
        highest = {
            w: max(tasks.cosine(v, vector) for v, x in zip(vectors, words, strict=True) if x == w) for w in words
        }
        highest.pop(word)
        expected = sorted(highest, key=highest.get, reverse=True)[:number]
        assert tasks.nearest_words(word, vector, vectors, words, number) == expected


def test_what_comes_later_changes_the_backward_half_only():
    one, other = Sentence("He saw a seal"), Sentence("He saw a goat")
    changed = [
        half
        for half in ("forward", "backward")
        if not np.array_equal(*(FlairEmbeddings(f"news-mini-{half}").matrix(s)[1] for s in (one, other)))
    ]
    assert changed == ["backward"]
