"""Photos that are turned in the window: everything that shows them follows, and it can be undone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from handtint.gui.session.open_photo import PhotoState
from handtint.imaging.opening import read_photo
from handtint.imaging.provenance import read_provenance
from handtint.recipe.geometry import Geometry
from handtint.recipe.hints import Hint
from handtint.recipe.recipe import recipe_from_json
from handtint.recipe.saving import SaveOptions
from handtint.recipe.settings import Settings
from tests.gui.conftest import Studio, gray_photo


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return gray_photo(tmp_path / "aunt.png", (60, 80))


def size(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        return image.size


def turned(studio: Studio, geometry: Geometry, name: str = "Turn") -> None:
    studio.session.editing.set_geometry(geometry, name)
    studio.wait_for(studio.is_colored)


def test_picture_color_and_thumbnail_turn_with_the_photo(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    current = studio.session.current
    assert current is not None
    turned(studio, Geometry(90))
    assert current.photo is not None
    assert current.photo.size == (80, 60)
    assert current.before is not None
    assert current.after is not None
    assert current.before.size == current.after.size == (60, 80)
    assert current.thumbnail is not None
    assert current.thumbnail.height() > current.thumbnail.width()
    assert studio.predictions == 2
    seen = studio.colorizers[0].seen[1]
    assert seen[0].mean() < seen[-1].mean() - 40  # dark was left, and is above now


def test_undoing_a_turn_asks_the_model_nothing(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    turned(studio, Geometry(90))
    studio.session.editing.undo()
    studio.wait_for(studio.is_colored)
    current = studio.session.current
    assert current is not None
    assert current.photo is not None
    assert (current.asked.geometry, current.photo.size) == (Geometry(), (60, 80))
    studio.session.editing.redo()
    studio.wait_for(studio.is_colored)
    assert current.photo.size == (80, 60)
    assert studio.predictions == 2


def test_of_many_turns_in_a_row_the_last_is_shown(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    for turn in (90, 180, 270):
        studio.session.editing.set_geometry(Geometry(turn), "Turn")
    studio.wait_for(studio.is_colored)
    current = studio.session.current
    assert current is not None
    assert current.photo is not None
    assert current.photo.size == (80, 60)
    seen = np.asarray(current.photo.pixels)
    assert seen[0, 0] > seen[-1, 0]


def test_hints_are_shown_and_put_where_the_photo_is_turned(studio: Studio, photo: Path) -> None:
    hint = Hint(70.0, 20.0, 3.0, 40.0, 20.0)
    studio.open_colored(photo)
    studio.session.editing.set_settings(Settings(hints=(hint,)))
    turned(studio, Geometry(90, crop=(40, 0, 40, 60)))
    tool, current = studio.window.photo_workspace.hint_tool, studio.session.current
    assert current is not None
    studio.window.actions_.hints.trigger()
    (seen,) = tool._hints
    assert (seen.x, seen.y) == (40.0, 30.0)  # 60 - 20, 70 - 40
    tool.choose(0)
    tool._move(0, (10.0, 5.0))
    (moved,) = current.settings.hints
    assert (moved.x, moved.y, moved.radius) == (45.0, 50.0, 3.0)  # 40 + 5, 60 - 10


def test_hints_that_are_cropped_away_come_back_with_their_place(studio: Studio, photo: Path) -> None:
    hidden, shown = Hint(10.0, 10.0, 3.0, 40.0, 20.0), Hint(60.0, 30.0, 3.0, -30.0, 20.0)
    studio.open_colored(photo)
    studio.session.editing.set_settings(Settings(hints=(hidden, shown)))
    turned(studio, Geometry(crop=(40, 0, 40, 60)))
    tool, current = studio.window.photo_workspace.hint_tool, studio.session.current
    assert current is not None
    assert len(tool._hints) == 1
    tool._move(0, (30.0, 30.0))
    assert hidden in current.settings.hints
    assert len(current.settings.hints) == 2
    turned(studio, Geometry())
    assert {(hint.x, hint.y) for hint in tool._hints} == {(10.0, 10.0), (70.0, 30.0)}


def test_the_saved_result_is_turned_and_says_so(studio: Studio, photo: Path, tmp_path: Path) -> None:
    studio.open_colored(photo)
    geometry = Geometry(270, True, crop=(10, 0, 60, 50))
    turned(studio, geometry)
    with studio.qtbot.waitSignal(studio.window.results.saved):
        studio.window.results.save(tmp_path / "out.png", SaveOptions())
    noted = read_provenance(tmp_path / "out.png")
    assert noted is not None
    assert recipe_from_json(noted.recipe).geometry == geometry
    assert size(tmp_path / "out.png") == (50, 60)


def test_save_all_turns_photos_that_are_not_shown(studio: Studio, photo: Path, tmp_path: Path) -> None:
    other = gray_photo(tmp_path / "uncle.png", (60, 80))
    studio.open_colored(photo, other)
    second = studio.session.photos[1]
    studio.session.editing.set_recipe(second.recipe.with_geometry(Geometry(90)), photo=second)
    (tmp_path / "out").mkdir()
    with studio.qtbot.waitSignal(studio.window.results.all_saved):
        studio.window.results.save_all(studio.session.photos, tmp_path / "out", SaveOptions())
    assert [size(path) for path in sorted((tmp_path / "out").iterdir())] == [(80, 60), (60, 80)]


def test_a_turn_is_there_when_the_photo_is_shown_again(studio: Studio, photo: Path, tmp_path: Path) -> None:
    other = gray_photo(tmp_path / "uncle.png")
    studio.open_colored(photo, other)
    turned(studio, Geometry(90))
    first, second = studio.session.photos
    studio.session.show(second)
    studio.wait_for(studio.is_colored)
    studio.session.show(first)
    studio.wait_for(studio.is_colored)
    assert first.photo is not None
    assert first.photo.size == (80, 60)
    assert studio.predictions == 3


def test_a_file_of_another_size_loses_its_crop_and_keeps_its_turn(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    turned(studio, Geometry(90, crop=(10, 0, 60, 50)))
    gray_photo(photo, (40, 50))
    studio.session.reload()
    current = studio.session.current
    assert current is not None
    studio.wait_for(lambda: studio.is_colored() and current.size == (40, 50))
    assert current.asked.geometry == Geometry(90)
    assert "crop" in studio.said


def test_a_crop_that_does_not_fit_is_said_and_the_photo_shown_whole(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    turned(studio, Geometry(crop=(500, 500, 10, 10)))
    current = studio.session.current
    assert current is not None
    assert current.state is PhotoState.DONE
    assert current.asked.geometry == Geometry()
    assert "outside" in studio.said


def test_the_window_gives_the_pixels_that_the_command_line_gives(studio: Studio, photo: Path, tmp_path: Path) -> None:
    from handtint.progress import Progress
    from handtint.recipe.recipe import Recipe
    from handtint.restore import way
    from tests.fakes import FakeColorizer, fake_card

    studio.open_colored(photo)
    hints = (Hint(60.0, 30.0, 4.0, 50.0, 10.0),)
    studio.session.editing.set_settings(Settings(hints=hints))
    turned(studio, Geometry(90, straighten=3.0, crop=(20, 5, 50, 40)))
    with studio.qtbot.waitSignal(studio.window.results.saved):
        studio.window.results.save(tmp_path / "window.png", SaveOptions())
    recipe = Recipe(Settings(hints=hints), geometry=Geometry(90, straighten=3.0, crop=(20, 5, 50, 40)))
    colorizer = FakeColorizer(fake_card("unet"))
    way.restore(photo, tmp_path / "line.png", recipe, colorizer, SaveOptions(), Progress())
    window, line = (np.asarray(read_photo(tmp_path / name).pixels) for name in ("window.png", "line.png"))
    assert (window == line).all()
