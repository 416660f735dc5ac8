"""One run of an album as the window drives it: on the thread that owns the model, with pause and stop.

Between two steps of the run that thread does other work that waits for the model, so that the user can color a single
photo meanwhile. Events are collected and handed to the window in batches.
"""

from __future__ import annotations

import dataclasses
import functools
import threading
import time
from collections import Counter
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from handtint.album.journal import Journal
from handtint.album.order import Event, Job, Order
from handtint.errors import HandtintError
from handtint.gui.parts.translating import tr, translated
from handtint.gui.parts.worker import Worker
from handtint.gui.session.tasks import LoadedModel
from handtint.progress import Cancelled, Progress

if TYPE_CHECKING:
    from handtint.model_card import ModelFile
    from handtint.restore.colorizer import Colorizer

_REPORT_S = 0.25  # between two reports on the search for photos of one scene


class RunPhase(Enum):
    """What a run is doing."""

    RUNNING = "running"
    PAUSING = "pausing"  # photos already started are being finished
    PAUSED = "paused"
    STOPPING = "stopping"
    OVER = "over"


class AlbumRun(QObject):
    """Starts at once.

    Attributes:
        jobs, output: what is made, and where.
        counts: of photos, by kind of `Event`.
        error: what ended the run early; None if nothing did.
        was_stopped: whether the user stopped it.
        searched: how much of the album was searched for photos of one scene, 0..1; None when no search is going on.
    """

    happened = Signal(object)  # list[Event]
    changed = Signal()  # phase or counts
    over = Signal()

    _queued = Signal()  # from the model's thread

    def __init__(
        self,
        jobs: Sequence[Job],
        order: Order,
        output: Path,
        model: LoadedModel,
        worker: Worker,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.jobs, self.order, self.output = list(jobs), order, output
        self.counts: Counter[str] = Counter()
        self.error: Exception | None = None
        self.was_stopped = False
        self.searched: float | None = 0.0 if order.by_scene else None
        self._is_over = False
        self._paused, self._stopped = threading.Event(), threading.Event()
        self._guard = threading.Lock()
        self._events: list[Event] = []
        self._active_s = 0.0  # before the last pause
        self._since = time.monotonic()
        self._queued.connect(self._take)
        self._worker = worker
        worker.submit(lambda progress: self._work(model, progress), self._end, self._fail)

    # on the model's thread

    def _work(self, model: LoadedModel, progress: Progress) -> None:
        from handtint.album.run import LOOKING, run, usual_threads  # only now: the window starts sooner

        reported, threads = time.monotonic(), usual_threads(model.cores)

        def step(fraction: float, text: str) -> None:
            nonlocal reported
            self._worker.let_others()
            progress.step(fraction, text)
            if self.searched is not None and time.monotonic() > reported + _REPORT_S:
                self.searched, reported = fraction / LOOKING, time.monotonic()
                self._queued.emit()

        def load(file: ModelFile) -> Colorizer:
            colorizer = model.colorizer(file, progress)
            model.take_threads(threads.network)  # the others are for reading and writing
            return colorizer

        own = Progress(step, self._stopped.is_set)
        try:
            with Journal(self.output) as journal:
                for file, photos in self.order.by_model(job.source for job in self.jobs):  # one is loaded at a time
                    wanted, order = set(photos), dataclasses.replace(self.order, model=file)
                    jobs = [job for job in self.jobs if job.source in wanted]
                    run(
                        jobs,
                        order,
                        journal,
                        functools.partial(load, file),
                        own,
                        self._queue,
                        is_paused=self._paused.is_set,
                        threads=threads,
                    )
        except Cancelled:
            progress.step(0.0)  # raises if the window is closing
            self.was_stopped = True
        finally:
            model.take_threads(None)

    def _queue(self, event: Event) -> None:
        with self._guard:
            is_first = not self._events
            self._events.append(event)
        if is_first:
            self._queued.emit()

    # on the window's thread

    @property
    def phase(self) -> RunPhase:
        """What the run is doing."""
        if self._is_over:
            return RunPhase.OVER
        if self._stopped.is_set():
            return RunPhase.STOPPING
        if self._paused.is_set():
            return RunPhase.PAUSED if self.counts["started"] == self.ended else RunPhase.PAUSING
        return RunPhase.RUNNING

    @property
    def ended(self) -> int:
        """How many photos are done, failed or skipped."""
        return sum(self.counts[kind] for kind in ("done", "failed", "skipped"))

    @property
    def left_s(self) -> float | None:
        """Estimated seconds for the rest; None before the first photo is done."""
        active_s = self._active_s + (0.0 if self._paused.is_set() else time.monotonic() - self._since)
        return active_s / self.ended * (len(self.jobs) - self.ended) if self.ended else None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self._is_over

    def pause(self) -> None:
        """Start no further photos until `resume`."""
        if self.phase is RunPhase.RUNNING:
            self._active_s += time.monotonic() - self._since
            self._paused.set()
            self.changed.emit()

    def resume(self) -> None:
        """Go on after a pause."""
        if self._paused.is_set() and not self._stopped.is_set():
            self._since = time.monotonic()
            self._paused.clear()
            self.changed.emit()

    def stop(self) -> None:
        """End as soon as possible; unfinished photos are left as they were."""
        if not self._is_over:
            self._stopped.set()
            self.changed.emit()

    def _take(self) -> None:
        with self._guard:
            events, self._events = self._events, []
        if events and self.searched is not None:
            self.searched, self._active_s, self._since = None, 0.0, time.monotonic()
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
        """What ended the run early, for the user; empty if nothing did."""
        if self.error is None:
            return ""
        if isinstance(self.error, HandtintError):
            return translated(self.error)
        return tr("album", "Something went wrong inside Handtint. Your originals and the results made so far are safe.")
