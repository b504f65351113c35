"""Charts that compare: bars and labelled points. `tutorlm.course.plots` shows how to use them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from tutorlm.course.charts import (
    INK,
    SMALL,
    Chart,
    Look,
    columns_of,
    finished,
    label,
    legend,
    looks,
    pair_of,
    paper,
    short,
)
from tutorlm.course.editions import translate
from tutorlm.course.lettering import lettered
from tutorlm.course.placing import place_labels

# -- bars ----------------------------------------------------------------------------------------------


def bars(
    groups: Mapping[str, Mapping[str, Any]],
    *,
    ylabel: str = "bits per character",
    xlabel: str = "",
    title: str | None = None,
) -> None:
    """Show bars, a panel for each group.

    Numbers are bars that lie one below the other, with the name to the left and the number at the end. Sequences of
    numbers are bars side by side at the places 1, 2, 3, …

    Args:
        groups: title of a panel → name → number or sequence of numbers.
        ylabel: what the numbers are.
        xlabel: what the places of sequences are.
        title: above all panels.

    Raises:
        ValueError: there is no bar.
    """
    bars_chart(groups, ylabel, xlabel, title).show()


def bars_chart(
    groups: Mapping[str, Mapping[str, Any]], ylabel: str, xlabel: str = "", title: str | None = None
) -> Chart:
    """The chart that `bars` shows."""
    panels = {str(group): {str(name): np.asarray(value, dtype=float) for name, value in some.items()}
              for group, some in groups.items()}  # fmt: skip
    names = list(dict.fromkeys(name for some in panels.values() for name in some))
    if not names:
        raise ValueError("there is no bar to draw")
    look = looks(names)
    every = [value for some in panels.values() for value in some.values()]
    lying = all(value.ndim == 0 for value in every)
    figure, all_axes = paper(len(panels), 0.75 + 0.27 * len(names) if lying else 2.6, sharey=lying or len(panels) > 1)
    for number, (axes, (group, some)) in enumerate(zip(all_axes, panels.items(), strict=True)):
        label(axes, title=group)
        if lying:
            _lying(axes, some, names, look, every)
            label(axes, ylabel, "", group)
        else:
            _standing(axes, some, look)
            label(axes, xlabel, "" if number % columns_of(all_axes) else ylabel, group)
    if title:
        figure.suptitle(lettered(title), color=INK, fontsize=SMALL + 2, x=0.01, ha="left", parse_math=False)
    if not lying and len(names) > 1:
        legend(figure, [Patch(label=name, **look[name].of_bar()) for name in names])
    lines = [f"{translate(group)}: " + ", ".join(f"{translate(name)} {_numbers(value)}" for name, value in some.items())
             for group, some in panels.items()]  # fmt: skip
    return finished(figure, all_axes, {}, f"Chart of {ylabel}.", lines)


def _numbers(value: np.ndarray) -> str:
    return " ".join(map(short, np.atleast_1d(value)))


def _at_end(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}" if abs(value) < 100 else short(value)


def _lying(
    axes: Axes, some: Mapping[str, np.ndarray], names: Sequence[str], look: Mapping[str, Look],
    every: Sequence[np.ndarray],
) -> None:  # fmt: skip
    """Bars of one panel; the scale is that of `every` value, the same in all panels."""
    for name, value in zip(some, map(float, some.values()), strict=True):
        axes.barh(names.index(name), value, 0.68, **look[name].of_bar())
        axes.annotate(_at_end(value), (max(value, 0), names.index(name)), (4, 0),
                      textcoords="offset points", va="center", color=INK, fontsize=SMALL)  # fmt: skip
    finite = [float(value) for value in every if np.isfinite(value)]
    low, high = min([0.0, *finite]), max([0.0, *finite])
    axes.set_xlim(low, high + 0.28 * (high - low) or 1)  # with room for the numbers
    axes.set_yticks(range(len(names)), list(map(lettered, names)), parse_math=False)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_locator(MaxNLocator(4))


def _standing(axes: Axes, some: Mapping[str, np.ndarray], look: Mapping[str, Look]) -> None:
    wide = 0.8 / max(len(some), 1)
    for number, (name, value) in enumerate(some.items()):
        heights = np.atleast_1d(value)
        at = np.arange(1, len(heights) + 1) + (number - (len(some) - 1) / 2) * wide
        axes.bar(at, heights, wide * 0.92, **look[name].of_bar())
    axes.xaxis.set_major_locator(MaxNLocator(12, integer=True))
    axes.grid(visible=False, axis="x")


# -- points --------------------------------------------------------------------------------------------


def points(named: Mapping[str, tuple[float, float]], *, xlabel: str, ylabel: str) -> None:
    """Show points with their names, which overlap neither points nor one another.

    Args:
        named: name → (x, y), two numbers.

    Raises:
        ValueError: there is no point, or one is not two numbers.
    """
    points_chart(named, xlabel, ylabel).show()


def points_chart(named: Mapping[str, tuple[float, float]], xlabel: str, ylabel: str) -> Chart:
    """The chart that `points` shows."""
    if not named:
        raise ValueError("there is no point to draw")
    places = {str(name): pair_of(name, place) for name, place in named.items()}
    for name, (x, _) in places.items():
        if len(x) != 1:
            raise ValueError(f'give "{name}" as (x, y), two numbers')
    figure, (axes,) = paper(1, 3.4, width=5.6)
    for name, look in looks(places).items():
        axes.plot(*places[name], look.marker or "o", color=look.colour, markersize=7, label=name)
    axes.margins(0.16, 0.16)
    label(axes, xlabel, ylabel)
    figure.draw_without_rendering()
    place_labels(axes, {lettered(name): (float(x[0]), float(y[0])) for name, (x, y) in places.items()})
    lines = [f"{translate(name)}: {short(float(x[0]))}, {short(float(y[0]))}" for name, (x, y) in places.items()]
    return finished(figure, [axes], {}, f"Chart of {ylabel} by {xlabel}.", lines)
