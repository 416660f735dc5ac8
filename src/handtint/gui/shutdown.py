"""How the window ends: asks where something would be lost, remembers what is open, and says what it waits for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QObject, Qt
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow

from handtint.gui.parts.translating import tr
from handtint.gui.parts.worker import Worker, close_all
from handtint.gui.saving.closing import may_close
from handtint.gui.saving.results import Results
from handtint.gui.saving.saving import Saving
from handtint.gui.session.memory import Memory
from handtint.gui.session.open_photo import OpenPhoto
from handtint.gui.session.session import Session
from handtint.gui.teach.teaching import Teaching

if TYPE_CHECKING:
    from handtint.gui.album.albums import Albums


class Shutdown(QObject):
    """See the module's text.

    Args:
        albums: all about albums; None until that is made.

    Attributes:
        waiting: says in place of the window why the program is not gone yet; None unless that takes a while.
    """

    def __init__(
        self,
        session: Session,
        results: Results,
        saving: Saving,
        teaching: Teaching,
        albums: Callable[[], Albums | None],
        memory: Memory,
        window: QMainWindow,
    ) -> None:
        super().__init__(window)
        self._session, self._results, self._saving, self._teaching = session, results, saving, teaching
        self._albums, self._memory, self._window = albums, memory, window
        self.waiting: QLabel | None = None

    def is_allowed(self) -> bool:
        """Whether the window may close now; asks while work is running or unsaved."""

        def save(photos: Sequence[OpenPhoto]) -> None:
            self._saving.save_these(photos, self._window.close)

        if self._session.is_closed:
            return True
        if not (may_close(self._session, self._results, self._window, save) and self._teaching.may_close()):
            return False
        albums = self._albums()
        return albums is None or albums.restoring.may_close()

    def run(self) -> None:
        """Remember the window, hide it and end all work, or leave behind what does not end in time."""
        window, memory = self._window, self._memory
        memory.geometry = window.saveGeometry()
        memory.last_open = self.open_now() if memory.opens_last else []
        window.hide()
        close_all(window.findChildren(Worker), on_wait=self._tell_waiting)
        self._session.close()
        self._teaching.close()
        if self.waiting is not None:
            self.waiting.close()

    def open_now(self) -> list[Path]:
        """What is to be opened the next time, if the user wants that: the album, or photos of the user's own."""
        albums, session = self._albums(), self._session
        choices = albums.album.choices if albums is not None else None
        photos = [photo.path for photo in session.photos if photo.home is None and not photo.is_passing]
        current = session.current
        if choices is not None and current is None:
            return [choices.folder]
        return sorted(photos, key=lambda path: current is None or path != current.path)  # it is shown first

    def _tell_waiting(self, what: str) -> None:
        text = tr(
            "main_window", "Handtint is closing, but first waits a few seconds for this to end: {work}", work=what
        )
        self.waiting = QLabel(text, None, Qt.WindowType.SplashScreen)
        self.waiting.setMargin(24)
        self.waiting.adjustSize()
        self.waiting.move(self._window.geometry().center() - self.waiting.rect().center())
        self.waiting.show()
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)  # or it would stay unpainted
