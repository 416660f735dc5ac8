"""A walk through every workspace and dialog of the window, for what must be true of all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QSizeF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QWidget

from handtint.errors import PhotoError, Sentence
from handtint.gui.help.about import AboutDialog
from handtint.gui.help.guide import GuideWindow
from handtint.gui.help.licenses import LicenseDialog
from handtint.gui.help.shortcuts import ShortcutDialog
from handtint.gui.help.updates import UpdateDialog
from handtint.gui.parts.faults import FaultDialog
from handtint.gui.photo.paste_dialog import PasteDialog
from handtint.gui.preferences import PreferencesDialog
from handtint.gui.saving.all_dialog import SaveAllDialog
from handtint.gui.saving.dialog import SaveDialog
from handtint.gui.saving.print_dialog import PrintDialog
from handtint.imaging.photo import PhotoMeta
from handtint.recipe.recipe import Recipe
from handtint.recipe.saving import SaveOptions, output_path
from handtint.recipe.settings import Settings
from tests.gui.albums import make_album, open_album, plan_dialog, restore
from tests.gui.conftest import Studio, color_photo, gray_photo

PHOTO, SECOND, ALBUM = "0001.png", "0002.png", "0099"  # names without letters, which could be taken for words


def tour(studio: Studio, folder: Path) -> Iterator[tuple[str, QWidget]]:
    """Open one after the other: what is seen, and its window. Each dialog is closed when the next one is wanted."""
    window, actions = studio.window, studio.window.actions_
    yield "welcome", window
    photo = gray_photo(folder / PHOTO)
    studio.open_colored(photo, gray_photo(folder / SECOND))
    actions.history.trigger()
    window.photo_workspace.panel.repair.fold.click()
    window.session.editing.set_settings(Settings(vividness=0.2))
    current = window.session.current
    assert current is not None
    yield "photo", window
    actions.history.trigger()
    window.photo_workspace.panel.repair.fold.click()
    window.photo_workspace.panel.adjust.fold.click()
    yield "photo with colors to adjust", window
    window.photo_workspace.panel.adjust.fold.click()
    missing = PhotoError('Could not open "{name}": {reason}.', name=PHOTO, reason=Sentence("it has no pixels"))
    window.session.troubled.emit(window.session.sentence(missing))
    yield "photo with a message", window
    actions.hints.trigger()
    QTest.keyClick(window.photo_workspace.hint_tool.overlay, Qt.Key.Key_Return)
    assert window.photo_workspace.hint_tool.chooser.isVisible()
    yield "hints", window
    actions.hints.trigger()
    window.turn_actions.crop.trigger()
    yield "crop", window
    window.turn_actions.crop.trigger()
    for name, tool in (
        ("split", window.turn_actions.split),
        ("flatten", window.turn_actions.flatten),
        ("marks", window.repair_actions.marks),
        ("protect", window.adjust_actions.protect),
        ("variants", actions.variants),
        ("certainty", actions.certainty),
    ):
        if tool.isEnabled():
            tool.trigger()
            yield name, window
            tool.trigger()
    actions.preferences.trigger()
    preferences = window.findChild(PreferencesDialog)
    assert preferences is not None
    yield "preferences", preferences
    preferences.reject()
    page = QImage(60, 80, QImage.Format.Format_RGB32)
    page.fill(Qt.GlobalColor.gray)
    yield from _dialogs(
        SaveDialog(photo, PhotoMeta(), output_path(photo, folder, "png"), SaveOptions(), window),
        SaveAllDialog([current], [current], folder, SaveOptions(), window),
        PrintDialog([page, page], "0001", QSizeF(210, 297), window),
        PasteDialog(Recipe(), 3, window),
        ShortcutDialog(window),
        AboutDialog(window),
        LicenseDialog(window),
        UpdateDialog(window),
        FaultDialog(ValueError(), window),
        GuideWindow(window),
    )
    pictures = make_album(folder / ALBUM, ("0003.png", "0004.png"))
    color_photo(pictures / "0005.png")
    (pictures / "0006.png").write_text("1234")
    albums = open_album(studio, pictures)
    yield "album", window
    albums.workspace.grid.selectAll()
    yield "album with a choice", window
    plan = plan_dialog(studio, albums)
    yield "plan", plan
    plan.reject()
    restore(studio, albums)
    yield "restored album", window
    studio.wait_for(albums.actions_.review.isEnabled)
    albums.actions_.review.trigger()
    albums.review.redo_panel.show()
    yield "review", window
    albums.actions_.back.trigger()
    actions.teach.trigger()
    teaching = window.teaching.window
    assert teaching is not None
    yield "teaching", teaching
    teaching.close()


def _dialogs(*dialogs: QDialog) -> Iterator[tuple[str, QWidget]]:
    for dialog in dialogs:
        dialog.show()
        yield type(dialog).__name__, dialog
        dialog.reject()
