"""The dictionary: characters (or words) and their numbers.

A language model sees numbers only. `Dictionary` says which number stands for which
character, what happens to a character it does not hold (`<unk>`), and in which Unicode
normal form text is read. It is saved inside every model, since a model is meaningless
without it.
"""

from __future__ import annotations

import io
import itertools
import json
import pickle
import re
import unicodedata
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from tutorlm.safe_files import SafePickle, UnsafeFileError, atomic_write
from tutorlm.text_files import code_points, describe, list_text_files, normalize, read_blocks, script

UNKNOWN = "<unk>"
NORMAL_FORMS = (None, "NFC", "NFD", "NFKC", "NFKD")
_ALL_CODE_POINTS = 0x110000
_PROSE_PUNCTUATION = "‐‑‒–—―‘’‚“”„†‡•…‰′″‹›⁄€№™−"


class Dictionary:
    """Items and their numbers, 0 … V-1; number 0 is `<unk>` unless `add_unk=False`.

    Args:
        add_unk: whether items not held are read as `<unk>`. Without it they are an error.
        normalization: the Unicode normal form ("NFC", "NFD", "NFKC", "NFKD") text is brought
            to before it is looked up, or None to take text as it comes. NFC keeps Hangul as
            syllables, NFD takes it apart into jamo.
    """

    def __init__(self, add_unk: bool = True, normalization: str | None = None) -> None:
        if normalization not in NORMAL_FORMS:
            raise ValueError(f"normalization={normalization!r} is not one of {', '.join(map(str, NORMAL_FORMS))}")
        self.add_unk = add_unk
        self.normalization = normalization
        self._items: list[str] = []
        self._index: dict[str, int] = {}
        self._table: np.ndarray | None = None  # two answers worked out once, until an item is added
        self._characters: bool | None = None
        if add_unk:
            self.add_item(UNKNOWN)

    # -- items and their numbers, as in Flair ------------------------------------------------

    def add_item(self, item: str) -> int:
        """Give `item` the next free number, unless it has one; return its number."""
        if item not in self._index:
            item.encode("utf-8")  # a lone surrogate has no place in any file: fail here
            self._index[item] = len(self._items)
            self._items.append(item)
            self._table = self._characters = None
        return self._index[item]

    def get_idx_for_item(self, item: str) -> int:
        """The number of `item`, or that of `<unk>`.

        Raises:
            LookupError: the item is not held and the dictionary has no `<unk>`.
        """
        if item in self._index:
            return self._index[item]
        if self.unknown_index is None:
            shown = describe(item) if len(item) == 1 else repr(item)
            raise LookupError(
                f"{shown} is not in this dictionary of {len(self)} items, which has no {UNKNOWN}. "
                "Add it with add_item, or build the dictionary with add_unk=True"
            )
        return self.unknown_index

    def get_idx_for_items(self, items: Iterable[str]) -> list[int]:
        """The number of each item."""
        return [self.get_idx_for_item(item) for item in items]

    def get_item_for_index(self, index: int) -> str:
        """The item with this number.

        Raises:
            IndexError: there is no such number.
        """
        if not 0 <= index < len(self):
            raise IndexError(f"no item has the number {index}: this dictionary has 0 to {len(self) - 1}")
        return self._items[index]

    def get_items(self) -> list[str]:
        """All items in the order of their numbers."""
        return list(self._items)

    @property
    def idx2item(self) -> list[bytes]:
        """All items as UTF-8, in order: Flair's form, made anew at each call."""
        return [item.encode("utf-8") for item in self._items]

    @property
    def item2idx(self) -> dict[bytes, int]:
        """UTF-8 item → number: Flair's form, made anew at each call."""
        return {item.encode("utf-8"): index for item, index in self._index.items()}

    @property
    def unknown_index(self) -> int | None:
        """The number that stands for every item not held; None if there is none."""
        return self._index.get(UNKNOWN) if self.add_unk else None

    @property
    def character_level(self) -> bool:
        """Whether the items are single characters (special items like `<unk>` aside)."""
        if self._characters is None:
            ordinary = (item for item in self._items if item and not (item[0] == "<" and item[-1] == ">"))
            self._characters = all(len(item) == 1 for item in ordinary)
        return self._characters

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, item: str) -> bool:
        return item in self._index

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dictionary) and self.difference(other) is None

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        first = " ".join(repr(item) for item in self._items[:20])
        return f"Dictionary of {len(self)} items, normalization={self.normalization}: {first} …"

    def difference(self, other: Dictionary) -> str | None:
        """What first sets the two apart, in words; None if they are the same."""
        for number, (mine, theirs) in enumerate(itertools.zip_longest(self._items, other._items)):
            if mine != theirs:
                return (
                    f"number {number} is {mine!r} in one and {theirs!r} in the other "
                    f"({len(self)} and {len(other)} items)"
                )
        if self.normalization != other.normalization:
            return f"normalization is {self.normalization} in one and {other.normalization} in the other"
        return None if self.add_unk == other.add_unk else "only one of them has <unk>"

    # -- text and numbers -----------------------------------------------------------------------

    def normalize(self, text: str) -> str:
        """`text` in this dictionary's normal form."""
        return normalize(text, self.normalization)

    @property
    def dtype(self) -> np.dtype:
        """The smallest unsigned integer type that holds every number (and, without `<unk>`, one mark more)."""
        return np.min_scalar_type(max(0, len(self) - (self.unknown_index is not None)))

    def encode(self, text: str) -> np.ndarray:
        """The numbers of a text's characters, or of its words and line ends at word level.

        Returns:
            shape (n,), of type `dtype`; n is the length of the *normalised* text.

        Raises:
            LookupError: something is not held and there is no `<unk>`; the message says where.
        """
        text = self.normalize(text)
        if not self.character_level:
            return np.array(self.get_idx_for_items(split_words(text)), dtype=self.dtype)
        return self.lookup(code_points(text))

    def lookup(self, points: np.ndarray, first: int = 0) -> np.ndarray:
        """The numbers of code points that are in normal form already; see `encode`.

        `first` is the place of the first of them in their text, for the error's message.
        """
        ids = self._lookup_table()[points]
        if self.unknown_index is None and (ids == len(self)).any():
            place = int(np.argmax(ids == len(self)))
            try:
                self.get_idx_for_item(chr(points[place]))
            except LookupError as error:
                raise LookupError(f"at character {first + place}: {error}") from None
        return ids

    def decode(self, ids: Iterable[int] | np.ndarray) -> str:
        """The text for some numbers; undoes `encode` for text that the dictionary covers."""
        ids = np.asarray(ids, dtype=np.int64)
        if ids.size and (ids.min() < 0 or ids.max() >= len(self)):
            raise IndexError(f"numbers from {ids.min()} to {ids.max()}, but the dictionary has 0 to {len(self) - 1}")
        items = [self._items[index] for index in ids.tolist()]
        return "".join(items) if self.character_level else re.sub(" ?\n ?", "\n", " ".join(items))

    def _lookup_table(self) -> np.ndarray:
        """Code point → number, shape (0x110000,): one array look-up encodes a whole block of text."""
        if self._table is None:
            missing = len(self) if self.unknown_index is None else self.unknown_index
            self._table = np.full(_ALL_CODE_POINTS, missing, dtype=self.dtype)
            for item, index in self._index.items():
                if len(item) == 1:
                    self._table[ord(item)] = index
        return self._table

    def case_table(self, upper: bool) -> np.ndarray:
        """Number → number of the same character in the other case, shape (V,).

        A character whose other case is not one character held here stays as it is, so that a
        text never changes its length and never loses a character to `<unk>`.
        """
        other = [item.upper() if upper else item.lower() for item in self._items]
        return np.array([self._index.get(new, i) for i, new in enumerate(other)], dtype=self.dtype)

    # -- built from text -----------------------------------------------------------------------------

    @classmethod
    def from_files(
        cls,
        paths_or_folder: str | Path | Iterable[str | Path],
        min_count: int = 1,
        coverage: float = 0.9999,
        max_size: int | None = None,
        normalization: str | None = "NFC",
        character_level: bool = True,
    ) -> Dictionary:
        """Count a corpus and keep its most frequent characters.

        Args:
            paths_or_folder: text files, or folders with everything below them.
            min_count: characters seen less often are left out.
            coverage: stop once this share of all characters of the text is held.
            max_size: at most this many items, `<unk>` included.
            normalization: see `Dictionary`.
            character_level: False counts words instead.

        Newline and space are always kept: every model starts after a line end, and an
        embedding is read at the space behind its word.
        """
        counts = _count(list_text_files(paths_or_folder), normalization, character_level)
        if not counts:
            raise ValueError(f"{paths_or_folder} holds no text to count: every file is empty")
        return cls.from_counts(counts, min_count, coverage, max_size, normalization, character_level)

    @classmethod
    def from_counts(
        cls,
        counts: Mapping[str, int],
        min_count: int = 1,
        coverage: float = 0.9999,
        max_size: int | None = None,
        normalization: str | None = "NFC",
        character_level: bool = True,
    ) -> Dictionary:
        """Keep the most frequent of characters counted already, in that normal form; else as `from_files`."""
        if not 0 < coverage <= 1:
            raise ValueError(f"coverage={coverage} is a share of all characters: above 0 and at most 1")
        if max_size is not None and max_size < 3:
            raise ValueError(f"max_size={max_size}: <unk>, newline and space are always held, so 3 is the least")
        dictionary = cls(normalization=normalization)
        needed = coverage * sum(counts.values())
        always = ["\n", " "] if character_level else ["\n"]
        kept = sum(counts.get(item, 0) for item in always)
        by_count = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        chosen = []
        for item, count in by_count:
            full = max_size is not None and len(chosen) + len(always) + 1 >= max_size
            if kept >= needed or count < min_count or full:
                break
            if item not in always:
                chosen.append(item)
                kept += count
        for item in sorted([*chosen, *always], key=lambda item: (-counts.get(item, 0), item)):
            dictionary.add_item(item)
        return dictionary

    def coverage(self, text_or_files: str | Path | Iterable[Path]) -> CoverageReport:
        """How much of a text this dictionary holds.

        Args:
            text_or_files: a `str` is the text itself; a `Path`, or several, are files or folders.
        """
        return CoverageReport.of(count_items(text_or_files, self.normalization, self.character_level), self)

    # -- files ---------------------------------------------------------------------------------------------

    @classmethod
    def load(cls, name: str | Path) -> Dictionary:
        """The default dictionary, by the name "chars" (or "common-chars"), or one from a file."""
        if name in ("chars", "common-chars"):
            return _default_characters()
        if not Path(name).exists():
            raise FileNotFoundError(
                f"no file {name} and no dictionary of that name: the one known by name is 'chars'. "
                "Build one from your text with Dictionary.from_files(folder)"
            )
        return cls.load_from_file(name)

    @classmethod
    def load_from_file(cls, filename: str | Path) -> Dictionary:
        """Read a JSON dictionary, or Flair's pickled `{'idx2item': …, 'item2idx': …}`.

        Nothing in the file is run, and its two mappings must agree.

        Raises:
            UnsafeFileError: a pickle that asks for anything but plain data.
            ValueError: not a dictionary file, or an inconsistent one.
        """
        data = Path(filename).read_bytes()
        try:
            content = json.loads(data) if data[:1] == b"{" else _plain_pickle(data)
            items = [as_text(item) for item in (content["items"] if "items" in content else content["idx2item"])]
            dictionary = cls(add_unk=False, normalization=content.get("normalization"))
            dictionary.add_unk = content.get("add_unk", UNKNOWN in items)
            numbers = {item: dictionary.add_item(item) for item in items}
            stored = content.get("item2idx", numbers)
            agrees = len(numbers) == len(items) and {as_text(item): index for item, index in stored.items()} == numbers
        except UnsafeFileError as error:
            raise UnsafeFileError(f"{filename}: {error}") from None
        except Exception as error:
            raise ValueError(f"{filename} is not a dictionary file ({type(error).__name__}: {error})") from None
        if not agrees:
            raise ValueError(f"{filename} contradicts itself: its two mappings, or two of its items, do not agree")
        return dictionary

    def save(self, path: str | Path) -> None:
        """Write JSON; or, to a name ending in .pkl or .pickle, the mapping that Flair reads."""
        with atomic_write(path) as file:
            if Path(path).suffix in (".pkl", ".pickle"):
                mapping = {"idx2item": self.idx2item, "item2idx": self.item2idx, "normalization": self.normalization}
                pickle.dump(mapping, file, protocol=2)
            else:
                content = {"normalization": self.normalization, "add_unk": self.add_unk, "items": self._items}
                file.write(json.dumps(content, ensure_ascii=False, indent=0).encode("utf-8"))


@dataclass(frozen=True)
class MissingCharacter:
    """A character of a text that a dictionary does not hold."""

    character: str
    count: int
    code_point: str
    name: str
    script: str


@dataclass(frozen=True)
class CoverageReport:
    """How much of a text a dictionary holds.

    Attributes:
        share: covered share of all characters, 0 … 1 (1 for an empty text).
        total: characters in the text, after normalisation.
        missing: the characters not held, most frequent first.
        scripts: script → (characters of it in the text, of these covered).
    """

    share: float
    total: int
    missing: tuple[MissingCharacter, ...]
    scripts: dict[str, tuple[int, int]]

    @classmethod
    def of(cls, counts: Counter[str], dictionary: Dictionary) -> CoverageReport:
        """The report on a text whose characters were counted."""
        total, scripts = sum(counts.values()), {}
        for character, count in counts.items():
            seen, covered = scripts.get(script(character), (0, 0))
            scripts[script(character)] = (seen + count, covered + count * (character in dictionary))
        missing = tuple(
            MissingCharacter(c, count, " ".join(f"U+{ord(point):04X}" for point in c), _name(c), script(c))
            for c, count in counts.most_common()
            if c not in dictionary
        )
        share = 1.0 - sum(m.count for m in missing) / total if total else 1.0
        by_size = dict(sorted(scripts.items(), key=lambda pair: -pair[1][0]))
        return cls(share, total, missing, by_size)

    def __str__(self) -> str:
        lines = [f"{self.share:.4%} of {self.total:,} characters covered"]
        lines += [f"  {name}: {covered:,} of {seen:,}" for name, (seen, covered) in self.scripts.items()]
        lines += [f"  missing {m.count:,} times: {describe(m.character)}" for m in self.missing[:10]]
        more = len(self.missing) - 10
        return "\n".join(lines + ([f"  … and {more:,} more"] if more > 0 else []))


def split_words(text: str) -> list[str]:
    """The words of a text by white space; every line end is a word of its own."""
    return re.findall(r"\n|\S+", text)


def _name(item: str) -> str:
    return unicodedata.name(item, "no name") if len(item) == 1 else item


def count_items(
    text_or_files: str | Path | Iterable[Path], normalization: str | None = "NFC", character_level: bool = True
) -> Counter[str]:
    """How often each character (or word) stands in a text, in a normal form.

    Args:
        text_or_files: a `str` is the text itself; a `Path`, or several, are files or folders.
    """
    if isinstance(text_or_files, str):
        text = normalize(text_or_files, normalization)
        return Counter(text if character_level else split_words(text))
    return _count(list_text_files(text_or_files), normalization, character_level)


def _count(files: list[Path], normalization: str | None, character_level: bool) -> Counter[str]:
    """The same in files; memory does not grow with their size."""
    counts: Counter[str] = Counter()
    points = np.zeros(_ALL_CODE_POINTS, dtype=np.int64)
    with tqdm(total=len(files), desc="counting", unit="file", delay=2, leave=False) as bar:
        for file in files:
            for text in read_blocks(file, normalization):
                if character_level:
                    points += np.bincount(code_points(text), minlength=_ALL_CODE_POINTS)
                else:
                    counts.update(split_words(text))
            bar.update()
    counts.update({chr(point): int(points[point]) for point in np.flatnonzero(points)})
    return counts


def _plain_pickle(data: bytes) -> dict:
    """A pickle of plain containers, numbers, strings and bytes."""
    allowed = {("_codecs", "encode"): lambda *parts: latin1_bytes(*parts), ("collections", "OrderedDict"): OrderedDict}
    reader = SafePickle(allowed)
    return reader.load(io.BytesIO(data), encoding="latin1")


def as_text(item: str | bytes) -> str:
    """An item as Flair may have written it, as a string."""
    return item.decode("utf-8") if isinstance(item, bytes) else str(item)


def latin1_bytes(text: str, encoding: str) -> bytes:
    """What a pickle of protocol 2 calls to make `bytes`; the only encoding it uses is latin1."""
    if encoding != "latin1":
        raise UnsafeFileError(f"bytes in the encoding {encoding!r}, where pickle writes latin1 only")
    return text.encode("latin1")


def _default_characters() -> Dictionary:
    """ASCII, Latin-1, Latin Extended-A, Greek, Cyrillic and the punctuation of prose, by rule."""
    dictionary = Dictionary(normalization="NFC")
    blocks = [range(0x20, 0x7F), range(0xA0, 0x180), range(0x370, 0x400), range(0x400, 0x460), range(0x490, 0x492)]
    assigned = (chr(point) for block in blocks for point in block)
    for character in itertools.chain("\n\t", assigned, _PROSE_PUNCTUATION):
        if unicodedata.category(character)[0] in "LMNPSZ" or character in "\n\t":
            dictionary.add_item(unicodedata.normalize("NFC", character))
    return dictionary
