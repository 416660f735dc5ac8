"""Variants read off a distribution."""

from __future__ import annotations

import numpy as np
import pytest

from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.coloring.variants import variant_shift

BINS = np.array([(a, b) for a in range(-60, 61, 20) for b in range(-60, 61, 20)], np.float32)


def logits_of(*colors: tuple[float, float], spread: float = 8.0) -> np.ndarray:
    """(bins,) log of a mixture of equally likely colors."""
    squares = [((BINS - np.array(color)) ** 2).sum(1) for color in colors]
    return np.log(sum(np.exp(-square / (2 * spread**2)) for square in squares) + 1e-6).astype(np.float32)


def picture() -> np.ndarray:
    """(4, 6, bins): left a coat, torn between blue and orange; right a sky that is surely blue."""
    logits = np.empty((4, 6, len(BINS)), np.float32)
    logits[:, :3] = logits_of((0, 50), (0, -50))
    logits[:, 3:] = logits_of((0, -40))
    return logits


def test_what_is_torn_goes_to_either_side_and_what_is_certain_stays() -> None:
    warmer, cooler = (variant_shift(picture(), BINS, number) for number in (1, 2))
    assert warmer.shape == (4, 6, 2)
    assert (warmer[:, :3, 1] > 15).all()
    assert (cooler[:, :3, 1] < -15).all()
    assert np.abs(warmer[:, 3:]).max() < 5
    assert np.abs(cooler[:, 3:]).max() < 5


def test_a_shifted_color_lies_between_those_the_model_holds_possible() -> None:
    logits = picture()
    for number in (1, 2):
        means = variant_shift(logits, BINS, number)[:, :3]
        assert np.abs(means[..., 1]).max() <= 60
        assert np.abs(means[..., 0]).max() < 3


def test_things_alike_move_alike() -> None:
    logits = picture()
    logits[0, 0] = logits_of((0, 50), (0, -45))
    shift = variant_shift(logits, BINS, 1)
    assert shift[0, 0] == pytest.approx(shift[3, 2], abs=8)
    assert np.ptp(shift[1:, :3], axis=(0, 1)) == pytest.approx([0, 0], abs=1e-3)


def test_a_picture_without_doubt_has_no_other_coloring() -> None:
    logits = np.tile(logits_of((0, 20), spread=4.0), (3, 3, 1))
    for number in (1, 2):
        assert np.abs(variant_shift(logits, BINS, number)).max() < 8
    sure = np.full((2, 2, len(BINS)), -1e4, np.float32)
    sure[..., 5] = 0
    assert np.abs(variant_shift(sure, BINS, 1)).max() == pytest.approx(0, abs=1e-3)


def test_the_default_and_the_original_distribution_stay_as_they_were() -> None:
    logits = picture().astype(np.float16)
    before = logits.copy()
    prediction = Prediction(np.zeros((8, 12, 2), np.float32), logits, BINS)
    assert prediction.variants == 3
    assert np.array_equal(prediction.ab_at(0.6, 0), prediction.ab_at(0.6))
    for vividness in (0.0, 0.6):
        default, warmer = prediction.ab_at(vividness), prediction.ab_at(vividness, 1)
        assert (warmer - default)[:, :6, 1].mean() > 6
    assert np.array_equal(logits, before)


def test_without_a_distribution_there_is_one_coloring() -> None:
    plain = Prediction(np.ones((2, 2, 2), np.float32))
    assert plain.variants == 1
    assert np.array_equal(plain.ab_at(0.6, 2), plain.ab)


def test_a_quieter_photo_has_quieter_variants() -> None:
    prediction = Prediction(np.zeros((8, 12, 2), np.float32), picture().astype(np.float16), BINS)
    shifts = [np.abs(prediction.ab_at(v, 1) - prediction.ab_at(v)).mean() for v in (0.0, 0.4, 1.0)]
    assert shifts[0] < shifts[1] < shifts[2]
    assert shifts[0] > 0.3 * shifts[2]
