"""Fills damage from what surrounds it. Outside the damage every pixel stays what it is, to the last digit.

Thin and small places are filled smoothly along the edges that cross them, wide ones with patches from nearby, up to a
size; what is larger is left as it is, for nobody knows what was there. Gray and color, 8 and 16 bits; alpha stays.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from handtint.errors import Sentence
from handtint.imaging.photo import Photo
from handtint.imaging.rows import Rows, band_rows
from handtint.progress import Progress
from handtint.repair.damage.directions import fill_lines
from handtint.repair.damage.grain import grain_for
from handtint.repair.damage.patches import fill_patches, pulled_down
from handtint.repair.damage.places import Places, spread
from handtint.repair.damage.smooth import fill_smoothly

_THIN = 6  # depth up to which a place is filled from both its sides: about 12 pixels wide
_TILE = 1024  # pixels a side filled at once
_MARGIN = 32  # seen around
_SEEN_ROWS = 256  # filled at once while somebody looks
_PULL = 0.01  # how much the course of edges counts beside smoothness
_BLOCK = 160  # pixels a side of wide damage filled at once
_SURROUNDINGS = 72  # pixels around that patches are taken from
_LARGEST = 0.05  # half the width of the widest damage filled, as a share of the photo's short side
_LARGEST_PIXELS = (6, 64)  # but at least and at most that


@dataclass(frozen=True, eq=False)
class Filling:
    """What damage is replaced by.

    Attributes:
        places: the pixels that are filled.
        values: (n,) or (n, 3), in the photo's dtype.
        left: damage too large to be filled honestly.
    """

    places: Places
    values: np.ndarray
    left: Places

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for the user."""
        if not len(self.left):
            return ()
        count = int(self.left.components().max()) + 1
        if count == 1:
            return (
                Sentence("One damaged place is too large to be filled without inventing a picture, and left as it is."),
            )
        return (
            Sentence(
                "{count} damaged places are too large to be filled without inventing a picture, and left as it is.",
                count=count,
            ),
        )


def fill(photo: Photo, damage: Places, progress: Progress, doubtful: Places | None = None) -> Filling:
    """Find what to put in the place of the damage. Raises `Cancelled`, ValueError for another photo's damage.

    Args:
        doubtful: pixels that might be damaged too, such as a soft rim. They stay, but nothing is made from them.
    """
    if damage.size != photo.size:
        raise ValueError(f"damage of a photo of {damage.size} for one of {photo.size}")
    thin, wide, left = by_width(damage)
    canvas = _Canvas(photo, damage, damage if doubtful is None else damage | doubtful)
    for n, tile in enumerate(tiles := list(_tiles(thin, _TILE))):
        progress.step(0.6 * n / len(tiles), Sentence("Filling specks and scratches"))
        _fill_thin(canvas, thin, tile)
    rng = np.random.default_rng(0)
    for n, tile in enumerate(tiles := list(_tiles(wide, _BLOCK))):
        progress.step(0.6 + 0.4 * n / len(tiles), Sentence("Filling holes"))
        _fill_wide(canvas, wide, tile, rng)
    progress.step(1.0)
    return canvas.filling(left)


def with_filling(photo: Photo, filling: Filling) -> Photo:
    """The photo with its damage filled; alpha and meta stay, notes join. Pixels read from a file stay so."""
    meta = dataclasses.replace(photo.meta, notes=photo.meta.notes + filling.notes)
    if not len(filling.places):
        return dataclasses.replace(photo, meta=meta)
    pixels = photo.pixels
    if isinstance(pixels, Rows):
        result: np.ndarray | Rows = Rows(
            pixels.shape, pixels.dtype, pixels.step, lambda top, stop: _filled_rows(photo, filling, top, stop)
        )
    else:
        result = pixels.copy()
        step = band_rows(photo.size[1])
        for top in range(0, photo.size[0], step):
            _put(result[top : top + step], filling, top)
    return dataclasses.replace(photo, pixels=result, meta=meta)


def _filled_rows(photo: Photo, filling: Filling, top: int, stop: int) -> np.ndarray:
    rows = photo.pixels[top:stop].copy()
    _put(rows, filling, top)
    return rows


def _put(rows: np.ndarray, filling: Filling, top: int) -> None:
    """Write what is filled into the rows of a photo from `top` on."""
    width = rows.shape[1]
    numbers = filling.places.numbers
    first, last = np.searchsorted(numbers, (top * width, (top + len(rows)) * width))
    inside = numbers[first:last] - top * width
    rows[inside // width, inside % width] = filling.values[first:last]


def filled_as_seen(photo: Photo, damage: Places, doubtful: Places) -> Photo:
    """The photo with its damage filled where its pixels are asked for: to look at only, since holes that reach over two
    bands are filled somewhat otherwise than at once."""

    known: dict[int, Filling] = {}

    def read(top: int, stop: int) -> np.ndarray:
        if top not in known:
            near = damage.where((damage.rows >= top - _MARGIN) & (damage.rows < stop + _MARGIN))
            known[top] = fill(photo, near, Progress(), doubtful)
        rows = photo.pixels[top:stop].copy()
        _put(rows, known[top], top)
        return rows

    pixels = Rows(photo.pixels.shape, photo.pixels.dtype, _SEEN_ROWS, read)
    return dataclasses.replace(photo, pixels=pixels)


def largest(size: tuple[int, int]) -> int:
    """Half the width in pixels of the widest damage that is filled in a photo of (height, width)."""
    return int(np.clip(round(_LARGEST * min(size)), *_LARGEST_PIXELS))


def by_width(damage: Places) -> tuple[Places, Places, Places]:
    """What is thin, wide, and too large: `fill` fills all of the first two, and nothing of the last."""
    most = largest(damage.size)
    depth = damage.depth(most + 1)
    left = _around(damage, depth > most, most + 1)
    is_filled = ~damage.is_in(left)
    filled, depth = damage.where(is_filled), depth[is_filled]
    wide = _around(filled, depth > _THIN, _THIN + 2)
    return filled - wide, wide, left


def _around(places: Places, core: np.ndarray, radius: int) -> Places:
    """Those that are within a radius of the core."""
    near = places.where(core)
    for _ in range(-(-radius // 4)):  # in small steps within the damage: a large disc has many pixels
        near = places.where(places.is_in(near.grown(4)))
    return near


def _tiles(places: Places, side: int) -> Iterator[tuple[slice, slice]]:
    """Rows and columns of squares of the photo that hold some of the places, from top to bottom."""
    across = -(-places.size[1] // side)
    for number in np.unique(places.rows // side * across + places.columns // side):
        top, left = int(number) // across * side, int(number) % across * side
        yield (
            slice(top, min(top + side, places.size[0])),
            slice(left, min(left + side, places.size[1])),
        )


class _Canvas:
    """The photo as it is filled: parts of it as floats, with what was filled so far."""

    def __init__(self, photo: Photo, damage: Places, doubtful: Places) -> None:
        self._photo = photo
        self.damage = damage
        self.doubtful = doubtful
        self._channels = photo.pixels.shape[2] if photo.pixels.ndim == 3 else 1
        self._scale = np.iinfo(photo.pixels.dtype).max / 255
        self._values = np.zeros((len(damage), self._channels), photo.pixels.dtype)
        self._is_done = np.zeros(len(damage), bool)

    def read(self, rows: slice, columns: slice) -> tuple[np.ndarray, np.ndarray]:
        """(h, w, c) float32, 0..255, and (h, w) bool, where it is still damaged."""
        part = self._photo.pixels[rows, columns]
        pixels = part.reshape(*part.shape[:2], self._channels) / np.float32(self._scale)
        here = self._within(rows, columns)
        y = self.damage.numbers[here] // self.damage.size[1] - rows.start
        x = self.damage.numbers[here] % self.damage.size[1] - columns.start
        done = self._is_done[here]
        pixels[y[done], x[done]] = self._values[here[done]] / np.float32(self._scale)
        unknown = np.zeros(part.shape[:2], bool)
        unknown[y[~done], x[~done]] = True
        return pixels, unknown

    def write(self, numbers: np.ndarray, values: np.ndarray) -> None:
        """Fill pixels, by their numbers, with (n, c) values of 0..255."""
        at = np.searchsorted(self.damage.numbers, numbers)
        top = np.iinfo(self._values.dtype).max
        self._values[at] = np.clip(np.rint(values * self._scale), 0, top).astype(self._values.dtype)
        self._is_done[at] = True

    def filling(self, left: Places) -> Filling:
        values = self._values[self._is_done]
        if self._photo.pixels.ndim == 2:
            values = values[:, 0]
        return Filling(self.damage.where(self._is_done), values, left)

    def _within(self, rows: slice, columns: slice) -> np.ndarray:
        """Positions among the damage of what is in a part of the photo."""
        width = self.damage.size[1]
        first, last = np.searchsorted(self.damage.numbers, (rows.start * width, rows.stop * width))
        column = self.damage.numbers[first:last] % width
        return first + np.flatnonzero((column >= columns.start) & (column < columns.stop))


def _fill_thin(canvas: _Canvas, thin: Places, tile: tuple[slice, slice]) -> None:
    rows, columns = _with_margin(tile, _MARGIN, canvas.damage.size)
    pixels, _ = canvas.read(rows, columns)
    doubtful = canvas.doubtful.mask(rows, columns)
    here = thin.mask(rows, columns)
    wanted = spread(here, 2) & doubtful  # a rim is made anew to fill from, not to be written
    if (other := doubtful & ~wanted).any():  # wide damage beside it
        pixels[other] = pulled_down(pixels, doubtful)[other]
    guess = fill_lines(pixels, doubtful, wanted, 2 * _THIN + 4)
    filled = fill_smoothly(pixels, wanted, guess, np.full(len(guess), _PULL))
    inside = np.zeros_like(here)
    inside[_part(tile[0], rows), _part(tile[1], columns)] = True
    inside &= here
    filled = filled[inside[wanted]]
    filled += grain_for(pixels, doubtful, inside, filled)
    canvas.write(_numbers(inside, rows, columns, canvas.damage.size), filled)


def _fill_wide(canvas: _Canvas, wide: Places, tile: tuple[slice, slice], rng: np.random.Generator) -> None:
    rows, columns = _with_margin(tile, _SURROUNDINGS, canvas.damage.size)
    pixels, unknown = canvas.read(rows, columns)
    unknown |= canvas.doubtful.mask(rows, columns) & ~canvas.damage.mask(rows, columns)
    inside = np.zeros_like(unknown)
    inside[_part(tile[0], rows), _part(tile[1], columns)] = True
    inside &= wide.mask(rows, columns)
    made = spread(inside, 2) & unknown
    filled = fill_patches(pixels, unknown, made, rng)[inside[made]]
    canvas.write(_numbers(inside, rows, columns, canvas.damage.size), filled)


def _with_margin(tile: tuple[slice, slice], margin: int, size: tuple[int, int]) -> tuple[slice, slice]:
    rows, columns = (
        slice(max(part.start - margin, 0), min(part.stop + margin, side)) for part, side in zip(tile, size, strict=True)
    )
    return rows, columns


def _part(part: slice, whole: slice) -> slice:
    return slice(part.start - whole.start, part.stop - whole.start)


def _numbers(mask: np.ndarray, rows: slice, columns: slice, size: tuple[int, int]) -> np.ndarray:
    """The photo's pixels that are set in a part of it."""
    y, x = np.nonzero(mask)
    return (y + rows.start) * size[1] + x + columns.start
