"""Exercises of notebook 08, word vectors."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import Any

import numpy as np

from tutorlm.course.exercises import Exercise

NOTEBOOK = "08_embeddings"

Tagged = list[tuple[str, str]]  # the words of a sentence, each with its tag


# -- 1. which row ------------------------------------------------------------------------------------


def state_row(start: int, end: int, n: int, k: int, is_forward_lm: bool) -> int:
    """The row of the state that becomes a word's vector, with the character beyond the word read."""
    return k + end if is_forward_lm else k + n - start


def _row_cases() -> list[tuple]:
    spans = [(0, 3, 20), (4, 9, 20), (10, 13, 20), (16, 20, 20), (0, 2, 2), (5, 8, 11)]
    return [(start, end, n, k, forward) for forward in (True, False) for start, end, n in spans for k in (5, 1)]


def _row_mistakes(arguments: tuple, expected: int, got: Any) -> str | None:
    start, end, n, k, forward = arguments
    if got == expected - k:
        return "The start marker is missing: the model reads its k characters before the text."
    if got == expected - 1:
        return "That is the word's own last character. Asked for is one further: the character beyond it is read too."
    if got == expected + 1:
        return "One too far. Rows count from 0: with k = 1, row 0 is the marker, and row 1 the first character."
    if forward and got == k + start:
        return (
            "There a forward model has only come to the word. Its vector is taken where the word is over, at its end."
        )
    if not forward and got == k + start:
        return "A backward model reads from the end. Count from there: n - start characters."
    if not forward and got == k + end:
        return "Those are rows of the forward model. A backward model begins at the end: row k reads character n - 1."
    if not forward and got == k + n - end:
        return "There a backward model has only come to the word's last letter. It is through with it at its start."
    return None


# -- 2. cosine ------------------------------------------------------------------------------------------


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    """The cosine of the angle between two vectors: 1 for the same direction, 0 for a right angle."""
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def _cosine_cases() -> list[tuple]:
    rng = np.random.default_rng(0)
    pairs = [([3.0, 4.0], [4.0, 3.0]), ([1.0, 0.0], [0.0, 2.0]), ([1.0, 2.0], [-2.0, -4.0]), ([0.5, 0.5], [3.0, 3.0])]
    return [(np.array(a), np.array(b)) for a, b in pairs] + [(rng.normal(size=8), rng.normal(size=8))]


def _cosine_mistakes(arguments: tuple, expected: float, got: Any) -> str | None:
    a, b = arguments
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    if np.shape(got):
        return "That is one number for each place. Multiply and add up: `a @ b`."
    if math.isclose(got, a @ b):
        return "That is the dot product. It grows with the vectors' lengths; divide by both of them."
    if math.isclose(got, expected * lengths / (lengths**2)):
        return "You divide by the squares of the lengths. The length is the root of the sum: `np.linalg.norm(a)`."
    if math.isclose(got, a @ b / np.linalg.norm(a)) or math.isclose(got, a @ b / np.linalg.norm(b)):
        return "You divide by one length only. Divide by the length of a and by that of b."
    if math.isclose(got, 1 - expected):
        return "That is 1 minus the cosine, often called the cosine distance. Asked for is the cosine."
    if math.isclose(got, float(np.linalg.norm(a - b))):
        return "That is the distance. The cosine looks at directions only: a vector and its double have the cosine 1."
    return None


# -- 3. which half changes ---------------------------------------------------------------------------------

HALVES = ("forward", "backward", "both", "neither")


def _half_mistakes(arguments: tuple, expected: str, got: Any) -> str | None:
    return {
        "forward": "The forward half is made of what stands up to the word. Was anything there changed?",
        "both": "One half has read nothing of what was changed. Which one?",
        "neither": "One of the two models reads from the end and has met the new word before it comes to `saw`.",
    }.get(got)


# -- 4. the baseline ---------------------------------------------------------------------------------------


def lookup_accuracy(train: list[Tagged], held_out: list[Tagged]) -> float:
    """How often each word's most frequent training tag is right; unknown words get the most frequent tag of all."""
    tags_of: dict[str, Counter[str]] = defaultdict(Counter)
    for sentence in train:
        for word, tag in sentence:
            tags_of[word][tag] += 1
    most_frequent = Counter(tag for sentence in train for _, tag in sentence).most_common(1)[0][0]
    pairs = [pair for sentence in held_out for pair in sentence]
    guesses = [tags_of[word].most_common(1)[0][0] if word in tags_of else most_frequent for word, _ in pairs]
    return sum(guess == tag for guess, (_, tag) in zip(guesses, pairs, strict=True)) / len(pairs)


_TRAIN = [
    [("The", "DET"), ("fish", "NOUN"), ("eat", "VERB"), ("fish", "NOUN"), (".", "PUNCT")],
    [("The", "DET"), ("boats", "NOUN"), ("fish", "VERB"), (".", "PUNCT")],
]
_HELD_OUT = [
    [("The", "DET"), ("gulls", "NOUN"), ("eat", "VERB"), ("fish", "NOUN"), (".", "PUNCT")],
    [("They", "PRON"), ("fish", "VERB")],
    [("gulls", "NOUN"), ("eat", "VERB"), ("fish", "NOUN")],
]
_KOREAN = [
    [("배가", "SUBJ"), ("섬에", "PLACE"), ("닿았다", "VERB"), (".", "PUNCT")],
    [("배가", "SUBJ"), ("떠났다", "VERB"), (".", "PUNCT"), (".", "PUNCT")],
]


def _lookup_cases() -> list[tuple]:
    one_sentence = [[("eat", "VERB"), ("eat", "VERB"), ("eat", "NOUN")]]
    korean = [[("배가", "SUBJ"), ("항구에", "PLACE"), (".", "PUNCT")]]
    return [(_TRAIN, _HELD_OUT), (_KOREAN, korean), (_TRAIN, one_sentence)]


def _lookup_mistakes(arguments: tuple, expected: float, got: Any) -> str | None:
    train, held_out = arguments
    pairs = [pair for sentence in held_out for pair in sentence]
    known = {word for sentence in train for word, _ in sentence}
    known_pairs = [pair for pair in pairs if pair[0] in known]
    right_known = sum(lookup_accuracy(train, [[pair]]) for pair in known_pairs)
    if math.isclose(got, expected * len(pairs)):
        return "You count the right ones. Divide by the number of held-out words."
    if math.isclose(got, 100 * expected):
        return "That is the percentage. An accuracy lies between 0 and 1."
    if math.isclose(got, right_known / len(known_pairs)):
        return "You leave unknown words out. They count too, and get the most frequent tag of the training words."
    if math.isclose(got, right_known / len(pairs)):
        return "You count every unknown word as wrong. It gets the most frequent tag of the training words."
    if math.isclose(got, lookup_accuracy(held_out, held_out)):
        return "You learn from the held-out sentences. Count tags in `train` only."
    if math.isclose(got, float(np.mean([lookup_accuracy(train, [sentence]) for sentence in held_out]))):
        return "You take the mean over sentences. Every word counts the same: put all words together, then divide."
    last = {word: tag for sentence in train for word, tag in sentence}
    if math.isclose(got, sum(last.get(word, "NOUN") == tag for word, tag in pairs) / len(pairs)):
        return "You keep the tag a word had last. Count all its tags, and take the most frequent."
    return None


EXERCISES = (
    Exercise(
        name="state_row",
        task=(
            "Write `state_row(start, end, n, k, is_forward_lm)`: the row of the state that becomes the vector of the "
            "word at [start, end) in a text of n characters, behind a start marker of k characters; with the character "
            "beyond the word read, as by default."
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
        afterword="One row off and every vector belongs to another character: nothing fails, and results get worse.",
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
        afterword="It ignores lengths, so a word is not more alike because its numbers are large.",
    ),
    Exercise(
        name="changed_half",
        task=(
            'In "He saw a seal" the last word is replaced: "He saw a goat". Which half of the vector of `saw` changes? '
            'Answer "forward", "backward", "both" or "neither".'
        ),
        hints=(
            "What has each model read by the time its state is taken?",
            "The forward model has read He saw and the space behind it. The backward model comes from the other side.",
        ),
        reference="backward",
        choices=HALVES,
        diagnoses=_half_mistakes,
        afterword="The forward half is the same to the last bit: what comes later cannot reach it.",
    ),
    Exercise(
        name="lookup_accuracy",
        task=(
            "Write `lookup_accuracy(train, held_out)`: the share of held-out words that are tagged right if each word "
            "gets its most frequent tag in `train`, and a word that never stands there gets the most frequent tag of "
            "all training words. Both are lists of sentences, a sentence a list of pairs (word, tag)."
        ),
        hints=(
            "Count, for each word, how often it has each tag: a Counter for each word.",
            "`defaultdict(Counter)` makes them as needed; `.most_common(1)[0][0]` is the most frequent.",
            "For a word that is not in it, take the most frequent tag of one more Counter, over all training words.",
        ),
        reference=lookup_accuracy,
        cases=_lookup_cases,
        diagnoses=_lookup_mistakes,
        afterword="Without this number beside it, no accuracy of a tagger says anything.",
    ),
)
