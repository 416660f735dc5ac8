"""Small pictures of files, made on the view's thread."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from handtint.gui.parts.worker import Task, Worker
from handtint.gui.session import tasks
from handtint.gui.session.keeping import Keeping
from handtint.gui.session.open_photo import OpenPhoto, PhotoState
from handtint.progress import Progress
from handtint.recipe.recipe import Recipe


class Thumbnails(QObject):
    """Gives open photos their small pictures, one after the other: as they were left, though they were not visited.

    Args:
        photos: the open ones, which may change.
    """

    made = Signal()

    def __init__(self, worker: Worker, photos: Sequence[OpenPhoto], keeping: Keeping, parent: QObject) -> None:
        super().__init__(parent)
        self._worker, self._photos, self._keeping = worker, photos, keeping
        self._task: Task | None = None

    def request(self, path: Path, done: Callable[[QImage], None]) -> Task:
        """A small picture of a file, a null one where it cannot be read."""
        return self._worker.submit(lambda progress: tasks.thumbnail(path), done, lambda error: done(QImage()))

    def make_next(self) -> None:
        """Begin with the first photo that has none, unless that is under way; one being read gets it by that."""
        if self._task is not None and not self._task.is_over:
            return
        photo = next(
            (one for one in self._photos if one.thumbnail is None and one.state is not PhotoState.READING), None
        )
        if photo is None:
            return
        asked, is_unseen = photo.asked, photo.sha256 is None and not photo.is_given

        def work(progress: Progress) -> tuple[Recipe, QImage]:
            kept = self._keeping.look_up(photo.path, photo.page).kept if is_unseen and asked == photo.first else None
            recipe = asked if kept is None else dataclasses.replace(kept.recipe, source=asked.source)
            return recipe, tasks.thumbnail(photo.path, recipe)

        def done(made: tuple[Recipe, QImage]) -> None:
            recipe, image = made
            if photo.thumbnail is None and photo.asked.view in (
                asked.view,
                recipe.view,
            ):  # else it was turned meanwhile
                photo.thumbnail = image
                self.made.emit()
            self.make_next()

        self._task = self._worker.submit(work, done, lambda error: done((asked, QImage())))
