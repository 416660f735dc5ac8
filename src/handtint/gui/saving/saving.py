"""Save, Save As and Save All: where to, and over one's own earlier file only as long as nobody else wrote to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Qt, QTimer
from PySide6.QtWidgets import QDialog, QWidget

from handtint.gui.saving.results import Results
from handtint.gui.session.open_photo import OpenPhoto, Stage
from handtint.gui.session.session import Session
from handtint.paths import is_folder, is_inside_program
from handtint.stamps import stamp_if_there

if TYPE_CHECKING:
    from handtint.recipe.saving import SaveOptions


def _nothing() -> None:
    pass


def pictures_folder(but: Path | None = None) -> Path:
    """The user's folder of pictures, or their own where there is none, or where it is `but`."""
    found = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation))
    return found if is_folder(found) and found != but else Path.home()


class Saving(QObject):
    """Asks, and has the results written. What comes `then` is done once all is saved, and only then."""

    def __init__(self, session: Session, results: Results, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._results, self._window = session, results, window
        self._folder: Path | None = None  # of the last Save All
        self._options: SaveOptions | None = None
        # Of a photo of an album: has its result made there, and says whether it does; where results belong.
        self.save_in_album: Callable[[OpenPhoto], bool] = lambda photo: False
        self.album_folder: Callable[[OpenPhoto], Path | None] = lambda photo: None

    def save(self, then: Callable[[], object] = _nothing) -> None:
        """Write over one's own earlier output; ask where the first time, and where that file is another one by now."""
        current = self._session.current
        is_done = current is not None and current.stage is Stage.DONE
        # An album keeps no repair of one photo of its own: such a result is asked for as any other.
        # Nor of a page after the first, which is no photo of the album.
        is_album_s = is_done and current is not None and not current.asked.is_repaired and current.page == 1
        if current is not None and is_album_s and self.save_in_album(current):
            QTimer.singleShot(0, then)
            return
        path = current.saved_to if current is not None else None
        if current is not None and path is not None and path.parent == current.failed_folder:
            path = None
        if current is not None and path is not None and stamp_if_there(path) == current.saved_stamp is not None:
            self._results.save(path, dataclasses.replace(current.saved_options, overwrite=True), then)
        else:
            self.save_as(then)

    def save_as(self, then: Callable[[], object] = _nothing) -> None:
        """Ask where, then save the current photo."""
        from handtint.gui.saving.dialog import SaveDialog  # the window is there sooner
        from handtint.gui.saving.names import proposed_path
        from handtint.recipe.saving import format_of

        current = self._session.current
        if current is None or current.photo is None or current.stage is not Stage.DONE:
            return
        meta, options = current.photo.meta, current.saved_options
        options = dataclasses.replace(options, format=options.format or format_of(current.path.suffix.lower()))
        page = current.page if current.pages > 1 else None
        proposed = proposed_path(current.path, options.format or "jpeg", self._folder_for(current), page)
        path = current.saved_to or proposed
        if path.parent == current.failed_folder:  # it would fail again
            path = pictures_folder(current.failed_folder) / path.name
        dialog = SaveDialog(current.path, meta, path, options, self._window)
        self._ask(dialog, lambda: self._results.save(dialog.path, dialog.options, then))

    def _folder_for(self, photo: OpenPhoto) -> Path:
        """Where the result of a photo is proposed: in its album's folder of results, else beside it."""
        folder = self.album_folder(photo)
        if folder is not None and is_folder(folder):
            return folder
        return pictures_folder() if is_inside_program(photo.folder) else photo.folder  # of a sample

    def save_all(self) -> None:
        """Ask for a folder, and save what is in no file yet."""
        unsaved = [photo for photo in self._session.photos if photo.is_unsaved]
        self._save_into([p for p in unsaved if p.is_set], [p for p in unsaved if not p.is_set], _nothing)

    def save_these(self, photos: Sequence[OpenPhoto], then: Callable[[], object]) -> None:
        """Save photos that would be lost otherwise."""
        if [self._session.current] == list(photos) and photos[0].stage is Stage.DONE:
            self.save(then)
        else:
            self._save_into(photos, [], then)

    def _save_into(self, colored: Sequence[OpenPhoto], others: Sequence[OpenPhoto], then: Callable[[], object]) -> None:
        from handtint.gui.saving.all_dialog import SaveAllDialog
        from handtint.recipe.saving import SaveOptions

        if not colored and not others:
            return
        folder = self._folder or self._folder_for((colored or others)[0])
        dialog = SaveAllDialog(colored, others, folder, self._options or SaveOptions(), self._window)

        def start() -> None:
            self._folder, self._options = dialog.folder, dialog.options
            if self._session.current is None:
                self._session.show(dialog.photos[0])  # where its progress is shown
            self._results.save_all(dialog.photos, dialog.folder, dialog.options, then)

        self._ask(dialog, start)

    def _ask(self, dialog: QDialog, accepted: Callable[[], None]) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(accepted)
        dialog.open()
