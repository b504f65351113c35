"""Dictionary files: JSON, and the pickled mappings that Flair reads and writes."""

import io
import json
import pickle
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tutorlm.files.atomic import atomic_write
from tutorlm.files.pickles import SafePickle, UnsafeFileError, as_text, latin1_bytes

if TYPE_CHECKING:
    from tutorlm.dictionary import Dictionary

Made = TypeVar("Made")


class ContradictionError(ValueError):
    """The two mappings of a dictionary, or two of its items, do not agree."""


def agreeing_items(idx2item: Iterable[str | bytes], item2idx: Mapping[str | bytes, int] | None) -> list[str]:
    """The items of Flair's two mappings as text, in order; ContradictionError if the two do not agree."""
    items = [as_text(item) for item in idx2item]
    index = {item: number for number, item in enumerate(items)}
    stored = index if item2idx is None else {as_text(item): number for item, number in item2idx.items()}
    if len(index) != len(items) or stored != index:
        raise ContradictionError("contradicts itself: its two mappings, or two of its items, do not agree")
    return items


def dictionary_from_file(path: str | Path, make: Callable[..., Made]) -> Made:
    """What `make(items, add_unk, normalization)` builds from the content of a dictionary file.

    UnsafeFileError if a pickle asks for anything but plain data; ValueError for any other file that cannot be read.
    """
    data = Path(path).read_bytes()
    try:
        content = json.loads(data) if data[:1] == b"{" else _plain_pickle(data)
        stored = content["items"] if "items" in content else content["idx2item"]
        items = agreeing_items(stored, content.get("item2idx"))
        return make(items, content.get("add_unk"), content.get("normalization"))
    except UnsafeFileError as error:
        raise UnsafeFileError(f"{path}: {error}") from None
    except ContradictionError as error:
        raise ValueError(f"{path} {error}") from None
    except Exception as error:  # a damaged pickle can make the reader fail in any way
        raise ValueError(f"{path} is not a dictionary file ({type(error).__name__}: {error})") from None


def write_dictionary(path: str | Path, dictionary: "Dictionary") -> None:
    """Write JSON; or, to a name ending in .pkl or .pickle, the mappings that Flair reads."""
    content: dict[str, Any] = {"normalization": dictionary.normalization}
    with atomic_write(path) as file:
        if Path(path).suffix in (".pkl", ".pickle"):
            pickle.dump({"idx2item": dictionary.idx2item, "item2idx": dictionary.item2idx, **content}, file, protocol=2)
        else:
            content |= {"add_unk": dictionary.add_unk, "items": dictionary.get_items()}
            file.write(json.dumps(content, ensure_ascii=False, indent=0).encode("utf-8"))


def _plain_pickle(data: bytes) -> dict[str, Any]:
    allowed = {("_codecs", "encode"): lambda *parts: latin1_bytes(*parts), ("collections", "OrderedDict"): OrderedDict}
    return SafePickle(allowed).load(io.BytesIO(data), encoding="latin1")
