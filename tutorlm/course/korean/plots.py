"""What `plots` says, in Korean."""

PHRASES = {
    "bits per character": "문자당 비트 수",
    "step": "스텝",
    "train": "훈련(train)",
    "valid": "검증(valid)",
    "{}, train": "{}, 훈련(train)",
    "{}, valid": "{}, 검증(valid)",
    "Chart of {} by {}.": "그래프: {1}에 따른 {0}.",
    "Chart of loss in bits per character by step.": "그래프: 스텝에 따른 손실(문자당 비트 수).",
}
