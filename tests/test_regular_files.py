"""What is no file is refused at once."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from tutorlm.files.regular import open_regular

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has none of these")


def test_a_file_and_a_link_to_it_are_opened(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    (tmp_path / "link").symlink_to("file")
    for name in ("file", "link"):
        with open_regular(tmp_path / name) as file:
            assert file.read() == b"content"


@pytest.mark.timeout(10)
def test_everything_else_is_named_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the name of a socket may have 100 bytes
    os.mkfifo("pipe")
    Path("folder").mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        for name, kind in {"pipe": "a named pipe", "folder": "a folder", "socket": "a socket",
                           "/dev/zero": "a device"}.items():  # fmt: skip
            with pytest.raises(ValueError, match=f"^{name} is {kind}, not a file"):
                open_regular(name)


def test_a_missing_file_and_a_loop_of_links_are_named_by_the_system(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for name in ("missing", "loop"):
        with pytest.raises(OSError, match=name):
            open_regular(tmp_path / name)
