"""What a drawing can show, said before it is drawn."""

from __future__ import annotations

import numpy as np

from tutorlm.course.reading import Model, as_model
from tutorlm.language_model import LanguageModel


def require_text(words: object, most: int, least: int = 1, name: str = "text") -> str:
    """The text, if it is one and short enough to draw."""
    if not isinstance(words, str):
        raise TypeError(f"{name} is a {type(words).__name__}; a string is needed")
    if len(words) < least:
        found = f"has {len(words)} characters; at least {least} are needed" if words else "is empty"
        raise ValueError(f"{name} {found}")
    if len(words) > most:
        raise ValueError(f"{name} has {len(words):,} characters; at most {most} can be drawn: cut it by [:{most}]")
    return words


def whole_number(name: str, value: object, most: int | None = None) -> int:
    """The value, if it is a whole number from 1 on and not too large to draw."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise ValueError(f"{name}={value!r}: a whole number from 1 on is needed")
    if most is not None and value > most:
        raise ValueError(f"{name}={value}: at most {most} can be drawn")
    return int(value)


def characters_of(name: str, array: object, most_rows: int, most_columns: int) -> np.ndarray:
    """An array of things to be shown in cells, (rows, B); a flat one becomes a single row."""
    found = np.asarray(array)
    if found.ndim == 1:
        found = found[None]
    if found.ndim != 2 or not found.size:
        raise ValueError(f"{name} has shape {found.shape}; one or two dimensions with something in them are needed")
    if len(found) > most_rows or found.shape[1] > most_columns:
        limit = f"at most {most_rows} rows and {most_columns} columns can be drawn"
        raise ValueError(f"{name} has shape {found.shape}; {limit}: cut it, by [:{min(len(found), most_rows)}] say")
    return found


def character_model(model: Model) -> LanguageModel:
    """The model, opened if it is a name or a file, if it reads characters."""
    found = as_model(model)
    if not found.dictionary.character_level:
        raise ValueError("this model reads words; the drawing needs one that reads characters")
    return found
