"""What an album's workspace says of all its photos: brought up to date as they change, and not too often."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from handtint.album.photos import AlbumPhoto, Show, Sort, count_states
from handtint.gui.album.album import Album
from handtint.gui.album.restoring import Restoring
from handtint.gui.album.workspace import AlbumWorkspace

_SUMMARY_MS = 250  # counts and sort order are brought up to date at most this often
_MANY = 200  # changed photos from which redrawing the whole view is cheaper than updating row by row


class Summary(QObject):
    """See the module's text.

    Attributes:
        has_results: whether any photo of the album has a result.
    """

    def __init__(self, album: Album, workspace: AlbumWorkspace, restoring: Restoring, parent: QObject) -> None:
        super().__init__(parent)
        self._album, self._workspace, self._restoring = album, workspace, restoring
        self.has_results = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SUMMARY_MS)
        self._timer.timeout.connect(self._refresh)

    def follow(self, paths: Sequence[Path] | None) -> None:
        """Show what changed about these photos, or about all."""
        self._workspace.grid.update_thumbnails()
        if paths is None or len(paths) > _MANY:
            self._workspace.grid.viewport().update()
        else:
            self._album.model.update_rows(paths)
        if not self._timer.isActive():
            self._timer.start()

    def follow_results(self, photos: Sequence[AlbumPhoto]) -> None:
        """Show these photos' new results."""
        for photo in photos:
            self._workspace.grid.refresh(photo)

    def show_counts(self) -> None:
        """Count the photos anew, and say what is selected."""
        counts = count_states(self._album.model.photos)
        self.has_results = bool(counts["done"])
        self._workspace.show_counts(counts)
        self._workspace.show_selection()
        self._restoring.show_counts(counts)

    def arrange(self, text: str, show: Show, sort: Sort) -> None:
        """Show these photos only, in that order."""
        self._album.model.arrange(text, show, sort)
        self._workspace.grid.scroll_to_current()
        if sort is Sort.DATE:
            self._album.look_up_dates(self._album.model.refresh)

    def stop(self) -> None:
        """Show nothing any more."""
        self._timer.stop()

    def _refresh(self) -> None:
        """Bring sort order, counts and panel up to date."""
        self._album.model.refresh()
        self.show_counts()
