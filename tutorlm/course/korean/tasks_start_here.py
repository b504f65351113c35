"""What `tasks.start_here` says, in Korean."""

PHRASES = {
    "Those are the characters themselves. Return how many there are: `len` counts them.": (
        "문자 자체를 돌려주었습니다. 몇 개인지 돌려주세요. `len`[으로/로] 셀 수 있습니다."
    ),
    "You count every character. Each kind counts once: a `set` keeps one of each.": (
        "문자를 모두 세었습니다. 종류마다 한 번만 세어야 합니다. `set`에는 같은 것이 하나씩만 남습니다."
    ),
    "You lower-case the text first. To a model, A and a are two characters.": (
        "글을 먼저 소문자로 바꾸었습니다. 모델에게 A와 a는 서로 다른 문자입니다."
    ),
    "The space is a character too, like any other.": "공백도 다른 문자와 똑같이 문자 하나입니다.",
    "Space and line end are characters too, like any other.": "공백과 줄바꿈도 다른 문자와 똑같이 문자입니다.",
    "Not only letters count: marks, digits, spaces and line ends do too.": (
        "글자만 세면 안 됩니다. 문장 부호, 숫자, 공백, 줄바꿈도 셉니다."
    ),
    "Those are the words. Count the characters.": "단어를 세었습니다. 문자를 세어 보세요.",
    "Those are the different words. Count the characters.": "서로 다른 단어를 세었습니다. 문자를 세어 보세요.",
    "That is one too many. The dictionary will add <unk>; here, count what the text holds.": (
        "하나 많습니다. <unk>는 나중에 사전이 더합니다. 여기서는 글에 있는 것만 세어 보세요."
    ),
    "The right character is in it. Return this character alone.": "맞는 문자가 들어 있습니다. 그 문자만 돌려주세요.",
    "That is a number, perhaps the place of the highest one. Return the character at that place.": (
        "숫자를 돌려주었습니다. 가장 높은 확률의 자리인 듯합니다. 그 자리의 문자를 돌려주세요."
    ),
    "That is the probability. Give back the character that has it.": (
        "확률을 돌려주었습니다. 그 확률의 문자를 돌려주세요."
    ),
    "That is the least likely one. `max` finds the highest.": (
        "확률이 가장 낮은 문자입니다. 가장 높은 것은 `max`[으로/로] 찾습니다."
    ),
    "That is the last one by Unicode: `max` or `sorted` of a dictionary compares its keys, the characters. "
    "Tell it to compare their probabilities.": (
        "유니코드 순서로 마지막 문자입니다. 딕셔너리에 `max`나 `sorted`를 쓰면 키인 문자끼리 비교합니다. 확률을 비교하게 해 보세요."
    ),
    "That is the first one. The order of the dictionary does not matter, the probabilities do.": (
        "첫 번째 문자입니다. 딕셔너리의 순서가 아니라 확률을 보아야 합니다."
    ),
    "Write `alphabet_size(text)`: how many different characters does a text have?": (
        "`alphabet_size(text)`를 작성하세요. 글에 서로 다른 문자가 몇 개 있는지 돌려줍니다."
    ),
    "A Python `set` keeps each thing once. A string can be made into one.": (
        "파이썬 `set`에는 같은 것이 하나씩만 들어갑니다. 문자열도 집합으로 만들 수 있습니다."
    ),
    "The body is one line: the length of `set(text)`.": "본문은 한 줄입니다. `set(text)`의 길이를 돌려주면 됩니다.",
    "With one more for <unk>, everything unknown, this is V: the number of answers a model chooses from.": (
        "여기에 사전에 없는 문자를 모두 대신하는 <unk> 하나를 더하면 V, 곧 모델이 고를 수 있는 답의 수가 됩니다."
    ),
    "Write `likeliest(probabilities)`: `probabilities` is a dictionary from characters to probabilities. "
    "Return the character with the highest one.": (
        "`likeliest(probabilities)`를 작성하세요. `probabilities`는 문자마다 확률을 적은 딕셔너리입니다. "
        "확률이 가장 높은 문자를 돌려줍니다."
    ),
    "Python's `max` can do it, if you tell it what to compare by.": (
        "무엇을 비교할지 알려 주면 파이썬의 `max`[으로/로] 할 수 있습니다."
    ),
    "`max(probabilities, key=...)`: the key is a function from a character to its probability, "
    "and `probabilities.get` is one.": (
        "`max(probabilities, key=...)`: key는 문자를 받아 확률을 돌려주는 함수입니다. `probabilities.get`[이/가] 바로 그런 "
        "함수입니다."
    ),
    "At temperature 0 a model writes in just this way. The next cells show what comes of it.": (
        "온도가 0이면 모델은 꼭 이렇게 글을 씁니다. 그러면 어떻게 되는지 다음 셀에서 볼 수 있습니다."
    ),
}
