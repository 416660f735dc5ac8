"""Faults of ours: logged, and shown with a report to copy; the window stays usable."""

from __future__ import annotations

import logging
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from handtint import __version__, paths
from handtint.errors import HandtintError
from handtint.gui.parts.dialogs import name_buttons
from handtint.gui.parts.translating import tr, translated

log = logging.getLogger(__name__)


def report(error: BaseException) -> str:
    """What a bug report needs: versions, system, traceback; nothing of the photo."""
    return "\n".join(line.rstrip("\n") for line in [*versions(), "", *traceback.format_exception(error)])


def versions() -> list[str]:
    """The first lines of every report."""
    return [
        f"Handtint {__version__}, Python {platform.python_version()}, Qt {pyside_version}",
        platform.platform(),
    ]


def sentence_for(error: Exception, tell_fault: Callable[[Exception], object]) -> str:
    """What to tell a user of an error, in place of a result; a fault of ours is also told with its details."""
    if isinstance(error, HandtintError):
        log.warning("%s", error)
        return translated(error)
    tell_fault(error)
    return tr("faults", "Something went wrong inside Handtint. Your originals are unchanged.")


class FaultDialog(QDialog):
    """Shows the report of a fault, to be copied."""

    def __init__(self, error: BaseException, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("faults", "Something went wrong"))
        self.setMinimumWidth(600)
        self.report = report(error)
        text = QLabel(
            tr(
                "faults",
                "Handtint has a fault: {name}. Your originals are unchanged and you can go on working. "
                "Please send the report below to the makers of Handtint; it is also in the log in {log_dir}.",
                name=type(error).__name__,
                log_dir=paths.log_dir(),
            ),
            self,
        )
        text.setWordWrap(True)
        details = QPlainTextEdit(self.report, self)
        details.setReadOnly(True)
        details.setAccessibleName(tr("faults", "Report"))
        details.setToolTip(tr("faults", "What the makers of Handtint need to know"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.copy_button = buttons.addButton(tr("faults", "&Copy Report"), QDialogButtonBox.ButtonRole.ActionRole)
        self.copy_button.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.report))
        buttons.rejected.connect(self.reject)
        name_buttons(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 22, 22, 16)
        layout.setSpacing(14)
        layout.addWidget(text)
        layout.addWidget(details)
        layout.addWidget(buttons)


class FaultCatcher(QObject):
    """Shows faults one at a time: one while another is on screen goes to the log alone."""

    _caught = Signal(object)  # from any thread

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.dialog: FaultDialog | None = None
        self._caught.connect(self._show)

    @staticmethod
    def uninstall() -> None:
        """Give Python its own handling of uncaught exceptions back."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__

    def install(self) -> None:
        """Take over what Python would print of uncaught exceptions, on every thread."""

        def on_main(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
            if issubclass(kind, KeyboardInterrupt):
                sys.__excepthook__(kind, error, trace)
            else:
                self.catch(error)

        def on_thread(hook: threading.ExceptHookArgs) -> None:
            if hook.exc_value is not None:
                self.catch(hook.exc_value)

        sys.excepthook = on_main
        threading.excepthook = on_thread

    def catch(self, error: BaseException) -> None:
        """Log the fault and show it; may be called from any thread."""
        log.error("uncaught: %s", report(error))
        # A painter that lived on in a frame would leave the window unpainted from now on, and crash it in the end.
        traceback.clear_frames(error.__traceback__)
        self._caught.emit(error)

    def _show(self, error: BaseException) -> None:
        if self.dialog is not None and self.dialog.isVisible():
            return
        self.dialog = FaultDialog(error, self._window)
        self.dialog.open()
