"""Two windows may keep the same file: what each changed is merged, so that neither loses what the other one set."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from handtint.atomic import sweep

_WAIT_S = 10
_GONE = object()
Kept = Mapping[str, Any]


def merge(base: Kept, ours: Kept, theirs: Kept, depth: int = 1) -> dict[str, Any]:
    """`theirs` with what changed from `base` to `ours`; both changed: ours.

    Args:
        base: what we knew last.
        depth: how many levels of objects within objects are merged key by key; others are taken whole.
    """
    merged: dict[str, Any] = {}
    for key in dict.fromkeys((*theirs, *ours)):
        before, mine, other = (version.get(key, _GONE) for version in (base, ours, theirs))
        if mine == before:
            value = other
        elif depth > 1 and isinstance(other, dict) and (isinstance(mine, dict) or mine is _GONE):
            within = merge(before if isinstance(before, dict) else {}, {} if mine is _GONE else mine, other, depth - 1)
            value = within or mine
        else:
            value = mine
        if value is not _GONE:
            merged[key] = value
    return merged


class Known:
    """What a window knew last of a file that others may write to; copies of a record share it."""

    def __init__(self, base: Mapping[str, Any] | None = None) -> None:
        self.base: Mapping[str, Any] = base or {}


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Held by one at a time. Raises `OSError`, after a while also where it is held all the time."""
    import filelock  # takes long, and the window needs it only once something is kept

    with filelock.FileLock(path, timeout=_WAIT_S):
        yield


def keep_merged(
    known: Known,
    ours: Mapping[str, Any],
    lock: Path,
    folder: Path,
    read: Callable[[], Mapping[str, Any] | None],
    write: Callable[[Mapping[str, Any]], None],
    depth: int = 1,
) -> None:
    """Merge ours into what the file holds by now, None for no file, and write that. Raises what these two raise.

    Args:
        folder: of the file; what a window that was killed left half-written there is taken away.
    """
    with locked(lock):
        sweep(folder, 0)  # whoever writes there has the lock
        theirs = read()
        write(ours if theirs is None else merge(known.base, ours, theirs, depth))
        known.base = ours
