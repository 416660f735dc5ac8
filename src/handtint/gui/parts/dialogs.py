"""What dialogs share: a size that fits the screen, and buttons with names."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QWidget


def fit(dialog: QDialog, width: int, height: int, parent: QWidget | None) -> None:
    """Make it this large, in logical pixels, or as large as the screen of its parent lets it be."""
    room = (parent or dialog).screen().availableSize()
    dialog.resize(min(width, room.width() - 60), min(height, room.height() - 80))


def close_button(dialog: QDialog) -> QDialogButtonBox:
    """The buttons of a page that is only read."""
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, dialog)
    box.rejected.connect(dialog.reject)
    close = box.button(QDialogButtonBox.StandardButton.Close)
    close.setAccessibleName(dialog.tr("Close"))
    close.setToolTip(dialog.tr("Close this page"))
    return box


def name_buttons(box: QDialogButtonBox) -> None:
    """Their texts are their names, too."""
    for button in box.buttons():
        text = button.text().replace("&", "")
        button.setAccessibleName(text)
        button.setToolTip(text)
