"""What the code says: its strings, and the templates of its f-strings as the phrase book has them."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import tutorlm

COURSE = Path(tutorlm.__file__).parent / "course"
NOTEBOOKS = COURSE.parents[1] / "notebooks"


def template(node: ast.JoinedStr) -> str:
    """An f-string with `{}` for each of its holes."""
    return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)


def strings(tree: ast.AST) -> set[str]:
    """All strings and templates of f-strings below a node."""
    of_fstrings = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in of_fstrings]
    found = {node.value for node in constants if isinstance(node.value, str)}
    return found | {template(node) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)}


def sources(name: str) -> list[Path]:
    """The modules of the course whose phrases are in the phrase book's module `name`."""
    part, _, rest = name.partition("_")
    if part == "tasks":
        return [COURSE / "tasks" / f"{rest}.py"]
    if name == "training":
        return [COURSE.parent / "trainer.py", *sorted((COURSE.parent / "training").glob("*.py"))]
    folder = COURSE.parent / name if name == "doctor" else COURSE / name
    return sorted(folder.glob("*.py")) if folder.is_dir() else [COURSE / f"{name}.py"]


def strings_of_notebooks() -> set[str]:
    """All strings in the code cells of the English notebooks."""
    found: set[str] = set()
    for file in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")):
        for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]:
            lines = "".join(cell["source"]).splitlines() if cell["cell_type"] == "code" else []
            python = "\n".join(line for line in lines if not line.lstrip().startswith(("%", "!", "?")))
            try:
                found |= strings(ast.parse(python))
            except SyntaxError:  # `...` in the place of something the learner is to write may stand anywhere
                continue
    return found


def sentences(tree: ast.AST) -> set[str]:
    """What the code says to people in English sentences: no docstrings, no errors but `NotYetError`."""
    aside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):  # a docstring
            aside.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            aside |= {id(part) for part in node.values if isinstance(part, ast.Constant)}
        elif isinstance(node, ast.Raise) and node.exc and not ast.unparse(node.exc).startswith("NotYetError"):
            aside |= {id(part) for part in ast.walk(node)}
    nodes = [node for node in ast.walk(tree) if id(node) not in aside]
    found = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    found |= {template(node) for node in nodes if isinstance(node, ast.JoinedStr)}
    return {text.strip() for text in found if untranslated(text)}


def untranslated(text: str) -> list[str]:
    """Runs of four and more English words, but for code, what is quoted or was raised, and lists: "en, ko, ja, ar"."""
    text = re.sub(r"\b\w*(Error|Exception|Exit|Interrupt|Iteration): .*", "", text)
    text = re.sub(r"too many positional arguments|missing a required argument", "", text)  # Python's words
    prose = re.sub(r"`[^`]*`|“[^”]*”|\"[^\"\n]*\"|'[^'\n]*'", " · ", text)
    runs = re.findall(r"(?:\b[A-Za-z][a-z’']*[,;:]? ){3,}[A-Za-z][a-z’']*\b", prose)
    return [run for run in runs if re.search(r"[a-z]{3}", run)]
