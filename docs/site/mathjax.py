"""Fetch the part of MathJax that the site uses, with npm: `python docs/site/mathjax.py FOLDER`."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "mathjax@3.2.2"
SHA512 = "Bt+SSVU8eBG27zChVewOicYs7Xsdt40qm4+UpHyX7k0/O9NliPc+x77k1/FEsPsjKPZGJvtRZM1vO+geW0OhGw=="
NEEDED = ("es5/tex-chtml.js", "es5/output/chtml/fonts/woff-v2/", "LICENSE")


def fetch(folder: Path) -> None:
    """Put MathJax in a folder.

    Raises:
        SystemExit: npm is missing, the package cannot be had, or is not the one expected.
    """
    npm = shutil.which("npm")
    if not npm:
        raise SystemExit("npm, which comes with Node.js, is needed to fetch MathJax: install Node.js")
    with tempfile.TemporaryDirectory() as place:
        order = [npm, "pack", "--silent", PACKAGE]
        done = subprocess.run(order, cwd=place, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"npm could not fetch {PACKAGE}:\n{done.stderr}")
        package = Path(place) / done.stdout.split()[-1]
        found = base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
        if found != SHA512:
            raise SystemExit(f"{PACKAGE} has the SHA-512 {found}, expected was {SHA512}")
        with tarfile.open(package) as archive:
            _extract(archive, folder)


def _extract(archive: tarfile.TarFile, folder: Path) -> None:
    for member in archive:
        name = member.name.removeprefix("package/")
        if member.isfile() and name.startswith(NEEDED):
            target = folder / name.removeprefix("es5/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.extractfile(member).read())


if __name__ == "__main__":
    fetch(Path(sys.argv[1]))
