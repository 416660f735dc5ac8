"""The sides of a print, looked for near those of a rough rectangle.

A side is the line, a little tilted perhaps, along which the scan changes sharply in most places. A shadow changes
softly, so it is not taken for an edge; of two edges, paper and picture, the outer one counts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from handtint.repair.prints.rectangle import Rectangle

_SUPPORT = 0.5  # of a side's length, sharp
_FLUSH = 0.008  # of the longer side: as far from the scan's edge as a print that lies along it may seem
_MEAN_SUPPORT = 0.68  # of the four sides
_SOFT = 0.4  # what a side of which nothing is sharp counts
_SAMPLES = 160  # along a side
_ALONG = 7  # samples in a row that are averaged against noise
_SLOPE = 2.5  # degrees that a side may differ from the rough rectangle
_FAINT_ALONG = 31
_SHARP = 0.6  # of a change: what is more than the change two pixels beside; of a shadow's it is under 0.4


@dataclass(frozen=True)
class _Side:
    """A side of a print, as found near one of a rough rectangle: how far out, its slope, how much of it is sharp."""

    out: float
    slope: float  # radians
    support: float


def refined(scan: np.ndarray, rough: Rectangle) -> Rectangle | None:
    """The print whose sides lie near those of a rough rectangle; None if there are none.

    First its angle, by whatever sharp lines are near, the picture's own edge for one. Then, along that angle, where
    longer averages show fainter edges, its sides: white paper on a white bed.
    """
    lengths = np.array([rough.height, rough.width] * 2)
    at_edge = [_at_edge(scan, rough, quarter) for quarter in range(4)]  # right, bottom, left, top
    if sum(side is not None for side in at_edge) > 2:
        return None
    for find in (_sharp_side, _outer_side):
        sides = [at_edge[quarter] or find(scan, rough, quarter) for quarter in range(4)]
        supports = np.array([side.support for side in sides])
        slopes = np.array([side.slope for side in sides])
        sharp = supports >= _SUPPORT
        if sharp.sum() < 2:
            return None
        middle = _weighted_median(slopes, lengths * supports * sharp)
        agrees = sharp & (np.abs(slopes - middle) < math.radians(0.5))
        if agrees.sum() < 2:
            return None
        turn = float(np.average(slopes[agrees], weights=(lengths * supports)[agrees]))
        rough = replace(rough, tilt=rough.tilt + math.degrees(turn))
    if any(side.out == -math.inf for side in sides) or supports.mean() < _MEAN_SUPPORT:
        return None
    right, bottom, left, top = (side.out for side in sides)
    cos, sin = math.cos(math.radians(rough.tilt)), math.sin(math.radians(rough.tilt))
    u, v = (right - left) / 2, (bottom - top) / 2
    x, y = rough.x + cos * u - sin * v, rough.y + sin * u + cos * v
    return Rectangle(x, y, rough.width + right + left, rough.height + bottom + top, rough.tilt)


def _weighted_median(values: np.ndarray, weights: np.ndarray) -> float:
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)])


def _at_edge(scan: np.ndarray, rough: Rectangle, quarter: int) -> _Side | None:
    """A side that lies along the edge of the scan, where there is no bed to be seen; None if it does not."""
    height, width = scan.shape[:2]
    angle = math.radians(rough.tilt + 90 * quarter)
    x, y = math.cos(angle), math.sin(angle)
    length, across = (rough.height, rough.width) if quarter % 2 == 0 else (rough.width, rough.height)
    left = []
    for end in (-length / 2, length / 2):
        at_x, at_y = rough.x + x * across / 2 - y * end, rough.y + y * across / 2 + x * end
        left.append((width - at_x, height - at_y, at_x, at_y)[quarter])
    if max(abs(value) for value in left) > _FLUSH * max(height, width) + 2:
        return None
    return _Side(min(left), 0.0, _SOFT)


def _sharp_side(scan: np.ndarray, rough: Rectangle, quarter: int) -> _Side:
    """The sharp line near a side of a rough rectangle, at whatever slope it is most of one."""
    profile, reach, length = _beside(scan, rough, quarter, _ALONG)
    sharp = _sharpness(profile)
    steps = max(math.ceil(math.tan(math.radians(_SLOPE)) * length / 2), 2)
    ends = np.arange(-steps, steps + 1) / 2  # pixels at the end of the side, to either way
    along = np.linspace(-1, 1, sharp.shape[1])
    support = np.stack([_summed_along(sharp, np.rint(end * along).astype(np.intp)) for end in ends])
    best = int(np.argmax(support.max(axis=0)))
    row = support[:, best]
    if row.max() == 0:
        return _Side(-math.inf, 0.0, 0.0)
    near = row > 0.9 * row.max()
    end = float(np.average(ends[near], weights=row[near] - 0.9 * row.max() + 1e-6))
    out, slope = _fitted(sharp, best, end, length)
    return _Side(out - reach, slope, float(row.max()))


def _outer_side(scan: np.ndarray, rough: Rectangle, quarter: int) -> _Side:
    """Where the bed ends beside a rectangle whose angle is right, and the sharp line there.

    Where paper and shadow are of one tone there is none; the side then is where the scan changes most.
    """
    profile, reach, length = _beside(scan, rough, quarter, _FAINT_ALONG)
    change = np.zeros(profile.shape[:2], np.float32)
    means = np.cumsum(np.pad(profile, ((1, 0), (0, 0), (0, 0))), axis=0)
    means = (means[4:] - means[:-4]) / 4
    change[4:-3] = np.linalg.norm(means[4:] - means[:-4], axis=2)  # the four rows from it on less the four before
    noise = float(np.quantile(np.median(change[reach:-3], axis=1), 0.2))  # where the bed is quietest
    clear = (change > 2 * noise + 3).mean(axis=1) >= _SUPPORT
    clear[reach + math.ceil(0.006 * max(scan.shape[:2]) + 3) :] = False  # that would be another print's
    if not clear.any():
        return _Side(-math.inf, 0.0, 0.0)
    outer = int(np.nonzero(clear)[0][-1])
    size = np.minimum(change, 40).mean(axis=1)
    while outer > 4 and size[outer - 1] >= size[outer]:
        outer -= 1
    sharp = _sharpness(profile)
    support = sharp + np.roll(sharp, 1, axis=0)  # an edge may lie between two rows
    support = np.minimum(support, 1).mean(axis=1)
    first = max(outer - math.ceil(0.01 * max(scan.shape[:2]) + 3), 0)
    strong = np.nonzero(support[first : outer + 5] >= _SUPPORT)[0]
    if not len(strong):
        return _Side(outer - 0.5 - reach, 0.0, _SOFT)
    row = first + int(strong[-1])
    while row > first and support[row - 1] > support[row]:
        row -= 1
    out, slope = _fitted(sharp, row, 0.0, length)
    return _Side(out - reach, slope, float(support[row]))


def _beside(scan: np.ndarray, rough: Rectangle, quarter: int, averaged: int) -> tuple[np.ndarray, int, float]:
    """The scan along lines beside a side, from inside to outside, (2 * reach + 1, samples, 3); reach; its length."""
    length, across = (rough.height, rough.width) if quarter % 2 == 0 else (rough.width, rough.height)
    reach = math.ceil(0.03 * max(scan.shape[:2]) + 6)
    return _profile(scan, rough, quarter, length, across / 2, reach, averaged), reach, length


def _profile(
    scan: np.ndarray, rough: Rectangle, quarter: int, length: float, half: float, reach: int, averaged: int
) -> np.ndarray:
    """(2 * reach + 1, samples, 3): the scan along lines beside a side, from inside to outside."""
    angle = math.radians(rough.tilt + 90 * quarter)
    out_x, out_y = math.cos(angle), math.sin(angle)
    outward = half + np.arange(-reach, reach + 1)[:, None]
    count = _SAMPLES + averaged - 1
    along = np.linspace(-0.47, 0.47, count) * length
    x = rough.x + out_x * outward - out_y * along - 0.5
    y = rough.y + out_y * outward + out_x * along - 0.5
    height, width = scan.shape[:2]
    x, y = np.clip(x, 0, width - 1.001), np.clip(y, 0, height - 1.001)
    i, j = np.floor(y).astype(np.intp), np.floor(x).astype(np.intp)
    fy, fx = (y - i).astype(np.float32)[..., None], (x - j).astype(np.float32)[..., None]
    upper = scan[i, j] * (1 - fx) + scan[i, j + 1] * fx
    lower = scan[i + 1, j] * (1 - fx) + scan[i + 1, j + 1] * fx
    profile = upper * (1 - fy) + lower * fy
    total = np.cumsum(profile, axis=1)
    total[:, averaged:] -= total[:, :-averaged].copy()
    return total[:, averaged - 1 :] / averaged


def _sharpness(profile: np.ndarray) -> np.ndarray:
    """(n out, samples) 0..1: how surely there is a sharp edge: a change within two pixels that is not one around it."""
    change = np.zeros_like(profile)
    change[1:-1] = profile[2:] - profile[:-2]
    size = np.linalg.norm(change, axis=2)
    excess = size - (np.roll(size, 2, axis=0) + np.roll(size, -2, axis=0)) / 2
    excess[:3] = excess[-3:] = 0
    noise = float(np.median(size[-max(len(size) // 4, 5) : -3]))
    least = 2.0 * noise + 1.0
    sure = np.clip((excess - least) / (least + 2.0), 0, 1)
    return sure * (excess > _SHARP * size)


def _summed_along(sharp: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """(n out,) the mean along lines that are shifted outwards by as much at each sample."""
    count, samples = sharp.shape
    rows = np.arange(count)[:, None] + shift
    inside = (rows >= 0) & (rows < count)
    return (sharp[np.clip(rows, 0, count - 1), np.arange(samples)] * inside).mean(axis=1)


def _fitted(sharp: np.ndarray, outer: int, end: float, length: float) -> tuple[float, float]:
    """Where a line lies (rows out at its middle), and its slope in radians: fitted to what is sharp beside it."""
    samples = sharp.shape[1]
    along = np.linspace(-1, 1, samples)
    place, slope = float(outer), end
    for reach in (2.5, 1.5, 1.5):
        rows = np.arange(sharp.shape[0])[:, None]
        weight = sharp * (np.abs(rows - (place + slope * along)) <= reach)
        total = weight.sum(axis=0)
        seen = total > 0.1
        if seen.sum() < 8:
            break
        at = (weight * rows).sum(axis=0)[seen] / total[seen]
        places = np.stack((np.ones(int(seen.sum())), along[seen]), axis=1)
        place, slope = (float(value) for value in np.linalg.lstsq(places, at, rcond=None)[0])
    return place, -math.atan(slope / (0.47 * length))
