"""Exercises of notebook 00: two small ones, to see how exercises work."""

from __future__ import annotations

from typing import Any

import numpy as np

from tutorlm.course.exercises import Exercise

NOTEBOOK = "00_start_here"

FIRST = "Anna (9) saw a Sea Bird by a bay.\n"  # each known mistake gives another number for it
TEXTS = (FIRST, "banana", "배가 가", "海の町、港の町", "في الميناء", "रेलवे", "the cat\nthe hat\n", "")


# -- 1. how many different characters ------------------------------------------------------------------


def alphabet_size(text: str) -> int:
    """How many different characters a text has."""
    return len(set(text))


def _alphabet_cases() -> list[tuple]:
    return [(text,) for text in TEXTS]


def _alphabet_mistakes(arguments: tuple, expected: int, got: Any) -> str | None:
    (text,) = arguments
    if isinstance(got, (set, dict)):
        return "Those are the characters themselves. Return how many there are: `len` counts them."
    known = {
        len(text): "You count every character. Each kind counts once: a `set` keeps one of each.",
        len(set(text.lower())): "You lower-case the text first. To a model, A and a are two characters.",
        len(set(text.replace(" ", ""))): "The space is a character too, like any other.",
        len({c for c in text if not c.isspace()}): "Space and line end are characters too, like any other.",
        len({c for c in text if c.isalpha()}): "Not only letters count: marks, digits, spaces and line ends do too.",
        len(text.split()): "Those are the words. Count the characters.",
        len(set(text.split())): "Those are the different words. Count the characters.",
        expected + 1: "That is one too many. The dictionary will add <unk>; here, count what the text holds.",
    }
    return known.get(got)


# -- 2. the likeliest character ------------------------------------------------------------------------


def likeliest(probabilities: dict[str, float]) -> str:
    """The character with the highest probability."""
    return max(probabilities, key=lambda character: probabilities[character])


def _likeliest_cases() -> list[tuple]:
    return [
        ({"s": 0.2, "e": 0.5, "t": 0.25, "a": 0.05},),
        ({"m": 0.2, "b": 0.6, "z": 0.15, "k": 0.05},),
        ({"가": 0.2, "는": 0.25, "를": 0.55},),
        ({" ": 0.02, "\n": 0.98},),
        ({"ا": 1.0},),
    ]


def _likeliest_mistakes(arguments: tuple, expected: str, got: Any) -> str | None:
    (probabilities,) = arguments
    if isinstance(got, (tuple, list)) and expected in got:
        return "The right character is in it. Return this character alone."
    if type(got) is int or isinstance(got, np.integer):
        return "That is a number, perhaps the place of the highest one. Return the character at that place."
    if got == probabilities[expected]:
        return "That is the probability. Give back the character that has it."
    if got == min(probabilities, key=lambda character: probabilities[character]):
        return "That is the least likely one. `max` finds the highest."
    if got == max(probabilities):
        return (
            "That is the last one by Unicode: `max` or `sorted` of a dictionary compares its keys, the characters. "
            "Tell it to compare their probabilities."
        )
    if got == next(iter(probabilities)):
        return "That is the first one. The order of the dictionary does not matter, the probabilities do."
    return None


EXERCISES = (
    Exercise(
        name="alphabet_size",
        task="Write `alphabet_size(text)`: how many different characters does a text have?",
        hints=(
            "A Python `set` keeps each thing once. A string can be made into one.",
            "The body is one line: the length of `set(text)`.",
        ),
        reference=alphabet_size,
        cases=_alphabet_cases,
        diagnoses=_alphabet_mistakes,
        afterword="With one more for <unk>, everything unknown, this is V: the number of answers a model chooses from.",
    ),
    Exercise(
        name="likeliest",
        task=(
            "Write `likeliest(probabilities)`: `probabilities` is a dictionary from characters to probabilities. "
            "Return the character with the highest one."
        ),
        hints=(
            "Python's `max` can do it, if you tell it what to compare by.",
            "`max(probabilities, key=...)`: the key is a function from a character to its probability, "
            "and `probabilities.get` is one.",
        ),
        reference=likeliest,
        cases=_likeliest_cases,
        diagnoses=_likeliest_mistakes,
        afterword="At temperature 0 a model writes in just this way. The next cells show what comes of it.",
    ),
)
