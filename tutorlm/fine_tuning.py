"""What fine-tuning did to a model: how much it learnt of one text, how much it forgot of another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tutorlm.language_model import LanguageModel, Score
from tutorlm.pretrained import find_model
from tutorlm.text_files import read_blocks


@dataclass(frozen=True)
class Comparison:
    """How well each of some models predicts each of some texts: `scores[model][text]`."""

    scores: dict[str, dict[str, Score]]

    def bits_per_character(self, model: str, text: str) -> float:
        """One figure of the table."""
        return self.scores[model][text].bits_per_character

    def __str__(self) -> str:
        texts = list(next(iter(self.scores.values()), {}))
        rows = {"bits per character": texts}
        rows |= {
            model: [f"{s.bits_per_character:.3f}" for s in scores.values()] for model, scores in self.scores.items()
        }
        if len(self.scores) == 2:
            before, after = self.scores.values()
            changes = [after[text].bits_per_character - before[text].bits_per_character for text in texts]
            rows["difference"] = [f"{change:+.3f}" for change in changes]
        for model, scores in self.scores.items():
            if any(score.unknown_share for score in scores.values()):
                rows[f"<unk> to {model}"] = [f"{score.unknown_share:.2%}" for score in scores.values()]
        first = max(map(len, rows))
        others = max(len(cell) for row in rows.values() for cell in row) + 2
        return "\n".join(name.ljust(first) + "".join(cell.rjust(others) for cell in row) for name, row in rows.items())


def compare(models: Mapping[str, LanguageModel | str | Path], texts: Mapping[str, str | Path]) -> Comparison:
    """Try every model on every text, each under the name you give it.

    print(compare({"before": "news-mini-forward", "after": "tuned/best-lm.pt"},
                  {"news": Path("news/valid.txt"), "python": Path("python_corpus/valid.txt")}))

    Args:
        models: models, model files, or names known to `tutorlm.pretrained`.
        texts: a `str` is the text itself; a `Path` is a file.
    """
    contents = {name: "".join(read_blocks(text)) if isinstance(text, Path) else text for name, text in texts.items()}
    scores = {}
    for name, model in models.items():
        if not isinstance(model, LanguageModel):
            model = LanguageModel.load_language_model(find_model(model).path)
        scores[name] = {text_name: model.score(text) for text_name, text in contents.items()}
    return Comparison(scores)
