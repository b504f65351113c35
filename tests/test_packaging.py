"""What is written down for pip, conda, Binder and Colab agrees, and the core needs no notebook."""

from __future__ import annotations

import ast
import contextlib
import importlib.metadata
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

try:
    import tomllib
except ImportError:  # Python 3.10, where pytest brings it along under this name
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
CONDA_NAMES = {"torch": "pytorch-cpu", "matplotlib": "matplotlib-base"}
PYTHONS = ("3.10", "3.11", "3.12", "3.13")

project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def requirements(lines: list[str]) -> dict[str, SpecifierSet]:
    """Name → bounds."""
    parsed = [Requirement(line) for line in lines]
    return {canonicalize_name(requirement.name): requirement.specifier for requirement in parsed}


CORE = requirements(project["dependencies"])
EXTRAS = {name: requirements(lines) for name, lines in project["optional-dependencies"].items()}


def pins(python: str, name: str = "constraints.txt") -> dict[str, str]:
    """The versions that a file sets for a version of Python."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    parsed = [Requirement(line) for line in lines if line and not line.startswith("#")]
    machine = {**default_environment(), "python_version": python}
    chosen = [pin for pin in parsed if not pin.marker or pin.marker.evaluate(machine)]
    assert len({pin.name for pin in chosen}) == len(chosen), "a package has two pins"
    exact = [pin for pin in chosen if str(pin.specifier).startswith("==")]
    assert exact == chosen or name != "constraints.txt"
    return {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in exact}


def own_files() -> list[Path]:
    """All that is or will be in the repository."""
    order = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    if not shutil.which("git"):
        pytest.skip("git is not installed")
    listed = subprocess.run(order, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git repository")
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


# -- versions ------------------------------------------------------------------------------------------


def test_environment_yml_asks_for_what_pyproject_asks_for() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    listed = requirements([re.sub(r"(?<![=<>!~])=(?!=)", "==", line) for line in environment["dependencies"]])
    python, pip = listed.pop("python"), listed.pop("pip")
    ours = {CONDA_NAMES.get(name, name): bounds for name, bounds in {**CORE, **EXTRAS["lab"]}.items()}
    assert listed == ours
    assert environment["channels"] == ["conda-forge", "nodefaults"]
    assert SpecifierSet(project["requires-python"]).contains(str(python).removeprefix("=="))
    assert re.fullmatch(r"==3\.\d+", str(python)), "repo2docker takes Python only from python=X.Y"
    assert not pip


@pytest.mark.parametrize("python", PYTHONS)
def test_constraints_pin_every_requirement_within_its_bounds(python: str) -> None:
    pinned = pins(python)
    for name, bounds in {**CORE, **EXTRAS["lab"], **EXTRAS["test"]}.items():
        if name != "tutorlm":
            assert bounds.contains(pinned[name]), f"{name}=={pinned[name]} is not {bounds}"


def test_every_python_that_is_offered_is_one_that_pyproject_allows() -> None:
    allowed = SpecifierSet(project["requires-python"])
    assert all(allowed.contains(python) for python in PYTHONS)
    assert not allowed.contains("3.9")


def test_colab_has_what_the_core_needs_so_nothing_is_upgraded_there() -> None:
    colab = pins("3.13", "tests/colab_requirements.txt")
    assert colab["torch"] == "2.11.0"
    assert all(bounds.contains(colab[name]) for name, bounds in CORE.items())


def test_the_core_does_not_pull_in_a_notebook() -> None:
    notebook = {"jupyterlab", "notebook", "ipython", "ipykernel", "jupyter-client", "traitlets"}
    assert notebook.isdisjoint(CORE)


def test_every_package_of_the_source_is_installed() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        listed = tomllib.load(file)["tool"]["setuptools"]["packages"]
    found = {path.parent.relative_to(ROOT).as_posix().replace("/", ".") for path in ROOT.glob("tutorlm/**/__init__.py")}
    assert set(listed) == found


def test_every_data_file_of_the_source_is_installed() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        patterns = tomllib.load(file)["tool"]["setuptools"]["package-data"]["tutorlm"]
    package = ROOT / "tutorlm"
    found = {path for path in own_files() if path.is_relative_to(package) and path.suffix != ".py"}
    assert found == {path for pattern in patterns for path in package.glob(pattern)}


def test_the_classifiers_name_the_pythons_that_are_tested_and_no_licence_besides_the_spdx_form() -> None:
    classifiers = project["classifiers"]
    named = [line.rpartition(" ")[2] for line in classifiers if re.search(r":: 3\.\d+$", line)]
    assert tuple(named) == PYTHONS
    assert project["license"] == "MIT" and not any(line.startswith("License") for line in classifiers)
    assert all((ROOT / name).is_file() for name in project["license-files"])


def test_binder_installs_the_package_and_stops_at_an_error() -> None:
    script = ROOT / "postBuild"
    text = script.read_text(encoding="utf-8")
    assert script.stat().st_mode & 0o111
    assert "set -euo pipefail" in text
    assert "pip install --no-deps" in text, "a torch from PyPI would bring CUDA along"


# -- the source ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(ROOT.glob("tutorlm/**/*.py")), ids=lambda path: path.name)
def test_a_module_is_written_in_python_3_10(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 10))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert "tomllib" not in imported


def test_no_file_holds_a_path_of_someones_machine() -> None:
    own_path = re.compile(rb"(?<![\w./~-])/(work|root|home|Users)/[\w.]")
    holders = [str(path.relative_to(ROOT)) for path in own_files() if own_path.search(path.read_bytes())]
    assert holders == []


def test_generated_files_are_not_in_the_repository() -> None:
    generated = re.compile(r"__pycache__|\.venv|\.egg-info|\.ipynb_checkpoints|\.ruff_cache|\.hypothesis|demo_output")
    assert [path for path in own_files() if generated.search(str(path.relative_to(ROOT)))] == []


# -- the core by itself ----------------------------------------------------------------------------------

BARE = ("torch", "numpy", "tqdm", "filelock", "charset-normalizer")
IN_THE_BARE_ENVIRONMENT = """
import importlib.util, sys

absent = [name for name in ("matplotlib", "ipywidgets", "IPython", "packaging") if importlib.util.find_spec(name)]
import torch
import tutorlm

torch.set_num_threads(1)
corpus = tutorlm.TextCorpus(sys.argv[1], tutorlm.Dictionary.from_files(sys.argv[1]))
model = tutorlm.LanguageModel(corpus.dictionary, is_forward_lm=True, hidden_size=16, nlayers=1)
result = tutorlm.LanguageModelTrainer(model, corpus).train(sys.argv[2], 20, mini_batch_size=10, max_epochs=1)
sentence = tutorlm.Sentence("The ferry is late .")
tutorlm.FlairEmbeddings(result.best_model).embed(sentence)
print(absent, len(sentence[0].embedding), result.best_valid_loss < result.initial_valid_loss)
"""


def needed_by(names: tuple[str, ...]) -> set[str]:
    """These packages and all that they require here."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = canonicalize_name(waiting.pop())
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            lines = importlib.metadata.requires(name) or []
            if name not in found:
                found.add(name)
                needed = map(Requirement, lines)
                waiting += [need.name for need in needed if not need.marker or need.marker.evaluate({"extra": ""})]
    return found


@pytest.fixture(scope="module")
def bare_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the packages of `BARE` and what these require, as links to this one's files."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=False)
    (site,) = folder.glob("lib/python*/site-packages")
    for name in needed_by(BARE):
        files = importlib.metadata.files(name) or []
        for top in {file.parts[0] for file in files if file.parts[0] not in ("..", "__pycache__")}:
            source = Path(str(importlib.metadata.distribution(name).locate_file(top)))
            if source.exists() and not (site / top).exists():
                (site / top).symlink_to(source)
    return folder / "bin" / "python"


def in_bare(bare_python: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [bare_python, *map(str, arguments)], capture_output=True, text=True, timeout=200, check=False, cwd=ROOT
    )


def test_training_and_embedding_need_only_torch_numpy_and_tqdm(
    bare_python: Path, small_corpus: Path, tmp_path: Path
) -> None:
    done = in_bare(bare_python, "-c", IN_THE_BARE_ENVIRONMENT, small_corpus, tmp_path / "model")
    assert done.stdout.splitlines()[-1:] == ["[] 16 True"], done.stdout + done.stderr


def test_the_command_line_needs_only_torch_numpy_and_tqdm(
    bare_python: Path, small_corpus: Path, tmp_path: Path
) -> None:
    small = ["--hidden-size", 16, "--mini-batch-size", 8, "--sequence-length", 20, "--max-epochs", 1]
    done = in_bare(bare_python, "-m", "tutorlm", "train", small_corpus, tmp_path / "model", *small)
    assert done.returncode == 0, done.stderr
    done = in_bare(bare_python, "-m", "tutorlm", "generate", tmp_path / "model" / "best-lm.pt", "--length", 20)
    assert done.returncode == 0 and done.stdout, done.stderr


EXERCISES_IN_THE_BARE_ENVIRONMENT = """
from tutorlm.course import predict, progress, reveal
from tutorlm.course.drawings import draw_pipeline
from tutorlm.course.exercises import check
from tutorlm.course.lines import show_lines
from tutorlm.course.progress_line import ProgressLine

predict("bits", 4)
show_lines([reveal("bits", 4.36), progress(), draw_pipeline("The harb")])
print(check("likeliest", lambda p: max(p, key=p.get)).outcome)
"""


def test_exercises_guesses_and_drawings_need_no_widgets(bare_python: Path) -> None:
    done = in_bare(bare_python, "-c", EXERCISES_IN_THE_BARE_ENVIRONMENT)
    assert done.stdout.splitlines()[-1:] == ["right"], done.stdout + done.stderr


def test_the_demonstration_needs_no_widgets() -> None:
    order = "import sys; sys.modules.update(ipywidgets=None, IPython=None); import tutorlm.course.demo"
    done = subprocess.run([sys.executable, "-c", order], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr


def test_the_environment_check_runs_where_packaging_is_missing(bare_python: Path) -> None:
    done = in_bare(bare_python, "tutorlm/course/environment.py")
    assert "FAIL  matplotlib" in done.stdout and "Traceback" not in done.stderr, done.stdout + done.stderr
