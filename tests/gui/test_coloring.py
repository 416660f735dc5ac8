"""Coloring, the settings beside it, and what is said meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from handtint.errors import ModelError
from handtint.gui.parts.model_names import title_of
from handtint.gui.photo import announcer, toolbar
from handtint.gui.session.memory import Memory
from handtint.gui.session.open_photo import PhotoState
from handtint.model_card import ModelFile
from handtint.recipe.settings import Settings
from tests.fakes import FakeColorizer
from tests.gui.conftest import Studio, color_photo, gray_photo


def saturation_of_result(studio: Studio) -> int:
    current = studio.session.current
    assert current is not None
    assert current.after is not None
    return QColor(current.after.levels[0].pixel(70, 30)).hslSaturation()


def test_strength_changes_the_picture_and_asks_no_model_again(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    before = saturation_of_result(studio)
    assert before > 0
    studio.window.photo_workspace.panel.strength.slider.setValue(0)
    studio.wait_for(lambda: saturation_of_result(studio) == 0)
    studio.window.photo_workspace.panel.strength.slider.setValue(100)
    studio.wait_for(lambda: saturation_of_result(studio) == before)
    assert studio.predictions == 1


def test_a_slider_swept_through_ends_at_the_last_value(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    for value in range(100, -1, -5):
        studio.window.photo_workspace.panel.vividness.slider.setValue(value)
    studio.window.photo_workspace.panel.strength.slider.setValue(0)
    studio.wait_for(lambda: saturation_of_result(studio) == 0)
    assert studio.session.current is not None
    assert studio.session.current.settings.vividness == 0.0
    assert studio.predictions == 1


def test_double_click_and_reset_bring_the_settings_back(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    panel = studio.window.photo_workspace.panel
    assert not panel.reset.isEnabled()
    panel.strength.slider.setValue(150)
    QTest.mouseDClick(panel.strength.slider, Qt.MouseButton.LeftButton)
    assert panel.strength.value == 1.0
    panel.strength.slider.setValue(150)
    panel.vividness.slider.setValue(90)
    assert panel.reset.isEnabled()
    panel.reset.click()
    assert (panel.strength.value, panel.vividness.value) == (1.0, Settings().vividness)
    assert not panel.reset.isEnabled()


def test_every_photo_keeps_its_own_settings(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"), gray_photo(tmp_path / "b.png", (64, 80)))
    studio.window.photo_workspace.panel.strength.slider.setValue(170)
    studio.wait_for(studio.window.actions_.next_photo.isEnabled)
    studio.window.actions_.next_photo.trigger()
    studio.wait_for(studio.is_colored)
    assert studio.window.photo_workspace.panel.strength.value == 1.0
    studio.window.actions_.previous_photo.trigger()
    studio.wait_for(studio.is_colored)
    assert studio.window.photo_workspace.panel.strength.value == 1.7


def test_another_model_colors_anew_and_the_first_ones_color_is_kept(
    studio: Studio, memory: Memory, tmp_path: Path
) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    panel = studio.window.photo_workspace.panel
    panel.model.setCurrentIndex(1)
    panel.model.activated.emit(1)
    studio.wait_for(lambda: studio.predictions == 2 and studio.is_colored())
    assert [colorizer.card.name for colorizer in studio.colorizers] == ["unet", "small"]
    assert memory.model == "small"
    panel.model.activated.emit(0)
    studio.wait_for(studio.is_colored)
    assert studio.predictions == 2


def test_looking_closely_asks_the_model_anew_and_both_answers_are_kept(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    closely = studio.window.photo_workspace.panel.closely
    QTest.keyClick(closely, Qt.Key.Key_Space)
    studio.wait_for(lambda: studio.predictions == 2 and studio.is_colored())
    usual, seen = (lightness.shape for lightness in studio.colorizers[0].seen)
    assert min(seen) > min(usual)
    studio.window.actions_.undo.trigger()
    studio.wait_for(lambda: studio.is_colored() and not closely.isChecked())
    studio.window.actions_.redo.trigger()
    studio.wait_for(lambda: studio.is_colored() and closely.isChecked())
    assert studio.predictions == 2


def test_a_photo_in_color_is_left_alone_until_asked(studio: Studio, tmp_path: Path) -> None:
    studio.window.open([color_photo(tmp_path / "modern.png")])
    studio.wait_for(lambda: studio.session.current and studio.session.current.state is PhotoState.READY)
    assert studio.said == "This photo is already in color."
    assert studio.predictions == 0
    assert not studio.window.actions_.save.isEnabled()
    studio.window.photo_workspace.area.notice.button.click()
    studio.wait_for(studio.is_colored)
    assert studio.predictions == 1


def test_coloring_can_be_stopped_and_begun_again_with_another_model(studio: Studio, tmp_path: Path) -> None:
    studio.make = lambda model: FakeColorizer(model.card, delay_s=20)
    studio.window.open([gray_photo(tmp_path / "a.png")])
    studio.wait_for(lambda: studio.said == 'Coloring "a.png"' and studio.window.photo_workspace.area.notice.isVisible())
    assert studio.session.current is not None
    assert studio.session.current.before is not None  # the picture is there meanwhile
    studio.window.photo_workspace.area.notice.button.click()
    assert studio.session.current.state is PhotoState.READY
    assert studio.said == "Coloring was stopped."
    assert studio.session.current.after is None
    studio.make = lambda model: FakeColorizer(model.card)
    studio.window.photo_workspace.panel.model.activated.emit(1)
    studio.wait_for(studio.is_colored)
    assert studio.said == ""


def test_going_to_another_photo_stops_coloring_and_its_result_never_shows(studio: Studio, tmp_path: Path) -> None:
    studio.make = lambda model: FakeColorizer(model.card, delay_s=20)
    studio.window.open([gray_photo(tmp_path / "a.png"), gray_photo(tmp_path / "b.png", (50, 30))])
    studio.wait_for(lambda: studio.predictions == 1)
    studio.window.actions_.next_photo.trigger()
    studio.colorizers[0].go.set()
    studio.wait_for(studio.is_colored)
    first, second = studio.session.photos
    assert first.predictions == {}
    assert second.after is not None
    assert second.after.size == (30, 50)


def test_a_model_that_fails_says_why_in_place_and_can_be_tried_again(studio: Studio, tmp_path: Path) -> None:
    sentence = 'The model "unet" is damaged. Get the file again.'
    failing = FakeColorizer(failure=ModelError(sentence), fail_first=1)
    studio.make = lambda model: failing
    studio.window.open([gray_photo(tmp_path / "a.png")])
    studio.wait_for(lambda: studio.said == sentence)
    assert studio.window.photo_workspace.area.notice.isVisible()
    studio.window.photo_workspace.area.notice.button.click()
    studio.wait_for(studio.is_colored)
    assert studio.said == ""


def test_a_fault_of_ours_is_shown_with_a_report_and_the_window_goes_on(studio: Studio, tmp_path: Path) -> None:
    broken = [True]

    def make(model):
        if broken[0]:
            raise ZeroDivisionError("a bug")
        return FakeColorizer(model.card)

    studio.make = make
    studio.window.open([gray_photo(tmp_path / "a.png")])
    studio.wait_for(lambda: studio.window.faults.dialog is not None)
    dialog = studio.window.faults.dialog
    assert dialog is not None
    assert "ZeroDivisionError: a bug" in dialog.report
    dialog.reject()
    broken[0] = False
    studio.window.photo_workspace.area.notice.button.click()
    studio.wait_for(studio.is_colored)


def test_a_fault_while_painting_leaves_no_painter_behind_that_would_stop_all_painting(studio: Studio) -> None:
    def paint() -> None:
        painter = QPainter(picture)
        painter.drawPoint(0, 1 // 0)

    picture = QImage(10, 10, QImage.Format.Format_RGB32)
    with pytest.raises(ZeroDivisionError) as caught:
        paint()
    assert picture.paintingActive()
    studio.window.faults.catch(caught.value)
    assert not picture.paintingActive()
    assert studio.window.faults.dialog is not None
    assert "ZeroDivisionError" in studio.window.faults.dialog.report
    studio.window.faults.dialog.reject()


def test_notes_of_the_model_are_shown_beside_the_photo(studio: Studio, tmp_path: Path) -> None:
    note = "Colored on the CPU: the GPU has too little memory."
    studio.make = lambda model: FakeColorizer(model.card, notes=(note,))
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    assert note in studio.window.photo_workspace.panel._facts.text()


def test_the_original_is_seen_as_long_as_a_key_or_the_button_is_held(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    canvas = studio.window.photo_workspace.canvas
    canvas.setFocus()
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Backslash):
        QTest.keyPress(canvas, key)
        assert canvas.is_original_shown
        QTest.keyRelease(canvas, key)
        assert not canvas.is_original_shown
    button = studio.window.toolbar.original
    with monkeypatch.context() as patch:
        patch.setattr(toolbar, "CLICK_MS", 0)  # it is held for long
        QTest.mousePress(button, Qt.MouseButton.LeftButton)
        assert canvas.is_original_shown
        QTest.mouseRelease(button, Qt.MouseButton.LeftButton)
        assert not canvas.is_original_shown
    assert not button.isChecked()


def test_a_click_shows_the_original_until_the_next(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toolbar, "CLICK_MS", 600_000)
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    canvas, button = studio.window.photo_workspace.canvas, studio.window.toolbar.original
    for is_on in (True, False):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert canvas.is_original_shown == studio.window.actions_.original.isChecked() == button.isChecked() == is_on


def test_a_click_into_a_sliders_groove_takes_the_handle_there(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    slider = studio.window.photo_workspace.panel.vividness.slider
    y = slider.height() // 2
    for place, expected in ((0.25, 25), (0.9, 90)):
        QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(place * slider.width()), y))
        assert abs(slider.value() - expected) <= 4
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() - 1, y))
    assert slider.value() == slider.maximum()


def test_news_goes_by_itself_and_what_asks_for_something_stays(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    monkeypatch.setattr(announcer, "LEAST_MS", 10)
    monkeypatch.setattr(announcer, "_LETTER_MS", 1)
    tell = studio.window.photo_workspace.announcer
    for say in (
        lambda: tell.tell("done", "It is saved.", ("Show in Folder", lambda: None)),
        lambda: tell.offer("As you left it.", "Start Over", lambda: None, is_urgent=False),
    ):
        say()
        assert studio.said
        studio.wait_for(lambda: not studio.said)
    for say in (
        lambda: tell.offer("Another program changed it.", "Reload", lambda: None),
        lambda: tell.tell("warning", "The disk is full."),
    ):
        say()
        QTest.qWait(300)
        assert studio.said


def test_keys_zoom_pan_and_move_the_line(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png", (600, 900)))
    canvas, control = studio.window.photo_workspace.canvas, Qt.KeyboardModifier.ControlModifier
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_1, control)
    assert canvas.view.scale == 1.0
    QTest.keyClick(canvas, Qt.Key.Key_Plus, control)
    QTest.keyClick(canvas, Qt.Key.Key_Plus, control)
    assert canvas.view.scale == 1.25**2
    x = canvas.view.x
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.view.x > x
    wipe = canvas.wipe
    QTest.keyClick(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.wipe < wipe
    QTest.keyClick(canvas, Qt.Key.Key_0, control)
    assert canvas.is_fitted


def test_the_main_model_colors_until_another_is_chosen_and_that_is_remembered(
    qtbot: QtBot, memory: Memory, models: list[ModelFile], samples: list[Path], qapp: QApplication
) -> None:
    for chosen, expected in (("", "unet"), ("small", "small"), ("gone", "unet")):
        memory.model = chosen
        studio = Studio(qtbot, memory, models[::-1], qapp)
        assert studio.session.default_model is not None
        assert studio.session.default_model.card.name == expected
        assert studio.window.photo_workspace.panel.model.currentText() == title_of(expected)
        studio.window.close()


def test_without_any_model_the_window_says_so_and_shows_the_photo(
    qtbot: QtBot, memory: Memory, samples: list[Path], qapp: QApplication, tmp_path: Path
) -> None:
    studio = Studio(qtbot, memory, [], qapp)
    studio.session.prepare()
    studio.window.open([gray_photo(tmp_path / "a.png")])
    studio.wait_for(lambda: studio.said.startswith("There is no model"))
    assert studio.session.current is not None
    assert studio.session.current.before is not None
    assert studio.window.status.device.text() == "No model"
    studio.window.close()


def test_the_device_stands_in_the_status_bar_once_the_model_is_ready(studio: Studio) -> None:
    class OnGpu(FakeColorizer):
        device = "NVIDIA GeForce RTX 3060"

    studio.make = lambda model: OnGpu(model.card)
    studio.session.prepare()
    assert studio.window.status.device.text() == "Getting the model ready…"
    studio.wait_for(lambda: studio.window.status.device.text() == OnGpu.device)
