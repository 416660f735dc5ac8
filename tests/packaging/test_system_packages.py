"""What is missing of the system."""

from __future__ import annotations

import pytest
import system_packages


def test_missing_tools_are_named_with_their_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = ("makeself", "apt-get")
    monkeypatch.setattr(system_packages.shutil, "which", lambda name: None if name in absent else f"/bin/{name}")
    with pytest.raises(system_packages.MissingError, match=r"missing: makeself\. .* sudo apt-get install makeself\)"):
        system_packages.see_to({"makeself": "makeself", "xz": "xz-utils"})


def test_a_library_that_is_not_there_is_seen() -> None:
    needed = {"libc.so.6": "libc6", "libnowhere.so.1": "nowhere"}
    assert system_packages.missing_of(needed) == {"libnowhere.so.1": "nowhere"}
