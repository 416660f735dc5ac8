"""Carried hint planes put to use: beneath a user's own hints, and for models that take none.

Planes are (h, w, 3) float32: a, b in Lab units and a mask 0 or 1.
"""

from __future__ import annotations

import numpy as np

from handtint.imaging.resize import resize_planes
from handtint.palette.registration import window_mean

_REALM = 0.1  # of the short side: how far around a user's hint no carried one is heard
_SPREAD = 1 / 32  # of the short side: radius over which a difference in color spreads
_FADE = 0.02  # weight of no change, where hints are far


def beneath(carried: np.ndarray, own: np.ndarray | None) -> np.ndarray:
    """Carried planes with a user's own over them; carried hints around a user's hint give way to it."""
    if own is None or not own[..., 2].any():
        return carried
    realm = window_mean(own[..., 2], max(round(min(own.shape[:2]) * _REALM), 1)) > 1e-6
    return np.where(realm[..., None], own, carried)


def shift_towards(ab: np.ndarray, planes: np.ndarray) -> np.ndarray:
    """ab (h2, w2, 2) of the whole photo, moved towards the hints' colors around them: for models that take no hints.

    Only the broad difference in color moves, so that edges in ab stay those that the model saw.
    """
    size = (ab.shape[0], ab.shape[1])
    weighted = np.concatenate([planes[..., :2] * planes[..., 2:], planes[..., 2:]], axis=2)
    small = resize_planes(weighted, size)
    radius = max(round(min(size) * _SPREAD), 1)
    spread = [_blur(small[..., i] - ab[..., i] * small[..., 2], radius) for i in (0, 1)]
    weight = _blur(small[..., 2], radius)
    fade = np.float32(_FADE * max(float(weight.max()), 1e-6))
    return ab + np.stack(spread, axis=2) / (weight + fade)[..., None]


def _blur(plane: np.ndarray, radius: int) -> np.ndarray:
    for _ in range(3):  # near a Gaussian
        plane = window_mean(plane, radius)
    return plane
