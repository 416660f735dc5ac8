"""A plan worked off: threads read and write photos while the calling thread asks the model, a batch at a time.

The caller's thread owns the model, does all reporting and is the one that learns of a stop. Few photos are at work at
once, fewer where they are large, so that memory does not grow with the album. One photo that fails does not stop the
rest; what concerns them all (a full disk, a drive that is gone) ends the run, and a later one goes on from there.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import functools
import os
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handtint.album import making
from handtint.album.journal import Entry, Journal, JournalError, Stamp, State, stamp_of
from handtint.album.pace import Pace, duration
from handtint.album.plan import Event, Job, Order
from handtint.errors import HandtintError, SaveError
from handtint.imaging.photo import Photo
from handtint.imaging.prediction import Prediction
from handtint.imaging.probe import pixels_in
from handtint.progress import Cancelled, Progress
from handtint.restore import Colorizer

_BYTES_AT_WORK = 768 * 2**20
_BYTES_PER_PIXEL = 4  # decoded, 8 bits a channel, and the file; twice that at 16; coloring and saving go in bands
_BYTES_IN_BANDS = 40 << 20
_SOON_S = 0.1  # how long a stop may go unnoticed
_ENDS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ENODEV, errno.ENXIO, errno.ESTALE, errno.ENOTCONN}

Keep = Callable[[Job, Photo, Photo], None]


class AlbumStopped(HandtintError):
    """What keeps every further photo from being made; those made so far are safe, the others can be made later."""


@dataclass(frozen=True)
class Threads:
    """How many threads read and write; the network has the caller's, and `network` of torch's own."""

    readers: int
    writers: int
    network: int


def usual_threads(cores: int | None = None) -> Threads:
    """For a computer of so many cores: full-size work is most of a photo, so most threads do that."""
    cores = cores or os.cpu_count() or 1
    return Threads(max(1, cores // 4), max(2, cores * 3 // 4), max(1, cores // 4))


def run(
    jobs: list[Job],
    order: Order,
    journal: Journal,
    load: Callable[[], Colorizer],
    progress: Progress,
    report: Callable[[Event], None],
    keep: Keep | None = None,
    is_paused: Callable[[], bool] = lambda: False,
    threads: Threads | None = None,
) -> None:
    """Color the photos of a plan and save the results.

    Args:
        load: gives the colorizer; called once, when the first photo needs it.
        report: told of every photo, on the calling thread.
        keep: given each photo with its result, on a working thread, one at a time.
        is_paused: while it says so no further photo is begun.

    Raises `Cancelled`, `AlbumStopped`, `JournalError`, and whatever `load` raises; what was saved by then stays and
    is whole, and the journal says of the rest that it is still to be done.
    """
    line = _Line(jobs, order, journal, load, progress, report, keep, is_paused)
    line.work(threads or usual_threads())


@dataclass(frozen=True, eq=False)
class _Item:
    """A photo at work."""

    job: Job
    bytes: int
    start: float = 0.0
    ready: making.Ready | None = None

    @property
    def size(self) -> tuple[int, ...]:
        """Of what the model sees."""
        return self.ready.sight.lightness.shape if self.ready else ()


class _Line:
    """The state of one run.

    `_read`, `_write` and `_post` run on working threads, `_note` on any, the rest on the caller's.
    """

    def __init__(
        self,
        jobs: list[Job],
        order: Order,
        journal: Journal,
        load: Callable[[], Colorizer],
        progress: Progress,
        report: Callable[[Event], None],
        keep: Keep | None,
        is_paused: Callable[[], bool],
    ) -> None:
        self._jobs, self._order, self._journal = jobs, order, journal
        self._load = functools.cache(load)
        self._progress, self._report, self._is_paused = progress, report, is_paused
        self._keep, self._keeping = keep, threading.Lock()
        self._stop = threading.Event()
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._ready: deque[_Item] = deque()
        self._next: _Item | None = None  # sized, but not begun for lack of room
        self._begun = self._ended = self._bytes = 0
        self._name = ""
        self._pace = Pace()

    def work(self, threads: Threads) -> None:
        readers = ThreadPoolExecutor(threads.readers, "handtint-read")
        writers = ThreadPoolExecutor(threads.writers, "handtint-write")
        try:
            while self._ended < len(self._jobs):
                self._tell()
                self._begin(readers, most=threads.readers + threads.writers + 2)
                self._receive(block=not self._ready)
                if self._ready:
                    self._predict(writers)
        except BaseException:
            self._stop.set()
            raise
        finally:
            readers.shutdown(cancel_futures=self._stop.is_set())
            writers.shutdown(cancel_futures=self._stop.is_set())
            self._pace.remember()
            if self._stop.is_set():
                self._tell_of_finished()
        self._progress.step(1.0)

    def _tell_of_finished(self) -> None:
        """Tell of photos that came to their end while the run was being stopped."""
        with contextlib.suppress(queue.Empty):
            while True:
                receive = self._inbox.get_nowait()
                with contextlib.suppress(HandtintError):  # the first of these is on its way already
                    receive()

    def _tell(self) -> None:
        count = len(self._jobs)
        left_s = self._pace.left_s(count - self._ended)
        left = "" if left_s is None else f" ({duration(left_s)} left)"
        self._progress.step(self._ended / count, f"Coloring {max(self._begun, 1)} of {count}: {self._name}{left}")

    def _receive(self, block: bool) -> None:
        try:
            self._inbox.get(timeout=_SOON_S if block else 0.0)()
            while True:
                self._inbox.get_nowait()()
        except queue.Empty:
            pass

    def _begin(self, readers: ThreadPoolExecutor, most: int) -> None:
        """Begin photos while there is room for them; a single one always has room."""
        while self._begun < len(self._jobs) and self._begun - self._ended < most and not self._is_paused():
            item = self._next or self._sized(self._jobs[self._begun])
            if self._bytes and self._bytes + item.bytes > _BYTES_AT_WORK:
                self._next = item
                return
            self._next = None
            self._begun += 1
            self._bytes += item.bytes
            self._name = item.job.source.name
            self._report(Event("started", item.job.source, item.job.target))
            self._tell()
            readers.submit(self._read_on_thread, dataclasses.replace(item, start=time.perf_counter()))

    def _sized(self, job: Job) -> _Item:
        pixels, depth = pixels_in(job.source) or (0, 8)
        return _Item(job, pixels * _BYTES_PER_PIXEL * depth // 8 + _BYTES_IN_BANDS)

    def _predict(self, writers: ThreadPoolExecutor) -> None:
        """Ask the model about the photo that waits longest, and others of its size."""
        colorizer = self._load()
        size = self._ready[0].size
        alike = [item for item in self._ready if item.size == size][: colorizer.batch_size]
        for item, prediction in zip(alike, self._ask(colorizer, alike), strict=True):
            self._ready.remove(item)
            if isinstance(prediction, Exception):
                self._over(item, prediction)
            else:
                self._advance(item, 0.5)
                writers.submit(self._write_on_thread, item, prediction, colorizer)

    def _ask(self, colorizer: Colorizer, items: list[_Item]) -> list[Prediction | Exception]:
        """A prediction for each photo; where a batch fails, one by one, so that only those at fault do."""
        sights = [item.ready.sight for item in items if item.ready]
        try:
            progress = Progress(is_cancelled=self._stop.is_set)
            return [*colorizer.predict_many([s.lightness for s in sights], [s.hints for s in sights], progress)]
        except Cancelled:
            raise
        except Exception as error:
            return [error] if len(items) == 1 else [self._ask(colorizer, [item])[0] for item in items]

    def _read_on_thread(self, item: _Item) -> None:
        self._post(item, self._arrive, lambda progress: self._read(item, progress), 0.0, 0.4)

    def _write_on_thread(self, item: _Item, prediction: Prediction, colorizer: Colorizer) -> None:
        self._post(item, self._done, lambda progress: self._write(item, prediction, colorizer, progress), 0.5, 1.0)

    def _post(
        self, item: _Item, receive: Callable[..., None], work: Callable[[Progress], object], start: float, stop: float
    ) -> None:
        """Do the work and send what comes of it to the calling thread."""
        send = self._inbox.put

        def advance(fraction: float, _text: str) -> None:
            send(functools.partial(self._advance, item, start + (stop - start) * fraction))

        try:
            result = work(Progress(advance, self._stop.is_set))
        except BaseException as error:
            send(functools.partial(self._over, item, error))
        else:
            send(functools.partial(receive, item, result))

    def _read(self, item: _Item, progress: Progress) -> making.Ready:
        note(self._journal, self._order, item.job, "started")
        return making.read(item.job, self._order, progress)

    def _write(self, item: _Item, prediction: Prediction, colorizer: Colorizer, progress: Progress) -> making.Made:
        assert item.ready is not None
        folder = self._journal.folder
        made, result = making.write(item.job, item.ready, prediction, self._order, colorizer.card, folder, progress)
        note_done(self._journal, self._order, item.job, made, time.perf_counter() - item.start)
        if self._keep:
            with self._keeping:
                self._keep(item.job, item.ready.photo, result)
        return made

    def _advance(self, item: _Item, fraction: float) -> None:
        self._report(Event("progress", item.job.source, item.job.target, fraction=fraction))

    def _arrive(self, item: _Item, ready: making.Ready) -> None:
        self._ready.append(dataclasses.replace(item, ready=ready))

    def _done(self, item: _Item, made: making.Made) -> None:
        self._pace.made(made.pixels)
        self._end(item, Event("done", item.job.source, item.job.target, notes=made.notes))

    def _over(self, item: _Item, error: BaseException) -> None:
        """What becomes of a photo whose work ended with an error; raises those that concern every photo."""
        if isinstance(error, JournalError) or not isinstance(error, Exception):
            raise error
        if isinstance(error, Cancelled):
            return
        if ends_the_run(item.job, error, self._journal.folder):
            raise stopped_by(error, self._ended, len(self._jobs)) from error
        event = making.explain(item.job, error)
        note_left(self._journal, self._order, item.job, event)
        self._end(item, event)

    def _end(self, item: _Item, event: Event) -> None:
        self._ended += 1
        self._bytes -= item.bytes
        self._report(dataclasses.replace(event, seconds=time.perf_counter() - item.start))


def note(journal: Journal, order: Order, job: Job, state: State, **rest: Any) -> Entry:
    """Write a photo's state into the journal, `started` first, and `rest`, what else the entry says.

    A result that was there before stays known. The photo's stamp is the one at its start, so that a photo which
    changed since is known to have.
    """
    known = journal.entry(job.target)
    rest.setdefault("made", known and known.made)
    if state == "started" or known is None:
        stamp = _stamp(job.source)
        rest["before"] = _stamp(job.target)
    else:
        stamp = known.stamp
    entry = Entry(job.target, job.source.absolute(), state, stamp, order.work(job.source), **rest)
    journal.write(entry, order.asked(job.source))
    return entry


def note_done(journal: Journal, order: Order, job: Job, made: making.Made, seconds: float) -> None:
    """Write into the journal that the result of a photo is on disk."""
    said = {"made": made.stamp, "sha256": made.sha256, "notes": made.notes, "pixels": made.pixels}
    note(journal, order, job, "done", seconds=seconds, **said)


def note_left(journal: Journal, order: Order, job: Job, event: Event) -> None:
    """Write into the journal that a photo failed or was skipped, as the event says."""
    note(journal, order, job, "skipped" if event.kind == "skipped" else "failed", reason=event.text)


def _stamp(path: Path) -> Stamp | None:
    try:
        return stamp_of(path)
    except OSError:
        return None


def ends_the_run(job: Job, error: Exception, folder: Path) -> bool:
    """Whether what ended a photo keeps all others from being made too: a full disk, a drive that is gone."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno in _ENDS and isinstance(error, SaveError):
            return True
        cause = cause.__cause__
    # Not `Path.exists`, which raises where a drive answers with an error.
    return _stamp(folder) is None or _stamp(job.source.parent) is None


def stopped_by(reason: object, ended: int, count: int) -> AlbumStopped:
    """What ends a run after so many of its photos."""
    return AlbumStopped(
        f"{reason} The run ended after {ended} of {count} photos, since no further one could be "
        "made. What was made is safe; run this again to go on."
    )
