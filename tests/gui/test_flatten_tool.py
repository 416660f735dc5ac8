"""Making a print flat in the window, by mouse and by keys."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from handtint.gui.turning.flatten_tool import FlattenTool
from handtint.gui.turning.flattening import Flattening
from handtint.recipe.geometry import Geometry
from handtint.recipe.hints import Hint
from handtint.recipe.placement import place
from handtint.recipe.settings import Settings
from tests.gui.conftest import Studio, gray_photo

SIZE = (300, 400)
CORNERS = ((60.0, 40.0), (340.0, 60.0), (360.0, 270.0), (40.0, 250.0))


@pytest.fixture
def tool(studio: Studio, tmp_path: Path) -> FlattenTool:
    studio.open_colored(gray_photo(tmp_path / "aunt.png", SIZE))
    studio.window.turn_actions.flatten.trigger()
    return studio.window.photo_workspace.flatten_tool


def put(tool: FlattenTool, qtbot: QtBot, number: int, place: tuple[float, float]) -> None:
    view = tool.corners
    start, end = view.point_of(*view.points[number]).toPoint(), view.point_of(*place).toPoint()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(view, (start + end) / 2)
    qtbot.mouseMove(view, end)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)


def test_four_corners_are_dragged_and_the_print_made_flat(tool: FlattenTool, studio: Studio, qtbot: QtBot) -> None:
    for number, corner in enumerate(CORNERS):
        put(tool, qtbot, number, corner)
    assert tool.flattening is not None
    assert np.asarray(tool.flattening.corners) == pytest.approx(np.asarray(CORNERS), abs=2)
    size = tool.flattening.size
    assert f"{size[1]} × {size[0]}" in tool.bar.said_size.text()
    qtbot.keyClick(tool.corners, Qt.Key.Key_Return)
    current = studio.session.current
    assert current is not None
    assert np.asarray(current.asked.geometry.corners) == pytest.approx(np.asarray(CORNERS), abs=2)
    studio.wait_for(studio.is_colored)
    assert current.photo is not None
    assert current.photo.size == size
    assert not tool.corners.isVisible()
    assert "flat" in studio.window.actions_.undo.text()
    studio.window.actions_.undo.trigger()
    assert current.asked.geometry == Geometry()


def test_a_photo_that_is_too_small_for_a_print_cannot_be_made_flat(studio: Studio, tmp_path: Path) -> None:
    flatten = studio.window.turn_actions.flatten
    studio.open_colored(gray_photo(tmp_path / "tiny.png", (9, 40)))
    assert not flatten.isEnabled()
    studio.open_colored(gray_photo(tmp_path / "small.png", (10, 40)))
    flatten.trigger()
    assert studio.window.photo_workspace.flatten_tool.flattening is not None


def test_keys_alone_put_the_corners(tool: FlattenTool, studio: Studio, qtbot: QtBot) -> None:
    view = tool.corners
    assert view.hasFocus()
    for _ in range(5):
        qtbot.keyClick(view, Qt.Key.Key_Left)
    qtbot.keyClick(view, Qt.Key.Key_Tab)
    qtbot.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert view.accessibleName().startswith("Corner 2 of 4")
    qtbot.keyClick(view, Qt.Key.Key_Return)
    current = studio.session.current
    assert current is not None
    assert current.asked.geometry.corners == ((20, 30), (360, 31), (360, 270), (40, 270))


def test_escape_leaves_the_photo_as_it_was(tool: FlattenTool, studio: Studio, qtbot: QtBot) -> None:
    qtbot.keyClick(tool.corners, Qt.Key.Key_Left)
    qtbot.keyClick(tool.corners, Qt.Key.Key_Escape)
    current = studio.session.current
    assert current is not None
    assert not current.history.past
    assert not studio.window.turn_actions.flatten.isChecked()


def test_the_corners_of_the_photo_make_nothing_flat(tool: FlattenTool, studio: Studio, qtbot: QtBot) -> None:
    studio.session.editing.set_geometry(Geometry(90, corners=CORNERS), "Flat")
    studio.wait_for(studio.is_colored)
    assert tool.flattening is not None
    assert tool.flattening.corners == CORNERS
    tool.bar.unmark.click()
    qtbot.keyClick(tool.corners, Qt.Key.Key_Return)
    current = studio.session.current
    assert current is not None
    assert current.asked.geometry == Geometry(90)


def test_only_one_tool_is_used_at_a_time(tool: FlattenTool, studio: Studio) -> None:
    turns, hints = studio.window.turn_actions, studio.window.actions_.hints
    turns.crop.trigger()
    assert not tool.corners.isVisible()
    assert studio.window.photo_workspace.turn_tool.view.isVisible()
    turns.flatten.trigger()
    assert not turns.crop.isChecked()
    assert tool.corners.isVisible()
    hints.trigger()
    assert not tool.corners.isVisible()


def test_hints_follow_a_print_that_is_made_flat(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "aunt.png", SIZE))
    studio.session.editing.set_settings(Settings(hints=(Hint(200.0, 150.0, 5.0, 40.0, 20.0),)))
    geometry = Geometry(corners=CORNERS)
    studio.session.editing.set_geometry(geometry, "Flat")
    studio.wait_for(studio.is_colored)
    studio.window.actions_.hints.trigger()
    (seen,) = studio.window.photo_workspace.hint_tool._hints
    assert (seen.x, seen.y) == pytest.approx(place(geometry, SIZE).to_result(200.0, 150.0))


@pytest.mark.parametrize("geometry", [Geometry(), Geometry(90), Geometry(180, True), Geometry(270, corners=CORNERS)])
def test_a_corner_stays_in_the_photo_and_the_print_a_print(geometry: Geometry) -> None:
    flattening = Flattening(geometry, SIZE)
    before = flattening.points
    assert flattening.move(1, -900, 5000) in (True, False)
    assert flattening.move(0, *before[2]) is False  # it would lie on another
    for x, y in flattening.corners:
        assert 0 <= x <= SIZE[1]
        assert 0 <= y <= SIZE[0]
    place(flattening.geometry, SIZE)
