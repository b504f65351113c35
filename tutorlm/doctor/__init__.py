"""What is wrong with a corpus, before a model is trained on it.

    print(diagnose("my_corpus"))
    print(diagnose("my_corpus", "news-mini-forward"))

or `python -m tutorlm doctor my_corpus`. `examination` reads every file once, and `blemishes` knows what prose does not
hold; `text`, `division` and `fit` judge what was seen.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from tqdm import tqdm

from tutorlm.doctor import division, fit, text
from tutorlm.doctor.case import Case, Diagnosis, Finding
from tutorlm.doctor.examination import LinesSeen, examine
from tutorlm.files.corpora import check_delimiter
from tutorlm.files.regular import expanded
from tutorlm.files.text import list_text_files
from tutorlm.language_model import LanguageModel

__all__ = ["Diagnosis", "Finding", "diagnose"]

JUDGES: tuple[Callable[[Case], Iterable[Finding]], ...] = (
    text.unreadable, text.encodings, text.blemishes, text.normal_forms, text.lookalikes,
    division.layout, division.documents, division.separators, division.copies, division.sizes,
    fit.unknown, fit.unknown_delimiter, fit.model, fit.steps,
)  # fmt: skip


def diagnose(
    corpus: str | Path, model: str | Path | LanguageModel | None = None, *, document_delimiter: str = "\n",
    seconds: float = 180,
) -> Diagnosis:  # fmt: skip
    """Examine a corpus folder, or text files that are to become one.

    Args:
        corpus: a corpus folder; or a file or a folder of text.
        model: one to be fine-tuned on it, or used on such text. It brings its dictionary and document delimiter.
        document_delimiter: what ends a document, for a new model.
        seconds: how long a training shall take.

    FileNotFoundError if there is no text. A file that cannot be read is a finding.
    """
    folder = expanded(corpus)
    name = str(model) if isinstance(model, (str, Path)) else "MODEL"
    model = LanguageModel.load(model) if isinstance(model, (str, Path)) else model
    if model and not model.dictionary.character_level:
        raise ValueError("the model reads words, and only models of characters can be examined. Leave the model out")
    delimiter = model.document_delimiter if model else document_delimiter
    form = model.dictionary.normalization if model else "NFC"
    check_delimiter(delimiter)
    files, seen = _files(folder), LinesSeen()
    size = sum(file.stat().st_size for file, _ in files)
    examined = []
    with tqdm(total=size, desc="reading", unit="B", unit_scale=True, delay=2, leave=False) as bar:
        for file, part in files:
            examined.append(examine(file, part, form, delimiter, seen))
            bar.update(file.stat().st_size)
    case = Case(folder, examined, seen, model, name, delimiter, seconds)
    findings = [finding for judge in JUDGES for finding in judge(case)]
    plan = fit.plan(case) if not model or model.decoder else {}  # without a decoder it cannot be trained
    return Diagnosis({**case.facts(), **plan}, sorted(findings, key=lambda finding: not finding.wrong))


def _files(folder: Path) -> list[tuple[Path, str]]:
    """All files and the part that each is in; valid and test first, so that copies of their lines can be found."""
    if not (folder / "train").is_dir():
        return [(file, "text") for file in list_text_files(folder)]
    names = {"valid": "valid.txt", "test": "test.txt", "train": "train"}
    parts = {part: folder / name for part, name in names.items() if (folder / name).exists()}
    return [(file, part) for part, path in parts.items() for file in list_text_files(path)]
