"""The course: exercises, plots and widgets. Only this folder imports matplotlib and ipywidgets."""

from tutorlm.course.learner import predict, progress, reveal

__all__ = ["predict", "progress", "reveal"]
