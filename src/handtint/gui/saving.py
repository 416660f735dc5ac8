"""Save and Save As: where to, and over one's own earlier file only as long as nobody else wrote to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from handtint.gui.open_photo import Stage
from handtint.gui.session import Session

Stamp = tuple[int, int]  # size, time of the last change in ns


class Saving(QObject):
    """Asks, and has the session write."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self._written: dict[Path, Stamp | None] = {}
        session.saved.connect(self._note)

    def save(self) -> None:
        """Write over one's own earlier output; ask where the first time, and where that file is another one by now."""
        from handtint.gui.save_dialog import again  # the window is there sooner

        current = self._session.current
        path = current.saved_to if current is not None else None
        if current is not None and path is not None and _stamp(path) == self._written.get(path):
            self._session.save(path, again(current.saved_options))
        else:
            self.save_as()

    def save_as(self) -> None:
        from handtint.gui.save_dialog import SaveDialog, format_for, proposed_path

        current = self._session.current
        if current is None or current.photo is None or current.stage is not Stage.DONE:
            return
        meta, options = current.photo.meta, current.saved_options
        options = dataclasses.replace(options, format=options.format or format_for(meta))
        path = current.saved_to or proposed_path(current.path, options.format or "jpeg")
        dialog = SaveDialog(current.path, meta, path, options, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._session.save(dialog.path, dialog.options))
        dialog.open()

    def _note(self, path: Path, notes: Sequence[str]) -> None:
        self._written[path] = _stamp(path)


def _stamp(path: Path) -> Stamp | None:
    """What changes when somebody writes to a file; None where it is not there."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns
