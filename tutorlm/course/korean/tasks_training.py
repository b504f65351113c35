"""What `tasks.training` says, in Korean."""

PHRASES = {
    # annealed_rates
    "Write `annealed_rates(valid_losses, learning_rate, anneal_factor, patience)`: the list of learning rates after "
    "each split. When more than `patience` splits in a row bring no new best valid loss, the rate is multiplied by "
    "`anneal_factor`, and counting begins anew.": (
        "`annealed_rates(valid_losses, learning_rate, anneal_factor, patience)`를 작성하세요. 각 분할 뒤의 학습률을 "
        "리스트로 돌려줍니다. `patience`개보다 많은 분할이 연달아 검증 손실의 최저 기록을 세우지 못하면 학습률에 "
        "`anneal_factor`를 곱하고, 처음부터 다시 셉니다."
    ),
    "Keep three things while you go through the losses: the best so far, a count of failures, the rate.": (
        "손실을 차례로 보면서 세 가지를 기억해 두세요. 지금까지의 최저 손실, 실패한 횟수, 학습률입니다."
    ),
    "A loss lower than the best sets the best and puts the count to 0; any other adds 1 to the count.": (
        "최저 손실보다 낮으면 기록을 바꾸고 횟수를 0으로 되돌립니다. 아니면 횟수에 1을 더합니다."
    ),
    "`if count > patience:` multiply the rate and put the count to 0. Append the rate after every split.": (
        "`if count > patience:`이면 학습률을 낮추고 횟수를 0으로 되돌립니다. 분할마다 그 뒤의 학습률을 리스트에 "
        "붙이세요."
    ),
    "One rate too many: give the rate after each split, not the one before the first.": (
        "학습률이 하나 많습니다. 첫 분할 전의 학습률은 빼고 각 분할 뒤의 학습률만 주세요."
    ),
    "Give one rate for each split, whether it changed or not.": "학습률이 바뀌었든 아니든 분할마다 하나씩 주세요.",
    "After the first split nothing has failed yet: its loss is the best so far, whatever it is.": (
        "첫 분할 뒤에는 아직 실패가 없습니다. 손실이 얼마든 지금까지 가장 낮습니다."
    ),
    "Those are the rates that the splits were trained with. Give the rate after each split.": (
        "분할을 훈련할 때 쓴 학습률입니다. 각 분할 뒤의 학습률을 주세요."
    ),
    "The first split counts as a failure. Begin with a best of `math.inf`, and any loss is lower.": (
        "첫 분할을 실패로 셌습니다. 최저 손실을 `math.inf`로 두고 시작하면 어떤 손실이든 더 낮습니다."
    ),
    "The rate grows. Multiply by `anneal_factor`, which is below 1; Flair's text calls 0.25 a factor of 4.": (
        "학습률이 커집니다. 1보다 작은 `anneal_factor`를 곱하세요. Flair의 글은 0.25를 4라고 부릅니다."
    ),
    "One split too early: `patience` splits may fail, and the next one makes the rate fall.": (
        "한 분할 이릅니다. 분할이 `patience`개까지는 실패해도 되고, 그다음 분할에서 학습률이 떨어집니다."
    ),
    "One split too late: the rate falls as soon as more than `patience` splits in a row have failed.": (
        "한 분할 늦습니다. 연달아 실패한 분할이 `patience`개보다 많아지면 바로 학습률이 떨어집니다."
    ),
    "You compare with the split before. What counts is a new best: lower than every loss so far.": (
        "바로 앞 분할과 견주었습니다. 중요한 것은 최저 기록입니다. 지금까지의 모든 손실보다 낮아야 합니다."
    ),
    "After the rate has fallen, counting begins anew at 0; yours falls with every further split.": (
        "학습률이 떨어진 뒤에는 0부터 다시 셉니다. 지금은 그 뒤로 분할마다 떨어집니다."
    ),
    "A loss equal to the best is not better. Only a lower one counts.": (
        "최저 손실과 같으면 나아진 것이 아닙니다. 더 낮아야 합니다."
    ),
    "A new best sets the count back to 0: it counts splits in a row.": (
        "최저 기록이 나오면 횟수를 0으로 되돌립니다. 연달아 실패한 분할을 세기 때문입니다."
    ),
    "Nothing in it knows how long a split is: cut the same text into ten times as many files, and patience lasts a "
    "tenth as long.": (
        "이 규칙은 분할이 얼마나 긴지 모릅니다. 같은 글을 열 배 많은 파일로 나누면, 참는 시간이 십분의 일이 됩니다."
    ),
    # one_cycle_rate
    "Write `one_cycle_rate(done, highest)`: the learning rate when a share `done` (0 … 1) of the run is over. In "
    "the first tenth it rises in a straight line from 0.04 of the highest rate to the highest; then it falls along "
    "half a cosine to 0.": (
        "`one_cycle_rate(done, highest)`를 작성하세요. 훈련이 `done`(0 … 1)만큼 지났을 때의 학습률입니다. 처음 십분의 "
        "일에서는 최고 학습률의 0.04배에서 최고 학습률까지 곧게 올라가고, 그다음에는 코사인 반 주기를 따라 0까지 "
        "내려갑니다."
    ),
    "Two cases: `done < 0.1` and the rest. At 0.1 both give the highest rate.": (
        "`done < 0.1`인 때와 나머지, 두 경우로 나누세요. 0.1에서는 둘 다 최고 학습률이 됩니다."
    ),
    "The rise: 0.04 + 0.96 * done / 0.1. For the fall, say first how much of it is over, from 0 to 1: (done - 0.1) "
    "/ 0.9.": (
        "오르막은 0.04 + 0.96 * done / 0.1입니다. 내리막에서는 얼마나 내려왔는지를 먼저 0에서 1까지의 수로 "
        "나타내세요. (done - 0.1) / 0.9입니다."
    ),
    "The fall: 0.5 + 0.5 * math.cos(math.pi * (done - 0.1) / 0.9). Both times `highest`.": (
        "내리막은 0.5 + 0.5 * math.cos(math.pi * (done - 0.1) / 0.9)입니다. 둘 다 `highest`를 곱하세요."
    ),
    "The rate starts at 0: the first step would do nothing. It rises from a twenty-fifth of the highest, 0.04.": (
        "학습률이 0에서 시작합니다. 그러면 첫 스텝은 아무 일도 하지 않습니다. 최고 학습률의 이십오분의 일, 곧 "
        "0.04배에서 올라갑니다."
    ),
    "Your cosine began at the start of the run. It begins when the rise is over: use (done - 0.1) / 0.9.": (
        "코사인이 훈련의 처음부터 시작했습니다. 오르막이 끝날 때 시작해야 합니다. (done - 0.1) / 0.9를 쓰세요."
    ),
    "The fall does not reach 0 at the end. It has nine tenths of the run for half a cosine: divide by 0.9.": (
        "끝에서 0까지 내려가지 않습니다. 훈련의 십분의 구 동안 코사인 반 주기를 지나야 하니 0.9로 나누세요."
    ),
    "A cosine runs from 1 to -1, and a rate below 0 climbs away from the goal. Take 0.5 + 0.5 * cos(…).": (
        "코사인은 1에서 -1까지 가는데, 학습률이 0보다 작으면 목표에서 거꾸로 올라갑니다. 0.5 + 0.5 * cos(…)로 하세요."
    ),
    "Yours is a quarter of a cosine, which ends steeply. Half of one, from 1 to -1, is flat at both ends.": (
        "코사인 사분의 일 주기라서 끝이 가파릅니다. 1에서 -1까지 가는 반 주기는 양쪽 끝이 완만합니다."
    ),
    "Yours is a whole cosine: the rate is back at its highest at the end. Half of one reaches up to pi.": (
        "코사인 한 주기를 다 돌아 끝에서 다시 최고 학습률이 됩니다. 반 주기는 pi까지입니다."
    ),
    "The fall is a straight line. It should follow half a cosine: flat, then steep, then flat again.": (
        "내리막이 직선입니다. 코사인 반 주기를 따라 완만하게, 가파르게, 다시 완만하게 내려가야 합니다."
    ),
    "At a tenth of the run your cosine begins at twice the highest rate: 1 + cos(…) runs from 2 to 0. Halve it.": (
        "훈련의 십분의 일에서 코사인이 최고 학습률의 두 배로 시작합니다. 1 + cos(…)는 2에서 0까지 갑니다. 반으로 "
        "나누세요."
    ),
    "`math.cos` counts angles in radians: half a turn is `math.pi`, not 180.": (
        "`math.cos`는 각을 라디안으로 잽니다. 반 바퀴는 180이 아니라 `math.pi`입니다."
    ),
    "The rise goes too far. It begins at 0.04, so 0.96 are left to climb.": (
        "너무 높이 올라갑니다. 0.04에서 시작하니 올라갈 것은 0.96만 남았습니다."
    ),
    "There is no rise yet: in the first tenth of the run the rate climbs in a straight line.": (
        "아직 오르막이 없습니다. 훈련의 처음 십분의 일 동안 학습률이 곧게 올라가야 합니다."
    ),
    "The rise is too slow: it has to arrive when a tenth of the run is over, so divide `done` by 0.1.": (
        "너무 천천히 올라갑니다. 훈련의 십분의 일이 지났을 때 다 올라가야 하니 `done`을 0.1로 나누세요."
    ),
    "That is a share of the highest rate. Multiply by `highest`.": (
        "최고 학습률의 몇 배인지만 나왔습니다. `highest`를 곱하세요."
    ),
    "It needs to know when the run ends, and nothing else: no patience, no count of splits.": (
        "훈련이 언제 끝나는지만 알면 됩니다. 인내도, 분할을 세는 일도 필요 없습니다."
    ),
    # best_split
    "Write `best_split(valid_losses, wait)`: go through the valid losses in order and stop as soon as `wait` splits "
    "in a row have brought no new best. Return the number of the best split, counting from 0, and how many splits "
    "were run.": (
        "`best_split(valid_losses, wait)`를 작성하세요. 검증 손실을 차례로 보다가 `wait`개의 분할이 연달아 최저 "
        "기록을 세우지 못하면 바로 멈춥니다. 가장 좋은 분할의 번호(0부터 셉니다)와 훈련한 분할의 수를 돌려주세요."
    ),
    "Keep the number of the best split so far while you go through `enumerate(valid_losses)`.": (
        "`enumerate(valid_losses)`를 차례로 보면서 지금까지 가장 좋은 분할의 번호를 기억해 두세요."
    ),
    "A loss lower than that of the best split makes its number the best. Anything else changes nothing.": (
        "가장 좋은 분할의 손실보다 낮으면 그 번호가 새로 가장 좋은 번호입니다. 아니면 아무것도 바뀌지 않습니다."
    ),
    "`number - best` is how many splits in a row have failed. If it is `wait`, leave the loop by `break`.": (
        "`number - best`는 연달아 실패한 분할의 수입니다. 이것이 `wait`와 같으면 `break`로 반복을 끝내세요."
    ),
    "There are only {} splits: when the losses end, the run is over, too.": (
        "분할은 {}개뿐입니다. 손실이 끝나면 훈련도 끝입니다."
    ),
    "The two numbers are the other way round: first the best split, then how many splits were run.": (
        "두 숫자의 순서가 바뀌었습니다. 가장 좋은 분할이 먼저, 훈련한 분할의 수가 나중입니다."
    ),
    "You count the splits from 1. Count them from 0, as Python does.": (
        "분할을 1부터 셌습니다. 파이썬처럼 0부터 세세요."
    ),
    "Your best split was never run: look only at the splits before the end.": (
        "가장 좋다고 한 분할은 훈련한 적이 없습니다. 멈추기 전의 분할만 보세요."
    ),
    "Yours never stops. After {} splits in a row without a new best, the run is over.": (
        "멈추지 않습니다. 분할 {}개가 연달아 최저 기록을 세우지 못하면 훈련이 끝납니다."
    ),
    "One split too late: {} failures in a row, the value of `wait`, are enough.": (
        "한 분할 늦습니다. `wait`의 값인 {}번만 연달아 실패하면 됩니다."
    ),
    "One split too early: the run stops when {} splits in a row have failed.": (
        "한 분할 이릅니다. 분할 {}개가 연달아 실패해야 멈춥니다."
    ),
    "The second is a number of splits: if the last was number 3, counting from 0, 4 were run.": (
        "둘째는 분할의 수입니다. 마지막이 0부터 세어 3번이었다면 4개를 훈련했습니다."
    ),
    "You compare with the split before. A new best is lower than all.": (
        "바로 앞 분할과 견주었습니다. 최저 기록은 앞의 모든 손실보다 낮습니다."
    ),
    "A new best sets the count back to 0: `wait` counts splits in a row.": (
        "최저 기록이 나오면 횟수를 0으로 되돌립니다. `wait`는 연달아 실패한 분할을 셉니다."
    ),
    "The first number is the loss of the best split. Return which split it was, counting from 0.": (
        "첫째 숫자가 가장 좋은 분할의 손실입니다. 몇 번 분할인지를 0부터 세어 돌려주세요."
    ),
    "This is early stopping. It saves time; best-lm.pt holds the best model with or without it.": (
        "이것이 조기 종료입니다. 시간을 아껴 줍니다. 조기 종료를 하든 하지 않든 best-lm.pt에는 가장 좋은 모델이 "
        "있습니다."
    ),
    # what_happened
    "In bits per character, a run has train 4.9, 3.2, 2.5, 1.9, 1.4 and valid 4.7, 3.5, 3.3, 3.5, 3.9. What "
    'happened? Answer "too high" or "too low" (the learning rate), "annealed" (too early) or "overfitting".': (
        "어떤 훈련에서 문자당 비트 수가 훈련 글은 4.9, 3.2, 2.5, 1.9, 1.4, 검증 글은 4.7, 3.5, 3.3, 3.5, 3.9였습니다. "
        '무슨 일이 있었을까요? "too high"(학습률이 너무 높음), "too low"(학습률이 너무 낮음), "annealed"(학습률을 '
        '너무 일찍 낮춤), "overfitting"(과적합) 가운데 하나로 답하세요.'
    ),
    "Look at the train losses first: is the model still learning something?": (
        "훈련 손실부터 보세요. 모델은 아직 무언가를 배우고 있을까요?"
    ),
    "Then at the valid losses: where is the lowest, and which way do they go after it?": (
        "다음은 검증 손실입니다. 가장 낮은 곳은 어디이고, 그 뒤로는 어느 쪽으로 갈까요?"
    ),
    "What gets better on the text it sees, and worse on a text it does not, was learnt by heart.": (
        "보는 글에서는 좋아지는데 보지 않는 글에서는 나빠진다면, 외운 것입니다."
    ),
    "A learning rate too high shows in the train loss: it jumps, or stays above that of a guess.": (
        "학습률이 너무 높으면 훈련 손실에서 드러납니다. 이리저리 뛰거나, 무작정 찍을 때보다 높은 곳에 머뭅니다."
    ),
    "With a learning rate too low the train loss creeps. Here it falls fast, and far.": (
        "학습률이 너무 낮으면 훈련 손실이 기어갑니다. 여기서는 빠르게, 많이 내려갑니다."
    ),
    "After annealing too early both curves lie flat. Here the train loss still falls.": (
        "학습률을 너무 일찍 낮추면 두 곡선이 모두 평평합니다. 여기서는 훈련 손실이 아직 내려갑니다."
    ),
    "The remedy is more text. Until then, best-lm.pt keeps the model of the third split.": (
        "글을 늘리면 나아집니다. 그때까지는 best-lm.pt에 세 번째 분할의 모델이 남아 있습니다."
    ),
}
