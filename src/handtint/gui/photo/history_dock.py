"""View > History: the steps of a photo as a list to click, and its snapshots to come back to and compare with."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QColor
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from handtint.gui.parts import icons
from handtint.gui.parts.action_buttons import push_button
from handtint.gui.parts.flow import Flow
from handtint.gui.parts.theme import Colors
from handtint.gui.parts.translating import tr
from handtint.gui.parts.words import isolated
from handtint.gui.session.open_photo import OpenPhoto
from handtint.gui.session.session import Session
from handtint.gui.session.step_words import history_words
from handtint.recipe.store import Snapshot

_WIDTH = 240


class HistoryDock(QDockWidget):
    """Shows the current photo's history.

    Args:
        take, compare, remove: the actions on snapshots.
    """

    closed = Signal()  # by its own button

    def __init__(self, session: Session, take: QAction, compare: QAction, remove: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("photo", "History"))
        self.setObjectName("history")
        self.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)
        self._session, self._remove = session, remove
        self._close = QToolButton(self)
        self._close.setToolTip(tr("photo", "Close the history"))
        self._close.setAccessibleName(tr("photo", "Close the history"))
        self._close.clicked.connect(self.close)
        self.setTitleBarWidget(self._title())
        self._shown: object = None
        self._colors: Colors | None = None
        self.steps = self._list(tr("photo", "Steps"), tr("photo", "The steps of this photo: choose one to go there"))
        self.snapshots = self._list(
            tr("photo", "Snapshots"), tr("photo", "Choose one to compare with, Enter to show it")
        )
        self.snapshots.setFixedHeight(120)
        title = QLabel(tr("photo", "Snapshots"), self)
        title.setProperty("role", "section")
        row = Flow()
        for action in (take, compare, remove):
            row.addWidget(push_button(action, self))
        whole = QFrame(self)
        whole.setObjectName("sidebar")
        column = QVBoxLayout(whole)
        column.setContentsMargins(12, 8, 12, 12)
        column.addWidget(self.steps, 1)
        column.addWidget(title)
        column.addWidget(self.snapshots)
        column.addLayout(row)
        whole.setMinimumWidth(max(_WIDTH, column.totalMinimumSize().width()))
        self.setWidget(whole)
        self.steps.currentRowChanged.connect(self._go)
        self.snapshots.itemActivated.connect(lambda item: self.show_snapshot())
        self.snapshots.currentRowChanged.connect(lambda row: self._remove.setEnabled(row >= 0))
        self.visibilityChanged.connect(lambda is_seen: self.show_photo())
        session.state_changed.connect(self.show_photo)
        session.current_changed.connect(self.show_photo)

    def _title(self) -> QWidget:
        """The name and the button that closes it; Qt's own button is not to be seen in the dark."""
        title = QLabel(self.windowTitle(), self)
        title.setProperty("role", "title")
        bar = QWidget(self)
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 6, 8, 0)
        row.addWidget(title, 1)
        row.addWidget(self._close)
        return bar

    def _list(self, name: str, tip: str) -> QListWidget:
        made = QListWidget(self)
        made.setAccessibleName(name)
        made.setToolTip(tip)
        made.setTextElideMode(Qt.TextElideMode.ElideRight)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return made

    def set_colors(self, colors: Colors) -> None:
        """Follow the theme."""
        self._colors, self._shown = colors, None
        self._close.setIcon(icons.icon("close", QColor(colors.text), QColor(colors.disabled), 16))
        self.show_photo()

    def show_photo(self) -> None:
        """Show the steps and snapshots as they are now."""
        if self.isHidden():
            return
        current = self._session.current
        shown = None
        if current is not None:
            shown = current, list(current.history.past), list(current.history.future), current.asked, current.snapshots
        if shown == self._shown and shown is not None:
            return
        self._shown = shown
        with QSignalBlocker(self.steps), QSignalBlocker(self.snapshots):
            self._show_steps(current)
            self._show_snapshots(current)
        self._remove.setEnabled(self.snapshots.currentRow() >= 0)

    def _show_steps(self, current: OpenPhoto | None) -> None:
        self.steps.clear()
        if current is None:
            return
        made = len(current.history.past)
        for number, words in enumerate(
            [tr("photo", "As opened first"), *history_words(current.history, current.recipe)]
        ):
            item = QListWidgetItem(words, self.steps)
            item.setToolTip(words)
            if number > made and self._colors is not None:
                item.setForeground(QColor(self._colors.muted))
        self.steps.setCurrentRow(made)

    def _show_snapshots(self, current: OpenPhoto | None) -> None:
        row, count = self.snapshots.currentRow(), self.snapshots.count()
        self.snapshots.clear()
        names = [snapshot.name for snapshot in current.snapshots] if current is not None else []
        for name in names:
            QListWidgetItem(isolated(name), self.snapshots).setToolTip(isolated(name))
        if names:
            is_more = len(names) > count
            self.snapshots.setCurrentRow(len(names) - 1 if is_more else min(max(row, 0), len(names) - 1))

    def _go(self, row: int) -> None:
        if row >= 0:
            self._session.editing.go_to_step(row)

    # snapshots

    @property
    def chosen(self) -> Snapshot | None:
        """The snapshot to compare with: the one chosen in the list, else the latest."""
        current = self._session.current
        snapshots = current.snapshots if current is not None else ()
        row = self.snapshots.currentRow() if not self.isHidden() else -1
        return snapshots[row] if 0 <= row < len(snapshots) else (snapshots[-1] if snapshots else None)

    def ask_and_take(self) -> None:
        """Ask for a name, and keep the recipe as it is now under it."""
        current = self._session.current
        if current is None:
            return
        proposed = tr("photo", "Snapshot {count}", count=len(current.snapshots) + 1)
        title = tr("photo", "Take a Snapshot")
        name, is_given = QInputDialog.getText(self, title, tr("photo", "Name of the snapshot"), text=proposed)
        if is_given and name.strip():
            self._session.editing.take_snapshot(name.strip())

    def show_snapshot(self) -> None:
        """Go on from the chosen snapshot."""
        if (snapshot := self.chosen) is not None:
            self._session.editing.set_recipe(snapshot.recipe, name=snapshot.name)

    def compare(self) -> None:
        """Show the snapshot in place of what is, and what was before in place of the snapshot."""
        if (snapshot := self.chosen) is not None:
            self._session.editing.switch_to(snapshot)

    def remove(self) -> None:
        """Forget the chosen snapshot."""
        if (snapshot := self.chosen) is not None:
            self._session.editing.drop_snapshot(snapshot)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()
