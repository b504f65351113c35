"""Figures of numbers: curves of bounded length, an SVG for the page, a PNG for afterwards."""

from __future__ import annotations

import io
import math
import re
import struct
import warnings
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import matplotlib as mpl
import matplotlib.image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutorlm.course.plots import INK, Curve, RunningFigure, inline_svg, loss_figure, save_figure
from tutorlm.events import TrainingResult, Validated

SVG = "{http://www.w3.org/2000/svg}"
NASTY = '<script>alert("it\'s")</script> & \'x\' > "y" ]]> &amp; 한국어 עברית'
finite = st.floats(-1e6, 1e6)


@pytest.fixture(autouse=True)
def warnings_are_errors():
    """Among them “Glyph … missing from font”."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def drawn(baselines=None, points=30) -> RunningFigure:
    figure = RunningFigure({"uniform": 6.5} if baselines is None else baselines)
    for step in range(points):
        figure.train.add(step, 6 - step / 20)
        figure.rates.add(step, 20 * 0.5 ** (step // 10))
    figure.valid.add(0, 6.0)
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


def test_a_rate_too_small_for_plain_numbers_is_drawn_in_the_colour_of_the_page_too():
    figure = RunningFigure({})
    for step in range(5):
        figure.rates.add(step, 2e-5 * (1 + step))
    figure.train.add(1, 3.0)
    svg = figure.svg("x")
    assert any("e−5" in (text := "".join(e.itertext())) or "e-5" in text or "10" in text for e in texts(svg))
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
    assert "1000" not in numbers[0]
    assert "1000" in numbers[1]


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


def test_the_png_is_one_with_a_white_ground():
    data = drawn().png()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    assert 600 < width < 760 and 300 < height < 400
    image = mpl.image.imread(io.BytesIO(data))
    assert image[0, 0, :3].tolist() == [1, 1, 1]
    assert image[..., :3].min() < 0.3  # and something dark on it


def test_drawing_a_figure_again_gives_the_same_picture():
    figure = drawn()
    first = figure.png()
    figure.svg("x")
    assert figure.png() == first


def test_an_svg_file_with_a_second_svg_in_it_gets_one_label_only():
    assert inline_svg('<?xml?><svg a="1"><svg b="2"/></svg>', "x").count("aria-label") == 1


# -- the figure of several runs ----------------------------------------------------------------------------


def result_of(losses, initial=4.0) -> TrainingResult:
    rows = tuple(Validated(1, n + 1, 10 * (n + 1), x + 0.1, x, 20.0, 1e4, 1.0) for n, x in enumerate(losses))
    return TrainingResult(rows, initial, min([initial, *losses]), 2.0, Path("x"), "done", 10, 1.0)


def test_the_figure_of_runs_shows_train_and_valid_of_each_in_bits_and_the_baselines(tmp_path):
    results = {"small": result_of([3.0, 2.5]), "large": result_of([2.8, 2.0, 1.9])}
    figure = loss_figure(results, {"uniform": 6.5})
    lines = {line.get_label(): line for line in figure.axes[0].lines if not line.get_label().startswith("_")}
    assert [*lines] == ["small, train", "small, valid", "large, train", "large, valid"]
    assert lines["large, valid"].get_xdata().tolist() == [0, 10, 20, 30]
    assert lines["large, valid"].get_ydata().tolist() == pytest.approx([x / math.log(2) for x in (4.0, 2.8, 2.0, 1.9)])
    assert lines["small, train"].get_ydata().tolist() == pytest.approx([x / math.log(2) for x in (3.1, 2.6)])
    assert "uniform 6.50" in [text.get_text() for text in figure.axes[0].texts]
    styles = {(line.get_color(), line.get_marker()) for name, line in lines.items() if "valid" in name}
    assert len(styles) == 2
    assert save_figure(figure, tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")


def test_the_figure_of_a_run_that_ended_before_its_first_split_shows_where_it_began(tmp_path):
    figure = loss_figure({"short": result_of([])}, {})
    assert save_figure(figure, tmp_path / "x.png").stat().st_size > 1000


def test_the_figure_of_more_runs_than_there_are_colours_shows_them_all():
    figure = loss_figure({f"run {n}": result_of([3.0]) for n in range(6)}, {})
    assert len([line for line in figure.axes[0].lines if line.get_label().endswith(", valid")]) == 6
