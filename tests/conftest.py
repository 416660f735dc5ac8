"""For all tests: nobody's real folders are touched, and no thread outlives its test."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest


@pytest.fixture(autouse=True)
def user_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which the user's data, logs and settings lie, for this process and those it starts."""
    home = tmp_path_factory.mktemp("home")
    for kind in ("data", "log", "config", "cache", "state"):
        monkeypatch.setattr(platformdirs, f"user_{kind}_dir", lambda *_, kind=kind, **__: str(home / kind))
        monkeypatch.setenv(f"XDG_{kind.upper()}_HOME", str(home / kind))
    return home


@pytest.fixture(autouse=True)
def _no_thread_stays() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 60.0
    while (left := set(threading.enumerate()) - before) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not left, f"threads still run: {sorted(thread.name for thread in left)}"
