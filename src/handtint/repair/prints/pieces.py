"""What differs from the bed, in pieces, and the tightest rectangle around each: roughly where prints lie."""

from __future__ import annotations

import itertools
import math

import numpy as np

from handtint.repair.prints.rectangle import Rectangle

_LEAST_AREA = 0.012  # of the scan
_LEAST_SIDE = 0.07  # of its shorter side


def rough_rectangles(unlike: np.ndarray) -> list[Rectangle]:
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
