"""Corpus folders: their layout, their cache, their fingerprint, and making one from any text files."""

import contextlib
import functools
import glob
import hashlib
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock
from tqdm import tqdm

from tutorlm.files.atomic import atomic_write, cache_folder
from tutorlm.files.packed import likely_size
from tutorlm.files.regular import expanded, open_regular
from tutorlm.files.text import list_text_files, read_blocks
from tutorlm.messages import warn_user

LONGEST_DOCUMENT = 100_000_000  # characters
BLANK_SHARE_WORTH_A_WORD = 0.05


def check_layout(path: Path) -> None:
    """Raise FileNotFoundError, with the expected and the actual tree, if a folder is not a corpus folder."""
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
    if not path.is_dir():
        return f"{path.name} ({'a file' if path.is_file() else 'no folder'})"
    inside = sorted(path.iterdir())
    lines = [f"  {entry.name}{'/' if entry.is_dir() else ''}" for entry in inside[:12]]
    return "\n".join([f"{path.name}/", *lines, *(["  …"] if len(inside) > 12 else [])])


def check_delimiter(delimiter: str) -> None:
    """Raise ValueError for a document delimiter that no text can hold."""
    if not delimiter:
        raise ValueError("document_delimiter is empty; the default is a line end, '\\n'")
    if "\r" in delimiter:
        raise ValueError("document_delimiter holds '\\r', but every line end is read as '\\n': use that instead")


def corpus_cache(corpus: Path, chosen: str | Path | None) -> Path:
    """The folder for the encoded splits of a corpus, created if necessary.

    By default `.encoded` in the corpus folder; for a read-only corpus, or where that is a link, a folder in the user's
    cache.
    """
    own_name = f"{corpus.resolve().name}-{hashlib.sha256(os.fsencode(corpus.resolve())).hexdigest()[:8]}"
    folders = [expanded(chosen) / own_name] if chosen else [corpus / ".encoded"]
    if not chosen:
        with contextlib.suppress(RuntimeError):  # the user may have no home folder
            folders.append(cache_folder() / "corpora" / own_name)
    for folder in folders:
        if folder.is_symlink():
            warn_user(f"{folder} is a link, and nothing is written through links: name its target as cache instead")
            continue
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            with atomic_write(folder / ".gitignore") as file:  # it replaces a link instead of following it
                file.write(b"*\n")
            break
    return folder


def file_fingerprint(path: Path) -> str:
    """Size of a file, and the beginning of its SHA-256, as `sha256sum` gives it."""
    digest, size = hashlib.sha256(), 0
    with open_regular(path) as file:
        while block := file.read(1 << 20):
            digest.update(block)
            size += len(block)
    return f"{size:,} bytes, sha256 {digest.hexdigest()[:8]}…"


@dataclass(frozen=True)
class PreparedCorpus:
    """The corpus folder that `prepare_corpus` made."""

    path: Path
    characters: dict[str, int]  # part ("train", "valid", "test") → number of its characters
    splits: int  # number of training files
    duplicates: dict[str, int]  # part ("valid", "test") → number of its distinct lines that also occur in train
    blank_share: float = 0.0  # of the lines, where a document is a line
    document_delimiter: str = "\n"

    def __str__(self) -> str:
        parts = ", ".join(f"{name} {count:,}" for name, count in self.characters.items())
        lines = [f"{self.path}: {parts} characters; {self.splits} training splits"]
        for part, count in self.duplicates.items():
            if count:
                lines.append(f"{count:,} lines of {part} also occur in train: the model may know them by heart")
        if self.blank_share > BLANK_SHARE_WORTH_A_WORD:
            lines.append(
                f"{self.blank_share:.0%} of the lines are blank: `train` takes blank lines for the ends of a new "
                r"model's documents; in Python give corpus and model document_delimiter='\n\n'"
            )
        if self.document_delimiter != "\n":
            lines.append(f"train with the same document delimiter, {self.document_delimiter!r}")
        return "\n".join(lines)


def prepare_corpus(
    files_or_folder: str | Path | Iterable[str | Path], out: str | Path, splits: int | None = None,
    valid: float | None = None, test: float | None = None, document_delimiter: str = "\n",
) -> PreparedCorpus:  # fmt: skip
    """Turn any collection of text files, packed or not, into a corpus folder, cut between documents.

    Valid and test text are taken in stretches from everywhere in the files, so that they resemble the rest.
    A stretch keeps neighbouring documents together, so that near-copies of a document do not end up in different
    parts. The same files give the same corpus. Memory holds a few copies of the longest document, which may have
    `LONGEST_DOCUMENT` characters.

    Args:
        files_or_folder: what to read.
        out: the folder to make; it appears when everything is written.
        splits: number of training files; by default one for every 50 MB.
        valid, test: share of the text for each; by default 5 %, but at most 500,000 characters.
        document_delimiter: the string that ends a document.

    FileExistsError if `out` is not new or an empty folder; ValueError if there is too little text to fill all parts, or
    if a document is too long.
    """
    out, files = expanded(out), list_text_files(files_or_folder)
    check_delimiter(document_delimiter)
    _require_free(out)
    size = sum(map(likely_size, files))
    shares = _shares(valid, test, default=min(0.05, 500_000 / max(1, size)))
    if splits is not None and splits < 1:
        raise ValueError(f"splits={splits}: a corpus has one training split or more")
    splits = splits or max(1, round(size / 50e6))
    out.parent.mkdir(parents=True, exist_ok=True)
    with _unfinished(out) as folder:
        characters, blank_share = _deal_out(files, folder, splits, shares, size, document_delimiter)
        duplicates = {part: _lines_also_in_train(folder, part) for part in ("valid", "test")}
        try:
            if out.exists():
                out.rmdir()
            folder.rename(out)
        except OSError:
            _require_free(out)  # another process may have been faster
            raise
    return PreparedCorpus(out, characters, splits, duplicates, blank_share, document_delimiter)


def _require_free(out: Path) -> None:
    if out.is_symlink() or (out.exists() and (not out.is_dir() or any(out.iterdir()))):
        raise FileExistsError(f"{out} exists already and is left as it is: name another folder, or remove it first")


@contextlib.contextmanager
def _unfinished(out: Path) -> Iterator[Path]:
    """A hidden folder beside `out`, to be filled and renamed. Those that killed processes left are removed.

    A process holds the lock beside its folder for as long as it lives.
    """
    begin = f".{out.name}.unfinished-"
    for left in out.parent.glob(f"{glob.escape(begin)}*.lock"):
        with contextlib.suppress(OSError):
            with FileLock(left, timeout=0):
                shutil.rmtree(left.with_suffix(""), ignore_errors=True)
            left.unlink()
    folder = out.with_name(begin + uuid.uuid4().hex[:8])
    lock = FileLock(f"{folder}.lock")
    with contextlib.suppress(OSError, NotImplementedError):  # some file systems have no locks
        lock.acquire(timeout=10)
    try:
        folder.mkdir()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()
        Path(lock.lock_file).unlink(missing_ok=True)


def _shares(valid: float | None, test: float | None, default: float) -> dict[str, float]:
    valid, test = (default if share is None else share for share in (valid, test))
    if not (0 < valid < 1 and 0 < test < 1 and valid + test < 1):
        raise ValueError(f"valid={valid} and test={test} are shares of the text: above 0, together below 1")
    return {"train": 1 - sum((valid, test)), "valid": valid, "test": test}


def _deal_out(
    files: list[Path], folder: Path, splits: int, shares: dict[str, float], size: int, delimiter: str
) -> tuple[dict[str, int], float]:
    """Write the text stretch by stretch, each to the part that is furthest below its share.

    Returns the number of characters of each part, and the share of blank lines.
    """
    lines, blank = 0, 0
    characters, stretches = dict.fromkeys(shares, 0), dict.fromkeys(shares, 0)
    stretch_size = min(20_000, max(1, int(size * min(shares.values()) / 10)))
    (folder / "train").mkdir()
    names = {"valid": ["valid.txt"], "test": ["test.txt"]}
    names["train"] = [f"train/train_split_{number}" for number in range(1, splits + 1)]
    with contextlib.ExitStack() as stack:
        opened = {
            part: [stack.enter_context((folder / n).open("w", encoding="utf-8", newline="\n")) for n in names[part]]
            for part in names
        }
        for text in _stretches(files, stretch_size, delimiter):
            total = sum(characters.values()) + len(text)
            part = max(shares, key=lambda name: shares[name] * total - characters[name])
            opened[part][stretches[part] % len(opened[part])].write(text)
            characters[part] += len(text)
            stretches[part] += 1
            if delimiter == "\n":  # then every stretch ends with one
                lines, blank = lines + text.count("\n"), blank + text.split("\n").count("") - 1
    if stretches["train"] < splits or not all(characters.values()):
        raise ValueError(
            f"{sum(characters.values()):,} characters in few documents (delimiter {delimiter!r}) do not fill "
            f"{splits} training splits, valid and test: give more text, or ask for fewer splits"
        )
    return characters, blank / max(1, lines)


def _stretches(files: list[Path], size: int, delimiter: str) -> Iterator[str]:
    """The text of all files in stretches of at least `size` characters that end where a document ends."""
    with tqdm(total=sum(file.stat().st_size for file in files), unit="B", unit_scale=True, delay=2, leave=False) as bar:
        for file in files:
            rest = ""
            for block in read_blocks(file, None, delimiter, size=1 << 16):
                rest += block
                if len(rest) >= size and delimiter in block:
                    *documents, rest = rest.split(delimiter)
                    if not rest and delimiter.isspace():  # blank lines may follow
                        rest = documents.pop() + delimiter
                    yield from _grouped(documents, delimiter, size)
                if len(rest) > LONGEST_DOCUMENT:
                    raise ValueError(
                        f"{file}: no document ends in {LONGEST_DOCUMENT:,} characters. document_delimiter is "
                        f"{delimiter!r}; name the string that ends a document in this file, or put line ends into it"
                    )
            *documents, last = rest.split(delimiter)
            yield from _grouped([*documents, *_last_document(last, delimiter)], delimiter, size)
            bar.update(file.stat().st_size)


def _last_document(text: str, delimiter: str) -> list[str]:
    """The document at a file's end, without what it has of its delimiter; white space alone is none."""
    if not text.strip():
        return []
    parts = range(len(delimiter) - 1, 0, -1) if delimiter.isspace() else ()  # a "[" may be text
    have = next((n for n in parts if text.endswith(delimiter[:n])), 0)
    return [text[: len(text) - have]]


def _grouped(documents: list[str], delimiter: str, size: int) -> Iterator[str]:
    """Neighbouring documents, each with its delimiter, joined until they reach `size` characters.

    Blank lines stay with the document before them.
    """
    group = ""
    for number, document in enumerate(documents):
        group += document + delimiter
        blank_follows = delimiter.isspace() and documents[number + 1 : number + 2] == [""]
        if len(group) >= size and not blank_follows:
            yield group
            group = ""
    if group:
        yield group


def _lines_also_in_train(folder: Path, part: str) -> int:
    lines = {line for line in _lines(folder / f"{part}.txt") if line.strip()}
    seen: set[str] = set()
    for file in (folder / "train").iterdir():
        seen |= lines.intersection(_lines(file))
    return len(seen)


def _lines(path: Path) -> Iterator[str]:
    """Lines without their ends; of a line of more than a million characters, pieces."""
    with path.open(encoding="utf-8", newline="\n") as file:
        yield from (line.rstrip("\n") for line in iter(functools.partial(file.readline, 1_000_000), ""))
