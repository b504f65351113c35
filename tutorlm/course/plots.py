"""Figures of numbers. Learners' text is rendered by their browser (see `pages`), never here."""

from __future__ import annotations

import base64
import io
import itertools
import math
import re
from collections.abc import Mapping
from html import escape
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure
from PIL import Image

from tutorlm.course.colours import BLUE, GREEN, ORANGE, PINK
from tutorlm.events import TrainingResult, bits

COLOURS = (BLUE, ORANGE, GREEN, PINK)
MARKERS = ("o", "s", "^", "D")
INK = "#1a1b1c"  # of text and axes; an SVG replaces it by the text colour of the page


def loss_figure(results: Mapping[str, TrainingResult], baselines: Mapping[str, float]) -> Figure:
    """Train and valid loss of several runs by step, with baselines as lines.

    Args:
        results: name of a run → its result.
        baselines: name of a simpler model → its bits per character on the valid text.
    """
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    looks = itertools.cycle(zip(COLOURS, MARKERS, strict=True))
    for (name, result), (colour, marker) in zip(results.items(), looks, strict=False):
        steps = [row.step for row in result.history]
        axes.plot(steps, [bits(row.train_loss) for row in result.history], ":", color=colour, label=f"{name}, train")
        valid = [bits(result.initial_valid_loss), *(bits(row.valid_loss) for row in result.history)]
        axes.plot([0, *steps], valid, "-", color=colour, marker=marker, markersize=3, label=f"{name}, valid")
    _draw_baselines(axes, baselines)
    axes.set_xlabel("step")
    axes.set_ylabel("bits per character")
    axes.set_ylim(bottom=0)
    axes.legend(loc="lower left", fontsize="small", ncols=2)
    axes.grid(alpha=0.25)
    return figure


def _draw_baselines(axes: mpl.axes.Axes, baselines: Mapping[str, float]) -> None:
    """A labelled line for each; the label is below its line if another line is close above."""
    above = math.inf
    for name, value in sorted(baselines.items(), key=lambda pair: -pair[1]):
        axes.axhline(value, color="0.5", linewidth=0.8, linestyle="--")
        axes.annotate(f"{name} {value:.2f}", (1, value), xycoords=("axes fraction", "data"), ha="right",
                      va="top" if above - value < 0.4 else "bottom", fontsize="small", color=INK,
                      parse_math=False)  # fmt: skip
        above = value


class Curve:
    """A series of any length, stored as fewer than `limit` (an even number) points (x, mean of y).

    At the limit, neighbouring points are merged in pairs, and each later point averages twice as many values.
    Values that are not finite are skipped.
    """

    def __init__(self, limit: int = 512) -> None:
        self.limit = limit
        self.x: list[float] = []
        self.y: list[float] = []
        self._each = 1  # number of values averaged in a point
        self._waiting: list[float] = []

    def add(self, x: float, y: float) -> None:
        """Add one value."""
        if not math.isfinite(y):
            return
        self._waiting.append(y)
        if len(self._waiting) < self._each:
            return
        self.x.append(x)
        self.y.append(sum(self._waiting) / self._each)
        self._waiting = []
        if len(self.x) == self.limit:
            self._each *= 2
            self.x = self.x[1::2]
            self.y = [(a + b) / 2 for a, b in zip(self.y[::2], self.y[1::2], strict=True)]


class RunningFigure:
    """The figure of one training run: losses above, learning rate below. Its artists are created once.

    Args:
        baselines: name of a simpler model → its bits per character on the valid text.
    """

    def __init__(self, baselines: Mapping[str, float]) -> None:
        self.train, self.valid, self.rates = Curve(), Curve(), Curve()
        self.figure = Figure(figsize=(7.2, 3.8))
        self.axes, below = self.figure.subplots(
            2, 1, sharex=True, height_ratios=(4, 1), gridspec_kw={
                "left": 0.09, "right": 0.985, "bottom": 0.12, "top": 0.97, "hspace": 0.12,
            },
        )  # fmt: skip
        (self.train_line,) = self.axes.plot([], [], "-", color=BLUE, linewidth=1.3, label="train")
        (self.valid_line,) = self.axes.plot([], [], "-o", color=ORANGE, markersize=3.5, label="valid")
        (self.rate_line,) = below.plot([], [], "-", color=INK, linewidth=1)
        _draw_baselines(self.axes, baselines)
        self.axes.set_ylabel("bits per character", color=INK)
        self.axes.legend(loc="lower left", ncols=2, frameon=False, labelcolor=INK, fontsize="small")
        self.axes.grid(alpha=0.25)
        below.set_ylabel("rate", color=INK)
        below.set_xlabel("step", color=INK)
        below.ticklabel_format(axis="y", scilimits=(-2, 3))
        below.yaxis.get_offset_text().set_color(INK)
        for axes in (self.axes, below):
            axes.tick_params(colors=INK, labelsize="small")
            axes.spines[:].set_color(INK)
            axes.spines[["top", "right"]].set_visible(False)
        self.below = below

    def _draw(self) -> Figure:
        for line, curve in ((self.train_line, self.train), (self.valid_line, self.valid), (self.rate_line, self.rates)):
            line.set_data(curve.x, curve.y)
        for axes in (self.axes, self.below):
            axes.relim()
            axes.autoscale_view()
        self.below.set_ylim(0, 1.15 * max([*self.rates.y, 1e-12]))
        return self.figure

    def svg(self, label: str) -> str:
        """The current figure as an `<svg>` element in the text colour and fonts of the surrounding page."""
        file, previous = io.StringIO(), mpl.rcParams["svg.fonttype"]
        mpl.rcParams["svg.fonttype"] = "none"  # text stays text
        try:
            self._draw().savefig(file, format="svg", transparent=True, metadata={"Date": None})
        finally:
            mpl.rcParams["svg.fonttype"] = previous
        return inline_svg(file.getvalue(), label)

    def png(self) -> bytes:
        """The current figure as PNG, on white."""
        return small_png(self._draw())


def small_png(figure: Figure) -> bytes:
    """A figure as PNG on white, with 64 colours to keep notebooks small."""
    drawn, small = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", dpi=100, facecolor="white", bbox_inches="tight")
    Image.open(drawn).convert("RGB").quantize(64).save(small, format="png", optimize=True)
    return small.getvalue()


def inline_svg(svg: str, label: str) -> str:
    """matplotlib's SVG file as an element of a page, with a description for screen readers."""
    element = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    element = element.replace(INK, "currentColor")
    head = f'<svg role="img" aria-label="{escape(label)}" style="width:100%;max-width:720px;height:auto" '
    return element.replace("<svg ", head, 1)


def show(figure: Figure, alt: str) -> None:
    """Show a figure in the running cell as PNG, with a description for screen readers."""
    from IPython.display import display
    from matplotlib import pyplot

    pyplot.close(figure)  # otherwise it is shown again at the end of the cell
    bundle, metadata = as_output(small_png(figure), alt)
    display(bundle, raw=True, metadata=metadata)


def as_output(png: bytes, alt: str) -> tuple[dict[str, str], dict[str, object]]:
    """A picture with its description as a notebook output: data and metadata."""
    data = {"image/png": base64.b64encode(png).decode(), "text/plain": alt}
    return data, {"image/png": {"alt": alt}, "alt": alt}


def save_figure(figure: Figure, path: str | Path) -> Path:
    """Write a figure as PNG."""
    figure.savefig(path, dpi=120)
    return Path(path)
