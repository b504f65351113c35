from __future__ import annotations

import copy
import warnings

import numpy as np
import pytest
import torch
from conftest import strong_model
from hypothesis import given, settings
from hypothesis import strategies as st

from tutorlm import Dictionary, DocumentPoolEmbeddings, FlairEmbeddings, Sentence, StackedEmbeddings

WORDS = st.lists(st.sampled_from(["a", "harbour", "of", "Berlin", "", "it's", "🙂", "बारिश", "שלום", "ñ"]), max_size=7)


@pytest.fixture(scope="module")
def models(english):
    return {forward: strong_model(english, forward, hidden_size=24) for forward in (True, False)}


def state_after(model, read: str) -> np.ndarray:
    """The LSTM's output after reading a string, character by character: the definition itself."""
    ids = torch.from_numpy(model.dictionary.encode(read).astype(np.int64))[:, None]
    with torch.no_grad():
        output, _ = model.read(ids, model.init_hidden(1))
    return output[-1, 0].numpy()


def test_the_tutorials_three_lines_work(models):
    sentence = Sentence("I love Berlin")
    FlairEmbeddings(models[True]).embed(sentence)
    assert [token.text for token in sentence] == ["I", "love", "Berlin"]
    assert [token.embedding.shape for token in sentence] == [(24,)] * 3


def test_a_words_vector_is_the_state_behind_it_or_in_front_of_it(models):
    sentence = Sentence(["I", "love", "Berlin"])
    for with_whitespace in (True, False):
        forward = FlairEmbeddings(models[True], with_whitespace=with_whitespace).matrix(sentence)
        backward = FlairEmbeddings(models[False], with_whitespace=with_whitespace).matrix(sentence)
        space = " " if with_whitespace else ""
        assert np.allclose(forward[1], state_after(models[True], "\nI love" + space), atol=1e-6)
        assert np.allclose(backward[1], state_after(models[False], "\n" + "love Berlin"[::-1] + space), atol=1e-6)


def test_several_spaces_are_read_as_they_stand(models):
    sentence = Sentence("the   of and", tokenize=False)
    vectors = FlairEmbeddings(models[True], tokenized_lm=False).matrix(sentence)
    assert np.allclose(vectors[1], state_after(models[True], "\nthe   of "), atol=1e-6)
    assert np.allclose(vectors[2], state_after(models[True], "\nthe   of and "), atol=1e-6)


def test_lower_casing_that_changes_a_length_moves_no_word(english):
    dictionary = copy.deepcopy(english)
    for character in "İi\u0307":
        dictionary.add_item(character)
    model = strong_model(dictionary)
    vectors = FlairEmbeddings(model, is_lower=True).matrix(Sentence(["İ", "the", "End"]))
    assert np.allclose(vectors[2], state_after(model, "\ni\u0307 the end "), atol=1e-6)


def test_a_backward_model_starts_from_its_delimiter_as_it_was_trained_to_read_it(english):
    dictionary = copy.deepcopy(english)
    for character in "[]":
        dictionary.add_item(character)
    model = strong_model(dictionary, False, document_delimiter="[SEP]")
    vector = FlairEmbeddings(model).matrix(Sentence(["end"]))[0]
    assert np.allclose(vector, state_after(model, "]PES[" + "dne "), atol=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=6), st.integers(1, 40), st.booleans())
def test_vectors_depend_neither_on_neighbours_nor_on_chunks(models, sentences, chunk, forward):
    together = FlairEmbeddings(models[forward], chars_per_chunk=chunk).vectors([Sentence(words) for words in sentences])
    alone = [FlairEmbeddings(models[forward]).matrix(Sentence(words)) for words in sentences]
    for words, one, other in zip(sentences, together, alone, strict=True):
        assert one.shape == other.shape == (len(words), 24)
        assert np.abs(one.numpy() - other).max(initial=0) < 1e-6


def test_empty_sentences_empty_tokens_and_very_long_ones_are_defined(models):
    embeddings = FlairEmbeddings(models[True])
    assert embeddings.embed([]) == []
    assert embeddings.matrix(Sentence("")).shape == (0, 24)
    assert np.isfinite(embeddings.matrix(Sentence(["", "a", ""]))).all()
    long = Sentence(["word"] * 20_000)
    assert len(long.text) == 99_999
    assert embeddings.matrix(long).shape == (20_000, 24)


def test_text_in_another_normal_form_gets_the_same_vectors(english):
    dictionary = Dictionary(normalization="NFC")
    for item in [*english.get_items()[1:], "é", "각"]:
        dictionary.add_item(item)
    embeddings = FlairEmbeddings(strong_model(dictionary))
    composed, decomposed = Sentence(["café", "각", "end"]), Sentence(["cafe\u0301", "\u1100\u1161\u11a8", "end"])
    assert np.array_equal(embeddings.matrix(composed), embeddings.matrix(decomposed))


def test_tokens_that_part_a_letter_from_its_mark_keep_their_places_and_are_told(english):
    dictionary = Dictionary.from_items(english.get_items(), normalization="NFC")
    dictionary.add_item("ñ")
    model = strong_model(dictionary)
    sentence = Sentence("man\u0303ana is near", tokenize=lambda text: [*text[:8], *text[8:].split()])
    with pytest.warns(UserWarning, match="U\\+0303 COMBINING TILDE"):
        vectors = FlairEmbeddings(model, tokenized_lm=False).matrix(sentence)
    assert np.allclose(vectors[-1], state_after(model, "\nman☃ana is near "), atol=1e-6)  # ☃ is <unk>, too
    assert np.allclose(vectors[-2], state_after(model, "\nman☃ana is "), atol=1e-6)


def test_right_to_left_text_and_joined_emoji_get_one_vector_a_token(models):
    sentence = Sentence("שלום עולם 👩‍👩‍👧 مرحبا")
    assert len(sentence) == 4
    assert FlairEmbeddings(models[False]).matrix(sentence).shape == (4, 24)


def test_stacked_embeddings_stand_one_behind_the_other(models):
    parts = [FlairEmbeddings(models[forward]) for forward in (True, False)]
    sentence = Sentence("I love Berlin .")
    StackedEmbeddings(parts).embed(sentence)
    expected = np.concatenate([part.matrix(sentence) for part in parts], axis=1)
    assert np.array_equal(np.stack([token.embedding.numpy() for token in sentence]), expected)
    assert StackedEmbeddings(parts).embedding_length == 48


def test_vectors_of_different_models_are_kept_beside_each_other(models):
    before, after = models[True], copy.deepcopy(models[True])
    with torch.no_grad():
        after.encoder.weight.mul_(0.5)
    first, second = FlairEmbeddings(before), FlairEmbeddings(after)
    sentence = Sentence("I love Berlin")
    first.embed(sentence)
    second.embed(sentence)
    assert sentence[0].embedding.shape == (48,)
    assert torch.equal(sentence[0].get_embedding(first.name), torch.from_numpy(first.matrix(sentence)[0]))
    assert FlairEmbeddings(before).name == first.name
    pools = [DocumentPoolEmbeddings(embedding) for embedding in (first, second)]
    assert len({pool.name for pool in pools}) == 2


def test_a_stack_whose_parts_would_replace_each_other_is_refused(models):
    parts = [FlairEmbeddings(models[True]), FlairEmbeddings(models[True], with_whitespace=False)]
    with pytest.raises(ValueError, match="give one of them another name"):
        StackedEmbeddings(parts)
    parts[1] = FlairEmbeddings(models[True], with_whitespace=False, name="without white space")
    sentence = Sentence("I love Berlin")
    StackedEmbeddings(parts).embed(sentence)
    assert np.array_equal(sentence[0].embedding.numpy(), StackedEmbeddings(parts).matrix(sentence)[0])


@pytest.mark.parametrize("pooling", ["mean", "min", "max"])
def test_document_embeddings_pool_the_tokens(models, pooling):
    token_embeddings = FlairEmbeddings(models[True])
    sentence, empty = Sentence("I love Berlin"), Sentence("")
    DocumentPoolEmbeddings([token_embeddings], pooling=pooling).embed([sentence, empty])
    pooled = getattr(np, pooling)(token_embeddings.matrix(sentence), axis=0)
    assert np.allclose(sentence.embedding.numpy(), pooled, atol=1e-6)
    assert not empty.embedding.any() and empty.embedding.shape == (24,)


def test_vectors_of_a_frozen_model_carry_no_gradient_and_fine_tuning_reaches_it(english):
    model = strong_model(english, dropout=0.5)
    assert not FlairEmbeddings(model).vectors([Sentence("a b")])[0].requires_grad
    embeddings = FlairEmbeddings(model, fine_tune=True)
    sentence = Sentence("a b")
    embeddings.embed(sentence)
    sentence[1].embedding.sum().backward()
    assert model.rnn.weight_hh_l0.grad.abs().sum() > 0


def test_train_mode_turns_dropout_on_only_for_fine_tuning(english):
    model = strong_model(english, dropout=0.5)
    frozen = FlairEmbeddings(model).train()
    assert not frozen.lm.training
    assert FlairEmbeddings(model, fine_tune=True).train().lm.training


def test_a_model_in_training_gives_vectors_without_dropout_and_goes_on_training(english):
    model, sentence = strong_model(english, dropout=0.5), Sentence("the ferry at noon")
    embeddings = FlairEmbeddings(model)
    expected = embeddings.matrix(sentence)
    model.train()
    assert np.array_equal(embeddings.matrix(sentence), expected)
    assert np.array_equal(FlairEmbeddings(model).matrix(sentence), expected)
    assert model.training


def test_the_language_model_of_embeddings_from_a_file_can_be_fine_tuned_at_once(models, tmp_path):
    models[True].save(tmp_path / "lm.pt")
    assert FlairEmbeddings(tmp_path / "lm.pt").lm.decoder is not None
    assert FlairEmbeddings(tmp_path / "lm.pt", has_decoder=False).lm.decoder is None


def test_bfloat16_vectors_point_the_same_way_or_the_device_is_said_not_to_have_it(english):
    model, sentence = strong_model(english, hidden_size=64), Sentence("The ferry left the harbour late on Tuesday .")
    expected = FlairEmbeddings(model).matrix(sentence)
    with torch.backends.mkldnn.flags(enabled=False):  # torch's own kernels compute bfloat16 on any CPU
        found = FlairEmbeddings(copy.deepcopy(model), precision="bf16").matrix(sentence)
    cosine = (expected * found).sum(1) / np.linalg.norm(expected, axis=1) / np.linalg.norm(found, axis=1)
    assert cosine.min() > 0.999
    assert found.dtype == np.float32


def test_text_in_place_of_a_sentence_and_a_folder_in_place_of_a_file_are_told(models, tmp_path):
    for wrong in ("I love Berlin", ["I love Berlin"]):
        with pytest.raises(TypeError, match=r"a Sentence is needed, not a str: write Sentence\('I love Berlin'\)"):
            FlairEmbeddings(models[True]).embed(wrong)
    models[True].save(tmp_path / "run" / "best-lm.pt")
    with pytest.raises(FileNotFoundError, match=r"is a folder; the model in it is .*best-lm\.pt"):
        FlairEmbeddings(tmp_path / "run")
    with pytest.raises(FileNotFoundError, match=r"no model file .*ran/best-lm\.pt: of this path, only .* exists"):
        FlairEmbeddings(tmp_path / "ran" / "best-lm.pt")
    with pytest.raises(FileNotFoundError, match=r"Is it a repository on the Hub\? Then write hub:ann/ko-tales$"):
        FlairEmbeddings("ann/ko-tales")  # as cards of others say


def test_wrong_arguments_are_told():
    with pytest.raises(ValueError, match="precision='fp8' is not one of fp32, bf16"):
        FlairEmbeddings("news-mini-forward", precision="fp8")
    with pytest.raises(FileNotFoundError, match="Nearest names: news-forward"):
        FlairEmbeddings("news-foward")
    with pytest.raises(ValueError, match="pooling='sum' is not one of mean, min, max"):
        DocumentPoolEmbeddings([FlairEmbeddings("news-mini-forward")], pooling="sum")


# -- sentences ----------------------------------------------------------------------------------


def test_tokens_know_where_they_stand():
    sentence = Sentence("Oh,  really?  (It's 5€.)")
    assert [token.text for token in sentence] == ["Oh", ",", "really", "?", "(", "It's", "5", "€", ".", ")"]
    assert all(sentence.text[token.start_position : token.end_position] == token.text for token in sentence)
    assert [token.whitespace_after for token in sentence][:4] == [0, 2, 0, 2]
    assert [token.idx for token in sentence][:3] == [1, 2, 3]


def test_one_name_gives_its_own_vector_and_not_those_of_names_within_it():
    token = Sentence("ferry")[0]
    token.set_embedding("run/best-lm.pt", torch.zeros(2))
    token.set_embedding("second-run/best-lm.pt", torch.ones(3))
    assert token.get_embedding("second-run/best-lm.pt").tolist() == [1, 1, 1]
    assert token.get_embedding(["run/best-lm.pt"]).tolist() == [0, 0]


def test_punctuation_of_other_scripts_is_split_off_and_marks_stay_with_their_letters():
    assert [token.text for token in Sentence("वह हिन्दी बोलती है। «مرحبا»، 「はい」。")] == [
        "वह", "हिन्दी", "बोलती", "है", "।", "«", "مرحبا", "»", "،", "「", "はい", "」", "。",
    ]  # fmt: skip


@given(st.text(max_size=60))
def test_any_text_is_cut_into_tokens_that_stand_in_it(text):
    sentence = Sentence(text)
    assert "".join(token.text for token in sentence) == "".join(text.split())
    assert all(text[token.start_position : token.end_position] == token.text for token in sentence)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("press #\ufe0f\u20e3, then 1\ufe0f\u20e3", ["press", "#\ufe0f\u20e3", ",", "then", "1\ufe0f\u20e3"]),
        ("\u203c\ufe0fWow!", ["\u203c\ufe0f", "Wow", "!"]),
        ("ខ្ញុំ\u200bស្រឡាញ់\u200bភាសា។", ["ខ្ញុំ", "ស្រឡាញ់", "ភាសា", "។"]),
        ("བོད་ཡིག་", ["བོད", "ཡིག"]),
        ("ሰላም፡ለዓለም።", ["ሰላም", "ለዓለም", "።"]),
    ],
)
def test_keycaps_stay_whole_and_scripts_part_words_by_their_own_signs(text, tokens):
    sentence = Sentence(text)
    assert [token.text for token in sentence] == tokens
    assert all(sentence.text[token.start_position : token.end_position] == token.text for token in sentence)


def test_text_of_an_unknown_script_is_told_once_with_its_characters(english):
    embeddings = FlairEmbeddings(strong_model(english))
    with pytest.warns(UserWarning, match=r"reads as <unk> \('나' U\+B098.*have the same vector") as warned:
        embeddings.embed(Sentence("나는 고양이를 좋아한다"))
        embeddings.embed(Sentence("그는 비행기를 싫어한다"))
    assert len(warned) == 1 and warned[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        FlairEmbeddings(strong_model(english)).embed(Sentence("I love Berlin"))


def test_given_tokens_are_taken_as_they_are():
    sentence = Sentence(["New York", "", "is", " "])
    assert [token.text for token in sentence] == ["New York", "", "is", " "]
    assert [token.start_position for token in sentence] == [0, 9, 10, 13]
    assert sentence.to_tokenized_string() == sentence.text == "New York  is  "


def test_a_tokenizer_of_ones_own_is_used_and_checked():
    assert [token.text for token in Sentence("港町です", tokenize=list)] == list("港町です")
    with pytest.raises(ValueError, match="token 1, 'X', is not what comes next in the text: 'abc'"):
        Sentence("abc", tokenize=lambda text: ["X"])
    with pytest.raises(ValueError, match="token 1, 'i', is not what comes next"):
        Sentence("I love Berlin", use_tokenizer=lambda text: text.lower().split())
    for wrong in (lambda text: text, lambda text: None, lambda text: [("a", 1)]):
        with pytest.raises(TypeError, match="must return a list of strings"):
            Sentence("abc", tokenize=wrong)
    with pytest.raises(TypeError, match="tokenize is True, False or a function"):
        Sentence("abc", tokenize="spacy")
