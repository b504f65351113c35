"""Korean particles by the last sound of the word before them: 책은 and 의자는, 10으로 and 7로.

with_particles("`h`[은/는] 10[으로/로] 바뀝니다.")   # "`h`는 10으로 바뀝니다."
"""

from __future__ import annotations

import re
import unicodedata

_CHOICE = re.compile(r"\[([가-힣]+)/([가-힣]+)\]")
_UNREAD = frozenset(["Pe", "Pf", "Pi", "Po", "Sk", "Sm"])  # brackets, quotes, full stops, backticks, the end of `<unk>`
_DIGITS = {"0": "ㅇ", "1": "ㄹ", "3": "ㅁ", "6": "ㄱ", "7": "ㄹ", "8": "ㄹ"}  # 영, 일, 삼, …; the others end in a vowel
_LETTERS = {"l": "ㄹ", "m": "ㅁ", "n": "ㄴ", "r": "ㄹ"}  # 엘, 엠, 엔, 알; the others end in a vowel
_WORDS = (  # how English words end when they are read in Korean; the others end in a vowel
    (r"(l|le)$", "ㄹ"),  # 모델, 파일
    (r"(me?|ne?|ng)$", "ㄴ"),  # 프로그램, 라인, 스트링
    (r"(^|[^aeiou])[aeiouy][bckpt]$|ck$", "ㅂ"),  # 스텝, 비트, 블록
)


def last_consonant(text: str) -> str:
    """The consonant in which a text ends when it is read in Korean, about: "ㄹ", another one, or "" for a vowel.

    Quotes, brackets, backticks and full stops at the end are not read, nor is what is in brackets after Hangul.
    """
    read = re.sub(r"(?<=[가-힣])\([^()]*\)$", "", unicodedata.normalize("NFC", text[-200:]).rstrip())
    while read and unicodedata.category(read[-1]) in _UNREAD and read[-1] not in "%&":
        read = read[:-1].rstrip()
    if not read:
        return ""
    last = read[-1]
    if "가" <= last <= "힣":
        final = (ord(last) - ord("가")) % 28
        return "" if final == 0 else "ㄹ" if final == 8 else "ㅇ"
    if "ㄱ" <= last <= "ㅎ":  # read by its name: 기역, 리을
        return "ㄹ" if last == "ㄹ" else "ㄱ"
    if last.isdigit():
        return _DIGITS.get(str(unicodedata.digit(last)), "")
    words = re.findall(r"[A-Za-z]+$", read)
    return _of_latin(words[0]) if words else ""


def _of_latin(word: str) -> str:
    """Abbreviations are spelt out, words are read as they are in English."""
    lower = word.lower()
    if len(word) == 1 or not re.search("[aeiouy]", lower) or (word.isupper() and len(word) <= 4):
        return _LETTERS.get(lower[-1], "")
    return next((sound for ending, sound in _WORDS if re.search(ending, lower)), "")


def particle(text: str, after_consonant: str, after_vowel: str) -> str:
    """The one of two particles that follows a text."""
    sound = last_consonant(text)
    if after_consonant.startswith("으로"):
        return after_consonant if sound not in ("", "ㄹ") else after_vowel
    return after_consonant if sound else after_vowel


def with_particles(text: str, start: int = 0) -> str:
    """A text with the particle that suits in place of each choice such as [은/는]; as it is before `start`."""
    said, place = "", 0
    for choice in _CHOICE.finditer(text, start):
        said += text[place : choice.start()]
        said += particle(said, *choice.groups())
        place = choice.end()
    return said + text[place:]
