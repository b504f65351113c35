"""What pyproject.toml cannot say: the wheel holds the course, and PyPI's page has links that lead somewhere."""

import re
import runpy
import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
COURSE = runpy.run_path(str(ROOT / "tutorlm" / "files" / "course.py"))
REPOSITORY = "https://github.com/tutorlm/tutorlm"


class WithCourse(build_py):
    """The package, and the files of the course; an editable install finds those in the clone."""

    def run(self) -> None:
        """Copy all of it to where the wheel is made."""
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib, COURSE["INSTALLED"].relative_to(COURSE["PACKAGE"].parent))
        shutil.rmtree(target, ignore_errors=True)  # files of an earlier version
        for file in COURSE["course_files"](ROOT):
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / file, target / file)


def absolute(text: str) -> str:
    """A page in which links to files of the repository have its address, and pictures that of their bytes."""
    text = re.sub(r"(!\[[^]]*]\()(?![a-z]+:|#)", rf"\1{REPOSITORY}/raw/main/", text)
    return re.sub(r"(?<!!)(\[[^]]*]\()(?![a-z]+:|#)", rf"\1{REPOSITORY}/blob/main/", text)


setup(
    cmdclass={"build_py": WithCourse},
    long_description=absolute((ROOT / "README.md").read_text(encoding="utf-8")),
    long_description_content_type="text/markdown",
)
