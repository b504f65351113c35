"""Small model files put together by hand, instruction by instruction, and opening any files under watch."""

from __future__ import annotations

import io
import json
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from tutorlm import Dictionary, LanguageModel

READER = Path(__file__).with_name("watched_reader.py")
MEGABYTES = 600  # of address space; every attack below once took more, or ran, or crashed
ITEMS = ["<unk>", "\n", " ", "a", "b"]


def model() -> LanguageModel:
    torch.manual_seed(0)
    return LanguageModel(Dictionary.from_items(ITEMS), True, 8, 1, embedding_size=4).eval()


# -- a small assembler of pickles ------------------------------------------------------------------


def text(value: str) -> bytes:
    encoded = value.encode("utf-8", "surrogatepass")
    return b"X" + len(encoded).to_bytes(4, "little") + encoded


def record_of(changes: dict[str, bytes] | None = None) -> bytes:
    """The instructions for Flair's dictionary with these attributes, each given by its instructions."""
    items = [item.encode() for item in ITEMS]
    attributes = {
        "idx2item": unmemoized(items), "item2idx": unmemoized({item: n for n, item in enumerate(items)}),
        "add_unk": b"\x88", **(changes or {}),
    }  # fmt: skip
    inside = b"".join(text(name) + value for name, value in attributes.items())
    return b"cflair.data\nDictionary\n)\x81}(" + inside + b"ub"


def unmemoized(value: Any) -> bytes:
    """Plain values without the memo, so that they can stand anywhere in a pickle."""
    if isinstance(value, dict):
        return b"}(" + b"".join(unmemoized(part) for pair in value.items() for part in pair) + b"u"
    if isinstance(value, list):
        return b"](" + b"".join(map(unmemoized, value)) + b"e"
    if isinstance(value, bytes):
        return b"B" + len(value).to_bytes(4, "little") + value
    if isinstance(value, str):
        return text(value)
    return pickle.dumps(value, 2)[2:-1]


def storage(kind: str, key: bytes, count: int) -> bytes:
    return b"(" + text("storage") + f"ctorch\n{kind}\n".encode() + key + text("cpu") + unmemoized(count) + b"tQ"


def tensor(
    key: str, shape: tuple[int, ...], kind: str = "FloatStorage", stride: tuple[int, ...] | None = None
) -> bytes:
    count = torch.Size(shape).numel()
    steps = torch.empty(shape).stride() if stride is None else stride
    sizes = b"".join(b"(" + b"".join(map(unmemoized, numbers)) + b"t" for numbers in (shape, steps))
    made = storage(kind, text(key), count if stride is None else 1) + unmemoized(0) + sizes + b"\x89ccollections\n"
    return b"ctorch._utils\n_rebuild_tensor_v2\n(" + made + b"OrderedDict\n)RtR"


SHAPES = {name: tuple(value.shape) for name, value in model().state_dict().items()}


def model_pickle(changes: dict[str, bytes] | None = None, tensors: dict[str, bytes] | None = None) -> bytes:
    """The pickle of a sound model file; `changes` are instructions for some of its keys."""
    made = {name: tensor(str(number), shape) for number, (name, shape) in enumerate(SHAPES.items())} | (tensors or {})
    state = {
        "state_dict": b"}(" + b"".join(text(name) + value for name, value in made.items()) + b"u",
        "dictionary": record_of(), "is_forward_lm": b"\x88", "hidden_size": unmemoized(8), "nlayers": unmemoized(1),
        "embedding_size": unmemoized(4), "nout": b"N", "dropout": unmemoized(0.1), **(changes or {}),
    }  # fmt: skip
    return b"\x80\x02}(" + b"".join(text(key) + value for key, value in state.items()) + b"u."


def weights() -> list[bytes]:
    return [value.numpy().tobytes() for value in model().state_dict().values()]


def archive(path: Path, pickled: bytes, data: list[bytes] | None = None, **options: Any) -> None:
    with zipfile.ZipFile(path, "w", **options) as opened:
        opened.writestr("model/data.pkl", pickled)
        opened.writestr("model/byteorder", "little")
        for number, content in enumerate(weights() if data is None else data):
            opened.writestr(f"model/data/{number}", content)


def legacy(path: Path, pickled: bytes, keys: bytes | None = None, data: list[bytes] | None = None) -> None:
    stream = io.BytesIO()
    torch.save(0, stream, _use_new_zipfile_serialization=False)
    beginning = stream.getvalue()[: stream.getvalue().rindex(pickle.dumps(0, 2))]
    data = weights() if data is None else data
    keys = pickle.dumps([str(number) for number in range(len(data))], 2) if keys is None else keys
    path.write_bytes(
        beginning + pickled + keys + b"".join((len(part) // 4).to_bytes(8, "little") + part for part in data)
    )


FORMS: dict[str, Callable[..., None]] = {"archive": archive, "legacy": legacy}


# -- opening files under watch --------------------------------------------------------------------


def read_under_watch(folder: Path, files: list[Path], megabytes: int = MEGABYTES) -> dict[str, dict[str, Any]]:
    """File → what its reader answered; a reader that died answers "crashed"."""
    good = folder / "good.pt"
    model().save(good)
    answers: dict[str, dict[str, Any]] = {}
    waiting = list(files)
    while waiting:
        done = subprocess.run(
            [sys.executable, str(READER), str(megabytes), str(good)],
            input="\n".join(map(str, waiting)), capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        found = [json.loads(line) for line in done.stdout.splitlines()]
        assert found or done.returncode != 1, done.stderr
        answers |= {answer["file"]: answer for answer in found}
        waiting = waiting[len(found) :]
        if waiting:
            answers[waiting[0].name] = {"outcome": f"crashed: {done.returncode} {done.stderr[-300:]}", "happened": []}
            waiting = waiting[1:]
    return answers
