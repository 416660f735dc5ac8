"""The card at the foot of a photo that a tool is used on: what it says, its controls, take it or leave it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from handtint.gui.parts.keys import ENTER
from handtint.gui.parts.translating import tr

_WIDTH = 560
_KEYS = (Qt.Key.Key_Escape, *ENTER)


class Card(QFrame):
    """Its signals come from the user's actions only.

    Args:
        name: for screen readers.
    """

    taken = Signal()
    left = Signal()

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("chooser")
        self.setAccessibleName(name)
        self.said = QLabel(self)
        self.said.setProperty("role", "muted")
        self.said.setWordWrap(True)
        self.say("")
        self.hide()

    def label(self, text: str, buddy: QWidget) -> QLabel:
        """A label whose letter leads to its control."""
        label = QLabel(text, self)
        label.setBuddy(buddy)
        return label

    def button(self, text: str, tip: str) -> QPushButton:
        """A button that Enter presses where it has the focus."""
        button = QPushButton(text, self)
        button.setToolTip(tip)
        button.setAccessibleName(text.replace("&", ""))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAutoDefault(True)
        return button

    def take_button(self, text: str, tip: str) -> QPushButton:
        """The button that takes what was made."""
        button = self.button(text, tip)
        button.setProperty("role", "primary")
        button.clicked.connect(self.taken)
        return button

    def leave_button(self) -> QPushButton:
        """The button that leaves the photo as it was."""
        button = self.button(tr("turning", "Ca&ncel"), tr("turning", "Leave the photo as it was (Esc)"))
        button.clicked.connect(self.left)
        return button

    def showEvent(self, event: QShowEvent) -> None:
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.setFixedWidth(max(_WIDTH, layout.totalMinimumSize().width()))  # wider in large letters
        super().showEvent(event)

    def lay_out(self, *rows: list[QWidget | None], wide: QWidget | None = None) -> None:
        """What was said, and below it rows of controls; None is what room there is, `wide` takes it."""
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        for widgets in ([self.said], *rows):
            row = QHBoxLayout()
            row.setSpacing(8)
            for widget in widgets:
                if widget is None:
                    row.addStretch()
                else:
                    row.addWidget(widget, 1 if widget is wide else 0)
            column.addLayout(row)

    def say(self, sentence: str) -> None:
        """Say something; an empty sentence takes it away."""
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What no control of ours took: as on the photo."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in ENTER:
            self.taken.emit()
        else:
            super().keyPressEvent(event)
