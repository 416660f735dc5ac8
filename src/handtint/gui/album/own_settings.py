"""Settings of single photos of the album: set while one is open on its own, by a preset, and its result made anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from handtint.album.photos import AlbumPhoto
from handtint.gui.album.album import Album
from handtint.gui.album.runs import AlbumRuns
from handtint.gui.parts.translating import tr
from handtint.gui.session.open_photo import OpenPhoto, Stage
from handtint.gui.session.session import Session
from handtint.recipe.presets import applied
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
        order = self._album.order()
        if photo.model is not None and order is not None and order.model != photo.model:
            self.told.emit(
                tr(
                    "albums",
                    'The album is colored by "{model}", so this result is, too. Another model: Save As.',
                    model=order.model.card.name,
                )
            )
        elif self._runs.is_running:
            self.told.emit(tr("albums", "The album's result is made anew once the run is over."))
        self._saving = photo.path
        self._runs.redo(photo.path, photo.settings)
        return True

    def apply_look(self, name: str, recipe: Recipe, photos: Sequence[AlbumPhoto]) -> None:
        """Put a preset on these photos, or on the whole album without any.

        One model colors an album, so that of a preset is left out.
        """
        album = self._album
        if album.notes is None:
            return
        paths = [photo.path for photo in photos]
        if paths:
            album.set_own({path: applied(album.notes.recipe_of(path), recipe).color for path in paths})
            self.told.emit(tr("albums", '"{name}" is set for {n} photo(s).', len(paths), name=name))
        else:
            album.set_all(applied(album.notes.recipe, recipe).color)
            self.told.emit(tr("albums", '"{name}" is set for the whole album.', name=name))

    def _take(self) -> None:
        """Keep what is set for a photo of the album while it is open on its own."""
        shown = self._session.current
        if shown is None or shown is not self.shown:
            return
        if shown.stage in (Stage.READY, Stage.COLORING, Stage.DONE):
            if shown.settings != self._album.settings_of(shown.path):
                notes = self._album.notes
                is_albums = notes is not None and shown.settings == notes.settings
                self._album.set_own({shown.path: None if is_albums else shown.settings})
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
