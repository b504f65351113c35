"""The exercises of the course: `check` an answer, get a `hint`, see a `solution`.

    from tutorlm.course.exercises import check, hint, solution

    check("batchify", batchify)   # right, try again, or not yet
    hint("batchify")              # the first hint; hint("batchify", 2) is the second
    solution("batchify")          # the source of one way to do it
    batchify = yours_or_ours("batchify", batchify)   # to go on with, solved or not

A wrong answer never raises. What was right is kept for `tutorlm.course.progress`. The exercises of a notebook are the
tuple `EXERCISES` of a module in `tutorlm.course.tasks`; new modules are found automatically:

    '''Exercises of notebook 03.'''
    from tutorlm.course.exercises import Exercise

    NOTEBOOK = "03_model"  # groups and sorts the exercises in the notebook of solutions

    def double(x: int) -> int:
        return 2 * x

    EXERCISES = (
        Exercise(
            name="double",
            task="Write `double(x)`, which gives twice x.",
            hints=("Which operator multiplies?", "The body is `return 2 * …`."),
            reference=double,
            cases=lambda: [(3,), (0,), (-2,)],
            diagnoses=lambda arguments, expected, got: "That is the square." if got == arguments[0] ** 2 else None,
            afterword="An embedding of twice the size has twice the weights.",
        ),
    )

An exercise without `cases` asks for a value: a number, a string, a tuple, a bool, or one of `choices`. Its reference
is that value, or a function without arguments that computes it, so that `solution` shows how.

`python -m tutorlm.course.exercises notebooks/solutions.ipynb` writes all tasks and solutions into a notebook;
`python -m tutorlm.course.exercises notebooks/ko/solutions.ipynb --language ko` does so in Korean.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import importlib
import inspect
import pkgutil
import sys
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from tutorlm.course import tasks
from tutorlm.course.differences import shown
from tutorlm.course.editions import LANGUAGES, language, translate
from tutorlm.course.judging import RIGHT, Exercise, Note, Result, judge
from tutorlm.course.learner import remember

__all__ = ["Exercise", "Note", "Result", "check", "hint", "judge", "solution", "write_solutions", "yours_or_ours"]


# -- for learners ------------------------------------------------------------------------


def check(name: str, answer: Any) -> Result:
    """Judge an answer: the function you wrote or the value you found.

    Raises:
        ValueError: no exercise has this name.
    """
    result = judge(find(name), answer)
    if result.outcome == RIGHT:
        remember(name)
    return result


def hint(name: str, number: int = 1) -> Note:
    """Hint `number` of an exercise; each reveals more than the previous one."""
    hints = find(name).hints
    if number not in range(1, len(hints) + 1):
        count = "1 hint" if len(hints) == 1 else f"{len(hints)} hints"
        return Note("hint", name, f'There are {count}. After the last, solution("{name}") shows one way to do it.')
    more = f'(hint("{name}", {number + 1}) says more.)'
    if number == len(hints):
        more = f'(solution("{name}") shows one way.)'
    return Note(f"hint {number} of {len(hints)}", name, f"{hints[number - 1]}\n{more}")


def solution(name: str) -> Note:
    """One solution of an exercise, as code."""
    if find(name).examine:
        return Note("solution", name, "There is none to copy: your own folder is judged.")
    return Note("solution", name, "One way to do it:", source(find(name)))


def yours_or_ours(name: str, answer: Callable[..., Any]) -> Callable[..., Any]:
    """The learner's function if it is right; else the course's solution, said in one line."""
    exercise = find(name)
    if judge(exercise, answer).outcome == RIGHT:
        return answer
    print(f"{name}: " + translate("the course's solution, until yours is right"))
    solved: Callable[..., Any] = exercise.reference
    return solved


# -- finding exercises -----------------------------------------------------------------------


def modules() -> list[ModuleType]:
    """The modules with exercises, in the order of the notebooks."""
    names = [f"{tasks.__name__}.{found.name}" for found in pkgutil.iter_modules(tasks.__path__)]
    return sorted(map(importlib.import_module, names), key=notebook_of)


def notebook_of(module: ModuleType) -> str:
    """The notebook that a module of exercises belongs to."""
    return getattr(module, "NOTEBOOK", module.__name__.rpartition(".")[2])


def collect(found: Iterable[ModuleType]) -> dict[str, Exercise]:
    """Name → exercise, for these modules.

    Raises:
        ValueError: a name is used twice.
    """
    collected: dict[str, Exercise] = {}
    for module in found:
        for exercise in module.EXERCISES:
            if exercise.name in collected:
                raise ValueError(f"{module.__name__}: there is an exercise {exercise.name!r} already")
            collected[exercise.name] = exercise
    return collected


def find(name: str) -> Exercise:
    """The exercise of this name.

    Raises:
        ValueError: there is none; the message lists similar names.
    """
    exercises = collect(modules())
    if not isinstance(name, str) or name not in exercises:
        near = difflib.get_close_matches(shown(name).strip("'"), exercises, cutoff=0.4) or list(exercises)
        raise ValueError(f"no exercise is called {shown(name)}; there are {', '.join(near)}")
    return exercises[name]


def source(exercise: Exercise) -> str:
    """The code of the reference with its imports; for a value, the value."""
    if not callable(exercise.reference):
        return repr(exercise.reference)
    code = textwrap.dedent(inspect.getsource(exercise.reference)).strip()
    scope = inspect.unwrap(exercise.reference).__globals__
    names = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    defined = {exercise.reference.__name__}
    imports = sorted(_import(name, scope) for name in (names & set(scope)) - defined)
    return "\n".join([*imports, *([""] * 2 if imports else []), code])


def _import(name: str, scope: dict[str, Any]) -> str:
    """The line that imports `name` as it is used in a module."""
    value = scope[name]
    if isinstance(value, ModuleType):
        return f"import {value.__name__}" + ("" if value.__name__ == name else f" as {name}")
    home = getattr(value, "__module__", None) or ""
    is_there = getattr(sys.modules.get(home), name, None) is value
    return f"from {home if is_there else scope['__name__']} import {name}"


_BEGIN = {
    "en": """import sys
from pathlib import Path

sys.path.insert(0, str(Path("..").resolve()))

from tutorlm.course.exercises import check""",
    "ko": """import sys
from pathlib import Path

sys.path.insert(0, str(Path("../..").resolve()))

from tutorlm import course
from tutorlm.course.exercises import check

course.language("ko");""",
}


def write_solutions(path: str | Path) -> None:
    """Write a notebook with all tasks and solutions, grouped by notebook; the output is deterministic.

    It is in the language of the edition, and belongs into the folder of its notebooks: `notebooks` or `notebooks/ko`.
    """
    import nbformat

    v4, cells = nbformat.v4, []
    collect(modules())
    title = "One way to do each exercise. Yours may be another: `check` has the last word."
    cells += [v4.new_markdown_cell(f"# {translate('Solutions')}\n\n{translate(title)}", id="solutions")]
    cells += [v4.new_code_cell(_BEGIN[language()], id="solutions-begin")]
    for module in modules():
        notebook = notebook_of(module)
        if f"notebook-{notebook}" not in [cell.id for cell in cells]:  # the exercises of one may be in several modules
            cells += [v4.new_markdown_cell(f"## [{notebook}]({notebook}.ipynb)", id=f"notebook-{notebook}")]
        for exercise in module.EXERCISES:
            task, name = f"**{exercise.name}.** {translate(exercise.task)}", exercise.name
            if exercise.examine:
                judged = translate("(Your own folder is judged.)")
                cells += [v4.new_markdown_cell(f"{task} {judged}", id=f"{name}-task")]
                continue
            code = source(exercise)
            answer = code if not callable(exercise.reference) else exercise.reference.__name__
            if callable(exercise.reference):
                answer, code = answer + ("()" if exercise.cases is None else ""), f"{code}\n\n\n"
            line = f'check("{name}", {answer})'
            cells += [v4.new_markdown_cell(task, id=f"{name}-task")]
            cells += [v4.new_code_cell(line if answer == code else code + line, id=f"{name}-solution")]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook = v4.new_notebook(cells=cells, metadata=metadata)
    nbformat.validate(notebook)
    nbformat.write(notebook, Path(path))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tutorlm.course.exercises", description=write_solutions.__doc__)
    parser.add_argument("path", help="notebooks/solutions.ipynb, or notebooks/ko/solutions.ipynb")
    parser.add_argument("--language", choices=LANGUAGES, default="en")
    options = parser.parse_args()
    language(options.language)
    write_solutions(options.path)
