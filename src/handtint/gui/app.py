"""How the window starts: application, theme, translations, log; then the window, and only then torch."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QLocale, QObject, QSettings, Qt, QTimer, QTranslator
from PySide6.QtGui import QFileOpenEvent, QGuiApplication
from PySide6.QtWidgets import QApplication

from handtint import __version__, logs, paths
from handtint.gui.main_window import MainWindow
from handtint.gui.parts import icons
from handtint.gui.parts.faults import FaultDialog
from handtint.gui.parts.theme import ThemeKeeper
from handtint.gui.parts.worker import has_left_behind
from handtint.gui.session.memory import Memory
from handtint.model_card import ModelFile, list_models

if TYPE_CHECKING:
    from handtint.restore.colorizer import Colorizer

log = logging.getLogger(__name__)


def run(files: Sequence[Path] = ()) -> int:
    """Show the window, open `files` (photos or folders) in it, and return the exit code once it is closed."""
    with logs.log_to_file():
        code = _run(files)
    if has_left_behind():
        os._exit(code)  # Python would wait for a drive's driver, or take down torch under a thread that is inside it
    return code


def _run(files: Sequence[Path]) -> int:
    app = make_application()
    try:
        window = MainWindow(load_colorizer, list_models(), Memory(QSettings()), ThemeKeeper(app))
    except Exception as error:  # nothing is there yet that could show it
        log.exception("the window could not be made")
        FaultDialog(error, None).exec()
        return 1
    window.faults.install()
    if sys.platform == "darwin":
        OpenRequests(app, window.open)
    window.painted.connect(window.session.prepare, Qt.ConnectionType.QueuedConnection)  # torch comes after the window
    window.show()
    if files:
        QTimer.singleShot(0, lambda: window.open([Path(file) for file in files]))
    try:
        return app.exec()
    finally:
        window.session.close()
        window.teaching.close()
        window.faults.uninstall()


def make_application() -> QApplication:
    """The application, with our style, icon and language. One for each process."""
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    QCoreApplication.setOrganizationName("Handtint")
    QCoreApplication.setApplicationName("Handtint")
    QCoreApplication.setApplicationVersion(__version__)
    QGuiApplication.setDesktopFileName("handtint")
    app.setStyle("Fusion")
    app.setWindowIcon(icons.app_icon())
    translator = QTranslator(app)
    if translator.load(QLocale(), "handtint", "_", str(paths.resources_dir() / "i18n")):
        app.installTranslator(translator)
    return app


def load_colorizer(model: ModelFile) -> Colorizer:
    """The real colorizer on the best device; imports torch, so never on the window's thread."""
    from handtint.engine import importing_without_stalls, wait_without_spinning

    wait_without_spinning()
    with importing_without_stalls():
        from handtint.engine.colorizer import load_colorizer
    return load_colorizer(model, "auto")


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
