"""What `tasks.language_model` says, in Korean."""

PHRASES = {
    # bits_per_character
    "The sign: the log2 of a probability is negative, and bits are positive. Put a minus before it.": (
        "부호가 반대입니다. 확률의 log2는 음수이고 비트 수는 양수입니다. 앞에 빼기를 붙여 보세요."
    ),
    "Those are nats, by the natural logarithm. For bits take math.log2.": (
        "자연로그로 구한 내트(nat)입니다. 비트는 math.log2로 구합니다."
    ),
    "That is the logarithm to base 10. For bits take math.log2.": (
        "밑이 10인 로그를 썼습니다. 비트는 math.log2로 구합니다."
    ),
    "Those are the bits of the whole text. Divide by its number of characters.": (
        "글 전체의 비트 수입니다. 글의 문자 수로 나누세요."
    ),
    "You take the mean of the probabilities first. Take the bits of each, then the mean of those.": (
        "확률의 평균을 먼저 구했습니다. 문자마다 비트 수를 구한 다음 그 평균을 구하세요."
    ),
    "You weigh each by its probability. Here each p belongs to one character that really came, so each counts once.": (
        "비트 수에 확률을 곱해서 더했습니다. 여기서는 p마다 실제로 나온 문자가 하나씩 있으므로, 모두 한 번씩만 셉니다."
    ),
    "That is the perplexity, 2 to the power of the bits.": "2를 비트 수만큼 거듭제곱한 퍼플렉서티(perplexity)입니다.",
    "Write `bits_per_character(probabilities)`: a model gave each character of a text, before it was read, a "
    "probability. How many bits per character did the text cost?": (
        "`bits_per_character(probabilities)`를 작성하세요. 모델은 글의 문자를 읽기 전에 그 문자마다 확률을 주었습니다. "
        "이 글에는 문자당 몇 비트가 들었을까요?"
    ),
    "A character that was given the probability p costs -log2 p bits.": "확률 p를 받은 문자에는 -log2 p비트가 듭니다.",
    "Add up the bits of all characters, and divide by how many there are.": (
        "모든 문자의 비트 수를 더하고 문자 수로 나누세요."
    ),
    "`sum(-math.log2(p) for p in probabilities) / len(probabilities)`.": (
        "`sum(-math.log2(p) for p in probabilities) / len(probabilities)`."
    ),
    "This is the number on every curve of this course. One confident mistake costs as much as many good guesses save.": (
        "이 과정의 곡선은 모두 이 값을 그립니다. 확신하다가 한 번 틀리면, 여러 번 잘 맞혀 아낀 비트가 날아갑니다."
    ),
    # draw
    "You give back several numbers. Draw one character, and give back its number, an int.": (
        "여러 개를 돌려주었습니다. 문자 하나를 뽑아 그 번호를 정수로 돌려주세요."
    ),
    "You give back a probability or a sum. Wanted is the number of the character, an int.": (
        "확률이나 합을 돌려주었습니다. 필요한 것은 문자의 번호이며 정수입니다."
    ),
    "One too far. Characters are numbered from 0, so the first one is drawn as long as u < probabilities[0].": (
        "하나 지나쳤습니다. 문자의 번호는 0부터이므로, u < probabilities[0]이면 첫 문자를 뽑습니다."
    ),
    "The running sum only reaches u here; it must become larger than u. As it is, a character of probability 0 may be "
    "drawn.": (
        "여기서는 더해 온 합이 u와 같아졌을 뿐입니다. u보다 커져야 합니다. 지금대로라면 확률이 0인 문자도 뽑힐 수 있습니다."
    ),
    "That is the most probable character. Nothing but u may decide, neither the largest probability nor a random "
    "choice of your own. Take the running sum of the probabilities, and see where it passes u.": (
        "확률이 가장 높은 문자를 골랐습니다. 가장 높은 확률을 고르거나 난수를 따로 뽑지 말고, u로만 정해야 합니다. "
        "확률을 차례로 더해 가다가 합이 어디에서 u를 넘는지 보세요."
    ),
    "You compare u with each probability by itself. Compare it with the sum of all up to there: np.cumsum.": (
        "u를 확률 하나하나와 비교했습니다. 그 자리까지 더한 합과 비교하세요. np.cumsum을 쓰면 됩니다."
    ),
    "You draw all characters equally often. How probable each is must make a difference.": (
        "모든 문자를 똑같이 자주 뽑습니다. 확률이 높은 문자를 더 자주 뽑아야 합니다."
    ),
    "Write `draw(probabilities, u)`: `probabilities` is an array of shape (V,) that sums to 1, and u is a random "
    "number, 0 ≤ u < 1. Add the probabilities up one by one; return the number (an int) of the character at which the "
    "sum becomes larger than u.": (
        "`draw(probabilities, u)`를 작성하세요. `probabilities`는 모양이 (V,)이고 합이 1인 배열이며, u는 0 ≤ u < 1인 "
        "난수입니다. 확률을 하나씩 더해 가다가, 합이 u보다 커지는 문자의 번호를 정수로 돌려줍니다."
    ),
    "Lay the probabilities end to end on a line from 0 to 1. Character 0 owns the first stretch, character 1 the next "
    "one. On whose stretch does u fall?": (
        "0에서 1까지 그은 선 위에 확률을 차례로 이어 놓아 보세요. 첫 구간은 0번 문자, 다음 구간은 1번 문자의 것입니다. "
        "u는 어느 문자의 구간에 떨어질까요?"
    ),
    "`np.cumsum(probabilities)` gives all ends of stretches. You want the first one that is larger than u.": (
        "`np.cumsum(probabilities)`는 모든 구간의 끝을 알려 줍니다. 그중 u보다 큰 첫 번째를 찾으세요."
    ),
    'A loop does it, or `int(np.searchsorted(np.cumsum(probabilities), u, side="right"))`.': (
        '반복문으로 해도 되고, `int(np.searchsorted(np.cumsum(probabilities), u, side="right"))`로 해도 됩니다.'
    ),
    "Every text that any language model writes is drawn like this, one piece at a time.": (
        "어떤 언어 모델이든 글을 쓸 때는 이렇게 한 조각씩 뽑습니다."
    ),
    # bigram_table
    "The table has a row and a column for each of the V = {} characters, also for those not in `ids`.": (
        "표에는 V = {}개의 문자마다 행과 열이 하나씩 있습니다. `ids`에 나오지 않는 문자도 마찬가지입니다."
    ),
    "Rows and columns are exchanged: the row is the character before, the column the one that comes after.": (
        "행과 열이 뒤바뀌었습니다. 행은 앞의 문자, 열은 뒤에 오는 문자입니다."
    ),
    "Give back a numpy array, not lists. Begin with `np.zeros((V, V), dtype=int)`.": (
        "리스트가 아니라 numpy 배열로 돌려주세요. `np.zeros((V, V), dtype=int)`로 시작하면 됩니다."
    ),
    "The counts are right, but not whole numbers. Begin with `np.zeros((V, V), dtype=int)`.": (
        "센 값은 맞지만 정수가 아닙니다. `np.zeros((V, V), dtype=int)`로 시작하세요."
    ),
    "Each pair was counted once, however often it comes. `table[a, b] += 1` with whole arrays adds 1 only once to "
    "each place; `np.add.at(table, (a, b), 1)` adds it every time, and so does a loop.": (
        "쌍이 몇 번 나오든 한 번만 세었습니다. a와 b가 배열이면 `table[a, b] += 1`은 자리마다 1을 한 번만 더합니다. "
        "`np.add.at(table, (a, b), 1)`은 나올 때마다 더하고, 반복문도 그렇습니다."
    ),
    "One pair too many: the last character has no successor, and the text does not go round in a ring.": (
        "쌍이 하나 많습니다. 마지막 문자 뒤에는 아무것도 없고, 글의 끝이 처음으로 이어지지도 않습니다."
    ),
    "The last pair is missing: there are len(ids) - 1 pairs.": "마지막 쌍이 빠졌습니다. 쌍은 모두 len(ids) - 1개입니다.",
    "Those are shares. This table keeps the counts; the next exercise makes probabilities of them.": (
        "비율을 돌려주었습니다. 이 표에는 횟수를 그대로 둡니다. 확률은 다음 연습 문제에서 만듭니다."
    ),
    "Write `bigram_table(ids, V)`: `ids` is an array of the numbers of a text's characters, in order. Return an array "
    "of ints of shape (V, V) whose entry [a, b] is how often b comes directly after a.": (
        "`bigram_table(ids, V)`를 작성하세요. `ids`는 글에 나온 문자의 번호를 차례대로 담은 배열입니다. "
        "모양이 (V, V)인 정수 배열을 돌려주는데, [a, b] 자리에는 a 바로 뒤에 b가 온 횟수가 있어야 합니다."
    ),
    "The pairs are (ids[0], ids[1]), (ids[1], ids[2]), and so on: `zip(ids[:-1], ids[1:])`.": (
        "쌍은 (ids[0], ids[1]), (ids[1], ids[2])처럼 이어집니다. `zip(ids[:-1], ids[1:])`로 얻을 수 있습니다."
    ),
    "Begin with `np.zeros((V, V), dtype=int)`, and add 1 to [a, b] for each pair. A loop is fine.": (
        "`np.zeros((V, V), dtype=int)`로 시작해서, 쌍마다 [a, b]에 1을 더하세요. 반복문이면 충분합니다."
    ),
    "Without a loop: `np.add.at(table, (ids[:-1], ids[1:]), 1)`, then return the table.": (
        "반복문 없이 하려면 `np.add.at(table, (ids[:-1], ids[1:]), 1)`을 실행하고 표를 돌려주세요."
    ),
    "That was the whole training: one pass over the text.": "훈련은 이것이 전부입니다. 글을 한 번 훑으면 됩니다.",
    # bigram_probabilities
    "Those are still counts. Divide each row by its sum.": "아직 횟수 그대로입니다. 행마다 그 행의 합으로 나누세요.",
    "Nothing was added to the counts, so what never came still has probability 0. Add first, then divide.": (
        "횟수에 아무것도 더하지 않아서, 한 번도 나오지 않은 쌍의 확률이 여전히 0입니다. 먼저 더한 다음 나누세요."
    ),
    "You add 1, whatever `added` is. Add `added`.": "`added`가 얼마든 1을 더했습니다. `added`를 더하세요.",
    "Your columns sum to 1. A row holds what may come after one character, so rows sum to 1: axis=1.": (
        "열의 합이 1입니다. 한 행은 어떤 문자 뒤에 올 수 있는 것을 담으므로 행의 합이 1이어야 합니다. axis=1을 쓰세요."
    ),
    "The whole table sums to 1. Each row is a distribution of its own: sum with axis=1.": (
        "표 전체의 합이 1입니다. 행 하나하나가 저마다 확률 분포여야 합니다. axis=1로 합을 구하세요."
    ),
    "The sums are right, but numpy lays them along the columns. With keepdims=True they have shape (V, 1), and each "
    "row is divided by its own.": (
        "합은 맞게 구했지만, numpy가 그 합을 열 쪽으로 맞추었습니다. keepdims=True를 쓰면 모양이 (V, 1)이 되어 행마다 "
        "제 합으로 나눕니다."
    ),
    "Your rows sum to more than 1: `added` went into each of the V = {} counts of a row. Sum after adding.": (
        "행의 합이 1보다 큽니다. `added`는 한 행의 횟수 V = {}개에 모두 더해졌습니다. 더한 다음에 합을 구하세요."
    ),
    "Write `bigram_probabilities(table, added=1)`: add `added` to every count of a (V, V) table, then divide each row "
    "by its sum, so that each row becomes a distribution over the next character.": (
        "`bigram_probabilities(table, added=1)`을 작성하세요. 모양이 (V, V)인 표의 모든 횟수에 `added`를 더하고 행마다 "
        "그 합으로 나누어, 각 행이 다음 문자의 확률 분포가 되게 합니다."
    ),
    "`table + added` adds to all counts at once. Then each row needs its own sum.": (
        "`table + added`는 모든 횟수에 한꺼번에 더합니다. 그다음에는 행마다 합이 필요합니다."
    ),
    "`.sum(axis=1)` sums each row. To divide row by row, the sums must have shape (V, 1).": (
        "`.sum(axis=1)`은 행마다 합을 구합니다. 행별로 나누려면 합의 모양이 (V, 1)이어야 합니다."
    ),
    "`raised = table + added`, then `raised / raised.sum(axis=1, keepdims=True)`.": (
        "`raised = table + added`를 구한 다음, `raised / raised.sum(axis=1, keepdims=True)`를 돌려주세요."
    ),
    "What was added for the unseen was taken from the seen: the row still sums to 1.": (
        "본 적 없는 쌍에 준 몫은 본 적 있는 쌍에서 떼어 온 것입니다. 그래서 행의 합은 그대로 1입니다."
    ),
    # write_from_table
    "You give back text. Give back the list of numbers; the notebook turns it into characters.": (
        "글을 돌려주었습니다. 번호의 리스트를 돌려주세요. 문자로 바꾸는 일은 노트북이 합니다."
    ),
    "Give back a list of numbers: begin with `written = []` and append each one.": (
        "번호의 리스트를 돌려주세요. `written = []`로 시작해서 뽑을 때마다 하나씩 붙이면 됩니다."
    ),
    "`start` was there already. Give back only what was written after it, one number for each u.": (
        "`start`는 처음부터 있던 문자입니다. 그 뒤에 쓴 것만, u마다 번호 하나씩 돌려주세요."
    ),
    "You append the character before you draw the next one, so the last one drawn is lost. Draw, then append.": (
        "다음 문자를 뽑기 전에 앞 문자를 붙여서, 마지막에 뽑은 문자가 사라졌습니다. 먼저 뽑고 나서 붙이세요."
    ),
    "You draw from the row of `start` each time. After each draw, the character just drawn decides the row.": (
        "매번 `start`의 행에서 뽑았습니다. 한 번 뽑고 나면, 방금 뽑은 문자의 행에서 뽑아야 합니다."
    ),
    "You give back the last character only. Append each one to a list.": (
        "마지막 문자만 돌려주었습니다. 뽑을 때마다 리스트에 붙이세요."
    ),
    "It ends after one character. Is `return` inside the loop?": (
        "한 문자만 뽑고 끝났습니다. `return`이 반복문 안에 있는지 보세요."
    ),
    "You draw from a column. What may come after character a is the row probabilities[a].": (
        "열에서 뽑았습니다. 문자 a 뒤에 올 수 있는 것은 행 probabilities[a]에 있습니다."
    ),
    "You take the most probable character each time. Use your `draw` with the u of this place.": (
        "매번 확률이 가장 높은 문자를 골랐습니다. 그 자리의 u를 넣어 앞에서 작성한 `draw`를 쓰세요."
    ),
    "Write `write_from_table(probabilities, start, us)`: `start` is the number of the character before the text. For "
    "each random number u in `us`, draw the next character from the row of the one before it. Return the list of the "
    "numbers drawn (without `start`).": (
        "`write_from_table(probabilities, start, us)`를 작성하세요. `start`는 글 바로 앞에 있는 문자의 번호입니다. "
        "`us`에 든 난수 u마다, 바로 앞 문자의 행에서 다음 문자를 뽑습니다. 뽑은 번호를 `start` 없이 리스트로 돌려줍니다."
    ),
    "Keep the last character in a variable; at first it is `start`.": (
        "마지막 문자를 변수에 담아 두세요. 처음에는 `start`입니다."
    ),
    "In the loop: draw from `probabilities[last]` with your `draw`, append to a list, and go on from there.": (
        "반복문에서는 `draw`로 `probabilities[last]`에서 뽑아 리스트에 붙이고, 그 문자에서 이어 갑니다."
    ),
    "`last = draw(probabilities[last], u)`, then `written.append(last)`; after the loop, `return written`.": (
        "`last = draw(probabilities[last], u)` 다음에 `written.append(last)`, 반복문이 끝나면 `return written`입니다."
    ),
    "When the table becomes a network, this loop stays as it is. Only the row comes from elsewhere.": (
        "표가 신경망으로 바뀌어도 이 반복문은 그대로입니다. 행을 다른 데서 가져올 뿐입니다."
    ),
}
