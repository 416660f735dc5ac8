"""The colors a model holds likely at one place."""

from __future__ import annotations

import numpy as np
import pytest

from handtint.imaging.coloring.likely import likely_colors
from handtint.imaging.coloring.prediction import Prediction

GRID = np.stack(np.meshgrid(np.arange(-60, 61, 10), np.arange(-60, 61, 10)), -1).reshape(-1, 2).astype(np.float32)


def hills(*peaks: tuple[float, float, float]) -> np.ndarray:
    """(bins,) logits of a mixture of hills, each (a, b, weight)."""
    chances = np.full(len(GRID), 1e-6)
    for a, b, weight in peaks:
        chances += weight * np.exp(-((GRID - (a, b)) ** 2).sum(1) / 200)
    return np.log(chances / chances.sum())


def prediction(left: np.ndarray, right: np.ndarray) -> Prediction:
    logits = np.stack([left] * 4 + [right] * 4)[None].repeat(6, 0).astype(np.float16)
    return Prediction(np.full((12, 16, 2), 7, np.float32), logits, GRID)


TWO = prediction(hills((30, 20, 0.7), (-20, -30, 0.3)), hills((0, 40, 1.0)))


def test_the_likeliest_color_comes_first() -> None:
    first, second = likely_colors(TWO, 0.5, 0.2, 60.0, 2)
    assert first == pytest.approx((30, 20), abs=3)
    assert second == pytest.approx((-20, -30), abs=3)


def test_every_place_has_its_own() -> None:
    assert likely_colors(TWO, 0.5, 0.9, 60.0, 1)[0] == pytest.approx((0, 40), abs=3)
    assert likely_colors(TWO, 1.0, 1.0, 60.0, 1)[0] == pytest.approx((0, 40), abs=3)


@pytest.mark.parametrize("lightness", [20.0, 50.0, 90.0])
def test_colors_lie_well_apart_and_inside_srgb(lightness: float) -> None:
    flat = np.random.default_rng(2).normal(0, 0.5, len(GRID))
    colors = likely_colors(prediction(flat, flat), 0.3, 0.3, lightness, 6)
    apart = np.hypot(*(colors[:, None] - colors[None]).transpose(2, 0, 1)) + 99 * np.eye(len(colors))
    assert len(colors) >= 3
    assert apart.min() >= 12
    from handtint.imaging.color.gamut import within

    assert np.allclose(within(lightness, colors), colors, atol=2.0)


def test_a_sure_model_offers_one() -> None:
    sure = hills((20, 20, 1.0))
    sure = np.where(np.hypot(*(GRID - (20, 20)).T) < 11, sure, -30.0)
    assert len(likely_colors(prediction(sure, sure), 0.5, 0.5, 60.0, 5)) == 1


def test_near_black_little_can_be_told_apart() -> None:
    assert len(likely_colors(TWO, 0.5, 0.2, 1.0, 5)) <= 2


def test_a_model_without_a_distribution_has_one_answer() -> None:
    plain = Prediction(np.full((4, 4, 2), (9, -5), np.float32))
    assert likely_colors(plain, 0.5, 0.5, 60.0, 5).tolist() == [[9, -5]]
