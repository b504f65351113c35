"""Dictionary files: JSON, and the pickled mappings that Flair reads and writes."""

import io
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tutorlm.files.atomic import atomic_write
from tutorlm.files.pickles import MAX_PICKLE_BYTES, UnsafeFileError, read_pickle
from tutorlm.files.regular import open_regular
from tutorlm.messages import printable
from tutorlm.training.forms import each_once
from tutorlm.unicode import NORMAL_FORMS

if TYPE_CHECKING:
    from tutorlm.dictionary import Dictionary

Made = TypeVar("Made")
MAX_ITEMS = 1_000_000
_OF_FLAIR = "https://flair.informatik.hu-berlin.de/resources/characters/common_characters"
FLAIR_DICTIONARIES = {"flair-chars": _OF_FLAIR} | {  # name → address
    f"{common}chars-{name}": f"{_OF_FLAIR}_{name}"
    for common in ("", "common-")
    for name in ("large", "xl", "lemmatizer")
}


class ContradictionError(ValueError):
    """The two mappings of a dictionary, or two of its items, do not agree."""


def dictionary_from_file(path: str | Path, make: Callable[..., Made]) -> Made:
    """What `make(items, add_unk, normalization, character_level)` builds from the content of a dictionary file.

    UnsafeFileError if a pickle asks for anything but plain data; ValueError for any other file that cannot be read.
    """
    with open_regular(path) as file:
        try:
            data = file.read(MAX_PICKLE_BYTES + 1)
            if len(data) > MAX_PICKLE_BYTES:
                raise ValueError(f"it has more than {MAX_PICKLE_BYTES:,} bytes")
            return make(*checked_content(_content(data)))
        except UnsafeFileError as error:
            failure: Exception = UnsafeFileError(f"{path}: {printable(error)}")
        except ContradictionError as error:
            failure = ValueError(f"{path} {printable(error)}")
        except Exception as error:  # a damaged pickle can make the reader fail in any way
            failure = ValueError(f"{path} is not a dictionary file ({type(error).__name__}: {printable(error)})")
    raise failure  # here, where it does not keep in memory what was read


def _content(data: bytes) -> dict[str, Any]:
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        return json.loads(data.decode("utf-8-sig"), object_pairs_hook=each_once)
    return read_pickle(io.BytesIO(data))


def checked_content(content: dict[str, Any]) -> tuple[list[str], bool | None, str | None, bool]:
    """Items in order, `add_unk`, normal form and `character_level` from what a file says, in our form or in Flair's.

    Older files do not say whether their items are words. This package's hold words if any item has several characters,
    those of Flair if most have.

    ContradictionError if Flair's two mappings do not agree; another error if anything is not what it must be.
    """
    if "items" in content and "idx2item" in content:
        raise ContradictionError("contradicts itself: it has items in this package's form and in Flair's")
    stored, add_unk = content["items"] if "items" in content else content["idx2item"], content.get("add_unk")
    form, numbers, level = (content.get(name) for name in ("normalization", "item2idx", "character_level"))
    if type(stored) is not list or type(numbers) not in (dict, type(None)):
        raise ValueError("items are a list, and item2idx maps items to numbers")
    if not {type(add_unk), type(level)} <= {bool, type(None)}:
        raise ValueError("add_unk and character_level are true or false")
    if type(form) not in (str, type(None)) or form not in NORMAL_FORMS:
        raise ValueError(f"normalization is not one of {', '.join(map(str, NORMAL_FORMS))}")
    items = [_text(item) for item in stored]
    index = {item: number for number, item in enumerate(items)}
    found = index if numbers is None else {_text(item): number for item, number in numbers.items()}
    if len(index) != len(items) or found != index or len(found) != len(numbers or index):
        raise ContradictionError("contradicts itself: its two mappings, or two of its items, do not agree")
    if add_unk and "<unk>" not in index:
        raise ContradictionError("contradicts itself: it has add_unk, but no item <unk>")
    if level is None:
        longer = [len(item) > 1 for item in items if item != "\n" and not (item[:1] == "<" and item[-1:] == ">")]
        ours = "items" in content or "normalization" in content
        level = not any(longer) if ours else sum(longer) <= len(longer) / 2
    return items, add_unk, form, level


def _text(item: Any) -> str:
    """A dictionary item as Flair may have written it."""
    if type(item) is bytes:
        return item.decode("utf-8")
    if type(item) is not str:
        raise ValueError(f"an item is no text, but a {type(item).__name__}")
    return item


def flair_mappings(dictionary: "Dictionary") -> dict[str, Any]:
    """The two mappings of Flair's dictionaries. They share their items, each of which is then written once.

    ValueError for more items than a file may have.
    """
    items = dictionary.idx2item
    if len(items) > MAX_ITEMS:
        raise ValueError(f"a dictionary of {len(items):,} items: {MAX_ITEMS:,} are the most that a file may have")
    return {"idx2item": items, "item2idx": {item: number for number, item in enumerate(items)}}


def write_dictionary(path: str | Path, dictionary: "Dictionary") -> None:
    """Write JSON; or, to a name ending in .pkl or .pickle, the mappings that Flair reads.

    ValueError if the file would be too large to be read again.
    """
    content: dict[str, Any] = {
        "normalization": dictionary.normalization,
        "character_level": dictionary.character_level,
        "add_unk": dictionary.add_unk,
    }
    with atomic_write(path) as file:
        if Path(path).suffix in (".pkl", ".pickle"):
            pickle.dump({**flair_mappings(dictionary), **content}, file, protocol=2)
        else:
            content["items"] = dictionary.get_items()
            file.write(json.dumps(content, ensure_ascii=False, indent=0).encode("utf-8"))
        if file.tell() > MAX_PICKLE_BYTES:
            raise ValueError(f"{path} would have more than {MAX_PICKLE_BYTES:,} bytes: leave out rare items")
