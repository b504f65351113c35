"""Build the Korean notebooks: code of the English ones, Korean prose, and outputs of their own.

    python notebooks/ko/build.py                   # all notebooks that have Korean prose
    python notebooks/ko/build.py 05 --run          # and run what is out of date; with --all, all of it
    python notebooks/ko/build.py --check           # write nothing: what is stale, missing or different?
    python notebooks/ko/build.py 05 --skeleton     # the file to begin with, with the English text

The prose is in `prose/NN_name.md`; texts.py says how.
"""

from __future__ import annotations

import argparse
import copy
import re
import sys
import time
from pathlib import Path

import nbformat
import texts
from texts import OutOfStepError

HERE = Path(__file__).resolve().parent
ENGLISH = HERE.parent
LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)#\s]+)")  # an address within the repository


# -- notebooks --------------------------------------------------------------------------------------------


def names(folder: Path = HERE) -> list[str]:
    """The notebooks that have Korean prose."""
    return sorted(path.stem for path in (folder / "prose").glob("*.md"))


def adjusted(text: str, folder: Path = HERE) -> str:
    """Korean text whose links, outside of code, are right in the folder `ko`: to the Korean page where there is one."""

    def target(match: re.Match) -> str:
        page = Path(match[1])
        here = page.parent == Path() and ((folder / "prose" / f"{page.stem}.md").is_file() or (folder / page).is_file())
        return match[1] if here else f"../{match[1]}"

    parts = re.split(f"({texts.CODE.pattern})", text, flags=texts.CODE.flags)
    return "".join(part if number % 2 else LINK.sub(target, part) for number, part in enumerate(parts))


def badges(source: str, name: str) -> str:
    """The paragraph of badges of a title cell, leading to the Korean notebook."""
    paragraph = next(filter(texts.is_badges, source.split("\n\n"))).partition(" · [한국어]")[0]
    return paragraph.replace(f"notebooks/{name}", f"notebooks/ko/{name}") + f" · [English](../{name}.ipynb)"


def build(name: str, folder: Path = HERE) -> nbformat.NotebookNode:
    """The Korean notebook, with the outputs that the existing one has of the same code.

    Raises:
        OutOfStepError: prose and cells do not match.
    """
    notebook = nbformat.read(folder.parent / f"{name}.ipynb", 4)
    blocks = texts.read(folder / "prose" / f"{name}.md")
    if found := texts.problems(notebook, blocks, f"{name}.md"):
        raise OutOfStepError("\n".join(found))
    korean = {block.cell: adjusted(block.text, folder) for block in blocks}
    target = folder / f"{name}.ipynb"
    before = {cell.id: cell for cell in nbformat.read(target, 4).cells} if target.is_file() else {}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            title, *rest = korean[cell.id].split("\n\n")
            has_badges = any(map(texts.is_badges, cell.source.split("\n\n")))
            cell.source = "\n\n".join([title, *([badges(cell.source, name)] if has_badges else []), *rest])
            continue
        if "bootstrap" in cell.metadata.get("tags", []):
            if 'course.language("en")' not in cell.source:
                raise OutOfStepError(f'{name}.ipynb: cell {cell.id} has no course.language("en")')
            cell.source = cell.source.replace('course.language("en")', 'course.language("ko")')
        known = before.get(cell.id, {})
        same = known.get("source") == cell.source
        cell.outputs, cell.execution_count = (known.outputs, known.execution_count) if same else ([], None)
    return notebook


def without_outputs(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A copy of what the build decides."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def was_run(notebook: nbformat.NotebookNode) -> bool:
    """Whether all code cells were run once, from top to bottom."""
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    return counts == list(range(1, len(counts) + 1))


def write(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write a notebook, all of it or nothing."""
    from tutorlm.files.atomic import atomic_write

    with atomic_write(path) as file:
        file.write((nbformat.writes(notebook) + "\n").encode())


# -- running ----------------------------------------------------------------------------------------------


def run(notebook: nbformat.NotebookNode, name: str, folder: Path = HERE) -> nbformat.NotebookNode:
    """A copy with new outputs.

    Raises:
        OutOfStepError: a cell failed, or warned, that should not.
    """
    from nbclient import NotebookClient

    done = copy.deepcopy(notebook)
    settings = {"timeout": 600, "allow_errors": True, "record_timing": False, "store_widget_state": False}
    NotebookClient(done, **settings, resources={"metadata": {"path": str(folder)}}).execute()
    found = []
    for cell, before in zip(done.cells, notebook.cells):
        cell.metadata = before.metadata
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)
            wrong = [output for output in cell.outputs if output.get("name") == "stderr"]
            if "raises-exception" not in cell.metadata.get("tags", []):
                wrong += [output for output in cell.outputs if output.output_type == "error"]
            found += [f"{name}.ipynb: cell {cell.id}: {output.get('text') or output.evalue}" for output in wrong]
    if found:
        raise OutOfStepError("\n".join(found))
    done.metadata = notebook.metadata
    return done


def joined(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Outputs in which what was printed piece by piece is in one piece, without bars of progress."""
    found: list[nbformat.NotebookNode] = []
    for output in outputs:
        if output.get("name") == "stderr" and "\r" in output.text:
            continue
        if found and output.output_type == "stream" and found[-1].get("name") == output.name:
            found[-1].text += output.text
        else:
            found.append(output)
    return found


# -- the command ------------------------------------------------------------------------------------------


def check(name: str) -> None:
    """Compare a committed notebook with what would be built, and its text with the English one.

    Raises:
        OutOfStepError: they differ.
    """
    target = HERE / f"{name}.ipynb"
    built = without_outputs(build(name))
    found = texts.differences(nbformat.read(ENGLISH / f"{name}.ipynb", 4), texts.read(HERE / "prose" / f"{name}.md"))
    found += texts.banned_in(HERE / "prose" / f"{name}.md")
    if not target.is_file() or without_outputs(nbformat.read(target, 4)) != built:
        found.append("the notebook is not what would be built: make korean")
    elif not was_run(nbformat.read(target, 4)):
        found.append("the notebook was not run since its code changed: make korean")
    if found:
        raise OutOfStepError("\n".join(f"{name}: {problem}" for problem in found))


def make(name: str, options: argparse.Namespace) -> None:
    """Build a notebook, and run it if asked to."""
    notebook, target = build(name), HERE / f"{name}.ipynb"
    if options.run and (options.all or not was_run(notebook)):
        began = time.monotonic()
        print(f"{name}: running …", end=" ", flush=True)
        notebook = run(notebook, name)
        print(f"{time.monotonic() - began:.0f} s")
    else:
        print(f"{name}: {'built' if was_run(notebook) else 'built; must be run'}")
    write(notebook, target)


def main(arguments: list[str] | None = None) -> int:
    """The command; 1 if something is wrong."""
    parser = argparse.ArgumentParser(description="Build the Korean notebooks from English code and Korean prose.")
    parser.add_argument("names", nargs="*", help="notebooks, such as 05 or 05_training; all that have prose without")
    parser.add_argument("--run", action="store_true", help="run the notebooks whose code has changed")
    parser.add_argument("--all", action="store_true", help="with --run: run the others, too")
    parser.add_argument("--check", action="store_true", help="only compare")
    parser.add_argument("--skeleton", action="store_true", help="print the file of prose to begin with")
    options = parser.parse_args(arguments)
    lessons = sorted(path.stem for path in ENGLISH.glob("[0-9][0-9]_*.ipynb"))
    for name in options.names:
        if not any(lesson.startswith(name) for lesson in lessons):
            parser.error(f"no notebook begins with {name!r}; there are {', '.join(lessons)}")
    wanted = [lesson for lesson in lessons if lesson.startswith(tuple(options.names))] if options.names else names()
    if options.skeleton:
        print("\n".join(texts.skeleton(nbformat.read(ENGLISH / f"{name}.ipynb", 4)) for name in wanted))
        return 0
    wrong = 0
    for name in wanted:
        try:
            check(name) if options.check else make(name, options)
        except (OutOfStepError, FileNotFoundError) as error:
            wrong += 1
            print(error, file=sys.stderr)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
