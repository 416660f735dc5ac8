"""The place of the photo: the canvas, and over it messages; in place of a photo that cannot be read, why."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QColor, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from handtint.gui.canvas.canvas import Canvas
from handtint.gui.canvas.tiles import Tiles
from handtint.gui.parts import icons
from handtint.gui.parts.theme import Colors
from handtint.gui.parts.translating import tr
from handtint.gui.photo.notice import Notice

_TROUBLE_WIDTH = 460


class PhotoArea(QWidget):
    """Canvas, notice and trouble on one another."""

    part_wanted = Signal()  # of the photo that could not be opened whole

    def __init__(self, tiles: Tiles, open_action: QAction, close_action: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self.canvas = Canvas(tiles, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.canvas, 1)
        self.trouble = Trouble(open_action, close_action, self)
        self.trouble.hide()
        self.trouble.part.clicked.connect(self.part_wanted)
        self.notice = Notice(self)

    def add_head(self, bar: QWidget) -> None:
        """Let a bar take some of the room above the canvas while it is shown."""
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(0, bar)

    def show_trouble(self, sentence: str, has_part: bool = False) -> None:
        """Show the sentence in place of a photo, and offer what is there of it; an empty one takes it away."""
        self.trouble.setVisible(bool(sentence))
        if sentence:
            self.trouble.show_sentence(sentence, has_part)
            self._place_trouble()

    def set_colors(self, colors: Colors) -> None:
        """Take on the theme's colors."""
        self.canvas.surround = QColor(colors.surround)
        self.canvas.update()
        self.trouble.set_colors(colors)
        self.notice.set_colors(colors)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_trouble()

    def _place_trouble(self) -> None:
        layout = self.trouble.layout()
        if layout is None:
            return
        width = self.trouble.width()
        height = max(layout.heightForWidth(width), layout.minimumSize().height())
        self.trouble.resize(width, height)
        self.trouble.move((self.width() - width) // 2, max((self.height() - height) // 2, 0))


class Trouble(QFrame):
    """A card for the middle of the photo's place."""

    def __init__(self, open_action: QAction, close_action: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("trouble")
        self.setFixedWidth(_TROUBLE_WIDTH)
        self._icon = QLabel(self)
        title = QLabel(tr("photo", "This photo could not be opened"), self)
        title.setProperty("role", "title")
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.part = QPushButton(tr("photo", "Open What Is &There"), self)
        self.part.setToolTip(tr("photo", "Open as much of the photo as its file contains; what is missing is gray"))
        self.part.setAccessibleName(tr("photo", "Open What Is There"))
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(self.part)
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

    def show_sentence(self, sentence: str, has_part: bool) -> None:
        """Show what went wrong."""
        self.text.setText(sentence)
        self.part.setVisible(has_part)
        self.setAccessibleName(sentence)

    def set_colors(self, colors: Colors) -> None:
        """Take on the theme's colors."""
        self._icon.setPixmap(icons.pixmap("warning", QColor(colors.danger), 36, self.devicePixelRatioF()))
