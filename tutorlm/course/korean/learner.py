"""What `learner` says, in Korean."""

PHRASES = {
    "no guess yet": "아직 예상이 없습니다",
    "Put your guess in place of `...` and run this cell. You learn most from a wrong one.": (
        "`...` 자리에 예상을 적고 이 셀을 실행해 보세요. 빗나간 예상에서 가장 많이 배웁니다."
    ),
    "noted": "적어 두었습니다",
    "Your guess is {}. Now run the next cell.": "예상은 {}입니다. 이제 다음 셀을 실행해 보세요.",
    "It is {}.": "결과는 {}입니다.",
    "revealed": "결과",
    "{} (No guess was kept: run the cell with `predict` first, if you like.)": (
        "{} (예상을 적어 두지 않았습니다. 원하면 `predict`가 있는 셀을 먼저 실행해 보세요.)"
    ),
    "as you guessed": "예상대로입니다",
    "You guessed {}. {}": "예상은 {}였습니다. {}",
}
