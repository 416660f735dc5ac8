"""Whether the window or a photo may close now: asks while work is running or unsaved."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from handtint.gui.parts.dialogs import ask
from handtint.gui.parts.translating import tr
from handtint.gui.parts.words import isolated
from handtint.gui.saving.results import Results
from handtint.gui.session.open_photo import OpenPhoto
from handtint.gui.session.session import Session

_MOST_NAMES = 5
Save = Callable[[Sequence[OpenPhoto]], None] | None


def may_close(session: Session, results: Results, window: QWidget, save: Save) -> bool:
    """Ask where something would be lost. A result with default settings does not count: it can be made again.

    `save` saves photos and then closes; None where that cannot be offered.
    """
    session.keeping.now()  # what is kept is not lost
    if results.is_writing:
        under_way = results.under_way
        return ask(
            window,
            tr("closing", "Stop saving and close?"),
            tr(
                "closing",
                "These are not saved yet: {photos}. Your originals are unchanged.",
                photos=_names(under_way),
            )
            if len(under_way) > 1
            else tr("closing", "The result is not saved yet. Your original is unchanged."),
            tr("closing", "Stop and &Close"),
        ) and may_drop([photo for photo in session.photos if photo not in under_way], window, None)
    if session.developing.is_coloring and not any(photo.holds_work for photo in session.photos):
        return ask(
            window,
            tr("closing", "Stop coloring and close?"),
            tr("closing", "Your original is unchanged."),
            tr("closing", "Stop and &Close"),
        )
    return may_drop(session.photos, window, save)


def may_drop(photos: Sequence[OpenPhoto], window: QWidget, save: Save) -> bool:
    """Ask where photos hold unsaved work: settings, pasted pictures, hints; see `may_close`."""
    unsaved = [photo for photo in photos if photo.is_adjusted or photo.is_in_no_file]
    if unsaved:
        names = _names(unsaved)
        return ask(
            window,
            tr("closing", "Close without saving?"),
            tr("closing", "These are not saved in any file: {photos}", photos=names)
            if any(photo.is_in_no_file for photo in unsaved)
            else tr("closing", "You changed these and have not saved them: {photos}", photos=names),
            tr("closing", "&Close Without Saving"),
            other=_saving(unsaved, save),
        )
    loose = [photo for photo in photos if photo.has_loose_hints]
    if loose:
        return ask(
            window,
            tr("closing", "Close and lose the color hints?"),
            tr(
                "closing",
                "The hints you put on these are not saved in any file: {photos}. File > Save Hints keeps them.",
                photos=_names(loose),
            ),
            tr("closing", "&Close and Lose Them"),
        )
    return True


def _saving(photos: Sequence[OpenPhoto], save: Save) -> tuple[str, Callable[[], None]] | None:
    """What is offered beside closing: to save those that can be."""
    found = [photo for photo in photos if photo.is_unsaved]
    text = tr("closing", "&Save All…") if len(found) > 1 else tr("closing", "&Save…")
    return (text, lambda: save(found)) if found and save is not None else None


def _names(photos: Sequence[OpenPhoto]) -> str:
    names = [isolated(photo.name) for photo in photos]
    return ", ".join(names[:_MOST_NAMES]) + ("…" if len(names) > _MOST_NAMES else "")
