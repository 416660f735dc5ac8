"""Colors of another photo laid over a prediction."""

from __future__ import annotations

import numpy as np

from handtint.imaging.coloring.carried import shift_towards
from handtint.imaging.coloring.prediction import Prediction

AB = np.tile(np.linspace(-5, 5, 80, dtype=np.float32)[:, None], (60, 1, 2))


def carried(size: tuple[int, int] = (60, 80)) -> np.ndarray:
    """The left quarter has a color."""
    planes = np.zeros((*size, 3), np.float32)
    planes[:, : size[1] // 4] = (30, -10, 1)
    return planes


def test_color_moves_where_another_photo_has_one_and_nowhere_else() -> None:
    moved = shift_towards(AB, carried())
    assert moved.shape == AB.shape
    assert moved.dtype == np.float32
    assert np.abs(moved[:, :18] - (30, -10)).mean() < 1.5
    assert np.array_equal(moved[:, 40:], AB[:, 40:])


def test_planes_of_any_size_stand_for_the_whole_photo() -> None:
    same, larger = (shift_towards(AB, carried(size)) for size in ((60, 80), (120, 160)))
    assert np.abs(same - larger).mean() < 0.5


def test_a_prediction_shows_carried_colors_at_every_vividness() -> None:
    logits = np.zeros((30, 40, 2), np.float16)
    bins = np.array([(50, 50), (60, 50)], np.float32)
    plain = Prediction(AB, logits, bins)
    led = Prediction(AB, logits, bins, carried=carried())
    for vividness in (0.0, 0.6, 1.0):
        assert np.array_equal(led.ab_at(vividness)[:, 40:], plain.ab_at(vividness)[:, 40:])
        assert np.abs(led.ab_at(vividness)[:, :16] - (30, -10)).mean() < 2
