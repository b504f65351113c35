"""Fine-tuning: new characters, layers at rates of their own, and what it did to a model."""

from __future__ import annotations

import copy
import itertools
import math
import re
import unicodedata
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import strong_model
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.optim import SGD, AdamW

from tutorlm import Dictionary, FlairEmbeddings, LanguageModel, LanguageModelTrainer, TextCorpus
from tutorlm.events import Step
from tutorlm.files.models import read_model_file
from tutorlm.fine_tuning import compare
from tutorlm.recipes import FINE_TUNING, FLAIR, RECIPES, RECOMMENDED
from tutorlm.training.optimizers import layer_rate
from tutorlm.training.settings import SCHEDULES
from tutorlm.unicode import columns

QUICK = {"sequence_length": 50, "mini_batch_size": 8, "observers": []}
LAYERS = ("encoder", "rnn", "decoder")


def dictionary_of(characters: str, normalization: str | None = None, unknown_at: int = 0) -> Dictionary:
    items = list(dict.fromkeys(characters))
    items.insert(unknown_at, "<unk>")
    dictionary = Dictionary(add_unk=False, normalization=normalization)
    for item in items:
        dictionary.add_item(item)
    dictionary.add_unk = True  # as in a file of Flair's, which may have <unk> anywhere
    return dictionary


def weights(model: torch.nn.Module) -> torch.Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


# -- new characters ------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(
    text=st.text("abc \nñüß", min_size=1, max_size=60),
    new=st.lists(st.sampled_from("ñüßéa"), max_size=6),
    forward=st.booleans(),
    shape=st.sampled_from([{}, {"nlayers": 2, "nout": 5}, {"document_delimiter": "[SEP]"}]),
    unknown_at=st.integers(0, 5),
)
def test_new_characters_share_the_probability_of_unk_and_change_no_other_prediction(
    text, new, forward, shape, unknown_at
):
    dictionary = dictionary_of("abc \n[SEP]", unknown_at=unknown_at)
    model = strong_model(dictionary, forward, **shape)
    before = model.score(text)
    added = model.extend_dictionary(new)
    assert added == [character for character in dict.fromkeys(new) if character != "a"]
    was_unknown = np.array([character not in dictionary for character in text])
    expected = before.log_p - np.where(was_unknown, math.log(len(added) + 1), 0)
    after = model.score(text)
    assert np.abs(after.log_p - expected).max() < 1e-4
    assert after.unknown_share == pytest.approx(sum(c in "ñüß" and c not in added for c in text) / len(text))


@pytest.mark.parametrize("unknown_at", [0, 3])
def test_old_weights_stay_as_they_are_to_the_last_bit(unknown_at):
    model = strong_model(dictionary_of("abc\n", unknown_at=unknown_at), nlayers=2, nout=5)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    model.extend_dictionary("xyz")
    for name, tensor in model.state_dict().items():
        old = tensor[: len(before[name])].clone()
        if name == "decoder.bias":  # the one number that must change: <unk> gives a part of its probability away
            assert old[unknown_at] == pytest.approx(float(before[name][unknown_at]) - math.log(4))
            old[unknown_at] = before[name][unknown_at]
        assert torch.equal(old, before[name]), name
        assert len(tensor) == len(before[name]) + 3 * name.startswith(("encoder", "decoder"))
        if name in ("encoder.weight", "decoder.weight"):  # a new character begins as <unk>
            assert torch.equal(tensor[-3:], before[name][[unknown_at] * 3])
    assert all(parameter.requires_grad and parameter.is_leaf for parameter in model.parameters())
    assert not model.training


def test_the_dictionary_is_copied_and_grows_in_order():
    dictionary = dictionary_of("abc\n")
    corpus_items = dictionary.get_items()
    model = strong_model(dictionary)
    assert model.extend_dictionary("zaüz") == ["z", "ü"]
    assert dictionary.get_items() == corpus_items and model.dictionary is not dictionary
    assert model.dictionary.get_items() == [*corpus_items, "z", "ü"]
    assert model.encoder.num_embeddings == model.decoder.out_features == len(model.dictionary)


def test_what_is_known_already_or_nothing_at_all_changes_nothing():
    model = strong_model(dictionary_of("abc\n"))
    before = weights(model)
    for characters in ("", [], "abc", ["a", "\n"], iter("cc")):
        assert model.extend_dictionary(characters) == []
        assert torch.equal(weights(model), before)


def test_extending_twice_is_extending():
    """<unk> is halved for one new character, and for the next one again."""
    model = strong_model(dictionary_of("abc\n"))
    before = model.score("abüßc").log_p
    assert model.extend_dictionary("ü") == ["ü"] and model.extend_dictionary("üß") == ["ß"]
    assert model.score("abüßc").log_p - before == pytest.approx([0, 0, -math.log(2), -math.log(4), 0], abs=1e-4)


@pytest.mark.parametrize(("characters", "shown"), [(["ab"], "'ab'"), (["x", "yz"], "'yz'"), ([""], "''")])
def test_more_or_less_than_one_character_is_an_error_that_changes_nothing(characters, shown):
    model = strong_model(dictionary_of("abc\n"))
    before = weights(model)
    with pytest.raises(ValueError, match=rf"^{shown} is not one character; give a list of single characters"):
        model.extend_dictionary(characters)
    assert torch.equal(weights(model), before) and len(model.dictionary) == 5


def test_a_lone_surrogate_is_an_error_that_changes_nothing():
    model = strong_model(dictionary_of("abc\n"))
    with pytest.raises(UnicodeEncodeError):
        model.extend_dictionary(["x", "\ud800"])
    assert len(model.dictionary) == model.encoder.num_embeddings == 5


def test_characters_are_taken_in_the_dictionarys_normal_form():
    composed = strong_model(dictionary_of("abc\n", "NFC"))
    assert composed.extend_dictionary(["e\u0301", "é", "\u1100\u1161"]) == ["é", "가"]
    assert composed.score("e\u0301\u1100\u1161").unknown_share == 0
    apart = strong_model(dictionary_of("abce\n", "NFD"))
    missing = [missing.character for missing in apart.dictionary.coverage("café, 가").missing]
    assert apart.extend_dictionary(missing) == missing
    assert {*missing} == {"f", "\u0301", ",", " ", "\u1100", "\u1161"}
    assert apart.score("café, 가").unknown_share == 0
    with pytest.raises(ValueError, match="is not one character"):
        apart.extend_dictionary(["ñ"])  # two, when taken apart
    assert apart.extend_dictionary("ñ") == ["n", "\u0303"]


@given(st.text(st.sampled_from("aeio\u0301\u0308ㄱ\u1100\u1161 ")), st.sampled_from(["NFC", "NFD"]))
def test_a_text_given_as_it_is_has_no_unknown_character_afterwards(text, form):
    model = strong_model(dictionary_of("\n", form))
    model.extend_dictionary(text)
    assert model.score(text).unknown_share == 0 or not text
    assert set(model.dictionary.get_items()) == {"<unk>", "\n", *unicodedata.normalize(form, text)}


def test_a_dictionary_of_words_takes_new_words():
    model = strong_model(Dictionary.from_items(["<unk>", "the", "ferry", "\n"], character_level=False))
    before = model.score("the ferry left").log_p
    assert model.extend_dictionary(["left", "the"]) == ["left"]
    assert model.score("the ferry left").log_p - before == pytest.approx([0, 0, -math.log(2)], abs=1e-4)


def test_a_model_without_decoder_is_told_what_it_lacks():
    model = LanguageModel(dictionary_of("abc\n"), True, 8, 1, has_decoder=False)
    with pytest.raises(ValueError, match="has no decoder"):
        model.extend_dictionary("x")
    assert len(model.dictionary) == 5


def test_without_unk_there_is_nothing_that_new_characters_could_begin_as():
    dictionary = Dictionary(add_unk=False)
    for character in "abc\n":
        dictionary.add_item(character)
    model = strong_model(dictionary)
    before = model.score("aaa").log_p
    with pytest.raises(ValueError, match="<unk>"):
        model.extend_dictionary("xyz")
    assert np.array_equal(model.score("aaa").log_p, before)


def test_a_dictionary_that_grew_after_its_model_was_made_is_caught_up_with():
    model = strong_model(dictionary_of("abc\n"))
    before = model.score("abqzc").log_p
    model.dictionary.add_item("q")
    model.extend_dictionary("z")
    assert model.encoder.num_embeddings == model.decoder.out_features == len(model.dictionary)
    share = -math.log(3)
    assert model.score("abqzc").log_p - before == pytest.approx([0, 0, share, share, 0], abs=1e-4)


def test_a_16_bit_model_is_extended_in_16_bits():
    model = strong_model(dictionary_of("abc\n")).to(torch.bfloat16)
    model.extend_dictionary("xyz")
    assert {parameter.dtype for parameter in model.parameters()} == {torch.bfloat16}


def test_more_than_256_characters_make_numbers_of_two_bytes():
    model = strong_model(dictionary_of("abc\n"))
    model.extend_dictionary(map(chr, range(0x4E00, 0x4E00 + 300)))
    assert model.dictionary.encode("一").dtype == np.uint16
    assert model.score("abc一").unknown_share == 0


def test_an_extended_model_is_saved_loaded_writes_and_embeds(tmp_path):
    model = strong_model(dictionary_of("abc \n"))
    model.extend_dictionary("üß")
    model.save(tmp_path / "model.pt")
    loaded = LanguageModel.load_language_model(tmp_path / "model.pt")
    assert loaded.dictionary == model.dictionary
    assert np.array_equal(loaded.score("abüß").log_p, model.score("abüß").log_p)
    with torch.no_grad():
        loaded.decoder.bias[-2:] += 20
    assert {*loaded.generate_text("a", 30)[0]} <= {*"aüß"}
    assert FlairEmbeddings(loaded).lm.score("ü").unknown_share == 0


def test_an_extended_model_learns_a_text_that_needs_it(tmp_path, sample):
    """An English model, in which accents are <unk>, learns to tell them apart."""
    line = "Die Fähre nach Malmö fährt früh über die Straße\n"
    for name, times in (("train/a", 40), ("valid.txt", 2), ("test.txt", 2)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(line * times, encoding="utf-8")
    plain = strong_model(Dictionary.from_files(sample / "en" / "train"), hidden_size=24)
    model = copy.deepcopy(plain)
    new = [missing.character for missing in model.dictionary.coverage(line).missing]
    assert {*new} >= {*"äüß"} and model.extend_dictionary(new) == new
    with pytest.raises(ValueError, match="model and corpus have different dictionaries"):
        LanguageModelTrainer(model, TextCorpus(tmp_path, dictionary_of(line)))
    corpus = TextCorpus(tmp_path, model.dictionary)
    FINE_TUNING.train(model, corpus, tmp_path / "out", learning_rate=0.02, max_epochs=6, observers=[])
    after = LanguageModel.load_language_model(tmp_path / "out" / "best-lm.pt")
    score = after.score(line)
    assert score.unknown_share == 0 and score.bits_per_character < plain.score(line).bits_per_character
    rows = [after.encoder.weight[after.dictionary.get_idx_for_item(character)] for character in "äüß"]
    assert not torch.equal(rows[0], rows[1]) and not torch.equal(rows[1], rows[2])  # no longer the same


def test_a_shipped_model_keeps_its_figures_when_extended(sample):
    model = FlairEmbeddings("news-mini-forward").lm
    text = (sample / "en" / "valid.txt").read_text(encoding="utf-8")[:5000]
    before = model.score(text)
    assert before.unknown_share == 0
    assert len(model.extend_dictionary("한국어")) == 3
    assert model.score(text).bits_per_character == pytest.approx(before.bits_per_character, abs=1e-5)


# -- layers at rates of their own ------------------------------------------------------------------


@pytest.fixture
def corpus(small_corpus, english) -> TextCorpus:
    return TextCorpus(small_corpus, english)


def new_model(corpus: TextCorpus, **settings) -> LanguageModel:
    torch.manual_seed(0)
    return LanguageModel(corpus.dictionary, True, **{"hidden_size": 16, "nlayers": 1, "dropout": 0.0, **settings})


def changes(corpus: TextCorpus, folder: Path, optimizer=SGD, model: LanguageModel | None = None, **settings) -> dict:
    """By how much the first step changes each parameter. The window holds a whole split."""
    model = new_model(corpus) if model is None else model
    before, after = {name: p.detach().clone() for name, p in model.named_parameters()}, {}

    def look(event):
        if isinstance(event, Step) and not after:
            assert event.step == 1
            after.update({name: p.detach().clone() for name, p in model.named_parameters()})

    LanguageModelTrainer(model, corpus, optimizer).train(
        folder, 10**6, mini_batch_size=8, max_epochs=1, observers=[look], **settings
    )
    return {name: after[name] - before[name] for name in before}


@pytest.mark.parametrize("layer", [*LAYERS, "rnn.weight_hh", "decoder.bias"])
def test_a_rate_of_a_half_halves_the_first_step_of_plain_sgd(corpus, tmp_path, layer):
    plain = changes(corpus, tmp_path / "plain")
    slow = changes(corpus, tmp_path / "slow", layer_rates={layer: 0.5})
    assert any(name.startswith(layer) for name in plain)
    for name, change in plain.items():
        factor = 0.5 if name.startswith(layer) else 1.0
        assert change.abs().max() > 1e-4
        assert torch.allclose(slow[name], factor * change, atol=1e-6), name


def test_a_rate_of_one_for_all_or_none_at_all_is_the_same(corpus, tmp_path):
    plain = changes(corpus, tmp_path / "plain")
    for number, rates in enumerate([None, {}, {"": 1}, {"encoder": 1.0, "rnn": 1}]):
        same = changes(corpus, tmp_path / str(number), layer_rates=rates)
        assert all(torch.equal(same[name], plain[name]) for name in plain)


@given(st.permutations([("", 0.1), ("r", 0.2), ("rnn", 0.3), ("rnn.weight", 0.4), ("rnn.weight_hh_l0", 0.5)]))
def test_the_longest_beginning_that_fits_counts_in_whatever_order(rates):
    found = [
        layer_rate(name, dict(rates))
        for name in ("encoder.weight", "rnn.bias_ih_l0", "rnn.weight_ih_l0", "rnn.weight_hh_l0", "rnn.weight_hh_l0_x")
    ]
    assert found == [0.1, 0.3, 0.4, 0.5, 0.5]
    assert layer_rate("decoder.bias", {"rnn": 0.5}) == 1.0


@pytest.mark.parametrize("optimizer", [SGD, AdamW])
@pytest.mark.parametrize("frozen", [{"encoder": 0}, {"": 0, "decoder": 1}, {"rnn": 0.0, "rnn.bias": 0.5, "encoder": 1}])
def test_frozen_layers_stay_as_they_are_to_the_last_bit(corpus, tmp_path, optimizer, frozen):
    """Weight decay, clipping and dropout or not; afterwards they can be trained again."""
    model = new_model(corpus, dropout=0.3)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    LanguageModelTrainer(model, corpus, optimizer).train(
        tmp_path, learning_rate=0.02, max_epochs=3, weight_decay=0.1, layer_rates=frozen, **QUICK
    )
    rates = {name: layer_rate(name, frozen) for name in before}
    assert {*rates.values()} > {0}
    for name, parameter in model.named_parameters():
        assert torch.equal(parameter, before[name]) == (rates[name] == 0), name
        assert parameter.requires_grad


def test_frozen_layers_make_no_gradients_and_can_be_trained_again_after_any_end(corpus, tmp_path):
    model = new_model(corpus)

    class Failing(SGD):
        def step(self, closure=None):
            assert model.encoder.weight.grad is None and not model.encoder.weight.requires_grad
            assert model.decoder.weight.grad is not None
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        LanguageModelTrainer(model, corpus, Failing).train(tmp_path, layer_rates={"encoder": 0}, **QUICK)
    assert all(parameter.requires_grad for parameter in model.parameters())


def test_what_was_frozen_by_hand_stays_frozen(corpus, tmp_path):
    model = new_model(corpus)
    model.encoder.requires_grad_(False)
    before = model.encoder.weight.clone()
    LanguageModelTrainer(model, corpus).train(tmp_path, max_epochs=1, layer_rates={"rnn": 0}, **QUICK)
    assert torch.equal(model.encoder.weight, before)
    assert [name for name, p in model.named_parameters() if not p.requires_grad] == ["encoder.weight"]


@pytest.mark.parametrize(
    ("rates", "message"),
    [
        (
            {"encode": 1, "decoders": 1},
            r"layer_rates=\{'decoders': 1\}: give 0 or more for the beginning of encoder\.w",
        ),
        ({"weight": 0.5}, r"layer_rates=\{'weight': 0\.5\}"),
        ({"proj": 0.5}, r"layer_rates=\{'proj': 0\.5\}"),
        ({"rnn": -0.1}, r"layer_rates=\{'rnn': -0\.1\}: give 0 or more"),
        ({"": 0}, "layer_rates freezes every layer: there is nothing left to train"),
        ({"encoder": 0, "rnn": 0, "decoder": 0}, "freezes every layer"),
    ],
)
def test_rates_that_make_no_sense_are_refused_before_the_first_step(corpus, tmp_path, rates, message):
    model = new_model(corpus)
    with pytest.raises(ValueError, match=message):
        LanguageModelTrainer(model, corpus).train(tmp_path / "out", max_epochs=1, layer_rates=rates, **QUICK)
    assert not (tmp_path / "out").exists()
    assert all(parameter.requires_grad for parameter in model.parameters())


@pytest.mark.filterwarnings("ignore:the loss became")
@pytest.mark.parametrize("rate", [math.nan, math.inf])
def test_rates_that_are_no_numbers_are_refused(corpus, tmp_path, rate):
    with pytest.raises(ValueError, match="give 0 or more"):
        LanguageModelTrainer(new_model(corpus), corpus).train(tmp_path, layer_rates={"rnn": rate}, **QUICK)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_rates_keep_their_proportion_under_every_schedule(corpus, tmp_path, schedule):
    seen, told = [], []

    class Watching(AdamW):
        def step(self, closure=None):
            seen.append({group["factor"]: group["lr"] for group in self.param_groups})
            return super().step(closure)

    LanguageModelTrainer(new_model(corpus), corpus, Watching).train(
        tmp_path, 20, learning_rate=5, mini_batch_size=16, max_epochs=3, patience=0, anneal_factor=0.5,
        schedule=schedule, layer_rates={"encoder": 0, "rnn": 0.1, "decoder.bias": 3},
        observers=[lambda event: isinstance(event, Step) and told.append(event.learning_rate)],
    )  # fmt: skip
    whole = [rates[1.0] for rates in seen]
    assert seen == [{0.1: pytest.approx(0.1 * rate), 1.0: rate, 3.0: pytest.approx(3 * rate)} for rate in whole]
    assert len({*whole}) > 1  # it did change
    assert all(any(rate == pytest.approx(other) for other in whole) for rate in told)  # told is the whole rate


@pytest.mark.parametrize("schedule", ["plateau", "one_cycle"])
def test_a_run_with_layer_rates_goes_on_as_if_it_had_never_stopped(corpus, tmp_path, schedule):
    rates = {"encoder": 0, "rnn": 0.3}
    settings = {**QUICK, "schedule": schedule, "layer_rates": rates, "learning_rate": 0.02, "checkpoint_every": 3}
    settings |= {"max_epochs": 2, "patience": 0, "weight_decay": 0.01}
    whole = new_model(corpus, dropout=0.3)
    LanguageModelTrainer(whole, corpus, AdamW).train(tmp_path / "whole", **settings)
    trainer = LanguageModelTrainer(new_model(corpus, dropout=0.3), corpus, AdamW)
    resume = partial(LanguageModelTrainer.load_checkpoint, tmp_path / "parts" / "checkpoint.pt", corpus, AdamW)
    for stop_at in (4, 9):
        stop = partial(stop_after, trainer, stop_at)
        trainer.train(tmp_path / "parts", **{**settings, "observers": [stop]})
        trainer = resume()
    trainer.train(tmp_path / "parts", **settings)
    assert torch.equal(weights(trainer.model), weights(whole))
    one, other = (read_model_file(tmp_path / name / "checkpoint.pt") for name in ("whole", "parts"))
    assert all(torch.equal(tensor, other["state_dict"][name]) for name, tensor in one["state_dict"].items())
    with pytest.raises(ValueError, match=r"settings it had: layer_rates was \{'encoder': 0, 'rnn': 0\.3\}"):
        resume().train(tmp_path / "parts", **{**settings, "layer_rates": {"encoder": 0}})


def stop_after(trainer: LanguageModelTrainer, steps: int, event) -> None:
    if isinstance(event, Step) and event.step >= steps:
        trainer.stop()


# -- what fine-tuning did --------------------------------------------------------------------------


def test_every_figure_of_a_comparison_is_the_models_own_score():
    models = {"one": strong_model(dictionary_of("abc\n")), "other": strong_model(dictionary_of("ab\n"), False)}
    texts = {"short": "abc\n", "empty": "", "strange": "aña"}
    found = compare(models, texts)
    for (name, model), (text_name, text) in itertools.product(models.items(), texts.items()):
        score = model.score(text)
        assert found.bits_per_character(name, text_name) == pytest.approx(score.bits_per_character, nan_ok=True)
        assert found.scores[name][text_name].unknown_share == score.unknown_share
    assert [*found.scores] == [*models] and [*found.scores["one"]] == [*texts]


def test_a_comparison_of_two_shows_the_difference_and_what_is_unknown():
    before, after = strong_model(dictionary_of("abc\n")), strong_model(dictionary_of("abcñ\n"))
    found = compare({"before": before, "after": after}, {"plain": "abc\n" * 5, "Spanish": "año\n"})
    figures = {(m, t): found.bits_per_character(m, t) for m in ("before", "after") for t in ("plain", "Spanish")}
    cells = [line.split() for line in str(found).splitlines()]
    assert cells == [
        ["bits", "per", "character", "plain", "Spanish"],
        ["before", *(f"{figures['before', text]:.3f}" for text in ("plain", "Spanish"))],
        ["after", *(f"{figures['after', text]:.3f}" for text in ("plain", "Spanish"))],
        ["difference", *(f"{figures['after', t] - figures['before', t]:+.3f}" for t in ("plain", "Spanish"))],
        ["<unk>", "to", "before", "0.00%", "50.00%"],
        ["<unk>", "to", "after", "0.00%", "25.00%"],
    ]
    assert len({len(line) for line in str(found).splitlines()}) == 1  # columns stand under each other


def test_a_comparison_of_one_or_three_shows_no_difference_and_of_known_text_no_unk():
    model = strong_model(dictionary_of("abc\n"))
    one = str(compare({"mine": model}, {"text": "abc"}))
    three = str(compare({"a": model, "b": model, "c": model}, {"text": "abc"}))
    assert [line.split()[0] for line in one.splitlines()] == ["bits", "mine"]
    assert [line.split()[0] for line in three.splitlines()] == ["bits", "a", "b", "c"]


def test_models_are_given_by_themselves_by_path_and_by_name_texts_as_they_are_or_by_path(tmp_path):
    shipped = FlairEmbeddings("news-mini-forward").lm
    shipped.save(tmp_path / "saved.pt")
    (tmp_path / "text.txt").write_bytes(b"\xef\xbb\xbfThe ferry\r\nleft.\r\n")
    models = {
        "itself": shipped,
        "path": tmp_path / "saved.pt",
        "file": str(tmp_path / "saved.pt"),
        "name": "news-mini-forward",
    }
    found = compare(models, {"text": "The ferry\nleft.\n", "file": tmp_path / "text.txt", "name": "text.txt"})
    figures = {(text, found.bits_per_character(model, text)) for model in models for text in ("text", "file")}
    assert len({figure for _, figure in figures}) == 1  # a byte-order mark and another system's line ends are no text
    assert found.scores["path"]["name"].text == "text.txt"  # no file of that name is in the working folder


def test_a_name_of_a_file_is_not_taken_for_a_text(tmp_path, monkeypatch):
    model, file = strong_model(dictionary_of("abc\n")), tmp_path / "test.txt"
    file.write_text("abc\n" * 9, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in (str(file), "test.txt"):
        for job in (
            lambda name=name: compare({"mine": model}, {"text": name}),
            lambda name=name: model.score(name),
            lambda name=name: model.dictionary.coverage(name),
        ):
            with pytest.raises(ValueError, match=r"test\.txt' is the name of a file here.*give Path\('.*test\.txt'\)"):
                job()
    assert len(model.score("test.txt\n").text) == 9
    assert model.score(file).text == "abc\n" * 9
    assert compare({"mine": model}, {"text": file}).scores["mine"]["text"].text == "abc\n" * 9


def test_a_name_of_a_folder_or_of_a_file_in_the_home_folder_is_not_taken_for_a_text(tmp_path, monkeypatch):
    model = strong_model(dictionary_of("abc\n"))
    (tmp_path / "texts" / "train").mkdir(parents=True)
    (tmp_path / "texts" / "train" / "one").write_text("abc\n" * 9, encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for name, kind in (("texts/train", "folder"), ("~/texts", "folder"), ("~/texts/train/one", "file")):
        for job in (model.score, model.dictionary.coverage):
            with pytest.raises(ValueError, match=f"^'{name}' is the name of a {kind} here"):
                job(name)
        assert model.dictionary.coverage(Path(name)).total == 36
    for text in (".", "..", "/", "./"):
        assert model.score(text).text == text and model.dictionary.coverage(text).total == len(text)
    (tmp_path / "name.txt").write_text("texts/train", encoding="utf-8")
    assert model.score(Path("name.txt")).text == "texts/train"


def test_models_of_different_normal_forms_are_compared_by_the_bytes_of_the_text(sample):
    syllables, jamo = (Dictionary.from_files(sample / "ko" / "train", normalization=form) for form in ("NFC", "NFD"))
    text = (sample / "ko" / "test.txt").read_text(encoding="utf-8")[:500]
    found = compare({"NFC": strong_model(syllables), "NFD": strong_model(jamo)}, {"text": text})
    for score in (found.scores["NFC"]["text"], found.scores["NFD"]["text"]):
        assert score.bytes == len(text.encode())
        assert score.bits_per_byte == pytest.approx(score.bits / len(text.encode()))
    one, other = (found.scores[name]["text"].bits_per_byte for name in ("NFC", "NFD"))
    lines = str(found).splitlines()
    assert lines[0].split() == ["bits", "per", "byte", "text"]
    assert lines[3].split() == ["difference", f"{other - one:+.3f}"]
    assert "different normal forms" in lines[-1] and "NFKC" not in lines[-1]


@pytest.mark.parametrize(("text", "told"), [("２ ﾎﾟﾝﾄﾞ ㈱\n", True), ("2 café\n", False)])
def test_a_form_that_loses_differences_is_not_taken_for_a_better_model(text, told):
    models = {form: strong_model(dictionary_of(text + "2ポンド株", form)) for form in ("NFC", "NFKC")}
    assert ("their figures look too good" in str(compare(models, {"text": text}))) == told


def test_a_model_that_is_not_there_and_a_text_that_is_not_there_are_told(tmp_path):
    with pytest.raises(FileNotFoundError):
        compare({"mine": tmp_path / "none.pt"}, {"text": "abc"})
    with pytest.raises(FileNotFoundError):
        compare({"mine": strong_model(dictionary_of("abc\n"))}, {"text": tmp_path / "none.txt"})


@pytest.mark.parametrize(
    ("text", "wide"), [("", 0), ("abc", 3), ("한글", 4), ("日本語", 6), ("é", 1), ("हुआ", 2), ("ที่", 1), ("a\u200bb", 2)]
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_text_takes_as_many_columns_in_every_form(text, wide, form):
    assert columns(unicodedata.normalize(form, text)) == wide


def test_the_columns_of_a_comparison_are_straight_for_names_of_any_width():
    model = strong_model(dictionary_of("abc\n"))
    lines = str(compare({"먼저": model, "after": model}, {"신문": "abc", "映画評": "abc", "text": "ab"})).splitlines()
    two_columns = re.compile("[가-힣一-龥]")
    assert len({len(two_columns.sub("xx", line)) for line in lines}) == 1 and "신문" in lines[0]


@pytest.mark.parametrize(("models", "texts"), [((), ()), ((), ("text",)), (("mine",), ())])
def test_a_comparison_of_nothing_can_be_printed_too(models, texts):
    model = strong_model(dictionary_of("abc\n"))
    table = str(compare(dict.fromkeys(models, model), dict.fromkeys(texts, "abc")))
    assert table.split("\n")[0].startswith("bits per character")


def test_models_may_have_any_names():
    model = strong_model(dictionary_of("abc\n"))
    lines = str(compare({"bits per character": model, "difference": model}, {"text": "ab"})).splitlines()
    assert [line.rsplit(None, 1)[0] for line in lines] == ["bits per character"] * 2 + ["difference"] * 2


def test_a_comparison_shows_what_was_learnt_and_what_was_forgotten(corpus, tmp_path, sample):
    model = new_model(corpus)
    before = copy.deepcopy(model)
    FINE_TUNING.train(model, corpus, tmp_path, max_epochs=3, observers=[])
    found = compare({"before": before, "after": tmp_path / "best-lm.pt"}, {"valid": corpus.path / "valid.txt"})
    assert found.bits_per_character("after", "valid") < found.bits_per_character("before", "valid")
    assert found.bits_per_character("after", "valid") == pytest.approx(model.evaluate(corpus.valid) / math.log(2))


# -- recipes -----------------------------------------------------------------------------------------


def test_recipes_are_known_by_name():
    assert dict(RECIPES) == {"recommended": RECOMMENDED, "fine-tuning": FINE_TUNING, "flair": FLAIR}
    assert FINE_TUNING.settings["max_epochs"] < RECOMMENDED.settings["max_epochs"]


@pytest.mark.parametrize("name", RECIPES)
def test_nobody_changes_a_recipe_for_others(name):
    with pytest.raises(TypeError):
        RECIPES[name].settings["learning_rate"] = 1
    with pytest.raises(TypeError):
        RECIPES["mine"] = RECIPES[name]


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_trains_and_takes_every_argument_of_training(corpus, tmp_path, name):
    result = RECIPES[name].train(
        new_model(corpus), corpus, tmp_path, max_epochs=1, mini_batch_size=8, layer_rates={"encoder": 0},
        checkpoint_every=5, precision="fp32", device="cpu", observers=[],
    )  # fmt: skip
    assert result.stopped == "all 1 epochs done" and math.isfinite(result.test_loss)
    assert (tmp_path / "checkpoint.pt").exists()


def test_with_seconds_and_no_epochs_only_time_ends_a_recipe(corpus, tmp_path):
    for recipe in (RECOMMENDED, FINE_TUNING):
        result = recipe.train(new_model(corpus), corpus, tmp_path, max_seconds=0.3, observers=[])
        assert result.stopped == "max_seconds=0.3 are over"
    both = FINE_TUNING.train(new_model(corpus), corpus, tmp_path, max_seconds=1000, max_epochs=1, observers=[])
    assert both.stopped == "all 1 epochs done"
