"""Save As: where, in which format, how; never onto the source."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from handtint.gui.parts.dialogs import name_buttons
from handtint.gui.parts.fields import FORMATS, QualityRow, check_box, form, format_box, typed_path
from handtint.gui.saving.names import format_for
from handtint.imaging.photo import PhotoMeta, SaveOptions


class SaveDialog(QDialog):
    """Asks for a path and `SaveOptions`; `path` and `options` hold the answer once accepted."""

    def __init__(self, source: Path, meta: PhotoMeta, path: Path, options: SaveOptions, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Save As"))
        self.setMinimumWidth(680)
        self._source, self._meta, self._folder = source, meta, path.parent
        self._is_overwriting = False

        self.path_field = QLineEdit(str(path), self)
        self.path_field.setAccessibleName(self.tr("File"))
        self.path_field.setToolTip(self.tr("Where the result is saved; the original is never changed"))
        choose = QPushButton(self.tr("C&hoose…"), self)
        choose.setToolTip(self.tr("Choose a folder and name"))
        choose.setAccessibleName(self.tr("Choose a folder and name"))
        choose.clicked.connect(self._choose)
        self.format_box = format_box(options.format or format_for(meta), self.tr("The format of the file"), self)
        self._quality_row = QualityRow(options.quality, self.tr("Higher keeps more and makes larger files"), self)
        self.quality = self._quality_row.slider
        self.smaller = check_box(
            self.tr("S&maller file"),
            self.tr("Packs a PNG more tightly: a few percent smaller, the same picture, in ten times as long"),
            options.smaller,
            self,
        )
        self._depth_note = QLabel(self)
        self._depth_note.setProperty("role", "muted")
        self._depth_note.setWordWrap(True)
        self.provenance = check_box(
            self.tr("&Note in the file that a model added the color"),
            self.tr("Writes model, settings and source into the file's metadata, for those who come after"),
            options.provenance,
            self,
        )
        self.trouble = QLabel(self)
        self.trouble.setProperty("role", "danger")
        self.trouble.setWordWrap(True)
        self.trouble.setMinimumHeight(self.fontMetrics().lineSpacing() * 2)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel, self
        )
        name_buttons(self.buttons)

        where = QHBoxLayout()
        where.setSpacing(8)
        where.addWidget(self.path_field, 1)
        where.addWidget(choose)
        rows = form(
            (
                (self.tr("&File"), where, self.path_field),
                (self.tr("F&ormat"), self.format_box, self.format_box),
                (self.tr("&Quality"), self._quality_row, self.quality),
            ),
            12,
            self,
        )
        rows.addRow("", self.smaller)
        rows.addRow("", self._depth_note)
        rows.addRow("", self.provenance)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 22, 24, 20)
        layout.setSpacing(14)
        layout.addLayout(rows)
        layout.addWidget(self.trouble)
        layout.addWidget(self.buttons)

        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.format_box.currentIndexChanged.connect(self._follow_format)
        self.path_field.textChanged.connect(lambda: self.trouble.clear())
        self._show_depth()
        self.path_field.setFocus()
        start = len(str(path)) - len(path.name)
        self.path_field.setSelection(start, len(path.stem))

    @property
    def path(self) -> Path:
        path = typed_path(self.path_field.text(), self._folder)
        if path.suffix.lower() not in FORMATS[self._format][1]:
            path = path.parent / (path.name + FORMATS[self._format][1][0])  # `with_name` refuses a bare "/"
        return path

    @property
    def options(self) -> SaveOptions:
        return SaveOptions(
            format=self._format,
            quality=self.quality.value(),
            smaller=self.smaller.isChecked(),
            provenance=self.provenance.isChecked(),
            overwrite=self._is_overwriting,
        )

    @property
    def _format(self) -> str:
        return self.format_box.currentData()

    def accept(self) -> None:
        """Close with the answer, unless the path is no good; an existing file is asked about."""
        if not self.path_field.text().strip():
            self.trouble.setText(self.tr("The file has no name yet. Give it one."))
            return
        path = self.path
        try:
            self._is_overwriting = path.exists()
            is_original = self._is_overwriting and self._source.exists() and path.samefile(self._source)
            has_folder = path.parent.is_dir()
        except OSError as error:  # a name too long, no rights to look
            text = self.tr("This cannot be a file here ({0}). Choose another name or folder.")
            self.trouble.setText(text.format(error.strerror))
            return
        if is_original:
            self.trouble.setText(self.tr("This is the original, which Handtint never changes. Choose another name."))
            return
        if not has_folder:
            self.trouble.setText(self.tr('There is no folder "{0}". Choose another one.').format(path.parent))
            return
        if self._is_overwriting and not self._may_replace(path):
            return
        super().accept()

    def _may_replace(self, path: Path) -> bool:
        answer = QMessageBox.question(
            self,
            self.tr("Replace the file?"),
            self.tr('"{0}" is there already. Replace it?').format(path.name),
            QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.Cancel,
            QMessageBox.StandardButton.Cancel,
        )
        return answer == QMessageBox.StandardButton.Yes

    def _choose(self) -> None:
        label, suffixes, _ = FORMATS[self._format]
        chosen, _ = QFileDialog.getSaveFileName(
            self,
            self.tr("Save As"),
            str(self.path),
            f"{label} ({' '.join('*' + suffix for suffix in suffixes)})",
            options=QFileDialog.Option.DontConfirmOverwrite,  # asked once, on Save
        )
        if chosen:
            self.path_field.setText(chosen)

    def _follow_format(self) -> None:
        path = Path(self.path_field.text().strip())
        known = {suffix for _, suffixes, _ in FORMATS.values() for suffix in suffixes}
        if path.suffix.lower() in known:
            self.path_field.setText(str(path.with_suffix(FORMATS[self._format][1][0])))
        self._show_depth()

    def _show_depth(self) -> None:
        _, _, keeps_depth = FORMATS[self._format]
        self._quality_row.set_enabled(not keeps_depth)
        self.smaller.setEnabled(self._format == "png")
        if self._meta.bit_depth == 16:
            text = (
                self.tr("Keeps the source's 16 bits and every detail of its lightness.")
                if keeps_depth
                else self.tr("Stores 8 of the source's 16 bits; TIFF and PNG keep them all.")
            )
        else:
            text = self.tr("Keeps every detail.") if keeps_depth else self.tr("Small files; slightly lossy.")
        self._depth_note.setText(text)
