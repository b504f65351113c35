"""What all charts have in common: who has which colour and mark, transparent paper, labels of baselines, alt text.

`tutorlm.course.plots` has the charts themselves. Names and labels are drawn by matplotlib, whose font has Latin, Greek
and Cyrillic letters (Hangul: `tutorlm.course.lettering`); other scripts are for `tutorlm.course.pages`, in a browser.
"""

from __future__ import annotations

import base64
import io
import itertools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from tutorlm.course.colours import BLUE, GREEN, GREY, ORANGE, PINK, SKY, VIOLET, YELLOW
from tutorlm.course.display import kernel, show
from tutorlm.course.editions import translate
from tutorlm.course.lettering import bold, lettered, prepare_letters
from tutorlm.files.atomic import atomic_write

INK = "#787879"  # of text and axes: reads on white and on black; in an SVG the text colour of the page takes its place
SCALE = 2.0  # pixels of a picture for each pixel of the page, so that it is sharp on fine screens too
SMALL = 8.5  # points, of every text but titles


# -- one look for each name ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Look:
    """How a series is drawn; the hatch is for bars."""

    colour: str
    marker: str = "o"
    dash: str = "-"
    width: float = 1.6
    hatch: str = ""

    def of_line(self) -> dict[str, Any]:
        """For a line of matplotlib."""
        return {"color": self.colour, "marker": self.marker, "linestyle": self.dash, "linewidth": self.width,
                "markersize": 4.5}  # fmt: skip

    def of_bar(self) -> dict[str, Any]:
        """For a bar of matplotlib."""
        return {"facecolor": (self.colour, 0.5 if self.hatch else 0.85), "edgecolor": self.colour,
                "hatch": self.hatch, "linewidth": 0.6}  # fmt: skip


LOOKS = {
    "train": Look(BLUE, "", width=1.2),
    "valid": Look(ORANGE, "o"),
    "forward": Look(BLUE, "o"),
    "backward": Look(ORANGE, "s", hatch="////"),
}
_PALETTE = (Look(GREEN, "^"), Look(PINK, "D"), Look(VIOLET, "v"), Look(YELLOW, "s"), Look(SKY, "o"))
OTHERS = (*_PALETTE, *(replace(look, dash="-.", hatch="....") for look in _PALETTE))
BASELINES = tuple(Look(GREY, marker, "--", 1.1) for marker in ("", "x", "+", "1"))
_BASELINE = re.compile(r"(uniform|blind guess|unigram|bigram|trigram|\d+-gram|bz2|xz|gzip)\b")


def looks(names: Iterable[str]) -> dict[str, Look]:
    """The look of each series: its own if it has one, grey and dashed for baselines, else the next of the palette."""
    others, greys, found = itertools.cycle(OTHERS), itertools.cycle(BASELINES), {}
    for name in names:
        found[name] = LOOKS.get(name) or next(greys if _BASELINE.match(name) else others)
    return found


# -- paper ---------------------------------------------------------------------------------------------


def paper(panels: int, height: float = 3.1, sharey: bool = False, width: float = 7.0) -> tuple[Figure, list[Axes]]:
    """A figure of one or several panels in rows; `height` in inches, of a row."""
    prepare_letters()
    columns = panels if panels <= 3 else 2 if panels == 4 else 3
    rows = math.ceil(panels / columns)
    figure = Figure(figsize=(width, height * rows), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False, sharey=sharey)
    flat = list(grid.flat)
    for axes in flat[panels:]:
        axes.remove()
    for axes in flat[:panels]:
        dress(axes)
    return figure, flat[:panels]


def dress(axes: Axes) -> None:
    """Axes in ink, without a box, with a faint grid."""
    axes.tick_params(colors=INK, labelsize=SMALL)
    axes.spines[:].set_color(INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color=GREY, alpha=0.22, linewidth=0.7)
    axes.set_axisbelow(True)


def label(axes: Axes, xlabel: str = "", ylabel: str = "", title: str = "") -> None:
    """Labels and a title in ink; dollar signs are no formulas."""
    xlabel, ylabel, title = map(lettered, (xlabel, ylabel, title))
    axes.set_xlabel(xlabel, color=INK, fontsize=SMALL + 0.5, parse_math=False)
    axes.set_ylabel(ylabel, color=INK, fontsize=SMALL + 0.5, parse_math=False)
    if title:
        axes.set_title(title, color=INK, fontsize=SMALL + 1.5, fontweight=bold(), loc="left", parse_math=False)


def legend(figure: Figure, handles: Sequence[mpl.artist.Artist]) -> None:
    """The names of the series in rows above the axes, where no curve is."""
    names = [lettered(str(handle.get_label())) for handle in handles]
    columns = max(1, min(len(names), 92 // (max(map(len, names)) + 7)))
    drawn = figure.legend(list(handles), names, loc="outside upper left", ncols=columns, frameon=False,
                          labelcolor=INK, fontsize=SMALL, handlelength=2.4, borderaxespad=0.2)  # fmt: skip
    for text in drawn.get_texts():
        text.set_parse_math(False)


# -- baselines -----------------------------------------------------------------------------------------


class BaselineLines:
    """A dashed line for each baseline over all axes, and its name and value to the right of the last of them.

    The labels are outside the axes, where no curve passes, and spread apart where lines are close. Lines outside the
    limits are left out. `place` has to be called after the limits have changed.
    """

    def __init__(self, all_axes: Sequence[Axes], baselines: Mapping[str, float]) -> None:
        self.values = dict(sorted(((n, v) for n, v in baselines.items() if math.isfinite(v)), key=lambda pair: pair[1]))
        for axes, value in itertools.product(all_axes, self.values.values()):
            axes.axhline(value, color=GREY, linewidth=1, linestyle="--", zorder=1.5)
        self.axes = last = all_axes[-1]
        self.texts = [
            last.text(1.03, 0, f"{lettered(name)} {value:.2f}", transform=last.transAxes, ha="left", va="center",
                      color=INK, fontsize=SMALL, parse_math=False)
            for name, value in self.values.items()
        ]  # fmt: skip
        (self.leaders,) = last.plot([], [], "-", color=GREY, linewidth=0.8, transform=last.transAxes, clip_on=False)

    def place(self) -> None:
        """Put each label beside its line, or as near as the others let it."""
        to_share = self.axes.transScale + self.axes.transLimits
        shares = [float(to_share.transform((self.axes.get_xlim()[1], value))[1]) for value in self.values.values()]
        inside = [-1e-9 <= share <= 1 + 1e-9 for share in shares]
        points = self.axes.get_window_extent().height / self.axes.figure.dpi * 72
        placed = iter(spread([s for s, seen in zip(shares, inside, strict=True) if seen], 1.28 * SMALL / points))
        leaders: list[float] = []
        for share, seen, text in zip(shares, inside, self.texts, strict=True):
            text.set_visible(seen)
            if seen:
                text.set_y(at := next(placed))
                leaders += [share, share, at, math.nan]
        self.leaders.set_data([1, 1.01, 1.025, math.nan] * (len(leaders) // 4), leaders)


def spread(places: Sequence[float], gap: float) -> list[float]:
    """Rising places between 0 and 1 moved as little as needed for neighbours to be `gap` apart."""
    groups: list[list[float]] = []  # isotonic regression of what each place would be if all gaps were taken out
    for number, place in enumerate(places):
        groups.append([place - number * gap])
        while len(groups) > 1 and np.mean(groups[-2]) > np.mean(groups[-1]):
            last = groups.pop()
            groups[-1] += last
    highest = max(0.0, 1 - (len(places) - 1) * gap)
    bases = [min(max(float(np.mean(group)), 0.0), highest) for group in groups for _ in group]
    return [base + number * gap for number, base in enumerate(bases)]


# -- pictures ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chart:
    """A figure and what is to be seen on it."""

    figure: Figure
    alt: str

    def show(self) -> None:
        """Show it in the running cell as PNG; outside a kernel print the description."""
        if kernel():
            show(*as_output(small_png(self.figure), self.alt))
        else:  # without drawing it
            print(self.alt)

    def save(self, path: str | Path) -> Path:
        """Write it as PNG, and give the path back."""
        with atomic_write(path) as file:
            file.write(small_png(self.figure))
        return Path(path)


def small_png(figure: Figure) -> bytes:
    """A figure as PNG without a ground, with a palette to keep notebooks small."""
    drawn, small = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", dpi=100 * SCALE, transparent=True)
    with_palette(np.asarray(Image.open(drawn).convert("RGBA"))).save(small, format="png", optimize=True)
    return small.getvalue()


def with_palette(pixels: np.ndarray, most: int = 64) -> Image.Image:
    """A picture, (height, width, 4), in the `most` frequent of its colours and degrees of transparency."""
    coarse = pixels.astype(np.int32)
    coarse[..., 3] = (coarse[..., 3] + 8) // 17 * 17
    coarse[..., :3] = np.where(coarse[..., 3:] > 0, (coarse[..., :3] + 4) // 8 * 8, 0).clip(0, 255)
    packed = coarse @ np.array([1 << 24, 1 << 16, 1 << 8, 1])
    kinds, first, places, counts = np.unique(packed, return_index=True, return_inverse=True, return_counts=True)
    colours = pixels.reshape(-1, 4)[first].astype(np.int32)
    colours[:, 3] = kinds & 255
    kept = np.argsort(-counts, kind="stable")[:most]
    weights = np.array([1, 1, 1, 2])
    nearest = (((colours[:, None] - colours[None, kept]) * weights) ** 2).sum(-1).argmin(1)
    image = Image.fromarray(nearest[places].reshape(pixels.shape[:2]).astype(np.uint8), "P")
    image.putpalette(colours[kept, :3].astype(np.uint8).tobytes())
    image.info["transparency"] = bytes(colours[kept, 3].astype(np.uint8))
    return image


def as_output(png: bytes, alt: str) -> tuple[dict[str, str], dict[str, object]]:
    """A picture with its description as a notebook output: data and metadata."""
    width, height = Image.open(io.BytesIO(png)).size
    data = {"image/png": base64.b64encode(png).decode(), "text/plain": alt}
    size = {"width": round(width / SCALE), "height": round(height / SCALE)}
    return data, {"image/png": {"alt": alt, **size}, "alt": alt}


# -- words ---------------------------------------------------------------------------------------------


def short(value: float) -> str:
    """A number for a label or a description: 1,234 and 2.13 and 0.00012."""
    if not math.isfinite(value) or value == 0:
        return f"{value:g}"
    return f"{value:,.0f}" if abs(value) >= 999.5 else f"{value:.3g}"


def course_of(name: str, x: np.ndarray, y: np.ndarray) -> str:
    """A curve in words: where it begins and ends, and where it is lowest and highest in between."""
    name, seen = translate(name), np.isfinite(x) & np.isfinite(y)
    x, y = x[seen], y[seen]
    if not len(y):
        return f"{name}: {translate('nothing')}"
    if len(y) == 1:
        return f"{name}: {short(y[0])} at {short(x[0])}"
    words = translate(f"{name}: from {short(y[0])} at {short(x[0])} to {short(y[-1])} at {short(x[-1])}")
    low, high = y.argmin(), y.argmax()
    if y[low] not in (y[0], y[-1]):
        words += translate(f", lowest {short(y[low])} at {short(x[low])}")
    if y[high] not in (y[0], y[-1]):
        words += translate(f", highest {short(y[high])} at {short(x[high])}")
    return words


def description(heading: str, lines: Iterable[str]) -> str:
    """A heading, then the contents: a front end may show the first line where the rest is folded away."""
    return "\n".join([translate(heading), *lines])


# -- the same for all charts ------------------------------------------------------------------------------


def pair_of(name: str, pair: Any) -> tuple[np.ndarray, np.ndarray]:
    """The x and y of a series as arrays of the same length.

    Raises:
        ValueError: they are not.
    """
    try:
        x, y = (np.asarray(values, dtype=float).reshape(-1) for values in pair)
    except (TypeError, ValueError):
        raise ValueError(f'give "{name}" as (x, y)') from None
    if len(x) != len(y):
        raise ValueError(f'"{name}" has {len(x)} x but {len(y)} y')
    return x, y


def columns_of(all_axes: Sequence[Axes]) -> int:
    """How many panels are in a row."""
    grid = all_axes[0].get_gridspec()
    return grid.ncols if grid else 1


def finished(
    figure: Figure, all_axes: Sequence[Axes], baselines: Mapping[str, float] | None, heading: str, lines: Sequence[str]
) -> Chart:
    """With baselines, whose labels are placed when the layout is known, and a description in words."""
    drawn = BaselineLines(all_axes, baselines) if baselines else None
    figure.draw_without_rendering()
    if drawn:
        drawn.place()
    told = [*lines, *(f"{translate(name)}: {short(value)}" for name, value in (baselines or {}).items())]
    return Chart(figure, description(heading, told))
