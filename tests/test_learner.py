"""Guesses and progress: what was guessed is compared, what was solved is kept, and nothing gets lost."""

from __future__ import annotations

import json
import math
import xml.etree.ElementTree as ElementTree
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tutorlm.course import learner, predict, progress, reveal
from tutorlm.course.exercises import check, collect, modules


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(learner, "_guesses", {})


@pytest.fixture
def someone(monkeypatch):
    """A person at the notebook."""
    monkeypatch.setattr("tutorlm.course.display.someone_looks_on", lambda: True)


def test_a_guess_is_kept_and_compared():
    assert "3" in str(predict("bits", 3))
    assert "1.11 too high" in str(reveal("bits", 1.89, "bits per character"))
    predict("bits", 1)
    assert "0.89 too low" in str(reveal("bits", 1.89))


def test_a_near_guess_is_called_close():
    predict("bits", 1.9)
    assert str(reveal("bits", 1.89)).startswith("close")


def test_an_exact_guess_is_not_only_close():
    predict("steps", 250)
    assert str(reveal("steps", 250.0, "steps")).startswith("as you guessed")


def test_a_per_cent_sign_follows_its_number_at_once():
    assert "It is 74.4%." in str(reveal("share", 74.4, "%"))
    assert "It is 5.2% wrong." in str(reveal("share", 5.2, "% wrong"))


def test_a_choice_is_right_or_told():
    predict("half", "forward")
    assert str(reveal("half", "forward")).startswith("as you guessed")
    assert "You guessed 'forward'. It is 'backward'" in str(reveal("half", "backward"))


@pytest.mark.parametrize("guess", ["Forward", " forward ", "FORWARD"])
def test_capitals_and_spaces_do_not_make_a_choice_wrong(guess):
    predict("half", guess)
    assert str(reveal("half", "forward")).startswith("as you guessed")


@pytest.mark.parametrize(
    "guess", [Decimal("4.0"), Fraction(4), np.array([4, 5]), torch.tensor([1.0, 2.0]), torch.tensor(4), {}]
)
@pytest.mark.parametrize("value", [4.36, "forward", np.float32(4.36), torch.tensor(4.36)])
def test_a_guess_of_any_type_gets_an_answer(guess, value):
    predict("any", guess)
    assert str(reveal("any", value)).startswith("revealed · any\nYou guessed ")


def test_without_a_guess_the_answer_is_still_told():
    assert str(predict("a", ...)).startswith("no guess yet")
    assert "It is 5" in str(reveal("a", 5))


def test_a_placeholder_takes_a_guess_back():
    predict("a", 1)
    predict("a", ...)
    assert "No guess was kept" in str(reveal("a", 5))


@given(st.one_of(st.floats(), st.integers(), st.text(), st.none(), st.booleans(), st.lists(st.integers())),
       st.one_of(st.floats(), st.integers(), st.text(), st.booleans()))  # fmt: skip
def test_any_guess_gets_an_answer(guess, value):
    predict("any", guess)
    text = str(reveal("any", value))
    assert text.splitlines()[0] in ("revealed · any", "close · any", "as you guessed · any")
    assert text.startswith("close") <= (isinstance(guess, (int, float)) and math.isfinite(guess))


def test_the_first_line_of_a_revelation_gives_nothing_away():
    """JupyterLab shows it of a folded output."""
    assert "1.89" not in str(reveal("bits", 1.89)).splitlines()[0]


def test_a_right_answer_of_a_person_is_kept(someone):
    check("likeliest", lambda p: max(p, key=p.get))
    check("alphabet_size", len)
    assert json.loads(learner.FILE.read_text()) == {"solved": ["likeliest"]}
    assert "1 of " in str(progress()) and "00 1/2" in str(progress())


def test_every_exercise_counts_though_those_of_a_notebook_are_in_several_modules(someone):
    names = {exercise.name for module in modules() if module.NOTEBOOK == "04_lstm" for exercise in module.EXERCISES}
    assert len({module.__name__ for module in modules() if module.NOTEBOOK == "04_lstm"}) > 1
    for name in names:
        learner.remember(name)
    assert f"{len(names)} of {len(collect(modules()))} exercises" in str(progress())
    assert f"04 {len(names)}/{len(names)}" in str(progress())


def test_no_person_no_file():
    check("likeliest", lambda p: max(p, key=p.get))
    assert not learner.FILE.exists()


def test_a_damaged_file_is_named_and_left_as_it_is(someone):
    learner.FILE.write_text("{")
    assert check("likeliest", lambda p: max(p, key=p.get)).outcome == "right"
    assert learner.FILE.read_text() == "{"
    with pytest.raises(ValueError, match=r"my_progress\.json cannot be read .*delete it"):
        progress()


def test_a_folder_that_cannot_be_written_disturbs_nothing(someone, monkeypatch, tmp_path):
    monkeypatch.setattr(learner, "FILE", tmp_path / "no_folder" / "x" / "my_progress.json")
    (tmp_path / "no_folder").write_text("a file")
    assert check("likeliest", lambda p: max(p, key=p.get)).outcome == "right"


def test_the_line_is_drawn_for_any_progress():
    drawing = learner.draw_progress({"00": ["a", "b"], "01": ["c"]}, {"a", "x"})
    ElementTree.fromstring(drawing.svg())
    assert drawing.alt == "1 of 3 exercises solved. By notebook: 00 1/2, 01 0/1"
    assert "<b>" not in learner.draw_progress({"<b>": ["a"]}, set()).svg()
