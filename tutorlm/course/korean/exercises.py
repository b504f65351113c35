"""What `exercises` says, in Korean."""

PHRASES = {
    "hint": "힌트",
    "hint {} of {}": "힌트 {0}/{1}",
    "1 hint": "1개",
    "{} hints": "{}개",
    'There are {}. After the last, solution("{}") shows one way to do it.': (
        '힌트는 모두 {}입니다. 마지막 힌트 다음에는 solution("{}")에서 해답을 하나 볼 수 있습니다.'
    ),
    '(hint("{}", {}) says more.)': '(더 자세한 힌트: hint("{}", {}))',
    '(solution("{}") shows one way.)': '(해답 하나: solution("{}"))',
    "solution": "해답",
    "There is none to copy: your own folder is judged.": "베껴 쓸 해답은 없습니다. 여러분의 폴더를 채점합니다.",
    "One way to do it:": "이렇게 할 수 있습니다.",
    "the course's solution, until yours is right": "맞힐 때까지 이 과정의 함수를 대신 씁니다",
    "Solutions": "해답",
    "One way to do each exercise. Yours may be another: `check` has the last word.": (
        "연습 문제마다 해답을 하나씩 실었습니다. 다르게 풀어도 됩니다. 맞았는지는 `check`가 판정합니다."
    ),
    "(Your own folder is judged.)": "(여러분의 폴더를 채점합니다.)",
}
