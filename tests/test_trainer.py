from __future__ import annotations

import copy
import csv
import itertools
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.optim import SGD, AdamW

from tutorlm import Dictionary, LanguageModel, LanguageModelTrainer, TextCorpus
from tutorlm.events import Annealed, Finished, NewBest, Sample, Started, Step, Validated, bits
from tutorlm.files.models import ModelFileError, read_model_file, write_model_file
from tutorlm.progress import minutes
from tutorlm.recipes import FLAIR, RECOMMENDED
from tutorlm.training.devices import choose_device
from tutorlm.training.loss import mean_loss
from tutorlm.training.metrics import Progress
from tutorlm.training.schedules import Cosine, OneCycle
from tutorlm.training.settings import Interval

QUICK = {"sequence_length": 20, "mini_batch_size": 8, "observers": []}


@pytest.fixture
def corpus(small_corpus, english) -> TextCorpus:
    return TextCorpus(small_corpus, english, True)


def new_model(corpus: TextCorpus, **settings) -> LanguageModel:
    torch.manual_seed(0)
    return LanguageModel(corpus.dictionary, corpus.is_forward_lm, **{"hidden_size": 24, "nlayers": 1, **settings})


def weights(model: LanguageModel) -> torch.Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def test_training_makes_the_model_better_and_writes_its_files(corpus, tmp_path):
    result = LanguageModelTrainer(new_model(corpus), corpus).train(
        tmp_path / "out", 20, mini_batch_size=8, max_epochs=4
    )
    assert result.best_valid_loss < 0.85 * result.initial_valid_loss
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["best-lm.pt", "loss.tsv"]
    rows = list(csv.DictReader((tmp_path / "out" / "loss.tsv").open(), delimiter="\t"))
    assert len(rows) == len(result.history) == 8  # two splits, four epochs
    assert {
        "train_loss",
        "valid_loss",
        "valid_bits_per_character",
        "learning_rate",
        "characters_per_second",
        "seconds",
    } <= {*rows[0]}
    assert float(rows[-1]["valid_bits_per_character"]) == pytest.approx(bits(result.history[-1].valid_loss), rel=1e-4)


def test_the_table_of_losses_has_every_digit_of_a_number_of_steps(tmp_path):
    progress = Progress()
    progress.step, progress.split_loss, progress.split_characters = 12_345_678, 1.0, 1
    progress.finish_split(progress.split_row(1, 1, 2.0, 20.0))
    progress.write_losses(tmp_path / "loss.tsv")
    (row,) = csv.DictReader((tmp_path / "loss.tsv").open(), delimiter="\t")
    assert (row["epoch"], row["step"], row["valid_loss"]) == ("1", "12345678", "2")


def test_the_best_weights_are_tested_kept_and_saved(corpus, tmp_path):
    model = new_model(corpus)
    result = LanguageModelTrainer(model, corpus, AdamW).train(tmp_path, learning_rate=0.05, max_epochs=12, **QUICK)
    assert result.best_valid_loss == min(row.valid_loss for row in result.history)
    assert result.history[-1].valid_loss > result.best_valid_loss  # the last weights were not the best
    assert model.evaluate(corpus.valid) == pytest.approx(result.best_valid_loss, abs=1e-6)
    assert model.evaluate(corpus.test) == pytest.approx(result.test_loss, abs=1e-6)
    saved = LanguageModel.load_language_model(tmp_path / "best-lm.pt")
    assert torch.equal(weights(saved), weights(model))


def test_every_character_of_every_split_is_trained_on_once(corpus, tmp_path):
    characters = sum(len(corpus.train.read(index)) for index in range(2))
    assert characters - 8 < characters_trained(corpus, tmp_path) <= characters  # less than a row of 8 is left over


def characters_trained(corpus: TextCorpus, folder) -> int:
    """How many targets the loss saw in one epoch: counted by a model that counts."""
    seen = []

    class Counting(LanguageModel):
        def read(self, input, hidden):
            if self.training:
                seen.append(input.numel())
            return super().read(input, hidden)

    model = Counting(corpus.dictionary, True, 8, 1)
    LanguageModelTrainer(model, corpus).train(folder / "counting", 20, mini_batch_size=8, max_epochs=1, observers=[])
    return sum(seen)


def test_the_same_seed_gives_the_same_numbers_with_and_without_observers(corpus, tmp_path):
    results = []
    for observers in ([], [lambda event: torch.rand(1) if isinstance(event, Step) else None]):
        model = new_model(corpus, dropout=0.3)
        LanguageModelTrainer(model, corpus).train(tmp_path, max_epochs=2, **{**QUICK, "observers": observers})
        results.append(weights(model))
    assert torch.equal(*results)


def test_an_observer_that_fails_is_dropped_and_training_goes_on(corpus, tmp_path):
    seen = []

    def fails(event):
        raise RuntimeError("no screen")

    with pytest.warns(UserWarning, match=r"is dropped; training goes on \(RuntimeError: no screen\)"):
        result = LanguageModelTrainer(new_model(corpus), corpus).train(
            tmp_path, 20, mini_batch_size=8, max_epochs=1, observers=[fails, seen.append]
        )
    assert len(result.history) == 2 and isinstance(seen[-1], Finished)


def test_observers_are_told_what_happens_in_order(corpus, tmp_path):
    seen = []
    LanguageModelTrainer(new_model(corpus), corpus).train(
        tmp_path, 20, mini_batch_size=8, max_epochs=1, observers=[seen.append]
    )
    kinds = [type(event) for event in seen]
    assert kinds[0] is Started and kinds[-1] is Finished
    assert {Step, Validated, NewBest, Sample} <= {*kinds}
    first = kinds.index(Validated)
    assert kinds[first - 1] is Step and kinds[first + 1] is NewBest and kinds[first + 2] is Sample
    steps = [event for event in seen if isinstance(event, Step)]
    assert all(0 <= a.progress <= b.progress <= 1 for a, b in itertools.pairwise(steps))


def test_patience_counts_splits_and_a_minimum_learning_rate_ends_training(corpus, tmp_path):
    seen = []
    result = LanguageModelTrainer(new_model(corpus), corpus).train(
        tmp_path, 20, learning_rate=1e-30, mini_batch_size=8, anneal_factor=0.5, patience=2, max_epochs=50,
        min_learning_rate=1.6e-31, observers=[seen.append],
    )  # fmt: skip
    # At such a rate no weight changes: every third split without a better loss halves it.
    rates = [event.learning_rate for event in seen if isinstance(event, Annealed)]
    assert rates[:2] == pytest.approx([5e-31, 2.5e-31])
    assert "learning rate fell below min_learning_rate=1.6e-31" in result.stopped
    assert result.history[-1].epoch < 50


def test_a_loss_that_is_not_a_number_stops_training_and_keeps_the_best_model(corpus, tmp_path):
    seen = []
    with pytest.warns(UserWarning, match=r"loss became (nan|inf).*Lower learning_rate"):
        result = LanguageModelTrainer(new_model(corpus), corpus).train(
            tmp_path,
            learning_rate=1e38,  # scores beyond float32 on any processor
            clip=1e38,
            max_epochs=5,
            checkpoint=True,
            **{**QUICK, "observers": [seen.append]},
        )
    assert "is kept in" in result.stopped and isinstance(seen[-1], Finished)
    # Weights that are not numbers are no place to go on from: the checkpoint is of the last sound ones.
    kept = LanguageModelTrainer.load_checkpoint(tmp_path / "checkpoint.pt", corpus)
    assert math.isfinite(kept.model.evaluate(corpus.valid))
    assert math.isfinite(LanguageModel.load_language_model(tmp_path / "best-lm.pt").evaluate(corpus.valid))


def test_a_valid_loss_that_is_not_a_number_in_a_partial_split_leaves_no_checkpoint(corpus, tmp_path):
    class Failing(LanguageModel):
        def log_probabilities(self, ids, batch_size=64, part=(0, 1)):
            return super().log_probabilities(ids, batch_size, part) * (math.nan if self.training else 1.0)

    trainer = LanguageModelTrainer(Failing(corpus.dictionary, True, 8, 1).eval(), corpus)
    with pytest.warns(UserWarning, match="the valid loss became nan"):
        result = trainer.train(tmp_path, checkpoint=True, **{**QUICK, "observers": [StopAfter(trainer, 30)]})
    assert result.stopped.startswith("the valid loss became nan")
    assert (
        read_model_file(tmp_path / "checkpoint.pt")["training"]["parts"]["progress"]["step"] == 0
    )  # that of the start
    assert math.isfinite(result.best_valid_loss)


def test_a_model_of_an_earlier_run_is_kept_beside_the_new_one(corpus, tmp_path):
    first = LanguageModelTrainer(new_model(corpus), corpus).train(tmp_path, max_epochs=2, **QUICK)
    LanguageModelTrainer(new_model(corpus), corpus).train(tmp_path, max_epochs=1, **QUICK)
    for _ in range(2):  # and when a cell is run again and again
        kept = LanguageModel.load_language_model(tmp_path / "best-lm.before.pt")
        assert kept.evaluate(corpus.valid) == pytest.approx(first.best_valid_loss, abs=1e-6)
        LanguageModelTrainer(new_model(corpus), corpus).train(tmp_path, max_epochs=1, **QUICK)
    kept = sorted(file.name for file in tmp_path.glob("best-lm.before*"))
    assert kept == ["best-lm.before-2.pt", "best-lm.before-3.pt", "best-lm.before.pt"]


def test_a_small_learning_rate_is_no_reason_to_stop(corpus, tmp_path):
    result = LanguageModelTrainer(new_model(corpus), corpus, AdamW).train(
        tmp_path, learning_rate=5e-5, max_epochs=3, **QUICK
    )
    assert result.stopped == "all 3 epochs done"


def test_numbers_of_numpy_are_saved_as_plain_ones(corpus, tmp_path):
    model = new_model(corpus, dropout=np.float64(0.1), hidden_size=np.int64(8))
    LanguageModelTrainer(model, corpus).train(
        tmp_path, learning_rate=np.float64(2.0), max_epochs=1, checkpoint=True, **QUICK
    )
    assert LanguageModelTrainer.load_checkpoint(tmp_path / "checkpoint.pt", corpus)


def test_a_schedule_rises_and_falls():
    one_cycle, cosine = OneCycle(1.0), Cosine(1.0)
    assert one_cycle.rate(0.0) == pytest.approx(0.04)
    assert one_cycle.rate(0.1) == cosine.rate(0.0) == 1.0
    assert one_cycle.rate(1.0) == pytest.approx(0.0) == pytest.approx(cosine.rate(1.0))
    with pytest.raises(ValueError, match="schedule='linear' is not one of plateau, one_cycle, cosine"):
        raise_from_schedule()


def raise_from_schedule():
    trainer = object.__new__(LanguageModelTrainer)
    LanguageModelTrainer.train(trainer, "nowhere", 10, schedule="linear")


def test_max_seconds_ends_training_in_time(corpus, tmp_path):
    began = time.perf_counter()
    result = LanguageModelTrainer(new_model(corpus), corpus).train(tmp_path, max_seconds=1.0, **QUICK)
    assert 0.5 <= result.seconds < 4.0 and time.perf_counter() - began < 15.0  # even on a busy machine
    assert "max_seconds=1 are over" in result.stopped


def test_max_seconds_holds_for_the_whole_call_though_evaluating_takes_time(corpus, tmp_path):
    model = LanguageModel(corpus.dictionary, corpus.is_forward_lm, 512, 1)
    began = time.perf_counter()
    model.evaluate(corpus.valid)
    evaluation = time.perf_counter() - began
    began, limit = time.perf_counter(), 20 * evaluation
    result = LanguageModelTrainer(model, corpus).train(tmp_path, max_seconds=limit, **QUICK)
    assert result.seconds < limit  # which leaves room for the last two evaluations
    assert time.perf_counter() - began < 1.5 * limit  # even on a busy machine


def test_stop_may_be_called_from_another_thread(corpus, tmp_path):
    trainer = LanguageModelTrainer(new_model(corpus), corpus)
    threading.Timer(0.5, trainer.stop).start()
    result = trainer.train(tmp_path, **QUICK)
    assert result.stopped == "stopped on request"
    assert math.isfinite(result.test_loss)


def test_the_window_grows_with_each_split(corpus, tmp_path):
    lengths = []

    class Watching(LanguageModel):
        def read(self, input, hidden):
            if self.training:
                lengths.append(len(input))
            return super().read(input, hidden)

    LanguageModelTrainer(Watching(corpus.dictionary, True, 8, 1), corpus).train(
        tmp_path, 10, mini_batch_size=8, max_epochs=2, grow_to_sequence_length=13, observers=[]
    )
    assert max(lengths) == 13
    assert max(lengths[:20]) == 11


def test_recipes_train_and_may_be_changed(corpus, tmp_path):
    quick = RECOMMENDED.train(
        new_model(corpus), corpus, tmp_path / "quick", max_epochs=8, mini_batch_size=4, observers=[]
    )
    plain = FLAIR.train(new_model(corpus), corpus, tmp_path / "plain", max_epochs=8, mini_batch_size=4, observers=[])
    assert quick.best_valid_loss < plain.best_valid_loss
    assert FLAIR.optimizer is SGD and FLAIR.settings["learning_rate"] == 20


@pytest.mark.parametrize(("changes", "epochs"), [({}, 10), ({"max_seconds": None}, 10), ({"max_seconds": 9}, None)])
def test_only_a_time_limit_replaces_the_epochs_of_a_recipe(monkeypatch, corpus, tmp_path, changes, epochs):
    given = []
    monkeypatch.setattr(LanguageModelTrainer, "train", lambda self, path, **settings: given.append(settings))
    RECOMMENDED.train(new_model(corpus), corpus, tmp_path, **changes)
    assert given[0].get("max_epochs") == epochs


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.0, "0:00"), (59.6, "1:00"), (119.4, "1:59"), (119.7, "2:00"), (math.inf, "days")]
)
def test_a_time_is_shown_in_minutes_of_sixty_seconds(seconds, shown):
    assert minutes(seconds) == shown


# -- what is checked before the first step ---------------------------------------------------------


def test_a_dictionary_of_the_same_size_in_another_order_is_refused(corpus, english):
    other = Dictionary(normalization="NFC")
    for item in reversed(english.get_items()[1:]):
        other.add_item(item)
    with pytest.raises(
        ValueError, match=r"different dictionaries: number 1 is .* in one and .* in the other.*model\.dictionary"
    ):
        LanguageModelTrainer(LanguageModel(other, True, 8, 1), corpus)


def test_direction_delimiter_and_normal_form_must_agree(corpus, small_corpus, english):
    with pytest.raises(ValueError, match="is_forward_lm is False in the model and True in the corpus"):
        LanguageModelTrainer(LanguageModel(english, False, 8, 1), corpus)
    with pytest.raises(ValueError, match=r"document_delimiter is '\[SEP\]' in the model"):
        LanguageModelTrainer(LanguageModel(english, True, 8, 1, document_delimiter="[SEP]"), corpus)
    decomposed = Dictionary(normalization="NFD")
    for item in english.get_items()[1:]:
        decomposed.add_item(item)
    with pytest.raises(ValueError, match="normalization is NFD in one and NFC in the other"):
        LanguageModelTrainer(LanguageModel(decomposed, True, 8, 1), corpus)


def test_something_that_is_no_language_model_is_refused(corpus):
    with pytest.raises(TypeError, match=r"trains a LanguageModel, not a Linear.*pass \.lm"):
        LanguageModelTrainer(torch.nn.Linear(2, 2), corpus)


def test_too_little_text_names_the_largest_batch_that_fits(small_corpus, english, tmp_path):
    (small_corpus / "train" / "a").write_text("Short.\n")
    (small_corpus / "train" / "b").write_text("A ferry.\n")
    corpus = TextCorpus(small_corpus, english, True)
    with pytest.raises(
        ValueError, match=r"b has 9 characters: too few for mini_batch_size=100. The largest that fits is 4"
    ):
        LanguageModelTrainer(new_model(corpus), corpus).train(tmp_path, 10)


@pytest.mark.parametrize(
    ("text", "level", "found"),
    [("unmistakable " * 40, False, "41 words"), ("\u1112\u1161\u11ab" * 90, True, "91 characters")],
)
def test_too_little_text_is_told_however_many_bytes_a_word_or_syllable_has(small_corpus, tmp_path, text, level, found):
    for name in ("train/a", "train/b", "valid.txt", "test.txt"):
        (small_corpus / name).write_text(text, encoding="utf-8")
    dictionary = Dictionary.from_files(small_corpus / "train", character_level=level)
    corpus = TextCorpus(small_corpus, dictionary, True, level)
    with pytest.raises(ValueError, match=rf"{found}: too few for mini_batch_size=50"):
        LanguageModelTrainer(new_model(corpus), corpus).train(tmp_path, 10, mini_batch_size=50, max_epochs=1)


def test_an_empty_valid_or_test_text_is_refused_before_training(small_corpus, english, tmp_path):
    (small_corpus / "test.txt").write_text("")
    corpus = TextCorpus(small_corpus, english, True)
    with pytest.raises(ValueError, match=r"test\.txt is empty"):
        LanguageModelTrainer(new_model(corpus), corpus).train(tmp_path, 10)


# -- checkpoints and interruptions ------------------------------------------------------------------


def test_a_stopped_run_goes_on_as_if_it_had_never_stopped(small_corpus, english, tmp_path):
    """Stopped in the middle of a split and in several places, dropout and all: the weights are bit-equal."""
    settings = {**QUICK, "max_epochs": 3, "checkpoint": True, "patience": 0}
    corpus = TextCorpus(small_corpus, english, True)
    whole = new_model(corpus, dropout=0.3)
    expected = LanguageModelTrainer(whole, corpus).train(tmp_path / "whole", **settings)

    trainer = LanguageModelTrainer(new_model(corpus, dropout=0.3), corpus)
    for after in (30, 70, 130):
        stops = StopAfter(trainer, after)
        trainer.train(tmp_path / "parts", **{**settings, "observers": [stops]})
        trainer = LanguageModelTrainer.load_checkpoint(tmp_path / "parts" / "checkpoint.pt", corpus)
    result = trainer.train(tmp_path / "parts", **settings)
    assert torch.equal(weights(trainer.model), weights(whole))
    assert result.steps == expected.steps
    assert [row.valid_loss for row in result.history if row.step in {e.step for e in expected.history}] == [
        row.valid_loss for row in expected.history
    ]


class StopAfter:
    """An observer that asks the trainer to stop once it has made so many steps."""

    def __init__(self, trainer: LanguageModelTrainer, steps: int) -> None:
        self.trainer, self.steps = trainer, steps

    def __call__(self, event) -> None:
        if isinstance(event, Step) and event.step >= self.steps:
            self.trainer.stop()


def test_a_run_is_resumed_with_the_settings_and_in_the_folder_it_had(corpus, tmp_path):
    LanguageModelTrainer(new_model(corpus), corpus).train(tmp_path, max_epochs=1, checkpoint=True, **QUICK)
    resume = partial(LanguageModelTrainer.load_checkpoint, tmp_path / "checkpoint.pt", corpus)
    with pytest.raises(ValueError, match=r"settings it had: learning_rate was 20\.0 and is 5\.0 now"):
        resume().train(tmp_path, learning_rate=5, **QUICK)
    with pytest.raises(FileNotFoundError, match=r"give train the folder in which that run's checkpoint\.pt is"):
        resume().train(tmp_path / "elsewhere", **QUICK)
    other = LanguageModelTrainer(new_model(corpus), corpus).train(tmp_path / "other", max_epochs=1, **QUICK).best_model
    before = other.read_bytes()
    with pytest.raises(ValueError, match=r"best-lm\.pt is of another run than .*checkpoint\.pt: give train the folder"):
        resume().train(tmp_path / "other", **QUICK)
    assert other.read_bytes() == before
    assert resume().train(tmp_path, max_epochs=2, **QUICK).history[-1].epoch == 2


def test_a_partial_split_counts_for_the_best_model_and_is_not_told_twice(corpus, tmp_path):
    trainer = LanguageModelTrainer(new_model(corpus), corpus)
    stopped = trainer.train(tmp_path, checkpoint=True, **{**QUICK, "observers": [StopAfter(trainer, 30)]})
    assert [(row.epoch, row.split) for row in stopped.history] == [(1, 1)]
    assert stopped.best_valid_loss == stopped.history[-1].valid_loss
    resumed = LanguageModelTrainer.load_checkpoint(tmp_path / "checkpoint.pt", corpus)
    result = resumed.train(tmp_path, max_epochs=1, checkpoint=True, **QUICK)
    assert [(row.epoch, row.split) for row in result.history] == [(1, 1), (1, 2)]
    assert result.best_valid_loss <= stopped.best_valid_loss


def test_a_dictionary_that_grew_after_its_model_was_made_is_refused(corpus, small_corpus, english):
    grown = copy.deepcopy(english)
    model = LanguageModel(grown, True, 8, 1)
    grown.add_item("ß")
    with pytest.raises(ValueError, match="the dictionary has grown to 59 items since the model was made for 58"):
        LanguageModelTrainer(model, TextCorpus(small_corpus, grown, True))


def test_a_dictionary_that_grew_after_its_corpus_was_read_is_refused(small_corpus, english):
    grown = copy.deepcopy(english)
    corpus = TextCorpus(small_corpus, grown, True)
    grown.add_item("ß")
    with pytest.raises(ValueError, match="grown to 59 items since the corpus was made with 58: add items first"):
        LanguageModelTrainer(LanguageModel(grown, True, 8, 1), corpus)


def test_a_checkpoint_of_another_corpus_or_a_plain_model_is_refused(small_corpus, english, tmp_path):
    corpus = TextCorpus(small_corpus, english, True)
    LanguageModelTrainer(new_model(corpus), corpus).train(tmp_path, max_epochs=1, checkpoint=True, **QUICK)
    with pytest.raises(ValueError, match=r"best-lm\.pt is a model, not a checkpoint"):
        LanguageModelTrainer.load_checkpoint(tmp_path / "best-lm.pt", corpus)
    with pytest.raises(ValueError, match="was made with SGD; give load_checkpoint that optimizer, not AdamW"):
        LanguageModelTrainer.load_checkpoint(tmp_path / "checkpoint.pt", corpus, AdamW)
    (small_corpus / "train" / "a").write_text("Another text.\n" * 50)
    with pytest.raises(ValueError, match=r"another corpus: train/a was .* bytes, .*' and is '700 bytes, .*' now"):
        LanguageModelTrainer.load_checkpoint(tmp_path / "checkpoint.pt", TextCorpus(small_corpus, english, True))


def test_ctrl_c_ends_a_run_at_a_step_boundary_with_everything_saved(small_corpus, tmp_path):
    script = textwrap.dedent(
        """
        import json, sys
        from tutorlm import Dictionary, LanguageModel, LanguageModelTrainer, TextCorpus
        from tutorlm.events import Step
        corpus = TextCorpus(sys.argv[1], Dictionary.from_files(sys.argv[1]), True)
        model = LanguageModel(corpus.dictionary, True, 24, 1)
        tell = lambda event: isinstance(event, Step) and event.step == 100 and print("running", flush=True)
        result = LanguageModelTrainer(model, corpus).train(
            sys.argv[2], 20, mini_batch_size=8, checkpoint=True, observers=[tell])
        print(json.dumps([result.stopped, result.steps, result.best_valid_loss, str(result.test_loss)]))
        """
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(small_corpus), str(tmp_path / "out")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline().strip() == "running"
    os.kill(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    stopped, steps, best, test = json.loads(output.splitlines()[-1])
    assert process.returncode == 0
    assert stopped.startswith("interrupted") and steps >= 100 and test == "nan"
    assert LanguageModel.load_language_model(tmp_path / "out" / "best-lm.pt")
    corpus = TextCorpus(small_corpus, Dictionary.from_files(small_corpus), True)
    resumed = LanguageModelTrainer.load_checkpoint(tmp_path / "out" / "checkpoint.pt", corpus)
    assert resumed.model.evaluate(corpus.valid) < 2 * best


# -- words ---------------------------------------------------------------------------------------------


def test_a_word_level_model_trains_scores_and_writes(small_corpus, tmp_path):
    dictionary = Dictionary.from_files(small_corpus, character_level=False, min_count=2)
    with pytest.warns(UserWarning, match="is unknown to the dictionary"):
        corpus = TextCorpus(small_corpus, dictionary, True, character_level=False)
    model = new_model(corpus)
    with pytest.warns(UserWarning, match="bits per word"):
        trainer = LanguageModelTrainer(model, corpus)
    with pytest.warns(UserWarning, match="is unknown to the dictionary"):
        result = trainer.train(tmp_path, max_epochs=2, **QUICK)
    assert result.best_valid_loss < result.initial_valid_loss
    text, _ = model.generate_text("the", 12, generator=torch.Generator().manual_seed(0))
    assert text.startswith("the ")
    assert math.isfinite(model.score("The ferry left .").bits_per_character)


# -- checkpoints within splits -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "steps", "seconds"),
    [
        (500, 500, math.inf),
        (np.int64(7), 7, math.inf),
        ("500", 500, math.inf),
        ("1 step", 1, math.inf),
        (" 20steps ", 20, math.inf),
        ("30 s", math.inf, 30),
        ("0.5 s", math.inf, 0.5),
        ("1 second", math.inf, 1),
        ("90sec", math.inf, 90),
        ("10 minutes", math.inf, 600),
        ("1.5 min", math.inf, 90),
        ("2h", math.inf, 7200),
        ("1 hour", math.inf, 3600),
        (None, math.inf, math.inf),
    ],
)
def test_checkpoints_are_asked_for_by_steps_or_by_time(value, steps, seconds):
    assert Interval.parse(value) == Interval(steps, seconds)


@pytest.mark.parametrize(
    "value", [0, -1, True, "", "often", "10 parsecs", "10 minutes and more", "-5 s", "0 s", "1e3", "nan", "5 d", "s"]
)
def test_an_interval_that_is_none_is_an_error_that_shows_how_to_write_one(corpus, tmp_path, value):
    with pytest.raises(ValueError, match=rf"checkpoint_every={value!r}: give a number of steps, or a time such as"):
        LanguageModelTrainer(new_model(corpus), corpus).train(tmp_path / "out", checkpoint_every=value, **QUICK)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("value", [2.5, "2.5", "0.1 steps"])
def test_a_checkpoint_every_part_of_a_step_is_an_error(value):
    with pytest.raises(ValueError, match="give a number of steps"):
        Interval.parse(value)


class Copies:
    """An observer that copies each checkpoint it finds, under the place it belongs to: (turns done, rows done)."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.places = folder, []

    def __call__(self, event) -> None:
        windows = read_model_file(self.folder / "checkpoint.pt")["training"]["parts"]["windows"]
        place = windows["epoch"] * 2 + windows["split"], windows["row"]
        if place not in self.places:
            self.places.append(place)
            shutil.copy(self.folder / "checkpoint.pt", self.folder / f"{place}.pt")
            shutil.copy(self.folder / "best-lm.pt", self.folder / f"{place}.best.pt")


def test_a_run_goes_on_from_every_checkpoint_as_if_it_had_never_stopped(corpus, tmp_path):
    """Also from those at the last row of a split, before that split is validated."""
    settings = {"sequence_length": 50, "mini_batch_size": 8, "max_epochs": 2, "checkpoint_every": 1, "patience": 0}
    whole, copies = new_model(corpus, dropout=0.3), Copies(tmp_path / "whole")
    expected = LanguageModelTrainer(whole, corpus).train(tmp_path / "whole", observers=[copies], **settings)
    places = copies.places
    last_rows = {turn: max(row for other, row in places if other == turn) for turn in range(4)}
    assert len(places) > 20 and min(last_rows.values()) > 0
    found = [places[0], places[3], (0, last_rows[0]), (1, 0), (1, last_rows[1]), (2, 0), (3, last_rows[3]), (4, 0)]
    for place in found:
        folder = tmp_path / f"from {place}"
        folder.mkdir()
        shutil.copy(tmp_path / "whole" / f"{place}.pt", folder / "checkpoint.pt")
        shutil.copy(tmp_path / "whole" / f"{place}.best.pt", folder / "best-lm.pt")
        trainer = LanguageModelTrainer.load_checkpoint(folder / "checkpoint.pt", corpus)
        result = trainer.train(folder, observers=[], **{**settings, "checkpoint_every": 1000})
        assert torch.equal(weights(trainer.model), weights(whole)), place
        assert result.test_loss == expected.test_loss and result.steps == expected.steps
        assert [row.valid_loss for row in result.history] == [row.valid_loss for row in expected.history]
        losses = [row.train_loss for row in expected.history]
        assert [row.train_loss for row in result.history] == pytest.approx(losses, rel=1e-5)


@pytest.mark.parametrize("after", [-1, 0])
def test_a_run_stopped_where_a_split_ends_goes_on_as_if_it_had_never_stopped(corpus, tmp_path, after):
    """At such a rate nothing improves, so each split lowers it."""
    settings = {"sequence_length": 50, "mini_batch_size": 8, "max_epochs": 2, "checkpoint": True}
    settings |= {"learning_rate": 1e-30, "patience": 0, "anneal_factor": 0.5}
    expected = LanguageModelTrainer(new_model(corpus), corpus).train(tmp_path / "whole", observers=[], **settings)
    last_step = expected.history[0].step
    trainer = LanguageModelTrainer(new_model(corpus), corpus)
    stops = StopAfter(trainer, last_step - 1 + after)  # it is told of every step, and heard at the next
    trainer.train(tmp_path / "parts", observers=[stops], checkpoint_every=1, **settings)
    trainer = LanguageModelTrainer.load_checkpoint(tmp_path / "parts" / "checkpoint.pt", corpus)
    result = trainer.train(tmp_path / "parts", observers=[], **settings)
    assert [row.step for row in result.history] == [row.step for row in expected.history]
    assert [row.learning_rate for row in result.history] == [row.learning_rate for row in expected.history]


def test_checkpoint_every_implies_checkpoint_and_saves_at_these_steps(corpus, tmp_path):
    seen = []

    def look(event):
        if isinstance(event, Step):  # told before the checkpoint of this very step is saved
            seen.append(
                (event.step, read_model_file(tmp_path / "checkpoint.pt")["training"]["parts"]["progress"]["step"])
            )

    LanguageModelTrainer(new_model(corpus), corpus).train(
        tmp_path, 10, mini_batch_size=16, max_epochs=1, checkpoint_every=4, observers=[look]
    )
    of_splits = {saved for _, saved in seen if saved % 4}
    assert len(of_splits) <= 1  # that of the first split's end
    assert all(saved in of_splits or step - 4 <= saved < step for step, saved in seen)
    assert len({saved for _, saved in seen}) > 5


def test_checkpoints_are_saved_within_splits_every_so_many_seconds(corpus, tmp_path):
    saved = {}

    def look(event):
        if isinstance(event, Step):
            time.sleep(0.06)
            parts = read_model_file(tmp_path / "checkpoint.pt")["training"]["parts"]
            saved[parts["progress"]["step"]] = parts["windows"]["row"], parts["progress"]["seconds"]

    trainer = LanguageModelTrainer(new_model(corpus), corpus)
    trainer.train(
        tmp_path, 6, mini_batch_size=8, max_epochs=1, checkpoint_every="0.1 s", max_seconds=20, observers=[look]
    )
    assert sum(row > 0 for row, _ in saved.values()) >= 2
    times = [seconds for _, seconds in saved.values()]
    within = [later - earlier for (_, earlier), (row, later) in itertools.pairwise(saved.values()) if row > 0]
    assert all(seconds >= 0.1 for seconds in within) and times == sorted(times)


def test_without_checkpoint_every_there_is_none_within_splits(corpus, tmp_path):
    rows = []
    LanguageModelTrainer(new_model(corpus), corpus).train(
        tmp_path, 10, mini_batch_size=16, max_epochs=1, checkpoint=True,
        observers=[lambda event: rows.append(read_model_file(tmp_path / "checkpoint.pt")["training"]["parts"])],
    )  # fmt: skip
    assert {parts["windows"]["row"] for parts in rows} == {0}


def test_a_checkpoint_of_an_earlier_run_is_kept_beside_the_new_one(corpus, tmp_path):
    LanguageModelTrainer(new_model(corpus), corpus).train(tmp_path, max_epochs=2, checkpoint=True, **QUICK)
    first = (tmp_path / "checkpoint.pt").read_bytes()
    LanguageModelTrainer(new_model(corpus), corpus).train(tmp_path, max_epochs=1, **QUICK)
    assert (tmp_path / "checkpoint.before.pt").read_bytes() == first
    assert not (tmp_path / "checkpoint.pt").exists()  # this run was to leave none
    LanguageModelTrainer(new_model(corpus), corpus).train(tmp_path, max_epochs=1, checkpoint=True, **QUICK)
    assert (tmp_path / "checkpoint.before.pt").read_bytes() == first
    resumed = LanguageModelTrainer.load_checkpoint(tmp_path / "checkpoint.pt", corpus)
    assert resumed.train(tmp_path, max_epochs=2, checkpoint=True, **QUICK).history[-1].epoch == 2
    assert (tmp_path / "checkpoint.before.pt").read_bytes() == first  # going on moves nothing out of the way


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_process_that_is_told_to_end_saves_everything_within_a_split(corpus, tmp_path, number):
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:
            result = LanguageModelTrainer(new_model(corpus), corpus).train(
                tmp_path, 3, mini_batch_size=8, checkpoint=True,
                observers=[lambda event: isinstance(event, Step) and event.step == 20 and os.write(writing, b"\n")],
            )  # fmt: skip
            os.write(writing, json.dumps([result.stopped, result.steps, str(result.test_loss)]).encode())
            status = 0 if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler) else 2
        finally:
            os._exit(status)
    os.close(writing)
    assert os.read(reading, 1) == b"\n"
    os.kill(child, number)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    with os.fdopen(reading) as pipe:
        stopped, steps, test = json.load(pipe)
    assert stopped.startswith("interrupted: the best model is saved") and "load_checkpoint" in stopped
    assert steps >= 20 and test == "nan"
    progress = read_model_file(tmp_path / "checkpoint.pt")["training"]["parts"]["progress"]
    assert progress["step"] == steps
    resumed = LanguageModelTrainer.load_checkpoint(tmp_path / "checkpoint.pt", corpus)
    result = resumed.train(tmp_path, 3, mini_batch_size=8, checkpoint=True, max_epochs=1, observers=[])
    assert result.stopped == "all 1 epochs done" and result.steps > steps


def test_sigterm_asked_for_twice_still_ends_a_run_in_good_order(corpus, tmp_path):
    """A cluster repeats itself; unlike a second Ctrl-C that is no wish to end at once."""

    def twice(event):
        if isinstance(event, Step) and event.step == 10:
            os.kill(os.getpid(), signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    result = LanguageModelTrainer(new_model(corpus), corpus).train(tmp_path, 3, mini_batch_size=8, observers=[twice])
    assert result.stopped.startswith("interrupted") and result.steps == 11
    assert signal.getsignal(signal.SIGTERM) is before


# -- where to compute ----------------------------------------------------------------------------------


@pytest.mark.skipif(choose_device().type != "cpu", reason="this machine has something better than a CPU")
def test_where_there_is_only_a_cpu_auto_leaves_a_model_there(corpus, tmp_path):
    model = new_model(corpus)
    parameters = [id(parameter) for parameter in model.parameters()]
    result = LanguageModelTrainer(model, corpus).train(tmp_path, max_epochs=1, device="auto", **QUICK)
    assert model.device == torch.device("cpu") and math.isfinite(result.test_loss)
    assert parameters == [id(parameter) for parameter in model.parameters()]


def test_a_run_on_the_device_named_is_that_of_auto(corpus, tmp_path):
    models = [new_model(corpus, dropout=0.3) for _ in range(2)]
    for model, device in zip(models, (str(choose_device()), "auto"), strict=True):
        LanguageModelTrainer(model, corpus).train(tmp_path / device, max_epochs=1, device=device, **QUICK)
    assert torch.allclose(*map(weights, models), atol=1e-6)


def in_thread(trainer, folder, seen, **settings):
    results = []
    thread = threading.Thread(
        target=lambda: results.append(trainer.train(folder, **{**QUICK, **settings, "observers": [seen.append]}))
    )
    thread.start()
    return thread, results


def wait_until(condition, seconds=20.0):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not happen in time"
        time.sleep(0.01)


def test_a_paused_run_stands_still_and_goes_on_to_the_same_weights(corpus, tmp_path):
    model = new_model(corpus)
    LanguageModelTrainer(model, corpus).train(tmp_path / "straight", max_epochs=4, **QUICK)
    straight, model, seen = weights(model), new_model(corpus), []
    trainer = LanguageModelTrainer(model, corpus)
    thread, _ = in_thread(trainer, tmp_path / "paused", seen, max_epochs=4)
    wait_until(lambda: any(isinstance(event, Step) for event in seen))
    trainer.pause()
    time.sleep(0.3)  # longer than a step takes
    standing = len(seen)
    time.sleep(0.5)
    assert len(seen) == standing
    trainer.resume()
    thread.join(60)
    assert torch.equal(weights(model), straight)


def test_a_pause_is_not_counted_in_the_seconds_of_a_run(corpus, tmp_path):
    trainer, seen = LanguageModelTrainer(new_model(corpus), corpus), []
    began = time.monotonic()
    thread, results = in_thread(trainer, tmp_path, seen, max_epochs=3)
    wait_until(lambda: any(isinstance(event, Step) for event in seen))
    trainer.pause()
    time.sleep(2)
    trainer.resume()
    thread.join(60)
    assert results[0].seconds < time.monotonic() - began - 1.5
    steps = [event for event in seen if isinstance(event, Step)]
    assert min(event.characters_per_second for event in steps) > max(e.characters_per_second for e in steps) / 100


def test_a_paused_run_can_be_stopped(corpus, tmp_path):
    trainer, seen = LanguageModelTrainer(new_model(corpus), corpus), []
    thread, results = in_thread(trainer, tmp_path, seen, max_epochs=10_000)
    wait_until(lambda: any(isinstance(event, Step) for event in seen))
    trainer.pause()
    time.sleep(0.2)
    trainer.stop("enough")
    thread.join(20)
    assert results[0].stopped == "enough"


@pytest.mark.parametrize("schedule", ["plateau", "one_cycle", "cosine"])
def test_the_learning_rate_of_a_running_training_can_be_changed(corpus, tmp_path, schedule):
    trainer, rates = LanguageModelTrainer(new_model(corpus), corpus), []

    def change(event):
        if isinstance(event, Step):
            rates.append(event.learning_rate)
            if len(rates) == 3:
                trainer.set_learning_rate(0.5)

    settings = {**QUICK, "learning_rate": 5.0, "schedule": schedule, "patience": 100, "observers": [change]}
    trainer.train(tmp_path, max_epochs=4, **settings)
    assert schedule == "one_cycle" or max(rates[:3]) > 0.5  # that one begins low
    assert max(rates[4:]) <= 0.5
    with pytest.raises(ValueError, match="give a number above 0"):
        trainer.set_learning_rate(0)


def test_a_changed_learning_rate_is_in_the_checkpoint(corpus, tmp_path):
    settings = {**QUICK, "learning_rate": 5.0, "schedule": "cosine", "checkpoint": True}
    trainer, rates = LanguageModelTrainer(new_model(corpus), corpus), []

    def change(event):
        if isinstance(event, Step):
            trainer.set_learning_rate(0.5)
            if event.epoch == 2:
                trainer.stop()

    trainer.train(tmp_path, max_epochs=4, **{**settings, "observers": [change]})
    again = LanguageModelTrainer.load_checkpoint(tmp_path / "checkpoint.pt", corpus)
    again.train(
        tmp_path, max_epochs=4,
        **{**settings, "observers": [lambda e: rates.append(e.learning_rate) if isinstance(e, Step) else None]},
    )  # fmt: skip
    assert rates and max(rates) <= 0.5


def test_a_sample_that_a_model_cannot_write_does_not_end_its_run(corpus, tmp_path):
    """Weights near the largest float32 give finite losses, but scores that overflow where text is written."""
    seen = []
    watched = LanguageModelTrainer(new_model(corpus), corpus)
    watched.model.generate_text = unable_to_write
    watched.train(tmp_path / "watched", max_epochs=2, **{**QUICK, "observers": [seen.append]})
    alone = LanguageModelTrainer(new_model(corpus), corpus)
    alone.train(tmp_path / "alone", max_epochs=2, **QUICK)
    assert torch.equal(weights(watched.model), weights(alone.model))
    assert isinstance(seen[-1], Finished) and not any(isinstance(event, Sample) for event in seen)


def unable_to_write(*arguments, **settings):
    raise ValueError("the model's scores are NaN")


def test_a_run_resumed_after_the_last_step_of_a_split_reports_the_annealed_rate(corpus, tmp_path):
    """The row of that split is made without a further step, from what the checkpoint says of the optimizer."""
    copies = Copies(tmp_path)
    settings = {"learning_rate": 1e-30, "patience": 0, "anneal_factor": 0.5, "max_epochs": 2}
    every = {**QUICK, "checkpoint_every": 1}
    whole = LanguageModelTrainer(new_model(corpus), corpus).train(
        tmp_path, **{**every, "observers": [copies]}, **settings
    )
    rows_of_split = max(row for turns, row in copies.places if turns == 3)
    for name, end in (("checkpoint", "pt"), ("best-lm", "best.pt")):
        shutil.copy(tmp_path / f"{(3, rows_of_split)}.{end}", tmp_path / f"{name}.pt")
    resumed = LanguageModelTrainer.load_checkpoint(tmp_path / "checkpoint.pt", corpus).train(
        tmp_path, **every, **settings
    )
    rates = [row.learning_rate for row in whole.history]
    assert rates[-1] < rates[0] and [row.learning_rate for row in resumed.history] == rates


# -- versions of checkpoints ----------------------------------------------------------------------------


@pytest.mark.parametrize("version", [None, 1, 2, 4])
def test_a_checkpoint_of_another_version_is_refused_with_a_remedy(corpus, tmp_path, version):
    LanguageModelTrainer(new_model(corpus), corpus).train(tmp_path, checkpoint=True, max_epochs=1, **QUICK)
    state = read_model_file(tmp_path / "checkpoint.pt")
    training = {name: value for name, value in state["training"].items() if name != "version"}
    state["training"] = training if version is None else {**training, "version": version}
    write_model_file(tmp_path / "other.pt", state)
    with pytest.raises(ModelFileError, match=rf"other\.pt is a checkpoint of version {version or 1};.*best-lm\.pt"):
        LanguageModelTrainer.load_checkpoint(tmp_path / "other.pt", corpus)
    assert LanguageModel.load(tmp_path / "other.pt").evaluate(corpus.valid) > 0  # as a model it opens


def test_a_refused_setting_can_be_corrected_and_the_run_resumed(corpus, tmp_path):
    settings = {"checkpoint": True, **QUICK}
    LanguageModelTrainer(new_model(corpus), corpus).train(tmp_path, max_epochs=1, **settings)
    resumed = LanguageModelTrainer.load_checkpoint(tmp_path / "checkpoint.pt", corpus)
    with pytest.raises(ValueError, match="learning_rate was"):
        resumed.train(tmp_path, max_epochs=2, learning_rate=3, **settings)
    assert len(resumed.train(tmp_path, max_epochs=2, **settings).history) == 4
    assert not (tmp_path / "best-lm.before.pt").exists()


def test_the_advice_after_an_interrupt_is_for_the_optimizer_of_the_run(corpus, tmp_path):
    trainer = LanguageModelTrainer(new_model(corpus), corpus, AdamW)

    def interrupt(event):
        if isinstance(event, Step) and event.step == 10:
            signal.raise_signal(signal.SIGINT)

    result = trainer.train(tmp_path, checkpoint=True, **{**QUICK, "observers": [interrupt]})
    assert f"load_checkpoint({str(tmp_path / 'checkpoint.pt')!r}, corpus, AdamW).train(…)" in result.stopped


@pytest.mark.parametrize("items", [5, 3_000])
def test_a_loss_in_parts_is_the_mean_over_all_characters_and_has_its_gradients(items):
    torch.manual_seed(0)
    decoder, states, targets = nn.Linear(8, items), torch.randn(20, 30, 8), torch.randint(items, (20, 30))
    losses = mean_loss(decoder, states, targets), cross_entropy(decoder(states).flatten(0, 1), targets.flatten())
    found, expected = (torch.autograd.grad(loss, decoder.parameters()) for loss in losses)
    assert losses[0].item() == pytest.approx(losses[1].item(), rel=1e-6)
    assert all(torch.allclose(a, b, atol=1e-7) for a, b in zip(found, expected, strict=True))
