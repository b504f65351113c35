"""A training step at Flair's size on a GPU, part by part: `python -m benchmarks.gpu` prints a table and runs the tests.

Rows: the products of matrices alone, without which no step can be, then the trainer's own step in three precisions, as
it is, compiled, and replayed as a CUDA graph. Flair's step and the embedding of sentences are rows of `make bench`,
which measures them on a GPU where there is one. `--quick` tries everything with small sizes, on a CPU too.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.optim import AdamW

from benchmarks.bench import ROOT
from tutorlm import Dictionary, LanguageModel, LanguageModelTrainer, TextCorpus
from tutorlm.training.devices import PRECISIONS
from tutorlm.training.settings import TrainingSettings

CORPUS = ROOT / "data" / "sample_corpus" / "en"
KINDS = {"fp32": "highest", "TF32": "high", "bf16": "highest"}  # precision → that of float32 products
EMBEDDING_SIZE = 100


def main() -> None:
    """Measure, print, test."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes and few steps")
    quick = parser.parse_args().quick
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if device.type == "cpu" and not quick:
        sys.exit("error: torch finds no GPU here; --quick tries the script on the CPU")
    sizes = (64, 20, 8) if quick else (2048, 250, 100)
    print(f"{torch.cuda.get_device_name() if device.type == 'cuda' else 'CPU'}, torch {torch.__version__}")
    print("H={}, T={}, B={}: a step | ms | characters/s".format(*sizes))
    for name, milliseconds in measured(*sizes, device, steps=3 if quick else 20):
        print(f"{name} | {milliseconds:.2f} | {1000 * sizes[1] * sizes[2] / milliseconds:,.0f}", flush=True)
    tests = ["test_devices.py", "test_resume.py", "test_trainer.py", "test_embeddings.py", "test_parallel.py"]
    command = [sys.executable, "-m", "pytest", "-q"]
    sys.exit(subprocess.run([*command, *(str(ROOT / "tests" / name) for name in tests)], check=False).returncode)


def measured(H: int, T: int, B: int, device: torch.device, steps: int) -> Iterator[tuple[str, float]]:  # noqa: N803
    """The name of each row, and its milliseconds."""
    items = len(Dictionary.from_files(CORPUS / "train"))
    ways = ["products alone", "as it is", *(["as a CUDA graph"] if device.type == "cuda" else []), "compiled"]
    for way, (kind, products) in itertools.product(ways, KINDS.items()):
        torch.set_float32_matmul_precision(products)
        torch.backends.cudnn.allow_tf32 = kind == "TF32"
        dtype = PRECISIONS["bf16" if kind == "bf16" else "fp32"]
        with tempfile.TemporaryDirectory() as folder:
            try:
                if way == "products alone":
                    action: Callable[[], object] = products_of(H, T, B, items, dtype, device)
                else:
                    action = step_of(H, T, B, kind, way, device, Path(folder))
                yield f"{kind}, {way}", milliseconds(action, steps)
            except Exception as error:  # one way that fails leaves the others
                print(f"{kind}, {way} | failed: {type(error).__name__}: {str(error).splitlines()[0]:.100}")


def milliseconds(action: Callable[[], object], steps: int) -> float:
    """The median of some calls, after three."""
    found = []
    for _ in range(3 + steps):
        start = time.perf_counter()
        action()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        found.append(1000 * (time.perf_counter() - start))
    return statistics.median(found[3:])


def products_of(H: int, T: int, B: int, V: int, dtype: torch.dtype, device: torch.device) -> Callable[[], None]:  # noqa: N803
    """The products of a step forward and backward, without anything between them."""

    def filled(*shape: int) -> Tensor:
        return torch.rand(shape, dtype=dtype, device=device)

    h, gates, recurrent = filled(B, H), filled(B, 4 * H), filled(H, 4 * H)
    of_window = [(filled(T * B, E), filled(E, N)) for E, N in ((EMBEDDING_SIZE, 4 * H), (H, V))]
    states, all_gates = filled(T * B, H), filled(T * B, 4 * H)

    def products() -> None:
        for _ in range(T):
            h @ recurrent
            gates @ recurrent.T
        states.T @ all_gates
        for left, right in of_window:
            out = left @ right
            out @ right.T, left.T @ out

    return products


class Reader(nn.Module):
    """`LanguageModel.read` as a module that takes and gives tensors only, as a CUDA graph asks for."""

    def __init__(self, model: LanguageModel) -> None:
        super().__init__()
        self.model, self.read = model, model.read

    def forward(self, ids: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The outputs and the state after them."""
        states, (h, c) = self.read(ids, (h, c))
        return states, h, c


def _nested(found: tuple[Tensor, Tensor, Tensor]) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    return found[0], found[1:]


def step_of(H: int, T: int, B: int, kind: str, way: str, device: torch.device, folder: Path) -> Callable[[], Tensor]:  # noqa: N803
    """The trainer's step on one window."""
    dictionary = Dictionary.from_files(CORPUS / "train")
    corpus = TextCorpus(CORPUS, dictionary, cache=folder)
    trainer = LanguageModelTrainer(LanguageModel(dictionary, True, H, 1, dropout=0.1), corpus, AdamW)
    precision = "bf16" if kind == "bf16" else "fp32"
    settings = TrainingSettings(sequence_length=T, mini_batch_size=B, learning_rate=1e-3, precision=precision)
    trainer.set_up(settings, device)
    trainer.model.train()
    window = torch.randint(len(dictionary), (T + 1, B), device=device)
    if way == "compiled":
        trainer.model.read = torch.compile(trainer.model.read)  # type: ignore[method-assign]
    if way == "as a CUDA graph":
        reader, sample = Reader(trainer.model), (window[:-1], *trainer.model.init_hidden(B))
        with torch.autocast(device.type, PRECISIONS[precision], enabled=precision != "fp32", cache_enabled=False):
            graphed = torch.cuda.make_graphed_callables(reader, sample)
        trainer.model.read = lambda ids, hidden: _nested(graphed(ids, *hidden))  # type: ignore[method-assign]
    return lambda: trainer.step(window)


if __name__ == "__main__":
    main()
