"""How the window starts: application, theme, translations, log; then the window, and only then torch."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QLibraryInfo,
    QMessageLogContext,
    QObject,
    QSettings,
    QStandardPaths,
    Qt,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QFileOpenEvent, QGuiApplication
from PySide6.QtWidgets import QApplication

from handtint import __version__, instance, logs, paths, starting
from handtint.gui.main_window import MainWindow
from handtint.gui.parts import icons, translating
from handtint.gui.parts.faults import FaultDialog
from handtint.gui.parts.theme import ThemeKeeper
from handtint.gui.parts.worker import has_left_behind
from handtint.gui.requests import Requests
from handtint.gui.session.memory import Memory, set_odd_settings_aside
from handtint.model_card import ModelFile, list_models

if TYPE_CHECKING:
    from handtint.restore.colorizer import Colorizer

log = logging.getLogger(__name__)

_NAME = "Handtint"


def run(files: Sequence[Path] = (), new_window: bool = False) -> int:
    """Show the window, open `files` (photos or folders) in it, and return the exit code once it is closed.

    Where there is a window already it is handed the files, and this returns at once, unless `new_window`.
    """
    first: instance.First | bool | None = instance.claim()
    if first is None and not new_window and Memory(settings()).is_one_window:
        first = instance.hand_over(files)
        if first is True:
            return 0
    with logs.log_to_file():
        code = _run(files, first or None)
    if has_left_behind():
        os._exit(code)  # Python would wait for a drive's driver, or take down torch under a thread that is inside it
    return code


def _run(files: Sequence[Path], first: instance.First | None) -> int:
    qInstallMessageHandler(_say_what_ends_qt)
    app = make_application()
    qInstallMessageHandler(None)
    try:
        memory = Memory(settings())
        translating.speak(app, translating.chosen_language(memory.language))
        with starting.without_collecting():
            window = MainWindow(load_colorizer, list_models(), memory, ThemeKeeper(app))
    except Exception as error:  # nothing is there yet that could show it
        log.exception("the window could not be made")
        FaultDialog(error, None).exec()
        return 1
    window.faults.install()
    if sys.platform == "darwin":
        OpenRequests(app, window.open)
    window.painted.connect(window.session.prepare, Qt.ConnectionType.QueuedConnection)  # torch comes after the window
    window.show()
    if first is not None:
        Requests(first, window, window.open)
    if files:
        QTimer.singleShot(0, lambda: window.open([Path(file) for file in files]))
    else:
        QTimer.singleShot(0, window.open_last)
    try:
        return app.exec()
    finally:
        if first is not None:
            first.close()
        window.session.close()
        window.teaching.close()
        window.faults.uninstall()


def _say_what_ends_qt(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Qt aborts where it cannot show anything; a sentence says why instead."""
    if kind != QtMsgType.QtFatalMsg:
        log.warning("Qt: %s", text)
        return
    log.error("Qt: %s", text)
    if sys.stderr is not None:
        sys.stderr.write(f"{_why_nothing_is_shown(text)}\n")
        sys.stderr.flush()
    logging.shutdown()
    os._exit(1)  # on return Qt aborts


def _why_nothing_is_shown(text: str) -> str:
    import ctypes  # the window is there sooner

    plugin = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms" / "libqxcb.so"
    if sys.platform == "linux" and paths.is_there(plugin):
        try:
            ctypes.CDLL(str(plugin))
        except OSError as error:
            if trouble := starting.library_trouble(str(error)):
                return f"The window cannot be shown. {trouble}"
    why = " ".join(text.split())
    if "no Qt platform plugin" in text:
        name = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
        why = f'the display "{name}" does not answer or does not let you in.' if name else "there is no display."
    return (
        f"The window cannot be shown: {why} "
        "Start Handtint on a desktop, or use its command line: `handtint restore --help`."
    )


def make_application() -> QApplication:
    """The application, with our style and icon. One for each process."""
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    _name_application()
    QCoreApplication.setApplicationVersion(__version__)
    QGuiApplication.setDesktopFileName("handtint")
    app.setStyle("Fusion")
    app.setWindowIcon(icons.app_icon())
    return app


def settings() -> QSettings:
    """Where the window remembers things; needs no application yet. A thread takes one of its own.

    A file of settings that Qt could not read without ending the program, or would wait for, is set aside.
    """
    _name_application()
    if sys.platform == "linux":  # the one system where settings are a file of text that anybody may have written to
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
        set_odd_settings_aside(Path(folder, _NAME, f"{_NAME}.conf"))  # where Qt looks for it
    return QSettings()


def _name_application() -> None:
    QCoreApplication.setOrganizationName(_NAME)
    QCoreApplication.setApplicationName(_NAME)


def load_colorizer(model: ModelFile) -> Colorizer:
    """The real colorizer on the device that the user chose; imports torch, so never on the window's thread."""
    from handtint.engine import importing_torch, importing_without_stalls, wait_without_spinning

    wait_without_spinning()
    with importing_torch(), importing_without_stalls():
        from handtint.engine.colorizer import load_colorizer
    return load_colorizer(model, Memory(settings()).device)


class OpenRequests(QObject):
    """Opens photos that macOS hands to the running app: a double click in the Finder, a drop on the Dock's icon.

    Listens to the whole application, so it is made on macOS only: elsewhere the command line names the photos.
    """

    def __init__(self, app: QApplication, open_: Callable[[Sequence[Path]], None]) -> None:
        super().__init__(app)
        self._open = open_
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent) and event.file():
            self._open([Path(event.file())])
            return True
        return super().eventFilter(watched, event)
