"""The site that `make site` has built, in both languages: whole, alive, readable everywhere; nobody else is asked."""

from __future__ import annotations

import functools
import http.server
import json
import os
import re
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

import pytest
from browser import ROOT, find_chromium, open_browser

pytestmark = pytest.mark.site
SITE = ROOT / "build" / "site"
PAGES = sorted(path.relative_to(SITE).as_posix() for path in SITE.glob("**/*.html") if "_static" not in path.parts)
KOREAN = "ko/" if (SITE / "ko").is_dir() else ""  # where the Korean pages are
FRONTS = ["", KOREAN] if KOREAN else [""]
# Paths without ending: of the notebooks in the repository; a page of the site is below KOREAN if it is Korean.
NOTEBOOKS = sorted(
    path.relative_to(ROOT).with_suffix("").as_posix()
    for pattern in ("notebooks/*.ipynb", "notebooks/ko/*.ipynb")
    for path in ROOT.glob(pattern)
    if KOREAN or path.parent.name != "ko"
)
LESSONS = [name for name in NOTEBOOKS if name.rpartition("/")[2][0].isdigit()]
PHONE = {"width": 375, "height": 780}


class Page(HTMLParser):
    """The ids of a page, what it links to, and what it loads."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.text = (SITE / name).read_text(encoding="utf-8")
        self.ids: set[str] = set()
        self.links: list[tuple[str, dict[str, str]]] = []
        self.loaded: list[str] = []
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append((given["href"], given))
        if "src" in given or tag == "link":
            self.loaded.append(given.get("src", given.get("href", "")))


read = functools.cache(Page)


def front_of(notebook: str) -> str:
    """The folder of the site that has a notebook."""
    return KOREAN if "/ko/" in notebook else ""


def page_of(notebook: str) -> str:
    return f"{front_of(notebook)}{notebook}.html"


def lessons_in(front: str) -> list[str]:
    return [lesson for lesson in LESSONS if front_of(lesson) == front]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The site below a path, as a project's pages on GitHub are."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(SITE.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/site/"
        server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not find_chromium():
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail("Chromium is not installed")
        pytest.skip("Chromium is not installed")
    with open_browser() as browser:
        yield browser


class Visit:
    """A page in a browser, and what went wrong on the way."""

    def __init__(self, browser: Any, address: str, name: str) -> None:
        self.wrong: list[str] = []
        self.page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda message: message.type == "error" and self.wrong.append(message.text))
        self.page.on("response", lambda answer: answer.status >= 400 and self.wrong.append(answer.url))
        self.page.on("request", lambda request: self._note(request.url, address))
        self.page.goto(address + name, wait_until="load")

    def _note(self, url: str, address: str) -> None:
        if not url.startswith((address, "data:", "blob:")):
            self.wrong.append(f"asks {url}")

    def see(self, script: str, wanted: Any = None) -> Any:
        return self.page.evaluate(script, wanted)


def colour(text: str) -> float:
    """How light a CSS colour is, from 0 to 255."""
    return sum(float(part) for part in re.findall(r"[\d.]+", text)[:3]) / 3


# -- files --------------------------------------------------------------------------------------------


def test_every_notebook_and_guide_is_a_page() -> None:
    wanted = {page_of(name) for name in [*NOTEBOOKS, "notebooks/README"]}
    assert {*wanted, "index.html", "docs/scaling.html", "benchmarks/RECIPES.html", "docs/api/tutorlm.html"} <= {*PAGES}
    assert not KOREAN or {"ko/index.html", "ko/docs/glossary.html", "ko/notebooks/ko/README.html"} <= {*PAGES}


@pytest.mark.parametrize("front", FRONTS)
def test_every_page_is_reached_from_the_first_by_next(front: str) -> None:
    passed, name = [], f"{front}index.html"
    while name not in passed:
        passed.append(name)
        following = [link for link, given in read(name).links if "right-next" in given.get("class", "")]
        name = resolve(name, following[0])[0] if following else name
    places = [passed.index(page_of(lesson)) for lesson in lessons_in(front)]
    assert places == list(range(1, len(lessons_in(front)) + 1))
    here = {page for page in PAGES if not KOREAN or page.startswith(KOREAN) == bool(front)}
    assert here - {*passed} == {f"{front}README.ko.html" if front else "README.html", f"{front}search.html"}


def resolve(page: str, link: str) -> tuple[str, str]:
    """The file that a link of a page leads to, and the place in it."""
    target, place = urldefrag(urljoin(f"http://host/{page}", link))
    return unquote(target.removeprefix("http://host/")) or "index.html", unquote(place)


@pytest.mark.parametrize("name", PAGES)
def test_links_are_alive_and_nothing_is_loaded_from_elsewhere(name: str) -> None:
    dead = []
    for link, _ in read(name).links:
        if re.match(r"[a-z]+:", link) or link == "#":
            continue
        target, place = resolve(name, link)
        if not (SITE / target).is_file() or (place and target.endswith(".html") and place not in read(target).ids):
            dead.append(link)
    assert not dead
    assert [source for source in read(name).loaded if re.match(r"https?:|//", source)] == []


def switches(name: str) -> list[tuple[str, str]]:
    """Where the switch of a page leads, and to which language."""
    found = [(link, given) for link, given in read(name).links if "tlm-language" in given.get("class", "")]
    return [(resolve(name, link)[0], given["lang"]) for link, given in found]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_its_language_and_leads_to_itself_in_the_other(name: str) -> None:
    korean = bool(KOREAN) and name.startswith(KOREAN)
    assert f'<html lang="{"ko" if korean else "en"}"' in read(name).text
    if not KOREAN:
        assert switches(name) == []
        return
    ((target, language),) = switches(name)
    assert language == ("en" if korean else "ko")
    same = (
        name.removeprefix(KOREAN).replace("/ko/", "/")
        if korean
        else KOREAN + name.replace("notebooks/", "notebooks/ko/")
    )
    same = same.replace("README.ko.html", "README.html").replace("index.html", "README.html")
    same = same.replace("ko/README.html", "ko/README.ko.html") if same == "ko/README.html" else same
    assert target == (same if same in PAGES else "README.html" if korean else "ko/README.ko.html")


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_can_be_opened_elsewhere_and_downloaded_as_it_is(name: str) -> None:
    links = {link for link, _ in read(page_of(name)).links}
    assert f"https://colab.research.google.com/github/tutorlm/tutorlm/blob/main/{name}.ipynb" in links
    assert f"https://mybinder.org/v2/gh/tutorlm/tutorlm/main?urlpath=lab/tree/{name}.ipynb" in links
    downloaded = SITE / front_of(name) / "_sources" / f"{name}.ipynb"
    assert downloaded.read_bytes() == (ROOT / f"{name}.ipynb").read_bytes()


def unwanted(lesson: str) -> list[str]:
    """What a lesson has and its page has not."""
    from tutorlm.course import editions

    editions.language("ko" if front_of(lesson) else "en")
    waiting = [f"<strong>{editions.translate(words)}</strong>" for words in ("not yet", "no guess yet")]
    editions.language("en")
    return ["Promises of this page", *waiting]


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_shows_its_outputs_and_neither_tests_nor_failures(name: str) -> None:
    text = read(page_of(name)).text
    notebook = json.loads((ROOT / f"{name}.ipynb").read_text(encoding="utf-8"))
    outputs = [o for cell in notebook["cells"] for o in cell.get("outputs", []) if "image/png" in o.get("data", {})]
    assert len(re.findall(r'<img [^>]*src="(?:\.\./)+_images/', text)) == len(outputs)
    assert not any(words in text for words in unwanted(name))


def test_what_a_lesson_does_not_show_is_what_notebooks_say() -> None:
    for front in FRONTS:
        stored = "".join((ROOT / f"{name}.ipynb").read_text(encoding="utf-8") for name in lessons_in(front))
        assert all(words in stored for lesson in lessons_in(front) for words in unwanted(lesson))


def test_the_reference_has_every_public_name() -> None:
    import tutorlm
    import tutorlm.course.drawings
    import tutorlm.course.plots
    import tutorlm.course.widgets

    ids = {i for page in PAGES if page.startswith("docs/api/") for i in read(page).ids}
    modules = (tutorlm, tutorlm.course, tutorlm.course.drawings, tutorlm.course.plots, tutorlm.course.widgets)
    assert {f"{module.__name__}.{name}" for module in modules for name in module.__all__} <= ids


# -- in a browser -------------------------------------------------------------------------------------

WIDER = "() => document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
FORMULAS = """() => [document.querySelectorAll('.math').length, document.querySelectorAll('.math mjx-container').length,
    document.querySelectorAll('mjx-merror').length]"""
DRAWINGS = """() => ['.tlm-drawn', '.tlm-undrawn'].map(which => [...document.querySelectorAll(which)]
    .map(found => getComputedStyle(found).display))"""
INKS = """() => [...document.querySelectorAll('.tlm-drawn svg, .cell_output .text_html')].map(
    found => [getComputedStyle(found).color, getComputedStyle(found).backgroundColor])"""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_on_a_screen_and_a_phone_in_light_and_dark(browser: Any, address: str, name: str) -> None:
    visit = Visit(browser, address, name)
    if visit.see("() => document.querySelector('.math') !== null"):
        visit.page.wait_for_function("() => window.MathJax?.startup?.promise")
        visit.see("() => window.MathJax.startup.promise.then(() => null)")
    formulas, rendered, mistaken = visit.see(FORMULAS)
    assert (rendered, mistaken) == (formulas, 0)
    drawn, undrawn = visit.see(DRAWINGS)
    assert {*drawn} <= {"block"} and {*undrawn} <= {"none"} and len(drawn) == len(undrawn)
    assert visit.see(WIDER) <= 0
    visit.see("() => document.querySelectorAll('details').forEach(folded => { folded.open = true })")
    visit.page.set_viewport_size(PHONE)
    assert visit.see(WIDER) <= 0
    light = visit.see("() => getComputedStyle(document.body).backgroundColor")
    visit.page.emulate_media(color_scheme="dark")
    visit.page.wait_for_function("() => document.documentElement.dataset.theme === 'dark'")
    dark = visit.see("() => getComputedStyle(document.body).backgroundColor")
    assert colour(light) > 200 and colour(dark) < 60
    assert all(colour(ink) > 150 and paper == "rgba(0, 0, 0, 0)" for ink, paper in visit.see(INKS))
    visit.page.close()
    assert visit.wrong == []


def test_there_are_formulas_and_drawings_to_see() -> None:
    lessons = [read(page_of(lesson)).text for lesson in lessons_in("")]
    assert sum(text.count('class="math notranslate nohighlight"') for text in lessons) > 20
    assert sum(text.count('class="tlm-drawn"') for text in lessons) > 15


def test_the_button_changes_the_theme(browser: Any, address: str) -> None:
    visit = Visit(browser, address, "index.html")
    seen = []
    for theme in ("dark", "light"):
        visit.page.locator(".theme-switch-button:visible").click()
        visit.page.locator(f".theme-change-button[data-mode={theme}]:visible").click()
        seen.append(visit.see("() => document.documentElement.dataset.theme"))
    visit.page.close()
    assert seen == ["dark", "light"] and visit.wrong == []


def found_by(browser: Any, address: str, words: str, front: str = "") -> list[str]:
    """The pages that a search finds."""
    visit = Visit(browser, address, f"{front}search.html?q={words}")
    title = "document.querySelector('#search-results h2')"  # has moving dots while it searches
    visit.page.wait_for_function(f"() => {title} && !{title}.querySelector('span')")
    pages = visit.see("() => [...document.querySelectorAll('ul.search li a')].map(a => a.href)")
    visit.page.close()
    assert visit.wrong == []
    return [urldefrag(page)[0].split("?")[0].removeprefix(address) for page in pages]


def korean_words(lesson: str) -> set[str]:
    """Words of three or more syllables that a lesson has below its title, which leads to the other edition."""
    notebook = json.loads((ROOT / f"{lesson}.ipynb").read_text(encoding="utf-8"))
    shown = [cell for cell in notebook["cells"][1:] if "remove-cell" not in cell["metadata"].get("tags", [])]
    return {word for cell in shown for word in re.findall(r"(?<!\w)[가-힣]{3,}(?!\w)", "".join(cell["source"]))}


def test_search_finds_a_korean_word_by_its_beginning(browser: Any, address: str) -> None:
    for front in FRONTS:
        lesson, word = next((lesson, word) for lesson in lessons_in(front) for word in sorted(korean_words(lesson)))
        for beginning in (word, word[:-1], word[:2]):
            assert page_of(lesson) in found_by(browser, address, beginning, front)


def test_search_finds_english_words_by_their_stem_and_public_names(browser: Any, address: str) -> None:
    assert "notebooks/01_dictionary.html" in found_by(browser, address, "dictionaries")
    assert "docs/api/tutorlm.html" in found_by(browser, address, "StackedEmbeddings")
