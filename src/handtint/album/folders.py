"""Which photos lie in a folder, and in those inside it. Of photos only the metadata is looked at.

Results of Handtint do not count as photos: their metadata say so, wherever they lie and whatever they are called.
"""

from __future__ import annotations

import contextlib
import fnmatch
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from handtint.errors import Sentence
from handtint.imaging.provenance import is_result
from handtint.recipe.photo_names import PHOTO_SUFFIXES, is_photo_name, natural_key
from handtint.stamps import Stamp, stamp_if_there

# Of network drives (thumbnails, deleted files), Windows, macOS' archives, and disk checks of Linux.
_SYSTEM_FOLDERS = ("@eadir", "#recycle", "#snapshot", "$recycle.bin", "recycler", "system volume information")
_SYSTEM_FOLDERS += ("__macosx", "lost+found")
_SYSTEM_FILES = ("thumbs.db", "desktop.ini", "ehthumbs.db")
_COMPANIONS = (".xmp", ".json", ".txt", ".md", ".html", ".htm", ".aae", ".thm", ".part")  # no pictures of their own
_MOST_KINDS = 8


_seen: dict[str, tuple[Stamp, bool]] = {}  # whether files are results, by path; a folder may be looked at often
_MOST_SEEN = 100_000


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


def _as_people_count(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (natural_key(name), name))


@dataclass(frozen=True)
class Unsearched:
    """A folder that could not be searched, and why, as a sentence."""

    path: Path
    text: str


@dataclass(frozen=True)
class LeftOut:
    """What lies in a folder and is not taken for a photo, counted, as a sentence."""

    path: Path
    text: str


def photos_at(
    path: Path, recursive: bool, skip: Path | None, exclude: Sequence[str] = ()
) -> Iterator[tuple[Path | Unsearched | LeftOut, Path]]:
    """Photos a path stands for, folders that could not be searched, each with its folder relative to `path`, and last
    what else lies there.

    Args:
        skip: the folder of the results, which is no source.
        exclude: patterns such as `*.thumb.jpg` or `drafts/*` of names, or of paths relative to `path`, to leave out.

    Raises `OSError` where the path itself cannot be opened.
    """
    if not path.is_dir():
        path.stat()
        yield path, Path()
        return
    if skip and _same(path, skip):
        raise OSError(
            Sentence(
                'The results cannot go into "{path}" itself, among the originals. Choose another folder for them.',
                path=path,
            )
        )
    next(path.iterdir(), None)
    visited = {_identity(path)}
    denied: list[OSError] = []
    others = _Others()
    for parent, folders, names in os.walk(path, onerror=denied.append, followlinks=True):
        here = Path(parent)
        inner = []
        for name in _as_people_count(folders) if recursive else ():
            # Results of an earlier run are no sources, though they may lie inside the folder.
            if skip and _is_inside(here / name, skip):
                continue
            if is_system_folder(name):
                others.folders[name] += 1
                continue
            if _matches((here / name).relative_to(path), exclude):
                others.excluded += 1
                continue
            with contextlib.suppress(OSError):  # os.walk reports it
                identity = _identity(here / name)
                if identity in visited:  # a link to a folder that is searched anyway, or in a circle
                    continue
                visited.add(identity)
            inner.append(name)
        folders[:] = inner
        for name in _as_people_count(names):
            suffix = Path(name).suffix.lower()
            if name[0] == ".":
                others.hidden += suffix in PHOTO_SUFFIXES
            elif _matches((here / name).relative_to(path), exclude):
                others.excluded += 1
            elif is_photo_name(name):
                if is_known_result(here / name):
                    continue
                yield here / name, here.relative_to(path)
            elif suffix not in _COMPANIONS and name.casefold() not in _SYSTEM_FILES:
                others.unread[suffix or "without a suffix"] += 1
        while denied:
            yield _not_searched(denied.pop()), Path()
    while denied:
        yield _not_searched(denied.pop()), Path()
    for text in others.sentences(path):
        yield LeftOut(path, text), Path()


class _Others:
    """What lies in a folder beside its photos."""

    def __init__(self) -> None:
        self.unread: Counter[str] = Counter()
        self.folders: Counter[str] = Counter()
        self.hidden = self.excluded = 0

    def sentences(self, path: Path) -> Iterator[str]:
        folder = path.name or path
        if self.unread:
            kinds = ", ".join(f"{kind} ({count})" for kind, count in _most_common(self.unread))
            kinds = Sentence("{kinds} and others", kinds=kinds) if len(self.unread) > _MOST_KINDS else kinds
            count = self.unread.total()
            if count == 1:
                yield Sentence(
                    '1 file is of a kind that Handtint does not read in "{folder}": {kinds}.',
                    folder=folder,
                    kinds=kinds,
                )
            else:
                yield Sentence(
                    '{count} files are of kinds that Handtint does not read in "{folder}": {kinds}.',
                    count=count,
                    folder=folder,
                    kinds=kinds,
                )
        if self.folders:
            names = ", ".join(f'"{name}"' + (f" ({n})" if n > 1 else "") for name, n in _most_common(self.folders))
            yield Sentence(
                'Folders of the system or of other programs were left out in "{folder}": {names}.',
                folder=folder,
                names=names,
            )
        if self.hidden == 1:
            yield Sentence('1 hidden file was left out in "{folder}".', folder=folder)
        elif self.hidden:
            yield Sentence('{count} hidden files were left out in "{folder}".', count=self.hidden, folder=folder)
        if self.excluded == 1:
            yield Sentence('1 was left out in "{folder}" as asked by --exclude.', folder=folder)
        elif self.excluded:
            yield Sentence(
                '{count} were left out in "{folder}" as asked by --exclude.', count=self.excluded, folder=folder
            )


def _most_common(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_MOST_KINDS]


def is_system_folder(name: str) -> bool:
    """Whether a folder of this name is hidden or one in which systems and other programs keep copies and leftovers."""
    return name[:1] == "." or name.casefold() in _SYSTEM_FOLDERS


def _matches(path: Path, patterns: Iterable[str]) -> bool:
    names = (path.name, path.as_posix())
    return any(fnmatch.fnmatch(name, one.rstrip("/")) for one in patterns for name in names)


def identities(paths: Iterable[Path]) -> set[tuple[int, int]]:
    """What identifies the files at these paths to the system, whatever their names; nothing for those not there.

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
    text = Sentence(
        'The folder "{filename}" could not be searched: {reason}. Check your rights to it.',
        filename=error.filename,
        reason=error.strerror,
    )
    return Unsearched(Path(error.filename or ""), text)
