"""The gray of a black-and-white photo, from the channel with the least damage."""

from __future__ import annotations

import numpy as np
import pytest

from handtint.imaging.photo import Photo
from handtint.repair import gray
from handtint.repair.survey import LUMA, luma


def print_of(absorbed: tuple[float, float, float], seed: int = 0) -> np.ndarray:
    """(h, w, 3) uint8 of a warm print with round stains that absorb this much of red, green and blue."""
    rng = np.random.default_rng(seed)
    value = np.kron(rng.uniform(0.35, 0.9, (12, 16)), np.ones((10, 10)))
    y, x = np.mgrid[:120, :160]
    stain = np.zeros((120, 160))
    for cy, cx in rng.integers(20, 100, (4, 2)):
        stain = np.maximum(stain, np.clip(1.5 - np.hypot(y - cy, x - cx) / 6, 0, 1))
    tinted = np.stack([value**0.9, value, 0.95 * value**1.15], axis=-1)
    noisy = tinted * (1 - stain[..., None] * absorbed) + rng.normal(0, 0.006, tinted.shape)
    return np.rint(255 * np.clip(noisy, 0, 1)).astype(np.uint8)


@pytest.mark.parametrize("seed", range(4))
def test_brown_stains_show_least_in_red_and_blue_ink_in_blue(seed: int) -> None:
    assert gray.cleanest(print_of((0.05, 0.25, 0.5), seed) / np.float32(255)) == "red"
    assert gray.cleanest(print_of((0.6, 0.4, 0.05), seed) / np.float32(255)) == "blue"
    assert gray.cleanest(print_of((0, 0, 0), seed) / np.float32(255)) == "lightness"


def test_the_chosen_channel_is_the_photo_in_the_tones_it_had() -> None:
    photo = Photo(print_of((0, 0, 0)))
    gray_of = luma(photo.pixels.astype(np.float32))
    for number, name in enumerate(gray.CHANNELS):
        result = np.asarray(gray.true_gray(photo, name).pixels).astype(int)
        assert np.abs(result - gray_of).mean() < 2
        order = np.argsort(photo.pixels[..., number], axis=None, kind="stable")
        assert (np.diff(result.ravel()[order]) >= 0).all()


def test_auto_takes_red_from_a_stained_print_and_leaves_photos_that_need_none() -> None:
    stained = Photo(print_of((0.02, 0.1, 0.2)))
    sound = print_of((0, 0, 0)).astype(float) @ LUMA
    result = np.asarray(gray.true_gray(stained, "auto").pixels)
    before, after = (np.abs(picture - sound) for picture in (stained.pixels.astype(float) @ LUMA, result))
    assert after[before > 10].mean() < 0.6 * before[before > 10].mean()  # where the stains are
    for pixels in (print_of((0, 0, 0)), print_of((0, 0, 0))[..., 0], np.zeros((1, 1, 3), np.uint8)):
        photo = Photo(pixels)
        assert gray.true_gray(photo, "auto") is photo
    colors = np.random.default_rng(0).integers(0, 256, (6, 8, 3)).repeat(20, 0).repeat(20, 1)
    photo = Photo(colors.astype(np.uint8))
    assert gray.true_gray(photo, "auto") is photo
    assert gray.true_gray(photo, "lightness") is photo
