"""An album made by several processes or computers: the workers of a Dask cluster, started by the user or by us.

The process that the user started plans, hands out photos and alone writes the journal. A worker gets a job and an
order, reads the photo, colors it, writes the result and answers with a small record; pixels never travel, so photos,
results and the model must lie under the same paths for all of them, and Handtint must be installed for each.

A photo whose worker dies is given to another. Where the first had written the result already, the second finds it:
results appear whole or not at all, and what is at the target now and was not when work began is that result. Raises
`ClusterError`, and whatever `run.run` does.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import logging
import os
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from handtint import __version__, paths
from handtint.album.cluster.worker import Answer, Assignment, Load, make
from handtint.album.journal import Journal
from handtint.album.order import Event, Job, Order
from handtint.album.pace import Pace
from handtint.album.recording import record, record_done, record_left, stopped_by
from handtint.errors import HandtintError, Sentence
from handtint.plain import duration
from handtint.progress import Cancelled, Progress
from handtint.stamps import Stamp

_NOT_INSTALLED = Sentence(
    'To work on a cluster, Handtint needs the package "distributed", which is not installed. '
    "Install it for the Python that runs Handtint, here and on every worker: pip install distributed"
)
_FROZEN = Sentence(
    "An installed Handtint cannot work on a cluster: its Python is its own, and workers need one that has Handtint and "
    "Dask. No photo was colored. Run Handtint from its source, here and on every worker (its README says how), or let "
    "several computers share the photos without a cluster: one command on each, with --shard 1/2 and --shard 2/2."
)
_LOCAL = "local:"
_CONNECT_S = 15
# Workers of ours that die are started again, which on a busy computer took 14 s; after 15 s, Dask gave up one that had
# just come back and ended it, and with the last of them the run stood still.
_WAIT_FOR_WORKERS = {"distributed.deploy.lost-worker-timeout": "1 day"}
_AHEAD = 2  # photos for each thread of a worker: one at work, one that waits
_POLL_S = 0.05
_COUNT_S = 1.0  # how long a count of the workers stays valid
_ANSWER_S = 10
_GRACE_S = 30  # after a stop, for photos that are at work


class ClusterError(HandtintError):
    """The cluster cannot be reached, or this computer lacks what it takes."""


def run(
    jobs: list[Job],
    order: Order,
    journal: Journal,
    load: Load,
    address: str,
    device: str,
    progress: Progress,
    report: Callable[[Event], None],
) -> None:
    """Have the photos of a plan made.

    Args:
        load: gives a worker its colorizer, once; a function that workers can import.
        address: of a scheduler, such as `tcp://10.0.0.5:8786`, or `local:4` for four processes on this computer.
        device: `auto` lets each worker choose its own.
    """
    if jobs:
        with _connected(address) as cluster:
            _Handout(jobs, order, journal, load, device, progress, report, cluster).work()
    progress.step(1.0)


@dataclass(frozen=True)
class _Cluster:
    """A connected client, Dask's own module, and the threads of the CPU for each worker's network, if we chose."""

    client: Any
    distributed: Any
    threads: int | None


@contextlib.contextmanager
def _connected(address: str) -> Iterator[_Cluster]:
    try:
        distributed = importlib.import_module("distributed")  # by name: it need not be there
    except ModuleNotFoundError as error:
        raise ClusterError(_FROZEN if paths.is_frozen() else _NOT_INSTALLED) from error
    with contextlib.ExitStack() as stack:
        count = int(address.removeprefix(_LOCAL)) if address.startswith(_LOCAL) else 0
        try:
            if count:
                stack.enter_context(importlib.import_module("dask").config.set(_WAIT_FOR_WORKERS))
                cluster = distributed.LocalCluster(
                    n_workers=count,
                    threads_per_worker=1,
                    memory_limit=0,  # ours is the ladder of `engine.colorizer`; theirs ends workers
                    dashboard_address="127.0.0.1:0",  # None would take port 8787 of every network
                    silence_logs=logging.CRITICAL,
                )
                address = stack.enter_context(cluster)
            client = stack.enter_context(distributed.Client(address, timeout=_CONNECT_S, set_as_default=False))
        except (OSError, ValueError, RuntimeError) as error:
            raise ClusterError(
                'The scheduler "{address}" could not be reached: {reason}. '
                "Nothing was changed. Check the address, and whether the scheduler runs.",
                address=address,
                reason=error or type(error).__name__,
            ) from error
        if count:
            client.register_plugin(_leave_interrupts_to_us(distributed))
        yield _Cluster(client, distributed, max(1, (os.cpu_count() or 1) // count) if count else None)


def _leave_interrupts_to_us(distributed: Any) -> Any:
    """A plugin for workers on this terminal: Ctrl-C reaches them too, but what it means is decided here."""

    class LeaveInterrupts(distributed.WorkerPlugin):
        name = "handtint-interrupts"

        def setup(self, worker: object) -> None:
            if threading.current_thread() is threading.main_thread():
                signal.signal(signal.SIGINT, signal.SIG_IGN)

    return LeaveInterrupts()


@dataclass(frozen=True)
class _Begun:
    """A photo that was handed out."""

    job: Job
    future: Any


class _Handout:
    """The state of one run: what was handed out and what came back. All of it on the calling thread."""

    def __init__(
        self,
        jobs: list[Job],
        order: Order,
        journal: Journal,
        load: Load,
        device: str,
        progress: Progress,
        report: Callable[[Event], None],
        cluster: _Cluster,
    ) -> None:
        self._jobs, self._order, self._journal = jobs, order, journal
        self._load, self._device, self._cluster = load, device, cluster
        self._progress, self._report = progress, report
        self._at_work: list[_Begun] = []
        self._begun = self._ended = self._room = 0
        self._counted = float("-inf")
        self._run = uuid.uuid4().hex
        self._pace = Pace()

    def work(self) -> None:
        try:
            while self._ended < len(self._jobs):
                self._tell()
                self._hand_out()
                self._receive()
        except (Cancelled, HandtintError):
            self._wait_for_begun()
            raise
        finally:
            self._cluster.client.cancel([begun.future for begun in self._at_work])
        self._journal.sweep({job.target.parent for job in self._jobs})  # what workers that died left

    def _tell(self) -> None:
        count = len(self._jobs)
        left_s = self._pace.left_s(count - self._ended)
        tail = "" if left_s is None else f" ({duration(left_s)} left)"
        name = self._at_work[-1].job.source.name if self._at_work else "waiting for a worker"
        self._progress.step(self._ended / count, f"Coloring {max(self._begun, 1)} of {count}: {name}{tail}")

    def _hand_out(self) -> None:
        """Give out as many photos as the workers can take: a large album is not sent to the scheduler at once."""
        while self._begun < len(self._jobs) and len(self._at_work) < self._most():
            job = self._jobs[self._begun]
            before = record(self._journal, self._order, job, "started").before
            self._report(Event("started", job.source, job.target))
            key = f"handtint-{self._run}-{self._begun}"
            future = self._cluster.client.submit(make, self._assignment(job, before), key=key, pure=False)
            self._at_work.append(_Begun(job, future))
            self._begun += 1

    def _most(self) -> int:
        if time.monotonic() > self._counted + _COUNT_S:
            try:
                self._room = _AHEAD * sum(self._cluster.client.nthreads().values())
            except OSError as error:
                raise self._lost() from error
            self._counted = time.monotonic()
        return self._room

    def _assignment(self, job: Job, before: Stamp | None) -> Assignment:
        order = self._order
        model = dataclasses.replace(order.model, path=order.model.path.absolute())
        order = dataclasses.replace(order, model=model, recipe=order.recipe_of(job.source), own={})
        job = dataclasses.replace(job, source=job.source.absolute(), target=job.target.absolute())
        folder = self._journal.folder.absolute()
        return Assignment(job, order, before, folder, self._load, self._device, self._cluster.threads)

    def _receive(self) -> None:
        """Take in what workers answered; wait a moment where nobody did."""
        finished = [begun for begun in self._at_work if begun.future.done()]
        if not finished:
            time.sleep(_POLL_S)
        for begun in finished:
            answer = self._answer(begun)
            if answer is not None:
                self._at_work.remove(begun)
                self._end(begun.job, answer)

    def _answer(self, begun: _Begun) -> Answer | None:
        """What a worker said; None where it must be asked again, since it died before it could say so."""
        future, distributed = begun.future, self._cluster.distributed
        if future.status == "error":
            error = future.exception(timeout=_ANSWER_S)
            if isinstance(error, HandtintError):  # no model, no device
                raise error
            if isinstance(error, distributed.KilledWorker):
                text = Sentence(
                    '"{name}" was not colored: every worker that tried it ended without a word, '
                    "perhaps for want of memory. The original is unchanged.",
                    name=begun.job.source.name,
                )
                return Answer(event=Event("failed", begun.job.source, begun.job.target, text))
            raise ClusterError(
                "A worker could not begin ({name}: {error}). Handtint {version} must be installed "
                "for every worker. What was made is safe; run this again to go on.",
                name=type(error).__name__,
                error=error,
                version=__version__,
            ) from error
        if future.status != "finished":
            raise self._lost()
        try:
            return future.result(timeout=_ANSWER_S)
        except TimeoutError:
            return None

    def _end(self, job: Job, answer: Answer) -> None:
        if answer.ends:
            raise stopped_by(answer.ends, self._ended, len(self._jobs))
        if answer.made:
            self._pace.made(answer.made.pixels)
            record_done(self._journal, self._order, job, answer.made, answer.seconds)
            event = Event("done", job.source, job.target, notes=answer.made.notes)
        else:
            assert answer.event is not None
            event = dataclasses.replace(answer.event, source=job.source, target=job.target)
            record_left(self._journal, self._order, job, event)
        self._ended += 1
        self._report(dataclasses.replace(event, seconds=answer.seconds))

    def _wait_for_begun(self) -> None:
        """After a stop: let workers finish what they are doing, and record it; what takes too long is found later."""
        until = time.monotonic() + _GRACE_S
        while self._at_work and time.monotonic() < until:
            try:
                self._receive()
            except HandtintError:  # the first of these is on its way already
                return

    def _lost(self) -> HandtintError:
        return stopped_by(Sentence("The connection to the scheduler was lost."), self._ended, len(self._jobs))
