"""What the rows stand on: sizes, temporary files, workers asked one at a time. Standard library only.

(A worker's peak memory starts at that of the process that starts it, so this one stays small.)
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
EMBEDDING_SIZE = 100
Results = list[dict[str, Any]]
Arguments = dict[str, Any]  # of a worker's task


@dataclass(frozen=True)
class Training:
    """A size of the training row: H, T, B, and how many windows of T × B characters."""

    hidden_size: int
    sequence_length: int
    mini_batch_size: int
    windows: int

    @property
    def characters(self) -> int:
        """Enough for all windows and the row in front of the first."""
        return (self.windows * self.sequence_length + 1) * self.mini_batch_size

    def arguments(self) -> dict[str, int]:
        """What the workers' task `train` is told of it."""
        return {name: getattr(self, name) for name in ("hidden_size", "sequence_length", "mini_batch_size")}

    def __str__(self) -> str:
        return f"H={self.hidden_size}, T={self.sequence_length}, B={self.mini_batch_size}"


@dataclass(frozen=True)
class Sizes:
    """How much is measured; the defaults are for the real run."""

    repetitions: int = 3
    dictionary_characters: int = 20_000_000
    corpus_characters: int = 10_000_000
    training: tuple[Training, ...] = (
        Training(128, 10, 10, 3000),
        Training(128, 50, 32, 500),
        Training(256, 100, 32, 120),
        Training(1024, 250, 100, 2),
    )
    training_memory: Training = training[2]
    training_gpu: Training = Training(2048, 250, 100, 40)
    training_large: Training = Training(256, 64, 16, 100)
    large_dictionary: int = 9_290
    hidden_size: int = 256
    flair_seconds: float = 180
    ladder: tuple[float, ...] = (8, 12, 18, 27, 40, 60, 90, 135, 180)
    generation: tuple[int, ...] = (256, 1024)
    our_characters: int = 1000
    flair_characters: int = 300
    embedding: tuple[int, ...] = (256, 1024, 2048)
    sentences: int = 256
    fine_tuning_seconds: float = 60
    pos_seconds: float = 120
    pos_train_sentences: int = 3000
    pos_test_sentences: int | None = None


QUICK_TRAINING = (Training(128, 10, 10, 100), Training(256, 100, 32, 4))
QUICK = Sizes(
    repetitions=1, dictionary_characters=2_000_000, corpus_characters=500_000,
    training=QUICK_TRAINING, training_memory=QUICK_TRAINING[1], training_gpu=Training(2048, 250, 100, 2),
    training_large=Training(64, 20, 8, 4), large_dictionary=2_000,
    hidden_size=64, fine_tuning_seconds=4, flair_seconds=6, ladder=(2, 4, 6), our_characters=100, flair_characters=30,
    embedding=(128, 256), sentences=32, pos_seconds=4, pos_train_sentences=200, pos_test_sentences=100,
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One figure, measured on both sides as often as there are entries (none: that side has no such figure)."""

    name: str
    unit: str
    ours: list[float]
    flair: list[float]
    how: str


@dataclass
class Bench:
    """One run of the benchmarks: where things are, and what rows learn for later rows."""

    corpus: Path
    pos: Path | None
    folder: Path
    sizes: Sizes
    flair_python: str
    began: float = field(default_factory=time.monotonic)
    flair_setting: Arguments = field(default_factory=lambda: {"sequence_length": 10, "mini_batch_size": 10})
    trained: dict[tuple[Training, bool], dict[str, Results]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cpu, self.flair_facts = self.ours("facts"), self.flair("facts")
        self.gpu = self.ours("facts", gpu=True)  # the CPU again where there is no GPU
        self.dictionary = str(self.folder / "dictionary.pkl")
        train = self.copied_corpus() + "/train"
        self.items = self.ours("build_dictionary", folder=train, file=self.dictionary)["items"]

    # -- workers ---------------------------------------------------------------------------------------

    def ours(self, task: str, *, gpu: bool = False, **arguments: Any) -> dict[str, Any]:
        """Have tutorlm do a task."""
        return self._ask(sys.executable, "worker_ours", task, gpu, arguments)

    def flair(self, task: str, *, gpu: bool = False, **arguments: Any) -> dict[str, Any]:
        """Have Flair do a task."""
        return self._ask(self.flair_python, "worker_flair", task, gpu, arguments)

    def tagger(self, task: str, **arguments: Any) -> dict[str, Any]:
        """Have the tagger do a task."""
        return self._ask(self.flair_python, "tagger", task, False, arguments)

    def _ask(self, python: str, module: str, task: str, gpu: bool, arguments: dict[str, Any]) -> dict[str, Any]:
        shown = ", ".join(f"{name}={value}" for name, value in arguments.items() if isinstance(value, (int, float)))
        self.say(f"{module.removeprefix('worker_')}: {task} {shown}".rstrip())
        command = [python, "-m", f"benchmarks.{module}", task, json.dumps(arguments)]
        environment = {**os.environ, **({} if gpu else {"CUDA_VISIBLE_DEVICES": ""})}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8")
        if done.returncode:
            raise RuntimeError(f"{module} failed in {task}:\n{done.stderr[-3000:]}")
        return json.loads(done.stdout.splitlines()[-1])

    def device(self, gpu: bool) -> dict[str, Any]:
        """What `facts` says of the GPU, or of the CPU."""
        return self.gpu if gpu else self.cpu

    def alternate(self, **sides: Callable[[], dict[str, Any]]) -> dict[str, Results]:
        """Call one side after the other, and all again, as often as the sizes say."""
        results: dict[str, Results] = {name: [] for name in sides}
        for _ in range(self.sizes.repetitions):
            for name, side in sides.items():
                results[name].append(side())
        return results

    def say(self, text: str) -> None:
        """Tell how far the run is."""
        print(f"[{time.monotonic() - self.began:5.0f} s] {text}", file=sys.stderr, flush=True)

    # -- files -------------------------------------------------------------------------------------------

    def new_folder(self) -> str:
        """An empty folder."""
        return tempfile.mkdtemp(dir=self.folder)

    def copied_corpus(self) -> str:
        """A new copy of the corpus, in NFC, so that both sides read the same and nobody finds a cache."""
        copy = Path(self.new_folder())
        (copy / "train").mkdir()
        for file in self.files():
            (copy / file.relative_to(self.corpus)).write_text(clean_text(file), encoding="utf-8")
        return str(copy)

    def corpus_of(self, characters: int) -> str:
        """A new corpus with one split of so many characters, and hardly any valid and test text.

        The training text, without empty lines (Flair leaves them out), is repeated or cut to fit.
        """
        copy = Path(self.new_folder())
        (copy / "train").mkdir()
        lines = (line for file in self.files()[:-2] for line in clean_text(file).split("\n") if line)
        text = "".join(f"{line}\n" for line in lines)
        for name in ("valid.txt", "test.txt"):
            (copy / name).write_text(text[:250], encoding="utf-8")
        with (copy / "train" / "text").open("w", encoding="utf-8") as file:
            while characters > 0:
                characters -= file.write(text[:characters])
        return str(copy)

    def corpus_of_chinese(self, items: int, characters: int) -> str:
        """A new corpus like `corpus_of`, of Chinese characters at random: each once, then by Zipf's law."""
        drawn = random.Random(0).choices(range(items), [1 / rank for rank in range(1, items + 1)], k=characters)
        text = "".join(chr(0x4E00 + number) for number in [*range(items), *drawn])
        copy = Path(self.new_folder())
        (copy / "train").mkdir()
        lines = "".join(f"{text[first : first + 50]}\n" for first in range(0, len(text), 50))
        for name, size in {"valid.txt": 250, "test.txt": 250, "train/text": characters}.items():
            (copy / name).write_text(lines[:size], encoding="utf-8")
        return str(copy)

    def files(self) -> list[Path]:
        """The corpus's files: training splits, then valid and test text."""
        splits = sorted(file for file in (self.corpus / "train").iterdir() if file.is_file())
        return [*splits, self.corpus / "valid.txt", self.corpus / "test.txt"]

    def write_json(self, content: Any) -> str:
        """The name of a new file with this content."""
        file = Path(self.new_folder()) / "content.json"
        file.write_text(json.dumps(content), encoding="utf-8")
        return str(file)


def clean_text(file: Path) -> str:
    """A file's text in NFC."""
    return unicodedata.normalize("NFC", file.read_text(encoding="utf-8-sig"))


def column(results: Results, name: str) -> list[float]:
    """One figure of every result."""
    return [result[name] for result in results]


def per_second(amount: float, results: Results, name: str = "seconds") -> list[float]:
    """An amount divided by the seconds of every result."""
    return [amount / seconds for seconds in column(results, name)]


def megabytes(results: Iterable[dict[str, Any]]) -> list[float]:
    """The memory of every result."""
    return [result["bytes"] / 1e6 for result in results]
