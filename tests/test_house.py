"""The package is read in one evening: its rooms stay small, each setting is written once, names stay where they are."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import statistics
from pathlib import Path

import pytest
import torch
from torch.optim import SGD, AdamW

import tutorlm
from tutorlm import Dictionary, LanguageModel, LanguageModelTrainer, TextCorpus
from tutorlm.cli import make_parser
from tutorlm.options import FREE, OPTIONS
from tutorlm.recipes import RECIPES, Recipe
from tutorlm.training.settings import TrainingSettings

ROOT = Path(tutorlm.__file__).parent
READING_PATH = ("dictionary", "corpus", "windows", "language_model", "evaluation", "trainer", "embeddings")
CORE = [file for file in sorted(ROOT.rglob("*.py")) if "course" not in file.parts]
SETTINGS = {field.name: field for field in dataclasses.fields(TrainingSettings)}


def lines(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


def definitions(kind: type) -> list[tuple[str, ast.AST, list[str]]]:
    """Every class or function of the core: its name, its syntax tree, and the lines of its file."""
    found = []
    for file in CORE:
        text = file.read_text(encoding="utf-8")
        nodes = (node for node in ast.walk(ast.parse(text)) if isinstance(node, kind))
        found += [(f"{file.name}:{node.name}", node, text.splitlines()) for node in nodes]
    return found


def lines_of_code(function: ast.FunctionDef, source: list[str]) -> int:
    """Without the signature, docstring, comments and blank lines."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    inside = {number for node in body for number in range(node.lineno, node.end_lineno + 1)}
    return sum(bool(source[n - 1].strip()) and not source[n - 1].strip().startswith("#") for n in inside)


# -- sizes ---------------------------------------------------------------------------------------------


def test_the_reading_path_fits_one_evening():
    sizes = {name: lines(ROOT / f"{name}.py") for name in READING_PATH}
    assert sum(sizes.values()) <= 1500, sizes
    assert max(sizes.values()) <= 300, sizes


def test_no_class_is_longer_than_two_hundred_lines():
    assert {name for name, node, _ in definitions(ast.ClassDef) if node.end_lineno - node.lineno >= 200} == set()


def test_functions_are_short():
    sizes = {name: lines_of_code(node, source) for name, node, source in definitions(ast.FunctionDef)}
    assert statistics.median(sizes.values()) <= 7
    assert {name: size for name, size in sizes.items() if size > 40} == {}


# -- names that others use -------------------------------------------------------------------------------


def test_public_names_stay_where_users_import_them():
    from tutorlm import baselines, datasets, events, fine_tuning, pretrained, recipes
    from tutorlm.corpus import batchify, prepare_corpus
    from tutorlm.course import exercises, widgets
    from tutorlm.dictionary import count_items

    assert sorted(tutorlm.__all__) == [
        "Dictionary", "DocumentPoolEmbeddings", "FlairEmbeddings", "LanguageModel", "LanguageModelTrainer", "Sentence",
        "StackedEmbeddings", "TextCorpus", "Token", "diagnose", "prepare_corpus",
    ]  # fmt: skip
    assert all(hasattr(tutorlm, name) for name in tutorlm.__all__)
    assert baselines.baselines and datasets.python_reference_corpus and events.Step and fine_tuning.compare
    assert pretrained.CATALOGUE and recipes.RECOMMENDED and batchify and prepare_corpus and count_items
    assert exercises.check and widgets.LossPlot and widgets.TrainingJob and widgets.explore_surprise


@pytest.mark.parametrize(
    ("function", "flair"),
    [
        (LanguageModelTrainer.__init__, "model corpus optimizer"),
        (LanguageModelTrainer.train,
         "base_path sequence_length learning_rate mini_batch_size anneal_factor patience clip max_epochs checkpoint "
         "grow_to_sequence_length num_workers use_amp"),
        (LanguageModelTrainer.load_checkpoint, "checkpoint_file corpus optimizer"),
        (LanguageModel.__init__,
         "dictionary is_forward_lm hidden_size nlayers embedding_size nout document_delimiter dropout recurrent_type "
         "has_decoder"),
        (LanguageModel.generate_text, "prefix number_of_characters temperature break_on_suffix"),
        (TextCorpus.__init__,
         "path dictionary is_forward_lm character_level random_case_flip document_delimiter seed"),
        (tutorlm.FlairEmbeddings.__init__,
         "model fine_tune chars_per_chunk with_whitespace tokenized_lm is_lower name has_decoder"),
        (Dictionary.__init__, "add_unk"),
        (tutorlm.Sentence.__init__, "text tokenize"),
        (tutorlm.DocumentPoolEmbeddings.__init__, "embeddings fine_tune_mode pooling"),
    ],
)  # fmt: skip
def test_arguments_by_position_are_flairs(function, flair):
    parameters = inspect.signature(function).parameters.values()
    by_position = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD and p.name not in ("self", "cls")]
    assert by_position[: len(flair.split())] == flair.split()


# -- settings ----------------------------------------------------------------------------------------


def test_train_has_the_settings_and_their_defaults():
    parameters = inspect.signature(LanguageModelTrainer.train).parameters
    assert SETTINGS.keys() <= parameters.keys()
    for name, field in SETTINGS.items():
        if name not in ("optimizer_settings", "sequence_length"):
            assert parameters[name].default == field.default, name
        assert f"{name}: {field.metadata['help']}" in LanguageModelTrainer.train.__doc__


def test_the_command_line_has_an_option_for_each_setting():
    options = make_parser().parse_args(["train", "corpus", "out"])
    assert not SETTINGS.keys() & vars(options).keys()  # what is not given is absent
    given = make_parser().parse_args(["train", "corpus", "out", "--patience", "3", "--layer-rates", "rnn=0.5"])
    assert (given.patience, given.layer_rates) == (3, {"rnn": 0.5})
    assert SETTINGS.keys() <= OPTIONS.keys()


def test_what_may_change_on_resume_is_said_by_the_fields():
    assert set(FREE) == {
        "corpus", "max_epochs", "max_seconds", "checkpoint", "checkpoint_every", "device", "threads", "cache"
    }  # fmt: skip
    settings = RECIPES["recommended"].training
    assert settings.fixed().keys() == SETTINGS.keys() - set(FREE)


@pytest.mark.parametrize(
    "wrong",
    [{"sequence_length": 0}, {"sequence_length": 2.5}, {"mini_batch_size": 0}, {"learning_rate": 0}, {"clip": 0},
     {"learning_rate": float("nan")}, {"anneal_factor": 1}, {"anneal_factor": 0}, {"patience": -1}, {"max_epochs": 0},
     {"max_seconds": 0}, {"schedule": "linear"}, {"precision": "fp8"}, {"seed": -1}, {"checkpoint_every": "often"}],
)  # fmt: skip
def test_a_setting_that_makes_no_sense_is_refused_by_name(wrong):
    (name,) = wrong
    with pytest.raises(ValueError, match=name):
        TrainingSettings(**{"sequence_length": 20, **wrong})


def test_settings_cannot_be_changed_afterwards():
    with pytest.raises(dataclasses.FrozenInstanceError):
        RECIPES["flair"].training.patience = 3


# -- the loop ------------------------------------------------------------------------------------------


@pytest.fixture
def corpus(small_corpus, english) -> TextCorpus:
    return TextCorpus(small_corpus, english)


@pytest.mark.parametrize(("optimizer", "schedule"), [(SGD, "plateau"), (AdamW, "one_cycle")])
def test_the_public_step_is_the_step_of_training(corpus, tmp_path, optimizer, schedule):
    """Windows and steps, driven by hand for an epoch, give the weights that `train` gives."""
    models = []
    for _ in range(2):
        torch.manual_seed(0)
        models.append(LanguageModel(corpus.dictionary, True, 16, 1, dropout=0.2))
    settings = {"sequence_length": 20, "learning_rate": 0.5, "mini_batch_size": 8, "max_epochs": 1}
    settings["schedule"] = schedule
    trained, by_hand = (LanguageModelTrainer(model, corpus, optimizer) for model in models)
    last: list[torch.Tensor] = []
    trained.save_checkpoint = lambda: last.append(flat(models[0]))  # the weights at the end of each split
    trained.train(tmp_path, checkpoint=True, observers=[], **settings)

    by_hand.set_up(TrainingSettings(**settings))
    for split in by_hand.windows.splits():
        models[1].train()
        for window in split:
            loss = by_hand.step(window)
            assert window.shape[1] == 8 and torch.isfinite(loss)
            by_hand.windows.mark_read()
        by_hand.windows.next_split()
    assert torch.equal(flat(models[1]), last[-1])


def flat(model: LanguageModel) -> torch.Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def test_every_part_of_a_run_is_saved_and_restored_by_one_loop(corpus):
    from tutorlm.training.run import PARTS

    trainer = LanguageModelTrainer(LanguageModel(corpus.dictionary, True, 8, 1), corpus, AdamW)
    trainer.set_up(TrainingSettings(sequence_length=10, mini_batch_size=4))
    for name in PARTS:
        part = getattr(trainer, name)
        state = part.state_dict()
        part.load_state_dict(state)
        assert str(part.state_dict()) == str(state), name


# -- what a rebuilding may lose unnoticed ------------------------------------------------------------------


def test_an_interrupt_before_the_first_step_leaves_the_files_of_an_earlier_run(corpus, tmp_path):
    def trainer() -> LanguageModelTrainer:
        return LanguageModelTrainer(LanguageModel(corpus.dictionary, True, 8, 1), corpus)

    settings = {"sequence_length": 20, "mini_batch_size": 8, "max_epochs": 1, "observers": [], "checkpoint": True}
    trainer().train(tmp_path, **settings)
    before = {name: (tmp_path / name).read_bytes() for name in ("best-lm.pt", "checkpoint.pt")}
    interrupted = trainer()
    interrupted.evaluate = raise_interrupt
    with pytest.raises(KeyboardInterrupt):
        interrupted.train(tmp_path, **settings)
    assert {name: (tmp_path / name).read_bytes() for name in before} == before


def raise_interrupt(ids):
    raise KeyboardInterrupt


def test_settings_of_a_recipe_leave_room_for_others(corpus, tmp_path):
    model = LanguageModel(corpus.dictionary, True, 8, 1)
    settings = {**RECIPES["recommended"].settings, "max_epochs": 1, "observers": []}
    assert not {"seed", "precision", "layer_rates", "device", "optimizer_settings"} & settings.keys()
    LanguageModelTrainer(model, corpus, AdamW).train(tmp_path, seed=3, precision="fp32", layer_rates={}, **settings)


def test_a_recipe_of_ones_own_is_made_from_arguments_of_train(corpus, tmp_path):
    own = Recipe(AdamW, {"sequence_length": 20, "mini_batch_size": 8, "weight_decay": 0.1, "max_epochs": 1})
    assert own.training == TrainingSettings(
        sequence_length=20, mini_batch_size=8, max_epochs=1, optimizer_settings={"weight_decay": 0.1}
    )
    assert own.train(LanguageModel(corpus.dictionary, True, 8, 1), corpus, tmp_path, observers=[]).steps > 0


def test_limits_may_be_infinite_or_none_only_where_that_means_something():
    assert TrainingSettings(sequence_length=20, patience=float("inf"), max_seconds=None, clip=float("inf"))
    for name in ("sequence_length", "mini_batch_size", "max_epochs"):
        with pytest.raises(ValueError, match=name):
            TrainingSettings(**{"sequence_length": 20, name: float("inf")})
    for name in ("sequence_length", "max_epochs", "clip", "seed"):
        with pytest.raises(ValueError, match=name):
            TrainingSettings(**{"sequence_length": 20, name: None})


def test_a_resumed_run_may_spell_a_default_out(corpus, tmp_path):
    settings = {"sequence_length": 20, "mini_batch_size": 8, "observers": [], "checkpoint": True, "learning_rate": 2}
    LanguageModelTrainer(LanguageModel(corpus.dictionary, True, 8, 1), corpus).train(tmp_path, max_epochs=1, **settings)
    resumed = LanguageModelTrainer.load_checkpoint(tmp_path / "checkpoint.pt", corpus)
    resumed.train(tmp_path, max_epochs=2, min_learning_rate=2e-5, layer_rates={}, **settings)
    assert len(resumed.progress.history) == 4


def test_the_command_line_can_be_imported_without_running():
    from tutorlm.__main__ import COMMANDS, main

    assert "train" in COMMANDS and main(["evaluate", "nowhere.pt", "--on", "nothing.txt"]) == 1


def test_warnings_name_the_users_line_in_a_folder_with_a_similar_name(tmp_path):
    script = tmp_path / f"{Path(tutorlm.__file__).parent.name}_experiments.py"
    script.write_text("from tutorlm.messages import warn_user\n\n\ndef ask():\n    warn_user('look here')\n")
    scope: dict = {}
    exec(compile(script.read_text(), str(Path(tutorlm.__file__).parent) + "_mine.py", "exec"), scope)
    with pytest.warns(UserWarning, match="look here") as caught:
        scope["ask"]()
    assert caught[0].filename.endswith("_mine.py") and caught[0].lineno == 5
