"""Save All: the folder, format and quality for the results of several open photos."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from handtint.gui.parts.dialogs import name_buttons, scroll
from handtint.gui.parts.fields import FORMATS, check_box, typed_path
from handtint.gui.parts.translating import tr
from handtint.gui.parts.words import isolated
from handtint.gui.saving.fields import FieldTexts, SaveFields
from handtint.gui.session.open_photo import OpenPhoto
from handtint.paths import is_folder, is_inside_program
from handtint.recipe.saving import SaveOptions, output_path

_MOST_NAMES = 4


class SaveAllDialog(QDialog):
    """Asks for a folder and `SaveOptions`; `photos`, `folder` and `options` hold the answer once accepted.

    Args:
        colored: photos that have color, or hints.
        others: photos that were not colored yet; they are, if the user leaves that checked.
    """

    def __init__(
        self,
        colored: Sequence[OpenPhoto],
        others: Sequence[OpenPhoto],
        folder: Path,
        options: SaveOptions,
        parent: QWidget | None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("save_all", "Save All"))
        self._colored, self._others, self._first_folder = colored, others, folder

        texts = FieldTexts(
            tr("save_all", "&Folder"),
            tr("save_all", "Folder"),
            tr("save_all", "Where the results are saved"),
            tr("save_all", "Choose a folder"),
            tr("save_all", "The format of the files"),
            tr("save_all", "For JPEG and WebP: higher keeps more and makes larger files"),
            tr("save_all", "&Note in the files that a model added the color"),
            tr("save_all", "Writes model, settings and source into the metadata of the files"),
            tr("save_all", "As the photos"),
        )
        fields = SaveFields(self, texts, str(folder), options.format or "", options, self._choose)
        self.folder_field, self.format_box, self._quality_row = fields.place, fields.format_box, fields.quality_row
        self.quality, self.provenance, self.trouble = fields.quality_row.slider, fields.provenance, fields.trouble
        self.trouble.setMinimumHeight(self.fontMetrics().lineSpacing())
        self.with_others = check_box(
            tr("save_all", "Also &color and save {n} photo(s) not opened yet", len(others)),
            tr("save_all", "Otherwise only photos that are colored now are saved"),
            True,
            self,
        )
        self.with_others.setVisible(bool(others) and bool(colored))
        self.summary = QLabel(self)
        self.summary.setProperty("role", "title")
        rule = QLabel(
            tr(
                "save_all",
                "Originals and existing files are kept, and results numbered beside them; only a result saved from "
                "these photos earlier, and not changed since, is replaced.",
            ),
            self,
        )
        rule.setProperty("role", "muted")
        rule.setWordWrap(True)
        self.names = QLabel(self)
        self.names.setProperty("role", "muted")
        self.names.setWordWrap(True)
        self.names.setTextFormat(Qt.TextFormat.PlainText)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.save_button = self.buttons.addButton(tr("save_all", "&Save All"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.save_button.setDefault(True)
        name_buttons(self.buttons)

        rows = fields.rows()
        rows.addRow("", self.provenance)
        if self.with_others.isVisibleTo(self):
            rows.addRow("", self.with_others)
        inside = QWidget(self)
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(24, 22, 24, 10)
        layout.setSpacing(10)
        layout.addWidget(self.summary)
        layout.addWidget(self.names)
        layout.addSpacing(6)
        layout.addLayout(rows)
        layout.addWidget(rule)

        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.format_box.currentIndexChanged.connect(self._follow_format)
        self.with_others.toggled.connect(self._show_photos)
        self.folder_field.textChanged.connect(self._show_photos)
        self._follow_format()
        scroll(self, inside, (self.trouble, self.buttons), 640, parent)
        self.folder_field.setFocus()
        self.folder_field.selectAll()

    @property
    def photos(self) -> list[OpenPhoto]:
        """The photos to save: those in color, and the others where that is ticked."""
        is_with_others = self.with_others.isChecked() or not self._colored
        return [*self._colored, *(self._others if is_with_others else ())]

    @property
    def folder(self) -> Path:
        """The folder that was chosen."""
        return typed_path(self.folder_field.text(), self._first_folder)

    @property
    def options(self) -> SaveOptions:
        """How they are to be saved."""
        return SaveOptions(
            format=self.format_box.currentData() or None,
            quality=self.quality.value(),
            provenance=self.provenance.isChecked(),
        )

    def accept(self) -> None:
        """Close with the answer, unless there is no such folder."""
        if not self.folder_field.text().strip() or not is_folder(self.folder):
            self.trouble.setText(
                tr("save_all", 'There is no folder "{folder}". Choose another one.', folder=self.folder)
            )
            return
        if is_inside_program(self.folder):
            self.trouble.setText(tr("save_all", "This folder belongs to Handtint itself. Choose another one."))
            return
        super().accept()

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("save_all", "Folder for the Results"), str(self.folder))
        if chosen:
            self.folder_field.setText(chosen)

    def _follow_format(self) -> None:
        name = self.format_box.currentData()
        self._quality_row.set_enabled(not name or not FORMATS[name][2])
        self._show_photos()

    def _show_photos(self) -> None:
        photos = self.photos
        count = len(photos)
        self.summary.setText(tr("save_all", "Save {n} photo(s)", count))
        names = ", ".join(isolated(self._name(photo)) for photo in photos[:_MOST_NAMES])
        if count > _MOST_NAMES:
            names = tr("save_all", "{names} and {count} more", names=names, count=count - _MOST_NAMES)
        self.names.setText(names)
        self.names.setToolTip("\n".join(isolated(self._name(photo)) for photo in photos))

    def _name(self, photo: OpenPhoto) -> str:
        """What its result is called, where nothing has that name yet."""
        form = self.format_box.currentData() or None
        is_colored, page, part = photo.followed.is_colored, photo.page, photo.asked.part
        return output_path(photo.path, self.folder, form, is_colored=is_colored, page=page, part=part).name
