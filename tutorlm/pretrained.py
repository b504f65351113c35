"""Models by name: those that ship with the package, the community's, Flair's catalogue, and addresses on the Hub.

`find_model("news-mini-forward")` works offline. `find_model("news-forward")` downloads the model at its first use,
with progress, into the cache folder (`TUTORLM_CACHE`, or `~/.cache/tutorlm`). For `find_model("hub:owner/name")`
see `files.hub`, for the community's names `catalogue`.
"""

import json
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from tutorlm import catalogue
from tutorlm.files import hub
from tutorlm.files.atomic import exists
from tutorlm.files.download import cached
from tutorlm.files.hub_library import PREFIX
from tutorlm.files.regular import expanded
from tutorlm.messages import printable

SHIPPED = Path(__file__).parent / "models"
_FLAIR: dict[str, Any] = json.loads(Path(__file__).with_name("flair_models.json").read_text(encoding="utf-8"))
_PAIRS = {n.format(d): end.format(d) for n, end in _FLAIR["pairs"].items() for d in ("forward", "backward")}


def _address(end: str) -> str:
    return end if "://" in end else _FLAIR["base"] + end


CATALOGUE: dict[str, str] = {name: _address(end) for name, end in {**_PAIRS, **_FLAIR["single"]}.items()}
DIGESTS: dict[str, str] = {_address(end): digest for end, digest in _FLAIR["sha256"].items()}  # of some addresses


@dataclass(frozen=True)
class FoundModel:
    """A model file on this machine, and whether it was trained on lower-cased text."""

    path: Path
    is_lower: bool = False


def shipped_models() -> list[str]:
    """The names of the models that come with the package."""
    return sorted(path.stem for path in SHIPPED.glob("*.pt"))


def model_card(name: str) -> dict[str, Any]:
    """What a shipped model was made from and how good it is; FileNotFoundError for any other name."""
    if name not in shipped_models():
        raise FileNotFoundError(f"no model {printable(name)} comes with the package, but {', '.join(shipped_models())}")
    return json.loads((SHIPPED / f"{name}.json").read_text(encoding="utf-8"))


def find_model(name_or_path: str | Path) -> FoundModel:
    """The file of a model, downloaded if necessary.

    `name_or_path` is a model file, the name of a shipped model, a name of the community's catalogue, a name of Flair's
    in any case, which may begin with a language ("german-forward"), or an address: hub:owner/name or
    hub:owner/name/file.pt, either with @revision at its end. `~` at its beginning is the home folder.

    FileNotFoundError, with the nearest names, if it is none of these. For other errors see `files.download.cached` and
    `files.hub.fetch`.
    """
    if str(name_or_path).startswith(PREFIX):
        return FoundModel(hub.fetch(str(name_or_path)))
    path, name = expanded(name_or_path), str(name_or_path).lower()
    if exists(path) and path.is_file():
        return FoundModel(path)
    if name in shipped_models():
        return FoundModel(SHIPPED / f"{name}.pt")
    if given := catalogue.find(name):
        return FoundModel(hub.fetch(*given))
    language, _, rest = name.partition("-")
    name = f"{_FLAIR['languages'].get(language, language)}-{rest}"
    if name in CATALOGUE:
        advice = f"use a model that needs none: {', '.join(shipped_models())}"
        address = CATALOGUE[name]
        return FoundModel(cached(address, advice, DIGESTS.get(address, "")), is_lower="impresso-hipe" in name)
    raise FileNotFoundError(_why_not_found(path, name))


def find_pair(name_or_folder: str | Path) -> tuple[str | Path, str | Path]:
    """The forward and the backward model of a pair, as `find_model` takes them.

    `name_or_folder` is hub:owner/name, a folder with forward.pt and backward.pt or with folders forward and backward,
    or what the names of both begin with: "news-mini", "ko-tales", "german". ValueError or FileNotFoundError if one
    lacks.
    """
    name, folder = str(name_or_folder), expanded(name_or_folder)
    if name.startswith(PREFIX):
        return hub.pair(name)
    if folder.is_dir():
        for ending in (".pt", "/best-lm.pt"):
            forward, backward = (folder / f"{direction}{ending}" for direction in ("forward", "backward"))
            if forward.is_file() and backward.is_file():
                return forward, backward
        raise FileNotFoundError(f"{printable(folder)} has no pair of models: forward.pt and backward.pt, or folders "
                                "forward and backward with a best-lm.pt each")  # fmt: skip
    pattern = next((known for known in _FLAIR["pairs"] if known.replace("-{}", "") == name.lower()), f"{name}-{{}}")
    return pattern.format("forward"), pattern.format("backward")


def _why_not_found(path: Path, name: str) -> str:
    if exists(path / "best-lm.pt"):
        return f"{path} is a folder; the model in it is {path / 'best-lm.pt'}"
    if exists(path) and len(path.parts) > 1:
        return f"{printable(path)} is not a file, and so no model"
    if path.suffix == ".pt" or len(path.parts) > 1:
        nearest = next((folder for folder in path.parents if exists(folder)), Path())
        if nearest == Path() and path.suffix != ".pt" and hub.REPOSITORY.fullmatch(path.as_posix()):
            return f"no model file {path}. Is it a repository on the Hub? Then write {PREFIX}{path.as_posix()}"
        return f"no model file {printable(path)}: of this path, only {nearest.resolve()} exists"
    near = get_close_matches(name, [*shipped_models(), *catalogue.names(), *CATALOGUE], n=3) or shipped_models()
    return (
        f"no model file {printable(path)} and no model of that name. Nearest names: {', '.join(near)}. "
        f"tutorlm.pretrained.CATALOGUE has all names. A path is relative to {Path.cwd()}"
    )
