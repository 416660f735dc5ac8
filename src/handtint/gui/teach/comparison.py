"""Held-out photos side by side: colored by the parent model, by the new model, and the original.

The trainer writes them as one sheet of square photos, with rows for the gray photo, the parent's color, the new model's
and the original (see `training/measuring/validation.py`).
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QSizePolicy, QWidget

from handtint.gui.parts.theme import Colors

_ROWS = 4  # of the sheet
_PARENT, _NEW, _ORIGINAL = 1, 2, 3
_SHOWN = (_PARENT, _NEW, _ORIGINAL)  # from left to right
_GAP = 6
_SCROLL_BAR = 10  # its width in our style, with a margin; logical pixels


class SheetView(QWidget):
    """One row for each photo, as wide as there is room."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._sheet = QImage()
        self._empty = ""
        self._room = 1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    @property
    def count(self) -> int:
        """How many photos there are."""
        return 0 if self._sheet.isNull() else self._sheet.width() // self._side

    def show_sheet(self, sheet: QImage, empty: str) -> None:
        """Show a sheet, or the sentence `empty` where it is a null image."""
        self._sheet, self._empty = sheet, empty
        self._make_room()
        self.update()

    @property
    def _side(self) -> int:
        return max(self._sheet.height() // _ROWS, 1)

    @property
    def _cell(self) -> int:
        """Logical pixels."""
        return max((self._room - _GAP * (len(_SHOWN) - 1)) // len(_SHOWN), 1)

    def set_room(self, width: int) -> None:
        """Set the width for the photos, the same with and without a scroll bar."""
        self._room = width
        self._make_room()

    def _make_room(self) -> None:
        self.setMinimumHeight(max(self.count * (self._cell + _GAP) - _GAP, 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self.count:
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(24, 24, -24, -24), flags, self._empty)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        side, cell = self._side, self._cell
        for photo in range(self.count):
            for column, row in enumerate(_SHOWN):
                target = QRect(QPoint(column * (cell + _GAP), photo * (cell + _GAP)), QSize(cell, cell))
                if target.intersects(event.rect()):
                    painter.drawImage(QRectF(target), self._sheet, QRectF(photo * side, row * side, side, side))


class Comparison(QWidget):
    """The photos, with the names of the models above them."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._shown: tuple[Path, int] | None = None
        self.photos = SheetView(self)
        self.area = QScrollArea(self)
        self.area.setObjectName("sheet")
        self.area.setWidget(self.photos)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.area.setAccessibleName(self.tr("Photos for comparison"))
        self.area.setToolTip(self.tr("The new model never learns from these photos"))
        self.area.viewport().setAutoFillBackground(False)
        self.names = [QLabel(self) for _ in _SHOWN]
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(_GAP)
        layout.setVerticalSpacing(_GAP)
        for column, label in enumerate(self.names):
            label.setProperty("role", "section")
            label.setMinimumWidth(0)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            layout.addWidget(label, 0, column)
            layout.setColumnStretch(column, 1)
        layout.setColumnMinimumWidth(len(_SHOWN), _SCROLL_BAR)
        layout.addWidget(self.area, 1, 0, 1, len(_SHOWN) + 1)
        layout.setRowStretch(1, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.photos.set_room(self.width() - _GAP - _SCROLL_BAR)

    def set_names(self, parent: str, new: str) -> None:
        """Set the names above the columns."""
        texts = (parent, self.tr("{0} (new)").format(new), self.tr("Original"))
        for label, text in zip(self.names, texts, strict=True):
            label.setText(text)
            label.setToolTip(text)

    def show_sheet(self, path: Path | None, number: int) -> None:
        """Show the sheet at `path`; `number` tells it from an earlier one of the same name."""
        if path is None:
            self._shown = None
            empty = self.tr("Once the photos are read, some of them appear here, colored by both models.")
            self.photos.show_sheet(QImage(), empty)
        elif self._shown != (path, number):
            image = QImage(str(path))
            if not image.isNull():
                self._shown = (path, number)
                self.photos.show_sheet(image.convertToFormat(QImage.Format.Format_RGB32), "")

    def set_colors(self, colors: Colors) -> None:
        """Follow the theme."""
        palette = self.photos.palette()
        palette.setColor(QPalette.ColorRole.PlaceholderText, QColor(colors.muted))
        self.photos.setPalette(palette)
