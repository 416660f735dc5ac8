"""The photos of an album as a list for a view: filtered and sorted here, since 5,000 calls back would take too long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QAbstractListModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt

from handtint.album.photos import AlbumPhoto, Show, Sort, State, arranged

PHOTO = Qt.ItemDataRole.UserRole  # an AlbumPhoto
Index = QModelIndex | QPersistentModelIndex


class AlbumModel(QAbstractListModel):
    """Rows are the photos shown now."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.photos: list[AlbumPhoto] = []  # all of them, as found
        self._asked = ("", Show.ALL, Sort.NAME)
        self._by_path: dict[Path, AlbumPhoto] = {}
        self._shown: list[AlbumPhoto] = []
        self._rows: dict[Path, int] = {}

    @property
    def shown(self) -> Sequence[AlbumPhoto]:
        """Those of the rows, in their order."""
        return self._shown

    def photo(self, path: Path) -> AlbumPhoto | None:
        return self._by_path.get(path)

    def row(self, path: Path) -> int:
        """Where a photo is shown; -1 where it is not."""
        return self._rows.get(path, -1)

    def set_photos(self, photos: Sequence[AlbumPhoto]) -> None:
        """Other photos altogether."""
        self.photos = list(photos)
        self._by_path = {photo.path: photo for photo in self.photos}
        self._put(arranged(self.photos, *self._asked))

    def arrange(self, text: str, show: Show, sort: Sort) -> None:
        """Show and sort by this."""
        self._asked = (text, show, sort)
        self.refresh()

    def refresh(self) -> None:
        """Show and sort anew; does nothing where the rows would stay as they are."""
        wanted = arranged(self.photos, *self._asked)
        if wanted != self._shown:
            self._put(wanted)

    def _put(self, photos: list[AlbumPhoto]) -> None:
        self.beginResetModel()
        self._shown = photos
        self._rows = {photo.path: row for row, photo in enumerate(photos)}
        self.endResetModel()

    def tell(self, paths: Iterable[Path]) -> None:
        """These photos changed, or their pictures did."""
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
            return "\n".join(filter(None, [str(photo.path), self._words(photo), photo.text]))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(filter(None, [photo.path.name, self._words(photo), photo.text]))
        return None

    def _words(self, photo: AlbumPhoto) -> str:
        """What is to be said of a photo's state, in a few words."""
        words = [state_word(photo)]
        if photo.is_marked:
            words.append(self.tr("marked"))
        if photo.has_own:
            words.append(self.tr("settings of its own"))
        if photo.verdict is not None:
            words.append(self.tr("accepted") if photo.verdict == "accepted" else self.tr("rejected"))
        return ", ".join(words)


def state_word(photo: AlbumPhoto) -> str:
    """The state of a photo as a word or two."""
    if photo.state is State.DONE and photo.is_stale:
        return _tr("set otherwise since it was done")
    return {
        State.TODO: _tr("to do"),
        State.MAKING: _tr("at work"),
        State.DONE: _tr("done"),
        State.FAILED: _tr("failed"),
        State.SKIPPED: _tr("skipped"),
    }[photo.state]


def _tr(text: str) -> str:
    return QCoreApplication.translate("album", text)
