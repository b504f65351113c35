"""The options of `python -m tutorlm train`: help texts, defaults, bounds, parser, and which may change on resume.

Options of the training itself are the fields of `TrainingSettings`.
"""

import argparse
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, fields
from pathlib import Path
from typing import Any

from tutorlm.dictionary import Dictionary
from tutorlm.files.corpora import BLANK_SHARE_WORTH_A_WORD, check_layout
from tutorlm.files.regular import expanded
from tutorlm.files.text import list_text_files, read_blocks
from tutorlm.fine_tuning import distance
from tutorlm.language_model import LanguageModel
from tutorlm.recipes import FAR, MUCH_TEXT, RECIPES, for_fine_tuning, for_text
from tutorlm.training.forms import shown
from tutorlm.training.record import damaged_record, recorded_settings
from tutorlm.training.settings import BOUNDS, TrainingSettings, checked, setting

SAMPLE = 10_000  # characters of valid text that a model to fine-tune is tried on
SECONDS = 180  # of training, if neither epochs nor seconds are given


@dataclass(frozen=True, kw_only=True)
class ModelOptions:
    """Which model to train."""

    hidden_size: int = setting("H, size of the LSTM's state", int, 256, "at least 1")
    nlayers: int = setting("LSTM layers", int, 1, "from 1 to 100")
    embedding_size: int = setting("E, size of a character's vector", int, 100, "at least 1")
    dropout: float = setting("share of values dropped in training", float, 0.1, "from 0 to 1")
    document_delimiter: str = setting(r"string that ends a document, such as [SEP] or \n\n", str, r"\n")
    backward: bool = setting("read the text from its end to its start", bool, False)
    dictionary: str | None = setting("a file, or 'chars'; counted from CORPUS/train if not given", str, None)
    model: str | None = setting("fine-tune this model, a file or a name, instead of a new one", str, None)
    shrink: float = setting("scale its weights first; 0.5 learns a distant domain faster", float, 1.0, "from 0 to 1")
    extend_dictionary: bool = setting("add to its dictionary new characters that occur at least twice", bool, False)
    recipe: str | None = setting("settings that go well together; with --model the default is fine-tuning", str, None,
                                 choices=tuple(sorted(RECIPES)))  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class MachineOptions:
    """Where to compute."""

    device: str = setting("auto, cpu, cuda, cuda:1, mps", str, "auto", free=True)
    threads: int | None = setting("CPU threads; what is fastest if not given", int, None, "from 1 to 1024", free=True)
    cache: str | None = setting("folder for the encoded corpus; CORPUS/.encoded if not given", str, None, free=True)


GROUPS = {
    "the model": ModelOptions,
    "the training": TrainingSettings,
    "the machine": MachineOptions,
}
OPTIONS: dict[str, Field] = {about.name: about for kind in GROUPS.values() for about in fields(kind)}
FREE = ("corpus", *(name for name, about in OPTIONS.items() if about.metadata["free"]))  # may change on resume
OF_NEW_MODELS = ("hidden_size", "nlayers", "embedding_size", "document_delimiter", "dictionary", "backward")
END = ("max_epochs", "max_seconds")


def resolve(given: dict[str, Any], out: Path, resume: bool) -> dict[str, Any]:
    """Options from defaults, recipe, the run to be resumed and `given`; later ones win. Contradictions: ValueError."""
    before = _settings_before(out / "run.json") if resume else {}
    for name, value in given.items():
        if name in before and name not in FREE and before[name] != value:
            raise ValueError(f"{_flag(name)} was {before[name]!r} in the run to be resumed: leave it out")
    if not before:
        _check_model_options(given)
    if {*END} & given.keys():  # a new end replaces the old one
        before = {name: value for name, value in before.items() if name not in END}
    settings = {**_defaults(given.get("model"), given.get("recipe")), **before, **given}
    if settings["max_epochs"] is None and settings["max_seconds"] is None:
        settings["max_seconds"] = SECONDS
    return settings


def suited_to_text(given: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """What the training text is like, and the settings, where not given, that suit it."""
    own = "fine-tuning" if "model" in given else "recommended"
    if given.get("recipe", own) != own:
        return "", {}
    folder = expanded(given["corpus"])
    check_layout(folder)
    characters = lines = blank = 0
    for block in (block for file in list_text_files(folder / "train") for block in read_blocks(file)):
        parts = block.split("\n")
        characters, lines, blank = characters + len(block), lines + len(parts) - 1, blank + parts[1:-1].count("")
        if characters > MUCH_TEXT:
            break
    text, suited = f"{'more than ' * (characters > MUCH_TEXT)}{characters:,} characters", dict(for_text(characters))
    knows_line_ends = "dictionary" not in given or "\n" in Dictionary.load(given["dictionary"])
    if "model" in given:
        model = LanguageModel.load(given["model"])
        sample = next(read_blocks(folder / "valid.txt"), "")[:SAMPLE]
        away = distance(model, sample)
        text += f", {'far from' if away > FAR else 'near to'} what {given['model']} knows"
        suited = dict(for_fine_tuning(characters, away, model.hidden_size))
    elif blank > BLANK_SHARE_WORTH_A_WORD * lines and knows_line_ends:
        text, suited = f"{text} with blank lines", {**suited, "document_delimiter": r"\n\n"}
    suited = {**suited, **({} if {*END} & given.keys() else {"max_seconds": SECONDS})}
    if "mini_batch_size" in suited:  # each process reads as many columns
        processes = int(os.environ.get("WORLD_SIZE", 1))
        suited["mini_batch_size"] = math.ceil(suited["mini_batch_size"] / processes) * processes
    return text, {name: value for name, value in suited.items() if name not in given}


def _settings_before(file: Path) -> dict[str, Any]:
    """The settings in run.json, each of its kind and within its bounds."""
    found = recorded_settings(file)
    kinds = {name: about.metadata for name, about in OPTIONS.items()} | {"corpus": setting("", str).metadata}
    for name in kinds.keys() & found.keys():
        value, kind = found[name], kinds[name]["kind"]
        if value is None and name != "corpus":
            continue  # a default that depends on others
        if type(value) is not kind and not (kind is float and type(value) is int):
            raise damaged_record(file, f"{name} is {shown(value)}, not of kind {kind.__name__}")
        try:
            checked(name, value, kinds[name])
        except ValueError as error:
            raise damaged_record(file, str(error)) from None
    return found


def _check_model_options(given: dict[str, Any]) -> None:
    fixed = ", ".join(_flag(name) for name in OF_NEW_MODELS if name in given)
    if "model" in given and fixed:
        has = "a model to fine-tune has its own sizes, delimiter, dictionary and direction"
        raise ValueError(f"{has}: leave out {fixed}")
    if "model" not in given and {"extend_dictionary", "shrink"} & given.keys():
        raise ValueError("--extend-dictionary and --shrink are for a model to fine-tune: name it by --model")


def _defaults(model: str | None, recipe: str | None) -> dict[str, Any]:
    """The default of every option; None for the sizes that a model to fine-tune has already."""
    recipe = recipe or ("fine-tuning" if model else "recommended")
    found = {name: about.default for name, about in OPTIONS.items()}
    found |= vars(RECIPES[recipe].training) | {"recipe": recipe, "precision": "auto", **dict.fromkeys(END)}
    of_the_model = ("hidden_size", "nlayers", "embedding_size", "document_delimiter", "dropout")
    return found | (dict.fromkeys(of_the_model) if model else {})


def training_settings(options: Mapping[str, Any]) -> TrainingSettings:
    """The options that the trainer takes."""
    chosen = {about.name: options[about.name] for about in fields(TrainingSettings)}
    return TrainingSettings(**{**chosen, "max_epochs": options["max_epochs"] or 1_000_000})


def add_train_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `train`. The parser sets only those given, so `resolve` can tell them from defaults."""
    parser.argument_default = argparse.SUPPRESS
    parser.add_argument("corpus", help="a corpus folder, as `prepare` makes it")
    parser.add_argument("out", type=expanded, help="folder for best-lm.pt, loss.tsv, run.json and checkpoint.pt")
    resume = "continue from OUT/checkpoint.pt with that run's settings (a new end replaces its end), or begin"
    parser.add_argument("--resume", action="store_true", default=False, help=resume)
    suited = dict.fromkeys([*for_text(0), "document_delimiter", "shrink"], "what suits the text")
    defaults = {**_defaults(None, None), **suited, "learning_rate": "3 / H", "max_seconds": f"{SECONDS:g} s in all"}
    for title, kind in GROUPS.items():
        group = parser.add_argument_group(title)
        word = "recommended" if kind is TrainingSettings else "default"
        for about in fields(kind):
            flag, data, default = _flag(about.name), about.metadata, defaults[about.name]
            text = data["help"] + (f" ({word}: {default})" if default else "")
            if data["kind"] is bool:
                group.add_argument(flag, action="store_true", help=text)
            else:
                group.add_argument(flag, type=reader(data["kind"], data["bounds"]), choices=data["choices"],
                                   metavar="NAME=VALUE,…" if data["kind"] is dict else None, help=text)  # fmt: skip


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def reader(kind: type, bounds: str = "") -> Callable[[str], Any]:
    """A `type` for argparse: a number or string within bounds."""
    if kind is dict:
        return _read_numbers

    def read(text: str) -> Any:
        value = kind(text)
        if bounds and (not BOUNDS[bounds](value) or value == math.inf):
            raise argparse.ArgumentTypeError(f"{text} must be {bounds}")
        return value

    read.__name__ = kind.__name__  # for argparse's message about what is not a number at all
    return read


def _read_numbers(text: str) -> dict[str, float]:
    """`encoder=0,rnn=0.3`."""
    try:
        return {name: float(number) for name, number in (part.split("=") for part in text.split(","))}
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form encoder=0,rnn=0.3") from None
