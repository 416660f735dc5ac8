"""The view of one photo, before and after: wipe, side by side, result; zoom and pan.

Everything is laid out in device pixels, so that 1:1 is one photo pixel on one screen pixel at any scaling of
the desktop. Draws only what is seen: a preview level at once, full-size tiles over it as they arrive.
"""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QSizePolicy, QWidget

from handtint.gui.canvas import drawing
from handtint.gui.canvas.pixels import Layer
from handtint.gui.canvas.tiles import Place, Tiles
from handtint.gui.canvas.viewport import Point, Size, View, fit_scale
from handtint.gui.parts.translating import tr

ZOOM_STEP = 1.25
_MARGIN = 28  # logical pixels around a fitted photo
_GAP = 12  # between the two panes, logical pixels
_KEYS = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
_GRIP = 14  # how near the line the mouse takes hold of it, logical pixels


class Mode(Enum):
    """Which of the two pictures is seen."""

    WIPE = "wipe"
    SIDE_BY_SIDE = "side"
    RESULT = "result"


class Canvas(QWidget):
    """Shows a photo; asks `tiles` for what the preview cannot show."""

    zoom_changed = Signal(float)  # device pixels per photo pixel
    wipe_moved = Signal(float)

    def __init__(self, tiles: Tiles, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(360, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.setAccessibleName(tr("canvas", "Photo"))
        self.setAccessibleDescription(
            tr("canvas", "The photograph before and after coloring. Arrow keys move it, plus and minus zoom.")
        )
        self.surround = QColor(64, 64, 64)
        self._tiles = tiles
        self._tiles.arrived.connect(self.update)
        self._before: Layer | None = None
        self._after: Layer | None = None
        self._view = View(1.0, 0.0, 0.0)
        self._is_fitted = True
        self._margin = _MARGIN
        self._mode = Mode.WIPE
        self._is_original_shown = False
        self._wipe = 0.5  # of the part of the photo that is seen
        self._dragged: str | None = None  # "line" or "photo"
        self._drag_from = QPointF()
        self._is_reached_by_key = False

    # what is shown

    def show_photo(self, before: Layer | None) -> None:
        """Another photo, fitted; its result comes by `show_result`."""
        self._before, self._after = before, None
        self._tiles.forget(before)
        self.fit()

    def show_result(self, after: Layer | None) -> None:
        """The colored half, or a newer one; the view stays."""
        self._after = after
        self._tiles.forget(self._before, after)
        self.update()

    @property
    def mode(self) -> Mode:
        """How before and after are compared."""
        return self._mode

    def set_mode(self, mode: Mode) -> None:
        """Compare them that way."""
        self._mode = mode
        if self._is_fitted:
            self.fit()
        else:
            self._set_view(self._view.kept_inside(self._photo, self._pane))

    @property
    def is_original_shown(self) -> bool:
        """Whether the original is held up."""
        return self._is_original_shown

    def show_original(self, on: bool) -> None:
        """Show the photo as it came in place of the result, as long as asked for."""
        self._is_original_shown = on
        self.update()

    @property
    def wipe(self) -> float:
        """Where the line stands, 0 (left) .. 1 (right) of the part of the photo that is seen."""
        return self._wipe

    def set_wipe(self, wipe: float) -> None:
        """Put the line between before and after there, 0 left to 1 right."""
        self._wipe = min(max(wipe, 0.0), 1.0)
        self.wipe_moved.emit(self._wipe)
        self.update()

    # where it is seen

    @property
    def view(self) -> View:
        """Which part of the photo is shown, and how large."""
        return self._view

    @property
    def is_fitted(self) -> bool:
        """Whether the whole photo fills the canvas."""
        return self._is_fitted

    def set_margin(self, on: bool) -> None:
        """Whether there is a margin around the photo where all of it is seen."""
        self._margin = _MARGIN if on else 0
        if self._is_fitted:
            self.fit()

    def fit(self) -> None:
        """The whole photo, with its margin."""
        if self._before is None:
            self.update()
            return
        margin = 2 * self._margin * self.devicePixelRatioF()
        room = (max(self._pane[0] - margin, 1.0), max(self._pane[1] - margin, 1.0))
        self._set_view(View.fitted(self._photo, room), is_fitted=True)

    def zoom_to(self, scale: float, about: QPointF | None = None) -> None:
        """Show at `scale` device pixels per photo pixel, keeping the place under `about` (logical pixels)."""
        if self._before is None:
            return
        point = self._in_pane(about if about is not None else QPointF(self.rect().center()))
        self._set_view(self._view.zoomed(scale, point, self._photo, self._pane))

    def zoom_by(self, factor: float, about: QPointF | None = None) -> None:
        """Enlarge by a factor about the middle."""
        margin = 2 * self._margin * self.devicePixelRatioF()
        fitted = fit_scale(self._photo, (max(self._pane[0] - margin, 1), max(self._pane[1] - margin, 1)))
        if factor < 1 and self._view.scale * factor <= fitted <= self._view.scale:
            self.fit()  # zooming out ends at the whole photo, with its margin
        else:
            self.zoom_to(self._view.scale * factor, about)

    def pan(self, dx: float, dy: float) -> None:
        """Move the photo by logical pixels."""
        if self._before is None:
            return
        ratio = self.devicePixelRatioF()
        moved = self._view.panned(dx * ratio, dy * ratio, self._photo, self._pane)
        self._set_view(moved, is_fitted=self._is_fitted and moved == self._view)

    @property
    def visible_line_x(self) -> float:
        """Where the line stands, in logical pixels from the left."""
        left, right = self._seen_x()
        return (left + self._wipe * (right - left)) / self.devicePixelRatioF()

    @property
    def _photo(self) -> Size:
        return self._before.size if self._before is not None else (1, 1)

    @property
    def _pane(self) -> Size:
        """Width, height of one pane in device pixels."""
        ratio = self.devicePixelRatioF()
        width, height = self.width() * ratio, self.height() * ratio
        if self._mode is Mode.SIDE_BY_SIDE:
            width = (width - _GAP * ratio) / 2
        return max(width, 1.0), max(height, 1.0)

    @property
    def panes(self) -> list[QRectF]:
        """Where the photo is shown, in logical pixels: once, or twice side by side."""
        ratio = self.devicePixelRatioF()
        width, height = self._pane[0] / ratio, self._pane[1] / ratio
        lefts = (0.0, width + _GAP) if self._mode is Mode.SIDE_BY_SIDE else (0.0,)
        return [QRectF(left, 0.0, width, height) for left in lefts]

    def place_at(self, point: QPointF) -> Point | None:
        """The place of the photo (x, y in its pixels) that is seen at a point of the widget, None beside it."""
        x, y = self._view.to_photo(self._in_pane(point), self._pane)
        inside = self._before is not None and 0 <= x < self._photo[0] and 0 <= y < self._photo[1]
        return (x, y) if inside else None

    def point_of(self, place: Point) -> QPointF:
        """Where a place of the photo is seen, in the half that shows the result."""
        ratio = self.devicePixelRatioF()
        x, y = self._view.to_viewport(place, self._pane)
        return QPointF(x / ratio + (self._pane[0] / ratio + _GAP if self._mode is Mode.SIDE_BY_SIDE else 0), y / ratio)

    def is_before_at(self, point: QPointF) -> bool:
        """Whether the photo as it came is what is seen at a point of the widget."""
        if self._is_original_shown or self._after is None:
            return True
        if self._mode is Mode.SIDE_BY_SIDE:
            return point.x() * self.devicePixelRatioF() < self._pane[0]
        return self._mode is Mode.WIPE and point.x() < self.visible_line_x

    def _in_pane(self, point: QPointF) -> Point:
        """A point of the widget in device pixels of the pane it lies in."""
        ratio = self.devicePixelRatioF()
        x, step = point.x() * ratio, self._pane[0] + _GAP * ratio
        return (x - step if self._mode is Mode.SIDE_BY_SIDE and x >= step else x), point.y() * ratio

    def _seen_x(self) -> tuple[float, float]:
        """Left and right end of what is seen of the photo, device pixels."""
        left = self._view.to_viewport((0, 0), self._pane)[0]
        right = self._view.to_viewport(self._photo, self._pane)[0]
        return max(left, 0.0), min(right, self._pane[0])

    def _set_view(self, view: View, is_fitted: bool = False) -> None:
        self._is_fitted = is_fitted
        self._view = view
        self.zoom_changed.emit(view.scale)
        self.update()

    # drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.surround)
        if self._before is None:
            return
        ratio = self.devicePixelRatioF()
        painter.scale(1 / ratio, 1 / ratio)
        missing: list[tuple[Layer, Place]] = []
        width, height = self._pane
        whole = QRectF(0, 0, width, height)
        after = self._before if self._is_original_shown or self._after is None else self._after
        if self._mode is Mode.SIDE_BY_SIDE:
            missing += self._draw(painter, self._before, whole, whole)
            offset = width + _GAP * ratio
            painter.save()
            painter.translate(offset, 0)
            missing += self._draw(painter, after, whole, whole)
            painter.restore()
        elif self._mode is Mode.WIPE and after is not self._before:
            line = round(self.visible_line_x * ratio)
            missing += self._draw(painter, self._before, whole, QRectF(0, 0, line, height))
            missing += self._draw(painter, after, whole, QRectF(line, 0, width - line, height))
        else:
            missing += self._draw(painter, after, whole, whole)
        self._tiles.want(missing)
        painter.scale(ratio, ratio)
        self._draw_overlay(painter, has_result=after is not self._before)

    def _draw(self, painter: QPainter, layer: Layer, pane: QRectF, clip: QRectF) -> list[tuple[Layer, Place]]:
        """Draw one half within `clip`; returns the tiles that would make it sharper."""
        clip = clip & pane
        if clip.isEmpty():
            return []
        painter.save()
        painter.setClipRect(clip)
        missing = drawing.draw_layer(painter, layer, self._view, self._pane, clip, self._tiles)
        painter.restore()
        return [(layer, place) for place in missing]

    def _draw_overlay(self, painter: QPainter, has_result: bool) -> None:
        before, after = tr("canvas", "Before"), tr("canvas", "After")
        if self._mode is Mode.SIDE_BY_SIDE:
            middle = (self.width() + _GAP) / 2
            drawing.draw_label(painter, before, QPointF(14, 14))
            drawing.draw_label(painter, after if has_result else before, QPointF(middle + 14, 14))
        elif has_result and self._mode is Mode.WIPE:
            top = self._view.to_viewport((0, 0), self._pane)[1] / self.devicePixelRatioF()
            bottom = self._view.to_viewport(self._photo, self._pane)[1] / self.devicePixelRatioF()
            seen = QRectF(0, max(top, 0.0), self.width(), min(bottom, self.height()) - max(top, 0.0))
            drawing.draw_line(painter, self.visible_line_x, seen, self.hasFocus())
            drawing.draw_label(painter, before, QPointF(14, 14))
            drawing.draw_label(painter, after, QPointF(self.width() - 14, 14), from_right=True)
        elif self._is_original_shown or (self._after is not None and self._mode is Mode.RESULT):
            drawing.draw_label(painter, after if has_result else before, QPointF(14, 14))
        has_line = has_result and self._mode is Mode.WIPE  # which shows the focus
        if self.hasFocus() and self._is_reached_by_key and not has_line:
            drawing.draw_focus(painter, QRectF(self.rect()))

    # mouse and keys

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            self._is_reached_by_key = event.reason() in _KEYS
        super().focusInEvent(event)

    def is_at_line(self, x: float) -> bool:
        """Whether the mouse would take hold of the line there."""
        has_line = self._mode is Mode.WIPE and self._after is not None and not self._is_original_shown
        return has_line and abs(x - self.visible_line_x) <= _GRIP

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            return
        at_line = event.button() == Qt.MouseButton.LeftButton and self.is_at_line(event.position().x())
        self._dragged = "line" if at_line else "photo"
        self._drag_from = event.position()
        if not at_line:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged == "line":
            left, right = self._seen_x()
            at = event.position().x() * self.devicePixelRatioF()
            self.set_wipe((at - left) / max(right - left, 1.0))
        elif self._dragged == "photo":
            moved = event.position() - self._drag_from
            self._drag_from = event.position()
            self.pan(moved.x(), moved.y())
        else:
            self._show_cursor(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged = None
        self._show_cursor(event.position().x())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._is_fitted:
            self.zoom_to(1.0, event.position())
        else:
            self.fit()

    def _show_cursor(self, x: float) -> None:
        if self.is_at_line(x):
            self.setCursor(Qt.CursorShape.SplitHCursor)
        elif self._before is not None and not self._is_fitted:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.unsetCursor()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A mouse wheel zooms about the cursor; two fingers on a touchpad pan, and zoom with Ctrl."""
        if self._before is None:
            return
        fingers = event.phase() != Qt.ScrollPhase.NoScrollPhase and not event.pixelDelta().isNull()
        if fingers and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.pan(event.pixelDelta().x(), event.pixelDelta().y())
        else:
            self.zoom_by(ZOOM_STEP ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_by(1 + event.value(), event.position())
                return True
        elif isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                center = QPointF(self.mapFromGlobal(pinch.centerPoint().toPoint()))
                self.zoom_by(pinch.scaleFactor(), center)
                event.accept(pinch)
                return True
        elif event.type() == QEvent.Type.DevicePixelRatioChange and self._is_fitted:
            self.fit()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._is_fitted:
            self.fit()
        elif self._before is not None:
            self._set_view(self._view.kept_inside(self._photo, self._pane))
        super().resizeEvent(event)
