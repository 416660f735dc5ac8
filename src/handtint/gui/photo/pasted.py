"""Pictures from the clipboard: each a file of ours while the window is open, then gone.

A run keeps them in a folder of its own with a lock in it; what a run left that crashed is removed by the next.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QStandardPaths
from PySide6.QtGui import QImage

from handtint import paths
from handtint.errors import SaveError
from handtint.gui.canvas.pixels import to_pixels
from handtint.gui.parts.translating import tr
from handtint.gui.session.session import Session
from handtint.imaging.photo import Photo
from handtint.imaging.writing import write_photo
from handtint.progress import Progress
from handtint.recipe.saving import SaveOptions

_LOCK = "lock"


class Pasted(QObject):
    """Opens them as photos without a name of the user's."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._folder = paths.pasted_dir() / os.urandom(16).hex()
        self._lock: QLockFile | None = None
        self._count = 0
        session.closed.connect(self._remove)

    def open(self, image: QImage) -> None:
        """Keep a picture and show it as a photo."""
        self._count += 1
        name = (
            tr("photo", "Pasted picture {count}", count=self._count)
            if self._count > 1
            else tr("photo", "Pasted picture")
        )
        path = self._folder / f"{name}.png"
        home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        try:
            self._make_folder()
        except OSError as error:
            text = tr(
                "photo",
                'The picture could not be kept in "{folder}": {reason}. Free some space, then paste it again.',
                folder=self._folder,
                reason=error.strerror or error,
            )
            self._session.troubled.emit(text)
            return
        self._session.run_on_disk(
            lambda progress: _write(path, image, progress),
            lambda _: self._session.open([path], home=Path(home or Path.home())),
        )

    def _make_folder(self) -> None:
        if self._lock is None:
            _remove_left(self._folder.parent)
            self._folder.mkdir(parents=True, mode=0o700)
            self._lock = _lock_of(self._folder)
            self._lock.tryLock(0)

    def _remove(self) -> None:
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None
            shutil.rmtree(self._folder, ignore_errors=True)


def _write(path: Path, image: QImage, progress: Progress) -> None:
    pixels, alpha = to_pixels(image)
    try:
        write_photo(path, Photo(pixels, alpha=alpha), SaveOptions(format="png"), progress=progress)
    except SaveError as error:
        raise SaveError("The picture from the clipboard was not opened. {error}", error=error) from error


def _remove_left(folder: Path) -> None:
    """Remove what runs left here that are no longer there."""
    for left in folder.iterdir() if paths.is_folder(folder) else ():
        lock = _lock_of(left)
        if lock.tryLock(0):
            lock.unlock()
            shutil.rmtree(left, ignore_errors=True)


def _lock_of(folder: Path) -> QLockFile:
    lock = QLockFile(str(folder / _LOCK))
    lock.setStaleLockTime(0)  # only by whether its process is there: a window may be open for days
    return lock
