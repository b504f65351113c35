"""The Korean edition: particles, the phrase book, and that nothing of it is missing or dead."""

from __future__ import annotations

import ast
import importlib
import re
import unicodedata

import matplotlib as mpl
import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from said_in_code import (
    COURSE,
    sentences,
    sources,
    strings,
    strings_of_notebooks,
    untranslated,
)
from test_drawings import DRAWINGS, MODEL, TEXTS, all_drawings, tree, written

from tutorlm import FlairEmbeddings
from tutorlm.course import editions, korean, language, lettering, predict, reveal
from tutorlm.course.drawings.shapes import extent
from tutorlm.course.editions import translate
from tutorlm.course.environment import _columns, check_environment
from tutorlm.course.exercises import check, hint, judge, modules, solution, write_solutions
from tutorlm.course.particles import last_consonant, particle, with_particles
from tutorlm.course.phrases import PhraseBook
from tutorlm.course.plots import curves_chart
from tutorlm.course.widgets import (
    explore_dictionary,
    explore_embeddings,
    explore_generation,
    explore_offsets,
    explore_surprise,
    explore_units,
)

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
        "a dictionary of {}{}": "문자 {}개의 사전{}",
        "({} unknown)": "({} 모름)",
    }
)


@pytest.mark.parametrize(
    ("english", "said"),
    [
        ("The bias is missing.", "편향이 빠졌습니다."),
        ("hint 1 of 3", "힌트 3개 중 1번째"),  # the more specific template
        ("2 of 3", "3 중 2"),
        ("a dictionary of 1,234 (7 unknown)", "문자 1,234개의 사전 (7 모름)"),  # holes side by side
        ("a dictionary of 97", "문자 97개의 사전"),
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


@pytest.mark.parametrize(
    ("english", "said"),
    [
        ("Your function raised ValueError: B is 34, not 4",
         "함수를 실행하다가 오류가 났습니다: ValueError: B is 34, not 4"),
        ("Your function raised ValueError: only ASCII characters",
         "함수를 실행하다가 오류가 났습니다: ValueError: only ASCII characters"),
        ("Your function raised error: got more than 3 bytes",
         "함수를 실행하다가 오류가 났습니다: error: got more than 3 bytes"),
        ("Your function raised E1Error: right. It is late.\nforward",
         "함수를 실행하다가 오류가 났습니다: E1Error: right. It is late.\nforward"),
        ("You guessed 'x. forward. y'. It is 'x. step. y'.",
         "'x. forward. y'라고 예상했습니다. 결과는 'x. step. y'입니다."),
        ("the answer is 'cat, not dog', not 'dog'", "답: 'dog'가 나와야 하는데 'cat, not dog'가 나왔습니다"),
        ("Your guess is 'It is late. step. forward. b'. Now run the next cell.",
         "예상: 'It is late. step. forward. b'. 이제 다음 셀을 실행해 보세요."),
        ("This could not be examined. ValueError: a/best-lm.pt is no language model: it lacks 'state_dict'",
         "살펴볼 수 없습니다. ValueError: a/best-lm.pt is no language model: it lacks 'state_dict'"),
    ],
)  # fmt: skip
def test_what_is_quoted_or_was_raised_stays_as_it_is(english, said, in_korean):
    assert translate(english) == said


@given(st.text("abc ., :;!?()[]{}`'\"“”가한1\n", max_size=40), st.sampled_from(sorted(korean.phrases())))
def test_a_learners_text_comes_back_as_it_was_given(text, phrase):
    guess = repr(f"{text}{phrase}{text}")
    said = editions._book().translate(f"Your guess is {guess}. Now run the next cell.")
    assert said == f"예상: {guess}. 이제 다음 셀을 실행해 보세요."


def test_phrases_within_phrases_end_somewhere():
    for text in ("line 1: " * 140, " characters" * 140, "nearest " * 200):
        assert editions._book().translate(text)


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
        units = {f"{{}} {unit}" for unit in found} | {f"{{}}{unit}" for unit in found if unit.startswith("%")}
        return found | units  # as `reveal` writes them after a number
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


@pytest.mark.parametrize("name", korean.modules())
def test_a_phrase_with_holes_has_words_enough_to_be_known_by(name):
    for english in importlib.import_module(f"tutorlm.course.korean.{name}").PHRASES:
        assert "{}" not in english or len(re.sub(r"\{\}|\s", "", english)) >= 4, english


# -- nothing is missing ------------------------------------------------------------------------------------

# Not for learners: a program of the command line, checks whose errors stay English, and texts with a form of their own.
ENGLISH = ("demo.py", "checks.py")
KEPT = (
    "<!-- {} -->", "<{} that cannot be shown: {}>", "the sentence with its ends", "import sys",
    "a run ends with a result or an error", "a made-up newspaper", "practising the last notebook",
)  # fmt: skip
FILES = [file for file in sorted(COURSE.rglob("*.py")) if "korean" not in file.parts and file.name not in ENGLISH]


def test_every_module_of_exercises_is_translated():
    assert {module.__name__.rpartition(".")[2] for module in modules()} == {
        name.removeprefix("tasks_") for name in korean.modules() if name.startswith("tasks_")
    }


def texts_in(value):
    """All strings in the arguments of a case."""
    parts = [*value, *value.values()] if isinstance(value, dict) else value
    if isinstance(value, str):
        return [value]
    return [text for part in parts for text in texts_in(part)] if isinstance(value, (list, tuple, set, dict)) else []


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(COURSE)))
def test_each_sentence_of_the_course_is_translated(file):
    known = {english.strip() for english in korean.phrases()}
    chosen = {choice for module in modules() for exercise in module.EXERCISES for choice in exercise.choices}
    said = sentences(ast.parse(file.read_text(encoding="utf-8"))) - chosen
    data = [text for module in modules() for exercise in module.EXERCISES if exercise.cases
            for case in exercise.cases() for text in texts_in(case)] if file.parent.name == "tasks" else []  # fmt: skip
    missing = {text for text in said - known if not text.startswith(KEPT) and not any(text in one for one in data)}
    assert missing == set()


@pytest.mark.parametrize(
    "exercise", [one for module in modules() for one in module.EXERCISES], ids=lambda exercise: exercise.name
)
def test_task_hints_and_afterword_of_an_exercise_are_in_korean(exercise, in_korean):
    for english in (exercise.task, *exercise.hints, exercise.afterword):
        said = translate(english)
        is_code = not re.search("[A-Za-z]", re.sub("`[^`]*`", "", english))
        assert (is_code or re.search("[가-힣]", said)) and not untranslated(said), english
    waiting = str(judge(exercise, ...))
    assert waiting.startswith(f"아직입니다 · {exercise.name}\n답이 아직 빈자리입니다. {translate(exercise.task)}")
    assert not untranslated(waiting)


# -- what learners see -----------------------------------------------------------------------------------


def test_a_right_answer_hints_and_solutions_speak_korean(in_korean):
    right = check("likeliest", lambda p: max(p, key=p.get))
    assert right.outcome == "right" and str(right).startswith("맞았습니다 · likeliest\n온도가 0이면")
    assert str(hint("likeliest")).startswith("힌트 1/2 · likeliest\n") and "더 자세한 힌트" in str(hint("likeliest"))
    assert "해답 하나" in str(hint("likeliest", 2)) and "힌트는 모두 2개입니다." in str(hint("likeliest", 3))
    assert str(solution("likeliest")).splitlines()[1] == "이렇게 할 수 있습니다."


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda text: float(len(set(text))), "답: 정수(int)가 나와야 하는데 실수(float)가 나왔습니다."),
        (lambda text: print(text), "답이 None입니다."),
        (lambda: 1, "함수가 아래 인자를 받지 못합니다: too many positional arguments."),
        (lambda text: 1 / 0, "함수를 실행하다가 오류가 났습니다: ZeroDivisionError: division by zero"),
        (lambda text: 10**6, "가 나와야 하는데 1000000이 나왔습니다."),
        (7, "함수의 결과가 아니라 함수 자체를 넘겨 주세요."),
    ],
)
def test_what_the_judge_says_is_korean(in_korean, answer, said):
    result = check("alphabet_size", answer)
    assert result.outcome == "try again" and said in str(result)
    assert not untranslated(str(result).replace("too many positional arguments", ""))


def test_guesses_are_compared_in_korean(in_korean):
    assert "`...` 자리에 예상을 적고" in str(predict("bits", ...))
    assert str(predict("bits", 3.0)).startswith("적어 두었습니다 · bits\n예상: 3.0.")
    told = str(reveal("bits", 1.89, "bits per character"))
    assert told == "결과 · bits\n3[이라/라]고 예상했습니다.".replace("[이라/라]", "이라") + (
        " 결과는 문자당 1.89비트입니다. 예상이 1.11만큼 높았습니다."
    )
    predict("half", "forward")
    assert str(reveal("half", "backward")) == "결과 · half\n'forward'라고 예상했습니다. 결과는 'backward'입니다."


def test_the_check_of_the_environment_is_korean_and_its_columns_are_even(in_korean):
    report = check_environment()
    lines = str(report).splitlines()
    assert not untranslated("\n".join(lines)), "\n".join(lines)
    found = {line.what: line.found for line in report.lines}
    where, disk = (next(line for line in lines if name in line) for name in ("실행 환경", "디스크"))
    assert _columns(where[: where.index(translate(found["where"]))]) == _columns(disk[: disk.index("GB") - 3])


@pytest.mark.parametrize("language_of_text", ["English", "Korean"])
def test_drawings_fit_their_canvas_in_korean_too(language_of_text, in_korean):
    for name, drawing in all_drawings(TEXTS[language_of_text]).items():
        assert re.search("[가-힣]", drawing.alt), name
        learners = re.compile("|".join(re.escape(text[:12]) for text in TEXTS.values()))
        assert not untranslated(learners.sub("", drawing.alt)), drawing.alt
        assert tree(drawing).get("aria-label") == drawing.alt
        for x, y, words, size, anchor in written(drawing):
            wide = extent(words, size)
            left = x - {"start": 0, "middle": wide / 2, "end": wide}[anchor]
            assert left >= -1 and left + wide <= drawing.width + 1, (name, words)
            assert y <= drawing.height, (name, words)
    assert not re.search("[가-힣]", DRAWINGS["cell, English"].alt)


def test_pages_and_controls_are_korean(in_korean):
    for explorer in (
        explore_surprise(MODEL, "The ferry"), explore_dictionary("The ferry. 배가 왔다."),
        explore_generation(MODEL, "The", length=8), explore_units(MODEL, "The ferry came. It was late. " * 4),
        explore_offsets("The ferry came", [FlairEmbeddings(MODEL)]),
        explore_embeddings(FlairEmbeddings(MODEL), ["The ferry came", "a ferry"]),
    ):  # fmt: skip
        page = re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", explorer.still, flags=re.DOTALL)
        assert not untranslated(re.sub("<[^>]*>", " · ", page)), repr(explorer)
        assert re.search("[가-힣]", repr(explorer))
        assert all(not control.description.isascii() for control in explorer.controls.values())


def test_a_chart_is_told_in_korean_and_drawn_in_korean_where_a_font_has_the_letters(in_korean, monkeypatch):
    found = lettering.hangul_font()
    for font, label in [(None, "bits per character"), *([(found, "문자당 비트 수")] if found else [])]:
        with mpl.rc_context():
            monkeypatch.setattr(lettering, "hangul_font", lambda font=font: font)
            chart = curves_chart(
                {"train": ([1, 2], [4, 3]), "valid": ([1, 2], [5, 3.5])}, "step", baselines={"uniform": 6}
            )
            assert chart.figure.axes[0].get_ylabel() == label
            assert (font in mpl.rcParams["font.family"]) == bool(font)
            assert chart.alt == (
                "그래프: 스텝에 따른 문자당 비트 수.\n훈련(train): 1일 때 4, 2일 때 3\n"
                "검증(valid): 1일 때 5, 2일 때 3.5\nuniform: 6"
            )


def test_the_notebook_of_solutions_is_korean_and_runs_from_its_folder(in_korean, tmp_path):
    write_solutions(tmp_path / "solutions.ipynb")
    cells = nbformat.read(tmp_path / "solutions.ipynb", as_version=4).cells
    assert cells[0].source.startswith("# 해답\n\n연습 문제마다")
    assert 'Path("../..")' in cells[1].source and 'course.language("ko")' in cells[1].source
    task = next(cell.source for cell in cells if cell.id == "alphabet_size-task")
    assert task.startswith("**alphabet_size.** `alphabet_size(text)`를 작성하세요.")
    assert any(cell.source == "## [00_start_here](00_start_here.ipynb)" for cell in cells)


def test_the_report_of_the_capstone_is_korean(in_korean, tmp_path):
    from tutorlm.course.capstone import Work
    from tutorlm.course.report import Report, draw_bits, examine_model

    assert "폴더가 없습니다. 지금 있는 곳은" in str(examine_model(tmp_path / "none" / "forward"))
    work = Work(tmp_path, tmp_path / "corpus", baselines={"uniform": 6.0, "5-gram": 3.0}, samples={"forward": "abc"})
    needed = "2.100 bits per character at most; the best n-gram model, the 5-gram, needs 3.000: 30.0% saved"
    report = Report((needed, "both directions share one dictionary"), "There is no a/b. Write it: a title.", work)
    assert str(report).splitlines()[:3] == [
        "✓ 문자당 2.100비트 이하. 가장 좋은 n-그램 모델인 5-gram은 3.000비트. 30.0% 줄었습니다",
        "✓ 두 방향이 같은 사전을 씁니다", "✗ a/b 파일이 없습니다. 이렇게 쓰세요: 제목.",
    ]  # fmt: skip
    leak = "Lines of test that are also in train: 15, with 9.00% of its characters (the first is a:1). x. y."
    said = "테스트(test) 글의 줄 15개(문자의 9.00%)가 훈련(train) 글에도 있습니다 (처음 나오는 곳은 a:1)"
    assert said in str(Report((), leak, work))
    assert "순방향 모델이 쓴 글" in report.html() and "테스트(test) 글의 문자당 비트 수" in report.html()
    assert draw_bits(work).alt == "테스트(test) 글의 문자당 비트 수: uniform 6.00, 5-gram 3.00"
