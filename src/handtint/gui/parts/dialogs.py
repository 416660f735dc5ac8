"""What dialogs share: a size that fits the screen, buttons with names, and a question before something is lost."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QMessageBox, QWidget

from handtint.gui.parts import icons
from handtint.gui.parts.translating import tr


def fit(dialog: QDialog, width: int, height: int, parent: QWidget | None) -> None:
    """Make it this large, in logical pixels, or as large as the screen of its parent lets it be."""
    room = (parent or dialog).screen().availableSize()
    dialog.resize(min(width, room.width() - 60), min(height, room.height() - 80))


def keep_room(dialog: QDialog, width: int) -> None:
    """Make it this wide, or as wide as what is in it needs, and tall enough for lines that wrap then."""
    layout = dialog.layout()
    assert layout is not None
    width = max(width, layout.totalMinimumSize().width())
    dialog.setMinimumWidth(width)
    if layout.hasHeightForWidth():
        dialog.setMinimumHeight(layout.totalHeightForWidth(width))


def close_button(dialog: QDialog) -> QDialogButtonBox:
    """The buttons of a dialog that is only read."""
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, dialog)
    box.rejected.connect(dialog.reject)
    close = box.button(QDialogButtonBox.StandardButton.Close)
    close.setAccessibleName(tr("dialogs", "Close"))
    close.setToolTip(tr("dialogs", "Close this window"))
    return box


def name_buttons(box: QDialogButtonBox) -> None:
    """Their texts are their names, too."""
    for button in box.buttons():
        text = button.text().replace("&", "")
        button.setAccessibleName(text)
        button.setToolTip(text)


def ask(
    window: QWidget,
    question: str,
    detail: str,
    yes: str,
    no: str = "",
    other: tuple[str, Callable[[], None]] | None = None,
) -> bool:
    """Ask a question whose `yes` loses something; without an answer nothing happens.

    `other` is what a third button says and does; it is no `yes`.
    """
    box = QMessageBox(QMessageBox.Icon.Question, "Handtint", question, parent=window)
    box.setIconPixmap(icons.pixmap("handtint", None, 56, window.devicePixelRatioF()))
    box.setInformativeText(detail)
    close = box.addButton(yes, QMessageBox.ButtonRole.DestructiveRole)
    stay = box.addButton(no or tr("dialogs", "&Keep Open"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    third = box.addButton(other[0], QMessageBox.ButtonRole.AcceptRole) if other is not None else None
    box.exec()
    if other is not None and box.clickedButton() is third:
        other[1]()
    return box.clickedButton() is close
