"""run.json: how a model was trained, and the settings for resuming its run."""

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
from tutorlm.files.regular import open_regular


def new_record(
    version: str, arguments: Sequence[str], settings: Mapping[str, Any], recipe: Mapping[str, Any], corpus: TextCorpus
) -> dict[str, Any]:
    """All that determines a run: package version, command line, options, arguments of the trainer, corpus, machine."""
    files = {name: seen for name, seen in corpus.fingerprint().items() if "bytes" in str(seen)}
    return {
        "command": shlex.join(["python", "-m", "tutorlm", *arguments]),
        "settings": dict(settings),
        "recipe": dict(recipe),
        "corpus": {"digest": hashlib.sha256(json.dumps(files).encode()).hexdigest(), "files": files},
        "dictionary_size": len(corpus.dictionary),
        "versions": {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__,
                     "tutorlm": version},
        "machine": {"system": platform.platform(), "cores": os.cpu_count(), "threads": torch.get_num_threads(),
                    "processes": int(os.environ.get("WORLD_SIZE", 1))},
        "began": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }  # fmt: skip


def outcome(result: TrainingResult) -> dict[str, Any]:
    """The part of the record that is known at the end of a run."""
    return {
        "initial_bits_per_character": bits(result.initial_valid_loss),
        "valid_bits_per_character": result.bits_per_character,
        "test_bits_per_character": bits(result.test_loss),
        "steps": result.steps,
        "seconds": result.seconds,
        "stopped": result.stopped,
    }


def write_record(file: Path, record: Mapping[str, Any]) -> None:
    """Write run.json."""
    with atomic_write(file) as binary:
        binary.write(to_json(record, indent=1).encode("utf-8", "backslashreplace") + b"\n")


def recorded_settings(file: Path) -> dict[str, Any]:
    """The settings of an earlier run; none if it has no record. A damaged file is a ValueError."""
    if not file.exists():
        return {}
    with open_regular(file) as binary:
        content = binary.read()
    try:
        settings = json.loads(content.decode())["settings"]
        return {**settings, "corpus": settings["corpus"]}
    except (ValueError, LookupError, TypeError, RecursionError):
        raise damaged_record(file) from None


def damaged_record(file: Path, reason: str = "") -> ValueError:
    """The error for a run.json that cannot be used."""
    what = f"{file}, which has the settings of the run to be resumed, is damaged{reason and f' ({reason})'}"
    return ValueError(f"{what}. Delete it, and give them again")


def to_json(value: Any, indent: int | None = None) -> str:
    """JSON, with null in place of NaN and infinity, which JSON does not have.

    Bytes of a file name that are no UTF-8 are lone surrogates; written with "backslashreplace" they are JSON's escapes.
    """
    return json.dumps(_without_nan(value), indent=indent, ensure_ascii=False, default=str)


def _without_nan(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _without_nan(item) for key, item in value.items()}
    return [_without_nan(item) for item in value] if isinstance(value, list) else value
