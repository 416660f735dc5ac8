"""What a model says of a photo's color, as numpy arrays; vividness is read off it without another pass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image


@dataclass(frozen=True)
class Prediction:
    """Color of a whole photo at (a part of) the working size.

    Attributes:
        ab: (h, w, 2) float32, the regression output in Lab units.
        logits: (h2, w2, bins) float16 or float32, unnormalized log probabilities of the ab bins, possibly at a
            coarser size than `ab`; None for a model without a distribution.
        bins: (bins, 2) float32, the ab of each bin in Lab units; None like `logits`.
        notes: sentences a user may read about how it was made (a smaller size, the CPU instead of the GPU).
    """

    ab: np.ndarray
    logits: np.ndarray | None = None
    bins: np.ndarray | None = None
    notes: tuple[str, ...] = ()

    def ab_at(self, vividness: float) -> np.ndarray:
        """(h, w, 2) float32 ab in Lab units. 0 is the regression output, 1 the liveliest."""
        if self.logits is None or self.bins is None or vividness <= 0:
            return self.ab
        lively = _annealed_mean(self.logits, self.bins, _COLDEST)
        lively = resize_planes(lively, self.ab.shape[:2])
        return self.ab + np.float32(min(vividness, 1.0)) * (lively - self.ab)


_COLDEST = 0.38  # temperature of the annealed mean at vividness 1 (Zhang, Isola, Efros 2016)


def _annealed_mean(logits: np.ndarray, bins: np.ndarray, temperature: float) -> np.ndarray:
    scaled = logits.astype(np.float32) / temperature
    scaled -= scaled.max(axis=-1, keepdims=True)
    weights = np.exp(scaled)
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights @ bins.astype(np.float32)  # (h2, w2, 2)


def resize_planes(planes: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Bilinear resize of (h, w, c) float32 planes to size (height, width); area-averaging when shrinking."""
    if planes.shape[:2] == tuple(size):
        return planes
    channels = [
        np.asarray(
            Image.fromarray(np.ascontiguousarray(planes[..., c], np.float32)).resize(
                (size[1], size[0]), Image.Resampling.BILINEAR
            )
        )
        for c in range(planes.shape[2])
    ]
    return np.stack(channels, axis=-1)
