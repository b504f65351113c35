"""The folder in which models are given away: what its files are called, and what its config.json must say.

    my_bundle/
      forward.pt backward.pt   or best-lm.pt, if there is one direction only
      config.json              sizes, sums and results, for programs
      dictionary.json          the characters
      README.md                the model card, for people
      SHA256SUMS               a line for each of the others, as `sha256sum --check` reads it

Such a folder may come from a stranger. What is read here is taken for plain text and numbers, and every one is checked.
"""

import json
import os
import re
import stat
from pathlib import Path
from typing import Any

from tutorlm.files.regular import open_regular
from tutorlm.messages import printable
from tutorlm.training.forms import Check, a, each_once, fields, many, real, require, whole

CONFIG, CARD, SUMS, CHARACTERS = "config.json", "README.md", "SHA256SUMS", "dictionary.json"
DIRECTIONS = ("forward", "backward")
LIBRARY, FORMAT = "tutorlm", 1
MAX_TEXT_BYTES = 1 << 20  # of config.json, README.md and SHA256SUMS
MAX_FILES = 20
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
SHA256 = re.compile("[0-9a-f]{64}")
COMMIT = re.compile("[0-9a-f]{40}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


def like(pattern: re.Pattern[str], wanted: str) -> Check:
    """Text of which all fits a pattern."""

    def check(value: Any, where: str) -> None:
        require(type(value) is str and bool(pattern.fullmatch(value)), where, value, wanted)

    return check


def text(most: int) -> Check:
    """Text of 1 to `most` characters."""

    def check(value: Any, where: str) -> None:
        require(type(value) is str and 0 < len(value) <= most, where, value, f"text of 1 to {most} characters")

    return check


def optional(check_one: Check) -> Check:
    """None, or what `check_one` takes."""
    return lambda value, where: None if value is None else check_one(value, where)


def directions(check_one: Check) -> Check:
    """A dict with one value for "forward", one for "backward", or both."""

    def check(value: Any, where: str) -> None:
        require(isinstance(value, dict) and bool(value), where, value, "a dict")
        fields({name: check_one for name in DIRECTIONS if name in value})(value, where)

    return check


file_name = like(FILE_NAME, "the name of a file in this folder: letters, digits, '.', '_' and '-'")
sha256 = like(SHA256, "a SHA-256 of 64 hexadecimal digits")
languages = many(like(LANGUAGE, "a language code such as ko or pt-BR"), least=1, most=50)
scores = fields({"bits_per_character": real(), "bits_per_byte": real(), "unknown_share": real()})
_FORM = fields({
    "library_name": a(str), "model_type": a(str), "format": a(int), "tutorlm": text(50), "name": text(200),
    "language": languages, "licence": text(100),
    "models": directions(fields({
        "file": file_name, "sha256": sha256, "bytes": whole(1), "hidden_size": whole(1), "nlayers": whole(1, 101),
        "embedding_size": whole(1), "nout": optional(whole(1)), "document_delimiter": text(1000),
    })),
    "dictionary": fields({"file": file_name, "items": whole(1), "normalization": optional(a(str))}),
    "test": fields({
        "text": text(500), "sha256": sha256, "characters": whole(1), "scores": directions(scores),
        "ngram": fields({"order": whole(1, 100), "bits_per_character": real(), "characters": whole(1)}),
    }),
    "training": directions(a(dict)), "recited": directions(whole(0)),
})  # fmt: skip


def read_text(path: Path, most: int = MAX_TEXT_BYTES) -> str:
    """The text of a small file; ValueError if it is larger, no file, or not UTF-8."""
    with open_regular(path) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise ValueError(f"{path} has more than {most:,} bytes, which no such file needs")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8 text: {error}") from None


def read_json(path: Path) -> dict[str, Any]:
    """The object in a small JSON file; ValueError if there is anything else in it, or a key twice."""
    content = read_text(path)
    try:
        found = json.loads(content, object_pairs_hook=each_once, parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is not sound JSON ({printable(error)})") from None
    if type(found) is not dict:
        raise ValueError(f"{path} holds no JSON object, but a {type(found).__name__}")
    return found


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")


def read_config(path: Path) -> dict[str, Any]:
    """config.json of a bundle; ValueError, with file and field, if it is not as this package writes it."""
    found = read_json(path)
    if found.get("library_name") != LIBRARY:
        raise ValueError(f"{path} is not of a model of this package: its library_name is not {LIBRARY!r}")
    if found.get("format") != FORMAT:
        raise ValueError(f"{path} has another format than {FORMAT}: install a newer version of {LIBRARY}")
    try:
        _FORM(found, "config")
        for part in (found["test"]["scores"], found["training"], found["recited"]):
            require(part.keys() == found["models"].keys(), "config", sorted(part), "about the directions of its models")
        names = [CONFIG, CARD, SUMS, found["dictionary"]["file"], *(one["file"] for one in found["models"].values())]
        require(len({*names}) == len(names), "config", names, "about files of different names")
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: {printable(error)}") from None
    return found


def read_sums(path: Path) -> dict[str, str]:
    """File name → SHA-256, from SHA256SUMS. ValueError for a name that is none of a file beside it."""
    found: dict[str, str] = {}
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        digest, separator, name = line.partition("  ")
        if not (separator and SHA256.fullmatch(digest) and FILE_NAME.fullmatch(name)) or name in found:
            raise ValueError(
                f"{path}, line {number}: {printable(line)!r} is not a SHA-256, two spaces and the name of another file "
                "in this folder"
            )
        found[name] = digest
    return found


def sums_text(digests: dict[str, str]) -> str:
    """What SHA256SUMS holds for some files."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))


def plain_files(folder: Path) -> dict[str, int]:
    """Name → bytes of the files of a folder, which may hold nothing else: no link, no folder, no device.

    FileNotFoundError if there is no such folder; ValueError names what does not belong there.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"no folder {folder} (looked from {Path.cwd()})")
    found: dict[str, int] = {}
    with os.scandir(folder) as listed:
        for entry in listed:
            seen = entry.stat(follow_symlinks=False)
            kind = "a link" if stat.S_ISLNK(seen.st_mode) else "" if stat.S_ISREG(seen.st_mode) else "no regular file"
            if kind or not FILE_NAME.fullmatch(entry.name):
                why = kind or "not a name of letters, digits, '.', '_' and '-'"
                raise ValueError(
                    f"{printable(folder / entry.name)} is {why}: remove it, or take nothing of this folder"
                )
            found[entry.name] = seen.st_size
            if len(found) > MAX_FILES:
                raise ValueError(f"{folder} holds more than {MAX_FILES} files, and so is no bundle")
    return found
