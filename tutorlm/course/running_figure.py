"""The figure of a training run while it is drawn again and again: curves of bounded length, SVG and PNG."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping
from html import escape

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from tutorlm.course.charts import INK, LOOKS, SMALL, BaselineLines, dress, small_png
from tutorlm.course.lettering import lettered, prepare_letters

STEPS = 20  # the x axis is at least as long, so that the first frame has room for what comes


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
        from_zero: whether the axis of the losses begins at 0 even if that leaves half of it empty.
    """

    def __init__(self, baselines: Mapping[str, float], *, from_zero: bool = True) -> None:
        self.from_zero = from_zero
        self.train, self.valid, self.rates = Curve(), Curve(), Curve()
        self.first: tuple[float, float] | None = None
        self.baselines = [value for value in baselines.values() if math.isfinite(value)]
        prepare_letters()
        self.figure = Figure(figsize=(7.2, 3.8))
        self.axes, self.below = self.figure.subplots(
            2, 1, sharex=True, height_ratios=(4, 1), gridspec_kw={
                "left": 0.11, "right": 0.83, "bottom": 0.12, "top": 0.91, "hspace": 0.14,
            },
        )  # fmt: skip
        for axes, name, x_name in ((self.axes, "bits per character", ""), (self.below, "rate", "step")):
            dress(axes)
            axes.set_ylabel(lettered(name), color=INK, fontsize=SMALL + 0.5)
            axes.set_xlabel(lettered(x_name), color=INK, fontsize=SMALL + 0.5)
            axes.yaxis.set_label_coords(-0.11, 0.5)
        (self.train_line,) = self.axes.plot([], [], label=lettered("train"))
        (self.valid_line,) = self.axes.plot([], [], label=lettered("valid"))
        (self.rate_line,) = self.below.plot([], [], "-", color=INK, linewidth=1)
        self.train_line.update(LOOKS["train"].of_line())
        self.valid_line.update(LOOKS["valid"].of_line())
        (self.first_mark,) = self.axes.plot([], [], "o", color=LOOKS["valid"].colour, markerfacecolor="none")
        self.lines = BaselineLines([self.axes], baselines)
        self.axes.legend(handles=[self.train_line, self.valid_line], loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2,
                         frameon=False, labelcolor=INK, fontsize=SMALL, borderaxespad=0.2)  # fmt: skip
        self.below.yaxis.set_major_locator(MaxNLocator(2))
        self.below.yaxis.set_major_formatter(lambda value, _: f"{value:.2g}")
        self.below.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        self.below.xaxis.set_major_locator(MaxNLocator(7, integer=True, steps=[1, 2, 5, 10]))

    def begin(self, step: float, bits: float) -> None:
        """Note the bits on the valid text before the first step: a hollow dot, which no line joins to the others."""
        if math.isfinite(bits):
            self.first = (step, bits)
            self.first_mark.set_data([step], [bits])

    def _draw(self) -> Figure:
        for line, curve in ((self.train_line, self.train), (self.valid_line, self.valid), (self.rate_line, self.rates)):
            line.set_data(curve.x, curve.y)
        begin = self.first[0] if self.first else 0.0
        last = max([begin, *self.train.x[-1:], *self.valid.x[-1:], *self.rates.x[-1:]])
        length = max(last - begin, STEPS)
        self.axes.set_xlim(begin - 0.02 * length, begin + 1.03 * length)
        first = [self.first[1]] if self.first else []
        losses = [*self.baselines, *first, *self.train.y, *self.valid.y]
        low, high = min(losses, default=0.0), max(losses, default=1.0)
        if not self.from_zero and low > high / 2:
            margin = 0.1 * (high - low) + 0.01
            self.axes.set_ylim(low - margin, high + margin)
        else:
            self.axes.set_ylim(0, 1.06 * high)
        self.below.set_ylim(0, 1.15 * max(self.rates.y, default=1.0) or 1.0)
        self.lines.place()
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
        """The current figure as PNG without a ground."""
        return small_png(self._draw())


def inline_svg(svg: str, label: str) -> str:
    """matplotlib's SVG file as an element of a page, with a description for screen readers."""
    element = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    element = element.replace(INK, "currentColor")
    head = f'<svg role="img" aria-label="{escape(label)}" style="width:100%;max-width:720px;height:auto" '
    return element.replace("<svg ", head, 1)
