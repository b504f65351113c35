"""What `tasks.clinic` says, in Korean."""

PHRASES = {
    # all cases
    '{} Choose one of "a", "b", "c", "d".': '{} "a", "b", "c", "d" 가운데 하나를 고르세요.',
    # case_1
    "Three texts lie in the folder, and the corpus does not open.": (
        "폴더에 글이 세 개 있는데 말뭉치가 열리지 않습니다."
    ),
    "Compare the list of files with the corpus folders that you made in notebook 02.": (
        "파일 목록을 노트북 02에서 만든 말뭉치 폴더와 견주어 보세요."
    ),
    "One of the three names belongs to something that is not a file.": (
        "세 이름 가운데 하나는 파일이 아닌 것의 이름입니다."
    ),
    "A wrong path is worth a first look, but here the cell listed the files by the same path, and found them.": (
        "경로부터 의심해 볼 만하지만, 여기서는 셀이 바로 그 경로로 파일을 찾아 출력했습니다."
    ),
    "Characters that a dictionary lacks bring a warning, or a case that you will meet further down. The corpus "
    "opens all the same.": (
        "문자 사전에 없는 문자가 있으면 경고가 나오거나, 뒤에서 만날 사례가 됩니다. 그래도 말뭉치는 열립니다."
    ),
    "There is enough: 12,532 characters of training text. And a corpus opens however little there is in it; a text "
    "that is too short shows when training starts.": (
        "글은 넉넉합니다. 훈련 글이 12,532자입니다. 게다가 말뭉치는 글이 아무리 적어도 열립니다. 글이 너무 짧으면 "
        "훈련을 시작할 때 드러납니다."
    ),
    "`prepare_corpus` lays out a corpus for you, from files of any names: then this cannot happen.": (
        "`prepare_corpus`는 이름이 어떻든 파일을 받아 말뭉치로 정리해 줍니다. 그러면 이런 일이 생기지 않습니다."
    ),
    # case_2
    "The file could be converted, and not one of its letters is Japanese.": (
        "파일을 변환할 수는 있었지만, 일본어 글자가 하나도 없습니다."
    ),
    "Count the bytes that may occur in a file, and the characters of ISO-8859-1. What follows for the conversion?": (
        "파일에 나올 수 있는 바이트는 몇 가지이고 ISO-8859-1의 문자는 몇 개인지 세어 보세요. 그렇다면 변환은 어떻게 "
        "될까요?"
    ),
    "Which of the four would leave not a single Japanese letter, in any place of the file?": (
        "넷 가운데 어느 경우에 파일 어디에도 일본어 글자가 하나도 남지 않을까요?"
    ),
    "A font decides what a character looks like. A dictionary knows nothing of fonts: it lists the characters "
    "themselves, and these are other characters.": (
        "글꼴은 문자가 어떻게 보이는지 정합니다. 문자 사전은 글꼴을 모르고 문자 자체를 늘어놓는데, 여기 있는 것은 다른 "
        "문자입니다."
    ),
    "Damage leaves the text around it readable. Here every letter is wrong, and yet all bytes are still there: each "
    "became one character.": (
        "파일이 망가져도 그 둘레의 글은 읽을 수 있습니다. 여기서는 글자가 모두 틀렸는데도 바이트는 하나도 사라지지 "
        "않고 저마다 문자 하나가 되었습니다."
    ),
    "NFC joins letters with their accents, as e and ´ to é. It has never turned a Japanese letter into Ì.": (
        "NFC는 e와 ´를 é로 합치듯 글자와 부호를 합칩니다. 일본어 글자를 Ì로 바꾸는 일은 없습니다."
    ),
    "A conversion that cannot fail proves nothing. Look at what comes out.": (
        "실패할 수 없는 변환은 아무것도 증명하지 못합니다. 나온 결과를 들여다보세요."
    ),
    # case_3
    "A model file was opened, and then there was a folder that nobody had made.": (
        "모델 파일을 열었더니 아무도 만들지 않은 폴더가 생겼습니다."
    ),
    "Neither the script nor the loader has a line that makes a folder.": (
        "이 스크립트에도 파일을 읽는 코드에도 폴더를 만드는 줄은 없습니다."
    ),
    "What does a pickle hold besides numbers and strings?": "피클에는 숫자와 문자열 말고 무엇이 들어 있을까요?",
    "torch.load keeps no copies: it reads, and leaves the disk as it was. Besides, this folder is empty.": (
        "torch.load는 사본을 남기지 않습니다. 읽기만 하고 디스크는 그대로 둡니다. 게다가 이 폴더는 비어 있습니다."
    ),
    "Such a file is indeed a zip archive inside. But torch reads it where it is and unpacks nothing to the disk.": (
        "이런 파일의 속은 정말로 zip 압축 파일입니다. 하지만 torch는 그 자리에서 읽을 뿐, 디스크에 아무것도 풀지 "
        "않습니다."
    ),
    "`base_path` is an argument of `train`. A model file does not know where it was trained, and nothing was "
    "trained here.": (
        "`base_path`는 `train`의 인자입니다. 모델 파일에는 어디에서 훈련했는지 적혀 있지 않고, 여기서는 아무것도 "
        "훈련하지 않았습니다."
    ),
    "Opening it was enough. It could have been any other function of Python.": (
        "여는 것만으로 충분했습니다. 파이썬의 다른 어떤 함수였을 수도 있습니다."
    ),
    # case_4
    "Five passes through the text, and the model is worse than counting.": (
        "글을 다섯 번 읽었는데 모델이 세기만 한 것보다 못합니다."
    ),
    "The line of the run says more than its bits.": "훈련이 끝나며 나온 줄에 비트 수 말고 무엇이 적혀 있는지 보세요.",
    "How many characters does one step use up, and how many characters are there?": (
        "한 스텝은 문자를 몇 개 쓰고, 문자는 모두 몇 개일까요?"
    ),
    "It is little, and yet the same text was enough for a 5-gram model to reach 4.1 bits.": (
        "적기는 하지만, 5-그램 모델은 같은 글로 4.1비트까지 갔습니다."
    ),
    "It is the rate of the recipe, 3/H, with which models of this size learn well. We tried twice and four times as "
    "much: 5.4 bits, and that is still far from the 5-gram model.": (
        "레시피의 학습률은 3/H이고, 이만한 모델은 이 값에서 잘 배웁니다. 두 배와 네 배로도 해 보았지만 5.4비트였고, "
        "여전히 5-그램 모델에 한참 못 미쳤습니다."
    ),
    "Overfitting needs a train loss that is far better than the valid loss. Nothing has been learnt by heart here, "
    "neither the old text nor the new.": (
        "과적합이라면 훈련 손실이 검증 손실보다 훨씬 낮아야 합니다. 여기서는 본 글도 새 글도 외우지 못했습니다."
    ),
    "Characters divided by T · B are the steps of an epoch. Hundreds are good, ten are few.": (
        "문자 수를 T · B로 나누면 한 에폭의 스텝 수입니다. 수백이면 좋고, 열이면 적습니다."
    ),
    # case_5
    "The learning rate falls and falls, and the model learns no more.": (
        "학습률은 자꾸 떨어지고 모델은 더 배우지 않습니다."
    ),
    "What does the schedule wait for before it lowers the rate?": "스케줄은 무엇을 기다렸다가 학습률을 낮출까요?",
    "How often is this model judged in one epoch, and how large is the text that it reads in between?": (
        "이 모델은 한 에폭에 몇 번 평가받고, 그 사이에 글을 얼마나 읽을까요?"
    ),
    "Then the first steps would be the worst. But the bits fall fastest while the rate is still 20, and stop "
    "falling once it is small.": (
        "그렇다면 처음 스텝이 가장 나빠야 합니다. 그런데 비트 수는 학습률이 아직 20일 때 가장 빨리 내려가고, 학습률이 "
        "작아지자 더 내려가지 않습니다."
    ),
    "One cycle has another shape: the rate rises first, then falls smoothly to its end. These are stairs, and each "
    "step down is a division by four.": (
        "원사이클은 모양이 다릅니다. 학습률이 먼저 올라갔다가 끝까지 매끄럽게 내려갑니다. 이것은 계단이고, 한 칸 "
        "내려갈 때마다 사분의 일이 됩니다."
    ),
    "The same model of 64 units reaches 3.3 bits when the rate is left alone. It could have learnt more.": (
        "학습률을 그대로 두면 64유닛짜리 같은 모델이 3.3비트까지 갑니다. 더 배울 수 있었습니다."
    ),
    "Patience is counted in splits: ten times as many splits use it up ten times sooner.": (
        "인내는 분할의 수로 셉니다. 분할이 열 배면 열 배 빨리 바닥납니다."
    ),
    # case_6
    "Four runs, of which one needs nothing but more time.": "네 훈련 가운데 하나는 시간만 더 주면 됩니다.",
    "Look for a run that would still get better if it went on.": "계속하면 더 좋아질 훈련을 찾아보세요.",
    "Compare train with valid, the losses with the uniform line, and the first learning rate with the last.": (
        "훈련 손실과 검증 손실을, 손실과 uniform 선을, 처음 학습률과 마지막 학습률을 견주어 보세요."
    ),
    "Run A is worse than a model that knows nothing, ten times over, and it does not settle. A rate of 20 suits SGD "
    "with clipped gradients; AdamW moves every single weight by about the rate. More time will not help.": (
        "훈련 A는 아무것도 모르는 모델보다 열 배나 나쁘고 가라앉지도 않습니다. 학습률 20은 그레이디언트를 클리핑하는 "
        "SGD에 맞습니다. AdamW는 가중치를 하나하나 학습률만큼 움직입니다. 시간을 더 주어도 소용없습니다."
    ),
    "Run C gets better on what it reads again and again, and worse on everything else: its valid loss has turned. "
    "It needs more text, dropout, or an earlier stop.": (
        "훈련 C는 거듭 읽는 글에서는 좋아지고 다른 글에서는 모두 나빠집니다. 검증 손실이 이미 돌아섰습니다. 글이나 "
        "드롭아웃을 늘리거나, 더 일찍 멈추어야 합니다."
    ),
    "Run D still crawls, but look at its learning rate: a thousandth of what it was. With steps that small you "
    "would wait for ever. It needs its rate back.": (
        "훈련 D는 아직 기어가고 있지만, 학습률을 보세요. 처음의 천분의 일입니다. 걸음이 이렇게 작으면 끝없이 기다려야 "
        "합니다. 학습률을 되돌려 주어야 합니다."
    ),
    "Two losses and the learning rate say most about a run; `loss.tsv` has all three.": (
        "훈련을 가장 잘 말해 주는 것은 두 손실과 학습률입니다. `loss.tsv`에 셋 다 있습니다."
    ),
    # case_7
    "Before the first step of fine-tuning, a good model needs 16 bits per character.": (
        "미세 조정의 첫 스텝을 밟기도 전에, 좋은 모델이 문자당 16비트를 씁니다."
    ),
    "The weights are those of yesterday. What else does a model need to read a text?": (
        "가중치는 어제 그대로입니다. 모델이 글을 읽으려면 또 무엇이 필요할까요?"
    ),
    "What does a model see of the letter e?": "모델은 글자 e를 무엇으로 볼까요?",
    "The right idea: read from the wrong end, this model needs 7.1 bits. But its name says forward, the text was "
    "not turned round, and 16 bits are far more than that.": (
        "생각은 좋습니다. 반대쪽 끝에서부터 읽으면 이 모델은 7.1비트를 씁니다. 하지만 이름에 forward라고 적혀 있고, "
        "글을 뒤집지도 않았으며, 16비트는 그보다 훨씬 많습니다."
    ),
    "This is news, which it was trained on. And even Arabic text, of which it can hardly read a letter, costs this "
    "model no more than 15.9.": (
        "이 글은 모델이 훈련할 때 읽은 것과 같은 뉴스입니다. 게다가 거의 한 글자도 읽지 못하는 아랍어 글을 주어도, 이 "
        "모델에 드는 것은 많아야 15.9비트입니다."
    ),
    "There has been no step yet, so no rate could do any harm. The model itself is what it was.": (
        "아직 한 스텝도 밟지 않았으니 학습률이 해를 끼칠 수 없습니다. 모델 자체는 그대로입니다."
    ),
    "A model knows numbers, not letters. Only its dictionary knows which is which.": (
        "모델은 글자를 모르고 번호만 압니다. 어느 번호가 어느 글자인지는 문자 사전만 압니다."
    ),
    # case_8
    "The right last letter has the probability 0.25 after 1,757 steps.": (
        "1,757스텝 뒤에 맞는 마지막 글자의 확률이 0.25입니다."
    ),
    "What would a model guess that knows which four letters there are, and nothing else?": (
        "어떤 네 글자가 나오는지만 알고 다른 것은 모르는 모델이라면 어떻게 찍을까요?"
    ),
    "How far back does the gradient of a loss go, and how far apart are the two letters?": (
        "손실의 그레이디언트는 얼마나 거슬러 올라가고, 두 글자는 얼마나 떨어져 있을까요?"
    ),
    "A good first guess. But after 7,027 steps, four times as many, it is still 0.25.": (
        "처음에 떠올릴 만한 진단입니다. 하지만 네 배인 7,027스텝 뒤에도 여전히 0.25입니다."
    ),
    "It can: LSTMs were invented for just that. Nothing in the cell limits it to ten characters.": (
        "할 수 있습니다. LSTM은 바로 그러려고 만든 것입니다. LSTM 셀에는 기억을 열 문자로 묶어 두는 것이 없습니다."
    ),
    "A small batch makes noisy steps, and recipes for little text use 4 on purpose. Noise would slow the learning "
    "down; it would not stop it at a quarter.": (
        "배치가 작으면 스텝이 들쭉날쭉하지만, 적은 글을 위한 레시피는 일부러 4를 씁니다. 들쭉날쭉하면 더디 배울 뿐, "
        "사분의 일에서 멈추지는 않습니다."
    ),
    "Take T from what has to be remembered. A sentence has 60 to 250 characters.": (
        "T는 기억해야 할 길이를 보고 정하세요. 문장 하나는 60에서 250자입니다."
    ),
    # case_9
    "The same text and the same training as in case 4, and less than one bit.": (
        "사례 4와 글도 훈련도 같은데, 문자당 1비트도 들지 않습니다."
    ),
    "One thing only differs from case 4.": "사례 4와 다른 점은 하나뿐입니다.",
    "What is a Korean syllable to a dictionary of European letters?": "유럽 글자만 있는 사전에 한글 음절은 무엇이 될까요?",
    "The other way round: a syllable holds more than a letter, so it costs more. In case 4 each cost about 4 bits.": (
        "그 반대입니다. 음절 하나는 로마자 하나보다 많은 것을 담아서 더 듭니다. 사례 4에서는 하나에 4비트쯤 들었습니다."
    ),
    "Leaks make such numbers, too. But to profit from one a model has to learn text by heart, and so small a one "
    "does not manage that in five epochs. The text is also the same as in case 4, where nothing was too good.": (
        "글이 새어도 이런 숫자가 나옵니다. 하지만 그 덕을 보려면 글을 외워야 하고, 이렇게 작은 모델은 다섯 에폭에 "
        "외우지 못합니다. 게다가 글은 사례 4와 같고, 거기서는 지나치게 좋은 것이 없었습니다."
    ),
    "The unit is in the name, and the same function gave 4.1 bits in case 4. A syllable has three bytes, and this "
    "text 2.4 a character, so per byte that would be 1.7: still more than twice what you see.": (
        "단위는 이름에 적혀 있고, 같은 함수가 사례 4에서는 4.1비트를 냈습니다. 음절 하나는 3바이트이고 이 글은 문자당 "
        "2.4바이트이니, 바이트당이라면 1.7비트여야 합니다. 지금 보이는 값의 두 배가 넘습니다."
    ),
    "Never read bits per character without the share of unknown characters beside them.": (
        "문자당 비트 수는 반드시 모르는 문자의 비율을 곁에 두고 읽으세요."
    ),
    # case_10
    "Two lines look alike, and most of the second one is unknown.": (
        "두 줄이 똑같아 보이는데, 둘째 줄은 대부분 모르는 문자입니다."
    ),
    "Compare the two lengths.": "두 줄의 길이를 견주어 보세요.",
    "Put the line through `list(…)` in a new cell, and look at its first characters.": (
        "새 셀에서 줄을 `list(…)`에 넣고 처음 몇 문자를 보세요."
    ),
    "Then the file would not have opened, or you would see rubbish. This line reads perfectly well.": (
        "그렇다면 파일이 열리지 않거나 글자가 깨져 보입니다. 이 줄은 아주 잘 읽힙니다."
    ),
    "New words are made of the same syllables, and here even the words are the same. What is unknown are characters.": (
        "새 단어도 같은 음절로 이루어지고, 여기서는 단어까지 같습니다. 모르는 것은 문자입니다."
    ),
    "Such characters exist, and they make a text longer. But they come between the letters and would leave the "
    "letters as they are: all syllables would still be known.": (
        "그런 문자가 있고, 있으면 글도 길어집니다. 하지만 글자 사이에 낄 뿐 글자는 그대로 두므로, 음절은 여전히 모두 "
        "아는 문자입니다."
    ),
    "`Dictionary.from_files` brings everything to NFC. If you build a dictionary by hand, ask for it.": (
        "`Dictionary.from_files`는 모든 글을 NFC로 바꿉니다. 문자 사전을 손으로 만든다면 NFC를 직접 지정하세요."
    ),
    # case_11
    "A perplexity of 3.0 against one of 240.": "한쪽은 퍼플렉서티가 3.0, 다른 쪽은 240입니다.",
    "A perplexity says among how many things a model wavers. Which things?": (
        "퍼플렉서티는 모델이 몇 가지를 놓고 망설이는지 나타냅니다. 무엇을 놓고 망설일까요?"
    ),
    "How many characters has a word, with its space? Bits add up along it, so perplexities multiply.": (
        "단어 하나는 공백까지 몇 문자일까요? 비트는 단어를 따라 더해지니 퍼플렉서티는 곱해집니다."
    ),
    "Possible, but nothing hints at it. There is a simpler reason why one number is so much smaller.": (
        "그럴 수도 있지만 그렇게 볼 근거가 없습니다. 한 숫자가 이렇게 작은 데는 더 단순한 까닭이 있습니다."
    ),
    "It would be, if both counted the same thing.": "둘이 같은 것을 센다면 그렇습니다.",
    "log2 V is what a model pays that knows nothing: a bar that any model clears. It does not turn characters into "
    "words.": (
        "log2 V는 아무것도 모르는 모델이 치르는 비트 수이고, 어떤 모델이든 넘는 문턱입니다. 문자를 단어로 바꾸어 "
        "주지는 않습니다."
    ),
    "Never report a perplexity alone. Say per what, on which text, and what there was to beat.": (
        "퍼플렉서티만 보고하지 마세요. 문자당인지 단어당인지, 어느 글에서 쟀는지, 무엇을 이겨야 하는지도 밝히세요."
    ),
    # case_12
    "Twice as many pages, and half the bits.": "페이지는 두 배인데 비트는 절반입니다.",
    "Think of a number that is too good rather than of a model that is.": (
        "모델이 너무 좋다고 보기보다, 숫자가 너무 좋다고 생각해 보세요."
    ),
    "The counts of a 6-gram model: on what kind of test text would they be nearly perfect?": (
        "6-그램 모델이 센 것이 거의 완벽하게 들어맞는 테스트 글은 어떤 글일까요?"
    ),
    "More text helps, but slowly: from half of these pages to all of them brings about 0.4 bits. Here more than "
    "half of all bits are gone.": (
        "글이 늘면 좋아지지만 더디게 좋아집니다. 이 페이지를 절반에서 전부로 늘려도 0.4비트쯤 줄어듭니다. 여기서는 "
        "비트가 절반도 넘게 사라졌습니다."
    ),
    "Both weeks are read with the same dictionary, and it knows every character in them.": (
        "두 주의 글은 모두 같은 문자 사전으로 읽고, 이 사전은 거기 나오는 문자를 다 압니다."
    ),
    "A model that has learnt by heart is good on what it has seen, and bad on what is new. If that made it better "
    "on the test text, ask what the test text is.": (
        "외운 모델은 본 글에는 강하고 새 글에는 약합니다. 외워서 테스트 글에 강해졌다면, 테스트 글이 어떤 글인지 "
        "물어야 합니다."
    ),
    "Real leaks are partial, and the gain is smaller: that makes it credible.": (
        "실제로는 글의 일부만 새고 이득도 더 작습니다. 그래서 그럴듯해 보입니다."
    ),
    # leaked_documents
    "Write `leaked_documents(train, held_out)`: the held-out documents that also occur in `train`, in the order of "
    "`held_out`, as a list. Both are lists of strings; blanks and line ends around a document do not count, and are "
    "not given back; empty documents are left out.": (
        "`leaked_documents(train, held_out)`을 작성하세요. 따로 떼어 둔 문서 가운데 `train`에도 나오는 것을 "
        "`held_out`의 순서대로 리스트에 담아 돌려줍니다. 둘 다 문자열의 리스트입니다. 문서 앞뒤의 공백과 줄바꿈은 견줄 "
        "때도 돌려줄 때도 없는 것으로 칩니다. 빈 문서는 뺍니다."
    ),
    "`strip()` takes blanks and line ends off both ends of a string.": (
        "`strip()`은 문자열 양 끝의 공백과 줄바꿈을 떼어 냅니다."
    ),
    "First make a set of the stripped training documents: looking something up in it is quick.": (
        "먼저 양 끝을 다듬은 훈련 문서로 집합을 만드세요. 집합에서는 빨리 찾을 수 있습니다."
    ),
    "Then go through held_out, and keep, stripped, what is not empty and is in the set.": (
        "그런 다음 held_out을 차례로 보면서, 비어 있지 않고 집합에 있는 것을 양 끝을 다듬어 남기세요."
    ),
    "Give back the documents themselves, not their number, so that somebody can look at them.": (
        "개수가 아니라 문서 자체를 돌려주세요. 그래야 누군가 들여다볼 수 있습니다."
    ),
    "A set loses the order and the number. Give back a list, in the order of `held_out`.": (
        "집합은 순서와 개수를 잃습니다. `held_out`의 순서대로 된 리스트를 돌려주세요."
    ),
    "You compare the lines as they are. Blanks and line ends around them hide a copy: strip both sides.": (
        "줄을 그대로 견주었습니다. 앞뒤의 공백과 줄바꿈에 가려 같은 문서를 놓칩니다. 양쪽 다 strip()으로 다듬으세요."
    ),
    "An empty line is no document: leave out those that are empty after strip().": (
        "빈 줄은 문서가 아닙니다. strip()으로 다듬어 아무것도 남지 않으면 빼세요."
    ),
    "These are the right ones. Give them back without blanks and line ends around them.": (
        "맞는 문서입니다. 앞뒤의 공백과 줄바꿈을 떼고 돌려주세요."
    ),
    "You go through the training documents. Go through the held-out ones, in their order.": (
        "훈련 문서를 차례로 보았습니다. 떼어 둔 문서를 그 순서대로 보세요."
    ),
    "You also find a document inside a longer one. Only whole documents count: compare for equality.": (
        "더 긴 문서에 들어 있는 것까지 찾았습니다. 문서 전체가 같아야 하니, 서로 같은지 견주세요."
    ),
    "One is listed again for each of its copies in the training text. Ask only whether it is there.": (
        "훈련 글에 나온 횟수만큼 거듭 담았습니다. 있는지 없는지만 확인하세요."
    ),
    "You give each only once. One that is in held_out twice counts twice, so list it twice.": (
        "같은 문서를 한 번만 담았습니다. held_out에 두 번 있으면 두 번 담으세요."
    ),
    "Run it on every corpus that came from the web: the same paragraph is often there many times.": (
        "웹에서 온 말뭉치에는 늘 실행해 보세요. 같은 문단이 여러 번 나오는 일이 흔합니다."
    ),
}
