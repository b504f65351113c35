"""The capstone: a real pair of models passes every step, and each way to fall short is told what to do."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
import torch

from tutorlm import Dictionary, LanguageModel, TextCorpus
from tutorlm.course import capstone
from tutorlm.course.exercises import check, hint, solution
from tutorlm.course.report import examine_model, examine_pair
from tutorlm.recipes import RECOMMENDED

SAMPLE = Path(__file__).parent.parent / "data" / "sample_corpus" / "ar"
CARD = "# News of a harbour\n\nLanguage: Arabic\nText: a made-up newspaper\nLicence: our own\nUse: tests\n"


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    """A pair that beats counting, with corpus and card."""
    folder = tmp_path_factory.mktemp("capstone") / "my_language"
    shutil.copytree(SAMPLE, folder / "corpus")
    dictionary = Dictionary.from_files(folder / "corpus" / "train")
    for name in ("forward", "backward"):
        corpus = TextCorpus(folder / "corpus", dictionary, is_forward_lm=name == "forward")
        torch.manual_seed(0)
        model = LanguageModel(dictionary, name == "forward", hidden_size=256, nlayers=1, dropout=0.3)
        RECOMMENDED.train(model, corpus, folder / name, mini_batch_size=8, max_epochs=12, observers=[])
    (folder / "card.md").write_text(CARD, encoding="utf-8")
    return folder


@pytest.fixture
def work(trained, tmp_path, monkeypatch) -> Path:
    """A copy of the pair to spoil, on text that counts as the learner's own."""
    monkeypatch.setattr(capstone, "SAMPLES", tmp_path / "none")
    shutil.copytree(trained, tmp_path / "my_language")
    return tmp_path / "my_language"


def test_a_good_pair_passes_and_leaves_a_page_to_show(work):
    result = check("my_language", str(work))
    assert result.outcome == "right", str(result)
    page = (work / "report.html").read_text(encoding="utf-8")
    assert "News of a harbour" in page and "<svg" in page and 'dir="auto"' in page
    assert "backward writes:" in str(result) and "<svg" in result._repr_html_()


def test_one_good_model_passes(work):
    assert check("beat_the_ngram", work / "forward").outcome == "right"
    assert examine_model(work / "forward" / "best-lm.pt").passed
    assert examine_model(work / "backward").passed


def test_the_numbers_of_the_report_are_those_of_the_models(work):
    report = examine_pair(work)
    text = (work / "corpus" / "test.txt").read_text(encoding="utf-8")
    for name in ("forward", "backward"):
        measured = LanguageModel.load(work / name / "best-lm.pt").score(text).bits_per_character
        assert report.work.scores[name].bits_per_character == pytest.approx(measured, abs=1e-6)
        assert f"{measured:.3f}" in str(report)


def test_one_model_is_judged_on_the_valid_text_so_the_test_text_stays_hidden(work):
    (work / "corpus" / "test.txt").write_text("ا" * 2000, encoding="utf-8")  # would be judged far worse
    report = examine_model(work / "forward")
    valid = (work / "corpus" / "valid.txt").read_text(encoding="utf-8")
    measured = LanguageModel.load(work / "forward" / "best-lm.pt").score(valid).bits_per_character
    assert report.passed and f"{measured:.3f}" in str(report)
    assert "valid text" in report.html() and "test text" not in report.html()


ELSEWHERE = [
    ("beat_the_ngram", "", "such as '{}/forward'"),
    ("beat_the_ngram", "nowhere/forward", "There is no folder '{}/nowhere/forward'"),
    ("my_language", "forward", "in it: '{}'"),
    ("my_language", "corpus", "in it: '{}'"),
    ("my_language", "forward/nowhere", "There is no folder '{}/forward/nowhere'"),
]


@pytest.mark.parametrize(("name", "answer", "said"), ELSEWHERE)
def test_the_wrong_folder_is_told_the_right_one(work, name, answer, said):
    assert said.format(work.as_posix()) in check(name, work / answer).message


def test_the_report_explains_its_numbers_to_those_it_is_shown_to(work):
    assert "fewer bits are better" in examine_pair(work).html()


def test_a_report_says_if_counting_had_only_a_part_of_the_text(work, monkeypatch):
    assert "it counted" not in str(examine_pair(work))
    monkeypatch.setattr(capstone, "COUNTED", 15_000)
    assert "(it counted 15,000 of 22,7" in str(examine_pair(work))


def exchange(work):
    (work / "forward").rename(work / "x")
    (work / "backward").rename(work / "forward")
    (work / "x").rename(work / "backward")


def other_dictionary(work):
    dictionary = Dictionary.from_files(work / "corpus" / "train", coverage=0.99)
    LanguageModel(dictionary, False, hidden_size=8, nlayers=1).save(work / "backward" / "best-lm.pt")


def untrained(work, name):
    dictionary = LanguageModel.load(work / "forward" / "best-lm.pt").dictionary
    LanguageModel(dictionary, name == "forward", hidden_size=8, nlayers=1).save(work / name / "best-lm.pt")


def leak(work):
    file = work / "corpus" / "train" / "train_split_1"
    leaked = (work / "corpus" / "test.txt").read_text(encoding="utf-8")
    file.write_text(file.read_text(encoding="utf-8") + leaked, encoding="utf-8")


def hard_valid(work):
    file = work / "corpus" / "valid.txt"
    text = list(file.read_text(encoding="utf-8"))
    random.Random(0).shuffle(text)
    file.write_text("".join(text), encoding="utf-8")


def unknown(work):
    file = work / "corpus" / "test.txt"
    file.write_text(file.read_text(encoding="utf-8").replace("م", "ƿ"), encoding="utf-8")


def short(work):
    for file in (work / "corpus" / "train").iterdir():
        file.write_text("بحر\n", encoding="utf-8")


WRONG = [
    (lambda work: shutil.rmtree(work / "corpus"), "prepare_corpus"),
    (short, "too few to say anything"),
    (leak, "Lines of test that are also in train"),
    (lambda work: (work / "backward" / "best-lm.pt").unlink(), "backward' as its folder"),
    (exchange, "Are the two folders exchanged?"),
    (other_dictionary, "Make one dictionary"),
    (unknown, "unknown to the dictionary ('ƿ'"),
    (lambda work: untrained(work, "forward"), "The forward model needs"),
    (lambda work: untrained(work, "backward"), "The backward model needs"),
    (hard_valid, "Too good to be true"),
    (lambda work: (work / "card.md").unlink(), "card.md. Write it"),
    (lambda work: (work / "card.md").write_text(CARD.replace("our own", "...")), "The card lacks Licence"),
    (lambda work: (work / "card.md").write_text(CARD.replace("# News", "News")), "The card lacks a title"),
    (
        lambda work: (work / "card.md").write_text(CARD.replace("our own", capstone.REHEARSED["Licence"])),
        "newspaper (Licence)",
    ),
    (lambda work: (work / "forward" / "best-lm.pt").write_bytes(b"no model"), "best-lm.pt"),
]


@pytest.mark.parametrize(("spoil", "said"), WRONG, ids=[said for _, said in WRONG])
def test_what_falls_short_is_told_what_to_do(work, spoil, said):
    spoil(work)
    result = check("my_language", str(work))
    assert result.outcome == "try again"
    assert said in result.message


def test_a_backward_model_that_is_much_worse_is_noticed(work):
    report = examine_pair(work)
    work_done = report.work
    worse = work_done.scores["backward"]
    work_done.scores["backward"] = type(worse)(worse.text, worse.log_p * 1.2, worse.unknown_share, worse.bytes)
    valid = {name: (work_done.texts["test"] if name == "valid" else text) for name, text in work_done.texts.items()}
    work_done.texts = valid
    with pytest.raises(capstone.NotYetError, match="Train the backward one again"):
        capstone.is_believable(work_done)


def test_the_text_of_the_course_is_not_the_learners_own(trained):
    result = check("my_language", trained)
    assert result.outcome == "try again" and "newspaper of the course" in result.message
    assert len(result.report.steps) == len(capstone.PAIR) - 1


def test_the_card_of_the_rehearsal_is_known_to_the_judge():
    notebook = Path(__file__).parent.parent / "notebooks" / "12_your_language.ipynb"
    text = notebook.read_text(encoding="utf-8")
    assert all(f"{name}: {said}" in text for name, said in capstone.REHEARSED.items())


@pytest.mark.parametrize("answer", [..., None])
def test_a_placeholder_is_not_yet_an_answer(answer):
    assert check("my_language", answer).outcome == check("beat_the_ngram", answer).outcome == "not yet"


def test_a_number_is_no_folder_and_a_missing_folder_is_said():
    assert "name of a folder" in check("my_language", 3).message
    assert check("my_language", "no_such_folder").outcome == "try again"


def test_there_are_hints_and_no_solution_to_copy():
    assert "says more" in str(hint("my_language"))
    assert "none to copy" in str(solution("beat_the_ngram"))
