"""Exercises of notebook 06, the backward model."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from tutorlm.course.exercises import Exercise

NOTEBOOK = "06_backward"

ENGLISH = "The ferry left the harbour at nine, and the gulls went with it."
KOREAN = "배가 등대를 지나 항구로 왔다."
ARABIC = "عادت الحافلة الزرقاء إلى العمل."


# -- 1. the stream of a backward model ------------------------------------------------------------------------


def backward_stream(documents: list[str], delimiter: str) -> str:
    """What a backward model reads: all documents, each followed by its delimiter, turned around as a whole."""
    forward = "".join(document + delimiter for document in documents)
    return forward[::-1]


def _stream_cases() -> list[tuple]:
    return [
        (["ab", "cd"], "\n"),
        (["ab", "cd"], "[SEP]"),
        (["배가 왔다."], "[SEP]"),
        ([ENGLISH, KOREAN, ARABIC], "[SEP]"),
        ([ENGLISH, KOREAN], "\n"),
        ([], "\n"),
    ]


def _stream_mistakes(arguments: tuple, expected: str, got: Any) -> str | None:
    documents, delimiter = arguments
    if not isinstance(got, str):
        return None
    forward = "".join(document + delimiter for document in documents)
    if got == forward:
        return "That is the stream of a forward model: nothing is turned around yet."
    if got == "".join(document[::-1] + delimiter for document in documents):
        return "You turn around each document by itself. The whole stream is: the last document comes first."
    if got == "".join(document + delimiter for document in reversed(documents)):
        return "You turn around the order of the documents. Their characters are turned around as well."
    turned = delimiter[::-1]
    if delimiter != turned and got.replace(delimiter, turned) in (
        expected, "".join(document[::-1] + turned for document in reversed(documents)),
    ):  # fmt: skip
        return f"The delimiter is part of the stream: read from its end, {delimiter} is {turned}."
    if got == "".join(document[::-1] + turned for document in reversed(documents)):
        return (
            "The delimiter is on the wrong side. In the text it follows each document, "
            "so read from the end it comes before each."
        )
    if got == delimiter.join(documents)[::-1]:
        return "A delimiter is missing: it follows every document, the last one too, and is not only between two."
    return None


# -- 2. what a backward model writes ------------------------------------------------------------------------------


def in_reading_order(prompt: str, written: str, is_forward_lm: bool) -> str:
    """Prompt and characters in the order they were written, as a person reads them."""
    return prompt + written if is_forward_lm else written[::-1] + prompt


def _reading_cases() -> list[tuple]:
    return [
        ("The ", "end", True),
        (" Berlin", "otnier", False),
        (" 왔다.", "가배", False),
        ("배가 ", "왔다.", True),
        (" العمل.", "ىلإ", False),
        ("\n", "", False),
    ]


def _reading_mistakes(arguments: tuple, expected: str, got: Any) -> str | None:
    prompt, written, is_forward_lm = arguments
    if is_forward_lm:
        return "For a forward model nothing is turned around: the prompt, then what was written."
    if got == prompt + written:
        return "That is the forward case. A backward model's prompt is the end of the text."
    if got == written + prompt:
        return "The prompt is at the end, as it should be. What was written last belongs leftmost, so turn it around."
    if got == written[::-1] + prompt[::-1]:
        return "The prompt is given in reading order already: turn around only what was written."
    if got == prompt + written[::-1]:
        return "The prompt is the end of the text: what was written goes before it."
    return None


# -- 3. bits by the place in the word --------------------------------------------------------------------------


def bits_by_position(text: str, bits: np.ndarray, length: int) -> list[float]:
    """Mean bits of the first, second, … character of all words of exactly `length` characters; words are `\\w+`."""
    starts = [match.start() for match in re.finditer(r"\w+", text) if len(match.group()) == length]
    return [float(np.mean([bits[start + place] for start in starts])) for place in range(length)]


def _position_cases() -> list[tuple]:
    rising = [4.0, 1.0, 0.5, 2.0, 3.0]
    cases = [("ab cd", rising, 2), ("ab cde", [4.0, 1.0, 0.5, 9.0, 9.0, 9.0], 2), ("to do.", [*rising, 6.0], 2)]
    texts = ((ENGLISH, 3), (ENGLISH, 4), (KOREAN, 2), (ARABIC, 5), ("ab\ncd", 2))
    chance = np.random.default_rng(5)
    random = [(text, [float(round(x, 1)) for x in chance.uniform(0, 8, len(text))], size) for text, size in texts]
    return [(text, np.array(values), length) for text, values, length in [*cases, *random]]


def _position_mistakes(arguments: tuple, expected: list[float], got: Any) -> str | None:
    text, bits, length = arguments
    if isinstance(got, float):
        return "That is one number. Give a list: one mean for each place in the word."
    words = [match.group() for match in re.finditer(r"\w+", text)]
    if isinstance(got, np.ndarray) and _near(got, expected):
        return "The numbers are right, but they are in an array. `.tolist()` makes a list of it."
    exact = _starts(text, length)
    firsts = [text.index(word) for word in words if len(word) == length]  # of the first time that a word occurs
    for wrong, said in [
        (_sums(bits, exact, length), "Those are sums. Divide by the number of words."),
        (expected[::-1], "The places run the other way: the first number is for the first letter in reading order."),
        (
            _means(bits, _starts(text, length, r"\S+"), length),
            r"You cut at blanks, so `do.` counts as a word of three. Letters alone: the pattern is `\w+`.",
        ),
        (
            _means(bits, _starts(text, length, r"\w+", longer=True), length),
            "You count longer words too. Take only those of exactly `length` characters.",
        ),
        (
            _means(bits, [start - 1 for start in exact], length),
            "Your places are one too far left: the first of them is the blank before the word.",
        ),
        (
            _means(bits, [start + 1 for start in exact], length),
            "Your places are one too far right: `match.start()` is the place of the first letter itself.",
        ),
        (
            _means(bits, firsts, length),
            "A word that occurs twice is measured twice at its first place: `text.index` finds only that one. "
            "`re.finditer` knows where each begins.",
        ),
        (
            [float(np.mean(bits[start : start + length])) for start in exact],
            "Those are the means of whole words. Take the mean over all words, place by place.",
        ),
        ([bits[start + place] for start in exact for place in range(length)], "Those are all the bits. Take means."),
    ]:
        if _near(got, wrong):
            return said
    return None


def _starts(text: str, length: int, pattern: str = r"\w+", *, longer: bool = False) -> list[int]:
    words = [(match.start(), len(match.group())) for match in re.finditer(pattern, text)]
    return [start for start, size in words if size == length or (longer and size > length)]


def _means(bits: np.ndarray, starts: list[int], length: int) -> list[float]:
    """Mean bits by place; places outside the text count as 0, and no word at all gives nothing."""
    return [total / len(starts) for total in _sums(bits, starts, length)] if starts else []


def _sums(bits: np.ndarray, starts: list[int], length: int) -> list[float]:
    inside = range(len(bits))
    return [float(sum(bits[start + place] for start in starts if start + place in inside)) for place in range(length)]


def _near(got: Any, wanted: Any) -> bool:
    return len(got) == len(wanted) and all(
        math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9) for a, b in zip(got, wanted, strict=True)
    )


EXERCISES = (
    Exercise(
        name="backward_stream",
        task=(
            "Write `backward_stream(documents, delimiter)`: the string that a backward model reads. In the text, each "
            "of the documents is followed by the delimiter."
        ),
        hints=(
            "Write down what a forward model reads first: every document, followed by its delimiter.",
            "Then turn around the whole string, delimiters and all.",
            '`"".join(document + delimiter for document in documents)[::-1]` is all there is to it.',
        ),
        reference=backward_stream,
        cases=_stream_cases,
        diagnoses=_stream_mistakes,
        afterword=(
            "So every document is read after a delimiter in either direction, and a backward model meets ]PES[ where a "
            "forward one meets [SEP]."
        ),
    ),
    Exercise(
        name="in_reading_order",
        task=(
            "Write `in_reading_order(prompt, written, is_forward_lm)`: the text as a person reads it. `prompt` is in "
            "reading order; `written` holds the characters in the order in which the model wrote them."
        ),
        hints=(
            "A forward model's text is the prompt, then what it wrote.",
            "A backward model starts from the end: its prompt is what the text ends with.",
            "What it wrote first is next to the prompt, so `written[::-1] + prompt`.",
        ),
        reference=in_reading_order,
        cases=_reading_cases,
        diagnoses=_reading_mistakes,
        afterword="`generate_text` does this for you; if a model seems to write half a text in reverse, look here.",
    ),
    Exercise(
        name="bits_by_position",
        task=(
            "Write `bits_by_position(text, bits, length)`: over all words of exactly `length` characters, the mean "
            "bits of their first, second, … character, as a list. A word is a run of letters, `\\w+`; `bits` holds "
            "one number for each character of the text."
        ),
        hints=(
            "Where does each word begin? `re.finditer(r'\\w+', text)` finds them, with `.start()` and `.group()`.",
            "Keep the starts of words for which `len(match.group()) == length`.",
            "For each `place` in `range(length)`: `float(np.mean([bits[start + place] for start in starts]))`.",
        ),
        reference=bits_by_position,
        cases=_position_cases,
        diagnoses=_position_mistakes,
        afterword="One number for a whole text hides where the bits are spent. A mean for each place shows it.",
    ),
)
