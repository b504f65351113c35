"""Encoded splits kept in files: the numbers of the text, made once, and made anew as soon as they are of another."""

from __future__ import annotations

import contextlib
import gc
import gzip
import itertools
import os
import pickle
import pwd
import re
import shutil
import signal
import tempfile
import threading
import time
import traceback
import warnings
import weakref
import zlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from string import ascii_letters

import numpy as np
import pytest
import torch
from conftest import write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tutorlm import Dictionary, LanguageModel, LanguageModelTrainer, TextCorpus
from tutorlm.files import encoded
from tutorlm.files.atomic import atomic_write
from tutorlm.files.encoded import FOOT, cached_documents, read_documents
from tutorlm.files.text import list_text_files

DELIMITERS = ["\n", "[SEP]", "\n\n", "é"]
LINES = "".join(f"Line {n} of the Harbour, Straße to İzmir\n" for n in range(400))
NOBODY = 65534
law = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])


def corpus_folder(folder: Path, *train: str | bytes) -> Path:
    """A folder laid out as a corpus, with these training splits."""
    for number, text in enumerate(train, start=1):
        write(folder / "train" / f"train_split_{number}", text)
    for name in ("valid.txt", "test.txt"):
        write(folder / name, "abc\n")
    return folder


def dictionary_of(text: str, normalization: str | None = None, add_unk: bool = True) -> Dictionary:
    dictionary = Dictionary(add_unk, normalization)
    for character in sorted(set(dictionary.normalize(text))):
        dictionary.add_item(character)
    return dictionary


ENGLISH = dictionary_of(LINES + ascii_letters + "[]")


def assert_same(found: encoded.Documents, expected: encoded.Documents) -> None:
    for name in ("ids", "ends", "delimiter"):
        mine, theirs = getattr(found, name), getattr(expected, name)
        assert mine.dtype == theirs.dtype and np.array_equal(mine, theirs), name


@pytest.fixture
def reads(monkeypatch) -> list[str]:
    """The names of the files whose text is read from now on."""
    names, read_blocks = [], encoded.read_blocks

    def told(path, *settings, **more):
        names.append(path.name)
        return read_blocks(path, *settings, **more)

    monkeypatch.setattr(encoded, "read_blocks", told)
    return names


@pytest.fixture
def text(tmp_path) -> Path:
    return write(tmp_path / "texts" / "train_split_1", LINES)


@pytest.fixture
def cache(tmp_path) -> Path:
    return tmp_path / "cache"


def kept(folder: Path, name: str = "") -> list[str]:
    """The files kept below a folder for the texts whose names begin so."""
    found = [file.name for file in folder.rglob("*") if file.is_file() and file.name != ".gitignore"]
    return sorted(file for file in found if file.startswith(name))


def only_file(cache: Path) -> Path:
    (file,) = cache.rglob("*.ids")
    return file


def change_keeping_the_size(path: Path, text: str) -> None:
    assert len(text.encode()) == path.stat().st_size
    before = path.stat().st_mtime_ns
    write(path, text)
    os.utime(path, ns=(before + 1, before + 1))


# -- the same numbers ----------------------------------------------------------------------------


@law
@given(
    text=st.text("ab é\u0301한\n\r[SEP]<>", max_size=60),
    delimiter=st.sampled_from(DELIMITERS),
    normalization=st.sampled_from([None, "NFC", "NFD"]),
    held=st.text("ab é\u0301한\n[SEP]", max_size=12),
)
def test_cached_numbers_are_those_of_the_text(tmp_path, text, delimiter, normalization, held):
    dictionary = dictionary_of(held, normalization)
    with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
        path = write(Path(folder) / "text", text)
        expected = read_documents(path, dictionary, delimiter)
        for _ in ("made", "found"):
            assert_same(cached_documents(path, dictionary, delimiter, Path(folder) / "cache"), expected)


@law
@given(
    words=st.lists(st.sampled_from(["the", "ferry", "left", "\n", "[SEP]", "é", "e\u0301"]), max_size=30),
    delimiter=st.sampled_from(["\n", "[SEP]"]),
    held=st.sets(st.sampled_from(["ferry", "left", "\n", "[SEP]", "é"])),
)
def test_cached_numbers_of_words_are_those_of_the_text(tmp_path, words, delimiter, held):
    dictionary = Dictionary(normalization="NFC")
    for word in ["the", *sorted(held)]:
        dictionary.add_item(word)
    with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
        path = write(Path(folder) / "text", " ".join(words))
        expected = read_documents(path, dictionary, delimiter)
        for _ in ("made", "found"):
            assert_same(cached_documents(path, dictionary, delimiter, Path(folder) / "cache"), expected)


@pytest.mark.parametrize("content", ["", "no delimiter at its end", "\n", "\ufeffabc\r\nab\r\n", "x" * 600_000 + "\n"])
def test_texts_of_every_length_are_cached(tmp_path, cache, reads, content):
    path = write(tmp_path / "text", content)
    expected = read_documents(path, ENGLISH)
    reads.clear()
    for _ in ("made", "found"):
        assert_same(cached_documents(path, ENGLISH, "\n", cache), expected)
    assert reads == ["text"]


def test_a_packed_text_is_cached_too(tmp_path, cache, reads):
    path = write(tmp_path / "text.gz", gzip.compress(LINES.encode()))
    for _ in ("made", "found"):
        assert ENGLISH.decode(cached_documents(path, ENGLISH, "\n", cache).ids) == LINES
    assert reads == ["text.gz"]


def test_more_than_256_characters_take_two_bytes_each_in_the_cache_too(tmp_path, cache):
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 500))) + "\n"
    found = cached_documents(write(tmp_path / "text", text), dictionary_of(text), "\n", cache)
    assert found.ids.dtype == np.uint16
    assert found.dictionary.decode(found.ids) == text


def test_a_corpus_reads_the_same_splits_whether_its_text_was_encoded_before_or_not(tmp_path):
    corpus_folder(tmp_path, LINES, LINES[:-1], "", "abc\nab")
    fresh, again = (TextCorpus(tmp_path, ENGLISH, is_forward_lm=way) for way in (True, False))
    for index, epoch in itertools.product(range(4), range(2)):
        shuffled = read_documents(fresh.train.files[index], ENGLISH).shuffled(
            np.random.default_rng([0, epoch, index]), flip_case=True
        )
        assert np.array_equal(fresh.train.read(index, epoch), shuffled)
        assert np.array_equal(again.train.read(index, epoch), shuffled[::-1])


def test_a_text_that_is_encoded_already_is_not_read_again(tmp_path, reads):
    corpus_folder(tmp_path, LINES, "abc\nab")
    for _ in range(3):
        corpus = TextCorpus(tmp_path, ENGLISH)
        for index, epoch in itertools.product(range(2), range(2)):
            corpus.train.read(index, epoch)
    assert Counter(reads) == {"valid.txt": 3, "test.txt": 3, "train_split_1": 1, "train_split_2": 1}


def test_no_epoch_but_the_first_reads_text(small_corpus, english, tmp_path, reads):
    corpus = TextCorpus(small_corpus, english)
    LanguageModelTrainer(LanguageModel(english, True, 8, 1), corpus).train(
        tmp_path / "out", 50, mini_batch_size=8, max_epochs=3, observers=[]
    )
    assert sorted(reads) == ["a", "b", "test.txt", "valid.txt"]


def test_numbers_in_use_outlive_the_file_they_were_read_from(text, cache):
    expected = read_documents(text, ENGLISH)
    cached_documents(text, ENGLISH, "\n", cache)
    found = cached_documents(text, ENGLISH, "\n", cache)
    with only_file(cache).open("r+b") as file:
        file.truncate(0)  # a mapped file would end the process here
    assert_same(found, expected)
    with pytest.raises(ValueError, match="read-only"):
        found.ids[0] = 1


def test_a_split_may_be_altered_without_altering_what_is_kept(tmp_path):
    corpus = TextCorpus(corpus_folder(tmp_path, LINES), ENGLISH)
    corpus.train.read(0)[:] = 0
    assert (corpus.train.read(0) != 0).all()


def test_an_unknown_character_without_unk_is_told_with_its_place_and_leaves_nothing(tmp_path, cache):
    path = write(tmp_path / "text", "ab\n" * 100_000 + "x")
    for _ in range(2):
        with pytest.raises(LookupError, match=r"text: at character 300000: 'x' U\+0078"):
            cached_documents(path, dictionary_of("ab\n", add_unk=False), "\n", cache)
    assert kept(cache) == []


def test_the_warning_of_unknown_characters_comes_once_a_split_and_corpus_cached_or_not(tmp_path):
    corpus_folder(tmp_path, "abc한\n" * 20, "abc\n", "abd한\n" * 20)
    for _ in ("made", "found"):
        corpus = TextCorpus(tmp_path, dictionary_of("abcd\n"))
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            for index, epoch in itertools.product(range(3), range(3)):
                corpus.train.read(index, epoch)
        assert [str(warning.message).split(":")[0][-13:] for warning in told] == ["train_split_1", "train_split_3"]


# -- made anew -----------------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["size", "time"])
def test_a_changed_text_is_encoded_anew_without_ado(text, cache, reads, change):
    cached_documents(text, ENGLISH, "\n", cache)
    if change == "size":
        write(text, LINES + "abc\n")
    else:
        change_keeping_the_size(text, LINES.replace("Line", "lINE"))
    found, told = with_warnings(lambda: cached_documents(text, ENGLISH, "\n", cache))
    assert ENGLISH.decode(found.ids) == text.read_text(encoding="utf-8")
    assert told == []
    assert len(reads) == 2 and len(kept(cache)) == 1


def test_a_text_changed_behind_its_size_and_time_is_told_and_encoded_anew(text, cache):
    cached_documents(text, ENGLISH, "\n", cache)
    before = text.stat().st_mtime_ns
    write(text, LINES.replace("Line 200", "Lime 200"))
    os.utime(text, ns=(before, before))
    with pytest.warns(UserWarning, match=f"^{re.escape(str(text))} has changed, though its size and time have not"):
        found = cached_documents(text, ENGLISH, "\n", cache)
    assert ENGLISH.decode(found.ids) == text.read_text(encoding="utf-8")


def test_a_copied_corpus_is_not_encoded_again(tmp_path, reads):
    list(TextCorpus(corpus_folder(tmp_path / "one", LINES, "abc\n"), ENGLISH).train)
    shutil.copytree(tmp_path / "one", tmp_path / "copy", copy_function=shutil.copyfile)  # at a new time
    reads.clear()
    list(TextCorpus(tmp_path / "copy", ENGLISH).train)
    assert sorted(reads) == ["test.txt", "valid.txt"]


def grown(dictionary: Dictionary) -> Dictionary:
    other = dictionary_of("".join(dictionary.get_items()[1:]))
    other.add_item("ß")
    return other


@pytest.mark.parametrize(
    ("dictionary", "delimiter"),
    [
        (grown(dictionary_of("abc e\u0301é\n")), "\n"),
        (dictionary_of("ab e\u0301é\n"), "\n"),
        (dictionary_of("abc e\u0301é\n", add_unk=False), "\n"),
        (dictionary_of("abc e\u0301é\n", normalization="NFC"), "\n"),
        (dictionary_of("abc e\u0301é\n", normalization="NFD"), "\n"),
        (dictionary_of("abc e\u0301é\n"), "\n\n"),
        (dictionary_of("abc e\u0301é\n"), "é"),
    ],
)
def test_another_dictionary_normal_form_or_delimiter_has_numbers_of_its_own(
    tmp_path, cache, reads, dictionary, delimiter
):
    path, first = write(tmp_path / "text", "abc e\u0301\n\né c\n"), dictionary_of("abc e\u0301é\n")
    cached_documents(path, first, "\n", cache)
    before = kept(cache)
    expected = read_documents(path, dictionary, delimiter)
    reads.clear()
    assert_same(cached_documents(path, dictionary, delimiter, cache), expected)
    assert reads == ["text"]
    assert sorted([*before, *before]) == kept(cache)  # those of the first way are kept beside them
    assert_same(cached_documents(path, first, "\n", cache), read_documents(path, first))


def test_a_dictionary_that_grows_is_another_dictionary(tmp_path):
    corpus = TextCorpus(corpus_folder(tmp_path, "abc ß\n" * 500), dictionary_of("abc \n"), random_case_flip=False)
    with pytest.warns(UserWarning, match="is unknown to the dictionary"):
        assert "<unk>" in corpus.dictionary.decode(corpus.train.read(0))
    corpus.dictionary.add_item("ß")
    assert corpus.dictionary.decode(corpus.train.read(0)) == "abc ß\n" * 500


@pytest.mark.parametrize("changed", ["train_split_1", "train_split_1.txt", "train_split_10", "1", "train_split_1.1-1"])
def test_of_names_that_begin_alike_only_the_changed_text_is_made_anew(tmp_path, reads, changed):
    names = ["train_split_1", "train_split_1.txt", "train_split_10", "1", "train_split_1.1-1"]
    corpus_folder(tmp_path)
    for name in names:
        write(tmp_path / "train" / name, f"{name} abc\n" * 3)
    dictionary = dictionary_of("".join(names) + "abc \n")
    corpus = TextCorpus(tmp_path, dictionary, random_case_flip=False)
    list(corpus.train)
    before = {file.name: file.stat().st_ino for file in (tmp_path / ".encoded").rglob("*.ids")}
    write(tmp_path / "train" / changed, "abc")
    reads.clear()
    for file, ids in zip(corpus.train.files, corpus.train, strict=True):
        assert dictionary.decode(ids) == ("abc\n" if file.name == changed else f"{file.name} abc\n" * 3)
    assert reads == [changed]
    assert kept(tmp_path / ".encoded") == sorted(before)
    after = {file.name: file.stat().st_ino for file in (tmp_path / ".encoded").rglob("*.ids")}
    assert {name for name in before if after[name] != before[name]} == {f"{changed}.ids"}


def test_files_of_one_name_in_several_folders_are_kept_apart(tmp_path):
    corpus_folder(tmp_path)
    for number, folder in enumerate(["a", "b", "a/b"], start=1):
        write(tmp_path / "train" / folder / "text", "abc"[:number] + "\n")
        os.utime(tmp_path / "train" / folder / "text", ns=(10**18, 10**18))
    for _ in ("made", "found"):
        corpus = TextCorpus(tmp_path, ENGLISH, random_case_flip=False)
        assert sorted(map(ENGLISH.decode, corpus.train)) == ["a\n", "ab\n", "abc\n"]


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


DAMAGES = {
    "cut": cut,
    "cut by one byte": lambda data: data[:-1],
    "empty": lambda data: b"",
    "a few bytes": lambda data: data[-20:],
    "too long": lambda data: data + b"\0\0\0\0",
    "zeros": lambda data: bytes(len(data)),
    "a number": lambda data: b"\1" + data[1:],
    "an end": lambda data: data[:-60] + b"\1" + data[-59:],
    "the foot": lambda data: data[:-20] + b"\1" + data[-19:],
    "a pickle": lambda data: pickle.dumps(Path("x")),
}


def assert_made_anew_with_a_warning(text: Path, cache: Path) -> None:
    with pytest.warns(UserWarning, match=re.escape(f"train_split_1.ids is damaged or comes from elsewhere. {text}")):
        assert_same(cached_documents(text, ENGLISH, "\n", cache), read_documents(text, ENGLISH))
    found, told = with_warnings(lambda: cached_documents(text, ENGLISH, "\n", cache))
    assert told == []
    assert_same(found, read_documents(text, ENGLISH))


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_told_and_made_anew_even_with_its_old_time(text, cache, damage):
    cached_documents(text, ENGLISH, "\n", cache)
    file = only_file(cache)
    before, time_before = file.read_bytes(), file.stat().st_mtime_ns
    file.write_bytes(DAMAGES[damage](before))
    os.utime(file, ns=(time_before, time_before))
    assert_made_anew_with_a_warning(text, cache)
    assert file.read_bytes() == before


@pytest.mark.timeout(10)
def test_a_huge_file_is_made_anew_at_once(text, cache):
    cached_documents(text, ENGLISH, "\n", cache)
    os.truncate(only_file(cache), 1 << 40)
    assert_made_anew_with_a_warning(text, cache)


def forge(file: Path, ids: np.ndarray, ends: np.ndarray) -> None:
    """Other numbers and ends, with the right sum."""
    *text, _, _, _ = FOOT.unpack(file.read_bytes()[-FOOT.size - 4 : -4])
    content = ids.tobytes() + ends.tobytes() + FOOT.pack(*text, len(ids), len(ends), ends.itemsize)
    file.write_bytes(content + zlib.crc32(content).to_bytes(4, "little"))


@pytest.mark.parametrize("wrong", ["number", "moved", "negative", "fractions", "falling", "too few", "of another type"])
def test_numbers_that_cannot_be_are_never_used_whatever_their_sum(text, cache, wrong):
    sound = cached_documents(text, ENGLISH, "\n", cache)
    ids, ends = sound.ids.copy(), sound.ends.copy()
    if wrong == "number":
        ids[1000] = len(ENGLISH)
    ends = {
        "moved": ends + 1,
        "negative": np.append(-5, ends[1:]),
        "fractions": ends / 2,
        "falling": np.append(ends[:-2], ends[-1:-3:-1]),
        "too few": ends[:-1],
        "of another type": ends.astype(np.uint16),
    }.get(wrong, ends)
    forge(only_file(cache), ids, ends)
    assert_made_anew_with_a_warning(text, cache)


@pytest.mark.timeout(10)
@pytest.mark.parametrize("what", ["a pipe", "a link to itself", "a link to a file", "a link to nothing"])
def test_what_is_no_file_in_place_of_the_numbers_is_replaced_at_once(text, cache, tmp_path, what):
    cached_documents(text, ENGLISH, "\n", cache)
    mine, file = write(tmp_path / "mine", "mine"), only_file(cache)
    file.unlink()
    if what == "a pipe":
        os.mkfifo(file)
    else:
        file.symlink_to({"a link to itself": file, "a link to a file": mine, "a link to nothing": "nothing"}[what])
    found, _ = with_warnings(lambda: cached_documents(text, ENGLISH, "\n", cache))
    assert_same(found, read_documents(text, ENGLISH))
    assert not file.is_symlink() and file.is_file()
    assert mine.read_text() == "mine"


# -- several processes ---------------------------------------------------------------------------


def in_child(work, user: int | None = None):
    """What `work` returns in a process of its own, of another user where these tests run as root."""
    return finished(start_child(work, user))


def start_child(work, user: int | None = None) -> tuple[int, int]:
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    status = 1
    try:
        if user is not None and os.geteuid() == 0:
            os.setgroups([])
            os.setgid(user)
            os.setuid(user)
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(work(), pipe)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def finished(child: tuple[int, int]):
    process, reading = child
    with os.fdopen(reading, "rb") as pipe:
        found = pipe.read()
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0
    return pickle.loads(found)


def test_two_processes_that_encode_a_corpus_at_once_both_get_its_numbers(tmp_path):
    corpus_folder(tmp_path, *[LINES * 10] * 6)
    reading, writing = os.pipe()

    def work():
        os.read(reading, 1)  # the shot that starts both
        return [ids.tobytes() for ids in TextCorpus(tmp_path, ENGLISH).train]

    children = [start_child(work) for _ in range(2)]
    os.write(writing, b"!!")
    first, second = map(finished, children)
    corpus = TextCorpus(tmp_path, ENGLISH, cache=tmp_path / "elsewhere")
    assert first == second == [ids.tobytes() for ids in corpus.train]
    assert len(kept(tmp_path / ".encoded")) == 6  # and nothing half written
    os.close(reading), os.close(writing)


def test_a_process_killed_while_encoding_leaves_nothing_that_could_be_taken_for_numbers(tmp_path, cache):
    path = write(tmp_path / "text", "x" * 600_000)  # several blocks

    def work():
        read_blocks = encoded.read_blocks

        def dies(*settings, **more):
            yield next(read_blocks(*settings, **more))
            os.kill(os.getpid(), signal.SIGKILL)

        encoded.read_blocks = dies
        cached_documents(path, ENGLISH, "\n", cache)

    child, reading = start_child(work)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    os.close(reading)
    assert kept(cache, ".text") and not kept(cache, "text")
    assert_same(cached_documents(path, ENGLISH, "\n", cache), read_documents(path, ENGLISH))


def test_what_killed_processes_left_half_written_long_ago_is_removed(tmp_path):
    corpus_folder(tmp_path, LINES)
    TextCorpus(tmp_path, ENGLISH).train.read(0)
    folder = next((tmp_path / ".encoded").rglob("*.ids")).parent
    old, new = (write(folder / f".train_split_1.ids.{name}.tmp", "abc") for name in ("old", "new"))
    long_ago = time.time() - 7 * 24 * 3600
    os.utime(old, (long_ago, long_ago))
    write(tmp_path / "train" / "train_split_1", "abc\n")
    TextCorpus(tmp_path, ENGLISH).train.read(0)
    assert new.exists()  # another process may be writing it
    assert not old.exists()


def test_writing_files_in_two_threads_leaves_the_umask_of_the_process_alone(tmp_path, monkeypatch):
    """The next split is encoded in a thread while the model is saved in another."""
    umask = os.umask

    def slow(mask):
        before = umask(mask)
        time.sleep(0.002)
        return before

    def save(name):
        for _ in range(10):
            with atomic_write(tmp_path / name):
                pass

    before = umask(0o027)
    try:
        monkeypatch.setattr(os, "umask", slow)
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(save, "ab"))
        after = umask(0o027)
    finally:
        umask(before)
    assert oct(after) == oct(0o027)
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in "ab"} == {0o640}


# -- where one may write, and where not ------------------------------------------------------------


@pytest.fixture
def shared():
    """A folder that other users may enter, and write to."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    for path in (folder, *folder.rglob("*")):
        with contextlib.suppress(OSError):
            path.chmod(0o755 if path.is_dir() else 0o644)
    shutil.rmtree(folder)


def read_only(folder: Path) -> Path:
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    return folder


def with_warnings(work):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = work()
    return found, [str(warning.message).split(":")[0] for warning in told]


def test_a_corpus_that_may_only_be_read_is_encoded_in_the_users_cache(shared):
    folder, cache = read_only(corpus_folder(shared / "corpus", LINES, "abc\n")), shared / "cache"
    cache.mkdir()
    cache.chmod(0o777)

    def work():
        os.environ["TUTORLM_CACHE"] = str(cache)
        with pytest.raises(PermissionError):  # or this is no test
            (folder / "x").touch()
        corpus = TextCorpus(folder, ENGLISH)
        made = [corpus.train.read(index).tobytes() for index in (0, 1)]
        encoded.read_blocks = None  # from here on
        return made, [corpus.train.read(index).tobytes() for index in (0, 1)]

    expected = [ids.tobytes() for ids in TextCorpus(folder, ENGLISH, cache=shared / "mine").train]
    (made, found), told = in_child(lambda: with_warnings(work), NOBODY)
    assert made == found == expected
    assert told == []
    (own,) = (cache / "corpora").iterdir()
    assert own.name.startswith("corpus-") and len(kept(own)) == 2
    assert (own / ".gitignore").exists()


def told_in_memory(folder: Path) -> list[str]:
    return [f"{folder}/train/train_split_{number} is kept in memory" for number in (1, 2)]


def test_where_nothing_can_be_written_text_is_kept_in_memory_and_a_warning_says_so(shared):
    folder = read_only(corpus_folder(shared / "corpus", LINES, "abc\n"))
    (shared / "cache").mkdir(mode=0o555)

    def work():
        os.environ["TUTORLM_CACHE"] = str(shared / "cache")
        return [ids.tobytes() for ids in TextCorpus(folder, ENGLISH).train]

    expected = [ids.tobytes() for ids in TextCorpus(folder, ENGLISH, cache=shared / "mine").train]
    assert in_child(lambda: with_warnings(work), NOBODY) == (expected, told_in_memory(folder))


def test_a_model_trains_the_same_where_nothing_but_its_own_folder_can_be_written(shared):
    folder = read_only(corpus_folder(shared / "corpus", LINES, LINES))

    def work(cache=None):
        torch.manual_seed(0)
        trainer = LanguageModelTrainer(LanguageModel(ENGLISH, True, 8, 1), TextCorpus(folder, ENGLISH, cache=cache))
        result = trainer.train(shared / "out", 50, mini_batch_size=100, max_epochs=2, observers=[])
        return result.test_loss, trainer.model.encoder.weight.detach().numpy().tobytes()

    def hidden_work():
        os.environ["TUTORLM_CACHE"] = str(folder / "cache")
        return work()

    expected = work(shared / "mine")
    shutil.rmtree(shared / "out")
    found, told = in_child(lambda: with_warnings(hidden_work), NOBODY)
    assert found == expected
    assert {*told} == {*told_in_memory(folder)}


def test_a_file_in_place_of_the_cache_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("TUTORLM_CACHE", str(tmp_path / "users"))
    write(corpus_folder(tmp_path / "corpus", "abc\n") / ".encoded", "mine")
    corpus = TextCorpus(tmp_path / "corpus", ENGLISH)
    assert ENGLISH.decode(corpus.train.read(0)) == "abc\n"
    assert (tmp_path / "corpus" / ".encoded").read_text() == "mine"
    assert len(kept(tmp_path / "users")) == 1


@pytest.mark.parametrize(
    "place", ["", ".gitignore", "{settings}", "{settings}/train", "{settings}/train/train_split_1.ids"]
)
def test_nothing_is_written_through_a_link_in_the_cache(tmp_path, monkeypatch, place):
    """Such a corpus may come from a stranger."""
    monkeypatch.setenv("TUTORLM_CACHE", str(tmp_path / "users"))
    corpus = TextCorpus(corpus_folder(tmp_path / "corpus", LINES), ENGLISH, random_case_flip=False)
    expected = corpus.train.read(0)
    place = corpus.path / ".encoded" / place.format(settings=only_file(corpus.cache).parent.parent.name)
    folder, precious = place.is_dir(), tmp_path / "precious"
    if folder:
        shutil.rmtree(place)
        write(precious / "file", "precious")
    else:
        place.unlink()
        write(precious, "precious")
    place.symlink_to(precious)
    corpus, told = with_warnings(lambda: TextCorpus(corpus.path, ENGLISH, random_case_flip=False))
    found, told_then = with_warnings(lambda: corpus.train.read(0))
    assert np.array_equal(found, expected)
    if folder:
        assert [path.name for path in precious.iterdir()] == ["file"]
        assert len([*told, *told_then]) == 1
    assert (precious / "file" if folder else precious).read_text() == "precious"


def test_a_folder_chosen_for_the_cache_may_be_a_link(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to("disk")
    corpus = TextCorpus(corpus_folder(tmp_path / "corpus", LINES), ENGLISH, cache=tmp_path / "link")
    assert with_warnings(lambda: len(corpus.train.read(0))) == (len(LINES), [])
    assert kept(tmp_path / "disk") == ["train_split_1.ids"]


def test_a_name_too_long_for_a_second_one_beside_it_is_kept_in_memory(tmp_path):
    write(corpus_folder(tmp_path) / "train" / ("항구" * 40), "abc\n")  # 240 bytes; 255 is the most
    corpus = TextCorpus(tmp_path, ENGLISH)
    with pytest.warns(UserWarning, match=r"is kept in memory: .*File name too long"):
        assert ENGLISH.decode(corpus.train.read(0)) == "abc\n"


def nameless_user() -> int:
    """A number that no user of this machine has."""
    taken = {user.pw_uid for user in pwd.getpwall()}
    return next(number for number in range(54321, 60000) if number not in taken)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a user without a home")
@pytest.mark.parametrize("writable", ["corpus", "TUTORLM_CACHE", "nothing"])
def test_a_user_without_a_home_opens_a_corpus(shared, writable):
    """As in a container that runs under a number of its own."""
    folder = corpus_folder(shared / "corpus", "abc\n")
    TextCorpus(folder, ENGLISH, cache=shared / "mine").train.read(0)  # loads what the child may not
    folder.chmod(0o777 if writable == "corpus" else 0o555)

    def work():
        for name in ("HOME", "XDG_CACHE_HOME", "TUTORLM_CACHE"):
            os.environ.pop(name, None)
        if writable == "TUTORLM_CACHE":
            os.environ["TUTORLM_CACHE"] = str(shared / "cache")
        return ENGLISH.decode(TextCorpus(folder, ENGLISH, random_case_flip=False).train.read(0))

    told = told_in_memory(folder)[:1] if writable == "nothing" else []
    assert in_child(lambda: with_warnings(work), nameless_user()) == ("abc\n", told)


def test_a_folder_chosen_for_the_cache_is_taken_and_serves_many_corpora(tmp_path):
    for name in ("one", "other"):
        corpus_folder(tmp_path / name / "corpus", f"{name}\n")
    dictionary = dictionary_of("one other abc\n")
    for _ in ("made", "found"):
        for name in ("one", "other"):
            corpus = TextCorpus(tmp_path / name / "corpus", dictionary, cache=str(tmp_path / "chosen"))
            assert dictionary.decode(corpus.train.read(0)).lower() == f"{name}\n"
            assert not (tmp_path / name / "corpus" / ".encoded").exists()
    assert len(kept(tmp_path / "chosen")) == 2
    assert len(list((tmp_path / "chosen").iterdir())) == 2


def test_what_is_encoded_never_becomes_part_of_the_corpus(tmp_path):
    corpus_folder(tmp_path, LINES, "abc\n")
    before = list_text_files(tmp_path)
    corpus = TextCorpus(tmp_path, ENGLISH)
    fingerprint = corpus.fingerprint()
    list(corpus.train)
    assert (tmp_path / ".encoded" / ".gitignore").read_text() == "*\n"
    assert kept(tmp_path / ".encoded") == ["train_split_1.ids", "train_split_2.ids"]
    assert list_text_files(tmp_path) == before
    assert TextCorpus(tmp_path, ENGLISH).fingerprint() == fingerprint
    assert {*fingerprint} == {"train/train_split_1", "train/train_split_2", "valid.txt", "test.txt"} | {
        "seed", "random_case_flip"
    }  # fmt: skip


@pytest.mark.parametrize("name", ["train/train_split_1", "valid.txt", "test.txt"])
@pytest.mark.parametrize("place", [0, 80_000, -2])
def test_a_fingerprint_notices_a_change_anywhere_in_a_file_at_the_same_size(tmp_path, name, place):
    corpus_folder(tmp_path, LINES)
    write(tmp_path / name, LINES * 10)
    corpus = TextCorpus(tmp_path, ENGLISH)
    before = corpus.fingerprint()
    text = bytearray((LINES * 10).encode())
    text[place] = ord("b")
    change_keeping_the_size(tmp_path / name, text.decode())
    differing = {key for key, value in TextCorpus(tmp_path, ENGLISH).fingerprint().items() if before[key] != value}
    assert differing == {name}


def test_a_fingerprint_is_the_same_for_a_copy_of_the_corpus_and_another_for_another_seed(tmp_path):
    corpus_folder(tmp_path / "one", LINES, "abc\n")
    shutil.copytree(tmp_path / "one", tmp_path / "copy")
    one = TextCorpus(tmp_path / "one", ENGLISH).fingerprint()
    assert one == TextCorpus(tmp_path / "copy", ENGLISH, cache=tmp_path / "cache").fingerprint()
    assert one != TextCorpus(tmp_path / "one", ENGLISH, seed=1).fingerprint()
    assert one != TextCorpus(tmp_path / "one", ENGLISH, random_case_flip=False).fingerprint()


# -- reading ahead ---------------------------------------------------------------------------------


def reading_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("next-split")]


@pytest.fixture(scope="module")
def many_splits(tmp_path_factory) -> dict[int, TextCorpus]:
    folder = tmp_path_factory.mktemp("splits")
    return {
        number: TextCorpus(corpus_folder(folder / str(number), *[LINES[: 100 * n] for n in range(number)]), ENGLISH)
        for number in range(1, 5)
    }


@law
@given(splits=st.integers(1, 4), epochs=st.integers(0, 4), epoch=st.integers(0, 5), turn=st.integers(0, 4))
def test_reading_ahead_gives_the_splits_in_their_order_from_any_start(many_splits, splits, epochs, epoch, turn):
    train, turn = many_splits[splits].train, min(turn, splits)
    expected = [
        (index, e) for e in range(epoch, epochs) for index in train.order(e)[turn if e == epoch else 0 :]
    ]  # in epoch `epoch`, `turn` splits are done already
    found = list(train.read_ahead(epochs, epoch, turn))
    assert [index for index, _ in found] == [index for index, _ in expected]
    assert all(np.array_equal(ids, train.read(*place)) for place, (_, ids) in zip(expected, found, strict=True))
    assert not reading_threads()


def test_the_next_split_and_no_more_is_read_while_one_is_used(many_splits):
    train, read, asked = many_splits[4].train, many_splits[4].train.read, []

    def told(index, epoch=0):
        asked.append((index, threading.current_thread()))
        return read(index, epoch)

    train.read = told
    try:
        splits = train.read_ahead(1)
        assert not asked  # nothing is read before it is asked for
        next(splits)
        until = time.monotonic() + 10
        while len(asked) < 2 and time.monotonic() < until:
            time.sleep(0.001)
        time.sleep(0.05)
        assert [index for index, _ in asked] == train.order(0)[:2]
        assert threading.main_thread() not in {thread for _, thread in asked}
        splits.close()
    finally:
        del train.read
    assert len(asked) == 2


@pytest.mark.parametrize("ended_by", ["close", "forgotten", "an error", "its end"])
def test_the_reading_thread_ends_with_the_iterator(many_splits, ended_by):
    splits = many_splits[3].train.read_ahead(2)
    next(splits)
    assert reading_threads()
    if ended_by == "close":
        splits.close()
    elif ended_by == "an error":
        with pytest.raises(KeyboardInterrupt):
            splits.throw(KeyboardInterrupt)
    elif ended_by == "its end":
        list(splits)
    del splits
    assert not reading_threads()


def test_an_error_while_reading_ahead_comes_when_its_split_does(tmp_path):
    corpus_folder(tmp_path, *[LINES] * 4)
    corpus = TextCorpus(tmp_path, ENGLISH)
    first, second, *_ = corpus.train.order(0)
    write(corpus.train.files[second], LINES.encode() + b"\xff")
    splits = corpus.train.read_ahead(1)
    index, ids = next(splits)
    assert index == first and np.array_equal(ids, corpus.train.read(first))
    with pytest.raises(ValueError, match=rf"{corpus.train.files[second].name}, line 401, byte .* is not UTF-8"):
        next(splits)
    assert not reading_threads()


def test_a_run_ends_with_the_error_of_a_split_that_cannot_be_read_and_keeps_its_best_model(tmp_path):
    corpus = TextCorpus(corpus_folder(tmp_path, *[LINES] * 3), ENGLISH)
    write(corpus.train.files[corpus.train.order(0)[2]], LINES.encode() + b"\xff")
    trainer = LanguageModelTrainer(LanguageModel(ENGLISH, True, 8, 1), corpus)
    with pytest.raises(ValueError, match="is not UTF-8"):
        trainer.train(tmp_path / "out", 200, mini_batch_size=50, max_epochs=1, observers=[])
    assert LanguageModel.load_language_model(tmp_path / "out" / "best-lm.pt")
    assert len((tmp_path / "out" / "loss.tsv").read_text().splitlines()) == 3  # its head, and two splits
    assert not reading_threads()


def test_a_text_may_change_between_epochs_of_reading_ahead(tmp_path):
    corpus = TextCorpus(corpus_folder(tmp_path, "abc\n"), ENGLISH, random_case_flip=False)
    splits = corpus.train.read_ahead(3)
    assert ENGLISH.decode(next(splits)[1]) == "abc\n"  # the second is being read
    next(splits)
    write(tmp_path / "new", "cba and more\n")
    Path(tmp_path / "new").replace(tmp_path / "train" / "train_split_1")  # at once: a thread may be reading it
    assert ENGLISH.decode(next(splits)[1]) in ("abc\n", "cba and more\n")  # it may have been read before
    assert ENGLISH.decode(corpus.train.read(0)) == "cba and more\n"


def test_numbers_of_a_split_are_held_by_the_caller_alone(many_splits):
    splits = many_splits[3].train.read_ahead(2)
    _, ids = next(splits)
    held = weakref.ref(ids)
    del ids
    gc.collect()
    assert held() is None
    splits.close()


# -- documents as people mean them --------------------------------------------------------------------


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.sampled_from(["", "a", "bc", "d e"]), min_size=1, max_size=30), ends=st.booleans())
def test_blank_lines_stay_behind_the_line_before_them(tmp_path, lines, ends):
    text = "\n".join(lines) + "\n" * ends
    (tmp_path / "text").write_text(text, encoding="utf-8")
    dictionary = Dictionary.from_items(["<unk>", "\n", " ", *"abcde"])
    documents = read_documents(tmp_path / "text", dictionary)
    bounds = [0, *documents.ends.tolist()]
    pieces = [dictionary.decode(documents.ids[a:b]) for a, b in itertools.pairwise(bounds)]
    assert "".join(pieces) == text
    blank = [piece for piece in pieces if not piece.strip("\n")]
    assert len(blank) <= (not text.strip("\n")), "only a text of nothing else is a blank document"


@law
@given(more=st.lists(st.integers(0, 9), min_size=1, max_size=12), seed=st.integers(0, 9), k=st.sampled_from([2, 3]))
def test_line_ends_beyond_a_delimiter_of_several_stay_with_the_article_before_them(tmp_path, more, seed, k):
    articles = [f"{number}\n{number}" + "\n" * (k + run) for number, run in enumerate(more, start=10)]
    (tmp_path / "text").write_text("".join(articles), encoding="utf-8")
    documents = read_documents(tmp_path / "text", Dictionary.from_items(["<unk>", "\n", *"0123456789"]), "\n" * k)
    shuffled = documents.dictionary.decode(documents.shuffled(np.random.default_rng(seed), False))
    assert sorted(re.findall(r"\d+\n\d+\n+", shuffled)) == sorted(articles) and shuffled[0] != "\n"


def test_a_document_gets_only_what_it_lacks_of_its_delimiter(tmp_path):
    dictionary = Dictionary.from_items(["<unk>", "\n", " ", *"abcdSEP[]"])
    cases = {
        ("a\n\nb\n", "\n\n"): {"a\n\nb\n\n", "b\n\na\n\n"},
        ("a\n\nb", "\n\n"): {"a\n\nb\n\n", "b\n\na\n\n"},
        ("a[SEP]b[SEP]\n", "[SEP]"): {"a[SEP]b[SEP]", "b[SEP]a[SEP]"},
        ("a[SEP]b[", "[SEP]"): {"a[SEP]b[[SEP]", "b[[SEP]a[SEP]"},
        ("a[SEP]b \n", "[SEP]"): {"a[SEP]b \n[SEP]", "b \n[SEP]a[SEP]"},
        ("a\nb", "\n"): {"a\nb\n", "b\na\n"},
    }
    for (text, delimiter), allowed in cases.items():
        (tmp_path / "text").write_text(text, encoding="utf-8")
        documents = read_documents(tmp_path / "text", dictionary, delimiter)
        for seed in range(5):
            assert dictionary.decode(documents.shuffled(np.random.default_rng(seed), False)) in allowed, text
