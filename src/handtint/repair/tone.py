"""Fading of black-and-white and toned photos: black and white point, mid-tones, local contrast, evenness.

All is decided on a small copy of the whole photo and applied band by band. Values are encoded, 0..1. A pixel of value
v becomes curve(gain * v + offset) + weight * detail: gain and offset level what differs from place to place, the curve
is one for the whole photo, and detail is what a guided filter leaves (He, Sun, Tang, 2013), so that edges get no halos.
The weight is nothing in highlights and little in skin. A photo with a tone of its own keeps it: its channels are
scaled together.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from handtint.imaging.coloring.chroma import positions
from handtint.imaging.coloring.spread import Spread
from handtint.imaging.guided import GuidedFilter
from handtint.imaging.photo import Photo
from handtint.progress import Progress
from handtint.recipe.repair import Fade
from handtint.repair.bands import beside
from handtint.repair.evenness import leveling
from handtint.repair.survey import LUMA, NO_PICTURE, inside, luma, survey

_ENDS = (0.004, 0.996)  # shares of pixels below black and white
_BLACK, _WHITE = 0.03, 0.96  # where they are brought, unless they are there
_MOST_GAIN = 4.0
_MIDDLE = (0.34, 0.58)  # medians beyond are brought halfway here, for a stretch moves them
_GAMMA = 1.3  # most that this may take
_SHOULDER = 0.93  # values above are pressed together in place of clipped
_STEPS = 4096

_RADIUS = 4  # of the guided filter, in pixels of the small copy
_FLOOR = 0.003  # of variance: textures below it are detail
_DETAIL = 0.45  # most that is added of it
_STRIP_PIXELS = 1 << 16


@dataclass(frozen=True)
class Levels:
    """Encoded 0..1: value of the darkest places, the median, value of the lightest places, borders left out."""

    black: float
    middle: float
    white: float


def levels(gray: np.ndarray) -> Levels:
    """Levels of (h, w) encoded gray."""
    black, middle, white = np.quantile(gray[inside(gray)], (_ENDS[0], 0.5, _ENDS[1]))
    return Levels(float(black), float(middle), float(white))


def unfaded(photo: Photo, fade: Fade, progress: Progress | None = None) -> Photo:
    """The photo with its fading undone, made as it is asked for; the photo itself where there is nothing to do."""
    if fade == Fade():
        return photo
    gray = luma(survey(photo, progress or Progress()))
    gain, offset = leveling(gray, *inside(gray)) if fade.even else (np.ones_like(gray), np.zeros_like(gray))
    gain, offset = 1 + (gain - 1) * (fade.even / 100), offset * (fade.even / 100)
    leveled = np.clip(gain * gray + offset, 0, 1)
    curve, weight = curves(levels(leveled), fade.amount / 100)
    slope, rest = GuidedFilter(leveled, _RADIUS, _FLOOR).coefficients(leveled)
    # The detail of a leveled value, (gain v + offset) - (slope (gain v + offset) + rest), in terms of v:
    planes = np.stack([gain, offset, gain * (1 - slope), offset * (1 - slope) - rest]).astype(np.float32)
    height, width = photo.size
    x = positions(0, width, width)
    is_even = fade.even == 0

    def make(rows: np.ndarray, first: int, _: int) -> np.ndarray:
        result = np.empty_like(rows)
        step = max(_STRIP_PIXELS // rows.shape[1], 1)
        spread = Spread(planes, positions(first, first + len(rows), height), x)
        for top in range(0, len(rows), step):
            strip = rows[top : top + step]
            local = spread.rows(slice(top, top + len(strip)))
            result[top : top + step] = _strip(strip, local, curve, weight, is_even)
        return result

    return dataclasses.replace(photo, pixels=beside(make, photo.pixels))


def _strip(rows: np.ndarray, local: np.ndarray, curve: np.ndarray, weight: np.ndarray, is_even: bool) -> np.ndarray:
    top = float(np.iinfo(rows.dtype).max)
    scale = np.float32(1 / top)
    if rows.ndim == 2:
        value = rows * scale
    else:
        value = rows[..., 0] * (LUMA[0] * scale)
        value += rows[..., 1] * (LUMA[1] * scale)
        value += rows[..., 2] * (LUMA[2] * scale)
    gain, offset, of_detail, rest = local
    detail = value * of_detail
    detail += rest
    place = value
    if not is_even:
        place = value * gain
        place += offset
    index = (place * np.float32(_STEPS - 1) + np.float32(0.5)).astype(np.intp)
    detail *= weight.take(index, mode="clip")
    if rows.dtype == np.uint8:
        detail += curve.take(index, mode="clip")
    else:  # finer than the table: straight between its steps
        np.clip(place, 0, 1, out=place)
        detail += np.interp(place.ravel(), np.linspace(0, 1, _STEPS), curve).reshape(place.shape).astype(np.float32)
    if rows.ndim == 2:
        detail *= np.float32(top)
        return _rounded(detail, rows.dtype, top)
    np.maximum(detail, 0, out=detail)
    np.maximum(value, np.float32(1 / 64), out=value)  # noise in black is not made large
    detail /= value
    return np.stack([_rounded(rows[..., c] * detail, rows.dtype, top) for c in range(3)], axis=-1)


def _rounded(values: np.ndarray, dtype: np.dtype, top: float) -> np.ndarray:
    values += np.float32(0.5)
    np.clip(values, 0, top, out=values)
    return values.astype(dtype)


def curves(found: Levels, amount: float) -> tuple[np.ndarray, np.ndarray]:
    """Two tables over encoded 0..1: the photo's new values, and how much detail is added to them.

    Args:
        amount: 0 none to 1 whole.
    """
    value = np.linspace(0, 1, _STEPS)
    black, white = min(found.black, _BLACK), max(found.white, _WHITE)
    range_found = found.white - found.black
    if range_found < NO_PICTURE:
        return value.astype(np.float32), np.zeros(_STEPS, np.float32)
    gain = min((white - black) / range_found, _MOST_GAIN)
    center = (found.black + found.white) / 2
    low = black + (1 - gain * range_found / (white - black)) * (center - black)  # where the gain is limited
    new = low + gain * (value - found.black)
    middle = np.clip(low + gain * (found.middle - found.black), 0.02, 0.98)
    wanted = (middle + np.clip(middle, *_MIDDLE)) / 2
    # A sound photo's median is its own; the further black and white were moved, the more it is brought back.
    moved = min(max((gain - 1) / 0.5, 0.0), 1.0)
    gamma = np.clip(np.log(wanted) / np.log(middle), 1 / _GAMMA, _GAMMA) ** moved
    new = np.sign(new) * np.abs(new) ** gamma
    over = np.maximum(new - _SHOULDER, 0)
    room = 1 - _SHOULDER
    straight = np.minimum(new, _SHOULDER) + room * np.tanh(over / room)
    if gain <= 1.0 + 1e-6:
        straight = value
    new = np.clip(value + amount * (straight - value), 0, 1)
    bump = np.clip((new - 0.03) / 0.15, 0, 1) * np.clip((0.93 - new) / 0.4, 0, 1)
    return new.astype(np.float32), (amount * _DETAIL * bump).astype(np.float32)


def unevenness(gray: np.ndarray) -> float:
    """How far leveling moves mid-gray, from one place to another: root mean square, encoded 0..1."""
    gain, offset = leveling(gray, *inside(gray))
    return float(np.std(gain * 0.5 + offset))
