"""A bundle has all that others need to trust and use a model, and nothing that should stay at home; none may lie."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import SAMPLE, strong_model
from hypothesis import given, settings
from hypothesis import strategies as st

from tutorlm import Dictionary, LanguageModel, LanguageModelTrainer, TextCorpus
from tutorlm.files.bundles import read_config, sums_text
from tutorlm.files.models import read_model_file, write_model_file
from tutorlm.files.pickles import UnsafeFileError
from tutorlm.files.regular import sha256_of
from tutorlm.pretrained import SHIPPED, find_pair
from tutorlm.sharing import Checked, bundle, check_bundle, renew_sums
from tutorlm.sharing.measuring import RECITED, measure, recited

pytest.importorskip("huggingface_hub")
ENGLISH = SAMPLE / "en"
PAIR = {direction: f"news-mini-{direction}" for direction in ("forward", "backward")}
GIVEN = {"licence": "cc0-1.0", "language": "en", "corpus": ENGLISH}
FILES = {"README.md", "SHA256SUMS", "backward.pt", "config.json", "dictionary.json", "forward.pt"}


@pytest.fixture
def folder(bundled, tmp_path) -> Path:
    """A copy of a sound bundle, to spoil."""
    return Path(shutil.copytree(bundled, tmp_path / "bundle"))


@pytest.fixture
def language(tmp_path, small_corpus) -> Path:
    """A folder as the course's notebook 12 leaves it: corpus, forward, backward and card.md."""
    home = tmp_path / "my_language"
    shutil.copytree(small_corpus, home / "corpus")
    dictionary = Dictionary.from_files(home / "corpus" / "train")
    for direction in ("forward", "backward"):
        corpus = TextCorpus(home / "corpus", dictionary, is_forward_lm=direction == "forward")
        torch.manual_seed(0)
        trainer = LanguageModelTrainer(LanguageModel(dictionary, direction == "forward", 24, 1), corpus)
        trainer.train(home / direction, 20, mini_batch_size=4, max_epochs=2, checkpoint=True, observers=[])
    card = "# Tales of a harbour\n\nLanguage: English\nText: a made-up newspaper\nLicence: ours\nUse: tests of `code`\n"
    (home / "card.md").write_text(card, encoding="utf-8")
    return home


def card_of(folder: Path) -> str:
    return (folder / "README.md").read_text(encoding="utf-8")


def config_of(folder: Path) -> dict:
    return json.loads((folder / "config.json").read_text(encoding="utf-8"))


def sign(folder: Path) -> None:
    """Write sums of what is in a folder, as whoever forges a bundle does, too."""
    digests = {file.name: sha256_of(file) for file in folder.iterdir() if file.name != "SHA256SUMS" and file.is_file()}
    (folder / "SHA256SUMS").write_text(sums_text(digests))


def change_config(folder: Path, change: Callable[[dict], object]) -> None:
    config = config_of(folder)
    change(config)
    (folder / "config.json").write_text(json.dumps(config))
    sign(folder)


# -- what a bundle has --------------------------------------------------------------------------------------


def test_a_bundle_has_its_files_and_their_sums(bundled):
    assert {file.name for file in bundled.iterdir()} == FILES
    for line in (bundled / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((bundled / name).read_bytes()).hexdigest() == digest
    found = check_bundle(bundled, ENGLISH)
    assert found.ok and len(found.passed) == 8 and found.notes == (), str(found)
    assert json.loads(json.dumps(found.as_dict()))["ok"]


def test_the_models_and_their_dictionary_are_the_ones_given(bundled):
    for direction, name in PAIR.items():
        one, other = (LanguageModel.load(where) for where in (bundled / f"{direction}.pt", name))
        assert all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))
        assert Dictionary.load(bundled / "dictionary.json") == one.dictionary
    assert find_pair(bundled) == (bundled / "forward.pt", bundled / "backward.pt")


def test_the_numbers_are_those_of_the_test_text(bundled):
    config = read_config(bundled / "config.json")
    for direction, name in PAIR.items():
        score = LanguageModel.load(name).score(ENGLISH / "test.txt")
        said = config["test"]["scores"][direction]
        assert said["bits_per_character"] == pytest.approx(score.bits_per_character, abs=1e-4)
        assert said["bits_per_byte"] == pytest.approx(score.bits_per_byte, abs=1e-4)
        row = f"| {direction} | {score.bits_per_character:.3f} | {score.bits_per_byte:.3f} | 0.00% |"
        assert row in card_of(bundled)
    assert 1.7 < config["test"]["ngram"]["bits_per_character"] < 2.0
    assert config["test"]["characters"] == len(score.text)


def test_the_card_has_the_metadata_that_the_hub_reads(bundled):
    from huggingface_hub import ModelCard

    data = ModelCard.load(bundled / "README.md").data
    assert (data.language, data.license, data.library_name) == (["en"], "cc0-1.0", "tutorlm")
    assert data.pipeline_tag == "feature-extraction"
    assert {"flair", "character-lm", "forward", "backward"} <= {*data.tags}
    metrics = {result.metric_name: result.metric_value for result in data.eval_results}
    assert len(metrics) == 7 and metrics["bits per character (forward)"] == pytest.approx(1.578, abs=0.01)
    assert {result.dataset_revision for result in data.eval_results} == {config_of(bundled)["test"]["sha256"]}


@pytest.mark.parametrize(
    "part", ["## Use", "from_pair", "from flair.embeddings import", "hf_hub_download", "## Results", "## Training",
             "## What they write", "The backward model:", "## Intended use and limits", "can recite", "## Files",
             "sha256sum --check", "## Citation", "C18-1139", "flair.data.Dictionary", "6-gram model"],
)  # fmt: skip
def test_the_card_tells_all_that_one_must_know(bundled, part):
    assert part in card_of(bundled)


def test_the_python_of_the_card_is_python(bundled):
    snippets = re.findall(r"```python\n(.*?)```", card_of(bundled), re.DOTALL)
    assert len(snippets) == 2
    for snippet in snippets:
        compile(snippet, "README.md", "exec")


@pytest.mark.parametrize("codes", ["ko", ["en", "ko"], "ko-KR"])
def test_models_that_read_korean_have_a_card_that_ends_in_korean(tmp_path, codes):
    found = bundle(
        [*PAIR.values()], tmp_path / "b", **{**GIVEN, "language": codes}, title="Harbour", text="a newspaper"
    )
    section = card_of(tmp_path / "b").partition("\n## 한국어\n")[2]
    assert found.ok and len(found.passed) == 8 and "\n## " not in section, str(found)
    test = found.config["test"]
    for name, way in {"forward": "순방향", "backward": "역방향"}.items():
        said = test["scores"][name]
        assert f"| {way} | {said['bits_per_character']:.3f} | {said['bits_per_byte']:.3f} | 0.00% |" in section
    assert f"| 비교용 6-gram 모델 | {test['ngram']['bits_per_character']:.3f} |" in section
    for part in (
        "한 쌍입니다", "| 라이선스 | cc0-1.0 |", "| 글 | a newspaper: test.txt |", "(유니코드 정규형 NFC)",
        "단어 벡터, 그리고", f"{RECITED}자 이상 이어서", f"문자 {test['characters']:,}개에서",
    ):  # fmt: skip
        assert part in section
    snippets = re.findall(r"```python\n(.*?)```", card_of(tmp_path / "b"), re.DOTALL)
    assert len(snippets) == 4 and snippets[:2] == snippets[2:], "the code is that of the English part"


def test_models_that_read_no_korean_have_no_korean_section(bundled):
    assert "한국어" not in card_of(bundled)


def test_a_korean_section_warns_of_models_that_have_learnt_little(language, tmp_path):
    with pytest.warns(UserWarning, match="n-gram model"):
        bundle(language / "forward", tmp_path / "b", licence="other", licence_name="우리 | 것", language="ko",
               corpus=language / "corpus", use="`code` | 시험")  # fmt: skip
    section = card_of(tmp_path / "b").partition("\n## 한국어\n")[2]
    assert "**세기만 하는 모델이 더 낫습니다.** 순방향 모델은" in section and "한 쌍" not in section
    assert "| 라이선스 | 우리 \\| 것 |" in section and "| 용도 | `code` \\| 시험 |" in section
    assert check_bundle(tmp_path / "b", language / "corpus").ok


def test_the_folder_of_the_capstone_becomes_a_bundle(language, tmp_path):
    with pytest.warns(UserWarning, match="n-gram model"):
        found = bundle(language, tmp_path / "out", licence="cc-by-4.0", language=["en", "ko"])
    assert found.ok and found.folder == tmp_path / "out"
    card = card_of(tmp_path / "out")
    assert card.count("# Tales of a harbour") == 1 and "tests of `code`" in card and "a made-up newspaper" in card
    training = config_of(tmp_path / "out")["training"]["backward"]
    assert training["epochs"] == 2 and training["seconds"] > 0 and "| epochs | 2 | 2 |" in card
    assert "Counting does better" in card
    by_direction = {name: language / name for name in ("forward", "backward")}
    with pytest.warns(UserWarning, match="n-gram model"):
        again = bundle(by_direction, tmp_path / "again", licence="mit", language="en", corpus=language / "corpus")
    assert again.config["models"] == found.config["models"]


def test_one_direction_alone_is_called_as_flair_calls_it(tmp_path):
    found = bundle("news-mini-backward", tmp_path / "b", **GIVEN)
    assert found.ok and (tmp_path / "b" / "best-lm.pt").is_file()
    assert 'FlairEmbeddings("hub:OWNER/NAME/best-lm.pt")' in card_of(tmp_path / "b")
    with pytest.raises(FileNotFoundError, match="no pair of models"):
        find_pair(tmp_path / "b")


def test_weights_of_two_bytes_stay_so(tmp_path):
    with pytest.warns(UserWarning, match="n-gram model"):
        bundle("books-forward", tmp_path / "b", **GIVEN)
    size, before = (file.stat().st_size for file in (tmp_path / "b" / "best-lm.pt", SHIPPED / "books-forward.pt"))
    assert size == pytest.approx(before, rel=0.01)


def test_a_model_in_memory_and_a_licence_of_ones_own(english, tmp_path):
    with pytest.warns(UserWarning, match="n-gram model"):
        found = bundle(strong_model(english), tmp_path / "b", licence="other", licence_name="Our terms | *1*",
                       language="gsw", corpus=ENGLISH, title="```Title```", use="| all\n")  # fmt: skip
    assert found.ok, str(found)
    assert "license_name: Our terms" in card_of(tmp_path / "b")


def test_what_run_json_says_goes_into_the_card_without_names_of_files(tmp_path, language):
    record = {
        "command": f"python -m tutorlm train {language}/corpus", "began": "2026-11-26T10:00:00+0000",
        "settings": {"corpus": str(language), "recipe": "fine-tuning", "model": f"{language}/secret/base.pt"},
        "recipe": {"learning_rate": 0.008, "layer_rates": {"rnn": 0.5}, "cache": str(language)},
        "corpus": {"digest": "a" * 64}, "versions": {"torch": "2.13.0"}, "machine": {"system": "Ann's laptop"},
        "result": {"seconds": 61.5, "steps": 100, "valid_bits_per_character": 2.5, "stopped": "time is up"},
    }  # fmt: skip
    (language / "forward" / "run.json").write_text(json.dumps(record))
    with pytest.warns(UserWarning):
        bundle(language, tmp_path / "b", licence="mit", language="en")
    told = config_of(tmp_path / "b")["training"]["forward"]
    assert told["learning_rate"] == 0.008 and told["seconds"] == 61.5 and told["corpus_digest"] == "a" * 64
    assert told["fine_tuned_from"] == "base.pt" and told["torch"] == "2.13.0"
    assert "| learning_rate | 0.008 |  |" in card_of(tmp_path / "b")
    for file in (tmp_path / "b").iterdir():
        assert str(tmp_path).encode() not in file.read_bytes() and b"laptop" not in file.read_bytes()


# -- what must not go out -----------------------------------------------------------------------------------


def test_the_state_of_an_optimizer_stays_at_home(language, tmp_path):
    checkpoint = language / "forward" / "checkpoint.pt"
    size = (language / "forward" / "best-lm.pt").stat().st_size
    assert checkpoint.stat().st_size > size
    with pytest.warns(UserWarning, match="n-gram model"):
        bundle(checkpoint, tmp_path / "b", licence="mit", language="en", corpus=language / "corpus")
    out = tmp_path / "b" / "best-lm.pt"
    assert out.stat().st_size == pytest.approx(size, rel=0.02)
    assert read_model_file(out).keys() <= {*read_model_file(language / "forward" / "best-lm.pt")}


class Foreign:
    def __reduce__(self):
        return os.system, ("touch ran",)


def test_a_foreign_pickle_is_refused_and_nothing_is_made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save({"state_dict": Foreign()}, "foreign.pt")
    Path("foreign.pkl").write_bytes(pickle.dumps(Foreign()))
    for name in ("foreign.pt", "foreign.pkl"):
        with pytest.raises((UnsafeFileError, ValueError)):
            bundle(name, "out", **GIVEN)
    assert {path.name for path in tmp_path.iterdir()} == {"foreign.pt", "foreign.pkl"}


# -- what is asked for ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", [["licence"], ["language"], ["corpus"], ["licence", "language", "corpus"]])
def test_what_is_missing_is_asked_for_by_name(tmp_path, missing):
    with pytest.raises(ValueError) as caught:
        bundle(PAIR, tmp_path / "b", **{name: value for name, value in GIVEN.items() if name not in missing})
    assert [name for name in GIVEN if f"{name}=" in str(caught.value)] == missing
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"licence": "CC0"}, "cc0-1.0"), ({"licence": "CC BY 4.0"}, "cc-by-4.0"),
     ({"licence": "my own"}, "licence='other'"), ({"licence": "other"}, "licence_name='…'"),
     ({"language": "Korean"}, "'ko' for Korean"),
     ({"language": ["ko", ""]}, "no code of a language"), ({"corpus": "nowhere"}, "nowhere")],
)  # fmt: skip
def test_what_is_wrong_is_told_what_to_write(tmp_path, wrong, said):
    with pytest.raises((ValueError, FileNotFoundError), match=re.escape(said)):
        bundle(PAIR, tmp_path / "b", **{**GIVEN, **wrong})
    assert not (tmp_path / "b").exists()


def broken(folder: Path) -> list:
    model = LanguageModel.load("news-mini-backward")
    for parameter in model.parameters():
        parameter.data *= 1.5
    return ["news-mini-forward", model]


def other_dictionary(folder: Path) -> list:
    return ["news-mini-forward", strong_model(Dictionary.from_items(["<unk>", "\n", " ", "a"]), False)]


def other_delimiter(folder: Path) -> list:
    dictionary = LanguageModel.load("news-mini-forward").dictionary
    return ["news-mini-forward", strong_model(dictionary, False, document_delimiter="\n\n")]


def words(folder: Path) -> LanguageModel:
    return strong_model(Dictionary.from_items(["<unk>", "\n", "word"], character_level=False))


UNFIT = [
    (broken, r"the backward model needs 1.92 .* A text has one probability, so a pair should be within 10%"),
    (other_dictionary, "different dictionaries"),
    (other_delimiter, "different delimiters"),
    (
        lambda _: dict(zip(PAIR, reversed(PAIR.values()), strict=True)),
        "given as the forward model, but it reads backward",
    ),
    (lambda _: ["news-mini-forward"] * 2, "two forward models"),
    (lambda _: {"left": "news-mini-forward"}, "give 'forward', 'backward' or both"),
    (lambda _: LanguageModel.load("news-mini-forward", has_decoder=False), "no decoder"),
    (words, "reads words"),
    (lambda folder: folder, "no best-lm.pt, and no folder forward or backward"),
    (lambda _: "news-mini", "Nearest names: news-mini-forward"),
]


@pytest.mark.parametrize(("make", "said"), UNFIT, ids=[said for _, said in UNFIT])
def test_what_is_no_sound_model_or_pair_is_not_given_away(tmp_path, make, said):
    (tmp_path / "models").mkdir()
    with pytest.raises((ValueError, FileNotFoundError), match=said):
        bundle(make(tmp_path / "models"), tmp_path / "out", **GIVEN)
    assert [path.name for path in tmp_path.iterdir()] == ["models"]


def test_an_earlier_bundle_is_replaced_and_nothing_else_is(folder, tmp_path):
    bundle("news-mini-forward", folder, **GIVEN)
    assert {file.name for file in folder.iterdir()} == (FILES - {"forward.pt", "backward.pt"}) | {"best-lm.pt"}
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "diary.txt").write_text("dear")
    with pytest.raises(ValueError, match="holds other files than a bundle's"):
        bundle("news-mini-forward", tmp_path / "mine", **GIVEN)
    assert (tmp_path / "mine" / "diary.txt").read_text() == "dear"


# -- reciting ---------------------------------------------------------------------------------------------------


def longest_by_hand(sample: str, text: str) -> np.ndarray:
    """Every run of RECITED characters and more that is in the text, found the slow way."""
    mark = np.zeros(len(sample), dtype=bool)
    for begin in range(len(sample) - RECITED + 1):
        if sample[begin : begin + RECITED] in text:
            mark[begin : begin + RECITED] = True
    return mark


PROSE = (ENGLISH / "train" / "train_split_1").read_text(encoding="utf-8")[:20_000]


@settings(deadline=None, max_examples=60)
@given(
    places=st.lists(st.tuples(st.integers(0, 19_000), st.integers(1, 140)), min_size=1, max_size=5),
    block=st.integers(60, 5_000),
)
def test_every_recited_passage_is_found_and_nothing_else(places, block):
    sample = "¶".join(PROSE[at : at + length] for at, length in places)
    found = recited([sample], [PROSE[at : at + block] for at in range(0, len(PROSE), block)])[sample]
    assert np.array_equal(found, longest_by_hand(sample, PROSE))


def test_rows_of_dashes_are_no_secret():
    assert not recited(["-" * 100], ["-" * 1000])["-" * 100].any()


def test_a_model_that_recites_is_not_given_away_unnoticed(tmp_path):
    corpus = Path(shutil.copytree(ENGLISH, tmp_path / "corpus"))
    model = LanguageModel.load("news-mini-forward")
    written = measure({"forward": model}, corpus).samples["forward"]
    train = corpus / "train" / "train_split_2"
    train.write_text(train.read_text(encoding="utf-8") + written[100:200], encoding="utf-8")  # as if it had learnt that
    with pytest.warns(UserWarning, match=r"these models recite: up to 100 characters in a row"):
        bundle(model, tmp_path / "b", **{**GIVEN, "corpus": corpus})
    card = card_of(tmp_path / "b")
    assert "**These models recite.**" in card and "up to 100 characters" in card
    assert written[100:200] not in card
    with pytest.warns(UserWarning, match="these models recite"):
        bundle(model, tmp_path / "ko", **{**GIVEN, "corpus": corpus, "language": "ko"})
    assert "최대 100자가 훈련 글과 이어서" in card_of(tmp_path / "ko").partition("## 한국어")[2]
    assert check_bundle(tmp_path / "b").config["recited"] == {"forward": 100}


# -- a stranger's bundle ------------------------------------------------------------------------------------------


def link(folder: Path) -> None:
    (folder / "forward.pt").unlink()
    (folder / "forward.pt").symlink_to("/etc/hostname")


def pipe(folder: Path) -> None:
    (folder / "README.md").unlink()
    os.mkfifo(folder / "README.md")


def many(folder: Path) -> None:
    for number in range(30):
        (folder / f"{number}.txt").touch()


def lying_sum(folder: Path) -> None:
    file = folder / "SHA256SUMS"
    file.write_text(file.read_text().replace(sha256_of(folder / "forward.pt"), "0" * 64))


def two_sums(folder: Path) -> None:
    file = folder / "SHA256SUMS"
    file.write_text(file.read_text() + f"{'0' * 64}  forward.pt\n")


def other_model(folder: Path) -> None:
    shutil.copy(SHIPPED / "books-forward.pt", folder / "forward.pt")
    sign(folder)


def optimizer(folder: Path) -> None:
    state = read_model_file(folder / "forward.pt")
    write_model_file(folder / "forward.pt", {**state, "optimizer_state": {"lr": 1.0}})
    digest, size = sha256_of(folder / "forward.pt"), (folder / "forward.pt").stat().st_size
    change_config(folder, lambda config: config["models"]["forward"].update(sha256=digest, bytes=size))


def code(folder: Path) -> None:
    (folder / "forward.pt").write_bytes(b"cos\nsystem\n(S'touch ran'\ntR.")
    digest = sha256_of(folder / "forward.pt")
    change_config(folder, lambda config: config["models"]["forward"].update(sha256=digest))


def exchanged(folder: Path) -> None:
    def change(config: dict) -> None:
        one, other = config["models"].values()
        one["file"], other["file"] = other["file"], one["file"]
        one["sha256"], other["sha256"] = other["sha256"], one["sha256"]

    change_config(folder, change)


def words_of_card(old: str, new: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        assert old in card_of(folder)
        (folder / "README.md").write_text(card_of(folder).replace(old, new, 1), encoding="utf-8")
        sign(folder)

    return spoil


def write_to(name: str, content: bytes, signed: bool = True) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / name).write_bytes(content)
        if signed:
            sign(folder)

    return spoil


def config(*path: str, value: object) -> Callable[[Path], None]:
    def change(found: dict) -> None:
        for name in path[:-1]:
            found = found[name]
        found[path[-1]] = value

    return lambda folder: change_config(folder, change)


def alias_bomb(folder: Path) -> None:
    head = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    write_to("README.md", f"---\n{head}---\n# A card\n".encode())(folder)


TOO_LONG = b"{" + b" " * (1 << 20) + b"}"
HOSTILE = [
    (link, "forward.pt is a link"),
    (pipe, "README.md is no regular file"),
    (lambda folder: (folder / "more").mkdir(), "more is no regular file"),
    (lambda folder: (folder / ".hidden").touch(), ".hidden is not a name"),
    (lambda folder: (folder / "a\x1b[31m.txt").touch(), "x1b[31m.txt is not a name"),
    (many, "more than 20 files"),
    (lambda folder: (folder / "diary.txt").touch(), "diary.txt is not in SHA256SUMS"),
    (lambda folder: (folder / "forward.pt").unlink(), "forward.pt is in SHA256SUMS, and missing here"),
    (lambda folder: (folder / "config.json").unlink(), "config.json is missing"),
    (lying_sum, "forward.pt is not the file of SHA256SUMS"),
    (two_sums, "is not a SHA-256, two spaces and the name of another file"),
    (write_to("SHA256SUMS", b"%b  ../../x\n" % (b"0" * 64), signed=False), "000  ../../x' is not a SHA-256"),
    (write_to("SHA256SUMS", b"\xff\xfe", signed=False), "SHA256SUMS is not UTF-8 text"),
    (write_to("SHA256SUMS", b"x" * (2 << 20), signed=False), "more than 1,048,576 bytes"),
    (write_to("config.json", b"{"), "config.json is not sound JSON"),
    (write_to("config.json", b"[" * 100_000), "config.json is not sound JSON"),
    (write_to("config.json", b'{"a": NaN}'), "NaN is no number of JSON"),
    (write_to("config.json", b"[1]"), "no JSON object, but a list"),
    (write_to("config.json", b'{"model_type": "bert"}'), "its library_name is not 'tutorlm'"),
    (write_to("config.json", TOO_LONG), "more than 1,048,576 bytes"),
    (config("format", value=2), "install a newer version"),
    (config("models", "forward", "file", value="../forward.pt"), "config.models.forward.file is '../forward.pt'"),
    (config("models", "forward", "file", value="README.md"), "about files of different names"),
    (config("models", "forward", "hidden_size", value="large"), "hidden_size is 'large', not a whole number"),
    (config("models", "forward", "hidden_size", value=999), "gives another hidden_size of forward.pt"),
    (config("models", value={}), "config.models is {}, not a dict"),
    (config("test", "scores", "forward", "bits_per_character", value=-1.0), "bits_per_character is -1.0"),
    (config("recited", value={"forward": 0}), "about the directions of its models"),
    (config("dictionary", "items", value=5), "another size or normal form of the dictionary"),
    (config("licence", value="mit"), "license in its metadata is not what config.json says; it should be 'mit'"),
    (config("test", "ngram", "bits_per_character", value=9.0), "model-index in its metadata is not"),
    (other_model, "forward.pt has another SHA-256 in SHA256SUMS than in config.json"),
    (optimizer, "forward.pt holds more than a model: optimizer_state"),
    (code, "forward.pt"),
    (exchanged, "is said to read forward, and does not"),
    (write_to("dictionary.json", b'{"items": ["<unk>", "a"]}'), "dictionary.json is not the dictionary of the models"),
    (write_to("README.md", b"# A card\n"), "does not begin with metadata"),
    (write_to("README.md", b"---\na: [\n---\n"), "its metadata are no model card's"),
    (write_to("README.md", b"---\na: !!python/object/apply:os.system ['touch ran']\n---\n"), "no model card's"),
    (write_to("README.md", b"---\n- 1\n---\n"), "its metadata are no model card's"),
    (write_to("README.md", b"---\n" + b"[" * 20_000 + b"\n---\n"), "more than 200 brackets"),
    (write_to("README.md", b"---\n" + b"- " * 10_000 + b"\n---\n"), "lists in lists in lists"),
    (write_to("README.md", b"---\na: 1" + b":1" * 5000 + b".0\n---\n"), "its metadata are no model card's"),
    (write_to("README.md", b"---\na: " + b"1" * 20_000 + b"\n---\n"), "its metadata are no model card's"),
    (write_to("README.md", b"---\nx: " + b"y" * 200_000 + b"\n---\n"), "of 30,000 characters at most"),
    (alias_bomb, "refers to another one"),
    (words_of_card("license: cc0-1.0", "license: mit"), "license in its metadata"),
    (words_of_card("value: 1.57", "value: 1.07"), "model-index in its metadata"),
    (words_of_card("library_name: tutorlm\n", ""), "library_name in its metadata"),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "said"), HOSTILE, ids=[said[:60] for _, said in HOSTILE])
def test_a_bundle_that_is_not_sound_is_refused_with_clear_words(folder, tmp_path, monkeypatch, spoil, said):
    monkeypatch.chdir(tmp_path)
    spoil(folder)
    began = time.monotonic()
    found = check_bundle(folder)
    assert time.monotonic() - began < 10
    assert not found.ok and len(found.problems) == 1
    assert said in found.problems[0], str(found)
    assert found.problems[0].isprintable() and len(found.problems[0]) < 600
    assert not (tmp_path / "ran").exists()
    assert "NOT a sound bundle" in str(found) and f"✗ {found.problems[0]}" in str(found)


def forge(folder: Path, values: dict[str, float]) -> None:
    """Give other numbers in config.json and in the card, with sums that are right."""
    from huggingface_hub import ModelCard

    from tutorlm.sharing.card import metadata

    for direction, value in values.items():
        config(*("test", "scores", direction, "bits_per_character"), value=value)(folder)
    card = ModelCard.load(folder / "README.md")
    card.data = metadata(config_of(folder))
    card.save(folder / "README.md")
    sign(folder)


def test_numbers_that_lie_are_found_on_the_cards_text(folder):
    forge(folder, {"forward": 1.2, "backward": 1.2})
    blind = check_bundle(folder)
    assert blind.ok and "the numbers were not measured again" in str(blind)
    found = check_bundle(folder, ENGLISH / "test.txt")
    assert "bits_per_character of the forward model is 1.57" in found.problems[0]
    assert "and not 1.2000 as the card says" in found.problems[0]


def test_a_pair_of_which_one_is_broken_is_refused_by_its_own_numbers(folder):
    forge(folder, {"backward": 2.5})
    assert (
        "the backward model needs 2.50 bits per character and the forward one 1.58" in check_bundle(folder).problems[0]
    )


def test_on_another_text_the_numbers_are_given_and_not_compared(bundled, tmp_path):
    found = check_bundle(bundled, ENGLISH / "valid.txt")
    assert found.ok and re.search(
        r"· valid.txt is another text than the card's. On it: forward \d\.\d+ bits", str(found)
    )
    (tmp_path / "empty.txt").touch()
    assert "NaN" not in str(check_bundle(bundled, tmp_path / "empty.txt"))


def test_the_same_text_with_the_line_ends_of_another_system_is_the_same(bundled, tmp_path):
    text = (ENGLISH / "test.txt").read_text(encoding="utf-8")
    (tmp_path / "test.txt").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    found = check_bundle(bundled, tmp_path / "test.txt")
    assert "as the card says" in str(found)


@pytest.mark.parametrize("name", ["nowhere", "README.md"])
def test_a_bundle_that_is_not_there_is_an_error(bundled, name):
    with pytest.raises(FileNotFoundError, match="no folder"):
        check_bundle(bundled / name)
    with pytest.raises(FileNotFoundError, match="no text"):
        check_bundle(bundled, bundled / "nowhere.txt")


def test_a_card_may_be_edited_and_its_sum_renewed(folder):
    edited = card_of(folder).replace("## Use\n", "## Use\n\nSee our paper.\n")
    (folder / "README.md").write_text(edited, encoding="utf-8")
    assert "After editing it: python -m tutorlm share sums" in str(check_bundle(folder))
    renew_sums(folder)
    assert check_bundle(folder).ok
    (folder / "config.json").write_text("{}")
    with pytest.raises(ValueError, match=r"config\.json changed, and only README\.md may"):
        renew_sums(folder)


def test_what_a_check_found_cannot_be_changed():
    with pytest.raises(AttributeError):
        Checked("x", (), (), ()).folder = "y"


# -- the command line -----------------------------------------------------------------------------------------------


def share(*arguments: object) -> subprocess.CompletedProcess[str]:
    order = [sys.executable, "-m", "tutorlm", "share", *map(str, arguments)]
    return subprocess.run(order, capture_output=True, text=True, timeout=200, check=False)


def test_bundles_are_made_checked_and_signed_by_command(tmp_path):
    out = tmp_path / "b"
    missing = share("bundle", *PAIR.values(), out)
    assert missing.returncode == 1 and "licence=" in missing.stderr and "language=" in missing.stderr
    given = ["--licence", "cc0-1.0", "--language", "en", "--corpus", ENGLISH, "--title", "Harbour", "--json"]
    made = share("bundle", *PAIR.values(), out, *given)
    assert made.returncode == 0 and json.loads(made.stdout)["ok"], made.stderr
    (out / "README.md").write_text(card_of(out) + "\nMore.\n", encoding="utf-8")
    assert share("check", out).returncode == 1
    assert share("sums", out).returncode == 0
    checked = share("check", out, "--test", ENGLISH)
    assert checked.returncode == 0 and "as the card says" in checked.stdout
