"""Exercises of notebook 12: the capstone, judged on what the learner trained."""

from __future__ import annotations

from tutorlm.course.exercises import Exercise
from tutorlm.course.report import examine_model, examine_pair

NOTEBOOK = "12_your_language"

EXERCISES = (
    Exercise(
        name="beat_the_ngram",
        task=(
            "Train a model on text of your own until it beats every n-gram model on the valid text. Answer with the "
            "folder of the model, such as `my_models/my_language/forward`; the corpus is the folder `corpus` beside it."
        ),
        hints=(
            "`check` says how many bits are missing. First give the training more seconds, and more epochs.",
            "If train falls and valid rises, the text is too small for the model: more dropout, or more text. If both "
            "still fall at the end, train longer. `python -m tutorlm train` chooses settings by the size of the text.",
        ),
        reference=None,
        examine=examine_model,
        afterword="It has learnt something that no table holds. Whatever you say about it, say this beside it.",
    ),
    Exercise(
        name="my_language",
        task=(
            "Make a pair of models of your own text that one could give away: forward and backward, better than every "
            "n-gram model on a hidden test text, with next to nothing unknown, and with a card. Answer with the folder."
        ),
        hints=(
            "The report takes the steps in order, and says what to do at the first that is not passed.",
            "Both models need the same dictionary: make it once, and give it to both. `card.md` has five lines.",
        ),
        reference=None,
        examine=examine_pair,
        afterword="This is a pair that others can use. `report.html` in its folder is the page to show them.",
    ),
)
