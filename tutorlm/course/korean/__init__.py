"""The phrase book of the Korean edition: what the course says in English → how it says it in Korean.

Each module has `PHRASES` for the module of the course whose name it has: `tasks_lstm` for `tasks/lstm.py`, `drawings`
for all of `drawings/`. Its keys are the strings of that module; an f-string is its template with `{}` for each hole.
In the Korean, `{}` are the holes in the same order, or `{0}`, `{1}` in any. `[은/는]` after a hole is the one of the
two that suits what the hole ends with: see `tutorlm.course.particles`. `notebooks` is for the code of the notebooks,
`doctor` for what the course repeats of `tutorlm.doctor`.
"""

from __future__ import annotations

import importlib
import pkgutil


def modules() -> list[str]:
    """The names of the modules with phrases."""
    return sorted(found.name for found in pkgutil.iter_modules(__path__))


def phrases() -> dict[str, str]:
    """All phrases.

    Raises:
        ValueError: two modules translate the same English differently.
    """
    collected: dict[str, str] = {}
    for name in modules():
        for english, korean in importlib.import_module(f"{__name__}.{name}").PHRASES.items():
            if collected.setdefault(english, korean) != korean:
                raise ValueError(f"{name}: {english!r} is translated as {collected[english]!r} elsewhere")
    return collected
