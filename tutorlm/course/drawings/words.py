"""The two models that meet at a word."""

from __future__ import annotations

from tutorlm.course.colours import BLUE, ORANGE, YELLOW
from tutorlm.course.drawing import Drawing
from tutorlm.course.drawings.checks import require_text
from tutorlm.course.drawings.shapes import (
    INK,
    WIDTH,
    arrow,
    box,
    is_right_to_left,
    letters,
    line,
    note,
    number,
    plain,
    shortened,
    tiles,
    title,
    vector_of,
    write,
)
from tutorlm.sentence import Sentence

MOST = 60  # characters of a sentence
WIDE, HALF = 176, 27  # pixels: the stacked vector, and the height of each of its halves
VECTOR, ARMS, BACKWARD, FORWARD, CELLS = 30, 106, 132, 160, 186  # pixels from above, down to the sentence


def draw_directions(sentence: str | Sentence, word: int) -> Drawing:
    """Two arrows that meet at a word: what its forward and its backward vector have read.

    Args:
        sentence: at most 60 characters; its words are joined by single spaces, as embeddings read them.
        word: the number of the word, from 0; from -1 back as in a list.

    Raises:
        ValueError: there is no such word, or the sentence is too long.
    """
    sentence = Sentence(sentence) if isinstance(sentence, str) else sentence
    words = [token.text for token in sentence]
    if not words:
        raise ValueError("the sentence is empty: it has no words")
    if not -len(words) <= word < len(words):
        listed = ", ".join(f"{number} {shortened(plain(one), 15)!r}" for number, one in enumerate(words[:12]))
        raise ValueError(f"word={word}: the sentence has {len(words)} words: {listed}")
    word %= len(words)
    before, after = " ".join(words[:word]), " ".join(words[word + 1 :])
    # Both models begin with a line end. The last sign each of them reads is the space on the far side of the word.
    characters = ["\n", *before, " ", *words[word], " ", *after, "\n"]
    require_text("".join(characters), MOST + 4, name="the sentence with its ends")
    start, end = 1 + len(before), 2 + len(before) + len(words[word])  # the spaces before and after the word
    pitch = min(26.0, (WIDTH - 30) / len(characters))
    xs = [(WIDTH - pitch * len(characters)) / 2 + (place + 0.5) * pitch for place in range(len(characters))]
    if is_right_to_left("".join(words)):
        xs.reverse()
    own = ([start] if not before else []) + ([end] if not after else [])  # spaces that one of the two models reads
    marks = _sentence(characters, xs, pitch, start, end, own)
    marks += _way(xs[0], xs[end], FORWARD, BLUE) + _way(xs[-1], xs[start], BACKWARD, ORANGE, gap=xs[end])
    marks += _vector(xs[start], xs[end], words[word]) + _legend(xs[0] > xs[-1])
    forward, backward = f"{before} {words[word]} ".lstrip(), f" {words[word]} {after}".rstrip()
    alt = (
        f"The word “{plain(words[word])}” in a sentence. The forward model has read “{plain(forward)}”, the backward "
        f"model, from the end, “{plain(backward)}”. Their two states, one on the other, are the vector of the word."
    )
    return Drawing(WIDTH, CELLS + 96, alt, marks)


def _sentence(
    characters: list[str], xs: list[float], pitch: float, start: int, end: int, own: list[int]
) -> str:  # fmt: skip
    size, edge = pitch - 2, (pitch - 2) / 2
    corners = [(x - edge, CELLS) for x in xs]
    usual = [place for place in range(len(xs)) if not start < place < end and place not in own]
    marks = tiles([corners[place] for place in usual], size, 26, INK, 0.04)
    marks += tiles(corners[start + 1 : end], size, 26, YELLOW, 0.45)
    for place in own:
        colour = ORANGE if place == start else BLUE
        marks += box(*corners[place], size, 26, colour, 0.08, 0, stroke_dasharray="3 3")
    marks += letters([(x, CELLS + 13) for x in xs], characters, min(15, pitch * 0.72))
    left, right, lower = min(xs[start + 1], xs[end - 1]) - edge, max(xs[start + 1], xs[end - 1]) + edge, CELLS + 32
    marks += line([(left, lower), (left, lower + 5), (right, lower + 5), (right, lower)])
    return marks + write((left + right) / 2, lower + 20, "the word", "middle")


def _way(first: float, last: float, lane: float, colour: str, gap: float | None = None) -> str:
    """What a model reads, from its first character to its last, which its state follows; a gap where lines cross."""
    sign = 1 if last > first else -1
    marks = f"<circle cx='{number(first)}' cy='{lane}' r='3.5' fill='{colour}'/>"
    begin = first
    if gap is not None and min(first, last) < gap < max(first, last):
        marks += line([(first, lane), (gap - sign * 6, lane)], colour, stroke_width=2.6, stroke_linecap="butt")
        begin = gap + sign * 6
    marks += arrow([(begin, lane), (last - sign * 5, lane)], colour, 9, stroke_width=2.6, stroke_linecap="butt")
    marks += line([(last, lane + 5), (last, CELLS - 2)], colour, stroke_dasharray="2 3")
    return marks + f"<circle cx='{number(last)}' cy='{lane}' r='5' fill='{colour}'/>"


def _vector(before: float, after: float, word: str) -> str:
    """The two states in one vector above the word: the forward one comes from after it, the other from before it."""
    apart = abs(after - before)
    wide = min(WIDE, apart - 40) if apart > 170 else WIDE
    middle = min(max((before + after) / 2, wide / 2 + 34), WIDTH - wide / 2 - 34)
    left, side = middle - wide / 2, 1 if after > before else -1
    marks = title(middle, 20, vector_of(word, 2 * min(middle, WIDTH - middle)), "middle")
    for row, (name, x, lane, colour, way) in enumerate(
        (("forward state", after, FORWARD, BLUE, side), ("backward state", before, BACKWARD, ORANGE, -side))
    ):
        y = VECTOR + row * HALF
        marks += box(left, y, wide, HALF, colour, 0.25, 3) + write(middle, y + HALF / 2 + 4.5, name, "middle")
        edge, level = middle + way * wide / 2, y + HALF / 2
        out = x if way * (x - edge) >= 15 else edge + way * 20
        arm = [(x, lane - 5), *([(x, ARMS), (out, ARMS)] if out != x else []), (out, level), (edge, level)]
        marks += arrow(arm, colour, stroke_width=1.8)
    return marks


def _legend(from_right: bool) -> str:
    y, marks = CELLS + 84, ""
    ways = (("forward model: reads from the first character", BLUE), ("backward model: from the last", ORANGE))
    for x, (name, colour), leftwards in zip((60, 400), ways, (from_right, not from_right), strict=True):
        ends = [(x, y - 4), (x + 30, y - 4)]
        marks += arrow(ends[::-1] if leftwards else ends, colour, 9, stroke_width=2.6) + note(x + 40, y, name)
    return marks
