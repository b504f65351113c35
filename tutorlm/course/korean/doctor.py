"""What `tutorlm.doctor` finds and the course repeats, in Korean; `diagnose` itself speaks English."""

PHRASES = {
    "Lines of {} that are also in {}: {}{}, with {} of its characters": (
        "{0} 글의 줄 {2}{3}개(문자의 {4})가 {1} 글에도 있습니다"
    ),
    "The figures on {} are too good: the text is known already": "이미 아는 글이라 {} 글의 숫자가 지나치게 좋게 나옵니다",
    "Remove double documents from all text, then divide it again by `prepare`": (
        "글 전체에서 겹치는 문서를 지운 다음 `prepare`로 다시 나누세요"
    ),
}
