"""The observer for a terminal: one progress bar, one line for each better model."""

from __future__ import annotations

import sys

from tqdm import tqdm

from tutorlm.events import Annealed, Event, Finished, NewBest, Started, Step, Stopped, bits


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
                f"{event.characters_per_second:,.0f} chars/s · {_minutes(event.seconds_left)} left",
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


def _minutes(seconds: float) -> str:
    return f"{seconds // 60:.0f}:{seconds % 60:02.0f}" if seconds < 360_000 else "days"
