"""Check a bundle, your own or a stranger's: sums, card, models, and the numbers measured again. Nothing is run."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tutorlm.dictionary import Dictionary
from tutorlm.evaluation import Score
from tutorlm.files.bundles import (
    CARD,
    CONFIG,
    SUMS,
    plain_files,
    read_config,
    read_sums,
    read_text,
)
from tutorlm.files.hub import copy_bundle
from tutorlm.files.hub_library import PREFIX, library
from tutorlm.files.models import read_model_file
from tutorlm.files.regular import expanded, sha256_of
from tutorlm.language_model import LanguageModel
from tutorlm.messages import printable
from tutorlm.sharing.card import metadata
from tutorlm.sharing.measuring import facts, rounded, text_digest
from tutorlm.sharing.sources import KEPT

NEAR = 0.10  # how many more bits one direction may need than the other
ROUNDING = 0.005  # by which bits differ between machines at the most
MOST_YAML, MOST_BRACKETS, MOST_DEPTH = 30_000, 200, 20  # of the card's metadata: characters, [ and {, nesting


@dataclass(frozen=True, repr=False)
class Checked:
    """What a check found.

    Attributes:
        folder: the bundle, or the address of one on the Hub.
        passed: what each passed step says, in order.
        problems: what is wrong, and what to do; none if the bundle is sound.
        notes: what could not be checked.
        config: what config.json says; empty if it could not be read.
    """

    folder: Path | str
    passed: tuple[str, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    config: dict[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def __str__(self) -> str:
        marked = {"✓": self.passed, "·": self.notes, "✗": self.problems}
        lines = [f"{mark} {line}" for mark, said in marked.items() for line in said]
        return "\n".join([f"{self.folder}: {'a sound bundle' if self.ok else 'NOT a sound bundle'}", *lines])

    __repr__ = __str__

    def as_dict(self) -> dict[str, Any]:
        """The same for programs."""
        return {"bundle": str(self.folder), "ok": self.ok, "passed": self.passed, "problems": self.problems,
                "notes": self.notes}  # fmt: skip


@dataclass
class _Work:
    """What is checked, filled step by step."""

    folder: Path
    test: Path | None
    files: dict[str, int] = field(default_factory=dict)
    sums: dict[str, str] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    models: dict[str, LanguageModel] = field(default_factory=dict)
    scores: dict[str, Score] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def check_bundle(folder: str | Path, test: str | Path | None = None) -> Checked:
    """Check all that a bundle says of itself.

    Args:
        folder: the bundle; or hub:owner/name, perhaps with @revision, whose files are downloaded for it.
        test: a text, or a corpus folder with test.txt, on which the models are measured. If it is the text of the
            card, the numbers must be those of the card.

    Raises:
        FileNotFoundError: there is no such folder, address or text.
    """
    text = expanded(test) if test is not None else None
    if text is not None and text.is_dir():
        text = text / "test.txt"
    if text is not None and not text.is_file():
        raise FileNotFoundError(f"no text {text} to measure on")
    if not str(folder).startswith(PREFIX):
        path = expanded(folder)
        if not path.is_dir():
            raise FileNotFoundError(f"no folder {path} (looked from {Path.cwd()})")
        return _check(_Work(path, text), path)
    with tempfile.TemporaryDirectory() as here:
        try:
            address = copy_bundle(str(folder), Path(here))
        except ValueError as error:
            return Checked(str(folder), (), (str(error),), ())
        return _check(_Work(Path(here), text), address)


def _check(work: _Work, name: Path | str) -> Checked:
    """Take the steps. After the first that fails, no further file is opened."""
    passed: list[str] = []
    problem: tuple[str, ...] = ()
    for step in _STEPS:
        try:
            passed += [said] if (said := step(work)) else []
        except (OSError, ValueError, LookupError, RecursionError) as error:
            problem = (printable(error).replace(f"{work.folder}/", ""),)
            break
    return Checked(name, tuple(passed), problem, tuple(work.notes), work.config)


# -- steps ---------------------------------------------------------------------------------------------------


def _plain(work: _Work) -> str:
    work.files = plain_files(work.folder)
    if lacking := [name for name in (SUMS, CONFIG, CARD) if name not in work.files]:
        raise ValueError(f"{', '.join(lacking)} is missing: this is no bundle, or not all of it")
    return f"{len(work.files)} files, {sum(work.files.values()):,} bytes; no link, no folder, nothing hidden"


def _sums(work: _Work) -> str:
    work.sums = read_sums(work.folder / SUMS)
    for name in sorted({*work.files, *work.sums} - {SUMS}):
        if name not in work.sums:
            raise ValueError(f"{name} is not in {SUMS}: it was added later. Remove it, or make the bundle again")
        if name not in work.files:
            raise ValueError(f"{name} is in {SUMS}, and missing here: copy the whole bundle again")
        if sha256_of(work.folder / name) != work.sums[name]:
            remedy = "After editing it: python -m tutorlm share sums" if name == CARD else "Copy the bundle again"
            raise ValueError(f"{name} is not the file of {SUMS}: its SHA-256 differs. {remedy}")
    return f"every file has the SHA-256 of {SUMS}"


def _config(work: _Work) -> str:
    config = read_config(work.folder / CONFIG)
    named = {one["file"]: one["sha256"] for one in config["models"].values()}
    expected = {SUMS, CONFIG, CARD, config["dictionary"]["file"], *named}
    if odd := sorted({*work.files} ^ expected):
        raise ValueError(f"{', '.join(odd)}: in the folder or in {CONFIG}, and not in both")
    if wrong := [name for name in named if work.sums[name] != named[name]]:
        raise ValueError(f"{wrong[0]} has another SHA-256 in {SUMS} than in {CONFIG}: one of them lies")
    work.config = config
    return f"{CONFIG} is about {' and '.join(config['models'])}, and agrees with {SUMS}"


def _opens(work: _Work) -> str:
    for direction, said in work.config["models"].items():
        file = work.folder / said["file"]
        if more := sorted(read_model_file(file).keys() - {*KEPT}):
            raise ValueError(f"{file.name} holds more than a model: {', '.join(map(str, more))}. Make the bundle again")
        model = work.models[direction] = LanguageModel.load_language_model(file)
        if model.is_forward_lm != (direction == "forward"):
            raise ValueError(f"{file.name} is said to read {direction}, and does not")
        found = {"file": file.name, "sha256": work.sums[file.name], "bytes": work.files[file.name], **facts(model)}
        if differing := [name for name in found if found[name] != said[name]]:
            raise ValueError(f"{CONFIG} gives another {differing[0]} of {file.name} than the file has")
    return f"{', '.join(one['file'] for one in work.config['models'].values())}: opened without running anything"


def require_pair(models: dict[str, LanguageModel]) -> None:
    """ValueError unless all models have one dictionary and delimiter, and can be measured."""
    first, *others = models.values()
    first.require_decoder()
    for other in others:
        other.require_decoder()
        if differs := first.dictionary.difference(other.dictionary):
            raise ValueError(f"the two models have different dictionaries: {differs}. Train both with one")
        if first.document_delimiter != other.document_delimiter:
            raise ValueError(f"the two models have different delimiters, {first.document_delimiter!r} and "
                             f"{other.document_delimiter!r}. Train both with one")  # fmt: skip


def _one_dictionary(work: _Work) -> str:
    require_pair(work.models)
    said, found = work.config["dictionary"], next(iter(work.models.values())).dictionary
    listed = Dictionary.load_from_file(work.folder / said["file"])
    if differs := found.difference(listed):
        raise ValueError(f"{said['file']} is not the dictionary of the models: {differs}")
    if (said["items"], said["normalization"]) != (len(found), found.normalization):
        raise ValueError(f"{CONFIG} gives another size or normal form of the dictionary than the models have")
    return f"one dictionary of {len(found)} characters, the one that {said['file']} lists"


def _card(work: _Work) -> str:
    card = _parsed(read_text(work.folder / CARD))
    licence_name = card.data.get("license_name")
    wanted, found = metadata(work.config, licence_name).to_dict(), card.data.to_dict()
    for name, value in wanted.items():
        has = found.get(name)
        if has != value and not (name == "tags" and {*value} <= {*(has or [])}):
            raise ValueError(f"{CARD}: {name} in its metadata is not what {CONFIG} says; it should be {value!r}")
    if "# " not in card.text:
        raise ValueError(f"{CARD} has no title, and so says nothing to people")
    return (
        f"{CARD} gives licence {work.config['licence']}, language {', '.join(work.config['language'])} and the numbers"
    )


def _parsed(content: str) -> Any:
    """The card; ValueError if its metadata are missing, too large, no YAML, or refer to themselves."""
    import yaml  # huggingface_hub brings it along

    hub = library()
    if not content.startswith("---\n") or "\n---" not in content[4 : MOST_YAML + 4]:
        raise ValueError(f"{CARD} does not begin with metadata between lines ---, of {MOST_YAML:,} characters at most")
    head = content[4 : content.index("\n---", 4)]
    try:
        _require_shallow(head)
        return hub.ModelCard(content)
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, ArithmeticError, LookupError) as error:
        raise ValueError(f"{CARD}: its metadata are no model card's ({printable(error)})") from None


def _require_shallow(head: str) -> None:
    """ValueError for YAML that takes long to read or to look through: nested deeply, or referring to itself."""
    import yaml

    depth = 0
    if head.count("[") + head.count("{") > MOST_BRACKETS:
        raise ValueError(f"more than {MOST_BRACKETS} brackets")
    for event in yaml.parse(head, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or depth > MOST_DEPTH:
            raise ValueError("a value refers to another one (*)" if depth <= MOST_DEPTH else "lists in lists in lists")


def _numbers(work: _Work) -> str:
    stated = work.config["test"]
    if work.test is None:
        work.notes.append("the numbers were not measured again: give a text, such as the test text of the card")
        return ""
    work.scores = {name: model.score(work.test) for name, model in work.models.items()}
    found = {name: rounded(score) for name, score in work.scores.items()}
    told = "; ".join(f"{n} {v['bits_per_character']:.3f} bits per character" for n, v in found.items())
    if text_digest(work.test) != stated["sha256"]:
        work.notes.append(f"{work.test.name} is another text than the card's. On it: {told}")
        return ""
    for name, values in found.items():
        for metric, value in values.items():
            if not abs(value - stated["scores"][name][metric]) <= ROUNDING:
                raise ValueError(f"{metric} of the {name} model is {value:.4f} on the card's text, and not "
                                 f"{stated['scores'][name][metric]:.4f} as the card says")  # fmt: skip
    return f"measured again: {told}, as the card says"


def _near(work: _Work) -> str:
    given = {name: values["bits_per_character"] for name, values in work.config["test"]["scores"].items()}
    bits = {name: score.bits_per_character for name, score in work.scores.items()} or given
    if len(bits) < 2:
        return ""
    worse, better = max(bits, key=lambda n: bits[n]), min(bits, key=lambda n: bits[n])
    if not bits[worse] <= (1 + NEAR) * bits[better]:
        raise ValueError(f"the {worse} model needs {bits[worse]:.2f} bits per character and the {better} one "
                         f"{bits[better]:.2f}. A text has one probability, so a pair should be within {NEAR:.0%}: the "
                         f"{worse} one is broken, or was not trained to its end")  # fmt: skip
    return f"both directions need nearly the same bits: {bits[worse]:.3f} and {bits[better]:.3f}"


_STEPS: tuple[Callable[[_Work], str], ...] = (
    _plain, _sums, _config, _opens, _one_dictionary, _card, _numbers, _near,
)  # fmt: skip
