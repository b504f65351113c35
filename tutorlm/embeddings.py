"""Contextual string embeddings: the states of a character language model as vectors of words.

The model reads a sentence character by character, after a document delimiter. A word's vector is the
state of the LSTM right after the word: it has seen the word and everything before it. A backward model
reads from the end, so its state right before the word has seen the word and everything after it. Together
they know the whole sentence (Akbik, Blythe & Vollgraf 2018, section 2.3). For a text of n characters
after a start marker of k characters, and a token at [start, end), the vector is in this row:

    forward model,  with_whitespace=True   row k + end        (after reading the character after the token)
                    with_whitespace=False  row k + end - 1
    backward model, with_whitespace=True   row k + n - start  (after reading the character before the token)
                    with_whitespace=False  row k + n - start - 1
"""

import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from tutorlm.coverage import warn_of_unknown_characters
from tutorlm.language_model import Hidden, LanguageModel
from tutorlm.pretrained import find_model, find_pair
from tutorlm.sentence import Sentence
from tutorlm.training.devices import PRECISIONS, choose_device, choose_precision, fastest_precision
from tutorlm.unicode import code_points

END_MARKER = " "
BATCH_SIZE = 128  # sentences read at once
SMALL = 256  # models with fewer units gain little by 16 bits
POOLINGS: dict[str, Callable[..., Tensor]] = {"mean": torch.mean, "min": torch.amin, "max": torch.amax}


class TokenEmbeddings(nn.Module):
    """What all embeddings of tokens have in common. Subclasses give `vectors` and `embedding_length`."""

    name: str
    embedding_length: int

    def vectors(self, sentences: Sequence[Sentence]) -> list[Tensor]:
        """For each sentence the vectors of its tokens, (tokens, embedding_length)."""
        raise NotImplementedError

    def embed(self, sentences: Sentence | Sequence[Sentence]) -> list[Sentence]:
        """Give every token of one or several sentences its vector, as `token.embedding`."""
        sentences = _as_list(sentences)
        for sentence, vectors in zip(sentences, self.vectors(sentences), strict=True):
            for token, vector in zip(sentence, vectors, strict=True):
                token.set_embedding(self.name, vector)
        return sentences

    def matrix(self, sentences: Sentence | Sequence[Sentence]) -> np.ndarray:
        """The vectors of all tokens as one array for scikit-learn, (tokens of all sentences, embedding_length)."""
        found = self.vectors(_as_list(sentences))
        return np.concatenate([*(v.detach().cpu().numpy() for v in found), np.empty((0, self.embedding_length), "f")])


class Reading(NamedTuple):
    """What a model reads for a sentence, and in which rows the tokens' states are."""

    ids: np.ndarray  # numbers of all characters read, in reading direction, markers included
    rows: np.ndarray  # for each token the row of `ids` after which the state is its vector
    starts: np.ndarray  # position of each token in the text between the markers, in reading order of people
    ends: np.ndarray
    k: int  # length of the start marker; the end marker is one character


class FlairEmbeddings(TokenEmbeddings):
    """Word vectors from a character language model.

    Args:
        model: a `LanguageModel`, a model file, a name known to `tutorlm.pretrained`, or an address: hub:owner/name.
        fine_tune: let gradients reach the language model.
        chars_per_chunk: characters read at a time; limits memory and does not change vectors.
        with_whitespace: take the state after the character after (before) a word; False takes
            it after the word's own last (first) character.
        tokenized_lm: read the tokens joined by single spaces; False reads the text as it is.
        is_lower: lower-case what is read, for models trained on lower-cased text.
        name: under which tokens keep the vectors; by default the model's, or its sizes and a sum of its weights.
        has_decoder: load the decoder too, which generating and fine-tuning need (`.lm`).
        precision: in which the model reads, "fp32", "bf16", or on GPUs "fp16"; vectors are float32. "auto" takes what
            is fastest (see `fastest_precision`); in a trained model (H = 256) a vector's cosine to that in fp32 was
            0.9993 or more. Equal vectors on all machines, and those of Flair, need "fp32".
        device: where to compute; "auto" leaves a `LanguageModel` where it is, and puts one from a
            file on the best of CUDA, MPS and CPU.
    """

    def __init__(
        self, model: str | Path | LanguageModel, fine_tune: bool = False, chars_per_chunk: int = 512,
        with_whitespace: bool = True, tokenized_lm: bool = True, is_lower: bool = False, name: str | None = None,
        has_decoder: bool = True, precision: str = "auto", device: str | torch.device = "auto",
    ) -> None:  # fmt: skip
        super().__init__()
        if isinstance(model, LanguageModel):
            self.lm, default_name = model, _name_of(model)
        else:
            found = find_model(model)
            self.lm, default_name = LanguageModel.load(found.path, has_decoder), str(model)
            is_lower = is_lower or found.is_lower
        if not self.lm.dictionary.character_level:
            raise ValueError("this model reads words; contextual string embeddings need one that reads characters")
        if chars_per_chunk < 1:
            raise ValueError(f"chars_per_chunk={chars_per_chunk}: at least one character is read at a time")
        if str(device) != "auto" or not isinstance(model, LanguageModel):
            self.lm.to(choose_device(device))
        self.name, self.warned = name or default_name, False  # of unknown characters
        self.fine_tune, self.chars_per_chunk = fine_tune, chars_per_chunk
        self.with_whitespace, self.tokenized_lm, self.is_lower = with_whitespace, tokenized_lm, is_lower
        self.is_forward_lm = self.lm.is_forward_lm
        self.embedding_length = self.lm.nout or self.lm.hidden_size
        if precision == "auto":
            precision = "fp32" if self.lm.hidden_size < SMALL else fastest_precision(self.lm.device)
        self.precision = choose_precision(precision, self.lm.device)
        self.training = False  # of the embeddings; whether a model is being trained is left as it is

    def train(self, mode: bool = True) -> "FlairEmbeddings":
        """Training mode, with dropout, applies to the language model only with `fine_tune=True`."""
        return super().train(mode and self.fine_tune)

    def vectors(self, sentences: Sequence[Sentence]) -> list[Tensor]:
        """For each sentence the states of its tokens, (tokens, H); see the top of this module."""
        readings = [self.reading(sentence) for sentence in sentences]
        self._warn_once_of_unknown(sentences, readings)
        longest_first = sorted(range(len(sentences)), key=lambda number: -len(readings[number].ids))
        found: dict[int, Tensor] = {}
        dtype, gradients = PRECISIONS[self.precision], self.fine_tune and torch.is_grad_enabled()
        sixteen_bits = torch.autocast(self.lm.device.type, dtype, enabled=dtype != torch.float32)
        with torch.set_grad_enabled(gradients), sixteen_bits:
            for first in range(0, len(sentences), BATCH_SIZE):
                batch = longest_first[first : first + BATCH_SIZE]
                found.update(zip(batch, self._states([readings[number] for number in batch]), strict=True))
        return [found[number] for number in range(len(sentences))]

    def _warn_once_of_unknown(self, sentences: Sequence[Sentence], readings: list[Reading]) -> None:
        unknown = self.lm.dictionary.unknown_index
        if not self.warned and any((reading.ids == unknown).any() for reading in readings):
            text = self._prepared(" ".join(token.text for sentence in sentences for token in sentence))
            what, consequence = f"The text for {self.name}", "words that differ only in these have the same vector"
            self.warned = warn_of_unknown_characters(text, self.lm.dictionary, what, consequence)

    def reading(self, sentence: Sentence) -> Reading:
        """What the model reads for a sentence; see the top of this module.

        The text is put together from the tokens and what is between them, each piece normalised and
        lower-cased on its own, so that positions stay right even where that changes a length.
        """
        pieces: list[str] = []
        begins, stops, length, position = [], [], 0, 0  # begin and end of each token
        for number, token in enumerate(sentence):
            between = (" " if number else "") if self.tokenized_lm else sentence.text[position : token.start_position]
            pieces += [self._prepared(between), self._prepared(token.text)]
            begins.append(length + len(pieces[-2]))
            length, position = begins[-1] + len(pieces[-1]), token.end_position
            stops.append(length)
        if not self.tokenized_lm:
            pieces.append(self._prepared(sentence.text[position:]))
        ids = self.lm.dictionary.lookup(code_points("".join(pieces)))  # `encode` would join a letter and a mark again
        starts, ends = np.array(begins, np.int64), np.array(stops, np.int64)  # each (tokens,)
        start_marker, end_marker = self.lm.start_ids, self.lm.dictionary.encode(END_MARKER)
        rows = len(start_marker) + (ends if self.is_forward_lm else len(ids) - starts) - (not self.with_whitespace)
        in_direction = ids if self.is_forward_lm else ids[::-1]
        return Reading(np.concatenate([start_marker, in_direction, end_marker]), rows, starts, ends, len(start_marker))

    def _prepared(self, piece: str) -> str:
        return self.lm.dictionary.normalize(piece.lower() if self.is_lower else piece)

    def _states(self, readings: list[Reading]) -> list[Tensor]:
        """For each reading, the states in its rows, (tokens, H). The longest reading comes first.

        All are read in parallel, chunk by chunk; readings that have ended are left out of the next chunk.
        """
        lengths = [len(reading.ids) for reading in readings]
        tokens = [len(reading.rows) for reading in readings]
        rows = np.concatenate([reading.rows for reading in readings])  # (tokens of all readings,)
        columns = np.repeat(np.arange(len(readings)), tokens)
        parts, places = [], []
        lm = self.lm if self.training else self.lm.without_dropout()
        hidden: Hidden = lm.init_hidden(len(readings))
        for begin, end, active in _chunks(lengths, self.chars_per_chunk):
            padded = np.zeros((end - begin, active), dtype=np.int64)
            for column, reading in enumerate(readings[:active]):
                piece = reading.ids[begin:end]
                padded[: len(piece), column] = piece
            chunk = torch.from_numpy(padded).to(lm.device)
            h, c = hidden
            output, hidden = lm.read(chunk, (h[:, :active].contiguous(), c[:, :active].contiguous()))
            here = np.flatnonzero((begin <= rows) & (rows < end))
            parts.append(output[torch.from_numpy(rows[here] - begin), torch.from_numpy(columns[here])].float())
            places.append(here)
        in_order = torch.from_numpy(np.argsort(np.concatenate(places)))
        states = torch.cat(parts)[in_order.to(lm.device)]
        return list(states.split(tokens))


def _name_of(model: LanguageModel) -> str:
    """Another name for every other model of these sizes, or the vectors of one would replace those of another."""
    direction, crc = "forward" if model.is_forward_lm else "backward", 0
    for tensor in model.state_dict().values():
        crc = zlib.crc32(tensor.detach().float().cpu().numpy().tobytes(), crc)
    return f"LanguageModel-{model.hidden_size}-{model.nlayers}-{direction}-{crc:08x}"


class StackedEmbeddings(TokenEmbeddings):
    """Several embeddings of the same tokens, concatenated: forward and backward, say.

    ValueError if two of them have one name, under which a token keeps one vector only.
    """

    def __init__(self, embeddings: Sequence[TokenEmbeddings]) -> None:
        super().__init__()
        if not embeddings:
            raise ValueError("StackedEmbeddings needs at least one embedding")
        names = [embedding.name for embedding in embeddings]
        if double := [name for number, name in enumerate(names) if name in names[:number]]:
            raise ValueError(f"two embeddings are named {double[0]!r}: give one of them another name by name=…")
        self.embeddings = nn.ModuleList(embeddings)
        self.name = " + ".join(names)
        self.embedding_length = sum(embedding.embedding_length for embedding in embeddings)

    @classmethod
    def from_pair(cls, name: str | Path, **options: Any) -> "StackedEmbeddings":
        """A forward and a backward model: see `pretrained.find_pair`. `options` are those of `FlairEmbeddings`."""
        pair = [FlairEmbeddings(found, **options) for found in find_pair(name)]
        if [one.is_forward_lm for one in pair] != [True, False]:
            raise ValueError(f"{name} is no pair: its models must read forward and backward, in this order")
        return cls(pair)

    def vectors(self, sentences: Sequence[Sentence]) -> list[Tensor]:
        """For each sentence the vectors of its tokens, concatenated in the order of the stack."""
        stack: list[TokenEmbeddings] = list(self.embeddings)  # type: ignore[arg-type]  # a ModuleList of these
        found = [embedding.vectors(sentences) for embedding in stack]
        return [torch.cat(of_sentence, dim=1) for of_sentence in zip(*found, strict=True)]


class DocumentPoolEmbeddings(nn.Module):
    """One vector for a whole sentence: the mean, minimum or maximum of its tokens'.

    An empty sentence gets zeros. `fine_tune_mode` is at the position where Flair has it, and must be "none".
    """

    def __init__(
        self,
        embeddings: TokenEmbeddings | Sequence[TokenEmbeddings],
        fine_tune_mode: str = "none",
        pooling: str = "mean",
    ) -> None:
        super().__init__()
        if fine_tune_mode != "none":
            raise ValueError(f"fine_tune_mode={fine_tune_mode!r}: pooling here has no layer of its own to train")
        if pooling not in POOLINGS:
            raise ValueError(f"pooling={pooling!r} is not one of {', '.join(POOLINGS)}")
        one = embeddings if isinstance(embeddings, TokenEmbeddings) else StackedEmbeddings(embeddings)
        self.embeddings: TokenEmbeddings = one
        self.pooling = pooling
        self.name = f"document_{pooling} of {one.name}"
        self.embedding_length = self.embeddings.embedding_length

    def vectors(self, sentences: Sequence[Sentence]) -> Tensor:
        """One vector a sentence, (sentences, embedding_length)."""
        pool = POOLINGS[self.pooling]
        found = self.embeddings.vectors(sentences)
        empty = torch.zeros(self.embedding_length)
        return torch.stack([pool(v, 0) if len(v) else empty.to(v.device) for v in found]) if found else empty[:0]

    def embed(self, sentences: Sentence | Sequence[Sentence]) -> list[Sentence]:
        """Give one or several sentences their vectors, as `sentence.embedding`."""
        sentences = _as_list(sentences)
        for sentence, vector in zip(sentences, self.vectors(sentences), strict=True):
            sentence.set_embedding(self.name, vector)
        return sentences

    def matrix(self, sentences: Sentence | Sequence[Sentence]) -> np.ndarray:
        """All vectors as one array for scikit-learn, (sentences, embedding_length)."""
        return self.vectors(_as_list(sentences)).detach().cpu().numpy().reshape(-1, self.embedding_length)


def _as_list(sentences: Sentence | Sequence[Sentence]) -> list[Sentence]:
    found = [sentences] if isinstance(sentences, (Sentence, str)) else list(sentences)
    for sentence in found:
        if not isinstance(sentence, Sentence):
            raise TypeError(f"a Sentence is needed, not a {type(sentence).__name__}: write Sentence({sentence!r})")
    return found


def _chunks(lengths: list[int], at_most: int) -> Iterator[tuple[int, int, int]]:
    """Begin and end of each chunk, and the number of readings that it reads; `lengths` are in falling order.

    A chunk ends where a quarter of the active readings have ended, so that little padding is read. Its size
    is limited, too, by the memory for its states.
    """
    begin, active = 0, len(lengths)
    while active:
        quarter_ended = lengths[(active - 1) * 3 // 4]  # three quarters of the active ones are at least as long
        end = min(max(quarter_ended, begin + 16), lengths[0], begin + at_most, begin + max(16, 16_384 // active))
        yield begin, end, active
        begin = end
        active = sum(length > begin for length in lengths)
