"""Edit > Preferences: what holds for all photos and every run. Each change counts at once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QLocale
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from handtint.gui.parts.dialogs import ask, close_button, scroll
from handtint.gui.parts.fields import FORMATS, QualityRow, check_box, combo_box, form, format_box, spin_box
from handtint.gui.parts.fitting import ElidedLabel
from handtint.gui.parts.translating import tr
from handtint.gui.session.memory import Memory, pictures_folder
from handtint.gui.session.session import Session
from handtint.paths import is_inside_program
from handtint.recipe.saving import SaveOptions
from handtint.recipe.store import LEAST_ROOM, MOST_ROOM

_MIB = 2**20
_WIDTH = 620


class PreferencesDialog(QDialog):
    """See the module's text.

    Args:
        choices: actions of which one is checked, each list under a name, such as those of the theme.
    """

    def __init__(
        self, memory: Memory, session: Session, choices: Sequence[tuple[str, Sequence[QAction]]], parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("preferences", "Preferences"))
        self._memory, self._session = memory, session
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(24, 22, 24, 12)
        column.setSpacing(10)
        for name, rows in (
            (tr("preferences", "Window"), self._window_rows(choices)),
            (tr("preferences", "Results"), self._result_rows()),
            (tr("preferences", "Computing"), self._computing_rows()),
            (tr("preferences", "Edits that are kept"), self._edit_rows()),
        ):
            title = QLabel(name, self)
            title.setProperty("role", "title")
            column.addWidget(title)
            column.addLayout(rows)
            column.addSpacing(8)
        column.addStretch(1)
        scroll(self, inside, (close_button(self),), _WIDTH, parent)
        self._show_results()
        self._ask_for_size()
        session.keeping.cleared.connect(self._ask_for_size)
        self.finished.connect(lambda: self._looking.cancel())  # nobody is left to see it

    # the window

    def _window_rows(self, choices: Sequence[tuple[str, Sequence[QAction]]]) -> QFormLayout:
        self.choices = [self._choice(name, actions) for name, actions in choices]
        self.one_window = check_box(
            tr("preferences", "Open photos in the existing &window"),
            tr("preferences", "Starting Handtint again opens its photos in the first window"),
            self._memory.is_one_window,
            self,
        )
        self.last_photos = check_box(
            tr("preferences", "&Begin where you left off: open the last photos again"),
            tr("preferences", "When Handtint starts without photos to open"),
            self._memory.opens_last,
            self,
        )
        self.one_window.toggled.connect(lambda on: setattr(self._memory, "is_one_window", on))
        self.last_photos.toggled.connect(lambda on: setattr(self._memory, "opens_last", on))
        rows = form(
            [(name, box, box) for (name, _), box in zip(choices, self.choices, strict=True)],
            8,
            self,
        )
        rows.addRow(self.one_window)
        rows.addRow(self.last_photos)
        return rows

    def _choice(self, name: str, actions: Sequence[QAction]) -> QComboBox:
        """A box with these actions, which triggers the one that is chosen."""
        box = combo_box(name.replace("&", ""), actions[0].toolTip(), self)
        for action in actions:
            box.addItem(action.iconText())
        box.setCurrentIndex(next((index for index, action in enumerate(actions) if action.isChecked()), 0))
        box.activated.connect(lambda index: actions[index].trigger())
        return box

    # results

    def _result_rows(self) -> QFormLayout:
        options = self._memory.save_options
        self.place = combo_box(
            tr("preferences", "Results go"),
            tr("preferences", "Where Handtint proposes to save a new result"),
            self,
        )
        self.place.addItems([tr("preferences", "Beside the photo"), tr("preferences", "Into one folder")])
        self.folder = ElidedLabel(self)
        self.folder_button = QPushButton(tr("preferences", "Ch&oose…"), self)
        self.folder_button.setAutoDefault(False)
        self.folder_button.setToolTip(tr("preferences", "Choose the folder for results"))
        self.folder_button.setAccessibleName(tr("preferences", "Choose the folder for results"))
        self.format = format_box(
            options.format or "",
            tr("preferences", "The format that is proposed for results"),
            self,
            tr("preferences", "As the photos"),
        )
        self.quality = QualityRow(
            options.quality, tr("preferences", "For JPEG and WebP: higher keeps more and makes larger files"), self
        )
        self.provenance = check_box(
            tr("preferences", "&Note in the files that a model added the color"),
            tr("preferences", "Writes model, settings and source into the metadata of the files"),
            options.provenance,
            self,
        )
        self.place.activated.connect(self._choose_place)
        self.folder_button.clicked.connect(self._ask_for_folder)
        self.format.activated.connect(self._keep_options)
        self.quality.slider.valueChanged.connect(self._keep_options)
        self.provenance.toggled.connect(self._keep_options)
        where = QHBoxLayout()
        where.addWidget(self.place)
        where.addWidget(self.folder, 1)
        where.addWidget(self.folder_button)
        rows = form(
            (
                (tr("preferences", "&Results go"), where, self.place),
                (tr("preferences", "&Format"), self.format, self.format),
                (tr("preferences", "&Quality"), self.quality, self.quality.slider),
            ),
            8,
            self,
        )
        rows.addRow("", self.provenance)
        return rows

    def _choose_place(self, index: int) -> None:
        if index == 0:
            self._memory.results_folder = None
        elif self._memory.results_folder is None:
            self._ask_for_folder()
        self._show_results()

    def _ask_for_folder(self) -> None:
        begin = self._memory.results_folder or pictures_folder()
        title = tr("preferences", "Folder for the Results")
        chosen = QFileDialog.getExistingDirectory(self, title, str(begin))
        if chosen and not is_inside_program(Path(chosen)):
            self._memory.results_folder = Path(chosen)
        self._show_results()

    def _show_results(self) -> None:
        folder = self._memory.results_folder
        self.place.setCurrentIndex(0 if folder is None else 1)
        self.folder.show_text("" if folder is None else folder.name or str(folder), str(folder or ""))
        self.folder_button.setEnabled(folder is not None)
        form_name = self.format.currentData()
        self.quality.set_enabled(not form_name or not FORMATS[form_name][2])

    def _keep_options(self) -> None:
        self._memory.save_options = SaveOptions(
            format=self.format.currentData() or None,
            quality=self.quality.slider.value(),
            provenance=self.provenance.isChecked(),
        )
        self._show_results()

    # computing

    def _computing_rows(self) -> QFormLayout:
        self.device = combo_box(tr("preferences", "Device"), tr("preferences", "What the models run on"), self)
        self.device.addItem(tr("preferences", "The fastest available"), "auto")
        self.device.addItem(tr("preferences", "The CPU only"), "cpu")
        self.device.setCurrentIndex(self.device.findData(self._memory.device))
        self.cores = spin_box(self)
        self.cores.setRange(0, os.cpu_count() or 1)
        self.cores.setSpecialValueText(tr("preferences", "All of them"))
        self.cores.setValue(self._memory.cores or 0)
        self.cores.setAccessibleName(tr("preferences", "Processor cores"))
        self.cores.setToolTip(tr("preferences", "Fewer leave cores free for other work; albums then take longer"))
        self.device.activated.connect(self._set_device)
        self.cores.valueChanged.connect(self._set_cores)
        return form(
            (
                (tr("preferences", "&Device"), self.device, self.device),
                (tr("preferences", "Processor core&s"), self.cores, self.cores),
            ),
            8,
            self,
        )

    def _set_device(self) -> None:
        if self._memory.device != self.device.currentData():
            self._memory.device = self.device.currentData()
            self._session.load_model_anew()

    def _set_cores(self, count: int) -> None:
        self._memory.cores = count or None
        self._session.take_cores(count or None)

    # edits

    def _edit_rows(self) -> QFormLayout:
        self.room = spin_box(self)
        self.room.setRange(LEAST_ROOM // _MIB, MOST_ROOM // _MIB)
        self.room.setSingleStep(50)
        self.room.setSuffix(tr("preferences", " MiB"))
        self.room.setValue(self._memory.room // _MIB)
        self.room.setAccessibleName(tr("preferences", "Space for edits"))
        self.room.setToolTip(
            tr("preferences", "Handtint keeps what was done with photos; above this size the oldest is deleted")
        )
        self.used = QLabel(self)
        self.used.setProperty("role", "muted")
        self.clear = QPushButton(tr("preferences", "Cl&ear…"), self)
        self.clear.setAutoDefault(False)
        self.clear.setToolTip(tr("preferences", "Forget the edits of all photos"))
        self.clear.setAccessibleName(tr("preferences", "Forget the edits of all photos"))
        self.room.valueChanged.connect(self._set_room)
        self.clear.clicked.connect(self._ask_and_clear)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.room)
        row.addWidget(self.used, 1)
        row.addWidget(self.clear)
        return form(((tr("preferences", "&At most"), row, self.room),), 8, self)

    def _set_room(self, mib: int) -> None:
        self._memory.room = self._session.keeping.store.room = mib * _MIB

    def _ask_for_size(self) -> None:
        """The folder may be on a slow drive."""
        keeping = self._session.keeping
        self._looking = self._session.run_on_disk(lambda progress: keeping.store.size(), self._show_size)

    def _show_size(self, size: int) -> None:
        self.used.setText(tr("preferences", "{size} in use", size=QLocale().formattedDataSize(size)))
        self.clear.setEnabled(size > 0)

    def _ask_and_clear(self) -> None:
        if ask(
            self,
            tr("preferences", "Forget the edits of all photos?"),
            tr(
                "preferences",
                "The settings, hints and history of every photo will be deleted. Photos and results stay.",
            ),
            tr("preferences", "&Forget All"),
            tr("preferences", "&Keep Them"),
        ):
            self._session.keeping.clear()
