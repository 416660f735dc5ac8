"""The review of an album's results: accept, reject, redo; verdicts are kept; nothing is deleted."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox

from handtint.album.journal_files import FOLDER
from handtint.album.photos import Show
from handtint.gui.album.albums import Albums
from handtint.gui.album.review import ReviewWorkspace
from handtint.gui.canvas.canvas import ZOOM_STEP
from handtint.imaging.recipe_files import read_recipe
from handtint.model_card import ModelFile
from handtint.recipe.hints import Hint
from handtint.recipe.recipe import Recipe
from handtint.recipe.repair import Noise, Repair
from handtint.recipe.settings import Settings
from tests.album.standin import SCENE_SIZE, make_scenes
from tests.fakes import fake_card
from tests.gui.albums import is_over, make_album, open_album, plan_dialog, restore, shown, states, wait_for_plan
from tests.gui.conftest import Studio


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_album(tmp_path / "Album")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "Album (colorized)"


def reviewed(studio: Studio, folder: Path) -> tuple[Albums, ReviewWorkspace]:
    """An album that is restored, in review."""
    albums = open_album(studio, folder)
    restore(studio, albums)
    studio.wait_for(albums.actions_.review.isEnabled)
    albums.actions_.review.trigger()
    wait_for_pair(studio, albums.review)
    studio.window.activateWindow()  # without a window manager nobody does after a dialog
    studio.wait_for(studio.window.isActiveWindow)
    return albums, albums.review


def wait_for_pair(studio: Studio, review: ReviewWorkspace) -> None:
    studio.wait_for(lambda: review._pair is not None)


def press(studio: Studio, review: ReviewWorkspace, key: Qt.Key) -> None:
    QTest.keyClick(review.canvas, key)


def name(review: ReviewWorkspace) -> str:
    return review.photo.path.name if review.photo is not None else ""


def test_the_review_shows_original_and_result_and_goes_back_and_forth(studio: Studio, folder: Path) -> None:
    albums, review = reviewed(studio, folder)
    assert name(review) == "a.png"
    assert review.place.text() == "1 of 3 · 0 accepted, 0 rejected, 3 to judge"
    assert review._pair is not None
    assert review._pair.before is not None
    assert review._pair.after is not None
    before, after = (layer.levels[0].pixelColor(30, 10) for layer in (review._pair.before, review._pair.after))
    assert before.hslSaturation() == 0 < after.hslSaturation()
    press(studio, review, Qt.Key.Key_Right)
    press(studio, review, Qt.Key.Key_End)
    assert name(review) == "c.png"
    press(studio, review, Qt.Key.Key_Right)
    assert name(review) == "c.png"
    press(studio, review, Qt.Key.Key_Left)
    assert name(review) == "b.png"
    wait_for_pair(studio, review)
    QTest.keyPress(review.canvas, Qt.Key.Key_Space)
    assert review.canvas.is_original_shown
    QTest.keyRelease(review.canvas, Qt.Key.Key_Space)
    assert not review.canvas.is_original_shown
    press(studio, review, Qt.Key.Key_Escape)
    assert studio.window.stack.currentWidget() is albums.workspace
    assert albums.workspace.grid.current is not None
    assert albums.workspace.grid.current.path == folder / "b.png"


def test_plus_and_minus_zoom_and_digits_fit_and_show_actual_size(studio: Studio, folder: Path) -> None:
    _, review = reviewed(studio, folder)
    canvas = review.canvas
    fitted = canvas.view.scale
    press(studio, review, Qt.Key.Key_Plus)
    press(studio, review, Qt.Key.Key_Equal)
    assert canvas.view.scale == pytest.approx(fitted * ZOOM_STEP**2)
    press(studio, review, Qt.Key.Key_Minus)
    assert canvas.view.scale == pytest.approx(fitted * ZOOM_STEP)
    press(studio, review, Qt.Key.Key_Minus)
    assert canvas.view.scale == pytest.approx(fitted)
    press(studio, review, Qt.Key.Key_1)
    assert canvas.view.scale == pytest.approx(1.0)
    press(studio, review, Qt.Key.Key_0)
    assert canvas.view.scale == pytest.approx(fitted)


def test_verdicts_go_by_keys_and_are_there_when_the_album_is_opened_again(
    studio: Studio, folder: Path, out: Path
) -> None:
    albums, review = reviewed(studio, folder)
    press(studio, review, Qt.Key.Key_A)
    assert name(review) == "b.png"
    press(studio, review, Qt.Key.Key_X)
    assert name(review) == "c.png"
    press(studio, review, Qt.Key.Key_A)
    press(studio, review, Qt.Key.Key_A)  # says the same again: takes it back
    assert review.verdict.text() == "Not judged yet"
    albums.back()
    albums.workspace.show_only(Show.REJECTED)
    assert shown(albums) == ["b.png"]
    albums = open_album(studio, folder)
    assert [photo.verdict for photo in albums.album.model.photos] == ["accepted", "rejected", None]
    assert (out / "b.png").exists()


def test_damaged_verdicts_hide_no_results_and_are_told_of_when_one_is_given(studio: Studio, folder: Path) -> None:
    albums = open_album(studio, folder)
    restore(studio, albums)
    made = states(albums)
    assert "done" in made
    choices = albums.album.choices
    assert choices is not None
    file = choices.output / FOLDER / "review.json"
    file.write_text("[1, 2")
    said: list[str] = []
    albums.album.troubled.connect(said.append)
    albums = open_album(studio, folder)
    assert states(albums) == made
    assert any("could not be read" in sentence for sentence in said)
    said.clear()
    path = next(photo.path for photo in albums.album.model.photos if photo.has_result)
    assert not albums.album.judge(path, "accepted")
    assert any("could not be read" in sentence for sentence in said)
    file.unlink()
    assert albums.album.judge(path, "accepted")


def test_rejected_results_are_set_aside_only_when_agreed_to_and_not_made_again(
    studio: Studio, folder: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    albums, review = reviewed(studio, folder)
    press(studio, review, Qt.Key.Key_X)
    albums.back()
    answers = [False, True]
    monkeypatch.setattr("handtint.gui.album.restoring.ask", lambda *_: answers.pop(0))
    albums.actions_.set_aside.trigger()
    assert (out / "a.png").exists()
    content = (out / "a.png").read_bytes()
    albums.actions_.set_aside.trigger()
    assert not (out / "a.png").exists()
    assert (out / "rejected" / "a.png").read_bytes() == content
    dialog = plan_dialog(studio, albums)
    assert dialog.summary.text() == "Nothing to color · 2 already done · 1 left out"
    dialog.reject()
    albums = open_album(studio, folder)
    assert states(albums) == ["done"] * 3
    assert albums.album.model.photos[0].verdict == "rejected"
    albums.album.judge(folder / "a.png", "accepted")
    assert (out / "a.png").read_bytes() == content


def test_redo_shows_other_settings_at_once_and_makes_the_file_anew(studio: Studio, folder: Path, out: Path) -> None:
    albums, review = reviewed(studio, folder)
    press(studio, review, Qt.Key.Key_A)
    press(studio, review, Qt.Key.Key_Left)
    wait_for_pair(studio, review)
    before = (out / "a.png").read_bytes()
    press(studio, review, Qt.Key.Key_R)
    assert review.is_redoing
    studio.wait_for(lambda: review.redo.prediction is not None)
    review.redo_panel.strength.slider.setValue(0)
    canvas = review.canvas
    studio.wait_for(
        lambda: canvas._after is not None and canvas._after.levels[0].pixelColor(30, 10).hslSaturation() == 0
    )
    assert (out / "a.png").read_bytes() == before  # not before it is asked for
    review.redo_panel.make_button.click()
    assert name(review) == "b.png"
    studio.wait_for(lambda: (out / "a.png").read_bytes() != before and not albums.runs.is_running)
    photo = albums.album.model.photos[0]
    studio.wait_for(lambda: photo.state.value == "done")
    assert photo.verdict is None
    assert albums.album.settings_of(folder / "a.png") == Settings(strength=0.0)
    assert not list((out / "rejected").glob("*"))


def test_redo_can_look_at_a_photo_closely(studio: Studio, folder: Path, out: Path) -> None:
    albums, review = reviewed(studio, folder)
    press(studio, review, Qt.Key.Key_R)
    studio.wait_for(lambda: review.redo.prediction is not None)
    asked = studio.predictions
    review.redo_panel.closely.click()
    studio.wait_for(lambda: studio.predictions > asked and review.redo.prediction is not None)
    review.redo_panel.make_button.click()
    studio.wait_for(lambda: not albums.runs.is_running)
    assert albums.album.settings_of(folder / "a.png") == Settings(closely=True)


def test_redo_shows_a_photo_with_the_colors_that_it_takes_from_another(studio: Studio, tmp_path: Path) -> None:
    unet, *rest = studio.session.models
    sharper = ModelFile(unet.path, fake_card("unet", SCENE_SIZE), 1)
    studio.session.models, studio.session.default_model = [sharper, *rest], sharper
    albums = open_album(studio, make_scenes(tmp_path / "Album"))
    dialog = plan_dialog(studio, albums)
    dialog.form.by_scene.setChecked(True)
    wait_for_plan(studio, dialog)
    dialog.accept()
    studio.wait_for(lambda: is_over(albums))
    review = albums.review
    studio.wait_for(albums.actions_.review.isEnabled)
    albums.actions_.review.trigger()
    for photo, lead in (("a.png", None), ("b.png", "e.png")):
        wait_for_pair(studio, review)
        assert name(review) == photo
        albums.actions_.redo.trigger()
        studio.wait_for(lambda: review.redo.prediction is not None)
        prediction = review.redo.prediction
        assert prediction is not None
        assert (prediction.carried is not None) == (lead is not None)
        assert ("its colors follow" in review.redo_panel.text.text()) == (lead is not None)
        review.redo_panel.cancel_button.click()
        review.step(1)


def test_redo_asks_for_all_of_a_recipe(studio: Studio, folder: Path, out: Path) -> None:
    albums = open_album(studio, folder)
    hint = Hint(9, 9, 3, 30, 1)
    albums.album.set_own({folder / "a.png": Recipe(Settings(hints=(hint,)), repair=Repair(noise=Noise(20)))})
    restore(studio, albums)
    studio.wait_for(albums.actions_.review.isEnabled)
    albums.actions_.review.trigger()
    review, panel = albums.review, albums.review.redo_panel
    wait_for_pair(studio, review)
    albums.actions_.redo.trigger()
    studio.wait_for(lambda: review.redo.prediction is not None)
    assert panel.model.currentText() == "Standard"
    choose(panel.preset, "Lively family")
    assert panel.vividness.value == 0.75
    choose(panel.model, "small")
    studio.wait_for(lambda: review.redo.prediction is not None)
    choose(panel.variant, "3, cooler")
    assert panel.preset.currentIndex() == 0
    panel.make_button.click()
    studio.wait_for(lambda: is_over(albums) and not albums.runs.redo_queue)
    wanted = Recipe(Settings(0.75, 1.1, (hint,), variant=2), "small")  # that preset repairs nothing
    assert albums.album.recipe_of(folder / "a.png") == wanted
    studio.wait_for(lambda: read_recipe(out / "a.png").recipe == wanted)


def choose(box: QComboBox, text: str) -> None:
    """As by hand."""
    box.setCurrentText(text)
    box.activated.emit(box.currentIndex())


def test_from_a_redo_the_photo_can_be_opened_with_all_tools(studio: Studio, folder: Path) -> None:
    _, review = reviewed(studio, folder)
    press(studio, review, Qt.Key.Key_R)
    review.redo_panel.more_button.click()
    studio.wait_for(studio.is_colored)
    assert studio.session.current is not None
    assert studio.session.current.path == folder / "a.png"


def test_leaving_a_redo_keeps_the_result_as_it_is(studio: Studio, folder: Path, out: Path) -> None:
    albums, review = reviewed(studio, folder)
    before = (out / "a.png").read_bytes()
    press(studio, review, Qt.Key.Key_R)
    studio.wait_for(lambda: review.redo.prediction is not None)
    review.redo_panel.strength.slider.setValue(0)
    QTest.keyClick(review.redo_panel.strength.slider, Qt.Key.Key_Escape)
    assert not review.is_redoing
    assert review._pair is not None
    assert review.canvas._after is review._pair.after
    assert (out / "a.png").read_bytes() == before
    assert not albums.album.model.photos[0].has_own


def test_a_result_that_cannot_be_read_says_so_in_its_place(studio: Studio, folder: Path, out: Path) -> None:
    albums = open_album(studio, folder)
    restore(studio, albums)
    (out / "a.png").write_bytes(b"no photo any more")
    studio.wait_for(albums.actions_.review.isEnabled)
    albums.actions_.review.trigger()
    studio.wait_for(albums.review.trouble.isVisible)
    assert "a.png" in albums.review.trouble.text()
    press(studio, albums.review, Qt.Key.Key_Right)
    wait_for_pair(studio, albums.review)
    assert not albums.review.trouble.isVisible()


def test_the_selected_results_alone_are_reviewed_if_there_are_several(studio: Studio, folder: Path) -> None:
    albums = open_album(studio, folder)
    restore(studio, albums)
    albums.workspace.grid.select([folder / "b.png", folder / "c.png"], folder / "c.png")
    studio.wait_for(albums.actions_.review.isEnabled)
    albums.actions_.review.trigger()
    assert albums.review.place.text().startswith("2 of 2")
    assert name(albums.review) == "c.png"
