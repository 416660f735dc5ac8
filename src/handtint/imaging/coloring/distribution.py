"""Reading a distribution over ab bins: its means, and it joined over things. Logits are (h, w, bins)."""

from __future__ import annotations

import numpy as np

from handtint.imaging.guided import GuidedFilter
from handtint.imaging.resize import resize_planes

_CHUNK_PIXELS = 1024  # a chunk of float32 weights over some 220 bins stays in cache
_CHUNK_BINS = 32  # the same, where neighbors are joined
_RADIUS = 2  # cells
_VARIANCE_FLOOR = 100.0  # of L: where it changes by far less than 10 the neighbors are taken for the same thing


def annealed_mean(logits: np.ndarray, bins: np.ndarray, temperature: float) -> np.ndarray:
    """(h, w, n) float32 mean of `bins` (bins, n) under softmax(logits / temperature), logits (h, w, bins)."""
    flat = logits.reshape(-1, logits.shape[-1])
    means = np.empty((len(flat), bins.shape[1]), np.float32)
    # The total of the weights comes out of the same product as their means.
    columns = np.column_stack([bins, np.ones(len(bins))]).astype(np.float32)
    for start in range(0, len(flat), _CHUNK_PIXELS):
        weights = flat[start : start + _CHUNK_PIXELS].astype(np.float32)
        weights -= weights.max(axis=1, keepdims=True)
        weights *= np.float32(1 / temperature)
        sums = np.exp(weights, out=weights) @ columns
        means[start : start + _CHUNK_PIXELS] = sums[:, :-1] / sums[:, -1:]
    return means.reshape(*logits.shape[:2], -1)


def softmax(logits: np.ndarray) -> np.ndarray:
    """(..., bins) float32 chances of each place."""
    chances = logits.astype(np.float32)
    chances -= chances.max(axis=-1, keepdims=True)
    np.exp(chances, out=chances)
    chances /= chances.sum(axis=-1, keepdims=True)
    return chances


def coherent(logits: np.ndarray, lightness: np.ndarray) -> np.ndarray:
    """(h, w, bins) of the same type: every cell's logits joined with those of its neighbors of like lightness.

    A cell that is torn between two colors then takes the one that the thing it belongs to is likelier to have, and not
    one here and the other there. By a guided filter (He, Sun, Tang 2010) of 5 x 5 cells.

    Args:
        lightness: (h2, w2) L of the same whole photo.
    """
    guide = resize_planes(np.asarray(lightness, np.float32)[..., None], logits.shape[:2])
    fit = GuidedFilter(guide, _RADIUS, _VARIANCE_FLOOR)
    joined = np.empty_like(logits)
    for start in range(0, logits.shape[2], _CHUNK_BINS):
        bins = slice(start, start + _CHUNK_BINS)
        slope, offset = fit.coefficients(logits[..., bins].astype(np.float32))
        slope *= guide
        slope += offset
        joined[..., bins] = slope
    return joined
