"""What pip installs, tried in an empty environment where there is no clone: `make wheel` builds it, and runs this."""

from __future__ import annotations

import email
import email.message
import json
import os
import re
import signal
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from test_packaging import own_files, project

import tutorlm
from tutorlm.files.course import course_files

pytestmark = [pytest.mark.wheel, pytest.mark.timeout(900)]
ROOT = Path(__file__).parent.parent
DIST = ROOT / "dist"
SCRIPTS = "Scripts" if os.name == "nt" else "bin"
MEGABYTE = 10**6
Run = Callable[..., str]


@pytest.fixture(scope="module")
def wheel() -> Path:
    (found,) = DIST.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def metadata(wheel) -> email.message.Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return email.message_from_bytes(archive.read(name))


@pytest.fixture(scope="module")
def outside(tmp_path_factory) -> Path:
    """A folder that is in no clone."""
    folder = tmp_path_factory.mktemp("outside")
    assert not any((above / "pyproject.toml").exists() for above in folder.parents)
    return folder


@pytest.fixture(scope="module")
def run(wheel, outside) -> Iterator[Run]:
    """Run a command of an environment that has the wheel and what it asks for, nothing else; returns what it prints."""
    scripts = outside / "venv" / SCRIPTS
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "JUPYTER", "IPY"))
    }
    environment |= {"PATH": os.pathsep.join([str(scripts), os.environ["PATH"]]), "OMP_NUM_THREADS": "1",
                    "PYTHONUTF8": "1", "HOME": str(outside), "USERPROFILE": str(outside)}  # fmt: skip

    def run(*command: object, cwd: Path = outside) -> str:
        order = [str(scripts / str(command[0])), *map(str, command[1:])]
        done = subprocess.run(order, capture_output=True, encoding="utf-8", cwd=cwd, env=environment, check=False)
        assert done.returncode == 0, f"{order}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    subprocess.run([sys.executable, "-m", "venv", outside / "venv"], check=True)
    pip = ("python", "-m", "pip", "install", "--quiet", "--constraint", ROOT / "constraints.txt")
    run(*pip, "torch")
    run(*pip, f"{wheel}[lab]")
    yield run


# -- what is in it -----------------------------------------------------------------------------------------


def test_the_source_distribution_is_the_repository():
    (path,) = DIST.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    assert {file.relative_to(ROOT).as_posix() for file in own_files()} - held == set()
    grown = [name for name in held if re.search(r"my_|\.ipynb_checkpoints|\.encoded|\.pyc", name)]
    assert grown == []


def test_the_wheel_has_the_course_as_it_is_here(wheel):
    inside = "tutorlm/course/files/"
    with zipfile.ZipFile(wheel) as archive:
        held = {name.removeprefix(inside): archive.read(name) for name in archive.namelist() if name.startswith(inside)}
    assert held == {file.as_posix(): (ROOT / file).read_bytes() for file in course_files(ROOT)}


def test_the_wheel_is_the_package_and_no_more(wheel):
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
    assert tops == {"tutorlm", f"tutorlm-{tutorlm.__version__}.dist-info"}
    assert wheel.stat().st_size < 25 * MEGABYTE


def test_the_metadata_say_version_licence_and_links_that_lead_somewhere(metadata):
    assert metadata["Version"] == tutorlm.__version__
    assert metadata["License-Expression"] == "MIT" and metadata.get_all("License-File") == ["LICENSE"]
    page, address = str(metadata.get_payload()), project["urls"]["Repository"]
    links = re.findall(r"\]\(([^)\s]+)\)", page)
    assert len(links) > 8
    assert [link for link in links if not link.startswith(("https://", "#"))] == []
    for link in links:
        if link.startswith((f"{address}/blob/main/", f"{address}/raw/main/")):
            assert (ROOT / link.partition("/main/")[2].partition("#")[0]).exists(), link
    assert f"![Loss curves of a forward and a backward model, below the lines of simpler models]({address}/raw" in page


# -- what it does -------------------------------------------------------------------------------------------


def test_the_package_is_that_of_the_wheel(run, outside):
    found = Path(run("python", "-c", "import tutorlm; print(tutorlm.__file__)").strip())
    assert found.is_relative_to(outside)
    assert run("tutorlm", "--version") == run("python", "-m", "tutorlm", "--version") == f"{tutorlm.__version__}\n"


@pytest.mark.skipif(os.name == "nt", reason="Windows has another Ctrl-C")
def test_ctrl_c_while_the_command_loads_ends_it_without_a_traceback(run, outside):
    environment = {**os.environ, "PYTHONPROFILEIMPORTTIME": "1"}
    environment.pop("PYTHONPATH", None)
    order = [outside / "venv" / SCRIPTS / "tutorlm", "--version"]
    with subprocess.Popen(order, stderr=subprocess.PIPE, text=True, env=environment, cwd=outside) as process:
        said = iter(process.stderr)
        assert any("tutorlm.starting" in line for line in said)
        process.send_signal(signal.SIGINT)
        rest = [line for line in said if not line.startswith("import time:")]
    assert (process.returncode, rest) == (130, ["interrupted\n"])


@pytest.fixture(scope="module")
def course(run, outside) -> Path:
    run("tutorlm", "course", "my_course")
    return outside / "my_course"


def test_the_main_job_is_done(run, course):
    small = ["--hidden-size", 16, "--mini-batch-size", 8, "--sequence-length", 20, "--max-epochs", 1]
    english = course / "data" / "sample_corpus" / "en"
    run("tutorlm", "prepare", english / "valid.txt", english / "test.txt", "my_corpus")
    assert json.loads(run("tutorlm", "doctor", "--json", english))["characters"]["train"] > 200_000
    trained = json.loads(run("tutorlm", "train", "my_corpus", "my_model", *small, "--json"))
    assert trained["test_bits_per_character"] > 1
    assert len(run("tutorlm", "generate", trained["model"], "--length", 50)) > 40
    (course / "lines.txt").write_text("The ferry is late .\n", encoding="utf-8")
    run(
        "tutorlm", "embed", "news-mini-forward", "news-mini-backward", "--input", course / "lines.txt", "--out", "v.npz"
    )


def test_the_demonstration_has_its_corpus(run, outside):
    said = run("python", "-m", "tutorlm.course.demo", "--seconds", 2, "--hidden-size", 16, "--out", "shown")
    assert "LSTM after training" in said and (outside / "shown" / "loss.png").is_file()


def test_the_capstone_knows_the_texts_of_the_course(run, course):
    known = "from tutorlm.course.capstone import SAMPLES; print(len(list(SAMPLES.glob('*/test.txt'))))"
    assert run("python", "-c", known) == "5\n"


def test_the_environment_is_found_to_be_right(run, course, outside):
    check = (
        "python",
        "-c",
        "from tutorlm.course.environment import check_environment as c; r = c(); print(r); assert r.ok",
    )
    found = r"(?m)^OK    sample corpus +ar, en, hi, ja, ko$\n(?! )"
    assert re.search(found, run(*check, cwd=course / "notebooks"))
    assert "tutorlm course my_course" in run(*check)


@pytest.mark.parametrize("name", ["01_dictionary", "09_tagger"])
def test_a_notebook_of_the_course_runs(run, course, name):
    said = run("jupyter", "nbconvert", "--execute", "--to", "notebook", "--output", "done", f"{name}.ipynb",
               cwd=course / "notebooks")  # fmt: skip
    notebook = json.loads((course / "notebooks" / "done.ipynb").read_text(encoding="utf-8"))
    assert all(cell["execution_count"] for cell in notebook["cells"] if cell["cell_type"] == "code"), said


def test_the_course_stands_where_jupyter_lab_opens_it(run, course):
    listed = run("jupyter", "lab", "--version") + run("jupyter", "kernelspec", "list")
    assert "python3" in listed
