"""The Korean edition: particles, the phrase book, and that nothing of it is missing or dead."""

from __future__ import annotations

import ast
import importlib
import re
import unicodedata

import pytest
from said_in_code import sources, strings, strings_of_notebooks, untranslated

from tutorlm.course import editions, korean, language
from tutorlm.course.editions import translate
from tutorlm.course.particles import last_consonant, particle, with_particles
from tutorlm.course.phrases import PhraseBook

CHOICES = {"은/는", "이/가", "을/를", "과/와", "으로/로", "이라/라"}

# -- particles ---------------------------------------------------------------------------------------------


def test_a_syllable_with_a_final_consonant_takes_the_first_particle_and_one_without_the_second():
    for code in range(ord("가"), ord("힣") + 1):
        syllable = chr(code)
        closed = len(unicodedata.normalize("NFD", syllable)) == 3
        assert particle(syllable, "은", "는") == ("은" if closed else "는"), syllable
        ends_in_l = unicodedata.normalize("NFD", syllable).endswith("\u11af")
        assert particle(syllable, "으로", "로") == ("으로" if closed and not ends_in_l else "로"), syllable


@pytest.mark.parametrize(
    ("word", "said"),
    [("0", "은"), ("1", "은"), ("2", "는"), ("3", "은"), ("4", "는"), ("5", "는"), ("6", "은"), ("7", "은"),
     ("8", "은"), ("9", "는"), ("10", "은"), ("1,000", "은"), ("3.5", "는"), ("12%", "는"), ("LSTM", "은"),
     ("NFC", "는"), ("H", "는"), ("n", "은"), ("model", "은"), ("file", "은"), ("step", "은"), ("string", "은"),
     ("text", "는"), ("list", "는"), ("size", "는"), ("`window_bits`", "는"), ("`hint`", "는"), ("“고양이”", "는"),
     ("'책'", "은"), ("(2, 3)", "은"), ("<unk>", "는"), ("ㅋ", "은"), ("ㅏ", "는"), ("", "는"), ("海", "는")],
)  # fmt: skip
def test_what_is_no_syllable_is_read_as_koreans_read_it(word, said):
    assert with_particles(f"{word}[은/는]") == word + said


@pytest.mark.parametrize(
    ("word", "said"), [("7", "로"), ("3", "으로"), ("2", "로"), ("model", "로"), ("길", "로"), ("집", "으로")]
)
def test_after_l_as_after_a_vowel_it_is_ro(word, said):
    assert with_particles(f"{word}[으로/로]") == word + said
    assert last_consonant(word) == last_consonant(f"“{word}”.")


# -- the phrase book -------------------------------------------------------------------------------------

BOOK = PhraseBook(
    {
        "The bias is missing.": "편향이 빠졌습니다.",
        "{} is missing: {}.": "{}[이/가] 없습니다. {}.",
        "the gate {}": "게이트 {}",
        "{} is {}, not {}": "{0}[은/는] {2}[이/가] 아니라 {1}입니다",
        "the answer": "답",
        "an int": "정수",
        "a list": "리스트",
        "One. Two.": "하나, 둘.",
        "hint {} of {}": "힌트 {1}개 중 {0}번째",
        "{} of {}": "{1} 중 {0}",
    }
)


@pytest.mark.parametrize(
    ("english", "said"),
    [
        ("The bias is missing.", "편향이 빠졌습니다."),
        ("hint 1 of 3", "힌트 3개 중 1번째"),  # the more specific template
        ("2 of 3", "3 중 2"),
        ("The answer is an int, not a list.", "답은 리스트가 아니라 정수입니다."),  # a phrase as a sentence
        ("[2] is 3, not 7", "[2]는 7이 아니라 3입니다"),
        ("the gate f is missing: c.", "게이트 f가 없습니다. c."),
        ("One. Two. The bias is missing.", "하나, 둘. 편향이 빠졌습니다."),
        ("One. The bias is missing.\n  2 of 3", "One. 편향이 빠졌습니다.\n  3 중 2"),
        ("Something else.", "Something else."),
        ("", ""),
        (" \n", " \n"),
        ("[은/는] is an int, not {1}", "[은/는]은 {1}이 아니라 정수입니다"),  # what is in a hole is no template
    ],
)
def test_a_text_is_taken_apart_into_phrases(english, said):
    assert BOOK.translate(english) == said


def test_a_long_text_is_looked_up_in_a_moment():
    for several in (20, 120):
        text = " ".join(f"The answer is {number}, not {number + 1}." for number in range(several))
        assert "6이 아니라 5입니다." in BOOK.translate(text)
    assert BOOK.translate(text * 4) == text * 4  # no text of the course is as long


def test_english_is_left_as_it_is_and_there_are_two_editions():
    assert language() == "en" and translate("noted") == "noted"
    with pytest.raises(ValueError, match="'en' and 'ko'"):
        language("de")
    assert language() == "en"


def test_korean_is_spoken_until_english_is_chosen_again(in_korean):
    assert language() == "ko" and translate("noted") == "적어 두었습니다"
    assert language("en") == "en" and translate("noted") == "noted"


# -- nothing is dead or bent -----------------------------------------------------------------------------


def said_beside(name: str) -> set[str]:
    """The strings of the code for which a module of the phrase book is."""
    if name == "notebooks":
        found = strings_of_notebooks()
        return found | {f"{{}} {unit}" for unit in found}  # units, as `reveal` writes them after a number
    return {text for file in sources(name) for text in strings(ast.parse(file.read_text(encoding="utf-8")))}


@pytest.mark.parametrize("name", korean.modules())
def test_each_phrase_is_said_in_the_module_that_it_stands_beside(name):
    phrases = importlib.import_module(f"tutorlm.course.korean.{name}").PHRASES
    assert set(phrases) - said_beside(name) == set()


@pytest.mark.parametrize("name", korean.modules())
def test_a_phrase_and_its_translation_have_the_same_holes_and_names(name):
    for english, said in importlib.import_module(f"tutorlm.course.korean.{name}").PHRASES.items():
        holes, filled = english.count("{}"), re.findall(r"\{(\d*)\}", said)
        numbers = {int(number) if number else place for place, number in enumerate(filled)}
        assert not holes or numbers <= set(range(holes)), english
        assert holes == len(numbers), f"{english}: a hole is lost or made up"
        assert set(re.findall(r"`[^`]*`", english)) == set(re.findall(r"`[^`]*`", said)), english
        assert set(re.findall(r"\[([가-힣]+/[가-힣]+)\]", said)) <= CHOICES, english
        assert not untranslated(said), said


def test_no_two_modules_disagree():
    assert korean.phrases()
    assert editions._book() is editions._book()
