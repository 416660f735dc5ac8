"""The window in another language: no bare English anywhere, read from the right, in large letters, by its names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QAbstractListModel, QCoreApplication, QLocale, QModelIndex, QPoint, QRect, Qt, QTranslator
from PySide6.QtGui import QAction, QFont, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QDockWidget,
    QFileDialog,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMenu,
    QSpinBox,
    QWidget,
)

from handtint import paths
from handtint.gui.album.model import AlbumModel
from handtint.gui.parts import translating
from handtint.gui.parts.fitting import ElidedLabel
from handtint.gui.parts.theme import LIGHT, style_sheet
from handtint.gui.parts.translating import in_language, speak
from handtint.gui.parts.words import isolated
from handtint.gui.repair.findings import FindingList
from handtint.imaging.photo import Photo
from handtint.recipe.adjust import Adjust
from handtint.recipe.recipe import Recipe
from handtint.recipe.repair import Repair
from handtint.recipe.settings import Settings
from handtint.repair.damage.kinds import Kinds
from handtint.repair.inspecting import Finding, inspect
from tests.gui.albums import make_album, open_album, restore
from tests.gui.conftest import Studio, color_photo, gray_photo
from tests.gui.test_appearance import without_names
from tests.gui.test_fit import doubles
from tests.gui.test_translating import SAID, SHIPPED
from tests.gui.tour import tour

_ACCENTS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "áƀçđéƒğħíĵķĺɱñóþɋřšŧúṽŵẋýžÁƁÇĐÉƑĞĦÍĴĶĹṀÑÓÞɊŘŠŦÚṼŴẊÝŽ",
)
# What is not translated: names of the program, of formats, licenses and models, and codes.
_NAMES = (
    *("Handtint", "handtint", "MIT", "Qt", "PySide", "LGPL", "PyTorch", "Pillow", "tifffile", "Python", "LICENSE"),
    *("JPEG", "PNG", "TIFF", "WebP", "BMP", "HEIC", "AVIF", "GIF", "PSD", "png", "json", "venv", "rrggbb", "px"),
    *("English", "Deutsch", "Español", "Français", "NVIDIA", "cuda", "cpu", "CPU", "MB", "GB", "MP", "ValueError"),
    *("unet", "small", "safetensors", "colorized", "detroit", "mark", "twain", "MiB", "AM", "PM"),
)


def pseudo(text: str) -> str:
    """Text as some language would have it: other letters, in brackets; names of values and escapes as they are."""
    parts = re.split(r"(\{\w*\})", text)
    return "[" + "".join(part if index % 2 else part.translate(_ACCENTS) for index, part in enumerate(parts)) + "]"


class PseudoQt(QTranslator):
    """Qt's own sentences in that language."""

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:
        return pseudo(text)


@pytest.fixture
def spoken(qapp: QApplication) -> Iterator[None]:
    """The window speaks the pseudo-language."""
    catalogue: dict[str, dict[str, str | list[str]]] = {}
    for one in SAID:
        assert one.text is not None
        said = pseudo(one.text)
        catalogue.setdefault(one.context, {})[one.text] = [said, said] if one.is_counted else said
    translating.use(catalogue)
    translator = PseudoQt()
    QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)
    translating.use({})


def said_by(root: QWidget) -> Iterator[tuple[str, str]]:
    """All that a window and its parts say, with who says it: texts, tips, names for screen readers, menus, lists."""
    for part in [root, *root.findChildren(QWidget)]:
        who = f"{type(part).__name__} {part.accessibleName()!r}"
        yield from (
            (who, text)
            for text in (part.toolTip(), part.statusTip(), part.accessibleName(), part.accessibleDescription())
        )
        if part.isWindow() or isinstance(part, QDockWidget):
            yield who, part.windowTitle()
        if isinstance(part, QLabel | QAbstractButton):
            yield who, part.text()
        if isinstance(part, QLineEdit):
            yield who, part.placeholderText()
        if isinstance(part, QComboBox):
            yield from ((who, part.itemText(row)) for row in range(part.count()))
        if isinstance(part, QGroupBox | QMenu):
            yield who, part.title()
        if isinstance(part, QSpinBox):
            yield who, part.prefix() + part.suffix()
        if isinstance(part, QAbstractItemView) and part.model() is not None:
            yield from ((who, text) for text in _rows(part))
        if isinstance(part, QMainWindow):
            yield who, part.statusBar().currentMessage()
    for action in root.findChildren(QAction):
        yield from (("QAction", text) for text in (action.text(), action.iconText(), action.toolTip()))


def _rows(view: QAbstractItemView) -> Iterator[str]:
    model, roles = view.model(), Qt.ItemDataRole
    for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount(QModelIndex())):
        yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        for row in range(model.rowCount(QModelIndex())):
            index: QModelIndex = model.index(row, column)
            for role in (roles.DisplayRole, roles.ToolTipRole, roles.AccessibleTextRole):
                yield str(model.data(index, role) or "")


def bare(text: str, folder: Path) -> list[str]:
    """English words in a text that was said in another language."""
    text = re.sub(
        r"(?:[/\w.-]*/)[\w./-]+|\b[0-9a-f]{6}\b|#\w+", " ", text.replace(str(folder), " ").replace("in tests", " ")
    )
    return [word for word in re.findall(r"(?<![^\W\d_])[A-Za-z]{2,}(?![^\W\d_])", text) if word not in _NAMES]


@pytest.mark.usefixtures("spoken")
def test_nothing_in_any_page_or_dialog_is_said_in_english_only(studio: Studio, tmp_path: Path) -> None:
    found: dict[str, str] = {}
    for page, window in tour(studio, tmp_path):
        for who, text in said_by(window):
            if words := bare(text, tmp_path):
                found.setdefault(f"{who}: {text!r}", f"{page}: {words}")
    assert [f"{page}: {who}" for who, page in found.items()] == []


class PageText(HTMLParser):
    """What a web page says, to those who see pictures and to those who do not."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.feed(re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.said += [value or "" for name, value in attrs if name == "alt"]

    def handle_data(self, data: str) -> None:
        self.said.append(data)


@pytest.mark.usefixtures("spoken")
def test_the_report_of_an_album_is_said_in_the_windows_language(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = make_album(tmp_path / "0099", ("0003.png",))
    color_photo(pictures / "0005.png")
    (pictures / "0006.png").write_text("1234")
    (pictures / "0007.xcf").touch()
    albums = open_album(studio, pictures)
    choices = albums.album.choices
    assert choices is not None
    colors = Settings(adjust=Adjust(20, skin=80), variant=1, recolor=True)
    albums.album.set_own({pictures / "0005.png": Recipe(color=colors)})
    restore(studio, albums)
    studio.wait_for(albums.actions_.report.isEnabled)
    path = choices.output / "0001.html"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(path), ""))
    albums.actions_.report.trigger()
    studio.wait_for(path.exists)
    said = PageText(path.read_text(encoding="utf-8")).said
    assert sum("0005.png" in text for text in said) > 1
    assert any(pseudo("warmth {amount}").format(amount="+20") in text for text in said)
    assert [text for text in said if bare(text, tmp_path)] == []


@pytest.mark.usefixtures("spoken")
def test_what_inspecting_a_photo_found_is_said_in_the_windows_language(qapp: QApplication) -> None:
    kinds = (Kinds(specks=340, lines=1), Kinds(lines=3, holes=1, too_large=2))
    found = [Finding(one.words, Repair()) for one in kinds]
    ramp = np.tile(np.linspace(80, 150, 400, dtype=np.uint8), (300, 1))
    window = QWidget()
    shown = FindingList(QAction(window), window)
    shown.show_findings((*found, *inspect(Photo(ramp)).each), Repair(), "")
    said = [text for _, text in said_by(shown) if text]
    assert any("340" in text for text in said)
    assert len(shown.buttons) > len(kinds)
    assert [text for text in said if bare(text, Path("/x"))] == []


def test_a_bare_word_is_seen() -> None:
    assert bare(pseudo("Save the result") + " 3 MB", Path("/x")) == []
    assert bare("[Šávé] All photos", Path("/x")) == ["All", "photos"]
    assert bare(pseudo('"{name}" is gone').format(name="Boat 1905"), Path("/x")) == ["Boat"]


def test_a_window_that_is_read_from_the_right_is_mirrored_and_its_pictures_are_not(
    studio: Studio, tmp_path: Path
) -> None:
    window, page = studio.window, studio.window.photo_workspace
    window.resize(1280, 800)
    studio.open_colored(gray_photo(tmp_path / "0001.png"))
    window.turn_actions.crop.trigger()

    def seen() -> list[QImage]:
        return [
            part.grab().toImage() for part in (window.photo_workspace.canvas, page.hint_tool.chooser.field)
        ]  # with the frame of the crop

    def left(part: QWidget) -> int:
        return part.mapTo(window, QPoint(0, 0)).x()

    assert left(window.photo_workspace.panel) > left(window.photo_workspace.canvas)
    before = seen()
    window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    QApplication.sendPostedEvents()
    QApplication.processEvents()
    assert left(window.photo_workspace.panel) < left(window.photo_workspace.canvas)
    assert [picture.size() for picture in seen()] == [picture.size() for picture in before]
    assert seen() == before


def names_out_of_order(root: QWidget) -> list[str]:
    """Names of files on labels, in titles, tips, menus and tables that take their direction from what is around."""
    seen: list[tuple[QWidget | QAction, str]] = []
    for part in [root, *root.findChildren(QWidget)]:
        seen += [(part, part.toolTip()), (part, part.windowTitle())]
        if isinstance(part, QLabel | QAbstractButton):
            seen.append((part, part.text()))
        if isinstance(part, QAbstractItemView) and part.model() is not None:
            model, roles = part.model(), (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
            is_painted_by_itself = isinstance(model, AlbumModel)  # with the name as it is drawn there
            seen += [
                (part, str(model.data(model.index(row, column), role) or ""))
                for row in range(model.rowCount(QModelIndex()))
                for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount(QModelIndex()))
                for role in (roles[1:] if is_painted_by_itself else roles)
            ]
    seen += [(action, text) for action in root.findChildren(QAction) for text in (action.text(), action.toolTip())]
    held = re.compile("\u2068[^\u2068\u2069]*\u2069")
    return [f"{type(part).__name__}: {text!r}" for part, text in seen if re.search(r"\d\.png", held.sub("", text))]


def test_names_of_files_keep_their_order_where_text_is_read_from_the_right(
    qapp: QApplication, spoken: None, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        studio: Studio = request.getfixturevalue("studio")
        found = [f"{page}: {text}" for page, window in tour(studio, tmp_path) for text in names_out_of_order(window)]
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    assert found == []


def test_a_name_is_drawn_in_its_own_order_in_either_direction(qapp: QApplication) -> None:
    """`0003.png` is as an image what it is where text runs from the left, not `png.0003`."""

    def drawn(name: str) -> QImage:
        picture = QImage(120, 30, QImage.Format.Format_RGB32)
        picture.fill(Qt.GlobalColor.white)
        painter = QPainter(picture)
        painter.setLayoutDirection(qapp.layoutDirection())
        painter.drawText(picture.rect(), Qt.AlignmentFlag.AlignHCenter, name)
        painter.end()
        return picture

    before = drawn("0003.png")
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        assert drawn("0003.png") != before
        assert drawn(isolated("0003.png")) == before
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    assert isolated("0003.png") == "0003.png"


def test_the_room_for_a_menus_arrow_is_at_the_end_of_the_line(qapp: QApplication) -> None:
    rule = 'QToolButton[popupMode="1"] {{ padding-{}: 20px; }}'
    assert rule.format("right") in style_sheet(LIGHT)
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    mirrored = style_sheet(LIGHT)
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    assert rule.format("left") in mirrored


def cut_off(root: QWidget) -> list[str]:
    """Seen buttons, fields and labels that have less room than what they say needs, or lie beside their window."""
    found = []
    for part in root.findChildren(QWidget):
        is_said = isinstance(part, QComboBox | QLineEdit) or (
            isinstance(part, QAbstractButton | QLabel) and part.text()
        )
        if not is_said or not part.isVisible() or part.window() is not root or isinstance(part, ElidedLabel):
            continue
        least = part.minimumSizeHint()
        place = QRect(part.mapTo(root, QPoint(0, 0)), part.size())
        if part.objectName() == "sample":  # Qt cuts it with an ellipsis; its tip is whole
            continue
        is_scrolled = any(isinstance(parent, QAbstractScrollArea) for parent in _parents(part))
        if part.width() < least.width() or part.height() < least.height():
            found.append(f"{part.accessibleName() or part.objectName()}: {part.size()}, needs {least}")
        elif not is_scrolled and not root.rect().contains(place):
            found.append(f"{part.accessibleName() or part.objectName()} at {place}")
    return found


def _parents(part: QWidget) -> Iterator[QWidget]:
    while (parent := part.parentWidget()) is not None:
        yield parent
        part = parent


@pytest.fixture
def large_letters(qapp: QApplication) -> Iterator[None]:
    """The system's font at 20 points."""
    before = qapp.font()
    font = QFont(before)
    font.setPointSize(20)
    qapp.setFont(font)
    yield
    qapp.setFont(before)


def cut_off_anywhere(studio: Studio, folder: Path, width: int, height: int) -> list[str]:
    """What is cut off in all workspaces and dialogs, on a screen of that size."""
    studio.window.resize(width, height)
    found = []
    for page, window in tour(studio, folder):
        left = cut_off(window)
        for _ in range(20):  # until panels have the width they need
            if left:
                QTest.qWait(50)
                left = cut_off(window)
        found += [f"{page}: {what}" for what in left]
    return found


@pytest.mark.usefixtures("large_letters")
def test_nothing_is_cut_off_in_large_letters(studio: Studio, tmp_path: Path) -> None:
    assert cut_off_anywhere(studio, tmp_path, 1280, 800) == []


@pytest.fixture(params=[path.stem for path in SHIPPED])
def shipped(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    """The window speaks this language."""
    known = QLocale()
    speak(qapp, request.param)
    yield request.param
    speak(qapp, "en")
    QLocale.setDefault(known)


def test_nothing_is_cut_off_in_another_language(shipped: str, studio: Studio, tmp_path: Path) -> None:
    assert cut_off_anywhere(studio, tmp_path, 1024, 600) == []


def test_in_a_menu_no_two_lines_have_the_same_key_in_any_language(shipped: str, studio: Studio) -> None:
    found = {menu.title(): doubles(a.text() for a in menu.actions()) for menu in studio.window.findChildren(QMenu)}
    found["bar"] = doubles(action.text() for action in studio.window.menuBar().actions())
    assert {title: keys for title, keys in found.items() if keys} == {}


def test_every_control_of_every_page_and_dialog_has_a_name_and_a_tip(studio: Studio, tmp_path: Path) -> None:
    found = [f"{page}: {what}" for page, window in tour(studio, tmp_path) for what in without_names(window)]
    assert found == []


def test_the_guide_is_there_in_each_language_and_names_menus_as_the_window_does(shipped: str, studio: Studio) -> None:
    folder = paths.guide_dir()
    english = (folder / "guide.html").read_text(encoding="utf-8")
    text = (folder / f"guide_{shipped}.html").read_text(encoding="utf-8")
    assert in_language(folder / "guide.html") == folder / f"guide_{shipped}.html"
    for pattern in (r'<a name="\w+">', r'<img src="[^"]+"', r'<a href="[^"]+"', r"<h2>", r"</?(?:p|tt|td|tr|table)>"):
        assert sorted(re.findall(pattern, text)) == sorted(re.findall(pattern, english)), pattern
    menus = {}
    for menu in studio.window.menuBar().actions():
        entries = menu.menu().actions()  # type: ignore[attr-defined]
        menus[menu.text().replace("&", "")] = {entry.text().replace("&", "").rstrip("…") for entry in entries}
    named = re.findall(r"<b>(\w+) &gt; ([^<]+)</b>", text.replace("\n", " "))
    assert len(named) > 8
    assert [(menu, entry) for menu, entry in named if entry not in menus[menu]] == []
