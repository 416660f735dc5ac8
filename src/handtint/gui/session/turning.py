"""Inverting, turning and cropping the current photo as its recipe says, on the view's thread."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from handtint.gui.parts.worker import Task, Worker
from handtint.gui.session import tasks
from handtint.gui.session.open_photo import OpenPhoto, PhotoState
from handtint.recipe.geometry import Geometry
from handtint.recipe.recipe import Recipe
from handtint.recipe.repair import Repair


class Turning(QObject):
    """Serves one photo at a time: the one given last."""

    thumbnail_made = Signal()
    failed = Signal(Exception)  # the photo is shown as it was read

    def __init__(self, worker: Worker, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = worker
        self._task: Task | None = None

    def begin(self, photo: OpenPhoto, upright: tasks.ReadResult, then: Callable[[], None]) -> None:
        """Make what is seen of a photo that is read, at once where that is all of it as it is."""
        recipe = photo.asked
        self.cancel()

        def done(seen: tasks.ReadResult) -> None:
            photo.seen, photo.repaired_as = seen, Repair()
            photo.photo, photo.preview, photo.judgment, photo.before, *_ = seen
            photo.state, photo.after, photo.variants = PhotoState.READY, None, ()
            if photo.thumbnail is None:
                photo.thumbnail = seen.before.levels[-1]
                self.thumbnail_made.emit()
            then()

        def failed(error: Exception) -> None:
            photo.asked = dataclasses.replace(photo.asked.with_geometry(Geometry()), is_inverted=False)
            done(upright)
            self.failed.emit(error)

        if recipe.view == Recipe().view:
            done(upright)
            return
        photo.state, photo.error, photo.seen, photo.photo, photo.preview = PhotoState.READING, "", None, None, None
        self._task = self._worker.submit(
            lambda progress: tasks.turned(upright, recipe, progress), done, failed, urgent=True
        )

    def cancel(self) -> None:
        """What is being turned is not wanted any more."""
        if self._task is not None:
            self._task.cancel()
