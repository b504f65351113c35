"""Optimizers with a learning rate for each layer, and layers that are frozen."""

import contextlib
import dataclasses
import inspect
import math
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from numbers import Real
from typing import Any

from torch import nn
from torch.optim import Optimizer

from tutorlm.training.settings import TrainingSettings


def layer_rate(name: str, layer_rates: Mapping[str, float]) -> float:
    """The factor on the learning rate of the parameter `name`: that of the longest key it begins with, else 1."""
    fitting = [key for key in layer_rates if name.startswith(key)]
    return layer_rates[max(fitting, key=len)] if fitting else 1.0


def make_optimizer(
    kind: Callable[..., Optimizer], model: nn.Module, settings: TrainingSettings, rate: float
) -> Optimizer:
    """An optimizer with one group of parameters for each factor; the group's "factor" is kept beside its "lr"."""
    groups: dict[float, list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        groups.setdefault(layer_rate(name, settings.layer_rates or {}), []).append(parameter)
    groups.pop(0.0, None)
    if not groups:
        raise ValueError("layer_rates freezes every layer: there is nothing left to train")
    on_gpu = next(model.parameters()).device.type == "cuda"
    fast = {"fused": True} if on_gpu and "fused" in inspect.signature(kind).parameters else {}
    _check_names(kind, settings.optimizer_settings or {})
    parameters = [{"params": group, "lr": rate * factor, "factor": factor} for factor, group in groups.items()]
    return kind(parameters, lr=rate, **{**fast, **(settings.optimizer_settings or {})})


def _check_names(kind: Callable[..., Optimizer], given: Mapping[str, Any]) -> None:
    """Raise a TypeError, with the nearest name, for a setting that neither `train` nor the optimizer has."""
    allowed = inspect.signature(kind).parameters
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in allowed.values()):
        return
    of_optimizer = [name for name in allowed if name not in ("params", "lr")]
    known = [*(about.name for about in dataclasses.fields(TrainingSettings)), *of_optimizer]
    for name in given:
        if name not in of_optimizer:
            near = get_close_matches(name, known, n=1)
            nearest = f"the nearest is {near[0]}; " if near else ""
            others = f"{getattr(kind, '__name__', kind)} has {', '.join(of_optimizer)}"
            raise TypeError(f"train has no setting {name}: {nearest}{others}; help(LanguageModelTrainer.train) has all")


def set_rate(optimizer: Optimizer, learning_rate: float) -> None:
    """Give every group its share of the learning rate."""
    for group in optimizer.param_groups:
        group["lr"] = learning_rate * group["factor"]


@contextlib.contextmanager
def frozen(model: nn.Module, layer_rates: Mapping[str, float]) -> Iterator[None]:
    """Inside the block, layers whose factor is 0 need no gradients. ValueError if a key fits no parameter."""
    names = [name for name, _ in model.named_parameters()]
    for key, rate in layer_rates.items():
        if not isinstance(rate, Real) or not 0 <= rate < math.inf or not any(name.startswith(key) for name in names):
            raise ValueError(f"layer_rates={{{key!r}: {rate}}}: give 0 or more for the beginning of {', '.join(names)}")
    to_freeze = [p for n, p in model.named_parameters() if p.requires_grad and layer_rate(n, layer_rates) == 0]
    for parameter in to_freeze:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in to_freeze:
            parameter.requires_grad_(True)
