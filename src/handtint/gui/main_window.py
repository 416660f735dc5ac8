"""The window: puts the parts together, and answers to keys, drops and the desktop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QPaintEvent,
)
from PySide6.QtWidgets import QFrame, QMainWindow, QVBoxLayout

from handtint import paths
from handtint.gui import menus
from handtint.gui.actions import HELD_KEYS, Actions
from handtint.gui.adjust.actions import AdjustActions
from handtint.gui.album.actions import AlbumActions
from handtint.gui.appearance import Appearance
from handtint.gui.arrangement import Arrangement
from handtint.gui.canvas.canvas import Mode
from handtint.gui.help import menu as help_menu
from handtint.gui.parts.action_maker import ActionMaker, connect
from handtint.gui.parts.faults import FaultCatcher
from handtint.gui.parts.fitting import Stack
from handtint.gui.parts.model_names import title_of
from handtint.gui.parts.theme import ThemeKeeper
from handtint.gui.parts.translating import tr
from handtint.gui.photo.incoming import Incoming, local_files
from handtint.gui.photo.toolbar import Toolbar
from handtint.gui.photo.welcome import Welcome
from handtint.gui.repair.actions import RepairActions
from handtint.gui.saving.results import Results
from handtint.gui.saving.saving import Saving
from handtint.gui.session.memory import Memory
from handtint.gui.session.session import Session
from handtint.gui.shutdown import Shutdown
from handtint.gui.status import Status
from handtint.gui.teach.teaching import Teaching
from handtint.gui.turning.actions import TurnActions
from handtint.model_card import DEFAULT_MODEL, ModelFile
from handtint.recipe.photo_names import is_photo_name

if TYPE_CHECKING:
    from handtint.gui.album.albums import Albums
    from handtint.gui.photo.workspace import PhotoWorkspace
    from handtint.restore.colorizer import Colorizer


def _photos_by_name(folder: Path) -> list[Path]:
    """The photos of a folder of ours, none of them opened: the window is there sooner."""
    found = [path for path in folder.iterdir() if is_photo_name(path.name)] if paths.is_folder(folder) else []
    return sorted(found, key=lambda path: path.name.casefold())


class MainWindow(QMainWindow):
    """The one window of the app.

    Args:
        load_colorizer: makes a colorizer of a model file; called on a working thread, may import torch there.
        models: what can be chosen.
        memory, keeper: what is remembered between runs; light and dark.
    """

    painted = Signal()  # for the first time: what can wait until the window is seen begins now

    def __init__(
        self,
        load_colorizer: Callable[[ModelFile], Colorizer],
        models: Sequence[ModelFile],
        memory: Memory,
        keeper: ThemeKeeper,
    ) -> None:
        super().__init__()
        self.setWindowTitle("Handtint")
        self.setAcceptDrops(True)
        self._memory, self._keeper = memory, keeper
        self._is_painted = False
        self._samples = _photos_by_name(paths.samples_dir())
        self.session = Session(load_colorizer, models, self)
        by_name = {model.card.name: model for model in reversed(models)}
        self.session.default_model = (
            by_name.get(memory.model) or by_name.get(DEFAULT_MODEL) or (models[0] if models else None)
        )
        self.session.recent = lambda: memory.remembered
        self.session.keeping.store.room = memory.room
        self.session.loaded_model.cores = memory.cores
        self.results = Results(self.session, self)
        self.saving = Saving(self.session, self.results, memory, self)
        self.faults = FaultCatcher(self)
        self._action_maker = ActionMaker(self)
        self.actions_ = Actions(self._action_maker, self)
        self.album_actions = AlbumActions(self._action_maker)
        self.turn_actions = TurnActions(self._action_maker)
        self.adjust_actions = AdjustActions(self._action_maker)
        self.repair_actions = RepairActions(self._action_maker)
        self._action_maker.disable_all_but(self.actions_.without_photo)
        self._photo_workspace: PhotoWorkspace | None = None
        self._albums: Albums | None = None
        self._lay_out()
        self.teaching = Teaching(lambda: self.session.models, keeper, self)
        self.status.add(self.teaching.button)
        self.shutdown = Shutdown(
            self.session, self.results, self.saving, self.teaching, lambda: self._albums, memory, self
        )
        self.incoming = Incoming(self.session, lambda folder: self.albums.open(folder), memory, self.status.tell, self)
        self.toolbar.add_at_left(self.album_actions.back)
        self._connect()
        self._presets_menu = menus.fill(
            self.menuBar(),
            self.actions_,
            self.album_actions,
            self.turn_actions,
            self.adjust_actions,
            self.repair_actions,
            self._samples,
            lambda: memory.recent,
            self._open_path,
        )
        self._restore_geometry()
        keeper.changed.connect(self._set_colors)
        self.appearance = Appearance(
            self, self.session, self.actions_, memory, keeper, self._show_mode, self.status.tell
        )
        self.appearance.restore()
        self.painted.connect(self._go_on, Qt.ConnectionType.QueuedConnection)
        self.show_state()
        self.welcome.open_button.setFocus()

    # parts

    @property
    def photo_workspace(self) -> PhotoWorkspace:
        """The workspace of one photo: made when first asked for, at the latest once the window is painted."""
        if self._photo_workspace is None:
            from handtint.gui.photo.workspace import PhotoWorkspace

            session = self.session
            workspace = self._photo_workspace = PhotoWorkspace(
                session,
                self.results,
                self.saving,
                self._memory,
                self.actions_,
                self.turn_actions,
                self.adjust_actions,
                self.repair_actions,
                self.toolbar,
                self._samples,
                self,
            )
            workspace.offer_presets(self._presets_menu)
            workspace.set_colors(self._keeper.colors)
            workspace.filmstrip.setVisible(self._memory.is_filmstrip_shown)
            self.stack.addWidget(workspace)
            self.status.come_last()
            session.current_changed.connect(self.arrangement.show_current)
            session.state_changed.connect(self.show_state)
            workspace.show_state()
        return self._photo_workspace

    @property
    def albums(self) -> Albums:
        """All about albums: made when first asked for, at the latest once the window is painted."""
        if self._albums is None:
            from handtint.gui.album.albums import Albums

            self._albums = Albums(self.session, self._memory, self.actions_, self.album_actions, self.stack, self)
            self._albums.set_mode(self._memory.mode)
            self._albums.set_colors(self._keeper.colors)
            self._albums.moved.connect(self._show_workspace)
            self._albums.saved.connect(lambda sentence: self.photo_workspace.announcer.tell("done", sentence))
            edits = self.photo_workspace.edits
            edits.album, self._albums.has_copied = self._albums, lambda: edits.copied is not None
            self.saving.save_in_album = self._albums.save_result
            self.saving.album_folder = self._albums.results_folder
            self.status.add(self._albums.button)
        return self._albums

    def _go_on(self) -> None:
        """What could wait until the window was painted, in two steps between which it answers."""
        if not self.session.is_closed:
            _ = self.photo_workspace
            QTimer.singleShot(0, self._go_on_with_albums)

    def _go_on_with_albums(self) -> None:
        if self.session.is_closed:
            return
        for path in self._samples:
            self.session.request_thumbnail(path, lambda image, path=path: self.welcome.set_thumbnail(path, image))
        import handtint.gui.album.albums  # noqa: F401 takes 110 ms; making the workspaces takes 50 more, in a pass of its own

        QTimer.singleShot(0, self, self._make_albums)

    def _make_albums(self) -> None:
        if not self.session.is_closed:
            self.albums.enable()

    def _lay_out(self) -> None:
        actions = self.actions_
        self.toolbar = Toolbar(actions, self.turn_actions, self)
        self.welcome = Welcome(actions.open, self._samples, self)
        self.stack = Stack(self)
        self.stack.addWidget(self.welcome)
        self.arrangement = Arrangement(
            self,
            self.stack,
            self.welcome,
            self.toolbar,
            lambda: self.photo_workspace,
            self.session,
            self._memory,
            self._keeper,
            actions,
            lambda: self._albums,
        )
        whole = QFrame(self)
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        column.addWidget(self.stack, 1)
        self.setCentralWidget(whole)
        self.status = Status(self.session, self)

    def _connect(self) -> None:
        actions, session, arrangement = self.actions_, self.session, self.arrangement
        connect(
            [
                (actions.open, self.incoming.ask),
                (actions.open_album, lambda: self.albums.ask_for_folder()),
                (actions.paste, self.incoming.paste),
                (actions.show_folder, self._show_folder),
                (actions.next_photo, lambda: self._step(1)),
                (actions.previous_photo, lambda: self._step(-1)),
                (actions.next_in_folder, lambda: self._step_in_folder(1)),
                (actions.previous_in_folder, lambda: self._step_in_folder(-1)),
                (actions.quit, self.close),
                (actions.filmstrip, arrangement.show_filmstrip),
                (actions.history, arrangement.show_history),
                (actions.take_snapshot, lambda: arrangement.history.ask_and_take()),
                (actions.compare_snapshot, lambda: arrangement.history.compare()),
                (actions.drop_snapshot, lambda: arrangement.history.remove()),
                (actions.fullscreen, self._set_fullscreen),
                (actions.photo_only, arrangement.switch_photo_only),
                (actions.clear_recent, self._memory.clear_recent),
                (actions.teach, self.teaching.open),
                (actions.guide, lambda: help_menu.show_guide(self)),
                (actions.shortcuts, lambda: help_menu.show_shortcuts(self)),
                (actions.updates, lambda: help_menu.show_updates(self)),
                (actions.about, lambda: help_menu.show_about(self)),
            ]
        )
        actions.hints.toggled.connect(self._explain_hints)
        self.welcome.sample_chosen.connect(self._open_path)
        session.list_changed.connect(lambda: self.photo_workspace)  # made before it has a photo to show
        session.troubled.connect(self._tell_without_photo)
        session.faulted.connect(self.faults.catch)
        self.teaching.taught.connect(self._take_model)

    def _restore_geometry(self) -> None:
        room = self.screen().availableSize()
        self.resize(min(1240, room.width() - 40), min(820, room.height() - 60))
        self.restoreGeometry(self._memory.geometry)

    # what is shown

    def show_state(self) -> None:
        """Show whatever depends on how far the current photo is, and which one it is."""
        if self._photo_workspace is not None:
            self._photo_workspace.show_state()
        if self._albums is not None:
            self._albums.enable()
        self.status.show_state(self._albums)

    def _show_workspace(self) -> None:
        """A workspace of the album, or the way back from one."""
        self.arrangement.show_parts()
        self.show_state()

    def _tell_without_photo(self, sentence: str) -> None:
        """With no photo open, the messages over the photo are not to be seen."""
        if self.stack.currentWidget() is self.welcome:
            self.status.tell(sentence)

    def _set_colors(self) -> None:
        colors = self._keeper.colors
        for part in (self._action_maker, self.welcome, self._photo_workspace, self._albums):
            if part is not None:
                part.set_colors(colors)

    # what the user does

    def open(self, found: Sequence[Path]) -> None:
        """Open photos and folders."""
        self.incoming.open(found)

    def open_last(self) -> None:
        """Open what was open last, where the user wants that."""
        found = [path for path in self._memory.last_open if paths.is_there(path)]
        if self._memory.opens_last and found:
            self.open(found)

    def _open_path(self, path: Path) -> None:
        self.open([path])

    def _show_folder(self) -> None:
        current = self.session.current
        path = current.path if current is not None else self.albums.chosen_path
        if path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))

    def _step(self, by: int) -> None:
        if self.session.current is not None and not self.albums.step(by):
            self.photo_workspace.step(by)

    def _step_in_folder(self, by: int) -> None:
        if not self.albums.step(by):
            self.photo_workspace.step_in_folder(by)

    def _explain_hints(self, is_on: bool) -> None:
        if is_on:
            text = tr(
                "main_window",
                "Click on the photo where the color is wrong, and choose another color. Press Esc to finish.",
            )
            self.status.tell(text)
        else:
            self.status.clear()

    def _take_model(self, model: ModelFile) -> None:
        """A model that was taught: color with it from now on."""
        self.photo_workspace.add_model(model)
        self.show_state()
        text = tr(
            "main_window",
            'From now on "{model}" colors your photos. The link next to "Model" goes back.',
            model=title_of(model.card.name),
        )
        if self.session.current is None:
            self.status.tell(text)
        else:
            self.photo_workspace.announcer.tell("done", text)

    def _show_mode(self, mode: Mode) -> None:
        for part in (self._photo_workspace, self._albums):
            if part is not None:
                part.set_mode(mode)

    def _set_fullscreen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)  # maximized stays what it was

    # events

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self.painted.emit)  # its parts are painted after it

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._is_held_key(event) and self.actions_.original.isEnabled():
            self.photo_workspace.hold_original(True)
        elif event.key() == Qt.Key.Key_Escape and self.arrangement.is_photo_only:
            self.arrangement.leave_photo_only()
        elif event.key() == Qt.Key.Key_Escape and self.albums.back():
            pass
        elif event.key() == Qt.Key.Key_Escape and self.isFullScreen():
            self._set_fullscreen()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if self._is_held_key(event):
            if not event.isAutoRepeat():
                self.photo_workspace.hold_original(False)
        else:
            super().keyReleaseEvent(event)

    def _is_held_key(self, event: QKeyEvent) -> bool:
        keys = [QKeySequence(key) for key in self.actions_.original.property(HELD_KEYS)]
        return QKeySequence(event.key()) in keys

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ActivationChange and self.session.current is not None:
            if self.isActiveWindow():
                self.photo_workspace.check_file()
            else:
                self.photo_workspace.hold_original(False)  # the key's release goes to another window
        elif event.type() == QEvent.Type.WindowStateChange:
            self.actions_.fullscreen.setChecked(self.isFullScreen())  # also when the desktop did it, or the last run
        super().changeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_files(event.mimeData()):
            event.acceptProposedAction()
            self.welcome.set_hot(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.welcome.set_hot(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.welcome.set_hot(False)
        event.acceptProposedAction()
        found = local_files(event.mimeData())
        QTimer.singleShot(0, lambda: self.open(found))  # let the file manager's drag end first

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.shutdown.is_allowed():
            self.arrangement.leave_photo_only()
            self.shutdown.run()
            event.accept()
        else:
            event.ignore()
