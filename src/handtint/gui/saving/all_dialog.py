"""Save All: the folder, format and quality for the results of several open photos."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from handtint.gui.parts.dialogs import name_buttons
from handtint.gui.parts.fields import FORMATS, QualityRow, check_box, form, format_box, typed_path
from handtint.gui.session.open_photo import OpenPhoto
from handtint.imaging.photo import SaveOptions
from handtint.paths import is_folder

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
        self.setWindowTitle(self.tr("Save All"))
        self.setMinimumWidth(640)
        self._colored, self._others, self._first_folder = colored, others, folder

        self.folder_field = QLineEdit(str(folder), self)
        self.folder_field.setAccessibleName(self.tr("Folder"))
        self.folder_field.setToolTip(self.tr("Where the results are saved"))
        choose = QPushButton(self.tr("C&hoose…"), self)
        choose.setAutoDefault(False)
        choose.setToolTip(self.tr("Choose a folder"))
        choose.setAccessibleName(self.tr("Choose a folder"))
        choose.clicked.connect(self._choose)
        tip = self.tr("The format of the files")
        self.format_box = format_box(options.format or "", tip, self, self.tr("As the photos"))
        tip = self.tr("Of JPEG and WebP: higher keeps more and makes larger files")
        self._quality_row = QualityRow(options.quality, tip, self)
        self.quality = self._quality_row.slider
        self.provenance = check_box(
            self.tr("&Note in the files that a model added the color"),
            self.tr("Writes model, settings and source into the metadata of the files, for those who come after"),
            options.provenance,
            self,
        )
        self.with_others = check_box(
            self.tr("Also &color and save the {0} that were not looked at yet").format(len(others))
            if len(others) != 1
            else self.tr("Also &color and save the one that was not looked at yet"),
            self.tr("Otherwise only photos are saved that are in color now"),
            True,
            self,
        )
        self.with_others.setVisible(bool(others) and bool(colored))
        self.summary = QLabel(self)
        self.summary.setProperty("role", "title")
        rule = QLabel(
            self.tr(
                'Each file is called as its photo, with "(colorized)" added. Originals and files that are there stay; '
                "only what was saved from these photos before, and not changed since, is written anew."
            ),
            self,
        )
        rule.setProperty("role", "muted")
        rule.setWordWrap(True)
        self.names = QLabel(self)
        self.names.setProperty("role", "muted")
        self.names.setWordWrap(True)
        self.names.setTextFormat(Qt.TextFormat.PlainText)
        self.trouble = QLabel(self)
        self.trouble.setProperty("role", "danger")
        self.trouble.setWordWrap(True)
        self.trouble.setMinimumHeight(self.fontMetrics().lineSpacing())
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.save_button = self.buttons.addButton(self.tr("&Save All"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.save_button.setDefault(True)
        name_buttons(self.buttons)

        where = QHBoxLayout()
        where.setSpacing(8)
        where.addWidget(self.folder_field, 1)
        where.addWidget(choose)
        rows = form(
            (
                (self.tr("&Folder"), where, self.folder_field),
                (self.tr("F&ormat"), self.format_box, self.format_box),
                (self.tr("&Quality"), self._quality_row, self.quality),
            ),
            12,
            self,
        )
        rows.addRow("", self.provenance)
        if self.with_others.isVisibleTo(self):
            rows.addRow("", self.with_others)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 22, 24, 20)
        layout.setSpacing(10)
        layout.addWidget(self.summary)
        layout.addWidget(self.names)
        layout.addSpacing(6)
        layout.addLayout(rows)
        layout.addWidget(rule)
        layout.addWidget(self.trouble)
        layout.addWidget(self.buttons)

        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.format_box.currentIndexChanged.connect(self._follow_format)
        self.with_others.toggled.connect(self._show_photos)
        self.folder_field.textChanged.connect(lambda: self.trouble.clear())
        self._follow_format()
        self._show_photos()
        self.folder_field.setFocus()
        self.folder_field.selectAll()

    @property
    def photos(self) -> list[OpenPhoto]:
        is_with_others = self.with_others.isChecked() or not self._colored
        return [*self._colored, *(self._others if is_with_others else ())]

    @property
    def folder(self) -> Path:
        return typed_path(self.folder_field.text(), self._first_folder)

    @property
    def options(self) -> SaveOptions:
        return SaveOptions(
            format=self.format_box.currentData() or None,
            quality=self.quality.value(),
            provenance=self.provenance.isChecked(),
        )

    def accept(self) -> None:
        """Close with the answer, unless there is no such folder."""
        if not self.folder_field.text().strip() or not is_folder(self.folder):
            self.trouble.setText(self.tr('There is no folder "{0}". Choose another one.').format(self.folder))
            return
        super().accept()

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Folder for the Results"), str(self.folder))
        if chosen:
            self.folder_field.setText(chosen)

    def _follow_format(self) -> None:
        name = self.format_box.currentData()
        self._quality_row.set_enabled(not name or not FORMATS[name][2])

    def _show_photos(self) -> None:
        photos = self.photos
        count = len(photos)
        self.summary.setText(self.tr("Save {0} photos").format(count) if count != 1 else self.tr("Save 1 photo"))
        names = ", ".join(photo.path.name for photo in photos[:_MOST_NAMES])
        if count > _MOST_NAMES:
            names = self.tr("{0} and {1} more").format(names, count - _MOST_NAMES)
        self.names.setText(names)
