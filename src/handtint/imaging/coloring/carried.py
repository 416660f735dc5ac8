"""Colors carried over from another photo, laid over a prediction.

Planes are (h, w, 3) float32 over the whole photo: a, b in Lab units and a mask 0 or 1 of the places that have one.
"""

from __future__ import annotations

import numpy as np

from handtint.imaging.guided import box_mean
from handtint.imaging.resize import resize_planes

# A change of color spreads twice: hardly among carried places, and wider but faintly, so that it fades out beside them.
_SPREADS = ((1.0, 1 / 128), (0.05, 1 / 32))  # weight, and radius as a part of the short side
_FADE = 0.01  # weight of no change


def shift_towards(ab: np.ndarray, carried: np.ndarray) -> np.ndarray:
    """ab (h2, w2, 2) of the whole photo, moved towards the carried colors where there are any.

    The change is blurred a little, so that a slip of a pixel between the photos leaves no fringe, and fades out beside
    the carried places.
    """
    mask = carried[..., 2]
    before = resize_planes(ab, mask.shape)
    differences = (carried[..., :2] - before) * mask[..., None]
    change, weight = np.zeros_like(differences), np.full_like(mask, _FADE)
    for share, spread in _SPREADS:
        radius = max(round(min(mask.shape) * spread), 1)
        change += np.float32(share) * np.stack([_blur(differences[..., i], radius) for i in (0, 1)], axis=2)
        weight += np.float32(share) * _blur(mask, radius)
    change /= weight[..., None]
    return ab + resize_planes(change, ab.shape[:2])


def _blur(plane: np.ndarray, radius: int) -> np.ndarray:
    for _ in range(3):  # near a Gaussian
        plane = box_mean(plane, radius)
    return plane
