"""Sizes of models and windows: whole numbers, and no more than memory can hold."""

import math
import numbers
import os
from typing import Any

import torch


def whole(name: str, value: Any, most: int = 2**31 - 1) -> int:
    """A size as a plain number; ValueError, with its name, if it is not a whole number from 1 to `most`."""
    if isinstance(value, bool) or not issubclass(type(value), numbers.Integral) or not 1 <= value <= most:
        raise ValueError(f"{name}={value!r}: give {name} as a whole number from 1 to {most:,}")
    return int(value)


def share(name: str, value: Any) -> float:
    """A share of values to leave out as a plain number; ValueError, with its name, if it is none."""
    if not issubclass(type(value), numbers.Real) or not 0 <= value < 1:
        raise ValueError(f"{name}={value!r} is a share of values: 0 or more, below 1")
    return float(value)


def parameters(items: int, hidden_size: int, nlayers: int, embedding_size: int, nout: int | None, decoder: bool) -> int:
    """How many numbers a language model of these sizes has to learn."""
    inputs = embedding_size + (nlayers - 1) * hidden_size  # of all layers together
    lstm = 4 * hidden_size * (inputs + nlayers * (hidden_size + 2))
    projection = (hidden_size + 1) * nout if nout else 0
    return items * embedding_size + lstm + projection + decoder * items * ((nout or hidden_size) + 1)


def require_memory(what: str, count: int, device: torch.device | str = "cpu") -> None:
    """Raise a ValueError if so many numbers of 4 bytes are more than all the memory of a device."""
    there, needed = memory(torch.device(device)), 4 * count
    if needed > there:
        place = "this machine" if torch.device(device).type != "cuda" else "the GPU"
        raise ValueError(f"{what} would take {needed / 1e9:,.1f} GB, and {place} has {there / 1e9:,.1f} GB of memory")


def memory(device: torch.device) -> float:
    """All the memory of a device in bytes, whether in use or not; infinity if the system does not tell."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[1]
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return math.inf
