"""The exercises of notebook 07: what is right passes, and each known mistake hears its own message."""

from __future__ import annotations

import math

import pytest
from conftest import strong_model
from promises_of_tasks import mistakes_are_named, references_are_right

from tutorlm import Dictionary, LanguageModelTrainer, TextCorpus
from tutorlm.course.tasks import fine_tuning as tasks
from tutorlm.fine_tuning import compare
from tutorlm.training.optimizers import layer_rate


def fitting(name, rates):
    return [rates[key] for key in rates if name.startswith(key)]


WRONG = [
    ("learnt_and_forgotten", lambda b, a, new, old: (a[old] - b[old], b[new] - a[new]), "The other way round"),
    ("learnt_and_forgotten", lambda b, a, new, old: (a[new] - b[new], b[old] - a[old]), "Both signs"),
    ("learnt_and_forgotten", lambda b, a, new, old: (a[new] - b[new], a[old] - b[old]), "so that a gain is positive"),
    ("learnt_and_forgotten", lambda b, a, new, old: (b[new] - a[new], b[old] - a[old]), "costs more than it did"),
    ("learnt_and_forgotten", lambda b, a, new, old: (abs(b[new] - a[new]), abs(a[old] - b[old])), "Leave the signs"),
    (
        "learnt_and_forgotten",
        lambda b, a, new, old: (max(0, b[new] - a[new]), max(0, a[old] - b[old])),
        "Do not cut off",
    ),
    ("learnt_and_forgotten", lambda b, a, new, old: (a[new], a[old]), "Ask how they changed"),
    ("learnt_and_forgotten", lambda b, a, new, old: (b[new] - a[old], a[new] - b[old]), "of one text"),
    ("learnt_and_forgotten", lambda b, a, new, old: {"learnt": b[new] - a[new]}, "a tuple of two"),
    ("learnt_and_forgotten", lambda b, a, new, old: (1 - a[new] / b[new], a[old] / b[old] - 1), "do not divide"),
    ("which_dictionary", "a", "other numbers for them"),
    ("which_dictionary", "b", "for new models"),
    ("which_dictionary", "D", "rows for the old ones only"),
    ("which_dictionary", "e", "Answer with one of"),
    ("unknown_share", lambda text, items: 100 * tasks.unknown_share(text, items), "the percentage"),
    ("unknown_share", lambda text, items: len(text) * tasks.unknown_share(text, items), "Divide by the length"),
    ("unknown_share", lambda text, items: 1 - tasks.unknown_share(text, items), "that is known"),
    ("unknown_share", lambda text, items: len(set(text) - set(items)) / len(set(text)), "each kind of character once"),
    ("unknown_share", lambda text, items: tasks.unknown_share(text.lower(), items), "You lower-case"),
    (
        "unknown_share",
        lambda text, items: sum(len(c.encode()) for c in text if c not in items) / len(text.encode()),
        "You count bytes",
    ),
    ("layer_rate", lambda name, rates: (fitting(name, rates) or [0.0])[0], "The longest counts"),
    ("layer_rate", lambda name, rates: (fitting(name, rates) or [1.0])[-1], "The longest counts"),
    ("layer_rate", lambda name, rates: min(fitting(name, rates), default=0.0), "A factor of 0 freezes"),
    ("layer_rate", lambda name, rates: math.prod(fitting(name, rates)), "not multiplied"),
    ("layer_rate", lambda name, rates: rates.get(name, 1.0), "few names are keys"),
    (
        "layer_rate",
        lambda name, rates: rates[max([key for key in rates if key in name], key=len)] if rates else 1.0,
        "raised ValueError",
    ),
    (
        "layer_rate",
        lambda name, rates: rates[max([key for key in rates if key in name], key=len, default="")]
        if any(key in name for key in rates)
        else 1.0,
        "not `in`",
    ),
]  # fmt: skip


test_a_known_mistake_hears_what_it_is = mistakes_are_named(WRONG)
test_the_reference_is_right_and_a_placeholder_is_not_yet = references_are_right(tasks.EXERCISES)


def test_the_share_by_hand_is_that_of_the_package():
    for text, items in tasks._unknown_cases():
        dictionary = Dictionary()
        for item in items:
            dictionary.add_item(item)
        assert tasks.unknown_share(text, items) == pytest.approx(strong_model_of(dictionary).score(text).unknown_share)


def strong_model_of(dictionary):
    dictionary.add_item("\n")
    return strong_model(dictionary)


def test_the_rate_by_hand_is_that_of_the_trainer():
    for name, rates in tasks._rate_cases():
        assert tasks.layer_rate(name, rates) == layer_rate(name, rates)


def test_the_table_by_hand_is_that_of_compare():
    dictionary = Dictionary()
    for character in "ab\n":
        dictionary.add_item(character)
    models = {"before": strong_model(dictionary), "after": strong_model(dictionary, hidden_size=8)}
    found = compare(models, {"new": "abab\n", "old": "bbaa\n"})
    before, after = ({text: found.bits_per_character(name, text) for text in ("new", "old")} for name in models)
    learnt, forgotten = tasks.learnt_and_forgotten(before, after, "new", "old")
    assert f"{-learnt:+.3f}" in str(found) and f"{forgotten:+.3f}" in str(found)


def test_of_the_four_dictionaries_only_one_is_taken_and_loses_nothing(small_corpus, english):
    """The model's dictionary lacks é and ½; the answers a, c and d of `which_dictionary`, and nothing done."""
    text = (small_corpus / "train" / "a").read_text(encoding="utf-8")
    (small_corpus / "train" / "a").write_text(text + "Purée of ½ a pumpkin\n", encoding="utf-8")
    model = strong_model(english)
    counted = Dictionary.from_files(small_corpus / "train")
    copied = Dictionary(normalization=english.normalization)
    for item in [*english.get_items(), "é", "½"]:
        copied.add_item(item)
    for refused in (counted, Dictionary.load("chars"), copied):
        with pytest.raises(ValueError, match="different dictionaries"):
            LanguageModelTrainer(model, TextCorpus(small_corpus, refused))
    model.extend_dictionary("é½")
    LanguageModelTrainer(model, TextCorpus(small_corpus, model.dictionary))
    assert model.score("é½").unknown_share == 0
