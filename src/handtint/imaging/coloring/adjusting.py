"""A photo's colors adjusted: warmer or cooler, each range of hues stronger or weaker, and less at protected places.

All of it acts on a and b alone, at full size, and multiplies or moves a color the less the nearer it is to gray: gray
stays gray and lightness is not touched. Nothing jumps from one hue to the next: the share that a range has of a hue
falls off smoothly beside it, and the shares of all ranges add up to 1.

Units: a and b in Lab units, float32; hues in degrees, atan2(b, a).
"""

from __future__ import annotations

import functools

import numpy as np

from handtint.imaging.coloring.chroma import Band, Field
from handtint.imaging.coloring.spread import Spread
from handtint.imaging.guided import box_mean
from handtint.imaging.resize import fit
from handtint.recipe.adjust import MAX_WARMTH, Adjust
from handtint.recipe.placement import Placement
from handtint.recipe.protected import LEVELS, Protected

# Where each range is half: around the patches of a ColorChecker chart (D65), skin at 47 and 50, foliage at 124 and sky
# at 258 degrees, as far as such things vary in photographs.
_EDGES = {"skin": (20.0, 75.0), "foliage": (88.0, 165.0), "sky": (205.0, 290.0)}
_BORDER = 30.0  # degrees over which a range falls off
_HUES = 1 << 14  # of the table: neighbors differ by 0.4 % of a color at most

# D50 seen by an eye that is used to D65: the way of daylight towards the evening, a unit vector of a and b.
_WARM = (0.134, 0.991)
# At warmth 100 strong colors move by this much; those weaker than it in proportion, so that none passes gray.
_MOST_WARMTH = 14.0

_KEPT_SIDE = 1024  # of the mask as it lies over the photo that was turned and cropped


class AdjustedField:
    """The color of a whole photo, adjusted.

    Args:
        field: its color before that.
        kept: (h, w) float32 over the photo, how much of each place's color is kept, 0..1; None for all of it.
    """

    def __init__(self, field: Field, adjust: Adjust, kept: np.ndarray | None) -> None:
        self._field, self._adjust, self._kept = field, adjust, kept

    def band(self, y: np.ndarray, x: np.ndarray) -> AdjustedBand:
        """See `ChromaField.band`."""
        kept = None if self._kept is None else Spread(self._kept[None], y, x)
        return AdjustedBand(self._field.band(y, x), self._adjust, kept)


class AdjustedBand:
    """A band of an `AdjustedField`, row by row on demand."""

    def __init__(self, band: Band, adjust: Adjust, kept: Spread | None) -> None:
        self._band, self._adjust, self._kept = band, adjust, kept

    def ab(self, strip: slice, lightness: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See `ChromaBand.ab`."""
        a, b = self._band.ab(strip, lightness)
        adjust_colors(a, b, self._adjust)
        if self._kept is not None:
            (kept,) = self._kept.rows(strip)
            a *= kept
            b *= kept
        return a, b


def adjust_colors(a: np.ndarray, b: np.ndarray, adjust: Adjust) -> None:
    """Adjust colors in place; a and b float32 of any shape."""
    if any(saturation != 100 for saturation in adjust.saturations):
        turn = np.arctan2(b, a)
        turn *= np.float32(_HUES / (2 * np.pi))
        gain = _gains(adjust.saturations).take(np.rint(turn).astype(np.intp), mode="wrap")
        a *= gain
        b *= gain
    if adjust.warmth:
        chroma = np.hypot(a, b)
        move = chroma / np.sqrt(chroma * chroma + np.float32(_MOST_WARMTH**2))
        move *= np.float32(_MOST_WARMTH * adjust.warmth / MAX_WARMTH)
        a += move * np.float32(_WARM[0])
        b += move * np.float32(_WARM[1])


def range_shares(hue: np.ndarray) -> np.ndarray:
    """(4, ...) how much each hue in degrees belongs to each of `recipe.adjust.RANGES`; they add up to 1."""
    shares = []
    for low, high in _EDGES.values():
        off = np.abs((hue - (low + high) / 2 + 180) % 360 - 180) - (high - low) / 2  # beyond the edge
        inside = np.clip(0.5 - off / _BORDER, 0, 1)
        shares.append(inside * inside * (3 - 2 * inside))
    return np.stack([*shares, 1 - np.sum(shares, axis=0)])


@functools.lru_cache(maxsize=8)
def _gains(saturations: tuple[float, ...]) -> np.ndarray:
    """(_HUES,) float32 what colors are multiplied by, from hue 0 on."""
    return (np.array(saturations) / 100 @ range_shares(np.arange(_HUES) * 360 / _HUES)).astype(np.float32)


@functools.lru_cache(maxsize=4)
def kept_color(protected: Protected, size: tuple[int, int], placement: Placement | None) -> np.ndarray:
    """(h, w) float32 over a photo of `size`, at most 1024 a side: how much of each place's color is kept, 0..1.

    Args:
        placement: of the photo on the upright source, where it was turned or cropped.
    """
    cells = np.frombuffer(protected.levels, np.uint8).reshape(protected.height, protected.width)
    kept = box_mean(1 - cells.astype(np.float32) / LEVELS, 1)  # with the line between cells: no step and no crease
    longest = min(_KEPT_SIDE, max(size))
    height, width = fit(size, longest, longest)
    x = (np.arange(width) + 0.5) * (size[1] / width)
    y = ((np.arange(height) + 0.5) * (size[0] / height))[:, None]
    source_size = size
    if placement is not None:
        m, source_size = placement.matrix, placement.source_size
        depth = m[6] * x + m[7] * y + m[8]
        x, y = (m[0] * x + m[1] * y + m[2]) / depth, (m[3] * x + m[4] * y + m[5]) / depth
    x, y = x * (protected.width / source_size[1]) - 0.5, y * (protected.height / source_size[0]) - 0.5
    return _between(kept, *np.broadcast_arrays(y, x))


def _between(plane: np.ndarray, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The plane at (y, x) in its pixels, 0 the center of the first one, bilinearly; edges repeated."""
    y, x = np.clip(y, 0, plane.shape[0] - 1), np.clip(x, 0, plane.shape[1] - 1)
    top, left = y.astype(np.intp), x.astype(np.intp)
    down, right = (y - top).astype(np.float32), (x - left).astype(np.float32)
    below, beside = np.minimum(top + 1, plane.shape[0] - 1), np.minimum(left + 1, plane.shape[1] - 1)
    upper = plane[top, left] * (1 - right) + plane[top, beside] * right
    lower = plane[below, left] * (1 - right) + plane[below, beside] * right
    return upper * (1 - down) + lower * down
