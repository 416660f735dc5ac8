"""What a model says of a photo's color, as numpy arrays; vividness is read off it without another pass."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from handtint.imaging.carried import shift_towards
from handtint.imaging.resize import resize_planes

_COLDEST = 0.38  # temperature of the annealed mean at vividness 1 (Zhang, Isola, Efros 2016)
_CHUNK_PIXELS = 1024  # a chunk of float32 weights over some 220 bins stays in cache


@dataclass(frozen=True)
class Prediction:
    """Color of a whole photo at (a part of) the working size.

    Attributes:
        ab: (h, w, 2) float32, the regression output in Lab units.
        logits: (h2, w2, bins) float16 or float32, unnormalized log probabilities of the ab bins, possibly at
            a coarser size than `ab`; None for a model without a distribution.
        bins: (bins, 2) float32, the ab of each bin in Lab units; None like `logits`.
        notes: sentences a user may read about how it was made (a smaller size, the CPU instead of the GPU).
        lightness: (h3, w3) float32 L of the whole photo as the model saw it; guides the color to full size.
            Set by `restore.predict`; None as a colorizer returns it.
        carried: (h4, w4, 3) planes of colors carried over from another photo, see `imaging.carried`. Set by
            `restore.predict`.
    """

    ab: np.ndarray
    logits: np.ndarray | None = None
    bins: np.ndarray | None = None
    notes: tuple[str, ...] = ()
    lightness: np.ndarray | None = None
    carried: np.ndarray | None = None

    def ab_at(self, vividness: float) -> np.ndarray:
        """(h, w, 2) float32 ab in Lab units. 0 is the regression output, 1 the liveliest.

        Between them lies the straight line from the regression to the annealed mean of the distribution; less of
        it where the distribution is torn between colors, so that plain backdrops stay quiet. A model without a
        distribution has one answer for every vividness. Colors carried over have the vividness they were chosen at.
        """
        ab = self._own_ab_at(vividness)
        return ab if self.carried is None else shift_towards(ab, self.carried)

    def _own_ab_at(self, vividness: float) -> np.ndarray:
        if vividness <= 0 or self.logits is None:
            return self.ab
        return self.ab + np.float32(min(vividness, 1.0)) * (self._liveliest - self.ab)

    @cached_property
    def _liveliest(self) -> np.ndarray:
        if self.logits is None or self.bins is None:
            return self.ab
        change = annealed_mean(self.logits, self.bins, _COLDEST) - resize_planes(self.ab, self.logits.shape[:2])
        change *= agreement(self.logits, self.bins)[..., None]
        return self.ab + resize_planes(change, self.ab.shape[:2])


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
