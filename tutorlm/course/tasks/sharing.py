"""Exercises of notebook 13, giving models away."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from tutorlm.course.exercises import Exercise

NOTEBOOK = "13_share_your_model"


# -- 1. what a reviewer objects to ---------------------------------------------------------------------------


def objections(forward: float, backward: float, ngram: float, unknown: float) -> list[str]:
    """What is wrong with a pair, by the numbers of its card: any of "pair", "counting" and "unknown", in this order."""
    found = []
    if max(forward, backward) > 1.1 * min(forward, backward):
        found.append("pair")
    if max(forward, backward) >= ngram:
        found.append("counting")
    if unknown >= 0.01:
        found.append("unknown")
    return found


def _objection_cases() -> list[tuple]:
    return [
        (1.58, 1.60, 1.79, 0.0),
        (3.5, 3.9, 4.4, 0.002),
        (3.9, 3.5, 4.4, 0.002),  # the forward one is the worse
        (5.5, 5.3, 6.2, 0.004),  # 0.2 bits, and near all the same
        (2.00, 2.21, 2.80, 0.0),  # a tenth of the better one, not of the worse
        (2.0, 2.06, 2.05, 0.0),  # one of them beats counting
        (2.06, 2.0, 2.05, 0.0),
        (2.0, 2.0, 2.0, 0.0),  # as many bits are not fewer
        (2.0, 2.1, 2.5, 0.03),
        (2.0, 2.1, 2.5, 0.01),
        (1.58, 12.14, 1.79, 0.0),
        (2.0, 2.4, 2.2, 0.2),
    ]


def _objections(
    forward: float, backward: float, ngram: float, unknown: float, *, judged: Callable[[float, float], float] = max,
    near: Callable[[float, float], bool] | None = None, equal: bool = True, most: float = 0.01, at_most: bool = False,
) -> list[str]:  # fmt: skip
    """`objections` with one mistake or another."""
    is_near = near or (lambda one, other: max(one, other) <= 1.1 * min(one, other))
    bits = judged(forward, backward)
    wrong = {
        "pair": not is_near(forward, backward),
        "counting": bits >= ngram if equal else bits > ngram,
        "unknown": unknown > most if at_most else unknown >= most,
    }
    return [name for name, is_wrong in wrong.items() if is_wrong]


ONE_OF_TWO = "One of the two beats the n-gram, and the other does not. Each must by itself, so compare the worse one."
OBJECTION_MISTAKES: tuple[tuple[dict[str, Any], str], ...] = (
    (
        {"near": lambda one, other: abs(one - other) <= 0.1},
        "You allow a tenth of a bit. The limit is a share: 10 % more than the better of the two needs.",
    ),
    (
        {"near": lambda one, other: other <= 1.1 * one},
        "The forward model can be the worse one, too. Compare the larger number with the smaller.",
    ),
    (
        {"near": lambda one, other: abs(one - other) <= 0.1 * max(one, other)},
        "You take 10 % of the worse model. A bad one widens its own limit so: take 10 % of the better.",
    ),
    ({"judged": min}, ONE_OF_TWO),
    ({"judged": lambda one, other: one}, ONE_OF_TWO),
    ({"judged": lambda one, other: other}, ONE_OF_TWO),
    ({"judged": lambda one, other: (one + other) / 2}, ONE_OF_TWO),
    ({"equal": False}, "As many bits as the n-gram needs are not fewer. Counting would do as well, so object."),
    ({"at_most": True}, "Exactly one in a hundred is not less than one in a hundred: object to 0.01, too."),
    ({"most": 1.0}, "`unknown` is a share: 0.03 means 3 %. One character in a hundred is 0.01."),
)


def _objection_mistakes(arguments: tuple, expected: list[str], got: Any) -> str | None:
    if got is True or got is False or got is None:
        return 'Return a list: of "pair", "counting" and "unknown" those that apply, and `[]` if all is well.'
    if isinstance(got, str):
        return "Return a list, even if there is one objection, because there can be several."
    if got != expected and sorted(got) == sorted(expected):
        return 'Right, but in another order: first "pair", then "counting", then "unknown".'
    if expected[1:] and got == expected[:1]:
        return "You stop at the first objection. A reviewer names them all: use `if` three times, and no `elif`."
    fits = [said for mistake, said in OBJECTION_MISTAKES if got == _objections(*arguments, **mistake)]
    return fits[0] if fits else None


# -- 2. sums --------------------------------------------------------------------------------------------------


def sha256_sums(files: dict[str, bytes]) -> str:
    """What SHA256SUMS holds for some files: a line for each, by name, without SHA256SUMS itself."""
    lines = []
    for name in sorted(files):
        if name != "SHA256SUMS":
            lines.append(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n")
    return "".join(lines)


def _sum_cases() -> list[tuple]:
    return [
        ({"a.txt": b"abc"},),
        ({"b.txt": b"", "a.txt": b"harbour\n"},),
        ({"notes.txt": b"x", "README.md": b"# Tales\n", "dictionary.json": b"{}"},),
        ({"forward.pt": b"\x00\x01", "SHA256SUMS": b"of yesterday", "config.json": "배".encode()},),
        ({},),
    ]


def _sums(
    files: dict[str, bytes], *, digest: Callable[[bytes], str] = lambda content: hashlib.sha256(content).hexdigest(),
    line: str = "{digest}  {name}", order: Callable[[str], Any] | None = None, itself: bool = False,
    of_name: bool = False, end: str = "\n", between: str = "\n",
) -> str:  # fmt: skip
    """`sha256_sums` with one mistake or another."""
    names = [name for name in (sorted(files, key=order) if order else files) if itself or name != "SHA256SUMS"]
    lines = [line.format(digest=digest(name.encode() if of_name else files[name]), name=name) for name in names]
    return between.join(lines) + (end if lines else "")


SUM_MISTAKES: tuple[tuple[dict[str, Any], str], ...] = (
    ({"line": "{digest} {name}"}, "There is one space between sum and name. Write two, as `sha256sum` does."),
    ({"line": "{digest}\t{name}"}, "There is a tab between sum and name. Write two spaces."),
    ({"line": "{name}  {digest}"}, "First the sum, then the name."),
    ({"line": "{digest}"}, "The names are missing. Each line is the sum, two spaces and the name."),
    ({"end": ""}, "A line end is missing. Each line ends by `\\n`, the last one as well."),
    ({"end": "", "between": ""}, "A line end is missing. Each line ends by `\\n`, the last one as well."),
    (
        {"digest": lambda content: hashlib.sha256(content).hexdigest().upper()},
        "The sums are in capitals. `hexdigest()` gives small letters, and a program may compare letter by letter.",
    ),
    (
        {"digest": lambda content: hashlib.sha1(content, usedforsecurity=False).hexdigest()},
        "That is SHA-1, with 40 digits. Two files of one SHA-1 have been made on purpose, so take `hashlib.sha256`.",
    ),
    (
        {"digest": lambda content: hashlib.md5(content, usedforsecurity=False).hexdigest()},
        "That is MD5, with 32 digits, which anybody can forge today. Take `hashlib.sha256`.",
    ),
    (
        {"digest": lambda content: str(hashlib.sha256(content).digest())},
        "`digest()` gives bytes. `hexdigest()` gives the 64 digits.",
    ),
    ({"of_name": True}, "That is the sum of the name. Hash the content: `files[name]`."),
    ({"itself": True}, "SHA256SUMS has a line about itself. It cannot: with the line, its sum changes. Leave it out."),
)


def _sum_mistakes(arguments: tuple, expected: str, got: Any) -> str | None:
    (files,) = arguments
    if isinstance(got, bytes):
        return "Return text, not bytes."
    if isinstance(got, (list, tuple)):
        return "Return one text, not a list of lines: join them, each with its line end."
    if isinstance(got, dict):
        return "Return a text: for each file its sum, two spaces, its name and a line end."
    if got == _sums(files):
        return "The lines are right, but not sorted by name. Sorted, equal folders have equal lists."
    if got == _sums(files, order=str.lower):
        return "Sort the names as `sorted` does, with capitals first: README.md comes before dictionary.json."
    for mistake, said in SUM_MISTAKES:
        if got in (_sums(files, order=str, **mistake), _sums(files, **mistake)):
            return said
    return None


# -- 3. reciting ------------------------------------------------------------------------------------------------


def longest_recited(sample: str, text: str) -> int:
    """The length of the longest stretch of a sample that is in a text, letter by letter."""
    longest = 0
    for begin in range(len(sample)):
        while begin + longest < len(sample) and sample[begin : begin + longest + 1] in text:
            longest += 1
    return longest


def _reciting_cases() -> list[tuple]:
    return [
        ("cat", "a cat sat"),
        ("cat suns", "a cat sat"),  # a part of the sample, which begins and ends inside words
        ("my cat", "a cat sat"),
        ("a boat, a cat", "a cat sat"),  # the longest comes last
        ("", "a cat sat"),
        ("cat", ""),
        ("b-o-a-t", "boat"),  # letter by letter, without gaps
        ("The Boat", "the boat"),  # capitals are other letters
        ("seventeen boats", "seven boats"),  # a stretch may begin and end inside a word
        ("tac", "a cat sat"),
        ("ring her at 0417 555 908 or", "Ask for Mara: 0417 555 908, after nine."),
        ("배가 섬에 닿았다", "그 배가 섬에 왔다"),
    ]


def _subsequence(sample: str, text: str) -> int:
    """The length of the longest text whose letters occur in both in this order, with gaps."""
    row = [0] * (len(text) + 1)
    for letter in sample:
        before = row[:]
        for place, other in enumerate(text):
            row[place + 1] = before[place] + 1 if letter == other else max(before[place + 1], row[place])
    return row[-1]


def _words(sample: str, text: str) -> int:
    """The most words in a row that are in both."""
    words, others = sample.split(), f" {' '.join(text.split())} "
    runs = [words[a:b] for a in range(len(words)) for b in range(a + 1, len(words) + 1)]
    return max((len(run) for run in runs if f" {' '.join(run)} " in others), default=0)


def _whole_words(sample: str, text: str) -> int:
    """The letters of the longest run of whole words that is in both."""
    words, others = sample.split(), f" {' '.join(text.split())} "
    runs = [" ".join(words[a:b]) for a in range(len(words)) for b in range(a + 1, len(words) + 1)]
    return max((len(run) for run in runs if f" {run} " in others), default=0)


def _from_the_beginning(sample: str, text: str) -> int:
    return max(length for length in range(len(sample) + 1) if sample[:length] in text)


def _to_the_end(sample: str, text: str) -> int:
    return max(len(sample) - begin for begin in range(len(sample) + 1) if sample[begin:] in text)


def _at_one_place(sample: str, text: str) -> int:
    return sum(a == b for a, b in zip(sample, text, strict=False))


def _first(sample: str, text: str) -> int:
    """The first stretch, wherever it begins, and not the longest."""
    begin = next((at for at, letter in enumerate(sample) if letter in text), len(sample))
    return _from_the_beginning(sample[begin:], text)


TOO_FEW = "One too few. Is the last letter looked at? A slice `[a:b]` ends before b."
RECITING_MISTAKES: tuple[tuple[Callable[[str, str], int], str], ...] = (  # those that later cases show come first
    (
        lambda sample, text: longest_recited(sample.lower(), text.lower()),
        "Capitals are other letters: compare the texts as they are.",
    ),
    (_first, "That is the first stretch, and not the longest. Go on after it, and keep the best."),
    (_subsequence, "Yours may leave letters out in between. Count a stretch without gaps: `stretch in text`."),
    (lambda sample, text: len({*sample} & {*text}), "You count the different letters of both. Count a stretch."),
    (_from_the_beginning, "Yours begins at the first letter of the sample. What is recited may begin anywhere."),
    (
        lambda sample, text: sum(letter in text for letter in sample),
        "You count letters that are in the text somewhere. They have to come in a row, as in the sample.",
    ),
    (_whole_words, "Your stretch begins and ends with whole words. Letter by letter, it may go on inside the next."),
    (
        lambda sample, text: len(sample) if sample in text else 0,
        "You ask whether the whole sample is in the text. Any part of it counts: try every beginning and end.",
    ),
    (_to_the_end, "Yours goes up to the last letter of the sample. What is recited may end anywhere."),
    (_at_one_place, "You compare letters at the same place of both. The stretch may be anywhere in the text."),
    (_words, "Those are words. Count the letters of the stretch, spaces included."),
    (lambda sample, text: longest_recited(sample[:-1], text), TOO_FEW),
    (lambda sample, text: max(longest_recited(sample, text) - 1, 0), TOO_FEW),
    (lambda sample, text: longest_recited(sample, text) + 1, "One too many: the last stretch that you tried failed."),
)


def _reciting_mistakes(arguments: tuple, expected: int, got: Any) -> str | None:
    sample, text = arguments
    if isinstance(got, str):
        return "Return how long the stretch is: `len(…)` of it."
    if isinstance(got, bool):
        return "Return a length, not whether there is one."
    return next((said for wrong, said in RECITING_MISTAKES if got == wrong(sample, text)), None)


EXERCISES = (
    Exercise(
        name="objections",
        task=(
            "Write `objections(forward, backward, ngram, unknown)`: the bits per character of both models and of the "
            'best n-gram model, and the share of `<unk>`. Return a list, in this order: "pair" if one model needs over '
            '10 % more than the better one, "counting" unless both need fewer bits than the n-gram, "unknown" unless '
            "the share is below 0.01."
        ),
        hints=(
            "Three questions, each with an `if` of its own. Begin with an empty list, and append.",
            "For the first two the worse model is enough: `max(forward, backward)`.",
            "The pair: `max(…) > 1.1 * min(…)`. The others: `max(…) >= ngram`, `unknown >= 0.01`.",
        ),
        reference=objections,
        cases=_objection_cases,
        diagnoses=_objection_mistakes,
        afterword="That is most of what a reviewer of the catalogue looks at. The rest is reading the card.",
    ),
    Exercise(
        name="sha256_sums",
        task=(
            "Write `sha256_sums(files)`: `files` has the content of each file, as bytes, by its name. Return what "
            "SHA256SUMS holds: for each file a line with its SHA-256 in hexadecimal, two spaces and its name, sorted "
            "by name. SHA256SUMS itself is left out."
        ),
        hints=(
            "`hashlib.sha256(content).hexdigest()` is the sum of some bytes.",
            "Go through `sorted(files)`, skip one name, and end each line by a line end, the last as well.",
            'A line is `f"{hashlib.sha256(files[name]).hexdigest()}  {name}\\n"`; `"".join(…)` puts them together.',
        ),
        reference=sha256_sums,
        cases=_sum_cases,
        diagnoses=_sum_mistakes,
        afterword="`sha256sum --check SHA256SUMS` reads it on any Linux, without a line of Python.",
    ),
    Exercise(
        name="longest_recited",
        task=(
            "Write `longest_recited(sample, text)`: how many characters in a row of the sample are in the text, in the "
            "same order and without gaps. Return the length of the longest such stretch, 0 if there is none."
        ),
        hints=(
            "`stretch in text` says whether a stretch is there. Which stretches does a sample have?",
            "Two loops, over beginning and end, find it. Faster: for each beginning, only try to beat the best so far.",
            "`while begin + longest < len(sample) and sample[begin : begin + longest + 1] in text: longest += 1`",
        ),
        reference=longest_recited,
        cases=_reciting_cases,
        diagnoses=_reciting_mistakes,
        afterword="Fifteen or twenty letters in a row are chance or a common phrase. Fifty are a quotation.",
    ),
)
