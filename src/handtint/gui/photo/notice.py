"""A message in a box over the lower edge of the photo; nothing else moves when it appears or goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from handtint.gui.parts import icons
from handtint.gui.parts.theme import Colors
from handtint.gui.parts.translating import tr

_WIDTH = 520
_ABOVE_FOOT = 22


@dataclass(frozen=True)
class Message:
    """What to show.

    Attributes:
        icon: name of an icon file.
        button: text and what it does, or None.
        is_work: whether a progress bar belongs to it.
        dismissed: called when closed by hand; None where it cannot be.
    """

    icon: str
    text: str
    button: tuple[str, Callable[[], None]] | None = None
    is_work: bool = False
    dismissed: Callable[[], None] | None = None


class Notice(QFrame):
    """Floats over `parent`, at its foot, in the middle."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setObjectName("notice")
        self._message: Message | None = None
        self._colors: Colors | None = None
        self._icon = QLabel(self)
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(tr("photo", "Progress"))
        self.button = QPushButton(self)
        self.button.setAccessibleName(tr("photo", "What to do"))
        self.button.setToolTip(tr("photo", "What to do"))
        self.button.clicked.connect(self._act)
        self.close_button = QToolButton(self)
        self.close_button.setToolTip(tr("photo", "Close this message"))
        self.close_button.setAccessibleName(tr("photo", "Close this message"))
        self.close_button.setIconSize(QSize(16, 16))
        self.close_button.clicked.connect(self._dismiss)
        words = QVBoxLayout()
        words.setSpacing(8)
        words.addWidget(self.text)
        words.addWidget(self.bar)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 12, 12, 12)
        layout.setSpacing(12)
        layout.addWidget(self._icon)
        layout.addLayout(words, 1)
        layout.addWidget(self.button)
        layout.addWidget(self.close_button)
        parent.installEventFilter(self)
        self.hide()

    @property
    def message(self) -> Message | None:
        """The sentence that is shown."""
        return self._message

    def show_message(self, message: Message | None) -> None:
        """Show a message in place of the one before, or none."""
        is_new = message is not None and (self._message is None or message.text != self._message.text)
        self._message = message
        if message is None:
            self.hide()
            return
        self.text.setText(message.text)
        self.bar.setVisible(message.is_work)
        self.button.setVisible(message.button is not None)
        if message.button is not None:
            self.button.setText(message.button[0])
            self.button.setToolTip(message.button[0])
            self.button.setAccessibleName(message.button[0].replace("&", ""))
        self.close_button.setVisible(message.dismissed is not None)
        self._show_icon()
        self._place()
        self.show()
        self.raise_()
        if is_new:
            self.setAccessibleName(message.text)
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def show_progress(self, fraction: float) -> None:
        """Show how far something is."""
        self.bar.setValue(round(fraction * 1000))

    def set_colors(self, colors: Colors) -> None:
        """Take on the theme's colors."""
        self._colors = colors
        self.close_button.setIcon(icons.icon("close", QColor(colors.muted), QColor(colors.disabled), 16))
        self._show_icon()

    def _show_icon(self) -> None:
        if self._message is None or self._colors is None:
            return
        name = self._message.icon
        color = QColor(self._colors.danger if name == "warning" else self._colors.muted)
        self._icon.setPixmap(icons.pixmap(name, color, 22, self.devicePixelRatioF()))

    def _act(self) -> None:
        if self._message is not None and self._message.button is not None:
            self._message.button[1]()

    def _dismiss(self) -> None:
        if self._message is not None and self._message.dismissed is not None:
            self._message.dismissed()

    def _place(self) -> None:
        room = self._over.size()
        width = min(_WIDTH, room.width() - 24)
        self.setFixedWidth(width)
        layout = self.layout()
        assert layout is not None
        layout.activate()
        height = max(layout.heightForWidth(width), layout.minimumSize().height())
        self.resize(width, height)
        self.move((room.width() - width) // 2, room.height() - height - _ABOVE_FOOT)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self._message is not None:
            self._place()
        return super().eventFilter(watched, event)
