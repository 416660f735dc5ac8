"""Reading the current photo's file, and what is known of it, on the view's thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from handtint.errors import IncompletePhoto
from handtint.gui.parts.worker import Task, Worker
from handtint.gui.session import tasks
from handtint.gui.session.keeping import Keeping, Known, Origin
from handtint.gui.session.open_photo import OpenPhoto, PhotoState
from handtint.progress import Progress
from handtint.recipe.source import Source

_Opened = tuple[tasks.ReadResult, Known]


class Reading(QObject):
    """Reads one photo at a time: the one asked for last.

    Args:
        sentence: what to tell a user of an error.
    """

    done = Signal(object, object, object)  # OpenPhoto, ReadResult, Known
    done_anew = Signal(object, object, object)  # likewise, of a photo that is shown
    orphaned = Signal(object, object)  # OpenPhoto that is a result, RecipeFile that says of what
    originated = Signal(object, object, object)  # OpenPhoto that is a result, RecipeFile, Path of what it was made of
    unreadable = Signal()  # the photo says why
    failed = Signal(Exception)  # while reading anew

    def __init__(self, worker: Worker, keeping: Keeping, sentence: Callable[[Exception], str], parent: QObject) -> None:
        super().__init__(parent)
        self._worker, self._keeping, self._sentence = worker, keeping, sentence
        self._task: Task | None = None

    def begin(self, photo: OpenPhoto, recent: Sequence[Path] | None) -> None:
        """Read the photo, or find out what it was made of.

        Args:
            recent: where the photo that a result was made of may be; None for a photo that is surely no result.
        """
        photo.state, photo.error, photo.can_be_opened_in_part = PhotoState.READING, "", False

        def failed(error: Exception) -> None:
            photo.state, photo.error = PhotoState.UNREADABLE, self._sentence(error)
            photo.can_be_opened_in_part = isinstance(error, IncompletePhoto)
            self.unreadable.emit()

        def work(progress: Progress) -> tuple[Origin | None, _Opened | None]:
            origin = self._keeping.origin(photo.path, recent) if recent is not None else None
            is_found = origin is not None and origin.source is not None
            return origin, None if is_found else self._opened(photo.path, photo.asked.source, progress)

        def done(found: tuple[Origin | None, _Opened | None]) -> None:
            origin, opened = found
            if opened is not None:
                self.done.emit(photo, *opened)
                if origin is not None:
                    self.orphaned.emit(photo, origin.made)
            elif origin is not None and origin.source is not None:
                self.originated.emit(photo, origin.made, origin.source)

        self._task = self._worker.submit(work, done, failed, urgent=True)

    def begin_anew(self, photo: OpenPhoto) -> None:
        """Read a photo again that is shown; it stays as it is until that is done, and where it fails."""

        def done(opened: _Opened) -> None:
            self.done_anew.emit(photo, *opened)

        self._task = self._worker.submit(
            lambda progress: self._opened(photo.path, photo.asked.source, progress), done, self.failed.emit, urgent=True
        )

    def cancel(self) -> None:
        """What is being read is not wanted any more."""
        if self._task is not None:
            self._task.cancel()

    def _opened(self, path: Path, source: Source, progress: Progress) -> _Opened:
        """On a working thread."""
        read = tasks.read(path, source, progress)
        return read, self._keeping.look_up(path, source.page)
