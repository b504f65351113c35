"""What a unit of an LSTM may track in a text, and how well it does."""

from __future__ import annotations

import numpy as np

QUOTES = "inside quotation marks"
SPACE = "a space"


def features(text: str) -> dict[str, np.ndarray]:
    """Features that a unit might track: name → whether each character has it, (n,); only those that vary enough."""
    characters = np.array(list(text))
    opening, closing = ("„«「『", "“”»」』") if "„" in text else ("“«「『", "”»」』")  # the English “ closes „
    opened: np.ndarray = np.cumsum(np.isin(characters, list(opening))) - np.cumsum(np.isin(characters, list(closing)))
    straight = np.cumsum(characters == '"') % 2
    found = {
        SPACE: characters == " ",
        "a space comes next": np.append(characters[1:] == " ", False),
        "a line end": characters == "\n",
        QUOTES: (opened > 0) | (straight > 0),
        "a capital letter": np.array([character.isupper() for character in text]),
        "a digit": np.array([character.isdigit() for character in text]),
        "punctuation": np.isin(characters, list(".,;:!?…。、！？،؛؟।")),
    }
    return {name: feature for name, feature in found.items() if 3 <= feature.sum() <= len(text) - 3}


def unit_correlations(states: np.ndarray, feature: np.ndarray) -> np.ndarray:
    """Correlation of each hidden unit with a feature that is true or false: (n, H), (n,) → (H,)."""
    centred = states - states.mean(0)
    wanted = feature - feature.mean()
    scale = np.sqrt((centred**2).sum(0) * (wanted**2).sum())
    return wanted @ centred / np.maximum(scale, 1e-12)
