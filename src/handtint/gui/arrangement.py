"""Which part of the window is on screen: which workspace, the history, the filmstrip, or just the photo."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from handtint.gui.actions import Actions
from handtint.gui.parts.theme import ThemeKeeper
from handtint.gui.photo.toolbar import Toolbar
from handtint.gui.photo.welcome import Welcome
from handtint.gui.session.memory import Memory
from handtint.gui.session.session import Session

if TYPE_CHECKING:
    from handtint.gui.album.albums import Albums
    from handtint.gui.photo.history_dock import HistoryDock
    from handtint.gui.photo.photo_only import PhotoOnly
    from handtint.gui.photo.workspace import PhotoWorkspace


class Arrangement(QObject):
    """See the module's text.

    Args:
        stack: holds the workspaces.
        photo_workspace: made when it is first asked for.
        albums: all about albums; None until that is made.
    """

    def __init__(
        self,
        window: QMainWindow,
        stack: QStackedWidget,
        welcome: Welcome,
        toolbar: Toolbar,
        photo_workspace: Callable[[], PhotoWorkspace],
        session: Session,
        memory: Memory,
        keeper: ThemeKeeper,
        actions: Actions,
        albums: Callable[[], Albums | None],
    ) -> None:
        super().__init__(window)
        self._window, self._stack, self._welcome, self._toolbar = window, stack, welcome, toolbar
        self._photo_workspace = photo_workspace
        self._session, self._memory, self._keeper, self._actions = session, memory, keeper, actions
        self._albums = albums
        self._photo_only: PhotoOnly | None = None  # made when first used
        self._history: HistoryDock | None = None  # likewise
        keeper.changed.connect(self._set_colors)

    @property
    def history(self) -> HistoryDock:
        """The list of steps and snapshots."""
        if self._history is None:
            from handtint.gui.photo.history_dock import HistoryDock

            actions = self._actions
            self._history = HistoryDock(
                self._session, actions.take_snapshot, actions.compare_snapshot, actions.drop_snapshot, self._window
            )
            self._history.hide()
            self._window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self._history)
            self._history.set_colors(self._keeper.colors)
            self._history.closed.connect(lambda: actions.history.setChecked(False))
        return self._history

    @property
    def is_photo_only(self) -> bool:
        """Whether nothing but the photo is on screen."""
        return self._photo_only is not None and self._photo_only.is_on

    def show_current(self) -> None:
        """Bring up the workspace that belongs to another photo, or to none."""
        if self._session.current is not None:
            self._stack.setCurrentWidget(self._photo_workspace())
            self._photo_workspace().canvas.setFocus()
            if self._actions.history.isChecked():
                self.show_parts()
            return
        albums = self._albums()
        if albums is not None and (home := albums.home) is not None:
            self._stack.setCurrentWidget(home)
            home.setFocus()
        else:
            self._stack.setCurrentWidget(self._welcome)
            self._welcome.open_button.setFocus()
        self.leave_photo_only()
        self.show_parts()

    def show_parts(self) -> None:
        """Show everything around the photo, unless just the photo is to be seen."""
        albums, actions, workspace = self._albums(), self._actions, self._photo_workspace()
        is_album_seen = albums is not None and albums.is_seen
        if self._session.current is None or is_album_seen:
            self.leave_photo_only()
        is_around = not self.is_photo_only
        self._toolbar.setVisible(is_around and not is_album_seen)
        workspace.filmstrip.setVisible(is_around and self._memory.is_filmstrip_shown)
        if self._history is not None:
            is_wanted = actions.history.isChecked() and self._session.current is not None
            self._history.setVisible(is_around and not is_album_seen and is_wanted)
            self._history.show_photo()
        around: tuple[QWidget, ...] = (self._window.menuBar(), workspace.panel, self._window.statusBar())
        for part in around:
            part.setVisible(is_around)

    def show_filmstrip(self) -> None:
        """Show the filmstrip as its action says, the next time too."""
        self._memory.is_filmstrip_shown = self._actions.filmstrip.isChecked()
        self.show_parts()

    def show_history(self) -> None:
        """Show the history as its action says."""
        _ = self.history
        self.show_parts()

    def switch_photo_only(self) -> None:
        """Show just the photo, or all again."""
        from handtint.gui.photo.photo_only import PhotoOnly

        if self._photo_only is None:
            actions = self._actions
            self._photo_only = PhotoOnly(self._window, self._photo_workspace().area, actions.photo_only, actions.cancel)
            self._photo_only.switched.connect(self.show_parts)
        self._photo_only.switch()

    def leave_photo_only(self) -> None:
        """Show all again."""
        if self._photo_only is not None:
            self._photo_only.leave()

    def _set_colors(self) -> None:
        if self._history is not None:
            self._history.set_colors(self._keeper.colors)
