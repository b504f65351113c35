"""What holds for the exercises of every notebook, as tests that each test file takes over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from said_in_code import untranslated

from tutorlm.course import language
from tutorlm.course.editions import translate
from tutorlm.course.exercises import Exercise, check, judge


def mistakes_are_named(wrong: Sequence[tuple[str, Any, str]]) -> Callable[..., None]:
    """A test that each wrong answer (exercise, answer, words) is told what it is in these words, and in Korean, too."""

    @pytest.mark.parametrize(("name", "answer", "said"), wrong, ids=[f"{name}: {said}" for name, _, said in wrong])
    def test(name: str, answer: Any, said: str) -> None:
        result = check(name, answer)
        assert result.outcome == "try again"
        assert said in result.message
        hears_it_in_korean(name, answer)

    return test


def hears_it_in_korean(name: str, answer: Any) -> None:
    """Judge a wrong answer in the Korean edition: what it hears has no English sentence in it."""
    language("ko")
    try:
        result = check(name, answer)
        assert str(result).startswith(f"다시 해 보세요 · {name}")
        assert any("가" <= letter <= "힣" for letter in translate(result.message))
        assert not untranslated(translate(result.message)), translate(result.message)
    finally:
        language("en")


def references_are_right(exercises: Sequence[Exercise]) -> Callable[..., None]:
    """A test that each reference is right, and a placeholder not yet an answer."""

    @pytest.mark.parametrize("exercise", exercises, ids=lambda exercise: exercise.name)
    def test(exercise: Exercise) -> None:
        answer = exercise.value() if exercise.cases is None else exercise.reference
        assert judge(exercise, answer).outcome == "right"
        assert judge(exercise, ...).outcome == "not yet"
        if exercise.cases:
            assert judge(exercise, lambda *arguments: ...).outcome == "not yet"

    return test
