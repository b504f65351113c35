"""tutorlm: train your own character language model and use it as contextual string embeddings."""

import tutorlm.starting  # noqa: F401 – before torch is
from tutorlm.corpus import TextCorpus, prepare_corpus
from tutorlm.dictionary import Dictionary
from tutorlm.doctor import diagnose
from tutorlm.embeddings import DocumentPoolEmbeddings, FlairEmbeddings, StackedEmbeddings
from tutorlm.language_model import LanguageModel
from tutorlm.sentence import Sentence, Token
from tutorlm.trainer import LanguageModelTrainer

__version__ = "0.1.0"
__all__ = [
    "Dictionary", "DocumentPoolEmbeddings", "FlairEmbeddings", "LanguageModel", "LanguageModelTrainer", "Sentence",
    "StackedEmbeddings", "TextCorpus", "Token", "diagnose", "prepare_corpus",
]  # fmt: skip
