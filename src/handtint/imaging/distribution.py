"""Reading a distribution over ab bins: its means, and how far it agrees on one color. Logits are (h, w, bins)."""

from __future__ import annotations

import numpy as np

_CHUNK_PIXELS = 1024  # a chunk of float32 weights over some 220 bins stays in cache


def agreement(logits: np.ndarray, bins: np.ndarray) -> np.ndarray:
    """(h, w) float32: how far a distribution agrees on one color, 0 (opposites, as likely) to 1 (one hue).

    The chroma of its mean over its mean chroma.
    """
    chroma = np.hypot(bins[:, 0], bins[:, 1])
    means = annealed_mean(logits, np.column_stack([bins, chroma]), 1.0)  # (h, w, 3)
    return np.hypot(means[..., 0], means[..., 1]) / np.maximum(means[..., 2], 1e-3)


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
