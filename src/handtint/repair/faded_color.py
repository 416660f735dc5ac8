"""Faded color: the correction of `dyes`, an amount of it, and a white point, applied band by band with tables.

A pixel's three depths are looked up, each through its channel's curve; a 3 x 3 product mixes them; a table takes them
back to encoded values.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from handtint.imaging.photo import Photo
from handtint.imaging.resize import resize_planes
from handtint.progress import Progress
from handtint.recipe.repair import FadedColor, RepairError
from handtint.repair import dyes
from handtint.repair.bands import beside
from handtint.repair.network import EPSILON, SIDE, depth
from handtint.repair.survey import inside, is_plain, luma, survey

_STEPS = 1 << 17  # of depth, lightest to darkest: at most two of 65,535 levels apart
_LIGHTEST, _DARKEST = -float(np.log(1 + EPSILON)), -float(np.log(EPSILON))
_WHITE_SHARE = 0.006  # of the short side: half the side of the square whose mean is the white point
_SEEN = 0.7  # of each side: the parts of the photo that the network is asked about beside the whole
_STRIP_PIXELS = 1 << 14  # a product of larger matrices would be shared out to threads, which spin when they wait


def restored(photo: Photo, faded: FadedColor, progress: Progress | None = None) -> Photo:
    """The photo with its colors brought back, made as it is asked for; itself where there is nothing to do.

    A gray photo is left as it is. Raises `RepairError` for a white point outside the photo.
    """
    check_white(faded.white, photo.size)
    if faded == FadedColor() or photo.pixels.ndim == 2:
        return photo
    correction = dyes.NONE
    if faded.amount:
        correction = correction_for(survey(photo, progress or Progress())).weakened(faded.amount / 100)
    if faded.white is not None:
        correction = with_white(correction, _around(photo, faded.white))
    tables, mix, encoded = _tables(correction, photo.pixels.dtype)

    def make(rows: np.ndarray, _first: int, _above: int) -> np.ndarray:
        result = np.empty_like(rows)
        step = max(_STRIP_PIXELS // rows.shape[1], 1)
        for top in range(0, len(rows), step):
            strip = rows[top : top + step]
            depths = np.stack([tables[c].take(strip[..., c]).ravel() for c in range(3)])
            places = (mix @ depths).astype(np.int32)
            for channel in range(3):
                values = encoded.take(places[channel], mode="clip")
                result[top : top + step, :, channel] = values.reshape(strip.shape[:2])
        return result

    return dataclasses.replace(photo, pixels=beside(make, photo.pixels))


def correction_for(small: np.ndarray) -> dyes.Correction:
    """The network's correction for (h, w, 3) encoded values 0..1, a small copy of the whole photo; borders left out.

    It is run ten times: on the whole, on four large parts, and on these mirrored; the mean is nearer to the truth.
    """
    gray = luma(small)
    part = small[inside(gray)]
    if is_plain(luma(part)):
        return dyes.NONE
    height, width = part.shape[:2]
    rows, columns = (max(round(_SEEN * side), 1) for side in (height, width))
    tops, lefts = (0, height - rows), (0, width - columns)
    parts = [part, *(part[top : top + rows, left : left + columns] for top in tops for left in lefts)]
    views = [np.clip(resize_planes(np.ascontiguousarray(seen), (SIDE, SIDE)), 0, 1) for seen in parts]
    return dyes.correction_for([*views, *(view[:, ::-1] for view in views)])


def with_white(correction: dyes.Correction, color: np.ndarray) -> dyes.Correction:
    """The correction with another shift for each channel, so that (3,) encoded `color` comes out gray.

    It keeps its luma. A shift of depth scales encoded values: black stays where it is.
    """
    shifts = np.zeros(3)
    for _ in range(4):  # the mix leaves grays gray, so it converges at once except for the rounding of 0..1
        corrected = correction.shifted(shifts).apply(color)
        shifts += depth(luma(corrected[None, None])[0, 0]) - depth(corrected)
    return correction.shifted(shifts)


def _around(photo: Photo, place: tuple[float, float]) -> np.ndarray:
    """(3,) mean encoded value 0..1 around x, y."""
    radius = round(_WHITE_SHARE * min(photo.size))
    x, y = int(place[0]), int(place[1])
    part = photo.pixels[max(y - radius, 0) : y + radius + 1, max(x - radius, 0) : x + radius + 1]
    return part.mean(axis=(0, 1)) / np.iinfo(photo.pixels.dtype).max


def check_white(place: tuple[float, float] | None, size: tuple[int, int]) -> None:
    """Raises `RepairError` for a white point outside a photo of (height, width)."""
    height, width = size
    if place is not None and not (0 <= place[0] < width and 0 <= place[1] < height):
        raise RepairError(
            "The white point ({place_0}, {place_1}) lies outside the photo, which is {width} x {height} pixels. "
            "Choose a place inside it.",
            place_0=f"{place[0]:g}",
            place_1=f"{place[1]:g}",
            width=width,
            height=height,
        )


def _tables(correction: dyes.Correction, dtype: np.dtype) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(3, levels) depths after the curves, the (3, 3) mix, and encoded values by depth; depths count in its places."""
    top = np.iinfo(dtype).max
    scale = _STEPS / (_DARKEST - _LIGHTEST)
    depths = depth(np.linspace(0, 1, int(top) + 1))
    tables = np.stack([np.interp(depths, dyes.KNOTS, curve) for curve in correction.curves])
    # Rows of the mix add up to 1, so that places may count from anywhere; the half rounds.
    places = ((tables - _LIGHTEST) * scale + 0.5).astype(np.float32)
    values = np.exp(-(np.arange(_STEPS + 1) / scale + _LIGHTEST)) - EPSILON
    return places, correction.mix.astype(np.float32), np.rint(np.clip(values, 0, 1) * top).astype(dtype)
