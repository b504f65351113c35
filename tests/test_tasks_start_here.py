"""The exercises of notebook 00: what is right passes, and each known mistake hears its own message."""

from __future__ import annotations

import numpy as np
import pytest
from promises_of_tasks import mistakes_are_named, references_are_right

from tutorlm.course.exercises import hint, solution
from tutorlm.course.tasks import start_here as tasks

WRONG = [
    ("alphabet_size", len, "You count every character"),
    ("alphabet_size", lambda text: len(set(text.lower())), "You lower-case"),
    ("alphabet_size", lambda text: len(set(text.replace(" ", ""))), "The space is a character"),
    ("alphabet_size", lambda text: len(set("".join(text.split()))), "Space and line end"),
    ("alphabet_size", lambda text: len({c for c in text if c.isalpha()}), "Not only letters"),
    ("alphabet_size", lambda text: len(set(text.split())), "Those are the different words"),
    ("alphabet_size", lambda text: len(text.split()), "Those are the words"),
    ("alphabet_size", lambda text: len(set(text)) + 1, "one too many"),
    ("alphabet_size", lambda text: float(len(set(text))), "is a float, not an int"),
    ("alphabet_size", lambda text: print(len(set(text))), "prints what it should return"),
    ("alphabet_size", set, "Those are the characters themselves"),
    ("alphabet_size", 3, "Pass the function itself"),
    ("likeliest", lambda p: max(p.values()), "That is the probability"),
    ("likeliest", lambda p: min(p, key=p.get), "least likely"),
    ("likeliest", max, "compares its keys"),
    ("likeliest", lambda p: next(iter(p)), "the first one"),
    ("likeliest", lambda p: sorted(p)[-1], "compares its keys"),
    ("likeliest", lambda p: sorted(p, key=p.get), "this character alone"),
    ("likeliest", lambda p: max(p.items(), key=lambda pair: pair[1]), "this character alone"),
    ("likeliest", lambda p: np.argmax(list(p.values())), "the character at that place"),
    ("likeliest", lambda p: p, "is a dict, not a string"),
]


test_a_known_mistake_hears_what_it_is = mistakes_are_named(WRONG)
test_the_reference_is_right_and_a_placeholder_is_not_yet = references_are_right(tasks.EXERCISES)


@pytest.mark.parametrize("exercise", tasks.EXERCISES, ids=lambda exercise: exercise.name)
def test_there_are_hints_and_a_solution(exercise):
    assert "says more" in str(hint(exercise.name))
    assert f"def {exercise.name}" in str(solution(exercise.name))
