"""Exercises of notebook 02, the corpus."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from tutorlm.corpus import batchify
from tutorlm.course.exercises import Exercise

NOTEBOOK = "02_corpus"


# -- 1. a stream in columns: the reference is the package's own function ----------------------------------


def _batchify_cases() -> list[tuple]:
    lengths = [(12, 3), (14, 3), (13, 4), (5, 1), (5, 5), (3, 4), (100, 7)]
    korean = np.frombuffer("배가 등대를 지나 항구로 왔다.".encode("utf-32-le"), dtype=np.uint32)
    return [*((np.arange(n, dtype=np.uint8), columns) for n, columns in lengths), (korean, 4)]


def _batchify_mistakes(arguments: tuple, expected: np.ndarray, got: Any) -> str | None:
    ids, columns = arguments
    rows = len(ids) // columns
    if rows and got.shape[:1] == (0,):
        return (
            "Nothing is left: if the rest is 0, `ids[:-0]` is empty. Count the rows first, n // B, and keep rows * B."
        )
    whole = ids[: rows * columns]
    if np.array_equal(got, whole.reshape(columns, rows)) and rows != columns:
        return (
            "Your result has the shape (B, rows): every part is in a row. Turn it with .T, and the rows become columns."
        )
    if rows > 1 and columns > 1 and np.array_equal(got, whole.reshape(rows, columns)):
        return (
            "The stream runs across your rows, so the character below another is not the one after it. "
            "Each column should hold one part of the stream, to be read downwards: reshape to (B, rows), then .T."
        )
    if len(ids) % columns and np.array_equal(got, ids[len(ids) - rows * columns :].reshape(columns, rows).T):
        return "You leave out the first characters. Those that do not fit are the last n mod B."
    if got.shape[0] == rows + 1:
        return "You fill up the last row. A model would be trained on the padding: leave out the last n mod B."
    return None


# -- 2. how many steps ---------------------------------------------------------------------------------


def count_windows(n: int, B: int, T: int) -> int:
    """How many windows of T rows, the last perhaps shorter, n characters in B columns make."""
    rows = n // B
    return math.ceil(rows / T)


def _window_cases() -> list[tuple]:
    return [
        (1200, 10, 12),
        (1000, 10, 30),
        (109, 10, 10),
        (57_513, 32, 64),
        (26_811, 100, 250),
        (7, 10, 5),
        (20, 1, 20),
        (1210, 10, 12),  # one row more than ten windows
    ]


def _window_mistakes(arguments: tuple, expected: int, got: Any) -> str | None:
    n, columns, length = arguments
    rows = n // columns
    if isinstance(got, float):
        return "A count is a whole number. Use // or math.ceil, which give an int."
    if got == math.ceil(n / length):
        return "That is one column after the other. B columns are read side by side: a window is T rows of all of them."
    if rows % length == 1 and got == rows // length:  # what rounds down differs in an earlier case
        return "The last row counts too: with the row that the trainer puts on top, all n // B rows are targets."
    if got == rows // length:
        return "The last window may be shorter than T, but it is trained on too. Round up."
    if got == math.ceil(n / (columns * length)):
        return "The n mod B characters left over make no row. First find the number of whole rows, n // B."
    if got == rows // length + 1:
        return (
            "That is one too many where the rows fill the last window. `math.ceil` rounds up only if there is a rest."
        )
    if got == rows:
        return "That is the number of rows. A window takes T of them."
    return None


# -- 3. inputs and targets -------------------------------------------------------------------------------


def window(columns: np.ndarray, start: int, T: int) -> tuple[np.ndarray, np.ndarray]:
    """What the model reads in the window at row `start`, and what it should predict there."""
    stop = min(start + T, len(columns) - 1)
    return columns[start:stop], columns[start + 1 : stop + 1]


def _cut_cases() -> list[tuple]:
    small, large = np.arange(12).reshape(3, 4).T, np.arange(63).reshape(3, 21).T
    return [(small, 0, 2), (small, 1, 2), (small, 0, 3), (small, 2, 2), (large, 8, 8), (large, 16, 8), (large, 0, 64)]


def _cut_mistakes(arguments: tuple, expected: tuple, got: Any) -> str | None:
    columns, start, length = arguments
    if isinstance(got, np.ndarray) or len(got) != 2:
        return "Give back two arrays: the inputs, then the targets."
    (inputs, targets), (right_inputs, right_targets) = got, expected
    same_inputs = np.array_equal(inputs, right_inputs)
    if np.array_equal(inputs, right_targets) and np.array_equal(targets, right_inputs):
        return "The two are exchanged: inputs first, then targets."
    if np.array_equal(inputs, targets):
        return "Inputs and targets are the same: from these a model learns to copy. The target is the *next* character."
    if same_inputs and np.array_equal(targets, np.roll(columns, 1, axis=0)[start : start + len(inputs)]):
        return "Your targets are the characters before the inputs. Shift the other way: one row on."
    if inputs.shape == right_inputs.shape and targets.shape == (len(inputs), columns.shape[1] - 1):
        return "You shift to the next column. The next character is in the next row, below."
    if len(inputs) == len(targets) == len(right_inputs) - 1:
        return "You cut the targets out of the same T rows, so one row is lost. The targets reach one row further down."
    if len(inputs) == len(right_inputs) + 1 and start + length >= len(columns):
        return "The last row of all has no next character: stop the inputs one row earlier, at len(columns) - 1."
    return None


def _cut_elsewhere(arguments: tuple, expected: tuple, got: Any) -> str | None:
    columns, start, length = arguments
    (inputs, targets), (right_inputs, right_targets) = got, expected
    same_inputs = np.array_equal(inputs, right_inputs)
    if np.array_equal(inputs, columns[:, start : start + length]) and not same_inputs:
        return "You cut columns. A window is made of rows: `columns[start:stop]`."
    if start and np.array_equal(inputs[:1], columns[start * length :][:1]):
        return "`start` is already the number of a row. Do not multiply it by T."
    if same_inputs and np.array_equal(targets, columns[start + length : start + 2 * length]):
        return "Your targets are the next window. The target of a character is only one row further down."
    if same_inputs and len(targets) == len(inputs) - 1 and np.array_equal(targets, right_targets[:-1]):
        return "The last target is missing: targets begin one row later than the inputs, and end one row later."
    return None


# -- 4. documents -----------------------------------------------------------------------------------------


def split_documents(text: str, delimiter: str) -> list[str]:
    """The documents of a text, each with its delimiter; the last need not have one."""
    pieces = text.split(delimiter)
    documents = [piece + delimiter for piece in pieces[:-1]]
    return [*documents, pieces[-1]] if pieces[-1] else documents


def _document_cases() -> list[tuple]:
    return [
        ("배가 왔다.\n갈매기가 따라왔다.\n", "\n"),
        ("The gulls came. Then SHE came.[SEP]Nobody spoke.[SEP]", "[SEP]"),
        ("أبحرت السفينة.[SEP]عادت مساء.", "[SEP]"),
        ("पहला।||तीसरा।|", "|"),
        (" 一\n二 \n\n三", "\n\n"),
        ("one|two|", "|"),
        ("no delimiter at all", "\n"),
        ("", "\n"),
    ]


def _document_mistakes(arguments: tuple, expected: list[str], got: Any) -> str | None:
    text, delimiter = arguments
    got = list(got)
    if got in (pieces := re.split(delimiter, text), [piece for piece in pieces if piece]) and (
        re.escape(delimiter) != delimiter and pieces != text.split(delimiter)
    ):
        return 'To `re`, "[SEP]" means one of the letters S, E, P. `re.escape(delimiter)` takes it literally.'
    if got and got[-1] == "" and got[:-1] == expected:
        return "There is an empty document at the end: nothing follows the last delimiter, so no document begins there."
    if got and got[-1] == expected[-1] + delimiter and got[:-1] == expected[:-1]:
        return "You put a delimiter after the last document, where the text has none. Joined, they should be the text."
    pieces = text.split(delimiter)
    if got in (pieces, [piece for piece in pieces if piece]):
        return "The delimiters are lost. Each document keeps its own: that is how a model learns where a document ends."
    if got == [document for document in expected if document != delimiter]:
        return "An empty document is dropped. It is a delimiter of its own, and nothing of a text should get lost."
    if "".join(got) != text and [piece.strip() for piece in got] == [piece.strip() for piece in expected]:
        return "White space got lost. Joined, the documents should be the text again, character by character."
    return None


def _delimiter_mistakes(arguments: tuple, expected: list[str], got: Any) -> str | None:
    _, delimiter = arguments
    got = list(got)
    if got == [*expected, delimiter]:
        return (
            "There is a delimiter too many at the end: after the last one `split` gives an empty piece. Leave it out."
        )
    if expected and got == expected[:-1]:
        return "The last document is lost: it has no delimiter, but it is a document too."
    if delimiter in got[:-1] and len(got) > len(expected):
        return "Your delimiters are documents of their own. Each belongs to the end of the document before it."
    if len(got) > 1 and all(document.startswith(delimiter) for document in got):
        return "You put the delimiter before each document. It comes at the end."
    if not got and len(delimiter) > 1:
        return "Nothing was found: a delimiter may have several characters, so no single character equals it."
    return None


EXERCISES = (
    Exercise(
        name="batchify",
        task=(
            "Write `batchify(ids, B)`. Cut an array of n numbers into B parts of equal length and lay them side by "
            "side, one in each column. The result has shape (n // B, B); the last n mod B numbers are left out."
        ),
        hints=(
            "How many rows are there? Keep only as many numbers as fill them.",
            "`reshape` fills row by row. So make B rows first, with one part of the stream in each.",
            "`ids[: rows * B].reshape(B, rows)` has the parts in rows; `.T` turns rows into columns.",
        ),
        reference=batchify,
        cases=_batchify_cases,
        diagnoses=_batchify_mistakes,
        afterword=(
            "Read downwards, every column is running text. So what the model remembers at the end of one window is "
            "just what it needs at the beginning of the next."
        ),
    ),
    Exercise(
        name="count_windows",
        task=(
            "Write `count_windows(n, B, T)`: in how many windows are n characters read, in B columns and T rows at a "
            "time, the last window perhaps shorter? Thanks to the row on top, every row is a target."
        ),
        hints=(
            "Begin with the number of rows. What does not fill a whole row is left out.",
            "Then take the rows T at a time. What remains at the end is a window too.",
            "`math.ceil(rows / T)`, with `rows = n // B`.",
        ),
        reference=count_windows,
        cases=_window_cases,
        diagnoses=_window_mistakes,
        afterword=(
            "Twice as many columns make half as many steps. Each learns from more text, but there are fewer of them. "
            "(The trainer cuts the first window short at random, which may make one more.)"
        ),
    ),
    Exercise(
        name="window",
        task=(
            "Write `window(columns, start, T)`, which returns a tuple of two arrays: the inputs, T rows of `columns` "
            "from row `start` on, and the targets, for each input the character that comes next. At the end of "
            "`columns` both are shorter: the very last row has no next character, so it cannot be an input."
        ),
        hints=(
            "The next character is one row further down in the same column.",
            "Inputs are rows start to stop, targets rows start + 1 to stop + 1. What is stop near the end?",
            "`stop = min(start + T, len(columns) - 1)`.",
        ),
        reference=window,
        cases=_cut_cases,
        diagnoses=(_cut_elsewhere, _cut_mistakes),
        afterword="One window of T rows and B columns asks T · B times: what comes after all that you have read?",
    ),
    Exercise(
        name="split_documents",
        task=(
            "Write `split_documents(text, delimiter)`, which returns the documents of a text as a list, each with the "
            'delimiter that ends it. Nothing may get lost: `"".join(…)` of them is the text. The last one may have no '
            "delimiter."
        ),
        hints=(
            "`text.split(delimiter)` finds the pieces. What is missing from each?",
            "Put the delimiter back after every piece but the last: it ends all of those.",
            "The last piece is a document of its own, unless it is empty.",
        ),
        reference=split_documents,
        cases=_document_cases,
        diagnoses=(_delimiter_mistakes, _document_mistakes),
        afterword=(
            "Documents are what gets shuffled, anew in each epoch. (If lines are the documents, the package leaves a "
            "blank line with the line before it.)"
        ),
    ),
)
