"""A photo that is turned and cropped, on its way from its file to its result."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from handtint.imaging.hint_files import HintError
from handtint.imaging.opening import read_photo
from handtint.imaging.provenance import read_provenance
from handtint.progress import Progress
from handtint.recipe.geometry import Geometry, GeometryError
from handtint.recipe.hints import Hint, seen_hints, source_hint
from handtint.recipe.placement import place
from handtint.recipe.recipe import Recipe, recipe_from_json
from handtint.recipe.saving import SaveOptions
from handtint.recipe.settings import Settings
from handtint.restore import way
from handtint.restore.rendering import Preview, render_preview
from tests.fakes import FakeColorizer, fake_card

PIXELS = data.camera()[100:196:2, 100:228:2]  # (48, 64)
SIZE = (48, 64)
RED = Hint(50.0, 8.0, 4.0, 60.0, 30.0)
ALL = [Geometry(turn, mirrored) for turn in (0, 90, 180, 270) for mirrored in (False, True)]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    Image.fromarray(PIXELS).save(tmp_path / "aunt.png")
    return tmp_path / "aunt.png"


def made(source: Path, recipe: Recipe, colorizer: FakeColorizer | None = None, name: str = "result.png") -> np.ndarray:
    target = source.with_name(name)
    options = SaveOptions(overwrite=True)
    way.restore(source, target, recipe, colorizer or FakeColorizer(), options, Progress())
    return np.asarray(Image.open(target).convert("RGB")).astype(int)


def turned_by_hand(pixels: np.ndarray, geometry: Geometry) -> np.ndarray:
    pixels = np.rot90(pixels, -geometry.turn // 90)
    return pixels[:, ::-1] if geometry.mirrored else pixels


@pytest.mark.parametrize("geometry", ALL, ids=str)
def test_the_model_sees_the_photo_as_it_is_turned(source: Path, geometry: Geometry) -> None:
    colorizer = FakeColorizer(fake_card(working_size=48))
    result = made(source, Recipe(geometry=geometry), colorizer)
    seen = turned_by_hand(read_photo(source).lightness(), geometry)
    assert np.abs(colorizer.seen[0] - seen).max() < 0.01
    assert result.shape[:2] == seen.shape


def test_the_model_sees_nothing_of_what_is_cropped_away(source: Path) -> None:
    colorizer = FakeColorizer(fake_card(working_size=20))
    assert made(source, Recipe(geometry=Geometry(90, crop=(10, 6, 40, 20))), colorizer).shape == (40, 20, 3)
    kept = np.rot90(read_photo(source).lightness()[6:26, 10:50], -1)
    assert np.abs(colorizer.seen[0] - kept).max() < 0.01


def test_a_recipe_without_geometry_gives_the_same_bytes_as_one_that_leaves_all_as_it_is(source: Path) -> None:
    made(source, Recipe(), name="a.png")
    made(source, Recipe(geometry=Geometry(crop=(0, 0, 64, 48))), name="b.png")
    noted = read_provenance(source.with_name("a.png"))
    assert noted is not None
    assert noted.recipe.keys() == {"version", "color", "model"}
    a, b = (np.asarray(Image.open(source.with_name(name))) for name in ("a.png", "b.png"))
    assert (a == b).all()
    opened = way.open_photo(source, Recipe(), fake_card(), Progress()).photo
    assert opened.meta.placement is None
    assert way.turned(opened, Geometry(), Progress()) is opened


@pytest.mark.parametrize("geometry", ALL, ids=str)
def test_hints_turn_with_the_photo(source: Path, geometry: Geometry) -> None:
    upright = made(source, Recipe(Settings(hints=(RED,))))
    result = made(source, Recipe(Settings(hints=(RED,)), geometry=geometry))
    assert np.abs(result - turned_by_hand(upright, geometry)).max() <= 3
    assert np.abs(upright - made(source, Recipe())).max() > 40


@pytest.mark.parametrize("geometry", [Geometry(90, straighten=4.0), Geometry(crop=(30, 0, 34, 30))], ids=str)
def test_a_hint_stays_on_its_place_however_the_photo_is_cropped(source: Path, geometry: Geometry) -> None:
    upright = made(source, Recipe(Settings(hints=(RED,))))
    hinted = made(source, Recipe(Settings(hints=(RED,)), geometry=geometry))
    x, y = (int(value) for value in place(geometry, SIZE).to_result(RED.x, RED.y))
    assert np.abs(hinted[y, x] - upright[int(RED.y), int(RED.x)]).max() < 12
    assert (hinted - made(source, Recipe(geometry=geometry)))[y, x, 0] > 40


def test_a_hint_that_is_cropped_away_changes_nothing(source: Path) -> None:
    geometry = Geometry(crop=(0, 16, 32, 32))
    hinted = made(source, Recipe(Settings(hints=(RED,)), geometry=geometry))
    assert (hinted == made(source, Recipe(geometry=geometry))).all()


def test_a_hint_beside_the_upright_source_is_refused_whatever_the_crop(source: Path) -> None:
    outside = Settings(hints=(Hint(70.0, 8.0, 4.0, 0.0, 0.0),))
    with pytest.raises(HintError):
        made(source, Recipe(outside, geometry=Geometry(crop=(0, 0, 20, 20))))
    inside = Settings(hints=(Hint(60.0, 8.0, 4.0, 0.0, 0.0),))  # beside the turned one, 48 wide
    made(source, Recipe(inside, geometry=Geometry(90)))


def test_the_result_notes_how_it_was_turned(source: Path) -> None:
    recipe = Recipe(Settings(hints=(RED,)), geometry=Geometry(270, True, 1.5, crop=(4, 4, 40, 30)))
    made(source, recipe)
    noted = read_provenance(source.with_name("result.png"))
    assert noted is not None
    assert recipe_from_json(noted.recipe) == Recipe(recipe.color, "fake", recipe.geometry)


def test_a_crop_beside_the_photo_is_a_sentence_and_no_file(source: Path) -> None:
    with pytest.raises(GeometryError, match="outside"):
        made(source, Recipe(geometry=Geometry(crop=(100, 100, 20, 20))))
    assert not source.with_name("result.png").exists()


def test_a_photo_that_is_not_turned_as_its_recipe_says_is_not_saved(source: Path) -> None:
    ready = way.open_photo(source, Recipe(), fake_card(), Progress())
    (prediction,) = way.ask([ready], FakeColorizer(), Progress())
    target = source.with_name("result.png")
    recipe = Recipe(geometry=Geometry(90))
    with pytest.raises(ValueError, match="not turned"):
        way.save(ready.photo, prediction, recipe, fake_card(), target, SaveOptions(), Progress())


def test_the_preview_shows_hints_where_the_result_has_them(source: Path) -> None:
    recipe = Recipe(Settings(hints=(RED,)), geometry=Geometry(90, crop=(20, 0, 40, 40)))
    photo = way.turned(read_photo(source), recipe.geometry, Progress())
    prediction = way.predict(photo, recipe.color, FakeColorizer(), Progress())
    shown = render_preview(Preview(photo, 64), prediction, recipe.color).astype(int)
    assert np.abs(shown - made(source, recipe)).max() <= 2


@pytest.mark.parametrize("geometry", [*ALL, Geometry(90, True, 5.0), Geometry(crop=(2, 2, 60, 30))], ids=str)
def test_a_hint_put_on_what_is_seen_is_found_there_again(geometry: Geometry) -> None:
    placement = place(geometry, SIZE)
    height, width = placement.size
    hint = Hint(width / 2 + 3, height / 2 - 4, 2.5, 10.0, 20.0)
    (seen,) = seen_hints([source_hint(hint, placement)], placement)
    assert (seen.x, seen.y, seen.radius) == pytest.approx((hint.x, hint.y, hint.radius), abs=0.1)


def test_the_faces_of_a_photo_on_its_side_turn_with_its_pixels(tmp_path: Path) -> None:
    source = tmp_path / "faces.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise
    xmp = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description rdf:about="" xmlns:MP="http://ns.microsoft.com/photo/1.2/"'
        b' xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#"'
        b' xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#">'
        b'<MP:RegionInfo rdf:parseType="Resource"><MPRI:Regions><rdf:Bag>'
        b'<rdf:li MPReg:PersonDisplayName="Marie" MPReg:Rectangle="0.1, 0.2, 0.3, 0.4"/>'
        b"</rdf:Bag></MPRI:Regions></MP:RegionInfo></rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    Image.fromarray(PIXELS).save(source, exif=exif, xmp=xmp)
    way.restore(source, tmp_path / "a.jpg", Recipe(), FakeColorizer(), SaveOptions(), Progress())
    assert b'Rectangle="0.4, 0.1, 0.4, 0.3"' in (tmp_path / "a.jpg").read_bytes()  # x: 1 - 0.2 - 0.4
    recipe = Recipe(geometry=Geometry(270))  # back to how it is stored
    way.restore(source, tmp_path / "b.jpg", recipe, FakeColorizer(), SaveOptions(), Progress())
    assert b'Rectangle="0.1, 0.2, 0.3, 0.4"' in (tmp_path / "b.jpg").read_bytes()


def test_a_face_on_a_print_that_is_made_flat_is_marked_where_it_is_then(tmp_path: Path) -> None:
    height, width = PIXELS.shape[:2]
    xmp = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description rdf:about="" xmlns:MP="http://ns.microsoft.com/photo/1.2/"'
        b' xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#"'
        b' xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#">'
        b'<MP:RegionInfo rdf:parseType="Resource"><MPRI:Regions><rdf:Bag>'
        b'<rdf:li MPReg:PersonDisplayName="Marie" MPReg:Rectangle="0.4, 0.4, 0.2, 0.2"/>'
        b"</rdf:Bag></MPRI:Regions></MP:RegionInfo></rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    exif = Image.Exif()
    exif[256], exif[257] = width, height
    Image.fromarray(PIXELS).save(tmp_path / "a.jpg", exif=exif, xmp=xmp)
    corners = ((6.0, 4.0), (width - 4.0, 8.0), (width - 8.0, height - 4.0), (4.0, height - 8.0))
    geometry = Geometry(corners=corners)
    way.restore(
        tmp_path / "a.jpg", tmp_path / "b.jpg", Recipe(geometry=geometry), FakeColorizer(), SaveOptions(), Progress()
    )
    placed = place(geometry, (height, width))
    result = read_photo(tmp_path / "b.jpg")
    assert result.size == placed.size
    found = re.search(rb'Rectangle="([^"]+)"', (tmp_path / "b.jpg").read_bytes())
    assert found is not None
    x, y, w, h = (float(value) for value in found[1].split(b","))
    u, v = placed.to_result(width / 2, height / 2)
    assert x < u / placed.size[1] < x + w
    assert y < v / placed.size[0] < y + h
    assert (w, h) == pytest.approx((0.2 * width / (width - 11), 0.2 * height / (height - 12)), rel=0.2)
