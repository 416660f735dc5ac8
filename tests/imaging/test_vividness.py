"""The curve of chroma that vividness follows."""

from __future__ import annotations

import numpy as np
import pytest

from handtint.imaging.coloring.vividness import CHROMAS, GAINS, HUES, grid_weights, strengthened


def color(degrees: float, chroma: float) -> np.ndarray:
    """(1, 1, 2) ab."""
    turn = np.radians(degrees)
    return np.array([[[chroma * np.cos(turn), chroma * np.sin(turn)]]], np.float32)


def gain(degrees: float, chroma: float, amount: float = 1.0) -> float:
    strong = strengthened(color(degrees, chroma), amount)
    return float(np.hypot(*strong[0, 0]) / chroma)


def test_weak_foliage_and_sky_are_lifted_more_than_skin() -> None:
    assert gain(110, 12) > 1.08
    assert gain(255, 12) > 1.08
    assert gain(45, 26) < 1.1
    assert gain(110, 12) - 1 > 1.5 * (gain(45, 26) - 1)


@pytest.mark.parametrize("degrees", range(0, 360, 15))
def test_what_is_nearly_gray_and_what_is_violet_stays_at_any_vividness(degrees: int) -> None:
    assert gain(degrees, 3, 2.5) == pytest.approx(1, abs=1e-5)
    assert gain(degrees, 5, 2.5) == pytest.approx(1, abs=1e-5)
    if 290 <= degrees <= 340:
        assert gain(degrees, 20, 2.5) == pytest.approx(1, abs=1e-5)


def test_hue_stays_and_no_color_is_made_weaker() -> None:
    rng = np.random.default_rng(0)
    ab = rng.uniform(-70, 70, (30, 40, 2)).astype(np.float32)
    strong = strengthened(ab, 2.5)
    assert strong.dtype == np.float32
    assert np.abs(ab[..., 0] * strong[..., 1] - ab[..., 1] * strong[..., 0]).max() < 0.05
    assert (np.hypot(*strong.T) >= np.hypot(*ab.T) - 1e-3).all()
    assert np.array_equal(strengthened(ab, 0), ab)


@pytest.mark.parametrize("degrees", range(0, 360, 15))
def test_a_stronger_color_stays_the_stronger_one(degrees: int) -> None:
    chroma = np.linspace(0.1, 90, 500)
    shown = [np.hypot(*strengthened(color(degrees, one), 2.5)[0, 0]) for one in chroma]
    assert (np.diff(shown) > -0.1).all()


def test_every_color_lies_between_places_of_the_grid() -> None:
    rng = np.random.default_rng(1)
    ab = np.concatenate(
        [rng.uniform(-90, 90, (200, 2)), [[0, 0], [5, 0], [60, 0], [-30, -0.0], [200, 0], [1e-9, -1e-9]]]
    )
    places = grid_weights(ab.astype(np.float32))
    assert sum(weight for _, _, weight in places) == pytest.approx(1, abs=1e-5)
    chroma = sum(weight * CHROMAS[column] for _, column, weight in places)
    assert chroma == pytest.approx(np.minimum(np.hypot(*ab.T), CHROMAS[-1]), abs=1e-2)
    assert GAINS.shape == (HUES, len(CHROMAS))
