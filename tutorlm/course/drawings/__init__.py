"""Drawings of the mechanisms, made from real text and real numbers; each is the last line of a cell."""

from tutorlm.course.drawings.counts import draw_shares, draw_table
from tutorlm.course.drawings.models import draw_model, draw_pipeline
from tutorlm.course.drawings.streams import draw_stream
from tutorlm.course.drawings.tables import draw_columns, draw_windows
from tutorlm.course.drawings.words import draw_directions

__all__ = [
    "draw_columns",
    "draw_directions",
    "draw_model",
    "draw_pipeline",
    "draw_shares",
    "draw_stream",
    "draw_table",
    "draw_windows",
]
