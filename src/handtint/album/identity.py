"""How an album is recognized when its folder was renamed or moved: some of its photos, by name and content."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from handtint.foreign import stays_inside
from handtint.paths import is_file

_MOST = 12
_STRETCH = 1 << 16  # bytes at the end of a file: scans of one size begin alike


def signs_of(folder: Path, photos: Iterable[Path]) -> dict[str, str]:
    """Signs by which the album is known: of at most 12 photos, by their paths relative to it.

    Which ones depends on their names alone, so that few change as the album grows.
    """
    names = {os.path.relpath(photo, folder) for photo in photos}
    chosen = sorted(names, key=lambda name: hashlib.sha256(os.fsencode(name)).digest())[:_MOST]
    found = {}
    for name in chosen:
        with contextlib.suppress(OSError):
            found[name] = _sign(folder / name)
    return found


def is_known_by(folder: Path, signs: Mapping[str, str]) -> bool:
    """Whether most photos with these signs lie in the folder, under their names."""
    alike = 0
    for name, sign in signs.items():
        with contextlib.suppress(OSError, ValueError):
            alike += stays_inside(name) and _sign(folder / name) == sign
    return 2 * alike > len(signs)


def has_any(folder: Path, signs: Mapping[str, str]) -> bool:
    """Whether one photo with such a sign lies in the folder, under its name."""
    return any(is_known_by(folder, {name: sign}) for name, sign in signs.items())


def may_be(folder: Path, signs: Mapping[str, str]) -> bool:
    """Whether these signs may be the folder's: a photo has not changed, or all did and most names are there still."""
    if not signs or has_any(folder, signs):
        return True
    return 2 * sum(stays_inside(name) and is_file(folder / name) for name in signs) > len(signs)


def _sign(photo: Path) -> str:
    if not is_file(photo):  # a pipe would be waited for
        raise FileNotFoundError(photo)
    with photo.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - _STRETCH, 0))
        return f"{size}-{hashlib.sha256(file.read(_STRETCH)).hexdigest()[:32]}"
