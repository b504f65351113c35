"""What `live` says, in Korean."""

PHRASES = {
    "a live plot of a training run": "훈련 과정을 실시간으로 그리는 그림",
    "training …": "훈련 중 …",
    "the plot is switched off, training goes on ({})": "그림은 껐고 훈련은 계속합니다({})",
    "The end of the training": "훈련의 끝",
    "On Colab training runs in the foreground: stop it with ■. The next cells wait until it ends.": (
        "Colab에서는 훈련이 끝나야 다음 셀이 실행됩니다. 훈련을 끝내려면 ■를 누르세요."
    ),
    "training": "훈련 중",
    "paused": "일시 정지",
    "stopping": "끝내는 중",
    "finished": "끝남",
    "failed": "실패",
    "stopped by the button": "버튼으로 끝냄",
    "stopped on request": "요청을 받고 끝냄",
    "a cell is waiting for the end, ■ stops it": "셀에서 훈련이 끝나기를 기다리고 있습니다. 끝내려면 ■를 누르세요",
    "Pause": "일시 정지",
    "pause at the next step": "다음 스텝에서 일시 정지합니다",
    "Resume": "계속",
    "continue after a pause": "이어서 훈련합니다",
    "Stop": "끝내기",
    "end at the next step; the best model is saved": "다음 스텝에서 끝냅니다. 가장 좋은 모델이 저장됩니다",
    "learning rate": "학습률",
    "highest rate": "최고 학습률",
}
