"""Benchmarks: the page is merged row by row, and nothing that was measured is lost. Workers are stand-ins."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks import __main__ as benchmarks
from benchmarks import bench
from benchmarks.bench import QUICK, ROOT, Row
from benchmarks.raw import RawResults
from benchmarks.report import Page, cells, table

RESULTS = ROOT / "benchmarks" / "RESULTS.md"
CONDITIONS = {"date": "2026-01-01", "processor": "one, with 2 cores", "bfloat16": "no instructions for it"}
NAMES = ["dictionary built from text", "training, H=1", "training, H=2", "training, H=1: memory", "writing text, H=1"]


def row(name: str, ours: float = 2.0, how: str = "By the clock.") -> Row:
    return Row(name, "characters/s ↑", [ours, ours + 1, ours + 2], [1.0, 1.0, 1.0], how)


def page(*names: str, **conditions: str) -> Page:
    return Page.of([row(name) for name in names], {**CONDITIONS, **conditions})


def merged(former: Page, *names: str) -> list[str]:
    return list(former.updated(page(*names), benchmarks.rank).cells)


class Workers:
    """Answers in place of the worker processes; `before` is called with the name of each task."""

    def __init__(self) -> None:
        self.bfloat16 = False
        self.gpu: str | None = None
        self.before: Callable[[str], None] = lambda task: None

    def run(self, command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        *_, task, arguments = command
        self.before(task)
        answer = self.facts() if task == "facts" else self.answer(json.loads(arguments))
        return subprocess.CompletedProcess(command, 0, json.dumps(answer), "")

    def facts(self) -> dict[str, Any]:
        versions = {"python": "3.12", "torch": "2.13"}
        return {"versions": versions, "threads": 2, "gpu": self.gpu, "bfloat16": self.bfloat16, "limit": 200.0}

    def answer(self, arguments: dict[str, Any]) -> dict[str, Any]:
        texts = {"python": 1.5, "news": 2.5}
        return {
            "seconds": 2.0, "first": 2.0, "again": 1.0, "bytes": 1_000_000, "items": 90, "difference": 0.0,
            "wrong": 0.2, "bits": [2.5] * len(arguments["files"]) if "files" in arguments else 2.4, "files": ["a.pt"],
            "file": "a.pt", "base": texts, "new": texts, "tuned": texts,
        }  # fmt: skip


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    """No process is started and no Flair is needed; sizes are tiny."""
    stand_ins, handler = Workers(), signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(bench.subprocess, "run", stand_ins.run)
    monkeypatch.setattr(benchmarks, "Sizes", lambda: QUICK)
    monkeypatch.setenv("FLAIR_PYTHON", sys.executable)
    yield stand_ins
    signal.signal(signal.SIGTERM, handler)


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A page of a machine without bfloat16."""
    return Path(shutil.copy(RESULTS, tmp_path))


@pytest.fixture
def measure(
    workers: Workers, small_corpus: Path, results: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Page]:
    """A function that runs the command line with further arguments and reads the page."""

    def run(*arguments: str) -> Page:
        command = ["benchmarks", "--corpus", str(small_corpus), "--results", str(results), *arguments]
        monkeypatch.setattr(sys, "argv", command)
        benchmarks.main()
        return Page.parse(results.read_text(encoding="utf-8"))

    return run


def raw_names(file: Path) -> list[list[str]]:
    """The names of the rows of each run."""
    return [[row["name"] for row in run["rows"]] for run in json.loads(file.read_text(encoding="utf-8"))]


# -- the page ------------------------------------------------------------------------------------------


def test_the_page_of_the_repository_is_read_and_written_unchanged() -> None:
    text = RESULTS.read_text(encoding="utf-8")
    found = Page.parse(text)
    assert found.render() == text
    assert set(found.how) == set(found.cells)
    ranks = [benchmarks.rank(name) for name in found.cells]
    assert ranks == sorted(ranks)
    assert set(ranks) == set(range(len(benchmarks.ROWS)))


def test_a_page_with_rows_of_other_runs_is_read_as_it_was_written() -> None:
    found = page(*NAMES).updated(page(NAMES[1], "training, H=3", date="2026-02-02"), benchmarks.rank)
    assert Page.parse(found.render()) == found
    assert found.others == {name: {"date": "2026-02-02"} for name in (NAMES[1], "training, H=3")}


def test_after_a_whole_run_the_rows_it_did_not_measure_say_on_what_they_were_measured() -> None:
    former = page(*NAMES).updated(page(NAMES[1], bfloat16="yes"), benchmarks.rank)
    found = former.updated(page(*NAMES[2:], date="2026-02-02"), benchmarks.rank, whole=True)
    assert found.conditions == {**CONDITIONS, "date": "2026-02-02"}
    assert found.others == {NAMES[0]: {"date": "2026-01-01"}, NAMES[1]: {"date": "2026-01-01", "bfloat16": "yes"}}
    assert Page.parse(found.render()) == found


def test_a_text_without_a_table_of_results_is_no_page() -> None:
    for text in ("", "# Notes", "| a | b |\n| - | - |\n| 1 | 2 |"):
        with pytest.raises(ValueError, match="no table of results"):
            Page.parse(text)


def test_measured_rows_are_replaced_and_all_others_kept() -> None:
    former = page(*NAMES)
    new = Page.of([row(NAMES[2], 7.0, "By another clock.")], CONDITIONS)
    found = former.updated(new, benchmarks.rank)
    assert found.cells == {**former.cells, NAMES[2]: cells(row(NAMES[2], 7.0))}
    assert found.how == {**former.how, NAMES[2]: "By another clock."}
    assert (list(found.cells), found.conditions, found.others) == (NAMES, former.conditions, {})


@pytest.mark.parametrize(
    ("new", "place"),
    [
        (["training, H=1", "training, H=1: bfloat16"], 2),  # after the row that was measured before it
        (["training, H=0", "training, H=1"], 1),  # the first of its benchmark
        (["corpus read again"], 1),  # a benchmark of which the page has no row
        (["writing text, H=1", "writing text, H=2"], 5),
        (["part-of-speech tags from vectors"], 5),
    ],
)
def test_a_new_row_gets_its_place_in_the_order_of_definition(new: list[str], place: int) -> None:
    (added,) = set(new) - set(NAMES)
    assert merged(page(*NAMES), *new) == [*NAMES[:place], added, *NAMES[place:]]


def test_several_new_rows_keep_their_order() -> None:
    new = ["corpus read for the first time", "corpus read again", "training, H=1", "training, H=1: bfloat16"]
    assert merged(page(*NAMES), *new) == [NAMES[0], *new[:2], NAMES[1], new[3], *NAMES[2:]]


def test_a_ratio_to_zero_does_not_stop_the_table() -> None:
    assert "nan" in table([Row("part-of-speech tags", "% of words wrong ↓", [1.0], [0.0], "")])


# -- whole runs ----------------------------------------------------------------------------------------


def test_rows_in_bfloat16_are_added_to_a_page_that_has_none(
    workers: Workers, measure: Callable[..., Page], results: Path
) -> None:
    former = Page.parse(results.read_text(encoding="utf-8"))
    workers.bfloat16 = True
    found = measure("--only", "training,embedding")
    first = "training, H=128, T=10, B=10"
    names = list(found.cells)
    assert names[names.index(first) :][:3] == [first, f"{first}: arithmetic", f"{first}: bfloat16"]
    assert {name: found.cells[name] for name in former.cells if "T=50" in name} == {
        name: line for name, line in former.cells.items() if "T=50" in name
    }
    assert [name for name in names if name in former.cells] == list(former.cells)
    assert found.others[f"{first}: bfloat16"]["bfloat16"] == "yes"
    assert "writing text, H=256" not in found.others
    assert [name in former.cells for name in raw_names(results.with_suffix(".json"))[0]].count(False) >= 2


def test_every_row_of_a_whole_run_belongs_to_its_benchmark(
    workers: Workers, measure: Callable[..., Page], tmp_path: Path, results: Path
) -> None:
    for part in ("train", "test"):
        (tmp_path / f"{part}.tsv").write_text("a\tDET\nword\tNOUN\n", encoding="utf-8")
    workers.bfloat16, workers.gpu = True, "a GPU"
    results.unlink()
    found = measure("--pos", str(tmp_path))
    ranks = [benchmarks.rank(name) for name in found.cells]
    assert ranks == sorted(ranks)
    assert set(ranks) == set(range(len(benchmarks.ROWS)))
    assert found.others == {}
    assert raw_names(results.with_suffix(".json")) == [list(found.cells)]


def test_each_run_adds_to_the_raw_results(workers: Workers, measure: Callable[..., Page], tmp_path: Path) -> None:
    raw = tmp_path / "kept.json"
    measure("--only", "dictionary", "--raw", str(raw))
    measure("--only", "generation", "--raw", str(raw))
    assert raw_names(raw) == [["dictionary built from text"], ["writing text, H=256", "writing text, H=1024"]]
    assert json.loads(raw.read_text(encoding="utf-8"))[0]["rows"][0]["ours"] == [1_000_000.0]


@pytest.mark.parametrize("broken", ["a folder", "another text"])
def test_if_the_page_cannot_be_written_the_figures_are_printed_and_the_raw_results_named(
    broken: str, workers: Workers, measure: Callable[..., Page], results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results.unlink()
    if broken == "a folder":
        results.mkdir()
    else:
        results.write_text("# Notes\n", encoding="utf-8")
    with pytest.raises(SystemExit) as caught:
        measure("--only", "dictionary")
    assert caught.value.code == 1
    printed, told = capsys.readouterr()
    assert "| dictionary built from text | characters/s ↑ | 1,000,000 |" in printed
    assert f"error: could not write {results}" in told
    assert str(results.with_suffix(".json")) in told
    assert raw_names(results.with_suffix(".json")) == [["dictionary built from text"]]
    assert results.is_dir() or results.read_text(encoding="utf-8") == "# Notes\n"


@pytest.mark.parametrize(("error", "ends"), [(KeyboardInterrupt, SystemExit), (RuntimeError, RuntimeError)])
def test_an_interrupted_or_failing_run_keeps_the_rows_that_are_finished(
    error: type[BaseException], ends: type[BaseException], workers: Workers, measure: Callable[..., Page], results: Path
) -> None:
    former = Page.parse(results.read_text(encoding="utf-8"))
    generated: list[str] = []

    def stop(task: str) -> None:
        generated.append(task)
        if generated.count("generate") == 3:  # both sides of the first row are done
            raise error

    workers.before = stop
    with pytest.raises(ends):
        measure()
    found = Page.parse(results.read_text(encoding="utf-8"))
    assert "writing text, H=256" in found.others and "writing text, H=1024" not in found.others
    assert list(found.cells)[-1] == list(former.cells)[-1]
    assert found.cells["writing text, H=1024"] == former.cells["writing text, H=1024"]
    assert raw_names(results.with_suffix(".json"))[0][-1] == "writing text, H=256"


def test_a_quick_run_writes_no_page(workers: Workers, measure: Callable[..., Page], results: Path) -> None:
    before = results.read_text(encoding="utf-8")
    measure("--quick", "--only", "dictionary")
    assert results.read_text(encoding="utf-8") == before
    assert not results.with_suffix(".json").exists()


def test_raw_results_that_cannot_be_read_are_not_overwritten(
    workers: Workers, measure: Callable[..., Page], results: Path
) -> None:
    raw = results.with_suffix(".json")
    for text in ("{", "{}"):
        raw.write_text(text, encoding="utf-8")
        with pytest.raises(SystemExit, match="holds no raw results"):
            measure("--only", "dictionary")
        assert raw.read_text(encoding="utf-8") == text


def test_raw_results_that_cannot_be_written_do_not_stop_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = RawResults(tmp_path / "missing" / "results.json")
    raw.add(row(NAMES[0]))
    assert "could not be written" in capsys.readouterr().err
    assert "could not be written" in raw.where()
    raw.path.parent.mkdir()
    raw.add(row(NAMES[1]))
    assert raw_names(raw.path) == [NAMES[:2]]
    assert raw.where() == f"the raw results are in {raw.path}"
    assert list(raw.path.parent.iterdir()) == [raw.path]
