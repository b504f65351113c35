"""What `comparisons` says, in Korean."""

PHRASES = {
    "bits per character": "문자당 비트 수",
    "Chart of {}.": "도표: {}.",
    "Chart of {} by {}.": "도표: {1}에 따른 {0}.",
}
