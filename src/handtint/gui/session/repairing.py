"""Repairing the current photo, and looking at what it needs, on the model's thread: both take long on large photos."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from handtint.gui.parts.translating import tr
from handtint.gui.parts.worker import Job, Worker
from handtint.gui.session import jobs
from handtint.gui.session.open_photo import OpenPhoto, Stage
from handtint.recipe.repair import Repair

if TYPE_CHECKING:
    from handtint.restore.repairing import Inspection


class Repairing(QObject):
    """Serves one photo at a time: the one given last. What was asked for before is dropped.

    Args:
        sentence: what to tell a user of an error.
    """

    changed = Signal()  # stage or findings of the photo
    result_changed = Signal()
    progressed = Signal(float, str)
    mended = Signal(object)  # OpenPhoto whose `photo` is repaired as it is asked for
    inspected = Signal(object, object)  # OpenPhoto, the Repair it needs
    failed = Signal(Exception)  # while looking at what it needs

    def __init__(self, worker: Worker, sentence: Callable[[Exception], str], parent: QObject) -> None:
        super().__init__(parent)
        self._worker, self._sentence = worker, sentence
        self._job: Job | None = None
        self._inspecting: Job | None = None
        self._current: OpenPhoto | None = None

    @property
    def is_running(self) -> bool:
        """Whether a photo is being repaired."""
        return self._job is not None and not self._job.is_over

    @property
    def is_inspecting(self) -> bool:
        """Whether somebody waits for what a photo needs."""
        return self._inspecting is not None and not self._inspecting.is_over

    def begin(self, photo: OpenPhoto) -> None:
        """Repair what is seen of the photo as its recipe says."""
        self.stop_mending()
        seen, recipe = photo.seen, photo.asked
        if seen is None:
            return
        self._current, photo.error = photo, ""
        if not recipe.is_repaired:
            self._take(photo, jobs.Mended(seen.photo, seen.preview, recipe.repair, None))
            return
        photo.stage = Stage.REPAIRING
        found = photo.found[1] if photo.found is not None and photo.found[0] == recipe.view else None

        def done(mended: jobs.Mended) -> None:
            if mended.found is not None:
                photo.found = (recipe.view, mended.found)
            if recipe.is_repair_automatic:  # what was decided is written down, and can be changed
                photo.asked = dataclasses.replace(photo.asked, repair=mended.repair, is_repair_automatic=False)
            self._take(photo, mended)

        def failed(error: Exception) -> None:
            photo.error = self._sentence(error)
            self._leave(photo)

        text = tr("jobs", 'Repairing "{photo}"', photo=photo.path.name)
        self._job = self._worker.submit(
            lambda progress: jobs.mended(seen, recipe, found, jobs.titled(progress, text)),
            done,
            failed,
            self.progressed.emit,
        )
        self.progressed.emit(0.0, text)
        self.changed.emit()

    def inspect(self, photo: OpenPhoto) -> None:
        """Look at what the photo needs."""
        if self._inspecting is not None:
            self._inspecting.cancel()
        seen, view = photo.seen, photo.asked.view
        if seen is None:
            return

        def done(inspection: Inspection) -> None:
            photo.findings, photo.found = inspection.words, (view, inspection.found)
            self.inspected.emit(photo, inspection.repair)

        def failed(error: Exception) -> None:
            self.failed.emit(error)
            self.changed.emit()

        text = tr("jobs", 'Looking at what "{photo}" needs', photo=photo.path.name)
        self._inspecting = self._worker.submit(
            lambda progress: jobs.inspected(seen.photo, jobs.titled(progress, text)),
            done,
            failed,
            self.progressed.emit,
            urgent=True,
        )
        self.progressed.emit(0.0, text)
        self.changed.emit()

    def cancel(self) -> None:
        """Stop both; a photo that is not repaired yet is shown as it came."""
        if self._inspecting is not None:
            self._inspecting.cancel()
        if self.is_running:
            self.stop_mending()
            if self._current is not None:
                self._leave(self._current)

    def stop_mending(self) -> None:
        """What is being repaired is not wanted any more."""
        if self._job is not None:
            self._job.cancel()

    def drop(self) -> None:
        """Another photo comes, or another view of this one: nothing of this is needed any more."""
        self._current = None
        self.stop_mending()
        if self._inspecting is not None:
            self._inspecting.cancel()

    def _take(self, photo: OpenPhoto, mended: jobs.Mended) -> None:
        photo.photo, photo.preview, photo.mended_as = mended.photo, mended.preview, mended.repair
        self.mended.emit(photo)

    def _leave(self, photo: OpenPhoto) -> None:
        """Show no result of another repair as if it were this one's."""
        if photo.seen is not None:
            photo.photo, photo.preview, photo.mended_as = photo.seen.photo, photo.seen.preview, Repair()
        photo.stage, photo.after, photo.variants = Stage.READY, None, ()
        self.result_changed.emit()
        self.changed.emit()
