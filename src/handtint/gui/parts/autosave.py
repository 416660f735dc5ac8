"""Saves what the user set, a moment after it changed and on a worker thread; an older state never replaces a newer."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from handtint.errors import HandtintError
from handtint.gui.parts.worker import Worker

_DELAY_MS = 400

Write = Callable[[], None]
Name = tuple[str, Path]


class Autosave(QObject):
    """See the module's text."""

    failed = Signal(Exception)

    def __init__(self, worker: Worker, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = worker
        self._changed: dict[Name, Callable[[], Write]] = {}
        self._pending: dict[Name, tuple[int, Write]] = {}  # handed to the worker, perhaps not written yet
        self._numbers = itertools.count(1)
        self._written: dict[Name, int] = {}
        self._writing = threading.Lock()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DELAY_MS)
        self._timer.timeout.connect(self._hand_over)

    def soon(self, name: Name, compose: Callable[[], Write]) -> None:
        """Save what has this name in a moment; `compose` is called then, and returns the function that writes it."""
        self._changed[name] = compose
        if not self._timer.isActive():  # started anew at every change, a slider that is dragged would put it off
            self._timer.start()

    def now(self) -> None:
        """Write all that is unsaved, on this thread."""
        self._compose()
        for name, (number, write) in self._pending.items():
            try:
                self._write(name, number, write)
            except HandtintError as error:
                self.failed.emit(error)
        self._pending.clear()

    def _compose(self) -> None:
        self._timer.stop()
        self._pending |= {name: (next(self._numbers), compose()) for name, compose in self._changed.items()}
        self._changed.clear()

    def _hand_over(self) -> None:
        names = list(self._changed)
        self._compose()
        for name in names:
            number, write = self._pending[name]
            self._worker.submit(
                lambda progress, name=name, number=number, write=write: self._write(name, number, write),
                lambda done, name=name, number=number: self._forget(name, number),
                self.failed.emit,
            )

    def _write(self, name: Name, number: int, write: Write) -> None:
        """On any thread."""
        with self._writing:
            if number > self._written.get(name, 0):
                write()
                self._written[name] = number

    def _forget(self, name: Name, number: int) -> None:
        if name in self._pending and self._pending[name][0] == number:
            del self._pending[name]
