"""What `tasks.embeddings` says, in Korean."""

PHRASES = {
    # state_row
    "Write `state_row(start, end, n, k, is_forward_lm)`: the row of the state that becomes the vector of the word "
    "at [start, end) in a text of n characters, after a start marker of k characters. The state is taken once the "
    "character beyond the word has been read.": (
        "`state_row(start, end, n, k, is_forward_lm)`을 작성하세요. 문자 n개로 된 글에서 [start, end)에 있는 단어의 "
        "벡터가 될 상태의 행 번호를 돌려줍니다. 글 앞에는 문자 k개로 된 시작 표시가 있습니다. 상태는 읽는 방향으로 단어 "
        "바로 다음의 문자까지 읽고 나서 꺼냅니다."
    ),
    "Rows count from 0. Rows 0 to k - 1 read the marker. Which row reads the first character of the text?": (
        "행은 0부터 셉니다. 0행부터 k - 1행까지는 시작 표시를 읽습니다. 글의 첫 문자를 읽는 행은 몇 번일까요?"
    ),
    "Forward: row k + i reads character i, and the character beyond the word is number `end`. Backward: row k reads "
    "the last character, number n - 1, so row k + j reads number n - 1 - j.": (
        "순방향에서는 k + i행이 i번 문자를 읽고, 단어 다음의 문자는 `end`번입니다. 역방향에서는 k행이 마지막 문자인 n "
        "- 1번을 읽으니, k + j행은 n - 1 - j번을 읽습니다."
    ),
    "Backward, the character beyond the word is number start - 1 = n - 1 - j. Solve for j, and add k.": (
        "역방향에서 단어 다음에 읽는 문자는 start - 1 = n - 1 - j번입니다. j를 구하고 k를 더하세요."
    ),
    "The start marker is missing: the model reads its k characters before the text.": (
        "시작 표시가 빠졌습니다. 모델은 글보다 먼저 시작 표시의 문자 k개를 읽습니다."
    ),
    "You count one row for the start marker. It has k characters, and so k rows.": (
        "시작 표시를 한 행으로 셌습니다. 문자가 k개이니 행도 k개입니다."
    ),
    "That row has read the word's own last letter. Go one further: the character beyond it is read too.": (
        "그 행은 단어의 마지막 문자까지만 읽었습니다. 한 행 더 가세요. 단어 다음의 문자까지 읽어야 합니다."
    ),
    "One too far. Rows count from 0: with k = 1, row 0 is the marker, and row 1 the first character.": (
        "한 행 지나쳤습니다. 행은 0부터 셉니다. k = 1이면 0행이 시작 표시이고 1행이 첫 문자입니다."
    ),
    "There a forward model is only about to begin the word. Take the state where the word is over: its end.": (
        "거기서 순방향 모델은 이제 막 단어를 읽으려는 참입니다. 단어가 끝난 곳의 상태를 꺼내세요."
    ),
    "A backward model reads from the end. Count from there: n - start characters.": (
        "역방향 모델은 끝에서부터 읽습니다. 끝에서부터 세면 문자가 n - start개입니다."
    ),
    "Those are rows of the forward model. A backward model begins at the end: row k reads character n - 1.": (
        "이것은 순방향 모델의 행입니다. 역방향 모델은 끝에서 시작하므로 k행이 n - 1번 문자를 읽습니다."
    ),
    "There a backward model is about to begin the word, at its last letter. It is through at the word's start.": (
        "거기서 역방향 모델은 이제 막 단어의 마지막 문자를 읽으려는 참입니다. 단어를 다 읽는 곳은 단어의 맨 앞입니다."
    ),
    "One row off, and every vector belongs to another character: nothing fails, and results get worse.": (
        "한 행만 어긋나도 벡터가 모두 다른 문자의 것이 됩니다. 오류는 나지 않고 결과만 나빠집니다."
    ),
    # word_vector
    "Write `word_vector(states, start, end, n, k, is_forward_lm)`: the vector, (H,), of the word at [start, end), "
    "where `states` holds the state after each character that was read, (k + n + 1, H).": (
        "`word_vector(states, start, end, n, k, is_forward_lm)`을 작성하세요. [start, end)에 있는 단어의 벡터를 "
        "돌려줍니다. 모양은 (H,)입니다. `states`에는 문자를 하나씩 읽고 난 뒤의 상태가 들어 있고 모양은 (k + n + 1, H)입니다."
    ),
    "`state_row` tells you which row of `states` you need.": (
        "`states`의 몇 번 행이 필요한지는 `state_row`가 알려 줍니다."
    ),
    "One row of a table: `states[row]`.": "표에서 한 행은 `states[row]`로 꺼냅니다.",
    "`return states[state_row(start, end, n, k, is_forward_lm)]`": (
        "`return states[state_row(start, end, n, k, is_forward_lm)]`이면 됩니다."
    ),
    "That is the number of the row. Return the state in it: `states[row]`.": (
        "이것은 행의 번호입니다. 그 행에 있는 상태 `states[row]`를 돌려주세요."
    ),
    "That is a table with one row, (1, H). `states[row]` is the row itself, (H,).": (
        "이것은 행이 하나인 표 (1, H)입니다. 행 자체는 `states[row]`이고 모양은 (H,)입니다."
    ),
    "Those are several states, one for each letter. Take one only, the one beyond the word: `states[row]`.": (
        "문자마다 하나씩, 상태가 여러 개입니다. 단어 다음의 문자를 읽은 상태 `states[row]` 하나만 돌려주세요."
    ),
    "That is the row for the other direction. A backward model has read the end of the text first.": (
        "이것은 다른 방향의 행입니다. 역방향 모델은 글의 끝부터 읽었습니다."
    ),
    "That is the mean over the word's letters. Take one state only, the one beyond the word.": (
        "단어의 모든 문자에 걸친 평균입니다. 단어 다음의 문자를 읽은 상태 하나만 쓰세요."
    ),
    "That is all there is to a contextual string embedding: read the text once, and pick the rows.": (
        "문맥 문자열 임베딩은 이것이 전부입니다. 글을 한 번 읽고 행을 고르면 됩니다."
    ),
    # cosine
    "Write `cosine(a, b)`: the cosine of the angle between two vectors, numpy arrays of shape (d,).": (
        "`cosine(a, b)`를 작성하세요. 두 벡터가 이루는 각의 코사인을 돌려줍니다. 두 벡터는 모양이 (d,)인 numpy "
        "배열입니다."
    ),
    "The dot product of two vectors is the product of their lengths and the cosine of their angle.": (
        "두 벡터의 내적은 두 길이와 사잇각의 코사인을 모두 곱한 값입니다."
    ),
    "`a @ b` is the dot product, `np.linalg.norm(a)` a length.": "`a @ b`는 내적이고 `np.linalg.norm(a)`는 길이입니다.",
    "`a @ b / (np.linalg.norm(a) * np.linalg.norm(b))`": (
        "`a @ b / (np.linalg.norm(a) * np.linalg.norm(b))`이면 됩니다."
    ),
    "That is one number for each place. Multiply and add up: `a @ b`.": (
        "자리마다 숫자가 하나씩 있습니다. 곱한 다음 모두 더하세요. `a @ b`입니다."
    ),
    "Python goes from left to right: x / y * z multiplies by z. Put both lengths into one pair of brackets.": (
        "파이썬은 왼쪽에서 오른쪽으로 계산하므로 x / y * z에서는 z를 곱합니다. 두 길이를 한 괄호에 넣으세요."
    ),
    "You divide by one length only. Divide by the length of a and by that of b.": (
        "한 길이로만 나누었습니다. a의 길이와 b의 길이로 모두 나누세요."
    ),
    "That is the dot product. It grows with the vectors' lengths; divide by both of them.": (
        "이것은 내적입니다. 벡터가 길수록 커지니, 두 길이로 모두 나누세요."
    ),
    "You divide by the squares of the lengths. Take the root: `np.linalg.norm(a)`.": (
        "길이의 제곱으로 나누었습니다. 제곱근을 구하세요. `np.linalg.norm(a)`입니다."
    ),
    "`len` counts the numbers in a vector. Its length in space is `np.linalg.norm`.": (
        "`len`은 벡터에 든 숫자의 개수를 셉니다. 공간에서 잰 길이는 `np.linalg.norm`입니다."
    ),
    "That is 1 minus the cosine, often called the cosine distance. The task is the cosine itself.": (
        "이것은 1에서 코사인을 뺀 값이고, 흔히 코사인 거리라고 합니다. 구할 것은 코사인 자체입니다."
    ),
    "That is the angle. Leave the arc cosine out.": "이것은 각입니다. 아크코사인은 쓰지 마세요.",
    "No function `cos` is needed: the dot product, divided by both lengths, is the cosine.": (
        "`cos` 함수는 필요 없습니다. 내적을 두 길이로 나눈 값이 코사인입니다."
    ),
    "The sign is lost. Opposite directions have the cosine -1.": (
        "부호를 잃어버렸습니다. 반대 방향의 코사인은 -1입니다."
    ),
    "That is the distance. A vector and its double have the cosine 1.": (
        "이것은 거리입니다. 벡터와 그 두 배인 벡터의 코사인은 1입니다."
    ),
    "It ignores lengths, so two words are not alike merely because their numbers are large.": (
        "코사인은 길이를 보지 않습니다. 그래서 숫자가 크다는 까닭만으로 두 단어가 비슷해지지 않습니다."
    ),
    # nearest_words
    "Write `nearest_words(word, vector, vectors, words, number)`: the `number` different words, the nearest first, "
    "whose vectors have the highest cosine to `vector`. `vectors` (n, d) belong to the n `words`. Leave `word` "
    "itself out, and list no word twice.": (
        "`nearest_words(word, vector, vectors, words, number)`를 작성하세요. 벡터가 `vector`와 이루는 코사인이 가장 "
        "높은 서로 다른 단어 `number`개를 가까운 것부터 돌려줍니다. `vectors`(n, d)는 단어 n개인 `words`의 벡터입니다. "
        "`word` 자신은 빼고, 같은 단어를 두 번 넣지 마세요."
    ),
    "`vectors @ vector` is all n dot products at once. By what must each be divided?": (
        "`vectors @ vector`는 내적 n개를 한꺼번에 구합니다. 내적마다 무엇으로 나누어야 할까요?"
    ),
    "`np.linalg.norm(vectors, axis=1)` is the n lengths. `np.argsort(-cosines)` is the places, nearest first.": (
        "`np.linalg.norm(vectors, axis=1)`은 길이 n개이고, `np.argsort(-cosines)`는 가까운 것부터 늘어놓은 자리입니다."
    ),
    "`dict.fromkeys(…)` over the words in that order, without `word`, keeps each one once; then cut the list.": (
        "그 순서로 늘어선 단어에서 `word`를 빼고 `dict.fromkeys(…)`를 쓰면 단어마다 하나만 남습니다. 그런 다음 리스트를 "
        "자르세요."
    ),
    "Those are places in the list. Return the words that are there: `words[place]`.": (
        "이것은 리스트 안의 자리입니다. 그 자리에 있는 단어 `words[place]`를 돌려주세요."
    ),
    "`{}` itself is among them. Leave it out, or the nearest word is always the word.": (
        "`{}` 자신이 들어 있습니다. 빼지 않으면 가장 가까운 단어는 언제나 자기 자신입니다."
    ),
    "Only {} of {}: first leave out the word itself and what is listed twice, then cut the list.": (
        "{1}개 가운데 {0}개뿐입니다. 단어 자신과 두 번 나온 것을 먼저 빼고, 그런 다음 리스트를 자르세요."
    ),
    "A word is listed twice. Keep its nearest occurrence only; `dict.fromkeys` keeps the first of each.": (
        "같은 단어가 두 번 들어 있습니다. 가장 가까운 것만 남기세요. `dict.fromkeys`는 단어마다 처음 것을 남깁니다."
    ),
    "The order is right, but there are {} words. Return the first {}.": (
        "순서는 맞지만 단어가 {}개입니다. 처음 {}개만 돌려주세요."
    ),
    "Those are the right words, but the nearest should come first.": "단어는 맞지만 가까운 것이 먼저 와야 합니다.",
    "A word that occurs several times counts by its nearest occurrence. Yours counts by another.": (
        "여러 번 나오는 단어는 가장 가까운 것으로 칩니다. 지금은 다른 것으로 쳤습니다."
    ),
    "Those are the farthest. `np.argsort` begins with the smallest number: sort the negative cosines.": (
        "가장 먼 단어들입니다. `np.argsort`는 작은 수부터 늘어놓으니, 코사인에 음수 부호를 붙여 정렬하세요."
    ),
    "You sort by the dot product, so long vectors win. Divide by the lengths: by the cosine.": (
        "내적으로 정렬해서 긴 벡터가 이깁니다. 길이로 나눈 값, 곧 코사인으로 정렬하세요."
    ),
    "You sort by distance, which depends on the vectors' lengths. Sort by the cosine.": (
        "거리로 정렬했습니다. 거리는 벡터의 길이에 따라 달라지니, 코사인으로 정렬하세요."
    ),
    "Search by meaning works like this, with a faster way to find the largest products.": (
        "뜻으로 찾는 검색도 이렇게 합니다. 가장 큰 곱을 더 빨리 찾는 방법을 쓸 뿐입니다."
    ),
}
