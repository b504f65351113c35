"""The Korean edition: in step with the English one, cell by cell, in one set of words."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tutorlm import course
from tutorlm.files.course import copy_course

ROOT = Path(__file__).parent.parent
KO = ROOT / "notebooks" / "ko"
sys.path.insert(0, str(KO))

build, texts = map(importlib.import_module, ("build", "texts"))

LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
PAGES = [*KO.glob("prose/*.md"), *KO.glob("*.md"), *ROOT.glob("*.ko.md"), *ROOT.glob("docs/*.ko.md")]
korean_lessons = pytest.mark.parametrize("name", build.names())


def english(name: str) -> nbformat.NotebookNode:
    return nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", 4)


def blocks(name: str) -> list[texts.Block]:
    return texts.read(KO / "prose" / f"{name}.md")


# -- in step ----------------------------------------------------------------------------------------------


def test_every_lesson_has_its_korean_page():
    assert build.names() == LESSONS
    assert sorted(path.stem for path in KO.glob("[0-9]*.ipynb")) == build.names()


@korean_lessons
def test_no_cell_is_missing_stale_or_too_many(name):
    assert texts.problems(english(name), blocks(name), name) == []


@korean_lessons
def test_building_gives_the_notebook_that_is_there(name):
    there = nbformat.read(KO / f"{name}.ipynb", 4)
    assert build.without_outputs(build.build(name)) == build.without_outputs(there), "make korean"
    assert build.was_run(there), "make korean"


@korean_lessons
def test_both_texts_of_a_cell_have_the_same_names_numbers_links_and_formulas(name):
    assert texts.differences(english(name), blocks(name)) == []


@korean_lessons
def test_a_changed_english_cell_makes_exactly_one_korean_cell_be_reported(name):
    for number, cell in enumerate(english(name).cells):
        if cell.cell_type == "markdown":
            changed = english(name)
            changed.cells[number].source += "\nAnother sentence."
            (said,) = texts.problems(changed, blocks(name), name)
            assert f"cell {cell.id} is stale" in said


@pytest.fixture
def edition(tmp_path) -> Path:
    """A Korean edition of one lesson, to be damaged; its folder `ko`."""
    folder = tmp_path / "notebooks" / "ko"
    (folder / "prose").mkdir(parents=True)
    shutil.copy(ROOT / "notebooks" / "12_your_language.ipynb", folder.parent)
    shutil.copy(KO / "prose" / "12_your_language.md", folder / "prose")
    shutil.copy(KO / "12_your_language.ipynb", folder)
    return folder


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<!-- cell 12-004 of", "<!-- cell 12-005 of", "cell 12-004 has no block"),
        ("<!-- cell 12-004 of", "<!-- cell 12-002 of", "cell 12-002 has two blocks"),
        ("<!-- cell 12-004 of", "<!-- cell 12-999 of", "has no text cell 12-999"),
        ("<!-- cell 12-004 of d7d8f397", "<!-- cell 12-004 of 00000000", "cell 12-004 is stale.* now d7d8f397"),
        ("<!-- cell 12-004 of d7d8f397", "<!-- cell 12-004 of d7d8", "begins with a line such as"),
        ("<!-- cell 12-000", "words\n<!-- cell 12-000", "begins with a line such as"),
    ],
)
def test_what_is_wrong_with_prose_is_said_with_its_file_and_cell(edition, old, new, said):
    prose = edition / "prose" / "12_your_language.md"
    prose.write_text(prose.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(texts.OutOfStepError, match=rf"12_your_language\.md: (?s:.*){said}"):
        build.build("12_your_language", edition)


def test_blocks_are_in_the_order_of_the_cells():
    turned = blocks("12_your_language")[::-1]
    assert texts.problems(english("12_your_language"), turned, "12") == [
        "12: the blocks are not in the order of the cells"
    ]


def test_outputs_of_code_that_changed_are_dropped_and_no_others(edition):
    lesson = edition.parent / "12_your_language.ipynb"
    notebook = nbformat.read(lesson, 4)
    changed = next(cell for cell in notebook.cells if cell.id == "12-009")
    changed.source += "\n# another comment"
    nbformat.write(notebook, lesson)
    built = build.build("12_your_language", edition)
    assert not build.was_run(built)
    before = {cell.id: cell for cell in nbformat.read(edition / "12_your_language.ipynb", 4).cells}
    for cell in built.cells:
        if cell.cell_type == "code":
            assert cell.outputs == ([] if cell.id == "12-009" else before[cell.id].outputs)


def test_links_lead_to_korean_pages_where_there_are_some(edition):
    (edition / "README.md").touch()
    text = "[a](12_your_language.ipynb#정리) [b](10_growing.ipynb) [c](../docs/x.md) [d](https://x) [e](README.md)"
    assert build.adjusted(text, edition) == (
        "[a](12_your_language.ipynb#정리) [b](../10_growing.ipynb) [c](../../docs/x.md) [d](https://x) [e](README.md)"
    )


def test_code_that_looks_like_a_link_is_left_alone(edition):
    text = "`fns[0](x)` and\n```\nfns[1](y)\n```\n[`a`](10_growing.ipynb)"
    assert build.adjusted(text, edition) == text.replace("10_growing", "../10_growing")


@pytest.mark.parametrize("name", ["5", "notebooks/ko/05_training.ipynb", "14"])
def test_a_notebook_that_there_is_not_is_an_error(name, capsys):
    with pytest.raises(SystemExit):
        build.main([name, "--check"])
    assert f"no notebook begins with {name!r}; there are 00_start_here, " in capsys.readouterr().err


def test_the_first_cell_must_name_the_edition(edition):
    lesson = edition.parent / "12_your_language.ipynb"
    text = lesson.read_text(encoding="utf-8")
    lesson.write_text(text.replace('language(\\"en\\")', "language('en')"), encoding="utf-8")
    with pytest.raises(texts.OutOfStepError, match=r'has no course.language\("en"\)'):
        build.build("12_your_language", edition)


def test_editions_lead_to_each_other():
    for name in LESSONS:
        assert f" · [한국어](ko/{name}.ipynb)\n" in english(name).cells[0].source
    for name in build.names():
        assert f" · [English](../{name}.ipynb)\n" in nbformat.read(KO / f"{name}.ipynb", 4).cells[0].source


# -- words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_korean_page_has_no_banned_words(path):
    assert texts.banned_in(path) == []


def test_banned_words_are_found_but_not_in_code_or_quotations(tmp_path):
    page = tmp_path / "page.md"
    page.write_text('코퍼스와 플레이어, `레이어`, "우리는", 실행하십시오.', encoding="utf-8")
    assert [said.partition(",")[0] for said in texts.banned_in(page)] == ["page.md: 코퍼스", "page.md: ~십시오"]
    assert len(texts.banned()) >= 20


@pytest.mark.parametrize(
    ("korean", "said"),
    [
        ("`batchify`는 12열을 만듭니다. [끝](a.md#b)", []),
        ("`batch`는 12열을 만듭니다. [끝](a.md)", ["only English has `batchify`", "only Korean has `batch`"]),
        ("`batchify`는 13열을 만듭니다. [끝](a.md)", ["only English has 12", "only Korean has 13"]),
        ("`batchify`는 12열 2개를 만듭니다. [끝](b.md)", ["only English has a.md", "only Korean has b.md"]),
    ],
)
def test_a_difference_between_two_texts_is_found(korean, said):
    cell = nbformat.v4.new_markdown_cell("`batchify` makes two times 12 columns. [end](a.md#end)", id="x")
    notebook = nbformat.v4.new_notebook(cells=[cell])
    block = texts.Block("x", texts.hash_of(cell.source), False, korean)
    assert [found.split(": ", 2)[2] for found in texts.differences(notebook, [block])] == said
    own = texts.Block("x", texts.hash_of(cell.source), True, korean)
    assert texts.differences(notebook, [own]) == []
    asking = texts.Block("x", texts.hash_of(cell.source), True, f"{texts.PREDICT[1]} {korean}")
    assert len(texts.differences(notebook, [asking])) == 1


# -- the first cell -----------------------------------------------------------------------------------------

RUN_TWICE = """
import json, os, sys, types
from IPython.core.interactiveshell import InteractiveShell
if "colab" in sys.argv:
    sys.modules["google.colab"] = types.ModuleType("google.colab")
shell = InteractiveShell()
for _ in range(2):
    shell.run_cell(sys.argv[1]).raise_error()
print(json.dumps([os.getcwd(), shell.user_ns["course"].language()]))
"""


def start(code: str, folder: Path, *options: str, **environment: str) -> tuple[Path, str]:
    """Run a first cell twice in a folder: where it leads, and the language. It must say nothing."""
    private = {"IPYTHONDIR": str(folder / ".ipython"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", RUN_TWICE, code, *options],
        cwd=folder, env={**os.environ, **private, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == "" and done.stdout.count("\n") == 1, done.stdout + done.stderr
    place, language = json.loads(done.stdout)
    return Path(place), language


def first_cell(language: str) -> str:
    cells = english("12_your_language").cells if language == "en" else build.build("12_your_language").cells
    return next(cell.source for cell in cells if cell.cell_type == "code")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_in_a_learners_copy_both_editions_work_in_the_folder_of_notebooks(tmp_path, language):
    copy_course(tmp_path / "course")
    notebooks = (tmp_path / "course" / "notebooks").resolve()
    folder = notebooks / "ko" if language == "ko" else notebooks
    assert start(first_cell(language), folder) == (notebooks, language)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_on_colab_the_course_is_cloned_once(tmp_path, language):
    origin, content = tmp_path / "origin", tmp_path / "content"
    content.mkdir()
    for folder in ("data", "notebooks"):
        (origin / folder).mkdir(parents=True)
        (origin / folder / "kept").touch()
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    for order in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "x"]):
        subprocess.run(["git", *order], cwd=origin, check=True)
    here = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{origin.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/tutorlm/tutorlm",
    }
    wanted = ((content / "tutorlm" / "notebooks").resolve(), language)
    assert start(first_cell(language), content, "colab", **here) == wanted
    assert start(first_cell(language), content, "colab", **here) == wanted  # a new kernel


def test_only_two_languages_have_an_edition():
    assert course.language() == "en"
    with pytest.raises(ValueError, match="'en' and 'ko'"):
        course.language("fr")
    assert course.language() == "en"
