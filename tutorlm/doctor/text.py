"""Judges what the text is made of: encodings, markup, odd characters, normal forms."""

from collections.abc import Iterator
from typing import NamedTuple

from tutorlm.doctor.case import Case, Finding


class Judgement(NamedTuple):
    """What a kind of blemish is, what it does, what to do, and from which share of lines or characters it is wrong."""

    what: str
    effect: str
    remedy: str
    limit: float = 0.01
    of: str = "lines"


_WRITES = "A model learns to write them, and spends its weights on them"
_KINDS = {
    "damaged": Judgement(
        "Replacement characters", "Each stands for a letter that was lost when the text was converted",
        "Convert it again from its source, naming the encoding of the source", 1e-4, "characters"),
    "misread": Judgement(
        "Lines in letters of a wrong encoding", "A model learns letters that nobody writes",
        "Convert the text again from its source, naming the encoding of the source", 1e-3),
    "control": Judgement(
        "Control characters", "A model learns to write them; those that other programs take for line ends do not end "
        "a line here", "Replace them by spaces or line ends", 1e-3, "characters"),
    "invisible": Judgement(
        "Invisible characters", "Words that look alike are different to a model",
        "Remove them, unless the script needs them, as Khmer and Thai may need U+200B", 1e-3, "characters"),
    "private": Judgement(
        "Characters for private use", "They mean something in one font only",
        "Replace them by what they show there", 1e-4, "characters"),
    "presentation": Judgement(
        "Letters in a form for display", "To a model they are other letters than the usual ones",
        "Build the dictionary with the normal form NFKC, which makes them the usual ones", 0.01, "characters"),
    "html": Judgement("HTML tags", _WRITES, "Take the text out of the HTML first, for instance by BeautifulSoup"),
    "entities": Judgement("HTML entities", _WRITES, "Replace them by what they mean: html.unescape in Python"),
    "wiki": Judgement("Marks of wiki pages", _WRITES, "Take the text out of the pages first, by wikiextractor"),
    "headings": Judgement("Headings between signs of equality", _WRITES,
                          "Remove them, or the signs, unless the model shall write such headings"),
    "placeholders": Judgement("Placeholders for left-out words", _WRITES,
                              "Use the original text: a character model needs no list of words"),
    "json": Judgement("Lines of JSON", "A model learns JSON more than the text in it",
                      "Write the text to a file of its own, for instance by jq -r .text"),
    "columns": Judgement("Lines with columns", "A model learns the columns, as in a table or an annotated corpus",
                         "Keep the column that holds the text, and join the words of a sentence by spaces", 0.05),
}  # fmt: skip


def unreadable(case: Case) -> Iterator[Finding]:
    """Files that `prepare` and `train` would refuse."""
    for file in case.files:
        place = str(file.path)
        if file.unreadable:
            what = file.unreadable.removeprefix(place).lstrip(":, ").rstrip(".")
            yield Finding(
                "unreadable", True, place, what, "The rest of it was not examined", "Mend it, then look again"
            )
        elif not file.characters:
            remedy = "Remove it, or look where its text is"
            yield Finding("empty", True, place, "The file is empty", "There is nothing to read in it", remedy)


def encodings(case: Case) -> Iterator[Finding]:
    """Files that are read as UTF-8 with line ends "\\n", though they are not."""
    for kind, files in {
        "not in UTF-8": [file for file in case.files if file.encoding != "utf-8"],
        "with line ends of Windows or old Macs": [file for file in case.files if file.carriage_returns],
    }.items():
        if files:
            what = f"{len(files):,} of {len(case.files):,} files are {kind}"
            yield Finding("encoding", False, str(files[0].path), what, "This package converts them as it reads",
                          "For other programs, save them as UTF-8 with line ends \\n")  # fmt: skip


def blemishes(case: Case) -> Iterator[Finding]:
    """Markup, tables, odd characters."""
    totals = {
        "lines": sum(file.lines for file in case.files),
        "characters": sum(file.characters for file in case.files),
    }
    for kind, judgement in _KINDS.items():
        if seen := case.sighted(kind):
            count, place, example = seen
            what = f"{judgement.what}: {count:,}, the first is {example}"
            wrong = count > judgement.limit * totals[judgement.of]
            yield Finding(kind, wrong, place, what, judgement.effect, judgement.remedy)


def normal_forms(case: Case) -> Iterator[Finding]:
    """Letters in two spellings, and a dictionary that does not make one of them."""
    if seen := case.sighted("decomposed"):
        count, place, example = seen
        form = case.dictionary.normalization
        what = f"Lines that are not in the normal form NFC: {count:,}, the first is {example}"
        effect = "A letter with its marks may be one character or several"
        if form:
            remedy = f"The dictionary brings all text into {form}, so nothing need be done here"
        else:
            remedy = "The dictionary of this model takes text as it is: convert the text to NFC first"
        yield Finding("normal forms", form is None, place, what, effect, remedy)
