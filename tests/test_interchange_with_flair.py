"""Files and vectors exchanged with real Flair, which runs in an environment of its own (`make interchange`)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from conftest import strong_model

from tutorlm import Dictionary, FlairEmbeddings, LanguageModel, Sentence, StackedEmbeddings
from tutorlm.pretrained import find_model

pytestmark = pytest.mark.flair
OURS = ["forward", "backward", "projected", "mini", "books", "bundle"]


@pytest.fixture(scope="module")
def exchange(tmp_path_factory, english, bundled) -> Path:
    """A folder with our files, and what Flair made of them and beside them."""
    python = os.environ.get("FLAIR_PYTHON")
    assert python, "run `make interchange`, which installs Flair and sets FLAIR_PYTHON"
    folder = tmp_path_factory.mktemp("exchange")
    strong_model(english, True, hidden_size=24).save(folder / "ours-forward.pt")
    strong_model(english, False, hidden_size=24).save(folder / "ours-backward.pt")
    strong_model(english, False, hidden_size=24, nlayers=2, nout=12).save(folder / "ours-projected.pt")
    FlairEmbeddings("news-mini-forward").lm.save(folder / "ours-mini.pt")
    shutil.copy(find_model("books-forward").path, folder / "ours-books.pt")  # with numbers of 16 bits
    shutil.copy(bundled / "forward.pt", folder / "ours-bundle.pt")
    english.save(folder / "ours.pkl")
    lines = Path(__file__).parent.parent.joinpath("data/sample_corpus/en/valid.txt").read_text().splitlines()
    sentences = [line.split() for line in lines[:15]] + [["Hi"], ["I", "love", "Berlin", "ß", "."]]
    (folder / "sentences.json").write_text(json.dumps(sentences))
    subprocess.run([python, str(Path(__file__).parent / "flair_side.py"), str(folder)], check=True, timeout=250)
    return folder


def sentences_of(folder: Path) -> list[Sentence]:
    return [Sentence(words) for words in json.loads((folder / "sentences.json").read_text())]


def assert_same_vectors(folder: Path, model_file: str, flairs: str) -> None:
    for options, expected in np.load(folder / f"flair-vectors-{flairs}.npz").items():
        with_whitespace, tokenized_lm = (word == "True" for word in options.split("-"))
        embeddings = FlairEmbeddings(
            folder / model_file, with_whitespace=with_whitespace, tokenized_lm=tokenized_lm, precision="fp32"
        )
        found = embeddings.matrix(sentences_of(folder))
        assert found.shape == expected.shape
        assert np.abs(found - expected).max() <= 1e-5


@pytest.mark.parametrize("name", OURS)
def test_flair_opens_our_models_and_makes_the_same_vectors(exchange, name):
    assert_same_vectors(exchange, f"ours-{name}.pt", f"ours-{name}")


@pytest.mark.parametrize("name", OURS)
def test_flair_writes_text_with_our_models(exchange, name):
    assert len(json.loads((exchange / "written.json").read_text())[f"ours-{name}"]) >= 30


@pytest.mark.parametrize("name", OURS)
def test_a_model_that_went_through_flair_comes_back_unchanged(exchange, name):
    ours, back = (LanguageModel.load_language_model(exchange / f"{way}ours-{name}.pt") for way in ("", "back-"))
    assert back.dictionary == ours.dictionary
    assert back.score("The ferry is late.").log_p.tolist() == ours.score("The ferry is late.").log_p.tolist()


@pytest.mark.parametrize("name", ["forward", "backward"])
@pytest.mark.parametrize("age", ["flair", "old"])
def test_we_open_flairs_models_new_and_old_and_make_the_same_vectors(exchange, name, age):
    assert_same_vectors(exchange, f"{age}-{name}.pt", f"flair-{name}")


def test_stacked_vectors_are_the_same(exchange):
    stack = StackedEmbeddings(
        [FlairEmbeddings(exchange / f"ours-{name}.pt", precision="fp32") for name in ("forward", "backward")]
    )
    assert np.abs(stack.matrix(sentences_of(exchange)) - np.load(exchange / "flair-stack.npy")).max() <= 1e-5


def test_dictionaries_go_there_and_back(exchange, english):
    assert Dictionary.load(exchange / "ours.pkl") == english
    assert Dictionary.load_from_file(exchange / "flair-dictionary").get_items() == english.get_items()
