"""All repair steps together: what must hold of each of them."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest

from handtint.imaging import rows as imaging_rows
from handtint.imaging.metadata import Metadata
from handtint.imaging.photo import Photo, PhotoMeta
from handtint.imaging.rows import Rows
from handtint.progress import Cancelled, Progress
from handtint.recipe.repair import Fade, FadedColor, Noise, Repair, Sharpness
from handtint.repair.bands import beside
from handtint.repair.steps import STEPS, repaired

PARTS = {"faded_color": FadedColor(80), "noise": Noise(50, 20, 30, 100), "sharpness": Sharpness(50)}
ALL = Repair(fade=Fade(60, 50), gray="auto", **PARTS)
EACH = {
    "fade": Repair(fade=Fade(60, 50)),
    "gray": Repair(gray="green"),
    "faded color": Repair(faded_color=FadedColor(80)),
    "noise": Repair(noise=Noise(50, 20, 30)),
    "screen": Repair(noise=Noise(screen=100)),
    "sharpness": Repair(sharpness=Sharpness(50)),
    "all": ALL,
}


def picture(height: int, width: int, channels: int, dtype: Any = np.uint8, seed: int = 0) -> np.ndarray:
    """Noisy soft patches, low in contrast."""
    rng = np.random.default_rng(seed)
    patches = rng.uniform(0.3, 0.7, (-(-height // 20), -(-width // 20), channels)).repeat(20, 0).repeat(20, 1)
    value = np.clip(patches[:height, :width] + rng.normal(0, 0.03, (height, width, channels)), 0, 1)
    pixels = np.rint(value * np.iinfo(dtype).max).astype(dtype)
    return pixels if channels == 3 else pixels[..., 0]


def test_nothing_asked_for_gives_the_same_object() -> None:
    for channels in (1, 3):
        photo = Photo(picture(30, 40, channels))
        assert repaired(photo, Repair()) is photo


@pytest.mark.parametrize("name", EACH)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3])
def test_precision_alpha_and_metadata_stay(name: str, dtype: type, channels: int) -> None:
    meta = PhotoMeta(format="TIFF", bit_depth=16, embedded=Metadata(icc=b"profile", exif=b"exif"), notes=("a note",))
    alpha = picture(70, 90, 1, dtype, 1)
    photo = Photo(picture(70, 90, channels, dtype), meta, alpha)
    result = repaired(photo, EACH[name])
    assert result.meta is meta
    assert result.alpha is alpha
    assert result.size == photo.size
    assert np.asarray(result.pixels).dtype == dtype
    assert np.asarray(result.pixels).shape[:2] == (70, 90)
    assert (photo.pixels == picture(70, 90, channels, dtype)).all()  # the original is as it was


@pytest.mark.parametrize("name", ["fade", "faded color", "noise", "screen", "sharpness"])
@pytest.mark.parametrize("channels", [1, 3])
def test_bands_equal_the_whole(monkeypatch: pytest.MonkeyPatch, name: str, channels: int) -> None:
    photo = Photo(picture(300, 140, channels))
    whole = repaired(photo, EACH[name]).pixels
    assert np.asarray(whole).shape == photo.pixels.shape
    monkeypatch.setattr(imaging_rows, "_BAND_PIXELS", 140 * 32)
    banded = repaired(photo, EACH[name]).pixels
    if isinstance(banded, Rows):
        assert banded.step <= 64
    off = np.abs(np.asarray(banded).astype(int) - np.asarray(whole))
    assert off.max() <= 1  # a product's last bit differs with its size, and so may a rounding
    assert (off > 0).mean() < 0.001


def test_rows_read_from_elsewhere_give_the_same_as_an_array() -> None:
    pixels = picture(200, 100, 3)
    read: list[tuple[int, int]] = []

    def rows(top: int, stop: int) -> np.ndarray:
        read.append((top, stop))
        return pixels[top:stop]

    lazy = Photo(Rows(pixels.shape, pixels.dtype, 24, rows))
    result = repaired(lazy, EACH["noise"]).pixels
    read.clear()
    made = np.concatenate([result[top : top + 30] for top in range(0, 200, 30)])
    assert (made == np.asarray(repaired(Photo(pixels), EACH["noise"]).pixels)).all()
    assert len(read) == len(set(read))  # each band is read once


def test_overlapping_bands_ask_for_each_row_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imaging_rows, "_BAND_PIXELS", 16 * 5)
    pixels = np.arange(200, dtype=np.uint8)[:, None].repeat(10, 1)
    asked: list[int] = []

    def rows(top: int, stop: int) -> np.ndarray:
        asked.extend(range(top, stop))
        return pixels[top:stop]

    seen = []

    def make(part: np.ndarray, first: int, above: int) -> np.ndarray:
        seen.append((first, above, len(part)))
        return part[above:]

    result = beside(make, Rows(pixels.shape, pixels.dtype, 8, rows), 5)
    assert (np.concatenate([result[t : t + 16] for t in range(0, 200, 16)]) == pixels).all()
    assert sorted(asked) == list(range(200))
    assert seen[0] == (0, 0, 21)
    assert seen[1] == (11, 5, 26)


@pytest.mark.parametrize("name", EACH)
@pytest.mark.parametrize("size", [(1, 1), (1, 6000), (6000, 1), (2, 3), (7, 9), (17, 130)])
@pytest.mark.parametrize("channels", [1, 3])
def test_odd_sizes_come_through(name: str, size: tuple[int, int], channels: int) -> None:
    photo = Photo(picture(*size, channels))
    assert np.asarray(repaired(photo, EACH[name]).pixels).shape[:2] == size


@pytest.mark.parametrize("value", [0, 255])
@pytest.mark.parametrize("channels", [1, 3])
def test_pure_black_and_white_stay_of_one_tone(value: int, channels: int) -> None:
    shape = (130, 140) if channels == 1 else (130, 140, 3)
    for name in ("fade", "noise", "screen", "sharpness"):
        result = np.asarray(repaired(Photo(np.full(shape, value, np.uint8)), EACH[name]).pixels)
        assert (result == value).all(), name
    result = np.asarray(repaired(Photo(np.full(shape, value, np.uint8)), ALL).pixels)
    assert len(np.unique(result.reshape(130 * 140, -1), axis=0)) == 1


def test_steps_are_told_and_can_be_stopped() -> None:
    told: list[str] = []
    repaired(Photo(picture(60, 70, 3)), ALL, Progress(lambda _, text: told.append(text)))
    assert [text for text in told if text in {f"Looking at {step.name}" for step in STEPS}] == [
        f"Looking at {step.name}" for step in STEPS
    ]
    with pytest.raises(Cancelled):
        repaired(Photo(picture(60, 70, 3)), ALL, Progress(is_cancelled=lambda: len(told) > 0))


def test_a_large_photo_is_repaired_in_bounded_memory() -> None:
    """As wide as a photo of 12 megapixels, and made as it is read: what stands in memory are bands, however many."""
    tile = picture(64, 4000, 3)

    def rows(top: int, stop: int) -> np.ndarray:
        return np.take(tile, np.arange(top, stop) % 64, axis=0)

    photo = Photo(Rows((320, 4000, 3), np.uint8, 64, rows))
    tracemalloc.start()
    result = repaired(photo, ALL).pixels
    for top in range(0, 320, 64):
        result[top : top + 64]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 150 * 2**20
