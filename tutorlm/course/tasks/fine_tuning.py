"""Exercises of notebook 07, fine-tuning."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

import torch

from tutorlm.course.exercises import Exercise

NOTEBOOK = "07_fine_tuning"


# -- 1. how far a text is --------------------------------------------------------------------------------


def how_far(bits: float, text: str) -> float:
    """A model's bits per character on a text ÷ those of a model that knows the text's own letter frequencies.

    Args:
        bits: what the model needs for each character of `text`, on average.
    """
    shares = [count / len(text) for count in Counter(text).values()]
    return bits / -sum(share * math.log2(share) for share in shares)


def _far_cases() -> list[tuple]:
    return [
        (6.0, "aabc"),  # the frequencies alone cost 1.5 bits
        (1.5, "abab"),
        (1.125, "nun ninu "),
        (4.0, "나룻배는 강을 건넌다. 다리는 멀다."),
        (6.4, 'if_stmt ::= "if" expression ":" suite'),
    ]


def _far_mistakes(arguments: tuple, expected: float, got: Any) -> str | None:
    bits, text = arguments
    counts = Counter(text)
    entropy = bits / expected
    known = {
        entropy / bits: "The other way round: the model's bits are divided by those of the letter frequencies.",
        entropy: "That is what the letter frequencies need. Now divide the model's bits by it.",
        -expected: "The logarithm of a share is negative: the minus of the formula is missing.",
        bits - entropy: "A ratio is asked for: divide, and do not subtract.",
        expected / math.log(2): "Your logarithm is the natural one, which gives nats. Bits need log2.",
        bits / math.log2(len(counts)): "That would be right if all characters were equally frequent. Use their shares.",
        bits / sum(-math.log2(n / len(text)) for n in counts.values()):
            "Each character counts by its share: multiply each −log2 of a share by the share itself.",
        bits / sum(n * n / len(text) * -math.log2(n / len(text)) for n in counts.values()):
            "You add up over the whole text. Add up over its different characters: set(text), or a Counter.",
        bits / (sum(-math.log2(n / len(text)) for n in counts.values()) / len(counts)):
            "You average over the different characters. A frequent one counts more: weigh each by its share.",
    }  # fmt: skip
    return next((message for value, message in known.items() if math.isclose(got, value, rel_tol=1e-6)), None)


# -- 2. learnt and forgotten ----------------------------------------------------------------------------


def learnt_and_forgotten(
    before: Mapping[str, float], after: Mapping[str, float], new: str, old: str
) -> tuple[float, float]:
    """By how many bits per character the new text became cheaper, and by how many the old one more expensive."""
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


# -- 3. the learning rate of a layer ---------------------------------------------------------------------------


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
        return "Several beginnings fit. The longest counts, whatever its place in the mapping."
    if got == 1 and expected != 1:
        return "Look for keys that the name begins with; few names are keys themselves."
    return None


# -- 4. new characters ---------------------------------------------------------------------------------------


def grown(weight: torch.Tensor, bias: torch.Tensor, unknown: int, new: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The weights of a decoder with `new` more characters, each of which begins as an equal part of <unk>.

    Args:
        weight: (V, H), a row for each character.
        bias: (V,).
        unknown: the number of <unk>.

    Returns:
        weight (V + new, H) and bias (V + new,).
    """
    weight = torch.cat([weight, weight[unknown].repeat(new, 1)])
    bias = torch.cat([bias, bias[unknown].repeat(new)])
    bias[unknown] -= math.log(new + 1)
    bias[len(bias) - new :] -= math.log(new + 1)
    return weight, bias


def _grown_cases() -> list[tuple]:
    random = torch.Generator().manual_seed(0)
    return [
        (torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), torch.tensor([0.5, 0.0, -0.5]), 0, 2),
        (torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), torch.tensor([0.5, 0.0, -0.5]), 2, 3),
        (torch.randn(5, 4, generator=random), torch.randn(5, generator=random), 1, 7),
    ]


def _grown_mistakes(arguments: tuple, expected: tuple[torch.Tensor, torch.Tensor], got: Any) -> str | None:
    weight, bias, unknown, new = arguments
    if not isinstance(got, (tuple, list)) or len(got) != 2:
        return "Give back two tensors: the weight and the bias, return weight, bias."
    rows, biases = got
    if len(rows) == len(weight) or len(biases) == len(bias):
        return f"There must be {new} rows more than before, in the weight and in the bias."
    if rows.shape != expected[0].shape or biases.shape != expected[1].shape:
        return None
    if not torch.equal(rows[: len(weight)], weight):
        return "The rows that were there must stay as they are, or other predictions change. Only biases are lowered."
    if not torch.allclose(rows, expected[0]):
        return "A new row of the weight is a copy of the row of <unk>: until now the character was read as <unk>."
    return _bias_mistakes(bias, unknown, new, biases)


def _bias_mistakes(bias: torch.Tensor, unknown: int, new: int, got: torch.Tensor) -> str | None:
    copied = torch.cat([bias, bias[unknown].repeat(new)])
    added = (torch.arange(len(copied)) >= len(bias)).float()
    ours = added + (torch.arange(len(copied)) == unknown)
    part = math.log(new + 1)
    wrong = [
        (copied, "Now <unk> and each new character are as likely as <unk> was alone, and all others lose. Share it."),
        (copied - part * added, "The new characters have their part. <unk> itself keeps too much: lower its bias."),
        (copied - ours * math.log(new), "There are new + 1 that share: the new characters, and <unk> itself."),
        (copied - ours * math.log2(new + 1), "Scores are turned into probabilities by exp, so the natural log is due."),
        (copied + part * ours, "Raised instead of lowered: a part of a probability is less than all of it."),
        (copied * (1 - ours) + ours * copied / (new + 1), "Biases are scores: exp(b) ÷ n is exp(b − ln n)."),
        (copied - part, "The biases of all other characters must stay as they are."),
        (torch.cat([bias, torch.zeros(new)]), "A new bias begins as that of <unk>, less ln(new + 1)."),
    ]  # fmt: skip
    return next((message for value, message in wrong if torch.allclose(got.float(), value, atol=1e-6)), None)


# -- 5. which dictionary ---------------------------------------------------------------------------------


def _dictionary_mistakes(arguments: tuple, expected: str, got: Any) -> str | None:
    return {
        "a": (
            "The characters of your text, but other numbers for them: row 7 of the model's weights belongs to the "
            "character that has number 7 in the model's own dictionary. The trainer refuses it."
        ),
        "b": "That is a dictionary of this package for new models. news-mini-forward has one of its own.",
        "d": "Right characters, but the model's weights still have rows for the old ones only: the trainer refuses it.",
    }.get(got)


EXERCISES = (
    Exercise(
        name="how_far",
        task=(
            "Write `how_far(bits, text)`: the model's bits per character, divided by those that the frequencies of the "
            "text's own characters need: the sum of −share · log2(share) over its different characters."
        ),
        hints=(
            "`Counter(text)` counts each character. Its share is its count divided by `len(text)`.",
            "The frequencies need `-sum(share * math.log2(share) for share in shares)` bits per character.",
            "Give back `bits` divided by that.",
        ),
        reference=how_far,
        cases=_far_cases,
        diagnoses=_far_mistakes,
        afterword="1 is the border: above it, the model knows less about the text than a count of its letters does.",
    ),
    Exercise(
        name="learnt_and_forgotten",
        task=(
            "Write `learnt_and_forgotten(before, after, new, old)`. `before` and `after` map the names of texts to "
            "bits per character; `new` and `old` are two of these names. Give back a tuple: by how many bits the new "
            "text became cheaper, and by how many the old one became more expensive."
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
    Exercise(
        name="grown",
        task=(
            "Write `grown(weight, bias, unknown, new)`. A decoder has `weight` (V, H) and `bias` (V,), and `<unk>` has "
            "the number `unknown`. Give back both with `new` rows more: each new row copies that of `<unk>`, and the "
            "biases of `<unk>` and of the new rows are lowered by ln(new + 1). Do not change the given tensors."
        ),
        hints=(
            "`weight[unknown].repeat(new, 1)` has the new rows, and `torch.cat` puts two tensors together.",
            "`bias` grows in the same way, by `bias[unknown].repeat(new)`; `torch.cat` makes a new tensor.",
            "Then `bias[unknown] -= math.log(new + 1)`, and the same for `bias[-new:]`.",
        ),
        reference=grown,
        cases=_grown_cases,
        diagnoses=_grown_mistakes,
        afterword="exp(b − ln n) is exp(b) ÷ n: <unk> and each new character get an equal part of what it had.",
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
)
