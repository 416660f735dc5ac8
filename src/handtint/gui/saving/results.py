"""Results at full size, one at a time: written to files, or made for the clipboard. No widgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from handtint.errors import SaveError
from handtint.gui.parts.translating import tr
from handtint.gui.parts.worker import Task, Work
from handtint.gui.session.open_photo import OpenPhoto, PhotoState
from handtint.gui.session.session import Session
from handtint.imaging.color.tone import Judgment, Tone

if TYPE_CHECKING:
    from handtint.gui.saving.result_tasks import SavedFile, Wanted
    from handtint.model_card import ModelFile
    from handtint.recipe.saving import SaveOptions

Then = Callable[[], object]


def _nothing() -> None:
    pass


@dataclass
class Batch:
    """Results of several photos on their way into one folder.

    Attributes:
        waiting: photos still to be saved.
        saved, in_color: photos that were, and those left alone.
        failed: names of those that could not be, each with the reason.
        notes: sentences about what could not be kept, each with the names of the photos it is about.
        is_stopped: whether it was stopped before its end.
    """

    waiting: list[OpenPhoto]
    folder: Path
    options: SaveOptions
    then: Then
    count: int = 0
    saved: list[OpenPhoto] = field(default_factory=list)
    in_color: list[OpenPhoto] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    notes: dict[str, list[str]] = field(default_factory=dict)
    is_stopped: bool = False


class Results(QObject):
    """What comes out of the session. `session.state_changed` tells when writing begins and ends."""

    saved = Signal(object, object)  # Path, sentences about what could not be kept
    all_saved = Signal(Batch)  # as far as it came
    copied = Signal(QImage)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._task: Task | None = None
        self._batch: Batch | None = None
        self._photo: OpenPhoto | None = None  # that the job saves

    @property
    def is_writing(self) -> bool:
        """Whether a result is on its way to a file, the clipboard or a printer."""
        return self._batch is not None or (self._task is not None and not self._task.is_over)

    @property
    def under_way(self) -> list[OpenPhoto]:
        """The photos whose results are being saved, or wait for it."""
        if not self.is_writing:
            return []
        waiting = self._batch.waiting if self._batch is not None else []
        return [*waiting, *([self._photo] if self._photo is not None else [])]

    def save(self, path: Path, options: SaveOptions, then: Then = _nothing) -> None:
        """Write the current photo's result; once it is a file, do what comes `then`."""
        current = self._session.current
        if current is None or current.model is None or not current.has_result:
            return
        assert current.photo is not None
        from handtint.gui.saving import result_tasks  # numpy and the encoders come with it

        recipe, card = (current.model.path, current.asked), current.model.card
        work = result_tasks.saving(current.photo, current.prediction, current.followed, card, path, options)

        def done(saved: SavedFile) -> None:
            current.mark_saved(path, saved.options, recipe, saved.stamp)
            self.saved.emit(path, saved.notes)
            QTimer.singleShot(0, then)

        def failed(error: Exception) -> None:
            if isinstance(error, SaveError):
                current.failed_folder = path.parent

        self._write(work, done, current, failed)

    def save_all(self, photos: Sequence[OpenPhoto], folder: Path, options: SaveOptions, then: Then = _nothing) -> None:
        """Write the results of open photos into a folder, one after the other; color those that were not yet.

        What fails is kept for the end, and the rest goes on. Where nothing fails, do what comes `then`.
        """
        if not self.is_writing and photos:
            self._batch = Batch(list(photos), folder, options, then, len(photos))
            self._save_next(self._batch)

    def copy(self) -> None:
        """Make the current photo's result, for the clipboard."""
        current = self._session.current
        if current is not None and current.photo is not None and current.has_result:
            from handtint.gui.saving import result_tasks

            work = result_tasks.copying(current.photo, current.shown_prediction, current.settings)
            self._write(work, self.copied.emit)

    def draw(self, longest: int, with_before: bool, done: Callable[[tuple[QImage, ...]], object]) -> None:
        """Make pictures of the current photo's result, or of before and after, to print; see `result_tasks.drawing`."""
        current = self._session.current
        if current is not None and current.photo is not None and current.has_result:
            from handtint.gui.saving import result_tasks

            before = current.seen.photo if current.seen is not None and with_before else None
            work = result_tasks.drawing(current.photo, current.shown_prediction, current.settings, longest, before)
            self._write(work, done)

    def cancel(self) -> None:
        """Stop writing: nothing is left of the file that was under way."""
        if self._task is not None:
            self._task.cancel()
        if self._batch is not None:
            self._batch.is_stopped = True
            self._end(self._batch)
        self._session.state_changed.emit()

    def _save_next(self, batch: Batch) -> None:
        from handtint.gui.saving import result_tasks

        session = self._session
        if not batch.waiting:
            self._end(batch)
            return
        photo = batch.waiting.pop(0)
        if photo.model is None or photo.state is PhotoState.UNREADABLE:
            batch.failed.append((photo.name, photo.error))
            self._save_next(batch)
            return
        self._photo = photo
        model, number = photo.model, batch.count - len(batch.waiting)
        recipe = (model.path, photo.asked)
        text = tr("saving", 'Saving {number} of {count}: "{name}"', number=number, count=batch.count, name=photo.name)

        def done(saved: SavedFile) -> None:
            if saved.prediction is not None and not recipe[1].is_repair_automatic:
                photo.take_prediction(model, recipe[1], saved.prediction, saved.source_stamp)
            photo.mark_saved(saved.path, saved.options, recipe, saved.stamp)
            batch.saved.append(photo)
            for note in saved.notes:
                batch.notes.setdefault(note, []).append(photo.name)
            self._save_next(batch)

        def failed(error: Exception) -> None:
            from handtint.restore.way import AlreadyInColor

            if isinstance(error, AlreadyInColor):
                batch.in_color.append(photo)
                photo.judgment = Judgment(Tone.COLOR, 1.0)
            else:
                batch.failed.append((photo.name, session.sentence(error)))
            self._save_next(batch)

        self._task = session.model_worker.submit(
            result_tasks.saving_into(batch.folder, self._wanted(photo, model), batch.options, session.loaded_model),
            done,
            failed,
            lambda fraction, _: session.progressed.emit((number - 1 + fraction) / batch.count, text),
        )
        session.progressed.emit((number - 1) / batch.count, text)
        session.state_changed.emit()

    def _wanted(self, photo: OpenPhoto, model: ModelFile) -> Wanted:
        from handtint.gui.saving import result_tasks

        is_open = any(other.path == photo.saved_to for other in self._session.photos)  # then it is somebody's original
        is_ready = photo.photo is not None and photo.is_repair_done
        return result_tasks.Wanted(
            photo.path,
            model,
            photo.followed if is_ready else photo.asked,
            photo.photo if is_ready else None,
            photo.prediction,
            photo.stamp,
            None if is_open else photo.saved_to,
            photo.saved_stamp,
            photo.name,
        )

    def _end(self, batch: Batch) -> None:
        self._batch = None
        self.all_saved.emit(batch)
        self._session.state_changed.emit()
        if not batch.is_stopped and not batch.failed:
            QTimer.singleShot(0, batch.then)

    def _write(
        self,
        work: Work,
        done: Callable[[Any], object],
        photo: OpenPhoto | None = None,
        on_failed: Callable[[Exception], object] = lambda error: None,
    ) -> None:
        session = self._session
        if self.is_writing:
            return
        self._photo = photo

        def finished(result: Any) -> None:
            done(result)
            session.state_changed.emit()

        def failed(error: Exception) -> None:
            on_failed(error)
            session.troubled.emit(session.sentence(error))
            session.state_changed.emit()

        self._task = session.model_worker.submit(work, finished, failed, session.progressed.emit, urgent=True)
        session.state_changed.emit()
