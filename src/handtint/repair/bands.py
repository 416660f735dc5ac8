"""Pictures made band by band from another one, each band from the same rows and some beside them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from handtint.imaging.rows import Rows, band_rows

_MULTIPLE = 16  # rows of a band: blocks of 8 at whole and at half size begin with it


def beside(make: Callable[[np.ndarray, int, int], np.ndarray], picture: np.ndarray | Rows, margin: int = 0) -> Rows:
    """The picture that `make` gives, band by band, in the dtype and size of `picture`.

    Bands begin at multiples of 16 rows, wherever the pixels come from, so that the same rows are made from the same.

    Args:
        make: given (n, W, ...) rows of the picture, the number of the first one, and how many of them stand above the
            band; these, and those below the band, are at most `margin`, fewer at the picture's ends. Gives the band
            with or without those below it.
    """
    height, width = picture.shape[:2]
    window = _Window(picture)
    # What is beside a band is made twice: of taller bands less is.
    step = band_rows(width // 2 if margin else width, _MULTIPLE)

    def read(top: int, stop: int) -> np.ndarray:
        first = max(top - margin, 0)
        rows = window.rows(first, min(stop + margin, height))
        return make(rows, first, top - first)[: stop - top]

    return Rows(picture.shape, picture.dtype, step, read)


class _Window:
    """Rows of a picture, of which those asked for last are kept: bands that overlap read each row once."""

    def __init__(self, picture: np.ndarray | Rows) -> None:
        self._picture = picture
        self._top, self._kept = 0, np.empty((0, *picture.shape[1:]), picture.dtype)

    def rows(self, top: int, stop: int) -> np.ndarray:
        if isinstance(self._picture, np.ndarray):
            return self._picture[top:stop]
        end = self._top + len(self._kept)
        if self._top <= top <= end < stop:
            self._kept = np.concatenate([self._kept[top - self._top :], self._picture[end:stop]])
        else:
            self._kept = self._picture[top:stop]
        self._top = top
        return self._kept
