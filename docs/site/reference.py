"""What the API reference needs of the package: its modules, imported without PyTorch, and its version."""

from __future__ import annotations
import __future__

import ast
import re
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

# Packages of tutorlm that the site does without; Sphinx puts stand-ins in their place.
ABSENT = (
    "IPython", "PIL", "charset_normalizer", "filelock", "huggingface_hub", "ipywidgets", "matplotlib", "torch", "tqdm",
)  # fmt: skip


def version(root: Path) -> str:
    """The version that `tutorlm/__init__.py` states."""
    tree = ast.parse((root / "tutorlm" / "__init__.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__version__":
            return ast.literal_eval(node.value)
    raise ValueError(f"{root / 'tutorlm' / '__init__.py'} has no line `__version__ = …`")


def import_with_annotations_as_text(cache: Path) -> None:
    """Compile modules as if each began with `from __future__ import annotations`.

    Annotations then appear as they are written, and `str | torch.device` needs no real `torch`.
    """

    def source_to_code(self: Any, data: Any, path: Any, *, _optimize: int = -1) -> Any:
        flag = __future__.annotations.compiler_flag
        return compile(data, path, "exec", flags=flag, dont_inherit=True, optimize=_optimize)

    SourceFileLoader.source_to_code = source_to_code
    sys.pycache_prefix = str(cache)  # modules compiled otherwise are elsewhere


def as_restructured_text(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Let Sphinx read a docstring as it is meant: an indented block is code, and the `s` of "`Path`s" is not."""
    found: list[str] = []
    for line in lines:
        starts_block = line.startswith("    ") and len(found) > 1 and not found[-1] and not found[-2].startswith(" ")
        found += ["::", ""] if starts_block else []
        found.append(re.sub(r"(`[^`]+`)(?!`)(\w?)", lambda m: m[1] + r"\ " * bool(m[2]) + m[2], line))
    lines[:] = found
