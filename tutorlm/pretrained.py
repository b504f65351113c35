"""Models by name: two small ones that ship with the package, and Flair's catalogue.

`find_model("news-mini-forward")` works offline. `find_model("news-forward")` downloads the model at its first use,
with progress, into the cache folder (`TUTORLM_CACHE`, or `~/.cache/tutorlm`).
"""

import json
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from tutorlm.files.atomic import exists
from tutorlm.files.download import cached
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

    `name_or_path` is a model file, the name of a shipped model, or a name of Flair's catalogue in any case, which may
    begin with a language ("german-forward"). `~` at its beginning is the home folder.

    FileNotFoundError, with the nearest names, if it is none of these. For other errors see `files.download.cached`.
    """
    path, name = expanded(name_or_path), str(name_or_path).lower()
    if exists(path) and path.is_file():
        return FoundModel(path)
    if name in shipped_models():
        return FoundModel(SHIPPED / f"{name}.pt")
    language, _, rest = name.partition("-")
    name = f"{_FLAIR['languages'].get(language, language)}-{rest}"
    if name in CATALOGUE:
        advice = f"use a model that needs none: {', '.join(shipped_models())}"
        address = CATALOGUE[name]
        return FoundModel(cached(address, advice, DIGESTS.get(address, "")), is_lower="impresso-hipe" in name)
    raise FileNotFoundError(_why_not_found(path, name))


def _why_not_found(path: Path, name: str) -> str:
    if exists(path / "best-lm.pt"):
        return f"{path} is a folder; the model in it is {path / 'best-lm.pt'}"
    if exists(path) and len(path.parts) > 1:
        return f"{printable(path)} is not a file, and so no model"
    if path.suffix == ".pt" or len(path.parts) > 1:
        nearest = next((folder for folder in path.parents if exists(folder)), Path())
        return f"no model file {printable(path)}: of this path, only {nearest.resolve()} exists"
    near = get_close_matches(name, [*shipped_models(), *CATALOGUE], n=3) or shipped_models()
    return (
        f"no model file {printable(path)} and no model of that name. Nearest names: {', '.join(near)}. "
        f"tutorlm.pretrained.CATALOGUE has all names. A path is relative to {Path.cwd()}"
    )
