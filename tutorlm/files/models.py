"""Model files in Flair's own layout.

A `.pt` file of a language model is a dictionary of settings and tensors, pickled by `torch.save`. All of it is plain
but one object of Flair's own class `flair.data.Dictionary`. `write_model_file` writes that class by name, without
Flair installed. `read_model_file` opens Flair's files, old and new, runs nothing from them, and checks every setting
and every tensor.
"""

import contextlib
import io
import pickle
import types
from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor

from tutorlm.dictionary import Dictionary
from tutorlm.files.atomic import atomic_write
from tutorlm.files.dictionaries import ContradictionError, checked_content, flair_mappings
from tutorlm.files.pickles import Record, UnsafeFileError
from tutorlm.files.regular import expanded, require_regular
from tutorlm.files.tensors import MAX_FILE_BYTES, add_sums, read_tensor_file
from tutorlm.messages import printable

Model = TypeVar("Model")


class ModelFileError(ValueError):
    """A file is not a model, or is damaged."""


def _is_count(value: Any, most: int = 2**31) -> bool:
    return type(value) is int and 1 <= value <= most


def _is_bool(value: Any) -> bool:
    return type(value) is bool


def _is_delimiter(value: Any) -> bool:
    with contextlib.suppress(UnicodeEncodeError):  # of half of a surrogate pair
        return type(value) is str and 1 <= len(value.encode()) <= 1000
    return False


# What each setting must be: in words, and as a test. The first eight are the keys that Flair's own reader looks up.
_SETTINGS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "state_dict": ("a dict", lambda value: type(value) is dict),
    "dictionary": ("a dictionary of Flair's", lambda value: type(value) is Record),
    "is_forward_lm": ("True or False", _is_bool),
    "hidden_size": ("a number from 1", _is_count),
    "nlayers": ("a number from 1 to 100", lambda value: _is_count(value, 100)),
    "embedding_size": ("a number from 1", _is_count),
    "nout": ("None or a number from 1", lambda value: value is None or _is_count(value)),
    "dropout": ("a number from 0, and below 1", lambda value: type(value) in (int, float) and 0 <= value < 1),
    "document_delimiter": ("text of 1 to 1,000 bytes", _is_delimiter),
    "recurrent_type": ("text", lambda value: type(value) is str),
    "has_decoder": ("True or False", _is_bool),
}
_DEFAULTS = {"document_delimiter": "\n", "recurrent_type": "LSTM", "has_decoder": True}  # where older files lack them


def read_model_file(path: str | Path, max_bytes: int = MAX_FILE_BYTES) -> dict[str, Any]:
    """The settings and tensors of a model file, with its dictionary as a `Dictionary`.

    Tensors are on the CPU. Keys that older files lack are filled in; other keys are kept.

    Raises:
        UnsafeFileError: the file asks for code to be run.
        ModelFileError: not a model file, damaged, inconsistent, or larger than `max_bytes`.
    """
    path = expanded(path)
    if not path.exists():
        raise FileNotFoundError(f"no model file {path} (looked from the folder {Path.cwd()})")
    require_regular(path.stat().st_mode, path)
    with _errors_about(path):
        state = read_tensor_file(path, max_bytes)
        missing = [key for key in _SETTINGS if type(state) is not dict or key not in {**_DEFAULTS, **state}]
        if missing:
            raise ModelFileError(f"is no language model: it lacks {', '.join(missing)}")
        state = {**_DEFAULTS, **state}
        _check_settings(state)
        dictionary = _read_dictionary(state["dictionary"])
        _check_tensors(state, len(dictionary))
        if sum(tensor.nbytes for tensor in state["state_dict"].values()) > 4 * path.stat().st_size:
            raise ModelFileError("has the same numbers as several tensors")
        return {**state, "dictionary": dictionary}


@contextlib.contextmanager
def _errors_about(path: Path) -> Iterator[None]:
    """Let every error name the file and a remedy."""
    failure: Exception
    try:
        yield
        return
    except UnsafeFileError as error:
        failure = UnsafeFileError(f"{path} was not opened: {printable(error)}")
    except ModelFileError as error:
        failure = ModelFileError(f"{path} {printable(error)}")
    except Exception as error:  # a damaged file can make the readers fail in any way
        failure = ModelFileError(
            f"{path} ({path.stat().st_size:,} bytes) is not a model file, or is damaged or truncated "
            f"({type(error).__name__}: {printable(error)}). Copy or download it again, or train the model again"
        )
    raise failure  # here, where it does not keep in memory what was read


def _check_settings(state: dict[str, Any]) -> None:
    for name, (kind, test) in _SETTINGS.items():
        if not test(state[name]):
            raise ModelFileError(f"is no sound model: its {name} is not {kind}")
    if state["recurrent_type"].upper() != "LSTM":
        raise ModelFileError(f"holds a {state['recurrent_type']:.50} network; only LSTM models can be read")
    if state["nlayers"] > len(state["state_dict"]):
        raise ModelFileError(f"contradicts itself: {state['nlayers']} layers, {len(state['state_dict'])} tensors")


def _check_tensors(state: dict[str, Any], items: int) -> None:
    """Require exactly the tensors that the settings ask for, of finite numbers."""
    expected, tensors = _shapes(state, items), state["state_dict"]
    sizes = f"{items} items, embedding size {state['embedding_size']} and hidden size {state['hidden_size']}"
    for name in [*expected, *tensors]:
        tensor, shape = tensors.get(name), expected.get(name)
        real = type(tensor) is Tensor and tensor.is_floating_point()
        found = f"has the shape {tuple(tensor.shape)}" if real else "is no tensor of real numbers"
        if not real or tuple(tensor.shape) != shape:
            asked = f"{sizes} ask for {shape}" if shape else "the model has no such tensor"
            raise ModelFileError(f"contradicts itself: {name!r:.50} {found}, but {asked}")
        if not torch.stack(tensor.aminmax()).float().isfinite().all():
            raise ModelFileError(f"has numbers in {name} that are not finite: its training diverged, or it is damaged")


def _shapes(state: dict[str, Any], items: int) -> dict[str, tuple[int, ...]]:
    """Name → shape of every tensor of a model."""
    hidden, embedding, nout = (state[name] for name in ("hidden_size", "embedding_size", "nout"))
    shapes: dict[str, tuple[int, ...]] = {"encoder.weight": (items, embedding)}
    for layer in range(state["nlayers"]):
        shapes[f"rnn.weight_ih_l{layer}"] = (4 * hidden, hidden if layer else embedding)
        shapes[f"rnn.weight_hh_l{layer}"] = (4 * hidden, hidden)
        shapes[f"rnn.bias_ih_l{layer}"] = shapes[f"rnn.bias_hh_l{layer}"] = (4 * hidden,)
    if nout:
        shapes |= {"proj.weight": (nout, hidden), "proj.bias": (nout,)}
    if state["has_decoder"]:
        shapes |= {"decoder.weight": (items, nout or hidden), "decoder.bias": (items,)}
    return shapes


def _read_dictionary(stored: Record) -> Dictionary:
    try:
        return Dictionary.from_items(*checked_content(stored.attributes))
    except ContradictionError as error:
        raise ModelFileError(f"has a dictionary that {error}") from None


def model_from_file(
    path: str | Path, make: Callable[[dict[str, Any]], Model], max_bytes: int = MAX_FILE_BYTES
) -> Model:
    """What `make` builds from the file's content; if that fails, the error names the file."""
    state = read_model_file(path, max_bytes)
    with _errors_about(Path(path)):
        return make(state)


class _FlairDictionary:
    """What is written under the name of `flair.data.Dictionary`."""


def write_model_file(path: str | Path, state: dict[str, Any]) -> None:
    """Write settings and tensors, atomically, so that this package and Flair can read them.

    `state` is what `read_model_file` returns: settings, and any other keys with values made of numbers, strings,
    lists, dicts and tensors, which Flair ignores. TypeError if a value could not be read again.
    """
    _check_readable({**state, "dictionary": None}, "state")
    dictionary = state["dictionary"]
    stored = _FlairDictionary()
    vars(stored).update(
        **flair_mappings(dictionary), add_unk=dictionary.add_unk,
        multi_label=False, span_labels=False, normalization=dictionary.normalization,
        character_level=dictionary.character_level,
    )  # fmt: skip
    buffer = io.BytesIO()
    torch.save({**_DEFAULTS, **state, "dictionary": stored}, buffer, pickle_module=_FLAIR_PICKLE, pickle_protocol=2)
    add_sums(buffer)
    with atomic_write(path) as file:
        file.write(buffer.getbuffer())


def _check_readable(value: Any, where: str) -> None:
    if type(value) in (dict, OrderedDict, list, tuple):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            _check_readable(item, f"{where}[{key!r}]")
            if type(key) not in (int, str):
                raise TypeError(f"{where} has the key {key!r}: give text or a number")
    elif type(value) not in (type(None), bool, int, float, str, Tensor):
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
