"""Some pixels of a photo: the few that are damaged, kept as their numbers, so that 100 megapixels cost nothing.

A pixel's number is `row * width + column`. Neighbors are the 8 pixels around, unless 4 are said.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

_AROUND = ((0, 1), (1, -1), (1, 0), (1, 1))  # half of the 8 neighbors, dy and dx; the others are theirs


@dataclass(frozen=True, eq=False)
class Places:
    """Pixels of a photo.

    Attributes:
        size: height, width of the photo.
        numbers: (n,) int64, ascending, each once.
    """

    size: tuple[int, int]
    numbers: np.ndarray

    @classmethod
    def none(cls, size: tuple[int, int]) -> Places:
        """No pixels of a photo of (height, width)."""
        return cls(size, np.empty(0, np.int64))

    @classmethod
    def of_mask(cls, mask: np.ndarray) -> Places:
        """Those that are set in (H, W)."""
        return cls((mask.shape[0], mask.shape[1]), np.flatnonzero(mask))

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def rows(self) -> np.ndarray:
        """(n,) of each pixel its row."""
        return self.numbers // self.size[1]

    @property
    def columns(self) -> np.ndarray:
        """(n,) of each pixel its column."""
        return self.numbers % self.size[1]

    def where(self, chosen: np.ndarray) -> Places:
        """Those for which (n,) bool is set."""
        return Places(self.size, self.numbers[chosen])

    def __or__(self, other: Places) -> Places:
        return Places(self.size, ascending(np.concatenate([self.numbers, other.numbers])))

    def __sub__(self, other: Places) -> Places:
        return self.where(~self.is_in(other))

    def is_in(self, other: Places) -> np.ndarray:
        """(n,) bool: whether each is one of the other's too."""
        return _positions(other.numbers, self.numbers)[1]

    def mask(self, rows: slice = slice(None), columns: slice = slice(None)) -> np.ndarray:
        """(h, w) bool of a part of the photo."""
        (top, bottom, _), (left, right, _) = rows.indices(self.size[0]), columns.indices(self.size[1])
        width = self.size[1]
        first, last = np.searchsorted(self.numbers, (top * width, bottom * width))
        inside = self.numbers[first:last] - top * width
        result = np.zeros((max(bottom - top, 0), width), bool)
        result.ravel()[inside] = True
        return result[:, left:right]

    def shifted(self, dy: int, dx: int) -> tuple[np.ndarray, np.ndarray]:
        """For each pixel its neighbor so far away: the neighbor's position among these, and whether it is one."""
        positions, found = _positions(self.numbers, self.numbers + dy * self.size[1] + dx)
        if dx:  # the end of a row is no neighbor of the next one's start
            across = self.columns + dx
            found &= (across >= 0) & (across < self.size[1])
        return positions, found

    def nearest(self, place: tuple[float, float], reach: float) -> tuple[float, float] | None:
        """x, y of the middle of the pixel nearest to a place; None where none is within reach."""
        (x, y), width = place, self.size[1]
        first, last = np.searchsorted(self.numbers, (int(y - reach) * width, (int(y + reach) + 1) * width))
        near = self.numbers[max(first, 0) : last]
        across, down = near % width + 0.5, near // width + 0.5
        away = np.hypot(across - x, down - y)
        if not len(away) or away.min() > max(reach, 0.75):
            return None
        best = int(away.argmin())
        return float(across[best]), float(down[best])

    def components(self) -> np.ndarray:
        """(n,) int64: of each pixel the number of its connected component, 0, 1, ... in the order of their first."""
        n = len(self.numbers)
        root = np.arange(n)
        pairs = []
        for dy, dx in _AROUND:
            positions, found = self.shifted(dy, dx)
            pairs.append(np.stack([np.flatnonzero(found), positions[found]]))
        a, b = np.concatenate(pairs, axis=1) if pairs else np.empty((2, 0), np.int64)
        while len(a):
            low, high = np.minimum(root[a], root[b]), np.maximum(root[a], root[b])
            np.minimum.at(root, high, low)
            while True:  # point at the end of the chain
                further = root[root]
                if np.array_equal(further, root):
                    break
                root = further
            apart = root[a] != root[b]
            a, b = a[apart], b[apart]
        return np.unique(root, return_inverse=True)[1].reshape(-1)

    def connected_to(self, others: Places) -> Places:
        """All connected components of which at least a pixel is one of the others."""
        component = self.components()
        is_touched = np.zeros(component.max(initial=-1) + 1, bool)
        is_touched[component[self.is_in(others)]] = True
        return self.where(is_touched[component])

    def depth(self, most: int) -> np.ndarray:
        """(n,) int64: steps over 4 neighbors and 8, by turns, to the nearest pixel that is none of these, up to `most`.

        A line 1 or 2 pixels wide has depth 1, one of 3 or 4 pixels 2. The photo's border is no edge of a damage.
        """
        depth = np.full(len(self), most, np.int64)
        left = self
        at = np.arange(len(self))
        height, width = self.size
        for step in range(1, most):
            if not len(left):
                break
            inner = np.ones(len(left), bool)
            reach = ((-1, 0), (1, 0), (0, -1), (0, 1))
            for dy, dx in reach if step % 2 else (*reach, (-1, -1), (-1, 1), (1, -1), (1, 1)):
                y, x = left.rows + dy, left.columns + dx
                beyond = (y < 0) | (y >= height) | (x < 0) | (x >= width)
                inner &= left.shifted(dy, dx)[1] | beyond
            depth[at[~inner]] = step
            left, at = left.where(inner), at[inner]
        return depth

    def grown(self, radius: int) -> Places:
        """These and all within a radius of them."""
        if radius <= 0 or not len(self):
            return self
        height, width = self.size
        y, x = self.rows, self.columns
        grown = []
        for dy, dx in _edge_of_disc(radius):
            inside = (y + dy >= 0) & (y + dy < height) & (x + dx >= 0) & (x + dx < width)
            grown.append((self.numbers + dy * width + dx)[inside])
        return Places(self.size, ascending(np.concatenate([self.numbers, *grown])))


def ascending(numbers: np.ndarray) -> np.ndarray:
    """(n,) numbers in order, each once: as `numpy.unique`, but many times faster where they come in runs in order."""
    numbers = np.sort(numbers, kind="stable")
    return numbers[np.append(True, numbers[1:] != numbers[:-1])] if len(numbers) else numbers


def spread(mask: np.ndarray, radius: int) -> np.ndarray:
    """The (h, w) mask and all within a square of that radius."""
    for axis in (0, 1):
        grown = mask.copy()
        for step in range(1, radius + 1):
            a = [slice(None), slice(None)]
            b = [slice(None), slice(None)]
            a[axis], b[axis] = slice(step, None), slice(None, -step)
            grown[tuple(a)] |= mask[tuple(b)]
            grown[tuple(b)] |= mask[tuple(a)]
        mask = grown
    return mask


def stroke(size: tuple[int, int], points: Sequence[tuple[float, float]], radius: float) -> Places:
    """What a round brush of this radius covers along the points (x, y); at least the pixels under them."""
    height, width = size
    numbers = [np.empty(0, np.int64)]
    for (x0, y0), (x1, y1) in _short_pieces(points):
        top, bottom = max(int(min(y0, y1) - radius), 0), min(int(max(y0, y1) + radius) + 2, height)
        left, right = max(int(min(x0, x1) - radius), 0), min(int(max(x0, x1) + radius) + 2, width)
        if top >= bottom or left >= right:
            continue
        y, x = np.mgrid[top:bottom, left:right] + 0.5  # centers
        dx, dy = x1 - x0, y1 - y0
        along = np.clip(((x - x0) * dx + (y - y0) * dy) / max(dx * dx + dy * dy, 1e-9), 0, 1)
        away = np.hypot(x - x0 - along * dx, y - y0 - along * dy)
        inside = away <= max(radius, 0.75)
        numbers.append(np.flatnonzero(inside) // (right - left) * width + np.flatnonzero(inside) % (right - left))
        numbers[-1] += top * width + left
    return Places(size, ascending(np.concatenate(numbers)))


def _short_pieces(points: Sequence[tuple[float, float]]) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """Start and end of pieces of at most 128 pixels: the box around a long slanting one is large."""
    for (x0, y0), (x1, y1) in zip(points, [*points[1:], points[-1]], strict=True):
        count = max(math.ceil(max(abs(x1 - x0), abs(y1 - y0)) / 128), 1)
        steps = [(x0 + (x1 - x0) * i / count, y0 + (y1 - y0) * i / count) for i in range(count + 1)]
        yield from itertools.pairwise(steps)


def _positions(sorted_numbers: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where each wanted number stands among the sorted ones, and whether it is there."""
    if not len(sorted_numbers):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), bool)
    positions = np.minimum(np.searchsorted(sorted_numbers, wanted), len(sorted_numbers) - 1)
    return positions, sorted_numbers[positions] == wanted


def _edge_of_disc(radius: int) -> list[tuple[int, int]]:
    """(dy, dx) of the pixels of a disc but its center."""
    reach = range(-radius, radius + 1)
    return [(dy, dx) for dy in reach for dx in reach if 0 < dy * dy + dx * dx <= (radius + 0.5) ** 2]
