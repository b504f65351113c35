"""The library `huggingface_hub`, imported only where it is used, and its errors in words that say what to do."""

import contextlib
import os
from collections.abc import Iterator
from typing import Any

from tutorlm.files.bundles import LIBRARY
from tutorlm.messages import printable

PREFIX = "hub:"
SECONDS = 10  # in which the Hub must answer the first question


def library() -> Any:
    """The module `huggingface_hub`; ImportError says how to get it."""
    try:
        import huggingface_hub.constants
        import huggingface_hub.errors  # noqa: F401 – neither is there by itself
    except ImportError:
        raise ImportError(
            "models on the Hub, and model cards, need huggingface_hub: pip install 'tutorlm[hub]'"
        ) from None
    return huggingface_hub


def hub_api() -> Any:
    """The Hub's interface, at HF_ENDPOINT if that is set."""
    return library().HfApi(endpoint=os.environ.get("HF_ENDPOINT") or None, library_name=LIBRARY)


def require_online() -> None:
    """Raise a ConnectionError if HF_HUB_OFFLINE is set, now, and not only when the library was imported."""
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE"):
        raise ConnectionError("HF_HUB_OFFLINE is set")


@contextlib.contextmanager
def explained(repository: str, revision: str = "", missing: str = "") -> Iterator[None]:
    """Turn the library's errors about a repository into errors that say what to do.

    FileNotFoundError for what is not there, PermissionError for what is not allowed, ConnectionError for the network.
    """
    errors, name = library().errors, f"{PREFIX}{repository}"
    web = next(kind for kind in errors.HfHubHTTPError.__mro__ if kind.__name__ == "HTTPError")  # of httpx or httpx2
    failure: Exception
    try:
        yield
        return
    except errors.GatedRepoError:
        failure = PermissionError(f"{name} is gated: its owner asks you to accept terms. Open its page, accept them, "
                                  "then log in here with `hf auth login`, or set HF_TOKEN")  # fmt: skip
    except errors.RepositoryNotFoundError:
        failure = FileNotFoundError(f"{name} was not found: there is no such model, or it is private. Check the "
                                    f"spelling, {_about_token()}")  # fmt: skip
    except errors.RevisionNotFoundError:
        failure = FileNotFoundError(f"{name} has no revision {revision!r}: give a branch, a tag or a commit that its "
                                    "page shows, or leave it out")  # fmt: skip
    except errors.EntryNotFoundError:
        failure = FileNotFoundError(missing or f"{name} lacks a file that was asked for")
    except errors.LocalTokenNotFoundError:
        failure = PermissionError(
            f"{name}: there is no token for the Hub. Log in with `hf auth login`, or set HF_TOKEN"
        )
    except errors.HfHubHTTPError as error:
        failure = _refusal(name, error)
    except (web, errors.OfflineModeIsEnabled, ConnectionError, TimeoutError) as error:
        failure = ConnectionError(f"{name}: the Hub cannot be reached ({printable(error) or type(error).__name__})")
    raise failure


def _about_token() -> str:
    known = library().get_token()
    return "or whether your token may see it" if known else "and log in with `hf auth login`, or set HF_TOKEN"


def _refusal(name: str, error: Any) -> Exception:
    status = getattr(error.response, "status_code", 0)
    said = printable(getattr(error, "server_message", None) or error)
    if status == 401:
        return PermissionError(f"{name}: the Hub does not know your token ({said}). Log in again with `hf auth login`")
    if status == 403:
        return PermissionError(f"{name}: your token may not do this ({said})")
    if status < 500:
        return ValueError(f"{name}: the Hub refused this ({said})")
    return ConnectionError(f"{name}: the Hub answered with status {status}. Try again later")
