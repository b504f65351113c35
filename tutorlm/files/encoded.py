"""Documents: a text file as numbers, with the positions where documents end.

`read_documents` encodes a file in memory. `cached_documents` keeps the numbers in files, so that a text is encoded
once, and checks them whenever it reads them.

A kept file holds the numbers, where documents end, a `FOOT` that says of which text and how many, and the CRC-32 of
all that. It finds accidents, such as a broken disk or a file from elsewhere; it is no protection against forgery.
"""

import contextlib
import hashlib
import json
import os
import re
import struct
import sys
import time
import zlib
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np

from tutorlm.coverage import UNKNOWN_SHARE_WORTH_A_WARNING
from tutorlm.dictionary import Dictionary
from tutorlm.files.atomic import atomic_write, exists
from tutorlm.files.regular import open_regular
from tutorlm.files.text import read_blocks
from tutorlm.messages import warn_user
from tutorlm.unicode import code_points, describe, split_words

FLIP_SHARE = 0.01  # of all documents to lower case, and as many to upper case
FORMAT = 4  # of kept files
FOOT = struct.Struct("<QqIQQB")  # a `_Text`; number of numbers, number of ends, bytes of an end
_END_TYPES = {4: np.uint32, 8: np.int64}


@dataclass(frozen=True)
class Documents:
    """A text as numbers, cut into documents."""

    ids: np.ndarray  # (n,), of the dictionary's `dtype`
    ends: np.ndarray  # the position after each document, (documents,); the last is n
    delimiter: np.ndarray  # its numbers; every document ends with them, except perhaps the last
    dictionary: Dictionary

    def shuffled(self, rng: np.random.Generator, flip_case: bool) -> np.ndarray:
        """All documents in random order, 1 % of them in lower and 1 % in upper case.

        Delimiters are never flipped, and a document in which a flip would create one is left unchanged.
        If the last document lacks its delimiter or a part of it, it gets what it lacks, because others may now follow
        it. White space behind the last delimiter is left out.
        """
        ids, ends, missing = self._complete()
        if not len(ends):
            return ids
        ends = self._behind_blank_lines(ids, ends)
        order = np.arange(len(ends), dtype=ends.dtype)
        rng.shuffle(order)
        tables = [case_table(self.dictionary, upper) for upper in (False, True)] if flip_case else []
        shuffled, filled = np.empty(len(ids) + len(missing), ids.dtype), 0
        for first in range(0, len(order), 4096):
            picked = order[first : first + 4096].astype(np.int64)
            starts = np.where(picked > 0, ends[picked - 1], 0).tolist()
            pieces = [ids[a:b] for a, b in zip(starts, ends[picked].tolist(), strict=True)]
            for number in np.flatnonzero(picked == len(ends) - 1):
                pieces[number] = np.concatenate([pieces[number], missing])
            if flip_case:
                self._flip(pieces, rng.random(len(pieces)), tables)
            filled_before, filled = filled, filled + sum(map(len, pieces))
            np.concatenate(pieces, out=shuffled[filled_before:filled])
        return shuffled

    def _complete(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Numbers and ends, without white space behind the last delimiter; what the last document lacks of its own."""
        ids, ends, k = self.ids, self.ends, len(self.delimiter)
        parts = range(k + 1) if self.dictionary.decode(self.delimiter).isspace() else (0, k)  # "[" may be text
        have = max(n for n in parts if np.array_equal(ids[max(0, len(ids) - n) :], self.delimiter[:n]))
        begin = int(ends[-2]) if len(ends) > 1 else 0
        if have < k and 0 < begin > len(ids) - 100 and self.dictionary.decode(ids[begin:]).isspace():
            return ids[:begin], ends[:-1], self.delimiter[:0]
        return ids, ends, self.delimiter[have:]

    def _behind_blank_lines(self, ids: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """The ends. Where line ends are the delimiter, those beyond it belong to the document before, too."""
        if len(self.delimiter) == 1 or set(self.dictionary.decode(self.delimiter)) != {"\n"}:
            return ends
        ends, last = ends.copy(), len(ids) - 1
        for line_end in self.delimiter[1:]:
            ends += (ids[np.minimum(ends, last)] == line_end) & (ends <= last)
        return np.unique(ends)  # two may have come together at the end of the text

    def _flip(self, documents: list[np.ndarray], draw: np.ndarray, tables: list[np.ndarray]) -> None:
        """Flip, in place, the documents whose random number (0 … 1) is very low or very high."""
        delimiter = self.dictionary.decode(self.delimiter)
        for table, which in zip(tables, (draw < FLIP_SHARE, draw > 1 - FLIP_SHARE), strict=True):
            for number in np.flatnonzero(which):
                body = table[documents[number][: -len(self.delimiter)]]
                if delimiter.lower() == delimiter.upper() or delimiter not in self.dictionary.decode(body):
                    documents[number] = np.concatenate([body, self.delimiter])


def case_table(dictionary: Dictionary, upper: bool) -> np.ndarray:
    """Number → number of the same character in the other case, shape (V,).

    A character whose other case is not a single character of the dictionary keeps its own number, so that a text
    never changes its length and never loses a character to `<unk>`.
    """
    items = dictionary.get_items()
    index = {item: number for number, item in enumerate(items)}
    other = [item.upper() if upper else item.lower() for item in items]
    return np.array([index.get(new, number) for number, new in enumerate(other)], dtype=dictionary.dtype)


def read_documents(path: Path, dictionary: Dictionary, delimiter: str = "\n") -> Documents:
    """Read and encode a text file block by block: at most 8 bytes a character, and 8 a document, at any time."""
    blocks = list(_encoded_blocks(path, dictionary, delimiter))
    ids = np.concatenate([np.empty(0, dictionary.dtype), *(block_ids for block_ids, _ in blocks)])
    ends = _joined([block_ends for _, block_ends in blocks], len(ids), dictionary, delimiter)
    return Documents(ids, ends, _delimiter_ids(dictionary, delimiter), dictionary)


def cached_documents(
    path: Path, dictionary: Dictionary, delimiter: str, cache: Path, below: Path = Path()
) -> Documents:
    """`read_documents` by way of a file in the folder `cache`, or in folders `below` it.

    The file belongs to the content of the text, one dictionary and one delimiter. It is read as a whole, and made anew
    with a warning if it is damaged. Several processes may make it at once, because it appears whole. Nothing is written
    through a link. If it cannot be written, the numbers are kept in memory only.
    """
    level, form = dictionary.character_level, dictionary.normalization
    settings = [FORMAT, sys.byteorder, delimiter, form, level, dictionary.add_unk, dictionary.get_items()]
    folder = cache / hashlib.sha256(json.dumps(settings).encode()).hexdigest()[:16] / below
    file, text = folder / f"{path.name}.ids", _Text.of(path)
    try:
        _refuse_links(folder, cache)
        found = _kept(file, path, text, dictionary)
        if not found:
            _encode_to_file(path, text, dictionary, delimiter, file)
            _remove_abandoned(folder)
            found = _kept(file, path, text, dictionary)
    except OSError as error:
        warn_user(f"{path} is kept in memory: {error}")
        found = None
    if not found:
        return read_documents(path, dictionary, delimiter)
    return Documents(*found, _delimiter_ids(dictionary, delimiter), dictionary)


@dataclass(frozen=True)
class _Text:
    """The state of a text file."""

    size: int
    time: int  # of the last change, in ns
    crc: int

    @classmethod
    def of(cls, path: Path) -> "_Text":
        with open_regular(path) as file:
            state, crc = os.fstat(file.fileno()), 0
            while block := file.read(1 << 20):
                crc = zlib.crc32(block, crc)
        return cls(state.st_size, state.st_mtime_ns, crc)


def _refuse_links(folder: Path, cache: Path) -> None:
    for place in (folder, *folder.parents):
        if place.is_symlink():
            raise OSError(f"{place} is a link, and nothing is written through links. Remove it")
        if place == cache:
            break


def _encode_to_file(path: Path, text: _Text, dictionary: Dictionary, delimiter: str, file: Path) -> None:
    with atomic_write(file) as kept:
        crc = 0
        for part in _parts(path, text, dictionary, delimiter):
            kept.write(part)
            crc = zlib.crc32(part, crc)
        kept.write(crc.to_bytes(4, "little"))


def _parts(path: Path, text: _Text, dictionary: Dictionary, delimiter: str) -> Iterator[memoryview | bytes]:
    ends, length = [], 0
    for block_ids, block_ends in _encoded_blocks(path, dictionary, delimiter):
        yield block_ids.data
        ends.append(block_ends)
        length += len(block_ids)
    joined = _joined(ends, length, dictionary, delimiter)
    yield joined.data
    yield FOOT.pack(*astuple(text), length, len(joined), joined.itemsize)


def _kept(file: Path, path: Path, text: _Text, dictionary: Dictionary) -> tuple[np.ndarray, np.ndarray] | None:
    """Numbers and ends from a file, if they are those of the text. Anything unusual is a warning."""
    if not exists(file):
        return None
    try:
        ids, ends, made_from = _read_sound(file, dictionary)
    except (OSError, ValueError, LookupError, struct.error):
        warn_user(f"{file} is damaged or comes from elsewhere. {path} is encoded anew")
        return None
    if (text.size, text.crc) == (made_from.size, made_from.crc):
        return ids, ends
    if (text.size, text.time) == (made_from.size, made_from.time):
        warn_user(f"{path} has changed, though its size and time have not. It is encoded anew")
    return None


def _read_sound(file: Path, dictionary: Dictionary) -> tuple[np.ndarray, np.ndarray, _Text]:
    """What a file holds; an error of some kind if it is not as it was written."""
    with open_regular(file) as kept:
        size = os.fstat(kept.fileno()).st_size
        kept.seek(max(0, size - FOOT.size - 4))
        foot, crc = kept.read(FOOT.size), kept.read(4)
        *text, length, documents, width = FOOT.unpack(foot)
        sizes = length * dictionary.dtype.itemsize, documents * width
        if sum(sizes) + len(foot) + len(crc) != size:
            raise ValueError("another size")
        kept.seek(0)
        numbers, places = kept.read(sizes[0]), kept.read(sizes[1])
    if zlib.crc32(foot, zlib.crc32(places, zlib.crc32(numbers))).to_bytes(4, "little") != crc:
        raise ValueError("another sum")
    ids, ends = np.frombuffer(numbers, dictionary.dtype), np.frombuffer(places, _END_TYPES[width])
    bounds = np.append(0, ends)
    if bounds[-1] != length or (bounds[1:] <= bounds[:-1]).any() or (length and ids.max() >= len(dictionary)):
        raise ValueError("numbers that cannot be")
    return ids, ends, _Text(*text)


def _remove_abandoned(folder: Path) -> None:
    """Delete what killed processes left half written."""
    for left in folder.glob(".*.ids.*.tmp"):
        with contextlib.suppress(OSError):  # another process was faster
            if time.time() - left.stat().st_mtime > 3600:
                left.unlink()


def _encoded_blocks(path: Path, dictionary: Dictionary, delimiter: str) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The numbers of a file block by block, and where documents end, as positions in the whole file."""
    delimiter = dictionary.normalize(delimiter)
    encode = _encode_characters if dictionary.character_level else _encode_words
    offset = 0
    try:
        for block in read_blocks(path, dictionary.normalization, keep_whole=delimiter):
            ids, ends = encode(block, dictionary, delimiter, offset)
            small = np.uint32 if offset + len(ids) < 2**32 else np.int64  # there may be many short documents
            yield ids, (ends + offset).astype(small)
            offset += len(ids)
    except LookupError as error:
        raise LookupError(f"{path}: {error.args[0]}") from None


def _joined(ends: list[np.ndarray], length: int, dictionary: Dictionary, delimiter: str) -> np.ndarray:
    """Where documents end. If the delimiter is white space, an empty document, such as a blank line, belongs to the
    one before it. The last document ends with the text, with or without a delimiter.
    """
    blank = len(_delimiter_ids(dictionary, delimiter)) if delimiter.isspace() else 0
    joined = np.concatenate(ends) if ends else np.empty(0, np.uint32)
    begins_blank = bool(blank and len(joined) and joined[0] == blank)
    if blank and len(joined):
        joined = joined[np.append(np.diff(joined) != blank, True)]
    if length and (not len(joined) or joined[-1] != length):
        joined = np.append(joined, np.array(length, joined.dtype if length < 2**32 else np.int64))
    if begins_blank and len(joined) > 1:  # no document is before those, so they belong to the one after them
        joined = joined[1:]
    return joined


def _delimiter_ids(dictionary: Dictionary, delimiter: str) -> np.ndarray:
    delimiter = dictionary.normalize(delimiter)
    encode = _encode_characters if dictionary.character_level else _encode_words
    return encode(delimiter, dictionary, delimiter, 0)[0]


def _encode_characters(text: str, dictionary: Dictionary, delimiter: str, offset: int) -> tuple[np.ndarray, np.ndarray]:
    points = code_points(text)
    if len(delimiter) == 1:
        ends = np.flatnonzero(points == ord(delimiter)) + 1
    else:
        ends = np.array([match.end() for match in re.finditer(re.escape(delimiter), text)], dtype=np.int64)
    return dictionary.lookup(points, offset), ends


def _encode_words(text: str, dictionary: Dictionary, delimiter: str, offset: int) -> tuple[np.ndarray, np.ndarray]:
    """Words by white space; the delimiter is a word of its own, or several, and never lost."""
    pieces, end = text.split(delimiter), split_words(delimiter) or [delimiter]
    words = [[*split_words(piece), *end] for piece in pieces[:-1]] + [split_words(pieces[-1])]
    ends = np.cumsum([len(document) for document in words[:-1]], dtype=np.int64)
    numbers = [number for document in words for number in dictionary.get_idx_for_items(document)]
    return np.array(numbers, dtype=dictionary.dtype), ends


def warn_of_unknown(path: Path, ids: np.ndarray, dictionary: Dictionary) -> None:
    """Warn if more than 1 % of an encoded text is unknown to the dictionary, with the most frequent characters."""
    if dictionary.unknown_index is None or not len(ids):
        return
    parts = (ids[first : first + (1 << 20)] for first in range(0, len(ids), 1 << 20))
    share = sum(np.count_nonzero(part == dictionary.unknown_index) for part in parts) / len(ids)
    if share <= UNKNOWN_SHARE_WORTH_A_WARNING:
        return
    worst = ""
    if dictionary.character_level:
        missing = dictionary.coverage(path).missing[:5]
        worst = "Most frequent: " + ", ".join(f"{describe(m.character)} ({m.count:,} times)" for m in missing) + ". "
    warn_user(
        f"{path}: {share:.1%} of it is unknown to the dictionary and will be read as <unk>. {worst}"
        "A text full of <unk> looks easy and teaches nothing: build a dictionary from it with Dictionary.from_files"
    )
