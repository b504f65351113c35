"""What `tasks.fine_tuning` says, in Korean."""

PHRASES = {
    # how_far
    "Write `how_far(bits, text)`: the model's bits per character, divided by those that the frequencies of the "
    "text's own characters need: the sum of −share · log2(share) over its different characters.": (
        "`how_far(bits, text)`[을/를] 작성하세요. 모델의 문자당 비트 수를, 그 글의 문자 빈도만 알 때 필요한 비트 수로 나눕니다. "
        "필요한 비트 수는 서로 다른 문자마다 −비율 · log2(비율)을 구해 모두 더한 값입니다."
    ),
    "`Counter(text)` counts each character. Its share is its count divided by `len(text)`.": (
        "`Counter(text)`[은/는] 문자마다 몇 번 나오는지 셉니다. 비율은 나온 횟수를 `len(text)`[으로/로] 나눈 값입니다."
    ),
    "The frequencies need `-sum(share * math.log2(share) for share in shares)` bits per character.": (
        "빈도만 알 때는 문자당 `-sum(share * math.log2(share) for share in shares)`비트가 필요합니다."
    ),
    "Give back `bits` divided by that.": "`bits`[을/를] 그 값으로 나누어 돌려주세요.",
    "1 is the border: above it, the model knows less about the text than a count of its letters does.": (
        "1이 경계입니다. 1을 넘으면 모델이 그 글에 대해 아는 것이 문자를 세어 본 것만도 못합니다."
    ),
    "The other way round: the model's bits are divided by those of the letter frequencies.": (
        "거꾸로 나누었습니다. 모델의 비트 수를 문자 빈도의 비트 수로 나눕니다."
    ),
    "That is what the letter frequencies need. Now divide the model's bits by it.": (
        "문자 빈도만 알 때 필요한 비트 수입니다. 이제 모델의 비트 수를 이 값으로 나누세요."
    ),
    "The logarithm of a share is negative: the minus of the formula is missing.": (
        "비율의 로그는 음수입니다. 식에 있는 마이너스가 빠졌습니다."
    ),
    "A ratio is asked for: divide, and do not subtract.": "몇 배인지 구하는 문제입니다. 빼지 말고 나누세요.",
    "Your logarithm is the natural one, which gives nats. Bits need log2.": (
        "자연로그를 쓰면 단위가 내트(nat)입니다. 비트로 재려면 log2를 쓰세요."
    ),
    "That would be right if all characters were equally frequent. Use their shares.": (
        "모든 문자가 똑같이 자주 나온다면 맞습니다. 문자마다 다른 비율을 쓰세요."
    ),
    "Each character counts by its share: multiply each −log2 of a share by the share itself.": (
        "자주 나오는 문자일수록 셈에 많이 들어갑니다. −log2(비율)에 그 비율을 곱하세요."
    ),
    "You add up over the whole text. Add up over its different characters: set(text), or a Counter.": (
        "글 전체에 걸쳐 더했습니다. 서로 다른 문자마다 한 번씩만 더하세요. set(text)나 Counter를 쓰면 됩니다."
    ),
    "You average over the different characters. A frequent one counts more: weigh each by its share.": (
        "서로 다른 문자를 똑같이 보고 평균을 냈습니다. 자주 나오는 문자가 더 중요하니, 저마다 비율을 곱해서 더하세요."
    ),
    # learnt_and_forgotten
    "Write `learnt_and_forgotten(before, after, new, old)`. `before` and `after` map the names of texts to "
    "bits per character; `new` and `old` are two of these names. Give back a tuple: by how many bits the new "
    "text became cheaper, and by how many the old one became more expensive.": (
        "`learnt_and_forgotten(before, after, new, old)`[을/를] 작성하세요. `before`[과/와] `after`에는 글의 이름마다 문자당 "
        "비트 수가 들어 있고, `new`[과/와] `old`[은/는] 그 이름 가운데 둘입니다. 새 글의 비트 수가 얼마나 줄었는지, 옛 글의 비트 "
        "수가 얼마나 늘었는지를 튜플로 돌려주세요."
    ),
    "Fewer bits are better. What must be subtracted from what, so that a gain is positive?": (
        "비트 수는 적을수록 좋습니다. 나아졌을 때 양수가 되려면 무엇에서 무엇을 빼야 할까요?"
    ),
    "Learnt is `before[new] - after[new]`.": "배운 것은 `before[new] - after[new]`입니다.",
    "Forgotten is the same the other way round, of the old text: `after[old] - before[old]`.": (
        "잊은 것은 옛 글에서 순서를 바꾸어 뺀 값, `after[old] - before[old]`입니다."
    ),
    "Two numbers, always together: whoever reports only what was learnt has not looked at the price.": (
        "두 숫자는 언제나 함께 봅니다. 배운 것만 말하면 그 대가를 보지 않은 것입니다."
    ),
    "The other way round: what was learnt of the new text comes first.": (
        "순서가 바뀌었습니다. 새 글에서 배운 것이 먼저입니다."
    ),
    "Both signs are turned: learnt is before minus after, forgotten is after minus before.": (
        "부호가 둘 다 뒤집혔습니다. 배운 것은 전에서 후를, 잊은 것은 후에서 전을 뺍니다."
    ),
    "Fewer bits are better: learnt is before minus after, so that a gain is positive.": (
        "비트 수는 적을수록 좋습니다. 나아졌을 때 양수가 되도록, 배운 것은 전에서 후를 뺍니다."
    ),
    "Forgotten is after minus before: positive when the old text costs more than it did.": (
        "잊은 것은 후에서 전을 뺍니다. 옛 글에 비트가 더 들게 되었으면 양수입니다."
    ),
    "Leave the signs: a model may become better at the old text, or worse at both.": (
        "부호를 그대로 두세요. 옛 글까지 더 잘하게 될 수도 있고, 둘 다 못하게 될 수도 있습니다."
    ),
    "Do not cut off at 0: a model may become better at the old text.": (
        "0에서 자르지 마세요. 옛 글까지 더 잘하게 될 수도 있습니다."
    ),
    "Those are the bits after training. Ask how they changed.": "훈련한 뒤의 비트 수입니다. 얼마나 달라졌는지를 구하세요.",
    "Each difference is of one text, before and after.": "차이는 저마다 같은 글의 전과 후를 견준 값입니다.",
    "Give back a tuple of two numbers: (learnt, forgotten).": "숫자 두 개의 튜플 (learnt, forgotten)을 돌려주세요.",
    "Those are shares. Bits are asked for: subtract, and do not divide.": (
        "전에 견준 비율입니다. 비트 수를 구하는 문제이니, 나누지 말고 빼기만 하세요."
    ),
    # layer_rate
    "Write `layer_rate(name, layer_rates)`: the factor on the learning rate of the parameter called `name`. "
    "`layer_rates` maps beginnings of names to factors. The longest beginning that fits counts; if none fits, "
    "the factor is 1.": (
        "`layer_rate(name, layer_rates)`[을/를] 작성하세요. 이름이 `name`인 파라미터의 학습률에 곱하는 배율을 돌려줍니다. "
        "`layer_rates`[은/는] 이름의 앞부분마다 배율을 담은 딕셔너리입니다. 맞는 앞부분 가운데 가장 긴 것을 따르고, 맞는 것이 없으면 "
        "1입니다."
    ),
    "First collect the keys that fit: `[key for key in layer_rates if name.startswith(key)]`.": (
        "먼저 맞는 키를 모으세요. `[key for key in layer_rates if name.startswith(key)]`입니다."
    ),
    "Of these the longest: `max(fitting, key=len)`. It raises an error if there is none.": (
        "그 가운데 가장 긴 것은 `max(fitting, key=len)`입니다. 맞는 키가 하나도 없으면 오류가 납니다."
    ),
    'So {"": 0, "decoder": 1} freezes everything but the decoder.': (
        '그래서 {"": 0, "decoder": 1}이면 디코더만 빼고 모두 동결합니다.'
    ),
    "No beginning fits, so nothing was said about this layer: its factor is 1. A factor of 0 freezes it.": (
        "맞는 앞부분이 없으면 이 층은 따로 정하지 않은 것이므로 배율은 1입니다. 배율이 0이면 동결합니다."
    ),
    "A beginning is asked for: str.startswith, not `in`.": (
        "이름의 앞부분이 맞는지 보아야 합니다. `in`이 아니라 str.startswith를 쓰세요."
    ),
    "The factors are not multiplied: only the longest beginning that fits counts.": (
        "배율을 서로 곱하지 않습니다. 맞는 앞부분 가운데 가장 긴 것만 따릅니다."
    ),
    "Several beginnings fit. The longest counts, whatever its place in the mapping.": (
        "앞부분이 여러 개 맞습니다. 딕셔너리 안의 순서와 상관없이 가장 긴 것을 따릅니다."
    ),
    "Look for keys that the name begins with; few names are keys themselves.": (
        "이름이 그 키로 시작하는지 보세요. 이름이 키와 똑같은 일은 드뭅니다."
    ),
    # grown
    "Write `grown(weight, bias, unknown, new)`. A decoder has `weight` (V, H) and `bias` (V,), and `<unk>` has "
    "the number `unknown`. Give back both with `new` rows more: each new row copies that of `<unk>`, and the "
    "biases of `<unk>` and of the new rows are lowered by ln(new + 1). Do not change the given tensors.": (
        "`grown(weight, bias, unknown, new)`[을/를] 작성하세요. 디코더에는 `weight` (V, H)와 `bias` (V,)가 있고, `<unk>`의 "
        "번호는 `unknown`입니다. 둘 다 행을 `new`개 늘려 돌려주세요. 새 행은 모두 `<unk>`의 행을 복사하고, `<unk>`[과/와] 새 행의 "
        "편향은 ln(new + 1)만큼 낮춥니다. 받은 텐서는 바꾸지 마세요."
    ),
    "`weight[unknown].repeat(new, 1)` has the new rows, and `torch.cat` puts two tensors together.": (
        "새 행은 `weight[unknown].repeat(new, 1)`이고, `torch.cat`[은/는] 텐서 두 개를 이어 붙입니다."
    ),
    "`bias` grows in the same way, by `bias[unknown].repeat(new)`; `torch.cat` makes a new tensor.": (
        "`bias`도 같은 방법으로 `bias[unknown].repeat(new)`[을/를] 이어 붙입니다. `torch.cat`[은/는] 새 텐서를 만듭니다."
    ),
    "Then `bias[unknown] -= math.log(new + 1)`, and the same for `bias[-new:]`.": (
        "그런 다음 `bias[unknown] -= math.log(new + 1)`[을/를] 하고, `bias[-new:]`에도 똑같이 하세요."
    ),
    "exp(b − ln n) is exp(b) ÷ n: <unk> and each new character get an equal part of what it had.": (
        "exp(b − ln n)은 exp(b) ÷ n입니다. <unk>의 확률을 <unk>와 새 문자들이 똑같이 나누어 가집니다."
    ),
    "Give back two tensors: the weight and the bias, return weight, bias.": (
        "텐서 두 개, 곧 가중치와 편향을 돌려주세요. return weight, bias입니다."
    ),
    "There must be {} rows more than before, in the weight and in the bias.": (
        "가중치와 편향 모두 전보다 행이 {}개 늘어야 합니다."
    ),
    "The rows that were there must stay as they are, or other predictions change. Only biases are lowered.": (
        "있던 행은 그대로 두어야 합니다. 그러지 않으면 다른 예측이 달라집니다. 편향만 낮추세요."
    ),
    "A new row of the weight is a copy of the row of <unk>: until now the character was read as <unk>.": (
        "가중치의 새 행은 <unk>의 행을 복사한 것입니다. 지금까지 그 문자를 <unk>로 읽었기 때문입니다."
    ),
    "Now <unk> and each new character are as likely as <unk> was alone, and all others lose. Share it.": (
        "지금은 <unk>와 새 문자가 저마다 <unk> 혼자일 때만큼 큰 점수를 받아서, 다른 문자의 확률이 모두 줄어듭니다. 확률을 나누어 가져야 합니다."
    ),
    "The new characters have their part. <unk> itself keeps too much: lower its bias.": (
        "새 문자의 몫은 맞습니다. <unk>가 너무 많이 갖고 있으니 그 편향도 낮추세요."
    ),
    "There are new + 1 that share: the new characters, and <unk> itself.": (
        "나누어 갖는 것은 new + 1개입니다. 새 문자들과 <unk> 자신입니다."
    ),
    "Scores are turned into probabilities by exp, so the natural log is due.": (
        "점수는 exp로 확률이 되므로 자연로그를 써야 합니다."
    ),
    "Raised instead of lowered: a part of a probability is less than all of it.": (
        "낮추어야 하는데 높였습니다. 나눈 몫은 전체보다 작습니다."
    ),
    "Biases are scores: exp(b) ÷ n is exp(b − ln n).": "편향은 점수입니다. exp(b) ÷ n은 exp(b − ln n)입니다.",
    "The biases of all other characters must stay as they are.": "다른 문자의 편향은 그대로 두어야 합니다.",
    "A new bias begins as that of <unk>, less ln(new + 1).": "새 편향은 <unk>의 편향에서 ln(new + 1)을 뺀 값입니다.",
    # which_dictionary
    "You fine-tune `model`, which is news-mini-forward, on recipes with é and ½ in them, which its dictionary "
    'lacks. What do you give TextCorpus, so that no character is lost? "a": Dictionary.from_files(folder / '
    '"train"); "b": Dictionary.load("chars"); "c": model.dictionary, after model.extend_dictionary("é½"); '
    '"d": a copy of model.dictionary with é and ½ added by add_item.': (
        "`model`[은/는] news-mini-forward이고, 사전에 없는 é와 ½이 나오는 요리책으로 미세 조정합니다. 문자를 하나도 잃지 않으려면 "
        'TextCorpus에 무엇을 주어야 할까요? "a": Dictionary.from_files(folder / "train"). "b": Dictionary.load("chars"). '
        '"c": model.extend_dictionary("é½")을 부른 뒤의 model.dictionary. "d": model.dictionary를 복사해 add_item으로 é와 '
        "½을 넣은 것."
    ),
    "The encoder has a row of weights for each number. Which dictionaries give a, b, c the numbers they had?": (
        "인코더에는 번호마다 가중치가 한 행씩 있습니다. 어느 사전에서 a, b, c의 번호가 그대로일까요?"
    ),
    "Two of the four do. In one of these two, the model has a row for é as well.": (
        "넷 가운데 둘이 그렇습니다. 그 둘 가운데 하나에서는 모델에도 é의 행이 있습니다."
    ),
    "extend_dictionary does both at once: a number for the character, and a row for the number.": (
        "extend_dictionary는 두 가지를 한꺼번에 합니다. 문자에 번호를 붙이고, 그 번호에 행을 만듭니다."
    ),
    "The characters of your text, but other numbers for them: row 7 of the model's weights belongs to the "
    "character that has number 7 in the model's own dictionary. The trainer refuses it.": (
        "글에 나오는 문자는 맞지만 번호가 다릅니다. 모델 가중치의 7행은 모델 자신의 사전에서 7번인 문자의 것입니다. 트레이너가 "
        "거절합니다."
    ),
    "That is a dictionary of this package for new models. news-mini-forward has one of its own.": (
        "새 모델을 위해 이 패키지에 들어 있는 사전입니다. news-mini-forward에는 자기 사전이 있습니다."
    ),
    "Right characters, but the model's weights still have rows for the old ones only: the trainer refuses it.": (
        "문자는 맞지만 모델의 가중치에는 아직 옛 문자의 행만 있습니다. 트레이너가 거절합니다."
    ),
}
