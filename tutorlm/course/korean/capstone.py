"""What `capstone` says, in Korean."""

PHRASES = {
    "train": "훈련(train)",
    "valid": "검증(valid)",
    "test": "테스트(test)",
    "forward": "순방향",
    "backward": "역방향",
    "{}\n`prepare_corpus(your_texts, {})` makes it.": "{}\n`prepare_corpus(your_texts, {})`[으로/로] 만들 수 있습니다.",
    "{} characters to learn from and {} to be tested on are too few to say anything. Collect more: at the least {} and "
    "{}, better ten times as many.": (
        "훈련할 문자 {}개와 시험할 문자 {}개로는 아무것도 말할 수 없습니다. 더 모아 보세요. 적어도 {}개와 {}개, 그 열 배면 더 좋습니다."
    ),
    "{} characters to learn from, {} to be tested on": "훈련할 문자 {}개, 시험할 문자 {}개",
    "Answer with the folder that has corpus, forward and backward in it: {}.": (
        "corpus, forward, backward가 들어 있는 폴더로 답해 주세요: {}."
    ),
    "Answer with the folder of one model, such as {}.": "{} 같은 모델 하나의 폴더로 답해 주세요.",
    "There is no folder {}, seen from {}.": "{} 폴더가 없습니다. 지금 있는 곳은 {}입니다.",
    "{} (the first is {}). {}. {}.": "{} (처음 나오는 곳은 {}). {}. {}.",
    "no line of the test text is also in the training text": "테스트 글의 줄이 훈련 글에는 하나도 없습니다",
    "This is the newspaper of the course. Now take text of your own: your language, trade or hobby.": (
        "과정에 들어 있는 신문입니다. 이제 직접 고른 글로 해 보세요. 내가 쓰는 말, 하는 일, 좋아하는 것, 무엇이든 좋습니다."
    ),
    "The text is your own, but the card is that of the course's newspaper ({}). Write one for your text.": (
        "글은 직접 고른 것인데 카드는 예행연습의 카드 그대로입니다({}). 글에 맞게 고쳐 쓰세요."
    ),
    "text and card are your own": "글도 카드도 직접 마련한 것입니다",
    "There is no {}. Train a model with {} as its folder.": "{} 파일이 없습니다. {} 폴더에 모델을 훈련하세요.",
    "{} reads {}. Are the two folders exchanged?": "{}의 모델은 {}입니다. 두 폴더가 바뀌지 않았나요?",
    "{} opens: V = {}, H = {}, reads {}": "{} 파일이 열립니다: V = {}, H = {}, {}",
    "The two models have different dictionaries or delimiters. Make one dictionary, and give it to both.": (
        "두 모델의 사전이나 문서 구분자가 다릅니다. 사전을 하나 만들어 둘 다에 쓰세요."
    ),
    "both directions share one dictionary": "두 방향이 같은 사전을 씁니다",
    "{} of the {} text is unknown to the dictionary ({} …), so its bits flatter. Count the dictionary on the training "
    "text, or bring text and dictionary into one normal form.": (
        "{1} 글의 {0}[이/가] 사전에 없어({2} …) 비트 수가 실제보다 좋아 보입니다. 훈련 글로 사전을 만들거나, 글과 사전의 정규형을 "
        "맞추세요."
    ),
    "{} of the {} text is unknown to the dictionary": "{1} 글의 {0}[이/가] 사전에 없습니다",
    "The {} model needs {} bits per character of the {} text, and the best n-gram model, the {}, {}. Train longer, take "
    "more units or find more text.": (
        "{2} 글에서 {0} 모델은 문자당 {1}비트인데, 가장 좋은 n-그램 모델인 {3}[은/는] {4}비트입니다. 더 오래 훈련하거나, 유닛을 "
        "늘리거나, 글을 더 모아 보세요."
    ),
    "{} bits per character at most": "문자당 {}비트 이하",
    "{} bits per character": "문자당 {}비트",
    " (it counted {} of {} characters)": "(문자 {1}개 중 {0}개를 셌습니다)",
    "{}; the best n-gram model, the {}, needs {}{}: {} saved": (
        "{0}. 가장 좋은 n-그램 모델인 {1}[은/는] {2}비트{3}. {4} 줄었습니다"
    ),
    "Too good to be true: the {} model needs {} bits on the test text and {} on the valid text. Was it trained on the "
    "test text?": (
        "믿기 어려울 만큼 좋습니다. {} 모델이 테스트 글에서는 {}비트, 검증 글에서는 {}비트입니다. 테스트 글로 훈련하지 않았나요?"
    ),
    "The {} model needs {} bits and the other {}. A text has one probability, so the two should be within {} of each "
    "other. Train the {} one again, as long as the other.": (
        "{0} 모델은 {1}비트, 다른 모델은 {2}비트입니다. 글의 확률은 하나이므로 둘의 차이는 {3} 이내여야 합니다. {4} 모델을 다른 "
        "모델만큼 오래 다시 훈련하세요."
    ),
    "test and valid text cost much the same, and so do both directions": (
        "테스트 글과 검증 글의 비트 수가 비슷하고, 두 방향도 비슷합니다"
    ),
    ", and {} passages of 40 characters are from the training text, word for word": (
        ". 문자 40개짜리 구절 {}개는 훈련 글과 똑같습니다"
    ),
    "they write: see below{}": "모델이 글을 씁니다. 아래를 보세요{}",
    "a title (`# …`) and the lines {}": "제목(`# …`)과 다음 줄: {}",
    "There is no {}. Write it: {}.": "{} 파일이 없습니다. 이렇게 쓰세요: {}.",
    "a title": "제목",
    "The card lacks {}. It needs {}.": "카드에 {}[이/가] 없습니다. 필요한 것: {}.",
    "the card says what the models are, and whose text they read": (
        "카드에 어떤 모델인지, 누구의 글을 읽었는지 적혀 있습니다"
    ),
    "practising; too small for anything else": "연습용. 다른 일에 쓰기에는 너무 작습니다",
}
