"""The canvas of the course's drawings: inline SVG in the colours of the page, with a description in words.

A `Drawing` is the last line of a cell. A trusted page shows it as inline SVG, whose ink is the text colour of the
theme. Where a front end removes inline SVG (a notebook opened before it is run, GitHub), the same drawing is shown
as an image in grey ink, which reads on white and on black.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote

from tutorlm.course.editions import translate

FONT = "system-ui, sans-serif"
_STYLE = "<style>.tlm-drawn{display:block!important}.tlm-undrawn{display:none!important}</style>"


def folded(html: str) -> str:
    """An output that can be folded: JupyterLab then shows the first line of its HTML."""
    return f"<!-- {translate('run the cell to see this')} -->\n{html}"


@dataclass(frozen=True)
class Drawing:
    """A drawing for a notebook.

    Attributes:
        width, height: of the canvas; at most 700 wide, so that nothing is scaled down on a narrow page.
        alt: what is to be seen, in a sentence or two; it is put into the language of the edition.
        marks: the elements of the SVG.
    """

    width: float
    height: float
    alt: str
    marks: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "alt", translate(self.alt))

    def svg(self, ink: str = "currentColor") -> str:
        """The drawing as an `<svg>` element."""
        size = f'width="{self.width:.0f}" height="{self.height:.0f}" viewBox="0 0 {self.width:.0f} {self.height:.0f}"'
        colour = "inherit" if ink == "currentColor" else ink
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(self.alt)}" {size} '
            f'direction="ltr" style="max-width:100%;height:auto;color:{colour}" font-family="{FONT}" font-size="13" '
            f'fill="currentColor" stroke-linecap="round">{self.marks}</svg>'
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        image = quote(self.svg("#808080"), safe=" /:=;,.-()'_+*!?@")
        html = (
            f'{_STYLE}<img class="tlm-undrawn" alt="{escape(self.alt)}" src="data:image/svg+xml;utf8,{image}">'
            f'<div class="tlm-drawn" style="display:none">{self.svg()}</div>'
        )
        return {"text/html": folded(html), "text/plain": self.alt}

    def __repr__(self) -> str:
        return self.alt
