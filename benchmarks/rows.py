"""Rows about speed and memory: each function has both sides do one thing."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from benchmarks.bench import (
    EMBEDDING_SIZE,
    Arguments,
    Bench,
    Results,
    Row,
    Training,
    clean_text,
    column,
    megabytes,
    per_second,
)

LARGEST_DIFFERENCE = 1e-4
BFLOAT16 = 'The same with `precision="bf16"` in tutorlm against Flair in float32.'
BATCHES = {"flair_32": "in batches of 32", "flair_all": "in one call"}


def dictionary(bench: Bench) -> list[Row]:
    """Count characters."""
    characters = bench.sizes.dictionary_characters
    folder = bench.corpus_of(characters) + "/train"
    found = bench.alternate(
        ours=partial(bench.ours, "build_dictionary", folder=folder),
        flair=partial(bench.flair, "build_dictionary", folder=folder),
    )
    how = (
        f"`Dictionary.from_files` against the counting loop of Flair's tutorial 9 on one file of {characters:,} "
        "characters (the training text, repeated or cut)."
    )
    rates = {side: per_second(characters, results) for side, results in found.items()}
    return [Row("dictionary built from text", "characters/s ↑", **rates, how=how)]


def corpus(bench: Bench) -> list[Row]:
    """Encode text."""
    characters = bench.sizes.corpus_characters
    found = bench.alternate(
        ours=lambda: bench.ours("read_corpus", corpus=bench.corpus_of(characters), dictionary=bench.dictionary),
        flair=lambda: bench.flair("read_corpus", corpus=bench.corpus_of(characters), dictionary=bench.dictionary),
    )
    first = (
        f"`TextCorpus(…).train[0]` on one split of {characters:,} characters, shuffled and case-flipped, in a new "
        "process and on a new copy of the files, so that neither side has anything encoded already."
    )
    again = "The same a second time in the same process, so that tutorlm finds what it keeps encoded beside the files."
    memory = "How far the first reading raised the peak memory of its process, divided by the characters."
    rates = {
        name: {side: per_second(characters, results, name) for side, results in found.items()}
        for name in ("first", "again")
    }
    peaks = {side: [size / characters for size in column(results, "bytes")] for side, results in found.items()}
    return [
        Row("corpus read for the first time", "characters/s ↑", **rates["first"], how=first),
        Row("corpus read again", "characters/s ↑", **rates["again"], how=again),
        Row("corpus read for the first time: memory", "bytes a character ↓", **peaks, how=memory),
    ]


# -- training ------------------------------------------------------------------------------------------


def training(bench: Bench) -> Iterator[Row]:
    """Train with equal settings."""
    for size in bench.sizes.training:
        yield from training_rows(bench, size)
    if bench.gpu["gpu"]:
        yield from training_rows(bench, bench.sizes.training_gpu, gpu=True)


def training_rows(bench: Bench, size: Training, gpu: bool = False) -> list[Row]:
    """Speed at one size, in characters and in arithmetic, and in half precision where there is any."""
    found, limit = trained(bench, size, gpu), bench.device(gpu)["limit"]
    rate = {side: per_second(size.characters, results) for side, results in found.items()}
    flops = 6 * (4 * size.hidden_size * (EMBEDDING_SIZE + size.hidden_size) + size.hidden_size * bench.items)
    ours, flair = ([value * flops / 1e9 for value in rate[side]] for side in ("ours", "flair"))
    name = f"training{' on the GPU' if gpu else ''}, {size}"
    arithmetic = (
        f"The same times 6 (4 H (E + H) + H V) operations a character, E={EMBEDDING_SIZE}, V={bench.items}, beside "
        "the quickest of ten float32 `torch.mm` of two 2048 × 2048 matrices."
    )
    rows = [
        Row(name, "characters/s ↑", rate["ours"], rate["flair"], how_trained(bench)),
        Row(f"{name}: arithmetic", f"GFLOP/s of {limit:,.0f} ↑", ours, flair, arithmetic),
    ]
    if "bf16" in rate:
        rows.append(Row(f"{name}: bfloat16", "characters/s ↑", rate["bf16"], rate["flair"], BFLOAT16))
    if "bf16" in rate and "amp" in rate:
        mixed = BFLOAT16.replace("in float32", "with `use_amp=True`")
        rows.append(Row(f"{name}: half precision", "characters/s ↑", rate["bf16"], rate["amp"], mixed))
    return rows


def how_trained(bench: Bench) -> str:
    """How the training rows are measured."""
    sizes = [*bench.sizes.training, *([bench.sizes.training_gpu] if bench.gpu["gpu"] else [])]
    return (
        f"One epoch of one split ({'; '.join(f'{size.characters:,}' for size in sizes)} characters, in this order), "
        "SGD, learning rate 20, dropout 0.1 (one mask for all steps of a window in tutorlm), from opening the corpus "
        "to the end of `train`, with 250 characters each of valid and test text; Flair has `num_workers=0` and, in its "
        "favour, does not write its 1,000 characters after the split, and tutorlm has no observers; imports are not "
        "timed, nor those that torch does for the first optimizer."
    )


def trained(bench: Bench, size: Training, gpu: bool = False) -> dict[str, Results]:
    """What the workers say of training at one size; they are asked once."""

    def ask(side: Callable[..., dict[str, Any]], **settings: Any) -> dict[str, Any]:
        folders = {"corpus": bench.corpus_of(size.characters), "out": bench.new_folder()}
        return side("train", gpu=gpu, dictionary=bench.dictionary, **folders, **size.arguments(), **settings)

    if (size, gpu) not in bench.trained:
        sides = {"ours": partial(ask, bench.ours), "flair": partial(ask, bench.flair)}
        if bench.device(gpu)["bfloat16"]:
            sides["bf16"] = partial(ask, bench.ours, precision="bf16")
        if gpu:
            sides["amp"] = partial(ask, bench.flair, use_amp=True)
        bench.trained[size, gpu] = bench.alternate(**sides)
    return bench.trained[size, gpu]


def memory(bench: Bench) -> list[Row]:
    """Memory of training."""
    size = bench.sizes.training_memory
    found = trained(bench, size)
    how = "The peak of the processes of that training row, less what they had after all imports."
    return [Row(f"training, {size}: memory", "MB ↓", megabytes(found["ours"]), megabytes(found["flair"]), how)]


def large_dictionary(bench: Bench) -> list[Row]:
    """Train with about as many characters as Chinese has."""
    size, folders = bench.sizes.training_large, {"out": bench.new_folder()}
    folders["corpus"] = bench.corpus_of_chinese(bench.sizes.large_dictionary, size.characters)
    folders["dictionary"] = f"{bench.new_folder()}/dictionary.pkl"
    train = f"{folders['corpus']}/train"
    items = bench.ours("build_dictionary", folder=train, file=folders["dictionary"])["items"]
    found = bench.alternate(
        ours=partial(bench.ours, "train", **folders, **size.arguments(), precision="auto"),
        exact=partial(bench.ours, "train", **folders, **size.arguments()),
        flair=partial(bench.flair, "train", **folders, **size.arguments()),
    )
    rate = {side: per_second(size.characters, results) for side, results in found.items()}
    how = (
        f"As the training rows, on {size.characters:,} Chinese characters at random, each once and then by Zipf's law, "
        f"with a dictionary of {items:,} items."
    )
    name, unit = f"training, V={items:,}, {size}", "characters/s ↑"
    memory = "The peak of those processes, less what they had after all imports."
    return [
        Row(name, unit, rate["exact"], rate["flair"], how),
        Row(f"{name}: auto", unit, rate["ours"], rate["flair"], f'{how[:-1]}; in tutorlm `precision="auto"`.'),
        Row(f"{name}: memory", "MB ↓", megabytes(found["ours"]), megabytes(found["flair"]), memory),
    ]


# -- using a model ---------------------------------------------------------------------------------------


def generation(bench: Bench) -> Iterator[Row]:
    """Write text."""
    sizes = bench.sizes
    how = (
        f"`generate_text` of an untrained model: {sizes.our_characters:,} characters by tutorlm, "
        f"{sizes.flair_characters:,} by Flair, after 20 to warm up."
    )
    for hidden_size in sizes.generation:
        arguments: Arguments = {"dictionary": bench.dictionary, "hidden_size": hidden_size}
        found = bench.alternate(
            ours=partial(bench.ours, "generate", characters=sizes.our_characters, **arguments),
            flair=partial(bench.flair, "generate", characters=sizes.flair_characters, **arguments),
        )
        ours = per_second(sizes.our_characters, found["ours"])
        flair = per_second(sizes.flair_characters, found["flair"])
        yield Row(f"writing text, H={hidden_size}", "characters/s ↑", ours, flair, how)


def embedding(bench: Bench) -> Iterator[Row]:
    """Embed sentences."""
    sentences = natural_sentences(bench)
    for size in bench.sizes.embedding:
        yield from embedding_rows(bench, size, sentences)
    if bench.gpu["gpu"]:
        yield from embedding_rows(bench, bench.sizes.embedding[-1], sentences, gpu=True)


def natural_sentences(bench: Bench) -> list[list[str]]:
    """The first lines of valid, test and training text that are 20 to 400 characters long, as words."""
    files = bench.files()
    lines = (line.strip() for file in files[-2:] + files[:-2] for line in clean_text(file).split("\n"))
    return [line.split() for line in lines if 20 <= len(line) <= 400][: bench.sizes.sentences]


def embedding_rows(bench: Bench, hidden_size: int, sentences: list[list[str]], gpu: bool = False) -> list[Row]:
    """Speed at one size, memory at the largest, and whether the vectors are equal."""
    out = {side: f"{bench.new_folder()}/vectors.npy" for side in ("ours", "flair", "bf16")}
    found = embedded(bench, save_untrained(bench, hidden_size, True), sentences, out, gpu)
    off = largest_difference(bench, out["ours"], out["flair"])
    if not off <= LARGEST_DIFFERENCE:
        raise AssertionError(f"H={hidden_size}: tutorlm's vectors differ from Flair's by up to {off:g}")
    rate = {side: per_second(len(sentences), results) for side, results in found.items()}
    size = {side: megabytes(results) for side, results in found.items()}
    quicker = max(BATCHES, key=lambda side: statistics.median(rate[side]))
    smaller = min(BATCHES, key=lambda side: statistics.median(size[side]))
    name = f"embedding{' on the GPU' if gpu else ''}, H={hidden_size}"
    how = (
        f"The words of {len(sentences)} lines of the corpus of 20 to 400 characters, with one file of an untrained "
        "forward model: tutorlm's `matrix` in one call, Flair's `embed` in the quicker of two ways (in batches of 32 "
        f"and in one call), without gathering the vectors: here {BATCHES[quicker]}; {agreement(off)}."
    )
    less = f"The peak of those processes, less what they had after all imports; Flair {BATCHES[smaller]}."
    rows = [Row(name, "sentences/s ↑", rate["ours"], rate[quicker], how)]
    if hidden_size == bench.sizes.embedding[-1] and not gpu:
        rows.append(Row(f"{name}: memory", "MB ↓", size["ours"], size[smaller], less))
    if "bf16" in rate:
        how = f"{BFLOAT16[:-1]}; {agreement(largest_difference(bench, out['bf16'], out['flair']))}."
        rows.append(Row(f"{name}: bfloat16", "sentences/s ↑", rate["bf16"], rate[quicker], how))
    return rows


def embedded(
    bench: Bench, model: str, sentences: list[list[str]], out: dict[str, str], gpu: bool
) -> dict[str, Results]:
    """What the workers say of embedding the sentences."""
    shared: Arguments = {"gpu": gpu, "models": [model], "sentences": bench.write_json(sentences)}
    sides = {
        "ours": partial(bench.ours, "embed", **shared, out=out["ours"]),
        "flair_32": partial(bench.flair, "embed", **shared, out=out["flair"], batch_size=32),
        "flair_all": partial(bench.flair, "embed", **shared, out=out["flair"], batch_size=len(sentences)),
    }
    if bench.device(gpu)["bfloat16"]:
        sides["bf16"] = partial(bench.ours, "embed", **shared, out=out["bf16"], precision="bf16")
    return bench.alternate(**sides)


def largest_difference(bench: Bench, a: str, b: str) -> float:
    """How far two files of vectors are apart."""
    off = bench.ours("difference", a=a, b=b)["difference"]
    bench.say(f"largest difference between the vectors: {off:.1e}")
    return off


def agreement(off: float) -> str:
    """The largest difference between vectors in words."""
    return f"vectors differ by at most {off:.0e}" if off else "vectors are equal bit for bit"


def save_untrained(bench: Bench, hidden_size: int, is_forward_lm: bool) -> str:
    """The file of an untrained model."""
    shape: Arguments = {"hidden_size": hidden_size, "is_forward_lm": is_forward_lm}
    out = f"{bench.new_folder()}/model.pt"
    return bench.ours("save_untrained", dictionary=bench.dictionary, out=out, **shape)["file"]
