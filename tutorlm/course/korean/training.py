"""Why a training ended, as `tutorlm.training` says it, in Korean."""

PHRASES = {
    "max_seconds={} are over": "max_seconds={}[이/가] 지났습니다",
    "all {} epochs done": "{}에폭을 모두 마쳤습니다",
    "the learning rate fell below min_learning_rate={}": "학습률이 min_learning_rate={}보다 낮아졌습니다",
}
