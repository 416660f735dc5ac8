"""Pixels moved by a projective matrix and interpolated once, with Lanczos's kernel of six by six pixels.

A tile at a time, along the rows of the source first and then down them (Catmull and Smith, "3-D transformations of
images in scanline order", 1980), which takes 12 values for a pixel in place of 36. Outside the picture its edge goes
on.
"""

from __future__ import annotations

import numpy as np

from handtint.recipe.placement import Matrix, moved

MARGIN = 8  # pixels of the source around a part of the result that it may need
_TILE = 128
_TAPS = 6
_REACH = 4.0  # pixels beyond the source at which its edge value is all there is
_STEPS = 4096  # between two pixels, for which the kernel is tabulated


def _kernel() -> tuple[np.ndarray, ...]:
    """Of each of six neighbors its share, by how far between the two middle ones a place lies."""
    away = np.arange(_STEPS + 1)[:, None] / _STEPS + 2 - np.arange(_TAPS)
    shares = np.sinc(away) * np.sinc(away / 3)
    shares /= shares.sum(axis=1, keepdims=True)
    return tuple(np.ascontiguousarray(share, np.float32) for share in shares.T)


_KERNEL = _kernel()


def needed(matrix: Matrix, rows: range, width: int, source_size: tuple[int, int]) -> tuple[slice, slice]:
    """Rows and columns of the source that these rows of a result of `width` are made of."""
    points = [moved(matrix, x, y) for x in (0, width) for y in (rows.start, rows.stop)]
    spans = []
    for axis, side in ((1, source_size[0]), (0, source_size[1])):
        low, high = (min(max(pick(point[axis] for point in points), 0.0), side) for pick in (min, max))
        start = min(max(int(low) - MARGIN, 0), side - 1)
        spans.append(slice(start, max(min(int(high) + MARGIN, side), start + 1)))
    return spans[0], spans[1]


def resampled(source: np.ndarray, corner: tuple[int, int], matrix: Matrix, rows: range, width: int) -> np.ndarray:
    """Rows of the result, (n, width) or (n, width, channels), in the source's dtype.

    Args:
        source: (h, w) or (h, w, channels) uint8 or uint16: all that `needed` says of the whole source.
        corner: row and column of the whole source at which it begins.
        matrix: takes (x, y, 1) of the result to the whole source.
    """
    result = np.empty((len(rows), width, *source.shape[2:]), source.dtype)
    by_channel, made = (picture[..., None] if picture.ndim == 2 else picture for picture in (source, result))
    a, b, c, d, e, f, g, h, i = matrix
    row, column = corner
    inside = (a - column * g, b - column * h, c - column * i, d - row * g, e - row * h, f - row * i, g, h, i)
    for top in range(0, len(rows), _TILE):
        for left in range(0, width, _TILE):
            tile = made[top : top + _TILE, left : left + _TILE]
            _fill(tile, by_channel, inside, rows.start + top, left)
    return result


def _fill(tile: np.ndarray, source: np.ndarray, matrix: Matrix, top: int, left: int) -> None:
    """Make the pixels of a tile (h, w, channels) whose first one is at (top, left) of the result."""
    a, b, c, d, e, f, g, h, i = matrix
    v = (top + 0.5 + np.arange(tile.shape[0]))[:, None]
    u = left + 0.5 + np.arange(tile.shape[1])
    x0, y0 = moved(matrix, u.mean(), v.mean())
    x1, y1 = moved(matrix, u.mean(), v.mean() + 1)
    if abs(x1 - x0) > abs(y1 - y0):  # what goes down in the result goes across in the source
        source = source.swapaxes(0, 1)
        a, b, c, d, e, f = d, e, f, a, b, c
    height, width = source.shape[:2]
    y = np.clip((d * u + e * v + f) / (g * u + h * v + i), -_REACH, height + _REACH) - 0.5
    rows = range(int(np.floor(y.min())) - 2, int(np.floor(y.max())) + 4)
    line = (np.array(rows) + 0.5)[:, None]
    at = (d * u + f - line * (g * u + i)) / (h * line - e)  # where the column u of the result crosses that line
    x = np.clip((a * u + b * at + c) / (g * u + h * at + i), -_REACH, width + _REACH) - 0.5
    columns = range(int(np.floor(x.min())) - 2, int(np.floor(x.max())) + 4)
    part = _cut(source, rows, columns)
    across, across_shares = _places(x - columns.start)
    across += np.arange(len(rows))[:, None] * len(columns)
    down, down_shares = _places(y - rows.start)
    down *= len(u)
    down += np.arange(len(u))
    most = np.iinfo(tile.dtype).max
    for channel in range(part.shape[2]):
        plane = np.ascontiguousarray(part[..., channel], np.float32)
        leaning = _summed(plane, across, 1, across_shares)  # (rows, w)
        made = _summed(leaning, down, len(u), down_shares)  # (h, w)
        tile[..., channel] = np.clip(np.rint(made, out=made), 0, most, out=made)


def _cut(source: np.ndarray, rows: range, columns: range) -> np.ndarray:
    """A part of the source; its edges go on where it has none."""
    height, width = source.shape[:2]
    if rows.start >= 0 and columns.start >= 0 and rows.stop <= height and columns.stop <= width:
        return source[rows.start : rows.stop, columns.start : columns.stop]
    y, x = np.clip(np.array(rows), 0, height - 1), np.clip(np.array(columns), 0, width - 1)
    return source[y[:, None], x]


def _places(positions: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """The first of the six neighbors of each position along a line, and the share of each of them."""
    middle = np.floor(positions)
    step = np.rint((positions - middle) * _STEPS).astype(np.intp)
    return middle.astype(np.intp) - 2, [share.take(step) for share in _KERNEL]


def _summed(plane: np.ndarray, first: np.ndarray, stride: int, shares: list[np.ndarray]) -> np.ndarray:
    """Six values of a plane from `first` on, `stride` apart, weighted."""
    values = plane.reshape(-1)
    result = np.zeros(first.shape, np.float32)
    index, found = first.copy(), np.empty(first.shape, np.float32)
    for share in shares:
        values.take(index, out=found, mode="clip")  # none is outside; "raise" would copy `out`
        found *= share
        result += found
        index += stride
    return result
