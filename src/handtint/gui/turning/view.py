"""The whole picture with the rectangle that is kept, over the canvas; drawn, moved and resized by mouse and keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QTransform
from PySide6.QtWidgets import QWidget

from handtint.gui.parts.translating import tr
from handtint.gui.turning.cropping import Cropping

_MARGIN = 28  # logical pixels around the picture
_REACH = 12  # how near an edge the mouse takes hold of it, logical pixels
_GRIP = 18  # length of what is drawn thick at a corner
_STEP = 0.01  # of the picture's longer side, for an arrow key; a tenth of that with Ctrl
_ARROWS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
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
_KEYS = (*_ARROWS, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


class CropView(QWidget):
    """Lies over all of a canvas, as its child."""

    changed = Signal()
    taken = Signal()
    left = Signal()

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self.setObjectName("crop")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleDescription(
            tr(
                "turning",
                "Arrow keys move what is kept, with Shift they resize it, with Ctrl in small steps. "
                "Enter crops the photo, Escape leaves it as it was.",
            )
        )
        self.surround, self.focus = QColor(64, 64, 64), QColor("white")
        self.foot = 0  # logical pixels at the bottom that something else covers
        self._canvas = canvas
        self._image = QImage()
        self._cropping: Cropping | None = None
        self._held: tuple[int, int] | None = None  # edges; (0, 0) all of it
        self._from = QPointF()
        self._drawn_from: QPointF | None = None
        canvas.installEventFilter(self)
        self.setGeometry(canvas.rect())
        self.hide()

    def begin(self, image: QImage, cropping: Cropping) -> None:
        """Show an upright source, of any size, and what is kept of it."""
        self._image, self._cropping = image, cropping
        self.refresh()

    def refresh(self) -> None:
        """Show the cropping as it is now."""
        if self._cropping is not None:
            height, width = self._cropping.size
            self.setAccessibleName(tr("turning", "Crop: {width} by {height} pixels", width=width, height=height))
        self.update()

    # where it is seen

    def _scale(self) -> float:
        """Logical pixels for one of the whole picture."""
        if self._cropping is None:
            return 1.0
        height, width = self._cropping.whole.size
        room = max(self.width() - 2 * _MARGIN, 1), max(self.height() - self.foot - 2 * _MARGIN, 1)
        return min(room[0] / width, room[1] / height)

    def _corner(self) -> QPointF:
        """Where the whole picture's top left corner is."""
        if self._cropping is None:
            return QPointF()
        (height, width), scale = self._cropping.whole.size, self._scale()
        return QPointF((self.width() - width * scale) / 2, (self.height() - self.foot - height * scale) / 2)

    def point_of(self, x: float, y: float) -> QPointF:
        """Where a place of the whole picture is seen."""
        return self._corner() + QPointF(x, y) * self._scale()

    def place_at(self, point: QPointF) -> tuple[float, float]:
        """The place of the whole picture at a point of the widget, or beside it."""
        place = (point - self._corner()) / self._scale()
        return place.x(), place.y()

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
        if self._cropping is None or self._image.isNull():
            return
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        whole, scale, corner = self._cropping.whole, self._scale(), self._corner()
        a, b, c, d, e, f, g, h, i = whole.inverse
        height, width = whole.source_size
        painter.save()
        painter.setClipRect(QRectF(corner, self.point_of(whole.size[1], whole.size[0])))
        source = QTransform.fromScale(width / self._image.width(), height / self._image.height())
        placed = QTransform(a, d, g, b, e, h, c, f, i)  # Qt's points are rows
        shown = QTransform.fromScale(scale, scale) * QTransform.fromTranslate(corner.x(), corner.y())
        painter.setTransform(source * placed * shown, True)
        painter.drawImage(0, 0, self._image)
        painter.restore()
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
            moved = (event.position() - self._from) / self._scale()
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

    def event(self, event: QEvent) -> bool:
        """Keys that the window has actions for are ours while we have the focus."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = event.key(), event.modifiers()
        if key in _ARROWS and self._cropping is not None:
            step = max(max(self._cropping.whole.size) * _STEP, 1.0)
            if modifiers & Qt.KeyboardModifier.ControlModifier:
                step = max(step / 10, 1.0)
            dx, dy = (way * step for way in _ARROWS[key])
            if modifiers & Qt.KeyboardModifier.ShiftModifier:
                self._cropping.resize(dx, dy, (1 if dx else 0, 1 if dy else 0))
            else:
                self._cropping.move(dx, dy)
            self.changed.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.taken.emit()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._canvas:
            self.setGeometry(self._canvas.rect())
        return super().eventFilter(watched, event)
