"""Hints: colors a person puts on places of a photo, and their form as planes that a network takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Hint:
    """One color at one place.

    Attributes:
        x, y: center in pixels of the full-size photo; (0, 0) is the top left corner.
        radius: half the side of the square it covers, in pixels of the full-size photo.
        a, b: color in Lab units.
    """

    x: float
    y: float
    radius: float
    a: float
    b: float


def rasterize(hints: Sequence[Hint], photo_size: tuple[int, int], size: tuple[int, int]) -> np.ndarray:
    """Hint planes at any size: a, b in Lab units and a mask 0 or 1, float32.

    Args:
        photo_size: height, width of the photo that the hints' pixels belong to.
        size: height, width of the planes.
    Every hint covers at least one pixel; later hints lie over earlier ones.
    """
    height, width = size
    planes = np.zeros((height, width, 3), np.float32)
    scale_y, scale_x = height / photo_size[0], width / photo_size[1]
    for hint in hints:
        top = min(max(int((hint.y - hint.radius) * scale_y + 0.5), 0), height - 1)
        left = min(max(int((hint.x - hint.radius) * scale_x + 0.5), 0), width - 1)
        bottom = max(int((hint.y + hint.radius) * scale_y + 0.5), top + 1)
        right = max(int((hint.x + hint.radius) * scale_x + 0.5), left + 1)
        planes[top:bottom, left:right] = (hint.a, hint.b, 1.0)
    return planes
