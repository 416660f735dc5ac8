"""The open photos in a row below; a click shows one. Colored photos show their color."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QImage, QPainter
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListView, QListWidget, QListWidgetItem, QWidget

from handtint.gui.parts import icons
from handtint.gui.parts.theme import Colors
from handtint.gui.parts.translating import tr
from handtint.gui.parts.words import isolated
from handtint.gui.session.open_photo import OpenPhoto, PhotoState

_THUMBNAIL = QSize(76, 56)
_HEIGHT = 84


class Filmstrip(QFrame):
    """The open photos as a row of small pictures."""

    chosen = Signal(object)  # OpenPhoto

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self.setFixedHeight(_HEIGHT)
        self._photos: list[OpenPhoto] = []
        self._shown: list[tuple[int, PhotoState]] = []  # what each item shows, so that only changes are drawn
        self._colors: Colors | None = None
        self.list = QListWidget(self)
        self.list.setAccessibleName(tr("photo", "Open photos"))
        self.list.setToolTip(tr("photo", "Open photos: choose the one to show"))
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setFlow(QListView.Flow.LeftToRight)
        self.list.setSelectionMode(QListView.SelectionMode.ExtendedSelection)  # settings are pasted to several
        self.list.setWrapping(False)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setIconSize(_THUMBNAIL)
        self.list.setGridSize(QSize(_THUMBNAIL.width() + 14, _THUMBNAIL.height() + 14))
        self.list.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 4, 10, 2)
        layout.addWidget(self.list)
        self.list.currentRowChanged.connect(self._choose)

    @property
    def selected(self) -> list[OpenPhoto]:
        """The photos that are chosen, with Ctrl or Shift several."""
        return [self._photos[index.row()] for index in self.list.selectedIndexes() if index.row() < len(self._photos)]

    def show_photos(self, photos: Sequence[OpenPhoto], current: OpenPhoto | None) -> None:
        """Show these photos, one of them chosen."""
        with QSignalBlocker(self.list):
            if list(photos) != self._photos:
                self._photos = list(photos)
                self._shown = []
                self.list.clear()
                for photo in self._photos:
                    item = QListWidgetItem(self.list)
                    item.setToolTip(isolated(photo.name))
                    item.setData(Qt.ItemDataRole.AccessibleTextRole, photo.name)
            shown = [(photo.thumbnail.cacheKey() if photo.thumbnail else 0, photo.state) for photo in self._photos]
            for index, photo in enumerate(self._photos):
                if self._shown[index : index + 1] != shown[index : index + 1]:
                    self.list.item(index).setIcon(self._icon(photo))
            self._shown = shown
            row = self._photos.index(current) if current in self._photos else -1
            if row != self.list.currentRow():
                self.list.setCurrentRow(row)
                if row >= 0:
                    self.list.scrollToItem(self.list.item(row))

    def set_colors(self, colors: Colors) -> None:
        """Take on the theme's colors."""
        self._colors = colors
        self._shown = []
        self.show_photos(self._photos, self._current())

    def _current(self) -> OpenPhoto | None:
        row = self.list.currentRow()
        return self._photos[row] if 0 <= row < len(self._photos) else None

    def _choose(self, row: int) -> None:
        if 0 <= row < len(self._photos):
            self.chosen.emit(self._photos[row])

    def _icon(self, photo: OpenPhoto) -> QIcon:
        ratio = self.devicePixelRatioF()
        if photo.thumbnail is not None and not photo.thumbnail.isNull():
            pixmap = icons.rounded(photo.thumbnail, _THUMBNAIL, ratio)
        else:
            blank = QImage(_THUMBNAIL * ratio, QImage.Format.Format_RGB32)
            blank.fill(QColor(self._colors.hover if self._colors else "gray"))
            if photo.state is PhotoState.UNREADABLE and self._colors is not None:
                sign = icons.pixmap("warning", QColor(self._colors.danger), 28, ratio)
                sign.setDevicePixelRatio(1)
                painter = QPainter(blank)
                painter.drawPixmap(blank.rect().center() - sign.rect().center(), sign)
                painter.end()
            pixmap = icons.rounded(blank, _THUMBNAIL, ratio)
        icon = QIcon(pixmap)
        icon.addPixmap(pixmap, QIcon.Mode.Selected)  # or Fusion tints it, and color could not be judged
        return icon
