"""Control of a running training, from any thread or by a signal: stop, pause, resume, a new learning rate."""

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


class Control:
    """Requests to a run in progress. They take effect at the next step."""

    def __init__(self) -> None:
        self._running = threading.Event()  # cleared while paused
        self.forget_requests()

    def forget_requests(self) -> None:
        """Be ready for another run."""
        self.start_clock(0.0)
        self._stop: Stop | None = None
        self._new_rate = 0.0
        self._running.set()

    def stop(self, reason: str = "stopped on request") -> None:
        """End training, paused or not."""
        self._stop = self._stop or Stop(reason)
        self._running.set()

    def pause(self) -> None:
        """Make training wait. Its clock stops, too: `max_seconds` does not count a pause."""
        self._running.clear()

    def resume(self) -> None:
        """Continue training after a pause."""
        self._running.set()

    def set_learning_rate(self, learning_rate: float) -> None:
        """Change the learning rate: with "plateau" the one in use, with other schedules the highest."""
        if not 0 < learning_rate < math.inf:
            raise ValueError(f"learning_rate={learning_rate}: give a number above 0")
        self._new_rate = float(learning_rate)

    def start_clock(self, seconds: float) -> None:
        """Let `seconds` be the time that the run has taken until now."""
        self._began = time.perf_counter() - seconds

    def clock(self) -> float:
        """Seconds that the run has taken, without pauses."""
        return time.perf_counter() - self._began

    def agree(self, team: Team) -> tuple[float, float, Stop | None]:
        """Wait out a pause; agree with the other processes on seconds taken, a new learning rate or 0, why to stop."""
        if not self._running.is_set():
            paused = self.clock()
            self._running.wait()
            self.start_clock(paused)
        stop, rate, self._new_rate = self._stop, self._new_rate, 0.0
        first = team.rank == 0  # whose clock and learning rate count
        seconds, rate, stops, without_test = team.sum(
            self.clock() * first, rate * first, bool(stop), bool(stop and not stop.final_test)
        )
        if stops:
            stop = stop or Stop("another process of this run was asked to stop")
            stop = dataclasses.replace(stop, final_test=not without_test)
        return seconds, rate, stop

    @contextlib.contextmanager
    def signals(self, advice: str, alone: bool) -> Iterator[None]:
        """Inside the block Ctrl-C, or SIGTERM, stops training at the next step; Ctrl-C again interrupts at once.

        torchrun repeats signals that its processes have already received, so only a process that is `alone`
        counts a second one. `advice` says how the run can be continued.
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
                if signal.getsignal(number) is handle:  # unless a lost process has meanwhile changed it
                    signal.signal(number, handler)
