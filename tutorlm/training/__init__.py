"""Training for a long time: settings, schedules, checkpoints, control, metrics, several processes, devices."""

from typing import Any


class Stateful:
    """A part of a run whose state, for a checkpoint, is its attributes: plain values and tensors."""

    def state_dict(self) -> dict[str, Any]:
        """Its state."""
        return dict(vars(self))

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore what `state_dict` returned."""
        vars(self).update(state)
