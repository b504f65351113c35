"""Trains in processes that are killed again and again: run by test_resume.py, which reads what it prints.

Usage: python killed_runs.py CORPUS FOLDER CASE. One process imports torch and forks the others,
so that each life of a run begins at once.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sys
import time
import warnings
from pathlib import Path

import torch
from torch.optim import SGD, AdamW

from tutorlm import Dictionary, LanguageModel, LanguageModelTrainer, TextCorpus
from tutorlm.events import Step

torch.set_num_threads(1)
CASES = {
    "forward, AdamW, one cycle": (True, AdamW, {"schedule": "one_cycle", "learning_rate": 0.01, "clip": 1.0}),
    "backward, SGD, plateau": (
        False, SGD, {"learning_rate": 5.0, "patience": 0, "grow_to_sequence_length": 16, "momentum": 0.5},
    ),
}  # fmt: skip
corpus_folder, folder, case = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
is_forward_lm, optimizer, settings = CASES[case]
settings |= {"sequence_length": 10, "mini_batch_size": 8, "max_epochs": 6, "checkpoint_every": 7}
corpus = TextCorpus(corpus_folder, Dictionary.from_files(corpus_folder / "train"), is_forward_lm)
checkpoint = folder / "killed" / "checkpoint.pt"
chance = random.Random(case)


def train(out: Path, observer) -> None:
    """Begin, or go on from the last checkpoint."""
    if (out / "checkpoint.pt").exists():
        trainer = LanguageModelTrainer.load_checkpoint(out / "checkpoint.pt", corpus, optimizer)
    else:
        torch.manual_seed(0)
        model = LanguageModel(corpus.dictionary, is_forward_lm, hidden_size=24, nlayers=1, dropout=0.3)
        trainer = LanguageModelTrainer(model, corpus, optimizer)
    trainer.train(out, observers=[observer], **settings)


def fork(out: Path, observer=lambda event: None) -> tuple[int, int]:
    """A process that trains: its number, and a pipe on which it tells every tenth step."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading

    def tell(event):
        if isinstance(event, Step):
            os.write(writing, b".")
        observer(event)

    status = 1
    try:
        warnings.simplefilter("error")
        train(out, tell)
        status = 0
    except OSError as error:
        print(json.dumps({"error": str(error)}), flush=True)
    finally:
        os._exit(status)


def kill_after(process: int, pipe: int, reports: int) -> bool:
    """Kill at a moment of no particular kind; False if the run had ended before."""
    for _ in range(reports):
        if not os.read(pipe, 1):
            return False
    time.sleep(chance.uniform(0, 0.02))
    os.kill(process, signal.SIGKILL)
    return True


def kill_while_writing(process: int, pipe: int, reports: int) -> bool:
    """Kill while a checkpoint is half written."""
    for _ in range(reports):
        if not os.read(pipe, 1):
            return False
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if half_written():  # what the killed process before left was removed when this one began
            os.kill(process, signal.SIGKILL)
            return True
    return False


def half_written() -> int:
    return sum(name.startswith(".checkpoint.pt.") for name in os.listdir(checkpoint.parent))  # noqa: PTH208


def full_disk(event) -> None:
    """From step 100 on no file of this process can grow beyond half a checkpoint."""
    if isinstance(event, Step) and event.step >= 100:
        limit = checkpoint.stat().st_size * 3 // 4
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))


train(folder / "whole", lambda event: None)  # here: the others then find torch loaded
checkpoint.parent.mkdir()
process, pipe = fork(folder / "killed", full_disk)
status = os.waitpid(process, 0)[1]
print(json.dumps({"full disk": os.waitstatus_to_exitcode(status), "half written": half_written()}), flush=True)

kills = while_writing = 0
while kills < 60:
    kill = kill_while_writing if kills % 3 == 2 else kill_after
    process, pipe = fork(folder / "killed")
    killed = kill(process, pipe, chance.randint(3, 12))
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    os.close(pipe)
    if status == 0:
        break
    assert killed and status == -signal.SIGKILL, status
    kills += 1
    while_writing += kill is kill_while_writing and half_written() > 0
    LanguageModelTrainer.load_checkpoint(checkpoint, corpus, optimizer)  # whatever happened, it is whole
print(json.dumps({"kills": kills, "while writing": while_writing, "ended": status, "left": half_written()}))
