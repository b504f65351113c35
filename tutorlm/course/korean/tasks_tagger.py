"""What `tasks.tagger` says, in Korean."""

PHRASES = {
    # lookup_accuracy
    "Write `lookup_accuracy(train, held_out)`: the share of held-out words that are tagged right if each word gets "
    "its most frequent tag in `train`, and a word that does not occur there gets the most frequent tag of all "
    "training words. Both are lists of sentences, a sentence a list of pairs (word, tag).": (
        "`lookup_accuracy(train, held_out)`을 작성하세요. 단어마다 `train`에서 가장 자주 붙은 태그를 주고, `train`에 "
        "나오지 않는 단어에는 훈련 단어 전체에서 가장 많은 태그를 줍니다. 그렇게 해서 떼어 둔 단어 가운데 태그가 맞은 비율을 "
        "돌려주세요. 둘 다 문장의 리스트이고, 문장은 (단어, 태그) 쌍의 리스트입니다."
    ),
    "Count, for each word, how often it has each tag: a Counter for each word.": (
        "단어마다 어느 태그가 몇 번 붙었는지 세세요. 단어마다 Counter가 하나씩 있으면 됩니다."
    ),
    "`defaultdict(Counter)` makes them as needed; `.most_common(1)[0][0]` is the most frequent.": (
        "`defaultdict(Counter)`는 필요할 때마다 Counter를 만들어 줍니다. 가장 많은 것은 `.most_common(1)[0][0]`입니다."
    ),
    "For a word that is not in it, take the most frequent tag of one more Counter, over all training words.": (
        "훈련 문장에 없는 단어에는, 훈련 단어 전체를 센 Counter를 하나 더 만들어 가장 많은 태그를 주세요."
    ),
    "You count the right ones. Divide by the number of held-out words.": (
        "맞은 것을 세기만 했습니다. 떼어 둔 단어의 수로 나누세요."
    ),
    "That is the percentage. An accuracy lies between 0 and 1.": "이것은 백분율입니다. 정확도는 0과 1 사이에 있습니다.",
    "You leave unknown words out. They count too, and get the most frequent tag of the training words.": (
        "모르는 단어를 뺐습니다. 모르는 단어도 세고, 훈련 단어에서 가장 많은 태그를 주세요."
    ),
    "You count every unknown word as wrong. It gets the most frequent tag of the training words.": (
        "모르는 단어를 모두 틀렸다고 셌습니다. 모르는 단어에는 훈련 단어에서 가장 많은 태그를 주세요."
    ),
    "You learn from the held-out sentences. Count tags in `train` only.": (
        "떼어 둔 문장에서 배웠습니다. 태그는 `train`에서만 세세요."
    ),
    "You take the mean over sentences. Every word counts the same: put all words together, then divide.": (
        "문장마다 구해 평균을 냈습니다. 어느 단어나 똑같이 쳐야 하니, 단어를 한데 모은 다음 나누세요."
    ),
    "You divide by the number of sentences. Divide by the number of words in them.": (
        "문장의 수로 나누었습니다. 문장에 든 단어의 수로 나누세요."
    ),
    "You keep the tag a word had last. Count all its tags, and take the most frequent.": (
        "단어에 마지막으로 붙은 태그를 남겼습니다. 태그를 모두 세어 가장 많은 것을 고르세요."
    ),
    "You keep the tag a word had first. Count all its tags, and take the most frequent.": (
        "단어에 처음으로 붙은 태그를 남겼습니다. 태그를 모두 세어 가장 많은 것을 고르세요."
    ),
    "That is the other baseline: every word gets the same tag. Use what `train` says of a word.": (
        "이것은 다른 기준 모델입니다. 어느 단어에나 같은 태그를 주었습니다. `train`에서 그 단어에 붙은 태그를 쓰세요."
    ),
    "For unknown words, take the most frequent tag of `train`. A tagger cannot see the true tags.": (
        "모르는 단어에는 `train`에서 가장 많은 태그를 주세요. 태거는 정답 태그를 볼 수 없습니다."
    ),
    "For unknown words, take the most frequent tag of all training words, repeated ones included.": (
        "모르는 단어에는 훈련 단어 전체에서 가장 많은 태그를 주세요. 되풀이된 단어도 나온 만큼 셉니다."
    ),
    "`most_common(1)[0]` is a pair (tag, count). The tag is its first part.": (
        "`most_common(1)[0]`은 (태그, 횟수) 쌍입니다. 태그는 그 첫째입니다."
    ),
    "No tag is ever right. `most_common(1)[0]` is a pair (tag, count): take its first part.": (
        "맞은 태그가 하나도 없습니다. `most_common(1)[0]`은 (태그, 횟수) 쌍이니 첫째를 꺼내세요."
    ),
    "Without this number beside it, no accuracy of a tagger says anything.": (
        "이 숫자를 곁에 두지 않으면 태거의 정확도는 아무것도 말해 주지 않습니다."
    ),
    # accuracy_by_kind
    'Write `accuracy_by_kind(gold, guessed, known)`: a dictionary with the share of right tags among "all" words, '
    'among the "known" ones and among the "unknown" ones. `known` is True or False for each word.': (
        '`accuracy_by_kind(gold, guessed, known)`을 작성하세요. 모든 단어("all"), 아는 단어("known"), 모르는 '
        '단어("unknown")에서 태그가 맞은 비율을 딕셔너리로 돌려줍니다. `known`은 단어마다 True 또는 False입니다.'
    ),
    "`np.array(gold) == np.array(guessed)` is True where the guess is right, and the mean of it is a share.": (
        "`np.array(gold) == np.array(guessed)`는 맞힌 자리에서 True이고, 그 평균이 비율입니다."
    ),
    "An array of True and False picks: `right[known]` if `known` is an array, too.": (
        "True와 False의 배열로 골라낼 수 있습니다. `known`도 배열이라면 `right[known]`입니다."
    ),
    "`right[~known].mean()` is the share among the unknown ones.": (
        "모르는 단어에서 맞은 비율은 `right[~known].mean()`입니다."
    ),
    'Return a dictionary with the keys "all", "known" and "unknown".': (
        '키가 "all", "known", "unknown"인 딕셔너리를 돌려주세요.'
    ),
    'The keys should be "all", "known" and "unknown"; yours are {}.': (
        '키는 "all", "known", "unknown"이어야 합니다. 지금은 {}입니다.'
    ),
    "`gold == guessed` compares two whole lists. Make arrays of them first: `np.array(gold)`.": (
        "`gold == guessed`는 두 리스트를 통째로 견줍니다. 먼저 `np.array(gold)`처럼 배열로 만드세요."
    ),
    "Those are counts. Divide each by the number of words of its kind.": (
        "이것은 개수입니다. 각각 그 종류의 단어 수로 나누세요."
    ),
    "Those are the shares of wrong tags. Count the right ones.": "이것은 틀린 태그의 비율입니다. 맞은 것을 세세요.",
    "Those are percentages. A share lies between 0 and 1.": "이것은 백분율입니다. 비율은 0과 1 사이에 있습니다.",
    "Known and unknown are mixed up: `known` is True for the words that occur in training.": (
        "아는 단어와 모르는 단어가 바뀌었습니다. 훈련 문장에 나오는 단어에서 `known`이 True입니다."
    ),
    "You divide by the number of all words each time. Divide by the number of words of that kind.": (
        "매번 모든 단어의 수로 나누었습니다. 그 종류의 단어 수로 나누세요."
    ),
    "“all” is not the mean of the two others: there are more words of one kind. Count over all words.": (
        "“all”은 나머지 둘의 평균이 아닙니다. 한쪽 단어가 더 많으니, 모든 단어에 걸쳐 세세요."
    ),
    "One accuracy hides where a tagger fails. These three already say a good deal.": (
        "정확도 하나로는 태거가 어디에서 틀리는지 보이지 않습니다. 이 셋만 있어도 꽤 많은 것을 알 수 있습니다."
    ),
    # softmax_step
    "Write `softmax_step(weights, bias, vectors, tags, learning_rate)`: the pair (new weights, new bias) after one "
    "step of gradient descent on the mean cross entropy. Shapes: weights (K, d), bias (K,), vectors (n, d), tags "
    "(n,).": (
        "`softmax_step(weights, bias, vectors, tags, learning_rate)`를 작성하세요. 평균 교차 엔트로피를 줄이는 경사 "
        "하강을 한 스텝 밟은 뒤의 (새 가중치, 새 편향) 쌍을 돌려줍니다. 모양은 weights가 (K, d), bias가 (K,), "
        "vectors가 (n, d), tags가 (n,)입니다."
    ),
    "Scores: `vectors @ weights.T + bias`, (n, K). Subtract each row's largest, take `np.exp`, divide by the row's "
    "sum: those are the shares.": (
        "점수는 `vectors @ weights.T + bias`이고 모양은 (n, K)입니다. 행마다 가장 큰 값을 빼고, `np.exp`에 넣고, 행의 "
        "합으로 나누면 비율이 됩니다."
    ),
    "The errors are the shares, minus 1 at each true tag: `errors[np.arange(len(tags)), tags] -= 1`.": (
        "오차는 비율에서 정답 태그마다 1을 뺀 것입니다. `errors[np.arange(len(tags)), tags] -= 1`을 쓰세요."
    ),
    "The gradient of the weights is `errors.T @ vectors / len(tags)`, that of the bias `errors.mean(axis=0)`. "
    "Subtract learning_rate times the gradient.": (
        "가중치의 그레이디언트는 `errors.T @ vectors / len(tags)`, 편향의 그레이디언트는 `errors.mean(axis=0)`입니다. "
        "여기에 learning_rate를 곱해서 빼세요."
    ),
    "The sign is wrong: you walk uphill. The error is the share minus 1; subtract it.": (
        "부호가 틀려서 오르막을 갑니다. 오차는 비율에서 정답 태그의 1을 뺀 값입니다. 이 오차를 더하지 말고 빼세요."
    ),
    "That is the sum over the words. Take the mean: divide by their number.": (
        "모든 단어의 합입니다. 단어의 수로 나누어 평균을 내세요."
    ),
    "You use the scores as they are. Turn them into shares by softmax first.": (
        "점수를 그대로 썼습니다. 먼저 소프트맥스(softmax)로 비율을 만드세요."
    ),
    "The bias is missing from the scores.": "점수에 편향이 빠졌습니다.",
    "Your shares add up to 1 over the words. They should over the tags of a word: axis 1.": (
        "비율을 단어에 걸쳐 더하면 1이 됩니다. 한 단어의 태그에 걸쳐 더했을 때 1이 되어야 하니 axis는 1입니다."
    ),
    "`errors[:, tags]` takes whole columns. `errors[np.arange(len(tags)), tags]` takes one for each word.": (
        "`errors[:, tags]`는 열을 통째로 꺼냅니다. `errors[np.arange(len(tags)), tags]`는 단어마다 하나씩 꺼냅니다."
    ),
    "You do not subtract 1 at the true tag, so no tag is ever the right one.": (
        "정답 태그에서 1을 빼지 않았습니다. 그래서 어느 태그도 정답이 되지 못합니다."
    ),
    "Return two things: the new weights, (K, d), and the new bias, (K,).": (
        "두 가지를 돌려주세요. 새 가중치 (K, d)와 새 편향 (K,)입니다."
    ),
    "The new weights have the shape {} and the new bias {}; they should keep {} and {}.": (
        "새 가중치의 모양이 {}, 새 편향의 모양이 {}입니다. 처음 모양인 {}[과/와] {} 그대로여야 합니다."
    ),
    "exp(800) is infinite. Subtract the largest score of each word first: the shares stay the same.": (
        "exp(800)은 무한대가 됩니다. 단어마다 가장 큰 점수를 먼저 빼세요. 비율은 달라지지 않습니다."
    ),
    "The weights are right, but the bias {}. Its gradient is the mean of the errors over the words, one number for "
    "each tag; subtract learning_rate times that.": (
        "가중치는 맞지만 편향은 {}. 편향의 그레이디언트는 오차를 단어에 걸쳐 평균한 것으로, 태그마다 숫자가 하나씩 "
        "있습니다. 여기에 learning_rate를 곱해서 빼세요."
    ),
    "has not moved": "움직이지 않았습니다",
    "is not": "틀렸습니다",
    "Those are the gradients. Return the weights and the bias minus learning_rate times their gradients.": (
        "그레이디언트를 돌려주었습니다. 가중치와 편향에서 각각 learning_rate와 그레이디언트의 곱을 뺀 값을 돌려주세요."
    ),
    "The learning rate is missing: multiply the gradient by it.": "학습률이 빠졌습니다. 그레이디언트에 곱하세요.",
    "Repeated 200 times, this is a tagger. The last layer of nearly every network learns like this.": (
        "200번 되풀이하면 태거가 됩니다. 거의 모든 신경망의 마지막 층이 이렇게 배웁니다."
    ),
}
