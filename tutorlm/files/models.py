"""Model files in Flair's own layout.

A `.pt` file of a language model is a dictionary of settings and tensors, pickled by `torch.save`. All of it is plain
but one object of Flair's own class `flair.data.Dictionary`. `write_model_file` writes that class by name, without
Flair installed. `read_model_file` opens Flair's files, old and new, and runs nothing from them.
"""

import contextlib
import io
import pickle
import types
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import torch

from tutorlm.dictionary import Dictionary
from tutorlm.files.atomic import atomic_write
from tutorlm.files.dictionaries import ContradictionError, agreeing_items
from tutorlm.files.pickles import SafePickle, UnsafeFileError, latin1_bytes

# The keys that Flair's own reader looks up, and the meaning of their absence in older files.
REQUIRED = ("state_dict", "dictionary", "is_forward_lm", "hidden_size", "nlayers", "embedding_size", "nout", "dropout")
DEFAULTS = {"document_delimiter": "\n", "recurrent_type": "LSTM", "has_decoder": True}

Model = TypeVar("Model")


class ModelFileError(ValueError):
    """A file is not a model, or is damaged."""


class _FlairDictionary:
    """A class in place of `flair.data.Dictionary` that takes any attributes and does nothing."""


def _allowed_names() -> dict[tuple[str, str], Any]:
    """The names that model files need, each with a new object: a pickle can change attributes of what it is given."""
    utils = torch._utils  # noqa: SLF001 – the names that files ask for
    return {
        ("flair.data", "Dictionary"): type("Dictionary", (_FlairDictionary,), {}),
        ("collections", "OrderedDict"): OrderedDict,
        ("collections", "defaultdict"): defaultdict,
        ("builtins", "int"): int,
        ("__builtin__", "int"): int,  # as pickle protocol 2 spells it, and as Python 2's other integer
        ("__builtin__", "long"): int,
        ("_codecs", "encode"): lambda text, encoding: latin1_bytes(text, encoding),
        ("torch._utils", "_rebuild_tensor_v2"): lambda *parts: utils._rebuild_tensor_v2(*parts),  # noqa: SLF001
        ("torch._utils", "_rebuild_parameter"): lambda *parts: utils._rebuild_parameter(*parts),  # noqa: SLF001
    }


def read_model_file(path: str | Path) -> dict[str, Any]:
    """The settings and tensors of a model file, with its dictionary as a `Dictionary`.

    Tensors are on the CPU. Keys that older files lack are filled in; other keys are kept.

    Raises:
        UnsafeFileError: the file asks for code to be run.
        ModelFileError: not a model file, truncated, or inconsistent.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no model file {path} (looked from the folder {Path.cwd()})")
    file = io.BytesIO(path.read_bytes())  # from memory torch does not try its old tar format
    with _errors_about(path):
        _refuse_torchscript(file)
        state = torch.load(file, map_location="cpu", weights_only=False, pickle_module=SafePickle(_allowed_names()))
        _check(state)
        return {**DEFAULTS, **state, "dictionary": _read_dictionary(state["dictionary"])}


@contextlib.contextmanager
def _errors_about(path: Path) -> Iterator[None]:
    """Let every error name the file and a remedy."""
    try:
        yield
    except UnsafeFileError as error:
        raise UnsafeFileError(f"{path} was not opened: {error}") from None
    except ModelFileError as error:
        raise ModelFileError(f"{path} {error}") from None
    except Exception as error:  # a damaged file can make the readers fail in any way
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise ModelFileError(
            f"{path} ({path.stat().st_size:,} bytes) is not a model file, or is damaged or truncated ({reason}). "
            "Copy or download it again, or train the model again"
        ) from None


def _refuse_torchscript(file: io.BytesIO) -> None:
    """`torch.load` would hand such a file to `torch.jit.load`, which runs programs."""
    formats: Any = torch.serialization
    if formats._is_zipfile(file):  # noqa: SLF001
        with formats._open_zipfile_reader(file) as reader:  # noqa: SLF001
            if formats._is_torchscript_zip(reader):  # noqa: SLF001
                raise UnsafeFileError("it is a TorchScript program, not a model; it was not run")
    file.seek(0)


def _check(state: Any) -> None:
    missing = [key for key in REQUIRED if not isinstance(state, dict) or key not in state]
    if missing:
        raise ModelFileError(f"is no language model: it lacks {', '.join(missing)}")
    if str(state.get("recurrent_type", "LSTM")).upper() != "LSTM":
        raise ModelFileError(f"holds a {state['recurrent_type']} network; only LSTM models can be read")
    items = len(getattr(state["dictionary"], "idx2item", ()))
    hidden, embedding = state["hidden_size"], state["embedding_size"]
    if not 1 <= state["nlayers"] <= len(state["state_dict"]):
        raise ModelFileError(f"contradicts itself: {state['nlayers']} layers, {len(state['state_dict'])} tensors")
    expected = {"encoder.weight": (items, embedding), "rnn.weight_ih_l0": (4 * hidden, embedding)}
    expected |= {f"rnn.weight_hh_l{layer}": (4 * hidden, hidden) for layer in range(state["nlayers"])}
    for name, shape in expected.items():
        found = tuple(getattr(state["state_dict"].get(name), "shape", ()))
        if found != shape:
            sizes = f"{items} items, embedding size {embedding} and hidden size {hidden}"
            raise ModelFileError(f"contradicts itself: {name} has the shape {found}, but {sizes} ask for {shape}")


def _read_dictionary(stored: Any) -> Dictionary:
    try:
        items = agreeing_items(stored.idx2item, stored.item2idx)
    except ContradictionError as error:
        raise ModelFileError(f"has a dictionary that {error}") from None
    return Dictionary.from_items(items, getattr(stored, "add_unk", None), getattr(stored, "normalization", None))


def model_from_file(path: str | Path, make: Callable[[dict[str, Any]], Model]) -> Model:
    """What `make` builds from the file's content; if that fails, the error names the file."""
    state = read_model_file(path)
    with _errors_about(Path(path)):
        return make(state)


def write_model_file(path: str | Path, state: dict[str, Any]) -> None:
    """Write settings and tensors, atomically, so that this package and Flair can read them.

    `state` is what `read_model_file` returns: the keys `REQUIRED`, those of `DEFAULTS`, and any others made of
    numbers, strings, lists, dicts and tensors, which Flair ignores. TypeError if a value could not be read again.
    """
    _check_readable({**state, "dictionary": None}, "state")
    dictionary = state["dictionary"]
    stored = _FlairDictionary()
    vars(stored).update(
        item2idx=dictionary.item2idx, idx2item=dictionary.idx2item, add_unk=dictionary.add_unk,
        multi_label=False, span_labels=False, normalization=dictionary.normalization,
    )  # fmt: skip
    buffer = io.BytesIO()
    torch.save({**DEFAULTS, **state, "dictionary": stored}, buffer, pickle_module=_FLAIR_PICKLE, pickle_protocol=2)
    with atomic_write(path) as file:
        file.write(buffer.getbuffer())


def _check_readable(value: Any, where: str) -> None:
    if type(value) in (dict, OrderedDict, list, tuple):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            _check_readable(item, f"{where}[{key!r}]")
    elif type(value) not in (type(None), bool, int, float, str, torch.Tensor):
        raise TypeError(f"{where} is a {type(value).__module__}.{type(value).__name__}: give a plain Python value")


_PythonPickler: Any = pickle._Pickler  # noqa: SLF001 – the C pickler has no `save_global`


class _FlairPickler(_PythonPickler):
    def save_global(self, obj: Any, name: str | None = None) -> None:
        if obj is _FlairDictionary:
            self.write(pickle.GLOBAL + b"flair.data\nDictionary\n")
            self.memoize(obj)
        else:
            super().save_global(obj, name)


_FLAIR_PICKLE = types.SimpleNamespace(__name__="pickle", Pickler=_FlairPickler, dumps=pickle.dumps)
