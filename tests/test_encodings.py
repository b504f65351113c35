"""Bytes that are not UTF-8: what they are is found out from the bytes, and told with what to do."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import pickle
import random
import re
import sqlite3
import subprocess
import sys
import tarfile
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from conftest import read, write

from tutorlm import prepare_corpus
from tutorlm.files import packed
from tutorlm.files.encodings import likely_encodings, other_kind, unmarked_utf16
from tutorlm.files.text import list_text_files, read_blocks

RIGHTS = {
    "ko": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 이성과 양심을 부여받았다.",
    "ja": "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。",
    "zh": "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。",
    "tw": "人人生而自由，在尊嚴和權利上一律平等。他們賦有理性和良心，並應以兄弟關係的精神相對待。",
    "ru": "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью.",
    "ar": "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق. وقد وهبوا عقلا وضميرا.",
    "de": "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sollen einander brüderlich begegnen.",
    "fr": "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison.",
    "en": "The mayor’s café opened at nine o’clock – “late”, she said, and went home to her books and her two cats.",
    "el": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.",
    "th": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ต่างมีเหตุผลและมโนธรรม",
}


# -- likely encodings ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "encoding", "named"),
    [
        ("ko", "cp949", "CP949"), ("ko", "euc_kr", "CP949"), ("ja", "cp932", "CP932"), ("ja", "euc_jp", "EUC-JP"),
        ("zh", "gb18030", "GB18030"), ("zh", "gbk", "GB18030"), ("tw", "big5", "BIG5-HKSCS"),
        ("ru", "cp1251", "CP1251"),
        ("ru", "koi8_r", "KOI8-R"), ("ru", "cp866", "CP866"), ("ar", "cp1256", "CP1256"), ("de", "cp1252", "CP1252"),
        ("de", "latin_1", "CP1252"), ("fr", "latin_1", "CP1252"), ("en", "cp1252", "CP1252"),
        ("el", "cp1253", "CP1253"), ("th", "cp874", "CP874"),
    ],
)  # fmt: skip
def test_the_encoding_of_a_text_is_named_first_with_a_reading_and_a_command(tmp_path, language, encoding, named):
    text = (RIGHTS[language] + "\n") * 5
    path = write(tmp_path / "text.txt", b"Plain words.\n" + text.encode(encoding))
    with pytest.raises(ValueError, match=r"text\.txt, line 2, byte \d+: 0x.. is not UTF-8 ") as told:
        read(path)
    message = str(told.value)
    assert f"It is likely {named} (" in message
    assert message.endswith(f"iconv -f {named} -t UTF-8 text.txt")
    assert "ISO-8859-1 " not in message
    reading = message.partition("('")[2].partition("')")[0]
    assert reading in text, reading


@pytest.mark.parametrize("size", range(600, 608))
@pytest.mark.parametrize("case", ["ko cp949", "ja cp932", "ja euc_jp", "zh gb18030"])
def test_a_sample_that_ends_within_a_character_tells_the_encoding_all_the_same(case, size):
    language, encoding = case.split()
    sample = (RIGHTS[language].replace(" ", "") * 10).encode(encoding)[:size]
    assert likely_encodings(sample)[0].encoding == encoding.upper().replace("_", "-")


def test_one_long_line_tells_its_encoding_from_a_place_far_into_it(tmp_path):
    text = "plain words, " * 20_000 + RIGHTS["ko"] * 2000
    with pytest.raises(ValueError, match=r"line 1, byte 260000: .* likely CP949 \('모든 인간은"):
        read(write(tmp_path / "line", text.encode("cp949")))


def test_what_reads_well_in_no_encoding_gets_advice_how_to_find_out(tmp_path):
    noise = bytes(byte or 1 for byte in random.Random(1).randbytes(3000))
    with pytest.raises(ValueError, match=r"editor that names.*iconv -f ENCODING -t UTF-8 noise \(iconv -l"):
        read(write(tmp_path / "noise", noise))


@pytest.mark.parametrize(("language", "encoding"), [("ja", "ISO-2022-JP"), ("ko", "ISO-2022-KR")])
def test_text_with_escapes_to_another_alphabet_is_named_though_its_bytes_are_ascii(tmp_path, language, encoding):
    mail = f"From: a reader\n\n{RIGHTS[language]}\n".encode(encoding)
    assert mail.isascii()
    remedy = f"This is {encoding}. Save the file as UTF-8, or convert it: iconv -f {encoding} -t UTF-8 mail"
    with pytest.raises(ValueError, match=rf"mail, line 3: .* {re.escape(remedy)}$"):
        read(write(tmp_path / "mail", mail))
    log = "\x1b[31mred\x1b[0m \x1b(B $B costs $5\n"
    assert read(write(tmp_path / "log", log)) == log


def test_a_damaged_place_in_utf8_is_no_other_encoding(tmp_path):
    text = RIGHTS["ko"].encode() * 3
    with pytest.raises(ValueError, match=r"byte 7: 0x9d .*around it is UTF-8: the file is damaged") as told:
        read(write(tmp_path / "damaged", text[:7] + text[8:]))
    assert "iconv" not in str(told.value)


@pytest.mark.parametrize("text", ["비가 와서 배가 늦게 떠났다", "Only here: é", "सुबह की नाव"])
def test_utf8_that_was_cut_within_a_character_is_no_other_encoding(tmp_path, text):
    path = write(tmp_path / "cut.txt", (("Noon: ñ\n" + text + "\n") * 3 + text).encode()[:-1])
    with pytest.raises(ValueError, match=r"cut\.txt, line 7, .*cut within its last character: copy it whole") as told:
        read(path)
    assert "iconv" not in str(told.value)
    write(path, b"Plain words, but at the end caf\xe9")
    with pytest.raises(ValueError, match=r"It is likely .*iconv -f"):
        read(path)


def test_names_with_spaces_are_quoted_in_commands(tmp_path):
    with pytest.raises(ValueError, match=r"iconv -f CP949 -t UTF-8 'my text'$"):
        read(write(tmp_path / "my text", RIGHTS["ko"].encode("cp949")))


def test_the_command_for_a_packed_file_unpacks_it(tmp_path):
    path = write(tmp_path / "a.gz", gzip.compress(RIGHTS["ko"].encode("cp949")))
    with pytest.raises(ValueError, match=r"gzip -dc < a\.gz \| iconv -f CP949 -t UTF-8$"):
        read(path)


def test_the_guesser_is_imported_only_when_it_is_needed():
    order = "import sys, tutorlm.cli; print('charset_normalizer' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", order], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]


# -- UTF-16 and UTF-32 -----------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_text_with_a_byte_order_mark_reads_like_utf8(tmp_path, encoding):
    text = "".join(RIGHTS.values()) + "\n😀 two\r\nlines\r"
    path = write(tmp_path / "text", ("\ufeff" + text * 300).encode(encoding))
    assert read(path) == (text * 300).replace("\r\n", "\n").replace("\r", "\n")
    packed_path = write(tmp_path / "text.xz", lzma.compress(path.read_bytes()))
    assert "".join(read_blocks(packed_path, size=1000)) == read(path)


def test_utf16_that_is_damaged_is_told_with_its_place(tmp_path):
    content = "\ufeffone\ntwo\n".encode("utf-16-le") + b"\x00\xd8x\0"
    with pytest.raises(ValueError, match=r"cut, line 3, byte 18: 0x00 is not UTF-16-LE \(illegal UTF-16 surrogate\)"):
        read(write(tmp_path / "cut", content))
    with pytest.raises(ValueError, match=r"odd, line 1, byte 4: 0x62 is not UTF-16-LE \(truncated data\)"):
        read(write(tmp_path / "odd", "\ufeffab".encode("utf-16-le")[:-1]))


@pytest.mark.parametrize("language", ["en", "ko", "ru"])
@pytest.mark.parametrize(("encoding", "named"), [("utf-16-le", "UTF-16LE"), ("utf-16-be", "UTF-16BE")])
def test_utf16_without_a_byte_order_mark_is_named(tmp_path, language, encoding, named):
    path = write(tmp_path / "bare", (RIGHTS[language] + "\n").encode(encoding) * 3)
    with pytest.raises(ValueError, match=f"bare, line 1.*{named} without a .* iconv -f {named} -t UTF-8 bare"):
        read(path)


def test_numbers_in_binary_are_not_taken_for_utf16():
    assert unmarked_utf16(np.arange(1000, dtype=np.int32).tobytes()) is None
    assert unmarked_utf16(random.Random(0).randbytes(4096)) is None
    assert unmarked_utf16(b"") is None


# -- packed files ----------------------------------------------------------------------------------

PACK = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}


@pytest.mark.parametrize("ending", PACK)
@pytest.mark.parametrize("name", ["text{}", "TEXT{upper}", "text.txt", "text"])
def test_packed_files_are_known_by_their_bytes(tmp_path, ending, name):
    text = "\n".join(RIGHTS.values()) * 50
    path = write(tmp_path / name.format(ending, upper=ending.upper()), PACK[ending](text.encode()))
    assert read(path) == text
    assert packed.likely_size(path) == 4 * path.stat().st_size


@pytest.mark.parametrize("ending", PACK)
def test_packed_files_that_were_joined_are_read_to_the_end(tmp_path, ending):
    assert read(write(tmp_path / "both", PACK[ending](b"one\n") + PACK[ending](b"two\n"))) == "one\ntwo\n"


@pytest.mark.parametrize("ending", PACK)
@pytest.mark.parametrize("damage", ["cut", "flipped", "plain"])
def test_damaged_packed_files_are_named(tmp_path, ending, damage):
    content = bytearray(PACK[ending](random.Random(0).randbytes(3000).hex().encode()))
    content[len(content) // 2] ^= 0xFF
    path = write(tmp_path / f"a{ending}", {"cut": content[:-20], "flipped": content, "plain": b"plain text"}[damage])
    with pytest.raises(ValueError, match=rf"a\{ending} is a damaged \{ending} file \(.*\); compress it again"):
        read(path)


@pytest.mark.parametrize(("ending", "command"), [(".bz2", "bunzip2"), (".xz", "unxz")])
def test_what_unfolds_to_far_more_than_text_does_is_refused(tmp_path, monkeypatch, ending, command):
    monkeypatch.setattr(packed, "PACKED_FREELY", 1_000_000)
    path = write(tmp_path / f"bomb{ending}", PACK[ending](b"x" * 20_000_000))
    with pytest.raises(ValueError, match=rf"unfolds to more than 100 times .*\({command} bomb\{ending}\)"):
        for _ in read_blocks(path):
            pass


def test_an_xz_file_that_asks_for_much_memory_is_refused(tmp_path):
    content = bytearray(lzma.compress(b"text"))
    assert content[14:16] == b"\x21\x01"  # in the header of the first block: LZMA2, with a byte of settings
    content[16] = 40  # 4 GB
    content[20:24] = zlib.crc32(content[12:20]).to_bytes(4, "little")
    with pytest.raises(ValueError, match=r"a\.xz is a damaged \.xz file \(Memory usage limit exceeded\)"):
        read(write(tmp_path / "a.xz", bytes(content)))


def test_a_python_without_a_module_says_so(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "lzma", None)
    with pytest.raises(ValueError, match=r"built without its module lzma\. Unpack it first \(unxz a\.xz\)"):
        read(write(tmp_path / "a.xz", lzma.compress(b"text")))


def test_prepare_takes_texts_packed_in_all_ways(tmp_path):
    lines = "".join(f"Line {number} of a text.\n" for number in range(3000))
    for ending, pack in PACK.items():
        write(tmp_path / "in" / f"text{ending}", pack(lines.encode()))
    made = prepare_corpus(tmp_path / "in", tmp_path / "out")
    assert sum(made.characters.values()) == 3 * len(lines)


# -- other kinds of files --------------------------------------------------------------------------


def _zip(*names: str) -> bytes:
    with zipfile.ZipFile(file := io.BytesIO(), "w") as archive:
        for name in names:
            archive.writestr(*name.split("=") if "=" in name else (name, "content"))
    return file.getvalue()


def _tar() -> bytes:
    with tarfile.open(fileobj=(file := io.BytesIO()), mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"))
    return file.getvalue()


def _npy() -> bytes:
    np.save(file := io.BytesIO(), np.arange(3))
    return file.getvalue()


def _sqlite(folder: Path) -> bytes:
    with sqlite3.connect(folder / "made.db") as database:
        database.execute("create table texts (text)")
    return (folder / "made.db").read_bytes()


KINDS = {
    "a .zip archive, not text. Unpack it": _zip("a.txt"),
    "an Office document": _zip("[Content_Types].xml", "word/document.xml"),
    "an OpenDocument file": _zip("mimetype=application/vnd.oasis.opendocument.text"),
    "an e-book": _zip("mimetype=application/epub+zip"),
    "a .7z archive": b"7z\xbc\xaf\x27\x1c\0\4",
    "a .rar archive": b"Rar!\x1a\x07\1\0",
    "a .tar archive": _tar(),
    "a file packed by zstd .* prepare - my_corpus": b"\x28\xb5\x2f\xfd\x04\x00",
    "a PDF document, not text. Take its text out": b"%PDF-1.7\n1 0 obj",
    "an old Office document": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100,
    "a Parquet table": b"PAR1\x15\x04\x15\x20",
    "a NumPy array": _npy(),
    "a pickle of Python": pickle.dumps({"a": 1}),
    "a picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "a picture, .* remove it from the folder": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "a sound recording": b"RIFF\x24\0\0\0WAVEfmt ",
    "a program": b"\x7fELF\2\1\1",
    "packed more than once": gzip.compress(gzip.compress(b"text")),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_of_another_kind_is_named_as_what_it_is(tmp_path, kind):
    with pytest.raises(ValueError, match=f"train.txt is {kind}"):
        read(write(tmp_path / "train.txt", KINDS[kind]))


def test_a_database_is_named_as_what_it_is(tmp_path):
    with pytest.raises(ValueError, match=r"train\.txt is an SQLite database, not text\. Write the texts"):
        read(write(tmp_path / "train.txt", _sqlite(tmp_path)))


def test_a_packed_archive_is_named_as_what_it_is(tmp_path):
    with pytest.raises(ValueError, match=r"texts\.tar\.gz is a \.tar archive"):
        read(write(tmp_path / "texts.tar.gz", gzip.compress(_tar())))


@pytest.mark.parametrize("text", ["PK is a key.", "GIF89a is a format.", "Rar! MZ", "ID3 tags", "BZh9 is", "PAR1", ""])
def test_text_that_begins_like_another_kind_is_text(tmp_path, text):
    assert other_kind(text.encode()) is None
    assert read(write(tmp_path / "text", text)) == text


def test_an_unknown_binary_file_is_called_one(tmp_path):
    with pytest.raises(ValueError, match="This looks like a binary file"):
        read(write(tmp_path / "data", b"\x01\x80\0\0\x02\xff\0\x03\0\0" * 50))


def test_other_files_beside_texts_are_listed(tmp_path):
    write(tmp_path / "a.bz2", bz2.compress(b"x"))
    write(tmp_path / "b.pdf", b"%PDF-1.4")
    assert [file.name for file in list_text_files(tmp_path)] == ["a.bz2", "b.pdf"]  # reading the second is an error
