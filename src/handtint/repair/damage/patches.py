"""Fills wide damage with patches of what surrounds it, from coarse to fine.

Each patch that touches the damage looks for the most alike patch among the sound ones (by PatchMatch: a neighbor's
match shifted, and random places nearer and nearer; Barnes et al. 2009), and the matches vote for the damaged pixels
(Wexler et al. 2007).
"""

from __future__ import annotations

import numpy as np

_HALF = 3  # of a patch: 7 x 7 pixels
_ROUNDS = 3  # of matching and voting at each size
_SEARCHES = 5  # random places a pixel looks at each time
_SMALLEST = 24  # shorter side in pixels under which a picture is not shrunk further


def fill_patches(pixels: np.ndarray, unknown: np.ndarray, wanted: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(n, c) float32 values for the wanted pixels, in the order of `numpy.nonzero(wanted)`.

    Args:
        pixels: (h, w, c) float32: the damage and what patches may be taken from.
        unknown: (h, w) bool, all that is damaged; it holds the wanted.
        wanted: (h, w) bool, the pixels to fill.
        rng: where to look; the same seed gives the same fill.
    """
    pixels = pixels.copy()
    pixels[unknown] = pulled_down(pixels, unknown)[unknown]
    sizes = [(pixels, unknown, wanted)]
    widest = _widest(wanted)
    while widest > 3 and min(sizes[-1][0].shape[:2]) >= 2 * _SMALLEST:
        sizes.append(_halved(*sizes[-1]))
        widest /= 2
    field: np.ndarray | None = None
    for level in range(len(sizes) - 1, -1, -1):
        picture, closed, hole = (plane.copy() for plane in sizes[level])
        if field is not None:
            coarse, _, coarse_hole = sizes[level + 1]
            up = np.repeat(np.repeat(coarse, 2, 0), 2, 1)[: hole.shape[0], : hole.shape[1]]
            known = np.repeat(np.repeat(coarse_hole, 2, 0), 2, 1)[: hole.shape[0], : hole.shape[1]]
            picture[hole & known] = up[hole & known]
        match = _Matching(picture, closed, hole, field, rng)
        if not match.possible:
            continue
        for turn in range(_ROUNDS):
            match.improve()
            match.vote(sharp=level == 0 and turn == _ROUNDS - 1)
        sizes[level] = (picture, closed, hole)
        field = match.field()
    return sizes[0][0][wanted]


def pulled_down(picture: np.ndarray, closed: np.ndarray) -> np.ndarray:
    """(h, w, c) the picture with means of ever larger squares where it is damaged: where to begin.

    Args:
        picture: (h, w, c) float32.
        closed: (h, w) bool, where it is damaged.
    """
    if not closed.any():
        return picture
    if closed.all() or min(closed.shape) < 2:
        sound = picture[~closed]
        return np.where(closed[..., None], sound.mean(0) if len(sound) else picture.mean((0, 1)), picture)
    coarse = pulled_down(*_halved(picture, closed, closed)[:2])
    up = np.repeat(np.repeat(coarse, 2, 0), 2, 1)[: closed.shape[0], : closed.shape[1]]
    return np.where(closed[..., None], up, picture).astype(np.float32)


def _widest(hole: np.ndarray) -> int:
    """About how many times the hole can be peeled."""
    count = 0
    while hole.any():
        inner = hole.copy()
        inner[1:] &= hole[:-1]
        inner[:-1] &= hole[1:]
        inner[:, 1:] &= hole[:, :-1]
        inner[:, :-1] &= hole[:, 1:]
        inner[0] = inner[-1] = inner[:, 0] = inner[:, -1] = False
        hole, count = inner, count + 1
    return count


def _halved(picture: np.ndarray, closed: np.ndarray, hole: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means of 2 x 2 pixels, of the sound ones where there are any; the hole is where most of them belong to it."""
    height, width = closed.shape
    pad = ((0, height % 2), (0, width % 2))
    picture = np.pad(picture, (*pad, (0, 0)), mode="edge")
    closed, hole = np.pad(closed, pad, mode="edge"), np.pad(hole, pad, mode="edge")

    def four(plane: np.ndarray) -> np.ndarray:
        return np.stack([plane[::2, ::2], plane[1::2, ::2], plane[::2, 1::2], plane[1::2, 1::2]])

    closed4 = four(closed)
    weight = np.where(closed4.all(0), 1.0, ~closed4).astype(np.float32)[..., None]
    small = (four(picture) * weight).sum(0) / weight.sum(0)
    return small.astype(np.float32), np.asarray(closed4.all(axis=0)), four(hole).sum(axis=0) > 2


class _Matching:
    """Of each pixel whose patch touches the hole, the most alike sound patch found so far; changes `picture`."""

    def __init__(
        self,
        picture: np.ndarray,
        closed: np.ndarray,
        hole: np.ndarray,
        field: np.ndarray | None,
        rng: np.random.Generator,
    ) -> None:
        self._picture, self._hole, self._rng = picture, hole, rng
        height, width = hole.shape
        self._size = height, width
        inside = np.zeros_like(hole)
        inside[_HALF : height - _HALF, _HALF : width - _HALF] = True
        self._y, self._x = np.nonzero(_spread(hole, _HALF) & inside)
        source_y, source_x = np.nonzero(~_spread(closed, _HALF) & inside)
        self.possible = len(source_y) >= 32 and len(self._y) > 0
        if not self.possible:
            return
        self._is_source = np.zeros_like(hole)
        self._is_source[source_y, source_x] = True
        self._trust = np.where(hole, 0.15, 1.0).astype(np.float32)  # what is known counts more than what was voted for
        self._at = np.full((height, width), -1, np.int64)
        self._at[self._y, self._x] = np.arange(len(self._y))
        offsets = range(-_HALF, _HALF + 1)
        self._patch = np.array([dy * width + dx for dy in offsets for dx in offsets])
        pick = rng.integers(0, len(source_y), len(self._y))
        self._to_y, self._to_x = source_y[pick], source_x[pick]
        self._cost = self._costs(np.arange(len(self._y)), self._to_y, self._to_x)
        if field is not None:
            fy, fx = np.minimum(self._y // 2, field.shape[0] - 1), np.minimum(self._x // 2, field.shape[1] - 1)
            shift = field[fy, fx] * 2
            self._try(np.arange(len(self._y)), self._y + shift[:, 0], self._x + shift[:, 1])

    def field(self) -> np.ndarray:
        """(h, w, 2) int64, shift from each pixel to its match; zero where there is none."""
        field = np.zeros((*self._size, 2), np.int64)
        field[self._y, self._x] = np.stack([self._to_y - self._y, self._to_x - self._x], 1)
        return field

    def improve(self) -> None:
        n = len(self._y)
        everything = np.arange(n)
        self._cost = self._costs(everything, self._to_y, self._to_x)
        for jump in (4, 2, 1):
            for dy, dx in ((0, jump), (0, -jump), (jump, 0), (-jump, 0)):
                y, x = self._y + dy, self._x + dx
                inside = (y >= 0) & (y < self._size[0]) & (x >= 0) & (x < self._size[1])
                neighbor = np.where(inside, self._at[np.where(inside, y, 0), np.where(inside, x, 0)], -1)
                some = np.flatnonzero(neighbor >= 0)
                other = neighbor[some]
                self._try(some, self._to_y[other] - dy, self._to_x[other] - dx)
        reach = max(self._size) / 2
        for _ in range(_SEARCHES):
            shift = self._rng.uniform(-reach, reach, (2, n))
            self._try(everything, self._to_y + shift[0].astype(np.int64), self._to_x + shift[1].astype(np.int64))
            reach /= 2.5

    def vote(self, *, sharp: bool) -> None:
        """Each damaged pixel the mean of what its patches' matches say, the more alike the more; `sharp`: the best."""
        height, width = self._size
        flat = self._picture.reshape(height * width, -1)
        here, there = self._y * width + self._x, self._to_y * width + self._to_x
        scale = np.median(self._cost) + 1.0
        weight = np.exp(-np.minimum(self._cost / scale * (6.0 if sharp else 1.0), 50)).astype(np.float32) + 1e-9
        total, sums = np.zeros(height * width, np.float32), np.zeros_like(flat)
        for offset in self._patch:
            target = here + offset
            wanted = self._hole.ravel()[target]
            place = target[wanted]
            total += np.bincount(place, weight[wanted], height * width)
            for channel in range(flat.shape[1]):
                said = flat[there[wanted] + offset, channel] * weight[wanted]
                sums[:, channel] += np.bincount(place, said, height * width)
        voted = np.flatnonzero(total > 0)
        flat[voted] = sums[voted] / total[voted, None]

    def _try(self, some: np.ndarray, to_y: np.ndarray, to_x: np.ndarray) -> None:
        """Take these matches for some of the pixels where they are sound and more alike than what was found."""
        inside = (to_y >= 0) & (to_y < self._size[0]) & (to_x >= 0) & (to_x < self._size[1])
        some, to_y, to_x = some[inside], to_y[inside], to_x[inside]
        is_source = self._is_source[to_y, to_x]
        some, to_y, to_x = some[is_source], to_y[is_source], to_x[is_source]
        cost = self._costs(some, to_y, to_x)
        better = cost < self._cost[some]
        chosen = some[better]
        self._cost[chosen], self._to_y[chosen], self._to_x[chosen] = cost[better], to_y[better], to_x[better]

    def _costs(self, some: np.ndarray, to_y: np.ndarray, to_x: np.ndarray) -> np.ndarray:
        """Mean squared difference of the patches, of pixel numbers `some` and the places given."""
        width = self._size[1]
        flat, trust = self._picture.reshape(-1, self._picture.shape[2]), self._trust.ravel()
        here, there = self._y[some] * width + self._x[some], to_y * width + to_x
        total, weights = np.zeros(len(some), np.float32), np.zeros(len(some), np.float32)
        for offset in self._patch:
            counted = trust[here + offset]
            difference = flat[here + offset] - flat[there + offset]
            total += counted * np.einsum("nc,nc->n", difference, difference)
            weights += counted
        return total / (weights * flat.shape[1])


def _spread(mask: np.ndarray, radius: int) -> np.ndarray:
    """The mask and all within a square of that radius."""
    for axis in (0, 1):
        padded = np.pad(mask, [(radius, radius) if a == axis else (0, 0) for a in (0, 1)])
        n = mask.shape[axis]
        mask = np.logical_or.reduce([np.take(padded, range(i, i + n), axis) for i in range(2 * radius + 1)])
    return mask
