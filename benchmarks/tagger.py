"""A part-of-speech tagger on given vectors, in Flair's Python: it has scikit-learn. See `worker`."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.worker import serve, timed


def words_and_tags(file: str) -> tuple[list[str], list[str]]:
    """All words and all tags of a file with sentences [words, tags]."""
    sentences = json.loads(Path(file).read_text(encoding="utf-8"))
    return [word for words, _ in sentences for word in words], [tag for _, tags in sentences for tag in tags]


def tag(train: str, test: str, train_vectors: str, test_vectors: str) -> dict[str, Any]:
    """The share of test words that logistic regression on the vectors tags wrongly."""
    tagger = make_pipeline(StandardScaler(), LogisticRegression(max_iter=200))
    seconds, _ = timed(tagger.fit, np.load(train_vectors), words_and_tags(train)[1])
    return {"wrong": 1 - tagger.score(np.load(test_vectors), words_and_tags(test)[1]), "seconds": seconds}


def most_frequent(train: str, test: str) -> dict[str, Any]:
    """The share of test words whose tag is not the one most frequent for that word in training."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for word, tag in zip(*words_and_tags(train), strict=True):
        counts[word][tag] += 1
    best = {word: count.most_common(1)[0][0] for word, count in counts.items()}
    words, tags = words_and_tags(test)
    wrong = sum(best.get(word, "NOUN") != tag for word, tag in zip(words, tags, strict=True))
    return {"wrong": wrong / len(words)}


if __name__ == "__main__":
    serve({task.__name__: task for task in (tag, most_frequent)})
