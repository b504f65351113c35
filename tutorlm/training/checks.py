"""Checks before the first step: do model and corpus fit together, and is there enough text?"""

from tutorlm.corpus import TextCorpus
from tutorlm.dictionary import Dictionary
from tutorlm.language_model import LanguageModel
from tutorlm.messages import warn_user
from tutorlm.sizes import require_memory


def check_fit(model: LanguageModel, corpus: TextCorpus) -> None:
    """Raise an error that says what to change if a model cannot be trained on a corpus."""
    if not isinstance(model, LanguageModel):
        raise TypeError(f"the trainer trains a LanguageModel, not a {type(model).__name__}; of embeddings, pass .lm")
    model.require_decoder()
    if len(model.dictionary) != model.encoder.num_embeddings:
        grown = f"the dictionary has grown to {len(model.dictionary)} items since the model was made for"
        raise ValueError(f"{grown} {model.encoder.num_embeddings}: add items first, then make the model")
    if len(corpus.dictionary) != corpus.items_read:
        grown = f"the dictionary has grown to {len(corpus.dictionary)} items since the corpus was made with"
        raise ValueError(f"{grown} {corpus.items_read}: add items first, then make the corpus")
    if not model.dictionary.character_level:
        warn_user("this model reads words: what training shows as bits per character are bits per word")
    difference = model.dictionary.difference(corpus.dictionary)
    if difference:
        advice = "Make the corpus with the model's own, model.dictionary: TextCorpus.of(path, model)"
        if corpus.dictionary == Dictionary.load("chars"):
            advice += ". Dictionary.load('chars') is a list of this package, not Flair's of that name ('flair-chars')"
        raise ValueError(f"model and corpus have different dictionaries: {difference}. {advice}")
    for name in ("is_forward_lm", "document_delimiter"):
        of_model, of_corpus = getattr(model, name), getattr(corpus, name)
        if of_model != of_corpus:
            advice = f"A new model: make it with {name}={of_corpus!r}. A model trained before: make the corpus with"
            differ = f"{name} is {of_model!r} in the model and {of_corpus!r} in the corpus"
            raise ValueError(f"{differ}. {advice} TextCorpus.of(path, model)")


def check_enough_text(corpus: TextCorpus, mini_batch_size: int) -> None:
    """Raise a ValueError if valid or test text is empty, or no split fills two rows of the batch."""
    for name, ids in (("valid.txt", corpus.valid), ("test.txt", corpus.test)):
        if not len(ids):
            raise ValueError(f"{corpus.path / name} is empty; put some text there that is not in train/")
    largest = max(corpus.train.files, key=lambda file: file.stat().st_size)
    unit = 12 if corpus.character_level else 100  # bytes, at most: a syllable of Hangul may be three characters
    if largest.stat().st_size >= 2 * unit * mini_batch_size:
        return
    number = len(corpus.train.read(corpus.train.files.index(largest)))
    if number < 2 * mini_batch_size:
        fits, items = number // 2, "characters" if corpus.character_level else "words"
        raise ValueError(
            f"{largest} has {number:,} {items}: too few for mini_batch_size={mini_batch_size}. "
            + (f"The largest that fits is {fits}; better, give more text" if fits else "Give it more text")
        )


def check_memory(model: LanguageModel, corpus: TextCorpus, sequence_length: int, columns: int) -> None:
    """Raise a ValueError if the first window cannot fit in memory, whatever else it holds."""
    count, items = sum(parameter.numel() for parameter in model.parameters()), len(model.dictionary)
    require_memory(f"the weights of {count:,} parameters and their gradients", 2 * count, model.device)
    size = max(file.stat().st_size for file in corpus.train.files) if corpus.character_level else 0
    at_least = size // 4  # characters in the largest split
    window = (
        f"a window of sequence_length={sequence_length:,} in {columns:,} columns, with a score for {items:,} items,"
    )
    require_memory(window, min(sequence_length * columns, at_least) * items, model.device)
