"""Removes the dots of printed pictures (halftone), and the moire they make.

A screen's dots stand in rows, so it shows as a few peaks in the picture's spectrum, the same all over; a photograph's
spectrum falls smoothly. Frequencies that stand out of what is usual at their distance from the center are brought down
to it, in overlapping tiles.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from handtint.errors import Sentence
from handtint.imaging.photo import Photo
from handtint.imaging.rows import Rows
from handtint.progress import Progress
from handtint.repair.bands import beside
from handtint.repair.survey import luma

TILE = 128
_HALF = TILE // 2
_LOWEST = 0.07  # cycles a pixel: slower waves are picture
_STANDS_OUT = 4.0  # times the usual power
_SCREEN = 400.0  # times the usual power: photographs of fences and windows stay below 100, a made screen has 90,000
_TILES = 40  # looked at, spread over the photo


@dataclass(frozen=True)
class Screen:
    """A printed picture's screen.

    Attributes:
        gain: (128, 65) for the frequencies of a tile, 1 where nothing stands out.
        strength: power of the strongest peak, in times the usual one at its distance.
        period: pixels from row to row of dots.
    """

    gain: np.ndarray
    strength: float
    period: float

    @property
    def is_there(self) -> bool:
        """Whether the photo was printed, as far as its spectrum tells."""
        return self.strength >= _SCREEN


def descreened(photo: Photo, amount: float, progress: Progress | None = None) -> Photo:
    """The photo without a screen's dots, made as it is asked for; itself where there is nothing to do.

    Args:
        amount: 0 none to 100 whole.
    """
    if amount == 0 or min(photo.size) < TILE:
        return photo
    found = find_screen(photo, progress or Progress())
    if not found.is_there:
        return photo
    gain = (found.gain ** (amount / 100)).astype(np.float32)
    window = _window()
    top = np.iinfo(photo.pixels.dtype).max

    def make(rows: np.ndarray, first: int, above: int) -> np.ndarray:
        band = rows[above:]
        result = np.empty_like(band)
        for channel in range(1 if rows.ndim == 2 else 3):
            plane = rows if rows.ndim == 2 else rows[..., channel]
            values = _filtered(plane.astype(np.float32), gain, window, first)[above:]
            values += np.float32(0.5)
            into = result if rows.ndim == 2 else result[..., channel]
            into[:] = np.clip(values, 0, top)
        return result

    return dataclasses.replace(photo, pixels=beside(make, photo.pixels, TILE))


def find_screen(photo: Photo, progress: Progress) -> Screen:
    """The screen that the photo shows, if any. Raises `Cancelled`."""
    power = np.zeros((TILE, _HALF + 1))
    window = _window()
    for number, tile in enumerate(_tiles(photo.pixels)):
        progress.step(number / _TILES, Sentence("Looking for a printed screen"))
        spectrum = np.fft.rfft2((tile - tile.mean()) * window)
        size = np.square(np.abs(spectrum))
        power += size / max(size.sum(), 1e-9)
    frequency = np.hypot(np.fft.fftfreq(TILE)[:, None], np.fft.rfftfreq(TILE))
    ring = np.rint(frequency * TILE).astype(int)
    usual = np.array([np.median(power[ring == number]) for number in range(ring.max() + 1)])[ring]
    ratio = np.where(frequency >= _LOWEST, power / np.maximum(usual, 1e-12), 1.0)
    # Axes hold edges of the picture's own straight things, and of paper; a screen is seldom along both.
    strongest = np.unravel_index(ratio.argmax(), ratio.shape)
    near = _widest(ratio)
    gain = np.where(near > _STANDS_OUT, 1 / np.sqrt(np.maximum(near, 1)), 1.0)
    return Screen(gain, float(ratio[strongest]), float(1 / max(frequency[strongest], 1e-9)))


def _widest(ratio: np.ndarray) -> np.ndarray:
    """The largest of each 3 x 3 neighborhood: a peak between two frequencies shows at both, less at each."""
    rows = np.maximum(np.maximum(np.roll(ratio, 1, 0), np.roll(ratio, -1, 0)), ratio)
    padded = np.pad(rows, ((0, 0), (1, 1)), mode="edge")
    return np.maximum(np.maximum(padded[:, :-2], padded[:, 2:]), rows)


def _tiles(pixels: np.ndarray | Rows) -> list[np.ndarray]:
    """Gray tiles, encoded 0..1, from top to bottom."""
    height, width = pixels.shape[:2]
    across = max(round(_TILES**0.5), 1)
    tops = sorted({(height - TILE) * i // max(across - 1, 1) for i in range(across)})
    lefts = sorted({(width - TILE) * i // max(across - 1, 1) for i in range(across)})
    scale = np.float32(1 / np.iinfo(pixels.dtype).max)
    found = []
    for top in tops:
        rows = luma(pixels[top : top + TILE].astype(np.float32) * scale)
        found += [rows[:, left : left + TILE] for left in lefts]
    return found


def _window() -> np.ndarray:
    """(128, 128): its square, laid every 64 pixels in both directions, adds up to 1."""
    taper = np.sin(np.pi * (np.arange(TILE) + 0.5) / TILE)
    return np.outer(taper, taper).astype(np.float32)


def _filtered(plane: np.ndarray, gain: np.ndarray, window: np.ndarray, first: int) -> np.ndarray:
    """(h, w) with `gain` on the spectrum of its tiles, which lie at multiples of 64 of the whole photo's rows."""
    above = _HALF + first % _HALF
    rows = -(-(plane.shape[0] + above) // _HALF) + 1
    columns = -(-plane.shape[1] // _HALF) + 1
    below, beyond = rows * _HALF - plane.shape[0] - above, columns * _HALF - plane.shape[1] - _HALF
    mode = "reflect" if min(plane.shape) > max(above, below, beyond) else "edge"
    padded = np.pad(plane, ((above, below), (_HALF, beyond)), mode=mode)
    total = np.zeros_like(padded)
    for top in range(0, (rows - 1) * _HALF, _HALF):
        strip = np.lib.stride_tricks.sliding_window_view(padded[top : top + TILE], TILE, axis=1)[:, ::_HALF]
        tiles = strip.transpose(1, 0, 2) * window
        tiles = np.fft.irfft2(np.fft.rfft2(tiles) * gain, s=(TILE, TILE)) * window
        for number, tile in enumerate(tiles):
            total[top : top + TILE, number * _HALF : number * _HALF + TILE] += tile
    return total[above : above + plane.shape[0], _HALF : _HALF + plane.shape[1]]
