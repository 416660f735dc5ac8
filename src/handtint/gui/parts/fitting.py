"""What has too little room: panels taller than their place can be scrolled, names too long are cut in the middle, what
a box to check says goes on in a next line."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractSlider,
    QCheckBox,
    QComboBox,
    QFrame,
    QLabel,
    QScrollArea,
    QScrollBar,
    QSizePolicy,
    QStackedWidget,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QWidget,
)

from handtint.gui.parts.words import isolated

_LEAST = 48  # logical pixels of a name
_LEAST_WORDS = 16  # average letters, of what a box says, in a line


def give_room(label: QLabel, longest: str) -> None:
    """Let a label that shows a changing value keep its width, whatever the size of letters."""
    label.setMinimumWidth(label.fontMetrics().horizontalAdvance(longest) + 2)


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


class FieldName(QLabel):
    """The name of a field, whose key leads to it.

    Qt measures a text as if its letters kept together, but draws the underlined letter by itself: in `&Taille` a wider
    way off the next one, so that the last letter was cut.
    """

    def __init__(self, text: str, field: QWidget, parent: QWidget) -> None:
        super().__init__(text, parent)
        self.setBuddy(field)

    def sizeHint(self) -> QSize:
        return super().sizeHint() + QSize(self._apart(), 0)

    def minimumSizeHint(self) -> QSize:
        return super().minimumSizeHint() + QSize(self._apart(), 0)

    def _apart(self) -> int:
        """Pixels by which the parts of the text are wider than the whole."""
        before, _, rest = self.text().partition("&")
        advance = self.fontMetrics().horizontalAdvance
        return max(sum(map(advance, (before, rest[:1], rest[1:]))) - advance(before + rest), 0)


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
        self.setToolTip(isolated(tip))
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
        shown = isolated(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideMiddle, self.width()))
        if shown != self.text():
            self.setText(shown)


class WrappedCheckBox(QCheckBox):
    """A box to check whose words go on in a next line where there is too little room."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        policy = self.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Preferred)
        policy.setVerticalPolicy(QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def minimumSizeHint(self) -> QSize:
        whole = super().sizeHint()
        words = max(map(self._width_of, self.text().split()), default=0)
        least = max(words, self.fontMetrics().averageCharWidth() * _LEAST_WORDS)
        return QSize(min(whole.width(), self._beside() + least), whole.height())

    def heightForWidth(self, width: int) -> int:
        more = len(self._lines(width)) - 1
        return super().sizeHint().height() + more * self.fontMetrics().lineSpacing()

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = "\n".join(self._lines(self.width()))  # type: ignore[attr-defined]
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_CheckBox, option)

    def _beside(self) -> int:
        """Pixels that are not for words."""
        return super().sizeHint().width() - self._width_of(self.text())

    def _width_of(self, words: str) -> int:
        return self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, words).width()

    def _lines(self, width: int) -> list[str]:
        room = width - self._beside()
        lines: list[str] = []
        for word in self.text().split(" "):
            if lines and self._width_of(f"{lines[-1]} {word}") <= room:
                lines[-1] += " " + word
            else:
                lines.append(word)
        return lines
