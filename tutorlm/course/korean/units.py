"""What `units` says, in Korean."""

PHRASES = {
    "inside quotation marks": "따옴표 안",
    "a space": "공백",
    "a space comes next": "다음이 공백",
    "a line end": "줄 끝",
    "a capital letter": "대문자",
    "a digit": "숫자",
    "punctuation": "문장 부호",
}
