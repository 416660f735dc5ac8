"""The licenses of everything that comes with the program, as one text; opened from Help > About."""

from __future__ import annotations

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from handtint import paths
from handtint.gui.parts.dialogs import close_button, fit
from handtint.gui.parts.translating import tr


class LicenseDialog(QDialog):
    """The licenses of all that is shipped."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("licenses", "Licenses"))
        self.text = QPlainTextEdit(licenses(), self)
        self.text.setReadOnly(True)
        letters = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        letters.setPointSizeF(max(letters.pointSizeF(), self.font().pointSizeF()))
        self.text.setFont(letters)
        self.text.setAccessibleName(tr("licenses", "Licenses"))
        self.text.setToolTip(tr("licenses", "The licenses of Handtint and of everything that comes with it"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(14)
        layout.addWidget(self.text)
        layout.addWidget(close_button(self))
        fit(self, 860, 640, parent)


def licenses() -> str:
    """The text collected when the program was packaged; in a source tree, where to find the licenses instead."""
    try:
        return paths.licenses_file().read_text(encoding="utf-8")
    except OSError:
        return tr(
            "licenses",
            "This Handtint runs from its source code. Its own license is the file LICENSE there; the licenses of the "
            "packages it uses are beside them in the environment (.venv).",
        )


def add_button(box: QDialogButtonBox, dialog: QDialog) -> QPushButton:
    """Add a button to a dialog that opens the licenses."""
    button = box.addButton(tr("licenses", "&Licenses"), QDialogButtonBox.ButtonRole.ActionRole)
    button.setAccessibleName(tr("licenses", "Licenses"))
    button.setToolTip(tr("licenses", "The licenses of Handtint and of everything that comes with it"))
    button.clicked.connect(lambda: LicenseDialog(dialog).open())
    return button
