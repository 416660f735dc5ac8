"""What tools that mark places of the photo share: a layer over the canvas, and a cross that the keyboard moves."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QMouseEvent

from handtint.gui.canvas.canvas import Canvas
from handtint.gui.canvas.overlay import Overlay
from handtint.gui.canvas.viewport import Point

_STEP = 2  # logical pixels for an arrow key, ten times that with Shift


class AimedOverlay(Overlay):
    """Marks places with the mouse, or with the cross."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._at: QPointF | None = None  # where the mouse is
        self._aim: Point | None = None  # where the keyboard's cross stands, in pixels of the photo

    @property
    def _takes_aim(self) -> bool:
        """Whether the cross is wanted when the keyboard comes here."""
        return True

    def _move(self, way: tuple[int, int], is_far: bool) -> None:
        start, step = self._aim or self._middle(), _STEP * (10 if is_far else 1)
        if start is not None:
            place = self._canvas.place_at(self._canvas.point_of(start) + QPointF(way[0] * step, way[1] * step))
            self._aim = place or self._aim
            self.update()

    def _middle(self) -> Point | None:
        """The place in the middle of the view, in the half that shows the result."""
        view = self._canvas.view
        return self._canvas.place_at(self._canvas.point_of((view.x, view.y)))

    def focusInEvent(self, event: QFocusEvent) -> None:
        by_key = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if by_key and self._aim is None and self._takes_aim:
            self._aim = self._middle()
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second of two quick clicks is one of its own."""
        self.mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._at = None
        self.update()
        super().leaveEvent(event)
