"""What the actions for photos do with the parts of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage

from handtint.gui import help_pages
from handtint.gui.actions import connect
from handtint.gui.canvas.canvas import ZOOM_STEP
from handtint.gui.saving.closing import may_drop

if TYPE_CHECKING:
    from handtint.gui.main_window import MainWindow
    from handtint.gui.photo.changes import Changes
    from handtint.gui.photo.neighbors import Neighbors
    from handtint.gui.saving.printing import Printing

_PAN = 80  # logical pixels for an arrow key
_LINE_STEP = 0.02  # of what is seen of the photo


class Commands(QObject):
    """Connects them. What few need is made when it is first asked for: the window is there sooner."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._session, self._results = window, window.session, window.results
        self._neighbors: Neighbors | None = None
        self._changes: Changes | None = None
        self._printing: Printing | None = None
        actions, canvas, saving, session = window.actions_, window.canvas, window.saving, window.session
        pans = [(action, lambda x=x, y=y: canvas.pan(x * _PAN, y * _PAN)) for (x, y), action in actions.pans.items()]
        connect(
            [
                (actions.open, window.incoming.ask),
                (actions.paste, window.incoming.paste),
                (actions.show_folder, self._show_folder),
                (actions.save, saving.save),
                (actions.save_as, saving.save_as),
                (actions.save_all, saving.save_all),
                (actions.print, self._print),
                (actions.close_photo, self._close_photo),
                (actions.copy, window.results.copy),
                (actions.reset, self._reset),
                (actions.undo, session.undo),
                (actions.redo, session.redo),
                (actions.load_hints, lambda: window.hint_store.ask_and_load()),
                (actions.save_hints, lambda: window.hint_store.ask_and_save()),
                (actions.cancel, self._cancel),
                (actions.next_photo, lambda: self._step(1)),
                (actions.previous_photo, lambda: self._step(-1)),
                (actions.next_in_folder, lambda: self._step_in_folder(1)),
                (actions.previous_in_folder, lambda: self._step_in_folder(-1)),
                (actions.original, lambda: canvas.show_original(actions.original.isChecked())),
                (actions.line_left, lambda: canvas.set_wipe(canvas.wipe - _LINE_STEP)),
                (actions.line_right, lambda: canvas.set_wipe(canvas.wipe + _LINE_STEP)),
                (actions.zoom_in, lambda: canvas.zoom_by(ZOOM_STEP)),
                (actions.zoom_out, lambda: canvas.zoom_by(1 / ZOOM_STEP)),
                (actions.fit, canvas.fit),
                (actions.actual, lambda: canvas.zoom_to(1.0)),
                (actions.teach, window.teaching.open),
                (actions.guide, lambda: help_pages.show_guide(window)),
                (actions.shortcuts, lambda: help_pages.show_shortcuts(window)),
                (actions.updates, lambda: help_pages.show_updates(window)),
                (actions.about, lambda: help_pages.show_about(window)),
                *pans,
            ]
        )
        actions.keep_keys_to(canvas, [actions.next_in_folder, actions.previous_in_folder], with_parts=True)
        actions.keep_keys_to(canvas, [*actions.pans.values(), actions.line_left, actions.line_right])
        window.results.copied.connect(self._take_copy)

    def check_file(self) -> None:
        """See whether another program changed the photo's file."""
        from handtint.gui.photo.changes import Changes

        self._changes = self._changes or Changes(self._session, self._window.announcer, self)
        self._changes.check()

    def _show_folder(self) -> None:
        current = self._session.current
        photo = current.path if current is not None else self._window.albums.chosen_path
        if photo is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(photo.parent)))

    def _print(self) -> None:
        from handtint.gui.saving.printing import Printing

        window = self._window
        self._printing = self._printing or Printing(self._session, self._results, window.announcer, window)
        self._printing.ask()

    def _close_photo(self) -> None:
        session, saving = self._session, self._window.saving
        current = session.current

        def close() -> None:
            if current is session.current:
                session.close_photo()

        if current is not None and may_drop([current], self._window, lambda photos: saving.save_these(photos, close)):
            close()

    def _take_copy(self, image: QImage) -> None:
        QGuiApplication.clipboard().setImage(image)

    def _cancel(self) -> None:
        """Stop what takes long: writing, else coloring."""
        if self._results.is_writing:
            self._results.cancel()
        else:
            self._session.cancel()

    def _reset(self) -> None:
        if self._session.current is not None:
            self._session.set_settings(self._session.current.first_settings)

    def _step(self, by: int) -> None:
        photos, current = self._session.photos, self._session.current
        if current is not None and not self._window.albums.step(by):
            self._session.show(photos[(photos.index(current) + by) % len(photos)])

    def _step_in_folder(self, by: int) -> None:
        from handtint.gui.photo.neighbors import Neighbors

        if not self._window.albums.step(by):
            self._neighbors = self._neighbors or Neighbors(self._session, self._window.announcer.tell, self)
            self._neighbors.step(by)
