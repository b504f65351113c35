"""The widgets that notebooks import: live plots, training jobs and explorers."""

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
from tutorlm.course.live import LossPlot, TrainingJob

__all__ = [
    "Explorer",
    "LossPlot",
    "TrainingJob",
    "explore_dictionary",
    "explore_embeddings",
    "explore_generation",
    "explore_offsets",
    "explore_surprise",
    "explore_units",
    "someone_looks_on",
    "unit_correlations",
]
