"""Exercises of notebook 11, the clinic."""

from __future__ import annotations

import math
from typing import Any

from tutorlm.course.differences import shown
from tutorlm.course.exercises import Exercise

NOTEBOOK = "11_when_it_goes_wrong"

# -- 1. perplexity of characters and of words --------------------------------------------------------


def word_perplexity(bits_per_character: float, characters: int, words: int) -> float:
    """The perplexity per word of a text that costs so many bits per character."""
    bits_per_word = bits_per_character * characters / words
    return 2**bits_per_word


def _word_cases() -> list[tuple]:
    return [(2.0, 10, 2), (1.0, 30, 6), (1.8, 560, 100), (math.log2(3.5), 5_700, 1_000), (0.0, 12, 3), (2.5, 7, 7)]


def _word_mistakes(arguments: tuple, expected: float, got: Any) -> str | None:
    bits, characters, words = arguments
    if math.isclose(got, bits * characters / words):
        return "Those are the bits per word. The perplexity is 2 to that power."
    if math.isclose(got, 2**bits):
        return "That is the perplexity per character. A word costs the bits of all its characters."
    if math.isclose(got, 2**bits * characters / words):
        return "You multiply the perplexity. Bits add up along a word; turn them into a perplexity afterwards."
    if math.isclose(got, 2 ** (bits * words / characters)):
        return "Characters and words the other way round: a word has characters / words of them."
    if math.isclose(got, math.exp(bits * characters / words)):
        return "The exponential goes with nats. With bits it is 2 to the power of them."
    if math.isclose(got, 2 ** (bits * characters)):
        return "That is for the whole text. Share its bits among the words."
    return None


# -- 2. documents that leaked ---------------------------------------------------------------------------


def leaked_documents(train: list[str], held_out: list[str]) -> list[str]:
    """The held-out documents that also occur in the training text, blanks around them aside."""
    seen = {document.strip() for document in train}
    return [document.strip() for document in held_out if document.strip() and document.strip() in seen]


_TRAIN = ["The ferry was late.\n", "배가 늦었다.\n", "\n", "غادرت العبّارة الميناء.\n", "नाव घाट पर पहुँची।\n"]
_HELD_OUT = ["The ferry was late.\n", "The ferry was early.\n", "\n", "  배가 늦었다. \n", "नाव घाट पर पहुँची।"]


def _leak_cases() -> list[tuple]:
    return [
        (["a", "b"], ["b", "c"]),
        (_TRAIN, _HELD_OUT),
        (["The ferry was late, again.\n"], ["The ferry was late\n"]),  # contained in another, not equal
        (["b", "b", "a"], ["a", "b", "a"]),
        ([], ["a"]),
    ]


def _leak_mistakes(arguments: tuple, expected: list[str], got: Any) -> str | None:
    train, held_out = arguments
    stripped = [document.strip() for document in train]
    if isinstance(got, (int, float)):
        return "Asked for are the documents themselves, so that one can look at them."
    if isinstance(got, set):
        return "A set loses the order and the number. Give back a list, in the order of `held_out`."
    if not isinstance(got, list):
        return None
    if got == [document for document in held_out if document in train]:
        return "You compare the lines as they stand. Blanks and line ends around them hide a copy: strip both sides."
    if "" in got or "\n" in got:
        return "An empty line is no document: leave out those that are empty after strip()."
    if [document.strip() for document in got] == expected:
        return "These are the right ones. Give them back without blanks and line ends around them."
    if got == [document for document in stripped if document and document in {h.strip() for h in held_out}]:
        return "You go through the training documents. Go through the held-out ones, in their order."
    if got == [d.strip() for d in held_out if d.strip() and any(d.strip() in t for t in train)]:
        return "You find a document inside a longer one too. Asked for are whole documents: compare for equality."
    if got == list(dict.fromkeys(expected)):
        return (
            "You give each only once. One that stands in held_out twice counts twice in the result, so list it twice."
        )
    return None


# -- 3. how far the learning rate falls --------------------------------------------------------------------


def rate_after(valid_losses: list[float], learning_rate: float, anneal_factor: float, patience: int) -> float:
    """The learning rate after these splits, if it is annealed on a plateau."""
    best, bad = math.inf, 0
    for loss in valid_losses:
        best, bad = (loss, 0) if loss < best else (best, bad + 1)
        if bad > patience:
            learning_rate, bad = learning_rate * anneal_factor, 0
    return learning_rate


def _rate_cases() -> list[tuple]:
    return [
        ([3.0, 3.1, 3.2], 20.0, 0.25, 1),
        ([3.0, 3.1, 3.2, 2.9], 20.0, 0.25, 2),
        ([3.0, 2.9, 2.8, 2.7], 20.0, 0.25, 0),
        ([3.0, 3.2, 3.1, 3.05, 3.01], 20.0, 0.25, 1),  # each better than the last, none better than the best
        ([2.0] + [2.1] * 9, 20.0, 0.5, 2),
        ([3.0, 3.1, 2.9, 3.0, 2.8, 2.9], 20.0, 0.25, 1),  # never two bad ones in a row
        ([2.5, 2.5, 2.5], 8.0, 0.5, 1),  # no better is not better
        ([], 20.0, 0.25, 3),
    ]


def _variant(
    losses: list[float],
    rate: float,
    factor: float,
    patience: int,
    *,
    at: int = 0,
    reset: bool = True,
    last: bool = False,
) -> float:
    """`rate_after` with a known mistake."""
    best, bad = math.inf, 0
    for loss in losses:
        bad = 0 if loss < best and (reset or last) else bad + (loss >= best)
        best = loss if last else min(best, loss)
        if bad > patience - at:
            rate, bad = rate * factor, 0
    return rate


def _rate_mistakes(arguments: tuple, expected: float, got: Any) -> str | None:
    if math.isclose(got, _variant(*arguments, at=1)):
        return "One too early: `patience` splits may fail to improve, and the next one makes it happen."
    if math.isclose(got, _variant(*arguments, last=True)):
        return "You compare with the split before. What counts is the best loss so far."
    if math.isclose(got, _variant(*arguments, reset=False)):
        return "The count begins anew at each improvement: only bad splits in a row count."
    losses, rate, factor, patience = arguments
    best, bad, wrong = math.inf, 0, rate
    for loss in losses:
        best, bad = (loss, 0) if loss < best else (best, bad + 1)
        wrong *= factor if bad > patience else 1
    if math.isclose(got, wrong):
        return "After the rate has fallen the count begins anew, or it would fall again at every split."
    return None


# -- 4. four runs -------------------------------------------------------------------------------------------

CAUSES = ("too little text", "train longer", "rate too high", "annealed too early")
RUNS = {  # valid loss, train loss (bits per character), learning rate, after each of six validations
    "A": ([3.2, 2.8, 2.6, 2.7, 3.0, 3.4], [3.1, 2.5, 2.0, 1.4, 0.9, 0.5], [0.008] * 6),
    "B": ([44.6, 41.0, 63.2, 38.7, 55.1, 47.9], [88.3, 52.6, 49.0, 61.7, 44.2, 50.8], [20.0] * 6),
    "C": ([3.9, 3.8, 3.8, 3.8, 3.8, 3.8], [3.9, 3.8, 3.8, 3.8, 3.8, 3.8], [20.0, 1.25, 0.078, 0.0049, 0.0003, 0.00002]),
    "D": ([3.4, 3.0, 2.8, 2.6, 2.5, 2.4], [3.3, 2.9, 2.7, 2.6, 2.5, 2.4], [0.008] * 6),
}


def _run_mistakes(arguments: tuple, expected: tuple, got: Any) -> str | None:
    hints = (
        "Run A: train and valid loss part. What does it mean that only the text read again and again gets easier?",
        "Run B: a model that knows nothing needs about 6 bits. This one is far worse. What throws it about?",
        "Run C: look at the learning rate beside the loss. At 0.0003 of what it was, can anything still be learnt?",
        "Run D: is the last number the best? Do train and valid still go down together? Then nothing is wrong yet.",
    )
    if isinstance(got, str) or len(got) != len(expected):
        return "Give four causes, for runs A, B, C and D, in a tuple."
    unknown = [cause for cause in got if cause not in CAUSES]
    if unknown:
        return f"{shown(unknown[0])} is not one of {', '.join(CAUSES)}."
    return next(hint for hint, right, cause in zip(hints, expected, got, strict=True) if right != cause)


EXERCISES = (
    Exercise(
        name="word_perplexity",
        task=(
            "Write `word_perplexity(bits_per_character, characters, words)`: the perplexity per word of a text with "
            "so many characters (spaces included) and words, if each character costs so many bits on average."
        ),
        hints=(
            "Bits add up: how many bits does the whole text cost? And a word, on average?",
            "Perplexity is 2 to the power of the bits.",
            "`2 ** (bits_per_character * characters / words)`",
        ),
        reference=word_perplexity,
        cases=_word_cases,
        diagnoses=_word_mistakes,
        afterword="3.5 per character and several hundred per word can be the same model on the same text.",
    ),
    Exercise(
        name="leaked_documents",
        task=(
            "Write `leaked_documents(train, held_out)`: the held-out documents that also occur in `train`, in the "
            "order of `held_out`, as a list. Both are lists of strings; blanks and line ends around a document do not "
            "count, and are not given back; empty documents are left out."
        ),
        hints=(
            "`strip()` takes blanks and line ends off both ends of a string.",
            "Make a set of the stripped training documents first: looking something up in it is quick.",
            "Then go through held_out, and keep what is not empty and stands in the set, stripped.",
        ),
        reference=leaked_documents,
        cases=_leak_cases,
        diagnoses=_leak_mistakes,
        afterword="Run it on every corpus that came from the web: the same paragraph stands there many times.",
    ),
    Exercise(
        name="rate_after",
        task=(
            "Write `rate_after(valid_losses, learning_rate, anneal_factor, patience)`: the learning rate after these "
            "splits. It is multiplied by `anneal_factor` when more than `patience` splits in a row were not better "
            "than the best so far; then the count of bad splits begins anew."
        ),
        hints=(
            "Keep two things as you go through the losses: the best so far, and how many in a row were not better.",
            "A better loss becomes the best and sets the count to 0; any other adds 1 to it.",
            "If the count is greater than `patience`: multiply the rate, set the count to 0.",
        ),
        reference=rate_after,
        cases=_rate_cases,
        diagnoses=_rate_mistakes,
        afterword="Patience counts splits: the same text cut into ten times as many uses it up ten times sooner.",
    ),
    Exercise(
        name="four_runs",
        task=(
            'Name the cause for each of the runs A, B, C, D: a tuple of four strings, each one of "too little text", '
            '"train longer", "rate too high", "annealed too early".'
        ),
        hints=(
            "Begin with the one whose loss is worse than that of a model that knows nothing.",
            "Where train and valid loss part, the model learns its text by heart.",
            "Of the last two, one still gets better. Look at the learning rate of the other.",
        ),
        reference=("too little text", "rate too high", "annealed too early", "train longer"),
        diagnoses=_run_mistakes,
        afterword="Two losses and the learning rate tell most of what can be told about a run: loss.tsv has all three.",
    ),
)
