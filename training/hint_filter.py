"""The control that hints are measured against: the same hints spread by an edge-aware filter, without a network.

A joint bilateral filter over the places of the hints: a pixel takes the mean of their colors, each weighted by how near
it is in the picture and in lightness; gray weighs a little, so that what is near no hint stays gray.
"""

from __future__ import annotations

import numpy as np

from handtint.imaging.prediction import Prediction
from handtint.model_card import ModelCard
from handtint.progress import Progress

# Chosen on 32 held-out training photos, where a larger or smaller reach or tolerance gains less.
_REACH = 2.0  # standard deviation in the picture: short sides, over the root of the number of hinted pixels
_LIGHTNESS = 14.0  # standard deviation in L
_GRAY = 0.4  # weight of gray; a hinted pixel at the very place has 1, and a hint four pixels
_CHUNK_PIXELS = 1 << 14


class HintFilter:
    """A colorizer that spreads hints and knows nothing else.

    Args:
        card: says the working size.
    """

    def __init__(self, card: ModelCard) -> None:
        self.card = card

    def predict(self, lightness: np.ndarray, hints: np.ndarray | None, progress: Progress) -> Prediction:
        """ab (h, w, 2) at the size of `lightness` (h, w), from hint planes (h, w, 3)."""
        progress.step(0.0)
        height, width = lightness.shape
        ab = np.zeros((height, width, 2), np.float32)
        if hints is None:
            return Prediction(ab)
        places = np.argwhere(hints[..., 2] > 0.5)
        colors = hints[places[:, 0], places[:, 1], :2]
        unit = _REACH * min(height, width) / np.sqrt(max(len(places), 1))
        y, x = np.mgrid[:height, :width].astype(np.float32) / unit
        features = np.stack([y, x, lightness / _LIGHTNESS], axis=-1).astype(np.float32)  # (h, w, 3)
        points = features[places[:, 0], places[:, 1]]  # (n, 3)
        flat, out = features.reshape(-1, 3), ab.reshape(-1, 2)
        for start in range(0, len(flat), _CHUNK_PIXELS):
            pixels = flat[start : start + _CHUNK_PIXELS]
            # |p - q|^2 by parts, so that one matrix product does the work.
            distance = (pixels**2).sum(1)[:, None] - 2 * pixels @ points.T + (points**2).sum(1)
            weights = np.exp(-0.5 * distance)
            out[start : start + _CHUNK_PIXELS] = weights @ colors / (weights.sum(1, keepdims=True) + _GRAY)
        progress.step(1.0)
        return Prediction(ab)
