"""Exercises of notebook 08, word vectors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tutorlm.course.exercises import Exercise

NOTEBOOK = "08_embeddings"

SPANS = [(4, 9, 17), (0, 3, 20), (10, 13, 20), (16, 20, 20), (0, 2, 2), (5, 8, 11)]  # start, end, n


# -- 1. which row ------------------------------------------------------------------------------------


def state_row(start: int, end: int, n: int, k: int, is_forward_lm: bool) -> int:
    """The row of the state that becomes a word's vector, with the character beyond the word read."""
    return k + end if is_forward_lm else k + n - start


def _row_cases() -> list[tuple]:
    return [(start, end, n, k, forward) for forward in (True, False) for start, end, n in SPANS for k in (3, 1)]


def _row_mistakes(arguments: tuple, expected: int, got: Any) -> str | None:
    start, end, n, k, forward = arguments
    if got == expected - k:
        return "The start marker is missing: the model reads its k characters before the text."
    if got == expected - k + 1:
        return "You count one row for the start marker. It has k characters, and so k rows."
    if got == expected - 1:
        return "That row has read the word's own last letter. Go one further: the character beyond it is read too."
    if got == expected + 1:
        return "One too far. Rows count from 0: with k = 1, row 0 is the marker, and row 1 the first character."
    if forward and got == k + start:
        return "There a forward model is only about to begin the word. Take the state where the word is over: its end."
    if not forward and got in (k + start, k + start - 1, start, start - 1):
        return "A backward model reads from the end. Count from there: n - start characters."
    if not forward and got == k + end:
        return "Those are rows of the forward model. A backward model begins at the end: row k reads character n - 1."
    if not forward and got in (k + n - end, n - end):
        return (
            "There a backward model is about to begin the word, at its last letter. It is through at the word's start."
        )
    return None


# -- 2. the vector -------------------------------------------------------------------------------------


def word_vector(states: np.ndarray, start: int, end: int, n: int, k: int, is_forward_lm: bool) -> np.ndarray:
    """The vector of the word at [start, end), (H,), from the states after each character read, (k + n + 1, H)."""
    return states[state_row(start, end, n, k, is_forward_lm)]


def _vector_cases() -> list[tuple]:
    cases = []
    for forward in (True, False):
        for start, end, n in [(1, 5, 7), (0, 2, 4), *SPANS]:
            for k in (3, 1):
                rows = np.arange(k + n + 1)
                states = np.stack([rows, rows**2], axis=1).astype(float)  # easy to recognise in a message
                cases.append((states, start, end, n, k, forward))
    return cases


def _vector_mistakes(arguments: tuple, expected: np.ndarray, got: Any) -> str | None:
    states, start, end, n, k, forward = arguments
    row = state_row(start, end, n, k, forward)
    if np.ndim(got) == 0 and got == row:
        return "That is the number of the row. Return the state in it: `states[row]`."
    if np.shape(got) == (1, states.shape[1]):
        return "That is a table with one row, (1, H). `states[row]` is the row itself, (H,)."
    if np.ndim(got) == 2 and len(got) > 1:
        return "Those are several states, one for each letter. Take one only, the one beyond the word: `states[row]`."
    if np.shape(got) != np.shape(expected):
        return None
    if np.array_equal(got, states[state_row(start, end, n, k, not forward)]):
        return "That is the row for the other direction. A backward model has read the end of the text first."
    of_word = states[k + start : k + end] if forward else states[k + n - end : k + n - start]
    if np.allclose(got, of_word.mean(axis=0)):
        return "That is the mean over the word's letters. Take one state only, the one beyond the word."
    for other in range(len(states)):
        if np.array_equal(got, states[other]):
            return _row_mistakes((start, end, n, k, forward), row, other)
    return None


# -- 3. cosine ------------------------------------------------------------------------------------------


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    """The cosine of the angle between two vectors: 1 for the same direction, 0 for a right angle."""
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def _cosine_cases() -> list[tuple]:
    rng = np.random.default_rng(0)
    pairs = [([3.0, 4.0], [0.0, 2.0]), ([1.0, 0.0], [0.0, 2.0]), ([1.0, 2.0], [-2.0, -4.0]), ([0.5, 0.5], [3.0, 3.0])]
    return [(np.array(a), np.array(b)) for a, b in pairs] + [(rng.normal(size=8), rng.normal(size=8))]


def _cosine_mistakes(arguments: tuple, expected: float, got: Any) -> str | None:
    a, b = arguments
    if np.shape(got):
        return "That is one number for each place. Multiply and add up: `a @ b`."
    dot, one, other = float(a @ b), float(np.linalg.norm(a)), float(np.linalg.norm(b))
    brackets = "Python goes from left to right: x / y * z multiplies by z. Put both lengths into one pair of brackets."
    one_only = "You divide by one length only. Divide by the length of a and by that of b."
    for value, what in [
        (dot / one * other, brackets),
        (dot / other * one, brackets),
        (dot, "That is the dot product. It grows with the vectors' lengths; divide by both of them."),
        (dot / (one * other) ** 2, "You divide by the squares of the lengths. Take the root: `np.linalg.norm(a)`."),
        (dot / one, one_only),
        (dot / other, one_only),
        (dot / (len(a) * len(b)), "`len` counts the numbers in a vector. Its length in space is `np.linalg.norm`."),
        (1 - expected, "That is 1 minus the cosine, often called the cosine distance. The task is the cosine itself."),
        (math.acos(min(1.0, max(-1.0, expected))), "That is the angle. Leave the arc cosine out."),
        (math.cos(dot), "No function `cos` is needed: the dot product, divided by both lengths, is the cosine."),
        (abs(expected), "The sign is lost. Opposite directions have the cosine -1."),
        (float(np.linalg.norm(a - b)), "That is the distance. A vector and its double have the cosine 1."),
    ]:
        if math.isclose(got, value):
            return what
    return None


# -- 4. neighbours ---------------------------------------------------------------------------------------


def nearest_words(word: str, vector: np.ndarray, vectors: np.ndarray, words: list[str], number: int) -> list[str]:
    """The `number` different words other than `word` whose vectors have the highest cosine to `vector`.

    Args:
        vector: (d,).
        vectors: one for each of `words`, (n, d), of any length.
        words: n words, in which one may occur several times.
    """
    cosines = vectors @ vector / np.linalg.norm(vectors, axis=1)  # up to the length of `vector`, the same for all
    order = np.argsort(-cosines)
    different = dict.fromkeys(words[place] for place in order if words[place] != word)
    return list(different)[:number]


def _nearest_cases() -> list[tuple]:
    words = ["ferry", "boat", "ship", "bread", "ferry", "soup"]
    vectors = np.array([[2.0, 0.5], [1.0, 0.2], [0.3, 0.2], [0.1, 5.0], [1.0, 1.2], [-0.2, 1.0]])
    others = ["배", "섬", "길", "빵", "집", "섬", "물", "눈"]
    random = np.random.default_rng(3).normal(size=(8, 4)) * np.arange(1, 9)[:, None]
    return [
        ("boat", np.array([1.0, 0.1]), vectors, words, 3),
        ("soup", np.array([0.0, 1.0]), vectors, words, 3),
        ("눈", random[7], random, others, 4),
    ]


def _nearest_mistakes(arguments: tuple, expected: list[str], got: Any) -> str | None:
    word, vector, vectors, words, number = arguments
    got = list(got)
    if got and all(isinstance(one, (int, np.integer)) for one in got):
        return "Those are places in the list. Return the words that are there: `words[place]`."
    if word in got:
        return f"`{word}` itself is among them. Leave it out, or the nearest word is always the word."
    if len(got) < number and got == expected[: len(got)]:
        return (
            f"Only {len(got)} of {number}: first leave out the word itself and what is listed twice, then cut the list."
        )
    if len(set(got)) < len(got):
        return "A word is listed twice. Keep its nearest occurrence only; `dict.fromkeys` keeps the first of each."
    if len(got) > number and got[:number] == expected:
        return f"The order is right, but there are {len(got)} words. Return the first {number}."
    if got[::-1] == expected:
        return "Those are the right words, but the nearest should come first."
    return _wrong_order(word, vector, vectors, words, got)


def _wrong_order(word: str, vector: np.ndarray, vectors: np.ndarray, words: list[str], got: list[str]) -> str | None:
    """What went wrong if the words are sorted by something else."""
    cosines = vectors @ vector / np.linalg.norm(vectors, axis=1)
    last = dict(zip(words, cosines, strict=True))
    last.pop(word, None)
    orders: dict[str, Any] = {
        "A word that occurs several times counts by its nearest occurrence. Yours counts by another.": last,
        "Those are the farthest. `np.argsort` begins with the smallest number: sort the negative cosines.": -cosines,
        "You sort by the dot product, so long vectors win. Divide by the lengths: by the cosine.": vectors @ vector,
        "You sort by distance, which depends on the vectors' lengths. Sort by the cosine.": (
            -np.linalg.norm(vectors - vector, axis=1)
        ),
    }
    for what, by in orders.items():
        if isinstance(by, dict):
            order = sorted(by, key=lambda one: -by[one])
        else:
            order = list(dict.fromkeys(words[place] for place in np.argsort(-by) if words[place] != word))
        if got == order[: len(got)]:
            return what
    return None


EXERCISES = (
    Exercise(
        name="state_row",
        task=(
            "Write `state_row(start, end, n, k, is_forward_lm)`: the row of the state that becomes the vector of the "
            "word at [start, end) in a text of n characters, after a start marker of k characters. The state is taken "
            "once the character beyond the word has been read."
        ),
        hints=(
            "Rows count from 0. Rows 0 to k - 1 read the marker. Which row reads the first character of the text?",
            "Forward: row k + i reads character i, and the character beyond the word is number `end`. "
            "Backward: row k reads the last character, number n - 1, so row k + j reads number n - 1 - j.",
            "Backward, the character beyond the word is number start - 1 = n - 1 - j. Solve for j, and add k.",
        ),
        reference=state_row,
        cases=_row_cases,
        diagnoses=_row_mistakes,
        afterword="One row off, and every vector belongs to another character: nothing fails, and results get worse.",
    ),
    Exercise(
        name="word_vector",
        task=(
            "Write `word_vector(states, start, end, n, k, is_forward_lm)`: the vector, (H,), of the word at "
            "[start, end), where `states` holds the state after each character that was read, (k + n + 1, H)."
        ),
        hints=(
            "`state_row` tells you which row of `states` you need.",
            "One row of a table: `states[row]`.",
            "`return states[state_row(start, end, n, k, is_forward_lm)]`",
        ),
        reference=word_vector,
        cases=_vector_cases,
        diagnoses=_vector_mistakes,
        afterword="That is all there is to a contextual string embedding: read the text once, and pick the rows.",
    ),
    Exercise(
        name="cosine",
        task="Write `cosine(a, b)`: the cosine of the angle between two vectors, numpy arrays of shape (d,).",
        hints=(
            "The dot product of two vectors is the product of their lengths and the cosine of their angle.",
            "`a @ b` is the dot product, `np.linalg.norm(a)` a length.",
            "`a @ b / (np.linalg.norm(a) * np.linalg.norm(b))`",
        ),
        reference=cosine,
        cases=_cosine_cases,
        diagnoses=_cosine_mistakes,
        afterword="It ignores lengths, so two words are not alike merely because their numbers are large.",
    ),
    Exercise(
        name="nearest_words",
        task=(
            "Write `nearest_words(word, vector, vectors, words, number)`: the `number` different words, the nearest "
            "first, whose vectors have the highest cosine to `vector`. `vectors` (n, d) belong to the n `words`. Leave "
            "`word` itself out, and list no word twice."
        ),
        hints=(
            "`vectors @ vector` is all n dot products at once. By what must each be divided?",
            "`np.linalg.norm(vectors, axis=1)` is the n lengths. `np.argsort(-cosines)` is the places, nearest first.",
            "`dict.fromkeys(…)` over the words in that order, without `word`, keeps each one once; then cut the list.",
        ),
        reference=nearest_words,
        cases=_nearest_cases,
        diagnoses=_nearest_mistakes,
        afterword="Search by meaning works like this, with a faster way to find the largest products.",
    ),
)
