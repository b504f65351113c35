"""The check of the environment: nothing stops it, and every failure comes with a remedy."""

from __future__ import annotations

import html.parser
import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from packaging.specifiers import SpecifierSet

from tutorlm.course import environment
from tutorlm.course.environment import Line, Report, allows, bounds, check_environment

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "tutorlm" / "course" / "environment.py"
HIDE = """
import sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Hidden())
"""


def run_it(folder, cwd=None, hidden=(), stubs=None, script=SCRIPT, **environ):
    """Run the file by itself in a Python where packages are hidden or replaced: exit status, lines by what."""
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(HIDE.format(names=tuple(hidden)), encoding="utf-8")
    for name, code in (stubs or {}).items():
        (folder / f"{name}.py").write_text(code, encoding="utf-8")
    environ = {**os.environ, "PYTHONPATH": str(folder), **environ}
    order = [sys.executable, str(script)]
    done = subprocess.run(order, cwd=cwd or ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    found, last = {}, ""
    for text in done.stdout.splitlines()[:-1]:
        status, rest = text[:4], text[6:]
        if status.strip():
            last = next(what for what in WHAT if rest.startswith(what))
            found[last] = (status.strip(), rest.removeprefix(last).strip(), "")
        else:
            assert text.strip().startswith("→ ")
            found[last] = (*found[last][:2], text.strip().removeprefix("→ "))
    return done.returncode, found


@pytest.fixture(scope="module")
def report():
    began = time.perf_counter()
    made = check_environment()
    assert time.perf_counter() - began < 15
    return made


WHAT = [
    "tutorlm", "Python", "torch", "numpy", "matplotlib", "ipywidgets", "tqdm", "filelock", "charset-normalizer",
    "ipykernel", "jupyterlab", "where", "processor", "accelerator", "speed", "memory", "disk", "folder", "models",
    "sample corpus",
]  # fmt: skip


def test_where_tests_run_nothing_fails_and_everything_is_looked_at(report):
    assert [line.what for line in report.lines] == WHAT
    assert report.ok, str(report)
    found = {line.what: line.found for line in report.lines}
    assert found["Python"].startswith(platform.python_version())
    assert found["torch"] == torch.__version__  # of a CUDA build, more than its metadata say
    assert "news-mini-forward" in found["models"]
    assert found["sample corpus"] == "ar, en, hi, ja, ko"
    assert float(found["speed"].split()[0]) > 0
    assert not any("could not be checked" in line.found for line in report.lines)


def test_the_report_tells_nothing_of_the_users_folders(report):
    assert str(Path.home()) not in str(report).replace(str(ROOT), "")
    assert str(ROOT) not in str(report)


def test_with_a_kernel_of_the_broken_kind_without_widgets_and_torch_each_fails_with_its_remedy(tmp_path):
    status, found = run_it(
        tmp_path, hidden=("torch", "ipywidgets"),
        stubs={"ipykernel": "__version__ = '7.0.1'", "numpy": "__version__ = '1.20.0'"},
    )  # fmt: skip
    assert status == 1
    declared = bounds()
    restart = " (in a notebook: %pip), then restart the kernel"
    assert found["torch"] == ("FAIL", "not installed", f'pip install "torch{declared["torch"]}"{restart}')
    assert found["ipywidgets"][:2] == ("FAIL", "not installed")
    assert found["ipywidgets"][2] == f'pip install "ipywidgets{declared["ipywidgets"]}"{restart}'
    assert found["ipykernel"][:2] == ("FAIL", f"7.0.1; {declared['ipykernel']} is needed")
    assert found["ipykernel"][2] == f'pip install "ipykernel{declared["ipykernel"]}"{restart}'
    assert found["numpy"][:2] == ("FAIL", f"1.20.0; {declared['numpy']} is needed")
    assert found["speed"][:2] == ("WARN", "not measured without torch")
    assert found["accelerator"][0] == "OK"
    assert found["models"][0] == "OK"
    assert found["Python"][0] == "OK"


def test_a_package_that_breaks_while_it_is_imported_fails_with_what_it_said(tmp_path):
    stubs = {"torch": "raise OSError('libcudart.so: no such file')", "ipykernel": "1 / 0"}
    status, found = run_it(tmp_path, stubs=stubs, hidden=("matplotlib",))
    assert status == 1
    assert found["torch"][:2] == ("FAIL", "cannot be imported (OSError: libcudart.so: no such file)")
    assert found["ipykernel"][0] == "WARN"
    assert "ZeroDivisionError" in found["ipykernel"][1]
    assert found["matplotlib"][:2] == ("FAIL", "not installed")


def test_a_torch_that_cannot_do_what_it_should_spoils_only_its_own_lines(tmp_path):
    status, found = run_it(tmp_path, stubs={"torch": "__version__ = '2.9.9+cpu'"})
    assert status == 0
    assert found["torch"][:2] == ("OK", "2.9.9+cpu")
    assert found["accelerator"][0] == "WARN"
    assert "could not be checked (AttributeError" in found["accelerator"][1]
    assert found["sample corpus"][0] == "OK"


def test_a_folder_that_is_gone_or_cannot_be_written_fails_with_a_remedy(tmp_path):
    if not Path("/proc/self").exists():
        pytest.skip("no folder here that even an administrator cannot write to")
    status, found = run_it(tmp_path / "hooks", cwd="/proc", hidden=("torch", "matplotlib", "numpy"))
    assert status == 1
    assert found["folder"][0] == "FAIL"
    assert "a folder of your own" in found["folder"][2]


def test_a_package_without_models_and_corpus_says_where_they_should_be(tmp_path):
    alone = tmp_path / "elsewhere" / "tutorlm" / "course" / "environment.py"
    alone.parent.mkdir(parents=True)
    shutil.copy(SCRIPT, alone)
    (alone.parents[1] / "__init__.py").write_text('__version__ = "9.9"\n', encoding="utf-8")
    hidden = ("torch", "matplotlib", "numpy")
    away = tmp_path / "away" / "deeper"
    away.mkdir(parents=True)
    status, found = run_it(tmp_path / "hooks", cwd=away, hidden=hidden, script=alone)
    assert status == 1
    assert found["tutorlm"][1] == "9.9"
    assert found["models"][0] == found["sample corpus"][0] == "FAIL"
    assert "../data/sample_corpus" in found["sample corpus"][2]
    if not _installed():
        assert "the versions required are not known here" in found["ipywidgets"][1]
        assert found["torch"][2].startswith('pip install "torch" ')
    (alone.parents[1] / "models").mkdir()
    (alone.parents[1] / "models" / "pointer.pt").write_text("version https://git-lfs", encoding="utf-8")
    _, found = run_it(tmp_path / "hooks", cwd=away, hidden=hidden, script=alone)
    assert found["models"][:2] == ("FAIL", "pointer: incomplete")


def _installed():
    try:
        return bool(importlib.metadata.version("tutorlm"))
    except importlib.metadata.PackageNotFoundError:
        return False


def test_bounds_come_from_what_pip_wrote_down_where_there_is_no_repository(tmp_path):
    alone = tmp_path / "site" / "tutorlm" / "course" / "environment.py"
    alone.parent.mkdir(parents=True)
    shutil.copy(SCRIPT, alone)
    (alone.parents[1] / "__init__.py").write_text('__version__ = "9.9"\n', encoding="utf-8")
    hooks = tmp_path / "hooks"
    (hooks / "tutorlm-9.9.dist-info").mkdir(parents=True)
    metadata = (
        "Metadata-Version: 2.1\nName: tutorlm\nVersion: 9.9\nRequires-Python: >=3.99\nRequires-Dist: torch>=2.4\n"
        'Requires-Dist: ipywidgets (<9,>=99)\nRequires-Dist: ipykernel!=7.0.*,>=6.17; extra == "lab"\n'
        "Requires-Dist: tqdm>=99; extra == 'test'\n"
    )
    (hooks / "tutorlm-9.9.dist-info" / "METADATA").write_text(metadata, encoding="utf-8")
    stubs = {"ipykernel": "__version__ = '7.0.0'", "torch": "__version__ = '2.5.0'"}
    status, found = run_it(hooks, hidden=("matplotlib", "numpy"), script=alone, stubs=stubs)
    assert status == 1
    assert found["Python"][0] == "FAIL"
    assert ">=3.99 is needed" in found["Python"][1]
    assert found["ipywidgets"][0] == "FAIL"
    assert found["ipykernel"][:2] == ("FAIL", "7.0.0; !=7.0.*,>=6.17 is needed")
    assert found["torch"][:2] == ("OK", "2.5.0")
    assert found["tqdm"][0] == "OK", "what only tests need is not asked of a learner"


@pytest.mark.parametrize(
    ("variable", "name"), [("COLAB_RELEASE_TAG", "Google Colab"), ("BINDER_SERVICE_HOST", "Binder")]
)
def test_on_a_machine_that_will_be_deleted_the_learner_is_told_to_download(monkeypatch, variable, name):
    monkeypatch.setenv(variable, "1")
    line = environment._where()
    assert line.found == name
    assert "download what you want to keep" in line.remedy


# -- bounds ----------------------------------------------------------------------------------------------


def test_the_bounds_are_those_of_pyproject_and_no_version_is_written_in_the_module():
    declared = bounds()
    assert set(declared) >= {*environment.NEEDED, *environment.FOR_NOTEBOOKS, "python"}
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for name, allowed in declared.items():
        assert f'"{name}{allowed}"' in text or f'requires-python = "{allowed}"' in text


VERSIONS = ["2.4", "2.4.0", "2.4.1", "2.3.9", "3", "7.0.0", "7.0.1", "7.1.0", "6.17", "6.9.9", "8.99", "9.0.0", "10.1"]
BOUNDS = ["", ">=2.4", ">=6.17,!=7.0.*", ">=7.7.1,<9", "==7.*", "~=7.0", "~=2.4.0", ">2.4,<=9", "!=2.4", "==2.4"]


@pytest.mark.parametrize("allowed", BOUNDS)
def test_bounds_are_read_as_pip_reads_them(allowed):
    for version in VERSIONS:
        assert allows(allowed, version) == SpecifierSet(allowed).contains(version), version


def test_local_versions_and_pre_releases_are_allowed():
    for version in ("2.13.0+cpu", "2.13.0+cu126", "2.14.0a0+git1234567", "2.5.0rc1", "2.5.0.dev20240901+cpu"):
        assert allows(">=2.4", version), version
    assert allows("<=2.13", "2.13.0+cpu")
    assert allows("==2.13", "2.13.0+cu126")
    assert not allows(">=2.14", "2.13.0+cu126")
    assert not allows(">=2.14", "2.14.0a0+git1234567")  # a pre-release comes before its release
    assert not allows("!=7.0.*", "7.0.0rc1")


def test_a_version_that_cannot_be_compared_is_a_warning_that_says_so(tmp_path):
    _, found = run_it(tmp_path, stubs={"torch": "__version__ = 'of my own'"})
    assert found["torch"][:2] == ("WARN", f"of my own; cannot be compared with {bounds()['torch']}")


def test_without_packaging_versions_are_shown_and_not_compared(tmp_path):
    hidden = ("packaging", "torch", "matplotlib", "numpy")
    status, found = run_it(tmp_path, hidden=hidden, stubs={"tqdm": "__version__ = '4.66.1'"})
    assert status == 1
    missing = f"not compared with {bounds()['tqdm']}, since packaging is not installed"
    assert found["tqdm"] == ("WARN", f"4.66.1; {missing}", "pip install packaging, then run this check again")
    assert found["Python"][0] == "WARN"
    assert found["Python"][1].startswith(platform.python_version())
    assert found["torch"][:2] == ("FAIL", "not installed")


# -- how it looks ------------------------------------------------------------------------------------------


def test_a_report_is_text_with_arrows_and_a_table_in_which_nothing_is_html():
    lines = (Line("OK", "first", "fine"), Line("FAIL", "second thing", "<script>", "do <b>this</b>"))
    made = Report(lines)
    assert str(made).splitlines() == [
        "OK    first         fine",
        "FAIL  second thing  <script>",
        "                    → do <b>this</b>",
        "Fix the failed checks before you begin (failed: 1, warnings: 0). The arrows say what to do.",
    ]
    page = made._repr_html_()
    tags = []
    parser = html.parser.HTMLParser()
    parser.handle_starttag = lambda tag, attributes: tags.append(tag)
    parser.feed(page)
    assert not {"script", "b"} & set(tags)
    assert tags.count("tr") == 2
    assert 'role="status"' in page
    assert "currentColor" in page
    assert "background: #" not in page
    assert not made.ok


def test_the_last_line_says_whether_the_course_can_run():
    assert Report((Line("OK", "a", "b"),)).summary == "All is well."
    assert Report((Line("WARN", "a", "b"),)).summary.startswith("The course can run (failed: 0, warnings: 1)")
