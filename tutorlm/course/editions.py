"""The editions of the course: English, and Korean where the first cell of a notebook says so."""

from __future__ import annotations

LANGUAGES = ("en", "ko")

_edition = "en"


def language(code: str | None = None) -> str:
    """The language of the edition, "en" or "ko"; with a code, it is this one from now on.

    Raises:
        ValueError: there is no edition in this language.
    """
    global _edition
    if code is not None:
        if code not in LANGUAGES:
            raise ValueError(f"language={code!r}: the course has editions in {' and '.join(map(repr, LANGUAGES))}")
        _edition = code
    return _edition


def translate(text: str) -> str:
    """A text that the course says, in the language of the edition."""
    return text
