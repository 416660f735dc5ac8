"""Sharpening without halos."""

from __future__ import annotations

import numpy as np
import pytest

from handtint.imaging.photo import Photo
from handtint.recipe.repair import Sharpness
from handtint.repair.sharpness import HALO, sharpened


def soft_edge(softness: float) -> np.ndarray:
    """(h, w) float 0..255: dark, a soft edge, light."""
    x = np.arange(80) - 39.5
    return (60 + 130 / (1 + np.exp(-x / softness)))[None].repeat(40, 0)


@pytest.mark.parametrize("softness", [0.1, 0.5, 1.0, 2.0, 4.0])
def test_an_edge_gets_no_halo(softness: float) -> None:
    for pixels in (soft_edge(softness), soft_edge(softness).T):
        result = np.asarray(sharpened(Photo(np.rint(pixels).astype(np.uint8)), Sharpness(100)).pixels)
        assert result.max() <= 190 + HALO + 0.5
        assert result.min() >= 60 - HALO - 0.5


def test_an_edge_gets_steeper() -> None:
    photo = Photo(np.rint(soft_edge(1.0)).astype(np.uint8))
    before = np.diff(photo.pixels[20].astype(int)).max()
    half, whole = (np.diff(np.asarray(sharpened(photo, Sharpness(a)).pixels)[20].astype(int)).max() for a in (50, 100))
    assert before * 1.15 < half < whole


def test_noise_in_flat_places_is_left_alone() -> None:
    grain = np.random.default_rng(0).normal(128, 3, (120, 160))
    photo = Photo(np.rint(grain).astype(np.uint8))
    assert np.asarray(sharpened(photo, Sharpness(100)).pixels).std() < 1.25 * photo.pixels.std()


def test_color_goes_with_the_luma() -> None:
    edge = soft_edge(1.0)
    pixels = np.rint(np.stack([edge, 0.8 * edge, 0.6 * edge], axis=-1) * 257).astype(np.uint16)
    result = np.asarray(sharpened(Photo(pixels), Sharpness(60)).pixels).astype(int)
    change = result - pixels
    assert np.abs(change).max() > 1000
    assert np.ptp(change, axis=-1).max() <= 1
