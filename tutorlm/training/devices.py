"""Devices to compute on, and the precision they support."""

import re

import torch
from torch import nn

from tutorlm.messages import warn_user
from tutorlm.training.threads import use_cores

PRECISIONS = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


def choose_device(name: str | torch.device = "auto") -> torch.device:
    """The device of that name, or a ValueError; "auto" is the first available of CUDA, MPS and CPU."""
    if str(name) == "auto":
        name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError, ImportError) as error:
        reason = re.split(r"\.\s|\n", str(error))[0]
        message = f"device={str(name)!r} cannot be used ({reason}); 'auto' takes the best available device"
        raise ValueError(message) from None
    if device.type == "cpu":
        use_cores()
    return device


def choose_precision(wanted: str, device: torch.device) -> str:
    """The precision wanted; if the device cannot compute an LSTM in it, a fallback and a warning.

    "bf16" becomes "fp16" on GPUs without bfloat16; on other devices both become "fp32".
    """
    if wanted not in PRECISIONS:
        raise ValueError(f"precision={wanted!r} is not one of {', '.join(PRECISIONS)}")
    if wanted == "fp32" or _computes_in(PRECISIONS[wanted], device):
        return wanted
    instead = "fp16" if device.type == "cuda" and wanted == "bf16" else "fp32"
    warn_user(f"this {device.type} device does not compute an LSTM in {wanted}: using {instead}")
    return instead


def fastest_precision(device: torch.device, characters: int = 1024) -> str:
    """The precision in which a model reads fastest, if a step has so many characters.

    "bf16" on CPUs that multiply such numbers themselves (AVX512-BF16, AMX). There a step of 1,024 characters is 1.3
    (H = 64) to 1.6 times (H = 512) as fast as in "fp32", 2.2 times with V = 2,000; one of 100 characters is not.
    Sentences are embedded 1.4 (H = 256) to 2 times (H = 1,024) as fast. GPUs: not measured, so "fp32".
    """
    native = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    has_it = device.type == "cpu" and any(getattr(torch.cpu, name, bool)() for name in native)
    return "bf16" if has_it and characters >= 256 else "fp32"


def _computes_in(dtype: torch.dtype, device: torch.device) -> bool:
    """Whether the device supports `dtype`, which a very small LSTM shows."""
    if device.type == "cuda":
        return dtype == torch.float16 or torch.cuda.get_device_capability(device) >= (8, 0)
    try:
        with torch.autocast(device.type, dtype):
            nn.LSTM(8, 8, device=device)(torch.zeros(1, 1, 8, device=device))[0].sum().backward()
    except RuntimeError:
        return False
    return dtype == torch.bfloat16  # fp16 needs gradient scaling, which is done only on CUDA
