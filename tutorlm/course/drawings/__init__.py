"""Drawings of the mechanisms, made from real text and real numbers; each is the last line of a cell."""

from tutorlm.course.drawings.streams import draw_stream
from tutorlm.course.drawings.tables import draw_columns, draw_windows

__all__ = ["draw_columns", "draw_stream", "draw_windows"]
