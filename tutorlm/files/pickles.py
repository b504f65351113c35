"""Reading pickles without running anything from them.

A pickle is a program for a machine with a stack. Its instructions make values, put them together, and may have any
function of any module called. `read_pickle` is such a machine with only the instructions that data needs. A name in
a pickle means a function of ours, chosen by the caller, or the file is refused. A file can change nothing but the
lists and dicts that it makes itself.
"""

import io
import itertools
import pickletools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

MAX_PICKLE_BYTES = 1 << 26  # the bytes of tensors are not in the pickle
MAX_INSTRUCTIONS = 20_000_000  # each takes at most some 200 bytes of memory beside its text
MAX_ARGUMENTS = 8  # of a call, which may be written once and used again and again
MAX_DEPTH = 100  # of lists in lists
UNFOLDING = 10  # how much larger than its pickle a value may be, counting each part as often as it is referred to


class UnsafeFileError(ValueError):
    """A file asks for code to be run."""


class Name:
    """What a pickle calls a function or class; a value that does nothing."""

    __slots__ = ("name",)

    def __init__(self, name: tuple[str, str]) -> None:
        self.name = name


class Record:
    """An object of a class that is not needed to read it: only its attributes."""

    __slots__ = ("attributes",)

    def __init__(self) -> None:
        self.attributes: dict[str, Any] = {}


def latin1_bytes(text: str, encoding: str) -> bytes:
    """What a pickle of protocol 2 calls to make `bytes`; the only encoding it uses is latin1."""
    if type(encoding) is not str or encoding != "latin1":
        named = repr(encoding[:20]) if type(encoding) is str else "that is no text"
        raise UnsafeFileError(f"bytes in the encoding {named}, but pickle writes only latin1")
    return text.encode("latin1")


# (module, name) → the function that is called in its place, or None for a name that is never called.
NAMES_IN_DATA: dict[tuple[str, str], Callable[..., Any] | None] = {
    ("collections", "OrderedDict"): lambda: {},
    ("collections", "defaultdict"): lambda factory: {},
    ("builtins", "int"): None,  # as such a factory
    ("__builtin__", "int"): None,  # as pickle protocol 2 spells it, and as Python 2's other integer
    ("__builtin__", "long"): None,
    ("_codecs", "encode"): latin1_bytes,
    ("__builtin__", "bytes"): lambda: b"",  # how protocol 2 spells these
}


def read_pickle(
    file: io.BytesIO,
    names: Mapping[tuple[str, str], Callable[..., Any] | None] = NAMES_IN_DATA,
    persistent: Callable[[Any], Any] | None = None,
) -> Any:
    """Read one pickle from the current position in `file`.

    The value is made of None, bool, int, float, str, bytes, list, tuple, dict (with keys that are text, bytes or
    numbers), `Name`, `Record`, and what the functions in `names` and `persistent` return.

    Args:
        file: what may belong to the pickle, in memory; callers read no more than `MAX_PICKLE_BYTES`.
        names: (module, name) → the function that is called in its place, or None for a name that is never called.
        persistent: makes the values that are stored outside the pickle, from what the pickle says of them.

    Raises:
        UnsafeFileError: a name that is not in `names`, or a call of something that has no name.
        Exception: anything else, for a damaged pickle.
    """
    begin, machine = file.tell(), _Machine(names, persistent)
    for opcode, argument, place in itertools.islice(pickletools.genops(file), MAX_INSTRUCTIONS):
        machine.place = place or 0
        if opcode.name != "STOP":
            machine.follow(opcode.name, argument)
    if opcode.name != "STOP":
        raise ValueError(f"its pickle has more than {MAX_INSTRUCTIONS:,} instructions")
    (value,) = machine.stack
    _require_modest(value, UNFOLDING * (file.tell() - begin) + 10_000)
    return value


def _require_modest(value: Any, limit: int) -> None:
    """Refuse what would be huge if it were walked through, compared or printed: lists of the same lists, cycles."""
    path: list[Iterator[Any]] = [iter([value])]  # what is left to be seen of each list that the present one is in
    size = 0
    while path:
        for part in path[-1]:
            size += 1 + (len(part) if type(part) in (str, bytes) else 0)
            if size > limit or len(path) > MAX_DEPTH:
                raise ValueError("its values are nested too deeply, or refer to each other too often")
            inner = part.attributes if type(part) is Record else part
            if type(inner) is dict:
                path.append(itertools.chain(inner, inner.values()))
                break
            if type(inner) in (list, tuple):
                path.append(iter(inner))
                break
        else:
            path.pop()


class _Machine:
    """The stack of values, the marks on it, the memo of values that are referred to again, and the instructions."""

    def __init__(self, names: Mapping, persistent: Callable[[Any], Any] | None) -> None:
        self.names, self.persistent = names, persistent
        self.place, self.made = 0, 0  # position in the file; bytes made by calls
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}

    def follow(self, instruction: str, argument: Any) -> None:
        """Follow one instruction."""
        if instruction in _WITH_VALUE:
            if type(argument) is int and argument.bit_length() > 128:
                raise ValueError("a number of more than 128 bits")
            self.stack.append(argument)
        elif instruction in _INSTRUCTIONS:
            _INSTRUCTIONS[instruction](self, argument)
        else:
            raise ValueError(f"the instruction {instruction}, which data of this kind never needs")

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def take_to_mark(self) -> list[Any]:
        mark = self.marks.pop()
        values = self.stack[mark:]
        del self.stack[mark:]
        return values

    def take(self, count: int) -> list[Any]:
        if len(self.stack) - count < (self.marks[-1] if self.marks else 0):
            raise ValueError("more values are taken than there are")
        values = self.stack[-count:]
        del self.stack[-count:]
        return values

    def memoize(self, number: int | None) -> None:
        number = len(self.memo) if number is None else number
        if not 0 <= number < 2**32:  # longer ones can be made to have one hash
            raise ValueError("a number in the memo that no pickle has")
        self.memo[number] = self.stack[-1]

    def extend(self, values: list[Any]) -> None:
        if type(self.stack[-1]) is not list:
            raise ValueError("items for something that is no list")
        self.stack[-1].extend(values)

    def set_items(self, values: list[Any]) -> None:
        target = self.stack[-1]
        if type(target) is not dict:
            raise ValueError("keys for something that is no dict")
        for key, value in zip(values[::2], values[1::2], strict=True):
            # Hashing a tuple of tuples of … would overflow the C stack; long numbers can be made to have one hash.
            if type(key) not in (str, bytes, int) or (type(key) is int and key.bit_length() > 64):
                raise ValueError(f"a key of the type {type(key).__name__}, or a very long number")
            if key in target:
                raise ValueError(f"the key {key if type(key) is int else key[:50]!r} occurs twice")
            target[key] = value

    def make_dict(self, _: None) -> None:
        values = self.take_to_mark()
        self.push({})
        self.set_items(values)

    def name(self, module: Any, name: Any) -> None:
        if type(module) is not str or type(name) is not str:
            raise ValueError("a name that is no text")
        if (module, name) not in self.names:
            raise UnsafeFileError(
                f"the file asks for '{module:.100}.{name:.100}', which data of this kind never needs; "
                "it was not run. Do not use this file unless you know who made it"
            )
        self.push(Name((module, name)))

    def call(self, _: None) -> None:
        called, arguments = self.take(2)
        function = self.names[called.name] if type(called) is Name else None
        if function is None or type(arguments) is not tuple:
            raise UnsafeFileError("the file calls something that is no function; it was not run")
        if len(arguments) > MAX_ARGUMENTS:
            raise ValueError("a call with more arguments than any needs")
        made = function(*arguments)
        self.made += len(made) if type(made) is bytes else 0  # each call makes new ones
        if self.made > UNFOLDING * self.place:
            raise ValueError("it makes far more bytes than it has")
        self.push(made)

    def set_attributes(self, _: None) -> None:
        state, target = self.stack.pop(), self.stack[-1]
        if type(target) is Record and type(state) is dict:
            target.attributes.update(state)
        elif type(target) is not dict or type(state) is not dict:  # an OrderedDict has attributes that are not needed
            raise ValueError("attributes for something that has none")

    def load_persistent(self, _: None) -> None:
        if self.persistent is None:
            raise ValueError("a value outside the pickle")
        self.push(self.persistent(self.stack.pop()))


_WITH_VALUE = {
    "NONE", "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT", "STRING", "BINSTRING",
    "SHORT_BINSTRING", "UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "BINBYTES", "SHORT_BINBYTES",
    "BINBYTES8",
}  # fmt: skip
_INSTRUCTIONS: dict[str, Callable[[_Machine, Any], Any]] = {
    "PROTO": lambda machine, _: None,
    "FRAME": lambda machine, _: None,
    "NEWTRUE": lambda machine, _: machine.push(True),
    "NEWFALSE": lambda machine, _: machine.push(False),
    "MARK": lambda machine, _: machine.marks.append(len(machine.stack)),
    "POP": lambda machine, _: machine.take(1),
    "POP_MARK": lambda machine, _: machine.take_to_mark(),
    "EMPTY_TUPLE": lambda machine, _: machine.push(()),
    "TUPLE1": lambda machine, _: machine.push(tuple(machine.take(1))),
    "TUPLE2": lambda machine, _: machine.push(tuple(machine.take(2))),
    "TUPLE3": lambda machine, _: machine.push(tuple(machine.take(3))),
    "TUPLE": lambda machine, _: machine.push(tuple(machine.take_to_mark())),
    "EMPTY_LIST": lambda machine, _: machine.push([]),
    "LIST": lambda machine, _: machine.push(machine.take_to_mark()),
    "APPEND": lambda machine, _: machine.extend(machine.take(1)),
    "APPENDS": lambda machine, _: machine.extend(machine.take_to_mark()),
    "EMPTY_DICT": lambda machine, _: machine.push({}),
    "DICT": _Machine.make_dict,
    "SETITEM": lambda machine, _: machine.set_items(machine.take(2)),
    "SETITEMS": lambda machine, _: machine.set_items(machine.take_to_mark()),
    "PUT": _Machine.memoize,
    "BINPUT": _Machine.memoize,
    "LONG_BINPUT": _Machine.memoize,
    "MEMOIZE": _Machine.memoize,
    "GET": lambda machine, number: machine.push(machine.memo[number]),
    "BINGET": lambda machine, number: machine.push(machine.memo[number]),
    "LONG_BINGET": lambda machine, number: machine.push(machine.memo[number]),
    "GLOBAL": lambda machine, name: machine.name(*name.split(" ")),
    "STACK_GLOBAL": lambda machine, _: machine.name(*machine.take(2)),
    "REDUCE": _Machine.call,
    "NEWOBJ": _Machine.call,
    "BUILD": _Machine.set_attributes,
    "BINPERSID": _Machine.load_persistent,
}
