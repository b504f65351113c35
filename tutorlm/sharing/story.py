"""What the maker of a bundle tells of the models."""

from dataclasses import dataclass

USE = "Vectors of words for taggers and classifiers, and experiments with character language models."


@dataclass(frozen=True)
class Story:
    """What a card tells and config.json does not."""

    title: str
    use: str
    licence_name: str | None
    samples: dict[str, str]  # of each direction
