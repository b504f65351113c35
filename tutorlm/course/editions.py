"""The editions of the course: English, and Korean where the first cell of a notebook says so.

    from tutorlm import course

    course.language("ko")   # what the course says from here on is Korean
    course.language()       # "ko"

The code is the same in both editions, and so are names, outputs of code and the errors of the package. What is said to
learners is written in English where it is said; `translate` looks it up when it is shown, in `tutorlm.course.korean`.
"""

from __future__ import annotations

import functools
import re

from tutorlm.course.phrases import PhraseBook

LANGUAGES = ("en", "ko")
_LETTERS = re.compile("[A-Za-z]")

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
    """A text that the course says, in the language of the edition; what is not in the phrase book stays English."""
    return text if _edition == "en" or not _LETTERS.search(text) else _translated(text)


@functools.lru_cache(maxsize=2048)
def _translated(text: str) -> str:
    return _book().translate(text)


@functools.lru_cache(maxsize=1)
def _book() -> PhraseBook:
    from tutorlm.course.korean import phrases

    return PhraseBook(phrases())
