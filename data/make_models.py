"""Train the models that ship with the package, and write their cards: `make models`.

Without `--corpora` only the two that need no text but the sample corpus.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

import tutorlm
from tutorlm import Dictionary, LanguageModel, TextCorpus
from tutorlm.baselines import ngram_bits
from tutorlm.events import bits
from tutorlm.files.atomic import atomic_write
from tutorlm.files.models import write_model_file
from tutorlm.pretrained import SHIPPED
from tutorlm.recipes import RECOMMENDED

SAMPLES = Path(__file__).parent / "sample_corpus"
DIRECTIONS = ("forward", "backward")


@dataclass(frozen=True)
class Plan:
    """What a pair of models is made from, and how."""

    corpus: str
    language: str
    data: str
    licence: str
    limits: str
    hidden_size: int
    learning_rate: float
    dropout: float
    epochs: int
    coverage: float = 1.0
    two_bytes: bool = True  # a weight, in the file


BOOKS = (
    "public-domain text of Project Gutenberg by way of GITenberg: Anna Karenina (Tolstoy), Dracula (Stoker), works of "
    "Dickens, Austen, Doyle, Wells, Wodehouse, Lane, Johnston and Street; US inaugural and State of the Union addresses"
)
PLANS = {
    "news-mini": Plan(
        "en", "English", "data/sample_corpus/en: short news stories written for this project (CC0 1.0)", "CC0 1.0",
        "knows one small made-up town; for trying things out, not for real work", 256, 8e-3, 0.25, 30, two_bytes=False,
    ),
    "books": Plan(
        "en_books", "English", BOOKS, "public domain in the US",
        "knows novels and speeches, most of them older than 1925: no news, no Internet, the prejudices of their time",
        512, 2 / 512, 0.0, 6,
    ),
    "reviews-ko": Plan(
        "ko_nsmc_large", "Korean", "reviews of films from e9t/nsmc, of 25 characters and more", "CC0 1.0",
        "knows opinions about films in colloquial Korean, insults included, with their spelling; little else",
        384, 2 / 384, 0.1, 8, coverage=0.9999,
    ),
}  # fmt: skip


def main() -> None:
    """Train the models asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, help="folder with the corpus folders en_books and ko_nsmc_large")
    names = [f"{name}-{direction}" for name in PLANS for direction in DIRECTIONS]
    parser.add_argument("models", nargs="*", metavar="MODEL", help=f"some of {', '.join(names)}; all if none is named")
    options = parser.parse_args()
    if unknown := {*options.models} - {*names}:
        parser.error(f"{', '.join(sorted(unknown))}: give some of {', '.join(names)}")
    for name in options.models or names:
        plan = PLANS[name.rpartition("-")[0]]
        corpora = SAMPLES if plan.corpus == "en" else options.corpora
        if corpora is None:
            print(f"{name}: give the folder that holds {plan.corpus} by --corpora")
        else:
            make(name, plan, corpora / plan.corpus)


def make(name: str, plan: Plan, folder: Path) -> None:
    """Train one model and write it with its card."""
    dictionary = Dictionary.from_files(folder / "train", coverage=plan.coverage)
    for character in map(chr, range(0x20, 0x7F)):  # room to be fine-tuned on other text, code included
        dictionary.add_item(character)
    corpus = TextCorpus(folder, dictionary, is_forward_lm=name.endswith("forward"))
    torch.manual_seed(0)
    model = LanguageModel(dictionary, corpus.is_forward_lm, plan.hidden_size, nlayers=1, dropout=plan.dropout)
    with tempfile.TemporaryDirectory() as scratch:
        rates = {"learning_rate": plan.learning_rate, "betas": (0.9, 0.999)}  # of many steps
        result = RECOMMENDED.train(model, corpus, scratch, max_epochs=plan.epochs, **rates)
    state = model.to_state()
    if plan.two_bytes:
        state["state_dict"] = {key: tensor.half() for key, tensor in state["state_dict"].items()}
    write_model_file(SHIPPED / f"{name}.pt", state)
    write_card(name, plan, corpus, result.steps, result.seconds)


def write_card(name: str, plan: Plan, corpus: TextCorpus, steps: int, seconds: float) -> None:
    """Write what a model was made from and how good it is, with its weights as they are in the file."""
    model = LanguageModel.load(SHIPPED / f"{name}.pt")
    train, items = np.concatenate(list(corpus.train)), len(model.dictionary)
    card = {
        "name": name,
        "task": f"character language model of {plan.language}, reading {name.rpartition('-')[2]}",
        "data": plan.data,
        "licence": plan.licence,
        "command": "make models" if plan.corpus == "en" else "make models CORPORA=folder",
        "hidden_size": model.hidden_size,
        "nlayers": model.nlayers,
        "embedding_size": model.embedding_size,
        "dictionary_size": items,
        "train_characters": len(train),
        "epochs": plan.epochs,
        "steps": steps,
        "seconds": round(seconds),
        "machine": f"{os.cpu_count()} CPU cores, {platform.machine()}, torch {torch.__version__}",
    }
    for part, text in {"valid": corpus.valid, "test": corpus.test}.items():
        card[f"{part}_bits_per_character"] = round(bits(model.evaluate(text)), 4)
        card[f"{part}_bits_of_a_5_gram"] = round(ngram_bits(train, text, items, 5), 4)
    sample = "ko" if plan.language == "Korean" else "en"
    there = model.score(SAMPLES / sample / "test.txt").bits_per_character
    card[f"sample_corpus_{sample}_bits_per_character"] = round(there, 4)
    card |= {"tutorlm": tutorlm.__version__, "limits": plan.limits}
    with atomic_write(SHIPPED / f"{name}.json") as file:
        file.write(json.dumps(card, indent=2, ensure_ascii=False).encode("utf-8") + b"\n")
    print(f"{name}: {card['valid_bits_per_character']} bits per character, {card['seconds']} s")


if __name__ == "__main__":
    main()
