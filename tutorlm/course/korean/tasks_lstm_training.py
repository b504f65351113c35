"""What `tasks.lstm_training` says, in Korean."""

PHRASES = {
    # training_step
    "Write `training_step(weights, window, hidden, bits_of, learning_rate, clip)`. weights is a dict of "
    "tensors. `bits_of(weights, window, hidden)` returns the loss, a tensor, and the hidden state (h, c) after "
    "the window. Return the loss as a number, a dict of new weights, and (h, c) detached.": (
        "`training_step(weights, window, hidden, bits_of, learning_rate, clip)`을 작성하세요. weights는 텐서가 든 "
        "딕셔너리(dict)입니다. `bits_of(weights, window, hidden)`은 텐서인 손실과, 창을 읽고 난 은닉 상태 (h, c)를 "
        "돌려줍니다. 손실은 수로, 새 가중치는 딕셔너리로, (h, c)는 떼어 내서 돌려주세요."
    ),
    "`torch.autograd.grad(loss, list(weights.values()))` gives one gradient for each weight, in the same "
    "order. Their common norm is the root of the sum of all squares.": (
        "`torch.autograd.grad(loss, list(weights.values()))`는 가중치마다 그레이디언트를 하나씩, 같은 순서로 줍니다. "
        "전체의 노름은 모든 수를 제곱해서 더한 값의 제곱근입니다."
    ),
    "The factor min(1, clip / norm) is the same for all gradients. New weight: "
    "weight - learning_rate * factor * gradient.": (
        "배율 min(1, clip / norm)은 모든 그레이디언트에 똑같습니다. 새 가중치는 weight - learning_rate * factor * "
        "gradient입니다."
    ),
    "Of each new weight take `.detach().requires_grad_()`, so that it has no record and can learn again. "
    "At the end: `return loss.item(), new, (h.detach(), c.detach())`.": (
        "새 가중치마다 `.detach().requires_grad_()`를 붙이세요. 그래야 기록이 끊기고 다시 배울 수 있습니다. "
        "끝에는 `return loss.item(), new, (h.detach(), c.detach())`를 쓰세요."
    ),
    "Every neural network you have heard of was trained by a step like this one, repeated.": (
        "들어 본 적 있는 신경망은 모두 이런 스텝을 되풀이해서 훈련했습니다."
    ),
    "Give back three things: the loss as a number, the new weights as a dict, and the pair (h, c).": (
        "세 가지를 돌려주세요. 수로 바꾼 손실, 새 가중치가 든 딕셔너리, 쌍 (h, c)입니다."
    ),
    "Give the loss as a number: `loss.item()`. The tensor would keep its whole record alive.": (
        "손실은 `loss.item()`을 써서 수로 돌려주세요. 텐서로 두면 기록 전체가 그대로 남습니다."
    ),
    "Give the new weights as a dict with the names of the old ones.": (
        "새 가중치는 옛 가중치와 이름이 같은 딕셔너리로 돌려주세요."
    ),
    "The weights go up the slope, and the loss grows. Subtract the gradient.": (
        "가중치가 비탈을 올라가서 손실이 커집니다. 그레이디언트를 빼세요."
    ),
    "Each gradient is clipped by itself, which changes the direction of the step. There is one norm, that of all "
    "gradients together, and one factor.": (
        "그레이디언트마다 따로 클리핑해서 스텝의 방향이 바뀝니다. 노름은 모든 그레이디언트를 합쳐 하나이고, 배율도 "
        "하나입니다."
    ),
    "The gradients are never clipped: where their norm is above `clip`, scale them down to it.": (
        "그레이디언트를 클리핑하지 않았습니다. 노름이 `clip`보다 크면 그 길이로 줄이세요."
    ),
    "The gradients are always scaled to the length `clip`, also where they are shorter. The factor is at most 1.": (
        "그레이디언트가 더 짧을 때도 길이를 늘 `clip`에 맞추었습니다. 배율은 1을 넘지 않습니다."
    ),
    "You clip the step after multiplying by the learning rate. Clip the gradients.": (
        "학습률을 곱한 다음에 클리핑했습니다. 그레이디언트를 클리핑하세요."
    ),
    "The learning rate is missing.": "학습률이 빠졌습니다.",
    "You divide by the learning rate. Multiply.": "학습률로 나누었습니다. 곱하세요.",
    "The factor is upside down: min(1, clip / norm), which is small where the norm is large.": (
        "배율의 분자와 분모가 바뀌었습니다. min(1, clip / norm)이고, 노름이 클수록 작아집니다."
    ),
    "The norm is too large. It is the root of the sum of all squares, not the sum of the norms.": (
        "노름이 너무 큽니다. 노름의 합이 아니라, 모두 제곱해서 더한 값의 제곱근입니다."
    ),
    "The norm lacks its root: it is the root of the sum of all squares.": (
        "노름에 제곱근이 빠졌습니다. 모두 제곱해서 더한 값의 제곱근이 노름입니다."
    ),
    "You clip each number of the gradients. The whole vector is scaled, so that its direction stays.": (
        "그레이디언트의 수를 하나하나 잘랐습니다. 방향이 그대로 남도록 벡터 전체를 줄이세요."
    ),
    "The weights are the old ones.": "가중치가 옛것 그대로입니다.",
    "The new weights do not ask for gradients, so the next step could not learn. End with "
    "`.detach().requires_grad_()`.": (
        "새 가중치에 그레이디언트를 구한다는 표시가 없어서 다음 스텝에서 배울 수 없습니다. 끝에 "
        "`.detach().requires_grad_()`를 붙이세요."
    ),
    "The new weights still have their record: it would grow with every step. End with `.detach().requires_grad_()`.": (
        "새 가중치에 기록이 남아 있어서 스텝마다 점점 길어집니다. 끝에 `.detach().requires_grad_()`를 붙이세요."
    ),
    "The third part is the pair of the last h and c.": "세 번째 부분은 마지막 h와 c의 쌍입니다.",
    "You give back the state from before the window. `bits_of` returns the one after it.": (
        "창을 읽기 전의 상태를 돌려주었습니다. 읽고 난 상태는 `bits_of`가 돌려줍니다."
    ),
    "The state still has its record, and the next step would go back into this window. Give it back detached: "
    "`h.detach()`, and `c` likewise.": (
        "상태에 기록이 남아 있어서 다음 스텝이 이 창까지 거슬러 올라갑니다. `h.detach()`처럼 떼어 내서 돌려주세요. "
        "`c`도 마찬가지입니다."
    ),
    # temperature_shares
    "Write `temperature_shares(scores, temperature)`: from the scores of the V characters, a tensor (V,), how "
    "probable each is to be written: the softmax of scores / temperature.": (
        "`temperature_shares(scores, temperature)`를 작성하세요. 문자 V개의 점수인 텐서 (V,)를 받아, 문자마다 그 "
        "문자를 쓸 확률을 돌려줍니다. scores / temperature의 소프트맥스입니다."
    ),
    "The temperature divides the scores before the softmax.": "소프트맥스를 하기 전에 점수를 온도로 나눕니다.",
    "`torch.softmax(…, dim=-1)`, or `.softmax(dim=-1)` at the end of a tensor.": (
        "`torch.softmax(…, dim=-1)`을 쓰거나, 텐서 끝에 `.softmax(dim=-1)`을 붙이세요."
    ),
    "`return (scores / temperature).softmax(dim=-1)`.": "`return (scores / temperature).softmax(dim=-1)`.",
    "Towards temperature 0 all goes to the most probable character; towards infinity all become equal.": (
        "온도가 0에 가까워지면 가장 그럴듯한 문자가 확률을 모두 차지하고, 끝없이 높아지면 모두 똑같아집니다."
    ),
    "Not finite: `exp` of a large score overflows. Subtract the largest first, or let `softmax` do it.": (
        "유한한 수가 아닙니다. 점수가 크면 `exp`가 넘칩니다. 가장 큰 점수를 먼저 빼거나 `softmax`에 맡기세요."
    ),
    "Those are the shares at temperature 1: the temperature has no effect yet.": (
        "온도가 1일 때의 확률입니다. 온도가 아직 아무 영향도 주지 않습니다."
    ),
    "You multiply by the temperature. Divide: a low one must make the differences between scores larger.": (
        "온도를 곱했습니다. 나누세요. 온도가 낮으면 점수 차이가 벌어져야 합니다."
    ),
    "Divide the scores, before softmax, not the shares after it. Now they do not sum to 1.": (
        "소프트맥스를 한 뒤의 확률이 아니라 그 전의 점수를 나누세요. 지금은 합이 1이 아닙니다."
    ),
    "Those are not shares yet: divide by their sum, so that they sum to 1.": (
        "아직 확률이 아닙니다. 합이 1이 되도록 모두 더한 값으로 나누세요."
    ),
    "Those are still scores. Make probabilities of them: `softmax`.": "아직 점수입니다. `softmax`로 확률을 만드세요.",
    "Those are logarithms. Without the log they are probabilities.": "로그입니다. 로그를 취하지 않으면 확률입니다.",
    "The power is the wrong way round: probabilities to the power of 1 / temperature.": (
        "지수가 거꾸로입니다. 확률을 1 / temperature제곱해야 합니다."
    ),
    # write_text
    "Write `write_text(step, start, temperature, us)`. `step(number, state)` reads one character and returns "
    "the scores of the next one, (V,), and the new state; the state before any text is None. Read all of "
    "`start` first. Then, for each random number u in `us`, draw a character from "
    "`temperature_shares(scores, temperature)`, and let `step` read it. Return the list of the numbers drawn.": (
        "`write_text(step, start, temperature, us)`를 작성하세요. `step(number, state)`는 문자 하나를 읽고, 다음 "
        "문자의 점수 (V,)와 새 상태를 돌려줍니다. 아무 글도 읽기 전의 상태는 None입니다. 먼저 `start`를 모두 읽습니다. "
        "그다음 `us`에 든 난수 u마다 `temperature_shares(scores, temperature)`에서 문자를 뽑아 `step`에 읽힙니다. "
        "뽑은 번호를 리스트로 돌려주세요."
    ),
    "Begin with `state = None`. `for number in start: scores, state = step(number, state)` reads `start`.": (
        "`state = None`으로 시작하세요. `for number in start: scores, state = step(number, state)`로 `start`를 "
        "읽습니다."
    ),
    "In the second loop: shares, draw, append, step. To draw: `int((shares.cumsum(dim=0) <= u).sum())`, as in "
    "notebook 03.": (
        "두 번째 반복문에서는 확률 구하기, 뽑기, 붙이기, 스텝을 되풀이합니다. 뽑을 때는 노트북 03에서처럼 "
        "`int((shares.cumsum(dim=0) <= u).sum())`을 쓰세요."
    ),
    "`number = draw(temperature_shares(scores, temperature), u)`, `written.append(number)`, "
    "`scores, state = step(number, state)`; after the loop `return written`.": (
        "`number = draw(temperature_shares(scores, temperature), u)`, `written.append(number)`, "
        "`scores, state = step(number, state)`입니다. 반복문이 끝나면 `return written`입니다."
    ),
    "The loop of notebook 03, with a network in the place of the table.": (
        "노트북 03의 반복문에 표 대신 신경망을 넣었습니다."
    ),
    "Give back a list of numbers: begin with `written = []` and append each one.": (
        "번호의 리스트를 돌려주세요. `written = []`로 시작해서 뽑을 때마다 하나씩 붙이면 됩니다."
    ),
    "`start` was there already. Give back only what was written after it, one number for each u.": (
        "`start`는 처음부터 있던 문자입니다. 그 뒤에 쓴 것만, u마다 번호 하나씩 돌려주세요."
    ),
    "Your list holds tensors. Make each an int: `int(…)`, or `.item()`.": (
        "리스트에 텐서가 들어 있습니다. `int(…)`나 `.item()`으로 하나하나 정수로 바꾸세요."
    ),
    "It ends after one character. Is `return` inside the loop?": (
        "한 문자만 뽑고 끝났습니다. `return`이 반복문 안에 있는지 보세요."
    ),
    "Each character is written from an empty state. Pass on the state that `step` returned.": (
        "문자마다 빈 상태에서 다시 시작합니다. `step`이 돌려준 상태를 넘겨주세요."
    ),
    "Of `start` you read only the last character. Read all of them, one after another, to build up the state.": (
        "`start`의 마지막 문자만 읽었습니다. 상태가 쌓이도록 처음부터 차례로 모두 읽으세요."
    ),
    "The temperature has no effect yet: draw from `temperature_shares(scores, temperature)`.": (
        "온도가 아직 아무 영향도 주지 않습니다. `temperature_shares(scores, temperature)`에서 뽑으세요."
    ),
    "You take the most probable character each time. Draw one, with the u of this place.": (
        "매번 확률이 가장 높은 문자를 골랐습니다. 그 자리의 u로 뽑으세요."
    ),
    "The last character of `start` is read twice: the scores after it are there already when writing begins.": (
        "`start`의 마지막 문자를 두 번 읽었습니다. 쓰기 시작할 때는 그 문자 다음의 점수가 이미 나와 있습니다."
    ),
    "You draw from the same scores each time. After each draw, let `step` read the character drawn.": (
        "매번 같은 점수에서 뽑았습니다. 뽑을 때마다 그 문자를 `step`에 읽히세요."
    ),
}
