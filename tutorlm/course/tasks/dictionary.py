"""Exercises of notebook 01, the dictionary."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from tutorlm.course.exercises import Exercise

NOTEBOOK = "01_dictionary"

ENGLISH = "The ferry left the harbour at nine, and the gulls went with it.\n"
KOREAN = "연날리기 축제에서 줄이 끊어진 연 하나가 어떤 기사보다 멀리 갔다.\n"
ARABIC = "عادت الحافلة الزرقاء إلى العمل بين المحطة والميناء.\n"
HINDI = "स्टेशन की घड़ी अचानक उल्टी चलने लगी।\n"
JAPANESE = "月曜日の夜、町の半分が三時間停電した。\n"
TEXTS = (ENGLISH, KOREAN, ARABIC, HINDI, JAPANESE)


# -- 1. characters to numbers ------------------------------------------------------------------------


def encode(text: str, items: list[str]) -> list[int]:
    """The number of each character; 0, the number of <unk>, for those that are not in the list."""
    numbers = {item: number for number, item in enumerate(items)}
    return [numbers.get(character, 0) for character in text]


def _encode_cases() -> list[tuple]:
    held = ["<unk>", " ", "e", "f", "r", "y"]
    korean = ["<unk>", " ", "배", "가", "왔", "다"]
    return [
        ("ferry", held),
        ("배가 왔다", korean),
        ("배가 갔다", korean),  # 갔 is not held
        ("Ferry", held),  # nor is a capital
        ("<unk>", held),  # five characters, none of them held
        ("", held),
        *((text, ["<unk>", *sorted(set(text))]) for text in (ARABIC, HINDI, JAPANESE)),
    ]


def _encode_mistakes(arguments: tuple, expected: list[int], got: Any) -> str | None:
    text, items = arguments
    if not isinstance(got, list):
        return None
    if any(isinstance(item, str) for item in got):
        return "You return characters. Return their numbers, that is, their places in `items`."
    if got == [ord(character) for character in text] != expected:
        return "Those are the numbers of Unicode. This dictionary has its own: the place of each character in `items`."
    if text != "<unk>" and 0 < len(got) == len(text.split()) < len(text):
        return "You look up whole words. Look up every character, spaces too."
    if got == [number for number in expected if number]:
        return "Characters that are not in the list are dropped. They count too: each becomes 0, the number of <unk>."
    if got == [number + 1 for number in expected]:
        return "All your numbers are one too high: the first item, <unk>, has number 0."
    if got == encode(text.lower(), items):
        return "You lower-case the text first. A capital that is not in the list is unknown to this dictionary."
    if text == "<unk>":
        return "This text is five characters: <, u, n, k and >. Not one of them is held, so each becomes 0."
    if len(got) == len(text) and all(g == e for g, e in zip(got, expected, strict=True) if e):
        return "A character that is not in the list becomes 0, the number of <unk>. Here it became something else."
    return None


# -- 2. syllables and jamo -------------------------------------------------------------------------------


def code_points() -> tuple[int, int]:
    """How many code points 해원읍 등대 ("Haewon lighthouse") has in NFC and in NFD."""
    text = "해원읍 등대"
    return len(unicodedata.normalize("NFC", text)), len(unicodedata.normalize("NFD", text))


def _code_point_mistakes(arguments: tuple, expected: tuple[int, int], got: Any) -> str | None:
    nfc, nfd = got
    if (nfd, nfc) == expected:
        return "The other way round: NFC composes, NFD takes apart."
    if nfc == nfd:
        return "The two differ: NFD takes each syllable apart into its jamo."
    if nfc == 16 or nfd == 40:
        return "Those are bytes in UTF-8, three for each syllable or jamo. Count code points, as `len` does."
    if nfc == 5 or nfd == 13:
        return "Do not forget the space: it is a character like any other, in both forms."
    known = {
        15: "ㅝ looks like two vowels, but Unicode gives it one code point.",
        16: "Not every syllable has a final consonant: 해 is ㅎ and ㅐ alone.",
        17: "ㅝ is one code point, though it looks like two; and not every syllable ends in a consonant: 해 does not.",
        11: "Two jamo for each syllable are too few: 원 is ㅇ, ㅝ and ㄴ.",
    }
    return known.get(nfd) if nfc == 6 else None


# -- 3. two models with different dictionaries ----------------------------------------------------------


def better_model() -> str:
    """Which predicts the same file better: syllables at 3.2 bits per character, or jamo at 1.7?"""
    a, b = 3.2 * 4_250, 1.7 * 8_622  # bits for the whole file
    return "a" if a < b else "b"


def _better_mistakes(arguments: tuple, expected: str, got: Any) -> str | None:
    known = {
        "b": "B has fewer bits per character, but twice as many characters. How many bits for the whole file?",
        "neither": "Bits per character cannot be compared here, but bits for the whole file can. Multiply.",
    }
    return known.get(got)


# -- 4. coverage --------------------------------------------------------------------------------------


def coverage_share(text: str, n: int) -> float:
    """The share of the characters of a text that the n most frequent ones make up."""
    counts = Counter(text)
    return sum(count for _, count in counts.most_common(n)) / len(text)


def _coverage_cases() -> list[tuple]:
    return [
        ("ooozzbbbbeeeeee", 1),  # on these two the known mistakes differ
        ("bee free zebra", 3),
        *((text, n) for text in TEXTS for n in (1, 10, 20)),
        ("배가 왔다", 100),  # more than there are
        (KOREAN, 0),
    ]


def _coverage_mistakes(arguments: tuple, expected: float, got: Any) -> str | None:
    text, n = arguments
    counts = Counter(text)
    if math.isclose(got, 100 * expected) and expected:
        return "That is the percentage. A share lies between 0 and 1."
    if math.isclose(got, len(text) * expected) and expected:
        return "You count the covered characters. Divide by the length of the text."
    kinds = [n / len(counts), min(1, n / len(counts)), min(n, len(counts)) / len(text)]
    if any(math.isclose(got, share) for share in kinds):
        return (
            "You count kinds of characters. Count how often they occur: one frequent letter may cover more than ten "
            "rare ones."
        )
    if math.isclose(got, sum(text.count(c) for c in text[:n]) / len(text)) or math.isclose(
        got, sum(counts[c] for c in list(counts)[:n]) / len(text)
    ):
        return "You take the first characters of the text. Take the most frequent: Counter.most_common(n)."
    if math.isclose(got, sum(counts[c] for c in sorted(counts)[:n]) / len(text)):
        return "You take the first characters of the alphabet. Take the most frequent: Counter.most_common(n)."
    return None


def _other_sums(arguments: tuple, expected: float, got: Any) -> str | None:
    text, n = arguments
    counts = Counter(text)
    if any(math.isclose(got, round(expected, digits)) for digits in (2, 3)):
        return "That is nearly it, but rounded. Return the share as it is."
    if math.isclose(got, len(text) / len(counts) * expected):
        return "You divide by the number of different characters. Divide by the length of the text."
    if math.isclose(got, sum(sorted(counts.values())[:n]) / len(text)):
        return "You take the rarest characters. Take the most frequent: Counter.most_common(n)."
    if n and math.isclose(got, counts.most_common(n)[-1][1] / len(text)):
        return "You count only one character. Add up the counts of all n."
    if math.isclose(got, coverage_share(text.replace(" ", ""), n) * len(text.replace(" ", "")) / len(text)):
        return "You leave out the space. It is a character like any other."
    return None


# -- 5. bits per character of a unigram model -----------------------------------------------------------


def unigram_bits(counts: Mapping[str, int]) -> float:
    """The mean of -log2 p over all characters that were counted, where p is a character's share."""
    total = sum(counts.values())
    shares = [count / total for count in counts.values() if count]
    return -sum(share * math.log2(share) for share in shares)


def _unigram_cases() -> list[tuple]:
    plain = [{"a": 3, "b": 1}, {"a": 1, "b": 1}, {"가": 1, "나": 1, "다": 1, "라": 1}, {"a": 7}]
    texts = [dict(Counter(text)) for text in TEXTS]
    return [(counts,) for counts in [*plain, *texts, {"a": 2, "b": 2, "q": 0}]]


def _unigram_mistakes(arguments: tuple, expected: float, got: Any) -> str | None:
    (counts,) = arguments
    total = sum(counts.values())
    surprises = [-math.log2(count / total) for count in counts.values() if count]
    if expected and math.isclose(got, -expected):
        return "The sign: log2 of a share is negative, and bits are positive. Put a minus before it."
    if expected and math.isclose(got, expected * math.log(2)):
        return "Those are nats, from the natural logarithm. Bits need log2."
    if math.isclose(got, expected * total):
        return "That is the bits of the whole text. Per character means: divide by their number."
    if math.isclose(got, math.log2(len(counts))):
        return "That is log2 V, as if every character were equally likely. The counts say which are frequent."
    if math.isclose(got, sum(surprises) / len(surprises)):
        return "You take each kind of character once. Each must count as often as it occurs: weigh by its share."
    if math.isclose(got, sum(surprises)):
        return "You add up the bits of each kind of character once. Weigh them by the shares: p * -log2 p."
    if math.isclose(abs(got), sum(count * math.log2(count) for count in counts.values() if count)):
        return "You take the logarithm of the counts. A probability lies between 0 and 1: divide by the sum first."
    if math.isclose(got, max(surprises)):
        return "That is the surprise of the rarest character. Take the mean over the text: weigh by the shares."
    if math.isclose(got, 2**expected):
        return "That is the perplexity, 2 to the power of the bits. The bits are its log2."
    return None


# -- 6. one join of byte-pair encoding ---------------------------------------------------------------------


def merge_pair(pieces: list[str], pair: tuple[str, str]) -> list[str]:
    """The pieces, in which every two neighbours that are `pair` have become one, from left to right."""
    merged: list[str] = []
    for piece in pieces:
        if merged and (merged[-1], piece) == pair:
            merged[-1] += piece
        else:
            merged.append(piece)
    return merged


def _merge_cases() -> list[tuple]:
    return [
        (list("ferry"), ("r", "r")),
        (list("banana"), ("a", "n")),
        (list("aaaaa"), ("a", "a")),
        (["th", "e", " ", "t", "he", " ", "the"], ("th", "e")),  # only one of the three is this pair
        (list("바다와 바다"), ("바", "다")),
        (["q", "u", "ay"], ("a", "y")),
        ([], ("a", "b")),
        (list("नमस्ते"), ("स", "्")),
    ]


def _merge_mistakes(arguments: tuple, expected: list[str], got: Any) -> str | None:
    pieces, (left, right) = arguments
    if isinstance(got, str):
        return "You return one string. Return a list of pieces, in which only this pair has been joined."
    got = list(got)
    if any(isinstance(piece, tuple) for piece in got):
        return "You put the pair in as a tuple. The two strings become one: left + right."
    if got in (pieces, pieces[:-1]) and got != expected:
        return "Nothing has been joined. Compare two neighbours, as a tuple, with `pair`."
    if got == _merged_once(pieces, left, right) != expected:
        return "Only the first pair is joined. Go on to the end of the list: it may come again."
    if got == [a + b if (a, b) == (left, right) else a for a, b in zip(pieces, [*pieces[1:], ""], strict=True)]:
        return "The second half of the pair is still there after the join, or is used twice. Skip it."
    if got == expected[:-1]:
        return "The last piece is lost. If it is not part of a pair, it has to be kept as well."
    if "".join(got) == "".join(pieces) and got.count(left + right) > expected.count(left + right):
        return (
            "You join what spells the same. Both pieces must be equal to the halves of the pair: t + he is not th + e."
        )
    return None


def _lost_or_too_many(arguments: tuple, expected: list[str], got: Any) -> str | None:
    pieces, (left, right) = arguments
    with_overlap = [a + b if (a, b) == (left, right) else a for a, b in pairwise(pieces)]
    if got == with_overlap != expected:
        return (
            "You walk from pair to pair and add something for each: the second half stays, and the last piece is lost."
        )
    if got == [left + right] * len(got) and len(got) < len(expected):
        return "Only the joined pairs are left. Every other piece has to be kept as well."
    if "".join(got) == "".join(pieces) and len(got) < len(expected):
        return "You join more than this pair: pieces that are no part of it stay as they are."
    return None


def _merged_once(pieces: list[str], left: str, right: str) -> list[str]:
    for place in range(len(pieces) - 1):
        if pieces[place : place + 2] == [left, right]:
            return [*pieces[:place], left + right, *pieces[place + 2 :]]
    return pieces


EXERCISES = (
    Exercise(
        name="encode",
        task=(
            "Write `encode(text, items)`, which returns the numbers of a text's characters as a list. A character's "
            "number is its place in the list `items`; the first item, number 0, is `<unk>`, for every character that "
            "is not on the list."
        ),
        hints=(
            "Go through the text character by character. At which place in `items` is each one?",
            "Make a mapping first, character → number: `{item: number for number, item in enumerate(items)}`.",
            "`numbers.get(character, 0)` looks a character up and gives 0 where there is none.",
        ),
        reference=encode,
        cases=_encode_cases,
        diagnoses=_encode_mistakes,
        afterword="This is all that a model ever sees of a text. Whatever became 0 here, it can never tell apart.",
    ),
    Exercise(
        name="code_points",
        task=(
            'Predict: how many code points does the text "해원읍 등대" have in NFC, and how many in NFD? Answer with a '
            "tuple of two numbers, NFC first."
        ),
        hints=(
            "In NFC a Hangul syllable is one code point. The space is one in either form.",
            "In NFD a syllable becomes two jamo, or three if a consonant closes it: 대 is ㄷ, ㅐ; 등 is ㄷ, ㅡ, ㅇ.",
            "해 2, 원 3, 읍 3, the space 1, 등 3, 대 2.",
        ),
        reference=code_points,
        diagnoses=_code_point_mistakes,
        afterword=(
            "With NFD a dictionary needs 67 jamo at most instead of hundreds of syllables, and a text gets about "
            "twice as long. So bits per character of the two forms cannot be compared."
        ),
    ),
    Exercise(
        name="better_model",
        task=(
            "Two models were measured on the same file. A reads syllables: 3.2 bits per character, over 4,250 "
            "characters. B reads jamo: 1.7 bits per character, over 8,622. Which predicts the file better? Answer with "
            '"a", "b", or "neither", if they cannot be compared.'
        ),
        hints=(
            "What is the same for both? The file. How many bits does each model need for all of it?",
            "Bits per character times characters gives the bits for the file. Compare 3.2 * 4250 with 1.7 * 8622.",
        ),
        reference=better_model,
        diagnoses=_better_mistakes,
        choices=("a", "b", "neither"),
        afterword=(
            "13,600 bits are fewer than 14,657. Divide both by the bytes of the file, and you have a fair unit: bits "
            "per byte."
        ),
    ),
    Exercise(
        name="coverage_share",
        task=(
            "Write `coverage_share(text, n)`: which share of a text, from 0 to 1, do its n most frequent characters "
            "cover?"
        ),
        hints=(
            "Count each character first; `collections.Counter` does it in one call.",
            "`Counter(text).most_common(n)` gives pairs of character and count. Add up the counts.",
            "Divide the sum by `len(text)`.",
        ),
        reference=coverage_share,
        cases=_coverage_cases,
        diagnoses=(_other_sums, _coverage_mistakes),
        afterword=(
            "The same n covers far less of a Korean or Japanese text than of an English one. That is why "
            "`Dictionary.from_files` asks for a coverage and not for a size."
        ),
    ),
    Exercise(
        name="unigram_bits",
        task=(
            "Write `unigram_bits(counts)`: the bits per character of a text under the model that knows only how often "
            "each character occurs in it. `counts` maps characters to counts; a count may be 0."
        ),
        hints=(
            "A character's probability p is its count divided by the sum of all counts. It costs -log2 p bits.",
            "A mean over the text: a character with share p fills that share of all places, so weigh its bits by p.",
            "`-sum(p * math.log2(p) for p in shares)`; leave out characters with count 0: zero has no logarithm.",
        ),
        reference=unigram_bits,
        cases=_unigram_cases,
        diagnoses=_unigram_mistakes,
        afterword=(
            "This is a baseline that your model has to beat. Whatever it gains over it, it gains from the order of the "
            "characters."
        ),
    ),
    Exercise(
        name="merge_pair",
        task=(
            "Write `merge_pair(pieces, pair)`. `pieces` is a list of strings, `pair` a tuple of two. Return the list "
            "in which every two neighbours that are this pair have become one string. Go from left to right; a piece "
            "can be used only once."
        ),
        hints=(
            "Build a new list, piece by piece. When you add a piece, look at the last one that is already there.",
            "If `(merged[-1], piece) == pair`, the new piece belongs to the last one. Otherwise it is one of its own.",
            "`merged[-1] += piece` in the first case, `merged.append(piece)` in the second; beware of the empty list.",
        ),
        reference=merge_pair,
        cases=_merge_cases,
        diagnoses=(_merge_mistakes, _lost_or_too_many),
        afterword="Repeat this with the most frequent pair, thousands of times, and you have a list of subwords.",
    ),
)
