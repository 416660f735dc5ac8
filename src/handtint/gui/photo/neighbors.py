"""The next and the previous photo of the current photo's folder."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from handtint.gui.parts.translating import tr
from handtint.gui.parts.worker import Task
from handtint.gui.session.open_photo import OpenPhoto
from handtint.gui.session.session import Session
from handtint.recipe.photo_names import is_photo_name, natural_key
from handtint.recipe.saving import without_results

Key = tuple[tuple[str | int, ...], str]


class Neighbors(QObject):
    """Goes from photo to photo through a folder, without results that lie beside their photo.

    The photo left behind is closed, unless the user opened several, or closing it would lose something.

    Args:
        tell: shows an icon's name and a sentence.
    """

    def __init__(self, session: Session, tell: Callable[[str, str], None], parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._tell = session, tell
        self._folder = _Folder()
        self._steps = 0  # asked for and not gone yet
        self._task: Task | None = None

    def step(self, by: int) -> None:
        """Show the photo so many further on; the folder is looked through on another thread."""
        self._steps += by
        if self._task is None or self._task.is_over:
            self._find()

    def _find(self) -> None:
        current, steps = self._session.current, self._steps
        self._steps = 0
        if current is None or current.home is not None or not steps:
            return

        def done(found: Path | None) -> None:
            if current is self._session.current:
                if found is not None:
                    self._go(current, found)
                elif steps > 0:
                    self._tell("info", tr("photo", "This is the last photo of its folder."))
                else:
                    self._tell("info", tr("photo", "This is the first photo of its folder."))
            self._find()

        def failed(error: Exception) -> None:
            reason = error.strerror if isinstance(error, OSError) else None
            text = tr(
                "photo",
                'The folder "{parent}" could not be read: {reason}.',
                parent=current.path.parent,
                reason=reason or error,
            )
            self._tell("warning", text)

        self._task = self._session.run_on_disk(lambda progress: self._folder.beside(current.path, steps), done, failed)

    def _go(self, left: OpenPhoto, path: Path) -> None:
        session = self._session
        is_alone = len(session.photos) == 1
        is_new = all(photo.path != path for photo in session.photos)
        session.open([path])
        if is_new and session.current is not None:
            session.current.is_passing = True
        if (left.is_passing or is_alone) and not left.holds_work:
            session.forget(left)


class _Folder:
    """The photos of the folder looked through last; it is read again only when it changed. For one thread."""

    def __init__(self) -> None:
        self._stamp: tuple[Path, int] | None = None
        self._keys: list[Key] = []

    def beside(self, photo: Path, steps: int) -> Path | None:
        """So many photos further on, or the last one there; None where the photo is that itself. Raises `OSError`."""
        folder = photo.parent
        stamp = (folder, folder.stat().st_mtime_ns)
        if stamp != self._stamp:
            self._keys = _keys_in(folder)
            self._stamp = stamp
        if not self._keys:
            return None
        key = _key(photo.name)
        at = bisect_left(self._keys, key)
        is_there = at < len(self._keys) and self._keys[at] == key
        wanted = at + steps - (not is_there and steps > 0)
        wanted = min(max(wanted, 0), len(self._keys) - 1)
        is_on_the_way = wanted > at or (wanted == at and not is_there) if steps > 0 else wanted < at
        return folder / self._keys[wanted][1] if is_on_the_way else None


def _keys_in(folder: Path) -> list[Key]:
    from handtint.album.folders import is_known_result

    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries if _is_photo(entry)]
    return sorted(_key(name) for name in without_results(names) if not is_known_result(folder / name))


def _is_photo(entry: os.DirEntry[str]) -> bool:
    return is_photo_name(entry.name) and not entry.is_dir(follow_symlinks=False)


def _key(name: str) -> Key:
    return natural_key(name), name
