"""What has too little room: panels taller than their place can be scrolled, names too long are cut in the middle."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractSlider,
    QComboBox,
    QFrame,
    QLabel,
    QScrollArea,
    QScrollBar,
    QSizePolicy,
    QStackedWidget,
    QWidget,
)

_LEAST = 48  # logical pixels of a name


class Scrolled(QScrollArea):
    """Shows `inside` at its full width, and scrolls it up and down where there is too little room; sideways, too, where
    very large letters need more width than there is.

    Tab brings the control with the focus into view; a control follows the wheel only while it has the focus.
    """

    def __init__(self, inside: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self._inside = inside
        self.setWidget(inside)
        for control in inside.findChildren(QWidget):
            if isinstance(control, QAbstractSlider | QComboBox) and not isinstance(control, QScrollBar):
                control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # not by the wheel itself
                control.installEventFilter(self)

    def width_wanted(self) -> int:
        """The width at which nothing needs to be scrolled sideways."""
        return self._inside.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()  # goes on to this area
            return True
        return super().eventFilter(watched, event)


class Stack(QStackedWidget):
    """One widget at a time, and only that one says how much room is needed at least."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.currentChanged.connect(self._give_room)
        self.widgetAdded.connect(self._give_room)

    def _give_room(self) -> None:
        policy = QSizePolicy.Policy
        for widget in map(self.widget, range(self.count())):
            assert widget is not None
            wanted = policy.Preferred if widget is self.currentWidget() else policy.Ignored
            widget.setSizePolicy(wanted, wanted)


class ElidedLabel(QLabel):
    """Gives way where there is no room: cut in the middle for the eye, whole for a screen reader."""

    def __init__(self, parent: QWidget, role: str = "title") -> None:
        super().__init__(parent)
        self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._whole = ""

    def show_text(self, text: str, tip: str) -> None:
        """Show a text, cut off where it is too long."""
        self._whole = " ".join(text.splitlines())
        self.setAccessibleName(text)
        self.setToolTip(tip)
        self._elide()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        self.ensurePolished()
        return QSize(self.fontMetrics().horizontalAdvance(self._whole) + 2, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(min(_LEAST, self.sizeHint().width()), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideMiddle, self.width())
        if shown != self.text():
            self.setText(shown)
