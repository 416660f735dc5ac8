"""Bands of rows: how a photo is walked through without standing in memory whole.

`Rows` is a picture of which one band at a time is read from a file, or made, when it is asked for.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

_BAND_PIXELS = 1 << 18  # 1 MiB a float32 plane


def band_rows(width: int, multiple: int = 1) -> int:
    """Rows of a band of about a quarter of a million pixels; a multiple of `multiple`."""
    return max(_BAND_PIXELS // max(width, 1) // multiple, 1) * multiple


def bands(rows: range, width: int, multiple: int = 1) -> Iterator[slice]:
    """Bands that cover `rows` (step 1) in order; only the last may have fewer rows than `band_rows` says."""
    step = band_rows(width, multiple)
    for start in range(rows.start, rows.stop, step):
        yield slice(start, min(start + step, rows.stop))


class Rows:
    """A picture whose parts are made when they are asked for.

    `rows[top:bottom, left:right]`, also with steps, gives an array, and so does `numpy.asarray(rows)`. Read it from top
    to bottom: the last band is kept, so that each is made once. Several threads may read; one at a time does.

    Args:
        shape: (H, W) or (H, W, channels).
        step: rows of a band; the last one may have fewer.
        read: makes the rows of one such band, from the first of them to before the last; raises what it likes.
    """

    def __init__(self, shape: tuple[int, ...], dtype: Any, step: int, read: Callable[[int, int], np.ndarray]) -> None:
        self.shape = shape
        self.dtype = np.dtype(dtype)
        self.step = step
        self._read = read
        self._top, self._band = -1, np.empty(0)
        self._every = 0
        self._picked: dict[int, np.ndarray] = {}
        self._lock = threading.Lock()

    @property
    def ndim(self) -> int:
        """2 for gray, 3 with channels."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of values."""
        return int(np.prod(self.shape))

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, where: slice | tuple[slice, slice]) -> np.ndarray:
        rows, columns = where if isinstance(where, tuple) else (where, slice(None))
        wanted = range(*rows.indices(self.shape[0]))
        across = len(range(*columns.indices(self.shape[1])))
        if wanted.step < 1:
            raise ValueError("rows are read from top to bottom")
        result = np.empty((len(wanted), across, *self.shape[2:]), self.dtype)
        done = 0
        with self._lock:
            while done < len(wanted):
                band = self._at(wanted[done])
                part = band[wanted[done] - self._top :: wanted.step, columns][: len(wanted) - done]
                if len(part) == len(wanted):
                    return part
                result[done : done + len(part)] = part
                done += len(part)
        return result

    def sieve(self, step: int) -> np.ndarray:
        """`rows[::step, ::step]`, from what is kept of every band once this has been asked for or `expect_sieve`."""
        self.expect_sieve(step)
        for top in range(0, self.shape[0], self.step):
            if top not in self._picked:
                self[top : top + 1]
        return np.concatenate([self._picked[top] for top in sorted(self._picked)])

    def expect_sieve(self, step: int) -> None:
        """Keep what `sieve` will need of the bands that are read before."""
        if self._every != step:
            self._every, self._picked = step, {}

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self[:].astype(dtype or self.dtype, copy=False)

    def _at(self, row: int) -> np.ndarray:
        """The band that holds a row; `_top` is its first."""
        top = row - row % self.step
        if top != self._top:
            self._band = self._read(top, min(top + self.step, self.shape[0]))
            self._top = top
        if self._every and top not in self._picked:
            self._picked[top] = self._band[-top % self._every :: self._every, :: self._every].copy()
        return self._band


def mapped(make: Callable[..., np.ndarray], *pictures: np.ndarray | Rows) -> Rows:
    """What `make` gives for the same rows of pictures of one size, band by band, wherever these are."""
    first = pictures[0]
    sample = make(*(picture[:1, :1] for picture in pictures))
    step = first.step if isinstance(first, Rows) else band_rows(first.shape[1])
    shape = (first.shape[0], first.shape[1], *sample.shape[2:])
    return Rows(shape, sample.dtype, step, lambda top, stop: make(*(picture[top:stop] for picture in pictures)))
