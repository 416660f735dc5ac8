"""Less noise, JPEG's blocks, printed screens."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from handtint.imaging.photo import Photo
from handtint.progress import Progress
from handtint.recipe.repair import Noise
from handtint.repair import noise, screen


def smooth(height: int = 160, width: int = 200) -> np.ndarray:
    """(h, w) encoded 0..255, soft hills and one sharp edge."""
    y, x = np.mgrid[:height, :width] / 40
    value = 120 + 50 * np.sin(x) * np.cos(1.3 * y)
    value[:, width // 2 :] += 50
    return value


def psnr(first: np.ndarray, second: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / np.square(np.asarray(first, float) - second).mean()))


def noisy(clean: np.ndarray, deviation: float, seed: int = 0) -> np.ndarray:
    grain = np.random.default_rng(seed).normal(0, deviation, clean.shape)
    return np.clip(np.rint(clean + grain), 0, 255).astype(np.uint8)


def test_noise_is_measured() -> None:
    for deviation in (4, 9):
        found = noise.measure(Photo(noisy(smooth(), deviation)), Progress())
        assert found.luma == pytest.approx(deviation, rel=0.25)
    assert noise.measure(Photo(np.rint(smooth()).astype(np.uint8)), Progress()).luma < 0.6


def test_noise_goes_and_edges_stay() -> None:
    photo = Photo(noisy(smooth(), 9))
    result = np.asarray(noise.denoised(photo, Noise(60)).pixels)
    assert psnr(result, smooth()) > psnr(photo.pixels, smooth()) + 8
    step = np.abs(np.diff(result.astype(float), axis=1)).mean(axis=0)
    assert step.argmax() == 99
    assert step[99] > 40


def test_color_noise_goes_too_and_16_bits_are_kept() -> None:
    clean = np.stack([smooth(), smooth()[::-1], smooth()[:, ::-1]], axis=-1)
    pixels = noisy(clean, 9).astype(np.uint16) * 257
    result = np.asarray(noise.denoised(Photo(pixels), Noise(60)).pixels)
    assert result.dtype == np.uint16
    assert len(np.unique(result % 257)) > 100  # finer than 8 bits
    assert psnr(result / 257, clean) > psnr(pixels / 257, clean) + 4


def test_grain_is_given_back_in_proportion() -> None:
    photo = Photo(noisy(smooth(), 9))
    left = [(np.asarray(noise.denoised(photo, Noise(60, grain)).pixels) - smooth()).std() for grain in (0, 50, 100)]
    assert left[0] < 0.5 * left[1] < left[2]
    assert left[2] == pytest.approx((photo.pixels - smooth()).std(), rel=0.02)


def test_a_photo_without_noise_hardly_changes() -> None:
    photo = Photo(np.rint(smooth()).astype(np.uint8))
    assert psnr(np.asarray(noise.denoised(photo, Noise(50)).pixels), photo.pixels) > 48


def coarse_jpeg(value: np.ndarray) -> np.ndarray:
    buffer = io.BytesIO()
    Image.fromarray(np.rint(value).astype(np.uint8)).save(buffer, "JPEG", quality=8)
    return np.asarray(Image.open(buffer))


def test_blocks_of_jpeg_are_found_and_smoothed() -> None:
    coded = coarse_jpeg(smooth())
    assert noise.measure(Photo(coded), Progress()).blocks > 3
    assert noise.measure(Photo(noisy(smooth(), 5)), Progress()).blocks < 0.5
    result = np.asarray(noise.denoised(Photo(coded), Noise(blocks=100)).pixels)
    assert psnr(result, smooth()) > psnr(coded, smooth()) + 0.5
    assert noise.measure(Photo(result), Progress()).blocks < 0.5 * noise.measure(Photo(coded), Progress()).blocks


def printed(value: np.ndarray, period: float = 5.3) -> np.ndarray:
    y, x = np.mgrid[: value.shape[0], : value.shape[1]] * (2 * np.pi / period / np.sqrt(2))
    dots = (np.cos(x + y) + np.cos(x - y)) / 4 + 0.5
    return np.rint(255 / (1 + np.exp((dots - value / 255) * 9))).astype(np.uint8)


def test_the_dots_of_a_printed_picture_are_found_and_go() -> None:
    value = smooth(300, 400)
    photo = Photo(printed(value))
    found = screen.find_screen(photo, Progress())
    assert found.is_there
    assert found.period == pytest.approx(5.3, abs=0.3)
    result = np.asarray(screen.descreened(photo, 100).pixels).astype(float)
    assert result.std(axis=None) < 0.7 * photo.pixels.std()
    assert psnr(result, value) > psnr(photo.pixels, value) + 8


def test_a_photo_that_was_not_printed_keeps_all() -> None:
    for pixels in (noisy(smooth(300, 400), 8), np.zeros((150, 150), np.uint8), np.zeros((8, 300), np.uint8)):
        photo = Photo(pixels)
        assert screen.descreened(photo, 100) is photo
