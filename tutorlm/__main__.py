"""`python -m tutorlm`, or `tutorlm`: the command line."""

import sys

from tutorlm.cli import COMMANDS, main, make_parser, open_streams  # noqa: F401


def program() -> int:
    """Run the command that the process was started with; returns its exit code."""
    open_streams()
    return main()


if __name__ == "__main__":
    sys.exit(program())
