"""A folder that is watched: photos are made as they come, from a scanner or a camera, until the run is stopped.

Folders are asked every few seconds, which works on every disk and network share.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from handtint.album.order import Event, Job, Plan
from handtint.progress import Progress
from handtint.stamps import Stamp, stamp_if_there

_INTERVAL_S = 2.0
_PATIENCE_S = 30.0  # with a file that cannot be read: it may be half of one
_SOON_S = 0.1  # how long a stop may go unnoticed


def watch(
    make_plan: Callable[[], Plan],
    make: Callable[[list[Job], Callable[[Event], None]], None],
    report: Callable[[Event], None],
    progress: Progress,
    interval_s: float = _INTERVAL_S,
    patience_s: float = _PATIENCE_S,
) -> None:
    """Call `make_plan` again and again, and give `make` the photos that nobody has written to since the last time.

    A job that was given once and is still planned the same way is not given again, which would be in vain. Everything
    else a plan holds is reported once. A scanner that writes in bursts may leave half a file alone for a while, so
    that a failure is reported only once the photo's file stood still for `patience_s`, or when this ends. Returns
    never; raises `Cancelled`, and whatever `make` raises.

    Args:
        make: makes photos and tells the function it is given of every event.
    """
    stamps: dict[Path, Stamp | None] = {}
    given: set[tuple[Job, Stamp | None]] = set()
    told: set[tuple[Path, str]] = set()
    failures = _Failures(report, told)
    try:
        while True:
            failures.settle(patience_s)
            plan = make_plan()
            for event in plan.others:
                is_new = (event.source, event.text) not in told and event.source not in failures.held
                if not event.is_routine and is_new:
                    told.add((event.source, event.text))
                    report(event)
            now = {job.source: stamp_if_there(job.source) for job in plan.jobs}
            given &= {(job, now[job.source]) for job in plan.jobs}
            still = [
                job
                for job in plan.jobs
                if now[job.source] is not None
                and now[job.source] == stamps.get(job.source)
                and (job, now[job.source]) not in given
            ]
            stamps = now
            if still:
                make(still, failures.tell)
                given |= {(job, now[job.source]) for job in still}
            until = time.monotonic() + interval_s
            while time.monotonic() < until:
                progress.step(0.0, "Waiting for photos")
                time.sleep(min(_SOON_S, interval_s))
    finally:
        failures.settle(0.0)


class _Failures:
    """Photos that failed, kept back while their files may still be growing.

    Attributes:
        held: by photo: its file as it was, the event, and when that came.
    """

    def __init__(self, report: Callable[[Event], None], told: set[tuple[Path, str]]) -> None:
        self._report, self._told = report, told
        self.held: dict[Path, tuple[Stamp | None, Event, float]] = {}

    def tell(self, event: Event) -> None:
        """Report the event, or hold it back."""
        if event.kind == "failed":
            self.held[event.source] = (stamp_if_there(event.source), event, time.monotonic())
        else:
            self._report(event)

    def settle(self, patience_s: float) -> None:
        """Forget failures of files that changed since, and report those that stood still for so long."""
        for source, (stamp, event, since) in list(self.held.items()):
            if stamp_if_there(source) != stamp:
                del self.held[source]
            elif time.monotonic() - since >= patience_s:
                del self.held[source]
                self._told.add((source, event.text))
                self._report(event)
