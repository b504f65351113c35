"""Checks of plain values from a file: what kind, which range, which shape.

A check takes a value and the name of its field. It raises a ValueError that says both, if the value is not fit.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import Tensor

Check = Callable[[Any, str], None]


def require(condition: bool, where: str, value: Any, wanted: str) -> None:
    """Raise a ValueError with the name of a field, its value and what is wanted, unless the condition holds."""
    if not condition:
        raise ValueError(f"{where} is {shown(value)}, not {wanted}")


def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of these pairs, for json's `object_pairs_hook`; ValueError if a key occurs twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key occurs twice")
    return found


def shown(value: Any) -> str:
    """A value of any kind and size, in a few words."""
    if type(value) is Tensor:
        return f"a tensor of {str(value.dtype).removeprefix('torch.')} {tuple(value.shape)}"
    text = "" if type(value) is int and abs(value) >= 10**20 else repr(value)
    return text if 0 < len(text) <= 200 and "\n" not in text else f"a large {type(value).__name__}"


def equal(one: Any, other: Any) -> bool:
    """Whether two plain values are equal; False for what cannot be compared, such as tensors."""
    try:
        return bool(one == other)
    except (RuntimeError, ValueError, TypeError):
        return False


def whole(least: int = 0, below: float = 2**63) -> Check:
    """A whole number."""

    def check(value: Any, where: str) -> None:
        fits = type(value) is int and least <= value < below
        require(fits, where, value, f"a whole number, at least {least} and below {below:g}")

    return check


def real(*others: float) -> Check:
    """A finite float that is not negative, or one of `others`."""

    def check(value: Any, where: str) -> None:
        fits = type(value) is float and (0 <= value < math.inf or str(value) in map(str, others))
        require(fits, where, value, "a finite float, at least 0.0")

    return check


def same(value: Any) -> Check:
    """A value that is known already."""
    return lambda found, where: require(type(found) is type(value) and equal(found, value), where, found, shown(value))


def tensor(like: Tensor) -> Check:
    """A tensor of the same kind and shape, of finite numbers."""

    def check(value: Any, where: str) -> None:
        fits = type(value) is Tensor and (value.dtype, value.shape) == (like.dtype, like.shape)
        require(fits, where, value, shown(like))
        require(bool(value.isfinite().all()), where, value, "finite in all its numbers")

    return check


def many(check_one: Check, least: int = 0, most: float = math.inf) -> Check:
    """A list of `least` to `most` values."""

    def check(value: Any, where: str) -> None:
        require(type(value) is list, where, value, "a list")
        require(least <= len(value) <= most, f"the length of {where}", len(value), f"from {least} to {most}")
        for number, one in enumerate(value):
            check_one(one, f"{where}.{number}")

    return check


def each(checks: Sequence[Check]) -> Check:
    """A list with one value for each of these."""

    def check(value: Any, where: str) -> None:
        many(anything, len(checks), len(checks))(value, where)
        for number, check_one in enumerate(checks):
            check_one(value[number], f"{where}.{number}")

    return check


def fields(checks: Mapping[Any, Check]) -> Check:
    """A dict with these keys and no others."""

    def check(value: Any, where: str) -> None:
        require(isinstance(value, dict), where, value, "a dict")
        for name in [*(name for name in checks if name not in value), *(name for name in value if name not in checks)]:
            raise ValueError(f"{where}.{name} is {'missing' if name in checks else 'not known here'}")
        for name, check_one in checks.items():
            check_one(value[name], f"{where}.{name}")

    return check


def a(kind: type) -> Check:
    """Anything of this kind."""
    return lambda value, where: require(type(value) is kind, where, value, f"a {kind.__name__}")


def anything(value: Any, where: str) -> None:
    """No check."""
