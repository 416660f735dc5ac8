"""Restoring an album from the window: the plan, the run with pause and stop, what goes wrong, going on later."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from handtint.album.journal import Journal
from handtint.album.photos import Show
from handtint.album.run import usual_threads
from handtint.errors import SaveError
from handtint.gui.album.albums import Albums
from handtint.gui.album.model import PHOTO
from handtint.gui.album.run import RunPhase
from handtint.gui.album.words import reason_of
from handtint.gui.session.open_photo import PhotoState
from handtint.imaging.provenance import read_provenance
from handtint.model_card import ModelFile
from handtint.recipe.recipe import Recipe
from handtint.recipe.settings import Settings
from handtint.restore import repairing, way
from tests.album.standin import SCENE_SIZE, make_scenes
from tests.fakes import FakeColorizer, fake_card, maybe_in_color
from tests.gui.albums import is_over, make_album, open_album, plan_dialog, restore, shown, states, wait_for_plan
from tests.gui.conftest import Studio, color_photo, gray_photo
from tests.gui.test_appearance import without_names
from tests.gui.test_closing import close
from tests.repair.finders import Bright


def test_the_plan_is_shown_before_anything_is_written(studio: Studio, tmp_path: Path) -> None:
    folder = make_album(tmp_path / "Album")
    albums = open_album(studio, folder)
    dialog = plan_dialog(studio, albums)
    assert dialog.summary.text() == "3 to color"
    assert "free" in dialog.needs.text()
    assert dialog.start_button.text() == "&Color 3 Photos"
    assert dialog.rows.index(1, 1).data() == "b.png"
    assert without_names(dialog) == []
    assert dialog.form.output == tmp_path / "Album (colorized)"
    dialog.form.format_box.setCurrentIndex(1)
    assert not dialog.start_button.isEnabled()
    wait_for_plan(studio, dialog)
    assert dialog.rows.index(1, 1).data() == "b.jpg"
    dialog.reject()
    assert not dialog.form.output.exists()
    assert studio.predictions == 0


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ('Could not open "b 1.png": the file is damaged.', "The file is damaged."),
        ('"b 1.png" is already in color.', "Already in color."),
        ('"b 1.png" was not colored: the disk is full.', "The disk is full."),
        ('The result of "b 1.png" was rejected and set aside by you.', "Rejected and set aside by you."),
        ('"b 1.png" changed while it was read.', "Changed while it was read."),
        ('"/out/b 1.png" already exists.', '"/out/b 1.png" already exists.'),
        ('"ab 1.png" is damaged.', '"ab 1.png" is damaged.'),
        ("The disk is full.", "The disk is full."),
        ("«\u00a0b 1.png\u00a0» est déjà en couleurs.", "Est déjà en couleurs."),
        ("„b 1.png“ ist schon farbig.", "Ist schon farbig."),
        ("", ""),
    ],
)
def test_a_reason_beside_a_name_does_not_repeat_the_name(sentence: str, reason: str) -> None:
    assert reason_of(sentence, Path("/album/b 1.png")) == reason


def test_why_a_photo_is_left_out_comes_first_in_its_row_and_cell_and_whole_in_tool_tips(
    studio: Studio, tmp_path: Path
) -> None:
    folder = make_album(tmp_path / "Album", ("a.png",))
    (folder / "b.png").write_bytes(b"Dear Sir")
    albums = open_album(studio, folder)
    restore(studio, albums)
    photo = albums.album.model.photos[1]
    assert photo.text.startswith('Could not open "b.png": ')
    reason = reason_of(photo.text, photo.path)
    assert reason in drawn_texts(albums, 1)
    assert photo.text in albums.album.model.index(1).data(Qt.ItemDataRole.ToolTipRole)
    dialog = plan_dialog(studio, albums)
    cell = dialog.rows.index(0, 1)
    assert cell.data() == reason
    assert photo.text in cell.data(Qt.ItemDataRole.ToolTipRole)
    assert dialog.table.textElideMode() is Qt.TextElideMode.ElideRight
    dialog.reject()


def drawn_texts(albums: Albums, row: int) -> list[str]:
    """What the grid writes below a photo, with room for all of it."""
    drawn: list[str] = []

    class Listening(QPainter):
        def drawText(self, *args: object) -> None:
            drawn.append(str(args[-1]))

    cell, index = albums.workspace.grid.cell, albums.album.model.index(row)
    image = QImage(2000, 400, QImage.Format.Format_RGB32)
    painter = Listening(image)
    cell._draw_text(painter, index.data(PHOTO), QRect(0, 0, 2000, 100))
    painter.end()
    return drawn


def test_results_cannot_go_among_the_originals(studio: Studio, tmp_path: Path) -> None:
    folder = make_album(tmp_path / "Album")
    dialog = plan_dialog(studio, open_album(studio, folder))
    dialog.form.folder_field.setText(str(folder))
    wait_for_plan(studio, dialog)
    assert not dialog.start_button.isEnabled()
    assert "among the originals" in dialog.rows.index(0, 1).data()
    dialog.accept()
    assert dialog.isVisible()
    dialog.reject()


def test_a_plan_that_was_left_is_made_no_more(studio: Studio, tmp_path: Path) -> None:
    dialog = plan_dialog(studio, open_album(studio, make_album(tmp_path / "Album")))
    dialog.reject()
    asked: list[object] = []
    dialog._ask = lambda *wish: asked.append(wish)  # type: ignore[method-assign]
    dialog.form.changed.emit()  # a field that loses the keyboard says so after the end
    dialog._delay.timeout.emit()
    assert asked == []


def test_restoring_makes_the_files_and_says_so(studio: Studio, tmp_path: Path) -> None:
    folder = make_album(tmp_path / "Album")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    albums = open_album(studio, folder)
    albums.album.set_own({folder / "b.png": Recipe(Settings(strength=1.5))})
    restore(studio, albums)
    out = tmp_path / "Album (colorized)"
    assert sorted(path.name for path in out.glob("*.*")) == [".handtint", "a.png", "b.png", "c.png"]
    strengths = [read_provenance(out / f"{name}.png").recipe["color"].get("strength", 1.0) for name in "abc"]  # type: ignore[union-attr]
    assert strengths == [1.0, 1.5, 1.0]
    assert states(albums) == ["done"] * 3
    assert albums.workspace.bar.title.text() == "Restored: 3 done"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    grid = albums.workspace.grid
    studio.wait_for(lambda: grid.thumbnails.get(out / "c.png") is not None)
    assert plan_dialog(studio, albums).summary.text() == "Nothing to color · 3 already done"


def test_a_photo_set_otherwise_is_to_be_done_anew_and_the_others_stay(studio: Studio, tmp_path: Path) -> None:
    folder = make_album(tmp_path / "Album")
    albums = open_album(studio, folder)
    restore(studio, albums)
    albums.album.set_own({folder / "b.png": Recipe(Settings(strength=0.2))})
    studio.wait_for(lambda: [photo.is_stale for photo in albums.album.model.photos] == [False, True, False])
    albums.workspace.show_only(Show.TODO)
    assert shown(albums) == ["b.png"]
    dialog = plan_dialog(studio, albums)
    assert dialog.summary.text() == "1 to color · 2 already done"
    assert "again: settings" in dialog.rows.index(0, 1).data()
    dialog.accept()
    studio.wait_for(lambda: not albums.album.model.photos[1].is_stale)
    assert studio.predictions == 4


def test_only_the_selected_photos_are_restored_if_asked(studio: Studio, tmp_path: Path) -> None:
    folder = make_album(tmp_path / "Album")
    albums = open_album(studio, folder)
    albums.workspace.grid.select([folder / "a.png", folder / "c.png"])
    albums.actions_.restore_selected.trigger()
    assert albums.restoring.dialog is not None
    wait_for_plan(studio, albums.restoring.dialog)
    albums.restoring.dialog.accept()
    studio.wait_for(lambda: is_over(albums))
    assert states(albums) == ["done", "to do", "done"]


def test_photos_of_one_scene_get_the_same_colors_if_asked_and_it_is_known_whom_its_photos_follow(
    studio: Studio, tmp_path: Path
) -> None:
    unet, *rest = studio.session.models
    sharper = ModelFile(unet.path, fake_card("unet", SCENE_SIZE), 1)
    studio.session.models, studio.session.default_model = [sharper, *rest], sharper
    folder = make_scenes(tmp_path / "Album")
    albums = open_album(studio, folder)
    restore(studio, albums)
    dialog = plan_dialog(studio, albums)
    assert not dialog.form.by_scene.isChecked()
    dialog.form.by_scene.setChecked(True)
    wait_for_plan(studio, dialog)
    assert "are found first" in dialog.needs.text()
    assert without_names(dialog) == []
    before = albums.runs.run
    dialog.accept()
    studio.wait_for(lambda: albums.runs.run is not before and is_over(albums))
    assert states(albums) == ["done"] * 5
    assert albums.workspace.bar.title.text() == "Restored: 2 done"
    assert not any(photo.is_stale for photo in albums.album.model.photos)
    albums = open_album(studio, folder)
    assert albums.album.choices is not None
    assert albums.album.choices.by_scene
    assert not any(photo.is_stale for photo in albums.album.model.photos)
    albums.album.set_own({folder / "e.png": Recipe(Settings(vividness=1.0))})  # the others follow it
    studio.wait_for(lambda: [photo.is_stale for photo in albums.album.model.photos] == [False, True, True, False, True])
    dialog = plan_dialog(studio, albums)
    assert dialog.summary.text() == "3 to color · 2 of them with the colors of another photo · 2 already done"
    assert "colors as e.png" in dialog.rows.index(0, 1).data()
    dialog.reject()


def test_a_run_leaves_processors_for_reading_and_writing_and_gives_them_back(studio: Studio, tmp_path: Path) -> None:
    taken: list[int | None] = []

    class Takes(FakeColorizer):
        def take_threads(self, count: int | None) -> None:
            taken.append(count)

    studio.make = lambda model: Takes(model.card)
    restore(studio, open_album(studio, make_album(tmp_path / "Album")))
    assert taken == [usual_threads().network, None]


@pytest.fixture
def few_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer that does not begin a small album all at once."""
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


@pytest.mark.usefixtures("few_threads")
def test_a_paused_run_begins_nothing_until_it_goes_on(studio: Studio, tmp_path: Path) -> None:
    studio.make = lambda model: FakeColorizer(model.card, delay_s=0.5)
    albums = open_album(studio, make_album(tmp_path / "Album", [f"{number}.png" for number in range(14)]))
    plan_dialog(studio, albums).accept()
    run = albums.runs.run
    assert run is not None
    studio.wait_for(lambda: run.counts["done"] >= 1)
    albums.workspace.bar.press("Pause")
    studio.colorizers[0].go.set()
    studio.wait_for(lambda: run.phase is RunPhase.PAUSED)
    made = run.counts["done"]
    assert made < 14
    assert albums.workspace.bar.title.text() == f"Paused: {made} of 14"
    studio.qtbot.wait(250)
    assert run.counts["started"] == made
    albums.workspace.bar.press("Go On")
    studio.wait_for(lambda: is_over(albums))
    assert states(albums) == ["done"] * 14


@pytest.mark.usefixtures("few_threads")
def test_a_stopped_run_goes_on_from_there_when_the_album_is_opened_again(studio: Studio, tmp_path: Path) -> None:
    studio.make = lambda model: FakeColorizer(model.card, delay_s=0.5)
    folder = make_album(tmp_path / "Album", [f"{number}.png" for number in range(14)])
    albums = open_album(studio, folder)
    plan_dialog(studio, albums).accept()
    run = albums.runs.run
    assert run is not None
    studio.wait_for(lambda: run.counts["done"] >= 1)
    albums.actions_.stop.trigger()
    studio.colorizers[0].go.set()
    studio.wait_for(lambda: is_over(albums))
    assert run.was_stopped
    assert "making" not in states(albums)
    albums = open_album(studio, folder)
    done = states(albums).count("done")
    assert 1 <= done < 14
    assert albums.workspace.bar.title.text() == f"{done} of 14 photos are done"
    albums.workspace.bar.press("Go On")
    assert albums.restoring.dialog is not None
    wait_for_plan(studio, albums.restoring.dialog)
    assert albums.restoring.dialog.summary.text() == f"{14 - done} to color · {done} already done"
    albums.restoring.dialog.accept()
    studio.wait_for(lambda: states(albums) == ["done"] * 14)


def test_a_photo_can_be_colored_by_hand_while_an_album_is_restored(studio: Studio, tmp_path: Path) -> None:
    studio.make = lambda model: FakeColorizer(model.card, delay_s=0.5)
    albums = open_album(studio, make_album(tmp_path / "Album", [f"{number}.png" for number in range(60)]))
    plan_dialog(studio, albums).accept()
    run = albums.runs.run
    assert run is not None
    studio.wait_for(lambda: run.counts["started"] > 0)
    studio.window.open([gray_photo(tmp_path / "other.png")])
    assert albums.button.isVisible()
    studio.wait_for(studio.is_colored)
    assert not run.is_over
    assert "Restoring" in albums.button.text()
    albums.button.click()
    assert albums.is_seen
    albums.actions_.stop.trigger()
    studio.wait_for(lambda: is_over(albums))


@pytest.mark.usefixtures("few_threads")
def test_closing_the_window_while_an_album_is_restored_asks_and_keeps_what_is_made(
    studio: Studio, tmp_path: Path
) -> None:
    studio.make = lambda model: FakeColorizer(model.card, delay_s=0.5)
    albums = open_album(studio, make_album(tmp_path / "Album", [f"{number}.png" for number in range(60)]))
    plan_dialog(studio, albums).accept()
    run = albums.runs.run
    assert run is not None
    studio.wait_for(lambda: run.counts["done"] >= 1)
    assert close(studio, "Keep") == ["Stop restoring the album and close?"]
    assert studio.window.isVisible()
    assert close(studio, "Stop") == ["Stop restoring the album and close?"]
    assert not studio.window.isVisible()
    out = tmp_path / "Album (colorized)"
    assert not list(out.glob(".handtint-*.part"))
    with Journal(out) as journal:
        assert 1 <= sum(entry.state == "done" for entry in journal.entries()) < 60


def test_a_broken_photo_is_listed_with_its_reason_and_tried_again_on_request(studio: Studio, tmp_path: Path) -> None:
    folder = make_album(tmp_path / "Album")
    (folder / "b.png").write_bytes(b"Dear Sir")
    albums = open_album(studio, folder)
    restore(studio, albums)
    assert states(albums) == ["done", "failed", "done"]
    studio.wait_for(lambda: "1 failed" in albums.workspace.bar.text.text())
    albums.workspace.bar.press("Show Failed")
    assert shown(albums) == ["b.png"]
    albums.workspace.grid.select([folder / "b.png"])
    assert 'Could not open "b.png"' in albums.workspace.panel.trouble.text()
    gray_photo(folder / "b.png", (24, 32))
    albums.workspace.bar.press("Retry Failed")
    assert albums.restoring.dialog is not None
    assert albums.restoring.dialog.form.retry.isChecked()
    wait_for_plan(studio, albums.restoring.dialog)
    assert albums.restoring.dialog.summary.text() == "1 to color · 2 already done"
    albums.restoring.dialog.accept()
    studio.wait_for(lambda: states(albums) == ["done"] * 3)


def test_a_tick_has_each_photo_repaired_as_it_needs(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repairing, "load_finder", Bright)
    folder = make_album(tmp_path / "Album", ("a.png",))
    faded = 90 + np.asarray(Image.open(folder / "a.png")) // 3
    Image.fromarray(faded).save(folder / "faded.png")
    albums = open_album(studio, folder)
    dialog = plan_dialog(studio, albums)
    assert not dialog.form.repair.isChecked()
    dialog.form.repair.setChecked(True)
    wait_for_plan(studio, dialog)
    dialog.accept()
    studio.wait_for(lambda: states(albums) == ["done", "done"] and not albums.runs.is_running)
    assert albums.album.choices is not None
    assert albums.album.choices.recipe.is_repair_automatic
    with Journal(albums.album.choices.output) as journal:
        told = {entry.source.name: " ".join(entry.notes) for entry in journal.entries()}
    assert "Repaired: faded: blacks at" in told["faded.png"]
    assert "Repaired" not in told["a.png"]
    assert plan_dialog(studio, albums).form.repair.isChecked()


def test_photos_in_color_are_left_out_until_asked_for(studio: Studio, tmp_path: Path) -> None:
    folder = make_album(tmp_path / "Album", ("a.png",))
    color_photo(folder / "modern.png")
    albums = open_album(studio, folder)
    restore(studio, albums)
    assert states(albums) == ["done", "skipped"]
    assert "--recolor" not in albums.album.model.photos[1].text
    dialog = plan_dialog(studio, albums)
    assert not dialog.start_button.isEnabled()
    dialog.form.recolor.setChecked(True)
    wait_for_plan(studio, dialog)
    assert dialog.summary.text() == "1 to color · 1 already done"
    dialog.accept()
    studio.wait_for(lambda: states(albums) == ["done", "done"])


def test_photos_that_may_be_in_color_can_be_left_out_one_by_one(studio: Studio, tmp_path: Path) -> None:
    folder = make_album(tmp_path / "Album", ("a.png",))
    maybe_in_color().save(folder / "perhaps.png")
    maybe_in_color().save(folder / "perhaps too.png")
    albums = open_album(studio, folder)
    dialog = plan_dialog(studio, albums)
    studio.wait_for(lambda: "2 to look at" in dialog.summary.text())
    first = dialog.rows.index(0, 0)
    assert dialog.rows.data(first) == "perhaps too.png"
    assert "may be in color" in str(dialog.rows.data(dialog.rows.index(0, 1)))
    assert dialog.rows.flags(first) & Qt.ItemFlag.ItemIsUserCheckable
    dialog.rows.setData(first, Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert dialog.start_button.text() == "&Color 2 Photos"
    dialog.accept()
    studio.wait_for(lambda: is_over(albums))
    assert sorted(path.name for path in (tmp_path / "Album (colorized)").glob("*.png")) == ["a.png", "perhaps.png"]
    again = plan_dialog(studio, albums)
    assert "1 left out" in again.summary.text()
    again.rows.setData(again.rows.index(0, 0), Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    assert again.start_button.isEnabled()


def test_the_plan_tells_what_the_folder_holds_besides_photos(studio: Studio, tmp_path: Path) -> None:
    folder = make_album(tmp_path / "Album", ("a.png",))
    maybe_in_color().save(folder / "perhaps.png")
    (folder / "book.djvu").touch()
    dialog = plan_dialog(studio, open_album(studio, folder))
    studio.wait_for(lambda: "1 to look at" in dialog.summary.text())  # the plan was made anew by then
    assert ".djvu (1)" in dialog.summary.text()


def test_a_folder_that_another_run_writes_into_is_told_of_and_can_be_tried_again(
    studio: Studio, tmp_path: Path
) -> None:
    albums = open_album(studio, make_album(tmp_path / "Album"))
    dialog = plan_dialog(studio, albums)
    with Journal(tmp_path / "Album (colorized)"):
        dialog.accept()
        studio.wait_for(lambda: is_over(albums))
        assert "Another Handtint is writing" in albums.workspace.bar.text.text()
        albums.workspace.bar.press("Try Again")
        dialog = albums.restoring.dialog
        assert dialog is not None
        studio.wait_for(lambda: "Another Handtint is writing" in dialog.needs.text())
        assert not dialog.start_button.isEnabled()
    dialog.form.quality.setValue(90)
    wait_for_plan(studio, dialog)
    dialog.accept()
    studio.wait_for(lambda: states(albums) == ["done"] * 3)


def test_a_full_disk_ends_the_run_with_a_sentence_and_it_goes_on_later(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise SaveError("The disk is full.") from OSError(errno.ENOSPC, "no space")

    albums = open_album(studio, make_album(tmp_path / "Album"))
    with monkeypatch.context() as patch:
        patch.setattr(way, "write_photo", full)
        restore(studio, albums)
    assert albums.workspace.bar.message is not None
    assert albums.workspace.bar.message.icon == "warning"
    assert "disk is full" in albums.workspace.bar.text.text()
    assert studio.window.faults.dialog is None
    albums.workspace.bar.press("Go On")
    assert albums.restoring.dialog is not None
    wait_for_plan(studio, albums.restoring.dialog)
    albums.restoring.dialog.accept()
    studio.wait_for(lambda: states(albums) == ["done"] * 3)


def test_a_fault_of_ours_ends_the_run_with_a_report(studio: Studio, tmp_path: Path) -> None:
    def broken(model: object) -> FakeColorizer:
        raise ZeroDivisionError("a bug")

    studio.make = broken
    albums = open_album(studio, make_album(tmp_path / "Album"))
    restore(studio, albums)
    studio.wait_for(lambda: studio.window.faults.dialog is not None)
    assert studio.window.faults.dialog is not None
    assert "ZeroDivisionError" in studio.window.faults.dialog.report
    studio.window.faults.dialog.reject()
    assert states(albums) == ["to do"] * 3


def test_another_album_is_not_opened_while_one_is_restored(studio: Studio, tmp_path: Path) -> None:
    studio.make = lambda model: FakeColorizer(model.card, delay_s=0.2)
    folder = make_album(tmp_path / "Album")
    albums = open_album(studio, folder)
    plan_dialog(studio, albums).accept()
    studio.window.open([make_album(tmp_path / "Other")])
    assert "is being restored" in albums.workspace.bar.text.text()
    assert not albums.actions_.restore.isEnabled()
    studio.wait_for(lambda: is_over(albums))
    assert albums.album.choices is not None
    assert albums.album.choices.folder == folder


def test_without_a_model_an_album_can_be_looked_at(qtbot: QtBot, memory, samples, qapp, tmp_path: Path) -> None:
    studio = Studio(qtbot, memory, [], qapp)
    albums = open_album(studio, make_album(tmp_path / "Album"))
    assert not albums.actions_.restore.isEnabled()
    albums.open_photo(tmp_path / "Album" / "a.png")
    studio.wait_for(lambda: studio.session.current and studio.session.current.state is PhotoState.READY)
    studio.window.close()


def test_report_and_contact_sheet_are_made_from_the_menu(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    albums = open_album(studio, make_album(tmp_path / "Album"))
    assert not albums.actions_.report.isEnabled()
    albums.album.set_own({tmp_path / "Album" / "a.png": Recipe(is_inverted=True)})
    restore(studio, albums)
    studio.wait_for(albums.actions_.report.isEnabled)
    asked: list[str] = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **_: asked.append(a[2]) or (a[2], ""))
    albums.actions_.report.trigger()
    page = tmp_path / "Album (colorized)" / "report.html"
    studio.wait_for(lambda: albums.workspace.bar.text.text().startswith("Report saved"))
    assert all(name in page.read_text() for name in ("a.png", "b.png", "c.png"))
    assert len(list((page.parent / "report-files").rglob("*.jpg"))) == 3
    albums.actions_.sheet.trigger()
    sheet = tmp_path / "Album (before and after).jpg"
    studio.wait_for(lambda: albums.workspace.bar.text.text().startswith("Contact sheet saved"))
    with Image.open(sheet) as picture:
        assert picture.width > 1000
        gray = np.asarray(picture.convert("L"), int)
    assert gray[100, 46] > gray[100, 500] + 100  # of the first original, an inverted ramp
    albums.actions_.sheet.trigger()
    assert Path(asked[-1]).name == "Album (before and after) (2).jpg"  # nothing is replaced
