"""The dictionary: no character lost on the way to numbers and back, and no file trusted."""

import codecs
import collections
import json
import pickle
import re
import tracemalloc
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from conftest import write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tutorlm import Dictionary, LanguageModel
from tutorlm.dictionary import UNKNOWN
from tutorlm.files.encoded import case_table
from tutorlm.files.pickles import UnsafeFileError

SAMPLES = Path(__file__).parents[1] / "data" / "sample_corpus"
KOREAN = "한국어 문장, 둘.\n값이 맑다\n"
texts = st.text(st.sampled_from("aé e\u0301\n한\u1112\u1161\u11abか\u3099") | st.characters(exclude_categories=["Cs"]))
forms = st.sampled_from([None, "NFC", "NFD"])
law = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def dictionary_of(items, add_unk=True, normalization=None):
    dictionary = Dictionary(add_unk=add_unk, normalization=normalization)
    for item in items:
        dictionary.add_item(item)
    return dictionary


# -- text and numbers ------------------------------------------------------------------------------


@law
@given(text=texts, form=forms, add_unk=st.booleans())
def test_decode_undoes_encode_on_covered_text(text, form, add_unk):
    normal = unicodedata.normalize(form, text) if form else text
    dictionary = dictionary_of(normal, add_unk, form)
    assert dictionary.decode(dictionary.encode(text)) == normal


@law
@given(text=texts, held=texts, form=forms)
def test_encode_agrees_with_looking_up_each_character(text, held, form):
    dictionary = dictionary_of(held, normalization=form)
    ids = dictionary.encode(text)
    assert ids.tolist() == dictionary.get_idx_for_items(dictionary.normalize(text))
    assert ids.dtype == dictionary.dtype


def test_hangul_is_kept_as_syllables_in_nfc():
    dictionary = dictionary_of(KOREAN, normalization="NFC")
    for spelling in ("NFC", "NFD"):
        ids = dictionary.encode(unicodedata.normalize(spelling, KOREAN))
        assert len(ids) == len(KOREAN)
        assert dictionary.decode(ids) == KOREAN


def test_hangul_is_taken_apart_into_jamo_in_nfd():
    jamo = unicodedata.normalize("NFD", KOREAN)
    dictionary = dictionary_of(jamo, normalization="NFD")
    for spelling in ("NFC", "NFD"):
        ids = dictionary.encode(unicodedata.normalize(spelling, KOREAN))
        assert dictionary.decode(ids) == jamo
    assert len(ids) > len(KOREAN)
    assert unicodedata.normalize("NFC", dictionary.decode(ids)) == KOREAN


def test_an_unknown_normal_form_is_refused():
    with pytest.raises(ValueError, match="normalization='nfc' is not one of None, NFC, NFD"):
        Dictionary(normalization="nfc")


@pytest.mark.parametrize("place", range(4))
def test_unknown_characters_get_the_number_of_unk_wherever_it_stands(tmp_path, place):
    items = ["a", "b", "c"]
    items.insert(place, UNKNOWN)
    mapping = {"idx2item": [i.encode() for i in items], "item2idx": {i.encode(): n for n, i in enumerate(items)}}
    dictionary = Dictionary.load(write(tmp_path / "mapping", pickle.dumps(mapping)))
    assert dictionary.unknown_index == place
    assert dictionary.get_idx_for_item("?") == place
    assert dictionary.encode("a?c😀").tolist() == [items.index("a"), place, items.index("c"), place]


def test_without_unk_an_unknown_character_is_an_error_with_its_place_and_a_remedy():
    dictionary = dictionary_of("ab", add_unk=False)
    with pytest.raises(LookupError, match=r"at character 3: 'é' U\+00E9 LATIN SMALL LETTER E WITH ACUTE .* 2 items"):
        dictionary.encode("abaéb")
    with pytest.raises(LookupError, match=r"has no <unk>\. Add it with add_item, or .* add_unk=True"):
        dictionary.get_idx_for_item("x")


def test_without_unk_text_that_is_held_encodes():
    assert dictionary_of("ab", add_unk=False).encode("abba").tolist() == [0, 1, 1, 0]


def test_an_item_added_after_encoding_is_known_at_once():
    dictionary = dictionary_of("a")
    assert dictionary.encode("ab").tolist() == [1, 0]
    assert dictionary.add_item("b") == 2
    assert dictionary.encode("ab").tolist() == [1, 2]
    assert dictionary.get_idx_for_items("ab") == [1, 2]


def test_looking_up_unknown_items_leaves_the_dictionary_as_it_is():
    dictionary = dictionary_of("a")
    dictionary.encode("xyz")
    dictionary.get_idx_for_items(["x", "a"])
    assert dictionary == dictionary_of("a")
    assert pickle.dumps(dictionary.item2idx) == pickle.dumps(dictionary_of("a").item2idx)


def test_an_item_added_twice_keeps_its_number():
    dictionary = dictionary_of("ab")
    assert dictionary.add_item("a") == 1
    assert len(dictionary) == 3


@pytest.mark.parametrize(("size", "kind"), [(1, np.uint8), (256, np.uint8), (257, np.uint16), (65536, np.uint16)])
def test_numbers_take_the_smallest_unsigned_type(size, kind):
    dictionary = dictionary_of(chr(0x20000 + n) for n in range(size - 1))
    assert len(dictionary) == size
    assert dictionary.encode(chr(0x20000)).dtype == kind
    last = dictionary.get_item_for_index(size - 1)
    assert dictionary.encode(last if size > 1 else "a").tolist() == [size - 1]


def test_empty_text_is_no_numbers_and_back():
    dictionary = Dictionary()
    assert dictionary.encode("").shape == (0,)
    assert dictionary.decode([]) == ""


def test_a_number_without_an_item_is_an_error_that_tells_the_range():
    dictionary = dictionary_of("ab")
    for bad in (3, -1):
        with pytest.raises(IndexError, match=f"no item has the number {bad}: this dictionary has 0 to 2"):
            dictionary.get_item_for_index(bad)
    with pytest.raises(IndexError, match="numbers from -1 to 7, but the dictionary has 0 to 2"):
        dictionary.decode([-1, 7])


def test_a_lone_surrogate_reads_as_unknown_and_is_described_where_there_is_no_unk():
    assert dictionary_of("ab").encode("a\ud800b").tolist() == [1, 0, 2]
    with pytest.raises(LookupError, match=r"at character 1: U\+D800 a character without a name"):
        dictionary_of("ab", add_unk=False).encode("a\ud800b")


def test_a_lone_surrogate_cannot_become_an_item():
    dictionary = dictionary_of("ab")
    with pytest.raises(UnicodeEncodeError, match="surrogates not allowed"):
        dictionary.add_item("\ud800")
    assert dictionary == dictionary_of("ab")


@law
@given(held=texts, text=texts, upper=st.booleans())
def test_the_other_case_of_a_text_has_its_length_and_loses_nothing(held, text, upper):
    dictionary = dictionary_of(held + "aAßŉİ")
    ids = dictionary.encode(text + "aAßŉİ")
    flipped = case_table(dictionary, upper)[ids]
    for before, after in zip(dictionary.get_items(), case_table(dictionary, upper), strict=True):
        other = before.upper() if upper else before.lower()
        assert dictionary.get_item_for_index(after) == (other if other in dictionary else before)
    assert len(flipped) == len(ids)
    assert ((flipped == dictionary.unknown_index) == (ids == dictionary.unknown_index)).all()


# -- two dictionaries --------------------------------------------------------------------------------


def test_dictionaries_are_equal_when_items_order_and_reading_are():
    assert dictionary_of("ab", normalization="NFC") == dictionary_of("ab", normalization="NFC")
    assert dictionary_of("ab") != dictionary_of("ba")
    assert dictionary_of("ab") != dictionary_of("abc")
    assert dictionary_of("ab", normalization="NFC") != dictionary_of("ab", normalization="NFD")
    assert dictionary_of(["a", UNKNOWN], add_unk=False) != dictionary_of([], add_unk=False)
    assert Dictionary(add_unk=True) != dictionary_of([UNKNOWN], add_unk=False)
    assert dictionary_of("ab") != "ab"


def test_the_first_difference_is_told_in_words():
    assert dictionary_of("ab").difference(dictionary_of("ab")) is None
    first = dictionary_of("abx").difference(dictionary_of("acx"))
    assert first == "number 2 is 'b' in one and 'c' in the other (4 and 4 items)"
    longer = dictionary_of("ab").difference(dictionary_of("a"))
    assert longer == "number 2 is 'b' in one and None in the other (3 and 2 items)"
    assert (
        dictionary_of("a", normalization="NFD").difference(dictionary_of("a")).startswith("normalization is NFD in one")
    )


# -- coverage ------------------------------------------------------------------------------------------


def test_coverage_tells_the_share_and_each_missing_character_with_code_point_name_and_script():
    report = dictionary_of("Helo, ").coverage("Hello, 서울 서!")
    assert report.total == 12
    assert report.share == pytest.approx(8 / 12)
    first, *others = report.missing
    assert (first.character, first.count, first.code_point) == ("서", 2, "U+C11C")
    assert (first.name, first.script) == ("HANGUL SYLLABLE SEO", "Hangul")
    assert {missing.character for missing in others} == {"울", "!"}
    assert report.scripts == {"Latin": (5, 5), "Common": (4, 3), "Hangul": (3, 0)}


def test_the_coverage_report_reads_well_as_text():
    shown = str(dictionary_of("ab").coverage("aab서" + "".join(chr(0x4E00 + n) for n in range(12))))
    assert shown.splitlines()[0] == "18.7500% of 16 characters covered"
    assert "  Hangul: 0 of 1" in shown
    assert "missing 1 times: '서' U+C11C HANGUL SYLLABLE SEO" in shown
    assert shown.endswith("… and 3 more")


def test_the_coverage_report_says_what_many_items_cost():
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 9_300)))
    report = str(Dictionary.from_counts(collections.Counter(text)).coverage(text))
    assert re.search(r"9,\d{3} items cost time: .* 7\.0 times as often", report)
    assert "cost time" not in str(Dictionary.from_counts(collections.Counter(text[:900])).coverage(text))


def test_coverage_of_files_equals_coverage_of_their_text(tmp_path):
    write(tmp_path / "a", KOREAN)
    write(tmp_path / "below" / "b.txt", "abc é")
    dictionary = dictionary_of("ab 한국", normalization="NFC")
    assert dictionary.coverage(tmp_path) == dictionary.coverage([tmp_path / "a", tmp_path / "below" / "b.txt"])
    of_text = dictionary.coverage(KOREAN + "abc é")
    assert dictionary.coverage(tmp_path).share == of_text.share
    assert set(dictionary.coverage(tmp_path).missing) == set(of_text.missing)


def test_coverage_is_counted_in_the_dictionarys_normal_form():
    assert dictionary_of("한", normalization="NFC").coverage(unicodedata.normalize("NFD", "한한")).share == 1
    assert dictionary_of("é").coverage("e\u0301").share == 0


def test_an_empty_text_is_covered():
    assert Dictionary().coverage("").share == 1


def test_coverage_meets_a_lone_surrogate():
    (missing,) = dictionary_of("a").coverage("a\ud800").missing
    assert (missing.code_point, missing.name, missing.script) == ("U+D800", "no name", "Common")


# -- built from files ------------------------------------------------------------------------------------


@law
@given(text=texts.filter(str.strip), coverage=st.floats(0.01, 1), form=forms)
def test_a_built_dictionary_covers_what_was_asked_and_no_character_more(tmp_path, text, coverage, form):
    text = text.replace("\r", "").replace("\0", "").removeprefix("\ufeff") + "x"
    dictionary = Dictionary.from_files(write(tmp_path / "text", text), coverage=coverage, normalization=form)
    report = dictionary.coverage(text)
    covered = report.total - sum(missing.count for missing in report.missing)
    assert covered >= coverage * report.total - 1e-6
    counts = collections.Counter(dictionary.normalize(text))
    chosen = [counts[item] for item in dictionary.get_items() if item not in (UNKNOWN, "\n", " ")]
    assert not chosen or covered - min(chosen) < coverage * report.total


def test_building_stops_at_the_share_asked_for(tmp_path):
    text = write(tmp_path / "text", "a" * 90 + "b" * 9 + "c")
    assert "".join(Dictionary.from_files(text, coverage=0.9).get_items()[1:]) == "a\n "
    assert "".join(Dictionary.from_files(text, coverage=0.91).get_items()[1:]) == "ab\n "
    assert "".join(Dictionary.from_files(text, coverage=1).get_items()[1:]) == "abc\n "


def test_newline_and_space_are_held_by_every_built_dictionary(tmp_path):
    dictionary = Dictionary.from_files(write(tmp_path / "text", "aaab"), coverage=0.5)
    assert dictionary.get_items() == [UNKNOWN, "a", "\n", " "]


def test_rare_characters_are_left_out_by_min_count(tmp_path):
    text = write(tmp_path / "text", "aaabbc\n \n ")
    assert Dictionary.from_files(text, min_count=2, coverage=1).get_items() == [UNKNOWN, "a", "\n", " ", "b"]


@pytest.mark.parametrize("size", [3, 4, 5, 6])
def test_max_size_counts_every_item_unk_included(tmp_path, size):
    dictionary = Dictionary.from_files(write(tmp_path / "text", "aaabbcde\n "), max_size=size, coverage=1)
    assert len(dictionary) == size
    assert {UNKNOWN, "\n", " "} <= set(dictionary.get_items())


def test_files_without_an_ending_in_folders_below_are_counted_and_hidden_ones_are_not(tmp_path):
    write(tmp_path / "train" / "train_split_1", "a")
    write(tmp_path / "valid.txt", "b")
    write(tmp_path / "more" / "가", "다")
    write(tmp_path / ".ipynb_checkpoints" / "x", "z")
    assert set(Dictionary.from_files(tmp_path).get_items()) == {UNKNOWN, "\n", " ", "a", "b", "다"}


def test_the_same_files_in_any_order_give_the_same_dictionary(tmp_path):
    files = [write(tmp_path / str(n), text) for n, text in enumerate(["zyx", "abc", "cbz"])]
    assert Dictionary.from_files(files) == Dictionary.from_files(files[::-1]) == Dictionary.from_files(tmp_path)
    assert Dictionary.from_files(files).get_items() == [UNKNOWN, *"bczaxy", "\n", " "]


def test_items_are_numbered_from_the_most_frequent_down(tmp_path):
    dictionary = Dictionary.from_files(write(tmp_path / "text", "b a\nccc aaaa b"))
    counts = collections.Counter("b a\nccc aaaa b")
    frequencies = [counts[item] for item in dictionary.get_items()[1:]]
    assert frequencies == sorted(frequencies, reverse=True)


def test_the_two_spellings_of_a_letter_are_counted_as_one(tmp_path):
    write(tmp_path / "a", "e\u0301é")
    assert Dictionary.from_files(tmp_path).get_items()[1:] == ["é", "\n", " "]
    assert sorted(Dictionary.from_files(tmp_path, normalization="NFD").get_items()[1:]) == ["\n", " ", "e", "\u0301"]
    assert len(Dictionary.from_files(tmp_path, normalization=None)) == 6


def test_memory_stays_flat_however_long_the_text_is(tmp_path):
    peaks = []
    for times in (20_000, 80_000):
        text = write(tmp_path / str(times), "가나다라마바사아자차카타파하 abc 다\n" * times)
        Dictionary.from_files(text)
        tracemalloc.start()
        Dictionary.from_files(text)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]


def test_a_word_dictionary_reads_and_writes_words(tmp_path):
    text = "the ferry is late\nthe council waits"
    dictionary = Dictionary.from_files(write(tmp_path / "text", text), character_level=False)
    assert not dictionary.character_level
    assert dictionary.get_items() == [UNKNOWN, "the", "\n", "council", "ferry", "is", "late", "waits"]
    assert dictionary.decode(dictionary.encode(text)) == text
    assert dictionary.encode("the ship waits").tolist() == [1, 0, 7]


@pytest.mark.parametrize("coverage", [0, 1.5, -1])
def test_a_coverage_that_is_no_share_is_refused(tmp_path, coverage):
    with pytest.raises(ValueError, match=rf"coverage={coverage} is a share of all characters: above 0 and at most 1"):
        Dictionary.from_files(write(tmp_path / "text", "a"), coverage=coverage)


def test_files_without_text_are_refused(tmp_path):
    with pytest.raises(ValueError, match=f"{re.escape(str(tmp_path))} holds no text to count: every file is empty"):
        Dictionary.from_files(write(tmp_path / "empty", "").parent)


# -- known by name -----------------------------------------------------------------------------------------


def test_the_default_characters_are_those_of_european_prose():
    dictionary = Dictionary.load("chars")
    assert all(c in dictionary for c in "\n\tAz09~ éßñÅŁőžΩλЖщёҐ„“”’–—…€")
    assert dictionary == Dictionary.load("common-chars")
    assert dictionary.character_level
    assert all(unicodedata.is_normalized("NFC", item) for item in dictionary.get_items())
    assert dictionary.coverage(SAMPLES / "en").share == 1


def test_an_unknown_name_is_told_with_the_known_one():
    with pytest.raises(FileNotFoundError, match=r"no file char and .* are chars, flair-chars.*from_files"):
        Dictionary.load("char")
    with pytest.raises(FileNotFoundError, match=r"no file nowhere/x\.json"):
        Dictionary.load("nowhere/x.json")


# -- files ---------------------------------------------------------------------------------------------------


@law
@given(items=st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1)), form=forms, add_unk=st.booleans())
def test_json_gives_back_the_dictionary(tmp_path, items, form, add_unk):
    dictionary = dictionary_of(items, add_unk, form)
    dictionary.save(tmp_path / "dictionary.json")
    assert Dictionary.load(tmp_path / "dictionary.json") == dictionary


@law
@given(items=st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1)), form=forms, add_unk=st.booleans())
@pytest.mark.parametrize("ending", [".pkl", ".pickle"])
def test_flairs_mapping_gives_back_the_dictionary(tmp_path, ending, items, form, add_unk):
    dictionary = dictionary_of([item for item in items if item != UNKNOWN], add_unk, form)
    path = tmp_path / f"dictionary{ending}"
    dictionary.save(path)
    assert Dictionary.load(path) == dictionary


def test_json_is_written_to_be_read_by_people(tmp_path):
    dictionary_of("한é\n").save(tmp_path / "d.json")
    content = json.loads((tmp_path / "d.json").read_text(encoding="utf-8"))
    assert content["items"] == [UNKNOWN, "한", "é", "\n"]
    assert '"한"' in (tmp_path / "d.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["words.json", "words.pkl"])
@pytest.mark.parametrize("add_unk", [True, False])
def test_a_word_that_looks_like_unk_does_not_become_it_in_a_file(tmp_path, name, add_unk):
    dictionary = Dictionary.from_items(["<unk>", "a"], add_unk, character_level=False)
    dictionary.save(tmp_path / name)
    assert Dictionary.load(tmp_path / name) == dictionary
    assert Dictionary.load(tmp_path / name).unknown_index == (0 if add_unk else None)


def test_a_pkl_file_is_the_mapping_flair_reads(tmp_path):
    dictionary_of("한a").save(tmp_path / "d.pkl")
    mapping = pickle.loads((tmp_path / "d.pkl").read_bytes(), encoding="latin1")
    assert mapping["idx2item"] == [b"<unk>", "한".encode(), b"a"]
    assert mapping["item2idx"] == {b"<unk>": 0, "한".encode(): 1, b"a": 2}


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("kind", [str, bytes])
def test_flairs_mapping_is_read_with_items_of_either_kind_at_every_protocol(tmp_path, kind, protocol):
    items = ["<unk>", "a", "é", "한", "\n", "\u200d", "😀"]
    stored = [item.encode() if kind is bytes else item for item in items]
    mapping = {"idx2item": stored, "item2idx": {item: number for number, item in enumerate(stored)}}
    dictionary = Dictionary.load_from_file(write(tmp_path / "mapping", pickle.dumps(mapping, protocol)))
    assert dictionary == dictionary_of(items[1:])


def test_a_mapping_kept_in_an_ordered_dict_is_read(tmp_path):
    mapping = collections.OrderedDict(idx2item=[b"a"], item2idx=collections.OrderedDict({b"a": 0}))
    dictionary = Dictionary.load_from_file(write(tmp_path / "mapping", pickle.dumps(mapping)))
    assert dictionary == dictionary_of("a", add_unk=False)


def test_the_tutorials_recipe_for_a_dictionary_works_as_written(tmp_path):
    write(tmp_path / "corpus" / "one.txt", "나는 서울을\n사랑해\n")
    write(tmp_path / "corpus" / "two.txt", "서울\n")
    dictionary = Dictionary()
    counter = collections.Counter()
    for file in sorted((tmp_path / "corpus").glob("*.*")):
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                counter.update(list(line))
    for letter, _ in counter.most_common():
        dictionary.add_item(letter)
    mappings = {"idx2item": dictionary.idx2item, "item2idx": dictionary.item2idx}
    with (tmp_path / "char_mappings").open("wb") as file:
        pickle.dump(mappings, file)
    loaded = Dictionary.load_from_file(tmp_path / "char_mappings")
    assert loaded == dictionary
    assert loaded.decode(loaded.encode("서울을 사랑해\n")) == "서울을 사랑해\n"


class Hostile:
    """Pickles to a call of `function` with `arguments`, made when the pickle is read."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("protocol", [0, 1, 2, 4])
@pytest.mark.parametrize("where", ["whole file", "among items", "beside the mappings"])
def test_a_hostile_pickle_is_refused_by_name_and_nothing_of_it_is_run(tmp_path, where, protocol):
    hostile = Hostile(eval, f"__import__('pathlib').Path({str(tmp_path / 'ran')!r}).touch()")
    content = {
        "whole file": hostile,
        "among items": {"idx2item": [b"a", hostile], "item2idx": {b"a": 0}},
        "beside the mappings": {"idx2item": [b"a"], "item2idx": {b"a": 0}, "extra": hostile},
    }[where]
    path = write(tmp_path / "mapping.pkl", pickle.dumps(content, protocol))
    with pytest.raises(
        UnsafeFileError, match=r"mapping\.pkl: the file asks for '(__builtin__|builtins)\.eval'.*not run"
    ):
        Dictionary.load_from_file(path)
    assert not (tmp_path / "ran").exists()


def test_the_one_function_a_mapping_may_call_makes_bytes_and_nothing_else(tmp_path):
    content = {"idx2item": [Hostile(codecs.encode, "abc", "rot13")]}
    path = write(tmp_path / "mapping.pkl", pickle.dumps(content))
    with pytest.raises(UnsafeFileError, match=r"mapping\.pkl: bytes in the encoding 'rot13'"):
        Dictionary.load_from_file(path)


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"{", b"[1]", b'{"words": []}', b'{"items": 7}', pickle.dumps([1, 2]), b"\x80\x04\x95garbage"],
)
def test_what_is_no_dictionary_file_is_told_by_name(tmp_path, content):
    with pytest.raises(ValueError, match=r"some\.file is not a dictionary file \(\w+"):
        Dictionary.load_from_file(write(tmp_path / "some.file", content))


@pytest.mark.parametrize("ending", [".json", ".pkl"])
def test_a_dictionary_file_broken_off_anywhere_is_refused(tmp_path, ending):
    dictionary_of("abc한").save(tmp_path / f"whole{ending}")
    whole = (tmp_path / f"whole{ending}").read_bytes()
    for length in range(len(whole)):
        with pytest.raises(ValueError, match=rf"broken{ending} is not a dictionary file"):
            Dictionary.load_from_file(write(tmp_path / f"broken{ending}", whole[:length]))


@pytest.mark.parametrize(
    "mapping",
    [
        {"idx2item": ["a", "b"], "item2idx": {"a": 1, "b": 0}},
        {"idx2item": [b"a", b"b"], "item2idx": {b"a": 0, b"b": 0}},
        {"idx2item": [b"a", b"b"], "item2idx": {b"a": 0}},
        {"idx2item": [b"a", b"a"], "item2idx": {b"a": 0}},
        {"items": ["a", "b", "a"]},
    ],
)
def test_a_file_that_contradicts_itself_is_refused(tmp_path, mapping):
    with pytest.raises(
        ValueError, match="mapping contradicts itself: its two mappings, or two of its items, do not agree"
    ):
        Dictionary.load_from_file(write(tmp_path / "mapping", pickle.dumps(mapping)))


def test_saving_makes_missing_folders_and_leaves_nothing_beside_the_file(tmp_path):
    dictionary_of("a").save(tmp_path / "new" / "d.json")
    dictionary_of("ab").save(tmp_path / "new" / "d.json")
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["d.json"]
    assert len(Dictionary.load(tmp_path / "new" / "d.json")) == 3


def test_a_dictionary_from_items_has_them_in_order_and_each_once():
    dictionary = Dictionary.from_items("ab\nc", normalization="NFD")
    assert dictionary.get_items() == ["a", "b", "\n", "c"] and dictionary.unknown_index is None
    assert dictionary.normalization == "NFD"
    assert Dictionary.from_items(["a", "<unk>"]).unknown_index == 1
    assert Dictionary.from_items(["a", "<unk>"], add_unk=False).unknown_index is None
    with pytest.raises(ValueError, match="the item 'a' occurs twice"):
        Dictionary.from_items("aba")


# -- characters or words ----------------------------------------------------------------------------------


def test_a_dictionary_of_characters_may_have_longer_items_and_reads_characters(tmp_path):
    dictionary = Dictionary()
    for item in ["a", "b", "\n", "[SEP]", "[newline]"]:
        dictionary.add_item(item)
    assert dictionary.character_level
    assert dictionary.encode("ab[").tolist() == [1, 2, 0]
    for name in ("d.json", "d.pkl"):
        dictionary.save(tmp_path / name)
        assert Dictionary.load(tmp_path / name) == dictionary and Dictionary.load(tmp_path / name).character_level


@pytest.mark.parametrize("ending", [".json", ".pkl"])
def test_whether_a_dictionary_reads_words_is_written_in_its_file(tmp_path, ending):
    words = Dictionary.from_items(["<unk>", "a", "i", "\n"], character_level=False)
    words.save(tmp_path / f"words{ending}")
    loaded = Dictionary.load(tmp_path / f"words{ending}")
    assert loaded == words and not loaded.character_level
    assert loaded.encode("a i").tolist() == [1, 2]
    characters = Dictionary.from_items(["<unk>", "a", "i", "\n"])
    assert characters != words and words.difference(characters) == "one of them reads characters and the other words"


@pytest.mark.parametrize(
    ("items", "characters"),
    [
        (["<unk>", "a", "b", "\n", "[SEP]"], True),
        (["<unk>", "the", "ferry", "a", "\n", "left"], False),
        (["<unk>"], True),
        (["a", "\n"], True),
    ],
)
def test_a_file_of_flair_holds_words_if_most_items_have_several_characters(tmp_path, items, characters):
    stored = {"idx2item": [item.encode() for item in items]}
    stored["item2idx"] = {item: number for number, item in enumerate(stored["idx2item"])}
    loaded = Dictionary.load_from_file(write(tmp_path / "mapping", pickle.dumps(stored)))
    assert loaded.character_level is characters


@pytest.mark.parametrize("ending", [".json", ".pkl"])
def test_an_older_file_of_this_package_holds_words_if_any_item_has_several_characters(tmp_path, ending):
    items = ["<unk>", "\n", "我", "爱", "中国"]
    content = {"normalization": "NFC", "add_unk": True}
    if ending == ".json":
        (tmp_path / "d.json").write_text(json.dumps({**content, "items": items}), encoding="utf-8")
    else:
        stored = [item.encode() for item in items]
        mapping = {**content, "idx2item": stored, "item2idx": {item: number for number, item in enumerate(stored)}}
        write(tmp_path / "d.pkl", pickle.dumps(mapping, 2))
    loaded = Dictionary.load(tmp_path / f"d{ending}")
    assert not loaded.character_level and loaded.encode("我 爱 中国").tolist() == [2, 3, 4]


def test_a_large_dictionary_of_words_comes_back_and_one_too_large_is_not_written(tmp_path):
    words = Dictionary.from_items(["<unk>", *(f"w{number}" for number in range(200_000))], character_level=False)
    words.save(tmp_path / "words.pkl")
    assert Dictionary.load(tmp_path / "words.pkl") == words
    larger = Dictionary.from_items(map(str, range(1_000_001)), character_level=False)
    with pytest.raises(ValueError, match="1,000,001 items: 1,000,000 are the most"):
        larger.save(tmp_path / "larger.pkl")
    long = Dictionary.from_items((f"{number:0700}" for number in range(100_000)), character_level=False)
    for name in ("long.json", "long.pkl"):
        with pytest.raises(ValueError, match=rf"{name} would have more than 67,108,864 bytes: leave out rare items"):
            long.save(tmp_path / name)
    with pytest.raises(ValueError, match=r"data\.pkl has more than 67,108,864 bytes"):
        LanguageModel(long, True, 1, 1, embedding_size=1).save(tmp_path / "long.pt")
    assert [file.name for file in tmp_path.iterdir()] == ["words.pkl"]
