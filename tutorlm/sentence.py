"""Sentences and their tokens: the text whose words get vectors."""

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

Tokenizer = Callable[[str], list[str]]
BETWEEN_WORDS = re.compile(r"[\s\u0f0b\u1361\u200b]+")  # space; in Tibetan, in Amharic, in Khmer and Thai


class Embedded:
    """Something that can carry vectors, each under the name of what made it."""

    _embeddings: dict[str, Tensor]

    def set_embedding(self, name: str, vector: Tensor) -> None:
        """Keep a vector of shape (d,) under a name."""
        self._embeddings[name] = vector

    def get_embedding(self, names: str | Sequence[str] | None = None) -> Tensor:
        """The vectors kept under one or several names, or all vectors, concatenated; (0,) if there are none."""
        names = [names] if isinstance(names, str) else names
        chosen = [vector for name, vector in self._embeddings.items() if names is None or name in names]
        return torch.cat(chosen) if chosen else torch.empty(0)

    def clear_embeddings(self) -> None:
        """Forget all vectors."""
        self._embeddings.clear()

    @property
    def embedding(self) -> Tensor:
        """All vectors kept, concatenated."""
        return self.get_embedding()


@dataclass(eq=False)
class Token(Embedded):
    """A word of a sentence."""

    text: str
    idx: int = 1  # its number in the sentence, from 1
    start_position: int = 0  # of its first character in the sentence's text
    whitespace_after: int = 0  # number of characters between it and the next token
    _embeddings: dict[str, Tensor] = field(default_factory=dict, repr=False)

    @property
    def end_position(self) -> int:
        """The position after its last character."""
        return self.start_position + len(self.text)


class Sentence(Embedded):
    """A text and its tokens.

    Args:
        text: a string; or tokens, which are taken as they are and joined by single spaces.
        tokenize: True splits off punctuation, False splits at white space only; or a function from text to tokens.
        use_tokenizer: Flair's name for `tokenize`.

    TypeError if the tokenizer returns no list of strings; ValueError if these are not the pieces of the text.
    """

    def __init__(
        self, text: str | Sequence[str | Token], tokenize: bool | Tokenizer = True, *,
        use_tokenizer: bool | Tokenizer | None = None,
    ) -> None:  # fmt: skip
        self._embeddings = {}
        tokenize = tokenize if use_tokenizer is None else use_tokenizer
        if isinstance(text, str):
            words, given = _tokenized(text, tokenize), False
        else:
            words, given = [word.text if isinstance(word, Token) else word for word in text], True
            text = " ".join(words)
        self.text = text
        self.tokens: list[Token] = []
        end = 0
        for number, word in enumerate(words, start=1):
            start = end + (number > 1) if given else text.find(word, end)
            if start < 0 or BETWEEN_WORDS.sub("", text[end:start]):
                wrong = f"token {number}, {word!r}, is not what comes next in the text: {text[end:][:60]!r}"
                raise ValueError(f"{wrong}. A tokenizer returns all pieces of the text but white space, in order")
            if self.tokens:
                self.tokens[-1].whitespace_after = start - end
            self.tokens.append(Token(word, number, start))
            end = start + len(word)

    def __len__(self) -> int:
        return len(self.tokens)

    def __iter__(self) -> Iterator[Token]:
        return iter(self.tokens)

    def __getitem__(self, index: int) -> Token:
        return self.tokens[index]

    def __repr__(self) -> str:
        return f"Sentence[{len(self)}]: {self.text!r}"

    def get_token(self, idx: int) -> Token | None:
        """The token with this number, counted from 1; None if there is none."""
        return self.tokens[idx - 1] if 1 <= idx <= len(self) else None

    def to_plain_string(self) -> str:
        """The text as it was given."""
        return self.text

    def to_tokenized_string(self) -> str:
        """The tokens, joined by single spaces."""
        return " ".join(token.text for token in self.tokens)

    def clear_embeddings(self) -> None:
        """Forget all vectors, those of the tokens included."""
        super().clear_embeddings()
        for token in self.tokens:
            token.clear_embeddings()


def _tokenized(text: str, tokenize: bool | Tokenizer) -> list[str]:
    if isinstance(tokenize, bool):
        return tokenize_words(text) if tokenize else text.split()
    if not callable(tokenize):
        raise TypeError(f"tokenize is True, False or a function from text to a list of tokens, not {tokenize!r}")
    words = tokenize(text)
    if not isinstance(words, (list, tuple)) or not all(isinstance(word, str) for word in words):
        raise TypeError(f"the tokenizer {tokenize!r} must return a list of strings, not {words!r}"[:300])
    return list(words)


def tokenize_words(text: str) -> list[str]:
    """Split at white space and other signs between words, then split punctuation off both ends of each piece.

    Punctuation is recognised by its Unicode category, so this works for any script that parts its words; marks stay
    with their letters and joined emoji stay whole. Other scripts need a tokenizer of their language.
    """
    words: list[str] = []
    for piece in filter(None, BETWEEN_WORDS.split(text)):
        if piece.isalnum():
            words.append(piece)
            continue
        characters = _with_their_marks(piece)
        begin, end = 0, len(characters)
        while begin < end and _is_punctuation(characters[begin]):
            begin += 1
        while end > begin and _is_punctuation(characters[end - 1]):
            end -= 1
        word = "".join(characters[begin:end])
        words += [*_runs(characters[:begin]), *([word] if word else []), *_runs(characters[end:])]
    return words


def _with_their_marks(text: str) -> list[str]:
    """The characters of a text, each with the marks that follow it, as in a keycap."""
    characters: list[str] = []
    for character in text:
        if characters and unicodedata.category(character)[0] == "M":
            characters[-1] += character
        else:
            characters.append(character)
    return characters


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character[0]) in ("Ps", "Pe", "Pi", "Pf", "Po", "Pd", "Sc")


def _runs(characters: Sequence[str]) -> list[str]:
    """One token a character, but several equal ones in a row, such as an ellipsis, are one token."""
    return ["".join(equal) for _, equal in itertools.groupby(characters)]
