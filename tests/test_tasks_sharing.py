"""The exercises of notebook 13: what is right passes, and each known mistake hears its own message."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess

import pytest
from conftest import SAMPLE
from hypothesis import given
from hypothesis import strategies as st
from promises_of_tasks import mistakes_are_named, references_are_right

from tutorlm.course.tasks import sharing as tasks
from tutorlm.files.bundles import read_sums, sums_text


def objecting(number):
    return lambda *numbers: tasks._objections(*numbers, **tasks.OBJECTION_MISTAKES[number][0])


def summed(number, order=str):
    return lambda files: tasks._sums(files, order=order, **tasks.SUM_MISTAKES[number][0])


def reciting(number):
    return tasks.RECITING_MISTAKES[number][0]


def stretch(sample, text):
    length = tasks.longest_recited(sample, text)
    return next(sample[at : at + length] for at in range(len(sample) + 1) if sample[at : at + length] in text)


WRONG = [
    *(("objections", objecting(n), said) for n, (_, said) in enumerate(tasks.OBJECTION_MISTAKES)),
    ("objections", lambda *a: not tasks.objections(*a), "Return a list: of"),
    ("objections", lambda *a: " ".join(tasks.objections(*a)), "even if there is one objection"),
    ("objections", lambda *a: tasks.objections(*a)[::-1], "in another order"),
    ("objections", lambda *a: tasks.objections(*a)[:1], "You stop at the first objection"),
    *(("sha256_sums", summed(n), said) for n, (_, said) in enumerate(tasks.SUM_MISTAKES)),
    ("sha256_sums", lambda files: tasks._sums(files), "not sorted by name"),
    ("sha256_sums", lambda files: tasks._sums(files, order=str.lower), "with capitals first"),
    ("sha256_sums", lambda files: summed(0, None)(files), "one space between"),
    ("sha256_sums", lambda files: tasks.sha256_sums(files).splitlines(), "not a list of lines"),
    ("sha256_sums", lambda files: tasks.sha256_sums(files).encode(), "not bytes"),
    ("sha256_sums", lambda files: {n: hashlib.sha256(c).hexdigest() for n, c in files.items()}, "Return a text"),
    *(("longest_recited", reciting(n), said) for n, (_, said) in enumerate(tasks.RECITING_MISTAKES)),
    ("longest_recited", stretch, "how long the stretch is"),
    ("longest_recited", lambda sample, text: sample in text, "not whether there is one"),
]
test_a_wrong_answer_is_told_what_it_is = mistakes_are_named(WRONG)
test_every_reference_is_right_and_no_answer_is_not_yet = references_are_right(tasks.EXERCISES)

NAMES = st.text("abcXYZ.019", min_size=1, max_size=8).filter(lambda name: name[0] != ".")


@given(st.dictionaries(NAMES, st.binary(max_size=20), max_size=5))
def test_the_sums_are_those_of_a_bundle(files):
    assert tasks.sha256_sums(files) == sums_text({n: hashlib.sha256(c).hexdigest() for n, c in files.items()})


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="there is no sha256sum")
def test_the_sums_are_read_by_the_program_of_that_name(tmp_path):
    files = {"forward.pt": b"\x00", "README.md": "배\n".encode()}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "SHA256SUMS").write_text(tasks.sha256_sums(files))
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path, check=True, capture_output=True)
    assert read_sums(tmp_path / "SHA256SUMS").keys() == files.keys()


@given(st.text("ab ", max_size=12), st.text("ab ", max_size=20))
def test_the_longest_stretch_is_the_longest_of_all(sample, text):
    ends = range(len(sample) + 1)
    assert tasks.longest_recited(sample, text) == max(b - a for a in ends for b in ends[a:] if sample[a:b] in text)


def test_a_quotation_from_a_real_text_is_measured_at_once():
    text = (SAMPLE / "en" / "train" / "train_split_1").read_text(encoding="utf-8")
    assert tasks.longest_recited(f"¶{text[5000:5400]}¶", text) == 400


def test_the_reviewers_limits_are_those_of_the_guide():
    guide = (SAMPLE.parents[1] / "docs" / "contributing_a_model.md").read_text(encoding="utf-8")
    assert re.search(
        r"within 10 % of each other; less than 1 % of the test text is `<unk>`", re.sub(r"\s+", " ", guide)
    )
