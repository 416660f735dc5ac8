"""The photos of an album as a list model that filters and sorts by itself: a proxy calls back for every photo."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from handtint.album.photos import AlbumPhoto, Show, Sort, State, arranged
from handtint.gui.parts.translating import tr, translated
from handtint.gui.parts.words import isolated

PHOTO = Qt.ItemDataRole.UserRole  # an AlbumPhoto
Index = QModelIndex | QPersistentModelIndex


class AlbumModel(QAbstractListModel):
    """Its rows are the photos shown at present."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.photos: list[AlbumPhoto] = []  # all photos, in the order they were found
        self._arrangement = ("", Show.ALL, Sort.NAME)
        self._by_path: dict[Path, AlbumPhoto] = {}
        self._shown: list[AlbumPhoto] = []
        self._rows: dict[Path, int] = {}

    @property
    def shown(self) -> Sequence[AlbumPhoto]:
        """The photos of the rows, in order."""
        return self._shown

    def photo(self, path: Path) -> AlbumPhoto | None:
        """The photo of a row."""
        return self._by_path.get(path)

    def row(self, path: Path) -> int:
        """The row of a photo; -1 where it is not shown."""
        return self._rows.get(path, -1)

    def set_photos(self, photos: Sequence[AlbumPhoto]) -> None:
        """Replace all photos."""
        self.photos = list(photos)
        self._by_path = {photo.path: photo for photo in self.photos}
        self._put(arranged(self.photos, *self._arrangement))

    def arrange(self, text: str, show: Show, sort: Sort) -> None:
        """Set which photos are shown, and in which order."""
        self._arrangement = (text, show, sort)
        self.refresh()

    def refresh(self) -> None:
        """Filter and sort again; does nothing where the rows stay the same."""
        wanted = arranged(self.photos, *self._arrangement)
        if wanted != self._shown:
            self._put(wanted)

    def _put(self, photos: list[AlbumPhoto]) -> None:
        self.beginResetModel()
        self._shown = photos
        self._rows = {photo.path: row for row, photo in enumerate(photos)}
        self.endResetModel()

    def update_rows(self, paths: Iterable[Path]) -> None:
        """Draw these photos again: they or their thumbnails changed."""
        for path in paths:
            row = self._rows.get(path)
            if row is not None:
                index = self.index(row)
                self.dataChanged.emit(index, index)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not 0 <= index.row() < len(self._shown):
            return None
        photo = self._shown[index.row()]
        if role == PHOTO:
            return photo
        if role == Qt.ItemDataRole.DisplayRole:
            return photo.path.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(filter(None, [isolated(photo.path), self._words(photo), translated(photo.text)]))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(filter(None, [photo.path.name, self._words(photo), translated(photo.text)]))
        return None

    def _words(self, photo: AlbumPhoto) -> str:
        """The state of a photo in a few words."""
        words = [state_word(photo)]
        if photo.is_marked:
            words.append(tr("album", "marked"))
        if photo.has_own:
            words.append(tr("album", "own settings"))
        if photo.verdict is not None:
            words.append(tr("album", "accepted") if photo.verdict == "accepted" else tr("album", "rejected"))
        return ", ".join(words)


def state_word(photo: AlbumPhoto) -> str:
    """The state of a photo as a word or two."""
    if photo.state is State.DONE and photo.is_stale:
        return tr("album", "settings changed since")
    return {
        State.TODO: tr("album", "to do"),
        State.MAKING: tr("album", "in progress"),
        State.DONE: tr("album", "done"),
        State.FAILED: tr("album", "failed"),
        State.SKIPPED: tr("album", "skipped"),
    }[photo.state]
