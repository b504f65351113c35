"""Push a bundle to the Hugging Face Hub: privately unless you say otherwise, and only what `check_bundle` passed."""

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tutorlm.catalogue import checked as checked_entry
from tutorlm.files.bundles import CARD, SUMS, read_sums, read_text, sums_text
from tutorlm.files.hub import REPOSITORY, Address
from tutorlm.files.hub_library import PREFIX, SECONDS, explained, hub_api, library, require_online
from tutorlm.files.regular import expanded
from tutorlm.messages import printable
from tutorlm.sharing.card import HERE
from tutorlm.sharing.check import check_bundle


@dataclass(frozen=True, repr=False)
class Shipment:
    """What goes to the Hub, or has gone.

    Attributes:
        repository: "owner/name".
        private: whether only you will see it.
        files: name → path, or content where it differs from the folder's: the card then names the repository.
        address: hub:owner/name@commit once it is there; "" before.
        page: of the pull request, if it is one.
    """

    repository: str
    private: bool
    files: dict[str, Path | bytes] = field(default_factory=dict)
    address: str = ""
    page: str = ""

    @property
    def card(self) -> str:
        """The card as it will stand there."""
        card = self.files[CARD]
        return card.decode() if isinstance(card, bytes) else read_text(card)

    @property
    def listing(self) -> str:
        """Where it goes or went, and which files, without the card."""
        if self.address:
            seen = self.page or ("private" if self.private else "public")
            return f"{self.address} ({seen})"
        seen = "private: only you will see it" if self.private else "PUBLIC: everybody can see and copy it"
        sizes = {n: len(f) if isinstance(f, bytes) else f.stat().st_size for n, f in self.files.items()}
        lines = [f"to {PREFIX}{self.repository} ({seen}); nothing was sent yet"]
        lines += [f"  {size:>13,} bytes  {name}" for name, size in sizes.items()]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.listing if self.address else f"{self.listing}\n\n{self.card}"

    __repr__ = __str__

    def _repr_markdown_(self) -> str:
        """For a notebook: the files, and the card as the Hub shows it."""
        body = self.card.split("\n---", 1)[1].lstrip("-").strip()
        return f"```text\n{self.listing}\n```\n\n{'' if self.address else body}"


def push(
    folder: str | Path, repository: str, *, private: bool = True, dry_run: bool = False, create_pr: bool = False,
    message: str = "Add the models",
) -> Shipment:  # fmt: skip
    """Upload a bundle, after checking it.

    Args:
        folder: what `bundle` made.
        repository: "owner/name"; it is created unless it exists.
        private: False lets everybody see and copy it. A model can recite its text: be sure that you may share that.
        dry_run: only return what would be sent, files and card; nothing is asked of the network.
        create_pr: propose the files to a repository of somebody else, as a pull request.
        message: of the commit.

    Returns:
        what was sent; its `address` names the commit, and `FlairEmbeddings(address)` opens the model.

    Raises:
        ValueError: the bundle is not sound, the repository is public and `private` was not set to False, or its name is
            none.
        PermissionError: no token, or one that may not write there. Log in with `hf auth login`; tokens are the
            library's business, and no argument here.
        ConnectionError: no network.
    """
    repository = repository.removeprefix(PREFIX)
    if not REPOSITORY.fullmatch(repository) or ".." in repository or "--" in repository:
        raise ValueError(f"{printable(repository)!r} is no repository: write owner/name")
    found = check_bundle(folder)
    if not found.ok:
        raise ValueError(f"nothing was sent: {'; '.join(found.problems)}")
    shipment = Shipment(repository, private, _files(expanded(folder), repository))
    return shipment if dry_run else _send(shipment, create_pr, message)


def _files(folder: Path, repository: str) -> dict[str, Path | bytes]:
    """The files of a bundle, with the repository's name in the card, and the card's new sum."""
    digests = read_sums(folder / SUMS)
    files: dict[str, Path | bytes] = {name: folder / name for name in sorted(digests)}
    card = read_text(folder / CARD).replace(HERE, repository).encode()
    files[CARD] = card
    digests[CARD] = hashlib.sha256(card).hexdigest()
    files[SUMS] = sums_text(digests).encode()
    return files


def _send(shipment: Shipment, create_pr: bool, message: str) -> Shipment:
    hub, repository = hub_api(), shipment.repository
    with explained(repository):
        require_online()
        private = _visibility(hub, repository)  # without a network this fails at once; an upload tries again and again
        hub.whoami()  # and without a good token, this
        if private is None and not create_pr:
            hub.create_repo(repository, private=shipment.private)
            private = shipment.private
        if shipment.private and private is False and not create_pr:
            raise ValueError(f"{PREFIX}{repository} exists, and is public: everybody would see the models. If that is "
                             "what you want, say private=False (--public)")  # fmt: skip
        operations = [
            library().CommitOperationAdd(name, content if isinstance(content, bytes) else str(content))
            for name, content in shipment.files.items()
        ]
        done = hub.create_commit(repository, operations, commit_message=message, create_pr=create_pr or None)
    address = str(Address(repository, revision=done.oid))
    return replace(shipment, private=bool(private), address=address, page=done.pr_url or "")


def _visibility(hub: Any, repository: str) -> bool | None:
    """Whether a repository is private; None if there is none, or none that may be seen."""
    try:
        return bool(hub.model_info(repository, timeout=SECONDS).private)
    except library().errors.RepositoryNotFoundError:
        return None


def entry(address: str, name: str, about: str) -> dict[str, Any]:
    """An entry for the catalogue: a name, for everybody, for exactly this commit. ValueError if it is not sound.

    `address` is hub:owner/name, perhaps with @revision; its files are downloaded and checked.
    """
    found = check_bundle(address)
    if not found.ok:
        raise ValueError(f"{address} is no sound bundle: {'; '.join(found.problems)}")
    config, pinned = found.config, Address.parse(str(found.folder))
    test = config["test"]
    models = {way: {**{key: said[key] for key in ("file", "sha256", "bytes")}, **test["scores"][way]}
              for way, said in config["models"].items()}  # fmt: skip
    return checked_entry({
        "name": name, "about": about, "language": config["language"], "licence": config["licence"],
        "address": f"{PREFIX}{pinned.repository}", "revision": pinned.revision, "models": models,
        "test": {"text": test["text"], "sha256": test["sha256"], "characters": test["characters"],
                 "ngram_bits_per_character": test["ngram"]["bits_per_character"]},
    })  # fmt: skip
