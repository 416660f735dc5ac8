"""What will be filled, over the canvas, and clicks and strokes of a brush on it. Knows no session.

Places are (x, y) in pixels of the photo. What is not for us is left to the canvas below: the wheel zooms, the middle
button moves the photo, and unless the brush is in hand the left one does so too.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication

from handtint.gui.canvas.aimed import AimedOverlay
from handtint.gui.canvas.canvas import Canvas
from handtint.gui.canvas.drawing import draw_brush, draw_cross
from handtint.gui.canvas.viewport import Point, View
from handtint.gui.parts.keys import ARROWS, ENTER
from handtint.gui.parts.translating import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from handtint.restore.repairing import Marked

FILLED = QColor(255, 40, 70, 170)
LEFT = QColor(40, 110, 255, 170)


class Tool(Enum):
    """What a click does."""

    CLICK = "click"  # takes a mark away, or adds one
    BRUSH = "brush"
    WHITE = "white"  # says what was white


class DamageOverlay(AimedOverlay):
    """Lies over all of a canvas, as its child."""

    clicked = Signal(object)  # Point: with the click tool
    painted = Signal(object, bool)  # list of Points, whether they erase
    picked = Signal(object)  # Point: what was white
    resized = Signal(int)  # the brush: 1 for larger, -1 for smaller
    left = Signal()  # Escape

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self.setObjectName("damage")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("repair", "Damage"))
        self.setAccessibleDescription(
            tr(
                "repair",
                "Arrow keys move the cross; Enter clicks or paints there, with Shift the brush erases. Esc leaves.",
            )
        )
        self._marked: Marked | None = None
        self._tool = Tool.CLICK
        self._radius = 8.0  # of the brush, pixels of the photo
        self._pressed: QPointF | None = None  # where, until it is a drag
        self._stroke: list[Point] = []
        self._is_erasing = False
        self._done: list[tuple[list[Point], bool]] = []  # strokes that the marks do not show yet
        self._drawn: tuple[tuple[View, int, int], QImage] | None = None
        canvas.zoom_changed.connect(self.update)

    @property
    def marked(self) -> Marked | None:
        """What is shown."""
        return self._marked

    def show_marks(self, marked: Marked | None) -> None:
        """Show these; None while they are not known."""
        self._marked, self._drawn, self._done = marked, None, []
        self.update()

    def set_tool(self, tool: Tool, radius: float) -> None:
        """Take this in hand; the radius is that of the brush, in pixels of the photo."""
        self._tool, self._radius = tool, radius
        self._show_cursor()
        self.update()

    # drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._canvas.is_original_shown:
            return
        painter = QPainter(self)
        if self._marked is not None and self._tool is not Tool.WHITE:
            image = self._image()
            for pane in self._canvas.panes:
                painter.drawImage(pane.topLeft(), image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for stroke, is_erasing in (*self._done, (self._stroke, self._is_erasing)):
            self._draw_stroke(painter, stroke, is_erasing)
        if self._tool is Tool.BRUSH and self._at is not None:
            draw_brush(painter, self._at, max(self._brush(), 1.0))
        if self._aim is not None and self.hasFocus():
            at = self._canvas.point_of(self._aim)
            draw_cross(painter, at)
            if self._tool is Tool.BRUSH:
                draw_brush(painter, at, max(self._brush(), 1.0))

    def _image(self) -> QImage:
        """The marks as they are seen now, in device pixels; drawn anew where anything moved."""
        from handtint.gui.repair.marks import marks_image

        assert self._marked is not None
        ratio, pane = self.devicePixelRatioF(), self._canvas.panes[0]
        width, height = round(pane.width() * ratio), round(pane.height() * ratio)
        key = self._canvas.view, width, height
        if self._drawn is None or self._drawn[0] != key:
            marks = ((self._marked.left, LEFT), (self._marked.filled, FILLED))
            image = marks_image(marks, self._canvas.view, width, height)
            image.setDevicePixelRatio(ratio)
            self._drawn = key, image
        return self._drawn[1]

    def _draw_stroke(self, painter: QPainter, stroke: list[Point], is_erasing: bool) -> None:
        if not stroke:
            return
        color = QColor(0, 0, 0, 110) if is_erasing else FILLED
        pen = QPen(color, 2 * self._brush(), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        points = [self._canvas.point_of(place) for place in stroke]
        painter.drawPolyline(points if len(points) > 1 else [points[0], points[0] + QPointF(0.01, 0)])

    def _brush(self) -> float:
        """The brush's radius in logical pixels."""
        return self._radius * self._canvas.view.scale / self.devicePixelRatioF()

    # mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.ignore()  # unless it is for us, it is for the canvas
        self._aim = None
        at = event.position()
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self._tool is Tool.BRUSH:  # which paints over the line between before and after, too
            self._is_erasing = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._go_on(at)
            event.accept()
        elif not self._canvas.is_at_line(at.x()):
            self._pressed = at

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._at = event.position()
        if self._stroke:
            self._go_on(event.position())
            return
        event.ignore()
        if self._pressed is not None:
            if (event.position() - self._pressed).manhattanLength() >= QApplication.startDragDistance():
                self._pressed = None
                self.unsetCursor()  # the canvas shows its own
        elif not event.buttons():
            self._show_cursor()
        if self._tool is Tool.BRUSH:
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._stroke:
            if event.button() == Qt.MouseButton.LeftButton:
                stroke, self._stroke = self._stroke, []
                self._done.append((stroke, self._is_erasing))
                self.painted.emit(stroke, self._is_erasing)
                self.update()
            return
        event.ignore()
        if self._pressed is not None and event.button() == Qt.MouseButton.LeftButton:
            place, self._pressed = self._canvas.place_at(self._pressed), None
            if place is not None:
                (self.picked if self._tool is Tool.WHITE else self.clicked).emit(place)

    def _go_on(self, at: QPointF) -> None:
        place = self._canvas.place_at(at)
        if place is not None and (not self._stroke or self._stroke[-1] != place):
            self._stroke.append(place)
        self._at = at
        self.update()

    def _show_cursor(self) -> None:
        if self._at is None or self._canvas.place_at(self._at) is None:
            self.unsetCursor()
        elif self._tool is not Tool.BRUSH and self._canvas.is_at_line(self._at.x()):
            self.setCursor(Qt.CursorShape.SplitHCursor)
        else:
            self.setCursor(Qt.CursorShape.CrossCursor)

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, is_shifted = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in ARROWS:
            self._move(ARROWS[key], is_shifted)
        elif key in ENTER:
            self._act(self._aim or self._middle(), is_shifted)
        elif event.text() in ("[", "]"):
            self.resized.emit(1 if event.text() == "]" else -1)
        elif key == Qt.Key.Key_Escape:
            if self._stroke:
                self._stroke = []
                self.update()
            else:
                self.left.emit()
        else:
            super().keyPressEvent(event)

    def _act(self, place: Point | None, is_shifted: bool) -> None:
        if place is None:
            return
        if self._tool is Tool.BRUSH:
            self.painted.emit([place], is_shifted)
        else:
            (self.picked if self._tool is Tool.WHITE else self.clicked).emit(place)
