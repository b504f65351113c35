"""Pages with controls, to explore dictionaries, models and embeddings.

Each `explore_…` function is the last line of a cell. Without a live front end (a script, nbval, nbclient) the
same call shows a static page. Callbacks of widgets only redraw the page; they do not change the model.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
import torch

from tutorlm.course import pages
from tutorlm.course.barred import activation, surprise
from tutorlm.course.display import Bundle, full_width, someone_looks_on, view
from tutorlm.course.drawing import folded
from tutorlm.course.editions import translate
from tutorlm.course.reading import Model, as_model, read_text
from tutorlm.course.units import features, unit_correlations
from tutorlm.dictionary import CoverageReport, Dictionary, count_items
from tutorlm.embeddings import FlairEmbeddings, TokenEmbeddings
from tutorlm.events import bits
from tutorlm.language_model import LanguageModel
from tutorlm.sentence import Sentence

AT_MOST = 3000  # characters of a text on a page
VISIBLE = 0.1  # a unit that is never as active has no bars that could be seen


class Explorer:
    """Controls above a page that follows them; a static page alone without a live front end.

    Args:
        label: what it shows, in a few words.
        controls: name → widget. `draw` gets their values by these names.
        draw: makes the page as HTML.
        still: makes the static page.
    """

    def __init__(
        self, label: str, controls: Mapping[str, ipywidgets.Widget], draw: Callable[..., str], still: Callable[[], str]
    ) -> None:
        self.label, self.controls, self.draw = translate(label), dict(controls), draw
        self.live = someone_looks_on()
        self.html = full_width()
        self.still = "" if self.live else pages.page(self.label, still())
        for control in self.controls.values():
            control.description = translate(control.description)
        if self.live:
            for control in self.controls.values():
                control.style.description_width = "initial"
                control.observe(self.redraw, "value")
            self.redraw()

    def redraw(self, _: object = None) -> None:
        """Draw the page for the current values of the controls."""
        try:
            body = self.draw(**{name: control.value for name, control in self.controls.items()})
        except Exception as error:
            body = pages.note(f"{type(error).__name__}: {error}")
        self.html.value = pages.page(self.label, body)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Bundle:
        if not self.live:
            return {"text/html": folded(self.still), "text/plain": self.label}
        row = ipywidgets.Box(tuple(self.controls.values()), layout={"flex_flow": "row wrap"})
        self.box = ipywidgets.VBox([row, self.html])
        return view(self.box, f"{self.label} {translate('(live: run the cell to see it)')}")

    def __repr__(self) -> str:
        return self.label


def explore_dictionary(text: str | Path | Iterable[Path]) -> Explorer:
    """How large a dictionary a text needs, and what a smaller one leaves out.

    Args:
        text: a `str` is the text itself; one or several `Path`s are files or folders.
    """
    forms = {"NFC: syllables, é as one": "NFC", "NFD: jamo, é as two": "NFD"}
    counts = {form: count_items(text, form) for form in forms.values()}
    if counts["NFC"] == counts["NFD"]:
        forms = {"NFC = NFD for this text": "NFC"}
    levels = (0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999, 1.0)

    def draw(coverage: float, form: str) -> str:
        dictionary = Dictionary.from_counts(counts[form], coverage=coverage, normalization=form)
        return pages.coverage(CoverageReport.of(counts[form], dictionary), len(dictionary), len(counts[form]))

    def still() -> str:
        rows = []
        for name, form in forms.items():
            for level in (0.9, 0.99, 0.999, 1.0):
                dictionary = Dictionary.from_counts(counts[form], coverage=level, normalization=form)
                missing = CoverageReport.of(counts[form], dictionary).missing
                first = " ".join(pages.shown(m.character) for m in missing[:12])
                rows.append((translate(name), f"{level:.1%}", f"{len(dictionary):,}", f"{len(missing):,}", first))
        return pages.table(("form", "coverage", "V", "distinct characters left out", "most frequent of them"), rows)

    controls = {
        "coverage": ipywidgets.SelectionSlider(
            options=[(f"{level:.2%}", level) for level in levels], value=0.999, description="coverage"
        ),
        "form": ipywidgets.ToggleButtons(
            options=[(translate(name), form) for name, form in forms.items()],
            description="normal form",
            style={"button_width": "auto"},
        ),
    }
    return Explorer("Size and coverage of a dictionary", controls, draw, still)


def explore_generation(model: Model, prompt: str = "", length: int = 200) -> Explorer:
    """Text generated by a model, with a bar of surprise above each character and predictions on hover.

    Args:
        prompt: the text to continue (for a backward model: to lead up to); empty is a new document.
        length: number of characters to generate.
    """
    model, bars = as_model(model), pages.note(pages.BARS)

    def draw(prompt: str, temperature: float, seed: int) -> str:
        generator = torch.Generator().manual_seed(seed)
        text, nats = model.generate_text(prompt, length, temperature, generator=generator)
        normalize, forward = model.dictionary.normalize, model.is_forward_lm
        prompt, delimiter = normalize(prompt or model.document_delimiter), normalize(model.document_delimiter)
        shown = prompt.removeprefix(delimiter) if forward else prompt.removesuffix(delimiter)
        skip = len(prompt) - len(shown)  # `read_text` reads a delimiter first, and the model has read only one
        read = read_text(model, text[skip:] if forward else text[: len(text) - skip])
        generated = slice(len(shown), None) if forward else slice(0, len(read.text) - len(shown))
        label = translate(f"temperature {temperature:g}: {bits(nats):.2f} bits per character written")
        return pages.heading(label) + surprise(read, label, generated)

    controls = {
        "prompt": ipywidgets.Text(prompt, description="prompt" if model.is_forward_lm else "last words"),
        "temperature": ipywidgets.FloatSlider(
            0.7, min=0, max=2, step=0.1, description="temperature", continuous_update=False
        ),
        "seed": ipywidgets.IntSlider(1, min=1, max=50, description="seed", continuous_update=False),
    }
    still = lambda: "".join(draw(prompt, temperature, 1) for temperature in (0.2, 0.7, 1.2)) + bars  # noqa: E731
    return Explorer("Text written by a model", controls, lambda **values: draw(**values) + bars, still)


def explore_surprise(model: Model | Sequence[Model], text: str) -> Explorer:
    """A text with a bar of surprise above each character, for one or several models: forward and backward, say."""
    several = [model] if isinstance(model, (LanguageModel, str, Path)) else model
    models = [as_model(one) for one in several]

    def draw(text: str) -> str:
        parts = []
        for one in models:
            read = read_text(one, text[:AT_MOST])
            direction = "forward →" if one.is_forward_lm else "backward ←"
            mean = f"{read.bits.mean():.2f}" if len(read.bits) else "no"
            label = translate(f"{direction} (H = {one.hidden_size}): {mean} bits per character")
            label += translate(f", {1 - read.known.mean():.1%} unknown") if not read.known.all() else ""
            parts.append(pages.heading(label) + surprise(read, label))
        return pages.side_by_side(parts) + pages.note(pages.BARS)

    area = ipywidgets.Textarea(text, description="text", continuous_update=False, rows=3, layout={"width": "100%"})
    return Explorer("Surprise of a model along a text", {"text": area}, draw, lambda: draw(text))


def explore_units(model: Model, text: str) -> Explorer:
    """One hidden unit's activation along a text, and the unit that tracks each feature best.

    Args:
        text: a few hundred characters or more, in which the feature occurs several times.
    """
    read = read_text(as_model(model), text[:AT_MOST])
    if not read.text:
        raise ValueError("the text is empty: give a few hundred characters")
    found = {name: unit_correlations(read.states, feature) for name, feature in features(read.text).items()}
    seen = np.abs(read.states).max(0) >= VISIBLE
    best = {name: int((np.abs(values) * (seen | ~seen.any())).argmax()) for name, values in found.items()}
    units = read.states.shape[1]

    def draw(feature: str, unit: int) -> str:
        label = f"unit {unit} of {units}"
        if feature:
            label = f"{label}: correlation {found[feature][unit]:+.2f} with “{translate(feature)}”"
        label = translate(label)
        return pages.heading(label) + activation(read.text, read.states[:, unit], label) + pages.note(pages.UNIT_BARS)

    def still() -> str:
        rows = [(translate(name), best[name], f"{found[name][best[name]]:+.2f}") for name in found]
        listed = pages.table(("feature", "best unit", "correlation"), rows)
        first = next(iter(found), "")
        return listed + draw(first, best.get(first, 0))

    options = [(translate(f"{name} (best: unit {best[name]})"), name) for name in found]
    options = options or [(translate("the text is too short"), "")]
    controls = {
        "feature": ipywidgets.Dropdown(options=options, description="feature"),
        "unit": ipywidgets.IntSlider(
            best.get(options[0][1], 0), min=0, max=units - 1, description="unit", continuous_update=False
        ),
    }
    explorer = Explorer("Hidden units along a text", controls, draw, still)
    controls["feature"].observe(lambda change: setattr(controls["unit"], "value", best.get(change["new"], 0)), "value")
    return explorer


def explore_offsets(sentence: str | Sentence, embeddings: Sequence[FlairEmbeddings] | None = None) -> Explorer:
    """Which hidden state becomes the vector of a word.

    Args:
        embeddings: by default the two models that ship with the package, forward and backward.
    """
    sentence = Sentence(sentence) if isinstance(sentence, str) else sentence
    if not len(sentence):
        raise ValueError("the sentence has no words")
    embeddings = embeddings or [FlairEmbeddings(f"news-mini-{name}") for name in ("forward", "backward")]

    def draw(token: int) -> str:
        parts = [pages.heading(f"The vector of “{sentence[token].text}”")]
        for embedding in embeddings:
            reading = embedding.reading(sentence)
            items = [embedding.lm.dictionary.get_item_for_index(int(index)) for index in reading.ids]
            forward = embedding.is_forward_lm
            how = "forward: reads from the first character" if forward else "backward: reads from the last character"
            arithmetic = pages.offset_arithmetic(reading, forward, embedding.with_whitespace, token)
            parts += [pages.heading(how), pages.offsets(reading, items, forward, token), pages.note(arithmetic)]
        return "".join(parts) + pages.note(pages.OFFSETS)

    words = ipywidgets.ToggleButtons(
        options=[(token.text, number) for number, token in enumerate(sentence)], description="word",
        style={"button_width": "auto"},
    )  # fmt: skip
    controls = {"token": words}
    still = lambda: draw(0) + (draw(len(sentence) - 1) if len(sentence) > 1 else "")  # noqa: E731
    return Explorer("From hidden states to word vectors", controls, draw, still)


def _cosine_and_plane(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cosine similarities, (n, n), and the first two principal components, (n, 2)."""
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    centred = unit - unit.mean(0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    return unit @ unit.T, centred @ axes[:2].T


def explore_embeddings(model: Model | TokenEmbeddings, sentences: Sequence[str | Sentence]) -> Explorer:
    """Words in the plane of the first two principal components, and the nearest words by cosine similarity.

    Args:
        model: embeddings, or a language model that provides them.
        sentences: ideally some that share a word.
    """
    embedding = model if isinstance(model, TokenEmbeddings) else FlairEmbeddings(model)
    tokenized = [Sentence(one) if isinstance(one, str) else one for one in sentences]
    words = [token.text for sentence in tokenized for token in sentence]
    groups = [number for number, sentence in enumerate(tokenized) for _ in sentence]
    if len(words) < 3:
        raise ValueError("give sentences with three words or more in total")
    vectors = embedding.matrix(tokenized)
    is_word = [any(map(str.isalnum, word)) for word in words]
    if sum(is_word) >= 3:  # punctuation has vectors too, but only clutters the picture
        words, groups = list(itertools.compress(words, is_word)), list(itertools.compress(groups, is_word))
        vectors = vectors[is_word]
    cosine, points = _cosine_and_plane(vectors)

    def draw(token: int) -> str:
        near = [int(other) for other in np.argsort(-cosine[token]) if other != token][:5]
        rows = [(words[i], tokenized[groups[i]].text, f"{cosine[token, i]:.2f}") for i in near]
        title = pages.heading(f"“{words[token]}” in:", tokenized[groups[token]].text)
        listed = pages.table(("nearest", "in", "cosine"), rows)
        return pages.scatter(points, words, groups, token, near) + title + listed + pages.note(pages.PLANE)

    counted = Counter(words)
    repeated = [number for number, word in enumerate(words) if counted[word] > 1 and word.isalnum()]
    first = max(repeated, key=lambda number: len(words[number]), default=0)
    options = [(f"{word} · {group + 1}", i) for i, (word, group) in enumerate(zip(words, groups, strict=True))]
    controls = {
        "token": ipywidgets.ToggleButtons(
            options=options, value=first, description="word · sentence", style={"button_width": "auto"}
        )
    }
    return Explorer("Words in the plane", controls, draw, lambda: draw(first))
