"""A phrase book: finds the phrases of which a text is put together, and says them in another language.

book = PhraseBook({"{} is missing.": "{}[이/가] 없습니다.", "the gate {}": "게이트 {}"})
book.translate("the gate i is missing.")   # "게이트 i가 없습니다."
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tutorlm.course.particles import with_particles

_HOLE = re.compile(r"\{(\d*)\}")
_BREAK = re.compile(r"(?<=[.?!);])[\"'”’`)]*\s+|\n+")  # after a sentence, or a line
_RAISED = r"\b\w*(?:Error|Exception|Exit|Interrupt|Iteration|Warning)\b"
_VERBATIM = re.compile("|".join([  # what is not the course's: quotations, and what was raised with what it says
    r"(?<!\w)'(?:\\.|[^'\\\n])*'(?!\w)", r'"(?:\\.|[^"\\\n])*"', "“[^”]*”", r"`[^`\n]*`",
    rf"(?:(?<=\braised )\w+|{_RAISED}): (?s:.*)",
]))  # fmt: skip
_WORD_END = re.compile(r"[\s(]|[,:;]\s")
_BEFORE = ("“", "‘", "«", '"', "'", "`", " raised ")  # a hole after these is verbatim
TOGETHER, WITH_HOLES = 30, 6  # sentences that are looked up as one phrase; as one with holes
DEEPEST = 4  # holes within holes
LONGEST = 4000  # characters of a text that is taken apart
Spans = list[tuple[int, int]]  # where what is verbatim begins and ends
Found = tuple[int, str]  # how many characters of a text are those of phrases, and its translation


class Template:
    """A phrase with holes.

    Attributes:
        fixed: how many characters of the English are no holes.
        quoted: whether each hole is in quotation marks or backticks, or was raised.
    """

    def __init__(self, english: str, foreign: str) -> None:
        self.pieces = _HOLE.split(english)[::2]
        self.between = [re.compile(re.escape(piece)) if piece else _WORD_END for piece in self.pieces[1:-1]]
        self.fixed = sum(map(len, self.pieces))
        parts = _HOLE.split(foreign)
        self.words, numbers = parts[::2], parts[1::2]
        self.order = [int(number) if number else place for place, number in enumerate(numbers)]
        self.quoted = [piece.endswith(_BEFORE) for piece in self.pieces[:-1]]

    def holes(self, text: str, verbatim: Spans) -> list[str] | None:
        """What is in the holes if a text is this phrase, each as short as can be; else None.

        Of two holes side by side the first has one word. No hole ends inside what is verbatim.
        """
        first, *middle, last = self.pieces
        if not text.startswith(first) or not text.endswith(last) or len(text) < self.fixed:
            return None
        place, end, found = len(first), len(text) - len(last), []
        if _is_within(end, verbatim):
            return None
        for piece, pattern in zip(middle, self.between, strict=True):
            starts = (match.start() for match in pattern.finditer(text, place, end))
            at = next((start for start in starts if not _is_within(start, verbatim)), -1 if piece else end)
            if at < 0:
                return None
            found.append(text[place:at])
            place = at + len(piece)
        return [*found, text[place:end]] if place <= end else None

    def filled(self, holes: list[str]) -> str:
        """The foreign phrase with these words in its holes."""
        said = self.words[0]
        for number, words in zip(self.order, self.words[1:], strict=True):
            said += holes[number]
            said = with_particles(said + words, len(said))  # what is in a hole may have brackets of its own
        return said


class PhraseBook:
    """English phrases → foreign ones.

    A text is looked up as a whole, then as one or several phrases in a row, sentence by sentence; of all ways to take
    it apart, the one in which most characters belong to phrases. What is in a hole is looked up, too. A phrase may be
    found as a sentence: with a capital letter and a full stop. What is not found stays as it is. So does what is quoted
    or was raised, which may be a learner's: no phrase begins or ends in it, unless it is a part of the phrase.
    """

    def __init__(self, phrases: Mapping[str, str]) -> None:
        self.exact = {e: with_particles(foreign) for e, foreign in phrases.items() if not _HOLE.search(e)}
        made = [Template(e.strip(), foreign.strip()) for e, foreign in phrases.items() if _HOLE.search(e)]
        self.templates = sorted(made, key=lambda template: -template.fixed)
        self._known: dict[str, Found] = {}  # parts of the text that is being translated

    def translate(self, text: str) -> str:
        """A text in the other language, as far as its phrases are known."""
        self._known.clear()
        return self._taken_apart(text, 0)[1] if len(text) <= LONGEST else self.exact.get(text, text)

    def _taken_apart(self, text: str, depth: int) -> Found:
        """The best translation sentence by sentence; of equal ones, the one of more and shorter phrases."""
        if text in self.exact:
            return len(text), self.exact[text]
        if (known := self._known.get(text)) is None:  # another thread may clear it at any time
            known = self._known[text] = self._best(text, depth) if depth <= DEEPEST else (0, text)
        return known

    def _best(self, text: str, depth: int) -> Found:
        ends = sorted({0, *_breaks(text, _spans(text)), len(text)})
        best: list[Found] = [(0, "")]  # of the text up to each end
        for stop in range(1, len(ends)):
            ways = []
            for start in range(stop - 1, max(-1, stop - 1 - TOGETHER), -1):
                part = text[ends[start] : ends[stop]]
                found = self._of_part(part, depth) or ((0, part) if start == stop - 1 else None)
                if found:
                    ways.append((best[start][0] + found[0], best[start][1] + found[1]))
            best.append(max(ways, key=lambda way: way[0]))
        return best[-1]

    def _of_part(self, text: str, depth: int) -> Found | None:
        """The translation of what is one phrase, white space around it aside, or one phrase and its stop."""
        core = text.strip()
        before, _, after = text.partition(core) if core else ("", "", "")
        ways = [(self._phrase(core, depth), "")]
        if core.endswith((".", ";")):
            ways += [(self._phrase(start + core[1:-1], depth), core[-1]) for start in (core[0], core[0].lower())]
        found = [(way[0] + len(stop), before + way[1] + stop + after) for way, stop in ways[::-1] if way]
        return max(found, key=lambda way: way[0], default=None)

    def _phrase(self, text: str, depth: int) -> Found | None:
        if text in self.exact:
            return len(text), self.exact[text]
        verbatim = _spans(text)
        if len(_breaks(text, verbatim)) >= WITH_HOLES:
            return None
        fitting = ((template, template.holes(text, verbatim)) for template in self.templates)
        ways = [self._filled(template, holes, depth) for template, holes in fitting if holes is not None]
        return max(ways, key=lambda way: way[0], default=None)

    def _filled(self, template: Template, holes: list[str], depth: int) -> Found:
        found = [(0, words) if quoted else self._in_hole(words, depth + 1)
                 for words, quoted in zip(holes, template.quoted, strict=True)]  # fmt: skip
        return template.fixed + sum(size for size, _ in found), template.filled([said for _, said in found])

    def _in_hole(self, words: str, depth: int) -> Found:
        if _VERBATIM.fullmatch(words) or re.match(_RAISED, words):
            return 0, words
        decapitalised = words[:1].lower() + words[1:]
        if words not in self.exact and decapitalised in self.exact:
            return len(words), self.exact[decapitalised]
        return self._taken_apart(words, depth)


def _breaks(text: str, verbatim: Spans) -> list[int]:
    """Where sentences and lines begin, but for those that are verbatim."""
    return [found.end() for found in _BREAK.finditer(text) if not _is_within(found.start(), verbatim)]


def _spans(text: str) -> Spans:
    return [found.span() for found in _VERBATIM.finditer(text)]


def _is_within(place: int, spans: Spans) -> bool:
    """Whether a place is inside one of the spans; before its last character is not: a phrase may close a quotation."""
    return any(start < place < end - 1 for start, end in spans)
