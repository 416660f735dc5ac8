"""The hint tool, driven by mouse and keys: colors put on places, and what becomes of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from handtint.gui.canvas.canvas import Mode
from handtint.gui.hints.color_chooser import ColorChooser
from handtint.gui.hints.overlay import NONE, HintOverlay
from handtint.gui.hints.swatch import color_word
from handtint.gui.hints.tool import HintTool
from handtint.gui.session.memory import Memory
from handtint.gui.session.open_photo import OpenPhoto
from handtint.imaging.hint_files import read_hints
from handtint.recipe.hints import Hint
from handtint.recipe.saving import SaveOptions
from handtint.recipe.settings import Settings
from tests.gui.conftest import Studio, gray_photo
from tests.gui.test_appearance import without_names
from tests.gui.test_closing import close

LEFT = Qt.MouseButton.LeftButton
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NO_KEY = Qt.KeyboardModifier.NoModifier


class HintDriver:
    """Drives the hint tool over a photo of 300 x 400."""

    def __init__(self, studio: Studio, folder: Path) -> None:
        self.studio = studio
        self.path = gray_photo(folder / "a.png", (300, 400))
        studio.open_colored(self.path)
        self.canvas = studio.window.photo_workspace.canvas
        self.canvas.setFocus()
        QTest.keyClick(self.canvas, Qt.Key.Key_H)
        assert self.tool.is_on

    @property
    def tool(self) -> HintTool:
        return self.studio.window.photo_workspace.hint_tool

    @property
    def overlay(self) -> HintOverlay:
        return self.tool.overlay

    @property
    def chooser(self) -> ColorChooser:
        return self.tool.chooser

    @property
    def photo(self) -> OpenPhoto:
        assert self.studio.session.current is not None
        return self.studio.session.current

    @property
    def hints(self) -> tuple[Hint, ...]:
        return self.photo.settings.hints

    def point(self, x: float, y: float) -> QPoint:
        return self.canvas.point_of((x, y)).toPoint()

    def click(self, x: float, y: float) -> None:
        QTest.mouseClick(self.overlay, LEFT, NO_KEY, self.point(x, y))

    def put(self, x: float, y: float) -> None:
        """Put a hint in the color that is there."""
        self.click(x, y)
        self.chooser.likely[0].click()

    def write(self, color: str) -> None:
        self.chooser.text.setFocus()
        self.chooser.text.selectAll()
        QTest.keyClicks(self.chooser.text, color)
        QTest.keyClick(self.chooser.text, Qt.Key.Key_Return)

    def wait(self) -> None:
        """Until the picture is that of the hints."""
        self.studio.wait_for(lambda: self.photo.prediction is not None and self.studio.session.developing.is_shown)

    def color_at(self, x: int, y: int) -> QColor:
        assert self.photo.after is not None
        return self.photo.after.levels[0].pixelColor(x, y)


@pytest.fixture
def driver(studio: Studio, tmp_path: Path) -> HintDriver:
    return HintDriver(studio, tmp_path)


def test_a_click_puts_a_hint_in_the_color_that_is_there(driver: HintDriver) -> None:
    before = driver.color_at(300, 100)
    driver.put(300, 100)
    (hint,) = driver.hints
    assert (hint.x, hint.y) == pytest.approx((300, 100), abs=1)
    assert hint.b > 3
    assert before.red() > before.blue()
    assert driver.tool.index == 0
    assert driver.chooser.isVisible()


def test_a_click_shows_the_choices_and_changes_nothing_before_one_is_taken(driver: HintDriver) -> None:
    before = driver.photo.recipe
    driver.click(300, 100)
    assert driver.chooser.isVisible()
    driver.chooser.extent.setValue(40)
    QTest.keyClick(driver.overlay, Qt.Key.Key_Down)
    driver.click(100, 100)
    QTest.keyClick(driver.overlay, Qt.Key.Key_Escape)
    assert not driver.chooser.isVisible()
    assert driver.photo.recipe == before
    assert not driver.photo.history.past
    driver.click(300, 100)
    driver.chooser.extent.setValue(30)
    driver.chooser.gray.click()
    (hint,) = driver.hints
    assert (hint.a, hint.b, hint.radius) == (0, 0, 9)
    assert len(driver.photo.history.past) == 1


def test_the_card_stands_beside_the_photo_or_over_its_far_side(driver: HintDriver) -> None:
    area, card = driver.studio.window.photo_workspace.area, driver.chooser
    driver.studio.window.resize(1700, 640)
    driver.studio.wait_for(lambda: driver.canvas.width() > 1300)
    driver.canvas.fit()
    for x in (50, 350):
        driver.click(x, 100)
        corner, other = (driver.canvas.mapTo(area, driver.point(*place)) for place in ((0, 0), (400, 300)))
        assert not card.geometry().intersects(QRect(corner, other))
        assert (card.x() > other.x()) == (x == 350)
    driver.canvas.zoom_to(4.0)
    driver.click(*driver.canvas.place_at(QPointF(40, 200)))
    assert card.x() > area.width() / 2
    driver.click(*driver.canvas.place_at(QPointF(driver.canvas.width() - 40, 200)))
    assert card.geometry().right() < area.width() / 2


def test_the_card_can_be_dragged_and_stays_there_the_next_time(driver: HintDriver, memory: Memory) -> None:
    driver.click(300, 100)
    card = driver.chooser
    began = card.pos()
    QTest.mousePress(card, LEFT, NO_KEY, QPoint(60, 12))
    QTest.mouseMove(card, QPoint(60, 12) - began + QPoint(30, 200))
    QTest.mouseRelease(card, LEFT, NO_KEY, QPoint(60, 12))
    dragged = card.pos()
    assert dragged != began
    assert memory.hint_card is not None
    QTest.keyClick(driver.overlay, Qt.Key.Key_Escape)
    driver.click(390, 20)
    assert (card.pos() - dragged).manhattanLength() <= 2
    QTest.mouseDClick(card, LEFT, NO_KEY, QPoint(60, 12))
    assert memory.hint_card is None
    assert card.pos() != dragged


def test_a_color_chosen_for_a_hint_colors_the_photo_anew_without_asking_the_model(driver: HintDriver) -> None:
    driver.studio.window.photo_workspace.panel.vividness.slider.setValue(0)
    driver.put(300, 100)
    driver.chooser.extent.setValue(40)
    driver.write("#c02020")
    driver.wait()
    color = driver.color_at(300, 100)
    assert color.red() > color.green() + 60
    far = driver.color_at(20, 250)
    assert abs(far.red() - far.blue()) < 60
    assert driver.studio.predictions == 1


def test_the_likeliest_colors_are_offered_and_one_click_takes_one(driver: HintDriver) -> None:
    driver.put(300, 100)
    offered = [swatch for swatch in driver.chooser.likely if swatch.isVisible()]
    assert len(offered) >= 2
    QTest.mouseClick(offered[1], LEFT)
    assert (driver.hints[0].a, driver.hints[0].b) == pytest.approx(offered[1].ab, abs=0.2)
    assert driver.overlay.hasFocus()
    QTest.mouseClick(driver.chooser.gray, LEFT)
    assert (driver.hints[0].a, driver.hints[0].b) == (0, 0)


def test_dragging_in_the_color_field_is_one_step(driver: HintDriver) -> None:
    driver.put(300, 100)
    driver.wait()
    first = driver.hints
    field = driver.chooser.field
    QTest.mousePress(field, LEFT, NO_KEY, QPoint(20, 60))
    for x in range(20, 200, 4):
        QTest.mouseMove(field, QPoint(x, 60))
        QApplication.processEvents()
    QTest.mouseRelease(field, LEFT, NO_KEY, QPoint(200, 60))
    last = driver.hints
    assert last != first
    driver.studio.window.actions_.undo.trigger()
    assert driver.hints == first


def test_undo_and_redo_go_through_hints_and_sliders_without_asking_the_model_again(driver: HintDriver) -> None:
    driver.put(300, 100)
    driver.wait()
    driver.write("#2040c0")
    driver.wait()
    panel = driver.studio.window.photo_workspace.panel
    panel.strength.slider.setValue(150)
    end, asked = driver.photo.settings, driver.studio.predictions
    driver.canvas.setFocus()
    seen = []
    for _ in range(3):
        QTest.keyClick(driver.canvas, Qt.Key.Key_Z, CONTROL)
        seen.append((panel.strength.value, len(driver.hints)))
    assert seen == [(1.0, 1), (1.0, 1), (1.0, 0)]
    assert driver.photo.settings == Settings()
    assert not driver.studio.window.actions_.undo.isEnabled()
    assert not driver.chooser.isVisible()
    for _ in range(3):
        QTest.keyClick(driver.canvas, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert driver.photo.settings == end
    driver.wait()
    assert driver.studio.predictions == asked


def test_a_slider_let_go_and_dragged_again_is_two_steps(driver: HintDriver) -> None:
    slider = driver.studio.window.photo_workspace.panel.vividness.slider
    for values in ((70, 80, 90), (50, 20)):
        for value in values:
            slider.setValue(value)
        slider.sliderReleased.emit()
    driver.studio.session.editing.undo()
    assert driver.photo.settings.vividness == 0.9
    driver.studio.session.editing.undo()
    assert driver.photo.settings == Settings()


def test_a_hint_is_dragged_to_another_place_in_one_step(driver: HintDriver) -> None:
    driver.put(300, 100)
    QTest.mousePress(driver.overlay, LEFT, NO_KEY, driver.point(300, 100))
    for x in range(300, 99, -20):
        QTest.mouseMove(driver.overlay, driver.point(x, 200))
    QTest.mouseRelease(driver.overlay, LEFT, NO_KEY, driver.point(100, 200))
    assert (driver.hints[0].x, driver.hints[0].y) == pytest.approx((100, 200), abs=1.5)
    assert len(driver.hints) == 1
    driver.studio.session.editing.undo()
    assert driver.hints[0].x == pytest.approx(300, abs=1.5)


def test_a_drag_beside_the_hints_moves_the_photo_and_puts_none(driver: HintDriver) -> None:
    driver.canvas.zoom_to(8.0)
    view = driver.canvas.view
    QTest.mousePress(driver.overlay, LEFT, NO_KEY, QPoint(100, 100))
    for x in range(100, 161, 20):
        QTest.mouseMove(driver.overlay, QPoint(x, 100))
    QTest.mouseRelease(driver.overlay, LEFT, NO_KEY, QPoint(160, 100))
    assert driver.hints == ()
    assert driver.canvas.view.x < view.x


def test_delete_erases_the_chosen_hint_and_erase_all_the_others(driver: HintDriver) -> None:
    actions = driver.studio.window.actions_
    assert not actions.erase_hint.isEnabled()
    for x in (50, 150, 250):
        driver.put(x, 100)
    driver.click(150, 100)
    assert driver.tool.index == 1
    QTest.keyClick(driver.overlay, Qt.Key.Key_Delete)
    assert [round(hint.x, -1) for hint in driver.hints] == [50, 250]
    assert not driver.chooser.isVisible()
    assert driver.studio.window.photo_workspace.panel.hints.text() == "2 color hints"
    driver.studio.window.photo_workspace.panel.erase_hints.click()
    assert driver.hints == ()
    assert not driver.studio.window.photo_workspace.panel.erase_hints.isEnabled()
    driver.studio.session.editing.undo()
    assert len(driver.hints) == 2


def test_reset_takes_the_hints_too_and_can_be_taken_back(driver: HintDriver) -> None:
    driver.put(50, 100)
    driver.studio.window.photo_workspace.panel.reset.click()
    assert driver.photo.settings == Settings()
    driver.studio.session.editing.undo()
    assert len(driver.hints) == 1


def test_everything_can_be_done_with_keys(driver: HintDriver) -> None:
    overlay, key = driver.overlay, Qt.Key
    assert overlay.hasFocus()
    QTest.keyClick(overlay, key.Key_Left, SHIFT)
    QTest.keyClick(overlay, key.Key_Return)  # at the cross
    assert driver.hints == ()
    focused = driver.studio.window.focusWidget()
    assert focused is not None
    assert driver.chooser.isAncestorOf(focused)
    QTest.keyClick(focused, key.Key_Space)  # the likeliest color
    assert len(driver.hints) == 1
    assert driver.hints[0].x < 200
    driver.chooser.field.setFocus()
    before = driver.hints[0]
    QTest.keyClick(driver.chooser.field, key.Key_Up, SHIFT)
    assert np.hypot(driver.hints[0].a, driver.hints[0].b) > np.hypot(before.a, before.b)
    QTest.keyClick(driver.chooser.field, key.Key_Escape)
    assert not driver.chooser.isVisible()
    assert overlay.hasFocus()
    QTest.keyClick(overlay, key.Key_Insert)
    QTest.keyClick(driver.studio.window.focusWidget(), key.Key_Space)
    QTest.keyClick(driver.studio.window.focusWidget(), key.Key_Escape)
    assert len(driver.hints) == 2
    QTest.keyClick(overlay, key.Key_Tab)
    assert driver.tool.index == 0
    QTest.keyClick(overlay, key.Key_Tab)
    assert driver.tool.index == 1
    place = driver.hints[1]
    QTest.keyClick(overlay, key.Key_Down)
    assert driver.hints[1].y > place.y
    QTest.keyClick(overlay, key.Key_BracketRight)
    assert driver.hints[1].radius > place.radius
    QTest.keyClick(overlay, key.Key_BracketLeft)
    assert driver.hints[1].radius == place.radius
    QTest.keyClick(overlay, key.Key_Delete)
    assert len(driver.hints) == 1
    QTest.keyClick(overlay, key.Key_Escape)
    assert not driver.tool.is_on
    assert driver.canvas.hasFocus()


def test_the_pipette_takes_a_color_from_the_result_by_mouse_and_by_keys(driver: HintDriver) -> None:
    driver.put(300, 100)
    driver.chooser.gray.click()
    driver.chooser.pipette.click()
    driver.click(390, 250)  # light, so orange from the fake colorizer
    assert len(driver.hints) == 1
    assert driver.hints[0].b > 5
    assert not driver.chooser.pipette.isChecked()
    driver.chooser.gray.click()
    driver.chooser.pipette.click()
    QTest.keyClick(driver.overlay, Qt.Key.Key_Right, SHIFT)
    QTest.keyClick(driver.overlay, Qt.Key.Key_Return)
    assert not driver.chooser.pipette.isChecked()
    assert driver.hints[0].x == pytest.approx(300, abs=1)
    driver.chooser.pipette.click()
    QTest.keyClick(driver.overlay, Qt.Key.Key_Escape)
    assert not driver.chooser.pipette.isChecked()
    assert driver.tool.index == 0


def test_the_pipette_takes_the_photos_own_tone_where_the_photo_is_seen(studio: Studio, tmp_path: Path) -> None:
    ramp = np.linspace(20, 235, 400)[None].repeat(300, 0)
    sepia = np.clip(np.stack([ramp * 1.05, ramp * 0.95, ramp * 0.75], -1), 0, 255).astype(np.uint8)
    Image.fromarray(sepia).save(tmp_path / "sepia.png")
    driver = HintDriver(studio, tmp_path)
    studio.open_colored(tmp_path / "sepia.png")
    driver.canvas.set_mode(Mode.SIDE_BY_SIDE)
    driver.put(300, 100)
    driver.chooser.gray.click()
    driver.chooser.pipette.click()
    before_side = driver.point(200, 150) - QPoint((driver.canvas.width() + 12) // 2, 0)
    QTest.mouseClick(driver.overlay, LEFT, NO_KEY, before_side)
    assert driver.hints[0].b > 8
    assert abs(driver.hints[0].a) < 8


def test_colors_used_once_are_offered_again_in_the_next_session(driver: HintDriver, memory: Memory) -> None:
    driver.put(300, 100)
    driver.write("#2040c0")
    driver.put(100, 100)
    assert driver.chooser.recent[0].isVisible()
    assert driver.chooser.recent[0].ab == memory.hint_colors[0]
    driver.chooser.recent[0].click()
    first, second = (np.arctan2(hint.b, hint.a) for hint in driver.hints)
    assert first == pytest.approx(second, abs=0.05)


def test_a_color_too_strong_for_the_lightness_of_its_place_becomes_what_can_be_shown(driver: HintDriver) -> None:
    driver.put(385, 100)
    driver.write("#2030ff")
    light = driver.hints[0]
    driver.put(120, 100)
    driver.write("#2030ff")
    assert np.hypot(light.a, light.b) < 40 < np.hypot(driver.hints[1].a, driver.hints[1].b)
    assert driver.chooser.text.text() != "#2030ff"


def test_what_is_no_color_is_marked_and_changes_nothing(driver: HintDriver) -> None:
    driver.put(300, 100)
    before = driver.hints
    driver.write("blue")
    assert driver.hints == before
    assert driver.chooser.text.property("wrong")
    driver.write("#00f000")
    assert not driver.chooser.text.property("wrong")
    assert driver.hints[0].a < 0


def test_the_rings_are_hidden_while_the_original_is_held_and_without_the_tool(driver: HintDriver) -> None:
    driver.put(300, 100)
    QTest.keyClick(driver.overlay, Qt.Key.Key_Escape)
    ring = driver.point(300, 100) + QPoint(6, 0)

    def is_ringed() -> bool:
        return driver.canvas.grab().toImage().pixelColor(ring).lightness() > 220

    assert is_ringed()
    QTest.keyPress(driver.overlay, Qt.Key.Key_Space)
    assert driver.canvas.is_original_shown
    assert not is_ringed()
    QTest.keyRelease(driver.overlay, Qt.Key.Key_Space)
    assert is_ringed()
    QTest.keyClick(driver.overlay, Qt.Key.Key_H)
    assert not is_ringed()
    assert len(driver.hints) == 1


def test_hints_are_unsaved_work_until_a_result_is_saved(driver: HintDriver, tmp_path: Path) -> None:
    driver.put(300, 100)
    assert driver.studio.window.isWindowModified()
    assert close(driver.studio, "Keep") == ["Close without saving?"]
    driver.wait()
    result = tmp_path / "result.png"
    driver.studio.window.results.save(result, SaveOptions(format="png", provenance=False))
    driver.studio.wait_for(lambda: driver.studio.said.startswith("Saved"))
    driver.studio.window.results.save(result, SaveOptions(format="png", overwrite=True))
    driver.studio.wait_for(lambda: not driver.studio.window.results.is_writing)
    assert read_hints(result) == {"a.png": driver.hints}
    assert not driver.studio.window.isWindowModified()
    assert close(driver.studio) == []


def test_hints_are_saved_in_a_file_and_loaded_from_it_or_from_a_result(
    driver: HintDriver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = driver.studio
    for x in (100, 300):
        driver.put(x, 100)
    put = driver.hints
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), ""))
    studio.window.actions_.save_hints.trigger()
    assert studio.said == 'Hints saved in "mine.json".'
    assert read_hints(tmp_path / "mine.json") == {"a.png": put}
    studio.window.actions_.save_hints.trigger()
    assert studio.said == '"mine.json" already exists. Choose another name.'
    driver.wait()
    studio.window.results.save(tmp_path / "result.png", SaveOptions(format="png"))
    studio.wait_for(lambda: studio.said.startswith("Saved"))
    for name in ("mine.json", "result.png"):
        studio.window.actions_.erase_hints.trigger()
        assert driver.hints == ()
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, name=name: (str(tmp_path / name), ""))
        studio.window.actions_.load_hints.trigger()
        assert studio.said == 'Hints loaded for "a.png".'
        assert driver.hints == put
    studio.session.editing.undo()
    assert driver.hints == ()


def test_hints_of_another_photo_or_outside_this_one_are_not_put(driver: HintDriver, tmp_path: Path) -> None:
    store = driver.studio.window.photo_workspace.hint_store
    for name, text, said in (
        ("b.json", '{"b.png": []}', '"b.json" has hints for "b.png", which is not open.'),
        ("far.json", '{"a.png": [{"x": 900, "y": 9, "a": 1, "b": 1}]}', 'Hint 1 of "a.png" lies at 900, 9, outside'),
        ("bad.json", "{", '"bad.json" is not valid JSON'),
    ):
        (tmp_path / name).write_text(text)
        store.load(tmp_path / name)
        assert driver.studio.said.startswith(said)
    assert driver.hints == ()


def test_hints_loaded_for_a_photo_not_looked_at_yet_color_it_when_it_is(driver: HintDriver, tmp_path: Path) -> None:
    studio = driver.studio
    studio.open_colored(gray_photo(tmp_path / "b.png", (300, 400)))
    (tmp_path / "h.json").write_text('{"a.png": [{"x": 9, "y": 9, "a": 30, "b": 1}]}')
    studio.window.photo_workspace.hint_store.load(tmp_path / "h.json")
    assert driver.hints == ()
    studio.window.actions_.previous_photo.trigger()
    studio.wait_for(studio.is_colored)
    assert len(driver.hints) == 1


def test_every_photo_keeps_its_hints_and_the_chooser_stays_with_its_own(driver: HintDriver, tmp_path: Path) -> None:
    driver.put(300, 100)
    first = driver.hints
    driver.studio.open_colored(gray_photo(tmp_path / "b.png", (300, 400)))
    assert driver.hints == ()
    assert not driver.chooser.isVisible()
    assert driver.overlay.isVisible()
    driver.studio.window.actions_.previous_photo.trigger()
    driver.studio.wait_for(driver.studio.is_colored)
    assert driver.hints == first
    assert driver.tool.index == NONE


def test_in_a_small_window_the_chooser_stands_where_more_room_is(driver: HintDriver) -> None:
    driver.studio.window.resize(800, 560)
    driver.studio.wait_for(lambda: driver.canvas.width() < 520)
    driver.put(250, 150)
    area = driver.studio.window.photo_workspace.area
    assert area.rect().contains(driver.chooser.geometry())
    assert not driver.chooser.geometry().contains(driver.canvas.mapTo(area, driver.point(250, 150)))


def test_the_chooser_stays_inside_the_window_and_all_in_it_has_a_name(driver: HintDriver) -> None:
    area = driver.studio.window.photo_workspace.area
    for x, y in ((2, 2), (398, 2), (2, 298), (398, 298), (170, 150)):
        driver.put(x, y)
        assert driver.chooser.isVisible()
        assert area.rect().contains(driver.chooser.geometry())
        assert not driver.chooser.geometry().contains(driver.canvas.mapTo(area, driver.point(x, y)))
        assert without_names(driver.studio.window) == []
        QTest.keyClick(driver.overlay, Qt.Key.Key_Delete)


def test_keys_of_the_window_still_work_over_the_hints(driver: HintDriver) -> None:
    driver.put(300, 100)
    scale = driver.canvas.view.scale
    QTest.keyClick(driver.overlay, Qt.Key.Key_Plus, CONTROL)
    assert driver.canvas.view.scale > scale
    assert isinstance(QApplication.focusWidget(), QWidget)


@pytest.mark.parametrize(
    ("lightness", "ab", "word"),
    [
        (50, (1, -2), "gray"),
        (70, (15, 25), "orange"),
        (30, (15, 25), "brown"),
        (60, (0, 60), "yellow"),
        (50, (-40, 30), "green"),
        (40, (10, -50), "blue"),
        (50, (60, 40), "red"),
        (60, (50, -40), "violet"),
        (60, (40, 2), "pink"),
    ],
)
def test_colors_have_plain_names(lightness: float, ab: tuple[float, float], word: str) -> None:
    assert color_word(lightness, ab) == word
