"""What `tasks.growing` says, in Korean."""

PHRASES = {
    # files_to_resume
    "A machine fails in the third epoch, but its disk survives. What must you copy, at least, so that another "
    'machine goes on bit for bit, by load_checkpoint and train with the same arguments? "a": the corpus and '
    'best-lm.pt; "b": checkpoint.pt; "c": the corpus, checkpoint.pt and best-lm.pt; "d": all of "c", loss.tsv and '
    "the corpus's .encoded.": (
        "세 번째 에폭에서 컴퓨터가 고장 났지만 디스크는 살아남았습니다. 다른 컴퓨터에서 load_checkpoint와 같은 인자를 "
        '준 train으로 비트까지 똑같이 이어 가려면 적어도 무엇을 복사해야 할까요? "a": 말뭉치와 best-lm.pt, "b": '
        'checkpoint.pt, "c": 말뭉치, checkpoint.pt, best-lm.pt, "d": "c"의 전부, loss.tsv, 말뭉치의 .encoded.'
    ),
    "Go through what section 1 found in a checkpoint. What is not in it?": (
        "1절에서 체크포인트에 무엇이 있었는지 훑어보세요. 거기에 없는 것은 무엇일까요?"
    ),
    "The text is not in it. And of which weights is there only one copy, in a file of its own?": (
        "글이 없습니다. 그리고 따로 파일 하나에만 들어 있는 가중치는 어느 것일까요?"
    ),
    "best-lm.pt has the weights, but neither the optimizer's state nor the place in the corpus: from it you can "
    "fine-tune, but not resume.": (
        "best-lm.pt에는 가중치가 있지만 옵티마이저의 상태도 말뭉치에서의 위치도 없습니다. 여기서 미세 조정은 할 수 "
        "있어도 이어서 훈련할 수는 없습니다."
    ),
    "Nearly: checkpoint.pt has all that decides the next step. But the best model so far is a file of its own, and "
    "without it the run would not know what to keep at its end; and the text is in neither.": (
        "거의 맞았습니다. 다음 스텝을 정하는 것은 모두 checkpoint.pt에 있습니다. 하지만 지금까지 가장 좋은 모델은 따로 "
        "파일로 있고, 이것이 없으면 끝날 때 무엇을 남길지 모릅니다. 글은 어느 쪽에도 없습니다."
    ),
    "Harmless, but they are made again: loss.tsv from the checkpoint's history, .encoded from the text.": (
        "해롭지는 않지만 다시 만들어지는 것이 있습니다. loss.tsv는 체크포인트의 훈련 기록에서, .encoded는 글에서 다시 "
        "만들어집니다."
    ),
    "On the command line you would copy run.json as well: it remembers the arguments for you.": (
        "명령줄에서 훈련했다면 run.json도 복사하세요. 인자를 대신 기억해 줍니다."
    ),
    # training_bytes
    "Write `training_bytes(V, E, H)`: how many bytes do the weights of a model of one layer, their gradients and "
    "AdamW's two averages for each weight take in float32, 4 bytes a number? Biases count too: the LSTM has two of "
    "4H numbers each, the decoder one of V.": (
        "`training_bytes(V, E, H)`를 작성하세요. 층이 하나인 모델의 가중치, 그 그레이디언트, 가중치마다 있는 AdamW의 "
        "두 평균은 float32로 모두 몇 바이트일까요? 숫자 하나가 4바이트입니다. 편향도 세세요. LSTM에는 4H개짜리가 두 "
        "개, 디코더에는 V개짜리가 하나 있습니다."
    ),
    "The encoder has V·E weights, the decoder H·V and a bias of V.": (
        "인코더에는 가중치가 V·E개, 디코더에는 H·V개와 편향 V개가 있습니다."
    ),
    "The LSTM has a matrix of 4H rows and E columns, one of 4H rows and H columns, and two biases of 4H.": (
        "LSTM에는 4H행 E열 행렬, 4H행 H열 행렬, 그리고 4H개짜리 편향이 두 개 있습니다."
    ),
    "Four numbers for each weight (itself, its gradient, two averages) of 4 bytes each: times 16.": (
        "가중치마다 숫자가 네 개(가중치, 그레이디언트, 두 평균)이고 하나에 4바이트이니, 16을 곱합니다."
    ),
    "That is the number of weights. Each has 4 bytes, and there are four numbers for each weight.": (
        "가중치의 수입니다. 숫자 하나가 4바이트이고, 가중치마다 숫자가 네 개 있습니다."
    ),
    "That is the weights alone. Their gradients and AdamW's two averages need as much again, each.": (
        "가중치만 셌습니다. 그레이디언트와 AdamW의 두 평균에도 저마다 그만큼씩 더 듭니다."
    ),
    "Weights and gradients are there. AdamW keeps two more numbers for each weight.": (
        "가중치와 그레이디언트는 셌습니다. AdamW는 가중치마다 숫자를 두 개 더 둡니다."
    ),
    "Four numbers for each weight: itself, its gradient, and AdamW's two averages.": (
        "가중치마다 숫자가 네 개입니다. 가중치, 그레이디언트, AdamW의 두 평균입니다."
    ),
    "Those are bits. A number in float32 has 4 bytes.": "비트로 셌습니다. float32 숫자 하나는 4바이트입니다.",
    "The LSTM has two biases of 4H numbers each, and the decoder one of V.": (
        "LSTM에는 4H개짜리 편향이 두 개, 디코더에는 V개짜리가 하나 있습니다."
    ),
    "The LSTM has two biases, bias_ih and bias_hh, of 4H numbers each.": (
        "LSTM에는 4H개짜리 편향이 bias_ih와 bias_hh, 이렇게 두 개 있습니다."
    ),
    "The LSTM's biases are missing: two, of 4H numbers each.": "LSTM의 편향이 빠졌습니다. 4H개짜리가 두 개 있습니다.",
    "The decoder has a bias, too: V numbers.": "디코더에도 편향이 V개 있습니다.",
    "The LSTM has four gates: 4H rows, not H.": "LSTM에는 게이트가 네 개 있으니 H행이 아니라 4H행입니다.",
    "The encoder is missing: V rows of E numbers.": "인코더가 빠졌습니다. E개짜리 행이 V개 있습니다.",
    "The decoder is missing: a matrix of V rows and H columns, and a bias of V.": (
        "디코더가 빠졌습니다. V행 H열 행렬 하나와 편향 V개가 있습니다."
    ),
    "The biases of the LSTM are for four gates: two of 4H numbers each.": (
        "LSTM의 편향은 게이트 네 개의 것이니, 4H개짜리가 두 개입니다."
    ),
    "On top of that come the activations of the T·B characters of a window, kept for the way back.": (
        "여기에 창 하나에 든 T·B개 문자의 활성값이 더해집니다. 역전파를 위해 남겨 두는 값입니다."
    ),
    # own_columns
    "Write `own_columns(rank, processes, columns)`: the list of the numbers of the columns that process `rank` "
    "reads. Processes and columns are counted from 0, `columns` is a multiple of `processes`, and each process "
    "reads a block of neighbouring columns, all blocks of the same width.": (
        "프로세스 `rank`가 읽는 열의 번호를 리스트로 돌려주는 `own_columns(rank, processes, columns)`를 작성하세요. "
        "프로세스와 열은 0부터 세고, `columns`는 `processes`의 배수입니다. 프로세스마다 이웃한 열을 한 덩어리씩 "
        "읽으며, 덩어리의 너비는 모두 같습니다."
    ),
    "How many columns does each process have? `columns // processes`.": (
        "프로세스마다 열이 몇 개일까요? `columns // processes`개입니다."
    ),
    "Process 0 begins at column 0; process 1 where process 0 ends.": (
        "프로세스 0은 열 0에서 시작하고, 프로세스 1은 프로세스 0이 끝나는 곳에서 시작합니다."
    ),
    "`list(range(rank * own, (rank + 1) * own))`, where `own` is that number.": (
        "그 수를 `own`이라고 하면 `list(range(rank * own, (rank + 1) * own))`입니다."
    ),
    "Right or wrong, this is a {}: give back a list of numbers, list(range(…)).": (
        "번호가 맞는지는 둘째 치고 돌려준 것이 {}입니다. list(range(…))처럼 번호의 리스트를 돌려주세요."
    ),
    "You deal them out in turns. Each process reads neighbours: process 0 the first B/N columns, and so on.": (
        "열을 번갈아 나누어 주었습니다. 프로세스마다 이웃한 열을 읽어야 합니다. 프로세스 0은 처음 B/N개 열, 다음 "
        "프로세스는 그다음 B/N개 열입니다."
    ),
    "One too many: the end of a range is not part of it.": "하나 많습니다. range의 끝은 그 안에 들지 않습니다.",
    "One too few: a range stops before its end.": "하나 모자랍니다. range는 끝에 닿기 전에 멈춥니다.",
    "Your range ends where process 0 ends, whatever the rank. It should end where the next process begins.": (
        "rank가 무엇이든 프로세스 0이 끝나는 곳에서 끝납니다. 다음 프로세스가 시작하는 곳에서 끝나야 합니다."
    ),
    "Those are the columns of the process before: ranks begin at 0.": (
        "바로 앞 프로세스의 열입니다. rank는 0에서 시작합니다."
    ),
    "Each process has B / N columns, not N of them.": "프로세스마다 열이 N개가 아니라 B / N개 있습니다.",
    "Columns are counted from 0.": "열은 0부터 셉니다.",
    "Those are the columns of process 0. Where do those of the others begin?": (
        "프로세스 0의 열입니다. 다른 프로세스의 열은 어디에서 시작할까요?"
    ),
    "A column never changes its process, so the hidden state at its end never has to be sent anywhere.": (
        "열은 맡은 프로세스가 바뀌지 않으므로, 창의 끝에 남은 은닉 상태를 어디로도 보낼 필요가 없습니다."
    ),
    # days_for
    "Write `days_for(words, characters_per_word, characters_per_second)`: how many days does a model need to read "
    "so many words once?": (
        "`days_for(words, characters_per_word, characters_per_second)`를 작성하세요. 모델이 그만큼의 단어를 한 번 읽는 "
        "데 며칠이 걸릴까요?"
    ),
    "How many characters are there to read? And how many seconds does that take?": (
        "읽을 문자는 몇 개일까요? 읽는 데 몇 초가 걸릴까요?"
    ),
    "Characters are `words * characters_per_word`; seconds are characters divided by characters per second.": (
        "문자 수는 `words * characters_per_word`이고, 초는 문자 수를 초당 문자 수로 나눈 값입니다."
    ),
    "A day has `24 * 60 * 60` seconds.": "하루는 `24 * 60 * 60`초입니다.",
    "seconds": "초",
    "minutes": "분",
    "hours": "시간",
    "weeks": "주",
    "Those are {}. A day has 24 hours of 60 minutes of 60 seconds.": (
        "{} 단위로 셌습니다. 하루는 24시간, 한 시간은 60분, 일 분은 60초입니다."
    ),
    "Those are days, had an hour 60 seconds: a day has 24 hours of 60 minutes of 60 seconds.": (
        "한 시간이 60초일 때의 날수입니다. 하루는 24시간, 한 시간은 60분, 일 분은 60초입니다."
    ),
    "Put the length of a day into brackets: a / b * c divides by b only.": (
        "하루의 길이를 괄호로 묶으세요. a / b * c는 b로만 나눕니다."
    ),
    "The model reads characters: multiply the words by the characters of each.": (
        "모델은 문자를 읽습니다. 단어 수에 단어마다 있는 문자 수를 곱하세요."
    ),
    "A word has several characters: multiply by characters_per_word, do not divide.": (
        "단어 하나에 문자가 여러 개 있습니다. characters_per_word로 나누지 말고 곱하세요."
    ),
    "A faster model needs less time: divide by the characters per second.": (
        "모델이 빠를수록 시간이 덜 걸립니다. 초당 문자 수로 나누세요."
    ),
    "Do not round: part of a day is asked for, too.": "반올림하지 마세요. 하루가 안 되는 부분도 필요합니다.",
    "One epoch only. The first epoch of a large corpus is worth far more than the second.": (
        "한 에폭일 뿐입니다. 큰 말뭉치에서는 첫 에폭이 두 번째 에폭보다 훨씬 값집니다."
    ),
}
