"""The drawings: true to text and numbers, whole on every page, and described in words."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from html import unescape
from urllib.parse import unquote

import numpy as np
import pytest
import torch
from conftest import strong_model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tutorlm import Dictionary, FlairEmbeddings, LanguageModel, Sentence
from tutorlm.corpus import batchify
from tutorlm.course.drawing import Drawing
from tutorlm.course.drawings import (
    draw_cell,
    draw_columns,
    draw_directions,
    draw_gates,
    draw_model,
    draw_pipeline,
    draw_shares,
    draw_stream,
    draw_table,
    draw_unrolled,
    draw_windows,
)
from tutorlm.course.drawings.counts import lying_bars, percent
from tutorlm.course.drawings.gates import read_gates
from tutorlm.course.drawings.shapes import extent
from tutorlm.course.pages import shown
from tutorlm.course.units import features

NASTY = "<b>&\"'</b> </svg>&lt;\x00\ud800"
TEXTS = {
    "English": "The bakery by the bridge opens at five.",
    "Korean": "도서관은 아침 아홉 시에 문을 연다.\n첫 손님은 늘 우산을",
    "Arabic": "يعمل جدي في ورشة صغيرة قرب البحر.\nيصلح القوا",
    "Hindi": "वह घर लौटी।\nदरवाज़ा खुला था। क्या",
    "Japanese": "毎朝五時に港の市場が開くと魚を積んだ車が坂道を上ってくる。雨の日も、雪の日も。",
    "one long word": "Donaudampfschifffahrtsgesellschaftskapitänsmütze",
    "nasty": NASTY + " and more of it",
}
KNOWN = sorted(set("".join(TEXTS.values())) - {"\ud800"})
MODEL = strong_model(Dictionary.from_items(["<unk>", *KNOWN]))
SVG = "{http://www.w3.org/2000/svg}"


def columns_of(text: str, B: int) -> np.ndarray:  # noqa: N803
    return batchify(np.array(list(text)), B)


def all_drawings(text: str) -> dict[str, Drawing]:
    table = np.zeros((30, 30), int)
    items = [*dict.fromkeys(text)][:30] + [f"<{n}>" for n in range(30)]
    ids = [items.index(c) for c in text if c in items[:30]]
    np.add.at(table, (ids[:-1], ids[1:]), 1)
    return {
        "stream": draw_stream(text, 4),
        "stream with windows": draw_stream(text, 3, T=4),
        "windows": draw_windows(columns_of(text, 4), 3, start=1),
        "columns": draw_columns(one=columns_of(text, 5), the_stream=np.array(list(text[:12])), numbers=np.arange(6)),
        "shares": draw_shares(dict.fromkeys(text, 1 / 60), title=text[:10]),
        "table": draw_table(table, items[:30]),
        "model": draw_model(MODEL, 10, 4),
        "pipeline": draw_pipeline(text, MODEL),
        "cell": draw_cell(),
        "gates": draw_gates(MODEL, text),
        "unrolled": draw_unrolled(text),
        "directions": draw_directions(Sentence(text[:30], tokenize=False), 0),
        "directions, wide word": draw_directions("春" * 24 + " a" * 17, 0),
        "directions, last word": draw_directions(Sentence(text[-40:], tokenize=False), -1),
    }


DRAWINGS = {f"{name}, {language}": d for language, text in TEXTS.items() for name, d in all_drawings(text).items()}


def tree(drawing: Drawing) -> ET.Element:
    return ET.fromstring(drawing.svg())


def written(drawing: Drawing) -> list[tuple[float, float, str, float, str]]:
    """Each piece of text: x, y, words, font size and anchor; of a spaced row every sign is a piece."""
    found = []

    def visit(element: ET.Element, size: float, anchor: str) -> None:
        size, anchor = float(element.get("font-size", size)), element.get("text-anchor", anchor)
        assert element.tag == f"{SVG}text" or not (element.text or "").strip()
        if element.tag == f"{SVG}text":
            xs, y, words = element.get("x").split(), float(element.get("y")), element.text
            pieces = list(words) if len(xs) > 1 else [words]
            found.extend((float(x), y, piece, size, anchor) for x, piece in zip(xs, pieces, strict=True))
        for child in element:
            visit(child, size, anchor)

    visit(tree(drawing), 13, "start")
    return found


def places(drawing: Drawing) -> dict[tuple[float, float], str]:
    return {(x, y): words for x, y, words, _, _ in written(drawing)}


# -- on every page ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_is_well_formed_fits_its_canvas_and_is_described(name):
    drawing = DRAWINGS[name]
    root = tree(drawing)
    assert drawing.width <= 700 and root.get("width") == f"{drawing.width:.0f}"
    assert len(drawing.alt) > 40 and drawing.alt.endswith((".", "”")) and "\n" not in drawing.alt
    assert root.get("aria-label") == drawing.alt == repr(drawing)
    for x, y, words, size, anchor in written(drawing):
        wide = extent(words, size)
        left = x - {"start": 0, "middle": wide / 2, "end": wide}[anchor]
        assert left >= -1 and left + wide <= drawing.width + 1, words
        assert size * 0.7 <= y <= drawing.height, words


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_image_for_pages_without_inline_svg_is_the_same_drawing(name):
    html = DRAWINGS[name]._repr_mimebundle_()["text/html"]
    source = unquote(unescape(re.search(r'src="data:image/svg\+xml;utf8,([^"]*)"', html)[1]))
    assert source == DRAWINGS[name].svg("#808080") and ET.fromstring(source) is not None
    assert len(html.encode()) < 25_000


def test_no_text_of_a_learner_becomes_markup():
    for name, drawing in DRAWINGS.items():
        if name.endswith("nasty"):
            tags = {element.tag.removeprefix(SVG) for element in tree(drawing).iter()}
            assert tags <= {"svg", "g", "path", "rect", "circle", "text"}, name
    assert "<b>&" in draw_shares({"a": 1}, title=NASTY).alt
    assert "<b>&" in "".join(places(draw_columns(some=[list(NASTY[:4])])).values())


@given(st.text(min_size=8, max_size=50), st.integers(1, 6), st.integers(1, 9))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_can_be_drawn(text, B, T):  # noqa: N803
    for drawing in (draw_stream(text, B, T), draw_columns(one=columns_of(text, B)), draw_unrolled(text, 2, 4)):
        assert tree(drawing).get("aria-label") == drawing.alt
        assert drawing._repr_mimebundle_()


# -- streams, columns, windows ---------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["English", "Korean", "Arabic", "Hindi"])
@pytest.mark.parametrize("B", [1, 3, 4, 7])
def test_each_character_of_the_stream_is_once_in_the_stream_and_once_in_the_columns(language, B):  # noqa: N803
    text = TEXTS[language]
    drawing, table = draw_stream(text, B, T=4), columns_of(text, B)
    signs = sorted((y, x, w) for x, y, w, size, anchor in written(drawing) if (size, anchor) == (13, "middle"))
    stream, in_columns = signs[: len(text)], signs[len(text) :]
    assert sorted(w for *_, w in stream) == sorted(map(shown, text))
    from_left = {y: "".join(w for at, _, w in stream if at == y) for y, *_ in stream}.values()
    read = "".join(line[::-1] if language == "Arabic" else line for line in from_left)
    assert language == "Hindi" or read == "".join(map(shown, text))
    for b in range(B):
        numbers = [(y, x) for x, y, w, size, anchor in written(drawing) if (w, size, anchor) == (str(b), 11, "middle")]
        x = max(numbers)[1]  # the lower of its two numbers is above the column
        assert [w for _, at, w in in_columns if abs(at - x) < 0.2] == [shown(c) for c in table[:, b]]
    assert len(in_columns) == table.size and ("Left over" in drawing.alt) == (table.size < len(text))
    assert "left over" in places(drawing).values() or table.size == len(text)


def test_windows_are_ruled_every_T_rows():  # noqa: N802
    words = places(draw_stream(TEXTS["English"], 4, T=4)).values()  # 9 rows
    assert {"window 0: T = 4 rows", "window 1", "window 2: 1 row"} <= set(words)
    assert draw_stream("abcdefgh", 2, T=4).marks.count("stroke-dasharray") == 0


def test_targets_are_the_inputs_one_row_further_down():
    drawing = draw_windows(columns_of(TEXTS["Korean"], 4), 3, start=2)
    table = columns_of(TEXTS["Korean"], 4)
    signs = sorted((y, x, w) for x, y, w, size, anchor in written(drawing) if (size, anchor) == (13, "middle"))
    right = [w for _, x, w in signs if x > 290]
    rows = [right[k : k + 8] for k in range(0, len(right), 8)]
    assert [row[:4] for row in rows] == [[shown(c) for c in row] for row in table[2:5]]
    assert [row[4:] for row in rows] == [[shown(c) for c in row] for row in table[3:6]]


def test_the_last_window_is_shorter():
    assert "inputs 2 × 4" in places(draw_windows(columns_of(TEXTS["English"], 4), 5, start=6)).values()


def test_titles_and_items_of_tables_are_shown():
    words = places(draw_columns(the_inputs=[[1, 20], [300, 4]], more=["a", " "])).values()
    assert {"the inputs", "more", "1", "20", "300", "4", "a", "␣"} <= set(words)


# -- models ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("forward", [True, False])
def test_gates_by_hand_are_those_of_the_lstm(forward):
    text = TEXTS["Korean"] + TEXTS["English"]
    model = strong_model(MODEL.dictionary, forward)
    gates = read_gates(model, text)
    assert np.allclose(gates.h, gates.o * np.tanh(gates.c))
    before = np.roll(gates.c, 1 if forward else -1, axis=0)
    inner = slice(1, None) if forward else slice(None, -1)
    assert np.allclose(gates.c[inner], (gates.f * before + gates.i * gates.g)[inner])
    ids = np.concatenate([model.start_ids, model.dictionary.encode(text)[:: 1 if forward else -1]]).astype(np.int64)
    with torch.no_grad():
        output, _ = model.rnn(model.encoder(torch.from_numpy(ids)[:, None]))
    states = output[len(model.start_ids) :, 0].numpy()
    assert np.allclose(gates.h, states if forward else states[::-1], atol=1e-5)


def test_the_unit_is_the_one_that_goes_best_with_quotation_marks():
    text = 'She said "come in" and he said "not now" to her.'
    gates, inside = read_gates(MODEL, text), np.cumsum([c == '"' for c in text]) % 2 > 0
    fits = [abs(np.corrcoef(gates.c[:, unit], inside)[0, 1]) for unit in range(16)]
    drawing = draw_gates(MODEL, text)
    assert f"unit {int(np.argmax(fits))} " in drawing.alt and f"{max(fits):.2f}" in drawing.alt
    assert "inside quotation marks" in drawing.alt and "unit 3 " in draw_gates(MODEL, text, 3).alt
    assert "a space" in draw_gates(MODEL, text.replace('"', "")).alt


@pytest.mark.parametrize(("text", "inside"), [
    ("He said “come in” to her.", "“come in"), ('He said "come in" to her.', '"come in'),
    ("Er sagt „komm rein“ zu ihr.", "„komm rein"), ("Mówi „wejdź proszę” do niej.", "„wejdź proszę"),
    ("Il dit « entre donc » ici.", "« entre donc "), ("彼は「どうぞ中へ」と言った。", "「どうぞ中へ"),
])  # fmt: skip
def test_quotation_marks_of_every_kind_end_where_they_end(text, inside):
    (found,) = (feature for name, feature in features(text).items() if name == "inside quotation marks")
    assert "".join(c for c, is_in in zip(text, found, strict=True) if is_in) == inside


def test_long_texts_are_broken_between_words():
    rows = sorted({y for x, y, w, size, _ in written(draw_gates(MODEL, "The gulls came back. " * 6)) if size == 14})
    assert len(rows) == 4


@pytest.mark.parametrize(
    ("nlayers", "nout", "decoder"), [(1, None, True), (3, None, True), (2, 7, True), (1, None, False)]
)
def test_the_sizes_of_a_model_are_its_own(nlayers, nout, decoder):
    model = LanguageModel(MODEL.dictionary, False, 12, nlayers, embedding_size=5, nout=nout, has_decoder=decoder)
    drawing, V = draw_model(model, 9, 4), len(MODEL.dictionary)  # noqa: N806
    words = set(places(drawing).values())
    assert f"A backward ← model with {sum(p.numel() for p in model.parameters()):,} weights" in words
    assert {"9×4", "9×4×5", "9×4×12"} <= words and (f"9×4×{V}" in words) == decoder
    assert ("projection" in words) == (
        nout is not None
    ) and f"{sum(p.numel() for p in model.rnn.parameters()):,}" in words
    assert f"T = 9, B = 4, E = 5, H = 12, V = {V}" in drawing.alt


def test_the_pipeline_has_the_numbers_of_the_model():
    text = "The bakery opens"
    drawing = draw_pipeline(text, MODEL)
    words = list(places(drawing).values())
    ids = [str(number) for number in MODEL.dictionary.encode(text)[-12:]]
    by_row: dict[float, str] = {}
    for _x, y, w, size, _ in sorted(written(drawing)):
        by_row[y] = by_row.get(y, "") + (w if size == 10.5 else "")
    assert "".join(ids) in by_row.values()
    stream = torch.tensor([*MODEL.start_ids.tolist(), *MODEL.dictionary.encode(text).tolist()])[:, None]
    with torch.no_grad():
        shares = MODEL(stream, MODEL.init_hidden(1))[0][-1, 0].softmax(-1)
    assert percent(float(shares.max())) in words
    assert shown(MODEL.dictionary.get_item_for_index(int(shares.argmax()))) in drawing.alt
    vector = FlairEmbeddings(MODEL).matrix([Sentence(text)])[-1]
    first = ", ".join(f"{round(float(v), 2) + 0.0:.2f}" for v in vector[:3]).replace("-", "−")
    assert f"{first}, … : 16 numbers" in words and "vector of “opens”" in words


def test_large_numbers_of_characters_have_room_in_their_cells():
    many = Dictionary.from_items(["<unk>", "\n", " ", *map(chr, range(0x4E00, 0x4E00 + 12_000))])
    drawing = draw_pipeline(many.get_item_for_index(11_999) * 2, LanguageModel(many, True, 4, 1))
    xs = sorted(x for x, y, w, size, anchor in written(drawing) if w.isdigit() and size < 8 and anchor == "middle")
    assert len(xs) == 10 and xs[-1] - xs[-5] < 21 and xs[5] - xs[4] > xs[1] - xs[0]


def test_unknown_characters_are_pointed_out_in_the_pipeline():
    assert any("(0: not in it)" in words for words in places(draw_pipeline("The 猫", MODEL)).values())


def test_the_model_is_drawn_by_name():
    assert "H = 256" in draw_model("news-mini-forward", 64, 16).alt
    assert "H = 256" in draw_pipeline("The harb").alt


def test_unrolled_windows_are_cut_before_each_but_the_first():
    drawing = draw_unrolled(TEXTS["English"], T=4, windows=3)
    words = [w for _, _, w, *_ in written(drawing)]
    assert words.count("detach") == 2 and {"window 0", "window 1", "window 2"} <= set(words)
    for text, count in ((TEXTS["English"][:12], 11), (TEXTS["English"], 12)):  # the last target is the text's next
        assert (
            sum(y < 60 and w != "detach" and size == 14 for _, y, w, size, _ in written(draw_unrolled(text))) == count
        )


@pytest.mark.parametrize("text", ["I saw the gulls", "도서관은 아침 아홉 시에", "يعمل جدي في ورشة", "वह घर लौटी"])
@pytest.mark.parametrize("forward", [True, False])
def test_directions_end_at_the_row_of_the_vector(text, forward):
    sentence = Sentence(text)
    embeddings = FlairEmbeddings(strong_model(Dictionary.from_items(sorted({*text, "\n", " "})), forward))
    reading, items = embeddings.reading(sentence), embeddings.lm.dictionary.get_items()
    for word in range(len(sentence)):
        read = "".join(items[i] for i in reading.ids[reading.k : reading.rows[word] + 1])
        said = re.search(
            "has read “(.*?)”" if forward else "from the end, “(.*?)”", draw_directions(sentence, word).alt
        )
        assert said[1] == (read if forward else read[::-1])


# -- counts ----------------------------------------------------------------------------------------------


def test_shares_are_sorted_and_the_rest_is_summed_up():
    drawing = draw_shares({"a": 0.2, " ": 0.5, **{chr(0xAC00 + n): 0.01 for n in range(20)}}, title="after t")
    words = [w for _, y, w, *_ in sorted(written(drawing), key=lambda piece: piece[1])]
    assert words[0] == "after t" and words.index("50%") < words.index("20%") < words.index("1.0%")
    assert "and 8 more with 8.0% together" in words and "␣ 50%, a 20%" in drawing.alt


@pytest.mark.parametrize("title", ["long " * 60, "다음 글자 " * 40])
def test_a_long_title_is_cut_where_the_drawing_ends(title):
    for drawing in (draw_shares({"a": 1}, title), draw_columns(**{title: ["a"]})):
        x, _, words, size, _ = max(written(drawing), key=lambda piece: len(piece[2]))
        assert words.endswith("…") and len(words) > 20 and x + extent(words, size) <= drawing.width


def test_lying_bars_are_as_long_as_their_values_and_what_is_no_number_has_none():
    rows = [("one", 4.0, "4.00", "#111111"), ("b", 2.0, "2.00", "#222222"), ("nan", math.nan, "nan", "#333333")]
    marks = lying_bars(rows, 90, 8, 480)
    root = ET.fromstring(Drawing(640, 90, "x", marks).svg())
    found = [(path.get("stroke"), path.get("d").partition("h")[2]) for path in root.iter(f"{SVG}path")]
    assert found == [("#111111", "480"), ("#222222", "240"), ("#333333", "1")]
    assert {"one", "b", "4.00", "2.00", "nan"} <= set(places(Drawing(640, 90, "x", marks)).values())


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0%"), (1, "100%"), (0.5, "50%"), (0.0996, "10%"), (0.034, "3.4%"), (2e-4, "0.02%"), (1e-6, "< 0.01%")],
)
def test_percent(share, said):
    assert percent(share) == said


def test_the_table_shows_the_most_frequent_items_and_their_counts():
    items = [chr(0x4E00 + n) for n in range(40)]
    counts = np.zeros((40, 40), int)
    counts[:25, :25] = np.arange(625).reshape(25, 25) + 1
    drawing = draw_table(counts, items)
    digits: dict[float, str] = {}
    for _x, y, w, size, _ in sorted(written(drawing), key=lambda piece: piece[:2]):
        digits[y] = digits.get(y, "") + (w if size == 10.5 else "")
    order = [24 - n for n in range(20)]  # by count of row and column together
    assert "".join(str(counts[24, column]) for column in order) in digits.values()
    assert items[0] not in places(drawing).values() and f"{items[24]} then {items[24]} 625 times" in drawing.alt


# -- what cannot be drawn ----------------------------------------------------------------------------------

DEEP = LanguageModel(MODEL.dictionary, True, 4, 2)
WORDS = LanguageModel(Dictionary.from_items(["<unk>", "gulls"], character_level=False), True, 4, 1)


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: draw_stream("", 2), "text is empty"),
        (lambda: draw_stream("abc", 4), "3 characters in B = 4 columns make 0 rows"),
        (lambda: draw_stream("abc", 0), "B=0"),
        (lambda: draw_stream("abc", 2, T=0), "T=0"),
        (lambda: draw_stream("a" * 601, 20), "at most 600"),
        (lambda: draw_columns(), "nothing to draw"),
        (lambda: draw_columns(inputs=[]), "inputs has shape"),
        (lambda: draw_columns(inputs=np.zeros((500, 3))), "at most 60 rows"),
        (lambda: draw_windows(list("abc"), 2), r"\(rows, B\) is needed"),
        (lambda: draw_windows(np.zeros((5, 0)), 2), r"\(rows, B\) is needed"),
        (lambda: draw_windows(columns_of("abcdef", 2), 2, start=0.5), "start=0.5: a window begins"),
        (lambda: draw_windows(columns_of("abcdef", 2), 2, start=2), "start=2: a window begins in row 0 to 1"),
        (lambda: draw_shares({}), "is empty"),
        (lambda: draw_shares({"a": 7, "b": 1}), "sum to 8"),
        (lambda: draw_shares({"a": float("nan")}), "must be 0 or more"),
        (lambda: draw_table(np.ones((2, 3)), ["a", "b"]), r"for 2 items \(2, 2\) is needed"),
        (lambda: draw_table(np.zeros((2, 2)), ["a", "b"]), "count a text first"),
        (lambda: draw_model(MODEL, 0, 4), "T=0"),
        (lambda: draw_pipeline("", MODEL), "text is empty"),
        (lambda: draw_pipeline(" \n", MODEL), "no word"),
        (lambda: draw_pipeline("a", strong_model(MODEL.dictionary, False)), "reads backward"),
        (lambda: draw_pipeline("gulls", WORDS), "reads words"),
        (lambda: draw_gates(MODEL, ""), "text is empty"),
        (lambda: draw_gates(MODEL, "The gulls", 16), "unit=16: the units of this model are 0 to 15"),
        (lambda: draw_gates(DEEP, "The gulls"), "2 layers"),
        (lambda: draw_unrolled("abc"), "at least 12 are needed"),
        (lambda: draw_unrolled("abc" * 20, 10, 3), "30 steps; at most 18"),
        (lambda: draw_directions("", 0), "no words"),
        (lambda: draw_directions("I saw", 2), "word=2: the sentence has 2 words: 0 'I', 1 'saw'"),
        (lambda: draw_directions("gull " * 20, 2), "at most"),
    ],
)
def test_what_cannot_be_drawn_is_named(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()


def test_a_text_is_a_string():
    with pytest.raises(TypeError, match="text is a list"):
        draw_stream(["a"], 1)
