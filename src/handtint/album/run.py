"""Carries out a plan: threads read and write photos while the calling thread asks the model, a batch at a time.

The caller's thread owns the model, does all reporting and is the one that learns of a stop. Few photos are at work at
once, fewer where they are large, so that memory does not grow with the album. One photo that fails does not stop the
rest; what concerns them all (a full disk, a drive that is gone) ends the run, and a later one goes on from there.

With the same colors by scene (`Order.by_scene`) it is first found out which photo follows which (`scenes`). A lead that
an earlier run made is read and predicted once more for its followers; its file stays.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import logging
import os
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from handtint.album import making
from handtint.album.journal import Journal
from handtint.album.journal_files import JournalError
from handtint.album.order import Event, Job, Order
from handtint.album.pace import Pace
from handtint.album.plan import is_made, made_before
from handtint.album.recording import ends_the_run, record, record_done, record_left, stopped_by
from handtint.album.scenes.finding import find_leads
from handtint.album.scenes.followers import Followers, in_groups
from handtint.errors import HandtintError, Sentence
from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.formats.probe import pixels_in
from handtint.imaging.photo import Photo
from handtint.plain import duration
from handtint.progress import Cancelled, Progress
from handtint.restore import way
from handtint.restore.colorizer import Colorizer

_log = logging.getLogger(__name__)

_BYTES_AT_WORK = 768 * 2**20
_BYTES_PER_PIXEL = 4  # decoded, 8 bits a channel, and the file; twice that at 16; coloring and saving go in bands
_BYTES_IN_BANDS = 40 << 20
_SOON_S = 0.1  # how long a stop may go unnoticed
LOOKING = 0.2  # of the progress, where photos are looked at first

Keep = Callable[[Job, Photo, Photo], None]


@dataclass(frozen=True)
class Threads:
    """How many threads read and write; the network has the caller's, and `network` of torch's own."""

    readers: int
    writers: int
    network: int


def usual_threads(cores: int | None = None) -> Threads:
    """For so many cores, this computer's if None: full-size work is most of a photo, so most threads do that."""
    count = cores or os.cpu_count() or 1
    if cores == 1:  # asked for
        return Threads(1, 1, 1)
    return Threads(max(1, count // 4), max(2, count * 3 // 4), max(1, count // 4))


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
        keep: given each photo with its result, on a working thread, one at a time; what it raises is a note.
        is_paused: while it says so no further photo is begun.

    Raises `Cancelled`, `AlbumStopped`, `JournalError`, `NoFeatures`, and whatever `load` raises; what was saved by then
    stays and is whole, and the journal says of the rest that it is still to be done.
    """
    line = _Line(jobs, order, journal, load, progress, report, keep, is_paused)
    line.work(threads or usual_threads())


@dataclass(frozen=True, eq=False)
class _Item:
    """A photo at work."""

    job: Job
    bytes: int
    start: float = 0.0
    ready: way.Ready | None = None

    @property
    def here(self) -> way.Ready:
        """The photo, which was read."""
        assert self.ready is not None
        return self.ready

    @property
    def size(self) -> tuple[int, ...]:
        """Of what the model sees."""
        return self.here.lightness.shape


class _Line:
    """The state of one run.

    `_read`, `_write` and `_post` run on working threads, the rest on the caller's.
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
        self._jobs, self._journal = jobs, journal
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
        self._followers = Followers(jobs, order, journal.folder, Progress(is_cancelled=self._stop.is_set))

    def work(self, threads: Threads) -> None:
        readers = ThreadPoolExecutor(threads.readers, "handtint-read")
        writers = ThreadPoolExecutor(threads.writers, "handtint-write")
        try:
            if self._followers.order.by_scene and self._jobs:
                self._find_leads(threads)
            while self._ended < len(self._jobs):
                self._tell()
                self._begin(readers, most=threads.readers + threads.writers + 2)
                self._receive(block=not self._can_predict())
                if self._can_predict():
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

    def _find_leads(self, threads: Threads) -> None:
        """Find out which photo follows which; leave out what turns out to be made already, and put groups together."""
        progress, folder, order = self._progress.part(0.0, LOOKING), self._journal.folder, self._followers.order
        readers = threads.readers + threads.writers
        order = find_leads(self._jobs, order, folder, self._load(), progress, self._is_paused, readers)
        jobs = []
        for job in self._jobs:
            if is_made(job, order, self._journal):
                self._report(Event("started", job.source, job.target))
                self._report(made_before(job, order))
            else:
                jobs.append(job)
        self._jobs = in_groups(jobs, order)
        self._followers = Followers(self._jobs, order, folder, self._until_stopped)
        self._progress, self._pace = self._progress.part(LOOKING, 1.0), Pace()

    def _tell_of_finished(self) -> None:
        """Report photos that ended while the run was being stopped."""
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

    def _can_predict(self) -> bool:
        return any(self._followers.may_begin(item.job.source) for item in self._ready)

    def _predict(self, writers: ThreadPoolExecutor) -> None:
        """Ask the model about the photo that waits longest, and others of its size."""
        colorizer = self._load()
        able = [item for item in self._ready if self._followers.may_begin(item.job.source)]
        alike = [item for item in able if item.size == able[0].size][: colorizer.batch_size]
        for item, prediction in zip(alike, self._ask(colorizer, alike), strict=True):
            self._ready.remove(item)
            if isinstance(prediction, Exception):
                self._over(item, prediction)
            else:
                self._advance(item, 0.5)
                writers.submit(self._write_on_thread, item, self._led(item, prediction, colorizer), colorizer)

    def _led(self, item: _Item, prediction: Prediction, colorizer: Colorizer) -> Callable[[], Prediction]:
        """See `Followers.led`; ends the run where a lead's drive is gone."""
        try:
            return self._followers.led(item.job, item.here, prediction, colorizer)
        except (Cancelled, JournalError):
            raise
        except HandtintError as error:
            raise stopped_by(error, self._ended, len(self._jobs)) from error

    def _ask(self, colorizer: Colorizer, items: list[_Item]) -> list[Prediction | Exception]:
        """A prediction for each photo; where a batch fails, one by one, so that only those at fault do."""
        try:
            return [*way.ask([item.here for item in items], colorizer, self._until_stopped)]
        except Cancelled:
            raise
        except Exception as error:  # noqa: BLE001 whatever it is, the photo's row says so
            return [error] if len(items) == 1 else [self._ask(colorizer, [item])[0] for item in items]

    @property
    def _until_stopped(self) -> Progress:
        return Progress(is_cancelled=self._stop.is_set)

    def _read_on_thread(self, item: _Item) -> None:
        self._post(item, self._arrive, lambda progress: self._read(item, progress), 0.0, 0.4)

    def _write_on_thread(self, item: _Item, led: Callable[[], Prediction], colorizer: Colorizer) -> None:
        self._post(item, self._done, lambda progress: self._write(item, led(), colorizer, progress), 0.5, 1.0)

    def _post(
        self, item: _Item, receive: Callable[..., None], work: Callable[[Progress], object], start: float, stop: float
    ) -> None:
        """Do the work and send what comes of it to the calling thread."""
        send = self._inbox.put

        def advance(fraction: float, _text: str) -> None:
            send(functools.partial(self._advance, item, start + (stop - start) * fraction))

        try:
            result = work(Progress(advance, self._stop.is_set))
        except BaseException as error:  # noqa: BLE001 whatever it is, the photo's row says so
            send(functools.partial(self._over, item, error))
        else:
            send(functools.partial(receive, item, result))

    def _read(self, item: _Item, progress: Progress) -> way.Ready:
        order = self._followers.order
        record(self._journal, order, item.job, "started")
        return making.read(item.job, order, progress)

    def _write(self, item: _Item, prediction: Prediction, colorizer: Colorizer, progress: Progress) -> making.Made:
        folder, order = self._journal.folder, self._followers.order
        made, result = making.write(item.job, item.here, prediction, order, colorizer.card, folder, progress)
        record_done(self._journal, order, item.job, made, time.perf_counter() - item.start)
        if self._keep:
            try:
                with self._keeping:
                    self._keep(item.job, item.here.photo, result)
            except Exception as error:  # noqa: BLE001 the result is on disk, whatever comes of this
                _log.warning("%s was not kept", item.job.target, exc_info=error)
                text = Sentence(
                    "It is saved, but the picture of before and after could not be kept: {error}", error=error
                )
                made = dataclasses.replace(made, notes=(*made.notes, text))
        return made

    def _advance(self, item: _Item, fraction: float) -> None:
        self._report(Event("progress", item.job.source, item.job.target, fraction=fraction))

    def _arrive(self, item: _Item, ready: way.Ready) -> None:
        self._ready.append(dataclasses.replace(item, ready=ready))

    def _done(self, item: _Item, made: making.Made) -> None:
        self._pace.made(made.pixels)
        source, order = item.job.source, self._followers.order
        lead, work = order.lead_of(source), order.work(source)
        self._end(item, Event("done", source, item.job.target, notes=made.notes, work=work, lead=lead))

    def _over(self, item: _Item, error: BaseException) -> None:
        """What becomes of a photo whose work ended with an error; raises those that concern every photo."""
        if isinstance(error, JournalError) or not isinstance(error, Exception):
            raise error
        if isinstance(error, Cancelled):
            return
        if ends_the_run(item.job, error, self._journal.folder):
            raise stopped_by(error, self._ended, len(self._jobs)) from error
        self._followers.fail(item.job.source)
        event = making.explain(item.job, error)
        record_left(self._journal, self._followers.order, item.job, event)
        self._end(item, event)

    def _end(self, item: _Item, event: Event) -> None:
        self._ended += 1
        self._bytes -= item.bytes
        self._followers.end(item.job.source)
        self._report(dataclasses.replace(event, seconds=time.perf_counter() - item.start))
