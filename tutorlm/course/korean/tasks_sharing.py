"""What `tasks.sharing` says, in Korean."""

PHRASES = {
    # objections
    "Write `objections(forward, backward, ngram, unknown)`: the bits per character of both models and of the best "
    'n-gram model, and the share of `<unk>`. Return a list, in this order: "pair" if one model needs over 10 % '
    'more than the better one, "counting" unless both need fewer bits than the n-gram, "unknown" unless the share '
    "is below 0.01.": (
        "`objections(forward, backward, ngram, unknown)`을 작성하세요. 두 모델과 가장 좋은 n-그램 모델의 문자당 "
        "비트 수, 그리고 `<unk>`의 비율을 받습니다. 다음 순서로 리스트를 돌려주세요. 한 모델이 더 좋은 모델보다 "
        '10% 넘게 더 쓰면 "pair", 두 모델 가운데 하나라도 n-그램보다 비트가 적지 않으면 "counting", 비율이 0.01보다 '
        '작지 않으면 "unknown"입니다.'
    ),
    "Three questions, each with an `if` of its own. Begin with an empty list, and append.": (
        "질문은 세 개이고 저마다 `if`가 있어야 합니다. 빈 리스트에서 시작해 덧붙이세요."
    ),
    "For the first two the worse model is enough: `max(forward, backward)`.": (
        "앞의 두 질문에는 더 나쁜 모델만 보면 됩니다. `max(forward, backward)`입니다."
    ),
    "The pair: `max(…) > 1.1 * min(…)`. The others: `max(…) >= ngram`, `unknown >= 0.01`.": (
        "쌍은 `max(…) > 1.1 * min(…)`, 나머지는 `max(…) >= ngram`과 `unknown >= 0.01`입니다."
    ),
    "That is most of what a reviewer of the catalogue looks at. The rest is reading the card.": (
        "목록을 심사하는 사람이 보는 것은 대부분 이것입니다. 나머지는 카드를 읽는 일입니다."
    ),
    "One of the two beats the n-gram, and the other does not. Each must by itself, so compare the worse one.": (
        "둘 가운데 하나만 n-그램을 이깁니다. 저마다 이겨야 하므로 더 나쁜 쪽을 견주세요."
    ),
    "You allow a tenth of a bit. The limit is a share: 10 % more than the better of the two needs.": (
        "0.1비트까지 봐주고 있습니다. 한계는 비율입니다. 둘 가운데 더 좋은 모델보다 10% 많은 데까지입니다."
    ),
    "The forward model can be the worse one, too. Compare the larger number with the smaller.": (
        "순방향 모델이 더 나쁠 수도 있습니다. 큰 수와 작은 수를 견주세요."
    ),
    "You take 10 % of the worse model. A bad one widens its own limit so: take 10 % of the better.": (
        "더 나쁜 모델의 10%를 썼습니다. 그러면 나쁜 모델이 스스로 한계를 넓힙니다. 더 좋은 모델의 10%를 쓰세요."
    ),
    "As many bits as the n-gram needs are not fewer. Counting would do as well, so object.": (
        "n-그램과 비트 수가 같으면 더 적은 것이 아닙니다. 세는 것으로도 충분하다는 뜻이니 반대하세요."
    ),
    "Exactly one in a hundred is not less than one in a hundred: object to 0.01, too.": (
        "정확히 100분의 1은 100분의 1보다 작지 않습니다. 0.01에도 반대하세요."
    ),
    "`unknown` is a share: 0.03 means 3 %. One character in a hundred is 0.01.": (
        "`unknown`은 비율입니다. 0.03은 3%이고, 100자에 하나면 0.01입니다."
    ),
    'Return a list: of "pair", "counting" and "unknown" those that apply, and `[]` if all is well.': (
        '리스트를 돌려주세요. "pair", "counting", "unknown" 가운데 해당하는 것을 넣고, 모두 괜찮으면 `[]`입니다.'
    ),
    "Return a list, even if there is one objection, because there can be several.": (
        "반대할 까닭이 하나뿐이어도 리스트를 돌려주세요. 여러 개일 수 있기 때문입니다."
    ),
    'Right, but in another order: first "pair", then "counting", then "unknown".': (
        '맞지만 순서가 다릅니다. "pair", "counting", "unknown" 순서입니다.'
    ),
    "You stop at the first objection. A reviewer names them all: use `if` three times, and no `elif`.": (
        "처음 나온 까닭에서 멈춥니다. 심사하는 사람은 모두 말해 줍니다. `elif` 없이 `if`를 세 번 쓰세요."
    ),
    # sha256_sums
    "Write `sha256_sums(files)`: `files` has the content of each file, as bytes, by its name. Return what "
    "SHA256SUMS holds: for each file a line with its SHA-256 in hexadecimal, two spaces and its name, sorted by "
    "name. SHA256SUMS itself is left out.": (
        "`sha256_sums(files)`를 작성하세요. `files`는 파일 이름마다 내용을 바이트로 담고 있습니다. SHA256SUMS의 "
        "내용을 돌려주세요. 파일마다 한 줄이며, 십육진수로 쓴 SHA-256, 공백 두 개, 파일 이름을 적고 이름순으로 "
        "늘어놓습니다. SHA256SUMS 자신은 뺍니다."
    ),
    "`hashlib.sha256(content).hexdigest()` is the sum of some bytes.": (
        "`hashlib.sha256(content).hexdigest()`가 바이트의 체크섬입니다."
    ),
    "Go through `sorted(files)`, skip one name, and end each line by a line end, the last as well.": (
        "`sorted(files)`를 차례로 보면서 이름 하나를 건너뛰고, 마지막 줄까지 모든 줄을 줄바꿈으로 끝내세요."
    ),
    'A line is `f"{hashlib.sha256(files[name]).hexdigest()}  {name}\\n"`; `"".join(…)` puts them together.': (
        '한 줄은 `f"{hashlib.sha256(files[name]).hexdigest()}  {name}\\n"`이고, `"".join(…)`으로 이어 붙입니다.'
    ),
    "`sha256sum --check SHA256SUMS` reads it on any Linux, without a line of Python.": (
        "리눅스라면 어디서나 `sha256sum --check SHA256SUMS`로 확인할 수 있습니다. 파이썬은 한 줄도 필요 없습니다."
    ),
    "There is one space between sum and name. Write two, as `sha256sum` does.": (
        "체크섬과 이름 사이에 공백이 하나입니다. `sha256sum`처럼 두 개를 쓰세요."
    ),
    "There is a tab between sum and name. Write two spaces.": (
        "체크섬과 이름 사이에 탭이 있습니다. 공백 두 개를 쓰세요."
    ),
    "First the sum, then the name.": "체크섬이 먼저이고 이름이 나중입니다.",
    "The names are missing. Each line is the sum, two spaces and the name.": (
        "이름이 빠졌습니다. 줄마다 체크섬, 공백 두 개, 이름을 씁니다."
    ),
    "A line end is missing. Each line ends by `\\n`, the last one as well.": (
        "줄바꿈이 빠졌습니다. 마지막 줄까지 모든 줄이 `\\n`으로 끝납니다."
    ),
    "The sums are in capitals. `hexdigest()` gives small letters, and a program may compare letter by letter.": (
        "체크섬이 대문자입니다. `hexdigest()`는 소문자를 주며, 프로그램은 글자 하나하나를 견줄 수도 있습니다."
    ),
    "That is SHA-1, with 40 digits. Two files of one SHA-1 have been made on purpose, so take `hashlib.sha256`.": (
        "40자리인 SHA-1입니다. SHA-1이 같은 두 파일을 일부러 만든 사람이 이미 있으니 `hashlib.sha256`을 쓰세요."
    ),
    "That is MD5, with 32 digits, which anybody can forge today. Take `hashlib.sha256`.": (
        "32자리인 MD5이며, 이제는 누구나 위조할 수 있습니다. `hashlib.sha256`을 쓰세요."
    ),
    "`digest()` gives bytes. `hexdigest()` gives the 64 digits.": (
        "`digest()`는 바이트를 줍니다. 64자리 숫자는 `hexdigest()`가 줍니다."
    ),
    "That is the sum of the name. Hash the content: `files[name]`.": (
        "이름의 체크섬입니다. 내용인 `files[name]`으로 계산하세요."
    ),
    "SHA256SUMS has a line about itself. It cannot: with the line, its sum changes. Leave it out.": (
        "SHA256SUMS에 자신에 관한 줄이 있습니다. 그 줄을 넣으면 체크섬이 바뀌므로 있을 수 없습니다. 빼세요."
    ),
    "Return text, not bytes.": "바이트가 아니라 문자열을 돌려주세요.",
    "Return one text, not a list of lines: join them, each with its line end.": (
        "줄의 리스트가 아니라 문자열 하나를 돌려주세요. 줄마다 줄바꿈을 붙여 이으면 됩니다."
    ),
    "Return a text: for each file its sum, two spaces, its name and a line end.": (
        "문자열을 돌려주세요. 파일마다 체크섬, 공백 두 개, 이름, 줄바꿈을 씁니다."
    ),
    "The lines are right, but not sorted by name. Sorted, equal folders have equal lists.": (
        "줄은 맞지만 이름순이 아닙니다. 이름순으로 늘어놓으면 같은 폴더에서 같은 목록이 나옵니다."
    ),
    "Sort the names as `sorted` does, with capitals first: README.md comes before dictionary.json.": (
        "`sorted`처럼 대문자가 앞에 오게 늘어놓으세요. README.md가 dictionary.json보다 먼저입니다."
    ),
    # longest_recited
    "Write `longest_recited(sample, text)`: how many characters in a row of the sample are in the text, in the "
    "same order and without gaps. Return the length of the longest such stretch, 0 if there is none.": (
        "`longest_recited(sample, text)`를 작성하세요. 견본(sample)에서 글에 그대로 들어 있는 구간을 찾아, 가장 "
        "긴 것의 길이를 돌려줍니다. 문자가 같은 순서로 빈틈없이 이어져야 하고, 그런 구간이 없으면 0입니다."
    ),
    "`stretch in text` says whether a stretch is there. Which stretches does a sample have?": (
        "`stretch in text`는 구간이 글에 있는지 말해 줍니다. 견본에는 어떤 구간들이 있을까요?"
    ),
    "Two loops, over beginning and end, find it. Faster: for each beginning, only try to beat the best so far.": (
        "시작과 끝에 대한 반복문 두 개면 찾을 수 있습니다. 더 빠르게 하려면 시작마다 지금까지 가장 긴 것보다 "
        "긴지만 보세요."
    ),
    "`while begin + longest < len(sample) and sample[begin : begin + longest + 1] in text: longest += 1`": (
        "시작하는 자리마다 "
        "`while begin + longest < len(sample) and sample[begin : begin + longest + 1] in text: longest += 1`를 되풀이하세요."
    ),
    "Fifteen or twenty letters in a row are chance or a common phrase. Fifty are a quotation.": (
        "열다섯이나 스무 자가 이어서 같은 것은 우연이거나 흔한 말입니다. 쉰 자면 인용입니다."
    ),
    "One too few. Is the last letter looked at? A slice `[a:b]` ends before b.": (
        "하나 모자랍니다. 마지막 글자도 보았나요? `[a:b]`는 b 앞에서 끝납니다."
    ),
    "Capitals are other letters: compare the texts as they are.": (
        "대문자는 다른 글자입니다. 글을 있는 그대로 견주세요."
    ),
    "That is the first stretch, and not the longest. Go on after it, and keep the best.": (
        "처음 나온 구간이지 가장 긴 구간이 아닙니다. 그 뒤로도 계속 보면서 가장 긴 것을 남기세요."
    ),
    "Yours may leave letters out in between. Count a stretch without gaps: `stretch in text`.": (
        "중간의 글자를 건너뛰고 있습니다. 빈틈없는 구간을 세세요. `stretch in text`입니다."
    ),
    "You count the different letters of both. Count a stretch.": (
        "두 글에 모두 있는 글자의 가짓수를 셌습니다. 이어진 구간을 세세요."
    ),
    "Yours begins at the first letter of the sample. What is recited may begin anywhere.": (
        "견본의 첫 글자에서 시작하는 것만 봅니다. 외워 쓴 부분은 어디서든 시작할 수 있습니다."
    ),
    "You count letters that are in the text somewhere. They have to come in a row, as in the sample.": (
        "글 어딘가에 있는 글자를 셌습니다. 견본에서처럼 이어서 나와야 합니다."
    ),
    "Your stretch begins and ends with whole words. Letter by letter, it may go on inside the next.": (
        "구간이 단어 단위로 시작하고 끝납니다. 글자 단위로 보면 다음 단어 안까지 이어질 수 있습니다."
    ),
    "You ask whether the whole sample is in the text. Any part of it counts: try every beginning and end.": (
        "견본 전체가 글에 있는지 묻고 있습니다. 일부분이라도 됩니다. 시작과 끝을 모두 시도해 보세요."
    ),
    "Yours goes up to the last letter of the sample. What is recited may end anywhere.": (
        "견본의 마지막 글자까지 가는 것만 봅니다. 외워 쓴 부분은 어디서든 끝날 수 있습니다."
    ),
    "You compare letters at the same place of both. The stretch may be anywhere in the text.": (
        "두 글에서 같은 자리에 있는 글자만 견줍니다. 구간은 글 어디에나 있을 수 있습니다."
    ),
    "Those are words. Count the letters of the stretch, spaces included.": (
        "단어를 셌습니다. 구간의 글자를 공백까지 세세요."
    ),
    "One too many: the last stretch that you tried failed.": "하나 많습니다. 마지막으로 시도한 구간은 실패했습니다.",
    "Return how long the stretch is: `len(…)` of it.": "구간이 얼마나 긴지 돌려주세요. 구간의 `len(…)`입니다.",
    "Return a length, not whether there is one.": "있는지 없는지가 아니라 길이를 돌려주세요.",
}
