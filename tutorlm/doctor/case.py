"""A corpus that has been read, and what is found about it."""

import dataclasses
import math
import shlex
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

from tutorlm.coverage import CoverageReport
from tutorlm.dictionary import Dictionary
from tutorlm.doctor.examination import Examination, LinesSeen
from tutorlm.files.text import read_blocks
from tutorlm.fine_tuning import distance
from tutorlm.language_model import LanguageModel
from tutorlm.options import SAMPLE

SHARES = {"scripts": ".1%", "unknown": ".2%"}  # facts that are shares


@dataclass(frozen=True)
class Finding:
    """Something that the owner of a corpus should know."""

    kind: str  # such as "leak"
    wrong: bool  # False: it may be as it should be
    place: str  # a file and its line, a file, or a folder
    what: str
    effect: str
    remedy: str

    def __str__(self) -> str:
        return f"{'WRONG' if self.wrong else 'note'}: {self.place}\n  {self.what}. {self.effect}. {self.remedy}."


@dataclass(frozen=True)
class Diagnosis:
    """What `diagnose` found: facts, and findings, of which those that are wrong come first."""

    facts: dict[str, Any]
    findings: list[Finding]

    @property
    def wrong(self) -> int:
        """The number of findings that are wrong."""
        return sum(finding.wrong for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain values."""
        return {**self.facts, "wrong": self.wrong, "findings": [dataclasses.asdict(f) for f in self.findings]}

    def __str__(self) -> str:
        facts = [f"{name}: {_shown(fact, SHARES.get(name, ','))}" for name, fact in self.facts.items()]
        counted = f"{self.wrong} wrong, {len(self.findings) - self.wrong} to know"
        return "\n".join([*facts, *map(str, self.findings), counted])


def _shown(fact: Any, form: str = ",") -> str:
    if isinstance(fact, dict):
        return ", ".join(f"{name.replace('_', ' ')} {_shown(value, form)}" for name, value in fact.items())
    return str(fact) if isinstance(fact, str) else format(fact, form)


@dataclass
class Case:
    """All that the judges need to know."""

    folder: Path
    files: list[Examination]
    seen: LinesSeen
    model: LanguageModel | None
    name: str  # of the model
    delimiter: str
    seconds: float

    @cached_property
    def parts(self) -> dict[str, list[Examination]]:
        """The files of each part, train first."""
        names = [name for name in ("train", "text", "valid", "test") if any(file.part == name for file in self.files)]
        return {name: [file for file in self.files if file.part == name] for name in names}

    @property
    def main(self) -> list[Examination]:
        """The files to train on."""
        return next(iter(self.parts.values()))

    @cached_property
    def dictionary(self) -> Dictionary:
        """That of the model, or else the one that a new model would get."""
        return self.model.dictionary if self.model else Dictionary.from_counts(self.counts(self.main))

    @property
    def delimiter_option(self) -> str:
        """The option of the commands that names the document delimiter; empty for the usual one."""
        return "" if self.delimiter == "\n" else f" {delimiter_option(self.delimiter)}"

    @property
    def to_try_on(self) -> Examination | None:
        """The file that a model is tried on: of the valid text, or else of the training text."""
        candidates = [*self.parts.get("valid", []), *self.main]
        return next((file for file in candidates if file.characters and not file.unreadable), None)

    @cached_property
    def distance(self) -> float:
        """How far the text is from what the model knows; NaN if that cannot be said."""
        if not self.model or not self.model.decoder or not self.to_try_on:
            return math.nan
        return distance(self.model, next(read_blocks(self.to_try_on.path))[:SAMPLE])

    def characters(self, part: str) -> int:
        """The number of characters in a part."""
        return sum(file.characters for file in self.parts.get(part, []))

    def counts(self, files: list[Examination]) -> Counter[str]:
        """How often each character occurs in some files."""
        counts = Counter[str]()
        for file in files:
            counts.update(dict(zip(map(chr, file.points.tolist()), file.counts.tolist(), strict=True)))
        return counts

    def lengths(self, files: list[Examination]) -> Counter[int]:
        """How many documents of some files have each length."""
        lengths = Counter[int]()
        for file in files:
            lengths.update(file.documents.lengths)
        return lengths

    def coverage(self, files: list[Examination]) -> CoverageReport:
        """How much of some files the dictionary covers."""
        return CoverageReport.of(self.counts(files), self.dictionary)

    def sighted(self, kind: str) -> tuple[int, str, str] | None:
        """How often a kind of blemish was seen, where first, and an example; None if never."""
        with_it = [file for file in self.files if kind in file.sights]
        if not with_it:
            return None
        first = with_it[0].sights[kind]
        return sum(file.sights[kind].count for file in with_it), f"{with_it[0].path}:{first.line}", first.example

    def facts(self) -> dict[str, Any]:
        """Sizes, scripts and documents."""
        scripts = self.coverage(self.files).scripts
        total = sum(count for count, _ in scripts.values())
        lengths = sorted(self.lengths(self.main).items())
        sums = list(accumulate(count for _, count in lengths))
        longest = max(self.main, key=lambda file: file.documents.longest)
        return {
            "corpus": str(self.folder),
            "characters": {part: self.characters(part) for part in self.parts},
            "files": {part: len(files) for part, files in self.parts.items()},
            "scripts": {name: count / total for name, (count, _) in scripts.items() if count > total / 1000},
            "documents": {
                "delimiter": repr(self.delimiter), "number": sums[-1] if sums else 0,
                "median_length": lengths[bisect_left(sums, sums[-1] / 2)][0] if sums else 0,
                "longest": longest.documents.longest,
                "at": f"{longest.path}:{longest.documents.longest_line}",
            },
            "dictionary": len(self.dictionary),
            "unknown": {part: 1 - self.coverage(files).share for part, files in self.parts.items()},
        }  # fmt: skip


def delimiter_option(delimiter: str) -> str:
    """The option that names a document delimiter, as it is typed."""
    escaped = delimiter.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
    return f"--document-delimiter={shlex.quote(escaped)}"
