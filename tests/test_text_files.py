"""Any bytes on a disk become clean blocks of characters, or a message that says what is wrong and where."""

import gzip
import itertools
import os
import re
import socket
import tracemalloc
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from conftest import read, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tutorlm import Dictionary, prepare_corpus
from tutorlm.files import packed
from tutorlm.files.text import BLOCK_CHARACTERS, list_text_files, read_blocks
from tutorlm.unicode import code_points, describe, normalize, script

FORMS = ["NFC", "NFD", "NFKC", "NFKD"]
# letters and marks that join, reorder, or change in one form and not in another
AWKWARD = (
    "ae éñǖ\u0301\u0327\u0300\u0323 \n한국각가\u1100\u1161\u11a8\u1112\u314f\u3131がか\u3099\uff9e\uff76ﬁ½ℌ"
    "\u0344\u0f71\u0f73\u0958\u0915\u093c\u09c7\u09be\u212b\u2126\U0001d15e\U000110ba\U00011099\U0002f800\U00020000😀\u200d"
)
awkward_texts = st.text(st.sampled_from(AWKWARD) | st.characters(exclude_categories=["Cs"]))
law = settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])


# -- normal forms --------------------------------------------------------------------------------


@law
@given(text=st.text(st.sampled_from(AWKWARD) | st.characters()), times=st.integers(1, 300), form=st.sampled_from(FORMS))
def test_normalize_equals_unicodedata_for_any_text(text, times, form):
    assert normalize(text * times, form) == unicodedata.normalize(form, text * times)


@pytest.mark.parametrize("form", FORMS)
def test_normalize_equals_unicodedata_for_every_character_in_any_company(form):
    every = np.random.default_rng(0).permutation(0x110000)
    text = "".join(map(chr, every[every < 0x30000])) + AWKWARD * 200
    assert normalize(text, form) == unicodedata.normalize(form, text)


def test_no_normal_form_leaves_text_as_it_is():
    assert normalize("e\u0301 é", None) == "e\u0301 é"


@given(st.text(st.characters()))
def test_code_points_are_those_of_ord_lone_surrogates_included(text):
    assert code_points(text).tolist() == [ord(character) for character in text]


MARKS = {
    "two in turn": "a" + "\u0301\u0323" * 20_000,
    "without a letter": "\u0323\u0301" * 20_000,
    "that are made of two": "\u0344\u0323" * 20_000,
    "of no class": "\u0f73\u0f71" * 20_000,
    "after a letter with one": "\u1ea5" + "\u0301\u0323" * 20_000 + "\u1ea5e\u0301",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("marks", MARKS)
def test_thousands_of_marks_in_a_row_are_normalised_as_unicodedata_does_it(marks, form):
    text = MARKS[marks][:4000] + "x" + MARKS[marks][-4000:]
    assert normalize(text, form) == unicodedata.normalize(form, text)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("marks", MARKS)
def test_a_million_marks_in_a_row_take_seconds_and_not_an_hour(marks):
    text = MARKS[marks] * 25
    assert len(normalize(text, "NFC")) > 900_000
    assert Dictionary(normalization="NFD").encode(text).any() == 0  # all of them are <unk>


# -- blocks --------------------------------------------------------------------------------------


@law
@given(text=awkward_texts, times=st.integers(1, 200), size=st.integers(1, 9000))
def test_blocks_put_together_are_the_text(tmp_path, text, times, size):
    text = "x" + (text * times).replace("\r", "").replace("\0", "")
    assert "".join(read_blocks(write(tmp_path / "any", text), size=size)) == text


@law
@given(text=st.text(st.sampled_from("ab \r\n")), size=st.integers(1, 20))
def test_line_ends_of_any_system_become_newlines(tmp_path, text, size):
    expected = text.replace("\r\n", "\n").replace("\r", "\n")
    assert "".join(read_blocks(write(tmp_path / "any", text), size=size)) == expected


@law
@given(
    pieces=st.lists(st.sampled_from(["[SEP]", "[", "SEP", "]", " ", "\n", "가", "e\u0301"])),
    times=st.integers(1, 40),
    size=st.integers(8, 200),
    delimiter=st.sampled_from(["[SEP]", "[SEP] ", "\n[SEP]", "P]\n["]),
)
def test_no_cut_parts_the_string_to_be_kept_whole(tmp_path, pieces, times, size, delimiter):
    text = "".join(pieces) * times
    blocks = list(read_blocks(write(tmp_path / "any", text), keep_whole=delimiter, size=size))
    assert "".join(blocks) == text
    assert sum(block.count(delimiter) for block in blocks) == text.count(delimiter)


@pytest.mark.parametrize("before", range(8))
def test_no_cut_parts_a_delimiter_in_text_without_white_space(tmp_path, before):
    text = "가" * (5000 - before) + "[SEP]" + "나" * 5000 + "[SEP]"
    blocks = list(read_blocks(write(tmp_path / "any", text), keep_whole="[SEP]", size=5000))
    assert len(blocks) > 1
    assert sum(block.count("[SEP]") for block in blocks) == 2


@law
@given(
    text=awkward_texts.filter(bool),
    times=st.integers(1, 9000),
    size=st.integers(1, 9000),
    form=st.sampled_from(FORMS[:2]),
)
def test_each_block_may_be_normalised_by_itself(tmp_path, text, times, size, form):
    text = (text * times)[:20_000].replace("\r", "").replace("\0", "").removeprefix("\ufeff")
    blocks = read_blocks(write(tmp_path / "any", text), size=size)
    assert "".join(normalize(block, form) for block in blocks) == unicodedata.normalize(form, text)


def test_a_file_of_one_endless_line_comes_in_blocks_all_the_same(tmp_path):
    blocks = list(read_blocks(write(tmp_path / "endless", "다" * 100_000), size=10_000))
    assert len(blocks) >= 10
    assert max(map(len, blocks)) <= 20_000


def peak(work) -> int:
    """The most bytes in use at once, above what was in use before."""
    tracemalloc.start()
    work()
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


ENDLESS = {
    "one line": ("x", ""),
    "Chinese without space": ("語", ""),
    "rare ideographs": ("\U00020000", ""),
    "syllables taken apart": ("각", ""),
    "empty lines that are delimiters": ("\n", "\n\n"),
    "hyphens that are delimiters": ("-", "---"),
    "carriage returns": ("\r", ""),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("text", ENDLESS)
def test_memory_is_flat_however_long_a_file_without_a_good_place_to_cut_is(tmp_path, text):
    character, delimiter = ENDLESS[text]
    path = write(tmp_path / "endless", character * 3_000_000)
    list(itertools.islice(read_blocks(path, "NFD", delimiter), 1))  # tables that are made once

    def work():
        assert max(map(len, read_blocks(path, "NFD", delimiter))) <= 4 * BLOCK_CHARACTERS

    assert peak(work) < 12_000_000


@given(times=st.integers(1, 600), size=st.integers(3, 50), delimiter=st.sampled_from(["\n\n", "\n\n\n"]))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_a_flood_of_line_ends_delimiters_are_counted_from_the_left(tmp_path, times, size, delimiter):
    text = "a\n" + "\n" * times + "b\n\nc"
    blocks = list(read_blocks(write(tmp_path / "flood", text), keep_whole=delimiter, size=size))
    assert "".join(blocks) == text
    assert sum(block.count(delimiter) for block in blocks) == text.count(delimiter)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("form", [None, "NFC", "NFD"])
def test_more_marks_in_a_row_than_any_text_has_are_refused_by_name(tmp_path, form):
    path = write(tmp_path / "marks", "one\ntwo a" + "\u0301\u0323" * 1_000_000)
    with pytest.raises(ValueError, match=r"marks, line 2: \d\d\d,\d+ characters in a row that are combining marks"):
        list(read_blocks(path, form))


@pytest.mark.timeout(20)
def test_marks_by_the_thousand_are_read_like_any_text(tmp_path):
    text = "one\ntwo a" + "\u0301\u0323" * 40_000 + "\nthree"
    assert "".join(read_blocks(write(tmp_path / "marks", text), size=5000)) == text
    read = "".join(read_blocks(tmp_path / "marks", "NFC", size=5000))
    assert read == "one\ntwo ạ" + "\u0323" * 39_999 + "\u0301" * 40_000 + "\nthree"


def test_an_empty_file_has_no_blocks(tmp_path):
    assert list(read_blocks(write(tmp_path / "empty", ""))) == []


# -- bytes of all kinds --------------------------------------------------------------------------


def test_a_byte_order_mark_stays_within_a_line(tmp_path, recwarn):
    assert read(write(tmp_path / "bom", b"\xef\xbb\xbfa\xef\xbb\xbfb\n")) == "a\ufeffb\n"
    assert not recwarn


def test_a_byte_order_mark_at_the_start_of_a_line_is_left_out_and_told_once(tmp_path):
    path = write(tmp_path / "joined", "\ufeffone\ntwo\r\n\ufeffthree \ufeff\n\ufeff\n\ufeff\ufefffour\ufeff")
    with pytest.warns(UserWarning, match=r"joined, line 3: a byte-order mark \(U\+FEFF\)") as told:
        assert read(path) == "one\ntwo\nthree \ufeff\n\nfour\ufeff"
    assert len(told) == 1


@law
@given(text=st.text(st.sampled_from("ab \n\ufeff\u0301")), size=st.integers(1, 20))
@pytest.mark.filterwarnings("ignore:.*byte-order mark")
def test_byte_order_marks_are_found_wherever_blocks_are_cut(tmp_path, text, size):
    expected = re.sub("(?m)^\ufeff+", "", text)
    assert "".join(read_blocks(write(tmp_path / "any", text), size=size)) == expected


@pytest.mark.parametrize("size", [1, 3, 50, BLOCK_CHARACTERS])
def test_the_line_of_a_byte_order_mark_is_right_wherever_blocks_are_cut(tmp_path, size):
    path = write(tmp_path / "joined", "some words\n" * 30 + "\ufeffmore\n")
    with pytest.warns(UserWarning, match="joined, line 31: a byte-order mark"):
        list(read_blocks(path, size=size))


def test_a_packed_file_reads_like_the_plain_one(tmp_path):
    text = "Grüße\r\naus 서울\n" * 1000
    packed, plain = write(tmp_path / "a.txt.gz", gzip.compress(text.encode())), write(tmp_path / "a.txt", text)
    assert read(packed) == read(plain)


def test_invalid_utf8_is_told_with_file_line_byte_and_remedy(tmp_path):
    bad = write(tmp_path / "latin.txt", b"first\nsecond\ngr\xfc\xdfe\n")
    with pytest.raises(ValueError, match=r"latin\.txt, line 3, byte 15: 0xfc is not UTF-8 .*iconv .* latin\.txt"):
        read(bad)


def test_the_byte_told_is_counted_from_the_start_of_the_file_byte_order_mark_and_line_ends_included(tmp_path):
    content = b"\xef\xbb\xbf" + "ä\r\n".encode() * 70_000 + b"ok \xff"
    with pytest.raises(ValueError, match=rf"line 70001, byte {content.index(0xFF)}: 0xff is not UTF-8"):
        read(write(tmp_path / "long", content))


def test_a_character_broken_off_at_the_end_of_the_file_is_told(tmp_path):
    with pytest.raises(ValueError, match=r"line 2, byte 4: 0xea is not UTF-8 \(unexpected end of data\)"):
        read(write(tmp_path / "cut", b"abc\n" + "가".encode()[:2]))


def test_a_lone_surrogate_written_to_a_file_is_told(tmp_path):
    with pytest.raises(ValueError, match=r"line 1, byte 2: 0xed is not UTF-8"):
        read(write(tmp_path / "surrogate", "ab\ud800".encode("utf-8", "surrogatepass")))


def test_invalid_utf8_inside_a_packed_file_is_told_by_its_place_in_the_text(tmp_path):
    with pytest.raises(ValueError, match=r"a\.gz, line 2, byte 3: 0xff is not UTF-8"):
        read(write(tmp_path / "a.gz", gzip.compress(b"ok\n\xff\n")))


def test_a_nul_character_is_told_with_its_line(tmp_path):
    with pytest.raises(ValueError, match=r"binary, line 3: a NUL character.*UTF-16 or a binary file; save it as UTF-8"):
        read(write(tmp_path / "binary", "one\ntwo\nthr\0ee\nfour"))


def test_the_line_of_a_nul_is_right_many_blocks_into_a_file(tmp_path):
    path = write(tmp_path / "binary", "line\n" * 1000 + "\0")
    with pytest.raises(ValueError, match="line 1001: a NUL"):
        list(read_blocks(path, size=64))


@pytest.mark.parametrize(
    "content",
    [gzip.compress(b"some text " * 100)[:-12], b"plain text", gzip.compress(b"text")[:-6] + b"......"],
    ids=["truncated", "not packed", "wrong checksum"],
)
def test_a_damaged_gz_file_is_told_by_name(tmp_path, content):
    with pytest.raises(ValueError, match=r"broken\.txt\.gz is a damaged \.gz file .*; compress it again"):
        read(write(tmp_path / "broken.txt.gz", content))


@pytest.mark.parametrize("before", [0, 65_530, 65_535, 65_536, 200_000])
def test_the_place_of_a_bad_byte_is_right_wherever_it_is(tmp_path, before):
    content = b"\n" + "ä".encode() * 3 + b"x" * before + "가".encode()[:2] + b"z"
    place = content.index("가".encode()[:2])
    with pytest.raises(ValueError, match=rf"line 2, byte {place}: 0xea is not UTF-8"):
        read(write(tmp_path / "bad", content))


def test_memory_is_flat_when_the_last_byte_of_one_long_line_is_bad(tmp_path):
    path = write(tmp_path / "bad.gz", gzip.compress(b"x" * 20_000_000 + b"\xff"))

    def work():
        with pytest.raises(ValueError, match="line 1, byte 20000000: 0xff is not UTF-8"):
            list(map(len, read_blocks(path)))

    assert peak(work) < 5_000_000


def test_a_gz_file_that_unfolds_to_far_more_than_text_does_is_refused_by_name(tmp_path, monkeypatch):
    monkeypatch.setattr(packed, "PACKED_FREELY", 1_000_000)
    path = write(tmp_path / "bomb.txt.gz", gzip.compress(b"x" * 20_000_000))
    for work in (read, Dictionary.from_files, lambda path: prepare_corpus(path, tmp_path / "out")):
        with pytest.raises(
            ValueError, match=r"bomb\.txt\.gz unfolds to more than 100 times .*\(gunzip bomb\.txt\.gz\)"
        ):
            work(path)
    assert list(tmp_path.iterdir()) == [path]


def test_ordinary_text_and_little_text_may_be_packed_as_tightly_as_it_goes(tmp_path, monkeypatch):
    assert len(read(write(tmp_path / "little.gz", gzip.compress(b"x" * 2_000_000)))) == 2_000_000
    monkeypatch.setattr(packed, "PACKED_FREELY", 10_000)
    lines = "".join(f"Line {n} of many lines that are all alike\n" for n in range(20_000))
    assert read(write(tmp_path / "alike.gz", gzip.compress(lines.encode()))) == lines


# -- what is no file -------------------------------------------------------------------------------


@pytest.fixture
def no_files(tmp_path, monkeypatch):
    """Names of things that are no text files, and how they are called."""
    monkeypatch.chdir(tmp_path)  # the name of a socket may have 100 bytes
    os.mkfifo("pipe")
    Path("loop").symlink_to("loop")
    Path("lost").symlink_to("nowhere")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        yield {"pipe": "is a named pipe, not a file", "socket": "is a socket, not a file",
               "/dev/zero": "is a device, not a file", "loop": "is a link that leads nowhere",
               "lost": "is a link that leads nowhere"}  # fmt: skip


@pytest.mark.timeout(10)
def test_what_is_no_file_is_named_at_once(no_files):
    for name, said in no_files.items():
        for work in (
            list_text_files,
            lambda name: Dictionary.from_files([name]),
            lambda name: prepare_corpus(name, "out"),
        ):
            with pytest.raises((ValueError, FileNotFoundError), match=f"^{name} {said}"):
                work(name)
        with pytest.raises((ValueError, OSError), match=name):
            list(read_blocks(name))


@pytest.mark.timeout(10)
@pytest.mark.parametrize("name", ["pipe", "socket", "loop", "lost"])
def test_what_is_no_file_in_a_folder_of_text_is_named_at_once(no_files, name):
    write(Path("folder/deep/text"), "x")
    Path(name).rename(f"folder/deep/{name}")
    with pytest.raises((ValueError, FileNotFoundError), match=f"^folder/deep/{name} {no_files[name]}"):
        list_text_files("folder")


@pytest.mark.timeout(10)
@pytest.mark.parametrize("target", ["..", "."])
def test_a_link_to_a_folder_above_is_named(tmp_path, target):
    write(tmp_path / "folder/deep/text", "x")
    (tmp_path / "folder/deep/up").symlink_to(target)
    with pytest.raises(ValueError, match=r"deep/up is the folder .*folder.* again, and its text would be read twice"):
        list_text_files(tmp_path / "folder")


@pytest.mark.timeout(10)
def test_folders_that_are_linked_twice_at_every_level_are_named(tmp_path):
    for level in range(39):
        (tmp_path / f"{level}").mkdir()
        for name in "ab":
            (tmp_path / f"{level}" / name).symlink_to(f"../{level + 1}")
    write(tmp_path / "39" / "text", "x")
    with pytest.raises(ValueError, match="and its text would be read twice"):
        list_text_files(tmp_path / "0")  # or 2 to the power of 39 times


def test_a_text_in_the_deepest_of_many_folders_is_found(tmp_path):
    folder = tmp_path
    for _ in range(450):
        folder = Path(f"{folder}/d")  # built from its parts, it would be named by recursion
        folder.mkdir()
    write(Path(f"{folder}/text"), "x")
    assert [file.name for file in list_text_files(tmp_path)] == ["text"]


def test_links_to_files_and_folders_elsewhere_are_followed(tmp_path):
    write(tmp_path / "disk/deep/text", "x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/link").symlink_to(tmp_path / "disk/deep")
    (tmp_path / "folder/text").symlink_to(tmp_path / "disk/deep/text")
    found = list_text_files([tmp_path / "folder", tmp_path / "folder"])
    assert [file.name for file in found] == ["text", "text"] * 2


# -- which files ---------------------------------------------------------------------------------


def test_numbers_in_names_count_as_numbers(tmp_path):
    for number in (10, 9, 1, 2, 100):
        write(tmp_path / f"split_{number}", "x")
    assert [file.name for file in list_text_files(tmp_path)] == [f"split_{n}" for n in (1, 2, 9, 10, 100)]


def test_names_of_digits_and_of_letters_sort_together(tmp_path):
    for name in ("b", "7", "a2", "a", "11"):
        write(tmp_path / name, "x")
    assert [file.name for file in list_text_files(tmp_path)] == ["7", "11", "a", "a2", "b"]


def test_all_files_below_a_folder_are_found_whatever_their_names_end_in(tmp_path):
    for name in ("b/deep/er.dat", "a", "c.txt.gz", "한국어"):
        write(tmp_path / name, "x")
    found = [str(file.relative_to(tmp_path)) for file in list_text_files(tmp_path)]
    assert found == ["a", str(Path("b/deep/er.dat")), "c.txt.gz", "한국어"]


def test_hidden_files_and_what_is_no_text_are_passed_over_and_named(tmp_path):
    write(tmp_path / "text", "x")
    for name in (".text.swp", "deep/text~", "deep/#text#"):
        write(tmp_path / name, b"\xff")
    with pytest.warns(UserWarning, match=r"^passed over, .*/\.text\.swp, .*/deep/#text#, .*/deep/text~\. ") as told:
        assert list_text_files(tmp_path) == [tmp_path / "text"]
    assert len(told) == 1
    assert list_text_files(tmp_path / "deep/text~") == [tmp_path / "deep/text~"]


def test_of_many_files_that_are_passed_over_five_are_named(tmp_path):
    for number in range(1200):
        write(tmp_path / f".{number}", "x")
    with pytest.warns(UserWarning, match=r": \S+/\.0, (\S+, ){3}\S+/\.4 and 1,195 more\. "), pytest.raises(OSError):
        list_text_files(tmp_path)


def test_what_everybody_has_is_passed_over_in_silence(tmp_path, recwarn):
    write(tmp_path / "text", "x")
    for name in (
        ".ipynb_checkpoints/text-checkpoint.txt", ".DS_Store", "__pycache__/a.pyc", "Thumbs.db", "Desktop.ini",
        ".git/HEAD", ".gitignore", ".encoded/text", ".lock",
    ):  # fmt: skip
        write(tmp_path / name, b"\xff")
    assert list_text_files(tmp_path) == [tmp_path / "text"]
    assert not recwarn


def test_the_codes_of_languages_are_no_endings_of_editors(tmp_path, recwarn):
    names = ["text.bak", "text.swa", "text.swo", "text.swp", "text.tmp"]  # Bashkir, Swahili, …
    for name in names:
        write(tmp_path / name, "x")
    assert [file.name for file in list_text_files(tmp_path)] == names
    assert not recwarn


def test_a_hidden_file_is_read_when_it_is_named_itself(tmp_path):
    hidden = write(tmp_path / ".hidden", "x")
    assert list_text_files(hidden) == [hidden]


def test_several_sources_keep_the_order_they_are_named_in(tmp_path):
    write(tmp_path / "folder/a", "x")
    write(tmp_path / "single", "x")
    found = list_text_files([tmp_path / "single", str(tmp_path / "folder")])
    assert found == [tmp_path / "single", tmp_path / "folder/a"]


def test_a_missing_path_is_told_with_the_folder_looked_from(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"nowhere does not exist \(looked from the folder " + re.escape(str(Path.cwd()))
    ):
        list_text_files(tmp_path / "nowhere")


def test_a_folder_without_text_is_told(tmp_path):
    write(tmp_path / ".DS_Store", "x")
    with pytest.raises(FileNotFoundError, match=f"no text file in {re.escape(str(tmp_path))}"):
        list_text_files(tmp_path)
    with pytest.raises(FileNotFoundError, match="no text file in an empty list"):
        list_text_files([])


# -- words for messages --------------------------------------------------------------------------


def test_a_character_is_described_by_sight_code_point_and_name():
    assert describe("é") == "'é' U+00E9 LATIN SMALL LETTER E WITH ACUTE"
    assert describe("\x07") == "U+0007 a character without a name"


@pytest.mark.parametrize(
    ("letters", "name"),
    [
        ("aÉＡ", "Latin"),
        ("한\u1112", "Hangul"),
        ("語", "Han"),
        ("か", "Hiragana"),
        ("カｶ", "Katakana"),
        ("م", "Arabic"),
        ("\u0915\u094d", "Devanagari"),
        ("\u03017 😀\n", "Common"),
    ],
)
def test_the_script_of_a_letter(letters, name):
    assert {script(letter) for letter in letters} == {name}
