"""What `tasks.backward` says, in Korean."""

PHRASES = {
    # backward_stream
    "Write `backward_stream(documents, delimiter)`: the string that a backward model reads. In the text, each of "
    "the documents is followed by the delimiter.": (
        "역방향 모델이 읽는 문자열을 돌려주는 `backward_stream(documents, delimiter)`를 작성하세요. 글에서는 문서마다 "
        "뒤에 구분자가 붙습니다."
    ),
    "Write down what a forward model reads first: every document, followed by its delimiter.": (
        "먼저 순방향 모델이 읽는 것을 적어 보세요. 모든 문서를, 뒤에 구분자를 붙여 적습니다."
    ),
    "Then turn around the whole string, delimiters and all.": "그런 다음 구분자까지 문자열 전체를 뒤집으세요.",
    '`"".join(document + delimiter for document in documents)[::-1]` is all there is to it.': (
        '`"".join(document + delimiter for document in documents)[::-1]`이면 됩니다.'
    ),
    "That is the stream of a forward model: nothing is turned around yet.": (
        "순방향 모델의 스트림입니다. 아직 아무것도 뒤집지 않았습니다."
    ),
    "You turn around each document by itself. The whole stream is: the last document comes first.": (
        "문서를 하나씩 따로 뒤집었습니다. 스트림 전체를 뒤집어야 하므로 마지막 문서가 맨 앞에 옵니다."
    ),
    "You turn around the order of the documents. Their characters are turned around as well.": (
        "문서의 순서만 뒤집었습니다. 문서 안의 문자도 뒤집어야 합니다."
    ),
    "The delimiter is part of the stream: read from its end, {} is {}.": (
        "구분자도 스트림의 일부입니다. {}[을/를] 끝에서부터 읽으면 {}입니다."
    ),
    "The delimiter is on the wrong side. In the text it follows each document, so read from the end it comes "
    "before each.": (
        "구분자가 반대쪽에 있습니다. 글에서 문서마다 뒤에 있으니, 끝에서부터 읽으면 문서마다 앞에 옵니다."
    ),
    "A delimiter is missing: it follows every document, the last one too, and is not only between two.": (
        "구분자가 하나 빠졌습니다. 구분자는 두 문서 사이에만 있지 않고 마지막 문서를 포함한 모든 문서 뒤에 있습니다."
    ),
    "So every document is read after a delimiter in either direction, and a backward model meets ]PES[ where a "
    "forward one meets [SEP].": (
        "그래서 어느 방향이든 구분자를 읽은 다음에 문서를 읽습니다. 순방향 모델이 [SEP]를 만나는 곳에서 역방향 모델은 "
        "]PES[를 만납니다."
    ),
    # in_reading_order
    "Write `in_reading_order(prompt, written, is_forward_lm)`: the text as a person reads it. `prompt` is in "
    "reading order; `written` holds the characters in the order in which the model wrote them.": (
        "사람이 읽는 순서로 된 글을 돌려주는 `in_reading_order(prompt, written, is_forward_lm)`을 작성하세요. "
        "`prompt`는 읽는 순서로 되어 있고, `written`에는 문자가 모델이 쓴 순서대로 들어 있습니다."
    ),
    "A forward model's text is the prompt, then what it wrote.": (
        "순방향 모델의 글은 프롬프트 다음에 모델이 쓴 것이 옵니다."
    ),
    "A backward model starts from the end: its prompt is what the text ends with.": (
        "역방향 모델은 끝에서 시작합니다. 글이 프롬프트로 끝납니다."
    ),
    "What it wrote first is next to the prompt, so `written[::-1] + prompt`.": (
        "먼저 쓴 것이 프롬프트 바로 옆에 있으므로 `written[::-1] + prompt`입니다."
    ),
    "For a forward model nothing is turned around: the prompt, then what was written.": (
        "순방향 모델에서는 아무것도 뒤집지 않습니다. 프롬프트 다음에 모델이 쓴 것이 옵니다."
    ),
    "That is the forward case. A backward model's prompt is the end of the text.": (
        "순방향일 때의 답입니다. 역방향 모델의 프롬프트는 글의 끝입니다."
    ),
    "The prompt is at the end, as it should be. What was written last belongs leftmost, so turn it around.": (
        "프롬프트는 제대로 끝에 있습니다. 나중에 쓴 것일수록 왼쪽에 와야 하니, 모델이 쓴 것을 뒤집으세요."
    ),
    "The prompt is given in reading order already: turn around only what was written.": (
        "프롬프트는 이미 읽는 순서로 되어 있습니다. 모델이 쓴 것만 뒤집으세요."
    ),
    "The prompt is the end of the text: what was written goes before it.": (
        "프롬프트는 글의 끝입니다. 모델이 쓴 것은 그 앞에 와야 합니다."
    ),
    "`generate_text` does this for you; if a model seems to write half a text in reverse, look here.": (
        "`generate_text`가 이 일을 대신합니다. 모델이 글의 절반을 거꾸로 쓴 듯하면 이 부분을 살펴보세요."
    ),
    # bits_by_position
    "Write `bits_by_position(text, bits, length)`: over all words of exactly `length` characters, the mean bits of "
    "their first, second, … character, as a list. A word is a run of letters, `\\w+`; `bits` holds one number for "
    "each character of the text.": (
        "`bits_by_position(text, bits, length)`를 작성하세요. 길이가 꼭 `length`문자인 모든 단어에서 첫째, 둘째, … "
        "문자의 평균 비트를 리스트로 돌려줍니다. 단어는 글자가 죽 이어진 부분, 곧 `\\w+`이고, `bits`에는 글의 문자마다 "
        "숫자가 하나씩 있습니다."
    ),
    "Where does each word begin? `re.finditer(r'\\w+', text)` finds them, with `.start()` and `.group()`.": (
        "단어는 저마다 어디에서 시작할까요? `re.finditer(r'\\w+', text)`로 찾고, `.start()`와 `.group()`으로 알아낼 수 "
        "있습니다."
    ),
    "Keep the starts of words for which `len(match.group()) == length`.": (
        "`len(match.group()) == length`인 단어의 시작 위치만 남기세요."
    ),
    "For each `place` in `range(length)`: `float(np.mean([bits[start + place] for start in starts]))`.": (
        "`range(length)`의 `place`마다 `float(np.mean([bits[start + place] for start in starts]))`입니다."
    ),
    "That is one number. Give a list: one mean for each place in the word.": (
        "숫자 하나를 돌려주었습니다. 단어 안의 자리마다 평균이 하나씩 있는 리스트를 돌려주세요."
    ),
    "The numbers are right, but they are in an array. `.tolist()` makes a list of it.": (
        "숫자는 맞지만 배열에 들어 있습니다. `.tolist()`로 리스트를 만드세요."
    ),
    "Those are sums. Divide by the number of words.": "합을 돌려주었습니다. 단어의 수로 나누세요.",
    "The places run the other way: the first number is for the first letter in reading order.": (
        "자리의 순서가 반대입니다. 첫째 숫자는 읽는 순서로 첫 글자의 값입니다."
    ),
    "You cut at blanks, so `do.` counts as a word of three. Letters alone: the pattern is `\\w+`.": (
        "공백에서 잘라서 `do.`가 세 문자짜리 단어가 되었습니다. 글자만 골라야 하니 패턴은 `\\w+`입니다."
    ),
    "You count longer words too. Take only those of exactly `length` characters.": (
        "더 긴 단어까지 셌습니다. 문자가 꼭 `length`개인 단어만 고르세요."
    ),
    "Your places are one too far left: the first of them is the blank before the word.": (
        "자리가 왼쪽으로 하나 밀려서, 첫 자리가 단어 앞의 공백입니다."
    ),
    "Your places are one too far right: `match.start()` is the place of the first letter itself.": (
        "자리가 오른쪽으로 하나 밀렸습니다. `match.start()`가 바로 첫 글자의 자리입니다."
    ),
    "A word that occurs twice is measured twice at its first place: `text.index` finds only that one. "
    "`re.finditer` knows where each begins.": (
        "두 번 나오는 단어를 처음 나온 자리에서 두 번 쟀습니다. `text.index`는 그 자리만 찾습니다. `re.finditer`는 "
        "저마다 어디에서 시작하는지 압니다."
    ),
    "Those are the means of whole words. Take the mean over all words, place by place.": (
        "단어마다 평균을 냈습니다. 자리마다 모든 단어에 걸쳐 평균을 내세요."
    ),
    "Those are all the bits. Take means.": "비트를 모두 늘어놓았습니다. 평균을 내세요.",
    "One number for a whole text hides where the bits are spent. A mean for each place shows it.": (
        "글 전체의 숫자 하나로는 비트를 어디에 쓰는지 보이지 않습니다. 자리마다 평균을 내면 보입니다."
    ),
}
