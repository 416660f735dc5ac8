"""Photos turned and cropped: right angles exactly, all else once, in bands the same as whole."""

from __future__ import annotations

import io
import itertools
import struct
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from handtint.imaging.formats.exif import directories
from handtint.imaging.metadata import Metadata
from handtint.imaging.opening import read_photo
from handtint.imaging.photo import Photo, PhotoMeta
from handtint.imaging.rows import Rows
from handtint.imaging.writing import write_photo
from handtint.progress import Cancelled, Progress
from handtint.recipe.geometry import Geometry, GeometryError
from handtint.recipe.placement import place
from handtint.repair import geometry as geometries
from handtint.repair.geometry import applied

TURNS = [Geometry(turn, mirrored) for turn, mirrored in itertools.product((0, 90, 180, 270), (False, True))]
PRINT = ((8.0, 9.0), (60.0, 4.0), (66.0, 50.0), (3.0, 55.0))
OTHERS = [
    Geometry(straighten=2.5),
    Geometry(90, mirrored=True, straighten=-14.0),
    Geometry(180, straighten=7.0, crop=(20, 10, 30, 40)),
    Geometry(270, corners=PRINT),
    Geometry(corners=PRINT, straighten=3.0, crop=(5, 5, 40, 30)),
]


def noise(shape: tuple[int, ...], dtype: type = np.uint8) -> np.ndarray:
    return np.random.default_rng(2).integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)


def in_rows(pixels: np.ndarray, step: int = 7) -> Rows:
    return Rows(pixels.shape, pixels.dtype, step, lambda top, stop: pixels[top:stop])


def by_hand(pixels: np.ndarray, geometry: Geometry) -> np.ndarray:
    turned = np.rot90(pixels, -geometry.turn // 90)
    return turned[:, ::-1] if geometry.mirrored else turned


def smooth(shape: tuple[int, int], dtype: type = np.uint16) -> np.ndarray:
    y, x = np.mgrid[: shape[0], : shape[1]] + 0.5
    return wave(x, y).astype(dtype)


def wave(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.rint(30000 + 9000 * np.sin(x / 3 + y / 7) + 9000 * np.cos(y / 4 - x / 9))


@pytest.mark.parametrize("geometry", TURNS, ids=str)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("shape", [(31, 45), (31, 45, 3)])
def test_right_angles_and_mirrors_move_pixels_exactly(geometry, dtype, shape):
    photo = Photo(noise(shape, dtype), alpha=noise(shape[:2], dtype))
    result = applied(photo, geometry)
    np.testing.assert_array_equal(result.pixels, by_hand(photo.pixels, geometry))
    np.testing.assert_array_equal(result.alpha, by_hand(photo.alpha, geometry))
    assert result.pixels.dtype == dtype
    cut = applied(photo, replace(geometry, crop=(4, 6, 20, 17)))
    np.testing.assert_array_equal(cut.pixels, by_hand(photo.pixels[6:23, 4:24], geometry))


@pytest.mark.parametrize("geometry", TURNS, ids=str)
def test_each_pixel_lands_where_the_placement_says(geometry):
    geometry = replace(geometry, crop=(3, 2, 20, 15))
    pixels = noise((31, 45))
    result, placed = applied(Photo(pixels), geometry).pixels, place(geometry, (31, 45))
    for v, u in np.ndindex(*result.shape):
        x, y = placed.to_source(u + 0.5, v + 0.5)
        assert result[v, u] == pixels[int(y), int(x)]


@pytest.mark.parametrize("held", [1 << 20, 4000])
@pytest.mark.parametrize("geometry", [*TURNS, *OTHERS], ids=str)
def test_a_photo_read_in_bands_gives_the_pixels_of_the_whole(geometry, held, monkeypatch):
    monkeypatch.setattr(geometries, "HELD_BYTES", held)
    monkeypatch.setattr(geometries, "_BAND_ROWS", 9)
    monkeypatch.setattr("handtint.imaging.rows._BAND_PIXELS", 300)
    geometry = replace(geometry, crop=geometry.crop or (5, 3, 50, 40))
    photo = Photo(noise((60, 70, 3)), alpha=noise((60, 70)))
    whole = applied(photo, geometry)
    lazy = applied(Photo(in_rows(photo.pixels), photo.meta, in_rows(photo.alpha)), geometry)
    assert isinstance(lazy.pixels, Rows)
    assert lazy.size == whole.size
    np.testing.assert_array_equal(lazy.pixels[10:20, 3:9], whole.pixels[10:20, 3:9])
    np.testing.assert_array_equal(np.asarray(lazy.pixels), whole.pixels)
    np.testing.assert_array_equal(np.asarray(lazy.alpha), whole.alpha)


def test_a_turned_photo_read_in_bands_holds_no_more_than_it_may(monkeypatch):
    monkeypatch.setattr(geometries, "HELD_BYTES", 40_000)
    monkeypatch.setattr("handtint.imaging.rows._BAND_PIXELS", 2000)
    pixels, largest = noise((400, 500)), 0
    source = in_rows(pixels, 20)
    get = Rows.__getitem__

    def watched(rows, where):
        nonlocal largest
        got = get(rows, where)
        if rows is source:
            largest = max(largest, got.nbytes)
        return got

    monkeypatch.setattr(Rows, "__getitem__", watched)
    result = np.asarray(applied(Photo(source), Geometry(90)).pixels)
    np.testing.assert_array_equal(result, np.rot90(pixels, -1))
    assert 10_000 < largest <= 40_000


@pytest.mark.parametrize("geometry", OTHERS, ids=str)
def test_other_turns_interpolate_what_lies_there(geometry):
    photo = Photo(smooth((60, 70)))
    result, placed = applied(photo, geometry), place(geometry, (60, 70))
    assert result.pixels.dtype == np.uint16
    assert result.size == placed.size
    worst = 0.0
    for v, u in itertools.product(range(3, placed.size[0] - 3, 4), range(3, placed.size[1] - 3, 4)):
        x, y = placed.to_source(u + 0.5, v + 0.5)
        if 4 < x < 66 and 4 < y < 56:
            worst = max(worst, abs(float(result.pixels[v, u]) - float(wave(np.array(x), np.array(y)))))
    assert worst < 150  # of a swing of 36,000


def test_interpolation_keeps_flat_parts_flat_and_ends_at_the_ends():
    flat = applied(Photo(np.full((40, 50), 65535, np.uint16)), Geometry(straighten=9.0)).pixels
    assert (flat == 65535).all()
    step = np.zeros((40, 50), np.uint8)
    step[:, 25:] = 255
    turned = applied(Photo(step), Geometry(straighten=5.0)).pixels
    assert {0, 255} <= set(np.unique(turned))  # overshoot is cut off, not wrapped around


def test_a_crop_with_empty_corners_goes_on_with_the_edge():
    result = applied(Photo(np.full((40, 50), 77, np.uint8)), Geometry(straighten=10.0, crop=(-5, -5, 60, 50)))
    assert (result.pixels == 77).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 60000), (60000, 1)])
def test_the_smallest_and_the_thinnest_photos_go_through(shape):
    for geometry in (Geometry(90), Geometry(180, True), Geometry(straighten=-3.0), Geometry(90, straighten=15.0)):
        for pixels in (noise(shape), in_rows(noise(shape), 500)):
            result = applied(Photo(pixels), geometry)
            assert np.asarray(result.pixels).shape == place(geometry, shape).size


def test_straightening_can_be_cancelled():
    def stop(_done: float, _text: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        applied(Photo(noise((300, 40))), Geometry(straighten=1.0), Progress(stop))


def test_a_crop_outside_is_told():
    with pytest.raises(GeometryError):
        applied(Photo(noise((30, 30))), Geometry(crop=(40, 0, 5, 5)))


def test_resolution_turns_and_grows_with_the_pixels():
    photo = Photo(noise((60, 70)), PhotoMeta(embedded=Metadata(dpi=(300.0, 200.0))))
    assert applied(photo, Geometry(90)).meta.embedded.dpi == (200.0, 300.0)
    assert applied(photo, Geometry(180, straighten=2.0)).meta.embedded.dpi == (300.0, 200.0)
    corners = ((20, 20), (50, 20), (60, 50), (10, 50))
    scale = place(Geometry(corners=corners), (60, 70)).center_scale()
    assert scale > 1.1
    assert applied(photo, Geometry(corners=corners)).meta.embedded.dpi == pytest.approx((300 * scale, 200 * scale))


def scan(path, **options) -> None:
    exif = Image.Exif()
    exif[282], exif[283], exif[296] = 300.0, 150.0, 2
    exif[256], exif[257] = 70, 60
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:XResolution="300/1" '
        'tiff:YResolution="150/1" tiff:ImageWidth="70" tiff:ImageLength="60"/></rdf:RDF></x:xmpmeta>'
    )
    Image.fromarray(noise((60, 70, 3))).save(path, exif=exif, xmp=packet.encode(), dpi=(300, 150), **options)


@pytest.mark.parametrize("name", ["scan.jpg", "scan.png", "scan.tif"])
def test_a_written_result_tells_the_truth_of_size_orientation_and_resolution(tmp_path, name):
    scan(tmp_path / "scan.jpg")
    photo = read_photo(tmp_path / "scan.jpg")
    result = applied(photo, Geometry(90, crop=(0, 0, 50, 60)))
    write_photo(tmp_path / f"out-{name}", result)
    again = read_photo(tmp_path / f"out-{name}")
    assert again.size == (50, 60)
    assert again.meta.embedded.dpi == pytest.approx((150, 300), abs=0.02)
    if name != "scan.tif":
        assert again.meta.embedded.exif is not None
        found = directories(io.BytesIO(again.meta.embedded.exif))
        told = {tag.code: struct.unpack(found.order + "II", tag.value) for tag in found.first if tag.type == 5}
        assert {code: above / below for code, (above, below) in told.items()} == {282: 150, 283: 300}
    assert again.meta.embedded.xmp is not None
    for said in (b"XResolution>150/1<", b"YResolution>300/1<", b"ImageWidth>60<", b"ImageLength>50<"):
        assert said in again.meta.embedded.xmp


def test_damaged_metadata_does_not_keep_a_photo_from_turning():
    photo = Photo(noise((20, 30)), PhotoMeta(embedded=Metadata(exif=b"II*\0broken", xmp=b"<no")))
    result = applied(photo, Geometry(90))
    assert (result.meta.embedded.exif, result.meta.embedded.xmp) == (b"II*\0broken", b"<no")
