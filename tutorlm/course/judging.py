"""Judge an answer to an exercise: right, try again, or not yet, and why.

Errors in a learner's function, exceptions included, become messages. Nothing is raised, and no state is kept.
`tutorlm.course.exercises` documents how to write and use exercises.
"""

from __future__ import annotations

import contextlib
import copy
import dis
import html
import inspect
import linecache
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np

from tutorlm.course.colours import GREEN, GREY, ORANGE
from tutorlm.course.differences import FAILURES, cut, difference, is_small, kind, printable, shown, type_name
from tutorlm.course.drawing import folded
from tutorlm.course.editions import translate

RIGHT, TRY_AGAIN, NOT_YET = "right", "try again", "not yet"
COLOURS = {RIGHT: GREEN, TRY_AGAIN: ORANGE, NOT_YET: GREY}  # visible on white and on black
Diagnosis = Callable[[tuple, Any, Any], "str | None"]


@dataclass(frozen=True)
class Exercise:
    """A task with everything needed to judge an answer.

    Attributes:
        name: the argument of `check`; for a function, ideally its own name.
        task: one or two sentences in Markdown.
        hints: from a nudge to nearly the answer.
        reference: a function that solves the task; or the expected value, or a function that computes it.
        cases: returns the argument tuples to try, always the same; None if the answer is a value.
            Arguments are copied for each call. The first failing case is shown, so start with a small one.
        diagnoses: one or several functions (arguments, expected, got) → what went wrong, or None if it is
            another mistake. They are called with wrong answers only, and not with huge ones or those that may have
            no end, such as a generator; one that raises is skipped.
        afterword: a sentence shown with "right", on why this matters.
        tolerance: relative and absolute tolerance of floats.
        choices: the options of a multiple-choice question: ("a", "b", "c").
        examine: judges a folder of the learner's work instead; its report has `problem`, "" if all is well.
    """

    name: str
    task: str
    hints: tuple[str, ...]
    reference: Any
    cases: Callable[[], Iterable[tuple]] | None = None
    diagnoses: Diagnosis | tuple[Diagnosis, ...] = ()
    afterword: str = ""
    tolerance: float = 1e-6
    choices: tuple[str, ...] = ()
    examine: Callable[[str | Path], Any] | None = None

    def value(self) -> Any:
        """The expected value, if the answer is a value."""
        return self.reference() if callable(self.reference) else self.reference

    def diagnose(self, arguments: tuple, expected: Any, got: Any) -> str | None:
        """The first diagnosis that recognises the mistake."""
        diagnoses = self.diagnoses if isinstance(self.diagnoses, tuple) else (self.diagnoses,)
        for diagnosis in diagnoses if is_small(got) else ():
            with contextlib.suppress(*FAILURES):  # a wrong answer may be anything at all
                if found := diagnosis(arguments, expected, got):
                    return found
        return None


@dataclass(frozen=True, repr=False)
class Note:
    """A message to a learner, as text or HTML: a heading, the exercise, the message, code, and a report.

    Its fields are English; what is shown is in the language of the edition.
    """

    word: str
    name: str
    message: str
    code: str = ""
    report: Any = None  # has `html()`

    def __str__(self) -> str:
        word, message = translate(self.word), translate(self.message)
        parts = [f"{word} · {self.name}", message, self.code and textwrap.indent(self.code, "    ")]
        parts += [str(self.report)] if self.report else []
        return "\n".join(part for part in parts if part)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        told = translate(self.word), self.name, translate(self.message), self.code
        word, name, message, code = map(html.escape, told)
        message = re.sub("`([^`]+)`", r"<code>\1</code>", message)
        wrap = "white-space: pre-wrap; word-break: normal; overflow-wrap: anywhere"  # at words where there are any
        pre = f"background: none; color: currentColor; margin: .4em 0 0; {wrap}"
        return (
            f'<div role="status" style="color: currentColor; max-width: 60rem; padding: .3em .8em; '
            f'border-left: .4em solid {COLOURS.get(self.word, "currentColor")}"><strong>{word}</strong> · {name}'
            + (f'<div dir="auto" style="{wrap}; margin-top: .3em">{message}</div>' if message else "")
            + (f'<pre style="{pre}"><code style="background: none; color: inherit">{code}</code></pre>' if code else "")
            + "</div>"
            + (self.report.html() if self.report else "")
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": folded(self._repr_html_())}


class Result(Note):
    """The outcome of an answer."""

    @property
    def outcome(self) -> str:
        """One of "right", "try again" and "not yet"."""
        return self.word


# -- an exercise and an answer ----------------------------------------------------------------------


def judge(exercise: Exercise, answer: Any) -> Result:
    """Judge an answer, like `check`, but for an `Exercise` object."""
    try:
        result = _judge(exercise, answer)
    except FAILURES as error:
        message = f"The answer could not be judged: looking at it raised {_told(error)}"
        result = Result(TRY_AGAIN, exercise.name, message)
    return Result(result.word, result.name, printable(result.message), printable(result.code), result.report)


def _judge(exercise: Exercise, answer: Any) -> Result:
    if exercise.examine:
        return _judge_folder(exercise, exercise.examine, answer)
    if exercise.cases is None:
        return _judge_value(exercise, answer)
    if _is_placeholder(answer) or answer is None:
        return _not_yet(exercise, "The answer is still a placeholder.")
    if not callable(answer):
        message = (
            f"The answer should be a function, but this is {kind(answer)}. Pass the function itself, not its result."
        )
        return Result(TRY_AGAIN, exercise.name, message)
    if _is_empty(getattr(answer, "__code__", None)):
        return _not_yet(exercise, "The function has no body yet.")
    outcomes = (_try(exercise, answer, case) for case in exercise.cases())
    return next(filter(None, outcomes), None) or Result(RIGHT, exercise.name, exercise.afterword)


def _judge_folder(exercise: Exercise, examine: Callable[[str | Path], Any], answer: Any) -> Result:
    if _is_placeholder(answer) or answer is None:
        return _not_yet(exercise, "The answer is still a placeholder.")
    if not isinstance(answer, (str, Path)):
        return Result(TRY_AGAIN, exercise.name, f"Answer with the name of a folder; this is {kind(answer)}.")
    report = examine(answer)
    word = TRY_AGAIN if report.problem else RIGHT
    return Result(word, exercise.name, report.problem or exercise.afterword, report=report)


def _judge_value(exercise: Exercise, answer: Any) -> Result:
    expected = exercise.value()
    if _is_placeholder(answer) or (answer is None and expected is not None):
        return _not_yet(exercise, "The answer is still a placeholder.")
    if exercise.choices:
        answer = answer.strip().lower() if isinstance(answer, str) else answer
        if not isinstance(answer, str) or answer not in exercise.choices:
            listed = ", ".join(f'"{choice}"' for choice in exercise.choices)
            return Result(TRY_AGAIN, exercise.name, f"Answer with one of {listed}; this is {shown(answer)}.")
    gap = difference(expected, answer, exercise.tolerance, secret=True)
    if gap is None:
        return Result(RIGHT, exercise.name, exercise.afterword)
    if callable(answer):
        return Result(TRY_AGAIN, exercise.name, "The answer should be a value, but this is a function: call it.")
    return Result(TRY_AGAIN, exercise.name, exercise.diagnose((), expected, answer) or f"{_sentence(gap)}.")


def _try(exercise: Exercise, answer: Callable, case: tuple) -> Result | None:
    """What is wrong with a function on one case, or None."""
    called = f"{cut(str(getattr(answer, '__name__', exercise.name)))}({', '.join(map(shown, case))})"
    given, expected = copy.deepcopy(case), exercise.reference(*copy.deepcopy(case))
    with contextlib.suppress(ValueError):  # functions written in C may have no signature
        try:
            inspect.signature(answer).bind(*given)
        except TypeError as error:
            message = f"Your function does not accept the arguments below: {cut(str(error))}."
            return Result(TRY_AGAIN, exercise.name, message, called)
    try:
        with np.errstate(all="ignore"):  # infinities and NaN are reported as wrong answers
            got = answer(*given)
    except NotImplementedError:
        return _not_yet(exercise, "The function is not written yet.")
    except FAILURES as error:
        return _raised(exercise, answer, error, called)
    if _is_placeholder(got):
        return _not_yet(exercise, "The function still returns a placeholder.")
    if difference(case, given, 0.0):
        message = (
            "Your function changed its input, which its caller may still need. Work on a copy, or create a new value."
        )
        return Result(TRY_AGAIN, exercise.name, message, called)
    gap = difference(expected, got, exercise.tolerance)
    if gap is None:
        return None
    if got is None:
        gap = "the answer is None: perhaps `return` is missing, or it prints what it should return"
    diagnosis = exercise.diagnose(copy.deepcopy(case), expected, got)
    sides = {"input": called, "expected": shown(expected), "got": shown(got)}
    if not diagnosis:
        return Result(TRY_AGAIN, exercise.name, f"{_sentence(gap)}.", _rows(sides))
    return Result(TRY_AGAIN, exercise.name, diagnosis, _rows({**sides, "first difference": translate(gap)}))


def _raised(exercise: Exercise, answer: Callable, error: BaseException, called: str) -> Result:
    """The exception raised by the learner's code, and the line of theirs that raised it."""
    own = _code_of(answer)
    places, step = [], error.__traceback__
    while step:
        places.append((step.tb_frame.f_code.co_filename, step.tb_lineno))
        step = step.tb_next
    own_places = [place for place in places if own and place[0] == own.co_filename]
    code = called
    if own_places:
        file, line = own_places[-1]
        text = linecache.getline(file, line).strip()
        code += "\n" + (f"{translate(f'line {line}')}: {text}" if text else translate(f"line {line} of your code"))
    if "ellipsis" in _told(error).lower() and own and Ellipsis in own.co_consts:
        return _not_yet(exercise, "The function still has a `...` in it.")
    return Result(TRY_AGAIN, exercise.name, f"Your function raised {_told(error)}", code)


def _code_of(function: Callable) -> CodeType | None:
    """The code of a function under its decorators, if it is written in Python."""
    with contextlib.suppress(*FAILURES):
        code = getattr(inspect.unwrap(function), "__code__", None)
        return code if isinstance(code, CodeType) else None
    return None


def _told(error: BaseException) -> str:
    """An exception and what it says, if it can say it."""
    name = cut(type_name(error))
    try:
        return f"{name}: {cut(str(error))}"
    except FAILURES:
        return f"{name}, whose message cannot be shown"


def _rows(rows: Mapping[str, str]) -> str:
    own_lines = {
        label: "\n" + textwrap.indent(text, "  ") if "\n" in text else f" {text}" for label, text in rows.items()
    }
    return "\n".join(f"{translate(label)}:{text}" for label, text in own_lines.items())


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _not_yet(exercise: Exercise, message: str) -> Result:
    helps = f'(hint("{exercise.name}") helps.)'
    return Result(NOT_YET, exercise.name, f"{message} {exercise.task}\n{helps}")


def _is_placeholder(value: Any) -> bool:
    """Whether a value is `...`, or a tuple or list with `...` in it."""
    return value is ... or (type(value) in (tuple, list) and any(item is ... for item in value))


def _is_empty(code: Any) -> bool:
    """Whether a function has no body but a docstring, `...`, `pass` or `return ...`."""
    doing_nothing = {"RESUME", "NOP", "LOAD_CONST", "POP_TOP", "RETURN_VALUE", "RETURN_CONST"}
    if not isinstance(code, CodeType) or {step.opname for step in dis.get_instructions(code)} - doing_nothing:
        return False
    returned = [step.argval for step in dis.get_instructions(code) if step.opname in ("LOAD_CONST", "RETURN_CONST")]
    return returned[-1:] in ([None], [...])
