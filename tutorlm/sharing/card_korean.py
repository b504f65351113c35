"""The last section of the card of models that read Korean: the same facts as in English, in short."""

from typing import Any

from tutorlm.files.bundles import LIBRARY
from tutorlm.sharing.markdown import table
from tutorlm.sharing.measuring import RECITED
from tutorlm.sharing.story import USE, Story

HEADING = "한국어"
WAYS = {"forward": "순방향", "backward": "역방향"}
USES = {USE: "태거와 분류기에 쓸 단어 벡터, 그리고 문자 언어 모델 실험."}
FORMS = {
    "NFC": "한글은 음절 단위로 읽습니다(유니코드 정규형 NFC). 자모로 풀린 글도 먼저 음절로 합칩니다.",
    "NFD": "한글은 자모 단위로 읽습니다(유니코드 정규형 NFD). 문자당 비트 수도 자모 하나에 드는 비트 수입니다.",
    None: "글의 유니코드 정규형을 바꾸지 않고 읽습니다. 한글이 훈련 글과 같은 정규형인지 확인하세요.",
}
FORMS |= {"NFKC": FORMS["NFC"].replace("NFC", "NFKC"), "NFKD": FORMS["NFD"].replace("NFD", "NFKD")}


def is_korean(config: dict[str, Any]) -> bool:
    """Whether Korean is among the languages of a bundle, as "ko" or with a region."""
    return any(code.partition("-")[0] == "ko" for code in config["language"])


def korean_section(config: dict[str, Any], story: Story, snippets: tuple[str, str]) -> str:
    """What the models are, how they are used (by the code of `snippets`: here, in Flair), numbers, limits, licence."""
    parts = [f"## {HEADING}", _what(config, story), _use(*snippets), _results(config), _limits(config)]
    return "\n\n".join(parts)


def _what(config: dict[str, Any], story: Story) -> str:
    ways = "과 ".join(f"{WAYS[name]}({name})" for name in config["models"])
    pair = " 한 쌍" if len(config["models"]) > 1 else ""
    facts = table(
        ("", "내용"),
        ("언어", ", ".join(f"`{code}`" for code in config["language"])),
        ("글", config["test"]["text"]),
        ("용도", USES.get(story.use, story.use)),
        ("라이선스", story.licence_name or config["licence"]),
    )
    return (
        f"{ways} 문자 단위 언어 모델{pair}입니다. 문장 속 단어마다 문맥을 담은 벡터, 곧 문맥 문자열 임베딩(contextual "
        f"string embeddings)을 얻을 수 있습니다.\n\n{facts}"
    )


def _use(here: str, in_flair: str) -> str:
    return (
        f"**{LIBRARY}에서 쓰기.** `pip install 'tutorlm[hub]'`로 설치합니다. 주소 끝에 `@`와 커밋을 붙이면 언제나 같은 "
        f"파일을 받습니다.\n\n{here}\n\n"
        f"**Flair에서 쓰기.** Flair는 Hub 주소를 열지 못하므로 파일부터 내려받습니다.\n\n{in_flair}"
    )


def _results(config: dict[str, Any]) -> str:
    test, ngram = config["test"], config["test"]["ngram"]
    rows: list[tuple[str, ...]] = [("", "문자당 비트 수", "바이트당 비트 수", "사전에 없는 문자")]
    for name, values in test["scores"].items():
        bits = (f"{values[unit]:.3f}" for unit in ("bits_per_character", "bits_per_byte"))
        rows.append((WAYS[name], *bits, f"{values['unknown_share']:.2%}"))
    rows.append((f"비교용 {ngram['order']}-gram 모델", f"{ngram['bits_per_character']:.3f}", "", ""))
    worse = [WAYS[n] for n, v in test["scores"].items() if v["bits_per_character"] >= ngram["bits_per_character"]]
    warning = f"\n\n**세기만 하는 모델이 더 낫습니다.** {', '.join(worse)} 모델은 배운 것이 적습니다." if worse else ""
    return (
        f"**결과.** 테스트 글의 문자 {test['characters']:,}개에서 쟀고, 적을수록 좋습니다. n-그램(n-gram) 모델은 훈련 "
        f"글의 문자 {ngram['characters']:,}개를 세기만 했습니다. 다른 글이나 언어에서 잰 비트 수와는 견주지 마세요."
        f"\n\n{table(*rows)}{warning}"
    )


def _limits(config: dict[str, Any]) -> str:
    known = (
        "읽은 글에 있는 것만 알고, 그 글의 의견과 잘못도 그대로 배웠습니다. 사전에 없는 문자는 모두 `<unk>`로 "
        "읽으므로, 그런 문자만 다른 단어들은 벡터가 같습니다."
    )
    if longest := max(config["recited"].values()):
        said = (
            f"**훈련 글을 그대로 외워 씁니다.** 무작위로 쓴 글에서 최대 {longest}자가 훈련 글과 이어서 똑같았습니다. "
            "그 글이 알려지면 안 되는 곳에는 쓰지 마세요."
        )
    else:
        said = (
            f"무작위로 쓴 글에는 훈련 글과 {RECITED}자 이상 이어서 똑같은 곳이 없었습니다. 그래도 외운 글이 없다는 "
            "증거는 아니며, 사적인 글도 외웠을 수 있습니다."
        )
    return f"**한계.** {FORMS[config['dictionary']['normalization']]} {known}\n\n{said}"
