"""What sRGB can show at one lightness."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.color import rgb2lab

from handtint.imaging.color import gamut, lab

HUES = np.radians(np.arange(0, 360, 15))


@pytest.mark.parametrize("lightness", [5.0, 30.0, 55.0, 80.0, 97.0])
def test_the_largest_chroma_lies_on_the_edge_of_srgb(lightness: float) -> None:
    chroma = gamut.largest_chroma(lightness, HUES)
    ab = np.stack([chroma * np.cos(HUES), chroma * np.sin(HUES)], -1)
    shown = rgb2lab(gamut.srgb_at(lightness, ab) / 255)
    assert np.abs(np.hypot(shown[:, 1], shown[:, 2]) - chroma).max() < 2.5
    assert np.abs(shown[:, 0] - lightness).max() < 0.6
    assert (gamut.srgb_at(lightness, ab).min(-1) < 6).any() or (gamut.srgb_at(lightness, ab).max(-1) > 250).any()


def test_black_and_white_have_no_color() -> None:
    assert gamut.largest_chroma(0.0, HUES).max() < 1.5
    assert gamut.largest_chroma(100.0, HUES).max() < 1.5


def test_too_strong_a_color_keeps_its_hue_and_lightness() -> None:
    shown = rgb2lab(gamut.srgb_at(60.0, np.array([90.0, -90.0])) / 255)
    assert shown[0] == pytest.approx(60, abs=0.5)
    assert np.degrees(np.arctan2(shown[2], shown[1])) == pytest.approx(-45, abs=1.5)
    assert 20 < np.hypot(shown[1], shown[2]) < 90


def test_a_color_that_srgb_has_stays_as_it_is() -> None:
    ab = np.array([[12.0, -8.0], [0.0, 0.0]])
    assert np.allclose(gamut.within(50.0, ab), ab)


def test_hue_and_chroma_of_a_color_as_users_write_it() -> None:
    assert lab.ab_of(122, 75, 60) == pytest.approx(rgb2lab(np.array([122, 75, 60]) / 255)[1:], abs=0.01)
    assert lab.ab_of(90, 90, 90) == pytest.approx((0, 0), abs=0.01)
