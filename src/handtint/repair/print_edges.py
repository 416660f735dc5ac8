"""Prints on a scanner's white or black bed: where they lie, to a fraction of a pixel.

On a small copy the bed is what most of the scan's rim looks like; what differs from it, in one piece and large enough,
may be a print, and the tightest rectangle around it says roughly where. Each of its sides is then looked for in a
larger copy: the line, a little tilted perhaps, along which the scan changes sharply in most places. A shadow changes
softly, so it is not taken for an edge; of two edges, paper and picture, the outer one counts. What has no such
sides is no print.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace

import numpy as np

COARSE_SIDE = 512
FINE_SIDE = 1600

_RIM = 0.015  # of the longer side
_RIM_IS_BED = 0.5  # of the rim, at least: prints may lie at the scan's edge
_BED_SPREAD = 14.0  # of 255
_WHITE, _BLACK = 170.0, 85.0
_LEAST_AREA = 0.012  # of the scan
_LEAST_SIDE = 0.07  # of its shorter side
_SUPPORT = 0.5  # of a side's length, sharp
_FLUSH = 0.008  # of the longer side: as far from the scan's edge as a print that lies along it may seem
_MEAN_SUPPORT = 0.68  # of the four sides
_SOFT = 0.4  # what a side of which nothing is sharp counts
_SHADOW, _AROUND = 0.02, 0.05  # of the longer side
_AROUND_UNLIKE = 0.2
_SAMPLES = 160  # along a side
_ALONG = 7  # samples in a row that are averaged against noise
_SLOPE = 2.5  # degrees that a side may differ from the rough rectangle
_FAINT_ALONG = 31
_SHARP = 0.6  # of a change: what is more than the change two pixels beside; of a shadow's it is under 0.4


@dataclass(frozen=True)
class Rectangle:
    """Center, width, height in pixels; degrees clockwise, -45..45."""

    x: float
    y: float
    width: float
    height: float
    tilt: float

    def scaled(self, x: float, y: float) -> Rectangle:
        """The same in a copy of (nearly) the same shape."""
        along = math.sqrt(x * y)
        return Rectangle(self.x * x, self.y * y, self.width * along, self.height * along, self.tilt)


def find_prints(coarse: np.ndarray, fine: np.ndarray) -> list[Rectangle]:
    """Prints on the bed of a scan, in pixels of the fine copy, not in order.

    Args:
        coarse: (h, w, 3) float32 0..255, of `COARSE_SIDE` at most.
        fine: (H, W, 3) uint8 of the same scan, of `FINE_SIDE` at most.
    """
    away = _unlike_bed(coarse)
    if away is None:
        return []
    y, x = fine.shape[0] / coarse.shape[0], fine.shape[1] / coarse.shape[1]
    pixels = fine.astype(np.float32)
    candidates = _rough(away)
    found = []
    for rough in candidates:
        one = _refined(pixels, rough.scaled(x, y))
        if one is not None and _lies_on_bed(one.scaled(1 / x, 1 / y), away, [r for r in candidates if r is not rough]):
            found.append(one)
    return found


def _unlike_bed(scan: np.ndarray) -> np.ndarray | None:
    """(h, w) bool, what does not look like the bed; None where the rim shows no bed."""
    height, width = scan.shape[:2]
    rim = max(round(max(height, width) * _RIM), 2)
    if min(height, width) < 16 * rim:
        return None
    is_rim = np.ones((height, width), bool)
    is_rim[rim:-rim, rim:-rim] = False
    y, x = np.nonzero(is_rim)
    colors = scan[y, x]
    tones = colors.mean(axis=1)
    counts = np.convolve(np.bincount(tones.astype(np.intp), minlength=256), np.ones(9), "same")
    tone = float(np.argmax(counts))
    near = np.abs(tones - tone) < _BED_SPREAD
    if near.mean() < _RIM_IS_BED or _BLACK < tone < _WHITE:
        return None
    # The light of a scanner falls off: the bed's color slopes across it.
    places = np.stack((np.ones(len(x)), x / width, y / height), axis=1)
    left, slopes = np.zeros(len(colors)), np.zeros((3, 3))
    for _ in range(3):
        slopes = np.linalg.lstsq(places[near], colors[near], rcond=None)[0]
        left = np.abs(colors - places @ slopes).max(axis=1)
        near = left < max(3 * np.median(left[near]), 4.0)
        if near.mean() < _RIM_IS_BED * 0.8:
            return None
    noise = float(np.median(left[near]))
    rows, columns = np.arange(height)[:, None] / height, np.arange(width) / width
    apart = np.zeros((height, width), np.float32)
    for channel in range(3):
        base, across, down = slopes[:, channel]
        np.maximum(apart, np.abs(_averaged(scan[..., channel] - (base + across * columns + down * rows))), out=apart)
    return apart > max(3.0, 1.8 * noise)


def _lies_on_bed(print_: Rectangle, unlike: np.ndarray, others: list[Rectangle]) -> bool:
    """Whether what is around a print, behind its shadow and beside other prints, looks like the bed."""
    longer = max(unlike.shape)
    away = _outside(print_, unlike.shape)
    around = (away > 0) & (away < _AROUND * longer)
    for other in others:
        around &= _outside(other, unlike.shape) > _SHADOW * longer
    behind = around & (away > _SHADOW * longer)
    seen = behind if behind.sum() > 0.3 * around.sum() else around
    return bool(seen.any()) and float(unlike[seen].mean()) < _AROUND_UNLIKE


def _outside(rectangle: Rectangle, shape: tuple[int, ...]) -> np.ndarray:
    """(h, w) how far outside a rectangle each pixel lies; negative inside."""
    x, y = np.arange(shape[1]) + 0.5 - rectangle.x, (np.arange(shape[0]) + 0.5 - rectangle.y)[:, None]
    cos, sin = math.cos(math.radians(rectangle.tilt)), math.sin(math.radians(rectangle.tilt))
    u, v = np.abs(cos * x + sin * y), np.abs(cos * y - sin * x)
    return np.maximum(u - rectangle.width / 2, v - rectangle.height / 2)


def _averaged(plane: np.ndarray) -> np.ndarray:
    """Means of 3 x 3."""
    padded = np.pad(plane, 1, mode="edge")
    across = padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]
    return (across[:-2] + across[1:-1] + across[2:]) / 9


def _rough(unlike: np.ndarray) -> list[Rectangle]:
    """The tightest rectangle around each piece that is large enough; pieces whose rectangles overlap are one."""
    height, width = unlike.shape
    pieces = [points for points in _pieces(_opened(unlike)) if _is_large(points, unlike.shape)]
    found = [(points, _tightest(points)) for points in pieces]
    merged = True
    while merged:
        merged = False
        for later, sooner in itertools.combinations(range(len(found) - 1, -1, -1), 2):
            if _overlap(found[later][1], found[sooner][1]):
                points = np.concatenate((found[later][0], found[sooner][0]))
                found[sooner] = (points, _tightest(points))
                del found[later]
                merged = True
                break
    least = _LEAST_SIDE * min(height, width)
    return [rectangle for _, rectangle in found if min(rectangle.width, rectangle.height) >= least]


def _opened(mask: np.ndarray) -> np.ndarray:
    """Without what is thinner than five pixels: dust, hairs."""
    return _grown(~_grown(~mask))


def _grown(mask: np.ndarray) -> np.ndarray:
    """By two pixels to all sides."""
    padded = np.pad(mask, 2)
    rows = padded[:-4] | padded[1:-3] | padded[2:-2] | padded[3:-1] | padded[4:]
    return rows[:, :-4] | rows[:, 1:-3] | rows[:, 2:-2] | rows[:, 3:-1] | rows[:, 4:]


def _is_large(ends: np.ndarray, shape: tuple[int, ...]) -> bool:
    span = ends.max(axis=0) - ends.min(axis=0)
    return span[0] * span[1] > _LEAST_AREA * shape[0] * shape[1]


def _pieces(mask: np.ndarray) -> list[np.ndarray]:
    """Of each connected piece the ends of its runs of pixels: (n, 2) x, y."""
    padded = np.pad(mask, ((0, 0), (1, 1))).astype(np.int8)
    change = np.diff(padded, axis=1)
    rows, starts = np.nonzero(change == 1)
    stops = np.nonzero(change == -1)[1]
    parent = list(range(len(rows)))

    def root(run: int) -> int:
        while parent[run] != run:
            parent[run] = parent[parent[run]]
            run = parent[run]
        return run

    first_of = np.searchsorted(rows, np.arange(mask.shape[0] + 1))
    for row in range(1, mask.shape[0]):
        above, here = int(first_of[row - 1]), int(first_of[row])
        end_above, end_here = here, int(first_of[row + 1])
        while above < end_above and here < end_here:
            if starts[above] <= stops[here] and starts[here] <= stops[above]:
                parent[root(here)] = root(above)
            if stops[above] < stops[here]:
                above += 1
            else:
                here += 1
    roots = np.array([root(run) for run in range(len(rows))], np.intp)
    found = []
    for label in np.unique(roots):
        runs = roots == label
        y, left, right = rows[runs], starts[runs], stops[runs]
        found.append(np.concatenate([np.stack((x, y + half), 1) for x in (left, right) for half in (0, 1)]))
    return found


def _tightest(points: np.ndarray) -> Rectangle:
    """The smallest rectangle around all points but those far out: hairs that stick to a print."""
    best = None
    for tilt in np.arange(-45.0, 45.0, 0.5):
        cos, sin = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))
        u, v = points @ (cos, sin), points @ (-sin, cos)
        (left, right), (top, bottom) = np.quantile(u, (0.003, 0.997)), np.quantile(v, (0.003, 0.997))
        if best is None or (right - left) * (bottom - top) < best[0]:
            best = ((right - left) * (bottom - top), tilt, left, right, top, bottom)
    assert best is not None
    _, tilt, left, right, top, bottom = best
    cos, sin = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))
    u, v = (left + right) / 2, (top + bottom) / 2
    return Rectangle(cos * u - sin * v, sin * u + cos * v, right - left, bottom - top, float(tilt))


def _overlap(a: Rectangle, b: Rectangle) -> bool:
    """Whether the middle of one lies in the other, or more than a corner of it does."""
    return _share_inside(a, b) > 0.1 or _share_inside(b, a) > 0.1


def _share_inside(a: Rectangle, b: Rectangle) -> float:
    """How much of `a` lies in `b`."""
    steps = (np.arange(20) + 0.5) / 20 - 0.5
    u, v = np.meshgrid(steps * a.width, steps * a.height)
    cos, sin = math.cos(math.radians(a.tilt)), math.sin(math.radians(a.tilt))
    x, y = a.x + cos * u - sin * v - b.x, a.y + sin * u + cos * v - b.y
    cos, sin = math.cos(math.radians(b.tilt)), math.sin(math.radians(b.tilt))
    inside = (np.abs(cos * x + sin * y) < b.width / 2) & (np.abs(cos * y - sin * x) < b.height / 2)
    return float(inside.mean())


@dataclass(frozen=True)
class _Side:
    """A side of a print, as found near one of a rough rectangle: how far out, its slope, how much of it is sharp."""

    out: float
    slope: float  # radians
    support: float


def _refined(scan: np.ndarray, rough: Rectangle) -> Rectangle | None:
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
