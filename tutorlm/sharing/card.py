"""The model card: README.md with the Hub's metadata at its beginning, for people and for the Hub's search."""

import itertools
from typing import Any

from tutorlm.files.bundles import CARD, CHARACTERS, CONFIG, LIBRARY
from tutorlm.files.hub_library import library
from tutorlm.sharing.card_korean import is_korean, korean_section
from tutorlm.sharing.markdown import fenced, table
from tutorlm.sharing.measuring import RECITED
from tutorlm.sharing.story import Story

HERE = "OWNER/NAME"  # in the card of a bundle, until it is pushed to a repository
TAGS = ("flair", "character-lm", "contextual-string-embeddings")
NAMES = {
    "bits_per_character": "bits per character",
    "bits_per_byte": "bits per byte",
    "unknown_share": "share of <unk>",
}
CITATION = """\
@inproceedings{akbik-etal-2018-contextual,
  title     = {Contextual String Embeddings for Sequence Labeling},
  author    = {Akbik, Alan and Blythe, Duncan and Vollgraf, Roland},
  booktitle = {Proceedings of the 27th International Conference on Computational Linguistics},
  year      = {2018},
  url       = {https://aclanthology.org/C18-1139/}
}"""


def metadata(config: dict[str, Any], licence_name: str | None = None) -> Any:
    """The Hub's metadata of a card, as `ModelCardData`."""
    hub, test = library(), config["test"]
    about = {
        "task_type": "text-generation", "dataset_type": "text", "dataset_name": test["text"], "dataset_split": "test",
        "dataset_revision": test["sha256"],
    }  # fmt: skip
    results = [
        hub.EvalResult(metric_type=metric, metric_value=value, metric_name=f"{NAMES[metric]} ({direction})", **about)
        for direction, values in test["scores"].items()
        for metric, value in values.items()
    ]
    ngram = test["ngram"]
    name = f"bits per character (the best n-gram model, of order {ngram['order']})"
    results.append(hub.EvalResult(metric_type="bits_per_character", metric_value=ngram["bits_per_character"],
                                  metric_name=name, **about))  # fmt: skip
    return hub.ModelCardData(
        language=config["language"], license=config["licence"], license_name=licence_name, library_name=LIBRARY,
        pipeline_tag="feature-extraction", tags=[*TAGS, *config["models"]], model_name=config["name"],
        eval_results=results,
    )  # fmt: skip


def model_card(config: dict[str, Any], story: Story) -> Any:
    """The card of a bundle, as `ModelCard`."""
    parts = [
        _head(config, story), _use(config), _results(config), _training(config), _samples(story.samples),
        _limits(config, story), _files(config), f"## Citation\n\n{fenced(CITATION, 'bibtex')}",
    ]  # fmt: skip
    parts += [korean_section(config, story, _snippets(config))] if is_korean(config) else []
    head = metadata(config, story.licence_name).to_yaml()
    return library().ModelCard(f"---\n{head}\n---\n\n" + "\n\n".join(parts) + "\n")


def _head(config: dict[str, Any], story: Story) -> str:
    models, languages = config["models"], ", ".join(f"`{code}`" for code in config["language"])
    ways = " and ".join(models)
    kind = "Character language models that read" if len(models) > 1 else "A character language model that reads"
    licence = story.licence_name or config["licence"]
    return (
        f"# {story.title}\n\n{kind} {ways}, of language {languages}, for contextual string embeddings: vectors of "
        f"words in their sentence. Text: {config['test']['text']}. Licence: {licence}."
    )


def _snippets(config: dict[str, Any]) -> tuple[str, str]:
    """How to open the models: in this package, and in Flair."""
    files = {name: one["file"] for name, one in config["models"].items()}
    if len(files) > 1:
        ours = f'embeddings = StackedEmbeddings.from_pair("hub:{HERE}")'
    else:
        ours = f'embeddings = FlairEmbeddings("hub:{HERE}/{next(iter(files.values()))}")'
    loaded = ", ".join(f'FlairEmbeddings(hf_hub_download("{HERE}", "{file}"))' for file in files.values())
    here = f"""\
from tutorlm import FlairEmbeddings, Sentence, StackedEmbeddings

{ours}
sentence = Sentence("…")
embeddings.embed(sentence)
print(sentence[0].embedding)"""
    in_flair = f"""\
from flair.embeddings import FlairEmbeddings, StackedEmbeddings
from huggingface_hub import hf_hub_download

embeddings = StackedEmbeddings([{loaded}])"""
    return fenced(here, "python"), fenced(in_flair, "python")


def _use(config: dict[str, Any]) -> str:
    here, in_flair = _snippets(config)
    return f"""\
## Use

With [{LIBRARY}](https://github.com/tutorlm/tutorlm) (`pip install 'tutorlm[hub]'`). Add `@` and a commit to the address
to get the same files for good.

{here}

With Flair. `FlairEmbeddings` takes no address of the Hub, so the file is downloaded first:

{in_flair}

The `.pt` files are pickles that name one class, `flair.data.Dictionary`. {LIBRARY} reads them without running
anything; Flair opens them with `torch.load`."""


def _results(config: dict[str, Any]) -> str:
    test, ngram = config["test"], config["test"]["ngram"]
    rows = [("", "bits per character", "bits per byte", "`<unk>`")]
    for name, values in test["scores"].items():
        bits = (f"{values[unit]:.3f}" for unit in ("bits_per_character", "bits_per_byte"))
        rows.append((name, *bits, f"{values['unknown_share']:.2%}"))
    rows.append((f"{ngram['order']}-gram model, to compare", f"{ngram['bits_per_character']:.3f}", "", ""))
    worse = [n for n, values in test["scores"].items() if values["bits_per_character"] >= ngram["bits_per_character"]]
    warning = f"\n\n**Counting does better**: the {' and the '.join(worse)} model has learnt little." if worse else ""
    return (
        f"## Results\n\nOn {test['characters']:,} characters of test text ({test['text']}; SHA-256 "
        f"`{test['sha256']}`). The n-gram model counts {ngram['characters']:,} characters of the training text.\n\n"
        f"{table(*rows)}{warning}\n\n`python -m tutorlm share check hub:{HERE} --test FILE` measures them again."
    )


def _training(config: dict[str, Any]) -> str:
    models, runs = config["models"], config["training"]
    names = list(dict.fromkeys(itertools.chain.from_iterable(runs.values())))
    sizes = ("hidden_size", "nlayers", "embedding_size")
    rows = [("", *models)]
    rows += [(name, *(str(one[name]) for one in models.values())) for name in sizes]
    rows += [("characters known", *(str(config["dictionary"]["items"]) for _ in models))]
    rows += [("normal form", *(str(config["dictionary"]["normalization"] or "as the text is") for _ in models))]
    rows += [(name, *(_shown(run.get(name, "")) for run in runs.values())) for name in names]
    unknown = "" if names else "\n\nThere is no record of the run."
    return f"## Training\n\nWith {LIBRARY} {config['tutorlm']}.\n\n{table(*rows)}{unknown}"


def _shown(value: Any) -> str:
    return f"{value:.6g}" if type(value) is float else str(value)


def _samples(samples: dict[str, str]) -> str:
    written = "\n\n".join(f"The {name} model:\n\n{fenced(text)}" for name, text in samples.items())
    return f"## What they write\n\nChosen by chance, at temperature 0.7. Nothing of it is true.\n\n{written}"


def _limits(config: dict[str, Any], story: Story) -> str:
    longest = max(config["recited"].values())
    if longest:
        said = (f"**These models recite.** Of what they wrote by chance, up to {longest} characters in a row are in "
                "their training text, word for word. Do not use them where that text must not be read.")  # fmt: skip
    else:
        said = (f"Of what they wrote by chance, no {RECITED} characters in a row are in their training text. That is "
                "no proof: a character model can recite what it has read, private text included.")  # fmt: skip
    known = (
        "They know what their text knows, with its opinions and mistakes, and little else. Characters that they do not "
        "know are read as `<unk>`, and words that differ only in these get the same vector."
    )
    return f"## Intended use and limits\n\n{story.use}\n\n{known}\n\n{said}"


def _files(config: dict[str, Any]) -> str:
    rows = [("file", "SHA-256"), *((one["file"], f"`{one['sha256']}`") for one in config["models"].values())]
    return (
        f"## Files\n\n{table(*rows)}\n\n`{CONFIG}` has sizes and results, `{CHARACTERS}` the characters, `SHA256SUMS` "
        f"a sum for each file (`sha256sum --check SHA256SUMS`), {CARD} included."
    )
