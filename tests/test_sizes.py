"""Sizes that cannot be are said by name before memory or time is spent on them."""

from __future__ import annotations

import math
import subprocess
import sys
import time

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tutorlm import Dictionary, LanguageModel, LanguageModelTrainer, TextCorpus, sizes
from tutorlm.cli import main
from tutorlm.training.settings import TrainingSettings


def small_dictionary() -> Dictionary:
    dictionary = Dictionary()
    for character in "abc\n":
        dictionary.add_item(character)
    return dictionary


@given(
    hidden_size=st.integers(1, 9), nlayers=st.integers(1, 4), embedding_size=st.integers(1, 9),
    nout=st.none() | st.integers(1, 9), has_decoder=st.booleans(),
)  # fmt: skip
def test_the_parameters_are_counted_right(hidden_size, nlayers, embedding_size, nout, has_decoder):
    chosen = hidden_size, nlayers, embedding_size, nout
    model = LanguageModel(small_dictionary(), True, *chosen, has_decoder=has_decoder)
    assert sizes.parameters(5, *chosen, has_decoder) == sum(p.numel() for p in model.parameters())


@pytest.mark.parametrize("name", ["hidden_size", "nlayers", "embedding_size", "nout"])
@pytest.mark.parametrize("value", [0, -1, True, 2.5, 8.0, "8", math.nan, 10**20, 10**400, [8]])
def test_a_size_that_is_no_whole_number_from_one_on_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=rf"{name}=.*: give {name} as a whole number from 1 to"):
        LanguageModel(small_dictionary(), True, **{"hidden_size": 4, "nlayers": 1, name: value})


def test_numbers_of_numpy_are_sizes():
    assert LanguageModel(small_dictionary(), True, np.int64(4), np.int8(1)).hidden_size == 4


@pytest.mark.parametrize("dropout", [math.nan, -0.1, 1, True, "0.1", None, math.inf])
def test_a_dropout_that_is_no_share_is_refused_by_name(dropout):
    with pytest.raises(ValueError, match=r"dropout=.* is a share of values"):
        LanguageModel(small_dictionary(), True, 4, 1, dropout=dropout)


@pytest.mark.parametrize("wrong", [{"hidden_size": 10**9}, {"embedding_size": 2**31 - 1}, {"nout": 2**31 - 1},
                                   {"nlayers": 100, "hidden_size": 10**5}])  # fmt: skip
def test_a_model_beyond_memory_is_refused_at_once_with_both_figures(wrong):
    began = time.monotonic()
    with pytest.raises(ValueError, match=r"hidden_size=.* would take [\d,.]+ GB, and this machine has [\d,.]+ GB"):
        LanguageModel(small_dictionary(), True, **{"hidden_size": 1000, "nlayers": 1, **wrong})
    assert time.monotonic() - began < 1


@pytest.fixture
def little_memory(monkeypatch) -> None:
    monkeypatch.setattr(sizes, "memory", lambda device: 200_000)


def test_weights_with_gradients_and_windows_beyond_memory_are_refused_before_the_first_step(
    small_corpus, english, tmp_path, little_memory
):
    corpus = TextCorpus(small_corpus, english)

    def train(hidden_size: int, **settings: int) -> None:
        trainer = LanguageModelTrainer(LanguageModel(english, True, hidden_size, 1), corpus)
        trainer.train(tmp_path / "out", **{"max_epochs": 1, "observers": [], **settings})

    with pytest.raises(ValueError, match=r"the weights of [\d,]+ parameters and their gradients would take 0\.. GB"):
        train(60, sequence_length=2, mini_batch_size=4)
    with pytest.raises(
        ValueError, match=r"a window of sequence_length=900 in 8 columns, with a score for 58 items, would"
    ):
        train(8, sequence_length=900, mini_batch_size=8)
    assert not (tmp_path / "out").exists()
    train(8, sequence_length=20, mini_batch_size=8)


def test_a_window_is_no_longer_than_the_text(small_corpus, english, tmp_path):
    """So a huge `sequence_length` asks for no memory: it is the whole split."""
    trainer = LanguageModelTrainer(LanguageModel(english, True, 8, 1), TextCorpus(small_corpus, english))
    assert trainer.train(tmp_path, 2**63 - 1, mini_batch_size=8, max_epochs=1, observers=[]).steps >= 2


def test_where_the_system_does_not_tell_its_memory_nothing_is_refused(monkeypatch):
    monkeypatch.delattr(sizes.os, "sysconf")
    assert sizes.memory(torch.device("cpu")) == math.inf
    sizes.require_memory("anything", 10**30)


@pytest.mark.parametrize(
    "wrong", [{"sequence_length": 10**400}, {"mini_batch_size": 2**63}, {"patience": 10**30}, {"clip": 10**400},
              {"sequence_length": True}, {"learning_rate": "fast"}, {"max_epochs": 10**400}],
)  # fmt: skip
def test_settings_beyond_numbers_are_refused_by_name(wrong):
    (name,) = wrong
    with pytest.raises(ValueError, match=name):
        TrainingSettings(**{"sequence_length": 20, **wrong})


@pytest.mark.parametrize(
    ("given_", "code"), [("--nlayers 1000000", 2), ("--hidden-size 1000000000", 1), ("--embedding-size 2000000000", 1)]
)
def test_on_the_command_line_too(given_, code, small_corpus, tmp_path, capsys):
    try:
        found = main(["train", str(small_corpus), str(tmp_path / "out"), *given_.split()])
    except SystemExit as end:
        found = end.code
    told = capsys.readouterr().err
    assert found == code and given_.split()[0].strip("-").replace("-", "_") in told.replace("-", "_")
    assert "Traceback" not in told and not (tmp_path / "out").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="needs the module resource")
def test_the_memory_of_evaluation_stays_flat_between_steps_of_training_with_thousands_of_characters():
    program = """
import resource, numpy as np, torch
from torch.nn.functional import cross_entropy
from tutorlm import Dictionary, LanguageModel

model = LanguageModel(Dictionary.from_items(["\\n", *map(chr, range(0x4E00, 0x4E00 + 8999))]), True, 32, 1)
ids = np.random.default_rng(0).integers(0, 9000, 140_000)
window = torch.from_numpy(ids[: 65 * 16].reshape(65, 16))
for _ in range(2):
    decoded, *_ = model(window[:-1], model.init_hidden(16))
    cross_entropy(decoded.flatten(0, 1), window[1:].flatten()).backward()
    model.evaluate(ids)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    first, second = map(int, said.split())
    assert second < 1.5 * first
