"""One photo's way from opening it to taking a step back on another day, by keys alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from handtint.gui.session.memory import Memory
from handtint.imaging.recipe_files import read_recipe
from handtint.model_card import ModelFile
from handtint.recipe.recipe import Recipe
from handtint.recipe.store import RecipeStore
from handtint.stamps import sha256_of
from tests.gui.conftest import Studio, gray_photo

NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
Key = Qt.Key


class Typist:
    """Drives the window by keyboard only: keys go where the focus is."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio

    @property
    def focus(self) -> QWidget:
        """What keys go to now."""
        if (popup := QApplication.activePopupWidget()) is not None:
            return popup
        top = QApplication.activeModalWidget() or self.studio.window
        top.activateWindow()  # as a window manager does when a dialog or a menu is gone
        self.studio.wait_for(lambda: QApplication.activeWindow() is top)
        return top.focusWidget() or top

    def press(self, key: Key, modifiers: Qt.KeyboardModifier = NONE, times: int = 1) -> None:
        for _ in range(times):
            QTest.keyClick(self.focus, key, modifiers)

    def write(self, text: str) -> None:
        """Write text in place of what a field holds."""
        self.press(Key.Key_A, CONTROL)
        QTest.keyClicks(self.focus, text)

    def answer(self, text: str) -> None:
        """Write text in the next dialog, and press Enter."""

        def go_on() -> None:
            dialog = QApplication.activeModalWidget()
            if dialog is None or dialog.focusWidget() is None:
                QTimer.singleShot(20, go_on)
                return
            self.write(text)
            self.press(Key.Key_Return)

        QTimer.singleShot(0, go_on)

    def seen(self) -> QImage:
        """The picture on screen, without its edge, where the focus is shown."""
        canvas = self.studio.window.photo_workspace.canvas
        return canvas.grab(canvas.rect().adjusted(10, 10, -10, -10)).toImage()

    def wait_until_shown(self) -> QImage:
        studio = self.studio
        studio.wait_for(lambda: studio.is_colored() and studio.session.developing.is_shown)
        return self.seen()


@pytest.fixture
def windows(
    qtbot: QtBot, memory: Memory, models: list[ModelFile], qapp: QApplication
) -> Iterator[Callable[..., Typist]]:
    """Starts the program, as often as it is called, with photos on its command line."""
    opened: list[Studio] = []

    def start(*photos: Path) -> Typist:
        opened.append(Studio(qtbot, memory, models, qapp))
        opened[-1].window.activateWindow()
        if photos:
            opened[-1].window.open(photos)  # as `gui.app` does
        return Typist(opened[-1])

    yield start
    for studio in opened:
        studio.session.close()
        studio.window.hide()
        studio.window.deleteLater()


def recipe_of(typist: Typist) -> Recipe:
    assert typist.studio.session.current is not None
    return typist.studio.session.current.recipe


def test_a_photo_is_opened_turned_cropped_hinted_saved_and_undone_on_another_day_by_keys_alone(
    windows: Callable[..., Typist], tmp_path: Path
) -> None:
    photo, result = gray_photo(tmp_path / "porch.png", (180, 240)), tmp_path / "mine.png"
    keyboard = windows(photo)
    pictures: list[QImage] = []

    def step() -> None:
        """What was done is seen: the picture is another than before."""
        pictures.append(keyboard.wait_until_shown())
        assert len(pictures) == 1 or pictures[-1] != pictures[-2]

    keyboard.wait_until_shown()
    keyboard.press(Key.Key_F7)  # the result only
    step()
    keyboard.press(Key.Key_L, CONTROL | SHIFT)
    step()
    assert recipe_of(keyboard).geometry.turn == 90

    keyboard.press(Key.Key_C)
    keyboard.press(Key.Key_Up, SHIFT, 5)
    keyboard.press(Key.Key_Return)
    keyboard.studio.wait_for(lambda: recipe_of(keyboard).geometry.crop is not None)
    step()

    keyboard.press(Key.Key_H)
    keyboard.press(Key.Key_Up, SHIFT, 2)
    keyboard.press(Key.Key_Return)  # the colors for the place under the cross
    keyboard.press(Key.Key_Right, SHIFT, 4)
    keyboard.press(Key.Key_Up, SHIFT, 4)
    keyboard.press(Key.Key_Return)
    keyboard.press(Key.Key_Escape, times=2)
    (hint,) = recipe_of(keyboard).color.hints
    step()

    keyboard.answer("before the look")
    keyboard.press(Key.Key_A, CONTROL | SHIFT)
    keyboard.press(Key.Key_E, ALT)
    keyboard.press(Key.Key_S)  # Presets
    keyboard.press(Key.Key_Down)  # Lively family
    keyboard.press(Key.Key_Return)
    step()
    lively = recipe_of(keyboard)
    assert (lively.color.vividness, lively.color.hints) == (0.75, (hint,))
    keyboard.press(Key.Key_B, SHIFT)  # the snapshot, and back
    step()
    assert recipe_of(keyboard).color.vividness == 0.4
    keyboard.press(Key.Key_B, SHIFT)
    step()
    assert recipe_of(keyboard) == lively

    keyboard.answer(str(result))
    keyboard.press(Key.Key_S, CONTROL)
    keyboard.studio.wait_for(lambda: keyboard.studio.said.startswith("Saved"))
    assert read_recipe(result).recipe == lively
    with Image.open(result) as made:
        assert made.width == 180
        assert made.height < 240
        assert np.ptp(np.asarray(made).astype(int), axis=2).max() > 20  # in color

    keyboard.press(Key.Key_Q, CONTROL)  # nothing would be lost, so nothing is asked
    keyboard.studio.wait_for(lambda: not keyboard.studio.window.isVisible())
    kept = RecipeStore().read(sha256_of(photo))
    assert kept is not None
    assert kept.recipe == lively

    last = pictures[-1]
    keyboard = windows()
    keyboard.press(Key.Key_F, ALT)
    keyboard.press(Key.Key_R)  # Open Recent
    keyboard.press(Key.Key_Return)
    assert keyboard.wait_until_shown() == last
    assert recipe_of(keyboard) == lively
    assert keyboard.studio.said.startswith("As you left it")
    keyboard.press(Key.Key_Z, CONTROL)
    undone = keyboard.wait_until_shown()
    assert undone != last
    assert dataclasses.replace(recipe_of(keyboard), color=lively.color) == lively
    assert recipe_of(keyboard).color.vividness == 0.4
    while keyboard.studio.window.actions_.undo.isEnabled():  # the hint, the crop, the turn
        keyboard.press(Key.Key_Z, CONTROL)
    assert keyboard.wait_until_shown() == pictures[0]
    assert recipe_of(keyboard) == Recipe(model=lively.model)
