"""The grid of an album's photos. Thumbnails are made for what is in view, and one screen before and after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QListView, QStyle, QWidget

from handtint.album.photos import AlbumPhoto
from handtint.gui.album.actions import CellView
from handtint.gui.album.cell import BOX, CELL, AlbumCell
from handtint.gui.album.model import AlbumModel
from handtint.gui.album.thumbnails import Thumbnails
from handtint.gui.parts.theme import Colors
from handtint.gui.parts.translating import tr
from handtint.gui.parts.worker import Worker
from handtint.recipe.recipe import Recipe

_DELAY_MS = 15  # while scrolling, thumbnails are requested at most this often


class AlbumGrid(QListView):
    """Shows an `AlbumModel`.

    Args:
        result_of: gives the file with a photo's result, None where it has none.
        recipe_of: gives what is asked of a photo of the album.
    """

    opened = Signal(object)  # Path
    selection_changed = Signal()

    def __init__(
        self,
        model: AlbumModel,
        worker: Worker,
        result_of: Callable[[AlbumPhoto], Path | None],
        recipe_of: Callable[[Path], Recipe],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("albumgrid")
        self._model, self._result_of = model, result_of

        def asked_of(path: Path) -> Recipe:
            return recipe_of(path) if model.photo(path) is not None else Recipe()  # a result is shown as it is

        self.thumbnails = Thumbnails(worker, BOX * self.devicePixelRatioF(), asked_of, self)
        self.cell = AlbumCell(self._pictures, self)
        self._selected: list[AlbumPhoto] | None = None  # until the selection changes
        self._kept: tuple[list[Path], Path | None, int] = ([], None, 0)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(_DELAY_MS)
        self._delay.timeout.connect(self._request_thumbnails)
        self.setAccessibleName(tr("album", "Photos of the album"))
        self.setToolTip(tr("album", "Photos of the album; press Enter to open one"))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setGridSize(QSize(self.cell.width, self.cell.height))
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setSelectionRectVisible(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setItemDelegate(self.cell)
        self.setModel(model)
        self.verticalScrollBar().setSingleStep(self.cell.height // 4)
        model.modelAboutToBeReset.connect(self._keep)
        model.modelReset.connect(self._restore)
        self.selectionModel().selectionChanged.connect(self._tell_selection)
        self.doubleClicked.connect(lambda index: self._open(index.row()))
        self.verticalScrollBar().valueChanged.connect(lambda: self.update_thumbnails())
        self.thumbnails.arrived.connect(self._show_picture)

    # selection

    @property
    def current(self) -> AlbumPhoto | None:
        """The photo that has the focus."""
        row = self.currentIndex().row()
        return self._model.shown[row] if 0 <= row < len(self._model.shown) else None

    @property
    def selected(self) -> list[AlbumPhoto]:
        """The selected photos, in the order of the grid."""
        if self._selected is None:
            selection = self.selectionModel().selection()
            rows: set[int] = set()
            for part in map(selection.at, range(selection.count())):
                rows.update(range(part.top(), part.bottom() + 1))
            self._selected = [self._model.shown[row] for row in sorted(rows) if row < len(self._model.shown)]
        return self._selected

    def select(self, paths: Sequence[Path], current: Path | None = None) -> None:
        """Select these, and give one the focus."""
        rows = sorted(row for row in map(self._model.row, paths) if row >= 0)
        selection = QItemSelection()
        start = 0
        for place in range(1, len(rows) + 1):  # one range for neighboring rows
            if place == len(rows) or rows[place] != rows[place - 1] + 1:
                selection.select(self._model.index(rows[start]), self._model.index(rows[place - 1]))
                start = place
        row = self._model.row(current) if current is not None else -1
        if row >= 0:
            index = self._model.index(row)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def scroll_to_current(self) -> None:
        """Scroll to the photo that has the focus."""
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def _keep(self) -> None:
        current = self.current.path if self.current is not None else None
        self._kept = ([photo.path for photo in self.selected], current, self.verticalScrollBar().value())

    def _restore(self) -> None:
        paths, current, value = self._kept
        self._selected = None
        if value:  # else it is laid out once, when it is seen: 15 ms for 5,000 photos
            self.executeDelayedItemsLayout()
        self.select(paths, current)
        self.verticalScrollBar().setValue(value)
        self._tell_selection()
        self.update_thumbnails()

    def _tell_selection(self) -> None:
        self._selected = None
        self.selection_changed.emit()

    # thumbnails

    def update_thumbnails(self) -> None:
        """Request the thumbnails of what is in view, in a moment."""
        if not self._delay.isActive():
            self._delay.start()

    def set_view(self, view: CellView) -> None:
        """Show originals, results, or half of each."""
        self.cell.view = view
        self.update_thumbnails()
        self.viewport().update()

    def set_colors(self, colors: Colors) -> None:
        """Take on the theme's colors."""
        self.cell.set_colors(colors)
        self.viewport().update()

    def refresh(self, photo: AlbumPhoto) -> None:
        """Load the photo's result again: the file changed."""
        result = self._result_of(photo)
        if result is not None:
            self.thumbnails.drop(result)
        self.update_thumbnails()

    def in_view(self) -> range:
        """The rows on screen."""
        count = len(self._model.shown)
        if not count:
            return range(0)
        first = self.visualRect(self._model.index(0))
        columns = 1
        while columns < count and self.visualRect(self._model.index(columns)).top() == first.top():
            columns += 1
        above = max(-first.top() // self.cell.height, 0)
        lines = self.viewport().height() // self.cell.height + 2
        return range(min(above * columns, count), min((above + lines) * columns, count))

    def _request_thumbnails(self) -> None:
        seen = self.in_view()
        after = range(seen.stop, min(seen.stop + len(seen), len(self._model.shown)))
        before = range(max(seen.start - len(seen), 0), seen.start)
        paths: list[Path] = []
        for row in (*seen, *after, *before):
            photo = self._model.shown[row]
            paths.append(photo.path)
            result = self._result_of(photo) if self.cell.view is not CellView.ORIGINAL else None
            if result is not None:
                paths.append(result)
        self.thumbnails.request(paths)

    def _pictures(self, photo: AlbumPhoto) -> tuple[QImage | None, QImage | None]:
        result = self._result_of(photo)
        return self.thumbnails.get(photo.path), None if result is None else self.thumbnails.get(result)

    def _show_picture(self, path: Path) -> None:
        photo = self._model.photo(path)
        if photo is not None:
            image = self.thumbnails.get(path)
            photo.is_broken = image is not None and image.isNull()
            self._model.update_rows([path])
        else:  # a result
            self.viewport().update()

    # events

    def _open(self, row: int) -> None:
        if 0 <= row < len(self._model.shown):
            self.opened.emit(self._model.shown[row].path)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current is not None:
            self._open(self.currentIndex().row())
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()  # the window's
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        bar = self.verticalScrollBar()
        room = self.viewport().width() - 1
        if not bar.isVisible():  # a list view leaves room for it all the same
            room -= self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent, None, bar)
        width = room // max(room // CELL.width(), 1)  # the cells share the width that is left over
        if width != self.gridSize().width():
            self.cell.width = width
            self.setGridSize(QSize(width, self.cell.height))
        super().resizeEvent(event)
        self.update_thumbnails()

    def sizeHint(self) -> QSize:
        return QSize(CELL.width() * 4, self.cell.height * 3)
