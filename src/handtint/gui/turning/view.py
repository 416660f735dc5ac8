"""The whole picture with the rectangle that is kept, over the canvas; drawn, moved and resized by mouse and keys."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from handtint.gui.parts.keys import ARROWS
from handtint.gui.parts.translating import tr
from handtint.gui.session.open_photo import OpenPhoto
from handtint.gui.turning.cropping import Cropping
from handtint.gui.turning.picture import PictureView
from handtint.recipe.placement import Placement

_REACH = 12  # how near an edge the mouse takes hold of it, logical pixels
_GRIP = 18  # length of what is drawn thick at a corner
_CURSORS = {
    (0, 0): Qt.CursorShape.SizeAllCursor,
    (-1, 0): Qt.CursorShape.SizeHorCursor,
    (1, 0): Qt.CursorShape.SizeHorCursor,
    (0, -1): Qt.CursorShape.SizeVerCursor,
    (0, 1): Qt.CursorShape.SizeVerCursor,
    (-1, -1): Qt.CursorShape.SizeFDiagCursor,
    (1, 1): Qt.CursorShape.SizeFDiagCursor,
    (1, -1): Qt.CursorShape.SizeBDiagCursor,
    (-1, 1): Qt.CursorShape.SizeBDiagCursor,
}


class CropView(PictureView):
    """See the module's text."""

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self.setObjectName("crop")
        self.setAccessibleDescription(
            tr(
                "turning",
                "Arrow keys move what is kept, with Shift they resize it, with Ctrl in small steps. "
                "Enter crops the photo, Escape leaves it as it was.",
            )
        )
        self._cropping: Cropping | None = None
        self._held: tuple[int, int] | None = None  # edges; (0, 0) all of it
        self._from = QPointF()
        self._drawn_from: QPointF | None = None

    def begin(self, photo: OpenPhoto, cropping: Cropping) -> None:
        """Show a photo, and what is kept of it."""
        self._cropping = cropping
        self.show_picture(photo)
        self.refresh()

    def refresh(self) -> None:
        """Show the cropping as it is now."""
        if self._cropping is not None:
            height, width = self._cropping.size
            self.setAccessibleName(tr("turning", "Crop: {width} by {height} pixels", width=width, height=height))
        self.update()

    @property
    def whole(self) -> Placement | None:
        """All of the picture, nothing cut off."""
        return self._cropping.whole if self._cropping is not None else None

    def kept(self) -> QRectF:
        """Where what is kept is seen."""
        if self._cropping is None:
            return QRectF()
        x, y, width, height = self._cropping.rectangle
        return QRectF(self.point_of(x, y), self.point_of(x + width, y + height))

    # drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.surround)
        if self._cropping is None:
            return
        self.draw_picture(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_rectangle(painter)

    def _draw_rectangle(self, painter: QPainter) -> None:
        kept, rest = self.kept(), QPainterPath()
        rest.addRect(QRectF(self.rect()))
        hole = QPainterPath()
        hole.addRect(kept)
        dim = QColor(self.surround)
        dim.setAlpha(185)
        painter.fillPath(rest.subtracted(hole), dim)
        for third in (1 / 3, 2 / 3):
            x, y = kept.left() + third * kept.width(), kept.top() + third * kept.height()
            for color, aside in ((QColor(0, 0, 0, 60), 1.0), (QColor(255, 255, 255, 130), 0.0)):
                painter.setPen(QPen(color, 1))
                painter.drawLine(QPointF(x + aside, kept.top()), QPointF(x + aside, kept.bottom()))
                painter.drawLine(QPointF(kept.left(), y + aside), QPointF(kept.right(), y + aside))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(0, 0, 0, 150), 3))
        painter.drawRect(kept)
        painter.setPen(QPen(self.focus if self.hasFocus() else QColor("white"), 1.6))
        painter.drawRect(kept)
        for color, wide in ((QColor(0, 0, 0, 150), 6.0), (QColor("white"), 4.0)):
            painter.setPen(QPen(color, wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            for point, x, y in (
                (kept.topLeft(), 1, 1),
                (kept.topRight(), -1, 1),
                (kept.bottomRight(), -1, -1),
                (kept.bottomLeft(), 1, -1),
            ):
                painter.drawLine(point - QPointF(x * wide / 2, 0), point + QPointF(x * _GRIP, 0))
                painter.drawLine(point, point + QPointF(0, y * _GRIP))

    # mouse

    def _edges_at(self, point: QPointF) -> tuple[int, int] | None:
        """The edges that the mouse takes hold of there; (0, 0) for all of what is kept, None beside it."""
        kept = self.kept()
        if not kept.adjusted(-_REACH, -_REACH, _REACH, _REACH).contains(point):
            return None
        inner = min(_REACH, kept.width() / 4, kept.height() / 4)
        across = -1 if point.x() < kept.left() + inner else 1 if point.x() > kept.right() - inner else 0
        down = -1 if point.y() < kept.top() + inner else 1 if point.y() > kept.bottom() - inner else 0
        return across, down

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._held, self._from = self._edges_at(event.position()), event.position()
            self._drawn_from = event.position() if self._held is None else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._cropping is None:
            return
        if self._held is not None:
            moved = (event.position() - self._from) / self.scale
            before = self.kept()
            if self._held == (0, 0):
                self._cropping.move(moved.x(), moved.y())
            else:
                self._cropping.resize(moved.x(), moved.y(), self._held)
            if self.kept() != before:
                self._from = event.position()
                self.changed.emit()
        elif self._drawn_from is not None:
            self._cropping.draw(self.place_at(self._drawn_from), self.place_at(event.position()))
            self.changed.emit()
        else:
            edges = self._edges_at(event.position())
            self.setCursor(Qt.CursorShape.CrossCursor if edges is None else _CURSORS[edges])

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = self._drawn_from = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._edges_at(event.position()) == (0, 0):
            self.taken.emit()

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key not in ARROWS or self._cropping is None:
            super().keyPressEvent(event)
            return
        step = self.step_of(event)
        dx, dy = (way * step for way in ARROWS[key])
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._cropping.resize(dx, dy, (1 if dx else 0, 1 if dy else 0))
        else:
            self._cropping.move(dx, dy)
        self.changed.emit()
