from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
import torch

from tutorlm import Dictionary, LanguageModel
from tutorlm.files.text import read_blocks

pytest.register_assert_rewrite("promises_of_tasks")
torch.set_num_threads(1)  # quickest for models this small, and two test runs at once stay out of each other's way

# huggingface_hub reads these when it is imported: no token or cache of the user's, and no Xet, as in local_hub.py
os.environ |= {
    "HF_HOME": str(Path(tempfile.gettempdir(), "tutorlm-tests-without-a-home")), "HF_HUB_DISABLE_XET": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_UPDATE_CHECK": "1",
}  # fmt: skip
for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_ENDPOINT", "HF_HUB_OFFLINE", "HF_HUB_CACHE"):
    os.environ.pop(name, None)

SAMPLE = Path(__file__).parent.parent / "data" / "sample_corpus"


@pytest.fixture
def sample() -> Path:
    """The folder of the sample corpora."""
    return SAMPLE


@pytest.fixture(scope="session")
def english() -> Dictionary:
    return Dictionary.from_files(SAMPLE / "en" / "train")


def write(path: Path, content: str | bytes) -> Path:
    """A file with this content, in folders that are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(path: Path) -> str:
    """The whole text of a file, as the package reads it."""
    return "".join(read_blocks(path))


@pytest.fixture(scope="session")
def bundled(tmp_path_factory) -> Path:
    """A bundle of the small pair that ships with the package; to be copied, not changed."""
    from tutorlm.sharing import bundle

    folder = tmp_path_factory.mktemp("sharing") / "news-mini"
    pair = [f"news-mini-{direction}" for direction in ("forward", "backward")]
    assert bundle(pair, folder, licence="cc0-1.0", language="en", corpus=SAMPLE / "en").ok
    return folder


def strong_model(dictionary: Dictionary, is_forward_lm: bool = True, **settings) -> LanguageModel:
    """An untrained model with weights large enough that every character matters to it."""
    torch.manual_seed(0)
    model = LanguageModel(dictionary, is_forward_lm, **{"hidden_size": 16, "nlayers": 1, **settings})
    for parameter in model.parameters():
        parameter.data *= 2.5
    return model.eval()


@pytest.fixture
def in_korean():
    """The Korean edition, until the test ends."""
    from tutorlm.course import language

    language("ko")
    yield
    language("en")


@pytest.fixture
def small_corpus(tmp_path, sample) -> Path:
    """A corpus folder with two short splits of real text, to train on in a second."""
    lines = (sample / "en" / "train" / "train_split_1").read_text(encoding="utf-8").splitlines(keepends=True)
    folder = tmp_path / "small_corpus"
    (folder / "train").mkdir(parents=True)
    parts = {"train/a": lines[:20], "train/b": lines[20:45], "valid.txt": lines[45:52], "test.txt": lines[52:58]}
    for name, part in parts.items():
        (folder / name).write_text("".join(part), encoding="utf-8")
    return folder
