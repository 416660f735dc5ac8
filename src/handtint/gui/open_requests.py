"""Photos that macOS hands to the running app: a double click in the Finder, a drop on the Dock's icon."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication


class OpenRequests(QObject):
    """Listens to the whole application, so it is made on macOS only: elsewhere the command line names the photos."""

    def __init__(self, app: QApplication, open_: Callable[[Sequence[Path]], None]) -> None:
        super().__init__(app)
        self._open = open_
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent) and event.file():
            self._open([Path(event.file())])
            return True
        return super().eventFilter(watched, event)
