"""run.json: how a model was made, and the settings that a resumed run takes over."""

import hashlib
import json
import math
import os
import platform
import shlex
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tutorlm.corpus import TextCorpus
from tutorlm.events import TrainingResult, bits
from tutorlm.files.atomic import atomic_write


def new_record(
    version: str, arguments: Sequence[str], settings: Mapping[str, Any], recipe: Mapping[str, Any], corpus: TextCorpus
) -> dict[str, Any]:
    """What is needed to know how a model was made: all `settings`, and the `recipe` that the trainer got of them."""
    files = {name: seen for name, seen in corpus.fingerprint().items() if "bytes" in str(seen)}
    digest = hashlib.sha256(json.dumps(files).encode()).hexdigest()
    return {
        "command": shlex.join(["python", "-m", "tutorlm", *arguments]), "settings": dict(settings),
        "recipe": dict(recipe), "corpus": {"digest": digest, "files": files},
        "dictionary_size": len(corpus.dictionary),
        "versions": {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__,
                     "tutorlm": version},
        "machine": {"system": platform.platform(), "cores": os.cpu_count(), "threads": torch.get_num_threads(),
                    "processes": int(os.environ.get("WORLD_SIZE", 1))},
        "began": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }  # fmt: skip


def outcome(result: TrainingResult) -> dict[str, Any]:
    """The part of the record that is known at the end of a run."""
    losses = {"initial": result.initial_valid_loss, "valid": result.best_valid_loss, "test": result.test_loss}
    in_bits = {f"{name}_bits_per_character": bits(loss) for name, loss in losses.items()}
    return {**in_bits, "steps": result.steps, "seconds": result.seconds, "stopped": result.stopped}


def write_record(file: Path, record: Mapping[str, Any]) -> None:
    """Write run.json."""
    text = json.dumps(without_nan(record), indent=1, ensure_ascii=False, default=str)
    with atomic_write(file) as binary:
        binary.write(text.encode() + b"\n")


def recorded_settings(file: Path) -> dict[str, Any]:
    """The settings of an earlier run; none if there is no record of it, and a ValueError if it is damaged."""
    if not file.exists():
        return {}
    try:
        settings = json.loads(file.read_text(encoding="utf-8"))["settings"]
        return {**settings, "corpus": settings["corpus"]}
    except (ValueError, LookupError, TypeError):
        damaged = f"{file}, which has the settings of the run to be resumed, is damaged"
        raise ValueError(f"{damaged}. Delete it, and give them again") from None


def without_nan(value: Any) -> Any:
    """A value for JSON, which has no NaN and no infinity: these become null."""
    if isinstance(value, Mapping):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_nan(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
