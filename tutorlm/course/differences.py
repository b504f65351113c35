"""The first difference between two values, in a sentence for a learner.

    difference([1, 2, 3], [1, 2, 4], 1e-6)   # "[2] is 4, not 3"

The most informative difference comes first: type, then shape and dtype, then the first element that differs.
"""

from __future__ import annotations

import math
import reprlib
import unicodedata
from typing import Any

import numpy as np
import torch

from tutorlm.course.editions import translate
from tutorlm.unicode import describe

LONGEST = 400  # number of characters shown of a value
MANY = 10_000  # a value of so many parts is not looked through
FAILURES = (Exception, SystemExit, GeneratorExit)  # what an answer may raise; Ctrl-C is none of it
_CONTAINERS = (list, tuple, set, frozenset, dict)
_BEGINNING = reprlib.Repr()
_BEGINNING.maxlevel, _BEGINNING.maxstring = 3, LONGEST


def shown(value: Any) -> str:
    """A value as code, truncated; never raises, and looks at the beginning only of what is huge."""
    try:
        is_huge = type(value) in (*_CONTAINERS, str) and not is_small(value)
        return cut(_BEGINNING.repr(value) if is_huge else repr(_plain(value)))
    except FAILURES as error:
        return f"<{type_name(value)} that cannot be shown: {type_name(error)}>"


def _plain(value: Any) -> Any:
    """A value with Python's own numbers in place of numpy's, whose repr names their type."""
    if isinstance(value, np.generic):
        return value.item()
    if type(value) in (list, tuple) and any(isinstance(part, (np.generic, list, tuple)) for part in value):
        return type(value)(map(_plain, value))
    return value


def cut(text: str) -> str:
    """A text without what is too long of it."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 20]} … ({len(text):,} characters)"


def printable(text: str) -> str:
    """A text with escapes for halves of characters, which no page or terminal takes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def is_small(value: Any) -> bool:
    """Whether a value, with all in it, can be looked through in a moment: it has an end, and that is near."""
    parts, count = [value], 0
    while parts and count < MANY:
        part = parts.pop()
        count += _length(part)
        if type(part) in _CONTAINERS and count < MANY:
            parts += [*part, *part.values()] if type(part) is dict else part
    return count < MANY


def _length(part: Any) -> int:
    """The number of parts of a value, or `MANY` if it may have no end, or be hard to look at."""
    if type(part) in (*_CONTAINERS, str, bytes):
        return len(part) + 1
    if issubclass(type(part), (np.ndarray, torch.Tensor)):
        return math.prod(part.shape) if part.dtype != object else MANY
    if type(part) is range:
        return 1 if not part[MANY:] else MANY
    known = (int, float, complex, np.generic, slice, type(None), type(...))
    return 1 if issubclass(type(part), known) else MANY


def type_name(value: Any) -> str:
    """The name of the type of a value, whatever its class makes of it."""
    return type.__dict__["__name__"].__get__(type(value))


def kind(value: Any) -> str:
    """The type of a value, with its article."""
    names = {bool: "a bool", int: "an int", float: "a float", str: "a string", list: "a list", tuple: "a tuple",
             dict: "a dict", torch.Tensor: "a tensor", np.ndarray: "an array"}  # fmt: skip
    value = value.item() if isinstance(value, np.generic) else value
    article = translate("a ")  # Korean has none
    return "None" if value is None else names.get(type(value), f"{article}{cut(type_name(value))}")


def difference(expected: Any, got: Any, tolerance: float, secret: bool = False, place: str = "") -> str | None:
    """The first difference between `got` and `expected`, or None.

    Args:
        expected, got: numbers, strings, arrays, tensors, and lists, tuples, dicts and sets of them.
            Other values are compared with `==`.
        tolerance: relative and absolute tolerance of floats; NaN equals NaN.
        secret: do not reveal the expected value; say only whether a number is too small or too large.
        place: position in a larger value, such as "[2]".
    """
    expected, got = (v.item() if isinstance(v, np.generic) else v for v in (expected, got))
    if not _alike(expected, got):
        words = f"{place or 'the answer'} is {kind(got)}, not {kind(expected)}"
        return f"{words}; .item() gives the number in it" if getattr(got, "ndim", None) == 0 else words
    if isinstance(expected, (np.ndarray, torch.Tensor)):
        return _of_arrays(expected, got, tolerance, secret, place)
    if isinstance(expected, (list, tuple)):
        return _of_sequences(expected, got, tolerance, secret, place)
    if isinstance(expected, dict):
        return _of_dicts(expected, got, tolerance, secret, place)
    if isinstance(expected, str):
        return _of_strings(expected, got, secret, place)
    if isinstance(expected, float):
        return None if _close(expected, got, tolerance) else _leaf(expected, got, secret, place)
    return None if _equal(expected, got) else _leaf(expected, got, secret, place)


def _alike(expected: Any, got: Any) -> bool:
    """Whether two values have the same type for a learner: 2 is accepted for 2.0."""
    if isinstance(expected, float):
        return isinstance(got, (int, float)) and not isinstance(got, bool)
    if isinstance(expected, (bool, int)) or expected is None:
        return type(got) is type(expected)
    bases = (np.ndarray, torch.Tensor, list, tuple, dict, str, set)
    return any(isinstance(expected, base) and isinstance(got, base) for base in bases) or isinstance(
        got, type(expected)
    )


def _close(expected: float, got: float, tolerance: float) -> bool:
    try:
        return math.isclose(expected, got, rel_tol=tolerance, abs_tol=tolerance) or (
            expected != expected and got != got
        )
    except OverflowError:  # an int larger than any float
        return False


def _equal(expected: Any, got: Any) -> bool:
    try:
        return bool(expected == got)
    except Exception:
        return False


def _leaf(expected: Any, got: Any, secret: bool, place: str) -> str:
    place = place or "the answer"
    if not secret:
        return f"{place} is {shown(got)}, not {shown(expected)}"
    if isinstance(expected, (int, float)) and not isinstance(expected, bool) and got == got:
        return f"{place}: {shown(got)} is too small" if got < expected else f"{place}: {shown(got)} is too large"
    return f"{place}: {shown(got)} is not it"


def _of_arrays(expected: Any, got: Any, tolerance: float, secret: bool, place: str) -> str | None:
    place = place or "the answer"
    if tuple(got.shape) != tuple(expected.shape):
        return f"{place} has shape {tuple(got.shape)}, not {tuple(expected.shape)}"
    if got.dtype != expected.dtype:
        return f"{place} has dtype {got.dtype}, not {expected.dtype}"
    mine, yours = (v.detach().cpu().numpy() if isinstance(v, torch.Tensor) else v for v in (expected, got))
    same = mine == yours
    if mine.dtype.kind in "fc":
        same = np.isclose(yours, mine, rtol=tolerance, atol=tolerance, equal_nan=True)
    if same.all():
        return _of_records(expected, got, place)
    first = tuple(np.argwhere(~same)[0].tolist())
    where = f"{place}[{', '.join(map(str, first))}]" if first else place
    return _leaf(mine[first], yours[first], secret, where.removeprefix("the answer") or place)


def _of_records(expected: Any, got: Any, place: str) -> str | None:
    """Whether tensors are part of what gradients flow through."""
    wanted, found = (isinstance(v, torch.Tensor) and v.requires_grad for v in (expected, got))
    if wanted == found:
        if wanted and expected.is_leaf and not got.is_leaf:
            return f"{place} still has the record of how it was computed; .detach().requires_grad_() begins a new one"
        return None
    advice = "its numbers cannot be learnt" if wanted else ".detach() cuts the record of how it was computed"
    return f"{place} has requires_grad={found}, not {wanted}; {advice}"


def _of_sequences(expected: Any, got: Any, tolerance: float, secret: bool, place: str) -> str | None:
    inner = (difference(e, g, tolerance, secret, f"{place}[{i}]") for i, (e, g) in enumerate(zip(expected, got)))  # noqa: B905
    first = next(filter(None, inner), None)
    if len(got) == len(expected):
        return first
    words = f"{place or 'the answer'} has length {len(got)}, not {len(expected)}"
    return f"{words}; {first}" if first and not secret else words


def _of_dicts(expected: Any, got: Any, tolerance: float, secret: bool, place: str) -> str | None:
    for key in expected:
        if key not in got:
            return f"{place or 'the answer'} lacks {'a key' if secret else f'the key {shown(key)}'}"
    if len(got) != len(expected):
        key = next(key for key in got if key not in expected)
        return f"{place or 'the answer'} has the key {shown(key)}, which does not belong there"
    inner = (difference(expected[key], got[key], tolerance, secret, f"{place}[{shown(key)}]") for key in expected)
    return next(filter(None, inner), None)


def _characters(number: int) -> str:
    return "1 character" if number == 1 else f"{number} characters"


def _of_strings(expected: str, got: str, secret: bool, place: str) -> str | None:
    if got == expected:
        return None
    if secret:
        return _leaf(expected, got, secret, place)
    place = place or "the answer"
    may_be_another_form = len(got) < 100 + 10 * len(expected)  # to normalise a huge text takes long
    if may_be_another_form and unicodedata.normalize("NFC", got) == unicodedata.normalize("NFC", expected):
        return (
            f"{place} looks right, but is in another Unicode normal form: {len(got)} code points, not {len(expected)}"
        )
    first = next((i for i, (e, g) in enumerate(zip(expected, got)) if e != g), None)  # noqa: B905
    if first is not None:
        return f"{place} at character {first}: {describe(got[first])}, not {describe(expected[first])}"
    if len(got) < len(expected):
        return f"{place} ends after {_characters(len(got))}; {describe(expected[len(got)])} should follow"
    return f"{place} goes on after {_characters(len(expected))}, with {describe(got[len(expected)])}"
