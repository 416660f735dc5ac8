"""The crop tool, by keys, by mouse and by what it finds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot
from skimage import data

from handtint.gui.turning.cropping import Cropping
from handtint.gui.turning.tool import TurnTool
from handtint.recipe.geometry import Geometry
from handtint.recipe.placement import place
from tests.gui.conftest import Studio, gray_photo

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
SIZE = (300, 400)
CROP = (50.0, 40.0, 200.0, 100.0)


class Crop:
    """The tool on a photo of 400 x 300 pixels, and methods to drive it."""

    def __init__(self, studio: Studio, qtbot: QtBot) -> None:
        self.studio, self._qtbot = studio, qtbot
        self.tool: TurnTool = studio.window.photo_workspace.turn_tool

    def press(
        self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier, times: int = 1
    ) -> None:
        for _ in range(times):
            self._qtbot.keyClick(self.tool.view, key, modifiers)

    def drag(self, start: QPoint, end: QPoint) -> None:
        left = Qt.MouseButton.LeftButton
        self._qtbot.mousePress(self.tool.view, left, pos=start)
        self._qtbot.mouseMove(self.tool.view, (start + end) / 2)
        self._qtbot.mouseMove(self.tool.view, end)
        self._qtbot.mouseRelease(self.tool.view, left, pos=end)

    @property
    def now(self) -> Geometry:
        current = self.studio.session.current
        assert current is not None
        return current.asked.geometry

    @property
    def cropping(self) -> Cropping:
        assert self.tool.cropping is not None
        return self.tool.cropping


@pytest.fixture
def crop(studio: Studio, qtbot: QtBot, tmp_path: Path) -> Crop:
    studio.open_colored(gray_photo(tmp_path / "aunt.png", SIZE))
    studio.window.turn_actions.crop.trigger()
    return Crop(studio, qtbot)


def test_keys_alone_crop_a_photo(crop: Crop) -> None:
    assert crop.tool.view.hasFocus()
    crop.press(Qt.Key.Key_Left, SHIFT, times=25)  # a hundredth of 400 each
    crop.press(Qt.Key.Key_Up, SHIFT, times=10)
    crop.press(Qt.Key.Key_Right, times=5)
    crop.press(Qt.Key.Key_Down, CONTROL, times=3)
    crop.press(Qt.Key.Key_Return)
    assert crop.now == Geometry(crop=(20, 3, 300, 260))
    assert not crop.tool.view.isVisible()
    assert not crop.studio.window.turn_actions.crop.isChecked()
    crop.studio.wait_for(crop.studio.is_colored)
    current = crop.studio.session.current
    assert current is not None
    assert current.photo is not None
    assert current.photo.size == (260, 300)


def test_the_step_is_named_and_undone(crop: Crop) -> None:
    crop.press(Qt.Key.Key_Left, SHIFT, times=25)
    crop.press(Qt.Key.Key_Return)
    crop.studio.wait_for(crop.studio.is_colored)
    assert "Crop" in crop.studio.window.actions_.undo.text()
    crop.studio.window.actions_.undo.trigger()
    assert crop.now == Geometry()


def test_escape_leaves_the_photo_as_it_was(crop: Crop) -> None:
    crop.press(Qt.Key.Key_Left, SHIFT, times=25)
    crop.press(Qt.Key.Key_Escape)
    assert crop.now == Geometry()
    assert not crop.tool.view.isVisible()
    current = crop.studio.session.current
    assert current is not None
    assert not current.history.past


def test_a_corner_is_dragged_and_what_is_kept_is_moved(crop: Crop) -> None:
    view = crop.tool.view
    crop.drag(view.point_of(0, 0).toPoint(), view.point_of(100, 60).toPoint())
    x, y, width, height = crop.cropping.rectangle
    assert (x, y, width, height) == pytest.approx((100, 60, 300, 240), abs=2)
    crop.drag(view.point_of(250, 180).toPoint(), view.point_of(200, 150).toPoint())
    assert crop.cropping.rectangle == pytest.approx((x - 50, y - 30, width, height), abs=2)


def test_a_rectangle_is_drawn_beside_what_is_kept(crop: Crop) -> None:
    crop.cropping.draw((10, 10), (100, 100))
    view = crop.tool.view
    crop.drag(view.point_of(200, 150).toPoint(), view.point_of(320, 250).toPoint())
    assert crop.cropping.rectangle == pytest.approx((200, 150, 120, 100), abs=2)


def test_the_shape_is_kept_while_resizing(crop: Crop) -> None:
    bar = crop.tool.bar
    bar.aspect.setCurrentIndex(bar.aspect.findData("1:1"))
    bar.aspect.activated.emit(bar.aspect.currentIndex())
    assert crop.cropping.size == (300, 300)
    crop.press(Qt.Key.Key_Left, SHIFT, times=9)
    height, width = crop.cropping.size
    assert height == width == pytest.approx(264, abs=1)


def test_the_slider_straightens_and_the_crop_holds_no_empty_corner(crop: Crop) -> None:
    crop.tool.bar.angle.setValue(60)
    assert crop.cropping.geometry == Geometry(straighten=6.0)
    height, width = crop.cropping.size
    assert width / height == pytest.approx(4 / 3, rel=0.02)
    crop.tool.bar.angle.setValue(0)
    assert crop.cropping.geometry == Geometry()


def test_a_line_along_the_horizon_levels_the_photo(crop: Crop) -> None:
    bar, line = crop.tool.bar, crop.tool.line
    bar.line.click()
    assert line.isVisible()
    assert not crop.tool.view.isVisible()
    left = Qt.MouseButton.LeftButton
    start, end = line.point_of(60, 100).toPoint(), line.point_of(340, 100 + 280 * np.tan(np.radians(5))).toPoint()
    crop._qtbot.mousePress(line, left, pos=start)
    crop._qtbot.mouseMove(line, (start + end) / 2)
    crop._qtbot.mouseMove(line, end)
    crop._qtbot.mouseRelease(line, left, pos=end)
    assert crop.cropping.geometry.straighten == pytest.approx(-5, abs=0.3)
    assert crop.tool.view.isVisible()
    assert not bar.line.isChecked()
    crop.press(Qt.Key.Key_Return)
    assert crop.now.straighten == pytest.approx(-5, abs=0.3)
    crop.studio.wait_for(crop.studio.is_colored)
    assert "Straighten" in crop.studio.window.actions_.undo.text()


def test_a_line_is_drawn_with_keys_alone(crop: Crop, qtbot: QtBot) -> None:
    line = crop.tool.line
    crop.tool.bar.line.click()
    assert line.hasFocus()
    assert [y for _, y in line.points] == [150, 150]
    qtbot.keyClick(line, Qt.Key.Key_Tab)
    for _ in range(3):
        qtbot.keyClick(line, Qt.Key.Key_Up)  # a hundredth of 400 each, on 200 across
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert crop.cropping.geometry.straighten == pytest.approx(np.degrees(np.arctan2(12, 200)), abs=0.01)
    crop.tool.bar.line.click()
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert crop.tool.view.isVisible()
    assert crop.tool.cropping is not None


def test_a_line_that_slopes_too_much_is_told(crop: Crop, qtbot: QtBot) -> None:
    crop.tool.bar.line.click()
    crop.tool.line.show_points([(100, 100), (200, 140)])
    qtbot.keyClick(crop.tool.line, Qt.Key.Key_Return)
    assert "slopes by 22 degrees" in crop.tool.bar.said.text()
    assert crop.cropping.geometry == Geometry()


def is_colored(image: QImage, x: float, y: float) -> bool:
    color = image.pixelColor(round(x), round(y))
    return max(color.red(), color.green(), color.blue()) - min(color.red(), color.green(), color.blue()) > 8


def test_the_photo_is_shown_in_color_where_it_has_color(crop: Crop) -> None:
    view = crop.tool.view
    at = view.point_of(370, 40)
    assert is_colored(view.grab().toImage(), at.x(), at.y())
    crop.studio.session.editing.set_geometry(Geometry(crop=(200, 100, 200, 200)), "Crop")
    crop.studio.wait_for(crop.studio.is_colored)
    image, inside, beside = view.grab().toImage(), view.point_of(370, 220), view.point_of(370, 40)
    assert is_colored(image, inside.x(), inside.y())
    assert not is_colored(image, beside.x(), beside.y())


def test_a_turn_while_cropping_goes_on_with_the_turned_photo(crop: Crop) -> None:
    crop.studio.window.turn_actions.right.trigger()
    crop.studio.wait_for(crop.studio.is_colored)
    assert crop.cropping.size == (400, 300)
    crop.press(Qt.Key.Key_Up, SHIFT, times=10)
    crop.press(Qt.Key.Key_Return)
    assert crop.now == Geometry(90, crop=(0, 0, 360, 300))  # the foot of what is seen is the right of the source


def test_the_print_on_a_bed_is_found(studio: Studio, tmp_path: Path) -> None:
    scan = np.full((300, 400), 250, np.uint8)
    scan[50:250, 90:330] = data.camera()[100:500:2, 10:490:2]
    Image.fromarray(scan).save(tmp_path / "scan.png")
    studio.open_colored(tmp_path / "scan.png")
    current = studio.session.current
    assert current is not None
    studio.window.turn_actions.right.trigger()
    studio.wait_for(studio.is_colored)
    studio.window.turn_actions.find_print.trigger()
    studio.wait_for(lambda: current.asked.geometry.crop is not None)
    geometry = current.asked.geometry
    assert geometry.turn == 90
    assert geometry.crop == pytest.approx((90, 50, 240, 200), abs=3)


def test_where_no_print_is_found_that_is_said(studio: Studio, tmp_path: Path) -> None:
    Image.fromarray(data.camera()[::2, ::2]).save(tmp_path / "photo.png")
    studio.open_colored(tmp_path / "photo.png")
    studio.window.turn_actions.find_print.trigger()
    studio.wait_for(lambda: "No print" in studio.said)
    current = studio.session.current
    assert current is not None
    assert current.asked.geometry == Geometry()


def test_while_cropping_what_is_not_found_is_said_on_the_card(crop: Crop) -> None:
    crop.tool.bar.print_wanted.emit()
    crop.studio.wait_for(lambda: "No print" in crop.tool.bar.said.text())
    assert crop.tool.bar.said.isVisible()


def test_keys_on_the_card_take_and_leave_the_crop(crop: Crop, qtbot: QtBot) -> None:
    for _ in range(5):
        qtbot.keyClick(crop.tool.bar.angle, Qt.Key.Key_Right)
    qtbot.keyClick(crop.tool.bar.angle, Qt.Key.Key_Return)
    assert crop.now == Geometry(straighten=0.5)
    crop.studio.wait_for(crop.studio.is_colored)
    assert "Straighten" in crop.studio.window.actions_.undo.text()
    crop.studio.window.turn_actions.crop.trigger()
    crop.tool.bar.angle.setValue(50)
    qtbot.keyClick(crop.tool.bar.angle, Qt.Key.Key_Escape)
    assert crop.now == Geometry(straighten=0.5)


def test_another_photo_leaves_the_tool(crop: Crop, tmp_path: Path) -> None:
    crop.studio.window.open([gray_photo(tmp_path / "uncle.png")])
    assert crop.tool.cropping is None
    assert not crop.tool.bar.isVisible()


def test_nothing_can_be_turned_without_a_photo(studio: Studio) -> None:
    turns = studio.window.turn_actions
    assert not any(action.isEnabled() for group in turns.groups for action in group)


@pytest.mark.parametrize(
    "geometry",
    [Geometry(), Geometry(90), Geometry(180, True), Geometry(270, True, 4.0), Geometry(0, False, -9.0)],
    ids=str,
)
def test_the_rectangle_stays_inside_the_picture(geometry: Geometry) -> None:
    cropping = Cropping(geometry, SIZE)
    for dx, dy in ((500, 0), (0, -500), (-700, 300)):
        cropping.move(dx, dy)
        cropping.resize(dx / 3, dy / 3)
    cropping.resize(-150, -120)
    cropping.move(1000, 1000)
    placed = place(cropping.geometry, SIZE)
    for corner in ((0, 0), (placed.size[1], 0), (placed.size[1], placed.size[0]), (0, placed.size[0])):
        x, y = placed.to_source(*corner)
        assert -2 <= x <= SIZE[1] + 2
        assert -2 <= y <= SIZE[0] + 2
    assert (cropping.geometry.turn, cropping.geometry.straighten) == (geometry.turn, geometry.straighten)


@pytest.mark.parametrize("geometry", [Geometry(crop=CROP), Geometry(90, True, 3.0, crop=CROP)])
def test_a_crop_that_is_there_is_shown_where_it_is(geometry: Geometry) -> None:
    cropping = Cropping(geometry, SIZE)
    cropping.move(0, 0)
    assert cropping.geometry == geometry
    before = cropping.rectangle
    cropping.move(-12, 0)
    assert cropping.rectangle == pytest.approx((before[0] - 12, *before[1:]), abs=0.6)
