"""What is chosen in an album, and what hands set for it: settings of the selected photos, or of all."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from handtint.gui.album.album import Album
from handtint.gui.album.page import AlbumPage
from handtint.gui.session.open_photo import OpenPhoto, Stage


class Choice(QObject):
    """Keeps the panel beside the grid in step with the selection, and the album with the panel."""

    shown = Signal()

    def __init__(self, album: Album, page: AlbumPage) -> None:
        super().__init__(page)
        self._album, self._page = album, page
        page.grid.selection_changed.connect(self.show)
        page.side.settings_chosen.connect(self._set)
        page.side.settings_dropped.connect(self._drop)

    def show(self) -> None:
        """Show the settings of what is chosen now."""
        album, chosen = self._album, self._page.grid.selected
        first = album.settings_of(chosen[0].path) if chosen else album.settings_of(Path())
        others = (album.settings_of(photo.path) for photo in chosen)
        is_mixed = any(other is not first and other != first for other in others)
        self._page.side.show_choice(chosen, len(album.model.photos), first, is_mixed)
        self.shown.emit()

    def take(self, photo: OpenPhoto) -> None:
        """Keep what is set for a photo of the album while it is looked at by itself."""
        if photo.stage not in (Stage.READY, Stage.COLORING, Stage.DONE):
            return
        if photo.settings != self._album.settings_of(photo.path):
            notes = self._album.notes
            is_albums = notes is not None and photo.settings == notes.settings
            self._album.set_own({photo.path: None if is_albums else photo.settings})
        photo.saved_look, photo.kept_hints = photo.look, photo.settings.hints

    def _set(self, values: dict[str, float]) -> None:
        """Change these for the selected photos, else for the album; the rest of their settings stays."""
        album, chosen = self._album, [photo.path for photo in self._page.grid.selected]
        if chosen:
            before = {path: album.settings_of(path) for path in chosen}
            after = {known: dataclasses.replace(known, **values) for known in set(before.values())}
            album.set_own({path: after[known] for path, known in before.items()})
        elif album.notes is not None:
            album.set_all(dataclasses.replace(album.notes.settings, **values))
        self.show()

    def _drop(self) -> None:
        self._album.set_own({photo.path: None for photo in self._page.grid.selected})
        self.show()
