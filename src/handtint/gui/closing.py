"""Whether a window or photo may close now: asked while something is under way, or set and not saved."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from handtint.gui import icons
from handtint.gui.open_photo import OpenPhoto
from handtint.gui.session import Session

_MOST_NAMES = 5


def may_close(session: Session, window: QWidget) -> bool:
    """Ask where there is something to lose; what the model alone chose can be made again."""
    if session.is_writing:
        return ask(
            window,
            _tr("Stop saving and close?"),
            _tr("The result is not saved yet. Your original is unchanged."),
            _tr("Stop and &Close"),
        )
    if session.is_coloring and not any(photo.is_adjusted or photo.has_loose_hints for photo in session.photos):
        return ask(
            window,
            _tr("Stop coloring and close?"),
            _tr("Your original is unchanged."),
            _tr("Stop and &Close"),
        )
    return may_drop(session.photos, window)


def may_drop(photos: Sequence[OpenPhoto], window: QWidget) -> bool:
    """Ask where someone set how photos look and did not save them, or put hints that no file keeps."""
    adjusted = [photo for photo in photos if photo.is_adjusted]
    if adjusted:
        return ask(
            window,
            _tr("Close without saving?"),
            _tr("You set how these look, and they are not saved: {0}").format(_names(adjusted)),
            _tr("&Close Without Saving"),
        )
    loose = [photo for photo in photos if photo.has_loose_hints]
    if loose:
        return ask(
            window,
            _tr("Close and lose the color hints?"),
            _tr("The hints you put on these are in no file: {0}. File > Save Hints keeps them.").format(_names(loose)),
            _tr("&Close and Lose Them"),
        )
    return True


def _names(photos: Sequence[OpenPhoto]) -> str:
    names = [photo.path.name for photo in photos]
    return ", ".join(names[:_MOST_NAMES]) + ("…" if len(names) > _MOST_NAMES else "")


def ask(window: QWidget, question: str, detail: str, yes: str, no: str = "") -> bool:
    """Ask a question whose `yes` loses something; without an answer nothing happens."""
    box = QMessageBox(QMessageBox.Icon.Question, "Handtint", question, parent=window)
    box.setIconPixmap(icons.pixmap("handtint", None, 56, window.devicePixelRatioF()))
    box.setInformativeText(detail)
    close = box.addButton(yes, QMessageBox.ButtonRole.DestructiveRole)
    stay = box.addButton(no or _tr("&Keep Open"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    box.exec()
    return box.clickedButton() is close


def _tr(text: str) -> str:
    return QCoreApplication.translate("closing", text)
