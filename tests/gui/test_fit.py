"""What fits: the window on a small screen, names in their places, words in their buttons, one key to one thing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFont, QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMainWindow, QMenu, QSpinBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from handtint.gui.help.about import AboutDialog
from handtint.gui.help.shortcuts import ShortcutDialog
from handtint.gui.help.updates import UpdateDialog
from handtint.gui.parts.fields import check_box
from handtint.gui.parts.fitting import FieldName, Scrolled
from handtint.gui.parts.flow import Flow
from handtint.gui.parts.theme import DARK, style_sheet
from handtint.gui.parts.translating import speak
from handtint.gui.preferences import PreferencesDialog
from handtint.gui.saving.all_dialog import SaveAllDialog
from handtint.gui.saving.dialog import SaveDialog
from handtint.gui.turning.card import Card
from handtint.imaging.photo import PhotoMeta
from handtint.recipe.saving import SaveOptions, output_path
from tests.gui.albums import make_album, open_album, plan_dialog, restore
from tests.gui.conftest import Studio, gray_photo

LONG = "a second print of the very same negative, cropped, from aunt Wilhelmine's drawer" * 2 + ".png"


def turn_wheel(control: QWidget) -> None:
    """As a mouse wheel does that comes to rest on a control: one notch down."""
    middle, no_keys = control.rect().center(), Qt.KeyboardModifier.NoModifier
    at, phase = QPointF(control.mapToGlobal(middle)), Qt.ScrollPhase.NoScrollPhase
    notch = QWheelEvent(QPointF(middle), at, QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton, no_keys, phase, False)
    QApplication.sendEvent(control, notch)


def doubles(texts: Iterable[str]) -> list[str]:
    """Keys that stand for more than one of these."""
    keys = [QKeySequence.mnemonic(text) for text in texts]
    return [key for key, count in Counter(key.toString() for key in keys if not key.isEmpty()).items() if count > 1]


def seen_texts(window: QWidget) -> list[str]:
    """All that may have a key to press with Alt: menus, buttons, names of fields."""
    menus = [action.text() for action in window.menuBar().actions()] if isinstance(window, QMainWindow) else []
    seen = [part for part in window.findChildren(QWidget) if part.isVisible() and part.window() is window]
    buttons = [part.text() for part in seen if isinstance(part, QAbstractButton)]
    return [*menus, *buttons, *(part.text() for part in seen if isinstance(part, QLabel) and part.buddy() is not None)]


def test_the_window_fits_a_small_screen_on_every_page(studio: Studio, tmp_path: Path) -> None:
    window = studio.window

    def fits() -> bool:
        least = window.minimumSizeHint()
        return least.width() <= 780 and least.height() <= 520

    assert fits()
    folder = make_album(tmp_path / ("Album of " + LONG[:60]), (LONG, "b.png"))
    studio.open_colored(folder / LONG)
    window.photo_workspace.panel._facts.setText("Many a note on what could not be kept of this photo. " * 12)
    assert fits()
    albums = open_album(studio, folder)
    albums.workspace.grid.selectAll()
    restore(studio, albums)
    assert fits()
    studio.wait_for(albums.actions_.review.isEnabled)
    albums.actions_.review.trigger()
    albums.review.redo_panel.show()
    assert fits()


def test_the_wheel_on_its_way_over_a_panel_changes_no_control_there(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    panel = studio.window.photo_workspace.panel
    studio.window.photo_workspace.canvas.setFocus()
    before = (panel.vividness.value, panel.model.currentIndex())
    for control in (panel.vividness.slider, panel.model):
        turn_wheel(control)
    assert (panel.vividness.value, panel.model.currentIndex()) == before
    panel.vividness.slider.setFocus()
    turn_wheel(panel.vividness.slider)
    assert panel.vividness.value != before[0]


def test_what_is_wider_than_its_place_can_be_scrolled_to(qtbot: QtBot) -> None:
    inside, around = QLabel("Fotos derselben Szene gleiche Farben geben"), QWidget()
    qtbot.addWidget(around)
    shown = Scrolled(inside, around)
    shown.resize(shown.width_wanted(), 100)
    around.show()
    assert shown.horizontalScrollBar().maximum() == 0
    shown.resize(100, 100)
    least = inside.minimumSizeHint().width()
    assert shown.horizontalScrollBar().maximum() == least - shown.viewport().width() > 0
    qtbot.waitUntil(shown.horizontalScrollBar().isVisible)


def test_a_long_name_is_cut_for_the_eye_and_whole_for_a_screen_reader(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / LONG))
    name = studio.window.photo_workspace.panel._name
    assert "…" in name.text()
    assert name.fontMetrics().horizontalAdvance(name.text()) <= name.width() + 1
    assert name.accessibleName() == LONG


def test_no_state_of_a_control_changes_its_font(qapp: object) -> None:
    """Room is made for a text as it is without states; one that turns bold with a state is cut at both ends."""
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", style_sheet(DARK))
    stateful = [selectors.strip() for selectors, body in rules if ":" in selectors and "font" in body]
    assert stateful == []


def test_one_key_with_alt_leads_to_one_thing(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    window = studio.window
    assert doubles(seen_texts(window)) == []
    photo = gray_photo(tmp_path / "photo.png")
    studio.open_colored(photo)
    window.actions_.hints.trigger()
    QTest.keyClick(window.photo_workspace.hint_tool.overlay, Qt.Key.Key_Return)
    studio.window.results.saved.emit(photo, ())
    assert window.photo_workspace.hint_tool.chooser.isVisible()
    assert doubles(seen_texts(window)) == []
    dialog = SaveDialog(photo, PhotoMeta(), output_path(photo, photo.parent, "png"), SaveOptions(), window)
    qtbot.addWidget(dialog)
    dialog.show()
    assert doubles(seen_texts(dialog)) == []
    dialog.reject()
    folder = make_album(tmp_path / "Album")
    (folder / "letter.png").write_text("Dear Sir")
    albums = open_album(studio, folder)
    plan = plan_dialog(studio, albums)
    assert doubles(seen_texts(plan)) == []
    plan.reject()
    restore(studio, albums)
    assert doubles(seen_texts(window)) == []
    studio.wait_for(albums.actions_.review.isEnabled)
    albums.actions_.review.trigger()
    albums.review.redo_panel.show()
    assert doubles(seen_texts(window)) == []


def test_in_a_menu_no_two_lines_have_the_same_key(studio: Studio) -> None:
    for menu in studio.window.findChildren(QMenu):
        assert doubles(action.text() for action in menu.actions()) == [], menu.title()


def test_the_page_of_shortcuts_is_read_with_keys_alone(studio: Studio, qtbot: QtBot) -> None:
    page = ShortcutDialog(studio.window)
    qtbot.addWidget(page)
    page.show()
    assert page.table.currentRow() == 0
    for _ in range(30):
        QTest.keyClick(page.table, Qt.Key.Key_Down)
    assert page.table.currentRow() == 30
    assert page.table.verticalScrollBar().value() > 0
    QTest.keyClick(page.table, Qt.Key.Key_Tab)
    assert page.focusWidget() is not page.table


def test_full_screen_ends_with_escape_and_its_switch_tells_the_truth(studio: Studio) -> None:
    window, action = studio.window, studio.window.actions_.fullscreen
    window.showFullScreen()  # as the desktop does it, or the place that the last run is brought back to
    studio.wait_for(action.isChecked)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    studio.wait_for(lambda: not window.isFullScreen())
    assert not action.isChecked()
    window.showMaximized()
    action.trigger()
    studio.wait_for(window.isFullScreen)
    action.trigger()
    studio.wait_for(lambda: not window.isFullScreen())
    assert window.isMaximized()


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_at_twenty_points_the_window_fits_a_small_screen_on_every_page(
    qapp: QApplication, request: pytest.FixtureRequest, tmp_path: Path, language: str
) -> None:
    """Long words and letters of twice the usual size: nothing asks for more than 1024 x 600 pixels."""
    before = qapp.font()
    font = QFont(before)
    font.setPointSize(20)
    qapp.setFont(font)
    speak(qapp, language)
    try:
        studio: Studio = request.getfixturevalue("studio")
        window = studio.window
        window.resize(1024, 600)

        def fits() -> bool:
            QTest.qWait(20)
            return window.minimumSizeHint().width() <= 1024

        window.actions_.preferences.trigger()
        preferences = window.findChild(PreferencesDialog)
        assert preferences is not None
        preferences.hide()
        folder = make_album(tmp_path / ("Album of " + LONG[:60]), (LONG, "b.png"))
        photo = folder / LONG
        studio.open_colored(photo)
        current = window.session.current
        assert current is not None
        assert fits()
        panel = window.photo_workspace.panel
        assert panel._scrolled is not None
        assert panel._scrolled.horizontalScrollBar().maximum() == 0
        window.actions_.history.trigger()
        assert fits()
        window.actions_.history.trigger()
        window.actions_.hints.trigger()
        QTest.keyClick(window.photo_workspace.hint_tool.overlay, Qt.Key.Key_Return)
        for whole in (window.photo_workspace.hint_tool.chooser.gray, window.photo_workspace.toolbar.zoom):
            assert whole.isVisible()
            assert whole.width() >= whole.sizeHint().width()
        window.actions_.hints.trigger()
        said = window.photo_workspace.damage_tool.bar.said
        for tool in (window.turn_actions.crop, window.adjust_actions.protect, window.repair_actions.marks):
            tool.trigger()
            assert fits()
            cards = [card for card in window.photo_workspace.findChildren(Card) if card.isVisible()]
            assert all(card.width() <= window.photo_workspace.area.width() for card in cards)
            studio.wait_for(lambda: not said.isVisible() or said.height() >= said.heightForWidth(said.width()))
            tool.trigger()
        albums = open_album(studio, folder)
        albums.workspace.grid.selectAll()
        restore(studio, albums)
        assert fits()
        studio.wait_for(albums.actions_.review.isEnabled)
        albums.actions_.review.trigger()
        albums.review.redo_panel.show()
        assert fits()
        plan = plan_dialog(studio, albums)
        assert plan.minimumSizeHint().width() <= 1024
        assert plan.minimumSizeHint().height() <= 560
        plan.reject()
        for dialog in (
            preferences,
            plan,
            SaveDialog(photo, PhotoMeta(), output_path(photo, folder, "png"), SaveOptions(), window),
            SaveAllDialog([current], [current], folder, SaveOptions(), window),
        ):
            (scrolled,) = dialog.findChildren(Scrolled)
            assert scrolled.width_wanted() <= 1024 - 60, type(dialog).__name__
            assert dialog.minimumSizeHint().height() <= 600 - 80
            dialog.close()
        for page in (AboutDialog(window), UpdateDialog(window)):
            page.show()
            assert page.width() <= 1024
            for label in page.findChildren(QLabel):
                assert label.height() >= label.heightForWidth(label.width())
            page.close()
    finally:
        qapp.setFont(before)
        speak(qapp, "en")


def test_the_name_of_a_field_has_room_for_its_underlined_letter(qtbot: QtBot) -> None:
    """Drawn by itself that letter is a wider way off the next one than where the text is measured."""
    field = QSpinBox()
    qtbot.addWidget(field)
    font = QFont(field.font())
    font.setPointSize(40)
    for text in ("&Taille", "Si&ze", "plain"):
        name = FieldName(text, field, field)
        name.setFont(font)
        advance, (before, _, rest) = name.fontMetrics().horizontalAdvance, text.partition("&")
        assert name.sizeHint().width() >= advance(before) + advance(rest[:1]) + advance(rest[1:])
        assert name.minimumSizeHint().width() == name.sizeHint().width()
        assert name.buddy() is field


def test_a_box_without_room_says_what_it_says_in_more_lines(qtbot: QtBot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    column = QVBoxLayout(around)
    box = check_box("Mention in the files that a model added the color, and which", "", True, around)
    column.addWidget(box)
    around.show()
    whole = box.sizeHint()
    assert box.minimumSizeHint().width() < whole.width() // 2
    assert box.heightForWidth(whole.width()) == whole.height()
    for lines, width in ((2, whole.width() - 1), (3, whole.width() // 2)):
        assert box.heightForWidth(width) == whole.height() + (lines - 1) * box.fontMetrics().lineSpacing()
    around.resize(whole.width() // 2, column.totalHeightForWidth(whole.width() // 2))
    assert box.height() == box.heightForWidth(box.width()) > whole.height()
    assert box.text() == box.accessibleName() == "Mention in the files that a model added the color, and which"


def test_a_row_without_room_goes_on_in_the_next_line_from_either_side(qtbot: QtBot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    row = Flow(around)
    row.setContentsMargins(0, 0, 0, 0)
    parts = [QLabel(text, around) for text in ("one", "two", "three")]
    hidden = QLabel("hidden", around)
    row.addWidget(parts[0])
    row.add_stretch()
    for part in (parts[1], parts[2], hidden):
        row.addWidget(part)
    hidden.hide()
    around.show()
    whole = row.sizeHint().width()
    around.resize(whole + 50, 40)
    assert parts[0].x() == 0
    assert parts[2].geometry().right() + 1 == around.width()
    assert len({part.y() for part in parts}) == 1
    narrow = whole - 1
    around.resize(narrow, row.heightForWidth(narrow))
    assert parts[2].y() > parts[1].y() == parts[0].y()
    assert parts[2].x() == 0
    assert row.minimumSize().width() < narrow
    around.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    row.activate()
    assert parts[0].geometry().right() + 1 == narrow == parts[2].geometry().right() + 1
