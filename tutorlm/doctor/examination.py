"""One pass over a text file: its size, its characters, its documents, its lines, and what it should not hold.

Memory is flat, however long the file: it is read in blocks, and of the lines that were seen a sample is remembered.
"""

import itertools
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tutorlm.doctor.blemishes import find_blemishes
from tutorlm.files.encodings import marked_encoding
from tutorlm.files.packed import open_unpacked
from tutorlm.files.text import read_blocks
from tutorlm.messages import printable
from tutorlm.unicode import code_points, normalize

LONGEST_LINE = 1 << 20  # characters; a longer line is examined in pieces


@dataclass
class Sight:
    """A kind of blemish in a file: how often, and the first place."""

    count: int
    line: int  # from 1
    example: str


@dataclass
class Examination:
    """What was seen in one text file."""

    path: Path
    part: str  # "train", "valid" or "test"; "text" if the file is not in a corpus
    encoding: str = "utf-8"
    carriage_returns: bool = False
    characters: int = 0
    lines: int = 0
    blank_lines: int = 0
    points: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))  # the code points in the normal form
    counts: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))  # of each
    documents: "Documents" = field(default_factory=lambda: Documents("\n"))
    sights: dict[str, Sight] = field(default_factory=dict)  # by the kind of blemish
    unreadable: str = ""  # why, if the file cannot be read to its end


class Documents:
    """The lengths of the documents of a file, each with its delimiter."""

    def __init__(self, delimiter: str) -> None:
        self.delimiter = delimiter
        self.ended = 0  # documents that end with the delimiter
        self.lengths = Counter[int]()  # how many documents have each length
        self.longest, self.longest_line = 0, 1  # and the line in which it ends
        self._open, self._line = 0, 1  # characters since the last delimiter; the line after what was read

    def add(self, block: str) -> None:
        """Read on; no delimiter is cut between blocks."""
        if len(self.delimiter) == 1:
            ends = np.flatnonzero(code_points(block) == ord(self.delimiter)) + 1
        else:
            ends = np.array([found.end() for found in re.finditer(re.escape(self.delimiter), block)], np.int64)
        lengths = np.diff(ends, prepend=-self._open)
        self.ended += self._count(lengths)
        if len(lengths) and lengths.max() > self.longest:
            self.longest = int(lengths.max())
            self.longest_line = self._line + block.count("\n", 0, int(ends[lengths.argmax()]) - 1)
        self._open = len(block) - int(ends[-1]) if len(ends) else self._open + len(block)
        self._line += block.count("\n")

    def end(self) -> None:
        """The file has ended, perhaps without a delimiter."""
        self._count(np.array([self._open]))
        if self._open > self.longest:
            self.longest, self.longest_line = self._open, self._line

    def _count(self, lengths: np.ndarray) -> int:
        """Add lengths; a blank line belongs to the document before it."""
        full = lengths[lengths > (len(self.delimiter) if self.delimiter.isspace() else 0)]
        values, counts = np.unique(full, return_counts=True)
        self.lengths.update(dict(zip(values.tolist(), counts.tolist(), strict=True)))
        return len(full)


class Line(NamedTuple):
    """Where a line is, and how long, with its end."""

    path: Path
    number: int  # from 1
    characters: int


class LinesSeen:
    """Which lines occur in which parts of a corpus, and how often; of many lines a sample, the same in every run.

    A line is remembered as 64 bits. If there are more than `MOST`, those are kept whose number is divisible by 2, by 4
    and so on. Lines below `SHORTEST` bytes are left out: they may be equal by chance, such as "Yes."
    """

    MOST, SHORTEST = 1 << 17, 30

    def __init__(self) -> None:
        self.every = 1
        self.first: dict[str, dict[int, Line]] = {}  # part → line → where it was first
        self.again: dict[str, Counter[int]] = {}  # part → line → how often it was seen again

    def add(self, lines: list[str], part: str, path: Path, first_line: int) -> None:
        """Remember the lines of a piece of a file."""
        first, again = self.first.setdefault(part, {}), self.again.setdefault(part, Counter())
        for number, line in enumerate(lines, first_line):
            if 4 * len(line) < self.SHORTEST or len(data := line.strip().encode()) < self.SHORTEST:
                continue
            low = zlib.crc32(data)
            if low % self.every:
                continue
            key = low | zlib.adler32(data) << 32
            if key in first:
                again[key] += 1
            else:
                first[key] = Line(path, number, len(line) + 1)
        while sum(map(len, self.first.values())) > self.MOST:
            self.every *= 2
            self.first = {part: self._sample(lines) for part, lines in self.first.items()}
            self.again = {part: Counter(self._sample(lines)) for part, lines in self.again.items()}

    def _sample(self, by_line: Mapping[int, Any]) -> dict[int, Any]:
        return {key: value for key, value in by_line.items() if key % self.every == 0}

    def shared(self, part: str, other: str) -> tuple[int, int, Line | None]:
        """How many different lines of `part` also occur in `other`, all their characters, and the first of them."""
        lines, others = self.first.get(part, {}), self.first.get(other, {})
        again = self.again.get(part, Counter())
        common = {key: line for key, line in lines.items() if key in others}
        characters = sum(line.characters * (1 + again[key]) for key, line in common.items())
        return len(common) * self.every, characters * self.every, next(iter(common.values()), None)

    def repeated(self, part: str) -> tuple[int, Line | None, int]:
        """The characters in lines of a part that were there before; the most frequent line, and how often it occurs."""
        lines, again = self.first.get(part, {}), self.again.get(part, Counter())
        characters = sum(lines[key].characters * times for key, times in again.items())
        [(key, times)] = again.most_common(1) or [(0, 0)]
        return characters * self.every, lines.get(key), times + 1


def examine(path: Path, part: str, form: str | None, delimiter: str, seen: LinesSeen) -> Examination:
    """Read a file once. `form` is the normal form in which characters are counted, `delimiter` ends a document."""
    found = Examination(path, part, documents=Documents(delimiter))
    try:
        with open_unpacked(path) as file:
            found.encoding = marked_encoding(file.read(4))[0]
        _read(found, form, seen)
        carriage_return = "\r".encode(found.encoding)
        with open_unpacked(path) as file:
            while not found.carriage_returns and (part_of_file := file.read(1 << 20)):
                found.carriage_returns = carriage_return in part_of_file
    except (OSError, ValueError) as error:
        found.unreadable = str(error)
    return found


def _read(found: Examination, form: str | None, seen: LinesSeen) -> None:
    counts, rest_of_line = np.zeros(0, np.int64), False

    def count(blocks: Iterator[str]) -> Iterator[str]:
        nonlocal counts
        for block in blocks:
            found.characters += len(block)
            found.documents.add(block)
            in_block = np.bincount(code_points(normalize(block, form)), minlength=len(counts))
            in_block[: len(counts)] += counts
            counts = in_block
            yield block
        found.documents.end()

    for text in _whole_lines(count(read_blocks(found.path, None, found.documents.delimiter))):
        for kind, times, position, example in find_blemishes(text):
            line = found.lines + 1 + text.count("\n", 0, position)
            found.sights.setdefault(kind, Sight(0, line, printable(example.strip()[:60]))).count += times
        lines = text.removesuffix("\n").split("\n")
        seen.add(lines, found.part, found.path, found.lines + 1)
        found.lines += text.count("\n")
        found.blank_lines += lines.count("") + sum(map(str.isspace, lines))
        rest_of_line = text[-1] != "\n"
    found.lines += rest_of_line
    found.points = np.flatnonzero(counts)
    found.counts = counts[found.points]


def _whole_lines(blocks: Iterator[str]) -> Iterator[str]:
    rest = ""
    for block in itertools.chain(blocks, [None]):
        rest += block or ""
        cut = len(rest) if block is None or len(rest) > LONGEST_LINE else rest.rfind("\n") + 1
        if cut:
            yield rest[:cut]
        rest = rest[cut:]
