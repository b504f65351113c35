"""What `comparisons` says, in Korean."""

PHRASES = {
    "bits per character": "문자당 비트 수",
    "Chart of {}.": "그래프: {}.",
    "Chart of {} by {}.": "그래프: {1}에 따른 {0}.",
}
