"""Which photos lie in a folder, and in those inside it. Of photos only the metadata is looked at.

Results of Handtint are no photos: they say so in their metadata, wherever they lie and whatever they are called.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from handtint.imaging.provenance import is_result
from handtint.recipe.saving import INSTEAD, SUFFIXES
from handtint.stamps import Stamp, stamp_if_there

# What counts as a photo in a folder; a file that is named is opened whatever its suffix.
PHOTO_SUFFIXES = (*(suffix for suffixes in SUFFIXES.values() for suffix in suffixes), *INSTEAD)


_seen: dict[str, tuple[Stamp, bool]] = {}  # whether files are results, by path; a folder may be looked at often
_MOST_SEEN = 100_000


def is_photo_name(name: str) -> bool:
    """Whether a file of this name counts as a photo in a folder."""
    return name[:1] != "." and name.lower().endswith(PHOTO_SUFFIXES)


def is_known_result(path: Path) -> bool:
    """Whether a file is a result of Handtint; looked at again only when it changed."""
    stamp = stamp_if_there(path)
    if stamp is None:
        return False
    known = _seen.get(str(path))
    if known is None or known[0] != stamp:
        if len(_seen) >= _MOST_SEEN:
            _seen.clear()
        known = _seen[str(path)] = (stamp, is_result(path))
    return known[1]


def natural_key(name: str) -> tuple[str | int, ...]:
    """By which names sort as people count: `9.jpg` before `10.jpg`. Names that differ may have one key."""
    parts = re.split(r"([0-9]+)", name.casefold())
    return tuple(int(part) if index % 2 else part for index, part in enumerate(parts))


def _as_people_count(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (natural_key(name), name))


@dataclass(frozen=True)
class Unsearched:
    """A folder that could not be searched, and why, as a sentence."""

    path: Path
    text: str


def photos_at(path: Path, recursive: bool, skip: Path) -> Iterator[tuple[Path | Unsearched, Path]]:
    """Photos a path stands for, and folders that could not be searched, each with its folder relative to `path`.

    Raises `OSError` where the path itself cannot be opened.
    """
    if not path.is_dir():
        path.stat()
        yield path, Path()
        return
    if _same(path, skip):
        raise OSError(
            f'The results cannot go into "{path}" itself, among the originals. Choose another folder for them.'
        )
    next(path.iterdir(), None)
    visited = {_identity(path)}
    denied: list[OSError] = []
    for parent, folders, names in os.walk(path, onerror=denied.append, followlinks=True):
        here = Path(parent)
        inner = []
        for name in _as_people_count(folders) if recursive else ():
            # Results of an earlier run are no sources, though they may lie inside the folder.
            if name[0] == "." or _is_inside(here / name, skip):
                continue
            with contextlib.suppress(OSError):  # os.walk tells of it
                identity = _identity(here / name)
                if identity in visited:  # a link to a folder that is searched anyway, or in a circle
                    continue
                visited.add(identity)
            inner.append(name)
        folders[:] = inner
        for name in _as_people_count(names):
            if is_photo_name(name) and not is_known_result(here / name):
                yield here / name, here.relative_to(path)
        while denied:
            yield _not_searched(denied.pop()), Path()
    while denied:
        yield _not_searched(denied.pop()), Path()


def identities(paths: Iterable[Path]) -> set[tuple[int, int]]:
    """By what the system knows the files at these paths, whatever their names; nothing for what is not there.

    `a.jpg` and `A.jpg` are one file on many disks, and so is what a link leads to.
    """
    found = set()
    for path in paths:
        with contextlib.suppress(OSError):
            found.add(_identity(path))
    return {identity for identity in found if identity[1]}  # some disks have no numbers for files


def _identity(folder: Path) -> tuple[int, int]:
    status = folder.stat()
    return status.st_dev, status.st_ino


def _same(path: Path, other: Path) -> bool:
    return os.path.realpath(path) == os.path.realpath(other)


def _is_inside(path: Path, folder: Path) -> bool:
    """Whether it is that folder or lies in it, also by way of links."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _not_searched(error: OSError) -> Unsearched:
    text = f'The folder "{error.filename}" could not be searched: {error.strerror}. Check your rights to it.'
    return Unsearched(Path(error.filename or ""), text)
