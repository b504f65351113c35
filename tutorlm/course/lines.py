"""Lines of text in any script, each in its own reading order."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from html import escape
from typing import Any

from tutorlm.course.display import show
from tutorlm.course.drawing import folded
from tutorlm.unicode import columns, padding

LINE, EMPTY = "white-space:pre-wrap;overflow-wrap:anywhere", "min-height:1.6em"  # an empty line is a line too


def show_lines(lines: Iterable[object], heads: Iterable[object] | None = None) -> None:
    """Show texts one below the other in the running cell, each in its own direction; outside a kernel print them.

    `print` puts the full stop of Arabic and Hebrew on the wrong side. Here it is where its readers expect it.

    Args:
        lines: one text each; a single `str` is split at its line ends.
        heads: what is written to the left of each line, such as the language.

    Raises:
        ValueError: there are not as many heads as lines.
    """
    texts = [str(line) for line in (lines.split("\n") if isinstance(lines, str) else lines)]
    names = None if heads is None else [str(head) for head in heads]
    if names is not None and len(names) != len(texts):
        raise ValueError(f"{len(names)} heads for {len(texts)} lines")
    show(in_reading_order(texts, names))


def in_reading_order(texts: list[str], heads: list[str] | None) -> dict[str, Any]:
    """The output with these lines, as HTML and as plain text."""
    wide = max(map(columns, heads or [""]), default=0)
    plain, cells = [], []
    for head, text in itertools.zip_longest(heads or [], texts, fillvalue=""):
        plain.append(f"{head}{padding(head, wide)}  {text}" if heads else text)
        if heads:
            cells.append(f'<div dir="auto" style="opacity:.75">{escape(head)}</div>')
        cells.append(f'<div dir="auto" style="{LINE if text else EMPTY}">{escape(text)}</div>')
    grid = "max-content minmax(0,max-content)" if heads else "minmax(0,max-content)"
    html = (
        f'<div style="display:grid;grid-template-columns:{grid};gap:.15em 1em;line-height:1.6;'
        f'font-size:1.08em;max-width:60rem">{"".join(cells)}</div>'
    )
    return {"text/html": folded(html), "text/plain": "\n".join(plain)}
