"""Small pictures: as photos were left, and by Qt only where its decoders can be trusted with a stranger's file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from handtint.gui.session import tasks
from handtint.recipe.geometry import Geometry
from handtint.recipe.recipe import Recipe
from handtint.recipe.store import RecipeStore, kept_now
from handtint.stamps import sha256_of
from tests.gui.conftest import Studio, gray_photo


def test_a_tiff_by_whatever_name_is_never_given_to_qt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.fromarray(np.full((30, 40), 90, np.uint8)).save(tmp_path / "a.tif")
    (tmp_path / "a.tif").rename(tmp_path / "a.jpg")
    with monkeypatch.context() as patch:
        patch.setattr(tasks, "QImageReader", lambda *_: pytest.fail("Qt was asked"))
        image = tasks.thumbnail(tmp_path / "a.jpg")
    assert image.width() / image.height() == pytest.approx(4 / 3)
    assert image.pixelColor(5, 5).red() == 90


@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_qt_shrinks_jpeg_and_png_by_whatever_name(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.fromarray(np.full((300, 400), 90, np.uint8)).save(tmp_path / f"a.{suffix}")
    (tmp_path / f"a.{suffix}").rename(tmp_path / "a.tif")
    monkeypatch.setattr("handtint.imaging.opening.read_photo", lambda *_: pytest.fail("read at full size"))
    assert tasks.thumbnail(tmp_path / "a.tif").width() == tasks.THUMBNAIL_SIDE


def halves(path: Path, orientation: int = 1) -> Path:
    """A file of 400 x 300 pixels, dark on the left and light on the right, before any orientation that it says."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(np.array([[20] * 200 + [230] * 200] * 300, np.uint8)).save(path, exif=exif)
    return path


@pytest.mark.parametrize("name", ["a.jpg", "a.tif"])  # by Qt, and by our own reader
@pytest.mark.parametrize(
    ("recipe", "size", "corners"),
    [
        (Recipe(geometry=Geometry(90)), (240, 320), (20, 20, 230, 230)),
        (Recipe(geometry=Geometry(crop=(200, 0, 200, 300))), (200, 300), (230, 230, 230, 230)),
        (Recipe(geometry=Geometry(crop=(900, 0, 200, 300))), (320, 240), (20, 230, 20, 230)),  # fits it no more
        (Recipe(is_inverted=True), (320, 240), (230, 20, 230, 20)),
    ],
)
def test_they_are_turned_cropped_and_inverted(
    tmp_path: Path, name: str, recipe: Recipe, size: tuple[int, int], corners: tuple[int, ...]
) -> None:
    image = tasks.thumbnail(halves(tmp_path / name), recipe)
    assert (image.width(), image.height()) == size
    right, bottom = image.width() - 4, image.height() - 4
    found = [image.pixelColor(x, y).red() for x, y in ((3, 3), (right, 3), (3, bottom), (right, bottom))]
    assert found == pytest.approx(corners, abs=40 if recipe.is_inverted else 6)


def test_a_crop_counts_in_pixels_of_the_upright_photo(tmp_path: Path) -> None:
    path = halves(tmp_path / "a.jpg", orientation=6)  # its left side is up
    image = tasks.thumbnail(path, Recipe(geometry=Geometry(crop=(0, 200, 300, 200))))
    assert (image.width(), image.height()) == (300, 200)
    assert image.pixelColor(9, 9).red() == pytest.approx(230, abs=6)


def test_photos_of_the_strip_show_how_they_were_left_without_a_visit(studio: Studio, tmp_path: Path) -> None:
    photos = [gray_photo(tmp_path / f"{number}.png", (60, 80 + number)) for number in range(3)]
    for photo, geometry in zip(photos[1:], (Geometry(90), Geometry(crop=(0, 0, 30, 60))), strict=True):
        recipe = Recipe(geometry=geometry)
        RecipeStore().write(kept_now(sha256_of(photo), photo.name, recipe, [], []))
    studio.open_colored(*photos)
    opened = studio.session.photos

    def sizes() -> list[tuple[int, int] | None]:
        return [photo.thumbnail and (photo.thumbnail.width(), photo.thumbnail.height()) for photo in opened]

    studio.wait_for(lambda: None not in sizes())
    assert sizes()[1:] == [(60, 81), (30, 60)]
    assert all(photo.upright is None for photo in opened[1:])
    studio.session.editing.set_recipe(Recipe(geometry=Geometry(180)), photo=opened[2])  # pasted, without showing it
    studio.wait_for(lambda: sizes()[2] == (82, 60))
    studio.window.actions_.next_photo.trigger()
    studio.wait_for(studio.is_colored)
    assert sizes()[1] == (60, 81)
