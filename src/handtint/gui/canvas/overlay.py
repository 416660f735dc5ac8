"""What lies over a canvas: marks, frames, pictures of their own."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget


class Overlay(QWidget):
    """Lies over all of a canvas, as its child; hidden at first."""

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._below = canvas
        canvas.installEventFilter(self)
        self.setGeometry(canvas.rect())
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._below:
            self.setGeometry(self._below.rect())
        return super().eventFilter(watched, event)
