"""The control that hints are measured against: the same hints spread by an edge-aware filter, without a model.

A joint bilateral filter over the places of the hints: a pixel takes the mean of their colors, each weighted by how near
it is in the picture and in lightness; gray weighs a little, so that what is near no hint stays gray.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from handtint.recipe.hints import Hint, squares

# Chosen on 32 held-out training photos, where a larger or smaller reach or tolerance gains less.
_REACH = 2.0  # standard deviation in the picture: short sides, over the root of the number of hinted pixels
_LIGHTNESS = 14.0  # standard deviation in L
_GRAY = 0.4  # weight of gray; a hinted pixel at the very place has 1, and a hint four pixels
_CHUNK_PIXELS = 1 << 14


def spread(lightness: np.ndarray, hints: Sequence[Hint], photo_size: tuple[int, int]) -> np.ndarray:
    """(h, w, 2) float32 ab in Lab units from (h, w) L of a photo of `photo_size` and at least one hint."""
    height, width = lightness.shape
    planes = np.zeros((height, width, 3), np.float32)
    for hint, square in zip(hints, squares(hints, photo_size, (height, width)), strict=True):
        planes[square] = (hint.a, hint.b, 1.0)
    places = np.argwhere(planes[..., 2] > 0)
    colors = planes[places[:, 0], places[:, 1], :2]
    unit = _REACH * min(height, width) / np.sqrt(len(places))
    y, x = np.mgrid[:height, :width].astype(np.float32) / unit
    features = np.stack([y, x, lightness / _LIGHTNESS], axis=-1).astype(np.float32)  # (h, w, 3)
    points = features[places[:, 0], places[:, 1]]  # (n, 3)
    ab = np.empty((height * width, 2), np.float32)
    flat = features.reshape(-1, 3)
    for start in range(0, len(flat), _CHUNK_PIXELS):
        pixels = flat[start : start + _CHUNK_PIXELS]
        # |p - q|^2 by parts, so that one matrix product does the work.
        distance = (pixels**2).sum(1)[:, None] - 2 * pixels @ points.T + (points**2).sum(1)
        weights = np.exp(-0.5 * distance)
        ab[start : start + _CHUNK_PIXELS] = weights @ colors / (weights.sum(1, keepdims=True) + _GRAY)
    return ab.reshape(height, width, 2)
