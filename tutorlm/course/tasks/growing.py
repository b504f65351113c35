"""Exercises of notebook 10, growing."""

from __future__ import annotations

import math
from typing import Any

from tutorlm.course.exercises import Exercise

NOTEBOOK = "10_growing"


# -- 1. what must travel ----------------------------------------------------------------------------------


def _files_mistakes(arguments: tuple, expected: str, got: Any) -> str | None:
    return {
        "a": (
            "best-lm.pt has the weights, but neither the optimizer's state nor the place in the corpus: from it you "
            "can fine-tune, but not resume."
        ),
        "b": (
            "Nearly: checkpoint.pt has all that decides the next step. But the best model so far is a file of its own, "
            "and without it the run would not know what to keep at its end; and the text is in neither."
        ),
        "d": "Harmless, but they are made again: loss.tsv from the checkpoint's history, .encoded from the text.",
    }.get(got)


# -- 2. memory --------------------------------------------------------------------------------------------------


def training_bytes(V: int, E: int, H: int) -> int:
    """Bytes for the weights of a model of one layer, their gradients, and AdamW's two numbers for each weight."""
    encoder = V * E
    rnn = 4 * H * E + 4 * H * H + 2 * 4 * H
    decoder = H * V + V
    return 4 * 4 * (encoder + rnn + decoder)


def _memory_cases() -> list[tuple]:
    return [(10, 4, 2), (58, 100, 128), (832, 100, 256), (275, 100, 2048)]


def _memory_mistakes(arguments: tuple, expected: int, got: Any) -> str | None:
    V, E, H = arguments
    parameters = expected // 16
    factors = {
        1: "That is the number of weights. Each has 4 bytes, and there are four numbers for each weight.",
        4: "That is the weights alone. Their gradients and AdamW's two averages need as much again, each.",
        8: "Weights and gradients are there. AdamW keeps two more numbers for each weight.",
        12: "Four numbers for each weight: itself, its gradient, and AdamW's two averages.",
        128: "Those are bits. A number in float32 has 4 bytes.",
    }
    for factor, message in factors.items():
        if got == factor * parameters:
            return message
    for factor in (1, 4, 16):
        without = {
            "The LSTM has two biases of 4H numbers each, and the decoder one of V.": V * E + 4 * H * (E + H) + H * V,
            "The LSTM has two biases, bias_ih and bias_hh, of 4H numbers each.": parameters - 4 * H,
            "The LSTM's biases are missing: two, of 4H numbers each.": parameters - 8 * H,
            "The decoder has a bias, too: V numbers.": parameters - V,
            "The LSTM has four gates: 4H rows, not H.": V * E + H * (E + H + 2) + H * V + V,
            "The encoder is missing: V rows of E numbers.": parameters - V * E,
            "The decoder is missing: a matrix of V rows and H columns, and a bias of V.": parameters - V * (H + 1),
            "The biases of the LSTM are for four gates: two of 4H numbers each.": parameters - 6 * H,
        }
        for message, count in without.items():
            if got == factor * count:
                return message
    return None


# -- 3. which columns a process reads -----------------------------------------------------------------------


def own_columns(rank: int, processes: int, columns: int) -> list[int]:
    """The numbers of the columns that process `rank` (from 0) reads."""
    own = columns // processes
    return list(range(rank * own, (rank + 1) * own))


def _columns_cases() -> list[tuple]:
    return [(0, 2, 8), (1, 2, 8), (0, 1, 4), (3, 4, 8), (2, 3, 3), (1, 4, 16)]


def _columns_mistakes(arguments: tuple, expected: list[int], got: Any) -> str | None:
    rank, processes, columns = arguments
    own = columns // processes
    if not isinstance(got, list):
        return f"Right or wrong, this is a {type(got).__name__}: give back a list of numbers, list(range(…))."
    if got == list(range(rank, columns, processes)) and processes > 1:
        return "You deal them out in turns. Each process reads neighbours: process 0 the first B/N columns, and so on."
    if got == list(range(rank * own, (rank + 1) * own + 1)):
        return "One too many: the end of a range is not part of it."
    if got == expected[:-1]:
        return "One too few: a range stops before its end."
    if got == list(range(rank * own, own)):
        return "Your range ends where process 0 ends, whatever the rank. It should end where the next process begins."
    if rank != 1 and got == list(range((rank - 1) * own, rank * own)):
        return "Those are the columns of the process before: ranks begin at 0."
    if got == list(range(rank * processes, (rank + 1) * processes)):
        return "Each process has B / N columns, not N of them."
    if got == [number + 1 for number in expected]:
        return "Columns are counted from 0."
    if got == list(range(own)):
        return "Those are the columns of process 0. Where do those of the others begin?"
    return None


# -- 4. how long an epoch takes ---------------------------------------------------------------------------


def days_for(words: float, characters_per_word: float, characters_per_second: float) -> float:
    """How many days a model needs to read so many words once."""
    seconds = words * characters_per_word / characters_per_second
    return seconds / (24 * 60 * 60)


def _days_cases() -> list[tuple]:
    return [
        (345_600, 5, 10),  # two days
        (1_000_000, 5.7, 57_000.0),
        (1e9, 5.7, 25_000.0),
        (1e9, 3.8, 41_000.0),  # Korean, by its spaces
        (86_400, 1, 1),
        (8e8, 5.1, 1.2e6),
    ]


def _days_mistakes(arguments: tuple, expected: float, got: Any) -> str | None:
    words, per_word, per_second = arguments
    seconds = words * per_word / per_second
    for unit, length in (("seconds", 1), ("minutes", 60), ("hours", 3600), ("weeks", 7 * 86_400)):
        if math.isclose(got, seconds / length):
            return f"Those are {unit}. A day has 24 hours of 60 minutes of 60 seconds."
    if math.isclose(got, seconds / (24 * 60)):
        return "Those are days, had an hour 60 seconds: a day has 24 hours of 60 minutes of 60 seconds."
    if math.isclose(got, seconds / 24 * 60 * 60):
        return "Put the length of a day into brackets: a / b * c divides by b only."
    if math.isclose(got, words / per_second / 86_400):
        return "The model reads characters: multiply the words by the characters of each."
    if math.isclose(got, words / per_word / per_second / 86_400):
        return "A word has several characters: multiply by characters_per_word, do not divide."
    if math.isclose(got, 1 / expected) or math.isclose(got, words * per_word * per_second / 86_400):
        return "A faster model needs less time: divide by the characters per second."
    if math.isclose(got, round(expected)) or math.isclose(got, math.ceil(expected)):
        return "Do not round: part of a day is asked for, too."
    return None


EXERCISES = (
    Exercise(
        name="files_to_resume",
        task=(
            "A machine fails in the third epoch, but its disk survives. What must you copy, at least, so that another "
            'machine goes on bit for bit, by load_checkpoint and train with the same arguments? "a": the corpus and '
            'best-lm.pt; "b": checkpoint.pt; "c": the corpus, checkpoint.pt and best-lm.pt; "d": all of "c", loss.tsv '
            "and the corpus's .encoded."
        ),
        hints=(
            "Go through what section 1 found in a checkpoint. What is not in it?",
            "The text is not in it. And of which weights is there only one copy, in a file of its own?",
        ),
        reference="c",
        diagnoses=_files_mistakes,
        choices=("a", "b", "c", "d"),
        afterword="On the command line you would copy run.json as well: it remembers the arguments for you.",
    ),
    Exercise(
        name="training_bytes",
        task=(
            "Write `training_bytes(V, E, H)`: how many bytes do the weights of a model of one layer, their gradients "
            "and AdamW's two averages for each weight take in float32, 4 bytes a number? Biases count too: the LSTM "
            "has two of 4H numbers each, the decoder one of V."
        ),
        hints=(
            "The encoder has V·E weights, the decoder H·V and a bias of V.",
            "The LSTM has a matrix of 4H rows and E columns, one of 4H rows and H columns, and two biases of 4H.",
            "Four numbers for each weight (itself, its gradient, two averages) of 4 bytes each: times 16.",
        ),
        reference=training_bytes,
        cases=_memory_cases,
        diagnoses=_memory_mistakes,
        afterword="On top of that come the activations of the T·B characters of a window, kept for the way back.",
    ),
    Exercise(
        name="own_columns",
        task=(
            "Write `own_columns(rank, processes, columns)`: the list of the numbers of the columns that process `rank` "
            "reads. Processes and columns are counted from 0, `columns` is a multiple of `processes`, and each process "
            "reads a block of neighbouring columns, all blocks of the same width."
        ),
        hints=(
            "How many columns does each process have? `columns // processes`.",
            "Process 0 begins at column 0; process 1 where process 0 ends.",
            "`list(range(rank * own, (rank + 1) * own))`, where `own` is that number.",
        ),
        reference=own_columns,
        cases=_columns_cases,
        diagnoses=_columns_mistakes,
        afterword="A column never changes its process, so the hidden state at its end never has to be sent anywhere.",
    ),
    Exercise(
        name="days_for",
        task=(
            "Write `days_for(words, characters_per_word, characters_per_second)`: how many days does a model need to "
            "read so many words once?"
        ),
        hints=(
            "How many characters are there to read? And how many seconds does that take?",
            "Characters are `words * characters_per_word`; seconds are characters divided by characters per second.",
            "A day has `24 * 60 * 60` seconds.",
        ),
        reference=days_for,
        cases=_days_cases,
        diagnoses=_days_mistakes,
        afterword="One epoch only. The first epoch of a large corpus is worth far more than the second.",
    ),
)
