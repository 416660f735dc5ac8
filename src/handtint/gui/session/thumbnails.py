"""Small pictures of files, made on the view's thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from handtint.gui.parts.worker import Job, Worker
from handtint.gui.session import jobs
from handtint.gui.session.open_photo import OpenPhoto
from handtint.recipe.source import Source

_FIRST_AND_WHOLE = Source()


class Thumbnails(QObject):
    """Gives open photos their small pictures, one after the other.

    Args:
        photos: the open ones, which may change.
    """

    made = Signal()

    def __init__(self, worker: Worker, photos: Sequence[OpenPhoto], parent: QObject) -> None:
        super().__init__(parent)
        self._worker, self._photos = worker, photos
        self._job: Job | None = None

    def request(
        self, path: Path, done: Callable[[QImage], None], source: Source = _FIRST_AND_WHOLE, is_inverted: bool = False
    ) -> Job:
        """A small picture of a file, a null one where it cannot be read."""
        return self._worker.submit(
            lambda progress: jobs.thumbnail(path, source, is_inverted), done, lambda error: done(QImage())
        )

    def make_next(self) -> None:
        """Begin with the first photo that has none, unless that is under way."""
        if self._job is not None and not self._job.is_over:
            return
        photo = next((one for one in self._photos if one.thumbnail is None and not one.asked.part), None)
        if photo is None:
            return

        def done(image: QImage) -> None:
            photo.thumbnail = photo.thumbnail or image
            self.made.emit()
            self.make_next()

        self._job = self.request(photo.path, done, photo.asked.source, photo.asked.is_inverted)
