"""The exercises of notebook 10: what is right passes, and each known mistake hears its own message."""

from __future__ import annotations

import math

import pytest
import torch
from promises_of_tasks import mistakes_are_named, references_are_right
from torch.optim import AdamW

from tutorlm import Dictionary, LanguageModel, LanguageModelTrainer, TextCorpus
from tutorlm.course.tasks import growing as tasks
from tutorlm.training.distributed import Team


def weights(v, e, h):
    return tasks.training_bytes(v, e, h) // 16


def seconds(words, per_word, per_second):
    return words * per_word / per_second


WRONG = [
    ("days_for", seconds, "Those are seconds"),
    ("days_for", lambda *a: seconds(*a) / 60, "Those are minutes"),
    ("days_for", lambda *a: seconds(*a) / 3600, "Those are hours"),
    ("days_for", lambda *a: seconds(*a) / 86_400 / 7, "Those are weeks"),
    ("days_for", lambda *a: seconds(*a) / (24 * 60), "had an hour 60 seconds"),
    ("days_for", lambda *a: seconds(*a) / 24 * 60 * 60, "into brackets"),
    ("days_for", lambda words, per_word, per_second: words / per_second / 86_400, "The model reads characters"),
    ("days_for", lambda words, per_word, per_second: words / per_word / per_second / 86_400, "do not divide"),
    ("days_for", lambda words, per_word, per_second: words * per_word * per_second / 86_400, "A faster model"),
    ("days_for", lambda *a: math.ceil(seconds(*a) / 86_400), "Do not round"),
    ("own_columns", lambda rank, n, b: list(range(rank, b, n)), "in turns"),
    ("own_columns", lambda rank, n, b: list(range(rank * b // n, (rank + 1) * b // n + 1)), "One too many"),
    ("own_columns", lambda rank, n, b: list(range((rank - 1) * b // n, rank * b // n)), "ranks begin at 0"),
    ("own_columns", lambda rank, n, b: list(range(rank * n, (rank + 1) * n)), "not N of them"),
    ("own_columns", lambda rank, n, b: [1 + c for c in tasks.own_columns(rank, n, b)], "counted from 0"),
    ("own_columns", lambda rank, n, b: list(range(b // n)), "columns of process 0"),
    ("own_columns", lambda rank, n, b: list(range(rank * b // n, (rank + 1) * b // n - 1)), "One too few"),
    ("own_columns", lambda rank, n, b: list(range(rank * b // n, b // n)), "ends where process 0 ends"),
    ("own_columns", lambda rank, n, b: torch.tensor(tasks.own_columns(rank, n, b)), "a list of numbers"),
    ("own_columns", lambda rank, n, b: slice(rank * b // n, (rank + 1) * b // n), "a list of numbers"),
    ("files_to_resume", "a", "but not resume"),
    ("files_to_resume", "b", "Nearly"),
    ("files_to_resume", "d", "made again"),
    ("files_to_resume", "run.json", "Answer with one of"),
    ("training_bytes", weights, "the number of weights"),
    ("training_bytes", lambda v, e, h: 4 * weights(v, e, h), "the weights alone"),
    ("training_bytes", lambda v, e, h: 8 * weights(v, e, h), "AdamW keeps two more"),
    ("training_bytes", lambda v, e, h: 12 * weights(v, e, h), "Four numbers"),
    ("training_bytes", lambda v, e, h: 16 * (v * e + 4 * h * (e + h) + h * v), "two biases of 4H numbers each, and"),
    ("training_bytes", lambda v, e, h: 16 * (weights(v, e, h) - 4 * h), "bias_ih and bias_hh"),
    ("training_bytes", lambda v, e, h: 16 * (weights(v, e, h) - 8 * h), "The LSTM's biases are missing"),
    ("training_bytes", lambda v, e, h: 16 * (weights(v, e, h) - v), "The decoder has a bias"),
    ("training_bytes", lambda v, e, h: 16 * (v * e + h * (e + h + 2) + h * v + v), "four gates"),
    ("training_bytes", lambda v, e, h: 16 * (weights(v, e, h) - v * e), "The encoder is missing"),
    ("training_bytes", lambda v, e, h: 16 * (weights(v, e, h) - v * h - v), "The decoder is missing"),
    ("training_bytes", lambda v, e, h: 16 * (weights(v, e, h) - 6 * h), "for four gates"),
    ("training_bytes", lambda v, e, h: 128 * weights(v, e, h), "Those are bits"),
]  # fmt: skip


test_a_known_mistake_hears_what_it_is = mistakes_are_named(WRONG)
test_the_reference_is_right_and_a_placeholder_is_not_yet = references_are_right(tasks.EXERCISES)


def test_the_columns_by_hand_are_those_of_the_package():
    team = Team(torch.device("cpu"))
    for rank, processes, columns in tasks._columns_cases():
        team.rank, team.size = rank, processes
        assert list(range(columns))[team.columns(columns)] == tasks.own_columns(rank, processes, columns)


@pytest.mark.parametrize(("v", "e", "h"), tasks._memory_cases()[:3])
def test_the_bytes_by_hand_are_those_of_a_model_and_its_optimizer(v, e, h):
    dictionary = Dictionary()
    for number in range(v - 1):
        dictionary.add_item(chr(0xAC00 + number))
    model = LanguageModel(dictionary, True, h, 1, embedding_size=e)
    optimizer = AdamW(model.parameters())
    model(torch.zeros(2, 1, dtype=torch.long), model.init_hidden(1))[0].sum().backward()
    optimizer.step()
    tensors = [tensor for p in model.parameters() for tensor in (p, p.grad)]
    tensors += [value for state in optimizer.state.values() for name, value in state.items() if name != "step"]
    assert sum(tensor.numel() * tensor.element_size() for tensor in tensors) == tasks.training_bytes(v, e, h)


def test_a_resumed_run_needs_what_the_answer_says(small_corpus, english, tmp_path):
    corpus, out = TextCorpus(small_corpus, english), tmp_path / "out"
    settings = {"sequence_length": 32, "mini_batch_size": 8, "max_epochs": 1, "checkpoint": True, "observers": []}
    model = LanguageModel(english, True, 8, 1)
    LanguageModelTrainer(model, corpus, AdamW).train(out, **settings)
    with pytest.raises(ValueError, match="not a checkpoint"):  # "a"
        LanguageModelTrainer.load_checkpoint(out / "best-lm.pt", corpus, AdamW)
    (out / "loss.tsv").unlink()
    settings["max_epochs"] = 2
    LanguageModelTrainer.load_checkpoint(out / "checkpoint.pt", corpus, AdamW).train(out, **settings)  # "c"
    (out / "best-lm.pt").unlink()
    with pytest.raises(FileNotFoundError, match="best model"):  # "b"
        LanguageModelTrainer.load_checkpoint(out / "checkpoint.pt", corpus, AdamW).train(out, **settings)
