"""What dialogs share: a size that fits the screen, buttons with names, and a question before something is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLayout, QMessageBox, QVBoxLayout, QWidget

from handtint.gui.parts import icons
from handtint.gui.parts.fitting import Scrolled
from handtint.gui.parts.translating import tr

_BESIDE, _ABOVE = 60, 80  # logical pixels of the screen that a dialog leaves free
_SIDE, _FOOT, _SPACING = 24, 20, 10
_USUAL_LETTERS = 17  # height of a line of 10 points


def fit(dialog: QDialog, width: int, height: int, parent: QWidget | None) -> None:
    """Make it this large, in logical pixels, or as large as the screen of its parent lets it be.

    The size is meant for letters of the usual size; larger ones get more room.
    """
    larger, room = _larger(dialog), _room(dialog, parent)
    dialog.resize(QSize(round(width * larger), round(height * larger)).boundedTo(room))


def scroll(dialog: QDialog, inside: QWidget, foot: Sequence[QWidget], width: int, parent: QWidget | None) -> None:
    """Lay out what is scrolled where the screen is too small for it, and below that what is always seen.

    As wide as `fit` makes it, and as high as what is in it needs by then.
    """
    scrolled = Scrolled(inside, dialog)
    below = QVBoxLayout()
    below.setContentsMargins(_SIDE, 0, _SIDE, 0)
    below.setSpacing(_SPACING)
    for widget in foot:
        below.addWidget(widget)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(0, 0, 0, _FOOT)
    layout.setSpacing(_SPACING)
    layout.addWidget(scrolled, 1)
    layout.addLayout(below)
    room = _room(dialog, parent)
    width = min(max(round(width * _larger(dialog)), scrolled.width_wanted()), room.width())
    height = _height(inside.layout(), width) + _SPACING + _height(below, width) + _FOOT
    dialog.resize(QSize(width, height).boundedTo(room))


def _larger(dialog: QDialog) -> float:
    """How much larger than usual its letters are; 1 for smaller ones."""
    return max(dialog.fontMetrics().height() / _USUAL_LETTERS, 1.0)


def _height(layout: QLayout | None, width: int) -> int:
    assert layout is not None
    return layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalSizeHint().height()


def _room(dialog: QDialog, parent: QWidget | None) -> QSize:
    return (parent or dialog).screen().availableSize() - QSize(_BESIDE, _ABOVE)


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
