"""Is what a checkpoint holds the state of such a run? All of it is checked before any of it is restored.

`_forms` is the table: what each field of each part must be. `_check_together` compares fields with one another.
"""

import copy
import dataclasses
import math
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from tutorlm.events import Validated
from tutorlm.training.forms import Check, anything, each, equal, fields, many, real, require, same, shown, tensor, whole
from tutorlm.training.optimizers import make_optimizer

if TYPE_CHECKING:
    from tutorlm.training.run import Run

OF_THE_MACHINE = ("fused", "foreach", "capturable", "differentiable")  # options of how an optimizer computes


def checked_states(run: "Run", states: Any) -> dict[str, Any]:
    """The states of the parts of a run, fit to be restored; a ValueError names the field that is not."""
    fields(_forms(run))(states, "parts")
    _check_together(run, states)
    return {**states, "optimizer": _with_own_options(run, states["optimizer"])}


def _forms(run: "Run") -> dict[str, Check]:
    """What the state of each part must be: its fields, as `state_dict` of the part gives them."""
    now = {name: part.state_dict() for name, part in run.folder.parts.items()}
    columns, character = run.settings.mini_batch_size, whole(below=len(run.model.dictionary))
    schedule = {name: same(value) for name, value in now["schedule"].items()} | {"learning_rate": real()}
    if "best" in schedule:
        schedule |= {"best": real(math.inf), "bad_splits": whole(below=now["schedule"]["patience"] + 1)}
    scaler = {name: same(value) for name, value in now["scaler"].items()}
    if scaler:
        scaler |= {"scale": real(), "_growth_tracker": whole()}
    return {
        "windows": fields({
            "epoch": whole(), "split": whole(below=len(run.corpus.train)), "row": whole(), "sequence_length": whole(1),
            "last_row": many(character, columns, columns), "left_over": many(character, most=columns - 1),
        }),
        "carried": fields({"hidden": many(tensor(now["carried"]["hidden"][0]), 2, 2)}),
        "schedule": fields(schedule),
        "optimizer": fields({
            "state": anything,  # see `_check_optimizer`
            "param_groups": each([_options(run, own) for own in now["optimizer"]["param_groups"]]),
        }),
        "scaler": fields(scaler),
        "progress": fields({
            "step": whole(), "seconds": real(), "initial_valid_loss": real(math.inf, math.nan),
            "best_valid_loss": real(math.inf, math.nan), "split_loss": real(), "split_characters": whole(),
            "split_seconds": real(), "history": many(_row),
        }),
        "random": fields({"processes": many(each([_random(run, "cpu"), _random(run, "cuda")]), 1)}),
    }  # fmt: skip


def _row(value: Any, where: str) -> None:
    """One row of the history."""
    kinds = {field.name: whole() if field.type is int else real() for field in dataclasses.fields(Validated)}
    fields({**kinds, "train_loss": real(math.nan)})(value, where)  # NaN: of a split too short for a window


def _random(run: "Run", device: str) -> Check:
    """The state of a random generator; without a GPU, that of a GPU is not used."""
    used, wanted = device == "cpu" or run.random.on_gpu, "the state of a random generator"

    def check(value: Any, where: str) -> None:
        if value is None and device != "cpu":
            return
        require(type(value) is Tensor and value.dtype == torch.uint8, where, value, wanted)
        try:
            if used:
                torch.Generator(device).set_state(value)
        except RuntimeError:
            require(False, where, value, wanted)

    return check


def _is_of_torch(run: "Run") -> bool:
    """Whether an optimizer keeps its options, and of each parameter what it keeps after one step. Others may not."""
    return run.optimizer_class.__module__.startswith("torch.optim")


def _options(run: "Run", own: dict[str, Any]) -> Check:
    """The options of a group of parameters, as in this run; but the learning rate is what the schedule made of it."""
    known = own.keys() - {"lr", *OF_THE_MACHINE} if _is_of_torch(run) else {"factor", "params"}

    def check(value: Any, where: str) -> None:
        require(isinstance(value, dict) and {"lr", "factor"} <= value.keys(), where, value, "options of an optimizer")
        real()(value["lr"], f"{where}.lr")
        for name in known & value.keys():
            require(equal(value[name], own[name]), f"{where}.{name}", value[name], shown(own[name]))

    return check


def _with_own_options(run: "Run", state: dict[str, Any]) -> dict[str, Any]:
    """The state of an optimizer with the options of this run, which fit this machine and version of torch."""
    if not _is_of_torch(run):
        return state
    groups = zip(run.optimizer.state_dict()["param_groups"], state["param_groups"], strict=True)
    return {**state, "param_groups": [{**own, "lr": saved["lr"]} for own, saved in groups]}


def _check_together(run: "Run", states: dict[str, Any]) -> None:
    """Do the place in the text, the history, the losses and the optimizer agree with one another?"""
    place, progress = states["windows"], states["progress"]
    splits, history, where = len(run.corpus.train), progress["history"], "parts.progress"
    done = place["epoch"] * splits + place["split"]
    require(len(history) == done, f"the length of {where}.history", len(history), f"{done}, the splits done")
    for number, row in enumerate(history):
        for name, wanted in (("epoch", number // splits + 1), ("split", number % splits + 1)):
            require(row[name] == wanted, f"{where}.history.{number}.{name}", row[name], f"{wanted}")
    steps = [row["step"] for row in history] + [progress["step"]]
    require(steps == sorted(steps), f"{where}.step", progress["step"], "the last of numbers that grow")
    first, best = progress["initial_valid_loss"], progress["best_valid_loss"]
    fits = math.isnan(best) if math.isnan(first) else best <= min([first, *(row["valid_loss"] for row in history)])
    require(fits, f"{where}.best_valid_loss", best, f"the best of all, and {first} at first")
    _check_optimizer(run, states["optimizer"]["state"], progress["step"])
    _check_place(run, place, done)


def _check_place(run: "Run", place: dict[str, Any], done: int) -> None:
    """Does a window end at this row? Windows grow with each split begun; the random length of the first is known."""
    settings, windows, dataset = run.settings, copy.copy(run.windows), run.corpus.train
    grown = min(settings.sequence_length + done + (place["row"] > 0), settings.grow_to_sequence_length)
    length = max(settings.sequence_length, grown)
    require(place["sequence_length"] == length, "parts.windows.sequence_length", place["sequence_length"], f"{length}")
    if place["row"]:
        windows.load_state_dict({**place, "row": 0})
        index = dataset.order(place["epoch"])[place["split"]]
        characters = len(place["left_over"]) + len(dataset.read(index, place["epoch"]))
        windows.rows = characters // settings.mini_batch_size
        ends = [end for _, end in windows.bounds(index)]
        require(place["row"] in ends, "parts.windows.row", place["row"], "the end of a window")


def _check_optimizer(run: "Run", state: Any, step: int) -> None:
    """Is this what the optimizer remembers of each parameter? A twin shows it, after one step with gradients of 0."""
    if not _is_of_torch(run):
        require(type(state) is dict, "parts.optimizer.state", state, "a dict")
        return
    model, where = copy.deepcopy(run.model), "parts.optimizer.state"
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    twin = make_optimizer(run.optimizer_class, model, run.settings, run.settings.highest_rate(model.hidden_size))
    twin.step()
    like, found = _without_none(twin.state_dict()["state"]), _without_none(state)
    scaled = run.scaler.is_enabled()  # then steps whose gradients are not finite are left out
    if found == {} and (step == 0 or scaled):
        return
    forms = {number: fields({name: _like(value) for name, value in of_one.items()}) for number, of_one in like.items()}
    fields(forms)(found, where)
    for number, of_one in found.items():
        steps = float(of_one.get("step", step))
        fits = steps == step or (scaled and steps < step)
        require(fits, f"{where}.{number}.step", steps, f"{step}, as in parts.progress")


def _like(value: Any) -> Check:
    return tensor(value) if type(value) is Tensor else {int: whole(), float: real()}.get(type(value), same(value))


def _without_none(state: Any) -> Any:
    """Without values that are None, which some versions of torch store and others leave out."""
    if type(state) is not dict:
        return state
    inner = {name: _without_none(value) for name, value in state.items() if value is not None}
    return {name: value for name, value in inner.items() if type(value) is not dict or value}
