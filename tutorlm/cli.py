"""The command line: what the notebooks do, for those who leave them.

    python -m tutorlm prepare my_texts my_corpus
    python -m tutorlm train my_corpus my_model
    python -m tutorlm generate my_model/best-lm.pt --prompt "The "
    python -m tutorlm COMMAND --help

Models are given as files, or by names such as news-mini-forward. Exit codes: 0 done, 1 an error that
its message explains, 2 arguments that make no sense, 130 interrupted (what was trained is saved).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import platform
import shlex
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch

import tutorlm
from tutorlm import (
    Dictionary,
    FlairEmbeddings,
    LanguageModel,
    LanguageModelTrainer,
    Sentence,
    StackedEmbeddings,
    TextCorpus,
    parallel,
    prepare_corpus,
)
from tutorlm.corpus import check_layout
from tutorlm.devices import PRECISIONS, choose_device
from tutorlm.events import Event, Started, TrainingResult, bits
from tutorlm.fine_tuning import compare, warm_start
from tutorlm.model_files import read_model_file
from tutorlm.pretrained import find_model
from tutorlm.progress import PlainLines, ProgressBar
from tutorlm.recipes import RECIPES
from tutorlm.files.atomic import atomic_write
from tutorlm.files.text import read_blocks

Number = TypeVar("Number", int, float)
SECONDS = 180.0  # of training, where neither epochs nor seconds are given
RECIPE_OPTIONS = (
    "learning_rate",
    "sequence_length",
    "mini_batch_size",
    "clip",
    "patience",
    "anneal_factor",
    "schedule",
)
MODEL_OPTIONS = ("hidden_size", "nlayers", "embedding_size", "document_delimiter")
FREE_TO_CHANGE = ("max_epochs", "max_seconds", "checkpoint", "checkpoint_every", "device", "threads", "corpus", "cache")
NOT_KEPT = ("command", "out", "json", "resume", "arguments")
NEW_MODEL = {"hidden_size": 256, "nlayers": 1, "embedding_size": 100, "dropout": 0.1, "document_delimiter": "\\n"}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _warn
            return _run(arguments)
    except BrokenPipeError:  # whoever read the output, `head` say, has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (OSError, ValueError, LookupError, TypeError) as error:
        return _fail(str(error))
    except (RuntimeError, MemoryError, OverflowError) as error:  # of torch: too large a model, say
        return _fail(str(error).split("\n")[0] or "out of memory")
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def _warn(message: Warning | str, *_: Any) -> None:
    if os.environ.get("RANK", "0") == "0":  # once, of several processes
        print(f"warning: {message}", file=sys.stderr)


def _fail(message: str) -> int:
    rank = f" (process {os.environ['RANK']})" if "RANK" in os.environ else ""
    message = message.split("\nException raised from")[0]  # behind it torch shows the inside of its C++
    print(f"error{rank}: {message}", file=sys.stderr)
    return 1


def _run(arguments: list[str]) -> int:
    try:
        options = make_parser().parse_args(arguments)
        options.arguments = arguments
        return COMMANDS[options.command](options) or 0
    finally:
        sys.stdout.flush()  # here, where a closed pipe is noticed in time


# -- the commands --------------------------------------------------------------------------------


def prepare(options: argparse.Namespace) -> None:
    """Any .txt or .txt.gz files → a corpus folder."""
    delimiter = _unescaped(options.document_delimiter)
    corpus = prepare_corpus(options.files, options.out, options.splits, options.valid, options.test, delimiter)
    _say(options, str(corpus), {
        "corpus": str(corpus.path), "characters": corpus.characters, "splits": corpus.splits,
        "duplicates": corpus.duplicates,
    })  # fmt: skip


def dictionary(options: argparse.Namespace) -> None:
    """Text files → a dictionary of their characters."""
    if options.out.suffix not in (".json", ".pkl", ".pickle"):
        raise ValueError(f"the last argument is the dictionary to write, .json or .pkl, not {options.out}")
    normalization = None if options.normalization == "none" else options.normalization
    found = Dictionary.from_files(options.files, options.min_count, options.coverage, options.max_size, normalization)
    found.save(options.out)
    report = found.coverage(options.files)
    _say(options, f"{options.out}: {len(found)} items\n{report}", {
        "dictionary": str(options.out), "items": len(found), "share": report.share, "characters": report.total,
        "missing": {missing.character: missing.count for missing in report.missing},
    })  # fmt: skip


def train(options: argparse.Namespace) -> int:
    """Train a new model, fine-tune one, or go on with a run that was cut short."""
    settings = _training_settings(options)
    if settings["threads"]:
        torch.set_num_threads(settings["threads"])
    with parallel.processes(settings["device"]) as device:
        first = int(os.environ.get("RANK", 0)) == 0
        quiet_bar = ProgressBar() if sys.stderr.isatty() else PlainLines(file=sys.stderr if options.json else None)
        checkpoint = options.out / "checkpoint.pt"
        if options.resume and not checkpoint.exists() and first:
            print(f"no {checkpoint} to resume from: starting at the beginning", file=sys.stderr)
        if options.resume and checkpoint.exists() and not (options.out / "run.json").exists() and first:
            print(f"no run.json beside {checkpoint}: the settings of its run must be given again", file=sys.stderr)
        if options.resume and checkpoint.exists():
            corpus = _corpus_for(read_model_file(checkpoint), settings)
            optimizer = RECIPES[settings["recipe"]].optimizer
            trainer = LanguageModelTrainer.load_checkpoint(checkpoint, corpus, optimizer)
        else:
            corpus, trainer = _new_run(settings)
        record = _record(settings, corpus, options.arguments)

        def write_record(event: Event) -> None:
            if isinstance(event, Started):
                _write_record(options.out, record)

        result = trainer.train(
            options.out, device=device, observers=[write_record, quiet_bar], seed=settings["seed"],
            checkpoint=settings["checkpoint"] or options.resume, checkpoint_every=settings["checkpoint_every"],
            precision=settings["precision"], **_limits(settings), **_recipe_arguments(settings),
        )  # fmt: skip
        record["result"] = _outcome(result)
        if first:
            _write_record(options.out, record)
            _say(options, str(result), {"model": str(result.best_model), **record["result"]})
    return 130 if result.stopped.startswith("interrupted") else 0


def evaluate(options: argparse.Namespace) -> None:
    """How well models predict texts: bits per character, and what fine-tuning changed."""
    models = _distinct({_short_name(name): name for name in options.models}, options.models)
    texts = _distinct({_short_name(path): path for path in options.on}, options.on)
    device = choose_device(options.device)
    loaded = {
        name: LanguageModel.load_language_model(find_model(file).path).to(device) for name, file in models.items()
    }
    found = compare(loaded, {name: Path(path) for name, path in texts.items()})
    _say(options, str(found), [
        {"model": str(models[model]), "text": str(texts[text]), "bits_per_character": score.bits_per_character,
         "bits_per_byte": score.bits_per_byte, "perplexity": score.perplexity, "unknown_share": score.unknown_share,
         "characters": len(score.text)}
        for model, scores in found.scores.items() for text, score in scores.items()
    ])  # fmt: skip


def generate(options: argparse.Namespace) -> None:
    """Let a model write. A backward model writes what comes before the prompt."""
    model = LanguageModel.load_language_model(find_model(options.model).path)
    chance = torch.Generator()
    chance.manual_seed(options.seed) if options.seed is not None else chance.seed()
    prompt = _unescaped(options.prompt)
    text, nats = model.generate_text(prompt, options.length, options.temperature, generator=chance)
    _say(options, text, {"text": text, "prompt": prompt, "bits_per_character": bits(nats)})


def embed(options: argparse.Namespace) -> None:
    """Sentences, one a line → the vector of each word."""
    if options.out is None and not options.json:
        raise ValueError("name the file for the vectors by --out vectors.npz, or ask for them as text by --json")
    stack = StackedEmbeddings([
        FlairEmbeddings(name, has_decoder=False, precision=options.precision, device=options.device)
        for name in options.models
    ])  # fmt: skip
    text = _standard_input() if options.input == "-" else "".join(read_blocks(options.input))
    lines = [line.strip() for line in text.split("\n")]
    sentences = [Sentence(line.split() if options.tokenized else line) for line in lines if line]
    if options.out is None:
        for sentence, vectors in zip(sentences, stack.vectors(sentences), strict=True):
            print(json.dumps({"tokens": [t.text for t in sentence], "vectors": vectors.tolist()}, ensure_ascii=False))
        return
    tokens = [token.text for sentence in sentences for token in sentence]
    numbers = np.repeat(np.arange(len(sentences)), [len(sentence) for sentence in sentences])
    vectors = stack.matrix(sentences)
    with atomic_write(options.out) as file:
        np.savez(file, vectors=vectors, tokens=np.array(tokens, dtype=str), sentences=numbers)
    _say(options, f"{options.out}: vectors {vectors.shape}, tokens and the number of each one's sentence", {
        "vectors": str(options.out), "tokens": len(tokens), "sentences": len(sentences), "size": stack.embedding_length,
    })  # fmt: skip


COMMANDS: dict[str, Callable[[argparse.Namespace], int | None]] = {
    "prepare": prepare, "dictionary": dictionary, "train": train,
    "evaluate": evaluate, "generate": generate, "embed": embed,
}  # fmt: skip


# -- training --------------------------------------------------------------------------------------


def _training_settings(options: argparse.Namespace) -> dict[str, Any]:
    """Defaults, then what an earlier run of a `--resume` was given, then what is given now."""
    given = {name: value for name, value in vars(options).items() if name not in NOT_KEPT}
    before = _settings_before(options.out / "run.json") if options.resume else {}
    for name, value in given.items():
        if name in before and name not in FREE_TO_CHANGE and before[name] != value:
            raise ValueError(f"--{name.replace('_', '-')} was {before[name]!r} in the run to be resumed: leave it out")
    if not before:
        _check_model_options(given)
    if {"max_epochs", "max_seconds"} & given.keys():  # what is said now of the end replaces what was
        before = {name: value for name, value in before.items() if name not in ("max_epochs", "max_seconds")}
    settings = {**TRAINING_DEFAULTS, **_defaults_of(given.get("model"), given.get("recipe")), **before, **given}
    if settings["max_epochs"] is None and settings["max_seconds"] is None:
        settings["max_seconds"] = SECONDS
    return settings


def _settings_before(record: Path) -> dict[str, Any]:
    if not record.exists():
        return {}
    try:
        settings = json.loads(record.read_text(encoding="utf-8"))["settings"]
        return {**settings, "corpus": settings["corpus"]}
    except (ValueError, LookupError, TypeError):
        raise ValueError(
            f"{record}, which has the settings of the run to be resumed, is damaged. Delete it, and give them again"
        ) from None


def _check_model_options(given: dict[str, Any]) -> None:
    fixed = [name for name in (*MODEL_OPTIONS, "dictionary", "backward") if name in given]
    if "model" in given and fixed:
        raise ValueError(
            "a model to fine-tune brings its own sizes, delimiter and dictionary, and its direction: leave out "
            + ", ".join(f"--{name.replace('_', '-')}" for name in fixed)
        )
    if "model" not in given and {"extend_dictionary", "shrink"} & given.keys():
        raise ValueError("--extend-dictionary and --shrink are for a model to fine-tune: name it by --model")


def _defaults_of(model: str | None, recipe: str | None) -> dict[str, Any]:
    """What the recipe says, and the sizes of a new model, in so many words."""
    recipe = recipe or ("fine-tuning" if model else "recommended")
    found = {name: value for name, value in RECIPES[recipe].settings.items() if name in RECIPE_OPTIONS}
    return {"recipe": recipe, **found, **({} if model else NEW_MODEL)}


def _new_run(settings: dict[str, Any]) -> tuple[TextCorpus, LanguageModelTrainer]:
    corpus_folder = Path(settings["corpus"])
    torch.manual_seed(settings["seed"])
    if settings["model"]:
        model = LanguageModel.load_language_model(find_model(settings["model"]).path)
        model = warm_start(model, settings["shrink"], settings["dropout"])
        if settings["extend_dictionary"]:
            missing = model.dictionary.coverage(corpus_folder / "train").missing
            model.extend_dictionary(entry.character for entry in missing if entry.count > 1)
        corpus = _corpus_for(model.to_state(), settings)
    else:
        delimiter = _unescaped(settings["document_delimiter"])
        items = Dictionary.load(settings["dictionary"]) if settings["dictionary"] else _count(corpus_folder, delimiter)
        state = {"dictionary": items, "is_forward_lm": not settings["backward"], "document_delimiter": delimiter}
        corpus = _corpus_for(state, settings)
        sizes = {name: settings[name] for name in ("hidden_size", "nlayers", "embedding_size", "dropout")}
        model = LanguageModel(items, not settings["backward"], document_delimiter=delimiter, **sizes)
    return corpus, LanguageModelTrainer(model, corpus, RECIPES[settings["recipe"]].optimizer)


def _count(corpus_folder: Path, delimiter: str) -> Dictionary:
    check_layout(corpus_folder)
    found = Dictionary.from_files(corpus_folder / "train")
    for character in found.normalize(delimiter):
        found.add_item(character)
    return found


def _corpus_for(state: dict[str, Any], settings: dict[str, Any]) -> TextCorpus:
    """The corpus as the model of that state reads it."""
    return TextCorpus(
        settings["corpus"], state["dictionary"], state["is_forward_lm"], state["dictionary"].character_level,
        document_delimiter=state["document_delimiter"], seed=settings["seed"], cache=settings["cache"],
    )  # fmt: skip


def _limits(settings: dict[str, Any]) -> dict[str, Any]:
    """When training ends: by epochs, by seconds, or by whichever comes first."""
    return {"max_epochs": settings["max_epochs"] or 1_000_000, "max_seconds": settings["max_seconds"]}


def _recipe_arguments(settings: dict[str, Any]) -> dict[str, Any]:
    recipe = {name: value for name, value in RECIPES[settings["recipe"]].settings.items() if name != "max_epochs"}
    changes = {name: settings[name] for name in RECIPE_OPTIONS if settings[name] is not None}
    return {**recipe, **changes, "layer_rates": settings["layer_rates"] or {}}


def _record(settings: dict[str, Any], corpus: TextCorpus, arguments: list[str]) -> dict[str, Any]:
    """What is needed to tell later how a model came about, and to do it again."""
    files = {name: seen for name, seen in corpus.fingerprint().items() if "bytes" in str(seen)}
    digest = hashlib.sha256(json.dumps(files).encode()).hexdigest()
    return {
        "command": shlex.join(["python", "-m", "tutorlm", *arguments]),
        "settings": settings,
        "recipe": _recipe_arguments(settings),
        "corpus": {"digest": digest, "files": files},
        "dictionary_size": len(corpus.dictionary),
        "versions": {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__,
                     "tutorlm": tutorlm.__version__},
        "machine": {"system": platform.platform(), "cores": os.cpu_count(), "threads": torch.get_num_threads(),
                    "processes": int(os.environ.get("WORLD_SIZE", 1))},
        "began": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }  # fmt: skip


def _write_record(folder: Path, record: dict[str, Any]) -> None:
    with atomic_write(folder / "run.json") as file:
        file.write(json.dumps(_without_nan(record), indent=1, ensure_ascii=False, default=str).encode() + b"\n")


def _outcome(result: TrainingResult) -> dict[str, Any]:
    return {
        "initial_bits_per_character": bits(result.initial_valid_loss),
        "valid_bits_per_character": result.bits_per_character,
        "test_bits_per_character": bits(result.test_loss),
        "steps": result.steps,
        "seconds": result.seconds,
        "stopped": result.stopped,
    }


# -- small things ------------------------------------------------------------------------------------


def _say(options: argparse.Namespace, text: str, as_data: Any) -> None:
    print(json.dumps(_without_nan(as_data), ensure_ascii=False) if options.json else text)


def _without_nan(value: Any) -> Any:
    """JSON knows no NaN."""
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_nan(item) for item in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"standard input is not UTF-8 text: {error}") from None


def _unescaped(text: str) -> str:
    r"""`\n` and `\t` as a shell passes them on."""
    return text.replace("\\n", "\n").replace("\\t", "\t")


def _short_name(path: str) -> str:
    """my_model/best-lm.pt → my_model; some/news/valid.txt → news/valid.txt."""
    parts = Path(path).parts[-2:]
    return parts[0] if parts[-1] == "best-lm.pt" and len(parts) == 2 else "/".join(parts)


def _distinct(named: dict[str, str], paths: list[str]) -> dict[str, str]:
    return named if len(named) == len(paths) else {path: path for path in paths}


def _layer_rates(text: str) -> dict[str, float]:
    """`encoder=0,rnn=0.3`."""
    try:
        return {name: float(rate) for name, rate in (part.split("=") for part in text.split(","))}
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form encoder=0,rnn=0.3") from None


def _number(
    kind: type[Number], least: float, most: float = math.inf, open_below: bool = False
) -> Callable[[str], Number]:
    """A reader of numbers within bounds, for argparse."""

    def read(text: str) -> Number:
        number = kind(text)
        if not least <= number <= most or (open_below and number == least) or number == math.inf:
            bounds = f"{'more than' if open_below else 'at least'} {least:g}" + (
                f", at most {most:g}" * (most < math.inf)
            )
            raise argparse.ArgumentTypeError(f"{text} must be {bounds}")
        return number

    read.__name__ = kind.__name__  # for argparse's message about what is no number at all
    return read


COUNT, AMOUNT, SHARE = _number(int, 1), _number(float, 0, open_below=True), _number(float, 0, 1)
SEED, WHOLE = _number(int, 0, 2**63 - 1), _number(int, 0)


# -- arguments ----------------------------------------------------------------------------------------


def make_parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    parser = argparse.ArgumentParser(
        prog="python -m tutorlm", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=tutorlm.__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(function: Callable, example: str) -> argparse.ArgumentParser:
        added = commands.add_parser(
            function.__name__, help=function.__doc__.rstrip("."), description=function.__doc__,
            epilog=f"example:\n  python -m tutorlm {example}", formatter_class=argparse.RawDescriptionHelpFormatter,
        )  # fmt: skip
        added.add_argument("--json", action="store_true", help="say the result as JSON")
        return added

    _prepare_options(command(prepare, "prepare my_texts my_corpus --splits 4"))
    _dictionary_options(command(dictionary, "dictionary my_corpus/train characters.json --normalization NFD"))
    _train_options(command(train, "train my_corpus my_model --hidden-size 512 --max-epochs 10 --checkpoint"))
    _evaluate_options(command(evaluate, "evaluate news-mini-forward my_model/best-lm.pt --on my_corpus/test.txt"))
    _generate_options(command(generate, "generate my_model/best-lm.pt --prompt 'The ' --temperature 0.7"))
    _embed_options(command(embed, "embed news-mini-forward news-mini-backward --input lines.txt --out vectors.npz"))
    return parser


def _prepare_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", help="text files, or folders with everything below them")
    parser.add_argument("out", type=Path, help="the corpus folder to make")
    parser.add_argument("--splits", type=int, help="training files (default: one for every 50 MB)")
    parser.add_argument("--valid", type=float, help="share of the text for valid.txt (default: 0.05, at most 500 KB)")
    parser.add_argument("--test", type=float, help="share of the text for test.txt (the same)")
    parser.add_argument("--document-delimiter", default="\\n", help=r"what ends a document (default: \n)")


def _dictionary_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", help="text files, or folders with everything below them")
    parser.add_argument("out", type=Path, help="where to: .json, or .pkl for Flair")
    parser.add_argument("--coverage", type=float, default=0.9999, help="share of the text to cover (%(default)s)")
    parser.add_argument("--min-count", type=COUNT, default=1, help="leave out what is seen less often (%(default)s)")
    parser.add_argument("--max-size", type=COUNT, help="at most so many items")
    parser.add_argument(
        "--normalization", default="NFC", choices=("NFC", "NFD", "NFKC", "NFKD", "none"),
        help="Unicode form of all text; NFD keeps Hangul as jamo (%(default)s)",
    )  # fmt: skip


TRAINING_DEFAULTS: dict[str, Any] = {
    "recipe": None, "model": None, "shrink": 1.0, "dropout": None, "extend_dictionary": False, "backward": False,
    "dictionary": None, "cache": None, "layer_rates": None, **dict.fromkeys((*MODEL_OPTIONS, *RECIPE_OPTIONS)),
    "max_epochs": None, "max_seconds": None, "seed": 0, "device": "auto", "precision": "fp32", "threads": None,
    "checkpoint": False, "checkpoint_every": None,
}  # fmt: skip


def _train_options(parser: argparse.ArgumentParser) -> None:
    parser.argument_default = argparse.SUPPRESS  # what is not given can be told from what is
    parser.add_argument("corpus", help="a corpus folder, as `prepare` makes it")
    parser.add_argument("out", type=Path, help="folder for best-lm.pt, loss.tsv, run.json and checkpoint.pt")
    resume = (
        "go on from OUT/checkpoint.pt with that run's settings (a new end replaces its end); if there is none, begin"
    )
    parser.add_argument("--resume", action="store_true", default=False, help=resume)

    group = parser.add_argument_group("the model")
    group.add_argument("--hidden-size", type=COUNT, help="H, size of the LSTM's state (default: 256)")
    group.add_argument("--nlayers", type=COUNT, help="LSTM layers (default: 1)")
    group.add_argument("--embedding-size", type=COUNT, help="E, size of a character's vector (default: 100)")
    group.add_argument(
        "--dropout", type=SHARE, help="share of values dropped in training (default: 0.1, or the --model's)"
    )
    group.add_argument("--backward", action="store_true", help="read the text from its end to its start")
    group.add_argument("--dictionary", help="a file, or 'chars' (default: counted from CORPUS/train)")
    group.add_argument("--document-delimiter", help=r"what ends a document, such as [SEP] (default: \n)")
    group.add_argument("--model", help="fine-tune this model, a file or a name, in place of a new one")
    shrink = "multiply the weights of that model first: 0.5 learns a domain far from its own quicker (default: 1)"
    group.add_argument("--shrink", type=SHARE, help=shrink)
    group.add_argument("--extend-dictionary", action="store_true",
                       help="give that model the characters it lacks and the corpus has at least twice")  # fmt: skip

    group = parser.add_argument_group("the training; without any of these the recommended recipe, for three minutes")
    group.add_argument("--recipe", choices=sorted(RECIPES), help="(default: recommended; with --model fine-tuning)")
    usual = {"anneal_factor": 0.25, "patience": 25, **RECIPES["recommended"].settings}

    def of_recipe(name: str, kind: Callable, text: str, **more: Any) -> None:
        option, text = f"--{name.replace('_', '-')}", f"{text} (recommended: {usual[name]})"
        group.add_argument(option, type=kind, help=text, **more)

    of_recipe("sequence_length", COUNT, "T, characters in a window")
    of_recipe("mini_batch_size", COUNT, "B, columns read side by side")
    of_recipe("learning_rate", AMOUNT, "at the start, or the highest of a schedule")
    of_recipe("schedule", str, "how the learning rate changes", choices=("plateau", "one_cycle", "cosine"))
    of_recipe("anneal_factor", float, "of the plateau schedule: what the learning rate is multiplied by")
    of_recipe("patience", WHOLE, "of the plateau schedule: splits without a better valid loss")
    of_recipe("clip", AMOUNT, "largest norm of the gradients")
    group.add_argument("--layer-rates", type=_layer_rates, metavar="NAME=FACTOR,…",
                       help="factors on the learning rate, 0 to freeze: encoder=0,rnn=0.3")  # fmt: skip
    group.add_argument("--max-epochs", type=COUNT, help="passes over the corpus")
    group.add_argument("--max-seconds", type=AMOUNT, help=f"stop after this time (default without epochs: {SECONDS:g})")
    group.add_argument("--seed", type=SEED, help="of weights, shuffles and dropout (default: 0)")

    group = parser.add_argument_group("the machine")
    group.add_argument("--device", help="auto, cpu, cuda, cuda:1, mps (default: auto)")
    group.add_argument("--precision", choices=sorted(PRECISIONS), help="bf16 where the device can (default: fp32)")
    group.add_argument("--threads", type=_number(int, 1, 1024), help="of the CPU (default: as torch has it)")
    group.add_argument("--checkpoint", action="store_true", help="save after every split what --resume needs")
    group.add_argument("--checkpoint-every", help="also within splits: 500 (steps), '10 minutes'")
    group.add_argument("--cache", help="folder for the encoded corpus (default: CORPUS/.encoded)")


def _evaluate_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("models", nargs="+", help="model files or names; of two, the difference is shown")
    parser.add_argument("--on", nargs="+", required=True, metavar="FILE", help="text files")
    parser.add_argument("--device", default="auto", help="(%(default)s)")


def _generate_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", help="a model file or name")
    parser.add_argument("--prompt", default="\\n", help=r"text to write on from (default: \n)")
    parser.add_argument("--length", type=WHOLE, default=500, help="characters to write (%(default)s)")
    parser.add_argument(
        "--temperature", type=float, default=0.8, help="0 takes the likeliest, 1 as learnt (%(default)s)"
    )
    parser.add_argument("--seed", type=SEED, help="for the same text again")


def _embed_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("models", nargs="+", help="model files or names; vectors stand one behind the other")
    parser.add_argument("--input", default="-", help="sentences, one a line (default: standard input)")
    parser.add_argument("--tokenized", action="store_true", help="words are parted by spaces already")
    parser.add_argument("--out", type=Path, help="a .npz file with vectors, tokens, sentences")
    parser.add_argument("--precision", choices=sorted(PRECISIONS), default="fp32", help="(%(default)s)")
    parser.add_argument("--device", default="auto", help="(%(default)s)")


if __name__ == "__main__":
    sys.exit(main())
