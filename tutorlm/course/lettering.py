"""The words on charts in the language of the edition, and a font that has their letters.

matplotlib draws letters itself, from the fonts of this machine; its own font has Latin, Greek and Cyrillic ones. Where
no font has Hangul (Colab, many servers) the words on charts stay English rather than become boxes. The description of
a chart, the drawings and the pages have no such need: the reader's browser has the letters.
"""

from __future__ import annotations

import contextlib
import functools
from pathlib import Path

import matplotlib as mpl
from matplotlib import font_manager

from tutorlm.course.editions import language, translate

HANGUL = {  # fonts with these letters → their files
    "NanumGothic": "NanumGothic.ttf", "NanumBarunGothic": "NanumBarunGothic.ttf",
    "Noto Sans KR": "NotoSansKR-Regular.otf", "Noto Sans CJK JP": "NotoSansCJK-Regular.ttc",
    "Malgun Gothic": "malgun.ttf", "Apple SD Gothic Neo": "AppleSDGothicNeo.ttc", "AppleGothic": "AppleGothic.ttf",
    "UnDotum": "UnDotum.ttf", "Baekmuk Dotum": "dotum.ttf",
}  # fmt: skip


@functools.lru_cache(maxsize=1)
def hangul_font() -> str | None:
    """The name of a font of this machine with Hangul, if there is one."""
    manager = font_manager.fontManager
    known = {font.name for font in manager.ttflist}
    if name := next(filter(known.__contains__, HANGUL), None):
        return name
    for path in map(Path, font_manager.findSystemFonts()):  # some came after matplotlib made its list
        if path.name in HANGUL.values():
            with contextlib.suppress(OSError, RuntimeError):  # a damaged file
                manager.addfont(path)
                name = str(manager.ttflist[-1].name)
                for bold in path.parent.glob(f"{path.stem.removesuffix('-Regular')}*Bold{path.suffix}"):
                    manager.addfont(bold)
                return name
    return None


def bold() -> str:
    """The weight of titles: bold if the font with Hangul has it, for matplotlib prints a warning where it has not."""
    if language() == "en" or not (font := hangul_font()):
        return "bold"
    weights = {str(entry.weight) for entry in font_manager.fontManager.ttflist if entry.name == font}
    return "bold" if weights & {"bold", "700"} else "normal"


def lettered(text: str) -> str:
    """A word for a chart in the language of the edition, or as it is where no font has the letters."""
    return translate(text) if language() == "en" or hangul_font() else text


def prepare_letters() -> None:
    """In the Korean edition, let matplotlib look for letters that its own font lacks in one with Hangul.

    This holds for all charts made from now on, the learner's own included.
    """
    font, families = hangul_font() if language() == "ko" else None, list(mpl.rcParams["font.family"])
    if font and font not in families:
        mpl.rcParams["font.family"] = [*families, font]
