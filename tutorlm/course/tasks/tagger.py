"""Exercises of notebook 09, a tagger on frozen vectors."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import Any

import numpy as np

from tutorlm.course.exercises import Exercise

NOTEBOOK = "09_tagger"

Tagged = list[tuple[str, str]]  # the words of a sentence, each with its tag
Shares = dict[str, float]


# -- 1. the baseline ---------------------------------------------------------------------------------


def lookup_accuracy(train: list[Tagged], held_out: list[Tagged]) -> float:
    """How often each word's most frequent training tag is right; unknown words get the most frequent tag of all."""
    tags_of: dict[str, Counter[str]] = defaultdict(Counter)
    for sentence in train:
        for word, tag in sentence:
            tags_of[word][tag] += 1
    most_frequent = Counter(tag for sentence in train for _, tag in sentence).most_common(1)[0][0]
    pairs = [pair for sentence in held_out for pair in sentence]
    guesses = [tags_of[word].most_common(1)[0][0] if word in tags_of else most_frequent for word, _ in pairs]
    return sum(guess == tag for guess, (_, tag) in zip(guesses, pairs, strict=True)) / len(pairs)


_TRAIN = [
    [("The", "DET"), ("fish", "NOUN"), ("eat", "VERB"), ("fish", "NOUN"), (".", "PUNCT")],
    [("The", "DET"), ("boats", "NOUN"), ("fish", "VERB"), (".", "PUNCT")],
]
_HELD_OUT = [
    [("The", "DET"), ("gulls", "NOUN"), ("eat", "VERB"), ("fish", "NOUN"), (".", "PUNCT")],
    [("They", "PRON"), ("fish", "VERB")],
    [("gulls", "NOUN"), ("eat", "VERB"), ("fish", "NOUN")],
]
_KOREAN = [
    [("배가", "SUBJ"), ("섬에", "PLACE"), ("닿았다", "VERB"), (".", "PUNCT")],
    [("배가", "SUBJ"), ("떠났다", "VERB"), (".", "PUNCT"), (".", "PUNCT")],
]


def _lookup_cases() -> list[tuple]:
    korean = [[("배가", "SUBJ"), ("항구에", "PLACE"), ("산에", "PLACE"), ("왔다", "VERB"), (".", "PUNCT")]]
    more = [*_TRAIN, [("light", "ADJ")], [("light", "NOUN"), ("and", "LINK"), ("light", "NOUN")]]
    one_sentence = [[("eat", "VERB"), ("eat", "VERB"), ("eat", "NOUN"), ("light", "NOUN")]]
    return [(_TRAIN, _HELD_OUT), (_KOREAN, korean), (more, one_sentence)]


def _lookup_mistakes(arguments: tuple, expected: float, got: Any) -> str | None:
    train, held_out = arguments
    pairs = [pair for sentence in held_out for pair in sentence]
    known = {word for sentence in train for word, _ in sentence}
    known_pairs = [pair for pair in pairs if pair[0] in known]
    right_known = sum(lookup_accuracy(train, [[pair]]) for pair in known_pairs)
    if math.isclose(got, expected * len(pairs)):
        return "You count the right ones. Divide by the number of held-out words."
    if math.isclose(got, 100 * expected):
        return "That is the percentage. An accuracy lies between 0 and 1."
    if math.isclose(got, right_known / len(known_pairs)):
        return "You leave unknown words out. They count too, and get the most frequent tag of the training words."
    if math.isclose(got, right_known / len(pairs)):
        return "You count every unknown word as wrong. It gets the most frequent tag of the training words."
    if math.isclose(got, lookup_accuracy(held_out, held_out)):
        return "You learn from the held-out sentences. Count tags in `train` only."
    if math.isclose(got, float(np.mean([lookup_accuracy(train, [sentence]) for sentence in held_out]))):
        return "You take the mean over sentences. Every word counts the same: put all words together, then divide."
    if math.isclose(got, expected * len(pairs) / len(held_out)):
        return "You divide by the number of sentences. Divide by the number of words in them."
    return _wrong_guesses(train, pairs, got)


def _wrong_guesses(train: list[Tagged], pairs: Tagged, got: float) -> str | None:
    """What went wrong if words are given other tags than their most frequent one in training."""
    seen = [pair for sentence in train for pair in sentence]
    tags = Counter(tag for _, tag in seen)
    most_frequent, of_guessed = tags.most_common(1)[0][0], Counter(tag for _, tag in pairs).most_common(1)[0][0]
    last, first = dict(seen), dict(reversed(seen))
    best = {word: Counter(tag for w, tag in seen if w == word).most_common(1)[0][0] for word in last}
    of_words = Counter(best.values()).most_common(1)[0][0]
    lookups: list[tuple[dict, str | None, str]] = [
        (last, most_frequent, "You keep the tag a word had last. Count all its tags, and take the most frequent."),
        (first, most_frequent, "You keep the tag a word had first. Count all its tags, and take the most frequent."),
        (
            {},
            most_frequent,
            "That is the other baseline: every word gets the same tag. Use what `train` says of a word.",
        ),
        (
            best,
            of_guessed,
            "For unknown words, take the most frequent tag of `train`. A tagger cannot see the true tags.",
        ),
        (
            best,
            of_words,
            "For unknown words, take the most frequent tag of all training words, repeated ones included.",
        ),
        (dict.fromkeys(last), most_frequent, "`most_common(1)[0]` is a pair (tag, count). The tag is its first part."),
        (
            dict.fromkeys(last),
            None,
            "No tag is ever right. `most_common(1)[0]` is a pair (tag, count): take its first part.",
        ),
    ]
    for of_word, unknown, what in lookups:
        if math.isclose(got, sum(of_word.get(word, unknown) == tag for word, tag in pairs) / len(pairs)):
            return what
    return None


# -- 2. who gets what right --------------------------------------------------------------------------


def accuracy_by_kind(gold: list[str], guessed: list[str], known: list[bool]) -> Shares:
    """The share of right tags among all words, the known ones and the unknown ones.

    Args:
        gold: the true tag of each word.
        guessed: the guess for each word.
        known: whether each word occurs in training. Both kinds must occur.
    """
    right, is_known = np.array(gold) == np.array(guessed), np.array(known)
    parts = {"all": right, "known": right[is_known], "unknown": right[~is_known]}
    return {name: float(part.mean()) for name, part in parts.items()}


def _kind_cases() -> list[tuple]:
    rng = np.random.default_rng(1)
    small = (["NOUN", "VERB", "DET", "NOUN"], ["NOUN", "NOUN", "DET", "NOUN"], [True, True, True, False])
    five = ["NOUN", "VERB", "DET", "NOUN", "ADJ"]
    mixed = (five, ["NOUN", "NOUN", "DET", "ADJ", "ADJ"], [True, False, True, False, False])
    gold = rng.choice(["SUBJ", "OBJ", "VERB"], 20)
    guessed = np.where(rng.random(20) < 0.6, gold, "VERB")
    return [small, mixed, (gold.tolist(), guessed.tolist(), (rng.random(20) < 0.7).tolist())]


def _kind_mistakes(arguments: tuple, expected: Shares, got: Any) -> str | None:
    *_, known = arguments
    if isinstance(got, (tuple, list)):
        return 'Return a dictionary with the keys "all", "known" and "unknown".'
    if set(got) != set(expected):
        return f'The keys should be "all", "known" and "unknown"; yours are {", ".join(map(repr, got))}.'
    same = {name: math.isclose(got[name], expected[name]) for name in expected}
    shares = {"known": sum(known) / len(known), "unknown": 1 - sum(known) / len(known)}
    if got["all"] == 0:
        return "`gold == guessed` compares two whole lists. Make arrays of them first: `np.array(gold)`."
    if all(math.isclose(got[n], expected[n] * len(known) * share) for n, share in {"all": 1, **shares}.items()):
        return "Those are counts. Divide each by the number of words of its kind."
    if all(math.isclose(got[name], 1 - expected[name]) for name in expected):
        return "Those are the shares of wrong tags. Count the right ones."
    if all(math.isclose(got[name], 100 * expected[name]) for name in expected):
        return "Those are percentages. A share lies between 0 and 1."
    if math.isclose(got["known"], expected["unknown"]) and math.isclose(got["unknown"], expected["known"]):
        return "Known and unknown are mixed up: `known` is True for the words that occur in training."
    if all(math.isclose(got[name], share * expected[name]) for name, share in shares.items()):
        return "You divide by the number of all words each time. Divide by the number of words of that kind."
    if same["known"] and same["unknown"] and math.isclose(got["all"], (got["known"] + got["unknown"]) / 2):
        return "“all” is not the mean of the two others: there are more words of one kind. Count over all words."
    return None


# -- 3. one step of learning -------------------------------------------------------------------------

Layer = tuple[np.ndarray, np.ndarray]


def softmax_step(
    weights: np.ndarray, bias: np.ndarray, vectors: np.ndarray, tags: np.ndarray, learning_rate: float
) -> Layer:
    """Weights and bias of a linear layer after one step of gradient descent on the mean cross entropy.

    Args:
        weights: (K, d).
        bias: (K,).
        vectors: one for each word, (n, d).
        tags: the number of each word's tag, 0 to K - 1, (n,).
    """
    scores = vectors @ weights.T + bias  # (n, K)
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    shares[np.arange(len(tags)), tags] -= 1  # by how much each score is too high
    return weights - learning_rate * shares.T @ vectors / len(tags), bias - learning_rate * shares.mean(axis=0)


def _step_cases() -> list[tuple]:
    rng = np.random.default_rng(2)
    two = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    four = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [2.0, 0.0]])
    weights, bias, vectors = rng.normal(size=(4, 3)), rng.normal(size=4), rng.normal(size=(7, 3))
    return [
        (np.zeros((3, 2)), np.zeros(3), four, np.array([0, 1, 0, 1]), 0.5),
        (weights.round(2), bias.round(2), vectors.round(2), rng.integers(0, 4, 7), 0.5),
        (np.array([[800.0, 0.0], [0.0, 0.0]]), np.zeros(2), two, np.array([0, 0, 1]), 0.1),
    ]


def _shares(scores: np.ndarray, axis: int = 1) -> np.ndarray:
    powers = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def _wrong_errors(
    weights: np.ndarray, bias: np.ndarray, vectors: np.ndarray, tags: np.ndarray
) -> list[tuple[np.ndarray, int, str]]:
    """Errors as a learner may have them, by what their gradient is divided, and what to say."""
    scores, true, n = vectors @ weights.T + bias, np.eye(len(bias))[tags], len(tags)
    without_bias, by_tag = _shares(vectors @ weights.T), _shares(scores, axis=0)
    return [
        (true - _shares(scores), n, "The sign is wrong: you walk uphill. The error is the share minus 1; subtract it."),
        (_shares(scores) - true, 1, "That is the sum over the words. Take the mean: divide by their number."),
        (scores - true, n, "You use the scores as they are. Turn them into shares by softmax first."),
        (without_bias - true, n, "The bias is missing from the scores."),
        (by_tag - true, n, "Your shares add up to 1 over the words. They should over the tags of a word: axis 1."),
        (
            _shares(scores) - true.max(axis=0),
            n,
            "`errors[:, tags]` takes whole columns. `errors[np.arange(len(tags)), tags]` takes one for each word.",
        ),
        (_shares(scores), n, "You do not subtract 1 at the true tag, so no tag is ever the right one."),
    ]


def _step_mistakes(arguments: tuple, expected: Layer, got: Any) -> str | None:
    weights, bias, vectors, tags, rate = arguments
    if not isinstance(got, (tuple, list)) or len(got) != 2:
        return "Return two things: the new weights, (K, d), and the new bias, (K,)."
    new, new_bias = got
    if np.shape(new) != weights.shape or np.shape(new_bias) != bias.shape:
        return (
            f"The new weights have the shape {np.shape(new)} and the new bias {np.shape(new_bias)}; they should keep "
            f"{weights.shape} and {bias.shape}."
        )
    if not np.isfinite(new).all():
        return "exp(800) is infinite. Subtract the largest score of each word first: the shares stay the same."
    for errors, divisor, what in _wrong_errors(weights, bias, vectors, tags):
        step = weights - rate * errors.T @ vectors / divisor
        if np.allclose(new, step) and not np.allclose(new, expected[0]):
            return what
    if np.allclose(new, expected[0]):
        how = "has not moved" if np.allclose(new_bias, bias) else "is not"
        return (
            f"The weights are right, but the bias {how}. Its gradient is the mean of the errors over the words, one "
            "number for each tag; subtract learning_rate times that."
        )
    if np.allclose(new, (weights - expected[0]) / rate):
        return "Those are the gradients. Return the weights and the bias minus learning_rate times their gradients."
    if np.allclose(new - weights, (expected[0] - weights) / rate):
        return "The learning rate is missing: multiply the gradient by it."
    return None


EXERCISES = (
    Exercise(
        name="lookup_accuracy",
        task=(
            "Write `lookup_accuracy(train, held_out)`: the share of held-out words that are tagged right if each word "
            "gets its most frequent tag in `train`, and a word that does not occur there gets the most frequent tag of "
            "all training words. Both are lists of sentences, a sentence a list of pairs (word, tag)."
        ),
        hints=(
            "Count, for each word, how often it has each tag: a Counter for each word.",
            "`defaultdict(Counter)` makes them as needed; `.most_common(1)[0][0]` is the most frequent.",
            "For a word that is not in it, take the most frequent tag of one more Counter, over all training words.",
        ),
        reference=lookup_accuracy,
        cases=_lookup_cases,
        diagnoses=_lookup_mistakes,
        afterword="Without this number beside it, no accuracy of a tagger says anything.",
    ),
    Exercise(
        name="accuracy_by_kind",
        task=(
            'Write `accuracy_by_kind(gold, guessed, known)`: a dictionary with the share of right tags among "all" '
            'words, among the "known" ones and among the "unknown" ones. `known` is True or False for each word.'
        ),
        hints=(
            "`np.array(gold) == np.array(guessed)` is True where the guess is right, and the mean of it is a share.",
            "An array of True and False picks: `right[known]` if `known` is an array, too.",
            "`right[~known].mean()` is the share among the unknown ones.",
        ),
        reference=accuracy_by_kind,
        cases=_kind_cases,
        diagnoses=_kind_mistakes,
        afterword="One accuracy hides where a tagger fails. These three already say a good deal.",
    ),
    Exercise(
        name="softmax_step",
        task=(
            "Write `softmax_step(weights, bias, vectors, tags, learning_rate)`: the pair (new weights, new bias) after "
            "one step of gradient descent on the mean cross entropy. Shapes: weights (K, d), bias (K,), vectors "
            "(n, d), tags (n,)."
        ),
        hints=(
            "Scores: `vectors @ weights.T + bias`, (n, K). Subtract each row's largest, take `np.exp`, divide by the "
            "row's sum: those are the shares.",
            "The errors are the shares, minus 1 at each true tag: `errors[np.arange(len(tags)), tags] -= 1`.",
            "The gradient of the weights is `errors.T @ vectors / len(tags)`, that of the bias `errors.mean(axis=0)`. "
            "Subtract learning_rate times the gradient.",
        ),
        reference=softmax_step,
        cases=_step_cases,
        diagnoses=_step_mistakes,
        afterword="Repeated 200 times, this is a tagger. The last layer of nearly every network learns like this.",
    ),
)
