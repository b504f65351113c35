"""`python -m tutorlm`: the command line."""

import sys

from tutorlm.cli import COMMANDS, main, make_parser, open_streams  # noqa: F401

if __name__ == "__main__":
    open_streams()
    sys.exit(main())
