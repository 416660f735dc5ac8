"""Points on a picture, chosen and moved by mouse and keys, with a lens to set them exactly; a line of two of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QTransform,
)
from PySide6.QtWidgets import QWidget

from handtint.gui.parts.keys import ARROWS
from handtint.gui.parts.translating import tr
from handtint.gui.session.open_photo import OpenPhoto
from handtint.gui.turning.picture import PictureView
from handtint.recipe.geometry import Point
from handtint.recipe.placement import Placement

_RADIUS = 8.0  # of a point, logical pixels
_REACH = 18  # how near its middle the mouse takes hold of it
_LENS = 62.0  # its radius
_LARGER = 4.0  # what is seen through it


class PointsView(PictureView):
    """Shows points of the whole picture, and says where one is wanted. Whoever hears that calls `show_points`."""

    moved = Signal(int, float, float)  # number of the point, place in the whole picture
    let_go = Signal()

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self.points: Sequence[Point] = ()
        self.chosen = 0
        self._whole: Placement | None = None
        self._is_held = False
        self._hold = QPointF()  # from the mouse to the middle of the point held
        self._is_lens_shown = False

    def begin(self, photo: OpenPhoto, whole: Placement, points: Sequence[Point]) -> None:
        """Show a photo placed that way, with points on it."""
        self._whole, self.chosen = whole, 0
        self._is_held = self._is_lens_shown = False
        self.show_picture(photo)
        self.show_points(points)

    @property
    def whole(self) -> Placement | None:
        """All of the picture, as it is shown."""
        return self._whole

    def show_points(self, points: Sequence[Point]) -> None:
        """Show them there."""
        self.points = points
        x, y = points[self.chosen]
        name = self.point_name(self.chosen)
        self.setAccessibleName(tr("turning", "{point}: at {x}, {y}", point=name, x=round(x), y=round(y)))
        self.update()

    def point_name(self, number: int) -> str:
        """What a point is called."""
        return tr("turning", "Point {number} of {count}", number=number + 1, count=len(self.points))

    # drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.surround)
        self.draw_picture(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        seen = [self.point_of(*point) for point in self.points]
        self.draw_under(painter, seen)
        self.draw_between(painter, seen)
        for number, point in enumerate(seen):
            is_chosen = number == self.chosen and self.hasFocus()
            painter.setPen(QPen(QColor(0, 0, 0, 150), 5.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(point, _RADIUS, _RADIUS)
            painter.setPen(QPen(self.focus if is_chosen else QColor("white"), 2.6))
            painter.drawEllipse(point, _RADIUS, _RADIUS)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor("white"))
            painter.drawEllipse(point, 1.6, 1.6)
        if self._is_lens_shown and seen:
            self._draw_lens(painter, seen)

    def draw_under(self, painter: QPainter, seen: Sequence[QPointF]) -> None:
        """Draw what is not to be seen in the lens; where the points are seen is given."""

    def draw_between(self, painter: QPainter, seen: Sequence[QPointF]) -> None:
        """Draw what the points stand for."""

    def _draw_lens(self, painter: QPainter, seen: Sequence[QPointF]) -> None:
        """What is under the chosen point, larger, where it covers none of them."""
        point = seen[self.chosen]
        middle = QPointF(
            point.x() + (1 if point.x() < self.width() / 2 else -1) * (_LENS + 30),
            point.y() + (1 if point.y() < (self.height() - self.foot) / 2 else -1) * (_LENS + 30),
        )
        circle = QPainterPath()
        circle.addEllipse(middle, _LENS, _LENS)
        painter.save()
        painter.setClipPath(circle)
        painter.fillPath(circle, self.surround)
        scale = self.scale * _LARGER
        x, y = self.points[self.chosen]
        shown = QTransform.fromScale(scale, scale)
        shown *= QTransform.fromTranslate(middle.x() - x * scale, middle.y() - y * scale)
        self.draw_picture(painter, shown)
        at = [middle + (other - point) * _LARGER for other in seen]
        self.draw_between(painter, at)
        painter.restore()
        for color, wide in ((QColor(0, 0, 0, 150), 4.0), (QColor("white"), 2.0)):
            painter.setPen(QPen(color, wide))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(middle, _LENS, _LENS)
            painter.setPen(QPen(color, wide / 2))
            for dx, dy in ((8, 0), (0, 8)):
                painter.drawLine(middle - QPointF(dx, dy), middle + QPointF(dx, dy))

    # mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        number = self._point_at(event.position())
        if number is not None:
            self.hold(number, event.position())

    def hold(self, number: int, at: QPointF) -> None:
        """Take hold of a point with the mouse there."""
        self.chosen, self._is_held, self._is_lens_shown = number, True, True
        self._hold = self.point_of(*self.points[number]) - at
        self.show_points(self.points)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_held:
            self.moved.emit(self.chosen, *self.place_at(event.position() + self._hold))
        else:
            is_at_one = self._point_at(event.position()) is not None
            self.setCursor(Qt.CursorShape.SizeAllCursor if is_at_one else Qt.CursorShape.CrossCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._is_held:
            self._is_held = self._is_lens_shown = False
            self.update()
            self.let_go.emit()

    def _point_at(self, at: QPointF) -> int | None:
        """The nearest point in reach."""
        found = []
        for number, point in enumerate(self.points):
            away = self.point_of(*point) - at
            found.append((away.x() ** 2 + away.y() ** 2, number))
        distance, number = min(found, default=(float("inf"), 0))
        return number if distance <= _REACH**2 else None

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in ARROWS or not self.points:
            super().keyPressEvent(event)
            return
        step = self.step_of(event)
        dx, dy = ARROWS[event.key()]
        x, y = self.points[self.chosen]
        self._is_lens_shown = True
        self.moved.emit(self.chosen, x + dx * step, y + dy * step)

    def event(self, event: QEvent) -> bool:
        """Tab goes through the points and then on to the next control."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}.get(Qt.Key(event.key()), 0)
            if step and 0 <= self.chosen + step < len(self.points):
                self.chosen += step
                self._is_lens_shown = False
                self.show_points(self.points)
                return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() == Qt.FocusReason.TabFocusReason:
            self.chosen = 0
        elif event.reason() == Qt.FocusReason.BacktabFocusReason:
            self.chosen = max(len(self.points) - 1, 0)
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._is_lens_shown = False
        self.update()


class LineView(PointsView):
    """A line on the picture, drawn by dragging or by moving its ends; taken when it is let go, or by Enter."""

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self.setObjectName("line")
        self.setAccessibleDescription(
            tr(
                "turning",
                "Arrow keys move this end of the line, with Ctrl in small steps; Tab goes to the other end. "
                "Enter levels the photo by the line, Escape leaves it.",
            )
        )
        self.moved.connect(self._move)
        self.let_go.connect(self.taken)

    def point_name(self, number: int) -> str:
        """Which end it is."""
        return tr("turning", "End {number} of the line", number=number + 1)

    def draw_between(self, painter: QPainter, seen: Sequence[QPointF]) -> None:
        """The line."""
        for color, wide in ((QColor(0, 0, 0, 150), 4.0), (QColor("white"), 1.8)):
            painter.setPen(QPen(color, wide))
            painter.drawLine(seen[0], seen[1])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self._is_held:
            place = self.place_at(event.position())
            self.show_points((place, place))
            self.hold(1, event.position())

    def _move(self, number: int, x: float, y: float) -> None:
        points = list(self.points)
        points[number] = (x, y)
        self.show_points(points)


def quad(seen: Sequence[QPointF]) -> QPainterPath:
    """A closed path through points."""
    path = QPainterPath(seen[0])
    for point in seen[1:]:
        path.lineTo(point)
    path.closeSubpath()
    return path


def draw_frame(painter: QPainter, seen: Sequence[QPointF], color: QColor) -> None:
    """A frame through points, to be seen on any photo."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen, wide in ((QColor(0, 0, 0, 150), 3.6), (color, 1.8)):
        painter.setPen(QPen(pen, wide))
        painter.drawPath(quad(seen))


def draw_dim(painter: QPainter, room: QRectF, shown: Sequence[Sequence[QPointF]], surround: QColor) -> None:
    """Dim everything but what lies within frames."""
    rest = QPainterPath()
    rest.addRect(room)
    for seen in shown:
        rest = rest.subtracted(quad(seen))
    dim = QColor(surround)
    dim.setAlpha(165)
    painter.fillPath(rest, dim)
