"""Charts of numbers, each in one call that shows it in the running cell.

    from tutorlm.course.plots import bars, curves, losses, points

    curves({"train": (steps, train), "valid": (steps, valid)}, xlabel="step", baselines={"5-gram": 1.89})
    losses({"H = 64": small, "H = 256": large}, baselines={"uniform": 6.5})
    bars({"en": {"uniform": 6.5, "LSTM": 1.9}, "ko": {"uniform": 10.1, "LSTM": 4.2}}, ylabel="bits per character")
    points({"fresh": (4.1, 2.0), "warm start": (3.2, 1.9)}, xlabel="bits, Python", ylabel="bits, news")

`train`, `valid`, `forward`, `backward` and baselines look the same in all charts; other names get further colours and
marks in order. What is drawn is also told in words, for those who cannot see it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from tutorlm.course.charts import (
    Chart,
    Look,
    columns_of,
    course_of,
    finished,
    label,
    legend,
    looks,
    pair_of,
    paper,
)
from tutorlm.course.colours import GREY
from tutorlm.course.comparisons import bars, points
from tutorlm.course.editions import translate
from tutorlm.events import TrainingResult, bits

Series = tuple[Any, Any]  # x and y: sequences of numbers of the same length
MARKED = 24  # a curve of more points gets a mark at some of them only

__all__ = ["bars", "curves", "losses", "points"]


# -- curves --------------------------------------------------------------------------------------------


def curves(
    series: Mapping[str, Series] | Mapping[str, Mapping[str, Series]],
    *,
    xlabel: str,
    ylabel: str = "bits per character",
    baselines: Mapping[str, float] | None = None,
    log: str = "",
    ylim: tuple[float, float] | None = None,
    stairs: bool = False,
) -> None:
    """Show one or several curves.

    Args:
        series: name → (x, y), two sequences of the same length. Or title → such a dictionary: a panel for each.
        baselines: name of a simpler model → its value, drawn as a dashed line.
        log: which axes are logarithmic: "", "x", "y" or "xy".
        ylim: the lowest and the highest y shown; by default all, from 0 unless that would waste half the chart.
        stairs: whether y keeps its value until the next x, as a learning rate does.

    Raises:
        ValueError: x and y of a series differ in length, or there is no series.
    """
    curves_chart(series, xlabel, ylabel, baselines, log, ylim, stairs).show()


def curves_chart(
    series: Mapping[str, Any],
    xlabel: str,
    ylabel: str = "bits per character",
    baselines: Mapping[str, float] | None = None,
    log: str = "",
    ylim: tuple[float, float] | None = None,
    stairs: bool = False,
) -> Chart:
    """The chart that `curves` shows."""
    panels = series if isinstance(next(iter(series.values()), None), Mapping) else {"": series}
    panels = {str(title): {str(name): pair_of(name, pair) for name, pair in some.items()}
              for title, some in panels.items()}  # fmt: skip
    look = looks(dict.fromkeys(name for some in panels.values() for name in some))
    if not look:
        raise ValueError("there is no series to draw")
    figure, all_axes = paper(len(panels), 3.1 if len(panels) == 1 else 2.4)
    for axes, (title, some) in zip(all_axes, panels.items(), strict=True):
        for name, (x, y) in some.items():
            _curve(axes, x, y, look[name], name, stairs)
        _scale(axes, log)
        label(axes, xlabel, ylabel if axes in all_axes[:: columns_of(all_axes)] else "", title)
    limits = None if "y" in log else _limits([[y for _, y in some.values()] for some in panels.values()], baselines)
    for axes, limit in zip(all_axes, [ylim] * len(panels) if ylim else limits or (), strict=False):
        axes.set_ylim(*limit)
    lines = [f"{translate(title)}: {course_of(name, *xy)}".removeprefix(": ") for title, some in panels.items()
             for name, xy in some.items()]  # fmt: skip
    if len(look) > 1:
        legend(figure, [_sample(one, name) for name, one in look.items()])
    elif not any(panels) and next(iter(look)) not in ylabel:
        label(all_axes[0], xlabel, ylabel, next(iter(look)))
    return finished(figure, all_axes, baselines, f"Chart of {ylabel} by {xlabel}.", lines)


def _curve(axes: Axes, x: np.ndarray, y: np.ndarray, look: Look, name: str, stairs: bool = False) -> None:
    every = (0.0, 0.05) if len(x) > MARKED else None  # in parts of the diagonal of the axes
    (line,) = axes.plot(x, y, markevery=every, drawstyle="steps-post" if stairs else "default")
    line.update(look.of_line() | {"label": name})


def _sample(look: Look, name: str) -> Line2D:
    return Line2D([], [], label=name, **look.of_line())


def _scale(axes: Axes, log: str) -> None:
    axes.margins(x=0.03, y=0.06)
    for which, axis in (("x", axes.xaxis), ("y", axes.yaxis)):
        if which in log:
            axes.set(**{f"{which}scale": "log"})
        axis.set_major_formatter(lambda value, _: f"{value:,.10g}")


def _limits(
    panels: Sequence[Sequence[np.ndarray]], baselines: Mapping[str, float] | None
) -> list[tuple[float, float]] | None:
    """From 0 to a little above all of a panel, unless that would waste half of every panel or something is below 0."""
    both = [np.concatenate([*ys, np.array(list((baselines or {}).values()), dtype=float)]) for ys in panels]
    both = [values[np.isfinite(values)] for values in both]
    if not all(map(len, both)) or not any(0 <= v.min() <= v.max() / 2 for v in both) or any(v.min() < 0 for v in both):
        return None
    return [(0, values.max() * 1.06 or 1) for values in both]


# -- losses --------------------------------------------------------------------------------------------


def losses(
    results: Mapping[str, TrainingResult],
    baselines: Mapping[str, float] | None = None,
    *,
    panels: bool = False,
    ylim: tuple[float, float] | None = None,
) -> None:
    """Show train and valid loss of one or several training runs by step, in bits per character.

    A hollow dot is the valid loss of the model before its first step.

    Args:
        results: name of a run → what `train` returned.
        baselines: name of a simpler model → its bits per character on the valid text.
        panels: whether each run gets a panel of its own, with the same y axis.
        ylim: the lowest and the highest y shown.
    """
    losses_chart(results, baselines, panels, ylim).show()


def losses_chart(
    results: Mapping[str, TrainingResult],
    baselines: Mapping[str, float] | None = None,
    panels: bool = False,
    ylim: tuple[float, float] | None = None,
) -> Chart:
    """The chart that `losses` shows."""
    if not results:
        raise ValueError("there is no run to draw")
    results = {str(name): result for name, result in results.items()}
    alone = panels or len(results) == 1
    figure, all_axes = paper(len(results) if panels else 1, 2.2 if panels and len(results) > 1 else 3.1, sharey=True)
    by_name = looks(["train", "valid"] if alone else results)
    values, lines = [1.0, *(value for value in (baselines or {}).values() if np.isfinite(value))], []
    for number, (name, result) in enumerate(results.items()):
        axes = all_axes[number if panels else 0]
        train, valid = (by_name["train"], by_name["valid"]) if alone else (_thin(by_name[name]), by_name[name])
        steps = np.array([row.step for row in result.history], dtype=float)
        y_train = np.array([bits(row.train_loss) for row in result.history])
        y_valid = np.array([bits(row.valid_loss) for row in result.history])
        before = np.array([bits(result.initial_valid_loss)])
        _curve(axes, steps, y_train, train, f"{name}, train")
        _curve(axes, steps, y_valid, valid, f"{name}, valid")
        axes.plot(0, before, marker="o", color=valid.colour, markerfacecolor="none", markersize=5)
        values += [value for value in (*y_train, *y_valid, *before) if np.isfinite(value)]
        lines += [course_of(f"{name}, train", steps, y_train),
                  course_of(f"{name}, valid", np.append(0, steps), np.append(before, y_valid))]  # fmt: skip
        title = name if alone else ""
        label(axes, "step", "" if number % columns_of(all_axes) else "bits per character", title)
    for axes in all_axes:
        _scale(axes, "")
        axes.set_ylim(*(ylim or (0, 1.06 * max(values))))
        axes.xaxis.set_major_locator(MaxNLocator(4 if len(all_axes) > 1 else 7, integer=True, steps=[1, 2, 5, 10]))
    legend(figure, _key(by_name, alone))
    return finished(figure, all_axes, baselines, "Chart of loss in bits per character by step.", lines)


def _key(by_name: Mapping[str, Look], alone: bool) -> list[Line2D]:
    """Samples for the legend: train and valid; where they share the colour of their run, the runs too."""
    samples = [_sample(look, name) for name, look in by_name.items()]
    return samples if alone else [*samples, _sample(_thin(Look(GREY)), "train"), _sample(Look(GREY), "valid")]


def _thin(look: Look) -> Look:
    return replace(look, marker="", dash=":", width=1.4)
