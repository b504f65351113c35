"""Warnings that point at the user's own line."""

import inspect
import os
import warnings
from pathlib import Path

PACKAGE = str(Path(__file__).parent) + os.sep


def printable(error: object) -> str:
    """A message with what a file says in it, as one line that a terminal can show: no control characters, no flood."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(error)[:500])


def warn_user(message: str) -> None:
    """Issue a `UserWarning` at the innermost line outside this package."""
    frame, level = inspect.currentframe(), 1
    while frame and frame.f_back and frame.f_code.co_filename.startswith(PACKAGE):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, stacklevel=level)
