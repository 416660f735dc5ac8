"""In place of a photo that could not be read: why, and what to do."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from handtint.gui.parts import icons
from handtint.gui.parts.theme import Colors

_WIDTH = 460


class Trouble(QFrame):
    """A card for the middle of the photo's place."""

    def __init__(self, open_action: QAction, close_action: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("trouble")
        self.setFixedWidth(_WIDTH)
        self._icon = QLabel(self)
        title = QLabel(self.tr("This photo could not be opened"), self)
        title.setProperty("role", "title")
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        row = QHBoxLayout()
        row.addStretch()
        for action in (close_action, open_action):
            button = QPushButton(action.text(), self)
            button.setToolTip(action.toolTip())
            button.setAccessibleName(action.iconText())
            button.clicked.connect(action.trigger)
            row.addWidget(button)
        row.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(28, 26, 28, 24)
        layout.setSpacing(12)
        layout.addWidget(self._icon, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(title, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.text)
        layout.addSpacing(4)
        layout.addLayout(row)

    def show_sentence(self, sentence: str) -> None:
        self.text.setText(sentence)
        self.setAccessibleName(sentence)

    def set_colors(self, colors: Colors) -> None:
        self._icon.setPixmap(icons.pixmap("warning", QColor(colors.danger), 36, self.devicePixelRatioF()))
