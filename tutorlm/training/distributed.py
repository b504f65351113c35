"""Several processes train one model together, each on its own columns of the same stream.

    torchrun --nproc-per-node 4 -m tutorlm train CORPUS OUT

Of the B columns of a split, process r of N reads [rB/N, (r+1)B/N). A column stays with its process,
and so does the LSTM's state at its end. After each window the gradients are averaged, and all
processes take the same step: the result is that of one process with all B columns.

In a program of your own, put the training into `with processes():` and start it with
torchrun; the trainer finds the other processes by itself.
"""

import contextlib
import importlib
import os
import signal
import threading
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import torch
from torch import Tensor, distributed, nn

TIMEOUT = timedelta(minutes=10)  # for the other processes


@contextlib.contextmanager
def processes(device: str = "auto") -> Iterator[str]:
    """Join the processes that torchrun started, if it did. Yields the device for this process: a GPU of its own."""
    if int(os.environ.get("WORLD_SIZE", 1)) == 1:
        yield device
        return
    if device not in ("auto", "cpu", "cuda"):
        raise ValueError(f"device={device!r}: several processes use 'cpu', or 'cuda' with one GPU each")
    on_gpu = device == "cuda" or (device == "auto" and torch.cuda.is_available())
    if on_gpu:
        local_rank, gpus = int(os.environ["LOCAL_RANK"]), torch.cuda.device_count()
        if local_rank >= gpus:
            raise ValueError(f"process {local_rank} finds {gpus} GPUs: start one process a GPU")
        torch.cuda.set_device(local_rank)
        device = f"cuda:{local_rank}"
    # Import this before the process group exists. Its functions capture the group as a default
    # argument, which keeps the group's threads alive and can abort Python at exit.
    importlib.import_module("torch.distributed.nn")
    distributed.init_process_group("nccl" if on_gpu else "gloo", timeout=TIMEOUT)
    try:
        yield device if on_gpu else "cpu"
    finally:
        distributed.destroy_process_group()


class Team:
    """The processes of this run: one, or all that `processes` joined. Process 0 writes all files.

    Attributes:
        rank, size: the number of this process, from 0, and the number of all.
    """

    def __init__(self, device: torch.device) -> None:
        joined = distributed.is_available() and distributed.is_initialized()
        self.rank, self.size = (distributed.get_rank(), distributed.get_world_size()) if joined else (0, 1)
        self.device = device

    def columns(self, mini_batch_size: int) -> slice:
        """Which of B columns belong to this process; ValueError if they cannot be divided evenly."""
        if mini_batch_size % self.size:
            nearest = max(1, round(mini_batch_size / self.size)) * self.size
            raise ValueError(
                f"mini_batch_size={mini_batch_size} columns cannot be divided evenly among {self.size} processes: "
                f"use a multiple of {self.size}, such as {nearest}"
            )
        own = mini_batch_size // self.size
        return slice(self.rank * own, (self.rank + 1) * own)

    def average_gradients(self, model: nn.Module) -> None:
        """Replace every gradient by its mean over all processes, in a single message."""
        if self.size == 1:
            return
        gradients = [parameter.grad for parameter in model.parameters() if parameter.grad is not None]
        together = torch.cat([gradient.flatten() for gradient in gradients])
        self._add_up(together)
        together /= self.size
        parts = together.split([gradient.numel() for gradient in gradients])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))

    def sum(self, *values: float) -> list[float]:
        """The sum of each value over all processes."""
        if self.size == 1:
            return list(values)
        together = torch.tensor(values, dtype=torch.float64, device=self.device)
        self._add_up(together)
        return together.tolist()

    def broadcast(self, tensors: Iterable[Tensor]) -> None:
        """Overwrite the tensors of all processes with those of process 0."""
        if self.size > 1:
            with name_lost_process():
                for tensor in tensors:
                    distributed.broadcast(tensor.detach(), src=0)

    def gather(self, value: Any) -> list[Any]:
        """The value of each process, in the order of ranks, on every process."""
        if self.size == 1:
            return [value]
        found = [None] * self.size
        with name_lost_process():
            distributed.all_gather_object(found, value)
        return found

    def _add_up(self, tensor: Tensor) -> None:
        with name_lost_process():
            distributed.all_reduce(tensor)


@contextlib.contextmanager
def name_lost_process() -> Iterator[None]:
    """Let an error of communication inside the block be a ConnectionError with a remedy.

    torchrun sends SIGTERM to the processes that are left. From here on it is ignored: this process is
    about to end by itself, and must live until its message is out.
    """
    try:
        yield
    except RuntimeError as error:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise ConnectionError(
            f"another process of this run has ended or cannot be reached ({str(error).split('. ')[0]}). "
            "See its own message; then start the run again: with --resume it continues from its last checkpoint"
        ) from None
