"""Pages of text: whatever a learner writes is shown as written, whole signs stay whole, rows are the right ones."""

from __future__ import annotations

import html.parser
import itertools
import re
import time
from collections import Counter
from functools import cache

import numpy as np
import pytest
import torch
from conftest import SAMPLE, strong_model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tutorlm import Dictionary, FlairEmbeddings, Sentence
from tutorlm.course import barred, pages
from tutorlm.course.lines import in_reading_order, show_lines
from tutorlm.course.reading import TextReading, read_text
from tutorlm.dictionary import CoverageReport, MissingCharacter, count_items
from tutorlm.embeddings import Reading

NASTY = "<script>alert(1)</script>\"'>&amp;<b onclick='x'> </div></svg></style>&lt;"
OURS = {
    "div", "span", "b", "small", "bdi", "style", "table", "tr", "th", "td",
    "svg", "g", "line", "circle", "rect", "path", "text", "title",
}  # fmt: skip
VOID = {"line", "circle", "rect", "path"}
ATTRIBUTES = {
    "role", "aria-label", "style", "class", "dir", "title", "scope", "viewbox", "font-family", "transform", "opacity",
    "fill", "stroke", "stroke-width", "stroke-dasharray", "x", "y", "x1", "x2", "y1", "y2", "r", "width", "height", "d",
    "font-size", "font-weight", "text-anchor", "data-bits",
}  # fmt: skip
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
lines = words | st.text(
    st.sampled_from("<>&\"'/;= \nabé한क्षا\u064b\u0301\u200d👩\U0001f3fd\U0001f1e9\x00\x0b"), max_size=40
)


class Page(html.parser.HTMLParser):
    """A page as a strict reader sees it: only our tags and attributes, each closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open, self.tags, self.texts = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        assert tag in OURS
        names = [name for name, _ in attributes]
        assert {*names} <= ATTRIBUTES
        assert len({*names}) == len(names)
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        assert tag in VOID
        self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag):
        assert tag == self.open.pop()

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.texts.append((tuple(self.open), data))

    def unexpected(self, data):
        raise AssertionError(f"no comment or declaration of ours: {data}")

    def handle_comment(self, data):
        assert data == " run the cell to see this "  # the first line of what can be folded

    handle_decl = handle_pi = unknown_decl = unexpected

    @property
    def text(self) -> str:
        return "".join(data for _, data in self.texts)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def within(self, tag: str) -> list[str]:
        """The text of each element of that name."""
        return [data for path, data in self.texts if path[-1:] == (tag,)]


@cache
def model_of(language: str, forward: bool = True, normalization: str = "NFC"):
    dictionary = Dictionary.from_files(SAMPLE / language / "train", normalization=normalization)
    return strong_model(dictionary, forward)


def reading_of(text: str) -> TextReading:
    """A reading of any text by a model that was never trained; its dictionary holds markup, too."""
    dictionary = Dictionary.from_counts(Counter("<>&\"'/ \nab"), coverage=1.0)
    return read_text(strong_model(dictionary, True, hidden_size=4), text)


def test_a_model_is_back_in_training_mode_after_a_reading_even_one_that_fails(monkeypatch):
    model = strong_model(Dictionary.from_counts(Counter("ab"), coverage=1.0), True, hidden_size=4).train()
    read_text(model, "ab")
    assert model.training
    monkeypatch.setattr(model, "init_hidden", lambda columns: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        read_text(model, "ab")
    assert model.training


# -- escaping -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [NASTY, "plain", "한국어 العربية", "a\nb", ""])
@pytest.mark.parametrize("function", [pages.heading, pages.note, pages.plain])
def test_lines_and_texts_are_shown_as_they_are_in_their_own_direction(function, text):
    page = Page(function(text))
    assert page.text == text
    assert page.all("div")[0]["dir"] == "auto"


@given(lines)
def test_any_text_is_shown_as_it_is(text):
    for function in (pages.heading, pages.note, pages.plain):
        assert Page(function(text)).text == text


@given(lines, lines)
def test_the_label_of_a_page_is_read_out_as_it_is(label, text):
    page = Page(pages.page(label, pages.plain(text), pages.note("x")))
    assert page.tags[0] == (
        "div", {"role": "group", "aria-label": label, "style": "line-height:1.5;max-width:60rem"},
    )  # fmt: skip
    assert page.text == text + "x"


@given(st.lists(lines, min_size=1, max_size=3), st.lists(st.lists(lines, min_size=1, max_size=3), max_size=3))
def test_the_cells_of_a_table_are_shown_as_they_are(head, rows):
    page = Page(pages.table(head, rows))
    assert page.text == "".join(head) + "".join(map("".join, rows))
    assert len(page.all("tr")) == 1 + len(rows)
    assert len(page.all("td")) == sum(map(len, rows))
    assert all(cell["dir"] == "auto" for cell in page.all("td"))


def test_numbers_in_a_table_stand_to_the_right_and_words_do_not():
    page = Page(pages.table(["a"], [["1,234"], ["-0.5"], ["99.9%"], [7], ["x1"], ["+0.12"], [""], ["−3"]]))
    assert [cell.get("class") for cell in page.all("td")] == [
        *["tlm-number"] * 4, None, "tlm-number", None, "tlm-number",
    ]  # fmt: skip


def test_rows_of_tables_have_no_ground_of_their_own_and_notes_wrap_at_words():
    style = pages.page("x")
    assert ".tlm-table tr,.tlm-cells tr{background:none!important}" in style
    assert re.search(r"\.tlm-note\{[^}]*word-break:normal;overflow-wrap:anywhere", style)
    assert not re.search(r"#fff|white\b(?!-space)", style)


def test_columns_hold_their_parts_in_order():
    page = Page(pages.side_by_side([pages.plain("first"), pages.plain("second")]))
    assert page.text == "firstsecond"
    assert Page(pages.side_by_side([])).text == ""


@given(lines.filter(bool), words)
def test_any_text_with_bars_is_shown_as_it_is_but_for_a_sign_at_line_ends(text, label):
    heights = np.linspace(-1, 1, len(text))
    page = Page(barred.barred(text, heights, [f"<{c}>" for c in text], label, heights > 0.5))
    assert page.text == text.replace("\n", "⏎\n")
    assert page.all("div")[0]["dir"] == "auto"
    assert page.all("div")[0]["aria-label"] == label
    tips = "\n".join(span["title"] for span in page.all("span"))
    assert tips == "\n".join(f"<{c}>" for c in text)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=40)
@given(lines.filter(bool))
def test_the_surprise_of_any_text_is_shown_on_the_text_in_the_models_normal_form(text):
    read = reading_of(text)
    page = Page(barred.surprise(read, text))
    assert page.text == read.text.replace("\n", "⏎\n")
    assert all("bits" in span["title"] and "expected: " in span["title"] for span in page.all("span"))


@given(lines.filter(bool))
def test_the_activation_along_any_text_is_shown_on_the_text_as_it_is(text):
    page = Page(barred.activation(text, np.linspace(-1, 1, len(text)), text))
    assert page.text == text.replace("\n", "⏎\n")


@pytest.mark.parametrize("draw", [
    lambda: barred.barred("", np.zeros(0), [], "x"),
    lambda: barred.activation("", np.zeros(0), "x"),
    lambda: barred.surprise(reading_of(""), "x"),
])  # fmt: skip
def test_an_empty_text_with_bars_is_an_empty_page(draw):
    assert Page(draw()).text == ""


@given(st.lists(words, min_size=2, max_size=8))
def test_any_words_in_the_plane_are_shown_as_they_are(names):
    points = np.random.default_rng(0).normal(size=(len(names), 2))
    page = Page(pages.scatter(points, names, [n % 3 for n in range(len(names))], 0, [1]))
    shown = [name if len(name) <= 20 else f"{name[:19].rstrip()}…" for name in names if name]
    assert page.within("text") == shown
    assert page.within("title") == [f"{name}, sentence {n % 3 + 1}" for n, name in enumerate(names)]
    assert names[0] in page.all("svg")[0]["aria-label"]


@given(st.lists(words.filter(bool), min_size=1, max_size=5))
def test_any_items_a_model_reads_are_shown_as_they_are(items):
    n = len(items)
    reading = Reading(np.zeros(n + 2), np.array([1]), np.array([0]), np.array([1]), 1)
    page = Page(pages.offsets(reading, ["\n", *items, " "], True, 0))
    cells = [data for path, data in page.texts if path[-1] == "td"]
    assert "".join(cells) == "⏎" + "".join(map(barred.shown, items)) + "␣" + "".join(map(str, range(n + 2)))


@pytest.mark.parametrize("character", ["<", "&", '"', "'", "<script>", "\u0301", "\n", "한"])
def test_characters_that_fall_out_of_a_dictionary_are_shown_with_their_names_whatever_they_are(character):
    missing = (MissingCharacter(character, 3, "U+<", NASTY, "<i>"),)
    report = CoverageReport(0.5, 6, missing, {"<i>": (6, 3)})
    page = Page(pages.coverage(report, 4, 5))
    assert page.within("bdi") == [barred.shown(character)]
    assert page.all("bdi")[0]["title"] == f"U+< {NASTY}"
    assert "<i>" in page.within("td")


# -- lines of any script -------------------------------------------------------------------------------

ARABIC = "ذهب الرجل إلى البيت."


@given(st.lists(lines, min_size=1, max_size=4), st.booleans())
def test_lines_are_shown_as_they_are_each_in_its_own_direction(texts, with_heads):
    heads = [f"<{n}>" for n in range(len(texts))] if with_heads else None
    bundle = in_reading_order(texts, heads)
    page = Page(bundle["text/html"].partition("\n")[2])
    assert page.text == "".join(head + text for head, text in zip(heads or [""] * len(texts), texts, strict=True))
    cells = [cell for cell in page.all("div") if "dir" in cell]
    assert len(cells) == len(texts) * (1 + with_heads)
    assert {cell["dir"] for cell in cells} == {"auto"}


def test_lines_are_plain_text_where_there_is_no_page(capsys):
    show_lines(["Hello.", ARABIC], ["en", "arabic"])
    assert capsys.readouterr().out == f"en      Hello.\narabic  {ARABIC}\n"
    show_lines("one\ntwo")
    assert capsys.readouterr().out == "one\ntwo\n"
    show_lines([1, 2.5])
    assert capsys.readouterr().out == "1\n2.5\n"
    show_lines([])
    assert capsys.readouterr().out == "\n"


def test_an_empty_line_is_as_high_as_the_others():
    page = Page(in_reading_order(["a", "", "b"], None)["text/html"].partition("\n")[2])
    styles = [cell["style"] for cell in page.all("div") if "dir" in cell]
    assert ["min-height:1.6em" in style for style in styles] == [False, True, False]


def test_lines_with_fewer_heads_are_refused():
    with pytest.raises(ValueError, match="1 heads for 2 lines"):
        show_lines(["a", "b"], ["en"])


# -- signs of several characters -----------------------------------------------------------------------

WHOLE = {
    "a letter with an accent apart": "e\u0301",
    "a letter with three marks": "q\u0323\u0307\u0331",
    "a Devanagari conjunct": "\u0915\u094d\u0937",
    "a Devanagari conjunct of three with a vowel": "\u0938\u094d\u0924\u094d\u0930\u0940",
    "a Devanagari half form by a joiner": "\u0915\u094d\u200d\u0937",
    "a Bengali conjunct": "\u0995\u09cd\u09b7",
    "a Tamil syllable": "\u0b95\u0bcb",
    "a Sinhala conjunct": "\u0d9a\u0dca\u200d\u0dbb",
    "an Arabic letter with two marks": "\u0628\u0651\u064e",
    "a Hebrew letter with points": "\u05e9\u05c1\u05b8",
    "a Hangul syllable of jamo": "\u1112\u1161\u11ab",
    "a Hangul syllable without a final": "\u1100\u1161",
    "a Thai letter with vowel and tone": "\u0e01\u0e35\u0e48",
    "a family": "👨\u200d👩\u200d👧\u200d👦",
    "a skin tone": "👍\U0001f3fd",
    "a woman scientist with a skin tone": "👩\U0001f3fd\u200d🔬",
    "a heart in colour": "❤\ufe0f",
    "a key cap": "1\ufe0f\u20e3",
    "a flag": "🇩🇪",
    "the pirates' flag": "🏴\u200d☠\ufe0f",
}


def signs(text: str) -> list[str]:
    return [text[where] for where in barred.clusters(text)]


@pytest.mark.parametrize("sign", WHOLE.values(), ids=WHOLE)
def test_what_is_drawn_as_one_sign_stays_one(sign):
    assert signs(sign) == [sign]
    assert signs(f"a{sign}b") == ["a", sign, "b"]
    assert signs(f"{sign} {sign}") == [sign, " ", sign]


BROKEN = {
    "a Khmer subscript": "\u1781\u17d2\u1798\u17c2",
    "a Burmese stack": "\u1000\u1039\u1000",
    "a Javanese subscript": "\ua98f\ua9c0\ua98f",
    "the flag of Scotland": "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
}


@pytest.mark.parametrize("sign", BROKEN.values(), ids=BROKEN)
def test_what_is_drawn_as_one_sign_in_further_scripts_stays_one(sign):
    assert signs(f"a{sign}b") == ["a", sign, "b"]


@pytest.mark.parametrize(("text", "expected"), [
    ("abc", ["a", "b", "c"]),
    ("🇩🇪🇫🇷", ["🇩🇪", "🇫🇷"]),
    ("🇩🇪🇫", ["🇩🇪", "🇫"]),
    ("x🇩y🇪", ["x", "🇩", "y", "🇪"]),
    ("👍👍", ["👍", "👍"]),
    ("한국", ["한", "국"]),
    ("\u1112\u1161\u11ab\u1100\u116e\u11a8", ["\u1112\u1161\u11ab", "\u1100\u116e\u11a8"]),
    ("\u0301a", ["\u0301", "a"]),
    ("\u0301\u0302a", ["\u0301\u0302", "a"]),
    ("\u200da", ["\u200da"]),
    ("\u11ab한", ["\u11ab", "한"]),
    ("\u0915\u0937", ["\u0915", "\u0937"]),
    ("\u0915\u094d \u0937", ["\u0915\u094d", " ", "\u0937"]),
    ("\u0915\u094d\u200c\u0937", ["\u0915\u094d\u200c", "\u0937"]),
    ("العربية", [*"العربية"]),
    ("a\nb", ["a", "\n", "b"]),
])  # fmt: skip
def test_a_text_is_taken_apart_between_its_signs(text, expected):
    assert signs(text) == expected


@given(lines.filter(bool))
def test_the_signs_of_a_text_one_behind_the_other_are_the_text(text):
    places = barred.clusters(text)
    assert "".join(text[where] for where in places) == text
    assert all(where.start < where.stop for where in places)
    assert [where.stop for where in places[:-1]] == [where.start for where in places[1:]]


def test_three_thousand_flags_are_taken_apart_in_less_than_a_second():
    began = time.perf_counter()
    assert len(barred.clusters("🇩🇪" * 1500)) == 1500
    assert time.perf_counter() - began < 1


# -- bars -----------------------------------------------------------------------------------------------


def bars(text, heights, missing=None, bits=None) -> list[tuple[list[str], int]]:
    """The classes and the height in pixels of each bar."""
    page = Page(barred.barred(text, np.array(heights, float), list(text), "x", missing, bits))
    return [
        (span["class"].split(), int(re.search(r"\d+|$", span.get("style", ""))[0] or 0)) for span in page.all("span")
    ]


def test_bars_of_units_are_above_the_line_for_positive_and_below_it_for_negative_values():
    found = bars("abcdef", [1, 0.5, 0.01, 0, -0.25, -1])
    assert [height for _, height in found] == [20, 10, 0, 0, 5, 20]
    assert [names for names, _ in found] == [["tlm-over"]] * 4 + [["tlm-under"]] * 2


def test_bars_of_surprise_are_forty_pixels_for_eight_bits():
    bits = np.array([8.0, 4.0, 0.1, 0.0, 20.0])
    found = bars("abcde", np.minimum(bits / 8, 1), None, bits)
    assert found == [(["tlm-up"], height) for height in (40, 20, 0, 0, 40)]


def test_two_bits_more_can_be_seen():
    bits = np.array([4.36, 2.58, 1.44])
    heights = [height for _, height in bars("yet", bits / 8, None, bits)]
    assert heights[0] - heights[1] >= 8 and heights[1] - heights[2] >= 5


def test_the_style_of_a_page_draws_all_kinds_of_bars():
    style = pages.page("x")
    for name in ("up", "over", "under"):
        assert re.search(rf"\.tlm-bars \.tlm-{name}\{{background:linear-gradient\(#\w{{6}},", style)
    assert "tlm-missing{" in style and "attr(data-bits)" in style
    assert "%3E8%3C/text%3E" in style and "%3E%2B1%3C/text%3E" in style  # the numbers of both scales


def test_heights_beyond_one_fill_the_bar_and_no_more():
    assert [height for _, height in bars("ab", [7, -7])] == [20, 20]


def test_a_sign_of_several_characters_gets_the_largest_of_their_heights_either_way():
    assert bars("e\u0301x", [0.25, -0.75, 0.5]) == [(["tlm-under"], 15), (["tlm-over"], 10)]


def test_a_sign_with_a_character_the_model_cannot_read_is_marked():
    found = bars("e\u0301x", [1, 0, 0], np.array([False, True, False]))
    assert [names for names, _ in found] == [["tlm-over", "tlm-missing"], ["tlm-over"]]


def test_eight_bits_are_a_full_bar_and_characters_elsewhere_have_none():
    read = reading_of("abab")
    read.bits[:] = [8.0, 20.0, 4.0, 8.0]
    spans = Page(barred.surprise(read, "x", slice(0, 3))).all("span")
    assert [span.get("style") for span in spans] == ["--b:40", "--b:40", "--b:20", None]


def numbers(text: str, bits: list[float]) -> list[str | None]:
    page = Page(barred.barred(text, np.zeros(len(text)), list(text), "x", None, np.array(bits, float)))
    return [span.get("data-bits") for span in page.all("span")]


def test_the_highest_bars_have_their_number_where_there_is_room():
    assert numbers("abcdefg", [0.1, 4.36, 2.58, 2.4, 0, 0, 3.21]) == [None, "4.4", None, None, None, None, "3.2"]
    assert numbers("배나무", [3, 4, 5]) == ["3.0", "4.0", "5.0"]  # wide signs have room
    assert numbers("배나무", [13, 4, 15]) == ["13.0", None, "15.0"]
    assert numbers("abc", [1, 1.9, 0]) == [None] * 3  # low bars need none
    assert numbers("e\u0301", [1, 3]) == ["3.0"]


@given(st.lists(st.floats(0, 15), min_size=1, max_size=60))
def test_no_two_numbers_touch_and_none_is_left_out_that_has_room(bits):
    text = "배ab"[:3] * 20
    text, values = text[: len(bits)], np.array(bits)
    middles = np.cumsum([0.0, *map(barred._wide, text)])[:-1] + np.array([*map(barred._wide, text)]) / 2
    rooms = np.where(values >= 10, 24, 18)
    wanted: list[int] = []  # the same by comparing each with all
    for place in np.argsort(-values, kind="stable"):
        far = all(abs(middles[place] - middles[o]) >= max(rooms[place], rooms[o]) for o in wanted)
        wanted += [int(place)] if values[place] >= 2 and far else []
    assert [place for place, number in enumerate(numbers(text, bits)) if number] == sorted(wanted)


def test_a_long_text_and_many_halves_of_flags_are_drawn_in_less_than_a_second_or_two():
    began = time.perf_counter()
    barred._numbers("a" * 30_000, barred.clusters("a" * 30_000), np.full(30_000, 5.0))
    assert len(barred.clusters("🇩" * 30_000)) == 15_000
    assert time.perf_counter() - began < 3


@given(st.lists(st.floats(0, 30), min_size=1, max_size=60))
def test_numbers_above_bars_are_apart_and_the_highest_is_always_there(bits):
    found = numbers("n" * len(bits), bits)
    places = [place for place, number in enumerate(found) if number]
    assert all(b - a >= 2 for a, b in itertools.pairwise(places))
    if max(bits) >= barred.NUMBERED:
        assert f"{max(bits):.1f}" in found


@pytest.mark.parametrize("text", ["क्षत्रिय नमस्ते", "مرحبا", "שלום", "👩‍👩‍👧🇩🇪", "한글"])
def test_a_text_with_bars_is_one_run_of_inline_elements_in_which_letters_can_join(text):
    page = Page(barred.barred(text, np.ones(len(text)), list(text), "x", None, np.full(len(text), 9.0)))
    assert {name for name, _ in page.tags} == {"div", "span"}
    assert page.within("span") == [text[where] for where in barred.clusters(text)]
    rules = re.findall(r"\.tlm-bars[^{}]*span\{([^}]*)\}", pages.page("x"))
    assert rules and not any(re.search(r"inline-block|margin|padding-(left|right)|padding:", rule) for rule in rules)


def test_the_tip_tells_bits_and_what_was_expected_with_white_space_made_visible():
    read = reading_of("a é")
    spans = Page(barred.surprise(read, "x")).all("span")
    assert spans[1]["title"].startswith(f"␣: {read.bits[1]:.1f} bits\nexpected: ")
    assert spans[2]["title"].startswith(f"é: {read.bits[2]:.1f} bits, not in the dictionary\nexpected: ")
    likely, share = read.likeliest(1)[0]
    assert f"expected: {barred.shown(likely)} {share:.0%}, " in spans[1]["title"]
    assert spans[2]["class"].split()[-1] == "tlm-missing"


def test_what_was_certain_costs_nothing_and_not_less():
    model = strong_model(Dictionary(), True, hidden_size=4)  # one item only: <unk>
    assert "-0.0" not in barred.surprise(read_text(model, "a"), "x")


@pytest.mark.parametrize(("character", "sign"), [
    ("\n", "⏎"), (" ", "␣"), ("\t", "⇥"), ("a", "a"), ("한", "한"), ("<", "<"), ("\u0301", "◌\u0301"),
    ("\u093f", "◌\u093f"), ("\u00a0", "U+00A0"), ("\u200d", "U+200D"), ("\x00", "U+0000"), ("<unk>", "<unk>"),
    ("\u3000", "U+3000"), ("😀", "😀"),
])  # fmt: skip
def test_every_character_can_be_seen(character, sign):
    assert barred.shown(character) == sign


def test_nothing_can_be_seen_too():
    assert barred.shown("") == "∅"


# -- the rows of words ---------------------------------------------------------------------------------

SENTENCES = {
    "en": "The old man , it is said , went home .",
    "ko": "안녕하세요 , 오늘은 날씨가 좋습니다 .",
    "ar": "ذهب الرجل إلى البيت .",
    "hi": "वह घर गया ।",
    "ja": "今日 は 良い 天気 です 。",
}
either = pytest.mark.parametrize("with_whitespace", [True, False])
both_ways = pytest.mark.parametrize("forward", [True, False], ids=["forward", "backward"])


@pytest.mark.parametrize("language", SENTENCES)
@either
@both_ways
def test_the_framed_row_is_that_of_the_state_that_is_the_words_vector(language, forward, with_whitespace):
    model = model_of(language, forward, "NFD" if language == "ko" else "NFC")
    embedding = FlairEmbeddings(model, with_whitespace=with_whitespace)
    sentence = Sentence(SENTENCES[language], tokenize=False)
    reading, vectors = embedding.reading(sentence), embedding.vectors([sentence])[0]
    items = [model.dictionary.get_item_for_index(int(index)) for index in reading.ids]
    with torch.no_grad():
        states, _ = model.read(torch.from_numpy(reading.ids.astype(np.int64))[:, None], model.init_hidden(1))
    for token in range(len(sentence)):
        page = Page(pages.offsets(reading, items, forward, token))
        top, below = page.all("td")[: len(items)], page.all("td")[len(items) :]
        written = [data for path, data in page.texts if path[-1] == "td"]
        letters, numbers = written[: len(items)], written[len(items) :]
        framed = [place for place, cell in enumerate(top) if "tlm-state" in cell["class"]]
        assert framed == [place for place, cell in enumerate(below) if "tlm-state" in cell["class"]]
        (row,) = (int(numbers[place]) for place in framed)
        assert torch.allclose(states[row, 0], vectors[token], atol=1e-5)
        assert letters[framed[0]] == barred.shown(items[row])
        tinted = "".join(letters[place] for place, cell in enumerate(top) if "tlm-token" in cell["class"])
        word = model.dictionary.encode(model.dictionary.normalize(sentence[token].text))
        assert tinted == "".join(barred.shown(model.dictionary.get_item_for_index(int(index))) for index in word)
        inside = framed[0] in [place for place, cell in enumerate(top) if "tlm-token" in cell["class"]]
        assert inside is not with_whitespace
        assert page.all("table")[0]["dir"] == "auto"
        assert page.all("table")[0]["aria-label"].startswith(f"Row {row} of {len(items)} ")


@pytest.mark.parametrize("language", SENTENCES)
@either
@both_ways
def test_the_vector_of_a_word_is_the_state_that_reading_the_text_gives(language, forward, with_whitespace):
    """A reading that knows nothing of rows: a forward model has read up to here, a backward one down to here."""
    model = model_of(language, forward)
    embedding = FlairEmbeddings(model, with_whitespace=with_whitespace)
    sentence = Sentence(SENTENCES[language], tokenize=False)
    text, vectors = SENTENCES[language], embedding.vectors([sentence])[0]
    read = read_text(model, f"{text} " if forward else f" {text}")
    assert read.text.strip() == text
    for token, vector in zip(sentence, vectors, strict=True):
        place = token.end_position - 1 + with_whitespace if forward else token.start_position + 1 - with_whitespace
        assert np.allclose(read.states[place], vector.numpy(), atol=1e-5)


@pytest.mark.parametrize("settings_", [{}, {"tokenized_lm": False}, {"is_lower": True}], ids=str)
@either
@both_ways
def test_the_arithmetic_comes_out_at_the_row_of_the_vector(forward, with_whitespace, settings_):
    embedding = FlairEmbeddings(model_of("en", forward), with_whitespace=with_whitespace, **settings_)
    sentence = Sentence("İstanbul's   streets, e\u0301tudes and <b> !")
    reading = embedding.reading(sentence)
    for token in range(len(sentence)):
        line = pages.offset_arithmetic(reading, forward, with_whitespace, token)
        name, formula, sum_, row = line.split(" = ")
        known = {"k": reading.k, "n": len(reading.ids) - reading.k - 1}
        known |= {"start": int(reading.starts[token]), "end": int(reading.ends[token])}
        assert name == "row"
        assert re.sub(r"[a-z]+", lambda match, known=known: str(known[match[0]]), formula) == sum_
        assert worked_out(sum_) == int(row) == reading.rows[token]


def worked_out(sum_: str) -> int:
    return sum(int(sign.replace("−", "-") + number) for sign, number in re.findall(r"([+−]?) ?(\d+)", sum_))


@both_ways
def test_the_cells_stand_in_reading_order_of_people(forward):
    model = model_of("en", forward)
    embedding = FlairEmbeddings(model)
    sentence = Sentence("good day")
    reading = embedding.reading(sentence)
    items = [model.dictionary.get_item_for_index(int(index)) for index in reading.ids]
    page = Page(pages.offsets(reading, items, forward, 0))
    letters = "".join(data for path, data in page.texts if path[-1] == "td" and not data.isdigit())
    assert letters == ("⏎good␣day␣" if forward else "␣good␣day⏎")


# -- the plane ------------------------------------------------------------------------------------------


def places_of(page: Page) -> list[tuple[float, float]]:
    found = [re.fullmatch(r"translate\((\S+) (\S+)\)", g["transform"]) for g in page.all("g")]
    return [(float(match[1]), float(match[2])) for match in found]


@pytest.mark.parametrize("points", [
    np.zeros((4, 2)), np.full((4, 2), 1e9), np.array([[0, 0], [0, 1], [0, 2], [0, 3.0]]),
    np.array([[0, 0], [1e-30, 0], [0, 0], [0, 0]]), np.random.default_rng(0).normal(size=(4, 2)) * 1e6,
])  # fmt: skip
def test_words_stay_within_the_picture_even_where_their_vectors_are_the_same(points):
    page = Page(pages.scatter(points, ["a", "b", "c", "d"], [0, 0, 1, 1], 2, [0, 1]))
    assert len(places_of(page)) == 4
    assert all(0 <= x <= 720 and 0 <= y <= 420 for x, y in places_of(page))


def test_the_lines_lead_from_the_chosen_word_to_those_near_it():
    points = np.array([[0, 0], [1, 0], [0, 1], [1, 1.0]])
    page = Page(pages.scatter(points, ["a", "b", "c", "d"], [0, 0, 1, 1], 1, [3, 0]))
    places = places_of(page)
    assert [(float(line["x1"]), float(line["y1"])) for line in page.all("line")] == [places[1]] * 2
    assert [(float(line["x2"]), float(line["y2"])) for line in page.all("line")] == [places[3], places[0]]
    assert page.all("svg")[0]["aria-label"] == "4 words in the plane; nearest to “b”: d, a"
    strong = [g["opacity"] for g in page.all("g")]
    assert [strong[0], strong[1], strong[3]] == ["1"] * 3 != strong[2]
    assert [text["font-weight"] for text in page.all("text")] == ["normal", "bold", "normal", "normal"]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("apart", [1.0, 0.05])
def test_no_label_lies_on_another_or_on_the_marker_of_another_word(seed, apart):
    rng = np.random.default_rng(seed)
    middles = rng.normal(size=(6, 2))
    points = np.concatenate([middles, middles + apart * rng.normal(size=(6, 2)), middles[:2]])
    words = [
        "the",
        "the",
        "harbourmaster",
        "saw",
        "배를",
        "a",
        "the",
        "The",
        "saw",
        "mayor",
        "plank",
        "섬에",
        "the",
        "the",
    ]
    page = Page(pages.scatter(points, words, [0] * 14, 3, [8, 0, 7]))
    marks, boxes = places_of(page), []
    for (x, y), text, word in zip(marks, page.all("text"), words, strict=True):
        size, left, middle = float(text["font-size"]), x + float(text["x"]), y + float(text["y"]) - 4
        wide = size * sum(1.0 if ord(sign) > 0x1100 else 0.6 for sign in word)
        left -= wide if text["text-anchor"] == "end" else 0
        boxes.append((left, left + wide, middle - 0.5 * size, middle + 0.5 * size))
        assert left >= 0 and left + wide <= 720
    for number, (left, right, top, bottom) in enumerate(boxes):
        for a, b, c, d in boxes[:number]:
            assert right <= a or b <= left or bottom <= c or d <= top
        for x, y in marks:
            assert (x, y) == marks[number] or not (left < x < right and top < y < bottom)


def test_more_sentences_than_signs_can_be_drawn():
    points = np.random.default_rng(0).normal(size=(9, 2))
    assert len(Page(pages.scatter(points, list("abcdefghi"), list(range(9)), 0, [])).all("g")) == 9


# -- coverage ---------------------------------------------------------------------------------------------


def coverage_of(text: str, coverage: float):
    counts = count_items(text)
    dictionary = Dictionary.from_counts(counts, coverage=coverage)
    report = CoverageReport.of(counts, dictionary)
    return report, dictionary, counts, Page(pages.coverage(report, len(dictionary), len(counts)))


def test_coverage_tells_what_falls_out_by_script_and_most_frequent_first():
    text = "aaaa bbb <<>> " + "ж" + "한한" + "e\u0301"
    report, _, counts, page = coverage_of(text, 0.7)
    assert sum(report.scripts[name][0] for name in report.scripts) == sum(counts.values())
    cells = page.within("td")
    for name, (seen, covered) in report.scripts.items():
        at = cells.index(name)
        out = [m for m in report.missing if m.script == name]
        assert cells[at + 1 : at + 5] == [f"{seen}", f"{covered / seen:.3%}", f"{len(out)}", f"{seen - covered}"]
    assert page.within("bdi") == [barred.shown(m.character) for m in report.missing]
    assert page.within("small") == [f"×{m.count}" for m in report.missing]
    assert [m.count for m in report.missing] == sorted((m.count for m in report.missing), reverse=True)


def test_coverage_says_so_where_nothing_falls_out():
    assert "Nothing is left out" in coverage_of("hello world\n", 1.0)[-1].text


def test_where_much_falls_out_the_first_are_shown_and_the_rest_counted():
    missing = tuple(MissingCharacter(chr(0x4E00 + n), 1, "x", "y", "Han") for n in range(75))
    page = Page(pages.left_out(CoverageReport(0.5, 150, missing, {}), at_most=60))
    assert len(page.within("bdi")) == 60
    assert page.text.endswith(" … and 15 more")
    assert "more" not in Page(pages.left_out(CoverageReport(0.5, 150, missing[:60], {}))).text


@pytest.mark.parametrize("text", ["hello world\n", "abc", "한국어"])
def test_a_dictionary_does_not_hold_more_of_the_different_characters_than_there_are(text):
    _, _, counts, page = coverage_of(text, 1.0)
    match = re.search(r"([\d,]+) of ([\d,]+) different characters", page.text)
    if match:  # in these words
        assert int(match[1]) <= int(match[2]) == len(counts)


def test_coverage_of_no_text_is_a_page_too():
    assert Page(pages.coverage(CoverageReport.of(Counter(), Dictionary()), 1, 0)).text


@pytest.mark.parametrize("legend", [pages.BARS, pages.UNIT_BARS, pages.OFFSETS, pages.PLANE])
def test_legends_are_lines_of_text(legend):
    assert len(Page(legend).text) > 40
