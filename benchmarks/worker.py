"""What all workers have in common: one task a process, its arguments and its result as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import torch

Result = TypeVar("Result")


def timed(action: Callable[..., Result], *arguments: Any) -> tuple[float, Result]:
    """Call `action(*arguments)`: the seconds it took, and its result."""
    began = time.perf_counter()
    result = action(*arguments)
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - began, result


def peak_bytes() -> int:
    """The most memory this process ever had (resident set size)."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def import_optimizers() -> None:
    """Have torch import now what it imports with the first optimizer, which takes a second."""
    torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)


def torch_facts() -> dict[str, Any]:
    """Versions of what both sides are built on, and how many threads torch uses if nobody tells it."""
    import numpy

    python = ".".join(map(str, sys.version_info[:3]))
    versions = {"python": python, "torch": torch.__version__, "numpy": numpy.__version__}
    return {"versions": versions, "threads": torch.get_num_threads()}


def serve(tasks: Mapping[str, Callable[..., dict[str, Any]]]) -> None:
    """Do the task named on the command line and print its result as the last line."""
    print(json.dumps(tasks[sys.argv[1]](**json.loads(sys.argv[2]))))
