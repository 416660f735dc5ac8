"""Guide, licenses and the check for a newer version: all from files, none from a network."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from PySide6.QtGui import QFileOpenEvent, QImage
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QPushButton
from pytestqt.qtbot import QtBot

from handtint import __version__, paths
from handtint.gui.app import OpenRequests
from handtint.gui.help.about import AboutDialog, device_tip
from handtint.gui.help.guide import GuideWindow
from handtint.gui.help.licenses import LicenseDialog
from handtint.gui.help.updates import UpdateDialog, VersionFileError, read_release
from tests.gui.conftest import Studio, gray_photo
from tests.gui.test_appearance import without_names

SRC = Path(__file__).resolve().parents[2] / "src"


def version_file(folder: Path, **values: object) -> Path:
    path = folder / "handtint-version.json"
    path.write_text(json.dumps(values), encoding="utf-8")
    return path


def test_a_newer_version_is_said_with_what_is_new_in_it(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    page = UpdateDialog(studio.window)
    qtbot.addWidget(page)
    page.show_release(version_file(tmp_path, version="99.1", date="2030-01-01", changes=["Colors cats better."]))
    assert "99.1 of 2030-01-01 is newer" in page.answer.text()
    assert "Colors cats better." in page.answer.text()
    assert page.answer.accessibleName() == page.answer.text()


@pytest.mark.parametrize("version", [__version__, f"{__version__}.0", "0.0.9"])
def test_the_same_and_older_versions_are_not_newer(version: str, tmp_path: Path) -> None:
    assert not read_release(version_file(tmp_path, version=version)).is_newer


def test_versions_are_compared_as_numbers(tmp_path: Path) -> None:
    assert read_release(version_file(tmp_path, version="0.100.0")).is_newer


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"version": 2}',
        '{"version": "soon"}',
        "\x00\xff",
        '{"version": ""}',
        '{"version": "9.9", "date": "soon\\nor later"}',
        '{"version": "9.9", "changes": "many"}',
        "[" * 90_000,
        '{"version": ' + "9" * 9_000 + "}",
        '{"changes": ["' + "x" * 100_000 + '"], "version": "9.9"}',  # more than is read
    ],
    ids=range(12),
)
def test_a_file_that_is_no_version_file_is_said(content: str, tmp_path: Path) -> None:
    path = tmp_path / "notes.json"
    path.write_text(content, encoding="latin-1")
    with pytest.raises(
        VersionFileError, match=r'"notes.json" is not a version file. Open the file handtint-version.json'
    ):
        read_release(path)
    with pytest.raises(VersionFileError, match="could not be read"):
        read_release(tmp_path / "nowhere.json")


def test_no_list_of_changes_is_longer_than_the_page(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    page = UpdateDialog(studio.window)
    qtbot.addWidget(page)
    page.show_release(version_file(tmp_path, version="99.1", changes=["word " * 600, *["Colors cats better."] * 30]))
    assert page.sizeHint().height() < 700
    assert "and 19 more" in page.answer.text()


def test_the_button_that_enter_presses_has_room_for_its_text(studio: Studio, qtbot: QtBot) -> None:
    page = UpdateDialog(studio.window)
    qtbot.addWidget(page)
    page.show()
    (button,) = (button for button in page.findChildren(QPushButton) if button.isDefault())
    with_room = QPushButton(button.text())
    with_room.setMinimumWidth(button.width() + 100)
    qtbot.addWidget(with_room)
    narrow, wide = (_ink(each.grab().toImage()) for each in (button, with_room))
    assert narrow == wide


def _ink(image: QImage) -> int:
    """How many columns of a button hold letters, its edges left out."""
    ground = image.pixelColor(12, image.height() // 2)
    rows = range(6, image.height() - 6)
    columns = range(8, image.width() - 8)
    return sum(any(image.pixelColor(x, y) != ground for y in rows) for x in columns)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name")
def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    for path in (tmp_path / "pipe.json", tmp_path):
        with pytest.raises(VersionFileError, match="is not a version file"):
            read_release(path)


def test_a_wrong_version_file_is_said_on_the_page(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    page = UpdateDialog(studio.window)
    qtbot.addWidget(page)
    page.show_release(tmp_path / "nowhere.json")
    assert "could not be read" in page.answer.text()


def test_about_leads_to_the_licenses(studio: Studio, qtbot: QtBot, tmp_path: Path, monkeypatch) -> None:
    collected = tmp_path / "LICENSES.txt"
    collected.write_text("Handtint comes with:\n  numpy: BSD", encoding="utf-8")
    monkeypatch.setattr(paths, "licenses_file", lambda: collected)
    about = AboutDialog(studio.window)
    qtbot.addWidget(about)
    buttons = about.findChild(QDialogButtonBox)
    assert isinstance(buttons, QDialogButtonBox)
    next(button for button in buttons.buttons() if button.accessibleName() == "Licenses").click()
    page = about.findChild(LicenseDialog)
    assert isinstance(page, LicenseDialog)
    assert page.isVisible()
    assert page.text.toPlainText() == "Handtint comes with:\n  numpy: BSD"
    page.reject()


def test_a_source_tree_says_where_the_licenses_are(studio: Studio, qtbot: QtBot) -> None:
    page = LicenseDialog(studio.window)
    qtbot.addWidget(page)
    assert "LICENSE" in page.text.toPlainText()


def test_the_guide_shows_its_pictures(studio: Studio, qtbot: QtBot) -> None:
    text = (paths.guide_dir() / "guide.html").read_text(encoding="utf-8")
    for name in re.findall(r'<img src="([^"]+)"', text):
        image = QImage(str(paths.guide_dir() / name))
        assert image.width() >= 480, name
    for target in re.findall(r'<a href="#([^"]+)"', text):
        assert f'<a name="{target}">' in text
    assert "://" not in text
    page = GuideWindow(studio.window)
    qtbot.addWidget(page)
    page.show()
    assert "Your first photo" in page.text.toPlainText()


def test_the_guide_names_menus_as_the_window_does(studio: Studio) -> None:
    menus = {}
    for menu in studio.window.menuBar().actions():
        entries = menu.menu().actions()
        menus[menu.text().replace("&", "")] = {entry.text().replace("&", "").rstrip("…") for entry in entries}
    text = (paths.guide_dir() / "guide.html").read_text(encoding="utf-8").replace("\n", " ")
    named = re.findall(r"<b>(\w+) &gt; ([^<]+)</b>", text)
    assert len(named) > 8
    assert [(menu, entry) for menu, entry in named if entry not in menus[menu] | {"About"}] == []


def test_the_menu_opens_each_page_by_keys_alone(studio: Studio, qtbot: QtBot) -> None:
    actions = studio.window.actions_
    for action, kind in ((actions.guide, GuideWindow), (actions.updates, UpdateDialog)):
        action.trigger()
        page = studio.window.findChild(kind)
        assert page is not None
        assert page.isVisible()
        assert without_names(page) == []
        page.reject()


def test_every_button_of_the_pages_has_a_name_and_a_tip(studio: Studio, qtbot: QtBot) -> None:
    for page in (
        GuideWindow(studio.window),
        UpdateDialog(studio.window),
        LicenseDialog(studio.window),
        AboutDialog(studio.window),
    ):
        qtbot.addWidget(page)
        assert without_names(page) == []
        assert page.findChildren(QPushButton)


def test_the_build_for_the_processor_says_how_to_get_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(paths, "flavor", lambda: "cpu")
    assert "handtint-cuda" in device_tip()
    for flavor in ("cuda", ""):
        monkeypatch.setattr(paths, "flavor", lambda flavor=flavor: flavor)
        assert "handtint-cuda" not in device_tip()


def test_nothing_of_the_app_can_open_a_connection() -> None:
    for path in SRC.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(
            r"^\s*(?:import|from) (?:socket|ssl|http|urllib(?!\.parse)|requests|ftplib)\b|QtNetwork", text, re.M
        ), path


def test_a_photo_that_the_system_hands_over_is_opened(studio: Studio, qapp: QApplication, tmp_path: Path) -> None:
    requests = OpenRequests(qapp, studio.window.open)
    photo = gray_photo(tmp_path / "a.png")
    qapp.sendEvent(qapp, QFileOpenEvent(str(photo)))
    qapp.removeEventFilter(requests)
    studio.wait_for(studio.is_colored)
    assert studio.session.current is not None
    assert studio.session.current.path == photo
