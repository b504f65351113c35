"""The language model: character → embedding → LSTM → which character comes next.

    input (T, B) ──encoder──▶ (T, B, E) ──rnn──▶ output (T, B, H) ──decoder──▶ decoded (T, B, V)

T characters in a window, B columns of a batch, E embedding size, H hidden size, V dictionary
size. The parameters have Flair's names and shapes.
"""

import copy
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from tutorlm import evaluation
from tutorlm.dictionary import Dictionary
from tutorlm.evaluation import Score
from tutorlm.extension import extend_dictionary
from tutorlm.files.models import MAX_FILE_BYTES, model_from_file, write_model_file
from tutorlm.generation import generate
from tutorlm.pretrained import find_model
from tutorlm.sizes import parameters, require_memory, share, whole

SETTINGS = ("is_forward_lm", "hidden_size", "nlayers", "embedding_size", "nout", "document_delimiter", "dropout")
Hidden = tuple[Tensor, Tensor]  # h and c, each (nlayers, B, H)


class LockedDropout(nn.Module):
    """Dropout with one mask for all T steps of a window (Gal & Ghahramani 2016).

    It suits recurrent networks better than a new mask at each step, and on a CPU it is much
    faster: T times fewer random numbers.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Tensor) -> Tensor:
        """Zero a `share` of the features of x (T, B, features) while training; scale up the rest."""
        if not self.training or not self.share:
            return x
        kept = torch.rand(1, *x.shape[1:], device=x.device, dtype=x.dtype) >= self.share
        return x * (kept / (1 - self.share))


class LanguageModel(nn.Module):
    """A character language model that reads forward or backward.

    Args:
        dictionary: the characters it knows.
        is_forward_lm: False for a model that reads text from its end to its start.
        hidden_size: H, size of the LSTM's state.
        nlayers: number of LSTM layers.
        embedding_size: E, size of a character's vector.
        nout: if given, the LSTM's output is projected to this size.
        document_delimiter: separates documents; every text is read as if it followed one.
        dropout: share of values dropped after the encoder and after the LSTM while training.
        recurrent_type: must be "LSTM"; Flair has others.
        has_decoder: False for a model that only makes embeddings.
    """

    def __init__(
        self, dictionary: Dictionary, is_forward_lm: bool, hidden_size: int, nlayers: int, embedding_size: int = 100,
        nout: int | None = None, document_delimiter: str = "\n", dropout: float = 0.1,
        recurrent_type: str = "LSTM", has_decoder: bool = True,
    ) -> None:  # fmt: skip
        super().__init__()
        if not document_delimiter:
            raise ValueError("document_delimiter is empty; the default is a line end, '\\n'")
        if str(recurrent_type).upper() != "LSTM":
            raise ValueError(f"recurrent_type={recurrent_type!r}: only LSTM models are built here")
        # Plain Python values, because they are saved with the model (numpy numbers could not be).
        self.dictionary = dictionary
        self.is_forward_lm = bool(is_forward_lm)
        self.hidden_size = hidden_size = whole("hidden_size", hidden_size)
        self.nlayers = nlayers = whole("nlayers", nlayers, most=100)
        self.embedding_size = embedding_size = whole("embedding_size", embedding_size)
        self.nout = nout = None if nout is None else whole("nout", nout)
        self.document_delimiter = str(document_delimiter)
        self.dropout = dropout = share("dropout", dropout)
        sizes = f"hidden_size={hidden_size:,}, nlayers={nlayers}, embedding_size={embedding_size:,} and nout={nout}"
        count = parameters(len(dictionary), hidden_size, nlayers, embedding_size, nout, has_decoder)
        require_memory(f"a model of {len(dictionary):,} items, {sizes}", count)
        self.drop = LockedDropout(dropout)
        self.encoder = nn.Embedding(len(dictionary), embedding_size)
        self.rnn = nn.LSTM(embedding_size, hidden_size, nlayers, dropout=dropout if nlayers > 1 else 0.0)
        self.proj = nn.Linear(hidden_size, nout) if nout else None
        self.decoder = nn.Linear(nout or hidden_size, len(dictionary)) if has_decoder else None
        self._initialize()

    def _initialize(self) -> None:
        nn.init.uniform_(self.encoder.weight, -0.1, 0.1)
        for name, bias in self.rnn.named_parameters():
            if name.startswith("bias_ih"):  # gates i, f, g, o: begin by remembering (Jozefowicz et al. 2015)
                nn.init.ones_(bias.detach()[self.hidden_size : 2 * self.hidden_size])
        if self.proj is not None:
            bound = math.sqrt(3.0 / (self.hidden_size + self.proj.out_features))
            nn.init.uniform_(self.proj.weight, -bound, bound)
        if self.decoder is not None:
            nn.init.uniform_(self.decoder.weight, -0.1, 0.1)
            nn.init.zeros_(self.decoder.bias)

    def forward(self, input: Tensor, hidden: Hidden) -> tuple[Tensor, Tensor, Hidden]:
        """Predict the next character at every position of a window.

        Args:
            input: numbers of characters, (T, B).
            hidden: the state before the window, from `init_hidden` or the last call.

        Returns:
            decoded: unnormalised scores (logits) of the next character, (T, B, V).
            output: the LSTM's output, (T, B, H) (or `nout` in place of H).
            hidden: the state after the window.
        """
        output, hidden = self.read(input, hidden)
        return self.require_decoder()(output), output, hidden

    def read(self, input: Tensor, hidden: Hidden) -> tuple[Tensor, Hidden]:
        """`forward` without the decoder: only `output` and `hidden`."""
        output, hidden = self.rnn(self.drop(self.encoder(input)), hidden)  # (T, B) → (T, B, E) → (T, B, H)
        if self.proj is not None:
            output = self.proj(output)
        return self.drop(output), hidden

    def init_hidden(self, batch_size: int) -> Hidden:
        """The state before any text: zeros, h and c each (nlayers, B, H)."""
        zeros = self.encoder.weight.new_zeros(self.nlayers, batch_size, self.hidden_size)
        return zeros, zeros.clone()

    @property
    def device(self) -> torch.device:
        """Where the parameters are."""
        return self.encoder.weight.device

    def require_decoder(self) -> nn.Linear:
        """The decoder; a ValueError says what a model without one cannot do."""
        if self.decoder is None:
            raise ValueError(
                "this model has no decoder: it can make embeddings, but not predict, score, generate or be "
                "trained further. Load the file it came from with has_decoder=True, if that file has one"
            )
        return self.decoder

    @property
    def start_ids(self) -> np.ndarray:
        """What precedes every text: the document delimiter, in reading direction."""
        ids = self.dictionary.encode(self.document_delimiter)
        return ids if self.is_forward_lm else ids[::-1]

    def without_dropout(self) -> "LanguageModel":
        """This model in evaluation mode, with the same weights; its own mode stays, for it may be in training."""
        twin = copy.copy(self)
        vars(twin)["_modules"] = {name: copy.copy(module) for name, module in self.named_children()}
        return twin.eval()

    def log_probabilities(self, ids: np.ndarray, batch_size: int = 64, part: tuple[int, int] = (0, 1)) -> np.ndarray:
        """ln p of every character, float64 of shape (n,); see `evaluation.log_probabilities`."""
        return evaluation.log_probabilities(self, ids, batch_size, part)

    def evaluate(self, ids: np.ndarray, batch_size: int = 64) -> float:
        """Minus the mean of ln p over every character: nats per character."""
        return -float(self.log_probabilities(ids, batch_size).mean()) if len(ids) else math.nan

    def score(self, text: str | Path) -> Score:
        """How well the model predicts a text, or that of a file, as a whole and at each character."""
        return evaluation.score(self, text)

    def calculate_perplexity(self, text: str | Path) -> float:
        """The perplexity of a text: `score(text).perplexity`, under Flair's name."""
        return self.score(text).perplexity

    def generate_text(
        self, prefix: str = "", number_of_characters: int = 1000, temperature: float = 1.0,
        break_on_suffix: str | None = None, generator: torch.Generator | None = None,
    ) -> tuple[str, float]:  # fmt: skip
        """Let the model write text: a pair of the text, prefix included, and its mean -ln p (nats).

        A backward model writes from right to left, so its prefix is the *end* of the text. See `generation.generate`.
        """
        return generate(self, prefix, number_of_characters, temperature, break_on_suffix, generator)

    def extend_dictionary(self, characters: Iterable[str]) -> list[str]:
        """Add characters that the dictionary lacks, before fine-tuning; see `extension.extend_dictionary`."""
        return extend_dictionary(self, characters)

    def to_state(self) -> dict[str, Any]:
        """Settings and tensors, in the form of `files.models`."""
        state = {name: getattr(self, name) for name in ("dictionary", *SETTINGS)}
        tensors = {name: tensor.detach().to("cpu", torch.float32) for name, tensor in self.state_dict().items()}
        return {"state_dict": tensors, **state, "recurrent_type": "LSTM", "has_decoder": self.decoder is not None}

    @classmethod
    def from_state(cls, state: dict[str, Any], has_decoder: bool = True) -> "LanguageModel":
        """The model for what `to_state` returned, in evaluation mode."""
        has_decoder = has_decoder and state["has_decoder"]
        model = cls(state["dictionary"], has_decoder=has_decoder, **{name: state[name] for name in SETTINGS})
        tensors = {n: t for n, t in state["state_dict"].items() if has_decoder or not n.startswith("decoder.")}
        model.load_state_dict(tensors)
        return model.eval()

    def save(self, path: str | Path) -> None:
        """Write the model to a file that this package and Flair open."""
        write_model_file(path, self.to_state())

    @classmethod
    def load(
        cls, name_or_path: str | Path, has_decoder: bool = True, max_bytes: int = MAX_FILE_BYTES
    ) -> "LanguageModel":
        """Open a model file, or a model known by name; see `pretrained.find_model`."""
        return cls.load_language_model(find_model(name_or_path).path, has_decoder, max_bytes)

    @classmethod
    def load_language_model(
        cls, model_file: str | Path, has_decoder: bool = True, max_bytes: int = MAX_FILE_BYTES
    ) -> "LanguageModel":
        """Open a model file of this package or of Flair; see `files.models.read_model_file`."""
        return model_from_file(model_file, lambda state: cls.from_state(state, has_decoder), max_bytes)
