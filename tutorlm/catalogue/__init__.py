"""The community's models: one small JSON file a model in this folder, by which its name is known everywhere.

README.md in this folder shows an entry; `python -m tutorlm share entry` writes one. The name of a pair stands for its
forward model, and with "-forward" or "-backward" at its end for one of the two.
"""

import functools
import re
from pathlib import Path
from typing import Any

from tutorlm.files.bundles import (
    COMMIT,
    DIRECTIONS,
    directions,
    file_name,
    languages,
    like,
    read_json,
    sha256,
    text,
)
from tutorlm.files.hub import Address
from tutorlm.training.forms import fields, real, require, whole

FOLDER = Path(__file__).parent
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FORM = fields({
    "name": like(_NAME, "a name of small letters, digits and single hyphens"), "about": text(300),
    "language": languages, "licence": text(100),
    "address": text(200), "revision": like(COMMIT, "a commit of 40 hexadecimal digits"),
    "models": directions(fields({
        "file": file_name, "sha256": sha256, "bytes": whole(1), "bits_per_character": real(), "bits_per_byte": real(),
        "unknown_share": real(),
    })),
    "test": fields({"text": text(500), "sha256": sha256, "characters": whole(1), "ngram_bits_per_character": real()}),
})  # fmt: skip


def checked(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry, if it has the form of one; ValueError names the field that has not."""
    _FORM(entry, "entry")
    if re.search("-(forward|backward)$", entry["name"]):
        raise ValueError(f"entry.name is {entry['name']!r}: leave its direction out")
    address = Address.parse(entry["address"])
    require(not address.file and not address.revision, "entry.address", entry["address"], "hub:owner/name alone")
    return entry


def read_entry(path: Path) -> dict[str, Any]:
    """The entry in a file, which must bear its name; ValueError, with the file, if anything is not right."""
    try:
        entry = checked(read_json(path))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    require(path.name == f"{entry['name']}.json", f"{path}: entry.name", entry["name"], "the name of its file")
    return entry


@functools.cache
def entries(folder: Path) -> dict[str, dict[str, Any]]:
    """Name → entry of all models in a folder, which is read once."""
    return {path.stem: read_entry(path) for path in sorted(folder.glob("*.json"))}


def names() -> list[str]:
    """All names that stand for a model."""
    known = entries(FOLDER).items()
    return [name for stem, entry in known for name in (stem, *(f"{stem}-{way}" for way in entry["models"]))]


def find(name: str) -> tuple[str, str] | None:
    """The pinned address of a model's file, and its SHA-256; None if nobody has given it that name."""
    stem, _, direction = name.rpartition("-") if name.endswith(("-forward", "-backward")) else (name, "", "")
    entry = entries(FOLDER).get(stem)
    if entry is None or (direction and direction not in entry["models"]):
        return None
    model = entry["models"][direction or next(way for way in DIRECTIONS if way in entry["models"])]
    return f"{entry['address']}/{model['file']}@{entry['revision']}", model["sha256"]
