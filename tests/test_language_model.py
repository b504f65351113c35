from __future__ import annotations

import math
import re
import unicodedata

import numpy as np
import pytest
import torch
from conftest import strong_model
from hypothesis import given, settings
from hypothesis import strategies as st

from tutorlm import Dictionary, FlairEmbeddings, LanguageModel
from tutorlm.evaluation import COLUMN
from tutorlm.language_model import LockedDropout

ALPHABET = "abc d\n[SEP]"


def small_dictionary(add_unk: bool = True) -> Dictionary:
    dictionary = Dictionary(add_unk=add_unk)
    for character in ALPHABET:
        dictionary.add_item(character)
    return dictionary


def step_by_step(model: LanguageModel, ids: np.ndarray) -> np.ndarray:
    """ln p of each id by the plainest reading of the definition: one column, one pass."""
    stream = torch.from_numpy(np.concatenate([model.start_ids, ids]).astype(np.int64))[:, None]
    with torch.no_grad():
        decoded, _, _ = model(stream[:-1], model.init_hidden(1))
    log_p = decoded.log_softmax(-1)[torch.arange(len(stream) - 1), 0, stream[1:, 0]]
    return log_p[len(model.start_ids) - 1 :].numpy()


def test_forward_returns_the_shapes_it_promises():
    model = LanguageModel(small_dictionary(), True, hidden_size=8, nlayers=2, nout=5)
    decoded, output, hidden = model(torch.zeros(7, 3, dtype=torch.long), model.init_hidden(3))
    assert decoded.shape == (7, 3, len(model.dictionary))
    assert output.shape == (7, 3, 5)
    assert [tuple(h.shape) for h in hidden] == [(2, 3, 8), (2, 3, 8)]


@settings(max_examples=25, deadline=None)
@given(
    st.text(st.sampled_from("abc d\n"), min_size=1, max_size=3000),
    st.integers(1, 9),
    st.booleans(),
    st.sampled_from(["\n", "[SEP]"]),
)
def test_evaluation_counts_every_character_once_whatever_the_batch_size(text, batch_size, forward, delimiter):
    model = LanguageModel(small_dictionary(), forward, 16, 1, document_delimiter=delimiter).eval()
    ids = model.dictionary.encode(text)
    expected = step_by_step(model, ids)
    found = model.log_probabilities(ids, batch_size)
    assert found.shape == (len(text),)
    assert np.abs(found - expected).max() < 1e-4


def test_evaluation_is_independent_of_batch_size_on_real_text(sample):
    model = FlairEmbeddings("news-mini-forward").lm
    ids = model.dictionary.encode((sample / "en" / "valid.txt").read_text(encoding="utf-8"))
    one, many = model.evaluate(ids, 2), [model.evaluate(ids, size) for size in (5, 100)]
    assert max(abs(one - other) for other in many) / math.log(2) < 1e-5


def test_evaluation_in_columns_agrees_with_one_long_reading(sample):
    model = FlairEmbeddings("news-mini-forward").lm
    ids = model.dictionary.encode((sample / "en" / "valid.txt").read_text(encoding="utf-8")[:6000])
    assert len(ids) > 5 * COLUMN
    assert abs(model.evaluate(ids) + step_by_step(model, ids).mean()) / math.log(2) < 1e-3


def test_evaluation_uses_no_dropout_and_leaves_the_mode_alone(english):
    model = strong_model(english, dropout=0.9).train()
    ids = english.encode("The ferry left late. " * 20)
    assert model.evaluate(ids) == model.evaluate(ids)
    assert model.training


@settings(max_examples=25, deadline=None)
@given(st.text(st.sampled_from("abc d\n"), min_size=1, max_size=60))
def test_backward_on_a_text_equals_forward_on_the_reversed_text(text):
    forward, backward = (strong_model(small_dictionary(), direction) for direction in (True, False))
    backward.load_state_dict(forward.state_dict())
    assert np.allclose(backward.score(text).log_p, forward.score(text[::-1]).log_p[::-1], atol=1e-6)


def test_score_reports_bits_perplexity_and_unknown_share():
    model = strong_model(small_dictionary())
    score = model.score("ab ñ")
    nats = -score.log_p.mean()
    assert score.bits_per_character == pytest.approx(nats / math.log(2))
    assert score.bits_per_byte == pytest.approx(nats / math.log(2) * 4 / 5)  # ñ takes two bytes
    assert score.perplexity == pytest.approx(math.exp(nats))
    assert score.unknown_share == 0.25
    assert model.calculate_perplexity("ab ñ") == score.perplexity


def test_empty_and_one_character_texts_have_scores():
    model = strong_model(small_dictionary())
    assert math.isnan(model.score("").bits_per_character) and math.isnan(model.calculate_perplexity(""))
    assert model.score("a").log_p.shape == (1,)
    assert math.isfinite(model.calculate_perplexity("a"))


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.sampled_from("abc d\n[SEP]"), max_size=12),
    st.booleans(),
    st.sampled_from(["\n", "[SEP]"]),
    st.sampled_from([0, 0.7, 1]),
)
def test_text_is_written_with_the_probabilities_by_which_it_is_scored(prompt, forward, delimiter, temperature):
    model = strong_model(small_dictionary(add_unk=False), forward, nlayers=2, nout=7, document_delimiter=delimiter)
    text, nats = model.generate_text(prompt, 8, temperature, generator=torch.Generator().manual_seed(3))
    prompt = prompt or delimiter
    assert text.startswith(prompt) if forward else text.endswith(prompt)
    if forward:  # a delimiter at the beginning is the one that precedes every text that is scored
        log_p = model.score(text.removeprefix(delimiter)).log_p[len(prompt.removeprefix(delimiter)) :]
    else:
        log_p = model.score(text.removesuffix(delimiter)).log_p[: len(text) - len(prompt)]
    assert len(log_p) == 8
    assert nats == pytest.approx(-log_p.mean(), abs=1e-4)


@pytest.mark.parametrize("name", ["news-mini-forward", "news-mini-backward"])
def test_a_shipped_model_continues_any_prompt_as_it_scores_it(name):
    model = LanguageModel.load(name)
    for prompt in ("S", "The ", "T", "the ferry", "\n", "\nS", "", "안녕 ", ".", " was closed."):
        text, nats = model.generate_text(prompt, 1, 0)
        read = text.removeprefix("\n") if model.is_forward_lm else text.removesuffix("\n")
        place = -1 if model.is_forward_lm else 0
        assert nats == pytest.approx(-model.score(read).log_p[place], abs=1e-4), prompt


def test_a_prompt_of_a_letter_becomes_a_word_of_the_corpus(sample):
    model, chance = LanguageModel.load("news-mini-forward"), torch.Generator().manual_seed(0)
    files = [*(sample / "en" / "train").iterdir(), sample / "en" / "valid.txt"]
    words = {word for file in files for word in file.read_text(encoding="utf-8").split()}
    texts = [model.generate_text("S", 20, 0.7, generator=chance)[0] for _ in range(100)]
    first = [re.split("[ \n]", text)[0] for text in texts]
    assert sum(word in words for word in first) > 80, first


def test_temperature_zero_takes_the_likeliest_character_each_time():
    model = strong_model(small_dictionary())
    text, _ = model.generate_text("ab", 20, temperature=0)
    ids = model.dictionary.encode("\n" + text).astype(np.int64)
    with torch.no_grad():
        decoded, _, _ = model(torch.from_numpy(ids)[:, None], model.init_hidden(1))
    assert decoded.argmax(-1)[2:-1, 0].tolist() == ids[3:].tolist()
    cold, _ = model.generate_text("ab", 20, temperature=1e-6)
    assert cold == text


def test_a_backward_model_takes_and_shows_text_in_reading_order():
    model = strong_model(small_dictionary(add_unk=False), False)
    text, _ = model.generate_text("cab", 10, generator=torch.Generator().manual_seed(1))
    assert text.endswith("cab") and len(text) == 13


def test_sampling_follows_the_models_probabilities():
    model = strong_model(small_dictionary())
    generator = torch.Generator().manual_seed(0)
    drawn = [model.generate_text("a", 1, generator=generator)[0][1:] for _ in range(3000)]
    for character in "abc":
        share = drawn.count(character) / len(drawn)
        expected = math.exp(model.score("a" + character).log_p[-1])
        assert share == pytest.approx(expected, abs=4 * math.sqrt(expected / len(drawn)))


def test_generation_stops_at_a_suffix_and_repeats_with_a_seed():
    for forward in (True, False):
        model = strong_model(small_dictionary(), forward)
        make = [
            model.generate_text("\n", 400, break_on_suffix="b", generator=torch.Generator().manual_seed(5))
            for _ in "12"
        ]
        assert make[0] == make[1]
        written = make[0][0][1:] if forward else make[0][0][:-1][::-1]
        assert written.endswith("b") and written.count("b") == 1


@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize("delimiter", ["\n", "[SEP]"])
def test_without_a_prompt_a_new_document_begins(delimiter, forward):
    model = strong_model(Dictionary.from_items("abc\n[SEP]"), forward, document_delimiter=delimiter)
    text, nats = model.generate_text(number_of_characters=9, temperature=0)
    assert (text, nats) == model.generate_text(delimiter, 9, 0)
    assert text.startswith(delimiter) if forward else text.endswith(delimiter)


def test_a_prompt_of_unknown_characters_is_told():
    model = strong_model(small_dictionary())
    with pytest.warns(
        UserWarning, match=r"The prompt has 100% characters that the model reads as <unk> \('나' U\+B098"
    ):
        model.generate_text("나는", 3)


def test_a_prompt_of_unknown_words_is_told_by_its_words():
    words = strong_model(Dictionary.from_items(["<unk>", "\n", "the", "cat", "ran"], character_level=False))
    with pytest.warns(UserWarning, match=r"The prompt has 25% words that the model reads as <unk> \('dog'\)"):
        words.generate_text("the cat the dog", 3)


def test_a_suffix_is_what_a_reader_sees():
    jamo = Dictionary.from_items(["<unk>", "\n", " ", *unicodedata.normalize("NFD", "한글")], normalization="NFD")
    model, chance = strong_model(jamo), torch.Generator().manual_seed(1)
    text, _ = model.generate_text("\n", 3000, break_on_suffix="ᆫ글", generator=chance)  # "글" is one character in NFC
    assert len(text) < 3000 and unicodedata.normalize("NFC", text).endswith("글")
    words = strong_model(Dictionary.from_items(["<unk>", "\n", "ice", "cream"], character_level=False))
    text, _ = words.generate_text("\n", 500, break_on_suffix="ice cream", generator=chance)
    assert text.endswith("ice cream") and text.count("ice cream") == 1


def test_generation_leaves_the_global_source_of_chance_alone_when_given_one():
    model = strong_model(small_dictionary())
    torch.manual_seed(1)
    expected = torch.rand(1)
    torch.manual_seed(1)
    model.generate_text(number_of_characters=20, generator=torch.Generator().manual_seed(0))
    assert torch.rand(1) == expected


def test_a_negative_temperature_and_an_empty_delimiter_are_refused():
    with pytest.raises(ValueError, match="temperature=-1: give 0"):
        strong_model(small_dictionary()).generate_text(temperature=-1)
    with pytest.raises(ValueError, match="document_delimiter is empty"):
        LanguageModel(small_dictionary(), True, 8, 1, document_delimiter="")


def test_a_model_without_decoder_says_what_it_cannot_do():
    model = LanguageModel(small_dictionary(), True, 8, 1, has_decoder=False)
    for job in (lambda: model.generate_text(), lambda: model.score("abc")):
        with pytest.raises(ValueError, match=r"has no decoder.*has_decoder=True"):
            job()


def test_to_returns_the_model():
    model = LanguageModel(small_dictionary(), True, 8, 1)
    assert model.to("cpu") is model


def test_locked_dropout_drops_the_same_features_at_every_step():
    dropped = LockedDropout(0.5)(torch.ones(6, 4, 40))
    assert (dropped == dropped[:1]).all()
    assert 0.3 < (dropped[0] == 0).float().mean() < 0.7
    assert set(dropped.unique().tolist()) == {0.0, 2.0}


@settings(max_examples=25, deadline=None)
@given(
    length=st.one_of(st.integers(0, 40), st.integers(0, 4 * COLUMN), st.sampled_from([COLUMN, 2 * COLUMN, 3 * COLUMN])),
    parts=st.integers(1, 7),
    batch_size=st.integers(1, 5),
    forward=st.booleans(),
    delimiter=st.sampled_from(["\n", "[SEP]"]),
)
def test_the_parts_of_an_evaluation_one_behind_the_other_are_the_whole(length, parts, batch_size, forward, delimiter):
    model = strong_model(small_dictionary(), forward, document_delimiter=delimiter)
    ids = np.random.default_rng(length).integers(0, len(model.dictionary), length)
    whole = model.log_probabilities(ids)
    found = [model.log_probabilities(ids, batch_size, part=(rank, parts)) for rank in range(parts)]
    assert whole.shape == (length,) and {part.dtype for part in found} == {np.dtype(float)}
    assert np.abs(np.concatenate(found) - whole).max(initial=0) < 1e-5
    columns = [-(-len(part) // COLUMN) for part in found]
    assert max(columns) - min(columns) <= 1  # as many to read for each


def test_a_model_is_loaded_by_name_or_from_a_file(tmp_path):
    named = LanguageModel.load("news-mini-backward")
    named.save(tmp_path / "model.pt")
    loaded = LanguageModel.load(tmp_path / "model.pt")
    assert not named.is_forward_lm and loaded.score("a ferry").log_p.tolist() == named.score("a ferry").log_p.tolist()
    assert LanguageModel.load("news-mini-forward", has_decoder=False).decoder is None
    with pytest.raises(FileNotFoundError, match="Nearest names"):
        LanguageModel.load("news-mini-sideways")


@pytest.mark.parametrize("nlayers", [1, 2])
def test_scores_have_no_dropout_though_another_thread_trains_the_model_meanwhile(nlayers, monkeypatch):
    model = strong_model(Dictionary.from_items("abc\n"), dropout=0.5, nlayers=nlayers)
    expected, init_hidden, modes = model.score("abccba").log_p.tolist(), LanguageModel.init_hidden, []

    def meanwhile(self, batch_size):
        modes.append(model.training)
        model.train()  # as the trainer does when it begins a split
        return init_hidden(self, batch_size)

    monkeypatch.setattr(LanguageModel, "init_hidden", meanwhile)
    model.train()
    assert model.score("abccba").log_p.tolist() == expected
    assert modes == [True] and model.training and model.drop.training and model.rnn.training


def test_a_model_without_dropout_has_the_weights_of_the_model_that_it_is_of():
    model = strong_model(Dictionary.from_items("abc\n"), dropout=0.5, nout=3)
    twin = model.train().without_dropout()
    assert not (twin.training or twin.drop.training or twin.rnn.training) and model.training and model.rnn.training
    mine, theirs = model.state_dict(keep_vars=True), twin.state_dict(keep_vars=True)
    assert list(mine) == list(theirs) and all(mine[name] is theirs[name] for name in mine)
