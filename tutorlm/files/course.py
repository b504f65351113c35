"""Where the files of the course are, in a clone and in an installed package; and a copy of them for a learner.

    notebooks/   data/sample_corpus/   data/tagged_sentences/   docs/

In a clone they stand beside the package. setup.py runs this file by itself, so that it imports nothing of the package,
and puts them into the wheel, at `INSTALLED`.
"""

import contextlib
import shutil
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
INSTALLED = PACKAGE / "course" / "files"
PARTS = (
    "notebooks/*.ipynb", "notebooks/*.md", "notebooks/ko/*.ipynb", "notebooks/ko/*.md", "data/sample_corpus/**/*",
    "data/tagged_sentences/*", "docs/*.md",
)  # fmt: skip


def course_root() -> Path:
    """The folder with the course's `notebooks` and `data`: inside an installed package, or the clone."""
    return INSTALLED if INSTALLED.is_dir() else PACKAGE.parent


def sample_corpus() -> Path:
    """The folder of the sample corpora, with one folder for each language."""
    return course_root() / "data" / "sample_corpus"


def course_files(root: Path) -> list[Path]:
    """The files of the course below `root`, relative to it; not what learners made there, nor anything hidden."""
    found = {file.relative_to(root) for pattern in PARTS for file in root.glob(pattern) if file.is_file()}
    return sorted(file for file in found if not any(part.startswith((".", "my_")) for part in file.parts))


def copy_course(folder: Path) -> list[Path]:
    """Copy the course into `folder`, which is made, or is empty; returns the files, relative to it.

    Raises:
        FileExistsError: the folder holds something, or is none; nothing was copied.
        FileNotFoundError: the package has no course: it is incomplete.
        OSError: the folder could not be written to; what was copied is removed.
    """
    root, new = course_root(), not folder.exists()
    files = course_files(root)
    if not any(file.suffix == ".ipynb" for file in files):
        raise FileNotFoundError(f"there are no notebooks in {root}: install tutorlm again")
    if not new and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"{folder} is there, and is no empty folder. Name a new one: nothing was copied")
    unfinished = folder / ".unfinished"
    try:
        for file in files:
            (unfinished / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / file, unfinished / file)  # without its permissions: a learner writes to it
        for part in sorted(unfinished.iterdir()):
            part.replace(folder / part.name)
        unfinished.rmdir()
    except BaseException as error:
        for name in {".unfinished", *(file.parts[0] for file in files)}:
            shutil.rmtree(folder / name, ignore_errors=True)
        with contextlib.suppress(OSError):
            if new:
                folder.rmdir()
        if isinstance(error, OSError):
            words = f"could not write {folder} ({error.strerror}); nothing was left behind"
            raise OSError(error.errno, words) from error
        raise
    return files
