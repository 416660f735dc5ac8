"""A photo of an album that is corrected on its own: its result belongs to the album."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from handtint.imaging.recipe_files import read_recipe
from handtint.recipe.presets import BUNDLED
from handtint.recipe.settings import Settings
from tests.gui.albums import make_album, open_album, plan_dialog, restore, shown
from tests.gui.conftest import Studio


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_album(tmp_path / "Album")


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name[0] != ".")


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
    apply = studio.window.photo_page.edits.apply_preset
    albums.page.grid.select([folder / "b.png"], folder / "b.png")
    apply(quiet.name, quiet.recipe)
    assert albums.album.settings_of(folder / "b.png") == quiet.recipe.color
    assert albums.album.settings_of(folder / "a.png") == Settings()
    albums.page.grid.clearSelection()
    apply(quiet.name, quiet.recipe)
    assert albums.album.settings_of(folder / "a.png") == quiet.recipe.color
