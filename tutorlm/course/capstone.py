"""The steps of the capstone: is a model better than counting, and is a pair of models one to be proud of?

    my_language/
      corpus/      as `prepare_corpus` makes it
      forward/     best-lm.pt
      backward/    best-lm.pt
      card.md      whose text, which language, which licence, for what

Everything is measured anew: a pair on the corpus's test text, one model on the valid text, so that a learner can try
as often as it takes and the test text stays hidden. A step is passed, or raises `NotYetError` and says what to do.
`tutorlm.course.report` takes the steps and writes the page.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from tutorlm.baselines import ngram_bits, uniform_bits
from tutorlm.corpus import TextCorpus
from tutorlm.doctor import diagnose
from tutorlm.evaluation import Score
from tutorlm.files.corpora import check_layout
from tutorlm.files.course import sample_corpus
from tutorlm.files.regular import expanded
from tutorlm.files.text import list_text_files, read_blocks
from tutorlm.language_model import LanguageModel
from tutorlm.sharing.check import NEAR
from tutorlm.sharing.measuring import COUNTED, ORDERS
from tutorlm.sharing.sources import card_fields

ENOUGH_TRAIN, ENOUGH_TEST = 20_000, 1_000  # characters
MOST_UNKNOWN = 0.01
TOO_GOOD = 0.75  # of the bits on the valid text
CARD = ("Language", "Text", "Licence", "Use")
REHEARSED = {  # what the card in notebook 12 says of the course's newspaper
    "Text": "a made-up newspaper, written for this course",
    "Licence": "the course's own",
    "Use": "practising; too small for anything else",
}
SAMPLES = sample_corpus()


class NotYetError(Exception):
    """A step that is not passed: what is wrong, and what to do."""


@dataclass
class Work:
    """What is examined, filled step by step."""

    folder: Path
    corpus: Path
    part: str = "test"  # the text that everything is measured on
    texts: dict[str, str] = field(default_factory=dict)  # "train", "valid" and "test"
    models: dict[str, LanguageModel] = field(default_factory=dict)
    scores: dict[str, Score] = field(default_factory=dict)  # of the models
    baselines: dict[str, float] = field(default_factory=dict)
    samples: dict[str, str] = field(default_factory=dict)
    card: dict[str, str] = field(default_factory=dict)

    @property
    def bits(self) -> dict[str, float]:
        """Bits per character of the test text: of the models that count, then of yours."""
        return {**self.baselines, **{name: score.bits_per_character for name, score in self.scores.items()}}

    @property
    def best(self) -> tuple[str, float]:
        """The best n-gram model: name and bits per character."""
        return min(self.baselines.items(), key=lambda pair: pair[1])


# -- steps ---------------------------------------------------------------------------------------------


def has_a_corpus(work: Work) -> str:
    """The corpus folder has its three parts, and text enough."""
    try:
        check_layout(work.corpus)
    except FileNotFoundError as error:
        if elsewhere := _elsewhere(work):
            raise NotYetError(elsewhere) from error
        found = str(error).partition("\nprepare_corpus")[0]
        raise NotYetError(f"{found}\n`prepare_corpus(your_texts, {work.corpus.as_posix()!r})` makes it.") from error
    files = list_text_files(work.corpus / "train")
    work.texts = {name: _read(work.corpus / f"{name}.txt") for name in ("valid", "test")}
    work.texts["train"] = "".join(map(_read, files))
    size = len(work.texts["train"])
    if size < ENOUGH_TRAIN or len(work.texts["test"]) < ENOUGH_TEST:
        raise NotYetError(
            f"{size:,} characters to learn from and {len(work.texts['test']):,} to be tested on are too few to say "
            f"anything. Collect more: at the least {ENOUGH_TRAIN:,} and {ENOUGH_TEST:,}, better ten times as many."
        )
    return f"{size:,} characters to learn from, {len(work.texts['test']):,} to be tested on"


def _elsewhere(work: Work) -> str:
    """What to answer instead of this folder, if that can be seen."""
    folder = work.folder
    if work.corpus.parent == folder and (folder.parent / "corpus").is_dir():
        return f"Answer with the folder that has corpus, forward and backward in it: {folder.parent.as_posix()!r}."
    if work.corpus.parent != folder and (folder / "corpus").is_dir():
        return f"Answer with the folder of one model, such as {(folder / 'forward').as_posix()!r}."
    if not folder.exists():
        return f"There is no folder {folder.as_posix()!r}, seen from {Path.cwd().as_posix()!r}."
    return ""


def is_hidden(work: Work) -> str:
    """The test text is no part of the training text, says the doctor."""
    leaks = [found for found in diagnose(work.corpus).findings if found.kind == "leak"]
    if wrong := [found for found in leaks if found.wrong]:
        raise NotYetError(f"{wrong[0].what} (the first is {wrong[0].place}). {wrong[0].effect}. {wrong[0].remedy}.")
    said = "; ".join(found.what for found in leaks)
    return said or "no line of the test text is also in the training text"


def is_your_own(work: Work) -> str:
    """Neither the text nor the card is that of the course."""
    lines = _lines(work.texts["test"])
    parts = [*SAMPLES.glob("*/train"), *SAMPLES.glob("*/*.txt")]
    files = list_text_files(parts) if parts else []
    course = {line for file in files for line in _lines(_read(file))}
    if len(lines & course) > len(lines) / 2:
        raise NotYetError(
            "This is the newspaper of the course. Now take text of your own: your language, trade or hobby."
        )
    old = [name for name, said in REHEARSED.items() if work.card.get(name) == said]
    if old:
        raise NotYetError(
            f"The text is your own, but the card is that of the course's newspaper ({', '.join(old)}). Write one for "
            "your text."
        )
    return "text and card are your own"


def _read(file: Path) -> str:
    return "".join(read_blocks(file))


def _lines(text: str) -> set[str]:
    return {line for line in map(str.strip, text.splitlines()) if len(line) >= 20}


def opens(work: Work, name: str = "") -> str:
    """A model's file opens, and reads in the direction that the name of its folder says."""
    file = work.folder / name / "best-lm.pt"
    if not file.is_file():
        raise NotYetError(
            f"There is no {file.as_posix()}. Train a model with {file.parent.as_posix()!r} as its folder."
        )
    model = LanguageModel.load(file)
    direction = "forward" if model.is_forward_lm else "backward"
    if name not in ("", direction):
        raise NotYetError(f"{file.as_posix()} reads {direction}. Are the two folders exchanged?")
    work.models[direction] = model
    return f"{file.as_posix()} opens: V = {len(model.dictionary)}, H = {model.hidden_size}, reads {direction}"


def is_a_pair(work: Work) -> str:
    """Both directions share dictionary and delimiter."""
    one, other = work.models["forward"], work.models["backward"]
    if one.dictionary != other.dictionary or one.document_delimiter != other.document_delimiter:
        raise NotYetError(
            "The two models have different dictionaries or delimiters. Make one dictionary, and give it to both."
        )
    return "both directions share one dictionary"


def knows_its_characters(work: Work) -> str:
    """Few characters of the text are unknown."""
    model = next(iter(work.models.values()))
    work.scores = {name: model.score(work.texts[work.part]) for name, model in work.models.items()}
    share = max(score.unknown_share for score in work.scores.values())
    if share > MOST_UNKNOWN:
        report = model.dictionary.coverage(work.texts[work.part])
        missing = ", ".join(repr(entry.character) for entry in report.missing[:5])
        raise NotYetError(
            f"{share:.1%} of the {work.part} text is unknown to the dictionary ({missing} …), so its bits flatter. "
            "Count the dictionary on the training text, or bring text and dictionary into one normal form."
        )
    return f"{share:.2%} of the {work.part} text is unknown to the dictionary"


def beats_counting(work: Work) -> str:
    """Each model needs fewer bits than the best n-gram model of the same training text."""
    model = next(iter(work.models.values()))
    corpus = TextCorpus(work.corpus, model.dictionary, document_delimiter=model.document_delimiter,
                        random_case_flip=False, cache=None)  # fmt: skip
    whole, size = np.concatenate(list(corpus.train)), len(model.dictionary)
    train = whole[:COUNTED]
    text = getattr(corpus, work.part)
    names = {order: {1: "unigram", 2: "bigram"}.get(order, f"{order}-gram") for order in ORDERS}
    work.baselines = {"uniform": uniform_bits(size)}
    work.baselines |= {names[order]: ngram_bits(train, text, size, order) for order in ORDERS}
    name, best = work.best
    for direction, score in work.scores.items():
        if not score.bits_per_character < best:
            raise NotYetError(
                f"The {direction} model needs {score.bits_per_character:.3f} bits per character of the {work.part} "
                f"text, and the best n-gram model, the {name}, {best:.3f}. Train longer, take more units or find more "
                "text."
            )
    won = max(score.bits_per_character for score in work.scores.values())
    needed = f"{won:.3f} bits per character at most" if len(work.scores) > 1 else f"{won:.3f} bits per character"
    counted = f" (it counted {COUNTED:,} of {len(whole):,} characters)" if len(whole) > COUNTED else ""
    return f"{needed}; the best n-gram model, the {name}, needs {best:.3f}{counted}: {1 - won / best:.1%} saved"


def is_believable(work: Work) -> str:
    """The bits on the test text are not far below those on the valid text, and both directions need nearly as many."""
    for name, model in work.models.items():
        valid, test = model.score(work.texts["valid"]).bits_per_character, work.scores[name].bits_per_character
        if test < TOO_GOOD * valid:
            raise NotYetError(
                f"Too good to be true: the {name} model needs {test:.2f} bits on the test text and {valid:.2f} on the "
                "valid text. Was it trained on the test text?"
            )
    bits = [score.bits_per_character for score in work.scores.values()]
    if max(bits) > (1 + NEAR) * min(bits):
        worse = max(work.scores, key=lambda name: work.scores[name].bits_per_character)
        raise NotYetError(
            f"The {worse} model needs {max(bits):.2f} bits and the other {min(bits):.2f}. A text has one probability, "
            f"so the two should be within {NEAR:.0%} of each other. Train the {worse} one again, as long as the other."
        )
    return "test and valid text cost much the same, and so do both directions"


def writes(work: Work) -> str:
    """Samples of both directions; recited passages are counted."""
    train, recited = work.models["forward"].dictionary.normalize(work.texts["train"]), 0
    for name, model in work.models.items():
        chance = torch.Generator().manual_seed(1)
        sample = work.samples[name] = model.generate_text("", 240, 0.7, generator=chance)[0].strip()
        recited += sum(sample[at : at + 40] in train for at in range(0, len(sample) - 39, 20))
    warning = f", and {recited} passages of 40 characters are from the training text, word for word" if recited else ""
    return f"they write: see below{warning}"


def has_a_card(work: Work) -> str:
    """card.md has a title, and says what anybody has to know."""
    file = work.folder / "card.md"
    lines_of_it = ", ".join(f"`{name}: …`" for name in CARD)
    wanted = f"a title (`# …`) and the lines {lines_of_it}"
    if not file.is_file():
        raise NotYetError(f"There is no {file.as_posix()}. Write it: {wanted}.")
    title, found = card_fields(_read(file))
    missing = [name for name in CARD if found.get(name, "…").strip(" .…") == ""]
    if missing or not title:
        raise NotYetError(f"The card lacks {', '.join(missing) or 'a title'}. It needs {wanted}.")
    work.card = {"": title, **{name: found[name] for name in CARD}}
    return "the card says what the models are, and whose text they read"


# -- the two examinations --------------------------------------------------------------------------------

Step = Callable[[Work], str]
_forward, _backward = (functools.partial(opens, name=name) for name in ("forward", "backward"))
ONE: tuple[Step, ...] = (has_a_corpus, opens, knows_its_characters, beats_counting)
PAIR: tuple[Step, ...] = (
    has_a_corpus, is_hidden, _forward, _backward, is_a_pair, knows_its_characters, beats_counting, is_believable,
    writes, has_a_card, is_your_own,
)  # fmt: skip


def one_model(answer: str | Path) -> Work:
    """A model's folder, or its file; the corpus is the folder `corpus` beside the folder."""
    folder = expanded(answer)
    folder = folder.parent if folder.is_file() else folder
    return Work(folder, folder.parent / "corpus", "valid")


def pair_of_models(answer: str | Path) -> Work:
    """A folder with corpus, both models and the card."""
    folder = expanded(answer)
    return Work(folder, folder / "corpus")
