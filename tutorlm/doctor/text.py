"""Judges what the text is made of: encodings, markup, odd characters, normal forms."""

from collections.abc import Iterator
from typing import NamedTuple

from tutorlm.doctor.case import Case, Finding
from tutorlm.unicode import describe


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
    "lost": Judgement(
        "Question marks in place of letters", "The letters were lost when the text was converted",
        "Convert it again from its source, naming the encoding of the source", 1e-3),
    "misread": Judgement(
        "Lines in letters of a wrong encoding", "A model learns letters that nobody writes",
        "Convert the text again from its source, naming the encoding of the source", 1e-3),
    "control": Judgement(
        "Control characters", "A model learns to write them. None of them ends a line here, though U+000C and U+2028 "
        "do so in other programs", "Replace them by spaces or line ends", 1e-3, "characters"),
    "invisible": Judgement(
        "Invisible characters", "Words that look alike are different to a model",
        "Remove them, unless your script needs them", 1e-3, "characters"),
    "private": Judgement(
        "Characters for private use", "They mean something in one font only",
        "Replace them by what they show there", 1e-4, "characters"),
    "presentation": Judgement(
        "Letters in a form for display", "To a model they are other letters than the usual ones",
        "Train with a dictionary in the normal form NFKC, which makes them the usual ones: "
        "python -m tutorlm dictionary my_corpus/train characters.json --normalization NFKC, then train with "
        "--dictionary characters.json", 0.01, "characters"),
    "html": Judgement("HTML or XML tags", _WRITES, "Take the text out first, for instance by BeautifulSoup"),
    "entities": Judgement("HTML entities", _WRITES, "Replace them by what they mean: html.unescape in Python"),
    "wiki": Judgement("Marks of wiki pages", _WRITES, "Take the text out of the pages first, by wikiextractor"),
    "escapes": Judgement("Letters written as escapes", _WRITES,
                         "Decode them, in Python by json.loads (\\u00e9) or quopri.decodestring (=C3=A9)"),
    "document tags": Judgement(
        "Tags around documents", _WRITES,
        "Remove the lines that begin with <doc, and prepare and train with --document-delimiter=\"</doc>\\n\""),
    "headings": Judgement("Headings between signs of equality", _WRITES,
                          "Remove them, or the signs, unless the model shall write such headings"),
    "placeholders": Judgement("Placeholders for left-out words", _WRITES,
                              "Use the original text: a character model needs no list of words"),
    "json": Judgement("Lines of JSON", "A model learns JSON more than the text in it",
                      "Write the text to a file of its own, for instance by jq -r .text"),
    "columns": Judgement("Lines with columns", "A model learns the columns, as in a table or an annotated corpus",
                         "Keep the column that holds the text, and join the words of a sentence by spaces", 0.3),
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
        elif file.lines == file.blank_lines:
            what = "The file has only blank lines" if file.lines else "The file is empty"
            remedy = "Remove it, or look where its text is"
            yield Finding("empty", True, place, what, "There is nothing to read in it", remedy)


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
            wrong = count > max(2, judgement.limit * totals[judgement.of])
            mended = kind == "presentation" and case.dictionary.normalization in ("NFKC", "NFKD")
            yield Finding(kind, wrong and not mended, place, what, judgement.effect, judgement.remedy)


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


def lookalikes(case: Case) -> Iterator[Finding]:
    """Letters that look alike and stand for one another, as keyboards of two languages write them."""
    counts = case.counts(case.files)
    for pair in ("يی", "كک", "şș", "ţț"):
        rarer, usual = sorted(pair, key=counts.__getitem__)
        if counts[rarer] > 0.01 * counts[usual]:
            place = next(str(file.path) for file in case.files if ord(rarer) in file.points)
            yield Finding(
                "lookalikes", False, place,
                f"{describe(rarer)} {counts[rarer]:,} times, and {describe(usual)} {counts[usual]:,} times",
                "If they stand for the same letter, a model takes one word for two",
                f"Write one of them in all text of a language, in Python by text.replace({rarer!r}, {usual!r})",
            )  # fmt: skip
