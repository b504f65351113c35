"""Which files of the repository are pages of the site, and in which order."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

# Captions of the side bar, and patterns of the pages below each.
ENGLISH = {
    "The course": ["notebooks/[0-9][0-9]_*.ipynb"],
    "For teachers": ["notebooks/README.md", "notebooks/solutions.ipynb"],
    "Guides": ["docs/*.md", "tutorlm/catalogue/README.md", "benchmarks/RECIPES.md", "benchmarks/RESULTS.md"],
    "API reference": ["docs/api/tutorlm.rst", "docs/api/modules.rst", "docs/api/course.rst"],
    "The project": ["CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "data/*/README.md"],
}
KOREAN = {"과정": ["notebooks/ko/[0-9][0-9]_*.ipynb"], "교사용": ["notebooks/ko/solutions.ipynb"]}


def front_page(korean: bool) -> str:
    """The page that the site opens with."""
    return "notebooks/ko/README" if korean else "README"


def pages(root: Path, korean: bool) -> list[str]:
    """Paths of all pages, relative to the repository."""
    front = next(path.name for path in root.glob(f"{front_page(korean)}.*"))
    first = str(Path(front_page(korean)).with_name(front))
    return [first, *(page for listed in _by_caption(root, korean).values() for page in listed)]


def add_contents(app: Any, docname: str, source: list[str]) -> None:
    """Put the table of contents, which only the side bar shows, at the end of the front page."""
    if docname != app.config.root_doc:
        return
    for caption, listed in _by_caption(Path(app.srcdir), docname != front_page(korean=False)).items():
        entries = "\n".join("/" + page.rpartition(".")[0] for page in listed)
        source[0] += f"\n\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{entries}\n```\n"


def add_index(app: Any, error: Exception | None) -> None:
    """Let the front page answer to the address of the site."""
    front = Path(app.outdir) / f"{app.config.root_doc}.html"
    if error is None and app.builder.format == "html":
        shutil.copy(front, front.with_name("index.html"))


def _by_caption(root: Path, korean: bool) -> dict[str, list[str]]:
    patterns = KOREAN if korean else ENGLISH
    found = {
        caption: [path.relative_to(root).as_posix() for pattern in listed for path in sorted(root.glob(pattern))]
        for caption, listed in patterns.items()
    }
    return {caption: listed for caption, listed in found.items() if listed}
