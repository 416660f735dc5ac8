"""The colors a model holds likely at one place of a photo: the well-separated modes of its distribution there."""

from __future__ import annotations

import numpy as np

from handtint.imaging.color.gamut import within
from handtint.imaging.coloring.distribution import softmax
from handtint.imaging.coloring.prediction import Prediction

_SEPARATION = 16.0  # Lab units between two colors: plainly another color
_BLUR = 7.0  # Lab units; bins are about 10 apart, and a mode is a hill of several
_LEAST = 0.001  # of the likeliest hill: what is lower is no answer, but the floor of the distribution


def likely_colors(prediction: Prediction, y: float, x: float, lightness: float, count: int) -> np.ndarray:
    """(n, 2) ab, likeliest first, at most `count`, as sRGB can show them at `lightness`.

    Args:
        y, x: the place, 0..1 across the whole photo.

    Fewer than `count` where the gamut is small (near black and white) or the model is sure. A model without
    a distribution has one answer.
    """
    if prediction.logits is None or prediction.bins is None:
        return within(lightness, _cells(prediction.ab, y, x, reach=0))
    chances = softmax(_cells(prediction.logits, y, x, reach=1)).mean(axis=0)  # (bins,)
    shown = within(lightness, prediction.bins)
    distances = np.hypot(*(shown[:, None] - shown[None]).transpose(2, 0, 1))  # (bins, bins)
    hills = np.exp(-0.5 * (distances / _BLUR) ** 2)
    colors: list[np.ndarray] = []
    first = 0.0
    while len(colors) < count:
        heights = np.where(chances > 0, hills @ chances, 0.0)
        best = int(heights.argmax())
        first = first or float(heights[best])
        if heights[best] <= _LEAST * first:
            break
        weights = hills[best] * chances
        color = (weights @ shown) / weights.sum()
        if any(np.hypot(*(color - other)) < _SEPARATION for other in colors):
            color = shown[best]
        colors.append(color)
        near = np.minimum(np.hypot(*(shown - color).T), distances[best])
        chances = np.where(near < _SEPARATION, 0.0, chances)
    return np.array(colors)


def _cells(planes: np.ndarray, y: float, x: float, reach: int) -> np.ndarray:
    """(n, c): the cell at a place, and those up to `reach` around it."""
    height, width = planes.shape[:2]
    row = min(max(int(y * height), 0), height - 1)
    column = min(max(int(x * width), 0), width - 1)
    part = planes[max(row - reach, 0) : row + reach + 1, max(column - reach, 0) : column + reach + 1]
    return part.reshape(-1, planes.shape[2]).astype(np.float64)
