"""The licenses of all that comes with the program, as one page to read; reached from Help > About."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from handtint import paths
from handtint.gui.parts.dialogs import close_button, fit


class LicensePage(QDialog):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Licenses"))
        self.text = QPlainTextEdit(licenses(), self)
        self.text.setReadOnly(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(self.tr("Licenses"))
        self.text.setToolTip(self.tr("The licenses of Handtint and of all that comes with it"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(14)
        layout.addWidget(self.text)
        layout.addWidget(close_button(self))
        fit(self, 860, 640, parent)


def licenses() -> str:
    """The text that was collected when the program was packed; in a source tree, where to look instead."""
    try:
        return paths.licenses_file().read_text(encoding="utf-8")
    except OSError:
        return QCoreApplication.translate(
            "licenses",
            "This Handtint runs from its source. Its own license is the file LICENSE there; the licenses of the "
            "packages it uses lie with them in the environment (.venv).",
        )


def add_button(box: QDialogButtonBox, dialog: QDialog) -> QPushButton:
    """Add to a dialog's buttons the one that opens the page."""
    button = box.addButton(dialog.tr("&Licenses"), QDialogButtonBox.ButtonRole.ActionRole)
    button.setAccessibleName(dialog.tr("Licenses"))
    button.setToolTip(dialog.tr("The licenses of Handtint and of all that comes with it"))
    button.clicked.connect(lambda: LicensePage(dialog).open())
    return button
