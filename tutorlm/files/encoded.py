"""Documents: a text file as numbers, with the positions where documents end.

`read_documents` encodes a file in memory. `cached_documents` keeps the numbers in files, so that a text is encoded
once, and memory-maps them, so that only the parts in use are in memory.
"""

import contextlib
import hashlib
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tutorlm.dictionary import Dictionary
from tutorlm.files.atomic import atomic_write
from tutorlm.files.text import read_blocks
from tutorlm.messages import warn_user
from tutorlm.unicode import code_points, describe, split_words

FLIP_SHARE = 0.01  # of all documents to lower case, and as many to upper case
UNKNOWN_SHARE_WORTH_A_WARNING = 0.01


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
        If the last document lacks its delimiter, it gets one, because others may now follow it.
        """
        ids, ends = self.ids, self.ends
        if not len(ends):
            return ids
        complete = np.array_equal(ids[-len(self.delimiter) :], self.delimiter)
        missing = self.delimiter[:0] if complete else self.delimiter
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
    """Read and encode a text file block by block, using at most 8 bytes a character at any time."""
    blocks = list(_encoded_blocks(path, dictionary, delimiter))
    ids = np.concatenate([np.empty(0, dictionary.dtype), *(block_ids for block_ids, _ in blocks)])
    ends = _joined([block_ends for _, block_ends in blocks], len(ids))
    return Documents(ids, ends, _delimiter_ids(dictionary, delimiter), dictionary)


def cached_documents(path: Path, dictionary: Dictionary, delimiter: str, cache: Path) -> Documents:
    """`read_documents` by way of files in the folder `cache`, with the numbers memory-mapped.

    The files belong to one size and modification time of the text, one dictionary and one delimiter. Several
    processes may make them at once, because each file appears whole. If they cannot be written, the text is read
    into memory.
    """
    settings = [1, delimiter, dictionary.normalization, dictionary.add_unk, dictionary.get_items()]
    folder = cache / hashlib.sha256(json.dumps(settings).encode()).hexdigest()[:16]
    state = path.stat()
    ids_file = folder / f"{path.name}.{state.st_size}-{state.st_mtime_ns}.ids"
    ends_file = ids_file.with_suffix(".ends.npy")
    ends = _ends_if_sound(ids_file, ends_file, dictionary)
    if ends is None:
        try:
            _encode_to_files(path, dictionary, delimiter, ids_file, ends_file)
        except OSError as error:
            warn_user(f"{path} is kept in memory: {error}")
            return read_documents(path, dictionary, delimiter)
        _remove_outdated(path.name, folder, keep=(ids_file.name, ends_file.name))
        ends = np.load(ends_file)
    ids = np.asarray(np.memmap(ids_file, dictionary.dtype, "r")) if len(ends) else np.empty(0, dictionary.dtype)
    return Documents(ids, ends, _delimiter_ids(dictionary, delimiter), dictionary)


def _encode_to_files(path: Path, dictionary: Dictionary, delimiter: str, ids_file: Path, ends_file: Path) -> None:
    ends = []
    with atomic_write(ids_file) as file:
        for block_ids, block_ends in _encoded_blocks(path, dictionary, delimiter):
            file.write(block_ids.data)
            ends.append(block_ends)
        length = file.tell() // dictionary.dtype.itemsize
    with atomic_write(ends_file) as file:
        np.save(file, _joined(ends, length))


def _ends_if_sound(ids_file: Path, ends_file: Path, dictionary: Dictionary) -> np.ndarray | None:
    try:
        ends = np.load(ends_file)
        rise = (ends[1:] > ends[:-1]).all()
        length = int(ends[-1]) if len(ends) else 0
        return ends if rise and ids_file.stat().st_size == length * dictionary.dtype.itemsize else None
    except Exception:  # numpy's header reader raises many kinds of exceptions
        return None


def _remove_outdated(name: str, folder: Path, keep: tuple[str, str]) -> None:
    """Delete the files made from earlier states of a text."""
    outdated = re.compile(re.escape(name) + r"\.\d+--?\d+\.(ids|ends\.npy)")
    unfinished = re.compile(r"\." + outdated.pattern + r"\..*\.tmp")
    for file in folder.iterdir():
        with contextlib.suppress(OSError):  # another process was faster, or (on Windows) still reads it
            abandoned = unfinished.fullmatch(file.name) and time.time() - file.stat().st_mtime > 3600
            if abandoned or (outdated.fullmatch(file.name) and file.name not in keep):
                file.unlink()


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


def _joined(ends: list[np.ndarray], length: int) -> np.ndarray:
    """Where documents end; the last one ends with the text, with or without a delimiter."""
    joined = np.concatenate(ends) if ends else np.empty(0, np.uint32)
    if length and (not len(joined) or joined[-1] != length):
        joined = np.append(joined, np.array(length, joined.dtype if length < 2**32 else np.int64))
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
    """Words by white space; the delimiter is a word of its own and never lost."""
    pieces = text.split(delimiter)
    words = [[*split_words(piece), delimiter] for piece in pieces[:-1]] + [split_words(pieces[-1])]
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
