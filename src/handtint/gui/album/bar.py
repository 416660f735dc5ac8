"""The bar at the foot of the album: how far it is, with buttons to pause, stop, go on or retry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QToolButton, QVBoxLayout, QWidget

from handtint.gui.parts import icons
from handtint.gui.parts.flow import Flow
from handtint.gui.parts.theme import Colors
from handtint.gui.parts.translating import tr

_MOST_BUTTONS = 3


@dataclass(frozen=True)
class BarMessage:
    """What the bar shows.

    Attributes:
        icon: name of an icon file.
        fraction: of the run that is done, 0..1; None where no run is under way.
        buttons: labels and what they do, the most likely one last.
        close: called when the user closes the message; None where that is not possible.
    """

    icon: str
    title: str
    text: str
    fraction: float | None = None
    buttons: Sequence[tuple[str, Callable[[], object]]] = ()
    close: Callable[[], object] | None = None


class AlbumBar(QFrame):
    """Shows one `BarMessage` at a time."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self._colors: Colors | None = None
        self.message: BarMessage | None = None
        self._icon = QLabel(self)
        self._icon.setFixedSize(24, 24)
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.text = QLabel(self)
        self.text.setProperty("role", "muted")
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.progress = QProgressBar(self)
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(tr("album", "Progress of the album"))
        self.buttons = [QPushButton(self) for _ in range(_MOST_BUTTONS)]
        for number, button in enumerate(self.buttons):
            button.setAccessibleName(tr("album", "Next step"))
            button.setToolTip(tr("album", "Next step"))
            button.clicked.connect(lambda _=False, number=number: self._act(number))
        self.close_button = QToolButton(self)
        self.close_button.setIconSize(QSize(16, 16))
        self.close_button.setToolTip(tr("album", "Close this message"))
        self.close_button.setAccessibleName(tr("album", "Close this message"))
        self.close_button.clicked.connect(
            lambda: self.message is not None and self.message.close and self.message.close()
        )
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addWidget(self.title)
        words.addWidget(self.text)
        words.addWidget(self.progress)
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 10, 14, 10)
        row.setSpacing(10)
        row.addWidget(self._icon)
        row.addLayout(words, 1)
        row.addSpacing(8)
        buttons = Flow()
        for button in self.buttons:
            buttons.addWidget(button)
        row.addLayout(buttons)
        row.addWidget(self.close_button)

    def show_message(self, message: BarMessage) -> None:
        """Show a message in place of the one before; screen readers announce a new title."""
        is_new = self.message is None or message.title != self.message.title
        is_other_icon = self.message is None or message.icon != self.message.icon
        had_focus = next((n for n, button in enumerate(self.buttons) if button.hasFocus()), None)
        self.message = message
        self.title.setText(message.title)
        self.text.setText(message.text)
        self.text.setVisible(bool(message.text))
        self.progress.setVisible(message.fraction is not None)
        self.progress.setValue(round((message.fraction or 0.0) * 1000))
        empty = _MOST_BUTTONS - len(message.buttons)
        for number, button in enumerate(self.buttons):
            button.setVisible(number >= empty)
            if number >= empty:
                text = message.buttons[number - empty][0]
                if button.text() != text:
                    button.setText(text)
                    button.setToolTip(text.replace("&", ""))
                    button.setAccessibleName(text.replace("&", ""))
        if had_focus is not None and had_focus < empty and message.buttons:
            self.buttons[-1].setFocus()
        self.close_button.setVisible(message.close is not None)
        if is_other_icon:
            self._show_icon()
        if is_new:
            self.setAccessibleName(f"{message.title} {message.text}")
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def press(self, text: str) -> None:
        """Click the button with this label."""
        next(button for button in self.buttons if not button.isHidden() and text in button.accessibleName()).click()

    def set_colors(self, colors: Colors) -> None:
        """Take on the theme's colors."""
        self._colors = colors
        self.close_button.setIcon(icons.icon("close", QColor(colors.muted), QColor(colors.disabled), 16))
        self._show_icon()

    def _act(self, number: int) -> None:
        if self.message is not None:
            self.message.buttons[number - _MOST_BUTTONS + len(self.message.buttons)][1]()

    def _show_icon(self) -> None:
        if self._colors is not None and self.message is not None:
            name = self.message.icon
            color = QColor(self._colors.danger if name == "warning" else self._colors.muted)
            self._icon.setPixmap(icons.pixmap(name, color, 22, self.devicePixelRatioF()))
