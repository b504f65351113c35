"""Progress in one line: of each training run, in cells that train several small models, and of a count."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from tqdm import tqdm

from tutorlm.course.display import Output, kernel
from tutorlm.course.editions import translate
from tutorlm.events import Event, Finished, NewBest, Started, Step, bits

PAUSE = 0.25  # seconds between two updates
DELAY = 2  # seconds before a line is worth showing
T = TypeVar("T")


def counted(items: Sequence[T], name: str) -> Iterator[T]:
    """The items, one after another; from the third second on a line says how many there were, until it is over."""
    if not kernel():
        yield from tqdm(items, desc=translate(name), delay=DELAY, leave=False)
        return
    began, line = time.perf_counter(), Output()
    try:
        for number, item in enumerate(items):
            if time.perf_counter() - began > DELAY:
                line.update({"text/plain": f"{translate(name)}: {number}/{len(items)}"})
            yield item
    finally:
        line.clear()


class ProgressLine:
    """An observer that shows a run in one line, which is updated while it trains and stays when it has ended.

        for size in (32, 64, 128):
            trainer_of(size).train(…, observers=[ProgressLine(f"H = {size}")])

    In a notebook the line is an output of its own, replaced in place; in a terminal it is written over; where output
    goes to a file only the last state is printed.

    Args:
        name: of the run, at the beginning of the line; by default the direction of the model.
        clock: gives the time in seconds.
    """

    def __init__(self, name: str = "", *, clock: Callable[[], float] = time.perf_counter) -> None:
        self.name, self.clock = name, clock
        self._title = name
        self._began = self._next = 0.0
        self._valid = float("nan")
        self._output = Output()

    def __call__(self, event: Event) -> None:
        """Take one event, and update the line if it is time."""
        if isinstance(event, Started):
            self._title = self.name or ("forward" if event.is_forward_lm else "backward")
            self._began, self._valid = self.clock(), bits(event.valid_loss)
            self._output = Output()
            self._show(f"before the first step, valid {self._valid:.2f} bits per character")
        elif isinstance(event, NewBest):
            self._valid = bits(event.valid_loss)
        elif isinstance(event, Step) and self.clock() >= self._next:
            seconds = self.clock() - self._began
            self._show(
                f"step {event.step:,}, train {bits(event.loss):.2f}, best valid {self._valid:.2f} bits per character, "
                f"{seconds:.0f} s"
            )
        elif isinstance(event, Finished):
            best = f"best valid {bits(event.best_valid_loss):.2f} bits per character"
            self._show(f"{event.step:,} steps, {best}, {event.seconds:.0f} s", last=True)

    def _show(self, text: str, last: bool = False) -> None:
        self._next = self.clock() + PAUSE
        line = f"{translate(self._title)}: {translate(text)}"
        if kernel():
            self._output.update({"text/plain": line})
        elif sys.stdout.isatty():
            print(f"\r\x1b[K{line}", end="\n" if last else "", flush=True)
        elif last:
            print(line, flush=True)
