"""Raw results on disk, written as soon as a row is measured. Standard library only."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.bench import Row


class RawResults:
    """The rows of this run, and the JSON file with the rows of all runs.

    The file holds a list of runs; each has its `conditions` and its `rows`. Earlier runs are kept.

    Args:
        path: the file; None keeps the rows in memory only.

    Raises:
        ValueError: the file exists and is no list in JSON.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.rows: list[Row] = []
        self.conditions: dict[str, str] = {}
        self.problem = ""
        self.earlier: list[Any] = json.loads(path.read_text(encoding="utf-8")) if path and path.exists() else []
        if not isinstance(self.earlier, list):
            raise ValueError("not a list of runs")

    def add(self, row: Row) -> None:
        """Keep a row in memory and in the file; warn if the file cannot be written."""
        self.rows.append(row)
        if not self.path:
            return
        run = {"conditions": self.conditions, "rows": [asdict(row) for row in self.rows]}
        try:
            write_atomically(self.path, json.dumps([*self.earlier, run], ensure_ascii=False, indent=1) + "\n")
            self.problem = ""
        except OSError as error:
            self.problem = str(error)
            print(f"warning: {self.where()}; the run continues", file=sys.stderr)

    def where(self) -> str:
        """Say where the raw results are."""
        if self.problem:
            return f"the raw results could not be written to {self.path} ({self.problem})"
        return f"the raw results are in {self.path}"


def write_atomically(path: Path, text: str) -> None:
    """Write a text file in one step: it has its old content until all of the new content is on the disk.

    Raises:
        OSError: the file could not be written; the old content is unchanged.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
