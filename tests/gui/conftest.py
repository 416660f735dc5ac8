"""The real window without a screen: offscreen platform, settings of its own."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

if not os.environ.get("QT_QPA_PLATFORM", "").startswith("offscreen:"):  # which says what screen there is
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from handtint import paths
from handtint.gui.app import make_application
from handtint.gui.main_window import MainWindow
from handtint.gui.parts.theme import ThemeKeeper
from handtint.gui.parts.worker import Worker
from handtint.gui.photo import announcer
from handtint.gui.saving import saving
from handtint.gui.session import memory as memory_module
from handtint.gui.session.memory import Memory
from handtint.gui.session.open_photo import PhotoState
from handtint.model_card import ModelFile
from handtint.restore.colorizer import Colorizer
from tests.fakes import FakeColorizer, fake_card


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    return make_application()


@pytest.fixture
def qtbot(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> QtBot:
    """Waits longer than it does by itself: the machine may have much else to do."""
    monkeypatch.setattr(qtbot, "waitUntil", functools.partial(qtbot.waitUntil, timeout=60_000))
    return qtbot


@pytest.fixture
def worker(qtbot: QtBot) -> Iterator[Worker]:
    """Closed also after a failure: its thread would keep the whole run from ending."""
    made = Worker("test-worker")
    yield made
    made.close()


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Two small photographs where the app looks for its samples."""
    folder = tmp_path / "samples"
    folder.mkdir()
    monkeypatch.setattr(paths, "samples_dir", lambda: folder)
    return [gray_photo(folder / name) for name in ("detroit_1915.png", "mark_twain_1907.png")]


@pytest.fixture
def models() -> list[ModelFile]:
    return [ModelFile(Path(f"/models/{name}.safetensors"), fake_card(name), 1) for name in ("unet", "small")]


@pytest.fixture(autouse=True)
def pictures(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in place of the user's pictures."""
    folder = tmp_path_factory.mktemp("Pictures")
    for module in (memory_module, saving):
        monkeypatch.setattr(module, "pictures_folder", lambda but=None: folder)
    return folder


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """News stays: the machine may have much else to do before a test looks at it."""
    monkeypatch.setattr(announcer, "LEAST_MS", 600_000)


def gray_photo(path: Path, size: tuple[int, int] = (60, 80)) -> Path:
    """A gray ramp of (height, width) as a file."""
    ramp = np.linspace(10, 245, size[1], dtype=np.uint8)[None].repeat(size[0], 0)
    Image.fromarray(ramp).save(path)
    return path


def color_photo(path: Path) -> Path:
    """A file with all hues in it."""
    hue, saturation = np.meshgrid(np.arange(0, 240, 3, dtype=np.uint8), np.arange(100, 220, 2, dtype=np.uint8))
    Image.fromarray(np.dstack([hue, saturation, saturation]), "HSV").convert("RGB").save(path)
    return path


class Studio:
    """A window with its fakes, for tests to drive."""

    def __init__(self, qtbot: QtBot, memory: Memory, models: Sequence[ModelFile], app: QApplication) -> None:
        self.qtbot = qtbot
        self.colorizers: list[FakeColorizer] = []
        self.make: Callable[[ModelFile], Colorizer] = lambda model: FakeColorizer(model.card)
        self.window = MainWindow(self._load, models, memory, ThemeKeeper(app))
        self.session = self.window.session
        self.window.resize(1000, 700)
        with qtbot.waitSignal(self.window.painted):
            self.window.show()

    def _load(self, model: ModelFile) -> Colorizer:
        colorizer = self.make(model)
        assert isinstance(colorizer, FakeColorizer)
        self.colorizers.append(colorizer)
        return colorizer

    @property
    def predictions(self) -> int:
        """How often a network was asked."""
        return sum(len(colorizer.seen) for colorizer in self.colorizers)

    def wait_for(self, fact: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(fact()))

    def open_colored(self, *files: Path) -> None:
        """Open files and wait until the first of them is shown in color."""
        self.window.open(files)
        self.wait_for(self.is_colored)

    def is_colored(self) -> bool:
        current = self.session.current
        return current is not None and current.state is PhotoState.DONE and current.after is not None

    @property
    def said(self) -> str:
        """The message over the photo, empty where there is none."""
        message = self.window.photo_workspace.area.notice.message
        return "" if message is None else message.text


@pytest.fixture
def studio(
    qtbot: QtBot, memory: Memory, models: list[ModelFile], samples: list[Path], qapp: QApplication
) -> Iterator[Studio]:
    made = Studio(qtbot, memory, models, qapp)
    yield made
    made.session.close()
    made.window.hide()
    # Windows that a test made besides go, too: each that stays makes the next one's style slower to apply.
    for window in qapp.topLevelWidgets():
        if isinstance(window, MainWindow) and window.session.is_closed:
            window.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
