"""Exercises of notebook 00: two small ones, to see how exercises work."""

from __future__ import annotations

import math
from typing import Any

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


# -- 2. from probability to bits -----------------------------------------------------------------------


def bits_for(p: float) -> float:
    """The bits that a character costs which was given the probability p."""
    return -math.log2(p)


def _bits_cases() -> list[tuple]:
    return [(1 / 8,), (1 / 2,), (1.0,), (0.9,), (1 / 61,), (0.0001,)]


def _bits_mistakes(arguments: tuple, expected: float, got: Any) -> str | None:
    (p,) = arguments
    if not isinstance(got, (int, float)):
        return None
    if expected and math.isclose(got, -expected):
        return "The sign: log2 of a number below 1 is negative, and a cost is positive. Put a minus in front."
    if expected and math.isclose(got, -math.log(p)):
        return "Those are nats, from the natural logarithm `math.log`. Bits need `math.log2`."
    if expected and math.isclose(got, -math.log10(p)):
        return "That is the logarithm to base 10. Bits need base 2: `math.log2`."
    if math.isclose(got, 1 / p):
        return "That is 1/p, how many equally likely characters there would be. The bits are its log2."
    if math.isclose(got, 1 - p):
        return "1 - p says how likely something else was. Bits are -log2 p: each halving of p costs one bit more."
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
        name="bits_for",
        task="Write `bits_for(p)`: how many bits does a character cost that the model had given the probability p?",
        hints=(
            "Certainty, p = 1, costs nothing; p = 1/2 costs one bit, 1/4 two, 1/8 three. Which function does that?",
            "The logarithm to base 2 counts halvings: `math.log2(1 / 8)` is -3.",
            "`-math.log2(p)`",
        ),
        reference=bits_for,
        cases=_bits_cases,
        diagnoses=_bits_mistakes,
        afterword="The mean of this over all characters of a text is bits per character, the course's yardstick.",
    ),
)
