"""Adding characters to a trained model, to fine-tune it on a text that needs them."""

import copy
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import torch
from torch import nn

from tutorlm.unicode import describe, split_words

if TYPE_CHECKING:
    from tutorlm.language_model import LanguageModel


def extend_dictionary(model: "LanguageModel", characters: Iterable[str]) -> list[str]:
    """Add characters that the model's dictionary lacks.

    All weights stay as they are. A new character begins as what it was read as before, `<unk>`: it gets the vector of
    `<unk>` and an equal part of its probability, so that no other prediction changes. The dictionary is copied; make
    the corpus with `TextCorpus.of(path, model)` afterwards. `dictionary.coverage(path).missing` lists the characters
    that a text needs; a text may be given itself, as one string. Returns those that are new.
    """
    decoder, dictionary = model.require_decoder(), copy.deepcopy(model.dictionary)
    if isinstance(characters, str):  # to be normalised as a whole: marks belong to letters
        text = dictionary.normalize(characters)
        characters = text if dictionary.character_level else split_words(text)
    wanted = dict.fromkeys(dictionary.normalize(character) for character in characters)
    new = [character for character in wanted if character not in dictionary]
    too_long = [item for item in new if len(item) != 1 and dictionary.character_level]
    if too_long:
        raise ValueError(f"{describe(too_long[0])} is not one character; give a list of single characters")
    for character in new:
        dictionary.add_item(character)
    unknown, more = dictionary.unknown_index, len(dictionary) - model.encoder.num_embeddings
    if unknown is None:
        raise ValueError("this model's dictionary has no <unk>, as which new characters could begin")
    rows = torch.tensor([*range(model.encoder.num_embeddings), *[unknown] * more], device=model.device)  # (V,)
    part = torch.zeros(len(rows), device=model.device, dtype=decoder.bias.dtype)
    part[rows == unknown] = math.log(more + 1)
    with torch.no_grad():
        encoder = nn.Embedding.from_pretrained(model.encoder.weight[rows], freeze=False)
        weight, bias = decoder.weight[rows], decoder.bias[rows] - part
    model.dictionary, model.encoder = dictionary, encoder
    decoder.weight, decoder.bias = nn.Parameter(weight), nn.Parameter(bias)
    decoder.out_features = len(rows)
    return new
