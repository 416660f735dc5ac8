"""Photos that are read, colored and written band by band are the same as in one piece, in a fraction of the memory."""

from __future__ import annotations

import threading
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

from handtint import paths
from handtint.errors import PhotoError
from handtint.imaging import rows as rows_module
from handtint.imaging.color.icc import gray_srgb_profile
from handtint.imaging.color.tone import Tone
from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.formats import decoded as reading
from handtint.imaging.formats import decoding, jpeg
from handtint.imaging.opening import read_photo
from handtint.imaging.photo import Photo
from handtint.imaging.resize import shrink_lightness
from handtint.imaging.rows import Rows, mapped
from handtint.imaging.writing import write_photo
from handtint.progress import Progress
from handtint.recipe.saving import SaveOptions
from handtint.recipe.settings import Settings
from handtint.restore.rendering import colored, render

SHAPE = (150, 97, 3)


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_HELD_PIXELS", 1000)
    monkeypatch.setattr(decoding, "_is_risky", lambda *_: False)  # in this process, which knows of the line above
    monkeypatch.setattr(rows_module, "_BAND_PIXELS", 3000)


def picture(dtype: type = np.uint8, shape: tuple[int, ...] = SHAPE) -> np.ndarray:
    rng = np.random.default_rng(4)
    top = np.iinfo(dtype).max
    slope = np.linspace(0, 0.9 * top, shape[0]).reshape(-1, *(1,) * (len(shape) - 1))
    return (slope + rng.integers(0, top // 10, shape)).astype(dtype)


def write(path: Path, kind: str, pixels: np.ndarray) -> None:
    if kind == "png":
        path.write_bytes(imagecodecs.png_encode(pixels, level=6))
        return
    tiled = {"tile": (32, 48)} if "tiles" in kind else {"rowsperstrip": 7}
    compression = None if kind == "raw strips" else "zlib"
    photometric = "rgb" if pixels.ndim == 3 else "miniswhite" if "white" in kind else "minisblack"
    planar = {"planarconfig": "contig"} if pixels.ndim == 3 else {}
    tifffile.imwrite(path, pixels, photometric=photometric, compression=compression, **tiled, **planar)


@pytest.mark.parametrize("kind", ["png", "strips", "raw strips", "tiles", "tiles, white is zero"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("shape", [SHAPE, SHAPE[:2]])
def test_a_large_photo_read_in_bands_has_the_pixels_of_the_whole(tmp_path, kind, dtype, shape):
    path = tmp_path / "large.img"
    write(path, kind, picture(dtype, shape))
    whole, in_bands = read_photo(path), read_photo(path, in_bands=True)
    assert isinstance(whole.pixels, np.ndarray)
    assert isinstance(in_bands.pixels, Rows)
    assert in_bands.pixels.dtype == whole.pixels.dtype
    np.testing.assert_array_equal(in_bands.pixels, whole.pixels)
    for part in (np.s_[40:90, 5:60], np.s_[::7, ::5], np.s_[140:], np.s_[0:1], np.s_[60:60], np.s_[10:20]):
        np.testing.assert_array_equal(in_bands.pixels[part], whole.pixels[part])
    assert in_bands.tone() == whole.tone()


def test_a_photo_that_is_not_large_or_not_asked_for_in_bands_is_an_array(tmp_path, monkeypatch):
    write(tmp_path / "a.png", "png", picture())
    assert isinstance(read_photo(tmp_path / "a.png").pixels, np.ndarray)
    monkeypatch.setattr(reading, "_HELD_PIXELS", SHAPE[0] * SHAPE[1])
    assert isinstance(read_photo(tmp_path / "a.png", in_bands=True).pixels, np.ndarray)


@pytest.mark.parametrize("kind", ["png", "strips"])
def test_damage_further_down_is_told_when_it_is_come_to(tmp_path, kind):
    path = tmp_path / "Harbor 1911.img"
    write(path, kind, picture())
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 40] = bytes(40)
    path.write_bytes(data)
    photo = read_photo(path, in_bands=True)
    photo.lightness(slice(0, 5))
    with pytest.raises(PhotoError, match=r'"Harbor 1911\.img": the file is damaged'):
        np.asarray(photo.pixels)
    path.unlink()
    with pytest.raises(PhotoError, match="no such file"):
        photo.lightness(slice(0, 5))


def test_a_file_that_changes_between_two_bands_is_refused(tmp_path):
    write(tmp_path / "a.png", "png", picture())
    photo = read_photo(tmp_path / "a.png", in_bands=True)
    photo.lightness(slice(0, 5))
    write(tmp_path / "a.png", "png", 255 - picture()[::-1])
    with pytest.raises(PhotoError, match="changed while it was read"):
        write_photo(tmp_path / "out.png", photo)
    assert not (tmp_path / "out.png").exists()


def test_looking_at_a_large_photo_tells_its_tone_too(tmp_path, monkeypatch):
    sepia = (picture(shape=SHAPE[:2])[..., None] * np.array([1, 0.9, 0.75])).astype(np.uint8)
    write(tmp_path / "a.png", "png", sepia)
    photo = read_photo(tmp_path / "a.png", in_bands=True)
    photo.expect_tone()
    shrink_lightness(photo, (20, 13))
    monkeypatch.setattr(photo.pixels, "_read", None)  # reading it once more would fail
    assert photo.tone() is Tone.TONED


def test_several_threads_read_one_band_at_a_time():
    whole, inside = picture(), threading.Lock()

    def read(top: int, stop: int) -> np.ndarray:
        assert inside.acquire(blocking=False)
        time.sleep(0.001)  # time for another to come in
        inside.release()
        return whole[top:stop]

    rows = Rows(whole.shape, whole.dtype, 4, read)
    with ThreadPoolExecutor(4) as pool:
        parts = list(pool.map(lambda row: rows[row : row + 9], range(60)))
    for row, part in enumerate(parts):
        np.testing.assert_array_equal(part, whole[row : row + 9])


def test_what_is_mapped_is_made_once_from_top_to_bottom():
    made = []

    def make(part: np.ndarray) -> np.ndarray:
        made.append(len(part))
        return part + np.uint8(1)

    source = picture()
    rows = mapped(make, source)
    parts = [rows[top : top + 17] for top in range(0, SHAPE[0], 17)]
    np.testing.assert_array_equal(np.concatenate(parts), source + np.uint8(1))
    assert sum(made) == SHAPE[0] + 1  # and the one sample that tells the type


@pytest.mark.parametrize("shape", [SHAPE, SHAPE[:2], (8, 8), (9, 1)])
def test_a_jpeg_of_many_bands_is_the_jpeg_in_one_piece(tmp_path, shape):
    pixels = picture(shape=shape)
    write_photo(tmp_path / "a.jpg", Photo(pixels), SaveOptions(quality=83))
    data = (tmp_path / "a.jpg").read_bytes()
    subsampling = "444" if pixels.ndim == 3 else None
    whole = imagecodecs.jpeg8_decode(imagecodecs.jpeg8_encode(pixels, level=83, subsampling=subsampling))
    np.testing.assert_array_equal(jpeg.decode(data)[0], whole)
    if shape == SHAPE:
        assert data.count(b"\xff\xd0") == 1  # the first restart marker


@pytest.mark.parametrize("smaller", [False, True])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("has_alpha", [False, True])
def test_a_png_of_many_bands_is_read_by_others_as_it_was(tmp_path, smaller, dtype, channels, has_alpha):
    pixels = picture(dtype, SHAPE if channels == 3 else SHAPE[:2])
    alpha = picture(dtype, SHAPE[:2]) if has_alpha else None
    photo = Photo(pixels, alpha=alpha)
    photo = Photo(pixels, photo.meta.__class__(bit_depth=dtype().itemsize * 8), alpha)
    write_photo(tmp_path / "a.png", photo, SaveOptions(smaller=smaller))
    saved = imagecodecs.png_decode((tmp_path / "a.png").read_bytes()).reshape(*SHAPE[:2], -1)
    np.testing.assert_array_equal(saved[..., :channels], pixels.reshape(*SHAPE[:2], -1))
    if alpha is not None:
        np.testing.assert_array_equal(saved[..., -1], alpha)


def test_a_smaller_png_is_smaller_and_the_same_picture(tmp_path):
    photo = Photo(np.array(Image.open(next(paths.samples_dir().glob("Mark Twain*"))).convert("L"))[:400, :400])
    for name, smaller in (("plain", False), ("smaller", True)):
        write_photo(tmp_path / f"{name}.png", photo, SaveOptions(smaller=smaller))
    assert (tmp_path / "smaller.png").stat().st_size < 0.99 * (tmp_path / "plain.png").stat().st_size
    np.testing.assert_array_equal(read_photo(tmp_path / "smaller.png").pixels, photo.pixels)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_pixels_colored_when_they_are_asked_for_are_those_of_the_whole(dtype):
    photo = Photo(picture(dtype, SHAPE[:2]))
    prediction = Prediction(np.random.default_rng(1).normal(0, 20, (20, 13, 2)).astype(np.float32))
    lazy, whole = colored(photo, prediction, Settings()), render(photo, prediction, Settings(), Progress())
    np.testing.assert_array_equal(lazy.pixels, whole.pixels)
    np.testing.assert_array_equal(lazy.pixels[::6, ::4], whole.pixels[::6, ::4])


@pytest.mark.parametrize(("name", "bytes_a_pixel"), [("a.png", 0.0), ("a.tif", 0.0), ("a.jpg", 1.0)])
def test_a_large_photo_takes_little_memory(tmp_path, monkeypatch, name, bytes_a_pixel):
    monkeypatch.setattr(rows_module, "_BAND_PIXELS", 1 << 15)
    pixels = np.tile(picture(shape=(150, 100)), (20, 20))  # 6 megapixels
    write_photo(tmp_path / name, Photo(pixels))
    prediction = Prediction(np.zeros((20, 13, 2), np.float32))
    size, file_size = pixels.size, (tmp_path / name).stat().st_size
    del pixels
    gray_srgb_profile()
    tracemalloc.start()
    try:
        photo = read_photo(tmp_path / name, in_bands=True)
        shrink_lightness(photo, (20, 13))
        write_photo(tmp_path / f"out{Path(name).suffix}", colored(photo, prediction, Settings()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < bytes_a_pixel * (size + file_size) + (6 << 20)  # colored it would be 18 million bytes
