"""The window opens whatever is remembered, and wherever that lies."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from handtint import paths
from handtint.gui import app as application
from handtint.gui.main_window import MainWindow
from handtint.gui.parts.faults import FaultDialog
from handtint.gui.parts.theme import ThemeKeeper
from handtint.gui.session.memory import Memory
from handtint.model_card import ModelFile
from tests.fakes import FakeColorizer
from tests.gui.conftest import gray_photo

KEYS = ("recent", "folder", "theme", "mode", "hint_colors", "model", "geometry", "filmstrip", "last_open", "room")


@pytest.fixture
def open_window(qapp: QApplication, qtbot: QtBot, samples: list[Path], models: list[ModelFile]) -> Callable:
    def opened(memory: Memory) -> MainWindow:
        window = MainWindow(lambda model: FakeColorizer(), models, memory, ThemeKeeper(qapp))
        qtbot.addWidget(window, before_close_func=lambda w: (w.session.close(), w.teaching.close()))
        window.show()
        return window

    return opened


def test_a_recent_photo_where_the_system_refuses_to_look_is_left_out(
    open_window: Callable, memory: Memory, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, locked = gray_photo(tmp_path / "there.png"), tmp_path / "locked" / "photo.png"
    memory.add_recent(there)
    memory._store.setValue("recent", [str(locked), str(there)])
    memory.folder = str(locked.parent)
    stat = Path.stat

    def refuse(self: Path, **options: bool) -> object:
        if "locked" in self.parts:
            raise PermissionError(13, "Permission denied", str(self))
        return stat(self, **options)

    monkeypatch.setattr(Path, "stat", refuse)
    for name in ("exists", "is_dir", "is_file"):  # as Python up to 3.13 has them: they raise what `stat` raises
        ask = getattr(Path, name)
        monkeypatch.setattr(Path, name, lambda self, ask=ask, **options: self.stat() and ask(self, **options))
    window = open_window(memory)
    assert window.isVisible()
    assert memory.recent == [there]
    assert memory.folder == str(pictures)


def test_a_drive_that_does_not_answer_holds_up_neither_the_menu_nor_opening_a_photo(
    memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, hung = gray_photo(tmp_path / "there.png"), tmp_path / "hung" / "photo.png"
    memory._store.setValue("recent", [str(hung), str(tmp_path / "gone.png")])
    answers, exists, asked = threading.Event(), Path.exists, list[threading.Thread]()

    def wait(self: Path) -> bool:
        if "hung" in self.parts:
            asked.append(threading.current_thread())
            assert answers.wait(60)
        return exists(self)

    monkeypatch.setattr(Path, "exists", wait)
    memory.add_recent(there)
    assert not asked
    assert memory.recent == [there, hung]
    assert asked
    assert threading.current_thread() not in asked
    answers.set()


def test_no_remembered_place_is_looked_at_before_the_window_stands(
    open_window: Callable, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory._store.setValue("recent", ["/net/gone/photo.jpg"])
    memory._store.setValue("folder", "/net/gone")
    asked: list[Path] = []
    for name in ("is_there", "is_folder", "is_file"):
        ask = getattr(paths, name)
        monkeypatch.setattr(paths, name, lambda path, ask=ask: asked.append(path) or ask(path))
    open_window(memory)
    assert not [path for path in asked if "gone" in path.parts]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "value", ["", "\0", "x" * 5000, ["a", "b"], 7, -1.5, QByteArray(b"\xff\0\x01"), ["nan nan"], {"a": 1}, True]
)
def test_any_content_of_the_settings_is_survived(
    open_window: Callable, tmp_path: Path, qapp: QApplication, key: str, value: object
) -> None:
    store = QSettings(str(tmp_path / "odd.ini"), QSettings.Format.IniFormat)
    store.setValue(key, value)
    memory = Memory(store)
    # What the window reads of it, without the cost of a window for each value.
    assert all(isinstance(path, Path) for path in memory.recent)
    assert all(len(color) == 2 for color in memory.hint_colors)
    assert isinstance(memory.folder, str)
    assert isinstance(memory.model, str)
    assert isinstance(memory.geometry, QByteArray)
    assert isinstance(memory.is_filmstrip_shown, bool)
    assert all(path.is_absolute() for path in [*memory.recent, *memory.last_open])
    assert memory.room > 0
    assert memory.theme is not None
    assert memory.mode is not None


def test_a_window_opens_on_settings_that_are_odd_altogether(open_window: Callable, tmp_path: Path) -> None:
    store = QSettings(str(tmp_path / "odd.ini"), QSettings.Format.IniFormat)
    for key in KEYS:
        store.setValue(key, QByteArray(b"\xff\0\x01"))
    assert open_window(Memory(store)).isVisible()


_READ = """
from PySide6.QtWidgets import QApplication
from handtint.gui.app import settings
from handtint.gui.session.memory import Memory
application = QApplication([])
memory = Memory(settings())
memory.model = f"{memory.language} after"
memory._store.sync()
print(memory._store.status().name, Memory(settings()).model)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="settings are a file of text")
@pytest.mark.parametrize(
    ("content", "is_kept"),
    [
        ("language=fr", True),
        ('recent="/photos, @Variant 1.png", @@Variant(.png\nlanguage=fr', True),
        (r"recent=/a.png, @Variant(\0\0\0\x42)", False),  # a picture: ends the program with a segmentation fault
        (r"model=@Variant(\0\0\0\x38\0\x1)", False),  # a type that Python has not
        (r"model=@DateTime(\0)", False),
        (None, False),  # a pipe, which would be waited for
    ],
)
def test_settings_that_qt_does_not_survive_are_set_aside(
    user_folders: Path, content: str | None, is_kept: bool
) -> None:
    file = user_folders / "config" / "Handtint" / "Handtint.conf"
    file.parent.mkdir(parents=True)
    if content is None:
        os.mkfifo(file)
    else:
        file.write_text(f"[General]\n{content}\n")
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", _READ], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout.strip()) == (0, f"NoError {'fr' if is_kept else ''} after"), done.stderr
    assert file.with_name("Handtint.conf.damaged").exists() is not is_kept


def test_a_window_that_cannot_be_made_says_so(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no such luck")

    shown: list[str] = []
    monkeypatch.setattr(application, "MainWindow", fail)
    monkeypatch.setattr(application, "make_application", lambda: qapp)
    monkeypatch.setattr(FaultDialog, "exec", lambda self: shown.append(self.report))
    assert application._run((), None) == 1
    assert "no such luck" in shown[0]
