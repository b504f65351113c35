"""Opens files while every event of Python's audit system is watched, with limits on memory and time.

Usage: python watched_reader.py MEGABYTES GOOD_FILE. Reads names of files from standard input, a line each, and
answers each with a line of JSON: the outcome, a digest of the content, what happened beside reading, seconds of the
processor, and megabytes of memory taken. A process of its own, because an audit hook stays for ever and a hostile
file may kill its reader.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import resource
import signal
import sys
import time
from pathlib import Path

import torch

from tutorlm import Dictionary, LanguageModel

torch.set_num_threads(1)
SECONDS = 60
HARMLESS = ("object.", "code.", "sys._getframe", "gc.", "builtins.id", "cpython.", "marshal.", "array.__new__")
happened: list[str] = []
watching = False


def watch(event: str, arguments: tuple) -> None:
    if not watching or event.startswith(HARMLESS):
        return
    if event == "open":
        flags = arguments[2] if isinstance(arguments[2], int) else 0
        if not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND):
            return
    happened.append(f"{event}{arguments!r:.200}")


def memory() -> int:
    """Peak of the memory of this process, in KB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def answer(path: Path) -> tuple[str, str]:
    """Open a file as what its ending says, use it a little, and tell the outcome and a digest of the content."""
    try:
        if path.suffix == ".pt":
            model = LanguageModel.load_language_model(path)
            state = model.to_state()
            dictionary, tensors = state.pop("dictionary"), state.pop("state_dict")
            content = [state, {name: tensor.tolist() for name, tensor in tensors.items()}, items_of(dictionary)]
            bits = model.score("a b").bits_per_character if model.decoder is not None else 0.0
            return "opened" if math.isfinite(bits) else "opened: it scores NaN", digest(content)
        dictionary = Dictionary.load(path)
        dictionary.encode("a" if dictionary.unknown_index is not None else "")
        return "opened", digest(items_of(dictionary))
    except LookupError as error:  # a text that the items, being others, do not cover
        return f"opened, and scores nothing: {error!s:.200}" if "no <unk>" in str(error) else f"raised: {error!r}", ""
    except (ValueError, OSError) as error:  # with ModelFileError and UnsafeFileError
        named = path.name in str(error) and "Traceback" not in str(error)
        return f"refused: {error!s:.500}" if named else f"not named: {error!r:.500}", ""
    except BaseException as error:
        return f"raised: {error!r:.500}", ""


def items_of(dictionary: Dictionary) -> list:
    return [dictionary.get_items(), dictionary.add_unk, dictionary.normalization]


def digest(content: object) -> str:
    return hashlib.sha256(repr(content).encode()).hexdigest()


def main() -> None:
    global watching
    good = Path(sys.argv[2])
    b"a".decode("raw-unicode-escape")  # what is imported at the first use is imported now
    for _ in range(2):
        assert answer(good)[0] == "opened", answer(good)
    sys.addaudithook(watch)
    limit = int(sys.argv[1]) << 20
    in_use = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (in_use + limit, in_use + limit))
    for line in sys.stdin:
        path, before, began = Path(line.rstrip("\n")), memory(), time.process_time()
        happened.clear()
        signal.alarm(SECONDS)  # ends this process
        watching = True
        outcome, content = answer(path)
        watching = False
        signal.alarm(0)
        print(json.dumps({
            "file": path.name, "outcome": outcome, "content": content, "happened": list(happened),
            "seconds": time.process_time() - began, "megabytes": (memory() - before) / 1024,
        }), flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
