"""Figures of numbers. Text of learners is drawn by their browser, never here."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path

from matplotlib.figure import Figure

from tutorlm.events import TrainingResult, bits

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")  # Okabe & Ito: distinct for colour-blind eyes too
MARKERS = ("o", "s", "^", "D")


def loss_figure(results: Mapping[str, TrainingResult], baselines: Mapping[str, float]) -> Figure:
    """Train and valid loss of some runs over their steps, with baselines as lines.

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
    for name, value in baselines.items():
        axes.axhline(value, color="0.4", linewidth=0.8, linestyle="--")
        axes.annotate(f"{name} {value:.2f}", (1, value), xycoords=("axes fraction", "data"), ha="right", va="bottom",
                      fontsize="small", color="0.25")  # fmt: skip
    axes.set_xlabel("step")
    axes.set_ylabel("bits per character")
    axes.set_ylim(bottom=0)
    axes.legend(loc="lower left", fontsize="small", ncols=2)
    axes.grid(alpha=0.25)
    return figure


def save_figure(figure: Figure, path: str | Path) -> Path:
    """Write a figure as PNG."""
    figure.savefig(path, dpi=120)
    return Path(path)
