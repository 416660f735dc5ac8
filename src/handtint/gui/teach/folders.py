"""The folders of photos to learn from, how many of these can be used, and why others are left out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from handtint.gui.parts import icons
from handtint.gui.parts.theme import Colors, restyle
from handtint.gui.parts.translating import tr
from handtint.gui.parts.words import isolated
from handtint.gui.teach.lesson import Survey
from handtint.paths import is_folder

_HEIGHT = 148  # of the list, and of the drop area; logical pixels


class Folders(QWidget):
    """The list of folders, and below it what was found in them."""

    chosen = Signal(tuple)  # of Path

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.folders: tuple[Path, ...] = ()
        self._last_folder = ""
        self._found = FoundPhotos(self)
        self.stack = QStackedWidget(self)
        self.stack.setFixedHeight(_HEIGHT)
        self.stack.addWidget(self._empty_view())
        self.stack.addWidget(self._list_view())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(_section(tr("teach", "Photos to learn from"), self))
        layout.addWidget(self.stack)
        layout.addWidget(self._found)
        layout.addStretch(1)

    def add(self, paths: Sequence[Path]) -> None:
        """Add folders or tar files; a photo stands for its folder."""
        found = [path if is_folder(path) or path.suffix == ".tar" else path.parent for path in paths]
        self._set(tuple(dict.fromkeys((*self.folders, *found))))

    def clear(self) -> None:
        """Remove all folders."""
        self._set(())

    def show_survey(self, survey: Survey) -> None:
        """Show what was found in the folders."""
        self._found.show_survey(survey, bool(self.folders))

    def set_hot(self, on: bool) -> None:
        """Show that photos can be dropped here."""
        restyle(self._drop, "hot", on)

    def set_colors(self, colors: Colors) -> None:
        """Follow the theme."""
        self._picture.setPixmap(icons.pixmap("photo", QColor(colors.muted), 28, self.devicePixelRatioF()))
        self.add_button.setIcon(icons.icon("plus", QColor(colors.text), QColor(colors.disabled), 16))
        self.remove_button.setIcon(icons.icon("minus", QColor(colors.text), QColor(colors.disabled), 16))

    def _empty_view(self) -> QWidget:
        self._drop = QFrame(self)
        self._drop.setObjectName("drop")
        self._picture = QLabel(self._drop)
        text = QLabel(tr("teach", "Drop a folder of color photographs here"), self._drop)
        self.first_button = QPushButton(tr("teach", "Choose a &Folder…"), self._drop)
        self.first_button.setToolTip(tr("teach", "Choose a folder of color photographs; subfolders count too"))
        self.first_button.setAccessibleName(tr("teach", "Choose a folder"))
        self.first_button.clicked.connect(self._ask)
        inside = QVBoxLayout(self._drop)
        inside.setSpacing(8)
        inside.addStretch(1)
        for widget in (self._picture, text, self.first_button):
            inside.addWidget(widget, alignment=Qt.AlignmentFlag.AlignHCenter)
        inside.addStretch(1)
        return self._drop

    def _list_view(self) -> QWidget:
        view = QWidget(self)
        self.list = QListWidget(view)
        self.list.setObjectName("folders")
        self.list.setAccessibleName(tr("teach", "Folders"))
        self.list.setToolTip(tr("teach", "Folders of photos to learn from, including their subfolders"))
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.currentRowChanged.connect(lambda row: self.remove_button.setEnabled(row >= 0))
        QShortcut(QKeySequence(Qt.Key.Key_Delete), self.list, self._remove, context=Qt.ShortcutContext.WidgetShortcut)
        self.add_button = QPushButton(tr("teach", "&Add Folder…"), view)
        self.add_button.setToolTip(tr("teach", "Also learn from another folder"))
        self.add_button.setAccessibleName(tr("teach", "Add a folder"))
        self.add_button.clicked.connect(self._ask)
        self.remove_button = QPushButton(tr("teach", "&Remove"), view)
        self.remove_button.setToolTip(tr("teach", "Remove the selected folder from the list (Del)"))
        self.remove_button.setAccessibleName(tr("teach", "Remove the folder"))
        self.remove_button.setEnabled(False)
        self.remove_button.clicked.connect(self._remove)
        for button in (self.first_button, self.add_button, self.remove_button):
            button.setAutoDefault(False)
            button.setIconSize(QSize(16, 16))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.add_button)
        row.addWidget(self.remove_button)
        row.addStretch(1)
        layout = QVBoxLayout(view)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.list, 1)
        layout.addLayout(row)
        return view

    def _ask(self) -> None:
        chosen = QFileDialog.getExistingDirectory(
            self, tr("teach", "Folder of Color Photographs"), self._last_folder or str(Path.home())
        )
        if chosen:
            self._last_folder = str(Path(chosen).parent)
            self.add([Path(chosen)])

    def _remove(self) -> None:
        row = self.list.currentRow()
        if row >= 0:
            self._set((*self.folders[:row], *self.folders[row + 1 :]))

    def _set(self, folders: tuple[Path, ...]) -> None:
        if folders == self.folders:
            return
        had_focus = any(button.hasFocus() for button in (self.first_button, self.add_button, self.remove_button))
        self.folders = folders
        self.list.clear()
        for folder in folders:
            item = QListWidgetItem(isolated(folder))
            item.setToolTip(isolated(folder))
            self.list.addItem(item)
        self.list.setCurrentRow(len(folders) - 1)
        self.stack.setCurrentIndex(1 if folders else 0)
        if had_focus:
            (self.add_button if folders else self.first_button).setFocus()
        self.chosen.emit(folders)


class FoundPhotos(QWidget):
    """How many photos are used for learning, how many are held out, and how many are left out for which reason."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("teach", "Examining the photos"))
        policy = self._bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._bar.setSizePolicy(policy)
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        self._table: QWidget | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._bar)
        layout.addWidget(self.text)
        self._layout = layout

    def show_survey(self, survey: Survey, has_folders: bool) -> None:
        """Show a survey, whatever its state."""
        self._bar.setVisible(survey.is_running)
        if self._table is not None:
            self._table.hide()
            self._table.deleteLater()
            self._table = None
        is_bad = bool(survey.trouble) and not survey.is_running
        if survey.is_running:
            text = tr("teach", "Examining the photos…")
        elif is_bad:
            text = survey.trouble
        elif has_folders:
            text = ""
        else:
            text = tr(
                "teach",
                "A few hundred color photographs that resemble your old ones teach the most; at least 24 are needed.",
            )
        self.text.setText(text)
        self.text.setVisible(bool(text))
        restyle(self.text, "role", "danger" if is_bad else "muted")
        if survey.found is not None and not survey.is_running:
            self._show_found(survey)

    def _show_found(self, survey: Survey) -> None:
        found = survey.found or {}
        rows = [
            (found.get("learning", 0), tr("teach", "to learn from"), True),
            (found.get("held_out", 0), tr("teach", "held out, to test the model on photos it has never seen"), True),
        ]
        reasons = {
            "gray": tr("teach", "left out: no color"),
            "tinted": tr("teach", "left out: a single tint, such as sepia"),
            "duplicate": tr("teach", "left out: a duplicate"),
            "colored by a model": tr("teach", "left out: colored by a model, not by a camera"),
            "too small": tr("teach", "left out: too small"),
            "not readable": tr("teach", "left out: not readable"),
        }
        for reason, count in found.get("left_out", {}).items():
            rows.append((count, reasons.get(reason, tr("teach", "left out: {reason}", reason=reason)), False))
        self._table = QWidget(self)
        grid = QGridLayout(self._table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        for row, (count, text, is_used) in enumerate(rows):
            for column, words in enumerate((str(count), text)):
                label = QLabel(words, self._table)
                label.setProperty("role", ("" if column else "title") if is_used else "muted")
                label.setAlignment(Qt.AlignmentFlag.AlignLeft if column else Qt.AlignmentFlag.AlignRight)
                grid.addWidget(label, row, column)
        self._layout.addWidget(self._table)


def _section(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setProperty("role", "section")
    return label
