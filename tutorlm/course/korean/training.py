"""Why a training ended, as `tutorlm.training` says it, in Korean."""

PHRASES = {
    "max_seconds={} are over": "정한 시간이 지났습니다(max_seconds={})",
    "all {} epochs done": "{}에폭을 모두 마쳤습니다",
    "interrupted: the best model is saved; {}": "중단했습니다. 가장 좋은 모델은 저장했습니다. {}",
    "{}.train(…), with the arguments of this run, continues it; on the command line --resume": (
        "{}.train(…)에 이 훈련의 인자를 그대로 주면 이어서 훈련합니다. 명령줄에서는 --resume을 쓰세요"
    ),
    "with checkpoint=True the run could be resumed": "checkpoint=True로 훈련하면 이어서 훈련할 수 있습니다",
    "the learning rate fell below min_learning_rate={}": "학습률이 min_learning_rate={}보다 낮아졌습니다",
}
