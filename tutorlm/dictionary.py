"""The dictionary: characters (or words) and their numbers.

A language model sees only numbers. `Dictionary` says which number stands for which character,
what happens to a character it does not hold (`<unk>`), and in which Unicode normal form text
is read. It is saved inside every model, because a model is meaningless without it.
"""

import itertools
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tutorlm.coverage import CoverageReport, MissingCharacter, count_items, most_frequent
from tutorlm.files.dictionaries import FLAIR_DICTIONARIES, dictionary_from_file, write_dictionary
from tutorlm.files.download import cached
from tutorlm.files.regular import expanded
from tutorlm.unicode import CODE_POINTS, NORMAL_FORMS, code_points, common_characters, describe, normalize, split_words

__all__ = ["UNKNOWN", "CoverageReport", "Dictionary", "MissingCharacter", "count_items"]

UNKNOWN = "<unk>"


class Items:
    """Strings and their numbers, 0 … n-1, by Flair's names. One of them may be `<unk>`.

    With `add_unk` unknown items are read as `<unk>`, number 0. Without it they are an error.
    """

    def __init__(self, add_unk: bool = True) -> None:
        self.add_unk = add_unk
        self._items: list[str] = []
        self._index: dict[str, int] = {}
        self._caches: dict[str, Any] = {}  # cleared by add_item
        if add_unk:
            self.add_item(UNKNOWN)

    def add_item(self, item: str) -> int:
        """Give `item` the next free number, unless it has one; return its number."""
        if item not in self._index:
            item.encode("utf-8")  # fail here for a lone surrogate, which no file can hold
            self._index[item] = len(self._items)
            self._items.append(item)
            self._caches.clear()
        return self._index[item]

    def get_idx_for_item(self, item: str) -> int:
        """The number of `item`, or that of `<unk>`; without `<unk>` an unknown item raises LookupError."""
        if item in self._index:
            return self._index[item]
        if self.unknown_index is None:
            missing = f"{describe(item)} is not in this dictionary of {len(self)} items, which has no {UNKNOWN}"
            raise LookupError(f"{missing}. Add it with add_item, or build the dictionary with add_unk=True")
        return self.unknown_index

    def get_idx_for_items(self, items: Iterable[str]) -> list[int]:
        """The number of each item."""
        return [self.get_idx_for_item(item) for item in items]

    def get_item_for_index(self, index: int) -> str:
        """The item with this number; IndexError if there is none."""
        if not 0 <= index < len(self):
            raise IndexError(f"no item has the number {index}: this dictionary has 0 to {len(self) - 1}")
        return self._items[index]

    def get_items(self) -> list[str]:
        """All items in the order of their numbers."""
        return list(self._items)

    @property
    def idx2item(self) -> list[bytes]:
        """All items as UTF-8, in order: Flair's form, built at each call."""
        return [item.encode("utf-8") for item in self._items]

    @property
    def item2idx(self) -> dict[bytes, int]:
        """UTF-8 item → number: Flair's form, built at each call."""
        return {item.encode("utf-8"): index for item, index in self._index.items()}

    @property
    def unknown_index(self) -> int | None:
        """The number of `<unk>`, as which every unknown item is read; None if there is no `<unk>`."""
        return self._index.get(UNKNOWN) if self.add_unk else None

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, item: object) -> bool:
        return item in self._index


class Dictionary(Items):
    """The characters (or words) of a model and their numbers, 0 … V-1; number 0 is `<unk>` unless `add_unk=False`.

    Args:
        add_unk: whether unknown items are read as `<unk>`. Without it they are an error.
        normalization: the Unicode normal form ("NFC", "NFD", "NFKC", "NFKD") in which text is
            looked up, or None to take text as it is. NFC keeps Hangul as syllables, NFD splits
            it into jamo.
        character_level: whether a text is read by its characters, or by its words and line ends. Items of several
            characters that do not occur in a text, such as "[SEP]", may be in a dictionary of characters, too.
    """

    def __init__(self, add_unk: bool = True, normalization: str | None = None, character_level: bool = True) -> None:
        if normalization not in NORMAL_FORMS:
            raise ValueError(f"normalization={normalization!r} is not one of {', '.join(map(str, NORMAL_FORMS))}")
        super().__init__(add_unk)
        self.normalization, self.character_level = normalization, character_level

    def __repr__(self) -> str:
        first = " ".join(repr(item) for item in self._items[:20])
        return f"Dictionary of {len(self)} items, normalization={self.normalization}: {first} …"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dictionary) and self.difference(other) is None

    __hash__ = None  # type: ignore[assignment]  # it can change

    def difference(self, other: "Dictionary") -> str | None:
        """The first difference between the two, in words; None if they are equal."""
        for number, (mine, theirs) in enumerate(itertools.zip_longest(self._items, other.get_items())):
            if mine != theirs:
                sizes = f"{len(self)} and {len(other)} items"
                return f"number {number} is {mine!r} in one and {theirs!r} in the other ({sizes})"
        if self.normalization != other.normalization:
            return f"normalization is {self.normalization} in one and {other.normalization} in the other"
        if self.character_level != other.character_level:
            return "one of them reads characters and the other words"
        return None if self.add_unk == other.add_unk else "only one of them has <unk>"

    def normalize(self, text: str) -> str:
        """`text` in this dictionary's normal form."""
        return normalize(text, self.normalization)

    @property
    def dtype(self) -> np.dtype:
        """The smallest unsigned integer type for 0 … V-1, and without `<unk>` for V, which marks unknown items."""
        return np.min_scalar_type(max(0, len(self) - (self.unknown_index is not None)))

    def encode(self, text: str) -> np.ndarray:
        """The numbers of a text's characters, or of its words and line ends at word level.

        Returns:
            shape (n,), of type `dtype`; n is the length of the *normalised* text.

        Raises:
            LookupError: an item is unknown and there is no `<unk>`; the message says where.
        """
        text = self.normalize(text)
        if not self.character_level:
            return np.array(self.get_idx_for_items(split_words(text)), dtype=self.dtype)
        return self.lookup(code_points(text))

    def lookup(self, points: np.ndarray, first: int = 0) -> np.ndarray:
        """`encode` for code points in normal form; `first` is the position of the first, for the error message."""
        table = self._caches.get("table")
        if table is None:
            table = self._caches["table"] = self._lookup_table()
        ids = table[points]
        if self.unknown_index is None and (ids == len(self)).any():
            place = int(np.argmax(ids == len(self)))
            try:
                self.get_idx_for_item(chr(points[place]))
            except LookupError as error:
                raise LookupError(f"at character {first + place}: {error}") from None
        return ids

    def _lookup_table(self) -> np.ndarray:
        """Code point → number, shape (0x110000,): encodes a whole block of text at once."""
        missing = len(self) if self.unknown_index is None else self.unknown_index
        table = np.full(CODE_POINTS, missing, dtype=self.dtype)
        for item, index in self._index.items():
            if len(item) == 1:
                table[ord(item)] = index
        return table

    def decode(self, ids: Iterable[int] | np.ndarray) -> str:
        """The text for some numbers; the inverse of `encode` for text that the dictionary covers."""
        ids = np.asarray(ids, dtype=np.int64)
        if ids.size and (ids.min() < 0 or ids.max() >= len(self)):
            raise IndexError(f"numbers from {ids.min()} to {ids.max()}, but the dictionary has 0 to {len(self) - 1}")
        items = [self._items[index] for index in ids.tolist()]
        return "".join(items) if self.character_level else re.sub(" ?\n ?", "\n", " ".join(items))

    @classmethod
    def from_files(
        cls, paths_or_folder: str | Path | Iterable[str | Path], min_count: int = 1, coverage: float = 0.9999,
        max_size: int | None = None, normalization: str | None = "NFC", character_level: bool = True,
    ) -> "Dictionary":  # fmt: skip
        """Count a corpus and keep its most frequent characters.

        Newline and space are always kept: every model starts after a document delimiter, by default a line end, and an
        embedding is read at the space after its word.

        Args:
            paths_or_folder: text files, or folders with everything below them.
            min_count: rarer characters are left out.
            coverage: stop once this share of all characters of the text is covered.
            max_size: maximum number of items, `<unk>` included.
            normalization: see `Dictionary`.
            character_level: False counts words instead.
        """
        paths = Path(paths_or_folder) if isinstance(paths_or_folder, str) else paths_or_folder
        counts = count_items(paths, normalization, character_level)
        if not counts:
            raise ValueError(f"{paths_or_folder} holds no text to count: every file is empty")
        return cls.from_counts(counts, min_count, coverage, max_size, normalization, character_level)

    @classmethod
    def from_counts(
        cls, counts: Mapping[str, int], min_count: int = 1, coverage: float = 0.9999,
        max_size: int | None = None, normalization: str | None = "NFC", character_level: bool = True,
    ) -> "Dictionary":  # fmt: skip
        """`from_files` for characters that were counted already, in that normal form."""
        always = ["\n", " "] if character_level else ["\n"]
        room = None if max_size is None else max_size - 1  # `<unk>` is an item, too
        kept = most_frequent(counts, always, min_count, coverage, room)
        items = dict.fromkeys([UNKNOWN, *kept])  # a text may hold `<unk>` as a word
        return cls.from_items(items, True, normalization, character_level)

    @classmethod
    def from_items(
        cls, items: Iterable[str], add_unk: bool | None = None, normalization: str | None = None,
        character_level: bool = True,
    ) -> "Dictionary":  # fmt: skip
        """A dictionary of exactly these items, in order; ValueError if one occurs twice. `<unk>` may be one of them."""
        dictionary, items = cls(False, normalization, character_level), list(items)  # False: `items` has its `<unk>`
        for number, item in enumerate(items):
            if dictionary.add_item(item) != number:
                raise ValueError(f"the item {item!r} occurs twice")
        dictionary.add_unk = UNKNOWN in items if add_unk is None else add_unk
        return dictionary

    def coverage(self, text_or_files: str | Path | Iterable[str | Path]) -> CoverageReport:
        """How much of a text this dictionary covers: of a `str`, or of the files in a `Path` or several."""
        return CoverageReport.of(count_items(text_or_files, self.normalization, self.character_level), self)

    @classmethod
    def load(cls, name: str | Path) -> "Dictionary":
        """A dictionary from a file, or one known by name.

        "chars" is this package's own list of characters. Flair's are downloaded at their first use: "flair-chars" (275,
        which Flair calls "chars"), "chars-large", "chars-xl" and "chars-lemmatizer".
        """
        if name in FLAIR_DICTIONARIES:
            build = "build one from your text with Dictionary.from_files(folder)"
            return cls.load_from_file(cached(FLAIR_DICTIONARIES[str(name)], build))
        if name in ("chars", "common-chars"):
            return cls.from_items([UNKNOWN, *common_characters()], normalization="NFC")
        if not expanded(name).exists():
            known = ", ".join(["chars", *FLAIR_DICTIONARIES])
            missing = f"no file {name} and no dictionary of that name; known by name are {known}"
            raise FileNotFoundError(f"{missing}. Build one from your text with Dictionary.from_files(folder)")
        return cls.load_from_file(name)

    @classmethod
    def load_from_file(cls, filename: str | Path) -> "Dictionary":
        """Read a JSON dictionary or Flair's pickled mappings; see `files.dictionaries.dictionary_from_file`."""
        return dictionary_from_file(filename, cls.from_items)

    def save(self, path: str | Path) -> None:
        """Write JSON; or, to a name ending in .pkl or .pickle, the mappings that Flair reads."""
        write_dictionary(path, self)
