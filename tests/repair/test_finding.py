"""What is found in a photo: tilt, the print on a scanner's bed, several of them. Scans are drawn from the samples."""

from __future__ import annotations

import functools
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from handtint.imaging.opening import read_photo
from handtint.imaging.photo import Photo
from handtint.imaging.rows import Rows
from handtint.recipe.geometry import Geometry
from handtint.recipe.geometry_options import GeometryOrder
from handtint.recipe.placement import place
from handtint.repair.finding import find_print, find_straightening, resolve, split_scan
from handtint.repair.geometry import applied

SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples"
NAMES = ("Broadway, Saratoga Springs 1905.jpg", "Migrant Mother 1936.jpg", "Mark Twain 1907.jpg")


@functools.cache
def sample(name: str, side: int) -> Image.Image:
    picture = Image.open(SAMPLES / name).convert("RGB")
    picture.thumbnail((side, side))
    return picture


def scan(
    *prints: tuple[str, float, float, float], bed: int = 244, size: tuple[int, int] = (700, 560), side: int = 300
) -> np.ndarray:
    """A scan with prints (name, x and y of its center, degrees clockwise), drawn at twice the size, with shadows."""
    page = Image.new("RGB", (2 * size[0], 2 * size[1]), (bed, bed, bed))
    for name, x, y, tilt in prints:
        picture = sample(name, side)
        paper = Image.new("RGB", (picture.width + 16, picture.height + 16), (226, 222, 210))
        paper.paste(picture, (8, 8))
        large = paper.resize((2 * paper.width, 2 * paper.height), Image.Resampling.BICUBIC)
        mask = Image.new("L", large.size, 255).rotate(-tilt, Image.Resampling.BICUBIC, expand=True)
        turned = large.rotate(-tilt, Image.Resampling.BICUBIC, expand=True)
        left, top = round(2 * x - turned.width / 2), round(2 * y - turned.height / 2)
        if bed > 128:
            shade = Image.new("L", page.size)
            shade.paste(mask.point(lambda value: value // 4), (left + 8, top + 8))
            page.paste((0, 0, 0), mask=shade.filter(ImageFilter.GaussianBlur(7)))
        page.paste(turned, (left, top), mask)
    pixels = np.asarray(page.reduce(2), np.float32)
    return np.clip(pixels + np.random.default_rng(3).normal(0, 2, pixels.shape), 0, 255).astype(np.uint8)


def lies(geometry: Geometry, size: tuple[int, int]) -> tuple[float, float, float, float, float]:
    """Middle, width, height and tilt of what a geometry keeps, in the scan."""
    placed = place(geometry, size)
    height, width = placed.size
    x, y = placed.to_source(width / 2, height / 2)
    (ax, ay), (bx, by) = placed.to_source(0, 0), placed.to_source(width, 0)
    return x, y, width, height, math.degrees(math.atan2(by - ay, bx - ax))


@pytest.mark.parametrize("bed", [244, 14])
@pytest.mark.parametrize("tilt", [0.0, 3.3, -8.0])
def test_the_print_on_a_bed_is_found_to_a_pixel(bed, tilt):
    name = NAMES[0]
    pixels = scan((name, 330, 290, tilt), bed=bed)
    geometry = find_print(Photo(pixels))
    assert geometry is not None
    x, y, width, height, found = lies(geometry, pixels.shape[:2])
    picture = sample(name, 300)
    assert found == pytest.approx(tilt, abs=0.3)
    assert (x, y) == pytest.approx((330, 290), abs=1.5)
    assert (width, height) == pytest.approx((picture.width + 16, picture.height + 16), abs=3)


def test_a_print_that_lies_far_askew_is_marked_by_its_corners():
    pixels = scan((NAMES[0], 340, 280, 31.0))
    geometry = find_print(Photo(pixels))
    assert geometry is not None
    assert geometry.corners is not None
    assert lies(geometry, pixels.shape[:2])[4] == pytest.approx(31.0, abs=0.3)


def test_a_gray_scan_of_16_bits_read_in_bands_gives_the_same():
    pixels = scan((NAMES[1], 330, 280, 2.0)).mean(axis=2)
    deep = np.rint(pixels * 257).astype(np.uint16)
    whole = find_print(Photo(deep))
    rows = Rows(deep.shape, deep.dtype, 50, lambda top, stop: deep[top:stop])
    assert whole is not None
    assert find_print(Photo(rows)) == whole


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.[jp][pn]g")), ids=lambda path: path.name)
def test_a_photo_without_a_bed_has_no_print_to_be_found(path):
    assert find_print(read_photo(path)) is None


@pytest.mark.parametrize("value", [0, 128, 255])
def test_an_empty_bed_has_no_print(value):
    empty = np.random.default_rng(1).normal(value, 2, (300, 400, 3))
    assert split_scan(Photo(np.clip(empty, 0, 255).astype(np.uint8))) == []


def test_a_round_thing_on_a_bed_is_no_print():
    y, x = np.mgrid[:400, :400]
    plate = np.where((y - 200) ** 2 + (x - 200) ** 2 < 120**2, 90, 245).astype(np.uint8)
    assert find_print(Photo(plate)) is None


def test_a_soft_patch_on_a_bed_is_no_print():
    y, x = np.mgrid[:400, :500]
    inside = np.minimum(120 - np.abs(y - 200.0), 160 - np.abs(x - 250.0))
    patch = 245 - 150 * np.clip(inside / 40 + 0.5, 0, 1)
    assert find_print(Photo(patch.astype(np.uint8))) is None


def test_a_print_pushed_into_the_corner_of_the_bed_is_found():
    picture = sample(NAMES[0], 300)
    width, height = picture.width + 16, picture.height + 16
    pixels = scan((NAMES[0], width / 2, height / 2, 0.0), size=(560, 480))
    geometry = find_print(Photo(pixels))
    assert geometry is not None
    assert lies(geometry, pixels.shape[:2])[:4] == pytest.approx((width / 2, height / 2, width, height), abs=3)


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (40, 40), (16, 300)])
def test_a_photo_too_small_to_look_at_has_nothing_to_be_found(shape):
    photo = Photo(np.full(shape, 200, np.uint8))
    assert find_print(photo) is None
    assert split_scan(photo) == []
    assert find_straightening(photo) is None


def test_prints_of_a_scan_come_row_by_row_from_the_left():
    places = [
        (NAMES[0], 150, 130, -4.0),
        (NAMES[2], 480, 150, 5.0),
        (NAMES[1], 160, 400, 2.0),
        (NAMES[0], 500, 410, 0.0),
    ]
    pixels = scan(*places, size=(660, 560), side=200)
    found = [lies(geometry, pixels.shape[:2]) for geometry in split_scan(Photo(pixels))]
    assert len(found) == 4
    for (x, y, _, _, tilt), (_, wanted_x, wanted_y, wanted_tilt) in zip(found, places, strict=True):
        assert (x, y) == pytest.approx((wanted_x, wanted_y), abs=2)
        assert tilt == pytest.approx(wanted_tilt, abs=0.5)


def tilted(degrees: float) -> Photo:
    """Rows of windows, tilted."""
    y, x = np.mgrid[:480, :640].astype(np.float64) - 300
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    u, v = cos * x + sin * y, cos * y - sin * x
    wall = np.where((np.mod(u, 90) < 40) & (np.mod(v, 120) < 70), 60, 190)
    return Photo(np.clip(wall + np.random.default_rng(2).normal(0, 6, wall.shape), 0, 255).astype(np.uint8))


@pytest.mark.parametrize("degrees", [-9.0, -1.2, 0.7, 4.0])
def test_walls_and_windows_tell_the_tilt(degrees):
    assert find_straightening(tilted(degrees)) == pytest.approx(-degrees, abs=0.15)


def test_what_is_level_is_left_level():
    assert find_straightening(tilted(0.0)) == pytest.approx(0.0, abs=0.15)


def test_noise_and_round_things_tell_no_tilt():
    noise = np.random.default_rng(1).integers(0, 255, (400, 500), np.uint8, endpoint=True)
    assert find_straightening(Photo(noise)) is None
    y, x = np.mgrid[:400, :400] - 200
    rings = (np.hypot(y, x) % 40 < 20).astype(np.uint8) * 180
    assert find_straightening(Photo(rings)) is None


def test_an_order_is_filled_in_by_what_is_found():
    pixels = scan((NAMES[0], 330, 290, 3.0))
    (geometry,), notes = resolve(Photo(pixels), GeometryOrder(Geometry(turn=90), finds_print=True))
    assert notes == []
    assert geometry.turn == 90
    assert geometry.straighten == pytest.approx(-3.0, abs=0.3)
    height, width = applied(Photo(pixels), geometry).size
    assert height > width  # the wide print stands on its side
    (geometry,), notes = resolve(tilted(4.0), GeometryOrder(Geometry(crop=(0, 0, 640, 300)), finds_angle=True))
    assert geometry.straighten == pytest.approx(-4.0, abs=0.15)
    assert geometry.crop is not None
    assert geometry.crop[2] < 640  # shrunk so that no empty corner is in it
    assert notes == []


@pytest.mark.parametrize("order", [GeometryOrder(finds_print=True), GeometryOrder(splits=True)])
def test_what_is_not_found_is_said(order):
    geometries, notes = resolve(read_photo(SAMPLES / NAMES[2]), order)
    assert geometries == [Geometry()]
    assert len(notes) == 1
    assert "No print's edge" in notes[0]
