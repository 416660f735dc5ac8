"""The page of an album: what is looked for above, the grid, the panel beside it, how far it is below."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import QLocale, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from handtint.album.photos import Show, Sort
from handtint.gui.album.actions import AlbumActions
from handtint.gui.album.album import Album
from handtint.gui.album.bar import AlbumBar
from handtint.gui.album.grid import AlbumGrid
from handtint.gui.album.side import AlbumSide
from handtint.gui.elided import ElidedLabel
from handtint.gui.parts.action_buttons import action_button, segments
from handtint.gui.parts.theme import Colors
from handtint.gui.parts.worker import Worker


class AlbumPage(QWidget):
    """See the module's text."""

    arranged = Signal(str, object, object)  # text, Show, Sort

    def __init__(
        self, album: Album, worker: Worker, open_action: QAction, actions: AlbumActions, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._model = model = album.model
        self.name = ElidedLabel(self)
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText(self.tr("Part of a name"))
        self.filter.setClearButtonEnabled(True)
        for button in self.filter.findChildren(QToolButton):
            button.setAccessibleName(self.tr("Clear"))
            button.setToolTip(self.tr("Clear"))
        self.filter.setMinimumWidth(130)
        self.filter.setMaximumWidth(190)
        self.filter.setAccessibleName(self.tr("Part of a name"))
        self.filter.setToolTip(self.tr("Show only photos with this in their name"))
        self.show_box = QComboBox(self)
        self.show_box.setAccessibleName(self.tr("Show"))
        self.show_box.setToolTip(self.tr("Which photos are shown"))
        self.sort_box = QComboBox(self)
        self.sort_box.setAccessibleName(self.tr("Sort by"))
        self.sort_box.setToolTip(self.tr("By what the photos are sorted; the date is when a photo was taken, if known"))
        self.show_names = {
            Show.ALL: self.tr("All"),
            Show.TODO: self.tr("To do"),
            Show.DONE: self.tr("Done"),
            Show.FAILED: self.tr("Failed"),
            Show.SKIPPED: self.tr("Skipped"),
            Show.MARKED: self.tr("Marked"),
            Show.ACCEPTED: self.tr("Accepted"),
            Show.REJECTED: self.tr("Rejected"),
        }
        for show, name in self.show_names.items():
            self.show_box.addItem(name, show)
        for sort, name in {
            Sort.NAME: self.tr("By name"),
            Sort.DATE: self.tr("By date"),
            Sort.STATE: self.tr("By state"),
            Sort.FOLDER: self.tr("By folder"),
        }.items():
            self.sort_box.addItem(name, sort)
        self.grid = AlbumGrid(model, worker, album.result_of, self)
        self.empty = QLabel(self.tr("No photo of the album is like this."), self.grid)
        self.empty.setProperty("role", "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.side = AlbumSide([actions.review, actions.restore], self)
        self.bar = AlbumBar(self)
        self.setFocusProxy(self.grid)
        head = self._head(open_action, actions)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.grid, 1)
        middle.addWidget(self.side)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(head)
        layout.addLayout(middle, 1)
        layout.addWidget(self.bar)
        self.filter.textChanged.connect(self._arrange)
        self.show_box.currentIndexChanged.connect(self._arrange)
        self.sort_box.currentIndexChanged.connect(self._arrange)
        for side, action in actions.sides.items():
            action.triggered.connect(lambda _=False, side=side: self.grid.set_side(side))
        model.modelReset.connect(self._show_empty)

    @property
    def shown(self) -> Show:
        return self.show_box.currentData()

    @property
    def sorted_by(self) -> Sort:
        return self.sort_box.currentData()

    def show_only(self, show: Show) -> None:
        """Show these photos, whatever their names are."""
        with QSignalBlocker(self.filter):
            self.filter.clear()
        self.show_box.setCurrentIndex(list(self.show_names).index(show))
        self._arrange()

    def show_album(self, name: str) -> None:
        """Begin with an album: its name above, all of its photos."""
        for widget in (self.filter, self.show_box, self.sort_box):
            widget.blockSignals(True)
        self.filter.clear()
        self.show_box.setCurrentIndex(0)
        self.sort_box.setCurrentIndex(0)
        for widget in (self.filter, self.show_box, self.sort_box):
            widget.blockSignals(False)
        self.name.show_text(name, name)
        self._arrange()

    def show_counts(self, counts: Counter[str]) -> None:
        """Say how many there are of each kind."""
        for index in range(self.show_box.count()):
            show = self.show_box.itemData(index)
            text = self.tr("{0} ({1})").format(self.show_names[show], QLocale().toString(counts[show.value]))
            if self.show_box.itemText(index) != text:
                self.show_box.setItemText(index, text)

    def set_colors(self, colors: Colors) -> None:
        self.grid.set_colors(colors)
        self.side.set_colors(colors)
        self.bar.set_colors(colors)

    def _head(self, open_action: QAction, actions: AlbumActions) -> QFrame:
        head = QFrame(self)
        head.setObjectName("bar")
        head.setFixedHeight(52)
        row = QHBoxLayout(head)  # made from left to right: the order of the Tab key
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(action_button(open_action, head, has_text=True))
        row.addSpacing(8)
        row.addWidget(self.name)
        row.addStretch(1)
        row.addWidget(segments(actions.sides.values(), head), alignment=Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(action_button(actions.mark, head))
        row.addStretch(1)
        for widget in (self.filter, self.show_box, self.sort_box):
            row.addWidget(widget)
        return head

    def _arrange(self) -> None:
        self.arranged.emit(self.filter.text(), self.shown, self.sorted_by)

    def _show_empty(self) -> None:
        self.empty.setVisible(not self._model.shown)
        self.empty.resize(self.grid.viewport().size())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_empty()
