"""Parts of a run whose state a checkpoint keeps."""

from __future__ import annotations

from typing import Any


class Stateful:
    """A part whose state is its attributes: plain values and tensors."""

    def state_dict(self) -> dict[str, Any]:
        """Its state."""
        return dict(vars(self))

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore what `state_dict` returned."""
        vars(self).update(state)
