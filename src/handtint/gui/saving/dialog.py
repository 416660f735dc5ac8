"""Save As: where, in which format, how; never onto the source."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QMessageBox,
    QWidget,
)

from handtint.gui.parts.dialogs import name_buttons, scroll
from handtint.gui.parts.fields import FORMATS, check_box, typed_path
from handtint.gui.parts.translating import tr
from handtint.gui.saving.fields import FieldTexts, SaveFields
from handtint.imaging.photo import PhotoMeta
from handtint.paths import is_inside_program
from handtint.recipe.saving import SaveOptions, format_of


class SaveDialog(QDialog):
    """Asks for a path and `SaveOptions`; `path` and `options` hold the answer once accepted."""

    def __init__(self, source: Path, meta: PhotoMeta, path: Path, options: SaveOptions, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("saving", "Save As"))
        self._source, self._meta, self._folder = source, meta, path.parent
        self._is_overwriting = False

        texts = FieldTexts(
            tr("saving", "&File"),
            tr("saving", "File"),
            tr("saving", "Where the result is saved; the original is never changed"),
            tr("saving", "Choose a folder and name"),
            tr("saving", "The format of the file"),
            tr("saving", "Higher keeps more and makes larger files"),
            tr("saving", "&Note in the file that a model added the color"),
            tr("saving", "Writes model, settings and source into the file's metadata"),
        )
        fields = SaveFields(
            self, texts, str(path), options.format or format_of(source.suffix.lower()), options, self._choose
        )
        self.path_field, self.format_box, self._quality_row = fields.place, fields.format_box, fields.quality_row
        self.quality, self.provenance, self.trouble = fields.quality_row.slider, fields.provenance, fields.trouble
        self.trouble.setMinimumHeight(self.fontMetrics().lineSpacing() * 2)
        self.smaller = check_box(
            tr("saving", "S&maller file"),
            tr("saving", "Packs a PNG more tightly: a few percent smaller, the same picture, in ten times as long"),
            options.smaller,
            self,
        )
        self._depth_text = QLabel(self)
        self._depth_text.setProperty("role", "muted")
        self._depth_text.setWordWrap(True)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel, self
        )
        name_buttons(self.buttons)

        rows = fields.rows()
        rows.addRow("", self.smaller)
        rows.addRow("", self._depth_text)
        rows.addRow("", self.provenance)
        rows.setContentsMargins(24, 22, 24, 10)
        inside = QWidget(self)
        inside.setLayout(rows)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.format_box.currentIndexChanged.connect(self._follow_format)
        self._show_depth()
        scroll(self, inside, (self.trouble, self.buttons), 680, parent)
        self.path_field.setFocus()
        start = len(str(path)) - len(path.name)
        self.path_field.setSelection(start, len(path.stem))

    @property
    def path(self) -> Path:
        """The file that was chosen."""
        path = typed_path(self.path_field.text(), self._folder)
        if path.suffix.lower() not in FORMATS[self._format][1]:
            path = path.parent / (path.name + FORMATS[self._format][1][0])  # `with_name` refuses a bare "/"
        return path

    @property
    def options(self) -> SaveOptions:
        """How it is to be saved."""
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
            self.trouble.setText(tr("saving", "The file has no name yet. Give it one."))
            return
        path = self.path
        try:
            self._is_overwriting = path.exists()
            is_original = self._is_overwriting and self._source.exists() and path.samefile(self._source)
            has_folder = path.parent.is_dir()
        except OSError as error:  # a name too long, no rights to look
            text = tr(
                "saving",
                "No file can be saved here under this name ({reason}). Choose another name or folder.",
                reason=error.strerror,
            )
            self.trouble.setText(text)
            return
        if is_original:
            self.trouble.setText(
                tr("saving", "This is the original, which Handtint never changes. Choose another name.")
            )
            return
        if is_inside_program(path):
            self.trouble.setText(tr("saving", "This folder belongs to Handtint itself. Choose another one."))
            return
        if not has_folder:
            self.trouble.setText(tr("saving", 'There is no folder "{parent}". Choose another one.', parent=path.parent))
            return
        if self._is_overwriting and not self._may_replace(path):
            return
        super().accept()

    def _may_replace(self, path: Path) -> bool:
        answer = QMessageBox.question(
            self,
            tr("saving", "Replace the file?"),
            tr("saving", '"{name}" already exists. Replace it?', name=path.name),
            QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.Cancel,
            QMessageBox.StandardButton.Cancel,
        )
        return answer == QMessageBox.StandardButton.Yes

    def _choose(self) -> None:
        label, suffixes, _ = FORMATS[self._format]
        chosen, _ = QFileDialog.getSaveFileName(
            self,
            tr("saving", "Save As"),
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
                tr("saving", "Keeps the source's 16 bits and every detail of its lightness.")
                if keeps_depth
                else tr("saving", "Stores 8 of the source's 16 bits; TIFF and PNG keep them all.")
            )
        else:
            text = tr("saving", "Keeps every detail.") if keeps_depth else tr("saving", "Small files; slightly lossy.")
        self._depth_text.setText(text)
