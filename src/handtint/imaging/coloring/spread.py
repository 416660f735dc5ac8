"""Small planes over a whole photo, spread bilinearly to any of its rows and columns. Positions are 0..1 across it."""

from __future__ import annotations

import numpy as np

# Rows of the small planes that are spread at a time; more would make a product that is shared out to threads.
_SPAN = 6


class Spread:
    """Rows of a band, on demand.

    Args:
        planes: (c, h, w) float32.
        y, x: the band's rows and columns; both rising.
    """

    def __init__(self, planes: np.ndarray, y: np.ndarray, x: np.ndarray) -> None:
        rows = _places(y, planes.shape[1])
        first = int(rows[0])
        near = planes[:, first : int(rows[-1]) + 2]  # (c, k, w)
        places = _places(x, near.shape[2])
        columns = np.minimum(places.astype(np.intp), max(near.shape[2] - 2, 0))
        wide = near.take(columns, axis=2)  # (c, k, W); plain indexing would lay columns out first
        beyond = near.take(columns + 1, axis=2, mode="clip")
        beyond -= wide
        beyond *= (places - columns).astype(np.float32)
        wide += beyond
        self._planes = wide
        self._rows = rows - first  # where the band's rows lie among those k

    def rows(self, strip: slice) -> np.ndarray:
        """(c, n, W): the planes at the band's rows `strip`; new memory, which may be written to."""
        rows = self._rows[strip]
        planes = np.empty((len(self._planes), len(rows), self._planes.shape[2]), np.float32)
        step = max(int(_SPAN * len(rows) / max(rows[-1] - rows[0], _SPAN)), 1)
        for start in range(0, len(rows), step):
            some = rows[start : start + step]
            first = int(some[0])
            near = self._planes[:, first : int(some[-1]) + 2]
            weights = 1 - np.abs(some[:, None] - np.arange(first, first + near.shape[1]))  # of the two rows beside
            np.matmul(np.maximum(weights, 0).astype(np.float32), near, out=planes[:, start : start + step])
        return planes


def _places(part: np.ndarray, length: int) -> np.ndarray:
    """Where positions lie among `length` pixels, 0 the center of the first one."""
    return np.clip(part * length - 0.5, 0, length - 1)
