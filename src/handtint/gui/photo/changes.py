"""Whether another program changed or removed the file of the photo on show; looked at when the window comes forward.

A watcher of the file system would know sooner, but not on network drives, and it loses files that are replaced as a
whole, which is how most programs save.
"""

from __future__ import annotations

from PySide6.QtCore import QObject

from handtint.gui.parts.translating import tr
from handtint.gui.photo.announcer import Announcer
from handtint.gui.session.open_photo import OpenPhoto
from handtint.gui.session.session import Session
from handtint.stamps import Stamp, stamp_if_there


class Changes(QObject):
    """Reports each change once.

    Args:
        announcer: says it over the photo.
    """

    def __init__(self, session: Session, announcer: Announcer, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._announcer = session, announcer
        self._told: tuple[OpenPhoto, Stamp | None] | None = None

    def check(self) -> None:
        """Look at the current photo's file, on another thread."""
        current = self._session.current
        if current is not None and current.photo is not None:
            self._session.run_on_disk(
                lambda progress: stamp_if_there(current.path), lambda now: self._see(current, now)
            )

    def _see(self, photo: OpenPhoto, now: Stamp | None) -> None:
        if photo is not self._session.current or photo.photo is None:
            return
        if now == photo.stamp:
            self._told = None
        elif self._told != (photo, now):
            self._told = (photo, now)
            name = photo.path.name
            if now is None:
                text = tr(
                    "photo",
                    '"{name}" is no longer there: it was moved, renamed or deleted. The open photo stays as it is.',
                    name=name,
                )
                self._announcer.tell("warning", text)
                return
            text = tr("photo", 'Another program changed "{name}".', name=name)
            if photo.settings.hints:
                text += " " + tr("photo", "Its color hints are kept if the size is the same.")
            self._announcer.offer(text, tr("photo", "Re&load"), self._session.reload)
