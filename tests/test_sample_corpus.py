"""The sample corpus: enough text, laid out as a corpus, clean, and nothing in it twice."""

from __future__ import annotations

import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from tutorlm import Dictionary, TextCorpus

SMALLEST = {"en": 250_000, "ko": 120_000, "ja": 40_000, "ar": 40_000, "hi": 40_000}  # bytes
FILES = [*(f"train/train_split_{number}" for number in range(1, 5)), "valid.txt", "test.txt"]

pytestmark = pytest.mark.parametrize("language", SMALLEST)


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


def test_it_has_the_files_of_a_corpus_and_no_others(sample: Path, language: str) -> None:
    found = {path.relative_to(sample / language) for path in (sample / language).rglob("*") if path.is_file()}
    assert {path.as_posix() for path in found if path.parts[0] != ".encoded"} == set(FILES)  # that is a cache


def test_it_is_large_enough(sample: Path, language: str) -> None:
    assert sum(map(len, contents(sample / language).values())) >= SMALLEST[language]


def test_valid_and_test_are_large_enough_to_compare_models(sample: Path, language: str) -> None:
    sizes = {name: len(data.decode()) for name, data in contents(sample / language).items()}
    assert sizes["valid.txt"] >= 0.06 * sum(sizes.values())
    assert sizes["test.txt"] >= 0.06 * sum(sizes.values())


@pytest.mark.parametrize("name", FILES)
def test_its_text_is_clean(sample: Path, language: str, name: str) -> None:
    text = (sample / language / name).read_bytes().decode("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert text.endswith("\n")
    assert not {"\ufeff", "\r", "\t", "\0", "\ufffd"} & set(text)
    lines = text.split("\n")[:-1]
    assert all(line and line == line.strip() for line in lines)
    assert not any("  " in line for line in lines)


def test_no_paragraph_stands_twice(sample: Path, language: str) -> None:
    texts = [data.decode() for data in contents(sample / language).values()]
    counts = Counter(line for text in texts for line in text.splitlines() if len(line) > 40)
    assert [line for line, count in counts.items() if count > 1] == []
    assert len(counts) > 50


def test_no_long_sentence_of_valid_or_test_stands_in_train(sample: Path, language: str) -> None:
    texts = {name: data.decode() for name, data in contents(sample / language).items()}
    train = "".join(text for name, text in texts.items() if name.startswith("train/"))
    held_out = (texts["valid.txt"] + texts["test.txt"]).splitlines()
    pieces = [line[start : start + 80] for line in held_out for start in range(0, len(line) - 79, 40)]
    assert [piece for piece in pieces if piece in train] == []


def test_it_opens_as_a_corpus(sample: Path, language: str) -> None:
    corpus = TextCorpus(sample / language, Dictionary.from_files(sample / language, coverage=1.0))
    assert len(corpus.train) == 4
    assert corpus.dictionary.unknown_index not in corpus.valid


def test_its_training_text_has_nearly_every_character_of_the_rest(sample: Path, language: str) -> None:
    dictionary = Dictionary.from_files(sample / language / "train", coverage=1.0)
    assert dictionary.coverage([sample / language / "valid.txt", sample / language / "test.txt"]).share > 0.97


def test_the_readme_tells_licence_and_size(sample: Path, language: str) -> None:
    readme = (sample / "README.md").read_text(encoding="utf-8")
    assert "CC0 1.0" in readme
    assert "Author" in readme
    (row,) = (line for line in readme.splitlines() if line.startswith(f"| `{language}` |"))
    data = contents(sample / language).values()
    text = "".join(part.decode() for part in data)
    counts = [len(b"".join(data)), len(text), text.count("\n"), len(set(text))]
    assert [cell.strip() for cell in row.split("|")][3:7] == [f"{count:,}" for count in counts]
