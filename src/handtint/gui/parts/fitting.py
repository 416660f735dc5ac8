"""What is taller than its place: it can be scrolled, and the wheel that does so changes no control on its way."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractSlider, QComboBox, QFrame, QScrollArea, QScrollBar, QWidget


class Scrolled(QScrollArea):
    """Shows `inside` at its full width, and scrolls it up and down where there is too little room.

    Tab brings the control with the focus into view; a control follows the wheel only while it has the focus.
    """

    def __init__(self, inside: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inside)
        for control in inside.findChildren(QWidget):
            if isinstance(control, QAbstractSlider | QComboBox) and not isinstance(control, QScrollBar):
                control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # not by the wheel itself
                control.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()  # goes on to this area
            return True
        return super().eventFilter(watched, event)
