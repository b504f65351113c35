"""The whole pipeline in one command: `python -m tutorlm.course.demo [FOLDER]`.

Trains a forward and a backward model, compares them with simpler models, generates text, and
uses both together as word embeddings.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from pathlib import Path

import numpy as np
import torch

from tutorlm import Dictionary, FlairEmbeddings, LanguageModel, Sentence, StackedEmbeddings, TextCorpus, prepare_corpus
from tutorlm.baselines import baselines
from tutorlm.course.plots import losses_chart
from tutorlm.events import TrainingResult, bits
from tutorlm.files.course import sample_corpus
from tutorlm.recipes import RECOMMENDED

SAMPLE_CORPUS = sample_corpus() / "en"
SENTENCE = "I love Berlin"


def main(arguments: list[str] | None = None) -> None:
    """Run the demonstration."""
    parser = argparse.ArgumentParser(prog="python -m tutorlm.course.demo", description=__doc__)
    parser.add_argument("corpus", nargs="?", default=SAMPLE_CORPUS, type=Path,
                        help="a corpus folder, or any folder of .txt files (default: the sample corpus)")  # fmt: skip
    parser.add_argument(
        "--out",
        default=Path("demo_output"),
        type=Path,
        help="output folder; its prepared_corpus/ is replaced",
    )
    parser.add_argument("--seconds", default=46.0, type=float, help="training time for each of the two models")
    parser.add_argument("--hidden-size", default=256, type=int)
    options = parser.parse_args(arguments)
    try:
        demonstrate(options.corpus, options.out, options.seconds, options.hidden_size)
    except (OSError, ValueError) as error:
        sys.exit(f"error: {error}")


def demonstrate(folder: Path, out: Path, seconds: float, hidden_size: int) -> None:
    """Dictionary, corpus, two models, text, embeddings, figure."""
    began = time.perf_counter()
    own_text = folder != SAMPLE_CORPUS
    folder = as_corpus_folder(folder, out)
    dictionary = Dictionary.from_files(folder / "train")
    report = dictionary.coverage(folder / "valid.txt")
    print(f"Corpus {folder}\nDictionary: {len(dictionary)} items, {report.share:.2%} of the valid text covered\n")

    results: dict[str, TrainingResult] = {}
    models: dict[str, LanguageModel] = {}
    baseline_bits: dict[str, dict[str, float]] = {}
    for is_forward_lm in (True, False):
        name = "forward" if is_forward_lm else "backward"
        corpus = TextCorpus(folder, dictionary, is_forward_lm)
        baseline_bits[name] = baselines(training_text(corpus), corpus.valid, len(dictionary))
        torch.manual_seed(0)
        models[name] = LanguageModel(dictionary, is_forward_lm, hidden_size, nlayers=1)
        results[name] = RECOMMENDED.train(models[name], corpus, out / name, max_seconds=seconds)
    print_table(results, baseline_bits)
    for name, model in models.items():
        text, _ = model.generate_text("\n", 240, temperature=0.6, generator=torch.Generator().manual_seed(7))
        print(f"\nThe {name} model writes:\n  " + text.strip().replace("\n", "\n  "))
    show_embeddings(folder, out, own_text)
    picture = losses_chart(results, baseline_bits["forward"]).save(out / "loss.png")
    print(f"\nCurves: {picture}\nModels: {', '.join(str(result.best_model) for result in results.values())}")
    print(f"Done in {time.perf_counter() - began:.0f} seconds")


def as_corpus_folder(folder: Path, out: Path) -> Path:
    """The folder itself if it has the layout of a corpus, else a corpus prepared from its text files."""
    if (folder / "train").is_dir():
        return folder
    prepared = out / "prepared_corpus"
    shutil.rmtree(prepared, ignore_errors=True)
    print(prepare_corpus(folder, prepared))
    return prepared


def training_text(corpus: TextCorpus, at_most: int = 3_000_000) -> np.ndarray:
    """Encoded training text for counting n-grams, without case flips; the first millions are enough."""
    plain = TextCorpus(
        corpus.path,
        corpus.dictionary,
        corpus.is_forward_lm,
        random_case_flip=False,
        document_delimiter=corpus.document_delimiter,
    )
    parts: list[np.ndarray] = []
    for index in range(len(plain.train)):
        parts.append(plain.train.read(index))
        if sum(map(len, parts)) >= at_most:
            break
    return np.concatenate(parts)[:at_most]


def print_table(results: dict[str, TrainingResult], baseline_bits: dict[str, dict[str, float]]) -> None:
    """Bits per character on the valid text: simpler models, then ours before and after training."""
    print("\nBits per character on valid.txt" + "".join(f"{name:>12}" for name in results))
    for row in next(iter(baseline_bits.values())):
        print(f"  {row:<29}" + "".join(f"{baseline_bits[name][row]:12.3f}" for name in results))
    print(f"  {'LSTM before training':<29}" + "".join(f"{bits(r.initial_valid_loss):12.3f}" for r in results.values()))
    print(f"  {'LSTM after training':<29}" + "".join(f"{r.bits_per_character:12.3f}" for r in results.values()))
    print(f"  {'LSTM on test.txt':<29}" + "".join(f"{bits(r.test_loss):12.3f}" for r in results.values()))


def show_embeddings(folder: Path, out: Path, own_text: bool) -> None:
    """Embed a sentence forward and backward; list the nearest words of the corpus for each of its words."""
    stack = StackedEmbeddings([FlairEmbeddings(out / name / "best-lm.pt") for name in ("forward", "backward")])
    lines = (folder / "valid.txt").read_text(encoding="utf-8-sig").split("\n")
    lines = [line for line in lines if line.strip()][:300]
    # In a script without spaces each character counts as a word, since there is no tokenizer for it here.
    split = True if " " in lines[0] else lambda text: [character for character in text if character.strip()]
    beginning = " ".join(lines[0][:200].split()[:5]) if split is True else lines[0][:8]
    sentence = Sentence(beginning if own_text else SENTENCE, split)
    stack.embed(sentence)
    print(f"\nEmbedding {sentence.text!r}, forward + backward:")
    others = [Sentence(line[:400], split) for line in lines]
    vectors, words = stack.matrix(others), [token.text for other in others for token in other]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    for token in sentence:
        vector = token.embedding.numpy()
        likeness = vectors @ (vector / np.linalg.norm(vector))
        near: dict[str, float] = {}
        for place in np.argsort(-likeness):
            near.setdefault(words[place], float(likeness[place]))
            if len(near) == 5:
                break
        shown = ", ".join(f"{word} {value:.2f}" for word, value in near.items())
        print(f"  {token.text:<10} shape {tuple(token.embedding.shape)}, nearest: {shown}")


if __name__ == "__main__":
    main()
