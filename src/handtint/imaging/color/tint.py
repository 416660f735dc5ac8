"""Whether a photo is gray, toned (one tint over all, such as sepia) or already in color.

A toned print has one tint for each lightness, though not the same for all: silver, paper and fading differ.
So the tint is the median ab at each lightness, and color is what lies beside it. In shadows, where a step
of one of 255 is a large step in Lab, ab counts less. Measured: of 500 color photographs 99.2 % are COLOR;
two worn sepia prints lie up to 3.3 and 5.7 where the limits below are 4.5 and 7.5, gray scans saved as JPEG
up to 1.2 and 1.6.
"""

from __future__ import annotations

import numpy as np

from handtint.imaging.color.tone import Tone

_LEVEL = 8.0  # of lightness: width of one step of the tint's curve
_FEWEST = 20  # pixels that make a median
_SHADOWS = 30.0  # lightness below which ab counts less
_GRAY_CHROMA = 4.0  # 95 of 100 pixels of a gray scan lie below; color photographs start at 5.7
_TONED_SPREAD = (4.5, 7.5)  # 90 and 98 of 100 pixels of a toned print lie this near to its tint


def tone_of(lab: np.ndarray) -> Tone:
    """Tone of a shrunk photo, (h, w, 3) float Lab."""
    lightness, ab = lab[..., 0].ravel(), lab[..., 1:].reshape(-1, 2)
    weight = np.clip(lightness / _SHADOWS, 0.1, 1.0)
    beside_tint = np.hypot(*(ab - _tint(lightness, ab)).T) * weight
    most, nearly_all = np.percentile(beside_tint, (90, 98))
    if most > _TONED_SPREAD[0] or nearly_all > _TONED_SPREAD[1]:
        return Tone.COLOR
    return Tone.GRAY if np.percentile(np.hypot(*ab.T) * weight, 95) < _GRAY_CHROMA else Tone.TONED


def _tint(lightness: np.ndarray, ab: np.ndarray) -> np.ndarray:
    """(n, 2) the photo's median ab at the lightness of each pixel."""
    level = (lightness / _LEVEL).astype(np.intp)
    parts = [part for value in range(14) if (part := level == value).sum() >= _FEWEST]
    parts = parts or [np.ones(len(level), bool)]
    centers = [lightness[part].mean() for part in parts]
    medians = np.array([np.median(ab[part], axis=0) for part in parts])
    return np.stack([np.interp(lightness, centers, medians[:, axis]) for axis in (0, 1)], axis=1)
