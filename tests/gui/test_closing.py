"""Closing the window: what is asked, and that no thread stays."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from handtint.gui import shutdown
from handtint.gui.canvas.canvas import Mode
from handtint.gui.parts.theme import Theme
from handtint.gui.parts.worker import close_all
from handtint.gui.session.memory import Memory
from handtint.progress import Progress
from tests.fakes import FakeColorizer
from tests.gui.conftest import Studio, gray_photo


def answer(word: str, asked: list[str]) -> Callable[[], None]:
    """Press the button of the question on screen that has `word` in it."""

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        asked.append(box.text())
        next(button for button in box.buttons() if word in button.text()).click()

    return press


def close(studio: Studio, word: str = "Keep", how: Callable[[], object] | None = None) -> list[str]:
    """Close the window, or what `how` closes, answering the question if one comes; returns what was asked."""
    asked: list[str] = []
    timer = QTimer()
    timer.setSingleShot(True)
    timer.timeout.connect(answer(word, asked))
    timer.start(0)
    (how or studio.window.close)()
    timer.stop()
    return asked


def names_of_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("handtint")]


def test_closing_while_coloring_asks_and_goes_on_when_kept_open(studio: Studio, tmp_path: Path) -> None:
    studio.make = lambda model: FakeColorizer(model.card, delay_s=20)
    studio.window.open([gray_photo(tmp_path / "a.png")])
    studio.wait_for(lambda: studio.predictions == 1)
    assert close(studio, "Keep") == ["Stop coloring and close?"]
    assert studio.window.isVisible()
    studio.colorizers[0].go.set()
    studio.wait_for(studio.is_colored)


def test_closing_while_coloring_stops_it_and_leaves_no_thread(studio: Studio, tmp_path: Path) -> None:
    studio.make = lambda model: FakeColorizer(model.card, delay_s=20)
    studio.window.open([gray_photo(tmp_path / "a.png")])
    studio.wait_for(lambda: studio.predictions == 1)
    assert close(studio, "Stop") == ["Stop coloring and close?"]
    assert not studio.window.isVisible()
    assert names_of_threads() == []


def test_closing_with_nothing_to_lose_asks_nothing(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    studio.window.close()
    assert not studio.window.isVisible()
    assert names_of_threads() == []


def test_settings_chosen_by_hand_are_asked_for_until_it_is_saved(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    studio.window.photo_workspace.panel.strength.slider.setValue(130)
    assert close(studio, "Keep") == ["Close without saving?"]
    assert studio.window.isVisible()
    studio.window.saving.save_as()
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    dialog.accept()
    studio.wait_for(lambda: studio.said.startswith("Saved"))
    studio.window.close()
    assert not studio.window.isVisible()


def test_size_mode_and_theme_are_remembered(studio: Studio, memory: Memory) -> None:
    studio.window.resize(1111, 733)
    studio.window.appearance._set_mode(Mode.SIDE_BY_SIDE)
    studio.window.actions_.themes[Theme.DARK].trigger()
    studio.window.close()
    assert memory.mode is Mode.SIDE_BY_SIDE
    assert memory.theme is Theme.DARK
    assert not memory.geometry.isEmpty()


def test_a_drive_that_does_not_answer_holds_up_closing_for_a_few_seconds_only(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    is_answered, has_begun = threading.Event(), threading.Event()

    def look(progress: Progress) -> None:
        has_begun.set()
        is_answered.wait(60)

    studio.session.run_on_disk(look, lambda found: None)
    assert has_begun.wait(60)
    monkeypatch.setattr(shutdown, "close_all", functools.partial(close_all, limit_s=0.05))
    studio.window.close()
    assert not studio.window.isVisible()
    assert studio.window.shutdown.waiting is not None
    assert "looking at a file or folder" in studio.window.shutdown.waiting.text()
    assert names_of_threads() == ["handtint-disk"]
    is_answered.set()
    studio.wait_for(lambda: not names_of_threads())
