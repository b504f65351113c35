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
        width = max(len("bits per character"), *map(len, self.scores)) + 2
        lines = ["bits per character".ljust(width) + "".join(f"{text:>16}" for text in texts)]
        for model, scores in self.scores.items():
            lines.append(model.ljust(width) + "".join(f"{score.bits_per_character:16.3f}" for score in scores.values()))
        if len(self.scores) == 2:
            before, after = (list(scores.values()) for scores in self.scores.values())
            pairs = zip(before, after, strict=True)
            change = [b.bits_per_character - a.bits_per_character for a, b in pairs]
            lines.append("difference".ljust(width) + "".join(f"{bits:+16.3f}" for bits in change))
        unknown = next(iter(self.scores.values()), {}).values()
        lines.append("read as <unk>".ljust(width) + "".join(f"{score.unknown_share:16.2%}" for score in unknown))
        return "\n".join(lines)


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
