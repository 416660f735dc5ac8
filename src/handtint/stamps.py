"""How a file is known to be unchanged: its stamp, without reading it, and the hash of its bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Stamp:
    """Size of a file in bytes, and time of its last change in ns."""

    size: int
    mtime_ns: int


def stamp_of(path: Path) -> Stamp:
    """Raises `OSError`."""
    status = path.stat()
    return Stamp(status.st_size, status.st_mtime_ns)


def stamp_if_there(path: Path) -> Stamp | None:
    """None where the system has none to give."""
    try:
        return stamp_of(path)
    except OSError:
        return None


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal. Raises `OSError`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
