"""Small planes that stand for a whole photo, spread to its full size band by band."""

from __future__ import annotations

import numpy as np


class Spread:
    """Small planes (k, h, w), to be had at any rows of a photo of `size`, interpolated bilinearly."""

    def __init__(self, planes: np.ndarray, size: tuple[int, int]) -> None:
        self._rows = _places(size[0], planes.shape[1])
        columns = _places(size[1], planes.shape[2])
        first = np.minimum(columns.astype(np.intp), max(planes.shape[2] - 2, 0))
        part = (columns - first).astype(np.float32)
        self._planes = np.asarray(planes, np.float32)
        self._first, self._part = first, part

    def rows(self, top: int, stop: int) -> np.ndarray:
        """(k, stop - top, W) float32."""
        places = self._rows[top:stop]
        first = np.minimum(places.astype(np.intp), max(self._planes.shape[1] - 2, 0))
        low = int(first[0])
        near = self._planes[:, low : int(first[-1]) + 2]
        wide = near.take(self._first, axis=2)
        wide += (near.take(self._first + 1, axis=2, mode="clip") - wide) * self._part
        result = wide.take(first - low, axis=1)
        beyond = wide.take(first - low + 1, axis=1, mode="clip")
        beyond -= result
        beyond *= (places - first).astype(np.float32)[:, None]
        result += beyond
        return result


def _places(length: int, count: int) -> np.ndarray:
    """Where the centers of `length` pixels lie among `count` values that cover the same side, 0 the first one's."""
    return np.clip((np.arange(length) + 0.5) * (count / length) - 0.5, 0, count - 1)
