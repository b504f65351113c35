"""The corpus: a folder of text as streams of numbers.

    corpus/
      train/train_split_1 …     any number of files with any names, read one at a time
      valid.txt                 decides which model is best
      test.txt                  read once, at the end

A *document* is the text between two document delimiters, including the delimiter that ends it:
by default a line. `TextCorpus` reads such a folder, `prepare_corpus` makes one from any text
files, `batchify` arranges a stream of numbers in columns for training.
"""

import itertools
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tutorlm.dictionary import Dictionary
from tutorlm.files.corpora import check_delimiter, check_layout, corpus_cache, file_fingerprint, prepare_corpus
from tutorlm.files.encoded import cached_documents, read_documents, warn_of_unknown
from tutorlm.files.regular import expanded
from tutorlm.files.text import list_text_files
from tutorlm.messages import warn_user
from tutorlm.unicode import describe, split_words

if TYPE_CHECKING:
    from tutorlm.language_model import LanguageModel

__all__ = ["TextCorpus", "TextDataset", "batchify", "prepare_corpus"]


class TextCorpus:
    """A corpus folder, encoded by one dictionary for one direction.

    Args:
        path: the folder; its layout is shown at the top of this module.
        dictionary: turns text into numbers.
        is_forward_lm: False reverses every stream of numbers, delimiters included.
        character_level: False reads words; it must agree with the dictionary.
        random_case_flip: lower-case 1 % of the training documents and upper-case 1 %, so that
            the model meets both. Valid and test text are never changed.
        document_delimiter: the string that ends a document; training documents are shuffled.
        seed: determines, with epoch and split, every shuffle and flip.
        forward: Flair's name for `is_forward_lm`.
        cache: folder for the encoded splits, so that text is encoded once. By default `.encoded` in the
            corpus folder; for a read-only corpus, a folder in `files.atomic.cache_folder()`.

    Attributes:
        train: a `TextDataset`, one split at a time.
        valid, test: numbers of shape (n,), in the model's reading direction.

    Raises:
        FileNotFoundError: the folder is not laid out as a corpus; the message shows both trees.
        ValueError: a file is not UTF-8 text, or the arguments contradict each other.
    """

    def __init__(
        self, path: str | Path, dictionary: Dictionary, is_forward_lm: bool = True, character_level: bool = True,
        random_case_flip: bool = True, document_delimiter: str = "\n", seed: int = 0,
        *, forward: bool | None = None, cache: str | Path | None = None,
    ) -> None:  # fmt: skip
        self.path = expanded(path)
        self.dictionary = dictionary
        self.is_forward_lm = is_forward_lm if forward is None else forward
        self.character_level = character_level
        self.random_case_flip = random_case_flip
        self.document_delimiter = document_delimiter
        self.seed = seed
        check_layout(self.path)
        check_delimiter(document_delimiter)
        self._check_dictionary()
        self.cache = corpus_cache(self.path, cache)
        self.items_read = len(dictionary)  # valid and test text are read now, and know no item added later
        self.train = TextDataset(self)
        self.valid = self._read_whole("valid.txt")
        self.test = self._read_whole("test.txt")

    @classmethod
    def of(cls, path: str | Path, model: "LanguageModel", **options: Any) -> "TextCorpus":
        """The corpus as `model` reads it. `options` are other arguments of `TextCorpus`, such as `seed`."""
        dictionary = model.dictionary
        return cls(path, dictionary, model.is_forward_lm, dictionary.character_level,
                   document_delimiter=model.document_delimiter, **options)  # fmt: skip

    def _check_dictionary(self) -> None:
        level, delimiter, dictionary = self.character_level, self.document_delimiter, self.dictionary
        if level != dictionary.character_level:
            read, files = "words" if level else "characters", str(self.path / "train")
            raise ValueError(
                f"character_level={level}, but the dictionary reads {read}. Pass character_level={not level}, or build "
                f"a dictionary with Dictionary.from_files({files!r}, character_level={level})"
            )
        parts = dictionary.normalize(delimiter) if level else split_words(delimiter)
        missing = [part for part in parts if part not in dictionary]
        if missing and dictionary.unknown_index is not None:
            warn_user(
                f"document_delimiter {delimiter!r} holds {describe(missing[0])}, which the dictionary lacks: "
                "it will be read as <unk>. Add all of it before corpus and model are made: "
                f"for item in {parts!r}: dictionary.add_item(item)"
            )

    def _read_whole(self, name: str) -> np.ndarray:
        ids = read_documents(self.path / name, self.dictionary, self.document_delimiter).ids
        warn_of_unknown(self.path / name, ids, self.dictionary)
        return self.in_direction(ids)

    def in_direction(self, ids: np.ndarray) -> np.ndarray:
        """A stream of numbers in the model's reading direction: unchanged, or reversed."""
        return ids if self.is_forward_lm else np.ascontiguousarray(ids[::-1])

    def fingerprint(self) -> dict[str, str | int]:
        """What must be equal for a run to be resumed: files, their sizes and digests, seed, case flips."""
        files = [*self.train.files, self.path / "valid.txt", self.path / "test.txt"]
        seen = {file.relative_to(self.path).as_posix(): file_fingerprint(file) for file in files}
        return {**seen, "seed": self.seed, "random_case_flip": self.random_case_flip}


class TextDataset:
    """The training splits of a corpus, `len` of them, each read on demand."""

    def __init__(self, corpus: TextCorpus) -> None:
        self.corpus = corpus
        self.files = list_text_files(corpus.path / "train")
        self._checked: set[int] = set()  # splits whose share of unknown characters was checked

    def __len__(self) -> int:
        return len(self.files)

    def order(self, epoch: int) -> list[int]:
        """The splits in the order in which this epoch visits them."""
        return np.random.default_rng([self.corpus.seed, epoch]).permutation(len(self)).tolist()

    def read(self, index: int, epoch: int = 0) -> np.ndarray:
        """The numbers of one split: documents shuffled, a few case-flipped, in reading direction.

        Equal arguments give equal numbers: nothing is remembered between calls.

        Returns:
            shape (n,), of the dictionary's `dtype`.
        """
        corpus, index = self.corpus, range(len(self))[index]
        file = self.files[index]
        below = file.parent.relative_to(corpus.path)
        documents = cached_documents(file, corpus.dictionary, corpus.document_delimiter, corpus.cache, below)
        if index not in self._checked:
            self._checked.add(index)
            warn_of_unknown(file, documents.ids, corpus.dictionary)
        rng = np.random.default_rng([corpus.seed, epoch, index])
        ids = documents.shuffled(rng, flip_case=corpus.random_case_flip)
        del documents  # so that at most two copies of the split are in memory at once
        return corpus.in_direction(ids)

    __getitem__ = read

    def __iter__(self) -> Iterator[np.ndarray]:
        return (self.read(index) for index in range(len(self)))

    def read_ahead(self, epochs: int, epoch: int = 0, turn: int = 0) -> Generator[tuple[int, np.ndarray]]:
        """Index and numbers of each split, from turn `turn` of epoch `epoch` on, until epoch `epochs`.

        While the caller uses one split, a thread reads the next.
        """
        places = ((index, e) for e in range(epoch, epochs) for index in self.order(e)[turn if e == epoch else 0 :])
        with ThreadPoolExecutor(1, "next-split") as reader:

            def start_reading() -> list[tuple[int, Future[np.ndarray]]]:
                return [(index, reader.submit(self.read, index, e)) for index, e in itertools.islice(places, 1)]

            coming = start_reading()
            while coming:
                index, future = coming.pop()
                numbers = [future.result()]
                del future  # from here on only the caller holds the numbers, and can free them
                coming = start_reading()
                yield index, numbers.pop()


def batchify(ids: np.ndarray, mini_batch_size: int) -> np.ndarray:
    """Arrange a stream in B columns to be read in parallel: (n,) → (n // B, B).

    Column b holds the b-th part of the stream. The last n mod B numbers do not fit; `Windows`
    puts them before the next split. The result is a view of `ids`, not a copy.
    """
    rows = len(ids) // mini_batch_size
    return ids[: rows * mini_batch_size].reshape(mini_batch_size, rows).T
