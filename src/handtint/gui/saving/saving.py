"""Save, Save As and Save All: where to, and over one's own earlier file only as long as nobody else wrote to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QDialog, QWidget

from handtint.gui.saving.results import Results
from handtint.gui.session.memory import Memory, pictures_folder
from handtint.gui.session.open_photo import OpenPhoto, PhotoState
from handtint.gui.session.session import Session
from handtint.paths import is_folder, is_inside_program
from handtint.stamps import stamp_if_there

if TYPE_CHECKING:
    from handtint.recipe.saving import SaveOptions


def _nothing() -> None:
    pass


class Saving(QObject):
    """Asks, and has the results written. What comes `then` is done once all is saved, and only then."""

    def __init__(self, session: Session, results: Results, memory: Memory, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._results, self._memory, self._window = session, results, memory, window
        self._folder: Path | None = None  # of the last Save All
        self._options: SaveOptions | None = None
        # Of a photo of an album: has its result made there, and says whether it does; where results belong.
        self.save_in_album: Callable[[OpenPhoto], bool] = lambda photo: False
        self.album_folder: Callable[[OpenPhoto], Path | None] = lambda photo: None

    def save(self, then: Callable[[], object] = _nothing) -> None:
        """Write over one's own earlier output; ask where the first time, and where that file is another one by now."""
        current = self._session.current
        is_done = current is not None and current.state is PhotoState.DONE
        # An album has no prints of a scan, and of a file no page after the first: where these go is asked.
        is_album_s = is_done and current is not None and not current.asked.part and current.page == 1
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
        from handtint.recipe.saving import format_of, output_path

        current = self._session.current
        if current is None or current.photo is None or current.state is not PhotoState.DONE:
            return
        meta = current.photo.meta
        options = self._memory.save_options if current.saved_to is None else current.saved_options
        options = dataclasses.replace(options, format=options.format or format_of(current.path.suffix.lower()))
        folder = self._folder_for(current) if current.saved_to is None else current.saved_to.parent
        if folder == current.failed_folder:  # it would fail again
            folder = pictures_folder(folder)
        path = current.saved_to
        if path is None or path.parent != folder:
            is_colored, page, part = current.is_to_be_colored, current.page, current.asked.part
            path = output_path(current.path, folder, options.format, is_colored=is_colored, page=page, part=part)
        dialog = SaveDialog(current.path, meta, path, options, self._window)
        self._ask(dialog, lambda: self._results.save(dialog.path, dialog.options, then))

    def _folder_for(self, photo: OpenPhoto) -> Path:
        """Where the result of a photo is proposed: in its album's folder of results, else where the user chose."""
        folder = self.album_folder(photo)
        if folder is not None and is_folder(folder):
            return folder
        if (chosen := self._memory.results_folder) is not None:
            return chosen
        return pictures_folder() if is_inside_program(photo.folder) else photo.folder  # of a sample

    def save_all(self) -> None:
        """Ask for a folder, and save what is in no file yet, as it was left."""

        def save(photos: Sequence[OpenPhoto]) -> None:
            unsaved = [photo for photo in photos if photo.is_unsaved]
            self._save_into([p for p in unsaved if p.is_set], [p for p in unsaved if not p.is_set], _nothing)

        self._session.recall(self._session.photos, save)

    def save_these(self, photos: Sequence[OpenPhoto], then: Callable[[], object]) -> None:
        """Save photos that would be lost otherwise."""
        if [self._session.current] == list(photos) and photos[0].state is PhotoState.DONE:
            self.save(then)
        else:
            self._save_into(photos, [], then)

    def _save_into(self, colored: Sequence[OpenPhoto], others: Sequence[OpenPhoto], then: Callable[[], object]) -> None:
        from handtint.gui.saving.all_dialog import SaveAllDialog

        if not colored and not others:
            return
        folder = self._folder or self._folder_for((colored or others)[0])
        dialog = SaveAllDialog(colored, others, folder, self._options or self._memory.save_options, self._window)

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
