"""Two plain observers: a progress bar for a terminal, and lines for logs, pipes and notebooks."""

import sys
from collections.abc import Callable
from typing import TextIO

from tqdm import tqdm

from tutorlm.events import Annealed, Event, Finished, NewBest, Started, Step, Stopped, Validated, bits


class ProgressBar:
    """A tqdm bar with bits per character, characters per second and the time left."""

    def __init__(self) -> None:
        self.bar: tqdm | None = None
        self.valid = float("nan")

    def __call__(self, event: Event) -> None:
        """Show one event."""
        if isinstance(event, Started):
            direction = "forward" if event.is_forward_lm else "backward"
            layout = "{desc} {percentage:3.0f}%|{bar:24}| {postfix}"
            self.bar = tqdm(total=1.0, desc=direction, bar_format=layout, mininterval=0.5, file=sys.stderr)
            self.valid = event.valid_loss
        elif self.bar is None:
            return
        elif isinstance(event, Step):
            self.bar.set_postfix_str(
                f"train {bits(event.loss):.3f} · valid {bits(self.valid):.3f} bits/char · "
                f"{event.characters_per_second:,.0f} chars/s · {minutes(event.seconds_left)} left",
                refresh=False,
            )
            self.bar.update(event.progress - self.bar.n)
        elif isinstance(event, NewBest):
            self.valid = event.valid_loss
        elif isinstance(event, Annealed):
            self.bar.write(f"learning rate down to {event.learning_rate:g} at step {event.step:,}", file=sys.stderr)
        elif isinstance(event, Stopped):
            self.bar.write(event.reason, file=sys.stderr)
        elif isinstance(event, Finished):
            self.bar.close()


def minutes(seconds: float) -> str:
    """Minutes and seconds, as 1:05."""
    if seconds >= 360_000:
        return "days"
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"


class PlainLines:
    """One line at the end of a split, but not more than one every `seconds`; to `file` or standard output."""

    def __init__(self, seconds: float = 5.0, file: TextIO | None = None) -> None:
        self.seconds, self.file = seconds, file
        self.direction, self.next = "", 0.0

    def __call__(self, event: Event) -> None:
        """Print one line if there is news and it is time."""
        if isinstance(event, Started):
            self.direction = "forward" if event.is_forward_lm else "backward"
        elif isinstance(event, Validated) and event.seconds >= self.next:
            self.next = event.seconds + self.seconds
            self._print(
                f"{event.seconds:.0f} s, epoch {event.epoch}, split {event.split}, train {bits(event.train_loss):.3f}, "
                f"valid {bits(event.valid_loss):.3f} bits/char, {event.characters_per_second:,.0f} chars/s"
            )
        elif isinstance(event, Stopped):
            self._print(event.reason)

    def _print(self, text: str) -> None:
        print(f"{self.direction}: {text}", file=self.file, flush=True)


def default_observer() -> Callable[[Event], None]:
    """A progress bar where a person looks at the terminal, plain lines elsewhere."""
    return ProgressBar() if sys.stderr and sys.stderr.isatty() else PlainLines()
