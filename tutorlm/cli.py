"""The command line: what the notebooks do, for those who leave them.

    python -m tutorlm prepare my_texts my_corpus
    python -m tutorlm train my_corpus my_model
    python -m tutorlm generate my_model/best-lm.pt --prompt "The "
    python -m tutorlm COMMAND --help

Models are given as files, or by names such as news-mini-forward. Exit codes: 0 done, 1 an error that
its message explains, 2 arguments that make no sense, 130 interrupted (what was trained is saved).
"""

import argparse
import contextlib
import json
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

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
    prepare_corpus,
)  # fmt: skip
from tutorlm.events import Event, Started, bits
from tutorlm.files.atomic import atomic_write
from tutorlm.files.corpora import check_layout
from tutorlm.files.text import read_blocks
from tutorlm.fine_tuning import compare, warm_start
from tutorlm.options import add_train_options, reader, resolve, training_settings
from tutorlm.progress import PlainLines, ProgressBar
from tutorlm.recipes import RECIPES
from tutorlm.training.checkpoints import read_checkpoint
from tutorlm.training.devices import PRECISIONS, choose_device
from tutorlm.training.distributed import processes
from tutorlm.training.record import new_record, outcome, without_nan, write_record

NOT_SETTINGS = ("command", "out", "json", "resume", "arguments")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        with warnings.catch_warnings(), contextlib.ExitStack() as at_the_end:
            warnings.showwarning = lambda message, *_: _note(f"warning: {message}")
            at_the_end.callback(sys.stdout.flush)  # where a closed pipe is still noticed
            options = make_parser().parse_args(arguments, argparse.Namespace(arguments=arguments))
            return COMMANDS[options.command](options) or 0
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


def _is_first() -> bool:
    """Whether this is the first, or the only, process of a run."""
    return os.environ.get("RANK", "0") == "0"


def _note(message: str) -> None:
    if _is_first():
        print(message, file=sys.stderr)


def _fail(message: str) -> int:
    rank = f" (process {os.environ['RANK']})" if "RANK" in os.environ else ""
    message = message.split("\nException raised from")[0]  # behind it torch shows the inside of its C++
    print(f"error{rank}: {message}", file=sys.stderr)
    return 1


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
    """Train a new model, fine-tune one, or resume a run that was cut short."""
    given = {name: value for name, value in vars(options).items() if name not in NOT_SETTINGS}
    settings = resolve(given, options.out, options.resume)
    if settings["threads"]:
        torch.set_num_threads(settings["threads"])
    with processes(settings["device"]) as device:
        trainer, run_json = _make_trainer(options, settings), options.out / "run.json"
        training = training_settings({**settings, "checkpoint": settings["checkpoint"] or options.resume})
        record = new_record(tutorlm.__version__, options.arguments, settings, training.arguments(), trainer.corpus)

        def record_the_start(event: Event) -> None:
            if isinstance(event, Started):
                write_record(run_json, record)

        bar = ProgressBar() if sys.stderr.isatty() else PlainLines(file=sys.stderr if options.json else None)
        result = trainer.train(options.out, device=device, observers=[record_the_start, bar], **training.arguments())
        record["result"] = outcome(result)
        if _is_first():
            write_record(run_json, record)
            _say(options, str(result), {"model": str(result.best_model), **record["result"]})
    return 130 if result.stopped.startswith("interrupted") else 0


def evaluate(options: argparse.Namespace) -> None:
    """How well models predict texts: bits per character, and the change by fine-tuning."""
    models, texts = _short_names(options.models), _short_names(options.on)
    device = choose_device(options.device)
    loaded = {name: LanguageModel.load(file).to(device) for name, file in models.items()}
    found = compare(loaded, {name: Path(path) for name, path in texts.items()})
    _say(options, str(found), [
        {"model": str(models[model]), "text": str(texts[text]), "bits_per_character": score.bits_per_character,
         "bits_per_byte": score.bits_per_byte, "perplexity": score.perplexity, "unknown_share": score.unknown_share,
         "characters": len(score.text)}
        for model, scores in found.scores.items() for text, score in scores.items()
    ])  # fmt: skip


def generate(options: argparse.Namespace) -> None:
    """Let a model write text. A backward model writes what comes before the prompt."""
    model, generator = LanguageModel.load(options.model), torch.Generator()
    generator.manual_seed(options.seed) if options.seed is not None else generator.seed()
    prompt = _unescaped(options.prompt)
    text, nats = model.generate_text(prompt, options.length, options.temperature, generator=generator)
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
    matrix = stack.matrix(sentences)
    with atomic_write(options.out) as file:
        np.savez(file, vectors=matrix, tokens=np.array(tokens, dtype=str), sentences=numbers)
    _say(options, f"{options.out}: vectors {matrix.shape}, tokens and the number of each one's sentence", {
        "vectors": str(options.out), "tokens": len(tokens), "sentences": len(sentences), "size": stack.embedding_length,
    })  # fmt: skip


COMMANDS: dict[str, Callable[[argparse.Namespace], int | None]] = {
    "prepare": prepare, "dictionary": dictionary, "train": train,
    "evaluate": evaluate, "generate": generate, "embed": embed,
}  # fmt: skip


def _make_trainer(options: argparse.Namespace, settings: dict[str, Any]) -> LanguageModelTrainer:
    """The trainer of a new run, or of the one to be resumed."""
    checkpoint, optimizer = options.out / "checkpoint.pt", RECIPES[settings["recipe"]].optimizer

    def corpus_of(model: LanguageModel) -> TextCorpus:
        return TextCorpus.of(settings["corpus"], model, seed=settings["seed"], cache=settings["cache"])

    if options.resume and checkpoint.exists():
        if not (options.out / "run.json").exists():
            _note(f"no run.json beside {checkpoint}: the settings of its run must be given again")
        corpus = corpus_of(LanguageModel.from_state(read_checkpoint(checkpoint)))
        return LanguageModelTrainer.load_checkpoint(checkpoint, corpus, optimizer)
    if options.resume:
        _note(f"no {checkpoint} to resume from: starting at the beginning")
    torch.manual_seed(settings["seed"])
    model = _model_to_fine_tune(settings) if settings["model"] else _new_model(settings)
    return LanguageModelTrainer(model, corpus_of(model), optimizer)


def _model_to_fine_tune(settings: dict[str, Any]) -> LanguageModel:
    model = warm_start(LanguageModel.load(settings["model"]), settings["shrink"], settings["dropout"])
    if settings["extend_dictionary"]:
        missing = model.dictionary.coverage(Path(settings["corpus"], "train")).missing
        model.extend_dictionary(entry.character for entry in missing if entry.count > 1)
    return model


def _new_model(settings: dict[str, Any]) -> LanguageModel:
    folder, delimiter = Path(settings["corpus"]), _unescaped(settings["document_delimiter"])
    check_layout(folder)
    if settings["dictionary"]:
        items = Dictionary.load(settings["dictionary"])
    else:
        items = Dictionary.from_files(folder / "train")
        for character in items.normalize(delimiter):
            items.add_item(character)
    sizes = {name: settings[name] for name in ("hidden_size", "nlayers", "embedding_size", "dropout")}
    return LanguageModel(items, not settings["backward"], document_delimiter=delimiter, **sizes)


def _say(options: argparse.Namespace, text: str, as_data: Any) -> None:
    print(json.dumps(without_nan(as_data), ensure_ascii=False) if options.json else text)


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"standard input is not UTF-8 text: {error}") from None


def _unescaped(text: str) -> str:
    r"""`\n` and `\t` as a shell passes them on."""
    return text.replace("\\n", "\n").replace("\\t", "\t")


def _short_names(paths: list[str]) -> dict[str, str]:
    """my_model/best-lm.pt → my_model, some/news/valid.txt → news/valid.txt, unless two would be the same."""
    named = {"/".join(Path(path).parts[-2:]).removesuffix("/best-lm.pt"): path for path in paths}
    return named if len(named) == len(paths) else {path: path for path in paths}


EXAMPLES = {
    "prepare": "my_texts my_corpus --splits 4",
    "dictionary": "my_corpus/train characters.json --normalization NFD",
    "train": "my_corpus my_model --hidden-size 512 --max-epochs 10 --checkpoint",
    "evaluate": "news-mini-forward my_model/best-lm.pt --on my_corpus/test.txt",
    "generate": "my_model/best-lm.pt --prompt 'The ' --temperature 0.7",
    "embed": "news-mini-forward news-mini-backward --input lines.txt --out vectors.npz",
}
COUNT, SHOWN = reader(int, "at least 1"), "(%(default)s)"
FILES = {"nargs": "+", "help": "text files, or folders with everything below them"}
DEVICE = {"default": "auto", "help": SHOWN}
# Of all commands but `train`, whose options are the fields of dataclasses.
ARGUMENTS: dict[str, dict[str, dict[str, Any]]] = {
    "prepare": {
        "files": FILES,
        "out": {"type": Path, "help": "the corpus folder to make"},
        "--splits": {"type": int, "help": "training files (default: one for every 50 MB)"},
        "--valid": {"type": float, "help": "share of the text for valid.txt (default: 0.05, at most 500 KB)"},
        "--test": {"type": float, "help": "share of the text for test.txt (the same)"},
        "--document-delimiter": {"default": "\\n", "help": r"string that ends a document (default: \n)"},
    },
    "dictionary": {
        "files": FILES,
        "out": {"type": Path, "help": "the file to write: .json, or .pkl for Flair"},
        "--coverage": {"type": float, "default": 0.9999, "help": f"share of the text to cover {SHOWN}"},
        "--min-count": {"type": COUNT, "default": 1, "help": f"leave out rarer characters {SHOWN}"},
        "--max-size": {"type": COUNT, "help": "maximum number of items"},
        "--normalization": {"default": "NFC", "choices": ("NFC", "NFD", "NFKC", "NFKD", "none"),
                            "help": f"Unicode form of all text; NFD keeps Hangul as jamo {SHOWN}"},
    },
    "evaluate": {
        "models": {"nargs": "+", "help": "model files or names; of two, the difference is shown"},
        "--on": {"nargs": "+", "required": True, "metavar": "FILE", "help": "text files"},
        "--device": DEVICE,
    },
    "generate": {
        "model": {"help": "a model file or name"},
        "--prompt": {"default": "\\n", "help": r"text to continue (default: \n)"},
        "--length": {"type": reader(int, "at least 0"), "default": 500, "help": f"characters to write {SHOWN}"},
        "--temperature": {"type": float, "default": 0.8, "help": f"0 takes the most likely, 1 as learnt {SHOWN}"},
        "--seed": {"type": reader(int, "from 0 to 2^63 - 1"), "help": "for the same text again"},
    },
    "embed": {
        "models": {"nargs": "+", "help": "model files or names; their vectors are concatenated"},
        "--input": {"default": "-", "help": "sentences, one a line (default: standard input)"},
        "--tokenized": {"action": "store_true", "help": "words are separated by spaces already"},
        "--out": {"type": Path, "help": "a .npz file with vectors, tokens, sentences"},
        "--precision": {"choices": sorted(PRECISIONS), "default": "fp32", "help": SHOWN},
        "--device": DEVICE,
    },
}  # fmt: skip


def make_parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m tutorlm", description=__doc__, formatter_class=raw)
    parser.add_argument("--version", action="version", version=tutorlm.__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, function in COMMANDS.items():
        about, example = function.__doc__ or "", f"example:\n  python -m tutorlm {name} {EXAMPLES[name]}"
        command = commands.add_parser(
            name, help=about.rstrip("."), description=about, epilog=example, formatter_class=raw
        )
        command.add_argument("--json", action="store_true", help="print the result as JSON")
        for argument, details in ARGUMENTS.get(name, {}).items():
            command.add_argument(argument, **details)
        if name == "train":
            add_train_options(command)
    return parser
