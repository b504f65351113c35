"""Counting the characters of a text, and reporting how much of it a dictionary covers."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from tutorlm.files.regular import require_text
from tutorlm.files.text import list_text_files, read_blocks
from tutorlm.messages import warn_user
from tutorlm.unicode import CODE_POINTS, code_points, describe, normalize, script, split_words

if TYPE_CHECKING:
    from tutorlm.dictionary import Dictionary

UNKNOWN_SHARE_WORTH_A_WARNING = 0.01
MANY_ITEMS = 1000


def count_items(
    text_or_files: str | Path | Iterable[str | Path], normalization: str | None = "NFC", character_level: bool = True
) -> Counter[str]:
    """How often each character (or word) occurs in a text, in a normal form.

    A `str` is the text itself; ValueError if it is the name of a file. A `Path`, or several, are files or folders;
    they are read block by block.
    """
    if isinstance(text_or_files, str):
        require_text(text_or_files)
        text = normalize(text_or_files, normalization)
        return Counter(text if character_level else split_words(text))
    files, counts = list_text_files(text_or_files), Counter[str]()
    points = np.zeros(CODE_POINTS, dtype=np.int64)
    with tqdm(total=len(files), desc="counting", unit="file", delay=2, leave=False) as bar:
        for file in files:
            for text in read_blocks(file, normalization):
                if character_level:
                    points += np.bincount(code_points(text), minlength=CODE_POINTS)
                else:
                    counts.update(split_words(text))
            bar.update()
    counts.update({chr(point): int(points[point]) for point in np.flatnonzero(points)})
    return counts


def most_frequent(
    counts: Mapping[str, int], always: Sequence[str], min_count: int, coverage: float, max_items: int | None
) -> list[str]:
    """The items `always`, and the most frequent others until they cover enough; most frequent first."""
    if not 0 < coverage <= 1:
        raise ValueError(f"coverage={coverage} is a share of all characters: above 0 and at most 1")
    if max_items is not None and max_items < 2:
        raise ValueError(f"max_size={max_items + 1}: <unk>, newline and space are always held, so 3 is the least")
    kept, needed = list(always), coverage * sum(counts.values())
    covered = sum(counts.get(item, 0) for item in always)
    for item in sorted(counts, key=lambda item: (-counts[item], item)):
        if covered >= needed or counts[item] < min_count or (max_items is not None and len(kept) >= max_items):
            break
        if item not in always:
            kept.append(item)
            covered += counts[item]
    return sorted(kept, key=lambda item: (-counts.get(item, 0), item))


def warn_of_unknown_characters(text: str, dictionary: "Dictionary", what: str, consequence: str) -> bool:
    """Warn if more than 1 % of a text is unknown to a dictionary, naming the most frequent; returns whether it is."""
    if dictionary.unknown_index is None:
        return False
    ids = dictionary.encode(text)
    share = int(np.count_nonzero(ids == dictionary.unknown_index)) / max(1, len(ids))
    if share > UNKNOWN_SHARE_WORTH_A_WARNING:
        missing = dictionary.coverage(f"{text}\n").missing[:5]
        shown = ", ".join(describe(entry.character) for entry in missing)
        kind = "characters" if dictionary.character_level else "words"
        warn_user(f"{what} has {share:.0%} {kind} that the model reads as <unk> ({shown}): {consequence}")
    return share > UNKNOWN_SHARE_WORTH_A_WARNING


@dataclass(frozen=True)
class MissingCharacter:
    """A character of a text that a dictionary lacks."""

    character: str
    count: int
    code_point: str
    name: str
    script: str

    @classmethod
    def of(cls, item: str, count: int) -> "MissingCharacter":
        """The same item with its code points, name and script."""
        points = " ".join(f"U+{ord(point):04X}" for point in item)
        name = unicodedata.name(item, "no name") if len(item) == 1 else item
        return cls(item, count, points, name, script(item))


@dataclass(frozen=True)
class CoverageReport:
    """How much of a text a dictionary covers."""

    share: float  # covered share of all characters, 0 … 1 (1 for an empty text)
    total: int  # number of characters in the text, after normalisation
    missing: tuple[MissingCharacter, ...]  # the characters not covered, most frequent first
    scripts: dict[str, tuple[int, int]]  # script → (number of its characters in the text, number of these covered)
    items: int = 0  # V, size of the dictionary

    @classmethod
    def of(cls, counts: Counter[str], dictionary: "Dictionary") -> "CoverageReport":
        """The report on a text whose characters have been counted."""
        total = sum(counts.values())
        scripts: dict[str, tuple[int, int]] = {}
        for character, count in counts.items():
            seen, covered = scripts.get(script(character), (0, 0))
            scripts[script(character)] = (seen + count, covered + count * (character in dictionary))
        missing = tuple(MissingCharacter.of(c, count) for c, count in counts.most_common() if c not in dictionary)
        share = 1.0 - sum(m.count for m in missing) / total if total else 1.0
        by_size = dict(sorted(scripts.items(), key=lambda pair: -pair[1][0]))
        return cls(share, total, missing, by_size, len(dictionary))

    def __str__(self) -> str:
        lines = [f"{self.share:.4%} of {self.total:,} characters covered"]
        lines += [f"  {name}: {covered:,} of {seen:,}" for name, (seen, covered) in self.scripts.items()]
        lines += [f"  missing {m.count:,} times: {describe(m.character)}" for m in self.missing[:10]]
        if len(self.missing) > 10:
            lines.append(f"  … and {len(self.missing) - 10:,} more")
        if self.items > MANY_ITEMS:
            times = _multiplications(self.items) / _multiplications(100)
            lines.append(
                f"  {self.items:,} items cost time: with 256 units a model multiplies {times:.1f} times as often for a "
                "character as with 100 items. A lower coverage, or a higher min_count, keeps fewer"
            )
        return "\n".join(lines)


def _multiplications(items: int, hidden_size: int = 256, embedding_size: int = 100) -> int:
    """Those of one LSTM layer and the decoder for one character."""
    return hidden_size * (4 * (embedding_size + hidden_size) + items)
