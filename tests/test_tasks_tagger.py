"""The exercises of notebook 09: what is right passes, and each known mistake hears its own message."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from promises_of_tasks import mistakes_are_named, references_are_right

from tutorlm.course.tasks import tagger as tasks

DATA = Path(__file__).parents[1] / "data" / "tagged_sentences"


def pairs_of(sentences):
    return [pair for sentence in sentences for pair in sentence]


def known_only(train, held_out):
    known = {word for word, _ in pairs_of(train)}
    return [[pair for pair in sentence if pair[0] in known] for sentence in held_out]


def last_tag(train, held_out):
    tags = dict(pairs_of(train))
    return float(np.mean([tags.get(word, "NOUN") == tag for word, tag in pairs_of(held_out)]))


def by_table(table_of, unknown_of, first_of_pair=True):
    """A lookup with the tags of `table_of(train)`, and `unknown_of(train, held_out)` for all other words."""

    def accuracy(train, held_out):
        table, unknown = table_of(train), unknown_of(train, held_out)
        tags = {word: count.most_common(1)[0] for word, count in table.items()}
        guesses = {word: pair[0] if first_of_pair else pair for word, pair in tags.items()}
        return float(np.mean([guesses.get(word, unknown) == tag for word, tag in pairs_of(held_out)]))

    return accuracy


def counts(train):
    table = {}
    for word, tag in pairs_of(train):
        table.setdefault(word, Counter())[tag] += 1
    return table


def first_tags(train):
    return {word: Counter([tag]) for word, tag in reversed(pairs_of(train))}


def most_frequent(train, held_out):
    return Counter(tag for _, tag in pairs_of(train)).most_common(1)[0][0]


def of_words(train, held_out):
    return Counter(count.most_common(1)[0][0] for count in counts(train).values()).most_common(1)[0][0]


def share_of_known(train, held_out):
    kept = known_only(train, held_out)
    return tasks.lookup_accuracy(train, kept) * len(pairs_of(kept)) / len(pairs_of(held_out))


def mean_over_sentences(train, held_out):
    return float(np.mean([tasks.lookup_accuracy(train, [sentence]) for sentence in held_out]))


def kinds(gold, guessed, known):
    right, known = np.array(gold) == np.array(guessed), np.array(known)
    return right, known, tasks.accuracy_by_kind(gold, guessed, known)


def of_all_words(gold, guessed, known):
    right, known, shares = kinds(gold, guessed, known)
    return {"all": shares["all"], "known": float((right & known).mean()), "unknown": float((right & ~known).mean())}


def counts_by_kind(gold, guessed, known):
    right, known, _ = kinds(gold, guessed, known)
    return {"all": int(right.sum()), "known": int(right[known].sum()), "unknown": int(right[~known].sum())}


def mean_of_both(gold, guessed, known):
    shares = kinds(gold, guessed, known)[2]
    return shares | {"all": (shares["known"] + shares["unknown"]) / 2}


def swapped(gold, guessed, known):
    shares = kinds(gold, guessed, known)[2]
    return {"all": shares["all"], "known": shares["unknown"], "unknown": shares["known"]}


def scaled(factor, added=0):
    return lambda *a: {name: added + factor * share for name, share in tasks.accuracy_by_kind(*a).items()}


def step_by(errors_of, divide=True, move_bias=True):
    """A step in which the errors are what `errors_of` makes of scores (n, K) and true tags as 0 and 1, (n, K)."""

    def step(weights, bias, vectors, tags, rate):
        errors = errors_of(vectors @ weights.T + bias, np.eye(len(bias))[tags]) / (len(tags) if divide else 1)
        return weights - rate * errors.T @ vectors, bias - rate * errors.sum(axis=0) * move_bias

    return step


def softmax(scores, axis=1):
    return torch.softmax(torch.tensor(scores), dim=axis).numpy()


def overflowing(scores, true):
    powers = np.exp(scores)
    return powers / powers.sum(axis=1, keepdims=True) - true


def without_bias(weights, bias, vectors, tags, rate):
    new, _ = tasks.softmax_step(weights, 0 * bias, vectors, tags, rate)
    return new, tasks.softmax_step(weights, bias, vectors, tags, rate)[1]


def gradients(weights, bias, vectors, tags, rate):
    new, new_bias = tasks.softmax_step(weights, bias, vectors, tags, rate)
    return (weights - new) / rate, (bias - new_bias) / rate


def whole_columns(weights, bias, vectors, tags, rate):
    errors = softmax(vectors @ weights.T + bias)
    errors[:, tags] -= 1
    return weights - rate * errors.T @ vectors / len(tags), bias - rate * errors.mean(axis=0)


def bias_uphill(weights, bias, *others):
    new, new_bias = tasks.softmax_step(weights, bias, *others)
    return new, 2 * bias - new_bias


def transposed(*arguments):
    weights, bias = tasks.softmax_step(*arguments)
    return np.vstack([weights, weights]), bias


WRONG = [
    ("lookup_accuracy", lambda t, h: 100 * tasks.lookup_accuracy(t, h), "the percentage"),
    ("lookup_accuracy", lambda t, h: len(pairs_of(h)) * tasks.lookup_accuracy(t, h), "Divide by the number"),
    ("lookup_accuracy", lambda t, h: tasks.lookup_accuracy(t, known_only(t, h)), "leave unknown words out"),
    ("lookup_accuracy", share_of_known, "every unknown word as wrong"),
    ("lookup_accuracy", lambda t, h: tasks.lookup_accuracy(h, h), "learn from the held-out"),
    ("lookup_accuracy", mean_over_sentences, "the mean over sentences"),
    ("lookup_accuracy", last_tag, "the tag a word had last"),
    ("lookup_accuracy", by_table(first_tags, most_frequent), "the tag a word had first"),
    ("lookup_accuracy", by_table(lambda train: {}, most_frequent), "the other baseline"),
    ("lookup_accuracy", by_table(counts, lambda train, held: most_frequent(held, train)), "cannot see the true tags"),
    ("lookup_accuracy", by_table(counts, of_words), "repeated ones included"),
    ("lookup_accuracy", by_table(counts, most_frequent, first_of_pair=False), "is a pair (tag, count)"),
    ("lookup_accuracy", by_table(counts, lambda *a: None, first_of_pair=False), "No tag is ever right"),
    ("lookup_accuracy", lambda t, h: tasks.lookup_accuracy(t, h) * len(pairs_of(h)) / len(h), "number of sentences"),
    ("accuracy_by_kind", lambda *a: tuple(tasks.accuracy_by_kind(*a).values()), "Return a dictionary"),
    ("accuracy_by_kind", lambda *a: {"total": tasks.accuracy_by_kind(*a)["all"]}, "The keys should be"),
    ("accuracy_by_kind", of_all_words, "divide by the number of all words"),
    ("accuracy_by_kind", mean_of_both, "not the mean of the two others"),
    ("accuracy_by_kind", swapped, "mixed up"),
    ("accuracy_by_kind", counts_by_kind, "Those are counts"),
    ("accuracy_by_kind", lambda *a: tasks.accuracy_by_kind(*a) | {"all": 0.0}, "compares two whole lists"),
    ("accuracy_by_kind", scaled(100), "percentages"),
    ("accuracy_by_kind", scaled(-1, 1), "shares of wrong tags"),
    ("softmax_step", lambda *a: tasks.softmax_step(*a)[0], "Return two things"),
    ("softmax_step", transposed, "they should keep"),
    ("softmax_step", step_by(lambda scores, true: true - softmax(scores)), "uphill"),
    ("softmax_step", step_by(lambda scores, true: softmax(scores) - true, divide=False), "sum over the words"),
    ("softmax_step", step_by(lambda scores, true: scores - true), "by softmax first"),
    ("softmax_step", step_by(lambda scores, true: softmax(scores)), "do not subtract 1"),
    ("softmax_step", step_by(lambda scores, true: softmax(scores, 0) - true), "axis 1"),
    ("softmax_step", step_by(lambda scores, true: softmax(scores) - true, move_bias=False), "bias has not moved"),
    ("softmax_step", step_by(overflowing), "exp(800) is infinite"),
    ("softmax_step", gradients, "Those are the gradients"),
    ("softmax_step", whole_columns, "takes whole columns"),
    ("softmax_step", bias_uphill, "but the bias is not"),
    ("softmax_step", without_bias, "missing from the scores"),
    ("softmax_step", lambda w, b, v, t, rate: tasks.softmax_step(w, b, v, t, 1.0), "learning rate is missing"),
]


test_a_known_mistake_hears_what_it_is = mistakes_are_named(WRONG)
test_the_reference_is_right_and_a_placeholder_is_not_yet = references_are_right(tasks.EXERCISES)


def test_a_step_by_hand_is_that_of_torch():
    for weights, bias, vectors, tags, rate in tasks._step_cases():
        layer = torch.nn.Linear(*weights.shape[::-1], dtype=torch.float64)
        layer.load_state_dict({"weight": torch.tensor(weights), "bias": torch.tensor(bias)})
        torch.nn.functional.cross_entropy(layer(torch.tensor(vectors)), torch.tensor(tags)).backward()
        torch.optim.SGD(layer.parameters(), lr=rate).step()
        new = tasks.softmax_step(weights, bias, vectors, tags, rate)
        for mine, theirs in zip(new, (layer.weight, layer.bias), strict=True):
            assert np.allclose(mine, theirs.detach().numpy())


def test_a_learner_may_write_shares_as_numbers_of_numpy():
    gold, guessed, known = tasks._kind_cases()[0]
    shares = {name: np.float64(share) for name, share in tasks.accuracy_by_kind(gold, guessed, known).items()}
    exercise = next(exercise for exercise in tasks.EXERCISES if exercise.name == "accuracy_by_kind")
    assert exercise.diagnose((gold, guessed, known), exercise.reference(gold, guessed, known), shares) is None


@pytest.mark.parametrize(("name", "sentences", "tags"), [("en", 200, 9), ("ko", 60, 6)])
def test_the_tagged_sentences_are_as_described(name, sentences, tags):
    blocks = (DATA / f"{name}.tsv").read_text(encoding="utf-8").strip().split("\n\n")
    rows = [tuple(tuple(line.split("\t")) for line in block.splitlines()) for block in blocks]
    assert len(rows) >= sentences
    assert len(set(rows)) == len(rows)
    assert all(len(row) == 2 and all(row) for row in pairs_of(rows))
    assert len(Counter(tag for _, tag in pairs_of(rows))) == tags
    train = {word for number, row in enumerate(rows) if number % 4 != 3 for word, _ in row}
    held_out = pairs_of(row for number, row in enumerate(rows) if number % 4 == 3)
    assert sum(word not in train for word, _ in held_out) / len(held_out) > 0.25
