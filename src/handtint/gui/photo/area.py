"""The place of the photo: the canvas, and over it what there is to say."""

from __future__ import annotations

from PySide6.QtGui import QAction, QColor, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from handtint.gui.canvas.canvas import Canvas
from handtint.gui.canvas.tiles import Tiles
from handtint.gui.parts.theme import Colors
from handtint.gui.photo.notice import Notice
from handtint.gui.trouble import Trouble


class PhotoArea(QWidget):
    def __init__(self, tiles: Tiles, open_action: QAction, close_action: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self.canvas = Canvas(tiles, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas)
        self.trouble = Trouble(open_action, close_action, self)
        self.trouble.hide()
        self.notice = Notice(self)

    def show_trouble(self, sentence: str) -> None:
        """Show the sentence in place of a photo; an empty one takes it away."""
        self.trouble.setVisible(bool(sentence))
        if sentence:
            self.trouble.show_sentence(sentence)
            self._place_trouble()

    def set_colors(self, colors: Colors) -> None:
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
