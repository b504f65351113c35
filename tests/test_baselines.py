"""What a model has to beat, held against the same formulas written out place by place."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutorlm import Dictionary
from tutorlm.baselines import baselines, ngram_bits, uniform_bits

SAMPLES = Path(__file__).parents[1] / "data" / "sample_corpus"
SIZE = 4
streams = st.lists(st.integers(0, SIZE - 1), min_size=4, max_size=40)
law = settings(deadline=None, max_examples=150)


def context_of(text: list, place: int, length: int) -> tuple:
    """The `length` characters before a place; in front of the text stands nothing, None."""
    return tuple(text[i] if i >= 0 else None for i in range(place - length, place))


def probability(train: list, character: int, history: tuple) -> float:
    """p(character | history): count what followed this history in training, mix with one character less."""
    shorter = probability(train, character, history[1:]) if history else 1 / SIZE
    followers = [train[i] for i in range(len(train)) if context_of(train, i, len(history)) == history]
    if not followers:
        return shorter
    kinds = len(set(followers))
    return (followers.count(character) + kinds * shorter) / (len(followers) + kinds)


def brute_force_bits(train: list, held_out: list, order: int) -> float:
    text = train + held_out
    places = range(len(train), len(text))
    return -sum(math.log2(probability(train, text[i], context_of(text, i, order - 1))) for i in places) / len(held_out)


def ids(numbers: list) -> np.ndarray:
    return np.array(numbers, dtype=np.uint8)


@law
@given(train=streams, held_out=streams, order=st.integers(1, 5))
def test_ngram_bits_equal_those_counted_place_by_place(train, held_out, order):
    expected = brute_force_bits(train, held_out, order)
    assert ngram_bits(ids(train), ids(held_out), SIZE, order) == pytest.approx(expected, abs=1e-9)


@law
@given(train=streams, order=st.integers(1, 5))
def test_the_probabilities_of_all_next_characters_sum_to_one(train, order):
    bits = [ngram_bits(ids(train), ids([character]), SIZE, order) for character in range(SIZE)]
    assert sum(2**-b for b in bits) == pytest.approx(1)


@given(held_out=streams, order=st.integers(1, 5))
def test_without_training_text_every_order_is_the_uniform_model(held_out, order):
    assert ngram_bits(ids([]), ids(held_out), SIZE, order) == pytest.approx(uniform_bits(SIZE))


def test_the_uniform_model_needs_the_logarithm_of_the_size():
    assert uniform_bits(256) == 8


def test_a_unigram_by_hand():
    # a twice, b once, two kinds: p(a) = (2 + 2/4) / (3 + 2) = 1/2, p(b) = (1 + 2/4) / 5
    assert ngram_bits(ids([0, 0, 1]), ids([0]), SIZE, 1) == pytest.approx(1)
    assert ngram_bits(ids([0, 0, 1]), ids([0, 1]), SIZE, 1) == pytest.approx((1 - math.log2(0.3)) / 2)


def test_a_longer_context_learns_a_pattern_that_a_shorter_one_cannot():
    train, held_out = ids([0, 1, 2] * 200), ids([0, 1, 2] * 10)
    assert ngram_bits(train, held_out, SIZE, 1) > 1.5
    assert ngram_bits(train, held_out, SIZE, 2) < 0.05


def test_a_training_stream_is_left_as_it_is():
    train = ids([3, 1, 2])
    ngram_bits(train, ids([1]), SIZE, 3)
    assert train.tolist() == [3, 1, 2]


def test_no_held_out_text_has_no_bits():
    assert math.isnan(ngram_bits(ids([1, 2]), ids([]), SIZE, 2))


def test_small_number_types_do_not_overflow_in_large_dictionaries():
    text = (np.arange(3000) * 7919 % 250).astype(np.uint8)
    wide = ngram_bits(text.astype(np.int64), text[:500].astype(np.int64), 250, 5)
    assert ngram_bits(text, text[:500], 250, 5) == wide


@pytest.mark.parametrize("language", ["en", "ko"])
def test_on_real_text_the_baselines_come_worst_first(language):
    dictionary = Dictionary.from_files(SAMPLES / language / "train")
    train = dictionary.encode((SAMPLES / language / "train" / "train_split_1").read_text(encoding="utf-8"))
    held_out = dictionary.encode((SAMPLES / language / "valid.txt").read_text(encoding="utf-8"))
    bits = baselines(train, held_out, len(dictionary))
    assert list(bits) == ["uniform", "unigram", "5-gram"]
    assert bits["uniform"] == math.log2(len(dictionary)) > bits["unigram"] > bits["5-gram"] > 1
    assert list(baselines(train, held_out, len(dictionary), order=3))[-1] == "3-gram"
