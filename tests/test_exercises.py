"""The exercise engine: three outcomes, messages that help, nothing remembered, nothing raised."""

from __future__ import annotations

import collections
import html.parser
import re
import subprocess
import sys
import types
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch
from hostile_answers import FUNCTIONS, VALUES, MuteError, fails, with_parts_replaced

from tutorlm.course import exercises
from tutorlm.course.differences import difference
from tutorlm.course.exercises import Exercise, check, collect, hint, judge, solution, write_solutions
from tutorlm.course.judging import Note

ROOT = Path(__file__).parents[1]
MODULES = exercises.modules()
ALL = list(collect(MODULES).values())


def twice(x):
    return x * 2


def for_values(*values, reference=twice, **rest):
    """An exercise that asks for a function of one argument, tried on these values."""
    return Exercise(
        "twice", "Write `twice(x)`.", ("first", "second"), reference, lambda: [(v,) for v in values], **rest
    )


def for_value(reference, **rest):
    """An exercise that asks for a value."""
    return Exercise("value", "Predict it.", ("first",), reference, **rest)


def gives(value, expected=None):
    """What is said to a function that always gives `value`, where `expected` is right."""
    return judge(for_values(0, reference=lambda x: expected), lambda x: value)


# -- right, and not yet -----------------------------------------------------------------------------------


def test_a_right_function_is_right_and_hears_why_it_matters():
    result = judge(for_values(1, 2.5, "ab", afterword="Halves come next."), lambda x: x + x)
    assert (result.outcome, result.message) == ("right", "Halves come next.")
    assert str(result) == "right · twice\nHalves come next."


def test_a_right_value_is_right():
    assert judge(for_value(42), 42).outcome == "right"
    assert judge(for_value(lambda: (2, "가")), (2, "가")).outcome == "right"
    assert judge(for_value(True), np.bool_(True)).outcome == "right"
    assert judge(for_value(0.3), 0.1 + 0.2).outcome == "right"


def only_dots(x): ...


def only_docstring(x):
    """Twice x."""


def only_pass(x):
    pass


def returns_dots(x):
    return ...


def returns_nothing(x):
    return None


def not_implemented(x):
    raise NotImplementedError


def stores_dots(x):
    answer = ...
    return answer  # noqa: RET504


def pair_with_dots(x):
    return x, ...


def reckons_with_dots(x):
    half = ...
    return half * x


PLACEHOLDERS = [..., None, only_dots, only_docstring, only_pass, returns_dots, returns_nothing, not_implemented]


@pytest.mark.parametrize(
    "answer",
    [*PLACEHOLDERS, stores_dots, pair_with_dots, reckons_with_dots],
    ids=lambda answer: getattr(answer, "__name__", str(answer)),
)
def test_a_placeholder_is_not_yet_an_answer_and_gets_the_task_again(answer):
    result = judge(for_values(1.5), answer)
    assert result.outcome == "not yet"
    assert "Write `twice(x)`." in result.message
    assert 'hint("twice")' in result.message


@pytest.mark.parametrize("answer", [..., None, (..., 3), [1, ...]], ids=str)
def test_a_placeholder_for_a_value_is_not_yet_an_answer(answer):
    assert judge(for_value((1, 3)), answer).outcome == "not yet"


def test_none_is_an_answer_where_none_is_asked_for():
    assert judge(for_value(None), None).outcome == "right"
    assert judge(for_values(1, reference=lambda x: None), lambda x: print(end="")).outcome == "right"


def test_a_function_that_gives_a_constant_is_no_placeholder():
    assert gives(3, 4).outcome == "try again"
    assert judge(for_values(1), lambda x: 2).outcome == "right"


# -- try again: what is said ------------------------------------------------------------------------------


def test_the_first_failing_input_is_shown_with_what_was_expected_and_what_came():
    result = judge(for_values(2, 3, 4), lambda x: x**2)
    assert result.outcome == "try again"
    assert result.message == "The answer is 9, not 6."
    assert result.code.splitlines() == ["input: <lambda>(3)", "expected: 6", "got: 9"]


def test_an_array_of_several_lines_stands_on_lines_of_its_own_so_that_its_columns_line_up():
    shown = gives(np.zeros((2, 2)), np.ones((2, 2))).code
    assert "expected:\n  array([[1., 1.],\n         [1., 1.]])\ngot:\n  array([[0., 0.],\n" in shown


@pytest.mark.parametrize(
    ("expected", "got", "said"),
    [
        (np.zeros((3, 2)), np.zeros((2, 3)), "the answer has shape (2, 3), not (3, 2)"),
        (np.zeros(2, np.uint8), np.zeros(2), "the answer has dtype float64, not uint8"),
        (np.zeros((2, 2)), np.array([[0, 0], [0.5, 1]]), "[1, 0] is 0.5, not 0.0"),
        (torch.zeros(3, 2), torch.zeros(3), "the answer has shape (3,), not (3, 2)"),
        (torch.zeros(2), torch.zeros(2, dtype=torch.int64), "the answer has dtype torch.int64, not torch.float32"),
        (torch.zeros(2), torch.tensor([0.0, 2.0], requires_grad=True), "[1] is 2.0, not 0.0"),
        (torch.zeros(2), torch.zeros(2, requires_grad=True), "the answer has requires_grad=True, not False; .detach()"),
        (torch.zeros(2, requires_grad=True), torch.zeros(2), "the answer has requires_grad=False, not True; its"),
        (torch.zeros(2), np.zeros(2), "the answer is an array, not a tensor"),
        (np.zeros(2), [0.0, 0.0], "the answer is a list, not an array"),
        (2.0, torch.tensor(2.0), "the answer is a tensor, not a float; .item() gives the number in it"),
        (1.5, 1.6, "the answer is 1.6, not 1.5"),
        (1.5, float("nan"), "the answer is nan, not 1.5"),
        (2, 2.0, "the answer is a float, not an int"),
        (1, True, "the answer is a bool, not an int"),
        (True, 1, "the answer is an int, not a bool"),
        ("a", 1, "the answer is an int, not a string"),
        ([1, 2, 3], [1, 2], "the answer has length 2, not 3"),
        ([1, 2], [1, 3, 4], "the answer has length 3, not 2; [1] is 3, not 2"),
        ([(1, "a"), (2, "b")], [(1, "a"), (2, "c")], "[1][1] at character 0: 'c' U+0063"),
        ((1, 2), [1, 2], "the answer is a list, not a tuple"),
        ({"a": 1, "b": 2}, {"a": 1}, "the answer lacks the key 'b'"),
        ({"a": 1}, {"a": 1, "b": 2}, "the answer has the key 'b', which does not belong there"),
        ({"a": [1]}, {"a": [2]}, "['a'][0] is 2, not 1"),
        ({1, 2}, {1, 3}, "the answer is {1, 3}, not {1, 2}"),
        ("배가", "배기", "the answer at character 1: '기' U+AE30 HANGUL SYLLABLE GI, not '가' U+AC00"),
        ("ferry", "fer", "the answer ends after 3 characters; 'r' U+0072"),
        ("fer", "ferry", "the answer goes on after 3 characters, with 'r' U+0072"),
        ("가", "\u1100\u1161", "the answer looks right, but is in another Unicode normal form: 2 code points"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_told_what_differs_first(expected, got, said):
    assert difference(expected, got, 1e-6).startswith(said)
    assert gives(got, expected).outcome == "try again"
    assert said.casefold() in gives(got, expected).message.casefold()


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (float("nan"), float("nan")),
        (np.array([1.0, np.nan]), np.array([1.0 + 1e-9, np.nan])),
        (torch.tensor([0.1]), torch.tensor([0.1 + 1e-8])),
        (2.0, 2),
        (2, np.int64(2)),
        (0.5, np.float32(0.5)),
        (-0.0, 0.0),
        (collections.Counter("aab"), {"b": 1, "a": 2}),
        (np.empty((0, 4)), np.empty((0, 4))),
        (np.array(3), np.array(3)),
        (float("inf"), float("inf")),
    ],
)
def test_what_is_as_good_as_equal_is_right(expected, got):
    assert difference(expected, got, 1e-6) is None


def test_the_tolerance_of_an_exercise_decides_which_floats_are_equal():
    assert judge(for_value(100.0, tolerance=0.01), 100.9).outcome == "right"
    assert judge(for_value(100.0, tolerance=0.001), 100.9).outcome == "try again"


def test_a_function_without_return_is_told_so():
    result = judge(for_values(1), lambda x: print(end=""))
    assert result.message == "The answer is None: perhaps `return` is missing, or it prints what it should return."


def test_a_result_in_place_of_the_function_is_told_to_pass_the_function():
    result = judge(for_values(1), twice(1))
    assert (
        result.message
        == "The answer should be a function, but this is an int. Pass the function itself, not its result."
    )


def test_a_function_in_place_of_a_value_is_told_to_call_it():
    assert judge(for_value(2), lambda: 2).message == "The answer should be a value, but this is a function: call it."


def test_a_function_of_too_few_parameters_is_told_how_it_is_called():
    result = judge(for_values(1), lambda: 2)
    assert result.message == "Your function does not accept the arguments below: too many positional arguments."
    assert result.code == "<lambda>(1)"


def test_a_wrong_value_does_not_learn_the_right_one():
    for got in (7, 1_000, (42, 1), "42", [42]):
        told = str(judge(for_value(41), got))
        assert "41" not in told
    assert judge(for_value(41), 7).message == "The answer: 7 is too small."
    assert judge(for_value((6, 14)), (6, 15)).message == "[1]: 15 is too large."
    assert judge(for_value("secret"), "guess").message == "The answer: 'guess' is not it."
    assert "14" not in str(judge(for_value((6, 14)), (6,)))
    assert "secret" not in str(judge(for_value({"secret": 1}), {}))


def test_a_choice_may_be_written_in_capitals_and_must_be_one_of_those_offered():
    exercise = for_value("b", choices=("a", "b"), diagnoses=lambda arguments, expected, got: {"a": "No loss."}.get(got))
    assert judge(exercise, " B").outcome == "right"
    assert judge(exercise, "a").message == "No loss."
    assert judge(exercise, "d").message == 'Answer with one of "a", "b"; this is \'d\'.'
    assert judge(exercise, ["b"]).outcome == "try again"


# -- functions that raise, or change their input ----------------------------------------------------------


def raises_in_a_helper(x):
    def helper():
        return {}[x]

    return helper()


def raises_inside_numpy(x):
    return np.arange(3).reshape(x)  # three do not fit


def exits(x):
    sys.exit("enough")


def endless(x):
    return endless(x)


@pytest.mark.parametrize(
    ("answer", "said", "line"),
    [
        (raises_in_a_helper, "KeyError: 4", "return {}[x]"),
        (raises_inside_numpy, "ValueError: cannot reshape", "return np.arange(3).reshape(x)  # three do not fit"),
        (exits, "SystemExit: enough", 'sys.exit("enough")'),
        (endless, "RecursionError: ", "return endless(x)"),
        (lambda x: len(4), "TypeError: object of type 'int' has no len()", "len(4)"),
    ],
)
def test_a_function_that_raises_sees_its_input_the_exception_and_its_own_line(answer, said, line):
    result = judge(for_values(4), answer)
    assert result.outcome == "try again"
    assert result.message.startswith(f"Your function raised {said}")
    called, where = result.code.splitlines()
    assert called == f"{answer.__name__}(4)"
    assert line in where
    assert where.startswith("line ")


def test_the_line_of_a_function_without_source_is_told_by_its_number():
    scope = {}
    exec("def f(x):\n    return x.upper()", scope)
    assert judge(for_values(4), scope["f"]).code == "f(4)\nline 2 of your code"


def test_builtin_functions_and_methods_may_be_answers_too():
    assert judge(for_values("a", reference=str.upper), str.upper).outcome == "right"
    assert judge(for_values([3, 1], reference=sorted), max).outcome == "try again"
    assert judge(for_values([1], reference=sorted), len).outcome == "try again"


def adds_in_place(x):
    x += x
    return x


@pytest.mark.parametrize("value", [[1, 2], np.arange(3), torch.arange(3)], ids=lambda value: type(value).__name__)
def test_a_function_that_changes_its_input_is_told_so_and_harms_nobody(value):
    exercise = for_values(value, reference=lambda x: x + x)
    before = str(value)
    for _ in range(2):
        result = judge(exercise, adds_in_place)
        assert result.message.startswith("Your function changed its input")
    assert str(value) == before
    assert judge(exercise, lambda x: x + x).outcome == "right"


class Stubborn:
    """A value that fails at whatever is tried with it."""

    def __eq__(self, other):
        raise RuntimeError("no comparison")

    __hash__ = None

    def __repr__(self):
        raise RuntimeError("no text")


def test_an_answer_that_cannot_even_be_shown_is_a_wrong_answer_like_any_other():
    for expected in (1, "a", [1], np.zeros(2), Stubborn()):
        assert gives(Stubborn(), expected).outcome == "try again"
    assert judge(for_value(3), Stubborn()).outcome == "try again"


# -- answers that fail at whatever is tried with them ----------------------------------------------------


def hostile_answers(exercise):
    """All hostile answers to an exercise: functions, values, and values given back by functions."""
    if exercise.cases is None:
        right = exercise.value()
        yield from FUNCTIONS.items()
        for name, make in VALUES.items():
            yield from ((name, answer) for answer in with_parts_replaced(right, make))
        return
    right = exercise.reference(*next(iter(exercise.cases())))
    yield from FUNCTIONS.items()
    for name, make in VALUES.items():
        yield name, make()
        for answer in with_parts_replaced(right, make):
            yield f"gives {name}", lambda *arguments, answer=answer: answer


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.name)
def test_whatever_is_given_for_an_answer_is_judged(exercise):
    assert len(VALUES) + len(FUNCTIONS) >= 100
    for name, answer in hostile_answers(exercise):
        result = judge(exercise, answer)
        assert result.outcome in ("try again", "not yet"), name
        assert len(str(result)) < 3_000, name
        assert str(result).encode() and result._repr_html_().encode(), name


@pytest.mark.parametrize(
    ("expected", "got", "said"),
    [
        (1.5, 10**400, "the answer is 1000"),
        (1.5, -(10**5000), "the answer is <int that cannot be shown: ValueError>, not 1.5"),
        ("ab", "ab\ud800", "the answer goes on after 2 characters, with U+D800"),
        ("ab", "x" * 10**7, "the answer at character 0: 'x' U+0078"),
        ([1, 2], VALUES["list of 2**40"](), "[0] is a list, not an int"),
        ([1, 2], VALUES["endless generator"](), "the answer is a count, not a list"),
        ({"a": 1}, VALUES["dict in itself"](), "['a'] is a dict, not an int"),
        ({"a": 1}, VALUES["endless dict"](), None),
        ((1, 2), VALUES["endless tuple"](), "[0] is 0, not 1"),
    ],
    ids=range(9),
)  # fmt: skip
def test_a_difference_to_something_odd_is_told_like_any_other(expected, got, said):
    assert said is None or difference(expected, got, 1e-6).startswith(said)
    assert gives(got, expected).outcome == ("try again" if said else "right")


def test_an_answer_that_cannot_be_judged_is_told_what_it_raised():
    result = judge(for_value("a"), fails("__eq__", base=str)("a"))
    assert result.message == "The answer could not be judged: looking at it raised RuntimeError: no"


def test_an_array_where_a_choice_is_asked_for_is_told_the_choices():
    result = judge(for_value("b", choices=("a", "b")), np.array(["a", "b"]))
    assert result.message.startswith('Answer with one of "a", "b"; this is array(')


def test_an_error_that_cannot_say_what_it_is_is_told_by_its_name():
    def fails(x):
        raise MuteError

    result = judge(for_values(1), fails)
    assert result.message == "Your function raised MuteError, whose message cannot be shown"
    assert result.code.splitlines()[1].endswith("raise MuteError")


def test_what_a_callable_object_raises_is_told_even_if_it_has_no_code():
    for name in ("has an odd __code__", "wraps itself"):
        assert (
            judge(for_values(1), FUNCTIONS[name]).message == "Your function raised ZeroDivisionError: division by zero"
        )


def test_a_long_error_is_cut_short():
    def fails(x):
        raise ValueError("x" * 10**7)

    assert judge(for_values(1), fails).message.endswith(" … (10,000,000 characters)")


def test_ctrl_c_is_no_answer_and_stops_the_check():
    def interrupted(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judge(for_values(1), interrupted)
    with pytest.raises(KeyboardInterrupt):
        judge(for_value("a"), fails("__eq__", base=str, error=KeyboardInterrupt)("a"))


def test_an_exercise_is_called_by_a_name_and_by_nothing_else():
    for name in (["batchify"], np.arange(3), fails("__repr__")(), "x" * 10**6, None):
        with pytest.raises(ValueError, match="no exercise is called"):
            check(name, 1)


# -- diagnoses ---------------------------------------------------------------------------------------------


def test_a_known_mistake_is_named_by_the_first_diagnosis_that_knows_it():
    diagnoses = (
        lambda arguments, expected, got: got.no_such_attribute,  # one that fails is passed over
        lambda arguments, expected, got: None,
        lambda arguments, expected, got: "That is the square." if got == arguments[0] ** 2 else None,
        lambda arguments, expected, got: "never reached",
    )
    named = judge(for_values(3, diagnoses=diagnoses), lambda x: x * x)
    assert named.message == "That is the square."
    assert named.code.splitlines()[-1] == "first difference: the answer is 9, not 6"
    assert judge(for_values(3, diagnoses=diagnoses[2]), lambda x: x).message == "The answer is 3, not 6."
    assert judge(for_values(3, diagnoses=diagnoses), twice).outcome == "right"


# -- how it looks ------------------------------------------------------------------------------------------


class Outline(html.parser.HTMLParser):
    """The tags and the text of a page; complains of a tag that is not closed."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text, self.open = [], "", []
        self.feed(page)
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</pre></div>&amp;"])
def test_nothing_a_learner_writes_becomes_html(text):
    result = gives(text, "other")
    outline = Outline(result._repr_html_())
    assert {tag for tag, _ in outline.tags} <= {"div", "strong", "pre", "code"}
    assert repr(text) in outline.text

    def fails(x):
        raise ValueError(text)

    assert text in Outline(judge(for_values(1), fails)._repr_html_()).text


@pytest.mark.parametrize("word", ["right", "try again", "not yet"])
def test_an_outcome_is_a_word_and_a_status_and_takes_its_colours_from_the_page(word):
    page = Note(word, "twice", "message", "code")._repr_html_()
    outline = Outline(page)
    assert outline.tags[0][1]["role"] == "status"
    assert outline.text.startswith(f"{word} · twice")
    assert "color: currentColor" in page
    assert "background: none" in page
    assert "background: #" not in page


def test_long_messages_and_code_wrap_at_words_and_only_words_too_long_for_the_page_within():
    page = Note("try again", "twice", "message " * 90, "code")._repr_html_()
    styles = [re.search(rf'<{tag}[^>]*style="([^"]*)"', page)[1] for tag in ("div dir", "pre")]
    assert all("white-space: pre-wrap; word-break: normal; overflow-wrap: anywhere" in style for style in styles)


def test_a_result_comes_as_text_and_as_html_with_the_same_content():
    result = gives(1, 2)
    bundle = result._repr_mimebundle_()
    assert bundle["text/plain"] == str(result) and bundle["text/html"].endswith(result._repr_html_())
    assert repr(result) == str(result)


def test_a_long_value_is_cut_short():
    result = gives(list(range(100_000)), [1])
    assert len(str(result)) < 2_000


# -- hints and solutions -------------------------------------------------------------------------------------


def test_hints_are_graded_and_say_how_many_there_are():
    assert str(hint("batchify")).startswith("hint 1 of 3 · batchify\n")
    assert 'hint("batchify", 2) says more' in str(hint("batchify"))
    assert str(hint("batchify", 3)).startswith("hint 3 of 3 · batchify\n")
    assert 'solution("batchify")' in str(hint("batchify", 3))
    assert str(hint("batchify")) == str(hint("batchify", 1)), "asking twice changes nothing"


@pytest.mark.parametrize("number", [0, 4, -1, "two", 1.5, None])
def test_a_hint_that_does_not_exist_is_answered_with_their_number(number):
    assert "There are 3 hints." in str(hint("batchify", number))


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.name)
def test_the_shown_solution_runs_by_itself_and_is_right(exercise):
    scope = {}
    if exercise.examine:
        assert "none to copy" in str(solution(exercise.name))
        return
    code = exercises.source(exercise)
    assert code in solution(exercise.name).code
    assert "noqa" not in code
    if callable(exercise.reference):
        exec(code, scope)
        answer = scope[exercise.reference.__name__]
        answer = answer() if exercise.cases is None else answer
    else:
        answer = eval(code)
    assert check(exercise.name, answer).outcome == "right"


def test_an_unknown_name_is_an_error_that_names_what_is_near():
    for call in (check, hint):
        with pytest.raises(ValueError, match=r"no exercise is called 'batchfy'; there are batchify"):
            call("batchfy", 1)
    with pytest.raises(ValueError, match="unigram_bits"):
        solution("zzz")


# -- all exercises ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.name)
def test_every_exercise_has_a_task_two_or_three_hints_an_afterword_and_the_same_cases_each_time(exercise):
    assert exercise.task.endswith((".", "?"))
    assert 2 <= len(exercise.hints) <= 3
    assert exercise.afterword.endswith((".", "?", ")"))
    assert "!" not in exercise.task + exercise.afterword + "".join(exercise.hints)
    assert judge(exercise, ...).outcome == "not yet"
    if exercise.cases:
        assert exercise.name == exercise.reference.__name__
        assert difference(list(exercise.cases()), list(exercise.cases()), 0.0) is None


def test_a_name_given_twice_is_refused():
    modules = [types.SimpleNamespace(__name__=name, EXERCISES=(for_values(1),)) for name in ("first", "second")]
    with pytest.raises(ValueError, match="second: there is an exercise 'twice' already"):
        collect(modules)


def test_a_new_module_of_tasks_is_found_by_itself(tmp_path, monkeypatch):
    example = exercises.__doc__.split("found automatically:\n\n")[1].split("\n\nAn exercise without")[0]
    code = "\n".join(line[4:] for line in example.splitlines())
    (tmp_path / "example_of_the_docstring.py").write_text(code, encoding="utf-8")
    monkeypatch.setattr(exercises.tasks, "__path__", [*exercises.tasks.__path__, str(tmp_path)])
    assert check("double", lambda x: x + x).message == "An embedding of twice the size has twice the weights."
    assert check("double", lambda x: x * x).message == "That is the square."
    assert exercises.notebook_of(sys.modules["tutorlm.course.tasks.example_of_the_docstring"]) == "03_model"
    del sys.modules["tutorlm.course.tasks.example_of_the_docstring"]


# -- the notebook of solutions -----------------------------------------------------------------------------------


def test_the_notebook_of_solutions_holds_every_exercise_and_each_of_its_cells_runs_right(tmp_path):
    order = [sys.executable, "-m", "tutorlm.course.exercises", str(tmp_path / "solutions.ipynb")]
    done = subprocess.run(order, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    write_solutions(tmp_path / "again.ipynb")
    written = (tmp_path / "solutions.ipynb").read_bytes()
    assert written == (tmp_path / "again.ipynb").read_bytes(), "the same notebook at every call"
    notebook = nbformat.reads(written.decode(), as_version=4)
    nbformat.validate(notebook)
    headings = [cell.source for cell in notebook.cells if cell.source.startswith("## ")]
    assert headings == sorted(headings)
    assert "## [01_dictionary](01_dictionary.ipynb)" in headings
    scope, judged = {}, []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            *_, last = cell.source.splitlines()
            exec(cell.source, scope)
            if last.startswith("check("):
                judged.append((eval(last, scope).outcome, last))
    assert [outcome for outcome, _ in judged] == ["right"] * sum(not exercise.examine for exercise in ALL), judged


def test_without_a_path_the_writer_of_solutions_says_what_it_needs():
    order = [sys.executable, "-m", "tutorlm.course.exercises"]
    done = subprocess.run(order, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: python -m tutorlm.course.exercises")
