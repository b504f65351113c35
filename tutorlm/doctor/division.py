"""Judges how the text is divided: into parts, files and documents, and whether they are independent."""

import math
import shlex
from collections.abc import Iterator

from tutorlm.doctor.case import Case, Finding, delimiter_option
from tutorlm.files.corpora import BLANK_SHARE_WORTH_A_WORD, check_layout

LEAK, REPEATED = 0.01, 0.2  # shares of the characters that are wrong
SMALL_HELD_OUT = 20_000  # characters of valid or test text
LONG_DOCUMENT = 20_000  # characters, on average
LARGE_SPLIT = 200_000_000  # characters
SPREAD = 3.0  # bits: about the standard deviation of -log2 p of a character


def layout(case: Case) -> Iterator[Finding]:
    """A folder that `train` would refuse."""
    place, prepare = str(case.folder), f"python -m tutorlm prepare {shlex.quote(str(case.folder))} my_corpus"
    if "text" not in case.parts:
        try:
            check_layout(case.folder)
        except FileNotFoundError as error:
            what = str(error).split("\n")[0].removeprefix(f"{place} ").rstrip(".")
            yield Finding("layout", True, place, f"This {what}", "It cannot be trained on",
                          "Add what is missing, or divide all text again by `prepare`")  # fmt: skip
    elif any((case.folder / name).exists() for name in ("valid.txt", "test.txt")):
        yield Finding("layout", True, place, "There is valid or test text, but no folder train/",
                      "All files are taken for text that is not yet divided",
                      "Put the training text into train/")  # fmt: skip
    else:
        yield Finding("layout", False, place, "This is text, and not yet a corpus folder",
                      "Without valid and test text nobody can tell how good a model is",
                      f"When the text is as it should be: {prepare}{case.delimiter_option}")  # fmt: skip


def documents(case: Case) -> Iterator[Finding]:
    """A document delimiter that the text does not have, or hardly."""
    shown, remedy = repr(case.delimiter), "Name the string that ends a document here, by --document-delimiter"
    if case.model:
        remedy = f"The model expects {shown}: write it after every document, or train a new model"
    for name, files in case.parts.items():
        mean = case.characters(name) / max(1, case.lengths(files).total())
        none = not any(file.documents.ended for file in files)
        if mean and none and (name != "text" or len(files) == 1):  # `prepare` ends a document at a file's end
            yield Finding(
                "delimiter", True, str(files[0].path), f"No document in {name} ends with {shown}",
                "All text is one document: nothing is shuffled, and the model never starts anew", remedy,
            )  # fmt: skip
        elif mean > LONG_DOCUMENT:
            yield Finding(
                "delimiter", False, str(files[0].path),
                f"Documents of {name}, which end with {shown}, have {mean:,.0f} characters on average",
                "There is little to shuffle, and the model seldom starts anew", remedy,
            )  # fmt: skip
    lines, blank = sum(file.lines for file in case.files), sum(file.blank_lines for file in case.files)
    if case.delimiter == "\n" and blank > BLANK_SHARE_WORTH_A_WORD * lines:
        first = next(file for file in case.files if file.blank_lines)
        yield Finding(
            "blank lines", False, str(first.path), f"{blank / lines:.0%} of the lines are blank",
            "Where every line is a document, they are shuffled, and what belongs together is parted",
            "For a new model `train` takes blank lines for ends of documents, if it is not told otherwise; in Python "
            r"give corpus and model document_delimiter='\n\n'",
        )  # fmt: skip


def separators(case: Case) -> Iterator[Finding]:
    """Signs that end documents in other programs."""
    for kind, limit in (("separators", 0.01), ("rules", 1.0)):
        seen = case.sighted(kind)
        if seen and seen[2] not in case.delimiter:
            count, place, example = seen
            remedy = f"prepare and train with {delimiter_option(example)}"
            yield Finding(
                kind, count > max(2, limit * sum(file.lines for file in case.files)), place,
                f"Signs that often end a document: {count:,}, the first is {example}",
                f"A model that is told that documents end with {case.delimiter!r} learns to write them",
                f"If they end documents, {'replace them by that' if case.model else remedy}; otherwise remove them",
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
        if 0 < size < SMALL_HELD_OUT:
            doubt = 2 * SPREAD / math.sqrt(size)
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
