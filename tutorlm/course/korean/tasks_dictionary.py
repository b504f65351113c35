"""What `tasks.dictionary` says, in Korean."""

PHRASES = {
    # encode
    "Write `encode(text, items)`, which returns the numbers of a text's characters as a list. A character's number "
    "is its place in the list `items`; the first item, number 0, is `<unk>`, for every character that is not on the "
    "list.": (
        "`encode(text, items)`를 작성하세요. 글에 있는 문자의 번호를 리스트로 돌려줍니다. 문자의 번호는 리스트 "
        "`items`에서의 자리입니다. 첫 항목인 0번은 `<unk>`이고, 목록에 없는 문자는 모두 이 번호를 받습니다."
    ),
    "Go through the text character by character. At which place in `items` is each one?": (
        "글을 문자 하나하나 보세요. 저마다 `items`의 몇 번 자리에 있을까요?"
    ),
    "Make a mapping first, character → number: `{item: number for number, item in enumerate(items)}`.": (
        "먼저 문자 → 번호의 딕셔너리를 만드세요. `{item: number for number, item in enumerate(items)}`입니다."
    ),
    "`numbers.get(character, 0)` looks a character up and gives 0 where there is none.": (
        "`numbers.get(character, 0)`은 문자를 찾아보고, 없으면 0을 줍니다."
    ),
    "You return characters. Return their numbers, that is, their places in `items`.": (
        "문자를 돌려주었습니다. 번호, 곧 `items`에서의 자리를 돌려주세요."
    ),
    "Those are the numbers of Unicode. This dictionary has its own: the place of each character in `items`.": (
        "유니코드의 번호입니다. 이 사전에는 사전의 번호가 따로 있습니다. 문자가 `items`에서 놓인 자리입니다."
    ),
    "You look up whole words. Look up every character, spaces too.": (
        "단어를 통째로 찾았습니다. 공백까지, 문자를 하나하나 찾으세요."
    ),
    "Characters that are not in the list are dropped. They count too: each becomes 0, the number of <unk>.": (
        "목록에 없는 문자를 버렸습니다. 없는 문자도 빼지 않고, <unk>의 번호인 0으로 바꿉니다."
    ),
    "All your numbers are one too high: the first item, <unk>, has number 0.": (
        "번호가 모두 하나씩 큽니다. 첫 항목인 <unk>의 번호가 0입니다."
    ),
    "You lower-case the text first. A capital that is not in the list is unknown to this dictionary.": (
        "글을 소문자로 바꾼 다음 찾았습니다. 목록에 없는 대문자는 이 사전이 모르는 문자입니다."
    ),
    "This text is five characters: <, u, n, k and >. Not one of them is held, so each becomes 0.": (
        "이 글은 <, u, n, k, >의 다섯 문자입니다. 사전에는 하나도 없으니 모두 0이 됩니다."
    ),
    "A character that is not in the list becomes 0, the number of <unk>. Here it became something else.": (
        "목록에 없는 문자는 <unk>의 번호인 0이 됩니다. 여기서는 다른 것이 되었습니다."
    ),
    "This is all that a model ever sees of a text. Whatever became 0 here, it can never tell apart.": (
        "모델이 글에서 보는 것은 이것뿐입니다. 여기서 0이 된 문자는 모델이 결코 구별하지 못합니다."
    ),
    # code_points
    'Predict: how many code points does the text "해원읍 등대" have in NFC, and how many in NFD? Answer with a '
    "tuple of two numbers, NFC first.": (
        '예상해 보세요. "해원읍 등대"라는 글의 코드 포인트는 NFC에서 몇 개이고 NFD에서 몇 개일까요? 숫자 두 개의 '
        "튜플로, NFC부터 답하세요."
    ),
    "In NFC a Hangul syllable is one code point. The space is one in either form.": (
        "NFC에서 한글 음절은 코드 포인트 하나입니다. 공백은 어느 쪽에서나 하나입니다."
    ),
    "In NFD a syllable becomes two jamo, or three if a consonant closes it: 대 is ㄷ, ㅐ; 등 is ㄷ, ㅡ, ㅇ.": (
        "NFD에서 음절은 자모 두 개가 되고, 받침이 있으면 세 개가 됩니다. '대'는 ㄷ, ㅐ이고 '등'은 ㄷ, ㅡ, ㅇ입니다."
    ),
    "해 2, 원 3, 읍 3, the space 1, 등 3, 대 2.": "해 2, 원 3, 읍 3, 공백 1, 등 3, 대 2입니다.",
    "The other way round: NFC composes, NFD takes apart.": "둘이 바뀌었습니다. NFC는 합치고 NFD는 나눕니다.",
    "The two differ: NFD takes each syllable apart into its jamo.": "둘은 다릅니다. NFD는 음절을 자모로 나눕니다.",
    "Those are bytes in UTF-8, three for each syllable or jamo. Count code points, as `len` does.": (
        "UTF-8의 바이트 수입니다. 음절이든 자모든 하나에 3바이트입니다. `len`처럼 코드 포인트를 세세요."
    ),
    "Do not forget the space: it is a character like any other, in both forms.": (
        "공백을 잊지 마세요. 어느 쪽에서나 공백도 똑같은 문자입니다."
    ),
    "ㅝ looks like two vowels, but Unicode gives it one code point.": (
        "ㅝ는 모음 둘처럼 보이지만, 유니코드에서는 코드 포인트 하나입니다."
    ),
    "Not every syllable has a final consonant: 해 is ㅎ and ㅐ alone.": (
        "모든 음절에 받침이 있지는 않습니다. '해'는 ㅎ과 ㅐ뿐입니다."
    ),
    "ㅝ is one code point, though it looks like two; and not every syllable ends in a consonant: 해 does not.": (
        "ㅝ는 둘처럼 보여도 코드 포인트 하나입니다. 또 모든 음절에 받침이 있지는 않습니다. '해'에는 없습니다."
    ),
    "Two jamo for each syllable are too few: 원 is ㅇ, ㅝ and ㄴ.": (
        "음절마다 자모 두 개로는 모자랍니다. '원'은 ㅇ, ㅝ, ㄴ입니다."
    ),
    "With NFD a dictionary needs 67 jamo at most instead of hundreds of syllables, and a text gets about twice as "
    "long. So bits per character of the two forms cannot be compared.": (
        "NFD로 하면 사전에 음절 수백 개 대신 자모가 많아야 67개 들어가고, 글은 두 배쯤 길어집니다. 그래서 두 정규형의 "
        "문자당 비트 수는 견줄 수 없습니다."
    ),
    # better_model
    "Two models were measured on the same file. A reads syllables: 3.2 bits per character, over 4,250 characters. B "
    'reads jamo: 1.7 bits per character, over 8,622. Which predicts the file better? Answer with "a", "b", or '
    '"neither", if they cannot be compared.': (
        "두 모델을 같은 파일에서 쟀습니다. A는 음절을 읽으며, 문자 4,250개에 문자당 3.2비트가 듭니다. B는 자모를 "
        '읽으며, 문자 8,622개에 문자당 1.7비트가 듭니다. 어느 쪽이 파일을 더 잘 예측할까요? "a", "b", 견줄 수 없다면 '
        '"neither"로 답하세요.'
    ),
    "What is the same for both? The file. How many bits does each model need for all of it?": (
        "두 모델에서 똑같은 것은 무엇일까요? 파일입니다. 파일 전체에 저마다 몇 비트가 들까요?"
    ),
    "Bits per character times characters gives the bits for the file. Compare 3.2 * 4250 with 1.7 * 8622.": (
        "문자당 비트 수에 문자 수를 곱하면 파일 전체의 비트 수가 됩니다. 3.2 * 4250과 1.7 * 8622를 견주어 보세요."
    ),
    "B has fewer bits per character, but twice as many characters. How many bits for the whole file?": (
        "B는 문자당 비트 수가 적은 대신 문자가 두 배입니다. 파일 전체로는 몇 비트일까요?"
    ),
    "Bits per character cannot be compared here, but bits for the whole file can. Multiply.": (
        "여기서 문자당 비트 수는 견줄 수 없지만, 파일 전체의 비트 수는 견줄 수 있습니다. 곱해 보세요."
    ),
    "13,600 bits are fewer than 14,657. Divide both by the bytes of the file, and you have a fair unit: bits per "
    "byte.": (
        "13,600비트는 14,657비트보다 적습니다. 둘 다 파일의 바이트 수로 나누면 공정한 단위인 바이트당 비트 수가 됩니다."
    ),
    # coverage_share
    "Write `coverage_share(text, n)`: which share of a text, from 0 to 1, do its n most frequent characters cover?": (
        "`coverage_share(text, n)`을 작성하세요. 가장 자주 나오는 문자 n개는 글의 얼마를 차지할까요? 0에서 1까지의 "
        "비율로 답합니다."
    ),
    "Count each character first; `collections.Counter` does it in one call.": (
        "먼저 문자마다 몇 번 나오는지 세세요. `collections.Counter`는 한 번에 세어 줍니다."
    ),
    "`Counter(text).most_common(n)` gives pairs of character and count. Add up the counts.": (
        "`Counter(text).most_common(n)`은 문자와 횟수의 쌍을 줍니다. 횟수를 더하세요."
    ),
    "Divide the sum by `len(text)`.": "더한 값을 `len(text)`로 나누세요.",
    "That is the percentage. A share lies between 0 and 1.": "백분율을 돌려주었습니다. 0과 1 사이의 비율로 돌려주세요.",
    "You count the covered characters. Divide by the length of the text.": (
        "몇 문자를 차지하는지 세기만 했습니다. 글의 길이로 나누세요."
    ),
    "You count kinds of characters. Count how often they occur: one frequent letter may cover more than ten rare "
    "ones.": (
        "문자의 가짓수를 셌습니다. 몇 번 나오는지 세세요. 흔한 글자 하나가 드문 글자 열 개보다 더 많이 차지할 수 "
        "있습니다."
    ),
    "You take the first characters of the text. Take the most frequent: Counter.most_common(n).": (
        "글의 맨 앞에 있는 문자를 골랐습니다. 가장 자주 나오는 문자를 고르세요. Counter.most_common(n)입니다."
    ),
    "You take the first characters of the alphabet. Take the most frequent: Counter.most_common(n).": (
        "정렬했을 때 맨 앞에 오는 문자를 골랐습니다. 가장 자주 나오는 문자를 고르세요. Counter.most_common(n)입니다."
    ),
    "That is nearly it, but rounded. Return the share as it is.": (
        "거의 맞았지만 반올림했습니다. 비율을 그대로 돌려주세요."
    ),
    "You divide by the number of different characters. Divide by the length of the text.": (
        "서로 다른 문자의 수로 나누었습니다. 글의 길이로 나누세요."
    ),
    "You take the rarest characters. Take the most frequent: Counter.most_common(n).": (
        "가장 드문 문자를 골랐습니다. 가장 자주 나오는 문자를 고르세요. Counter.most_common(n)입니다."
    ),
    "You count only one character. Add up the counts of all n.": "문자 하나만 셌습니다. n개의 횟수를 모두 더하세요.",
    "You leave out the space. It is a character like any other.": "공백을 뺐습니다. 공백도 똑같은 문자입니다.",
    "The same n covers far less of a Korean or Japanese text than of an English one. That is why "
    "`Dictionary.from_files` asks for a coverage and not for a size.": (
        "같은 n이라도 한국어나 일본어 글에서는 영어 글에서보다 훨씬 적게 차지합니다. 그래서 `Dictionary.from_files`는 "
        "크기가 아니라 포함률(coverage)을 묻습니다."
    ),
    # unigram_bits
    "Write `unigram_bits(counts)`: the bits per character of a text under the model that knows only how often each "
    "character occurs in it. `counts` maps characters to counts; a count may be 0.": (
        "`unigram_bits(counts)`를 작성하세요. 글에서 문자마다 몇 번 나오는지만 아는 모델로 잰, 그 글의 문자당 비트 "
        "수입니다. `counts`는 문자와 횟수의 딕셔너리이고, 횟수는 0일 수도 있습니다."
    ),
    "A character's probability p is its count divided by the sum of all counts. It costs -log2 p bits.": (
        "문자의 확률 p는 그 문자의 횟수를 횟수의 합으로 나눈 값입니다. 문자 하나에 -log2 p비트가 듭니다."
    ),
    "A mean over the text: a character with share p fills that share of all places, so weigh its bits by p.": (
        "글 전체의 평균입니다. 비율이 p인 문자는 모든 자리의 p만큼을 차지하니, 그 비트에 p를 곱해 더하세요."
    ),
    "`-sum(p * math.log2(p) for p in shares)`; leave out characters with count 0: zero has no logarithm.": (
        "`-sum(p * math.log2(p) for p in shares)`입니다. 횟수가 0인 문자는 빼세요. 0에는 로그가 없습니다."
    ),
    "The sign: log2 of a share is negative, and bits are positive. Put a minus before it.": (
        "부호가 틀렸습니다. 비율의 log2는 음수이고 비트는 양수입니다. 앞에 음수 부호를 붙이세요."
    ),
    "Those are nats, from the natural logarithm. Bits need log2.": (
        "자연로그로 구한 내트(nat)입니다. 비트에는 log2를 씁니다."
    ),
    "That is the bits of the whole text. Per character means: divide by their number.": (
        "글 전체의 비트입니다. 문자당이니 문자 수로 나누세요."
    ),
    "That is log2 V, as if every character were equally likely. The counts say which are frequent.": (
        "모든 문자가 똑같이 그럴듯하다고 본 log2 V입니다. 어느 문자가 흔한지는 횟수에 나와 있습니다."
    ),
    "You take each kind of character once. Each must count as often as it occurs: weigh by its share.": (
        "문자의 종류마다 한 번씩만 쳤습니다. 나오는 만큼 쳐야 하니 비율을 곱하세요."
    ),
    "You add up the bits of each kind of character once. Weigh them by the shares: p * -log2 p.": (
        "문자의 종류마다 비트를 한 번씩 더했습니다. 비율을 곱해서 더하세요. p * -log2 p입니다."
    ),
    "You take the logarithm of the counts. A probability lies between 0 and 1: divide by the sum first.": (
        "횟수의 로그를 구했습니다. 확률은 0과 1 사이에 있으니, 먼저 합으로 나누세요."
    ),
    "That is the surprise of the rarest character. Take the mean over the text: weigh by the shares.": (
        "가장 드문 문자의 놀람(surprise)입니다. 비율을 곱해 글 전체의 평균을 내세요."
    ),
    "That is the perplexity, 2 to the power of the bits. The bits are its log2.": (
        "2를 비트 수만큼 거듭제곱한 퍼플렉서티(perplexity)입니다. 비트 수는 그 log2입니다."
    ),
    "This is a baseline that your model has to beat. Whatever it gains over it, it gains from the order of the "
    "characters.": (
        "훈련할 모델이 이겨야 할 기준 모델입니다. 모델이 이보다 나은 만큼은 모두 문자의 순서에서 얻습니다."
    ),
    # merge_pair
    "Write `merge_pair(pieces, pair)`. `pieces` is a list of strings, `pair` a tuple of two. Return the list in "
    "which every two neighbours that are this pair have become one string. Go from left to right; a piece can be "
    "used only once.": (
        "`merge_pair(pieces, pair)`를 작성하세요. `pieces`는 문자열의 리스트이고 `pair`는 문자열 두 개의 튜플입니다. "
        "이웃한 두 조각이 이 쌍이면 한 문자열로 이은 리스트를 돌려주세요. 왼쪽에서 오른쪽으로 가며, 조각 하나는 한 "
        "번만 쓸 수 있습니다."
    ),
    "Build a new list, piece by piece. When you add a piece, look at the last one that is already there.": (
        "새 리스트에 조각을 하나씩 더해 가세요. 조각을 더할 때마다 이미 들어 있는 마지막 조각을 보세요."
    ),
    "If `(merged[-1], piece) == pair`, the new piece belongs to the last one. Otherwise it is one of its own.": (
        "`(merged[-1], piece) == pair`이면 새 조각을 마지막 조각에 붙입니다. 아니면 따로 둡니다."
    ),
    "`merged[-1] += piece` in the first case, `merged.append(piece)` in the second; beware of the empty list.": (
        "앞의 경우는 `merged[-1] += piece`, 뒤의 경우는 `merged.append(piece)`입니다. 리스트가 비어 있을 때를 "
        "조심하세요."
    ),
    "You return one string. Return a list of pieces, in which only this pair has been joined.": (
        "문자열 하나를 돌려주었습니다. 이 쌍만 이은 조각의 리스트를 돌려주세요."
    ),
    "You put the pair in as a tuple. The two strings become one: left + right.": (
        "쌍을 튜플째 넣었습니다. 두 문자열은 left + right로 하나가 됩니다."
    ),
    "Nothing has been joined. Compare two neighbours, as a tuple, with `pair`.": (
        "아무것도 잇지 않았습니다. 이웃한 두 조각을 튜플로 묶어 `pair`와 견주세요."
    ),
    "Only the first pair is joined. Go on to the end of the list: it may come again.": (
        "첫째 쌍만 이었습니다. 또 나올 수 있으니 리스트의 끝까지 가세요."
    ),
    "The second half of the pair is still there after the join, or is used twice. Skip it.": (
        "이은 뒤에도 쌍의 뒤쪽 조각이 남아 있거나, 두 번 쓰였습니다. 건너뛰세요."
    ),
    "The last piece is lost. If it is not part of a pair, it has to be kept as well.": (
        "마지막 조각을 잃어버렸습니다. 쌍에 들지 않은 조각도 남겨야 합니다."
    ),
    "You join what spells the same. Both pieces must be equal to the halves of the pair: t + he is not th + e.": (
        "이어서 같은 글자가 되면 모두 이었습니다. 두 조각이 저마다 쌍의 앞뒤와 같아야 합니다. t + he는 th + e가 "
        "아닙니다."
    ),
    "You walk from pair to pair and add something for each: the second half stays, and the last piece is lost.": (
        "쌍마다 무언가를 하나씩 더하며 갔습니다. 그러면 쌍의 뒤쪽 조각은 남고 마지막 조각은 사라집니다."
    ),
    "Only the joined pairs are left. Every other piece has to be kept as well.": (
        "이은 쌍만 남았습니다. 다른 조각도 모두 남겨야 합니다."
    ),
    "You join more than this pair: pieces that are no part of it stay as they are.": (
        "이 쌍이 아닌 것도 이었습니다. 쌍에 들지 않은 조각은 그대로 둡니다."
    ),
    "Repeat this with the most frequent pair, thousands of times, and you have a list of subwords.": (
        "가장 흔한 쌍을 찾아 이렇게 잇기를 수천 번 되풀이하면 서브워드(subword)의 목록이 됩니다."
    ),
}
