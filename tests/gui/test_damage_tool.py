"""Damage in the window: what will be filled is shown, curated by clicks and strokes, and filled just so."""

from __future__ import annotations

import json
import math
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from handtint.cli import exit_codes
from handtint.cli import main as cli
from handtint.gui.canvas.canvas import Mode
from handtint.gui.canvas.viewport import Point, View
from handtint.gui.repair.eye import Eye
from handtint.gui.repair.marks import marks_image
from handtint.gui.repair.tool import DamageTool
from handtint.gui.session.open_photo import OpenPhoto
from handtint.recipe import damage
from handtint.recipe.damage import ADD, ERASE, LEAVE, PAINT, Damage, Edit
from handtint.recipe.form import to_json
from handtint.recipe.geometry import Geometry
from handtint.recipe.recipe import Recipe
from handtint.recipe.repair import Fade, FadedColor, Noise, Repair
from handtint.recipe.saving import SaveOptions
from handtint.repair.damage.places import Places
from handtint.restore import repairing
from tests.fakes import FakeColorizer, FakeFinder, fake_card
from tests.gui.conftest import Studio, color_photo

SCRATCH, SPECK = (59.5, 45.5), (21.5, 31.5)


class Finder(FakeFinder):
    """Sees damage where it is nearly white."""

    card = fake_card("damage")

    def chances(self, lightness: np.ndarray, closely: bool = True) -> np.ndarray:
        return np.where(lightness > 97, 255, 0).astype(np.uint8)


@pytest.fixture(autouse=True)
def _finder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repairing, "load_finder", Finder)


@pytest.fixture
def scratched(tmp_path: Path) -> Path:
    """A gray slope with a white scratch, and a dark speck that the network does not see."""
    ramp = np.linspace(60, 180, 120)[None].repeat(90, 0) + np.random.default_rng(0).normal(0, 1, (90, 120))
    pixels = ramp.astype(np.uint8)
    pixels[20:70, 59:60] = 255
    pixels[30:34, 20:24] = 10
    path = tmp_path / "aunt.png"
    Image.fromarray(pixels).save(path)
    return path


def current_of(studio: Studio) -> OpenPhoto:
    assert studio.session.current is not None
    return studio.session.current


def tool_of(studio: Studio) -> DamageTool:
    return studio.window.photo_workspace.damage_tool


def is_settled(studio: Studio) -> bool:
    return studio.is_colored() and current_of(studio).is_repair_done and studio.session.developing.is_shown


def begin(studio: Studio, photo: Path, sensitivity: float = 60) -> None:
    """Open it, look for damage, show the marks."""
    studio.open_colored(photo)
    studio.window.photo_workspace.canvas.set_mode(Mode.RESULT)
    studio.session.editing.set_repair(Repair(Damage(sensitivity)))
    studio.wait_for(lambda: is_settled(studio))
    studio.window.repair_actions.marks.trigger()
    studio.wait_for(lambda: tool_of(studio).overlay.marked is not None)


def at(studio: Studio, place: Point) -> QPoint:
    return studio.window.photo_workspace.canvas.point_of(place).toPoint()


def marked(studio: Studio) -> np.ndarray:
    """(h, w) bool, what the overlay shows as filled."""
    shown = tool_of(studio).overlay.marked
    return np.zeros((90, 120), bool) if shown is None else shown.filled.mask()


def changed(studio: Studio) -> np.ndarray:
    """(h, w) bool, where the repaired photo has other values."""
    current = current_of(studio)
    assert current.photo is not None
    assert current.seen is not None
    return np.asarray(current.photo.pixels) != np.asarray(current.seen.photo.pixels)


def test_a_click_on_a_mark_takes_it_away_and_another_adds_what_stands_out(studio: Studio, scratched: Path) -> None:
    begin(studio, scratched)
    assert marked(studio)[20:70, 59].all()
    QTest.mouseClick(tool_of(studio).overlay, Qt.MouseButton.LeftButton, pos=at(studio, SCRATCH))
    studio.wait_for(lambda: is_settled(studio) and not marked(studio).any())
    assert current_of(studio).asked.repair.damage.edits[-1].kind == LEAVE
    assert studio.window.actions_.undo.text() == "&Undo Left as it is"
    QTest.mouseClick(tool_of(studio).overlay, Qt.MouseButton.LeftButton, pos=at(studio, SPECK))
    studio.wait_for(lambda: is_settled(studio) and marked(studio).any())
    assert marked(studio)[30:34, 20:24].all()
    assert studio.window.actions_.undo.text() == "&Undo Damage added"
    studio.window.actions_.undo.trigger()
    studio.wait_for(lambda: is_settled(studio) and not marked(studio).any())


def test_a_brush_paints_and_with_shift_erases(studio: Studio, scratched: Path) -> None:
    begin(studio, scratched)
    overlay, actions = tool_of(studio).overlay, studio.window.repair_actions
    actions.brush.trigger()
    for modifier, count in ((Qt.KeyboardModifier.NoModifier, 1), (Qt.KeyboardModifier.ShiftModifier, 2)):
        QTest.mousePress(overlay, Qt.MouseButton.LeftButton, modifier, at(studio, (90.0, 20.0)))
        QTest.mouseMove(overlay, at(studio, (90.0, 40.0)))
        QTest.mouseRelease(overlay, Qt.MouseButton.LeftButton, modifier, at(studio, (90.0, 40.0)))
        studio.wait_for(lambda count=count: len(current_of(studio).asked.repair.damage.edits) == count)
        studio.wait_for(lambda count=count: is_settled(studio) and marked(studio)[30, 90] == (count == 1))
    assert [edit.kind for edit in current_of(studio).asked.repair.damage.edits] == [PAINT, ERASE]
    assert studio.window.actions_.undo.text() == "&Undo Marks erased"


def test_a_stroke_too_many_is_told_and_not_shown(
    studio: Studio, scratched: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(studio, scratched)
    studio.window.repair_actions.brush.trigger()
    monkeypatch.setattr(damage, "_MOST_POINTS", 1)
    overlay = tool_of(studio).overlay
    QTest.mousePress(overlay, Qt.MouseButton.LeftButton, pos=at(studio, (90.0, 20.0)))
    QTest.mouseMove(overlay, at(studio, (90.0, 60.0)))
    QTest.mouseRelease(overlay, Qt.MouseButton.LeftButton, pos=at(studio, (90.0, 60.0)))
    assert studio.said.startswith("There are more than 1 points of painted damage.")
    assert current_of(studio).asked.repair.damage.edits == ()
    assert overlay.grab().toImage() == shown_again(studio)


def shown_again(studio: Studio) -> QImage:
    """What the overlay shows of its marks alone."""
    overlay = tool_of(studio).overlay
    overlay.show_marks(overlay.marked)
    return overlay.grab().toImage()


def test_the_brush_is_used_by_keys_alone(studio: Studio, scratched: Path) -> None:
    begin(studio, scratched)
    overlay = tool_of(studio).overlay
    QTest.keyClick(studio.window, Qt.Key.Key_D, Qt.KeyboardModifier.ShiftModifier)
    before = overlay._radius
    for key, factor in (("]", 1), ("]", 1), ("[", -1)):
        QTest.keyClicks(overlay, key)
        assert (overlay._radius > before) == (factor > 0)
        before = overlay._radius
    QTest.keyClick(overlay, Qt.Key.Key_Right)
    QTest.keyClick(overlay, Qt.Key.Key_Return)
    studio.wait_for(lambda: [edit.kind for edit in current_of(studio).asked.repair.damage.edits] == [PAINT])
    studio.wait_for(lambda: is_settled(studio))
    QTest.keyClick(overlay, Qt.Key.Key_Escape)
    assert not studio.window.repair_actions.brush.isChecked()
    assert overlay.isVisible()
    QTest.keyClick(overlay, Qt.Key.Key_Escape)
    assert not overlay.isVisible()


def test_what_is_marked_is_what_is_filled(studio: Studio, scratched: Path) -> None:
    marks = (Edit(PAINT, ((90.0, 20.0), (100.0, 60.0)), 2.5), Edit(ADD, (SPECK,), 3.0), Edit(ERASE, ((59.5, 30.0),), 4))
    begin(studio, scratched)
    studio.session.editing.set_repair(Repair(Damage(60, marks)))
    studio.wait_for(lambda: is_settled(studio) and marked(studio)[31, 21])
    is_changed = changed(studio)
    assert not (is_changed & ~marked(studio)).any()
    same_by_chance = marked(studio) & ~is_changed
    assert same_by_chance.sum() < 0.25 * marked(studio).sum()
    assert not marked(studio)[30, 59]


@pytest.mark.parametrize("geometry", [Geometry(), Geometry(turn=90, crop=(5.0, 5.0, 80.0, 80.0))])
def test_the_window_and_the_command_line_repair_alike(
    studio: Studio, scratched: Path, tmp_path: Path, geometry: Geometry
) -> None:
    marks = (Edit(PAINT, ((70.0, 20.0), (76.0, 60.0)), 2.5), Edit(ADD, (SPECK,), 3.0), Edit(LEAVE, (SCRATCH,), 1.0))
    repair = Repair(Damage(60, marks), Fade(30, 20), noise=Noise(30, 20))
    recipe = Recipe(geometry=geometry, repair=repair, is_colored=False)
    studio.open_colored(scratched)
    studio.session.developing.look_for_damage()  # what the window knows besides must change nothing
    studio.wait_for(lambda: not studio.session.developing.is_looking)
    studio.session.editing.set_recipe(recipe)
    studio.wait_for(lambda: is_settled(studio) and current_of(studio).asked == recipe)
    by_window = tmp_path / "window.png"
    studio.window.results.save(by_window, SaveOptions())
    studio.wait_for(by_window.exists)
    studio.wait_for(lambda: not studio.window.results.is_writing)
    file = tmp_path / "recipe.json"
    file.write_text(json.dumps(to_json(recipe)))
    options = ["restore", str(scratched), "-o", str(tmp_path / "out"), "--recipe", str(file)]
    assert cli.main(options, lambda *_: FakeColorizer()) == exit_codes.OK
    ours, theirs = (np.asarray(Image.open(path)) for path in (by_window, tmp_path / "out" / scratched.name))
    assert np.array_equal(ours, theirs)
    assert ours.ndim == 2


def test_marks_follow_the_photo_when_it_is_turned(studio: Studio, scratched: Path) -> None:
    begin(studio, scratched)
    before = marked(studio)
    studio.window.turn_actions.right.trigger()
    studio.wait_for(lambda: is_settled(studio) and marked(studio).shape == (120, 90))
    studio.wait_for(lambda: np.array_equal(np.rot90(before, -1), marked(studio)))


def test_marks_do_not_stop_the_inspection_of_what_the_photo_needs(studio: Studio, scratched: Path) -> None:
    studio.open_colored(scratched)
    studio.window.repair_actions.auto.trigger()
    studio.window.repair_actions.marks.trigger()
    studio.wait_for(lambda: current_of(studio).findings is not None)


def test_the_marks_are_gone_with_the_tool_and_hints_put_it_away(studio: Studio, scratched: Path) -> None:
    begin(studio, scratched)
    tool = tool_of(studio)
    assert tool.bar.isVisible()
    studio.window.actions_.hints.trigger()
    assert not tool.overlay.isVisible()
    assert not tool.bar.isVisible()
    studio.window.repair_actions.marks.trigger()
    assert not studio.window.actions_.hints.isChecked()
    assert tool.overlay.isVisible()


def test_an_eye_shows_the_photo_without_its_step_and_changes_no_recipe(studio: Studio, scratched: Path) -> None:
    studio.open_colored(scratched)
    section = studio.window.photo_workspace.panel.repair
    section.fold.click()
    studio.session.editing.set_repair(Repair(Damage(60)))
    studio.wait_for(lambda: is_settled(studio))

    def scratch() -> int:
        after = current_of(studio).after
        assert after is not None
        return after.levels[0].pixelColor(59, 45).lightness()

    assert scratch() < 180
    eye = section.eyes["damage"]
    eye.click()
    studio.wait_for(lambda: scratch() > 240)
    assert eye.is_closed
    assert current_of(studio).asked.repair == Repair(Damage(60))
    assert is_settled(studio)
    eye.click()
    studio.wait_for(lambda: scratch() < 180)
    assert not eye.is_closed
    eye.click()
    section.sliders["damage.sensitivity"].slider.setValue(70)  # who changes a step wants to see it
    assert not eye.is_closed
    studio.wait_for(lambda: is_settled(studio) and scratch() < 180)


def test_an_eye_that_is_held_opens_again(qtbot: QtBot) -> None:
    eye = Eye("Fading", None)  # type: ignore[arg-type]
    qtbot.addWidget(eye)
    told: list[bool] = []
    eye.closed.connect(told.append)
    QTest.mousePress(eye, Qt.MouseButton.LeftButton)
    assert told == [True]
    QTest.qWait(400)
    QTest.mouseRelease(eye, Qt.MouseButton.LeftButton)
    assert told == [True, False]
    QTest.keyClick(eye, Qt.Key.Key_Space)
    assert told == [True, False, True]
    assert eye.is_closed


def test_looking_for_damage_can_be_stopped_and_taken_up_again(
    studio: Studio, scratched: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on = threading.Event()

    class Slow(Finder):
        def chances(self, lightness: np.ndarray, closely: bool = True) -> np.ndarray:
            may_go_on.wait(60)
            return super().chances(lightness)

    monkeypatch.setattr(repairing, "load_finder", Slow)
    studio.open_colored(scratched)
    marks, session = studio.window.repair_actions.marks, studio.session
    marks.trigger()
    assert session.developing.is_looking
    studio.window.actions_.cancel.trigger()
    may_go_on.set()
    assert not session.developing.is_looking
    assert current_of(studio).damage_found is None
    marks.trigger()
    marks.trigger()
    studio.wait_for(lambda: current_of(studio).damage_found is not None)


def test_a_click_says_what_was_white(studio: Studio, tmp_path: Path) -> None:
    studio.window.open([color_photo(tmp_path / "c.png")])
    studio.wait_for(lambda: studio.said == "This photo is already in color.")
    actions = studio.window.repair_actions
    assert actions.white.isEnabled()
    actions.white.trigger()
    QTest.keyClicks(tool_of(studio).overlay, "]")  # the brush's size is no other tool
    QTest.mouseClick(tool_of(studio).overlay, Qt.MouseButton.LeftButton, pos=at(studio, (30.2, 20.4)))
    studio.wait_for(lambda: is_settled(studio))
    white = current_of(studio).asked.repair.faded_color.white
    assert white == pytest.approx((30, 20), abs=1)
    assert not actions.white.isChecked()
    assert studio.window.actions_.undo.text() == "&Undo White point"
    studio.window.photo_workspace.panel.repair.no_white.click()
    assert current_of(studio).asked.repair.faded_color == FadedColor()


def test_a_recipe_with_bad_strokes_is_told_in_a_sentence(
    studio: Studio, scratched: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = to_json(Recipe(repair=Repair(Damage(0, (Edit(PAINT, ((5000.0, 3.0),), 3),)))))
    text = json.dumps(outside)
    for bad, words in (
        (text, "outside aunt.png, which is 120 x 90"),
        (text.replace("5000.0", "NaN"), "must be a number"),
        (text.replace("5000.0", "1e300"), "outside aunt.png"),
    ):
        file = tmp_path / "recipe.json"
        file.write_text(bad)
        options = ["restore", str(scratched), "-o", str(tmp_path / "out"), "--no-color", "--recipe", str(file)]
        assert cli.main(options, lambda *_: FakeColorizer()) != exit_codes.OK
        said = capsys.readouterr()
        assert words in said.out + said.err
        assert "Traceback" not in said.out + said.err
    studio.open_colored(scratched)
    studio.session.editing.set_repair(Repair(Damage(0, (Edit(PAINT, ((5000.0, 3.0),), 3),))))
    studio.wait_for(lambda: "outside aunt.png" in studio.said)


@pytest.mark.parametrize("scale", [0.1, 0.37, 1.0, 3.0, 7.3])
def test_every_mark_is_seen_at_every_scale(scale: float) -> None:
    mask = np.zeros((400, 600), bool)
    mask[::37, ::41] = True
    view = View(scale, 300.0, 200.0)
    width, height = 700, 500
    image = marks_image([(Places.of_mask(mask), QColor(255, 0, 0))], view, width, height)
    for y, x in np.argwhere(mask):
        left, top = (math.floor(value) for value in view.to_viewport((float(x) + 0.5, float(y) + 0.5), (width, height)))
        if 0 <= left < width and 0 <= top < height:
            assert image.pixelColor(left, top).red() == 255
    if scale >= 1:
        beside = [math.floor(value) for value in view.to_viewport((329.5, 222.5), (width, height))]
        assert mask[222, 328]
        assert not image.pixelColor(*beside).alpha()
