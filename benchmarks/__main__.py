"""`python -m benchmarks`: measure tutorlm and Flair by turns, print one table, write RESULTS.md."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import rows, rows_quality
from benchmarks.bench import QUICK, ROOT, Bench, Row, Sizes
from benchmarks.report import page, renewed, table

ROWS: dict[str, Callable[[Bench], list[Row]]] = {
    "dictionary": rows.dictionary,
    "corpus": rows.corpus,
    "training": rows.training,
    "memory": rows.memory,
    "generation": rows.generation,
    "embedding": rows.embedding,
    "quality": rows_quality.quality,
    "fine-tuning": rows_quality.fine_tuning,
    "pos": rows_quality.pos,
}


def main() -> None:
    """Run the rows asked for."""
    options = arguments()
    python = shutil.which(os.environ.get("FLAIR_PYTHON", ""))
    if not python:
        sys.exit("error: FLAIR_PYTHON must be the Python of an environment that has Flair (`make bench` sets it)")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the worker and the files go, too
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        sizes = QUICK if options.quick else Sizes()
        # Absolute, since workers run in the repository root; but a virtual environment's link is not followed.
        flair_python = str(Path(python).absolute())
        pos = options.pos.resolve() if options.pos else None
        bench = Bench(options.corpus.resolve(), pos, Path(folder), sizes, flair_python)
        found: list[Row] = []
        for name in options.only:
            bench.say(f"-- {name}")
            new = ROWS[name](bench)
            print(table(new), file=sys.stderr)
            found += new
    print(table(found))
    if not options.quick and options.only == list(ROWS):
        options.results.write_text(page(bench, found), encoding="utf-8")
        print(f"Written to {options.results}")
    elif not options.quick and options.results.exists():
        former = options.results.read_text(encoding="utf-8")
        options.results.write_text(renewed(former, found), encoding="utf-8")
        print(f"These rows replaced the former ones in {options.results}")


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=ROOT / "data" / "sample_corpus" / "en", help="a corpus folder")
    parser.add_argument("--pos", type=Path, help="a folder with *train*.tsv and *test*.tsv: lines word TAB tag")
    parser.add_argument("--only", type=names, default=list(ROWS),
                        help=f"some of {','.join(ROWS)}: they replace the former ones in RESULTS.md")  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="tiny sizes, to try whether everything works")
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "RESULTS.md",
                        help="the page to write (not with --quick)")  # fmt: skip
    options = parser.parse_args()
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
