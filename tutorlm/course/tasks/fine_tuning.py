"""Exercises of notebook 07, fine-tuning."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from tutorlm.course.exercises import Exercise

NOTEBOOK = "07_fine_tuning"


# -- 1. learnt and forgotten ----------------------------------------------------------------------------


def learnt_and_forgotten(
    before: Mapping[str, float], after: Mapping[str, float], new: str, old: str
) -> tuple[float, float]:
    """By how many bits per character the new text became cheaper, and by how many the old one dearer."""
    return before[new] - after[new], after[old] - before[old]


def _table_cases() -> list[tuple]:
    return [
        ({"python": 6.0, "news": 1.5}, {"python": 2.0, "news": 2.75}, "python", "news"),
        ({"law": 4.5, "news": 1.75}, {"law": 2.25, "news": 1.5}, "law", "news"),  # nothing forgotten: better at both
        ({"뉴스": 3.25, "소설": 5.0, "법": 5.5}, {"뉴스": 3.5, "소설": 4.5, "법": 5.0}, "소설", "뉴스"),
        ({"समाचार": 2.5, "कहानी": 3.0}, {"समाचार": 2.5, "कहानी": 3.5}, "कहानी", "समाचार"),  # and one that went wrong
    ]


def _table_mistakes(arguments: tuple, expected: tuple[float, float], got: Any) -> str | None:
    before, after, new, old = arguments
    learnt, forgotten = expected
    known = {
        (forgotten, learnt): "The other way round: what was learnt of the new text comes first.",
        (-learnt, -forgotten): "Both signs are turned: learnt is before minus after, forgotten is after minus before.",
        (-learnt, forgotten): "Fewer bits are better: learnt is before minus after, so that a gain is positive.",
        (learnt, -forgotten): "Forgotten is after minus before: positive when the old text costs more than it did.",
        (abs(learnt), abs(forgotten)): "Leave the signs: a model may become better at the old text, or worse at both.",
        (max(0, learnt), max(0, forgotten)): "Do not cut off at 0: a model may become better at the old text.",
        (after[new], after[old]): "Those are the bits after training. Ask how they changed.",
        (before[new] - after[old], after[new] - before[old]): "Each difference is of one text, before and after.",
    }
    if isinstance(got, dict) or (not isinstance(got, tuple) and tuple(got) == expected):
        return "Give back a tuple of two numbers: (learnt, forgotten)."
    if len(got) == 2 and math.isclose(got[0], learnt / before[new]) and math.isclose(got[1], forgotten / before[old]):
        return "Those are shares. Bits are asked for: subtract, and do not divide."
    known.pop(expected, None)
    return known.get(tuple(got))


# -- 2. which dictionary ---------------------------------------------------------------------------------


def _dictionary_mistakes(arguments: tuple, expected: str, got: Any) -> str | None:
    return {
        "a": (
            "The characters of your text, but other numbers for them: row 7 of the model's weights belongs to the "
            "character that has number 7 in the model's own dictionary. The trainer refuses it."
        ),
        "b": "That is a dictionary of this package for new models. news-mini-forward has one of its own.",
        "d": "Right characters, but the model's weights still have rows for the old ones only: the trainer refuses it.",
    }.get(got)


# -- 3. the share that is unknown --------------------------------------------------------------------------


def unknown_share(text: str, items: list[str]) -> float:
    """The share of the characters of a text, from 0 to 1, that a dictionary of these items reads as <unk>."""
    known = set(items)
    return sum(character not in known for character in text) / len(text)


def _unknown_cases() -> list[tuple]:
    held = ["<unk>", " ", "e", "f", "h", "r", "y"]
    english = ["<unk>", *"\n ,.TFabcdefghiklmnoprstuvwy"]
    return [
        ("ferry fährt und früh", held),
        ("eeee", held),
        ("FERRY", held),
        ("Die Fähre fährt früh über die Straße.\n", english),
        ("In Korean, the ferry is 나룻배.\n", english),
        ("In Hindi, the harbour is बंदरगाह.\n", english),
        ("<unk>", held),
    ]


def _unknown_mistakes(arguments: tuple, expected: float, got: Any) -> str | None:
    text, items = arguments
    missing = sum(character not in items for character in text)
    kinds = {character for character in text if character not in items}
    if expected and math.isclose(got, sum(c.lower() not in items for c in text) / len(text)):
        return "You lower-case the text first. A capital that is not held is unknown, even if its small letter is held."
    if expected and math.isclose(got, 100 * expected):
        return "That is the percentage. A share lies between 0 and 1."
    if missing and got == missing:
        return "You count the unknown characters. Divide by the length of the text."
    if math.isclose(got, 1 - expected):
        return "That is the share that is known. The other part is asked for."
    if math.isclose(got, len(kinds) / len(set(text))) or math.isclose(got, len(kinds) / len(text)):
        return "You count each kind of character once. Count it as often as it stands in the text."
    if math.isclose(got, sum(len(c.encode()) for c in text if c not in items) / len(text.encode())):
        return "You count bytes. Count characters, as `len` of a string does."
    return None


# -- 4. the learning rate of a layer ---------------------------------------------------------------------------


def layer_rate(name: str, layer_rates: Mapping[str, float]) -> float:
    """The factor on the learning rate of a parameter: that of the longest beginning that fits, 1 if none does."""
    fitting = [beginning for beginning in layer_rates if name.startswith(beginning)]
    return layer_rates[max(fitting, key=len)] if fitting else 1.0


def _rate_cases() -> list[tuple]:
    rates = {"rnn": 0.3, "rnn.weight_hh": 0.1, "encoder": 0.0}
    return [
        ("encoder.weight", rates),
        ("rnn.bias_ih_l0", rates),
        ("rnn.weight_hh_l0", rates),
        ("decoder.weight", rates),
        ("rnn.weight_hh_l0", {"rnn.weight_hh": 0.1, "rnn": 0.3}),  # their order does not matter
        ("rnn.weight_hh_l0", {"rnn.weight": 0.5, "rnn.weight_ih_l0": 0.2}),
        ("decoder.bias", {"": 0.0, "decoder": 1.0}),
        ("encoder.weight", {"": 0.0, "decoder": 1.0}),
        ("decoder.weight", {"weight": 0.5}),
        ("decoder.bias", {}),
    ]


def _rate_mistakes(arguments: tuple, expected: float, got: Any) -> str | None:
    name, rates = arguments
    fitting = [beginning for beginning in rates if name.startswith(beginning)]
    if not fitting and got == 0:
        return "No beginning fits, so nothing was said about this layer: its factor is 1. A factor of 0 freezes it."
    if not fitting and got == rates.get("weight"):
        return "A beginning is asked for: str.startswith, not `in`."
    if fitting and math.isclose(got, math.prod(rates[beginning] for beginning in fitting)) and len(fitting) > 1:
        return "The factors are not multiplied: only the longest beginning that fits counts."
    if fitting and got in (rates[fitting[0]], rates[fitting[-1]], min(rates.values()), max(rates.values())):
        return "Several beginnings fit. The longest counts, wherever it stands in the mapping."
    if got == 1 and expected != 1:
        return "Look for keys that the name begins with; few names are keys themselves."
    return None


EXERCISES = (
    Exercise(
        name="learnt_and_forgotten",
        task=(
            "Write `learnt_and_forgotten(before, after, new, old)`. `before` and `after` map the names of texts to "
            "bits per character; `new` and `old` are two of these names. Give back a tuple: by how many bits the new "
            "text became cheaper, and by how many the old one became dearer."
        ),
        hints=(
            "Fewer bits are better. What must be subtracted from what, so that a gain is positive?",
            "Learnt is `before[new] - after[new]`.",
            "Forgotten is the same the other way round, of the old text: `after[old] - before[old]`.",
        ),
        reference=learnt_and_forgotten,
        cases=_table_cases,
        diagnoses=_table_mistakes,
        afterword="Two numbers, always together: whoever reports only what was learnt has not looked at the price.",
    ),
    Exercise(
        name="which_dictionary",
        task=(
            "You fine-tune `model`, which is news-mini-forward, on recipes with é and ½ in them, which its dictionary "
            'lacks. What do you give TextCorpus, so that no character is lost? "a": Dictionary.from_files(folder / '
            '"train"); "b": Dictionary.load("chars"); "c": model.dictionary, after model.extend_dictionary("é½"); '
            '"d": a copy of model.dictionary with é and ½ added by add_item.'
        ),
        hints=(
            "The encoder has a row of weights for each number. Which dictionaries give a, b, c the numbers they had?",
            "Two of the four do. In one of these two, the model has a row for é as well.",
        ),
        reference="c",
        diagnoses=_dictionary_mistakes,
        choices=("a", "b", "c", "d"),
        afterword="extend_dictionary does both at once: a number for the character, and a row for the number.",
    ),
    Exercise(
        name="unknown_share",
        task=(
            "Write `unknown_share(text, items)`: the share of the characters of a text, from 0 to 1, that are not in "
            "the list `items` of a dictionary, and are read as `<unk>`."
        ),
        hints=(
            "Go through the text character by character, and count those that are not in `items`.",
            "`sum(character not in items for character in text)` counts them: True counts as 1.",
            "Divide by `len(text)`.",
        ),
        reference=unknown_share,
        cases=_unknown_cases,
        diagnoses=_unknown_mistakes,
        afterword="Look at this number before every fine-tuning: what is <unk> in the corpus is never learnt.",
    ),
    Exercise(
        name="layer_rate",
        task=(
            "Write `layer_rate(name, layer_rates)`: the factor on the learning rate of the parameter called `name`. "
            "`layer_rates` maps beginnings of names to factors. The longest beginning that fits counts; if none fits, "
            "the factor is 1."
        ),
        hints=(
            "First collect the keys that fit: `[key for key in layer_rates if name.startswith(key)]`.",
            "Of these the longest: `max(fitting, key=len)`. It raises an error if there is none.",
            "`return layer_rates[max(fitting, key=len)] if fitting else 1.0`",
        ),
        reference=layer_rate,
        cases=_rate_cases,
        diagnoses=_rate_mistakes,
        afterword='So {"": 0, "decoder": 1} freezes everything but the decoder.',
    ),
)
