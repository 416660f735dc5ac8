"""An eye at a step of repair: held, or closed, it shows the photo without that step."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QSize, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QToolButton, QWidget

from handtint.gui.parts import icons
from handtint.gui.parts.theme import Colors
from handtint.gui.parts.translating import tr

_CLICK_MS = 300  # longer than that it is held, and opens again when it is let go
_SIDE = 16


class Eye(QToolButton):
    """A short press closes or opens it, a long one closes it as long as it lasts; by mouse, or with Space."""

    closed = Signal(bool)

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = name
        self._is_closed = self._was_closed = False
        self._colors: Colors | None = None
        self._since = QElapsedTimer()
        self.setAutoRaise(True)
        self.setIconSize(QSize(_SIDE, _SIDE))
        self.pressed.connect(self._press)
        self.released.connect(self._release)
        self.show_closed(False)

    @property
    def is_closed(self) -> bool:
        """Whether the step is not seen."""
        return self._is_closed

    def show_closed(self, on: bool) -> None:
        """Show the eye so, without telling anyone."""
        self._is_closed = on
        if on:
            text = tr("repair", "See {step} again", step=self._name)
        else:
            text = tr("repair", "See the photo without {step}; hold to peek", step=self._name)
        self.setToolTip(text)
        self.setAccessibleName(text)
        self._draw()

    def set_colors(self, colors: Colors) -> None:
        """Take on the theme's colors."""
        self._colors = colors
        self._draw()

    def _draw(self) -> None:
        if self._colors is not None:
            name, color = ("unseen", self._colors.text) if self._is_closed else ("original", self._colors.muted)
            self.setIcon(icons.icon(name, QColor(color), QColor(self._colors.disabled), _SIDE))

    def _press(self) -> None:
        self._was_closed = self._is_closed
        self._since.start()
        if not self._is_closed:
            self._close(True)

    def _release(self) -> None:
        if self._was_closed or self._since.elapsed() >= _CLICK_MS:
            self._close(False)

    def _close(self, on: bool) -> None:
        self.show_closed(on)
        self.closed.emit(on)
