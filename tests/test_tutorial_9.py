"""Every step of Flair's tutorial 9, with the same calls and arguments in the same order.

Only the import and the paths differ from what a user of Flair writes.
"""

from __future__ import annotations

import collections
import pickle

import pytest
import torch

from tutorlm import Dictionary, FlairEmbeddings, LanguageModel, LanguageModelTrainer, Sentence, TextCorpus


def test_train_a_language_model_and_use_it_as_embeddings(small_corpus, tmp_path):
    is_forward_lm = True
    dictionary: Dictionary = Dictionary.load("chars")
    corpus = TextCorpus(str(small_corpus), dictionary, is_forward_lm, character_level=True)
    language_model = LanguageModel(dictionary, is_forward_lm, hidden_size=128, nlayers=1)
    trainer = LanguageModelTrainer(language_model, corpus)
    trainer.train(str(tmp_path / "language_model"), sequence_length=10, mini_batch_size=10, max_epochs=10)

    sentence = Sentence("I love Berlin")
    char_lm_embeddings = FlairEmbeddings(str(tmp_path / "language_model" / "best-lm.pt"))
    char_lm_embeddings.embed(sentence)
    assert [token.embedding.shape for token in sentence] == [(128,)] * 3
    assert language_model.evaluate(corpus.valid) < 2.5  # nats; over 6 before training


def test_train_a_backward_model_on_documents_with_a_separator(small_corpus, tmp_path):
    for path in [*small_corpus.glob("train/*"), small_corpus / "valid.txt", small_corpus / "test.txt"]:
        path.write_text(path.read_text().replace("\n", "[SEP]"))
    dictionary = Dictionary.load("chars")
    corpus = TextCorpus(str(small_corpus), dictionary, False, character_level=True, document_delimiter="[SEP]")
    language_model = LanguageModel(dictionary, False, hidden_size=64, nlayers=1, document_delimiter="[SEP]")
    LanguageModelTrainer(language_model, corpus).train(
        str(tmp_path / "lm"), sequence_length=10, mini_batch_size=10, max_epochs=4
    )
    assert language_model.evaluate(corpus.valid) < 3
    sentence = Sentence("I love Berlin")
    FlairEmbeddings(str(tmp_path / "lm" / "best-lm.pt")).embed(sentence)
    assert sentence[0].embedding.isfinite().all()


def test_build_a_character_dictionary_for_another_alphabet_and_load_it(sample, tmp_path):
    char_dictionary: Dictionary = Dictionary()
    counter = collections.Counter()
    for file in sorted(sample.glob("ko/train/*")):
        with open(file, encoding="utf-8") as f:  # noqa: PTH123 – as the tutorial has it
            for line in f:
                counter.update(list(line))
    for letter, _count in counter.most_common():
        char_dictionary.add_item(letter)
    with open(tmp_path / "your_char_mappings", "wb") as f:  # noqa: PTH123
        mappings = {"idx2item": char_dictionary.idx2item, "item2idx": char_dictionary.item2idx}
        pickle.dump(mappings, f)

    dictionary = Dictionary.load_from_file(str(tmp_path / "your_char_mappings"))
    assert dictionary == char_dictionary
    assert len(dictionary) == len(counter) + 1
    text = (sample / "ko" / "valid.txt").read_text(encoding="utf-8")
    assert dictionary.coverage(text).share > 0.99

    corpus = TextCorpus(sample / "ko", dictionary, True, character_level=True)
    language_model = LanguageModel(dictionary, True, hidden_size=32, nlayers=1)
    result = LanguageModelTrainer(language_model, corpus).train(
        tmp_path / "ko", sequence_length=50, mini_batch_size=20, max_epochs=1
    )
    assert result.best_valid_loss < result.initial_valid_loss


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_fine_tune_an_existing_language_model(small_corpus, tmp_path, direction):
    language_model = FlairEmbeddings(f"news-mini-{direction}").lm
    is_forward_lm = language_model.is_forward_lm
    dictionary: Dictionary = language_model.dictionary
    corpus = TextCorpus(str(small_corpus), dictionary, is_forward_lm, character_level=True)
    trainer = LanguageModelTrainer(language_model, corpus)
    result = trainer.train(
        str(tmp_path / "language_model"),
        sequence_length=100,
        mini_batch_size=10,
        learning_rate=20,
        patience=10,
        checkpoint=True,
        max_epochs=1,
    )
    assert len(result.history) == 2
    assert result.best_valid_loss <= result.initial_valid_loss
    resumed = LanguageModelTrainer.load_checkpoint(tmp_path / "language_model" / "checkpoint.pt", corpus)
    assert isinstance(resumed.model, LanguageModel)
    assert torch.isfinite(resumed.model.encoder.weight).all()


def test_scripts_of_flair_users_run_or_hear_what_to_write_instead(small_corpus, tmp_path):
    language_model = FlairEmbeddings("news-mini-forward").lm
    corpus = TextCorpus.of(small_corpus, language_model)
    settings = {"sequence_length": 20, "mini_batch_size": 10, "max_epochs": 1, "checkpoint": True}
    LanguageModelTrainer(language_model, corpus).train(tmp_path / "out", **settings)
    older = LanguageModelTrainer.load_from_checkpoint(tmp_path / "out" / "checkpoint.pt", corpus)
    assert isinstance(older.model, LanguageModel)
    trainer = LanguageModelTrainer(language_model, corpus)
    with pytest.raises(TypeError, match=r"train has no setting write_weights: .*SGD has momentum, .*weight_decay"):
        trainer.train(tmp_path / "other", **settings, write_weights=True)
    with pytest.raises(TypeError, match="no setting min_learning_rates: the nearest is min_learning_rate"):
        trainer.train(tmp_path / "other", **settings, min_learning_rates=0.1)
    with pytest.raises(ValueError, match=r"Dictionary\.load\('chars'\) is a list of this package, not Flair's"):
        LanguageModelTrainer(language_model, TextCorpus(small_corpus, Dictionary.load("chars")))


def test_a_dictionary_made_by_hand_may_hold_items_of_several_characters(small_corpus, tmp_path):
    dictionary = Dictionary.from_files(small_corpus / "train")
    for item in ("[SEP]", "[newline]"):
        dictionary.add_item(item)
    corpus = TextCorpus(small_corpus, dictionary, True, character_level=True)
    language_model = LanguageModel(dictionary, True, hidden_size=16, nlayers=1)
    LanguageModelTrainer(language_model, corpus).train(tmp_path, sequence_length=20, mini_batch_size=10, max_epochs=1)
    loaded = LanguageModel.load(tmp_path / "best-lm.pt")
    assert len(loaded.score("ab c").log_p) == 4
    assert len(FlairEmbeddings(loaded).matrix(Sentence("ab c"))) == 2
