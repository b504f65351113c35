"""Is everything here that the course needs? A table with what was found, and a remedy for what is amiss.

    from tutorlm.course.environment import check_environment

    check_environment()

Where PyTorch or numpy is missing the package itself cannot be imported; this file can be run by itself then:
`python tutorlm/course/environment.py`. It needs nothing but Python, and no check can make another fail.
"""

from __future__ import annotations

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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

OK, WARN, FAIL = "OK", "WARN", "FAIL"
PACKAGE = Path(__file__).resolve().parents[1]
NEEDED = ("torch", "numpy", "matplotlib", "ipywidgets", "tqdm")
FOR_NOTEBOOKS = ("ipykernel", "jupyterlab")
GIB = 2**30
LESSONS_GFLOPS = 90  # of the machine on which the times in the notebooks were measured, to one digit


@dataclass(frozen=True)
class Line:
    """One thing looked at: OK, WARN or FAIL, what was found, and what to do about it."""

    status: str
    what: str
    found: str
    remedy: str = ""


@dataclass(frozen=True, repr=False)
class Report:
    """All that was looked at; as text for a terminal or a bug report, in a notebook as a table."""

    lines: tuple[Line, ...]

    @property
    def ok(self) -> bool:
        """Whether the course can run: nothing failed."""
        return all(line.status != FAIL for line in self.lines)

    @property
    def summary(self) -> str:
        """The outcome in a sentence."""
        failed, warned = (sum(line.status == status for line in self.lines) for status in (FAIL, WARN))
        if not failed and not warned:
            return "All is well."
        verdict = "The course can run" if self.ok else "Mend what failed before you begin"
        return f"{verdict}: {failed} failed, {warned} to be aware of. The arrows say what to do."

    def __str__(self) -> str:
        width = max((len(line.what) for line in self.lines), default=0)
        rows = []
        for line in self.lines:
            rows.append(f"{line.status:4}  {line.what:{width}}  {line.found}")
            if line.remedy:
                rows.append(f"{'':4}  {'':{width}}  → {line.remedy}")
        return "\n".join([*rows, self.summary])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from tutorlm.course.colours import GREEN, ORANGE, RED  # here, since a bare script cannot import the package

        colours = {OK: GREEN, WARN: ORANGE, FAIL: RED}
        left = "text-align: left; vertical-align: top; padding: .15em .6em; color: currentColor"
        rows = "".join(
            f'<tr style="background: none"><td style="{left}; border-left: .4em solid {colours[line.status]}">'
            f'<strong>{line.status}</strong></td><th scope="row" style="{left}">{html.escape(line.what)}</th>'
            f'<td style="{left}">{html.escape(line.found)}'
            + (f"<br>→ {html.escape(line.remedy)}" if line.remedy else "")
            + "</td></tr>"
            for line in self.lines
        )
        caption = f'<caption style="text-align: left; color: currentColor">{html.escape(self.summary)}</caption>'
        return f'<div role="status"><table style="color: currentColor">{caption}<tbody>{rows}</tbody></table></div>'


def check_environment() -> Report:
    """Look at everything the course needs. Takes a second or two, changes nothing and never raises."""
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
        return Line(WARN, what, f"could not be found out ({_said(error)})")


def _said(error: Exception) -> str:
    """An exception on one line, not too long."""
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return text if len(text) < 160 else f"{text[:150]} …"


# -- versions ----------------------------------------------------------------------------------------


def bounds() -> dict[str, str]:
    """Name of a package (and "python") → the versions allowed, such as ">=7.7.1,<9".

    From pyproject.toml, where the package lies in its repository; else from what pip wrote down
    when it was installed; else none are known.
    """
    file = PACKAGE.parent / "pyproject.toml"
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    if re.search(r'(?m)^name = "tutorlm"$', text):
        lists = re.findall(r"(?ms)^(?:dependencies|lab) = \[(.*?)^\]", text)
        requirements = [found for part in lists for found in re.findall(r'"([^"]+)"', part)]
        python = re.search(r'(?m)^requires-python = "(.*)"$', text)
        required = python.group(1) if python else ""
    else:
        try:
            metadata = importlib.metadata.metadata("tutorlm")
        except importlib.metadata.PackageNotFoundError:
            return {}
        listed = [line.partition(";") for line in metadata.get_all("Requires-Dist") or []]
        requirements = [name for name, _, extra in listed if "extra" not in extra or re.search("[\"']lab[\"']", extra)]
        required = metadata.get("Requires-Python") or ""
    found = {}
    for requirement in requirements:
        name, allowed = re.match(r"\s*([\w.-]+)\s*(?:\[.*?\])?\s*\(?([^)]*)", requirement).groups()
        found[name.lower()] = allowed.strip()
    return {**found, "python": required}


def allows(allowed: str, version: str) -> bool:
    """Whether bounds like ">=6.17,!=7.0.*" allow a version; what is behind the numbers ("+cpu", "rc1") is not seen."""
    have = _numbers(version)
    for bound in filter(None, map(str.strip, allowed.split(","))):
        operator, _, number = re.match(r"([<>=!~]+)(\s*)(.*)", bound).groups()
        want = _numbers(number)
        if number.endswith(".*"):
            same = have[: len(want)] == want
            holds = same if operator == "==" else not same
        else:
            longest = max(len(have), len(want))
            a, b = (part + (0,) * (longest - len(part)) for part in (have, want))
            compatible = a >= b and have[: len(want) - 1] == want[:-1]
            known = {">=": a >= b, "<=": a <= b, ">": a > b, "<": a < b, "==": a == b, "!=": a != b, "~=": compatible}
            holds = known.get(operator, True)
        if not holds:
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", re.match(r"[\d.]*", version.strip()).group())))


def _tutorlm() -> Line:
    text = (PACKAGE / "__init__.py").read_text(encoding="utf-8")
    return Line(OK, "tutorlm", re.search(r'__version__ = "(.*?)"', text).group(1))


def _python() -> Line:
    version, allowed = platform.python_version(), bounds().get("python", "")
    found = f"{version}, {platform.system()} {platform.machine()}"
    if allows(allowed, version):
        return Line(OK, "Python", found)
    return Line(FAIL, "Python", f"{found}; {allowed} is needed", f"make an environment with Python {allowed}")


def _package(name: str, needed: bool) -> Line:
    allowed = bounds().get(name, "")
    install = f'pip install "{name}{allowed}" (in a notebook: %pip), then restart the kernel'
    try:
        # JupyterLab is a server, not a part of this process: its version is enough
        module = None if name == "jupyterlab" else importlib.import_module(name)
        version = getattr(module, "__version__", None) or importlib.metadata.version(name)
    except Exception as error:
        missing = isinstance(error, (ModuleNotFoundError, importlib.metadata.PackageNotFoundError))
        found = "not installed" if missing else f"cannot be imported ({_said(error)})"
        if needed:
            return Line(FAIL, name, found, install)
        if name == "jupyterlab":  # Colab and editors have notebooks of their own
            return Line(OK, name, f"{found}; notebooks open in Colab, VS Code and others too")
        return Line(WARN, name, f"{found}; notebooks need it", install)
    if not allows(allowed, str(version)):
        return Line(FAIL, name, f"{version}; {allowed} is needed", install)
    return Line(OK, name, str(version) + ("" if allowed else " (which versions will do is not known here)"))


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
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    found = f"{cores} core{'s' * (cores != 1)}"
    try:
        threads = importlib.import_module("torch").get_num_threads()
    except Exception:
        return Line(OK, "processor", found)
    found += f", of which torch uses {min(cores, threads)}"
    if threads > cores:
        return Line(WARN, "processor", f"{found} for {threads} threads, which wait for each other",
                    f"set OMP_NUM_THREADS={cores} before Python starts")  # fmt: skip
    return Line(OK, "processor", found)


def _accelerator() -> Line:
    try:
        torch = importlib.import_module("torch")
    except Exception:
        return Line(OK, "accelerator", "not looked for without torch")
    if torch.cuda.is_available():
        return Line(OK, "accelerator", f"CUDA: {torch.cuda.get_device_name(0)}")
    if torch.backends.mps.is_available():
        return Line(OK, "accelerator", "MPS")
    return Line(OK, "accelerator", "none; the course needs none")


def _speed() -> Line:
    """Products of two matrices of 512 × 512, which training mostly consists of."""
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
        return Line(OK, "speed", f"{slower}: models get less far in the same seconds")
    remedy = "close other programs and kernels, or give training more seconds (max_seconds)"
    return Line(WARN, "speed", f"{slower}: expect several times as long", remedy)


def _memory() -> Line:
    found = min(_memories(), default=None)
    if found is None:
        return Line(OK, "memory", "not known on this system")
    if found < GIB:
        remedy = "shut down kernels you do not use: where memory runs out, a kernel restarts without a word"
        return Line(WARN, "memory", f"{found / GIB:.1f} GB", remedy)
    return Line(OK, "memory", f"{found / GIB:.1f} GB")


def _memories() -> Iterator[int]:
    """The bytes that this machine has, and those that this container may use."""
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
        remedy = "free some space: a notebook's models lie below my_models/, its corpora below my_corpora/"
        return Line(WARN, "disk", f"{free / GIB:.2f} GB free", remedy)
    return Line(OK, "disk", f"{free / GIB:.0f} GB free")


# -- files -----------------------------------------------------------------------------------------------


def _folder() -> Line:
    remedy = "start Jupyter in a folder of your own, such as a copy of this one in your home"
    try:
        name = Path.cwd().name or "the root"
        with tempfile.TemporaryFile(dir=Path.cwd()) as file:
            file.write(b"a")
    except OSError as error:
        return Line(FAIL, "folder", f"nothing can be written here ({error.strerror})", remedy)
    return Line(OK, "folder", f"{name} can be written to")


def _models() -> Line:
    remedy = "get the package anew: its folder tutorlm/models came without them"
    found = sorted((PACKAGE / "models").glob("*.pt"))
    if not found:
        return Line(FAIL, "models", "the models that ship with the package are not there", remedy)
    small = [file.stem for file in found if file.stat().st_size < 10_000]
    if small:
        return Line(FAIL, "models", f"{', '.join(small)}: only the beginning of a file", remedy)
    return Line(OK, "models", ", ".join(file.stem for file in found))


def _sample_corpus() -> Line:
    for root in (Path(".."), Path(), PACKAGE.parent):
        folder = root / "data" / "sample_corpus"
        languages = sorted(file.parent.name for file in folder.glob("*/valid.txt"))
        if languages:
            return Line(OK, "sample corpus", ", ".join(languages))
    remedy = "open the notebooks where they lie, in a clone of the repository: they read ../data/sample_corpus"
    return Line(FAIL, "sample corpus", "no folder data/sample_corpus", remedy)


if __name__ == "__main__":
    own = str(Path(__file__).resolve().parent)  # put there by Python, and no place to import packages from
    sys.path[:] = [folder for folder in sys.path if folder != own]
    report = check_environment()
    print(report)
    sys.exit(0 if report.ok else 1)
