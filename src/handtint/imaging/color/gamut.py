"""What sRGB can show at one lightness: how much chroma, and which pixels a color becomes there.

Units: L 0..100, a and b in Lab units, hue in radians (atan2(b, a)), pixels uint8 sRGB-encoded.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from handtint.imaging.color import lab

_MOST_CHROMA = 140.0  # sRGB's blue, the most colorful, has 134
_ROUNDS = 16  # halving: chroma within 0.003
_TOLERANCE = 1e-4  # in linear light


def largest_chroma(lightness: ArrayLike, hue: ArrayLike) -> np.ndarray:
    """The most chroma that sRGB can show for each hue, any shape, at one lightness or one for each."""
    light, angle = np.asarray(lightness, np.float64), np.asarray(hue, np.float64)
    inside, outside = np.zeros_like(angle), np.full_like(angle, _MOST_CHROMA)
    for _ in range(_ROUNDS):
        middle = (inside + outside) / 2
        channels = np.stack(lab.lab_to_linear(light, middle * np.cos(angle), middle * np.sin(angle)))
        fits = ((channels >= -_TOLERANCE) & (channels <= 1 + _TOLERANCE)).all(0)
        inside, outside = np.where(fits, middle, inside), np.where(fits, outside, middle)
    return inside


def within(lightness: ArrayLike, ab: ArrayLike) -> np.ndarray:
    """(..., 2) ab with the chroma that sRGB has at its lightness, (...) or one for all; hue is kept."""
    planes = np.asarray(ab, np.float64)
    if not planes.any():  # gray is there at every lightness
        return planes
    chroma = np.hypot(planes[..., 0], planes[..., 1])
    largest = largest_chroma(lightness, np.arctan2(planes[..., 1], planes[..., 0]))
    return planes * (np.minimum(largest, chroma) / np.maximum(chroma, 1e-9))[..., None]


def srgb_at(lightness: ArrayLike, ab: ArrayLike) -> np.ndarray:
    """(..., 3) uint8: pixels of (..., 2) ab at its lightness, (...) or one for all."""
    shown = within(lightness, ab)
    encoded = np.stack(lab.lab_to_srgb(np.asarray(lightness, np.float64), shown[..., 0], shown[..., 1]), axis=-1)
    return (np.clip(encoded, 0, 1) * 255 + 0.5).astype(np.uint8)
