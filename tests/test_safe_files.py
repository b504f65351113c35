"""Files appear whole or not at all, and reading one never runs anything."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutorlm.files import atomic
from tutorlm.files.atomic import atomic_write
from tutorlm.files.pickles import Record, UnsafeFileError, read_pickle

OLD, NEW = b"what stood here before", b"something newer"
REMEDY = "Free some space or choose a writable folder"

# The module alone, without the package and so without torch: a process of its own starts at once.
PRELUDE = """
import os, resource, sys, time
sys.path.append(sys.argv[1])
from atomic import atomic_write
path = sys.argv[2]
def write(content):
    try:
        with atomic_write(path) as file:
            file.write(content)
    except OSError as error:
        sys.exit(str(error))
"""


def command(code: str, path: Path) -> list[str]:
    return [sys.executable, "-c", PRELUDE + code, str(Path(atomic.__file__).parent), str(path)]


def complaint(code: str, path: Path) -> str:
    """What a process says that tries to write `path` and must fail."""
    done = subprocess.run(command(code, path), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stderr


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(OLD)
    return path


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    order = [str(mount), "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if not mount or subprocess.run(order, capture_output=True, check=False).returncode:
        pytest.skip("only root on Linux may mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def common_folder() -> Iterator[Path]:
    """A folder that every user may enter and only its owner may write to."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


# -- atomic_write ----------------------------------------------------------------------------------


def test_the_new_content_takes_the_name_when_the_block_ends(old_file: Path) -> None:
    with atomic_write(old_file) as file:
        file.write(NEW)
        file.flush()
        assert old_file.read_bytes() == OLD
    assert old_file.read_bytes() == NEW
    assert names_in(old_file.parent) == ["file"]


def test_who_reads_the_old_content_meanwhile_reads_it_to_the_end(old_file: Path) -> None:
    with old_file.open("rb") as reader:
        with atomic_write(old_file) as file:
            file.write(NEW)
        assert reader.read() == OLD


def test_missing_folders_are_made(tmp_path: Path) -> None:
    with atomic_write(tmp_path / "a" / "b" / "file") as file:
        file.write(NEW)
    assert (tmp_path / "a" / "b" / "file").read_bytes() == NEW


def test_a_file_gets_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "ordinary").touch()
    with atomic_write(tmp_path / "ours"):
        pass
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("ordinary", "ours")}
    assert len(modes) == 1


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError])
def test_an_error_inside_the_block_leaves_the_old_content(old_file: Path, error: type[BaseException]) -> None:
    with pytest.raises(error), atomic_write(old_file) as file:
        file.write(NEW)
        raise error
    assert old_file.read_bytes() == OLD
    assert names_in(old_file.parent) == ["file"]


def test_an_error_inside_the_block_leaves_no_file_where_there_was_none(tmp_path: Path) -> None:
    with pytest.raises(ValueError), atomic_write(tmp_path / "file") as file:
        file.write(NEW)
        raise ValueError
    assert names_in(tmp_path) == []


def test_a_killed_process_leaves_the_old_content(old_file: Path) -> None:
    code = """
with atomic_write(path) as file:
    file.write(b"half of it")
    file.flush()
    print("half", flush=True)
    time.sleep(60)
"""
    with subprocess.Popen(command(code, old_file), stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout and writer.stdout.readline() == "half\n"
        writer.send_signal(signal.SIGKILL)
    assert old_file.read_bytes() == OLD
    others = [name for name in names_in(old_file.parent) if name != "file"]
    assert all(name.startswith(".") for name in others), "what a killed process leaves is hidden"
    with atomic_write(old_file) as file:
        file.write(NEW)
    assert old_file.read_bytes() == NEW


def test_a_file_that_may_not_grow_leaves_the_old_content(old_file: Path) -> None:
    code = "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)); write(bytes(100_000))"
    message = complaint(code, old_file)
    assert f"could not write {old_file}" in message
    assert REMEDY in message
    assert "the previous file is unchanged" in message
    assert old_file.read_bytes() == OLD
    assert names_in(old_file.parent) == ["file"]


def test_a_full_disk_leaves_the_old_content(small_disk: Path) -> None:
    (small_disk / "file").write_bytes(OLD)
    with pytest.raises(OSError, match="No space left on device") as caught, atomic_write(small_disk / "file") as file:
        file.write(bytes(1 << 20))
    assert f"could not write {small_disk / 'file'}" in str(caught.value)
    assert REMEDY in str(caught.value)
    assert (small_disk / "file").read_bytes() == OLD
    assert names_in(small_disk) == ["file"]


def test_a_full_disk_is_found_out_even_when_only_the_last_bytes_do_not_fit(small_disk: Path) -> None:
    (small_disk / "most").write_bytes(bytes(60_000))
    with pytest.raises(OSError, match="nothing was left behind"), atomic_write(small_disk / "file") as file:
        file.write(bytes(8_000))  # stays in the buffer of the open file until the block ends
    assert names_in(small_disk) == ["most"]


BECOME_A_STRANGER = "os.geteuid() or os.setuid(65534)\n"


def test_a_folder_without_permission_is_named(common_folder: Path) -> None:
    message = complaint(BECOME_A_STRANGER + "write(b'')", common_folder / "file")
    assert f"could not write {common_folder / 'file'} (Permission denied)" in message
    assert REMEDY in message
    assert names_in(common_folder) == []


def test_a_folder_that_may_not_even_be_entered_is_named(common_folder: Path) -> None:
    common_folder.chmod(0o000)
    message = complaint(BECOME_A_STRANGER + "write(b'')", common_folder / "file")
    assert f"could not write {common_folder / 'file'} (Permission denied)" in message
    assert REMEDY in message


def test_a_file_in_the_place_of_a_folder_is_named(old_file: Path) -> None:
    with pytest.raises(OSError, match="could not write") as caught, atomic_write(old_file / "below"):
        pass
    assert str(old_file / "below") in str(caught.value)
    assert old_file.read_bytes() == OLD


# -- read_pickle -------------------------------------------------------------------------------------

keys = st.text() | st.binary() | st.integers(-(2**63), 2**63 - 1)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**100), 2**100) | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(keys, inner) | st.tuples(inner, inner) | st.tuples(inner),
    max_leaves=10,
)


def same(one: object, other: object) -> bool:
    """Whether values and types agree, all the way down."""
    return repr(one) == repr(other)


@given(plain, st.integers(0, pickle.HIGHEST_PROTOCOL))
def test_plain_data_is_read_as_pickle_reads_it(data: object, protocol: int) -> None:
    assert same(read_pickle(io.BytesIO(pickle.dumps(data, protocol))), data)


@given(plain, st.integers(0, pickle.HIGHEST_PROTOCOL))
def test_what_stands_behind_a_pickle_is_left_to_be_read(data: object, protocol: int) -> None:
    file = io.BytesIO(pickle.dumps(data, protocol) + pickle.dumps("next", protocol) + b"rest")
    assert same(read_pickle(file), data)
    assert read_pickle(file) == "next"
    assert file.read() == b"rest"


def test_a_value_that_is_referred_to_twice_is_the_same_object() -> None:
    shared = ["a"]
    one, other, mapping = read_pickle(io.BytesIO(pickle.dumps([shared, shared, {"key": shared}])))
    assert one is other and mapping["key"] is one


class MakesFile:
    """Pickled, it is an order to make a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_name_that_is_not_allowed_is_refused_before_it_is_called(tmp_path: Path, protocol: int) -> None:
    order = pickle.dumps([MakesFile(tmp_path / "made")], protocol)
    with pytest.raises(UnsafeFileError, match=rf"'{os.mkdir.__module__}\.mkdir'"):
        read_pickle(io.BytesIO(order))
    assert not (tmp_path / "made").exists()
    pickle.loads(order)
    assert (tmp_path / "made").exists(), "the order would have been followed by pickle itself"


def test_a_name_means_what_the_caller_has_chosen_for_it() -> None:
    names = {("flair.data", "Dictionary"): lambda *arguments: ["made from", *arguments]}
    assert read_pickle(io.BytesIO(b"cflair.data\nDictionary\n(I7\ntR."), names) == ["made from", 7]


def test_an_object_is_its_attributes() -> None:
    file = io.BytesIO(b"\x80\x02cflair.data\nDictionary\n)\x81}X\x01\x00\x00\x00aK\x07sb.")
    found = read_pickle(file, {("flair.data", "Dictionary"): Record})
    assert type(found) is Record and found.attributes == {"a": 7}


@pytest.mark.parametrize("value", [{1}, frozenset(), bytearray(b"a"), 1j, {(1, 2): 3}, {2.5: 1}, {2**70: 1}, 2**200])
def test_what_data_of_these_files_never_holds_is_refused(value: object) -> None:
    for protocol in (2, 4, 5):
        with pytest.raises(ValueError):
            read_pickle(io.BytesIO(pickle.dumps(value, protocol)))


@given(st.binary(max_size=60))
def test_any_bytes_are_plain_data_or_an_error(content: bytes) -> None:
    with contextlib.suppress(Exception):
        repr(read_pickle(io.BytesIO(content)))
