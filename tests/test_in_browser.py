"""Widgets in a real JupyterLab before a real browser: what a learner sees, clicks and waits for."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import NotebookPage, find_chromium, open_browser, running_lab, write_notebook

from tutorlm.course import barred, pages

ROOT = Path(__file__).parent.parent
BADGES = ("https://colab.research.google.com/assets/colab-badge.svg", "https://mybinder.org/badge_logo.svg")
PICTURES = Path(__file__).parent / "screenshots"
REQUIRED = bool(os.environ.get("REQUIRE_BROWSER"))

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not find_chromium() and not REQUIRED, reason="Chromium is not installed"),
    pytest.mark.timeout(300),
]

SET_UP = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
import torch
from pathlib import Path
from tutorlm import Dictionary, LanguageModel, LanguageModelTrainer, TextCorpus
from tutorlm.course.widgets import *
samples = {str(ROOT / "data" / "sample_corpus")!r}
"""
TRAINER = """
dictionary = Dictionary.from_files(samples + "/{0}/train")
corpus = TextCorpus(samples + "/{0}", dictionary, True, cache=None)
trainer = LanguageModelTrainer(LanguageModel(dictionary, True, 32, 1), corpus)
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[tuple[Any, str, Path]]:
    """A browser, JupyterLab's address, and the folder of notebooks it serves."""
    root = tmp_path_factory.mktemp("lab")
    (root / "notebooks").mkdir()
    (root / "data").symlink_to(ROOT / "data")
    (root / "tutorlm").symlink_to(ROOT / "tutorlm")
    with running_lab(root, tmp_path_factory.mktemp("private")) as address, open_browser() as browser:
        yield browser, address, root / "notebooks"


@pytest.fixture
def opened(lab) -> Iterator[Callable[..., NotebookPage]]:
    """Opens a notebook of some cells, or one of the course; afterwards nothing may have gone wrong on its page."""
    browser, address, folder = lab
    pages = []

    def open_notebook(name: str, cells: list[str] | None = None) -> NotebookPage:
        if cells is None and (ROOT / "notebooks" / name).exists():
            shutil.copy(ROOT / "notebooks" / name, folder / name)
        elif cells is None:
            assert (folder / name).exists()
        else:
            write_notebook(folder / name, [SET_UP, *cells])
        pages.append(NotebookPage(browser, address, f"notebooks/{name}"))
        return pages[-1]

    yield open_notebook
    for page in pages:
        page.close()
        assert page.errors == []
        assert [address for address in page.elsewhere if address not in BADGES] == []


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, f"{what}: not within {seconds:g} s"
        time.sleep(0.05)


def test_the_start_notebook_draws_its_training_live_and_leaves_a_picture(opened):
    notebook = opened("00_start_here.ipynb")
    notebook.page.evaluate(
        """() => {
            window.curves = new Set(); window.blank = 0; window.plot = null;
            const look = () => {
                const svg = document.querySelector('.widget-html svg[role=img]');
                if (svg && !window.plot) window.plot = svg.closest('.widget-html');
                if (svg) window.curves.add(svg.outerHTML);
                if (window.plot?.isConnected && !window.plot.querySelector('svg')) window.blank += 1;
                requestAnimationFrame(look);
            };
            look();
        }"""
    )
    notebook.run_all()
    notebook.page.wait_for_function("window.plot")
    notebook.page.evaluate("window.plot.scrollIntoView()")  # the picture in it is drawn anew all the time
    time.sleep(4)
    notebook.picture(PICTURES / "start_running.png")
    notebook.wait_until_idle()
    assert notebook.page.evaluate("window.curves.size") >= 4
    assert notebook.page.evaluate("window.blank") == 0
    picture = notebook.page.locator(".jp-OutputArea-output img").first
    picture.scroll_into_view_if_needed()
    assert notebook.page.locator(".widget-html svg[role=img]").count() == 0
    notebook.picture(PICTURES / "start_finished.png")


def test_a_job_trains_beside_the_notebook_and_obeys_its_buttons(opened):
    notebook = opened("job.ipynb", [
        TRAINER.format("ko"),
        'job = TrainingJob(trainer).start("job", 40, learning_rate=5, mini_batch_size=8, max_epochs=10_000)',
        'print("meanwhile", 6 * 7, job.state)',
    ])  # fmt: skip
    notebook.run_all()
    notebook.page.get_by_text("meanwhile 42 training").wait_for()
    page, numbers = notebook.page, notebook.cell(2).locator(".tlm-note").first

    def step() -> str:
        return numbers.inner_text().split(",")[0]

    before = step()
    wait_until(lambda: step() != before, "the job trains on")
    page.get_by_role("button", name="Pause").click()
    page.get_by_text("paused", exact=True).wait_for()
    time.sleep(1.5)
    standing = step()
    notebook.picture(PICTURES / "job_paused.png")
    time.sleep(2)
    assert step() == standing
    page.get_by_role("button", name="Resume").click()
    wait_until(lambda: step() != standing, "the job goes on")
    notebook.theme("JupyterLab Dark")
    notebook.picture(PICTURES / "job_dark.png")
    notebook.theme("JupyterLab Light")
    page.get_by_role("button", name="Stop").click()
    began = time.monotonic()
    page.get_by_text("stopped by the button").wait_for()
    assert time.monotonic() - began < 2
    notebook.cell(2).locator("img").wait_for()  # the picture stands where the plot was
    assert notebook.cell(2).locator(".jupyter-button").count() == 0
    notebook.picture(PICTURES / "job_stopped.png")


def test_the_slider_of_a_job_changes_its_learning_rate(opened):
    notebook = opened("rate.ipynb", [
        TRAINER.format("ar"),
        'job = TrainingJob(trainer).start("rate", 40, learning_rate=5, mini_batch_size=8, max_epochs=10_000)',
    ])  # fmt: skip
    notebook.run_all()
    numbers = notebook.cell(2).locator(".tlm-note").first
    wait_until(lambda: "learning rate 5 " in numbers.inner_text(), "the job trains")
    handle = notebook.cell(2).locator(".noUi-handle").first
    handle.focus()
    for _ in range(3):
        handle.press("ArrowLeft")
    wait_until(lambda: "learning rate 5 " not in numbers.inner_text(), "the rate has changed")
    notebook.page.get_by_role("button", name="Stop").click()
    notebook.page.get_by_text("stopped by the button").wait_for()


EXPLORERS = {
    "dictionary": 'explore_dictionary(Path(samples, "ko", "train"))',
    "generation": 'explore_generation("news-mini-forward", "The ferry ")',
    "surprise": 'explore_surprise(["news-mini-forward", "news-mini-backward"], "The ferry left. <b>배</b> مرحبا")',
    "units": 'explore_units("news-mini-forward", open(samples + "/en/valid.txt", encoding="utf-8").read()[:1200])',
    "offsets": 'explore_offsets("I love Berlin")',
    "embeddings": (
        'explore_embeddings("news-mini-forward", '
        '["She wore a light coat .", "They saw the light .", "The light went out ."])'
    ),
}


def test_every_explorer_answers_to_its_controls(opened):
    notebook = opened("explorers.ipynb", list(EXPLORERS.values()))
    notebook.run_all()
    notebook.wait_until_idle()
    for number, name in enumerate(EXPLORERS, start=1):
        cell = notebook.cell(number)
        output = cell.locator(".widget-html-content").last
        output.scroll_into_view_if_needed()
        before = output.inner_html()
        if name in ("offsets", "embeddings"):
            cell.locator(".widget-toggle-button").nth(1).click()
        elif name == "surprise":
            area = cell.locator("textarea").last
            area.fill("Another text.")
            area.blur()
        else:
            handle = cell.locator(".noUi-handle").first
            handle.focus()
            handle.press("ArrowRight")
        wait_until(lambda output=output, before=before: output.inner_html() != before, f"{name} answers")
    for theme in ("Light", "Dark"):
        notebook.theme(f"JupyterLab {theme}")
        for number, name in enumerate(EXPLORERS, start=1):
            notebook.cell(number).scroll_into_view_if_needed()
            notebook.cell(number).screenshot(path=PICTURES / f"{name}_{theme.lower()}.png")
    notebook.theme("JupyterLab Light")


def test_a_guess_is_kept_and_compared(opened):
    notebook = opened("guess.ipynb", [
        "from tutorlm.course import predict, reveal",
        'predict("bits", 3)',
        'reveal("bits", 1.89, "bits per character")',
    ])  # fmt: skip
    notebook.run_all()
    notebook.page.get_by_text("Your guess was 1.11 too high").wait_for()
    notebook.picture(PICTURES / "guess.png")


def test_stored_answers_are_folded_until_the_cell_is_run(opened):
    notebook = opened("03_language_model.ipynb")
    stored = (ROOT / "notebooks" / "03_language_model.ipynb").read_text(encoding="utf-8")
    answer = re.search(r"It is [\d.]+ bits per character", stored).group()
    assert not notebook.page.get_by_text(answer).first.is_visible()
    assert notebook.page.get_by_text("<!-- run the cell to see this -->").count() >= 1
    assert notebook.page.get_by_text("Put your guess in place of").count() >= 1


DRAWINGS = {
    "stream": 'draw_stream("The ferry left. 배가 떠났다.", B=4, T=2)',
    "cell": "draw_cell()",
    "unrolled": 'draw_unrolled("The ferry", T=3, windows=3)',
    "directions": 'draw_directions("The ferry left", 1)',
}


def test_drawings_follow_the_theme_and_are_shown_before_they_are_run(opened, lab):
    cells = ["from tutorlm.course.drawings import *", *DRAWINGS.values()]
    notebook = opened("drawings.ipynb", cells)
    notebook.run_all()
    notebook.wait_until_idle()
    for theme, ink in (("Light", "rgba(0, 0, 0, 0.87)"), ("Dark", "rgb(255, 255, 255)")):
        notebook.theme(f"JupyterLab {theme}")
        for number, name in enumerate(DRAWINGS, start=2):
            drawn = notebook.cell(number).locator("svg[role=img]")
            drawn.scroll_into_view_if_needed()
            assert drawn.is_visible() and drawn.get_attribute("aria-label")
            assert drawn.evaluate("svg => getComputedStyle(svg).color") == ink
            assert not notebook.cell(number).locator("img").is_visible()
            notebook.cell(number).screenshot(path=PICTURES / f"drawing_{name}_{theme.lower()}.png")
    notebook.theme("JupyterLab Light")
    notebook.save()
    stranger = lab[2] / "received.ipynb"  # as it comes from somebody else: not trusted, not run
    stranger.write_text((lab[2] / "drawings.ipynb").read_text().replace("draw_cell()", "draw_cell() "))
    received = opened("received.ipynb", None)
    for number in range(2, 2 + len(DRAWINGS)):
        assert received.cell(number).locator("img").is_visible()
        assert received.cell(number).locator(".jp-OutputArea-output").inner_text().strip() == ""


def test_a_folder_of_models_is_judged_on_the_page(opened):
    notebook = opened("capstone.ipynb", [
        "import shutil\nfrom tutorlm.course.exercises import check",
        '''folder = Path("my_language")
shutil.copytree(samples + "/ko", folder / "corpus")
dictionary = Dictionary.from_files(folder / "corpus" / "train")
for name in ("forward", "backward"):
    LanguageModel(dictionary, name == "forward", 8, 1).save(folder / name / "best-lm.pt")''',
        'check("beat_the_ngram", "my_language/forward")',
        'check("my_language", ...)',
        'check("my_language", "my_language")',
    ])  # fmt: skip
    notebook.run_all()
    notebook.wait_until_idle()
    notebook.page.get_by_text("still a placeholder").wait_for()
    report = notebook.cell(5)
    report.scroll_into_view_if_needed()
    assert report.locator("li").count() == 7  # six steps are passed, counting is not beaten
    assert "The forward model needs" in report.inner_text()
    assert report.locator("svg[role=img]").is_visible()
    for theme in ("Light", "Dark"):
        notebook.theme(f"JupyterLab {theme}")
        report.screenshot(path=PICTURES / f"capstone_{theme.lower()}.png")
    notebook.theme("JupyterLab Light")


TEXTS = {
    "en": "The ferry left the library, and all of them were gone by noon. " * 3,
    "ar": "عادت الحافلة الزرقاء إلى العمل بين المحطة والميناء بعد غياب دام شتاء كاملا. " * 3,
    "hi": "शुक्रवार को रेलवे स्टेशन की घड़ी अचानक उल्टी चलने लगी। " * 3,
    "ko": "연날리기 축제에서 줄이 끊어진 연 하나가 해원신문에 난 어떤 기사보다 멀리 갔다. " * 3,
}


@pytest.mark.parametrize("language", TEXTS)
def test_bars_of_a_text_are_above_it_in_every_line_and_the_text_runs_as_without_them(lab, language):
    text, width = TEXTS[language], 600
    bits = np.linspace(0.5, 9, len(text))
    with_bars = barred.barred(text, np.minimum(bits / 8, 1), list(text), "x", None, bits)
    plain = f'<div id="plain" dir="auto" style="font-size:{barred.FONT}px;display:inline-block">{text}</div>'
    page = lab[0].new_page(viewport={"width": width, "height": 900})
    page.set_content(f"<!doctype html><body style='margin:0'>{pages.page('x', with_bars)}<nobr>{plain}</nobr>")
    box, lines = page.evaluate(
        """() => {
            const area = document.querySelector('.tlm-bars');
            const boxes = [...area.querySelectorAll('span')].flatMap(span => [...span.getClientRects()]);
            return [area.getBoundingClientRect().toJSON(), boxes.map(one => one.toJSON())];
        }"""
    )
    tops = sorted({round(one["top"]) for one in lines if one["width"]})
    assert len(tops) >= 3  # so it wraps
    assert all(below - above == barred.LINE for above, below in itertools.pairwise(tops))
    assert tops[0] - box["top"] >= 9  # room for the number above a full bar
    assert max(one["bottom"] for one in lines) <= box["bottom"] + 1
    assert max(one["right"] for one in lines) <= width + 6 and min(one["left"] for one in lines) >= 0
    whole = page.evaluate("document.querySelector('#plain').getBoundingClientRect().width")
    assert sum(one["width"] for one in lines) == pytest.approx(whole, rel=0.03)  # letters join, conjuncts stay whole
    page.close()
