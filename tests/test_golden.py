"""Golden numbers: what the package computed before it was rebuilt, it computes still.

Windows are compared by digest. Losses, scores and vectors are floating-point numbers, whose last digits
depend on the processor, so they are compared to three or five digits. `python tests/test_golden.py` writes new ones.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.optim import SGD, AdamW

from tutorlm import Dictionary, FlairEmbeddings, LanguageModel, LanguageModelTrainer, Sentence, TextCorpus
from tutorlm.training.distributed import processes

GOLDEN = Path(__file__).with_name("golden.json")
ENGLISH = Path(__file__).parent.parent / "data" / "sample_corpus" / "en"
# name → direction, optimizer, LSTM layers and dropout, settings
RUNS: dict[str, tuple[bool, type, dict[str, Any], dict[str, Any]]] = {
    "SGD, plateau, forward": (
        True, SGD, {"nlayers": 1, "dropout": 0.3}, {"patience": 0, "anneal_factor": 0.5, "mini_batch_size": 8}),
    "AdamW, one-cycle, backward": (
        False, AdamW, {"nlayers": 1, "dropout": 0.3},
        {"schedule": "one_cycle", "learning_rate": 0.01, "clip": 1.0, "mini_batch_size": 8}),
    "growing T, dropout": (
        True, SGD, {"nlayers": 2, "dropout": 0.5},
        {"grow_to_sequence_length": 26, "learning_rate": 5, "mini_batch_size": 7}),
}  # fmt: skip
MODELS = ("news-mini-forward", "news-mini-backward")
TWO_PROCESSES = "SGD, plateau, forward"


def small_corpus(folder: Path) -> Path:
    """Three short splits of real text."""
    lines = (ENGLISH / "train" / "train_split_1").read_text(encoding="utf-8").splitlines(keepends=True)
    bounds = {"train/a": (0, 20), "train/b": (20, 45), "train/c": (45, 53), "valid.txt": (53, 58), "test.txt": (58, 62)}
    for name, (begin, end) in bounds.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("".join(lines[begin:end]), encoding="utf-8")
    return folder


class Watched(LanguageModel):
    """A model that keeps a digest of every window it is trained on."""

    def read(self, input, hidden):
        if self.training:
            self.seen.update(input.cpu().numpy().astype("<i8").tobytes())
        return super().read(input, hidden)


def trained(name: str, corpus_folder: Path, out: Path) -> dict[str, Any]:
    """The windows, the losses and the weights of a run of three epochs."""
    forward, optimizer, shape, settings = RUNS[name]
    dictionary = Dictionary.from_files(corpus_folder / "train")
    corpus = TextCorpus(corpus_folder, dictionary, forward)
    torch.manual_seed(0)
    model = Watched(dictionary, forward, 24, **shape)
    model.seen = hashlib.sha256()
    trainer = LanguageModelTrainer(model, corpus, optimizer)
    result = trainer.train(out, 20, max_epochs=3, checkpoint=True, observers=[], device="cpu", **settings)
    return {
        "windows": model.seen.hexdigest(),
        "steps": result.steps,
        "losses": [[row.train_loss, row.valid_loss, row.learning_rate] for row in result.history],
        "test": result.test_loss,
        "weights": [float(tensor.abs().mean()) for tensor in model.state_dict().values()],
    }


def embedded(name: str) -> dict[str, Any]:
    """Vectors and scores of a model that ships with the package."""
    sentences = [Sentence("I love Berlin"), Sentence("The harbour, in the morning: 안녕 – a ferry left at 9.30!")]
    embedding = FlairEmbeddings(name, device="cpu", precision="fp32")
    score = embedding.lm.score((ENGLISH / "valid.txt").read_text(encoding="utf-8")[:5000])
    return {
        "vectors": embedding.matrix(sentences)[:, ::64].tolist(),
        "bits": score.bits_per_character,
        "unknown": score.unknown_share,
        "log_p": np.abs(score.log_p[::500]).tolist(),
    }


def in_two_processes(folder: Path) -> dict[str, Any]:
    """The same run, each process with half of the columns; the windows are those of process 0."""
    order = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", __file__]
    done = subprocess.run([*order, str(folder)], capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "two.json").read_text())


def assert_same(found: dict[str, Any], expected: dict[str, Any], digits: float) -> None:
    assert found.keys() == expected.keys()
    for part, value in expected.items():
        if isinstance(value, str):
            assert found[part] == value, part
        else:
            assert np.ravel(found[part]) == pytest.approx(np.ravel(value), rel=digits, abs=digits), part


@pytest.fixture(scope="module")
def golden() -> dict[str, Any]:
    return json.loads(GOLDEN.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", RUNS)
def test_a_run_sees_the_same_windows_and_has_the_same_losses(golden, tmp_path, name):
    assert_same(trained(name, small_corpus(tmp_path / "corpus"), tmp_path / "out"), golden[name], 1e-3)


def test_two_processes_have_the_same_windows_and_losses(golden, tmp_path):
    small_corpus(tmp_path / "corpus")
    assert_same(in_two_processes(tmp_path), golden["two processes"], 1e-3)


@pytest.mark.parametrize("name", MODELS)
def test_a_shipped_model_has_the_same_vectors_and_scores(golden, name):
    assert_same(embedded(name), golden[name], 1e-5)


if __name__ == "__main__":
    torch.set_num_threads(1)
    if len(sys.argv) == 2:  # one of two processes
        work = Path(sys.argv[1])
        with processes("cpu"):
            numbers = trained(TWO_PROCESSES, work / "corpus", work / "two")
            if torch.distributed.get_rank() == 0:
                (work / "two.json").write_text(json.dumps(numbers))
    else:
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            small_corpus(work / "corpus")
            numbers = {name: trained(name, work / "corpus", work / name) for name in RUNS}
            numbers |= {name: embedded(name) for name in MODELS} | {"two processes": in_two_processes(work)}
            GOLDEN.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
