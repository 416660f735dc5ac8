"""The view of a photo, driven by mouse, wheel and keys."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from handtint.gui.canvas.canvas import Canvas, Mode
from handtint.gui.canvas.pixels import Layer, layer_before, to_image, to_levels
from handtint.gui.canvas.tiles import TILE, Tiles, places
from handtint.gui.parts.worker import Worker
from handtint.imaging.photo import Photo

SIZE = (4000, 3000)
LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


class Painted:
    """A layer of one color in the preview and another at full size, which remembers what was fetched."""

    def __init__(self, preview: int, full: int, size: tuple[int, int] = SIZE) -> None:
        self.fetched: list[tuple[int, int, int]] = []
        small = np.full((size[1] // 8, size[0] // 8, 3), preview, np.uint8)

        def region(rows: slice, columns: slice, step: int) -> np.ndarray:
            self.fetched.append((rows.start, columns.start, step))
            shape = (-(-(rows.stop - rows.start) // step), -(-(columns.stop - columns.start) // step), 3)
            return np.full(shape, full, np.uint8)

        self.layer = Layer(size, to_levels(small), region)


@pytest.fixture
def canvas(worker: Worker, qtbot: QtBot) -> Canvas:
    canvas = Canvas(Tiles(worker))
    qtbot.addWidget(canvas)
    canvas.resize(800, 600)
    canvas.show()
    return canvas


def color_at(canvas: Canvas, x: int, y: int) -> int:
    return QColor(canvas.grab().toImage().pixel(x, y)).red()


def wheel(canvas: Canvas, at: QPoint, clicks: int) -> None:
    place = QPointF(at)
    event = QWheelEvent(
        place,
        QPointF(canvas.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120 * clicks),
        Qt.MouseButton.NoButton,
        NONE,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def test_the_wheel_zooms_about_the_cursor(canvas: Canvas) -> None:
    canvas.show_photo(Painted(100, 100).layer)
    at = QPoint(250, 200)
    place = canvas.view.to_photo((250, 200), (800, 600))
    before = canvas.view.scale
    wheel(canvas, at, 6)
    assert canvas.view.scale == pytest.approx(before * 1.25**6)
    assert canvas.view.to_viewport(place, (800, 600)) == pytest.approx((250, 200), abs=0.01)


def test_zooming_out_again_ends_at_the_fitted_photo(canvas: Canvas) -> None:
    canvas.show_photo(Painted(100, 100).layer)
    fitted = canvas.view
    wheel(canvas, QPoint(700, 500), 5)
    wheel(canvas, QPoint(100, 100), -8)
    assert canvas.is_fitted
    assert canvas.view == fitted


def test_a_pinch_zooms_about_its_center(canvas: Canvas) -> None:
    canvas.show_photo(Painted(100, 100).layer)
    place, before = canvas.view.to_photo((300, 300), (800, 600)), canvas.view.scale
    for _ in range(3):
        event = QNativeGestureEvent(
            Qt.NativeGestureType.ZoomNativeGesture,
            QPointingDevice.primaryPointingDevice(),
            2,
            QPointF(300, 300),
            QPointF(300, 300),
            QPointF(canvas.mapToGlobal(QPoint(300, 300))),
            0.5,
            QPointF(),
        )
        QApplication.sendEvent(canvas, event)
    assert canvas.view.scale == pytest.approx(before * 1.5**3)
    assert canvas.view.to_viewport(place, (800, 600)) == pytest.approx((300, 300), abs=0.01)


def test_the_line_is_dragged_and_divides_before_from_after(canvas: Canvas) -> None:
    canvas.show_photo(Painted(40, 40).layer)
    canvas.show_result(Painted(200, 200).layer)
    assert (color_at(canvas, 300, 150), color_at(canvas, 500, 150)) == (40, 200)
    middle = QPoint(round(canvas.visible_line_x), 300)
    QTest.mousePress(canvas, LEFT, NONE, middle)
    QTest.mouseMove(canvas, QPoint(600, 300))
    QTest.mouseRelease(canvas, LEFT, NONE, QPoint(600, 300))
    assert canvas.visible_line_x == pytest.approx(600, abs=1)
    assert (color_at(canvas, 500, 150), color_at(canvas, 700, 150)) == (40, 200)


def test_the_photo_is_dragged_where_the_line_is_not(canvas: Canvas) -> None:
    canvas.show_photo(Painted(40, 40).layer)
    canvas.show_result(Painted(200, 200).layer)
    canvas.zoom_to(1.0)
    view, wipe = canvas.view, canvas.wipe
    QTest.mousePress(canvas, LEFT, NONE, QPoint(200, 300))
    QTest.mouseMove(canvas, QPoint(260, 330))
    QTest.mouseRelease(canvas, LEFT, NONE, QPoint(260, 330))
    assert (canvas.view.x, canvas.view.y) == pytest.approx((view.x - 60, view.y - 30))
    assert canvas.wipe == wipe


def test_the_original_is_shown_all_over_while_it_is_held(canvas: Canvas) -> None:
    canvas.show_photo(Painted(40, 40).layer)
    canvas.show_result(Painted(200, 200).layer)
    canvas.show_original(True)
    assert (color_at(canvas, 300, 150), color_at(canvas, 500, 150)) == (40, 40)
    canvas.show_original(False)
    assert color_at(canvas, 500, 150) == 200


def test_side_by_side_shows_the_same_place_twice(canvas: Canvas) -> None:
    ramp = np.linspace(0, 255, 400, dtype=np.uint8)[None].repeat(300, 0)
    photo = Photo(ramp)
    canvas.show_photo(layer_before(photo, ramp))
    canvas.show_result(layer_before(photo, ramp))
    canvas.set_mode(Mode.SIDE_BY_SIDE)
    canvas.zoom_to(2.0, QPointF(100, 300))
    canvas.pan(35, 0)
    offset = (canvas.width() + 12) // 2
    picture = canvas.grab().toImage()
    lefts = [QColor(picture.pixel(x, 300)).red() for x in range(40, 390, 50)]
    rights = [QColor(picture.pixel(x + offset, 300)).red() for x in range(40, 390, 50)]
    assert lefts == rights
    assert lefts == sorted(lefts)
    assert lefts[0] < lefts[-1]


def test_the_result_alone_hides_the_original(canvas: Canvas) -> None:
    canvas.show_photo(Painted(40, 40).layer)
    canvas.show_result(Painted(200, 200).layer)
    canvas.set_mode(Mode.RESULT)
    assert (color_at(canvas, 300, 150), color_at(canvas, 500, 150)) == (200, 200)


def test_one_to_one_fetches_full_size_only_for_what_is_seen(canvas: Canvas, qtbot: QtBot) -> None:
    painted = Painted(40, 220)
    canvas.show_photo(painted.layer)
    canvas.zoom_to(1.0)
    qtbot.waitUntil(lambda: color_at(canvas, 10, 300) == 220 and color_at(canvas, 790, 590) == 220)
    seen = places((1600, 1200, 2400, 1800), SIZE, 1)
    assert set(painted.fetched) <= {(place.row * TILE, place.column * TILE, 1) for place in seen}
    assert len(painted.fetched) == len(set(painted.fetched))


def test_between_preview_and_full_size_tiles_are_reduced(canvas: Canvas, qtbot: QtBot) -> None:
    painted = Painted(40, 220)
    canvas.show_photo(painted.layer)
    canvas.zoom_to(0.45)
    qtbot.waitUntil(lambda: color_at(canvas, 400, 300) == 220)
    assert {step for _, _, step in painted.fetched} == {2}


def test_a_fitted_photo_fetches_nothing_at_full_size(canvas: Canvas) -> None:
    painted = Painted(40, 220, size=(6400, 4800))
    canvas.show_photo(painted.layer)
    canvas.grab()
    assert painted.fetched == []
    assert color_at(canvas, 400, 300) == 40


def test_tiles_beyond_the_budget_are_let_go_and_the_view_still_sharpens(worker: Worker, qtbot: QtBot) -> None:
    tiles = Tiles(worker, budget_bytes=3 * TILE * TILE * 4)
    layer = Painted(40, 220).layer
    wanted = places((0, 0, 2000, 1500), SIZE, 1)
    tiles.want([(layer, place) for place in wanted])
    qtbot.waitUntil(lambda: tiles.get(layer, wanted[-1]) is not None)
    assert sum(tiles.get(layer, place) is not None for place in wanted) == 3


def test_16_bit_and_gray_pixels_become_the_same_image() -> None:
    gray = np.arange(256, dtype=np.uint8).reshape(16, 16)
    deep = gray.astype(np.uint16) * 257
    for pixels in (gray, deep, np.dstack([gray] * 3), np.dstack([deep] * 3)):
        image = to_image(pixels)
        assert image.format() == QImage.Format.Format_RGB32
        assert QColor(image.pixel(5, 3)).getRgb()[:3] == (53, 53, 53)


def test_a_reduced_part_of_the_original_is_its_mean() -> None:
    pixels = np.arange(25, dtype=np.uint8).reshape(5, 5)
    region = layer_before(Photo(pixels), pixels).region(slice(0, 5), slice(0, 5), 2)
    assert region.shape == (3, 3)
    assert region[0, 0] == round(np.mean(pixels[:2, :2]))
    assert region[2, 2] == 24
