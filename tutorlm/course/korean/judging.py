"""What `judging` says, in Korean."""

PHRASES = {
    "right": "맞았습니다",
    "try again": "다시 해 보세요",
    "not yet": "아직입니다",
    "The answer could not be judged: looking at it raised {}": "채점할 수 없습니다. 답을 살펴보다가 오류가 났습니다: {}",
    "The answer is still a placeholder.": "답이 아직 빈자리입니다.",
    "The answer should be a function, but this is {}. Pass the function itself, not its result.": (
        "답은 함수여야 하는데 {}입니다. 함수의 결과가 아니라 함수 자체를 넘겨 주세요."
    ),
    "The function has no body yet.": "함수 본문이 아직 없습니다.",
    "Answer with the name of a folder; this is {}.": "폴더 이름으로 답해 주세요. 지금 답은 {}입니다.",
    "Answer with one of {}; this is {}.": "{} 중 하나로 답해 주세요. 지금 답은 {}입니다.",
    "The answer should be a value, but this is a function: call it.": (
        "답은 값이어야 하는데 함수입니다. 함수를 호출하세요."
    ),
    "Your function does not accept the arguments below: {}.": "함수가 아래 인자를 받지 못합니다: {}.",
    "The function is not written yet.": "함수를 아직 작성하지 않았습니다.",
    "The function still returns a placeholder.": "함수가 아직 빈자리를 돌려줍니다.",
    "Your function changed its input, which its caller may still need. Work on a copy, or create a new value.": (
        "함수가 입력을 바꾸었습니다. 호출한 쪽에서 아직 쓸 수도 있으니, 복사본으로 작업하거나 새 값을 만드세요."
    ),
    "the answer is None: perhaps `return` is missing, or it prints what it should return": (
        "답이 None입니다. `return`을 빠뜨렸거나, 돌려줄 값을 출력만 했는지 확인해 보세요"
    ),
    "line {}": "{}번째 줄",
    "line {} of your code": "작성한 코드의 {}번째 줄",
    "The function still has a `...` in it.": "함수 안에 아직 `...`[이/가] 있습니다.",
    "Your function raised {}": "함수를 실행하다가 오류가 났습니다: {}",
    "{}, whose message cannot be shown": "{}(메시지를 보여 줄 수 없습니다)",
    "input": "입력",
    "expected": "기대한 값",
    "got": "나온 값",
    "first difference": "처음으로 다른 곳",
    '(hint("{}") helps.)': '(힌트: hint("{}"))',
}
