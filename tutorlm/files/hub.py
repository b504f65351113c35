"""Models on the Hugging Face Hub: `hub:owner/name`, `hub:owner/name/file.pt`, either with `@revision` at its end.

A revision is a branch, a tag or a commit. A commit is kept for good: its files, once they are here, are opened without
a question to the network. For anything else the Hub is asked once, and the commit that it stands for is printed. The
files lie in the cache of `huggingface_hub`, whose settings (HF_HOME, HF_HUB_OFFLINE, HF_TOKEN …) are obeyed.
"""

import contextlib
import os
import re
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from tutorlm.files.bundles import (
    COMMIT,
    CONFIG,
    DIRECTIONS,
    LIBRARY,
    SHA256,
    SUMS,
    read_config,
    read_json,
    read_sums,
    read_text,
)
from tutorlm.files.hub_library import PREFIX, SECONDS, explained, hub_api, library, require_online
from tutorlm.files.regular import sha256_of
from tutorlm.files.tensors import MAX_FILE_BYTES
from tutorlm.messages import printable

_PART = r"[A-Za-z0-9._-]+"
REPOSITORY = re.compile(f"{_PART}/{_PART}")
_ADDRESS = re.compile(rf"hub:({_PART}/{_PART})((?:/{_PART})*)(?:@([A-Za-z0-9._/-]+))?")
HOW = "hub:owner/name, hub:owner/name/file.pt, or either with @revision at its end"


@dataclass(frozen=True)
class Address:
    """Where a model is: repository "owner/name", a file in it or "", a revision or ""."""

    repository: str
    file: str = ""
    revision: str = ""

    @classmethod
    def parse(cls, address: str) -> "Address":
        """The parts of an address; ValueError if it is none."""
        found = _ADDRESS.fullmatch(address)
        if not found or ".." in address:
            raise ValueError(f"{printable(address)!r} is no address of a model. Write {HOW}")
        repository, file, revision = found[1], found[2].lstrip("/"), found[3] or ""
        if revision.endswith(".pt"):
            raise ValueError(f"{address}: the file comes before the revision. Write {HOW}")
        return cls(repository, file, revision)

    def __str__(self) -> str:
        return f"{PREFIX}{self.repository}{self.file and '/'}{self.file}{self.revision and '@'}{self.revision}"

    @property
    def pinned(self) -> bool:
        """Whether the revision is a commit."""
        return bool(COMMIT.fullmatch(self.revision))


# -- what a repository holds, at one commit ----------------------------------------------------------------


@dataclass
class Snapshot:
    """The files of a repository at a revision: those that the Hub lists, or before it is asked, those that are here."""

    address: Address  # its revision becomes the commit with the first file
    sizes: dict[str, int | None]  # name → bytes, if known
    asked: bool = False
    token: str | bool = False

    def get(self, name: str) -> Path:
        """A file, downloaded unless it is here. FileNotFoundError if it is nowhere."""
        if self.address.pinned and (here := _folder(self.address) / name).is_file():
            return here
        self.ask()
        repository, revision = self.address.repository, self.address.revision or "main"
        missing = f"{PREFIX}{repository} has no file {name}. It has: {self.listed()}"
        if name not in self.sizes:
            raise FileNotFoundError(missing)
        if (self.sizes[name] or 0) > MAX_FILE_BYTES:
            raise ValueError(f"{PREFIX}{repository}/{name} has {self.sizes[name]:,} bytes: it is not downloaded")
        with explained(repository, revision, missing):
            path = Path(
                hub_api().hf_hub_download(repository, name, revision=revision, token=self.token, cache_dir=_cache())
            )
        commit = path.parts[-1 - len(Path(name).parts)]
        self.address = replace(self.address, revision=commit)
        return path

    def ask(self) -> None:
        """Ask the Hub what there is, once; ConnectionError if it cannot be reached."""
        if self.asked:
            return
        try:
            with explained(self.address.repository, self.address.revision):
                self.sizes, self.token = _listing(self.address)
        except ConnectionError as error:
            raise ConnectionError(
                f"{error}, and there is no copy of {self.address} in {_cache()}. Connect to the network, or use a file "
                "or a model that comes with the package"
            ) from error
        self.asked = True

    def listed(self) -> str:
        """The names of the first twenty files."""
        return printable(", ".join(sorted(self.sizes)[:20])) or "nothing"

    def models(self) -> dict[str, dict[str, Any]]:
        """Direction → what config.json says of its model; empty for models that were not made by this package."""
        if CONFIG not in self.sizes:
            return {}
        path = self.get(CONFIG)
        return read_config(path)["models"] if read_json(path).get("library_name") == LIBRARY else {}


def _cache() -> Path:
    return Path(os.environ.get("HF_HUB_CACHE") or library().constants.HF_HUB_CACHE).expanduser()


def _cached_repository(address: Address) -> Path:
    return _cache() / f"models--{address.repository.replace('/', '--')}"


def _folder(address: Address) -> Path:
    """Where the cache has the files of a pinned address."""
    return _cached_repository(address) / "snapshots" / address.revision


def snapshot(address: Address) -> Snapshot:
    """What there is at an address. A commit that is here is not asked for; without a network, what is here is taken."""
    if address.pinned and (here := _here(address)):
        return here
    found = Snapshot(address, {})
    try:
        found.ask()
    except ConnectionError as error:
        commit = _known_commit(address)
        here = _here(replace(address, revision=commit)) if commit else None
        if here is None:
            raise
        tqdm.write(f"{error.__cause__}: the copy of {commit} in the cache is used", file=sys.stderr)
        return here
    return found


def _here(address: Address) -> Snapshot | None:
    """What the cache has of a commit, if there is a model in it, or the file that is asked for."""
    folder = _folder(address)
    files = (file for file in folder.rglob("*") if file.is_file())
    names: dict[str, int | None] = {file.relative_to(folder).as_posix(): None for file in files}
    wanted = (address.file,) if address.file else (".pt", ".bin")
    return Snapshot(address, names) if any(name.endswith(wanted) for name in names) else None


def _known_commit(address: Address) -> str:
    """The commit for which a branch or tag stood when it was last asked for; "" if that is not known."""
    with contextlib.suppress(OSError, ValueError):
        noted = read_text(_cached_repository(address) / "refs" / (address.revision or "main"), 100).strip()
        return noted if COMMIT.fullmatch(noted) else ""
    return ""


def _listing(address: Address) -> tuple[dict[str, int | None], str | bool]:
    """Name → bytes of all files, and the token that is needed for them.

    The Hub is asked without a token at first: a public model needs none, and Colab asks its user before it gives one.
    """
    require_online()
    hub, token = hub_api(), ""
    asked: dict[str, Any] = {"revision": address.revision or None, "timeout": SECONDS, "files_metadata": True}
    try:
        found = hub.model_info(address.repository, token=False, **asked)
    except library().errors.RepositoryNotFoundError:
        if not (token := library().get_token()):
            raise
        found = hub.model_info(address.repository, token=token, **asked)
    if found.gated and not token:
        token = library().get_token() or ""
    return {one.rfilename: one.size for one in found.siblings}, token or False


# -- models ------------------------------------------------------------------------------------------------


def fetch(address: str, sha256: str = "") -> Path:
    """The file of the model at an address: here, or downloaded.

    Of a pair whose file is not named the forward model is taken, and that is said. An address that is not pinned is
    told the commit it stands for. The file must have the SHA-256 of config.json beside it, and `sha256` if given.

    ValueError for a wrong address, or a file that is not the one described; for others see `explained`.
    """
    asked = Address.parse(address)
    found = snapshot(asked)
    models = found.models()
    name = asked.file or _model_in(found, models)
    path = found.get(name)
    stated = {one["file"]: one["sha256"] for one in models.values()}
    _check(path, f"{replace(found.address, file=name)}", stated.get(name, ""), sha256)
    if not asked.pinned:
        both = "; its other direction is another file" if len(models) > 1 and not asked.file else ""
        tqdm.write(f"{asked} is {replace(found.address, file=name)}{both}", file=sys.stderr)
    return path


def _model_in(found: Snapshot, models: dict[str, dict[str, Any]]) -> str:
    if models:
        return models["forward" if "forward" in models else "backward"]["file"]
    if "best-lm.pt" not in found.sizes:
        found.ask()  # of what is here alone, another file may seem to be the only one
    names = [name for name in found.sizes if name.endswith((".pt", ".bin"))]
    if "best-lm.pt" in names or len(names) == 1:
        return "best-lm.pt" if "best-lm.pt" in names else names[0]
    what, remedy = ("several", f". Name one: hub:{found.address.repository}/{names[0]}") if names else ("no", "")
    raise FileNotFoundError(f"{found.address} holds {what} model files. It has: {found.listed()}{remedy}")


def _check(path: Path, address: str, *sums: str) -> None:
    """ValueError unless a file has these SHA-256, and the one under which the cache keeps it."""
    kept_as = path.resolve().name  # of a large file, its SHA-256
    digest = sha256_of(path)
    for wanted in (*sums, kept_as if SHA256.fullmatch(kept_as) else ""):
        if wanted not in ("", digest):
            raise ValueError(
                f"{address} is not the file it should be: its SHA-256 is {digest}, and not {wanted}. If the download "
                f"was damaged, delete {path.resolve()}; if not, do not use this model"
            )


def pair(address: str) -> tuple[str, str]:
    """The pinned addresses of the forward and of the backward model in a repository; ValueError if it lacks one."""
    asked = Address.parse(address)
    if asked.file:
        raise ValueError(f"{address} is one file. A pair is a repository: hub:{asked.repository}")
    found = snapshot(asked)
    models = found.models()
    files = [models[name]["file"] if name in models else f"{name}.pt" for name in DIRECTIONS]
    if not models and not {*files} <= {*found.sizes}:
        found.ask()
    if len(models) == 1 or not (models or {*files} <= {*found.sizes}):
        raise ValueError(f"{address} has no pair of models. It has: {found.listed()}")
    found.get(files[0])  # from here on, the commit is known
    if not asked.pinned:
        tqdm.write(f"{asked} is {found.address}", file=sys.stderr)
    forward, backward = (str(replace(found.address, file=file)) for file in files)
    return forward, backward


def copy_bundle(address: str, folder: Path) -> str:
    """Copy what SHA256SUMS of a repository names, and that file, into a folder; returns the pinned address."""
    found = snapshot(Address.parse(address))
    for name in [SUMS, *read_sums(found.get(SUMS))]:
        shutil.copyfile(found.get(name), folder / name)
    return str(found.address)
