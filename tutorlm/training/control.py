"""Control of a running training: stop, pause, resume and a new learning rate, from any thread or by a signal."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

from tutorlm.training.distributed import Team


@dataclasses.dataclass(frozen=True)
class Stop:
    """Why a run ends; `final_test` is False for a run that was interrupted, which should end at once."""

    reason: str
    final_test: bool = True


@dataclasses.dataclass(frozen=True)
class Decision:
    """What all processes of a run agreed on at a step boundary."""

    seconds: float
    learning_rate: float | None
    stop: Stop | None


class Control:
    """Requests to a running training. They may come from any thread and take effect at the next step boundary."""

    def __init__(self) -> None:
        self._running = threading.Event()  # cleared while paused
        self.reset()

    def reset(self) -> None:
        """Forget all requests, and start the clock."""
        self._stop: Stop | None = None
        self._learning_rate: float | None = None
        self._running.set()
        self._began = time.perf_counter()

    def start_clock(self, seconds: float) -> None:
        """Let `seconds` be the time that the run has taken until now."""
        self._began = time.perf_counter() - seconds

    @property
    def seconds(self) -> float:
        """The time that the run has taken, without pauses."""
        return time.perf_counter() - self._began

    def stop(self, reason: str) -> None:
        """End training, paused or not."""
        self._stop = self._stop or Stop(reason)
        self._running.set()

    def pause(self) -> None:
        """Make training wait, and its clock stop."""
        self._running.clear()

    def resume(self) -> None:
        """Continue after a pause."""
        self._running.set()

    def set_learning_rate(self, learning_rate: float) -> None:
        """Change the learning rate."""
        if not 0 < learning_rate < math.inf:
            raise ValueError(f"learning_rate={learning_rate}: give a number above 0")
        self._learning_rate = float(learning_rate)

    @property
    def requests(self) -> dict[str, Any]:
        """The requests that have not taken effect yet, by name."""
        waiting = {"stop": self._stop, "learning_rate": self._learning_rate, "pause": not self._running.is_set()}
        return {name: value for name, value in waiting.items() if value}

    def obey(self, team: Team) -> Decision:
        """Wait out a pause, collect the requests, and agree on them with the other processes.

        All processes must call this equally often: it exchanges one message.
        """
        if not self._running.is_set():
            paused_at = time.perf_counter()
            self._running.wait()
            self._began += time.perf_counter() - paused_at
        stop, rate, self._learning_rate = self._stop, self._learning_rate, None
        first = team.rank == 0  # whose clock and learning rate count
        seconds, rate_of_first, stops, without_test = team.sum(
            self.seconds * first, (rate or 0.0) * first, bool(stop), bool(stop and not stop.final_test)
        )
        if stops:
            stop = stop or Stop("another process of this run was asked to stop")
            stop = dataclasses.replace(stop, final_test=not without_test)
        return Decision(seconds, rate_of_first or None, stop)

    @contextlib.contextmanager
    def signals(self, advice: str, alone: bool) -> Iterator[None]:
        """Inside the block Ctrl-C stops training at the next step; pressed again, it interrupts at once.

        So does SIGTERM, by which a cluster announces the end of a job. (With several processes, torchrun
        repeats signals that they have already received, so a second one is ignored.)

        Args:
            advice: how the run can be continued, for the message.
            alone: whether this is the only process of the run.
        """

        def handle(signum: int, frame: Any) -> None:
            if self._stop and signum == signal.SIGINT and alone:
                raise KeyboardInterrupt
            self._stop = Stop(f"interrupted: the best model is saved; {advice}", final_test=False)
            self._running.set()

        if threading.current_thread() is not threading.main_thread():
            yield
            return
        previous = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)
