"""A photo of an album that is corrected on its own: its result belongs to the album."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from handtint.imaging.provenance import read_provenance
from handtint.imaging.recipe_files import read_recipe
from handtint.recipe.adjust import Adjust
from handtint.recipe.presets import BUNDLED
from handtint.recipe.recipe import Recipe
from handtint.recipe.repair import Noise, Repair
from handtint.recipe.saving import SaveOptions
from handtint.recipe.settings import Settings
from tests.gui.albums import make_album, open_album, plan_dialog, restore, shown
from tests.gui.conftest import Studio


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_album(tmp_path / "Album")


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name[0] != ".")


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path))


def correct_and_save(studio: Studio, folder: Path, name: str = "b.png") -> None:
    """Enter on a photo, another vividness, Ctrl+S."""
    studio.window.albums.open_photo(folder / name)
    studio.wait_for(studio.is_colored)
    current = studio.session.current
    assert current is not None
    studio.session.editing.set_settings(dataclasses.replace(current.settings, vividness=0.9))
    studio.wait_for(studio.window.actions_.save.isEnabled)
    studio.window.actions_.save.trigger()
    studio.wait_for(lambda: "among the results of the album" in studio.said)


def test_saving_a_correction_replaces_the_albums_result(studio: Studio, folder: Path, tmp_path: Path) -> None:
    albums = open_album(studio, folder)
    restore(studio, albums)
    out = tmp_path / "Album (colorized)"
    correct_and_save(studio, folder)
    assert names_in(folder) == ["a.png", "b.png", "c.png"]
    assert names_in(out) == ["a.png", "b.png", "c.png"]
    assert read_recipe(out / "b.png").recipe.color.vividness == 0.9
    assert albums.back()
    studio.wait_for(lambda: not albums.runs.is_running and albums.actions_.restore.isEnabled())
    dialog = plan_dialog(studio, albums)
    assert dialog.plan is not None
    assert dialog.plan.jobs == []


def test_before_the_album_was_restored_it_goes_to_its_folder_too(studio: Studio, folder: Path, tmp_path: Path) -> None:
    open_album(studio, folder)
    correct_and_save(studio, folder)
    assert names_in(tmp_path / "Album (colorized)") == ["b.png"]
    assert names_in(folder) == ["a.png", "b.png", "c.png"]


def test_edits_of_a_photo_that_is_opened_from_an_album_can_be_had_back(studio: Studio, folder: Path) -> None:
    studio.open_colored(folder / "b.png")
    studio.session.editing.set_settings(Settings(0.9))
    studio.session.editing.set_settings(Settings(0.7))  # of one step, as while a slider is dragged
    albums = open_album(studio, folder)
    albums.open_photo(folder / "b.png")
    studio.wait_for(studio.is_colored)
    current = studio.session.current
    assert current is not None
    assert current.settings == Settings()
    studio.window.actions_.undo.trigger()
    assert current.settings == Settings(0.7)


def test_a_result_among_the_originals_is_no_photo_of_the_album(studio: Studio, folder: Path, tmp_path: Path) -> None:
    albums = open_album(studio, folder)
    restore(studio, albums)
    (tmp_path / "Album (colorized)" / "a.png").rename(folder / "grandma.png")
    albums.album.open(folder)
    studio.wait_for(lambda: len(shown(albums)) == 3)
    assert shown(albums) == ["a.png", "b.png", "c.png"]


def test_a_preset_goes_on_the_chosen_photos_of_the_album_or_on_all(studio: Studio, folder: Path) -> None:
    albums = open_album(studio, folder)
    quiet = next(preset for preset in BUNDLED if preset.name == "Quiet archive")
    apply = studio.window.photo_workspace.edits.apply_preset
    albums.workspace.grid.select([folder / "b.png"], folder / "b.png")
    apply(quiet.name, quiet.recipe)
    assert albums.album.settings_of(folder / "b.png") == quiet.recipe.color
    assert albums.album.settings_of(folder / "a.png") == Settings()
    albums.workspace.grid.clearSelection()
    apply(quiet.name, quiet.recipe)
    assert albums.album.settings_of(folder / "a.png") == quiet.recipe.color


def test_all_parts_of_a_preset_go_on_the_chosen_photos_model_and_repair_too(
    studio: Studio, folder: Path, tmp_path: Path
) -> None:
    albums = open_album(studio, folder)
    look = Recipe(Settings(0.6, variant=2), "small", repair=Repair(noise=Noise(40)))
    albums.workspace.grid.select([folder / "b.png"], folder / "b.png")
    studio.window.photo_workspace.edits.apply_preset("Mine", look)
    assert albums.album.recipe_of(folder / "b.png") == look
    assert albums.album.recipe_of(folder / "a.png") == Recipe(model="unet")
    albums.workspace.grid.clearSelection()
    restore(studio, albums)
    out = tmp_path / "Album (colorized)"
    made = {name: read_provenance(out / f"{name}.png") for name in "abc"}
    assert {name: note and note.model for name, note in made.items()} == {"a": "unet", "b": "small", "c": "unet"}
    assert read_recipe(out / "b.png").recipe == look
    dialog = plan_dialog(studio, albums)
    assert dialog.plan is not None
    assert dialog.plan.jobs == []
    dialog.reject()
    studio.window.photo_workspace.edits.apply_preset("Mine", look)
    assert albums.album.recipe_of(folder / "a.png") == look
    assert not any(photo.has_own for photo in albums.album.model.photos if photo.path.name != "b.png")


def test_settings_are_copied_and_pasted_in_the_grid(studio: Studio, folder: Path) -> None:
    albums = open_album(studio, folder)
    actions = studio.window.actions_
    albums.album.set_own({folder / "a.png": Recipe(Settings(0.9, variant=1), "small")})
    assert not actions.paste_settings.isEnabled()
    albums.workspace.grid.select([folder / "a.png"], folder / "a.png")
    actions.copy_settings.trigger()
    albums.workspace.grid.select([folder / "b.png", folder / "c.png"], folder / "b.png")
    assert actions.paste_settings.isEnabled()
    studio.window.photo_workspace.edits.paste(("color",), False, [])
    for name in ("b.png", "c.png"):
        assert albums.album.recipe_of(folder / name) == Recipe(Settings(0.9, variant=1), "small")


def test_adjusted_colors_go_on_photos_of_an_album_as_on_one_photo(studio: Studio, folder: Path, tmp_path: Path) -> None:
    adjusted = Settings(0.9, adjust=Adjust(-60, skin=180, other=20))
    studio.open_colored(folder / "a.png")
    studio.session.editing.set_settings(adjusted)
    studio.wait_for(lambda: studio.session.developing.is_shown and studio.window.actions_.save.isEnabled())
    studio.window.results.save(tmp_path / "single.png", SaveOptions(format="png"))
    studio.wait_for(lambda: not studio.window.results.is_writing)
    edits = studio.window.photo_workspace.edits
    studio.window.actions_.copy_settings.trigger()
    albums = open_album(studio, folder)
    albums.workspace.grid.select([folder / "a.png"], folder / "a.png")
    edits.paste(("color",), False, [])
    assert albums.album.recipe_of(folder / "a.png").color == adjusted
    albums.workspace.grid.clearSelection()
    edits.apply_preset("Mine", Recipe(adjusted))  # on the whole album
    restore(studio, albums)
    out, single = tmp_path / "Album (colorized)", pixels(tmp_path / "single.png")
    for name in ("a.png", "b.png"):  # which are byte for byte the same photo
        assert read_recipe(out / name).recipe.color == adjusted
        assert (pixels(out / name) == single).all()
    edits.apply_preset("As the model sees it", Recipe())
    restore(studio, albums)
    assert (pixels(out / "b.png") != single).any()


def test_a_repaired_photo_of_an_album_is_saved_among_its_results(studio: Studio, folder: Path, tmp_path: Path) -> None:
    albums = open_album(studio, folder)
    albums.open_photo(folder / "b.png")
    studio.wait_for(studio.is_colored)
    studio.session.editing.set_repair(Repair(noise=Noise(30)))
    studio.wait_for(lambda: studio.is_colored() and studio.session.developing.is_shown)
    studio.window.actions_.save.trigger()
    studio.wait_for(lambda: "among the results of the album" in studio.said)
    assert read_recipe(tmp_path / "Album (colorized)" / "b.png").recipe.repair == Repair(noise=Noise(30))


def test_another_model_for_one_photo_of_an_album_is_for_that_photo_alone(studio: Studio, folder: Path) -> None:
    albums = open_album(studio, folder)
    albums.open_photo(folder / "b.png")
    studio.wait_for(studio.is_colored)
    studio.window.photo_workspace.panel.model_chosen.emit(studio.session.models[1])
    studio.wait_for(studio.is_colored)
    assert albums.album.recipe_of(folder / "b.png").model == "small"
    assert albums.album.recipe_of(folder / "a.png").model == "unet"
    assert studio.session.default_model == studio.session.models[0]
