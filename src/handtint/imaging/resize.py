"""Pictures at other sizes: float planes in memory, and whole photos shrunk band by band.

Sizes are (height, width) in pixels. Shrinking averages areas; enlarging is bilinear.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from handtint.errors import Sentence
from handtint.imaging.rows import bands
from handtint.progress import Progress

if TYPE_CHECKING:
    from handtint.imaging.photo import Photo  # which may itself need a shrunk picture

_SMALL_PIXELS = 1 << 19
_LONGEST = 3  # times the short side that a model sees


def fit(size: tuple[int, int], short_side: int, longest: int) -> tuple[int, int]:
    """The size in proportion with this short side, or with the longest side allowed where that is smaller."""
    scale = min(short_side / min(size), longest / max(size))
    return max(round(size[0] * scale), 1), max(round(size[1] * scale), 1)


def working_size(size: tuple[int, ...], short_side: int) -> tuple[int, int]:
    """(h, w) at which a model of this working size sees the whole of a picture of `size`.

    Of a panorama the long side becomes three times the working size, instead of the short side once.
    """
    return fit((size[0], size[1]), short_side, _LONGEST * short_side)


def resize_planes(planes: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(h, w, c) float32 planes at `size`."""
    if planes.shape[:2] == tuple(size):
        return planes
    channels = [_resize(np.asarray(planes[..., c], np.float32), size) for c in range(planes.shape[2])]
    return np.stack(channels, axis=-1)


def shrink_lightness(photo: Photo, size: tuple[int, int], progress: Progress | None = None) -> np.ndarray:
    """The whole photo's L, `size` float32. Raises `Cancelled`."""
    return _shrink(photo.lightness, photo.size, size, progress or Progress())


def shrink_pixels(photo: Photo, size: tuple[int, int], progress: Progress | None = None) -> np.ndarray:
    """The whole photo as it is, (h, w, 3) uint8. Raises `Cancelled`."""

    def read(rows: slice) -> np.ndarray:
        pixels = photo.pixels[rows]
        return pixels if pixels.dtype == np.uint8 else ((pixels + np.uint32(128)) // 257).astype(np.uint8)

    small = _shrink(read, photo.size, size, progress or Progress())
    return small if small.ndim == 3 else np.repeat(small[..., None], 3, axis=2)


def reduce_plane(plane: np.ndarray, step: int) -> np.ndarray:
    """Means of step x step pixels of (h, w) float32 or (h, w, 3) uint8; cells at the far edges hold fewer."""
    if step == 1:
        return plane
    from handtint.imaging.formats.pillow import Image

    return np.asarray(Image.fromarray(plane).reduce(step))


def _shrink(
    read: Callable[[slice], np.ndarray], full: tuple[int, int], size: tuple[int, int], progress: Progress
) -> np.ndarray:
    # Whole-number area averages per band bring it near the size. A network's input is left a factor of 2 to 4
    # to resample, which is truer; a screen-size picture only 1 to 2, which holds the floats in memory down.
    spare = 2 if size[0] * size[1] <= _SMALL_PIXELS else 1
    step = max(min(full[0] // size[0], full[1] // size[1]) // spare, 1)
    reduced = []
    for rows in bands(range(full[0]), full[1], step):
        progress.step(rows.start / full[0], Sentence("Looking at the whole photo"))
        reduced.append(reduce_plane(np.ascontiguousarray(read(rows)), step))
    return _resize(np.concatenate(reduced), size, (full[0] / step, full[1] / step))


def _resize(picture: np.ndarray, size: tuple[int, int], covered: tuple[float, float] | None = None) -> np.ndarray:
    """`covered` is the height and width of the picture that count, where its last cells are partial ones."""
    height, width = covered or picture.shape[:2]
    if (height, width) == tuple(size):
        return picture
    from handtint.imaging.formats.pillow import Image

    smaller = size[0] <= height and size[1] <= width
    # Pillow widens both filters when it shrinks; Hamming's is as sharp as an area average without jitter.
    method = Image.Resampling.HAMMING if smaller else Image.Resampling.BILINEAR
    image = Image.fromarray(np.ascontiguousarray(picture))
    return np.asarray(image.resize((size[1], size[0]), method, box=(0, 0, width, height)))
