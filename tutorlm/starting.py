"""Before anything else is loaded: Ctrl-C ends the command `tutorlm` without a traceback from within its imports."""

import contextlib
import os
import signal
import sys
from typing import Any


def _end(signum: int, frame: Any) -> None:
    with contextlib.suppress(OSError):
        os.write(2, b"interrupted\n")
    os._exit(130)


def imported() -> None:
    """From here on Ctrl-C is a KeyboardInterrupt again."""
    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)


# While Python imports the package for `-m`, the program's name is not yet known.
_is_module = sys.argv[:1] == ["-m"] and sys.orig_argv[-len(sys.argv)] == "tutorlm"
_is_program = _is_module or os.path.basename("".join(sys.argv[:1])) in ("tutorlm", "tutorlm.exe")  # noqa: PTH119 – quick
if _is_program and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, _end)
