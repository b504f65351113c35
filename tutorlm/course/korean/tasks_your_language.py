"""What `tasks.your_language` says, in Korean."""

PHRASES = {
    "Train a model on text of your own until it beats every n-gram model on the valid text. Answer with the "
    "folder of the model, such as `my_models/my_language/forward`; the corpus is the folder `corpus` beside it.": (
        "직접 고른 글로 모델을 훈련해, 검증 글에서 모든 n-그램 모델을 이겨 보세요. `my_models/my_language/forward`처럼 모델의 "
        "폴더로 답합니다. 말뭉치는 그 옆의 `corpus` 폴더입니다."
    ),
    "`check` says how many bits are missing. First give the training more seconds, and more epochs.": (
        "몇 비트가 모자라는지는 `check`가 알려 줍니다. 먼저 훈련 시간과 에폭을 늘려 보세요."
    ),
    "If train falls and valid rises, the text is too small for the model: more dropout, or more text. If both "
    "still fall at the end, train longer. `python -m tutorlm train` chooses settings by the size of the text.": (
        "훈련 손실은 내려가는데 검증 손실이 올라가면 모델에 비해 글이 적습니다. 드롭아웃을 높이거나 글을 더 모으세요. 둘 다 끝까지 "
        "내려가고 있으면 더 오래 훈련하세요. `python -m tutorlm train`[은/는] 글의 크기에 맞추어 설정을 고릅니다."
    ),
    "It has learnt something that no table holds. Whatever you say about it, say this beside it.": (
        "표에는 담기지 않는 것을 배운 모델입니다. 소개할 때는 n-그램과 비교한 이 결과도 함께 적으세요."
    ),
    "Make a pair of models of your own text that one could give away: forward and backward, better than every "
    "n-gram model on a hidden test text, with next to nothing unknown, and with a card. Answer with the folder.": (
        "직접 고른 글로, 남에게 줄 만한 모델 한 쌍을 만들어 보세요. 순방향과 역방향 모두 숨겨 둔 테스트 글에서 모든 n-그램 모델보다 "
        "좋아야 하고, 모르는 문자가 거의 없어야 하며, 카드가 있어야 합니다. 폴더로 답합니다."
    ),
    "The report takes the steps in order, and says what to do at the first that is not passed.": (
        "보고서는 단계를 차례로 점검하고, 처음으로 통과하지 못한 단계에서 무엇을 할지 알려 줍니다."
    ),
    "Both models need the same dictionary: make it once, and give it to both. `card.md` has five lines.": (
        "두 모델은 같은 사전을 써야 합니다. 한 번 만들어 둘 다에 쓰세요. `card.md`에는 다섯 줄이 필요합니다."
    ),
    "This is a pair that others can use. `report.html` in its folder is the page to show them.": (
        "다른 사람도 쓸 수 있는 한 쌍입니다. 폴더에 있는 `report.html`[을/를] 보여 주면 됩니다."
    ),
}
