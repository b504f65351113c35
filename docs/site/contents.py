"""Which files of the repository are pages of the site, in which order, and where each is in the other language."""

from __future__ import annotations

import functools
import re
import shutil
from pathlib import Path, PurePosixPath
from typing import Any

# Captions of the side bar, and patterns of the pages below each.
ENGLISH = {
    "The course": ["notebooks/[0-9][0-9]_*.ipynb"],
    "For teachers": ["notebooks/README.md", "notebooks/solutions.ipynb"],
    "Guides": ["docs/*.md", "tutorlm/catalogue/README.md", "benchmarks/RECIPES.md", "benchmarks/RESULTS.md"],
    "API reference": ["docs/api/tutorlm.rst", "docs/api/modules.rst", "docs/api/course.rst"],
    "The project": ["CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "data/*/README.md"],
}
KOREAN = {
    "과정": ["notebooks/ko/[0-9][0-9]_*.ipynb"],
    "가르치는 분께": ["notebooks/ko/README.md", "notebooks/ko/solutions.ipynb"],
    "안내": ["docs/*.ko.md", "docs/glossary.md"],
}
LINK = re.compile(r"(?<!!)\[([^\[\]]*)\]\((?![a-z]+:|#|/)([^)#\s]+)(#[^)\s]*)?\)")


def front_page(korean: bool) -> str:
    """The page that the site opens with."""
    return "README.ko" if korean else "README"


@functools.lru_cache(maxsize=4)
def pages(root: Path, korean: bool) -> tuple[str, ...]:
    """Paths of all pages, relative to the repository; none if there is no front page."""
    front = f"{front_page(korean)}.md"
    listed = [page for pages in _by_caption(root, korean).values() for page in pages]
    return (front, *listed) if (root / front).is_file() else ()


# -- the other language ---------------------------------------------------------------------------------


def other_page(root: Path, docname: str, korean: bool) -> str | None:
    """From a page to the same one in the other language, or its front page: an address; None if there is none."""
    there = {_without_language(page): page for page in map(_docname, pages(root, not korean))}
    if not there:
        return None
    same = docname if docname == "search" else there.get(_without_language(docname), front_page(not korean))
    return _up(docname, korean) + same + ".html"


def link_other_pages(root: Path, docname: str, korean: bool, text: str) -> str:
    """Markdown whose links to pages that only the site in the other language has lead there.

    So do links to Korean pages that are not written yet.
    """
    here, there = pages(root, korean), pages(root, not korean)

    def link(match: re.Match) -> str:
        target = _resolved(PurePosixPath(docname).parent / match[2])
        target = target if (root / target).exists() else target.replace("/ko/", "/")
        if target in here or target not in there:
            return match[0]
        return f'<a href="{_up(docname, korean)}{_docname(target)}.html{match[3] or ""}">{match[1]}</a>'

    return LINK.sub(link, text)


def _up(docname: str, korean: bool) -> str:
    """From a page to the front of the site in the other language, which is below the English one."""
    return "../" * (docname.count("/") + korean) + ("" if korean else "ko/")


def _docname(page: str) -> str:
    return page.rpartition(".")[0]


def _without_language(docname: str) -> str:
    return docname.removesuffix(".ko").replace("/ko/", "/")


def _resolved(path: PurePosixPath) -> str:
    parts: list[str] = []
    for part in path.parts:
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts)


# -- Sphinx ------------------------------------------------------------------------------------------------


def add_contents(app: Any, docname: str, source: list[str]) -> None:
    """Put the table of contents, which only the side bar shows, at the end of the front page."""
    if docname != app.config.root_doc:
        return
    for caption, listed in _by_caption(Path(app.srcdir), app.config.language == "ko").items():
        entries = "\n".join("/" + _docname(page) for page in listed)
        source[0] += f"\n\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{entries}\n```\n"


def add_language(app: Any, docname: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """Tell the template of the header where this page is in the other language."""
    korean = app.config.language == "ko"
    code, name = ("en", "English") if korean else ("ko", "한국어")
    href = other_page(Path(app.srcdir), docname, korean)
    context["other_edition"] = href and {"href": href, "code": code, "name": name}


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
    english = {c: [page for page in listed if not page.endswith(".ko.md")] for c, listed in found.items()}
    return {caption: listed for caption, listed in (found if korean else english).items() if listed}
