"""`python -m benchmarks`: measure tutorlm and Flair by turns, print one table, write RESULTS.md and RESULTS.json."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from benchmarks import rows, rows_quality
from benchmarks.bench import QUICK, ROOT, Bench, Row, Sizes
from benchmarks.raw import RawResults, write_atomically
from benchmarks.report import Page, conditions, table


class Benchmark(NamedTuple):
    """A function that measures rows, and a regular expression for the beginning of their names."""

    measure: Callable[[Bench], Iterable[Row]]
    names: str


ROWS = {
    "dictionary": Benchmark(rows.dictionary, "dictionary "),
    "corpus": Benchmark(rows.corpus, "corpus read "),
    "training": Benchmark(rows.training, "training(?!, V|.*: memory$)"),
    "memory": Benchmark(rows.memory, "training, H.*: memory$"),
    "large": Benchmark(rows.large_dictionary, "training, V"),
    "generation": Benchmark(rows.generation, "writing text"),
    "embedding": Benchmark(rows.embedding, "embedding"),
    "quality": Benchmark(rows_quality.quality, "time to |valid text "),
    "fine-tuning": Benchmark(rows_quality.fine_tuning, "Python's reference|news, "),
    "pos": Benchmark(rows_quality.pos, "part-of-speech tags "),
    "shipped": Benchmark(rows_quality.shipped, "tags from vectors of "),
}


def main() -> None:
    """Run the benchmarks asked for; finished rows are kept even if the run is interrupted or fails."""
    options = arguments()
    python = shutil.which(os.environ.get("FLAIR_PYTHON", ""))
    if not python:
        sys.exit("error: FLAIR_PYTHON must be the Python of an environment that has Flair (`make bench` sets it)")
    try:
        raw = RawResults(options.raw)
    except (OSError, ValueError) as error:
        sys.exit(f"error: {options.raw} holds no raw results ({error}); move it away or choose another file by --raw")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that workers end and files are deleted
    complete = False
    try:
        # Absolute, since workers run in the repository root; but a virtual environment's link is not followed.
        measure(options, str(Path(python).absolute()), raw)
        complete = True
    except KeyboardInterrupt:
        print("interrupted; finished rows are kept", file=sys.stderr)
    finally:
        published = publish(raw, options.results, whole=complete and options.only == list(ROWS))
    if not complete:
        sys.exit(130)
    if not published:
        sys.exit(1)


def measure(options: argparse.Namespace, flair_python: str, raw: RawResults) -> None:
    """Run one benchmark after the other; each row is kept as soon as it is measured."""
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        sizes = QUICK if options.quick else Sizes()
        pos = options.pos.resolve() if options.pos else None
        bench = Bench(options.corpus.resolve(), pos, Path(folder), sizes, flair_python)
        raw.conditions = conditions(bench)
        for name in options.only:
            bench.say(f"-- {name}")
            first = len(raw.rows)
            for row in ROWS[name].measure(bench):
                raw.add(row)
            print(table(raw.rows[first:]), file=sys.stderr)


def publish(raw: RawResults, results: Path | None, whole: bool) -> bool:
    """Print the rows and write them to the page; rows that were not measured stay on it.

    Args:
        raw: the rows.
        results: the page; None only prints.
        whole: all benchmarks were run.

    Returns:
        Whether the page was written, if there was anything to write.
    """
    if not raw.rows:
        return True
    print(table(raw.rows))
    if not results:
        return True
    try:
        page = Page.of(raw.rows, raw.conditions)
        if results.exists():
            page = Page.parse(results.read_text(encoding="utf-8")).updated(page, rank, whole)
        write_atomically(results, page.render())
    except Exception as error:  # whatever it is, the figures must not be lost
        message = f"could not write {results} ({error!r}). The printed table has the figures; {raw.where()}"
        print(f"error: {message}", file=sys.stderr)
        return False
    print(f"Written to {results}; {raw.where()}")
    return True


def rank(row: str) -> int:
    """The place of a row's benchmark in the order of definition; -1 for a row of none."""
    return next((place for place, found in enumerate(ROWS.values()) if re.match(found.names, row)), -1)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=ROOT / "data" / "sample_corpus" / "en", help="a corpus folder")
    parser.add_argument("--pos", type=Path, help="a folder with *train*.tsv and *test*.tsv: lines word TAB tag")
    parser.add_argument("--only", type=names, default=list(ROWS),
                        help=f"some of {','.join(ROWS)}: other rows of the page are kept")  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="tiny sizes, to try whether everything works")
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "RESULTS.md",
                        help="the page to write (not with --quick)")  # fmt: skip
    parser.add_argument("--raw", type=Path, help="the file for raw results: default RESULTS.json beside the page")
    options = parser.parse_args()
    if options.quick:
        options.results = None
    elif not options.raw:
        options.raw = options.results.with_suffix(".json")
    for folder, needed in ((options.corpus, "train/*"), (options.pos, "*train*.tsv"), (options.pos, "*test*.tsv")):
        if folder and not any(folder.glob(needed)):
            parser.error(f"{folder} holds no {needed}")
    return options


def names(text: str) -> list[str]:
    """The names in a list with commas, in the order of the table."""
    asked = text.split(",")
    unknown = [name for name in asked if name not in ROWS]
    if unknown:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)} is none of {', '.join(ROWS)}")
    return [name for name in ROWS if name in asked]


if __name__ == "__main__":
    main()
