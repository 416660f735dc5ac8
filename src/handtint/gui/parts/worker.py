"""One thread that does one thing after another, and the road its results take back to the window's thread.

Work is a plain function of a `Progress`. Callbacks run on the thread that made the `Worker`, and never for a
job that was cancelled: late results are dropped by the job they belong to. Work that raises `Cancelled` says
nothing.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from handtint.progress import Cancelled, Progress

Work = Callable[[Progress], Any]


class Job:
    """One piece of work handed to a `Worker`.

    Attributes:
        is_over: whether its last callback has run, or it was cancelled.
    """

    def __init__(
        self,
        work: Work,
        on_done: Callable[[Any], object],
        on_failed: Callable[[Exception], object],
        on_progress: Callable[[float, str], None] | None,
    ) -> None:
        self.is_over = False
        self._work = work
        self._on_done = on_done
        self._on_failed = on_failed
        self._on_progress = on_progress
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Drop the job: no callback of it runs any more; running work stops at its next step."""
        self.is_over = True
        self._cancelled.set()

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()


class Worker(QObject):
    """A thread with a queue. `close` ends it; a worker that is not closed keeps the program alive."""

    _happened = Signal(object)  # (job, callback name, arguments), sent from the working thread

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue: deque[Job] = deque()
        self._running: list[Job] = []  # the last one lets those before wait
        self._closing = False
        self._wake = threading.Condition()
        self._happened.connect(self._deliver)
        self._thread = threading.Thread(target=self._run, name=name)
        self._thread.start()

    def submit(
        self,
        work: Work,
        on_done: Callable[[Any], object],
        on_failed: Callable[[Exception], object],
        on_progress: Callable[[float, str], None] | None = None,
        *,
        urgent: bool = False,
    ) -> Job:
        """Queue `work`, ahead of all that waits if `urgent`. Callbacks come on this object's thread."""
        job = Job(work, on_done, on_failed, on_progress)
        with self._wake:
            if urgent:
                self._queue.appendleft(job)
            else:
                self._queue.append(job)
            self._wake.notify()
        return job

    def let_others(self) -> None:
        """Do all that waits in the queue: for long work to call between its steps, on this worker's thread."""
        while True:
            with self._wake:
                if self._closing or not self._queue:
                    return
                job = self._queue.popleft()
                self._running.append(job)
            self._do(job)
            with self._wake:
                self._running.remove(job)

    def close(self) -> None:
        """Cancel everything and wait for the thread to end. Harmless when called again."""
        with self._wake:
            self._closing = True
            for job in (*self._queue, *self._running):
                job.cancel()
            self._queue.clear()
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._wake:
                self._running.clear()
                while not self._queue and not self._closing:
                    self._wake.wait()
                if self._closing:
                    return
                job = self._queue.popleft()
                self._running.append(job)
            self._do(job)

    def _do(self, job: Job) -> None:
        def report(fraction: float, text: str) -> None:
            if job._on_progress is not None:
                self._happened.emit((job, job._on_progress, (fraction, text), False))

        if job.is_cancelled:
            return
        try:
            result = job._work(Progress(report, lambda: job.is_cancelled))
        except Cancelled:
            return
        except Exception as error:  # every fault of the work is the caller's to show
            self._happened.emit((job, job._on_failed, (error,), True))
        else:
            self._happened.emit((job, job._on_done, (result,), True))

    @Slot(object)
    def _deliver(self, event: tuple[Job, Callable[..., None], tuple[Any, ...], bool]) -> None:
        job, callback, arguments, is_last = event
        if job.is_cancelled:
            return
        job.is_over = is_last
        callback(*arguments)


class Latest:
    """Runs the newest of a stream of requests: one at a time, those overtaken meanwhile are left out."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._job: Job | None = None
        self._next: tuple[Work, Callable[[Any], object], Callable[[Exception], object]] | None = None

    def request(self, work: Work, on_done: Callable[[Any], object], on_failed: Callable[[Exception], object]) -> None:
        self._next = (work, on_done, on_failed)
        if self._job is None or self._job.is_over:
            self._start()

    def cancel(self) -> None:
        self._next = None
        if self._job is not None:
            self._job.cancel()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way or waiting."""
        return self._next is None and (self._job is None or self._job.is_over)

    def _start(self) -> None:
        if self._next is None:
            return
        (work, on_done, on_failed), self._next = self._next, None

        def then(callback: Callable[[Any], object]) -> Callable[[Any], object]:
            def run(value: Any) -> None:
                callback(value)
                if self._job is not None and self._job.is_over:
                    self._start()

            return run

        self._job = self._worker.submit(work, then(on_done), then(on_failed), urgent=True)
