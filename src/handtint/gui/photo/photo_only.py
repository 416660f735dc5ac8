"""Just the photo on the whole screen. Esc, its key, or a button that appears with the mouse end it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QPushButton

from handtint.gui.parts.translating import tr
from handtint.gui.photo.area import PhotoArea

_AT_FIRST_MS = 4000
_AFTER_MOUSE_MS = 2500
_SETTLED_MS = 300  # some desktops pass through other states on the way to the full screen
_FROM_TOP = 14


class PhotoOnly(QObject):
    """Switches it on and off; what shows the window's other parts asks `is_on`.

    Args:
        action: checked while it is on.
        cancel: leaves Esc to us meanwhile.
    """

    switched = Signal()

    def __init__(self, window: QMainWindow, area: PhotoArea, action: QAction, cancel: QAction) -> None:
        super().__init__(window)
        self._window, self._area, self._action, self._cancel = window, area, action, cancel
        self._cancel_keys = cancel.shortcuts()
        self._before = window.windowState()
        self.is_on = False
        self.button = QPushButton(tr("photo", "Leave (Esc)"), area)
        self.button.setAccessibleName(tr("photo", "Leave"))
        self.button.setToolTip(tr("photo", "Show the rest of the window again"))
        self.button.clicked.connect(self.leave)
        self.button.hide()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self.button.hide)
        area.canvas.installEventFilter(self)
        window.installEventFilter(self)

    def switch(self) -> None:
        """Show just the photo, or all again."""
        if self.is_on:
            self.leave()
        else:
            self._enter()

    def leave(self) -> None:
        """The window as it was before."""
        if not self.is_on:
            return
        self.is_on = False
        self._rest.stop()
        self.button.hide()
        self._cancel.setShortcuts(self._cancel_keys)
        self._show()
        self._window.setWindowState(self._before)

    def _enter(self) -> None:
        self.is_on = True
        self._before = self._window.windowState()
        self._cancel.setShortcuts(list[QKeySequence]())
        self._show()
        self._window.setWindowState(self._before | Qt.WindowState.WindowFullScreen)
        self._area.canvas.setFocus()
        self._show_button(_AT_FIRST_MS)

    def _show(self) -> None:
        self._action.setChecked(self.is_on)
        self.switched.emit()
        self._area.canvas.set_margin(not self.is_on)

    def _show_button(self, duration_ms: int) -> None:
        self.button.adjustSize()
        self.button.move((self._area.width() - self.button.width()) // 2, _FROM_TOP)
        self.button.show()
        self.button.raise_()
        self._rest.start(duration_ms)

    def _leave_with_the_desktop(self) -> None:
        if not self._window.isFullScreen():
            self.leave()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self.is_on:
            if event.type() == QEvent.Type.MouseMove:
                self._show_button(max(_AFTER_MOUSE_MS, self._rest.remainingTime()))
            elif event.type() == QEvent.Type.Resize and watched is self._area.canvas and self.button.isVisible():
                self._show_button(self._rest.remainingTime())
            elif event.type() == QEvent.Type.WindowStateChange:
                QTimer.singleShot(_SETTLED_MS, self, self._leave_with_the_desktop)
        return super().eventFilter(watched, event)
