"""Judges whether dictionary, model and time fit the text."""

import copy
import math
import shlex
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from tutorlm.coverage import UNKNOWN_SHARE_WORTH_A_WARNING
from tutorlm.doctor.case import Case, Finding
from tutorlm.files.text import read_blocks
from tutorlm.language_model import LanguageModel
from tutorlm.options import SECONDS
from tutorlm.recipes import FINE_TUNING, RECOMMENDED, for_fine_tuning, for_text
from tutorlm.training.devices import PRECISIONS, fastest_precision
from tutorlm.training.loss import mean_loss
from tutorlm.unicode import describe

FEW_STEPS = 20  # in an epoch
SAMPLE = 5000  # characters that a model is tried on
FEW_EPOCHS = 3


def unknown(case: Case) -> Iterator[Finding]:
    """Characters that the dictionary lacks, part by part."""
    if not case.model and not any(file.characters for file in case.main):
        return
    whose = "the model" if case.model else "a dictionary of train"
    most = 0 if case.dictionary.unknown_index is None else UNKNOWN_SHARE_WORTH_A_WARNING
    for part, files in case.parts.items():
        reports = {file.path: case.coverage([file]) for file in files}
        lacking = [path for path, report in reports.items() if 1 - report.share > most]
        if lacking:
            worst = min(lacking, key=lambda path: reports[path].share)
            shown = ", ".join(describe(missing.character) for missing in reports[worst].missing[:5])
            yield Finding(
                "unknown", True, str(worst),
                f"{1 - reports[worst].share:.2%} of the characters are unknown to {whose}, such as {shown}; more than "
                f"{most:.0%} in {len(lacking):,} of {len(files):,} files of {part}",
                "Read as <unk>, they look easy, and teach nothing" if most
                else "They cannot be read, for its dictionary has no <unk>",
                _more_characters(case) if case.model
                else "Give more text, or divide it again by `prepare`, so that train resembles the rest",
            )  # fmt: skip


def _more_characters(case: Case) -> str:
    if case.dictionary.unknown_index is None:  # as which new characters would begin
        return "Train a new model, or remove them from the text"
    return "Add them to its dictionary (train --extend-dictionary), or train a new model"


def unknown_delimiter(case: Case) -> Iterator[Finding]:
    """A model that cannot read its own document delimiter."""
    lacking = [c for c in case.dictionary.normalize(case.delimiter) if c not in case.dictionary] if case.model else []
    if lacking:
        yield Finding(
            "unknown delimiter", True, case.name,
            f"The dictionary lacks {', '.join(map(describe, lacking))} of the document delimiter",
            "The model cannot tell where a document ends", _more_characters(case),
        )  # fmt: skip


def model(case: Case) -> Iterator[Finding]:
    """A model that does not know this text, or reads it in the wrong direction."""
    if not case.model or not case.model.decoder:
        return
    known = 1.0 if case.dictionary.unknown_index is None else 0.9
    file = case.to_try_on
    if not file or case.coverage([file]).share < known:
        return
    text = next(read_blocks(file.path))[:SAMPLE]
    backwards = copy.copy(case.model)
    backwards.is_forward_lm = not case.model.is_forward_lm
    bits, other = (reader.score(text).bits_per_character for reader in (case.model, backwards))
    if other < 0.9 * bits:
        told = "forward" if case.model.is_forward_lm else "backward"
        yield Finding(
            "direction", True, str(file.path), f"The model is said to read {told}, but needs {bits:.2f} bits per "
            f"character that way and {other:.2f} the other way",
            "Its vectors and figures are those of text that it never met", "Get the model from its source again",
        )  # fmt: skip
    counted = np.unique([*case.dictionary.encode(text)], return_counts=True)[1] / len(text)
    unigram = -float((counted * np.log2(counted)).sum())
    if bits > unigram:
        yield Finding(
            "foreign", False, str(file.path), f"The model needs {bits:.2f} bits per character here; counting letters, "
            f"without any context, {unigram:.2f}",
            "It has learnt another language or another spelling, so little of it helps here",
            "Train a new model, or choose another one to fine-tune",
        )  # fmt: skip


def steps(case: Case) -> Iterator[Finding]:
    """Training text that fills few windows, and valid text that takes more time than training."""
    train, valid = case.characters("train"), case.characters("valid")
    if not train:
        return
    settings = {**(FINE_TUNING if case.model else RECOMMENDED).settings, **_suited(case)}
    window = settings["sequence_length"] * settings["mini_batch_size"]
    if train < FEW_STEPS * window:
        yield Finding(
            "few steps", False, str(case.folder / "train"),
            f"{train:,} characters are {train // window:,} steps an epoch, of {window:,} characters each",
            "A model learns little in so few steps",
            "Give more text, or train with more epochs (--max-epochs)",
        )  # fmt: skip
    between = train // len(case.main)
    if valid > between:
        yield Finding(
            "validating", False, str(case.folder / "valid.txt"),
            f"The {valid:,} characters of valid are read after every {between:,} characters of training",
            "Most of the time goes into validating",
            "Divide the text again by `prepare`, with --splits 1 or a smaller share of it for --valid",
        )  # fmt: skip


def plan(case: Case) -> dict[str, Any]:
    """How often the training text is read in the time given, by a trial on this machine, and the command to train."""
    train, suited = case.characters("train"), _suited(case)
    if not train or len(case.dictionary) < 3:
        return {}
    with torch.random.fork_rng():  # a model made afterwards is the same with or without this trial
        speed = _characters_per_second(case)
    epochs = min(case.seconds * speed / train, suited.get("max_epochs", math.inf))
    command = f"python -m tutorlm train {shlex.quote(str(case.folder))} my_model"
    if case.model:
        command += f" --model {shlex.quote(case.name)}"
    else:
        command += case.delimiter_option
    seconds = max(case.seconds, FEW_EPOCHS * train / speed)
    if seconds != SECONDS:
        command += f" --max-seconds {math.ceil(seconds)}"
    needed = {"seconds": round(epochs * train / speed), "epochs": round(epochs, 1)}
    return {"settings": suited, "time": {**needed, "characters_per_second": round(speed)}, "suggested": command}


def _suited(case: Case) -> dict[str, Any]:
    """The settings that `train` chooses for this text."""
    characters = case.characters("train")
    if not case.model:
        return dict(for_text(characters))
    return dict(for_fine_tuning(characters, case.distance, case.model.hidden_size))


def _characters_per_second(case: Case) -> float:
    """The speed of training on this machine, by a trial of a second or two on numbers drawn at random.

    Beside another program that computes, one thread may be faster than several, and training finds that out.
    """
    recipe: Any = FINE_TUNING if case.model else RECOMMENDED
    trained = copy.deepcopy(case.model) or LanguageModel(case.dictionary, True, _suited(case)["hidden_size"], 1)
    settings, optimizer = {**recipe.settings, **_suited(case)}, recipe.optimizer(trained.parameters(), lr=1e-3)
    size = settings["sequence_length"], settings["mini_batch_size"]
    window = torch.randint(len(case.dictionary), (size[0] + 1, size[1]), device=trained.device)
    threads = torch.get_num_threads()
    speeds = []
    try:
        for number in {1, threads}:
            torch.set_num_threads(number)
            speeds.append(_speed(trained, optimizer, window, min(1.0, case.seconds / 100)))
    finally:
        torch.set_num_threads(threads)
    return max(speeds)


def _speed(trained: LanguageModel, optimizer: torch.optim.Optimizer, window: torch.Tensor, seconds: float) -> float:
    """Characters a second, in steps on one window, three or more; the one before them prepares memory."""
    dtype = PRECISIONS[fastest_precision(trained.device, window[1:].numel())]
    trained.train()
    steps, start = -1, 0.0
    while steps < 3 or time.perf_counter() < start + seconds:
        with torch.autocast(trained.device.type, dtype, enabled=dtype != torch.float32):
            states, _ = trained.read(window[:-1], trained.init_hidden(window.shape[1]))
            loss = mean_loss(trained.require_decoder(), states, window[1:])
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        steps += 1
        start = start or time.perf_counter()
    return steps * window[1:].numel() / (time.perf_counter() - start)
