"""The corpus: every document once, in an order that can be had again, and nothing altered on the way."""

import gzip
import os
import re
import signal
import tempfile
import tracemalloc
import unicodedata
import warnings
from collections import Counter
from pathlib import Path
from pydoc_data.topics import topics

import numpy as np
import pytest
from conftest import write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tutorlm import Dictionary, LanguageModel, LanguageModelTrainer, TextCorpus, prepare_corpus
from tutorlm.corpus import batchify
from tutorlm.datasets import python_reference_corpus
from tutorlm.files import corpora
from tutorlm.files.encoded import read_documents
from tutorlm.files.text import BLOCK_CHARACTERS
from tutorlm.unicode import split_words

SAMPLES = Path(__file__).parents[1] / "data" / "sample_corpus"
LANGUAGES = ["en", "ko", "ja", "ar", "hi"]
DELIMITERS = ["\n", "[SEP]", "<|end|>", "\n\n"]
MANY_LINES = "".join(f"Line {n} of the Harbour, Straße to İzmir\n" for n in range(4000))
law = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def corpus_folder(folder, train, valid="abc\n", test="abc\n"):
    """A folder laid out as a corpus; `train` is one text or a list of them."""
    for number, text in enumerate([train] if isinstance(train, (str, bytes)) else train, start=1):
        write(folder / "train" / f"train_split_{number}", text)
    write(folder / "valid.txt", valid)
    write(folder / "test.txt", test)
    return folder


def characters_of(text, normalization=None, add_unk=True):
    dictionary = Dictionary(add_unk=add_unk, normalization=normalization)
    for character in sorted(set(dictionary.normalize(text))):
        dictionary.add_item(character)
    return dictionary


def open_corpus(folder, train, document_delimiter="\n", **settings):
    """A corpus of these training texts, with a dictionary of all their characters."""
    dictionary = characters_of("".join(train) + "abc\n" + document_delimiter)
    return TextCorpus(corpus_folder(folder, train), dictionary, document_delimiter=document_delimiter, **settings)


def documents_of(text, delimiter):
    """The documents of a text, without their delimiters; the last need not have one."""
    *ended, last = text.split(delimiter)
    return ended + [last] * bool(last)


documents = st.lists(st.text("ab é한[SEP]|", max_size=12), min_size=1, max_size=30)


def joined(documents, delimiter, ended):
    """One text of documents that hold no delimiter, nor make one where they meet."""
    text = delimiter.join(document.replace(delimiter, "") for document in documents)
    return text + delimiter * ended


# -- every document once -------------------------------------------------------------------------


@law
@given(documents=documents, ended=st.booleans(), delimiter=st.sampled_from(DELIMITERS[:3]), epoch=st.integers(0, 9))
def test_every_document_of_a_split_comes_exactly_once_after_shuffling(tmp_path, documents, ended, delimiter, epoch):
    text = joined(documents, delimiter, ended)
    corpus = open_corpus(tmp_path, text, document_delimiter=delimiter, random_case_flip=False)
    shuffled = corpus.dictionary.decode(corpus.train.read(0, epoch))
    assert shuffled.endswith(delimiter) == bool(text)
    *expected, last = text.split(delimiter)
    expected += [last] * bool(last.strip() or (last and not expected))  # white space behind the last delimiter is none
    assert Counter(documents_of(shuffled, delimiter)) == Counter(expected)


def test_paragraphs_parted_by_empty_lines_keep_their_line_ends(tmp_path):
    paragraphs = [f"first line {n}\nsecond line" for n in range(300)]
    corpus = open_corpus(tmp_path, "\n\n".join(paragraphs), document_delimiter="\n\n", random_case_flip=False)
    shuffled = corpus.dictionary.decode(corpus.train.read(0))
    assert shuffled.split("\n\n")[:-1] != paragraphs
    assert sorted(shuffled.split("\n\n")[:-1]) == sorted(paragraphs)


def test_empty_lines_are_documents_too(tmp_path):
    corpus = open_corpus(tmp_path, "a\n\n\nb\n", random_case_flip=False)
    assert Counter(corpus.dictionary.decode(corpus.train.read(0))) == Counter("a\n\n\nb\n")


def test_a_last_document_without_delimiter_is_given_one(tmp_path):
    corpus = open_corpus(tmp_path, "\n".join("abcdefgh"))
    assert sorted(corpus.dictionary.decode(corpus.train.read(0)).splitlines()) == list("abcdefgh")


def test_documents_are_shuffled(tmp_path):
    corpus = open_corpus(tmp_path, MANY_LINES, random_case_flip=False)
    lines = corpus.dictionary.decode(corpus.train.read(0)).splitlines()
    still = sum(a == b for a, b in zip(lines, MANY_LINES.splitlines(), strict=True))
    assert still < 20


def test_valid_and_test_text_stay_in_order(tmp_path):
    folder = corpus_folder(tmp_path, "x\n", valid=MANY_LINES, test=MANY_LINES[:-1])
    corpus = TextCorpus(folder, characters_of(MANY_LINES + "x"))
    assert corpus.dictionary.decode(corpus.valid) == MANY_LINES
    assert corpus.dictionary.decode(corpus.test) == MANY_LINES[:-1]


@pytest.mark.parametrize("before", range(7))
def test_a_delimiter_across_the_edge_of_a_block_is_found(tmp_path, before):
    text = "가" * (BLOCK_CHARACTERS - before) + "[SEP]" + "나" * 10 + "[SEP]"
    found = read_documents(write(tmp_path / "text", text), characters_of(text), "[SEP]")
    assert found.ends.tolist() == [text.index("나"), len(text)]


def test_an_empty_split_and_an_empty_valid_text_are_no_numbers(tmp_path):
    corpus = TextCorpus(corpus_folder(tmp_path, ["a\n", ""], valid=""), characters_of("abc\n"))
    assert corpus.train.read(1).shape == corpus.valid.shape == (0,)


# -- case flips ----------------------------------------------------------------------------------


def flipped_pair(tmp_path, text, delimiter):
    """The same split, with and without flips: the shuffle is the same."""
    flips, plain = (
        open_corpus(tmp_path, text, document_delimiter=delimiter, random_case_flip=flip) for flip in (True, False)
    )
    return flips.dictionary.decode(flips.train.read(0)), plain.dictionary.decode(plain.train.read(0))


@pytest.mark.parametrize("delimiter", ["\n", "[SEP]", "<|End|>"])
def test_flips_change_one_percent_to_lower_and_one_to_upper_and_no_length(tmp_path, delimiter):
    # with all letters of both cases at hand, only ß and İ have no other case of one character
    text = MANY_LINES.replace("\n", delimiter) + "".join(map(chr, range(0x20, 0x17F))) + delimiter
    flipped, plain = (part.split(delimiter)[:-1] for part in flipped_pair(tmp_path, text, delimiter))
    changed = [(after, before) for after, before in zip(flipped, plain, strict=True) if after != before]
    assert all(len(after) == len(before) for after, before in zip(flipped, plain, strict=True))
    assert 20 < sum("HARBOUR" in after and "STRAßE" in after for after, _ in changed) < 70
    assert 20 < sum("harbour" in after and "straße" in after for after, _ in changed) < 70
    assert all("İ" in after for after, before in changed if "İ" in before)


@pytest.mark.parametrize("delimiter", ["[SEP]", "Aa", " End of Story "])
def test_a_delimiter_is_never_altered_by_flips(tmp_path, delimiter):
    text = "".join(f"line {n}, Mixed Case{delimiter}" for n in range(5000))
    dictionary = characters_of(text + text.lower() + text.upper() + "abc\n")
    corpus = TextCorpus(corpus_folder(tmp_path, text), dictionary, document_delimiter=delimiter)
    for epoch in range(3):
        shuffled = dictionary.decode(corpus.train.read(0, epoch))
        assert "mixed case" in shuffled
        assert "MIXED CASE" in shuffled
        assert shuffled.count(delimiter) == 5000
        assert shuffled.endswith(delimiter)


def test_flips_never_touch_valid_and_test_text(tmp_path):
    folder = corpus_folder(tmp_path, MANY_LINES, valid=MANY_LINES, test=MANY_LINES)
    corpus = TextCorpus(folder, characters_of(MANY_LINES + MANY_LINES.upper()), random_case_flip=True)
    expected = corpus.dictionary.encode(MANY_LINES)
    assert np.array_equal(corpus.valid, expected)
    assert np.array_equal(corpus.test, expected)


def test_a_letter_whose_other_case_is_unknown_stays_as_it_is(tmp_path):
    corpus = open_corpus(tmp_path, "only small letters\n" * 2000)
    assert set(corpus.dictionary.decode(corpus.train.read(0)).splitlines()) == {"only small letters"}


# -- the same again ------------------------------------------------------------------------------


def test_equal_seed_epoch_and_split_give_equal_numbers(tmp_path):
    first = open_corpus(tmp_path, [MANY_LINES, MANY_LINES])
    again = open_corpus(tmp_path, [MANY_LINES, MANY_LINES])
    again.train.read(1, 3)
    assert np.array_equal(first.train.read(0, 5), again.train.read(0, 5))
    assert np.array_equal(first.train.read(0, 5), first.train.read(0, 5))
    assert np.array_equal(first.train[1], again.train.read(1, epoch=0))


def test_another_seed_epoch_or_split_gives_another_order(tmp_path):
    corpus = open_corpus(tmp_path, [MANY_LINES, MANY_LINES])
    other = open_corpus(tmp_path, [MANY_LINES, MANY_LINES], seed=1)
    reads = [corpus.train.read(0, 0), corpus.train.read(0, 1), corpus.train.read(1, 0), other.train.read(0, 0)]
    assert len({ids.tobytes() for ids in reads}) == 4


def test_all_splits_are_read_in_turn(tmp_path):
    corpus = open_corpus(tmp_path, ["a\n", "bb\n", "ccc\n"])
    assert len(corpus.train) == 3
    assert [corpus.dictionary.decode(ids) for ids in corpus.train] == ["a\n", "bb\n", "ccc\n"]


@law
@given(splits=st.integers(1, 12), seed=st.integers(0, 2**32), epoch=st.integers(0, 1000))
def test_the_order_of_an_epoch_is_a_permutation_of_the_splits(tmp_path, splits, seed, epoch):
    with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
        train = open_corpus(Path(folder), ["a\n"] * splits, seed=seed).train
        assert sorted(train.order(epoch)) == list(range(splits))
        assert train.order(epoch) == train.order(epoch)


def test_each_epoch_visits_the_splits_in_another_order(tmp_path):
    train = open_corpus(tmp_path, ["a\n"] * 20).train
    assert len({tuple(train.order(epoch)) for epoch in range(10)}) == 10


# -- direction and numbers -----------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_a_backward_corpus_is_the_exact_reverse(tmp_path, delimiter):
    train = MANY_LINES.replace("\n", delimiter)
    corpus_folder(tmp_path, train, valid=train[:500], test=train[500:999])
    dictionary = characters_of(train)
    forward, backward = (TextCorpus(tmp_path, dictionary, way, document_delimiter=delimiter) for way in (True, False))
    for epoch in range(2):
        assert np.array_equal(backward.train.read(0, epoch), forward.train.read(0, epoch)[::-1])
    assert np.array_equal(backward.valid, forward.valid[::-1])
    assert np.array_equal(backward.test, forward.test[::-1])


@pytest.mark.parametrize(("size", "kind"), [(5, np.uint8), (256, np.uint8), (257, np.uint16)])
def test_numbers_take_the_smallest_unsigned_type_that_holds_them(tmp_path, size, kind):
    dictionary = characters_of("abc\n")
    for point in range(0x4E00, 0x4E00 + size - len(dictionary)):
        dictionary.add_item(chr(point))
    corpus = TextCorpus(corpus_folder(tmp_path, "abc\nab"), dictionary)
    assert len(dictionary) == size
    assert corpus.train.read(0).dtype == corpus.valid.dtype == corpus.test.dtype == kind


def test_a_korean_text_takes_eight_bytes_a_character_at_most_and_keeps_two(tmp_path):
    stories = "".join(file.read_text(encoding="utf-8") for file in sorted((SAMPLES / "ko" / "train").iterdir()))
    text = (stories * (2_000_000 // len(stories) + 1))[:2_000_000]
    corpus = open_corpus(tmp_path, text)
    corpus.train.read(0)  # tables that are made once, whatever the length of the text
    tracemalloc.start()
    ids = corpus.train.read(0)
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert ids.dtype == np.uint16
    assert len(text) <= len(ids) <= len(text) + 1
    assert peak <= 8 * len(text)
    assert kept <= 2.01 * len(text)


@law
@given(length=st.integers(0, 200), columns=st.integers(1, 20))
def test_columns_hold_the_stream_in_consecutive_parts(length, columns):
    ids = np.arange(length)
    batch = batchify(ids, columns)
    assert batch.shape == (length // columns, columns)
    assert batch.T.reshape(-1).tolist() == ids[: batch.size].tolist()


# -- files of all kinds --------------------------------------------------------------------------


def test_byte_order_mark_and_windows_line_ends_leave_no_trace(tmp_path):
    plain = open_corpus(tmp_path / "plain", MANY_LINES)
    windows = b"\xef\xbb\xbf" + MANY_LINES.replace("\n", "\r\n").encode()
    folder = corpus_folder(tmp_path / "windows", windows, valid=b"\xef\xbb\xbfabc\r\n")
    corpus = TextCorpus(folder, plain.dictionary)
    assert np.array_equal(corpus.train.read(0), plain.train.read(0))
    assert np.array_equal(corpus.valid, plain.valid)


def test_text_is_read_in_the_dictionarys_normal_form(tmp_path):
    text = "abc\n한국어 문장\nこれが本だ\nétude\n" * 100
    dictionary = characters_of(text, normalization="NFC")
    spelt = [corpus_folder(tmp_path / form, unicodedata.normalize(form, text)) for form in ("NFC", "NFD")]
    composed, decomposed = (TextCorpus(folder, dictionary).train.read(0) for folder in spelt)
    assert np.array_equal(composed, decomposed)
    assert dictionary.unknown_index not in composed


def test_hidden_and_editor_files_in_train_are_passed_over(tmp_path):
    for name in (".ipynb_checkpoints/train_split_1", ".DS_Store", ".a.swp", "train_split_1~"):
        write(tmp_path / "train" / name, b"\xff\x00")
    assert [file.name for file in open_corpus(tmp_path, "abc\n").train.files] == ["train_split_1"]


def test_splits_may_have_any_name_and_be_packed(tmp_path):
    corpus = open_corpus(tmp_path, "abc\n")
    write(tmp_path / "train" / "more" / "가.txt.gz", gzip.compress(b"cab\n"))
    again = TextCorpus(tmp_path, corpus.dictionary)
    assert sorted(again.dictionary.decode(ids) for ids in again.train) == ["abc\n", "cab\n"]


def test_invalid_utf8_in_any_part_is_told_with_file_line_and_byte(tmp_path):
    folder = corpus_folder(tmp_path, b"ab\nc\xff\n", valid="abc\n")
    corpus = TextCorpus(folder, characters_of("abc\n"))
    with pytest.raises(ValueError, match=r"train_split_1, line 2, byte 4: 0xff is not UTF-8"):
        corpus.train.read(0)
    write(folder / "valid.txt", b"\xe9\n")
    with pytest.raises(ValueError, match=r"valid\.txt, line 1, byte 0: 0xe9 is not UTF-8"):
        TextCorpus(folder, characters_of("abc\n"))


def test_without_unk_an_unknown_character_is_an_error_that_names_it(tmp_path):
    folder = corpus_folder(tmp_path, "abc\n", valid="ab한c\n")
    with pytest.raises(LookupError, match=r"U\+D55C HANGUL SYLLABLE HAN is not in this dictionary .* add_unk=True"):
        TextCorpus(folder, characters_of("abc\n", add_unk=False))


def test_more_than_one_percent_unknown_is_a_warning_that_names_the_characters(tmp_path):
    folder = corpus_folder(tmp_path, "abc\n", valid="abcdefg" * 13 + "한한語\n")
    with pytest.warns(UserWarning, match=r"valid\.txt: 3\.2% of it is unknown") as caught:
        TextCorpus(folder, characters_of("abcdefg\n"))
    message = str(caught[0].message)
    assert (
        "Most frequent: '한' U+D55C HANGUL SYLLABLE HAN (2 times), '語' U+8A9E CJK UNIFIED IDEOGRAPH-8A9E (1 times)"
        in message
    )
    assert message.endswith("build a dictionary from it with Dictionary.from_files")
    assert caught[0].filename == __file__


def test_one_percent_unknown_is_no_warning(tmp_path):
    folder = corpus_folder(tmp_path, "abc\n", valid="a" * 98 + "한\n")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        TextCorpus(folder, characters_of("abc\n"))


# -- the folder ----------------------------------------------------------------------------------


def test_a_wrong_layout_shows_the_expected_tree_beside_the_found_one(tmp_path):
    write(tmp_path / "mine" / "train" / "a.txt", "abc")
    write(tmp_path / "mine" / "validation.txt", "abc")
    with pytest.raises(FileNotFoundError) as caught:
        TextCorpus(tmp_path / "mine", Dictionary.load("chars"))
    message = str(caught.value)
    assert "mine is not a corpus folder: valid.txt, test.txt missing." in message
    assert "expected:\nmine/\n  train/\n    train_split_1\n    …\n  valid.txt\n  test.txt\n" in message
    assert "found:\nmine/\n  train/\n  validation.txt\n" in message
    assert f"prepare_corpus({str(tmp_path / 'mine')!r}, 'my_corpus') makes a corpus folder" in message


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"(?s)expected:\nnowhere/.*found:\nnothing: there is no such folder"):
        TextCorpus(tmp_path / "nowhere", Dictionary())


def test_a_file_in_place_of_the_folder_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"(?s)expected:.*found:\ntext\.txt \(a file\)"):
        TextCorpus(write(tmp_path / "text.txt", "abc"), Dictionary())


def test_a_file_in_place_of_train_is_told(tmp_path):
    for name in ("train", "valid.txt", "test.txt"):
        write(tmp_path / name, "abc")
    with pytest.raises(FileNotFoundError, match="a folder train/ missing"):
        TextCorpus(tmp_path, Dictionary())


def test_a_long_list_of_found_files_is_cut_short(tmp_path):
    for number in range(50):
        write(tmp_path / f"{number:02}.txt", "abc")
    with pytest.raises(FileNotFoundError, match=r"  11\.txt\n  …\n"):
        TextCorpus(tmp_path, Dictionary())


def test_a_train_folder_without_files_is_told(tmp_path):
    corpus_folder(tmp_path, "abc")
    (tmp_path / "train" / "train_split_1").unlink()
    with pytest.raises(FileNotFoundError, match=r"no text file in .*train"):
        TextCorpus(tmp_path, characters_of("abc\n"))


@pytest.mark.parametrize(
    ("delimiter", "message"),
    [("", "document_delimiter is empty; the default is a line end"), ("\r\n", r"holds '\\r'.* use that instead")],
)
def test_a_delimiter_that_can_never_be_found_is_refused(tmp_path, delimiter, message):
    with pytest.raises(ValueError, match=message):
        open_corpus(tmp_path, "abc\n", document_delimiter=delimiter)
    with pytest.raises(ValueError, match=message):
        prepare_corpus(tmp_path, tmp_path / "out", document_delimiter=delimiter)


# -- words ---------------------------------------------------------------------------------------

SENTENCES = [f"the ferry number {n} is late" for n in range(200)]


@pytest.mark.parametrize("delimiter", ["\n", " [SEP] "])
def test_at_word_level_every_document_comes_once_with_its_delimiter(tmp_path, delimiter):
    text = delimiter.join(SENTENCES)
    corpus_folder(tmp_path, text, valid=text, test=text)
    dictionary = Dictionary.from_files(tmp_path / "train", coverage=1, character_level=False)
    corpus = TextCorpus(
        tmp_path, dictionary, character_level=False, random_case_flip=False, document_delimiter=delimiter.strip(" ")
    )
    mark = dictionary.get_idx_for_item(delimiter.strip(" "))
    read = corpus.train.read(0).tolist()
    assert read.count(mark) == len(SENTENCES)
    assert dictionary.unknown_index not in read
    shuffled = " ".join(dictionary.get_item_for_index(number) for number in read).split(delimiter.strip(" "))
    assert sorted(map(str.strip, shuffled[:-1])) == sorted(SENTENCES)
    assert corpus.valid.tolist().count(mark) == len(SENTENCES) - 1


def test_at_word_level_backward_is_the_reverse_of_forward(tmp_path):
    corpus_folder(tmp_path, "\n".join(SENTENCES), valid="the ferry is\nlate\n", test="late\n")
    dictionary = Dictionary.from_files(tmp_path, coverage=1, character_level=False)
    forward, backward = (TextCorpus(tmp_path, dictionary, way, character_level=False) for way in (True, False))
    assert dictionary.decode(forward.valid) == "the ferry is\nlate\n"
    assert np.array_equal(backward.valid, forward.valid[::-1])
    assert np.array_equal(backward.train.read(0), forward.train.read(0)[::-1])


def test_characters_asked_of_a_word_dictionary_are_an_error_that_says_what_to_pass(tmp_path):
    corpus_folder(tmp_path, "\n".join(SENTENCES))
    words = Dictionary.from_files(tmp_path / "train", character_level=False)
    with pytest.raises(ValueError, match=r"reads words\. Pass character_level=False, or build a dictionary with"):
        TextCorpus(tmp_path, words)
    with pytest.raises(ValueError, match=r"reads characters\. Pass character_level=True, .*character_level=False\)"):
        TextCorpus(tmp_path, Dictionary.load("chars"), character_level=False)


# -- prepare_corpus ------------------------------------------------------------------------------


def text_of(folder):
    """Part → text of it; the training splits one after the other."""
    splits = sorted((folder / "train").iterdir(), key=lambda file: int(file.name.split("_")[-1]))
    parts = {name: (folder / f"{name}.txt").read_bytes().decode() for name in ("valid", "test")}
    return {"train": "".join(file.read_bytes().decode() for file in splits), **parts}


def files_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_any_pile_of_text_becomes_a_folder_that_opens_as_a_corpus(tmp_path):
    write(tmp_path / "pile" / "deep" / "a.txt", MANY_LINES)
    write(tmp_path / "pile" / "b", "\ufeff" + "grün\r\n" * 500)
    made = prepare_corpus(tmp_path / "pile", tmp_path / "new" / "corpus", splits=3)
    splits = [str(Path("train") / f"train_split_{n}") for n in (1, 2, 3)]
    assert files_in(made.path) == ["test.txt", "train", *splits, "valid.txt"]
    corpus = TextCorpus(made.path, characters_of(MANY_LINES + "grün\n"))
    assert len(corpus.train) == made.splits == 3
    assert made.characters == {part: len(text) for part, text in text_of(made.path).items()}
    assert len(corpus.valid) == made.characters["valid"]
    assert str(made).startswith(f"{made.path}: train ")


@law
@given(
    seed=st.integers(0, 2**32 - 1), delimiter=st.sampled_from(DELIMITERS), splits=st.integers(1, 4), ended=st.booleans()
)
def test_every_document_lands_in_exactly_one_part_whole(tmp_path, seed, delimiter, splits, ended):
    rng = np.random.default_rng(seed)
    piles = [["가나 x" * rng.integers(1, 30) + str(n) for n in range(rng.integers(1, 400))] for _ in range(2)]
    piles[0] += [f"more {n}" for n in range(400)]
    with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
        folder = Path(folder)
        files = [write(folder / f"{n}", joined(pile, delimiter, ended)) for n, pile in enumerate(piles)]
        made = prepare_corpus(files, folder / "out", splits=splits, document_delimiter=delimiter)
        parts = text_of(made.path)
    assert all(text.endswith(delimiter) for text in parts.values())
    found = [document for text in parts.values() for document in text.split(delimiter)[:-1]]
    assert sorted(found) == sorted(piles[0] + piles[1])


def test_splits_begin_and_end_between_documents(tmp_path):
    story = "A title\nand its story, over several lines.\n"
    write(tmp_path / "pile", (story * 3 + "[SEP]\n") * 500)
    made = prepare_corpus(tmp_path / "pile", tmp_path / "out", splits=4, document_delimiter="[SEP]\n")
    for file in (made.path / "train").iterdir():
        assert file.read_text(encoding="utf-8").startswith("A title")
        assert file.read_text(encoding="utf-8").endswith("[SEP]\n")


def test_a_document_longer_than_many_blocks_stays_whole(tmp_path):
    long = "one endless story " * 20_000
    text = "short\n" * 2000 + long + "\n" + "short\n" * 2000
    made = prepare_corpus(write(tmp_path / "pile", text), tmp_path / "out")
    assert sum(part.count(long) for part in text_of(made.path).values()) == 1


def test_packed_files_make_the_same_corpus_as_plain_ones(tmp_path):
    write(tmp_path / "plain" / "a.txt", MANY_LINES)
    write(tmp_path / "packed" / "a.txt.gz", gzip.compress(MANY_LINES.encode()))
    parts = [
        text_of(prepare_corpus(tmp_path / kind, tmp_path / f"{kind}_corpus", valid=0.1, test=0.1).path)
        for kind in ("plain", "packed")
    ]
    assert all(sorted("".join(part.values()).splitlines()) == sorted(MANY_LINES.splitlines()) for part in parts)


def test_the_same_files_make_the_same_corpus(tmp_path):
    write(tmp_path / "pile", MANY_LINES)
    first, again = (text_of(prepare_corpus(tmp_path / "pile", tmp_path / name).path) for name in ("first", "again"))
    assert first == again


@pytest.mark.parametrize(("valid", "test"), [(None, None), (0.1, 0.1), (0.02, 0.2), (0.3, 0.3)])
def test_the_shares_are_those_asked_for(tmp_path, valid, test):
    made = prepare_corpus(write(tmp_path / "pile", MANY_LINES), tmp_path / "out", splits=2, valid=valid, test=test)
    total = sum(made.characters.values())
    assert total == len(MANY_LINES)
    assert made.characters["valid"] / total == pytest.approx(valid or 0.05, rel=0.15)
    assert made.characters["test"] / total == pytest.approx(test or 0.05, rel=0.15)
    first, second = (file.stat().st_size for file in (made.path / "train").iterdir())
    assert first == pytest.approx(second, rel=0.15)


def test_valid_and_test_text_come_from_all_over_the_pile(tmp_path):
    made = prepare_corpus(write(tmp_path / "pile", MANY_LINES), tmp_path / "out")
    for part in ("valid", "test"):
        numbers = [int(number) for number in re.findall(r"Line (\d+)", text_of(made.path)[part])]
        assert min(numbers) < 1000
        assert max(numbers) > 3000


def test_lines_of_valid_and_test_that_stand_in_train_too_are_reported(tmp_path):
    unique = prepare_corpus(write(tmp_path / "unique", MANY_LINES), tmp_path / "a")
    assert unique.duplicates == {"valid": 0, "test": 0}
    assert "stand in train" not in str(unique)
    again = prepare_corpus(write(tmp_path / "again", MANY_LINES * 2 + "same\n" * 20_000), tmp_path / "b")
    parts = {part: set(text.splitlines()) for part, text in text_of(again.path).items()}
    assert again.duplicates == {part: len(parts[part] & parts["train"]) for part in ("valid", "test")}
    assert f"\n{again.duplicates['valid']:,} lines of valid also occur in train" in str(again)


def test_an_existing_folder_is_left_as_it_is(tmp_path):
    pile = write(tmp_path / "pile", MANY_LINES)
    write(tmp_path / "out" / "mine.txt", "mine")
    with pytest.raises(FileExistsError, match=r"out exists already and is left as it is: name another folder"):
        prepare_corpus(pile, tmp_path / "out")
    with pytest.raises(FileExistsError, match=r"pile exists already"):
        prepare_corpus(pile, pile)
    assert files_in(tmp_path) == ["out", str(Path("out/mine.txt")), "pile"]
    assert pile.read_text(encoding="utf-8") == MANY_LINES


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "out").mkdir()
    made = prepare_corpus(write(tmp_path / "pile", MANY_LINES), tmp_path / "out")
    assert (made.path / "valid.txt").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (MANY_LINES.encode() + b"\xff", r"b, line 4001, byte \d+: 0xff is not UTF-8"),
        (MANY_LINES.encode() + b"\0", "b, line 4001: a NUL character"),
    ],
)
def test_a_failure_leaves_nothing_behind(tmp_path, content, message):
    write(tmp_path / "pile" / "a", MANY_LINES)
    write(tmp_path / "pile" / "b", content)
    before = files_in(tmp_path)
    with pytest.raises(ValueError, match=message):
        prepare_corpus(tmp_path / "pile", tmp_path / "out")
    assert files_in(tmp_path) == before


def test_too_little_text_to_fill_all_parts_is_an_error_that_says_what_to_do(tmp_path):
    write(tmp_path / "pile", "one\ntwo\n")
    with pytest.raises(ValueError, match=r"8 characters in few documents \(delimiter '\\n'\) do not fill 5 training"):
        prepare_corpus(tmp_path / "pile", tmp_path / "out", splits=5)
    write(tmp_path / "pile", "a single document " * 1000)
    with pytest.raises(ValueError, match=r"delimiter '\[SEP\]'.*: give more text, or ask for fewer splits"):
        prepare_corpus(tmp_path / "pile", tmp_path / "out", document_delimiter="[SEP]")
    assert files_in(tmp_path) == ["pile"]


@pytest.mark.parametrize(("valid", "test"), [(0, 0.1), (1, 0.1), (-0.1, 0.1)])
def test_shares_that_are_none_are_refused(tmp_path, valid, test):
    write(tmp_path / "pile", MANY_LINES)
    for one, other in ((valid, test), (test, valid), (0.5, 0.5)):
        with pytest.raises(ValueError, match=f"valid={one} and test={other} are shares of the text: above 0, together"):
            prepare_corpus(tmp_path / "pile", tmp_path / "out", valid=one, test=other)


def test_a_pile_that_is_not_there_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match="pile does not exist"):
        prepare_corpus(tmp_path / "pile", tmp_path / "out")
    assert files_in(tmp_path) == []


def test_preparing_takes_no_more_memory_for_a_longer_pile(tmp_path):
    peaks = []
    for times in (60_000, 180_000):
        pile = write(tmp_path / f"pile_{times}", "".join(f"가나다라마바사 {n}\n" for n in range(times)))
        tracemalloc.start()
        prepare_corpus(pile, tmp_path / f"out_{times}", valid=0.01, test=0.01)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0]


@pytest.mark.parametrize("delimiter", ["\n", "[SEP]"])
def test_preparing_takes_little_memory_for_a_text_without_line_ends(tmp_path, delimiter):
    document = "가나다라마바사 " * 100
    pile = write(tmp_path / "pile", f"{document}{delimiter}" * 10_000)
    tracemalloc.start()
    prepare_corpus(pile, tmp_path / "out", document_delimiter=delimiter)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16_000_000 < pile.stat().st_size


def test_a_document_without_an_end_is_refused_by_name(tmp_path, monkeypatch):
    monkeypatch.setattr(corpora, "LONGEST_DOCUMENT", 200_000)
    write(tmp_path / "pile" / "a", MANY_LINES)
    write(tmp_path / "pile" / "b", "endless " * 100_000)
    with pytest.raises(
        ValueError, match=r"b: no document ends in 200,000 characters. document_delimiter is '\\n'; name"
    ):
        prepare_corpus(tmp_path / "pile", tmp_path / "out")
    assert files_in(tmp_path) == ["pile", str(Path("pile/a")), str(Path("pile/b"))]


# -- preparing, cut short or twice at once -----------------------------------------------------------


def prepare_in_child(pile, out, at_the_second_block):
    """A process that prepares a corpus, and calls this halfway."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        signal.alarm(60)  # it ends, whatever becomes of the test
        read_blocks = corpora.read_blocks

        def watched(*arguments, **more):
            blocks = read_blocks(*arguments, **more)
            yield next(blocks)
            at_the_second_block()
            yield from blocks

        corpora.read_blocks = watched
        prepare_corpus(pile, out)
        status = 0
    except FileExistsError:
        status = 17
    finally:
        os._exit(status)


def exit_code(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.fixture
def pile(tmp_path):
    return write(tmp_path / "pile", MANY_LINES * 3)


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path, pile):
    killed = prepare_in_child(pile, tmp_path / "out", lambda: os.kill(os.getpid(), signal.SIGKILL))
    assert exit_code(killed) == -signal.SIGKILL
    assert len(list(tmp_path.glob(".out.*"))) == 2, "the folder and its lock"
    other = tmp_path / ".out.unfinished-mine"  # no lock beside it: not ours
    other.mkdir()
    prepare_corpus(pile, tmp_path / "other")
    assert len(list(tmp_path.glob(".out.*"))) == 3, "that was another corpus"
    prepare_corpus(pile, tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == [other.name, "other", "out", "pile"]
    assert text_of(tmp_path / "out") == text_of(tmp_path / "other")


def test_of_two_processes_that_prepare_one_corpus_the_slower_is_told_and_nothing_is_damaged(tmp_path, pile):
    begun, go_on = os.pipe(), os.pipe()
    slower = prepare_in_child(pile, tmp_path / "out", lambda: [os.write(begun[1], b"!"), os.read(go_on[0], 1)])
    os.read(begun[0], 1)
    made = text_of(prepare_corpus(pile, tmp_path / "out").path)
    assert len(list(tmp_path.glob(".out.*"))) == 2, "the slower one still works in its own folder"
    os.write(go_on[1], b"!")
    assert exit_code(slower) == 17  # FileExistsError
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "pile"]
    assert text_of(tmp_path / "out") == made
    for end in (*begun, *go_on):
        os.close(end)


def test_an_interrupt_leaves_nothing_behind(tmp_path, pile, monkeypatch):
    def interrupted(*_, **__):
        yield MANY_LINES
        raise KeyboardInterrupt

    monkeypatch.setattr(corpora, "read_blocks", interrupted)
    with pytest.raises(KeyboardInterrupt):
        prepare_corpus(pile, tmp_path / "out")
    assert files_in(tmp_path) == ["pile"]


@pytest.mark.parametrize("target", ["empty", "nowhere"])
def test_a_link_in_place_of_a_new_corpus_is_left_as_it_is(tmp_path, pile, target):
    (tmp_path / "empty").mkdir()
    (tmp_path / "out").symlink_to(target)
    with pytest.raises(FileExistsError, match="out exists already and is left as it is"):
        prepare_corpus(pile, tmp_path / "out")
    assert files_in(tmp_path) == ["empty", "out", "pile"]


# -- what is no file ---------------------------------------------------------------------------------


@pytest.mark.timeout(10)
@pytest.mark.parametrize("name", ["train/train_split_1", "valid.txt", "test.txt"])
def test_a_pipe_in_place_of_a_part_is_named_at_once(tmp_path, name):
    corpus_folder(tmp_path, "abc\n")
    (tmp_path / name).unlink()
    os.mkfifo(tmp_path / name)
    with pytest.raises(ValueError, match=f"{name} is a named pipe, not a file"):
        TextCorpus(tmp_path, characters_of("abc\n"))


@pytest.mark.timeout(10)
def test_a_split_that_turns_into_a_pipe_is_named_at_once(tmp_path):
    corpus = TextCorpus(corpus_folder(tmp_path, "abc\n"), characters_of("abc\n"))
    corpus.train.files[0].unlink()
    os.mkfifo(corpus.train.files[0])
    for work in (lambda: corpus.train.read(0), corpus.fingerprint):
        with pytest.raises(ValueError, match="train_split_1 is a named pipe, not a file"):
            work()


@pytest.mark.timeout(10)
@pytest.mark.parametrize("name", ["train", "valid.txt", "test.txt"])
def test_a_link_that_leads_nowhere_in_place_of_a_part_is_named(tmp_path, name):
    corpus_folder(tmp_path, "abc\n")
    (tmp_path / name).rename(tmp_path / "elsewhere")
    (tmp_path / name).symlink_to(name)
    with pytest.raises(FileNotFoundError, match=f"is not a corpus folder: {name} missing"):
        TextCorpus(tmp_path, characters_of("abc\n"))


@pytest.mark.timeout(10)
def test_what_is_no_folder_in_place_of_a_corpus_is_named(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    for name in (tmp_path / "pipe", tmp_path / "loop", "/dev/zero"):
        with pytest.raises(FileNotFoundError, match=f"{name} is not a corpus folder"):
            TextCorpus(name, Dictionary())


# -- text that comes along -----------------------------------------------------------------------


def test_the_reference_of_python_becomes_a_corpus_that_holds_all_of_it(tmp_path):
    path = python_reference_corpus(tmp_path / "reference", splits=3)
    parts = text_of(path)
    lines = Counter(line for text in topics.values() for line in text.splitlines() if line.strip())
    assert Counter(line for text in parts.values() for line in text.splitlines() if line.strip()) == lines
    assert sum(map(len, parts.values())) > 300_000
    assert len(list((path / "train").iterdir())) == 3


def test_a_reference_corpus_already_made_is_kept(tmp_path):
    path = python_reference_corpus(tmp_path / "reference")
    before = (path / "valid.txt").stat().st_mtime_ns
    assert python_reference_corpus(tmp_path / "reference") == path
    assert (path / "valid.txt").stat().st_mtime_ns == before


@pytest.mark.parametrize(("language", "kilobytes"), [("en", 250), ("ko", 120), ("ja", 40), ("ar", 40), ("hi", 40)])
def test_the_sample_corpus_has_its_size_and_shares(language, kilobytes):
    sizes = {part: len(text.encode()) for part, text in text_of(SAMPLES / language).items()}
    assert sum(sizes.values()) >= kilobytes * 1000
    assert min(sizes["valid"], sizes["test"]) >= 0.06 * sum(sizes.values())
    assert len(list((SAMPLES / language / "train").iterdir())) == 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_readme_of_the_sample_corpus_tells_its_licence_and_true_counts(language):
    readme = (SAMPLES / "README.md").read_text(encoding="utf-8")
    text = "".join(text_of(SAMPLES / language).values())
    counts = len(text.encode()), len(text), len(text.splitlines()), len(set(text))
    row = next(line for line in readme.splitlines() if line.startswith(f"| `{language}` |"))
    assert " | ".join(f"{count:,}" for count in counts) in row
    assert "CC0 1.0" in readme


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sample_corpus_is_clean_text_that_repeats_no_line(language):
    text = "".join(text_of(SAMPLES / language).values())
    assert unicodedata.is_normalized("NFC", text)
    assert not {"\ufeff", "\r", "\0"} & set(text)
    assert [line for line, count in Counter(text.splitlines()).items() if count > 1 and len(line) > 40] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sample_corpus_opens_without_a_warning(language):
    dictionary = Dictionary.from_files(SAMPLES / language)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        corpus = TextCorpus(SAMPLES / language, dictionary)
        assert sum(map(len, corpus.train)) > 5 * len(corpus.valid)


# -- places where two rules meet -----------------------------------------------------------------


def test_an_unknown_character_without_unk_is_told_with_its_file_and_place(tmp_path):
    dictionary = characters_of("abc\n", add_unk=False)
    corpus_folder(tmp_path, "abc\n", valid="ab\n" * 200_000 + "x")
    with pytest.raises(LookupError, match=r"valid\.txt: at character 600000: 'x' U\+0078"):
        TextCorpus(tmp_path, dictionary)


def test_a_flip_never_makes_a_delimiter(tmp_path):
    corpus = open_corpus(tmp_path, "say sep now SEP" * 3000, document_delimiter="SEP")
    read = corpus.dictionary.decode(corpus.train.read(0))
    assert read.count("SEP") == 3000


def test_a_delimiter_the_dictionary_lacks_is_told(tmp_path):
    folder = corpus_folder(tmp_path, "abc[SEP]" * 10)
    with pytest.warns(UserWarning, match=r"document_delimiter '\[SEP\]' holds '\[' U\+005B LEFT SQUARE BRACKET"):
        TextCorpus(folder, characters_of("abc\nSEP"), document_delimiter="[SEP]")


def test_a_delimiter_is_found_wherever_a_block_ends_in_any_normal_form(tmp_path):
    delimiter = "== 끝 =="
    path = write(tmp_path / "text", "가" * (BLOCK_CHARACTERS - 12) + delimiter + "나" * 20)
    for form in ("NFC", "NFD"):
        dictionary = characters_of("가나" + delimiter, form)
        assert len(read_documents(path, dictionary, delimiter).ends) == 2


def test_delimiters_that_overlap_themselves_are_counted_from_the_left(tmp_path):
    path = write(tmp_path / "text", "a\n\n\n")
    assert read_documents(path, characters_of("a\n"), "\n\n").ends.tolist() == [3, 4]


def test_words_are_split_alike_when_counted_and_when_read(tmp_path):
    folder = corpus_folder(tmp_path, "an\tby c\u00a0d\u3000e\n" * 50, valid="e d c by an\n", test="an\n")
    dictionary = Dictionary.from_files(folder / "train", character_level=False)
    corpus = TextCorpus(folder, dictionary, character_level=False)
    assert len(corpus.train.read(0)) == 50 * 6
    assert not (corpus.train.read(0) == dictionary.unknown_index).any()
    assert dictionary.coverage("an by\n").share == 1.0


@pytest.mark.parametrize("delimiter", ["[SEP]", "\n\n", "= the end ="])
def test_no_word_is_cut_where_a_block_ends(tmp_path, delimiter):
    words = [f"word{n % 900}" for n in range(2 * BLOCK_CHARACTERS // 7)]
    articles = [" ".join(words[first : first + 997]) for first in range(0, len(words), 997)]
    path = write(tmp_path / "text", delimiter.join(articles))
    dictionary = Dictionary.from_items(["<unk>", *sorted({*words, *split_words(delimiter)})], character_level=False)
    assert not (read_documents(path, dictionary, delimiter).ids == dictionary.unknown_index).any()


@law
@given(st.lists(st.lists(st.sampled_from(["Zoë", "is", "late"]), min_size=1, max_size=4), min_size=1, max_size=20))
def test_no_word_is_cut_where_a_text_ends(tmp_path, documents):
    path = write(tmp_path / "text", "[SEP]".join(map(" ".join, documents)))
    dictionary = Dictionary.from_items(["[SEP]", "Zoë", "is", "late"], character_level=False)
    read = dictionary.decode(read_documents(path, dictionary, "[SEP]").ids)
    assert read == " [SEP] ".join(map(" ".join, documents))


@pytest.mark.parametrize("delimiter", ["\n", "[SEP]", "\n\n", "= the end ="])
def test_at_word_level_a_model_starts_from_the_delimiter_that_it_was_trained_to_read(tmp_path, delimiter):
    text = delimiter.join(["a b", "c d", "e f"]) + delimiter
    items = ["<unk>", *dict.fromkeys([*"abcdef", *split_words(delimiter)])]
    dictionary = Dictionary.from_items(items, character_level=False)
    folder = corpus_folder(tmp_path, text, valid=text, test=text)
    corpus = TextCorpus(folder, dictionary, character_level=False, document_delimiter=delimiter)
    start = LanguageModel(dictionary, True, 4, 1, document_delimiter=delimiter).start_ids.tolist()
    assert corpus.train.read(0).tolist()[-len(start) :] == corpus.valid.tolist()[2 : 2 + len(start)] == start


def test_a_delimiter_that_is_no_word_of_the_dictionary_is_told(tmp_path):
    folder = corpus_folder(tmp_path, "a b[SEP]" * 10, valid="a b", test="a b")
    words = Dictionary.from_items(["<unk>", "a", "b"], character_level=False)
    with pytest.warns(UserWarning, match=r"document_delimiter '\[SEP\]' holds '\[SEP\]', which the dictionary lacks"):
        TextCorpus(folder, words, character_level=False, document_delimiter="[SEP]")


@given(st.lists(st.sampled_from(["ab", "c", "\n"]), max_size=12))
def test_words_and_line_ends_come_back_from_their_numbers(words):
    dictionary = Dictionary.from_items(["ab", "c", "\n"], character_level=False)
    text = re.sub(" ?\n ?", "\n", " ".join(words))
    assert dictionary.decode(dictionary.encode(text)) == text


def test_a_line_across_the_edge_of_a_block_is_recognised_as_a_duplicate(tmp_path):
    text = "#" * 50 + "".join(f"{n:06d} {'word ' * 20} end of line {n}\n" for n in range(4000))
    assert len(text) > 1.5 * BLOCK_CHARACTERS
    write(tmp_path / "pile" / "a.txt", text)
    write(tmp_path / "pile" / "b.txt", text)
    prepared = prepare_corpus(tmp_path / "pile", tmp_path / "out")
    valid = set((tmp_path / "out" / "valid.txt").read_text().splitlines())
    train = set((tmp_path / "out" / "train" / "train_split_1").read_text().splitlines())
    assert prepared.duplicates["valid"] == len(valid & train) > 0


@pytest.mark.parametrize("forward", [True, False])
def test_the_corpus_of_a_model_is_read_as_the_model_reads(tmp_path, forward):
    for name in ("train/a", "valid.txt", "test.txt"):
        write(tmp_path / name, "a ferry[SEP]left[SEP]")
    dictionary = characters_of("a ferry[SEP]left")
    model = LanguageModel(dictionary, forward, 8, 1, document_delimiter="[SEP]")
    corpus = TextCorpus.of(tmp_path, model, seed=7, cache=tmp_path / "cache")
    assert corpus.dictionary is dictionary and corpus.seed == 7 and (tmp_path / "cache").is_dir()
    assert (corpus.is_forward_lm, corpus.document_delimiter) == (forward, "[SEP]")
    assert dictionary.decode(corpus.valid) == ("a ferry[SEP]left[SEP]"[:: 1 if forward else -1])
    LanguageModelTrainer(model, corpus)  # they fit


# -- documents as people mean them --------------------------------------------------------------------


def prepared_text(folder, delimiter):
    files = [folder / "valid.txt", folder / "test.txt", *(folder / "train").iterdir()]
    texts = [file.read_text(encoding="utf-8") for file in files]
    assert all(text.endswith(delimiter) for text in texts)
    return [document for text in texts for document in text.removesuffix(delimiter).split(delimiter)]


@pytest.mark.parametrize(
    ("delimiter", "between", "end"), [("\n\n", "\n\n", "\n"), ("[SEP]", "[SEP]", "[SEP]\n"), ("[SEP]", "[SEP]", "\n\n")]
)
def test_a_files_last_line_end_is_part_of_the_delimiter_or_nothing(tmp_path, delimiter, between, end):
    articles = [f"Article {number}\nwith {number} lines" for number in range(60)]
    for part in range(3):
        write(tmp_path / "in" / f"{part}.txt", between.join(articles[20 * part : 20 * part + 20]) + end)
    prepare_corpus(tmp_path / "in", tmp_path / "out", valid=0.2, test=0.2, document_delimiter=delimiter)
    found = prepared_text(tmp_path / "out", delimiter)
    assert sorted(document.strip("\n") for document in found) == sorted(articles)
    assert not any(document.startswith("\n") or not document.strip() for document in found)


def test_blank_lines_stay_behind_their_line_in_a_prepared_corpus(tmp_path):
    write(tmp_path / "in.txt", "".join(f"line {number}\n\n" for number in range(4000)))
    prepare_corpus(tmp_path / "in.txt", tmp_path / "out", valid=0.2, test=0.2)
    for file in (tmp_path / "out" / "valid.txt", tmp_path / "out" / "test.txt", tmp_path / "out/train/train_split_1"):
        text = file.read_text(encoding="utf-8")
        assert text.startswith("line") and re.fullmatch(r"(line \d+\n\n)+", text)
    corpus = TextCorpus(tmp_path / "out", Dictionary.from_files(tmp_path / "in.txt"))
    assert re.fullmatch(r"((line|LINE) \d+\n\n)+", corpus.dictionary.decode(corpus.train.read(0)))


@pytest.mark.parametrize("blank", [0, 1, 2, 3, 6])
def test_every_blank_line_is_counted_however_many_are_in_a_row(tmp_path, blank):
    write(tmp_path / "in.txt", ("a line of text" + "\n" * (blank + 1)) * 3000)
    assert prepare_corpus(tmp_path / "in.txt", tmp_path / "out").blank_share == blank / (blank + 1)


def test_blank_lines_between_articles_are_told(tmp_path):
    write(tmp_path / "in.txt", "".join(f"Heading {n}\nA line of it.\nAnother.\n\n" for n in range(3000)))
    said = str(prepare_corpus(tmp_path / "in.txt", tmp_path / "one"))
    assert r"25% of the lines are blank" in said and r"document_delimiter='\n\n'" in said
    assert "are blank" not in str(prepare_corpus(tmp_path / "in.txt", tmp_path / "two", document_delimiter="\n\n"))
    write(tmp_path / "plain.txt", "".join(f"A line {n}.\n" for n in range(9000)))
    assert "are blank" not in str(prepare_corpus(tmp_path / "plain.txt", tmp_path / "three"))
