"""Albums: opening a folder, the grid, what is set for photos, and the way to single photos and back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from handtint.album.photos import Show, Sort
from handtint.gui.album.actions import CellView
from handtint.gui.album.cell import BOX, CELL, AlbumCell
from handtint.gui.album.thumbnails import Thumbnails
from handtint.gui.parts.worker import Worker
from handtint.gui.session import tasks
from handtint.gui.session.memory import Memory
from handtint.recipe.geometry import Geometry
from handtint.recipe.recipe import Recipe
from handtint.recipe.settings import Settings
from tests.gui.albums import make_album, open_album, shown
from tests.gui.conftest import Studio, gray_photo
from tests.gui.test_appearance import without_names


def test_a_folder_opens_as_an_album_and_nothing_is_colored_yet(studio: Studio, tmp_path: Path) -> None:
    folder = make_album(tmp_path / "Album", ("photo 10.png", "Photo 2.png", "attic.png"))
    (folder / "notes.txt").write_text("not a photo")
    albums = open_album(studio, folder)
    assert shown(albums) == ["attic.png", "Photo 2.png", "photo 10.png"]
    assert studio.predictions == 0
    assert studio.session.photos == []
    assert studio.window.windowTitle() == "Album - Handtint"
    assert not studio.window.toolbar.isVisible()
    assert albums.workspace.bar.title.text() == "3 photos"


def test_the_grid_shows_negatives_inverted_and_photos_turned_as_they_are_asked_for(
    studio: Studio, tmp_path: Path
) -> None:
    albums = open_album(studio, make_album(tmp_path / "Album", ("a.png", "b.png")))
    thumbnails = albums.workspace.grid.thumbnails

    def look(name: str) -> tuple[bool, int]:
        """Whether the picture is wide, and how much lighter its lower right corner is than its upper left one."""
        image = thumbnails.get(tmp_path / "Album" / name) or QImage(1, 1, QImage.Format.Format_RGB32)
        right, bottom = image.width() - 1, image.height() - 1
        lighter = image.pixelColor(right, bottom).lightness() - image.pixelColor(0, 0).lightness()
        return image.width() > image.height(), lighter

    def is_seen(name: str, is_wide: bool, sign: int) -> bool:
        return look(name)[0] is is_wide and look(name)[1] * sign > 150

    studio.wait_for(lambda: is_seen("a.png", True, 1) and is_seen("b.png", True, 1))
    albums.album.set_own({tmp_path / "Album" / "a.png": Recipe(is_inverted=True)})
    studio.wait_for(lambda: is_seen("a.png", True, -1))
    albums.album.set_all(Recipe(geometry=Geometry(90)))
    studio.wait_for(lambda: is_seen("b.png", False, 1))
    assert is_seen("a.png", True, -1)


def test_two_lines_of_a_large_font_fit_below_a_picture(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    usual = AlbumCell(lambda photo: (None, None), parent).height
    font = parent.font()
    font.setPixelSize(40)
    parent.setFont(font)
    large = AlbumCell(lambda photo: (None, None), parent).height
    assert usual == CELL.height()
    assert large - BOX.height() >= 2 * parent.fontMetrics().height() + 20


def test_one_photo_is_not_spoken_of_as_many(studio: Studio, tmp_path: Path) -> None:
    albums = open_album(studio, make_album(tmp_path / "Album", ("a.png",)))
    assert albums.workspace.panel.title.accessibleName() == "1 photo"
    assert albums.workspace.bar.title.text() == "1 photo"


def test_an_album_can_be_chosen_in_a_dialog_and_is_among_the_recent_ones(
    studio: Studio, memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_album(tmp_path / "Album")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    studio.window.actions_.open_album.trigger()
    studio.wait_for(lambda: studio.window.albums.is_seen)
    assert memory.recent == [folder]


def test_thousands_of_photos_open_without_being_read(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_album(tmp_path / "Album", ("0.png",))
    content = (folder / "0.png").read_bytes()
    for number in range(1, 2000):
        (folder / f"{number}.png").write_bytes(content)
    read: list[Path] = []
    thumbnail = tasks.thumbnail
    monkeypatch.setattr(tasks, "thumbnail", lambda path, look: read.append(path) or thumbnail(path, look))
    albums = open_album(studio, folder)
    grid = albums.workspace.grid
    assert len(shown(albums)) == 2000
    studio.wait_for(lambda: all(grid.thumbnails.get(folder / f"{row}.png") for row in grid.in_view()))
    grid.scrollToBottom()
    studio.wait_for(lambda: grid.thumbnails.get(folder / "1999.png") is not None)
    assert grid.in_view().stop == 2000
    assert len(read) < 300
    assert folder / "1000.png" not in read


def test_pictures_kept_stay_within_their_budget_and_the_last_used_ones_stay(
    worker: Worker, qtbot: QtBot, tmp_path: Path
) -> None:
    thumbnails = Thumbnails(worker, QSize(32, 32), lambda path: Recipe(), None, budget_bytes=10 * 32 * 24 * 4)
    paths = [gray_photo(tmp_path / f"{number}.png") for number in range(30)]
    thumbnails.request(paths)
    qtbot.waitUntil(lambda: thumbnails.get(paths[-1]) is not None)
    assert 0 < thumbnails._bytes <= 10 * 32 * 24 * 4
    assert thumbnails.get(paths[0]) is None
    image = thumbnails.get(paths[-1])
    assert image is not None
    assert (image.width(), image.height()) == (32, 24)


def test_what_left_the_view_is_never_begun(
    worker: Worker, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    monkeypatch.setattr(tasks, "thumbnail", lambda path, look: read.append(path) or QImage())
    thumbnails = Thumbnails(worker, QSize(32, 32), lambda path: Recipe())
    first = [tmp_path / f"{number}.png" for number in range(50)]
    thumbnails.request(first)
    thumbnails.request([tmp_path / "seen.png"])
    qtbot.waitUntil(lambda: thumbnails.get(tmp_path / "seen.png") is not None)
    assert read == [first[0], tmp_path / "seen.png"]


def test_photos_of_folders_inside_belong_to_the_album_by_choice(studio: Studio, tmp_path: Path) -> None:
    folder = make_album(tmp_path / "Album", ("a.png", "attic/b.png"))
    albums = open_album(studio, folder)
    assert shown(albums) == ["a.png"]
    albums.actions_.recursive.trigger()
    studio.wait_for(lambda: shown(albums) == ["a.png", "b.png"])
    albums.workspace.sort_box.setCurrentIndex(3)
    assert [photo.folder for photo in albums.album.model.shown] == ["", "attic"]


def test_a_folder_with_photos_in_folders_inside_only_opens_with_those(studio: Studio, tmp_path: Path) -> None:
    albums = open_album(studio, make_album(tmp_path / "Album", ("1905/a.png", "1912/b.png")))
    assert shown(albums) == ["a.png", "b.png"]
    assert albums.actions_.recursive.isChecked()


def test_photos_are_filtered_by_name_and_star_and_sorted_by_date(studio: Studio, tmp_path: Path) -> None:
    folder = make_album(tmp_path / "Album", ("attic.png", "barn.png", "cat.png"))
    for day, name in enumerate(("cat.png", "attic.png", "barn.png"), 1):
        os.utime(folder / name, (day * 86400, day * 86400))
    albums = open_album(studio, folder)
    albums.workspace.filter.setText("AT")
    assert shown(albums) == ["attic.png", "cat.png"]
    albums.workspace.filter.clear()
    albums.workspace.grid.select([folder / "barn.png", folder / "cat.png"])
    albums.actions_.mark.trigger()
    albums.workspace.show_only(Show.MARKED)
    assert shown(albums) == ["barn.png", "cat.png"]
    albums.workspace.show_only(Show.DONE)
    assert shown(albums) == []
    assert albums.workspace.empty.isVisible()
    albums.workspace.show_only(Show.ALL)
    albums.workspace.sort_box.setCurrentIndex(1)
    assert albums.workspace.sorted_by is Sort.DATE
    studio.wait_for(lambda: shown(albums) == ["cat.png", "attic.png", "barn.png"])
    studio.wait_for(lambda: "(2)" in albums.workspace.show_box.itemText(5))


def test_the_key_m_puts_a_star_on_what_is_selected_but_types_in_the_field(studio: Studio, tmp_path: Path) -> None:
    folder = make_album(tmp_path / "Album")
    albums = open_album(studio, folder)
    albums.workspace.grid.setFocus()
    albums.workspace.grid.select([folder / "b.png"], folder / "b.png")
    QTest.keyClick(albums.workspace.grid, Qt.Key.Key_M)
    assert [photo.is_marked for photo in albums.album.model.photos] == [False, True, False]
    QTest.keyClick(albums.workspace.grid, Qt.Key.Key_M)
    assert not any(photo.is_marked for photo in albums.album.model.photos)
    albums.workspace.filter.setFocus()
    QTest.keyClicks(albums.workspace.filter, "m")
    assert albums.workspace.filter.text() == "m"
    assert not any(photo.is_marked for photo in albums.album.model.photos)


@pytest.mark.parametrize("width", [1000, 1180, 1190, 1330])
def test_no_column_of_the_grid_stays_empty(studio: Studio, tmp_path: Path, width: int) -> None:
    studio.window.resize(width, 900)
    albums = open_album(studio, make_album(tmp_path / "Album", [f"{number}.png" for number in range(6)]))
    grid, model = albums.workspace.grid, albums.album.model
    rights = [grid.visualRect(model.index(row)).right() for row in range(6)]
    assert grid.viewport().width() - max(rights) < CELL.width() // 2


def test_the_selection_stays_when_the_rows_are_sorted_anew(studio: Studio, tmp_path: Path) -> None:
    folder = make_album(tmp_path / "Album", [f"{number}.png" for number in range(9)])
    albums = open_album(studio, folder)
    chosen = [folder / "1.png", folder / "2.png", folder / "7.png"]
    albums.workspace.grid.select(chosen, folder / "7.png")
    assert [photo.path for photo in albums.workspace.grid.selected] == chosen
    albums.workspace.filter.setText("7")
    albums.workspace.filter.clear()
    assert [photo.path for photo in albums.workspace.grid.selected] == [folder / "7.png"]
    assert albums.workspace.grid.current is not None
    assert albums.workspace.grid.current.path == folder / "7.png"


def test_settings_go_to_the_selected_photos_or_to_the_album(studio: Studio, tmp_path: Path) -> None:
    folder = make_album(tmp_path / "Album")
    albums = open_album(studio, folder)
    panel, album = albums.workspace.panel, albums.album
    panel.strength.slider.setValue(80)
    albums.workspace.grid.select([folder / "a.png", folder / "b.png"])
    assert panel.strength.value == 0.8
    panel.vividness.slider.setValue(10)
    assert album.settings_of(folder / "a.png") == Settings(0.1, 0.8)
    assert album.settings_of(folder / "b.png") == Settings(0.1, 0.8)
    assert album.settings_of(folder / "c.png") == Settings(strength=0.8)
    assert panel.drop.isEnabled()
    albums.workspace.grid.select([folder / "a.png"])
    panel.closely.click()
    assert album.settings_of(folder / "a.png") == Settings(0.1, 0.8, closely=True)
    panel.drop.click()
    assert album.settings_of(folder / "a.png") == Settings(strength=0.8)
    assert not panel.closely.isChecked()
    assert not panel.drop.isEnabled()


def test_stars_and_settings_are_there_when_the_folder_is_opened_again(studio: Studio, tmp_path: Path) -> None:
    folder = make_album(tmp_path / "Album")
    albums = open_album(studio, folder)
    albums.album.mark([folder / "b.png"], True)
    albums.album.set_own({folder / "c.png": Recipe(Settings(0.3, 1.2))})
    open_album(studio, make_album(tmp_path / "Other"))
    albums = open_album(studio, folder)
    assert [photo.is_marked for photo in albums.album.model.photos] == [False, True, False]
    assert [photo.has_own for photo in albums.album.model.photos] == [False, False, True]
    assert albums.album.settings_of(folder / "c.png") == Settings(0.3, 1.2)
    assert sorted(path.name for path in folder.iterdir()) == ["a.png", "b.png", "c.png"]


def test_what_was_set_last_is_kept_when_the_window_closes(studio: Studio, tmp_path: Path, user_folders: Path) -> None:
    folder = make_album(tmp_path / "Album")
    open_album(studio, folder).album.mark([folder / "b.png"], True)
    studio.window.close()
    (file,) = (user_folders / "data" / "albums").iterdir()
    assert "b.png" in file.read_text()


def test_enter_shows_a_photo_and_escape_leads_back_to_it_in_the_album(studio: Studio, tmp_path: Path) -> None:
    folder = make_album(tmp_path / "Album")
    albums = open_album(studio, folder)
    albums.workspace.grid.select([folder / "b.png"], folder / "b.png")
    QTest.keyClick(albums.workspace.grid, Qt.Key.Key_Return)
    studio.wait_for(studio.is_colored)
    assert studio.window.status.place.text() == "Photo 2 of 3 in the album"
    assert studio.window.toolbar.isVisible()
    studio.window.actions_.next_photo.trigger()
    studio.wait_for(studio.is_colored)
    assert studio.session.current is not None
    assert studio.session.current.path == folder / "c.png"
    assert len(studio.session.photos) == 1  # the one before is let go of
    QTest.keyClick(studio.window.photo_workspace.canvas, Qt.Key.Key_Escape)
    assert albums.is_seen
    assert studio.session.current is None
    assert albums.workspace.grid.current is not None
    assert albums.workspace.grid.current.path == folder / "c.png"
    assert albums.workspace.grid.hasFocus()


def test_what_is_set_for_a_photo_by_itself_is_kept_with_the_album(studio: Studio, tmp_path: Path) -> None:
    folder = make_album(tmp_path / "Album")
    albums = open_album(studio, folder)
    albums.album.set_all(Recipe(Settings(strength=0.7)))
    albums.open_photo(folder / "a.png")
    studio.wait_for(studio.is_colored)
    assert studio.window.photo_workspace.panel.strength.value == 0.7
    studio.window.photo_workspace.panel.strength.slider.setValue(140)
    albums.back()
    assert albums.album.settings_of(folder / "a.png") == Settings(strength=1.4)
    assert studio.session.photos == []  # nothing of it is lost, so nothing need be asked
    studio.window.close()
    assert not studio.window.isVisible()


def test_the_grid_shows_originals_results_or_half_of_each(studio: Studio, tmp_path: Path) -> None:
    albums = open_album(studio, make_album(tmp_path / "Album"))
    for view, action in albums.actions_.views.items():
        action.trigger()
        assert albums.workspace.grid.cell.view is view
        assert not albums.workspace.grid.grab().isNull()
    assert set(albums.actions_.views) == set(CellView)


def test_a_file_that_is_no_photo_shows_a_sign_in_the_grid(studio: Studio, tmp_path: Path) -> None:
    folder = make_album(tmp_path / "Album")
    (folder / "b.png").write_bytes(b"Dear Sir")
    albums = open_album(studio, folder)
    studio.wait_for(lambda: [photo.is_broken for photo in albums.album.model.photos] == [False, True, False])
    assert not albums.workspace.grid.grab().isNull()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_in_an_album_is_not_waited_for(studio: Studio, tmp_path: Path) -> None:
    folder = make_album(tmp_path / "Album")
    os.mkfifo(folder / "a pipe.jpg")
    albums = open_album(studio, folder)
    studio.wait_for(lambda: [photo.is_broken for photo in albums.album.model.photos] == [True, False, False, False])


def test_closing_the_album_brings_the_empty_window_back(studio: Studio, tmp_path: Path) -> None:
    albums = open_album(studio, make_album(tmp_path / "Album"))
    albums.actions_.close.trigger()
    assert studio.window.stack.currentWidget() is studio.window.welcome
    assert studio.window.toolbar.isVisible()
    assert not albums.actions_.restore.isEnabled()


def test_every_control_of_an_album_has_a_name_and_a_tip(studio: Studio, tmp_path: Path) -> None:
    albums = open_album(studio, make_album(tmp_path / "Album"))
    albums.tell("A sentence.")
    assert without_names(studio.window) == []
    assert "b.png, to do" in str(
        albums.album.model.data(albums.album.model.index(1), Qt.ItemDataRole.AccessibleTextRole)
    )
