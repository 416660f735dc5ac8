"""At the foot of the album: how far it is, and what can be done about that: pause, stop, go on, retry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QToolButton, QVBoxLayout, QWidget

from handtint.gui.parts import icons
from handtint.gui.parts.theme import Colors

_MOST_BUTTONS = 3


@dataclass(frozen=True)
class Word:
    """What the bar says.

    Attributes:
        icon: name of an icon file.
        fraction: of the work that is done; None where none is under way.
        buttons: texts and what they do, the likeliest last.
        close: called when it is closed by hand; None where it cannot be.
    """

    icon: str
    title: str
    text: str
    fraction: float | None = None
    buttons: Sequence[tuple[str, Callable[[], object]]] = ()
    close: Callable[[], object] | None = None


class AlbumBar(QFrame):
    """Shows one `Word`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self._colors: Colors | None = None
        self.word: Word | None = None
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
        self.progress.setAccessibleName(self.tr("Progress of the album"))
        self.buttons = [QPushButton(self) for _ in range(_MOST_BUTTONS)]
        for number, button in enumerate(self.buttons):
            button.setAccessibleName(self.tr("What to do"))
            button.setToolTip(self.tr("What to do"))
            button.clicked.connect(lambda _=False, number=number: self._act(number))
        self.close_button = QToolButton(self)
        self.close_button.setIconSize(QSize(16, 16))
        self.close_button.setToolTip(self.tr("Close this message"))
        self.close_button.setAccessibleName(self.tr("Close this message"))
        self.close_button.clicked.connect(lambda: self.word is not None and self.word.close and self.word.close())
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
        for button in self.buttons:
            row.addWidget(button)
        row.addWidget(self.close_button)

    def say(self, word: Word) -> None:
        """Show a word in place of the one before; a new title is read out."""
        is_new = self.word is None or word.title != self.word.title
        is_other_icon = self.word is None or word.icon != self.word.icon
        had_focus = next((n for n, button in enumerate(self.buttons) if button.hasFocus()), None)
        self.word = word
        self.title.setText(word.title)
        self.text.setText(word.text)
        self.text.setVisible(bool(word.text))
        self.progress.setVisible(word.fraction is not None)
        self.progress.setValue(round((word.fraction or 0.0) * 1000))
        empty = _MOST_BUTTONS - len(word.buttons)
        for number, button in enumerate(self.buttons):
            button.setVisible(number >= empty)
            if number >= empty:
                text = word.buttons[number - empty][0]
                if button.text() != text:
                    button.setText(text)
                    button.setToolTip(text.replace("&", ""))
                    button.setAccessibleName(text.replace("&", ""))
        if had_focus is not None and had_focus < empty and word.buttons:
            self.buttons[-1].setFocus()
        self.close_button.setVisible(word.close is not None)
        if is_other_icon:
            self._show_icon()
        if is_new:
            self.setAccessibleName(f"{word.title} {word.text}")
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def press(self, text: str) -> None:
        """Do what the button with this text does."""
        next(button for button in self.buttons if not button.isHidden() and text in button.accessibleName()).click()

    def set_colors(self, colors: Colors) -> None:
        self._colors = colors
        self.close_button.setIcon(icons.icon("close", QColor(colors.muted), QColor(colors.disabled), 16))
        self._show_icon()

    def _act(self, number: int) -> None:
        if self.word is not None:
            self.word.buttons[number - _MOST_BUTTONS + len(self.word.buttons)][1]()

    def _show_icon(self) -> None:
        if self._colors is not None and self.word is not None:
            name = self.word.icon
            color = QColor(self._colors.danger if name == "warning" else self._colors.muted)
            self._icon.setPixmap(icons.pixmap(name, color, 22, self.devicePixelRatioF()))
