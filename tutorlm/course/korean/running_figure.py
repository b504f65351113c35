"""What `running_figure` says, in Korean."""

PHRASES = {
    "bits per character": "문자당 비트 수",
    "rate": "학습률(rate)",
    "step": "스텝",
    "train": "훈련(train)",
    "valid": "검증(valid)",
}
