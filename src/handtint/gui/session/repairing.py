"""Repairing the current photo, and looking at what it needs, on the model's thread: both take long on large photos.

While controls move, `Glimpsing` shows what comes of it; the photo itself is repaired when they have been still for a
moment.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from handtint.gui.parts.translating import tr
from handtint.gui.parts.worker import Task, Worker
from handtint.gui.session import tasks
from handtint.gui.session.glimpsing import Glimpsing
from handtint.gui.session.open_photo import OpenPhoto, PhotoState
from handtint.recipe.repair import Repair

if TYPE_CHECKING:
    from handtint.imaging.photo import Photo
    from handtint.progress import Progress
    from handtint.repair.damage.finding import Found
    from handtint.restore.repairing import Inspection

_STILL_MS = 300  # without a change, before the photo itself is repaired
_MOST_WAITS = 10  # times as long while a glimpse is being made: both at once would hold each other up


class Repairing(QObject):
    """Serves one photo at a time: the one given last. What was asked for before is dropped.

    Args:
        sentence: what to tell a user of an error.

    Attributes:
        glimpsing: shows what comes of a change at once.
    """

    changed = Signal()  # state, findings, or what might be damaged in the photo
    result_changed = Signal()
    progressed = Signal(float, str)
    repaired = Signal(object)  # OpenPhoto whose `photo` is repaired as it is asked for
    decided = Signal(object)  # OpenPhoto that says now how it is repaired, where the photo itself was to decide
    failed = Signal(Exception)  # while looking at it

    def __init__(
        self, worker: Worker, view_worker: Worker, sentence: Callable[[Exception], str], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._worker, self._sentence = worker, sentence
        self.glimpsing = Glimpsing(view_worker, self)
        self.glimpsing.result_changed.connect(self.result_changed)
        self.glimpsing.failed.connect(self.failed)
        self._task: Task | None = None
        self._looking: Task | None = None
        self._current: OpenPhoto | None = None
        self._still = QTimer(self)
        self._still.setSingleShot(True)
        self._still.setInterval(_STILL_MS)
        self._still.timeout.connect(self._repair_after_glimpse)
        self._waits = 0

    @property
    def is_running(self) -> bool:
        """Whether a photo is being repaired, or about to be."""
        return self._still.isActive() or (self._task is not None and not self._task.is_over)

    @property
    def is_looking(self) -> bool:
        """Whether an inspection of a photo, or a search for its damage, is under way."""
        return self._looking is not None and not self._looking.is_over

    def begin(self, photo: OpenPhoto) -> None:
        """Repair what is seen of the photo as its recipe says."""
        self.stop_repair()
        seen, recipe = photo.seen, photo.asked
        if seen is None:
            return
        self._current, photo.error = photo, ""
        if not recipe.is_repaired:
            self.glimpsing.stop()
            self._take(photo, tasks.Repaired(seen.photo, seen.preview, recipe.repair, None, None))
            return
        photo.state = PhotoState.REPAIRING
        if photo.after is not None or not photo.is_to_be_colored:
            self.glimpsing.show(photo)
            self._waits = 0
            self._still.start()
        else:
            self._repair()
        self.changed.emit()

    def _repair_after_glimpse(self) -> None:
        if self.glimpsing.is_under_way and self._waits < _MOST_WAITS:
            self._waits += 1
            self._still.start()
        else:
            self._repair()

    def _repair(self) -> None:
        photo = self._current
        if photo is None or photo.seen is None:
            return
        seen, recipe = photo.seen, photo.asked
        found, filled = photo.damage_found, self.glimpsing.filled(recipe.repair.damage)

        def done(repaired: tasks.Repaired) -> None:
            if repaired.found is not None:
                photo.found = (recipe.view, repaired.found)
            if repaired.filled is not None and not repaired.repair.damage.is_off:
                self.glimpsing.keep_filled(repaired.repair.damage, repaired.filled)
            if recipe.is_repair_automatic:  # what was decided is written down, and can be changed
                photo.asked = dataclasses.replace(photo.asked, repair=repaired.repair, is_repair_automatic=False)
                self.decided.emit(photo)
            self.glimpsing.stop()
            self._take(photo, repaired)

        def failed(error: Exception) -> None:
            photo.error = self._sentence(error)
            self._leave(photo)

        text = tr("tasks", 'Repairing "{photo}"', photo=photo.name)
        self._task = self._worker.submit(
            lambda progress: tasks.repaired(seen, recipe, found, filled, tasks.titled(progress, text)),
            done,
            failed,
            self.progressed.emit,
        )
        self.progressed.emit(0.0, text)

    def inspect(self, photo: OpenPhoto) -> None:
        """Look at what the photo needs."""
        view = photo.asked.view

        def done(inspection: Inspection) -> None:
            photo.findings, photo.found = inspection.each, (view, inspection.found)

        text = tr("tasks", 'Looking at what "{photo}" needs', photo=photo.name)
        self._search(photo, tasks.inspected, done, text)

    def find(self, photo: OpenPhoto) -> None:
        """Look for what might be damaged in the photo, unless that is known or on its way."""
        view = photo.asked.view

        def done(found: Found) -> None:
            photo.found = (view, found)

        if photo.damage_found is None and not self.is_looking:
            text = tr("tasks", 'Looking for damage in "{photo}"', photo=photo.name)
            self._search(photo, tasks.damage_found, done, text)

    def _search(
        self,
        photo: OpenPhoto,
        search: Callable[[Photo, Progress], Any],
        take: Callable[[Any], None],
        text: str,
    ) -> None:
        if self._looking is not None:
            self._looking.cancel()
        if photo.seen is None:
            return
        seen = photo.seen.photo

        def done(what: Any) -> None:
            take(what)
            self.changed.emit()

        def failed(error: Exception) -> None:
            self.failed.emit(error)
            self.changed.emit()

        self._looking = self._worker.submit(
            lambda progress: search(seen, tasks.titled(progress, text)), done, failed, self.progressed.emit, urgent=True
        )
        self.progressed.emit(0.0, text)
        self.changed.emit()

    def cancel(self) -> None:
        """Stop both; a photo that is not repaired yet is shown as it came."""
        if self._looking is not None:
            self._looking.cancel()
        if self.is_running:
            self.stop_repair()
            self.glimpsing.stop()
            if self._current is not None:
                self._leave(self._current)

    def stop_repair(self) -> None:
        """What is being repaired is not wanted any more."""
        self._still.stop()
        if self._task is not None:
            self._task.cancel()

    def drop(self) -> None:
        """Another photo comes, or another view of this one: nothing of this is needed any more."""
        self._current = None
        self.stop_repair()
        self.glimpsing.drop()
        if self._looking is not None:
            self._looking.cancel()

    def _take(self, photo: OpenPhoto, repaired: tasks.Repaired) -> None:
        photo.photo, photo.preview, photo.repaired_as = repaired.photo, repaired.preview, repaired.repair
        self.repaired.emit(photo)

    def _leave(self, photo: OpenPhoto) -> None:
        """Show no result of another repair as if it were this one's."""
        if photo.seen is not None:
            photo.photo, photo.preview, photo.repaired_as = photo.seen.photo, photo.seen.preview, Repair()
        photo.state, photo.after, photo.variants = PhotoState.READY, None, ()
        self.result_changed.emit()
        self.changed.emit()
