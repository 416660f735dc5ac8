"""Settings of single photos of the album: set while one is open on its own, by a preset, and its result made anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from handtint.album.photos import AlbumPhoto
from handtint.gui.album.album import Album
from handtint.gui.album.runs import AlbumRuns
from handtint.gui.parts.translating import tr
from handtint.gui.session.open_photo import OpenPhoto, PhotoState
from handtint.gui.session.session import Session
from handtint.recipe.recipe import Recipe


class OwnSettings(QObject):
    """See the module's text.

    Attributes:
        shown: the photo of the album that is open on its own.
    """

    saved = Signal(str)  # a result that Save asked for, as a sentence
    told = Signal(str)  # any other sentence

    def __init__(self, album: Album, runs: AlbumRuns, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._album, self._runs, self._session = album, runs, session
        self.shown: OpenPhoto | None = None
        self._saving: Path | None = None  # the photo whose result was asked for by Save
        session.state_changed.connect(self._take)
        runs.results_changed.connect(self._tell_saved)

    def save_result(self, photo: OpenPhoto) -> bool:
        """Make the result of a photo of the album anew, in its place among the album's; False for any other photo."""
        if not self._album.has(photo.path) or photo is not self.shown:
            return False
        if self._runs.is_running:
            self.told.emit(tr("albums", "The album's result will be made again once the run is over."))
        self._saving = photo.path
        self._runs.redo(photo.path, photo.recipe)
        return True

    def change(self, name: str, change: Callable[[Recipe], Recipe], photos: Sequence[AlbumPhoto]) -> None:
        """Change what is asked of these photos, or without any of the whole album; `name` is what is put on them."""
        album = self._album
        if album.choices is None:
            return
        paths = [photo.path for photo in photos]
        if paths:
            album.set_own({path: change(album.recipe_of(path)) for path in paths})
            self.told.emit(tr("albums", '"{name}" is set for {n} photo(s).', len(paths), name=name))
        else:
            album.set_all(change(album.recipe_of(Path())))
            self.told.emit(tr("albums", '"{name}" is set for the whole album.', name=name))

    def _take(self) -> None:
        """Keep what is set for a photo of the album while it is open on its own."""
        shown = self._session.current
        if shown is None or shown is not self.shown:
            return
        if shown.state in (PhotoState.READY, PhotoState.REPAIRING, PhotoState.COLORING, PhotoState.DONE):
            if shown.recipe != self._album.recipe_of(shown.path):
                self._album.set_own({shown.path: shown.recipe})
            shown.saved_recipe, shown.kept_hints = shown.work, shown.settings.hints

    def _tell_saved(self, photos: Sequence[AlbumPhoto]) -> None:
        for photo in photos:
            if photo.path == self._saving and photo.target is not None:
                self._saving = None
                self.saved.emit(
                    tr(
                        "albums",
                        'Saved "{result}" among the results of the album, in "{folder}".',
                        result=photo.target.name,
                        folder=photo.target.parent.name,
                    )
                )
