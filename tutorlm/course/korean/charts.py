"""What `charts` says, in Korean."""

PHRASES = {
    "train": "훈련(train)",
    "valid": "검증(valid)",
    "forward": "순방향",
    "backward": "역방향",
    "nothing": "없음",
    "{}: from {} at {} to {} at {}": "{0}: {2}일 때 {1}, {4}일 때 {3}",
    ", lowest {} at {}": ", 최저 {0}({1}일 때)",
    ", highest {} at {}": ", 최고 {0}({1}일 때)",
}
