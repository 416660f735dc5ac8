"""Protected places over the canvas, and the brush that paints them. Knows no session.

Places are (x, y) in pixels of the photo. The wheel zooms and the middle button moves the photo, as on the canvas below.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QTransform,
)

from handtint.gui.canvas.aimed import AimedOverlay
from handtint.gui.canvas.canvas import Canvas
from handtint.gui.canvas.drawing import draw_brush, draw_cross
from handtint.gui.parts.keys import ARROWS, ENTER
from handtint.gui.parts.translating import tr


class ProtectOverlay(AimedOverlay):
    """Lies over all of a canvas, as its child."""

    began = Signal(object, bool)  # Point where the brush is put down, whether it erases
    led = Signal(object)  # Point that it is moved to
    ended = Signal()
    given_up = Signal()  # Escape while the brush is down
    resized = Signal(int)  # 1 for larger, -1 for smaller
    feathered = Signal(int)  # 1 for softer, -1 for harder
    left = Signal()  # Escape

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self.setObjectName("protect")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("adjust", "Protected places"))
        self.setAccessibleDescription(
            tr(
                "adjust",
                "Arrow keys move the cross; Enter paints there, with Shift it erases. Brackets change the brush's "
                "size, braces its feather. Escape puts it away.",
            )
        )
        self._image = QImage()
        self._placed = QTransform()  # from the image to pixels of the photo
        self._size = (1, 1)  # width, height of the photo
        self._radius, self._hard = 1.0, 1.0  # of the brush and of its hard middle, pixels of the photo
        self._pane: QPointF | None = None  # while the brush is down: the corner of the pane that it is in
        canvas.zoom_changed.connect(self.update)

    def show_mask(self, image: QImage, placed: QTransform, size: tuple[int, int]) -> None:
        """Show protected places.

        Args:
            image: transparent where all color is kept.
            placed: from its pixels to those of the photo.
            size: width, height of the photo.
        """
        self._image, self._placed, self._size = image, placed, size
        self.update()

    def show_brush(self, radius: float, feather: float) -> None:
        """The brush has this radius in pixels of the photo, of which a part 0..1 fades."""
        self._radius, self._hard = radius, radius * (1 - feather)
        self.update()

    # drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._canvas.is_original_shown:
            return
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        if not self._image.isNull():
            for pane in self._canvas.panes:
                painter.save()
                corner = self._corner(pane)
                width, height = (self._scale() * side for side in self._size)
                painter.setClipRect(QRectF(corner.x(), corner.y(), width, height) & pane)
                shown = QTransform.fromScale(self._scale(), self._scale())
                painter.setTransform(
                    self._placed * shown * QTransform.fromTranslate(corner.x(), corner.y()), combine=True
                )
                painter.drawImage(0, 0, self._image)
                painter.restore()
        if self._at is not None:
            self._draw_brush(painter, self._at)
        if self._aim is not None and self.hasFocus():
            at = self._canvas.point_of(self._aim)
            draw_cross(painter, at)
            self._draw_brush(painter, at)

    def _draw_brush(self, painter: QPainter, at: QPointF) -> None:
        radius = max(self._radius * self._scale(), 1.0)
        draw_brush(painter, at, radius)
        hard = self._hard * self._scale()
        if 2.0 < hard < radius - 2.0:
            painter.setPen(QPen(QColor(255, 255, 255, 150), 1.0, Qt.PenStyle.DotLine))
            painter.drawEllipse(at, hard, hard)

    def _scale(self) -> float:
        """Logical pixels for a pixel of the photo."""
        return self._canvas.view.scale / self.devicePixelRatioF()

    def _corner(self, pane: QRectF) -> QPointF:
        """Where the photo's top left corner is in a pane."""
        return self._canvas.point_of((0.0, 0.0)) - self._canvas.panes[-1].topLeft() + pane.topLeft()

    # mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._aim, self._at = None, event.position()
        place = self._canvas.place_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or place is None:
            event.ignore()  # it is for the canvas
            return
        # The brush paints over the line between before and after, too.
        pane = next(pane for pane in reversed(self._canvas.panes) if event.position().x() >= pane.left())
        self._pane = self._corner(pane)
        self.began.emit(place, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._at = event.position()
        if self._pane is not None:  # also beside the photo, so that a stroke that leaves it comes back where it does
            place = (event.position() - self._pane) / self._scale()
            self.led.emit((place.x(), place.y()))
        else:
            event.ignore()
            if not event.buttons():
                inside = self._canvas.place_at(event.position()) is not None
                self.setCursor(Qt.CursorShape.CrossCursor if inside else Qt.CursorShape.ArrowCursor)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pane is None:
            event.ignore()
        elif event.button() == Qt.MouseButton.LeftButton:
            self._pane = None
            self.ended.emit()

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, is_shifted = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in ARROWS:
            self._move(ARROWS[key], is_shifted)
        elif key in ENTER:
            place = self._aim or self._middle()
            if place is not None and self._pane is None:
                self._aim = place
                self.began.emit(place, is_shifted)
                self.ended.emit()
        elif event.text() in ("[", "]"):
            self.resized.emit(1 if event.text() == "]" else -1)
        elif event.text() in ("{", "}"):
            self.feathered.emit(1 if event.text() == "}" else -1)
        elif key == Qt.Key.Key_Escape:
            if self._pane is not None:
                self._pane = None
                self.given_up.emit()
            else:
                self.left.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Escape is ours while we have the focus, whatever else the window would stop with it."""
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if is_escape and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)
