"""Fills wide damage with patches of what surrounds it, from coarse to fine.

Each patch that touches the damage looks for the most alike patch among the sound ones (by PatchMatch: a neighbor's
match shifted, and random places nearer and nearer; Barnes et al. 2009), and the matches vote for the damaged pixels
(Wexler et al. 2007).
"""

from __future__ import annotations

import numpy as np

from handtint.repair.damage.places import spread

_HALF = 3  # of a patch: 7 x 7 pixels
_ROUNDS = 3, 2  # of matching and voting: at smaller sizes, and at full size, where most is decided by then
_SEARCHES = 5, 3  # random places a pixel looks at each time, likewise
_STRIDE = 18  # from one pixel of a patch to the next that is compared; shares no divisor with their number
_PARTS = (slice(0, 12), slice(12, None))  # of a patch's pixels: compared first, and where those are alike
_FARTHEST = 4  # neighbor in pixels whose match is tried
_CHUNK = 1024  # patches compared at once
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
        is_last = level == 0
        for turn in range(_ROUNDS[is_last]):
            match.improve(_SEARCHES[is_last])
            match.vote(sharp=is_last and turn == _ROUNDS[is_last] - 1)
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
    if height % 2 or width % 2:
        pad = ((0, height % 2), (0, width % 2))
        picture = np.pad(picture, (*pad, (0, 0)), mode="edge")
        closed, hole = np.pad(closed, pad, mode="edge"), np.pad(hole, pad, mode="edge")

    def four(plane: np.ndarray) -> tuple[np.ndarray, ...]:
        return plane[::2, ::2], plane[1::2, ::2], plane[::2, 1::2], plane[1::2, 1::2]

    all_closed = np.asarray(np.logical_and.reduce(four(closed)))
    total = np.zeros((*all_closed.shape, picture.shape[2]), np.float32)
    count, holes = np.zeros((*all_closed.shape, 1), np.float32), np.zeros(all_closed.shape, np.int8)
    for part, part_closed, part_hole in zip(four(picture), four(closed), four(hole), strict=True):
        weight = (all_closed | ~part_closed).astype(np.float32)[..., None]
        total += part * weight
        count += weight
        holes += part_hole
    return total / count, all_closed, holes > 2


class _Matching:
    """Of each pixel whose patch touches the hole, the most alike sound patch found so far; changes `picture`.

    Places are numbers `row * width + column`. A shift that leaves one side of the picture comes back at the other:
    what is sound there is a match like any other.
    """

    def __init__(
        self,
        picture: np.ndarray,
        closed: np.ndarray,
        hole: np.ndarray,
        field: np.ndarray | None,
        rng: np.random.Generator,
    ) -> None:
        height, width = hole.shape
        self._size, self._rng = (height, width), rng
        self._picture = picture.reshape(height * width, -1)
        inside = np.zeros_like(hole)
        inside[_HALF : height - _HALF, _HALF : width - _HALF] = True
        self._here = np.flatnonzero(spread(hole, _HALF) & inside)
        self._is_source = (~spread(closed, _HALF) & inside).ravel()
        sources, n = np.flatnonzero(self._is_source), len(self._here)
        self.possible = len(sources) >= 32 and n > 0
        if not self.possible:
            return
        at = np.full(height * width + 2 * _FARTHEST * (width + 1), -1)  # beyond the picture is nothing
        at[self._here] = np.arange(n)
        self._neighbors = []  # numbers of pixels, of each the neighbor's, and how far it is
        for jump in (_FARTHEST, 2, 1):
            for shift in (jump, -jump, jump * width, -jump * width):
                other = at[self._here + shift]
                some = np.flatnonzero(other >= 0)
                self._neighbors.append((some, other[some], shift))
        offsets = range(-_HALF, _HALF + 1)
        patch = np.array([dy * width + dx for dy in offsets for dx in offsets])
        # Scattered over the patch, so that the first of them stand for all.
        self._patch = patch[np.arange(len(patch)) * _STRIDE % len(patch)]
        self._hole = np.flatnonzero(hole)
        number = np.full(height * width, -1)
        number[self._hole] = np.arange(len(self._hole))
        around = number[self._here[:, None] + self._patch]
        self._voter, self._vote_from = np.nonzero(around >= 0)
        self._vote_for = around[self._voter, self._vote_from]
        # What is known counts more than what was voted for.
        trust = np.where(around >= 0, 0.15, 1.0).astype(np.float32)
        trust /= trust.sum(1, keepdims=True) * self._picture.shape[1]
        self._trust = [np.ascontiguousarray(trust[:, part]) for part in _PARTS]
        self._to = sources[rng.integers(0, len(sources), n)]
        self._cost = np.full(n, np.inf, np.float32)
        if field is not None:
            rows, columns = np.minimum(self._here // width // 2, field.shape[0] - 1), self._here % width // 2
            shift = field[rows, np.minimum(columns, field.shape[1] - 1)] * 2
            to = self._here + shift[:, 0] * width + shift[:, 1]
            self._to = np.where(self._is_source.take(to, mode="clip"), to, self._to)

    def field(self) -> np.ndarray:
        """(h, w, 2) int64, shift from each pixel to its match; zero where there is none."""
        width = self._size[1]
        field = np.zeros((self._size[0] * width, 2), np.int64)
        field[self._here, 0] = self._to // width - self._here // width
        field[self._here, 1] = self._to % width - self._here % width
        return field.reshape(*self._size, 2)

    def improve(self, searches: int) -> None:
        """Look for better matches: those of neighbors, and some random ones, nearer and nearer."""
        everything = np.arange(len(self._here))
        around = self._here[:, None] + self._patch
        self._flat = self._planes()
        self._seen = [[plane.take(around[:, part]) for part in _PARTS] for plane in self._flat]
        self._cost[:] = np.inf
        self._keep(everything, self._to)
        for some, other, shift in self._neighbors:
            self._try(some, self._to[other] - shift)
        reach = max(self._size) // 2
        for _ in range(searches):
            down, right = self._rng.integers(-reach, reach + 1, (2, len(everything)))
            self._try(everything, self._to + down * self._size[1] + right)
            reach = max(round(reach / 2.5), 1)

    def vote(self, *, sharp: bool) -> None:
        """Each damaged pixel the mean of what its patches' matches say, the more alike the more; `sharp`: the best."""
        scale = np.median(self._cost) + 1.0
        weight = np.exp(-np.minimum(self._cost / scale * (6.0 if sharp else 1.0), 50)).astype(np.float32) + 1e-9
        weight = weight[self._voter]
        said = self._to[self._voter] + self._patch[self._vote_from]
        total = np.bincount(self._vote_for, weight, len(self._hole))
        is_voted = total > 0
        for channel, plane in enumerate(self._planes()):
            sums = np.bincount(self._vote_for, plane.take(said) * weight, len(self._hole))
            self._picture[self._hole[is_voted], channel] = sums[is_voted] / total[is_voted]

    def _planes(self) -> list[np.ndarray]:
        return [np.ascontiguousarray(self._picture[:, channel]) for channel in range(self._picture.shape[1])]

    def _try(self, some: np.ndarray, to: np.ndarray) -> None:
        """Take these matches for some of the pixels where they are sound and more alike than what was found."""
        # Once neighbors agree, most of them say what is known already.
        chosen = np.flatnonzero((to != self._to[some]) & self._is_source.take(to, mode="clip"))
        self._keep(some[chosen], to[chosen])

    def _keep(self, some: np.ndarray, to: np.ndarray) -> None:
        """Take what costs less; costs are mean squared differences of patches. Most is given up after a few pixels."""
        for start in range(0, len(some), _CHUNK):  # stays in the processor's cache
            now, there = some[start : start + _CHUNK], to[start : start + _CHUNK]
            cost = np.zeros(len(now), np.float32)
            for k, part in enumerate(_PARTS):
                trust, places = self._trust[k].take(now, 0), there[:, None] + self._patch[part]
                for plane, seen in zip(self._flat, self._seen, strict=True):
                    difference = plane.take(places) - seen[k].take(now, 0)
                    cost += np.einsum("nk,nk,nk->n", difference, difference, trust)
                left = np.flatnonzero(cost < self._cost[now])
                now, there, cost = now[left], there[left], cost[left]
            self._cost[now], self._to[now] = cost, there
