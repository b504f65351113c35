"""The doctor finds what is wrong with a text, at its file and line, and finds nothing where nothing is wrong."""

from __future__ import annotations

import json
import random
import shlex
import shutil
import time
import tracemalloc
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
import torch
from conftest import SAMPLE, write
from hypothesis import given, settings
from hypothesis import strategies as st

from tutorlm import Dictionary, LanguageModel, diagnose, prepare_corpus
from tutorlm.cli import main
from tutorlm.doctor.blemishes import find_blemishes
from tutorlm.doctor.examination import Documents, LinesSeen, examine
from tutorlm.doctor.fit import FEW_EPOCHS
from tutorlm.recipes import for_text

CLEAN = (SAMPLE / "en" / "valid.txt").read_text(encoding="utf-8").split("\n")[:60]
KOREAN = (SAMPLE / "ko" / "valid.txt").read_text(encoding="utf-8").split("\n")[:30]
PLANTED = {
    "control": ["The bell rang\x0c twice.", "One line\u2028two lines to others", "a backspace \x08"],
    "invisible": ["co\u00adoperate", "right\u200f to left", "a joiner\u2060 of words", "채움\u3164문자"],
    "private": ["the price is 5 \ue000", "\U000f0000"],
    "damaged": ["Na\ufffdve caf\ufffds"],
    "presentation": ["the \ufb01rst of all", "\ufee3\ufeae\ufea3\ufe92\ufe8e", "\uff76\uff85 in a narrow row"],
    "lost": ["he said ???? ?????? ??? to her"],
    "html": [
        "<article>one</article> <w pos='N'>two</w>",
        "<p>One.</p>",
        'See <a href="there.html">there</a>',
        "end<br/>of line",
        "<DIV class='x'>",
    ],
    "entities": ["Smith &amp; Sons", "a&nbsp;space", "&#8217;tis", "&#x2019;tis"],
    "escapes": [r"caf\u00e9 \uC11C", "caf=C3=A9 =E2=80=9Cclosed=E2=80=9D"],
    "wiki": ["'''Elm''' is a ''big'' town", "the [[River Elm|river]]", "{{Infobox town|name=Elm}}"],
    "headings": ["== History ==", " = Career = "],
    "placeholders": ["the <unk> of the town", "<UNK>"],
    "separators": ["one text [SEP] another", "<|endoftext|>", "the end </s>"],
    "document tags": ['<doc id="12" title="Elm">', "</doc>", "<DOC>"],
    "rules": ["%", "* * *", "-----", "======", "  ~~~"],
    "json": ['{"text": "The river rose.", "id": 3}', '{"a": 1} ', '  "text": "The river rose.",'],
    "columns": ["rose VBD O\nElm NNP I-LOC", "river\tNOUN\t3", "id\ttext"],
    "misread": [
        "The cafÃ© is closed",
        "ì•ˆë…•í•˜ì„¸ìš”",
        "¾È³çÇÏ¼¼¿ä",
        "Ïðèâåò, ìèð",
        "itâ€™s late",
        "the cafÃ© ♥ is “closed”",
        "РџСЂРёРІРµС‚, РјРёСЂ",
        "caf√© Z√ºrich",
        "caf├® Z├╝rich",
        "占쏙옙占쏙옙",
    ],
    "decomposed": [unicodedata.normalize("NFD", "Café Müller"), unicodedata.normalize("NFD", "한국어 문장")],
}
HARMLESS = [
    "5 < 6 and 7 > 3 & so on", "a [note] {here} = there", "« CAFÉ » dit-elle, « DÉJÀ »… et voilà", "Łódź, Ærø, Þórr",
    "می‌خواهم بروم", "क्ष और ज़", "👩‍👩‍👧 and ☺️", "「はい」、そう言った。！？", "ㅋㅋㅋ 그래요…",
    "ÀÉÎÕÜ are vowels", "Wait... what?!", "한자(漢字)와 ＡＢＣ", "2 * 3 = 6", "Ở đây có người",
    "A—B–C ‘quoted’ “twice”", "LIBERTÉ\xa0! ÉGALITÉ\xa0? « Allé…» É… pois é", "AMANHÃ… NÃO”, „Ä“ »SCHÖN«",
    "ខ្ញុំ\u200bស្រឡាញ់\u200bប្រទេស", "မြန်မာ\u200bဘာသာ", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "ᠮᠣᠩᠭᠣᠯ\u180e᠎ᠠ", "— Я… Ні, Ці Її", "├── folder", "What?? Who? ??", "type O", 'She said "yes": no',
]  # fmt: skip


def corpus(folder: Path, lines: list[str], **parts: list[str]) -> Path:
    """A corpus folder of these training lines; the other parts are clean, and different."""
    valid, test = parts.get("valid", CLEAN[30:45]), parts.get("test", CLEAN[45:60])
    for name, text in {"train/a": lines, "valid.txt": valid, "test.txt": test}.items():
        write(folder / name, "".join(f"{line}\n" for line in text if line))
    return folder


def kinds(folder: Path, *model, **settings) -> dict[str, str]:
    """What was found: kind → place."""
    return {finding.kind: finding.place for finding in diagnose(folder, *model, seconds=1, **settings).findings}


# -- clean text ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ko", "ar", "hi"])
def test_nothing_is_wrong_with_the_sample_corpora(language):
    found = diagnose(SAMPLE / language)
    assert not found.wrong, str(found)
    assert {finding.kind for finding in found.findings} <= {"small", "few steps"}


@pytest.mark.parametrize("line", HARMLESS)
def test_ordinary_text_of_any_script_is_no_blemish(line):
    assert [blemish.kind for blemish in find_blemishes(f"{line}\n")] == []


# -- what is planted is found ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "line"), [(kind, line) for kind, lines in PLANTED.items() for line in lines])
def test_a_planted_blemish_is_found_in_its_line_and_nothing_else_is(kind, line):
    text = "\n".join([*CLEAN[:7], line, *CLEAN[7:9], line, ""])
    [(found, times, position, example)] = find_blemishes(text)
    assert found == kind
    assert times >= 2
    assert text.count("\n", 0, position) == 7
    assert example


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 400), st.sampled_from([line for lines in PLANTED.values() for line in lines]))
def test_line_numbers_hold_across_blocks(tmp_path_factory, before, line):
    path = write(
        tmp_path_factory.mktemp("text") / "a.txt", "\n".join([*[" ".join(CLEAN[:9])] * before, line, CLEAN[1]])
    )
    found = examine(path, "text", "NFC", "\n", LinesSeen())
    assert {sight.line for sight in found.sights.values()} == {before + 1}
    assert found.lines == before + 2 + line.count("\n")


def test_line_numbers_hold_after_a_line_of_megabytes(tmp_path):
    path = write(tmp_path / "a.txt", "x y " * 700_000 + "\n" + CLEAN[0] + "\n<p>tag</p>")
    found = examine(path, "text", "NFC", "\n", LinesSeen())
    assert found.sights["html"].line == found.lines == 3


@pytest.mark.parametrize("odd", ["?", " ", "-", "=", "<p ", "{{", "'''", "É…", "[[", "=C3", "\t", "- ", "Рї ", "a "])
def test_no_text_takes_long(odd):
    text = (odd * 200_000 + '":" ?? O\n') * 2
    start = time.process_time()
    list(find_blemishes(text))
    assert time.process_time() - start < 3 + len(text) / 1e6


@pytest.mark.parametrize("kind", ["html", "json", "misread", "damaged", "columns", "separators"])
def test_much_of_a_blemish_is_wrong_and_a_little_is_worth_knowing(tmp_path, kind):
    few = corpus(tmp_path / "few", [*CLEAN[:30] * 40, PLANTED[kind][0]])
    many = corpus(tmp_path / "many", [*CLEAN[:30], *PLANTED[kind] * 30])
    severity = [{f.kind: f.wrong for f in diagnose(folder, seconds=1).findings}[kind] for folder in (few, many)]
    assert severity == [False, True]


# -- the division of the text -----------------------------------------------------------------------------------


def test_a_line_of_test_that_is_in_train_is_named(tmp_path):
    folder = corpus(tmp_path / "c", [*CLEAN[:30], CLEAN[50]])
    [leak] = [finding for finding in diagnose(folder).findings if finding.kind == "leak"]
    assert leak.wrong
    assert leak.place == f"{folder / 'test.txt'}:6"
    assert "Lines of test that are also in train: 1" in leak.what


def test_a_text_that_valid_and_test_share_is_named(tmp_path):
    assert "leak" in kinds(corpus(tmp_path / "c", CLEAN[:30], valid=CLEAN[30:50]))


def test_a_corpus_full_of_copies_is_wrong(tmp_path):
    found = diagnose(corpus(tmp_path / "c", CLEAN[:20] * 3))
    [repeated] = [finding for finding in found.findings if finding.kind == "repeated"]
    assert repeated.wrong
    assert "66.7%" in repeated.what


def test_shares_are_those_of_all_text_and_a_copied_heading_is_no_leak(tmp_path):
    heading, rest = "The address of the President of the Town", ["Yes, he said."] * 300
    folder = corpus(tmp_path / "c", [heading, *rest], valid=[heading, *CLEAN[30:45], heading])
    [leak] = [finding for finding in diagnose(folder, seconds=1).findings if finding.kind == "leak"]
    text = (folder / "valid.txt").read_text(encoding="utf-8")
    assert f"{2 * (len(heading) + 1) / len(text):.2%} of its characters" in leak.what
    doubled = corpus(tmp_path / "d", [heading, heading, *(f"{number} {line}" for number, line in enumerate(rest))])
    assert "repeated" not in kinds(doubled)


def test_short_lines_may_be_equal_by_chance(tmp_path):
    assert {"repeated", "leak"}.isdisjoint(kinds(corpus(tmp_path / "c", [*CLEAN[:30], *["Yes."] * 30])))


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 6), st.integers(0, 10_000))
def test_shares_of_many_lines_are_estimated_in_flat_memory(doublings, seed):
    seen, draw = LinesSeen(), random.Random(seed)
    seen.MOST = 256
    train = [f"line {draw.random()} of the training text" for _ in range(256 << doublings)]
    seen.add(train[: len(train) // 2], "valid", Path("valid.txt"), 1)
    seen.add([*train, *train], "train", Path("train"), 1)
    assert sum(map(len, seen.first.values())) <= 256
    assert seen.every > 1
    count, characters, _ = seen.shared("valid", "train")
    assert (count / len(train), characters / sum(map(len, train))) == pytest.approx((0.5, 0.5), rel=0.7)
    assert seen.repeated("train")[0] == seen.shared("train", "train")[1] / 2


def test_an_unfinished_folder_is_described(tmp_path):
    folder = corpus(tmp_path / "c", CLEAN[:30])
    (folder / "test.txt").unlink()
    assert "layout" in kinds(folder)
    assert diagnose(folder).wrong


def test_a_folder_without_train_is_no_text_to_divide_again(tmp_path):
    folder = corpus(tmp_path / "c", CLEAN[:30])
    (folder / "train" / "a").rename(folder / "train.txt")
    (folder / "train").rmdir()
    [layout] = [finding for finding in diagnose(folder).findings if finding.kind == "layout"]
    assert layout.wrong
    assert "no folder train/" in layout.what


def test_texts_are_examined_before_they_are_a_corpus(tmp_path):
    write(tmp_path / "texts" / "a.txt", "\n".join([*CLEAN[:20], "<p>tag</p>"]))
    assert kinds(tmp_path / "texts")["html"] == f"{tmp_path / 'texts' / 'a.txt'}:21"


# -- documents ----------------------------------------------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text("ab ", max_size=9), max_size=12), st.sampled_from(["\n", "\n\n", "[SEP]"]), st.data())
def test_documents_are_measured_however_they_are_read(texts, delimiter, data):
    text, documents = delimiter.join(texts), Documents(delimiter)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(texts)))))
    ends = [len(delimiter.join([*texts[:cut], ""])) for cut in cuts]
    for begin, end in zip([0, *ends], [*ends, len(text)], strict=True):
        documents.add(text[begin:end])
    documents.end()
    *ended, last = text.split(delimiter)
    lengths = Counter([len(document) + len(delimiter) for document in ended] + [len(last)])
    blank = len(delimiter) if delimiter.isspace() else 0
    assert {n: c for n, c in lengths.items() if n > blank} == documents.lengths
    assert documents.longest == max(lengths)


def test_the_median_of_long_documents_is_theirs(tmp_path):
    text = write(tmp_path / "a.txt", "".join("long " * number + "\n" for number in (3000, 5000, 9000)))
    assert diagnose(text).facts["documents"]["median_length"] == 25_001


def test_documents_that_end_in_another_way_are_found(tmp_path):
    assert "delimiter" in kinds(corpus(tmp_path / "none", CLEAN[:30]), document_delimiter="[SEP]")
    paragraphs = write(tmp_path / "paragraphs.txt", "\n\n".join(CLEAN))
    assert "blank lines" in kinds(paragraphs)
    assert "blank lines" not in kinds(paragraphs, document_delimiter="\n\n")
    separated = write(tmp_path / "separated.txt", "".join(f"{line} [SEP]\n" for line in CLEAN))
    assert "separators" in kinds(separated)
    assert "separators" not in kinds(separated, document_delimiter="[SEP]\n")


def test_files_that_are_documents_need_no_delimiter(tmp_path):
    for number, line in enumerate(CLEAN):
        write(tmp_path / f"{number}.txt", line)
    assert "delimiter" not in kinds(tmp_path)
    assert "delimiter" not in kinds(tmp_path, document_delimiter="[SEP]")


def test_a_line_end_after_a_text_without_others_does_not_hide_that(tmp_path):
    assert "delimiter" in kinds(write(tmp_path / "a.txt", "many words " * 5000 + "\n"))


def test_the_commands_that_are_advised_work_as_they_are_typed(tmp_path, capsys, monkeypatch):
    text = write(tmp_path / "my texts" / "a.txt", "".join(f"{line}\n-----\n" for line in CLEAN * 9))
    findings = {finding.kind: finding for finding in diagnose(text, document_delimiter="\n-----\n").findings}
    assert "rules" not in findings
    monkeypatch.chdir(tmp_path)
    command = shlex.split(findings["layout"].remedy.split("python -m tutorlm ")[1])
    assert main([*command, "--valid", "0.1", "--test", "0.1"]) == 0
    assert "train with the same document delimiter, '\\n-----\\n'" in capsys.readouterr().out
    rules = {finding.kind: finding for finding in diagnose(text).findings}["rules"]
    assert "--document-delimiter=----- " in f"{rules.remedy} ".replace(";", " ")


def test_prepare_says_with_which_delimiter_to_train(tmp_path):
    text = write(tmp_path / "a.txt", "".join(f"{line}[SEP]" for line in CLEAN * 3))
    assert "train with the same document delimiter, '[SEP]'" in str(
        prepare_corpus(text, tmp_path / "c", valid=0.1, test=0.1, document_delimiter="[SEP]")
    )


# -- files ----------------------------------------------------------------------------------------------------------


def test_a_file_that_cannot_be_read_is_a_finding_and_the_others_are_read(tmp_path):
    write(tmp_path / "texts" / "a.txt", "서울".encode("cp949") * 20)
    write(tmp_path / "texts" / "b.txt", "<p>tag</p>\n")
    found = diagnose(tmp_path / "texts")
    [unreadable] = [finding for finding in found.findings if finding.kind == "unreadable"]
    assert unreadable.wrong
    assert "CP949" in unreadable.what
    assert unreadable.place.endswith("a.txt")
    assert "html" in {finding.kind for finding in found.findings}


def test_a_file_of_blank_lines_is_as_good_as_empty(tmp_path):
    assert kinds(corpus(tmp_path / "c", CLEAN[:30], valid=["  "]))["empty"].endswith("valid.txt")


def test_letters_of_two_keyboards_are_told(tmp_path):
    assert "lookalikes" in kinds(write(tmp_path / "a.txt", "میز\nمي\n" * 20))
    assert "lookalikes" not in kinds(write(tmp_path / "b.txt", "میز\n" * 20))


def test_one_blemish_in_a_short_text_is_not_wrong(tmp_path):
    text = write(tmp_path / "a.txt", "\n".join([*CLEAN[:20], "write <unk> here", ""]))
    assert not diagnose(text).wrong


def test_encodings_and_line_ends_are_told(tmp_path):
    write(tmp_path / "a.txt", "\r\n".join(CLEAN))
    write(tmp_path / "b.txt", "\n".join(KOREAN).encode("utf-16"))
    found = [finding for finding in diagnose(tmp_path).findings if finding.kind == "encoding"]
    assert [Path(finding.place).name for finding in found] == ["b.txt", "a.txt"]
    assert not any(finding.wrong for finding in found)


def test_a_byte_of_another_letter_is_no_line_end(tmp_path):
    czech = examine(write(tmp_path / "a.txt", "\ufeffčtyři\n".encode("utf-16-le")), "text", "NFC", "\n", LinesSeen())
    assert (czech.encoding, czech.carriage_returns, czech.lines) == ("utf-16-le", False, 1)


def test_many_small_files_take_little_memory_and_time(tmp_path):
    examine(write(tmp_path / "b.txt", "a\n"), "text", "NFC", "\n", LinesSeen())  # tables are made
    files, seen = [write(tmp_path / f"{number}.txt", f"{number} {CLEAN[0]}\n") for number in range(200)], LinesSeen()
    tracemalloc.start()
    found = [examine(file, "text", "NFC", "\n", seen) for file in files]
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert kept / len(found) < 10_000  # bytes
    start = time.process_time()
    for file in files:
        examine(file, "text", "NFC", "\n", seen)
    assert (time.process_time() - start) / len(files) < 0.002


def test_memory_is_flat_and_a_long_text_is_read_fast(tmp_path):
    text = write(tmp_path / "a.txt", "".join(f"{number} {line}\n" for number in range(2000) for line in CLEAN))
    examine(write(tmp_path / "b.txt", "a\n"), "text", "NFC", "\n", LinesSeen())  # tables are made
    start = time.process_time()
    tracemalloc.start()
    found = examine(text, "text", "NFC", "\n", LinesSeen())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.characters == len(text.read_text(encoding="utf-8"))
    assert peak < 60e6
    assert time.process_time() - start < text.stat().st_size / 1e6  # 1 MB/s, while memory is traced


# -- dictionary, model and time ---------------------------------------------------------------------------------------


def test_unknown_characters_are_counted_as_they_are_read(tmp_path):
    folder = corpus(tmp_path / "c", CLEAN[:30], valid=[*CLEAN[30:40], *KOREAN[:3]])
    found = diagnose(folder)
    dictionary, text = Dictionary.from_files(folder / "train"), (folder / "valid.txt").read_text(encoding="utf-8")
    unknown = sum(character not in dictionary for character in text)
    assert found.facts["unknown"]["valid"] == pytest.approx(unknown / len(text))
    [finding] = [finding for finding in found.findings if finding.kind == "unknown"]
    assert finding.place == str(folder / "valid.txt")
    assert found.facts["dictionary"] == len(dictionary)


def test_a_model_that_does_not_know_the_text_is_named(tmp_path):
    found = kinds(corpus(tmp_path / "c", KOREAN), "news-mini-forward")
    assert "unknown" in found
    foreign = [line.swapcase()[::2] + line.upper()[1::2] for line in CLEAN]
    assert "foreign" in kinds(corpus(tmp_path / "d", foreign, valid=foreign), "news-mini-forward")


def test_a_model_that_reads_the_other_way_is_named(tmp_path):
    folder, model = corpus(tmp_path / "c", CLEAN[:30]), LanguageModel.load("news-mini-backward")
    assert "direction" not in kinds(folder, model)
    model.is_forward_lm = True
    assert "direction" in kinds(folder, model)


def test_a_model_without_a_normal_form_needs_one(tmp_path):
    lines = [*CLEAN[:30], *PLANTED["decomposed"]]
    folder = corpus(tmp_path / "c", lines)
    severity = {}
    for form in (None, "NFC"):
        dictionary = Dictionary.from_files(folder / "train", normalization=form)
        model = LanguageModel(dictionary, True, 8, 1)
        severity[form] = {f.kind: f.wrong for f in diagnose(folder, model, seconds=1).findings}["normal forms"]
    assert severity == {None: True, "NFC": False}


def test_a_normal_form_that_mends_letters_for_display_is_enough(tmp_path):
    folder = corpus(tmp_path / "c", [*CLEAN[:30], *["\ufb01" * 90] * 30])
    model = LanguageModel(Dictionary.from_files(folder / "train", normalization="NFKC"), True, 8, 1)
    severity = [
        {finding.kind: finding.wrong for finding in diagnose(folder, *given, seconds=1).findings}["presentation"]
        for given in ((), (model,))
    ]
    assert severity == [True, False]


def test_a_model_that_lacks_what_it_needs_is_described(tmp_path):
    folder = corpus(tmp_path / "c", CLEAN[:30])
    items = Dictionary.from_files(folder / "train").get_items()
    no_unk = Dictionary.from_items([item for item in items if item not in ("<unk>", "z")], add_unk=False)
    [unknown, *_] = [f for f in diagnose(folder, LanguageModel(no_unk, True, 8, 1), seconds=1).findings if f.wrong]
    assert (unknown.kind, "more than 0%" in unknown.what) == ("unknown", True)
    assert "--extend-dictionary" not in unknown.remedy
    no_line_end = Dictionary.from_items([item for item in items if item != "\n"])
    assert "unknown delimiter" in kinds(folder, LanguageModel(no_line_end, True, 8, 1))
    no_decoder = LanguageModel(Dictionary.from_items(items), True, 8, 1, has_decoder=False)
    assert "suggested" not in diagnose(folder, no_decoder).facts


def test_a_model_is_tried_on_text_that_can_be_read(tmp_path):
    folder = corpus(tmp_path / "c", CLEAN[:30])
    write(folder / "valid.txt", "서울".encode("cp949") * 20)
    model = LanguageModel.load("news-mini-backward")
    model.is_forward_lm = True
    found = kinds(folder, model)
    assert found["direction"] == str(folder / "train" / "a")
    assert "unreadable" in found
    assert "small" not in [kind for kind, place in found.items() if place.endswith("valid.txt")]


def test_nothing_is_said_of_the_dictionary_of_no_text(tmp_path):
    folder = corpus(tmp_path / "c", [])
    assert "unknown" not in kinds(folder)


def test_more_valid_than_training_text_is_told(tmp_path):
    assert "validating" in kinds(corpus(tmp_path / "c", CLEAN[:5], valid=CLEAN[30:45]))


def test_a_model_of_words_is_refused(tmp_path):
    words = Dictionary.from_files(SAMPLE / "en" / "valid.txt", character_level=False)
    with pytest.raises(ValueError, match="reads words"):
        diagnose(SAMPLE / "en", LanguageModel(words, True, 8, 1))


def test_the_time_is_planned_by_a_trial(tmp_path):
    short, long = (diagnose(SAMPLE / "en", seconds=seconds).facts for seconds in (0.5, 100_000))
    assert short["time"]["epochs"] < FEW_EPOCHS
    assert short["time"]["epochs"] < FEW_EPOCHS
    assert int(short["suggested"].split("--max-seconds ")[1]) > 0.5
    assert long["time"]["epochs"] == long["settings"]["max_epochs"] == for_text(255_721)["max_epochs"]
    assert diagnose(SAMPLE / "en").facts["suggested"] == f"python -m tutorlm train {SAMPLE / 'en'} my_model"


def test_the_trial_leaves_random_numbers_and_threads_as_they_were(monkeypatch):
    torch.manual_seed(7)
    expected, threads = torch.rand(3), torch.get_num_threads()
    torch.manual_seed(7)
    diagnose(SAMPLE / "ko", seconds=1)
    assert torch.equal(torch.rand(3), expected)
    monkeypatch.setattr("tutorlm.doctor.fit._speed", interrupted)
    with pytest.raises(KeyboardInterrupt):
        diagnose(SAMPLE / "ko", seconds=1)
    assert torch.get_num_threads() == threads


def interrupted(*_) -> float:
    raise KeyboardInterrupt


# -- the command ----------------------------------------------------------------------------------------------------


def test_the_command_exits_with_1_where_something_is_wrong(tmp_path, capsys):
    assert main(["doctor", str(SAMPLE / "en"), "--seconds", "60"]) == 0
    assert "0 wrong" in capsys.readouterr().out
    shutil.copytree(SAMPLE / "en", tmp_path / "c")
    write(tmp_path / "c" / "valid.txt", "<p>tag</p>\n" * 50)
    assert main(["doctor", str(tmp_path / "c"), "news-mini-forward", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["wrong"] == sum(finding["wrong"] for finding in found["findings"]) > 0
    assert found["characters"]["valid"] == 550
    assert "--model news-mini-forward" in found["suggested"]


def test_what_is_missing_is_said(capsys, tmp_path):
    assert main(["doctor", str(tmp_path / "nothing")]) == 1
    assert "does not exist" in capsys.readouterr().err
