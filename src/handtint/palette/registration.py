"""How one photo lies over another of the same scene: similarity transforms found from features, checked on lightness.

Places are complex numbers x + iy in pixels of a picture, (0.5, 0.5) being the middle of its first pixel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_LEAST_COSINE = 0.5  # of two cells that may show the same
_MARGIN = 1  # outer cells, whose features are full of the picture's edge
_TRIES = 1000
_TOLERANCE = 1.3  # cells by which a match may miss its motion
_SCALES = (0.6, 1.7)
_TURN = 0.5  # radians
_LEAST_MATCHES = 16  # by chance some 8 of 400 follow one motion
_MOST_MOTIONS = 3  # the scene, and what moved in it


@dataclass(frozen=True)
class Motion:
    """A similarity transform that takes a place z of one picture to `factor * z + offset` in another.

    `here` (n,) and `there` (n,) are matched places of both pictures that follow it.
    """

    factor: complex
    offset: complex
    here: np.ndarray
    there: np.ndarray

    def __call__(self, places: np.ndarray) -> np.ndarray:
        """Where places of the first picture are in the second."""
        return self.factor * places + self.offset


def motions(here: np.ndarray, there: np.ndarray, cell: float) -> list[Motion]:
    """Up to three transforms that many matches follow, the best first; each match follows one of them.

    Args:
        here, there: (n,) matched places.
        cell: pixels from one place to the next.
    """
    rng = np.random.default_rng(0)
    found: list[Motion] = []
    while len(here) >= _LEAST_MATCHES and len(found) < _MOST_MOTIONS:
        first, second = rng.integers(len(here), size=(2, _TRIES))
        apart = here[first] - here[second]
        far = np.abs(apart) > 2 * cell
        first, second = first[far], second[far]
        factors = (there[first] - there[second]) / apart[far]
        sane = (_SCALES[0] < np.abs(factors)) & (np.abs(factors) < _SCALES[1]) & (np.abs(np.angle(factors)) < _TURN)
        if not sane.any():
            break
        factors = factors[sane]
        offsets = there[first[sane]] - factors * here[first[sane]]
        misses = np.abs(factors[:, None] * here + offsets[:, None] - there)  # (tries, n)
        follows = misses[(misses < _TOLERANCE * cell).sum(1).argmax()] < _TOLERANCE * cell
        factor, offset = 1 + 0j, 0j
        for _ in range(3):
            if follows.sum() < _LEAST_MATCHES:
                return found
            factor, offset = _least_squares(here[follows], there[follows])
            follows = np.abs(factor * here + offset - there) < _TOLERANCE * cell
        found.append(Motion(factor, offset, here[follows], there[follows]))
        here, there = here[~follows], there[~follows]
    return found


def _least_squares(here: np.ndarray, there: np.ndarray) -> tuple[complex, complex]:
    center, target = here.mean(), there.mean()
    away = here - center
    factor = complex((away.conj() @ (there - target)) / max(float((np.abs(away) ** 2).sum()), 1e-6))
    return factor, complex(target - factor * center)


def matches(ours: np.ndarray, theirs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Flat indices (n,) of cells in both that are each other's most similar; features (h', w', c) of length 1."""
    kept_ours, kept_theirs = _inner(ours.shape[:2]), _inner(theirs.shape[:2])
    if not (len(kept_ours) and len(kept_theirs)):
        return kept_ours[:0], kept_theirs[:0]
    cosine = _flat(ours)[kept_ours] @ _flat(theirs)[kept_theirs].T  # (n, m)
    there = cosine.argmax(1)
    here = np.arange(len(there))
    mutual = (cosine.argmax(0)[there] == here) & (cosine[here, there] > _LEAST_COSINE)
    return kept_ours[here[mutual]], kept_theirs[there[mutual]]


def _flat(cells: np.ndarray) -> np.ndarray:
    return cells.reshape(-1, cells.shape[2])


def _inner(grid: tuple[int, ...]) -> np.ndarray:
    """Flat indices of the cells of a grid (rows, columns) that do not lie at its edge."""
    indices = np.arange(grid[0] * grid[1]).reshape(grid[:2])
    return indices[_MARGIN : grid[0] - _MARGIN, _MARGIN : grid[1] - _MARGIN].ravel()


def centers(grid: tuple[int, ...], size: tuple[int, ...]) -> np.ndarray:
    """(rows, columns) complex: places of the centers of a grid's cells in a picture of `size` (height, width)."""
    y = (np.arange(grid[0]) + 0.5) * (size[0] / grid[0])
    x = (np.arange(grid[1]) + 0.5) * (size[1] / grid[1])
    return x[None, :] + 1j * y[:, None]


def cells_at(places: np.ndarray, grid: tuple[int, ...], size: tuple[int, ...]) -> np.ndarray:
    """Flat indices of the cells of a grid over a picture of `size` in which places lie; the nearest where outside."""
    row = np.clip((np.imag(places) * (grid[0] / size[0])).astype(np.intp), 0, grid[0] - 1)
    column = np.clip((np.real(places) * (grid[1] / size[1])).astype(np.intp), 0, grid[1] - 1)
    return row * grid[1] + column


def is_inside(places: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    """Which places lie in a picture of `size`."""
    return (np.real(places) >= 0) & (np.real(places) <= size[1]) & (np.imag(places) >= 0) & (np.imag(places) <= size[0])


def sample(planes: np.ndarray, places: np.ndarray) -> np.ndarray:
    """(..., c) or (...): (h, w, c) or (h, w) planes at places (...), bilinear; the edge goes on outside."""
    height, width = planes.shape[:2]
    x = np.clip(np.real(places) - 0.5, 0, width - 1)
    y = np.clip(np.imag(places) - 0.5, 0, height - 1)
    left, top = x.astype(np.intp), y.astype(np.intp)
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    u, v = (x - left).astype(np.float32), (y - top).astype(np.float32)
    if planes.ndim == 3:
        u, v = u[..., None], v[..., None]
    upper = planes[top, left] * (1 - u) + planes[top, right] * u
    lower = planes[bottom, left] * (1 - u) + planes[bottom, right] * u
    return upper * (1 - v) + lower * v
