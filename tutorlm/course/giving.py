"""What notebook 13 gives away, and how it shows a model card.

mine = pair_to_give("my_models")    # of your own text, of the rehearsal, or ready ones
show_card("my_bundle", "Results", "What they write")
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from tutorlm.course import pages
from tutorlm.course.drawing import folded
from tutorlm.course.editions import language, translate
from tutorlm.files.bundles import CARD, DIRECTIONS, read_text
from tutorlm.files.course import sample_corpus
from tutorlm.files.regular import expanded
from tutorlm.sharing.card_korean import HEADING
from tutorlm.sharing.check import NEAR
from tutorlm.sharing.sources import training

READY = "news-mini"
OWN, REHEARSAL = "my_language", "rehearsal"  # what notebook 12 calls its folders


@dataclass(frozen=True, repr=False)
class Pair:
    """A forward and a backward model, as `bundle` takes them.

    Attributes:
        models: a folder, or direction → name.
        corpus: the corpus folder whose test text they are measured on.
        licence, language: of the course's own texts; None if that is for the learner to say.
        about: which pair it is, and why.
    """

    models: Path | dict[str, str]
    corpus: Path
    licence: str | None
    language: str | None
    about: str

    def __str__(self) -> str:
        return translate(self.about)

    __repr__ = __str__


def pair_to_give(folder: str | Path = "my_models") -> Pair:
    """The learner's own pair, as notebook 12 leaves it in a folder; else its rehearsal; else ready models.

    A pair counts once its report is there: before, it may still be in training.
    """
    own, rehearsal = (expanded(folder) / name for name in (OWN, REHEARSAL))
    if _is_finished(own):
        return Pair(own, own / "corpus", None, None, f"your own pair, from {own.as_posix()}")
    if _is_finished(rehearsal) and _is_near(rehearsal):
        about = f"the rehearsal of notebook 12, from {rehearsal.as_posix()}: there is no pair of your own yet"
        return Pair(rehearsal, rehearsal / "corpus", "cc0-1.0", "ko", about)
    about = f"ready models, {READY}: notebook 12 has not been run to its report in this folder"
    ready = {direction: f"{READY}-{direction}" for direction in DIRECTIONS}
    return Pair(ready, sample_corpus() / "en", "cc0-1.0", "en", about)


def _is_finished(home: Path) -> bool:
    """Whether a report was written after both models."""
    models, report = [home / direction / "best-lm.pt" for direction in DIRECTIONS], home / "report.html"
    if not all(file.is_file() for file in (*models, report, home / "corpus" / "test.txt")):
        return False
    return report.stat().st_mtime >= max(file.stat().st_mtime for file in models)


def _is_near(home: Path) -> bool:
    """Whether both directions ended at nearly the same loss; a rehearsal that was disturbed may not have."""
    losses = [training(home / direction).get("valid_bits_per_character", 0.0) for direction in DIRECTIONS]
    return 0 < max(losses) <= (1 + 0.8 * NEAR) * min(losses)


# -- a card, as a page shows it ----------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Card:
    """Some sections of a model card, as text and as HTML."""

    sections: dict[str, str]  # heading → Markdown
    left_out: tuple[str, ...]  # headings

    def __str__(self) -> str:
        parts = [f"{name}\n\n{text}" for name, text in self.sections.items()]
        return "\n\n".join([*parts, self._rest()])

    __repr__ = __str__

    def _rest(self) -> str:
        return translate(
            f"Also in the card: {', '.join(self.left_out)}" if self.left_out else "That is all of the card."
        )

    def html(self) -> str:
        """The same for a page, with everything escaped."""
        parts = []
        for name, text in self.sections.items():
            parts += [pages.heading(name), *map(_block, _blocks(text))]
        return pages.page("Model card", *parts, pages.note(self._rest()))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": folded(self.html())}


def show_card(folder: str | Path, *sections: str) -> Card:
    """The card of a bundle without its metadata: the title and these sections, or all if none is named.

    In the Korean edition the section in Korean comes first, if the card has one.

    ValueError names the sections that there are, if one is asked for that there is not.
    """
    content = read_text(expanded(folder) / CARD)
    if content.startswith("---\n"):
        content = content[4:].partition("\n---")[2].lstrip("-")
    title, *rest = _split(content)
    found = dict(rest)
    if missing := [name for name in sections if name not in found]:
        raise ValueError(f"the card has no section {missing[0]!r}, but {', '.join(found)}")
    chosen = sections or tuple(found)
    if language() == "ko" and HEADING in found:
        chosen = (HEADING, *(name for name in chosen if name != HEADING))
    shown = dict([title, *((name, found[name]) for name in chosen)])
    return Card(shown, tuple(name for name in found if name not in chosen))


def _split(content: str) -> list[tuple[str, str]]:
    """Heading and text of each section; what looks like a heading inside a block of code is none."""
    found: list[tuple[str, list[str]]] = [("", [])]
    for line, is_code in _lines(content):
        heading = None if is_code else re.match(r"#{1,2} (.*)", line)
        if heading:
            found.append((heading[1].strip(), []))
        else:
            found[-1][1].append(line)
    written = [(name, "\n".join(lines).strip("\n")) for name, lines in found]
    return written[1:] if len(written) > 1 and not written[0][1] else written


def _lines(content: str) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it is part of a block of code."""
    fence = ""
    for line in content.splitlines():
        found = re.match("`{3,}", line)
        is_end = bool(fence) and line.strip() == fence
        yield line, bool(fence or found)
        fence = "" if is_end else fence or (found[0] if found else "")


def _blocks(text: str) -> Iterator[list[str]]:
    """The lines of each paragraph, table and block of code."""
    block: list[str] = []
    for line, is_code in _lines(text):
        if line.strip() or is_code:
            starts = is_code and re.match("`{3,}[a-z]+", line)
            if starts and block:
                yield block
                block = []
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _block(lines: list[str]) -> str:
    if lines[0].startswith("```"):
        show = pages.plain if lines[0].endswith("text") else pages.code
        return show("\n".join(lines[1:-1]))
    if len(lines) > 2 and lines[0].startswith("|") and set(lines[1]) <= {*"|-: "}:
        head, _, *rest = ([cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines)
        return pages.grid(head, rest)
    text = escape(" ".join(lines))
    text = re.sub("`([^`]+)`", r"<code>\1</code>", text)
    text = re.sub("[*][*]([^*]+)[*][*]", r"<b>\1</b>", text)
    return f'<p dir="auto" style="margin:.3em 0">{text}</p>'
