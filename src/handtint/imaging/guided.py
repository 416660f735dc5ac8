"""The guided filter (He, Sun, Tang 2010) on small planes: the part of a picture that follows the edges of another.

In every window of the guide a plane is modeled as slope * guide + offset. Planes are float32, (h, w) or (h, w, n);
their edges are repeated.
"""

from __future__ import annotations

import numpy as np


class GuidedFilter:
    """Fits planes to a guide.

    Args:
        guide: (h, w), or (h, w, 1) for planes (h, w, n).
        radius: of the windows, whose sides are 2 radius + 1.
        floor: of the guide's variance: far below it, a change of the guide counts as grain and is smoothed away.
    """

    def __init__(self, guide: np.ndarray, radius: int, floor: float) -> None:
        self._guide, self._radius = guide, radius
        self._mean = box_mean(guide, radius)
        self._variance = box_mean(guide * guide, radius) - self._mean * self._mean
        np.maximum(self._variance, 0, out=self._variance)
        self._variance += np.float32(floor)

    def slope(self, planes: np.ndarray, mean: np.ndarray) -> np.ndarray:
        """In each window; `mean` is the planes' `box_mean`."""
        slope = box_mean(planes * self._guide, self._radius)
        slope -= self._mean * mean
        slope /= self._variance
        return slope

    def coefficients(self, planes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Slope and offset at each place, the means of those of the windows that it lies in."""
        offset = box_mean(planes, self._radius)
        slope = self.slope(planes, offset)
        offset -= slope * self._mean
        return box_mean(slope, self._radius), box_mean(offset, self._radius)


def box_mean(planes: np.ndarray, radius: int) -> np.ndarray:
    """Mean of the (2 radius + 1) squared neighborhood of each value, float32."""
    width = 2 * radius + 1
    for axis in (0, 1):
        moved = np.moveaxis(np.asarray(planes, np.float32), axis, 0)
        padded = np.concatenate([moved[:1]] * radius + [moved] + [moved[-1:]] * radius)
        total = padded[: -width + 1] + padded[1 : len(padded) - width + 2]
        for start in range(2, width):
            total += padded[start : start + len(moved)]
        total *= np.float32(1 / width)
        planes = np.moveaxis(total, 0, axis)
    return planes
