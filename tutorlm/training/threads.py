"""How many threads compute: no more than there are cores for them, and fewer where they wait for one another.

Threads share each matrix product, and each product waits for the slowest of them. In a container that may use one core
of many, or beside another program that computes, one thread can be several times as fast as two. The numbers do not
depend on how many there are.
"""

import contextlib
import itertools
import math
import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import torch

from tutorlm.messages import warn_user

GROUPS = Path("/sys/fs/cgroup")  # Linux's control groups, by which containers have quotas
STEPS = 10  # timed together
SECONDS_BETWEEN_TRIALS = 20.0
SLOW = 5.0  # times as long as at first

_own_choice = {torch.get_num_threads()}  # numbers that torch or this module chose


def cores() -> int:
    """The number of cores for this process: by its affinity, and by the quotas of its control groups."""
    affinity = getattr(os, "sched_getaffinity", None)
    allowed = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, min([allowed, *(math.ceil(quota) for quota in _quotas())]))


def _quotas() -> Iterator[float]:
    """Cores' worth of time, of control groups of version 2 (`cpu.max`) and 1 (`cpu.cfs_quota_us`)."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            top = GROUPS / controllers
            group = top / path.strip("/")  # in a container it may not be there, and `top` is the container's
            for folder in (group, *group.parents):
                for names in (["cpu.max"], ["cpu.cfs_quota_us", "cpu.cfs_period_us"]):
                    with contextlib.suppress(OSError, ValueError):  # "max" and -1 are no quota
                        quota, period = map(int, " ".join((folder / name).read_text() for name in names).split())
                        if quota > 0:
                            yield quota / period
                if folder == top:
                    break


def chosen_by_user() -> bool:
    """Whether the user chose the number of threads, by OMP_NUM_THREADS or `torch.set_num_threads`."""
    return "OMP_NUM_THREADS" in os.environ or torch.get_num_threads() not in _own_choice


def use_cores() -> None:
    """Let torch have no more threads than there are cores, unless the user has chosen."""
    if not chosen_by_user():
        _set(min(torch.get_num_threads(), cores()))


def _set(number: int) -> None:
    _own_choice.add(number)
    torch.set_num_threads(number)


class Pace:
    """Times the steps of a training, and says once if they become far slower than the first ones.

    If `adapt`, half and twice as many threads are tried now and then; after the block there are as many as before.
    """

    def __init__(self, adapt: bool) -> None:
        self.most = torch.get_num_threads()
        self.adapt = adapt and self.most > 1 and not chosen_by_user()
        self.factors = itertools.cycle([0.5, 2])
        self.times: list[float] = []  # seconds of each step since the last median
        self.since = math.nan  # when the step in hand began
        self.first = self.usual = 0.0  # seconds a step: of the first steps, of the last ones
        self.trial_of = 0  # the number of threads to go back to, during a trial
        self.next_trial = 0.0
        self.told = False

    def begin(self) -> None:
        """Steps begin, or go on after something else was done, such as a validation."""
        self.since = time.perf_counter()

    def step(self) -> None:
        """A step has ended, and the next one begins."""
        began, self.since = self.since, time.perf_counter()
        self.times.append(self.since - began)
        if len(self.times) == STEPS:
            seconds = statistics.median(self.times)
            self.times = []
            self._end_trial(seconds) if self.trial_of else self._ordinary(seconds)

    def _ordinary(self, seconds: float) -> None:
        self.first, self.usual = self.first or seconds, seconds
        if seconds > SLOW * self.first and not self.told:
            self.told = True
            warn_user(
                f"a step takes {seconds / self.first:.0f} times as long as at first: does another program compute on "
                "this machine? Close it, or let this one use fewer threads (OMP_NUM_THREADS=1)"
            )
        if self.adapt and time.perf_counter() > self.next_trial:
            now = torch.get_num_threads()
            other = min(self.most, max(1, int(now * next(self.factors))))
            if other != now:
                self.trial_of = now
                _set(other)

    def _end_trial(self, seconds: float) -> None:
        if seconds > 0.95 * self.usual:
            _set(self.trial_of)  # it is not faster
        self.trial_of, self.next_trial = 0, time.perf_counter() + SECONDS_BETWEEN_TRIALS

    def __enter__(self) -> "Pace":
        return self

    def __exit__(self, *_: object) -> None:
        if self.adapt:
            _set(self.most)
