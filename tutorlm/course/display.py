"""Where live plots and explorers are shown, and whether a person is there to use them.

Exercises and charts import this too, and need no widgets: ipywidgets is imported when the first one is made.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ipywidgets

VIEW = "application/vnd.jupyter.widget-view+json"
Bundle = dict[str, Any]  # MIME type → data of an output
NOTHING: Bundle = {"text/html": "", "text/plain": ""}


def shell() -> Any:
    """The running IPython shell, or None."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def kernel() -> Any:
    """The kernel of the running notebook, or None."""
    return getattr(shell(), "kernel", None)


def someone_looks_on() -> bool:
    """Whether this cell was run by a front end with a person, who could be asked for input.

    nbclient and nbval cannot answer `input()` and tell the kernel so. Outside a kernel there is nobody to ask.
    """
    return bool(getattr(kernel(), "_allow_stdin", False))


def full_width() -> ipywidgets.HTML:
    """An empty HTML widget as wide as the page."""
    import ipywidgets

    return ipywidgets.HTML(layout={"width": "100%"})


def view(widget: ipywidgets.Widget, text: str) -> Bundle:
    """The output that shows a widget, for every supported version of ipywidgets."""
    return {VIEW: {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}, "text/plain": text}


def show(bundle: Bundle, metadata: dict[str, object] | None = None) -> None:
    """Show an output in the running cell; outside a kernel print its text."""
    if not kernel():
        print(bundle["text/plain"])
        return
    from IPython.display import display

    display(bundle, raw=True, metadata=metadata or {})


class Output:
    """An output of the running cell that can be replaced later, from any thread. A no-op outside a kernel.

    Args:
        bundle: what is shown at once; without it nothing is, until the first update.
    """

    def __init__(self, bundle: Bundle | None = None) -> None:
        self._handle: Any = None
        if bundle:
            self.update(bundle)

    def update(self, bundle: Bundle, metadata: dict[str, object] | None = None) -> None:
        """Show this in place of what was shown."""
        if self._handle:
            self._handle.update(bundle, raw=True, metadata=metadata or {})
        elif kernel():
            from IPython.display import display

            self._handle = display(bundle, raw=True, display_id=True, metadata=metadata or {})

    def clear(self) -> None:
        """Show nothing in place of what was shown."""
        if self._handle:
            self.update(NOTHING)
