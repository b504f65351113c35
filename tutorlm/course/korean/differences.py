"""What `differences` says, in Korean."""

PHRASES = {
    "a ": "",
    "a bool": "참/거짓(bool)",
    "an int": "정수(int)",
    "a float": "실수(float)",
    "a string": "문자열",
    "a list": "리스트(list)",
    "a tuple": "튜플(tuple)",
    "a dict": "딕셔너리(dict)",
    "a tensor": "텐서",
    "an array": "배열",
    "the answer": "답",
    "{} is {}, not {}": "{0}: {2}[이/가] 나와야 하는데 {1}[이/가] 나왔습니다",
    "{}; .item() gives the number in it": "{}. .item()으로 안에 든 수를 꺼낼 수 있습니다",
    "{}: {} is too small": "{}: {}[은/는] 너무 작습니다",
    "{}: {} is too large": "{}: {}[은/는] 너무 큽니다",
    "{}: {} is not it": "{}: {}[은/는] 답이 아닙니다",
    "{} has shape {}, not {}": "{0}의 모양(shape)이 {2}[이/가] 되어야 하는데 {1}입니다",
    "{} has dtype {}, not {}": "{0}의 dtype이 {2}[이/가] 되어야 하는데 {1}입니다",
    "{} still has the record of how it was computed; .detach().requires_grad_() begins a new one": (
        "{}에 계산 기록이 아직 남아 있습니다. .detach().requires_grad_()로 새로 시작할 수 있습니다"
    ),
    "its numbers cannot be learnt": "이대로는 그 수를 훈련할 수 없습니다",
    ".detach() cuts the record of how it was computed": ".detach()로 계산 기록을 끊을 수 있습니다",
    "{} has requires_grad={}, not {}; {}": "{0}의 requires_grad가 {2}[이/가] 되어야 하는데 {1}입니다. {3}",
    "{} has length {}, not {}": "{0}의 길이가 {2}[이/가] 되어야 하는데 {1}입니다",
    "{} lacks {}": "{}에 {}[이/가] 없습니다",
    "a key": "키 하나",
    "the key {}": "키 {}",
    "{} has the key {}, which does not belong there": "{}에 있으면 안 되는 키 {}[이/가] 있습니다",
    "1 character": "문자 1개",
    "{} characters": "문자 {}개",
    "{} looks right, but is in another Unicode normal form: {} code points, not {}": (
        "{0}[은/는] 맞아 보이지만 유니코드 정규형이 다릅니다. 코드 포인트가 {2}개여야 하는데 {1}개입니다"
    ),
    "{} at character {}: {}, not {}": "{0}, {1}번 문자: {3}[이/가] 나와야 하는데 {2}[이/가] 나왔습니다",
    "{} ends after {}; {} should follow": "{0}[이/가] {1} 뒤에서 끊깁니다. 그다음에 {2}[이/가] 와야 합니다",
    "{} goes on after {}, with {}": "{0}[이/가] {1} 뒤에서 끝나야 하는데 {2}[으로/로] 이어집니다",
}
