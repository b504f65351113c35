"""The exercises of notebook 06: what is right passes, and each known mistake hears its own message."""

from __future__ import annotations

import re

import numpy as np
from promises_of_tasks import mistakes_are_named, references_are_right

from tutorlm import Dictionary, TextCorpus
from tutorlm.course.tasks import backward as tasks


def means(text, bits, starts, length, shift=0):
    return [float(np.mean([bits[start + place + shift] for start in starts])) for place in range(length)]


def starts_of(text, fits):
    return [match.start() for match in re.finditer(r"\S+", text) if fits(len(match.group()))]


def exact(text, length):
    return starts_of(text, lambda size: size == length)


def with_delimiters_as_they_are(documents, delimiter):
    return "".join(delimiter + document[::-1] for document in reversed(documents))


WRONG = [
    ("backward_stream", lambda docs, d: "".join(doc + d for doc in docs), "nothing is turned around"),
    ("backward_stream", lambda docs, d: "".join(doc[::-1] + d for doc in docs), "each document by itself"),
    ("backward_stream", lambda docs, d: "".join(doc + d for doc in reversed(docs)), "the order of the documents"),
    ("backward_stream", with_delimiters_as_they_are, "]PES["),
    ("backward_stream", lambda docs, d: "".join(doc[::-1] + d[::-1] for doc in docs[::-1]), "wrong side"),
    ("backward_stream", lambda docs, d: d.join(docs)[::-1], "A delimiter is missing"),
    ("in_reading_order", lambda prompt, written, forward: written[::-1] + prompt, "For a forward model"),
    ("in_reading_order", lambda prompt, written, forward: prompt + written, "the forward case"),
    ("in_reading_order", lambda p, w, forward: p + w if forward else w + p, "stands leftmost"),
    ("in_reading_order", lambda p, w, forward: p + w if forward else p + w[::-1], "stands before it"),
    ("in_reading_order", lambda p, w, forward: p + w if forward else (p + w)[::-1], "turn around only"),
    ("bits_by_position", lambda text, bits, n: float(bits.mean()), "one number"),
    ("bits_by_position", lambda t, b, n: [sum(b[s + i] for s in exact(t, n)) for i in range(n)], "Those are sums"),
    ("bits_by_position", lambda t, b, n: tasks.bits_by_position(t, b, n)[::-1], "the other way"),
    ("bits_by_position", lambda t, b, n: means(t, b, starts_of(t, lambda size: size >= n), n), "longer words"),
    ("bits_by_position", lambda t, b, n: means(t, b, exact(t, n), n, -1), "too far left"),
    ("what_it_knows", "left", "a forward model"),
    ("what_it_knows", "both", "No single state"),
    ("what_it_knows", "word", "contextual"),
    ("what_it_knows", "all", "Answer with one of"),
]


test_a_known_mistake_hears_what_it_is = mistakes_are_named(WRONG)
test_the_reference_is_right_and_a_placeholder_is_not_yet = references_are_right(tasks.EXERCISES)


def test_the_stream_by_hand_is_that_of_a_backward_corpus(tmp_path):
    documents, delimiter = [tasks.ENGLISH, tasks.KOREAN, tasks.ARABIC], "[SEP]"
    text = "".join(document + delimiter for document in documents)
    (tmp_path / "train").mkdir()
    for name in ("train/a", "valid.txt", "test.txt"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    dictionary = Dictionary.from_files(tmp_path / "train")
    corpus = TextCorpus(tmp_path, dictionary, is_forward_lm=False, document_delimiter=delimiter)
    assert dictionary.decode(corpus.valid) == tasks.backward_stream(documents, delimiter)
