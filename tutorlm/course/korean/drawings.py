"""What the modules of `drawings` say, in Korean."""

PHRASES = {
    # cells
    "keep?": "남길까?",
    "write?": "쓸까?",
    "what?": "무엇을?",
    "show?": "보일까?",
    "One step of an LSTM. Along the top goes the notepad c: it is multiplied by the forget gate f, and the input "
    "gate i times the candidate g is added to it. Along the bottom come x and h, from which all four gates are "
    "made. The new h is the output gate o times tanh of the new c.": (
        "LSTM의 한 스텝. 위쪽으로 메모장 c가 지나갑니다. 여기에 망각 게이트 f를 곱하고, 입력 게이트 i와 후보 g의 곱을 더합니다. "
        "아래쪽으로 x와 h가 들어와 네 게이트를 모두 만듭니다. 새 h는 새 c의 tanh에 출력 게이트 o를 곱한 값입니다."
    ),
    "new c": "새 c",
    "new h": "새 h",
    "the notepad": "메모장",
    "the character, as a vector": "벡터가 된 문자",
    "0 … 1: how much": "0 … 1: 얼마나",
    "−1 … 1: what": "−1 … 1: 무엇을",
    "new c  =  f · c + i · g": "새 c  =  f · c + i · g",
    "new h  =  o · tanh(new c)": "새 h  =  o · tanh(새 c)",
    "window {}": "창 {}",
    "{} windows of {} steps that read “{}”. Arrows of the state go forward through all windows. Dashed arrows of the "
    "gradients go back, and stop at the line “detach” before each window.": (
        "“{2}”[을/를] 읽는 {1}스텝짜리 창 {0}개. 상태의 화살표는 모든 창을 지나 앞으로 갑니다. 그레이디언트의 점선 화살표는 "
        "거꾸로 가다가 각 창 앞의 “detach” 선에서 멈춥니다."
    ),
    "to predict": "예측할 문자",
    "read": "읽는 문자",
    "state h and c: goes on, through all windows": "상태 h와 c: 모든 창을 지나 이어집니다",
    "gradients: stop at detach": "그레이디언트: detach에서 멈춥니다",
    # counts
    "and {} more with {} together": "그 밖의 {}개를 합하면 {}",
    "{}bars of {} probabilities; the largest: {}.": "{}확률 {}개의 막대. 가장 큰 것: {}.",
    "column: the character that comes after": "열: 뒤에 오는 문자",
    "Deeper blue: a larger share of its row.{}": "파랄수록 그 행에서 차지하는 비율이 큽니다.{}",
    " The {} most frequent of {} are drawn.": " {1}개 중 가장 자주 나오는 {0}개를 그렸습니다.",
    "row: the\ncharacter\nbefore": "행:\n앞에\n오는 문자",
    "{} then {} {} times, {} of its row": "‘{}’ 다음에 ‘{}’ {}번(그 행의 {})",
    "A table of which character follows which, for {} characters. Most often: {}.": (
        "문자 {}개 가운데 어느 문자 뒤에 어느 문자가 오는지 보여 주는 표. 가장 자주 나오는 것: {}."
    ),
    # gates
    "Unit {} of {}": "유닛 {0}/{1}",
    "{}: its notepad c goes with “{}”: correlation {}": "{}: 메모장 c가 “{}”[과/와] 함께 움직입니다. 상관 {}",
    " from its end": "(끝에서부터)",
    "The gates of unit {} while the model reads “{}”{}.": "유닛 {}의 게이트. 모델이 읽는 글: “{}”{}.",
    " Its notepad c is between {} and {}.": " 메모장 c는 {}에서 {} 사이입니다.",
    " Its notepad c is between {} and {} and goes with “{}”: correlation {}.": (
        " 메모장 c는 {}에서 {} 사이이고 “{}”[과/와] 함께 움직입니다. 상관 {}."
    ),
    "of  ": "게이트  ",
    # models
    "forward": "순방향",
    "backward": "역방향",
    "forward →": "순방향 →",
    "backward ←": "역방향 ←",
    "A {} model with {} weights": "{} 모델, 가중치 {}개",
    "weights": "가중치",
    "1 layer": "1층",
    "{} layers": "{}층",
    "embedding": "임베딩",
    "projection": "투영",
    "decoder": "디코더",
    "numbers": "번호",
    "vectors": "벡터",
    "states": "상태",
    "scores": "점수",
    "state h and c: {}×{} each{}": "상태 h와 c: 각각 {}×{}{}",
    ", in every layer": ", 층마다",
    "characters in a window": "(창 하나의 문자 수)",
    "columns, read side by side": "(나란히 읽는 열의 수)",
    "items in the dictionary": "(사전의 항목 수)",
    "numbers for a character": "(문자 하나를 나타내는 수)",
    "units of the LSTM": "(LSTM의 유닛 수)",
    "{} ({}, {} weights)": "{}({}, 가중치 {}개)",
    "The parts of a {} model, in the order in which numbers go through them: {}. {}.": (
        "{} 모델의 부분을 수가 지나가는 순서대로 적으면: {}. {}."
    ),
    "what comes next": "다음에 올 문자",
    "“{}” as numbers, read by a model with H = {}. Two things come out: the probabilities of the next character ({}), "
    "and the vector of “{}”, {} numbers.": (
        "번호로 바뀐 “{}”[을/를] H = {}인 모델이 읽습니다. 두 가지가 나옵니다. 다음 문자의 확률({})과 “{}”의 벡터(수 {}개)입니다."
    ),
    "text": "글",
    "numbers in a dictionary of {}{}": "{}개짜리 사전의 번호{}",
    " ({}: not in it)": " ({}: 사전에 없음)",
    "model": "모델",
    "{}, … : {} numbers": "{}, … : 수 {}개",
    "vector of “{}”": "“{}”의 벡터",
    # streams
    "One stream of {} characters, cut into B = {} parts of {}": "문자 {}개의 스트림을 B = {}토막으로, 한 토막에 {}개씩",
    "left over": "남은 문자",
    "read down": "아래로 읽기",
    "1 row": "1행",
    "{} rows": "{}행",
    "column {} “{}”": "{}번 열 “{}”",
    ", and {} more": ", 그 밖에 {}개",
    " Left over: {} at the end.": " 끝에 남은 문자: {}개.",
    " Lines below every T = {} rows rule the columns into windows.": " T = {}행마다 그은 선이 열을 창으로 나눕니다.",
    "A stream of {} characters in {} coloured parts of {}": "문자 {}개의 스트림을 {}토막으로, 한 토막에 {}개씩 나누어 색칠한 그림",
    "{}, and below it the same parts as columns: {}{}.": "{}. 아래에는 같은 토막을 열로 세웠습니다: {}{}.",
    # tables
    "Tables: ": "표: ",
    "{}, one row of {}: “{}”": "{}, 길이 {}인 한 행: “{}”",
    "{}, {} rows and {} columns, the first of them “{}”": "{}, {}행 {}열, 첫째 열은 “{}”",
    "columns": "열",
    "inputs": "입력",
    "targets": "정답",
    "the first {} of {} columns": "{1}개 열 중 처음 {0}개",
    "A window of columns: rows {} to {} are the inputs; rows {} to {}, one row further down, are the targets. In "
    "column 0 the inputs are “{}” and the targets “{}”.": (
        "열에서 자른 창. {}행부터 {}행까지가 입력이고, 한 행 아래인 {}행부터 {}행까지가 정답입니다. 0번 열에서 입력은 “{}”, "
        "정답은 “{}”입니다."
    ),
    # words
    "The word “{}” in a sentence. The forward model has read “{}”, the backward model, from the end, “{}”. Their two "
    "states, one on the other, are the vector of the word.": (
        "문장 속 단어 “{}”. 순방향 모델은 “{}”까지, 역방향 모델은 끝에서부터 “{}”까지 읽었습니다. 두 상태를 이어 붙이면 이 단어의 "
        "벡터가 됩니다."
    ),
    "the word": "단어",
    "forward state": "순방향 상태",
    "backward state": "역방향 상태",
    "forward model: reads from the first character": "순방향 모델: 첫 문자부터 읽습니다",
    "backward model: from the last": "역방향 모델: 마지막 문자부터",
}
