"""How photographs come into the window."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from handtint.gui.main_window import MainWindow
from handtint.gui.parts.theme import ThemeKeeper
from handtint.gui.session.memory import Memory
from handtint.gui.session.open_photo import PhotoState
from handtint.model_card import ModelFile
from tests.fakes import FakeColorizer
from tests.gui.albums import make_album, open_album
from tests.gui.conftest import Studio, gray_photo


def drop(studio: Studio, *found: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in found])
    button, keys, copy = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    point = QPointF(300, 300)
    enter = QDragEnterEvent(point.toPoint(), copy, data, button, keys)
    QApplication.sendEvent(studio.window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(studio.window, QDropEvent(point, copy, data, button, keys))


def test_an_empty_window_offers_the_samples_one_click_away(studio: Studio, samples: list[Path]) -> None:
    assert studio.window.stack.currentWidget() is studio.window.welcome
    assert list(studio.window.welcome.samples) == samples
    studio.window.welcome.samples[samples[0]].click()
    studio.wait_for(studio.is_colored)
    assert studio.session.current is not None
    assert studio.session.current.path == samples[0]
    assert studio.window.stack.currentWidget() is not studio.window.welcome


def test_commands_for_a_photo_rest_until_the_page_of_one_is_made(
    qtbot: QtBot, qapp: QApplication, memory: Memory, models: list[ModelFile], samples: list[Path]
) -> None:
    window = MainWindow(lambda model: FakeColorizer(model.card), models, memory, ThemeKeeper(qapp))
    qtbot.addWidget(window)
    commands = window.actions()
    before = {command.text(): command.isEnabled() for command in commands}
    assert window._photo_workspace is None
    assert before["&Open…"]
    assert not before["&Save"]
    assert window.photo_workspace is window.photo_workspace
    assert window.albums is not None
    assert {command.text(): command.isEnabled() for command in commands} == before
    window.close()


def test_the_status_bar_is_last_for_the_tab_key(studio: Studio) -> None:
    place, chain = studio.window.nextInFocusChain(), list[QWidget]()
    while place is not studio.window:
        chain.append(place)
        place = place.nextInFocusChain()
    at = {widget: number for number, widget in enumerate(chain)}
    page = studio.window.photo_workspace
    assert at[studio.window.toolbar.crop] < at[page.canvas] < at[page.panel.save] < at[studio.window.teaching.button]


def test_a_photo_opened_is_colored_without_a_further_word(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "porch.png"))
    assert studio.predictions == 1
    assert studio.window.windowTitle().startswith("porch.png")
    assert "80 × 60" in studio.window.photo_workspace.panel._facts.text()


def test_photos_that_are_dropped_get_their_small_pictures_without_a_visit(studio: Studio, tmp_path: Path) -> None:
    drop(studio, *(gray_photo(tmp_path / name) for name in ("a.png", "b.tif", "c.jpg", "d.png")))
    studio.wait_for(lambda: len(studio.session.photos) == 4 and all(p.thumbnail for p in studio.session.photos))
    assert [photo.state for photo in studio.session.photos[1:]] == [PhotoState.WAITING] * 3


def test_the_first_open_starts_among_the_pictures(
    studio: Studio, memory: Memory, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    found = str(gray_photo(tmp_path / "a.png"))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *a: asked.append(a[2]) or ([found], ""))
    studio.window.actions_.open.trigger()
    studio.wait_for(studio.is_colored)
    studio.window.actions_.open.trigger()
    assert asked == [str(pictures), str(tmp_path)]


def test_a_name_that_looks_like_the_mark_of_changes_is_shown_as_it_is(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "porch [*].png"))
    assert studio.window.windowTitle() == "porch [*][*].png[*] - Handtint"  # two are one to Qt


def test_dropping_several_files_fills_the_filmstrip_and_shows_the_first(studio: Studio, tmp_path: Path) -> None:
    files = [gray_photo(tmp_path / name) for name in ("b.png", "a.png")]
    drop(studio, *files)
    studio.wait_for(studio.is_colored)
    assert [photo.path for photo in studio.session.photos] == files
    assert studio.window.photo_workspace.filmstrip.list.count() == 2
    assert studio.window.photo_workspace.filmstrip.list.currentRow() == 0


def test_dropping_a_folder_opens_it_as_an_album(studio: Studio, tmp_path: Path) -> None:
    folder = tmp_path / "album"
    folder.mkdir()
    for name in ("Zoo.png", "attic.png"):
        gray_photo(folder / name)
    (folder / "notes.txt").write_text("not a photo")
    drop(studio, folder)
    studio.wait_for(lambda: studio.window.albums.is_seen)
    assert [photo.path.name for photo in studio.window.albums.album.model.shown] == ["attic.png", "Zoo.png"]
    assert studio.session.photos == []


def test_of_several_folders_one_is_opened_and_the_others_are_spoken_of(studio: Studio, tmp_path: Path) -> None:
    folders = [make_album(tmp_path / name) for name in ("1910", "1920")]
    drop(studio, *folders)
    studio.wait_for(lambda: studio.window.albums.is_seen)
    assert studio.window.windowTitle() == "1910 - Handtint"
    assert 'Only "1910" was opened' in studio.window.statusBar().currentMessage()


def test_files_copied_in_a_file_manager_are_pasted_and_words_are_not(studio: Studio, tmp_path: Path) -> None:
    paste, clipboard = studio.window.actions_.paste, QApplication.clipboard()
    clipboard.setText("Dear Sir")
    paste.trigger()
    assert "no photo" in studio.window.statusBar().currentMessage()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(gray_photo(tmp_path / "copied.png")))])
    clipboard.setMimeData(data)
    paste.trigger()
    studio.wait_for(studio.is_colored)
    assert studio.session.photos[0].path.name == "copied.png"
    clipboard.setText("")  # or data made in Python outlives Python on the clipboard, and it crashes at its end


def test_the_folder_of_the_photo_that_is_looked_at_is_shown(studio: Studio, tmp_path: Path, monkeypatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: shown.append(url.toLocalFile()))
    action = studio.window.actions_.show_folder
    assert not action.isEnabled()
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    action.trigger()
    albums = open_album(studio, make_album(tmp_path / "Album"))
    albums.workspace.grid.select([tmp_path / "Album" / "b.png"], tmp_path / "Album" / "b.png")
    action.trigger()
    assert shown == [str(tmp_path), str(tmp_path / "Album")]


def test_the_right_button_offers_what_can_be_done_with_a_photo(studio: Studio, tmp_path: Path) -> None:
    def offered(part: QWidget) -> list[str]:
        part.customContextMenuRequested.emit(QPoint(5, 5))
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        texts = [action.text().replace("&", "") for action in menu.actions() if not action.isSeparator()]
        menu.close()
        return texts

    studio.open_colored(gray_photo(tmp_path / "a.png"))
    assert {"Copy Result", "Save As…", "Show in Folder"} <= set(offered(studio.window.photo_workspace.canvas))
    albums = open_album(studio, make_album(tmp_path / "Album"))
    assert {"Show Photo", "Mark", "Restore Selected…"} <= set(offered(albums.workspace.grid))
    albums.workspace.grid.select([tmp_path / "Album" / "b.png"], tmp_path / "Album" / "b.png")
    albums.actions_.show_photo.trigger()
    studio.wait_for(studio.is_colored)
    assert studio.session.current is not None
    assert studio.session.current.path.name == "b.png"
    assert not albums.actions_.show_photo.isEnabled()
    assert not any(action.isEnabled() for action in albums.actions_.views.values())


def test_a_folder_without_photos_is_told_and_leaves_the_window_as_it_was(studio: Studio, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    studio.window.open([empty])
    studio.wait_for(lambda: "empty" in studio.said)
    assert "empty" in studio.window.statusBar().currentMessage()
    assert studio.window.stack.currentWidget() is studio.window.welcome


def test_opening_a_photo_again_shows_the_one_that_is_open(studio: Studio, tmp_path: Path) -> None:
    first, second = gray_photo(tmp_path / "first.png"), gray_photo(tmp_path / "second.png")
    studio.open_colored(first, second)
    studio.window.open([second])
    studio.window.open([first])
    studio.wait_for(studio.is_colored)
    assert len(studio.session.photos) == 2
    assert studio.session.current is studio.session.photos[0]


def test_the_open_dialog_opens_what_was_chosen_and_its_folder_is_remembered(
    studio: Studio, memory: Memory, tmp_path: Path, monkeypatch
) -> None:
    file = gray_photo(tmp_path / "chosen.png")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(file)], ""))
    studio.window.actions_.open.trigger()
    studio.wait_for(studio.is_colored)
    assert memory.folder == str(tmp_path)


def test_a_file_that_is_no_photo_shows_its_sentence(studio: Studio, tmp_path: Path) -> None:
    bad, good = tmp_path / "letter.png", gray_photo(tmp_path / "porch.png")
    bad.write_bytes(b"Dear Sir")
    studio.window.open([bad, good])
    studio.wait_for(lambda: studio.session.photos[0].state is PhotoState.UNREADABLE)
    assert studio.window.photo_workspace.area.trouble.isVisible()
    assert "letter.png" in studio.window.photo_workspace.area.trouble.text.text()
    assert not studio.window.actions_.save.isEnabled()
    studio.window.actions_.next_photo.trigger()
    studio.wait_for(studio.is_colored)
    assert not studio.window.photo_workspace.area.trouble.isVisible()


def test_a_file_that_failed_is_read_anew_when_it_is_opened_again(studio: Studio, tmp_path: Path) -> None:
    file = tmp_path / "late.png"
    studio.window.open([file])
    studio.wait_for(lambda: studio.window.photo_workspace.area.trouble.isVisible())
    studio.open_colored(gray_photo(file))
    assert not studio.window.photo_workspace.area.trouble.isVisible()
    assert len(studio.session.photos) == 1


def test_a_photo_that_is_gone_shows_a_sentence_with_its_name(studio: Studio, tmp_path: Path) -> None:
    studio.window.open([tmp_path / "gone.png"])
    studio.wait_for(lambda: studio.window.photo_workspace.area.trouble.isVisible())
    assert "gone.png" in studio.window.photo_workspace.area.trouble.text.text()


def test_closing_the_last_photo_brings_the_empty_window_back(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "only.png"))
    studio.window.actions_.close_photo.trigger()
    assert studio.window.stack.currentWidget() is studio.window.welcome
    assert not studio.window.actions_.save.isEnabled()


def test_closing_a_photo_whose_settings_were_changed_asks_first(studio: Studio, tmp_path: Path, monkeypatch) -> None:
    answers = [False, True]
    monkeypatch.setattr("handtint.gui.saving.closing.ask", lambda *_, **__: answers.pop(0))
    studio.open_colored(gray_photo(tmp_path / "only.png"))
    studio.window.photo_workspace.panel.strength.slider.setValue(20)
    studio.window.actions_.close_photo.trigger()
    assert len(studio.session.photos) == 1
    studio.window.actions_.close_photo.trigger()
    assert studio.session.photos == []


def test_recent_photos_are_remembered_newest_first_and_pruned(
    studio: Studio, memory: Memory, samples: list[Path], tmp_path: Path
) -> None:
    files = [gray_photo(tmp_path / f"{name}.png") for name in "abc"]
    for file in (*files, samples[0]):
        studio.open_colored(file)
    assert memory.recent == [files[2], files[1], files[0]]
    files[1].unlink()
    assert memory.recent == [files[2], files[0]]
    studio.window.actions_.clear_recent.trigger()
    assert memory.recent == []


def test_only_the_current_photo_keeps_its_pixels_and_going_back_asks_no_model(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"), gray_photo(tmp_path / "b.png"))
    studio.window.actions_.next_photo.trigger()
    studio.wait_for(studio.is_colored)
    assert [photo.photo is not None for photo in studio.session.photos] == [False, True]
    studio.window.actions_.previous_photo.trigger()
    studio.wait_for(studio.is_colored)
    assert studio.predictions == 2


def test_the_window_is_painted_before_numpy_and_torch_are_imported(tmp_path: Path) -> None:
    script = """
import sys
from PySide6.QtCore import QSettings
from handtint.gui import app as gui
made = gui.make_application()
memory = gui.Memory(QSettings(sys.argv[1], QSettings.Format.IniFormat))
window = gui.MainWindow(gui.load_colorizer, [], memory, gui.ThemeKeeper(made))
window.painted.connect(lambda: print(window.isVisible(), {"numpy", "torch"} & set(sys.modules)))
window.painted.connect(window.close)
window.show()
made.exec()
"""
    source = Path(__file__).resolve().parents[2] / "src"
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "settings.ini")],
        env={**os.environ, "PYTHONPATH": str(source), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.stdout.split() == ["True", "set()"], done.stderr
