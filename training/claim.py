"""One trainer in a run's folder at a time: a lock that the system releases when its process ends, however it ends."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from training.distributed import Ranks
from training.learning.learner import TrainingError

_LOCK = ".lock"


@contextlib.contextmanager
def claimed(folder: Path, ranks: Ranks) -> Iterator[None]:
    """Lock a run's folder, which is made if it is not there; the first of several ranks holds the lock for all.

    Raises `TrainingError` where another trainer holds it, or where the folder cannot be made or written to.
    """
    if not ranks.is_first:
        yield
        return
    lock = FileLock(folder / _LOCK, timeout=0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise TrainingError(
            f'Another trainer is at work in "{folder}". Nothing there was touched. '
            "Wait until it has ended or stop it, then go on here; or choose another folder."
        ) from error
    except (OSError, NotImplementedError) as error:
        why = getattr(error, "strerror", None) or error
        raise TrainingError(f'The folder "{folder}" cannot be written to: {why}. Choose another with --out.') from error
    try:
        yield
    finally:
        lock.release()
