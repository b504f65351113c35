"""Rows about what comes out: time to a valid loss, and part-of-speech tags from the vectors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.bench import ROOT, Arguments, Bench, Row, clean_text
from benchmarks.rows import save_untrained
from tutorlm.pretrained import find_model

SETTINGS: tuple[Arguments, ...] = (
    {"sequence_length": 250, "mini_batch_size": 100},
    {"sequence_length": 10, "mini_batch_size": 10},
)
SHIPPED_PAIRS = ("news-mini", "books")
SAMPLE = ROOT / "data" / "sample_corpus" / "en"
Tagged = list[tuple[list[str], list[str]]]  # sentences: words and tags


# -- time to quality -----------------------------------------------------------------------------------


def quality(bench: Bench) -> list[Row]:
    """How soon our model is as good as Flair's after its three minutes."""
    sizes = bench.sizes
    of_flair = [flair_model(bench, sizes.flair_seconds, True, setting)["bits"] for setting in SETTINGS]
    goal = min(of_flair)
    bench.flair_setting = SETTINGS[of_flair.index(goal)]
    climbed: list[dict[str, Any]] = []
    for seconds in sizes.ladder:
        climbed.append({"budget": seconds, **our_model(bench, seconds, True)})
        if climbed[-1]["bits"] <= goal:
            break
    last = climbed[-1]
    reached = last["bits"] <= goal
    times = [last["budget"]] if reached else []
    after = (
        "The loss of Flair's best and of tutorlm's last model on that ladder; with the validations before and after, "
        f"tutorlm's last `train` took {last['seconds']:.0f} s."
    )
    return [
        Row("time to Flair's valid loss", "s ↓", times, [sizes.flair_seconds], how_timed(bench, of_flair, climbed)),
        Row("valid text after those times", "bits per character ↓", [last["bits"]], [goal], after),
    ]


def how_timed(bench: Bench, of_flair: list[float], climbed: list[dict[str, Any]]) -> str:
    """How the time to quality is measured."""
    ladder = ", ".join(f"{run['budget']:g} s {run['bits']:.3f}" for run in climbed)
    missed = "" if climbed[-1]["bits"] <= min(of_flair) else "; it never was"
    return (
        f"Forward models, H={bench.sizes.hidden_size}, one run each. Flair: {bench.sizes.flair_seconds:g} s with its "
        f"default settings and T=250, B=100 ({of_flair[0]:.3f} bits), and as long with its tutorial's T=10, B=10 "
        f"({of_flair[1]:.3f} bits); `num_workers=0`, no text is written after a split, Ctrl-C ends the run, and the "
        "better of `best-lm.pt` and the last weights counts. tutorlm: the recommended recipe; its one-cycle schedule "
        f"must know its end, hence one run for each of a ladder of times until it is as good ({ladder}{missed}). "
        "tutorlm scores both on the same valid text. Validations during a run count in its time; those before and "
        "after do not."
    )


def flair_model(bench: Bench, seconds: float, is_forward_lm: bool, setting: Arguments) -> dict[str, Any]:
    """Have Flair train for so long: the file of its best weights, and their bits per character."""
    shared: Arguments = {"corpus": bench.copied_corpus(), "dictionary": bench.dictionary}
    model: Arguments = {"hidden_size": bench.sizes.hidden_size, "is_forward_lm": is_forward_lm}
    files = bench.flair("train_for", seconds=seconds, out=bench.new_folder(), **shared, **model, **setting)["files"]
    bits = bench.ours("bits", files=files, **shared)["bits"]
    bench.say(f"bits per character: {min(bits):.3f}")
    return {"file": files[bits.index(min(bits))], "bits": min(bits)}


def our_model(bench: Bench, seconds: float, is_forward_lm: bool) -> dict[str, Any]:
    """Have tutorlm train for so long: its file, bits per character, and the seconds of the whole call."""
    shared: Arguments = {"corpus": bench.copied_corpus(), "dictionary": bench.dictionary}
    model: Arguments = {"hidden_size": bench.sizes.hidden_size, "is_forward_lm": is_forward_lm}
    found = bench.ours("train_for", seconds=seconds, out=bench.new_folder(), **shared, **model)
    bench.say(f"bits per character: {found['bits']:.3f}")
    return found


# -- fine-tuning -----------------------------------------------------------------------------------------


def fine_tuning(bench: Bench) -> list[Row]:
    """What a minute of fine-tuning brings, beside a minute of training a new model."""
    seconds = bench.sizes.fine_tuning_seconds
    found = bench.ours("fine_tune", seconds=seconds, news=str(SAMPLE / "test.txt"), out=bench.new_folder())
    how = (
        "Bits per character of `news-mini-forward`, of a new model of its size trained by the recommended recipe, and "
        f"of `news-mini-forward` after `warm_start`, by `recipes.FINE_TUNING`, {seconds:g} s each on Python's language "
        "reference: on that corpus's test text, and on the test text of the news of `news-mini-forward`."
    )
    names = {"base": "as it is", "new": "a new model", "tuned": "fine-tuned"}
    texts = {"python": "Python's reference", "news": "news"}
    unit = "bits per character ↓"
    return [
        Row(f"{texts[text]}, {names[model]}", unit, [found[model][text]], [], how) for text in texts for model in names
    ]


# -- part-of-speech tags ---------------------------------------------------------------------------------


def pos(bench: Bench) -> list[Row]:
    """Tag words by their vectors."""
    if not bench.pos:
        return []
    sizes = bench.sizes
    sentences = {
        "train": tagged_sentences(bench.pos, "train", sizes.pos_train_sentences),
        "test": tagged_sentences(bench.pos, "test", sizes.pos_test_sentences),
    }
    directions, seconds = (True, False), sizes.pos_seconds
    ours = [our_model(bench, seconds, direction) for direction in directions]
    flair = [flair_model(bench, seconds, direction, bench.flair_setting) for direction in directions]
    untrained = [{"file": save_untrained(bench, sizes.hidden_size, direction)} for direction in directions]
    wrong = {
        "ours": wrong_tags(bench, bench.ours, ours, sentences),
        "flair": wrong_tags(bench, bench.flair, flair, sentences, batch_size=32),
        "untrained": wrong_tags(bench, bench.ours, untrained, sentences),
    }
    files = {part: bench.write_json(content) for part, content in sentences.items()}
    by_word = [100 * bench.tagger("most_frequent", **files)["wrong"]]
    vectors = how_tagged(bench, ours, flair, {part: len(content) for part, content in sentences.items()})
    shape = "The same with the vectors of untrained tutorlm models of the same shape."
    words = "No vectors: the most frequent tag of the word in the training sentences, NOUN for unknown words."
    name, unit = "part-of-speech tags", "% of words wrong ↓"
    return [
        Row(f"{name} from vectors", unit, [wrong["ours"]], [wrong["flair"]], vectors),
        Row(f"{name} from vectors of untrained models", unit, [wrong["untrained"]], [], shape),
        Row(f"{name} from the word alone", unit, by_word, by_word, words),
    ]


def shipped(bench: Bench) -> list[Row]:
    """Tag words by the vectors of the models that ship with the package."""
    if not bench.pos:
        return []
    sentences = {
        "train": tagged_sentences(bench.pos, "train", bench.sizes.pos_train_sentences),
        "test": tagged_sentences(bench.pos, "test", bench.sizes.pos_test_sentences),
    }
    how = "As the tags from vectors, of the pair that ships under this name."
    rows = []
    for name in SHIPPED_PAIRS:
        models = [{"file": str(find_model(f"{name}-{direction}").path)} for direction in ("forward", "backward")]
        wrong = wrong_tags(bench, bench.ours, models, sentences)
        rows.append(Row(f"tags from vectors of {name}", "% of words wrong ↓", [wrong], [], how))
    return rows


def how_tagged(bench: Bench, ours: list[dict[str, Any]], flair: list[dict[str, Any]], count: dict[str, int]) -> str:
    """How the tagging row is measured."""
    bits = [" and ".join(f"{model['bits']:.3f}" for model in models) for models in (ours, flair)]
    setting = "T={sequence_length}, B={mini_batch_size}".format(**bench.flair_setting)
    return (
        f"A forward and a backward model, H={bench.sizes.hidden_size}, trained for {bench.sizes.pos_seconds:g} s each "
        f"on the corpus (tutorlm by the recommended recipe: {bits[0]} bits per character; Flair with {setting}: "
        f"{bits[1]}); their frozen vectors of the words of the first {count['train']:,} training and "
        f"{count['test']:,} test sentences, standardised, go to scikit-learn's LogisticRegression(max_iter=200)."
    )


def tagged_sentences(folder: Path, part: str, at_most: int | None) -> Tagged:
    """The first sentences of the files with `part` in their names: lines word TAB tag, empty between sentences."""
    files = sorted(folder.glob(f"*{part}*.tsv"))
    if not files:
        raise FileNotFoundError(f"{folder} holds no *{part}*.tsv")
    blocks = [block.strip("\n") for file in files for block in clean_text(file).split("\n\n")]
    pairs = [[line.split("\t") for line in block.split("\n")] for block in blocks if block]
    return [([word for word, _ in sentence], [tag for _, tag in sentence]) for sentence in pairs[:at_most]]


def wrong_tags(
    bench: Bench,
    side: Callable[..., dict[str, Any]],
    models: list[dict[str, Any]],
    sentences: dict[str, Tagged],
    **arguments: int,
) -> float:
    """The share of test words tagged wrongly by the vectors of some models, in percent."""
    files = {part: bench.write_json(content) for part, content in sentences.items()}
    for part, content in sentences.items():
        out, words = f"{bench.new_folder()}/{part}.npy", bench.write_json([words for words, _ in content])
        side("embed", models=[model["file"] for model in models], sentences=words, out=out, **arguments)
        files[f"{part}_vectors"] = out
    found = bench.tagger("tag", **files)
    bench.say(f"wrong tags: {found['wrong']:.2%}; the tagger learned for {found['seconds']:.0f} s")
    return 100 * found["wrong"]
