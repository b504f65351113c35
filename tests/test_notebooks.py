"""The notebooks as files, in both editions: clean, small, alike where they must be, and every exercise solvable."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from test_korean import texts

from tutorlm.course import editions
from tutorlm.course.exercises import find, modules, source, write_solutions

try:
    import tomllib
except ImportError:  # Python 3.10, where pytest brings it along under this name
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
ENGLISH = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
KOREAN = sorted((ROOT / "notebooks" / "ko").glob("[0-9][0-9]_*.ipynb"))
LESSONS = [*ENGLISH, *KOREAN]
ALL = sorted([*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("notebooks/ko/*.ipynb")])
REPOSITORY = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]["Repository"]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def is_korean(path: Path) -> bool:
    return path.parent.name == "ko"


def id_of(path: Path) -> str:
    return f"ko-{path.stem}" if is_korean(path) else path.stem


lessons = pytest.mark.parametrize("path", LESSONS, ids=id_of)
all_notebooks = pytest.mark.parametrize("path", ALL, ids=id_of)


def said(words: str, path: Path) -> str:
    """What the course says in the edition of a notebook."""
    editions.language("ko" if is_korean(path) else "en")
    try:
        return editions.translate(words)
    finally:
        editions.language("en")


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def code_cells(path: Path, tag: str = "") -> list[nbformat.NotebookNode]:
    cells = [cell for cell in read(path).cells if cell.cell_type == "code"]
    return [cell for cell in cells if not tag or tag in cell.metadata.get("tags", [])]


def outputs(path: Path) -> list[nbformat.NotebookNode]:
    return [output for cell in code_cells(path) for output in cell.outputs]


def exercise_names(cell: nbformat.NotebookNode) -> list[str]:
    return re.findall(r'check\(\s*"(\w+)"', cell.source)


CLINIC = "11_when_it_goes_wrong"


def test_there_are_fourteen_lessons_in_a_row():
    assert [path.name[:2] for path in ENGLISH] == [f"{number:02}" for number in range(14)]


@all_notebooks
def test_a_notebook_is_valid_and_small_and_keeps_no_state_of_widgets(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert "widgets" not in notebook.metadata
    assert notebook.metadata.kernelspec.name == "python3"
    assert path.stat().st_size <= 300_000
    assert not any("application/vnd.jupyter.widget-view+json" in output.get("data", {}) for output in outputs(path))


@all_notebooks
def test_a_notebook_has_no_path_of_a_machine_in_it(path):
    text = path.read_text(encoding="utf-8")
    found = re.findall(r"(?:/home/|/root/|/tmp/|/Users/|[A-Z]:\\\\\\\\Users)[^\"\s]*", text)
    assert found == []


@lessons
def test_all_cells_of_a_lesson_were_run_from_top_to_bottom_without_a_warning(path):
    cells = code_cells(path)
    counts = [cell.execution_count for cell in cells if cell.source.strip()]
    assert counts == list(range(1, len(counts) + 1))
    assert [output.text for output in outputs(path) if output.get("name") == "stderr"] == []


@lessons
def test_cells_fail_where_they_are_meant_to_and_nowhere_else(path):
    for cell in code_cells(path):
        failed = any(output.output_type == "error" for output in cell.outputs)
        assert failed == ("raises-exception" in cell.metadata.get("tags", [])), cell.source


@lessons
def test_cells_whose_output_is_compared_have_one(path):
    compared = code_cells(path, "nbval-check-output")
    assert len(compared) >= 2
    assert all(cell.outputs and cell.execution_count for cell in compared)


@lessons
def test_every_picture_is_described(path):
    for output in outputs(path):
        if "image/png" in output.get("data", {}):
            alt = output.metadata.get("alt", "")
            assert len(alt) > 20, "show charts by tutorlm.course.plots, which describe them"


@lessons
def test_the_bootstrap_cell_is_the_same_everywhere(path):
    wanted = code_cells(ENGLISH[0])[0].source
    assert wanted.count('"en"') == 1
    assert code_cells(path)[0].source == (wanted.replace('"en"', '"ko"') if is_korean(path) else wanted)
    assert f"git clone --quiet --depth 1 {REPOSITORY}" in code_cells(path)[0].source
    assert "pip" not in code_cells(path)[0].source


@lessons
def test_headings_are_in_order(path):
    text = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    levels = [
        len(found) for found in re.findall(r"^(#+) ", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    ]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@lessons
def test_badges_lead_to_this_notebook(path):
    owner = REPOSITORY.removeprefix("https://github.com/")
    first, place = read(path).cells[0].source, path.relative_to(ROOT).as_posix()
    assert (
        is_korean(path)
        or (path.stem[:2] != "00")
        or all(badge in README for badge in re.findall(r"\[!\[.*?\)\]\(.*?\)", first))
    )
    assert f"https://colab.research.google.com/github/{owner}/blob/main/{place})" in first
    assert f"https://mybinder.org/v2/gh/{owner}/main?urlpath=lab/tree/{place})" in first


PAGES = [
    page for pattern in ("*.md", "docs/*.md", "notebooks/*.md", "notebooks/ko/*.md") for page in ROOT.glob(pattern)
]


@pytest.mark.parametrize("path", [*ALL, *PAGES], ids=id_of)
def test_links_within_the_repository_are_alive(path):
    if path.suffix == ".ipynb":
        text = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    else:
        text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s#]+)(?:#[^)]*)?\)", text):
        if not re.match(r"[a-z]+:", target):
            assert (path.parent / target).exists(), target


@lessons
def test_every_job_in_a_thread_is_waited_for(path):
    text = "\n".join(cell.source for cell in code_cells(path))
    assert text.count("TrainingJob(") == text.count(".wait()")


@lessons
def test_exercises_stand_in_cells_of_their_own_and_say_not_yet(path):
    cells = code_cells(path, "exercise")
    asked = [name for cell in cells for name in exercise_names(cell)]
    assert 2 <= len(asked) <= (16 if path.stem == CLINIC else 6) and len(set(asked)) == len(asked)
    for cell in cells:
        assert len(exercise_names(cell)) == 1 and "..." in cell.source
        assert said("not yet", path) in str(cell.outputs)
    module = [module for module in modules() if path.stem == module.NOTEBOOK]
    assert [exercise.name for found in module for exercise in found.EXERCISES if exercise.name not in asked] == []


QUICK = """
import tutorlm.trainer as _trainer
_train = _trainer.LanguageModelTrainer.train
def _shorter(self, *arguments, **settings):
    if settings.get("max_seconds"):
        settings["max_seconds"] = min(settings["max_seconds"], 1)
    return _train(self, *arguments, **settings)
_trainer.LanguageModelTrainer.train = _shorter
"""


# The code of the editions is the same: a Korean lesson is run once more only where it chooses by the language.
LED = [path for path in KOREAN if "course.language()" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", [*ENGLISH, *LED], ids=id_of)
def test_every_exercise_is_solved_by_its_solution_where_it_stands(path, tmp_path):
    """Trainings are cut to a second here: what a model has learnt is none of an exercise's business."""
    notebook = read(path)
    for cell in notebook.cells:
        if "exercise" in cell.metadata.get("tags", []):
            exercise = find(exercise_names(cell)[0])
            if exercise.examine:  # judges what was trained: see test_capstone
                cell.metadata.tags = ["judged"]
                continue
            name = exercise.reference.__name__ if callable(exercise.reference) else repr(exercise.reference)
            answer = f"{name}()" if callable(exercise.reference) and exercise.cases is None else name
            imports = [line for line in cell.source.splitlines() if line.startswith(("import ", "from "))]
            reference = [source(exercise)] if callable(exercise.reference) else []
            cell.source = "\n".join([*imports, *reference, f'print(check("{exercise.name}", {answer}))'])
    notebook.cells.insert(
        1 + [cell.cell_type for cell in notebook.cells].index("code"), nbformat.v4.new_code_cell(QUICK)
    )
    folder = tmp_path / path.parent.relative_to(ROOT)
    folder.mkdir(parents=True)
    for name in ("data", "tutorlm"):
        (tmp_path / name).symlink_to(ROOT / name)
    client = NotebookClient(notebook, timeout=120, allow_errors=True, resources={"metadata": {"path": str(folder)}})
    client.execute()
    for cell in notebook.cells:
        if "exercise" in cell.metadata.get("tags", []):
            text = "".join(output.get("text", "") or "\n".join(output.get("traceback", [])) for output in cell.outputs)
            assert text.startswith(said("right", path)), f"{cell.source}\n{text}"


def tags(cell: nbformat.NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def is_guess(cell: nbformat.NotebookNode) -> bool:
    return bool(re.search(r"^predict\(", cell.source, re.MULTILINE))


@lessons
def test_no_answer_can_be_seen_below_a_prediction(path):
    """Stored outputs between a question and the next text are folded; JupyterLab opens them when the cell is run."""
    asked = False
    for cell in read(path).cells:
        if cell.cell_type == "markdown":
            asked = texts.PREDICT[is_korean(path)] in cell.source
        elif asked and cell.outputs and not is_guess(cell):
            assert "reveal" in tags(cell), cell.source
        folded = cell.metadata.get("jupyter", {}).get("outputs_hidden", False)
        assert (
            folded == cell.metadata.get("collapsed", False) == ("reveal" in tags(cell)) == ("hide-output" in tags(cell))
        )


@lessons
def test_promises_are_out_of_sight(path):
    for cell in code_cells(path):
        promised = "promise" in tags(cell)
        assert promised == bool(re.search(r"^\s*assert ", cell.source, re.MULTILINE)), cell.source
        assert promised == cell.metadata.get("jupyter", {}).get("source_hidden", False) == ("remove-cell" in tags(cell))
        if promised:  # the first line of a folded cell is shown
            assert cell.source.startswith("# Promises of this page, kept by every test run\n")
            assert cell.outputs == []


@lessons
def test_every_guess_is_compared(path):
    text = "\n".join(cell.source for cell in code_cells(path))
    guessed, revealed = (re.findall(rf'^\s*{name}\(\s*"([^"]+)"', text, re.MULTILINE) for name in ("predict", "reveal"))
    assert sorted(guessed) == sorted(revealed)
    assert all("...)" in cell.source for cell in code_cells(path) if is_guess(cell))


@lessons
def test_a_lesson_begins_by_saying_why(path):
    first = read(path).cells[0].source.split("\n\n")
    assert first[0].startswith(f"# {path.stem[:2]} · ") and "colab-badge" in first[1]
    if is_korean(path):  # one sentence a line
        assert len(first[2].splitlines()) <= 6 and len(first[2].split()) >= 10
        assert first[3].startswith("이 노트북을 마치면")
        assert re.match(r"읽기: 약 \d+분\. 실행: .*약 \d+", first[-1])
    else:
        assert len(first[2].splitlines()) <= 3 and len(first[2].split()) >= 15
        assert first[3].startswith("By the end you ")
        assert re.match(r"Reading: about \d+ minutes\. Running: about \d+ ", first[-1])


@lessons
def test_pictures_need_no_plotting_code(path):
    text = "\n".join(cell.source for cell in code_cells(path))
    assert "matplotlib" not in text and "pyplot" not in text


def test_at_most_one_exercise_in_five_is_multiple_choice():
    exercises = [exercise for module in modules() if module.NOTEBOOK != CLINIC for exercise in module.EXERCISES]
    assert 5 * sum(bool(exercise.choices) for exercise in exercises) <= len(exercises)


def test_the_notebook_of_solutions_is_in_step_with_the_exercises(tmp_path):
    write_solutions(tmp_path / "solutions.ipynb")
    assert (tmp_path / "solutions.ipynb").read_text() == (ROOT / "notebooks" / "solutions.ipynb").read_text()


def test_the_korean_notebook_of_solutions_is_in_step_with_the_exercises(tmp_path, in_korean):
    write_solutions(tmp_path / "solutions.ipynb")
    assert (tmp_path / "solutions.ipynb").read_text() == (ROOT / "notebooks" / "ko" / "solutions.ipynb").read_text()
