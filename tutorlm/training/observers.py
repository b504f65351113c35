"""Telling observers what happens in a run, so that they can neither change nor end it."""

from __future__ import annotations

from collections.abc import Iterable

import torch

from tutorlm.events import Event, Observer
from tutorlm.messages import warn_user


class Observers:
    """The observers of a run. One that fails is dropped with a warning."""

    def __init__(self, observers: Iterable[Observer], device: torch.device) -> None:
        self.observers = list(observers)
        self.gpus = [device] if device.type == "cuda" else []

    def __len__(self) -> int:
        return len(self.observers)

    def tell(self, event: Event) -> None:
        """Call every observer with an event."""
        for observer in list(self.observers):
            try:
                with torch.random.fork_rng(self.gpus):  # its random numbers are not taken from the run's
                    observer(event)
            except Exception as error:
                self.observers.remove(observer)
                warn_user(
                    f"the observer {observer!r} failed and is dropped; training goes on "
                    f"({type(error).__name__}: {error})"
                )
