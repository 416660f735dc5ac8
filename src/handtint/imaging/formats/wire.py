"""What goes between Handtint and its reader process: JSON messages with bytes beside them, pixels in mapped files.

A message is one JSON object and any number of byte strings: a count and the lengths come first, all of it as 8-byte
little-endian numbers. Nothing is unpickled: what answers has just decoded bytes of strangers.

Pixels do not go through the pipe. The process writes them to a new file in the folder that both know, which lies in
memory where the system has such a place; the other side maps the file and deletes its name.
"""

from __future__ import annotations

import contextlib
import errno
import json
import math
import mmap
import os
import struct
import tempfile
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

TOO_MUCH_MEMORY, TOO_MUCH_TIME = 97, 98  # its exit codes
_MOST_BYTES = 1 << 30  # of one part: a message that says more is no message
_IN_MEMORY = Path("/dev/shm")


def send(pipe: IO[bytes], message: dict[str, Any], blobs: Sequence[bytes] = ()) -> None:
    """Write one message. Raises `OSError` where the other side is gone."""
    parts = [json.dumps(message).encode(), *blobs]
    pipe.write(struct.pack(f"<Q{len(parts)}Q", len(parts), *map(len, parts)) + b"".join(parts))
    pipe.flush()


def receive(pipe: IO[bytes]) -> tuple[dict[str, Any], list[bytes]]:
    """The next message. Raises `EOFError` where there is none, or none that makes sense."""
    (count,) = struct.unpack("<Q", _exactly(pipe, 8))
    if not 1 <= count <= 64:
        raise EOFError
    lengths = struct.unpack(f"<{count}Q", _exactly(pipe, 8 * count))
    if max(lengths) > _MOST_BYTES:
        raise EOFError
    first, *blobs = [_exactly(pipe, length) for length in lengths]
    try:
        message = json.loads(first)
    except ValueError as error:
        raise EOFError from error
    if not isinstance(message, dict):
        raise EOFError
    return message, blobs


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    parts = []
    while length:
        part = pipe.read(length)
        if not part:
            raise EOFError
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def make_folder() -> Path:
    """A folder for pixels on their way, in memory where the system has a place for that."""
    if os.access(_IN_MEMORY, os.W_OK | os.X_OK):
        with contextlib.suppress(OSError):
            return Path(tempfile.mkdtemp(prefix="handtint-", dir=_IN_MEMORY))
    return Path(tempfile.mkdtemp(prefix="handtint-"))


class Rooms:
    """Mapped files for pixels, in a folder that both sides know.

    A picture that was made in one by `empty` goes as it is; other arrays are copied to a new one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._unsent: dict[int, tuple[str, weakref.finalize]] = {}  # by the id of the map

    def empty(self, shape: tuple[int, ...], dtype: Any) -> np.ndarray:
        """A new array in a file of its own, which goes with the array if that is not sent. Raises `OSError`."""
        size = max(math.prod(shape) * np.dtype(dtype).itemsize, 1)
        with _new_file(self._folder, size) as file:
            room = mmap.mmap(file.fileno(), size)
        self._unsent[id(room)] = file.name, weakref.finalize(room, self._drop, id(room), Path(file.name))
        return np.ndarray(shape, dtype, room)

    def _drop(self, room: int, path: Path) -> None:
        del self._unsent[room]
        _remove(path)

    def put(self, arrays: Sequence[np.ndarray]) -> dict[str, Any]:
        """Have arrays in files; returns what `take` needs. Raises `OSError` where there is no room."""
        return {"arrays": [(self._file_of(array), list(array.shape), array.dtype.str) for array in arrays]}

    def _file_of(self, array: np.ndarray) -> str:
        if id(array.base) not in self._unsent or array.nbytes != len(array.base):  # type: ignore[arg-type]
            there = self.empty(array.shape, array.dtype)
            np.copyto(there, array)
            array = there
        name, removal = self._unsent.pop(id(array.base))
        removal.detach()  # who takes it removes it
        return name


def _new_file(folder: Path, size: int) -> Any:
    """A file whose room is really there: writing to a map of one without would end the process."""
    for place in (folder, None):
        file = tempfile.NamedTemporaryFile(prefix="handtint-", dir=place, delete=False)  # noqa: SIM115 closed by `empty`
        try:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, size)
            else:
                file.truncate(size)
            return file
        except OSError as error:
            file.close()
            Path(file.name).unlink()
            if place is None or error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EINVAL):
                raise
    raise AssertionError("the loop returns or raises")


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()


def take(there: dict[str, Any]) -> list[np.ndarray]:
    """The arrays of `put`, mapped, not copied; their files are gone as soon as the system lets them go."""
    return [
        np.ndarray(tuple(shape), np.dtype(kind), _mapped_and_removed(Path(name)))
        for name, shape, kind in there["arrays"]
    ]


def _mapped_and_removed(path: Path) -> mmap.mmap:
    with path.open("r+b") as file:
        room = mmap.mmap(file.fileno(), 0)
    try:
        path.unlink()
    except PermissionError:  # Windows keeps the names of mapped files
        weakref.finalize(room, _remove, path)
    return room
