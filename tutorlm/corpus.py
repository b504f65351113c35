"""The corpus: a folder of text as streams of numbers.

    corpus/
      train/train_split_1 …     any number of files of any name, read one at a time
      valid.txt                 decides which model is best
      test.txt                  looked at once, at the end

A *document* is what stands between two document delimiters, its own delimiter included:
by default a line. `TextCorpus` reads such a folder, `prepare_corpus` makes one from any
text files, `batchify` lays a stream of numbers in columns for training.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import re
import shutil
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from tqdm import tqdm

from tutorlm.dictionary import Dictionary
from tutorlm.documents import cached_documents, read_documents, warn_of_unknown
from tutorlm.safe_files import cache_folder
from tutorlm.text_files import describe, list_text_files, read_blocks


class TextCorpus:
    """A corpus folder, encoded by one dictionary for one direction.

    Args:
        path: the folder; see the top of this module for what must be in it.
        dictionary: says how text becomes numbers.
        is_forward_lm: False turns every stream of numbers around, delimiters included.
        character_level: False reads words; it must fit the dictionary.
        random_case_flip: lower-case 1 % of the training documents and upper-case 1 %, so that
            the model meets both. Valid and test text are never touched.
        document_delimiter: the string that ends a document; training documents are shuffled.
        seed: decides, with epoch and split, every shuffle and flip.
        forward: Flair's name for `is_forward_lm`.
        cache: folder for the encoded splits, so that text is read once. By default `.encoded` in the
            corpus folder; if that is read-only, a folder in `safe_files.cache_folder()`.

    Attributes:
        train: a `TextDataset`, one split at a time.
        valid, test: numbers of shape (n,), in the model's reading direction.

    Raises:
        FileNotFoundError: the folder is not laid out as a corpus; the message shows both trees.
        ValueError: a file is not UTF-8 text or the arguments contradict each other.
    """

    def __init__(
        self,
        path: str | Path,
        dictionary: Dictionary,
        is_forward_lm: bool = True,
        character_level: bool = True,
        random_case_flip: bool = True,
        document_delimiter: str = "\n",
        seed: int = 0,
        *,
        forward: bool | None = None,
        cache: str | Path | None = None,
    ) -> None:
        is_forward_lm = is_forward_lm if forward is None else forward
        self.path = Path(path)
        self.dictionary = dictionary
        self.is_forward_lm = is_forward_lm
        self.character_level = character_level
        self.random_case_flip = random_case_flip
        self.document_delimiter = document_delimiter
        self.seed = seed
        check_layout(self.path)
        _check_delimiter(document_delimiter)
        if character_level != dictionary.character_level:
            raise ValueError(
                f"character_level={character_level}, but the dictionary holds "
                f"{'characters' if dictionary.character_level else 'words'}. "
                f"Pass character_level={dictionary.character_level}, or build a dictionary with "
                f"Dictionary.from_files({str(self.path / 'train')!r}, character_level={character_level})"
            )
        missing = [c for c in document_delimiter if character_level and c not in dictionary]
        if missing and dictionary.unknown_index is not None:
            warnings.warn(
                f"document_delimiter {document_delimiter!r} holds {describe(missing[0])}, which the dictionary lacks: "
                "it will be read as <unk>. Add all of it before corpus and model are made: "
                f"for character in {document_delimiter!r}: dictionary.add_item(character)",
                stacklevel=2,
            )
        self.cache = _cache_for(self.path, cache)
        self.train = TextDataset(self)
        self.valid = self._read_whole("valid.txt")
        self.test = self._read_whole("test.txt")

    def _read_whole(self, name: str) -> np.ndarray:
        ids = read_documents(self.path / name, self.dictionary, self.document_delimiter).ids
        warn_of_unknown(self.path / name, ids, self.dictionary)
        return self.in_direction(ids)

    def fingerprint(self) -> dict[str, str | int]:
        """What must be equal for a run to be resumed: files, their sizes and ends, seed, case flips."""
        files = [*self.train.files, self.path / "valid.txt", self.path / "test.txt"]
        seen = {file.relative_to(self.path).as_posix(): _seen_briefly(file) for file in files}
        return {**seen, "seed": self.seed, "random_case_flip": self.random_case_flip}

    def in_direction(self, ids: np.ndarray) -> np.ndarray:
        """A stream of numbers as the model reads it: as it stands, or turned around."""
        return ids if self.is_forward_lm else np.ascontiguousarray(ids[::-1])


class TextDataset:
    """The training splits of a corpus: `len` of them, each read when it is asked for."""

    def __init__(self, corpus: TextCorpus) -> None:
        self.corpus = corpus
        self.files = list_text_files(corpus.path / "train")
        self._judged: set[int] = set()  # splits whose share of unknown characters was looked at

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
        cache = corpus.cache / file.parent.relative_to(corpus.path)
        documents = cached_documents(file, corpus.dictionary, corpus.document_delimiter, cache)
        if index not in self._judged:
            self._judged.add(index)
            warn_of_unknown(file, documents.ids, corpus.dictionary)
        rng = np.random.default_rng([corpus.seed, epoch, index])
        ids = documents.shuffled(rng, flip_case=corpus.random_case_flip)
        return corpus.in_direction(ids)

    __getitem__ = read

    def __iter__(self) -> Iterator[np.ndarray]:
        return (self.read(index) for index in range(len(self)))

    def read_ahead(self, epochs: int, epoch: int = 0, turn: int = 0) -> Iterator[tuple[int, np.ndarray]]:
        """The splits from the given turn of an epoch on, until so many epochs are over.

        While one split is used the next is read, in another thread.

        Yields:
            the split's index, and its numbers as `read` gives them.
        """
        places = ((i, e) for e in range(epoch, epochs) for i in self.order(e)[turn if e == epoch else 0 :])
        with ThreadPoolExecutor(1, "next-split") as reader:
            coming = [(index, reader.submit(self.read, index, e)) for index, e in itertools.islice(places, 1)]
            while coming:
                index, reading = coming.pop()
                found = [reading.result()]
                del reading  # so that only the caller holds the numbers
                coming = [(index, reader.submit(self.read, index, e)) for index, e in itertools.islice(places, 1)]
                yield index, found.pop()


def batchify(ids: np.ndarray, mini_batch_size: int) -> np.ndarray:
    """Lay a stream in B columns to be read side by side: (n,) → (n // B, B).

    Column b holds the b-th part of the stream. The last n mod B numbers do not fit; the trainer
    puts them in front of the next split. The result is a view of `ids`, not a copy.
    """
    rows = len(ids) // mini_batch_size
    return ids[: rows * mini_batch_size].reshape(mini_batch_size, rows).T


def _cache_for(corpus: Path, chosen: str | Path | None) -> Path:
    """The folder for the encoded splits of a corpus, made if need be.

    Its `.gitignore` and hidden name keep it out of repositories and out of the corpus.
    """
    own_name = f"{corpus.resolve().name}-{hashlib.sha256(str(corpus.resolve()).encode()).hexdigest()[:8]}"
    folders = [Path(chosen) / own_name] if chosen else [corpus / ".encoded"]
    if not chosen:
        with contextlib.suppress(RuntimeError):  # a user may have no home
            folders.append(cache_folder() / "corpora" / own_name)
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / ".gitignore").write_text("*\n", encoding="utf-8")
            break
    return folder


def _seen_briefly(file: Path) -> str:
    """Size and digest of the first and last 64 KB: enough to notice a change, and quick for any size."""
    size = file.stat().st_size
    with file.open("rb") as content:
        digest = hashlib.sha256(content.read(1 << 16))
        content.seek(max(0, size - (1 << 16)))
        digest.update(content.read())
    return f"{size:,} bytes, {digest.hexdigest()[:8]} at its ends"


def check_layout(path: Path) -> None:
    """Raise FileNotFoundError, with both trees, if a folder is not laid out as a corpus."""
    missing = [name for name in ("train", "valid.txt", "test.txt") if not (path / name).exists()]
    if not missing and (path / "train").is_dir():
        return
    expected = f"{path.name}/\n  train/\n    train_split_1\n    …\n  valid.txt\n  test.txt"
    found = "nothing: there is no such folder" if not path.exists() else _tree(path)
    raise FileNotFoundError(
        f"{path} is not a corpus folder: {', '.join(missing) or 'a folder train/'} missing.\n"
        f"expected:\n{expected}\nfound:\n{found}\n"
        f"prepare_corpus({str(path)!r}, 'my_corpus') makes a corpus folder from any text files"
    )


def _tree(path: Path) -> str:
    if path.is_file():
        return f"{path.name} (a file)"
    inside = sorted(path.iterdir())
    lines = [f"  {entry.name}{'/' if entry.is_dir() else ''}" for entry in inside[:12]]
    return "\n".join([f"{path.name}/", *lines, *(["  …"] if len(inside) > 12 else [])])


def _check_delimiter(delimiter: str) -> None:
    if not delimiter:
        raise ValueError("document_delimiter is empty; the default is a line end, '\\n'")
    if "\r" in delimiter:
        raise ValueError("document_delimiter holds '\\r', but every line end is read as '\\n': use that instead")


# -- from any text files to a corpus folder ------------------------------------------------------


@dataclass(frozen=True)
class PreparedCorpus:
    """What `prepare_corpus` made.

    Attributes:
        path: the corpus folder.
        characters: part ("train", "valid", "test") → characters in it.
        splits: number of training files.
        duplicates: part ("valid", "test") → how many of its distinct lines also stand in train.
    """

    path: Path
    characters: dict[str, int]
    splits: int
    duplicates: dict[str, int]

    def __str__(self) -> str:
        parts = ", ".join(f"{name} {count:,}" for name, count in self.characters.items())
        text = f"{self.path}: {parts} characters; {self.splits} training splits"
        for part, count in self.duplicates.items():
            if count:
                text += f"\n{count:,} lines of {part} stand in train too: the model may know them by heart"
        return text


def prepare_corpus(
    files_or_folder: str | Path | Iterable[str | Path],
    out: str | Path,
    splits: int | None = None,
    valid: float | None = None,
    test: float | None = None,
    document_delimiter: str = "\n",
) -> PreparedCorpus:
    """Turn any pile of .txt or .txt.gz files into a corpus folder, cut between documents.

    Valid and test text are taken in stretches from all over the pile, so that they are like the
    rest of it; a stretch keeps neighbouring documents together, so that they are no copies of it.
    The same files give the same corpus. Memory stays flat.

    Args:
        files_or_folder: what to read.
        out: the folder to make; it appears when all is written.
        splits: number of training files; by default one for every 50 MB.
        valid, test: share of the text for each; by default 5 %, but not over 500,000 characters.
        document_delimiter: the string that ends a document.

    Raises:
        FileExistsError: `out` exists and is not an empty folder.
        ValueError: too little text to fill all parts.
    """
    out, files = Path(out), list_text_files(files_or_folder)
    _check_delimiter(document_delimiter)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FileExistsError(f"{out} exists already and is left as it is: name another folder, or remove it first")
    size = sum(file.stat().st_size * (4 if file.suffix == ".gz" else 1) for file in files)
    default = min(0.05, 500_000 / max(1, size))
    valid, test = (default if share is None else share for share in (valid, test))
    if splits is not None and splits < 1:
        raise ValueError(f"splits={splits}: a corpus has one training split or more")
    if not (0 < valid < 1 and 0 < test < 1 and valid + test < 1):
        raise ValueError(f"valid={valid} and test={test} are shares of the text: above 0, together below 1")
    splits = splits or max(1, round(size / 50e6))
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}."))
    try:
        characters = _deal_out(files, unfinished, splits, {"valid": valid, "test": test}, size, document_delimiter)
        duplicates = {part: _lines_also_in_train(unfinished, part) for part in ("valid", "test")}
        unfinished.chmod(0o755)
        if out.exists():
            out.rmdir()
        unfinished.replace(out)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return PreparedCorpus(out, characters, splits, duplicates)


def _deal_out(
    files: list[Path], folder: Path, splits: int, shares: dict[str, float], size: int, delimiter: str
) -> dict[str, int]:
    """Write the parts stretch by stretch, each to the part that lacks most of its share."""
    shares = {"train": 1 - sum(shares.values()), **shares}
    characters = dict.fromkeys(shares, 0)
    stretch = min(20_000, max(1, int(size * min(shares.values()) / 10)))
    (folder / "train").mkdir()
    train_names = [folder / "train" / f"train_split_{number + 1}" for number in range(splits)]
    outputs: dict[str, IO[str]] = {}
    try:
        for part in ("valid", "test"):
            outputs[part] = (folder / f"{part}.txt").open("w", encoding="utf-8", newline="\n")
        train = [name.open("w", encoding="utf-8", newline="\n") for name in train_names]
        outputs |= {name.name: file for name, file in zip(train_names, train, strict=True)}
        turn = 0
        for text in _stretches(files, stretch, delimiter):
            total = sum(characters.values()) + len(text)
            part = max(shares, key=lambda name: shares[name] * total - characters[name])
            characters[part] += len(text)
            if part == "train":
                train[turn % splits].write(text)
                turn += 1
            else:
                outputs[part].write(text)
    finally:
        for file in outputs.values():
            file.close()
    if turn < splits or not all(characters.values()):
        raise ValueError(
            f"{sum(characters.values()):,} characters in few documents (delimiter {delimiter!r}) do not fill "
            f"{splits} training splits, valid and test: give more text, or ask for fewer splits"
        )
    return characters


def _stretches(files: list[Path], size: int, delimiter: str) -> Iterator[str]:
    """The text of all files in stretches of at least `size` characters that end where a document ends."""
    with tqdm(total=sum(file.stat().st_size for file in files), unit="B", unit_scale=True, delay=2, leave=False) as bar:
        for file in files:
            waiting, length = [], 0
            for block in read_blocks(file, None, delimiter, size=1 << 16):
                waiting.append(block)
                length += len(block)
                if length < size or delimiter not in block:
                    continue
                *documents, rest = "".join(waiting).split(delimiter)
                yield from _grouped([document + delimiter for document in documents], size)
                waiting, length = [rest], len(rest)
            rest = "".join(waiting)
            if rest:
                documents = re.findall(f"(?s).*?{re.escape(delimiter)}|.+", rest)
                documents[-1] += "" if documents[-1].endswith(delimiter) else delimiter
                yield from _grouped(documents, size)
            bar.update(file.stat().st_size)


def _grouped(documents: list[str], size: int) -> Iterator[str]:
    group, length = [], 0
    for document in documents:
        group.append(document)
        length += len(document)
        if length >= size:
            yield "".join(group)
            group, length = [], 0
    if group:
        yield "".join(group)


def _lines_also_in_train(folder: Path, part: str) -> int:
    lines = {line for line in _lines(folder / f"{part}.txt") if line.strip()}
    seen: set[str] = set()
    for file in list_text_files(folder / "train"):
        seen.update(line for line in _lines(file) if line in lines)
    return len(seen)


def _lines(path: Path) -> Iterator[str]:
    rest = ""
    for block in read_blocks(path):
        *whole, rest = (rest + block).split("\n")
        yield from whole
    yield rest
