"""Mild sharpening without halos.

What a small blur takes away is added again, less what noise would take. The result may leave the range of the 3 x 3
pixels around by `HALO` at most: an edge gets steeper, but no bright or dark line beside it. Luma is sharpened; color
goes with it. Values are encoded, 0..255.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from handtint.imaging.photo import Photo
from handtint.progress import Progress
from handtint.recipe.repair import Sharpness
from handtint.repair.bands import beside
from handtint.repair.noise import strips
from handtint.repair.survey import LUMA

HALO = 1.5  # beyond the lightest and darkest pixel around
_MOST = 2.5  # times the detail, at the full amount
_WEIGHTS = np.array([1, 4, 6, 4, 1], np.float32) / 16
_MARGIN = len(_WEIGHTS) // 2
_NOISE = 1.5  # deviations of detail in flat places that are left alone
_STRIPS = 6  # in which that is measured; of a photo that other steps make, each costs a band of these
_FLAT = 0.3  # share of the detail that is taken for noise


def sharpened(photo: Photo, sharpness: Sharpness, progress: Progress | None = None) -> Photo:
    """The photo sharpened, made as it is asked for; itself where there is nothing to do."""
    if sharpness.amount == 0 or min(photo.size) < 2:
        return photo
    strength = np.float32(_MOST * sharpness.amount / 100)
    floor = np.float32(_NOISE * _noise(photo, progress or Progress()))
    top = np.float32(np.iinfo(photo.pixels.dtype).max)

    def make(rows: np.ndarray, _first: int, above: int) -> np.ndarray:
        values = rows.astype(np.float32)
        values *= 255 / top
        luma = values if rows.ndim == 2 else values @ LUMA
        change = _change(luma, strength, floor)[above:]
        result = values[above:]
        result += change if rows.ndim == 2 else change[..., None]
        result *= top / 255
        result += np.float32(0.5)
        return np.clip(result, 0, top, out=result).astype(rows.dtype)

    return dataclasses.replace(photo, pixels=beside(make, photo.pixels, _MARGIN))


def _change(luma: np.ndarray, strength: np.float32, floor: np.float32) -> np.ndarray:
    change = _detail(luma)
    change -= np.clip(change, -floor, floor)
    change *= strength
    change += luma
    np.minimum(change, _around(luma, np.maximum) + np.float32(HALO), out=change)
    np.maximum(change, _around(luma, np.minimum) - np.float32(HALO), out=change)
    change -= luma
    return change


def _detail(luma: np.ndarray) -> np.ndarray:
    """What a blur of 5 x 5 pixels takes away."""
    blurred = luma
    for axis in (0, 1):
        padded = np.pad(blurred, [(_MARGIN, _MARGIN) if axis == other else (0, 0) for other in (0, 1)], mode="edge")
        part = [padded[i : i + luma.shape[0]] if axis == 0 else padded[:, i : i + luma.shape[1]] for i in range(5)]
        blurred = part[1] + part[3]
        blurred *= _WEIGHTS[1]
        blurred += _WEIGHTS[2] * part[2]
        ends = part[0] + part[4]
        ends *= _WEIGHTS[0]
        blurred += ends
    return luma - blurred


def _around(luma: np.ndarray, which: np.ufunc) -> np.ndarray:
    """The largest or smallest of each 3 x 3 neighborhood."""
    found = luma.copy()
    which(found[1:], luma[:-1], out=found[1:])
    which(found[:-1], luma[1:], out=found[:-1])
    across = found.copy()
    which(across[:, 1:], found[:, :-1], out=across[:, 1:])
    which(across[:, :-1], found[:, 1:], out=across[:, :-1])
    return across


def _noise(photo: Photo, progress: Progress) -> float:
    """Deviation of detail in flat places, from strips spread over the photo."""
    top = np.float32(255 / np.iinfo(photo.pixels.dtype).max)
    found = []
    for _, strip in strips(photo.pixels, progress, _STRIPS):
        values = strip.astype(np.float32) * top
        luma = values if strip.ndim == 2 else values @ LUMA
        found.append(np.quantile(np.abs(_detail(luma)[:, ::7]), _FLAT))
    return float(np.median(found)) / 0.385  # 30 of 100 values of a normal distribution lie within 0.385 deviations
