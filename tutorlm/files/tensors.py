"""The files that `torch.save` writes: a pickle of plain values, and the bytes of tensors beside it.

Since 2020 such a file is a zip archive that is not compressed:

    archive/data.pkl     the pickle, which refers to the bytes by number
    archive/data/0 …     the bytes of each storage, as the memory had them; several tensors may share one
    archive/SHA256SUMS   the digest of each of these, in files of this package; torch does not look at it

Before, it was a row of five pickles (`_LEGACY_MAGIC`, a version, the machine, the value, the order of the storages),
and then the length and the bytes of each storage. `read_tensor_file` reads both without `torch.load`, which does
more than that, and takes no more memory than the file has bytes.
"""

import hashlib
import io
import math
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import torch
from torch import Tensor

from tutorlm.files.pickles import MAX_PICKLE_BYTES, NAMES_IN_DATA, Name, Record, UnsafeFileError, read_pickle
from tutorlm.files.regular import open_regular

MAX_FILE_BYTES = 16 << 30
MAX_TENSORS = 10_000
MAX_DIMENSIONS = 8
SUMS = "SHA256SUMS"
_LEGACY_MAGIC, _LEGACY_VERSION = 0x1950A86A20F9469CFC6C, 1001
_CHUNK = 1 << 20
_TYPES = {
    ("torch", "FloatStorage"): torch.float32,
    ("torch", "DoubleStorage"): torch.float64,
    ("torch", "HalfStorage"): torch.float16,
    ("torch", "BFloat16Storage"): torch.bfloat16,
    ("torch", "LongStorage"): torch.int64,
    ("torch", "IntStorage"): torch.int32,
    ("torch", "ShortStorage"): torch.int16,
    ("torch", "CharStorage"): torch.int8,
    ("torch", "ByteStorage"): torch.uint8,
}


def read_tensor_file(path: Path, max_bytes: int = MAX_FILE_BYTES) -> Any:
    """The value that `torch.save` wrote; tensors are on the CPU.

    Objects of Flair's dictionary class are `Record`s. Tensors may share numbers, of which there are no more than the
    file has. The checksums of an archive are verified.

    Raises:
        UnsafeFileError: the file asks for code to be run.
        Exception: anything else, for a damaged file, or one of more than `max_bytes`.
    """
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > max_bytes:
            raise ValueError(f"more than max_bytes={max_bytes:,}")
        beginning = file.read(4)
        file.seek(0)
        return (_read_archive if beginning == b"PK\3\4" else _read_legacy)(file, _Storages(size))


class _Storages:
    """The storages that a pickle has named, and tensors in them. Their bytes are read when all are known."""

    def __init__(self, file_bytes: int) -> None:
        self.by_key: dict[str, Tensor] = {}  # each of shape (n,)
        self.room, self.tensors = file_bytes, 0  # bytes that storages may still take; tensors seen
        self.names: dict[tuple[str, str], Callable[..., Any] | None] = {
            **NAMES_IN_DATA,
            **dict.fromkeys(_TYPES),
            ("flair.data", "Dictionary"): Record,
            ("torch._utils", "_rebuild_tensor_v2"): self.tensor,
            ("torch._utils", "_rebuild_parameter"): lambda tensor, *_: tensor,
        }

    def named(self, described: Any) -> Tensor:
        """The storage that a pickle describes by ("storage", type, key, device, number of elements, part of it)."""
        if type(described) is not tuple or described[:1] != ("storage",):
            raise UnsafeFileError("the file asks for a part of a program, not for numbers; it was not run")
        self._count(described)
        _, kind, key, _, count, *part = described
        kind = _TYPES[kind.name] if type(kind) is Name else None
        if kind is None or type(key) is not str or not _is_size(count):
            raise ValueError("numbers of unknown type or size")
        if key not in self.by_key:
            self.room -= count * kind.itemsize
            if self.room < 0:
                raise ValueError("its tensors ask for more bytes than it has")
            self.by_key[key] = torch.empty(count, dtype=kind)
        storage = self.by_key[key]
        if storage.dtype != kind or len(storage) != count:
            raise ValueError(f"it contradicts itself about the numbers {key:.20}")
        if part and part[0] is not None:
            _, first, length = part[0]
            if not (_is_size(first) and _is_size(length) and first + length <= count):
                raise ValueError("a part that ends outside its whole")
            storage = storage[first : first + length]
        return storage

    def tensor(self, storage: Any, offset: Any, size: Any, stride: Any, *_: Any) -> Tensor:
        """In place of torch's function of this name: a view of a storage that lies in it and is no larger than it."""
        if type(storage) is not Tensor or storage.dim() != 1 or type(size) is not tuple or type(stride) is not tuple:
            raise ValueError("a tensor without numbers or shape")
        self._count(size)
        if len(size) != len(stride) or not all(map(_is_size, (offset, *size, *stride))):
            raise ValueError("a tensor without a shape")
        count = math.prod(size)
        last = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
        if count > len(storage) or (count and last >= len(storage)):
            raise ValueError("a tensor with more numbers than it has")
        return storage.as_strided(size, stride, storage.storage_offset() + offset)

    def _count(self, described: tuple) -> None:
        self.tensors += 1
        if self.tensors > 2 * MAX_TENSORS or len(described) > MAX_DIMENSIONS:
            raise ValueError(f"more than {MAX_TENSORS:,} tensors, or {MAX_DIMENSIONS} dimensions")


def _is_size(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**62


def _fill(storage: Tensor, content: IO[bytes]) -> str:
    """Read a storage's bytes; returns their SHA-256. ValueError if there are not enough."""
    memory, digest = storage.view(torch.uint8).numpy().data, hashlib.sha256()
    for first in range(0, len(memory), _CHUNK):
        part = memory[first : first + _CHUNK]
        if content.readinto(part) != len(part):  # type: ignore[attr-defined]
            raise ValueError("it ends before its tensors do")
        digest.update(part)
    return digest.hexdigest()


def _digest(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := content.read(_CHUNK):
        digest.update(block)
    return digest.hexdigest()


def _require_our_byte_order(order: str) -> None:
    if order != sys.byteorder:
        raise ValueError(f"its numbers have the byte order {order:.20} and this machine has {sys.byteorder}")


# -- archives --------------------------------------------------------------------------------------


def _read_archive(file: IO[bytes], storages: _Storages) -> Any:
    with zipfile.ZipFile(file) as archive:
        records = _records(archive)
        pickled = _small(archive, records["data.pkl"])
        value = read_pickle(io.BytesIO(pickled), storages.names, storages.named)
        if "byteorder" in records:
            _require_our_byte_order(_small(archive, records["byteorder"]).decode())
        found = {"data.pkl": hashlib.sha256(pickled).hexdigest()}
        for key, storage in storages.by_key.items():
            record = records.get(f"data/{key}")
            if record is None or record.file_size != storage.nbytes:
                raise ValueError(f"it lacks the {storage.nbytes:,} bytes of the numbers {key:.20}")
            with archive.open(record) as content:
                found[f"data/{key}"] = _fill(storage, content)
        if SUMS in records and _small(archive, records[SUMS]).decode() != sums(found):
            raise ValueError(f"its content has changed since it was written: {SUMS} has other digests")
        return value


def _records(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The records by their name below the one folder of the archive, all stored as they are."""
    records = {record.filename.partition("/")[2]: record for record in archive.infolist()}
    folders = {record.filename.partition("/")[0] for record in archive.infolist()}
    if "constants.pkl" in records:
        raise UnsafeFileError("it is a TorchScript program, not a model; it was not run")
    if len(folders) != 1 or len(records) != len(archive.infolist()):
        raise ValueError("its records are not in one folder, or have the same name")
    for record in records.values():
        if record.compress_type != zipfile.ZIP_STORED or record.file_size != record.compress_size:
            raise ValueError(f"{record.filename:.50} is compressed, which torch.save never does")
    return records


def _small(archive: zipfile.ZipFile, record: zipfile.ZipInfo) -> bytes:
    _require_small(record)
    return archive.read(record)


def _require_small(record: zipfile.ZipInfo) -> None:
    if record.file_size > MAX_PICKLE_BYTES:
        raise ValueError(f"{record.filename:.50} has more than {MAX_PICKLE_BYTES:,} bytes")


def sums(digests: dict[str, str]) -> str:
    """The content of SHA256SUMS, as `sha256sum` writes it."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))


def add_sums(archive: IO[bytes]) -> None:
    """Add SHA256SUMS to the archive that `torch.save` wrote to a file; ValueError if it could not be read again."""
    with zipfile.ZipFile(archive, "a") as opened:
        records = _records(opened)
        _require_small(records["data.pkl"])
        kept = [name for name in records if name == "data.pkl" or name.startswith("data/")]
        digests = {}
        for name in kept:
            with opened.open(records[name]) as content:
                digests[name] = _digest(content)
        folder = records["data.pkl"].filename.partition("/")[0]
        opened.writestr(zipfile.ZipInfo(f"{folder}/{SUMS}"), sums(digests))


# -- files of torch's first years ------------------------------------------------------------------


def _read_legacy(file: IO[bytes], storages: _Storages) -> Any:
    pickles = io.BytesIO(file.read(MAX_PICKLE_BYTES))
    if read_pickle(pickles) != _LEGACY_MAGIC or read_pickle(pickles) != _LEGACY_VERSION:
        raise ValueError("it does not begin as one")
    _require_our_byte_order("little" if read_pickle(pickles)["little_endian"] else "big")
    value = read_pickle(pickles, storages.names, storages.named)
    keys = read_pickle(pickles)
    if type(keys) is not list or any(type(key) is not str for key in keys) or sorted(keys) != sorted(storages.by_key):
        raise ValueError("it lacks the bytes of a tensor")
    file.seek(pickles.tell())
    for key in keys:
        if int.from_bytes(file.read(8), "little") != len(storages.by_key[key]):
            raise ValueError(f"it contradicts itself about the numbers {key:.20}")
        _fill(storages.by_key[key], file)
    return value
