"""What `run_state` says, in Korean."""

PHRASES = {
    "all epochs done": "모든 에폭이 끝났습니다",
    "forward": "순방향",
    "backward": "역방향",
    "best valid {} bits per character": "검증 최저 문자당 {}비트",
    "{} model: {}": "{} 모델: {}",
    "{} model: step {}, train {}, {}": "{} 모델: 스텝 {}, 훈련 {}, {}",
    "Training": "훈련",
    "valid {}, best {}": "검증 {}, 최저 {}",
    "before the first step: {} bits per character": "첫 스텝 전: {}(문자당 비트 수)",
    "{} left": "{} 남음",
    "step {}, epoch {}, split {} of {} · train {}, {} bits per character · learning rate {} · {} characters/s · {}": (
        "스텝 {}, 에폭 {}, 분할 {}/{} · 훈련 {}, {}(문자당 비트 수) · 학습률 {} · 초당 {}자 · {}"
    ),
    "backward, so from its last character to its first": "역방향이므로 마지막 문자부터 첫 문자까지",
    "At step {} the model writes ({}):": "스텝 {}에서 모델이 쓴 글({}):",
}
