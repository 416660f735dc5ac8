"""A file that appears whole or not at all: written beside its place, made durable, then put there at once."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO


def write_whole(path: Path, write: Callable[[BinaryIO], object], *, overwrite: bool) -> None:
    """Call `write` with a new file in the same folder, then make it `path`.

    Whatever is raised, `OSError`, `Cancelled` or `KeyboardInterrupt`, passes through with nothing left behind
    and the old file as it was. Without `overwrite` an existing file raises `FileExistsError`, also
    when another program made it in the meantime. A file that is replaced leaves its permissions to the new one.
    """
    temporary = path.parent / f".handtint-{os.urandom(8).hex()}.part"
    try:
        with temporary.open("x+b") as file:
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
