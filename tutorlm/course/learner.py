"""What a learner guessed and what they solved: `predict` and `reveal`, and the course's `progress`.

    from tutorlm.course import predict, progress, reveal

    predict("library", 4.0)          # before the cell that measures it
    reveal("library", 4.36, "bits")  # at the end of that cell: how far off the guess was
    progress()                       # the exercises solved so far, over all notebooks

Guesses are kept in the kernel. The names of solved exercises are kept in the file `my_progress.json` beside the
notebooks; nothing is sent anywhere, and deleting the file begins anew.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tutorlm.course import display
from tutorlm.course.colours import GREEN
from tutorlm.course.differences import difference, shown
from tutorlm.course.drawing import Drawing
from tutorlm.course.drawings.shapes import tiles, write
from tutorlm.course.editions import translate
from tutorlm.course.judging import Note
from tutorlm.files.atomic import atomic_write

FILE = Path("my_progress.json")
CLOSE = 0.05  # a guess that is off by less than this share is called close

_guesses: dict[str, Any] = {}


# -- guesses ---------------------------------------------------------------------------------------


def predict(name: str, guess: Any) -> Note:
    """Keep a guess until `reveal` compares it: a number, a word, or one of several choices."""
    if guess is ...:
        _guesses.pop(name, None)
        return Note(
            "no guess yet", name, "Put your guess in place of `...` and run this cell. You learn most from a wrong one."
        )
    _guesses[name] = guess
    return Note("noted", name, f"Your guess is {shown(guess)}. Now run the next cell.")


def reveal(name: str, value: Any, unit: str = "") -> Note:
    """Say what it is, and how far off the guess of this name was.

    Args:
        value: what was measured: a number, or what was to be chosen.
        unit: of a number, such as "bits per character".
    """
    told = f"It is {_told(value, unit)}."
    if name not in _guesses:
        return Note("revealed", name, f"{told} (No guess was kept: run the cell with `predict` first, if you like.)")
    guess = _guesses[name]
    if not _is_number(value):
        word = "as you guessed" if _is_same(guess, value) else "revealed"
        return Note(word, name, f"You guessed {shown(guess)}. {told}")
    if not _is_number(guess):
        return Note("revealed", name, f"You guessed {shown(guess)}, which is no number. {told}")
    off = float(guess) - float(value)
    if not off:
        return Note("as you guessed", name, f"You guessed {_told(guess)}. {told}")
    if abs(off) <= CLOSE * abs(float(value)):
        return Note("close", name, f"You guessed {_told(guess)}. {told}")
    how = f"{_told(abs(off))} too high" if off > 0 else f"{_told(abs(off))} too low"
    return Note("revealed", name, f"You guessed {_told(guess)}. {told} Your guess was {how}.")


def _is_same(guess: Any, value: Any) -> bool:
    """Whether a guess is what was to be chosen; capitals and white space around a word do not count."""
    if isinstance(guess, str) and isinstance(value, str):
        return guess.strip().casefold() == value.strip().casefold()
    return difference(value, guess, 0.0) is None


def _is_number(value: Any) -> bool:
    try:
        return not isinstance(value, (bool, str)) and math.isfinite(float(value))
    except (TypeError, ValueError, OverflowError):
        return False


def _told(value: Any, unit: str = "") -> str:
    if not _is_number(value):
        return shown(value)
    number = float(value)
    text = f"{number:,.0f}" if number == round(number) or abs(number) >= 1000 else f"{number:.3g}"
    return text + unit if unit.startswith("%") else f"{text} {unit}".strip()


# -- what was solved ---------------------------------------------------------------------------------


def solved() -> set[str]:
    """The names of the exercises that were solved in this folder.

    Raises:
        ValueError: the file is damaged.
    """
    if not FILE.exists():
        return set()
    try:
        return set(map(str, json.loads(FILE.read_text(encoding="utf-8"))["solved"]))
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{FILE} cannot be read ({error}): delete it, and progress begins anew") from error


def remember(name: str) -> None:
    """Note that an exercise was solved by the person at this notebook; a file that cannot be written is let be."""
    with contextlib.suppress(OSError, ValueError):
        if display.someone_looks_on() and name not in (names := solved()):
            with atomic_write(FILE) as file:
                file.write(json.dumps({"solved": sorted(names | {name})}, indent=1).encode())


def progress() -> Drawing:
    """A line over all notebooks: how many of each one's exercises were solved in this folder.

    Raises:
        ValueError: `my_progress.json` is damaged.
    """
    from tutorlm.course.exercises import modules, notebook_of

    names: dict[str, list[str]] = {}
    for module in modules():  # the exercises of a notebook may be in several
        names.setdefault(notebook_of(module)[:2], []).extend(exercise.name for exercise in module.EXERCISES)
    return draw_progress(names, solved())


def draw_progress(exercises: Mapping[str, list[str]], done: set[str]) -> Drawing:
    """One box for each notebook, filled by the share of its exercises in `done`.

    Args:
        exercises: notebook → the names of its exercises, at least one each.
    """
    right = {notebook: len(done.intersection(names)) for notebook, names in exercises.items()}
    told = {notebook: f"{right[notebook]}/{len(names)}" for notebook, names in exercises.items()}
    pitch, marks = 690 / len(exercises), ""
    for place, (notebook, names) in enumerate(exercises.items()):
        x, wide = 5 + place * pitch, pitch - 4
        marks += tiles([(x, 5)], wide * right[notebook] / len(names), 22, GREEN, 0.7, edge=False)
        marks += tiles([(x, 5)], wide, 22, tint=0) + write(x + wide / 2, 20, told[notebook], "middle")
        marks += write(x + wide / 2, 44, notebook, "middle", font_weight=700)
    listed = ", ".join(f"{notebook} {of_it}" for notebook, of_it in told.items())
    total = sum(map(len, exercises.values()))
    alt = translate(f"{sum(right.values())} of {total} exercises solved. By notebook: {listed}")
    return Drawing(700, 50, alt, marks)
