"""What a page that nobody runs shows of a notebook.

The files stay as they are; a notebook downloaded from the site is the one of the repository.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

BADGE = re.compile(r"\[!\[([^\]]*)\]\(https?://[^)]*\)\]\(([^)]*)\)")
# What folds the code or the output of a cell with one of these tags.
FOLDS = {"bootstrap": ("hide-input", "the set-up"), "reveal": ("hide-output", "the answer")}
WAITING = ("not yet · ", "no guess yet · ")  # what `check` and `predict` say before the learner has answered


def adapt(app: Any, docname: str, source: list[str]) -> None:
    """Replace badges, whose images lie on other hosts, by links; hide what looks like a failure to a reader."""
    if Path(app.env.doc2path(docname)).suffix != ".ipynb":
        source[0] = links_for_badges(source[0])
        return
    notebook = json.loads(source[0])
    notebook["metadata"].setdefault("language_info", {})["pygments_lexer"] = "ipython3"
    for cell in notebook["cells"]:
        adapt_cell(cell)
    source[0] = json.dumps(notebook)


def adapt_cell(cell: dict[str, Any]) -> None:
    """Change one cell in place."""
    tags = cell["metadata"].setdefault("tags", [])
    if cell["cell_type"] == "markdown":
        cell["source"] = links_for_badges("".join(cell["source"]))
    for tag in FOLDS.keys() & set(tags):
        fold, what = FOLDS[tag]
        tags += [] if fold in tags else [fold]
        cell["metadata"]["mystnb"] = {"code_prompt_show": f"Show {what}", "code_prompt_hide": f"Hide {what}"}
    if "exercise" in tags:
        cell["outputs"] = []
    elif cell["cell_type"] == "code":
        cell["outputs"] = [output for output in cell["outputs"] if not _is_waiting(output)]


def links_for_badges(text: str) -> str:
    """Markdown in which each linked image of another host has become a link with the image's words."""
    return BADGE.sub(r"[\1](\2)", text)


def _is_waiting(output: dict[str, Any]) -> bool:
    return "".join(output.get("data", {}).get("text/plain", "")).startswith(WAITING)
