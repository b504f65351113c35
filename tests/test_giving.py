"""Notebook 13 finds the learner's pair, or says which one it takes instead, and shows a card that nobody can misuse."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tutorlm.course.giving import Card, pair_to_give, show_card
from tutorlm.files.bundles import CARD


def leave(home: Path, bits: tuple[float, float] = (3.5, 3.6), lacking: str = "") -> Path:
    """A folder as notebook 12 leaves it."""
    for place, name in enumerate(("corpus/test.txt", "forward/best-lm.pt", "backward/best-lm.pt", "report.html")):
        if name != lacking:
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).touch()
            os.utime(home / name, (1000 + place, 1000 + place))
    head = "epoch\tstep\tseconds\tvalid_bits_per_character\n"
    for direction, value in zip(("forward", "backward"), bits, strict=True):
        (home / direction).mkdir(parents=True, exist_ok=True)
        (home / direction / "loss.tsv").write_text(f"{head}1\t10\t2.0\t{value}\n")
    return home


def test_the_learners_own_pair_comes_first_and_its_licence_is_asked_for(tmp_path):
    leave(tmp_path / "rehearsal")
    own = leave(tmp_path / "my_language")
    mine = pair_to_give(tmp_path)
    assert (mine.models, mine.corpus) == (own, own / "corpus")
    assert mine.licence is mine.language is None and "your own pair" in str(mine)


def test_the_rehearsal_is_taken_until_there_is_one(tmp_path):
    home = leave(tmp_path / "rehearsal")
    leave(tmp_path / "my_language", lacking="report.html")  # still in training
    mine = pair_to_give(tmp_path)
    assert (mine.models, mine.licence, mine.language) == (home, "cc0-1.0", "ko") and "rehearsal" in str(mine)


@pytest.mark.parametrize("lacking", ["corpus/test.txt", "forward/best-lm.pt", "backward/best-lm.pt", "report.html"])
def test_without_a_finished_pair_ready_models_are_taken(tmp_path, lacking):
    leave(tmp_path / "rehearsal", lacking=lacking)
    mine = pair_to_give(tmp_path)
    assert mine.models == {"forward": "news-mini-forward", "backward": "news-mini-backward"}
    assert (mine.corpus / "test.txt").is_file() and "notebook 12 has not been run" in str(mine)


def test_a_pair_that_is_being_trained_again_does_not_count(tmp_path):
    home = leave(tmp_path / "rehearsal")
    os.utime(home / "backward" / "best-lm.pt", (5000, 5000))
    assert "ready models" in str(pair_to_give(tmp_path))


def test_a_rehearsal_that_was_disturbed_does_not_count(tmp_path):
    leave(tmp_path / "rehearsal", bits=(3.5, 4.1))
    assert "ready models" in str(pair_to_give(tmp_path))


def test_ready_models_are_taken_in_an_empty_folder(tmp_path):
    assert "ready models" in str(pair_to_give(tmp_path / "nothing"))


# -- the card ----------------------------------------------------------------------------------------------


def test_sections_of_a_real_card_are_shown_and_the_others_named(bundled):
    card = show_card(bundled, "Results", "What they write")
    assert list(card.sections) == ["news-mini", "Results", "What they write"]
    assert "Use" in card.left_out and "Also in the card: Use, Training" in str(card)
    page = card.html()
    assert page.count("<table") == 1 and page.count('class="tlm-text"') == 2
    assert ">&lt;unk&gt;<" in page and "```" not in page and "---" not in page and "model-index" not in page
    assert set(card._repr_mimebundle_()) == {"text/plain", "text/html"}


def test_in_the_korean_edition_the_section_in_korean_comes_first(tmp_path, in_korean):
    (tmp_path / CARD).write_text(
        "# Tales\n\n## Use\n\nUse.\n\n## Files\n\nTwo.\n\n## 한국어\n\n말.\n", encoding="utf-8"
    )
    assert list(show_card(tmp_path, "Use").sections) == ["Tales", "한국어", "Use"]
    assert "카드에 더 있는 것: Files" in str(show_card(tmp_path, "Use"))
    assert list(show_card(tmp_path).sections) == ["Tales", "한국어", "Use", "Files"]


def test_all_sections_are_shown_if_none_is_named(bundled):
    card = show_card(bundled)
    assert card.left_out == () and "That is all" in str(card)
    assert "@inproceedings" in card.html()  # what looks like a heading in it, or not, is left alone


def test_a_section_that_is_not_there_is_an_error_that_names_the_others(bundled):
    with pytest.raises(ValueError, match="no section 'Numbers', but Use, Results"):
        show_card(bundled, "Numbers")


def test_a_strangers_card_is_escaped_and_its_code_stays_code(tmp_path):
    text = (
        "---\nlicense: mit\n---\n# <b>Tales</b>\n\nBy <script>me</script>.\n\n## Use\n\nlike this\n```python\n"
        "# no heading\n\n## nor this <i>\n```\n\n| a | `b` |\n|---|---|\n| <u> | **2** |\n"
    )
    (tmp_path / CARD).write_text(text, encoding="utf-8")
    card = show_card(tmp_path)
    assert list(card.sections) == ["<b>Tales</b>", "Use"]
    page = card.html()
    assert not any(tag in page for tag in ("<script", "<i>", "<u>", "<b>Tales"))
    assert "# no heading\n\n## nor this &lt;i&gt;" in page


@pytest.mark.parametrize(
    "text", ["", "no title", "```\nnever closed", "---\nno end", "|", "# t\n\n|---|\n", "|---|\n|---|\n|---|"]
)
def test_a_card_of_another_form_is_shown_as_it_is(tmp_path, text):
    (tmp_path / CARD).write_text(text, encoding="utf-8")
    assert isinstance(show_card(tmp_path), Card) and show_card(tmp_path).html()
