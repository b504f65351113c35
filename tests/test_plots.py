"""Charts of numbers: one look for each name, labels nothing covers, a live figure of bounded length, small pictures."""

from __future__ import annotations

import io
import itertools
import math
import re
import struct
import warnings
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tutorlm.course import charts, comparisons, placing, plots
from tutorlm.course.charts import INK, LOOKS, looks, short, small_png, spread
from tutorlm.course.comparisons import bars_chart, points_chart
from tutorlm.course.plots import curves_chart, losses_chart
from tutorlm.course.run_state import RunState
from tutorlm.course.running_figure import Curve, RunningFigure, inline_svg
from tutorlm.events import Started, TrainingResult, Validated

SVG = "{http://www.w3.org/2000/svg}"
NASTY = '<script>alert("it\'s")</script> & \'x\' > "y" ]]> &amp; 한국어 עברית'
finite = st.floats(-1e6, 1e6)


@pytest.fixture(autouse=True)
def warnings_are_errors():
    """Among them “Glyph … missing from font”."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", category=DeprecationWarning)  # matplotlib's own business
        yield


def drawn(baselines=None, points=30) -> RunningFigure:
    figure = RunningFigure({"uniform": 6.5} if baselines is None else baselines)
    for step in range(points):
        figure.train.add(step, 6 - step / 20)
        figure.rates.add(step, 20 * 0.5 ** (step // 10))
    figure.begin(0, 6.0)
    figure.valid.add(points, 4.0)
    return figure


def texts(svg: str) -> list[ElementTree.Element]:
    return ElementTree.fromstring(svg).findall(f".//{SVG}text")


# -- curves --------------------------------------------------------------------------------------------


def filled(values, limit) -> Curve:
    curve = Curve(limit)
    for x, y in enumerate(values):
        curve.add(x, y)
    return curve


@given(st.lists(finite, max_size=300), st.integers(1, 20).map(lambda half: 2 * half))
def test_a_curve_has_fewer_than_limit_points_and_each_is_the_mean_of_the_values_up_to_its_x(values, limit):
    curve = filled(values, limit)
    assert len(curve.x) == len(curve.y) < limit
    if not values:
        assert curve.x == []
        return
    each = int(curve.x[0]) + 1 if curve.x else len(values) + 1  # the first point stands at its last value
    assert curve.x == list(range(each - 1, len(values), each))  # so x rises, evenly, and fewer than `each` still wait
    for number, y in enumerate(curve.y):
        assert y == pytest.approx(sum(values[number * each : (number + 1) * each]) / each, rel=1e-9, abs=1e-6)


@given(st.lists(finite, min_size=1, max_size=300))
def test_a_curve_keeps_the_mean_of_all_values_but_those_that_still_wait(values):
    curve = filled(values, 8)
    used = int(curve.x[-1]) + 1
    assert len(values) - used < len(values) / 3 + 1  # and these are few
    assert sum(curve.y) / len(curve.y) == pytest.approx(sum(values[:used]) / used, rel=1e-9, abs=1e-6)


def test_a_curve_is_as_short_after_a_hundred_thousand_values_as_after_a_thousand():
    curve = filled((math.sin(x / 1000) for x in range(100_000)), 512)
    assert 256 <= len(curve.x) < 512
    assert curve.x[-1] > 99_000


def test_a_short_curve_is_every_value_as_it_is():
    values = [float(value) for value in range(511)]
    curve = filled(values, 512)
    assert (curve.x, curve.y) == (list(range(511)), values)


@given(st.lists(st.one_of(finite, st.sampled_from([math.nan, math.inf, -math.inf])), max_size=200))
def test_values_that_are_no_finite_numbers_are_left_out_of_a_curve(values):
    curve, without = Curve(16), Curve(16)
    for x, y in enumerate(values):
        curve.add(x, y)
        if math.isfinite(y):
            without.add(x, y)
    assert (curve.x, curve.y) == (without.x, without.y)
    assert all(map(math.isfinite, curve.y))


# -- the running figure ----------------------------------------------------------------------------------


@pytest.mark.parametrize("label", ["plain", NASTY, "two\nlines", '" onload="alert(1)'])
def test_the_svg_is_well_formed_and_carries_its_label_word_for_word(label):
    root = ElementTree.fromstring(drawn().svg(label))
    assert root.tag == SVG + "svg"
    assert root.get("role") == "img"
    assert root.get("onload") is None
    assert root.get("aria-label").split() == label.split()  # XML reads a line end in an attribute as a space


def test_the_svg_is_no_file_of_its_own_but_an_element_for_a_page():
    svg = drawn().svg("x")
    assert svg.startswith("<svg ")
    assert "<metadata" not in svg
    assert "<?xml" not in svg
    assert "<!DOCTYPE" not in svg


def test_text_in_the_svg_stays_text_so_that_the_page_draws_it():
    written = ["".join(element.itertext()) for element in texts(drawn().svg("x"))]
    assert {"bits per character", "train", "valid", "rate", "step", "uniform 6.50"} <= {*written}


def test_no_text_axis_or_tick_of_the_svg_has_a_colour_that_dark_pages_swallow():
    svg = drawn().svg("x")
    assert INK not in svg
    assert not re.search(r"#000000|#000\b|\bblack\b", svg)
    for element in texts(svg):  # matplotlib leaves the colour out where it is black
        assert "currentColor" in element.get("style", "") + element.get("fill", ""), "".join(element.itertext())


def test_the_numbers_of_small_rates_leave_room_for_the_name_of_their_axis():
    figure = RunningFigure({})
    for step in range(30):
        figure.rates.add(step, 0.00195 * (1 - step / 30))
    figure._draw().draw_without_rendering()
    name = figure.below.yaxis.label.get_window_extent()
    assert name.x0 >= 0
    assert all(
        name.x1 < number.get_window_extent().x0 for number in figure.below.get_yticklabels() if number.get_text()
    )


def test_a_rate_too_small_for_plain_numbers_is_drawn_in_the_colour_of_the_page_too():
    figure = RunningFigure({})
    for step in range(5):
        figure.rates.add(step, 2e-5 * (1 + step))
    figure.train.add(1, 3.0)
    svg = figure.svg("x")
    assert any("e-05" in "".join(e.itertext()) for e in texts(svg))
    for element in texts(svg):
        styles = [element.get("style", ""), *(part.get("style", "") for part in element)]
        assert "currentColor" in "".join(styles), "".join(element.itertext())


@pytest.mark.parametrize("kind", ["path", "none"])
def test_the_settings_of_matplotlib_are_what_they_were_after_a_drawing(monkeypatch, kind):
    monkeypatch.setitem(mpl.rcParams, "svg.fonttype", kind)
    before = dict(mpl.rcParams)
    drawn().svg("x")
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("kind", ["path", "none"])
def test_the_settings_of_matplotlib_are_what_they_were_after_a_drawing_that_failed(monkeypatch, kind):
    monkeypatch.setitem(mpl.rcParams, "svg.fonttype", kind)
    figure = drawn()
    figure.train.x.append(1.0)  # one x too many
    with pytest.raises(ValueError):
        figure.svg("x")
    assert mpl.rcParams["svg.fonttype"] == kind


def test_a_figure_without_any_point_can_be_drawn():
    figure = RunningFigure({})
    assert len(texts(figure.svg("nothing yet"))) > 3
    assert figure.png().startswith(b"\x89PNG")


def test_the_svg_of_a_figure_follows_its_points():
    figure = drawn(points=10)
    first = figure.svg("x")
    figure.train.add(1000, 3.0)
    second = figure.svg("x")
    numbers = [{"".join(e.itertext()) for e in texts(svg)} for svg in (first, second)]
    assert "1,000" not in numbers[0]
    assert "1,000" in numbers[1]


def test_the_svg_of_a_long_run_is_no_longer_than_one_of_a_short_run():
    figure = drawn(points=500)
    short = len(figure.svg("x"))
    for step in range(500, 20_000):
        figure.train.add(step, 3 + math.sin(step))
        figure.rates.add(step, 1.0)
    assert len(figure.svg("x")) < 1.5 * short < 100_000


def test_special_characters_in_the_name_of_a_baseline_are_drawn_as_they_are():
    written = ["".join(element.itertext()) for element in texts(drawn({"<b> & 5-gram": 4.0}).svg("x"))]
    assert "<b> & 5-gram 4.00" in written


def test_dollar_signs_in_the_name_of_a_baseline_are_no_formula():
    written = ["".join(element.itertext()) for element in texts(drawn({r"$\frac$ 5-gram": 4.0}).svg("x"))]
    assert r"$\frac$ 5-gram 4.00" in written


def test_the_png_has_no_ground_and_ink_for_light_and_dark_pages():
    data = drawn().png()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    assert 600 < width / charts.SCALE < 760 and 300 < height / charts.SCALE < 400
    assert len(data) < 25_000
    image = picture(data)
    assert image[0, 0, 3] == 0  # a corner
    assert (image[..., 3] > 0).mean() < 0.2
    solid = image[image[..., 3] > 0.9]
    assert solid[:, :3].mean(1).min() > 0.1  # no black, which dark pages swallow
    assert solid[:, :3].mean(1).max() < 0.9  # and no white
    ink = np.array([int(INK[n : n + 2], 16) for n in (1, 3, 5)]) / 255
    assert (np.abs(solid[:, :3] - ink).max(1) < 0.05).mean() > 0.1


def picture(data: bytes) -> np.ndarray:
    """The pixels of a PNG, (height, width, 4), from 0 to 1."""
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA")) / 255


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_ink_reads_on_white_and_on_the_dark_of_jupyterlab():
    assert contrast(INK, "#ffffff") > 4.1
    assert contrast(INK, "#111111") > 4.1
    for name in ("train", "valid"):
        assert contrast(LOOKS[name].colour, "#ffffff") > 3 < contrast(LOOKS[name].colour, "#111111")


def test_the_first_frame_has_room_for_what_comes():
    figure = RunningFigure({"uniform": 6.74})
    figure.begin(0, 6.742)
    figure._draw()
    low, high = figure.axes.get_ylim()
    assert low == 0 and 6.742 < high < 7.5
    left, right = figure.axes.get_xlim()
    assert -1 <= left <= 0 and right >= 20
    shown = [tick.get_text() for tick in figure.axes.get_yticklabels()]
    assert max(map(len, shown)) <= 3  # so that the name of the axis is not cut off


def test_a_resumed_run_begins_where_it_goes_on():
    figure = RunningFigure({})
    figure.begin(5000, 2.0)
    figure.train.add(5010, 2.0)
    figure._draw()
    assert 4990 < figure.axes.get_xlim()[0] <= 5000 and 5020 <= figure.axes.get_xlim()[1] < 5100


def test_the_valid_loss_before_the_first_step_is_a_hollow_dot_apart_from_the_curve():
    figure = drawn()
    figure._draw()
    assert figure.first_mark.get_xydata().tolist() == [[0, 6]]
    assert figure.first_mark.get_markerfacecolor() == "none"
    assert figure.valid_line.get_xydata().tolist() == [[30, 4]]
    unknown = RunningFigure({})
    unknown.begin(0, math.nan)
    assert unknown.png().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("first", "names", "low"), [(1.9, ["other", "5-gram"], 1.4), (6.0, ["other", "5-gram", "unigram", "uniform"], 0)]
)
def test_the_curve_of_a_trained_model_is_not_flattened_by_what_it_left_far_behind(first, names, low):
    baselines = {"unigram": 4.29, "5-gram": 1.89, "other": 1.67}
    state = RunState.of(Started(Path("x"), True, 1000, 64, 2, first * math.log(2)), baselines)
    state.update(Validated(1, 1, 50, 1.7 * math.log(2), 1.6 * math.log(2), 0.002, 1e4, 1.0))
    state.figure._draw()
    assert list(state.figure.lines.values) == names
    bottom, top = state.figure.axes.get_ylim()
    assert bottom == 0 if low == 0 else low < bottom < 1.6
    assert first < top < 1.2 * first


@given(st.lists(st.floats(0.1, 15), min_size=1, max_size=6), st.floats(0.2, 20))
@settings(max_examples=30, deadline=None)
def test_names_of_baselines_are_outside_of_the_curves_way_in_the_picture_and_apart(values, loss):
    figure = RunningFigure({f"baseline {n}": value for n, value in enumerate(values)})
    figure.train.add(10, loss)
    figure._draw()
    assert_labels_are_free(figure.figure, figure.axes, figure.lines, len(values))


def assert_labels_are_free(figure, axes, lines, number) -> None:
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in lines.texts if text.get_visible()]
    assert len(boxes) == number
    whole, curves = figure.bbox, axes.get_window_extent()
    for box in boxes:
        assert box.x0 > curves.x1 and box.x1 <= whole.x1
        assert whole.y0 <= box.y0 and box.y1 <= whole.y1
    for lower, upper in itertools.pairwise(boxes):
        assert lower.y1 - upper.y0 < 0.25 * upper.height  # a little of the empty rim of a line may be shared


@given(st.lists(st.floats(0, 1), max_size=8).map(sorted), st.floats(0.01, 0.12))
def test_places_are_spread_in_order_within_bounds_and_stay_where_there_is_room(places, gap):
    found = spread(places, gap)
    assert len(found) == len(places)
    assert all(b - a >= gap - 1e-9 for a, b in itertools.pairwise(found))
    assert all(-1e-9 <= place <= 1 + 1e-9 for place in found)
    if all(b - a >= gap for a, b in itertools.pairwise(places)):
        assert found == pytest.approx(places)


def test_drawing_a_figure_again_gives_the_same_picture():
    figure = drawn()
    first = figure.png()
    figure.svg("x")
    assert figure.png() == first


def test_an_svg_file_with_a_second_svg_in_it_gets_one_label_only():
    assert inline_svg('<?xml?><svg a="1"><svg b="2"/></svg>', "x").count("aria-label") == 1


# -- one look for each name ------------------------------------------------------------------------------


def test_names_with_a_meaning_look_the_same_in_all_charts_and_the_others_differ():
    found = looks(["zebra", "valid", "5-gram", "train", "yak", "backward", "forward", "uniform"])
    assert {name: found[name] for name in LOOKS} == LOOKS
    assert found["5-gram"].colour == found["uniform"].colour == charts.GREY
    assert found["zebra"] == charts.OTHERS[0] and found["yak"] == charts.OTHERS[1]
    assert len({*charts.OTHERS, *LOOKS.values()}) == len(charts.OTHERS) + len(LOOKS)
    assert {look.colour for look in charts.OTHERS}.isdisjoint(look.colour for look in LOOKS.values())
    assert len(looks(f"n{n}" for n in range(30))) == 30


@pytest.mark.parametrize("name", ["train", "valid", "forward", "backward"])
def test_a_series_has_its_colour_in_curves_and_in_bars(name):
    curve = curves_chart({"other": ([1], [1]), name: ([1, 2], [2, 1])}, "x").figure.axes[0].lines[1]
    bar = bars_chart({"": {"other": 1, name: 2}}, "y").figure.axes[0].patches[1]
    assert curve.get_color() == LOOKS[name].colour
    assert curve.get_marker() == (LOOKS[name].marker or "")
    assert mpl.colors.to_hex(bar.get_facecolor()[:3]) == LOOKS[name].colour.lower()
    assert bool(bar.get_hatch()) is (name == "backward")


# -- curves ------------------------------------------------------------------------------------------------


def test_curves_are_drawn_as_given_with_their_names_above_the_axes_and_told_in_words():
    chart = curves_chart(
        {"a": (range(1, 4), [3.0, 1.0, 2.0]), "b": (np.array([1, 3]), np.array([2.5, 4]))}, "order", "bits", {"c": 2.2}
    )
    axes = chart.figure.axes[0]
    assert [line.get_xydata().tolist() for line in axes.lines[:2]] == [[[1, 3], [2, 1], [3, 2]], [[1, 2.5], [3, 4]]]
    names = chart.figure.legends[0]
    assert [text.get_text() for text in names.get_texts()] == ["a", "b"]
    assert names.get_window_extent().y0 >= axes.get_window_extent().y1
    assert chart.alt.splitlines() == [
        "Chart of bits by order.", "a: from 3 at 1 to 2 at 3, lowest 1 at 2", "b: from 2.5 at 1 to 4 at 3", "c: 2.2"
    ]  # fmt: skip


def test_a_description_begins_with_a_line_that_gives_no_answer_away():
    charts_ = [curves_chart({"a": ([1, 2], [7.123, 3.456])}, "step"), bars_chart({"g": {"a": 7.123}}, "bits"),
               points_chart({"a": (7.123, 3.456)}, "x", "y"), losses_chart({"run": result_of([2.0])})]  # fmt: skip
    for chart in charts_:
        first, *rest = chart.alt.splitlines()
        assert not re.search(r"\d", first) and re.search(r"\d", " ".join(rest))


def test_panels_share_their_looks_and_have_titles():
    chart = curves_chart({"en": {"train": ([1], [2]), "x": ([1], [3])}, "ko": {"x": ([1], [4])}}, "step")
    assert [axes.get_title(loc="left") for axes in chart.figure.axes] == ["en", "ko"]
    assert chart.figure.axes[0].lines[1].get_color() == chart.figure.axes[1].lines[0].get_color()
    assert "ko: x: 4 at 1" in chart.alt
    assert chart.figure.axes[0].get_ylabel() and not chart.figure.axes[1].get_ylabel()


@pytest.mark.parametrize(("y", "low"), [([1, 4], 0), ([3, 4], None), ([-1, 4], None), ([0, 0], 0)])
def test_the_y_axis_begins_at_0_unless_that_would_waste_half_the_chart(y, low):
    bottom, top = curves_chart({"a": ([1, 2], y)}, "x").figure.axes[0].get_ylim()
    assert top > max(y) and (bottom == 0) == (low == 0)
    assert bottom <= min(y)


def test_axes_can_be_logarithmic_limited_and_stairs():
    axes = curves_chart({"a": ([1, 1000], [1, 2])}, "x", log="xy").figure.axes[0]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    axes = curves_chart({"a": ([1, 1000], [1, 2])}, "x", ylim=(0.5, 9), stairs=True).figure.axes[0]
    assert axes.get_ylim() == (0.5, 9) and axes.lines[0].get_drawstyle() == "steps-post"


@pytest.mark.parametrize("series", [{"a": ([1, 2], [1])}, {"a": 3}, {"a": ([1], ["x"])}, {"a": ([1],)}])
def test_what_is_no_curve_is_refused_by_name(series):
    with pytest.raises(ValueError, match='"a"'):
        curves_chart(series, "x")
    with pytest.raises(ValueError, match="no series"):
        curves_chart({}, "x")


@pytest.mark.parametrize("y", [[], [math.nan, math.inf], [1.0]])
def test_a_curve_of_nothing_or_of_no_numbers_is_a_chart_too(y):
    chart = curves_chart({"a": (range(len(y)), y), "b": ([0], [0])}, "x", baselines={"none": math.nan, "c": 1})
    assert small_png(chart.figure).startswith(b"\x89PNG")
    assert ("a: nothing" in chart.alt) is (y != [1.0])


@given(st.lists(st.floats(0.5, 9), min_size=1, max_size=7), st.booleans())
@settings(max_examples=15, deadline=None)
def test_names_of_baselines_are_outside_of_the_curves_way_and_apart(values, panels):
    series = {"a": ([0, 9], [10, 0.4])}
    chart = curves_chart({"p": series, "q": series} if panels else series, "x")
    figure, axes = chart.figure, chart.figure.axes[-1]
    lines = charts.BaselineLines([axes], {f"baseline {n}": value for n, value in enumerate(values)})
    figure.draw_without_rendering()
    lines.place()
    assert_labels_are_free(figure, axes, lines, len(values))


def test_a_baseline_outside_the_limits_has_no_name_that_points_nowhere():
    chart = curves_chart({"a": ([1, 2], [1, 2])}, "x", baselines={"high": 50, "low": 1.5}, ylim=(0, 3))
    assert [text.get_text() for text in chart.figure.axes[0].texts if text.get_visible()] == ["low 1.50"]


# -- losses ------------------------------------------------------------------------------------------------


def result_of(losses, initial=4.0) -> TrainingResult:
    rows = tuple(Validated(1, n + 1, 10 * (n + 1), x + 0.1, x, 20.0, 1e4, 1.0) for n, x in enumerate(losses))
    return TrainingResult(rows, initial, min([initial, *losses]), 2.0, Path("x"), "done", 10, 1.0)


def in_bits(*nats) -> list:
    return pytest.approx([x / math.log(2) for x in nats])


def test_losses_are_train_and_valid_of_each_run_in_bits_and_the_baselines(tmp_path):
    chart = losses_chart({"small": result_of([3.0, 2.5]), "large": result_of([2.8, 2.0, 1.9])}, {"uniform": 6.5})
    axes = chart.figure.axes[0]
    lines = {line.get_label(): line for line in axes.lines if not line.get_label().startswith("_")}
    assert [*lines] == ["small, train", "small, valid", "large, train", "large, valid"]
    assert lines["large, valid"].get_xdata().tolist() == [10, 20, 30]
    assert lines["large, valid"].get_ydata().tolist() == in_bits(2.8, 2.0, 1.9)
    assert lines["small, train"].get_ydata().tolist() == in_bits(3.1, 2.6)
    assert "uniform 6.50" in [text.get_text() for text in axes.texts]
    assert lines["small, valid"].get_color() == lines["small, train"].get_color() != lines["large, valid"].get_color()
    assert lines["small, valid"].get_linestyle() == "-" and lines["small, train"].get_linestyle() == ":"
    before = [line for line in axes.lines if line.get_markerfacecolor() == "none"]
    assert [line.get_ydata().tolist() for line in before] == [in_bits(4.0)] * 2
    assert chart.save(tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")
    assert "large, valid: from 5.77 at 0 to 2.74 at 30" in chart.alt


@pytest.mark.parametrize("panels", [False, True])
def test_one_run_looks_as_it_did_while_it_ran(panels):
    chart = losses_chart({"run": result_of([3.0, 2.5])}, panels=panels)
    train, valid = chart.figure.axes[0].lines[:2]
    assert (train.get_color(), valid.get_color()) == (LOOKS["train"].colour, LOOKS["valid"].colour)
    assert (train.get_marker(), valid.get_marker()) == ("", "o")
    assert train.get_linestyle() == valid.get_linestyle() == "-"
    assert [text.get_text() for text in chart.figure.legends[0].get_texts()] == ["train", "valid"]


def test_runs_in_panels_share_their_y_axis_and_have_their_names_as_titles():
    runs = {"good": result_of([3.0, 2.5]), "bad": result_of([9.0, 8.0]), "a": result_of([1.0]), "b": result_of([])}
    chart = losses_chart(runs, {"5-gram": 1.9}, panels=True)
    assert [axes.get_title(loc="left") for axes in chart.figure.axes] == [*runs]
    assert len({axes.get_ylim() for axes in chart.figure.axes}) == 1
    assert [len(axes.texts) for axes in chart.figure.axes] == [0, 0, 0, 1]  # the name of the baseline, once


def test_losses_that_are_no_numbers_and_runs_that_ended_at_once_are_drawn(tmp_path):
    chart = losses_chart({"diverged": result_of([3.0, math.nan, math.inf]), "short": result_of([])})
    assert chart.save(tmp_path / "x.png").stat().st_size > 1000
    with pytest.raises(ValueError, match="no run"):
        losses_chart({})


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_baseline_that_is_no_number_leaves_the_axis_as_it_was(value):
    with_it, without = (losses_chart({"a": result_of([3.0])}, b).figure.axes[0] for b in ({"none": value}, None))
    assert with_it.get_ylim() == without.get_ylim()


def test_names_may_be_numbers():
    for chart in (curves_chart({64: ([1], [1]), 128: ([1], [1])}, "x"), losses_chart({64: result_of([1.0])}),
                  bars_chart({1: {64: 1}}, "y"), points_chart({64: (1, 2)}, "x", "y")):  # fmt: skip
        assert "64" in chart.alt and small_png(chart.figure).startswith(b"\x89PNG")


def test_more_runs_than_there_are_colours_are_all_drawn():
    chart = losses_chart({f"run {n}": result_of([3.0]) for n in range(14)})
    assert len([line for line in chart.figure.axes[0].lines if line.get_label().endswith(", valid")]) == 14


# -- bars ---------------------------------------------------------------------------------------------------


def test_numbers_are_lying_bars_with_their_values_at_the_end_and_their_names_once():
    chart = bars_chart({"en": {"uniform": 6.5, "LSTM": 2.13}, "ko": {"uniform": 10.1, "LSTM": 4.2}}, "bits")
    for axes, values in zip(chart.figure.axes, ([6.5, 2.13], [10.1, 4.2]), strict=True):
        assert [bar.get_width() for bar in axes.patches] == values
        assert [text.get_text() for text in axes.texts] == [f"{v:.2f}" if v < 10 else f"{v:.1f}" for v in values]
        edge = axes.get_window_extent().x1
        assert all(text.get_window_extent().x1 <= edge for text in axes.texts)
    assert [tick.get_text() for tick in chart.figure.axes[0].get_yticklabels()] == ["uniform", "LSTM"]
    assert not any(tick.get_visible() for tick in chart.figure.axes[1].get_yticklabels())
    assert len({axes.get_xlim() for axes in chart.figure.axes}) == 1  # or bars of two panels could not be compared
    assert "ko: uniform 10.1, LSTM 4.2" in chart.alt


def test_sequences_are_standing_bars_side_by_side_from_place_1_on():
    chart = bars_chart({"en": {"forward": [4, 3, 2], "backward": np.array([1, 2, 3])}}, "bits", "character", "A title")
    first, second = chart.figure.axes[0].patches[:3], chart.figure.axes[0].patches[3:]
    assert [bar.get_height() for bar in first] == [4, 3, 2]
    for place, (left, right) in enumerate(zip(first, second, strict=True), start=1):
        assert left.get_x() + left.get_width() <= right.get_x() + 1e-9
        assert left.get_x() + left.get_width() < place + 0.01 and right.get_x() > place - 0.01
    assert [text.get_text() for text in chart.figure.legends[0].get_texts()] == ["forward", "backward"]
    assert "en: forward 4 3 2, backward 1 2 3" in chart.alt


@pytest.mark.parametrize("values", [[-1, -2], [-1, 3], [3, 1], [0, 0]])
def test_lying_bars_and_0_are_inside_of_the_axes(values):
    axes = bars_chart({"": dict(zip("ab", values, strict=True))}, "y").figure.axes[0]
    low, high = axes.get_xlim()
    assert low <= min(values) and low <= 0 < high and max(values) < high


def test_a_group_without_bars_is_an_empty_panel():
    assert len(bars_chart({"a": {}, "b": {"x": [1, 2]}}, "y").figure.axes) == 2


@pytest.mark.parametrize("value", [math.nan, None, 0, -1.5, 1e9, [], [math.nan, 1]])
def test_bars_of_any_number_are_a_chart(value):
    assert small_png(bars_chart({"": {"a": value, "b": value}}, "y").figure).startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="no bar"):
        bars_chart({"a": {}}, "y")


# -- points ------------------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0, 10)), min_size=1, max_size=7, unique=True))
def test_names_of_points_overlap_neither_points_nor_one_another(places):
    chart = points_chart({f"model {n}": place for n, place in enumerate(places)}, "x", "y")
    axes = chart.figure.axes[0]
    chart.figure.draw_without_rendering()
    named = [text for text in axes.texts if text.get_text()]
    assert {text.get_text() for text in named} == {f"model {n}" for n in range(len(places))}
    boxes = [text.get_window_extent() for text in named]
    marks = [axes.transData.transform(place) for place in places]
    for number, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:number])
        assert not any(box.x0 <= x <= box.x1 and box.y0 <= y <= box.y1 for x, y in marks)
        assert axes.get_window_extent().containsx(box.x0) and axes.get_window_extent().containsx(box.x1)


def test_a_name_far_from_its_point_has_a_line_to_it(monkeypatch):
    monkeypatch.setattr(placing, "FAR", (30.0, 40.0, 50.0))
    near = points_chart({"a": (1, 1)}, "x", "y").figure.axes[0]
    assert [text.get_text() for text in near.texts] == ["a"]
    monkeypatch.setattr(placing, "FAR", (1.0, 2.0, 30.0))  # the first two are on the mark
    far = points_chart({"a": (1, 1)}, "x", "y").figure.axes[0]
    assert [text.get_text() for text in far.texts] == ["a", ""] and far.texts[1].arrow_patch is not None


@pytest.mark.parametrize("place", [(1, 2, 3), 5, ("x", 1), None, ([1, 2], [3, 4])])
def test_what_is_no_point_is_refused_by_name(place):
    with pytest.raises(ValueError, match='"a"'):
        points_chart({"a": place}, "x", "y")
    with pytest.raises(ValueError, match="no point"):
        points_chart({}, "x", "y")


# -- pictures ------------------------------------------------------------------------------------------------


def test_charts_are_small_and_sharp_and_have_no_ground():
    steps = np.arange(1000)
    chart = curves_chart(
        {name: (steps, 2 + 4 * np.exp(-steps / k)) for name, k in (("train", 90), ("valid", 120), ("x", 200))},
        "step", baselines={"uniform": 6.5, "unigram": 4.3, "5-gram": 1.9},
    )  # fmt: skip
    data = small_png(chart.figure)
    assert len(data) <= 25_000
    image = picture(data)
    assert image.shape[1] == 700 * charts.SCALE
    assert image[0, 0, 3] == 0 and (image[..., 3] > 0).mean() < 0.2
    blue = np.array([int(LOOKS["train"].colour[n : n + 2], 16) for n in (1, 3, 5)]) / 255
    assert ((np.abs(image[..., :3] - blue).max(-1) < 0.04) & (image[..., 3] > 0.9)).sum() > 100


def test_a_picture_has_its_description_and_its_size_on_the_page():
    chart = curves_chart({"a": ([1, 2], [1, 2])}, "x")
    data, metadata = charts.as_output(small_png(chart.figure), chart.alt)
    assert data["text/plain"] == metadata["alt"] == metadata["image/png"]["alt"] == chart.alt
    assert metadata["image/png"]["width"] == 700


def test_names_that_look_like_formulas_are_drawn_as_they_are():
    name = r"$\frac$ & <b> 100%_x"
    runs = {name: result_of([2.0]), "b": result_of([2.0])}
    for chart in (
        curves_chart({name: ([1], [1]), "b": ([1], [1])}, name, name, {name: 1}),
        bars_chart({name: {name: 1}}, name),
        bars_chart({name: {name: [1], "b": [1]}}, name, name, name),
        points_chart({name: (1, 1)}, name, name),
        losses_chart(runs, {name: 1}, panels=True),
    ):
        assert small_png(chart.figure).startswith(b"\x89PNG")


@pytest.mark.parametrize("show", [
    lambda: plots.curves({"a": ([1, 2], [1, 2])}, xlabel="x"), lambda: plots.losses({"a": result_of([1.0])}),
    lambda: comparisons.bars({"a": {"b": 1}}), lambda: comparisons.points({"a": (1, 2)}, xlabel="x", ylabel="y"),
])  # fmt: skip
def test_outside_a_kernel_a_chart_is_told_in_words(show, capsys):
    assert show() is None
    out, err = capsys.readouterr()
    assert out.startswith("Chart of ") and "a" in out and err == ""


@pytest.mark.parametrize(("value", "text"), [
    (1234.5, "1,234"), (2.1345, "2.13"), (0.000123, "0.000123"), (0, "0"), (-1e6, "-1,000,000"), (math.inf, "inf"),
    (999.6, "1,000"),
])  # fmt: skip
def test_numbers_are_short(value, text):
    assert short(value) == text
