"""Small files that come along with a folder or from somebody else: hints, verdicts, journals. They may be anything.

A name proves nothing: what is called `review.json` may be a pipe, which would be waited for, a device without an end,
or a link to a file of this user.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

_MOST_BYTES = 64 << 20


def read_small(path: Path, most_bytes: int = _MOST_BYTES) -> bytes:
    """All of a file. Raises `OSError`, also for what is not a file, and for one that is larger."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is a folder, a pipe or a device, and no file")
        if status.st_size > most_bytes:
            raise OSError(errno.EFBIG, f"it is larger than {most_bytes >> 20} MiB, which no such file is")
        return file.read(most_bytes)


def is_plain_or_missing(path: Path) -> bool:
    """Whether a file is there itself, no link to one, or nothing is there. Raises `OSError`."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except FileNotFoundError:
        return True


def stays_inside(name: str | Path) -> bool:
    """Whether a relative path leads to something below the folder it is relative to, as far as its text says."""
    path = Path(name)
    return not path.anchor and ".." not in path.parts and "\0" not in str(path)


def lies_inside(path: Path, folder: Path) -> bool:
    """Whether it is that folder or lies below it, links resolved."""
    try:
        return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
    except (OSError, ValueError):
        return False
