"""What `learner` says, in Korean."""

PHRASES = {
    "no guess yet": "아직 예상이 없습니다",
    "Put your guess in place of `...` and run this cell. You learn most from a wrong one.": (
        "`...` 자리에 예상을 적고 이 셀을 실행해 보세요. 빗나간 예상에서 가장 많이 배웁니다."
    ),
    "noted": "적어 두었습니다",
    "Your guess is {}. Now run the next cell.": "예상: {}. 이제 다음 셀을 실행해 보세요.",
    "It is {}.": "결과는 {}입니다.",
    "revealed": "결과",
    "{} (No guess was kept: run the cell with `predict` first, if you like.)": (
        "{} (적어 둔 예상이 없습니다. `predict`가 있는 셀을 먼저 실행하면 예상을 적을 수 있습니다.)"
    ),
    "as you guessed": "예상이 맞았습니다",
    "close": "거의 맞았습니다",
    "You guessed {}. {}": "{}[이라/라]고 예상했습니다. {}",
    "You guessed {}, which is no number. {}": "{}[이라/라]고 예상했는데, 숫자가 아닙니다. {}",
    "You guessed {}. {} Your guess was {}.": "{}[이라/라]고 예상했습니다. {} 예상이 {}.",
    "{} too high": "{}만큼 높았습니다",
    "{} too low": "{}만큼 낮았습니다",
    "{} of {} exercises solved. By notebook: {}": "연습 문제 {1}개 중 {0}개를 풀었습니다. 노트북별: {2}",
}
