"""A learner's copy of the course: whole, writable, only in an empty folder, and its notebooks find what they read."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import nbformat
import pytest

from tutorlm.cli import main
from tutorlm.course import environment
from tutorlm.files import course
from tutorlm.files.course import copy_course, course_files, course_root, sample_corpus

ROOT = Path(__file__).parent.parent


def test_in_a_clone_the_course_stands_beside_the_package():
    assert course_root() == ROOT
    assert sample_corpus() == ROOT / "data" / "sample_corpus"
    assert environment.COURSE == course.INSTALLED


def test_the_course_is_all_notebooks_and_texts():
    files = course_files(ROOT)
    assert {ROOT / file for file in files} >= {*ROOT.glob("notebooks/[0-9]*.ipynb"), *ROOT.glob("data/*/*.tsv")}
    korean = [file for pattern in ("*.ipynb", "*.md") for file in ROOT.glob(f"notebooks/ko/{pattern}")]
    assert {ROOT / file for file in files if file.match("notebooks/ko/*")} == {*korean}
    assert sum(file.name == "valid.txt" for file in files) == 5
    assert Path("notebooks/solutions.ipynb") in files


def test_what_a_learner_made_is_not_copied(tmp_path):
    made = ["notebooks/my_models/a/README.md", "notebooks/my_notes.ipynb", "notebooks/.ipynb_checkpoints/01.ipynb",
            "notebooks/my_progress.json", "notebooks/ko/build.py", "notebooks/ko/prose/00_a.md",
            "data/sample_corpus/en/.encoded/train.bin"]  # fmt: skip
    for name in [*made, "notebooks/00_a.ipynb", "notebooks/ko/00_a.ipynb", "data/sample_corpus/en/valid.txt"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert [str(file.as_posix()) for file in course_files(tmp_path)] == [
        "data/sample_corpus/en/valid.txt", "notebooks/00_a.ipynb", "notebooks/ko/00_a.ipynb"
    ]  # fmt: skip


@pytest.mark.parametrize("exists", [False, True])
def test_a_copy_is_equal_and_can_be_written_to(tmp_path, exists):
    folder = tmp_path / "deep" / "course"
    if exists:
        folder.mkdir(parents=True)
    files = copy_course(folder)
    assert {file.relative_to(folder) for file in folder.rglob("*") if file.is_file()} == set(files)
    assert all((folder / file).read_bytes() == (ROOT / file).read_bytes() for file in files)
    assert {path.name for path in folder.iterdir()} == {"data", "docs", "notebooks"}


def test_notebooks_lead_only_to_files_of_the_copy():
    files = {(ROOT / file).resolve() for file in course_files(ROOT)}
    folders = {folder for file in files for folder in file.parents}
    notebooks = Path("notebooks")
    for name in (file for file in course_files(ROOT) if file.is_relative_to(notebooks)):
        cells = nbformat.read(ROOT / name, 4).cells if name.suffix == ".ipynb" else []
        pages = [cell.source for cell in cells if cell.cell_type == "markdown"] or [(ROOT / name).read_text("utf-8")]
        linked = [target for page in pages for target in re.findall(r"\]\(([^)\s#]+)", page)]
        code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
        read = re.findall(r'"(\.\./data.*?)"', code)
        here = [name.parent / target for target in linked if not re.match(r"[a-z]+:", target)]
        for path in here + [notebooks / target for target in read]:  # both editions work in this folder
            assert (ROOT / path).resolve() in files | folders, f"{name}: {path}"


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="no empty folder"):
        copy_course(tmp_path)
    with pytest.raises(FileExistsError, match="no empty folder"):
        copy_course(tmp_path / "mine.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_copy_that_fails_leaves_nothing_behind(tmp_path, monkeypatch, exists, error):
    copied = []

    def copyfile(source, target):
        copied.append(target)
        if len(copied) == 20:
            raise error
        target.write_bytes(source.read_bytes())

    folder = tmp_path / "course"
    if exists:
        folder.mkdir()
    monkeypatch.setattr(course.shutil, "copyfile", copyfile)
    with pytest.raises(type(error), match="nothing was left behind" if isinstance(error, OSError) else None):
        copy_course(folder)
    assert list(tmp_path.rglob("*")) == ([folder] if exists else [])


def test_a_package_without_its_course_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(course, "INSTALLED", tmp_path)
    with pytest.raises(FileNotFoundError, match="install tutorlm again"):
        copy_course(tmp_path / "course")
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_how_to_open_the_course(tmp_path, capsys, monkeypatch):
    folder = tmp_path / "my course"
    assert main(["course", str(folder)]) == 0
    said = capsys.readouterr().out
    assert f"jupyter lab '{folder / 'notebooks'}'" in said and "00_start_here" in said and "pip" not in said
    assert main(["course", str(folder)]) == 1
    assert "no empty folder" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "jupyterlab", None)
    assert main(["course", str(tmp_path / "other"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["notebooks"] == len(list((tmp_path / "other" / "notebooks").glob("*.ipynb")))
    assert found["files"] == len(course_files(ROOT))
    assert main(["course", str(tmp_path / "third")]) == 0
    assert 'pip install "tutorlm[lab]"' in capsys.readouterr().out
