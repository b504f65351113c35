"""The command line does what its help says; its errors are one line that helps; a run cut short goes on."""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import unicodedata
import warnings
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from conftest import read

import tutorlm
from tutorlm import Dictionary, FlairEmbeddings, LanguageModel, Sentence, StackedEmbeddings, cli, options
from tutorlm.cli import COMMANDS, main, make_parser
from tutorlm.events import Step
from tutorlm.files.models import read_model_file
from tutorlm.fine_tuning import warm_start
from tutorlm.pretrained import SHIPPED
from tutorlm.progress import PlainLines
from tutorlm.recipes import RECIPES, for_fine_tuning, for_text

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "data" / "sample_corpus"
SMALL = ["--hidden-size", "24", "--embedding-size", "16", "--mini-batch-size", "8", "--sequence-length", "30"]
SGD = [*SMALL, "--recipe", "flair", "--learning-rate", "5", "--dropout", "0.3"]  # no schedule that knows its end
MINI = "news-mini-forward"
TIMES = ("seconds", "characters_per_second")


def cut(language: str, folder: Path) -> Path:
    """A corpus folder with two short splits of real text."""
    text = "".join(file.read_text(encoding="utf-8") for file in sorted((SAMPLE / language / "train").iterdir()))
    lines = text[:13_000].splitlines(keepends=True)
    bounds = [round(share * len(lines)) for share in (0, 0.35, 0.8, 0.9, 1)]
    (folder / "train").mkdir(parents=True)
    for name, (begin, end) in zip(("train/a", "train/b", "valid.txt", "test.txt"), pairwise(bounds), strict=True):
        (folder / name).write_text("".join(lines[begin:end]), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Path:
    return cut("en", tmp_path_factory.mktemp("corpus") / "news")


@pytest.fixture(scope="module")
def trained(corpus, tmp_path_factory) -> Path:
    """The folder of a finished run of one epoch, with a checkpoint."""
    folder = tmp_path_factory.mktemp("models") / "trained"
    assert main(["train", str(corpus), str(folder), *SGD, "--max-epochs", "1", "--checkpoint"]) == 0
    return folder


@pytest.fixture
def before(trained, tmp_path) -> Path:
    """A copy of it, to go on from."""
    return Path(shutil.copytree(trained, tmp_path / "before"))


class Said(NamedTuple):
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return strict_json(self.out)


def strict_json(text: str) -> Any:
    """One JSON document, and no NaN, which JSON has not."""
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


@pytest.fixture
def run(capsys) -> Callable[..., Said]:
    """Run a command in this process; it has to end with the exit code expected, or with any if that is None."""

    def run(*arguments: object, code: int | None = 0) -> Said:
        capsys.readouterr()
        try:
            found = main([str(argument) for argument in arguments])
        except SystemExit as end:  # argparse
            found = end.code
        said = Said(found, *capsys.readouterr())
        assert code in (found, None), said
        return said

    return run


@pytest.fixture
def refused(run) -> Callable[..., str]:
    """Run a command that must fail, by default with code 1 or 2: its message, one line on standard error."""

    def refused(*arguments: object, code: int | None = None) -> str:
        said = run(*arguments, code=code)
        assert said.code in (1, 2) and said.out == "" and "Traceback" not in said.err, said
        *usage, line = said.err.splitlines()
        assert usage == [] or (said.code == 2 and usage[0].startswith("usage: ")), said.err
        beginning, _, message = line.partition("error: ")
        assert re.fullmatch(r"(python -m tutorlm( [a-z]+)?: )?", beginning), said.err
        return message

    return refused


def process(*arguments: object, **options: Any) -> subprocess.Popen:
    """`python -m tutorlm …` as a process of its own."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": path}
    environment.pop("PYTHONUNBUFFERED", None)
    return subprocess.Popen(
        [sys.executable, "-m", "tutorlm", *map(str, arguments)], text=True, env=environment,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
    )  # fmt: skip


def load(path: Path) -> LanguageModel:
    return LanguageModel.load_language_model(path / "best-lm.pt" if path.is_dir() else path)


def weights(path: Path) -> torch.Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in load(path).parameters()])


def losses(folder: Path) -> list[dict[str, str]]:
    """The rows of loss.tsv, without times."""
    with (folder / "loss.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [{name: value for name, value in row.items() if name not in TIMES} for row in rows]


def record(folder: Path) -> dict[str, Any]:
    return strict_json((folder / "run.json").read_text(encoding="utf-8"))


# -- from texts to vectors -----------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ko", "ja", "ar", "hi"])
def test_the_whole_job_in_any_script_each_step_told_as_json(language, run, tmp_path):
    folder, model = tmp_path / "corpus", tmp_path / "model"
    made = run("prepare", SAMPLE / language / "train", folder, "--splits", 2, "--json").data
    assert made["corpus"] == str(folder) and made["splits"] == 2
    written = sum(len(file.read_text(encoding="utf-8")) for file in folder.rglob("*") if file.is_file())
    assert sum(made["characters"].values()) == written and made["characters"].keys() == {"train", "valid", "test"}

    counted = run("dictionary", folder / "train", tmp_path / "characters.json", "--json").data
    dictionary = Dictionary.load(tmp_path / "characters.json")
    assert counted["items"] == len(dictionary) and counted["share"] >= 0.9999
    assert counted["characters"] == made["characters"]["train"]
    assert not any(character in dictionary for character in counted["missing"])

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Japanese has characters in valid.txt that a small training text lacks
        train = ["train", folder, model, *SMALL, "--dictionary", counted["dictionary"], "--max-epochs", 1, "--json"]
        result = run(*train)
    assert result.data["valid_bits_per_character"] < result.data["initial_bits_per_character"]
    assert result.data["model"] == str(model / "best-lm.pt") and "epoch 1, split 1" in result.err
    assert load(model).dictionary == dictionary

    (score,) = run("evaluate", model / "best-lm.pt", "--on", folder / "valid.txt", "--json").data
    assert score["bits_per_character"] == pytest.approx(result.data["valid_bits_per_character"], abs=1e-5)
    assert score["characters"] == made["characters"]["valid"]

    prompt = (folder / "test.txt").read_text(encoding="utf-8")[:5]
    text = run("generate", model / "best-lm.pt", "--prompt", prompt, "--length", 30, "--seed", 1, "--json").data
    assert text["text"].startswith(prompt) and text["bits_per_character"] > 0
    assert text == run("generate", model / "best-lm.pt", "--prompt", prompt, "--length", 30, "--seed", 1, "--json").data

    lines = (folder / "test.txt").read_text(encoding="utf-8").splitlines()[:3]
    (tmp_path / "lines.txt").write_text("\n".join(lines), encoding="utf-8")
    said = run("embed", model / "best-lm.pt", "--input", tmp_path / "lines.txt", "--json").out
    found = [strict_json(line) for line in said.splitlines()]
    assert [sentence["tokens"] for sentence in found] == [[t.text for t in Sentence(line)] for line in lines]
    assert all(np.shape(sentence["vectors"]) == (len(sentence["tokens"]), 24) for sentence in found)


def test_without_json_each_step_is_told_to_people(run, corpus, trained, tmp_path):
    made = run("prepare", corpus / "train", tmp_path / "corpus").out
    assert re.match(r".*corpus: train [\d,]+, valid [\d,]+, test [\d,]+ characters; 1 training splits\n", made)
    counted = run("dictionary", corpus / "train", tmp_path / "characters.json").out
    assert re.search(r"characters.json: \d+ items\n99\.99.*% of 10,\d+ characters covered\n  Latin: ", counted)
    result = run("train", corpus, tmp_path / "model", *SMALL, "--max-epochs", 1).out.splitlines()
    assert result[0].startswith("forward: 0 s, epoch 1, split 1, ") and result[-1].startswith("bits per character: ")
    assert result[-1].endswith(f"(all 1 epochs done); {tmp_path / 'model' / 'best-lm.pt'}")
    written = run("generate", trained / "best-lm.pt", "--prompt", "The ", "--length", 20).out.replace("<unk>", "?")
    assert len(written) == 4 + 20 + 1


def test_files_folders_and_packed_files_are_prepared_together_cut_at_the_delimiter(run, tmp_path):
    text = "".join(f"Document {number}\nhas two lines.\n[SEP]" for number in range(400))
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text(text)
    with gzip.open(tmp_path / "b.txt.gz", "wt") as file:
        file.write(text.replace("Document", "Dossier"))
    made = run(
        "prepare", tmp_path / "texts", tmp_path / "b.txt.gz", tmp_path / "out", "--document-delimiter", "[SEP]",
        "--valid", 0.2, "--test", 0.1, "--json",
    ).data  # fmt: skip
    parts = {file.stem: file.read_text() for file in (tmp_path / "out").rglob("*.txt")}
    assert all(part.startswith("Do") and part.endswith("[SEP]") for part in parts.values())
    total = sum(made["characters"].values())
    assert made["characters"]["valid"] / total == pytest.approx(0.2, abs=0.02)
    assert made["characters"]["test"] / total == pytest.approx(0.1, abs=0.02)
    assert "Dossier" in (tmp_path / "out" / "train" / "train_split_1").read_text()


def test_a_dictionary_is_saved_in_the_form_and_size_asked_for(run, tmp_path):
    texts, out = SAMPLE / "ko" / "train", tmp_path / "characters.json"
    run("dictionary", texts, out, "--normalization", "NFD")
    items = Dictionary.load(out).get_items()
    assert not any(0xAC00 <= ord(item) < 0xD7A4 for item in items if len(item) == 1)
    assert "ᆫ" in items and Dictionary.load(out).normalization == "NFD"
    run("dictionary", texts, out, "--max-size", 50, "--normalization", "none")
    assert len(Dictionary.load(out)) == 50 and Dictionary.load(out).normalization is None
    said = run("dictionary", texts, out, "--coverage", 0.5, "--json").data
    assert 0.5 <= said["share"] < 0.6 and len(said["missing"]) > 100
    run("dictionary", texts, out, "--min-count", 100)
    text = "".join(file.read_text(encoding="utf-8") for file in texts.iterdir())
    assert all(text.count(item) >= 100 for item in Dictionary.load(out).get_items()[1:])
    run("dictionary", texts, tmp_path / "for_flair.pkl", "--max-size", 50)
    assert len(Dictionary.load(tmp_path / "for_flair.pkl")) == 50


def test_a_text_is_never_overwritten_by_a_dictionary(run, tmp_path):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(f"The text of {name}.\n")
    run("dictionary", tmp_path / "a.txt", tmp_path / "b.txt", code=None)
    assert (tmp_path / "b.txt").read_text() == "The text of b.txt.\n"


# -- a new model ---------------------------------------------------------------------------------------


def test_without_options_a_model_has_the_sizes_and_the_training_that_help_names(run, corpus, tmp_path, monkeypatch):
    monkeypatch.setattr(options, "SECONDS", 0.5)  # in place of three minutes
    run("train", corpus, tmp_path)
    model = load(tmp_path)
    suited = dict(for_text(len(read(corpus / "train" / "a") + read(corpus / "train" / "b"))))
    assert (model.hidden_size, model.nlayers, model.embedding_size, model.dropout) == (256, 1, 100, suited["dropout"])
    assert model.is_forward_lm and model.document_delimiter == "\n"
    assert model.dictionary == Dictionary.from_files(corpus / "train")
    assert record(tmp_path)["result"]["stopped"] == "max_seconds=0.5 are over"
    own = {"mini_batch_size": suited["mini_batch_size"], "learning_rate": 3 / suited["hidden_size"]}
    recommended = {**RECIPES["recommended"].settings, **own}
    recommended.pop("max_epochs")
    assert recommended.items() <= record(tmp_path)["recipe"].items()


def test_little_text_is_trained_by_settings_that_suit_it_and_they_are_told(run, corpus, tmp_path):
    begin = "settings that suit 10,516 characters: "
    said = run("train", corpus, tmp_path / "all", "--hidden-size", 16, "--sequence-length", 200)
    assert said.err == f"{begin}--dropout 0.6 --mini-batch-size 4 --max-epochs 20 --max-seconds 180\n"
    assert record(tmp_path / "all")["result"]["stopped"] == "all 20 epochs done"
    said = run("train", corpus, tmp_path / "some", *SMALL, "--max-epochs", 1)
    assert said.err == f"{begin}--dropout 0.6\n"
    assert run("train", corpus, tmp_path / "none", *SMALL, "--max-epochs", 1, "--dropout", 0).err == ""
    assert run("train", corpus, tmp_path / "flair", *SGD, "--max-epochs", 1).err == ""


def test_a_resumed_run_keeps_the_settings_that_suited_its_text(run, corpus, tmp_path):
    run("train", corpus, tmp_path, "--hidden-size", 16, "--checkpoint", "--max-epochs", 1)
    said = run("train", corpus, tmp_path, "--resume", "--max-epochs", 2)
    assert said.err == ""
    assert record(tmp_path)["settings"]["mini_batch_size"] == 4


def test_the_more_text_the_less_is_dropped_and_the_less_often_it_is_read():
    found = [for_text(amount) for amount in (1_000, 50_000, 300_000, 1_500_000, 50_000_000)]
    dropout, batch, hidden = ([settings.get(name, 16) for settings in found]
                              for name in ("dropout", "mini_batch_size", "hidden_size"))  # fmt: skip
    assert dropout == sorted(dropout, reverse=True)
    assert batch == sorted(batch) and hidden == sorted(hidden)
    assert "max_epochs" not in found[-1]  # the time decides


def test_blank_lines_are_taken_for_the_ends_of_documents(run, corpus, tmp_path):
    corpus = Path(shutil.copytree(corpus, tmp_path / "paragraphs"))
    for part in (corpus / "train" / "a", corpus / "train" / "b"):
        part.write_text(read(part).replace("\n", "\n\n"), encoding="utf-8")
    said = run("train", corpus, tmp_path / "out", *SMALL, "--max-epochs", 1)
    assert "with blank lines" in said.err and r"--document-delimiter '\n\n'" in said.err
    assert load(tmp_path / "out").document_delimiter == "\n\n"
    run("train", corpus, tmp_path / "lines", *SMALL, "--max-epochs", 1, "--document-delimiter", r"\n")
    assert load(tmp_path / "lines").document_delimiter == "\n"


def test_the_recommended_rate_falls_with_the_hidden_size_and_is_recorded(run, corpus, tmp_path):
    for hidden_size in (8, 32):
        out = tmp_path / str(hidden_size)
        run("train", corpus, out, "--hidden-size", hidden_size, "--max-epochs", 1)
        assert record(out)["settings"]["learning_rate"] == record(out)["recipe"]["learning_rate"] == 3 / hidden_size
    run("train", corpus, tmp_path / "given", *SMALL, "--learning-rate", 0.001, "--max-epochs", 1)
    assert record(tmp_path / "given")["settings"]["learning_rate"] == 0.001


def test_the_same_seed_gives_the_same_model_and_another_seed_another(run, corpus, tmp_path):
    for name, seed in (("one", 3), ("same", 3), ("other", 4)):
        run("train", corpus, tmp_path / name, *SMALL, "--max-epochs", 1, "--seed", seed)
    assert torch.equal(weights(tmp_path / "one"), weights(tmp_path / "same"))
    assert losses(tmp_path / "one") == losses(tmp_path / "same")
    assert not torch.equal(weights(tmp_path / "one"), weights(tmp_path / "other"))


def test_a_backward_model_reads_and_writes_from_the_end(run, corpus, tmp_path):
    said = run("train", corpus, tmp_path, *SMALL, "--max-epochs", 1, "--backward").out
    assert said.startswith("backward: ") and not load(tmp_path).is_forward_lm
    text = run("generate", tmp_path / "best-lm.pt", "--prompt", " end.", "--length", 30).out
    assert text.endswith(" end.\n") and len(text) == 36


def test_documents_may_end_with_any_string(run, tmp_path):
    text = "".join(f"Chapter {number}\nA ferry left at {number} o'clock.\n[SEP]" for number in range(500))
    (tmp_path / "text.txt").write_text(text)
    run("prepare", tmp_path / "text.txt", tmp_path / "corpus", "--document-delimiter", "[SEP]")
    run("train", tmp_path / "corpus", tmp_path / "out", *SMALL, "--max-epochs", 1, "--document-delimiter", "[SEP]")
    assert load(tmp_path / "out").document_delimiter == "[SEP]"
    assert {*"[SEP]"} <= {*load(tmp_path / "out").dictionary.get_items()}
    run("train", tmp_path / "corpus", tmp_path / "tabs", *SMALL, "--max-epochs", 1, "--document-delimiter", r"\n[SEP]")
    assert load(tmp_path / "tabs").document_delimiter == "\n[SEP]"


def test_the_delimiter_of_long_documents_is_in_the_dictionary(run, tmp_path):
    chapter = "A ferry left the harbour in the morning.\n" * 700
    for name in ("train/a", "valid.txt", "test.txt"):
        (tmp_path / "corpus" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "corpus" / name).write_text(f"{chapter}[SEP]{chapter}[SEP]" if name == "train/a" else chapter)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        run("train", tmp_path / "corpus", tmp_path, *SMALL, "--max-epochs", 1, "--document-delimiter", "[SEP]")
    assert {*"[SEP]"} <= {*load(tmp_path).dictionary.get_items()}


def test_layers_may_be_frozen_or_slowed_down(run, corpus, trained, tmp_path):
    run("train", corpus, tmp_path, "--model", trained / "best-lm.pt", *SMALL[4:], "--max-epochs", 1,
        "--layer-rates", "encoder=0,rnn=0.3")  # fmt: skip
    tuned, original = load(tmp_path), load(trained)
    assert torch.equal(tuned.encoder.weight, original.encoder.weight)
    assert not torch.equal(tuned.rnn.weight_hh_l0, original.rnn.weight_hh_l0)
    assert record(tmp_path)["recipe"]["layer_rates"] == {"encoder": 0.0, "rnn": 0.3}


def test_the_recipe_of_flair_is_sgd_with_settings_that_may_be_changed(run, corpus, tmp_path):
    run("train", corpus, tmp_path, "--hidden-size", 24, "--recipe", "flair", "--max-epochs", 1, "--checkpoint",
        "--patience", 3)  # fmt: skip
    assert read_model_file(tmp_path / "checkpoint.pt")["training"]["facts"]["optimizer"] == "SGD"
    assert {**RECIPES["flair"].settings, "patience": 3}.items() <= record(tmp_path)["recipe"].items()


def test_the_encoded_corpus_is_kept_where_cache_says(run, tmp_path):
    corpus = cut("hi", tmp_path / "corpus")
    run("train", corpus, tmp_path / "out", *SMALL, "--max-epochs", 1, "--cache", tmp_path / "cache")
    assert len(list((tmp_path / "cache").rglob("*.ids"))) == 2 and not (corpus / ".encoded").exists()
    run("train", corpus, tmp_path / "out", *SMALL, "--max-epochs", 1)
    assert len(list((corpus / ".encoded").rglob("*.ids"))) == 2


def test_a_dictionary_may_be_given_by_name(run, corpus, tmp_path):
    run("train", corpus, tmp_path, *SMALL, "--max-epochs", 1, "--dictionary", "chars")
    assert load(tmp_path).dictionary == Dictionary.load("chars")


def test_with_json_standard_output_is_one_document_and_progress_goes_to_standard_error(run, corpus, tmp_path):
    said = run("train", corpus, tmp_path, *SMALL, "--max-epochs", 1, "--dropout", 0, "--json")
    assert said.data == {"model": str(tmp_path / "best-lm.pt"), **record(tmp_path)["result"]}
    assert said.err.startswith("forward: ")


def test_warnings_are_a_line_each(run, corpus, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        run("dictionary", SAMPLE / "ja" / "train", tmp_path / "ja.json")
        said = run(
            "train", corpus, tmp_path, *SMALL, "--dropout", 0, "--max-epochs", 1, "--dictionary", tmp_path / "ja.json"
        )
    assert all(line.startswith("warning: ") for line in said.err.splitlines())
    assert any("is unknown to the dictionary" in line for line in said.err.splitlines())


# -- run.json ------------------------------------------------------------------------------------------


def test_run_json_says_how_a_model_came_about(trained, corpus):
    found = record(trained)
    assert found["versions"]["tutorlm"] == tutorlm.__version__ and found["versions"]["torch"] == torch.__version__
    assert found["versions"].keys() == {"python", "torch", "numpy", "tutorlm"}
    assert found["settings"]["seed"] == 0 and found["settings"]["hidden_size"] == 24
    assert found["settings"]["corpus"] == str(corpus)
    assert found["recipe"]["learning_rate"] == 5 and found["recipe"]["mini_batch_size"] == 8
    assert found["recipe"]["clip"] == RECIPES["flair"].settings["clip"]
    assert re.fullmatch("[0-9a-f]{64}", found["corpus"]["digest"])
    assert {"train/a", "train/b", "valid.txt", "test.txt"} <= found["corpus"]["files"].keys()
    assert found["dictionary_size"] == len(load(trained).dictionary)
    assert found["machine"]["processes"] == 1 and found["machine"]["threads"] == torch.get_num_threads()
    result = found["result"]
    assert result["stopped"] == "all 1 epochs done" and result["steps"] > 40 and result["seconds"] > 0
    for part in ("valid", "test"):
        bits = load(trained).score((corpus / f"{part}.txt").read_text()).bits_per_character
        assert result[f"{part}_bits_per_character"] == pytest.approx(bits, abs=1e-5)


def test_run_json_says_when_the_run_was_to_end(run, corpus, tmp_path, monkeypatch):
    monkeypatch.setattr(options, "SECONDS", 0.5)
    run("train", corpus, tmp_path, *SMALL)
    assert '"max_seconds": 0.5' in (tmp_path / "run.json").read_text()


def test_run_json_has_the_command(run, corpus, tmp_path):
    arguments = ["train", str(corpus), str(tmp_path / "a folder"), *SMALL, "--max-epochs", "1"]
    run(*arguments)
    assert record(tmp_path / "a folder")["command"] == shlex.join(["python", "-m", "tutorlm", *arguments])


def test_the_digest_changes_with_the_corpus_and_only_then(run, corpus, trained, tmp_path):
    digests = []
    for number, change in enumerate([None, "train/a", "train/b", "valid.txt", "test.txt"]):
        folder = Path(shutil.copytree(corpus, tmp_path / f"corpus {number}"))
        if change:
            text = (folder / change).read_text()
            (folder / change).write_text(text.replace("e", "i", 1))
        run("train", folder, tmp_path / f"{number}", *SMALL, "--max-epochs", 1)
        digests.append(record(tmp_path / f"{number}")["corpus"]["digest"])
    assert digests[0] == record(trained)["corpus"]["digest"]  # the same, elsewhere
    assert len({*digests}) == 5


def test_the_digest_is_that_of_the_files_alone(run, corpus, trained, tmp_path):
    run("train", corpus, tmp_path, *SMALL, "--max-epochs", 1, "--seed", 1)
    assert record(tmp_path)["corpus"]["files"].keys() == {"train/a", "train/b", "valid.txt", "test.txt"}
    assert record(tmp_path)["corpus"]["digest"] == record(trained)["corpus"]["digest"]


def test_a_run_that_cannot_begin_leaves_the_record_of_the_one_before(run, refused, corpus, before):
    kept = (before / "run.json").read_text()
    assert "too few for mini_batch_size=99999" in refused("train", corpus, before, "--mini-batch-size", 99999)
    assert (before / "run.json").read_text() == kept
    run("train", corpus, before, "--resume", "--max-epochs", 2)


# -- --resume ------------------------------------------------------------------------------------------


@pytest.fixture
def press_ctrl_c(monkeypatch) -> Callable[[int], None]:
    """Have Ctrl-C pressed at so manieth a step (a multiple of ten) of the runs to come."""

    def press(step: int) -> None:
        class PressesCtrlC(PlainLines):
            def __call__(self, event):
                if isinstance(event, Step) and event.step == step:
                    signal.raise_signal(signal.SIGINT)

        monkeypatch.setattr(cli, "PlainLines", PressesCtrlC)
        monkeypatch.setattr(sys.stderr, "isatty", lambda: False)

    return press


def test_resume_takes_all_settings_from_the_run_cut_short_and_ends_bit_for_bit_as_if_whole(
    run, press_ctrl_c, corpus, tmp_path
):
    settings = [
        *SGD, "--backward", "--nlayers", 2, "--document-delimiter", r".\n", "--layer-rates", "encoder=0.5",
        "--patience", 0, "--anneal-factor", 0.5, "--clip", 0.3, "--seed", 7, "--max-epochs", 2, "--max-seconds", 1000,
        "--checkpoint",
    ]  # fmt: skip
    run("train", corpus, tmp_path / "whole", *settings)
    press_ctrl_c(60)
    run("train", corpus, tmp_path / "parts", *settings, code=130)
    assert record(tmp_path / "parts")["result"]["steps"] in (60, 61)
    run("train", corpus, tmp_path / "parts", "--resume")
    whole, parts = (record(tmp_path / name) for name in ("whole", "parts"))
    assert parts["result"]["stopped"] == whole["result"]["stopped"] == "all 2 epochs done"
    assert parts["settings"] == whole["settings"] and parts["recipe"] == whole["recipe"]
    assert losses(tmp_path / "parts") == losses(tmp_path / "whole")
    assert torch.equal(weights(tmp_path / "parts"), weights(tmp_path / "whole"))


def test_a_new_end_replaces_the_former_one(run, corpus, tmp_path):
    run("train", corpus, tmp_path, *SGD, "--max-epochs", 9, "--max-seconds", 0.001, "--checkpoint")
    assert record(tmp_path)["result"]["steps"] == 1
    run("train", corpus, tmp_path, "--resume", "--max-epochs", 1)
    assert record(tmp_path)["result"]["stopped"] == "all 1 epochs done"
    run("train", corpus, tmp_path, "--resume", "--max-seconds", 0.001)
    assert record(tmp_path)["result"]["stopped"] == "max_seconds=0.001 are over"


def test_resume_goes_on_beyond_the_former_end_if_more_epochs_are_asked_for(run, corpus, before, tmp_path):
    run("train", corpus, before, "--resume", "--max-epochs", 2, "--device", "cpu", "--threads", 1)
    run("train", corpus, tmp_path / "whole", *SGD, "--max-epochs", 2)
    assert torch.equal(weights(before), weights(tmp_path / "whole"))
    assert record(before)["settings"]["max_epochs"] == 2
    kept = read_model_file(before / "checkpoint.pt")["training"]["parts"]["progress"]
    assert kept["history"][-1]["epoch"] == 2  # --resume keeps a checkpoint, too


def test_a_finished_run_is_resumed_to_the_same_result(run, corpus, before, trained):
    run("train", corpus, before, "--resume")
    again, first = record(before)["result"], record(trained)["result"]
    assert {**again, "seconds": 0} == {**first, "seconds": 0}
    assert torch.equal(weights(before), weights(trained))


@pytest.mark.parametrize(
    "given",
    ["--hidden-size 32", "--nlayers 2", "--embedding-size 9", "--dropout 0", "--backward", "--document-delimiter [SEP]",
     "--dictionary chars", f"--model {MINI}", "--extend-dictionary", "--recipe recommended", "--sequence-length 9",
     "--mini-batch-size 4", "--learning-rate 1", "--schedule cosine", "--anneal-factor 0.1", "--patience 1", "--clip 1",
     "--layer-rates rnn=0.5", "--seed 1", "--precision bf16"],
)  # fmt: skip
def test_resume_refuses_by_name_a_setting_that_contradicts(given, refused, corpus, before):
    kept = (before / "run.json").read_bytes(), (before / "checkpoint.pt").read_bytes()
    message = refused("train", corpus, before, "--resume", *given.split())
    assert re.match(f"{given.split()[0]} was .* in the run to be resumed", message)
    assert kept == ((before / "run.json").read_bytes(), (before / "checkpoint.pt").read_bytes())


def test_a_run_that_was_given_no_end_goes_on_to_the_epochs_asked_for(run, corpus, tmp_path, monkeypatch):
    monkeypatch.setattr(options, "SECONDS", 0.2)
    run("train", corpus, tmp_path, *SGD, "--checkpoint")
    epoch = read_model_file(tmp_path / "checkpoint.pt")["training"]["parts"]["windows"]["epoch"]
    run("train", corpus, tmp_path, "--resume", "--max-epochs", epoch + 2)
    assert record(tmp_path)["result"]["stopped"] == f"all {epoch + 2} epochs done"


def test_resume_accepts_settings_that_are_the_same(run, corpus, before):
    """So that a job that is queued again and again can always be the same line."""
    run("train", corpus, before, *SGD, "--max-epochs", 1, "--checkpoint", "--resume", "--checkpoint-every", "10 min")


def test_resume_accepts_a_default_in_so_many_words(run, corpus, before):
    run("train", corpus, before, "--resume", "--nlayers", 1)


def test_resume_without_a_checkpoint_begins_and_says_so(run, corpus, tmp_path):
    said = run("train", corpus, tmp_path, *SMALL, "--dropout", 0, "--max-epochs", 1, "--resume")
    assert said.err == f"no {tmp_path / 'checkpoint.pt'} to resume from: starting at the beginning\n"
    run("train", corpus, tmp_path, "--resume", "--max-epochs", 2)  # it has kept one itself
    assert [row["epoch"] for row in losses(tmp_path)] == ["1", "1", "2", "2"]


def test_a_corpus_that_was_moved_is_found_and_one_that_was_changed_is_refused(run, refused, corpus, before, tmp_path):
    moved = Path(shutil.copytree(corpus, tmp_path / "moved"))
    run("train", moved, before, "--resume", "--max-epochs", 2)
    (moved / "train" / "a").write_text("Another text.\n" * 50)
    message = refused("train", moved, before, "--resume", "--max-epochs", 3)
    assert "belongs to another corpus: train/a was" in message and "is '700 bytes" in message


def test_without_resume_a_run_begins_anew_and_keeps_the_model_before(run, corpus, before, trained):
    run("train", corpus, before, *SMALL, "--max-epochs", 1, "--seed", 5)
    assert torch.equal(weights(before / "best-lm.before.pt"), weights(trained))
    assert (before / "checkpoint.before.pt").exists() and not (before / "checkpoint.pt").exists()
    assert record(before)["settings"]["seed"] == 5


@pytest.mark.parametrize("content", ["{\n", "{}", "[]", '{"settings": 5}', ""])
def test_a_damaged_run_json_is_named(content, refused, corpus, before):
    (before / "run.json").write_text(content)
    assert "run.json" in refused("train", corpus, before, "--resume")


# -- fine-tuning ---------------------------------------------------------------------------------------


def test_a_model_is_fine_tuned_by_its_name_with_its_own_dictionary(run, corpus, tmp_path):
    run("train", corpus, tmp_path, "--model", MINI, "--max-epochs", 1)
    tuned, original = load(tmp_path), load(SHIPPED / f"{MINI}.pt")
    assert tuned.dictionary == original.dictionary and tuned.hidden_size == original.hidden_size
    assert record(tmp_path)["settings"]["recipe"] == "fine-tuning" and record(tmp_path)["settings"]["model"] == MINI
    text = (corpus / "valid.txt").read_text()
    bits = original.score(text).bits_per_character
    assert record(tmp_path)["result"]["initial_bits_per_character"] == pytest.approx(bits, abs=1e-5)
    assert tuned.score(text).bits_per_character <= bits + 1e-6  # the best weights are kept
    table = run("evaluate", MINI, tmp_path / "best-lm.pt", "--on", corpus / "valid.txt", corpus / "test.txt").out
    rows = {row.split("  ")[0]: row.split()[-2:] for row in table.splitlines()}
    assert [*rows][:4] == ["bits per character", MINI, tmp_path.name, "difference"]
    for before, after, difference in zip(rows[MINI], rows[tmp_path.name], rows["difference"], strict=True):
        assert float(difference) == pytest.approx(float(after) - float(before), abs=0.0011)


def test_a_model_may_be_shrunk_first_and_given_another_dropout(run, corpus, trained, tmp_path):
    model = trained / "best-lm.pt"
    for name, more in (("as it is", ["--shrink", 1]), ("shrunk", ["--shrink", 0.5, "--dropout", 0.3])):
        run("train", corpus, tmp_path / name, "--model", model, *SMALL[4:], "--max-epochs", 1, *more)
    assert load(tmp_path / "as it is").dropout == 0.4 and load(tmp_path / "shrunk").dropout == 0.3
    score = warm_start(load(trained), 0.5).score((corpus / "valid.txt").read_text())
    begun = record(tmp_path / "shrunk")["result"]["initial_bits_per_character"]
    assert begun == pytest.approx(score.bits_per_character, abs=1e-5)
    begun = record(tmp_path / "as it is")["result"]["initial_bits_per_character"]
    assert begun == pytest.approx(record(trained)["result"]["valid_bits_per_character"], abs=1e-5)


def test_a_near_and_a_far_text_are_fine_tuned_on_in_different_ways_and_it_is_told(run, corpus, tmp_path):
    near = run("train", corpus, tmp_path / "near", "--model", MINI, "--max-epochs", 1)
    assert f"near to what {MINI} knows: --shrink 1.0 " in near.err
    far_corpus = cut("ja", tmp_path / "corpus")
    with warnings.catch_warnings():  # of unknown characters
        warnings.simplefilter("ignore")
        far = run("train", far_corpus, tmp_path / "far", "--model", MINI, "--extend-dictionary", "--max-epochs", 1)
    assert f"far from what {MINI} knows: --shrink 1.0 --dropout 0.4 " in far.err
    rates = [record(tmp_path / name)["settings"]["learning_rate"] for name in ("near", "far")]
    assert rates == [1 / 256, 3 / 256]
    assert for_fine_tuning(200_000, 0.7, 256)["shrink"] == 1 > for_fine_tuning(200_000, 1.1, 256)["shrink"]


def test_a_dictionary_is_extended_by_characters_that_come_twice(run, tmp_path):
    corpus = cut("en", tmp_path / "corpus")
    with (corpus / "train" / "a").open("a", encoding="utf-8") as file:
        file.write("Die Straße, 東京 und 東.\n")
    run("train", corpus, tmp_path / "out", "--model", MINI, "--extend-dictionary", "--max-epochs", 1)
    new = {*load(tmp_path / "out").dictionary.get_items()} - {*load(SHIPPED / f"{MINI}.pt").dictionary.get_items()}
    assert "東" in new and "京" not in new
    assert record(tmp_path / "out")["dictionary_size"] == len(load(tmp_path / "out").dictionary)


def test_an_extended_model_is_resumed(run, tmp_path):
    corpus = cut("ja", tmp_path / "corpus")
    with warnings.catch_warnings():  # what comes once stays unknown
        warnings.simplefilter("ignore")
        run("train", corpus, tmp_path, "--model", MINI, "--extend-dictionary", "--max-epochs", 1, "--checkpoint")
        run("train", corpus, tmp_path, "--resume", "--max-epochs", 2)
    assert "の" in load(tmp_path).dictionary and record(tmp_path)["result"]["stopped"] == "all 2 epochs done"


@pytest.mark.parametrize(
    "option",
    ["--hidden-size 64", "--nlayers 2", "--embedding-size 10", "--document-delimiter [SEP]",
     "--dictionary chars",
     "--backward"],
)  # fmt: skip
def test_a_model_to_fine_tune_brings_its_own_sizes(option, refused, corpus, tmp_path):
    message = refused("train", corpus, tmp_path / "out", "--model", MINI, *option.split(), "--max-epochs", 1)
    assert "a model to fine-tune has its own sizes, delimiter, dictionary and direction" in message
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("option", ["--extend-dictionary", "--shrink 0.5"])
def test_what_is_done_to_a_model_to_fine_tune_needs_that_model(option, refused, corpus, tmp_path):
    assert "--model" in refused("train", corpus, tmp_path, *SMALL, *option.split(), "--max-epochs", 1)


# -- evaluate, generate --------------------------------------------------------------------------------


def test_models_and_texts_are_compared_under_short_names_that_tell_them_apart(run, trained, corpus, tmp_path):
    shutil.copytree(trained, tmp_path / "other" / trained.name)
    models = [trained / "best-lm.pt", tmp_path / "other" / trained.name / "best-lm.pt"]
    said = run("evaluate", *models, "--on", corpus / "valid.txt", corpus / "test.txt", "--device", "cpu").out
    assert f"{corpus.name}/valid.txt" in said and all(str(model) in said for model in models)
    assert ["difference", "+0.000", "+0.000"] in [row.split() for row in said.splitlines()]
    scores = run("evaluate", *models, "--on", corpus / "valid.txt", corpus / "test.txt", "--json").data
    assert [(s["model"], s["text"]) for s in scores] == [
        (str(model), str(corpus / text)) for model in models for text in ("valid.txt", "test.txt")
    ]
    score = load(trained).score((corpus / "test.txt").read_text())
    assert scores[1]["perplexity"] == pytest.approx(score.perplexity, rel=1e-5)
    assert scores[1]["bits_per_byte"] == pytest.approx(score.bits_per_byte, rel=1e-5)


def test_what_a_model_does_not_know_is_shown_beside_its_score(run, trained, tmp_path):
    (tmp_path / "text.txt").write_text("東京 to Oslo\n" * 5, encoding="utf-8")
    said = run("evaluate", trained / "best-lm.pt", "--on", tmp_path / "text.txt").out
    assert re.search(r"<unk> to trained +18\.18%", said)
    (score,) = run("evaluate", trained / "best-lm.pt", "--on", tmp_path / "text.txt", "--json").data
    assert score["unknown_share"] == pytest.approx(2 / 11)


def test_the_score_of_an_empty_text_is_no_number_and_valid_json(run, trained, tmp_path):
    (tmp_path / "empty.txt").write_text("")
    (score,) = run("evaluate", trained / "best-lm.pt", "--on", tmp_path / "empty.txt", "--json").data
    assert score["bits_per_character"] is None and score["characters"] == 0


def test_a_text_is_written_again_with_its_seed_or_at_temperature_0(run, trained):
    write = ["generate", trained / "best-lm.pt", "--length", 60]
    assert run(*write, "--seed", 5).out == run(*write, "--seed", 5).out != run(*write, "--seed", 6).out
    assert run(*write, "--temperature", 0).out == run(*write, "--temperature", 0).out
    assert run(*write).out != run(*write).out
    assert run(*write, "--prompt", r"a\\textbf{b", "--json").data["prompt"] == r"a\textbf{b"
    noted = run(*write, "--prompt", r"a\textbf{b", "--json")
    assert noted.data["prompt"] == "a\textbf{b" and r"prompt is read as 'a\textbf{b' (write \\ for a" in noted.err
    said = run(*write, "--prompt", r"A ferry\nleft\t", "--json").data
    assert said["prompt"] == "A ferry\nleft\t" and said["text"].startswith("A ferry\nleft")
    assert run("generate", trained / "best-lm.pt", "--length", 0, "--json").data["bits_per_character"] is None


@pytest.mark.parametrize("temperature", ["nan", "inf"])
def test_a_temperature_that_is_no_number_is_refused_by_name(temperature, refused, trained):
    assert "temperature" in refused("generate", trained / "best-lm.pt", "--temperature", temperature)


# -- embed ---------------------------------------------------------------------------------------------

LINES = "I love Berlin, and\tOslo.\n\n  \nवह घर गई।\n東京へ行く\nلا أحد\n"


def test_the_vectors_of_a_file_are_those_of_the_stack(run, trained, tmp_path):
    (tmp_path / "lines.txt").write_text(LINES, encoding="utf-8")
    models = [MINI, str(trained / "best-lm.pt")]
    said = run("embed", *models, "--input", tmp_path / "lines.txt", "--out", tmp_path / "a" / "vectors.npz").out
    sentences = [Sentence(line.strip()) for line in LINES.splitlines() if line.strip()]
    expected = StackedEmbeddings([FlairEmbeddings(model) for model in models]).matrix(sentences)
    with np.load(tmp_path / "a" / "vectors.npz") as found:
        assert sorted(found) == ["sentences", "tokens", "vectors"]
        tokens = str(found["tokens"]).split("\n")
        assert found["vectors"].dtype == np.float32 and found["vectors"].shape == (len(tokens), 256 + 24)
        np.testing.assert_allclose(found["vectors"], expected, atol=1e-6)
        assert tokens == [token.text for sentence in sentences for token in sentence]
        counts = np.bincount(found["sentences"]).tolist()
        assert counts == [len(Sentence(line.strip())) for line in LINES.splitlines()]  # by the number of the line
    assert f"vectors {expected.shape}" in said
    said = run("embed", *models, "--input", tmp_path / "lines.txt", "--json").out
    records = [strict_json(line) for line in said.splitlines()]
    assert len(records) == len(LINES.splitlines()) and records[1] == {"tokens": [], "vectors": []}
    vectors = np.concatenate([record["vectors"] for record in records if record["vectors"]])
    np.testing.assert_allclose(vectors, expected, atol=1e-6)


def test_words_that_are_parted_already_are_left_as_they_are(run, trained, tmp_path):
    (tmp_path / "lines.txt").write_text("Don't stop , (now)\n東京 へ 行く\n", encoding="utf-8")
    options = ["--input", tmp_path / "lines.txt", "--json"]
    given = [strict_json(line)["tokens"] for line in run("embed", MINI, "--tokenized", *options).out.splitlines()]
    assert given == [["Don't", "stop", ",", "(now)"], ["東京", "へ", "行く"]]
    split = [strict_json(line)["tokens"] for line in run("embed", MINI, *options).out.splitlines()]
    assert split == [["Don't", "stop", ",", "(", "now", ")"], ["東京", "へ", "行く"]]


def test_tokens_that_are_given_are_parted_by_spaces_only(run, tmp_path):
    (tmp_path / "lines.txt").write_text("10\u00a0000 Kč  , vidět\n", encoding="utf-8")
    said = run("embed", MINI, "--tokenized", "--input", tmp_path / "lines.txt", "--json").out
    assert strict_json(said)["tokens"] == ["10\u00a0000", "Kč", ",", "vidět"]


def test_one_long_token_does_not_lengthen_the_others(run, tmp_path):
    (tmp_path / "lines.txt").write_text("a\n" * 1000 + "b" * 20_000, encoding="utf-8")
    run("embed", MINI, "--input", tmp_path / "lines.txt", "--out", tmp_path / "vectors.npz")
    with np.load(tmp_path / "vectors.npz") as found:
        assert found["tokens"].nbytes < 4 * (20_000 + 2 * 1000) + 100
        assert found["vectors"].shape == (1001, 256) and found["sentences"].tolist() == list(range(1001))


@pytest.mark.parametrize("text", ["", "\n", " \n\n\t\n"])
def test_no_words_have_no_vectors(text, run, tmp_path):
    (tmp_path / "lines.txt").write_text(text)
    run("embed", MINI, "--input", tmp_path / "lines.txt", "--out", tmp_path / "vectors.npz")
    with np.load(tmp_path / "vectors.npz") as found:
        assert found["vectors"].shape == (0, 256) and str(found["tokens"]) == "" and found["sentences"].shape == (0,)
    said = run("embed", MINI, "--input", tmp_path / "lines.txt", "--json").out
    assert [strict_json(line)["tokens"] for line in said.splitlines()] == [[]] * text.count("\n")


def standard_input(monkeypatch, content: bytes) -> io.BytesIO:
    raw = io.BytesIO(content)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(raw, encoding="utf-8"))
    return raw


def test_sentences_may_come_from_standard_input(run, monkeypatch):
    standard_input(monkeypatch, "Zoë left.\r\nगई".encode())
    tokens = [strict_json(line)["tokens"] for line in run("embed", MINI, "--json").out.splitlines()]
    assert tokens == [["Zoë", "left", "."], ["गई"]]


def test_line_ends_of_any_system_are_in_no_token_of_standard_input(run, monkeypatch):
    standard_input(monkeypatch, b"Zoe left\r\nOslo at noon\rby ferry\n")
    tokens = [strict_json(line)["tokens"] for line in run("embed", MINI, "--tokenized", "--json").out.splitlines()]
    assert tokens == [["Zoe", "left"], ["Oslo", "at", "noon"], ["by", "ferry"]]


def test_standard_input_is_read_as_files_are(run, refused, monkeypatch):
    standard_input(monkeypatch, b"\xef\xbb\xbfOslo")
    assert strict_json(run("embed", MINI, "--json").out)["tokens"] == ["Oslo"]
    standard_input(monkeypatch, b"Oslo\nZo\xe9 left")
    assert re.search("standard input|stdin", refused("embed", MINI, "--json"))


def test_a_missing_name_for_the_vectors_is_told_before_anything_is_read(refused, monkeypatch):
    raw = standard_input(monkeypatch, b"Oslo\n")
    assert "--out" in refused("embed", MINI)
    assert raw.tell() == 0


def test_with_json_a_file_asked_for_is_written_or_refused(run, tmp_path):
    (tmp_path / "lines.txt").write_text("Oslo\n")
    arguments = ["embed", MINI, "--input", tmp_path / "lines.txt", "--out", tmp_path / "vectors.npz", "--json"]
    assert run(*arguments, code=None).code != 0 or (tmp_path / "vectors.npz").exists()


# -- errors --------------------------------------------------------------------------------------------


def test_errors_are_one_line_that_says_what_is_wrong(refused, corpus, trained, tmp_path):
    model, valid, out = trained / "best-lm.pt", corpus / "valid.txt", tmp_path / "out"
    (tmp_path / "latin1.txt").write_bytes("Zoë\n".encode("latin-1"))
    (tmp_path / "damaged.pt").write_bytes(model.read_bytes()[:1000])
    cases = [
        (["train", corpus, out, *SMALL, "--device", "cuda:77"], "device='cuda:77' cannot be used"),
        (["train", corpus, out, *SMALL, "--device", "gpu"], "device='gpu' cannot be used"),
        (["train", corpus, out, *SMALL, "--checkpoint-every", "soon"], "checkpoint_every='soon': give a number of"),
        (["train", corpus, out, *SMALL, "--checkpoint-every", "0"], "checkpoint_every='0': give a number of"),
        (["train", corpus, out, *SMALL, "--layer-rates", "lstm=1"], "'lstm': 1.0}: give 0 or more for the beginning"),
        (["train", corpus, out, *SMALL, "--layer-rates", "rnn=-1"], "give 0 or more for the beginning of encoder"),
        (["train", corpus, out, *SMALL, "--layer-rates", "encoder=0,rnn=0,decoder=0"], "freezes every layer"),
        (["train", corpus, out, "--dictionary", "nowhere.json"], "no file nowhere.json and no dictionary of that name"),
        (["train", corpus, out, "--model", "nowhere.pt"], "no model file nowhere.pt"),
        (["train", corpus, out, "--model", "news-mini-foreward"], "Nearest names: news-mini-forward"),
        (["train", corpus, out, "--dropout", "1"], "dropout=1.0 is a share of values"),
        (["train", corpus, valid, *SMALL], "could not write"),
        (["prepare", "nowhere", out], "nowhere does not exist"),
        (["prepare", valid, corpus], "exists already and is left as it is"),
        (["prepare", tmp_path / "latin1.txt", tmp_path / "new"], "latin1.txt, line 1, byte 2: 0xeb is not UTF-8"),
        (["prepare", valid, tmp_path / "new", "--splits", "0"], "splits=0: a corpus has one training split or more"),
        (["prepare", valid, tmp_path / "new", "--valid", "0.6", "--test", "0.6"], "together below 1"),
        (["prepare", valid, tmp_path / "new", "--document-delimiter", ""], "document_delimiter is empty"),
        (["dictionary", "nowhere", tmp_path / "new.json"], "nowhere does not exist"),
        (["dictionary", valid, tmp_path / "new.json", "--coverage", "99"], "coverage=99.0 is a share"),
        (["dictionary", tmp_path / "latin1.txt", tmp_path / "new.json"], "is not UTF-8"),
        (["evaluate", model, "--on", tmp_path / "nowhere.txt"], "nowhere.txt"),
        (["evaluate", model, "--on", tmp_path / "latin1.txt"], "is not UTF-8"),
        (["evaluate", trained, "--on", valid], f"is a folder; the model in it is {model}"),
        (["evaluate", tmp_path / "damaged.pt", "--on", valid], "damaged.pt (1,000 bytes) is not a model file"),
        (["evaluate", model, "--on", valid, "--device", "gpu"], "device='gpu' cannot be used"),
        (["generate", "nowhere"], "no model file nowhere and no model of that name"),
        (["generate", model, "--temperature", "-1"], "temperature=-1.0: give 0 (always"),
        (["embed", model, "--input", tmp_path / "nowhere.txt", "--json"], "nowhere.txt"),
        (["embed", model, "--input", tmp_path / "latin1.txt", "--json"], "is not UTF-8"),
    ]  # fmt: skip
    for arguments, message in cases:
        assert message in refused(*arguments), arguments
    assert {file.name for file in tmp_path.iterdir()} <= {"latin1.txt", "damaged.pt", "out"}  # nothing half done
    assert not list(out.glob("*.pt"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("", "the following arguments are required: COMMAND"),
        ("fly", "invalid choice: 'fly'"),
        ("train corpus", "the following arguments are required: out"),
        ("train corpus out --hidden-size big", "argument --hidden-size: invalid int value: 'big'"),
        (
            "train corpus out --layer-rates encoder",
            "--layer-rates: 'encoder' is not of the form encoder=0,rnn=0.3",
        ),
        ("train corpus out --layer-rates encoder=a", "'encoder=a' is not of the form encoder=0,rnn=0.3"),
        ("train corpus out --recipe mine", "argument --recipe: invalid choice: 'mine'"),
        ("train corpus out --precision fp8", "argument --precision: invalid choice: 'fp8'"),
        ("train corpus out --checkpoint-every 10 minutes", "unrecognized arguments: minutes"),
        ("evaluate news-mini-forward", "the following arguments are required: --on"),
    ],
)
def test_arguments_that_make_no_sense_end_with_2(arguments, message, refused):
    assert message in refused(*arguments.split(), code=2)


def test_a_folder_that_lacks_a_part_of_a_corpus_is_shown_beside_what_is_expected(run, corpus, tmp_path):
    folder = Path(shutil.copytree(corpus, tmp_path / "corpus"))
    (folder / "valid.txt").unlink()
    said = run("train", folder, tmp_path / "out", code=1)
    assert said.err.startswith(f"error: {folder} is not a corpus folder: valid.txt missing.\nexpected:\n")
    assert "found:\ncorpus/\n" in said.err and "Traceback" not in said.err
    said = run("train", tmp_path / "nowhere", tmp_path / "out", code=1)
    assert re.match(r"error: .*nowhere", said.err) and "Traceback" not in said.err


def test_a_folder_of_plain_texts_in_place_of_a_corpus_is_told_to_be_prepared(run, corpus, tmp_path):
    (tmp_path / "my_texts").mkdir()
    shutil.copy(corpus / "valid.txt", tmp_path / "my_texts" / "a.txt")
    said = run("train", tmp_path / "my_texts", tmp_path / "out", code=1)
    assert "is not a corpus folder" in said.err and "prepare" in said.err


def test_a_hostile_model_file_is_named_and_nothing_in_it_is_run(refused, corpus, tmp_path):
    class Hostile:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "made"),)

    torch.save({"state_dict": Hostile()}, tmp_path / "hostile.pt")
    for arguments in (
        ["evaluate", tmp_path / "hostile.pt", "--on", corpus / "valid.txt"],
        ["generate", tmp_path / "hostile.pt"],
        ["train", corpus, tmp_path / "out", "--model", tmp_path / "hostile.pt"],
        ["embed", tmp_path / "hostile.pt", "--input", corpus / "valid.txt", "--json"],
    ):
        message = refused(*arguments)
        assert message.startswith(f"{tmp_path / 'hostile.pt'} was not opened: the file asks for '")
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    "given",
    ["--max-epochs 0", "--max-seconds 0", "--max-seconds -1", "--max-seconds nan", "--clip -1", "--clip 0",
     "--patience -1", "--nlayers 0", "--embedding-size 0", "--embedding-size -1", "--threads 0", "--threads -1",
     "--seed -1", "--seed 99999999999999999999", "--anneal-factor 2", "--anneal-factor 1", "--layer-rates rnn=nan"],
)  # fmt: skip
def test_numbers_that_make_no_sense_are_refused_by_name(given, refused, corpus, tmp_path):
    limit = ["--max-seconds", "0.1"] if given == "--max-epochs 0" else ["--max-epochs", "1"]
    small = SMALL[4:] if "size" in given else SMALL
    train = ["train", corpus, tmp_path / "out", *small, *limit, "--schedule", "plateau"]
    name = given.split()[0].removeprefix("--").replace("-", "[-_ ]")
    assert re.search(name, refused(*train, *given.split()))


@pytest.mark.parametrize("size", [10**7, 10**20])
def test_a_model_too_large_for_the_machine_is_an_error_of_one_line(size, refused, corpus, tmp_path):
    refused("train", corpus, tmp_path, "--hidden-size", size)


# -- processes -----------------------------------------------------------------------------------------


def test_the_exit_code_of_the_process_tells_how_it_ended(trained):
    runs = {
        0: process("generate", trained / "best-lm.pt", "--length", 10),
        1: process("generate", "nowhere.pt"),
        2: process("generate"),
    }
    for code, running in runs.items():
        out, err = running.communicate(timeout=120)
        assert running.returncode == code, err
        assert "Traceback" not in err and bool(err) == bool(code) != bool(out)


def test_ctrl_c_ends_training_with_130_and_resume_ends_it_as_if_whole(run, corpus, tmp_path):
    out = tmp_path / "my model"
    train = ["train", str(corpus), str(out), *SGD, "--max-epochs", "1000", "--checkpoint"]
    running = process(*train)
    assert "split 1," in running.stdout.readline()
    running.send_signal(signal.SIGINT)
    told, err = running.communicate(timeout=60)
    assert running.returncode == 130 and "Traceback" not in err
    assert "interrupted: the best model is saved" in told.splitlines()[-1] and "test text not read" in told
    assert load(out) and (out / "checkpoint.pt").exists()
    found = json.loads((out / "run.json").read_text())
    assert found["command"] == shlex.join(["python", "-m", "tutorlm", *train])
    assert found["result"]["stopped"].startswith("interrupted")
    epochs = read_model_file(out / "checkpoint.pt")["training"]["parts"]["windows"]["epoch"] + 2
    run("train", corpus, out, "--resume", "--max-epochs", epochs)
    run("train", corpus, tmp_path / "whole", *SGD, "--max-epochs", epochs)
    assert record(out)["result"]["stopped"] == f"all {epochs} epochs done"
    assert losses(out) == losses(tmp_path / "whole")
    assert torch.equal(weights(out), weights(tmp_path / "whole"))


@pytest.fixture
def interrupted(press_ctrl_c, corpus, tmp_path) -> Path:
    """The folder of a run that Ctrl-C ended; in this process."""
    press_ctrl_c(10)
    assert main(["train", str(corpus), str(tmp_path), *SMALL, "--max-epochs", "1000", "--checkpoint"]) == 130
    return tmp_path


def test_run_json_of_an_interrupted_run_is_valid(interrupted):
    assert record(interrupted)["result"]["test_bits_per_character"] is None


def test_an_interrupted_run_says_how_to_go_on_from_the_command_line(interrupted):
    stopped = json.loads((interrupted / "run.json").read_text())["result"]["stopped"]
    assert "--resume" in stopped


def test_whoever_has_read_enough_may_close_the_pipe(corpus, trained):
    """`tutorlm embed … | head -1`"""
    running = process("embed", trained / "best-lm.pt", "--input", corpus / "train" / "a", "--json")
    assert strict_json(running.stdout.readline())["tokens"]
    running.stdout.close()
    assert running.stderr.read() == "" and running.wait(60) == 0


@pytest.mark.parametrize("command", ["generate", "--help"])
def test_whoever_reads_nothing_at_all_may_close_the_pipe(command, trained):
    reading, writing = os.pipe()
    os.close(reading)
    running = process(*[command, trained / "best-lm.pt"][: 2 if command == "generate" else 1], stdout=writing)
    os.close(writing)
    _, err = running.communicate(timeout=60)
    assert err == "" and running.returncode == 0


# -- help ----------------------------------------------------------------------------------------------


def parsers() -> dict[str, argparse.ArgumentParser]:
    (commands,) = (action for action in make_parser()._actions if action.dest == "command")
    return commands.choices


def test_every_command_has_help_and_the_program_lists_them_all(run):
    listed = run("--help").out
    assert parsers().keys() == COMMANDS.keys()
    for command in COMMANDS:
        assert re.search(rf"^    {command}\b", listed, re.MULTILINE)
        assert run(command, "--help").out.startswith(f"usage: python -m tutorlm {command} ")
    assert run("--version").out == f"{tutorlm.__version__}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_ends_with_an_example_that_works(command, run, corpus, trained, tmp_path, monkeypatch):
    last = run(command, "--help").out.rstrip().splitlines()[-1]
    example = shlex.split(last)
    assert example[:4] == ["python", "-m", "tutorlm", command]
    monkeypatch.chdir(tmp_path)
    shutil.copytree(corpus, "my_texts" if command == "prepare" else "my_corpus")
    shutil.copytree(trained, "my_model")
    shutil.copy(corpus / "test.txt", "lines.txt")
    quick = ["--hidden-size", 24, "--max-epochs", 1] if command == "train" else []
    run(*example[3:], *quick)


@pytest.mark.parametrize("file", ["README.md", "docs/scaling.md", "tutorlm/cli.py", "tutorlm/training/distributed.py"])
def test_the_commands_that_are_written_about_may_be_typed(file):
    lines = re.findall(
        r"^\s*(?:torchrun .*)?(?:python )?-m tutorlm ([a-z].*)$", (ROOT / file).read_text(), re.MULTILINE
    )
    assert lines
    for line in lines:
        arguments = [part for part in shlex.split(line, comments=True) if part != "…"]
        assert make_parser().parse_args(arguments).command == arguments[0], line


@pytest.mark.parametrize("command", COMMANDS)
def test_every_argument_is_explained_and_every_default_named(command):
    for action in parsers()[command]._actions:
        text = (action.help or "") % {"default": action.default, "prog": "tutorlm"}
        assert text, action.dest
        if action.default not in (None, False, argparse.SUPPRESS):
            assert {"-": "standard input"}.get(action.default, str(action.default)) in text, action.dest


@pytest.mark.parametrize("option", ["sequence_length", "schedule", "anneal_factor", "patience", "clip"])
def test_help_names_the_values_of_the_recommended_recipe(option):
    (action,) = (action for action in parsers()["train"]._actions if action.dest == option)
    defaults = {"anneal_factor": 0.25, "patience": 25, **RECIPES["recommended"].settings}
    assert f"{defaults[option]}" in action.help


def test_unicode_is_written_as_it_is(run, tmp_path):
    """And not as \\u escapes, which nobody can read."""
    (tmp_path / "lines.txt").write_text(unicodedata.normalize("NFC", "नमस्ते 세계"), encoding="utf-8")
    assert "세계" in run("embed", MINI, "--input", tmp_path / "lines.txt", "--json").out
