"""Chroma at full size: joint upsampling of a small ab picture guided by lightness.

`ChromaField` is an interpolating guided filter (after He and Sun, Fast Guided Filter, 2015). In every small
window of the low-resolution picture ab is modeled as slope * L + offset. The slopes are smoothed and the
offsets chosen so that each low-resolution pixel keeps its own ab; slopes, offsets and the local range of L
are then interpolated bilinearly and applied to the full-size L. So color follows the edges of L, flat and
grainy areas are plainly interpolated, and nothing is extrapolated to an L that the window has not seen.

`paint` merges L and ab to sRGB pixels (see `merge`) in strips that fit the processor's cache.

Units: L 0..100, a and b in Lab units, float32; positions 0..1 across the whole photo.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from handtint.imaging.color.merge import Merge, strip_rows
from handtint.imaging.coloring.spread import Spread
from handtint.imaging.guided import GuidedFilter, box_mean
from handtint.imaging.resize import resize_planes

_RADIUS = 1
_VARIANCE_FLOOR = 32.0  # of L: far below it, a change of L counts as grain and carries little color


class ChromaField:
    """Color of a whole photo, to be read at any place and lightness.

    Args:
        ab: (h, w, 2) in Lab units, any size.
        lightness: (h2, w2) L of the same whole photo; brought to ab's size.
        strength: scales chroma; 1 is as predicted, 0 gray.
    """

    def __init__(self, ab: np.ndarray, lightness: np.ndarray, strength: float = 1.0) -> None:
        ab = np.asarray(ab, np.float32)
        guide = resize_planes(np.asarray(lightness, np.float32)[..., None], ab.shape[:2])[..., 0]
        fit = GuidedFilter(guide, _RADIUS, _VARIANCE_FLOOR)
        planes = [_windows(guide).min((-1, -2)), _windows(guide).max((-1, -2))]
        for channel in (ab[..., 0] * strength, ab[..., 1] * strength):
            slope = box_mean(fit.slope(channel, box_mean(channel, _RADIUS)), _RADIUS)
            planes += [slope, channel - slope * guide]
        self._planes = np.stack(planes).astype(np.float32)  # (6, h, w)

    def band(self, y: np.ndarray, x: np.ndarray) -> ChromaBand:
        """The field spread over columns at `x`, ready for rows at `y`; both rising, 0..1."""
        return ChromaBand(Spread(self._planes, y, x))


class ChromaBand:
    """A band of a `ChromaField`, row by row on demand."""

    def __init__(self, spread: Spread) -> None:
        self._spread = spread

    def ab(self, strip: slice, lightness: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """a and b, (n, W) each, of the band's rows `strip`, whose L is `lightness` (n, W)."""
        least, most, slope_a, a, slope_b, b = self._spread.rows(strip)
        guide = np.maximum(lightness, least, out=least)
        np.minimum(guide, most, out=guide)
        slope_a *= guide
        a += slope_a
        slope_b *= guide
        b += slope_b
        return a, b


class Band(Protocol):
    """A band of a `Field`."""

    def ab(self, strip: slice, lightness: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See `ChromaBand.ab`."""
        ...


class Field(Protocol):
    """Color of a whole photo: a `ChromaField`, or one with adjustments."""

    def band(self, y: np.ndarray, x: np.ndarray) -> Band:
        """See `ChromaField.band`."""
        ...


def positions(start: int, stop: int, length: int, step: int = 1) -> np.ndarray:
    """Where pixels start..stop of a side of `length` pixels have their centers, as parts of that side.

    With `step`: the centers of runs of `step` pixels, the last of which may be shorter.
    """
    edges = np.append(np.arange(start, stop, step), stop)
    return (edges[:-1] + edges[1:]) / (2 * length)


def paint(lightness: np.ndarray, field: Field, y: np.ndarray, x: np.ndarray, dtype: Any = np.uint8) -> np.ndarray:
    """(h, w, 3) sRGB-encoded pixels, uint8 or uint16, of a part of a photo.

    Args:
        lightness: (h, w) float32 L of the part.
        field: color of the whole photo.
        y, x: (h,) and (w,): where the part's rows and columns lie, 0..1 across the whole photo.
    """
    height, width = lightness.shape
    pixels = np.empty((height, width, 3), dtype)
    if not pixels.size:
        return pixels
    band, merge, step = field.band(y, x), Merge(pixels), strip_rows(width)
    for top in range(0, height, step):
        strip = slice(top, min(top + step, height))
        merge.put(top, lightness[strip], *band.ab(strip, lightness[strip]))
    merge.finish()
    return pixels


def _windows(plane: np.ndarray) -> np.ndarray:
    """(h, w, 3, 3): the 3 x 3 neighborhood of each pixel, edges repeated."""
    return sliding_window_view(np.pad(plane, 1, mode="edge"), (3, 3))
