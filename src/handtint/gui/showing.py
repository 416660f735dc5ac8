"""Keeps the parts of the window showing what the session is at, and which of them are seen."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from handtint.gui.session.memory import Memory
from handtint.gui.session.open_photo import Stage

if TYPE_CHECKING:
    from handtint.gui.main_window import MainWindow
    from handtint.gui.photo.photo_only import PhotoOnly


class Showing(QObject):
    """Follows the session.

    Args:
        samples: photos that are not remembered as opened lately.
    """

    def __init__(self, window: MainWindow, memory: Memory, samples: Collection[Path]) -> None:
        super().__init__(window)
        self._window, self._session, self._memory, self._samples = window, window.session, memory, samples
        self._photo_only: PhotoOnly | None = None  # made when it is first asked for
        session = window.session
        session.current_changed.connect(self._show_current)
        session.photo_read.connect(self._show_photo)
        session.result_changed.connect(self._show_result)
        session.state_changed.connect(self.show_state)
        session.list_changed.connect(self._show_list)
        session.device_found.connect(window.device_label.setText)
        session.troubled.connect(self._tell_before_a_photo)

    # which parts are seen

    @property
    def is_photo_only(self) -> bool:
        """Whether just the photo is seen."""
        return self._photo_only is not None and self._photo_only.is_on

    def switch_photo_only(self) -> None:
        from handtint.gui.photo.photo_only import PhotoOnly

        window = self._window
        if self._photo_only is None:
            self._photo_only = PhotoOnly(window, window.area, window.actions_.photo_only, window.actions_.cancel)
            self._photo_only.switched.connect(self.show_parts)
        self._photo_only.switch()

    def leave_photo_only(self) -> None:
        if self._photo_only is not None:
            self._photo_only.leave()

    def show_parts(self) -> None:
        """All around the photo, unless just the photo is to be seen."""
        window, albums = self._window, self._window.made_albums
        is_album_seen = albums is not None and albums.is_seen
        if self._session.current is None or is_album_seen:
            self.leave_photo_only()
        is_around = not self.is_photo_only
        window.toolbar.setVisible(is_around and not is_album_seen)
        window.filmstrip.setVisible(is_around and self._memory.is_filmstrip_shown)
        for part in (window.menuBar(), window.panel, window.statusBar()):
            part.setVisible(is_around)

    def show_page(self) -> None:
        """A page of the album, or the way back from one."""
        self.show_parts()
        self.show_state()

    # what they show

    def show_state(self) -> None:
        """Whatever depends on how far the current photo is, and which one it is."""
        window, session, current, albums = self._window, self._session, self._session.current, self._window.made_albums
        window.actions_.enable(session, window.results)
        if albums is not None:
            albums.enable()
        window.panel.show_photo(current, current.model if current is not None else session.default_model)
        window.area.show_trouble(current.error if current is not None and current.stage is Stage.UNREADABLE else "")
        if current is None:
            notes = albums.album.notes if albums is not None else None
            window.setWindowTitle("Handtint" if notes is None else f"{_as_title(notes.folder.name)} - Handtint")
            window.place_label.clear()
        else:
            window.setWindowTitle(f"{_as_title(current.path.name)}[*] - Handtint")
            place = albums.place(current) if albums is not None else ""
            if not place and current in session.photos:
                place = self.tr("Photo {0} of {1}").format(session.photos.index(current) + 1, len(session.photos))
            window.place_label.setText(place)
        window.setWindowModified(current is not None and current.holds_work)
        self._show_list()

    def _show_current(self) -> None:
        """Another photo, not read yet, or none."""
        window, albums = self._window, self._window.made_albums
        window.canvas.show_photo(None)
        window.area.show_trouble("")
        window.toolbar.show_zoom(None)
        if self._session.current is not None:
            window.pages.setCurrentIndex(1)
            window.canvas.setFocus()
        elif albums is not None and (home := albums.home) is not None:
            window.pages.setCurrentWidget(home)
            home.setFocus()
        else:
            window.pages.setCurrentIndex(0)
            window.welcome.open_button.setFocus()
        if self._session.current is None:
            self.leave_photo_only()
        self._show_list()

    def _show_photo(self) -> None:
        current = self._session.current
        if current is not None and current.photo is not None:
            self._window.canvas.show_photo(current.before)
            if current.path not in self._samples and not current.is_passing and current.home is None:
                self._memory.add_recent(current.path)

    def _show_result(self) -> None:
        if self._session.current is not None:
            self._window.canvas.show_result(self._session.current.after)

    def _show_list(self) -> None:
        self._window.filmstrip.show_photos(self._session.photos, self._session.current)

    def _tell_before_a_photo(self, sentence: str) -> None:
        """Where no photo is open there is no place over it to say things."""
        if self._window.pages.currentIndex() == 0:
            self._window.tell(sentence)


def _as_title(name: str) -> str:
    """A name for a title, where Qt takes `[*]` for the mark of unsaved changes, and twice that for itself."""
    return name.replace("[*]", "[*][*]")
