"""What is missing of the system."""

from __future__ import annotations

import re
from pathlib import Path

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


def test_a_user_without_sudo_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_packages.os, "geteuid", lambda: 1000, raising=False)
    there = {"apt-get": "/usr/bin/apt-get"}
    monkeypatch.setattr(system_packages.shutil, "which", there.get)
    with pytest.raises(system_packages.MissingError, match="install xvfb"):
        system_packages.see_to({"Xvfb": "xvfb"})


def test_the_set_up_asks_for_what_stands_here_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = (Path(system_packages.__file__).parent / "bootstrap.sh").read_text(encoding="utf-8")
    assert "packaging/system_packages.py" in script
    assert not re.search(r"\blib[\w.+-]+", script.replace("libraries", ""))
    makefile = (Path(system_packages.__file__).parents[1] / "Makefile").read_text(encoding="utf-8")
    asked: list[dict[str, str]] = []
    monkeypatch.setattr(system_packages, "see_to", asked.append)
    for purpose in re.findall(r"bootstrap\.sh (\w+)", makefile):
        monkeypatch.setattr("sys.argv", ["system_packages.py", purpose])
        assert system_packages.main() == 0
    assert asked == [system_packages.WINDOW, system_packages.OFFSCREEN]
    monkeypatch.setattr("sys.argv", ["system_packages.py", "demo"])
    assert system_packages.main() == 2
    assert "tests|window" in capsys.readouterr().err
