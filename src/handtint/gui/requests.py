"""What a second start hands to this window: its photos are opened here, and the window comes to the front."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from handtint.instance import First

_EVERY_MS = 1000  # where the system reports no changes in a folder


class Requests(QObject):
    """Watches for requests as long as it lives."""

    def __init__(self, first: First, window: QWidget, open_: Callable[[Sequence[Path]], None]) -> None:
        super().__init__(window)
        self._first, self._window, self._open = first, window, open_
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self.receive)
        if not self._watcher.addPath(str(first.folder)):
            timer = QTimer(self)
            timer.timeout.connect(self.receive)
            timer.start(_EVERY_MS)
        QTimer.singleShot(0, self.receive)  # what came while this window was starting

    def receive(self) -> None:
        """Take what is there."""
        wanted = self._first.take()
        if not wanted:
            return
        files = list(dict.fromkeys(path for paths in wanted for path in paths))
        if files:
            self._open(files)
        window = self._window
        window.setWindowState((window.windowState() & ~Qt.WindowState.WindowMinimized) | Qt.WindowState.WindowActive)
        window.show()
        window.raise_()
        window.activateWindow()
        QApplication.alert(window)
