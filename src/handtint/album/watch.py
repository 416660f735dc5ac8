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
_SOON_S = 0.1  # how long a stop may go unnoticed


def watch(
    look: Callable[[], Plan],
    make: Callable[[list[Job]], None],
    report: Callable[[Event], None],
    progress: Progress,
    interval_s: float = _INTERVAL_S,
) -> None:
    """Ask `look` for a plan again and again, and give `make` the photos that nobody has written to since the last time.

    What was given once and is planned in the same way still is not given again: nothing would come of it. Everything
    else a plan holds is reported once. Returns never; raises `Cancelled`, and whatever `make` raises.
    """
    stamps: dict[Path, Stamp | None] = {}
    given: set[tuple[Job, Stamp | None]] = set()
    told: set[tuple[Path, str]] = set()
    while True:
        plan = look()
        for event in plan.others:
            if not event.is_routine and (event.source, event.text) not in told:
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
            make(still)
            given |= {(job, now[job.source]) for job in still}
        until = time.monotonic() + interval_s
        while time.monotonic() < until:
            progress.step(0.0, "Waiting for photos")
            time.sleep(min(_SOON_S, interval_s))
