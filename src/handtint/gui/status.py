"""What the title and the status bar say: which photo or album is shown, the device, and news."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel, QMainWindow, QWidget

from handtint.gui.help.about import device_tip
from handtint.gui.parts.translating import tr
from handtint.gui.parts.words import isolated
from handtint.gui.session.session import Session

if TYPE_CHECKING:
    from handtint.gui.album.albums import Albums

_NEWS_MS = 10_000


class Status(QObject):
    """See the module's text.

    Attributes:
        place, device: labels of the status bar: which of the photos is shown, what colors them.
    """

    def __init__(self, session: Session, window: QMainWindow) -> None:
        super().__init__(window)
        self._session, self._window, self._bar = session, window, window.statusBar()
        self.place, self.device = QLabel(window), QLabel(window)
        self.device.setToolTip(device_tip())
        self._bar.addWidget(self.place)
        self._bar.addPermanentWidget(self.device)
        self._bar.setSizeGripEnabled(False)
        self._buttons: list[QWidget] = []
        session.device_found.connect(self.device.setText)

    def add(self, widget: QWidget) -> None:
        """Put a widget of another part before the device."""
        self._bar.insertPermanentWidget(1, widget)
        self._buttons.append(widget)

    def come_last(self) -> None:
        """Follow what the window shows in the order of the Tab key, also what was made later."""
        for button in self._buttons:
            last = self._window.previousInFocusChain()
            assert last is not None  # a widget alone follows itself
            QWidget.setTabOrder(last, button)

    def tell(self, sentence: str) -> None:
        """Say news for a while."""
        self._bar.showMessage(sentence, _NEWS_MS)

    def clear(self) -> None:
        """Take news away."""
        self._bar.clearMessage()

    def show_state(self, albums: Albums | None) -> None:
        """Show which photo is the current one, else which album is open."""
        session, current = self._session, self._session.current
        place = ""
        if current is not None:
            title = f"{_as_title(current.name)}[*] - Handtint"
            place = albums.place(current) if albums is not None else ""
            if not place and current in session.photos:
                place = tr(
                    "main_window",
                    "Photo {number} of {count}",
                    number=session.photos.index(current) + 1,
                    count=len(session.photos),
                )
        else:
            choices = albums.album.choices if albums is not None else None
            title = "Handtint" if choices is None else f"{_as_title(choices.folder.name)} - Handtint"
        self._window.setWindowTitle(title)
        self.place.setText(place)
        self._window.setWindowModified(current is not None and current.holds_work)


def _as_title(name: str) -> str:
    """A name for a title, where Qt takes `[*]` for the mark of unsaved changes, and twice that for itself."""
    return isolated(name.replace("[*]", "[*][*]"))
