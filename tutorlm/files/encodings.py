"""What bytes are that are not UTF-8 text: byte-order marks, other kinds of files, and likely encodings."""

import re
import shlex
from typing import TYPE_CHECKING, NamedTuple

from tutorlm.messages import printable

if TYPE_CHECKING:
    from charset_normalizer import CharsetMatches

_MARKS = {  # UTF-32 first: its mark begins with that of UTF-16
    b"\xff\xfe\0\0": "utf-32-le", b"\0\0\xfe\xff": "utf-32-be",
    b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be", b"\xef\xbb\xbf": "utf-8",
}  # fmt: skip

_UNPACK = "Unpack it and use the text files in it"
_ZSTD = "Unpack it (zstd -d), or pass its text on: zstd -dc FILE | python -m tutorlm prepare - my_corpus"
_SAVE = "Open it in the program that made it, and save it as plain text in UTF-8"
_TABLE = "Write the texts that it holds to a .txt file"
_REMOVE = "It holds no text to read: remove it from the folder"
_PACKED_TWICE = "Unpack it once, and use the result"
_OTHER_KINDS: list[tuple[bytes, str, str]] = [  # how a file begins, what it is, what to do
    (rb"\x1f\x8b\x08|BZh[1-9]1AY&SY|\xfd7zXZ\0", "packed more than once", _PACKED_TWICE),
    (rb"PK\x03\x04.{26}\[Content_Types\]", "an Office document (.docx, .xlsx, .pptx)", _SAVE),
    (rb"PK\x03\x04.{26}(_rels/|docProps/|word/|xl/|ppt/)", "an Office document (.docx, .xlsx, .pptx)", _SAVE),
    (rb"PK\x03\x04.{26}mimetypeapplication/vnd\.oasis", "an OpenDocument file (.odt, .ods, .odp)", _SAVE),
    (rb"PK\x03\x04.{26}mimetypeapplication/epub", "an e-book (.epub)", "Convert it to plain text in UTF-8"),
    (rb"PK(\x03\x04|\x05\x06|\x07\x08)", "a .zip archive", _UNPACK),
    (rb"7z\xbc\xaf\x27\x1c", "a .7z archive", _UNPACK),
    (rb"Rar!\x1a\x07", "a .rar archive", _UNPACK),
    (rb".{257}ustar", "a .tar archive", _UNPACK),
    (rb"\x28\xb5\x2f\xfd", "a file packed by zstd (.zst)", _ZSTD),
    (rb"\x04\x22\x4d\x18", "a file packed by lz4 (.lz4)", "Unpack it (lz4 -d)"),
    (rb"\x1f\x9d", "a file packed by compress (.Z)", "Unpack it (gzip -d)"),
    (rb"LZIP\x01", "a file packed by lzip (.lz)", "Unpack it (lzip -d)"),
    (rb"%PDF-\d", "a PDF document", "Take its text out (pdftotext), and use that"),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document (.doc, .xls, .ppt)", _SAVE),
    (rb"PAR1[\0-\x1f]", "a Parquet table", _TABLE),
    (rb"ARROW1\0", "an Arrow table", _TABLE),
    (rb"SQLite format 3\0", "an SQLite database", _TABLE),
    (rb"\x89HDF\r\n\x1a\n", "an HDF5 file", _TABLE),
    (rb"\x93NUMPY", "a NumPy array", _TABLE),
    (rb"\x80[\x02-\x05][\x95}\]\(cXK]", "a pickle of Python", _TABLE),
    (rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a.[\0-\x1f]|II\*\0|MM\0\*|RIFF.{4}WEBP", "a picture", _REMOVE),
    (rb"ID3[\x02-\x04]\0|OggS\0|fLaC\0|RIFF.{4}WAVE", "a sound recording", _REMOVE),
    (rb"\0\0\0.ftyp|\x1a\x45\xdf\xa3|RIFF.{4}AVI ", "a film or a picture", _REMOVE),
    (rb"\x7fELF|MZ\x90\0|\xcf\xfa\xed\xfe|\xca\xfe\xba\xbe", "a program", _REMOVE),
]

_ESCAPED = {  # how a text changes to another alphabet, in encodings that have only the bytes of ASCII
    "\x1b$@": "ISO-2022-JP", "\x1b$B": "ISO-2022-JP", "\x1b$)C": "ISO-2022-KR", "\x1b$)A": "ISO-2022-CN",
}  # fmt: skip

_COMMON = {  # Python's name → that of iconv; of two that read a text alike, the one that is named first is meant
    "cp932": "CP932", "cp949": "CP949", "euc_jp": "EUC-JP", "gb18030": "GB18030", "big5hkscs": "BIG5-HKSCS",
    "cp1252": "CP1252", "cp1251": "CP1251", "koi8_r": "KOI8-R", "cp866": "CP866", "cp1250": "CP1250",
    "iso8859_2": "ISO-8859-2", "cp1256": "CP1256", "cp1253": "CP1253", "cp1255": "CP1255", "cp1254": "CP1254",
    "cp1257": "CP1257", "cp1258": "CP1258", "cp874": "CP874", "koi8_u": "KOI8-U", "iso8859_5": "ISO-8859-5",
    "iso8859_6": "ISO-8859-6", "iso8859_7": "ISO-8859-7", "iso8859_8": "ISO-8859-8", "iso8859_15": "ISO-8859-15",
    "mac_roman": "MACINTOSH", "cp437": "CP437", "cp850": "CP850", "cp852": "CP852",
}  # fmt: skip
_PLACES = {name: place for place, name in enumerate(_COMMON)}


class Likely(NamedTuple):
    """An encoding by its name for iconv, and what it makes of the first words that are not ASCII."""

    encoding: str
    reading: str


def marked_encoding(head: bytes) -> tuple[str, int]:
    """The encoding that the byte-order mark at a file's start announces, and the mark's length; UTF-8 without one."""
    return next(((name, len(mark)) for mark, name in _MARKS.items() if head.startswith(mark)), ("utf-8", 0))


def other_kind(head: bytes) -> str | None:
    """What a file is that begins with these bytes, and what to do with it; None if it may be text."""
    for begin, kind, remedy in _OTHER_KINDS:
        if re.match(begin, head, re.DOTALL):
            return f"is {kind}, not text. {remedy}"
    return None


def escaped(text: str, name: str, unpack: str) -> tuple[int, str] | None:
    """Where a text changes to another alphabet, as in old mail, and what to do with its file; None if it never does."""
    for escape, encoding in _ESCAPED.items():
        if escape in text:
            return text.index(escape), f"This is {encoding}. {_convert(encoding, name, unpack)}"
    return None


def unmarked_utf16(head: bytes) -> str | None:
    """UTF-16LE or UTF-16BE, if a file without a byte-order mark begins like that: one byte of many pairs is 0."""
    zeros = [head[first::2].count(0) for first in (0, 1)]
    if max(zeros) * 16 > len(head) and max(zeros) > 4 * min(zeros):
        return "UTF-16LE" if zeros[1] > zeros[0] else "UTF-16BE"
    return None


def advice(sample: bytes, head: bytes, name: str, unpack: str) -> str:
    """What to do about a file that is not UTF-8.

    Args:
        sample: the bytes from the line on where it fails.
        head: its first bytes.
        name: what the file is called.
        unpack: the command that prints what a packed file holds, such as "gzip -dc"; otherwise empty.
    """
    if encoding := unmarked_utf16(head):
        found = f"This looks like {encoding} without a byte-order mark"
        return f"{found}. {_convert(encoding, name, unpack)}"
    if b"\0" in sample:
        return "This looks like a binary file, or UTF-16 without a byte-order mark: save it as UTF-8, or remove it"
    if _mostly_utf8(sample):
        return (
            "The text around it is UTF-8: the file is damaged here, or was joined from files in different encodings. "
            "Correct this place in an editor"
        )
    if likely := likely_encodings(sample):
        shown = " or ".join(f"{encoding} ({reading!r})" for encoding, reading in likely)
        choose = ": take the one that reads well" if len(likely) > 1 else ""
        return f"It is likely {shown}{choose}. {_convert(likely[0].encoding, name, unpack)}"
    how = "Open it in an editor that names the encoding, or try those of its language until it reads well"
    return f"{how}. {_convert('ENCODING', name, unpack)} (iconv -l lists all encodings)"


def _convert(encoding: str, name: str, unpack: str) -> str:
    command, name = f"iconv -f {encoding} -t UTF-8", shlex.quote(name)
    command = f"{unpack} < {name} | {command}" if unpack else f"{command} {name}"
    return f"Save the file as UTF-8, or convert it: {command}"


def _mostly_utf8(sample: bytes) -> bool:
    text = sample.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    return sum(not character.isascii() for character in text) > 3 * wrong


def likely_encodings(sample: bytes, at_most: int = 3) -> list[Likely]:
    """The encodings in which a sample reads like a language, the best first; none if it never does.

    The sample begins with a whole character. Its end may be broken off.
    """
    from charset_normalizer import from_bytes  # here, because it is rarely needed

    whole = sample[: sample.rfind(b"\n") + 1] or sample
    for end in range(len(whole), max(0, len(whole) - 4), -1):  # no character has more than four bytes
        names = _ranked(from_bytes(whole[:end], cp_isolation=list(_COMMON)))
        if names:
            text = {name: whole[:end].decode(name, "replace") for name in names[:at_most]}
            return [Likely(_COMMON[name], _first_words(text[name])) for name in text]
    return []


def _ranked(matches: "CharsetMatches") -> list[str]:
    """Python's names: first what looks least like chaos, then most like a language, then what is most common."""
    least = min((match.chaos for match in matches), default=0)
    most = max((match.coherence for match in matches), default=0)
    ranked = []
    for match in matches:
        names = {match.encoding, *match.could_be_from_charset} & _PLACES.keys()
        if names and match.chaos < least + 0.1:
            place = min(_PLACES[name] for name in names)
            ranked.append((round(match.chaos, 2), int((most - match.coherence) * 20), place))
    return [list(_COMMON)[place] for *_, place in sorted(ranked)]


def _first_words(text: str, length: int = 20) -> str:
    """A few characters from the first that is not ASCII on, with the beginning of its word."""
    first = re.search(r"\w{0,10}[^\x00-\x7f]", text)
    return printable(text[first.start() :][:length].split("\n")[0].strip()) if first else ""
