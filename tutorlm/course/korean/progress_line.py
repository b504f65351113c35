"""What `progress_line` says, in Korean."""

PHRASES = {
    "forward": "순방향",
    "backward": "역방향",
    "before the first step, valid {} bits per character": "첫 스텝 전, 검증 문자당 {}비트",
    "step {}, train {}, best valid {} bits per character, {} s": (
        "스텝 {}, 훈련 {}, 검증 최저 {}(문자당 비트 수), {}초"
    ),
    "best valid {} bits per character": "검증 최저 문자당 {}비트",
    "{} steps, {}, {} s": "{}스텝, {}, {}초",
}
