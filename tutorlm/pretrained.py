"""Models by name: two small ones that ship with the package, and Flair's catalogue.

`find_model("news-mini-forward")` works offline. `find_model("news-forward")` downloads once, with
progress, into a cache folder (`TUTORLM_CACHE`, or `~/.cache/tutorlm`), goes on where a broken
download stopped, and notes the file's SHA-256, which is checked at every later use.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from tqdm import tqdm

from tutorlm.files.atomic import atomic_write, cache_folder, exists

SHIPPED = Path(__file__).parent / "models"
ATTEMPTS = 3
_NETWORK_ERRORS = (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError, ssl.SSLError)
_FLAIR = "https://flair.informatik.hu-berlin.de/resources/embeddings/flair/"
_HIPE = "https://files.ifi.uzh.ch/cl/siclemat/impresso/clef-hipe-2020/flair/"
_MALAYALAM = "https://raw.githubusercontent.com/qburst/models-repository/master/FlairMalayalamModels/"
_UKRAINIAN = "https://huggingface.co/dchaplinsky/"
_AMHARIC = "http://ltdata1.informatik.uni-hamburg.de/amharic/models/flair/"

# Name → address; {} stands for "forward" and for "backward". Names and addresses as in Flair 0.15.1.
_PAIRS = {
    "multi-{}": "lm-jw300-{}-v0.1.pt",
    "multi-v0-{}": "lm-multi-{}-v0.1.pt",
    "multi-{}-fast": "lm-multi-{}-fast-v0.1.pt",
    "en-{}": "news-{}-0.4.1.pt",
    "en-{}-fast": "lm-news-english-{}-1024-v0.2rc.pt",
    "news-{}": "news-{}-0.4.1.pt",
    "news-{}-fast": "lm-news-english-{}-1024-v0.2rc.pt",
    "mix-{}": "lm-mix-english-{}-v0.2rc.pt",
    "bg-{}-fast": "lm-bg-small-{}-v0.1.pt",
    "de-{}": "lm-mix-german-{}-v0.2rc.pt",
    "de-historic-ha-{}": "lm-historic-hamburger-anzeiger-{}-v0.1.pt",
    "de-historic-wz-{}": "lm-historic-wiener-zeitung-{}-v0.1.pt",
    "de-historic-rw-{}": "redewiedergabe_lm_{}.pt",
    "es-{}": "lm-es-{}.pt",
    "es-{}-fast": "lm-es-{}-fast.pt",
    "es-clinical-{}": "es-clinical-{}.pt",
    "eu-{}": "lm-eu-opus-large-{}-v0.2.pt",
    "eu-v1-{}": "lm-eu-opus-large-{}-v0.1.pt",
    "fr-{}": "lm-fr-charlm-{}.pt",
    "ja-{}": "japanese-{}.pt",
    "pl-{}": "lm-polish-{}-v0.2.pt",
    "pl-opus-{}": "lm-pl-opus-large-{}-v0.1.pt",
    "pt-{}": "lm-pt-{}.pt",
    "pubmed-{}": "pubmed-{}.pt",
    **{f"{code}-{{}}": f"lm-{code}-opus-large-{{}}-v0.1.pt"
       for code in ("ar", "bg", "cs", "da", "fa", "fi", "he", "hi", "hr", "id", "it", "nl", "no", "sl", "sv", "ta")},
    **{f"{code}-v0-{{}}": f"lm-{code}-large-{{}}-v0.1.pt" for code in ("cs", "eu", "nl", "sl", "sv")},
    "ml-{}": _MALAYALAM + "ml-{}.pt",
    "uk-{}": _UKRAINIAN + "flair-uk-{}/resolve/main/best-lm.pt",
    "de-impresso-hipe-v1-{}": _HIPE + "de-hipe-flair-v1-{}/best-lm.pt",
    "en-impresso-hipe-v1-{}": _HIPE + "en-flair-v1-{}/best-lm.pt",
    "fr-impresso-hipe-v1-{}": _HIPE + "fr-hipe-flair-v1-{}/best-lm.pt",
}  # fmt: skip
_SINGLE = {
    "pubmed-2015-forward": "pubmed-2015-fw-lm.pt",
    "pubmed-2015-backward": "pubmed-2015-bw-lm.pt",
    "am-forward": _AMHARIC + "best-lm.pt",
}

_LANGUAGES = {
    "arabic": "ar", "basque": "eu", "bulgarian": "bg", "croatian": "hr", "czech": "cs", "danish": "da",
    "dutch": "nl", "farsi": "fa", "persian": "fa", "finnish": "fi", "french": "fr", "german": "de",
    "hebrew": "he", "hindi": "hi", "indonesian": "id", "italian": "it", "japanese": "ja", "norwegian": "no",
    "polish": "pl", "portuguese": "pt", "slovenian": "sl", "spanish": "es", "swedish": "sv",
}  # fmt: skip


def _catalogue() -> dict[str, str]:
    pairs = {n.format(d): a.format(d) for n, a in _PAIRS.items() for d in ("forward", "backward")}
    return {name: end if "://" in end else _FLAIR + end for name, end in {**pairs, **_SINGLE}.items()}


CATALOGUE: dict[str, str] = _catalogue()


@dataclass(frozen=True)
class FoundModel:
    """A model file on this machine, and whether it was trained on lower-cased text."""

    path: Path
    is_lower: bool = False


def shipped_models() -> list[str]:
    """The names of the models that came with the package."""
    return sorted(path.stem for path in SHIPPED.glob("*.pt"))


def model_card(name: str) -> dict[str, object]:
    """What a shipped model was made from and how good it is."""
    return json.loads((SHIPPED / f"{name}.json").read_text(encoding="utf-8"))


def find_model(name_or_path: str | Path) -> FoundModel:
    """The file for a path, the name of a shipped model, or a name of Flair's catalogue.

    Raises:
        FileNotFoundError: neither a file nor a known name; the message has the nearest names.
        ConnectionError: the model is not in the cache and could not be downloaded.
        ValueError: the cached file is not the one that was downloaded.
    """
    path, name = Path(name_or_path), str(name_or_path).lower()
    if exists(path) and path.is_file():
        return FoundModel(path)
    if name in shipped_models():
        return FoundModel(SHIPPED / f"{name}.pt")
    language, _, rest = name.partition("-")
    name = f"{_LANGUAGES.get(language, language)}-{rest}"
    if name in CATALOGUE:
        return FoundModel(_cached(CATALOGUE[name]), is_lower="impresso-hipe" in name)
    if exists(path / "best-lm.pt"):
        raise FileNotFoundError(f"{name_or_path} is a folder; the model in it is {path / 'best-lm.pt'}")
    if path.suffix == ".pt" or len(path.parts) > 1:
        there = next((folder for folder in path.parents if exists(folder)), Path())
        raise FileNotFoundError(f"no model file {name_or_path}: of this path there is only {there.resolve()}")
    known = [*shipped_models(), *CATALOGUE]
    near = get_close_matches(name, known, n=3) or shipped_models()
    raise FileNotFoundError(
        f"no model file {name_or_path} and no model of that name. Nearest names: {', '.join(near)}. "
        "All names: tutorlm.pretrained.CATALOGUE; a path is looked up from the folder " + str(Path.cwd())
    )


def _cached(address: str) -> Path:
    path = cache_folder() / address.split("://")[1].replace("/", "_")
    note = path.with_name(path.name + ".sha256")
    if not path.exists():
        download(address, path)
    if not note.exists():
        with atomic_write(note) as file:
            file.write(_sha256(path).encode())
    elif note.read_text().strip() != _sha256(path):
        raise ValueError(
            f"{path} is not what was downloaded from {address} (SHA-256 differs). Delete it to load it anew"
        )
    return path


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def download(address: str, path: Path) -> None:
    """Load a file to `path`; it appears there when it is whole.

    What a broken connection left is kept beside it and gone on from, if the server still has the
    same file; else it is loaded from the start.

    Raises:
        ConnectionError: after three attempts; the message says what to do without a network.
    """
    part = path.with_name(path.name + ".part")
    for attempt in range(1, ATTEMPTS + 1):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _download_rest(address, part)
            _refuse_what_is_no_model(part)
            part.replace(path)
            part.with_suffix(".tag").unlink(missing_ok=True)
            return
        except (OSError, http.client.HTTPException) as error:
            if not isinstance(error, _NETWORK_ERRORS):
                raise OSError(
                    error.errno,
                    f"could not write {part} ({error.strerror}). Free some space, or set TUTORLM_CACHE to a folder "
                    "with room that you may write to; what is there will be gone on from",
                ) from None
            code = error.code if isinstance(error, urllib.error.HTTPError) else None
            if code == 416:  # nothing lies behind what is here already: it is whole, or of another file
                part.unlink(missing_ok=True)
            if attempt == ATTEMPTS or code in (403, 404, 410):
                have = part.stat().st_size if part.exists() else 0
                raise ConnectionError(
                    f"{address} could not be loaded ({error}; {have:,} bytes are here and will be gone on from). "
                    f"Without a network: load it elsewhere and put it at {path}, or use a model that needs none: "
                    f"{', '.join(shipped_models())}"
                ) from None


def _refuse_what_is_no_model(part: Path) -> None:
    """Model files are zip archives or pickles; a page that asks to log in is neither."""
    with part.open("rb") as file:
        beginning = file.read(60)
    if not beginning.startswith((b"PK", b"\x80")):
        part.unlink()
        raise ConnectionError(f"what came is no model file, it begins with {beginning!r}")


def _download_rest(address: str, part: Path) -> None:
    tag_file = part.with_suffix(".tag")  # which version of the file the part is of
    have = part.stat().st_size if part.exists() and tag_file.exists() else 0
    resume = {"Range": f"bytes={have}-", "If-Range": tag_file.read_text()} if have else {}
    request = urllib.request.Request(address, headers={"User-Agent": "tutorlm", **resume})
    with urllib.request.urlopen(request, timeout=30) as answer:
        goes_on = answer.status == 206
        have = have if goes_on else 0
        tag = answer.headers.get("ETag") or answer.headers.get("Last-Modified")
        if goes_on and tag != resume["If-Range"]:
            part.unlink()
            raise ConnectionError("the file on the server changed meanwhile")
        if tag and not tag.startswith("W/"):
            tag_file.write_text(tag)
        else:
            tag_file.unlink(missing_ok=True)
        length = answer.headers.get("Content-Length")
        total = have + int(length) if length else None
        bar = tqdm(total=total, initial=have, unit="B", unit_scale=True, desc=address.rsplit("/", 1)[-1], delay=1)
        with bar, part.open("ab" if goes_on else "wb") as file:
            while block := answer.read(1 << 16):
                file.write(block)
                bar.update(len(block))
    if total is not None and part.stat().st_size != total:
        raise ConnectionError(f"the connection broke after {part.stat().st_size:,} of {total:,} bytes")
