"""What `barred` says, in Korean."""

PHRASES = {
    "{} bits": "{}비트",
    ", not in the dictionary": ", 사전에 없음",
    "expected: {}": "모델의 예상: {}",
}
