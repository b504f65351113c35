"""The command line: what the notebooks do, for those who leave them.

    python -m tutorlm course my_course
    python -m tutorlm prepare my_texts my_corpus
    python -m tutorlm train my_corpus my_model
    python -m tutorlm generate my_model/best-lm.pt --prompt "The "
    python -m tutorlm COMMAND --help

A model is given as a file, or by a name such as news-mini-forward. Exit codes: 0 done, 1 an error that
its message explains, 2 invalid arguments, 130 interrupted (what was trained is saved).
"""

import argparse
import importlib.util
import io
import os
import re
import shlex
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import torch

import tutorlm
from tutorlm import Dictionary, FlairEmbeddings, LanguageModel, LanguageModelTrainer, Sentence, StackedEmbeddings
from tutorlm.corpus import TextCorpus, prepare_corpus
from tutorlm.doctor import diagnose
from tutorlm.events import Event, Started, bits
from tutorlm.files.atomic import atomic_write
from tutorlm.files.corpora import check_layout
from tutorlm.files.course import copy_course
from tutorlm.files.regular import expanded
from tutorlm.files.text import read_blocks
from tutorlm.fine_tuning import compare, warm_start
from tutorlm.options import FREE, SECONDS, add_train_options, reader, resolve, suited_to_text, training_settings
from tutorlm.progress import PlainLines, ProgressBar
from tutorlm.recipes import RECIPES
from tutorlm.sharing import commands
from tutorlm.training.checkpoints import read_checkpoint
from tutorlm.training.devices import PRECISIONS, choose_device
from tutorlm.training.distributed import processes
from tutorlm.training.record import new_record, outcome, to_json, write_record

SIZES = ("hidden_size", "nlayers", "embedding_size", "dropout")  # of a model
NOT_SETTINGS = ("command", "out", "json", "resume", "arguments")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        tutorlm.starting.imported()
        with warnings.catch_warnings():
            warnings.showwarning = lambda message, *_: _note(f"warning: {message}")
            try:
                options = make_parser().parse_args(arguments, argparse.Namespace(arguments=arguments))
                return COMMANDS[options.command](options) or 0
            finally:
                sys.stdout.flush()  # raises a BrokenPipeError here, not at exit
    except BrokenPipeError:  # the reader of the output, such as `head`, has closed it
        _drop_unwritten()
        return 0
    except (OSError, ValueError, LookupError, TypeError, ImportError) as error:
        return _fail(f"standard output: {error}" if _drop_unwritten() else str(error))
    except (RuntimeError, MemoryError, OverflowError) as error:  # of torch, such as too large a model
        return _fail(str(error).split("\n")[0] or "out of memory")
    except KeyboardInterrupt:
        _tell("interrupted")
        return 130


def open_streams() -> None:
    """Make standard output and error write any text: as UTF-8, on a terminal with escapes for what it lacks.

    Those that are closed are opened to nowhere, so that no file takes their number and all that torch prints.
    """
    if sys.stdin is None:
        os.open(os.devnull, os.O_RDONLY)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name) or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 – to the very end
        setattr(sys, name, stream)
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


def _drop_unwritten() -> bool:
    """Whether standard output cannot be written. If so, Python does not try again at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        _to_nowhere(sys.stdout)
        return True
    return False


def _to_nowhere(stream: TextIO) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _fail(message: str) -> int:
    rank = f" (process {os.environ['RANK']})" if "RANK" in os.environ else ""
    message = message.split("\nException raised from")[0]  # torch adds a C++ stack trace
    _tell(f"error{rank}: {message}")
    return 1


def _tell(line: str) -> None:
    try:
        print(line, file=sys.stderr, flush=True)
    except OSError:  # nobody listens
        _to_nowhere(sys.stderr)


def _note(line: str) -> None:
    if os.environ.get("RANK", "0") == "0":  # once, if several processes train
        _tell(line)


def _print(options: argparse.Namespace, text: str, data: Any) -> None:
    print(to_json(data) if options.json else text)


def _utf8(argument: str) -> str:
    """An argument that is text, whatever the locale."""
    return argument.encode("utf-8", "surrogateescape").decode("utf-8")


_utf8.__name__ = "UTF-8 text"  # for argparse's message


def _unescaped(name: str, text: str) -> str:
    r"""Shells pass on `\n` and `\t` as two characters each; `\\` is one backslash. Says what is taken for an escape."""
    meant = re.sub(r"\\([nt\\])", lambda escape: {"n": "\n", "t": "\t"}.get(escape[1], "\\"), text)
    if meant != text and re.sub(r"\\[nt]", "", text):
        _note(f"{name} is read as {meant!r} (write \\\\ for a backslash)")
    return meant


# -- the commands --------------------------------------------------------------------------------


def course(options: argparse.Namespace) -> None:
    """The notebooks of the course and the texts they read → a folder of your own."""
    files = copy_course(options.folder)
    notebooks = sum(file.match("notebooks/*.ipynb") for file in files)
    command = f"jupyter lab {shlex.quote(str(options.folder / 'notebooks'))}"
    missing = importlib.util.find_spec("jupyterlab") is None
    install = '\n  python -m pip install "tutorlm[lab]"' if missing else ""
    said = f"{options.folder}: {notebooks} notebooks and their texts. Begin with 00_start_here"
    said += f" (in Korean: ko/00_start_here); open them by{install}\n  {command}\n"
    said += "or in another program for notebooks, with the Python that has tutorlm."
    data = {"course": str(options.folder), "notebooks": notebooks, "files": len(files), "open": command}
    _print(options, said, data)


def prepare(options: argparse.Namespace) -> None:
    """Any .txt or .txt.gz files → a corpus folder."""
    parts = (options.splits, options.valid, options.test)
    delimiter = _unescaped("document_delimiter", options.document_delimiter)
    corpus = prepare_corpus(options.files, options.out, *parts, delimiter)
    _print(options, str(corpus), {"corpus": str(corpus.path), "characters": corpus.characters,
                                  "splits": corpus.splits, "duplicates": corpus.duplicates})  # fmt: skip


def doctor(options: argparse.Namespace) -> int:
    """What is wrong with a corpus, or with text that is to become one; exit code 1 if something is."""
    delimiter = _unescaped("document_delimiter", options.document_delimiter)
    found = diagnose(options.corpus, options.model, document_delimiter=delimiter, seconds=options.seconds)
    _print(options, str(found), found.as_dict())
    return 1 if found.wrong else 0


def dictionary(options: argparse.Namespace) -> None:
    """Text files → a dictionary of their characters."""
    if options.out.suffix not in (".json", ".pkl", ".pickle"):
        raise ValueError(f"the last argument is the dictionary to write, .json or .pkl, not {options.out}")
    normalization = None if options.normalization == "none" else options.normalization
    found = Dictionary.from_files(options.files, options.min_count, options.coverage, options.max_size, normalization)
    found.save(options.out)
    report = found.coverage(options.files)
    _print(options, f"{options.out}: {len(found)} items\n{report}", {
        "dictionary": str(options.out), "items": len(found), "share": report.share, "characters": report.total,
        "missing": {missing.character: missing.count for missing in report.missing},
    })  # fmt: skip


def train(options: argparse.Namespace) -> int:
    """Train a new model, fine-tune one, or resume a run that was cut short."""
    given = {name: value for name, value in vars(options).items() if name not in NOT_SETTINGS}
    resumed = options.resume and any((options.out / name).exists() for name in ("run.json", "checkpoint.pt"))
    text, suited = ("", {}) if resumed else suited_to_text(given)
    settings = resolve({**suited, **given}, options.out, options.resume)
    if settings["threads"]:
        os.environ["OMP_NUM_THREADS"] = str(settings["threads"])  # the user's choice
        torch.set_num_threads(settings["threads"])
    with processes(settings["device"]) as device:
        trainer = _trainer(settings, options.out / "checkpoint.pt", options.resume)
        chosen = training_settings({**settings, "checkpoint": settings["checkpoint"] or options.resume})
        settings["learning_rate"] = chosen.highest_rate(trainer.model.hidden_size)
        settings |= {name: getattr(trainer.model, name) for name in SIZES}  # of a model that was not made here, too
        training = {**chosen.arguments(), "learning_rate": settings["learning_rate"]}
        recipe = {"layer_rates": {}, **{name: value for name, value in training.items() if name not in FREE}}
        record = new_record(tutorlm.__version__, options.arguments, settings, recipe, trainer.corpus)
        run_json = options.out / "run.json"

        def record_the_start(event: Event) -> None:
            if isinstance(event, Started):
                write_record(run_json, record)
                if suited:
                    shown = " ".join(
                        f"--{name.replace('_', '-')} {shlex.quote(str(value))}" for name, value in suited.items()
                    )
                    _note(f"settings that suit {text}: {shown}")

        bar = ProgressBar() if sys.stderr.isatty() else PlainLines(file=sys.stderr if options.json else None)
        result = trainer.train(options.out, device=device, observers=[record_the_start, bar], **training)
        record["result"] = {**outcome(result), "precision": trainer.settings.precision}
        if os.environ.get("RANK", "0") == "0":
            write_record(run_json, record)
            _print(options, str(result), {"model": str(result.best_model), **record["result"]})
    return 130 if result.stopped.startswith("interrupted") else 0


def _trainer(settings: dict[str, Any], checkpoint: Path, resume: bool) -> LanguageModelTrainer:
    """The trainer of a new run, or of the run to be resumed."""
    torch.manual_seed(settings["seed"])
    resume = resume and _can_resume(checkpoint)
    if resume:
        model = read_checkpoint(checkpoint).model
    else:
        model = _model_to_fine_tune(settings) if settings["model"] else _new_model(settings)
    corpus = TextCorpus.of(settings["corpus"], model, seed=settings["seed"], cache=settings["cache"])
    optimizer = RECIPES[settings["recipe"]].optimizer
    if resume:
        return LanguageModelTrainer.load_checkpoint(checkpoint, corpus, optimizer)
    return LanguageModelTrainer(model, corpus, optimizer)


def _can_resume(checkpoint: Path) -> bool:
    found = checkpoint.exists()
    if not found:
        _note(f"no {checkpoint} to resume from: starting at the beginning")
    elif not checkpoint.with_name("run.json").exists():
        _note(f"no run.json beside {checkpoint}: the settings of its run must be given again")
    return found


def _model_to_fine_tune(settings: dict[str, Any]) -> LanguageModel:
    model = warm_start(LanguageModel.load(settings["model"]), settings["shrink"], settings["dropout"])
    if settings["extend_dictionary"]:
        missing = model.dictionary.coverage(expanded(settings["corpus"]) / "train").missing
        model.extend_dictionary(entry.character for entry in missing if entry.count > 1)
    return model


def _new_model(settings: dict[str, Any]) -> LanguageModel:
    folder, delimiter = expanded(settings["corpus"]), settings["document_delimiter"]
    try:
        delimiter = _unescaped("document_delimiter", _utf8(delimiter))
    except UnicodeDecodeError:
        raise ValueError(f"document_delimiter={delimiter!r} is not UTF-8 text") from None
    check_layout(folder)
    if settings["dictionary"]:
        items = Dictionary.load(settings["dictionary"])
    else:
        items = Dictionary.from_files(folder / "train")
        for character in items.normalize(delimiter):
            items.add_item(character)
    sizes = {name: settings[name] for name in SIZES}
    return LanguageModel(items, not settings["backward"], document_delimiter=delimiter, **sizes)


def evaluate(options: argparse.Namespace) -> None:
    """How well models predict texts: bits per character, and the change by fine-tuning."""
    models, texts = _short_names(options.models), _short_names(options.on)
    device = choose_device(options.device)
    loaded = {name: LanguageModel.load(file).to(device) for name, file in models.items()}
    found = compare(loaded, {name: Path(path) for name, path in texts.items()})
    _print(options, str(found), [
        {"model": models[model], "text": texts[text], "bits_per_character": score.bits_per_character,
         "bits_per_byte": score.bits_per_byte, "perplexity": score.perplexity, "unknown_share": score.unknown_share,
         "characters": len(score.text)}
        for model, scores in found.scores.items() for text, score in scores.items()
    ])  # fmt: skip


def _short_names(paths: list[str]) -> dict[str, str]:
    """my_model/best-lm.pt → my_model, some/news/valid.txt → news/valid.txt; full paths where these are not unique."""
    named = {"/".join(Path(path).parts[-2:]).removesuffix("/best-lm.pt"): path for path in paths}
    return named if len(named) == len(paths) else {path: path for path in paths}


def generate(options: argparse.Namespace) -> None:
    """Let a model write text. A backward model writes what comes before the prompt."""
    model, generator = LanguageModel.load(options.model), torch.Generator()
    prompt = _unescaped("prompt", options.prompt)
    generator.manual_seed(options.seed) if options.seed is not None else generator.seed()
    text, nats = model.generate_text(prompt, options.length, options.temperature, generator=generator)
    _print(options, text, {"text": text, "prompt": prompt, "bits_per_character": bits(nats)})


def embed(options: argparse.Namespace) -> None:
    """Sentences, one a line → the vector of each word."""
    if options.out is None and not options.json:
        raise ValueError("name the file for the vectors by --out vectors.npz, or ask for them as text by --json")
    stack = StackedEmbeddings([
        FlairEmbeddings(name, has_decoder=False, precision=options.precision, device=options.device)
        for name in options.models
    ])  # fmt: skip
    text = _standard_input() if options.input == "-" else "".join(read_blocks(options.input))
    lines = text.removesuffix("\n").split("\n") if text else []
    sentences = [Sentence(_at_spaces(line) if options.tokenized else line.strip()) for line in lines]
    if options.out is None:
        for sentence, vectors in zip(sentences, stack.vectors(sentences), strict=True):
            print(to_json({"tokens": [token.text for token in sentence], "vectors": vectors.tolist()}))
        return
    tokens = [token.text for sentence in sentences for token in sentence]
    numbers = np.repeat(np.arange(len(sentences)), [len(sentence) for sentence in sentences])
    matrix = stack.matrix(sentences)
    with atomic_write(options.out) as file:  # tokens as one string, since an array would pad all to the longest
        np.savez(file, vectors=matrix, tokens=np.array("\n".join(tokens)), sentences=numbers)
    _print(options, f"{options.out}: vectors {matrix.shape}, tokens (a line each) and the line of each one, from 0", {
        "vectors": str(options.out), "tokens": len(tokens), "sentences": len(sentences), "size": stack.embedding_length,
    })  # fmt: skip


def _at_spaces(line: str) -> list[str]:
    """The tokens of a line; other white space, such as a no-break space, may be in a token."""
    return [token for token in line.split(" ") if token]


def _standard_input() -> str:
    if sys.stdin is None:
        raise ValueError("standard input is closed: name a file by --input")
    try:
        text = sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"standard input is not UTF-8 text: {error}") from None
    return io.StringIO(text, newline=None).read()  # the line ends of any system as "\n"


def share(options: argparse.Namespace) -> int:
    """Give models away: make a bundle, check one, push it to the Hub."""
    text, data, code = commands.run(options)
    _print(options, text, data)
    return code


# -- the options ------------------------------------------------------------------------------------

COMMANDS: dict[str, Callable[[argparse.Namespace], int | None]] = {
    command.__name__: command
    for command in (course, prepare, doctor, dictionary, train, evaluate, generate, embed, share)
}


def make_parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m tutorlm", description=__doc__, formatter_class=raw)
    parser.add_argument("--version", action="version", version=tutorlm.__version__)
    listed = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(function: Callable, example: str) -> argparse.ArgumentParser:
        name, text = function.__name__, function.__doc__ or ""
        added = listed.add_parser(name, help=text.rstrip("."), description=text, formatter_class=raw,
                                    epilog=f"example:\n  python -m tutorlm {name} {example}")  # fmt: skip
        added.add_argument("--json", action="store_true", help="print the result as JSON")
        return added

    _add_text_commands(command)
    add_train_options(command(train, "my_corpus my_model --hidden-size 512 --max-epochs 10 --checkpoint"))
    _add_model_commands(command)
    commands.add_share_options(command(share, commands.EXAMPLE))
    return parser


def _add_text_commands(command: Callable[..., argparse.ArgumentParser]) -> None:
    files = "text files, or folders with everything below them; - is standard input"
    command(course, "my_course").add_argument("folder", type=expanded, help="a new or an empty folder")

    add = command(prepare, "my_texts my_corpus --splits 4").add_argument
    add("files", nargs="+", help=files)
    add("out", type=expanded, help="the corpus folder to make")
    add("--splits", type=int, help="training files (default: one for every 50 MB)")
    add("--valid", type=float, help="share of the text for valid.txt (default: 0.05, at most 500 KB)")
    add("--test", type=float, help="share of the text for test.txt (the same)")
    add("--document-delimiter", type=_utf8, default="\\n", help=r"what ends a document (default: \n)")

    add = command(doctor, "my_corpus").add_argument
    add("corpus", help="a corpus folder; or a file or folder of text")
    add("model", nargs="?", help="a model file or name, to be fine-tuned on it or used on such text")
    add("--document-delimiter", type=_utf8, default="\\n", help=r"what ends a document (default: \n, or the model's)")
    add("--seconds", type=reader(float, "above 0"), default=SECONDS, help="time for training (%(default)s)")

    add = command(dictionary, "my_corpus/train characters.json --normalization NFD").add_argument
    add("files", nargs="+", help=files)
    add("out", type=expanded, help="the file to write: .json, or .pkl for Flair")
    add("--coverage", type=float, default=0.9999, help="share of the text to cover (%(default)s)")
    add("--min-count", type=reader(int, "at least 1"), default=1, help="leave out what is less frequent (%(default)s)")
    add("--max-size", type=reader(int, "at least 1"), help="maximum number of items")
    add("--normalization", default="NFC", choices=("NFC", "NFD", "NFKC", "NFKD", "none"),
        help="Unicode form of all text; NFD keeps Hangul as jamo (%(default)s)")  # fmt: skip


def _add_model_commands(command: Callable[..., argparse.ArgumentParser]) -> None:
    devices = "auto, cpu, cuda, cuda:1, mps (%(default)s)"
    add = command(evaluate, "news-mini-forward my_model/best-lm.pt --on my_corpus/test.txt").add_argument
    add("models", nargs="+", help="model files or names; of two, the difference is shown")
    add("--on", nargs="+", required=True, metavar="FILE", help="text files")
    add("--device", default="auto", help=devices)

    add = command(generate, "my_model/best-lm.pt --prompt 'The ' --temperature 0.7").add_argument
    add("model", help="a model file or name")
    add("--prompt", type=_utf8, default="", help="text to continue (default: a new document begins)")
    add("--length", type=reader(int, "at least 0"), default=500, help="characters to write (%(default)s)")
    add("--temperature", type=float, default=0.8, help="0 takes the most likely, 1 samples as learnt (%(default)s)")
    add("--seed", type=reader(int, "from 0 to 2^63 - 1"), help="the same seed gives the same text")

    add = command(embed, "news-mini-forward news-mini-backward --input lines.txt --out vectors.npz").add_argument
    add("models", nargs="+", help="model files or names; their vectors are concatenated")
    add("--input", default="-", help="sentences, one a line (default: standard input)")
    add("--tokenized", action="store_true", help="words are already separated by spaces")
    add("--out", type=expanded, help="a .npz file with vectors, tokens, sentences")
    add("--precision", choices=["auto", *sorted(PRECISIONS)], default="auto", help="auto is the fastest (%(default)s)")
    add("--device", default="auto", help=devices)
