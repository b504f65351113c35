"""Where the models of a bundle come from: files, folders or names; and what their folders say of their making."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutorlm.files.bundles import DIRECTIONS, read_json, read_text
from tutorlm.files.hub_library import PREFIX
from tutorlm.files.models import read_model_file
from tutorlm.files.regular import expanded
from tutorlm.language_model import SETTINGS, LanguageModel
from tutorlm.pretrained import find_model

Given = LanguageModel | str | Path
KEPT = ("dictionary", "state_dict", "recurrent_type", "has_decoder", *SETTINGS)  # of a file; all else stays at home
_TOLD = ("seconds", "steps", "stopped", "valid_bits_per_character", "precision")  # of the result in run.json
_PRIVATE = ("corpus", "cache", "dictionary", "device", "threads")  # settings that name files or machines of one's own


@dataclass(frozen=True)
class Source:
    """One model to give away: its state, as `write_model_file` takes it, and the folder of its run."""

    state: dict[str, Any]
    folder: Path | None

    @property
    def direction(self) -> str:
        """ "forward" or "backward"."""
        return "forward" if self.state["is_forward_lm"] else "backward"


def sources(models: Given | Sequence[Given] | Mapping[str, Given]) -> dict[str, Source]:
    """Direction → source. ValueError for two of one direction, an exchanged pair, or one that cannot be measured."""
    found: dict[str, Source] = {}
    for said, given in _named(models):
        source = _source(given)
        if said not in ("", source.direction):
            raise ValueError(f"{_shown(given)} was given as the {said} model, but it reads {source.direction}")
        if source.direction in found:
            raise ValueError(f"two {source.direction} models were given: a bundle has one of each direction")
        if not source.state["has_decoder"]:
            raise ValueError(f"{_shown(given)} has no decoder, so that nobody can measure it: give a whole model")
        if not source.state["dictionary"].character_level:
            raise ValueError(f"{_shown(given)} reads words; character models are shared here")
        found[source.direction] = source
    return {name: found[name] for name in DIRECTIONS if name in found}


def _named(models: Given | Sequence[Given] | Mapping[str, Given]) -> list[tuple[str, Given]]:
    if isinstance(models, Mapping):
        if not models or not {*models} <= {*DIRECTIONS}:
            raise ValueError(
                f"models for {', '.join(map(str, models)) or 'nothing'}: give 'forward', 'backward' or both"
            )
        return list(models.items())
    if isinstance(models, LanguageModel):
        return [("", models)]
    if not isinstance(models, (str, Path)):
        return [("", one) for one in models]
    folder = expanded(models)
    if folder.is_dir() and not (folder / "best-lm.pt").is_file():
        inside: list[tuple[str, Given]] = [
            (name, folder / name) for name in DIRECTIONS if (folder / name / "best-lm.pt").is_file()
        ]
        if not inside:
            raise FileNotFoundError(f"{folder} has no best-lm.pt, and no folder forward or backward with one")
        return inside
    return [("", models)]


def _source(given: Given) -> Source:
    if isinstance(given, LanguageModel):
        return Source(given.to_state(), None)
    path = expanded(given)
    file = path / "best-lm.pt" if path.is_dir() else find_model(given).path
    state = read_model_file(file)
    return Source({name: state[name] for name in KEPT}, file.parent)


def _shown(given: Given) -> str:
    return "the model" if isinstance(given, LanguageModel) else str(given)


# -- how it was made -----------------------------------------------------------------------------------------


def training(folder: Path | None) -> dict[str, Any]:
    """What run.json says of a run, without names of files and machines; what loss.tsv says, if there is no run.json."""
    if folder and (folder / "run.json").is_file():
        return _recorded(folder / "run.json")
    if folder and (folder / "loss.tsv").is_file():
        return _from_losses(folder / "loss.tsv")
    return {}


def _recorded(file: Path) -> dict[str, Any]:
    run = read_json(file)
    parts = {name: run.get(name) for name in ("settings", "recipe", "result", "versions", "corpus")}
    settings, recipe, result, versions, corpus = (value if type(value) is dict else {} for value in parts.values())
    found = {name: settings.get(name) for name in ("recipe", "dropout", "seed")}
    if origin := settings.get("model"):  # a path is nobody's business
        found["fine_tuned_from"] = origin if str(origin).startswith(PREFIX) else Path(str(origin)).name
    found |= {name: value for name, value in recipe.items() if name not in _PRIVATE}
    found |= {name: result.get(name) for name in _TOLD}
    found |= {"began": run.get("began"), "corpus_digest": corpus.get("digest"), **versions}
    return {str(name): value for name, value in found.items() if _plain(value)}


def _plain(value: Any) -> bool:
    if type(value) is dict:
        return 0 < len(value) <= 20 and all(map(_plain, value.values()))
    return type(value) in (int, float, bool) or (type(value) is str and len(value) <= 200 and value.isprintable())


def _from_losses(file: Path) -> dict[str, Any]:
    rows = list(csv.DictReader(io.StringIO(read_text(file, 1 << 26)), delimiter="\t"))
    try:
        last = rows[-1]
        best = min(float(row["valid_bits_per_character"]) for row in rows)
        return {"epochs": int(last["epoch"]), "steps": int(last["step"]), "seconds": float(last["seconds"]),
                "valid_bits_per_character": best}  # fmt: skip
    except (LookupError, ValueError, TypeError):
        return {}  # of another program


def written_card(folder: Path) -> dict[str, str]:
    """What the learner's own card.md says: "title", "text", "use"; nothing if there is none."""
    file = folder / "card.md"
    if not file.is_file():
        return {}
    title, fields = card_fields(read_text(file))
    found = {"title": title, **{name.lower(): value for name, value in fields.items()}}
    return {name: value for name, value in found.items() if name in ("title", "text", "use") and value}


def card_fields(text: str) -> tuple[str, dict[str, str]]:
    """Title of a card.md, or "", and what its lines `name: value` say."""
    lines = [line.strip().lstrip("-* ").replace("**", "") for line in text.splitlines()]
    parts = (line.partition(":") for line in lines)
    found = {name.strip(): value.strip() for name, _, value in parts if value.strip()}
    return next((line.lstrip("# ") for line in lines if line.startswith("# ")), ""), found
