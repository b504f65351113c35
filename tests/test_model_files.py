"""Model files: everything comes back, Flair's are understood, bad ones do no harm and say what they are."""

from __future__ import annotations

import io
import os
import pickle
import pickletools
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tutorlm import Dictionary, FlairEmbeddings, LanguageModel, Sentence
from tutorlm.files.models import ModelFileError, read_model_file, write_model_file
from tutorlm.files.pickles import UnsafeFileError

load = LanguageModel.load_language_model
HAND_OVER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def dictionary_of(characters: str, normalization: str | None = None) -> Dictionary:
    dictionary = Dictionary(normalization=normalization)
    for character in characters:
        dictionary.add_item(character)
    return dictionary


def small_model(**changes: Any) -> LanguageModel:
    torch.manual_seed(0)
    settings = {"is_forward_lm": True, "hidden_size": 8, "nlayers": 1, "embedding_size": 5, **changes}
    dictionary = settings.pop("dictionary", dictionary_of("\n abcdé"))
    return LanguageModel(dictionary, **settings).eval()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "best-lm.pt"


# -- what is saved comes back -------------------------------------------------------------------------

SETTINGS = ("is_forward_lm", "hidden_size", "nlayers", "embedding_size", "nout", "document_delimiter", "dropout")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"is_forward_lm": False, "nlayers": 2, "dropout": 0.25},
        {"nout": 6},
        {"document_delimiter": "[SEP]", "dictionary": dictionary_of("\n []SEPab")},
        {"dictionary": dictionary_of("\n 하ᅡᆫ한", "NFD")},
        {"dictionary": Dictionary.load("chars"), "embedding_size": 3},
        {"has_decoder": False},
    ],
    ids=["plain", "backward", "nout", "delimiter", "NFD", "chars", "without decoder"],
)
def test_every_setting_and_weight_comes_back(path: Path, changes: dict[str, Any]) -> None:
    saved = small_model(**changes)
    saved.save(path)
    loaded = load(path)
    assert {name: getattr(loaded, name) for name in SETTINGS} == {name: getattr(saved, name) for name in SETTINGS}
    assert loaded.dictionary == saved.dictionary
    assert loaded.dictionary.normalization == saved.dictionary.normalization
    assert (loaded.decoder is None) == (saved.decoder is None)
    weights = saved.state_dict()
    assert list(loaded.state_dict()) == list(weights)
    assert all(torch.equal(tensor, weights[name]) for name, tensor in loaded.state_dict().items())


def test_a_dictionary_without_unk_comes_back_without_it(path: Path) -> None:
    dictionary = Dictionary(add_unk=False)
    for character in "\n ab":
        dictionary.add_item(character)
    small_model(dictionary=dictionary).save(path)
    assert load(path).dictionary == dictionary


def test_a_loaded_model_predicts_as_the_saved_one_did(path: Path) -> None:
    saved = small_model(nlayers=2, nout=6)
    saved.save(path)
    assert load(path).score("abc\nd").log_p.tolist() == saved.score("abc\nd").log_p.tolist()


def test_a_model_may_be_opened_without_its_decoder(path: Path) -> None:
    small_model().save(path)
    assert load(path, has_decoder=False).decoder is None


def test_further_keys_are_kept(path: Path) -> None:
    state = {**small_model().to_state(), "note": ["kept", 1, {"x": torch.ones(2)}]}
    write_model_file(path, state)
    note = read_model_file(path)["note"]
    assert note[:2] == ["kept", 1]
    assert torch.equal(note[2]["x"], torch.ones(2))


def test_a_missing_file_is_named_with_the_folder_it_was_looked_up_from(path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        load(path)
    assert str(path) in str(caught.value)
    assert str(Path.cwd()) in str(caught.value)


# -- what stands in the file --------------------------------------------------------------------------


def test_the_file_names_flairs_dictionary_and_nothing_unusual(path: Path) -> None:
    small_model(nlayers=2, dictionary=dictionary_of("\n 한é", "NFD")).save(path)
    with zipfile.ZipFile(path) as archive:
        (member,) = (name for name in archive.namelist() if name.endswith("/data.pkl"))
        operations = list(pickletools.genops(archive.read(member)))
    assert {operation.name for operation, _, _ in operations}.isdisjoint({"STACK_GLOBAL", "INST", "EXT1"})
    names = {argument for operation, argument, _ in operations if operation.name == "GLOBAL"}
    assert "flair.data Dictionary" in names
    assert names <= {
        "flair.data Dictionary",
        "collections OrderedDict",
        "torch FloatStorage",
        "torch._utils _rebuild_tensor_v2",
        "_codecs encode",
    }


def test_the_file_has_every_key_that_flair_looks_up(path: Path) -> None:
    small_model().save(path)
    assert set(read_model_file(path)) == {
        "state_dict", "dictionary", "is_forward_lm", "hidden_size", "nlayers", "embedding_size", "nout",
        "document_delimiter", "dropout", "recurrent_type", "has_decoder",
    }  # fmt: skip


def test_weights_are_written_in_single_precision(path: Path) -> None:
    small_model().to(torch.bfloat16).save(path)
    assert {tensor.dtype for tensor in read_model_file(path)["state_dict"].values()} == {torch.float32}


# -- files of Flair ----------------------------------------------------------------------------------------

# A process with a `flair.data.Dictionary` of its own, so that nothing of it is known here.
FLAIR = """
import ast, collections, sys, types
import torch

class Dictionary:
    pass

Dictionary.__module__ = "flair.data"
sys.modules["flair"], sys.modules["flair.data"] = types.ModuleType("flair"), types.ModuleType("flair.data")
sys.modules["flair.data"].Dictionary = Dictionary
items = [item.encode() for item in ["<unk>", "\\n", " ", "a", "é"]]

def weights(*shape):
    count = torch.Size(shape).numel()
    return (torch.arange(count) / count).reshape(shape)

def state(old, gates=4):
    dictionary = Dictionary()
    dictionary.idx2item, dictionary.item2idx = items, {item: number for number, item in enumerate(items)}
    dictionary.multi_label = False
    tensors = {
        "encoder.weight": weights(5, 3), "decoder.weight": weights(5, 4), "decoder.bias": weights(5),
        "rnn.weight_ih_l0": weights(4 * gates, 3), "rnn.weight_hh_l0": weights(4 * gates, 4),
        "rnn.bias_ih_l0": weights(4 * gates), "rnn.bias_hh_l0": weights(4 * gates),
    }
    settings = {"is_forward_lm": False, "hidden_size": 4, "nlayers": 1, "embedding_size": 3, "nout": None}
    content = {"state_dict": collections.OrderedDict(tensors), "dictionary": dictionary, "dropout": 0.5, **settings}
    if not old:
        dictionary.add_unk, dictionary.span_labels = True, False
        dictionary.item2idx_not_encoded = collections.defaultdict(int, {"a": 3})
        content |= {"document_delimiter": "a", "recurrent_type": "LSTM" if gates == 4 else "GRU", "has_decoder": True}
    return content

folder = sys.argv[1]
for protocol in (2, 4):
    for form in ("zip", "legacy"):
        for age in ("old", "new"):
            torch.save(state(age == "old"), f"{folder}/{age}-{form}-{protocol}.pt", pickle_protocol=protocol,
                       _use_new_zipfile_serialization=form == "zip")
torch.save(state(False, gates=3), f"{folder}/gru.pt", pickle_protocol=4)
for name, attributes in ast.literal_eval(sys.argv[2]).items():
    content = state(False)
    content["dictionary"].__dict__.update(attributes)
    torch.save(content, f"{folder}/{name}.pt", pickle_protocol=4)
"""
BAD_DICTIONARIES: dict[str, dict[str, Any]] = {
    "no UTF-8": {"idx2item": [b"<unk>", b"\n", b" ", b"a", b"\xff"]},
    "an item twice": {"idx2item": [b"<unk>", b"\n", b" ", b"a", b"a"]},
    "a lone surrogate": {"idx2item": ["<unk>", "\n", " ", "a", "\ud800"]},
    "an item too few": {"idx2item": [b"<unk>", b"\n", b" ", b"a"]},
    "items that are no list": {"idx2item": 5},
    "an unknown normal form": {"normalization": "ABC"},
}
LONGER_ITEMS = [b"<unk>", b"\n", b" ", b"a", b"[SEP]"]
SOUND_DICTIONARIES = {
    "longer items": {"idx2item": LONGER_ITEMS, "item2idx": {item: n for n, item in enumerate(LONGER_ITEMS)}}
}
FORMS = ["zip-2", "zip-4", "legacy-2", "legacy-4"]


@pytest.fixture(scope="module")
def flair_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("flair")
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FLAIR, str(folder), repr({**BAD_DICTIONARIES, **SOUND_DICTIONARIES})],
        check=True,
        timeout=120,
    )
    return folder


@pytest.mark.parametrize("form", FORMS)
def test_a_file_of_flair_0_4_opens(flair_files: Path, form: str) -> None:
    model = load(flair_files / f"old-{form}.pt")
    assert model.dictionary.get_items() == ["<unk>", "\n", " ", "a", "é"]
    assert (model.is_forward_lm, model.hidden_size, model.nlayers, model.embedding_size) == (False, 4, 1, 3)
    assert (model.nout, model.dropout, model.document_delimiter) == (None, 0.5, "\n")
    assert model.decoder is not None
    assert torch.equal(model.encoder.weight, torch.arange(15).reshape(5, 3) / 15)
    assert torch.equal(model.decoder.weight, torch.arange(20).reshape(5, 4) / 20)
    assert len(model.generate_text("a", 5)[0]) >= 6


@pytest.mark.parametrize("form", FORMS)
def test_a_file_of_flair_0_12_and_newer_opens(flair_files: Path, form: str) -> None:
    model = load(flair_files / f"new-{form}.pt")
    assert model.document_delimiter == "a"
    assert model.dictionary.unknown_index == 0
    assert model.dictionary.item2idx[b"a"] == 3


def test_a_file_of_flair_saved_again_is_the_same_model(flair_files: Path, path: Path) -> None:
    first = load(flair_files / "old-legacy-4.pt")
    first.save(path)
    assert load(path).score("a é").log_p.tolist() == first.score("a é").log_p.tolist()


def test_a_gru_is_refused_by_name(flair_files: Path) -> None:
    with pytest.raises(ModelFileError, match=r"gru\.pt holds a GRU network; only LSTM models can be read"):
        load(flair_files / "gru.pt")


# -- hostile files ---------------------------------------------------------------------------------------


def order(module: str, name: str, *arguments: object) -> bytes:
    """A pickle that calls `module.name(*arguments)` when it is read."""
    return f"c{module}\n{name}\n".encode() + pickle.dumps(arguments, 2)[2:-1] + b"R."


def as_zip(path: Path, order: bytes) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {"data.pkl": order, "byteorder": b"little", "version": b"3\n"}.items():
            archive.writestr(f"model/{name}", content)


def as_legacy(path: Path, order: bytes) -> None:
    stream = io.BytesIO()
    torch.save(0, stream, _use_new_zipfile_serialization=False)
    beginning = stream.getvalue()[: stream.getvalue().rindex(pickle.dumps(0, 2))]
    path.write_bytes(beginning + order + pickle.dumps([], 2))


def as_tar(path: Path, order: bytes) -> None:
    none = pickle.dumps(0, 2)
    with tarfile.open(path, "w") as archive:
        for name, content in {"storages": none + pickle.dumps([], 2), "tensors": none, "pickle": order}.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def as_it_is(path: Path, order: bytes) -> None:
    path.write_bytes(order)


def touch(name: str) -> bytes:
    return order(os.system.__module__, "system", f'touch "{name}"')


def test_the_order_in_the_hostile_files_below_would_be_followed(tmp_path: Path) -> None:
    pickle.loads(touch(str(tmp_path / "made")))
    assert (tmp_path / "made").exists()


def test_the_tar_format_of_torchs_first_years_is_not_even_unpacked(tmp_path: Path) -> None:
    as_tar(tmp_path / "hostile.pt", b"cposix\nsystem\n(S'touch made'\ntR.")
    with pytest.raises(ModelFileError, match="is not a model file"):
        load(tmp_path / "hostile.pt")


@pytest.mark.parametrize("form", [as_zip, as_legacy, as_it_is])
@pytest.mark.parametrize(
    ("module", "name", "argument"),
    [
        ("os", "system", "touch made"),
        (os.system.__module__, "system", "touch made"),
        ("builtins", "eval", "open('made', 'w')"),
        ("__builtin__", "exec", "open('made', 'w')"),
        ("builtins", "open", "made"),
        ("torch._utils", "getattr", "made"),
        ("torch._utils", "_import_dotted_name", "os.system"),
        ("torch", "load", "made"),
        ("numpy.testing._private.utils", "runstring", "open('made', 'w')"),
        ("flair.data", "Sentence", "made"),
    ],
)
def test_a_file_that_calls_anything_is_refused_by_name(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    form: Callable[[Path, bytes], None],
    module: str,
    name: str,
    argument: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    form(tmp_path / "hostile.pt", order(module, name, argument))
    with pytest.raises(UnsafeFileError) as caught:
        load(tmp_path / "hostile.pt")
    assert f"'{module}.{name}'" in str(caught.value)
    assert str(tmp_path / "hostile.pt") in str(caught.value)
    assert not (tmp_path / "made").exists()


def test_an_allowed_name_is_no_way_to_what_lies_below_it(path: Path) -> None:
    as_zip(path, b"\x80\x04\x8c\x0ctorch._utils\x8c\x1e_rebuild_tensor_v2.__globals__\x93.")
    with pytest.raises(UnsafeFileError, match=r"torch\._utils\._rebuild_tensor_v2\.__globals__"):
        load(path)


def test_an_order_beside_a_whole_model_is_refused_too(path: Path) -> None:
    class Order:
        def __reduce__(self) -> tuple[object, ...]:
            return os.mkdir, (str(path.with_name("made")),)

    state = {name: value for name, value in small_model().to_state().items() if name != "dictionary"}
    torch.save({**state, "dictionary": Order()}, path)
    with pytest.raises(UnsafeFileError, match=r"\.mkdir'"):
        load(path)
    assert not path.with_name("made").exists()


class Script(torch.nn.Module):
    """Compiled and saved, its `__setstate__` makes a file when the archive is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.x = torch.zeros(1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x

    @torch.jit.export
    def __getstate__(self) -> tuple[torch.Tensor, bool]:
        return self.x, self.training

    @torch.jit.export
    def __setstate__(self, state: tuple[torch.Tensor, bool]) -> None:
        self.x = torch.from_file("made", True, 4)
        self.training = state[1]


@pytest.mark.filterwarnings("ignore")
def test_a_torchscript_archive_is_refused_and_its_code_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    torch.jit.script(Script()).save("script.pt")
    with pytest.raises((ModelFileError, UnsafeFileError), match=r"script\.pt"):
        load("script.pt")
    assert not Path("made").exists()


def test_a_bad_file_changes_nothing_for_the_good_ones_after_it(path: Path) -> None:
    """A pickle may also set attributes of what it names: here the defaults of torch's own function."""
    before = torch._utils._rebuild_tensor_v2.__defaults__
    bad = path.with_name("bad.pt")
    as_zip(bad, b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\nN}X\x0c\x00\x00\x00__defaults__)s\x86b.")
    small_model().save(path)
    try:
        with pytest.raises((ModelFileError, UnsafeFileError)):
            load(bad)
        assert load(path).hidden_size == 8
    finally:
        torch._utils._rebuild_tensor_v2.__defaults__ = before


# -- damaged files ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["zip", "legacy"])
def whole(request: pytest.FixtureRequest, flair_files: Path) -> bytes:
    """A whole model file."""
    return (flair_files / f"new-{request.param}-4.pt").read_bytes()


def test_a_file_cut_short_anywhere_is_named(path: Path, whole: bytes) -> None:
    for length in [*range(0, len(whole), len(whole) // 150), len(whole) - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(ModelFileError) as caught:
            load(path)
        assert f"{path} ({length:,} bytes) is not a model file, or is damaged or truncated" in str(caught.value)


def test_a_file_with_one_changed_byte_opens_or_is_refused(path: Path, whole: bytes) -> None:
    @settings(HAND_OVER, max_examples=300)
    @given(st.integers(0, len(whole) - 1), st.integers(0, 255))
    def law(place: int, byte: int) -> None:
        path.write_bytes(whole[:place] + bytes([byte]) + whole[place + 1 :])
        try:
            load(path)
        except (ModelFileError, UnsafeFileError) as error:
            assert str(path) in str(error)

    law()


@HAND_OVER
@given(st.binary(max_size=200))
@example(b"")
@example(b"\n")
@example(b"N.")
@example(b"PK\x03\x04")
@example(b"PK\x03\x04" + bytes(100))
@example(bytes(1024))
@example(b"<!DOCTYPE html><html><title>404 Not Found</title></html>")
@example(b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 73000000\n")
def test_bytes_that_are_no_model_are_named(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(ModelFileError) as caught:
        load(path)
    assert f"{path} ({len(content):,} bytes) is not a model file" in str(caught.value)


def test_a_pickle_that_claims_a_terabyte_is_named(path: Path) -> None:
    path.write_bytes(b"\x80\x04\x8e" + (1 << 50).to_bytes(8, "little"))
    with pytest.raises(ModelFileError, match=r"best-lm\.pt"):
        load(path)


@pytest.mark.parametrize("content", [None, 3, "text", [], {}, {"state_dict": {}}, torch.zeros(2)], ids=repr)
def test_a_file_of_something_else_is_named(path: Path, content: object) -> None:
    torch.save(content, path)
    with pytest.raises(ModelFileError, match=r"best-lm\.pt is no language model: it lacks .*dictionary"):
        load(path)


CONTRADICTIONS: dict[str, dict[str, Any]] = {
    "hidden_size": {"hidden_size": 9},
    "embedding_size": {"embedding_size": 4},
    "a layer more": {"nlayers": 3},
    "another dictionary": {"dictionary": dictionary_of("ab")},
    "no encoder": {"state_dict": {"encoder.weight": None}},
    "a layer less": {"nlayers": 1},
    "nlayers is no number": {"nlayers": "two"},
    "hidden_size is no number": {"hidden_size": "8"},
    "no nout": {"nout": None},
    "dropout": {"dropout": 7.0},
    "empty delimiter": {"document_delimiter": ""},
    "recurrent_type": {"recurrent_type": None},
    "a bias is missing": {"state_dict": {"rnn.bias_ih_l0": None}},
    "second layer": {"state_dict": {"rnn.weight_ih_l1": torch.zeros(3, 3)}},
    "proj": {"state_dict": {"proj.weight": torch.zeros(3, 3)}},
    "decoder": {"state_dict": {"decoder.weight": torch.zeros(3, 3)}},
    "no decoder": {"state_dict": {"decoder.weight": None, "decoder.bias": None}},
    "one more tensor": {"state_dict": {"further.weight": torch.zeros(3)}},
    "a tensor is a list": {"state_dict": {"decoder.bias": [0.0] * 8}},
}


@pytest.mark.parametrize("changes", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_parts_that_contradict_each_other_are_named(path: Path, changes: dict[str, Any]) -> None:
    state = small_model(nlayers=2, nout=6).to_state()
    tensors = {**state["state_dict"], **changes.get("state_dict", {})}
    tensors = {name: tensor for name, tensor in tensors.items() if tensor is not None}
    write_model_file(path, {**state, **changes, "state_dict": tensors})
    with pytest.raises(ModelFileError, match=r"best-lm\.pt"):
        load(path)


@pytest.mark.parametrize("case", BAD_DICTIONARIES)
def test_a_dictionary_that_cannot_be_is_named(flair_files: Path, case: str) -> None:
    with pytest.raises(ModelFileError, match=rf"{case}\.pt"):
        load(flair_files / f"{case}.pt")


# -- a disk that is full --------------------------------------------------------------------------------------


def test_saving_on_a_full_disk_keeps_the_best_model(path: Path) -> None:
    small_model().save(path)
    best = path.read_bytes()
    code = """
import resource, sys
from tutorlm import LanguageModel
model = LanguageModel.load_language_model(sys.argv[1])
model.encoder.weight.data.zero_()
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
try:
    model.save(sys.argv[1])
except OSError as error:
    sys.exit(str(error))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 1
    assert f"could not write {path}" in done.stderr
    assert "the previous file is unchanged" in done.stderr
    assert path.read_bytes() == best
    assert load(path).encoder.weight.any()
    assert [other.name for other in path.parent.iterdir()] == [path.name]


# -- characters or words ----------------------------------------------------------------------------------------


def test_a_model_says_whether_it_reads_characters_or_words(path: Path) -> None:
    for level in (True, False):
        items = Dictionary.from_items(["<unk>", "\n", " ", "a", "b", "[SEP]"], character_level=level)
        small_model(dictionary=items).save(path)
        assert load(path).dictionary.character_level is level


def test_a_model_of_flair_with_some_longer_items_reads_characters(flair_files: Path, path: Path) -> None:
    model = load(flair_files / "longer items.pt")
    model.save(path)
    assert model.dictionary.character_level
    assert len(model.score("a a").log_p) == 3
    assert len(FlairEmbeddings(path).vectors([Sentence("a a")])[0]) == 2
