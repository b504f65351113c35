"""`python -m tutorlm`: the command line."""

import sys

from tutorlm.cli import main

sys.exit(main())
