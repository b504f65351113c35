"""What `tasks.lstm` says, in Korean."""

PHRASES = {
    # lstm_step
    "Write `lstm_step(x, h, c, W, U, b)`: one step for all B columns at once. x is (B, E), h and c are (B, H), "
    "W is (4H, E), U is (4H, H) and b is (4H,), their rows in the order i, f, g, o. Return the new h and c.": (
        "`lstm_step(x, h, c, W, U, b)`를 작성하세요. B개의 열에서 한꺼번에 한 스텝을 밟습니다. x는 (B, E), h와 c는 "
        "(B, H), W는 (4H, E), U는 (4H, H), b는 (4H,)이고, W, U, b의 행은 i, f, g, o 순서입니다. 새 h와 c를 돌려주세요."
    ),
    "All four at once: `x @ W.T + h @ U.T + b` has shape (B, 4H). `chunk(4, dim=1)` cuts it into four.": (
        "넷을 한꺼번에 구하세요. `x @ W.T + h @ U.T + b`의 모양은 (B, 4H)입니다. 넷으로 자를 때는 `chunk(4, dim=1)`을 씁니다."
    ),
    "i, f and o go through `.sigmoid()`, g through `.tanh()`. Then the new c, and from the new c the new h.": (
        "i, f, o는 `.sigmoid()`에, g는 `.tanh()`에 통과시킵니다. 그다음 새 c를 구하고, 새 c에서 새 h를 구합니다."
    ),
    "`c = f.sigmoid() * c + i.sigmoid() * g.tanh()`, then `h = o.sigmoid() * c.tanh()`, then `return h, c`.": (
        "`c = f.sigmoid() * c + i.sigmoid() * g.tanh()`, `h = o.sigmoid() * c.tanh()`, `return h, c` 순서로 쓰세요."
    ),
    "That is the whole LSTM. Flair's models of 2,048 units take this very step.": (
        "LSTM은 이것이 전부입니다. 유닛이 2,048개인 Flair의 모델도 똑같은 스텝을 밟습니다."
    ),
    "Give back two tensors, the new h and the new c, in this order.": "텐서 두 개를 새 h, 새 c의 순서로 돌려주세요.",
    "The two are exchanged: h first, then c.": "둘의 순서가 바뀌었습니다. h가 먼저이고 c가 다음입니다.",
    "You take the rows in the order {}. PyTorch stacks them as i, f, g, o.": (
        "행을 {} 순서로 나누었습니다. PyTorch는 i, f, g, o 순서로 쌓습니다."
    ),
    "c is right. For h, the notepad goes through tanh before the gate o: h = o * tanh(c).": (
        "c는 맞습니다. h를 구할 때는 게이트 o를 곱하기 전에 메모장을 tanh에 통과시킵니다. h = o * tanh(c)입니다."
    ),
    "c is right, but your h shows the old notepad. Take the new c.": (
        "c는 맞지만 h가 옛 메모장을 보여 줍니다. 새 c를 쓰세요."
    ),
    "c is right. For h, the sigmoid of o is missing: a gate lies between 0 and 1.": (
        "c는 맞습니다. h에서 o의 시그모이드가 빠졌습니다. 게이트는 0과 1 사이의 값입니다."
    ),
    "c is right. o is a gate: it takes a sigmoid, not a tanh.": (
        "c는 맞습니다. o는 게이트이므로 tanh가 아니라 시그모이드를 씁니다."
    ),
    "g takes a tanh, not a sigmoid: what is written on the notepad may be negative, too.": (
        "g에는 시그모이드가 아니라 tanh를 씁니다. 메모장에는 음수를 적을 수도 있어야 합니다."
    ),
    "g is not squeezed yet: it takes a tanh.": "g를 아직 눌러 넣지 않았습니다. tanh를 쓰세요.",
    "g goes through a sigmoid and then a tanh. Only i, f and o take a sigmoid.": (
        "g가 시그모이드를 거쳐 tanh까지 통과했습니다. 시그모이드는 i, f, o에만 씁니다."
    ),
    "Nothing is forgotten here: the old notepad is multiplied by f before i * g is added.": (
        "지금대로라면 아무것도 잊지 않습니다. 옛 메모장에 f를 곱한 다음 i * g를 더하세요."
    ),
    "The old notepad is missing: c = f * c + i * g.": "옛 메모장이 빠졌습니다. c = f * c + i * g입니다.",
    "The gate i is missing: it decides how much of g is written down.": (
        "게이트 i가 빠졌습니다. g를 얼마나 적어 둘지 i가 정합니다."
    ),
    "The two parts of the new c are added, not multiplied.": "새 c의 두 부분은 곱하지 않고 더합니다.",
    "The gates i and f need a sigmoid: they lie between 0 and 1.": (
        "게이트 i와 f에는 시그모이드가 필요합니다. 게이트는 0과 1 사이의 값입니다."
    ),
    "The bias b is missing.": "편향 b가 빠졌습니다.",
    "The part of h is missing: add h @ U.T. Without it, the gates do not know what came before.": (
        "h에서 오는 부분이 빠졌습니다. h @ U.T를 더하세요. 이것이 없으면 게이트는 앞에 무엇이 왔는지 모릅니다."
    ),
    "The part of x is missing: add x @ W.T.": "x에서 오는 부분이 빠졌습니다. x @ W.T를 더하세요.",
    # lstm_states
    "Write `lstm_states(embedded, h, c, W, U, b)`: read a window row by row with `lstm_step`. embedded is "
    "(T, B, E). Return the h after each row as one tensor (T, B, H), and the pair (h, c) after the last row.": (
        "`lstm_states(embedded, h, c, W, U, b)`를 작성하세요. `lstm_step`으로 창을 한 행씩 읽습니다. embedded는 "
        "(T, B, E)입니다. 행을 읽을 때마다 나온 h를 모은 텐서 (T, B, H)와, 마지막 행을 읽고 난 쌍 (h, c)를 돌려주세요."
    ),
    "`for x in embedded` gives the rows one by one, (B, E). Each step starts from the h and c of the last.": (
        "`for x in embedded`는 모양이 (B, E)인 행을 하나씩 꺼내 줍니다. 스텝마다 바로 앞 스텝의 h와 c에서 시작합니다."
    ),
    "Append each new h to a list. `torch.stack(states)` makes a tensor of the list.": (
        "새 h가 나올 때마다 리스트에 붙이세요. `torch.stack(states)`가 리스트를 텐서로 만듭니다."
    ),
    "In the loop: `h, c = lstm_step(x, h, c, W, U, b)` and `states.append(h)`. At the end: "
    "`return torch.stack(states), (h, c)`.": (
        "반복문 안에는 `h, c = lstm_step(x, h, c, W, U, b)`와 `states.append(h)`를, 끝에는 "
        "`return torch.stack(states), (h, c)`를 쓰세요."
    ),
    "The loop cannot run its rounds at the same time, for each one needs the state of the one before.": (
        "이 반복문은 여러 바퀴를 동시에 돌릴 수 없습니다. 바퀴마다 바로 앞 바퀴의 상태가 필요하기 때문입니다."
    ),
    "Give back two things: all states, (T, B, H), and the pair of the last h and c.": (
        "두 가지를 돌려주세요. 모든 상태 (T, B, H), 그리고 마지막 h와 c의 쌍입니다."
    ),
    "Give the last h and c as a pair: `return states, (h, c)`.": (
        "마지막 h와 c는 쌍으로 묶어 주세요. `return states, (h, c)`입니다."
    ),
    "The states are still a list. `torch.stack(states)` makes one tensor of it.": (
        "상태가 아직 리스트입니다. `torch.stack(states)`를 쓰면 텐서가 됩니다."
    ),
    "`torch.cat` puts the rows one after another. `torch.stack` gives them an axis of their own: (T, B, H).": (
        "`torch.cat`은 행을 그냥 이어 붙입니다. `torch.stack`은 행에 축을 따로 주어 (T, B, H)로 만듭니다."
    ),
    "The columns come first. Stack along axis 0, so that the shape is (T, B, H).": (
        "열의 축이 맨 앞에 왔습니다. 모양이 (T, B, H)가 되도록 0번 축으로 쌓으세요."
    ),
    "One state too many: the one before the window does not belong to the output.": (
        "상태가 하나 많습니다. 창을 읽기 전의 상태는 출력에 들어가지 않습니다."
    ),
    "You keep h before the step. Take the step first, then append the new h.": (
        "스텝을 밟기 전의 h를 모았습니다. 먼저 스텝을 밟고, 그다음 새 h를 붙이세요."
    ),
    "`torch.tensor` cannot make one tensor of several. `torch.stack(states)` does.": (
        "`torch.tensor`는 텐서 여럿을 하나로 만들지 못합니다. `torch.stack(states)`를 쓰세요."
    ),
    "You take c for h: `lstm_step` returns h first, then c.": (
        "c를 h로 받았습니다. `lstm_step`은 h를 먼저, c를 다음에 돌려줍니다."
    ),
    "Each step starts from the first h and c. Carry the state: `h, c = lstm_step(x, h, c, …)`.": (
        "스텝마다 처음의 h와 c에서 다시 시작합니다. 상태를 이어 주세요. `h, c = lstm_step(x, h, c, …)`입니다."
    ),
    "h is carried from step to step, and c is not. The notepad must go along: `h, c = lstm_step(…)`.": (
        "h는 다음 스텝으로 이어지는데 c는 이어지지 않습니다. 메모장도 넘겨주세요. `h, c = lstm_step(…)`입니다."
    ),
    "c is carried from step to step, and h is not: `h, c = lstm_step(x, h, c, …)`.": (
        "c는 다음 스텝으로 이어지는데 h는 이어지지 않습니다. `h, c = lstm_step(x, h, c, …)`입니다."
    ),
    "Those are the notepads c. What the LSTM gives out after each character is h.": (
        "메모장 c를 모았습니다. LSTM이 문자를 읽을 때마다 내놓는 것은 h입니다."
    ),
    "You read the window from its end. Row 0 comes first.": "창을 끝에서부터 읽었습니다. 0번 행이 먼저입니다.",
    "That is the last state only. Append the h of each row to a list.": (
        "마지막 상태만 돌려주었습니다. 행마다 나온 h를 리스트에 붙이세요."
    ),
    "The states are right. The second part is a pair: the last h and the last c.": (
        "상태는 맞습니다. 두 번째 부분은 마지막 h와 마지막 c의 쌍이어야 합니다."
    ),
    "The states are right. The last two are exchanged: h first, then c.": (
        "상태는 맞습니다. 마지막 둘의 순서가 바뀌었습니다. h가 먼저이고 c가 다음입니다."
    ),
    "The states are right, but you give back the h and c from before the window. Give the last ones.": (
        "상태는 맞지만, 창을 읽기 전의 h와 c를 돌려주었습니다. 마지막 h와 c를 돌려주세요."
    ),
    # window_bits
    "Write `window_bits(scores, targets)`: scores is (T, B, V), targets is (T, B). The softmax of the V scores "
    "of a place gives probabilities. Return the mean of -log2 of the targets' probabilities, a tensor of shape "
    "(), also where scores are as large as 800.": (
        "`window_bits(scores, targets)`를 작성하세요. scores는 (T, B, V), targets는 (T, B)입니다. 한 자리의 점수 V개에 "
        "소프트맥스를 하면 확률이 됩니다. targets가 받은 확률에 -log2를 취해 평균을 내고, 모양이 ()인 텐서로 "
        "돌려주세요. 점수가 800만큼 커도 맞아야 합니다."
    ),
    "`scores.log_softmax(dim=-1)` is the ln of the softmax, and does not overflow. By hand: subtract the "
    "largest score of each place first; the probabilities stay the same.": (
        "`scores.log_softmax(dim=-1)`은 소프트맥스의 ln이고 넘치지 않습니다. 직접 계산하려면 자리마다 가장 큰 점수를 "
        "먼저 빼세요. 확률은 그대로입니다."
    ),
    "`log_p.gather(-1, targets[..., None])` picks the one character of each place. Then mean, sign, and ln 2.": (
        "`log_p.gather(-1, targets[..., None])`은 자리마다 그 문자 하나를 고릅니다. 그다음은 평균, 부호, ln 2입니다."
    ),
    "`-log_p.gather(-1, targets[..., None]).mean() / math.log(2)`.": (
        "`-log_p.gather(-1, targets[..., None]).mean() / math.log(2)`."
    ),
    "`torch.nn.functional.cross_entropy` is the same number in nats. Training makes it smaller.": (
        "`torch.nn.functional.cross_entropy`는 같은 값을 내트(nat)로 잰 것입니다. 훈련은 이 값을 줄입니다."
    ),
    "The number is right, but a Python number has no gradient. Give back the tensor, without `.item()`.": (
        "값은 맞지만 파이썬 수에는 그레이디언트가 없습니다. `.item()` 없이 텐서를 돌려주세요."
    ),
    "The result is not a finite number: e to the power of 800 is larger than any float, and to the power of "
    "-800 it is 0. Subtract the largest score of each place first; the probabilities stay the same.": (
        "결과가 유한한 수가 아닙니다. e의 800제곱은 부동소수점 수로 나타낼 수 없을 만큼 크고, -800제곱은 0이 됩니다. "
        "자리마다 가장 큰 점수를 먼저 빼세요. 확률은 그대로입니다."
    ),
    "Those are the bits of each place. Give back their mean, one number for the window.": (
        "자리마다 구한 비트 수입니다. 평균을 내서 창 전체를 값 하나로 돌려주세요."
    ),
    "Give back one number for the whole window: a tensor of shape ().": (
        "창 전체를 값 하나로 돌려주세요. 모양이 ()인 텐서입니다."
    ),
    "Those are nats, by the natural logarithm. For bits, divide by ln 2.": (
        "자연로그로 구한 내트(nat)입니다. 비트로 바꾸려면 ln 2로 나누세요."
    ),
    "The sign: the logarithm of a probability is negative, and bits are positive.": (
        "부호가 반대입니다. 확률의 로그는 음수이고 비트 수는 양수입니다."
    ),
    "You multiply by ln 2. A bit is less than a nat, so there are more bits than nats: divide.": (
        "ln 2를 곱했습니다. 비트는 내트(nat)보다 작은 단위라서 비트 수가 더 많아야 합니다. 곱하지 말고 나누세요."
    ),
    "That is the sum over all places. Take the mean.": "모든 자리의 합입니다. 평균을 구하세요.",
    "That is the sum of each column, or of each row. Take the mean over all T · B places.": (
        "열이나 행마다 합을 구했습니다. T · B개의 자리 모두에서 평균을 구하세요."
    ),
    "That is the sum of each row. Take the mean over all T · B places.": (
        "행마다 합을 구했습니다. T · B개의 자리 모두에서 평균을 구하세요."
    ),
    "You take the mean of the probabilities first. Take the logarithm of each, then the mean.": (
        "확률의 평균을 먼저 구했습니다. 하나하나 로그를 취한 다음 평균을 구하세요."
    ),
    "That is the mean probability of the targets. The bits are minus its logarithm.": (
        "targets가 받은 확률의 평균입니다. 비트 수는 로그를 취해 부호를 바꾼 값입니다."
    ),
    "You average over all V characters. Only the one that came counts: `gather` picks it.": (
        "V개의 문자 모두에서 평균을 냈습니다. 실제로 나온 문자만 셉니다. `gather`로 고르세요."
    ),
    "That is the entropy of the predictions. The loss looks only at the character that came.": (
        "예측의 엔트로피입니다. 손실은 실제로 나온 문자만 봅니다."
    ),
    "You pick the scores, which are not logarithms of probabilities yet: softmax comes first.": (
        "점수를 그대로 골랐습니다. 점수는 아직 확률의 로그가 아닙니다. 소프트맥스가 먼저입니다."
    ),
    "That is the perplexity, 2 to the power of the bits.": "2를 비트 수만큼 거듭제곱한 퍼플렉서티(perplexity)입니다.",
    "Your softmax sums to 1 over the wrong axis. The V scores of a place are on the last one: dim=-1.": (
        "소프트맥스의 합이 엉뚱한 축에서 1이 됩니다. 한 자리의 점수 V개는 마지막 축에 있습니다. dim=-1을 쓰세요."
    ),
}
