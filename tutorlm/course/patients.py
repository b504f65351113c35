"""What the patients of notebook 11, the clinic, bring along: files with something wrong, and recorded runs.

They are made here, out of sight, so that the page itself does not say what is wrong with them.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import torch

FOLDER_OF_THE_GIFT = "11_it_ran"

# The same line twice, as two files may hold it.
YESTERDAY = unicodedata.normalize("NFC", "배가 섬에 닿았다. 오후 세 시, 비가 온다.")
TODAY = unicodedata.normalize("NFD", YESTERDAY)


def old_file(news: str | Path, path: str | Path) -> bytes:
    """Write Japanese news as an old PC did; gives its bytes.

    Args:
        news: a text file in UTF-8.
        path: the file to write, in Shift JIS.
    """
    content = Path(news).read_text(encoding="utf-8").encode("cp932", "replace")
    Path(path).write_bytes(content)
    return content


class _Call:
    """Pickled, it is a call of `os.mkdir`, which is made when the pickle is read."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (self.folder,)


def gift(path: str | Path) -> Path:
    """Write a file that looks like a model's, `path`, and take away the folder that it would make beside itself."""
    path = Path(path)
    folder = path.parent / FOLDER_OF_THE_GIFT
    path.parent.mkdir(parents=True, exist_ok=True)
    if folder.is_dir():
        folder.rmdir()
    torch.save({"state_dict": _Call(str(folder))}, path)
    return path


def crawl(texts: str | Path, folder: str | Path, week: int) -> Path:
    """Write the lines of the text files below `texts` as pages of a website; in week 2 there are twice as many."""
    folder = Path(folder)
    folder.mkdir(parents=True)
    files = sorted(file for file in Path(texts).rglob("*") if file.is_file())
    stories = [line for file in files for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    for number, story in enumerate(stories * week, 1):  # each story has two addresses by then
        (folder / f"page_{number:03}.txt").write_text(story + "\n", encoding="utf-8")
    return folder


class Run(NamedTuple):
    """A recorded run: its optimizer, first and last learning rate, steps, and bits per character at these steps."""

    optimizer: str
    rates: tuple[float, float]
    steps: list[int]
    train: list[float]
    valid: list[float]

    def curves(self) -> dict[str, Any]:
        """Its losses as `tutorlm.course.plots.curves` draws them."""
        return {"train": (self.steps, self.train), "valid": (self.steps, self.valid)}


# Recorded with the Arabic sample corpus, T = 50, B = 8, one layer of 64 units, seed 0. A: three epochs. B: four epochs.
# C: the first training split alone, 128 units, no dropout, 24 epochs. D: five epochs of twenty splits, patience 1.
RUNS = {
    "A": Run(
        "AdamW", (20, 20), [15, 30, 61, 77, 108, 123, 138, 168, 183],
        [280.3, 105.07, 68.88, 68.93, 67.89, 53.76, 62.97, 57.86, 56.7],
        [150.83, 72.31, 63.73, 81.59, 37.98, 74.08, 59.42, 56.2, 56.08],
    ),
    "B": Run(
        "AdamW", (0.002, 0.002), [15, 45, 77, 108, 138, 153, 183, 214, 244],
        [5.02, 4.49, 4.14, 3.95, 3.82, 3.83, 3.71, 3.74, 3.63], [4.52, 4.38, 4.06, 3.89, 3.78, 3.75, 3.69, 3.64, 3.6],
    ),
    "C": Run(
        "AdamW", (0.008, 0.008), [15, 59, 104, 148, 192, 221, 264, 308, 353],
        [4.6, 3.61, 3.31, 2.99, 2.68, 2.45, 2.12, 1.84, 1.57], [4.33, 3.58, 3.41, 3.34, 3.33, 3.33, 3.44, 3.56, 3.68],
    ),
    "D": Run(
        "SGD", (20, 0.02), [4, 49, 96, 141, 187, 230, 270, 317, 361],
        [5.51, 4.38, 3.95, 3.97, 3.97, 3.96, 3.94, 3.92, 3.88], [5.63, 4.23, 4.01, 3.97, 3.94, 3.92, 3.91, 3.9, 3.9],
    ),
}  # fmt: skip
UNIFORM = 5.46  # log2 of the 44 characters of that corpus
