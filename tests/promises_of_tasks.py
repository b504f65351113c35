"""What holds for the exercises of every notebook, as tests that each test file takes over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tutorlm.course.exercises import Exercise, check, judge


def mistakes_are_named(wrong: Sequence[tuple[str, Any, str]]) -> Callable[..., None]:
    """A test that each wrong answer (exercise, answer, words) is told what it is in these words."""

    @pytest.mark.parametrize(("name", "answer", "said"), wrong, ids=[f"{name}: {said}" for name, _, said in wrong])
    def test(name: str, answer: Any, said: str) -> None:
        result = check(name, answer)
        assert result.outcome == "try again"
        assert said in result.message

    return test


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
