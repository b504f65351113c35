"""What `giving` says, in Korean."""

PHRASES = {
    "your own pair, from {}": "내가 만든 쌍: {}",
    "the rehearsal of notebook 12, from {}: there is no pair of your own yet": (
        "노트북 12의 예행연습에서 만든 쌍: {}. 내가 만든 쌍은 아직 없습니다"
    ),
    "ready models, {}: notebook 12 has not been run to its report in this folder": (
        "과정에 들어 있는 모델 {}. 이 폴더에서는 노트북 12를 보고서까지 실행한 적이 없습니다"
    ),
    "Also in the card: {}": "카드에 더 있는 것: {}",
    "That is all of the card.": "카드는 이것이 전부입니다.",
}
