"""tutorlm beside Flair, measured in one run on the same files: `make bench`, or `python -m benchmarks`."""
