"""Check that everything the course needs is installed, and say how to fix what is not.

    from tutorlm.course.environment import check_environment

    check_environment()

Without PyTorch or numpy the package itself cannot be imported. This file then runs as a script:
`python tutorlm/course/environment.py`. It needs only Python, and each check is independent of the others.
"""

from __future__ import annotations

import contextlib
import html
import importlib
import importlib.metadata
import os
import platform
import re
import shutil
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

OK, WARN, FAIL = "OK", "WARN", "FAIL"
PACKAGE = Path(__file__).resolve().parents[1]
COURSE = PACKAGE / "course" / "files"  # as in files/course.py, which cannot be imported where torch is missing
NEEDED = ("torch", "numpy", "matplotlib", "ipywidgets", "tqdm", "filelock", "charset-normalizer")
FOR_NOTEBOOKS = ("ipykernel", "jupyterlab")
GIB = 2**30
LESSONS_GFLOPS = 90  # of the machine on which the times in the notebooks were measured


@dataclass(frozen=True)
class Line:
    """The result of one check: OK, WARN or FAIL, what was found, and how to fix it."""

    status: str
    what: str
    found: str
    remedy: str = ""


@dataclass(frozen=True, repr=False)
class Report:
    """All results, as text for a terminal or a bug report, and as a table in a notebook."""

    lines: tuple[Line, ...]

    @property
    def ok(self) -> bool:
        """Whether the course can run, since no check failed."""
        return all(line.status != FAIL for line in self.lines)

    @property
    def summary(self) -> str:
        """The outcome in one sentence."""
        failed, warned = (sum(line.status == status for line in self.lines) for status in (FAIL, WARN))
        if not failed and not warned:
            return "All is well."
        verdict = "The course can run" if self.ok else "Fix the failed checks before you begin"
        return f"{verdict} (failed: {failed}, warnings: {warned}). The arrows say what to do."

    def _told(self) -> list[Line]:
        """The lines in the language of the edition."""
        return [Line(line.status, *map(_said, (line.what, line.found, line.remedy))) for line in self.lines]

    def __str__(self) -> str:
        lines = self._told()
        width = max((_columns(line.what) for line in lines), default=0)
        rows = []
        for line in lines:
            rows.append(f"{line.status:4}  {line.what}{' ' * (width - _columns(line.what))}  {line.found}")
            if line.remedy:
                rows.append(f"{'':4}  {'':{width}}  → {line.remedy}")
        return "\n".join([*rows, _said(self.summary)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        colours = dict.fromkeys((OK, WARN, FAIL), "currentColor")
        with contextlib.suppress(ImportError):  # without torch this file runs, but the package does not
            from tutorlm.course.colours import GREEN, ORANGE, RED

            colours = {OK: GREEN, WARN: ORANGE, FAIL: RED}
        left = "text-align: left; vertical-align: top; padding: .15em .6em; color: currentColor"
        rows = "".join(
            f'<tr style="background: none"><td style="{left}; border-left: .4em solid {colours[line.status]}">'
            f'<strong>{line.status}</strong></td><th scope="row" style="{left}">{html.escape(line.what)}</th>'
            f'<td style="{left}">{html.escape(line.found)}'
            + (f"<br>→ {html.escape(line.remedy)}" if line.remedy else "")
            + "</td></tr>"
            for line in self._told()
        )
        summary = html.escape(_said(self.summary))
        caption = f'<caption style="text-align: left; color: currentColor">{summary}</caption>'
        return f'<div role="status"><table style="color: currentColor">{caption}<tbody>{rows}</tbody></table></div>'


def _said(text: str) -> str:
    """A text in the language of the edition; without torch there is none but English."""
    editions = sys.modules.get("tutorlm.course.editions")
    return editions.translate(text) if editions else text


def _columns(text: str) -> int:
    """How wide a text is in a terminal, like `tutorlm.unicode.columns`, which needs numpy."""
    return sum(1 + (unicodedata.east_asian_width(character) in "WF") for character in text)


def check_environment() -> Report:
    """Check everything the course needs. Takes a second or two, changes nothing and never raises."""
    checks: list[tuple[str, Callable[[], Line]]] = [
        ("tutorlm", _tutorlm),
        ("Python", _python),
        *((name, lambda name=name: _package(name, needed=True)) for name in NEEDED),
        *((name, lambda name=name: _package(name, needed=False)) for name in FOR_NOTEBOOKS),
        ("where", _where),
        ("processor", _processor),
        ("accelerator", _accelerator),
        ("speed", _speed),
        ("memory", _memory),
        ("disk", _disk),
        ("folder", _folder),
        ("models", _models),
        ("sample corpus", _sample_corpus),
    ]
    return Report(tuple(_isolated(what, check) for what, check in checks))


def _isolated(what: str, check: Callable[[], Line]) -> Line:
    try:
        return check()
    except Exception as error:
        return Line(WARN, what, f"could not be checked ({_one_line(error)})")


def _one_line(error: Exception) -> str:
    """An exception on one line, shortened."""
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return text if len(text) < 160 else f"{text[:150]} …"


# -- versions ----------------------------------------------------------------------------------------


def bounds() -> dict[str, str]:
    """Name of a package (and "python") → the versions allowed, such as ">=7.7.1,<9"; empty if unknown.

    They come from pyproject.toml in a clone of the repository, else from the metadata of the installed package.
    """
    file = PACKAGE.parent / "pyproject.toml"
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    if re.search(r'(?m)^name = "tutorlm"$', text):
        lists = re.findall(r"(?ms)^(?:dependencies|lab) = \[(.*?)^\]", text)
        requirements = [found for part in lists for found in re.findall(r'"([^"]+)"', part)]
        python = "".join(re.findall(r'(?m)^requires-python = "(.*)"$', text))
    else:
        try:
            metadata = importlib.metadata.metadata("tutorlm")
        except importlib.metadata.PackageNotFoundError:
            return {}
        listed = [line.partition(";") for line in metadata.get_all("Requires-Dist") or []]
        requirements = [name for name, _, extra in listed if "extra" not in extra or re.search("[\"']lab[\"']", extra)]
        python = "".join(metadata.get_all("Requires-Python") or [])
    parsed = (re.match(r"\s*([\w.-]+)\s*(?:\[.*?\])?\s*\(?([^)]*)", line) for line in requirements)
    return {**{found[1].lower(): found[2].strip() for found in parsed if found}, "python": python}


def allows(allowed: str, version: str) -> bool:
    """Whether bounds such as ">=6.17,!=7.0.*" allow a version, pre-releases and local versions included.

    Raises:
        ImportError: `packaging` is not installed.
        ValueError: the version does not follow Python's rules for versions.
    """
    from packaging.specifiers import SpecifierSet  # here, since a bare Python does not have it
    from packaging.version import Version

    return SpecifierSet(allowed).contains(Version(version), prereleases=True)


def _compared(what: str, version: str, found: str, allowed: str, remedy: str) -> Line:
    """A line about a version that is installed."""
    if not allowed:
        return Line(OK, what, f"{found} (the versions required are not known here)")
    try:
        fits = allows(allowed, version)
    except ImportError:
        return Line(WARN, what, f"{found}; not compared with {allowed}, since packaging is not installed",
                    "pip install packaging, then run this check again")  # fmt: skip
    except ValueError:
        return Line(WARN, what, f"{found}; cannot be compared with {allowed}")
    return Line(OK, what, found) if fits else Line(FAIL, what, f"{found}; {allowed} is needed", remedy)


def _tutorlm() -> Line:
    text = (PACKAGE / "__init__.py").read_text(encoding="utf-8")
    version, *_ = re.findall(r'__version__ = "(.*?)"', text)
    return Line(OK, "tutorlm", version)


def _python() -> Line:
    version, allowed = platform.python_version(), bounds().get("python", "")
    found = f"{version}, {platform.system()} {platform.machine()}"
    return _compared("Python", version, found, allowed, f"make an environment with Python {allowed}")


def _package(name: str, needed: bool) -> Line:
    allowed = bounds().get(name, "")
    install = f'pip install "{name}{allowed}" (in a notebook: %pip), then restart the kernel'
    try:
        # JupyterLab is a server, not a part of this process: its version is enough
        module = None if name == "jupyterlab" else importlib.import_module(name.replace("-", "_"))
        version = getattr(module, "__version__", None) or importlib.metadata.version(name)
    except Exception as error:
        missing = isinstance(error, (ModuleNotFoundError, importlib.metadata.PackageNotFoundError))
        found = "not installed" if missing else f"cannot be imported ({_one_line(error)})"
        if needed:
            return Line(FAIL, name, found, install)
        if name == "jupyterlab":  # Colab and editors have notebooks of their own
            return Line(OK, name, f"{found}; notebooks open in Colab, VS Code and others too")
        return Line(WARN, name, f"{found}; notebooks need it", install)
    return _compared(name, str(version), str(version), allowed, install)


# -- the machine ---------------------------------------------------------------------------------------


def _where() -> Line:
    seen = set(os.environ)
    if "google.colab" in sys.modules or "COLAB_RELEASE_TAG" in seen:
        remedy = "download what you want to keep (my_models/): this machine is deleted when you leave"
        return Line(OK, "where", "Google Colab", remedy)
    if seen & {"BINDER_SERVICE_HOST", "BINDER_LAUNCH_HOST", "BINDER_REPO_URL"}:
        remedy = "download what you want to keep (my_models/): this machine is deleted after a pause"
        return Line(OK, "where", "Binder", remedy)
    return Line(OK, "where", "a JupyterHub" if "JUPYTERHUB_USER" in seen else "neither Colab nor Binder")


def _processor() -> Line:
    try:
        threads = importlib.import_module("torch").get_num_threads()
        cores = importlib.import_module("tutorlm.training.threads").cores()
    except Exception:
        return Line(OK, "processor", f"{os.cpu_count()} cores")
    found = "1 core" if cores == 1 else f"{cores} cores"
    if threads > cores:
        return Line(WARN, "processor", f"{found}, but torch uses {threads} threads, which slow each other down",
                    f"set OMP_NUM_THREADS={cores} before Python starts")  # fmt: skip
    return Line(OK, "processor", f"{found}, of which torch uses {threads}")


def _accelerator() -> Line:
    try:
        torch = importlib.import_module("torch")
    except Exception:
        return Line(OK, "accelerator", "not checked without torch")
    if torch.cuda.is_available():
        return Line(OK, "accelerator", f"CUDA: {torch.cuda.get_device_name(0)}")
    if torch.backends.mps.is_available():
        return Line(OK, "accelerator", "MPS")
    return Line(OK, "accelerator", "none; the course needs none")


def _speed() -> Line:
    """Time the product of two 512 × 512 matrices, which dominates training."""
    try:
        torch = importlib.import_module("torch")
        matrix = torch.ones(512, 512)
    except Exception:
        return Line(WARN, "speed", "not measured without torch")
    product, best, end = matrix @ matrix, float("inf"), time.perf_counter() + 0.3
    while (begin := time.perf_counter()) < end:
        product = matrix @ matrix
        best = min(best, time.perf_counter() - begin)
    gflops = 2 * len(product) ** 3 / best / 1e9
    found = f"{gflops:.2g} GFLOP/s" if gflops < 100 else f"{gflops:.0f} GFLOP/s"
    if gflops >= LESSONS_GFLOPS / 2:
        return Line(OK, "speed", f"{found}; times in the notebooks will be about right")
    slower = f"{found}; the notebooks' times were measured at {LESSONS_GFLOPS}"
    if gflops >= LESSONS_GFLOPS / 6:
        return Line(OK, "speed", f"{slower}: models get less far in the same time")
    remedy = "close other programs and kernels, or give training more seconds (max_seconds)"
    return Line(WARN, "speed", f"{slower}: training takes several times as long", remedy)


def _memory() -> Line:
    found = min(_memories(), default=None)
    if found is None:
        return Line(OK, "memory", "unknown on this system")
    if found < GIB:
        remedy = "shut down kernels you do not use: a kernel that runs out of memory restarts without a message"
        return Line(WARN, "memory", f"{found / GIB:.1f} GB", remedy)
    return Line(OK, "memory", f"{found / GIB:.1f} GB")


def _memories() -> Iterator[int]:
    """Bytes of memory of this machine, and the limit of this container."""
    names = getattr(os, "sysconf_names", {})
    if {"SC_PHYS_PAGES", "SC_PAGE_SIZE"} <= set(names):
        yield os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        file = Path(limit)
        if file.is_file() and (text := file.read_text(encoding="ascii").strip()).isdigit():
            yield int(text)


def _disk() -> Line:
    free = shutil.disk_usage(Path.cwd()).free
    if free < GIB:
        remedy = "free some space: notebooks keep models in my_models/ and corpora in my_corpora/"
        return Line(WARN, "disk", f"{free / GIB:.2f} GB free", remedy)
    return Line(OK, "disk", f"{free / GIB:.0f} GB free")


# -- files -----------------------------------------------------------------------------------------------


def _folder() -> Line:
    remedy = "start Jupyter in a folder of your own, such as a copy of this one in your home folder"
    try:
        name = Path.cwd().name or "the root"
        with tempfile.TemporaryFile(dir=Path.cwd()) as file:
            file.write(b"a")
    except OSError as error:
        return Line(FAIL, "folder", f"not writable ({error.strerror})", remedy)
    return Line(OK, "folder", f"{name} can be written to")


def _models() -> Line:
    remedy = "install the package again: its files in tutorlm/models are missing or incomplete"
    found = sorted((PACKAGE / "models").glob("*.pt"))
    if not found:
        return Line(FAIL, "models", "the models that ship with the package are missing", remedy)
    small = [file.stem for file in found if file.stat().st_size < 10_000]
    if small:
        return Line(FAIL, "models", f"{', '.join(small)}: incomplete", remedy)
    return Line(OK, "models", ", ".join(file.stem for file in found))


def _sample_corpus() -> Line:
    copy = "`python -m tutorlm course my_course` copies the notebooks and their texts into a folder of your own"
    for root, hint in ((Path(".."), ""), (Path(), ""), (PACKAGE.parent, ""), (COURSE, copy)):
        folder = root / "data" / "sample_corpus"
        languages = sorted(file.parent.name for file in folder.glob("*/valid.txt"))
        if languages:
            return Line(OK, "sample corpus", ", ".join(languages), hint)
    remedy = f"{copy}: they read ../data/sample_corpus"
    return Line(FAIL, "sample corpus", "no folder data/sample_corpus", remedy)


if __name__ == "__main__":
    own = str(Path(__file__).resolve().parent)  # added by Python, but not a place to import packages from
    sys.path[:] = [folder for folder in sys.path if folder != own]
    report = check_environment()
    print(report)
    sys.exit(0 if report.ok else 1)
