"""A scan of several prints becomes several photos of the strip, and one again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from skimage import data

from handtint.gui.session.open_photo import OpenPhoto
from handtint.gui.turning.frames import Frames
from handtint.gui.turning.split_tool import SplitTool
from handtint.imaging.provenance import read_provenance
from handtint.recipe.geometry import Geometry, GeometryError
from handtint.recipe.hints import Hint
from handtint.recipe.recipe import recipe_from_json
from handtint.recipe.saving import SaveOptions
from handtint.recipe.settings import Settings
from handtint.repair.prints.rectangle import Rectangle
from tests.gui.conftest import Studio, gray_photo

SIZE = (300, 520)


def scan_of_two(path: Path) -> Path:
    scan = np.full(SIZE, 250, np.uint8)
    scan[40:240, 30:230] = data.camera()[::2, ::2][:200, :200]
    scan[60:240, 290:490] = data.moon()[100:460:2, 100:500:2]
    Image.fromarray(scan).save(path)
    return path


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    return scan_of_two(tmp_path / "scan.png")


@pytest.fixture
def tool(studio: Studio, scan: Path) -> SplitTool:
    studio.open_colored(scan)
    studio.window.turn_actions.split.trigger()
    found = studio.window.photo_workspace.split_tool
    studio.wait_for(lambda: found.frames is not None and found.frames.all)
    return found


def photos(studio: Studio) -> list[OpenPhoto]:
    return studio.session.photos


def test_what_is_found_is_shown_first_and_split_by_enter(tool: SplitTool, studio: Studio, qtbot: QtBot) -> None:
    assert len(photos(studio)) == 1
    assert "2 prints" in tool.bar._count.text()
    assert tool.scan.accessibleName() == "Print 1 of 2"
    qtbot.keyClick(tool.scan, Qt.Key.Key_Return)
    assert [photo.name for photo in photos(studio)] == ["scan-1.png", "scan-2.png"]
    assert studio.session.current is photos(studio)[0]
    studio.wait_for(studio.is_colored)
    first, second = photos(studio)
    assert first.photo is not None
    assert first.photo.size == pytest.approx((200, 200), abs=4)
    assert second.asked.geometry.crop is not None
    assert second.asked.geometry.crop[0] == pytest.approx(290, abs=3)
    assert second.thumbnail is not None
    assert second.thumbnail.width() == pytest.approx(200, abs=4)
    assert "scan-1" in studio.window.windowTitle()
    assert not studio.window.turn_actions.split.isEnabled()


def split(tool: SplitTool, studio: Studio) -> list[OpenPhoto]:
    tool.take()
    studio.wait_for(studio.is_colored)
    return list(photos(studio))


def test_undo_brings_the_scan_back_and_redo_the_prints_with_all_that_was_done(tool: SplitTool, studio: Studio) -> None:
    _, second = split(tool, studio)
    actions = studio.window.actions_
    studio.session.show(second)
    studio.wait_for(studio.is_colored)
    studio.session.editing.set_settings(Settings(vividness=0.9))
    studio.session.editing.settle()
    actions.undo.trigger()
    assert "Split Scan" in actions.undo.text()
    actions.redo.trigger()
    actions.undo.trigger()
    actions.undo.trigger()
    (scan,) = photos(studio)
    assert scan.name == "scan.png"
    assert scan.asked.geometry == Geometry()
    studio.wait_for(studio.is_colored)
    assert "Split Scan" in actions.redo.text()
    actions.redo.trigger()
    assert photos(studio)[1] is second
    studio.wait_for(studio.is_colored)
    studio.session.show(second)
    studio.wait_for(studio.is_colored)
    actions.redo.trigger()
    assert second.settings.vividness == 0.9


def test_the_list_of_steps_leads_across_the_split(tool: SplitTool, studio: Studio) -> None:
    split(tool, studio)
    studio.session.editing.set_settings(Settings(vividness=0.9))
    studio.session.editing.go_to_step(0)
    assert [photo.name for photo in photos(studio)] == ["scan.png"]
    studio.wait_for(studio.is_colored)
    studio.session.editing.go_to_step(1)
    assert len(photos(studio)) == 2


def test_each_print_keeps_its_own_recipe_and_is_there_again_when_the_scan_is_opened(
    tool: SplitTool, studio: Studio, scan: Path
) -> None:
    _, second = split(tool, studio)
    studio.session.show(second)
    studio.wait_for(studio.is_colored)
    studio.session.editing.set_settings(Settings(vividness=0.7))
    studio.session.keeping.now()
    for _ in range(2):
        studio.session.close_photo()
    assert not photos(studio)
    studio.open_colored(scan)
    assert [photo.name for photo in photos(studio)] == ["scan-1.png", "scan-2.png"]
    assert photos(studio)[1].settings.vividness == 0.7
    assert photos(studio)[0].settings.vividness != 0.7
    first = photos(studio)[0]
    assert first.first.geometry == first.frame != Geometry()
    studio.session.editing.undo()
    assert [photo.name for photo in photos(studio)] == ["scan.png"]
    studio.wait_for(studio.is_colored)
    studio.session.keeping.now()
    studio.session.close_photo()
    studio.open_colored(scan)
    assert [photo.name for photo in photos(studio)] == ["scan.png"]


def test_a_scan_that_was_just_put_back_stays_whole_when_another_photo_is_looked_at(
    tool: SplitTool, studio: Studio, tmp_path: Path
) -> None:
    split(tool, studio)
    studio.session.keeping.now()
    studio.session.editing.undo()
    studio.wait_for(studio.is_colored)
    (scan,) = photos(studio)
    studio.open_colored(gray_photo(tmp_path / "aunt.png"))
    studio.session.show(scan)
    studio.wait_for(studio.is_colored)
    assert studio.session.current is scan


def test_a_print_that_is_opened_by_its_result_leads_to_the_scan(
    tool: SplitTool, studio: Studio, tmp_path: Path
) -> None:
    split(tool, studio)
    with studio.qtbot.waitSignal(studio.window.results.saved):
        studio.window.results.save(tmp_path / "one.png", SaveOptions())
    studio.session.keeping.now()
    for _ in range(2):
        studio.session.close_photo()
    studio.window.open([tmp_path / "one.png"])
    studio.wait_for(studio.is_colored)
    (one,) = photos(studio)
    assert (one.name, one.asked.part) == ("scan-1.png", 1)
    assert one.photo is not None
    assert one.photo.size == pytest.approx((200, 200), abs=4)


def test_prints_are_saved_under_their_numbers_and_lead_back(tool: SplitTool, studio: Studio, tmp_path: Path) -> None:
    split(tool, studio)
    (tmp_path / "out").mkdir()
    with studio.qtbot.waitSignal(studio.window.results.all_saved):
        studio.window.results.save_all(photos(studio), tmp_path / "out", SaveOptions())
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["scan-1.png", "scan-2.png"]
    noted = read_provenance(tmp_path / "out" / names[1])
    assert noted is not None
    recipe = recipe_from_json(noted.recipe)
    assert recipe.part == 2
    with Image.open(tmp_path / "out" / names[1]) as image:
        assert image.size == pytest.approx((200, 180), abs=4)
    with Image.open(tmp_path / "scan.png") as image:
        assert image.size == (520, 300)
    second = photos(studio)[1]
    studio.window.open([tmp_path / "out" / names[1]])
    studio.wait_for(lambda: studio.session.current is second)
    assert len(photos(studio)) == 2


def test_hints_go_with_the_print_they_lie_on(studio: Studio, scan: Path) -> None:
    studio.open_colored(scan)
    left, right = Hint(100.0, 100.0, 3.0, 40.0, 20.0), Hint(400.0, 100.0, 3.0, -30.0, 20.0)
    studio.session.editing.set_settings(Settings(hints=(left, right)))
    current = studio.session.current
    assert current is not None
    frames = [Geometry(crop=(30, 40, 200, 200)), Geometry(crop=(290, 60, 200, 180))]
    studio.session.splitting.split(current, frames)
    assert [photo.settings.hints for photo in photos(studio)] == [(left,), (right,)]


def test_frames_are_dragged_drawn_and_taken_away(tool: SplitTool, studio: Studio, qtbot: QtBot) -> None:
    view, left = tool.scan, Qt.MouseButton.LeftButton
    assert tool.frames is not None

    def drag(start: tuple[float, float], end: tuple[float, float]) -> None:
        points = view.point_of(*start).toPoint(), view.point_of(*end).toPoint()
        qtbot.mousePress(view, left, pos=points[0])
        qtbot.mouseMove(view, (points[0] + points[1]) / 2)
        qtbot.mouseMove(view, points[1])
        qtbot.mouseRelease(view, left, pos=points[1])

    before = tool.frames.all[1]
    drag((390, 150), (380, 160))
    assert tool.frames.chosen == 1
    assert tool.frames.all[1].x == pytest.approx(before.x - 10, abs=2)
    corner = tool.frames.corners(1)[2]
    drag(corner, (corner[0] - 40, corner[1] - 20))
    assert tool.frames.all[1].width == pytest.approx(before.width - 40, abs=2)
    assert tool.frames.corners(1)[0] == pytest.approx((before.x - 10 - before.width / 2, 70), abs=3)
    drag((240, 255), (280, 295))
    assert len(tool.frames.all) == 3
    assert tool.frames.all[2].width == pytest.approx(40, abs=2)
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert len(tool.frames.all) == 2
    tool.bar.remove.click()
    tool.bar.remove.click()
    assert not tool.bar.take.isEnabled()
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert len(photos(studio)) == 1


def test_keys_alone_adjust_the_frames(tool: SplitTool, qtbot: QtBot) -> None:
    view = tool.scan
    assert tool.frames is not None
    qtbot.keyClick(view, Qt.Key.Key_Tab)
    assert tool.frames.chosen == 1
    before = tool.frames.all[1]
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    after = tool.frames.all[1]
    assert after.width == pytest.approx(before.width - 5.2, abs=0.01)
    assert after.x == pytest.approx(before.x + 5.2 - 2.6, abs=0.01)
    tool.bar.angle.setValue(30)
    assert tool.frames.all[1].tilt == 3.0
    qtbot.keyClick(view, Qt.Key.Key_Insert)
    assert len(tool.frames.all) == 3
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert tool.frames is None


def test_one_frame_crops_the_scan_and_keeps_its_name(tool: SplitTool, studio: Studio) -> None:
    assert tool.frames is not None
    tool.frames.remove()
    split(tool, studio)
    (only,) = photos(studio)
    assert only.name == "scan.png"
    assert only.asked.geometry.crop is not None


@pytest.mark.parametrize("geometry", [Geometry(), Geometry(90), Geometry(270, True), Geometry(0, True)], ids=str)
def test_frames_are_moved_as_they_are_seen(geometry: Geometry) -> None:
    frames = Frames(geometry, SIZE, [Rectangle(200.0, 150.0, 80.0, 60.0, 5.0)])
    before = frames.corners(0)
    frames.move(10, -5)
    assert np.array(frames.corners(0)) == pytest.approx(np.array(before) + np.array((10, -5)))
    width = frames.all[0].width, frames.all[0].height
    frames.drag_corner(2, *before[0])
    assert frames.all[0].width >= 16
    assert (frames.all[0].width, frames.all[0].height) != width
    (one,) = frames.geometries()
    assert (one.turn, one.mirrored) == (geometry.turn, geometry.mirrored)
    assert one.tilt == pytest.approx(-5.0)
    frames.tilt(30.0)
    assert frames.seen_tilt == 30.0
    (one,) = frames.geometries()
    assert one.corners is not None


def test_a_frame_that_can_be_no_print_is_told() -> None:
    frames = Frames(Geometry(), SIZE, [Rectangle(0.0, 0.0, 16.0, 16.0, 40.0)])
    with pytest.raises(GeometryError, match="Frame 1 cannot be a print"):
        frames.geometries()
