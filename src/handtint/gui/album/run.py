"""One run of an album as the window drives it: on the thread that owns the model, with pause and stop.

Between two steps of the run that thread does what else waits for the model, so that a photo can be colored by hand
meanwhile. What happens to photos is gathered and handed over a bundle at a time.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from handtint.album.journal import Journal
from handtint.album.plan import Event, Job, Order
from handtint.errors import HandtintError
from handtint.gui.parts.worker import Worker
from handtint.gui.session.jobs import ModelDesk
from handtint.progress import Cancelled, Progress

if TYPE_CHECKING:
    from handtint.restore.way import Colorizer

_TELL_S = 0.25  # how often it is said how far the looking is


class Phase(Enum):
    """What a run is at."""

    RUNNING = "running"
    PAUSING = "pausing"  # photos that were begun are still being made
    PAUSED = "paused"
    STOPPING = "stopping"
    OVER = "over"


class AlbumRun(QObject):
    """Begins at once.

    Attributes:
        jobs, output: what is made, and where.
        counts: of photos by what became of them, as the kinds of `Event` are called.
        error: what ended the run before its end; None if nothing did.
        was_stopped: whether the user did.
        looked: how much of the album was looked through for photos that show the same, 0..1; None when it is not.
    """

    happened = Signal(object)  # list[Event]
    changed = Signal()  # phase or counts
    over = Signal()

    _noted = Signal()  # from the model's thread

    def __init__(
        self,
        jobs: Sequence[Job],
        order: Order,
        output: Path,
        desk: ModelDesk,
        worker: Worker,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.jobs, self.order, self.output = list(jobs), order, output
        self.counts: Counter[str] = Counter()
        self.error: Exception | None = None
        self.was_stopped = False
        self.looked: float | None = 0.0 if order.same_look else None
        self._is_over = False
        self._paused, self._stopped = threading.Event(), threading.Event()
        self._guard = threading.Lock()
        self._events: list[Event] = []
        self._active_s = 0.0  # before the last pause
        self._since = time.monotonic()
        self._noted.connect(self._take)
        self._worker = worker
        worker.submit(lambda progress: self._work(desk, progress), self._end, self._fail)

    # on the model's thread

    def _work(self, desk: ModelDesk, progress: Progress) -> None:
        from handtint.album.run import LOOKING, run, usual_threads  # the window is there sooner without it

        told = time.monotonic()

        def step(fraction: float, text: str) -> None:
            nonlocal told
            self._worker.let_others()
            progress.step(fraction, text)
            if self.looked is not None and time.monotonic() > told + _TELL_S:
                self.looked, told = fraction / LOOKING, time.monotonic()
                self._noted.emit()

        def load() -> Colorizer:
            colorizer = desk.lend(self.order.model, progress)
            desk.take_threads(usual_threads().network)  # the rest is for reading and writing
            return colorizer

        own = Progress(step, self._stopped.is_set)
        try:
            with Journal(self.output) as journal:
                run(self.jobs, self.order, journal, load, own, self._note, is_paused=self._paused.is_set)
        except Cancelled:
            progress.step(0.0)  # raises where the window closes
            self.was_stopped = True
        finally:
            desk.take_threads(None)

    def _note(self, event: Event) -> None:
        with self._guard:
            is_first = not self._events
            self._events.append(event)
        if is_first:
            self._noted.emit()

    # on the window's

    @property
    def phase(self) -> Phase:
        if self._is_over:
            return Phase.OVER
        if self._stopped.is_set():
            return Phase.STOPPING
        if self._paused.is_set():
            return Phase.PAUSED if self.counts["started"] == self.ended else Phase.PAUSING
        return Phase.RUNNING

    @property
    def ended(self) -> int:
        """Photos that are done, failed or skipped."""
        return sum(self.counts[kind] for kind in ("done", "failed", "skipped"))

    @property
    def left_s(self) -> float | None:
        """Seconds that the rest will take about; None before a photo is done."""
        active_s = self._active_s + (0.0 if self._paused.is_set() else time.monotonic() - self._since)
        return active_s / self.ended * (len(self.jobs) - self.ended) if self.ended else None

    @property
    def is_over(self) -> bool:
        return self._is_over

    def pause(self) -> None:
        """Begin no further photo until `resume`."""
        if self.phase is Phase.RUNNING:
            self._active_s += time.monotonic() - self._since
            self._paused.set()
            self.changed.emit()

    def resume(self) -> None:
        if self._paused.is_set() and not self._stopped.is_set():
            self._since = time.monotonic()
            self._paused.clear()
            self.changed.emit()

    def stop(self) -> None:
        """End as soon as can be; photos at work are left as they were."""
        if not self._is_over:
            self._stopped.set()
            self.changed.emit()

    def _take(self) -> None:
        with self._guard:
            events, self._events = self._events, []
        if events and self.looked is not None:
            self.looked, self._active_s, self._since = None, 0.0, time.monotonic()
        self.counts.update(event.kind for event in events)
        self.happened.emit(events)
        self.changed.emit()

    def _end(self, _result: object) -> None:
        self._take()
        self._is_over = True
        self.changed.emit()
        self.over.emit()

    def _fail(self, error: Exception) -> None:
        self.error = error
        self._end(None)

    @property
    def sentence(self) -> str:
        """What ended the run before its end, for the user; empty if nothing did."""
        if self.error is None:
            return ""
        if isinstance(self.error, HandtintError):
            return str(self.error)
        return self.tr("Something went wrong inside Handtint. Your originals and the results made so far are safe.")
