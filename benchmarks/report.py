"""The table, and the page with the table, the conditions and the methods."""

from __future__ import annotations

import datetime
import math
import os
import platform
import re
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.bench import Bench, Row, clean_text

ON_WHAT, OTHERS, HOW = "On what", "Rows of other runs", "How each figure was measured"
BETWEEN = " · "
HEADER = ("measured", "unit", "tutorlm", "Flair", "tutorlm / Flair")


@dataclass(frozen=True)
class Page:
    """The content of RESULTS.md; `cells`, `how` and `others` have the names of rows as keys.

    Args:
        cells: the five cells of each row in the order of the table.
        conditions: on what the rows were measured.
        how: how each row was measured.
        others: the conditions that differ for rows of other runs.
    """

    cells: dict[str, tuple[str, ...]]
    conditions: dict[str, str]
    how: dict[str, str]
    others: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Row], conditions: dict[str, str]) -> Page:
        """The page of one run."""
        rows = list(rows)
        return cls({row.name: cells(row) for row in rows}, conditions, {row.name: row.how for row in rows})

    @classmethod
    def parse(cls, text: str) -> Page:
        """Read a page that `render` wrote.

        Raises:
            ValueError: there is no table of results in the text.
        """
        lines = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| ")]
        rows = [tuple(cell.strip() for cell in line) for line in lines]
        if rows[:1] != [HEADER] or any(len(row) != len(HEADER) for row in rows):
            raise ValueError("the page has no table of results as `make bench` writes it")
        sections = {title: body for title, _, body in (part.partition("\n") for part in text.split("\n## "))}
        conditions = [line[2:] for line in sections.get(ON_WHAT, "").splitlines() if line.startswith("- ")]
        how, others = (sentences(sections.get(title, "")) for title in (HOW, OTHERS))
        differing = {name: named(text.split(BETWEEN)) for name, text in others.items()}
        return cls({row[0]: row for row in rows[2:]}, named(conditions), how, differing)

    def updated(self, new: Page, rank: Callable[[str], int], whole: bool = False) -> Page:
        """The page with the rows of another run: measured rows are replaced, new ones added, all others kept.

        Args:
            new: the page of the other run.
            rank: the place of a row's benchmark in the order of definition.
            whole: the other run ran all benchmarks, so that the conditions of the page are now those of that run.
        """
        names = in_order(list(self.cells), list(new.cells), rank)
        conditions = new.conditions if whole else self.conditions
        measured_on = {name: {**self.conditions, **self.others.get(name, {})} for name in self.cells}
        measured_on |= dict.fromkeys(new.cells, new.conditions)
        others = {
            name: {key: value for key, value in measured_on[name].items() if conditions.get(key) != value}
            for name in names
        }
        merged, how = {**self.cells, **new.cells}, {**self.how, **new.how}
        return Page(
            {name: merged[name] for name in names},
            conditions,
            {name: how[name] for name in names if name in how},
            {name: differing for name, differing in others.items() if differing},
        )

    def render(self) -> str:
        """The text of RESULTS.md."""
        conditions = "\n".join(f"- {name}: {value}" for name, value in self.conditions.items())
        differing = {
            name: BETWEEN.join(f"{key}: {value}" for key, value in other.items()) for name, other in self.others.items()
        }
        others = f"## {OTHERS}\n\nWhat differs from the above:\n\n{bullets(differing)}\n\n" if differing else ""
        return f"""# tutorlm beside Flair

Written by `make bench`. Both sides of a row ran in one run on the same files, by turns, one process at a time, with
torch's default number of threads. A figure is the median of its repetitions (smallest–largest in brackets), or the
only one; ratios are taken turn by turn. ↑ more is better, ↓ less is better.

{aligned(self.cells.values())}

## {ON_WHAT}

{conditions}

{others}## {HOW}

{bullets(self.how)}
"""


def in_order(former: Sequence[str], new: Sequence[str], rank: Callable[[str], int]) -> list[str]:
    """The names of all rows: each new one after its predecessor, or where the rows of its benchmark begin."""
    names = list(former)
    for before, name in zip(["", *new], new, strict=False):
        if name in names:
            continue
        if before and rank(before) == rank(name):
            place = names.index(before) + 1
        else:
            place = next((place for place, other in enumerate(names) if rank(other) >= rank(name)), len(names))
        names.insert(place, name)
    return names


def named(lines: Iterable[str]) -> dict[str, str]:
    """The names and values of lines `name: value`."""
    return {name: value for name, _, value in (line.partition(": ") for line in lines)}


def bullets(texts: dict[str, str]) -> str:
    """A list of all texts; rows that share a text are named together."""
    names: dict[str, list[str]] = {}
    for name, text in texts.items():
        names.setdefault(text, []).append(name)
    return "\n".join(f"- **{'; '.join(shared)}**: {text}" for text, shared in names.items())


def sentences(section: str) -> dict[str, str]:
    """What `bullets` wrote: the text of each row."""
    found = re.findall(r"^- \*\*(.+?)\*\*: (.*)$", section, re.MULTILINE)
    return {name: text for names, text in found for name in names.split("; ")}


def table(rows: Iterable[Row]) -> str:
    """All rows as a Markdown table."""
    return aligned(cells(row) for row in rows)


def cells(row: Row) -> tuple[str, ...]:
    """The cells of a row."""
    pairs = zip(row.ours, row.flair, strict=False)
    ratios = [ours / flair if flair else math.nan for ours, flair in pairs]
    return row.name, row.unit, spread(row.ours), spread(row.flair), spread(ratios)


def aligned(lines: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table with columns of equal width."""
    lines = [HEADER, *lines]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, tuple("-" * width for width in widths))
    padded = (" | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "\n".join(f"| {line} |" for line in padded)


def spread(values: Sequence[float]) -> str:
    """The median, and in brackets the smallest and the largest; a dash for nothing."""
    if len(values) < 2:
        return number(values[0]) if values else "–"
    return f"{number(statistics.median(values))} ({number(min(values))}–{number(max(values))})"


def number(value: float) -> str:
    """Three digits, or all of those before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:#.3g}".rstrip(".")


def conditions(bench: Bench) -> dict[str, str]:
    """Date, machine, versions and corpus."""
    ours, flair = bench.cpu, bench.flair_facts
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    gpu = f"{bench.gpu['gpu']}, {bench.gpu['limit']:,.0f} GFLOP/s in float32" if bench.gpu["gpu"] else "none"
    return {
        "date": datetime.date.today().isoformat(),
        "processor": f"{processor()}, {cores} cores, {memory:.0f} GiB memory, {platform.system()}",
        "float32 matrix product": f"{ours['limit']:,.0f} GFLOP/s",
        "bfloat16": "yes" if ours["bfloat16"] else "no instructions for it; not measured",
        "GPU": gpu,
        "torch threads": f"{ours['threads']} in tutorlm's environment, {flair['threads']} in Flair's",
        "tutorlm's environment": ", ".join(f"{name} {version}" for name, version in ours["versions"].items()),
        "Flair's environment": ", ".join(f"{name} {version}" for name, version in flair["versions"].items()),
        "corpus": f"{bench.corpus.name}: {corpus_size(bench)}; a dictionary of {bench.items} items",
        "tagged sentences": bench.pos.name if bench.pos else "none; tags were not measured",
    }


def processor() -> str:
    """What the processor calls itself."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def corpus_size(bench: Bench) -> str:
    """Characters of training, valid and test text."""
    *train, valid, test = (len(clean_text(file)) for file in bench.files())
    return f"{sum(train):,} characters of training text in {len(train)} splits, {valid:,} of valid, {test:,} of test"
