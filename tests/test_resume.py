"""A run that is killed at any moment and resumed ends as the run that never was: real processes, real SIGKILL."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from tutorlm.files.models import read_model_file

DRIVER = Path(__file__).parent / "killed_runs.py"
TIMES = ("seconds", "characters_per_second")


@pytest.fixture(scope="module", params=["forward, AdamW, one cycle", "backward, SGD, plateau"])
def told(request, tmp_path_factory) -> tuple[Path, dict]:
    """The folder of a whole and of a killed run, and what the driver told."""
    folder = tmp_path_factory.mktemp("killed")
    lines = (Path(__file__).parent.parent / "data/sample_corpus/en/train/train_split_1").read_text().splitlines(True)
    corpus = folder / "corpus"
    (corpus / "train").mkdir(parents=True)
    parts = {"train/a": lines[:20], "train/b": lines[20:45], "valid.txt": lines[45:52], "test.txt": lines[52:58]}
    for name, part in parts.items():
        (corpus / name).write_text("".join(part), encoding="utf-8")
    command = [sys.executable, str(DRIVER), str(corpus), str(folder), request.param]
    run = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
    assert run.returncode == 0, run.stdout + run.stderr
    found: dict = {}
    for line in run.stdout.splitlines():
        found.update(json.loads(line))
    return folder, found


def test_a_run_is_killed_at_least_ten_times_some_of_them_while_a_checkpoint_is_written(told):
    _, found = told  # two such runs: at least twenty kills
    assert found["kills"] >= 10 and found["while writing"] >= 3
    assert found["ended"] == 0


def test_a_killed_and_resumed_run_ends_with_the_very_same_weights_and_losses(told):
    folder, _ = told
    whole, killed = (read_model_file(folder / run / "checkpoint.pt") for run in ("whole", "killed"))
    for name, tensor in whole["state_dict"].items():
        assert torch.equal(tensor, killed["state_dict"][name]), name
    assert_same(whole["optimizer_state_dict"], killed["optimizer_state_dict"])
    for training in (whole["training"], killed["training"]):
        for row in (training["parts"]["progress"], *training["parts"]["progress"]["history"]):
            for name in ("seconds", "split_seconds", "characters_per_second"):
                row.pop(name, None)
    assert_same(whole["training"], killed["training"])
    best = (read_model_file(folder / run / "best-lm.pt")["state_dict"] for run in ("whole", "killed"))
    assert_same(*best)


def assert_same(one, other, where: str = "") -> None:
    """Equal to the last bit, in nested dicts and lists with tensors."""
    if isinstance(one, torch.Tensor):
        assert torch.equal(one, other), where
    elif isinstance(one, dict):
        assert one.keys() == other.keys(), where
        for key in one:
            assert_same(one[key], other[key], f"{where}[{key!r}]")
    elif isinstance(one, list):
        assert len(one) == len(other), where
        for number, (a, b) in enumerate(zip(one, other, strict=True)):
            assert_same(a, b, f"{where}[{number}]")
    else:
        assert one == other, where


def test_the_table_of_losses_has_each_split_once(told):
    folder, _ = told
    tables = []
    for run in ("whole", "killed"):
        with (folder / run / "loss.tsv").open() as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
        assert [(row["epoch"], row["split"]) for row in rows] == [(f"{e}", f"{s}") for e in range(1, 7) for s in (1, 2)]
        tables.append([{name: value for name, value in row.items() if name not in TIMES} for row in rows])
    assert tables[0] == tables[1]


def test_a_disk_full_in_the_middle_of_a_checkpoint_ends_the_run_with_advice_and_leaves_no_rubbish(told):
    _, found = told
    assert found["full disk"] == 1
    assert "could not write" in found["error"] and "Free some space" in found["error"]
    assert "checkpoint.pt" in found["error"] and "previous file is unchanged" in found["error"]
    assert found["half written"] == 0


def test_what_killed_runs_left_half_written_is_removed_by_the_next_run(told):
    _, found = told
    assert found["left"] == 0
