"""What `drawing` says, in Korean."""

PHRASES = {
    "run the cell to see this": "셀을 실행하면 보입니다",
}
