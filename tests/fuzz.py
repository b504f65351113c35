"""Damages model and dictionary files at random and opens them under watch.

    python tests/fuzz.py 100000 --seed 7     any number of files; `make fuzz COUNT=100000 SEED=7` does the same

A file is determined by its seed and number, so that a finding can be made again. What is found is kept in a folder.
"""

from __future__ import annotations

import argparse
import collections
import json
import pickle
import pickletools
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

from hostile import ITEMS, archive, legacy, model, model_pickle, read_under_watch

BATCH = 1000
OPCODES = [opcode.code.encode("latin1") for opcode in pickletools.opcodes]
NUMBERS = [value.to_bytes(size, "little") for size in (1, 2, 4, 8) for value in (0, 1, 127, 2 ** (8 * size) - 1)]
TEXTS = [b"storage", b"module", b"FloatStorage", b"IntStorage", b"_rebuild_tensor_v2", b"_rebuild_parameter",
         b"OrderedDict", b"Dictionary", b"encode", b"cos\nsystem\n", b"idx2item", b"item2idx", b"add_unk"]  # fmt: skip


def sound_files(folder: Path) -> dict[str, bytes]:
    """A sound file of each kind; "repacked" is the pickle of an archive, without any checksum."""
    model().save(folder / "ours.pt")
    legacy(folder / "legacy.pt", model_pickle())
    model().dictionary.save(folder / "items.json")
    model().dictionary.save(folder / "items.pkl")
    mapping = {"idx2item": ITEMS, "item2idx": {item: number for number, item in enumerate(ITEMS)}}
    return {
        "ours.pt": (folder / "ours.pt").read_bytes(),
        "repacked.pt": model_pickle(),
        "legacy.pt": (folder / "legacy.pt").read_bytes(),
        "mapping.pkl": pickle.dumps(mapping, 4),
        "items.pkl": (folder / "items.pkl").read_bytes(),
        "items.json": (folder / "items.json").read_bytes(),
    }


def damaged(content: bytes, chance: random.Random) -> bytes:
    """One to four changes: bits, bytes, cuts, copies from elsewhere, instructions, numbers, names."""
    for _ in range(chance.choice((1, 1, 1, 2, 3, 4))):
        place, other = chance.randrange(len(content) + 1), chance.randrange(len(content) + 1)
        length = chance.choice((1, 1, 2, 4, 8, 40, 400))
        here = content[place : place + length]
        new = chance.choice((
            bytes(byte ^ (1 << chance.randrange(8)) for byte in here[:1]) + here[1:],
            chance.randbytes(len(here)),
            b"",
            content[other : other + length],
            here * chance.choice((2, 3, 50)),
            b"".join(chance.choices(OPCODES, k=chance.choice((1, 2, 5)))),
            chance.choice(NUMBERS),
            chance.choice(TEXTS),
        ))  # fmt: skip
        content = content[:place] + new + content[place + chance.choice((0, len(new), length)) :]
    return content[: chance.randrange(len(content) + 1)] if chance.random() < 0.05 else content


def write_damaged(folder: Path, sound: dict[str, bytes], seed: int, number: int) -> Path:
    """The file with this number."""
    kind = list(sound)[number % len(sound)]
    path = folder / f"{number}-{kind}"
    content = damaged(sound[kind], random.Random(f"{seed} {number}"))
    if kind == "repacked.pt":
        archive(path, content)
    else:
        path.write_bytes(content)
    return path


def judged(answer: dict[str, Any], whole: str) -> str:
    """In a word what came of a file; "finding: …" if that must not be. `whole` is the content of the sound one."""
    outcome = answer["outcome"]
    if answer["happened"] or not outcome.startswith(("opened", "refused: ")) or ": it scores" in outcome:
        return f"finding: {outcome} {answer['happened']}"
    if answer["seconds"] > 5 or answer["megabytes"] > 200:
        return f"finding: it took {answer['seconds']:.1f} s and {answer['megabytes']:.0f} MB"
    if outcome != "opened":
        return "refused"
    if answer["content"] == whole:
        return "opened, with the same content"
    return "opened, with other content" if "ours" not in answer["file"] else "finding: other content despite its digest"


def fuzz(count: int, seed: int, folder: Path, findings: Path | None = None) -> dict[str, collections.Counter[str]]:
    """Kind of file → outcome → how many of `count` files; files behind findings are moved to a folder."""
    sound = sound_files(folder)
    for name, content in sound.items():
        archive(folder / name, content) if name == "repacked.pt" else (folder / name).write_bytes(content)
    whole = {name: answer["content"] for name, answer in read_under_watch(folder, [folder / n for n in sound]).items()}
    outcomes: dict[str, collections.Counter[str]] = {name: collections.Counter() for name in sound}
    for first in range(0, count, BATCH):
        files = [write_damaged(folder, sound, seed, n) for n in range(first, min(count, first + BATCH))]
        for name, answer in read_under_watch(folder, files).items():
            kind = name.partition("-")[2]
            verdict = judged(answer, whole[kind])
            outcomes[kind][verdict] += 1
            if findings and verdict.startswith("finding"):
                findings.mkdir(exist_ok=True)
                (folder / name).rename(findings / f"{seed}-{name}")
        for file in files:
            file.unlink(missing_ok=True)
        if findings:
            print(f"{first + len(files):,} files", file=sys.stderr)
    return outcomes


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--findings", type=Path, default=Path("fuzz_findings"), help="folder for what is found")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcomes = fuzz(options.count, options.seed, Path(folder), options.findings)
    print(json.dumps(outcomes, indent=1))
    return int(any(verdict.startswith("finding") for found in outcomes.values() for verdict in found))


if __name__ == "__main__":
    sys.exit(main())
