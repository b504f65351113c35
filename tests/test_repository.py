"""What people expect of a repository is there, and says the same as the code."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from test_packaging import PYTHONS, project

import tutorlm
from tutorlm.cli import make_parser

ROOT = Path(__file__).parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FORMS = sorted(set((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml")) - {ROOT / ".github/ISSUE_TEMPLATE/config.yml"})
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = re.findall(r"(?m)^\.PHONY: (.*)$", MAKEFILE)[0].split()


def text(path: str | Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def loaded(path: Path) -> dict[str, Any]:
    return yaml.safe_load(text(path))


def test_the_version_is_that_of_the_package_wherever_it_is_named() -> None:
    assert yaml.safe_load(text("CITATION.cff"))["version"] == tutorlm.__version__
    headings = re.findall(r"(?m)^## \[(.*?)\]", text("CHANGELOG.md"))
    assert headings[:2] == ["Unreleased", tutorlm.__version__]
    assert all(f"\n[{name}]: {project['urls']['Repository']}/" in text("CHANGELOG.md") for name in headings)


def test_every_address_is_that_of_the_repository() -> None:
    address = project["urls"]["Repository"]
    assert yaml.safe_load(text("CITATION.cff"))["repository-code"] == address
    assert f'REPOSITORY = "{address}"' in text("setup.py")
    assert f"git clone {address}\n" in text("CONTRIBUTING.md")
    assert address in text(".github/ISSUE_TEMPLATE/config.yml")


PAGES = [ROOT / name for name in (".ci/run", "CONTRIBUTING.md", "README.md", "notebooks/README.md")]


@pytest.mark.parametrize("path", [*PAGES, *WORKFLOWS], ids=lambda path: path.name)
def test_what_is_made_has_a_target(path: Path) -> None:
    asked = re.findall(r"(?m)(?:`|^|run: |=1 )make (?:[A-Z]+=\S+ )?([a-z-]+)", text(path))
    assert asked
    assert set(asked) <= set(TARGETS)


def test_every_target_is_a_rule() -> None:
    assert all(re.search(rf"(?m)^{target}:", MAKEFILE) for target in TARGETS)


def test_every_quick_test_is_there() -> None:
    names = re.findall(r"\$\(addsuffix \.py,(.*?)\)\)", MAKEFILE, re.DOTALL)[0].replace("\\", " ").split()
    assert len(names) > 10
    assert [name for name in names if not (ROOT / "tests" / f"test_{name}.py").is_file()] == []


def test_workflows_run_every_python_and_three_systems() -> None:
    jobs = loaded(ROOT / ".github/workflows/tests.yml")["jobs"]
    assert tuple(jobs["linux"]["strategy"]["matrix"]["python"]) == PYTHONS
    assert {name.partition("-")[0] for name in jobs["systems"]["strategy"]["matrix"]["system"]} == {"macos", "windows"}
    beside = jobs["beside"]["strategy"]["matrix"]["include"]
    assert {job["target"] for job in beside} == {"wheel", "colab", "interchange"} <= set(TARGETS)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_do_little_and_ends(path: Path) -> None:
    workflow = loaded(path)
    assert workflow["permissions"]["contents"] == "read"
    assert all("uses" in job or 0 < job["timeout-minutes"] <= 60 for job in workflow["jobs"].values())
    assert "secrets." not in text(path)


def test_only_the_last_job_of_a_release_may_publish() -> None:
    jobs = loaded(ROOT / ".github/workflows/release.yml")["jobs"]
    assert [name for name, job in jobs.items() if "id-token" in job.get("permissions", {})] == ["publish"]
    assert jobs["publish"]["needs"] == "wheel" and jobs["wheel"]["needs"] == "tests"


def test_a_report_asks_for_both_diagnoses_by_commands_that_work() -> None:
    asked = "\n".join(map(text, FORMS))
    code = re.findall(r'python -c "(.*?)"', asked)
    assert code == ["from tutorlm.course.environment import check_environment; print(check_environment())"]
    commands = re.findall(r"`tutorlm (.*?)`", asked)
    assert len(commands) == 2
    for command in commands:
        options = make_parser().parse_args(shlex.split(command))
        assert options.command == "doctor" and options.json
    assert "`python tutorlm/course/environment.py`" in asked and (ROOT / "tutorlm/course/environment.py").is_file()


def test_ruff_before_a_commit_is_the_ruff_of_the_tests() -> None:
    (hooks,) = loaded(ROOT / ".pre-commit-config.yaml")["repos"]
    (pin,) = (Requirement(line) for line in text("constraints.txt").splitlines() if line.startswith("ruff"))
    assert f"=={hooks['rev'].removeprefix('v')}" == str(pin.specifier)


def test_the_container_makes_the_environment_that_its_editor_looks_for() -> None:
    container = json.loads(text(".devcontainer/devcontainer.json"))
    order, target = container["postCreateCommand"].split()
    assert order == "make" and f"$(VENV)/{target.removeprefix('.venv/')}:" in MAKEFILE
    assert container["image"].removeprefix("python:").partition("-")[0] in PYTHONS
