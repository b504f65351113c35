"""The exercises of notebook 11: what is right passes, and each known mistake hears its own message."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch
from conftest import SAMPLE
from promises_of_tasks import mistakes_are_named, references_are_right

from tutorlm import Dictionary, LanguageModel, prepare_corpus
from tutorlm.course import patients
from tutorlm.course.exercises import check
from tutorlm.course.tasks import clinic as tasks
from tutorlm.files.pickles import UnsafeFileError

NOTEBOOK = SAMPLE.parent.parent / "notebooks" / f"{tasks.NOTEBOOK}.ipynb"
CASES = [exercise for exercise in tasks.EXERCISES if exercise.choices]


def stripped(documents):
    return [document.strip() for document in documents if document.strip()]


WRONG = [
    ("case_1", "a", "by the same path"),
    ("case_1", "b", "The corpus opens all the same"),
    ("case_1", "d", "There is enough"),
    ("case_2", "b", "A font decides"),
    ("case_2", "c", "Damage leaves the text around it readable"),
    ("case_2", "d", "NFC joins"),
    ("case_3", "a", "keeps no copies"),
    ("case_3", "b", "a zip archive"),
    ("case_3", "c", "does not know where it was trained"),
    ("case_4", "a", "enough for a 5-gram model"),
    ("case_4", "c", "the rate of the recipe"),
    ("case_4", "d", "Overfitting needs"),
    ("case_5", "a", "the first steps would be the worst"),
    ("case_5", "b", "One cycle has another shape"),
    ("case_5", "c", "It could have learnt more"),
    ("case_6", "a", "Run A is worse than a model that knows nothing"),
    ("case_6", "c", "its valid loss has turned"),
    ("case_6", "d", "a thousandth of what it was"),
    ("case_7", "a", "its name says forward"),
    ("case_7", "b", "even Arabic text"),
    ("case_7", "d", "There has been no step yet"),
    ("case_8", "b", "7,027 steps"),
    ("case_8", "c", "LSTMs were invented for just that"),
    ("case_8", "d", "would not stop it at a quarter"),
    ("case_9", "a", "a syllable holds more than a letter"),
    ("case_9", "c", "learn text by heart"),
    ("case_9", "d", "three bytes"),
    ("case_10", "a", "would not have opened"),
    ("case_10", "b", "New words are made of the same syllables"),
    ("case_10", "c", "Such characters exist"),
    ("case_11", "a", "nothing hints at it"),
    ("case_11", "b", "if both counted the same thing"),
    ("case_11", "d", "a bar that any model clears"),
    ("case_12", "b", "More text helps, but slowly"),
    ("case_12", "c", "with the same dictionary"),
    ("case_12", "d", "ask what the test text is"),
    ("case_5", "e", 'Answer with one of "a", "b", "c", "d"'),
    ("leaked_documents", lambda t, h: len(tasks.leaked_documents(t, h)), "the documents themselves"),
    ("leaked_documents", lambda t, h: set(tasks.leaked_documents(t, h)), "A set loses the order"),
    ("leaked_documents", lambda t, h: [d for d in h if d in t], "as they are"),
    ("leaked_documents", lambda t, h: [d for d in h if d.strip() in stripped(t)], "without blanks"),
    ("leaked_documents", lambda t, h: [d for d in stripped(t) if d in stripped(h)], "through the training documents"),
    ("leaked_documents", lambda t, h: [d for d in stripped(h) if any(d in o for o in t)], "inside a longer one"),
    ("leaked_documents", lambda t, h: [d.strip() for d in h if d.strip() in {o.strip() for o in t}], "An empty line"),
    ("leaked_documents", lambda t, h: [d for d in stripped(h) for o in stripped(t) if d and d == o], "for each of its"),
    ("leaked_documents", lambda t, h: list(dict.fromkeys(tasks.leaked_documents(t, h))), "only once"),
]


test_a_known_mistake_hears_what_it_is = mistakes_are_named(WRONG)
test_the_reference_is_right_and_a_placeholder_is_not_yet = references_are_right(tasks.EXERCISES)


# -- the quiz ----------------------------------------------------------------------------------------------


def test_there_are_twelve_cases_and_each_wrong_choice_of_each_is_told_something_of_its_own():
    assert [case.name for case in CASES] == [f"case_{number}" for number in range(1, 13)]
    told = [check(case.name, choice).message for case in CASES for choice in tasks.CHOICES if choice != case.reference]
    assert len(set(told)) == 36 and min(map(len, told)) > 40


def test_a_capital_letter_will_do():
    assert check("case_1", "C").outcome == "right"


def test_the_right_answers_follow_no_pattern():
    letters = [case.reference for case in CASES]
    assert max(Counter(letters).values()) <= 4 and set(letters) == set(tasks.CHOICES)
    assert all(one != next_one for one, next_one in itertools.pairwise(letters))
    assert all(letters[:4] != letters[at : at + 4] for at in range(1, 9))


def test_each_case_lists_its_choices_and_folds_its_explanation_after_the_check():
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    for case in CASES:
        at = next(place for place, cell in enumerate(cells) if f'check("{case.name}"' in cell.source)
        listed, explained, mended = cells[at - 1], cells[at + 1], cells[at + 2]
        assert re.findall(r"^- \*\*([a-d])\*\* ", listed.source, re.MULTILINE) == list(tasks.CHOICES), case.name
        assert explained.source.startswith("<details><summary>Explanation, after you have answered</summary>\n\n")
        assert explained.source.endswith("\n\n</details>")
        assert "reveal" in mended.metadata.get("tags", []), case.name


# -- the patients ------------------------------------------------------------------------------------------


def test_the_old_file_is_shift_jis_and_iso_8859_1_takes_it_without_a_word(tmp_path):
    raw = patients.old_file(SAMPLE / "ja" / "valid.txt", tmp_path / "ja.txt")
    assert (tmp_path / "ja.txt").read_bytes() == raw
    assert not re.search(r"[ぁ-ん]", raw.decode("iso-8859-1"))
    with pytest.raises(ValueError, match=r"It is likely CP932 .*iconv -f CP932 -t UTF-8 ja\.txt$"):
        Dictionary.from_files(tmp_path / "ja.txt")


def test_the_gift_makes_its_folder_when_it_is_unpickled_and_not_when_it_is_loaded_here(tmp_path):
    for _ in range(2):
        path = patients.gift(tmp_path / "models" / "gift.pt")
        folder = path.parent / patients.FOLDER_OF_THE_GIFT
        with pytest.raises(UnsafeFileError):
            LanguageModel.load(path)
        assert not folder.exists()
        torch.load(path, weights_only=False)
        assert folder.is_dir()


def test_both_lines_look_alike_and_one_is_known():
    known = set(Dictionary.from_files(SAMPLE / "ko" / "train").get_items())
    assert set(patients.YESTERDAY) <= known
    assert np.mean([character not in known for character in patients.TODAY]) > 0.5
    assert Dictionary(normalization="NFC").encode(patients.TODAY).size == len(patients.YESTERDAY)


def test_the_second_week_leaks_and_the_first_does_not(tmp_path):
    found = {}
    for week in (1, 2):
        pages = patients.crawl(SAMPLE / "hi" / "train", tmp_path / f"pages_{week}", week)
        found[week] = prepare_corpus(pages, tmp_path / f"week_{week}").duplicates["test"]
        assert len(list(Path(pages).iterdir())) == 113 * week
    assert found[1] == 0 < found[2]


def test_the_recorded_runs_have_the_shapes_that_the_diagnoses_name():
    runs = patients.RUNS
    assert {len(run.steps) == len(run.train) == len(run.valid) for run in runs.values()} == {True}
    assert min(runs["A"].valid) > 5 * patients.UNIFORM
    assert all(after < before for before, after in itertools.pairwise(runs["B"].valid))
    assert runs["C"].train[-1] < runs["C"].valid[-1] / 2 and runs["C"].valid[-1] > min(runs["C"].valid) + 0.3
    assert runs["D"].rates[1] <= runs["D"].rates[0] / 1000 and runs["D"].valid[3] - runs["D"].valid[-1] < 0.1
