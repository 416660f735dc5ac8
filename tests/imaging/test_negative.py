"""Negatives are made positive, and noticed where that is sure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from handtint.imaging.color.negative_network import SIDE, negativeness
from handtint.imaging.negative import inverted, looks_negative
from handtint.imaging.opening import read_photo
from handtint.imaging.photo import Photo
from handtint.imaging.rows import mapped


def on_film(positive: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 of a picture as a color negative: densities, and those of the orange film."""
    exposure = np.maximum((positive / 255.0) ** 2.2, 0.003)
    density = 0.6 * np.log10(exposure / 0.003) + np.array([0.22, 0.62, 0.95])
    return ((10.0**-density) ** (1 / 2.2) * 255).round().astype(np.uint8)


def is_noticed(photo: Photo) -> bool:
    return looks_negative(photo, photo.judgment())


def test_inverting_gives_the_whole_range_at_16_bits() -> None:
    negative = 255 - (data.camera() // 2 + 40)
    photo = inverted(Photo(negative, alpha=np.full(negative.shape, 255, np.uint8)))
    assert photo.pixels.dtype == photo.alpha.dtype == np.uint16
    assert photo.alpha.min() == 65535
    assert np.corrcoef(photo.pixels.ravel(), data.camera().ravel())[0, 1] > 0.999
    assert photo.pixels.min() == 0
    assert photo.pixels.max() == 65535
    assert photo.meta.notes == ("The photo is a negative; it was inverted.",)


def test_inverting_in_bands_gives_the_same(tmp_path: Path) -> None:
    negative = on_film(data.astronaut())
    in_bands = inverted(Photo(mapped(lambda part: part, negative)))
    assert np.array_equal(in_bands.pixels, inverted(Photo(negative)).pixels)


def test_the_orange_of_film_goes_with_inverting() -> None:
    photo = inverted(Photo(on_film(np.repeat(data.camera()[..., None], 3, axis=2))))
    assert np.ptp(np.asarray(photo.pixels, float).mean(axis=(0, 1))) < 0.02 * 65535
    assert np.corrcoef(np.asarray(photo.pixels)[..., 1].ravel(), data.camera().ravel())[0, 1] > 0.9


def test_a_color_negative_is_noticed() -> None:
    for picture in (data.astronaut(), data.rocket()):
        assert is_noticed(Photo(on_film(picture)))


@pytest.mark.parametrize("name", ["astronaut", "camera", "coffee", "chelsea", "rocket", "coins"])
def test_photographs_are_no_negatives(name: str) -> None:
    picture = getattr(data, name)()
    gray = picture if picture.ndim == 2 else picture.mean(axis=2).astype(np.uint8)
    sepia = (gray[..., None] / 255 * np.array([255, 225, 170])).astype(np.uint8)
    night = (picture * 0.15).astype(np.uint8)
    for one in (picture, gray, sepia, night, np.zeros_like(picture), np.full_like(picture, 200)):
        assert not is_noticed(Photo(one))


def test_what_the_network_says_changes_its_sign_alone_when_a_picture_is_inverted() -> None:
    gray = np.asarray(Image.fromarray(data.camera()).resize((SIDE, SIDE)), np.float32) / 255
    said = negativeness(gray)
    assert said < 0
    assert negativeness(1 - gray) == pytest.approx(-said, rel=1e-4)
    assert negativeness(gray * 0.3 + 0.4) == pytest.approx(said, rel=1e-3)  # faded


def test_a_tiny_picture_is_not_judged(tmp_path: Path) -> None:
    Image.fromarray(data.camera()[:20, :20]).save(tmp_path / "a.png")
    assert not is_noticed(read_photo(tmp_path / "a.png"))
