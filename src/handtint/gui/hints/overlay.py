"""The hints of a photo as rings over the canvas, placed, chosen and moved by mouse and keys. Knows no session.

Places are (x, y) in pixels of the photo. What the mouse does outside the rings is left to the canvas below: a drag
moves the photo, the wheel zooms.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QCursor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication

from handtint.gui.canvas.aimed import AimedOverlay
from handtint.gui.canvas.canvas import Canvas
from handtint.gui.canvas.drawing import draw_cross
from handtint.gui.canvas.viewport import Point
from handtint.gui.parts.keys import ARROWS, ENTER
from handtint.gui.parts.translating import tr
from handtint.recipe.hints import Hint

NONE = -1  # index of no hint

_RADIUS = 7.5  # of a ring, logical pixels
_REACH = 13  # how near its middle the mouse takes hold of it
_STEP = 2  # logical pixels for an arrow key, ten times that with Shift


class HintOverlay(AimedOverlay):
    """Lies over all of a canvas, as its child."""

    placed = Signal(object)  # Point: a hint is wanted there
    chosen = Signal(int)  # index of the hint, or NONE
    moved = Signal(int, object)  # index, Point
    let_go = Signal()  # a hint was moved and released
    opened = Signal()  # the chosen hint's colors are wanted
    picked = Signal(QPointF)  # while picking: a point of this widget
    left = Signal()  # Escape with nothing to leave but the tool

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self.setObjectName("hints")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleDescription(
            tr(
                "hints",
                "Tab goes from hint to hint. Arrow keys move the chosen one, or the cross if none is chosen; "
                "Enter puts a hint at the cross, or opens the colors of the chosen one. Delete removes it.",
            )
        )
        self._hints: Sequence[Hint] = ()
        self._colors: Sequence[QColor] = ()
        self._wanted = NONE  # the one that waits for its color
        self._chosen = NONE
        self._pressed: QPointF | None = None  # where, until it is a drag
        self._held = NONE
        self._hold = QPointF()  # from the mouse to the middle of the ring held
        self._picking: QCursor | None = None
        self._focus = QColor("white")
        self.show_hints((), (), NONE)

    def show_hints(
        self, hints: Sequence[Hint], colors: Sequence[QColor], chosen: int, is_last_wanted: bool = False
    ) -> None:
        """Show these, each filled with its color; with `is_last_wanted` the last one waits for its color yet."""
        self._hints, self._colors, self._chosen = hints, colors, chosen
        self._wanted = len(hints) - 1 if is_last_wanted else NONE
        if chosen == NONE:
            name = tr("hints", "Color hints: {hints_count}", hints_count=len(hints))
        elif chosen == self._wanted:
            name = tr("hints", "A new color hint: choose its color, or press Esc")
        else:
            name = tr(
                "hints",
                "Color hint {chosen} of {hints_count}, {colors}",
                chosen=chosen + 1,
                hints_count=len(hints),
                colors=colors[chosen].name(),
            )
        if name != self.accessibleName():
            self.setAccessibleName(name)
        self.update()

    def set_picking(self, cursor: QCursor | None) -> None:
        """While picking the next click takes a color and puts no hint."""
        self._picking = cursor
        if cursor is not None:
            self.setCursor(cursor)
        else:
            self.unsetCursor()
        self.update()

    def set_focus_color(self, color: QColor) -> None:
        """Draw the ring of the focus in that color."""
        self._focus = color
        self.update()

    # drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._canvas.is_original_shown:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index, (hint, color) in enumerate(zip(self._hints, self._colors, strict=True)):
            if index != self._chosen:
                _draw_ring(painter, self._canvas.point_of((hint.x, hint.y)), color, _RADIUS)
        if self._chosen != NONE:
            hint = self._hints[self._chosen]
            corners = [
                self._canvas.point_of((hint.x + sign * hint.radius, hint.y + sign * hint.radius)) for sign in (-1, 1)
            ]
            middle = self._canvas.point_of((hint.x, hint.y))
            _draw_square(painter, QRectF(*corners))
            if self._chosen == self._wanted:
                draw_cross(painter, middle)
            else:
                _draw_ring(painter, middle, self._colors[self._chosen], _RADIUS + 2, self._focus)
        if self._aim is not None and self.hasFocus() and (self._chosen == NONE or self._picking is not None):
            draw_cross(painter, self._canvas.point_of(self._aim))

    # mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.ignore()  # unless it is for us, it is for the canvas
        self._aim = None
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at = event.position()
        if self._picking is not None:
            self.picked.emit(at)
            event.accept()
            return
        index = self._hint_at(at)
        if index != NONE:
            middle = self._canvas.point_of((self._hints[index].x, self._hints[index].y))
            self._held, self._hold = index, middle - at
            self.chosen.emit(index)
            event.accept()
        elif not self._canvas.is_at_line(at.x()):
            self._pressed = at

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held != NONE:
            place = self._canvas.place_at(event.position() + self._hold)
            if place is not None:
                self.moved.emit(self._held, place)
            return
        event.ignore()
        if self._pressed is not None:
            moved = event.position() - self._pressed
            if moved.manhattanLength() >= QApplication.startDragDistance():
                self._pressed = None
                self.unsetCursor()  # the canvas shows its own
        elif not event.buttons() and self._picking is None:
            self._show_cursor(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._held != NONE:
            self._held = NONE
            self.let_go.emit()
            return
        event.ignore()
        if self._pressed is not None and event.button() == Qt.MouseButton.LeftButton:
            place = self._canvas.place_at(self._pressed)
            self._pressed = None
            if place is not None:
                self.placed.emit(place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second of two quick clicks: nothing new."""

    def _hint_at(self, point: QPointF) -> int:
        """The ring under a point, the one on top first."""
        order = sorted(range(len(self._hints)), key=lambda index: (index == self._chosen, index), reverse=True)
        for index in order:
            away = self._canvas.point_of((self._hints[index].x, self._hints[index].y)) - point
            if away.x() ** 2 + away.y() ** 2 <= _REACH**2:
                return index
        return NONE

    def _show_cursor(self, at: QPointF) -> None:
        if self._hint_at(at) != NONE:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        elif self._canvas.is_at_line(at.x()):
            self.setCursor(Qt.CursorShape.SplitHCursor)
        elif self._canvas.place_at(at) is not None:
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.unsetCursor()

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in ARROWS:
            self._move(ARROWS[key], bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif self._picking is not None and key in ENTER:
            place = self._aim or self._middle()
            if place is not None:
                self.picked.emit(self._canvas.point_of(place))
        elif key in ENTER and self._chosen != NONE:
            self.opened.emit()
        elif key in (*ENTER, Qt.Key.Key_Insert):
            place = self._aim or self._middle()
            if place is not None:
                self.placed.emit(place)
                self.opened.emit()
        elif key == Qt.Key.Key_Escape:
            if self._chosen != NONE and self._picking is None:
                self.chosen.emit(NONE)
            else:
                self.left.emit()
        else:
            super().keyPressEvent(event)

    def _move(self, way: tuple[int, int], is_far: bool) -> None:
        hint_moves = self._chosen != NONE and self._picking is None
        if hint_moves:
            start: Point | None = (self._hints[self._chosen].x, self._hints[self._chosen].y)
        else:
            start = self._aim or self._middle()
        if start is None:
            return
        step = _STEP * (10 if is_far else 1)
        place = self._canvas.place_at(self._canvas.point_of(start) + QPointF(way[0] * step, way[1] * step))
        if place is None:
            return
        if hint_moves:
            self.moved.emit(self._chosen, place)
        else:
            self._aim = place
            self.update()

    @property
    def _takes_aim(self) -> bool:
        return self._chosen == NONE

    def event(self, event: QEvent) -> bool:
        """Tab goes through the hints and then on to the next control."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            is_next = event.key() == Qt.Key.Key_Tab
            if (is_next or event.key() == Qt.Key.Key_Backtab) and self._go(1 if is_next else -1):
                return True
        return super().event(event)

    def _go(self, step: int) -> bool:
        """Choose the hint after or before the chosen one, if there is one."""
        after = self._chosen + step if self._chosen != NONE or step > 0 else len(self._hints) - 1
        is_there = 0 <= after < len(self._hints)
        if is_there:
            self.chosen.emit(after)
        return is_there


def _draw_ring(painter: QPainter, middle: QPointF, color: QColor, radius: float, around: QColor | None = None) -> None:
    """A disk of its color in a white ring, told from any photo by a dark line at both sides of the ring."""
    painter.setPen(QPen(QColor(0, 0, 0, 130), 1.2))
    painter.setBrush(QColor(255, 255, 255))
    painter.drawEllipse(middle, radius + 0.6, radius + 0.6)
    painter.setPen(QPen(QColor(0, 0, 0, 90), 1.0))
    painter.setBrush(color)
    painter.drawEllipse(middle, radius - 2.2, radius - 2.2)
    if around is not None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(around, 2.0))
        painter.drawEllipse(middle, radius + 2.4, radius + 2.4)


def _draw_square(painter: QPainter, square: QRectF) -> None:
    """What a hint covers, where that is more than its ring."""
    if square.width() / 2 <= _RADIUS + 4:
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(0, 0, 0, 110), 3.0))
    painter.drawRect(square)
    painter.setPen(QPen(QColor(255, 255, 255, 220), 1.2))
    painter.drawRect(square)
