"""One window by default: a second start hands its photos to the first window and ends.

The first holds a lock, which the system takes back however it ends, and watches a folder of the user's own. A second
start puts a file with its paths there and waits until it is taken. No socket listens. Each display has its own.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from handtint import paths
from handtint.atomic import write_whole
from handtint.foreign import read_small

if TYPE_CHECKING:
    import filelock

_PATIENCE_S = 10.0  # the first one may be starting still
_SOON_S = 0.05
_STALE_S = 60.0
_MOST_BYTES = 16 << 20


class First:
    """The right to be the window that others hand their photos to, until `close`.

    Attributes:
        folder: where requests come; it is there.
    """

    def __init__(self, lock: filelock.BaseFileLock, folder: Path) -> None:
        self._lock, self.folder = lock, folder

    def take(self) -> list[list[Path]]:
        """What others asked to be opened since the last time; a request may hold no path: the window is wanted."""
        found = []
        for request in sorted(self.folder.glob("*.json")):
            with contextlib.suppress(OSError, ValueError, TypeError, RecursionError):
                is_stale = time.time() - request.stat().st_mtime > _STALE_S
                values = json.loads(read_small(request, _MOST_BYTES))
                if not is_stale and isinstance(values, list):
                    found.append([Path(value) for value in values if isinstance(value, str) and "\0" not in value])
            with contextlib.suppress(OSError):
                request.unlink()
        return found

    def close(self) -> None:
        """Let another window be the first."""
        self._lock.release()


def claim() -> First | None:
    """Become the first window; None where there is one, or nothing can be written."""
    import filelock  # takes long

    folder = _folder()
    lock = filelock.FileLock(folder.with_suffix(".lock"), blocking=False)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock.acquire()
    except OSError:  # held by another, too
        return None
    return First(lock, folder)


def hand_over(files: Sequence[Path], patience_s: float = _PATIENCE_S) -> First | bool | None:
    """Ask the first window to open these. True if it took them, `First` if it ended meanwhile, else False."""
    request = _folder() / f"{time.time_ns()}-{os.getpid()}.json"
    text = json.dumps([str(file.absolute()) for file in files]).encode()
    try:
        write_whole(request, lambda file: file.write(text), overwrite=False)
    except OSError:
        return False
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        if not paths.is_there(request):
            return True
        if (first := claim()) is not None:
            request.unlink(missing_ok=True)
            return first
        time.sleep(_SOON_S)
    try:
        request.unlink()
    except FileNotFoundError:  # taken in the last moment
        return True
    return False


def _folder() -> Path:
    session = "\n".join(os.environ.get(name, "") for name in ("WAYLAND_DISPLAY", "DISPLAY", "SESSIONNAME"))
    return paths.state_dir() / f"window-{hashlib.sha256(session.encode(errors='replace')).hexdigest()[:12]}"
