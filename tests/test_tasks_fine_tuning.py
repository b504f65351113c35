"""The exercises of notebook 07: what is right passes, and each known mistake hears its own message."""

from __future__ import annotations

import math
from collections import Counter

import pytest
import torch
from conftest import strong_model
from promises_of_tasks import mistakes_are_named, references_are_right

from tutorlm import Dictionary, LanguageModelTrainer, TextCorpus
from tutorlm.course.tasks import fine_tuning as tasks
from tutorlm.fine_tuning import compare, distance
from tutorlm.training.optimizers import layer_rate


def fitting(name, rates):
    return [rates[key] for key in rates if name.startswith(key)]


def entropy(text):
    return 1 / tasks.how_far(1, text)


def surprises(text):
    return [-math.log2(count / len(text)) for count in Counter(text).values()]


def lowered(weight, bias, unknown, new, everywhere, by):
    """The rows copied, and biases lowered `by` so much: <unk>'s too, or only those of the new rows."""
    weight = torch.cat([weight, weight[unknown].repeat(new, 1)])
    bias = torch.cat([bias, bias[unknown].repeat(new)])
    bias[-new:] -= by
    bias[unknown] -= by * everywhere
    return weight, bias


def grown_with(rows):
    def wrong(weight, bias, unknown, new):
        return torch.cat([weight, rows(weight, unknown, new)]), tasks.grown(weight, bias, unknown, new)[1]

    return wrong


def divided(weight, bias, unknown, new):
    weight, bias = lowered(weight, bias, unknown, new, True, 0)
    bias[unknown] /= new + 1
    bias[-new:] /= new + 1
    return weight, bias


def everything_lowered(weight, bias, unknown, new):
    weight, bias = lowered(weight, bias, unknown, new, True, 0)
    return weight, bias - math.log(new + 1)


def halved(weight, bias, unknown, new):
    weight, bias = tasks.grown(weight, bias, unknown, new)
    return weight / 2, bias


def zeros(weight, bias, unknown, new):
    return tasks.grown(weight, bias, unknown, new)[0], torch.cat([bias, torch.zeros(new)])


def in_place(weight, bias, unknown, new):
    bias[unknown] -= math.log(new + 1)
    return torch.cat([weight, weight[unknown].repeat(new, 1)]), torch.cat([bias, bias[unknown].repeat(new)])


WRONG = [
    ("how_far", lambda bits, text: entropy(text) / bits, "The other way round"),
    ("how_far", lambda bits, text: entropy(text), "Now divide the model's bits"),
    ("how_far", lambda bits, text: -tasks.how_far(bits, text), "the minus of the formula"),
    ("how_far", lambda bits, text: bits - entropy(text), "do not subtract"),
    ("how_far", lambda bits, text: tasks.how_far(bits, text) / math.log(2), "gives nats"),
    ("how_far", lambda bits, text: bits / math.log2(len(set(text))), "equally frequent"),
    ("how_far", lambda bits, text: bits / sum(surprises(text)), "by the share itself"),
    (
        "how_far",
        lambda bits, text: bits / sum(-text.count(c) / len(text) * math.log2(text.count(c) / len(text)) for c in text),
        "different characters",
    ),
    ("how_far", lambda bits, text: bits / (sum(surprises(text)) / len(set(text))), "weigh each by its share"),
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
    ("grown", lambda w, b, unknown, new: lowered(w, b, unknown, new, True, 0), "Share it"),
    ("grown", lambda w, b, unknown, new: lowered(w, b, unknown, new, False, math.log(new + 1)), "keeps too much"),
    ("grown", lambda w, b, unknown, new: lowered(w, b, unknown, new, True, math.log2(new + 1)), "the natural log"),
    ("grown", lambda w, b, unknown, new: lowered(w, b, unknown, new, True, -math.log(new + 1)), "Raised"),
    ("grown", grown_with(lambda w, unknown, new: torch.zeros(new, w.shape[1])), "a copy of the row of <unk>"),
    ("grown", grown_with(lambda w, unknown, new: w[-1].repeat(new, 1)), "a copy of the row of <unk>"),
    ("grown", lambda w, b, unknown, new: (w, b), "rows more than before"),
    ("grown", lambda w, b, unknown, new: tasks.grown(w, b, unknown, new)[0], "Give back two tensors"),
    ("grown", halved, "must stay as they are"),
    ("grown", lambda w, b, unknown, new: lowered(w, b, unknown, new, True, math.log(new)), "new + 1 that share"),
    ("grown", zeros, "begins as that of <unk>"),
    ("grown", divided, "Biases are scores"),
    ("grown", everything_lowered, "biases of all other characters"),
    ("grown", in_place, "changed its input"),
    ("which_dictionary", "a", "other numbers for them"),
    ("which_dictionary", "b", "for new models"),
    ("which_dictionary", "D", "rows for the old ones only"),
    ("which_dictionary", "e", "Answer with one of"),
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


@pytest.mark.parametrize("text", ["abab", "aabc\n", "a b a b c"])
def test_the_distance_by_hand_is_that_of_the_package(text):
    dictionary = Dictionary()
    for character in "abc \n":
        dictionary.add_item(character)
    model = strong_model(dictionary)
    assert tasks.how_far(model.score(text).bits_per_character, text) == pytest.approx(distance(model, text), rel=1e-5)


def test_the_decoder_grown_by_hand_is_that_of_the_package(english):
    model = strong_model(english)
    weight, bias = model.decoder.weight.detach().clone(), model.decoder.bias.detach().clone()
    new = model.extend_dictionary("é½ß")
    weight, bias = tasks.grown(weight, bias, english.unknown_index, len(new))
    assert torch.equal(weight, model.decoder.weight)
    assert torch.allclose(bias, model.decoder.bias)


def test_of_those_who_share_all_have_the_same_part_and_nobody_else_changes():
    for weight, bias, unknown, new in tasks._grown_cases():
        state = torch.randn(weight.shape[1])
        before = torch.softmax(weight @ state + bias, 0)
        weight, bias = tasks.grown(weight, bias, unknown, new)
        after = torch.softmax(weight @ state + bias, 0)
        others = [number for number in range(len(before)) if number != unknown]
        assert torch.allclose(after[others], before[others])
        assert torch.allclose(after[[unknown, *range(len(before), len(after))]], before[unknown] / (new + 1))


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
