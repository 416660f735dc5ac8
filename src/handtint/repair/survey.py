"""A small copy of the whole photo, from which steps that treat it as a whole take what they need."""

from __future__ import annotations

import numpy as np

from handtint.imaging.photo import Photo
from handtint.imaging.resize import fit, shrink_pixels
from handtint.progress import Progress

LONGEST = 256
LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)  # of encoded red, green, blue

NO_PICTURE = 0.06  # between the darkest and the lightest
_MOST_BORDER = 0.14  # of a side
_PLAIN = 0.025  # spread of encoded values along a line of a plain border
_ALIKE = 0.05  # a border's lines differ less than this from its outermost one
_MARGIN = 0.02  # cut off beside a border, which is seldom straight


def survey(photo: Photo, progress: Progress, longest: int = LONGEST) -> np.ndarray:
    """(h, w) or (h, w, 3) float32, encoded 0..1: the photo at a longer side of `longest`, or as it is if smaller."""
    longest = min(longest, max(photo.size))
    small = shrink_pixels(photo, fit(photo.size, longest, longest), progress)
    return (small[..., 0] if photo.pixels.ndim == 2 else small).astype(np.float32) / 255


def luma(pixels: np.ndarray) -> np.ndarray:
    """(h, w) encoded gray of (h, w) or (h, w, 3) encoded values."""
    return pixels if pixels.ndim == 2 else pixels @ LUMA


def is_plain(gray: np.ndarray) -> bool:
    """Whether (h, w) encoded gray holds no picture: sky, paper, black."""
    dark, light = np.quantile(gray, (0.004, 0.996))
    return bool(light - dark < NO_PICTURE)


def inside(gray: np.ndarray) -> tuple[slice, slice]:
    """Rows and columns of (h, w) encoded gray without plain borders: margins of a print, a mount, a scanner's bed."""
    rows, columns = _without_border(gray), _without_border(gray.T)
    return (rows, columns) if gray[rows, columns].size else (slice(None), slice(None))


def _without_border(gray: np.ndarray) -> slice:
    count = len(gray)
    spread, level = gray.std(axis=1), gray.mean(axis=1)

    def plain(lines: range) -> int:
        found = 0
        for line in lines:
            if spread[line] > _PLAIN or abs(level[line] - level[lines[0]]) > _ALIKE:
                break
            found += 1
        return found + round(_MARGIN * count) if 0 < found < len(lines) else 0  # all plain: sky, a wall

    most = int(_MOST_BORDER * count)
    if not most:
        return slice(0, count)
    return slice(plain(range(most)), count - plain(range(count - 1, count - 1 - most, -1)))
