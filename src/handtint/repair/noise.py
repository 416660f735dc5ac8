"""Reduces noise and grain and smooths JPEG's blocks: shrinkage of overlapping cosine transforms, band by band.

Each 8 x 8 block, at several offsets, is transformed, coefficients below a threshold are dropped, and the blocks that
come back are averaged, those with fewer coefficients counted more (after Yu and Sapiro, DCT image denoising, 2011, and
Guleryuz, Weighted overcomplete denoising, 2003). Noise is measured in the photo's flattest blocks for each of the 64
frequencies and for dark to light: grain is coarser than a pixel and differs with the tone. Color is treated at half
size: its noise is coarse, its detail is not seen.

Luma and the two color differences (red and blue less luma) are encoded values of 0..255.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from handtint.errors import Sentence
from handtint.imaging.photo import Photo
from handtint.imaging.rows import Rows
from handtint.progress import Progress
from handtint.recipe.repair import Noise
from handtint.repair.bands import beside
from handtint.repair.survey import LUMA

_SIDE = 8
_SHIFTS = ((0, 0), (4, 4), (0, 4), (4, 0), (2, 2), (6, 6))
_COLOR_SHIFTS = _SHIFTS[:4]
_CUT = 4.5  # deviations of noise that the full amount takes away; 60 of 100 are the usual 2.7
_BLOCK_CUT = 3.6  # steps at the borders of JPEG's blocks that the full amount takes away
_MARGIN = 16  # rows beside a band that blocks of 8 reach, in bands that begin at multiples of 16
_COLOR_MARGIN = 2 * _MARGIN  # the same at half size

_STRIPS = 24  # of 16 rows, spread over the photo, in which noise is measured
_FLATTEST = 0.03  # share of blocks that are taken to hold nothing but noise
_FEWEST = 24  # blocks of one tone, to tell its noise
_TONES = 8  # steps from dark to light
_CLIPPED = (3.0, 252.0)  # mean of a block: noise beyond is cut off
_COARSEST = 2.0  # times the noise of middle frequencies that low ones may have
_LARGER = 0.9
_QUANTIZED = 0.3  # deviation that 8 bits alone leave
_AT_WORK = 1 << 13  # blocks at a time: their coefficients stay in a processor's second-level cache


@dataclass(frozen=True)
class NoiseLevels:
    """What a photo's noise and coding are like; encoded values of 0..255.

    Attributes:
        deviations: (64,) of luma's coefficients, row by row of an 8 x 8 block.
        tones: (8,) factors of these from dark to light.
        color: (2, 64) deviations of red and blue less luma at half size, row by row; zeros for gray.
        blocks: how much larger steps are at borders of JPEG's blocks than inside.
        origin: rows and columns before the first such border.
    """

    deviations: np.ndarray
    tones: np.ndarray
    color: np.ndarray
    blocks: float
    origin: tuple[int, int]

    @property
    def luma(self) -> float:
        """Deviation of luma's noise."""
        return float(np.sqrt(np.mean(self.deviations[1:] ** 2)))

    @property
    def chroma(self) -> float:
        """Deviation of the color's noise, at half size."""
        return float(np.sqrt(np.mean(self.color[:, 1:] ** 2)))


def denoised(photo: Photo, noise: Noise, progress: Progress | None = None) -> Photo:
    """The photo with less noise, made as it is asked for; itself where there is nothing to do."""
    if noise.amount == 0 and noise.blocks == 0:
        return photo
    found = measure(photo, progress or Progress())
    cut = _CUT * noise.amount / 100
    flat = np.full(64, _BLOCK_CUT * found.blocks * noise.blocks / 100)
    luma_cut = (cut * found.deviations + flat).astype(np.float32)
    color_cuts = (cut * found.color + flat / 2).astype(np.float32)
    trust = _trust(found.origin, noise.blocks / 100)
    kept = np.float32(noise.grain / 100)
    top = np.iinfo(photo.pixels.dtype).max / 255

    def make(rows: np.ndarray, _first: int, above: int) -> np.ndarray:
        values = rows.astype(np.float32)
        values *= np.float32(1 / top)
        if rows.ndim == 2:
            return _rounded(less_noisy(values, above), rows.dtype, top)
        luma = values @ LUMA
        spare = max(above - _MARGIN, 0)  # rows that color alone needs
        new = less_noisy(luma[spare:], above - spare)
        band = slice(above, above + len(new))
        result = np.empty_like(rows[band])
        differences = [_color(values[..., channel] - luma, color_cuts[i])[band] for i, channel in enumerate((0, 2))]
        red, blue = differences
        green = (LUMA[0] * red + LUMA[2] * blue) / -LUMA[1]
        for channel, difference in enumerate((red, green, blue)):
            result[..., channel] = _rounded(difference + new, rows.dtype, top)
        return result

    def less_noisy(luma: np.ndarray, above: int) -> np.ndarray:
        new = _shrunk(luma, luma_cut, found.tones, trust)[above:]
        new += kept * (luma[above:] - new)
        return new

    margin = _MARGIN if photo.pixels.ndim == 2 else _COLOR_MARGIN
    return dataclasses.replace(photo, pixels=beside(make, photo.pixels, margin))


def _trust(origin: tuple[int, int], blocks: float) -> dict[tuple[int, int], float]:
    """How much blocks at each shift count: those of the photo's own JPEG blocks show no steps, and so keep them."""
    return {
        shift: (1 - blocks) ** sum(own % _SIDE == start for own, start in zip(shift, origin, strict=True)) + 1e-3
        for shift in _SHIFTS
    }


def _rounded(values: np.ndarray, dtype: np.dtype, top: float) -> np.ndarray:
    values *= np.float32(top)
    values += np.float32(0.5)
    return np.clip(values, 0, np.iinfo(dtype).max, out=values).astype(dtype)


def _color(plane: np.ndarray, cut: np.ndarray) -> np.ndarray:
    """A color difference with less noise: coarse noise is shrunk away at half size, fine noise by its deviation."""
    height, width = plane.shape
    even = np.pad(plane, ((0, height % 2), (0, width % 2)), mode="edge")
    small = even.reshape(even.shape[0] // 2, 2, even.shape[1] // 2, 2).mean(axis=(1, 3))
    fine = plane - _doubled(small)[:height, :width]
    fine_cut = cut[63] * np.float32(0.7)
    fine -= np.clip(fine, -fine_cut, fine_cut)
    coarse = _shrunk(small, cut, np.ones(_TONES, np.float32), dict.fromkeys(_COLOR_SHIFTS, 1.0))
    fine += _doubled(coarse)[:height, :width]
    return fine


def _doubled(plane: np.ndarray) -> np.ndarray:
    return plane.repeat(2, axis=0).repeat(2, axis=1)


def _shrunk(plane: np.ndarray, cut: np.ndarray, tones: np.ndarray, shifts: dict[tuple[int, int], float]) -> np.ndarray:
    """(h, w) with coefficients below `cut`, (64,) times the tone's factor, taken away.

    Args:
        shifts: rows and columns by which blocks are shifted, and how much those count.
    """
    height, width = plane.shape
    rows, columns = (-(-side // _SIDE) + 1 for side in plane.shape)
    mode = "symmetric" if min(plane.shape) > 2 * _SIDE else "edge"
    padded = np.pad(plane, [(_SIDE, count * _SIDE - side) for count, side in ((rows, height), (columns, width))], mode)
    total, weights = np.zeros_like(padded), np.zeros_like(padded)
    forward, ones = _transform(), np.ones(64, np.float32)
    for (down, right), trust in shifts.items():
        place = slice(down, down + rows * _SIDE), slice(right, right + columns * _SIDE)
        source, sums, counts = (_blocks(part[place]) for part in (padded, total, weights))
        step = max(_AT_WORK // columns, 1)
        for top in range(0, rows, step):
            some = source[top : top + step]
            blocks = some.reshape(-1, 64)  # a copy
            coefficients = blocks @ forward.T
            limits = cut * tones.take((coefficients[:, :1] * (_TONES / 8 / 256)).astype(np.intp), mode="clip")
            keep = (np.abs(coefficients) > limits).astype(np.float32)
            keep[:, 0] = 1
            coefficients *= keep
            weight = np.float32(trust) / (keep @ ones)  # twice as fast as a sum of booleans
            coefficients *= weight[:, None]
            sums[top : top + step] += (coefficients @ forward).reshape(some.shape)
            counts[top : top + step] += weight.reshape(*some.shape[:2], 1, 1)
    inside = slice(_SIDE, _SIDE + height), slice(_SIDE, _SIDE + width)
    return total[inside] / weights[inside]


def _blocks(plane: np.ndarray) -> np.ndarray:
    """(8 m, 8 n) seen as (m, n, 8, 8)."""
    height, width = plane.shape
    return plane.reshape(height // _SIDE, _SIDE, width // _SIDE, _SIDE).transpose(0, 2, 1, 3)


def _transform() -> np.ndarray:
    """(64, 64): each row a cosine wave of an 8 x 8 block, of length 1."""
    frequency, place = np.arange(_SIDE)[:, None], np.arange(_SIDE)
    waves = np.cos(np.pi * frequency * (2 * place + 1) / (2 * _SIDE)) * np.sqrt(2 / _SIDE)
    waves[0] /= np.sqrt(2)
    return np.kron(waves, waves).astype(np.float32)


def measure(photo: Photo, progress: Progress) -> NoiseLevels:
    """Noise and coding of a photo, from strips spread over it. Raises `Cancelled`."""
    found = list(strips(photo.pixels, progress))
    top = np.float32(255 / np.iinfo(photo.pixels.dtype).max)
    lumas, colors = [], []
    for _, strip in found:
        values = strip.astype(np.float32) * top
        lumas.append(values if strip.ndim == 2 else values @ LUMA)
        if strip.ndim == 3:
            colors.append(np.stack([values[..., 0] - lumas[-1], values[..., 2] - lumas[-1]]))
    deviations, tones = _deviations(np.concatenate([_cut_up(plane) for plane in lumas]))
    color = np.zeros((2, 64), np.float32)
    for i in range(2 if colors else 0):
        halves = [_half(planes[i]) for planes in colors]
        color[i] = _deviations(np.concatenate([_cut_up(plane) for plane in halves]), tone=False)[0]
    blocks, origin = _blockiness([(first, plane) for (first, _), plane in zip(found, lumas, strict=True)])
    return NoiseLevels(deviations, tones, color, blocks, origin)


def strips(pixels: np.ndarray | Rows, progress: Progress, most: int = _STRIPS) -> Iterator[tuple[int, np.ndarray]]:
    """Strips of 16 rows, or of all there are, from top to bottom, with the number of their first row."""
    height = pixels.shape[0]
    count = min(most, max(height // 16, 1))
    for number in range(count):
        progress.step(number / count, Sentence("Measuring noise"))
        first = (height - 16) * number // max(count - 1, 1) // _SIDE * _SIDE if height > 16 else 0
        yield first, pixels[first : first + 16]


def _half(plane: np.ndarray) -> np.ndarray:
    height, width = (side // 2 * 2 for side in plane.shape)
    return plane[:height, :width].reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3))


def _cut_up(plane: np.ndarray) -> np.ndarray:
    """(n, 64) coefficients of the blocks that fit."""
    height, width = (side // _SIDE * _SIDE for side in plane.shape)
    return _blocks(plane[:height, :width]).reshape(-1, 64) @ _transform().T


def _deviations(coefficients: np.ndarray, tone: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """(64,) deviations of noise from (n, 64) coefficients, and (8,) factors of them from dark to light."""
    mean = coefficients[:, 0] / _SIDE
    if tone:
        is_usable = (mean > _CLIPPED[0]) & (mean < _CLIPPED[1])
        coefficients, mean = coefficients[is_usable], mean[is_usable]
    frequency = np.add.outer(np.arange(_SIDE), np.arange(_SIDE)).ravel()
    low, high = (frequency > 0) & (frequency < 4), frequency > 4
    quiet = np.full(64, _QUANTIZED, np.float32)
    if len(coefficients) < _FEWEST:
        return quiet, np.ones(_TONES, np.float32)
    level = np.clip(mean * (_TONES / 256), 0, _TONES - 1).astype(np.intp) if tone else np.zeros(len(mean), np.intp)
    detail = np.square(coefficients[:, low]).sum(axis=1)
    chosen, loudness = [], {}
    for number in np.unique(level):
        of_tone = np.flatnonzero(level == number)
        flattest = of_tone[np.argsort(detail[of_tone])[: max(int(_FLATTEST * len(of_tone)), _FEWEST)]]
        chosen.append(flattest)
        if len(of_tone) >= 4 * _FEWEST:
            loudness[int(number)] = _spread(coefficients[flattest][:, high])
    found = _spread(coefficients[np.concatenate(chosen)], axis=0)
    # The flattest blocks were chosen by their low frequencies, which therefore show too little.
    # What is far more than at the next higher frequencies is slopes of light, not grain.
    next_higher = np.median(found[(frequency >= 4) & (frequency < 6)])
    found[low] = np.clip(found[low], next_higher, _COARSEST * next_higher)
    found[0] = found[1]
    tones = np.ones(_TONES)
    overall = _spread(coefficients[np.concatenate(chosen)][:, high])
    if len(loudness) > 1 and overall > 0:
        tones = np.interp(range(_TONES), list(loudness), [value / overall for value in loudness.values()])
    return np.maximum(found, _QUANTIZED).astype(np.float32), np.clip(tones, 0.4, 1.6).astype(np.float32)


def _spread(values: np.ndarray, axis: int | None = None) -> np.ndarray:
    """Deviation of values around 0, by the median."""
    return np.median(np.abs(values), axis=axis) / 0.6745


def _blockiness(strips: list[tuple[int, np.ndarray]]) -> tuple[float, tuple[int, int]]:
    """How much larger steps between pixels are at every eighth row and column, and which ones these are.

    Of a row's or column's steps the larger ones count, nine of ten lie below: a plain sky has none.
    """
    across, down = np.zeros((2, _SIDE)), np.zeros((2, _SIDE))
    for first, plane in strips:
        for axis, start, into in ((1, 1, across), (0, first + 1, down)):
            if plane.shape[axis] > 1:
                steps = np.quantile(np.abs(np.diff(plane, axis=axis)), _LARGER, axis=1 - axis)
                phases = np.arange(start, start + len(steps)) % _SIDE
                np.add.at(into[0], phases, steps)
                np.add.at(into[1], phases, 1)
    excess, origin = [], []
    for total, count in (down, across):
        mean = total / np.maximum(count, 1)
        largest, next_largest = np.sort(mean)[:-3:-1]
        excess.append(float(largest - next_largest) if count.min() > 0 else 0.0)
        origin.append(int(mean.argmax()))
    return min(excess), (origin[0], origin[1])
