"""The window: puts the parts together, and answers to keys, drops and the desktop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from handtint import paths
from handtint.gui import menus
from handtint.gui.actions import HELD_KEYS, Actions, connect
from handtint.gui.album.actions import AlbumActions
from handtint.gui.canvas.canvas import Mode
from handtint.gui.commands import Commands
from handtint.gui.device_tip import device_tip
from handtint.gui.hints.store import HintStore
from handtint.gui.hints.tool import HintTool
from handtint.gui.parts.faults import FaultCatcher
from handtint.gui.parts.theme import Theme, ThemeKeeper
from handtint.gui.photo.announcer import Announcer
from handtint.gui.photo.area import PhotoArea
from handtint.gui.photo.filmstrip import Filmstrip
from handtint.gui.photo.incoming import Incoming, local_files
from handtint.gui.photo.panel import Panel
from handtint.gui.photo.toolbar import Toolbar
from handtint.gui.photo.welcome import Welcome
from handtint.gui.saving.closing import may_close
from handtint.gui.saving.results import Results
from handtint.gui.saving.saving import Saving
from handtint.gui.session.jobs import photos_at
from handtint.gui.session.memory import Memory
from handtint.gui.session.session import Session
from handtint.gui.showing import Showing
from handtint.gui.teach.teaching import Teaching
from handtint.model_card import ModelFile

if TYPE_CHECKING:
    from handtint.gui.album.albums import Albums
    from handtint.gui.session.open_photo import OpenPhoto
    from handtint.restore.way import Colorizer

_MAIN_MODEL = "unet"  # where none was chosen yet
_NEWS_MS = 10_000


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
        self._samples = photos_at(paths.samples_dir()) if paths.is_folder(paths.samples_dir()) else []
        self.session = Session(load_colorizer, models, self)
        by_name = {model.card.name: model for model in reversed(models)}
        self.session.default_model = (
            by_name.get(memory.model) or by_name.get(_MAIN_MODEL) or (models[0] if models else None)
        )
        self.results = Results(self.session, self)
        self.saving = Saving(self.session, self.results, self)
        self.faults = FaultCatcher(self)
        self.actions_ = Actions(self)
        self.album_actions = AlbumActions(self.actions_.make, self)
        self._lay_out()
        self.teaching = Teaching(lambda: self.session.models, keeper, self)
        self.statusBar().insertPermanentWidget(1, self.teaching.button)
        self._albums: Albums | None = None
        self.incoming = Incoming(self.session, lambda folder: self.albums.open(folder), memory, self.tell, self)
        self.toolbar.add_at_left(self.album_actions.back)
        self.showing = Showing(self, memory, self._samples)
        self._connect()
        self.commands = Commands(self)
        self.announcer = Announcer(self.session, self.results, self.area.notice, self)
        self.hint_store = HintStore(self.session, memory, self.announcer.tell, self)
        menus.fill(
            self.menuBar(),
            self.actions_,
            self.album_actions,
            self._samples,
            lambda: memory.recent,
            self._open_path,
        )
        actions = self.actions_
        menus.offer(
            self.canvas, [[actions.copy, actions.save, actions.save_as], [actions.show_folder, actions.close_photo]]
        )
        self._restore_memory()
        keeper.changed.connect(self._set_colors)
        keeper.choose(memory.theme)
        self.painted.connect(self._go_on, Qt.ConnectionType.QueuedConnection)
        self.showing.show_state()
        self.welcome.open_button.setFocus()

    # parts

    @property
    def albums(self) -> Albums:
        """All about albums: made when first asked for, at the latest once the window is painted."""
        if self._albums is None:
            from handtint.gui.album.albums import Albums

            self._albums = Albums(self.session, self._memory, self.actions_, self.album_actions, self.pages, self)
            self._albums.set_mode(self._memory.mode)
            self._albums.set_colors(self._keeper.colors)
            self._albums.moved.connect(self.showing.show_page)
            self.statusBar().insertPermanentWidget(1, self._albums.button)
        return self._albums

    @property
    def made_albums(self) -> Albums | None:
        """`albums`, if they were asked for yet."""
        return self._albums

    def _go_on(self) -> None:
        """What could wait until the window was painted."""
        if self.session.is_closed:
            return
        self.albums.enable()
        for path in self._samples:
            self.session.request_thumbnail(path, lambda image, path=path: self.welcome.set_thumbnail(path, image))

    def _lay_out(self) -> None:
        actions = self.actions_
        self.toolbar = Toolbar(actions, self)
        self.welcome = Welcome(actions.open, self._samples, self)
        self.area = PhotoArea(self.session.tiles, actions.open, actions.close_photo, self)
        self.canvas = self.area.canvas
        self.hint_tool = HintTool(self.session, self.canvas, self.area, actions, self._memory)
        self.panel = Panel(self.session.models, actions.save, actions.copy, actions.reset, actions.erase_hints, self)
        self.filmstrip = Filmstrip(self)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.area, 1)
        left.addWidget(self.filmstrip)
        editor = QWidget(self)
        row = QHBoxLayout(editor)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(self.panel)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.welcome)
        self.pages.addWidget(editor)
        whole = QFrame(self)
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        column.addWidget(self.pages, 1)
        self.setCentralWidget(whole)
        self.place_label, self.device_label = QLabel(self), QLabel(self)
        self.device_label.setToolTip(device_tip())
        self.statusBar().addWidget(self.place_label)
        self.statusBar().addPermanentWidget(self.device_label)
        self.statusBar().setSizeGripEnabled(False)

    def _connect(self) -> None:
        actions, session, canvas = self.actions_, self.session, self.canvas
        modes = [(action, lambda mode=mode: self._set_mode(mode)) for mode, action in actions.modes.items()]
        themes = [(action, lambda t=t: self._set_theme(t)) for t, action in actions.themes.items()]
        connect(
            [
                (actions.quit, self.close),
                (actions.filmstrip, self._show_filmstrip),
                (actions.fullscreen, self._set_fullscreen),
                (actions.photo_only, self.showing.switch_photo_only),
                (actions.clear_recent, self._memory.clear_recent),
                *modes,
                *themes,
            ]
        )
        actions.original.setCheckable(True)
        actions.hints.toggled.connect(self._explain_hints)
        self.toolbar.original_held.connect(self._hold_original)
        canvas.zoom_changed.connect(self.toolbar.show_zoom)
        self.welcome.sample_chosen.connect(self._open_path)
        self.filmstrip.chosen.connect(session.show)
        self.panel.model_chosen.connect(self._set_model)
        self.panel.settings_chosen.connect(session.set_settings)
        self.panel.settled.connect(session.settle)
        session.faulted.connect(self.faults.catch)
        self.teaching.taught.connect(self._take_model)

    def _restore_memory(self) -> None:
        room = self.screen().availableSize()
        self.resize(min(1240, room.width() - 40), min(820, room.height() - 60))
        self.restoreGeometry(self._memory.geometry)
        self.actions_.modes[self._memory.mode].setChecked(True)
        self._set_mode(self._memory.mode)
        self.actions_.themes[self._memory.theme].setChecked(True)
        self.actions_.filmstrip.setChecked(self._memory.is_filmstrip_shown)
        self.filmstrip.setVisible(self._memory.is_filmstrip_shown)

    def tell(self, sentence: str) -> None:
        """Say news at the foot of the window."""
        self.statusBar().showMessage(sentence, _NEWS_MS)

    def _set_colors(self) -> None:
        colors = self._keeper.colors
        for part in (self.actions_, self.welcome, self.area, self.hint_tool, self.panel, self.filmstrip, self._albums):
            if part is not None:
                part.set_colors(colors)

    # what the user does

    def open(self, found: Sequence[Path]) -> None:
        """Open photos and folders."""
        self.incoming.open(found)

    def _open_path(self, path: Path) -> None:
        self.open([path])

    def _explain_hints(self, is_on: bool) -> None:
        if is_on:
            text = self.tr("Click on the photo where the color is wrong, and choose another. Esc ends it.")
            self.tell(text)
        else:
            self.statusBar().clearMessage()

    def _set_model(self, model: ModelFile) -> None:
        self._memory.model = model.card.name
        self.session.set_model(model)

    def _take_model(self, model: ModelFile) -> None:
        """A model that was taught: color with it from now on."""
        self.session.add_model(model)
        self.panel.set_models(self.session.models)
        self._set_model(model)
        self.showing.show_state()
        text = self.tr('"{0}" colors from now on. One click beside "Model" leads back.').format(model.card.name)
        if self.session.current is None:
            self.tell(text)
        else:
            self.announcer.tell("done", text)

    def _set_mode(self, mode: Mode) -> None:
        self._memory.mode = mode
        self.canvas.set_mode(mode)
        if self._albums is not None:
            self._albums.set_mode(mode)

    def _set_theme(self, theme: Theme) -> None:
        self._memory.theme = theme
        self._keeper.choose(theme)

    def _show_filmstrip(self) -> None:
        self._memory.is_filmstrip_shown = self.actions_.filmstrip.isChecked()
        self.showing.show_parts()

    def _set_fullscreen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)  # maximized stays what it was

    def _hold_original(self, is_held: bool) -> None:
        self.canvas.show_original(is_held or self.actions_.original.isChecked())

    # events

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self.painted.emit)  # its parts are painted after it

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._is_held_key(event) and self.actions_.original.isEnabled():
            self._hold_original(True)
        elif event.key() == Qt.Key.Key_Escape and self.showing.is_photo_only:
            self.showing.leave_photo_only()
        elif event.key() == Qt.Key.Key_Escape and self.albums.back():
            pass
        elif event.key() == Qt.Key.Key_Escape and self.isFullScreen():
            self._set_fullscreen()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if self._is_held_key(event):
            if not event.isAutoRepeat():
                self._hold_original(False)
        else:
            super().keyReleaseEvent(event)

    def _is_held_key(self, event: QKeyEvent) -> bool:
        keys = [QKeySequence(key) for key in self.actions_.original.property(HELD_KEYS)]
        return QKeySequence(event.key()) in keys

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self._hold_original(False)  # the key's release goes to another window
        elif event.type() == QEvent.Type.ActivationChange and self.session.current is not None:
            self.commands.check_file()
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

    def _may_close(self) -> bool:
        def save(photos: Sequence[OpenPhoto]) -> None:
            self.saving.save_these(photos, self.close)

        if not (may_close(self.session, self.results, self, save) and self.teaching.may_close()):
            return False
        return self._albums is None or self._albums.restoring.may_close()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.session.is_closed or self._may_close():
            self.showing.leave_photo_only()
            self._memory.geometry = self.saveGeometry()
            self.hide()  # what a working thread still has to finish need not be watched
            self.session.close()
            self.teaching.close()
            event.accept()
        else:
            event.ignore()
