"""Where to compute and how precisely: what is wished for where the machine has it, else a message that says so."""

from __future__ import annotations

import math
import warnings

import pytest
import torch
from torch.optim import AdamW

from tutorlm import Dictionary, FlairEmbeddings, LanguageModel, LanguageModelTrainer, Sentence, TextCorpus
from tutorlm.training.devices import choose_device, choose_precision

CPU = torch.device("cpu")
pytestmark = pytest.mark.filterwarnings("ignore:TF32 acceleration:UserWarning")  # oneDNN's, when turned off


def without_onednn():
    """As on CPUs that compute an LSTM in 16 bits: oneDNN refuses where the CPU lacks the instructions."""
    return torch.backends.mkldnn.flags(enabled=False)


def in_bf16() -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return choose_precision("bf16", CPU) == "bf16"


no_bf16 = pytest.mark.skipif(in_bf16(), reason="this CPU computes in bfloat16")
no_cuda = pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")


@pytest.fixture
def corpus(small_corpus, english) -> TextCorpus:
    return TextCorpus(small_corpus, english)


def trained(corpus: TextCorpus, folder, **settings) -> tuple[LanguageModel, float, float]:
    """A model after an epoch, and its valid loss before and after."""
    torch.manual_seed(0)
    model = LanguageModel(corpus.dictionary, True, hidden_size=24, nlayers=1)
    result = LanguageModelTrainer(model, corpus, AdamW).train(
        folder, 20, learning_rate=0.02, mini_batch_size=8, max_epochs=1, observers=[], **settings
    )
    return model, result.initial_valid_loss, result.best_valid_loss


def weights(model: LanguageModel) -> torch.Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


# -- devices -------------------------------------------------------------------------------------


def test_auto_is_the_best_device_there_is():
    expected = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    assert choose_device() == choose_device("auto") == torch.device(expected)


@pytest.mark.parametrize("device", ["cpu", CPU, "cpu:0"])
def test_a_device_of_this_machine_is_taken_by_name_or_as_it_is(device):
    assert choose_device(device) == torch.device(device)


@no_cuda
@pytest.mark.parametrize("name", ["cuda", "cuda:0", "cuda:7", torch.device("cuda"), "xpu"])
def test_a_device_this_machine_lacks_is_an_error_that_says_so(name):
    with pytest.raises(
        ValueError, match=rf"device='{name}' cannot be used \(.+\); 'auto' takes the best available device"
    ):
        choose_device(name)


@pytest.mark.parametrize("name", ["gpu", "CPU", "", "cpu:-1", "cuda:x", "a computer", "cpu0"])
def test_a_name_that_is_none_is_an_error_that_says_so(name):
    with pytest.raises(ValueError, match=rf"device='{name}' cannot be used"):
        choose_device(name)


@pytest.mark.parametrize("name", ["hpu", "privateuseone"])
def test_a_device_whose_module_is_missing_is_an_error_that_says_so(name):
    with pytest.raises(ValueError, match=rf"device='{name}' cannot be used"):
        choose_device(name)


@pytest.mark.skipif(torch.backends.mps.is_available(), reason="this machine has MPS")
def test_a_message_about_a_missing_device_is_short():
    with pytest.raises(ValueError, match="device='mps' cannot be used") as caught:
        choose_device("mps")
    assert len(str(caught.value)) < 400


@no_cuda
def test_training_and_embeddings_refuse_a_device_that_is_not_there(corpus, tmp_path):
    model = LanguageModel(corpus.dictionary, True, 8, 1)
    with pytest.raises(ValueError, match="device='cuda' cannot be used"):
        LanguageModelTrainer(model, corpus).train(tmp_path / "out", 20, mini_batch_size=8, device="cuda")
    assert not (tmp_path / "out").exists()
    with pytest.raises(ValueError, match="device='cuda' cannot be used"):
        FlairEmbeddings("news-mini-forward", device="cuda")
    assert model.device == CPU


def test_an_embedding_of_a_model_leaves_it_where_it_is():
    model = LanguageModel(Dictionary.load("chars"), True, 8, 1).to("cpu")
    assert FlairEmbeddings(model).lm is model
    assert FlairEmbeddings(model, device="cpu").lm is model


# -- precision -----------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", ["fp64", "BF16", "", "half", "bfloat16"])
def test_a_precision_that_is_none_is_an_error_that_names_those_there_are(corpus, tmp_path, wanted):
    with pytest.raises(ValueError, match=f"precision='{wanted}' is not one of fp32, bf16, fp16"):
        choose_precision(wanted, CPU)
    with pytest.raises(ValueError, match="is not one of"):
        trained(corpus, tmp_path, precision=wanted)
    with pytest.raises(ValueError, match="is not one of"):
        FlairEmbeddings("news-mini-forward", precision=wanted)


def test_fp32_is_never_refused():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert choose_precision("fp32", CPU) == "fp32"


@no_bf16
def test_bf16_on_a_cpu_without_it_becomes_fp32_with_a_warning():
    with pytest.warns(UserWarning, match="this cpu device does not compute an LSTM in bf16: using fp32"):
        assert choose_precision("bf16", CPU) == "fp32"


def test_bf16_is_taken_where_the_cpu_computes_an_lstm_in_it():
    with without_onednn(), warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        assert choose_precision("bf16", CPU) == "bf16"


@pytest.mark.parametrize("onednn", [True, False])
def test_fp16_on_a_cpu_becomes_fp32_with_a_warning(onednn):
    with (
        torch.backends.mkldnn.flags(enabled=onednn),
        pytest.warns(UserWarning, match="does not compute an LSTM in fp16: using fp32"),
    ):
        assert choose_precision("fp16", CPU) == "fp32"


def test_training_in_bf16_learns_and_keeps_weights_in_32_bits(corpus, tmp_path):
    with without_onednn():
        model, before, after = trained(corpus, tmp_path / "bf16", precision="bf16")
        other, _, in_fp32 = trained(corpus, tmp_path / "fp32")
    assert after < 0.9 * before
    assert after == pytest.approx(in_fp32, rel=0.05)
    assert not torch.equal(weights(model), weights(other))  # or nothing was computed in 16 bits
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    assert LanguageModel.load_language_model(tmp_path / "bf16" / "best-lm.pt").evaluate(corpus.valid) < 0.9 * before


def test_a_run_in_bf16_goes_on_as_if_it_had_never_stopped(corpus, tmp_path):
    settings = {"sequence_length": 50, "mini_batch_size": 16, "precision": "bf16", "checkpoint": True, "observers": []}
    with without_onednn():
        models = [LanguageModel(corpus.dictionary, True, 8, 1) for _ in range(2)]
        models[1].load_state_dict(models[0].state_dict())
        LanguageModelTrainer(models[0], corpus).train(tmp_path / "whole", max_epochs=2, **settings)
        LanguageModelTrainer(models[1], corpus).train(tmp_path / "parts", max_epochs=1, **settings)
        resumed = LanguageModelTrainer.load_checkpoint(tmp_path / "parts" / "checkpoint.pt", corpus)
        resumed.train(tmp_path / "parts", max_epochs=2, **settings)
    assert torch.equal(weights(resumed.model), weights(models[0]))


@no_bf16
@pytest.mark.parametrize(
    ("settings", "told"),
    [({"use_amp": True}, "bf16"), ({"precision": "bf16"}, "bf16"), ({"precision": "fp16", "use_amp": True}, "fp16")],
)
def test_training_in_16_bits_where_there_are_none_warns_and_equals_fp32_bit_for_bit(corpus, tmp_path, settings, told):
    expected, _, loss = trained(corpus, tmp_path / "fp32")
    with pytest.warns(UserWarning, match=f"does not compute an LSTM in {told}: using fp32") as warned:
        model, _, same_loss = trained(corpus, tmp_path / "16", **settings)
    assert torch.equal(weights(model), weights(expected)) and loss == same_loss
    assert [warning.filename for warning in warned] == [__file__]  # it points at the caller


def test_embeddings_in_bf16_are_those_in_fp32_but_for_rounding():
    sentence = Sentence("The ferry left the harbour late .")
    precise = FlairEmbeddings("news-mini-forward", device="cpu", precision="fp32")
    with without_onednn():
        rounded = FlairEmbeddings(precise.lm, precision="bf16")
        vectors = rounded.matrix(sentence)
    assert vectors.dtype == "float32"
    assert 0 < abs(vectors - precise.matrix(sentence)).max() < 0.05
    assert {parameter.dtype for parameter in precise.lm.parameters()} == {torch.float32}  # it can be trained
    assert math.isfinite(precise.lm.evaluate(precise.lm.dictionary.encode("The ferry")))
