"""Text that every Python installation has: a second domain to fine-tune on."""

import tempfile
from pathlib import Path
from pydoc_data.topics import topics

from tutorlm.files.corpora import prepare_corpus
from tutorlm.files.regular import expanded


def python_reference_corpus(out: str | Path, splits: int = 4) -> Path:
    """Python's language reference, from the standard library, as a corpus folder.

    Some 465,000 characters of technical English, very different from news. The text depends on the version of Python
    alone. An existing corpus folder is returned as it is.
    """
    out = expanded(out)
    if (out / "test.txt").exists():
        return out
    with tempfile.TemporaryDirectory() as folder:
        for name, text in topics.items():
            Path(folder, f"{name.replace('/', '_')}.txt").write_text(text, encoding="utf-8")
        return prepare_corpus(folder, out, splits=splits).path
