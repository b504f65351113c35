"""Exercises of notebook 11, the clinic: twelve diagnoses, and a function that finds what leaked."""

from __future__ import annotations

from typing import Any

from tutorlm.course.exercises import Exercise

NOTEBOOK = "11_when_it_goes_wrong"
CHOICES = ("a", "b", "c", "d")

# -- documents that leaked ------------------------------------------------------------------------------


def leaked_documents(train: list[str], held_out: list[str]) -> list[str]:
    """The held-out documents that also occur in the training text, blanks around them aside."""
    seen = {document.strip() for document in train}
    return [document.strip() for document in held_out if document.strip() and document.strip() in seen]


_TRAIN = ["The ferry was late.\n", "배가 늦었다.\n", "\n", "غادرت العبّارة الميناء.\n", "नाव घाट पर पहुँची।\n"]
_HELD_OUT = ["The ferry was late.\n", "The ferry was early.\n", "\n", "  배가 늦었다. \n", "नाव घाट पर पहुँची।"]


def _leak_cases() -> list[tuple]:
    return [
        (["a", "b"], ["b", "c"]),
        (_TRAIN, _HELD_OUT),
        (["The ferry was late, again.\n"], ["The ferry was late\n"]),  # contained in another, not equal
        (["b", "b", "a"], ["a", "b", "a"]),
        ([], ["a"]),
    ]


def _leak_mistakes(arguments: tuple, expected: list[str], got: Any) -> str | None:
    train, held_out = arguments
    stripped = [document.strip() for document in train]
    if isinstance(got, (int, float)):
        return "Give back the documents themselves, not their number, so that somebody can look at them."
    if isinstance(got, set):
        return "A set loses the order and the number. Give back a list, in the order of `held_out`."
    if got == [document for document in held_out if document in train]:
        return "You compare the lines as they are. Blanks and line ends around them hide a copy: strip both sides."
    if "" in got or "\n" in got:
        return "An empty line is no document: leave out those that are empty after strip()."
    if [document.strip() for document in got] == expected:
        return "These are the right ones. Give them back without blanks and line ends around them."
    if got == [document for document in stripped if document and document in {h.strip() for h in held_out}]:
        return "You go through the training documents. Go through the held-out ones, in their order."
    if got == [d.strip() for d in held_out if d.strip() and any(d.strip() in t for t in train)]:
        return "You also find a document inside a longer one. Only whole documents count: compare for equality."
    if set(got) == set(expected) and len(got) != len(expected):
        if len(got) > len(expected):
            return "One is listed again for each of its copies in the training text. Ask only whether it is there."
        return "You give each only once. One that is in held_out twice counts twice, so list it twice."
    return None


# -- diagnoses --------------------------------------------------------------------------------------------


def _case(number: int, symptom: str, right: str, hints: tuple[str, str], afterword: str, **wrong: str) -> Exercise:
    """A case with four diagnoses to choose from, and what each wrong one is told."""
    return Exercise(
        name=f"case_{number}",
        task=f'{symptom} Choose one of "a", "b", "c", "d".',
        hints=hints,
        reference=right,
        choices=CHOICES,
        diagnoses=lambda arguments, expected, got: wrong[got],
        afterword=afterword,
    )


_BEFORE = (
    _case(
        1,
        "Three texts lie in the folder, and the corpus does not open.",
        "c",
        ("Compare the list of files with the corpus folders that you made in notebook 02.", "One of the three names "
         "belongs to something that is not a file."),
        "`prepare_corpus` lays out a corpus for you, from files of any names: then this cannot happen.",
        a="A wrong path is worth a first look, but here the cell listed the files by the same path, and found them.",
        b="Characters that a dictionary lacks bring a warning, or a case that you will meet further down. The corpus "
          "opens all the same.",
        d="There is enough: 12,532 characters of training text. And a corpus opens however little there is in it; "
          "a text that is too short shows when training starts.",
    ),
    _case(
        2,
        "The file could be converted, and not one of its letters is Japanese.",
        "a",
        ("Count the bytes that may occur in a file, and the characters of ISO-8859-1. What follows for the "
         "conversion?", "Which of the four would leave not a single Japanese letter, in any place of the file?"),
        "A conversion that cannot fail proves nothing. Look at what comes out.",
        b="A font decides what a character looks like. A dictionary knows nothing of fonts: it lists the characters "
          "themselves, and these are other characters.",
        c="Damage leaves the text around it readable. Here every letter is wrong, and yet all bytes are still there: "
          "each became one character.",
        d="NFC joins letters with their accents, as e and ´ to é. It has never turned a Japanese letter into Ì.",
    ),
    _case(
        3,
        "A model file was opened, and then there was a folder that nobody had made.",
        "d",
        ("Neither the script nor the loader has a line that makes a folder.", "What does a pickle hold besides "
         "numbers and strings?"),
        "Opening it was enough. It could have been any other function of Python.",
        a="torch.load keeps no copies: it reads, and leaves the disk as it was. Besides, this folder is empty.",
        b="Such a file is indeed a zip archive inside. But torch reads it where it is and unpacks nothing "
          "to the disk.",
        c="`base_path` is an argument of `train`. A model file does not know where it was trained, and nothing was "
          "trained here.",
    ),
)  # fmt: skip

_WHILE_IT_TRAINS = (
    _case(
        4,
        "Five passes through the text, and the model is worse than counting.",
        "b",
        ("The line of the run says more than its bits.", "How many characters does one step use up, and how many "
         "characters are there?"),
        "Characters divided by T · B are the steps of an epoch. Hundreds are good, ten are few.",
        a="It is little, and yet the same text was enough for a 5-gram model to reach 4.1 bits.",
        c="It is the rate of the recipe, 3/H, with which models of this size learn well. We tried twice and four times "
          "as much: 5.4 bits, and that is still far from the 5-gram model.",
        d="Overfitting needs a train loss that is far better than the valid loss. Nothing has been learnt by heart "
          "here, neither the old text nor the new.",
    ),
    _case(
        5,
        "The learning rate falls and falls, and the model learns no more.",
        "d",
        ("What does the schedule wait for before it lowers the rate?", "How often is this model judged in one epoch, "
         "and how large is the text that it reads in between?"),
        "Patience is counted in splits: ten times as many splits use it up ten times sooner.",
        a="Then the first steps would be the worst. But the bits fall fastest while the rate is still 20, and stop "
          "falling once it is small.",
        b="One cycle has another shape: the rate rises first, then falls smoothly to its end. These are stairs, and "
          "each step down is a division by four.",
        c="The same model of 64 units reaches 3.3 bits when the rate is left alone. It could have learnt more.",
    ),
    _case(
        6,
        "Four runs, of which one needs nothing but more time.",
        "b",
        ("Look for a run that would still get better if it went on.", "Compare train with valid, the losses with "
         "the uniform line, and the first learning rate with the last."),
        "Two losses and the learning rate say most about a run; `loss.tsv` has all three.",
        a="Run A is worse than a model that knows nothing, ten times over, and it does not settle. A rate of 20 suits "
          "SGD with clipped gradients; AdamW moves every single weight by about the rate. More time will not help.",
        c="Run C gets better on what it reads again and again, and worse on everything else: its valid loss has "
          "turned. It needs more text, dropout, or an earlier stop.",
        d="Run D still crawls, but look at its learning rate: a thousandth of what it was. With steps that small you "
          "would wait for ever. It needs its rate back.",
    ),
    _case(
        7,
        "Before the first step of fine-tuning, a good model needs 16 bits per character.",
        "c",
        ("The weights are those of yesterday. What else does a model need to read a text?", "What does a model see of "
         "the letter e?"),
        "A model knows numbers, not letters. Only its dictionary knows which is which.",
        a="The right idea: read from the wrong end, this model needs 7.1 bits. But its name says forward, the text "
          "was not turned round, and 16 bits are far more than that.",
        b="This is news, which it was trained on. And even Arabic text, of "
          "which it can hardly read a letter, costs this model no more than 15.9.",
        d="There has been no step yet, so no rate could do any harm. The model itself is what it was.",
    ),
)  # fmt: skip

_AFTER_TRAINING = (
    _case(
        8,
        "The right last letter has the probability 0.25 after 1,757 steps.",
        "a",
        ("What would a model guess that knows which four letters there are, and nothing else?", "How far back does "
         "the gradient of a loss go, and how far apart are the two letters?"),
        "Take T from what has to be remembered. A sentence has 60 to 250 characters.",
        b="A good first guess. But after 7,027 steps, four times as many, it is still 0.25.",
        c="It can: LSTMs were invented for just that. Nothing in the cell limits it to ten characters.",
        d="A small batch makes noisy steps, and recipes for little text use 4 on purpose. Noise would slow the "
          "learning down; it would not stop it at a quarter.",
    ),
    _case(
        9,
        "The same text and the same training as in case 4, and less than one bit.",
        "b",
        ("One thing only differs from case 4.", "What is a Korean syllable to a dictionary of European letters?"),
        "Never read bits per character without the share of unknown characters beside them.",
        a="The other way round: a syllable holds more than a letter, so it costs more. In case 4 each cost about 4 "
          "bits.",
        c="Leaks make such numbers, too. But to profit from one a model has to learn text by heart, and so small a one "
          "does not manage that in five epochs. The text is also the same as in case 4, where nothing was too good.",
        d="The unit is in the name, and the same function gave 4.1 bits in case 4. A syllable has three bytes, and "
          "this text 2.4 a character, so per byte that would be 1.7: still more than twice what you see.",
    ),
    _case(
        10,
        "Two lines look alike, and most of the second one is unknown.",
        "d",
        ("Compare the two lengths.", "Put the line through `list(…)` in a new cell, and look at its first characters."),
        "`Dictionary.from_files` brings everything to NFC. If you build a dictionary by hand, ask for it.",
        a="Then the file would not have opened, or you would see rubbish. This line reads perfectly well.",
        b="New words are made of the same syllables, and here even the words are the same. What is unknown are "
          "characters.",
        c="Such characters exist, and they make a text longer. But they come between the letters and would leave the "
          "letters as they are: all syllables would still be known.",
    ),
    _case(
        11,
        "A perplexity of 3.0 against one of 240.",
        "c",
        ("A perplexity says among how many things a model wavers. Which things?", "How many characters has a word, "
         "with its space? Bits add up along it, so perplexities multiply."),
        "Never report a perplexity alone. Say per what, on which text, and what there was to beat.",
        a="Possible, but nothing hints at it. There is a simpler reason why one number is so much smaller.",
        b="It would be, if both counted the same thing.",
        d="log2 V is what a model pays that knows nothing: a bar that any model clears. It does not turn characters "
          "into words.",
    ),
    _case(
        12,
        "Twice as many pages, and half the bits.",
        "a",
        ("Think of a number that is too good rather than of a model that is.", "The counts of a 6-gram model: on what "
         "kind of test text would they be nearly perfect?"),
        "Real leaks are partial, and the gain is smaller: that makes it credible.",
        b="More text helps, but slowly: from half of these pages to all of them brings about 0.4 bits. Here "
          "more than half of all bits are gone.",
        c="Both weeks are read with the same dictionary, and it knows every character in them.",
        d="A model that has learnt by heart is good on what it has seen, and bad on what is new. If that made it "
          "better on the test text, ask what the test text is.",
    ),
)  # fmt: skip

_BY_HAND = Exercise(
    name="leaked_documents",
    task=(
        "Write `leaked_documents(train, held_out)`: the held-out documents that also occur in `train`, in the order of "
        "`held_out`, as a list. Both are lists of strings; blanks and line ends around a document do not count, and "
        "are not given back; empty documents are left out."
    ),
    hints=(
        "`strip()` takes blanks and line ends off both ends of a string.",
        "First make a set of the stripped training documents: looking something up in it is quick.",
        "Then go through held_out, and keep, stripped, what is not empty and is in the set.",
    ),
    reference=leaked_documents,
    cases=_leak_cases,
    diagnoses=_leak_mistakes,
    afterword="Run it on every corpus that came from the web: the same paragraph is often there many times.",
)

EXERCISES = (*_BEFORE, *_WHILE_IT_TRAINS, *_AFTER_TRAINING, _BY_HAND)
