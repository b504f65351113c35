"""`python -m tutorlm share`: make, check and push a bundle, renew its sums, write an entry for the catalogue."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tutorlm.files.atomic import atomic_write
from tutorlm.files.regular import expanded
from tutorlm.sharing.bundle import bundle, renew_sums
from tutorlm.sharing.check import check_bundle
from tutorlm.sharing.upload import Shipment, entry, push

Said = tuple[str, Any, int]  # text, the same for programs, exit code
EXAMPLE = "bundle my_model my_bundle --licence cc0-1.0 --language en --corpus my_corpus"


def add_share_options(parser: argparse.ArgumentParser) -> None:
    """The actions of `share`, and their options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION", help="ACTION --help says more")

    def action(name: str, text: str) -> Callable[..., argparse.Action]:
        added = actions.add_parser(name, help=text, description=text)
        added.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print the result as JSON")
        return added.add_argument

    add = action("bundle", "make the folder in which models are given away")
    add("models", nargs="+", help="one model or two: files, folders or names; or a folder with forward and backward")
    add("out", type=expanded, help="the folder to make")
    add("--licence", help="under which the models are given away: cc0-1.0, cc-by-4.0 …")
    add("--licence-name", help="the licence's own name, with --licence other")
    add("--language", nargs="+", help="code of the text's language: ko, pt-BR …")
    add("--corpus", help="corpus folder; the numbers are measured on its test.txt (default: MODELS/corpus)")
    add("--title", help="what the card calls the models (default: from MODELS/card.md)")
    add("--text", help="whose text they read (default: from MODELS/card.md)")
    add("--use", help="what they are for (default: from MODELS/card.md)")

    add = action("check", "check a bundle, your own or a stranger's; exit code 1 if it is not sound")
    add("bundle", help="a folder, or hub:owner/name, perhaps with @revision")
    add("--test", help="a text or corpus folder on which to measure the models again")

    add = action("push", "upload a bundle to the Hub, privately unless --public is given")
    add("bundle", help="the folder")
    add("repository", help="owner/name on the Hub")
    add("--public", action="store_true", help="let everybody see and copy it")
    add("--dry-run", action="store_true", help="only show files and card; nothing is sent")
    add("--yes", action="store_true", help="do not ask before sending")
    add("--pull-request", action="store_true", help="propose the files to somebody else's repository")

    add = action("sums", "write SHA256SUMS anew, after README.md was edited")
    add("bundle", help="the folder")

    add = action("entry", "write an entry for the catalogue, which gives a model on the Hub a name")
    add("address", help="hub:owner/name, perhaps with @revision")
    add("name", help="the name: small letters, digits, single hyphens")
    add("--about", required=True, help="whose text it is, in a line")
    add("--out", type=expanded, default=Path(), help="folder for NAME.json (default: .)")


def run(options: argparse.Namespace) -> Said:
    """Do what was asked."""
    return ACTIONS[options.action](options)


def _bundle(options: argparse.Namespace) -> Said:
    models = options.models[0] if len(options.models) == 1 else options.models
    names = ("licence", "language", "corpus", "title", "text", "use", "licence_name")
    found = bundle(models, options.out, **{name: getattr(options, name) for name in names})
    return str(found), found.as_dict(), 0


def _check(options: argparse.Namespace) -> Said:
    found = check_bundle(options.bundle, options.test)
    return str(found), found.as_dict(), int(not found.ok)


def _push(options: argparse.Namespace) -> Said:
    settings = {"private": not options.public, "create_pr": options.pull_request}
    shipment = push(options.bundle, options.repository, dry_run=True, **settings)
    if options.dry_run:
        return str(shipment), _as_dict(shipment), 0
    if not options.yes:
        print(shipment, file=sys.stderr)
        if not (sys.stdin and sys.stdin.isatty()):
            raise ValueError("nothing was sent: add --yes to send it without being asked")
        if input(f"\nSend this to {options.repository}? [y/N] ").strip().lower() not in ("y", "yes"):
            return "nothing was sent", _as_dict(shipment), 1
    sent = push(options.bundle, options.repository, **settings)
    return str(sent), _as_dict(sent), 0


def _as_dict(shipment: Shipment) -> dict[str, Any]:
    return {"repository": shipment.repository, "private": shipment.private, "files": sorted(shipment.files),
            "address": shipment.address or None, "page": shipment.page or None}  # fmt: skip


def _sums(options: argparse.Namespace) -> Said:
    file = renew_sums(options.bundle)
    return str(file), {"sums": str(file)}, 0


def _entry(options: argparse.Namespace) -> Said:
    found = entry(options.address, options.name, options.about)
    file = options.out / f"{options.name}.json"
    with atomic_write(file) as binary:
        binary.write(json.dumps(found, ensure_ascii=False, indent=1).encode() + b"\n")
    return str(file), found, 0


ACTIONS: dict[str, Callable[[argparse.Namespace], Said]] = {
    "bundle": _bundle, "check": _check, "push": _push, "sums": _sums, "entry": _entry,
}  # fmt: skip
