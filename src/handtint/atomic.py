"""A file that appears whole or not at all: written beside its place, made durable, then put there at once."""

from __future__ import annotations

import contextlib
import functools
import math
import os
import re
import shutil
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

if sys.platform != "win32":
    import fcntl

_STALE_S = 3600.0
_OURS = re.compile(r"\.handtint-[0-9a-f]{16}\.part")


def write_whole(path: Path, write: Callable[[BinaryIO], object], *, overwrite: bool) -> None:
    """Call `write` with a new file in the same folder, then make it `path`.

    Whatever is raised, `OSError`, `Cancelled` or `KeyboardInterrupt`, passes through with nothing left behind
    and the old file as it was. Without `overwrite` an existing file raises `FileExistsError`, also
    when another program made it in the meantime. A file that is replaced leaves its permissions to the new one.
    The first time in a folder, what was left behind there an hour ago or longer is swept.
    """
    _sweep_once(path.parent)
    temporary = path.parent / f".handtint-{os.urandom(8).hex()}.part"
    try:
        with temporary.open("x+b") as file:
            _hold(file)
            if overwrite:
                _take_permissions(path, temporary)  # before anyone could read what is in it
            write(file)
            file.flush()
            os.fsync(file.fileno())
        if overwrite:
            temporary.replace(path)
        else:
            _move_to_free_name(temporary, path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)


def sweep(folder: Path, age_s: float = _STALE_S) -> None:
    """Take away what processes that were killed left half-written in a folder.

    What a living process writes stays, and what was last written to within `age_s` seconds, if that is not 0. Only
    files by the names that `write_whole` gives are looked at; links are none.
    """
    latest = time.time() - age_s if age_s else math.inf  # the clock of a network drive may be ahead
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _OURS.fullmatch(entry.name):
                with contextlib.suppress(OSError):  # Windows refuses what is still open
                    status = entry.stat(follow_symlinks=False)
                    is_stale = stat.S_ISREG(status.st_mode) and status.st_mtime <= latest
                    if is_stale and not _is_held(entry.path):
                        Path(entry.path).unlink()


@functools.cache
def _sweep_once(folder: Path) -> None:
    """By each process once: a folder of 20,000 results is not looked through for each of them."""
    sweep(folder)


def _hold(file: BinaryIO) -> None:
    """Let other processes see that this is being written, as long as it is open."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):  # a disk without locks, on which nothing is swept either
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_held(path: str) -> bool:
    """Whether it is being written, or nobody can know. False on Windows, where what is open cannot be unlinked."""
    if sys.platform == "win32":
        return False
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def _take_permissions(old: Path, new: Path) -> None:
    """What its owner let nobody else read stays so. Not on Windows, where a file has those of its folder."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):  # there is none, or the disk knows none
            shutil.copymode(old, new)


def _move_to_free_name(temporary: Path, path: Path) -> None:
    if sys.platform == "win32":
        temporary.rename(path)  # refuses an existing file there
        return
    try:
        os.link(temporary, path)  # one step that fails where a file is; `rename` would replace it
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links, such as FAT
        if os.path.lexists(path):
            raise FileExistsError(f"{path} exists") from None
        temporary.replace(path)


def _sync_folder(folder: Path) -> None:
    """Make the new name durable; best effort, since the file itself already is."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
