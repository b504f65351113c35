"""A damaged checkpoint is refused by name before anything is changed, whatever is wrong in it."""

from __future__ import annotations

import functools
import math
import operator
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.optim import SGD, AdamW, Optimizer

from tutorlm import Dictionary, LanguageModel, LanguageModelTrainer, TextCorpus
from tutorlm.events import Step
from tutorlm.files.models import ModelFileError, read_model_file, write_model_file

GONE = object()
RUNS: dict[str, tuple[type[Optimizer], dict[str, Any]]] = {
    "AdamW, one cycle": (AdamW, {"schedule": "one_cycle", "learning_rate": 0.01}),
    "SGD, plateau": (SGD, {"learning_rate": 5.0, "patience": 0, "grow_to_sequence_length": 22, "momentum": 0.5}),
}
QUICK = {"sequence_length": 20, "mini_batch_size": 4, "max_epochs": 1, "checkpoint_every": 1}
# Another number of the same kind is as good as the true one: only a checksum could tell. `left_over` may be shorter.
FREE = {"seconds", "split_seconds", "split_loss", "split_characters", "characters_per_second", "train_loss",
        "valid_loss", "initial_valid_loss", "learning_rate", "lr", "best", "step", "left_over"}  # fmt: skip


class Case:
    """A run that was stopped within its second split, and how it ends if it goes on."""

    def __init__(self, name: str, corpus: TextCorpus, folder: Path) -> None:
        self.optimizer, settings = RUNS[name]
        self.settings, self.corpus, self.folder = {**QUICK, **settings}, corpus, folder
        torch.manual_seed(0)
        model = LanguageModel(corpus.dictionary, True, hidden_size=4, nlayers=2, embedding_size=3)
        trainer = LanguageModelTrainer(model, corpus, self.optimizer)

        def stop(event):
            if isinstance(event, Step) and event.split == 2 and trainer.windows.row > 100:
                trainer.stop()

        trainer.train(folder, observers=[stop], **self.settings)
        self.state = read_model_file(folder / "checkpoint.pt")
        self.files = {file.name: file.read_bytes() for file in folder.iterdir()}
        self.end = self.go_on(self.state)

    def outcome(self, state: dict[str, Any]) -> str:
        """The error that refuses a state; or "the same" if the run ends as from the true one; or "another"."""
        try:
            return "the same" if self.go_on(state) == self.end else "another"
        except ValueError as error:
            return str(error)

    def go_on(self, state: dict[str, Any]) -> tuple:
        """Resume from a file with this state, in a folder as it was: what comes out, without times."""
        for name, content in self.files.items():
            (self.folder / name).write_bytes(content)
        write_model_file(self.folder / "checkpoint.pt", state)
        before = {file.name: file.read_bytes() for file in self.folder.iterdir()}
        trainer = None
        try:
            trainer = LanguageModelTrainer.load_checkpoint(self.folder / "checkpoint.pt", self.corpus, self.optimizer)
            result = trainer.train(self.folder, observers=[], **self.settings)
        except Exception:
            assert {file.name: file.read_bytes() for file in self.folder.iterdir()} == before
            raise
        assert not (self.folder / "best-lm.before.pt").exists()
        weights = torch.cat([p.detach().flatten() for p in trainer.model.parameters()]).tolist()
        rows = [(r.epoch, r.split, r.step, r.valid_loss, r.learning_rate) for r in result.history]
        return weights, rows, result.steps, result.best_valid_loss


def leaves(value: Any, path: tuple = ()) -> Iterator[tuple]:
    """The path of each value within nested dicts and lists, and of these; of what is numbered only the two ends."""
    if path:
        yield path
    if isinstance(value, dict):
        for name in value:
            if type(name) is str or name in (0, len(value) - 1):
                yield from leaves(value[name], (*path, name))
    elif isinstance(value, (list, tuple)):
        for number in sorted({0, len(value) - 1} & set(range(len(value)))):
            yield from leaves(value[number], (*path, number))


def changed(state: Any, path: tuple, new: Any) -> Any:
    """A copy of it in which one value is another, or missing."""
    found = dict(state) if isinstance(state, dict) else list(state)
    inner = changed(found[path[0]], path[1:], new) if path[1:] else new
    if inner is GONE:
        del found[path[0]]
    else:
        found[path[0]] = inner
    return tuple(found) if isinstance(state, tuple) else found


def damages(value: Any) -> list[Any]:
    """What may be found in place of a value."""
    found = [GONE, None, True, -5, 10**9, 10**30, math.nan, math.inf, -1.0, 1e9, "x", [], {}, torch.zeros(3, 2)]
    if isinstance(value, torch.Tensor):
        odd = torch.full(value.shape, math.nan) if value.is_floating_point() else torch.full_like(value, 255)
        found += [value.double(), value[..., None], odd, value.flatten()[:0]]
    return found


@pytest.fixture
def short_corpus(tmp_path, sample, english) -> TextCorpus:
    lines = (sample / "en" / "train" / "train_split_1").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "corpus" / "train").mkdir(parents=True)
    for name, part in {
        "train/a": lines[:4],
        "train/b": lines[4:9],
        "valid.txt": lines[45:48],
        "test.txt": lines[52:54],
    }.items():
        (tmp_path / "corpus" / name).write_text("".join(part), encoding="utf-8")
    return TextCorpus(tmp_path / "corpus", english, True)


@pytest.mark.filterwarnings("ignore:the valid loss became nan")
@pytest.mark.parametrize("name", RUNS)
def test_whatever_is_wrong_in_a_checkpoint_is_refused_by_name_or_makes_no_difference(
    name, short_corpus, tmp_path, monkeypatch
):
    monkeypatch.setattr(os, "fsync", lambda number: None)
    case, refused = Case(name, short_corpus, tmp_path / "run"), 0
    assert case.outcome(case.state) == "the same"
    for number, path in enumerate(leaves(case.state["training"]), list(RUNS).index(name)):
        value = functools.reduce(operator.getitem, path, case.state["training"])
        for new in damages(value)[number % 2 :: 2]:  # half of them in each of the two runs
            said = case.outcome(changed(case.state, ("training", *path), new))
            about = path, "gone" if new is GONE else type(new)
            if said == "another":
                assert FREE & set(path) and (new is GONE or type(new) is type(value)), about
            elif said != "the same":
                assert str(tmp_path / "run" / "checkpoint.pt") in said, (about, said)
                refused += 1
                names = [str(part) for part in path if type(part) is str]
                assert any(part in said for part in names), (about, said)
    assert refused > 400


@pytest.mark.parametrize(
    ("path", "new", "message"),
    [
        (("parts", "windows", "row"), 10**9, "parts.windows.row is 1000000000, not the end of a window"),
        (("parts", "windows", "split"), -5, "parts.windows.split is -5, not a whole number, at least 0 and below 2"),
        (("parts", "progress", "step"), GONE, "parts.progress.step is missing"),
        (("parts", "progress", "history", 0, "epoch"), 2, "parts.progress.history.0.epoch is 2, not 1"),
        (("parts", "windows", "epoch"), 1, "the length of parts.progress.history is 1, not 3, the splits done"),
        (("parts", "schedule", "learning_rate"), math.nan, "parts.schedule.learning_rate is nan, not a finite float"),
        (("parts", "carried", "hidden"), [], "the length of parts.carried.hidden is 0, not from 2 to 2"),
        (("parts", "optimizer", "state", 0), {}, "parts.optimizer.state.0 is missing"),
        (("parts", "more"), 1, "parts.more is not known here"),
        (("parts", "a\x1b[2Jb"), 1, r"parts.a\x1b[2Jb is not known here"),
        (("facts", "optimizer"), 10**30, "training.facts.optimizer is a large int, not a str"),
        (("version",), True, "checkpoint of version True; 3 is read here"),
    ],
)
def test_the_error_says_file_field_value_and_remedy(path, new, message, short_corpus, tmp_path):
    case = Case("AdamW, one cycle", short_corpus, tmp_path / "run")
    with pytest.raises(ModelFileError) as error:
        case.go_on(changed(case.state, ("training", *path), new))
    assert str(tmp_path / "run" / "checkpoint.pt") in str(error.value) and message in str(error.value)


def test_a_damaged_checkpoint_can_be_replaced_and_the_same_trainer_goes_on(short_corpus, tmp_path):
    case = Case("SGD, plateau", short_corpus, tmp_path / "run")
    file = tmp_path / "run" / "checkpoint.pt"
    write_model_file(file, changed(case.state, ("training", "parts", "progress", "seconds"), -1.0))
    trainer = LanguageModelTrainer.load_checkpoint(file, short_corpus)
    with pytest.raises(ModelFileError, match=r"parts\.progress\.seconds is -1\.0, .*Copy the file again"):
        trainer.train(tmp_path / "run", observers=[], **case.settings)
    assert case.outcome(case.state) == "the same"


class Restless(SGD):
    """An optimizer of somebody else: it changes its options, and remembers more at later steps."""

    def step(self, closure=None):
        super().step(closure)
        for group in self.param_groups:
            group["steps_done"] = group.get("steps_done", 0) - 1
            for parameter in group["params"]:
                if group["steps_done"] < -3:
                    self.state[parameter]["late"] = -20.5


def test_a_run_with_an_optimizer_of_somebody_else_can_be_resumed(tmp_path, small_corpus):
    dictionary = Dictionary.from_files(small_corpus / "train")
    corpus = TextCorpus(small_corpus, dictionary)
    settings = {"sequence_length": 10, "mini_batch_size": 8, "learning_rate": 1, "checkpoint": True, "observers": []}
    torch.manual_seed(0)
    model = LanguageModel(dictionary, True, 16, 1)
    LanguageModelTrainer(model, corpus, Restless).train(tmp_path, max_epochs=1, **settings)
    resumed = LanguageModelTrainer.load_checkpoint(tmp_path / "checkpoint.pt", corpus, Restless)
    steps = resumed.train(tmp_path, max_epochs=2, **settings).steps
    assert resumed.optimizer.param_groups[0]["steps_done"] == -steps
