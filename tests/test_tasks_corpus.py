"""The exercises of notebook 02: what is right passes, and each known mistake hears its own message."""

# ruff: noqa: N803 (T, B as in formulas)
from __future__ import annotations

import math
import re

import numpy as np
from promises_of_tasks import mistakes_are_named, references_are_right

from tutorlm import Dictionary
from tutorlm.corpus import batchify
from tutorlm.course.exercises import check
from tutorlm.course.tasks import corpus as tasks
from tutorlm.files.encoded import read_documents


def whole(ids, B):
    return ids[: len(ids) // B * B]


def from_the_end(ids, B):
    rows = len(ids) // B
    return ids[len(ids) - rows * B :].reshape(B, rows).T


def padded(ids, B):
    rows = math.ceil(len(ids) / B)
    return np.pad(ids, (0, rows * B - len(ids))).reshape(B, rows).T


def resized_in_place(ids, B):
    ids[0] = 7
    return batchify(ids, B)


def naive_split(text, delimiter):
    return text.split(delimiter)


WRONG = [
    ("batchify", lambda ids, B: whole(ids, B).reshape(-1, B), "The stream runs across your rows"),
    ("batchify", lambda ids, B: whole(ids, B).reshape(B, len(ids) // B), "has the shape (B, rows)"),
    ("batchify", from_the_end, "You leave out the first characters"),
    ("batchify", lambda ids, B: ids[: -(len(ids) % B)].reshape(B, -1).T, "Nothing is left"),
    ("batchify", padded, "You fill up the last row"),
    ("batchify", lambda ids, B: ids.reshape(B, -1).T, "raised ValueError: cannot reshape array of size 14"),
    ("batchify", lambda ids, B: batchify(ids, B).astype(np.int64), "has dtype int64, not uint8"),
    ("batchify", lambda ids, B: batchify(ids, B).tolist(), "is a list, not an array"),
    ("batchify", resized_in_place, "Your function changed its input"),
    ("count_windows", lambda n, B, T: math.ceil(n / T), "one column after the other"),
    ("count_windows", lambda n, B, T: n // B // T, "Round up"),
    ("count_windows", lambda n, B, T: math.ceil(n / (B * T)), "make no row"),
    ("count_windows", lambda n, B, T: math.ceil((n // B - 1) / T), "The last row counts too"),
    ("count_windows", lambda n, B, T: n // B // T + 1, "one too many"),
    ("count_windows", lambda n, B, T: n // B, "the number of rows"),
    ("count_windows", lambda n, B, T: n / B / T, "A count is a whole number"),
    ("window", lambda c, s, T: (c[s : s + T], c[s : s + T]), "learns to copy"),
    ("window", lambda c, s, T: (c[s : s + T], np.roll(c, 1, 0)[s : s + T]), "Shift the other way"),
    ("window", lambda c, s, T: (c[s : s + T][:-1], c[s : s + T][1:]), "one row is lost"),
    ("window", lambda c, s, T: (c[s : s + T], c[s + 1 : s + T + 1]), "has no next character"),
    ("window", lambda c, s, T: (c[s : s + T], c[s : s + T, 1:]), "You shift to the next column"),
    ("window", lambda c, s, T: (c[:, s : s + T], c[:, s + 1 : s + T + 1]), "You cut columns"),
    ("window", lambda c, s, T: tasks.window(c, s * T, T), "already the number of a row"),
    ("window", lambda c, s, T: (tasks.window(c, s, T)[0], c[s + T : s + 2 * T]), "the next window"),
    ("window", lambda c, s, T: (c[s : s + T], c[s + 1 : s + T]), "last target is missing"),
    ("window", lambda c, s, T: tasks.window(c, s, T)[::-1], "exchanged"),
    ("window", lambda c, s, T: (*tasks.window(c, s, T), T), "Give back two arrays"),
    ("window", lambda c, s, T: tasks.window(c, s, T)[0], "Give back two arrays"),
    ("split_documents", naive_split, "The delimiters are lost"),
    ("split_documents", lambda t, d: [p for p in t.split(d) if p], "The delimiters are lost"),
    ("split_documents", lambda t, d: [p + d for p in t.split(d)[:-1]] + t.split(d)[-1:], "an empty document"),
    ("split_documents", lambda t, d: [p + d for p in t.split(d)], "a delimiter too many"),
    ("split_documents", lambda t, d: [p + d for p in t.split(d)[:-1]], "The last document is lost"),
    ("split_documents", lambda t, d: re.split(f"({re.escape(d)})", t), "documents of their own"),
    ("split_documents", lambda t, d: [d + p for p in t.split(d)], "before each document"),
    ("split_documents", lambda t, d: [] if len(d) > 1 else t.splitlines(keepends=True), "several characters"),
    ("split_documents", lambda t, d: [p + d for p in t.split(d) if p], "where the text has none"),
    ("split_documents", lambda t, d: [p for p in tasks.split_documents(t, d) if p != d], "empty document is dropped"),
    ("split_documents", lambda t, d: [p + d for p in t.removesuffix(d).split(d)], "where the text has none"),
    ("split_documents", lambda t, d: re.split(d, t) if d == "[SEP]" else tasks.split_documents(t, d), "re.escape"),
    ("split_documents", lambda t, d: [p.lstrip(" ") for p in tasks.split_documents(t, d)], "White space got lost"),
]  # fmt: skip


test_a_known_mistake_hears_what_it_is = mistakes_are_named(WRONG)
test_the_reference_is_right_and_a_placeholder_is_not_yet = references_are_right(tasks.EXERCISES)


def test_other_right_ways_to_batchify_are_right():
    assert check("batchify", lambda ids, B: np.stack(np.split(whole(ids, B), B), axis=1)).outcome == "right"
    assert check("batchify", lambda ids, B: whole(ids, B).reshape((-1, B), order="F")).outcome == "right"


def test_other_right_ways_to_split_documents_are_right():
    by_search = lambda t, d: re.findall(f"(?s).*?{re.escape(d)}|.+", t)  # noqa: E731
    assert check("split_documents", by_search).outcome == "right"


def test_the_windows_that_are_counted_are_those_that_can_be_cut():
    for n, columns, length in [(100, 3, 7), (64, 4, 4), (65, 4, 16), (31, 2, 50)]:
        stream = batchify(np.arange(n), columns)
        with_a_row_in_front = np.concatenate([np.zeros_like(stream[:1]), stream])  # the trainer's last row
        cut = [tasks.window(with_a_row_in_front, start, length) for start in range(0, len(stream), length)]
        assert len(cut) == tasks.count_windows(n, columns, length)
        assert np.array_equal(np.concatenate([targets for _, targets in cut]), stream)


def test_the_documents_are_those_of_the_package(tmp_path):
    for text, delimiter in tasks._document_cases():
        dictionary = Dictionary(normalization=None)
        for character in sorted(set(text + delimiter)):
            dictionary.add_item(character)
        file = tmp_path / "text"
        file.write_text(text, encoding="utf-8", newline="\n")
        read = read_documents(file, dictionary, delimiter)
        cut = [dictionary.decode(part) for part in np.split(read.ids, read.ends)[:-1]]
        assert cut == tasks.split_documents(text, delimiter)
