"""Model files in Flair's own layout.

A `.pt` file of a language model is a dictionary of settings and tensors, pickled by
`torch.save`. One object in it is of Flair's own class, `flair.data.Dictionary`; everything
else is plain. `write_model_file` writes that class by name, without Flair installed, so that
Flair opens the file; `read_model_file` opens Flair's files, old and new, and runs nothing
that they bring along.
"""

from __future__ import annotations

import io
import pickle
import struct
import types
import zipfile
from collections import OrderedDict, defaultdict
from pathlib import Path
from typing import Any

import torch

from tutorlm.dictionary import Dictionary, _latin1_bytes
from tutorlm.safe_files import SafePickle, UnsafeFileError, atomic_write

# The keys that Flair's own reader looks up, and what files older than a key mean by its absence.
REQUIRED = ("state_dict", "dictionary", "is_forward_lm", "hidden_size", "nlayers", "embedding_size", "nout", "dropout")
DEFAULTS = {"document_delimiter": "\n", "recurrent_type": "LSTM", "has_decoder": True}


class ModelFileError(ValueError):
    """A file is not a model, or a damaged one."""


class _FlairDictionary:
    """Stands for `flair.data.Dictionary`: takes any attributes and does nothing."""


_ALLOWED = {
    ("flair.data", "Dictionary"): _FlairDictionary,
    ("collections", "OrderedDict"): OrderedDict,
    ("collections", "defaultdict"): defaultdict,
    ("builtins", "int"): int,
    ("__builtin__", "int"): int,  # as pickle protocol 2 spells it, and as Python 2's other integer
    ("__builtin__", "long"): int,
    ("_codecs", "encode"): _latin1_bytes,
    ("torch._utils", "_rebuild_tensor_v2"): torch._utils._rebuild_tensor_v2,
    ("torch._utils", "_rebuild_parameter"): torch._utils._rebuild_parameter,
}


def read_model_file(path: str | Path) -> dict[str, Any]:
    """The settings and tensors of a model file, its dictionary as a `Dictionary`.

    Tensors come to the CPU. Keys that older files lack are filled in, other keys are kept.

    Raises:
        FileNotFoundError: there is no such file.
        UnsafeFileError: the file asks for code to be run; the message has its name.
        ModelFileError: not a model file, cut short, or its parts do not fit together.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no model file {path} (looked from the folder {Path.cwd()})")
    try:
        state = torch.load(path, map_location="cpu", weights_only=False, pickle_module=SafePickle(_ALLOWED))
    except UnsafeFileError as error:
        raise UnsafeFileError(f"{path} was not opened: {error}") from None
    except (RuntimeError, EOFError, LookupError, AttributeError, TypeError, ValueError, OverflowError,
            pickle.UnpicklingError, struct.error, zipfile.BadZipFile) as error:  # fmt: skip
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelFileError(
            f"{path} ({path.stat().st_size:,} bytes) is not a model file, or was cut short: {reason}. "
            "Copy or download it again, or train it anew"
        ) from None
    _check(path, state)
    return {**DEFAULTS, **state, "dictionary": _read_dictionary(path, state["dictionary"])}


def _check(path: Path, state: Any) -> None:
    missing = [key for key in REQUIRED if not isinstance(state, dict) or key not in state]
    if missing:
        raise ModelFileError(f"{path} is no language model: it lacks {', '.join(missing)}")
    if str(state.get("recurrent_type", "LSTM")).upper() != "LSTM":
        raise ModelFileError(f"{path} holds a {state['recurrent_type']} network; only LSTM models can be read")
    items = len(getattr(state["dictionary"], "idx2item", ()))
    hidden, embedding = state["hidden_size"], state["embedding_size"]
    expected = {"encoder.weight": (items, embedding), "rnn.weight_ih_l0": (4 * hidden, embedding)}
    for layer in range(state["nlayers"]):
        expected[f"rnn.weight_hh_l{layer}"] = (4 * hidden, hidden)
    for name, shape in expected.items():
        found = tuple(getattr(state["state_dict"].get(name), "shape", ()))
        if found != shape:
            raise ModelFileError(
                f"{path} contradicts itself: {name} has the shape {found}, but {items} items, embedding size "
                f"{embedding} and hidden size {hidden} ask for {shape}"
            )


def _read_dictionary(path: Path, stored: _FlairDictionary) -> Dictionary:
    dictionary = Dictionary(add_unk=False, normalization=getattr(stored, "normalization", None))
    items = [item.decode("utf-8") if isinstance(item, bytes) else str(item) for item in stored.idx2item]
    dictionary.add_unk = getattr(stored, "add_unk", "<unk>" in items)
    for number, item in enumerate(items):
        if dictionary.add_item(item) != number:
            raise ModelFileError(f"{path}: its dictionary holds {item!r} twice")
    return dictionary


def write_model_file(path: str | Path, state: dict[str, Any]) -> None:
    """Write settings and tensors so that this package and Flair can read them; all or nothing.

    Args:
        path: where to.
        state: what `read_model_file` returns: the keys `REQUIRED`, those of `DEFAULTS`, and any
            others made of numbers, strings, lists, dicts and tensors. Flair passes over the others.
    """
    dictionary = state["dictionary"]
    stored = _FlairDictionary()
    stored.__dict__.update(
        item2idx=dictionary.item2idx, idx2item=dictionary.idx2item, add_unk=dictionary.add_unk,
        multi_label=False, span_labels=False, normalization=dictionary.normalization,
    )  # fmt: skip
    content = {**DEFAULTS, **state, "dictionary": stored}
    buffer = io.BytesIO()
    torch.save(content, buffer, pickle_module=_FLAIR_PICKLE, pickle_protocol=2)
    with atomic_write(path) as file:
        file.write(buffer.getbuffer())


class _FlairPickler(pickle._Pickler):  # type: ignore[name-defined]  # the C pickler has no `save_global`
    def save_global(self, obj: Any, name: str | None = None) -> None:
        if obj is _FlairDictionary:
            self.write(pickle.GLOBAL + b"flair.data\nDictionary\n")
            self.memoize(obj)
        else:
            super().save_global(obj, name)


_FLAIR_PICKLE = types.SimpleNamespace(__name__="pickle", Pickler=_FlairPickler, dumps=pickle.dumps)
