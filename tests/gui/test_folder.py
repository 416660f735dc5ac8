"""The folder of the photo on show: its neighbors, and what other programs do to its file."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QPushButton

from handtint.gui.photo.neighbors import _Folder
from handtint.recipe.hints import Hint
from tests.gui.conftest import Studio, gray_photo


def name(studio: Studio) -> str:
    return studio.session.current.path.name if studio.session.current is not None else ""


def page(studio: Studio, key: Qt.Key = Qt.Key.Key_PageDown) -> None:
    studio.window.activateWindow()
    studio.window.photo_workspace.canvas.setFocus()
    studio.wait_for(studio.window.photo_workspace.canvas.hasFocus)
    studio.qtbot.keyClick(studio.window.photo_workspace.canvas, key)


def test_page_keys_go_through_the_folder_as_people_count(studio: Studio, tmp_path: Path) -> None:
    for other in ("2.png", "10.png", "9 (colorized).png", "notes.txt", ".hidden.png"):
        (tmp_path / other).write_text("not a photo")
    (tmp_path / "9b.png").mkdir()
    studio.open_colored(gray_photo(tmp_path / "9.png"))
    page(studio)
    studio.wait_for(lambda: name(studio) == "10.png" and studio.window.photo_workspace.area.trouble.isVisible())
    page(studio)
    studio.wait_for(lambda: studio.said == "This is the last photo of its folder.")
    strip = studio.window.photo_workspace.filmstrip.list
    strip.setFocus()
    studio.qtbot.keyClick(strip, Qt.Key.Key_PageUp)  # other controls keep their keys
    neighbors = studio.window.photo_workspace._neighbors
    assert neighbors is not None
    assert neighbors._task is not None
    assert neighbors._task.is_over
    assert name(studio) == "10.png"
    page(studio, Qt.Key.Key_PageUp)
    page(studio, Qt.Key.Key_PageUp)
    studio.wait_for(lambda: name(studio) == "2.png")
    assert [photo.path.name for photo in studio.session.photos] == ["2.png"]


def test_a_photo_that_was_worked_on_stays_open_when_it_is_left(studio: Studio, tmp_path: Path) -> None:
    files = [gray_photo(tmp_path / f"{number}.png") for number in range(3)]
    studio.open_colored(files[0])
    studio.window.photo_workspace.panel.strength.slider.setValue(30)
    for number in (1, 2):
        page(studio)
        studio.wait_for(lambda number=number: name(studio) == f"{number}.png" and studio.is_colored())
    assert [photo.path.name for photo in studio.session.photos] == ["0.png", "2.png"]


def test_photos_opened_by_hand_stay_open(studio: Studio, tmp_path: Path) -> None:
    for number in range(4):
        gray_photo(tmp_path / f"{number}.png")
    studio.open_colored(tmp_path / "0.png", tmp_path / "2.png")
    page(studio)
    studio.wait_for(lambda: name(studio) == "1.png" and studio.is_colored())
    page(studio)
    studio.wait_for(lambda: name(studio) == "2.png" and studio.is_colored())
    assert [photo.path.name for photo in studio.session.photos] == ["0.png", "2.png"]


def test_a_photo_that_is_gone_from_its_folder_still_has_neighbors(tmp_path: Path) -> None:
    folder = _Folder()
    for number in (1, 3):
        gray_photo(tmp_path / f"{number}.png", (4, 4))
    assert folder.beside(tmp_path / "2.png", 1) == tmp_path / "3.png"
    assert folder.beside(tmp_path / "2.png", -1) == tmp_path / "1.png"
    assert folder.beside(tmp_path / "4.png", 1) is None
    assert folder.beside(tmp_path / "0.png", -1) is None
    assert folder.beside(tmp_path / "1.png", 40) == tmp_path / "3.png"
    (tmp_path / "2.png").write_text("new")
    assert folder.beside(tmp_path / "1.png", 1) == tmp_path / "2.png"


def come_back(studio: Studio) -> None:
    """What the window hears when it comes to the front again."""
    studio.window.activateWindow()
    QApplication.sendEvent(studio.window, QEvent(QEvent.Type.ActivationChange))


def test_a_file_that_another_program_changed_is_reloaded_when_wanted_and_keeps_its_settings(
    studio: Studio, tmp_path: Path
) -> None:
    file = gray_photo(tmp_path / "a.png")
    studio.open_colored(file)
    hint = Hint(10, 10, 5, 30, 30)
    studio.session.editing.load_hints(studio.session.photos[0], (hint,))
    studio.window.photo_workspace.panel.strength.slider.setValue(50)
    asked, before = studio.predictions, studio.session.photos[0].before
    come_back(studio)
    gray_photo(tmp_path / "b.png").replace(file)
    come_back(studio)
    studio.wait_for(lambda: studio.said.startswith('Another program changed "a.png".'))
    assert studio.session.photos[0].before is before
    studio.window.photo_workspace.area.notice.button.click()
    studio.wait_for(lambda: studio.predictions == asked + 1 and studio.is_colored())
    settings = studio.session.photos[0].settings
    assert (settings.hints, settings.strength) == ((hint,), 0.5)
    assert studio.session.photos[0].before is not before
    assert studio.said == ""


def test_hints_go_when_the_file_has_another_size(studio: Studio, tmp_path: Path) -> None:
    file = gray_photo(tmp_path / "a.png")
    studio.open_colored(file)
    studio.session.editing.load_hints(studio.session.photos[0], (Hint(70, 50, 5, 30, 30),))
    gray_photo(file, (30, 40))
    studio.session.reload()
    studio.wait_for(lambda: studio.said.startswith("The size of "))
    studio.wait_for(studio.is_colored)
    assert studio.session.photos[0].settings.hints == ()
    assert not studio.window.actions_.undo.isEnabled()


def test_what_is_shown_stays_when_its_file_is_gone_or_cannot_be_read(studio: Studio, tmp_path: Path) -> None:
    file = gray_photo(tmp_path / "a.png")
    studio.open_colored(file)
    content = file.read_bytes()
    file.unlink()
    come_back(studio)
    studio.wait_for(lambda: studio.said.startswith('"a.png" is no longer there'))
    assert studio.is_colored()
    studio.window.photo_workspace.area.notice.close_button.click()
    come_back(studio)
    file.write_bytes(content[:60])
    come_back(studio)
    studio.wait_for(lambda: "changed" in studio.said)
    studio.window.photo_workspace.area.notice.button.click()
    studio.wait_for(lambda: studio.said.startswith("Could not open"))
    assert studio.is_colored()


@pytest.mark.parametrize("way_back", ["key", "button", "closed"])
def test_just_the_photo_is_seen_until_one_goes_back(studio: Studio, tmp_path: Path, way_back: str) -> None:
    window = studio.window
    studio.open_colored(gray_photo(tmp_path / "a.png"), gray_photo(tmp_path / "b.png"))
    around = [
        window.menuBar(),
        window.toolbar,
        window.photo_workspace.panel,
        window.photo_workspace.filmstrip,
        window.statusBar(),
    ]
    window.actions_.photo_only.trigger()
    assert [part.isVisible() for part in around] == [False] * 5
    assert window.isFullScreen()
    page(studio)
    studio.wait_for(lambda: name(studio) == "b.png" and studio.is_colored())
    studio.qtbot.keyClick(window.photo_workspace.canvas, Qt.Key.Key_B)
    assert window.photo_workspace.canvas.is_original_shown
    if way_back == "key":
        studio.qtbot.keyClick(window.photo_workspace.canvas, Qt.Key.Key_Escape)
    elif way_back == "button":
        studio.qtbot.mouseMove(window.photo_workspace.canvas)
        (button,) = (
            part for part in window.photo_workspace.area.findChildren(QPushButton) if part.accessibleName() == "Leave"
        )
        button.click()
    else:
        window.actions_.close_photo.trigger()
        window.actions_.close_photo.trigger()
        around = [
            part for part in around if part not in (window.photo_workspace.filmstrip, window.photo_workspace.panel)
        ]  # in the photo's workspace
    assert all(part.isVisible() for part in around)
    assert not window.isFullScreen()
    assert not window.actions_.photo_only.isChecked()
