"""Make the folder in which models are given away."""

import contextlib
import json
import shutil
import sys
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tutorlm.files.atomic import atomic_write
from tutorlm.files.bundles import (
    CARD,
    CHARACTERS,
    CONFIG,
    FORMAT,
    LANGUAGE,
    LIBRARY,
    SUMS,
    plain_files,
    read_sums,
    sums_text,
)
from tutorlm.files.corpora import check_layout
from tutorlm.files.dictionaries import write_dictionary
from tutorlm.files.hub_library import library
from tutorlm.files.models import write_model_file
from tutorlm.files.regular import expanded, sha256_of
from tutorlm.language_model import LanguageModel
from tutorlm.messages import warn_user
from tutorlm.sharing.card import model_card
from tutorlm.sharing.check import Checked, check_bundle, require_pair
from tutorlm.sharing.licences import checked_licence
from tutorlm.sharing.measuring import Measured, facts, measure, text_digest
from tutorlm.sharing.sources import Given, sources, training, written_card
from tutorlm.sharing.story import USE, Story


def bundle(
    models: Given | Sequence[Given] | Mapping[str, Given], out: str | Path, *, licence: str | None = None,
    language: str | Sequence[str] | None = None, corpus: str | Path | None = None, title: str | None = None,
    text: str | None = None, use: str | None = None, licence_name: str | None = None,
) -> Checked:  # fmt: skip
    """Make the folder in which one model or a pair is given away: files, card, numbers and sums. Nothing is sent.

    Args:
        models: a model, its file, its folder or its name; two of them; a dict of "forward" and "backward"; or a folder
            with folders forward and backward, and perhaps corpus and card.md, as the course's notebook 12 makes it.
        out: the folder to make. An earlier bundle there is replaced; anything else is left, and is an error.
        licence: under which the models are given away, by the Hub's name for it ("cc0-1.0", "cc-by-4.0", …). The
            licence of the text must allow that.
        language: code of the text's language ("ko", "pt-BR"), or several.
        corpus: the corpus folder with train/ and test.txt: the numbers are measured on its test text. By default the
            folder corpus beside the models.
        title, text, use: what the card calls the models, whose text they read, what for. By default from card.md.
        licence_name: the licence's own name, if `licence` is "other".

    Returns:
        the result of `check_bundle` on the new folder and the test text.

    Raises:
        ValueError: something is missing, by its name; or the models are no sound pair.
        FileNotFoundError: there is no such model or corpus.
    """
    library()
    home = expanded(models) if isinstance(models, (str, Path)) else None
    if corpus is None and home and (home / "corpus" / "test.txt").is_file():
        corpus = home / "corpus"
    codes = [language] if isinstance(language, str) else list(language or [])
    _require(licence, codes, corpus)
    checked_licence(str(licence), licence_name)
    corpus, out = expanded(str(corpus)), expanded(out)
    check_layout(corpus)
    _require_free(out)
    found = sources(models)
    told = {"title": out.resolve().name, "text": f"the corpus {corpus.resolve().name}", "use": USE}
    told |= written_card(home) if home else {}
    told |= {key: value for key, value in {"title": title, "text": text, "use": use}.items() if value}
    with _new_folder(out) as folder:
        files = _write_models(folder, {name: source.state for name, source in found.items()})
        opened = {name: LanguageModel.load_language_model(folder / file) for name, file in files.items()}
        require_pair(opened)
        measured = measure(opened, corpus)
        config = {
            "library_name": LIBRARY, "model_type": "character-lm", "format": FORMAT, "tutorlm": _version(),
            "name": out.resolve().name, "language": codes, "licence": licence,
            "models": {name: _about(folder / files[name], model) for name, model in opened.items()},
            **_measured(measured, opened, corpus, f"{told['text']}: test.txt"),
            "training": {name: training(source.folder) for name, source in found.items()},
        }  # fmt: skip
        story = Story(told["title"], told["use"], licence_name, measured.samples)
        write_dictionary(folder / CHARACTERS, next(iter(opened.values())).dictionary)
        _write(folder / CONFIG, json.dumps(config, ensure_ascii=False, indent=1) + "\n")
        _write(folder / CARD, str(model_card(config, story)))
        renew_sums(folder)
        result = check_bundle(folder, corpus / "test.txt")
        if not result.ok:
            raise ValueError(f"no bundle was made: {'; '.join(result.problems)}")
    _warn(measured)
    return replace(result, folder=out)


def _require(licence: str | None, codes: list[str], corpus: str | Path | None) -> None:
    """ValueError that names everything that is missing."""
    asked = {
        "licence": (licence, "under which the models are given away, such as 'cc0-1.0' or 'cc-by-4.0'"),
        "language": (codes, "of the text, as a code such as 'ko'"),
        "corpus": (corpus, "the folder with train/ and test.txt, on which the numbers are measured"),
    }
    if missing := [f"{name}=… ({what})" for name, (value, what) in asked.items() if not value]:
        raise ValueError(f"missing: {'; '.join(missing)}")
    for code in codes:
        if not LANGUAGE.fullmatch(code):
            raise ValueError(f"language={code!r} is no code of a language: give 'ko' for Korean, 'pt-BR' for Brazilian "
                             "Portuguese, 'gsw' for Alemannic")  # fmt: skip


def _require_free(out: Path) -> None:
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise ValueError(f"{out} is no folder: give another name")
    if out.is_dir() and any(out.iterdir()) and not (out / SUMS).is_file():
        raise ValueError(f"{out} holds other files than a bundle's: give the name of a new folder")


@contextlib.contextmanager
def _new_folder(out: Path) -> Iterator[Path]:
    """A hidden folder that takes the name `out` when the block has succeeded."""
    folder = out.resolve().with_name(f".{out.resolve().name}.{uuid.uuid4().hex[:8]}.tmp")
    folder.mkdir(parents=True)
    try:
        yield folder
        if out.is_dir():
            for name in plain_files(out):
                (out / name).unlink()
            out.rmdir()
        folder.replace(out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write_models(folder: Path, states: dict[str, Any]) -> dict[str, str]:
    """Direction → name of the file that was written for it."""
    files = {name: f"{name}.pt" if len(states) > 1 else "best-lm.pt" for name in states}
    for name, state in states.items():
        write_model_file(folder / files[name], state)
    return files


def _version() -> str:
    return sys.modules["tutorlm"].__version__  # which imports all, and so is imported by nobody


def _about(file: Path, model: LanguageModel) -> dict[str, Any]:
    return {"file": file.name, "sha256": sha256_of(file), "bytes": file.stat().st_size, **facts(model)}


def _measured(measured: Measured, models: dict[str, LanguageModel], corpus: Path, text: str) -> dict[str, Any]:
    """The parts of config.json that were measured, and the dictionary's."""
    dictionary, score = next(iter(models.values())).dictionary, next(iter(measured.scores.values()))
    ngram = {"order": measured.order, "bits_per_character": float(round(measured.ngram_bits, 6)),
             "characters": measured.counted}  # fmt: skip
    return {
        "dictionary": {"file": CHARACTERS, "items": len(dictionary), "normalization": dictionary.normalization},
        "test": {"text": text[-500:], "sha256": text_digest(corpus / "test.txt"), "characters": len(score.text),
                 "scores": measured.results(), "ngram": ngram},
        "recited": measured.recited,
    }  # fmt: skip


def _warn(measured: Measured) -> None:
    if longest := max(measured.recited.values()):
        warn_user(f"these models recite: up to {longest} characters in a row of what they wrote are in the training "
                  "text, word for word. If that text is private, do not give them away. The card says so")  # fmt: skip
    for name, score in measured.scores.items():
        if score.bits_per_character >= measured.ngram_bits:
            warn_user(f"the {name} model needs {score.bits_per_character:.3f} bits per character of the test text, and "
                      f"an n-gram model {measured.ngram_bits:.3f}: train longer before you give it away")  # fmt: skip


def _write(path: Path, text: str) -> None:
    with atomic_write(path) as file:
        file.write(text.encode("utf-8"))


def renew_sums(folder: str | Path) -> Path:
    """Write SHA256SUMS of a bundle anew, after its README.md was edited; returns the file.

    ValueError if a model or another file than README.md has changed since they were measured: make the bundle again.
    """
    folder = expanded(folder)
    digests = {name: sha256_of(folder / name) for name in plain_files(folder) if name != SUMS}
    if (folder / SUMS).is_file():
        before = read_sums(folder / SUMS)
        changed = [name for name in {**digests, **before} if name != CARD and digests.get(name) != before.get(name)]
        if changed:
            raise ValueError(f"{folder}: {', '.join(changed)} changed, and only README.md may: make the bundle again")
    _write(folder / SUMS, sums_text(digests))
    return folder / SUMS
