"""What a language model has to beat: uniform, unigram and n-gram models, in bits per character of held-out text."""

import math

import numpy as np


def uniform_bits(dictionary_size: int) -> float:
    """Every character equally likely: log2 V."""
    return math.log2(dictionary_size)


def ngram_bits(train: np.ndarray, held_out: np.ndarray, dictionary_size: int, order: int) -> float:
    """Bits per character of held-out text under an n-gram model with Witten-Bell smoothing.

    Order 1 looks at no character before the one it predicts, order 5 at four. Each order is mixed with the one below:
    p(c|h) = (count(hc) + t(h) p(c|h')) / (count(h) + t(h)), where t(h) is the number of different characters seen
    after h, and h' is h without its first character (Witten & Bell 1991; Chen & Goodman 1999, section 2.6). Below
    order 1 is the uniform distribution, 1/V.

    `train` and `held_out` are numbers of characters in reading direction, `dictionary_size` is V.
    """
    if not len(held_out):
        return math.nan
    text = np.concatenate([train, held_out]).astype(np.int64)
    in_train = np.arange(len(text)) < len(train)
    probability = np.full(len(text), 1.0 / dictionary_size)
    context = np.zeros(len(text), dtype=np.int64)  # the number of the context before each character
    for length in range(order):
        if length:  # lengthen each context by the character before it
            before = np.concatenate([np.full(length, dictionary_size), text])[: len(text)]
            context = _renumber(context * (dictionary_size + 1) + before)
        gram = _renumber(context * dictionary_size + text)
        gram_count = np.bincount(gram[in_train], minlength=gram.max() + 1)
        context_count = np.bincount(context[in_train], minlength=context.max() + 1)
        of_gram = np.zeros(gram.max() + 1, dtype=np.int64)
        of_gram[gram] = context
        followers = np.bincount(of_gram[gram_count > 0], minlength=context.max() + 1)
        total = context_count[context] + followers[context]
        mixed = (gram_count[gram] + followers[context] * probability) / np.maximum(1, total)
        probability = np.where(context_count[context] > 0, mixed, probability)
    return float(-np.log2(probability[~in_train]).mean())


def _renumber(keys: np.ndarray) -> np.ndarray:
    """Equal keys as equal numbers 0, 1, 2, …"""
    return np.unique(keys, return_inverse=True)[1]


def baselines(train: np.ndarray, held_out: np.ndarray, dictionary_size: int, order: int = 5) -> dict[str, float]:
    """Name → bits per character on `held_out`, worst first. Arguments as for `ngram_bits`."""
    return {
        "uniform": uniform_bits(dictionary_size),
        "unigram": ngram_bits(train, held_out, dictionary_size, 1),
        f"{order}-gram": ngram_bits(train, held_out, dictionary_size, order),
    }
