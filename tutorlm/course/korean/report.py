"""What `report` says, in Korean."""

PHRASES = {
    "How well each model guesses the next character of a text that it has not learnt from: fewer bits are better. The "
    "grey models only count characters; a 3-gram, for one, looks at the two before.": (
        "배우지 않은 글에서 다음 문자를 얼마나 잘 맞히는지 나타냅니다. 비트 수가 적을수록 좋습니다. 회색 모델은 문자를 세기만 "
        "합니다. 이를테면 3-gram은 앞의 두 문자를 봅니다."
    ),
    "forward": "순방향",
    "backward": "역방향",
    "This could not be examined. {}": "살펴볼 수 없습니다. {}",
    "{} writes:": "{} 모델이 쓴 글:",
    "A model of your own": "내가 만든 모델",
    "the card says": "카드의 내용",
    "Bits per character on the {} text": "{} 글의 문자당 비트 수",
    "What the {} model writes": "{} 모델이 쓴 글",
    "Report on a language model": "언어 모델 보고서",
    "examining": "점검 중",
    "Bits per character on the {} text: {}": "{} 글의 문자당 비트 수: {}",
}
