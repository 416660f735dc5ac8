"""What is true of the whole window: themes, names for screen readers, keys, icons."""

from __future__ import annotations

import gc
import re
from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction, QColor, QIcon, QImage, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QScrollBar,
    QSpinBox,
    QToolTip,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from handtint import paths
from handtint.gui.actions import HELD_KEYS
from handtint.gui.canvas.canvas import Canvas, Mode
from handtint.gui.help.about import AboutDialog
from handtint.gui.help.context_keys import context_keys
from handtint.gui.help.shortcuts import ShortcutDialog
from handtint.gui.parts import icons
from handtint.gui.parts.faults import FaultDialog
from handtint.gui.parts.theme import DARK, LIGHT, Colors, Theme, style_sheet
from handtint.gui.saving.dialog import SaveDialog
from handtint.imaging.photo import PhotoMeta
from handtint.recipe.saving import SaveOptions, output_path
from tests.gui.albums import open_album
from tests.gui.conftest import Studio, gray_photo

_SAME_KEYS = {Qt.Key.Key_Enter: Qt.Key.Key_Return, Qt.Key.Key_Backtab: Qt.Key.Key_Tab}
INTERACTIVE = (QAbstractButton, QAbstractSlider, QComboBox, QLineEdit, QAbstractItemView, Canvas)


def without_names(root: QWidget) -> list[str]:
    """Interactive widgets that a screen reader or a pointer at rest would be silent about."""
    found = []
    for widget in root.findChildren(QWidget):
        is_part_of_another = (
            isinstance(widget, QScrollBar)
            or widget.objectName().startswith("qt_")
            or isinstance(widget.parent(), QComboBox)
            or (widget.parentWidget() and isinstance(widget.parentWidget().parent(), QComboBox))
            or isinstance(widget.parent(), QAbstractItemView)
        )
        is_silent = not widget.accessibleName() or not (widget.toolTip() or isinstance(widget, Canvas))
        if isinstance(widget, INTERACTIVE) and not is_part_of_another and is_silent:
            found.append(f"{type(widget).__name__} {widget.objectName()}")
    return found


def test_every_control_of_the_window_has_a_name_and_a_tip(studio: Studio) -> None:
    studio.session.troubled.emit("A sentence.")
    assert without_names(studio.window) == []


def test_every_control_of_the_dialogs_has_a_name_and_a_tip(studio: Studio, qtbot: QtBot, tmp_path) -> None:
    source = tmp_path / "a.png"
    for dialog in (
        SaveDialog(source, PhotoMeta(), output_path(source, source.parent, "png"), SaveOptions(), studio.window),
        ShortcutDialog(studio.window),
        AboutDialog(studio.window),
        FaultDialog(ValueError("x"), studio.window),
    ):
        qtbot.addWidget(dialog)
        assert without_names(dialog) == []


def test_the_page_of_shortcuts_lists_every_key_of_the_window(studio: Studio) -> None:
    page = ShortcutDialog(studio.window)
    rows = {page.table.item(row, 0).text(): page.table.item(row, 1).text() for row in range(page.table.rowCount())}
    native = QKeySequence.SequenceFormat.NativeText
    for action in studio.window.findChildren(QAction):
        keys = [*action.shortcuts(), *map(QKeySequence, action.property(HELD_KEYS) or [])]
        for key in keys:
            assert key.toString(native) in rows[action.text().replace("&", "").rstrip("…")]
    assert {"Open", "Save", "Zoom In", "Show Original", "Wipe", "Full Screen"} <= set(rows)


def test_every_key_that_a_part_of_the_window_takes_by_itself_is_listed(qapp: object) -> None:
    """Where this fails: put the key into help/context_keys.py."""
    contexts = context_keys()
    handlers = Path(context_keys.__code__.co_filename).parents[1]
    for path in handlers.rglob("*.py"):
        used = set(re.findall(r"Qt\.Key\.Key_(\w+)", path.read_text(encoding="utf-8")))
        name = path.relative_to(handlers).with_suffix("").as_posix()
        listed = [
            QKeySequence(key)[0].key()
            for one in contexts
            if name in one.modules
            for _, keys in one.rows
            for key in keys.split()
        ]
        taken = {getattr(Qt.Key, f"Key_{key}") for key in used}
        wanted = {_SAME_KEYS.get(key, key) for key in taken}
        assert wanted <= set(listed), f"{name}: {wanted - set(listed)}"


def test_no_two_actions_share_a_key(studio: Studio) -> None:
    keys = [key.toString() for action in studio.window.findChildren(QAction) for key in action.shortcuts()]
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("colors", [DARK, LIGHT], ids=["dark", "light"])
def test_what_surrounds_a_photo_is_neutral_gray(colors: Colors) -> None:
    for name in (
        "surround",
        "ground",
        "raised",
        "hover",
        "pressed",
        "sunken",
        "chosen",
        "edge",
        "text",
        "muted",
    ):
        color = QColor(getattr(colors, name))
        assert color.red() == color.green() == color.blue(), name
    assert 40 <= QColor(colors.surround).red() <= 140


def contrast(one: str, other: str) -> float:
    """Of two colors, 1 to 21, as WCAG 2 defines it."""

    def luminance(name: str) -> float:
        color = QColor(name)
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color.getRgbF()[:3]]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colors", [DARK, LIGHT], ids=["dark", "light"])
def test_texts_and_the_borders_of_controls_stand_out(colors: Colors) -> None:
    assert contrast("white", "black") == pytest.approx(21)
    for ground in (colors.ground, colors.raised, colors.sunken):
        assert contrast(colors.text, ground) >= 4.5
        assert contrast(colors.muted, ground) >= 4.5
        assert contrast(colors.border, ground) >= 3
        assert contrast(colors.focus, ground) >= 3
    assert contrast(colors.danger, colors.ground) >= 4.5
    for accent in (colors.accent, colors.accent_hover):
        assert contrast(colors.accent_text, accent) >= 4.5
    assert contrast(colors.accent, colors.ground) >= 3
    sheet = style_sheet(colors)
    for control in ("QPushButton", "QComboBox", "QLineEdit", "QSpinBox", 'QToolButton[role="framed"]'):
        rules = re.findall(r"([^{}]+)\{([^}]*)\}", sheet)
        bodies = [body for names, body in rules if control in names.replace(",", " ").split()]
        assert f"border: 1px solid {colors.border}" in " ".join(bodies), control


@pytest.mark.parametrize("colors", [DARK, LIGHT], ids=["dark", "light"])
def test_borders_rings_and_texts_stand_out_as_they_are_drawn(qtbot: QtBot, colors: Colors) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    page.setStyleSheet(style_sheet(colors))
    column = QVBoxLayout(page)
    primary, box = QPushButton("Save", page), QComboBox(page)
    primary.setProperty("role", "primary")
    box.addItem("JPEG")
    button, line, number, check = QPushButton("Open", page), QLineEdit("a", page), QSpinBox(page), QCheckBox("b", page)
    for control in (primary, button, box, line, number, check):
        column.addWidget(control)
    page.show()
    qtbot.waitExposed(page)

    def across(control: QWidget, last: int) -> list[str]:
        """Colors from beside the control to some pixels inside it, at half its height."""
        picture = page.grab().toImage()
        at = control.mapTo(page, control.rect().center())
        return [picture.pixelColor(x, at.y()).name() for x in range(control.x() - 4, control.x() + last)]

    def most(seen: list[str], ground: str) -> float:
        return max(contrast(color, ground) for color in seen)

    for control in (primary, button, box, line, number, check):
        for take_focus in (control.clearFocus, control.setFocus):
            take_focus()
            seen = across(control, 12)
            assert most(seen, seen[0]) >= 3, (type(control).__name__, seen)
        words = across(control, control.width())
        assert most(words, words[len(words) // 4 if control is primary else -8]) >= 4.5, type(control).__name__


@pytest.mark.parametrize("theme", [Theme.DARK, Theme.LIGHT])
def test_what_is_chosen_and_has_the_focus_looks_different_from_what_is_chosen_alone(
    studio: Studio, tmp_path: Path, theme: Theme
) -> None:
    window = studio.window
    window.actions_.themes[theme].trigger()
    (tmp_path / "Album").mkdir()
    studio.open_colored(gray_photo(tmp_path / "Album" / "a.png"))
    window.actions_.modes[Mode.RESULT].trigger()

    def differs(part: QWidget) -> bool:
        part.clearFocus()
        before = part.grab().toImage()
        part.setFocus(Qt.FocusReason.TabFocusReason)
        studio.wait_for(part.hasFocus)
        return part.grab().toImage() != before

    for part in (
        window.photo_workspace.filmstrip.list,
        window.photo_workspace.panel.variants.buttons[0],
        window.photo_workspace.canvas,
    ):
        assert differs(part), part.accessibleName()
    albums = open_album(studio, tmp_path / "Album")
    albums.workspace.grid.selectAll()
    assert differs(albums.workspace.grid)


def test_names_of_files_are_no_markup_wherever_they_stand(studio: Studio) -> None:
    name = 'a <b>bold</b> <img src="x.png"> &lt;.jpg'
    box = QMessageBox(QMessageBox.Icon.Question, "Handtint", name, parent=studio.window)
    box.setInformativeText(name)
    box.show()
    QToolTip.showText(studio.window.pos(), name, studio.window)
    labels = studio.window.findChildren(QLabel)
    assert len([label for label in labels if label.text() == name]) == 3
    for label in labels:
        label.ensurePolished()
        assert label.textFormat() is Qt.TextFormat.PlainText, label.text()
    QToolTip.hideText()
    box.close()


def test_the_theme_there_is_already_styles_nothing_anew(studio: Studio) -> None:
    keeper, changes = studio.window._keeper, list[Theme]()
    keeper.choose(Theme.LIGHT)
    keeper.changed.connect(lambda: changes.append(keeper.theme))
    keeper.choose(Theme.LIGHT)
    keeper.choose(Theme.DARK)
    keeper.choose(Theme.DARK)
    assert changes == [Theme.DARK]


class _Stylings(QObject):
    """How often each widget was given its style."""

    def __init__(self) -> None:
        super().__init__()
        self.each = Counter[QObject]()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.StyleChange:
            self.each[watched] += 1
        return False


def test_a_theme_styles_no_widget_for_each_of_its_parents(studio: Studio, qapp: QApplication) -> None:
    """Qt does where one style sheet follows another, and the window stands still meanwhile."""
    keeper = studio.window._keeper
    keeper.choose(Theme.LIGHT)
    seen = _Stylings()
    qapp.installEventFilter(seen)
    keeper.choose(Theme.DARK)
    qapp.removeEventFilter(seen)
    assert len(seen.each) > 300
    assert max(seen.each.values()) <= 3  # off, on, and once where a part restyles itself


def test_choosing_a_theme_changes_the_window_at_once(studio: Studio) -> None:
    actions, window = studio.window.actions_, studio.window
    seen = {}
    for theme in (Theme.DARK, Theme.LIGHT):
        actions.themes[theme].trigger()
        ground = window.palette().window().color()
        ink = actions.open.icon().pixmap(20, 20).toImage()
        inked = [ink.pixelColor(x, y) for x in range(20) for y in range(20) if ink.pixelColor(x, y).alpha() > 200]
        canvas = window.photo_workspace.canvas
        seen[theme] = (ground.lightness(), max(c.lightness() for c in inked), canvas.surround.red())
    dark, light = seen[Theme.DARK], seen[Theme.LIGHT]
    assert dark[0] < 60 < 200 < light[0]
    assert light[1] < 60 < 200 < dark[1]
    assert dark[2] != light[2]


def test_every_icon_draws_something(qapp: object) -> None:
    for path in sorted(paths.icons_dir().glob("*.svg")):
        image = icons.pixmap(path.stem, QColor("black"), 24, 2.0).toImage()
        assert image.width() == 48
        assert any(image.pixelColor(x, y).alpha() for x in range(48) for y in range(48)), path.name


@pytest.mark.parametrize("ratio", [1.0, 1.5, 3.0])
def test_an_icon_is_as_sharp_as_the_screen_and_no_larger_than_it_was_made_for(qapp: object, ratio: float) -> None:
    icon = QIcon(icons.icon("save", QColor("red"), QColor("gray"), 20))
    drawn = icons.pixmap("save", QColor("red"), 20, ratio)
    for asked in (20, 64):
        assert icon.pixmap(QSize(asked, asked), ratio).toImage() == drawn.toImage()
    faint = icon.pixmap(QSize(20, 20), ratio, QIcon.Mode.Disabled).toImage()
    assert faint == icons.pixmap("save", QColor("gray"), 20, ratio).toImage()
    canvas = QImage(drawn.size(), QImage.Format.Format_ARGB32_Premultiplied)
    canvas.setDevicePixelRatio(ratio)
    canvas.fill(Qt.GlobalColor.transparent)
    painter = QPainter(canvas)
    icon.paint(painter, 0, 0, 20, 20)
    painter.end()
    assert canvas == drawn.toImage().convertToFormat(canvas.format())


def test_an_icon_without_room_is_not_drawn(qapp: object) -> None:
    assert icons.pixmap("handtint", None, 0).isNull()


def test_an_icon_may_be_copied_and_added_to(qapp: object) -> None:
    icon = icons.icon("save", QColor("red"), QColor("gray"), 20)
    copy = QIcon(icon)
    copy.addPixmap(icons.pixmap("open", QColor("red"), 20))  # Qt asks the engine for a copy of itself
    del icon
    gc.collect()
    assert copy.pixmap(20, 20).toImage() == icons.pixmap("save", QColor("red"), 20).toImage()


def test_icons_hold_no_color_of_their_own_so_that_they_follow_the_theme() -> None:
    for path in paths.icons_dir().glob("*.svg"):
        if path.stem != "handtint" and "-on-" not in path.stem:
            assert set(re.findall("#[0-9a-fA-F]{3,8}", path.read_text(encoding="utf-8"))) == {"#000000"}, path


def test_tab_goes_through_the_controls_in_the_order_they_are_seen(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    expected = ["Open", "Wipe", "Side by Side", "Result Only", "Original", "Zoom out", "Photo", "Model"]
    expected += ["Vividness", "Strength", "Save", "Open photos"]
    seen: list[str] = []
    widget = studio.window.toolbar.findChildren(QAbstractButton)[0]
    start = widget
    while True:
        if widget.isVisibleTo(studio.window) and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            seen.append(widget.accessibleName())
        widget = widget.nextInFocusChain()
        if widget is start:
            break
    assert [name for name in seen if name in expected] == [name for name in expected if name in seen]
    assert {"Open", "Photo", "Model", "Vividness", "Strength", "Save"} <= set(seen)


@pytest.mark.parametrize("theme", [Theme.LIGHT, Theme.DARK])
def test_the_chosen_row_of_a_drop_down_can_be_read(studio: Studio, theme: Theme) -> None:
    studio.window.actions_.themes[theme].trigger()
    box = QComboBox(studio.window)
    box.addItems(["MMMM", "WWWW"])
    box.show()
    box.showPopup()
    view = box.view()
    row = view.visualRect(view.model().index(box.currentIndex(), 0)).adjusted(2, 3, -2, -3)
    image = view.viewport().grab(row).toImage()
    shades = [image.pixelColor(x, y).lightness() for x in range(image.width()) for y in range(image.height())]
    assert max(shades) - min(shades) > 90
    box.hidePopup()
    box.deleteLater()
