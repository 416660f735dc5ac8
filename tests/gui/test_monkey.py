"""A short run of the monkey test; `python -m tests.gui.monkey` does ten thousand actions."""

from __future__ import annotations

import time
import weakref
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from handtint.gui.photo.incoming import local_files
from tests.gui.conftest import Studio
from tests.gui.monkey import Monkey
from tests.gui.watching import Watch


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_is_done_to_the_window_nothing_goes_wrong(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, pictures: Path, samples: list[Path], seed: int
) -> None:
    monkey = Monkey(qapp, tmp_path, pictures, seed)
    with monkey.watching():
        monkey.live(60)
    assert list(monkey.faults) == [], monkey.report()
    assert monkey.done == 60


def test_the_monkey_sees_what_goes_wrong(
    qtbot: QtBot,
    qapp: QApplication,
    tmp_path: Path,
    pictures: Path,
    samples: list[Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkey = Monkey(qapp, tmp_path, pictures, 1)
    monkeypatch.setattr(monkey, "_doings", [(1, lambda: 1 / 0)])
    with monkey.watching():
        monkey.live(1)
    (fault,) = monkey.faults
    assert "ZeroDivisionError" in fault


def test_a_stall_is_told_with_its_place_and_nothing_of_that_is_held() -> None:
    """Else the painter of a picture that was slow to paint would stay, and the window never be painted again."""
    watch = Watch()

    def dawdle() -> weakref.ref[Watch]:
        held = Watch()
        deadline = time.monotonic() + 60
        while not watch.clock.place and time.monotonic() < deadline:
            pass
        return weakref.ref(held)

    with watch.watching():
        watch.clock.begin()
        held = dawdle()
        watch.check_stall("a slow action")
    ((_, name, where),) = watch.stalls
    assert name == "a slow action"
    assert "dawdle" in where
    assert held() is None


def test_an_empty_clipboard_has_no_photo_to_paste(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    assert local_files(None) == []
    monkeypatch.setattr(type(QGuiApplication.clipboard()), "mimeData", lambda _: None)  # as some systems have it
    studio.window.actions_.paste.trigger()
    assert "no photo" in studio.window.statusBar().currentMessage()
