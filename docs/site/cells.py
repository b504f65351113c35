"""What a page that nobody runs shows of a notebook.

The files stay as they are; a notebook downloaded from the site is the one of the repository.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import contents

BADGE = re.compile(r"\[!\[([^\]]*)\]\(https?://[^)]*\)\]\(([^)]*)\)")
EDITION = re.compile(r" · \[(?:한국어|English)\]\([^)]*\)$", re.MULTILINE)  # after badges; pages have a switch
# What folds the code or the output of a cell with one of these tags, and the words on it.
FOLDS = {
    "bootstrap": (
        "hide-input",
        {"en": ("Show the set-up", "Hide the set-up"), "ko": ("준비 코드 보기", "준비 코드 접기")},
    ),
    "reveal": ("hide-output", {"en": ("Show the answer", "Hide the answer"), "ko": ("답 보기", "답 접기")}),
}
GUESS = re.compile(r"^predict\(.*\.\.\.\)", re.MULTILINE)


def adapt(app: Any, docname: str, source: list[str]) -> None:
    """Replace badges, whose images lie on other hosts, by links; hide what looks like a failure to a reader."""
    language = app.config.language

    def linked(text: str) -> str:
        return contents.link_other_pages(Path(app.srcdir), docname, language == "ko", links_for_badges(text))

    suffix = Path(app.env.doc2path(docname)).suffix
    if suffix == ".md":
        source[0] = linked(source[0])
    elif suffix == ".ipynb":
        notebook = json.loads(source[0])
        notebook["metadata"].setdefault("language_info", {})["pygments_lexer"] = "ipython3"
        for cell in notebook["cells"]:
            if cell["cell_type"] == "markdown":
                cell["source"] = linked("".join(cell["source"]))
            else:
                adapt_code(cell, language)
        source[0] = json.dumps(notebook)


def adapt_code(cell: dict[str, Any], language: str) -> None:
    """Change one cell in place: fold it, and leave out what it says before the learner has answered."""
    tags = cell["metadata"].setdefault("tags", [])
    for tag in FOLDS.keys() & set(tags):
        fold, words = FOLDS[tag]
        tags += [] if fold in tags else [fold]
        show, hide = words[language]
        cell["metadata"]["mystnb"] = {"code_prompt_show": show, "code_prompt_hide": hide}
    if "exercise" in tags or GUESS.search("".join(cell["source"])):
        cell["outputs"] = []


def links_for_badges(text: str) -> str:
    """Markdown in which each linked image of another host has become a link with the image's words."""
    return EDITION.sub("", BADGE.sub(r"[\1](\2)", text)) if BADGE.search(text) else text
