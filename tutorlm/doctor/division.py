"""Judges how the text is divided: into parts, files and documents, and whether they are independent."""

import math
from collections.abc import Iterator

from tutorlm.doctor.case import Case, Finding
from tutorlm.files.corpora import BLANK_SHARE_WORTH_A_WORD, check_layout

LEAK, REPEATED = 0.01, 0.2  # shares of the characters that are wrong
SMALL_HELD_OUT = 20_000  # characters of valid or test text
LARGE_SPLIT = 200_000_000  # characters
SPREAD = 3.0  # bits: about the standard deviation of -log2 p of a character


def layout(case: Case) -> Iterator[Finding]:
    """A folder that `train` would refuse."""
    if "text" in case.parts:
        remedy = f"When the text is as it should be: python -m tutorlm prepare {case.folder} my_corpus"
        yield Finding("layout", False, str(case.folder), "This is text, and not yet a corpus folder",
                      "Without valid and test text nobody can tell how good a model is", remedy)  # fmt: skip
        return
    try:
        check_layout(case.folder)
    except FileNotFoundError as error:
        yield Finding("layout", True, str(case.folder), str(error).split("\n")[0], "It cannot be trained on",
                      "Make it by `prepare`, or add what is missing")  # fmt: skip


def documents(case: Case) -> Iterator[Finding]:
    """Documents that end in another way than the model is told."""
    lines, blank = sum(file.lines for file in case.files), sum(file.blank_lines for file in case.files)
    shown = repr(case.delimiter)
    for name, files in case.parts.items():
        if any(file.characters for file in files) and not any(file.documents.ended for file in files):
            yield Finding(
                "delimiter", True, str(files[0].path), f"No document in {name} ends with {shown}",
                "All text is one document: nothing is shuffled, and the model never starts anew",
                "Name the string that ends a document here as document_delimiter",
            )  # fmt: skip
    if case.delimiter == "\n" and blank > BLANK_SHARE_WORTH_A_WORD * lines:
        first = next(file for file in case.main if file.blank_lines)
        yield Finding(
            "blank lines", False, str(first.path), f"{blank / lines:.0%} of the lines are blank",
            "Every line is a document, and they are shuffled: what belongs together is parted",
            r"If blank lines part your documents, prepare and train with the document delimiter \n\n",
        )  # fmt: skip
    for kind in ("separators", "rules"):
        seen = case.sighted(kind)
        if seen and seen[2] not in case.delimiter:
            count, place, example = seen
            yield Finding(
                kind, kind == "separators" and count > 0.01 * lines, place,
                f"Signs that often end a document: {count:,}, the first is {example}",
                f"A model that is told that documents end with {shown} learns to write them",
                "If they end documents, prepare and train with them as document delimiter; otherwise remove them",
            )  # fmt: skip


def copies(case: Case) -> Iterator[Finding]:
    """Lines that are there twice."""
    about = "about " if case.seen.every > 1 else ""
    for part, other in (("valid", "train"), ("test", "train"), ("test", "valid")):
        count, characters, first = case.seen.shared(part, other)
        if first:
            share = characters / case.characters(part)
            yield Finding(
                "leak", share > LEAK, f"{first.path}:{first.number}",
                f"Lines of {part} that are also in {other}: {about}{count:,}, with {share:.2%} of its characters",
                f"The figures on {part} are too good: the text is known already",
                "Remove double documents from all text, then divide it again by `prepare`",
            )  # fmt: skip
    part = case.main[0].part
    characters, first, times = case.seen.repeated(part)
    share = characters / max(1, case.characters(part))
    if first and share > 0.01:
        yield Finding(
            "repeated", share > REPEATED, f"{first.path}:{first.number}",
            f"Lines of {part} that repeat an earlier one have {about}{share:.1%} of its characters; this one is there "
            f"{times:,} times",
            "The model learns them by heart, and less of the language",
            "Remove double documents, and lines that every page has, such as menus and licences",
        )  # fmt: skip


def sizes(case: Case) -> Iterator[Finding]:
    """Parts too small to tell anything, splits too large for the memory."""
    for part in ("valid", "test"):
        size = case.characters(part)
        if part in case.parts and size < SMALL_HELD_OUT:
            doubt = 2 * SPREAD / math.sqrt(max(1, size))
            yield Finding(
                "small",
                size < 500,
                str(case.parts[part][0].path),
                f"{size:,} characters of {part} text",
                f"Bits per character on it are uncertain by about ±{doubt:.2f}",
                "Give more text, or a larger share of it to this part",
            )
    for file in case.main:
        if file.part == "train" and file.characters > LARGE_SPLIT:
            yield Finding(
                "large",
                False,
                str(file.path),
                f"{file.characters:,} characters in one training split",
                f"Training needs some {file.characters * 4 / 1e9:.1f} GB of memory for it, and validates rarely",
                "Prepare the corpus with more splits, of 50 MB each",
            )
