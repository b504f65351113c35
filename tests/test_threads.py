"""Training uses no more threads than there are cores for it, and fewer where they wait for one another."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections import Counter
from pathlib import Path

import pytest
import torch
from conftest import write

from tutorlm import Dictionary, LanguageModel, LanguageModelTrainer, TextCorpus
from tutorlm.training import threads
from tutorlm.training.threads import STEPS, Pace, cores, use_cores

linux = pytest.mark.skipif(sys.platform != "linux", reason="control groups are Linux's")


@pytest.fixture(autouse=True)
def nothing_chosen(monkeypatch):
    """As many threads as torch chose, whatever the environment of the tests says."""
    before = torch.get_num_threads()
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(threads, "_own_choice", {before})
    yield
    torch.set_num_threads(before)


@linux
@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"cpu.max": "150000 100000\n"}, 2),
        ({"cpu.max": "50000 100000"}, 1),
        ({"cpu.max": "max 100000"}, 4),
        ({"cpu/cpu.cfs_quota_us": "300000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 3),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, 4),
        ({"cpu,cpuacct/cpu.cfs_quota_us": "200000", "cpu,cpuacct/cpu.cfs_period_us": "100000"}, 2),
        ({"kubepods/pod1/cpu.max": "max 100000", "kubepods/cpu.max": "100000 100000"}, 1),
        ({}, 4),
    ],
)
def test_the_quota_of_a_container_bounds_the_cores(files, expected, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(4))
    monkeypatch.setattr(threads, "GROUPS", tmp_path / "groups")
    group = "/kubepods/pod1" if "kubepods/cpu.max" in files else "/host/only"
    table = write(tmp_path / "cgroup", f"5:cpu,cpuacct:/\n4:cpu:{group}\n0::{group}\n")
    monkeypatch.setattr(threads, "Path", lambda path: table if path == "/proc/self/cgroup" else Path(path))
    for name, content in files.items():
        write(tmp_path / "groups" / name, content)
    assert cores() == expected


@linux
def test_the_affinity_of_a_process_bounds_the_cores():
    program = "from tutorlm.training.threads import cores; print(cores())"
    first = min(os.sched_getaffinity(0))
    said = subprocess.run(
        [sys.executable, "-c", f"import os; os.sched_setaffinity(0, [{first}]); {program}"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert said == "1\n"


def test_a_number_that_the_user_chose_is_kept(monkeypatch):
    monkeypatch.setattr(threads, "cores", lambda: 1)
    torch.set_num_threads(3)
    use_cores()
    assert torch.get_num_threads() == 3
    threads._own_choice.add(3)
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    use_cores()
    assert torch.get_num_threads() == 3
    monkeypatch.delenv("OMP_NUM_THREADS")
    use_cores()
    assert torch.get_num_threads() == 1


class Clock:
    """Of a machine on which a step takes `seconds[n]` with n threads."""

    def __init__(self, monkeypatch, seconds: dict[int, float]) -> None:
        self.now, self.seconds, self.used = 1000.0, seconds, Counter[int]()
        monkeypatch.setattr(threads.time, "perf_counter", lambda: self.now)

    def run(self, pace: Pace, steps: int) -> None:
        pace.begin()
        for _ in range(steps):
            number = torch.get_num_threads()
            self.now += self.seconds[number]
            self.used[number] += 1
            pace.step()


@pytest.mark.parametrize(
    "seconds", [{4: 0.01, 2: 0.02, 1: 0.04}, {4: 0.04, 2: 0.01, 1: 0.02}, {4: 0.1, 2: 0.05, 1: 0.01}]
)
def test_the_number_of_threads_that_is_fastest_is_found_and_kept(seconds, monkeypatch):
    threads._set(4)
    clock = Clock(monkeypatch, seconds)
    with Pace(adapt=True) as pace:
        clock.run(pace, 20_000)
        fastest = min(seconds, key=seconds.__getitem__)
        assert clock.used[fastest] > 0.9 * 20_000
    assert torch.get_num_threads() == 4


def test_threads_come_back_when_the_machine_is_free_again(monkeypatch):
    threads._set(2)
    clock = Clock(monkeypatch, {2: 0.1, 1: 0.02})
    with Pace(adapt=True) as pace:
        clock.run(pace, 3_000)
        assert clock.used[1] > 2_900
        clock.seconds = {2: 0.01, 1: 0.02}
        clock.run(pace, 6_000)
        assert clock.used[2] > 3_000


def test_steps_that_become_far_slower_are_told_once(monkeypatch):
    threads._set(1)
    clock = Clock(monkeypatch, {1: 0.01})
    with Pace(adapt=False) as pace:
        clock.run(pace, 10 * STEPS)
        clock.seconds = {1: 0.08}
        with pytest.warns(UserWarning, match="8 times as long as at first"):
            clock.run(pace, 3 * STEPS)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            clock.run(pace, 10 * STEPS)


def test_what_is_done_between_splits_is_no_step(monkeypatch):
    threads._set(1)
    clock = Clock(monkeypatch, {1: 0.01})
    with Pace(adapt=False) as pace, warnings.catch_warnings():
        warnings.simplefilter("error")
        clock.run(pace, 5 * STEPS)
        for _ in range(5 * STEPS):
            clock.now += 1.0  # a validation, after every two steps
            clock.run(pace, 2)


def test_weights_do_not_depend_on_the_number_of_threads(small_corpus, tmp_path):
    trained = []
    for number in (1, 2):
        torch.set_num_threads(number)
        torch.manual_seed(0)
        corpus = TextCorpus(small_corpus, Dictionary.from_files(small_corpus / "train"))
        model = LanguageModel(corpus.dictionary, True, 128, 1, dropout=0.1)
        LanguageModelTrainer(model, corpus).train(
            tmp_path / str(number), 32, mini_batch_size=16, max_epochs=1, observers=[]
        )
        trained.append(torch.cat([weights.detach().flatten() for weights in model.parameters()]))
    assert torch.equal(*trained)
