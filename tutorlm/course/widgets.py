"""The widgets that notebooks import: live plots, progress lines, training jobs, explorers, and text in any script."""

from tutorlm.course.display import someone_looks_on
from tutorlm.course.explorers import (
    Explorer,
    explore_dictionary,
    explore_embeddings,
    explore_generation,
    explore_offsets,
    explore_surprise,
    explore_units,
    unit_correlations,
)
from tutorlm.course.lines import show_lines
from tutorlm.course.live import LossPlot, TrainingJob
from tutorlm.course.progress_line import ProgressLine

__all__ = [
    "Explorer",
    "LossPlot",
    "ProgressLine",
    "TrainingJob",
    "explore_dictionary",
    "explore_embeddings",
    "explore_generation",
    "explore_offsets",
    "explore_surprise",
    "explore_units",
    "show_lines",
    "someone_looks_on",
    "unit_correlations",
]
