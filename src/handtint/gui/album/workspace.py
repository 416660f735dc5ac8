"""The workspace of an album: search and sort at the top, the grid, the panel beside it, progress at the foot."""

from __future__ import annotations

import dataclasses
from collections import Counter
from pathlib import Path

from PySide6.QtCore import QLocale, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from handtint.album.photos import Show, Sort
from handtint.gui.album.actions import AlbumActions
from handtint.gui.album.album import Album
from handtint.gui.album.bar import AlbumBar
from handtint.gui.album.grid import AlbumGrid
from handtint.gui.album.panel import AlbumPanel
from handtint.gui.parts.action_buttons import action_button, segments
from handtint.gui.parts.fitting import ElidedLabel
from handtint.gui.parts.theme import Colors
from handtint.gui.parts.translating import tr
from handtint.gui.parts.worker import Worker

_LEAST = 100  # logical pixels of the filter and the two beside it


class AlbumWorkspace(QWidget):
    """Keeps the panel in step with the selection, and writes what is set there into the album."""

    arranged = Signal(str, object, object)  # text, Show, Sort
    selection_shown = Signal()

    def __init__(
        self, album: Album, worker: Worker, open_action: QAction, actions: AlbumActions, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._album, self._model = album, album.model
        self.name = ElidedLabel(self)
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText(tr("album", "Part of a name"))
        self.filter.setClearButtonEnabled(True)
        for button in self.filter.findChildren(QToolButton):
            button.setAccessibleName(tr("album", "Clear"))
            button.setToolTip(tr("album", "Clear"))
        self.filter.setMaximumWidth(190)
        self.filter.setAccessibleName(tr("album", "Part of a name"))
        self.filter.setToolTip(tr("album", "Show only photos with this in their name"))
        self.show_box = QComboBox(self)
        self.show_box.setAccessibleName(tr("album", "Show"))
        self.show_box.setToolTip(tr("album", "Which photos to show"))
        self.sort_box = QComboBox(self)
        self.sort_box.setAccessibleName(tr("album", "Sort by"))
        self.sort_box.setToolTip(
            tr("album", "How the photos are sorted; the date is the day a photo was taken, where that is known")
        )
        self.show_names = {
            Show.ALL: tr("album", "All"),
            Show.TODO: tr("album", "To do"),
            Show.DONE: tr("album", "Done"),
            Show.FAILED: tr("album", "Failed"),
            Show.SKIPPED: tr("album", "Skipped"),
            Show.MARKED: tr("album", "Marked"),
            Show.ACCEPTED: tr("album", "Accepted"),
            Show.REJECTED: tr("album", "Rejected"),
        }
        for show, name in self.show_names.items():
            self.show_box.addItem(name, show)
        for sort, name in {
            Sort.NAME: tr("album", "By name"),
            Sort.DATE: tr("album", "By date"),
            Sort.STATE: tr("album", "By state"),
            Sort.FOLDER: tr("album", "By folder"),
        }.items():
            self.sort_box.addItem(name, sort)
        self.grid = AlbumGrid(self._model, worker, album.result_of, album.recipe_of, self)
        self.empty = QLabel(tr("album", "No photo of the album matches."), self.grid)
        self.empty.setProperty("role", "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.panel = AlbumPanel([actions.review, actions.restore], self)
        self.bar = AlbumBar(self)
        self.setFocusProxy(self.grid)
        head = self._head(open_action, actions)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.grid, 1)
        middle.addWidget(self.panel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(head)
        layout.addLayout(middle, 1)
        layout.addWidget(self.bar)
        self.filter.textChanged.connect(self._arrange)
        self.show_box.currentIndexChanged.connect(self._arrange)
        self.sort_box.currentIndexChanged.connect(self._arrange)
        for view, action in actions.views.items():
            action.triggered.connect(lambda _=False, view=view: self.grid.set_view(view))
        self._model.modelReset.connect(self._show_empty)
        self.grid.selection_changed.connect(self.show_selection)
        self.panel.settings_chosen.connect(self._change_settings)
        self.panel.settings_dropped.connect(self._drop_settings)

    @property
    def shown(self) -> Show:
        """The photos that the filter lets through."""
        return self.show_box.currentData()

    @property
    def sorted_by(self) -> Sort:
        """What the photos are sorted by."""
        return self.sort_box.currentData()

    def show_only(self, show: Show) -> None:
        """Show these photos, whatever their names."""
        with QSignalBlocker(self.filter):
            self.filter.clear()
        self.show_box.setCurrentIndex(list(self.show_names).index(show))
        self._arrange()

    def show_album(self, name: str) -> None:
        """Start on an album: its name at the top, all of its photos in the grid."""
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
        """Show how many photos there are of each kind."""
        for index in range(self.show_box.count()):
            show = self.show_box.itemData(index)
            text = tr(
                "album",
                "{name} ({count})",
                name=self.show_names[show],
                count=QLocale().toString(counts[show.value]),
            )
            if self.show_box.itemText(index) != text:
                self.show_box.setItemText(index, text)

    def show_selection(self) -> None:
        """Show the settings of the selected photos in the panel, or the album's where none is selected."""
        album, selected = self._album, self.grid.selected
        first = album.settings_of(selected[0].path) if selected else album.settings_of(Path())
        others = (album.settings_of(photo.path) for photo in selected)
        is_mixed = any(other is not first and other != first for other in others)
        self.panel.show_selection(selected, len(self._model.photos), first, is_mixed)
        self.selection_shown.emit()

    def set_colors(self, colors: Colors) -> None:
        """Take on the theme's colors."""
        self.grid.set_colors(colors)
        self.panel.set_colors(colors)
        self.bar.set_colors(colors)

    def _change_settings(self, values: dict[str, float]) -> None:
        """Change these settings, and only these, for the selected photos; for the album where none is selected."""
        album, selected = self._album, [photo.path for photo in self.grid.selected]
        if selected:
            before = {path: album.recipe_of(path) for path in selected}
            after = {known: known.with_color(dataclasses.replace(known.color, **values)) for known in before.values()}
            album.set_own({path: after[known] for path, known in before.items()})
        elif album.choices is not None:
            album.set_all(album.choices.recipe.with_color(dataclasses.replace(album.choices.settings, **values)))
        self.show_selection()

    def _drop_settings(self) -> None:
        self._album.set_own({photo.path: None for photo in self.grid.selected})
        self.show_selection()

    def _head(self, open_action: QAction, actions: AlbumActions) -> QFrame:
        head = QFrame(self)
        head.setObjectName("bar")
        head.setFixedHeight(52)
        row = QHBoxLayout(head)  # filled from left to right: the order of the Tab key
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(action_button(open_action, head, has_text=True))
        row.addSpacing(8)
        row.addWidget(self.name)
        row.addStretch(1)
        row.addWidget(segments(actions.views.values(), head), alignment=Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(action_button(actions.mark, head))
        row.addStretch(1)
        for widget in (self.filter, self.show_box, self.sort_box):
            widget.setMinimumWidth(_LEAST)
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
