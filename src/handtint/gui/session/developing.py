"""The current photo on its way from what was read to its picture: turned, then repaired, then colored."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from handtint.gui.parts.worker import Worker
from handtint.gui.session import tasks
from handtint.gui.session.coloring import Coloring
from handtint.gui.session.open_photo import OpenPhoto
from handtint.gui.session.repairing import Repairing
from handtint.gui.session.turning import Turning
from handtint.model_card import ModelFile


class Developing(QObject):
    """Serves one photo at a time: the one given last.

    Args:
        loaded_model: used on the thread of `model_worker` only.
        sentence: what to tell a user of an error.
    """

    changed = Signal()  # state, error, findings or variants of the photo
    turned = Signal()
    thumbnail_made = Signal()
    decided = Signal(object)  # OpenPhoto that says now how it is repaired
    result_changed = Signal()
    progressed = Signal(float, str)
    device_found = Signal(str)
    failed = Signal(Exception)

    def __init__(
        self,
        loaded_model: tasks.LoadedModel,
        model_worker: Worker,
        view_worker: Worker,
        sentence: Callable[[Exception], str],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._turning = Turning(view_worker, self)
        self._turning.thumbnail_made.connect(self.thumbnail_made)
        self._repairing = Repairing(model_worker, view_worker, sentence, self)
        self._repairing.repaired.connect(self._take_repaired)
        self._repairing.decided.connect(self.decided)
        self._coloring = Coloring(loaded_model, model_worker, view_worker, sentence, self)
        self._coloring.device_found.connect(self.device_found)
        for step in (self._repairing, self._coloring):
            step.changed.connect(self.changed)
            step.result_changed.connect(self.result_changed)
            step.progressed.connect(self.progressed)
        self._coloring.result_changed.connect(self._take_result)
        for step in (self._turning, self._repairing, self._coloring):
            step.failed.connect(self.failed)
        self._current: OpenPhoto | None = None

    @property
    def is_coloring(self) -> bool:
        """Whether the photo is on its way to its color."""
        return self._coloring.is_running

    @property
    def is_repairing(self) -> bool:
        """Whether the photo is on its way to being repaired."""
        return self._repairing.is_running

    @property
    def is_looking(self) -> bool:
        """Whether an inspection of the photo, or a search for its damage, is under way."""
        return self._repairing.is_looking

    @property
    def is_shown(self) -> bool:
        """Whether the picture is that of the photo's settings, or none is on its way."""
        return self._coloring.is_rendered and not self._repairing.is_running

    def prepare(self, model: ModelFile | None) -> None:
        """Get torch and the model ready in the background."""
        self._coloring.prepare(model)

    def begin(self, photo: OpenPhoto, upright: tasks.ReadResult, then: Callable[[], None] | None = None) -> None:
        """Take a photo that is read all the way; `then` is called once it is turned."""
        self.drop()
        self._current = photo

        def go_on() -> None:
            self.turned.emit()
            if then is not None:
                then()
            self.go_on()

        self._turning.begin(photo, upright, go_on)

    def go_on(self) -> None:
        """Take the turned photo to its picture, since its recipe changed or it is tried again."""
        current = self._current
        if current is None or current.photo is None:
            return
        if current.is_repair_done:
            self._repairing.stop_repair()
            self._coloring.begin(current)
        else:
            self._coloring.stop()
            self._repairing.begin(current)

    def resume(self) -> None:
        """Repair the photo after that failed or was stopped, and go on from there."""
        self.go_on()
        self.changed.emit()

    def render(self) -> None:
        """Show the photo's other settings with the colors that its model gave."""
        if self._current is not None:
            self._coloring.render(self._current)

    def inspect(self) -> None:
        """Look at what the photo needs."""
        if self._current is not None and self._current.seen is not None:
            self._repairing.inspect(self._current)

    def look_for_damage(self) -> None:
        """Look for what might be damaged in the photo, unless that is known."""
        if self._current is not None and self._current.seen is not None:
            self._repairing.find(self._current)

    @property
    def unseen(self) -> frozenset[str]:
        """Parts of the photo's repair that are left out of what is shown."""
        return self._repairing.glimpsing.unseen

    def leave_out(self, unseen: frozenset[str]) -> None:
        """Show the photo without these parts of its repair."""
        if self._current is not None and self._current.seen is not None:
            self._repairing.glimpsing.leave_out(self._current, unseen)
            self.changed.emit()

    def cancel(self) -> None:
        """Stop looking for what the photo needs, repairing and coloring."""
        self._repairing.cancel()
        self._coloring.cancel()
        self.changed.emit()

    def drop(self) -> None:
        """Another photo comes, or another view of this one: nothing of this one is needed any more."""
        self._current = None
        self._turning.cancel()
        self._coloring.drop()
        self._repairing.drop()

    def _take_repaired(self, photo: OpenPhoto) -> None:
        if photo is self._current:
            self._coloring.begin(photo)

    def _take_result(self) -> None:
        if self._current is not None and self._current.after is not None:
            self._repairing.glimpsing.take_whole(self._current)
