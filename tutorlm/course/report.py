"""The report of the capstone: which steps are passed, the numbers, what the models write, and their card.

    print(examine_pair("my_language"))

`my_language/report.html` is the same as a page to show to others.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from tutorlm.course import capstone, pages
from tutorlm.course.capstone import NotYetError, Step, Work
from tutorlm.course.colours import BLUE, GREY, ORANGE
from tutorlm.course.differences import printable
from tutorlm.course.drawing import Drawing, folded
from tutorlm.course.drawings.counts import BAR, lying_bars
from tutorlm.course.editions import language, translate
from tutorlm.course.progress_line import counted
from tutorlm.files.atomic import atomic_write

_PAGE = (
    '<!doctype html><html lang="{language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>{title}</title><style>:root{{color-scheme:light dark}}body{{font-family:system-ui,sans-serif;"
    "max-width:46rem;margin:2rem auto;padding:0 1rem}}</style>{body}"
)
_BITS = (
    "How well each model guesses the next character of a text that it has not learnt from: fewer bits are better. The "
    "grey models only count characters; a 3-gram, for one, looks at the two before."
)


@dataclass(frozen=True, repr=False)
class Report:
    """What an examination found.

    Attributes:
        steps: what each passed step says, in order.
        problem: the first step that is not passed, and what to do; "" if all are.
        work: what was examined.
    """

    steps: tuple[str, ...]
    problem: str
    work: Work

    @property
    def passed(self) -> bool:
        """Whether every step is."""
        return not self.problem

    def __str__(self) -> str:
        lines = [f"✓ {translate(step)}" for step in self.steps]
        lines += [f"✗ {translate(self.problem)}"] if self.problem else []
        lines += [
            f"    {name:9} {translate(f'{value:6.3f} bits per character')}" for name, value in self.work.bits.items()
        ]
        lines += [
            f"{translate(f'{name} writes:')} {' '.join(text.split())}" for name, text in self.work.samples.items()
        ]
        return "\n".join(lines)

    __repr__ = __str__

    @property
    def title(self) -> str:
        """The title of the card."""
        return self.work.card.get("") or translate("A model of your own")

    def html(self) -> str:
        """The report as the body of a page."""
        card, work = self.work.card, self.work
        parts = [f'<h2 dir="auto">{escape(self.title)}</h2>']
        parts += [pages.table(("", "the card says"), [(name, card[name]) for name in capstone.CARD])] if card else []
        marks = [f"<li>✓ {escape(translate(step))}</li>" for step in self.steps]
        marks += [f"<li><b>✗ {escape(translate(self.problem))}</b></li>"] if self.problem else []
        parts.append(f'<ul style="list-style:none;padding:0">{"".join(marks)}</ul>')
        if work.baselines:
            parts += [pages.heading(f"Bits per character on the {work.part} text"), pages.note(_BITS)]
            parts.append(draw_bits(work).svg())
        for name, text in work.samples.items():
            parts += [pages.heading(f"What the {name} model writes"), pages.plain(text)]
        return pages.page("Report on a language model", *parts)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": folded(self.html()), "text/plain": str(self)}


def examine(work: Work, steps: Iterable[Step]) -> Report:
    """Take steps until one is not passed, and say how far that is if it takes more than two seconds."""
    passed: list[str] = []
    for step in counted(list(steps), "examining"):
        try:
            passed.append(_shortened(step(work)))
        except NotYetError as problem:
            return Report(tuple(passed), _shortened(str(problem)), work)
        except (OSError, ValueError, LookupError) as error:  # LookupError: a dictionary without <unk>
            raised = f"{type(error).__name__}: {_shortened(str(error))}"
            return Report(tuple(passed), f"This could not be examined. {raised}", work)
    return Report(tuple(passed), "", work)


def _shortened(text: str) -> str:
    """The two ends of a text, printable: a learner may give anything for the name of a folder."""
    return printable(text if len(text) <= 600 else f"{text[:300]} … {text[-300:]}")


def examine_model(answer: str | Path) -> Report:
    """Whether one model beats counting on the valid text of the corpus beside it."""
    return examine(capstone.one_model(answer), capstone.ONE)


def examine_pair(answer: str | Path) -> Report:
    """Examine a pair of models with its corpus and card, and write the report into their folder as report.html."""
    report = examine(capstone.pair_of_models(answer), capstone.PAIR)
    page = _PAGE.format(language=language(), title=escape(report.title), body=report.html())
    if report.steps:  # else it is no folder of a learner's
        with contextlib.suppress(OSError), atomic_write(report.work.folder / "report.html") as file:
            file.write(page.encode())
    return report


def draw_bits(work: Work) -> Drawing:
    """Bits per character: bars of the models that count, and of yours."""
    colours = {"forward": BLUE, "backward": ORANGE}
    rows = [(translate(name), value, f"{value:.2f}", colours.get(name, GREY)) for name, value in work.bits.items()]
    told = ", ".join(f"{name} {written}" for name, _, written, _ in rows)
    alt = f"Bits per character on the {work.part} text: {told}"
    return Drawing(640, 16 + BAR * len(rows), alt, lying_bars(rows, 90, 8, 480))
