"""A thread with a queue of tasks, whose results come back on the window's thread.

Work is a plain function of a `Progress`. Callbacks run on the thread that made the `Worker`, and never for a
task that was cancelled: late results are dropped by the task they belong to. Work that raises `Cancelled` says
nothing.

A drive that does not answer holds a thread up for minutes, and nothing can wake it. Closing therefore waits for a
limited time, then leaves the thread behind: it is a daemon, and ends with the program.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from handtint.progress import Cancelled, Progress

Work = Callable[[Progress], Any]

CLOSING_S = 5.0  # how long closing waits for work to stop, all workers together
_AT_ONCE_S = 0.4  # work that stops this soon needs no word about waiting

log = logging.getLogger(__name__)


class Task:
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
        """Drop the task: no callback of it runs any more; running work stops at its next step."""
        self.is_over = True
        self._cancelled.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether its result is no longer wanted."""
        return self._cancelled.is_set()


class Worker(QObject):
    """A thread with a queue; `close` ends it.

    Args:
        name: of the thread.
        purpose: what it does, for a user who waits for it; by default the name.
    """

    _happened = Signal(object)  # (task, callback name, arguments), sent from the working thread

    def __init__(self, name: str, parent: QObject | None = None, purpose: str = "") -> None:
        super().__init__(parent)
        self._purpose = purpose or name
        self._last_text = ""  # of the progress of the work under way
        self._queue: deque[Task] = deque()
        self._running: list[Task] = []  # the last one lets those before wait
        self._closing = False
        self._wake = threading.Condition()
        self._happened.connect(self._deliver)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(
        self,
        work: Work,
        on_done: Callable[[Any], object],
        on_failed: Callable[[Exception], object],
        on_progress: Callable[[float, str], None] | None = None,
        *,
        urgent: bool = False,
    ) -> Task:
        """Queue `work`, ahead of all that waits if `urgent`. Callbacks come on this object's thread."""
        task = Task(work, on_done, on_failed, on_progress)
        with self._wake:
            if urgent:
                self._queue.appendleft(task)
            else:
                self._queue.append(task)
            self._wake.notify()
        return task

    def let_others(self) -> None:
        """Do all that waits in the queue: for long work to call between its steps, on this worker's thread."""
        while True:
            with self._wake:
                if self._closing or not self._queue:
                    return
                task = self._queue.popleft()
                self._running.append(task)
            self._do(task)
            with self._wake:
                self._running.remove(task)

    @property
    def doing(self) -> str:
        """What a user may be told of the work under way."""
        return self._last_text or self._purpose

    @property
    def is_alive(self) -> bool:
        """Whether its thread still runs."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Cancel everything; the thread ends once the work under way comes to its next step."""
        with self._wake:
            self._closing = True
            for task in (*self._queue, *self._running):
                task.cancel()
            self._queue.clear()
            self._wake.notify()

    def close(self, limit_s: float = CLOSING_S) -> bool:
        """Cancel everything and wait for the thread to end; whether it did. The next call does not wait again."""
        return not close_all([self], limit_s)

    def wait(self, limit_s: float) -> bool:
        """Wait for the thread of a stopped worker to end; whether it did."""
        self._thread.join(max(limit_s, 0.0))
        return not self.is_alive

    def _run(self) -> None:
        while True:
            with self._wake:
                self._running.clear()
                while not self._queue and not self._closing:
                    self._wake.wait()
                if self._closing:
                    return
                task = self._queue.popleft()
                self._running.append(task)
            self._do(task)

    def _do(self, task: Task) -> None:
        def report(fraction: float, text: str) -> None:
            self._last_text = text or self._last_text
            if task._on_progress is not None:
                self._happened.emit((task, task._on_progress, (fraction, text), False))

        if task.is_cancelled:
            return
        self._last_text = ""
        try:
            result = task._work(Progress(report, lambda: task.is_cancelled))
        except Cancelled:
            return
        except Exception as error:  # noqa: BLE001 every fault of the work is the caller's to show
            said = task, task._on_failed, (error,), True
        else:
            said = task, task._on_done, (result,), True
        if not task.is_cancelled:  # after a closing that left this behind, there is nobody left to report to
            self._happened.emit(said)

    @Slot(object)
    def _deliver(self, event: tuple[Task, Callable[..., None], tuple[Any, ...], bool]) -> None:
        task, callback, arguments, is_last = event
        if task.is_cancelled:
            return
        task.is_over = is_last
        callback(*arguments)


def close_all(
    workers: Sequence[Worker], limit_s: float = CLOSING_S, on_wait: Callable[[str], object] | None = None
) -> list[Worker]:
    """Stop workers and wait for all of them together; returns those whose work did not end in time.

    Args:
        on_wait: called with what is waited for, where that does not end at once.
    """
    for worker in workers:
        worker.stop()
    waited = [worker for worker in workers if worker._thread not in _left_behind]
    end = time.monotonic() + limit_s
    for worker in waited:
        worker.wait(min(_AT_ONCE_S, end - time.monotonic()))
    slow = [worker for worker in waited if worker.is_alive]
    if slow and on_wait is not None:
        on_wait(", ".join(worker.doing for worker in slow))
    for worker in slow:
        if not worker.wait(end - time.monotonic()):
            log.warning("left behind on closing: %s", worker.doing)
            _left_behind.append(worker._thread)
    return [worker for worker in workers if worker.is_alive]


_left_behind: list[threading.Thread] = []


def has_left_behind() -> bool:
    """Whether a thread of a closed worker still runs, because its work did not end in time."""
    return any(thread.is_alive() for thread in _left_behind)


class Latest:
    """Runs the newest of a stream of requests: one at a time, those overtaken meanwhile are left out."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._task: Task | None = None
        self._next: tuple[Work, Callable[[Any], object], Callable[[Exception], object]] | None = None

    def request(self, work: Work, on_done: Callable[[Any], object], on_failed: Callable[[Exception], object]) -> None:
        """Ask for this next, in place of what still waits."""
        self._next = (work, on_done, on_failed)
        if self._task is None or self._task.is_over:
            self._start()

    def cancel(self) -> None:
        """Drop what is under way and what waits."""
        self._next = None
        if self._task is not None:
            self._task.cancel()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way or waiting."""
        return self._next is None and (self._task is None or self._task.is_over)

    def _start(self) -> None:
        if self._next is None:
            return
        (work, on_done, on_failed), self._next = self._next, None

        def then(callback: Callable[[Any], object]) -> Callable[[Any], object]:
            def run(value: Any) -> None:
                callback(value)
                if self._task is not None and self._task.is_over:
                    self._start()

            return run

        self._task = self._worker.submit(work, then(on_done), then(on_failed), urgent=True)
