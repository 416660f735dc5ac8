"""What a run writes into the journal of a photo, and which errors end the run and not only a photo."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

from handtint.album import making
from handtint.album.entries import Entry, State
from handtint.album.journal import Journal
from handtint.album.order import Event, Job, Order
from handtint.errors import DeviceError, HandtintError, SaveError
from handtint.stamps import stamp_if_there

_ENDS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ENODEV, errno.ENXIO, errno.ESTALE, errno.ENOTCONN}


class AlbumStopped(HandtintError):
    """What keeps every further photo from being made; those made so far are safe, the others can be made later."""


def record(journal: Journal, order: Order, job: Job, state: State, **rest: Any) -> Entry:
    """Write a photo's state into the journal, `started` first, and `rest`, what else the entry says.

    A result that was there before stays known. The photo's stamp is the one at its start, so that a photo which
    changed since is known to have.
    """
    known = journal.entry(job.target)
    rest.setdefault("made", known and known.made)
    if state == "started" or known is None:
        stamp = stamp_if_there(job.source)
        rest["before"] = stamp_if_there(job.target)
    else:
        stamp = known.stamp
    entry = Entry(job.target, job.source.absolute(), state, stamp, order.work(job.source), **rest)
    journal.write(entry, order.asked(job.source))
    return entry


def record_done(journal: Journal, order: Order, job: Job, made: making.Made, seconds: float) -> None:
    """Write into the journal that the result of a photo is on disk."""
    said = {"made": made.stamp, "sha256": made.sha256, "notes": made.notes, "pixels": made.pixels}
    record(journal, order, job, "done", seconds=seconds, **said)


def record_left(journal: Journal, order: Order, job: Job, event: Event) -> None:
    """Write into the journal that a photo failed or was skipped, as the event says."""
    record(journal, order, job, "skipped" if event.kind == "skipped" else "failed", reason=event.text)


def ends_the_run(job: Job, error: Exception, folder: Path) -> bool:
    """Whether what ended a photo keeps all others from being made too: a full disk, a drive or device that is gone."""
    if isinstance(error, DeviceError):
        return True
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno in _ENDS and isinstance(error, SaveError):
            return True
        cause = cause.__cause__
    # Not `Path.exists`, which raises where a drive answers with an error.
    return stamp_if_there(folder) is None or stamp_if_there(job.source.parent) is None


def stopped_by(reason: object, ended: int, count: int) -> AlbumStopped:
    """What ends a run after so many of its photos."""
    return AlbumStopped(
        "{reason} The run ended after {ended} of {count} photos, since no further one could be "
        "made. What was made is safe; run this again to go on.",
        reason=reason,
        ended=ended,
        count=count,
    )
