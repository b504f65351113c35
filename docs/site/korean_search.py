"""Search for words of two languages: English by its stems, Korean by the beginnings of its words."""

from __future__ import annotations

import re

from sphinx.search.en import SearchEnglish

HANGUL = re.compile(r"[가-힣]+")


class EnglishAndKorean(SearchEnglish):
    """Index every beginning of a Korean word: particles and endings are written without a space after the stem.

    분할된 is then found by 분할, and 사전에서 by 사전.
    """

    def split(self, input: str) -> list[str]:
        """The words of a text, and for words in Hangul their beginnings."""
        words = super().split(input)
        heads = [match.group() for word in words if (match := HANGUL.match(word))]
        return words + [head[:length] for head in heads for length in range(1, len(head) + 1)]
