"""Open photos that were worked on before and not shown yet: what is done with them begins with how they were left."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from handtint.gui.saving.all_dialog import SaveAllDialog
from handtint.recipe.geometry import Geometry
from handtint.recipe.hints import Hint
from handtint.recipe.presets import BUNDLED
from handtint.recipe.repair import Fade, Repair
from handtint.recipe.settings import Settings
from handtint.recipe.store import Kept, RecipeStore
from handtint.stamps import sha256_of
from tests.gui.conftest import Studio, gray_photo
from tests.gui.test_edits import save_result

HINT = Hint(10, 10, 4, 20, 20)
ON_ITS_SIDE = Geometry(turn=90, crop=(0, 0, 40, 60))
QUIET = BUNDLED[0]


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    return [gray_photo(tmp_path / f"{letter}.png", (60, 80 + n)) for n, letter in enumerate("ab")]


def kept(path: Path) -> Kept | None:
    return RecipeStore().read(sha256_of(path))


def close_all(studio: Studio) -> None:
    studio.session.keeping.now()
    while studio.session.photos:
        studio.session.close_photo()


def work_on(studio: Studio, path: Path) -> None:
    """Put a hint on a photo, turn and crop it, and close it."""
    studio.open_colored(path)
    studio.session.editing.set_settings(Settings(hints=(HINT,)))
    studio.session.editing.set_geometry(ON_ITS_SIDE, "Crop")
    studio.wait_for(lambda: studio.is_colored() and studio.session.developing.is_shown)
    close_all(studio)


def choose_second(studio: Studio, files: Sequence[Path]) -> None:
    """Open photos and choose the second with the first, which is shown."""
    studio.open_colored(*files)
    studio.window.photo_workspace.filmstrip.list.item(1).setSelected(True)


def test_a_preset_on_a_photo_that_was_not_shown_leaves_its_hints_and_crop_and_is_kept(
    studio: Studio, files: list[Path]
) -> None:
    work_on(studio, files[1])
    choose_second(studio, files)
    second = studio.session.photos[1]
    studio.window.photo_workspace.edits.apply_preset(QUIET.name, QUIET.recipe)
    studio.wait_for(lambda: second.settings.vividness == QUIET.recipe.color.vividness)
    studio.session.keeping.now()
    found = kept(files[1])
    assert found is not None
    assert found.recipe.color == dataclasses.replace(QUIET.recipe.color, hints=(HINT,))
    assert found.recipe.geometry == ON_ITS_SIDE
    assert found.past[-1].name == QUIET.name
    studio.session.show(second)
    studio.wait_for(studio.is_colored)
    assert "As you left it" in studio.said


def test_settings_pasted_to_a_new_photo_that_was_not_shown_are_kept(studio: Studio, files: list[Path]) -> None:
    choose_second(studio, files)
    page = studio.window.photo_workspace
    studio.session.editing.set_settings(Settings(0.9))
    page.edits.copy()
    page.edits.paste(("color",), False, page._chosen())
    studio.wait_for(lambda: studio.session.photos[1].settings.vividness == 0.9)
    studio.session.keeping.now()
    found = kept(files[1])
    assert found is not None
    assert found.recipe.color.vividness == 0.9


def test_save_all_saves_a_photo_that_was_not_shown_as_it_was_left(
    studio: Studio, files: list[Path], tmp_path: Path
) -> None:
    work_on(studio, files[1])
    studio.open_colored(*files)
    studio.window.actions_.save_all.trigger()
    studio.wait_for(lambda: studio.window.findChild(SaveAllDialog))
    dialog = studio.window.findChild(SaveAllDialog)
    assert isinstance(dialog, SaveAllDialog)
    (tmp_path / "out").mkdir()
    dialog.folder_field.setText(str(tmp_path / "out"))
    dialog.accept()
    studio.wait_for(lambda: not studio.window.results.is_writing and (tmp_path / "out" / "b.png").exists())
    with Image.open(tmp_path / "out" / "b.png") as picture:
        assert picture.size == (60, 40)


def test_hints_loaded_for_a_photo_that_was_not_shown_leave_its_crop(
    studio: Studio, files: list[Path], tmp_path: Path
) -> None:
    work_on(studio, files[1])
    studio.open_colored(*files)
    other = dataclasses.replace(HINT, x=20)
    file = tmp_path / "hints.json"
    file.write_text(json.dumps({"b.png": [dataclasses.asdict(other)]}))
    second = studio.session.photos[1]
    studio.window.photo_workspace.hint_store.load(file)
    studio.wait_for(lambda: second.settings.hints == (other,))
    assert second.asked.geometry == ON_ITS_SIDE


def test_settings_pasted_to_a_split_scan_that_was_not_shown_go_on_each_print(studio: Studio, files: list[Path]) -> None:
    frames = [Geometry(crop=(0, 0, 40, 60)), Geometry(crop=(40, 0, 41, 60))]
    studio.open_colored(files[1])
    scan = studio.session.current
    assert scan is not None
    studio.session.splitting.split(scan, frames)
    studio.wait_for(studio.is_colored)
    close_all(studio)
    choose_second(studio, files)
    studio.window.photo_workspace.edits.apply_preset(QUIET.name, QUIET.recipe)
    studio.wait_for(lambda: len(studio.session.photos) == 3)
    prints = studio.session.photos[1:]
    studio.wait_for(lambda: all(one.settings == QUIET.recipe.color for one in prints))
    assert [one.asked.geometry for one in prints] == frames
    studio.session.show(prints[0])
    studio.wait_for(studio.is_colored)
    assert len(studio.session.photos) == 3


def test_how_a_photo_was_left_is_not_told_after_its_result_led_to_it(
    studio: Studio, files: list[Path], tmp_path: Path
) -> None:
    studio.open_colored(files[0])
    studio.session.editing.set_settings(Settings(0.9))
    studio.wait_for(lambda: studio.is_colored() and studio.session.developing.is_shown)
    save_result(studio, result := tmp_path / "a (colorized).png")
    close_all(studio)
    studio.open_colored(result)
    assert "was made of" in studio.said
    studio.open_colored(files[1])
    studio.session.show(studio.session.photos[0])
    studio.wait_for(studio.is_colored)
    assert studio.said == ""


def test_a_copy_that_is_shown_again_does_not_bring_back_how_it_was_before_its_twin_was_changed(
    studio: Studio, files: list[Path], tmp_path: Path
) -> None:
    first, copy = files[0], tmp_path / "copy.png"
    shutil.copy(first, copy)
    studio.open_colored(first)
    studio.session.editing.set_repair(Repair(fade=Fade(50)))
    studio.wait_for(lambda: studio.is_colored() and studio.session.developing.is_shown)
    close_all(studio)
    studio.open_colored(copy)
    studio.open_colored(first)
    studio.session.editing.set_settings(Settings(0.9))
    studio.session.keeping.now()
    studio.session.show(studio.session.photos[0])
    studio.wait_for(studio.is_colored)
    studio.session.keeping.now()
    found = kept(first)
    assert found is not None
    assert found.recipe.color.vividness == 0.9
