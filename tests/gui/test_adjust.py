"""Adjusting in the window: sliders, the brush for protected places, and colors of another photo."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from skimage import data

from handtint import model_card
from handtint.cli import exit_codes
from handtint.cli import main as cli
from handtint.gui.adjust.overlay import ProtectOverlay
from handtint.gui.canvas.canvas import Mode
from handtint.gui.photo.paste_dialog import PasteDialog
from handtint.gui.session.step_words import history_words, undo_words
from handtint.model_card import ModelFile
from handtint.recipe.adjust import Adjust
from handtint.recipe.files import read_recipe_file, without_places
from handtint.recipe.geometry import Geometry
from handtint.recipe.hints import Hint
from handtint.recipe.presets import Presets
from handtint.recipe.protected import LEVELS, Protected
from handtint.recipe.saving import SaveOptions
from handtint.recipe.settings import Settings
from tests.fakes import FakeColorizer, fake_card
from tests.gui.conftest import Studio, color_photo, gray_photo

NO_KEY, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return gray_photo(tmp_path / "aunt.png")


def settings_of(studio: Studio) -> Settings:
    assert studio.session.current is not None
    return studio.session.current.settings


def cells(studio: Studio) -> np.ndarray:
    mask = settings_of(studio).protected
    assert mask is not None
    return np.frombuffer(mask.levels, np.uint8).reshape(mask.height, mask.width)


def shown(studio: Studio) -> np.ndarray:
    """The colored picture as it is now, once that is made."""
    studio.wait_for(lambda: studio.is_colored() and studio.session.developing.is_shown)
    assert studio.session.current is not None
    assert studio.session.current.after is not None
    image = studio.session.current.after.levels[0]
    colors = [[image.pixelColor(x, y) for x in range(80)] for y in range(60)]
    return np.array([[(color.red(), color.green(), color.blue()) for color in row] for row in colors])


def take_brush(studio: Studio) -> ProtectOverlay:
    studio.window.actions_.modes[Mode.RESULT].trigger()
    studio.window.adjust_actions.protect.trigger()
    overlay = studio.window.photo_workspace.protect_tool.overlay
    assert overlay.isVisible()
    assert studio.window.photo_workspace.protect_tool.bar.isVisible()
    return overlay


def point(studio: Studio, x: float, y: float) -> QPoint:
    return studio.window.photo_workspace.canvas.point_of((x, y)).toPoint()


def stroke(studio: Studio, *places: tuple[float, float], keys: Qt.KeyboardModifier = NO_KEY) -> None:
    overlay, button = studio.window.photo_workspace.protect_tool.overlay, Qt.MouseButton.LeftButton
    points = [point(studio, *place) for place in places]
    QTest.mousePress(overlay, button, keys, points[0])
    for one in points[1:]:
        QTest.mouseMove(overlay, one)
    QTest.mouseRelease(overlay, button, keys, points[-1])


def test_sliders_adjust_at_once_without_the_model_and_undo_names_them(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    before, asked = shown(studio), studio.predictions
    section = studio.window.photo_workspace.panel.adjust
    section.sliders["warmth"].slider.setValue(40)
    section.sliders["warmth"].slider.setValue(60)
    studio.session.editing.settle()
    section.sliders["skin"].slider.setValue(20)
    assert settings_of(studio).adjust == Adjust(warmth=60, skin=20)
    assert (shown(studio) != before).any()
    assert studio.predictions == asked
    current = studio.session.current
    assert current is not None
    assert history_words(current.history, current.recipe) == ["Warmth 0 → +60", "Skin 100 % → 20 %"]
    QTest.mouseDClick(section.sliders["skin"].slider, Qt.MouseButton.LeftButton)
    assert settings_of(studio).adjust == Adjust(warmth=60)
    studio.window.adjust_actions.reset.trigger()
    assert settings_of(studio).adjust == Adjust()
    assert not studio.window.adjust_actions.reset.isEnabled()
    for _ in range(4):
        studio.window.actions_.undo.trigger()
    assert settings_of(studio) == Settings()
    assert section.sliders["warmth"].value == 0
    assert (shown(studio) == before).all()


def test_the_brush_keeps_places_gray_and_undo_gives_their_color_back(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    before = shown(studio)
    take_brush(studio)
    stroke(studio, (15, 30), (20, 30))
    assert cells(studio)[30, 17] == LEVELS
    assert not cells(studio)[:, 60:].any()
    after = shown(studio)
    assert np.ptp(after[30, 17]) <= 1 < np.ptp(before[30, 17])
    assert (after[:, 60:] == before[:, 60:]).all()
    current = studio.session.current
    assert current is not None
    assert undo_words(current.history, current.recipe) == "Protected places"
    studio.window.actions_.undo.trigger()
    assert settings_of(studio).protected is None
    assert (shown(studio) == before).all()
    studio.window.actions_.redo.trigger()
    studio.window.adjust_actions.unprotect.trigger()
    assert settings_of(studio).protected is None
    assert undo_words(current.history, current.recipe) == "Protected places erased"


def test_half_as_much_shift_erases_and_keys_change_the_brush(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    overlay, tool = take_brush(studio), studio.window.photo_workspace.protect_tool
    tool.bar.amount.setCurrentIndex(1)
    tool.bar.amount.activated.emit(1)
    stroke(studio, (40, 30))
    assert cells(studio)[30, 40] == LEVELS // 2
    size, feather = tool.bar.extent.value(), tool.bar.feather.value()
    QTest.keyClicks(overlay, "]}")
    assert tool.bar.extent.value() > size
    assert tool.bar.feather.value() > feather
    QTest.keyClicks(overlay, "[{")
    assert (tool.bar.extent.value(), tool.bar.feather.value()) == (size, feather)
    tool.bar.extent.setValue(80)
    tool.bar.feather.setValue(0)
    stroke(studio, (40, 30), keys=SHIFT)
    assert settings_of(studio).protected is None


def test_keys_alone_paint_and_escape_puts_the_brush_away(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    overlay = take_brush(studio)
    for _ in range(3):
        QTest.keyClick(overlay, Qt.Key.Key_Left, SHIFT)
    QTest.keyClick(overlay, Qt.Key.Key_Return)
    assert cells(studio)[:, :40].sum() > cells(studio)[:, 40:].sum()
    QTest.keyClick(overlay, Qt.Key.Key_Return, SHIFT)
    assert cells(studio).max() < LEVELS / 2  # where the edges of both fade
    QTest.keyClick(overlay, Qt.Key.Key_Escape)
    assert not overlay.isVisible()
    assert not studio.window.adjust_actions.protect.isChecked()
    assert not studio.window.photo_workspace.protect_tool.bar.isVisible()


def test_escape_gives_up_the_stroke_that_is_being_painted(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    overlay = take_brush(studio)
    QTest.mousePress(overlay, Qt.MouseButton.LeftButton, NO_KEY, point(studio, 20, 20))
    QTest.keyClick(overlay, Qt.Key.Key_Escape)
    QTest.mouseRelease(overlay, Qt.MouseButton.LeftButton, NO_KEY, point(studio, 30, 20))
    assert settings_of(studio).protected is None
    assert overlay.isVisible()


def test_what_is_painted_on_a_turned_photo_is_a_place_of_the_upright_one(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    studio.session.editing.set_geometry(Geometry(90), "Rotate right")
    studio.wait_for(studio.is_colored)
    take_brush(studio)
    stroke(studio, (50, 10))  # of 60 x 80: top right, which was the top left
    found = np.argwhere(cells(studio) > LEVELS / 2).mean(0)
    assert np.abs(found - (9.5, 9.5)).max() < 1.5


def test_protected_places_are_seen_where_they_are_when_the_photo_is_turned_under_the_brush(
    studio: Studio, photo: Path
) -> None:
    studio.open_colored(photo)
    overlay = take_brush(studio)
    stroke(studio, (40, 30))
    studio.session.editing.set_geometry(Geometry(90, crop=(20, 10, 40, 40)), "Crop")
    studio.wait_for(studio.is_colored)
    assert overlay.isVisible()
    seen = overlay.grab().toImage()
    middle = point(studio, 20, 20)  # of 40 x 40, what was at 40, 30
    red = seen.pixelColor(middle)
    assert red.red() > red.green() + 40
    away = seen.pixelColor(point(studio, 3, 3))
    assert away.red() < away.green() + 40


def test_brush_hints_and_crop_put_each_other_away(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    window = studio.window
    window.actions_.hints.trigger()
    overlay = take_brush(studio)
    assert not window.actions_.hints.isChecked()
    assert not window.photo_workspace.hint_tool.overlay.isVisible()
    window.actions_.hints.trigger()
    assert not overlay.isVisible()
    window.adjust_actions.protect.trigger()
    window.turn_actions.crop.trigger()
    assert not overlay.isVisible()
    window.adjust_actions.protect.trigger()
    assert overlay.isVisible()
    assert not window.photo_workspace.turn_tool.view.isVisible()


def test_a_photo_takes_the_colors_of_another_and_goes_back_without_asking_again(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    asked, page = studio.predictions, studio.window.photo_workspace
    section, actions = studio.window.photo_workspace.panel.adjust, studio.window.adjust_actions
    assert not actions.drop_colors.isEnabled()
    page.references.choose(color_photo(photo.with_name("color.png")))
    studio.wait_for(lambda: settings_of(studio).reference is not None)
    studio.wait_for(lambda: studio.is_colored() and studio.predictions == asked + 1)
    assert section.name.accessibleName() == "color.png"
    studio.wait_for(lambda: not section.picture.pixmap().isNull())
    current = studio.session.current
    assert current is not None
    assert undo_words(current.history, current.recipe) == 'Colors of "color.png"'
    actions.drop_colors.trigger()
    assert settings_of(studio).reference is None
    assert not section.picture.isVisibleTo(section)
    studio.wait_for(studio.is_colored)
    assert studio.predictions == asked + 1
    assert undo_words(current.history, current.recipe) == "No colors of another photo"


def test_a_gray_or_missing_photo_gives_no_colors_and_that_is_said(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    references = studio.window.photo_workspace.references
    references.choose(gray_photo(photo.with_name("gray.png")))
    studio.wait_for(lambda: "black and white" in studio.said)
    references.choose(photo.with_name("gone.png"))
    studio.wait_for(lambda: "gone.png" in studio.said)
    assert settings_of(studio).reference is None


def test_a_reference_that_is_gone_is_told_and_can_be_taken_away(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    color = color_photo(photo.with_name("color.png"))
    studio.window.photo_workspace.references.choose(color)
    studio.wait_for(lambda: settings_of(studio).reference is not None and studio.is_colored())
    current = studio.session.current
    assert current is not None
    color.unlink()
    current.forget_colors()
    studio.colorizers.clear()
    studio.session.loaded_model._colorizer = None  # as after a start
    current.settings = dataclasses.replace(current.settings, vividness=0.5)
    studio.session.developing.resume()
    studio.wait_for(lambda: "is not there any more" in current.error)
    studio.window.adjust_actions.drop_colors.trigger()
    studio.wait_for(studio.is_colored)


def test_adjustments_go_into_presets_and_what_belongs_to_one_photo_does_not(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    mask = Protected(2, 1, "ua")
    own = Settings(0.9, hints=(Hint(9, 9, 2, 5, 5),), adjust=Adjust(30), protected=mask)
    studio.session.editing.set_settings(own)
    page, other = studio.window.photo_workspace, gray_photo(photo.with_name("uncle.png"))
    current = studio.session.current
    assert current is not None
    assert Presets().save("Warm", current.recipe).recipe.color == Settings(0.9, adjust=Adjust(30))
    page.edits.copy()
    studio.open_colored(other)
    assert page.edits.copied is not None
    dialog = PasteDialog(page.edits.copied, 1, studio.window)
    assert not dialog.places.isHidden()
    assert not dialog.with_places
    assert PasteDialog(without_places(page.edits.copied), 1, studio.window).places.isHidden()
    page.edits.paste(("color",), False, page._chosen())
    assert settings_of(studio) == Settings(0.9, adjust=Adjust(30))
    page.edits.paste(("color",), True, page._chosen())
    assert settings_of(studio) == own


def test_a_photo_of_another_size_under_the_same_name_loses_its_protected_places(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    current = studio.session.current
    assert current is not None
    studio.session.editing.set_settings(Settings(adjust=Adjust(30), protected=Protected(2, 1, "ua")))
    assert current.take_size((50, 80))
    assert current.settings == Settings(adjust=Adjust(30))


def test_the_command_line_gives_the_windows_pixels_of_a_photo_with_colors_of_another(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = data.astronaut()[20:276, 80:400]
    gray, color = tmp_path / "gray.png", tmp_path / "color.png"
    Image.fromarray(whole[:192, 80:272]).save(color)
    Image.fromarray(whole[16:208, 48:240]).convert("L").save(gray)
    model = ModelFile(Path("/models/sharp.safetensors"), fake_card("sharp", working_size=192), 1)
    monkeypatch.setattr(model_card, "find_model", lambda name: studio.session.model_named(name))
    studio.window.photo_workspace.add_model(model)
    studio.open_colored(gray)
    studio.window.photo_workspace.references.choose(color)
    studio.wait_for(lambda: settings_of(studio).reference is not None and studio.is_colored())
    prediction = studio.session.current.prediction  # type: ignore[union-attr]
    assert prediction is not None
    assert prediction.carried is not None
    adjusted = dataclasses.replace(settings_of(studio), adjust=Adjust(-30, 150), protected=Protected(4, 2, "auka3au"))
    studio.session.editing.set_settings(adjusted)
    studio.wait_for(lambda: studio.is_colored() and studio.window.actions_.save.isEnabled())
    studio.window.results.save(tmp_path / "window.png", SaveOptions())
    studio.wait_for(lambda: (tmp_path / "window.png").exists() and not studio.window.results.is_writing)
    studio.window.photo_workspace.edits.export(tmp_path / "recipe.json")
    assert read_recipe_file(tmp_path / "recipe.json").recipe.color == adjusted
    for number, source in enumerate((tmp_path / "recipe.json", tmp_path / "window.png")):
        out = tmp_path / f"out {number}"
        asked = ["restore", str(gray), "-o", str(out), "--recipe", str(source)]
        assert cli.main(asked, lambda model, device, threads: FakeColorizer(model.card)) == exit_codes.OK
        assert (np.asarray(Image.open(out / "gray.png")) == np.asarray(Image.open(tmp_path / "window.png"))).all()
