"""What `pages` says, in Korean."""

PHRASES = {
    "Row {} of {} becomes the vector of token {}": "전체 {1}행 중 {0}행이 토큰 {2}의 벡터가 됩니다",
    "sentence {}": "문장 {}",
    "{} words in the plane; nearest to “{}”:": "평면 위의 단어 {}개. “{}”에 가장 가까운 단어:",
    "script": "문자 체계",
    "characters": "문자 수",
    "covered": "포함률",
    "distinct characters left out": "빠진 문자 종류",
    "occurrences left out": "빠진 횟수",
    "V = {}: {} of {} different characters cover {} of the text": (
        "V = {0}: 서로 다른 문자 {2}개 가운데 {1}개가 글의 {3}[을/를] 차지합니다"
    ),
    "Nothing is left out: every character is in the dictionary.": "빠진 것이 없습니다. 모든 문자가 사전에 있습니다.",
    "and {} more": "그 밖에 {}개",
    "Read as <unk>:": "<unk>로 읽는 문자:",
    "The bar above a character is its surprise, from 0 to 8 bits; a full bar may be more. Point at a character to see "
    "its number, and what the model expected there. Dotted: not in its dictionary.": (
        "문자 위의 막대는 놀람(surprise)으로, 0에서 8비트까지입니다. 꽉 찬 막대는 더 클 수도 있습니다. 문자에 마우스를 올리면 "
        "값과 모델의 예상이 보입니다. 점선: 사전에 없는 문자."
    ),
    "The bar above a character is the unit's activation after it: up to +1 above the line, down to −1 below it. "
    "Point at a character to see its number.": (
        "문자 위의 막대는 그 문자를 읽은 뒤 유닛의 활성값입니다. 선 위로 +1까지, 아래로 −1까지입니다. 문자에 마우스를 올리면 "
        "값이 보입니다."
    ),
    "Above: what the model reads, with ⏎ for a line end and ␣ for a space. Below: the row of the state after it. "
    "Tinted: the word. Framed: the state that becomes its vector. k: length of the start marker, n: number of "
    "characters in the sentence.": (
        "위: 모델이 읽는 문자(⏎는 줄 끝, ␣는 공백). 아래: 그 문자를 읽은 뒤 상태의 행. 색칠한 칸: 단어. 테두리 친 칸: 단어의 "
        "벡터가 되는 상태. k: 시작 표시의 길이, n: 문장의 문자 수."
    ),
    "A marker for each sentence: ● 1, ■ 2, ▲ 3, ◆ 4, ▼ 5, × 6, then from ● again. The plane keeps two dimensions "
    "of hundreds: neighbours in the plane may be far apart, so the list is sorted by cosine similarity.": (
        "문장마다 표시가 다릅니다: ● 1, ■ 2, ▲ 3, ◆ 4, ▼ 5, × 6, 그다음은 다시 ●부터. 평면에는 수백 차원 가운데 둘만 "
        "남습니다. 평면에서 이웃해도 실제로는 멀 수 있으므로 목록은 코사인 유사도 순서입니다."
    ),
}
