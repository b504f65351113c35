"""`python -m tutorlm`: the command line."""

import sys

from tutorlm.cli import COMMANDS, main, make_parser  # noqa: F401

if __name__ == "__main__":
    sys.exit(main())
