"""The course: exercises, plots and widgets. Only this folder imports matplotlib and ipywidgets."""

from tutorlm.course.editions import language
from tutorlm.course.learner import predict, progress, reveal

__all__ = ["language", "predict", "progress", "reveal"]
