"""Whether a window or photo may close now: asked while something is under way, or set and not saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from handtint.gui.parts import icons
from handtint.gui.saving.results import Results
from handtint.gui.session.open_photo import OpenPhoto
from handtint.gui.session.session import Session

_MOST_NAMES = 5
Save = Callable[[Sequence[OpenPhoto]], None] | None


def may_close(session: Session, results: Results, window: QWidget, save: Save) -> bool:
    """Ask where there is something to lose; what the model alone chose can be made again.

    `save` saves photos and then closes; None where that cannot be offered.
    """
    if results.is_writing:
        under_way = results.under_way
        return ask(
            window,
            _tr("Stop saving and close?"),
            _tr("These are not saved yet: {0}. Your originals are unchanged.").format(_names(under_way))
            if len(under_way) > 1
            else _tr("The result is not saved yet. Your original is unchanged."),
            _tr("Stop and &Close"),
        ) and may_drop([photo for photo in session.photos if photo not in under_way], window, None)
    if session.is_coloring and not any(photo.holds_work for photo in session.photos):
        return ask(
            window,
            _tr("Stop coloring and close?"),
            _tr("Your original is unchanged."),
            _tr("Stop and &Close"),
        )
    return may_drop(session.photos, window, save)


def may_drop(photos: Sequence[OpenPhoto], window: QWidget, save: Save) -> bool:
    """Ask where photos hold work: how someone set them, what was pasted, hints that no file keeps; see `may_close`."""
    unsaved = [photo for photo in photos if photo.is_adjusted or photo.is_in_no_file]
    if unsaved:
        text = (
            _tr("These are in no file: {0}")
            if any(photo.is_in_no_file for photo in unsaved)
            else _tr("You set how these look, and they are not saved: {0}")
        )
        return ask(
            window,
            _tr("Close without saving?"),
            text.format(_names(unsaved)),
            _tr("&Close Without Saving"),
            other=_saving(unsaved, save),
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


def _saving(photos: Sequence[OpenPhoto], save: Save) -> tuple[str, Callable[[], None]] | None:
    """What is offered beside closing: to save those that can be."""
    found = [photo for photo in photos if photo.is_unsaved]
    text = _tr("&Save All…") if len(found) > 1 else _tr("&Save…")
    return (text, lambda: save(found)) if found and save is not None else None


def _names(photos: Sequence[OpenPhoto]) -> str:
    names = [photo.path.name for photo in photos]
    return ", ".join(names[:_MOST_NAMES]) + ("…" if len(names) > _MOST_NAMES else "")


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
    stay = box.addButton(no or _tr("&Keep Open"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    third = box.addButton(other[0], QMessageBox.ButtonRole.AcceptRole) if other is not None else None
    box.exec()
    if other is not None and box.clickedButton() is third:
        other[1]()
    return box.clickedButton() is close


def _tr(text: str) -> str:
    return QCoreApplication.translate("closing", text)
