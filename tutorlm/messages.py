"""Warnings that point at the user's own line."""

import inspect
import os
import warnings
from pathlib import Path

PACKAGE = str(Path(__file__).parent) + os.sep


def warn_user(message: str) -> None:
    """Issue a `UserWarning` at the innermost line outside this package."""
    frame, level = inspect.currentframe(), 1
    while frame and frame.f_back and frame.f_code.co_filename.startswith(PACKAGE):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, stacklevel=level)
