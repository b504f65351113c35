"""Reading pickles without running anything from them.

A pickle may name any function of any module and have it called while it is read. `SafePickle` refuses every name
outside a short list before anything happens.
"""

import pickle
from collections.abc import Mapping
from typing import IO, Any


class UnsafeFileError(ValueError):
    """A file asks for code to be run, or is not what its reader expects."""


class SafePickle:
    """A read-only replacement for the module `pickle`, for `torch.load(pickle_module=…)` too.

    A file may use the names in `allowed`, `{(module, name): object}`, and no others.
    """

    def __init__(self, allowed: Mapping[tuple[str, str], Any]) -> None:
        class Unpickler(pickle.Unpickler):
            def find_class(self, module: str, name: str) -> Any:
                if (module, name) not in allowed:
                    raise UnsafeFileError(
                        f"the file asks for '{module}.{name}', which data of this kind never needs; "
                        "it was not run. Do not use this file unless you know who made it"
                    )
                return allowed[module, name]

        self.Unpickler = Unpickler
        self.__name__ = "pickle"

    def load(self, file: IO[bytes], **options: Any) -> Any:
        """Read one pickled object from an open binary file."""
        return self.Unpickler(file, **options).load()


def latin1_bytes(text: str, encoding: str) -> bytes:
    """What a pickle of protocol 2 calls to make `bytes`; the only encoding it uses is latin1."""
    if encoding != "latin1":
        raise UnsafeFileError(f"bytes in the encoding {encoding!r}, but pickle writes only latin1")
    return text.encode("latin1")


def as_text(item: str | bytes) -> str:
    """A dictionary item as Flair may have written it, as a string."""
    return item.decode("utf-8") if isinstance(item, bytes) else str(item)
