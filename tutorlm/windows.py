"""The training text as windows: what truncated backpropagation through time reads.

A split is arranged in B columns. A window is T of their rows, plus one row more, because the characters
to predict are those one row further down:

    row 0    n  t  e  w       the last row of the split before, or document delimiters at the very beginning
    row 1    T  h  a  i       ┐
    row 2    h  a  n  n       │ a window of T = 3 rows: input rows 0 … 2, targets rows 1 … 3
    row 3    e  r  d  d       ┘

The first window of a split is cut to a random length, so that window boundaries, where gradients are
truncated, differ between epochs. What does not fill a row, fewer than B characters, goes before the
next split; nothing is lost.
"""

import contextlib
import itertools
from collections.abc import Generator, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from tutorlm.corpus import TextCorpus, batchify
from tutorlm.language_model import Hidden, LanguageModel
from tutorlm.training.distributed import Team

PLACE = ("epoch", "split", "row", "sequence_length")


class Windows:
    """All windows of all epochs, split by split; it knows its place and can be resumed there.

    Args:
        corpus: gives the splits, in the order of each epoch.
        sequence_length: T; grows by one a split up to `grow_to`.
        mini_batch_size: B, of which this process reads the columns `own`.
        max_epochs: number of passes over the corpus.
        first: what precedes the first character of every column: the end of a document delimiter.
        device: where the windows are needed.
    """

    def __init__(
        self, corpus: TextCorpus, sequence_length: int, mini_batch_size: int, max_epochs: int, *, first: int,
        grow_to: int = 0, own: slice = slice(None), device: torch.device | str = "cpu",
    ) -> None:  # fmt: skip
        self.corpus, self.max_epochs, self.own, self.device = corpus, max_epochs, own, device
        self.sequence_length, self.grow_to = sequence_length, grow_to
        self.epoch = self.split = self.row = 0  # epochs read, splits read in this epoch, rows read in this split
        self.rows = 0  # of the current split
        self.next_row = 0  # the row after the window given last
        self.last_row = np.full(mini_batch_size, first, corpus.dictionary.dtype)  # (B,)
        self.left_over = np.empty(0, corpus.dictionary.dtype)
        self.ends_with = self.last_row, self.left_over  # what `next_split` replaces these two with

    def splits(self) -> Generator[Iterator[Tensor]]:
        """From the current place on, for each split an iterator of its windows, each (T + 1, B)."""
        reading = self.corpus.train.read_ahead(self.max_epochs, self.epoch, self.split)
        with contextlib.closing(reading):
            for index, ids in reading:
                ids = np.concatenate([self.left_over, ids])  # under the same name, so that one copy is freed
                columns = self._arranged(ids)
                del ids
                windows = self._windows(columns, index)
                del columns  # now only the windows hold it
                yield windows

    def _windows(self, columns: Tensor, index: int) -> Iterator[Tensor]:
        if self.row == 0 and self.sequence_length < self.grow_to:
            self.sequence_length += 1
        for begin, end in self.bounds(index):
            self.next_row = end
            yield columns[begin : end + 1].long()

    def _arranged(self, ids: np.ndarray) -> Tensor:
        """The columns of this process, after the last row of the split before: (rows + 1, B), a byte or two each."""
        columns = batchify(ids, len(self.last_row))  # (rows, B)
        self.rows = len(columns)
        last_row = columns[-1].copy() if self.rows else self.last_row
        self.ends_with = last_row, ids[columns.size :].copy()
        own = np.empty((self.rows + 1, len(self.last_row[self.own])), ids.dtype)  # row by row in memory
        own[0], own[1:] = self.last_row[self.own], columns[:, self.own]
        return torch.from_numpy(own).to(self.device)

    def bounds(self, index: int) -> list[tuple[int, int]]:
        """The rows (begin, end) of each window that is not yet read."""
        rng = np.random.default_rng([self.corpus.seed, self.epoch, index, 1])  # 1: not the shuffle's generator
        first = int(rng.integers(1, self.sequence_length + 1))
        ends = [*range(first, self.rows, self.sequence_length), self.rows]
        return [(begin, end) for begin, end in itertools.pairwise([0, *ends]) if self.row <= begin < end]

    def mark_read(self) -> None:
        """The window given last was trained on: a resumed run continues after it."""
        self.row = self.next_row

    @property
    def split_is_read(self) -> bool:
        """Whether all rows of the current split were trained on."""
        return self.row == self.rows

    def next_split(self) -> None:
        """The current split is done: go to the beginning of the next."""
        self.last_row, self.left_over = self.ends_with
        self.row, self.split = 0, self.split + 1
        if self.split == len(self.corpus.train):
            self.epoch, self.split = self.epoch + 1, 0

    def share_done(self) -> float:
        """0 before the first window, 1 after the last."""
        splits = self.split + self.row / max(1, self.rows)
        return (self.epoch + splits / len(self.corpus.train)) / self.max_epochs

    def state_dict(self) -> dict[str, Any]:
        """The place, in plain numbers."""
        place = {name: getattr(self, name) for name in PLACE}
        return {**place, "last_row": self.last_row.tolist(), "left_over": self.left_over.tolist()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go to a place that `state_dict` returned."""
        vars(self).update({name: state[name] for name in PLACE})
        self.last_row, self.left_over = (
            np.array(state[name], self.last_row.dtype) for name in ("last_row", "left_over")
        )


class CarriedState:
    """The LSTM's state at the end of a window, carried into the next one."""

    def __init__(self, model: LanguageModel, team: Team, columns: slice) -> None:
        self.hidden: Hidden = model.init_hidden(columns.stop - columns.start)  # of this process only
        self.start_ids = torch.tensor(model.start_ids.astype(np.int64), device=model.device)
        self.team, self.columns = team, columns

    def before(self, window: Tensor) -> Hidden:
        """The state, zeroed in columns whose window (T + 1, B) begins with a document delimiter.

        So the model learns to start from nothing but a delimiter, as it must for every sentence
        that it will embed. Nothing is lost: the text before belongs to another document.
        """
        if len(window) <= len(self.start_ids):
            return self.hidden
        begins = (window[: len(self.start_ids)] == self.start_ids[:, None]).all(0)  # (B,)
        keep = ~begins[:, None]
        return self.hidden[0] * keep, self.hidden[1] * keep

    def state_dict(self) -> dict[str, list[Tensor]]:
        """The columns of all processes."""
        found = self.team.gather([state.cpu() for state in self.hidden])
        return {"hidden": [torch.cat([hidden[k] for hidden in found], dim=1) for k in (0, 1)]}

    def load_state_dict(self, state: dict[str, list[Tensor]]) -> None:
        """Take the columns of this process."""
        h, c = (whole[:, self.columns].to(self.start_ids.device).contiguous() for whole in state["hidden"])
        self.hidden = h, c
