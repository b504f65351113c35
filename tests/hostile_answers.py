"""Answers that fail at whatever is tried with them, that never end, or that are odd in another way."""

from __future__ import annotations

import collections
import decimal
import fractions
import itertools
import math
import sys
import threading
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch


def fails(*names: str, base: type = object, error: type[BaseException] = RuntimeError) -> type:
    """A class whose objects raise an error in these methods."""

    def fail(self: Any, *arguments: Any) -> Any:
        raise error("no")

    return type("Fails", (base,), {"__hash__": object.__hash__, **dict.fromkeys(names, fail)})


class Endless:
    def __iter__(self) -> Iterator[int]:
        return itertools.count()


class EndlessBySubscript:
    def __getitem__(self, number: int) -> int:
        return number


class EndlessList(Endless, list): ...


class EndlessTuple(Endless, tuple): ...


class EndlessDict(Endless, dict): ...


class Agreeable:
    """Has every attribute."""

    def __getattr__(self, name: str) -> Agreeable:
        return Agreeable()

    def __call__(self, *arguments: Any, **settings: Any) -> Agreeable:
        return Agreeable()


class MuteError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")

    __repr__ = __str__


class NamelessKind(type):
    @property
    def __name__(cls) -> str:
        raise RuntimeError("no name")


class Nameless(metaclass=NamelessKind): ...


class Classless:
    @property
    def __class__(self) -> type:
        raise RuntimeError("no class")


def nested(depth: int, width: int) -> list:
    value: list = []
    for _ in range(depth):
        value = [value] * width
    return value


def knot() -> list:
    value: list = []
    value += [value, value]
    return value


def array_of_objects() -> np.ndarray:
    value = np.empty(3, object)
    value[:] = [fails("__eq__")(), 10**400, None]
    value[2] = value
    return value


METHODS = (
    "__str__", "__repr__", "__eq__", "__ne__", "__len__", "__bool__", "__iter__", "__getattribute__", "__float__",
    "__array__", "__getitem__", "__contains__", "__format__", "__call__", "__sub__", "__lt__",
)  # fmt: skip
SOUND: dict[type, Any] = {list: [1, 2], tuple: (1, 2), dict: {"a": 1}, str: "no", float: 1.0, int: 1, set: {1}}

VALUES: dict[str, Callable[[], Any]] = {
    "10**400": lambda: 10**400,
    "10**5000": lambda: 10**5000,
    "nan": lambda: math.nan,
    "-inf": lambda: -math.inf,
    "complex": lambda: complex(math.nan, 0),
    "bool": lambda: True,
    "signalling nan": lambda: decimal.Decimal("sNaN"),
    "fraction": lambda: fractions.Fraction(10**400),
    "long double": lambda: np.longdouble("1e4000"),
    "date": lambda: np.datetime64("NaT"),
    "array": lambda: np.arange(3),
    "array of no dimension": lambda: np.array(3.0),
    "array of objects": array_of_objects,
    "array of strings": lambda: np.array(["a", "b"]),
    "array with names": lambda: np.zeros(3, [("a", int)]),
    "masked array": lambda: np.ma.masked_all((3,)),
    "array of a terabyte": lambda: np.broadcast_to(1.0, (10**6, 10**6)),
    "tensor": lambda: torch.arange(3),
    "tensor with gradient": lambda: torch.ones(3, requires_grad=True),
    "tensor of bfloat16": lambda: torch.ones(3, dtype=torch.bfloat16),
    "sparse tensor": lambda: torch.ones(3).to_sparse(),
    "conjugate tensor": lambda: torch.ones(3, dtype=torch.complex64).conj(),
    "tensor of a terabyte": lambda: torch.ones(1).expand(10**12),
    "generator": lambda: (number for number in range(3)),
    "endless generator": itertools.count,
    "generator that fails": lambda: (1 / 0 for _ in "a"),
    "range": lambda: range(10**12),
    "range too long to have a length": lambda: range(10**40),
    "endless": Endless,
    "endless by subscript": EndlessBySubscript,
    "endless list": lambda: EndlessList([1, 2]),
    "endless tuple": lambda: EndlessTuple((1, 2)),
    "endless dict": lambda: EndlessDict(a=1),
    "list of long ranges": lambda: [range(10**12)] * 4,
    "pair of endless ones": lambda: (itertools.count(), itertools.count()),
    "agreeable": Agreeable,
    "error": MuteError,
    "class": lambda: MuteError,
    "nameless": Nameless,
    "nameless class": lambda: Nameless,
    "classless": Classless,
    "list in itself": knot,
    "dict in itself": lambda: (lambda value: value.update(a=value) or value)({}),
    "deep list": lambda: nested(10_000, 1),
    "list of 2**40": lambda: nested(40, 2),
    "ragged list": lambda: [[1], [1, 2], "a", None],
    "halves of characters": lambda: "\ud800\udfff",
    "huge string": lambda: "x" * 10**6,
    "marks": lambda: "\u0301\u0316" * 10**5,
    "four huge strings": lambda: ("x" * 10**6,) * 4,
    "bytes": lambda: b"\xff",
    "set": lambda: {1, 2},
    "dict of odd keys": lambda: {(): 1, math.nan: 2, "\ud800": 3, fails("__repr__", "__eq__")(): 4},
    "module": lambda: math,
    "function": lambda: len,
    "slice": lambda: slice(None),
    "file": lambda: sys.stdout,
    "lock": threading.Lock,
    "namespace": types.SimpleNamespace,
    "none": lambda: None,
    "dots": lambda: [[...]],
    **{f"fails at {method}": lambda method=method: fails(method)() for method in METHODS},
    **{f"exits at {method}": lambda method=method: fails(method, error=SystemExit)() for method in METHODS[:8]},
    "fails at all": lambda: fails(*(method for method in METHODS if method != "__getattribute__"))(),
    **{
        f"{base.__name__} that fails": lambda base=base, value=value: fails(*METHODS[:7], base=base)(value)
        for base, value in SOUND.items()
    },
}


def raises(error: BaseException | type[BaseException]) -> Callable[..., Any]:
    def answer(*arguments: Any) -> Any:
        raise error

    return answer


def recurses(*arguments: Any) -> Any:
    return recurses(*arguments)


def spoils_its_input(*arguments: Any) -> None:
    for argument in arguments:
        if isinstance(argument, list):
            argument[:] = [fails("__eq__", "__repr__")(), argument]
        if isinstance(argument, dict):
            argument[fails("__repr__")()] = argument


def with_attribute(name: str, value: Any) -> Any:
    """A callable object with a value in place of one of the attributes of a function."""
    return type("Callable", (), {"__call__": lambda self, *arguments: 1 / 0, name: value})()


def named(name: str) -> Callable[..., Any]:
    function = raises(ValueError(name))
    function.__name__ = name
    return function


FUNCTIONS: dict[str, Any] = {
    **{f"has an odd {name}": with_attribute(name, 3) for name in ("__name__", "__code__", "__signature__")},
    **{
        f"fails at its {name}": with_attribute(name, property(lambda self: 1 / 0))
        for name in ("__name__", "__code__", "__signature__", "__wrapped__")
    },
    "wraps itself": with_attribute("__wrapped__", property(lambda self: self)),
    "has a long name": named("x" * 10**6),
    "has half a character in its name": named("\ud800"),
    "recurses": recurses,
    "spoils its input": spoils_its_input,
    "has no parameters": lambda: 1,
    "has keywords only": lambda *, a: 1,
    "class": Agreeable,
    "class that fails": fails("__init__"),
    "nameless class": Nameless,
    "agreeable": Agreeable(),
    "type": type,
    "int": int,
    "zip": zip,
    "defaultdict": collections.defaultdict,
    "raises a mute error": raises(MuteError()),
    "raises a mute class": raises(MuteError),
    "exits mutely": raises(SystemExit(MuteError())),
    "exits": raises(SystemExit(3)),
    "raises RecursionError": raises(RecursionError()),
    "raises MemoryError": raises(MemoryError()),
    "raises StopIteration": raises(StopIteration(3)),
    "raises GeneratorExit": raises(GeneratorExit()),
    "raises NotImplementedError": raises(NotImplementedError()),
    "raises a long name": raises(type("Long" * 10_000, (Exception,), {})()),
    "raises a nameless error": raises(NamelessKind("Nameless", (Exception,), {})()),
}


def with_parts_replaced(right: Any, make: Callable[[], Any]) -> Iterator[Any]:
    """The hostile value alone, and in place of each of the first parts of what would be right."""
    yield make()
    if type(right) in (list, tuple):
        for place in range(min(len(right), 2)):
            yield type(right)([*right[:place], make(), *right[place + 1 :]])
    if isinstance(right, dict):
        for key in right:
            yield {**right, key: make()}
