"""The exercises of notebook 01: what is right passes, and each known mistake hears its own message."""

from __future__ import annotations

import itertools
import math
from collections import Counter

import numpy as np
import pytest
from promises_of_tasks import mistakes_are_named, references_are_right

from tutorlm import Dictionary
from tutorlm.baselines import uniform_bits
from tutorlm.course.tasks import dictionary as tasks

IN_BYTES = tuple(len(tasks.unicodedata.normalize(form, "해원읍 등대").encode()) for form in ("NFC", "NFD"))


def counted(text, n):
    return [count for _, count in Counter(text).most_common(n)]


def bits(p):
    return -math.log2(p)


def shares(counts):
    return [count / sum(counts.values()) for count in counts.values() if count]


def joined_with_overlap(pieces, pair):
    return [a + b if (a, b) == pair else a for a, b in zip(pieces, [*pieces[1:], ""], strict=True)]


def joined_as_tuples(pieces, pair):
    return [pair if piece == "".join(pair) else piece for piece in tasks.merge_pair(pieces, pair)]


def joined_by_spelling(pieces, pair):
    merged = []
    for piece in pieces:
        if merged and merged[-1] + piece == "".join(pair):
            merged[-1] += piece
        else:
            merged.append(piece)
    return merged


def split_at_the_pair(pieces, pair):
    return "".join(pieces).replace("".join(pair), "|" + "".join(pair) + "|").split("|")


def only_the_joined(pieces, pair):
    return [a + b for a, b in itertools.pairwise(pieces) if (a, b) == pair]


def losing_the_last(pieces, pair):
    merged, place = [], 0
    while place < len(pieces) - 1:
        is_pair = (pieces[place], pieces[place + 1]) == pair
        merged.append("".join(pair) if is_pair else pieces[place])
        place += 2 if is_pair else 1
    return merged


def by_list_index(text, items):
    return [items.index(character) for character in text]


WRONG = [
    ("encode", lambda text, items: [c for c in text if c in items], "You return characters"),
    ("encode", lambda text, items: [items.index(c) for c in text if c in items], "not in the list are dropped"),
    ("encode", lambda text, items: [items.index(c) + 1 for c in text], "one too high"),
    ("encode", lambda text, items: tasks.encode(text.lower(), items), "You lower-case the text"),
    ("encode", lambda text, items: [0] if text == "<unk>" else tasks.encode(text, items), "five characters"),
    ("encode", by_list_index, "raised ValueError: '갔' is not in list"),
    ("encode", lambda text, items: np.array(tasks.encode(text, items)), "is an array, not a list"),
    ("encode", lambda text, items: list(map(ord, text)), "the numbers of Unicode"),
    ("encode", lambda text, items: [items.index(w) if w in items else 0 for w in text.split()], "whole words"),
    ("encode", lambda text, items: [items.index(c) if c in items else -1 for c in text], "became something else"),
    ("encode", lambda text, items: [items.index(c) if c in items else None for c in text], "became something else"),
    ("coverage_share", lambda text, n: round(tasks.coverage_share(text, n), 2), "rounded"),
    ("coverage_share", lambda text, n: sum(counted(text, n)) / len(set(text)), "the number of different characters"),
    ("coverage_share", lambda text, n: sum(sorted(Counter(text).values())[:n]) / len(text), "the rarest"),
    ("coverage_share", lambda text, n: counted(text, n)[-1] / len(text), "only one character"),
    ("coverage_share", lambda text, n: sum(counted(text.replace(" ", ""), n)) / len(text), "leave out the space"),
    ("coverage_share", lambda text, n: 100 * tasks.coverage_share(text, n), "the percentage"),
    ("coverage_share", lambda text, n: sum(counted(text, n)), "Divide by the length"),
    ("coverage_share", lambda text, n: n / len(set(text)), "You count kinds"),
    ("coverage_share", lambda text, n: sum(text.count(c) for c in sorted(set(text))[:n]) / len(text), "alphabet"),
    ("coverage_share", lambda text, n: sum(text.count(c) for c in dict.fromkeys(text[:n])) / len(text), "of the text"),
    ("coverage_share", lambda text, n: sum(counted(text, n + 1)) / len(text), "The answer is"),
    ("code_points", (14, 6), "The other way round"),
    ("code_points", (6, 6), "The two differ"),
    ("code_points", IN_BYTES, "bytes in UTF-8"),
    ("code_points", (5, 13), "Do not forget the space"),
    ("code_points", (6, 15), "ㅝ looks like two vowels"),
    ("code_points", (6, 17), "and not every syllable"),
    ("code_points", (6, 16), "Not every syllable has a final consonant"),
    ("code_points", (6, 11), "Two jamo for each syllable are too few"),
    ("code_points", (6, 12), "[1]: 12 is too small"),
    ("code_points", 14, "is an int, not a tuple"),
    ("better_model", "b", "twice as many characters"),
    ("better_model", "neither", "bits for the whole file can"),
    ("better_model", "jamo", "Answer with one of"),
    ("unigram_bits", lambda counts: sum(p * math.log2(p) for p in shares(counts)), "The sign"),
    ("unigram_bits", lambda counts: -sum(p * math.log(p) for p in shares(counts)), "Those are nats"),
    ("unigram_bits", lambda counts: sum(counts.values()) * tasks.unigram_bits(counts), "the whole text"),
    ("unigram_bits", lambda counts: sum(map(bits, shares(counts))), "each kind of character once"),
    ("unigram_bits", lambda counts: -sum(c * math.log2(c) for c in counts.values() if c), "logarithm of the counts"),
    ("unigram_bits", lambda counts: math.log2(len(counts)), "log2 V"),
    ("unigram_bits", lambda counts: np.mean([bits(p) for p in shares(counts)]), "each kind of character once"),
    ("unigram_bits", lambda counts: 2 ** tasks.unigram_bits(counts), "perplexity"),
    ("unigram_bits", lambda counts: sum(bits(c / counts.total()) for c in counts.values()), "AttributeError"),
    (
        "unigram_bits",
        lambda counts: sum(c / sum(counts.values()) * bits(c / sum(counts.values())) for c in counts.values()),
        "raised ValueError",  # at the count of 0
    ),
    ("unigram_bits", lambda counts: max(bits(p) for p in shares(counts)), "the rarest character"),
    ("merge_pair", lambda pieces, pair: "".join(pieces), "You return one string"),
    ("merge_pair", joined_as_tuples, "as a tuple"),
    ("merge_pair", lambda pieces, pair: list(pieces), "Nothing has been joined"),
    ("merge_pair", lambda pieces, pair: tasks._merged_once(pieces, *pair), "Only the first pair"),
    ("merge_pair", joined_with_overlap, "The second half of the pair"),
    ("merge_pair", lambda pieces, pair: joined_with_overlap(pieces, pair)[:-1], "from pair to pair"),
    ("merge_pair", only_the_joined, "joined pairs"),
    ("merge_pair", lambda pieces, pair: list(pieces[:-1]), "Nothing has been joined"),
    ("merge_pair", split_at_the_pair, "more than this pair"),
    ("merge_pair", losing_the_last, "The last piece is lost"),
    ("merge_pair", joined_by_spelling, "what spells the same"),
    ("merge_pair", lambda pieces, pair: pieces.clear(), "changed its input"),
]  # fmt: skip


test_a_known_mistake_hears_what_it_is = mistakes_are_named(WRONG)
test_the_reference_is_right_and_a_placeholder_is_not_yet = references_are_right(tasks.EXERCISES)


def test_numbers_by_hand_are_those_of_the_package():
    for text, items in tasks._encode_cases():
        dictionary = Dictionary()
        for item in items:
            dictionary.add_item(item)
        assert tasks.encode(text, items) == dictionary.encode(text).tolist()


def test_the_coverage_by_hand_is_that_of_the_package():
    for text in tasks.TEXTS:
        dictionary = Dictionary()
        for character, _ in Counter(text).most_common(5):
            dictionary.add_item(character)
        assert tasks.coverage_share(text, 5) == pytest.approx(dictionary.coverage(text).share)


def test_the_afterword_on_coverage_and_jamo_is_true_of_the_sample_corpora(sample):
    texts = {lang: (sample / lang / "train" / "train_split_1").read_text("utf-8") for lang in ("en", "ko", "ja")}
    covered = {language: tasks.coverage_share(text, 30) for language, text in texts.items()}
    assert covered["en"] > 0.9
    assert max(covered["ko"], covered["ja"]) < covered["en"] - 0.2
    taken_apart = tasks.unicodedata.normalize("NFD", texts["ko"])
    hangul = [c for c in set(taken_apart) if "HANGUL" in tasks.unicodedata.name(c, "")]
    assert 50 < len(hangul) < 80
    assert len([c for c in set(texts["ko"]) if "HANGUL" in tasks.unicodedata.name(c, "")]) > 400
    assert len(taken_apart) / len(texts["ko"]) == pytest.approx(2, abs=0.25)


def test_equal_counts_cost_as_many_bits_as_the_uniform_model():
    assert tasks.unigram_bits(dict.fromkeys("배가왔다", 3)) == uniform_bits(4)


def test_joins_keep_every_character_and_join_from_left_to_right():
    for pieces, pair in tasks._merge_cases():
        merged = tasks.merge_pair(pieces, pair)
        assert "".join(merged) == "".join(pieces)
        assert pair not in itertools.pairwise(merged) or pair[0] == pair[1]
    assert tasks.merge_pair(list("aaa"), ("a", "a")) == ["aa", "a"]
