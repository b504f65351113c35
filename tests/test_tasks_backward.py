"""The exercises of notebook 06: what is right passes, and each known mistake hears its own message."""

from __future__ import annotations

import re

import numpy as np
from promises_of_tasks import mistakes_are_named, references_are_right

from tutorlm import Dictionary, TextCorpus
from tutorlm.course.exercises import check
from tutorlm.course.tasks import backward as tasks


def placed(pattern=r"\w+", shift=0, **which):
    """An answer that takes the wrong words, or the wrong places of them."""
    return lambda text, bits, length: tasks._means(
        bits, [start + shift for start in tasks._starts(text, length, pattern, **which)], length
    )


def found_again(text, bits, length):
    starts = [text.index(word) for word in re.findall(r"\w+", text) if len(word) == length]
    return tasks._means(bits, starts, length)


def unmixed(text, bits, length):
    return [bits[start + place] for start in tasks._starts(text, length) for place in range(length)]


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
    ("in_reading_order", lambda p, w, forward: p + w if forward else w + p, "belongs leftmost"),
    ("in_reading_order", lambda p, w, forward: p + w if forward else p + w[::-1], "goes before it"),
    ("in_reading_order", lambda p, w, forward: p + w if forward else (p + w)[::-1], "turn around only"),
    ("bits_by_position", lambda text, bits, n: float(bits.mean()), "one number"),
    ("bits_by_position", lambda t, b, n: tasks._sums(b, tasks._starts(t, n), n), "Those are sums"),
    ("bits_by_position", lambda t, b, n: tasks.bits_by_position(t, b, n)[::-1], "the other way"),
    ("bits_by_position", placed(r"\S+"), "You cut at blanks"),
    ("bits_by_position", placed(longer=True), "longer words"),
    ("bits_by_position", placed(shift=-1), "too far left"),
    ("bits_by_position", placed(shift=1), "too far right"),
    ("bits_by_position", found_again, "text.index"),
    ("bits_by_position", unmixed, "all the bits"),
    ("bits_by_position", lambda *a: np.array(tasks.bits_by_position(*a)), "in an array"),
    ("bits_by_position", lambda t, b, n: [float(b[s : s + n].mean()) for s in tasks._starts(t, n)], "whole words"),
]


test_a_known_mistake_hears_what_it_is = mistakes_are_named(WRONG)
test_the_reference_is_right_and_a_placeholder_is_not_yet = references_are_right(tasks.EXERCISES)


def test_messages_show_plain_numbers():
    answer = check("bits_by_position", lambda text, bits, length: [np.mean(bits)] * length)
    assert "np.float64" not in str(answer)


def test_the_stream_by_hand_is_that_of_a_backward_corpus(tmp_path):
    documents, delimiter = [tasks.ENGLISH, tasks.KOREAN, tasks.ARABIC], "[SEP]"
    text = "".join(document + delimiter for document in documents)
    (tmp_path / "train").mkdir()
    for name in ("train/a", "valid.txt", "test.txt"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    dictionary = Dictionary.from_files(tmp_path / "train")
    corpus = TextCorpus(tmp_path, dictionary, is_forward_lm=False, document_delimiter=delimiter)
    assert dictionary.decode(corpus.valid) == tasks.backward_stream(documents, delimiter)
