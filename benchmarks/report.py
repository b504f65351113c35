"""The table, and the page that says on what it was measured and how."""

from __future__ import annotations

import datetime
import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.bench import Bench, Row, clean_text


def table(rows: Iterable[Row]) -> str:
    """All rows as a Markdown table."""
    cells = [("measured", "unit", "tutorlm", "Flair", "tutorlm / Flair")]
    for row in rows:
        ratios = [ours / flair for ours, flair in zip(row.ours, row.flair, strict=False)]
        cells.append((row.name, row.unit, spread(row.ours), spread(row.flair), spread(ratios)))
    widths = [max(len(line[place]) for line in cells) for place in range(5)]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in cells]
    lines.insert(1, " | ".join("-" * width for width in widths))
    return "\n".join(f"| {line} |" for line in lines)


def spread(values: Sequence[float]) -> str:
    """The median, and in brackets the smallest and the largest; a dash for nothing."""
    if len(values) < 2:
        return number(values[0]) if values else "–"
    return f"{number(statistics.median(values))} ({number(min(values))}–{number(max(values))})"


def number(value: float) -> str:
    """Three digits, or all of those before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:#.3g}".rstrip(".")


def page(bench: Bench, rows: Sequence[Row]) -> str:
    """The whole of RESULTS.md."""
    how: dict[str, list[str]] = {}
    for row in rows:
        how.setdefault(row.how, []).append(row.name)
    facts = "\n".join(f"- {name}: {value}" for name, value in conditions(bench).items())
    sentences = "\n".join(f"- **{'; '.join(names)}**: {text}" for text, names in how.items())
    return f"""# tutorlm beside Flair

Written by `make bench`. Both sides ran in one run on the same files, by turns, one process at a time, with torch's
default number of threads. A figure is the median of its repetitions (smallest–largest in brackets), or the only one;
ratios are taken turn by turn. ↑ more is better, ↓ less is better.

{table(rows)}

## On what

{facts}

## How each figure was measured

{sentences}
"""


def renewed(page: str, rows: Iterable[Row]) -> str:
    """RESULTS.md with some rows measured anew; all others stay as they are."""
    lines = page.split("\n")
    places = {line.split("|")[1].strip(): place for place, line in enumerate(lines) if line.startswith("| ")}
    for line in table(rows).split("\n")[2:]:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        place = places.get(cells[0])
        if place is None:
            raise ValueError(f"RESULTS.md has no row {cells[0]!r}: run all rows")
        widths = [len(cell) - 2 for cell in lines[place].strip("|").split("|")]
        padded = " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        lines[place] = f"| {padded} |"
    return "\n".join(lines)


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
        "bfloat16": "yes" if ours["bfloat16"] else "no instructions for it",
        "GPU": gpu,
        "torch threads": f"{ours['threads']} in tutorlm's environment, {flair['threads']} in Flair's",
        "tutorlm's environment": ", ".join(f"{name} {version}" for name, version in ours["versions"].items()),
        "Flair's environment": ", ".join(f"{name} {version}" for name, version in flair["versions"].items()),
        "corpus": f"{bench.corpus.name}: {corpus_size(bench)}; a dictionary of {bench.items} items",
        "tagged sentences": bench.pos.name if bench.pos else "none",
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
