"""The language model: character → embedding → LSTM → which character comes next.

    input (T, B) ──encoder──▶ (T, B, E) ──rnn──▶ output (T, B, H) ──decoder──▶ decoded (T, B, V)

T characters in a window, B columns of a batch, E embedding size, H hidden size, V dictionary
size. The parameters have Flair's names and shapes.
"""

from __future__ import annotations

import contextlib
import copy
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from tutorlm.dictionary import Dictionary
from tutorlm.model_files import model_from_file, write_model_file
from tutorlm.text_files import describe

COLUMN = 1024  # characters in a column of an evaluation,
WARM_UP = 256  # and how many it reads in front of them
SETTINGS = ("is_forward_lm", "hidden_size", "nlayers", "embedding_size", "nout", "document_delimiter", "dropout")
Hidden = tuple[Tensor, Tensor]  # h and c, each (nlayers, B, H)


class LockedDropout(nn.Module):
    """Dropout with one mask for all T steps of a window (Gal & Ghahramani 2016).

    Better suited to recurrent networks than a new mask at each step, and on a CPU much quicker:
    T times fewer random numbers.
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
        is_forward_lm: False for a model that reads the text from its end to its start.
        hidden_size: H, the size of the LSTM's state.
        nlayers: LSTM layers on top of each other.
        embedding_size: E, the size of a character's vector.
        nout: if given, the LSTM's output is projected to this size.
        document_delimiter: what stands between documents; every text is read as if after one.
        dropout: share of values dropped behind the encoder and the LSTM while training.
        recurrent_type: "LSTM", the only one; Flair has others.
        has_decoder: False for a model that only makes embeddings.
    """

    def __init__(
        self,
        dictionary: Dictionary,
        is_forward_lm: bool,
        hidden_size: int,
        nlayers: int,
        embedding_size: int = 100,
        nout: int | None = None,
        document_delimiter: str = "\n",
        dropout: float = 0.1,
        recurrent_type: str = "LSTM",
        has_decoder: bool = True,
    ) -> None:
        super().__init__()
        if not document_delimiter:
            raise ValueError("document_delimiter is empty; the default is a line end, '\\n'")
        if str(recurrent_type).upper() != "LSTM":
            raise ValueError(f"recurrent_type={recurrent_type!r}: only LSTM models are built here")
        if not 0 <= dropout < 1:
            raise ValueError(f"dropout={dropout} is a share of values: 0 or more, below 1")
        # Plain Python numbers, whatever was given (numpy's, say): they are saved with the model.
        self.dictionary = dictionary
        self.is_forward_lm = bool(is_forward_lm)
        self.hidden_size = hidden_size = int(hidden_size)
        self.nlayers = nlayers = int(nlayers)
        self.embedding_size = embedding_size = int(embedding_size)
        self.nout = nout = None if nout is None else int(nout)
        self.document_delimiter = str(document_delimiter)
        self.dropout = dropout = float(dropout)
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

    # -- one window ----------------------------------------------------------------------------

    def forward(self, input: Tensor, hidden: Hidden) -> tuple[Tensor, Tensor, Hidden]:
        """Predict the next character at every place of a window.

        Args:
            input: numbers of characters, (T, B).
            hidden: the state before the window, from `init_hidden` or the last call.

        Returns:
            decoded: scores of the next character, not normalised, (T, B, V).
            output: the LSTM's output, (T, B, H) (or `nout` in place of H).
            hidden: the state after the window.
        """
        output, hidden = self.read(input, hidden)
        return self._decoder()(output), output, hidden

    def read(self, input: Tensor, hidden: Hidden) -> tuple[Tensor, Hidden]:
        """`forward` without its last step: only `output` and `hidden`."""
        output, hidden = self.rnn(self.drop(self.encoder(input)), hidden)
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

    def _decoder(self) -> nn.Linear:
        if self.decoder is None:
            raise ValueError(
                "this model has no decoder: it can make embeddings, but not predict, score, generate or be "
                "trained further. Load the file it came from with has_decoder=True, if that file has one"
            )
        return self.decoder

    def extend_dictionary(self, characters: Iterable[str]) -> list[str]:
        """Add characters that the dictionary lacks, to fine-tune a model on a text that needs them.

        All weights stay as they are. A new character begins as what it was read as until now,
        `<unk>`: it gets that vector, and an equal part of the probability that `<unk>` had, so that
        no other prediction changes. The dictionary is copied; make the corpus with `model.dictionary`.

        Args:
            characters: single characters; `dictionary.coverage(path).missing` lists those of a text.

        Returns:
            the characters that are new.
        """
        decoder, dictionary = self._decoder(), copy.deepcopy(self.dictionary)
        wanted = [dictionary.normalize(character) for character in characters]
        new = [character for character in dict.fromkeys(wanted) if character not in dictionary]
        too_long = [item for item in new if len(item) != 1 and dictionary.character_level]
        if too_long:
            raise ValueError(f"{describe(too_long[0])} is not one character; give a list of single characters")
        for character in new:
            dictionary.add_item(character)
        unknown, more = dictionary.unknown_index, len(dictionary) - self.encoder.num_embeddings
        if unknown is None:
            raise ValueError("this model's dictionary has no <unk>, as which new characters could begin")
        rows = torch.tensor([*range(self.encoder.num_embeddings), *[unknown] * more], device=self.device)
        part = torch.zeros(len(rows), device=self.device, dtype=decoder.bias.dtype)
        part[rows == unknown] = math.log(more + 1)
        with torch.no_grad():
            encoder = nn.Embedding.from_pretrained(self.encoder.weight[rows], freeze=False)
            weight, bias = decoder.weight[rows], decoder.bias[rows] - part
        self.dictionary, self.encoder = dictionary, encoder
        decoder.weight, decoder.bias = nn.Parameter(weight), nn.Parameter(bias)
        decoder.out_features = len(rows)
        return new

    # -- a whole text ------------------------------------------------------------------------------

    @property
    def start_ids(self) -> np.ndarray:
        """What every text is read after: the document delimiter, in reading direction."""
        ids = self.dictionary.encode(self.document_delimiter)
        return ids if self.is_forward_lm else ids[::-1]

    @torch.no_grad()
    def log_probabilities(self, ids: np.ndarray, batch_size: int = 64, part: tuple[int, int] = (0, 1)) -> np.ndarray:
        """ln p of every character, given what stands before it, the delimiter before the first.

        A stream of more than 1,024 characters is cut into columns of that length, so that many can
        be read side by side. Each first reads the 256 characters in front of its own, which is
        memory enough. The cuts do not depend on `batch_size`, and so neither do the figures.

        Args:
            ids: numbers of characters in reading direction, (n,).
            batch_size: columns read at once: more memory, more speed.
            part: (r, N) reads only the r-th of N parts, so that N processes can share the work; their
                results, one behind the other, are the whole.

        Returns:
            natural logarithms, float64 of shape (n,).
        """
        start = self.start_ids
        columns = math.ceil(len(ids) / COLUMN)
        own = range(columns * part[0] // part[1], columns * (part[0] + 1) // part[1])
        if not len(own):
            return np.empty(0)
        length = min(COLUMN, len(ids))
        warm_up = WARM_UP + len(start) if columns > 1 else len(start) - 1
        padding = warm_up + 1 - len(start)  # so that the first column, too, has rows to warm up on
        stream = np.zeros(padding + len(start) + columns * length, dtype=np.int64)
        stream[padding:][: len(start) + len(ids)] = np.concatenate([start, ids])
        rows = np.stack([stream[b * length : b * length + warm_up + length + 1] for b in own], axis=1)
        parts = []
        with _evaluating(self):
            for first in range(0, len(own), batch_size):
                group = torch.from_numpy(rows[:, first : first + batch_size]).to(self.device)
                hidden = self.init_hidden(group.shape[1])
                if padding:
                    _, hidden = self.read(group[:padding], hidden)
                    if own[first] == 0:  # nothing stands in front of the first column: it begins here
                        hidden[0][:, 0], hidden[1][:, 0] = 0.0, 0.0
                if warm_up > padding:
                    _, hidden = self.read(group[padding:warm_up], hidden)
                parts.append(self._log_p_of_next(group[warm_up:], hidden))
        return torch.cat(parts, dim=1).T.reshape(-1)[: len(ids) - own[0] * length].double().numpy()

    def _log_p_of_next(self, window: Tensor, hidden: Hidden) -> Tensor:
        """ln p of each row but the first, given those before it: (T + 1, B) → (T, B), on the CPU."""
        chunk = max(8, min(256, 4_000_000 // (window.shape[1] * len(self.dictionary))))
        parts = []
        for begin in range(0, len(window) - 1, chunk):
            block = window[begin : begin + chunk + 1]
            decoded, _, hidden = self(block[:-1], hidden)
            parts.append(decoded.float().log_softmax(-1).gather(-1, block[1:, :, None])[..., 0].cpu())
        return torch.cat(parts)

    def evaluate(self, ids: np.ndarray, batch_size: int = 64) -> float:
        """Minus the mean of ln p over every character: nats per character. See `log_probabilities`."""
        return -float(self.log_probabilities(ids, batch_size).mean()) if len(ids) else math.nan

    def score(self, text: str) -> Score:
        """How well the model predicts a text, as a whole and at each character."""
        text = self.dictionary.normalize(text)
        ids = self.dictionary.encode(text)
        log_p = self.log_probabilities(ids if self.is_forward_lm else ids[::-1])
        unknown = np.count_nonzero(ids == self.dictionary.unknown_index) if self.dictionary.add_unk else 0
        return Score(text, log_p if self.is_forward_lm else log_p[::-1].copy(), unknown / max(1, len(ids)))

    def calculate_perplexity(self, text: str) -> float:
        """The perplexity of a text: `score(text).perplexity`, under Flair's name."""
        return self.score(text).perplexity

    def generate_text(
        self,
        prefix: str = "\n",
        number_of_characters: int = 1000,
        temperature: float = 1.0,
        break_on_suffix: str | None = None,
        generator: torch.Generator | None = None,
    ) -> tuple[str, float]:
        """Let the model write.

        A backward model writes from right to left: its prefix is the *end* of the text, and text
        is given and returned in reading order all the same.

        Args:
            prefix: what to write on from; empty means the document delimiter.
            number_of_characters: how many to write.
            temperature: below 1 bolder in the likely, above 1 wilder; 0 always takes the likeliest.
            break_on_suffix: stop once this is what was written last.
            generator: source of chance; by default torch's global one.

        Returns:
            the text, prefix included, and the mean of -ln p of the written characters (nats).
        """
        if not 0 <= temperature < math.inf:
            raise ValueError(f"temperature={temperature}: give 0 (always the likeliest character) or more")
        dictionary, forward = self.dictionary, self.is_forward_lm
        chances = torch.rand(max(0, number_of_characters), generator=generator, dtype=torch.float64).tolist()
        prefix = dictionary.normalize(prefix or self.document_delimiter)
        stepper = _Stepper(self)
        for index in dictionary.encode(prefix)[:: 1 if forward else -1]:
            scores = stepper.step(int(index))
        written: list[int] = []
        nats = 0.0
        for chance in chances:
            index, index_nats = _draw(scores, temperature, chance)
            nats += index_nats
            written.append(index)
            if break_on_suffix and _ends_with(dictionary, written, break_on_suffix, forward):
                break
            scores = stepper.step(index)
        text = dictionary.decode(written[:: 1 if forward else -1])
        space = "" if dictionary.character_level or not text else " "
        text = prefix + space + text if forward else text + space + prefix
        return text, nats / len(written) if written else math.nan

    # -- files ---------------------------------------------------------------------------------------

    def to_state(self) -> dict[str, Any]:
        """Settings and tensors, as `model_files` writes them."""
        state = {name: getattr(self, name) for name in ("dictionary", *SETTINGS)}
        tensors = {name: tensor.detach().to("cpu", torch.float32) for name, tensor in self.state_dict().items()}
        return {"state_dict": tensors, **state, "recurrent_type": "LSTM", "has_decoder": self.decoder is not None}

    @classmethod
    def from_state(cls, state: dict[str, Any], has_decoder: bool = True) -> LanguageModel:
        """The model for what `to_state` gave, in evaluation mode."""
        has_decoder = has_decoder and state["has_decoder"]
        model = cls(state["dictionary"], has_decoder=has_decoder, **{name: state[name] for name in SETTINGS})
        tensors = {n: t for n, t in state["state_dict"].items() if has_decoder or not n.startswith("decoder.")}
        model.load_state_dict(tensors)
        return model.eval()

    def save(self, path: str | Path) -> None:
        """Write the model to a file that this package and Flair open."""
        write_model_file(path, self.to_state())

    @classmethod
    def load_language_model(cls, model_file: str | Path, has_decoder: bool = True) -> LanguageModel:
        """Open a model file of this package or of Flair; see `model_files.read_model_file`."""
        return model_from_file(model_file, lambda state: cls.from_state(state, has_decoder))


@dataclass(frozen=True)
class Score:
    """How well a model predicts a text.

    Attributes:
        text: the text as read, in normal form.
        log_p: ln p of each character in reading order of the text, (n,).
        unknown_share: share of the text read as `<unk>`; where it is high the other figures flatter.

    For an empty text the figures are NaN.
    """

    text: str
    log_p: np.ndarray
    unknown_share: float

    @property
    def bits_per_character(self) -> float:
        """Bits needed for the text, divided by its characters."""
        return self._bits / len(self.text) if self.text else math.nan

    @property
    def bits_per_byte(self) -> float:
        """Bits needed for the text, divided by its bytes in UTF-8: comparable between scripts."""
        return self._bits / len(self.text.encode("utf-8", "surrogatepass")) if self.text else math.nan

    @property
    def perplexity(self) -> float:
        """exp of the mean of -ln p: among how many equally likely characters the model wavers."""
        return math.exp(-self.log_p.mean()) if len(self.log_p) else math.nan

    @property
    def _bits(self) -> float:
        return -float(self.log_p.sum()) / math.log(2)


class _Stepper:
    """One character at a time, as quickly as a CPU can: plain matrix-vector products in numpy.

    The input part of the first layer, W_ih·x + b, takes only V values, which are worked out
    beforehand. Since sigmoid(x) = ½ + ½ tanh(x/2), one tanh serves all four gates once the
    rows of i, f and o are halved.
    """

    def __init__(self, model: LanguageModel) -> None:
        model._decoder()
        weights = {name: tensor.detach().float().cpu().numpy() for name, tensor in model.state_dict().items()}
        layers, halved = range(model.nlayers), np.repeat(np.float32([0.5, 0.5, 1.0, 0.5]), model.hidden_size)
        self.w_ih = [weights[f"rnn.weight_ih_l{k}"] * halved[:, None] for k in layers]
        self.w_hh = [weights[f"rnn.weight_hh_l{k}"] * halved[:, None] for k in layers]
        self.bias = [(weights[f"rnn.bias_ih_l{k}"] + weights[f"rnn.bias_hh_l{k}"]) * halved for k in layers]
        self.first = weights["encoder.weight"] @ self.w_ih[0].T + self.bias[0]  # (V, 4H)
        self.proj = (weights["proj.weight"], weights["proj.bias"]) if model.proj is not None else None
        self.decoder = weights["decoder.weight"], weights["decoder.bias"]
        self.h = [np.zeros(model.hidden_size, np.float32) for _ in layers]
        self.c = [np.zeros(model.hidden_size, np.float32) for _ in layers]

    def step(self, index: int) -> np.ndarray:
        """Read one character; the scores of the next one, (V,)."""
        for k, h in enumerate(self.h):
            gates = self.first[index] if k == 0 else self.w_ih[k] @ self.h[k - 1] + self.bias[k]
            gates = np.tanh(gates + self.w_hh[k] @ h).reshape(4, -1)
            i, f, _, o = 0.5 + 0.5 * gates
            self.c[k] = f * self.c[k] + i * gates[2]
            self.h[k] = o * np.tanh(self.c[k])
        output = self.h[-1]
        if self.proj is not None:
            output = self.proj[0] @ output + self.proj[1]
        return self.decoder[0] @ output + self.decoder[1]


def _draw(scores: np.ndarray, temperature: float, chance: float) -> tuple[int, float]:
    """Choose a character: where the cumulated probabilities pass `chance`; and its -ln p at temperature 1."""
    relative = scores - scores.max()
    weights = np.exp(relative)
    nats = math.log(weights.sum())
    if math.isnan(nats):
        raise ValueError("the model's scores are not numbers: its training went wrong; use an earlier best-lm.pt")
    if temperature == 0:
        index = int(relative.argmax())
    else:
        cumulated = (weights if temperature == 1 else np.exp(relative / temperature)).cumsum(dtype=np.float64)
        index = int(cumulated.searchsorted(chance * cumulated[-1], side="right"))
    return index, nats - float(relative[index])


def _ends_with(dictionary: Dictionary, written: list[int], suffix: str, forward: bool) -> bool:
    """Whether what was written last, in reading order, is `suffix`."""
    last = written[-len(suffix) :]
    return dictionary.decode(last if forward else last[::-1]) == suffix


@contextlib.contextmanager
def _evaluating(model: nn.Module) -> Iterator[None]:
    """No dropout inside the block."""
    training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(training)
