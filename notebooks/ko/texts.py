"""The Korean prose of a notebook: its blocks, whether they are in step with the English cells, and the words in it.

`prose/NN_name.md` has one block for each Markdown cell of `notebooks/NN_name.ipynb`, in order:

    <!-- cell 05-004 of 3f2a91c0 -->
    the Korean text

with the cell's id and a hash of its English text. If that text changes, the block is stale, and is reported until
somebody has read it again and put in the new hash. `own` after the hash means that the block speaks of outputs of the
Korean edition: its numbers and names may differ from the English ones.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import nbformat

GLOSSARY = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"
HEAD = re.compile(r"^<!-- cell (\S+) of ([0-9a-f]{8})( own)? -->\n", re.MULTILINE)
SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
).split()
PREDICT = ("**Predict.**", "**예상해 보세요.**")  # answers below these words are folded
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
ADDRESS = re.compile(r"(?<=\]\()[^)\s]+(?=\))")
WORDS = re.compile(r"\\text\{[^}]*\}")  # in a formula
FORMULA = re.compile(r"\$\$[^$]+\$\$|\$[^$]+\$")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
QUOTED = re.compile(r"\"[^\"\n]*\"|“[^”\n]*”")


class OutOfStepError(Exception):
    """What is wrong with the prose of a notebook, one problem a line."""


@dataclass(frozen=True)
class Block:
    """The Korean text of a cell, and the hash of the English text that it renders."""

    cell: str
    of: str
    own: bool
    text: str


# -- blocks -----------------------------------------------------------------------------------------------


def is_badges(paragraph: str) -> bool:
    """Whether a paragraph is the one of badges, below the title."""
    return paragraph.startswith("[![")


def without_badges(source: str) -> str:
    """The text that is rendered in Korean."""
    return "\n\n".join(paragraph for paragraph in source.split("\n\n") if not is_badges(paragraph))


def hash_of(source: str) -> str:
    """Changes whenever an English cell does, but not with its badges."""
    return hashlib.sha256(without_badges(source).encode()).hexdigest()[:8]


def read(path: Path) -> list[Block]:
    """The blocks of a file."""
    before, *parts = HEAD.split(path.read_text(encoding="utf-8"))
    found = [Block(cell, of, bool(own), text.strip()) for cell, of, own, text in zip(*[iter(parts)] * 4)]
    if before.strip() or any("<!-- cell" in block.text for block in found):
        raise OutOfStepError(f"{path.name}: a block begins with a line such as <!-- cell 05-004 of 3f2a91c0 -->")
    return found


def problems(notebook: nbformat.NotebookNode, blocks: list[Block], name: str) -> list[str]:
    """Cells without a block, blocks without a cell, and blocks of an English text that has changed since."""
    english = {cell.id: cell.source for cell in notebook.cells if cell.cell_type == "markdown"}
    given = [block.cell for block in blocks]
    found = [f"{name}: cell {cell} has no block" for cell in english if cell not in given]
    found += [f"{name}: cell {cell} has two blocks" for cell in english if given.count(cell) > 1]
    for block in blocks:
        if block.cell not in english:
            found.append(f"{name}: the English notebook has no text cell {block.cell}")
        elif not block.text:
            found.append(f"{name}: the block of cell {block.cell} is empty")
        elif block.of != hash_of(english[block.cell]):
            now = hash_of(english[block.cell])
            found.append(f"{name}: cell {block.cell} is stale: its English text has changed, and is now {now}")
    if not found and given != list(english):
        found.append(f"{name}: the blocks are not in the order of the cells")
    return found


def skeleton(notebook: nbformat.NotebookNode) -> str:
    """A file of prose that is still English."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    return "\n".join(
        f"<!-- cell {cell.id} of {hash_of(cell.source)} -->\n{without_badges(cell.source)}\n" for cell in cells
    )


# -- what a text has in common with the English one, and words that it must not have ----------------------


def marks(text: str) -> dict[str, Counter[str]]:
    """What is the same in every language: names in backticks, link targets without their anchors, formulas, numbers."""
    found = {"code": Counter(CODE.findall(text))}
    text = CODE.sub(" ", text)
    found["links"] = Counter(address.partition("#")[0] for address in ADDRESS.findall(text))
    text = ADDRESS.sub("", text)
    found["formulas"] = Counter(WORDS.sub("", formula) for formula in FORMULA.findall(text))
    found["numbers"] = Counter(NUMBER.findall(FORMULA.sub(" ", text)))
    return found


def spelt_out(text: str) -> set[str]:
    """Digits of the numbers that an English text has as words; Korean may write digits for them."""
    words = {*re.findall(r"[a-z]+", text.lower())}
    return {str(number) for number, word in enumerate(SMALL) if word in words}


def differences(notebook: nbformat.NotebookNode, blocks: list[Block]) -> list[str]:
    """Where blocks differ from their English cells; ids that do not match are not looked at.

    A block that is `own` must only ask for predictions where the English cell does.
    """
    english = {cell.id: without_badges(cell.source) for cell in notebook.cells if cell.cell_type == "markdown"}
    found = []
    for block in blocks:
        if block.cell not in english:
            continue
        if english[block.cell].count(PREDICT[0]) != block.text.count(PREDICT[1]):
            found.append(f"cell {block.cell}: {PREDICT[0]} is {PREDICT[1]}")
        if block.own:
            continue
        theirs, ours = marks(english[block.cell]), marks(block.text)
        for kind in theirs:
            missing, extra = theirs[kind] - ours[kind], ours[kind] - theirs[kind]
            if kind == "numbers":
                extra = Counter({x: n for x, n in extra.items() if x not in spelt_out(english[block.cell])})
            found += [f"cell {block.cell}: {kind}: only English has {x}" for x in missing]
            found += [f"cell {block.cell}: {kind}: only Korean has {x}" for x in extra]
    return found


def banned() -> dict[str, str]:
    """Words that are not to be used, and the word to use: those in backticks in the glossary's last column."""
    rows = re.findall(r"^\|(.*)\|(.*)\|(.*)\|$", GLOSSARY.read_text(encoding="utf-8"), re.MULTILINE)
    return {word: korean.strip() for _, korean, avoid in rows for word in re.findall(r"`([^`]+)`", avoid)}


def banned_in(path: Path) -> list[str]:
    """Banned words of a Korean page, outside of code and quotations.

    A word counts at the beginning of what is written together, one with ~ before it anywhere.
    """
    text = QUOTED.sub(" ", CODE.sub(" ", path.read_text(encoding="utf-8")))
    found = []
    for word, better in banned().items():
        pattern = re.escape(word[1:]) if word.startswith("~") else rf"(?<![가-힣]){re.escape(word)}"
        found += [f"{path.name}: {word}, better: {better}" for _ in re.findall(pattern, text)]
    return found
