"""Files made to harm: each is refused by its name, quickly, with little memory, and nothing happens beside reading."""

from __future__ import annotations

import hashlib
import io
import pickle
import subprocess
import sys
import types
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from hostile import (
    FORMS,
    ITEMS,
    READER,
    SHAPES,
    archive,
    legacy,
    model,
    model_pickle,
    read_under_watch,
    record_of,
    storage,
    tensor,
    text,
    unmemoized,
    weights,
)  # fmt: skip

from tutorlm import Dictionary, LanguageModel
from tutorlm.files.models import ModelFileError, read_model_file, write_model_file
from tutorlm.files.tensors import SUMS


@pytest.mark.parametrize("form", FORMS)
def test_what_the_files_below_are_made_from_is_sound(tmp_path: Path, form: str) -> None:
    FORMS[form](tmp_path / "sound.pt", model_pickle())
    loaded = LanguageModel.load(tmp_path / "sound.pt")
    assert loaded.score("ab\n").log_p.tolist() == model().score("ab\n").log_p.tolist()


# -- the attacks -----------------------------------------------------------------------------------


def nested_tuple(depth: int) -> bytes:
    return b"N" + b"\x85" * depth


def laughs(depth: int) -> bytes:
    """A list of twice a list of twice … : 2 ** depth lists if it is walked through."""
    return b"]q\x000" + b"".join(b"](h%ch%ceq%c0" % (n, n, n + 1) for n in range(depth)) + b"h%c" % depth


def calls_name(name: str) -> bytes:
    """The pickle's own name for an allowed function, with attributes set on it."""
    module, function = name.rsplit(".", 1)
    state = unmemoized({"__name__": "made", "dump_patches": True, "__defaults__": None})
    return f"c{module}\n{function}\n".encode() + b"N" + state + b"\x86b"


ATTACKS: dict[str, Callable[[Path], None]] = {}  # name of the file → what makes it


def attack(name: str) -> Callable[[Callable[[Path], None]], Callable[[Path], None]]:
    def add(make: Callable[[Path], None]) -> Callable[[Path], None]:
        ATTACKS[name] = make
        return make

    return add


def in_both_forms(name: str, pickled: bytes, data: list[bytes] | None = None) -> None:
    for form, write in FORMS.items():
        ATTACKS[f"{name}, {form}.pt"] = lambda path, write=write: write(path, pickled, data=data)


def in_a_mapping(name: str, pickled: bytes) -> None:
    ATTACKS[f"{name}.pkl"] = lambda path: path.write_bytes(b"\x80\x02" + pickled + b".")


MODULE = b"(" + text("module") + calls_name("torch._utils._rebuild_parameter") + text("name") + text("TEXT") + b"tQ"
in_both_forms("a module with its source", model_pickle({"note": MODULE}))
in_both_forms("a module with a plain name", model_pickle({"note": b"(" + text("module") + text("a") * 3 + b"tQ"}))
for allowed in (
    "torch._utils._rebuild_parameter",
    "collections.OrderedDict",
    "_codecs.encode",
    "flair.data.Dictionary",
):
    in_both_forms(f"attributes for {allowed}", model_pickle({"note": calls_name(allowed)}))
in_both_forms("an integer is called", model_pickle({"note": b"cbuiltins\nint\n(" + text("7") + b"tR"}))
in_both_forms("a class as weights", model_pickle(tensors={"decoder.bias": b"ccollections\nOrderedDict\n"}))
in_both_forms(
    "a dictionary with methods", model_pickle({"dictionary": record_of({"__len__": b"cbuiltins\nint\n"}) + calls_name(
        "collections.OrderedDict") + b"b"}))  # fmt: skip

DEEP = nested_tuple(1_000_000)
for place in ("key", "value", "name of a class", "number of a storage", "what a storage is"):
    built = {
        "key": b"}" + DEEP + b"Ns",
        "value": DEEP,
        "name of a class": DEEP + text("Dictionary") + b"\x93",
        "number of a storage": storage("FloatStorage", DEEP, 5),
        "what a storage is": b"(" + DEEP + b"tQ",
    }[place]
    in_both_forms(f"a million tuples as {place}", model_pickle({"note": built}))
in_a_mapping("a million tuples as key", b"}" + DEEP + b"Ns")
in_a_mapping("a million tuples as item", b"}(" + text("idx2item") + b"](" + DEEP + b"eu")
in_a_mapping("a million tuples as name", DEEP + text("a") + b"\x93")
ATTACKS["a million tuples as order of storages.pt"] = lambda path: legacy(
    path, model_pickle(), keys=b"\x80\x02](" + DEEP + b"e."
)

HARMLESS = ("a memo of gigabytes, archive.pt", "a memo of gigabytes, legacy.pt")  # the memo is a dict
in_both_forms("a memo of gigabytes", model_pickle({"note": b"Nr" + (2**27).to_bytes(4, "little")}))
in_a_mapping(
    "a memo of gigabytes", b"](" + b"".join(b"Nr" + (2**n + 2**26).to_bytes(4, "little") for n in range(26)) + b"e"
)

for place in ("note", "dropout", "document_delimiter", "nout", "state_dict", "dictionary", "nlayers"):
    in_both_forms(f"a billion laughs as {place}", model_pickle({place: laughs(27)}))
in_both_forms("a billion laughs as an item", model_pickle({"dictionary": record_of({"idx2item": laughs(27)})}))
in_both_forms(
    "a billion laughs as an encoding",
    model_pickle({"note": b"c_codecs\nencode\n(" + text("a") + laughs(27) + b"tR"}),
)
in_a_mapping("a billion laughs as items", b"}(" + text("idx2item") + laughs(27) + b"u")
in_a_mapping("a billion laughs", laughs(27))

MEGABYTE = "é" * 500_000
for kind, first in {"text": text(MEGABYTE), "bytes": unmemoized(MEGABYTE.encode())}.items():
    MANY = b"](" + first + b"q\x63" + b"h\x63" * 5000 + b"e"
    in_both_forms(f"5,000 references to one {kind}", model_pickle({"dictionary": record_of({"idx2item": MANY})}))
    in_a_mapping(f"5,000 references to one {kind}", b"}(" + text("idx2item") + MANY + b"u")
ENCODED = b"c_codecs\nencode\nq\x60" + text("é" * 500_000) + b"q\x61" + text("latin1") + b"q\x62\x86q\x63R"
MANY = b"](" + ENCODED + b"h\x60h\x63R" * 5000 + b"e"
in_both_forms("5,000 times the same bytes", model_pickle({"dictionary": record_of({"idx2item": MANY})}))
in_a_mapping(
    "keys with the same hash", b"}(" + b"".join(unmemoized(n * (2**61 - 1)) + b"N" for n in range(99_999)) + b"u"
)


MAKE_TENSOR, MAKE_PARAMETER = b"ctorch._utils\n_rebuild_tensor_v2\n", b"ctorch._utils\n_rebuild_parameter\n"
SOME = storage("FloatStorage", text("0"), 20)
MANY_ZEROS = b"(" + b"K\x00" * 20_000 + b"tq\x02h\x02tq\x03R0"
for name, note in {
    "4,000 tensors of 20,000 dimensions": (
        MAKE_TENSOR + b"q\x01(" + SOME + b"K\x00" + MANY_ZEROS + b"](" + b"h\x01h\x03R" * 4000 + b"e"
    ),
    "a size of 200,000 factors": (
        MAKE_TENSOR + b"(" + SOME + b"K\x00(" + unmemoized(2**61) + b"q\x01" + b"h\x01" * 200_000 + b"tq\x02h\x02tR"
    ),
    "arguments copied again and again": (
        MAKE_PARAMETER + b"q\x01(" + b"N" * 200_000 + b"tq\x0200" + b"h\x01h\x02R0" * 200_000 + b"N"
    ),
    "a long description of a storage": (
        b"(" + text("storage") + b"N" * 100_000 + b"tq\x010" + b"](" + b"h\x01Q" * 100_000 + b"e"
    ),
    "a million parts of a storage": SOME[:-2] + b"(NK\x00K\x00ttq\x01Q0](" + b"h\x01Q" * 1_000_000 + b"e",
    "numbers in the memo with the same hash": b"N" + b"".join(b"p%d\n" % (n * (2**61 - 1)) for n in range(1, 40_000)),
    "a name with control characters": text("os\x1b[2K\r") + text("\x1b]0;title\x07\nname") + b"\x93",
    "more is taken than there is": b"\x86",
    "below a mark": b"K\x01(K\x02\x86",
}.items():
    in_both_forms(name, model_pickle({"note": note}))
in_a_mapping("a million dicts", b"](" + b"}" * 1_000_000 + b"e")
in_a_mapping("a flood of text", b"F" + b"\x01" * 4_000_000 + b"\n")
in_both_forms("control characters as a setting", model_pickle({"recurrent_type": text("\x1b[2J" * 99)}))
in_both_forms("weights too large for 32 bits", model_pickle(
    tensors={"decoder.bias": tensor("6", (5,), "DoubleStorage")}),
    [*weights()[:-1], torch.full((5,), 1e300, dtype=torch.float64).numpy().tobytes()])  # fmt: skip
in_both_forms("items in two forms", model_pickle({"dictionary": record_of({"items": unmemoized(ITEMS)})}))
BYTES_AND_TEXT = {**{item.encode(): number for number, item in enumerate(ITEMS)}, "a": 3}
in_both_forms("an item as bytes and as text", model_pickle(
    {"dictionary": record_of({"item2idx": unmemoized(BYTES_AND_TEXT)})}))  # fmt: skip


def layers(count: int, hidden: int) -> bytes:
    """A model of many layers, all of them with the same weights."""
    shapes: dict[str, tuple[int, ...]] = {}
    for layer in range(count):
        shapes |= {f"rnn.weight_ih_l{layer}": (4 * hidden, hidden), f"rnn.weight_hh_l{layer}": (4 * hidden, hidden)}
        shapes |= {f"rnn.bias_ih_l{layer}": (4 * hidden,), f"rnn.bias_hh_l{layer}": (4 * hidden,)}
    weight, bias = tensor("7", (4 * hidden, hidden)) + b"q\x01", tensor("8", (4 * hidden,)) + b"q\x02"
    made = {"rnn.weight_ih_l0": weight, "rnn.bias_ih_l0": bias}
    made |= {name: b"h\x01" if "weight" in name else b"h\x02" for name in shapes if name not in made}
    made |= {"encoder.weight": tensor("0", (5, hidden)), "decoder.weight": tensor("5", (5, hidden))}
    sizes = {"hidden_size": unmemoized(hidden), "embedding_size": unmemoized(hidden), "nlayers": unmemoized(count)}
    return model_pickle(sizes, made)


def numbers(hidden: int) -> list[bytes]:
    shapes = [(5 * hidden,)] * 5 + [(5 * hidden,), (5,), (4 * hidden * hidden,), (4 * hidden,)]
    return [bytes(4 * torch.Size(shape).numel()) for shape in shapes]


ATTACKS["the same tensor as all weights.pt"] = lambda path: archive(path, layers(100, 200), numbers(200))
ATTACKS["more layers than anybody trains.pt"] = lambda path: archive(path, layers(5000, 2), numbers(2))


@attack("stride 0.pt")
def _(path: Path) -> None:
    shapes = {"encoder.weight": (5, 8000), "rnn.weight_ih_l0": (32_000, 8000), "rnn.weight_hh_l0": (32_000, 8000),
              "rnn.bias_ih_l0": (32_000,), "rnn.bias_hh_l0": (32_000,), "decoder.weight": (5, 8000),
              "decoder.bias": (5,)}  # fmt: skip
    made = {name: tensor("0", shape, stride=(0,) * len(shape)) for name, shape in shapes.items()}
    sizes = {"hidden_size": unmemoized(8000), "embedding_size": unmemoized(8000)}
    archive(path, model_pickle(sizes, made), [bytes(4)])


@attack("one weight for a thousand layers.pt")
def _(path: Path) -> None:
    shapes = {}
    for layer in range(1000):
        shapes |= {f"rnn.weight_ih_l{layer}": (800, 200), f"rnn.weight_hh_l{layer}": (800, 200),
                   f"rnn.bias_ih_l{layer}": (800,), f"rnn.bias_hh_l{layer}": (800,)}  # fmt: skip
    shapes |= {"encoder.weight": (5, 200), "decoder.weight": (5, 200), "decoder.bias": (5,)}
    count = 160_000
    made = {}
    for name, shape in shapes.items():
        whole = tensor("0", shape)
        made[name] = whole.replace(unmemoized(torch.Size(shape).numel()) + b"tQ", unmemoized(count) + b"tQ")
    sizes = {"hidden_size": unmemoized(200), "embedding_size": unmemoized(200), "nlayers": unmemoized(1000)}
    archive(path, model_pickle(sizes, made), [bytes(4 * count)])


@attack("deflated.pt")
def _(path: Path) -> None:
    big = tensor("0", (5, 50_000_000))
    sizes = {"embedding_size": unmemoized(50_000_000)}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("model/data.pkl", model_pickle(sizes, {"encoder.weight": big}))
        with opened.open("model/data/0", "w", force_zip64=True) as content:
            for _ in range(100):
                content.write(bytes(10_000_000))


@attack("more weights than the file has.pt")
def _(path: Path) -> None:
    sizes = {"embedding_size": unmemoized(10**9)}
    archive(path, model_pickle(sizes, {"encoder.weight": tensor("0", (5, 10**9))}))


@attack("one record under many names.pt")
def _(path: Path) -> None:
    """The directory of the archive gives 300 storages the same megabyte."""
    made = {f"further.{number}": tensor(str(100 + number), (250_000,)) for number in range(300)}
    archive(path, model_pickle(tensors=made), [*weights(), bytes(1_000_000)])
    with zipfile.ZipFile(path, "a") as opened:
        (record,) = (found for found in opened.infolist() if found.filename == "model/data/7")
        for number in range(300):
            again = zipfile.ZipInfo(f"model/data/{100 + number}")
            for name in ("header_offset", "CRC", "file_size", "compress_size"):
                setattr(again, name, getattr(record, name))
            opened.filelist.append(again)
        opened._didModify = True


ATTACKS["ends before its weights.pt"] = lambda path: legacy(path, model_pickle(), data=weights()[:-1])
ATTACKS["ends within its weights.pt"] = lambda path: (
    legacy(path, model_pickle()), path.write_bytes(path.read_bytes()[:-3]))[0]  # fmt: skip
ATTACKS["no order of storages.pt"] = lambda path: legacy(path, model_pickle(), keys=pickle.dumps([], 2), data=[])
ATTACKS["a record that is missing.pt"] = lambda path: archive(path, model_pickle(), weights()[:-1])
ATTACKS["a record too short.pt"] = lambda path: archive(path, model_pickle(), [*weights()[:-1], b"1234"])
ATTACKS["big-endian.pt"] = lambda path: (
    archive(path, model_pickle()), path.write_bytes(path.read_bytes().replace(b"little", b"big   ")))[0]  # fmt: skip
ATTACKS["two records of one name.pt"] = lambda path: _twice(path)


def _twice(path: Path) -> None:
    archive(path, model_pickle())
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as opened:
        opened.writestr("model/data.pkl", model_pickle({"dropout": unmemoized(0.5)}))


WRONG_SETTINGS: dict[str, dict[str, bytes]] = {
    "direction is text": {"is_forward_lm": text("False")},
    "direction is a number": {"is_forward_lm": unmemoized(0)},
    "hidden_size is a bool": {"hidden_size": b"\x88"},
    "hidden_size is a float": {"hidden_size": unmemoized(8.0)},
    "nlayers is 0": {"nlayers": unmemoized(0)},
    "nlayers is huge": {"nlayers": unmemoized(10**9)},
    "nout is huge": {"nout": unmemoized(10**7)},
    "nout is a bool": {"nout": b"\x89"},
    "dropout is NaN": {"dropout": unmemoized(float("nan"))},
    "dropout is negative": {"dropout": unmemoized(-0.1)},
    "dropout is a bool": {"dropout": b"\x88"},
    "delimiter is half a surrogate pair": {"document_delimiter": text("\ud800")},
    "delimiter is a number": {"document_delimiter": unmemoized(5)},
    "delimiter is bytes": {"document_delimiter": unmemoized(b"a")},
    "has_decoder is text": {"has_decoder": text("yes")},
    "recurrent_type is a list": {"recurrent_type": b"]"},
    "add_unk is text": {"dictionary": record_of({"add_unk": text("no")})},
    "add_unk without unk": {"dictionary": record_of({"idx2item": unmemoized(list("abcde")), "item2idx": b"N"})},
    "items are text": {"dictionary": record_of({"idx2item": text("abcde"), "item2idx": b"N"})},
    "an item is a number": {"dictionary": record_of({"idx2item": unmemoized([1, 2, 3, 4, 5]), "item2idx": b"N"})},
    "numbers are text": {"dictionary": record_of({"item2idx": unmemoized(dict.fromkeys(ITEMS, "0"))})},
    "normalization is a list": {"dictionary": record_of({"normalization": b"]"})},
    "no dictionary": {"dictionary": unmemoized({"idx2item": ITEMS})},
    "a key twice": {"is_forward_lm": b"\x88" + text("is_forward_lm") + b"\x89"},
}  # fmt: skip
for name, change in WRONG_SETTINGS.items():
    in_both_forms(name, model_pickle(change))
WRONG_TENSORS = {
    "weights are NaN": [*weights()[:-1], b"\xff" * len(weights()[-1])],
    "weights are infinite": [*weights()[:-1], torch.full((5,), torch.inf).numpy().tobytes()],
}
for name, data in WRONG_TENSORS.items():
    in_both_forms(name, model_pickle(), data)
in_both_forms("weights are whole numbers", model_pickle(tensors={"decoder.bias": tensor("6", (5,), "IntStorage")}))
in_both_forms("weights are complex", model_pickle(tensors={"decoder.bias": tensor("6", (5,), "ComplexFloatStorage")}))
in_both_forms("a tensor outside its storage", model_pickle(
    tensors={"decoder.bias": tensor("6", (5,)).replace(unmemoized(0) + b"(", unmemoized(3) + b"(", 1)}))  # fmt: skip
in_both_forms("a negative step", model_pickle(tensors={"decoder.bias": tensor("6", (5,)).replace(
    b"(" + unmemoized(1) + b"t", b"(" + unmemoized(-1) + b"t")}))  # fmt: skip

WRONG_JSON = {
    "items are text": '{"items": "abc"}',
    "numbers among the items": '{"items": ["a", 5]}',
    "a list among the items": '{"items": ["a", ["b"]]}',
    "add_unk is a number": '{"items": ["<unk>", "a"], "add_unk": 1}',
    "add_unk without unk": '{"items": ["a"], "add_unk": true}',
    "a key twice": '{"items": ["a"], "items": ["b"]}',
    "half a surrogate pair": '{"items": ["a", "\\ud800"]}',
    "an unknown normal form": '{"items": ["a"], "normalization": "abc"}',
    "a million lists": '{"items": ' + "[" * 1_000_000,
    "a number of a million digits": '{"items": ["a"], "add_unk": ' + "9" * 1_000_000 + "}",
}
for name, content in WRONG_JSON.items():
    ATTACKS[f"{name}.json"] = lambda path, content=content: path.write_text(content, encoding="utf-8")


def changed(path: Path, change: Callable[[bytes, zipfile.ZipFile], bytes]) -> None:
    """A file of this package in which some bytes are others."""
    model().save(path)
    whole = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(whole)) as opened:
        path.write_bytes(change(whole, opened))


def one_bit_in(record: str, place: int) -> Callable[[bytes, zipfile.ZipFile], bytes]:
    def change(whole: bytes, opened: zipfile.ZipFile) -> bytes:
        content = opened.read(record)
        begin = whole.index(content) + place % len(content)
        return whole[:begin] + bytes([whole[begin] ^ 1]) + whole[begin + 1 :]

    return change


for name, place in {"the first": 0, "the last": -1, "a middle": 100}.items():
    ATTACKS[f"one bit of {name} byte of the weights.pt"] = lambda path, place=place: changed(
        path, one_bit_in("archive/data/1", place)
    )
    ATTACKS[f"one bit of {name} byte of the settings.pt"] = lambda path, place=place: changed(
        path, one_bit_in("archive/data.pkl", place)
    )


@attack("other weights with their checksum, but not their digest.pt")
def _(path: Path) -> None:
    model().save(path)
    with zipfile.ZipFile(path) as opened:
        records = {name: opened.read(name) for name in opened.namelist()}
    records["archive/data/1"] = bytes(len(records["archive/data/1"]))
    with zipfile.ZipFile(path, "w") as opened:
        for name, content in records.items():
            opened.writestr(name, content)


# -- what comes of them ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("hostile")
    for name, make in ATTACKS.items():
        make(folder / name)
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    yield read_under_watch(folder, [folder / name for name in ATTACKS])
    left = {path: path.stat().st_mtime_ns for path in folder.iterdir() if path.name != "good.pt"}
    assert left == before, "nothing was written beside the files"


@pytest.mark.parametrize("name", ATTACKS)
def test_it_is_refused_by_name_and_nothing_happens(answers: dict[str, dict[str, Any]], name: str) -> None:
    answer = answers[name]
    assert answer["outcome"].startswith("opened" if name in HARMLESS else "refused: "), answer
    assert answer["happened"] == [], answer
    assert answer["seconds"] < 5 and answer["megabytes"] < 300, answer


def test_the_watch_sees_what_a_file_would_do(tmp_path: Path) -> None:
    code = f"""
import sys; sys.argv = ["", "600", ""]; sys.path.insert(0, {str(READER.parent)!r})
import watched_reader as reader, os, socket, subprocess
sys.addaudithook(reader.watch)
reader.watching = True
open({str(tmp_path / "made")!r}, "w"); os.mkdir({str(tmp_path / "folder")!r}); os.system("true")
subprocess.run(["true"]); socket.socket(); import this_module_is_missing
"""
    code = code.replace("import this_module_is_missing", "exec('try: import missing_module\\nexcept ImportError: 0')")
    done = subprocess.run(
        [sys.executable, "-c", code + "reader.watching = False; print(reader.happened)"],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    for event in ("open", "os.mkdir", "os.system", "subprocess.Popen", "socket.__new__", "import"):
        assert f"'{event}(" in done.stdout or f'"{event}(' in done.stdout, (event, done.stdout)


def test_what_a_file_says_reaches_no_terminal_as_it_is(answers: dict[str, dict[str, Any]]) -> None:
    for name, answer in answers.items():
        assert answer["outcome"].replace("…", "").isprintable() and len(answer["outcome"]) < 1000, name
    assert r"'os\x1b[2K\r.\x1b]0;title\x07\nname'" in answers["a name with control characters, archive.pt"]["outcome"]


def test_a_part_of_a_legacy_storage_begins_where_the_file_says(tmp_path: Path) -> None:
    """torch once wrote slices as a storage and a part of it; offsets of tensors count from the part."""
    part = b"(" + text("1") + unmemoized(4) + unmemoized(6) + b"t"
    sliced = storage("FloatStorage", text("7"), 10).replace(b"tQ", part + b"tQ")
    made = MAKE_TENSOR + b"(" + sliced + unmemoized(1) + b"(K\x03t(K\x01t\x89ccollections\nOrderedDict\n)RtR"
    legacy(tmp_path / "model.pt", model_pickle({"note": made}), data=[*weights(), torch.arange(10.0).numpy().tobytes()])
    assert read_model_file(tmp_path / "model.pt")["note"].tolist() == [5, 6, 7]


def test_a_second_state_of_an_object_adds_to_the_first(tmp_path: Path) -> None:
    more = record_of() + unmemoized({"normalization": "NFC"}) + b"b"
    archive(tmp_path / "model.pt", model_pickle({"dictionary": more}))
    dictionary = LanguageModel.load(tmp_path / "model.pt").dictionary
    assert dictionary.get_items() == ITEMS and dictionary.add_unk and dictionary.normalization == "NFC"


def test_json_may_begin_with_a_byte_order_mark_or_white_space(tmp_path: Path) -> None:
    for beginning in ("\ufeff", " \n", "\t"):
        (tmp_path / "d.json").write_text(beginning + '{"items": ["a", "b"]}', encoding="utf-8")
        assert Dictionary.load(tmp_path / "d.json").get_items() == ["a", "b"]


# -- digests ---------------------------------------------------------------------------------------


def test_our_own_files_have_a_digest_of_each_part(tmp_path: Path) -> None:
    model().save(tmp_path / "ours.pt")
    with zipfile.ZipFile(tmp_path / "ours.pt") as opened:
        lines = opened.read(f"archive/{SUMS}").decode().splitlines()
        noted = {name: digest for digest, name in (line.split("  ") for line in lines)}
        parts = [name for name in opened.namelist() if "/data" in name]
        assert noted == {name.removeprefix("archive/"): hashlib.sha256(opened.read(name)).hexdigest() for name in parts}
    assert len(noted) == 1 + len(SHAPES)
    loaded = torch.load(tmp_path / "ours.pt", weights_only=False, pickle_module=_with_any_dictionary())
    assert loaded["hidden_size"] == 8, "torch opens it as before"


def _with_any_dictionary() -> Any:
    class Unpickler(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            return type(name, (), {}) if module == "flair.data" else super().find_class(module, name)

    return types.SimpleNamespace(Unpickler=Unpickler, load=pickle.load, __name__="pickle")


def test_a_model_of_the_same_weights_is_the_same_file(tmp_path: Path) -> None:
    model().save(tmp_path / "one.pt")
    model().save(tmp_path / "two.pt")
    assert (tmp_path / "one.pt").read_bytes() == (tmp_path / "two.pt").read_bytes()


def test_a_caller_may_set_how_large_a_file_may_be(tmp_path: Path) -> None:
    model().save(tmp_path / "model.pt")
    size = (tmp_path / "model.pt").stat().st_size
    assert LanguageModel.load(tmp_path / "model.pt", max_bytes=size).hidden_size == 8
    with pytest.raises(ModelFileError, match=rf"model\.pt .*more than max_bytes={size - 1:,}"):
        LanguageModel.load(tmp_path / "model.pt", max_bytes=size - 1)


def test_tensors_of_any_shape_and_type_come_back(tmp_path: Path) -> None:
    kept = [
        torch.arange(12.0).reshape(3, 4).T, torch.zeros(0, 3), torch.tensor(2.5), torch.arange(10)[3:7],
        torch.ones(2, dtype=torch.bfloat16), torch.ones(2, dtype=torch.float16), torch.arange(3, dtype=torch.uint8),
        torch.ones(3, dtype=torch.float64), torch.arange(4, dtype=torch.int8), torch.ones(2, dtype=torch.int16),
    ]  # fmt: skip
    write_model_file(tmp_path / "model.pt", {**model().to_state(), "note": kept})
    found = read_model_file(tmp_path / "model.pt")["note"]
    assert [value.dtype for value in found] == [value.dtype for value in kept]
    assert all(torch.equal(one, other) for one, other in zip(found, kept, strict=True))


def test_what_could_not_be_read_again_is_not_written(tmp_path: Path) -> None:
    for note in ({(1, 2): 3}, {1, 2}, OrderedDict([(1.5, 2)]), b"bytes", 1j):
        with pytest.raises(TypeError, match="give"):
            write_model_file(tmp_path / "model.pt", {**model().to_state(), "note": note})
    assert not (tmp_path / "model.pt").exists()
