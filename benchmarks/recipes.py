"""What the recipes make of text of all sizes, beside what else could be done with it.

    python -m benchmarks.recipes CORPUS…

cuts each corpus folder to some sizes, trains on every cut by `train` without options, and writes RECIPES.md: bits per
character beside those of the best n-gram and of PPMd (`7za` or `7z` must be there: Debian's p7zip-full); AdamW beside
plain SGD at the course's size; and fine-tuning beside a new model. Two cores take about an hour.
"""

from __future__ import annotations

import argparse
import datetime
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.optim import SGD

from benchmarks import report
from benchmarks.bench import ROOT, clean_text
from benchmarks.raw import write_atomically
from tutorlm import Dictionary, LanguageModel, LanguageModelTrainer, TextCorpus
from tutorlm.baselines import ngram_bits
from tutorlm.datasets import python_reference_corpus
from tutorlm.recipes import RECOMMENDED
from tutorlm.training.devices import fastest_precision
from tutorlm.training.threads import cores

SIZES = (10_000, 50_000, 200_000, 1_000_000)  # characters
FINE_TUNING_SIZES = (10_000, 30_000, 200_000)
HELD_OUT = 30_000  # characters of valid and of test text, at most
PPMD_ORDERS = (4, 5, 6, 8, 10)
SLICE = 500  # characters
SPELT = 16  # bits that name a character that is unknown to a dictionary


def say(row: tuple[str, ...]) -> None:
    """Show a row while others are still to come."""
    print(" | ".join(row), file=sys.stderr, flush=True)


# -- by amount of text ---------------------------------------------------------------------------------


def cuts(corpora: list[Path], folder: Path, sizes: tuple[int, ...] = SIZES) -> Iterator[tuple[str, Path]]:
    """Corpus folders with a stretch from the middle of each corpus, of each size that it has."""
    for corpus in corpora:
        train = "".join(clean_text(file) for file in sorted((corpus / "train").iterdir()))
        for size in (size for size in sizes if size <= 1.2 * len(train)):
            cut = folder / f"{corpus.name}-{size}"
            first = max(0, (len(train) - size) // 2)
            first = train.find("\n", first) + 1 if first else 0
            write(cut / "train" / "text", whole_lines(train[first : first + size]))
            for part in ("valid", "test"):
                held_out = clean_text(corpus / f"{part}.txt")
                write(cut / f"{part}.txt", whole_lines(held_out[: max(3_000, min(HELD_OUT, size // 10))]))
            yield f"{corpus.name} | {len(clean_text(cut / 'train' / 'text')):,}", cut


def write(file: Path, text: str) -> None:
    """Write a file in a new folder."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def whole_lines(text: str) -> str:
    """A text up to its last line end."""
    return text[: text.rfind("\n") + 1]


def by_size(corpora: list[Path], folder: Path) -> Iterator[tuple[str, ...]]:
    """One row a cut."""
    yield ("corpus", "characters", "V", "settings", "s", "LSTM", "n-gram", "LSTM, spelt", "PPMd", "PPMd, in slices")
    for name, cut in cuts(corpora, folder):
        record = trained(cut, folder / "out")
        settings, result = record["settings"], record["result"]
        chosen = "H={hidden_size}, dropout {dropout:g}, B={mini_batch_size}".format(**settings)
        bits, unknown = result["test_bits_per_character"], unknown_share(cut, folder / "out" / "best-lm.pt")
        figures = [f"{value:.3f}" for value in (bits, best_ngram(cut), bits + SPELT * unknown, *ppmd(cut))]
        row = (*name.split(" | "), str(record["dictionary_size"]), chosen, f"{result['seconds']:.0f}", *figures)
        say(row)
        yield row


def trained(cut: Path, out: Path, *options: str) -> dict[str, Any]:
    """The record of a run of `train`."""
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "tutorlm", "train", str(cut), str(out), *options]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    return json.loads((out / "run.json").read_text(encoding="utf-8"))


def unknown_share(cut: Path, model: Path) -> float:
    """The share of characters of the test text that a model does not know."""
    return LanguageModel.load(model).score(cut / "test.txt").unknown_share


def best_ngram(cut: Path) -> float:
    """Bits per character of the test text, of the best of the orders 3 to 6 with Witten-Bell smoothing."""
    dictionary = Dictionary.from_files(cut / "train")
    corpus = TextCorpus(cut, dictionary)
    train = np.concatenate([corpus.train.read(number) for number in range(len(corpus.train))])
    return min(ngram_bits(train, corpus.test, len(dictionary), order) for order in (3, 4, 5, 6))


def ppmd(cut: Path) -> tuple[float, float]:
    """Bits per character of the test text after the training text: as a whole, and in slices.

    As a whole, PPMd learns from the test text while it reads it, which a model's weights do not; in slices it has read
    nothing of it but the slice's own beginning. The order is the one that packs both texts together best.
    """
    train, test = (clean_text(cut / name) for name in ("train/text", "test.txt"))
    order = min(PPMD_ORDERS, key=lambda order: packed(train + test, order))
    alone = packed(train, order)
    slices = [test[first : first + SLICE] for first in range(0, len(test), SLICE)]
    still = sum(packed(train + text, order) - alone for text in slices)
    return 8 * (packed(train + test, order) - alone) / len(test), 8 * still / len(test)


def packed(text: str, order: int) -> int:
    """Bytes of a text that 7-Zip packs by PPMd."""
    program = shutil.which("7za") or shutil.which("7z")
    if not program:
        sys.exit("error: neither 7za nor 7z is there; Debian has them as p7zip-full")
    with tempfile.TemporaryDirectory() as folder:
        file, archive = Path(folder, "text"), Path(folder, "text.7z")
        file.write_text(text, encoding="utf-8")
        method = f"-m0=PPMd:o={order}:mem=256m"
        subprocess.run([program, "a", "-bd", "-y", method, archive, file], check=True, capture_output=True)
        return archive.stat().st_size


# -- AdamW beside SGD ------------------------------------------------------------------------------------


def paired(folder: Path) -> Iterator[tuple[str, ...]]:
    """H = 128, four epochs of a sample corpus, the same windows and seed."""
    yield ("corpus", "seed", "RECOMMENDED", "SGD")
    for language in ("en", "ko", "hi"):
        for seed in (0, 1):
            found = [of_a_pair(language, seed, folder / "pair", plain) for plain in (False, True)]
            row = (language, str(seed), *(f"{value:.3f}" for value in found))
            say(row)
            yield row


def of_a_pair(language: str, seed: int, out: Path, plain: bool) -> float:
    """Bits per character of the valid text."""
    corpus = ROOT / "data" / "sample_corpus" / language
    dictionary = Dictionary.from_files(corpus / "train")
    text = TextCorpus(corpus, dictionary, seed=seed)
    torch.manual_seed(seed)
    model = LanguageModel(dictionary, True, 128, nlayers=1, dropout=0.1)
    shared: dict[str, Any] = {"max_epochs": 4, "seed": seed, "precision": "fp32", "observers": []}
    if plain:
        trainer = LanguageModelTrainer(model, text, SGD)
        return trainer.train(out, 64, 20, 16, clip=0.25, **shared).bits_per_character
    return RECOMMENDED.train(model, text, out, **shared).bits_per_character


# -- fine-tuning -----------------------------------------------------------------------------------------


def fine_tuned(corpora: list[Path], folder: Path) -> Iterator[tuple[str, ...]]:
    """One row a domain and size: the model as it is, a new one of its size, and the model after fine-tuning."""
    yield ("model", "text", "characters", "as it is", "a new model", "fine-tuned", "new / tuned")
    reference = python_reference_corpus(folder / "python_reference")
    of = {"books-forward": [reference], "reviews-ko-forward": [ROOT / "data" / "sample_corpus" / "ko"]}
    of["books-forward"] += [corpus for corpus in corpora if corpus.name.startswith("en_") and corpus.name != "en_books"]
    for name, domains in of.items():
        base = LanguageModel.load(name)
        for text, cut in cuts(domains, folder, FINE_TUNING_SIZES):
            before = base.score(cut / "test.txt").bits_per_character
            new = trained(cut, folder / "new", "--hidden-size", str(base.hidden_size))
            tuned = trained(cut, folder / "tuned", "--model", name, "--extend-dictionary")
            after = [record["result"]["test_bits_per_character"] for record in (new, tuned)]
            figures = [f"{value:.3f}" for value in (before, *after, after[0] / after[1])]
            row = (name, *text.split(" | "), *figures)
            say(row)
            yield row


# -- the page --------------------------------------------------------------------------------------------


def main() -> None:
    """Measure everything and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path, nargs="+", metavar="CORPUS", help="a corpus folder")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "RECIPES.md", help="the page to write")
    options = parser.parse_args()
    corpora = [corpus.resolve() for corpus in options.corpora]
    with tempfile.TemporaryDirectory(prefix="recipes-") as name:
        folder = Path(name)
        tables = list(paired(folder)), list(by_size(corpora, folder)), list(fine_tuned(corpora, folder))
    write_atomically(options.out, page(*(in_markdown(table) for table in tables)))


def in_markdown(rows: list[tuple[str, ...]]) -> str:
    """A table."""
    header, *others = rows
    return "\n".join(f"| {' | '.join(row)} |" for row in [header, ("---",) * len(header), *others])


def page(of_pairs: str, of_sizes: str, of_domains: str) -> str:
    """The text of RECIPES.md."""
    processor, precision = report.processor(), fastest_precision(torch.device("cpu"))
    return f"""# What the recipes make of text

Written by `python -m benchmarks.recipes` on {datetime.date.today()}, {processor}, {cores()} cores, torch
{torch.__version__}, computing in {precision} where nothing else is said. All figures are bits per character; less is
better. `PPMd` is that of 7-Zip.

## `train` without options

A stretch from the middle of each corpus, and at most 30,000 characters each of its valid and test text. All figures
are of the test text. The n-gram is the best of the orders 3 to 6 with Witten-Bell smoothing. To both, a character
outside the dictionary is `<unk>`, whichever it is; PPMd must say which, so for comparison with it {SPELT} bits are
added for each ("spelt"). PPMd has read the training text; its order is the one that packs both texts best. It learns
from the test text, too, while it reads it, as a model's weights do not. In slices it has forgotten each {SLICE}
characters before it reads the next.

{of_sizes}

## The recommended recipe and plain SGD

H = 128, T = 64, B = 16, four epochs of a sample corpus, the same windows, float32; SGD with learning rate 20 and clip
0.25. Valid text.

{of_pairs}

## Fine-tuning

`train --model MODEL --extend-dictionary` and, beside it, `train --hidden-size` with the model's size. Test text.

{of_domains}
"""


if __name__ == "__main__":
    main()
