"""The card at the foot of a photo that a tool is used on: what it says, its controls, take it or leave it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from handtint.gui.parts.fitting import FieldName
from handtint.gui.parts.flow import Flow
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
        self._rows: list[Flow] = []
        self.said = QLabel(self)
        self.said.setProperty("role", "muted")
        self.said.setWordWrap(True)
        self.say("")
        self.hide()

    def label(self, text: str, buddy: QWidget) -> QLabel:
        """A label whose letter leads to its control."""
        return FieldName(text, buddy, self)

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

    def fit(self, room: int) -> None:
        """Be as wide as the rows need, whose lines break where that is more than `room`, and as tall as that takes."""
        layout = self.layout()
        assert layout is not None
        layout.activate()
        margins = layout.contentsMargins()
        wanted = max(row.sizeHint().width() for row in self._rows) + margins.left() + margins.right()
        width = max(min(max(_WIDTH, wanted), room), layout.totalMinimumSize().width())
        self.setFixedSize(width, layout.totalHeightForWidth(width))

    def lay_out(self, *rows: list[QWidget | None]) -> None:
        """What was said, and below it rows of controls; None is what room there is."""
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        column.addWidget(self.said)
        for widgets in rows:
            row = Flow()
            for widget in widgets:
                if widget is None:
                    row.add_stretch()
                else:
                    row.addWidget(widget)
            column.addLayout(row)
            self._rows.append(row)

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
